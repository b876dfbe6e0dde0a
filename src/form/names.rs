//! Names of people that are offered while one is typed. They come from a list (`names.txt`), never from what others
//! have typed here.

use std::sync::OnceLock;

use crate::procedure::finding::{Word, folded};

const TEXT: &str = include_str!("names.txt");
const NAME_WORDS_MAX: usize = 4;

/// A name of the list. Each stands there once for each use.
struct Name {
    text: &'static str,
    part: Part,
    words: Vec<Word>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Family,
    Given,
}

/// What the last word of `typed` may become, the likeliest first, `most` at most: family names for the first word,
/// others behind it. Each begins with what was typed of the word, marks or not. Nothing behind a space, and nothing for
/// a word that is whole and begins no other.
pub fn complete(typed: &str, most: usize) -> Vec<&'static str> {
    let (before, word) = typed.rsplit_once(' ').unwrap_or(("", typed));
    let [wanted] = &folded(word, 2)[..] else {
        return Vec::new();
    };
    let first = if before.trim().is_empty() {
        Part::Family
    } else {
        Part::Given
    };
    let fits = |name: &&Name| {
        let Some(word) = name.words.first() else { return false };
        let begins = word.plain.starts_with(&wanted.plain);
        begins && (!wanted.marks.any() || wanted.marks.is_part_of(word.marks, wanted.plain.len()))
    };
    let (mut found, rest): (Vec<&Name>, Vec<&Name>) = names().iter().filter(fits).partition(|name| name.part == first);
    found.extend(rest);
    let mut offered: Vec<&'static str> = Vec::new();
    for name in found {
        if offered.len() < most && name.text != word && !offered.contains(&name.text) {
            offered.push(name.text);
        }
    }
    offered
}

fn names() -> &'static [Name] {
    static NAMES: OnceLock<Vec<Name>> = OnceLock::new();
    NAMES.get_or_init(|| TEXT.lines().flat_map(line).collect())
}

fn line(line: &'static str) -> Vec<Name> {
    let mut fields = line.split('\t');
    let part = match fields.next() {
        Some("họ") => Part::Family,
        Some("tên") => Part::Given,
        Some(_) | None => return Vec::new(),
    };
    let listed = fields.nth(1).unwrap_or_default().split(", ");
    listed
        .map(|text| Name {
            text,
            part,
            words: folded(text, NAME_WORDS_MAX),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tidy;

    #[test]
    fn the_list_holds_names_of_many_peoples_as_they_are_written() {
        let texts: std::collections::HashSet<_> = names().iter().map(|name| name.text).collect();
        assert!(texts.len() >= 300, "{}", texts.len());
        for text in texts {
            assert_eq!(tidy(text), text);
            assert!(!text.is_empty() && !text.contains(char::is_numeric), "{text}");
        }
    }

    #[test]
    fn a_family_name_is_offered_first_and_a_given_name_behind_it() {
        assert_eq!(complete("ng", 2), ["Nguyễn", "Ngô"]);
        assert_eq!(complete("Giàng A Pá", 3), ["Páo", "Pánh"]);
        assert_eq!(complete("H'H", 3), ["H'Hen"]);
        assert!(complete("Pờ X", 9).contains(&"Xó"));
    }

    #[test]
    fn marks_that_were_typed_are_kept() {
        assert!(
            complete("Lê Hòa", 9)
                .iter()
                .all(|name| name.starts_with("Hò") || name.starts_with("Hoà"))
        );
        assert!(complete("Lê Thu", 9).contains(&"Thủy"));
    }

    #[test]
    fn nothing_is_offered_where_nothing_was_begun() {
        for typed in ["", " ", "Nguyễn ", "Nguyễn Xyz", "1"] {
            assert!(complete(typed, 3).is_empty(), "{typed:?}");
        }
    }
}
