//! The pages of handing in and following. What is personal is put on its page only while that page
//! is open, masked unless held, and taken off again.

use hardware::scanner::ScannerFault;
use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::frame::{day, paper as paper_state};
use super::lists::Lists;
use super::{Shown, asides, filing, finding, identifying, papers, paying, questions, signing, transferring};
use crate::dossier::ActKind;
use crate::procedure::{Condition, Language, PageCount, Paper, PaperForm, Procedure};
use crate::session::handing::HandingIn;
use crate::session::handing::finding::Finding;
use crate::session::handing::identifying::Identifying;
use crate::session::handing::purpose::Purpose;
use crate::session::handing::resuming::{Resuming, Shown as CardShown};
use crate::session::handing::scanning::{Feed, Scanning, needs_staff};
use crate::session::handing::sent::{HandInSlip, Sent};
use crate::session::{Door, PaperNews, Step};
use crate::ticket::Day;

pub fn page(handing: &HandingIn, shown: &Shown) -> ui::PageName {
    match handing {
        HandingIn::Finding(Finding::Events { .. } | Finding::Typing(_)) => ui::PageName::Find,
        HandingIn::Finding(Finding::Listed { .. }) => ui::PageName::Procedures,
        HandingIn::Reading { .. } => ui::PageName::Procedure,
        HandingIn::Identifying(identifying) => identifying_page(identifying),
        HandingIn::PuttingAside(_) => ui::PageName::Aside,
        HandingIn::Resuming(resuming) => match resuming {
            Resuming::Whose {
                last: CardShown::Nobodys,
                identifying,
                ..
            } => identifying_page(identifying),
            Resuming::Whose { .. }
            | Resuming::Opening { .. }
            | Resuming::Cannot { .. }
            | Resuming::Restoring { .. } => ui::PageName::Resume,
        },
        HandingIn::Asking(_) => ui::PageName::Question,
        HandingIn::Scanning(scanning) if scan_trouble(scanning).is_some() => ui::PageName::Trouble,
        HandingIn::Scanning(_) => ui::PageName::Scan,
        HandingIn::Reviewing(_) => ui::PageName::Review,
        HandingIn::ForWhom(for_whom) => filing::page(for_whom),
        HandingIn::Agreeing(_) => ui::PageName::Agree,
        HandingIn::Signing(signing) => signing::page(signing),
        HandingIn::NotKept(_) => ui::PageName::Trouble,
        HandingIn::Sent(Sent::Kept(kept))
            if matches!(
                kept.slip,
                HandInSlip::Asked {
                    paper: PaperNews::Held(_),
                    ..
                }
            ) =>
        {
            ui::PageName::Trouble
        }
        HandingIn::Sent(Sent::Paying { paying, .. }) => paying::page(paying, shown),
        HandingIn::Sent(Sent::Transferring { transferring, .. }) => transferring::page(transferring),
        HandingIn::Sent(Sent::Keeping { .. } | Sent::Kept(_)) => ui::PageName::Sent,
    }
}

fn identifying_page(identifying: &Identifying) -> ui::PageName {
    match identifying {
        Identifying::Waiting { .. } => ui::PageName::Identify,
        Identifying::Chip { .. } | Identifying::Stopped { .. } => ui::PageName::Card,
        Identifying::Confirming { .. } => ui::PageName::Person,
        Identifying::Typing(_) => ui::PageName::Question,
        Identifying::CardBack(_) => ui::PageName::CardBack,
    }
}

/// Whether this is something to a dossier that was handed in, and not one of the counted steps of handing in.
pub fn is_errand(handing: &HandingIn) -> bool {
    let act = match handing {
        HandingIn::Identifying(identifying) => return matches!(identifying.purpose(), Purpose::Errand(_)),
        HandingIn::Sent(Sent::Keeping { act, .. }) => *act,
        HandingIn::Sent(Sent::Kept(kept) | Sent::Paying { kept, .. } | Sent::Transferring { kept, .. }) => kept.act,
        HandingIn::Finding(_)
        | HandingIn::Reading { .. }
        | HandingIn::Asking(_)
        | HandingIn::Scanning(_)
        | HandingIn::Reviewing(_)
        | HandingIn::ForWhom(_)
        | HandingIn::Agreeing(_)
        | HandingIn::Signing(_)
        | HandingIn::NotKept(_)
        | HandingIn::PuttingAside(_)
        | HandingIn::Resuming(_) => handing.draft().map(|draft| draft.act.kind()).unwrap_or_default(),
    };
    act != ActKind::Dossier
}

/// A fault of the scanner that needs a page of its own: staff have been called.
pub fn scan_trouble(scanning: &Scanning) -> Option<ScannerFault> {
    match scanning.feed {
        Feed::Trouble(fault) if needs_staff(fault) => Some(fault),
        Feed::Trouble(_) | Feed::Ready | Feed::Feeding | Feed::Looking => None,
    }
}

pub fn fill(kiosk: &Kiosk, lists: &Lists, shown: &Shown) {
    let language = shown.session.settings.language;
    let handing = match &shown.session.step {
        Step::HandingIn(handing) => Some(&**handing),
        Step::Rest
        | Step::Home
        | Step::Taking(_)
        | Step::Following(_)
        | Step::Rating(_)
        | Step::Staff(_)
        | Step::CardLeft { .. } => None,
    };

    let looked_for = match handing {
        Some(HandingIn::Finding(finding)) => Some(finding),
        _ => None,
    };
    finding::fill(kiosk, lists, shown, looked_for);
    if let Some(HandingIn::Reading { chosen, list }) = handing {
        fill_procedure(kiosk, lists, shown, &chosen.procedure);
        fill_list(kiosk, shown, *list);
    }
    let identifying = match handing {
        Some(HandingIn::Identifying(identifying)) => Some(identifying),
        Some(HandingIn::Resuming(Resuming::Whose { identifying, .. })) => Some(&**identifying),
        _ => None,
    };
    let for_whom = match handing {
        Some(HandingIn::ForWhom(for_whom)) => Some(for_whom),
        _ => None,
    };
    identifying::fill(kiosk, shown, identifying, for_whom);
    let asking = match handing {
        Some(HandingIn::Asking(asking)) => Some(asking),
        _ => None,
    };
    match identifying {
        Some(Identifying::Typing(typing)) => questions::fill_typing(kiosk, typing),
        _ => questions::fill(kiosk, lists, shown, asking),
    }
    filing::fill_for_whom(kiosk, shown, for_whom);
    let scanning = match handing {
        Some(HandingIn::Scanning(scanning)) => Some(scanning),
        _ => None,
    };
    papers::fill_scan(kiosk, scanning, language);
    let reviewing = match handing {
        Some(HandingIn::Reviewing(reviewing)) => Some(reviewing),
        _ => None,
    };
    papers::fill_review(kiosk, lists, reviewing, language);
    let agreeing = match handing {
        Some(HandingIn::Agreeing(agreeing)) => Some(agreeing),
        _ => None,
    };
    filing::fill_agree(kiosk, lists, agreeing, language);
    let signs = match handing {
        Some(HandingIn::Signing(signing)) => Some(signing),
        _ => None,
    };
    signing::fill(kiosk, &lists.pen, shown, signs);
    asides::fill(kiosk, lists, shown, handing);
    if let Some(HandingIn::Sent(sent)) = handing {
        papers::fill_sent(kiosk, shown, sent);
    }
    fill_fee(kiosk, lists, shown, handing);
}

fn fill_fee(kiosk: &Kiosk, lists: &Lists, shown: &Shown, handing: Option<&HandingIn>) {
    let fee = match handing {
        Some(HandingIn::Sent(Sent::Paying { kept, paying })) => Some((paying, Some(papers::slip(kept)))),
        _ => shown.session.step.paying().map(|paying| (paying, None)),
    };
    match handing {
        Some(HandingIn::Sent(Sent::Transferring { transferring, .. })) => {
            transferring::fill(kiosk, lists, transferring, shown.session.settings.language);
        }
        _ => paying::fill(kiosk, lists, shown, fee),
    }
}

/// The list of papers to take home.
fn fill_list(kiosk: &Kiosk, shown: &Shown, list: Option<PaperNews>) {
    let page = kiosk.global::<ui::ProcedurePage>();
    page.set_can_print(shown.around.health.printer.works());
    page.set_list_asked(list.is_some());
    page.set_list(list.map_or(ui::PaperState::Coming, paper_state));
}

fn fill_procedure(kiosk: &Kiosk, lists: &Lists, shown: &Shown, procedure: &Procedure) {
    let language = shown.session.settings.language;
    let page = kiosk.global::<ui::ProcedurePage>();
    page.set_procedure(ui::ProcedureView {
        code: procedure.code.as_str().into(),
        name: procedure.name.of(language).into(),
        official_name: procedure.official().into(),
        result: procedure.result.of(language).into(),
        agency: procedure.deciding_agency.of(language).into(),
        fee_vnd: money(procedure.fee_dong()),
        days: i32::from(procedure.working_days),
        days_online: procedure.working_days_online.map_or(0, i32::from),
        expected: expected(shown, procedure),
        counter: procedure
            .elsewhere
            .as_ref()
            .map(|elsewhere| elsewhere.counter.as_str())
            .unwrap_or_default()
            .into(),
        elsewhere: procedure
            .elsewhere
            .as_ref()
            .map(|elsewhere| elsewhere.note.of(language))
            .unwrap_or_default()
            .into(),
    });
    lists.papers.set(
        procedure
            .papers
            .iter()
            .map(|paper| ui::PaperRow {
                name: paper.name.of(language).into(),
                form: form(paper.form),
                need: need(paper),
                condition: condition(paper, language).into(),
                pages: pages_wanted(paper),
            })
            .collect(),
    );
    page.set_can_start(shown.around.health.can_begin(procedure));
    page.set_can_take_number(shown.around.health.shut(Door::Number, &shown.around).is_none());
}

/// When somebody who hands in now has the result, as far as the working days are known; else no day.
fn expected(shown: &Shown, procedure: &Procedure) -> ui::Moment {
    let today = Day::in_vietnam(shown.around.now).date();
    let calendar = shown.around.catalogue.calendar();
    let due = calendar
        .due(today, procedure.days_promised())
        .filter(|_| procedure.elsewhere.is_none());
    due.map(day).unwrap_or_default()
}

pub fn form(form: PaperForm) -> ui::PaperForm {
    match form {
        PaperForm::Original => ui::PaperForm::Original,
        PaperForm::Certified => ui::PaperForm::Certified,
        PaperForm::Copy => ui::PaperForm::Copy,
        PaperForm::Shown => ui::PaperForm::Shown,
        PaperForm::Photo => ui::PaperForm::Photo,
    }
}

pub fn need(paper: &Paper) -> ui::PaperNeed {
    match &paper.condition {
        Condition::OneOf(_) => ui::PaperNeed::OneOf,
        Condition::If(_) => ui::PaperNeed::IfTrue,
        Condition::InData => ui::PaperNeed::InData,
        Condition::None if paper.required => ui::PaperNeed::Required,
        Condition::None => ui::PaperNeed::Optional,
    }
}

/// Of whom a paper is asked, where the province says so.
pub fn condition(paper: &Paper, language: Language) -> &str {
    match &paper.condition {
        Condition::If(words) => words.of(language),
        Condition::None | Condition::OneOf(_) | Condition::InData => "",
    }
}

pub fn pages_wanted(paper: &Paper) -> i32 {
    match paper.pages {
        PageCount::Any => 0,
        PageCount::Exactly(pages) => i32::from(pages),
    }
}

/// Dong as the pages take them; more than two thousand million is no fee.
pub fn money(dong: u64) -> i32 {
    i32::try_from(dong).unwrap_or(i32::MAX)
}

pub fn count(of: usize) -> i32 {
    i32::try_from(of).unwrap_or(i32::MAX)
}
