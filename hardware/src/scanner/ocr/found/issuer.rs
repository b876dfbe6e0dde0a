//! Who issued the paper.

use super::letters::{Segment, bare, join};
use super::{Guess, begins_with, best};
use crate::scanner::ocr::{Found, Word};

/// The heading is above.
const HEADING_PERCENT_MAX: u32 = 30;
/// Lines of the issuer beside and below the national title.
const LINES_MAX: usize = 4;
/// A name has at most so many words.
const WORDS_MAX: usize = 24;
/// What the names of authorities begin with, without marks.
const BEGINNINGS: [&str; 32] = [
    "uy ban nhan dan",
    "uy ban",
    "ubnd",
    "hoi dong nhan dan",
    "hdnd",
    "hoi dong",
    "bo",
    "so",
    "cong an",
    "benh vien",
    "trung tam",
    "phong",
    "chi cuc",
    "cuc",
    "tong cuc",
    "truong",
    "toa an",
    "vien kiem sat",
    "vien",
    "van phong",
    "ban",
    "chi nhanh",
    "tram y te",
    "dai hoc",
    "hoc vien",
    "kho bac",
    "bao hiem xa hoi",
    "ngan hang",
    "cong ty",
    "hop tac xa",
    "thanh tra",
    "quan khu",
];
/// Such as a sentence or a line of small letters may name in the heading.
const PLAIN_BEGINNINGS: [&str; 7] = [
    "uy ban nhan dan",
    "ubnd",
    "cong an",
    "benh vien",
    "trung tam y te",
    "tram y te",
    "so tu phap",
];
/// Labels before the issuer's name.
const LABELS: [&str; 7] = [
    "noi cap",
    "co quan cap",
    "noi dang ky khai sinh",
    "noi dang ky ket hon",
    "noi dang ky",
    "don vi cap",
    "noi ban hanh",
];
/// What an authority does in the sentence that begins with its name.
const DEEDS: [&str; 3] = ["xac", "chung", "cap"];

pub(super) fn find(segments: &[Segment<'_>]) -> Option<Found> {
    let heading = heading(segments);
    let rest = segments.iter().filter_map(|segment| {
        labelled(segment)
            .or_else(|| capitals(segment))
            .or_else(|| sentence(segment))
            .or_else(|| behind_a_dash(segment))
            .or_else(|| signature(segment))
    });
    best(heading.into_iter().chain(rest))
}

/// Beside the national title: the lines in capitals left of it. A name that begins anew is the lower
/// authority, which issued; what does not begin one goes on with the line above.
fn heading<'a>(segments: &[Segment<'a>]) -> Option<Guess<'a>> {
    let title = segments
        .iter()
        .find(|segment| segment.is_title() && segment.down_percent < HEADING_PERCENT_MAX);
    let high = |segment: &Segment<'_>| segment.bottom_px.saturating_sub(segment.top_px).max(1);
    let mut lines: Vec<_> = match title {
        Some(title) => segments
            .iter()
            .filter(|line| line.right_px <= title.left_px.saturating_add(high(title)))
            .filter(|line| line.bottom_px.saturating_add(high(title)) >= title.top_px)
            .filter(|line| line.top_px <= title.bottom_px.saturating_add(4 * high(title)))
            .collect(),
        // The title was not read; what stands in the left half may be beside it.
        None => segments
            .iter()
            .filter(|line| line.down_percent < HEADING_PERCENT_MAX / 2 && line.right_px <= line.page_px / 2)
            .collect(),
    };
    lines.sort_by_key(|line| line.top_px);
    let lines: Vec<_> = lines
        .into_iter()
        .take_while(|line| line.is_capitals() && !is_number(line))
        .take(LINES_MAX)
        .collect();

    let begins: Vec<_> = lines.iter().map(|line| begins_with_any(line, &BEGINNINGS)).collect();
    let from = begins.iter().rposition(|begins| *begins);
    let strength_percent = match (title.is_some(), from) {
        (true, Some(_)) => 96,
        (true, None) => 50,
        (false, Some(_)) => 72,
        (false, None) => return None,
    };
    let from = from.unwrap_or(0);
    let plain = |lines: &[&Segment<'_>]| {
        lines
            .iter()
            .map(|line| trimmed(&line.plain()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let (upper, name) = lines.split_at(from);
    // "VĂN PHÒNG" alone is that of the authority above: "VĂN PHÒNG ỦY BAN NHÂN DÂN TỈNH MẪU".
    let nameless = name.len() == 1 && BEGINNINGS.contains(&name[0].folded.join(" ").as_str());
    let parts = if nameless {
        vec![plain(name), plain(upper)]
    } else {
        vec![plain(name)]
    };
    Some(Guess {
        text: parts.join(" ").trim_end().to_owned(),
        strength_percent,
        // The words of the least certain line stand for all.
        words: name
            .iter()
            .min_by_key(|line| line.words.iter().map(|word| word.certainty_percent).min())?
            .words,
    })
}

/// "SỐ: 12/…" in capitals is no "SỞ …".
fn is_number(line: &Segment<'_>) -> bool {
    begins_with(line, "so")
        && line
            .words
            .iter()
            .take(3)
            .any(|word| word.text.contains([':', '/']) || word.text.starts_with(|c: char| c.is_ascii_digit()))
}

/// A line in capitals of its own in the heading of a page with a centred title.
fn capitals<'a>(line: &Segment<'a>) -> Option<Guess<'a>> {
    let fits = line.down_percent < HEADING_PERCENT_MAX
        && line.is_capitals()
        && !is_number(line)
        && begins_with_any(line, &BEGINNINGS);
    fits.then(|| guess(line.words, 68)).flatten()
}

/// "Nơi cấp: Công an Phường Mẫu".
fn labelled<'a>(line: &Segment<'a>) -> Option<Guess<'a>> {
    let label = LABELS.iter().find(|label| begins_with(line, label))?;
    let words = &line.words[label.split(' ').count()..];
    guess(words, 76).filter(|guess| guess.text.chars().filter(|letter| letter.is_alphabetic()).count() >= 4)
}

/// "Công an Phường Mẫu xác nhận …".
fn sentence<'a>(line: &Segment<'a>) -> Option<Guess<'a>> {
    if !begins_with_any(line, &PLAIN_BEGINNINGS) {
        return None;
    }
    let deed = line.folded.iter().position(|word| DEEDS.contains(&bare(word)))?;
    let acts = matches!(
        line.folded.get(deed + 1).map(|word| bare(word)),
        Some("nhan" | "cho" | "thuc")
    );
    acts.then(|| guess(&line.words[..deed], 62)).flatten()
}

/// "Số: 00/2026 · Quyển số: 00 · Bệnh viện Mẫu".
fn behind_a_dash<'a>(line: &Segment<'a>) -> Option<Guess<'a>> {
    if line.down_percent >= HEADING_PERCENT_MAX {
        return None;
    }
    let dash = line
        .words
        .iter()
        .rposition(|word| matches!(word.text.as_str(), "-" | "–" | "·" | "—"))?;
    let folded: Vec<_> = line.folded[dash + 1..].iter().map(|word| bare(word)).collect();
    let begins = PLAIN_BEGINNINGS.iter().any(|beginning| begins(&folded, beginning));
    begins.then(|| guess(&line.words[dash + 1..], 55)).flatten()
}

/// "TM. ỦY BAN NHÂN DÂN PHƯỜNG MẪU" above the signature.
fn signature<'a>(line: &Segment<'a>) -> Option<Guess<'a>> {
    let folded: Vec<_> = line.folded.iter().skip(1).map(|word| bare(word)).collect();
    let deputy = line.folded.first().is_some_and(|word| bare(word) == "tm");
    let begins = PLAIN_BEGINNINGS.iter().any(|beginning| begins(&folded, beginning));
    (deputy && begins && line.is_capitals())
        .then(|| guess(&line.words[1..], 58))
        .flatten()
}

fn guess(words: &[Word], strength_percent: u32) -> Option<Guess<'_>> {
    let text = trimmed(&join(words));
    (!words.is_empty() && words.len() <= WORDS_MAX && !text.is_empty()).then_some(Guess {
        text,
        strength_percent,
        words,
    })
}

fn trimmed(text: &str) -> String {
    text.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != ')')
        .to_owned()
}

fn begins_with_any(line: &Segment<'_>, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| begins_with(line, beginning))
}

fn begins(words: &[&str], beginning: &str) -> bool {
    let beginning: Vec<_> = beginning.split(' ').collect();
    words.starts_with(&beginning)
}
