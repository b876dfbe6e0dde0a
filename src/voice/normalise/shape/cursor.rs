//! A place in the text that moves forward as its parts are recognised.

use super::{Words, number_of, year_of};

pub(super) struct Cursor<'a> {
    pub(super) source: &'a [char],
    pub(super) at: usize,
}

impl Cursor<'_> {
    pub(super) fn digits(&mut self) -> String {
        self.run(|sign| sign.is_ascii_digit())
    }

    pub(super) fn word(&mut self) -> Option<String> {
        let word = self.run(char::is_alphabetic).to_lowercase();
        (!word.is_empty()).then_some(word)
    }

    pub(super) fn run(&mut self, belongs: fn(char) -> bool) -> String {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let text: String = rest.iter().copied().take_while(|sign| belongs(*sign)).collect();
        self.at += text.chars().count();
        text
    }

    pub(super) fn spaces(&mut self) -> Option<()> {
        let before = self.at;
        self.run(|sign| sign == ' ');
        (self.at > before).then_some(())
    }

    pub(super) fn number(&mut self, digits_max: usize) -> Option<u64> {
        let digits = self.digits();
        let bounded = !self.source.get(self.at).is_some_and(|sign| sign.is_alphabetic());
        bounded.then(|| number_of(&digits, digits_max)).flatten()
    }

    pub(super) fn month(&mut self, words: &Words) -> Option<u64> {
        let word = self.word()?;
        let index = words.months.iter().position(|month| *month == word)?;
        u64::try_from(index).ok().map(|index| index + 1)
    }

    /// ", 2026", " 2026", " năm 2026".
    pub(super) fn year_after(&mut self) -> Option<u16> {
        self.run(|sign| matches!(sign, ',' | ' '));
        let before = self.at;
        if self.word().is_some_and(|word| word == "năm") {
            self.spaces()?;
        } else {
            self.at = before;
        }
        let digits = self.digits();
        let bounded = !self.source.get(self.at).is_some_and(|sign| sign.is_alphanumeric());
        bounded.then(|| year_of(&digits)).flatten()
    }
}
