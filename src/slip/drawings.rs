//! The kinds of paper in lines, on a grid of 24 units.

use hardware::printer::Drawing;

use crate::procedure::PaperForm;

type Stroke = &'static [(u8, u8)];

/// A sheet with its corner folded.
const SHEET: Stroke = &[(4, 2), (14, 2), (19, 7), (19, 22), (4, 22), (4, 2)];
const FOLD: Stroke = &[(14, 2), (14, 7), (19, 7)];
const WORDS_1: Stroke = &[(7, 10), (16, 10)];
const WORDS_2: Stroke = &[(7, 13), (12, 13)];
const SEAL: Stroke = &[
    (13, 14),
    (15, 14),
    (17, 16),
    (17, 18),
    (15, 20),
    (13, 20),
    (11, 18),
    (11, 16),
    (13, 14),
];
const SEAL_STAR: Stroke = &[(14, 17)];
/// A sheet that lies over another one.
const FRONT: Stroke = &[(3, 6), (12, 6), (16, 10), (16, 22), (3, 22), (3, 6)];
const BEHIND: Stroke = &[(8, 4), (8, 2), (17, 2), (21, 6), (21, 18), (18, 18)];
const TICK: Stroke = &[(6, 15), (9, 19), (14, 12)];
const FRONT_1: Stroke = &[(6, 13), (13, 13)];
const FRONT_2: Stroke = &[(6, 17), (13, 17)];
const EYE_OVER: Stroke = &[(1, 12), (5, 8), (9, 6), (15, 6), (19, 8), (23, 12)];
const EYE_UNDER: Stroke = &[(1, 12), (5, 16), (9, 18), (15, 18), (19, 16), (23, 12)];
const PUPIL: Stroke = &[
    (12, 9),
    (14, 10),
    (15, 12),
    (14, 14),
    (12, 15),
    (10, 14),
    (9, 12),
    (10, 10),
    (12, 9),
];
const FRAME: Stroke = &[(4, 1), (20, 1), (20, 23), (4, 23), (4, 1)];
const HEAD: Stroke = &[
    (12, 5),
    (14, 6),
    (15, 8),
    (14, 11),
    (12, 12),
    (10, 11),
    (9, 8),
    (10, 6),
    (12, 5),
];
const SHOULDERS: Stroke = &[(6, 23), (6, 19), (8, 16), (16, 16), (18, 19), (18, 23)];

/// What a paper looks like to somebody who does not read.
pub fn of(form: PaperForm) -> Drawing {
    Drawing(match form {
        PaperForm::Original => &[SHEET, FOLD, WORDS_1, WORDS_2, SEAL, SEAL_STAR],
        PaperForm::Certified => &[FRONT, BEHIND, TICK],
        PaperForm::Copy => &[FRONT, BEHIND, FRONT_1, FRONT_2],
        PaperForm::Shown => &[EYE_OVER, EYE_UNDER, PUPIL],
        PaperForm::Photo => &[FRAME, HEAD, SHOULDERS],
    })
}
