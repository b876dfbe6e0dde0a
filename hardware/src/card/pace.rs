//! PACE with generic mapping (ICAO Doc 9303-11 §4.4): a session from the short number on the front (CAN) or from the
//! MRZ, which nobody who listens can guess afterwards.

use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::apdu::{Answer, Command, SHORT_LE_MAX, status};
use super::crypt::{self, Purpose, Suite};
use super::group::{self, Dice, Group};
use super::mrz::MrzKey;
use super::secure::Session;
use super::tlv;

/// id-PACE, 0.4.0.127.0.7.2.2.4 (BSI TR-03110-3 §A.1.1.1).
const PACE: [u8; 8] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04];
const GENERIC_RESIDUES: u8 = 1;
const GENERIC_CURVE: u8 = 2;
/// The only version there is (TR-03110-3 §A.1.1.1).
const VERSION: &[u8] = &[2];
/// The dynamic authentication data of GENERAL AUTHENTICATE (Doc 9303-11 §4.4.4.1).
const DYNAMIC: u32 = 0x7c;
const PUBLIC_KEY: u32 = 0x7f49;
/// Every command but the last is one of a chain.
const CHAINED: u8 = 0x10;

/// Why no session came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PaceError<E> {
    /// The card was pulled, or the line is broken.
    #[error(transparent)]
    Line(#[from] E),
    #[error("card refused PACE with status {0:04X}")]
    Refused(u16),
    #[error("card did not accept the number")]
    WrongKey,
    #[error("answer of the card breaks the protocol")]
    Broken,
}

/// A card number of six digits (CAN), on the front of the card. Personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Can(String);

impl Can {
    /// Nothing if it is not of six digits.
    pub fn new(digits: &str) -> Option<Self> {
        (digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit())).then(|| Self(digits.to_owned()))
    }
}

impl std::fmt::Debug for Can {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Can(hidden)")
    }
}

/// What both sides know before.
#[derive(Clone, Copy)]
pub(crate) enum Password<'a> {
    Mrz(&'a MrzKey),
    Can(&'a Can),
}

impl Password<'_> {
    /// The reference in MSE:Set AT (Doc 9303-11 §4.4.4.1).
    fn reference(self) -> u8 {
        match self {
            Self::Mrz(_) => 1,
            Self::Can(_) => 2,
        }
    }

    fn secret(self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Mrz(mrz) => Sha1::digest(mrz.information()).to_vec(),
            Self::Can(can) => can.0.clone().into_bytes(),
        })
    }
}

/// A PACE that the card offers and we know.
pub(crate) struct Offer {
    oid: Vec<u8>,
    suite: Suite,
    parameters: u8,
    /// Whether the same protocol is offered with other parameters too: only then is their number said
    /// (Doc 9303-11 §4.4.4.1).
    ambiguous: bool,
    group: Box<dyn Group>,
}

/// The strongest PACE in EF.CardAccess that is known here, curves before residues.
pub(crate) fn offered(card_access: &[u8]) -> Option<Offer> {
    let infos = tlv::only(card_access, 0x31).and_then(tlv::all).ok()?;
    let offers = || {
        infos
            .iter()
            .filter(|info| info.tag == 0x30)
            .filter_map(|info| offer(info.value))
    };
    let best = offers().max_by_key(|offer| (offer.group.tag(), offer.suite as u8, offer.parameters))?;
    let ambiguous = offers().any(|other| other.oid == best.oid && other.parameters != best.parameters);
    Some(Offer { ambiguous, ..best })
}

fn offer(info: &[u8]) -> Option<Offer> {
    let fields = tlv::all(info).ok()?;
    let [oid, version, parameters] = &fields[..] else {
        return None;
    };
    if (oid.tag, version.tag, version.value, parameters.tag) != (6, 2, VERSION, 2) {
        return None;
    }
    let [mapping, suite] = oid.value.strip_prefix(&PACE)? else {
        return None;
    };
    let [parameters] = parameters.value else {
        return None;
    };
    let group = group::standardised(*parameters)?;
    let mapping_fits = match *mapping {
        GENERIC_CURVE => *parameters > 2,
        GENERIC_RESIDUES => *parameters <= 2,
        _ => false,
    };
    let suite = match suite {
        1 => Suite::TripleDes,
        2 => Suite::Aes128,
        3 => Suite::Aes192,
        4 => Suite::Aes256,
        _ => return None,
    };
    mapping_fits.then(|| Offer {
        oid: oid.value.to_vec(),
        suite,
        parameters: *parameters,
        ambiguous: false,
        group,
    })
}

/// Runs PACE. One try: a wrong number counts with the card.
pub(crate) fn run<E>(
    offer: &Offer,
    password: Password<'_>,
    dice: &mut Dice,
    transmit: &mut dyn FnMut(&Command) -> Result<Answer, E>,
) -> Result<Session, PaceError<E>> {
    let group = &*offer.group;
    let broken = |_| PaceError::Broken;

    let mut choice = tlv::object(0x80, &offer.oid);
    choice.extend(tlv::object(0x83, &[password.reference()]));
    if offer.ambiguous {
        choice.extend(tlv::object(0x84, &[offer.parameters]));
    }
    let answer = transmit(&Command::new(0x22, 0xc1, 0xa4).with(choice))?;
    // A counter that is low is told by 63Cx; the choice itself was accepted.
    if !answer.is_ok() && answer.status & 0xfff0 != 0x63c0 {
        return Err(PaceError::Refused(answer.status));
    }

    let nonce = step(transmit, CHAINED, None, 0x80)?;
    let key = offer.suite.derive(&password.secret(), Purpose::Password);
    let iv = vec![0; offer.suite.block_bytes()];
    let nonce = Zeroizing::new(offer.suite.decrypt(&key, &iv, &nonce).map_err(|_| PaceError::Broken)?);

    let generator = group.generator();
    let secret = group.secret(dice).map_err(broken)?;
    let ours = group.power(&generator, &secret).map_err(broken)?;
    let theirs = step(transmit, CHAINED, Some((0x81, &ours)), 0x82)?;
    let hidden = group.power(&theirs, &secret).map_err(broken)?;
    let mapped = group
        .power(&generator, &nonce)
        .and_then(|mapped| group.join(&mapped, &hidden))
        .map_err(broken)?;

    let secret = group.secret(dice).map_err(broken)?;
    let ours = group.power(&mapped, &secret).map_err(broken)?;
    let theirs = step(transmit, CHAINED, Some((0x83, &ours)), 0x84)?;
    // Doc 9303-11 §4.4.4.3: both must differ.
    if theirs == ours {
        return Err(PaceError::Broken);
    }
    let shared = group.power(&theirs, &secret).and_then(|shared| group.shared(&shared));
    let shared = shared.map_err(broken)?;

    let token = |key: &[u8]| token(offer, &shared, key).ok_or(PaceError::Broken);
    let proof = step(transmit, 0, Some((0x85, &token(&theirs)?)), 0x86)?;
    if !crypt::equal(&proof, &token(&ours)?) {
        return Err(PaceError::WrongKey);
    }
    Ok(Session::from_zero(offer.suite, &shared))
}

/// One GENERAL AUTHENTICATE: what is sent, and the object that must come back.
fn step<E>(
    transmit: &mut dyn FnMut(&Command) -> Result<Answer, E>,
    cla: u8,
    sent: Option<(u32, &[u8])>,
    wanted: u32,
) -> Result<Vec<u8>, PaceError<E>> {
    let sent = sent.map(|(tag, value)| tlv::object(tag, value)).unwrap_or_default();
    let mut command = Command::new(0x86, 0, 0)
        .with(tlv::object(DYNAMIC, &sent))
        .wanting(SHORT_LE_MAX);
    command.cla = cla;
    let answer = transmit(&command)?;
    match answer.status {
        status::OK => {}
        // The card tells that the number was wrong only at the end.
        status::AUTHENTICATION_FAILED | status::METHOD_BLOCKED => return Err(PaceError::WrongKey),
        told if told & 0xfff0 == 0x63c0 => return Err(PaceError::WrongKey),
        told => return Err(PaceError::Refused(told)),
    }
    let objects = tlv::only(&answer.data, DYNAMIC).and_then(tlv::all);
    objects
        .ok()
        .and_then(|objects| {
            objects
                .iter()
                .find(|object| object.tag == wanted)
                .map(|object| object.value.to_vec())
        })
        .ok_or(PaceError::Broken)
}

/// The authentication token over the other side's public key (Doc 9303-11 §4.4.3.4).
fn token(offer: &Offer, shared: &[u8], public: &[u8]) -> Option<Vec<u8>> {
    let mut key = tlv::object(6, &offer.oid);
    key.extend(tlv::object(offer.group.tag(), public));
    let mut data = tlv::object(PUBLIC_KEY, &key);
    if offer.suite == Suite::TripleDes {
        data = crypt::padded(&data, offer.suite.block_bytes());
    }
    let key = offer.suite.derive(shared, Purpose::Mac);
    offer.suite.mac(&key, &data).ok().map(|code| code.to_vec())
}

#[cfg(test)]
mod tests;
