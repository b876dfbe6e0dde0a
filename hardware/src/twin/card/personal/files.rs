//! The files of the chip and their names: ICAO Doc 9303-10 clause 4, table 39.

use std::collections::BTreeMap;

use super::super::tlv;

pub const CARD_ACCESS: u16 = 0x011C;
pub const SOD: u16 = 0x011D;
pub const COM: u16 = 0x011E;
pub const DG1: u16 = 0x0101;
pub const DG2: u16 = 0x0102;
pub const DG3: u16 = 0x0103;
pub const DG4: u16 = 0x0104;
pub const DG13: u16 = 0x010D;
pub const DG14: u16 = 0x010E;
pub const DG15: u16 = 0x010F;

/// Fingers and eyes: only for those with terminal authentication, which a kiosk never has.
pub const NOT_FOR_US: [u16; 2] = [DG3, DG4];

/// The short identifier of a file: the last five bits.
pub fn short_id(id: u16) -> u8 {
    (id & 0x1F) as u8
}

/// A transparent file.
pub enum File {
    Whole(Vec<u8>),
    /// A head, and then a byte that never ends before `bytes`.
    Endless {
        head: Vec<u8>,
        bytes: usize,
    },
}

impl File {
    /// A file whose one object says that it has so many bytes.
    pub fn endless(tag: u8, value_bytes: usize) -> Self {
        let head = [&[tag], tlv::length(value_bytes).as_slice()].concat();
        let bytes = head.len() + value_bytes;
        Self::Endless { head, bytes }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::Endless { bytes, .. } => *bytes,
        }
    }

    /// At most `count` bytes from `offset`, fewer at the end.
    pub fn read(&self, offset: usize, count: usize) -> Vec<u8> {
        let end = offset.saturating_add(count).min(self.len());
        match self {
            Self::Whole(bytes) => bytes.get(offset..end).unwrap_or_default().to_vec(),
            Self::Endless { head, .. } => (offset..end).map(|at| head.get(at).copied().unwrap_or(0x5F)).collect(),
        }
    }
}

#[derive(Default)]
pub struct Files(BTreeMap<u16, File>);

impl Files {
    pub fn put(&mut self, id: u16, file: File) {
        self.0.insert(id, file);
    }

    pub fn get(&self, id: u16) -> Option<&File> {
        self.0.get(&id)
    }

    /// The files of the application, or those of the master file.
    pub fn ids(&self, of_application: bool) -> Vec<u16> {
        let ids = self.0.keys().copied();
        ids.filter(|id| (*id != CARD_ACCESS) == of_application).collect()
    }
}
