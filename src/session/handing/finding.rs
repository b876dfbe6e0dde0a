//! Which procedure: by an occasion in life, by what is asked for most, or by what one calls it.
//!
//! ```text
//!            picture                      touch
//!   Events ───────────▶ Listed ─────────────────────┐
//!     │  field ▲                                     ├──▶ Reading
//!     └────────┴─────▶ Typing ── key … ── touch ─────┘
//! ```

use crate::keyboard::Line;
use crate::procedure::EventCode;
use crate::session::{Around, Moved, News, Next, Step, Touch};

use super::{Chosen, HandingIn, ROWS_A_PAGE, stay};

/// Pictures on one leaf.
pub const EVENTS_A_LEAF: usize = 6;

#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Life events in pictures, and what is asked for most.
    Events {
        leaf: usize,
    },
    /// The procedures of one life event; all of them where the province names no events.
    Listed {
        event: Option<EventCode>,
        page: usize,
    },
    Typing(Line),
}

impl Finding {
    /// Where looking begins.
    pub fn begin(around: &Around) -> Self {
        if around.catalogue.events().is_empty() {
            Self::Listed { event: None, page: 0 }
        } else {
            Self::Events { leaf: 0 }
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Procedure(code)) => self.chosen(&code, around),
            News::Touch(Touch::Turn(by)) => self.turned(by, around).stay(),
            News::Touch(Touch::Event(code)) => self.event(&code, around).stay(),
            News::Touch(Touch::Type) => Self::Typing(Line::default()).stay(),
            News::Touch(Touch::StopTyping) => Self::begin(around).stay(),
            News::Touch(Touch::Key(key)) => self.typed(|line| line.press(key)).stay(),
            News::Touch(Touch::NextWay) => self.typed(Line::next_way).stay(),
            News::Touch(Touch::Layer(layer)) => self.typed(|line| line.show(layer)).stay(),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(),
        }
    }

    fn event(self, code: &str, around: &Around) -> Self {
        let events = around.catalogue.events();
        match events.iter().find(|event| event.code.as_str() == code) {
            Some(event) => Self::Listed {
                event: Some(event.code.clone()),
                page: 0,
            },
            // The catalogue changed under the finger.
            None => self,
        }
    }

    fn chosen(self, code: &str, around: &Around) -> Moved {
        let procedures = around.catalogue.procedures();
        match procedures.iter().find(|procedure| procedure.code.as_str() == code) {
            Some(procedure) => stay(HandingIn::Reading {
                chosen: Chosen {
                    procedure: procedure.clone(),
                    from: Box::new(self),
                },
                list: None,
            }),
            None => self.stay(),
        }
    }

    fn turned(self, by: i32, around: &Around) -> Self {
        let turn = |at: usize, count: usize, a_leaf: usize| {
            let last = count.saturating_sub(1) / a_leaf;
            at.saturating_add_signed(by.signum() as isize).min(last)
        };
        match self {
            Self::Events { leaf } => Self::Events {
                leaf: turn(leaf, around.catalogue.events().len(), EVENTS_A_LEAF),
            },
            Self::Listed { event, page } => {
                let count = match &event {
                    Some(event) => around.catalogue.of_event(event).len(),
                    None => around.catalogue.procedures().len(),
                };
                Self::Listed {
                    event,
                    page: turn(page, count, ROWS_A_PAGE),
                }
            }
            Self::Typing(line) => Self::Typing(line),
        }
    }

    /// What is typed and how, changed; elsewhere there is nothing to change.
    fn typed(self, change: impl FnOnce(&mut Line)) -> Self {
        match self {
            Self::Typing(mut line) => {
                change(&mut line);
                Self::Typing(line)
            }
            other @ (Self::Events { .. } | Self::Listed { .. }) => other,
        }
    }

    pub fn back(self, around: &Around) -> Moved {
        let begin = Self::begin(around);
        match self {
            Self::Events { .. } => (Next::Stay(Step::Home), vec![]),
            Self::Listed { event: None, .. } if matches!(begin, Self::Listed { .. }) => {
                (Next::Stay(Step::Home), vec![])
            }
            Self::Listed { .. } | Self::Typing(_) => begin.stay(),
        }
    }

    fn stay(self) -> Moved {
        stay(HandingIn::Finding(self))
    }
}
