//! Active authentication: ICAO Doc 9303-11 clause 6.1.

use super::super::apdu::{Answer, Command, Status};
use super::Chip;

/// Bytes of the challenge RND.IFD.
const CHALLENGE_BYTES: usize = 8;

impl Chip {
    /// Signs the challenge; a signature that does not fit the answer is refused with 6700.
    pub(super) fn internal_authenticate(&mut self, command: &Command, room: usize) -> Result<Answer, Status> {
        if !self.has_session() || !self.volatile.in_application {
            return Err(Status::NOT_ALLOWED);
        }
        if command.parameters() != 0 {
            return Err(Status::WRONG_PARAMETERS);
        }
        if command.data.len() != CHALLENGE_BYTES || command.expected.is_none() {
            return Err(Status::WRONG_LENGTH);
        }
        let signature = self.personal.proof_key.sign(&command.data, &mut self.random);
        if signature.len() > room {
            return Err(Status::WRONG_LENGTH);
        }
        Ok(Answer::done(signature))
    }
}
