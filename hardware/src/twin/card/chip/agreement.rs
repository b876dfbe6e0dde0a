//! Chip authentication, and where MSE and GENERAL AUTHENTICATE part: ICAO Doc 9303-11 clause 6.2.

use super::super::apdu::{Answer, Command, Status};
use super::super::cipher::Suite;
use super::super::messaging::Session;
use super::super::personal::info::{CHIP_ECDH, CHIP_KEY, suite_number};
use super::super::tlv;
use super::super::trouble::CardTrouble;
use super::Chip;

/// Whether MSE:Set AT chose chip authentication.
#[derive(Default, PartialEq, Eq)]
pub(super) enum Progress {
    #[default]
    Idle,
    Chosen,
}

impl Chip {
    pub(super) fn manage_security(&mut self, command: &Command) -> Result<Answer, Status> {
        self.volatile.agreement = Progress::Idle;
        match command.parameters() {
            0xC1A4 => self.choose_pace(command),
            0x41A4 => self.choose_chip(command),
            0x41A6 => self.agree_at_once(command),
            _ => Err(Status::WRONG_PARAMETERS),
        }
    }

    pub(super) fn general_authenticate(
        &mut self,
        command: &Command,
        trouble: Option<CardTrouble>,
    ) -> Result<Answer, Status> {
        if command.parameters() != 0 {
            return Err(Status::WRONG_PARAMETERS);
        }
        if self.volatile.agreement == Progress::Idle {
            return self.pace_step(command, trouble);
        }
        self.volatile.agreement = Progress::Idle;
        self.agree(command)
    }

    /// MSE:Set AT: the protocol is chosen, the key follows in GENERAL AUTHENTICATE.
    fn choose_chip(&mut self, command: &Command) -> Result<Answer, Status> {
        let objects = tlv::all(&command.data).ok_or(Status::WRONG_DATA)?;
        self.chip_ready(&objects)?;
        let wanted = [CHIP_ECDH, &[suite_number(self.personal.settings.chip_suite)]].concat();
        if tlv::find(&objects, 0x80) != Some(&wanted) {
            return Err(Status::WRONG_DATA);
        }
        self.volatile.agreement = Progress::Chosen;
        Ok(Answer::done(vec![]))
    }

    /// MSE:Set KAT: only for 3DES, in one command.
    fn agree_at_once(&mut self, command: &Command) -> Result<Answer, Status> {
        let objects = tlv::all(&command.data).ok_or(Status::WRONG_DATA)?;
        self.chip_ready(&objects)?;
        if self.personal.settings.chip_suite != Suite::Tdes {
            return Err(Status::WRONG_PARAMETERS);
        }
        let theirs = tlv::find(&objects, 0x91).ok_or(Status::WRONG_DATA)?;
        self.take_new_keys(theirs)?;
        Ok(Answer::done(vec![]))
    }

    fn agree(&mut self, command: &Command) -> Result<Answer, Status> {
        let dynamic = tlv::first(&command.data).ok_or(Status::WRONG_DATA)?;
        let objects = tlv::all(dynamic.value).ok_or(Status::WRONG_DATA)?;
        let theirs = tlv::find(&objects, 0x80).ok_or(Status::WRONG_DATA)?;
        if dynamic.tag != 0x7C {
            return Err(Status::WRONG_DATA);
        }
        self.take_new_keys(theirs)?;
        Ok(Answer::done(tlv::object(0x7C, &[])))
    }

    /// Chip authentication needs a session, and the one key that there is.
    fn chip_ready(&self, objects: &[tlv::Object<'_>]) -> Result<(), Status> {
        if !self.has_session() || !self.volatile.in_application {
            return Err(Status::NOT_ALLOWED);
        }
        match tlv::find(objects, 0x84) {
            Some([CHIP_KEY]) | None => Ok(()),
            Some(_) => Err(Status::NO_REFERENCE),
        }
    }

    /// The answer still goes out under the old keys.
    fn take_new_keys(&mut self, theirs: &[u8]) -> Result<(), Status> {
        let (curve, secret) = self.personal.chip_key();
        let shared = curve.multiply(theirs, secret).ok_or(Status::WRONG_DATA)?;
        let suite = self.personal.settings.chip_suite;
        self.volatile.next_session = Some(Session::from_zero(suite, curve.x(&shared)));
        Ok(())
    }
}
