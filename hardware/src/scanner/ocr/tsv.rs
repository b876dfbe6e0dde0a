//! Tesseract's words in its own table, read as a stranger's.
//!
//! A row has twelve columns; of level 5 (a word) the place, the certainty and the text are taken. What
//! has not this form makes the whole answer unreadable; words are never guessed.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::scanner::PageImage;

/// A page has no more words: A4 in print of 6 points has 3,000.
pub const WORDS_MAX: usize = 20_000;
/// Longer ones, drawn lines taken for letters, are left out.
pub const WORD_CHARS_MAX: usize = 200;
/// Rows of all levels.
const ROWS_MAX: usize = 4 * WORDS_MAX;
const HEADER: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext";
const COLUMNS: usize = 12;
const LEVEL_WORD: &str = "5";

/// The words of a page in the order they are read, and the page's size. Personal: never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageText {
    pub words: Vec<Word>,
    pub width_px: u32,
    pub height_px: u32,
}

/// A word and the upright box around its ink, in pixels of the page.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Letters with their marks in one (NFC); at most [`WORD_CHARS_MAX`], no white space within.
    pub text: String,
    pub left_px: u32,
    pub top_px: u32,
    pub width_px: u32,
    pub height_px: u32,
    /// What tesseract thinks of its own reading, 0 to 100.
    pub certainty_percent: u8,
    /// Words of one line have one number; it grows from line to line.
    pub line: u32,
}

impl fmt::Debug for PageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageText({} words, hidden)", self.words.len())
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Word(hidden, {} %)", self.certainty_percent)
    }
}

impl PageText {
    /// The words of each line.
    pub fn lines(&self) -> impl Iterator<Item = &[Word]> {
        self.words.chunk_by(|word, next| word.line == next.line)
    }

    /// All words with a space between them and each line on its own.
    pub fn plain(&self) -> String {
        let lines = self.lines().map(|line| {
            let words: Vec<_> = line.iter().map(|word| word.text.as_str()).collect();
            words.join(" ")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Reads the table; the error says what is wrong with its form.
pub(super) fn parse(answer: &[u8], page: &PageImage) -> Result<PageText, &'static str> {
    let answer = std::str::from_utf8(answer).map_err(|_| "it is not UTF-8")?;
    let mut rows = answer.lines();
    if rows.next() != Some(HEADER) {
        return Err("its columns are others");
    }

    let mut text = PageText {
        words: Vec::new(),
        width_px: page.width_px,
        height_px: page.height_px,
    };
    let mut lines = Lines::default();
    for (at, row) in rows.enumerate() {
        if at >= ROWS_MAX || text.words.len() >= WORDS_MAX {
            return Err("it has too many rows");
        }
        let row = Row::parse(row).ok_or("a row has another form")?;
        if let Some(word) = row.word(page, &mut lines) {
            text.words.push(word);
        }
    }
    Ok(text)
}

/// Numbers the lines that have words.
#[derive(Default)]
struct Lines {
    /// Page, block, paragraph and line of the word before.
    last: Option<[u32; 4]>,
    number: u32,
}

impl Lines {
    fn number(&mut self, place: [u32; 4]) -> u32 {
        if self.last.is_some_and(|last| last != place) {
            self.number += 1;
        }
        self.last = Some(place);
        self.number
    }
}

struct Row<'a> {
    is_word: bool,
    place: [u32; 4],
    left_px: u32,
    top_px: u32,
    width_px: u32,
    height_px: u32,
    /// From 0 to 100, and −1 for what is no word.
    certainty: f32,
    text: &'a str,
}

impl<'a> Row<'a> {
    fn parse(row: &'a str) -> Option<Self> {
        let columns: Vec<_> = row.splitn(COLUMNS, '\t').collect();
        let [
            level,
            page,
            block,
            paragraph,
            line,
            word,
            left,
            top,
            width,
            height,
            certainty,
            text,
        ] = <[&str; COLUMNS]>::try_from(columns).ok()?;
        let number = |digits: &str| digits.parse::<u32>().ok();
        let certainty = certainty.parse::<f32>().ok()?;
        number(word)?;

        Some(Self {
            is_word: level == LEVEL_WORD,
            place: [number(page)?, number(block)?, number(paragraph)?, number(line)?],
            left_px: number(left)?,
            top_px: number(top)?,
            width_px: number(width)?,
            height_px: number(height)?,
            certainty: (-1.0..=100.0).contains(&certainty).then_some(certainty)?,
            text,
        })
    }

    /// The word of this row, its box cut to the page; `None` if it is none, or not on the page.
    fn word(&self, page: &PageImage, lines: &mut Lines) -> Option<Word> {
        let text: String = self
            .text
            .split_whitespace()
            .collect::<String>()
            .nfc()
            .filter(|c| !c.is_control())
            .collect();
        if !self.is_word || text.is_empty() || text.chars().count() > WORD_CHARS_MAX {
            return None;
        }
        let width_px = self.width_px.min(page.width_px.checked_sub(self.left_px)?);
        let height_px = self.height_px.min(page.height_px.checked_sub(self.top_px)?);
        if width_px == 0 || height_px == 0 {
            return None;
        }

        Some(Word {
            text,
            left_px: self.left_px,
            top_px: self.top_px,
            width_px,
            height_px,
            certainty_percent: self.certainty.max(0.0).round() as u8,
            line: lines.number(self.place),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page() -> PageImage {
        PageImage {
            jpeg: vec![],
            width_px: 1000,
            height_px: 1400,
            dpi: 300,
        }
    }

    fn table(rows: &[&str]) -> String {
        rows.iter()
            .fold(HEADER.to_owned(), |table, row| format!("{table}\n{row}"))
    }

    fn read(rows: &[&str]) -> Result<PageText, &'static str> {
        parse(table(rows).as_bytes(), &page())
    }

    #[test]
    fn words_come_with_place_certainty_and_line() {
        let text = read(&[
            "1\t1\t0\t0\t0\t0\t0\t0\t1000\t1400\t-1\t",
            "4\t1\t1\t1\t1\t0\t10\t20\t300\t40\t-1\t",
            "5\t1\t1\t1\t1\t1\t10\t20\t120\t40\t96.063\tPHƯỜNG",
            "5\t1\t1\t1\t1\t2\t140\t20\t90\t40\t41.5\tMẪU",
            "5\t1\t2\t1\t1\t1\t10\t80\t90\t40\t90\tSố:",
        ])
        .unwrap();

        assert_eq!(text.plain(), "PHƯỜNG MẪU\nSố:");
        assert_eq!(text.lines().count(), 2);
        let word = &text.words[1];
        assert_eq!(
            (
                word.left_px,
                word.top_px,
                word.width_px,
                word.height_px,
                word.certainty_percent,
                word.line
            ),
            (140, 20, 90, 40, 42, 0)
        );
    }

    #[test]
    fn marks_that_stand_alone_are_joined_with_their_letters() {
        let text = read(&["5\t1\t1\t1\t1\t1\t10\t20\t120\t40\t96\tNguye\u{302}\u{303}n"]).unwrap();
        assert_eq!(text.words[0].text, "Nguyễn");
    }

    #[test]
    fn empty_words_and_such_as_lie_beside_the_page_are_left_out_and_boxes_are_cut_to_it() {
        let text = read(&[
            "5\t1\t1\t1\t1\t1\t10\t20\t120\t40\t95\t ",
            "5\t1\t1\t1\t1\t2\t10\t20\t120\t40\t95\t",
            "5\t1\t1\t1\t1\t3\t1000\t20\t120\t40\t95\tbeside",
            "5\t1\t1\t1\t1\t4\t10\t4000000000\t120\t40\t95\tbelow",
            "5\t1\t1\t1\t1\t5\t990\t20\t4000000000\t40\t-1\tcut",
        ])
        .unwrap();
        assert_eq!((text.plain().as_str(), text.words[0].width_px), ("cut", 10));
        assert_eq!(text.words[0].certainty_percent, 0);
        let long = format!("5\t1\t1\t1\t1\t1\t10\t20\t120\t40\t95\t{}", "—".repeat(201));
        assert_eq!(read(&[&long]).unwrap().words, []);
    }

    #[test]
    fn another_form_is_refused() {
        for wrong in [
            "5\t1\t1\t1\t1\t1\t10\t20\t120\t40\t95",
            "5\t1\t1\t1\t1\t1\t-10\t20\t120\t40\t95\tx",
            "5\t1\t1\t1\t1\t1\t10\t20\t99999999999\t40\t95\tx",
            "5\t1\t1\t1\t1\t1\t10\t20\t120\t40\tNaN\tx",
            "5\t1\t1\t1\t1\t1\t10\t20\t120\t40\tinf\tx",
            "5\t1\t1\t1\t1\t1\t10\t20\t120\t40\t101\tx",
            "word",
        ] {
            assert_eq!(read(&[wrong]), Err("a row has another form"), "{wrong}");
        }
        assert!(parse(b"level\ttext\n", &page()).is_err() && parse(b"", &page()).is_err());
        assert_eq!(parse(b"\xFF\xFE", &page()), Err("it is not UTF-8"));
        let many = vec!["5\t1\t1\t1\t1\t1\t10\t20\t120\t40\t95\tx"; WORDS_MAX + 1];
        assert_eq!(read(&many), Err("it has too many rows"));
        let levels = vec!["4\t1\t1\t1\t1\t0\t10\t20\t120\t40\t-1\t"; ROWS_MAX + 1];
        assert_eq!(read(&levels), Err("it has too many rows"));
    }

    #[test]
    fn debug_hides_what_was_read() {
        let text = read(&["5\t1\t1\t1\t1\t1\t10\t20\t120\t40\t95\tNguyễn"]).unwrap();
        let shown = format!("{text:?} {:?}", text.words);
        assert_eq!(shown, "PageText(1 words, hidden) [Word(hidden, 95 %)]");
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _is_refused = parse(&[HEADER.as_bytes(), b"\n", &bytes].concat(), &page()).is_err();
        }

        #[test]
        fn any_table_gives_words_on_the_page(
            rows in proptest::collection::vec((any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>(), -1_i8..=100, "\\PC{0,12}"), 0..20),
        ) {
            let rows: Vec<_> = rows.iter().map(|(x, y, w, h, c, text)| {
                format!("5\t1\t1\t1\t1\t1\t{}\t{}\t{w}\t{h}\t{c}\t{text}", x % 2000, y % 2000)
            }).collect();
            let text = read(&rows.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
            for word in &text.words {
                prop_assert!(word.left_px + word.width_px <= 1000 && word.top_px + word.height_px <= 1400);
                prop_assert!(!word.text.is_empty() && word.certainty_percent <= 100);
            }
        }
    }
}
