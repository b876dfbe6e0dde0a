//! What a dossier must hold to be taken in. Strict: a name that the contract does not know is refused.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    catalogue::Catalogue,
    clock,
    files::FILE_BYTES_MAX,
    filing::{self, AUTHORISATION, Consent, Signature, Submitter},
    paper::DigitisedPaper,
    post::{self, PostOrder},
    problem::Problem,
};

const FILES_MAX: usize = 60;

/// The body of `POST /v1/dossiers`, in the names of the national exchange.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
pub(crate) struct Intake {
    pub SoPhieuGui: String,
    pub MaTTHC: String,
    TenTTHC: String,
    PhienBanTTHC: Option<u64>,
    #[expect(dead_code, reason = "Kept with the body; nothing to check")]
    MaLinhVuc: Option<String>,
    #[expect(dead_code, reason = "Kept with the body; nothing to check")]
    TenLinhVuc: Option<String>,
    KenhThucHien: String,
    ChuHoSo: String,
    LoaiDoiTuong: String,
    SoGiayToChuHoSo: String,
    DinhDanhCHS: Vec<Identity>,
    NgaySinh: Option<String>,
    #[expect(dead_code, reason = "Kept with the body; nothing to check")]
    GioiTinh: Option<String>,
    #[expect(dead_code, reason = "Kept with the body; nothing to check")]
    DiaChi: Option<String>,
    SoDienThoai: Option<String>,
    #[expect(dead_code, reason = "Kept with the body; nothing to check")]
    Email: Option<String>,
    #[expect(dead_code, reason = "Kept with the body; nothing to check")]
    TrichYeuHoSo: Option<String>,
    NgayNopHoSo: String,
    HinhThuc: String,
    NoiNopHoSo: String,
    HoSoCoThanhPhanSoHoa: String,
    CoCanBoHoTro: Option<String>,
    DuLieuBieuMau: Value,
    BuuChinh: Option<PostOrder>,
    DongY: Consent,
    NguoiNop: Option<Submitter>,
    ChuKy: Option<Signature>,
    /// From 2 on, with `ThayChoKhoa`.
    pub PhienBanHoSo: Option<u32>,
    pub ThayChoKhoa: Option<String>,
    pub TaiLieuNop: Vec<OwedFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
struct Identity {
    LoaiDinhDanh: String,
    SoDinhDanh: String,
}

/// A file that the dossier will have.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
pub(crate) struct OwedFile {
    pub TenTepDinhKem: String,
    pub MaThanhPhanHoSo: String,
    pub KichThuoc: u64,
    pub Sha256: String,
    DuocSoHoa: String,
    GiayToSoHoa: Option<DigitisedPaper>,
}

impl Intake {
    pub fn read(body: &Value, catalogue: &Catalogue) -> Result<Self, Problem> {
        let intake: Self =
            serde_json::from_value(body.clone()).map_err(|error| Problem::invalid(format!("Sai cấu trúc: {error}")))?;
        intake.check(catalogue).map_err(Problem::invalid)?;
        Ok(intake)
    }

    fn check(&self, catalogue: &Catalogue) -> Result<(), String> {
        let procedure = catalogue
            .procedure(&self.MaTTHC, self.PhienBanTTHC)
            .ok_or_else(|| format!("Không có thủ tục {}, hoặc không có phiên bản này", self.MaTTHC))?;

        for (name, value, allowed) in [
            ("KenhThucHien", &self.KenhThucHien, ["1", "2", "3"].as_slice()),
            ("LoaiDoiTuong", &self.LoaiDoiTuong, &["1", "2", "3"]),
            ("HinhThuc", &self.HinhThuc, &["0", "1"]),
            ("HoSoCoThanhPhanSoHoa", &self.HoSoCoThanhPhanSoHoa, &["0", "1"]),
        ] {
            if !allowed.contains(&value.as_str()) {
                return Err(format!("{name} không hợp lệ"));
            }
        }
        if self
            .CoCanBoHoTro
            .as_ref()
            .is_some_and(|helped| !["0", "1"].contains(&helped.as_str()))
        {
            return Err("CoCanBoHoTro không hợp lệ".to_owned());
        }
        for (name, value) in [
            ("SoPhieuGui", &self.SoPhieuGui),
            ("TenTTHC", &self.TenTTHC),
            ("ChuHoSo", &self.ChuHoSo),
            ("NoiNopHoSo", &self.NoiNopHoSo),
        ] {
            if value.trim().is_empty() {
                return Err(format!("{name} để trống"));
            }
        }
        if clock::parse_stamp(&self.NgayNopHoSo).is_none() {
            return Err("NgayNopHoSo không đúng yyyyMMddHHmmss".to_owned());
        }
        if self
            .NgaySinh
            .as_ref()
            .is_some_and(|date| clock::parse_date(date).is_none())
        {
            return Err("NgaySinh không đúng".to_owned());
        }
        if self.SoDienThoai.as_ref().is_some_and(|phone| !is_digits(phone, 9, 11)) {
            return Err("SoDienThoai không đúng".to_owned());
        }

        self.check_identity()?;
        self.DongY.check(catalogue.purposes())?;
        self.check_submitter(procedure)?;
        filing::check_signature(self.ChuKy.as_ref(), procedure)?;
        self.check_answers(procedure, catalogue)?;
        self.check_post(procedure)?;
        self.check_files(procedure)
    }

    fn check_identity(&self) -> Result<(), String> {
        for identity in &self.DinhDanhCHS {
            let digits = match identity.LoaiDinhDanh.as_str() {
                "1" => 12,
                "2" => 9,
                _ => return Err("LoaiDinhDanh không hợp lệ".to_owned()),
            };
            if !is_digits(&identity.SoDinhDanh, digits, digits) {
                return Err(format!("SoDinhDanh phải có {digits} chữ số"));
            }
        }
        if !self
            .DinhDanhCHS
            .iter()
            .any(|identity| identity.SoDinhDanh == self.SoGiayToChuHoSo)
        {
            return Err("SoGiayToChuHoSo không có trong DinhDanhCHS".to_owned());
        }
        Ok(())
    }

    fn check_submitter(&self, procedure: &Value) -> Result<(), String> {
        let Some(submitter) = &self.NguoiNop else { return Ok(()) };
        let parts: Vec<_> = self
            .TaiLieuNop
            .iter()
            .map(|file| file.MaThanhPhanHoSo.as_str())
            .collect();
        submitter.check(procedure, &self.SoGiayToChuHoSo, &parts)
    }

    /// By the schema of the procedure, as it holds on the day of the visit; units must be those of today.
    fn check_answers(&self, procedure: &Value, catalogue: &Catalogue) -> Result<(), String> {
        let day = &self.NgayNopHoSo[..8];
        catalogue.schemas.check(procedure, day, &self.DuLieuBieuMau)?;
        for question in list(procedure, "DanhSachCauHoi") {
            let id = text(question, "MaCauHoi");
            let answer = &self.DuLieuBieuMau[id];
            if question["Kieu"] == "dia-chi" && !answer.is_null() {
                let (province, commune) = (text(answer, "MaTinh"), text(answer, "MaXa"));
                if !post::is_commune(province, commune) {
                    return Err(format!("Câu trả lời cho {id}: không có xã này trong tỉnh này"));
                }
            }
        }
        Ok(())
    }

    /// `HinhThuc` is 1 with a post order and only with one, where the procedure's result can be posted.
    fn check_post(&self, procedure: &Value) -> Result<(), String> {
        match (self.HinhThuc.as_str(), &self.BuuChinh) {
            ("0", None) => Ok(()),
            ("1", Some(order)) => {
                if !list(procedure, "TraKetQua").iter().any(|way| way == "buu-chinh") {
                    return Err("Kết quả của thủ tục này không gửi bưu chính".to_owned());
                }
                order.check()
            }
            _ => Err("HinhThuc và BuuChinh không khớp nhau".to_owned()),
        }
    }

    fn check_files(&self, procedure: &Value) -> Result<(), String> {
        let papers = list(procedure, "DanhSachThanhPhanHoSo");
        check_files(&self.TaiLieuNop)?;
        for file in &self.TaiLieuNop {
            let authorises =
                file.MaThanhPhanHoSo == AUTHORISATION && self.NguoiNop.as_ref().is_some_and(Submitter::is_authorised);
            let named = |paper: &Value| text(paper, "MaThanhPhanHoSo") == file.MaThanhPhanHoSo;
            if !authorises && !papers.iter().any(named) {
                return Err(format!("Thủ tục không có thành phần {}", file.MaThanhPhanHoSo));
            }
        }

        self.check_whole(papers)
    }

    /// Every required paper is there, and of each group of papers that stand for one another one.
    fn check_whole(&self, papers: &[Value]) -> Result<(), String> {
        let is_there = |paper: &Value| {
            let code = text(paper, "MaThanhPhanHoSo");
            self.TaiLieuNop.iter().any(|file| file.MaThanhPhanHoSo == code)
        };
        let wanted = papers
            .iter()
            .filter(|paper| paper["BatBuoc"] == true && paper["LoaiBan"] != "xuat-trinh")
            .filter(|paper| paper["KhongCanNop"] != true && !paper["Neu"].is_string());
        for paper in wanted {
            let group = &paper["ThayChoNhau"];
            // What is only shown, or known from data, does not come with a dossier.
            let needs_none = |other: &Value| other["LoaiBan"] == "xuat-trinh" || other["KhongCanNop"] == true;
            let one_of_them = |other: &Value| {
                group.is_string() && other["ThayChoNhau"] == *group && (is_there(other) || needs_none(other))
            };
            if !is_there(paper) && !papers.iter().any(one_of_them) {
                return Err(format!("Thiếu thành phần {}", text(paper, "MaThanhPhanHoSo")));
            }
        }
        Ok(())
    }
}

/// What holds of files in any request.
pub(crate) fn check_files(files: &[OwedFile]) -> Result<(), String> {
    if files.len() > FILES_MAX {
        return Err(format!("Nhiều hơn {FILES_MAX} tệp"));
    }
    let mut names = HashSet::new();
    for file in files {
        let name = &file.TenTepDinhKem;
        if name.is_empty() || name.contains(['/', '\\', '\0']) || !names.insert(name) {
            return Err("Tên tệp trống, trùng hoặc có dấu gạch chéo".to_owned());
        }
        if file.KichThuoc > FILE_BYTES_MAX {
            return Err(format!("Tệp {name} quá lớn"));
        }
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if file.Sha256.len() != 64 || !file.Sha256.bytes().all(is_hex) {
            return Err(format!("Sha256 của tệp {name} không đúng"));
        }
        if !matches!(file.DuocSoHoa.as_str(), "0" | "1") {
            return Err("DuocSoHoa không hợp lệ".to_owned());
        }
        if let Some(paper) = &file.GiayToSoHoa {
            paper.check()?;
        }
    }
    Ok(())
}

pub(crate) fn is_digits(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}
