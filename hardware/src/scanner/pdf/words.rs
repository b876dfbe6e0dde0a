//! The words of a page as text in the bundled Noto Sans, to lie beneath the page's picture.
//!
//! `krilla` knows no invisible text (rendering mode 3, ISO 32000-1 table 106). Text that is painted
//! over by the picture is as invisible and as conforming: ISO 19005-2 asks of it what it asks of any
//! text, an embedded font and its Unicode. It is white, so that nothing shows at an edge.

use krilla::color::rgb;
use krilla::geom::{Point, Size, Transform};
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size as FontSize};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

use crate::scanner::PageImage;
use crate::scanner::ocr::{PageText, WORD_CHARS_MAX, WORDS_MAX, Word};

/// The font that slips are printed in.
const REGULAR: &[u8] = include_bytes!("../../../../ui/fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../../ui/fonts/NotoSans-Bold.ttf");
/// Lower ink (a dash, dots) says nothing about the size of its letters.
const TELLING_EM: f32 = 0.4;
/// Height of a line's ink where no word of it tells: capital, mark above, descender.
const USUAL_EM: f32 = 1.2;
/// A wider gap parts columns and is left empty.
const SPACE_EM_MAX: f32 = 3.0;
/// Words that touch are parted by so much; below a tenth of the letters' size programs take two words for one.
const SPACE_EM_MIN: f32 = 0.15;
/// Smaller letters are not drawn smaller.
const POINTS_MIN: f32 = 1.0;

/// The font, as the PDF and as the layout need it.
pub(crate) struct Typeface {
    font: Font,
    face: FontRef<'static>,
    units_per_em: f32,
}

/// Whether the words can be of this page.
pub(super) fn check(text: &PageText, page: &PageImage) -> Result<(), &'static str> {
    if (text.width_px, text.height_px) != (page.width_px, page.height_px) {
        Err("its size is another")
    } else if text.words.len() > WORDS_MAX {
        Err("they are too many")
    } else if text.words.iter().any(|word| word.text.chars().count() > WORD_CHARS_MAX) {
        Err("one is too long")
    } else {
        Ok(())
    }
}

impl Typeface {
    pub fn new() -> Option<Self> {
        Self::of(REGULAR)
    }

    pub fn bold() -> Option<Self> {
        Self::of(BOLD)
    }

    fn of(file: &'static [u8]) -> Option<Self> {
        let font = Font::new(file.into(), 0)?;
        let units_per_em = font.units_per_em();
        Some(Self {
            font,
            face: FontRef::new(file).ok()?,
            units_per_em,
        })
    }

    /// How wide words are at the size of 1.
    pub fn width_em(&self, words: &str) -> f32 {
        let glyphs = words.nfc().filter_map(|letter| self.glyph(letter, 0));
        glyphs.map(|glyph| glyph.x_advance).sum()
    }

    /// Words to be seen, from `at`, the left end of their baseline. Letters that the font has not are left out.
    pub fn put(&self, surface: &mut Surface<'_>, words: &str, points: f32, [x, y]: [f32; 2]) {
        if let Some(set) = self.set(words) {
            let at = Point::from_xy(x, y);
            surface.draw_glyphs(at, &set.glyphs, self.font.clone(), &set.text, points, false);
        }
    }

    /// Draws each word so that its ink would cover the ink on the page, which has `size`.
    pub fn draw(&self, surface: &mut Surface<'_>, text: &PageText, size: Size) {
        #[expect(clippy::cast_precision_loss, reason = "a page has some thousand pixels")]
        let points_per_px = size.width() / text.width_px as f32;

        surface.set_fill(Some(Fill {
            paint: rgb::Color::white().into(),
            ..Fill::default()
        }));
        for line in text.lines() {
            let words: Vec<_> = line
                .iter()
                .filter_map(|word| Some((Place::new(word, points_per_px), self.set(&word.text)?)))
                .collect();
            let points = line_points(&words).clamp(POINTS_MIN, size.height());
            for (at, (place, word)) in words.iter().enumerate() {
                let next = words.get(at + 1).map(|(place, _)| place);
                self.draw_word(surface, place, word, points, next);
            }
        }
        surface.set_fill(None);
    }

    /// The word is stretched to its ink, and a space behind it to the `next` word of its line: so words stay
    /// words, one space apart, whether a program goes by the letters or by their places.
    fn draw_word(&self, surface: &mut Surface<'_>, place: &Place, word: &SetWord, points: f32, next: Option<&Place>) {
        let baseline = place.bottom + word.lowest_em * points;
        let room = next.map(|next| next.left - place.left);
        let gap = room
            .map(|room| room - place.width)
            .filter(|gap| *gap < points * SPACE_EM_MAX);
        let space = gap.map(|gap| gap.max(points * SPACE_EM_MIN));
        let width = match (room, space) {
            // A word that touches the next gives way to the space.
            (Some(room), Some(space)) => place.width.min(room - space).max(place.width / 2.0),
            (Some(_) | None, _) => place.width,
        };
        self.stretch(surface, word, points, [place.left, baseline], width);

        if let (Some(space), Some(glyph)) = (space, self.glyph(' ', 0)) {
            let word = SetWord {
                text: " ".to_owned(),
                width_em: glyph.x_advance,
                glyphs: vec![glyph],
                lowest_em: 0.0,
                highest_em: 0.0,
            };
            self.stretch(surface, &word, points, [place.left + width, baseline], space);
        }
    }

    /// Draws from `at`, the left end of the baseline, so that it is `width` wide.
    fn stretch(&self, surface: &mut Surface<'_>, word: &SetWord, points: f32, [x, y]: [f32; 2], width: f32) {
        let stretch = width / (word.width_em * points);
        surface.push_transform(&Transform::from_row(stretch, 0.0, 0.0, 1.0, x, y));
        surface.draw_glyphs(
            Point::from_xy(0.0, 0.0),
            &word.glyphs,
            self.font.clone(),
            &word.text,
            points,
            false,
        );
        surface.pop();
    }

    /// The letters that the font has; `None` if these take no room.
    fn set(&self, word: &str) -> Option<SetWord> {
        let metrics = self.metrics();
        let mut set = SetWord {
            text: String::with_capacity(word.len()),
            glyphs: Vec::new(),
            width_em: 0.0,
            lowest_em: f32::MAX,
            highest_em: f32::MIN,
        };
        for letter in word.nfc() {
            let Some(glyph) = self.glyph(letter, set.text.len()) else {
                continue;
            };
            if let Some(ink) = metrics.bounds(skrifa::GlyphId::new(glyph.glyph_id.to_u32())) {
                set.lowest_em = set.lowest_em.min(ink.y_min / self.units_per_em);
                set.highest_em = set.highest_em.max(ink.y_max / self.units_per_em);
            }
            set.text.push(letter);
            set.width_em += glyph.x_advance;
            set.glyphs.push(glyph);
        }
        (set.width_em > 0.0 && set.lowest_em < set.highest_em).then_some(set)
    }

    /// A letter at byte `at` of its word; `None` if the font has none, which PDF/A forbids to show
    /// (ISO 19005-2, 6.2.11.8).
    fn glyph(&self, letter: char, at: usize) -> Option<KrillaGlyph> {
        let id = self.face.charmap().map(letter).filter(|id| id.to_u32() != 0)?;
        let advance = self.metrics().advance_width(id)? / self.units_per_em;
        let range = at..at + letter.len_utf8();
        Some(KrillaGlyph::new(
            GlyphId::new(id.to_u32()),
            advance,
            0.0,
            0.0,
            0.0,
            range,
            None,
        ))
    }

    fn metrics(&self) -> GlyphMetrics<'_> {
        self.face.glyph_metrics(FontSize::unscaled(), LocationRef::default())
    }
}

/// Where a word's ink is, in points from the page's upper left corner.
struct Place {
    left: f32,
    bottom: f32,
    width: f32,
    height: f32,
}

impl Place {
    #[expect(clippy::cast_precision_loss, reason = "a place on a page of some thousand pixels")]
    fn new(word: &Word, points_per_px: f32) -> Self {
        Self {
            left: word.left_px as f32 * points_per_px,
            bottom: (word.top_px as f32 + word.height_px as f32) * points_per_px,
            width: word.width_px.max(1) as f32 * points_per_px,
            height: word.height_px.max(1) as f32 * points_per_px,
        }
    }
}

/// A word in this font at the size of 1.
struct SetWord {
    text: String,
    glyphs: Vec<KrillaGlyph>,
    width_em: f32,
    /// Lowest and highest ink above the baseline.
    lowest_em: f32,
    highest_em: f32,
}

/// The size at which most words of a line are as high as their ink on the page.
fn line_points(words: &[(Place, SetWord)]) -> f32 {
    let mut points: Vec<_> = words
        .iter()
        .map(|(place, word)| (place.height, word.highest_em - word.lowest_em))
        .filter(|(_, ink_em)| *ink_em >= TELLING_EM)
        .map(|(height, ink_em)| height / ink_em)
        .collect();
    points.sort_by(f32::total_cmp);

    let highest = words.iter().map(|(place, _)| place.height).fold(0.0, f32::max);
    points.get(points.len() / 2).copied().unwrap_or(highest / USUAL_EM)
}

#[cfg(test)]
mod tests;
