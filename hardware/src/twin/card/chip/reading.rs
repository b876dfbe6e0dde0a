//! SELECT and READ BINARY: ICAO Doc 9303-10 clauses 3.6 and 4, ISO 7816-4 clauses 7.1 and 7.2.

use super::super::apdu::{Answer, Command, Status};
use super::super::personal::files::{CARD_ACCESS, File, NOT_FOR_US, short_id};
use super::super::tlv;
use super::Chip;

/// The application of electronic travel documents.
const APPLICATION: &[u8] = &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
/// The largest offset that fits P1 and P2 of READ BINARY with even instruction.
const OFFSET_BITS: u16 = 0x7FFF;

impl Chip {
    pub(super) fn select(&mut self, command: &Command) -> Result<Answer, Status> {
        match command.p1 {
            // The card of Vietnam has no way back to the master file.
            0x00 => Err(Status::UNKNOWN_INSTRUCTION),
            0x02 => self.select_file(command),
            0x04 => self.select_application(command),
            _ => Err(Status::WRONG_PARAMETERS),
        }
    }

    fn select_application(&mut self, command: &Command) -> Result<Answer, Status> {
        let described = match command.p2 {
            0x00 => true,
            0x0C => false,
            _ => return Err(Status::WRONG_PARAMETERS),
        };
        if command.data != APPLICATION {
            return Err(Status::NOT_FOUND);
        }
        self.volatile.in_application = true;
        self.volatile.chosen = None;
        if described && command.expected.is_some() {
            let name = tlv::object(0x84, APPLICATION);
            return Ok(Answer::done(tlv::object(0x6F, &name)));
        }
        Ok(Answer::done(vec![]))
    }

    fn select_file(&mut self, command: &Command) -> Result<Answer, Status> {
        if command.p2 != 0x0C {
            return Err(Status::WRONG_PARAMETERS);
        }
        let id = <[u8; 2]>::try_from(command.data.as_slice()).map_err(|_| Status::WRONG_LENGTH)?;
        let id = u16::from_be_bytes(id);
        self.allowed(id)?;
        self.volatile.chosen = Some(id);
        Ok(Answer::done(vec![]))
    }

    pub(super) fn read_binary(&mut self, command: &Command, room: usize) -> Result<Answer, Status> {
        let expected = command.expected.ok_or(Status::WRONG_LENGTH)?;
        let room = room.min(self.personal.settings.answer_bytes_max);
        if command.is_odd() {
            return self.read_with_object(command, expected, room);
        }
        if !command.data.is_empty() {
            return Err(Status::WRONG_LENGTH);
        }

        let offset = if command.p1 & 0x80 == 0 {
            usize::from(command.parameters() & OFFSET_BITS)
        } else {
            if command.p1 & 0x60 != 0 {
                return Err(Status::WRONG_PARAMETERS);
            }
            self.choose_short(command.p1 & 0x1F)?;
            usize::from(command.p2)
        };
        let (file, size) = self.chosen()?;
        if offset >= size {
            return Err(Status::PAST_THE_END);
        }
        let count = expected.min(room);
        Ok(answer(file.read(offset, count), expected, count))
    }

    /// Instruction B1: the offset comes in DO'54', the bytes go out in DO'53', and the length that
    /// is expected counts the head of that object too.
    fn read_with_object(&mut self, command: &Command, expected: usize, room: usize) -> Result<Answer, Status> {
        let objects = tlv::all(&command.data).ok_or(Status::WRONG_DATA)?;
        let [object] = objects.as_slice() else {
            return Err(Status::WRONG_DATA);
        };
        if object.tag != 0x54 || object.value.is_empty() || object.value.len() > 4 {
            return Err(Status::WRONG_DATA);
        }
        let offset = object
            .value
            .iter()
            .fold(0, |offset, byte| offset << 8 | usize::from(*byte));

        match command.parameters() {
            0 => {}
            short @ 1..=30 => self.choose_short(short as u8)?,
            id => {
                self.allowed(id)?;
                self.volatile.chosen = Some(id);
            }
        }
        let (file, size) = self.chosen()?;
        if offset >= size {
            return Err(Status::PAST_THE_END);
        }
        let whole = expected.min(room);
        let count = value_that_fits(whole);
        if count == 0 {
            return Err(Status::WRONG_LENGTH);
        }
        let read = file.read(offset, count);
        let Answer { data, status } = answer(read, expected, count);
        Ok(Answer {
            data: tlv::object(0x53, &data),
            status,
        })
    }

    fn choose_short(&mut self, short: u8) -> Result<(), Status> {
        let files = self.personal.files.ids(self.volatile.in_application);
        let id = files.into_iter().chain(NOT_FOR_US).find(|id| short_id(*id) == short);
        // What is there is not told before there is a session.
        if !self.has_session() && short != short_id(CARD_ACCESS) {
            return Err(Status::NOT_ALLOWED);
        }
        let id = id.ok_or(Status::NOT_FOUND)?;
        self.allowed(id)?;
        self.volatile.chosen = Some(id);
        Ok(())
    }

    /// Whether the file may be chosen and read now.
    fn allowed(&self, id: u16) -> Result<(), Status> {
        if !self.volatile.in_application {
            let there = id == CARD_ACCESS && self.personal.files.get(id).is_some();
            return if there { Ok(()) } else { Err(Status::NOT_FOUND) };
        }
        if !self.has_session() || NOT_FOR_US.contains(&id) {
            return Err(Status::NOT_ALLOWED);
        }
        let there = self.personal.files.ids(true).contains(&id);
        if there { Ok(()) } else { Err(Status::NOT_FOUND) }
    }

    fn chosen(&self) -> Result<(&File, usize), Status> {
        if self.volatile.in_application && !self.has_session() {
            return Err(Status::NOT_ALLOWED);
        }
        let id = self.volatile.chosen.ok_or(Status::NO_FILE_CHOSEN)?;
        self.allowed(id)?;
        let file = self.personal.files.get(id).ok_or(Status::NOT_FOUND)?;
        Ok((file, file.len()))
    }
}

/// The end of the file is told when a number of bytes was asked for and fewer came; "all there is"
/// (a length of zeros) and what the chip itself cuts are no such end.
fn answer(data: Vec<u8>, expected: usize, count: usize) -> Answer {
    let all_there_is = expected == 256 || expected == 65_536;
    let ended = data.len() < count && !all_there_is;
    Answer {
        data,
        status: if ended { Status::END_OF_FILE } else { Status::DONE },
    }
}

/// How long the value of DO'53' may be, so that the object is no longer than `whole`.
fn value_that_fits(whole: usize) -> usize {
    let mut value = whole.saturating_sub(2);
    while value > 0 && 1 + tlv::length(value).len() + value > whole {
        value -= 1;
    }
    value
}
