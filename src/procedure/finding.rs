//! Finding a procedure while somebody types: with marks or without, with typing errors, in any order of words,
//! in everyday words that the province lists, or by its code.
//!
//! Each typed word is compared with every different word of the catalogue once, and what it may mean is marked
//! there ([`query`]). Then all texts are gone through from first to last: each word of them is one look at that
//! mark. So a keystroke costs the same whatever is typed, and the limits below bound it: there is no list of hits
//! that a hostile query could let grow.
//!
//! Nothing here reads, writes, knows the time or keeps what was typed. Equal catalogue and equal query give equal
//! answers in equal order.

mod folding;
mod likeness;
mod query;
mod vocabulary;

use query::{Fits, QUERY_CHARS_MAX, QUERY_WORDS_MAX, Query};
use vocabulary::{Gathering, Vocabulary};

/// Of a name, or of one everyday phrase, so many words are looked at.
const TEXT_WORDS_MAX: usize = 64;
/// Everyday phrases of one procedure.
const KEYWORDS_MAX: usize = 64;
/// The fewest digits that are taken for the beginning of a code.
const CODE_DIGITS_LEAST: usize = 3;

/// What a text is worth beside the name.
const KEYWORD: f32 = 0.97;
const OFFICIAL: f32 = 0.95;
const FIELD: f32 = 0.5;
/// How a text is judged: what of the query it holds, times these shares of how much of itself is meant, and of
/// how many typed neighbours are neighbours in it.
const HELD: f32 = 0.5;
const FILLED: f32 = 0.2;
const IN_ORDER: f32 = 0.3;
/// How a procedure is judged: by its best text, and by all its texts together.
const BEST_TEXT: f32 = 0.6;
const ALL_TEXTS: f32 = 0.4;
/// Worse than this, and worse than this share of the best, is not shown.
const SCORE_LEAST: f32 = 0.05;
const SCORE_SHARE_LEAST: f32 = 0.2;

pub(crate) use folding::Word;

/// The first `words_max` words of a text as they are compared: letters, and marks beside them.
pub(crate) fn folded(text: &str, words_max: usize) -> Vec<Word> {
    folding::words(text, words_max)
}

/// What of a procedure can be found.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub code: &'a str,
    /// In everyday words.
    pub name: &'a str,
    pub official_name: &'a str,
    /// The name of the field (lĩnh vực).
    pub field: &'a str,
    /// What people call it: "sổ đỏ", "bằng lái".
    pub keywords: &'a [String],
}

/// All procedures of a catalogue, ready to be searched.
#[derive(Clone, Debug)]
pub struct Finder {
    vocabulary: Vocabulary,
    /// The words of all texts, one text after the other, as numbers of spellings.
    spelled: Vec<u16>,
    texts: Vec<Text>,
    entries: Vec<Indexed>,
}

/// A name or a phrase. It ends where the next one begins.
#[derive(Clone, Copy, Debug)]
struct Text {
    start: u32,
    worth: f32,
    /// The weight of all its words together.
    weight: f32,
}

#[derive(Clone, Debug)]
struct Indexed {
    /// Letters and digits alone.
    code: Box<str>,
    /// Where the code goes on behind its first dot.
    code_number: usize,
    /// The texts end here; they begin where those of the entry before end.
    texts_end: u32,
}

impl Finder {
    /// Takes time and memory in proportion to all words of all entries; to be done once for a catalogue.
    pub fn new<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Self {
        let mut gathering = Gathering::default();
        let (mut spelled, mut texts, mut indexed) = (Vec::new(), Vec::new(), Vec::new());

        for (at, entry) in entries.into_iter().enumerate() {
            let mut there: Vec<Vec<u16>> = Vec::new();
            for (text, worth) in texts_of(&entry) {
                let words = folding::words(text, TEXT_WORDS_MAX).into_iter();
                let words: Vec<u16> = words.filter_map(|word| gathering.number(word, at)).collect();
                if words.is_empty() || there.contains(&words) {
                    continue;
                }
                texts.push(Text {
                    start: spelled.len() as u32,
                    worth,
                    weight: 0.0,
                });
                spelled.extend(&words);
                there.push(words);
            }
            indexed.push(Indexed::new(entry.code, texts.len()));
        }

        let (vocabulary, renamed) = gathering.finish(indexed.len());
        for spelling in &mut spelled {
            *spelling = renamed[usize::from(*spelling)];
        }
        spelled.shrink_to_fit();
        texts.shrink_to_fit();
        indexed.shrink_to_fit();
        let mut finder = Self {
            vocabulary,
            spelled,
            texts,
            entries: indexed,
        };
        finder.weigh();
        finder
    }

    /// The places of the entries that `query` may mean, in the order they were given to [`Finder::new`], best
    /// first and `most` at most. The last word may be unfinished. Of equals the earlier one comes first.
    ///
    /// Nothing for blanks, and nothing rather than something that has nothing to do with it.
    pub fn find(&self, query: &str, most: usize) -> Vec<usize> {
        let code = code_of(query);
        let query = Query::read(query, &self.vocabulary);
        let whole: f32 = query.weights.iter().sum();

        let mut found: Vec<(f32, usize)> = Vec::new();
        let mut first = 0;
        for (at, entry) in self.entries.iter().enumerate() {
            let texts = first..entry.texts_end as usize;
            first = texts.end;
            let mut score = if whole > 0.0 {
                self.score(texts, &query, whole)
            } else {
                0.0
            };
            if code.as_deref().is_some_and(|code| entry.begins_with(code)) {
                score += 1.0;
            }
            if score >= SCORE_LEAST {
                found.push((score, at));
            }
        }

        found.sort_unstable_by(|(one, first), (other, second)| other.total_cmp(one).then(first.cmp(second)));
        let best = found.first().map_or(0.0, |(score, _)| *score);
        found
            .into_iter()
            .take(most)
            .take_while(|(score, _)| *score >= best * SCORE_SHARE_LEAST)
            .map(|(_, at)| at)
            .collect()
    }

    /// How well the texts of one entry fit, from 0 to 1.
    fn score(&self, texts: std::ops::Range<usize>, query: &Query, whole: f32) -> f32 {
        let mut best = 0.0_f32;
        let mut held_of_all: Fits = [0.0; QUERY_WORDS_MAX];
        for at in texts {
            let Some(found) = self.look_through(at, query) else {
                continue;
            };
            let text = self.texts[at];
            let (mut held, mut neighbours, mut in_order) = (0.0, 0.0, 0.0);
            for (word, held_most) in held_of_all.iter_mut().enumerate().take(query.words) {
                let weight = query.weights[word];
                held += weight * found.held[word];
                *held_most = held_most.max(found.held[word] * text.worth);
                if word > 0 {
                    let weight = weight.min(query.weights[word - 1]);
                    neighbours += weight;
                    in_order += weight * found.in_order[word];
                }
            }
            let held = held / whole;
            // One typed word has no neighbours: nothing is out of order.
            let in_order = if neighbours > 0.0 { in_order / neighbours } else { held };
            let filled = found.filled / text.weight;
            best = best.max(held * (HELD + FILLED * filled + IN_ORDER * in_order) * text.worth);
        }
        let all: f32 = (0..query.words)
            .map(|word| query.weights[word] * held_of_all[word])
            .sum();
        BEST_TEXT * best + ALL_TEXTS * all / whole
    }

    /// What of the query stands in a text, or `None` if nothing does.
    fn look_through(&self, text: usize, query: &Query) -> Option<Found> {
        const NOTHING: Fits = [0.0; QUERY_WORDS_MAX];
        let mut found: Option<Found> = None;
        let mut before = &NOTHING;
        for spelling in &self.spelled[self.words_of(text)] {
            let place = query.places[usize::from(*spelling)];
            if place == 0 {
                before = &NOTHING;
                continue;
            }
            let now = &query.fits[usize::from(place) - 1];
            let found = found.get_or_insert_default();
            let mut best = 0.0_f32;
            for word in 0..query.words {
                best = best.max(now[word]);
                found.held[word] = found.held[word].max(now[word]);
                if word > 0 {
                    found.in_order[word] = found.in_order[word].max(before[word - 1].min(now[word]));
                }
            }
            found.filled += best * self.vocabulary.weight_of(*spelling);
            before = now;
        }
        found
    }

    fn words_of(&self, text: usize) -> std::ops::Range<usize> {
        let end = self
            .texts
            .get(text + 1)
            .map_or(self.spelled.len(), |next| next.start as usize);
        self.texts[text].start as usize..end
    }

    fn weigh(&mut self) {
        for text in 0..self.texts.len() {
            let words = &self.spelled[self.words_of(text)];
            self.texts[text].weight = words.iter().map(|spelling| self.vocabulary.weight_of(*spelling)).sum();
        }
    }
}

/// The best that each typed word finds in one text.
#[derive(Default)]
struct Found {
    held: Fits,
    /// How well each typed word and the one before it stand side by side.
    in_order: Fits,
    /// The weight of the words of the text that are meant.
    filled: f32,
}

fn texts_of<'a>(entry: &Entry<'a>) -> impl Iterator<Item = (&'a str, f32)> {
    let keywords = entry.keywords.iter().take(KEYWORDS_MAX);
    std::iter::once((entry.name, 1.0))
        .chain(keywords.map(|keyword| (keyword.as_str(), KEYWORD)))
        .chain([(entry.official_name, OFFICIAL), (entry.field, FIELD)])
}

impl Indexed {
    fn new(code: &str, texts_end: usize) -> Self {
        let letters = |text: &str| -> String {
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            letters.map(|letter| letter.to_ascii_lowercase()).collect()
        };
        Self {
            code_number: code.split_once('.').map_or(0, |(before, _)| letters(before).len()),
            code: letters(code).into(),
            texts_end: texts_end as u32,
        }
    }

    /// With or without what stands before its first dot.
    fn begins_with(&self, code: &str) -> bool {
        self.code.starts_with(code) || self.code[self.code_number..].starts_with(code)
    }
}

/// The query as the beginning of a code: digits first, and nothing that is in no code.
fn code_of(query: &str) -> Option<String> {
    let mut code = String::new();
    for c in query.chars().take(QUERY_CHARS_MAX) {
        match c {
            '0'..='9' => code.push(c),
            'a'..='z' | 'A'..='Z' if code.len() >= CODE_DIGITS_LEAST => code.push(c.to_ascii_lowercase()),
            '.' | '-' | '_' | ' ' | ',' => {}
            _ => return None,
        }
    }
    (code.len() >= CODE_DIGITS_LEAST).then_some(code)
}

#[cfg(test)]
mod tests;
