//! Where the sheets of a scene come to lie in the window, and what else lies there.

use image::RgbImage;

use super::kind::Kind;
use super::scan::{Finger, Glare, Lid, Lying, Window};
use crate::twin::scanner::dice::Dice;
use crate::twin::scanner::paper::{HEIGHT_MM, WIDTH_MM};

/// Chooses the window that shows the sheet as its kind wants it.
pub(super) fn window<'a>(
    kind: Kind,
    lid: Lid,
    turn: f32,
    sheet: &'a RgbImage,
    under: Option<&'a RgbImage>,
    dice: &mut Dice,
) -> Window<'a> {
    let (sin, cos) = turn.to_radians().sin_cos();
    let extent = [
        WIDTH_MM * cos.abs() + HEIGHT_MM * sin.abs(),
        WIDTH_MM * sin.abs() + HEIGHT_MM * cos.abs(),
    ];
    let mut margins = [(); 4].map(|()| dice.between(3.0, 12.0));
    if kind == Kind::Filling {
        return filling(lid, turn, sheet, dice);
    } else if kind == Kind::Cut {
        margins[usize::from(dice.pick(&[0_u8, 1, 2, 3]))] = -dice.between(7.0, 25.0);
    } else if kind == Kind::Doubled {
        margins = margins.map(|margin| margin + 34.0);
    }
    let size_mm = [extent[0] + margins[0] + margins[1], extent[1] + margins[2] + margins[3]];
    let centre_mm = [margins[0] + extent[0] / 2.0, margins[2] + extent[1] / 2.0];

    let mut sheets = vec![Lying {
        sheet,
        size_mm: [WIDTH_MM, HEIGHT_MM],
        corner_mm: 0.0,
        centre_mm,
        turn_degrees: turn,
    }];
    if let Some(sheet) = under {
        let apart = [dice.either_side(8.0, 28.0), dice.either_side(8.0, 28.0)];
        sheets.push(Lying {
            sheet,
            size_mm: [WIDTH_MM, HEIGHT_MM],
            corner_mm: 0.0,
            centre_mm: [centre_mm[0] + apart[0], centre_mm[1] + apart[1]],
            turn_degrees: turn + dice.either_side(0.8, 5.0),
        });
    }
    Window {
        size_mm,
        lid,
        sheets,
        shadow: (
            if kind == Kind::Shadowed {
                dice.between(0.25, 0.48)
            } else {
                dice.between(0.0, 0.08)
            },
            dice.between(0.0, std::f32::consts::TAU),
        ),
        exposure: if kind == Kind::Dark {
            dice.between(0.15, 0.34)
        } else {
            dice.between(0.88, 1.0)
        },
        glare: (kind == Kind::Glaring).then(|| Glare {
            at_mm: [
                size_mm[0] * dice.between(0.3, 0.7),
                size_mm[1] * dice.between(0.25, 0.75),
            ],
            radius_mm: dice.between(9.0, 24.0),
            longer: 1.0,
            turn: (0.0, 1.0),
            strength: 330.0,
        }),
        finger: (kind == Kind::Fingered).then(|| finger(size_mm, centre_mm, turn, dice)),
    }
}

/// A window within the sheet.
fn filling<'a>(lid: Lid, turn: f32, sheet: &'a RgbImage, dice: &mut Dice) -> Window<'a> {
    let size_mm = [WIDTH_MM - 5.0, HEIGHT_MM - 7.0];
    Window {
        size_mm,
        lid,
        sheets: vec![Lying {
            sheet,
            size_mm: [WIDTH_MM, HEIGHT_MM],
            corner_mm: 0.0,
            centre_mm: size_mm.map(|side| side / 2.0),
            turn_degrees: turn,
        }],
        shadow: (dice.between(0.0, 0.08), 0.0),
        exposure: dice.between(0.88, 1.0),
        glare: None,
        finger: None,
    }
}

/// A finger that holds the sheet at its left or its right side.
fn finger(size_mm: [f32; 2], centre_mm: [f32; 2], turn: f32, dice: &mut Dice) -> Finger {
    let skin = skin(dice);
    let y = size_mm[1] * dice.between(0.25, 0.75);
    let (_, cos) = turn.to_radians().sin_cos();
    let edge = |side: f32| centre_mm[0] + side * WIDTH_MM / 2.0 / cos - (y - centre_mm[1]) * turn.to_radians().tan();
    let depth = dice.between(9.0, 28.0);
    let (from, tip) = if dice.chance(0.5) {
        (-20.0, edge(-1.0) + depth)
    } else {
        (size_mm[0] + 20.0, edge(1.0) - depth)
    };
    Finger {
        from_mm: [from, y + dice.between(-12.0, 12.0)],
        tip_mm: [tip, y],
        half_width_mm: dice.between(6.5, 9.5),
        skin,
    }
}

pub(super) fn skin(dice: &mut Dice) -> [f32; 3] {
    let (light, dark) = ([226.0, 176.0, 146.0], [128.0, 86.0, 64.0]);
    let tone = dice.between(0.0, 1.0);
    std::array::from_fn(|n: usize| light[n] + (dark[n] - light[n]) * tone)
}
