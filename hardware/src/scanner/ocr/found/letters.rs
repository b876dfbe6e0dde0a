//! Words as they are compared: without marks and case, and in pieces of lines that belong together.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::scanner::ocr::{PageText, Word};

/// A gap wider than so many tenths of the line's height parts two columns.
const COLUMN_GAP_TENTHS: u32 = 25;
/// Words of the national title that must be recognised for it to count.
const TITLE_WORDS_MIN: usize = 5;
const TITLE: [&str; 8] = ["cong", "hoa", "xa", "hoi", "chu", "nghia", "viet", "nam"];
const MOTTO_BEGINS: [&str; 2] = ["doc", "lap"];

/// A line, or the part of it that stands in one column.
pub(super) struct Segment<'a> {
    pub words: &'a [Word],
    /// The words as they are compared, punctuation kept.
    pub folded: Vec<String>,
    pub left_px: u32,
    pub right_px: u32,
    pub top_px: u32,
    pub bottom_px: u32,
    /// How far down the page it begins.
    pub down_percent: u32,
    /// The page's width.
    pub page_px: u32,
}

impl<'a> Segment<'a> {
    fn new(words: &'a [Word], text: &PageText) -> Self {
        let top_px = words.iter().map(|word| word.top_px).min().unwrap_or(0);
        Self {
            words,
            folded: words.iter().map(|word| fold(&word.text)).collect(),
            left_px: words.iter().map(|word| word.left_px).min().unwrap_or(0),
            right_px: words.iter().map(right).max().unwrap_or(0),
            top_px,
            bottom_px: words
                .iter()
                .map(|word| word.top_px.saturating_add(word.height_px))
                .max()
                .unwrap_or(0),
            down_percent: percent(top_px, text.height_px),
            page_px: text.width_px,
        }
    }

    /// "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", read well enough.
    pub fn is_title(&self) -> bool {
        let known = |word: &&&str| self.folded.iter().any(|have| bare(have) == **word);
        TITLE.iter().filter(known).count() >= TITLE_WORDS_MIN
    }

    /// Whether nearly all letters are capitals.
    pub fn is_capitals(&self) -> bool {
        let letters = || {
            self.words
                .iter()
                .flat_map(|word| word.text.chars())
                .filter(|letter| letter.is_alphabetic())
        };
        let (all, capitals) = (
            letters().count(),
            letters().filter(|letter| letter.is_uppercase()).count(),
        );
        all >= 3 && capitals * 100 >= all * 80
    }

    pub fn plain(&self) -> String {
        join(self.words)
    }
}

pub(super) fn join(words: &[Word]) -> String {
    let words: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

fn right(word: &Word) -> u32 {
    word.left_px.saturating_add(word.width_px)
}

fn percent(part: u32, whole: u32) -> u32 {
    u32::try_from(u64::from(part) * 100 / u64::from(whole.max(1))).unwrap_or(u32::MAX)
}

/// The page's lines, parted where a column ends and before the national title and motto.
pub(super) fn segments(text: &PageText) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();

    for line in text.lines() {
        let mut heights: Vec<_> = line.iter().map(|word| word.height_px).collect();
        heights.sort_unstable();
        let gap_px = heights[heights.len() / 2].saturating_mul(COLUMN_GAP_TENTHS) / 10;
        let folded: Vec<_> = line.iter().map(|word| fold(&word.text)).collect();

        let mut begin = 0;
        for at in 1..line.len() {
            let gap = line[at].left_px.saturating_sub(right(&line[at - 1]));
            let heading = |words: &[&str]| {
                words
                    .iter()
                    .zip(&folded[at..])
                    .filter(|(word, have)| **word == bare(have))
                    .count()
                    == words.len()
            };
            if gap > gap_px || heading(&TITLE[..2]) || heading(&MOTTO_BEGINS) {
                segments.push(Segment::new(&line[begin..at], text));
                begin = at;
            }
        }
        segments.push(Segment::new(&line[begin..], text));
    }
    segments
}

/// Small letters without marks: "Nguyễn" → "nguyen".
pub(super) fn fold(word: &str) -> String {
    word.nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == 'đ' { 'd' } else { letter })
        .collect()
}

/// A folded word without the punctuation around it.
pub(super) fn bare(folded: &str) -> &str {
    folded.trim_matches(|letter: char| !letter.is_alphanumeric())
}

/// A digit, or the letter that is read in its place. Takes letters of any case; the second value tells
/// whether it was mended.
pub(super) fn digit(letter: char) -> Option<(char, bool)> {
    match letter {
        '0'..='9' => Some((letter, false)),
        'O' | 'o' | 'Q' => Some(('0', true)),
        'l' | 'I' | 'i' | '|' => Some(('1', true)),
        'Z' | 'z' => Some(('2', true)),
        'S' | 's' => Some(('5', true)),
        'B' => Some(('8', true)),
        _ => None,
    }
}
