//! Everything once more, each thing with "sửa"; then what it is for, and send.

use super::{HandingIn, Then, stay};
use crate::dossier::{Draft, Missing};
use crate::session::handing::agreeing::Agreeing;
use crate::session::handing::asking::Asking;
use crate::session::handing::putting_aside::PuttingAside;
use crate::session::handing::scanning::Scanning;
use crate::session::{Around, Held, Moved, News, Touch};
use crate::ticket::Day;

#[derive(Clone, Debug, PartialEq)]
pub struct Reviewing {
    pub draft: Draft,
    pub held: Held,
    /// All that was wanting when one went on.
    pub missing: Vec<Missing>,
}

impl Reviewing {
    pub fn of(draft: Draft) -> Self {
        Self {
            draft,
            held: Held::Masked,
            missing: vec![],
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Hold(held)) => self.held = held,
            News::Touch(Touch::Lack) => return stay(PuttingAside::ask(HandingIn::Reviewing(self), around)),
            News::Touch(Touch::Edit(id)) => return stay(edit(self, &id)),
            News::Touch(Touch::Send) => {
                // All at once, in the rows that can be mended.
                self.missing = self.draft.missing_all(Day::in_vietnam(around.now).date());
                if self.missing.is_empty() {
                    return stay(HandingIn::Agreeing(Agreeing::of(self.draft)));
                }
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
            | News::Staff(_) => {}
        }
        stay(HandingIn::Reviewing(self))
    }
}

/// A row's id is that of its question, or of its paper.
fn edit(reviewing: Reviewing, id: &str) -> HandingIn {
    let draft = &reviewing.draft;
    let question = draft.procedure.questions.iter().position(|question| question.id == id);
    let paper = draft.papers().position(|paper| paper.code.as_str() == id);

    let page = match (question, paper) {
        (Some(index), _) => Asking::of(reviewing.draft, index, Then::Review).map(HandingIn::Asking),
        (None, Some(index)) => Scanning::of(reviewing.draft, index).map(HandingIn::Scanning),
        (None, None) => return HandingIn::Reviewing(reviewing),
    };
    page.unwrap_or_else(|draft| HandingIn::Reviewing(Reviewing::of(*draft)))
}
