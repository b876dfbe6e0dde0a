//! The catalogue as it lies on the wire: names and kinds, nothing judged yet.

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
pub(super) struct ProcedureWire {
    pub MaTTHC: String,
    pub MaLinhVuc: String,
    pub MucDo: LevelWire,
    pub SoNgayGiaiQuyet: u16,
    pub SoNgayGiaiQuyetTrucTuyen: Option<u16>,
    #[serde(default)]
    pub DanhSachLePhi: Vec<Value>,
    #[serde(default)]
    pub DuocThanhToanTrucTuyen: bool,
    pub ChuyenKhoan: Option<Value>,
    #[serde(default)]
    pub DanhSachThanhPhanHoSo: Vec<Value>,
    #[serde(default = "first")]
    pub PhienBan: u32,
    pub HieuLucTu: Option<String>,
    pub HieuLucDen: Option<String>,
    #[serde(default)]
    pub TuKhoa: Vec<String>,
    #[serde(default)]
    pub SuKien: Vec<String>,
    #[serde(default)]
    pub SoLuotHoi: u32,
    #[serde(default)]
    pub TraKetQua: Vec<String>,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(super) struct AccountWire {
    pub MaNganHang: String,
    pub SoTaiKhoan: String,
    pub TenTaiKhoan: String,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(super) struct ElsewhereWire {
    pub DaySo: Option<char>,
    pub Quay: String,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(super) struct EventWire {
    pub MaSuKien: String,
}

/// As the law has it now (NĐ 42/2022/NĐ-CP), or by the number of before.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum LevelWire {
    Now(Level),
    Before(u8),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Level {
    ToanTrinh,
    MotPhan,
    TaiQuay,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
pub(super) struct FeeWire {
    pub Gia: u64,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
pub(super) struct PaperWire {
    pub MaThanhPhanHoSo: String,
    pub LoaiBan: Form,
    pub SoTrang: PagesWire,
    pub BatBuoc: bool,
    pub ThayChoNhau: Option<String>,
    #[serde(default)]
    pub KhongCanNop: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    BanChinh,
    BanSaoChungThuc,
    BanSao,
    XuatTrinh,
    Anh,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum PagesWire {
    Exactly(u16),
    Any(AnyPages),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AnyPages {
    Any,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(super) struct QuestionWire {
    #[serde(flatten)]
    pub kind: KindWire,
    #[serde(default)]
    pub KhongBatBuoc: bool,
}

#[derive(Deserialize)]
#[serde(tag = "Kieu", rename_all = "kebab-case")]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(super) enum KindWire {
    Chon {
        LuaChon: Vec<Value>,
    },
    Nhieu {
        LuaChon: Vec<Value>,
        ItNhat: u8,
        NhieuNhat: u8,
    },
    Chu {
        SoKyTuNhieuNhat: u16,
    },
    So {
        SoChuSoItNhat: u8,
        SoChuSoNhieuNhat: u8,
    },
    Tien {
        SoTienItNhat: u64,
        SoTienNhieuNhat: u64,
    },
    Ngay {
        TuNgay: Option<String>,
        DenNgay: Option<String>,
        /// As it was said before there was `DoChinhXac`.
        #[serde(default)]
        ChoPhepChiNam: bool,
        DoChinhXac: Option<PrecisionWire>,
    },
    DienThoai,
    Nguoi {
        Nguoi: PersonWire,
    },
    DiaChi,
    DanhSachNguoi {
        ItNhat: u8,
        NhieuNhat: u8,
        Nguoi: PersonWire,
    },
    CoKhong,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PrecisionWire {
    Ngay,
    Thang,
    Nam,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(super) struct PersonWire {
    pub SoDinhDanh: WantedWire,
    pub NgaySinh: WantedWire,
    #[serde(default)]
    pub QuanHe: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WantedWire {
    Khong,
    NeuCo,
    BatBuoc,
}

#[derive(Deserialize)]
#[serde(tag = "Nguon", rename_all = "kebab-case")]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(super) enum SourceWire {
    The { Muc: CardPartWire },
    CauTraLoi { CauHoi: String },
    DuLieu { GiaTri: Value },
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CardPartWire {
    HoTen,
    SoDinhDanh,
    NgaySinh,
    GioiTinh,
    DiaChi,
    Nguoi,
}

/// Of a procedure whose version is not told.
fn first() -> u32 {
    1
}
