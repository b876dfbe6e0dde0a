//! The dossiers of whoever showed their card: a list without names, from which one is looked at.

use super::receipt::Shower;
use super::way::Way;
use super::{Following, LookUp, Query, stay};
use crate::dossier::Theirs;
use crate::session::handing::ROWS_A_PAGE;
use crate::session::{Around, Effect, LookUpNews, Moved, News, Next, ProvinceNews, Secret, Step, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Mine {
    /// Whose they are: proved, and so for whatever of theirs needs it in this visit.
    pub by: Shower,
    pub rows: Vec<Theirs>,
    /// From 0.
    pub page: usize,
    pub state: LookUp,
}

impl Mine {
    pub fn of(by: Shower, rows: Vec<Theirs>) -> Self {
        Self {
            by,
            rows,
            page: 0,
            state: LookUp::Waiting,
        }
    }

    pub fn pages(&self) -> usize {
        self.rows.len().div_ceil(ROWS_A_PAGE).max(1)
    }

    /// The rows of the page that is open.
    pub fn shown(&self) -> impl Iterator<Item = &Theirs> {
        self.rows.iter().skip(self.page * ROWS_A_PAGE).take(ROWS_A_PAGE)
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Turn(by)) => {
                let page = self
                    .page
                    .saturating_add_signed(isize::try_from(by.signum()).unwrap_or(0));
                self.page = page.min(self.pages() - 1);
            }
            News::Touch(Touch::Choose(code)) if self.rows.iter().any(|row| row.code == code) => {
                let asked = around.fresh;
                self.state = LookUp::Searching { asked };
                let query = Query::Code(Secret(code));
                let next = Next::Stay(Step::Following(Following::Mine(self)));
                return (next, vec![Effect::LookUp { asked, query }]);
            }
            News::Touch(Touch::Done) => return (Next::Rest, vec![]),
            News::Province(ProvinceNews::LookUp { asked, news }) if self.state == (LookUp::Searching { asked }) => {
                match news {
                    LookUpNews::Found(known) => {
                        self.state = LookUp::Waiting;
                        let from = Some(Box::new(self));
                        return stay(Way { known: *known, from }.into());
                    }
                    LookUpNews::NotFound => self.state = LookUp::NotFound,
                    LookUpNews::Offline => self.state = LookUp::Offline,
                }
            }
            News::Province(_)
            | News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Staff(_) => {}
        }
        stay(Following::Mine(self))
    }
}
