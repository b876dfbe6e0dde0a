//! Plainly invented visits: every page of the kiosk, and each state of it that looks different.
//!
//! The program that draws the screens and the test that measures them share these.

#[path = "after.rs"]
mod after;
#[path = "asides.rs"]
mod asides;
#[path = "asking.rs"]
mod asking;
#[path = "errands.rs"]
mod errands;
#[path = "filing.rs"]
mod filing;
#[path = "finding.rs"]
mod finding;
#[path = "hand_in.rs"]
mod hand_in;
#[path = "office.rs"]
mod office;
#[path = "papers.rs"]
mod papers;
#[path = "paying.rs"]
mod paying;

use slint::{ComponentHandle, ModelRc, VecModel};
use ui::{
    Flow, Frame, HomePage, Kiosk, Moment, NumberPage, Overlay, PageName, PaperState, RestPage, SeriesPage, SeriesView,
    Shut, TicketView,
};

/// A panel the kiosk serves: its pixels and its real size.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    pub name: &'static str,
    pub width_px: u32,
    pub height_px: u32,
    pub width_mm: f32,
}

impl Panel {
    /// Pixels in a millimetre.
    pub fn mm(&self) -> f32 {
        self.width_px as f32 / self.width_mm
    }
}

pub const PANELS: [Panel; 3] = [
    Panel {
        name: "portrait",
        width_px: 1080,
        height_px: 1920,
        width_mm: 268.0,
    },
    Panel {
        name: "landscape",
        width_px: 1920,
        height_px: 1080,
        width_mm: 344.0,
    },
    Panel {
        name: "small",
        width_px: 1280,
        height_px: 800,
        width_mm: 217.0,
    },
];

/// A name, and what brings the page about.
pub type Sample = (String, Box<dyn Fn(&Kiosk)>);

const NOW: Moment = Moment {
    year: 2026,
    month: 11,
    day: 23,
    weekday: 0,
    hour: 9,
    minute: 42,
};

fn model<T: Clone + 'static>(rows: Vec<T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from(rows))
}

fn series(letter: &str, name: &str, waiting: i32, minutes: (i32, i32), open: bool) -> SeriesView {
    SeriesView {
        letter: letter.into(),
        name: name.into(),
        waiting,
        minutes_from: minutes.0,
        minutes_to: minutes.1,
        open,
    }
}

fn five_series() -> Vec<SeriesView> {
    vec![
        series("A", "Hộ tịch, tư pháp", 3, (10, 10), true),
        series("B", "Đất đai, xây dựng", 5, (25, 35), true),
        series("C", "Bảo hiểm, trợ cấp", 2, (5, 5), true),
        series("D", "Kinh doanh", 0, (0, 0), true),
        series("E", "Nhận kết quả", 1, (5, 5), true),
    ]
}

fn six_series() -> Vec<SeriesView> {
    let mut rows = five_series();
    rows[3].open = false;
    rows.push(series("F", "Lao động, thương binh và xã hội", 12, (45, 60), true));
    rows
}

/// What every page shares. Each sample starts from it.
pub fn begin(kiosk: &Kiosk) {
    let frame = kiosk.global::<Frame>();
    frame.set_center("Trung tâm Phục vụ hành chính công phường Bình Minh".into());
    frame.set_now(NOW);
    frame.set_can_speak(true);
    frame.set_can_go_back(true);
    frame.set_calm(true);
}

fn at(kiosk: &Kiosk, page: PageName, flow: Flow, step: i32, steps: i32) {
    let frame = kiosk.global::<Frame>();
    frame.set_page(page);
    frame.set_flow(flow);
    frame.set_step(step);
    frame.set_steps(steps);
}

fn sample(name: &str, show: impl Fn(&Kiosk) + 'static) -> Sample {
    (name.to_owned(), Box::new(show))
}

/// Every page in every state that looks different.
pub fn all() -> Vec<Sample> {
    let mut samples = Vec::new();
    samples.extend(doors());
    samples.extend(numbers());
    samples.extend(hand_in::procedures());
    samples.extend(finding::finding());
    samples.extend(hand_in::person());
    samples.extend(hand_in::questions());
    samples.extend(asking::asking());
    samples.extend(papers::scans());
    samples.extend(papers::sending());
    samples.extend(filing::all());
    samples.extend(paying::paying());
    samples.extend(asides::asides());
    samples.extend(after::following());
    samples.extend(after::troubles());
    samples.extend(after::staff());
    samples.extend(office::rating());
    samples.extend(office::figures());
    samples.extend(overlays());
    samples
}

fn doors() -> Vec<Sample> {
    let first = |kiosk: &Kiosk, page| {
        at(kiosk, page, Flow::None, 0, 0);
        kiosk.global::<Frame>().set_can_go_back(false);
    };
    let home = move |kiosk: &Kiosk| {
        first(kiosk, PageName::Home);
        kiosk.global::<HomePage>().set_waiting(11);
        kiosk.global::<HomePage>().set_series(model(five_series()));
    };
    vec![
        sample("rest", move |kiosk| first(kiosk, PageName::Rest)),
        sample("rest-shut", move |kiosk| {
            first(kiosk, PageName::Rest);
            kiosk.global::<RestPage>().set_numbers(Shut::Printer);
            kiosk.global::<RestPage>().set_dossiers(Shut::Disk);
        }),
        sample("home", home),
        sample("home-shut", move |kiosk| {
            home(kiosk);
            kiosk.global::<HomePage>().set_numbers(Shut::Printer);
            kiosk.global::<HomePage>().set_dossiers(Shut::Disk);
            kiosk.global::<HomePage>().set_follow(Shut::CodeScanner);
        }),
        sample("rate", |kiosk| at(kiosk, PageName::Rate, Flow::Rate, 0, 0)),
        sample("thanks", move |kiosk| first(kiosk, PageName::Thanks)),
        sample("closed", move |kiosk| first(kiosk, PageName::Closed)),
    ]
}

const MASKED: [&str; 4] = [
    "Ngu*** V** A** M**",
    "0790******23",
    "**/**/1961",
    "*** Đường **, phường Bình Minh",
];

fn ticket(minutes: (i32, i32)) -> TicketView {
    TicketView {
        letter: "A".into(),
        digits: "012".into(),
        series: "Hộ tịch, tư pháp".into(),
        counters: "2, 3".into(),
        ahead: 3,
        minutes_from: minutes.0,
        minutes_to: minutes.1,
    }
}

fn numbers() -> Vec<Sample> {
    let number = |name: &str, paper, minutes, copy| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Number, Flow::TakeNumber, 2, 2);
            kiosk.global::<Frame>().set_can_go_back(false);
            let page = kiosk.global::<NumberPage>();
            page.set_ticket(ticket(minutes));
            page.set_paper(paper);
            page.set_copy(copy);
            page.set_seconds_left(10);
        })
    };
    vec![
        sample("series", |kiosk| {
            at(kiosk, PageName::Series, Flow::TakeNumber, 1, 2);
            kiosk.global::<SeriesPage>().set_series(model(five_series()));
        }),
        // Sent here by a procedure that is done at one counter.
        sample("series-one", |kiosk| {
            at(kiosk, PageName::Series, Flow::TakeNumber, 1, 2);
            let one = six_series().into_iter().take(1);
            kiosk.global::<SeriesPage>().set_series(model(one.collect()));
        }),
        sample("series-priority", |kiosk| {
            at(kiosk, PageName::Series, Flow::TakeNumber, 1, 2);
            kiosk.global::<SeriesPage>().set_series(model(six_series()));
            kiosk.global::<SeriesPage>().set_priority(true);
        }),
        number("number-coming", PaperState::Coming, (10, 15), false),
        number("number-copy", PaperState::Out, (10, 15), true),
        number("number-waiting", PaperState::Waiting, (-1, -1), false),
        number("number-unsure", PaperState::Unsure, (0, 0), false),
        // The kiosk is cut off from the others of its centre.
        sample("number-apart", move |kiosk| {
            at(kiosk, PageName::Number, Flow::TakeNumber, 2, 2);
            kiosk.global::<Frame>().set_can_go_back(false);
            let page = kiosk.global::<NumberPage>();
            page.set_ticket(TicketView {
                digits: "704".into(),
                ahead: -1,
                ..ticket((-1, -1))
            });
            page.set_paper(PaperState::Out);
        }),
    ]
}

fn overlays() -> Vec<Sample> {
    let over = |name: &str, overlay| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Series, Flow::TakeNumber, 1, 2);
            kiosk.global::<SeriesPage>().set_series(model(five_series()));
            kiosk.global::<Frame>().set_overlay(overlay);
            kiosk.global::<Frame>().set_idle_seconds_left(19);
        })
    };
    vec![
        over("over-settings", Overlay::Settings),
        over("over-idle", Overlay::Idle),
        over("over-staff-called", Overlay::StaffCalled),
    ]
}
