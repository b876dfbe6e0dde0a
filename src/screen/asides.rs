//! The pages of putting aside and going on. Nothing personal stands on them.

use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::Shown;
use super::dossier::form;
use super::frame::{moment, paper};
use super::lists::Lists;
use crate::aside::CannotGoOn;
use crate::checklist::{Wanted, Whom};
use crate::procedure::{Language, PageCount};
use crate::session::handing::HandingIn;
use crate::session::handing::putting_aside::{AsideSlip, Failed, PuttingAside};
use crate::session::handing::resuming::Resuming;

pub fn fill(kiosk: &Kiosk, lists: &Lists, shown: &Shown, handing: Option<&HandingIn>) {
    let language = shown.session.settings.language;
    let draft = handing.and_then(HandingIn::draft);
    let can_lack = draft.is_some_and(|draft| PuttingAside::is_possible(draft, &shown.around));
    kiosk.global::<ui::ScanPage>().set_can_lack(can_lack);
    kiosk.global::<ui::ReviewPage>().set_can_lack(can_lack);
    match handing {
        Some(HandingIn::PuttingAside(aside)) => fill_aside(kiosk, lists, shown, aside, language),
        Some(HandingIn::Resuming(resuming)) => kiosk.global::<ui::ResumePage>().set_state(resume_state(resuming)),
        _ => {}
    }
}

fn fill_aside(kiosk: &Kiosk, lists: &Lists, shown: &Shown, aside: &PuttingAside, language: Language) {
    let page = kiosk.global::<ui::AsidePage>();
    let printer = shown.around.health.printer.works();
    page.set_state(match aside {
        PuttingAside::Asking { .. } if !printer => ui::AsideState::NoPrinter,
        PuttingAside::Asking {
            failed: Failed::Yes, ..
        } => ui::AsideState::Failed,
        PuttingAside::Asking { failed: Failed::No, .. } => ui::AsideState::Asking,
        PuttingAside::Keeping { .. } => ui::AsideState::Keeping,
        PuttingAside::Kept(_) => ui::AsideState::Kept,
    });
    lists
        .lacking
        .set(aside.list().wanted.iter().map(|wanted| row(wanted, language)).collect());
    let (state, until) = match aside {
        PuttingAside::Asking { .. } | PuttingAside::Keeping { .. } => (ui::PaperState::Coming, None),
        PuttingAside::Kept(kept) => match kept.slip {
            AsideSlip::Waiting => (ui::PaperState::Coming, kept.until),
            AsideSlip::Asked { paper: news, .. } => (paper(news), kept.until),
        },
    };
    page.set_paper(state);
    page.set_until(until.map(moment).unwrap_or_default());
}

fn row(wanted: &Wanted, language: Language) -> ui::PaperRow {
    ui::PaperRow {
        name: wanted.name.of(language).into(),
        form: form(wanted.form),
        need: match wanted.whom {
            Whom::Everybody => ui::PaperNeed::Required,
            Whom::Optional => ui::PaperNeed::Optional,
            Whom::If(_) => ui::PaperNeed::IfTrue,
            Whom::OneOf(_) => ui::PaperNeed::OneOf,
        },
        condition: match &wanted.whom {
            Whom::If(words) => words.of(language).into(),
            Whom::Everybody | Whom::Optional | Whom::OneOf(_) => "".into(),
        },
        pages: match wanted.pages {
            PageCount::Any => 0,
            PageCount::Exactly(pages) => i32::from(pages),
        },
    }
}

fn resume_state(resuming: &Resuming) -> ui::ResumeState {
    match resuming {
        Resuming::Opening { .. } => ui::ResumeState::Opening,
        Resuming::Restoring { .. } => ui::ResumeState::Restoring,
        Resuming::Whose { .. } => ui::ResumeState::OtherPerson,
        Resuming::Cannot { why } => match why {
            CannotGoOn::Unreadable => ui::ResumeState::Unreadable,
            CannotGoOn::OtherProvince => ui::ResumeState::OtherProvince,
            CannotGoOn::Expired => ui::ResumeState::Expired,
            CannotGoOn::HandedIn => ui::ResumeState::HandedIn,
            CannotGoOn::NotThere => ui::ResumeState::NotThere,
            CannotGoOn::OpenElsewhere => ui::ResumeState::OpenElsewhere,
            CannotGoOn::Offline => ui::ResumeState::Offline,
            CannotGoOn::Damaged => ui::ResumeState::Damaged,
            CannotGoOn::ProcedureGone => ui::ResumeState::ProcedureGone,
            CannotGoOn::NoRoom => ui::ResumeState::NoRoom,
        },
    }
}
