//! Whether the chip is the one that was issued, and no copy of its data: active authentication (ICAO Doc 9303-11 §6.1)
//! and chip authentication (§6.2). Both prove a secret that cannot be read out; the public key stands in a signed group.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use der::Decode;
use der::asn1::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::apdu::{Command, SHORT_LE_MAX};
use super::chip::{Chip, ChipError};
use super::crypt::{Suite, equal};
use super::group::{Curve, Dice, Group};
use super::secure::Session;
use super::sod::signature::{self, EcdsaForm, Hash, NamedCurve, Verdict};
use super::tlv;

const DG14: u32 = 0x6e;
const DG15: u32 = 0x6f;
const CHALLENGE_BYTES: usize = 8;
const RSA_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-PK-ECDH (Doc 9303-11 §9.2.6).
const KEY_ON_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.1.2");
/// id-CA-ECDH, to which the suite is added (§9.2.5).
const CHIP_ON_CURVE: [u8; 9] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02];
/// An RSA key of a chip has 1,024 to 4,096 bits.
const RSA_BYTES_MAX: usize = 512;

/// Whether the chip could be a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Copy {
    /// The chip has proved its secret.
    Original,
    /// The chip could not prove it: its data is a copy.
    Copied,
    /// The card offers no proof, or none was asked for.
    NotOffered,
    /// In a way that is not known here.
    CannotTell,
}

/// Active authentication with the key of `dg15`.
pub(super) fn active(chip: &mut Chip<'_>, dg15: &[u8], dice: &mut Dice) -> Result<Copy, ChipError> {
    let Some(key) = tlv::only(dg15, DG15)
        .ok()
        .and_then(|key| SubjectPublicKeyInfoOwned::from_der(key).ok())
    else {
        return Ok(Copy::CannotTell);
    };
    let mut challenge = [0; CHALLENGE_BYTES];
    dice(&mut challenge);
    let command = Command::new(0x88, 0, 0).with(challenge.to_vec()).wanting(SHORT_LE_MAX);
    let answer = chip.send(&command)?;
    if !answer.is_ok() {
        return Ok(Copy::Copied);
    }
    Ok(match proved(&key, &challenge, &answer.data) {
        Verdict::Right => Copy::Original,
        Verdict::Wrong => Copy::Copied,
        Verdict::UnknownAlgorithm => Copy::CannotTell,
    })
}

const HASHES: [Hash; 5] = [Hash::Sha256, Hash::Sha1, Hash::Sha384, Hash::Sha512, Hash::Sha224];

fn proved(key: &SubjectPublicKeyInfoOwned, challenge: &[u8], signature: &[u8]) -> Verdict {
    if key.algorithm.oid == RSA_KEY {
        return recovered(key, challenge, signature);
    }
    // The hash stands in DG14, which may not be there: whichever fits is the card's.
    let mut verdict = Verdict::UnknownAlgorithm;
    for hash in HASHES {
        verdict = signature::verify_ecdsa(key, &hash.digest(challenge), EcdsaForm::Plain, signature);
        if verdict != Verdict::Wrong {
            break;
        }
    }
    verdict
}

/// A signature with message recovery, ISO/IEC 9796-2 scheme 1: `6A | M1 | H(M1 | challenge) | trailer`.
fn recovered(key: &SubjectPublicKeyInfoOwned, challenge: &[u8], signature: &[u8]) -> Verdict {
    let Some(message) = rsa_public(key, signature) else {
        return Verdict::UnknownAlgorithm;
    };
    let (hash, trailer_bytes) = match *message {
        [.., 0xbc] => (Hash::Sha1, 1),
        [.., 0x38, 0xcc] => (Hash::Sha224, 2),
        [.., 0x34, 0xcc] => (Hash::Sha256, 2),
        [.., 0x36, 0xcc] => (Hash::Sha384, 2),
        [.., 0x35, 0xcc] => (Hash::Sha512, 2),
        [..] => return Verdict::Wrong,
    };
    let hash_bytes = hash.digest(&[]).len();
    let parts = || {
        let inside = message.strip_prefix(&[0x6a])?;
        let inside = inside.get(..inside.len().checked_sub(trailer_bytes)?)?;
        inside.split_at_checked(inside.len().checked_sub(hash_bytes)?)
    };
    match parts() {
        Some((first, digest)) if equal(&hash.digest(&[first, challenge].concat()), digest) => Verdict::Right,
        Some(_) | None => Verdict::Wrong,
    }
}

/// The signature to the power of the public exponent, or its complement (ISO/IEC 9796-2 §A.4), without leading zeros.
fn rsa_public(key: &SubjectPublicKeyInfoOwned, signature: &[u8]) -> Option<Vec<u8>> {
    let numbers = tlv::only(key.subject_public_key.raw_bytes(), 0x30)
        .and_then(tlv::all)
        .ok()?;
    let [modulus, exponent] = &numbers[..] else {
        return None;
    };
    if modulus.value.len() > RSA_BYTES_MAX + 1 || exponent.value.len() > 8 || signature.len() > RSA_BYTES_MAX {
        return None;
    }
    let modulus = BoxedUint::from_be_slice_vartime(modulus.value);
    let number = BoxedUint::from_be_slice(signature, modulus.bits_precision()).ok()?;
    if number >= modulus {
        return None;
    }
    let odd = Odd::new(modulus).into_option()?;
    let power = BoxedMontyForm::new(number, &BoxedMontyParams::new(odd))
        .pow(&BoxedUint::from_be_slice_vartime(exponent.value))
        .retrieve();
    Some(power.to_be_bytes_trimmed_vartime().to_vec())
}

/// Chip authentication with the key of `dg14`. The session goes on under new keys, which only the right chip has; what
/// is read next proves it.
pub(super) fn chip(chip: &mut Chip<'_>, dg14: &[u8], dice: &mut Dice) -> Result<Copy, ChipError> {
    let Some(offer) = Offer::read(dg14) else {
        return Ok(Copy::NotOffered);
    };
    let Some(group) = offer.group else {
        return Ok(Copy::CannotTell);
    };
    let broken = |_| ChipError::Broken;
    let secret = group.secret(dice).map_err(broken)?;
    let ours = group.power(&group.generator(), &secret).map_err(broken)?;
    let Ok(shared) = group
        .power(&offer.public, &secret)
        .and_then(|shared| group.shared(&shared))
    else {
        return Ok(Copy::CannotTell);
    };

    let id = offer.id.map(|id| tlv::object(0x84, &id)).unwrap_or_default();
    let (choice, exchange) = if offer.suite == Suite::TripleDes {
        let data = [tlv::object(0x91, &ours), id].concat();
        (Command::new(0x22, 0x41, 0xa6).with(data), None)
    } else {
        let data = [tlv::object(0x80, &offer.oid), id].concat();
        let exchange = tlv::object(0x7c, &tlv::object(0x80, &ours));
        let exchange = Command::new(0x86, 0, 0).with(exchange).wanting(SHORT_LE_MAX);
        (Command::new(0x22, 0x41, 0xa4).with(data), Some(exchange))
    };
    for command in [Some(choice), exchange].into_iter().flatten() {
        if !chip.send(&command)?.is_ok() {
            return Ok(Copy::Copied);
        }
    }
    chip.change_session(Session::from_zero(offer.suite, &shared));
    Ok(Copy::Original)
}

/// What DG14 offers of chip authentication on a curve.
struct Offer {
    oid: Vec<u8>,
    suite: Suite,
    id: Option<Vec<u8>>,
    public: Vec<u8>,
    group: Option<Box<dyn Group>>,
}

impl Offer {
    fn read(dg14: &[u8]) -> Option<Self> {
        let infos = tlv::only(dg14, DG14)
            .and_then(|set| tlv::only(set, 0x31))
            .and_then(tlv::all)
            .ok()?;
        let infos: Vec<Vec<tlv::Tlv<'_>>> = infos.iter().filter_map(|info| tlv::all(info.value).ok()).collect();
        let number = |fields: &[tlv::Tlv<'_>], at: usize| fields.get(at).map(|id| id.value.to_vec());
        let (oid, suite, id) = infos.iter().find_map(|fields| {
            let oid = fields.first()?.value;
            let suite = match oid.strip_prefix(&CHIP_ON_CURVE)? {
                [1] => Suite::TripleDes,
                [2] => Suite::Aes128,
                [3] => Suite::Aes192,
                [4] => Suite::Aes256,
                [..] => return None,
            };
            Some((oid.to_vec(), suite, number(fields, 2)))
        })?;
        let key = infos.iter().find_map(|fields| {
            let named = ObjectIdentifier::from_der(fields.first()?.whole).ok()? == KEY_ON_CURVE;
            let key = SubjectPublicKeyInfoOwned::from_der(fields.get(1)?.whole).ok()?;
            (named && (id.is_none() || number(fields, 2) == id)).then_some(key)
        })?;
        Some(Self {
            oid,
            suite,
            id,
            public: key.subject_public_key.raw_bytes().to_vec(),
            group: signature::curve(&key).map(group),
        })
    }
}

fn group(curve: NamedCurve) -> Box<dyn Group> {
    match curve {
        NamedCurve::P256 => Box::new(Curve::<p256::NistP256>::new()),
        NamedCurve::P384 => Box::new(Curve::<p384::NistP384>::new()),
        NamedCurve::P521 => Box::new(Curve::<p521::NistP521>::new()),
        NamedCurve::Brainpool256 => Box::new(Curve::<bp256::BrainpoolP256r1>::new()),
        NamedCurve::Brainpool384 => Box::new(Curve::<bp384::BrainpoolP384r1>::new()),
    }
}
