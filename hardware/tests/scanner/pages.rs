//! Two hundred generated pages of a bad day with known truth, through the whole work on a page.

use std::io::Write;
use std::sync::LazyLock;

use hardware::scanner::{Flaw, Judgement, Order, RawPage, Scanned, Treatment, Turned, page};
use hardware::twin::scanner::{Kind, Lid, Press, Print, Scene, Truth, set};
use image::RgbImage;

const DPI: u32 = 100;
const SEED: u64 = 2026;
const PAGES: usize = 200;
const THREADS: usize = 2;

struct Outcome {
    n: usize,
    kind: Kind,
    truth: Truth,
    judgement: Judgement,
    page_mm: [f32; 2],
}

impl Outcome {
    fn is_good(&self) -> bool {
        self.truth.flaws.is_empty()
    }
}

/// All pages, worked on once.
static OUTCOMES: LazyLock<Vec<Outcome>> = LazyLock::new(|| {
    let scenes: Vec<_> = set(SEED, PAGES).into_iter().enumerate().collect();
    let share = scenes.len().div_ceil(THREADS);
    std::thread::scope(|threads| {
        let shares: Vec<_> = scenes
            .chunks(share)
            .map(|scenes| threads.spawn(|| scenes.iter().map(work).collect::<Vec<_>>()))
            .collect();
        shares.into_iter().flat_map(|share| share.join().unwrap()).collect()
    })
});

fn work((n, scene): &(usize, Scene)) -> Outcome {
    thread_local!(static PRESS: std::cell::RefCell<Press> = std::cell::RefCell::new(Press::new(DPI)));
    let (image, truth) = PRESS.with_borrow_mut(|press| press.draw(*scene));
    let Scanned { page, judgement, .. } = finish(&image, DPI);
    Outcome {
        n: *n,
        kind: scene.kind,
        truth,
        judgement: judgement.unwrap(),
        page_mm: [page.width_px, page.height_px].map(|px| px as f32 * 25.4 / DPI as f32),
    }
}

fn finish(image: &RgbImage, dpi: u32) -> Scanned {
    let mut file = tempfile::tempfile().unwrap();
    writeln!(file, "P6 {} {} 255", image.width(), image.height()).unwrap();
    file.write_all(image.as_raw()).unwrap();
    let order = Order {
        dpi,
        pages_max: 1,
        preview_width_px: 100,
        treatment: Treatment::Archive,
    };
    page::finish(&RawPage::new(file).unwrap(), dpi, &order).unwrap()
}

/// The numbers of the pages of which something is true.
fn which(wrong: impl Fn(&Outcome) -> bool) -> Vec<(usize, Kind)> {
    let pages = OUTCOMES.iter().filter(|outcome| wrong(outcome));
    pages.map(|outcome| (outcome.n, outcome.kind)).collect()
}

#[test]
fn the_skew_is_known_to_two_tenths_of_a_degree() {
    // Two sheets at once have two.
    let single = OUTCOMES.iter().filter(|outcome| outcome.kind != Kind::Doubled);
    let mut errors: Vec<f32> = single
        .map(|outcome| (outcome.judgement.skew_degrees - outcome.truth.skew_degrees).abs())
        .collect();
    errors.sort_by(f32::total_cmp);
    let p95 = errors[errors.len() * 95 / 100];
    assert!(p95 <= 0.2, "p95 is {p95}°, the largest {:?}", errors.last());
}

#[test]
fn good_pages_with_text_are_turned_upright_and_none_is_turned_wrongly() {
    let wrong = which(|page| page.is_good() && ![page.truth.turned, Turned::NotSure].contains(&page.judgement.turned));
    assert_eq!(wrong, []);
    let texts = which(|page| page.is_good() && page.truth.text).len();
    let unsure = which(|page| page.is_good() && page.truth.text && page.judgement.turned == Turned::NotSure);
    assert!(
        texts > 80 && unsure.len() * 100 <= texts,
        "of {texts} not sure: {unsure:?}"
    );
}

#[test]
fn no_page_with_anything_on_it_is_blank_and_blank_backs_are() {
    assert_eq!(which(|page| page.judgement.blank && !page.truth.blank), []);
    let blank = which(|page| page.truth.blank).len();
    let missed = which(|page| page.truth.blank && !page.judgement.blank);
    assert!(blank >= 10 && missed.len() * 10 <= blank, "of {blank}: {missed:?}");
}

#[test]
fn each_flaw_is_seen_on_nine_of_ten_pages_that_have_it() {
    for flaw in Flaw::ALL {
        let have = which(|page| page.truth.flaws.contains(&flaw)).len();
        let missed = which(|page| page.truth.flaws.contains(&flaw) && !page.judgement.flaws.contains(&flaw));
        assert!(have >= 4 && missed.len() * 10 <= have, "{flaw:?} of {have}: {missed:?}");
    }
}

#[test]
fn hardly_a_good_page_is_to_be_scanned_again() {
    let good = which(Outcome::is_good).len();
    let alarmed = which(|page| page.is_good() && !page.judgement.flaws.is_empty());
    assert!(good > 100 && alarmed.len() * 100 <= good, "of {good}: {alarmed:?}");
}

#[test]
fn a_good_page_is_as_large_as_its_paper() {
    // Of paper that fills the picture nobody knows how large it is.
    let apart = |page: &Outcome| {
        let mut known = page.truth.paper_mm?;
        if page.judgement.turned.quarters() % 2 != page.truth.turned.quarters() % 2 {
            known.reverse();
        }
        Some(
            (page.page_mm[0] - known[0])
                .abs()
                .max((page.page_mm[1] - known[1]).abs()),
        )
    };
    let measured = which(|page| page.is_good() && apart(page).is_some()).len();
    let wrong = which(|page| page.is_good() && apart(page).is_some_and(|apart| apart > 1.0));
    assert!(
        measured > 100 && wrong.len() * 100 <= measured,
        "of {measured}: {wrong:?}"
    );
}

#[test]
fn a_stamp_stays_red_and_a_pen_blue_in_whatever_light() {
    for (kind, like, hue) in [
        (Kind::StampedBack, is_red as fn(&[u8; 3]) -> bool, 356.0),
        (Kind::SignedBack, is_blue, 228.0),
    ] {
        for lid in Lid::ALL {
            let scene = Scene {
                kind,
                lid: Some(lid),
                skew_degrees: Some(5.0),
                print: Some(Print::Nothing),
                seed: 77,
            };
            let (image, _) = Press::new(150).draw(scene);
            let after = image::load_from_memory(&finish(&image, 150).page.jpeg)
                .unwrap()
                .into_rgb8();
            let [before, after] = [&image, &after].map(|image| middle_hue(image, like));
            assert!((before - after).abs() < 4.0, "{kind:?}: {before}° became {after}°");
            assert!((after - hue).abs() < 12.0, "{kind:?}: {after}°");
        }
    }
}

fn is_red([r, g, b]: &[u8; 3]) -> bool {
    *r > 120 && *r > g.saturating_add(60) && *r > b.saturating_add(50)
}

fn is_blue([r, _, b]: &[u8; 3]) -> bool {
    *b > 90 && *b > r.saturating_add(45)
}

/// The middle hue of the pixels that are alike, in degrees.
fn middle_hue(image: &RgbImage, like: fn(&[u8; 3]) -> bool) -> f32 {
    let mut hues: Vec<f32> = image
        .pixels()
        .filter(|pixel| like(&pixel.0))
        .map(|pixel| hue(pixel.0))
        .collect();
    assert!(hues.len() > 300, "{} pixels", hues.len());
    hues.sort_by(f32::total_cmp);
    hues[hues.len() / 2]
}

fn hue([r, g, b]: [u8; 3]) -> f32 {
    let [r, g, b] = [r, g, b].map(f32::from);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let sixth = if most == r {
        6.0 + (g - b) / (most - least)
    } else if most == g {
        2.0 + (b - r) / (most - least)
    } else {
        4.0 + (r - g) / (most - least)
    };
    // Reds around 0° count as around 360°.
    let degrees = sixth * 60.0;
    if degrees > 390.0 { degrees - 360.0 } else { degrees }
}
