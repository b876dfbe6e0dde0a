//! Scanning, checking and sending.

use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};
use ui::{
    Flow, Frame, Kiosk, PageFlaw, PageName, PaperForm, PaperNeed, PaperState, ReviewPage, ReviewRow, RowName, Said,
    ScanPage, ScanState, ScannerTrouble, SentPage, SentState,
};

use super::{MASKED, Sample, at, model, sample};

/// A page as a scanner gives it: lines of writing, no word on it.
pub fn scanned_page() -> Image {
    let (width, height) = (210_u32, 297_u32);
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    for (index, pixel) in (0..width * height).zip(pixels.make_mut_slice()) {
        let (x, y) = (index % width, index / width);
        let line = y > 30 && y < 220 && y % 11 < 3 && x > 25 && x < 185 - (y / 11 * 37) % 60;
        *pixel = if line {
            Rgb8Pixel::new(70, 80, 85)
        } else {
            Rgb8Pixel::new(255, 255, 255)
        };
    }
    Image::from_rgb8(pixels)
}

type Change = fn(&ScanPage);

pub fn scans() -> Vec<Sample> {
    let scan = |name: &str, change: Change| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Scan, Flow::HandIn, 4, 5);
            let page = kiosk.global::<ScanPage>();
            page.set_paper("Giấy chứng sinh của bé".into());
            page.set_paper_number(1);
            page.set_papers(3);
            page.set_required(true);
            page.set_can_lack(true);
            page.set_pages_wanted(1);
            page.set_preview(scanned_page());
            page.set_preview_page(1);
            page.set_flaw(PageFlaw::None);
            change(&page);
        })
    };
    let mut samples = vec![
        scan("scan-ready", |_| {}),
        scan("scan-feeding", |page| page.set_state(ScanState::Feeding)),
        scan("scan-looking", |page| page.set_state(ScanState::Looking)),
        scan("scan-seen", |page| page.set_pages(1)),
        scan("scan-noted", |page| {
            page.set_pages(1);
            page.set_note_possible(true);
        }),
        scan("scan-blurred", |page| {
            page.set_pages(1);
            page.set_flaw(PageFlaw::Blurred);
        }),
        scan("scan-blank", |page| {
            page.set_pages(1);
            page.set_flaw(PageFlaw::Blank);
        }),
        scan("scan-more", |page| {
            page.set_pages_wanted(3);
            page.set_pages(2);
        }),
        scan("scan-optional", |page| {
            page.set_paper("Giấy chứng nhận kết hôn của cha mẹ".into());
            page.set_required(false);
            page.set_need(PaperNeed::Optional);
            page.set_form(PaperForm::Certified);
        }),
        scan("scan-one-of", |page| {
            page.set_paper("Văn bản của người làm chứng việc sinh".into());
            page.set_required(false);
            page.set_need(PaperNeed::OneOf);
            page.set_form(PaperForm::Original);
        }),
        scan("scan-photo", |page| {
            page.set_paper("Ảnh chân dung 3×4 cm".into());
            page.set_hint("Dán lên một tờ giấy trắng để quét".into());
            page.set_form(PaperForm::Photo);
        }),
        scan("scan-if", |page| {
            page.set_paper("Giấy chứng nhận kết hôn của cha mẹ".into());
            page.set_required(false);
            page.set_need(PaperNeed::IfTrue);
            page.set_condition("Nếu là cán bộ, công chức, viên chức, bộ đội, công an".into());
            page.set_form(PaperForm::Certified);
        }),
    ];
    let troubles: [(&str, Change); 6] = [
        ("scan-empty", |page| page.set_trouble(ScannerTrouble::Empty)),
        ("scan-jammed", |page| page.set_trouble(ScannerTrouble::Jammed)),
        ("scan-cover-open", |page| page.set_trouble(ScannerTrouble::CoverOpen)),
        ("scan-busy", |page| page.set_trouble(ScannerTrouble::Busy)),
        ("scan-hung", |page| page.set_trouble(ScannerTrouble::Hung)),
        ("scan-unplugged", |page| page.set_trouble(ScannerTrouble::Unplugged)),
    ];
    samples.extend(troubles.map(|(name, change)| scan(name, change)));
    samples.push(scan("scan-torn", |page| {
        page.set_pages(1);
        page.set_trouble(ScannerTrouble::Torn);
    }));
    samples
}

fn row(row: RowName, label: &str, value: &str, pages: i32, edit: &str) -> ReviewRow {
    ReviewRow {
        row,
        label: label.into(),
        value: value.into(),
        pages,
        edit: edit.into(),
        missing: false,
        said: Said::Nothing,
    }
}

pub fn sending() -> Vec<Sample> {
    let review = |kiosk: &Kiosk| {
        at(kiosk, PageName::Review, Flow::HandIn, 5, 5);
        let page = kiosk.global::<ReviewPage>();
        page.set_procedure("Đăng ký khai sinh".into());
        page.set_person(model(vec![
            row(RowName::Name, "", MASKED[0], 0, ""),
            row(RowName::Number, "", MASKED[1], 0, ""),
            row(RowName::Birth, "", MASKED[2], 0, ""),
            row(RowName::Address, "", MASKED[3], 0, ""),
        ]));
        page.set_answers(model(vec![
            row(RowName::Answer, "Bạn là gì của bé?", "Mẹ", 0, "q1"),
            row(RowName::Answer, "Bé sinh ngày nào?", "21 tháng 11, 2026", 0, "q2"),
            row(RowName::Answer, "Bạn cần mấy bản sao?", "2", 0, "q3"),
        ]));
        page.set_papers(model(vec![
            row(RowName::Paper, "Giấy chứng sinh của bé", "", 1, "p1"),
            row(RowName::Paper, "Giấy chứng nhận kết hôn của cha mẹ", "", 0, "p2"),
        ]));
    };
    let sent = |name: &str, state, paper, code: &'static str, slip: &'static str| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Sent, Flow::HandIn, 5, 5);
            kiosk.global::<Frame>().set_can_go_back(false);
            let page = kiosk.global::<SentPage>();
            page.set_state(state);
            page.set_paper(paper);
            page.set_code(code.into());
            page.set_slip_number(slip.into());
        })
    };
    let (slip, code) = ("K01-261122-0042", "H61.38-261123-0042");
    vec![
        sample("review", review),
        sample("review-for-other", move |kiosk| {
            review(kiosk);
            let page = kiosk.global::<ReviewPage>();
            page.set_for_other(true);
            page.set_person(model(vec![
                row(RowName::Name, "", "Lò T** T**", 0, ""),
                row(RowName::Number, "", "0141••••0027", 0, ""),
                row(RowName::Birth, "", "••/••/1975", 0, ""),
                row(RowName::Submitter, "", MASKED[0], 0, ""),
            ]));
        }),
        sample("review-missing", move |kiosk| {
            review(kiosk);
            let page = kiosk.global::<ReviewPage>();
            let wanting = |row: ReviewRow| ReviewRow { missing: true, ..row };
            page.set_answers(model(vec![
                row(RowName::Answer, "Bạn là gì của bé?", "Mẹ", 0, "q1"),
                wanting(row(RowName::Answer, "Bé sinh ngày nào?", "", 0, "q2")),
                row(RowName::Answer, "Bạn cần mấy bản sao?", "2", 0, "q3"),
            ]));
            page.set_papers(model(vec![
                wanting(row(RowName::Paper, "Giấy chứng sinh của bé", "", 0, "p1")),
                row(RowName::Paper, "Giấy chứng nhận kết hôn của cha mẹ", "", 0, "p2"),
            ]));
            page.set_missing(2);
        }),
        sent("sent-keeping", SentState::Keeping, PaperState::Coming, "", ""),
        sent("sent-kept", SentState::Kept, PaperState::Waiting, "", slip),
        sent("sent-sending", SentState::Sending, PaperState::Coming, "", slip),
        sent("sent-received", SentState::Received, PaperState::Out, code, slip),
        sent("sent-refused", SentState::Refused, PaperState::Unsure, "", slip),
        sent("sent-not-kept", SentState::NotKept, PaperState::Coming, "", ""),
    ]
}
