//! Generated pages with known truth: the sample papers as a scanner sees them on a bad day.
//!
//! Each page comes from a number alone, so a test that fails can be repeated. The paper has grain,
//! fibres, folds and dust; ink soaks in unevenly; behind the sheet lies the scanner's lid. The lens,
//! the light and the hands of the person spoil the rest as the [`Kind`] says.

use std::collections::HashMap;

use image::RgbImage;

pub use self::back::{BackKind, BackScene, BackTruth, Place, back_set, card_back};
pub use self::kind::Kind;
use self::kind::MIX;
pub use self::scan::Lid;
use self::sheet::Marks;
use super::dice::Dice;
use super::paper::{HEIGHT_MM, Paper, WIDTH_MM, px_per_mm};
use super::samples::sheets;
use crate::scanner::page::{Flaw, Turned};

mod back;
mod kind;
mod lay;
mod lens;
mod scan;
mod sheet;

/// A page to be drawn: the same scene gives the same page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scene {
    pub kind: Kind,
    /// `None` lets chance choose.
    pub lid: Option<Lid>,
    /// Clockwise; `None` lets chance choose up to 8° to either side.
    pub skew_degrees: Option<f32>,
    /// `None` lets chance choose a written one.
    pub print: Option<Print>,
    pub seed: u64,
}

/// What is true of a drawn page.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Clockwise, beside the quarter turns.
    pub skew_degrees: f32,
    /// What makes it upright.
    pub turned: Turned,
    /// Whether there is enough text to tell how it stands: more than the few small lines of a card.
    pub text: bool,
    pub blank: bool,
    pub flaws: Vec<Flaw>,
    pub lid: Lid,
    /// Width and height once it is upright, if all edges lie in the picture.
    pub paper_mm: Option<[f32; 2]>,
}

/// `count` scenes in the mix of a bad day, from a seed.
pub fn set(seed: u64, count: usize) -> Vec<Scene> {
    let kinds: Vec<_> = MIX
        .iter()
        .flat_map(|(kind, often)| std::iter::repeat_n(*kind, *often))
        .collect();
    let mut dice = Dice::new(seed);
    (0..count)
        // 37 has no divisor in common with 100: each hundred has all, and a short set some of each.
        .map(|n| Scene {
            kind: kinds[n * 37 % kinds.len()],
            lid: None,
            skew_degrees: None,
            print: None,
            seed: dice.next(),
        })
        .collect()
}

/// Draws scenes at one resolution and keeps the print of the sheets for the next one.
pub struct Press {
    dpi: u32,
    prints: HashMap<Print, RgbImage>,
}

/// What is printed on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Print {
    Declaration,
    Overleaf,
    BirthPaper,
    ResidencePaper,
    Request,
    CardCopy,
    Nothing,
}

const WRITTEN: [Print; 6] = [
    Print::Declaration,
    Print::Overleaf,
    Print::BirthPaper,
    Print::ResidencePaper,
    Print::Request,
    Print::CardCopy,
];

impl Press {
    /// At most 600 dpi.
    pub fn new(dpi: u32) -> Self {
        Self {
            dpi,
            prints: HashMap::new(),
        }
    }

    pub fn draw(&mut self, scene: Scene) -> (RgbImage, Truth) {
        let mut dice = Dice::new(scene.seed);
        let (lid, skew) = (dice.pick(&Lid::ALL), dice.between(-8.0, 8.0));
        let (print, other) = (dice.pick(&WRITTEN), dice.pick(&WRITTEN));
        let lid = scene.lid.unwrap_or(lid);
        let skew = scene.skew_degrees.unwrap_or(if scene.kind == Kind::TooSkewed {
            dice.either_side(12.0, 18.0)
        } else if scene.kind == Kind::Filling {
            skew / 10.0
        } else {
            skew
        });
        let print = if scene.kind.is_back() {
            Print::Nothing
        } else {
            scene.print.unwrap_or(print)
        };

        let scale = px_per_mm(self.dpi);
        self.print(print);
        self.print(other);
        let (front, back) = (&self.prints[&print], &self.prints[&other]);
        let sheet = sheet::age(front, back, marks(scene.kind, &mut dice), scale, &mut dice);
        let under = (scene.kind == Kind::Doubled).then(|| {
            let marks = marks(Kind::Plain, &mut dice);
            sheet::age(back, front, marks, scale, &mut dice)
        });

        let turn = skew + 90.0 * f32::from(scene.kind.head());
        let window = lay::window(scene.kind, lid, turn, &sheet, under.as_ref(), &mut dice);
        let image = expose(window.scan(scale), scene.kind, scale, &mut dice);
        (image, truth(scene.kind, print, lid, skew))
    }

    fn print(&mut self, print: Print) {
        self.prints.entry(print).or_insert_with(|| {
            let mut paper = Paper::new(self.dpi);
            match print {
                Print::Declaration => sheets::declaration(&mut paper),
                Print::Overleaf => sheets::declaration_overleaf(&mut paper),
                Print::BirthPaper => sheets::birth_paper(&mut paper),
                Print::ResidencePaper => sheets::residence_paper(&mut paper),
                Print::Request => sheets::request(&mut paper),
                Print::CardCopy => sheets::card_copy(&mut paper),
                Print::Nothing => {}
            }
            paper.finish()
        });
    }
}

fn marks(kind: Kind, dice: &mut Dice) -> Marks {
    let blank = kind.is_back();
    let show_through = if blank || dice.chance(0.4) {
        dice.between(0.02, 0.1)
    } else {
        0.0
    };
    Marks {
        stamp: kind == Kind::StampedBack || (!blank && dice.chance(0.35)),
        signature: kind == Kind::SignedBack || (!blank && dice.chance(0.35)),
        page_number: kind == Kind::NumberedBack,
        show_through,
        folds: u8::from(dice.chance(0.3)) + u8::from(dice.chance(0.15)),
        dust: dice.pick(&[0, 3, 8, 20]),
    }
}

/// Lens and sensor.
fn expose(image: RgbImage, kind: Kind, px_per_mm: f32, dice: &mut Dice) -> RgbImage {
    let softness_mm = if kind == Kind::Blurred {
        dice.between(0.3, 0.6)
    } else {
        dice.between(0.0, 0.1)
    };
    let mut seen = if kind == Kind::Shaken {
        let (length_mm, angle) = (dice.between(1.2, 2.6), dice.between(0.0, std::f32::consts::PI));
        lens::shake(&image, length_mm * px_per_mm, angle)
    } else if softness_mm * px_per_mm < 0.35 {
        // So little is lost in the drawing anyway.
        image
    } else {
        lens::blur(&image, softness_mm * px_per_mm)
    };
    lens::sense(&mut seen, dice.between(1.0, 4.0), dice.pick(&[0, 0, 1, 3]), dice);
    seen
}

fn truth(kind: Kind, print: Print, lid: Lid, skew_degrees: f32) -> Truth {
    Truth {
        skew_degrees,
        turned: Turned::by_quarters((4 - kind.head()) % 4),
        text: !matches!(print, Print::Nothing | Print::CardCopy),
        blank: kind == Kind::BlankBack,
        flaws: kind.flaw().into_iter().collect(),
        lid,
        paper_mm: (!matches!(kind, Kind::Filling | Kind::Cut | Kind::Doubled)).then_some([WIDTH_MM, HEIGHT_MM]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mix_is_a_hundred_and_a_short_set_has_many_kinds() {
        assert_eq!(MIX.iter().map(|(_, often)| often).sum::<usize>(), 100);
        let kinds: std::collections::HashSet<_> = set(1, 40).iter().map(|scene| scene.kind).collect();
        assert!(kinds.len() >= 12, "{kinds:?}");
        let all: std::collections::HashSet<_> = set(1, 100).iter().map(|scene| scene.kind).collect();
        assert_eq!(all.len(), MIX.len());
    }

    #[test]
    fn a_scene_is_drawn_the_same_again_and_another_seed_is_another_page() {
        let mut press = Press::new(40);
        let scene = set(5, 1)[0];
        let (first, again) = (press.draw(scene), press.draw(scene));
        assert_eq!(first, again);
        assert_ne!(
            first.0,
            press
                .draw(Scene {
                    seed: scene.seed + 1,
                    ..scene
                })
                .0
        );
    }

    #[test]
    fn every_kind_can_be_drawn() {
        let mut press = Press::new(40);
        for (kind, _) in MIX {
            let scene = Scene {
                kind,
                lid: Some(Lid::Grey),
                skew_degrees: None,
                print: None,
                seed: 11,
            };
            let (image, truth) = press.draw(scene);
            assert!(image.width() > 300 && image.height() > 300, "{kind:?}");
            assert_eq!(truth.lid, Lid::Grey);
        }
    }
}
