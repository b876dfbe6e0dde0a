//! A line under the keyboard: what is typed in it, in which way, and which keys are shown.

use super::completion::Completion;
use super::{Key, Typed, Way};

/// What stands on the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layer {
    #[default]
    Letters,
    /// Figures and the signs of an address. A figure stands for itself here, also in VNI.
    Figures,
}

/// Personal: its `Debug` hides the words, as that of [`Typed`] does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    typed: Typed,
    way: Way,
    layer: Layer,
    /// The next letter is large.
    shifted: bool,
}

impl Line {
    #[must_use]
    pub fn new(typed: Typed) -> Self {
        Self {
            typed,
            ..Self::default()
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.typed.as_str()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    #[must_use]
    pub fn way(&self) -> Way {
        self.way
    }

    #[must_use]
    pub fn layer(&self) -> Layer {
        self.layer
    }

    pub fn press(&mut self, key: Key) {
        let way = match self.layer {
            Layer::Letters => self.way,
            Layer::Figures => Way::Marks,
        };
        let letters = self.typed.as_str().chars().count();
        self.typed.press(key, way);
        // A key may mark the letter before instead of adding one: then the shift waits for the next.
        let added = self.typed.as_str().chars().count() > letters;
        if std::mem::take(&mut self.shifted) {
            match key {
                Key::Letter(_) | Key::Mark(_) if added => self.typed.raise_last(),
                Key::Letter(_) | Key::Mark(_) | Key::Tone(_) | Key::Digit(_) => self.shifted = !added,
                Key::Space
                | Key::Apostrophe
                | Key::Hyphen
                | Key::Slash
                | Key::Comma
                | Key::Dot
                | Key::Erase
                | Key::Clear => {}
            }
        }
    }

    /// Makes the next letter large; a second time, not.
    pub fn shift(&mut self) {
        self.shifted = !self.shifted;
    }

    #[must_use]
    pub fn is_shifted(&self) -> bool {
        self.shifted
    }

    pub fn next_way(&mut self) {
        self.way = self.way.next();
    }

    pub fn show(&mut self, layer: Layer) {
        self.layer = layer;
    }

    /// Puts a completion of what is typed in the place of what was begun.
    pub fn complete(&mut self, completion: &Completion) {
        self.typed.replace_end(completion.replaces_bytes, completion.words);
    }
}

#[cfg(test)]
mod tests {
    use super::super::completion::complete;
    use super::*;

    fn typed(line: &mut Line, keys: &str) -> String {
        for key in keys.split(' ') {
            line.press(key.parse().unwrap());
        }
        line.as_str().to_owned()
    }

    #[test]
    fn figures_and_signs_stand_for_themselves_in_every_way() {
        for ways in 0..3 {
            let mut line = Line::default();
            for _ in 0..ways {
                line.next_way();
            }
            typed(&mut line, "a");
            line.show(Layer::Figures);
            assert_eq!(typed(&mut line, "1 slash 9 comma dot hyphen"), "a1/9,.-");
            line.show(Layer::Letters);
            assert_eq!(typed(&mut line, "b"), "a1/9,.-b");
        }
    }

    #[test]
    fn a_shift_makes_the_next_letter_large_and_no_other() {
        let mut line = Line::default();
        typed(&mut line, "a space");
        line.shift();
        assert_eq!(typed(&mut line, "đ o"), "a Đo");
        line.shift();
        line.shift();
        assert_eq!(typed(&mut line, "a"), "a Đoa");
        // A tone is no letter: the shift waits.
        line.shift();
        assert_eq!(typed(&mut line, "sac space"), "a Đóa ");
    }

    #[test]
    fn a_sentence_begins_large_and_holds_what_it_has_room_for() {
        let mut line = Line::new(Typed::sentence().with_room(3));
        assert_eq!(typed(&mut line, "đ a space b c"), "Đa ");
        let line = Line::new(Typed::name().with_room(3).with_text("Hà Nội"));
        assert_eq!(line.as_str(), "Hà ");
    }

    #[test]
    fn a_completion_takes_the_place_of_what_was_begun() {
        let mut line = Line::new(Typed::name());
        typed(&mut line, "l a n space n g u");
        let found = Completion::of_last_word(line.as_str(), "Nguyễn");
        line.complete(&found);
        assert_eq!(line.as_str(), "Lan Nguyễn ");
        typed(&mut line, "t h a c h space k");
        let places = || ["Thạch Kiệt"].into_iter();
        let found = complete(line.as_str(), places());
        line.complete(&found[0]);
        assert_eq!(line.as_str(), "Lan Nguyễn Thạch Kiệt ");
        assert!(complete(line.as_str(), places()).is_empty());
    }
}
