//! The order to post a result (phiếu gửi bưu chính): strict, in the two levels of administration there are.

use serde::Deserialize;

/// The provinces and communes of today, as the kiosk has them; a province knows its own.
const UNITS: &str = include_str!("../../../src/units/units.txt");

const NAME_LETTERS_MAX: usize = 120;
const NOTE_LETTERS_MAX: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) struct PostOrder {
    TenNguoiGui: String,
    TenNguoiNhan: String,
    SoDienThoaiNguoiNhan: String,
    MaTinhNguoiNhan: String,
    TenTinhNguoiNhan: String,
    MaXaNguoiNhan: String,
    TenXaNguoiNhan: String,
    DiaChiNguoiNhan: String,
    /// In đồng.
    SoTienThuHo: u64,
    GhiChu: Option<String>,
}

impl PostOrder {
    pub fn check(&self) -> Result<(), String> {
        let names = [
            ("TenNguoiGui", &self.TenNguoiGui),
            ("TenNguoiNhan", &self.TenNguoiNhan),
            ("TenTinhNguoiNhan", &self.TenTinhNguoiNhan),
            ("TenXaNguoiNhan", &self.TenXaNguoiNhan),
        ];
        for (name, value) in names {
            if value.trim().is_empty() || value.chars().count() > NAME_LETTERS_MAX {
                return Err(format!("BuuChinh: {name} để trống hoặc quá dài"));
            }
        }
        let phone = &self.SoDienThoaiNguoiNhan;
        if !(10..=11).contains(&phone.len()) || !phone.starts_with('0') || !phone.bytes().all(|b| b.is_ascii_digit()) {
            return Err("BuuChinh: SoDienThoaiNguoiNhan không đúng".to_owned());
        }
        if !is_commune(&self.MaTinhNguoiNhan, &self.MaXaNguoiNhan) {
            return Err("BuuChinh: không có xã này trong tỉnh này".to_owned());
        }
        let too_long = |text: &str| text.chars().count() > NOTE_LETTERS_MAX;
        if too_long(&self.DiaChiNguoiNhan)
            || self
                .GhiChu
                .as_ref()
                .is_some_and(|note| too_long(note) || note.is_empty())
        {
            return Err("BuuChinh: địa chỉ hoặc ghi chú quá dài".to_owned());
        }
        // Fees are paid at the counter or through the portal, never to the postman.
        if self.SoTienThuHo != 0 {
            return Err("BuuChinh: không thu hộ".to_owned());
        }
        Ok(())
    }
}

/// Whether the province with this code has a commune with that one.
pub(crate) fn is_commune(province: &str, commune: &str) -> bool {
    let mut of_province = UNITS
        .lines()
        .map(|line| line.split('\t').next().unwrap_or_default())
        .skip_while(|code| *code != province);
    of_province.next().is_some_and(|code| code.len() == 2)
        && of_province
            .take_while(|code| code.len() == 5)
            .any(|code| code == commune)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commune_belongs_to_one_province() {
        assert!(is_commune("25", "08566"));
        for (province, commune) in [
            ("01", "08566"),
            ("25", "99999"),
            ("25", "25"),
            ("99", "08566"),
            ("", ""),
            ("08566", "08590"),
        ] {
            assert!(!is_commune(province, commune), "{province} {commune}");
        }
    }
}
