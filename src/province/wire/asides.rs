//! Drafts put aside, in the words of the contract. The province learns a length, a hash and how long to keep it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{hex, text, time};
use crate::aside::parcel::Sealed;

/// The body of `PUT /v1/drafts/{id}`.
pub(in crate::province) fn parcel(sealed: &Sealed) -> Value {
    json!({ "KichThuoc": sealed.bytes, "Sha256": hex(&sealed.sha256) })
}

/// The body of `POST /v1/drafts/{id}/open`.
pub(in crate::province) fn opens(kiosk: &str) -> Value {
    json!({ "MaMay": kiosk })
}

/// Until when it is kept.
pub(in crate::province) fn until(answer: &Value) -> Option<Timestamp> {
    time(answer, "ThoiHan")
}

/// What lies there.
pub(in crate::province) fn sealed(answer: &Value) -> Option<Sealed> {
    Some(Sealed {
        bytes: answer["KichThuoc"].as_u64()?,
        sha256: sha256(text(answer, "Sha256")?)?,
    })
}

/// The last word of a problem's type, as in `tag:mot-cua.example,2026:expired`.
pub(in crate::province) fn kind(problem: &Value) -> Option<&str> {
    text(problem, "type")?.rsplit([':', '/', '#']).next()
}

fn sha256(hex: &str) -> Option<[u8; 32]> {
    let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?;
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_parcel_is_read_back() {
        let sealed_one = Sealed {
            bytes: 70_000,
            sha256: [0xAB; 32],
        };
        assert_eq!(sealed(&parcel(&sealed_one)), Some(sealed_one));
        assert_eq!(sealed(&json!({ "KichThuoc": 1, "Sha256": "AB" })), None);
        assert_eq!(
            kind(&json!({ "type": "tag:mot-cua.example,2026:expired" })),
            Some("expired")
        );
        assert_eq!(kind(&json!({ "type": "about:blank" })), Some("blank"));
        assert_eq!(kind(&json!({})), None);
    }
}
