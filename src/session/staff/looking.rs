//! "Đối chiếu bản chính": staff hold the pictures of a paper beside the original, and say so with one touch.

use std::sync::Arc;

use super::{Desk, StaffAct, StaffName, StaffTouch, StaffView, Tab, leave, stay};
use crate::dossier::{Compared, Draft, Preview};
use crate::procedure::PartCode;
use crate::session::{Around, Effect, Moved, News, StaffNews, Step, Touch};

/// One picture of one paper.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub paper: PartCode,
    /// From 1.
    pub image: u32,
    pub picture: Picture,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    Coming,
    There(Preview),
    /// It cannot be shown; the page itself may be whole.
    Failed,
    /// The photograph of a chip that is not the one that was signed.
    Altered,
}

/// A picture that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureNews {
    pub paper: PartCode,
    pub image: u32,
    pub picture: Option<Preview>,
}

/// The draft of the visit behind the staff pages, if it has one.
pub fn draft(behind: &Step) -> Option<&Draft> {
    if let Step::HandingIn(handing) = behind {
        handing.draft()
    } else {
        None
    }
}

/// The first picture of a paper, if there is one.
pub(super) fn begin(behind: &Step, paper: PartCode) -> Option<(Look, Vec<Effect>)> {
    let draft = draft(behind)?;
    draft.scans.get(&paper).filter(|scans| scans.images > 0)?;
    Some(at(draft, paper, 1))
}

fn at(draft: &Draft, paper: PartCode, image: u32) -> (Look, Vec<Effect>) {
    let effect = Effect::ShowPicture {
        draft: draft.id,
        paper: paper.clone(),
        image,
    };
    let look = Look {
        paper,
        image,
        picture: Picture::Coming,
    };
    (look, vec![effect])
}

pub(super) fn on(
    mut behind: Step,
    who: StaffName,
    view: Arc<StaffView>,
    mut look: Look,
    news: News,
    around: &Around,
) -> Moved {
    // Its visit may have gone on meanwhile: a page came, or the dossier was sent.
    let Some(images) = draft(&behind)
        .and_then(|draft| draft.scans.get(&look.paper))
        .map(|scans| scans.images)
    else {
        let tab = Tab::Tickets;
        return stay(behind, Desk::Open { who, tab, view }, vec![]);
    };
    let mut effects = vec![];
    match news {
        News::Touch(Touch::Turn(by)) => {
            let image = look.image.saturating_add_signed(by.signum()).clamp(1, images);
            if image != look.image
                && let Some(draft) = draft(&behind)
            {
                (look, effects) = at(draft, look.paper, image);
            }
        }
        News::Staff(StaffNews::Picture(news)) if news.paper == look.paper && news.image == look.image => {
            look.picture = news.picture.map_or(Picture::Failed, Picture::There);
        }
        News::Touch(Touch::Staff(StaffTouch::Compared)) => {
            let compared = Compared {
                by: who.to_string(),
                at: around.now,
            };
            effects = compare(&mut behind, look.paper, compared);
            let tab = Tab::Papers;
            return stay(behind, Desk::Open { who, tab, view }, effects);
        }
        News::Touch(Touch::Staff(StaffTouch::Done)) => return leave(behind),
        News::Staff(StaffNews::View(view)) => return stay(behind, Desk::Looking { who, view, look }, effects),
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
    stay(behind, Desk::Looking { who, view, look }, effects)
}

fn compare(behind: &mut Step, paper: PartCode, compared: Compared) -> Vec<Effect> {
    let Step::HandingIn(handing) = behind else {
        return vec![];
    };
    let Some(draft) = handing.draft_mut() else {
        return vec![];
    };
    let Some(scans) = draft.scans.get_mut(&paper) else {
        return vec![];
    };
    scans.compared = Some(compared);
    vec![
        Effect::KeepDraft(Box::new(draft.clone())),
        Effect::Staff(StaffAct::Compared(paper)),
    ]
}
