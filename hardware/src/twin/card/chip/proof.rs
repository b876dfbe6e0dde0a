//! Active authentication: ICAO Doc 9303-11 clause 6.1.

use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer;

use super::super::apdu::{Answer, Command, Status};
use super::Chip;

/// Bytes of the challenge RND.IFD.
const CHALLENGE_BYTES: usize = 8;

impl Chip {
    /// Signs the challenge with ECDSA over P-256 and SHA-256; the answer is r and s, 32 bytes each
    /// (the plain form of BSI TR-03111 clause 5.2.1).
    pub(super) fn internal_authenticate(&mut self, command: &Command) -> Result<Answer, Status> {
        if !self.has_session() || !self.volatile.in_application {
            return Err(Status::NOT_ALLOWED);
        }
        if command.parameters() != 0 {
            return Err(Status::WRONG_PARAMETERS);
        }
        if command.data.len() != CHALLENGE_BYTES || command.expected.is_none() {
            return Err(Status::WRONG_LENGTH);
        }
        let signature: Signature = self.personal.proof_key.sign(&command.data);
        Ok(Answer::done(signature.to_bytes().to_vec()))
    }
}
