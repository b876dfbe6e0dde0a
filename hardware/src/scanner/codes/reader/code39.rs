//! Code 39 read once more, as it is printed (ISO/IEC 16388).
//!
//! The library that finds it also interprets it: six characters may come back as an Italian pharmacy
//! number (Code 32), and `$ % / +` before a letter as "full ASCII", so that `12/UBND` would become
//! `125BND`. What stands on a paper is wanted. So its bars are measured along lines through the place
//! where it was found, and a text counts when two lines agree and none contradicts.

use crate::scanner::luma::Luma;

/// Bars and spaces of a character, a bar first.
const ELEMENTS: usize = 9;
/// Three of the nine are wide.
const WIDE: usize = 3;
/// Lines measured from the upper to the lower edge.
const LINES: u8 = 15;
/// So many lines have to agree.
const LINES_MIN: usize = 2;
/// A wide element has at least this many times the width of a narrow one; 2.0 to 3.0 are allowed by the
/// standard, and ink spreads.
const WIDE_MIN: f32 = 1.4;
/// Looked at left and right of the place, as part of its width, since the place is not exact.
const MARGIN: f32 = 0.06;
/// Measured places in a pixel.
const STEPS_PER_PX: f32 = 2.0;
/// A line is at most so long: the diagonal of A4 at 400 dpi.
const LINE_PX_MAX: f32 = 6_000.0;
/// The text between the two `*` has at most so many characters: 0.19 mm bars on 297 mm leave no room for more.
const CHARS_MAX: usize = 100;
/// White and black of a line differ at least by so much, of 255.
const CONTRAST_MIN: u8 = 48;

/// Each character with its wide elements, the leftmost as the highest of nine bits.
#[rustfmt::skip]
pub(super) const CHARACTERS: [(char, u16); 44] = [
    ('0', 0o064), ('1', 0o441), ('2', 0o141), ('3', 0o540), ('4', 0o061), ('5', 0o460), ('6', 0o160), ('7', 0o045),
    ('8', 0o444), ('9', 0o144), ('A', 0o411), ('B', 0o111), ('C', 0o510), ('D', 0o031), ('E', 0o430), ('F', 0o130),
    ('G', 0o015), ('H', 0o414), ('I', 0o114), ('J', 0o034), ('K', 0o403), ('L', 0o103), ('M', 0o502), ('N', 0o023),
    ('O', 0o422), ('P', 0o122), ('Q', 0o007), ('R', 0o406), ('S', 0o106), ('T', 0o026), ('U', 0o601), ('V', 0o301),
    ('W', 0o700), ('X', 0o221), ('Y', 0o620), ('Z', 0o320), ('-', 0o205), ('.', 0o604), (' ', 0o304), ('$', 0o250),
    ('/', 0o242), ('+', 0o212), ('%', 0o052), ('*', 0o224),
];

/// A place on the page, in pixels.
pub(super) type Point = [f32; 2];

/// Reads the text between the upper edge (its left and right end) and the lower one.
pub(super) fn read(luma: &Luma, upper: [Point; 2], lower: [Point; 2]) -> Option<String> {
    let lines: Vec<String> = (1..=LINES)
        .filter_map(|line| {
            let down = f32::from(line) / f32::from(LINES + 1);
            let end = |at: usize| between(upper[at], lower[at], down);
            let (left, right) = (end(0), end(1));
            text(&runs(
                luma,
                between(left, right, -MARGIN),
                between(left, right, 1.0 + MARGIN),
            )?)
        })
        .collect();

    let first = lines.first()?;
    (lines.len() >= LINES_MIN && lines.iter().all(|line| line == first)).then(|| first.clone())
}

fn between(from: Point, to: Point, part: f32) -> Point {
    [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]
}

/// Widths of what the line crosses, white first, in turns.
fn runs(luma: &Luma, from: Point, to: Point) -> Option<Vec<f32>> {
    let length = (to[0] - from[0]).hypot(to[1] - from[1]);
    if !(length > 0.0 && length <= LINE_PX_MAX) {
        return None;
    }
    let steps = (length * STEPS_PER_PX) as u16;
    let line: Vec<u8> = (0..steps)
        .map(|step| {
            let [x, y] = between(from, to, f32::from(step) / f32::from(steps));
            luma.at(x, y)
        })
        .collect();
    let (darkest, brightest) = (*line.iter().min()?, *line.iter().max()?);
    if brightest - darkest < CONTRAST_MIN {
        return None;
    }
    let black_below = darkest + (brightest - darkest) / 2;

    let (mut runs, mut black) = (vec![0.0], false);
    for value in line {
        if (value < black_below) != black {
            black = !black;
            runs.push(0.0);
        }
        *runs.last_mut()? += 1.0;
    }
    Some(runs)
}

/// The text between the first `*` that starts a whole code and the `*` that ends it.
fn text(runs: &[f32]) -> Option<String> {
    // Black runs have odd places.
    (1..runs.len()).step_by(2).find_map(|start| {
        let mut characters = runs[start..].chunks(ELEMENTS + 1).map(character);
        if characters.next()? != Some('*') {
            return None;
        }
        let mut text = String::new();
        for character in characters.take(CHARS_MAX + 1) {
            match character? {
                '*' if text.is_empty() => return None,
                '*' => return Some(text),
                other => text.push(other),
            }
        }
        None
    })
}

/// A character from its nine elements; a tenth, the gap behind it, is left aside.
fn character(elements: &[f32]) -> Option<char> {
    let elements = elements.get(..ELEMENTS)?;
    let mut widths = elements.to_vec();
    widths.sort_by(f32::total_cmp);
    let (widest_narrow, narrowest_wide) = (widths[ELEMENTS - WIDE - 1], widths[ELEMENTS - WIDE]);
    if narrowest_wide < widest_narrow * WIDE_MIN {
        return None;
    }
    let wide = elements
        .iter()
        .fold(0, |bits, width| bits << 1 | u16::from(*width >= narrowest_wide));
    CHARACTERS
        .iter()
        .find_map(|(character, pattern)| (*pattern == wide).then_some(*character))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    /// Elements in pixels, as a printer would draw the text.
    fn drawn(text: &str, narrow: f32, wide: f32) -> Vec<f32> {
        let mut runs = vec![narrow * 10.0];
        for character in format!("*{text}*").chars() {
            let (_, pattern) = CHARACTERS.iter().find(|(known, _)| *known == character).unwrap();
            let width = |bit: usize| if pattern >> (8 - bit) & 1 == 1 { wide } else { narrow };
            runs.extend((0..ELEMENTS).map(width));
            runs.push(narrow);
        }
        *runs.last_mut().unwrap() = narrow * 10.0;
        runs
    }

    #[test]
    fn every_character_has_three_wide_elements_and_is_like_no_other() {
        let patterns: HashSet<u16> = CHARACTERS.iter().map(|(_, pattern)| *pattern).collect();
        assert_eq!(patterns.len(), CHARACTERS.len());
        assert!(patterns.iter().all(|pattern| pattern.count_ones() == 3));
    }

    #[test]
    fn a_text_is_read_as_it_is_printed_and_nothing_without_its_end() {
        let runs = drawn("12/UBND-HT", 3.0, 7.5);
        assert_eq!(text(&runs).as_deref(), Some("12/UBND-HT"));
        assert_eq!(text(&runs[..runs.len() - 11]), None);
        assert_eq!(text(&drawn("", 3.0, 7.5)), None);
        assert_eq!(text(&drawn("A1", 3.0, 3.3)), None, "nothing is wide");
    }

    #[test]
    fn a_line_without_contrast_or_length_gives_nothing() {
        let grey = Luma {
            width: 50,
            height: 9,
            bytes: vec![120; 450],
            shrunk: 1,
        };
        let edge = |y: f32| [[5.0, y], [45.0, y]];
        assert_eq!(read(&grey, edge(1.0), edge(7.0)), None);
        for odd in [f32::NAN, f32::INFINITY, -1e30, 1e30] {
            assert_eq!(read(&grey, [[odd, odd], [5.0, 5.0]], [[odd, 5.0], [9.0, odd]]), None);
        }
        assert_eq!(read(&grey, [[5.0; 2]; 2], [[5.0; 2]; 2]), None);
    }

    proptest! {
        #[test]
        fn any_text_survives_widths_that_vary_by_a_tenth(
            text_drawn in "[0-9A-Z. $/+%-]{1,40}", seed in proptest::collection::vec(0.9_f32..1.1, 500),
        ) {
            let mut runs = drawn(&text_drawn, 4.0, 10.0);
            for (run, vary) in runs.iter_mut().zip(seed) {
                *run *= vary;
            }
            prop_assert_eq!(text(&runs), Some(text_drawn));
        }

        #[test]
        fn any_runs_are_survived(runs in proptest::collection::vec(0.0_f32..50.0, 0..400)) {
            text(&runs);
        }
    }
}
