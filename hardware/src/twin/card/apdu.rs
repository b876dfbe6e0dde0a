//! Commands and answers of a card: ISO 7816-4 clause 5.1, short and extended length.

/// A status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u16);

impl Status {
    pub const DONE: Self = Self(0x9000);
    /// The end of the file came before the number of bytes asked for.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// A key or token was wrong.
    pub const WRONG_KEY: Self = Self(0x6300);
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// A chain of commands was broken off.
    pub const CHAIN_BROKEN: Self = Self(0x6883);
    pub const CHAINING_UNKNOWN: Self = Self(0x6884);
    pub const NOT_ALLOWED: Self = Self(0x6982);
    pub const CONDITIONS: Self = Self(0x6985);
    pub const NO_FILE_CHOSEN: Self = Self(0x6986);
    /// An object of secure messaging is missing.
    pub const OBJECT_MISSING: Self = Self(0x6987);
    /// An object of secure messaging is wrong.
    pub const OBJECT_WRONG: Self = Self(0x6988);
    pub const WRONG_DATA: Self = Self(0x6A80);
    pub const NOT_FOUND: Self = Self(0x6A82);
    pub const WRONG_PARAMETERS: Self = Self(0x6A86);
    /// What is referred to (a key, a domain) is not there.
    pub const NO_REFERENCE: Self = Self(0x6A88);
    pub const PAST_THE_END: Self = Self(0x6B00);
    pub const UNKNOWN_INSTRUCTION: Self = Self(0x6D00);
    pub const UNKNOWN_CLASS: Self = Self(0x6E00);
}

/// A command: header, data, and how many bytes it wants back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub class: u8,
    pub instruction: u8,
    pub p1: u8,
    pub p2: u8,
    pub data: Vec<u8>,
    /// Ne of ISO 7816-4: 256 or 65536 for a Le of zeros; `None` without a Le.
    pub expected: Option<usize>,
    /// Whether the lengths were written in three bytes.
    pub extended: bool,
}

impl Command {
    /// Reads a command, or says why not: 6700.
    pub fn parse(bytes: &[u8]) -> Result<Self, Status> {
        let (head, body) = bytes.split_at_checked(4).ok_or(Status::WRONG_LENGTH)?;
        let (data, expected, extended) = lengths(body).ok_or(Status::WRONG_LENGTH)?;
        Ok(Self {
            class: head[0],
            instruction: head[1],
            p1: head[2],
            p2: head[3],
            data: data.to_vec(),
            expected,
            extended,
        })
    }

    /// The four bytes that secure messaging protects.
    pub fn header(&self) -> [u8; 4] {
        [self.class, self.instruction, self.p1, self.p2]
    }

    /// P1 and P2 as one number.
    pub fn parameters(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }

    pub fn is_odd(&self) -> bool {
        self.instruction & 1 == 1
    }
}

/// The number that a Le means: all zeros are the largest.
pub fn expected_bytes(le: &[u8]) -> Option<usize> {
    match *le {
        [0] => Some(256),
        [0, 0] => Some(65_536),
        [low] => Some(usize::from(low)),
        [high, low] => Some(usize::from(u16::from_be_bytes([high, low]))),
        _ => None,
    }
}

fn lengths(body: &[u8]) -> Option<(&[u8], Option<usize>, bool)> {
    match body {
        [] => Some((&[], None, false)),
        [le] => Some((&[], expected_bytes(&[*le]), false)),
        [0, le @ ..] if le.len() == 2 => Some((&[], expected_bytes(le), true)),
        [0, high, low, rest @ ..] => {
            let (data, le) = rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?;
            match le {
                _ if data.is_empty() => None,
                [] => Some((data, None, true)),
                _ if le.len() == 2 => Some((data, expected_bytes(le), true)),
                _ => None,
            }
        }
        [lc, rest @ ..] => {
            let (data, le) = rest.split_at_checked(usize::from(*lc))?;
            match le {
                _ if data.is_empty() => None,
                [] => Some((data, None, false)),
                [le] => Some((data, expected_bytes(&[*le]), false)),
                _ => None,
            }
        }
    }
}

/// An answer: data and a status word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub data: Vec<u8>,
    pub status: Status,
}

impl Answer {
    pub fn done(data: Vec<u8>) -> Self {
        Self {
            data,
            status: Status::DONE,
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        [self.data.as_slice(), &self.status.0.to_be_bytes()].concat()
    }
}

impl From<Status> for Answer {
    fn from(status: Status) -> Self {
        Self { data: vec![], status }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> (Vec<u8>, Option<usize>, bool) {
        let command = Command::parse(bytes).unwrap();
        (command.data, command.expected, command.extended)
    }

    #[test]
    fn the_seven_cases_of_iso_7816_are_told_apart() {
        assert_eq!(read(b"\0\xA4\0\0"), (vec![], None, false));
        assert_eq!(read(b"\0\xB0\0\0\x04"), (vec![], Some(4), false));
        assert_eq!(read(b"\0\xB0\0\0\0"), (vec![], Some(256), false));
        assert_eq!(read(b"\0\xA4\0\0\x02\x3F\0"), (vec![0x3F, 0], None, false));
        assert_eq!(read(b"\0\xA4\0\0\x02\x3F\0\0"), (vec![0x3F, 0], Some(256), false));
        assert_eq!(read(b"\0\xB0\0\0\0\0\0"), (vec![], Some(65_536), true));
        assert_eq!(read(b"\0\xA4\0\0\0\0\x01\x07"), (vec![7], None, true));
        assert_eq!(read(b"\0\xA4\0\0\0\0\x01\x07\x01\x02"), (vec![7], Some(0x102), true));
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        for bytes in [
            &b"\0\xA4\0"[..],
            b"\0\xA4\0\0\x03\x3F\0",
            b"\0\xA4\0\0\x01\x3F\0\0",
            b"\0\xA4\0\0\0\0\x02\x07",
        ] {
            assert_eq!(Command::parse(bytes), Err(Status::WRONG_LENGTH), "{bytes:02X?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_command_or_a_wrong_length(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert!(Command::parse(&bytes).is_ok_and(|command| command.data.len() < bytes.len())
                || Command::parse(&bytes) == Err(Status::WRONG_LENGTH));
        }
    }
}
