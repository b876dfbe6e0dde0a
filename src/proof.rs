//! The proof that a dossier was forgotten: what was destroyed, when and by which rule. Plain values.
//!
//! A proof says how much there was, never what stood in it: the sums (SHA-256) are of what lay on the disk encrypted,
//! and of the encrypted key. Each holds the sum of the one before it, so that one taken out or changed later shows;
//! that the last ones were not taken out shows the number and sum on any list printed since.
//!
//! The sum is that of [`Proof::text`], which is also what is exported: `sha256sum` and a pair of eyes can check it.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::ticket::vietnam_time;

/// A SHA-256.
pub type Sum = [u8; 32];

/// Before the first proof there was none.
pub const NOTHING_BEFORE: Sum = [0; 32];

/// Why a dossier was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The province has it, and the configured hours are over (`store.forget-after-hours`).
    Received,
    /// Staff settled it with its person, and the same hours are over.
    Closed,
}

impl Rule {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Closed => "closed",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Received, Self::Closed]
            .into_iter()
            .find(|rule| rule.word() == word)
    }
}

/// A file as it lay on the disk, encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DestroyedFile {
    pub bytes: u64,
    pub sha256: Sum,
}

/// One dossier is forgotten. Nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Its place in the chain, from 1 without a gap.
    pub number: u32,
    /// The kiosk's own number of the dossier.
    pub slip_number: String,
    pub rule: Rule,
    /// Scanned pages; of a dossier whose figures were lost, none.
    pub pages: u32,
    pub handed_in_at: Timestamp,
    /// When the province or staff took it over.
    pub settled_at: Timestamp,
    pub destroyed_at: Timestamp,
    /// SHA-256 of the dossier's key as it was kept, encrypted under the kiosk's.
    pub key: Sum,
    pub files: Vec<DestroyedFile>,
    /// The sum of the proof before this one.
    pub previous: Sum,
}

impl Proof {
    /// Line by line, the same for ever: another shape gets another first line.
    pub fn text(&self) -> String {
        let mut text = format!(
            "mot-cua-kiosk forgotten 1\nproof: {}\ndossier: {}\nrule: {}\npages: {}\nhanded-in: {}\nsettled: {}\n\
             destroyed: {}\nkey: {}\n",
            self.number,
            self.slip_number,
            self.rule.word(),
            self.pages,
            vietnam_time(self.handed_in_at),
            vietnam_time(self.settled_at),
            vietnam_time(self.destroyed_at),
            hex(&self.key),
        );
        for file in &self.files {
            text += &format!("file: {} {}\n", hex(&file.sha256), file.bytes);
        }
        text + &format!("previous: {}\n", hex(&self.previous))
    }

    /// What the next proof holds of this one.
    pub fn sum(&self) -> Sum {
        Sha256::digest(self.text()).into()
    }
}

/// A proof that does not fit to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the chain of proofs is broken before number {number}")]
pub struct Broken {
    pub number: u32,
}

/// Whether each proof follows the one before it, and the first begins the chain unless older ones were given up.
///
/// # Errors
/// The first proof that does not.
pub fn check(proofs: &[Proof]) -> Result<(), Broken> {
    if let Some(first) = proofs
        .first()
        .filter(|first| first.number == 1 && first.previous != NOTHING_BEFORE)
    {
        return Err(Broken { number: first.number });
    }
    let fits = |pair: &&[Proof]| {
        let [before, after] = pair else { return true };
        after.number == before.number + 1 && after.previous == before.sum()
    };
    match proofs.windows(2).find(|pair| !fits(pair)) {
        Some(pair) => Err(Broken { number: pair[1].number }),
        None => Ok(()),
    }
}

/// Lower-case hexadecimal.
pub fn hex(sum: &[u8]) -> String {
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(count: u32) -> Vec<Proof> {
        let mut proofs: Vec<Proof> = vec![];
        for number in 1..=count {
            proofs.push(Proof {
                number,
                slip_number: format!("K01-261122-{number:04}"),
                rule: Rule::Received,
                pages: number,
                handed_in_at: Timestamp::UNIX_EPOCH,
                settled_at: Timestamp::UNIX_EPOCH,
                destroyed_at: Timestamp::UNIX_EPOCH,
                key: [7; 32],
                files: vec![DestroyedFile {
                    bytes: 9,
                    sha256: [8; 32],
                }],
                previous: proofs.last().map_or(NOTHING_BEFORE, Proof::sum),
            });
        }
        proofs
    }

    #[test]
    fn a_proof_taken_out_changed_or_put_elsewhere_shows() {
        let whole = chain(5);
        assert_eq!(check(&whole), Ok(()));
        assert_eq!(check(&[]), Ok(()));
        // Older ones were given up.
        assert_eq!(check(&whole[2..]), Ok(()));
        for at in 1..4 {
            let mut without = whole.clone();
            without.remove(at);
            assert!(check(&without).is_err(), "without {at}");
            let mut swapped = whole.clone();
            swapped.swap(at, at + 1);
            assert!(check(&swapped).is_err(), "swapped {at}");
        }
        for at in 0..4 {
            let mut changed = whole.clone();
            changed[at].pages += 1;
            assert_eq!(check(&changed), Err(Broken { number: at as u32 + 2 }));
        }
        let mut first = whole;
        first[0].previous = [1; 32];
        assert_eq!(check(&first), Err(Broken { number: 1 }));
    }

    #[test]
    fn the_text_is_what_anybody_can_sum_up_again() {
        let text = chain(2)[1].text();
        assert!(text.starts_with("mot-cua-kiosk forgotten 1\nproof: 2\ndossier: K01-261122-0002\nrule: received\n"));
        assert!(text.contains("\nhanded-in: 1970-01-01T07:00:00+07:00\n"));
        assert!(text.contains(&format!("\nfile: {} 9\n", "08".repeat(32))));
        assert_eq!(hex(&chain(2)[1].sum()), hex(&Sha256::digest(text)));
    }
}
