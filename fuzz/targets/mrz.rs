//! Three lines are accepted only with every check digit right, print to the same letters, and name a key that opens.

#![no_main]

use hardware::card::mrz::{LINE_LETTERS, LINES, Mrz, MrzKey, NotAnMrz};
use libfuzzer_sys::fuzz_target;

const LETTERS: &[u8; 37] = b"<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Where the check digits of number, birth, expiry and the whole stand.
const DIGITS_AT: [usize; 4] = [14, 36, 44, 59];

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(mrz) = Mrz::read(text)
    {
        holds(&mrz, text);
    }
    // With right digits, so that what lies behind them is reached.
    if let Some(bytes) = bytes.get(..LINE_LETTERS * LINES) {
        let letter = |byte: &u8| LETTERS[usize::from(*byte) % LETTERS.len()];
        let text = with_digits(bytes.iter().map(letter).collect());
        match Mrz::read(&text) {
            Ok(mrz) => holds(&mrz, &text),
            Err(NotAnMrz::NoNumber) => assert!(text[5..14].bytes().all(|letter| letter == b'<')),
            Err(error @ (NotAnMrz::Form | NotAnMrz::CheckDigit(_))) => panic!("{error}: {text}"),
        }
    }
});

fn holds(mrz: &Mrz, text: &str) {
    let letters: String = text.split_whitespace().collect();
    let (first, second) = printed(mrz, &letters[48..59]);
    let third = format!("{}<<{}", mrz.surname, mrz.given_names).replace(' ', "<");
    let third: String = format!("{third:<<LINE_LETTERS$}").chars().take(LINE_LETTERS).collect();

    assert_eq!(first + &second, with_zeros(&letters)[..2 * LINE_LETTERS]);
    // Fillers between names may be more than needed.
    assert!(Mrz::read(&[&letters[..2 * LINE_LETTERS], &third].concat()).as_ref() == Ok(mrz));
    assert!(MrzKey::new(&mrz.document_number, &mrz.birth, &mrz.expiry) == Some(mrz.key()));
}

fn printed(mrz: &Mrz, optional: &str) -> (String, String) {
    let number = &mrz.document_number;
    let digit = check_digit(number.as_bytes());
    let (nine, digit, rest) = match number.split_at_checked(9) {
        None | Some((_, "")) => (number.as_str(), digit, mrz.optional.clone()),
        Some((nine, rest)) => (nine, '<', format!("{rest}{digit}<{}", mrz.optional)),
    };
    let first = format!("{:<<2}{:<<3}{nine:<<9}{digit}{rest:<<15}", mrz.document, mrz.issuer);

    let (birth, expiry) = (&mrz.birth, &mrz.expiry);
    let born = format!("{birth}{}", check_digit(birth.as_bytes()));
    let ends = format!("{expiry}{}", check_digit(expiry.as_bytes()));
    let whole = check_digit([&first[5..], &born, &ends, optional].concat().as_bytes());
    let second = format!("{born}{}{ends}{:<<3}{optional}{whole}", mrz.sex, mrz.nationality);
    (first, second)
}

/// A field that is empty may have no digit; its digit would be zero.
fn with_zeros(letters: &str) -> String {
    let zeros = letters.char_indices().map(|(at, letter)| match letter {
        '<' if DIGITS_AT[1..].contains(&at) => '0',
        letter => letter,
    });
    zeros.collect()
}

fn with_digits(mut letters: Vec<u8>) -> String {
    // A number that goes on ends before the first filler, with its digit.
    let ends = letters[15..30].iter().position(|letter| *letter == b'<');
    let goes_on = ends.filter(|ends| *ends >= 2 && letters[14] == b'<');
    let number = [&letters[5..14], &letters[15..14 + goes_on.unwrap_or(1)]].concat();
    letters[DIGITS_AT[0] + goes_on.unwrap_or(0)] = check_digit(&number) as u8;
    letters[DIGITS_AT[1]] = check_digit(&letters[30..36]) as u8;
    letters[DIGITS_AT[2]] = check_digit(&letters[38..44]) as u8;
    let whole = [&letters[5..30], &letters[30..37], &letters[38..45], &letters[48..59]].concat();
    letters[DIGITS_AT[3]] = check_digit(&whole) as u8;
    String::from_utf8(letters).expect("all letters are of one byte")
}

/// ICAO Doc 9303-3 §4.9, written a second time.
fn check_digit(field: &[u8]) -> char {
    let mut sum = 0;
    for (letter, weight) in field.iter().zip([7, 3, 1].repeat(LINE_LETTERS * LINES)) {
        let value = LETTERS
            .iter()
            .position(|known| known == letter)
            .expect("a letter of an MRZ");
        // In their row the filler stands first and counts nothing.
        sum += value.saturating_sub(1) * weight;
    }
    char::from(b'0' + (sum % 10) as u8)
}
