//! Commands to a chip and its answers (ISO/IEC 7816-4 §5).

/// The largest answer that a command with one byte of Le can ask for, in bytes.
pub(crate) const SHORT_LE_MAX: u32 = 256;
/// The largest answer that any command can ask for, in bytes.
pub(crate) const LE_MAX: u32 = 65_536;
/// The most data that a command with one byte of Lc can carry.
const SHORT_LC_MAX: usize = 255;

/// The status words that something is decided by (ISO/IEC 7816-4 §5.6).
pub(crate) mod status {
    pub const OK: u16 = 0x9000;
    /// End of file was reached before Le bytes were read.
    pub const END_OF_FILE: u16 = 0x6282;
    pub const AUTHENTICATION_FAILED: u16 = 0x6300;
    pub const SECURITY_NOT_SATISFIED: u16 = 0x6982;
    pub const METHOD_BLOCKED: u16 = 0x6983;
    pub const NOT_ALLOWED: u16 = 0x6985;
    pub const FILE_NOT_FOUND: u16 = 0x6a82;
    pub const WRONG_OFFSET: u16 = 0x6b00;
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub cla: u8,
    pub ins: u8,
    pub p1: u8,
    pub p2: u8,
    pub data: Vec<u8>,
    /// The most bytes that are wanted back, 1 to [`LE_MAX`]; nothing if none are.
    pub le: Option<u32>,
}

impl Command {
    pub fn new(ins: u8, p1: u8, p2: u8) -> Self {
        Self {
            cla: 0,
            ins,
            p1,
            p2,
            data: Vec::new(),
            le: None,
        }
    }

    pub fn with(self, data: Vec<u8>) -> Self {
        Self { data, ..self }
    }

    pub fn wanting(self, le: u32) -> Self {
        Self { le: Some(le), ..self }
    }

    pub fn header(&self) -> [u8; 4] {
        [self.cla, self.ins, self.p1, self.p2]
    }

    /// Whether it goes into the form that every reader and chip takes.
    pub fn is_short(&self) -> bool {
        self.data.len() <= SHORT_LC_MAX && self.le.is_none_or(|le| le <= SHORT_LE_MAX)
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header().to_vec();
        // Zero stands for the largest: what does not fit into the bytes is cut off on purpose.
        let [_, _, high, low] = self.le.unwrap_or_default().to_be_bytes();
        if self.is_short() {
            if !self.data.is_empty() {
                bytes.push(self.data.len() as u8);
                bytes.extend_from_slice(&self.data);
            }
            if self.le.is_some() {
                bytes.push(low);
            }
            return bytes;
        }
        bytes.push(0);
        if !self.data.is_empty() {
            let [.., lc_high, lc_low] = self.data.len().to_be_bytes();
            bytes.extend_from_slice(&[lc_high, lc_low]);
            bytes.extend_from_slice(&self.data);
        }
        if self.le.is_some() {
            bytes.extend_from_slice(&[high, low]);
        }
        bytes
    }
}

/// What a chip answered. Personal as soon as a session stands.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub data: Vec<u8>,
    pub status: u16,
}

impl Answer {
    /// Nothing if there is no status word.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (data, status) = bytes.split_last_chunk()?;
        Some(Self {
            data: data.to_vec(),
            status: u16::from_be_bytes(*status),
        })
    }

    pub fn is_ok(&self) -> bool {
        self.status == status::OK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_extended_commands_have_the_forms_of_the_standard() {
        let select = Command::new(0xa4, 4, 0x0c).with(vec![1, 2]);
        assert_eq!(select.bytes(), [0, 0xa4, 4, 0x0c, 2, 1, 2]);
        assert_eq!(Command::new(0xb0, 0, 0).wanting(256).bytes(), [0, 0xb0, 0, 0, 0]);
        assert_eq!(Command::new(0xb0, 0, 0).wanting(257).bytes(), [0, 0xb0, 0, 0, 0, 1, 1]);
        assert_eq!(
            Command::new(0xb0, 0, 0).wanting(LE_MAX).bytes(),
            [0, 0xb0, 0, 0, 0, 0, 0]
        );
        let long = Command::new(0xd6, 0, 0).with(vec![9; 256]).wanting(2).bytes();
        assert_eq!(long[4..7], [0, 1, 0]);
        assert_eq!(long[long.len() - 2..], [0, 2]);
    }

    #[test]
    fn an_answer_without_status_is_none() {
        assert!(Answer::read(&[0x90]).is_none());
        assert!(Answer::read(&[7, 0x90, 0]).is_some_and(|answer| answer.data == [7] && answer.is_ok()));
    }
}
