//! Every slip through the real driver onto the virtual printer's paper, at both widths: it comes out whole and its
//! codes are read by a program that is not ours. With `SLIPS_TO` set to a folder the pictures are written there.

use hardware::page_printer::a4;
use hardware::printer::{JobId, Printer, Slip};
use hardware::twin::printer::VirtualPrinter;
use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::appointment::{Appointment, PartReceived};
use crate::aside::{AsideCode, AsideKey};
use crate::calendar::Due;
use crate::checklist::CheckList;
use crate::dossier::ActKind;
use crate::procedure::{Condition, Fee, Language, PageCount, Paper, PaperForm, Procedure, Words};
use crate::session::handing::sent::Said;
use crate::session::tests::procedure;
use crate::slip::fee::FeeLine;

/// The codes on the paper, at 80 mm and at 58 mm.
fn printed(name: &str, slip: &Slip) -> Vec<Vec<String>> {
    [576, 384]
        .map(|dots| {
            let folder = tempfile::tempdir().unwrap();
            let printer = VirtualPrinter::open(folder.path(), dots).unwrap();
            printer.driver().print(JobId(1), slip).unwrap();
            let slips = printer.slips();
            assert!(slips.len() == 1 && slips[0].whole, "{name} at {dots}");
            if let Ok(to) = std::env::var("SLIPS_TO") {
                let png = printer.slip_png(slips[0].n).unwrap();
                std::fs::write(format!("{to}/{name}-{dots}.png"), png).unwrap();
            }
            slips[0].codes.clone()
        })
        .to_vec()
}

fn paper(name: &str, form: PaperForm, condition: Condition, hint: Option<&str>) -> Paper {
    Paper {
        code: "P".parse().unwrap(),
        name: Words::vietnamese(name),
        hint: hint.map(Words::vietnamese),
        form,
        pages: if form == PaperForm::Certified {
            PageCount::Exactly(2)
        } else {
            PageCount::Any
        },
        required: !matches!(condition, Condition::If(_) | Condition::InData),
        condition,
    }
}

fn land() -> Procedure {
    let group = || Condition::OneOf("g".into());
    let whom = |words: &str| Condition::If(Words::vietnamese(words));
    Procedure {
        name: Words::vietnamese("Đăng ký biến động quyền sử dụng đất khi tặng cho"),
        fees: vec![Fee {
            name: Words::vietnamese("Lệ phí"),
            dong: 115_000,
        }],
        pays_online: false,
        transfer: None,
        working_days: 10,
        papers: vec![
            paper(
                "Đơn đăng ký biến động đất đai",
                PaperForm::Original,
                Condition::None,
                None,
            ),
            paper(
                "Giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất",
                PaperForm::Original,
                Condition::None,
                Some("Mang cả các trang bổ sung."),
            ),
            paper("Hợp đồng tặng cho có công chứng", PaperForm::Certified, group(), None),
            paper(
                "Văn bản tặng cho có chứng thực của xã",
                PaperForm::Certified,
                group(),
                None,
            ),
            paper(
                "Văn bản ủy quyền",
                PaperForm::Copy,
                whom("Người nộp thay cho chủ đất"),
                None,
            ),
            paper(
                "Ảnh 3 × 4",
                PaperForm::Photo,
                Condition::None,
                Some("Nền trắng, chụp trong 6 tháng."),
            ),
            paper("Sổ hộ khẩu cũ", PaperForm::Shown, Condition::None, None),
        ],
        ..procedure()
    }
}

fn check_list(aside: Option<Aside>) -> Slip {
    let slip = CheckListSlip {
        center: "Trung tâm Phục vụ hành chính công phường Mẫu Sơn".into(),
        list: CheckList::of(&land()),
        expected_on: Some(date(2026, 12, 7)),
        aside,
        made_at: Timestamp::UNIX_EPOCH,
        copies: 0,
        language: Language::Vietnamese,
    };
    VisitSlip::CheckList(Box::new(slip)).layout(0)
}

#[test]
fn a_check_list_comes_out_with_its_drawings() {
    assert_eq!(printed("check-list", &check_list(None)), [[""; 0], [""; 0]]);
}

#[test]
fn the_code_of_a_draft_put_aside_is_read_from_either_paper() {
    let code = AsideCode {
        province: "25".parse().unwrap(),
        parcel: uuid::Uuid::from_u128(u128::MAX / 3),
        key: AsideKey::new([0xA5; crate::aside::KEY_BYTES]),
    };
    let at = AsideAt::Province {
        until: date(2026, 12, 22),
    };
    let slip = check_list(Some(Aside { code: code.text(), at }));
    for codes in printed("aside", &slip) {
        assert_eq!(codes.len(), 1);
        assert!(codes[0].parse() == Ok(code.clone()));
    }
    let slip = check_list(Some(Aside {
        code: code.text(),
        at: AsideAt::Kiosk,
    }));
    printed("aside-offline", &slip);
}

#[test]
fn a_hand_in_slip_comes_out_with_its_day() {
    let slip = HandInSlip {
        center: "Trung tâm Phục vụ hành chính công phường Mẫu Sơn".into(),
        slip_number: "K01-261122-0007".into(),
        act: ActKind::Dossier,
        procedure: Words::vietnamese("Đăng ký khai sinh"),
        parts: vec![("Giấy chứng sinh".into(), 2)],
        sealed_at: Timestamp::UNIX_EPOCH,
        province: Said::Received {
            code: "000.00.99.H44-261122-0001".into(),
        },
        due: Some(Due::Expected(date(2026, 11, 25))),
        fee: FeeLine::None,
        copies: 0,
        language: Language::Vietnamese,
    };
    let code = ["MCK1;H;K01-261122-0007;0"];
    assert_eq!(printed("hand-in", &slip.layout()), [code, code]);
}

fn form_01() -> AppointmentSlip {
    let part = |name: &str, form| PartReceived {
        name: name.into(),
        form,
        copies: 1,
    };
    AppointmentSlip {
        center: "Trung tâm Phục vụ hành chính công phường Mẫu Sơn".into(),
        appointment: Appointment {
            code: "000.00.99.H44-261122-0001".into(),
            office: "Trung tâm Phục vụ hành chính công phường Mẫu Sơn".into(),
            person: "Nguyễn Văn Ẩm".into(),
            id_number: "025048000191".into(),
            address: Some("Khu 4, Xã Mẫu Sơn, Tỉnh Phú Thọ".into()),
            phone: Some("0900000001".into()),
            procedure: "Cấp đổi giấy chứng nhận quyền sử dụng đất".into(),
            parts: vec![
                part("Đơn đề nghị cấp đổi giấy chứng nhận", PaperForm::Original),
                part("Giấy chứng nhận quyền sử dụng đất (sổ đỏ)", PaperForm::Original),
            ],
            sets: 1,
            working_days: Some(7),
            received_at: "2026-11-23T01:30:00Z".parse().unwrap(),
            due_at: Some("2026-12-03T10:00:00Z".parse().unwrap()),
            result_at: Some("Trung tâm Phục vụ hành chính công phường Mẫu Sơn".into()),
            official: Some("Cán bộ Mẫu".into()),
            look_up: Some("https://tra-cuu.tinh.example/000.00.99.H44-261122-0001".into()),
        },
        printed_at: "2026-11-23T02:00:00Z".parse().unwrap(),
        copies: 0,
    }
}

#[test]
fn form_01_comes_out_with_its_number_and_its_qr_code() {
    let slip = form_01();
    // Bars of so long a code fit on no roll: its text stands there, and the QR code leads to it. A4 has the bars.
    let look_up = slip.appointment.look_up.clone().unwrap();
    assert_eq!(printed("form-01", &slip.layout()), [[look_up.clone()], [look_up]]);
}

#[test]
fn the_lines_of_form_01_fit_on_a4_whose_file_shows_no_name_as_it_lies() {
    let slip = form_01();
    let document = slip.document();
    let pdf = a4::pdf(&document.title, &document.slip, document.made_at_unix).unwrap();
    if let Ok(to) = std::env::var("SLIPS_TO") {
        std::fs::write(format!("{to}/form-01.pdf"), &pdf).unwrap();
    }
    assert!(pdf.starts_with(b"%PDF-1."));
    let text = String::from_utf8_lossy(&pdf);
    assert!(!text.contains("Nguyễn") && !text.contains("025048000191"));
}
