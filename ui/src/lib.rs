//! What the citizen sees: pages, words, fonts and pictures, and nothing that decides.
//!
//! The pages are Slint; `contract.slint` holds one global a page, which is all that passes
//! between them and the program. [`Kiosk`] is the window. [`headless`] shows it without a display.

pub mod headless;

/// What `slint_build` made of the pages; its code is not ours to judge.
mod generated {
    #![expect(warnings, clippy::all, reason = "generated code")]
    slint::include_modules!();
}

pub use generated::*;
pub use slint;
use slint::{ComponentHandle, PlatformError, Rgba8Pixel, SharedPixelBuffer};

/// The screen now, on any backend, drawn whole.
///
/// # Errors
/// The window has no size yet.
pub fn snapshot(kiosk: &Kiosk) -> Result<SharedPixelBuffer<Rgba8Pixel>, PlatformError> {
    kiosk.window().take_snapshot()
}

/// Shows the pages in this language. Call it once after [`Kiosk::new`], too: until then the
/// locale of the machine decides.
///
/// # Errors
/// The words of this language are not built in.
pub fn choose_language(kiosk: &Kiosk, language: Language) -> Result<(), slint::SelectBundledTranslationError> {
    slint::select_bundled_translation(match language {
        Language::Vi => "",
        Language::En => "en",
    })?;
    kiosk.global::<Frame>().set_language(language);
    Ok(())
}
