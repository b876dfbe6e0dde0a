//! Form 01 as the province writes it.

use serde_json::Value;

use super::{WORDS_CHARS_MAX, dossier_code, plain, text, time};
use crate::appointment::{Appointment, PartReceived};
use crate::procedure::PaperForm;

const PARTS_MAX: usize = 60;
/// An address that a QR code on the roll still holds.
const ADDRESS_CHARS_MAX: usize = 200;

/// Form 01, or `None` if this is none: whoever it is of and when it was received must be there.
pub(in crate::province) fn appointment(answer: &Value) -> Option<Appointment> {
    let words = |name: &str| {
        let words = plain(text(answer, name).unwrap_or_default(), WORDS_CHARS_MAX);
        (!words.is_empty()).then_some(words)
    };
    let parts = answer["ThanhPhanHoSo"].as_array().map_or(&[][..], Vec::as_slice);
    let look_up = text(answer, "DuongDanTraCuu").filter(|address| {
        let plain = address.bytes().all(|byte| byte.is_ascii_graphic());
        plain && address.len() <= ADDRESS_CHARS_MAX && address.starts_with("https://")
    });
    Some(Appointment {
        code: dossier_code(answer)?,
        office: words("DonViTiepNhan")?,
        person: words("ChuHoSo")?,
        id_number: words("SoGiayToChuHoSo")?,
        address: words("DiaChi"),
        phone: words("SoDienThoai"),
        procedure: words("TenTTHC")?,
        parts: parts.iter().filter_map(part).take(PARTS_MAX).collect(),
        sets: number(answer, "SoBo").unwrap_or(1),
        working_days: number(answer, "SoNgayGiaiQuyet"),
        received_at: time(answer, "NgayTiepNhan")?,
        due_at: time(answer, "NgayHenTra"),
        result_at: words("NoiTraKetQua"),
        official: words("NguoiTiepNhan"),
        look_up: look_up.map(str::to_owned),
    })
}

fn part(value: &Value) -> Option<PartReceived> {
    let name = plain(text(value, "TenThanhPhanHoSo")?, WORDS_CHARS_MAX);
    Some(PartReceived {
        name,
        form: match text(value, "LoaiBan")? {
            "ban-chinh" => PaperForm::Original,
            "ban-sao-chung-thuc" => PaperForm::Certified,
            "ban-sao" => PaperForm::Copy,
            "xuat-trinh" => PaperForm::Shown,
            "anh" => PaperForm::Photo,
            _ => return None,
        },
        copies: number(value, "SoBan").unwrap_or(1),
    })
}

fn number(value: &Value, name: &str) -> Option<u16> {
    u16::try_from(value[name].as_u64()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Value {
        json!({
            "MaHoSo": "000.00.99.H44-261122-0001",
            "DonViTiepNhan": "Trung tâm Mẫu",
            "ChuHoSo": "Nguyễn Văn Ẩm",
            "SoGiayToChuHoSo": "025048000191",
            "TenTTHC": "Đăng ký khai sinh",
            "ThanhPhanHoSo": [
                { "TenThanhPhanHoSo": "Tờ khai", "LoaiBan": "ban-chinh", "SoBan": 1 },
                { "TenThanhPhanHoSo": "Giấy lạ", "LoaiBan": "khac" },
            ],
            "NgayTiepNhan": "20261122080000",
            "NgayHenTra": null,
        })
    }

    #[test]
    fn what_is_needed_must_be_there_and_what_informs_may_be_missing() {
        let form = appointment(&answer()).unwrap();
        assert_eq!((form.parts.len(), form.sets, form.due_at), (1, 1, None));
        for needed in ["MaHoSo", "ChuHoSo", "SoGiayToChuHoSo", "NgayTiepNhan", "TenTTHC"] {
            let mut answer = answer();
            answer[needed] = Value::Null;
            assert_eq!(appointment(&answer), None, "{needed}");
        }
        let mut odd = answer();
        odd["DuongDanTraCuu"] = json!("javascript:alert(1)");
        assert_eq!(appointment(&odd).unwrap().look_up, None);
    }
}
