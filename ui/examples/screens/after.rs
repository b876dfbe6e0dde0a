//! Following a dossier, what goes wrong, and what staff see.

use slint::ComponentHandle;
use ui::{
    Device, FeeTrouble, Flow, FollowPage, FollowState, Frame, Kiosk, OwedState, PageFlaw, PageName, SeriesView,
    StaffDevice, StaffDossier, StaffFee, StaffLookPage, StaffPage, StaffPairing, StaffPaper, StaffPinPage, StaffSeries,
    StaffTab, StaffTicket, TicketTrouble, Trouble, TroublePage,
};

use super::papers::scanned_page;
use super::{NOW, Sample, at, model, sample, six_series};

pub fn following() -> Vec<Sample> {
    let follow = |name: &str, state, digits: &'static str, code_scanner| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Follow, Flow::Follow, 1, 2);
            let page = kiosk.global::<FollowPage>();
            page.set_state(state);
            page.set_digits(digits.into());
            page.set_code_scanner(code_scanner);
            page.set_can_card(code_scanner);
        })
    };
    let mut samples = vec![
        follow("follow", FollowState::Waiting, "", true),
        follow("follow-searching", FollowState::Searching, "261122-0042", true),
        follow("follow-not-found", FollowState::NotFound, "261122-0042", false),
        follow("follow-unreadable", FollowState::Unreadable, "", true),
        follow("follow-offline", FollowState::Offline, "261122-0042", true),
        follow("follow-card-alone", FollowState::CardAlone, "", false),
    ];
    samples.extend(super::errands::samples());
    samples
}

/// Each fault that a device can have, and whether a number waits for its paper.
pub const FAULTS: [(Device, Trouble, &str); 26] = [
    (Device::Printer, Trouble::OutOfPaper, "A 012"),
    (Device::Printer, Trouble::CoverOpen, ""),
    (Device::Printer, Trouble::CutterJammed, "A 012"),
    (Device::Printer, Trouble::TooHot, ""),
    (Device::Printer, Trouble::Unplugged, "K01-261122-0042"),
    (Device::Printer, Trouble::Silent, ""),
    (Device::Printer, Trouble::Garbled, ""),
    (Device::Printer, Trouble::Broken, "A 012"),
    (Device::CodeScanner, Trouble::Unplugged, ""),
    (Device::CodeScanner, Trouble::Silent, ""),
    (Device::Scanner, Trouble::Empty, ""),
    (Device::Scanner, Trouble::Jammed, ""),
    (Device::Scanner, Trouble::CoverOpen, ""),
    (Device::Scanner, Trouble::Busy, ""),
    (Device::Scanner, Trouble::Hung, ""),
    (Device::Scanner, Trouble::Torn, ""),
    (Device::Scanner, Trouble::Unplugged, ""),
    (Device::Scanner, Trouble::NoRoom, ""),
    (Device::Panel, Trouble::Unplugged, ""),
    (Device::Store, Trouble::NoRoom, ""),
    (Device::Store, Trouble::Damaged, ""),
    (Device::Hall, Trouble::NoNumber, ""),
    (Device::Hall, Trouble::SoldOut, ""),
    (Device::Province, Trouble::Offline, "K01-261122-0042"),
    (Device::Province, Trouble::Refused, "K01-261122-0042"),
    (Device::Voice, Trouble::Broken, ""),
];

pub fn troubles() -> Vec<Sample> {
    let fault = |(device, trouble, number): (Device, Trouble, &'static str)| {
        let name = format!("trouble-{device:?}-{trouble:?}").to_lowercase();
        sample(&name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Trouble, Flow::None, 0, 0);
            kiosk.global::<Frame>().set_can_go_back(false);
            kiosk.global::<Frame>().set_staff_called(!number.is_empty());
            let page = kiosk.global::<TroublePage>();
            page.set_device(device);
            page.set_trouble(trouble);
            page.set_number(number.into());
            page.set_prints_itself(trouble == Trouble::OutOfPaper);
        })
    };
    FAULTS.into_iter().map(fault).collect()
}

fn staff_ticket(id: &str, number: &str, state: TicketTrouble, copies: i32) -> StaffTicket {
    StaffTicket {
        slip: id.into(),
        number: number.into(),
        series: "A".into(),
        drawn: NOW,
        state,
        copies,
    }
}

fn staff_dossier(id: &str, state: OwedState, words: &str, attempts: i32) -> StaffDossier {
    StaffDossier {
        id: id.into(),
        slip: id.into(),
        number: format!("K01-261122-004{id}").into(),
        state,
        words: words.into(),
        attempts,
        mendable: true,
    }
}

pub fn staff() -> Vec<Sample> {
    let pin = |name: &str, wrong, locked_seconds| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::StaffPin, Flow::None, 0, 0);
            let page = kiosk.global::<StaffPinPage>();
            page.set_digits(3);
            page.set_digits_max(6);
            page.set_wrong(wrong);
            page.set_locked_seconds(locked_seconds);
        })
    };
    let tab = |name: &str, tab, notice: &'static str| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Staff, Flow::Staff, 0, 0);
            kiosk.global::<Frame>().set_staff_called(true);
            let page = kiosk.global::<StaffPage>();
            page.set_tab(tab);
            page.set_face_possible(true);
            page.set_notice(notice.into());
            fill_staff(&page);
        })
    };
    let face = |name: &str, altered: bool| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::StaffLook, Flow::Staff, 0, 0);
            let page = kiosk.global::<StaffLookPage>();
            page.set_face(true);
            page.set_flaw(PageFlaw::None);
            page.set_there(false);
            page.set_failed(!altered);
            page.set_altered(altered);
        })
    };
    let look = |name: &str, flaw, there| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::StaffLook, Flow::Staff, 0, 0);
            let page = kiosk.global::<StaffLookPage>();
            page.set_face(false);
            page.set_paper("Giấy chứng sinh của bé".into());
            page.set_image(2);
            page.set_images(3);
            page.set_flaw(flaw);
            page.set_there(there);
            page.set_failed(false);
            page.set_altered(false);
            page.set_picture(scanned_page());
        })
    };
    vec![
        pin("staff-pin", false, 0),
        pin("staff-pin-wrong", true, 0),
        pin("staff-pin-locked", true, 45),
        tab("staff-papers", StaffTab::Papers, ""),
        look("staff-look", PageFlaw::Blurred, true),
        look("staff-look-coming", PageFlaw::None, false),
        face("staff-face-failed", false),
        face("staff-face-altered", true),
        tab("staff-tickets", StaffTab::Tickets, ""),
        tab(
            "staff-dossiers",
            StaffTab::Dossiers,
            "Dữ liệu bị hỏng, đã chuyển vào thư mục damaged-20261123T0312. Hãy gọi kỹ thuật viên.",
        ),
        tab("staff-series", StaffTab::Series, ""),
        sample("staff-pairing", |kiosk| {
            at(kiosk, PageName::Staff, Flow::Staff, 0, 0);
            let page = kiosk.global::<StaffPage>();
            page.set_tab(StaffTab::Series);
            fill_staff(&page);
            page.set_pairing_possible(true);
            page.set_pairing(StaffPairing {
                code: "482 913".into(),
                until: NOW,
            });
        }),
        tab("staff-devices", StaffTab::Devices, ""),
        sample("staff-nothing", |kiosk| {
            at(kiosk, PageName::Staff, Flow::Staff, 0, 0);
            kiosk.global::<StaffPage>().set_tab(StaffTab::Dossiers);
        }),
    ]
}

fn staff_paper(name: &str, flaw: PageFlaw, compared: bool) -> StaffPaper {
    StaffPaper {
        code: name.into(),
        name: name.into(),
        pages: 3,
        images: 4,
        flaw,
        flawed_image: 2,
        flaws: if flaw == PageFlaw::None { 0 } else { 2 },
        compared,
        compared_by: "Nguyễn Thị Mẫu".into(),
        compared_at: NOW,
    }
}

fn fill_staff(page: &StaffPage) {
    page.set_papers(model(vec![
        staff_paper("Giấy chứng sinh của bé", PageFlaw::Blurred, false),
        staff_paper("Giấy chứng nhận kết hôn của cha mẹ", PageFlaw::None, true),
    ]));
    page.set_tickets(model(vec![
        staff_ticket("1", "A 012", TicketTrouble::Unclear, 0),
        staff_ticket("2", "B 007", TicketTrouble::Failed, 1),
        staff_ticket("3", "A 011", TicketTrouble::Printed, 0),
    ]));
    page.set_dossiers(model(vec![
        staff_dossier("2", OwedState::Refused, "Thiếu giấy chứng sinh bản chính", 1),
        staff_dossier("3", OwedState::Waiting, "", 7),
        staff_dossier("4", OwedState::Slip, "", 1),
    ]));
    let fee = |trouble, reference: &str, words: &str| StaffFee {
        id: "1".into(),
        number: "K01-261122-0042".into(),
        dong: 115_000,
        reference: reference.into(),
        trouble,
        words: words.into(),
    };
    page.set_fees(model(vec![
        fee(FeeTrouble::Unclear, "TT004213370815", ""),
        fee(FeeTrouble::Transfer, "K01 261122 0042", ""),
        fee(FeeTrouble::Refused, "", "Hồ sơ này không có lệ phí trả trực tuyến."),
    ]));
    let staff_series = |view: SeriesView| StaffSeries {
        letter: view.letter,
        name: view.name,
        drawn: 12,
        open: view.open,
    };
    page.set_series(model(six_series().into_iter().map(staff_series).collect()));
    page.set_devices(model(vec![
        StaffDevice {
            device: Device::Printer,
            trouble: Trouble::OutOfPaper,
        },
        StaffDevice {
            device: Device::PagePrinter,
            trouble: Trouble::NoToner,
        },
        StaffDevice {
            device: Device::CodeScanner,
            trouble: Trouble::None,
        },
        StaffDevice {
            device: Device::Scanner,
            trouble: Trouble::CoverOpen,
        },
        StaffDevice {
            device: Device::PageReading,
            trouble: Trouble::Broken,
        },
        StaffDevice {
            device: Device::Store,
            trouble: Trouble::None,
        },
        StaffDevice {
            device: Device::Province,
            trouble: Trouble::Offline,
        },
        StaffDevice {
            device: Device::Hall,
            trouble: Trouble::Offline,
        },
        StaffDevice {
            device: Device::Voice,
            trouble: Trouble::None,
        },
    ]));
}
