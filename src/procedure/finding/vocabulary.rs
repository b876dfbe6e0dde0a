//! The words that a catalogue uses, each once: in order of their letters, with the ways they are spelled.

use std::collections::HashMap;

use super::{
    folding::{self, Agreement, Marks},
    likeness::Plain,
};

/// Words and spellings are numbered in 16 bits. Vietnamese has about 2,500 syllables without their marks and
/// 7,000 with them; what a catalogue has beyond the limit is left out of the search, never of the list.
pub(super) const SPELLINGS_MAX: usize = u16::MAX as usize;

/// Small words of asking. They weigh less than their rarity in official names would make them.
const ASKING: &str =
    "tôi mình em muốn cần xin làm cho thì là của và với ở bị được để về khi nào gì như thế đâu hỏi ạ nhé ơi đi";
/// The weight of a word that stands everywhere.
const WEIGHT_LEAST: f32 = 0.2;

#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    words: Vec<Known>,
    spellings: Vec<Spelling>,
    /// What each spelling weighs in a text.
    weights: Vec<f32>,
    asking: Vec<folding::Word>,
    entries: usize,
}

/// A word of the catalogue.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub plain: Plain,
    /// Where its spellings begin; they end where those of the next word begin.
    spellings: u16,
}

/// A word as it is written with its marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelling {
    pub word: u16,
    pub marks: Marks,
    /// How many entries use it.
    pub entries: u32,
}

impl Vocabulary {
    pub fn words(&self) -> &[Known] {
        &self.words
    }

    pub fn spellings(&self) -> &[Spelling] {
        &self.spellings
    }

    /// The numbers of the spellings of word number `word`.
    pub fn spellings_of(&self, word: usize) -> std::ops::Range<usize> {
        let end = self
            .words
            .get(word + 1)
            .map_or(self.spellings.len(), |next| usize::from(next.spellings));
        self.words.get(word).map_or(end, |known| usize::from(known.spellings))..end
    }

    pub fn has(&self, plain: &str) -> bool {
        self.position(plain).is_ok()
    }

    pub fn has_beginning(&self, beginning: &str) -> bool {
        let at = self.position(beginning).unwrap_or_else(|at| at);
        self.words
            .get(at)
            .is_some_and(|known| known.plain.letters.starts_with(beginning))
    }

    fn position(&self, plain: &str) -> Result<usize, usize> {
        self.words.binary_search_by(|known| (*known.plain.letters).cmp(plain))
    }

    pub fn weight_of(&self, spelling: u16) -> f32 {
        self.weights[usize::from(spelling)]
    }

    /// Whether this is how a word of the catalogue is spelled, as far as its marks were typed.
    pub fn has_spelling(&self, typed: &folding::Word) -> bool {
        self.position(&typed.plain).is_ok_and(|word| {
            self.spellings[self.spellings_of(word)].iter().any(|spelling| {
                let agreement = typed.marks.go_with(spelling.marks, typed.plain.len());
                matches!(agreement, Agreement::Same | Agreement::LeftOut)
            })
        })
    }

    /// The weight of what stands in so many entries: what is rare says more.
    fn weight(&self, entries: u32) -> f32 {
        let (all, some) = (self.entries as f32, (entries as f32).min(self.entries as f32));
        (1.0 + (all - some + 0.5) / (some + 0.5)).ln().max(WEIGHT_LEAST)
    }

    fn weigh(&mut self) {
        let weight = |spelling: &Spelling| {
            let known = &self.words[usize::from(spelling.word)];
            let small = |small: &folding::Word| *small.plain == *known.plain.letters && small.marks == spelling.marks;
            if self.asking.iter().any(small) {
                WEIGHT_LEAST
            } else {
                self.weight(spelling.entries)
            }
        };
        self.weights = self.spellings.iter().map(weight).collect();
    }

    /// The weight of a typed word that fits what stands in so many entries. One typed without marks may be a small
    /// word or another: "can" is cần, and căn cước, if the catalogue knows it.
    pub fn weight_typed(&self, typed: &folding::Word, entries: u32) -> f32 {
        let mut same = self.asking.iter().filter(|small| small.plain == typed.plain).peekable();
        let small = if typed.marks.any() {
            same.any(|small| small.marks == typed.marks)
        } else {
            same.peek().is_some()
                && self.position(&typed.plain).map_or(true, |word| {
                    let mut spellings = self.spellings[self.spellings_of(word)].iter();
                    spellings.all(|spelling| same.clone().any(|small| small.marks == spelling.marks))
                })
        };
        if small { WEIGHT_LEAST } else { self.weight(entries) }
    }
}

/// A vocabulary while a catalogue is read.
#[derive(Default)]
pub(super) struct Gathering {
    numbers: HashMap<folding::Word, u16>,
    /// By number: the entry that used the spelling last, and how many did.
    used: Vec<(usize, u32)>,
}

impl Gathering {
    /// The number of this spelling, until [`Gathering::finish`] gives another. `None` if there are too many.
    pub fn number(&mut self, word: folding::Word, entry: usize) -> Option<u16> {
        let next = self.numbers.len();
        if next >= SPELLINGS_MAX && !self.numbers.contains_key(&word) {
            return None;
        }
        let number = *self.numbers.entry(word).or_insert(next as u16);
        match self.used.get_mut(usize::from(number)) {
            None => self.used.push((entry, 1)),
            Some((last, _)) if *last == entry => {}
            Some(used) => *used = (entry, used.1 + 1),
        }
        Some(number)
    }

    /// The vocabulary of so many entries, and the final number of each spelling by its first one.
    pub fn finish(self, entries: usize) -> (Vocabulary, Vec<u16>) {
        let mut all: Vec<(folding::Word, u16)> = self.numbers.into_iter().collect();
        all.sort_unstable_by(|(one, first), (other, second)| (&one.plain, first).cmp(&(&other.plain, second)));

        let mut renamed = vec![0; all.len()];
        let mut words: Vec<Known> = Vec::new();
        let mut spellings = Vec::with_capacity(all.len());
        for (now, (word, before)) in all.iter().enumerate() {
            renamed[usize::from(*before)] = now as u16;
            if words.last().is_none_or(|last| *last.plain.letters != *word.plain) {
                words.push(Known {
                    plain: Plain::new(&word.plain),
                    spellings: now as u16,
                });
            }
            spellings.push(Spelling {
                word: (words.len() - 1) as u16,
                marks: word.marks,
                entries: self.used[usize::from(*before)].1,
            });
        }

        words.shrink_to_fit();
        let asking = folding::words(ASKING, usize::MAX);
        let mut vocabulary = Vocabulary {
            words,
            spellings,
            weights: Vec::new(),
            asking,
            entries,
        };
        vocabulary.weigh();
        (vocabulary, renamed)
    }
}
