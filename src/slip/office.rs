//! What staff take with them: the proof that a dossier was forgotten, the list of some days, the office's figures.
//!
//! For staff, so in Vietnamese. Nothing personal: a slip number, numbers of pages, sums of what was encrypted.

use hardware::printer::{Align, Line, Slip, TextSize, Weight};
use jiff::Timestamp;

use super::{centered, head, moment, note, pair};
use crate::figures::{Figure, Ratio};
use crate::proof::{Proof, Rule, hex};
use crate::session::Copy;
use crate::ticket::Day;

/// Letters of a sum on one line of the narrowest paper.
const SUM_LINE_CHARS: usize = 32;

/// What is wanted on paper, and on which days of which kiosk.
#[derive(Clone, Debug, PartialEq)]
pub struct OfficeSlip {
    pub center: String,
    pub kiosk: String,
    pub what: OfficeWords,
    pub printed_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OfficeWords {
    /// Everything that the proof of one dossier says.
    Proof(Proof),
    /// All that was forgotten in some days, oldest first, and where the chain stands.
    Proofs { days: (Day, Day), proofs: Vec<Proof> },
    /// The office's figures of some days; nothing, where too few spoke to be told.
    Figures {
        days: (Day, Day),
        figures: Vec<(Figure, Option<Ratio>)>,
    },
    /// The dossier of this slip is not forgotten here, or was long ago.
    NoProof { slip_number: String },
}

impl OfficeSlip {
    /// A copy says so.
    pub fn layout(&self, copies: u32) -> Slip {
        let mut lines = head(&self.center, if copies == 0 { Copy::First } else { Copy::Copy });
        lines.push(Line::Gap { mm: 2 });
        lines.extend(match &self.what {
            OfficeWords::Proof(proof) => one(proof),
            OfficeWords::Proofs { days, proofs } => list(*days, proofs),
            OfficeWords::Figures { days, figures } => table(*days, figures),
            OfficeWords::NoProof { slip_number } => none(slip_number),
        });
        lines.push(Line::Rule);
        lines.push(pair("Máy", &self.kiosk));
        lines.push(pair("In lúc", &moment(self.printed_at)));
        Slip { lines }
    }
}

fn one(proof: &Proof) -> Vec<Line> {
    let settled = match proof.rule {
        Rule::Received => "Tỉnh nhận lúc",
        Rule::Closed => "Cán bộ xử lý lúc",
    };
    let mut lines = vec![
        centered("PHIẾU XÁC NHẬN ĐÃ XOÁ DỮ LIỆU", TextSize::Normal, Weight::Bold),
        centered(&proof.slip_number, TextSize::Large, Weight::Bold),
        Line::Rule,
        pair("Phiếu xoá số", &proof.number.to_string()),
        pair("Gửi lúc", &moment(proof.handed_in_at)),
        pair(settled, &moment(proof.settled_at)),
        pair("Xoá lúc", &moment(proof.destroyed_at)),
        pair("Số trang", &proof.pages.to_string()),
        pair("Số tệp", &proof.files.len().to_string()),
        Line::Rule,
        note("Khoá của hồ sơ đã bị huỷ, các tệp đã bị xoá khỏi máy này. Không ai mở lại được nữa."),
        Line::Gap { mm: 2 },
    ];
    lines.extend(sum("Mã băm của khoá (SHA-256)", &proof.key));
    for (index, file) in proof.files.iter().enumerate() {
        lines.extend(sum(&format!("Tệp {} ({} byte)", index + 1, file.bytes), &file.sha256));
    }
    lines.extend(sum("Phiếu xoá trước", &proof.previous));
    lines.extend(sum("Phiếu xoá này", &proof.sum()));
    lines
}

fn list(of: (Day, Day), proofs: &[Proof]) -> Vec<Line> {
    let mut lines = vec![
        centered("DỮ LIỆU ĐÃ XOÁ", TextSize::Large, Weight::Bold),
        centered(&days(of), TextSize::Normal, Weight::Regular),
        pair("Số hồ sơ", &proofs.len().to_string()),
        Line::Rule,
    ];
    for proof in proofs {
        let pages = format!("{} trang", proof.pages);
        lines.push(pair(&format!("{}. {}", proof.number, proof.slip_number), &pages));
    }
    if let Some(last) = proofs.last() {
        lines.push(Line::Gap { mm: 2 });
        lines.extend(sum(&format!("Phiếu xoá số {}", last.number), &last.sum()));
    }
    lines
}

fn table(of: (Day, Day), figures: &[(Figure, Option<Ratio>)]) -> Vec<Line> {
    let mut lines = vec![
        centered("SỐ LIỆU PHỤC VỤ", TextSize::Large, Weight::Bold),
        centered(&days(of), TextSize::Normal, Weight::Regular),
        Line::Rule,
    ];
    let rows = figures
        .iter()
        .map(|(figure, ratio)| pair(name(*figure), &share(*figure, *ratio)));
    lines.extend(rows);
    lines.push(Line::Gap { mm: 2 });
    lines.push(note("Hồ sơ được tính khi tỉnh đã nhận, theo ngày nộp tại máy."));
    lines
}

fn none(slip_number: &str) -> Vec<Line> {
    vec![
        centered(slip_number, TextSize::Large, Weight::Bold),
        note("Máy này chưa xoá dữ liệu của hồ sơ này, hoặc hồ sơ được nộp ở máy khác."),
    ]
}

fn name(figure: Figure) -> &'static str {
    match figure {
        Figure::Online => "Nộp trực tuyến",
        Figure::Assisted => "Có cán bộ giúp",
        Figure::Digitised => "Có giấy tờ số hoá",
        Figure::Pages => "Trang đã quét",
        Figure::DataFields => "Mục điền bằng dữ liệu",
        Figure::PapersAvoided => "Giấy không phải nộp",
        Figure::OnlinePayment => "Trả phí trực tuyến",
        Figure::OnTime => "Trả kết quả đúng hạn",
        Figure::Satisfied => "Hài lòng",
    }
}

fn share(figure: Figure, ratio: Option<Ratio>) -> String {
    let Some(ratio) = ratio else {
        return "chưa đủ 5 lượt".to_owned();
    };
    let Ratio { numerator, denominator } = ratio;
    match (figure, ratio.percent()) {
        (_, None) => "chưa có".to_owned(),
        (Figure::Pages | Figure::DataFields, Some(_)) => format!("{numerator} trên {denominator} hồ sơ"),
        (_, Some(percent)) => format!("{numerator}/{denominator} · {percent}%"),
    }
}

/// "22/11/2026", or "16/11/2026 – 22/11/2026".
fn days((first, last): (Day, Day)) -> String {
    let day = |day: Day| day.date().strftime("%d/%m/%Y").to_string();
    if first == last {
        day(first)
    } else {
        format!("{} – {}", day(first), day(last))
    }
}

/// A sum, over lines that fit the narrowest paper.
fn sum(name: &str, sum: &[u8]) -> Vec<Line> {
    let hex = hex(sum);
    let (first, second) = hex.split_at_checked(SUM_LINE_CHARS).unwrap_or((&hex, ""));
    [name, first, second]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(small)
        .collect()
}

fn small(text: &str) -> Line {
    Line::Text {
        text: text.to_owned(),
        size: TextSize::Small,
        weight: Weight::Regular,
        align: Align::Left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::{DestroyedFile, NOTHING_BEFORE};

    fn words(what: OfficeWords) -> String {
        let slip = OfficeSlip {
            center: "Trung tâm Mẫu".to_owned(),
            kiosk: "K01".to_owned(),
            what,
            printed_at: Timestamp::UNIX_EPOCH,
        };
        let mut words = String::new();
        for line in slip.layout(0).lines {
            if let Line::Text { text, .. } = line {
                words += &format!("{text}\n");
            } else if let Line::Pair { label, value } = line {
                words += &format!("{label}: {value}\n");
            }
        }
        words
    }

    #[test]
    fn a_proof_on_paper_says_all_that_its_text_does() {
        let proof = Proof {
            number: 7,
            slip_number: "K01-261122-0007".to_owned(),
            rule: Rule::Received,
            pages: 3,
            handed_in_at: Timestamp::UNIX_EPOCH,
            settled_at: Timestamp::UNIX_EPOCH,
            destroyed_at: Timestamp::UNIX_EPOCH,
            key: [7; 32],
            files: vec![DestroyedFile {
                bytes: 4711,
                sha256: [9; 32],
            }],
            previous: NOTHING_BEFORE,
        };
        let words = words(OfficeWords::Proof(proof.clone()));
        for said in [
            "K01-261122-0007",
            "Phiếu xoá số: 7",
            "Số trang: 3",
            "4711 byte",
            "Tỉnh nhận lúc: 07:00 · 01/01/1970",
        ] {
            assert!(words.contains(said), "{said} in {words}");
        }
        let joined = words.replace('\n', "");
        for sum in [proof.key, proof.files[0].sha256, proof.previous, proof.sum()] {
            assert!(joined.contains(&hex(&sum)));
        }
    }

    #[test]
    fn a_figure_says_how_many_of_how_many() {
        let days = ("2026-11-16".parse().unwrap(), "2026-11-22".parse().unwrap());
        let figures = vec![
            (Figure::Online, Some(Ratio::new(1, 3))),
            (Figure::Pages, Some(Ratio::new(12, 4))),
            (Figure::OnTime, Some(Ratio::default())),
            (Figure::Satisfied, None),
        ];
        let words = words(OfficeWords::Figures { days, figures });
        for said in [
            "16/11/2026 – 22/11/2026",
            "Nộp trực tuyến: 1/3 · 33%",
            "Trang đã quét: 12 trên 4 hồ sơ",
            "Trả kết quả đúng hạn: chưa có",
            "Hài lòng: chưa đủ 5 lượt",
        ] {
            assert!(words.contains(said), "{said} in {words}");
        }
    }
}
