//! Pictures of cards against what is known of them.

use std::collections::HashSet;

use super::*;
use crate::twin::card::find;
use crate::twin::scanner::scene::sheet::{fraction, whole};

/// Level at a place of the card.
fn level(image: &RgbImage, place: Place, at: [f32; 2], scale: f32) -> f32 {
    let [x, y] = place.in_window(at).map(|mm| whole(mm * scale));
    fraction(image.get_pixel(x, y).0[1].into())
}

fn plain(seed: u64) -> BackScene {
    BackScene {
        lid: Some(Lid::Grey),
        exposure: Some(1.0),
        noise: Some(0.0),
        ..BackScene::of(BackKind::Plain, find("nguyen-van-am").unwrap(), seed)
    }
}

/// The dark pixels of the machine readable zone of a card that lies straight, in millimetres of the card.
fn ink(scene: &BackScene, dpi: u32) -> Vec<[f32; 2]> {
    let (image, scale) = (card_back(scene, dpi), px_per_mm(dpi));
    let centre = scene.truth().place.unwrap().centre_mm;
    let [left, top] = [0, 1].map(|n| centre[n] - CARD_MM[n] / 2.0);
    image
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0[1] < 110)
        .map(|(x, y, _)| [(fraction(x) + 0.5) / scale - left, (fraction(y) + 0.5) / scale - top])
        .filter(|[x, y]| (3.0..83.0).contains(x) && (34.0..52.0).contains(y))
        .collect()
}

#[test]
fn the_mix_is_a_hundred_and_a_hundred_has_every_kind() {
    assert_eq!(MIX.iter().map(|(_, often)| often).sum::<usize>(), 100);
    let kinds: HashSet<_> = back_set(1, 100).iter().map(|scene| scene.kind).collect();
    assert_eq!(kinds.len(), MIX.len());
    let few: HashSet<_> = back_set(1, 20).iter().map(|scene| scene.kind).collect();
    assert!(few.len() >= 7, "{few:?}");
}

#[test]
fn a_scene_is_drawn_the_same_again_and_another_seed_is_another_picture() {
    let scene = BackScene::of(BackKind::Worn, find("long-name").unwrap(), 4);
    assert_eq!(card_back(&scene, 50), card_back(&scene, 50));
    let other = BackScene {
        seed: 5,
        ..scene.clone()
    };
    assert_ne!(card_back(&scene, 50), card_back(&other, 50));
}

#[test]
fn every_kind_is_a_whole_glass_and_the_card_lies_within_it() {
    for (kind, _) in MIX {
        for seed in 0..40 {
            let scene = BackScene::of(kind, find("long-name").unwrap(), seed);
            let truth = scene.truth();
            assert_eq!(truth.lines.is_some(), kind.readable());
            assert_eq!(truth.place.is_none(), kind == BackKind::Empty);
            for corner in truth.place.iter().flat_map(|place| {
                [[0.0, 0.0], [CARD_MM[0], 0.0], [0.0, CARD_MM[1]], CARD_MM].map(|at| place.in_window(at))
            }) {
                let within = (0.0..=WIDTH_MM).contains(&corner[0]) && (0.0..=HEIGHT_MM).contains(&corner[1]);
                assert!(within, "{scene:?} {corner:?}");
            }
        }
        let image = card_back(&BackScene::of(kind, find("long-name").unwrap(), 7), 50);
        assert_eq!((image.width(), image.height()), (413, 584), "{kind:?}");
    }
}

#[test]
fn letters_stand_ten_to_the_inch_and_lines_six() {
    let letter = |letter: &str| letter.repeat(30);
    let scene = BackScene {
        lines: [letter("I"), letter("I"), letter("I")],
        skew_degrees: Some(0.0),
        ink_mm: Some(0.0),
        ..plain(3)
    };
    let ink = ink(&scene, 300);
    let end = |n: usize, worse: fn(f32, f32) -> f32| ink.iter().map(|at| at[n]).reduce(worse).unwrap();

    let [left, right] = [end(0, f32::min), end(0, f32::max)];
    // 29 pitches of 2.54 mm from edge to edge of the first and the last I, and the width of one.
    let first = ink.iter().map(|at| at[0]).filter(|x| *x < left + 2.0);
    let one = first.reduce(f32::max).unwrap() - left;
    assert!((right - left - one - 73.66).abs() < 0.3, "{left} {right} {one}");
    assert!((4.0..=6.0).contains(&left), "{left}");

    // Two lines of 4.23 mm and a flat capital of 2.46 mm.
    let [top, bottom] = [end(1, f32::min), end(1, f32::max)];
    assert!((bottom - top - 8.46 - 2.46).abs() < 0.2, "{top} {bottom}");
    // Within the lower 23.3 mm, and 2 mm from the edge (Doc 9303-5 figure 6).
    assert!(top > CARD_MM[1] - 23.3 && bottom < CARD_MM[1] - 2.0, "{top} {bottom}");
}

#[test]
fn thin_ink_is_less_than_bold_ink_and_what_is_worn_is_less_than_what_is_not() {
    let count = |ink_mm, kind| {
        let scene = BackScene {
            kind,
            ink_mm: Some(ink_mm),
            skew_degrees: Some(0.0),
            quarter_turns: Some(0),
            ..plain(8)
        };
        ink(&scene, 200).len()
    };
    let whole = count(0.0, BackKind::Plain);
    assert!(count(-0.04, BackKind::Plain) < whole && whole < count(0.04, BackKind::Plain));
    assert!(count(0.0, BackKind::Worn) < whole * 97 / 100);
}

#[test]
fn a_card_turned_by_a_quarter_is_found_where_its_truth_says() {
    for quarters in 0..4 {
        let scene = BackScene {
            quarter_turns: Some(quarters),
            skew_degrees: Some(9.0),
            ..plain(11)
        };
        let (image, place, scale) = (card_back(&scene, 150), scene.truth().place.unwrap(), px_per_mm(150));
        // The gold of the chip, and the lid beyond the round corner.
        let gold = place.in_window([15.0, 19.0]).map(|mm| whole(mm * scale));
        let [red, _, blue] = image.get_pixel(gold[0], gold[1]).0;
        assert!(red > blue + 60, "{quarters}: {red} {blue}");
        assert!(level(&image, place, [0.4, 0.4], scale) < 140.0, "{quarters}");
        assert!(level(&image, place, [2.0, 2.0], scale) > 180.0, "{quarters}");
    }
}

#[test]
fn what_is_covered_hides_letters_of_the_dates() {
    for seed in 0..30 {
        let covered = BackScene {
            kind: BackKind::Covered,
            ..plain(seed)
        };
        let look = Look::of(&covered);
        let (image, scale) = (card_back(&covered, 100), px_per_mm(100));
        // Skin and flooded plastic have no pale ground beside dark ink: one colour over five letters.
        let hidden = (0_u8..14)
            .filter(|letter| {
                let [x, y] = look.zone.letter_mm(f32::from(*letter));
                let places = (0_u8..9).flat_map(|n| {
                    (0_u8..9).map(move |m| [x - 1.0 + f32::from(n) * 0.25, y - 1.0 + f32::from(m) * 0.25])
                });
                let levels: Vec<_> = places.map(|at| level(&image, look.place, at, scale)).collect();
                let [least, most] = [f32::min, f32::max].map(|end| levels.iter().copied().reduce(end).unwrap());
                most - least < 60.0
            })
            .count();
        assert!(hidden >= 4, "seed {seed}: {hidden}");
    }
}

#[test]
fn an_empty_glass_shows_the_lid_alone() {
    let image = card_back(
        &BackScene {
            kind: BackKind::Empty,
            ..plain(2)
        },
        50,
    );
    assert!(image.pixels().all(|pixel| (100..150).contains(&pixel.0[1])));
}

/// Writes a picture of each kind, to be looked at:
/// `BACKS=folder cargo test -p hardware --features virtual --lib pictures_to_look_at -- --ignored`
#[test]
#[ignore = "writes pictures into the folder of the variable BACKS"]
fn pictures_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var_os("BACKS").unwrap());
    for (at, scene) in back_set(2, 100).iter().enumerate() {
        if back_set(2, at).iter().filter(|other| other.kind == scene.kind).count() < 3 {
            let name = format!("{:?}-{at}.png", scene.kind);
            card_back(scene, 300).save(folder.join(name)).unwrap();
        }
    }
}
