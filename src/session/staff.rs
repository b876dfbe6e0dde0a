//! Staff at the kiosk: behind a PIN, over whatever page is open, which is given back afterwards.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::following::errand::Errand;
use super::{Around, Effect, Moved, News, Next, Secret, StaffNews, Step, Touch};
use crate::procedure::PartCode;
use crate::slip::SlipOf;
use crate::ticket::{SeriesLetter, TicketId, TicketState};

pub mod face;
pub mod looking;
pub mod office;
pub mod pairing;

use self::looking::{Look, Picture};
use self::office::{OfficePaper, OfficeView, Span, Wanted};
use self::pairing::PairingView;
use crate::figures::Period;

pub const PIN_DIGITS_MAX: usize = 6;

#[derive(Clone, Debug, PartialEq)]
pub struct Staff {
    /// The visit that staff took over.
    pub behind: Step,
    pub desk: Desk,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Desk {
    Pin {
        typed: Secret,
        refused: Refused,
    },
    Open {
        who: StaffName,
        tab: Tab,
        view: Arc<StaffView>,
    },
    /// The pictures of one paper of the visit, to be held beside the original.
    Looking {
        who: StaffName,
        view: Arc<StaffView>,
        look: Look,
    },
    /// The photograph in the chip, to be held beside the person.
    Face {
        who: StaffName,
        view: Arc<StaffView>,
        picture: Picture,
    },
    /// Numbers of some days, and what was forgotten in them.
    Office {
        who: StaffName,
        view: Arc<StaffView>,
        span: Span,
        /// Nothing until it is read.
        office: Option<Arc<OfficeView>>,
    },
}

/// The member of staff whose PIN was typed, as the configuration names them.
pub type StaffName = Arc<str>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    No,
    Wrong,
    /// Too many wrong PINs.
    Locked {
        until: Timestamp,
    },
}

impl Refused {
    /// After a wrong PIN; `locked_secs` is 0 while one may try again.
    pub fn wrong(locked_secs: u32, now: Timestamp) -> Self {
        match locked_secs {
            0 => Self::Wrong,
            secs => Self::Locked {
                until: now + jiff::SignedDuration::from_secs(i64::from(secs)),
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Of the visit that staff took over; not there if it has scanned nothing.
    Papers,
    Tickets,
    Dossiers,
    Series,
    Devices,
}

/// What staff look at: the day's troubled numbers and the dossiers that are owed. No names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StaffView {
    pub tickets: Vec<StaffTicket>,
    pub dossiers: Vec<StaffDossier>,
    /// Payments without a good end.
    pub fees: Vec<StaffFee>,
    pub series: Vec<StaffSeries>,
    pub pairing: PairingView,
    /// Where a damaged database was put, and the like.
    pub notice: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StaffTicket {
    pub id: TicketId,
    pub label: String,
    pub series: String,
    pub drawn_at: Timestamp,
    pub state: TicketState,
    pub copies: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StaffDossier {
    pub key: Uuid,
    pub slip_number: String,
    pub state: Owed,
    /// The province's own words.
    pub words: String,
    pub attempts: u32,
    /// It can be opened and mended with the person it is of.
    pub mendable: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StaffFee {
    /// Of the payment; of a transfer, the dossier.
    pub key: Uuid,
    /// The slip's number, or the province's code of a dossier that was handed in elsewhere.
    pub number: String,
    pub dong: u64,
    /// Mã thanh toán, or the note of a transfer; empty if the province has given none.
    pub reference: String,
    pub trouble: FeeTrouble,
    /// The province's own words.
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeeTrouble {
    /// The province cannot tell whether it was paid.
    Unclear,
    /// The province has not said what became of it.
    NoAnswer,
    Refused,
    /// The code of a transfer was shown. Nobody here can tell whether the money has arrived.
    Transfer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    Waiting,
    Refused,
    /// The province has it; whether the person has a slip is not known.
    Slip,
}

#[derive(Clone, Debug, PartialEq)]
pub struct StaffSeries {
    pub letter: SeriesLetter,
    pub name: String,
    pub drawn: u32,
    pub open: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StaffTouch {
    Tab(Tab),
    Act(StaffAct),
    /// Open the pictures of this paper.
    Look(PartCode),
    /// Show the photograph in the chip.
    Face,
    /// They are those of the original.
    Compared,
    /// Show the office's numbers.
    Office,
    Period(Period),
    Print(Wanted),
    Done,
}

/// What staff may do.
#[derive(Clone, Debug, PartialEq)]
pub enum StaffAct {
    CameOut(SlipOf),
    DidNotComeOut(SlipOf),
    Reprint(SlipOf),
    /// A refused dossier goes to the province once more.
    SendAgain(Uuid),
    /// A refused dossier was settled with its person.
    Close(Uuid),
    /// A payment without a good end was settled with its person.
    CloseFee(Uuid),
    /// A refused dossier is opened with its person, who shows their card again.
    Mend(Uuid),
    OpenSeries(SeriesLetter),
    CloseSeries(SeriesLetter),
    /// A new code for a browser, instead of the one before.
    Pair,
    /// The pictures of this paper were held beside the original.
    Compared(PartCode),
    Print(OfficePaper),
    AnswerCall,
}

impl Staff {
    /// Before the PIN is asked. Staff at the door of the staff page stay where they are.
    pub fn at_door(behind: Step) -> Self {
        match behind {
            Step::Staff(staff) => *staff,
            Step::Rest
            | Step::Home
            | Step::Taking(_)
            | Step::HandingIn(_)
            | Step::Following(_)
            | Step::Rating(_)
            | Step::CardLeft { .. } => Self {
                behind,
                desk: Desk::Pin {
                    typed: Secret(String::new()),
                    refused: Refused::No,
                },
            },
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        let Self { behind, desk } = self;
        // What happens meanwhile happens to the visit: a slip comes out, a page arrives.
        let card_is_staffs = matches!((&desk, &news), (Desk::Face { .. }, News::Card(_)));
        if !card_is_staffs
            && matches!(
                news,
                News::Hall(_) | News::Paper(_) | News::Scan(_) | News::Card(_) | News::Keep(_) | News::Province(_)
            )
        {
            let (next, effects) = super::on_step(behind, news, around);
            let behind = match next {
                Next::Stay(step) => step,
                Next::Rest => Step::Rest,
            };
            return stay(behind, desk, effects);
        }
        match desk {
            Desk::Pin { typed, refused } => at_pin(behind, typed, refused, news, around),
            Desk::Open { who, tab, view } => at_desk(behind, who, tab, view, news, around),
            Desk::Looking { who, view, look } => looking::on(behind, who, view, look, news, around),
            Desk::Face { who, view, picture } => face::on(behind, who, view, picture, news, around),
            Desk::Office {
                who,
                view,
                span,
                office,
            } => office::on(behind, who, view, (span, office), news),
        }
    }

    pub fn back(self) -> Moved {
        match self.desk {
            Desk::Pin { .. } | Desk::Open { .. } => leave(self.behind),
            Desk::Looking { who, view, .. } | Desk::Face { who, view, .. } => {
                let tab = Tab::Papers;
                stay(self.behind, Desk::Open { who, tab, view }, vec![])
            }
            Desk::Office { who, view, .. } => {
                let tab = Tab::Tickets;
                stay(self.behind, Desk::Open { who, tab, view }, vec![Effect::StaffLook])
            }
        }
    }
}

/// The visit goes on where it was; an empty one ends.
fn leave(behind: Step) -> Moved {
    match behind {
        Step::Rest => (Next::Rest, vec![]),
        behind @ (Step::Home
        | Step::Taking(_)
        | Step::HandingIn(_)
        | Step::Following(_)
        | Step::Rating(_)
        | Step::Staff(_)
        | Step::CardLeft { .. }) => (Next::Stay(behind), vec![]),
    }
}

/// Whoever comes to a dossier under way helps with it.
fn assist(behind: &mut Step) -> Option<Effect> {
    let Step::HandingIn(handing) = behind else {
        return None;
    };
    let draft = handing.draft_mut().filter(|draft| !draft.assisted)?;
    draft.assisted = true;
    Some(Effect::KeepDraft(Box::new(draft.clone())))
}

fn at_pin(mut behind: Step, mut typed: Secret, mut refused: Refused, news: News, around: &Around) -> Moved {
    if let Refused::Locked { until } = refused
        && around.now >= until
    {
        refused = Refused::No;
    }
    let locked = matches!(refused, Refused::Locked { .. });
    let mut effects = vec![];

    match news {
        News::Touch(Touch::Digit(digit)) if digit.is_ascii_digit() && !locked && typed.0.len() < PIN_DIGITS_MAX => {
            typed.0.push(digit);
            refused = Refused::No;
            if typed.0.len() == PIN_DIGITS_MAX {
                effects.push(Effect::CheckPin(typed.clone()));
            }
        }
        News::Touch(Touch::Erase) => {
            typed.0.pop();
        }
        News::Staff(StaffNews::PinRight { who }) => {
            effects.extend(assist(&mut behind));
            effects.push(Effect::StaffLook);
            let papers = looking::draft(&behind).is_some_and(|draft| !draft.scans.is_empty());
            let desk = Desk::Open {
                who,
                tab: if papers { Tab::Papers } else { Tab::Tickets },
                view: Arc::default(),
            };
            let staff = Staff { behind, desk };
            return (Next::Stay(Step::Staff(Box::new(staff))), effects);
        }
        News::Staff(StaffNews::PinWrong { locked_secs }) => {
            typed = Secret(String::new());
            refused = Refused::wrong(locked_secs, around.now);
        }
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(StaffNews::View(_) | StaffNews::Office(_) | StaffNews::Picture(_) | StaffNews::Face(_)) => {}
    }
    stay(behind, Desk::Pin { typed, refused }, effects)
}

fn at_desk(behind: Step, who: StaffName, tab: Tab, view: Arc<StaffView>, news: News, around: &Around) -> Moved {
    match news {
        News::Touch(Touch::Staff(StaffTouch::Tab(tab))) => {
            stay(behind, Desk::Open { who, tab, view }, vec![Effect::StaffLook])
        }
        // A visit that has a draft would lose it.
        News::Touch(Touch::Staff(StaffTouch::Act(StaffAct::Mend(dossier)))) if looking::draft(&behind).is_none() => {
            let (next, mut effects) = Errand::Mend { dossier }.begin();
            effects.push(Effect::Staff(StaffAct::Mend(dossier)));
            (next, effects)
        }
        News::Touch(Touch::Staff(StaffTouch::Act(act))) => {
            let effects = vec![Effect::Staff(act), Effect::StaffLook];
            stay(behind, Desk::Open { who, tab, view }, effects)
        }
        News::Touch(Touch::Staff(StaffTouch::Look(paper))) => match looking::begin(&behind, paper) {
            Some((look, effects)) => stay(behind, Desk::Looking { who, view, look }, effects),
            None => stay(behind, Desk::Open { who, tab, view }, vec![]),
        },
        News::Touch(Touch::Staff(StaffTouch::Face)) => face::begin(behind, who, view, around),
        News::Touch(Touch::Staff(StaffTouch::Office)) => office::begin(behind, who, view, around),
        News::Touch(Touch::Staff(StaffTouch::Done)) => leave(behind),
        News::Staff(StaffNews::View(view)) => stay(behind, Desk::Open { who, tab, view }, vec![]),
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(_) => stay(behind, Desk::Open { who, tab, view }, vec![]),
    }
}

fn stay(behind: Step, desk: Desk, effects: Vec<Effect>) -> Moved {
    (Next::Stay(Step::Staff(Box::new(Staff { behind, desk }))), effects)
}
