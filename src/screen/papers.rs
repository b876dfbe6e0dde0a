//! The pages of papers, review and "sent". What is personal is on them only while they are open.

use hardware::scanner::{Flaw, ScannerFault};
use ui::Kiosk;
use ui::slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};

use super::Shown;
use super::answers;
use super::dossier::{condition, count, form, need, pages_wanted};
use super::frame::{day, moment, paper, sent_state, small};
use super::identifying::personal;
use super::lists::Lists;
use crate::calendar::Due;
use crate::dossier::{ActKind, Draft, Judged, Missing, Preview};
use crate::procedure::Language;
use crate::session::handing::reviewing::Reviewing;
use crate::session::handing::scanning::{Feed, Scanning};
use crate::session::handing::sent::{HandInSlip, Kept, Said, Sent};
use crate::session::{Copy, Held, PaperNews, seconds_left};

pub fn fill_scan(kiosk: &Kiosk, scanning: Option<&Scanning>, language: Language) {
    let page = kiosk.global::<ui::ScanPage>();
    let Some((scanning, wanted)) = scanning.and_then(|scanning| scanning.paper().map(|paper| (scanning, paper))) else {
        page.set_preview(Image::default());
        return;
    };
    page.set_paper(wanted.name.of(language).into());
    page.set_form(form(wanted.form));
    let hint = wanted.hint.as_ref().map(|hint| hint.of(language));
    page.set_hint(hint.unwrap_or_default().into());
    page.set_paper_number(count(scanning.index + 1));
    page.set_papers(count(scanning.draft.papers().count()));
    page.set_need(need(wanted));
    page.set_condition(condition(wanted, language).into());
    page.set_required(!scanning.may_do_without(wanted));
    // What came along from a refused dossier is scanned anew as a whole, or not at all.
    let carried = scanning.draft.carried.contains(&wanted.code);
    page.set_pages_wanted(if carried {
        small(scanning.pages())
    } else {
        pages_wanted(wanted)
    });
    page.set_pages(small(scanning.pages()));
    page.set_state(match scanning.feed {
        Feed::Feeding => ui::ScanState::Feeding,
        // "Looking" on the page is the machine's look at a page; here it is the person who looks.
        Feed::Ready | Feed::Looking | Feed::Trouble(_) => ui::ScanState::Ready,
    });
    page.set_trouble(match scanning.feed {
        Feed::Trouble(fault) => scanner_trouble(fault),
        Feed::Ready | Feed::Feeding | Feed::Looking => ui::ScannerTrouble::None,
    });
    page.set_note_possible(scanning.can_have_note(wanted));
    page.set_preview_page(small(scanning.pages()));
    match &scanning.preview {
        Some(preview) => {
            page.set_preview_aspect(preview.width_px as f32 / preview.height_px.max(1) as f32);
            page.set_preview(picture(preview));
            page.set_flaw(flaw(preview.judged));
        }
        None => {
            page.set_preview(Image::default());
            page.set_flaw(ui::PageFlaw::None);
        }
    }
}

pub fn flaw(judged: Judged) -> ui::PageFlaw {
    match judged {
        Judged::Fine => ui::PageFlaw::None,
        Judged::Blank => ui::PageFlaw::Blank,
        Judged::Flawed(flaw) => match flaw {
            Flaw::Blurred => ui::PageFlaw::Blurred,
            Flaw::Glare => ui::PageFlaw::Glare,
            Flaw::CutEdge => ui::PageFlaw::CutEdge,
            Flaw::Finger => ui::PageFlaw::Finger,
            Flaw::TooDark => ui::PageFlaw::TooDark,
            Flaw::TooSkewed => ui::PageFlaw::TooSkewed,
            Flaw::Doubled => ui::PageFlaw::Doubled,
        },
    }
}

fn scanner_trouble(fault: ScannerFault) -> ui::ScannerTrouble {
    match fault {
        ScannerFault::Unplugged => ui::ScannerTrouble::Unplugged,
        ScannerFault::Empty => ui::ScannerTrouble::Empty,
        ScannerFault::Jammed => ui::ScannerTrouble::Jammed,
        ScannerFault::CoverOpen => ui::ScannerTrouble::CoverOpen,
        ScannerFault::Busy => ui::ScannerTrouble::Busy,
        ScannerFault::Hung => ui::ScannerTrouble::Hung,
        ScannerFault::Crashed => ui::ScannerTrouble::Crashed,
        ScannerFault::Torn => ui::ScannerTrouble::Torn,
        ScannerFault::NoRoom => ui::ScannerTrouble::NoRoom,
        ScannerFault::Broken => ui::ScannerTrouble::Broken,
    }
}

pub fn picture(preview: &Preview) -> Image {
    if preview.rgb.len() != preview.width_px as usize * preview.height_px as usize * 3 {
        return Image::default();
    }
    let buffer = SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(&preview.rgb, preview.width_px, preview.height_px);
    Image::from_rgb8(buffer)
}

pub fn fill_review(kiosk: &Kiosk, lists: &Lists, reviewing: Option<&Reviewing>, language: Language) {
    let page = kiosk.global::<ui::ReviewPage>();
    let Some(reviewing) = reviewing else {
        lists.person.set(vec![]);
        lists.answers.set(vec![]);
        lists.parts.set(vec![]);
        return;
    };
    let draft = &reviewing.draft;
    page.set_procedure(draft.procedure.name.of(language).into());
    page.set_held(reviewing.held == Held::Whole);
    page.set_missing(count(reviewing.missing.len()));

    page.set_for_other(draft.on_behalf.is_some());
    lists.person.set(person_rows(draft, reviewing.held));
    lists
        .answers
        .set(answers::rows(draft, &reviewing.missing, reviewing.held, language));
    let wanting: Vec<_> = reviewing.missing.iter().filter_map(Missing::paper).collect();
    lists.parts.set(
        draft
            .papers()
            .map(|paper| ui::ReviewRow {
                row: ui::RowName::Paper,
                label: paper.name.of(language).into(),
                value: SharedString::new(),
                pages: small(draft.pages_of(&paper.code)),
                edit: paper.code.as_str().into(),
                missing: wanting.contains(&&paper.code),
                said: ui::Said::Nothing,
            })
            .collect(),
    );
}

/// Whose dossier it is; and who hands it in, where that is another.
fn person_rows(draft: &Draft, held: Held) -> Vec<ui::ReviewRow> {
    let own = personal(&draft.citizen, held);
    let (texts, submitter) = match &draft.on_behalf {
        None => (own, None),
        Some(on_behalf) => (personal(&on_behalf.of.as_citizen(), held), Some(own.name)),
    };
    let mut rows = vec![
        row(ui::RowName::Name, texts.name),
        row(ui::RowName::Number, texts.number),
        row(ui::RowName::Birth, texts.birth),
    ];
    // Of whom no card was shown no address is known.
    let known = draft
        .on_behalf
        .as_ref()
        .is_none_or(|on_behalf| on_behalf.of.address.is_some());
    if known {
        rows.push(row(ui::RowName::Address, texts.address));
    }
    rows.extend(submitter.map(|name| row(ui::RowName::Submitter, name)));
    rows
}

fn row(name: ui::RowName, value: String) -> ui::ReviewRow {
    ui::ReviewRow {
        row: name,
        label: SharedString::new(),
        value: value.into(),
        pages: 0,
        edit: SharedString::new(),
        missing: false,
        said: ui::Said::Nothing,
    }
}

pub fn fill_sent(kiosk: &Kiosk, shown: &Shown, sent: &Sent) {
    let page = kiosk.global::<ui::SentPage>();
    page.set_state(sent_state(sent, shown.around.health.province));
    let act = match sent {
        Sent::Keeping { act, .. } => *act,
        Sent::Kept(kept) | Sent::Paying { kept, .. } | Sent::Transferring { kept, .. } => kept.act,
    };
    page.set_act(match act {
        ActKind::Dossier => ui::SentAct::Dossier,
        ActKind::Supplement => ui::SentAct::Supplement,
        ActKind::Withdrawal => ui::SentAct::Withdrawal,
    });
    let (Sent::Kept(kept) | Sent::Paying { kept, .. } | Sent::Transferring { kept, .. }) = sent else {
        page.set_slip_number(SharedString::new());
        page.set_code(SharedString::new());
        page.set_can_rate(false);
        return;
    };
    page.set_slip_number(kept.slip_number.as_str().into());
    page.set_can_rate(kept.may_be_rated());
    page.set_code(match &kept.province {
        Said::Received { code } => code.as_str().into(),
        Said::Nothing | Said::Refused => SharedString::new(),
    });
    let (due, promised) = match kept.due {
        Some(Due::Promised(at)) => (moment(at), true),
        Some(Due::Expected(on)) => (day(on), false),
        None => (ui::Moment::default(), false),
    };
    page.set_due(due);
    page.set_due_promised(promised);
    let (state, left) = match kept.slip {
        HandInSlip::Waiting => (ui::PaperState::Coming, 0),
        HandInSlip::Asked {
            paper: PaperNews::Out { .. },
            since,
        } => {
            let left = seconds_left(since, shown.around.times.sent_secs, shown.around.now);
            (ui::PaperState::Out, left)
        }
        HandInSlip::Asked { paper: news, .. } => (paper(news), 0),
    };
    page.set_paper(state);
    page.set_seconds_left(small(left));
}

/// Where the slip of a kept dossier is.
pub fn slip(kept: &Kept) -> PaperNews {
    match kept.slip {
        HandInSlip::Waiting => PaperNews::Coming { copy: Copy::First },
        HandInSlip::Asked { paper, .. } => paper,
    }
}
