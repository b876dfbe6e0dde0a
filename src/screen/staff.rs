//! The staff pages, and the names of faults.

use hardware::card::CardFault;
use hardware::printer::PrinterFault;
use hardware::scanner::ScannerFault;
use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::Shown;
use super::frame::{moment, shared, small};
use super::lists::Lists;
use crate::health::{Link, Roll, Status};
use crate::session::staff::{Desk, Owed, PIN_DIGITS_MAX, Refused, Staff, StaffView, Tab};
use crate::session::{Step, seconds_until};
use crate::slip::SlipOf;
use crate::ticket::TicketState;

pub fn page(staff: &Staff) -> ui::PageName {
    match staff.desk {
        Desk::Pin { .. } => ui::PageName::StaffPin,
        Desk::Open { .. } => ui::PageName::Staff,
    }
}

pub fn fill(kiosk: &Kiosk, lists: &Lists, shown: &Shown) {
    let Step::Staff(staff) = &shown.session.step else {
        kiosk.global::<ui::StaffPinPage>().set_digits(0);
        return;
    };
    match &staff.desk {
        Desk::Pin { typed, refused } => {
            let page = kiosk.global::<ui::StaffPinPage>();
            page.set_digits(i32::try_from(typed.0.len()).unwrap_or(0));
            page.set_digits_max(i32::try_from(PIN_DIGITS_MAX).unwrap_or(0));
            page.set_wrong(*refused == Refused::Wrong);
            page.set_locked_seconds(match refused {
                Refused::Locked { until } => small(seconds_until(*until, shown.around.now)),
                Refused::No | Refused::Wrong => 0,
            });
        }
        Desk::Open { tab, view } => {
            let page = kiosk.global::<ui::StaffPage>();
            page.set_tab(match tab {
                Tab::Tickets => ui::StaffTab::Tickets,
                Tab::Dossiers => ui::StaffTab::Dossiers,
                Tab::Series => ui::StaffTab::Series,
                Tab::Devices => ui::StaffTab::Devices,
            });
            page.set_notice(shared(view.notice.clone()));
            fill_lists(lists, view);
            lists.devices.set(devices(shown));
        }
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
    });
    lists.dossiers.set(dossiers.collect());

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
            ui::Device::CodeScanner,
            trouble(health.code_scanner, |_| ui::Trouble::Unplugged),
        ),
        row(ui::Device::CardReader, trouble(health.card_reader, card_trouble)),
        row(ui::Device::Scanner, trouble(health.scanner, scanner_trouble)),
        row(ui::Device::Panel, trouble(health.panel, |_| ui::Trouble::Unplugged)),
    ];
    if health.card_reader == Status::Absent {
        rows.retain(|row| row.device != ui::Device::CardReader);
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
