//! Who hands in for whom, what was agreed to and how it was signed, in the words of the contract.

use serde_json::{Value, json};

use super::stamp;
use crate::dossier::{Right, Signature};
use crate::procedure::{Filing, Need, Others, Purpose, Purposes, SignatureWanted};
use crate::province::{Consent, Submitter};

use super::catalogue::words;

/// Of a procedure; what an older catalogue does not say is not allowed, and not wanted.
pub(super) fn filing(tree: &Value) -> anyhow::Result<Filing> {
    Ok(Filing {
        others: match &tree["UyQuyen"] {
            Value::Null => Others::No,
            Value::String(text) => match text.as_str() {
                "khong" => Others::No,
                "duoc" => Others::Authorised,
                "chung-thuc" => Others::Certified,
                _ => anyhow::bail!("UyQuyen is of a kind that this kiosk does not know"),
            },
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                anyhow::bail!("UyQuyen is no text")
            }
        },
        signature: match &tree["ChuKy"] {
            Value::Null => SignatureWanted::None,
            Value::String(text) => match text.as_str() {
                "khong" => SignatureWanted::None,
                "ve-tay" => SignatureWanted::Drawn,
                "tu-xa" => SignatureWanted::Remote,
                _ => anyhow::bail!("ChuKy is of a kind that this kiosk does not know"),
            },
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => anyhow::bail!("ChuKy is no text"),
        },
        remote: super::signing::ways(&tree["CachKyTuXa"])?,
    })
}

/// The purposes that the province asks consent for; the kiosk's own where it names none.
pub(super) fn purposes(tree: &Value) -> anyhow::Result<Purposes> {
    let Some(listed) = tree.as_array() else {
        return Ok(Purposes::default());
    };
    let purpose = |tree: &Value| {
        let text = |name: &str| tree[name].as_str().unwrap_or_default().to_owned();
        Ok(Purpose {
            id: text("MaMucDich"),
            version: text("PhienBan"),
            words: words(tree, "NoiDung")?,
            need: if tree["BatBuoc"] == true {
                Need::Necessary
            } else {
                Need::Optional
            },
        })
    };
    let purposes: Vec<Purpose> = listed.iter().map(purpose).collect::<anyhow::Result<_>>()?;
    Ok(Purposes::new(purposes)?)
}

/// `DongY`. Those sealed before there were purposes of their own keep their old words, or they would be other dossiers.
pub(super) fn consent(consent: &Consent) -> Value {
    let mut body = json!({
        "PhienBan": consent.version,
        "ThoiDiem": stamp(consent.given_at),
        "MucDich": consent.purposes,
    });
    if !consent.each.is_empty() {
        let each = consent.each.iter().map(|given| {
            json!({
                "MaMucDich": given.purpose,
                "PhienBan": given.version,
                "ThoiDiem": stamp(given.at),
            })
        });
        body["ChiTiet"] = each.collect();
    }
    body
}

/// `NguoiNop`: who stood at the kiosk, where that is not the one whose dossier it is.
pub(super) fn submitter(submitter: &Submitter) -> Value {
    let mut body = json!({
        "HoTen": submitter.name,
        "SoGiayTo": submitter.id_number,
        "QuanHe": match submitter.right {
            Right::Guardian => "giam-ho",
            Right::Authorised => "uy-quyen",
        },
    });
    if let Some(paper) = &submitter.paper {
        body["MaThanhPhanHoSo"] = paper.as_str().into();
    }
    body
}

/// `ChuKy`.
pub(super) fn signature(signature: &Signature) -> Value {
    match signature {
        Signature::Drawn(drawing) => json!({ "Kieu": "ve-tay", "Net": drawing.strokes }),
        Signature::Witnessed { by, at } => {
            json!({ "Kieu": "xac-nhan", "NguoiXacNhan": by, "ThoiDiem": stamp(*at) })
        }
        Signature::Remote(remote) => json!({
            "Kieu": "tu-xa",
            "MaGiaoDichKy": remote.transaction,
            "NoiDungKy": remote.statement,
            "ThoiDiem": stamp(remote.signed_at),
        }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::dossier::{ConsentGiven, Drawing};

    #[test]
    fn an_older_catalogue_allows_no_others_and_wants_no_signature() {
        assert_eq!(filing(&json!({})).unwrap(), Filing::default());
        let told = json!({ "UyQuyen": "chung-thuc", "ChuKy": "ve-tay" });
        let read = filing(&told).unwrap();
        assert_eq!(
            (read.others, read.signature),
            (Others::Certified, SignatureWanted::Drawn)
        );
        assert!(filing(&json!({ "ChuKy": "van-tay" })).is_err());
        assert!(filing(&json!({ "UyQuyen": true })).is_err());
    }

    #[test]
    fn purposes_are_the_provinces_or_the_kiosks_own() {
        assert_eq!(purposes(&Value::Null).unwrap(), Purposes::default());
        let told = json!([{ "MaMucDich": "a", "PhienBan": "3", "NoiDung": "Tôi đồng ý", "BatBuoc": true }]);
        let read = purposes(&told).unwrap();
        assert_eq!(read.find("a").map(|purpose| purpose.version.as_str()), Some("3"));
        assert!(purposes(&json!([{ "MaMucDich": "a", "PhienBan": "3", "NoiDung": "Tôi đồng ý" }])).is_err());
        assert!(purposes(&json!([])).is_err());
    }

    #[test]
    fn a_consent_of_before_says_what_it_always_said() {
        let mut given = Consent {
            version: "2026-11-1".into(),
            given_at: Timestamp::UNIX_EPOCH,
            purposes: vec!["giai-quyet".into()],
            each: vec![],
        };
        let before = json!({ "PhienBan": "2026-11-1", "ThoiDiem": "19700101070000", "MucDich": ["giai-quyet"] });
        assert_eq!(consent(&given), before);
        given.each.push(ConsentGiven {
            purpose: "giai-quyet".into(),
            version: "2026-11-2".into(),
            at: Timestamp::UNIX_EPOCH,
        });
        let each = json!([{ "MaMucDich": "giai-quyet", "PhienBan": "2026-11-2", "ThoiDiem": "19700101070000" }]);
        assert_eq!(consent(&given)["ChiTiet"], each);
    }

    #[test]
    fn strokes_go_as_points_with_their_time() {
        let drawing = Drawing {
            strokes: vec![vec![(10, 20, 0).into(), (30, 40, 16).into()]],
        };
        assert_eq!(
            signature(&Signature::Drawn(drawing)),
            json!({ "Kieu": "ve-tay", "Net": [[[10, 20, 0], [30, 40, 16]]] })
        );
    }
}
