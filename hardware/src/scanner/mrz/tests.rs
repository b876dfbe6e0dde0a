//! The backs of cards, drawn by another hand in another drawing of the typeface, before this reader.

use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;

use super::*;
use crate::twin::scanner::{BackKind, BackScene, back_set, card_back};

fn page(rgb: &[u8], width: u16, height: u16, dpi: u32) -> PageImage {
    let mut jpeg = Vec::new();
    let encoder = Encoder::new(&mut jpeg, 80);
    encoder.encode(rgb, width, height, ColorType::Rgb).unwrap();
    PageImage {
        jpeg,
        width_px: width.into(),
        height_px: height.into(),
        dpi,
    }
}

fn scanned(scene: &BackScene, dpi: u32) -> PageImage {
    let image = card_back(scene, dpi);
    let [width, height] = [image.width(), image.height()].map(|px| u16::try_from(px).unwrap());
    page(image.as_raw(), width, height, dpi)
}

#[test]
fn what_can_be_read_is_read_right_and_what_is_covered_is_not_guessed() {
    for scene in back_set(7, 14) {
        let read = read(&scanned(&scene, 300));
        match (read, scene.truth().lines) {
            (Ok(mrz), Some(lines)) => assert_eq!(mrz.key(), Mrz::read(&lines.concat()).unwrap().key(), "{scene:?}"),
            (Err(NotRead::NoLines | NotRead::Unclear), None) => {}
            (read, _) => panic!("{scene:?}: {read:?}"),
        }
    }
}

#[test]
fn a_card_is_read_whichever_way_it_lies_and_how_fine_the_scan_is() {
    for (quarter_turns, dpi) in [(1, 200), (2, 300), (3, 600)] {
        let mut scene = back_set(3, 1).remove(0);
        (scene.kind, scene.quarter_turns, scene.skew_degrees) = (BackKind::Turned, Some(quarter_turns), Some(-8.0));
        let lines = scene.truth().lines.unwrap();
        let mrz = read(&scanned(&scene, dpi)).unwrap();
        assert_eq!(
            mrz.key(),
            Mrz::read(&lines.concat()).unwrap().key(),
            "{quarter_turns} at {dpi}"
        );
    }
}

#[test]
fn a_scan_that_is_too_coarse_is_told_as_such() {
    let page = page(&[255; 300], 10, 10, 100);
    assert!(matches!(read(&page), Err(NotRead::Coarse(100))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_picture_is_read_that_is_none(
        width in 1_u16..400, height in 1_u16..400, dpi in prop::sample::select(vec![150_u32, 300, 1200, u32::MAX]),
        every in 1_usize..30, seed: u32,
    ) {
        let mut mixed = seed;
        let rgb: Vec<u8> = (0..usize::from(width) * usize::from(height))
            .flat_map(|at| {
                mixed = mixed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let dark = at / every % 2 == 0;
                [if dark { 20 } else { 230 } ^ mixed.to_le_bytes()[3] >> 3; 3]
            })
            .collect();
        prop_assert!(read(&page(&rgb, width, height, dpi)).is_err());
    }
}
