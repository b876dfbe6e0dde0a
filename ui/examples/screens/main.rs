//! Draws every page of the kiosk as a picture: `cargo run -p ui --example screens [FOLDER [NAME]]`;
//! with a name, only the pages whose names begin so.
//!
//! Three panels, two languages, the text size at the start and the largest, and the two high
//! contrasts of a few pages. Someone then looks at them.

#[path = "samples.rs"]
mod samples;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use samples::{PANELS, Panel};
use slint::ComponentHandle;
use slint::platform::update_timers_and_animations;
use ui::headless::HeadlessWindow;
use ui::{Contrast, Frame, Kiosk, Language, TextSize, Theme};

/// Pages whose high contrasts are drawn, too.
const CONTRASTED: [&str; 8] = [
    "home-shut",
    "series-priority",
    "find",
    "find-typing-marks",
    "question-no-such-date",
    "trouble-printer-outofpaper",
    "way-supplement",
    "over-settings",
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .map_or_else(|| PathBuf::from("target/screens"), PathBuf::from);
    let begins = std::env::args().nth(2).unwrap_or_default();
    std::fs::create_dir_all(&folder)?;
    let window = ui::headless::install(PANELS[0].width_px, PANELS[0].height_px)?;
    let mut drawn = 0;

    for panel in PANELS {
        window.set_size(panel.width_px, panel.height_px);
        for language in [Language::Vi, Language::En] {
            for size in [TextSize::Start, TextSize::Largest] {
                drawn += draw_all(&window, panel, language, size, Contrast::Start, &begins, &folder)?;
            }
        }
        for contrast in [Contrast::BlackOnWhite, Contrast::WhiteOnBlack] {
            drawn += draw_all(
                &window,
                panel,
                Language::Vi,
                TextSize::Start,
                contrast,
                &begins,
                &folder,
            )?;
        }
    }
    println!("{drawn} screens in {}", folder.display());
    Ok(())
}

fn draw_all(
    window: &Rc<HeadlessWindow>,
    panel: Panel,
    language: Language,
    size: TextSize,
    contrast: Contrast,
    begins: &str,
    folder: &Path,
) -> Result<usize, Box<dyn Error>> {
    let mut drawn = 0;
    for (name, show) in samples::all() {
        let contrasted = contrast == Contrast::Start || CONTRASTED.contains(&name.as_str());
        if !contrasted || !name.starts_with(begins) {
            continue;
        }
        let kiosk = Kiosk::new()?;
        kiosk.show()?;
        kiosk.global::<Theme>().set_mm(panel.mm());
        ui::choose_language(&kiosk, language)?;
        kiosk.global::<Frame>().set_text_size(size);
        kiosk.global::<Frame>().set_contrast(contrast);
        samples::begin(&kiosk);
        show(&kiosk);
        update_timers_and_animations();
        window.draw_if_dirty();
        update_timers_and_animations();

        let pixels = window.snapshot();
        let file = format!("{name}-{}-{language:?}-{size:?}-{contrast:?}.png", panel.name).to_lowercase();
        image::save_buffer(
            folder.join(file),
            pixels.as_bytes(),
            pixels.width(),
            pixels.height(),
            image::ColorType::Rgb8,
        )?;
        kiosk.hide()?;
        drawn += 1;
    }
    Ok(drawn)
}
