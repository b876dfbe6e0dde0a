//! What a kiosk tells of a scanned paper beside its pictures.

use serde::Deserialize;

use crate::clock;

/// Characters of what a machine has read.
const TEXT_CHARS_MAX: usize = 500;
const CODES_MAX: usize = 20;
const FLAWS: [&str; 8] = [
    "mo",
    "loa",
    "cat-mep",
    "ngon-tay",
    "toi",
    "lech",
    "hai-to",
    "trang-trang",
];

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) struct DigitisedPaper {
    SoTrang: u32,
    SoAnh: u32,
    #[serde(default)]
    AnhSha256: Vec<String>,
    SoKyHieu: Option<Guess>,
    NgayBanHanh: Option<Guess>,
    CoQuanBanHanh: Option<Guess>,
    #[serde(default)]
    MaTrenGiay: Vec<Code>,
    #[serde(default)]
    LuuY: Vec<Mark>,
    DoiChieu: Option<Compared>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct Guess {
    GiaTri: String,
    DoTinCay: u8,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct Code {
    Anh: u32,
    Loai: String,
    NoiDung: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct Mark {
    Anh: u32,
    Loi: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct Compared {
    NguoiDoiChieu: String,
    ThoiDiem: String,
}

impl DigitisedPaper {
    pub fn check(&self) -> Result<(), String> {
        if self.SoTrang == 0 || self.SoAnh < self.SoTrang || self.SoAnh > 2 * self.SoTrang {
            return Err("SoTrang và SoAnh không khớp".to_owned());
        }
        let is_hash =
            |text: &String| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let told = self.AnhSha256.len();
        if !self.AnhSha256.iter().all(is_hash) || (told > 0 && told != self.SoAnh as usize) {
            return Err("AnhSha256 và SoAnh không khớp".to_owned());
        }
        for guess in [&self.SoKyHieu, &self.NgayBanHanh, &self.CoQuanBanHanh]
            .into_iter()
            .flatten()
        {
            let chars = guess.GiaTri.chars().count();
            if !(1..=TEXT_CHARS_MAX).contains(&chars) || !(1..=99).contains(&guess.DoTinCay) {
                return Err("Giá trị đọc bằng máy không hợp lệ".to_owned());
            }
        }
        let date = self.NgayBanHanh.as_ref().map(|date| date.GiaTri.as_str());
        if date.is_some_and(|date| date.len() != 8 || clock::parse_date(date).is_none()) {
            return Err("NgayBanHanh không đúng yyyyMMdd".to_owned());
        }

        let is_image = |image: u32| (1..=self.SoAnh).contains(&image);
        let code = |code: &Code| {
            is_image(code.Anh)
                && matches!(code.Loai.as_str(), "qr" | "code-128" | "code-39")
                && code.NoiDung.chars().count() <= TEXT_CHARS_MAX
        };
        if self.MaTrenGiay.len() > CODES_MAX || !self.MaTrenGiay.iter().all(code) {
            return Err("MaTrenGiay không hợp lệ".to_owned());
        }
        if !self
            .LuuY
            .iter()
            .all(|mark| is_image(mark.Anh) && FLAWS.contains(&mark.Loi.as_str()))
        {
            return Err("LuuY không hợp lệ".to_owned());
        }
        let compared = |compared: &Compared| {
            !compared.NguoiDoiChieu.trim().is_empty() && clock::parse_stamp(&compared.ThoiDiem).is_some()
        };
        if self.DoiChieu.as_ref().is_some_and(|who| !compared(who)) {
            return Err("DoiChieu không hợp lệ".to_owned());
        }
        Ok(())
    }
}
