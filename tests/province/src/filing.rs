//! Who hands in for whom, what was agreed to, and how it was signed.

use serde::Deserialize;
use serde_json::Value;

use crate::clock;

/// The part that every procedure with `UyQuyen` has without naming it.
pub(crate) const AUTHORISATION: &str = "GIAY-UY-QUYEN";
const STROKES_MAX: usize = 60;
const POINTS_MAX: usize = 3_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) struct Consent {
    PhienBan: String,
    ThoiDiem: String,
    MucDich: Vec<String>,
    ChiTiet: Option<Vec<ConsentTo>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct ConsentTo {
    MaMucDich: String,
    PhienBan: String,
    ThoiDiem: String,
}

impl Consent {
    /// `purposes` are those of the catalogue. A kiosk that knows of none keeps to its own words.
    pub fn check(&self, purposes: &[Value]) -> Result<(), String> {
        let no = || Err("Chưa có sự đồng ý của người nộp".to_owned());
        if self.PhienBan.is_empty() || self.MucDich.is_empty() || clock::parse_stamp(&self.ThoiDiem).is_none() {
            return no();
        }
        let Some(each) = &self.ChiTiet else { return Ok(()) };
        let named = each.iter().map(|given| &given.MaMucDich);
        if !named.eq(self.MucDich.iter()) {
            return Err("MucDich và ChiTiet không khớp".to_owned());
        }
        for (at, given) in each.iter().enumerate() {
            if each[..at].iter().any(|other| other.MaMucDich == given.MaMucDich) {
                return Err(format!("Đồng ý hai lần cho {}", given.MaMucDich));
            }
            let asked = purposes
                .iter()
                .any(|purpose| purpose["MaMucDich"] == *given.MaMucDich && purpose["PhienBan"] == *given.PhienBan);
            if !asked || clock::parse_stamp(&given.ThoiDiem).is_none() {
                return Err(format!("Không hỏi đồng ý cho {} như vậy", given.MaMucDich));
            }
        }
        let given = |purpose: &Value| each.iter().any(|given| purpose["MaMucDich"] == *given.MaMucDich);
        if !purposes.iter().filter(|purpose| purpose["BatBuoc"] == true).all(given) {
            return no();
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) struct Submitter {
    HoTen: String,
    SoGiayTo: String,
    QuanHe: String,
    MaThanhPhanHoSo: Option<String>,
}

impl Submitter {
    /// `applicant` is the number of the one whose dossier it is, `parts` those of the files.
    pub fn check(&self, procedure: &Value, applicant: &str, parts: &[&str]) -> Result<(), String> {
        if !matches!(procedure["UyQuyen"].as_str(), Some("duoc" | "chung-thuc")) {
            return Err("Thủ tục này không nhận nộp thay".to_owned());
        }
        let digits = self.SoGiayTo.len() == 12 && self.SoGiayTo.bytes().all(|byte| byte.is_ascii_digit());
        if self.HoTen.trim().is_empty() || !digits {
            return Err("NguoiNop không hợp lệ".to_owned());
        }
        if self.SoGiayTo == applicant {
            return Err("Người nộp và chủ hồ sơ là một".to_owned());
        }
        match (self.QuanHe.as_str(), self.MaThanhPhanHoSo.as_deref()) {
            ("giam-ho", None) => Ok(()),
            ("uy-quyen", Some(AUTHORISATION)) if parts.contains(&AUTHORISATION) => Ok(()),
            ("uy-quyen", _) => Err("Thiếu giấy uỷ quyền".to_owned()),
            _ => Err("QuanHe không hợp lệ".to_owned()),
        }
    }

    pub fn is_authorised(&self) -> bool {
        self.QuanHe == "uy-quyen"
    }
}

#[derive(Deserialize)]
#[serde(tag = "Kieu", rename_all = "kebab-case", deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) enum Signature {
    VeTay {
        /// x and y in hundredths of a millimetre, milliseconds from the first point.
        Net: Vec<Vec<(u16, u16, u32)>>,
    },
    XacNhan {
        NguoiXacNhan: String,
        ThoiDiem: String,
    },
    TuXa {
        MaGiaoDichKy: String,
        NoiDungKy: String,
        ThoiDiem: String,
    },
}

impl Signature {
    fn check_itself(&self) -> Result<(), String> {
        match self {
            Self::VeTay { Net } => {
                let points: usize = Net.iter().map(Vec::len).sum();
                let empty = Net.is_empty() || Net.iter().any(Vec::is_empty);
                if empty || Net.len() > STROKES_MAX || points > POINTS_MAX {
                    return Err("Nét ký trống hoặc quá dài".to_owned());
                }
                let times: Vec<u32> = Net.iter().flatten().map(|point| point.2).collect();
                if times.first() != Some(&0) || !times.is_sorted() {
                    return Err("Nét ký đi ngược thời gian".to_owned());
                }
                Ok(())
            }
            Self::XacNhan { NguoiXacNhan, ThoiDiem } => {
                if NguoiXacNhan.trim().is_empty() || clock::parse_stamp(ThoiDiem).is_none() {
                    return Err("Người xác nhận thay chữ ký không hợp lệ".to_owned());
                }
                Ok(())
            }
            // Whether it was given is for [`crate::signings::check`].
            Self::TuXa {
                MaGiaoDichKy,
                NoiDungKy,
                ThoiDiem,
            } => {
                if MaGiaoDichKy.is_empty() || NoiDungKy.is_empty() || clock::parse_stamp(ThoiDiem).is_none() {
                    return Err("Chữ ký từ xa không hợp lệ".to_owned());
                }
                Ok(())
            }
        }
    }
}

/// Whether the signature is there exactly where the procedure wants one.
pub(crate) fn check_signature(signature: Option<&Signature>, procedure: &Value) -> Result<(), String> {
    match (procedure["ChuKy"].as_str(), signature) {
        (None | Some("khong"), None) => Ok(()),
        (None | Some("khong"), Some(_)) => Err("Thủ tục này không cần chữ ký".to_owned()),
        (Some(_), None) => Err("Thiếu chữ ký".to_owned()),
        (Some(wanted), Some(Signature::TuXa { .. })) if wanted != "tu-xa" => {
            Err("Thủ tục này không nhận chữ ký từ xa".to_owned())
        }
        (Some(_), Some(signature)) => signature.check_itself(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn signature(body: Value) -> Result<(), String> {
        let signature: Signature = serde_json::from_value(body).map_err(|error| error.to_string())?;
        check_signature(Some(&signature), &json!({ "ChuKy": "ve-tay" }))
    }

    #[test]
    fn strokes_have_points_that_go_on_in_time() {
        let drawn = |net: Value| signature(json!({ "Kieu": "ve-tay", "Net": net }));
        assert_eq!(drawn(json!([[[1, 2, 0], [3, 4, 9]], [[5, 6, 9]]])), Ok(()));
        for wrong in [
            json!([]),
            json!([[]]),
            json!([[[1, 2, 5]]]),
            json!([[[1, 2, 0], [1, 2, 7]], [[1, 2, 3]]]),
            json!([[[1, 2]]]),
            json!([[[1, 70_000, 0]]]),
        ] {
            assert!(drawn(wrong.clone()).is_err(), "{wrong}");
        }
        assert!(signature(json!({ "Kieu": "ve-tay", "Net": [[[1, 2, 0]]], "Anh": "" })).is_err());
    }

    #[test]
    fn a_signature_stands_exactly_where_one_is_wanted() {
        let vouched = json!({ "Kieu": "xac-nhan", "NguoiXacNhan": "Cán bộ Mẫu", "ThoiDiem": "20261122090000" });
        assert_eq!(signature(vouched.clone()), Ok(()));
        let signature: Signature = serde_json::from_value(vouched).unwrap();
        assert!(check_signature(Some(&signature), &json!({})).is_err());
        assert!(check_signature(None, &json!({ "ChuKy": "tu-xa" })).is_err());
        assert_eq!(check_signature(None, &json!({ "ChuKy": "khong" })), Ok(()));
    }

    #[test]
    fn consent_is_to_what_was_asked_and_to_all_that_is_necessary() {
        let purposes = [
            json!({ "MaMucDich": "a", "PhienBan": "2", "BatBuoc": true }),
            json!({ "MaMucDich": "b", "PhienBan": "1" }),
        ];
        let check = |named: Value, each: Value| {
            let mut body = json!({ "PhienBan": "2", "ThoiDiem": "20261122090000", "MucDich": named });
            if !each.is_null() {
                body["ChiTiet"] = each;
            }
            let consent: Consent = serde_json::from_value(body).unwrap();
            consent.check(&purposes)
        };
        let to =
            |id: &str, version: &str| json!({ "MaMucDich": id, "PhienBan": version, "ThoiDiem": "20261122090000" });
        assert_eq!(check(json!(["a"]), json!([to("a", "2")])), Ok(()));
        assert_eq!(check(json!(["a", "b"]), json!([to("a", "2"), to("b", "1")])), Ok(()));
        assert_eq!(check(json!(["giai-quyet"]), Value::Null), Ok(()), "a kiosk of before");
        assert!(
            check(json!(["b"]), json!([to("b", "1")])).is_err(),
            "the necessary one is wanting"
        );
        assert!(check(json!(["a"]), json!([to("a", "1")])).is_err(), "other words");
        assert!(check(json!(["a"]), json!([to("a", "2"), to("b", "1")])).is_err());
        assert!(check(json!(["a", "a"]), json!([to("a", "2"), to("a", "2")])).is_err());
        assert!(check(json!([]), json!([])).is_err());
    }

    #[test]
    fn who_files_for_another_has_the_right_to() {
        let procedure = json!({ "UyQuyen": "duoc" });
        let check = |body: Value, procedure: &Value, parts: &[&str]| {
            let submitter: Submitter = serde_json::from_value(body).unwrap();
            submitter.check(procedure, "025048000191", parts)
        };
        let with = |right: &str, number: &str| json!({ "HoTen": "Lò Thị Thử", "SoGiayTo": number, "QuanHe": right });
        let mut authorised = with("uy-quyen", "014175000027");
        authorised["MaThanhPhanHoSo"] = AUTHORISATION.into();
        assert_eq!(check(authorised.clone(), &procedure, &[AUTHORISATION]), Ok(()));
        assert!(
            check(authorised.clone(), &procedure, &[]).is_err(),
            "the paper is wanting"
        );
        assert!(check(authorised, &json!({}), &[AUTHORISATION]).is_err());
        assert_eq!(check(with("giam-ho", "014175000027"), &procedure, &[]), Ok(()));
        assert!(check(with("giam-ho", "025048000191"), &procedure, &[]).is_err());
        assert!(check(with("hang-xom", "014175000027"), &procedure, &[]).is_err());
    }
}
