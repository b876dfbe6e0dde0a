//! The three lines on the back of the card (ICAO Doc 9303-5, TD1), and the key that stands in them.
//!
//! Personal: nothing here is printed or logged.

use std::fmt;

/// Letters of a line, and lines (Doc 9303-5 §4.2).
pub const LINE_LETTERS: usize = 30;
pub const LINES: usize = 3;

/// Why three lines are not the back of a card. Names the place, never what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnMrz {
    #[error("not three lines of thirty letters, digits or <")]
    Form,
    #[error("check digit is wrong: {0}")]
    CheckDigit(Field),
    #[error("document number is missing")]
    NoNumber,
}

/// The fields that have a check digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    DocumentNumber,
    Birth,
    Expiry,
    Whole,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentNumber => "document number",
            Self::Birth => "date of birth",
            Self::Expiry => "date of expiry",
            Self::Whole => "the whole",
        })
    }
}

/// What opens a chip by BAC, or by PACE with the MRZ: document number, birth and expiry.
#[derive(Clone, PartialEq, Eq)]
pub struct MrzKey {
    /// At least nine, filled up with `<`.
    document_number: String,
    /// yymmdd; `<<` where not known.
    birth: String,
    /// yymmdd.
    expiry: String,
}

impl MrzKey {
    /// Nothing if a letter is none that an MRZ has, or a date is not of six.
    pub fn new(document_number: &str, birth: &str, expiry: &str) -> Option<Self> {
        let fits = |text: &str| text.bytes().all(|letter| weight(letter).is_some());
        let number_fits = (1..=22).contains(&document_number.len()) && fits(document_number);
        (number_fits && birth.len() == 6 && fits(birth) && expiry.len() == 6 && fits(expiry)).then(|| Self {
            document_number: format!("{document_number:<<9}"),
            birth: birth.to_owned(),
            expiry: expiry.to_owned(),
        })
    }

    /// The MRZ information of Doc 9303-11 §4.3.2: each field followed by its check digit.
    pub(crate) fn information(&self) -> Vec<u8> {
        let mut information = Vec::with_capacity(40);
        for field in [&self.document_number, &self.birth, &self.expiry] {
            information.extend_from_slice(field.as_bytes());
            information.push(check_digit(field.as_bytes()));
        }
        information
    }
}

impl fmt::Debug for MrzKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MrzKey(hidden)")
    }
}

/// The back of a card, every check digit right.
#[derive(Clone, PartialEq, Eq)]
pub struct Mrz {
    /// "ID" on a CCCD.
    pub document: String,
    /// Three letters, as the issuer is written.
    pub issuer: String,
    pub document_number: String,
    /// yymmdd; `<<` where not known.
    pub birth: String,
    /// yymmdd.
    pub expiry: String,
    /// `M`, `F` or `<`.
    pub sex: char,
    pub nationality: String,
    /// Without `<` at its ends. On a CCCD: the whole number of twelve digits.
    pub optional: String,
    /// Family name and given names, without marks.
    pub surname: String,
    pub given_names: String,
}

impl fmt::Debug for Mrz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mrz(hidden)")
    }
}

impl Mrz {
    /// Reads ninety letters, as EF.DG1 holds them, or three lines with breaks and blanks at their ends.
    pub fn read(text: &str) -> Result<Self, NotAnMrz> {
        let letters: String = text.split_whitespace().collect();
        if letters.len() != LINE_LETTERS * LINES || !letters.bytes().all(|letter| weight(letter).is_some()) {
            return Err(NotAnMrz::Form);
        }
        // All are of one byte.
        let (first, rest) = letters.split_at(LINE_LETTERS);
        let (second, third) = rest.split_at(LINE_LETTERS);

        let (document_number, optional) = number(first)?;
        let checked = |field: &str, digit: &str, name| right(field.as_bytes(), digit, name);
        checked(&second[..6], &second[6..7], Field::Birth)?;
        checked(&second[8..14], &second[14..15], Field::Expiry)?;
        let whole = [&first[5..30], &second[..7], &second[8..15], &second[18..29]].concat();
        checked(&whole, &second[29..], Field::Whole)?;

        let (surname, given_names) = third.split_once("<<").unwrap_or((third, ""));
        let words = |name: &str| {
            name.split('<')
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        Ok(Self {
            document: first[..2].trim_end_matches('<').to_owned(),
            issuer: first[2..5].trim_end_matches('<').to_owned(),
            document_number,
            birth: second[..6].to_owned(),
            expiry: second[8..14].to_owned(),
            sex: second[7..8].chars().next().unwrap_or('<'),
            nationality: second[15..18].trim_end_matches('<').to_owned(),
            optional,
            surname: words(surname),
            given_names: words(given_names),
        })
    }

    pub fn key(&self) -> MrzKey {
        MrzKey {
            document_number: format!("{:<<9}", self.document_number),
            birth: self.birth.clone(),
            expiry: self.expiry.clone(),
        }
    }

    /// The twelve digits of a CCCD, which the optional field holds. Nothing on another card.
    pub fn citizen_id(&self) -> Option<&str> {
        let id = self.optional.get(..12)?;
        (id.bytes().all(|digit| digit.is_ascii_digit()) && self.is_of(id)).then_some(id)
    }

    /// Whether `id`, the twelve digits of a CCCD, is this card's: its last nine are the document number, and where the
    /// optional field holds twelve, they are the whole.
    pub fn is_of(&self, id: &str) -> bool {
        let whole = self.optional.trim_matches('<');
        id.len() == 12
            && id.ends_with(&self.document_number)
            && (!whole.starts_with(|first: char| first.is_ascii_digit()) || whole.starts_with(id))
    }
}

/// The document number and the optional field of the first line. A number longer than nine goes on in the optional
/// field, and its check digit stands behind it (Doc 9303-5 §4.2.4).
fn number(first: &str) -> Result<(String, String), NotAnMrz> {
    let (number, digit, optional) = (&first[5..14], &first[14..15], &first[15..30]);
    if digit != "<" {
        right(number.as_bytes(), digit, Field::DocumentNumber)?;
        let number = number.trim_end_matches('<');
        if number.is_empty() {
            return Err(NotAnMrz::NoNumber);
        }
        return Ok((number.to_owned(), optional.trim_end_matches('<').to_owned()));
    }
    let wrong = NotAnMrz::CheckDigit(Field::DocumentNumber);
    let (rest, optional) = optional.split_once('<').ok_or(wrong)?;
    // At least one letter that goes on, and the digit.
    let goes_on = rest.len().checked_sub(1).filter(|letters| *letters > 0).ok_or(wrong)?;
    let (rest, digit) = rest.split_at(goes_on);
    let number = format!("{number}{rest}");
    right(number.as_bytes(), digit, Field::DocumentNumber)?;
    Ok((number, optional.trim_end_matches('<').to_owned()))
}

fn right(field: &[u8], digit: &str, name: Field) -> Result<(), NotAnMrz> {
    let wanted = check_digit(field);
    match digit.as_bytes() {
        // A field that is empty may have no digit.
        [b'<'] if field.iter().all(|letter| *letter == b'<') => Ok(()),
        [digit] if *digit == wanted => Ok(()),
        [..] => Err(NotAnMrz::CheckDigit(name)),
    }
}

/// The check digit of Doc 9303-3 §4.9: weights 7, 3, 1.
pub(crate) fn check_digit(field: &[u8]) -> u8 {
    let sum: u32 = field
        .iter()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(letter, times)| weight(*letter).unwrap_or_default() * times)
        .sum();
    b'0' + (sum % 10) as u8
}

/// What a letter counts; nothing if an MRZ does not have it.
fn weight(letter: u8) -> Option<u32> {
    match letter {
        b'0'..=b'9' => Some(u32::from(letter - b'0')),
        b'A'..=b'Z' => Some(u32::from(letter - b'A') + 10),
        b'<' => Some(0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The TD1 example of Doc 9303-5 appendix B.
    const UTOPIA: &str = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";

    #[test]
    fn the_standards_example_is_read() {
        let mrz = Mrz::read(UTOPIA).unwrap();
        assert_eq!((mrz.document.as_str(), mrz.issuer.as_str()), ("I", "UTO"));
        assert_eq!((mrz.document_number.as_str(), mrz.sex), ("D23145890", 'F'));
        assert_eq!(
            (mrz.surname.as_str(), mrz.given_names.as_str()),
            ("ERIKSSON", "ANNA MARIA")
        );
        assert_eq!(mrz.key().information(), b"D23145890774081221204159");
    }

    #[test]
    fn a_long_number_goes_on_in_the_optional_field() {
        // The example of Doc 9303-11 appendix D.2 for TD1.
        let mrz =
            Mrz::read("I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<");
        let mrz = mrz.unwrap();
        assert_eq!(mrz.document_number, "D23145890734");
        assert_eq!(mrz.key().information(), b"D23145890734934071279507122");
    }

    #[test]
    fn the_whole_number_of_a_citizen_stands_behind_its_last_nine_digits() {
        let number = |optional: &str| {
            let mut mrz = Mrz::read(UTOPIA).unwrap();
            (mrz.document_number, mrz.optional) = ("090012345".into(), optional.into());
            mrz.citizen_id().map(str::to_owned)
        };
        assert_eq!(number("001090012345<<8").as_deref(), Some("001090012345"));
        for other in ["", "001090012346", "00109001234", "0010900123A5", "<<<090012345"] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn each_wrong_check_digit_is_named() {
        for (at, field) in [
            (5, Field::DocumentNumber),
            (30, Field::Birth),
            (38, Field::Expiry),
            (50, Field::Whole),
        ] {
            let mut letters = UTOPIA.as_bytes().to_vec();
            letters[at] = if letters[at] == b'1' { b'2' } else { b'1' };
            let text = String::from_utf8(letters).unwrap();
            assert_eq!(Mrz::read(&text), Err(NotAnMrz::CheckDigit(field)));
        }
        assert_eq!(Mrz::read(&UTOPIA.to_lowercase()), Err(NotAnMrz::Form));
        assert_eq!(Mrz::read(&UTOPIA[1..]), Err(NotAnMrz::Form));
    }

    #[test]
    fn a_number_that_is_empty_or_does_not_go_on_is_refused() {
        // Zero is the check digit of nothing, 7 that of the standard's number.
        let line = |number: &str| format!("I<UTO{number:<<25}");
        let rest = &UTOPIA[LINE_LETTERS..];
        let with = |number: &str| {
            let mut text = line(number) + rest;
            let whole = [&text[5..30], &text[30..37], &text[38..45], &text[48..59]].concat();
            text.replace_range(59..60, &char::from(check_digit(whole.as_bytes())).to_string());
            Mrz::read(&text)
        };
        assert_eq!(with("D231458907").unwrap().document_number, "D23145890");
        assert_eq!(with("<<<<<<<<<0"), Err(NotAnMrz::NoNumber));
        let wrong = Err(NotAnMrz::CheckDigit(Field::DocumentNumber));
        assert_eq!(with("D23145890<7"), wrong);
        assert_eq!(with("<<<<<<<<<<0"), wrong);
    }

    #[test]
    fn keys_are_filled_up_and_odd_letters_refused() {
        // Doc 9303-11 appendix D.2.
        let key = MrzKey::new("L898902C", "690806", "940623").unwrap();
        assert_eq!(key.information(), b"L898902C<369080619406236");
        assert_eq!(MrzKey::new("12345678 ", "690806", "940623"), None);
        assert_eq!(MrzKey::new("", "690806", "940623"), None);
        assert_eq!(MrzKey::new("1", "69080", "940623"), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,100}", lines in "[A-Z0-9<]{90}") {
            drop(Mrz::read(&text));
            drop(Mrz::read(&lines));
        }
    }
}
