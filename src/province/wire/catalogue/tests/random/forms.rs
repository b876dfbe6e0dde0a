//! Forms at random, as a province might write them.

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::{Value, json};

const QUESTIONS_MAX: usize = 9;

pub(super) fn questions(rng: &mut StdRng) -> Value {
    let count = rng.random_range(1..=QUESTIONS_MAX);
    let mut questions: Vec<Value> = Vec::new();
    for at in 0..count {
        let mut question = kind(rng);
        question["MaCauHoi"] = json!(format!("c{at}"));
        question["CauHoi"] = json!("Gì?");
        question["KhongBatBuoc"] = json!(rng.random_ratio(1, 6));
        if rng.random_ratio(1, 2)
            && let Some(when) = when(&questions, 2, rng)
        {
            question["DieuKien"] = when;
        }
        questions.push(question);
    }
    json!(questions)
}

fn choices(rng: &mut StdRng) -> (Value, u64) {
    let count = rng.random_range(2..=4_u64);
    let listed = (0..count).map(|at| json!({ "Ma": format!("l{at}"), "Ten": "Chọn" }));
    (listed.collect(), count)
}

fn kind(rng: &mut StdRng) -> Value {
    let wanted = |rng: &mut StdRng| (*["khong", "neu-co", "bat-buoc"].choose(rng).unwrap()).to_owned();
    let (listed, count) = choices(rng);
    let relations = if rng.random_ratio(1, 2) {
        listed.clone()
    } else {
        json!([])
    };
    let person = json!({ "SoDinhDanh": wanted(rng), "NgaySinh": wanted(rng), "QuanHe": relations });
    let least = rng.random_range(0..=2_u64);
    let earliest = *["19000101", "20200229", "20260430"].choose(rng).unwrap();
    // Those that conditions hang on more often.
    match rng.random_range(0..16) {
        0..4 => json!({ "Kieu": "chon", "LuaChon": listed }),
        4..6 => json!({ "Kieu": "nhieu", "LuaChon": listed, "ItNhat": least.min(count), "NhieuNhat": count }),
        6..9 => json!({ "Kieu": "co-khong" }),
        9 => json!({ "Kieu": "chu", "SoKyTuNhieuNhat": rng.random_range(1..60) }),
        10 => json!({ "Kieu": "so", "SoChuSoItNhat": 1 + least, "SoChuSoNhieuNhat": 4 }),
        11 => json!({ "Kieu": "tien", "SoTienItNhat": 1_000, "SoTienNhieuNhat": 5_000_000 }),
        12 => {
            let precision = *["ngay", "thang", "nam"].choose(rng).unwrap();
            let latest = *["hom-nay", "20301231"].choose(rng).unwrap();
            json!({ "Kieu": "ngay", "TuNgay": earliest, "DenNgay": latest, "DoChinhXac": precision })
        }
        13 => json!({ "Kieu": "dien-thoai" }),
        14 => json!({ "Kieu": "dia-chi" }),
        _ if rng.random_ratio(1, 2) => json!({ "Kieu": "nguoi", "Nguoi": person }),
        _ => json!({ "Kieu": "danh-sach-nguoi", "ItNhat": least, "NhieuNhat": least + 2, "Nguoi": person }),
    }
}

/// A condition over earlier questions, or none where nothing can hang on them.
fn when(before: &[Value], depth: usize, rng: &mut StdRng) -> Option<Value> {
    if depth > 0 && rng.random_ratio(1, 2) {
        let part = |rng: &mut StdRng| when(before, depth - 1, rng);
        let parts = |rng: &mut StdRng| Some(vec![part(rng)?, part(rng)?]);
        return match rng.random_range(0..3) {
            0 => Some(json!({ "TatCa": parts(rng)? })),
            1 => Some(json!({ "MotTrong": parts(rng)? })),
            _ => Some(json!({ "Khong": part(rng)? })),
        };
    }
    let telling: Vec<&Value> = before
        .iter()
        .filter(|question| {
            ["chon", "nhieu", "co-khong"]
                .iter()
                .any(|kind| question["Kieu"] == *kind)
        })
        .collect();
    let question = telling.choose(rng)?;
    Some(match question["LuaChon"].as_array() {
        None => json!({ "CauHoi": question["MaCauHoi"], "La": rng.random_ratio(1, 2) }),
        Some(choices) => {
            let count = rng.random_range(1..=2);
            let of: Vec<&Value> = choices.sample(rng, count).map(|choice| &choice["Ma"]).collect();
            json!({ "CauHoi": question["MaCauHoi"], "LaMotTrong": of })
        }
    })
}
