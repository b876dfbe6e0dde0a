//! The visit: one person at the screen, from the first touch to wiped. Pure: an event and what
//! stands around come in, the next session and what is to be done go out.
//!
//! ```text
//!            touch                 Lấy số
//!   Rest ──────────▶ Home ─┬──────────────▶ Taking ── drawn ── paper ──▶ Rest
//!    ▲                     │ Nộp hồ sơ
//!    │                     ├──▶ HandingIn: choose ▶ procedure ▶ identify ▶ person ▶ for whom
//!    │                     │        ▶ ask… ▶ scan… ▶ review ▶ agree ▶ sign ▶ sent ──────▶ Rest
//!    │                     ├──▶ Following: look up ▶ way ────────────────▶ Rest
//!    │                     └──▶ Rating ▶ thanks ─────────────────────────▶ Rest
//!    │  idle, leave                Staff (PIN) lies over any of them and gives it back
//!    └──────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Help, language, text size, idle and staff are answered in every state, before the flow is asked.
//!
//! Invariants: a session does no I/O and reads no clock; `Rest` holds nothing of a visit; from
//! every state `Rest` is reached by time alone.

pub mod around;
pub mod events;
pub mod following;
pub mod handing;
pub mod paying;
mod rating;
mod settings;
pub mod staff;
mod step;
pub mod taking;

use hardware::card::Slot;
use hardware::panel::Presence;
use jiff::Timestamp;

pub use self::around::{Around, CardPlace, SeriesAround, Times};
pub use self::events::{
    AsideNews, Bar, CardNews, CodeNews, Consent, Copy, DatePart, Door, Effect, Event, HallNews, Held, KeepNews,
    LookUpNews, News, PagePlace, PaperNews, PaymentNews, Priority, ProvinceNews, ScanNews, Secret, SigningNews,
    StaffNews, Touch, YearOnly,
};
use self::following::Following;
use self::handing::HandingIn;
use self::handing::finding::Finding;
use self::handing::resuming::Resuming;
pub use self::rating::Rating;
pub use self::settings::{Contrast, Movement, Settings, TextSize};
use self::staff::{Staff, StaffAct, StaffTouch};
pub use self::step::Step;
use self::taking::Taking;
use crate::aside::AsideCode;

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    None,
    Settings,
    Idle { since: Timestamp },
    StaffCalled,
}

pub type Answer = (Session, Vec<Effect>);

#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub settings: Settings,
    pub overlay: Overlay,
    pub staff_called: bool,
    /// The card that lies on the reader was called after already; whoever comes next is not kept waiting for it.
    pub card_told: bool,
    pub quiet_since: Timestamp,
    pub step: Step,
}

/// How long a card that was left behind keeps the next person waiting: staff were called at once.
const CARD_LEFT_SECS: i64 = 120;

impl Session {
    pub fn new(now: Timestamp) -> Self {
        Self {
            settings: Settings::START,
            overlay: Overlay::None,
            staff_called: false,
            card_told: false,
            quiet_since: now,
            step: Step::Rest,
        }
    }

    /// Takes the state by value, so what a citizen showed us cannot outlive its state.
    pub fn on(mut self, event: Event, around: &Around) -> Answer {
        self.card_told &= around.card == CardPlace::Lying;
        match event {
            Event::Bar(bar) => self.on_bar(bar, around),
            Event::CallButton => self.call_staff(),
            Event::Presence(presence) => (self.on_presence(presence, around), vec![]),
            Event::Tick => self.on_tick(around),
            Event::News(news) => self.on_news(news, around),
        }
    }

    fn on_news(mut self, news: News, around: &Around) -> Answer {
        // Showing a card or feeding paper is as good as a touch: the person is here.
        // What a reader says of itself is not.
        let card = matches!(&news, News::Card(card) if !matches!(card, CardNews::Place(Err(_) | Ok(Slot::Empty))));
        if card || matches!(news, News::Touch(_) | News::Code(_) | News::Scan(_)) {
            self.quiet_since = around.now;
        }

        if let Step::CardLeft { since } = self.step {
            return self.on_card_left(since, around);
        }
        if let News::Code(CodeNews::Code(code)) = &news
            && AsideCode::is_meant_by(&code.0)
            && self.step.takes_aside()
        {
            let (next, effects) = Resuming::open(code.clone(), around);
            return self.go(next, effects, around);
        }
        let answers_call = matches!(
            news,
            News::Staff(StaffNews::PinRight { .. }) | News::Touch(Touch::Staff(StaffTouch::Act(StaffAct::AnswerCall)))
        );
        let step = std::mem::replace(&mut self.step, Step::Rest);
        let (next, mut effects) = on_step(step, news, around);

        if effects.contains(&Effect::CallStaff) {
            self.staff_called = true;
        }
        if answers_call && self.staff_called {
            self.staff_called = false;
            effects.push(Effect::AnswerCall);
        }
        self.go(next, effects, around)
    }

    /// Until the card is taken, or everybody has been told for long enough.
    fn on_card_left(mut self, since: Timestamp, around: &Around) -> Answer {
        if let Next::Stay(step) = card_left(since, around).0 {
            self.step = step;
            return (self, vec![]);
        }
        (self.at_rest(around), vec![Effect::Hush, Effect::Forget])
    }

    /// Nothing of the visit stays but that staff were called, and for which card.
    fn at_rest(&self, around: &Around) -> Self {
        Self {
            staff_called: self.staff_called,
            card_told: self.card_told,
            ..Self::new(around.now)
        }
    }

    fn go(mut self, next: Next, mut effects: Vec<Effect>, around: &Around) -> Answer {
        match next {
            Next::Stay(step) => {
                self.step = step;
                (self, effects)
            }
            Next::Rest => {
                let (session, wiping) = self.end(around);
                effects.extend(wiping);
                (session, effects)
            }
        }
    }

    /// The visit is over. A card that lies there is called after, once.
    fn end(self, around: &Around) -> Answer {
        let mut effects = vec![Effect::Hush];
        if let Step::HandingIn(handing) = self.step.visit() {
            if let Some(draft) = handing.draft().map(|draft| draft.id) {
                effects.push(Effect::DropDraft(draft));
            }
            if let Some(slip_number) = handing.slip_owed() {
                effects.push(Effect::PrintHandIn { slip_number });
            }
            if let Some(far) = handing.signing_far() {
                effects.push(Effect::DropSigning(far.key));
            }
        }
        if let Step::Rating(rating) = self.step.visit() {
            effects.extend(rating.untold());
        }
        if let Step::HandingIn(handing) = self.step.visit()
            && let HandingIn::PuttingAside(aside) = &**handing
            && aside.is_without_slip()
        {
            effects.push(Effect::DropAside);
        }
        effects.push(Effect::Forget);
        let mut session = self.at_rest(around);
        if around.card == CardPlace::Lying && !self.card_told {
            session.step = Step::CardLeft { since: around.now };
            session.card_told = true;
            session.staff_called = true;
            session.settings.language = self.settings.language;
            effects.push(Effect::CallStaff);
        }
        (session, effects)
    }

    fn on_bar(mut self, bar: Bar, around: &Around) -> Answer {
        self.quiet_since = around.now;
        if let Overlay::Idle { .. } = self.overlay {
            self.overlay = Overlay::None;
        }

        match bar {
            Bar::Pressed => return (self, vec![Effect::Hush]),
            Bar::SayAgain => return (self, vec![Effect::SayAgain]),
            Bar::CallStaff => return self.call_staff(),
            Bar::Leave => return self.end(around),
            Bar::Back => return self.back(around),
            Bar::StaffDoor => self.step = Step::Staff(Box::new(Staff::at_door(self.step))),
            Bar::OpenSettings => self.overlay = Overlay::Settings,
            Bar::CloseOverlay => self.overlay = Overlay::None,
            Bar::Language(language) => self.settings.language = language,
            Bar::TextSize(size) => self.settings.text_size = size,
            Bar::Contrast(contrast) => self.settings.contrast = contrast,
            Bar::Movement(movement) => self.settings.movement = movement,
            Bar::StillHere => {}
        }
        if matches!(self.step, Step::Staff(_)) && self.overlay == Overlay::StaffCalled {
            self.overlay = Overlay::None;
        }
        (self, vec![])
    }

    fn call_staff(mut self) -> Answer {
        self.staff_called = true;
        self.overlay = Overlay::StaffCalled;
        (self, vec![Effect::CallStaff])
    }

    fn back(mut self, around: &Around) -> Answer {
        if self.overlay != Overlay::None {
            self.overlay = Overlay::None;
            return (self, vec![]);
        }

        let step = std::mem::replace(&mut self.step, Step::Rest);
        let (next, effects) = match step {
            Step::Rest => (Next::Stay(Step::Rest), vec![]),
            Step::Home => (Next::Rest, vec![]),
            Step::Taking(taking) => taking.back(),
            Step::HandingIn(handing) => handing.back(around),
            Step::Following(following) => following.back(around),
            Step::Rating(rating) => rating.back(),
            Step::Staff(staff) => staff.back(),
            step @ Step::CardLeft { .. } => (Next::Stay(step), vec![]),
        };
        self.go(next, effects, around)
    }

    fn on_presence(mut self, presence: Presence, around: &Around) -> Self {
        match presence {
            Presence::Near => self.quiet_since = around.now,
            // The idle clock runs by itself; somebody may only have stepped aside.
            Presence::Away => {}
        }
        self
    }

    fn on_tick(mut self, around: &Around) -> Answer {
        // A clock that was put back must not keep a visit open for hours.
        self.quiet_since = self.quiet_since.min(around.now);
        if let Overlay::Idle { since } = &mut self.overlay {
            *since = (*since).min(around.now);
        }

        if self.step == Step::Rest {
            // Text size or language touched at rest must not greet the next person.
            if self.quiet_for(around) >= i64::from(around.times.idle_secs)
                && (self.settings != Settings::START || self.overlay != Overlay::None)
            {
                self.settings = Settings::START;
                self.overlay = Overlay::None;
            }
            return (self, vec![]);
        }

        if let Overlay::Idle { since } = self.overlay {
            if seconds_between(since, around.now) >= i64::from(around.times.warning_secs) {
                return self.end(around);
            }
            return (self, vec![]);
        }

        // The card's page has an end of its own.
        if self.quiet_for(around) >= self.idle_secs(around) && !matches!(self.step, Step::CardLeft { .. }) {
            self.overlay = Overlay::Idle { since: around.now };
            return (self, vec![]);
        }
        self.on_news(News::Tick, around)
    }

    /// Seconds since the person did anything; a clock that jumped back counts as none.
    fn quiet_for(&self, around: &Around) -> i64 {
        seconds_between(self.quiet_since, around.now)
    }

    fn idle_secs(&self, around: &Around) -> i64 {
        let times = &around.times;
        i64::from(match &self.step {
            Step::Rest | Step::Home | Step::Taking(_) | Step::Rating(_) | Step::CardLeft { .. } => times.idle_secs,
            Step::HandingIn(_) | Step::Following(_) => {
                let own = self.step.idle_secs(around.now);
                own.map_or(times.idle_entry_secs, |secs| secs.max(times.idle_entry_secs))
            }
            Step::Staff(_) => times.idle_entry_secs,
        })
    }

    /// Seconds left of the idle warning, if it stands.
    pub fn idle_seconds_left(&self, around: &Around) -> u32 {
        match self.overlay {
            Overlay::Idle { since } => seconds_left(since, around.times.warning_secs, around.now),
            Overlay::None | Overlay::Settings | Overlay::StaffCalled => 0,
        }
    }
}

/// Where a flow goes on: in a step, or to the end of the visit.
pub enum Next {
    Stay(Step),
    Rest,
}

pub type Moved = (Next, Vec<Effect>);

fn on_step(step: Step, news: News, around: &Around) -> Moved {
    match step {
        Step::Rest => at_rest(&news),
        Step::Home => at_home(&news, around),
        Step::Taking(taking) => taking.on(news, around),
        Step::HandingIn(handing) => handing.on(news, around),
        Step::Following(following) => following.on(news, around),
        Step::Rating(rating) => rating.on(&news, around),
        Step::Staff(staff) => staff.on(news, around),
        Step::CardLeft { since } => card_left(since, around),
    }
}

fn card_left(since: Timestamp, around: &Around) -> Moved {
    let since = since.min(around.now);
    let told = seconds_between(since, around.now) >= CARD_LEFT_SECS;
    if around.card == CardPlace::Empty || told {
        return (Next::Rest, vec![]);
    }
    (Next::Stay(Step::CardLeft { since }), vec![])
}

fn at_rest(news: &News) -> Moved {
    let started = matches!(news, News::Touch(Touch::Start));
    (Next::Stay(if started { Step::Home } else { Step::Rest }), vec![])
}

fn at_home(news: &News, around: &Around) -> Moved {
    let News::Touch(Touch::Door(door)) = news else {
        return (Next::Stay(Step::Home), vec![]);
    };
    if around.health.shut(*door, around).is_some() {
        return (Next::Stay(Step::Home), vec![]);
    }

    let step = match door {
        Door::Number => Step::Taking(Taking::choosing()),
        Door::HandIn => Step::HandingIn(Box::new(HandingIn::Finding(Finding::begin(around)))),
        Door::Follow => Step::Following(Following::start()),
        Door::Rate => Step::Rating(Rating::of_visit()),
    };
    (Next::Stay(step), vec![])
}

/// Whole seconds from one moment to another; none if the clock went back.
pub fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).max(0)
}

/// Seconds until a moment, begun ones counted whole: while any are left, the wait is not over.
pub fn seconds_until(until: Timestamp, now: Timestamp) -> u32 {
    let left = until.duration_since(now);
    let begun = i64::from(left.subsec_nanos() > 0);
    u32::try_from((left.as_secs() + begun).max(0)).unwrap_or(u32::MAX)
}

/// Seconds left of a wait of `secs` that began at `since`.
pub fn seconds_left(since: Timestamp, secs: u32, now: Timestamp) -> u32 {
    secs.saturating_sub(u32::try_from(seconds_between(since, now)).unwrap_or(u32::MAX))
}

#[cfg(test)]
pub(crate) mod tests;
