//! PACE with generic mapping: ICAO Doc 9303-11 clause 4.4.

use super::super::apdu::{Answer, Command, Status};
use super::super::cipher::{KeyUse, Suite};
use super::super::messaging::Session;
use super::super::personal::info::{PACE_ECDH_GM, suite_number};
use super::super::tlv;
use super::super::trouble::CardTrouble;
use super::{Chip, Offer};

/// Bytes of the nonce, for every suite here.
const NONCE_BYTES: usize = 16;

/// How far an agreement has come.
#[derive(Default)]
pub(super) enum Progress {
    #[default]
    Idle,
    /// MSE:Set AT chose a password; this is its key.
    Chosen { password: Vec<u8> },
    /// The nonce went out.
    Nonce { nonce: Vec<u8> },
    /// The generator is mapped.
    Mapped { base: Vec<u8> },
    /// The points are exchanged.
    Agreed {
        ours: Vec<u8>,
        theirs: Vec<u8>,
        secret: Vec<u8>,
    },
}

impl Progress {
    /// Another command came in between.
    pub fn break_off(&mut self) {
        *self = Self::Idle;
    }
}

impl Chip {
    /// MSE:Set AT with P1-P2 = C1A4.
    pub(super) fn choose_pace(&mut self, command: &Command) -> Result<Answer, Status> {
        let settings = self.personal.settings;
        if settings.pace == Offer::Refused {
            return Err(Status::NOT_ALLOWED);
        }
        let objects = tlv::all(&command.data).ok_or(Status::WRONG_DATA)?;
        let wanted = [PACE_ECDH_GM, &[suite_number(settings.pace_suite)]].concat();
        if tlv::find(&objects, 0x80) != Some(&wanted) {
            return Err(Status::WRONG_DATA);
        }
        if tlv::find(&objects, 0x84).is_some_and(|domain| domain != [settings.pace_curve.domain()]) {
            return Err(Status::NO_REFERENCE);
        }
        let secret = match tlv::find(&objects, 0x83) {
            Some([1]) => self.personal.mrz_secret(),
            Some([2]) => self.personal.can.clone().into_bytes(),
            Some(_) | None => return Err(Status::NO_REFERENCE),
        };
        self.volatile.pace = Progress::Chosen {
            password: settings.pace_suite.derive(&secret, KeyUse::Password),
        };
        Ok(Answer::done(vec![]))
    }

    /// The steps of GENERAL AUTHENTICATE. Any step out of turn or malformed ends the agreement.
    pub(super) fn pace_step(&mut self, command: &Command, trouble: Option<CardTrouble>) -> Result<Answer, Status> {
        let progress = std::mem::take(&mut self.volatile.pace);
        let dynamic = tlv::first(&command.data).ok_or(Status::WRONG_DATA)?;
        if dynamic.tag != 0x7C || dynamic.whole.len() != command.data.len() {
            return Err(Status::WRONG_DATA);
        }
        let objects = tlv::all(dynamic.value).ok_or(Status::WRONG_DATA)?;
        let last = matches!(progress, Progress::Agreed { .. });
        if (command.class == 0x10) == last {
            return Err(Status::CHAIN_BROKEN);
        }

        let part = |tag| match objects.as_slice() {
            [object] if object.tag == tag => Ok(object.value),
            _ => Err(Status::WRONG_DATA),
        };
        let answer = match progress {
            Progress::Idle => return Err(Status::CONDITIONS),
            Progress::Chosen { password } if objects.is_empty() => self.send_nonce(&password),
            Progress::Chosen { .. } => return Err(Status::WRONG_DATA),
            Progress::Nonce { nonce } => self.map(&nonce, part(0x81)?)?,
            Progress::Mapped { base } => self.exchange(&base, part(0x83)?)?,
            Progress::Agreed { ours, theirs, secret } => {
                self.compare_tokens(&ours, &theirs, &secret, part(0x85)?, trouble)?
            }
        };
        Ok(Answer::done(tlv::object(0x7C, &answer)))
    }

    fn send_nonce(&mut self, password: &[u8]) -> Vec<u8> {
        let suite = self.personal.settings.pace_suite;
        let mut nonce = vec![0; NONCE_BYTES];
        (self.random)(&mut nonce);
        let sealed = suite.encrypt(password, &vec![0; suite.block_bytes()], &nonce);
        self.volatile.pace = Progress::Nonce { nonce };
        tlv::object(0x80, &sealed)
    }

    fn map(&mut self, nonce: &[u8], theirs: &[u8]) -> Result<Vec<u8>, Status> {
        let curve = self.personal.settings.pace_curve;
        let (secret, ours) = curve
            .draw(&curve.generator(), &mut self.random)
            .ok_or(Status::CONDITIONS)?;
        let shared = curve.multiply(theirs, &secret).ok_or(Status::WRONG_DATA)?;

        let mut scalar = vec![0; curve.coordinate_bytes() - nonce.len()];
        scalar.extend_from_slice(nonce);
        let base = curve
            .multiply(&curve.generator(), &scalar)
            .and_then(|point| curve.add(&point, &shared))
            .ok_or(Status::WRONG_DATA)?;
        self.volatile.pace = Progress::Mapped { base };
        Ok(tlv::object(0x82, &ours))
    }

    fn exchange(&mut self, base: &[u8], theirs: &[u8]) -> Result<Vec<u8>, Status> {
        let curve = self.personal.settings.pace_curve;
        let (secret, ours) = curve.draw(base, &mut self.random).ok_or(Status::CONDITIONS)?;
        if ours == theirs {
            return Err(Status::WRONG_DATA);
        }
        let shared = curve.multiply(theirs, &secret).ok_or(Status::WRONG_DATA)?;
        let answer = tlv::object(0x84, &ours);
        self.volatile.pace = Progress::Agreed {
            ours,
            theirs: theirs.to_vec(),
            secret: curve.x(&shared).to_vec(),
        };
        Ok(answer)
    }

    fn compare_tokens(
        &mut self,
        ours: &[u8],
        theirs: &[u8],
        secret: &[u8],
        token: &[u8],
        trouble: Option<CardTrouble>,
    ) -> Result<Vec<u8>, Status> {
        let suite = self.personal.settings.pace_suite;
        let played = matches!(trouble, Some(CardTrouble::WrongKey6300 | CardTrouble::WrongKey6988));
        if played || token != authentication_token(suite, secret, ours) {
            return Err(self.refuse_key(trouble));
        }
        self.wrong_keys = 0;
        self.volatile.next_session = Some(Session::from_zero(suite, secret));
        Ok(tlv::object(0x86, &authentication_token(suite, secret, theirs)))
    }
}

/// The token over the point of the other side (clause 4.4.3.4).
pub(super) fn authentication_token(suite: Suite, secret: &[u8], point: &[u8]) -> [u8; 8] {
    let key = suite.derive(secret, KeyUse::Authentication);
    let oid = [PACE_ECDH_GM, &[suite_number(suite)]].concat();
    let input = tlv::nested(0x7F49, &[tlv::object(0x06, &oid), tlv::object(0x86, point)]);
    suite.mac(&key, &input)
}
