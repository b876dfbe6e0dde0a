//! The machine readable zone of the card: TD1 of ICAO Doc 9303-5, as Vietnam fills it.

use super::super::people::Person;

/// Characters of a line.
const LINE_CHARACTERS: usize = 30;

/// The three lines. The document number is the last nine digits of the citizen's number; the whole
/// number stands in the optional data.
pub fn lines(person: &Person) -> [String; 3] {
    let document = document_number(person);
    let optional = format!("{}<<{}", person.number, check_digit(person.number));
    let first = format!("IDVNM{document}{}{optional}", check_digit(document));

    let (birth, expiry) = (person.birth.in_mrz(), person.expiry().in_mrz());
    let dates = format!(
        "{birth}{}{}{expiry}{}",
        check_digit(&birth),
        person.sex.letter(),
        check_digit(&expiry)
    );
    let second = format!("{dates}VNM{}", "<".repeat(11));
    // Clause 4.2.4: over line 1 from position 6, and the dates and optional data of line 2.
    let composite = format!("{}{}{}{}", &first[5..], &second[..7], &second[8..15], &second[18..]);
    let second = format!("{second}{}", check_digit(&composite));

    let mut third = name(person.name);
    third.truncate(LINE_CHARACTERS);
    [first, second, format!("{third:<<LINE_CHARACTERS$}")]
}

/// What the keys of the chip are made from (ICAO Doc 9303-11 clause 4.3.2).
pub fn information(person: &Person) -> String {
    [
        document_number(person),
        &person.birth.in_mrz(),
        &person.expiry().in_mrz(),
    ]
    .iter()
    .map(|field| format!("{field}{}", check_digit(field)))
    .collect()
}

fn document_number(person: &Person) -> &str {
    &person.number[3..]
}

/// The weighted sum of ICAO Doc 9303-3 clause 4.9.
fn check_digit(text: &str) -> u32 {
    let sum: u32 = text
        .bytes()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(byte, weight)| {
            let value = match byte {
                b'0'..=b'9' => byte - b'0',
                b'A'..=b'Z' => byte - b'A' + 10,
                // A filler counts nothing.
                _ => 0,
            };
            u32::from(value) * weight
        })
        .sum();
    sum % 10
}

/// The family name, two fillers, the other names.
fn name(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(plain).collect();
    match words.split_first() {
        Some((family, given)) if !given.is_empty() => format!("{family}<<{}", given.join("<")),
        Some((family, _)) => family.clone(),
        None => String::new(),
    }
}

/// The letters of A to Z under the marks.
fn plain(word: &str) -> String {
    const LETTERS: [(char, &str); 7] = [
        ('A', "ÀÁÂÃĂẠẢẤẦẨẪẬẮẰẲẴẶ"),
        ('D', "Đ"),
        ('E', "ÈÉÊẸẺẼẾỀỂỄỆ"),
        ('I', "ÌÍĨỈỊ"),
        ('O', "ÒÓÔÕƠỌỎỐỒỔỖỘỚỜỞỠỢ"),
        ('U', "ÙÚŨƯỤỦỨỪỬỮỰ"),
        ('Y', "ÝỲỴỶỸ"),
    ];
    word.to_uppercase()
        .chars()
        .map(|letter| {
            let under = LETTERS.iter().find(|(_, marked)| marked.contains(letter));
            match under {
                Some((plain, _)) => *plain,
                None if letter.is_ascii_uppercase() => letter,
                None => '<',
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::card::people::{PEOPLE, find};

    // ICAO Doc 9303-11 appendix D.2.
    #[test]
    fn the_check_digits_of_the_worked_example_come_out() {
        for (field, digit) in [("L898902C<", 3), ("690806", 1), ("940623", 6)] {
            assert_eq!(check_digit(field), digit);
        }
    }

    // ICAO Doc 9303-5 appendix B: the specimen TD1.
    #[test]
    fn the_composite_digit_of_the_specimen_comes_out() {
        let (first, second) = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<");
        let composite = format!("{}{}{}{}", &first[5..], &second[..7], &second[8..15], &second[18..]);
        assert_eq!(check_digit(&composite), 6);
    }

    #[test]
    fn every_line_of_every_sample_has_thirty_allowed_characters() {
        for person in PEOPLE {
            for line in lines(person) {
                assert_eq!(line.len(), LINE_CHARACTERS, "{}", person.sample);
                assert!(
                    line.bytes()
                        .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'<'))
                );
            }
        }
    }

    #[test]
    fn marks_fall_off_names_and_an_unknown_day_is_filled() {
        assert!(lines(find("every-mark").unwrap())[2].starts_with("DANG<<HUU<AC<AM<AN<ANG<AT<ECH<"));
        assert!(lines(find("one-word-name").unwrap())[2].starts_with("SUNG<<<<"));
        assert!(lines(find("year-of-birth-only").unwrap())[1].starts_with("50<<<<"));
    }
}
