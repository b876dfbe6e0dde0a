//! Where each pixel of the finished page lies on the page as it was fed.

use super::outline::Sheet;
use super::reduced::Reduced;
use crate::scanner::page::Turned;

/// A smaller turn moves the corners of A4 by a third of a millimetre: it is left, and no pixel is touched.
const TURN_DEGREES_MIN: f64 = 0.06;
/// A JPEG cannot be larger on a side.
const SIDE_PX_MAX: f64 = 65_535.0;

/// `origin + x × right + y × down`, in pixels of the page as it was fed; pixels are at their middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub origin: [f64; 2],
    pub right: [f64; 2],
    pub down: [f64; 2],
    pub width_px: u32,
    pub height_px: u32,
}

impl Frame {
    /// Cuts out `sheet` and turns it upright. One pixel stays one pixel: the scale is kept.
    pub fn cut(page: &Reduced, sheet: &Sheet, turned: Turned) -> Self {
        let factor = f64::from(page.factor);
        let ends = |ends: [f32; 2]| ends.map(|end| f64::from(end) * factor);
        let ([mut left, mut right], [mut top, mut bottom]) = (ends(sheet.u), ends(sheet.v));
        let mut turn = f64::from(sheet.turn_degrees);
        if turn.abs() < TURN_DEGREES_MIN {
            // On whole pixels nothing is mixed.
            turn = 0.0;
            (left, right, top, bottom) = (left.round(), right.round(), top.round(), bottom.round());
        }

        let (sin, cos) = turn.to_radians().sin_cos();
        let (along, across) = ([cos, sin], [-sin, cos]);
        let back = |[x, y]: [f64; 2]| [-x, -y];
        let (u, v, right_way, down_way) = match turned {
            Turned::Not | Turned::NotSure => (left, top, along, across),
            Turned::QuarterClockwise => (left, bottom, back(across), along),
            Turned::Half => (right, bottom, back(along), back(across)),
            Turned::QuarterCounterclockwise => (right, top, across, back(along)),
        };
        let [width, height] = match turned.quarters() % 2 {
            0 => [right - left, bottom - top],
            _ => [bottom - top, right - left],
        };
        Self {
            origin: std::array::from_fn(|n| u * along[n] + v * across[n] + (right_way[n] + down_way[n]) / 2.0 - 0.5),
            right: right_way,
            down: down_way,
            width_px: side(width),
            height_px: side(height),
        }
    }

    /// The place of a pixel on the page as it was fed.
    pub fn place(&self, x: f64, y: f64) -> [f64; 2] {
        std::array::from_fn(|n| self.origin[n] + x * self.right[n] + y * self.down[n])
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 1 and 65,535"
)]
fn side(px: f64) -> u32 {
    px.round().clamp(1.0, SIDE_PX_MAX) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::page::tests::raw;

    fn page() -> Reduced {
        Reduced::read(&raw(40, 30, |_, _| [200; 3]), 150).unwrap()
    }

    fn sheet(turn_degrees: f32) -> Sheet {
        Sheet {
            turn_degrees,
            u: [5.0, 35.0],
            v: [4.0, 24.0],
        }
    }

    #[test]
    fn a_straight_sheet_is_cut_out_on_whole_pixels() {
        let frame = Frame::cut(&page(), &sheet(0.05), Turned::Not);
        assert_eq!((frame.width_px, frame.height_px), (30, 20));
        assert_eq!(frame.place(0.0, 0.0), [5.0, 4.0]);
        assert_eq!(frame.place(29.0, 19.0), [34.0, 23.0]);
    }

    #[test]
    fn each_quarter_turn_begins_at_its_own_corner() {
        let corner = |turned| Frame::cut(&page(), &sheet(0.0), turned).place(0.0, 0.0);
        assert_eq!(corner(Turned::QuarterClockwise), [5.0, 23.0]);
        assert_eq!(corner(Turned::Half), [34.0, 23.0]);
        assert_eq!(corner(Turned::QuarterCounterclockwise), [34.0, 4.0]);
        let quarter = Frame::cut(&page(), &sheet(0.0), Turned::QuarterClockwise);
        assert_eq!((quarter.width_px, quarter.height_px), (20, 30));
        assert_eq!(quarter.place(19.0, 29.0), [34.0, 4.0]);
    }

    #[test]
    fn a_turned_sheet_keeps_its_scale() {
        let frame = Frame::cut(&page(), &sheet(7.0), Turned::Not);
        let ([ax, ay], [bx, by]) = (frame.place(0.0, 0.0), frame.place(10.0, 0.0));
        assert!(((bx - ax).hypot(by - ay) - 10.0).abs() < 1e-9);
        assert!(((by - ay).atan2(bx - ax).to_degrees() - 7.0).abs() < 1e-4);
    }
}
