//! What every page shares, and the pages of numbers, rating and trouble.

use jiff::Timestamp;
use jiff::civil::Date;
use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use super::lists::Lists;
use super::{Shown, Speaking, dossier, following, staff};
use crate::health::{Link, Shut, Status};
use crate::procedure::Language;
use crate::session::handing::identifying::Identifying;
use crate::session::handing::sent::{HandInSlip, Said, Sent};
use crate::session::handing::{HandingIn, STEPS};
use crate::session::taking::{NotDrawn, Number, Taking};
use crate::session::{
    Contrast, Copy, Door, Movement, Overlay, PaperNews, Priority, Rating, SeriesAround, Step, TextSize, seconds_left,
};
use crate::ticket::VIETNAM;

/// What is open: the page, and where in its flow it stands.
pub struct Place {
    pub page: ui::PageName,
    flow: ui::Flow,
    step: u32,
    steps: u32,
}

pub fn show(kiosk: &Kiosk, lists: &Lists, shown: &Shown) {
    let place = place(shown);
    fill_frame(kiosk, shown, &place);
    fill_home(kiosk, lists, shown);
    fill_series(kiosk, lists, shown);
    fill_number(kiosk, shown);
    fill_trouble(kiosk, shown);
    dossier::fill(kiosk, lists, shown);
    following::fill(kiosk, lists, shown);
    fill_rate(kiosk, shown);
    staff::fill(kiosk, lists, shown);
    if matches!(shown.session.step, Step::Rest) {
        lists.wipe();
    }
    // Last, so that a page opens with everything on it.
    kiosk.global::<ui::Frame>().set_page(place.page);
}

fn fill_rate(kiosk: &Kiosk, shown: &Shown) {
    let face = if let Step::Rating(Rating::Why { face, .. }) = shown.session.step {
        i32::from(u8::from(face))
    } else {
        0
    };
    kiosk.global::<ui::RatePage>().set_face(face);
}

fn place(shown: &Shown) -> Place {
    let (page, flow, step, steps) = match &shown.session.step {
        Step::Rest => (ui::PageName::Rest, ui::Flow::None, 0, 0),
        Step::Home => (ui::PageName::Home, ui::Flow::None, 0, 0),
        Step::Taking(taking) => (taking_page(taking), ui::Flow::TakeNumber, taking_step(taking), 2),
        Step::HandingIn(handing) => {
            let page = dossier::page(handing, shown);
            let step = if matches!(**handing, HandingIn::Sent(_)) {
                0
            } else {
                handing.step()
            };
            if dossier::is_errand(handing) {
                (page, ui::Flow::Follow, 0, 0)
            } else {
                (page, ui::Flow::HandIn, step, STEPS)
            }
        }
        Step::Following(following) => (following::page(following, shown), ui::Flow::Follow, 0, 0),
        Step::Rating(Rating::Asking { .. } | Rating::Why { .. }) => (ui::PageName::Rate, ui::Flow::Rate, 0, 0),
        Step::Rating(Rating::Thanking { .. }) => (ui::PageName::Thanks, ui::Flow::Rate, 0, 0),
        Step::Staff(at) => (staff::page(at), ui::Flow::Staff, 0, 0),
        Step::CardLeft { .. } => (ui::PageName::Card, ui::Flow::None, 0, 0),
    };
    Place {
        page,
        flow,
        step,
        steps,
    }
}

fn taking_page(taking: &Taking) -> ui::PageName {
    match taking {
        Taking::Choosing { .. } | Taking::Drawing { .. } => ui::PageName::Series,
        Taking::NotDrawn(_) => ui::PageName::Trouble,
        Taking::Number(Number {
            paper: PaperNews::Held(_),
            ..
        }) => ui::PageName::Trouble,
        Taking::Number(_) => ui::PageName::Number,
    }
}

fn taking_step(taking: &Taking) -> u32 {
    match taking {
        Taking::Choosing { .. } | Taking::Drawing { .. } => 1,
        Taking::NotDrawn(_) | Taking::Number(_) => 2,
    }
}

fn fill_frame(kiosk: &Kiosk, shown: &Shown, place: &Place) {
    let frame = kiosk.global::<ui::Frame>();
    let settings = shown.session.settings;
    frame.set_flow(place.flow);
    frame.set_step(small(place.step));
    frame.set_steps(small(place.steps));
    frame.set_now(moment(shown.around.now));

    let language = match settings.language {
        Language::Vietnamese => ui::Language::Vi,
        Language::English => ui::Language::En,
    };
    if frame.get_language() != language
        && let Err(error) = ui::choose_language(kiosk, language)
    {
        tracing::warn!(%error, "Language could not be chosen");
    }
    frame.set_text_size(match settings.text_size {
        TextSize::Small => ui::TextSize::Small,
        TextSize::Start => ui::TextSize::Start,
        TextSize::Large => ui::TextSize::Large,
        TextSize::Largest => ui::TextSize::Largest,
    });
    frame.set_contrast(match settings.contrast {
        Contrast::Start => ui::Contrast::Start,
        Contrast::BlackOnWhite => ui::Contrast::BlackOnWhite,
        Contrast::WhiteOnBlack => ui::Contrast::WhiteOnBlack,
    });
    frame.set_calm(settings.movement == Movement::Calm);
    frame.set_can_speak(shown.voice == Speaking::Can);
    frame.set_can_go_back(can_go_back(&shown.session.step));
    frame.set_staff_called(shown.session.staff_called);
    frame.set_idle_seconds_left(small(shown.session.idle_seconds_left(&shown.around)));
    frame.set_overlay(match shown.session.overlay {
        Overlay::None => ui::Overlay::None,
        Overlay::Settings => ui::Overlay::Settings,
        Overlay::Idle { .. } => ui::Overlay::Idle,
        Overlay::StaffCalled => ui::Overlay::StaffCalled,
    });
}

/// A button that leads nowhere is not shown.
fn can_go_back(step: &Step) -> bool {
    match step {
        Step::Rest | Step::Home | Step::Rating(Rating::Thanking { .. }) | Step::CardLeft { .. } => false,
        Step::HandingIn(handing) => !matches!(**handing, HandingIn::Identifying(Identifying::Stopped { .. })),
        Step::Taking(_) | Step::Following(_) | Step::Rating(_) | Step::Staff(_) => true,
    }
}

fn fill_home(kiosk: &Kiosk, lists: &Lists, shown: &Shown) {
    let shut = |door| shut(shown.around.health.shut(door, &shown.around));
    let rest = kiosk.global::<ui::RestPage>();
    rest.set_numbers(shut(Door::Number));
    rest.set_dossiers(shut(Door::HandIn));

    let home = kiosk.global::<ui::HomePage>();
    home.set_numbers(shut(Door::Number));
    home.set_dossiers(shut(Door::HandIn));
    home.set_follow(shut(Door::Follow));
    home.set_rate(shut(Door::Rate));
    home.set_waiting(small(shown.around.series.iter().map(|series| series.waiting).sum()));
    lists.home_series.set(series_rows(shown));
}

fn shut(why: Option<Shut>) -> ui::Shut {
    match why {
        None => ui::Shut::None,
        Some(Shut::CodeScanner) => ui::Shut::CodeScanner,
        Some(Shut::Scanner) => ui::Shut::Scanner,
        Some(Shut::Disk) => ui::Shut::Disk,
        Some(Shut::NoSeries) => ui::Shut::NoSeries,
        Some(Shut::NoProcedures) => ui::Shut::NoProcedures,
    }
}

fn series_rows(shown: &Shown) -> Vec<ui::SeriesView> {
    let language = shown.session.settings.language;
    let row = |series: &SeriesAround| {
        let (minutes_from, minutes_to) = minutes(series.minutes);
        ui::SeriesView {
            letter: shared(series.letter.to_string()),
            name: series.name.of(language).into(),
            waiting: small(series.waiting),
            minutes_from,
            minutes_to,
            open: series.open,
        }
    };
    shown.around.series.iter().map(row).collect()
}

fn fill_series(kiosk: &Kiosk, lists: &Lists, shown: &Shown) {
    let page = kiosk.global::<ui::SeriesPage>();
    let mut rows = series_rows(shown);
    if let Step::Taking(Taking::Choosing { priority, only, .. }) = &shown.session.step {
        page.set_priority(*priority == Priority::Priority);
        if let Some(only) = only.map(|only| only.to_string()) {
            rows.retain(|row| row.letter == only.as_str());
        }
    }
    lists.series.set(rows);
}

fn fill_number(kiosk: &Kiosk, shown: &Shown) {
    let page = kiosk.global::<ui::NumberPage>();
    let Step::Taking(Taking::Number(number)) = &shown.session.step else {
        page.set_ticket(ui::TicketView::default());
        return;
    };
    let ticket = &number.ticket;
    let (minutes_from, minutes_to) = minutes(ticket.minutes);
    page.set_ticket(ui::TicketView {
        letter: shared(ticket.series.to_string()),
        digits: shared(format!("{:03}", ticket.number)),
        series: ticket.series_name.of(shown.session.settings.language).into(),
        counters: shared(ticket.counters.clone()),
        // -1: not known.
        ahead: ticket.ahead.map_or(-1, small),
        minutes_from,
        minutes_to,
    });
    page.set_paper(paper(number.paper));
    page.set_copy(matches!(
        number.paper,
        PaperNews::Coming { copy: Copy::Copy } | PaperNews::Out { copy: Copy::Copy }
    ));
    let left = match number.paper {
        PaperNews::Out { .. } => seconds_left(number.since, shown.around.times.number_secs, shown.around.now),
        PaperNews::Coming { .. } | PaperNews::Held(_) | PaperNews::Unsure | PaperNews::Pages { .. } => 0,
    };
    page.set_seconds_left(small(left));
}

pub fn paper(news: PaperNews) -> ui::PaperState {
    match news {
        PaperNews::Coming { .. } | PaperNews::Pages { out: false, .. } => ui::PaperState::Coming,
        PaperNews::Out { .. } | PaperNews::Pages { out: true, .. } => ui::PaperState::Out,
        PaperNews::Held(_) => ui::PaperState::Waiting,
        PaperNews::Unsure => ui::PaperState::Unsure,
    }
}

/// Nothing is kept, and nothing will be printed.
const fn not_drawn(why: NotDrawn) -> (ui::Device, ui::Trouble, String, bool) {
    let (device, trouble) = match why {
        NotDrawn::SoldOut => (ui::Device::Hall, ui::Trouble::SoldOut),
        NotDrawn::Away => (ui::Device::Hall, ui::Trouble::NoNumber),
        NotDrawn::NoRoom => (ui::Device::Store, ui::Trouble::NoRoom),
    };
    (device, trouble, String::new(), false)
}

/// The trouble that the step of now shows, if any.
fn fill_trouble(kiosk: &Kiosk, shown: &Shown) {
    let page = kiosk.global::<ui::TroublePage>();
    let (device, trouble, number, prints_itself) = match &shown.session.step {
        Step::Taking(Taking::Number(Number {
            ticket,
            paper: PaperNews::Held(fault),
            ..
        })) => {
            let number = format!("{} {:03}", ticket.series, ticket.number);
            (ui::Device::Printer, staff::printer_trouble(*fault), number, true)
        }
        Step::Taking(Taking::NotDrawn(why)) => not_drawn(*why),
        Step::HandingIn(handing) => match &**handing {
            HandingIn::Sent(Sent::Kept(kept)) => match kept.slip {
                HandInSlip::Asked {
                    paper: PaperNews::Held(fault),
                    ..
                } => (
                    ui::Device::Printer,
                    staff::printer_trouble(fault),
                    kept.slip_number.clone(),
                    true,
                ),
                HandInSlip::Asked { .. } | HandInSlip::Waiting => return,
            },
            HandingIn::Sent(Sent::Keeping { .. } | Sent::Paying { .. } | Sent::Transferring { .. }) => return,
            HandingIn::NotKept(_) => (ui::Device::Store, ui::Trouble::NoRoom, String::new(), false),
            HandingIn::Scanning(scanning) => match dossier::scan_trouble(scanning) {
                Some(fault) => (ui::Device::Scanner, staff::scanner_trouble(fault), String::new(), false),
                None => return,
            },
            HandingIn::Finding(_)
            | HandingIn::Reading { .. }
            | HandingIn::ForWhom(_)
            | HandingIn::Asking(_)
            | HandingIn::Reviewing(_)
            | HandingIn::PuttingAside(_)
            | HandingIn::Resuming(_)
            | HandingIn::Agreeing(_)
            | HandingIn::Signing(_) => {
                return;
            }
            HandingIn::Identifying(
                Identifying::Chip { .. }
                | Identifying::Typing(_)
                | Identifying::CardBack(_)
                | Identifying::Stopped { .. },
            ) => {
                return;
            }
            HandingIn::Identifying(Identifying::Waiting { .. } | Identifying::Confirming { .. }) => {
                match shown.around.health.code_scanner {
                    Status::Faulty(_) => (ui::Device::CodeScanner, ui::Trouble::Unplugged, String::new(), false),
                    Status::Absent | Status::Starting | Status::Works => return,
                }
            }
        },
        Step::Rest
        | Step::Home
        | Step::Taking(_)
        | Step::Following(_)
        | Step::Rating(_)
        | Step::Staff(_)
        | Step::CardLeft { .. } => return,
    };
    page.set_device(device);
    page.set_trouble(trouble);
    page.set_number(shared(number));
    page.set_prints_itself(prints_itself);
}

/// How the province stands to a kept dossier.
pub fn sent_state(sent: &Sent, link: Link) -> ui::SentState {
    match sent {
        Sent::Keeping { .. } => ui::SentState::Keeping,
        Sent::Kept(kept) | Sent::Paying { kept, .. } | Sent::Transferring { kept, .. } => {
            match (&kept.province, link) {
                (Said::Nothing, Link::Up) => ui::SentState::Sending,
                (Said::Nothing, Link::Unknown | Link::Down) => ui::SentState::Kept,
                (Said::Received { .. }, _) => ui::SentState::Received,
                (Said::Refused, _) => ui::SentState::Refused,
            }
        }
    }
}

/// Minutes as the pages take them; −1 is unknown.
fn minutes(wait: Option<(u32, u32)>) -> (i32, i32) {
    wait.map_or((-1, -1), |(from, to)| (small(from), small(to)))
}

pub fn moment(at: Timestamp) -> ui::Moment {
    let local = VIETNAM.to_datetime(at);
    ui::Moment {
        year: i32::from(local.year()),
        month: i32::from(local.month()),
        day: i32::from(local.day()),
        weekday: i32::from(local.weekday().to_monday_zero_offset()),
        hour: i32::from(local.hour()),
        minute: i32::from(local.minute()),
    }
}

/// A day of which no hour is known.
pub fn day(date: Date) -> ui::Moment {
    ui::Moment {
        year: i32::from(date.year()),
        month: i32::from(date.month()),
        day: i32::from(date.day()),
        weekday: i32::from(date.weekday().to_monday_zero_offset()),
        ..ui::Moment::default()
    }
}

/// Counts on a page are small; a larger one is shown as the largest.
pub fn small(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

pub fn shared(text: String) -> SharedString {
    text.into()
}
