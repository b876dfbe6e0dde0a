//! What lies on the page that is no print, seen in cells of a millimetre: a lamp's glare, a finger.

use super::outline::Sheet;
use super::reduced::{Reduced, fraction, whole};

/// Glare saturates all colours; bare paper of up to this level is told from it.
const GLARE_LEVEL: u8 = 252;
const PAPER_LEVEL_MAX: f32 = 250.5;
/// A patch of glare holds a square of this side, in cells.
const GLARE_CELLS: usize = 7;
/// A finger holds a square of this side: it is at least 13 mm wide.
const FINGER_CELLS: usize = 8;
/// A finger comes from outside: the middle of the square lies so near the edge of the sheet.
const FINGER_EDGE_MM: f32 = 13.0;
/// More of a sheet than this is not covered by a finger: the paper itself has the colour of skin.
const SKIN_PART_MAX: f32 = 0.3;
/// Skin of every tone reflects red over green and green over blue by these ratios.
const RED_TO_GREEN: [f32; 2] = [1.12, 1.8];
const GREEN_TO_BLUE: [f32; 2] = [1.08, 1.75];

/// Means of cells of a millimetre.
pub(super) struct Cells {
    columns: usize,
    rows: usize,
    cell: f32,
    colours: Vec<[u8; 3]>,
}

impl Cells {
    pub fn of(page: &Reduced) -> Self {
        let cell = page.px_per_mm.max(1.0);
        let columns = whole(page.wide() / cell).max(1);
        let rows = whole(page.high() / cell).max(1);
        let mut colours = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let mut sums = [0_usize; 4];
                for y in whole(fraction(row) * cell)..whole(fraction(row + 1) * cell).min(page.height) {
                    for x in whole(fraction(column) * cell)..whole(fraction(column + 1) * cell).min(page.width) {
                        for (sum, value) in sums.iter_mut().zip(page.pixel(x, y)) {
                            *sum += usize::from(value);
                        }
                        sums[3] += 1;
                    }
                }
                let count = sums[3].max(1);
                colours.push([sums[0], sums[1], sums[2]].map(|sum| u8::try_from(sum / count).unwrap_or(u8::MAX)));
            }
        }
        Self {
            columns,
            rows,
            cell,
            colours,
        }
    }

    /// Whether a lamp shines back from the sheet. `paper_level` is that of bare paper.
    pub fn glare(&self, sheet: &Sheet, paper_level: f32) -> bool {
        if paper_level > PAPER_LEVEL_MAX {
            return false;
        }
        let shining = self.select(sheet, 2.0, |[r, g, b]| r.min(g).min(b) >= GLARE_LEVEL);
        self.squares(&shining, GLARE_CELLS, |_| true)
    }

    /// Whether a finger lies on the edge of the sheet.
    pub fn finger(&self, sheet: &Sheet) -> bool {
        // A finger also covers the lid beside the sheet.
        let skin = self.select(sheet, -20.0, is_skin);
        let inner = self.select(sheet, 0.0, |_| true);
        let count = |cells: &[bool]| cells.iter().filter(|cell| **cell).count();
        if fraction(count(&skin)) > fraction(count(&inner)) * SKIN_PART_MAX {
            return false;
        }
        let near = FINGER_EDGE_MM * self.cell;
        self.squares(&skin, FINGER_CELLS, |place| {
            sheet.holds(place, 0.0) && !sheet.holds(place, near)
        })
    }

    fn select(&self, sheet: &Sheet, inset_mm: f32, like: impl Fn([u8; 3]) -> bool) -> Vec<bool> {
        let chosen = |at: usize| sheet.holds(self.middle(at), inset_mm * self.cell) && like(self.colours[at]);
        (0..self.colours.len()).map(chosen).collect()
    }

    fn middle(&self, at: usize) -> [f32; 2] {
        let place = |n: usize| (fraction(n) + 0.5) * self.cell;
        [place(at % self.columns), place(at / self.columns)]
    }

    /// Whether some square of `side` cells is full, its middle where it may be.
    fn squares(&self, chosen: &[bool], side: usize, may: impl Fn([f32; 2]) -> bool) -> bool {
        // The side of the largest full square that ends at each cell.
        let mut ends = vec![0_usize; chosen.len()];
        for row in 0..self.rows {
            for column in 0..self.columns {
                let at = row * self.columns + column;
                if !chosen[at] {
                    continue;
                }
                let before = if row > 0 && column > 0 {
                    ends[at - 1]
                        .min(ends[at - self.columns])
                        .min(ends[at - self.columns - 1])
                } else {
                    0
                };
                ends[at] = before + 1;
                let back = side / 2;
                if ends[at] >= side && may(self.middle(at - back * self.columns - back)) {
                    return true;
                }
            }
        }
        false
    }
}

fn is_skin([r, g, b]: [u8; 3]) -> bool {
    let [r, g, b] = [r, g, b].map(|level| f32::from(level.max(1)));
    let within = |ratio: f32, [low, high]: [f32; 2]| ratio >= low && ratio <= high;
    r > 40.0 && within(r / g, RED_TO_GREEN) && within(g / b, GREEN_TO_BLUE)
}

#[cfg(test)]
mod tests {
    use super::super::tests::raw;
    use super::*;

    const PAPER: [u8; 3] = [240, 239, 234];
    const SKIN: [u8; 3] = [196, 148, 122];

    fn look(pixel: impl Fn(u32, u32) -> [u8; 3]) -> (Cells, Sheet) {
        let page = Reduced::read(&raw(400, 560, pixel), 50).unwrap();
        let sheet = Sheet::around(&page, 0.0);
        (Cells::of(&page), sheet)
    }

    fn near(x: u32, y: u32, [mx, my]: [u32; 2], radius: u32) -> bool {
        x.abs_diff(mx).pow(2) + y.abs_diff(my).pow(2) < radius * radius
    }

    #[test]
    fn a_white_spot_on_grey_paper_is_glare_and_white_paper_is_not() {
        let (cells, sheet) = look(|x, y| if near(x, y, [200, 250], 14) { [255; 3] } else { PAPER });
        assert!(cells.glare(&sheet, 240.0) && !cells.finger(&sheet));
        let (cells, sheet) = look(|_, _| [254; 3]);
        assert!(!cells.glare(&sheet, 254.0));
    }

    #[test]
    fn skin_at_the_edge_is_a_finger_and_in_the_middle_a_picture() {
        let (cells, sheet) = look(|x, y| if x < 40 && y.abs_diff(300) < 15 { SKIN } else { PAPER });
        assert!(cells.finger(&sheet));
        let (cells, sheet) = look(|x, y| if near(x, y, [200, 300], 30) { SKIN } else { PAPER });
        assert!(!cells.finger(&sheet));
    }

    #[test]
    fn paper_of_the_colour_of_skin_is_no_finger() {
        let (cells, sheet) = look(|_, _| SKIN);
        assert!(!cells.finger(&sheet));
    }
}
