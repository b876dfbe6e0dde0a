//! A dossier as the exchange takes it. A name that it does not have is refused.

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::clock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
struct Fields {
    MaHoSo: String,
    MaTTHC: String,
    TenTTHC: String,
    MaLinhVuc: String,
    TenLinhVuc: String,
    KenhThucHien: String,
    ChuHoSo: String,
    LoaiDoiTuong: String,
    SoGiayToChuHoSo: String,
    DinhDanhCHS: Vec<Identity>,
    SoDienThoai: Option<String>,
    NgayNopHoSo: String,
    TrangThaiHoSo: String,
    HinhThuc: String,
    DonViXuLy: String,
    NoiNopHoSo: String,
    HoSoCoThanhPhanSoHoa: String,
    TaiLieuNop: Vec<Paper>,
    ThongTinKhac: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
struct Identity {
    LoaiDinhDanh: String,
    SoDinhDanh: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
struct Paper {
    TepDinhKemId: String,
    TenTepDinhKem: String,
    IsDeleted: String,
    MaThanhPhanHoSo: String,
    DuongDanTaiTepTin: String,
    DuocSoHoa: String,
    DuocTaiSuDung: String,
    DuocLayTuKhoDMQG: String,
    MaKetQuaThayThe: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
struct Progress {
    #[expect(dead_code, reason = "It is what the dossier was found by")]
    MaHoSo: String,
    NguoiXuLy: String,
    ChucDanh: String,
    ThoiDiemXuLy: String,
    PhongBanXuLy: String,
    NoiDungXuLy: String,
    TrangThai: String,
}

pub(super) struct Dossier {
    fields: Value,
    sent_as: String,
    /// What this side calls it.
    code: String,
    received_at: String,
    steps: Vec<Value>,
    files: Vec<Value>,
}

impl Dossier {
    /// Fetches what it names by `fetch`, which knows files by their path.
    pub fn read(data: &Value, number: usize, fetch: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Self, String> {
        let fields: Fields = serde_json::from_value(data.clone()).map_err(|error| format!("Sai cấu trúc: {error}"))?;
        fields.check()?;
        let mut files = vec![];
        for paper in &fields.TaiLieuNop {
            let path = paper
                .DuongDanTaiTepTin
                .find("/files/")
                .map(|at| &paper.DuongDanTaiTepTin[at..]);
            let bytes = path.and_then(&fetch);
            let bytes = bytes.ok_or_else(|| format!("Không tải được tệp {}", paper.TepDinhKemId))?;
            let sha256: String = Sha256::digest(&bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            files.push(json!({ "name": paper.TenTepDinhKem, "size": bytes.len(), "sha256": sha256 }));
        }
        let now = clock::now();
        Ok(Self {
            fields: data.clone(),
            code: format!("{}-{}-{number:04}", super::UNIT, clock::local(now).strftime("%y%m%d")),
            sent_as: fields.MaHoSo,
            received_at: clock::stamp(now),
            steps: vec![],
            files,
        })
    }

    pub fn sent_as(&self) -> &str {
        &self.sent_as
    }

    pub fn is(&self, asked: &str) -> bool {
        self.code == asked || self.sent_as == asked
    }

    /// The same station twice is one.
    pub fn add_step(&mut self, data: &Value) -> Result<(), String> {
        let step: Progress = serde_json::from_value(data.clone()).map_err(|error| format!("Sai cấu trúc: {error}"))?;
        let known = step
            .TrangThai
            .parse::<u8>()
            .is_ok_and(|state| (1..=10).contains(&state));
        if !known || clock::parse_stamp(&step.ThoiDiemXuLy).is_none() || step.NguoiXuLy.is_empty() {
            return Err("Tiến độ không đúng".to_owned());
        }
        let told = json!({
            "NguoiXuLy": step.NguoiXuLy, "ChucDanh": step.ChucDanh, "ThoiDiemXuLy": step.ThoiDiemXuLy,
            "PhongBanXuLy": step.PhongBanXuLy, "NoiDungXuLy": step.NoiDungXuLy, "TrangThai": step.TrangThai,
        });
        if !self.steps.contains(&told) {
            self.steps.push(told);
        }
        Ok(())
    }

    /// What TraCuuHoSo tells.
    pub fn told(&self) -> Value {
        json!({
            "MaHoSo": self.code,
            "MaTTHC": self.fields["MaTTHC"],
            "TenTTHC": self.fields["TenTTHC"],
            "ChuHoSo": self.fields["ChuHoSo"],
            "SoGiayToChuHoSo": self.fields["SoGiayToChuHoSo"],
            "TrangThaiHoSo": self.steps.last().map_or(json!("1"), |step| step["TrangThai"].clone()),
            "NgayNopHoSo": self.fields["NgayNopHoSo"],
            "NgayTiepNhan": self.received_at,
            "NgayHenTra": "",
            "QuaTrinhXuLy": self.steps,
        })
    }

    pub fn shown(&self) -> Value {
        json!({ "code": self.code, "fields": self.fields, "steps": self.steps, "files": self.files })
    }
}

impl Fields {
    fn check(&self) -> Result<(), String> {
        let filled = [
            ("MaHoSo", &self.MaHoSo),
            ("MaTTHC", &self.MaTTHC),
            ("TenTTHC", &self.TenTTHC),
            ("MaLinhVuc", &self.MaLinhVuc),
            ("TenLinhVuc", &self.TenLinhVuc),
            ("ChuHoSo", &self.ChuHoSo),
            ("SoGiayToChuHoSo", &self.SoGiayToChuHoSo),
            ("DonViXuLy", &self.DonViXuLy),
            ("NoiNopHoSo", &self.NoiNopHoSo),
        ];
        if let Some((name, _)) = filled.iter().find(|(_, value)| value.trim().is_empty()) {
            return Err(format!("{name} để trống"));
        }
        let one_of = [
            ("KenhThucHien", &self.KenhThucHien, ["1", "2", "3"].as_slice()),
            ("LoaiDoiTuong", &self.LoaiDoiTuong, &["1", "2", "3"]),
            ("TrangThaiHoSo", &self.TrangThaiHoSo, &["1"]),
            ("HinhThuc", &self.HinhThuc, &["0", "1"]),
            ("HoSoCoThanhPhanSoHoa", &self.HoSoCoThanhPhanSoHoa, &["0", "1"]),
        ];
        if let Some((name, ..)) = one_of
            .iter()
            .find(|(_, value, allowed)| !allowed.contains(&value.as_str()))
        {
            return Err(format!("{name} không hợp lệ"));
        }
        let identity = |one: &Identity| match one.LoaiDinhDanh.as_str() {
            "1" => one.SoDinhDanh.len() == 12,
            "2" => one.SoDinhDanh.len() == 9,
            _ => false,
        };
        if self.DinhDanhCHS.is_empty() || !self.DinhDanhCHS.iter().all(identity) {
            return Err("DinhDanhCHS không hợp lệ".to_owned());
        }
        if clock::parse_stamp(&self.NgayNopHoSo).is_none() {
            return Err("NgayNopHoSo không đúng yyyyMMddHHmmss".to_owned());
        }
        if self
            .SoDienThoai
            .as_ref()
            .is_some_and(|phone| !phone.bytes().all(|digit| digit.is_ascii_digit()))
        {
            return Err("SoDienThoai không đúng".to_owned());
        }
        let flag = |value: &str| matches!(value, "0" | "1");
        let paper = |paper: &Paper| {
            paper.IsDeleted == "False"
                && flag(&paper.DuocSoHoa)
                && flag(&paper.DuocTaiSuDung)
                && flag(&paper.DuocLayTuKhoDMQG)
                && paper.MaKetQuaThayThe.is_empty()
                && ![&paper.TepDinhKemId, &paper.TenTepDinhKem, &paper.MaThanhPhanHoSo]
                    .iter()
                    .any(|text| text.is_empty())
        };
        if !self.TaiLieuNop.iter().all(paper) {
            return Err("TaiLieuNop không hợp lệ".to_owned());
        }
        serde_json::from_str::<Value>(&self.ThongTinKhac)
            .map(drop)
            .map_err(|_| "ThongTinKhac không phải JSON".to_owned())
    }
}
