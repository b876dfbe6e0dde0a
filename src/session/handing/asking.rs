//! One question a page: choose, type digits, or give a date.

use jiff::civil::Date;

use super::{HandingIn, Then, keep, papers, stay};
use crate::dossier::Draft;
use crate::form::{self, Answer, AnswerFault, PartialDate, Question, QuestionKind};
use crate::session::handing::reviewing::Reviewing;
use crate::session::{Around, DatePart, Moved, News, Next, Step, Touch, YearOnly};
use crate::ticket::Day;

#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    pub draft: Draft,
    /// Of the procedure's questions; always within them.
    pub index: usize,
    pub entry: Entry,
    pub fault: Option<AnswerFault>,
    pub then: Then,
}

/// What is typed or chosen so far.
#[derive(Clone, PartialEq)]
pub enum Entry {
    Choice(Option<String>),
    Number(String),
    Date {
        day: String,
        month: String,
        year: String,
        part: DatePart,
        year_only: YearOnly,
    },
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry(hidden)")
    }
}

/// More digits than any question takes are not typed at all.
const DIGITS_MAX: usize = 20;

impl Asking {
    /// The page of one question, with the answer given before, if any.
    ///
    /// # Errors
    /// The draft again, if there is no such question.
    pub fn of(draft: Draft, index: usize, then: Then) -> Result<Self, Box<Draft>> {
        let Some(question) = draft.procedure.questions.get(index) else {
            return Err(Box::new(draft));
        };
        let entry = Entry::of(question, draft.answers.get(&question.id));
        Ok(Self {
            draft,
            index,
            entry,
            fault: None,
            then,
        })
    }

    pub fn question(&self) -> &Question {
        &self.draft.procedure.questions[self.index]
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Choose(id)) => self.entry.choose(id),
            News::Touch(Touch::Digit(digit)) if digit.is_ascii_digit() => self.entry.digit(digit),
            News::Touch(Touch::Erase) => self.entry.erase(),
            News::Touch(Touch::DatePart(part)) => self.entry.go_to(part),
            News::Touch(Touch::YearOnly(year_only)) => self.entry.set_year_only(year_only),
            News::Touch(Touch::Next) => return self.next(around),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => return stay(HandingIn::Asking(self)),
        }
        self.fault = None;
        stay(HandingIn::Asking(self))
    }

    fn next(mut self, around: &Around) -> Moved {
        let today = Day::in_vietnam(around.now).date();
        match self.entry.answer().and_then(|answer| {
            form::check(self.question(), &answer, today)?;
            Ok(answer)
        }) {
            Err(fault) => {
                self.fault = Some(fault);
                stay(HandingIn::Asking(self))
            }
            Ok(answer) => {
                let id = self.question().id.clone();
                self.draft.answers.insert(id, answer);
                let effects = vec![keep(&self.draft)];
                (Next::Stay(Step::HandingIn(Box::new(self.onward()))), effects)
            }
        }
    }

    fn onward(self) -> HandingIn {
        match self.then {
            Then::Review => HandingIn::Reviewing(Reviewing::of(self.draft)),
            Then::Onward => Self::of(self.draft, self.index + 1, Then::Onward)
                .map(HandingIn::Asking)
                .unwrap_or_else(|draft| papers(*draft)),
        }
    }

    pub fn back(self) -> Moved {
        match (self.then, self.index) {
            (Then::Review, _) => stay(HandingIn::Reviewing(Reviewing::of(self.draft))),
            // Before the first question stands the person, who is confirmed: the questions begin here.
            (Then::Onward, 0) => stay(HandingIn::Asking(self)),
            (Then::Onward, index) => {
                let moved = Self::of(self.draft, index - 1, Then::Onward).map(HandingIn::Asking);
                stay(moved.unwrap_or_else(|draft| papers(*draft)))
            }
        }
    }
}

impl Entry {
    fn of(question: &Question, answer: Option<&Answer>) -> Self {
        match (&question.kind, answer) {
            (QuestionKind::Choice { .. }, Some(Answer::Choice(id))) => Self::Choice(Some(id.clone())),
            (QuestionKind::Choice { .. }, _) => Self::Choice(None),
            (QuestionKind::Number { .. }, Some(Answer::Number(digits))) => Self::Number(digits.clone()),
            (QuestionKind::Number { .. }, _) => Self::Number(String::new()),
            (QuestionKind::Date { .. }, Some(Answer::Date(date))) => Self::of_date(*date),
            (QuestionKind::Date { .. }, _) => Self::no_date(),
            // These have no page yet: no procedure that has them is offered.
            (
                QuestionKind::Many { .. }
                | QuestionKind::Text { .. }
                | QuestionKind::Money { .. }
                | QuestionKind::Phone
                | QuestionKind::Person(_)
                | QuestionKind::Address
                | QuestionKind::People { .. }
                | QuestionKind::YesNo,
                _,
            ) => Self::Choice(None),
        }
    }

    pub(super) fn no_date() -> Self {
        Self::Date {
            day: String::new(),
            month: String::new(),
            year: String::new(),
            part: DatePart::Day,
            year_only: YearOnly::No,
        }
    }

    fn of_date(date: PartialDate) -> Self {
        let (day, month, year) = match date {
            PartialDate::Year { year } => (None, None, year),
            PartialDate::Month { year, month } => (None, Some(month), year),
            PartialDate::Day { year, month, day } => (Some(day), Some(month), year),
        };
        let two = |value: Option<i8>| value.map(|value| format!("{value:02}")).unwrap_or_default();
        Self::Date {
            day: two(day),
            month: two(month),
            year: format!("{year:04}"),
            part: DatePart::Year,
            year_only: if day.is_none() { YearOnly::Yes } else { YearOnly::No },
        }
    }

    fn choose(&mut self, id: String) {
        match self {
            Self::Choice(chosen) => *chosen = Some(id),
            Self::Number(_) | Self::Date { .. } => {}
        }
    }

    pub(super) fn digit(&mut self, digit: char) {
        match self {
            Self::Choice(_) => {}
            Self::Number(digits) if digits.len() < DIGITS_MAX => digits.push(digit),
            Self::Number(_) => {}
            Self::Date {
                day, month, year, part, ..
            } => {
                let (field, full, then) = match part {
                    DatePart::Day => (day, 2, DatePart::Month),
                    DatePart::Month => (month, 2, DatePart::Year),
                    DatePart::Year => (year, 4, DatePart::Year),
                };
                if field.len() < full {
                    field.push(digit);
                }
                if field.len() == full {
                    *part = then;
                }
            }
        }
    }

    pub(super) fn erase(&mut self) {
        match self {
            Self::Choice(_) => {}
            Self::Number(digits) => {
                digits.pop();
            }
            Self::Date {
                day,
                month,
                year,
                part,
                year_only,
            } => {
                // An empty part hands the key back to the one before it.
                if *part == DatePart::Year && year.pop().is_none() && *year_only == YearOnly::No {
                    *part = DatePart::Month;
                    month.pop();
                } else if *part == DatePart::Month && month.pop().is_none() {
                    *part = DatePart::Day;
                    day.pop();
                } else if *part == DatePart::Day {
                    day.pop();
                }
            }
        }
    }

    pub(super) fn go_to(&mut self, to: DatePart) {
        if let Self::Date {
            day, month, year, part, ..
        } = self
        {
            match to {
                DatePart::Day => day.clear(),
                DatePart::Month => month.clear(),
                DatePart::Year => year.clear(),
            }
            *part = to;
        }
    }

    pub(super) fn set_year_only(&mut self, to: YearOnly) {
        if let Self::Date { part, year_only, .. } = self {
            *year_only = to;
            *part = match to {
                YearOnly::Yes => DatePart::Year,
                YearOnly::No => DatePart::Day,
            };
        }
    }

    pub(super) fn answer(&self) -> Result<Answer, AnswerFault> {
        match self {
            Self::Choice(chosen) => chosen.clone().map(Answer::Choice).ok_or(AnswerFault::Empty),
            Self::Number(digits) => Ok(Answer::Number(digits.clone())),
            Self::Date {
                day,
                month,
                year,
                year_only,
                ..
            } => date(day, month, year, *year_only).map(Answer::Date),
        }
    }
}

fn date(day: &str, month: &str, year: &str, year_only: YearOnly) -> Result<PartialDate, AnswerFault> {
    if year.is_empty() || (year_only == YearOnly::No && (day.is_empty() || month.is_empty())) {
        return Err(AnswerFault::Empty);
    }
    if year.len() < 4 {
        return Err(AnswerFault::TooShort);
    }

    let no_such = |_| AnswerFault::NoSuchDate;
    let year: i16 = year.parse().map_err(no_such)?;
    match year_only {
        YearOnly::Yes => Ok(PartialDate::Year { year }),
        YearOnly::No => {
            let date = Date::new(year, month.parse().map_err(no_such)?, day.parse().map_err(no_such)?);
            date.map(PartialDate::from).map_err(|_| AnswerFault::NoSuchDate)
        }
    }
}
