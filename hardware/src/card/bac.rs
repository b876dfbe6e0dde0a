//! Basic access control (ICAO Doc 9303-11 §4.3): the chip opens to who has seen the MRZ.

use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::crypt::{self, Key, MAC_BYTES, Purpose, Suite};
use super::mrz::MrzKey;
use super::secure::Session;

pub(crate) const CHALLENGE_BYTES: usize = 8;
const KEY_BYTES: usize = 16;
/// Challenge of the chip, challenge of the reader, key.
const PLAIN_BYTES: usize = 2 * CHALLENGE_BYTES + KEY_BYTES;
/// What both say to each other: 32 bytes encrypted, 8 of MAC.
pub(crate) const ANSWER_BYTES: usize = PLAIN_BYTES + MAC_BYTES;
const NO_IV: [u8; 8] = [0; 8];

/// The chip's answer is not that of one who has our key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("chip could not prove that it has the key")]
pub(crate) struct NotProved;

/// Our half of the mutual authentication.
pub(crate) struct Mutual {
    encryption: Key,
    mac: Key,
    chips: [u8; CHALLENGE_BYTES],
    ours: [u8; CHALLENGE_BYTES],
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl Mutual {
    /// `chips` is the chip's challenge, `ours` and `key` are fresh and random.
    pub fn new(mrz: &MrzKey, chips: [u8; CHALLENGE_BYTES], ours: [u8; CHALLENGE_BYTES], key: [u8; KEY_BYTES]) -> Self {
        let seed = Zeroizing::new(Sha1::digest(mrz.information()).to_vec());
        let seed = &seed[..KEY_BYTES];
        Self {
            encryption: Suite::TripleDes.derive(seed, Purpose::Encryption),
            mac: Suite::TripleDes.derive(seed, Purpose::Mac),
            chips,
            ours,
            key: Zeroizing::new(key),
        }
    }

    /// The data of EXTERNAL AUTHENTICATE.
    pub fn question(&self) -> Result<Vec<u8>, NotProved> {
        let plain = Zeroizing::new([&self.ours[..], &self.chips, &self.key[..]].concat());
        let suite = Suite::TripleDes;
        let mut question = suite.encrypt(&self.encryption, &NO_IV, &plain).map_err(|_| NotProved)?;
        let code = suite.mac(&self.mac, &crypt::padded(&question, suite.block_bytes()));
        question.extend_from_slice(&code.map_err(|_| NotProved)?);
        Ok(question)
    }

    /// The session that follows from the chip's answer, if the chip has the key too.
    pub fn session(self, answer: &[u8]) -> Result<Session, NotProved> {
        let suite = Suite::TripleDes;
        let (closed, code) = answer.split_last_chunk::<MAC_BYTES>().ok_or(NotProved)?;
        if closed.len() != PLAIN_BYTES {
            return Err(NotProved);
        }
        let wanted = suite.mac(&self.mac, &crypt::padded(closed, suite.block_bytes()));
        if !crypt::equal(&wanted.map_err(|_| NotProved)?, code) {
            return Err(NotProved);
        }
        let plain = Zeroizing::new(suite.decrypt(&self.encryption, &NO_IV, closed).map_err(|_| NotProved)?);
        let (challenges, key) = plain.split_at(2 * CHALLENGE_BYTES);
        if !crypt::equal(challenges, &[self.chips, self.ours].concat()) {
            return Err(NotProved);
        }
        let secret: Zeroizing<Vec<u8>> =
            Zeroizing::new(self.key.iter().zip(key).map(|(ours, chips)| ours ^ chips).collect());
        let counter = [&self.chips[4..], &self.ours[4..]].concat();
        Ok(Session::new(suite, &secret, counter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::apdu::Command;
    use crate::card::hex::hex;

    /// ICAO Doc 9303-11 appendix D.3.
    fn worked_example() -> Mutual {
        Mutual::new(
            &MrzKey::new("L898902C", "690806", "940623").unwrap(),
            hex("4608F91988702212").try_into().unwrap(),
            hex("781723860C06C226").try_into().unwrap(),
            hex("0B795240CB7049B01C19B33E32804F0B").try_into().unwrap(),
        )
    }

    const ANSWER: &str = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449";

    #[test]
    fn the_worked_example_ends_in_its_session() {
        let mutual = worked_example();
        assert_eq!(
            mutual.question().unwrap(),
            hex("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7")
        );
        let mut session = mutual.session(&hex(ANSWER)).unwrap();
        let select = Command::new(0xa4, 2, 0x0c).with(vec![0x01, 0x1e]);
        assert_eq!(
            session.close(&select).unwrap().bytes(),
            hex("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800")
        );
    }

    #[test]
    fn a_chip_that_does_not_have_the_key_proves_nothing() {
        for at in [0, 20, 39] {
            let mut answer = hex(ANSWER);
            answer[at] ^= 1;
            assert_eq!(worked_example().session(&answer).err(), Some(NotProved));
        }
        assert_eq!(worked_example().session(&[]).err(), Some(NotProved));
        let mut other = worked_example();
        other.ours[0] ^= 1;
        assert_eq!(
            other.session(&hex(ANSWER)).err(),
            Some(NotProved),
            "somebody else's challenge"
        );
    }
}
