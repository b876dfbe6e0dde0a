//! A finger on the keyboard of the screen: words key by key, and places by their names.

use unicode_normalization::UnicodeNormalization as _;

use super::{Kiosk, Look};

/// Labels of the keys for the five tones, by their combining signs.
const TONES: [(char, &str); 5] = [
    ('\u{301}', "dấu sắc"),
    ('\u{300}', "dấu huyền"),
    ('\u{309}', "dấu hỏi"),
    ('\u{303}', "dấu ngã"),
    ('\u{323}', "dấu nặng"),
];

/// The keys of a word in the way of typing that has a key for each mark: its tone at the end. Capitals are the
/// keyboard's own where it makes them.
fn keys(word: &str) -> Vec<String> {
    let mut keys = vec![];
    let mut tone = None;
    for letter in word.to_lowercase().chars() {
        let mut plain = String::new();
        for part in letter.to_string().nfd() {
            match TONES.iter().find(|(sign, _)| *sign == part) {
                Some((_, key)) => tone = Some((*key).to_owned()),
                None => plain.push(part),
            }
        }
        keys.push(plain.nfc().collect());
    }
    keys.extend(tone);
    keys
}

/// The keys of figures and signs, which stand on the other layer.
fn figure(letter: char) -> Option<String> {
    match letter {
        '0'..='9' => Some(letter.to_string()),
        '/' => Some("Gạch chéo".into()),
        ',' => Some("Dấu phẩy".into()),
        '.' => Some("Dấu chấm".into()),
        '-' => Some("Gạch nối".into()),
        '\'' => Some("Dấu phẩy trên".into()),
        _ => None,
    }
}

impl Kiosk {
    /// Types words on the keyboard that is shown, letter by letter.
    pub async fn type_words(&self, words: &str) {
        for (at, word) in words.split(' ').enumerate() {
            if at > 0 {
                self.touch("Dấu cách").await;
            }
            let figures: Vec<String> = word.chars().filter_map(figure).collect();
            if figures.len() == word.chars().count() && !figures.is_empty() {
                self.touch("Chữ số").await;
                self.touch_all(&figures).await;
                self.touch("Chữ cái").await;
            } else {
                assert!(figures.is_empty(), "letters and figures in one word: {word}");
                self.touch_all(&keys(word)).await;
            }
        }
    }

    /// Each of these, one after the other.
    pub async fn touch_all(&self, labels: &[String]) {
        for label in labels {
            self.touch(label).await;
        }
    }

    /// Digits on the number pad.
    pub async fn type_digits(&self, digits: &str) {
        for digit in digits.chars() {
            self.touch(&digit.to_string()).await;
        }
    }

    /// From the page that asks for the province: picks both by their names, types the rest, and goes on.
    pub async fn pick_address(&self, province: &str, commune: &str, detail: &str) {
        self.pick_place("Tỉnh hoặc thành phố nào?", province).await;
        self.pick_place("Xã, phường nào ở", commune).await;
        self.sees("Thôn, xóm, số nhà?").await;
        self.type_words(detail).await;
        self.touch("Tiếp tục").await;
    }

    /// Types the name without its rank, until the place stands there, and touches it.
    pub async fn pick_place(&self, asked: &str, name: &str) -> Look {
        let look = self.sees(asked).await;
        if !offers(&look, name) {
            self.type_words(short(name)).await;
        }
        let look = self.until(name, |look| offers(look, name)).await;
        self.touch(name).await;
        look
    }
}

fn offers(look: &Look, name: &str) -> bool {
    look.buttons.iter().any(|button| button.label == name)
}

fn short(name: &str) -> &str {
    let ranks = ["Thành phố ", "Đặc khu ", "Phường ", "Tỉnh ", "Xã "];
    ranks.iter().find_map(|rank| name.strip_prefix(rank)).unwrap_or(name)
}
