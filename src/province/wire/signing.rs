//! A signing from afar as the province writes it, and what is signed.
//!
//! The hash of a content is that of its JSON in the form of RFC 8785: no space, names in order. So the province can
//! make it anew from the dossier that is handed in.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{answer, hex, text, time};
use crate::dossier::Content;
use crate::form::{RESERVED, delivery};
use crate::remote::{
    Asking, By, COMPARE_DIGITS_MAX, COMPARE_DIGITS_MIN, RemoteWays, Request, Statement, TRANSACTION_CHARS_MAX, Told,
    WhyNot, Word,
};

/// What is signed, letter by letter. `site` is the centre, which sends what comes by post.
pub(in crate::province) fn statement(content: &Content, site: &str) -> Statement {
    let hash: [u8; 32] = Sha256::digest(self::content(content, site).to_string()).into();
    Statement(format!(
        "Nộp hồ sơ: {} ({}).\nNgười ký: {}.\nNội dung hồ sơ, SHA-256: {}.",
        content.procedure_name,
        content.procedure,
        content.signer.as_str(),
        hex(&hash)
    ))
}

fn content(content: &Content, site: &str) -> Value {
    let mut papers: Vec<_> = content.papers.iter().collect();
    papers.sort_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
    let answers = content.answers.iter().filter(|(id, _)| !id.starts_with(RESERVED));
    let mut body = json!({
        "MaTTHC": content.procedure.as_str(),
        "SoGiayToChuHoSo": content.applicant.as_str(),
        "DuLieuBieuMau": answers.map(|(id, said)| (id.clone(), answer::answer(said))).collect::<Map<_, _>>(),
        "DongY": content.consents.iter().map(|(purpose, version)| json!({ "MaMucDich": purpose, "PhienBan": version })).collect::<Vec<_>>(),
        "TaiLieuNop": papers.into_iter().map(|(part, hashes)| {
            let hashes: Vec<String> = hashes.iter().map(|hash| hex(hash)).collect();
            json!({ "MaThanhPhanHoSo": part.as_str(), "AnhSha256": hashes })
        }).collect::<Vec<_>>(),
    });
    if content.version > 0 {
        body["PhienBanTTHC"] = content.version.into();
    }
    if let Some(order) = delivery::post_order(&content.answers) {
        body["BuuChinh"] = answer::post_order(&order, site);
    }
    body
}

/// The body of `POST /v1/signings`.
pub(in crate::province) fn asking(asking: &Asking) -> Value {
    let mut body = json!({
        "CachKy": match asking.by {
            By::Sim { .. } => "sim",
            By::VneId => "vneid",
        },
        "SoDinhDanh": asking.signer.as_str(),
        "NoiDungKy": asking.statement.0,
    });
    if let By::Sim { phone } = &asking.by {
        body["SoDienThoai"] = phone.as_str().into();
    }
    body
}

/// How a signing stands, or `None` if this does not tell it.
pub(in crate::province) fn signing(told: &Value) -> Option<Told> {
    let word = match text(told, "TrangThai")? {
        "cho-ky" => Word::Waiting,
        // Without the moment it proves nothing.
        "da-ky" => Word::Signed {
            at: time(told, "NgayKy")?,
        },
        "tu-choi" => Word::Refused,
        "het-han" => Word::TooLate,
        _ => return None,
    };
    let compare = text(told, "MaDoiChieu")?;
    let comparable = (COMPARE_DIGITS_MIN..=COMPARE_DIGITS_MAX).contains(&compare.len())
        && compare.bytes().all(|byte| byte.is_ascii_digit());
    let transaction = text(told, "MaGiaoDichKy")?;
    let named = (1..=TRANSACTION_CHARS_MAX).contains(&transaction.len())
        && transaction.bytes().all(|byte| byte.is_ascii_graphic());
    (comparable && named).then_some(())?;
    Some(Told {
        request: Request {
            transaction: transaction.to_owned(),
            compare: compare.to_owned(),
            expires_at: time(told, "HetHan")?,
        },
        statement_sha256: hash(text(told, "NoiDungKySha256")?)?,
        word,
    })
}

fn hash(hex: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// Why the province does not begin one, from its problem.
pub(in crate::province) fn why_not(problem: Option<&Value>) -> WhyNot {
    match problem.and_then(|problem| text(problem, "type")) {
        Some(kind) if kind.ends_with(":signing-not-offered") => WhyNot::NotOffered,
        Some(_) | None => WhyNot::NotTaken,
    }
}

/// `CachKyTuXa` of a procedure. A way that this kiosk does not know is not offered.
pub(super) fn ways(tree: &Value) -> anyhow::Result<RemoteWays> {
    let listed = match tree {
        Value::Null => &[][..],
        Value::Array(listed) => listed,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            anyhow::bail!("CachKyTuXa is no list")
        }
    };
    Ok(RemoteWays {
        sim: listed.iter().any(|way| way == "sim"),
        vneid: listed.iter().any(|way| way == "vneid"),
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::form::Answer;

    fn told() -> Value {
        json!({
            "MaGiaoDichKy": "KS01", "TrangThai": "cho-ky", "MaDoiChieu": "4821", "HetHan": "19700101071000",
            "NoiDungKySha256": "00".repeat(31) + "Ab",
        })
    }

    fn sample() -> Content {
        Content {
            procedure: "1.004873".parse().unwrap(),
            version: 2,
            procedure_name: "Cấp giấy".into(),
            signer: "025048000191".parse().unwrap(),
            applicant: "014175000027".parse().unwrap(),
            answers: vec![("B".into(), Answer::Text("b".into())), ("A".into(), Answer::Money(5))],
            consents: vec![("x".into(), "1".into())],
            papers: vec![("P1".parse().unwrap(), vec![[1; 32]])],
        }
    }

    #[test]
    fn an_answer_that_is_none_decides_nothing() {
        let read = signing(&told()).unwrap();
        assert_eq!((read.word, read.statement_sha256[31]), (Word::Waiting, 0xab));
        assert_eq!(read.request.expires_at, Timestamp::from_second(600).unwrap());
        for (name, value) in [
            ("TrangThai", json!("DA-KY")),
            // Signed, and no word of when.
            ("TrangThai", json!("da-ky")),
            ("MaDoiChieu", json!("")),
            ("MaDoiChieu", json!("48 21")),
            ("MaDoiChieu", json!(4821)),
            ("MaGiaoDichKy", json!("KS 01")),
            ("HetHan", json!("soon")),
            ("NoiDungKySha256", json!("é".repeat(32))),
            ("NoiDungKySha256", json!(null)),
        ] {
            let mut bent = told();
            bent[name] = value.clone();
            assert_eq!(signing(&bent), None, "{name} {value}");
        }
        let mut signed = told();
        signed["TrangThai"] = json!("da-ky");
        signed["NgayKy"] = json!("19700101070501");
        let at = Timestamp::from_second(301).unwrap();
        assert_eq!(signing(&signed).map(|told| told.word), Some(Word::Signed { at }));
    }

    #[test]
    fn the_statement_names_procedure_person_and_the_hash_of_everything() {
        let written = content(&sample(), "Trung tâm").to_string();
        assert_eq!(
            written,
            format!(
                r#"{{"DongY":[{{"MaMucDich":"x","PhienBan":"1"}}],"DuLieuBieuMau":{{"A":5,"B":"b"}},"MaTTHC":"1.004873","PhienBanTTHC":2,"SoGiayToChuHoSo":"014175000027","TaiLieuNop":[{{"AnhSha256":["{}"],"MaThanhPhanHoSo":"P1"}}]}}"#,
                "01".repeat(32)
            )
        );
        let first = statement(&sample(), "Trung tâm");
        assert!(
            first
                .0
                .starts_with("Nộp hồ sơ: Cấp giấy (1.004873).\nNgười ký: 025048000191.\n")
        );
        // Whatever is changed, the words are others.
        let bends: [fn(&mut Content); 6] = [
            |content| content.answers[1].1 = Answer::Money(6),
            |content| content.consents.clear(),
            |content| content.papers[0].1[0] = [2; 32],
            |content| content.applicant = content.signer.clone(),
            |content| content.signer = content.applicant.clone(),
            |content| content.version = 3,
        ];
        for bend in bends {
            let mut bent = sample();
            bend(&mut bent);
            assert_ne!(statement(&bent, "Trung tâm"), first, "{}", self::content(&bent, ""));
        }
    }

    #[test]
    fn ways_that_nobody_knows_are_not_offered() {
        assert_eq!(ways(&Value::Null).unwrap(), RemoteWays::default());
        let read = ways(&json!(["vneid", "usb"])).unwrap();
        assert_eq!((read.sim, read.vneid), (false, true));
        assert!(ways(&json!("sim")).is_err());
        let not = |kind: &str| why_not(Some(&json!({ "type": kind })));
        assert_eq!(not("tag:mot-cua.example,2026:signing-not-offered"), WhyNot::NotOffered);
        assert_eq!(not("tag:mot-cua.example,2026:signing-closed"), WhyNot::NotTaken);
        assert_eq!(why_not(None), WhyNot::NotTaken);
    }
}
