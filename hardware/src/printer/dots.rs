//! Dots on paper: rows of one bit a dot, and a slip's words drawn into them.
//!
//! One dot is 1/8 mm (203 dpi). Nothing here knows how dots travel to a printer.

mod drawing;
mod words;

pub use drawing::{DRAWING_UNITS, Drawing};
pub use words::Pen;

use super::{Align, Line, TextSize, Weight};

/// Dots in a millimetre at 203 dpi, the pitch of nearly all slip printers.
pub const DOTS_PER_MM: u32 = 8;
/// Longest paper one slip may take; a longer one is a mistake of the caller.
pub const SLIP_MM_MAX: u32 = 1_500;

/// White above and below a rule.
const RULE_SPACE_DOTS: u32 = 10;
const RULE_DOTS: u32 = 2;
/// Least white between a label and its value on one line.
const PAIR_SPACE_DOTS: u32 = 16;
/// White below a value that stands under its label, so that it is not read with the next label.
const PAIR_BELOW_DOTS: u32 = 8;

/// Rows of dots, all of the same width; a set bit is black, the leftmost dot is the highest bit.
#[derive(Clone, PartialEq, Eq)]
pub struct Dots {
    width: u32,
    bytes: Vec<u8>,
}

impl Dots {
    pub fn new(width: u32) -> Self {
        Self {
            width,
            bytes: Vec::new(),
        }
    }

    /// Rows as [`Dots::bytes`] gave them; what is not a whole row is dropped.
    pub fn from_bytes(width: u32, mut bytes: Vec<u8>) -> Self {
        let row_bytes = width.div_ceil(8).max(1) as usize;
        bytes.truncate(bytes.len() / row_bytes * row_bytes);
        Self { width, bytes }
    }

    pub fn width(&self) -> u32 {
        self.width
    }

    pub fn row_bytes(&self) -> usize {
        self.width.div_ceil(8) as usize
    }

    pub fn rows(&self) -> u32 {
        u32::try_from(self.bytes.len() / self.row_bytes().max(1)).unwrap_or(u32::MAX)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Adds white rows at the bottom.
    pub fn feed(&mut self, rows: u32) {
        let more = rows as usize * self.row_bytes();
        self.bytes.resize(self.bytes.len() + more, 0);
    }

    /// Whether a dot is black; dots outside are white.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        if x >= self.width || y >= self.rows() {
            return false;
        }
        self.bytes[y as usize * self.row_bytes() + x as usize / 8] & (0x80 >> (x % 8)) != 0
    }

    /// Makes a dot black. Returns whether it lies on the paper.
    pub fn set(&mut self, x: i32, y: i32) -> bool {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return false;
        };
        if x >= self.width || y >= self.rows() {
            return false;
        }
        let row_bytes = self.row_bytes();
        self.bytes[y as usize * row_bytes + x as usize / 8] |= 0x80 >> (x % 8);
        true
    }

    /// A thin line across the paper, with white around it.
    pub fn rule(&mut self) {
        self.feed(RULE_SPACE_DOTS);
        let row_bytes = self.row_bytes();
        self.bytes
            .resize(self.bytes.len() + RULE_DOTS as usize * row_bytes, 0xFF);
        self.feed(RULE_SPACE_DOTS);
    }

    /// Draws one line of a slip below what is there. Codes are not drawn here: the printer draws them.
    pub fn draw(&mut self, pen: &mut Pen, line: &Line) {
        match line {
            Line::Text {
                text,
                size: TextSize::Huge,
                weight,
                align,
            } => pen.huge(self, text, *weight, *align),
            Line::Text {
                text,
                size,
                weight,
                align,
            } => pen.text(self, text, height_dots(*size), *weight, *align),
            Line::Pair { label, value } => self.pair(pen, label, value),
            Line::Drawn { drawing, title, note } => self.drawn(pen, *drawing, title, note),
            Line::Rule => self.rule(),
            Line::Gap { mm } => self.feed(u32::from(*mm) * DOTS_PER_MM),
            Line::Qr { .. } | Line::Barcode { .. } => {}
        }
    }

    fn pair(&mut self, pen: &mut Pen, label: &str, value: &str) {
        let size = height_dots(TextSize::Normal);
        let label_dots = pen.width(label, size, Weight::Regular);
        let value_dots = pen.width(value, size, Weight::Bold);
        if pen.lines(value) == 1 && label_dots + PAIR_SPACE_DOTS + value_dots <= Pen::room(self.width) {
            pen.pair(self, label, value, size);
        } else {
            pen.text(self, label, size, Weight::Regular, Align::Left);
            if value_dots <= Pen::room(self.width) {
                pen.right(self, value, size, Weight::Bold);
            } else {
                // Several lines are read more easily from the left.
                pen.text(self, value, size, Weight::Bold, Align::Left);
            }
            self.feed(PAIR_BELOW_DOTS);
        }
    }
}

/// The em height of a size in dots: points × 203 / 72, rounded.
pub fn height_dots(size: TextSize) -> u32 {
    match size {
        TextSize::Small => 28,
        TextSize::Normal => 34,
        TextSize::Large => 51,
        TextSize::Huge => words::HUGE_EM_DOTS_MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_outside_the_paper_is_refused_and_changes_nothing() {
        let mut dots = Dots::new(384);
        dots.feed(2);
        let before = dots.clone();
        for (x, y) in [(-1, 0), (384, 0), (0, 2), (0, -1)] {
            assert!(!dots.set(x, y));
        }
        assert!(dots == before);
        assert!(dots.set(383, 1) && dots.is_black(383, 1));
    }
}
