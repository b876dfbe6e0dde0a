//! What somebody types, as far as it is typed: its words, which words of the catalogue they may mean, and how
//! much each of them says.

use super::{
    folding::{self, Agreement, Word},
    likeness::{self, Plain, Reach},
    vocabulary::{Known, Vocabulary},
};

/// What is typed behind so many characters or words is not looked at.
pub(super) const QUERY_CHARS_MAX: usize = 256;
pub(super) const QUERY_WORDS_MAX: usize = 16;

/// Parts of a word typed without spaces have at least so many letters.
const PART_LETTERS_LEAST: usize = 2;

/// What is like a word that was typed right is a mistake less often.
const BESIDE_EQUAL: f32 = 0.6;
const OTHER_TONE: f32 = 0.9;
const OTHER_LETTERS: f32 = 0.75;
/// A fit of at least this share of the best says how rare a word is.
const ABOUT_AS_WELL: f32 = 0.5;
/// Marks left out of a word, where others have theirs.
const MARKS_LEFT_OUT: f32 = 0.97;

/// How well each typed word fits one spelling of the catalogue, from 0 to 1.
pub(super) type Fits = [f32; QUERY_WORDS_MAX];

pub(super) struct Query {
    /// How much each typed word says. Words behind the last one have 0.
    pub weights: Fits,
    pub words: usize,
    /// For each spelling of the vocabulary 0, or one more than its place in `fits`.
    pub places: Vec<u16>,
    pub fits: Vec<Fits>,
}

impl Query {
    pub fn read(text: &str, vocabulary: &Vocabulary) -> Self {
        let text: String = text.chars().take(QUERY_CHARS_MAX).collect();
        let reach = if folding::is_unfinished(&text) {
            Reach::Beginning
        } else {
            Reach::Whole
        };
        let typed = joined(folding::words(&text, QUERY_WORDS_MAX), vocabulary);
        let marked = typed.iter().any(|word| word.marks.any());

        let mut meant = Vec::new();
        let last = typed.len().saturating_sub(1);
        for (at, word) in typed.into_iter().enumerate() {
            let reach = if at == last { reach } else { Reach::Whole };
            meant.extend(meanings(word, reach, vocabulary));
        }
        meant.truncate(QUERY_WORDS_MAX);

        let mut query = Self {
            weights: [0.0; QUERY_WORDS_MAX],
            words: meant.len(),
            places: vec![0; vocabulary.spellings().len()],
            fits: Vec::new(),
        };
        for (at, meant) in meant.iter().enumerate() {
            query.add(at, meant, marked, vocabulary);
        }
        query
    }

    fn add(&mut self, at: usize, meant: &Meant, marked: bool, vocabulary: &Vocabulary) {
        let mut best = 0.0_f32;
        let mut fitting = Vec::new();
        for (word, likeness) in &meant.words {
            let known = &vocabulary.words()[*word];
            for number in vocabulary.spellings_of(*word) {
                let spelling = vocabulary.spellings()[number];
                // Squared: one word that is right says more than two that are half right.
                let fit = (likeness * meant.agreement(known, spelling.marks, marked)).powi(2);
                best = best.max(fit);
                fitting.push((fit, spelling.entries));

                let place = &mut self.places[number];
                if *place == 0 {
                    self.fits.push([0.0; QUERY_WORDS_MAX]);
                    *place = self.fits.len() as u16;
                }
                self.fits[usize::from(*place) - 1][at] = fit;
            }
        }

        // What is rare says more: by the entries that have what fits about as well as the best.
        let entries = fitting.iter().filter(|(fit, _)| *fit >= best * ABOUT_AS_WELL);
        let entries = entries.map(|(_, entries)| *entries).fold(0, u32::saturating_add);
        self.weights[at] = vocabulary.weight_typed(&meant.typed, entries) * best.sqrt();
    }
}

/// One typed word, and the words of the catalogue that it may be, with their likeness.
struct Meant {
    typed: Word,
    /// The catalogue has it with these marks: then it was meant so.
    is_known: bool,
    words: Vec<(usize, f32)>,
}

impl Meant {
    fn new(typed: Word, reach: Reach, vocabulary: &Vocabulary) -> Self {
        let plain = Plain::new(&typed.plain);
        let mut words: Vec<(usize, f32)> = vocabulary
            .words()
            .iter()
            .enumerate()
            .map(|(at, known)| (at, likeness::likeness(&plain, &known.plain, reach)))
            .filter(|(_, likeness)| *likeness > 0.0)
            .collect();

        let is_known = vocabulary.has_spelling(&typed);
        if is_known {
            for (word, likeness) in &mut words {
                let letters = &vocabulary.words()[*word].plain.letters;
                let goes_on = match reach {
                    Reach::Whole => **letters == *typed.plain,
                    Reach::Beginning => letters.starts_with(&typed.plain),
                };
                if !goes_on {
                    *likeness *= BESIDE_EQUAL;
                }
            }
        }
        Self { typed, is_known, words }
    }

    /// How far the marks go together, where somebody types marks at all.
    fn agreement(&self, known: &Known, marks: folding::Marks, marked: bool) -> f32 {
        let letters = self.typed.plain.len();
        let begins = known.plain.letters.starts_with(&*self.typed.plain);
        if !marked {
            return 1.0;
        }
        // A letter too many or too few moves the others: only the tone can be compared.
        let agreement = if begins || letters == known.plain.letters.len() {
            self.typed.marks.go_with(marks, letters)
        } else {
            self.typed.marks.tone_goes_with(marks)
        };
        match agreement {
            Agreement::Same => 1.0,
            Agreement::OtherTone | Agreement::OtherLetters if begins && self.is_known => BESIDE_EQUAL,
            Agreement::LeftOut if begins => MARKS_LEFT_OUT,
            Agreement::LeftOut | Agreement::OtherTone => OTHER_TONE,
            Agreement::OtherLetters => OTHER_LETTERS,
        }
    }
}

/// What a typed word may mean: itself, what its keys were to be, or several words without spaces.
fn meanings(typed: Word, reach: Reach, vocabulary: &Vocabulary) -> Vec<Meant> {
    let itself = Meant::new(typed, reach, vocabulary);
    if !itself.words.is_empty() {
        return vec![itself];
    }

    let keys = folding::without_keys(&itself.typed.plain);
    if keys != itself.typed.plain {
        let meant = Meant::new(unmarked(&keys), reach, vocabulary);
        if !meant.words.is_empty() {
            return vec![meant];
        }
    }
    match parts(&itself.typed.plain, reach, vocabulary) {
        Some(parts) => {
            let last = parts.len() - 1;
            let reach = |at| if at == last { reach } else { Reach::Whole };
            let each = parts.iter().enumerate();
            each.map(|(at, part)| Meant::new(unmarked(part), reach(at), vocabulary))
                .collect()
        }
        None => vec![itself],
    }
}

fn unmarked(plain: &str) -> Word {
    Word {
        plain: plain.to_owned(),
        marks: folding::Marks::default(),
    }
}

/// The fewest words of the catalogue that make up `plain` without spaces; the last one may be unfinished.
fn parts<'a>(plain: &'a str, reach: Reach, vocabulary: &Vocabulary) -> Option<Vec<&'a str>> {
    let end = plain.len();
    // For each place the number of words before it, and where the last of them begins.
    let mut ways: [Option<(usize, usize)>; folding::WORD_LETTERS_MAX + 1] = Default::default();
    ways[0] = Some((0, 0));
    for to in PART_LETTERS_LEAST..=end {
        for from in 0..=to - PART_LETTERS_LEAST {
            let Some((words, _)) = ways[from] else { continue };
            let part = &plain[from..to];
            let known =
                vocabulary.has(part) || (to == end && reach == Reach::Beginning && vocabulary.has_beginning(part));
            if known && ways[to].is_none_or(|(fewest, _)| words + 1 < fewest) {
                ways[to] = Some((words + 1, from));
            }
        }
    }

    let mut parts = Vec::new();
    let mut to = end;
    while to > 0 {
        let (_, from) = ways[to]?;
        parts.push(&plain[from..to]);
        to = from;
    }
    parts.reverse();
    (parts.len() > 1).then_some(parts)
}

/// Puts together what a space fell into, "kh ai sinh", where only the whole is a word.
fn joined(typed: Vec<Word>, vocabulary: &Vocabulary) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(typed.len());
    for word in typed {
        match words.last_mut() {
            Some(before) if !(vocabulary.has(&before.plain) && vocabulary.has(&word.plain)) => {
                let whole = format!("{}{}", before.plain, word.plain);
                if vocabulary.has(&whole) {
                    *before = unmarked(&whole);
                } else {
                    words.push(word);
                }
            }
            Some(_) | None => words.push(word),
        }
    }
    words
}
