//! How many backs of cards are read: `cargo run --release -p hardware --features virtual --example backs [COUNT] [SEED]`.
//!
//! Drawn cards with known lines, by kind: read right, not read, read wrong. Wrong lines would be tried on a chip, which
//! refuses them; there must be none where a letter is covered.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use hardware::scanner::{PageImage, mrz};
use hardware::twin::scanner::{back_set, card_back};

const DPI: u32 = 300;
/// As scanned pages are kept.
const QUALITY: u8 = 80;

#[derive(Default)]
struct Tally {
    right: usize,
    unread: usize,
    wrong: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let seed = arguments.next().map_or(Ok(7), |text| text.parse())?;

    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut millis: Vec<u128> = Vec::new();
    for scene in back_set(seed, count) {
        let image = card_back(&scene, DPI);
        let mut jpeg = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut jpeg, QUALITY);
        let (width, height) = (u16::try_from(image.width())?, u16::try_from(image.height())?);
        encoder.encode(image.as_raw(), width, height, jpeg_encoder::ColorType::Rgb)?;
        let page = PageImage {
            jpeg,
            width_px: image.width(),
            height_px: image.height(),
            dpi: DPI,
        };

        let began = Instant::now();
        let read = mrz::read(&page);
        millis.push(began.elapsed().as_millis());
        let truth = scene
            .truth()
            .lines
            .map(|lines| hardware::card::mrz::Mrz::read(&lines.concat()));
        let truth = truth.transpose()?;
        let tally = tallies.entry(format!("{:?}", scene.kind)).or_default();
        match (read, truth) {
            (Ok(mrz), Some(truth)) if mrz.key() == truth.key() && mrz.optional == truth.optional => tally.right += 1,
            (Ok(_), _) => {
                tally.wrong += 1;
                println!("wrong: {scene:?}");
            }
            (Err(error), truth) => {
                tally.unread += 1;
                if truth.is_some() {
                    println!("unread: {scene:?}: {error}");
                }
            }
        }
    }

    println!("{count} cards on the glass, {DPI} dpi, seed {seed}");
    println!("{:<10} {:>6} {:>7} {:>6}", "kind", "right", "unread", "wrong");
    for (kind, tally) in &tallies {
        println!("{kind:<10} {:>6} {:>7} {:>6}", tally.right, tally.unread, tally.wrong);
    }
    millis.sort_unstable();
    let at = |part: usize| millis.get(millis.len() * part / 100).copied().unwrap_or_default();
    println!("read in p50 {} ms, p95 {} ms", at(50), at(95));
    Ok(())
}
