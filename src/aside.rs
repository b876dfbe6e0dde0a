//! Drafts put aside (để dành): somebody who lacks a paper goes home with a code and goes on at any kiosk of the province.
//!
//! The draft is sealed into a [`parcel`] under a key that stands in the code and nowhere else. The province keeps the
//! parcel under a random number: it learns its length and how long it is to be kept, not whose it is nor what for.
//! The code opens the parcel; what is in it is shown only to the holder of the same person's card.
//!
//! Two kiosks may hold one parcel open, when the first was cut off. Both hand in under the key that lies in the
//! parcel, so that the province takes one dossier, whoever was first.

pub mod parcel;

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The length of a parcel's key, in bytes.
pub const KEY_BYTES: usize = 32;
/// How the payload of a code is laid out: the version, the parcel's number, its key.
const VERSION: u8 = 1;
const PAYLOAD_BYTES: usize = 1 + 16 + KEY_BYTES;
/// With colons a QR code holds it in its alphanumeric mode, which needs a third less room.
const MARK: &str = "MCK1:R:";

/// The key of one parcel, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct AsideKey(Zeroizing<[u8; KEY_BYTES]>);

impl AsideKey {
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for AsideKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsideKey(hidden)")
    }
}

/// Mã tỉnh: two digits. A parcel lies at one province.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProvinceCode([u8; 2]);

impl FromStr for ProvinceCode {
    type Err = NotAnAsideCode;

    fn from_str(text: &str) -> Result<Self, NotAnAsideCode> {
        let digits: [u8; 2] = text.as_bytes().try_into().map_err(|_| NotAnAsideCode::Damaged)?;
        let all = digits.iter().all(u8::is_ascii_digit);
        all.then_some(Self(digits)).ok_or(NotAnAsideCode::Damaged)
    }
}

impl fmt::Display for ProvinceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

impl fmt::Debug for ProvinceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvinceCode({self})")
    }
}

impl TryFrom<String> for ProvinceCode {
    type Error = NotAnAsideCode;

    fn try_from(text: String) -> Result<Self, NotAnAsideCode> {
        text.parse()
    }
}

impl From<ProvinceCode> for String {
    fn from(code: ProvinceCode) -> Self {
        code.to_string()
    }
}

/// What the code of a check-list slip says: `MCK1:R:25:` and the payload in Base32. Whoever has it has the key.
#[derive(Clone, PartialEq, Eq)]
pub struct AsideCode {
    pub province: ProvinceCode,
    /// The parcel's number: random, so that it cannot be guessed and tells nothing.
    pub parcel: Uuid,
    pub key: AsideKey,
}

/// Why a text is not the code of a draft put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAsideCode {
    #[error("another kind of code")]
    OtherKind,
    #[error("cut short, garbled, or of a newer kiosk")]
    Damaged,
}

impl AsideCode {
    /// As it stands in the QR code.
    pub fn text(&self) -> Zeroizing<String> {
        let mut payload = Zeroizing::new(Vec::with_capacity(PAYLOAD_BYTES));
        payload.push(VERSION);
        payload.extend_from_slice(self.parcel.as_bytes());
        payload.extend_from_slice(self.key.bytes());
        let payload = Zeroizing::new(BASE32_NOPAD.encode(&payload));
        Zeroizing::new(format!("{MARK}{}:{}", self.province, payload.as_str()))
    }

    /// Whether a scanned text means to be such a code, readable or not.
    pub fn is_meant_by(text: &str) -> bool {
        text.trim().starts_with(MARK)
    }
}

impl FromStr for AsideCode {
    type Err = NotAnAsideCode;

    fn from_str(text: &str) -> Result<Self, NotAnAsideCode> {
        let rest = text.trim().strip_prefix(MARK).ok_or(NotAnAsideCode::OtherKind)?;
        let (province, payload) = rest.split_once(':').ok_or(NotAnAsideCode::Damaged)?;
        let payload = BASE32_NOPAD.decode(payload.as_bytes()).map(Zeroizing::new);
        let payload = payload.map_err(|_| NotAnAsideCode::Damaged)?;
        let (version, payload) = payload.split_first().ok_or(NotAnAsideCode::Damaged)?;
        if *version != VERSION || payload.len() != PAYLOAD_BYTES - 1 {
            return Err(NotAnAsideCode::Damaged);
        }
        let (parcel, key) = payload.split_at(16);
        Ok(Self {
            province: province.parse()?,
            parcel: Uuid::from_slice(parcel).map_err(|_| NotAnAsideCode::Damaged)?,
            key: AsideKey::new(key.try_into().map_err(|_| NotAnAsideCode::Damaged)?),
        })
    }
}

impl fmt::Debug for AsideCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsideCode(hidden)")
    }
}

/// Out of which parcel a draft was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenFrom {
    pub parcel: Uuid,
    /// Under this key the draft is handed in, at whichever kiosk: the province takes it once.
    pub request_key: Uuid,
}

/// Why somebody cannot go on with a draft that was put aside. Each tells what to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotGoOn {
    /// The code is torn, smudged, or of another version.
    Unreadable,
    OtherProvince,
    /// Kept for as long as was said.
    Expired,
    HandedIn,
    /// The kiosk where it was put aside has not sent it yet, or nobody knows it any more.
    NotThere,
    /// Another kiosk has it open.
    OpenElsewhere,
    Offline,
    /// What the province gave does not open: changed, cut short, or another's.
    Damaged,
    /// The procedure has been abolished or replaced by one of another name.
    ProcedureGone,
    /// This kiosk has no room for its pages.
    NoRoom,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(seed: u128) -> AsideCode {
        AsideCode {
            province: "25".parse().unwrap(),
            parcel: Uuid::from_u128(seed),
            key: AsideKey::new([7; KEY_BYTES]),
        }
    }

    #[test]
    fn a_code_uses_only_what_the_alphanumeric_mode_of_a_qr_code_holds() {
        let text = code(u128::MAX).text();
        let holds =
            |letter: u8| letter.is_ascii_digit() || letter.is_ascii_uppercase() || b" $%*+-./:".contains(&letter);
        assert!(text.bytes().all(holds), "{}", text.as_str());
        // Version 4 at level M holds 90: 33 modules, nine dots each on paper of 58 mm.
        assert!(text.len() <= 90, "{}", text.len());
    }

    #[test]
    fn nothing_of_a_code_is_written_by_accident() {
        assert_eq!(format!("{:?}", code(1)), "AsideCode(hidden)");
        assert_eq!(format!("{:?}", code(1).key), "AsideKey(hidden)");
    }

    #[test]
    fn other_codes_are_told_from_damaged_ones() {
        for other in [
            "",
            "MCK1;H;K01-261122-0007;0",
            "https://example.invalid/",
            "mck1:r:25:AA",
        ] {
            assert_eq!(other.parse::<AsideCode>(), Err(NotAnAsideCode::OtherKind), "{other}");
            assert!(!AsideCode::is_meant_by(other));
        }
        let whole = code(1).text();
        let newer = format!("MCK1:R:25:{}", BASE32_NOPAD.encode(&[2; PAYLOAD_BYTES]));
        for damaged in ["MCK1:R:", "MCK1:R:25:", "MCK1:R:2:AA", &whole[..80], newer.as_str()] {
            assert_eq!(damaged.parse::<AsideCode>(), Err(NotAnAsideCode::Damaged), "{damaged}");
            assert!(AsideCode::is_meant_by(damaged));
        }
    }

    proptest! {
        #[test]
        fn a_code_is_read_back(seed: u128, key: [u8; KEY_BYTES]) {
            let code = AsideCode { key: AsideKey::new(key), ..code(seed) };
            prop_assert_eq!(code.text().parse(), Ok(code));
        }
    }
}
