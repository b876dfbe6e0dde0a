//! Where a dossier stands, and what can be done to it.

use slint::ComponentHandle;
use ui::{
    ErrandPage, ErrandState, Flow, FollowPage, FollowState, Kiosk, MinePage, MineRow, Moment, PageName, PaperAt,
    PaperState, Possible, ReceiptPage, ReceiptState, SentAct, StationView, WantedView, WayPage, WayState,
    WithdrawReason,
};

use super::{NOW, Sample, at, model, sample};

const STATES: [(&str, WayState); 12] = [
    ("kept", WayState::Kept),
    ("with-staff", WayState::WithStaff),
    ("new", WayState::New),
    ("accepted", WayState::Accepted),
    ("not-accepted", WayState::NotAccepted),
    ("in-work", WayState::InWork),
    ("supplement", WayState::Supplement),
    ("payment", WayState::Payment),
    ("withdrawn", WayState::Withdrawn),
    ("stopped", WayState::Stopped),
    ("done", WayState::Done),
    ("handed-over", WayState::HandedOver),
];

fn fill_way(page: &WayPage, state: WayState, offline: bool) {
    page.set_slip_number("K01-261122-0042".into());
    page.set_code("H61.38-261123-0042".into());
    page.set_procedure("Đăng ký khai sinh".into());
    page.set_state(state);
    page.set_offline(offline);
    page.set_as_of(NOW);
    page.set_due(Moment { day: 26, ..NOW });
    page.set_agency("Ủy ban nhân dân xã Mẫu Sơn".into());
    let wanted = state == WayState::Supplement;
    page.set_wanted_until(if wanted {
        Moment { day: 30, ..NOW }
    } else {
        Moment::default()
    });
    page.set_supplement(match (wanted, offline) {
        (false, _) => Possible::Nowhere,
        (true, true) => Possible::Counter,
        (true, false) => Possible::Here,
    });
    let going = matches!(
        state,
        WayState::New | WayState::Accepted | WayState::InWork | WayState::Supplement | WayState::Payment
    );
    page.set_payment(match (state, offline) {
        (WayState::Payment, true) => Possible::Counter,
        (WayState::Payment, false) => Possible::Here,
        _ => Possible::Nowhere,
    });
    page.set_withdrawal(match (going, offline) {
        (false, _) => Possible::Nowhere,
        (true, true) => Possible::Counter,
        (true, false) => Possible::Here,
    });
    let why = |text: &str| if offline { "".into() } else { text.into() };
    let accepted = going && state != WayState::New || state == WayState::Done;
    page.set_receipt(match (accepted, offline) {
        (false, _) => Possible::Nowhere,
        (true, true) => Possible::Counter,
        (true, false) => Possible::Here,
    });
    page.set_wanted(model(if wanted {
        vec![
            WantedView {
                title: "Giấy chứng sinh".into(),
                why: why("Bản trước bị mờ, không đọc được số"),
            },
            WantedView {
                title: "Giấy chứng nhận kết hôn của cha mẹ".into(),
                why: why(""),
            },
        ]
    } else {
        vec![]
    }));
    let told = wanted && !offline;
    page.set_note(if told {
        "Xin nộp lại hai giấy này, bản rõ".into()
    } else {
        "".into()
    });
    page.set_note_by(if told {
        "Bộ phận Một cửa xã Mẫu Sơn".into()
    } else {
        "".into()
    });
    let station = |state, day| StationView {
        state,
        at: Moment { day, ..NOW },
        office: "Bộ phận Một cửa xã Mẫu Sơn".into(),
    };
    page.set_stations(model(match state {
        WayState::Kept | WayState::WithStaff => vec![],
        _ => vec![
            station(WayState::New, 18),
            station(WayState::Accepted, 19),
            station(state, 20),
        ],
    }));
}

pub fn samples() -> Vec<Sample> {
    let mut samples = vec![];
    for (name, state) in STATES {
        for offline in [false, true] {
            let name = format!("way-{name}{}", if offline { "-offline" } else { "" });
            samples.push(sample(&name, move |kiosk: &Kiosk| {
                at(kiosk, PageName::Way, Flow::Follow, 0, 0);
                fill_way(&kiosk.global::<WayPage>(), state, offline);
            }));
        }
    }
    samples.push(sample("way-paid", move |kiosk: &Kiosk| {
        at(kiosk, PageName::Way, Flow::Follow, 0, 0);
        let page = kiosk.global::<WayPage>();
        fill_way(&page, WayState::Payment, false);
        page.set_payment(Possible::Nowhere);
        page.set_fee_paid(true);
    }));
    for (name, state) in [
        ("way-transfer-shown", WayState::Payment),
        ("way-transfer-shown-kept", WayState::Kept),
    ] {
        samples.push(sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Way, Flow::Follow, 0, 0);
            let page = kiosk.global::<WayPage>();
            fill_way(&page, state, false);
            page.set_payment(Possible::Nowhere);
            page.set_transfer_at(NOW);
        }));
    }
    for (name, owed) in [
        ("way-owed-papers", SentAct::Supplement),
        ("way-owed-withdrawal", SentAct::Withdrawal),
    ] {
        samples.push(sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Way, Flow::Follow, 0, 0);
            let page = kiosk.global::<WayPage>();
            fill_way(&page, WayState::InWork, true);
            page.set_withdrawal(Possible::Nowhere);
            page.set_owed(owed);
        }));
    }
    for (name, state) in [
        ("follow-code", FollowState::Waiting),
        ("follow-code-not-found", FollowState::NotFound),
    ] {
        samples.push(sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Follow, Flow::Follow, 0, 0);
            let page = kiosk.global::<FollowPage>();
            page.set_letters(true);
            page.set_can_card(true);
            page.set_code_scanner(true);
            page.set_digits("000.00.99.H44-261122".into());
            page.set_state(state);
        }));
    }
    samples.extend(lists());
    samples.extend(errands());
    samples.extend(receipts());
    samples
}

fn lists() -> Vec<Sample> {
    [("mine", 4, 2), ("mine-none", 0, 1)]
        .map(|(name, count, pages)| {
            sample(name, move |kiosk: &Kiosk| {
                at(kiosk, PageName::Mine, Flow::Follow, 0, 0);
                let page = kiosk.global::<MinePage>();
                let row = |procedure: &str, state| MineRow {
                    code: procedure.into(),
                    procedure: procedure.into(),
                    state,
                    at: NOW,
                };
                let rows = [
                    row("Đăng ký khai sinh", WayState::InWork),
                    row("Đổi giấy phép lái xe", WayState::Supplement),
                    row("Trợ cấp xã hội hằng tháng cho người cao tuổi", WayState::Done),
                    row("Cấp bản sao trích lục hộ tịch", WayState::HandedOver),
                ];
                page.set_rows(model(rows.into_iter().take(count).collect()));
                page.set_page(1);
                page.set_pages(pages);
            })
        })
        .into()
}

fn errands() -> Vec<Sample> {
    [
        ("errand-withdraw", ErrandState::Withdraw),
        ("errand-reason", ErrandState::Reason),
        ("errand-checking", ErrandState::Checking),
        ("errand-not-yours", ErrandState::NotYours),
        ("errand-chip-needed", ErrandState::ChipNeeded),
        ("errand-offline", ErrandState::Offline),
        ("errand-refused", ErrandState::Refused),
        ("errand-gone", ErrandState::Gone),
    ]
    .map(|(name, state)| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Errand, Flow::Follow, 0, 0);
            let page = kiosk.global::<ErrandPage>();
            page.set_state(state);
            page.set_procedure("Đăng ký khai sinh".into());
            page.set_code("H61.38-261123-0042".into());
            page.set_reason(WithdrawReason::ByMistake);
        })
    })
    .into()
}

fn receipts() -> Vec<Sample> {
    use PaperState::{Coming, Out, Unsure, Waiting};
    use ReceiptState::{Asking, NotYet, Offline, Printing};
    [
        ("receipt-asking", Asking, Coming, PaperAt::Slot, false),
        ("receipt-coming", Printing, Coming, PaperAt::Slot, false),
        ("receipt-out", Printing, Out, PaperAt::Slot, false),
        ("receipt-instead", Printing, Out, PaperAt::Slot, true),
        ("receipt-a4-coming", Printing, Coming, PaperAt::Desk, false),
        ("receipt-a4-inside", Printing, Out, PaperAt::InKiosk, false),
        ("receipt-a4-out", Printing, Out, PaperAt::Beside, false),
        ("receipt-waiting", Printing, Waiting, PaperAt::Slot, false),
        ("receipt-unsure", Printing, Unsure, PaperAt::Slot, false),
        ("receipt-not-yet", NotYet, Coming, PaperAt::Slot, false),
        ("receipt-offline", Offline, Coming, PaperAt::Slot, false),
    ]
    .map(|(name, state, paper, place, instead)| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Receipt, Flow::Follow, 0, 0);
            let page = kiosk.global::<ReceiptPage>();
            page.set_state(state);
            page.set_paper(paper);
            page.set_at(place);
            page.set_instead(instead);
            page.set_procedure("Đăng ký khai sinh".into());
            page.set_code("H61.38-261123-0042".into());
        })
    })
    .into()
}
