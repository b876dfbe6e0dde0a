//! Taking a number: choose a series, see the number large, take the paper.
//!
//! The number is committed before this flow hears of it, so whatever the paper does, the number
//! on the screen is the citizen's.

use jiff::Timestamp;

use super::{Around, Copy, Effect, HallNews, Moved, News, Next, PaperNews, Priority, Step, Touch, seconds_between};
use crate::hall::Errand;
use crate::procedure::Procedure;
use crate::ticket::{SeriesLetter, TicketId};

#[derive(Clone, Debug, PartialEq)]
pub enum Taking {
    Choosing {
        priority: Priority,
        /// The series of a counter that one was sent to; else any.
        only: Option<SeriesLetter>,
        /// What for, where the person found it here.
        errand: Option<Errand>,
    },
    /// Asked for, not yet committed.
    Drawing {
        series: SeriesLetter,
    },
    /// No number could be given: staff are called.
    NotDrawn(NotDrawn),
    Number(Number),
}

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDrawn {
    /// None of this series today: others were first.
    SoldOut,
    /// The log that the kiosks share does not answer, and none of its numbers is left here.
    Away,
    /// The kiosk's own memory does not take it.
    NoRoom,
}

/// The citizen's number and what is known of its paper.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    pub ticket: DrawnTicket,
    pub paper: PaperNews,
    /// Since when the paper is as it is.
    pub since: Timestamp,
}

/// A number that is committed.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnTicket {
    pub id: TicketId,
    pub series: SeriesLetter,
    pub number: u32,
    pub series_name: crate::procedure::Words,
    pub counters: String,
    /// People before this one in the same series; not known by a kiosk that is cut off from the others.
    pub ahead: Option<u32>,
    /// Minutes to wait, from and to, if the office's pace is known.
    pub minutes: Option<(u32, u32)>,
}

impl Taking {
    /// The choice of a number, whatever for.
    pub const fn choosing() -> Self {
        Self::Choosing {
            priority: Priority::Ordinary,
            only: None,
            errand: None,
        }
    }

    /// The choice of a number for this procedure, of one series where its counter is known and this kiosk has it.
    pub fn choosing_for(procedure: &Procedure, around: &Around) -> Self {
        let series = procedure.elsewhere.as_ref().and_then(|elsewhere| elsewhere.series);
        let here = |series: &SeriesLetter| around.series.iter().any(|offered| offered.letter == *series);
        Self::Choosing {
            priority: Priority::Ordinary,
            only: series.filter(here),
            errand: Some(Errand {
                procedure: procedure.code.clone(),
                name: procedure.name.vi.clone(),
            }),
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Choosing { priority, only, errand } => choosing(priority, only, errand, news, around),
            Self::Drawing { series } => drawing(series, news, around),
            Self::NotDrawn(why) => match news {
                News::Touch(Touch::Acknowledge) => (Next::Stay(Step::Home), vec![]),
                News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_) => stay(Self::NotDrawn(why)),
            },
            Self::Number(number) => number.on(news, around),
        }
    }

    pub fn back(self) -> Moved {
        match self {
            Self::Choosing { .. } | Self::NotDrawn(_) => (Next::Stay(Step::Home), vec![]),
            // The number is on its way: there is nothing to go back to.
            Self::Drawing { series } => stay(Self::Drawing { series }),
            Self::Number(_) => (Next::Rest, vec![]),
        }
    }
}

impl Number {
    fn on(self, news: News, around: &Around) -> Moved {
        match news {
            News::Paper(paper) => stay(Taking::Number(Self {
                paper,
                since: around.now,
                ..self
            })),
            News::Touch(Touch::Done | Touch::Acknowledge) => (Next::Rest, vec![]),
            News::Tick if self.shown_long_enough(around) => (Next::Rest, vec![]),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => stay(Taking::Number(self)),
        }
    }

    fn shown_long_enough(&self, around: &Around) -> bool {
        match self.paper {
            PaperNews::Out { .. } => seconds_between(self.since, around.now) >= i64::from(around.times.number_secs),
            // Without paper the person needs time to note the number: the idle warning asks.
            PaperNews::Coming { .. } | PaperNews::Held(_) | PaperNews::Unsure | PaperNews::Pages { .. } => false,
        }
    }
}

fn choosing(
    priority: Priority,
    only: Option<SeriesLetter>,
    errand: Option<Errand>,
    news: News,
    around: &Around,
) -> Moved {
    match news {
        News::Touch(Touch::Series(series)) => {
            if around
                .series
                .iter()
                .any(|offered| offered.letter == series && offered.open && only.is_none_or(|only| only == series))
            {
                (
                    Next::Stay(Step::Taking(Taking::Drawing { series })),
                    vec![Effect::Draw {
                        series,
                        priority,
                        errand,
                    }],
                )
            } else {
                stay(Taking::Choosing { priority, only, errand })
            }
        }
        News::Touch(Touch::Priority(priority)) => stay(Taking::Choosing { priority, only, errand }),
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(_) => stay(Taking::Choosing { priority, only, errand }),
    }
}

fn drawing(series: SeriesLetter, news: News, around: &Around) -> Moved {
    match news {
        News::Hall(HallNews::Drawn(ticket)) => stay(Taking::Number(Number {
            ticket,
            paper: PaperNews::Coming { copy: Copy::First },
            since: around.now,
        })),
        News::Hall(HallNews::NotDrawn(why)) => {
            (Next::Stay(Step::Taking(Taking::NotDrawn(why))), vec![Effect::CallStaff])
        }
        News::Tick
        | News::Touch(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(_) => stay(Taking::Drawing { series }),
    }
}

fn stay(taking: Taking) -> Moved {
    (Next::Stay(Step::Taking(taking)), vec![])
}
