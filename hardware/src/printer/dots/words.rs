//! Words to dots: shaping and glyphs by cosmic-text with the bundled Noto Sans, nothing from the system.
//!
//! Shapes of glyphs are kept, words never are.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use cosmic_text::fontdb::{Database, Source};
use cosmic_text::{
    Attrs, Buffer, CacheKey, Family, FontSystem, Metrics, Shaping, SubpixelBin, SwashCache, SwashContent, Wrap,
};

use super::{Align, DOTS_PER_MM, Dots, TextSize, Weight, height_dots};

const REGULAR: &[u8] = include_bytes!("../../../../ui/fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../../ui/fonts/NotoSans-Bold.ttf");

/// A queue number is at most 25 mm high, marks included.
const HUGE_DOTS_MAX: u32 = 25 * DOTS_PER_MM;
/// The em at which capitals of Noto Sans (0.714 em) are 25 mm high.
pub const HUGE_EM_DOTS_MAX: u32 = 280;
/// Huge words come in steps, so that the same glyphs are met again.
const HUGE_STEP_DOTS: u32 = 4;
/// From baseline to baseline, in em. Noto Sans needs 1.3 so that "Ẫ" below "ợ" does not touch.
const LINE_EM: f32 = 1.3;
/// White kept at each edge, since the print head's last dots are often worn.
const EDGE_DOTS: u32 = 4;
/// Coverage from which a dot is black, of 255.
const BLACK_FROM: u8 = 120;
/// Halvings of the width in search of equally long lines.
const BALANCE_STEPS: u32 = 6;
/// Glyph shapes kept; beyond it all are dropped and drawn anew.
const GLYPHS_MAX: usize = 6_000;

/// Every letter of Vietnamese with every tone, and what else stands on slips.
pub const ALPHABET: &str = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz\
    AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆFGHIÌỈĨÍỊJKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVWXYỲỶỸÝỴZ\
    0123456789 .,:;!?-–—()[]/\\+*=%#@&'\"“”‘’…·•→№₫×_<>|";

/// Draws words. Costs some tens of milliseconds to make and little to use: keep it.
pub struct Pen {
    fonts: FontSystem,
    glyphs: SwashCache,
}

/// One glyph where it goes, relative to the text's top left.
struct Placed {
    key: CacheKey,
    x: i32,
    y: i32,
}

/// Words laid out, not yet on paper.
struct Laid {
    glyphs: Vec<Placed>,
    height: u32,
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Center,
    Right,
}

impl From<Align> for Side {
    fn from(align: Align) -> Self {
        match align {
            Align::Left => Self::Left,
            Align::Center => Self::Center,
        }
    }
}

impl Default for Pen {
    fn default() -> Self {
        Self::new()
    }
}

impl Pen {
    /// Loads the fonts and draws every letter once, so that the first citizen waits no longer than others.
    pub fn new() -> Self {
        let mut pen = Self::cold();
        pen.warm();
        pen
    }

    /// Loads the fonts only: each letter is drawn when it is first met.
    pub fn cold() -> Self {
        let mut fonts = Database::new();
        fonts.load_font_source(Source::Binary(Arc::new(REGULAR)));
        fonts.load_font_source(Source::Binary(Arc::new(BOLD)));
        Self {
            fonts: FontSystem::new_with_locale_and_db("vi".to_owned(), fonts),
            glyphs: SwashCache::new(),
        }
    }

    fn warm(&mut self) {
        for weight in [Weight::Regular, Weight::Bold] {
            for size in [TextSize::Small, TextSize::Normal, TextSize::Large] {
                let laid = self.lay(ALPHABET, height_dots(size), weight, None, Side::Left);
                for placed in laid.glyphs {
                    self.glyphs.get_image(&mut self.fonts, placed.key);
                }
            }
        }
    }

    /// The width that words may take on paper of `width` dots.
    pub fn room(width: u32) -> u32 {
        width.saturating_sub(2 * EDGE_DOTS)
    }

    /// The number of lines the text itself asks for.
    pub fn lines(&self, text: &str) -> usize {
        text.lines().count().max(1)
    }

    /// Width of words on one line.
    pub fn width(&mut self, text: &str, size: u32, weight: Weight) -> u32 {
        let buffer = self.shape(text, size, weight, None);
        buffer
            .layout_runs()
            .map(|run| run.line_w.ceil() as u32)
            .max()
            .unwrap_or(0)
    }

    /// Words below what is there, wrapped.
    pub fn text(&mut self, dots: &mut Dots, text: &str, size: u32, weight: Weight, align: Align) {
        let laid = self.lay(text, size, weight, Some(dots.width()), align.into());
        self.put(dots, &laid);
    }

    /// As [`Pen::text`], right of `left` dots.
    pub fn text_from(&mut self, dots: &mut Dots, left: u32, text: &str, size: u32, weight: Weight) {
        let width = dots.width().saturating_sub(left);
        let mut laid = self.lay(text, size, weight, Some(width), Side::Left);
        for placed in &mut laid.glyphs {
            placed.x += left as i32;
        }
        self.put(dots, &laid);
    }

    /// As [`Pen::text`], each line ending at the right edge.
    pub fn right(&mut self, dots: &mut Dots, text: &str, size: u32, weight: Weight) {
        let laid = self.lay(text, size, weight, Some(dots.width()), Side::Right);
        self.put(dots, &laid);
    }

    /// A label and its value on one line. The caller has seen that both fit.
    pub fn pair(&mut self, dots: &mut Dots, label: &str, value: &str, size: u32) {
        let mut laid = self.lay(label, size, Weight::Regular, Some(dots.width()), Side::Left);
        let value = self.lay(value, size, Weight::Bold, Some(dots.width()), Side::Right);
        laid.height = laid.height.max(value.height);
        laid.glyphs.extend(value.glyphs);
        self.put(dots, &laid);
    }

    /// Words as large as one line of the paper allows, at most 25 mm; very long ones wrap.
    pub fn huge(&mut self, dots: &mut Dots, text: &str, weight: Weight, align: Align) {
        let least = height_dots(TextSize::Large);
        let room = Self::room(dots.width());
        let at_most = self.width(text, HUGE_EM_DOTS_MAX, weight).max(1);
        let mut em = (HUGE_EM_DOTS_MAX * room / at_most).min(HUGE_EM_DOTS_MAX) / HUGE_STEP_DOTS * HUGE_STEP_DOTS;
        // Marks above and below make a word higher than its capitals: two rounds always settle it.
        for _round in 0..3 {
            em = em.max(least);
            let mut laid = self.lay(text, em, weight, Some(dots.width()), align.into());
            let (top, bottom) = self.ink(&laid);
            let high = u32::try_from(bottom - top).unwrap_or(0);
            if high > HUGE_DOTS_MAX && em > least {
                em = em * HUGE_DOTS_MAX / high / HUGE_STEP_DOTS * HUGE_STEP_DOTS;
                continue;
            }
            // So large a line needs no room for marks that it does not have.
            for placed in &mut laid.glyphs {
                placed.y -= top;
            }
            laid.height = high + DOTS_PER_MM;
            self.put(dots, &laid);
            return;
        }
        self.text(dots, text, least, weight, align);
    }

    fn shape(&mut self, text: &str, size: u32, weight: Weight, room: Option<f32>) -> Buffer {
        let size = size as f32;
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size, (size * LINE_EM).round()));
        buffer.set_wrap(if room.is_some() { Wrap::WordOrGlyph } else { Wrap::None });
        buffer.set_size(room, None);
        let weight = match weight {
            Weight::Regular => cosmic_text::Weight::NORMAL,
            Weight::Bold => cosmic_text::Weight::BOLD,
        };
        let attrs = Attrs::new().family(Family::Name("Noto Sans")).weight(weight);
        buffer.set_text(text, &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
    }

    fn lay(&mut self, text: &str, size: u32, weight: Weight, width: Option<u32>, side: Side) -> Laid {
        let room = width.map(|width| Self::room(width) as f32);
        let mut buffer = self.shape(text, size, weight, room);
        if let (Side::Center, Some(room)) = (side, room) {
            self.balance(&mut buffer, room);
        }
        let mut laid = Laid {
            glyphs: Vec::new(),
            height: 0,
        };
        for run in buffer.layout_runs() {
            let spare = (room.unwrap_or(run.line_w) - run.line_w).max(0.0);
            let left = EDGE_DOTS as f32
                + match side {
                    Side::Left => 0.0,
                    Side::Center => spare / 2.0,
                    Side::Right => spare,
                };
            for glyph in run.glyphs {
                // Whole dots only: one shape a glyph is kept, and equal letters look equal.
                let mut physical = glyph.physical((0.0, 0.0), 1.0);
                physical.cache_key.x_bin = SubpixelBin::Zero;
                physical.cache_key.y_bin = SubpixelBin::Zero;
                let x = (left + glyph.x + glyph.x_offset * glyph.font_size).round() as i32;
                laid.glyphs.push(Placed {
                    key: physical.cache_key,
                    x,
                    y: run.line_y.round() as i32 + physical.y,
                });
            }
            laid.height = laid.height.max((run.line_top + run.line_height).ceil() as u32);
        }
        laid
    }

    /// Makes the lines of centred words about equally long, so that no word stands alone on the last one.
    fn balance(&mut self, buffer: &mut Buffer, room: f32) {
        let lines = buffer.layout_runs().count();
        if lines <= buffer.lines.len() {
            return;
        }
        let (mut too_narrow, mut enough) = (room / lines as f32, room);
        for _step in 0..BALANCE_STEPS {
            let middle = (too_narrow + enough) / 2.0;
            buffer.set_size(Some(middle), None);
            buffer.shape_until_scroll(&mut self.fonts, false);
            if buffer.layout_runs().count() > lines {
                too_narrow = middle
            } else {
                enough = middle
            }
        }
        buffer.set_size(Some(enough), None);
        buffer.shape_until_scroll(&mut self.fonts, false);
    }

    /// First and last row with ink, the last excluded.
    fn ink(&mut self, laid: &Laid) -> (i32, i32) {
        let (mut top, mut bottom) = (i32::MAX, i32::MIN);
        for placed in &laid.glyphs {
            if let Some(image) = self.glyphs.get_image(&mut self.fonts, placed.key)
                && image.placement.height > 0
            {
                top = top.min(placed.y - image.placement.top);
                bottom = bottom.max(placed.y - image.placement.top + image.placement.height as i32);
            }
        }
        if top > bottom { (0, 0) } else { (top, bottom) }
    }

    /// Puts laid words below what is there; marks above the first line push everything down instead of being cut.
    fn put(&mut self, dots: &mut Dots, laid: &Laid) {
        if self.glyphs.image_cache.len() > GLYPHS_MAX {
            self.glyphs.image_cache.clear();
        }
        let (ink_top, ink_bottom) = self.ink(laid);
        let down = (-ink_top).max(0);
        let top = dots.rows() as i32 + down;
        dots.feed(laid.height.max(u32::try_from(ink_bottom).unwrap_or(0)) + down as u32);
        let mut lost_dots = 0_u32;
        for placed in &laid.glyphs {
            lost_dots += self.blit(dots, placed, top);
        }
        if lost_dots > 0 {
            tracing::warn!(lost_dots, "Words do not fit on the paper's width");
        }
        debug_assert_eq!(lost_dots, 0, "a glyph was cut");
    }

    /// Draws one glyph, moved inside if it leans over an edge. Returns how many dots found no room.
    fn blit(&mut self, dots: &mut Dots, placed: &Placed, top: i32) -> u32 {
        let Some(image) = self.glyphs.get_image(&mut self.fonts, placed.key) else {
            return 0;
        };
        if image.content != SwashContent::Mask {
            return 0;
        }
        let (wide, high) = (image.placement.width as usize, image.placement.height as usize);
        let rightmost = dots.width() as i32 - wide as i32;
        let left = (placed.x + image.placement.left).min(rightmost).max(0);
        let above = top + placed.y - image.placement.top;
        let mut lost = 0;
        for (y, row) in image.data.chunks_exact(wide.max(1)).take(high).enumerate() {
            for (x, coverage) in row.iter().enumerate() {
                if *coverage >= BLACK_FROM && !dots.set(left + x as i32, above + y as i32) {
                    lost += 1;
                }
            }
        }
        lost
    }
}
