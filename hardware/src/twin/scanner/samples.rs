//! Sample papers, drawn when they are fed: people, places and numbers are invented, and each sheet
//! says that it is worth nothing.

use image::RgbImage;

use super::paper::{self, Paper};
use super::scene::{BackKind, BackScene, Kind, Lid, Press, Print, Scene, card_back};
use crate::twin::card::VirtualCard;

pub(super) mod sheets;

/// The papers, in the order of the dock.
const PAPERS: [&str; 17] = [
    "to-khai-1",
    "to-khai-2",
    "giay-chung-sinh-1",
    "giay-xac-nhan-cu-tru-1",
    "don-de-nghi-1",
    "cccd-photo",
    "trang-trang",
    "to-khai-nguoc",
    "to-khai-nghieng",
    "to-khai-mo",
    "to-khai-toi",
    "to-khai-loa",
    "to-khai-ngon-tay",
    "to-khai-mat-mep",
    "hai-to-mot-luc",
    "mat-sau-trang",
    "mat-sau-co-dau",
];

/// Backs of cards that the dock offers: names short, long, and of all marks, and a birth of which only the year is
/// known. The others are drawn by their names.
const BACKS: [&str; 4] = [
    "mat-sau-the-nguyen-van-am",
    "mat-sau-the-bui-thi-thuong",
    "mat-sau-the-long-name",
    "mat-sau-the-year-of-birth-only",
];
/// The back of a card is called by this and the name of the person's sample.
const BACK_OF: &str = "mat-sau-the-";

/// The names of the samples, as the dock shows them.
pub fn names() -> Vec<&'static str> {
    PAPERS.into_iter().chain(BACKS).collect()
}

/// Whether [`draw`] knows a sample by this name.
pub fn is_known(name: &str) -> bool {
    PAPERS.contains(&name) || card_on_glass(name).is_some()
}

/// Draws a sample in A4, those of a bad day and cards within the scanner's window, or `None` when there is no such
/// sample or it would be finer than 600 dpi.
pub fn draw(name: &str, dpi: u32) -> Option<RgbImage> {
    if dpi == 0 || dpi > paper::DPI_MAX {
        return None;
    }
    if let Some(scene) = bad_day(name) {
        return Some(Press::new(dpi).draw(scene).0);
    }
    if let Some(scene) = card_on_glass(name) {
        return Some(card_back(&scene, dpi));
    }

    let mut sheet = Paper::new(dpi);
    match name {
        "to-khai-1" | "to-khai-nguoc" => sheets::declaration(&mut sheet),
        "to-khai-2" => sheets::declaration_overleaf(&mut sheet),
        "giay-chung-sinh-1" => sheets::birth_paper(&mut sheet),
        "giay-xac-nhan-cu-tru-1" => sheets::residence_paper(&mut sheet),
        "don-de-nghi-1" => sheets::request(&mut sheet),
        "cccd-photo" => sheets::card_copy(&mut sheet),
        "trang-trang" => {}
        _ => return None,
    }

    let mut image = sheet.finish();
    if name == "to-khai-nguoc" {
        image::imageops::rotate180_in_place(&mut image);
    }
    Some(image)
}

/// The samples that look as papers do on a bad day.
fn bad_day(name: &str) -> Option<Scene> {
    let (kind, lid, skew_degrees) = match name {
        "to-khai-nghieng" => (Kind::Plain, Lid::Black, 4.3),
        "to-khai-mo" => (Kind::Blurred, Lid::Grey, -1.2),
        "to-khai-toi" => (Kind::Dark, Lid::Black, 0.8),
        "to-khai-loa" => (Kind::Glaring, Lid::Grey, 1.5),
        "to-khai-ngon-tay" => (Kind::Fingered, Lid::White, -2.4),
        "to-khai-mat-mep" => (Kind::Cut, Lid::Black, -0.6),
        "hai-to-mot-luc" => (Kind::Doubled, Lid::Grey, 2.1),
        "mat-sau-trang" => (Kind::BlankBack, Lid::Grey, 1.1),
        "mat-sau-co-dau" => (Kind::StampedBack, Lid::White, -1.7),
        _ => return None,
    };
    Some(Scene {
        kind,
        lid: Some(lid),
        skew_degrees: Some(skew_degrees),
        print: Some(Print::Declaration),
        seed: 20,
    })
}

/// The sample of a card that lies with its back on the glass.
fn card_on_glass(name: &str) -> Option<BackScene> {
    let sample = name.strip_prefix(BACK_OF)?;
    let (person, seed) = VirtualCard::samples()
        .iter()
        .zip(20..)
        .find(|(person, _)| person.sample == sample)?;
    Some(BackScene::of(BackKind::Plain, person, seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flat_sample_is_a4_at_the_resolution_asked_for_and_none_is_like_another() {
        let names = names();
        let sheets: Vec<_> = names.iter().map(|name| draw(name, 50).unwrap()).collect();

        for (sheet, name) in sheets.iter().zip(PAPERS) {
            if bad_day(name).is_none() {
                assert_eq!((sheet.width(), sheet.height()), (413, 585), "{name}");
            }
        }
        for (at, sheet) in sheets.iter().enumerate() {
            assert!(!sheets[..at].contains(sheet), "{} looks like another", names[at]);
        }
    }

    #[test]
    fn the_birth_paper_has_black_print_a_red_stamp_and_a_blue_signature() {
        let sheet = draw("giay-chung-sinh-1", 100).unwrap();
        let count = |seen: fn(&[u8; 3]) -> bool| sheet.pixels().filter(|pixel| seen(&pixel.0)).count();

        assert!(count(|[r, g, b]| *r < 60 && *g < 60 && *b < 60) > 1000, "black print");
        assert!(count(|[r, g, b]| *r > 150 && *g < 90 && *b < 90) > 300, "red stamp");
        assert!(count(|[r, g, b]| *r < 90 && *g < 110 && *b > 120) > 300, "blue ink");
    }

    #[test]
    fn only_the_blank_sheet_is_blank() {
        for name in PAPERS.into_iter().filter(|name| bad_day(name).is_none()) {
            let sheet = draw(name, 50).unwrap();
            let ink = sheet.pixels().any(|pixel| pixel.0[1] < 128);
            assert_eq!(ink, name != "trang-trang", "{name}");
        }
    }

    #[test]
    fn the_back_of_every_sample_card_can_be_drawn_and_the_dock_offers_some() {
        for person in VirtualCard::samples() {
            let name = format!("{BACK_OF}{}", person.sample);
            assert!(is_known(&name) && draw(&name, 40).is_some(), "{name}");
        }
        assert!(BACKS.iter().all(|name| is_known(name)));
        assert!(!is_known("mat-sau-the-") && !is_known("mat-sau-the-nobody"));
    }

    #[test]
    fn an_unknown_name_and_an_impossible_resolution_give_nothing() {
        assert!(draw("giay-that", 300).is_none());
        assert!(draw("to-khai-1", 0).is_none() && draw("to-khai-1", 1200).is_none());
    }
}
