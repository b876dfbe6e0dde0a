//! The authorities (CSCA) that are trusted here, and whether one vouches for a document signer.

use std::path::Path;

use der::{Decode, Encode};
use x509_cert::Certificate;

use super::signature::{self, Verdict};

/// No country has nearly as many authorities; a master list of all countries has some hundreds.
const ANCHORS_MAX: usize = 2000;
const FILE_BYTES_MAX: u64 = 8 << 20;

/// The certificates of the authorities that are trusted. None were published for the CCCD so far: with none, every card
/// that is otherwise right has an unknown signer.
#[derive(Clone, Debug, Default)]
pub struct Anchors(Vec<Certificate>);

#[derive(Debug, thiserror::Error)]
pub enum BadAnchor {
    #[error("cannot read the anchors")]
    File(#[from] std::io::Error),
    #[error("file of anchors is larger than {FILE_BYTES_MAX} bytes")]
    Large,
    #[error("not certificates in PEM or DER")]
    Form,
    #[error("more than {ANCHORS_MAX} anchors")]
    TooMany,
}

/// What the chain from an anchor to a signer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chain {
    Holds,
    Expired,
    Unknown,
    Broken,
    UnknownAlgorithm,
}

impl Anchors {
    /// Reads one certificate in DER, or any number in PEM.
    pub fn read(bytes: &[u8]) -> Result<Self, BadAnchor> {
        let anchors = if bytes.first() == Some(&0x30) {
            vec![Certificate::from_der(bytes).map_err(|_| BadAnchor::Form)?]
        } else {
            Certificate::load_pem_chain(bytes).map_err(|_| BadAnchor::Form)?
        };
        if anchors.is_empty() {
            return Err(BadAnchor::Form);
        }
        if anchors.len() > ANCHORS_MAX {
            return Err(BadAnchor::TooMany);
        }
        Ok(Self(anchors))
    }

    pub fn from_file(path: &Path) -> Result<Self, BadAnchor> {
        if std::fs::metadata(path)?.len() > FILE_BYTES_MAX {
            return Err(BadAnchor::Large);
        }
        Self::read(&std::fs::read(path)?)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of several anchors of the signer's issuer (a renewed authority keeps its name) one must have signed.
    pub(super) fn vouch(&self, signer: &Certificate, now_unix: i64) -> Chain {
        let told = signer.tbs_certificate();
        let Ok(message) = told.to_der() else {
            return Chain::Unknown;
        };
        let mut chain = Chain::Unknown;
        for anchor in self
            .0
            .iter()
            .filter(|anchor| anchor.tbs_certificate().subject() == told.issuer())
        {
            let key = anchor.tbs_certificate().subject_public_key_info();
            let signature = signer.signature().raw_bytes();
            match signature::verify(key, signer.signature_algorithm(), None, &message, signature) {
                // The authority must have been valid when it signed; afterwards its signature lives on.
                Verdict::Right if is_valid(anchor, begins(signer)) && is_valid(signer, now_unix) => {
                    return Chain::Holds;
                }
                Verdict::Right => return Chain::Expired,
                Verdict::UnknownAlgorithm if chain == Chain::Unknown => chain = Chain::UnknownAlgorithm,
                Verdict::UnknownAlgorithm => {}
                Verdict::Wrong => chain = Chain::Broken,
            }
        }
        chain
    }
}

fn begins(certificate: &Certificate) -> i64 {
    seconds(certificate.tbs_certificate().validity().not_before)
}

fn is_valid(certificate: &Certificate, at_unix: i64) -> bool {
    let validity = certificate.tbs_certificate().validity();
    (seconds(validity.not_before)..=seconds(validity.not_after)).contains(&at_unix)
}

fn seconds(time: x509_cert::time::Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}
