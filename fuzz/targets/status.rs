//! Whatever a printer says, in pieces of any size, is heard as the same words, and no byte of it is lost or made up.

#![no_main]

use hardware::printer::JobId;
use hardware::printer::status::{Listener, Status, Word, is_eot};
use libfuzzer_sys::fuzz_target;

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
/// A mark that no job has.
const PROBE_MARK: [u8; 4] = *b"~~~~";

fuzz_target!(|said: &[u8]| {
    let words = heard(said.chunks(said.len().max(1)));
    assert_eq!(words, heard(said.chunks(1)));
    // The first byte also says where to cut.
    let cut = said.first().map_or(1, |first| 1 + usize::from(first % 9));
    assert_eq!(words, heard(said.chunks(cut)));

    let mut heard: Vec<u8> = words.iter().flat_map(bytes).map(plain).collect();
    let flow = |byte: &&u8| matches!(**byte, XON | XOFF);
    let mut said: Vec<u8> = said.iter().filter(|byte| !flow(byte)).copied().map(plain).collect();
    heard.sort_unstable();
    said.sort_unstable();
    assert_eq!(heard, said);

    judge(&words);
});

/// Ends in a proof after a silence, which no noise before may hide.
fn heard<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Word> {
    let (mut listener, mut words) = (Listener::default(), Vec::new());
    for piece in pieces {
        listener.hear(piece, &mut words);
    }
    listener.give_up(&mut words);

    let mut proof = Vec::new();
    listener.hear(b"\x37\x22mark\0", &mut proof);
    assert_eq!(proof, [Word::Proof(*b"mark")]);
    words
}

fn bytes(word: &Word) -> Vec<u8> {
    match word {
        Word::Eot(byte) | Word::Garbage(byte) => vec![*byte],
        Word::Pushed(packet) => packet.to_vec(),
        Word::Proof([a, b, c, d]) => vec![0x37, 0x22, *a, *b, *c, *d, 0],
        Word::Fence => vec![0],
        Word::Cleared => vec![0x37, 0x25, 0],
    }
}

/// A fence does not tell which of its four bytes it was.
fn plain(byte: u8) -> u8 {
    if matches!(byte, 0x03 | 0x0c | 0x0f) { 0 } else { byte }
}

fn judge(words: &[Word]) {
    let mut answers = [0x12; 4];
    for (at, word) in words.iter().enumerate() {
        match word {
            Word::Eot(byte) => {
                assert!(is_eot(*byte));
                answers[at % 4] = *byte;
                let status = Status::from_answers(answers);
                assert_eq!(status.fault().is_some(), is_faulty(&status));
            }
            Word::Pushed(packet) => {
                assert!(packet[0] & 0x93 == 0x10 && packet[1..].iter().all(|byte| byte & 0x90 == 0));
                let status = Status::from_pushed(*packet);
                assert_eq!(status.fault().is_some(), is_faulty(&status));
            }
            Word::Proof(mark) => match JobId::from_mark(*mark) {
                Some(job) => assert!(job.mark() == *mark && job.wrapped() == job),
                None => assert_eq!(*mark, PROBE_MARK),
            },
            Word::Garbage(byte) => assert!(!matches!(*byte, XON | XOFF)),
            Word::Fence | Word::Cleared => {}
        }
    }
}

/// Near the end of the roll, or offline with nothing else, a printer has no fault yet.
fn is_faulty(status: &Status) -> bool {
    let Status {
        offline: _,
        near_end: _,
        cover_open,
        paper_out,
        cutter,
        broken,
        resting,
        recoverable,
        error,
    } = *status;
    [cover_open, paper_out, cutter, broken, resting, recoverable, error].contains(&true)
}
