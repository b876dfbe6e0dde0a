//! What the end of a line may become: a word of a list, which is data.
//!
//! Nothing of what anybody typed before is ever among them.

use crate::procedure::finding::{Word, folded};

/// More have no room above the keys.
pub const COMPLETIONS_MAX: usize = 3;
/// Names of places have several words: so many of those before the caret are looked at together.
const TAIL_WORDS_MAX: usize = 3;
/// Words of a name that are compared; the longest of a unit has nine.
const NAME_WORDS_MAX: usize = 10;

/// A completion, and how much of the end of what is typed it takes the place of.
#[derive(Clone, PartialEq, Eq)]
pub struct Completion {
    pub words: &'static str,
    pub(super) replaces_bytes: usize,
}

/// It tells what was typed.
impl std::fmt::Debug for Completion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Completion(hidden)")
    }
}

impl Completion {
    /// A word that takes the place of the last one.
    #[must_use]
    pub fn of_last_word(typed: &str, words: &'static str) -> Self {
        let begins = typed.rfind(ends_word).map_or(0, |at| at + 1);
        Self {
            words,
            replaces_bytes: typed.len() - begins,
        }
    }
}

/// What of `names` the end of `typed` may become, at most [`COMPLETIONS_MAX`]; none where no word is begun. A name that
/// more of the last words begin comes first, then the order of the list counts. Marks may be left out.
pub fn complete(typed: &str, names: impl Iterator<Item = &'static str>) -> Vec<Completion> {
    let tails: Vec<(&str, Vec<Word>)> = tails(typed).map(|tail| (tail, folded(tail, NAME_WORDS_MAX))).collect();
    if tails.is_empty() {
        return vec![];
    }
    let mut fitting: Vec<(usize, Completion)> = vec![];
    for name in names {
        let words = folded(name, NAME_WORDS_MAX);
        let fits = |(tail, begun): &(&str, Vec<Word>)| name != *tail && continues(&words, begun);
        if let Some(at) = tails.iter().position(fits)
            && fitting.iter().all(|(_, other)| other.words != name)
        {
            let completion = Completion {
                words: name,
                replaces_bytes: tails[at].0.len(),
            };
            fitting.push((at, completion));
        }
    }
    // Of equals the earlier stays first.
    fitting.sort_by_key(|(at, _)| *at);
    let completions = fitting.into_iter().map(|(_, completion)| completion);
    completions.take(COMPLETIONS_MAX).collect()
}

/// The last words of what is typed, longest first. Behind a space nothing is begun.
fn tails(typed: &str) -> impl Iterator<Item = &str> {
    let begins = typed
        .char_indices()
        .filter(|(at, letter)| !ends_word(*letter) && typed[..*at].chars().next_back().is_none_or(ends_word));
    let mut begins: Vec<usize> = begins.map(|(at, _)| at).collect();
    if typed.ends_with(ends_word) {
        begins.clear();
    }
    let skipped = begins.len().saturating_sub(TAIL_WORDS_MAX);
    begins.into_iter().skip(skipped).map(|at| &typed[at..])
}

/// Signs of one byte each.
fn ends_word(letter: char) -> bool {
    matches!(letter, ' ' | ',' | '/')
}

/// Whether a name begins with these words, of which the last may be begun only.
fn continues(name: &[Word], begun: &[Word]) -> bool {
    let Some((last, whole)) = begun.split_last() else {
        return false;
    };
    if name.len() < begun.len() {
        return false;
    }
    let is_whole = |(typed, word): (&Word, &Word)| {
        typed.plain == word.plain && typed.marks.is_part_of(word.marks, typed.plain.len())
    };
    let word = &name[whole.len()];
    whole.iter().zip(name).all(is_whole)
        && word.plain.starts_with(&last.plain)
        && last.marks.is_part_of(word.marks, last.plain.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(typed: &str) -> Vec<&'static str> {
        let names = [
            "Thôn",
            "Tổ dân phố",
            "Tân Sơn",
            "Thạch Kiệt",
            "Thạch Khoán",
            "Tam Thanh",
        ];
        complete(typed, names.into_iter())
            .into_iter()
            .map(|found| found.words)
            .collect()
    }

    #[test]
    fn a_word_that_is_begun_is_completed_with_marks_or_without() {
        assert_eq!(shown("số 3, t"), ["Thôn", "Tổ dân phố", "Tân Sơn"]);
        assert_eq!(shown("xóm 3, thach k"), ["Thạch Kiệt", "Thạch Khoán"]);
        assert_eq!(shown("Thạch Ki"), ["Thạch Kiệt"]);
        assert_eq!(shown("Xã tâ"), ["Tân Sơn"]);
        assert_eq!(shown("to dan"), ["Tổ dân phố"]);
    }

    #[test]
    fn other_marks_than_typed_and_words_that_are_done_are_not_offered() {
        assert_eq!(shown("Thốn"), [""; 0]);
        assert_eq!(shown("Xã tă"), [""; 0]);
        assert_eq!(shown("Thôn"), [""; 0]);
        assert_eq!(shown("Thôn "), [""; 0]);
        assert_eq!(shown(""), [""; 0]);
    }
}
