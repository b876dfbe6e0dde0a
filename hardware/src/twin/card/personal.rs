//! What is on one chip: its files, its keys, and the secrets that open it.

use std::fmt;

use elliptic_curve::sec1::ToSec1Point;
use sha1::{Digest, Sha1};

use self::files::{COM, DG1, DG2, DG3, DG13, DG14, DG15, File, Files, SOD};
use self::proof::ProofKey;
use super::authority::{Alteration, Authority, Signer, key_from};
use super::chip::Settings;
use super::curve::Curve;
use super::people::{Face, Person, SignedBy};
use super::trouble::CardTrouble;

mod face;
pub mod files;
mod groups;
pub mod info;
pub mod mrz;
pub mod proof;

/// What an endless face says it has: 50 MB.
const ENDLESS_BYTES: usize = 50_000_000;

/// One chip. Even an invented person's data is not shown by Debug.
pub struct Personal {
    pub settings: Settings,
    pub files: Files,
    pub can: String,
    /// Proves that the chip is no copy (active authentication).
    pub proof_key: ProofKey,
    /// Agrees on keys (chip authentication), on P-256.
    chip_secret: Vec<u8>,
    mrz_information: String,
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(hidden)")
    }
}

impl Personal {
    /// Writes a person's chip, with what is wrong on it.
    pub fn write(person: &Person, trouble: Option<CardTrouble>) -> Self {
        let proof_key = ProofKey::of(person);
        let chip_key = key_from(&format!("chip authentication {}", person.sample));
        let chip_point = chip_key.verifying_key().as_affine().to_sec1_point(false);
        let face = match trouble {
            Some(CardTrouble::Jpeg2000Face) => Face::Jpeg2000,
            Some(_) | None => person.face,
        };

        let groups = [
            (1, DG1, groups::dg1(person)),
            (2, DG2, groups::dg2(face)),
            (3, DG3, groups::dg3()),
            (13, DG13, groups::dg13(person)),
            (14, DG14, info::dg14(person, chip_point.as_bytes())),
            (15, DG15, proof_key.dg15(person)),
        ];
        let signed: Vec<_> = groups
            .iter()
            .map(|(number, _, bytes)| (*number, bytes.as_slice()))
            .collect();
        let sod = signer(person, trouble).sign(&signed, sod_alteration(trouble));

        let mut files = Files::default();
        files.put(files::CARD_ACCESS, File::Whole(info::card_access(&person.settings)));
        files.put(COM, File::Whole(groups::com()));
        files.put(SOD, File::Whole(sod));
        let altered = altered_group(trouble).or(person.altered);
        for (_, id, mut bytes) in groups {
            if altered == Some(id)
                && let Some(last) = bytes.last_mut()
            {
                *last ^= 1;
            }
            files.put(id, with_trouble(id, bytes, trouble));
        }

        Self {
            settings: person.settings,
            files,
            can: person.can.to_owned(),
            proof_key,
            chip_secret: chip_key.to_bytes().to_vec(),
            mrz_information: mrz::information(person),
        }
    }

    /// The seed of the keys of BAC (ICAO Doc 9303-11 clause 4.3.2).
    pub fn bac_seed(&self) -> [u8; 16] {
        let hash = Sha1::digest(&self.mrz_information);
        std::array::from_fn(|at| hash[at])
    }

    /// The secret of PACE with the MRZ (clause 4.4.4.1).
    pub fn mrz_secret(&self) -> Vec<u8> {
        Sha1::digest(&self.mrz_information).to_vec()
    }

    /// The curve and the secret of chip authentication.
    pub fn chip_key(&self) -> (Curve, &[u8]) {
        (Curve::P256, &self.chip_secret)
    }

    /// A chip that opens with this MRZ information, for examples from the standard.
    #[cfg(test)]
    pub fn with_mrz_information(mut self, information: &str) -> Self {
        self.mrz_information = information.to_owned();
        self
    }
}

fn signer(person: &Person, trouble: Option<CardTrouble>) -> Signer {
    let signed_by = match trouble {
        Some(CardTrouble::UnknownSigner) => SignedBy::Stranger,
        Some(CardTrouble::ExpiredSigner) => SignedBy::Expired,
        Some(_) | None => person.signed_by,
    };
    match signed_by {
        SignedBy::Sample => Authority::sample().signer(person.scheme),
        SignedBy::Expired => Authority::sample().expired_signer(person.scheme),
        SignedBy::Stranger => Authority::stranger().signer(person.scheme),
    }
}

fn sod_alteration(trouble: Option<CardTrouble>) -> Option<Alteration> {
    if trouble == Some(CardTrouble::AlteredSodContent) {
        return Some(Alteration::Content);
    }
    (trouble == Some(CardTrouble::AlteredSodSignature)).then_some(Alteration::Signature)
}

fn altered_group(trouble: Option<CardTrouble>) -> Option<u16> {
    [
        (CardTrouble::AlteredDg1, DG1),
        (CardTrouble::AlteredDg2, DG2),
        (CardTrouble::AlteredDg13, DG13),
        (CardTrouble::AlteredDg14, DG14),
        (CardTrouble::AlteredDg15, DG15),
    ]
    .into_iter()
    .find(|(altered, _)| trouble == Some(*altered))
    .map(|(_, id)| id)
}

fn with_trouble(id: u16, mut bytes: Vec<u8>, trouble: Option<CardTrouble>) -> File {
    if trouble == Some(CardTrouble::CutFiles) && matches!(id, DG2 | DG13) {
        bytes.truncate(bytes.len() * 2 / 3);
    }
    if trouble == Some(CardTrouble::EndlessFace) && id == DG2 {
        return File::endless(0x75, ENDLESS_BYTES);
    }
    File::Whole(bytes)
}
