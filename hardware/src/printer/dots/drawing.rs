//! Small line drawings beside words: what somebody who does not read sees of a list.

use super::{DOTS_PER_MM, Dots, Pen, TextSize, Weight, height_dots};

/// The grid of a drawing is so many units wide and high, as that of the icons on the screen.
pub const DRAWING_UNITS: u32 = 24;
/// A drawing is so wide and high on paper of 80 mm, and on narrower paper.
const WIDE_MM: u32 = 13;
const NARROW_MM: u32 = 10;
const NARROW_PAPER_DOTS: u32 = 400;
/// White between a drawing and its words.
const BESIDE_DOTS: u32 = 2 * DOTS_PER_MM;
/// White below a drawing and its words.
const BELOW_DOTS: u32 = 2 * DOTS_PER_MM;
/// Half the width of a line, in dots.
const HALF_LINE_DOTS: f32 = 1.6;

/// Lines with round ends through points of a grid of [`DRAWING_UNITS`], from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing(pub &'static [&'static [(u8, u8)]]);

impl Dots {
    /// A drawing at the left edge, with a title and a note beside it.
    pub(super) fn drawn(&mut self, pen: &mut Pen, drawing: Drawing, title: &str, note: &str) {
        let side_mm = if self.width() < NARROW_PAPER_DOTS {
            NARROW_MM
        } else {
            WIDE_MM
        };
        let side = side_mm * DOTS_PER_MM;
        let top = self.rows();
        let left = side + BESIDE_DOTS;
        pen.text_from(self, left, title, height_dots(TextSize::Normal), Weight::Bold);
        if !note.is_empty() {
            pen.text_from(self, left, note, height_dots(TextSize::Small), Weight::Regular);
        }
        self.feed((top + side).saturating_sub(self.rows()));
        for stroke in drawing.0 {
            match stroke {
                [] => {}
                [only] => self.line((*only, *only), top, side),
                points => points.windows(2).for_each(|two| self.line((two[0], two[1]), top, side)),
            }
        }
        self.feed(BELOW_DOTS);
    }

    /// A line of the drawing whose upper left corner is at row `top` and which is `side` dots wide.
    fn line(&mut self, (from, to): ((u8, u8), (u8, u8)), top: u32, side: u32) {
        let scale = side as f32 / DRAWING_UNITS as f32;
        let at = |(x, y): (u8, u8)| (f32::from(x) * scale, f32::from(y) * scale);
        let (from, to) = (at(from), at(to));
        let along = (to.0 - from.0, to.1 - from.1);
        let length = (along.0 * along.0 + along.1 * along.1).max(f32::EPSILON);
        for y in 0..side {
            for x in 0..side {
                let point = (x as f32 + 0.5 - from.0, y as f32 + 0.5 - from.1);
                // The nearest place on the line, from 0 at its beginning to 1 at its end.
                let nearest = ((point.0 * along.0 + point.1 * along.1) / length).clamp(0.0, 1.0);
                let off = (point.0 - nearest * along.0, point.1 - nearest * along.1);
                if off.0.hypot(off.1) <= HALF_LINE_DOTS {
                    self.set(x as i32, (top + y) as i32);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CROSS: Drawing = Drawing(&[&[(0, 0), (24, 24)], &[(24, 0), (0, 24)], &[(12, 2)]]);

    fn drawn(width: u32, title: &str) -> Dots {
        let mut dots = Dots::new(width);
        dots.feed(7);
        dots.drawn(&mut Pen::cold(), CROSS, title, "bản chính");
        dots
    }

    #[test]
    fn a_drawing_stands_left_of_its_words_and_begins_with_them() {
        for (width, side) in [(576, 104), (384, 80)] {
            let dots = drawn(width, "Giấy khai sinh");
            assert!((0..7).all(|y| (0..width).all(|x| !dots.is_black(x, y))));
            // The middle of the cross, and a word beside it.
            assert!(dots.is_black(side / 2, 7 + side / 2), "{width}");
            assert!((side..side + BESIDE_DOTS).all(|x| (7..7 + side).all(|y| !dots.is_black(x, y))));
            assert!((side + BESIDE_DOTS..width).any(|x| (7..60).any(|y| dots.is_black(x, y))));
        }
    }

    #[test]
    fn long_words_wrap_beside_the_drawing_and_stay_on_the_paper() {
        let long = "Giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở và tài sản khác gắn liền với đất";
        let (short, long) = (drawn(384, "Tờ khai"), drawn(384, long));
        assert!(long.rows() > short.rows());
        let under = 7 + NARROW_MM * DOTS_PER_MM + 1;
        assert!((under..long.rows()).all(|y| (0..80).all(|x| !long.is_black(x, y))));
    }
}
