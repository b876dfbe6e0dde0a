//! One paper at a time through the feeder. Each page is kept before it is shown.

use hardware::scanner::ScannerFault;

use super::{HandingIn, keep, stay};
use crate::dossier::{Draft, Preview};
use crate::procedure::{PAGES_MAX, PageCount, Paper};
use crate::session::handing::asking::Asking;
use crate::session::handing::putting_aside::PuttingAside;
use crate::session::handing::reviewing::Reviewing;
use crate::session::{Around, Effect, Moved, News, Next, ScanNews, Step, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Scanning {
    pub draft: Draft,
    /// Of the draft's papers; always within them.
    pub index: usize,
    pub feed: Feed,
    /// What the next picture will be of.
    pub next: Picture,
    /// The last page of this paper.
    pub preview: Option<Preview>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    Page,
    /// The page fed last once more, without the note that covered it.
    WithoutNote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    Ready,
    Feeding,
    /// Pages are there to be looked at.
    Looking,
    Trouble(ScannerFault),
}

impl Scanning {
    /// The page of one paper.
    ///
    /// # Errors
    /// The draft again, if there is no such paper.
    pub fn of(draft: Draft, index: usize) -> Result<Self, Box<Draft>> {
        let Some(paper) = draft.papers().nth(index) else {
            return Err(Box::new(draft));
        };
        let feed = if draft.pages_of(&paper.code) > 0 {
            Feed::Looking
        } else {
            Feed::Ready
        };
        Ok(Self {
            draft,
            index,
            feed,
            next: Picture::Page,
            preview: None,
        })
    }

    /// The paper that is asked for; an index outside the papers cannot be made.
    pub fn paper(&self) -> Option<&Paper> {
        self.draft.papers().nth(self.index)
    }

    pub fn pages(&self) -> u32 {
        self.paper().map_or(0, |paper| self.draft.pages_of(&paper.code))
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        let Some(paper) = self.paper().cloned() else {
            return stay(HandingIn::Reviewing(Reviewing::of(self.draft)));
        };

        match news {
            News::Touch(Touch::Scan) if self.feed != Feed::Feeding && self.room_for(&paper) > 0 => {
                let most = self.room_for(&paper);
                self.feed(&paper, Picture::Page, most)
            }
            News::Touch(Touch::ScanWithoutNote) if self.feed != Feed::Feeding && self.can_have_note(&paper) => {
                self.feed(&paper, Picture::WithoutNote, 1)
            }
            News::Scan(ScanNews::Page { preview, hash }) => {
                let scans = self.draft.scans.entry(paper.code).or_default();
                scans.add(preview.judged, hash);
                if self.next == Picture::WithoutNote {
                    scans.without_note += 1;
                    self.next = Picture::Page;
                }
                self.preview = Some(preview);
                let effects = vec![keep(&self.draft)];
                (Next::Stay(self.into_step()), effects)
            }
            News::Scan(ScanNews::Ended(result)) => self.ended(result),
            News::Touch(Touch::Again) if self.feed != Feed::Feeding => {
                self.draft.scans.remove(&paper.code);
                self.draft.carried.remove(&paper.code);
                self.preview = None;
                self.feed = Feed::Ready;
                let drop = Effect::DropPages {
                    draft: self.draft.id,
                    paper: paper.code.to_string(),
                };
                let effects = vec![drop, keep(&self.draft)];
                (Next::Stay(self.into_step()), effects)
            }
            News::Touch(Touch::Next) if self.feed != Feed::Feeding && self.draft.has_all_pages(&paper) => self.onward(),
            News::Touch(Touch::Skip)
                if self.feed != Feed::Feeding && self.pages() == 0 && self.may_do_without(&paper) =>
            {
                self.onward()
            }
            News::Touch(Touch::Lack) if self.feed != Feed::Feeding => {
                stay(PuttingAside::ask(HandingIn::Scanning(self), around))
            }
            News::Touch(Touch::Acknowledge) => {
                self.feed = if self.pages() > 0 { Feed::Looking } else { Feed::Ready };
                (Next::Stay(self.into_step()), vec![])
            }
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(ScanNews::Back(_))
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => (Next::Stay(self.into_step()), vec![]),
        }
    }

    /// Whether one may go on without this paper: of a group, another may still come.
    pub fn may_do_without(&self, paper: &Paper) -> bool {
        let group = paper.condition.group();
        let another = || {
            let mut later = self.draft.papers().skip(self.index + 1);
            group.is_some() && later.any(|other| other.condition.group() == group)
        };
        self.draft.can_do_without(paper) || another()
    }

    fn feed(mut self, paper: &Paper, next: Picture, pages_max: u32) -> Moved {
        let effect = Effect::Scan {
            draft: self.draft.id,
            paper: paper.code.to_string(),
            pages_max,
        };
        self.feed = Feed::Feeding;
        self.next = next;
        (Next::Stay(self.into_step()), vec![effect])
    }

    /// Whether the page fed last may be fed once more without its note: each page at most once.
    pub fn can_have_note(&self, paper: &Paper) -> bool {
        let scans = self.draft.scans.get(&paper.code);
        let scans = scans.filter(|_| !self.draft.carried.contains(&paper.code));
        scans.is_some_and(|scans| scans.images < u32::from(PAGES_MAX) && scans.without_note < scans.pages())
    }

    /// Pages that this paper may still take.
    fn room_for(&self, paper: &Paper) -> u32 {
        if self.draft.carried.contains(&paper.code) {
            return 0;
        }
        let most = match paper.pages {
            PageCount::Any => u32::from(PAGES_MAX),
            PageCount::Exactly(wanted) => u32::from(wanted),
        };
        most.saturating_sub(self.draft.pages_of(&paper.code))
    }

    fn ended(mut self, result: Result<(), ScannerFault>) -> Moved {
        self.next = Picture::Page;
        self.feed = match result {
            Ok(()) if self.pages() > 0 => Feed::Looking,
            Ok(()) => Feed::Trouble(ScannerFault::Empty),
            Err(fault) => Feed::Trouble(fault),
        };
        let effects = match self.feed {
            Feed::Trouble(fault) if needs_staff(fault) => vec![Effect::CallStaff],
            Feed::Trouble(_) | Feed::Ready | Feed::Feeding | Feed::Looking => vec![],
        };
        (Next::Stay(self.into_step()), effects)
    }

    fn onward(self) -> Moved {
        let spared = |index: &usize| is_spared(&self.draft, *index);
        let index = (self.index + 1..).find(|index| !spared(index)).unwrap_or_default();
        let next = Self::of(self.draft, index).map(HandingIn::Scanning);
        stay(next.unwrap_or_else(|draft| HandingIn::Reviewing(Reviewing::of(*draft))))
    }

    pub fn back(self) -> Moved {
        // Pages under way belong to this paper: one waits until the feeder has stopped.
        if self.feed == Feed::Feeding {
            return (Next::Stay(self.into_step()), vec![]);
        }
        let before = (0..self.index).rev().find(|index| !is_spared(&self.draft, *index));
        if let Some(index) = before {
            let before = Self::of(self.draft, index).map(HandingIn::Scanning);
            return stay(before.unwrap_or_else(|draft| HandingIn::Reviewing(Reviewing::of(*draft))));
        }

        let before = Asking::last(self.draft).map(HandingIn::Asking);
        stay(before.unwrap_or_else(|draft| super::papers(*draft)))
    }

    fn into_step(self) -> Step {
        Step::HandingIn(Box::new(HandingIn::Scanning(self)))
    }
}

/// Whether nobody is asked for this paper any more: another of its group is there.
fn is_spared(draft: &Draft, index: usize) -> bool {
    let Some(paper) = draft.papers().nth(index) else {
        return false;
    };
    let mut others = draft.papers().filter(|other| other.code != paper.code);
    draft.pages_of(&paper.code) == 0
        && paper.condition.group().is_some_and(|group| {
            others.any(|other| {
                other.condition.group() == Some(group) && draft.pages_of(&other.code) > 0 && draft.has_all_pages(other)
            })
        })
}

/// Faults that a citizen cannot mend with the paper in their own hands.
pub fn needs_staff(fault: ScannerFault) -> bool {
    match fault {
        ScannerFault::Empty | ScannerFault::Torn | ScannerFault::Busy => false,
        ScannerFault::Unplugged
        | ScannerFault::Jammed
        | ScannerFault::CoverOpen
        | ScannerFault::Hung
        | ScannerFault::Crashed
        | ScannerFault::NoRoom
        | ScannerFault::Broken => true,
    }
}
