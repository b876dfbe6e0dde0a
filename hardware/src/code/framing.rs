//! From bytes to codes: where one ends, and what is none.
//!
//! ```text
//! text CR LF            one code
//! text CR text CR       two codes, in order, however they were glued together on the way
//! text … silence        one code; whether its end is missing is for the reader of the code to see
//! \x07 text CR          noise, told at once and once
//! ```

use super::{CODE_BYTES_MAX, Code, Reading};

/// Cuts a stream into readings. Holds one unfinished code at most.
#[derive(Default)]
pub(super) struct Framer {
    line: Vec<u8>,
    /// Noise was told of this line; the rest of it is dropped.
    spoiled: bool,
}

impl Framer {
    /// Takes bytes until a reading is whole; returns how many were taken, and the reading.
    pub fn take(&mut self, bytes: &[u8]) -> (usize, Option<Reading>) {
        for (byte, taken) in bytes.iter().zip(1..) {
            if let Some(reading) = self.take_one(*byte) {
                return (taken, Some(reading));
            }
        }
        (bytes.len(), None)
    }

    /// Whether something came that has not ended.
    pub fn has_begun(&self) -> bool {
        self.spoiled || !self.line.is_empty()
    }

    /// Ends the line: nothing more came for a while, or a line end did.
    pub fn end(&mut self) -> Option<Reading> {
        let line = std::mem::take(&mut self.line);

        if std::mem::take(&mut self.spoiled) || line.is_empty() {
            return None;
        }
        Some(match String::from_utf8(line) {
            Ok(text) if is_printed(&text) => Reading::Code(Code(text)),
            Ok(_) | Err(_) => Reading::Noise,
        })
    }

    /// Forgets what has begun.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn take_one(&mut self, byte: u8) -> Option<Reading> {
        match byte {
            b'\r' | b'\n' => self.end(),
            _ if self.spoiled => None,
            0..0x20 | 0x7F => self.spoil(),
            _ if self.line.len() == CODE_BYTES_MAX => self.spoil(),
            _ => {
                self.line.push(byte);
                None
            }
        }
    }

    fn spoil(&mut self) -> Option<Reading> {
        self.line = Vec::new();
        self.spoiled = true;
        Some(Reading::Noise)
    }
}

/// A code has something to see in it and no control characters, also none above ASCII.
fn is_printed(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> Reading {
        Reading::Code(Code(text.to_owned()))
    }

    fn readings(bytes: &[u8]) -> Vec<Reading> {
        let (mut framer, mut rest, mut readings) = (Framer::default(), bytes, vec![]);
        while !rest.is_empty() {
            let (taken, reading) = framer.take(rest);
            readings.extend(reading);
            rest = &rest[taken..];
        }
        readings.extend(framer.end());
        readings
    }

    #[test]
    fn a_code_ends_with_cr_lf_or_both_and_empty_lines_are_nothing() {
        for end in ["\r", "\n", "\r\n", "\n\r\n\r"] {
            assert_eq!(readings(format!("A001{end}").as_bytes()), [code("A001")], "{end:?}");
        }
        assert!(readings(b"\r\n\r\n").is_empty());
    }

    #[test]
    fn glued_codes_come_apart_in_order() {
        assert_eq!(
            readings("một\rhai\r\nba\n".as_bytes()),
            [code("một"), code("hai"), code("ba")]
        );
    }

    #[test]
    fn a_code_without_an_end_is_ended_by_a_pause() {
        assert_eq!(readings("Nguyễn Thị Ví Dụ".as_bytes()), [code("Nguyễn Thị Ví Dụ")]);
    }

    #[test]
    fn control_characters_broken_utf8_and_blanks_are_noise() {
        for noise in [
            &b"a\x07b\r"[..],
            b"a\0\r",
            b"\x7f\r",
            b"\xc3\r",
            b"\xff\xfe\r",
            b"  \r",
            "a\u{85}b\r".as_bytes(),
        ] {
            assert_eq!(readings(noise), [Reading::Noise], "{noise:?}");
        }
    }

    #[test]
    fn a_code_may_be_as_long_as_the_limit_and_not_longer() {
        let longest = "x".repeat(CODE_BYTES_MAX);
        assert_eq!(readings(longest.as_bytes()), [code(&longest)]);
        assert_eq!(
            readings(format!("{longest}x and more\rA001\r").as_bytes()),
            [Reading::Noise, code("A001")]
        );
    }

    #[test]
    fn noise_is_told_at_once_and_once_a_line() {
        let mut framer = Framer::default();
        assert_eq!(framer.take(b"\x01more\x02 and more"), (1, Some(Reading::Noise)));
        assert_eq!(framer.take(b"more\x02 and more\rA001\r"), (20, Some(code("A001"))));
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_give_the_same_readings_and_never_hold_more_than_the_limit(
            bytes in prop::collection::vec(prop_oneof![4 => any::<u8>(), 1 => Just(b'\r'), 4 => b'a'..=b'z'], 0..300),
            cut in 1_usize..40,
        ) {
            let mut framer = Framer::default();
            let mut pieces = vec![];
            for piece in bytes.chunks(cut) {
                let mut rest = piece;
                while !rest.is_empty() {
                    let (taken, reading) = framer.take(rest);
                    prop_assert!(taken > 0 && framer.line.len() <= CODE_BYTES_MAX);
                    pieces.extend(reading);
                    rest = &rest[taken..];
                }
            }
            pieces.extend(framer.end());
            prop_assert_eq!(pieces, readings(&bytes));
        }

        #[test]
        fn printed_codes_come_out_as_they_went_in(codes in prop::collection::vec("[!-~à-ỹ][ -~à-ỹ]{0,60}", 0..20)) {
            let sent: String = codes.iter().map(|code| format!("{code}\r")).collect();
            let expected: Vec<_> = codes.iter().map(|text| code(text)).collect();
            prop_assert_eq!(readings(sent.as_bytes()), expected);
        }
    }
}
