//! What the readers and the scanner say of a visit.

use hardware::card::mrz::Mrz;
use hardware::card::{CardFault, Holder, Slot};
use hardware::scanner::ScannerFault;

use super::Secret;
use crate::dossier::{PictureHash, Preview};
use crate::session::handing::card_back::BackFault;

#[derive(Clone, Debug, PartialEq)]
pub enum CodeNews {
    /// Personal.
    Code(Secret),
    /// The scanner read something that is no code.
    Noise,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CardNews {
    /// What lies on the card reader, or what is wrong with it.
    Place(Result<Slot, CardFault>),
    /// How far the reading is.
    Progress { percent: u8 },
    /// Personal.
    Read(Result<Box<Holder>, CardFault>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum ScanNews {
    /// A page is scanned and kept.
    Page { preview: Preview, hash: PictureHash },
    /// The feeder is empty, or there is trouble.
    Ended(Result<(), ScannerFault>),
    /// The back of a card. Personal.
    Back(Result<Box<Mrz>, BackFault>),
}
