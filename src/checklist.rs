//! The check-list (giấy tờ còn thiếu): what somebody has to bring for a procedure, or still lacks in a draft.
//!
//! Pure values. Nothing personal stands in one: it names papers and says for whom each is, no answer and no name.

use jiff::civil::Date;

use crate::dossier::{Draft, Missing};
use crate::procedure::{Condition, PageCount, Paper, PaperForm, Procedure, Words};

/// What is to be brought, in the procedure's order; papers of which one is enough stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckList {
    pub procedure: Words,
    pub wanted: Vec<Wanted>,
    /// Questions are still to be answered at the kiosk.
    pub questions_open: bool,
    /// In đồng; 0 is free of charge.
    pub fee_dong: u64,
    pub working_days: u16,
}

/// A paper that is to be brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub name: Words,
    pub hint: Option<Words>,
    pub form: PaperForm,
    pub whom: Whom,
    pub pages: PageCount,
    /// Pages that were scanned before.
    pub have: u32,
}

/// Of whom a paper is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    Everybody,
    /// Who has it.
    Optional,
    /// Of whom this is true.
    If(Words),
    /// One of this group is enough.
    OneOf(String),
}

impl CheckList {
    /// All that a procedure asks for, for somebody who has brought nothing yet.
    pub fn of(procedure: &Procedure) -> Self {
        Self::with(procedure, false, |paper| Some(wanted(paper, 0)))
    }

    /// What a draft still lacks. A paper that is only shown is asked for at the counter, so it stays on the list.
    pub fn of_draft(draft: &Draft, today: Date) -> Self {
        let questions_open = matches!(draft.missing(today), Some(Missing::Answer { .. }));
        Self::with(&draft.procedure, questions_open, |paper| {
            let there = paper.is_scanned() && draft.has_all_pages(paper);
            let grouped = paper.condition.group().is_some();
            let another_is_there = grouped && draft.can_do_without(paper);
            (!there && !another_is_there).then(|| wanted(paper, draft.pages_of(&paper.code)))
        })
    }

    fn with(procedure: &Procedure, questions_open: bool, want: impl Fn(&Paper) -> Option<Wanted>) -> Self {
        let asked = procedure
            .papers
            .iter()
            .filter(|paper| paper.condition != Condition::InData);
        let mut wanted: Vec<Wanted> = Vec::new();
        for paper in asked {
            let Some(paper) = want(paper) else { continue };
            let beside = match &paper.whom {
                Whom::OneOf(_) => wanted.iter().rposition(|other| other.whom == paper.whom),
                Whom::Everybody | Whom::Optional | Whom::If(_) => None,
            };
            wanted.insert(beside.map_or(wanted.len(), |at| at + 1), paper);
        }
        Self {
            procedure: procedure.name.clone(),
            wanted,
            questions_open,
            fee_dong: procedure.fee_dong(),
            working_days: procedure.days_promised(),
        }
    }

    /// Whether nothing is left to do but to send.
    pub fn is_done(&self) -> bool {
        let scanned = |wanted: &&Wanted| wanted.form != PaperForm::Shown && wanted.whom != Whom::Optional;
        !self.questions_open && self.wanted.iter().find(scanned).is_none()
    }
}

fn wanted(paper: &Paper, have: u32) -> Wanted {
    Wanted {
        name: paper.name.clone(),
        hint: paper.hint.clone(),
        form: paper.form,
        whom: match &paper.condition {
            Condition::OneOf(group) => Whom::OneOf(group.clone()),
            Condition::If(words) => Whom::If(words.clone()),
            Condition::None | Condition::InData if paper.required => Whom::Everybody,
            Condition::None | Condition::InData => Whom::Optional,
        },
        pages: paper.pages,
        have,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::dossier::{DraftId, Judged, Scans};
    use crate::session::tests::{citizen, procedure};

    fn paper(code: &str, form: PaperForm, condition: Condition) -> Paper {
        Paper {
            code: code.parse().unwrap(),
            name: Words::vietnamese(code),
            hint: None,
            form,
            pages: PageCount::Any,
            required: !matches!(condition, Condition::If(_) | Condition::InData),
            condition,
        }
    }

    fn of_papers() -> Procedure {
        let group = || Condition::OneOf("g".into());
        Procedure {
            papers: vec![
                paper("A", PaperForm::Original, Condition::None),
                paper("B", PaperForm::Certified, group()),
                paper(
                    "C",
                    PaperForm::Copy,
                    Condition::If(Words::vietnamese("Người dưới 18 tuổi")),
                ),
                paper("D", PaperForm::Copy, group()),
                paper("E", PaperForm::Shown, Condition::None),
                paper("F", PaperForm::Copy, Condition::InData),
            ],
            ..procedure()
        }
    }

    fn names(list: &CheckList) -> Vec<&str> {
        list.wanted.iter().map(|wanted| wanted.name.vi.as_str()).collect()
    }

    fn draft_with(papers: &[&str]) -> Draft {
        let id = DraftId(Uuid::from_u128(1));
        let mut draft = Draft::new(id, Timestamp::UNIX_EPOCH, of_papers(), citizen());
        for code in papers {
            let mut scans = Scans::default();
            scans.add(Judged::Fine, [7; 32]);
            draft.scans.insert(code.parse().unwrap(), scans);
        }
        draft
    }

    #[test]
    fn all_that_is_asked_for_stands_there_and_what_one_is_enough_of_together() {
        let list = CheckList::of(&of_papers());
        assert_eq!(names(&list), ["A", "B", "D", "C", "E"]);
        assert_eq!(list.wanted[3].whom, Whom::If(Words::vietnamese("Người dưới 18 tuổi")));
        assert!(!list.is_done());
    }

    #[test]
    fn what_was_scanned_is_not_asked_for_again_nor_another_of_its_group() {
        let today = jiff::civil::date(2026, 11, 22);
        let list = |papers: &[&str]| CheckList::of_draft(&draft_with(papers), today);
        assert_eq!(names(&list(&[])), ["A", "B", "D", "C", "E"]);
        assert_eq!(names(&list(&["A"])), ["B", "D", "C", "E"]);
        assert_eq!(names(&list(&["A", "D"])), ["C", "E"]);
        assert_eq!(names(&list(&["A", "D", "C"])), ["E"]);
        assert!(list(&["A"]).questions_open, "nothing is answered yet");
    }
}
