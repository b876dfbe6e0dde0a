//! What can be wrong with a card.

use serde::{Deserialize, Serialize};

/// A fault of the card, played from the command on that it is set for, until it is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardTrouble {
    /// The card is taken away in the middle of a command, until one is laid down again.
    Pulled,
    /// Takes commands and answers nothing.
    Silent,
    /// Answers bytes that mean nothing.
    Garbage,
    /// Answers only the first half of the bytes.
    CutAnswer,
    /// Every key is wrong, answered 6300.
    WrongKey6300,
    /// Every key is wrong, answered 6988.
    WrongKey6988,
    /// One bit of the MAC of an answer is wrong.
    BadMac,
    /// The protected status (DO'99') is missing; the MAC is right.
    MissingStatus,
    /// The chip has lost its keys: 6988 in plain.
    SessionLost,
    /// Data has to be fetched: 61XX.
    MoreToFetch,
    /// The exact length has to be asked for: 6CXX.
    ExactLength,
    /// DG2 and DG13 end before the length that they say.
    CutFiles,
    /// DG2 says 50 MB, and gives them.
    EndlessFace,
    /// The face is JPEG 2000, with a SOD that is right for it.
    Jpeg2000Face,
    /// One bit of DG1 is not what was signed.
    AlteredDg1,
    AlteredDg2,
    AlteredDg13,
    AlteredDg14,
    AlteredDg15,
    /// One bit of a hash in the SOD is not what was signed.
    AlteredSodContent,
    /// One bit of the signature is wrong.
    AlteredSodSignature,
    /// Signed by an authority that nobody knows.
    UnknownSigner,
    /// Signed with a certificate that ended in 2022.
    ExpiredSigner,
}

impl CardTrouble {
    /// Each fault once, in the order of the list.
    pub const ALL: [Self; 23] = [
        Self::Pulled,
        Self::Silent,
        Self::Garbage,
        Self::CutAnswer,
        Self::WrongKey6300,
        Self::WrongKey6988,
        Self::BadMac,
        Self::MissingStatus,
        Self::SessionLost,
        Self::MoreToFetch,
        Self::ExactLength,
        Self::CutFiles,
        Self::EndlessFace,
        Self::Jpeg2000Face,
        Self::AlteredDg1,
        Self::AlteredDg2,
        Self::AlteredDg13,
        Self::AlteredDg14,
        Self::AlteredDg15,
        Self::AlteredSodContent,
        Self::AlteredSodSignature,
        Self::UnknownSigner,
        Self::ExpiredSigner,
    ];
}
