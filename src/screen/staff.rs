//! The staff pages, and the names of faults.

use hardware::card::CardFault;
use hardware::page_printer::PagePrinterFault;
use hardware::printer::PrinterFault;
use hardware::scanner::ScannerFault;
use ui::Kiosk;
use ui::slint::{ComponentHandle, Image};

use super::dossier::{count, money};
use super::frame::{moment, shared, small};
use super::lists::Lists;
use super::{Shown, office, papers};
use crate::dossier::Draft;
use crate::health::{HallLink, Link, Roll, Status};
use crate::node::Parted;
use crate::procedure::Language;
use crate::session::staff::face;
use crate::session::staff::looking::{self, Look, Picture};
use crate::session::staff::pairing::PairingView;
use crate::session::staff::{Desk, FeeTrouble, Owed, PIN_DIGITS_MAX, Refused, Staff, StaffView, Tab};
use crate::session::{Step, seconds_until};
use crate::slip::SlipOf;
use crate::ticket::TicketState;

pub fn page(staff: &Staff) -> ui::PageName {
    match staff.desk {
        Desk::Pin { .. } => ui::PageName::StaffPin,
        Desk::Open { .. } => ui::PageName::Staff,
        Desk::Looking { .. } | Desk::Face { .. } => ui::PageName::StaffLook,
        Desk::Office { .. } => ui::PageName::StaffOffice,
    }
}

pub fn fill(kiosk: &Kiosk, lists: &Lists, shown: &Shown) {
    let Step::Staff(staff) = &shown.session.step else {
        kiosk.global::<ui::StaffPinPage>().set_digits(0);
        kiosk.global::<ui::StaffPage>().set_pairing(ui::StaffPairing::default());
        kiosk.global::<ui::StaffLookPage>().set_picture(Image::default());
        lists.scanned.set(vec![]);
        return;
    };
    let draft = looking::draft(&staff.behind);
    match &staff.desk {
        Desk::Pin { typed, refused } => fill_pin(kiosk, shown, typed.0.len(), *refused),
        Desk::Looking { look, .. } => {
            let language = shown.session.settings.language;
            fill_look(kiosk, look, draft, language);
        }
        Desk::Face { picture, .. } => {
            let page = kiosk.global::<ui::StaffLookPage>();
            page.set_face(true);
            page.set_flaw(ui::PageFlaw::None);
            fill_picture(&page, picture);
        }
        Desk::Office { span, office, .. } => office::fill(kiosk, lists, *span, office.as_deref()),
        Desk::Open { tab, view, .. } => {
            kiosk.global::<ui::StaffLookPage>().set_picture(Image::default());
            lists.scanned.set(scanned(draft, shown.session.settings.language));
            let page = kiosk.global::<ui::StaffPage>();
            page.set_tab(match tab {
                Tab::Papers => ui::StaffTab::Papers,
                Tab::Tickets => ui::StaffTab::Tickets,
                Tab::Dossiers => ui::StaffTab::Dossiers,
                Tab::Series => ui::StaffTab::Series,
                Tab::Devices => ui::StaffTab::Devices,
            });
            page.set_face_possible(face::is_possible(&staff.behind, &shown.around));
            page.set_notice(shared(view.notice.clone()));
            page.set_pairing_possible(view.pairing != PairingView::Impossible);
            page.set_pairing(pairing(&view.pairing));
            fill_lists(lists, view);
            lists.devices.set(devices(shown));
        }
    }
}

/// Three digits and three, as they are read and typed.
fn pairing(view: &PairingView) -> ui::StaffPairing {
    match view {
        PairingView::Code { digits, until } => ui::StaffPairing {
            code: shared(match digits.0.split_at_checked(3) {
                Some((one, other)) => format!("{one} {other}"),
                None => digits.0.clone(),
            }),
            until: moment(*until),
        },
        PairingView::Impossible | PairingView::NoCode => ui::StaffPairing::default(),
    }
}

/// The page of the PIN, before the staff's own pages and where they vouch for somebody.
pub fn fill_pin(kiosk: &Kiosk, shown: &Shown, typed: usize, refused: Refused) {
    let page = kiosk.global::<ui::StaffPinPage>();
    page.set_digits(count(typed));
    page.set_digits_max(count(PIN_DIGITS_MAX));
    page.set_wrong(refused == Refused::Wrong);
    page.set_locked_seconds(match refused {
        Refused::Locked { until } => small(seconds_until(until, shown.around.now)),
        Refused::No | Refused::Wrong => 0,
    });
}

/// The papers of the visit that have been scanned.
fn scanned(draft: Option<&Draft>, language: Language) -> Vec<ui::StaffPaper> {
    let Some(draft) = draft else {
        return vec![];
    };
    let papers = draft.papers().filter_map(|paper| {
        let scans = draft.scans.get(&paper.code).filter(|scans| scans.images > 0)?;
        let first = scans.marks.first();
        Some(ui::StaffPaper {
            code: paper.code.as_str().into(),
            name: paper.name.of(language).into(),
            pages: small(scans.pages()),
            images: small(scans.images),
            flaw: first.map_or(ui::PageFlaw::None, |mark| papers::flaw(mark.judged)),
            flawed_image: first.map_or(0, |mark| small(mark.image)),
            flaws: count(scans.marks.len()),
            compared: scans.compared.is_some(),
            compared_by: shared(
                scans
                    .compared
                    .as_ref()
                    .map(|compared| compared.by.clone())
                    .unwrap_or_default(),
            ),
            compared_at: scans
                .compared
                .as_ref()
                .map(|compared| moment(compared.at))
                .unwrap_or_default(),
        })
    });
    papers.collect()
}

fn fill_look(kiosk: &Kiosk, look: &Look, draft: Option<&Draft>, language: Language) {
    let page = kiosk.global::<ui::StaffLookPage>();
    let paper = draft.and_then(|draft| draft.papers().find(|paper| paper.code == look.paper));
    let scans = draft.and_then(|draft| draft.scans.get(&look.paper));
    page.set_paper(paper.map(|paper| paper.name.of(language)).unwrap_or_default().into());
    page.set_image(small(look.image));
    page.set_images(small(scans.map_or(0, |scans| scans.images)));
    let mark = scans.and_then(|scans| scans.marks.iter().find(|mark| mark.image == look.image));
    page.set_flaw(mark.map_or(ui::PageFlaw::None, |mark| papers::flaw(mark.judged)));
    page.set_face(false);
    fill_picture(&page, &look.picture);
}

/// Personal: taken off again when the page closes.
fn fill_picture(page: &ui::StaffLookPage, picture: &Picture) {
    page.set_there(matches!(picture, Picture::There(_)));
    page.set_failed(*picture == Picture::Failed);
    page.set_altered(*picture == Picture::Altered);
    match picture {
        Picture::There(preview) => {
            page.set_aspect(preview.width_px as f32 / preview.height_px.max(1) as f32);
            page.set_picture(papers::picture(preview));
        }
        Picture::Coming | Picture::Failed | Picture::Altered => page.set_picture(Image::default()),
    }
}

fn fill_lists(lists: &Lists, view: &StaffView) {
    let tickets = view.tickets.iter().map(|ticket| ui::StaffTicket {
        slip: shared(SlipOf::Ticket(ticket.id).to_string()),
        number: shared(ticket.label.clone()),
        series: shared(ticket.series.clone()),
        drawn: moment(ticket.drawn_at),
        state: match ticket.state {
            TicketState::Unclear | TicketState::Printing => ui::TicketTrouble::Unclear,
            TicketState::Failed | TicketState::Reserved => ui::TicketTrouble::Failed,
            TicketState::Printed => ui::TicketTrouble::Printed,
        },
        copies: small(ticket.copies),
    });
    lists.tickets.set(tickets.collect());

    let dossiers = view.dossiers.iter().map(|dossier| ui::StaffDossier {
        id: shared(dossier.key.to_string()),
        slip: shared(SlipOf::HandIn(dossier.key).to_string()),
        number: shared(dossier.slip_number.clone()),
        state: match dossier.state {
            Owed::Waiting => ui::OwedState::Waiting,
            Owed::Refused => ui::OwedState::Refused,
            Owed::Slip => ui::OwedState::Slip,
        },
        words: shared(dossier.words.clone()),
        attempts: small(dossier.attempts),
        mendable: dossier.mendable,
    });
    lists.dossiers.set(dossiers.collect());

    let fees = view.fees.iter().map(|fee| ui::StaffFee {
        id: shared(fee.key.to_string()),
        number: shared(fee.number.clone()),
        dong: money(fee.dong),
        reference: shared(fee.reference.clone()),
        trouble: match fee.trouble {
            FeeTrouble::Unclear => ui::FeeTrouble::Unclear,
            FeeTrouble::NoAnswer => ui::FeeTrouble::NoAnswer,
            FeeTrouble::Refused => ui::FeeTrouble::Refused,
            FeeTrouble::Transfer => ui::FeeTrouble::Transfer,
        },
        words: shared(fee.words.clone()),
    });
    lists.staff_fees.set(fees.collect());

    let series = view.series.iter().map(|series| ui::StaffSeries {
        letter: shared(series.letter.to_string()),
        name: shared(series.name.clone()),
        drawn: small(series.drawn),
        open: series.open,
    });
    lists.staff_series.set(series.collect());
}

fn devices(shown: &Shown) -> Vec<ui::StaffDevice> {
    let health = &shown.around.health;
    let row = |device, trouble| ui::StaffDevice { device, trouble };
    let printer = match (trouble(health.printer, printer_trouble), health.roll) {
        (ui::Trouble::None, Roll::NearEnd) => ui::Trouble::PaperLow,
        (trouble, Roll::Enough | Roll::NearEnd) => trouble,
    };
    let mut rows = vec![
        row(ui::Device::Printer, printer),
        row(
            ui::Device::PagePrinter,
            trouble(health.page_printer, page_printer_trouble),
        ),
        row(
            ui::Device::CodeScanner,
            trouble(health.code_scanner, |_| ui::Trouble::Unplugged),
        ),
        row(ui::Device::CardReader, trouble(health.card_reader, card_trouble)),
        row(ui::Device::Scanner, trouble(health.scanner, scanner_trouble)),
        row(ui::Device::Panel, trouble(health.panel, |_| ui::Trouble::Unplugged)),
    ];
    let lacks_pages = health.page_printer == Status::Absent;
    let lacks_reader = health.card_reader == Status::Absent;
    rows.retain(|row| !(lacks_pages && row.device == ui::Device::PagePrinter));
    rows.retain(|row| !(lacks_reader && row.device == ui::Device::CardReader));
    if health.page_reading != Status::Absent {
        let missing = trouble(health.page_reading, |_| ui::Trouble::Broken);
        rows.push(row(ui::Device::PageReading, missing));
    }
    let store = if health.store.notice.is_some() {
        ui::Trouble::Damaged
    } else if health.store.room_for_scans {
        ui::Trouble::None
    } else {
        ui::Trouble::NoRoom
    };
    rows.push(row(ui::Device::Store, store));
    let province = match health.province {
        Link::Up | Link::Unknown => ui::Trouble::None,
        Link::Down => ui::Trouble::Offline,
    };
    rows.push(row(ui::Device::Province, province));
    match health.hall {
        HallLink::Alone => {}
        HallLink::Together => rows.push(row(ui::Device::Hall, ui::Trouble::None)),
        HallLink::Apart(Parted::Clock) => rows.push(row(ui::Device::Hall, ui::Trouble::Refused)),
        HallLink::Apart(Parted::NoAnswer | Parted::Lost) => rows.push(row(ui::Device::Hall, ui::Trouble::Offline)),
    }
    rows.push(row(
        ui::Device::Voice,
        trouble(health.voice, |_| ui::Trouble::Unplugged),
    ));
    rows
}

fn trouble<F>(status: Status<F>, of: impl Fn(F) -> ui::Trouble) -> ui::Trouble {
    match status {
        Status::Works | Status::Absent | Status::Starting => ui::Trouble::None,
        Status::Faulty(fault) => of(fault),
    }
}

fn page_printer_trouble(fault: PagePrinterFault) -> ui::Trouble {
    match fault {
        PagePrinterFault::Unreachable => ui::Trouble::Unplugged,
        PagePrinterFault::OutOfPaper => ui::Trouble::OutOfPaper,
        PagePrinterFault::Jammed => ui::Trouble::Jammed,
        PagePrinterFault::CoverOpen => ui::Trouble::CoverOpen,
        PagePrinterFault::OutOfToner => ui::Trouble::NoToner,
        PagePrinterFault::Stopped => ui::Trouble::Paused,
        PagePrinterFault::Garbled | PagePrinterFault::Unsuited | PagePrinterFault::Broken => ui::Trouble::Broken,
    }
}

/// What staff can mend; the rest is the card's, and its page says it.
fn card_trouble(fault: CardFault) -> ui::Trouble {
    match fault {
        CardFault::ReaderGone => ui::Trouble::Unplugged,
        CardFault::Held | CardFault::TwoCards => ui::Trouble::Busy,
        CardFault::Removed
        | CardFault::Silent
        | CardFault::OtherCard
        | CardFault::WrongKey
        | CardFault::NoWayIn
        | CardFault::Broken
        | CardFault::Copied => ui::Trouble::None,
    }
}

pub fn printer_trouble(fault: PrinterFault) -> ui::Trouble {
    match fault {
        PrinterFault::Unplugged => ui::Trouble::Unplugged,
        PrinterFault::OutOfPaper => ui::Trouble::OutOfPaper,
        PrinterFault::CoverOpen => ui::Trouble::CoverOpen,
        PrinterFault::CutterJammed => ui::Trouble::CutterJammed,
        PrinterFault::TooHot => ui::Trouble::TooHot,
        PrinterFault::Silent => ui::Trouble::Silent,
        PrinterFault::Garbled => ui::Trouble::Garbled,
        PrinterFault::Broken => ui::Trouble::Broken,
    }
}

pub fn scanner_trouble(fault: ScannerFault) -> ui::Trouble {
    match fault {
        ScannerFault::Unplugged => ui::Trouble::Unplugged,
        ScannerFault::Empty => ui::Trouble::Empty,
        ScannerFault::Jammed => ui::Trouble::Jammed,
        ScannerFault::CoverOpen => ui::Trouble::CoverOpen,
        ScannerFault::Busy => ui::Trouble::Busy,
        ScannerFault::Hung => ui::Trouble::Hung,
        ScannerFault::Crashed => ui::Trouble::Crashed,
        ScannerFault::Torn => ui::Trouble::Torn,
        ScannerFault::NoRoom => ui::Trouble::NoRoom,
        ScannerFault::Broken => ui::Trouble::Broken,
    }
}
