//! Secure messaging (ICAO Doc 9303-11 §9.8): every command encrypted and with a MAC, every answer checked.
//!
//! Strict where a card or whoever stands between could cheat: an answer without DO'99', with a wrong MAC, in another
//! order or with an object that is not known ends the session. Nothing of it is looked at before the MAC is right.

use super::apdu::{Answer, Command};
use super::crypt::{self, Key, MAC_BYTES, Suite};
use super::tlv;

/// The objects of secure messaging (ISO/IEC 7816-4 §10.2).
const CRYPTOGRAM: u32 = 0x87;
const CRYPTOGRAM_BER: u32 = 0x85;
const LE: u32 = 0x97;
const STATUS: u32 = 0x99;
const MAC: u32 = 0x8e;
/// "Padded with method 2", the first byte of DO'87'.
const PADDED: u8 = 0x01;
/// The bits of CLA that say: secure messaging, header in the MAC.
const CLA_SECURE: u8 = 0x0c;

/// Why an answer is not believed. Never holds what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SecureError {
    #[error("card refused with status {0:04X} outside the session")]
    Refused(u16),
    #[error("answer has no MAC or a wrong one")]
    Mac,
    #[error("answer lacks its status object")]
    NoStatus,
    #[error("objects of the answer are not as they must be")]
    Form,
}

/// The keys and the counter of one session with one card. Gone when it is dropped.
pub(crate) struct Session {
    suite: Suite,
    encryption: Key,
    mac: Key,
    /// The send sequence counter, one block, leading zeros kept.
    counter: Vec<u8>,
}

impl Session {
    /// `counter` begins as BAC says (§9.8.6.3: eight bytes of the two random numbers), or as zeros.
    pub fn new(suite: Suite, secret: &[u8], counter: Vec<u8>) -> Self {
        debug_assert_eq!(counter.len(), suite.block_bytes());
        Self {
            suite,
            encryption: suite.derive(secret, crypt::Purpose::Encryption),
            mac: suite.derive(secret, crypt::Purpose::Mac),
            counter,
        }
    }

    /// The session after PACE and chip authentication, whose counter begins at zero (§9.8.7.3).
    pub fn from_zero(suite: Suite, secret: &[u8]) -> Self {
        Self::new(suite, secret, vec![0; suite.block_bytes()])
    }

    /// A command as it goes over the line.
    pub fn close(&mut self, command: &Command) -> Result<Command, SecureError> {
        self.count();
        let header = [command.cla | CLA_SECURE, command.ins, command.p1, command.p2];
        let mut objects = Vec::new();
        if !command.data.is_empty() {
            let data = self.encrypt(&command.data)?;
            // Odd instructions carry BER-TLV and no padding indicator (ISO/IEC 7816-4 §10.3).
            objects = if command.ins % 2 == 1 {
                tlv::object(CRYPTOGRAM_BER, &data)
            } else {
                tlv::object(CRYPTOGRAM, &[&[PADDED], &data[..]].concat())
            };
        }
        if let Some(le) = command.le {
            let [.., high, low] = le.to_be_bytes();
            // What fits one byte is told in one (256 as zero), the rest in two (65 536 as zero).
            let told: &[u8] = if le <= super::apdu::SHORT_LE_MAX {
                &[low]
            } else {
                &[high, low]
            };
            objects.extend(tlv::object(LE, told));
        }

        let block = self.suite.block_bytes();
        let mut message = [&self.counter[..], &crypt::padded(&header, block)].concat();
        if !objects.is_empty() {
            message.extend_from_slice(&objects);
            message = crypt::padded(&message, block);
        }
        objects.extend(tlv::object(MAC, &self.code(&message)?));

        let [cla, ins, p1, p2] = header;
        let closed = Command {
            cla,
            ins,
            p1,
            p2,
            data: objects,
            le: None,
        };
        // The answer is longer than what is wanted: ask for the most that its form can bring.
        let most = if closed.is_short() && command.le.is_none_or(|le| le <= super::apdu::SHORT_LE_MAX) {
            super::apdu::SHORT_LE_MAX
        } else {
            super::apdu::LE_MAX
        };
        Ok(closed.wanting(most))
    }

    /// What an answer says. After an error the session must not be used again.
    pub fn open(&mut self, answer: &Answer) -> Result<Answer, SecureError> {
        self.count();
        if answer.data.is_empty() {
            return Err(if answer.is_ok() {
                SecureError::NoStatus
            } else {
                SecureError::Refused(answer.status)
            });
        }
        let objects = tlv::all(&answer.data).map_err(|_| SecureError::Form)?;
        let (mac, objects) = objects.split_last().ok_or(SecureError::Form)?;
        if mac.tag != MAC || mac.value.len() != MAC_BYTES {
            return Err(SecureError::Mac);
        }
        let protected = &answer.data[..answer.data.len() - mac.whole.len()];
        let message = [&self.counter[..], protected].concat();
        let code = self.code(&crypt::padded(&message, self.suite.block_bytes()))?;
        if !crypt::equal(&code, mac.value) {
            return Err(SecureError::Mac);
        }

        let (status, data) = match objects {
            [status] => (status, None),
            [data, status] => (status, Some(data)),
            [] => return Err(SecureError::NoStatus),
            [_, _, _, ..] => return Err(SecureError::Form),
        };
        if status.tag != STATUS {
            return Err(SecureError::NoStatus);
        }
        let status: [u8; 2] = status.value.try_into().map_err(|_| SecureError::Form)?;
        let data = match data {
            None => Vec::new(),
            Some(data) if data.tag == CRYPTOGRAM => match data.value {
                [PADDED, cryptogram @ ..] => self.decrypt(cryptogram)?,
                [..] => return Err(SecureError::Form),
            },
            Some(data) if data.tag == CRYPTOGRAM_BER => self.decrypt(data.value)?,
            Some(_) => return Err(SecureError::Form),
        };
        Ok(Answer {
            data,
            status: u16::from_be_bytes(status),
        })
    }

    /// One up, as a number of the whole block.
    fn count(&mut self) {
        for digit in self.counter.iter_mut().rev() {
            *digit = digit.wrapping_add(1);
            if *digit != 0 {
                break;
            }
        }
    }

    fn code(&self, message: &[u8]) -> Result<[u8; MAC_BYTES], SecureError> {
        self.suite.mac(&self.mac, message).map_err(|_| SecureError::Form)
    }

    fn iv(&self) -> Result<Vec<u8>, SecureError> {
        self.suite
            .message_iv(&self.encryption, &self.counter)
            .map_err(|_| SecureError::Form)
    }

    fn encrypt(&self, data: &[u8]) -> Result<Vec<u8>, SecureError> {
        let data = crypt::padded(data, self.suite.block_bytes());
        self.suite
            .encrypt(&self.encryption, &self.iv()?, &data)
            .map_err(|_| SecureError::Form)
    }

    fn decrypt(&self, cryptogram: &[u8]) -> Result<Vec<u8>, SecureError> {
        let data = self.suite.decrypt(&self.encryption, &self.iv()?, cryptogram);
        let data = data.map_err(|_| SecureError::Form)?;
        crypt::unpadded(&data).map(<[u8]>::to_vec).ok_or(SecureError::Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::hex::hex;

    /// The session of ICAO Doc 9303-11 appendix D.3 and D.4.
    fn worked_example() -> Session {
        let secret = hex("0036D272F5C350ACAC50C3F572D23600");
        Session::new(Suite::TripleDes, &secret, hex("887022120C06C226"))
    }

    fn answer(bytes: &str) -> Answer {
        Answer::read(&hex(bytes)).unwrap()
    }

    #[test]
    fn the_worked_example_is_said_and_understood_byte_for_byte() {
        let mut session = worked_example();
        let select = Command::new(0xa4, 2, 0x0c).with(vec![0x01, 0x1e]);
        let closed = session.close(&select).unwrap();
        assert_eq!(
            closed.bytes(),
            hex("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800")
        );
        let opened = session.open(&answer("990290008E08FA855A5D4C50A8ED9000")).unwrap();
        assert!(opened.is_ok() && opened.data.is_empty());

        let closed = session.close(&Command::new(0xb0, 0, 0).wanting(4)).unwrap();
        assert_eq!(closed.bytes(), hex("0CB000000D9701048E08ED6705417E96BA5500"));
        let opened = session.open(&answer("8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"));
        assert_eq!(opened.unwrap().data, hex("60145F01"));

        let closed = session.close(&Command::new(0xb0, 0, 4).wanting(0x12)).unwrap();
        assert_eq!(closed.bytes(), hex("0CB000040D9701128E082EA28A70F3C7B53500"));
        let opened = session.open(&answer(
            "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
        ));
        assert_eq!(opened.unwrap().data, hex("04303130365F36063034303030305C026175"));
    }

    #[test]
    fn an_answer_that_lacks_anything_is_not_believed() {
        let good = "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000";
        let mut before = worked_example();
        before.counter = hex("887022120C06C229");
        let mut open = |bytes: &str| {
            before.counter = hex("887022120C06C229");
            before.open(&answer(bytes)).err()
        };
        assert_eq!(open(good), None);
        assert_eq!(open(&good.replace("9FF0", "9FF1")), Some(SecureError::Mac));
        assert_eq!(open(&good.replace("2DED", "2DEC")), Some(SecureError::Mac));
        assert_eq!(open("8709019FF0EC34F9922651990290009000"), Some(SecureError::Mac));
        assert_eq!(open("9000"), Some(SecureError::NoStatus));
        assert_eq!(open("6988"), Some(SecureError::Refused(0x6988)));
        assert_eq!(open("870901"), Some(SecureError::Form));
    }

    /// Like [`an_answer_that_lacks_anything_is_not_believed`], where the MAC itself is right.
    #[test]
    fn a_right_mac_over_wrong_objects_is_not_enough() {
        let protect = |objects: &[u8]| {
            let mut chip = worked_example();
            chip.count();
            let message = crypt::padded(&[&chip.counter[..], objects].concat(), 8);
            let code = chip.code(&message).unwrap();
            Answer {
                data: [objects, &tlv::object(MAC, &code)].concat(),
                status: 0x9000,
            }
        };
        let status = tlv::object(STATUS, &[0x90, 0]);
        assert!(worked_example().open(&protect(&status)).is_ok());
        for (objects, wanted) in [
            (tlv::object(0x87, &[1; 9]), SecureError::NoStatus),
            (vec![], SecureError::NoStatus),
            ([tlv::object(0x87, &[2; 9]), status.clone()].concat(), SecureError::Form),
            ([tlv::object(0x87, &[1; 8]), status.clone()].concat(), SecureError::Form),
            ([tlv::object(0x81, &[1; 8]), status.clone()].concat(), SecureError::Form),
            (
                [status.clone(), status.clone(), status.clone()].concat(),
                SecureError::Form,
            ),
            (tlv::object(STATUS, &[0x90]), SecureError::Form),
        ] {
            assert_eq!(worked_example().open(&protect(&objects)).err(), Some(wanted));
        }
    }

    #[test]
    fn the_counter_carries_over_and_keeps_its_zeros() {
        let mut session = worked_example();
        session.counter = hex("00000000000000FF");
        session.count();
        assert_eq!(session.counter, hex("0000000000000100"));
        session.counter = hex("FFFFFFFFFFFFFFFF");
        session.count();
        assert_eq!(session.counter, hex("0000000000000000"));
    }
}
