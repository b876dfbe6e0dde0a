//! The schema of one answer, by the kind of its question.

use serde_json::{Map, Value, json};

use super::{dates, list, text};

/// One line: no control characters, one space between words, none around them.
const TIDY: &str = r"^[^\s\p{Cc}]+( [^\s\p{Cc}]+)*$";
/// Letters, with the apostrophes, hyphens and dots that names have.
const NAME: &str = r"^[\p{Alphabetic}\p{M}'’.\-]+( [\p{Alphabetic}\p{M}'’.\-]+)*$";
const NAME_LETTERS_MAX: u64 = 80;
const DETAIL_LETTERS_MAX: u64 = 160;
/// Mobile numbers, and those of a house.
const PHONE: &str = "^0([35789][0-9]{8}|2[0-9]{9})$";
const BORN_EARLIEST: &str = "18500101";

pub(super) fn answer(question: &Value, day: &str) -> Value {
    match text(question, "Kieu") {
        "chon" => one_of(list(question, "LuaChon")),
        "nhieu" => json!({
            "type": "array",
            "items": one_of(list(question, "LuaChon")),
            "uniqueItems": true,
            "minItems": question["ItNhat"],
            "maxItems": question["NhieuNhat"],
        }),
        "chu" => json!({ "type": "string", "maxLength": question["SoKyTuNhieuNhat"], "pattern": TIDY }),
        "so" => {
            let (least, most) = (&question["SoChuSoItNhat"], &question["SoChuSoNhieuNhat"]);
            json!({ "type": "string", "pattern": format!("^[0-9]{{{least},{most}}}$") })
        }
        "tien" => json!({
            "type": "integer",
            "minimum": question["SoTienItNhat"],
            "maximum": question["SoTienNhieuNhat"],
        }),
        "ngay" => {
            let bound = |name: &str| match text(question, name) {
                "" => None,
                "hom-nay" => Some(day.to_owned()),
                date => Some(date.to_owned()),
            };
            let precision = match text(question, "DoChinhXac") {
                "" if question["ChoPhepChiNam"] == true => "nam",
                precision => precision,
            };
            dates::between(bound("TuNgay").as_deref(), bound("DenNgay").as_deref(), precision)
        }
        "dien-thoai" => json!({ "type": "string", "pattern": PHONE }),
        "nguoi" => person(&question["Nguoi"], day),
        "dia-chi" => address(),
        "danh-sach-nguoi" => json!({
            "type": "array",
            "items": person(&question["Nguoi"], day),
            "minItems": question["ItNhat"],
            "maxItems": question["NhieuNhat"],
        }),
        "co-khong" => json!({ "type": "boolean" }),
        // Nothing is an answer to what nobody understands.
        _ => json!(false),
    }
}

fn one_of(choices: &[Value]) -> Value {
    let ids: Vec<&Value> = choices.iter().map(|choice| &choice["Ma"]).collect();
    json!({ "enum": ids })
}

fn person(wants: &Value, day: &str) -> Value {
    let mut properties = Map::new();
    let mut required = vec!["HoTen"];
    let name = json!({
        "type": "string",
        "maxLength": NAME_LETTERS_MAX,
        "allOf": [{ "pattern": NAME }, { "pattern": r"\p{Alphabetic}" }],
    });
    properties.insert("HoTen".to_owned(), name);

    let parts = [
        ("SoDinhDanh", json!({ "type": "string", "pattern": "^[0-9]{12}$" })),
        ("NgaySinh", dates::between(Some(BORN_EARLIEST), Some(day), "nam")),
    ];
    for (name, schema) in parts {
        match text(wants, name) {
            "bat-buoc" => required.push(name),
            "neu-co" => {}
            _ => continue,
        }
        properties.insert(name.to_owned(), schema);
    }
    let relations = list(wants, "QuanHe");
    if !relations.is_empty() {
        required.push("QuanHe");
        properties.insert("QuanHe".to_owned(), one_of(relations));
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// Whether there are such units is beyond a schema.
fn address() -> Value {
    let named = json!({ "type": "string", "pattern": TIDY });
    json!({
        "type": "object",
        "properties": {
            "MaTinh": { "type": "string", "pattern": "^[0-9]{2}$" },
            "TenTinh": named,
            "MaXa": { "type": "string", "pattern": "^[0-9]{5}$" },
            "TenXa": named,
            "DiaChiChiTiet": {
                "type": "string",
                "maxLength": DETAIL_LETTERS_MAX,
                "anyOf": [{ "maxLength": 0 }, { "pattern": TIDY }],
            },
        },
        "required": ["MaTinh", "TenTinh", "MaXa", "TenXa", "DiaChiChiTiet"],
        "additionalProperties": false,
    })
}
