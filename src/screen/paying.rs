//! The pages of a fee. What a phone opens is on them only while it can be paid.

use std::cell::RefCell;

use qrcode::{Color, EcLevel, QrCode};
use ui::Kiosk;
use ui::slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};

use super::Shown;
use super::dossier::money;
use super::frame::{moment, paper, small};
use super::lists::Lists;
use crate::payment::{FeeDue, State};
use crate::procedure::Language;
use crate::session::PaperNews;
use crate::session::paying::{Face, Paying};
use crate::voice;

/// Modules of white around a code (ISO/IEC 18004).
const MARGIN: usize = 4;
/// Lines of a fee that the page shows.
const LINES_MAX: usize = 3;
/// Up to so many bytes a code bears more damage: it still has large modules.
const STURDY_BYTES_MAX: usize = 200;

thread_local! {
    /// The code shown last, so that it is not drawn anew every second.
    static DRAWN: RefCell<Option<(String, Image, i32)>> = const { RefCell::new(None) };
}

pub fn page(paying: &Paying, shown: &Shown) -> ui::PageName {
    match paying.face(shown.around.now) {
        Face::Choosing => ui::PageName::Fee,
        Face::Starting
        | Face::Code { .. }
        | Face::Ending
        | Face::Paid
        | Face::Failed
        | Face::Unclear
        | Face::NotNow
        | Face::Transferred => ui::PageName::Pay,
    }
}

/// The slip that will tell the receipt, if this kiosk prints one.
pub fn fill(kiosk: &Kiosk, lists: &Lists, shown: &Shown, paying: Option<(&Paying, Option<PaperNews>)>) {
    let page = kiosk.global::<ui::PayPage>();
    let Some((paying, slip)) = paying else {
        show_code(&page, None);
        page.set_reference(SharedString::new());
        page.set_transaction(SharedString::new());
        page.set_account(SharedString::new());
        page.set_account_name(SharedString::new());
        page.set_transfer_note(SharedString::new());
        return;
    };
    let now = shown.around.now;
    let language = shown.session.settings.language;
    let face = paying.face(now);
    let bill = paying.payment().and_then(|payment| payment.bill());
    let listed = paying.due.dong();
    let asked = bill.map_or(listed, |bill| bill.amount_dong);

    page.set_state(state(face));
    page.set_dong(money(asked));
    page.set_dong_words(aloud(asked, language).into());
    page.set_listed_dong(if listed == asked { 0 } else { money(listed) });
    lists.fees.set(fee_rows(&paying.due, language));
    let address = bill.and_then(|bill| bill.address.as_ref());
    let address = address.filter(|_| matches!(face, Face::Code { .. }));
    show_code(&page, address.map(|address| address.as_str()));
    page.set_seconds_left(small(paying.seconds_left(now)));
    page.set_silent(face == Face::Code { silent: true });
    page.set_reference(bill.map(|bill| bill.reference.as_str()).unwrap_or_default().into());
    let proof = match paying.payment().map(|payment| &payment.state) {
        Some(State::Paid(_, proof)) => Some(proof),
        Some(State::Asked | State::Open(_) | State::Unclear(_) | State::Failed(_) | State::Refused { .. }) | None => {
            None
        }
    };
    let transaction = proof.and_then(|proof| proof.transaction.as_deref());
    page.set_transaction(transaction.unwrap_or_default().into());
    page.set_paid_at(proof.and_then(|proof| proof.at).map(moment).unwrap_or_default());
    page.set_prints(slip.is_some());
    page.set_paper(slip.map_or(ui::PaperState::Coming, paper));
}

/// One line alone is the amount.
pub(super) fn fee_rows(due: &FeeDue, language: Language) -> Vec<ui::FeeRow> {
    let lines = due.lines.iter().filter(|_| due.lines.len() > 1).take(LINES_MAX);
    let rows = lines.map(|fee| ui::FeeRow {
        name: fee.name.of(language).into(),
        dong: money(fee.dong),
    });
    rows.collect()
}

fn state(face: Face) -> ui::PayState {
    match face {
        Face::Choosing => ui::PayState::Choosing,
        Face::Starting => ui::PayState::Starting,
        Face::Code { .. } => ui::PayState::Code,
        Face::Ending => ui::PayState::Ending,
        Face::Paid => ui::PayState::Paid,
        Face::Failed => ui::PayState::Failed,
        Face::Unclear => ui::PayState::Unclear,
        Face::NotNow => ui::PayState::NotNow,
        Face::Transferred => ui::PayState::TransferBefore,
    }
}

/// An amount as it is read aloud: "một trăm mười lăm nghìn đồng".
pub(super) fn aloud(dong: u64, language: Language) -> String {
    if dong == 0 {
        return String::new();
    }
    voice::spoken(&format!("{dong} đồng"), language)
}

pub(super) fn show_code(page: &ui::PayPage<'_>, text: Option<&str>) {
    DRAWN.with_borrow_mut(|drawn| {
        let Some(text) = text else {
            *drawn = None;
            page.set_code(Image::default());
            page.set_modules(0);
            return;
        };
        if drawn.as_ref().is_none_or(|(last, ..)| last != text) {
            let (image, modules) = code(text).unwrap_or_default();
            *drawn = Some((text.to_owned(), image, modules));
        }
        if let Some((_, image, modules)) = drawn {
            page.set_code(image.clone());
            page.set_modules(*modules);
        }
    });
}

/// One pixel a module, with its margin. `None`: it does not fit, which the limit of an address excludes.
fn code(text: &str) -> Option<(Image, i32)> {
    let level = if text.len() <= STURDY_BYTES_MAX {
        EcLevel::M
    } else {
        EcLevel::L
    };
    let code = match QrCode::with_error_correction_level(text, level) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!(%error, "A code cannot be drawn");
            return None;
        }
    };
    let modules = code.width() + 2 * MARGIN;
    let side = u32::try_from(modules).ok()?;
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    for (place, pixel) in buffer.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (place % modules, place / modules);
        let within = |at: usize| (MARGIN..MARGIN + code.width()).contains(&at);
        let dark = within(x) && within(y) && code[(x - MARGIN, y - MARGIN)] == Color::Dark;
        *pixel = if dark {
            Rgb8Pixel::new(0, 0, 0)
        } else {
            Rgb8Pixel::new(255, 255, 255)
        };
    }
    Some((Image::from_rgb8(buffer), i32::try_from(side).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::address::ADDRESS_BYTES_MAX;

    #[test]
    fn every_address_that_may_be_shown_fits_a_code_of_large_modules() {
        for length in [40, STURDY_BYTES_MAX, STURDY_BYTES_MAX + 1, ADDRESS_BYTES_MAX] {
            let (_, modules) = code(&"a".repeat(length)).unwrap();
            assert!(modules <= 93, "{length} bytes take {modules} modules");
        }
    }

    #[test]
    fn an_amount_is_read_as_people_say_it() {
        assert_eq!(aloud(115_000, Language::Vietnamese), "một trăm mười lăm nghìn đồng");
        assert_eq!(aloud(0, Language::Vietnamese), "");
    }
}
