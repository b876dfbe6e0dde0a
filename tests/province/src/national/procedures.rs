//! Two procedures as LayThuTuc tells them, and a list with more than these.

use serde_json::{Value, json};

pub(super) fn list() -> Value {
    json!([
        { "MATTHC": "1.001776", "TENTTHC": "Thực hiện trợ cấp xã hội hàng tháng" },
        { "MATTHC": "1.001193", "TENTTHC": "Thủ tục đăng ký khai sinh" },
        { "MATTHC": "2.000635", "TENTTHC": "Cấp bản sao Trích lục hộ tịch" },
    ])
}

/// A list of one, or of none.
pub(super) fn of(code: &str) -> Value {
    match code {
        "1.001776" => json!([allowance()]),
        "1.001193" => json!([birth()]),
        _ => json!([]),
    }
}

fn allowance() -> Value {
    json!({
        "MATTHC": "1.001776",
        "TENTTHC": "Thực hiện trợ cấp xã hội hàng tháng",
        "LINHVUCTHUCHIEN": [{ "MALINHVUC": "G12-YT05", "TENLINHVUC": "Bảo trợ xã hội" }],
        "COQUANTHUCHIEN": [{ "TENDONVI": "Ủy ban nhân dân cấp xã" }],
        "KETQUATHUCHIEN": [{ "MAKETQUA": "KQ1", "TENKETQUA": "Quyết định trợ cấp" }],
        "CACHTHUCTHUCHIEN": [
            { "KENH": "1", "THOIGIAN": [{ "THOIGIANGIAIQUYET": "15", "DONVITINH": "Ngày làm việc", "PHILEPHI": [] }] },
            { "KENH": "2", "THOIGIAN": [{ "THOIGIANGIAIQUYET": "12", "DONVITINH": "Ngày làm việc", "PHILEPHI": [] }] },
        ],
        "THANHPHANHOSO": [
            { "TRUONGHOP": "", "GIAYTO": [
                { "MAGIAYTO": "TC-TOKHAI", "TENGIAYTO": "Tờ khai đề nghị trợ cấp", "SOBANCHINH": "1", "SOBANSAO": "0" },
            ] },
            { "TRUONGHOP": "Người khuyết tật", "GIAYTO": [
                { "MAGIAYTO": "TC-GXNKT", "TENGIAYTO": "Giấy xác nhận khuyết tật", "SOBANCHINH": "0", "SOBANSAO": "1" },
            ] },
        ],
    })
}

fn birth() -> Value {
    json!({
        "MATTHC": "1.001193",
        "TENTTHC": "Thủ tục đăng ký khai sinh",
        "LINHVUCTHUCHIEN": [{ "MALINHVUC": "G10-TP01", "TENLINHVUC": "Hộ tịch" }],
        "COQUANTHUCHIEN": [{ "TENDONVI": "Ủy ban nhân dân cấp xã" }],
        "KETQUATHUCHIEN": [{ "MAKETQUA": "KQ2", "TENKETQUA": "Giấy khai sinh" }],
        "CACHTHUCTHUCHIEN": [
            { "KENH": "1", "THOIGIAN": [{ "THOIGIANGIAIQUYET": "4", "DONVITINH": "Giờ", "PHILEPHI": [
                { "SOTIEN": "8.000", "DONVI": "Đồng", "MOTA": "Phí cấp bản sao" },
            ] }] },
        ],
        "THANHPHANHOSO": [
            { "TRUONGHOP": "", "GIAYTO": [
                { "MAGIAYTO": "KS-CHUNGSINH", "TENGIAYTO": "Giấy chứng sinh", "SOBANCHINH": 1, "SOBANSAO": 0 },
            ] },
        ],
    })
}
