//! Basic access control: ICAO Doc 9303-11 clause 4.3.

use super::super::apdu::{Answer, Command, Status};
use super::super::cipher::{KeyUse, MAC_BYTES, Suite};
use super::super::messaging::Session;
use super::super::trouble::CardTrouble;
use super::{Chip, Offer};

/// RND.IFD, RND.IC and K.IFD, encrypted, and the MAC.
const PROOF_BYTES: usize = 32 + MAC_BYTES;

impl Chip {
    pub(super) fn challenge(&mut self, command: &Command) -> Result<Answer, Status> {
        if !self.volatile.in_application {
            return Err(Status::CONDITIONS);
        }
        if self.personal.settings.bac == Offer::Refused {
            return Err(Status::NOT_ALLOWED);
        }
        if command.parameters() != 0 {
            return Err(Status::WRONG_PARAMETERS);
        }
        if !command.data.is_empty() || command.expected != Some(8) {
            return Err(Status::WRONG_LENGTH);
        }
        let mut challenge = [0; 8];
        (self.random)(&mut challenge);
        self.volatile.challenge = Some(challenge);
        Ok(Answer::done(challenge.to_vec()))
    }

    pub(super) fn external_authenticate(
        &mut self,
        command: &Command,
        trouble: Option<CardTrouble>,
    ) -> Result<Answer, Status> {
        if self.personal.settings.bac == Offer::Refused {
            return Err(Status::NOT_ALLOWED);
        }
        if command.parameters() != 0 {
            return Err(Status::WRONG_PARAMETERS);
        }
        if command.data.len() != PROOF_BYTES || !matches!(command.expected, Some(PROOF_BYTES | 256 | 65_536)) {
            return Err(Status::WRONG_LENGTH);
        }
        // A challenge is good for one try.
        let challenge = self.volatile.challenge.take().ok_or(Status::CONDITIONS)?;

        let seed = self.personal.bac_seed();
        let encryption = Suite::Tdes.derive(&seed, KeyUse::Encryption);
        let authentication = Suite::Tdes.derive(&seed, KeyUse::Authentication);
        let (sealed, mac) = command.data.split_at(32);
        let right_mac = Suite::Tdes.mac(&authentication, sealed) == mac;
        let opened = Suite::Tdes
            .decrypt(&encryption, &[0; 8], sealed)
            .ok_or(Status::WRONG_LENGTH)?;
        let played = matches!(trouble, Some(CardTrouble::WrongKey6300 | CardTrouble::WrongKey6988));
        if played || !right_mac || opened[8..16] != challenge {
            return Err(self.refuse_key(trouble));
        }
        self.wrong_keys = 0;

        let (theirs, their_key) = (&opened[..8], &opened[16..]);
        let mut our_key = [0; 16];
        (self.random)(&mut our_key);
        let answer = [&challenge, theirs, &our_key].concat();
        let answer = Suite::Tdes.encrypt(&encryption, &[0; 8], &answer);
        let mac = Suite::Tdes.mac(&authentication, &answer);

        let secret: Vec<u8> = our_key
            .iter()
            .zip(their_key)
            .map(|(ours, theirs)| ours ^ theirs)
            .collect();
        let counter = [&challenge[4..], &theirs[4..]].concat();
        self.volatile.next_session = Some(Session::new(Suite::Tdes, &secret, counter));
        Ok(Answer::done([answer.as_slice(), &mac].concat()))
    }
}
