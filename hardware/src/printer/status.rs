//! What a printer says: answers, pushed packets and proofs, told apart from garbage.
//!
//! The kinds come interleaved in one stream. Each has bits of its own (Epson's fixed patterns):
//! `DLE EOT` `0xx1xx10`, the first byte of a pushed packet `0xx1xx00` and its others `0xx0xxxx`,
//! a `GS r` answer `0000xxxx`, a proof `37 22 d1 d2 d3 d4 00`, "buffer cleared" `37 25 00`.

use super::{JobId, PrinterFault};

const PROOF_HEAD: [u8; 2] = [0x37, 0x22];
const CLEARED: [u8; 3] = [0x37, 0x25, 0x00];
const PROOF_BYTES: usize = 7;
const PUSH_BYTES: usize = 4;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

/// One thing a printer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The answer to a `DLE EOT`; to which, only the asker knows.
    Eot(u8),
    /// A status pushed by `GS a`.
    Pushed([u8; 4]),
    /// The answer to `GS ( H`: this mark was reached.
    Proof([u8; 4]),
    /// The answer to `GS r`.
    Fence,
    /// The buffer was cleared as asked.
    Cleared,
    /// Not a word of ESC/POS.
    Garbage(u8),
}

/// Takes bytes as they come, in pieces of any size, and gives whole words.
#[derive(Debug, Default)]
pub struct Listener {
    /// A packet that has begun; never longer than a proof.
    begun: Vec<u8>,
}

impl Listener {
    pub fn hear(&mut self, bytes: &[u8], words: &mut Vec<Word>) {
        for byte in bytes {
            self.take(*byte, words);
        }
    }

    /// Nothing more comes: what has begun and did not end was garbage.
    pub fn give_up(&mut self, words: &mut Vec<Word>) {
        words.extend(self.begun.drain(..).map(Word::Garbage));
    }

    fn take(&mut self, byte: u8, words: &mut Vec<Word>) {
        match self.begun.first() {
            None => self.start(byte, words),
            Some(&first) if first == PROOF_HEAD[0] => self.take_block(byte, words),
            Some(_) => self.take_pushed(byte, words),
        }
    }

    fn start(&mut self, byte: u8, words: &mut Vec<Word>) {
        match byte {
            XON | XOFF => {}
            _ if byte == PROOF_HEAD[0] || is_push_head(byte) => self.begun.push(byte),
            _ if is_eot(byte) => words.push(Word::Eot(byte)),
            0x00 | 0x03 | 0x0C | 0x0F => words.push(Word::Fence),
            _ => words.push(Word::Garbage(byte)),
        }
    }

    /// Within a proof nothing else may come: its own bytes look like anything.
    fn take_block(&mut self, byte: u8, words: &mut Vec<Word>) {
        let fits = match (self.begun.len(), self.begun.get(1)) {
            (1, _) => byte == PROOF_HEAD[1] || byte == CLEARED[1],
            (2, Some(&second)) if second == CLEARED[1] => byte == CLEARED[2],
            (2..=5, _) => (32..=126).contains(&byte),
            (_, _) => byte == 0,
        };
        if !fits {
            self.give_up(words);
            return self.start(byte, words);
        }
        self.begun.push(byte);
        if self.begun == CLEARED {
            words.push(Word::Cleared);
            self.begun.clear();
        } else if let Ok([_, _, a, b, c, d, _]) = <[u8; PROOF_BYTES]>::try_from(self.begun.as_slice()) {
            words.push(Word::Proof([a, b, c, d]));
            self.begun.clear();
        }
    }

    /// A `DLE EOT` answer may come in the middle of a pushed packet.
    fn take_pushed(&mut self, byte: u8, words: &mut Vec<Word>) {
        match byte {
            XON | XOFF => {}
            _ if is_eot(byte) => words.push(Word::Eot(byte)),
            _ if byte & 0x90 == 0 => {
                self.begun.push(byte);
                if let Ok(packet) = <[u8; PUSH_BYTES]>::try_from(self.begun.as_slice()) {
                    words.push(Word::Pushed(packet));
                    self.begun.clear();
                }
            }
            _ => {
                self.give_up(words);
                self.start(byte, words);
            }
        }
    }
}

/// Whether a byte has the fixed pattern of a `DLE EOT` answer.
pub fn is_eot(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

fn is_push_head(byte: u8) -> bool {
    byte & 0x93 == 0x10
}

/// What is known of a printer's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Status {
    pub offline: bool,
    pub cover_open: bool,
    pub paper_out: bool,
    pub near_end: bool,
    pub cutter: bool,
    pub broken: bool,
    /// Mends itself: the head is too hot.
    pub resting: bool,
    /// An error that `DLE ENQ` lets it leave.
    pub recoverable: bool,
    /// An error without a known kind.
    pub error: bool,
}

impl Status {
    /// From the answers to `DLE EOT` 1 to 4, in this order.
    pub fn from_answers([line, offline, error, paper]: [u8; 4]) -> Self {
        Self {
            offline: line & 0x08 != 0,
            cover_open: offline & 0x04 != 0,
            paper_out: offline & 0x20 != 0 || paper & 0x60 != 0,
            near_end: paper & 0x0C != 0,
            cutter: error & 0x08 != 0,
            broken: error & 0x20 != 0,
            resting: error & 0x40 != 0,
            recoverable: error & 0x0C != 0,
            error: offline & 0x40 != 0,
        }
    }

    /// From a pushed packet.
    pub fn from_pushed([first, second, third, _]: [u8; 4]) -> Self {
        Self {
            offline: first & 0x08 != 0,
            cover_open: first & 0x20 != 0,
            paper_out: third & 0x0C != 0,
            near_end: third & 0x03 != 0,
            cutter: second & 0x08 != 0,
            broken: second & 0x20 != 0,
            resting: second & 0x40 != 0,
            recoverable: second & 0x0C != 0,
            error: false,
        }
    }

    /// The fault that a person should see first. Offline alone is none yet: someone may hold the feed button.
    pub fn fault(&self) -> Option<PrinterFault> {
        if self.cover_open {
            Some(PrinterFault::CoverOpen)
        } else if self.paper_out {
            Some(PrinterFault::OutOfPaper)
        } else if self.cutter {
            Some(PrinterFault::CutterJammed)
        } else if self.resting && !self.broken {
            Some(PrinterFault::TooHot)
        } else if self.broken || self.recoverable || self.error {
            Some(PrinterFault::Broken)
        } else {
            None
        }
    }
}

impl JobId {
    /// How many different marks fit the four printable characters of `GS ( H`, less one kept for the driver.
    pub const COUNT: u32 = 95 * 95 * 95 * 95 - 1;
    /// The driver's own question whether a printer answers `GS ( H` at all.
    pub(super) const PROBE_MARK: [u8; 4] = *b"~~~~";

    /// The id as it comes back from a printer.
    pub fn wrapped(self) -> Self {
        Self(self.0 % Self::COUNT)
    }

    /// The four characters that come back as proof. Ids are equal to a printer modulo [`JobId::COUNT`].
    pub fn mark(self) -> [u8; 4] {
        let mut rest = self.0 % Self::COUNT;
        let mut mark = [0; 4];
        for place in mark.iter_mut().rev() {
            *place = 32 + (rest % 95) as u8;
            rest /= 95;
        }
        mark
    }

    /// The job behind a mark; `None` for the driver's own.
    pub fn from_mark(mark: [u8; 4]) -> Option<Self> {
        let mut id = 0;
        for place in mark {
            id = id * 95 + u32::from(place.checked_sub(32).filter(|digit| *digit < 95)?);
        }
        (id < Self::COUNT).then_some(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hear(bytes: &[u8]) -> Vec<Word> {
        let (mut listener, mut words) = (Listener::default(), Vec::new());
        listener.hear(bytes, &mut words);
        listener.give_up(&mut words);
        words
    }

    fn word_bytes(word: &Word) -> Vec<u8> {
        match word {
            Word::Eot(byte) | Word::Garbage(byte) => vec![*byte],
            Word::Pushed(packet) => packet.to_vec(),
            Word::Proof([a, b, c, d]) => vec![0x37, 0x22, *a, *b, *c, *d, 0],
            Word::Fence => vec![0],
            Word::Cleared => CLEARED.to_vec(),
        }
    }

    fn good_word() -> impl Strategy<Value = Word> {
        prop_oneof![
            any::<u8>().prop_map(|byte| Word::Eot(byte & 0x6C | 0x12)),
            any::<[u8; 4]>().prop_map(|[a, b, c, d]| Word::Pushed([a & 0x6C | 0x10, b & 0x6F, c & 0x6F, d & 0x6F])),
            prop::array::uniform4(32_u8..127).prop_map(Word::Proof),
            Just(Word::Fence),
            Just(Word::Cleared),
        ]
    }

    #[test]
    fn other_services_are_told_from_printers() {
        for banner in [
            "HTTP/1.1 400 Bad Request\r\n",
            "SSH-2.0-OpenSSH_9.6\r\n",
            "\x10\x04\x01",
            "220 ready\r\n",
        ] {
            assert!(
                hear(banner.as_bytes())
                    .iter()
                    .any(|word| matches!(word, Word::Garbage(_))),
                "{banner:?}"
            );
        }
    }

    #[test]
    fn an_answer_inside_a_pushed_packet_is_heard_and_the_packet_goes_on() {
        assert_eq!(
            hear(&[0x18, 0x00, 0x12, 0x0C, 0x00]),
            [Word::Eot(0x12), Word::Pushed([0x18, 0x00, 0x0C, 0x00])]
        );
    }

    #[test]
    fn a_proof_cut_off_is_garbage_and_what_follows_is_heard() {
        let words = hear(&[0x37, 0x22, b'a', b'b', 0x12]);
        assert_eq!(words.last(), Some(&Word::Eot(0x12)));
        assert!(!words.iter().any(|word| matches!(word, Word::Proof(_))));
    }

    #[test]
    fn each_status_bit_shows_its_fault() {
        let ok = [0x12; 4];
        let with = |at: usize, bits: u8| {
            let mut answers = ok;
            answers[at] |= bits;
            Status::from_answers(answers).fault()
        };
        assert_eq!(Status::from_answers(ok).fault(), None);
        assert_eq!(with(1, 0x04), Some(PrinterFault::CoverOpen));
        assert_eq!(with(1, 0x20), Some(PrinterFault::OutOfPaper));
        assert_eq!(with(3, 0x60), Some(PrinterFault::OutOfPaper));
        assert_eq!(with(2, 0x08), Some(PrinterFault::CutterJammed));
        assert_eq!(with(2, 0x40), Some(PrinterFault::TooHot));
        assert_eq!(with(2, 0x20), Some(PrinterFault::Broken));
        assert_eq!(with(1, 0x40), Some(PrinterFault::Broken));
        assert_eq!(with(3, 0x0C), None);
        assert!(Status::from_answers([0x12, 0x12, 0x12, 0x1E]).near_end);
        assert_eq!(
            Status::from_pushed([0x38, 0, 0, 0]).fault(),
            Some(PrinterFault::CoverOpen)
        );
        assert_eq!(
            Status::from_pushed([0x18, 0, 0x0F, 0]).fault(),
            Some(PrinterFault::OutOfPaper)
        );
        assert_eq!(
            Status::from_pushed([0x18, 0x08, 0, 0]).fault(),
            Some(PrinterFault::CutterJammed)
        );
        assert_eq!(
            Status::from_pushed([0x10, 0x40, 0, 0]).fault(),
            Some(PrinterFault::TooHot)
        );
    }

    proptest! {
        #[test]
        fn any_soup_of_bytes_is_heard_without_panic_and_without_growing(
            soup in prop::collection::vec(any::<u8>(), 0..600), cut in 1_usize..9) {
            let (mut listener, mut words) = (Listener::default(), Vec::new());
            for piece in soup.chunks(cut) {
                listener.hear(piece, &mut words);
                prop_assert!(listener.begun.len() < PROOF_BYTES);
            }
            listener.give_up(&mut words);
            let said: usize = words.iter().map(|word| word_bytes(word).len()).sum();
            let flow = soup.iter().filter(|byte| matches!(**byte, XON | XOFF)).count();
            prop_assert!(said + flow >= soup.len() && said <= soup.len());
            // Whole pieces or single bytes: the cut changes nothing.
            prop_assert_eq!(words, hear(&soup));
        }

        #[test]
        fn words_in_any_order_are_heard_as_they_were_said(said in prop::collection::vec(good_word(), 0..40)) {
            let bytes: Vec<u8> = said.iter().flat_map(word_bytes).collect();
            prop_assert_eq!(hear(&bytes), said);
        }

        #[test]
        fn garbage_before_words_never_hides_a_proof(
            noise in prop::collection::vec(0x80_u8..=0xFF, 0..20), mark in prop::array::uniform4(32_u8..127)) {
            let mut bytes = noise.clone();
            bytes.extend([0x37, 0x22, mark[0], mark[1], mark[2], mark[3], 0]);
            let words = hear(&bytes);
            prop_assert_eq!(words.last(), Some(&Word::Proof(mark)));
            prop_assert_eq!(words.len(), noise.len() + 1);
        }

        #[test]
        fn every_job_comes_back_from_its_mark(id in 0..JobId::COUNT) {
            let mark = JobId(id).mark();
            prop_assert!(mark.iter().all(|byte| (32..=126).contains(byte)));
            prop_assert_eq!(JobId::from_mark(mark), Some(JobId(id)));
            prop_assert_eq!(JobId::from_mark(JobId::PROBE_MARK), None);
        }
    }
}
