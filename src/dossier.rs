//! A dossier (hồ sơ): from a draft that is saved at every answer to what is handed in.
//!
//! A `Draft` is not a `Dossier`: only [`Draft::complete`] makes one, with every answer and paper
//! there and consent given. What is in either is personal; their `Debug` shows nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::aside::TakenFrom;
use crate::citizen::Citizen;
use crate::form::{Answer, AnswerFault, Form, delivery};
use crate::procedure::{PageCount, Paper, PartCode, Procedure, Purposes, SignatureWanted};

mod act;
mod behalf;
mod consent;
mod content;
mod scans;
mod signature;
mod way;

pub use self::act::{Act, ActKind, ShownCard, ShownHow, WithdrawReason};
pub use self::behalf::{OnBehalf, Other, Right};
pub use self::consent::{ConsentGiven, agreed};
pub use self::content::Content;
pub use self::scans::{Compared, Judged, Mark, PageMeta, PictureHash, Scans};
pub use self::signature::{Drawing, DrawingFault, POINTS_MAX, Point, RemoteSignature, STROKES_MAX, Signature, Stroke};
pub use self::way::{Freshness, KnownDossier, Station, Theirs, Told, Wanted, WayState};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DraftId(pub Uuid);

/// What a person has told and shown so far.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub id: DraftId,
    pub begun_at: Timestamp,
    /// As it stood when the draft was begun: a new catalogue does not change a dossier under way.
    pub procedure: Procedure,
    pub citizen: Citizen,
    /// By question id.
    pub answers: BTreeMap<String, Answer>,
    /// What has been scanned so far, by paper.
    pub scans: BTreeMap<PartCode, Scans>,
    /// What it will be.
    #[serde(default)]
    pub act: Act,
    /// Papers of a refused dossier that come along as they are: scanned anew, or not touched.
    #[serde(default)]
    pub carried: BTreeSet<PartCode>,
    /// Staff came to the kiosk while it was made.
    #[serde(default)]
    pub assisted: bool,
    /// What consent is asked for, in the words of the day on which the draft was begun.
    #[serde(default)]
    pub purposes: Purposes,
    /// Nobody else: it is the citizen's own.
    #[serde(default)]
    pub on_behalf: Option<OnBehalf>,
    #[serde(default)]
    pub signature: Option<Signature>,
    /// The parcel it was taken out of, when somebody goes on with it.
    #[serde(default)]
    pub taken_from: Option<TakenFrom>,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({}, {})", self.id.0, self.procedure.code)
    }
}

/// What is still wanting before a draft can be handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    Answer {
        question: String,
        fault: AnswerFault,
    },
    Paper {
        paper: PartCode,
    },
    /// To something without which nothing is handed in.
    Consent,
    Signature,
}

impl Missing {
    /// The paper that is missing, if it is one.
    pub fn paper(&self) -> Option<&PartCode> {
        match self {
            Self::Answer { .. } | Self::Consent | Self::Signature => None,
            Self::Paper { paper } => Some(paper),
        }
    }
}

/// A complete and agreed dossier, not yet committed.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Dossier {
    draft: Draft,
    consents: Vec<ConsentGiven>,
}

impl fmt::Debug for Dossier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dossier({:?})", self.draft)
    }
}

impl Draft {
    /// Where the result can be posted, the draft also asks how it shall come back.
    pub fn new(id: DraftId, begun_at: Timestamp, mut procedure: Procedure, citizen: Citizen) -> Self {
        if procedure.by_post {
            procedure.questions.extend(delivery::questions(&procedure.questions));
        }
        Self {
            id,
            begun_at,
            procedure,
            citizen,
            answers: BTreeMap::new(),
            scans: BTreeMap::new(),
            act: Act::HandIn,
            carried: BTreeSet::new(),
            assisted: false,
            purposes: Purposes::default(),
            on_behalf: None,
            signature: None,
            taken_from: None,
        }
    }

    /// The papers that go through the scanner, in the procedure's order.
    pub fn papers(&self) -> impl Iterator<Item = &Paper> {
        self.procedure.papers.iter().filter(|paper| paper.is_scanned())
    }

    /// Pages scanned of a paper; a page with a note on it counts once.
    pub fn pages_of(&self, paper: &PartCode) -> u32 {
        self.scans.get(paper).map_or(0, Scans::pages)
    }

    /// Whether the pages scanned for this paper are as many as the procedure wants.
    pub fn has_all_pages(&self, paper: &Paper) -> bool {
        let pages = self.pages_of(&paper.code);
        match paper.pages {
            PageCount::Any => pages > 0,
            PageCount::Exactly(wanted) => pages == u32::from(wanted),
        }
    }

    /// Whether nothing is lost without this paper: it is not asked of everybody, or another of its group is there.
    pub fn can_do_without(&self, paper: &Paper) -> bool {
        // One that is only shown is checked at the counter.
        let another = |group| {
            self.procedure.papers.iter().any(|other| {
                let there = !other.is_scanned() || self.has_all_pages(other);
                other.code != paper.code && other.condition.group() == Some(group) && there
            })
        };
        !paper.required || paper.condition.group().is_some_and(another)
    }

    /// Which questions are asked, by what was answered so far.
    pub fn form(&self) -> Form<'_> {
        Form::new(&self.procedure.questions, &self.answers)
    }

    /// The first thing that is still wanting on `today`.
    pub fn missing(&self, today: Date) -> Option<Missing> {
        self.missing_all(today).into_iter().next()
    }

    /// All that is still wanting on `today`: first answers, then papers, each in the procedure's order.
    pub fn missing_all(&self, today: Date) -> Vec<Missing> {
        let answers = self.form().faults(today).into_iter();
        let answers = answers.map(|(question, fault)| Missing::Answer {
            question: question.id.clone(),
            fault,
        });
        let papers = self.papers().filter(|paper| {
            let skipped = self.pages_of(&paper.code) == 0 && self.can_do_without(paper);
            !skipped && !self.has_all_pages(paper)
        });
        let papers = papers.map(|paper| Missing::Paper {
            paper: paper.code.clone(),
        });
        answers.chain(papers).collect()
    }

    fn answers_that_count(&self) -> BTreeMap<String, Answer> {
        let form = self.form();
        let counted = form.answers().iter();
        counted
            .map(|(id, answer)| ((*id).to_owned(), (*answer).clone()))
            .collect()
    }

    /// Whether its procedure wants a signature that it does not have.
    pub fn wants_signature(&self) -> bool {
        let wanted = self.procedure.filing.signature != SignatureWanted::None && self.act.kind() == ActKind::Dossier;
        wanted && self.signature.is_none()
    }

    /// The number to call about it: the first that was asked for.
    pub fn phone(&self) -> Option<&str> {
        let questions = self.procedure.questions.iter();
        let mut answers = questions.filter_map(|question| self.answers.get(&question.id));
        answers.find_map(|answer| match answer {
            Answer::Phone(phone) => Some(phone.as_str()),
            Answer::Choice(_)
            | Answer::Many(_)
            | Answer::Text(_)
            | Answer::Number(_)
            | Answer::Money(_)
            | Answer::Date(_)
            | Answer::Person(_)
            | Answer::Address(_)
            | Answer::People(_)
            | Answer::YesNo(_) => None,
        })
    }

    /// Files for somebody else from now on; the paper that allows it is asked for with the procedure's own.
    pub fn file_for(&mut self, on_behalf: OnBehalf) {
        if on_behalf.right == Right::Authorised && self.procedure.paper(&PartCode::authorisation()).is_none() {
            let paper = Paper::authorisation(self.procedure.filing.others);
            self.procedure.papers.push(paper);
        }
        self.on_behalf = Some(on_behalf);
    }

    /// The only way to make a [`Dossier`]. Answers to questions that are no longer asked are dropped.
    ///
    /// # Errors
    /// The draft again, and what it lacks.
    pub fn complete(mut self, today: Date, consents: Vec<ConsentGiven>) -> Result<Dossier, Box<(Draft, Missing)>> {
        let missing = self
            .missing(today)
            .or_else(|| (!agreed(&self.purposes, &consents)).then_some(Missing::Consent))
            .or_else(|| self.wants_signature().then_some(Missing::Signature));
        match missing {
            Some(missing) => Err(Box::new((self, missing))),
            None => {
                self.answers = self.answers_that_count();
                Ok(Dossier { draft: self, consents })
            }
        }
    }
}

impl Dossier {
    pub fn id(&self) -> DraftId {
        self.draft.id
    }

    pub fn procedure(&self) -> &Procedure {
        &self.draft.procedure
    }

    pub fn citizen(&self) -> &Citizen {
        &self.draft.citizen
    }

    pub fn answers(&self) -> &BTreeMap<String, Answer> {
        &self.draft.answers
    }

    /// What the citizen agreed to; what was refused is not there.
    pub fn consents(&self) -> &[ConsentGiven] {
        &self.consents
    }

    /// What they were asked about.
    pub fn purposes(&self) -> &Purposes {
        &self.draft.purposes
    }

    pub fn signature(&self) -> Option<&Signature> {
        self.draft.signature.as_ref()
    }

    pub fn on_behalf(&self) -> Option<&OnBehalf> {
        self.draft.on_behalf.as_ref()
    }

    /// As [`Draft::phone`].
    pub fn phone(&self) -> Option<&str> {
        self.draft.phone()
    }

    /// Staff came to the kiosk while it was made.
    pub fn assisted(&self) -> bool {
        self.draft.assisted
    }

    /// The papers that are in it.
    pub fn parts(&self) -> impl Iterator<Item = &Paper> {
        self.draft.papers().filter(|paper| self.draft.pages_of(&paper.code) > 0)
    }

    /// What it is: a new one, a mended one, or something to one that the province has.
    pub fn act(&self) -> &Act {
        &self.draft.act
    }

    /// What was scanned of a paper.
    pub fn scans(&self, paper: &PartCode) -> Scans {
        self.draft.scans.get(paper).cloned().unwrap_or_default()
    }

    /// The parcel it was taken out of, when somebody went on with it.
    pub fn taken_from(&self) -> Option<TakenFrom> {
        self.draft.taken_from
    }

    /// The draft again, when the dossier could not be committed.
    pub fn into_draft(self) -> Draft {
        self.draft
    }
}

/// A small picture of a scanned page, for the screen.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview {
    pub width_px: u32,
    pub height_px: u32,
    /// Three bytes a pixel.
    pub rgb: Arc<Vec<u8>>,
    pub judged: Judged,
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Preview({}×{})", self.width_px, self.height_px)
    }
}

#[cfg(test)]
mod tests;
