//! Secure messaging of the chip: ICAO Doc 9303-11 clause 9.8.
//!
//! Strict, as a chip is: every object of a command must be known, in order and covered by the MAC.
//! After anything wrong the caller closes the session; nothing here repairs it.

use super::apdu::{Answer, Command, Status, expected_bytes};
use super::cipher::{KeyUse, MAC_BYTES, Suite, pad, unpad};
use super::tlv;

/// The bits of a class byte that say "protected, header authenticated".
pub const PROTECTED_CLASS: u8 = 0x0C;

/// Bytes of DO'99' and DO'8E' together.
const FOOT_BYTES: usize = 4 + 2 + MAC_BYTES;

/// Keys and counter between the end of one key agreement and the next.
pub struct Session {
    suite: Suite,
    encryption: Vec<u8>,
    authentication: Vec<u8>,
    /// The send sequence counter, with its leading zeros: as long as a block.
    counter: Vec<u8>,
}

/// What is wrong with an answer on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoil {
    Nothing,
    /// One bit of the MAC is wrong.
    Mac,
    /// DO'99' is left out, the MAC is right for the rest.
    Status,
}

impl Session {
    /// A session from a shared secret, with the counter that the key agreement says.
    pub fn new(suite: Suite, secret: &[u8], counter: Vec<u8>) -> Self {
        debug_assert_eq!(counter.len(), suite.block_bytes());
        Self {
            suite,
            encryption: suite.derive(secret, KeyUse::Encryption),
            authentication: suite.derive(secret, KeyUse::Authentication),
            counter,
        }
    }

    /// A session whose counter begins at zero: after PACE and chip authentication.
    pub fn from_zero(suite: Suite, secret: &[u8]) -> Self {
        Self::new(suite, secret, vec![0; suite.block_bytes()])
    }

    /// Checks a protected command and opens it. The error is the status that the chip answers in plain.
    pub fn open(&mut self, command: &Command) -> Result<Command, Status> {
        self.count();
        let objects = tlv::all(&command.data).ok_or(Status::OBJECT_WRONG)?;
        let [covered @ .., mac] = objects.as_slice() else {
            return Err(Status::OBJECT_MISSING);
        };
        if mac.tag != 0x8E {
            return Err(Status::OBJECT_MISSING);
        }

        let mut input = pad(&command.header(), self.suite.block_bytes());
        input.extend(covered.iter().flat_map(|object| object.whole.iter().copied()));
        if self.mac(&input).as_slice() != mac.value {
            return Err(Status::OBJECT_WRONG);
        }

        let mut plain = Command {
            class: command.class & !PROTECTED_CLASS,
            data: vec![],
            expected: None,
            ..command.clone()
        };
        let mut rank = 0;
        for object in covered {
            let order = match object.tag {
                0x87 if !command.is_odd() => {
                    let sealed = object.value.strip_prefix(&[1]).ok_or(Status::OBJECT_WRONG)?;
                    plain.data = self.decrypt(sealed).ok_or(Status::OBJECT_WRONG)?;
                    1
                }
                0x85 if command.is_odd() => {
                    plain.data = self.decrypt(object.value).ok_or(Status::OBJECT_WRONG)?;
                    1
                }
                0x97 => {
                    plain.expected = Some(expected_bytes(object.value).ok_or(Status::OBJECT_WRONG)?);
                    2
                }
                _ => return Err(Status::OBJECT_WRONG),
            };
            if order <= rank {
                return Err(Status::OBJECT_WRONG);
            }
            rank = order;
        }
        Ok(plain)
    }

    /// Protects an answer. The status stands in DO'99' and behind the objects.
    pub fn seal(&mut self, answer: &Answer, odd: bool, spoil: Spoil) -> Answer {
        self.count();
        let mut objects = vec![];
        if !answer.data.is_empty() {
            let padded = pad(&answer.data, self.suite.block_bytes());
            let sealed = self.suite.encrypt(&self.encryption, &self.vector(), &padded);
            objects.extend(if odd {
                tlv::object(0x85, &sealed)
            } else {
                tlv::object(0x87, &[&[1], sealed.as_slice()].concat())
            });
        }
        if spoil != Spoil::Status {
            objects.extend(tlv::object(0x99, &answer.status.0.to_be_bytes()));
        }
        let mut mac = self.mac(&objects);
        if spoil == Spoil::Mac {
            mac[MAC_BYTES - 1] ^= 1;
        }
        objects.extend(tlv::object(0x8E, &mac));
        Answer {
            data: objects,
            status: answer.status,
        }
    }

    /// How many bytes of data fit into a protected answer of at most `answer_bytes`.
    pub fn room(&self, answer_bytes: usize) -> usize {
        let block = self.suite.block_bytes();
        let sealed = |blocks: usize| {
            let value = blocks * block + 1;
            1 + tlv::length(value).len() + value + FOOT_BYTES
        };
        let mut blocks = answer_bytes / block;
        while blocks > 0 && sealed(blocks) > answer_bytes {
            blocks -= 1;
        }
        // At least one byte of the last block is padding.
        (blocks * block).saturating_sub(1)
    }

    fn mac(&self, input: &[u8]) -> [u8; MAC_BYTES] {
        let whole = [self.counter.as_slice(), input].concat();
        match self.suite {
            // The retail MAC pads by itself.
            Suite::Tdes => self.suite.mac(&self.authentication, &whole),
            Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => self
                .suite
                .mac(&self.authentication, &pad(&whole, self.suite.block_bytes())),
        }
    }

    fn decrypt(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let padded = self.suite.decrypt(&self.encryption, &self.vector(), sealed)?;
        unpad(&padded).map(<[u8]>::to_vec)
    }

    /// Zeros for 3DES, the encrypted counter for AES.
    fn vector(&self) -> Vec<u8> {
        let zeros = vec![0; self.suite.block_bytes()];
        match self.suite {
            Suite::Tdes => zeros,
            Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => {
                self.suite.encrypt(&self.encryption, &zeros, &self.counter)
            }
        }
    }

    fn count(&mut self) {
        for byte in self.counter.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_of_an_answer_is_used_to_the_last_block() {
        for suite in [Suite::Tdes, Suite::Aes128, Suite::Aes192, Suite::Aes256] {
            for most in [64, 256, 1000, 32_768, 65_536] {
                let mut session = Session::from_zero(suite, b"secret");
                let room = session.room(most);
                let sealed = |session: &mut Session, bytes| {
                    session
                        .seal(&Answer::done(vec![0; bytes]), false, Spoil::Nothing)
                        .data
                        .len()
                };
                assert!(sealed(&mut session, room) <= most, "{suite:?} {most}");
                assert!(sealed(&mut session, room + 1) > most, "{suite:?} {most}");
            }
        }
    }

    #[test]
    fn the_counter_carries_over_every_byte() {
        let mut session = Session::new(Suite::Tdes, b"secret", vec![0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF]);
        session.count();
        assert_eq!(session.counter, [0, 0, 0, 0, 1, 0, 0, 0]);
    }
}
