//! What is known of a scanned paper, in the words of the contract (GiayToSoHoa).

use hardware::scanner::Flaw;
use hardware::scanner::codes::CodeKind;
use hardware::scanner::ocr::Found;
use serde_json::{Value, json};

use super::{hex, stamp};
use crate::dossier::{Judged, Mark};
use crate::province::{CodeOnPage, Digitised};

/// Longer texts are not a number, an issuer or a code that anybody looks up, in characters.
const TEXT_CHARS_MAX: usize = 500;
/// Codes of one paper.
const CODES_MAX: usize = 20;

pub(super) fn digitised(digitised: &Digitised) -> Value {
    let scans = &digitised.scans;
    let mut body = json!({
        "SoTrang": scans.pages(),
        "SoAnh": scans.images,
    });
    if !scans.hashes.is_empty() {
        body["AnhSha256"] = scans.hashes.iter().map(|hash| hex(hash)).collect();
    }
    let facts = &digitised.facts;
    let guesses = [
        ("SoKyHieu", facts.number.as_ref().map(guess)),
        ("NgayBanHanh", facts.date.as_ref().and_then(date_guess)),
        ("CoQuanBanHanh", facts.issuer.as_ref().map(guess)),
    ];
    for (name, value) in guesses {
        if let Some(value) = value {
            body[name] = value;
        }
    }
    let codes: Vec<_> = digitised.codes.iter().filter_map(code).take(CODES_MAX).collect();
    if !codes.is_empty() {
        body["MaTrenGiay"] = codes.into();
    }
    if !scans.marks.is_empty() {
        body["LuuY"] = scans.marks.iter().map(mark).collect();
    }
    if let Some(compared) = &scans.compared {
        body["DoiChieu"] = json!({ "NguoiDoiChieu": compared.by, "ThoiDiem": stamp(compared.at) });
    }
    body
}

fn guess(found: &Found) -> Value {
    let text: String = found.text.chars().take(TEXT_CHARS_MAX).collect();
    json!({ "GiaTri": text, "DoTinCay": found.certainty_percent })
}

/// `dd/mm/yyyy` becomes `yyyyMMdd`; what is none is left out.
fn date_guess(found: &Found) -> Option<Value> {
    let date = jiff::civil::Date::strptime("%d/%m/%Y", &found.text).ok()?;
    Some(json!({ "GiaTri": date.strftime("%Y%m%d").to_string(), "DoTinCay": found.certainty_percent }))
}

/// A longer one is on the picture still.
fn code(on_page: &CodeOnPage) -> Option<Value> {
    let code = &on_page.code;
    (code.text.chars().count() <= TEXT_CHARS_MAX).then(|| {
        json!({
            "Anh": on_page.image,
            "Loai": match code.kind {
                CodeKind::Qr => "qr",
                CodeKind::Code128 => "code-128",
                CodeKind::Code39 => "code-39",
            },
            "NoiDung": code.text,
        })
    })
}

fn mark(mark: &Mark) -> Value {
    json!({
        "Anh": mark.image,
        "Loi": match mark.judged {
            Judged::Fine => "khong",
            Judged::Blank => "trang-trang",
            Judged::Flawed(flaw) => match flaw {
                Flaw::Blurred => "mo",
                Flaw::Glare => "loa",
                Flaw::CutEdge => "cat-mep",
                Flaw::Finger => "ngon-tay",
                Flaw::TooDark => "toi",
                Flaw::TooSkewed => "lech",
                Flaw::Doubled => "hai-to",
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use hardware::scanner::codes::PageCode;
    use hardware::scanner::ocr::Facts;
    use jiff::Timestamp;

    use super::*;
    use crate::dossier::{Compared, Scans};

    fn found(text: &str) -> Option<Found> {
        Some(Found {
            text: text.to_owned(),
            certainty_percent: 81,
        })
    }

    fn of(scans: Scans, facts: Facts, codes: Vec<CodeOnPage>) -> Value {
        digitised(&Digitised { scans, facts, codes })
    }

    #[test]
    fn a_paper_of_which_nothing_is_known_tells_its_pages_alone() {
        let scans = Scans {
            images: 3,
            without_note: 1,
            ..Scans::default()
        };
        assert_eq!(of(scans, Facts::default(), vec![]), json!({ "SoTrang": 2, "SoAnh": 3 }));
    }

    #[test]
    fn guesses_go_with_their_certainty_and_a_date_that_is_none_does_not_go() {
        let facts = Facts {
            number: found("12/GCS"),
            date: found("05/11/2026"),
            issuer: found("Bệnh viện Mẫu"),
        };
        let body = of(Scans::default(), facts, vec![]);
        assert_eq!(body["SoKyHieu"], json!({ "GiaTri": "12/GCS", "DoTinCay": 81 }));
        assert_eq!(body["NgayBanHanh"]["GiaTri"], "20261105");
        assert_eq!(body["CoQuanBanHanh"]["GiaTri"], "Bệnh viện Mẫu");

        let facts = Facts {
            date: found("31/02/2026"),
            ..Facts::default()
        };
        assert!(of(Scans::default(), facts, vec![]).get("NgayBanHanh").is_none());
    }

    #[test]
    fn codes_marks_and_who_compared_are_told() {
        let mut scans = Scans::default();
        scans.add(Judged::Fine, [1; 32]);
        scans.add(Judged::Flawed(Flaw::Glare), [2; 32]);
        scans.compared = Some(Compared {
            by: "Cán bộ Mẫu".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        });
        let code = |text: String| CodeOnPage {
            image: 1,
            code: PageCode {
                kind: CodeKind::Code39,
                text,
                left_px: 0,
                top_px: 0,
                width_px: 9,
                height_px: 9,
            },
        };
        let body = of(
            scans,
            Facts::default(),
            vec![code("A12".to_owned()), code("x".repeat(600))],
        );
        assert_eq!(
            body["MaTrenGiay"],
            json!([{ "Anh": 1, "Loai": "code-39", "NoiDung": "A12" }])
        );
        assert_eq!(body["LuuY"], json!([{ "Anh": 2, "Loi": "loa" }]));
        assert_eq!(body["AnhSha256"], json!(["01".repeat(32), "02".repeat(32)]));
        assert_eq!(
            body["DoiChieu"],
            json!({ "NguoiDoiChieu": "Cán bộ Mẫu", "ThoiDiem": "19700101070000" })
        );
    }
}
