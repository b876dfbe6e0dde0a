//! A transport of the kind T=0, as a fault: what is longer is fetched (61XX), and a length that is
//! not exact is told (6CXX). ISO 7816-3 clause 12.2.

use super::super::trouble::CardTrouble;
use super::Chip;

/// Bytes fetched with one GET RESPONSE.
const FETCH_BYTES_MAX: usize = 256;

/// What the transport keeps between two commands.
#[derive(Default)]
pub(super) enum Held {
    #[default]
    Nothing,
    /// Data that is still to be fetched, and the status behind it.
    Rest(Vec<u8>, [u8; 2]),
    /// The answer to a command that is to come again with the exact length.
    Exact { command: Vec<u8>, answer: Vec<u8> },
}

impl Chip {
    /// A command as it comes over the wire.
    pub(super) fn transported(&mut self, bytes: &[u8], trouble: Option<CardTrouble>) -> Vec<u8> {
        match std::mem::take(&mut self.volatile.transport) {
            Held::Rest(rest, status) if bytes.get(1) == Some(&0xC0) => {
                let asked = match bytes.get(4) {
                    Some(0) | None => FETCH_BYTES_MAX,
                    Some(count) => usize::from(*count),
                };
                return self.hand_out(rest, status, asked);
            }
            Held::Exact { command, answer }
                if bytes
                    .split_last()
                    .is_some_and(|(le, start)| start == command && usize::from(*le) == answer.len() - 2) =>
            {
                return answer;
            }
            Held::Nothing | Held::Rest(..) | Held::Exact { .. } => {}
        }

        let answer = self.answer(bytes, trouble);
        let whole = answer.bytes();
        if trouble == Some(CardTrouble::MoreToFetch) && !answer.data.is_empty() {
            return self.hand_out(answer.data, answer.status.0.to_be_bytes(), 0);
        }
        // Only a short command that ends with a Le can come again with another one.
        if trouble == Some(CardTrouble::ExactLength)
            && (1..FETCH_BYTES_MAX).contains(&answer.data.len())
            && bytes.len() > 4
            && let Some((le, start)) = bytes.split_last()
            && usize::from(*le) != answer.data.len()
        {
            self.volatile.transport = Held::Exact {
                command: start.to_vec(),
                answer: whole,
            };
            return vec![0x6C, answer.data.len() as u8];
        }
        whole
    }

    fn hand_out(&mut self, mut data: Vec<u8>, status: [u8; 2], asked: usize) -> Vec<u8> {
        let rest = data.split_off(asked.min(data.len()));
        if rest.is_empty() {
            return [data.as_slice(), &status].concat();
        }
        let more = if rest.len() >= FETCH_BYTES_MAX {
            0
        } else {
            rest.len() as u8
        };
        self.volatile.transport = Held::Rest(rest, status);
        [data.as_slice(), &[0x61, more]].concat()
    }
}
