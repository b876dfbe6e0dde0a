//! Signatures as countries make them: RSA (PKCS #1 v1.5, PSS) and ECDSA on the curves in use, each with the hashes of
//! ICAO Doc 9303-12 §4.1.6.

use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use ecdsa::{EcdsaCurve, Signature, VerifyingKey};
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{CurveArithmetic, FieldBytesSize};
use ring::signature as rsa;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::card::tlv;

const RSA_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const CURVE_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    Wrong,
    UnknownAlgorithm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub fn of(oid: &ObjectIdentifier) -> Option<Self> {
        match oid.to_string().as_str() {
            "1.3.14.3.2.26" => Some(Self::Sha1),
            "2.16.840.1.101.3.4.2.4" => Some(Self::Sha224),
            "2.16.840.1.101.3.4.2.1" => Some(Self::Sha256),
            "2.16.840.1.101.3.4.2.2" => Some(Self::Sha384),
            "2.16.840.1.101.3.4.2.3" => Some(Self::Sha512),
            _ => None,
        }
    }

    pub fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(data).to_vec(),
            Self::Sha224 => Sha224::digest(data).to_vec(),
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha384 => Sha384::digest(data).to_vec(),
            Self::Sha512 => Sha512::digest(data).to_vec(),
        }
    }
}

/// How something was signed.
enum Scheme {
    Pkcs1(Hash),
    Pss(Hash),
    Ecdsa(Hash),
}

impl Scheme {
    /// `digest` is told elsewhere where the algorithm names none (RFC 5652 with plain rsaEncryption).
    fn of(algorithm: &AlgorithmIdentifierOwned, digest: Option<Hash>) -> Option<Self> {
        match algorithm.oid.to_string().as_str() {
            "1.2.840.113549.1.1.1" => digest.map(Self::Pkcs1),
            "1.2.840.113549.1.1.5" => Some(Self::Pkcs1(Hash::Sha1)),
            "1.2.840.113549.1.1.11" => Some(Self::Pkcs1(Hash::Sha256)),
            "1.2.840.113549.1.1.12" => Some(Self::Pkcs1(Hash::Sha384)),
            "1.2.840.113549.1.1.13" => Some(Self::Pkcs1(Hash::Sha512)),
            "1.2.840.113549.1.1.10" => pss(algorithm).map(Self::Pss),
            "1.2.840.10045.2.1" => digest.map(Self::Ecdsa),
            "1.2.840.10045.4.1" => Some(Self::Ecdsa(Hash::Sha1)),
            "1.2.840.10045.4.3.1" => Some(Self::Ecdsa(Hash::Sha224)),
            "1.2.840.10045.4.3.2" => Some(Self::Ecdsa(Hash::Sha256)),
            "1.2.840.10045.4.3.3" => Some(Self::Ecdsa(Hash::Sha384)),
            "1.2.840.10045.4.3.4" => Some(Self::Ecdsa(Hash::Sha512)),
            _ => None,
        }
    }
}

/// The hash of RSASSA-PSS (RFC 8017 §A.2.3), if its mask has the same hash and the salt is as long.
fn pss(algorithm: &AlgorithmIdentifierOwned) -> Option<Hash> {
    let parameters = algorithm.parameters.as_ref()?;
    let (mut hash, mut mask, mut salt) = (Hash::Sha1, Hash::Sha1, 20_usize);
    let oid = |sequence: &[u8]| -> Option<(ObjectIdentifier, Vec<u8>)> {
        let (oid, rest) = tlv::first(tlv::only(sequence, 0x30).ok()?).ok()?;
        Some((ObjectIdentifier::from_der(oid.whole).ok()?, rest.to_vec()))
    };
    for field in tlv::all(parameters.value()).ok()? {
        match field.tag {
            0xa0 => hash = Hash::of(&oid(field.value)?.0)?,
            0xa1 => mask = Hash::of(&oid(&oid(field.value)?.1)?.0)?,
            0xa2 => salt = usize::from(u8::from_der(field.value).ok()?),
            _ => {}
        }
    }
    (hash == mask && salt == hash.digest(&[]).len()).then_some(hash)
}

/// Whether `signature` over `message` was made with the secret of `key`.
pub(crate) fn verify(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    digest: Option<Hash>,
    message: &[u8],
    signature: &[u8],
) -> Verdict {
    match Scheme::of(algorithm, digest) {
        Some(Scheme::Pkcs1(hash)) => verify_rsa(key, pkcs1(hash), message, signature),
        Some(Scheme::Pss(hash)) => verify_rsa(key, pss_parameters(hash), message, signature),
        Some(Scheme::Ecdsa(hash)) => verify_ecdsa(key, &hash.digest(message), EcdsaForm::Der, signature),
        None => Verdict::UnknownAlgorithm,
    }
}

fn pkcs1(hash: Hash) -> Option<&'static rsa::RsaParameters> {
    match hash {
        Hash::Sha1 => Some(&rsa::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
        Hash::Sha256 => Some(&rsa::RSA_PKCS1_2048_8192_SHA256),
        Hash::Sha384 => Some(&rsa::RSA_PKCS1_2048_8192_SHA384),
        Hash::Sha512 => Some(&rsa::RSA_PKCS1_2048_8192_SHA512),
        Hash::Sha224 => None,
    }
}

fn pss_parameters(hash: Hash) -> Option<&'static rsa::RsaParameters> {
    match hash {
        Hash::Sha256 => Some(&rsa::RSA_PSS_2048_8192_SHA256),
        Hash::Sha384 => Some(&rsa::RSA_PSS_2048_8192_SHA384),
        Hash::Sha512 => Some(&rsa::RSA_PSS_2048_8192_SHA512),
        Hash::Sha1 | Hash::Sha224 => None,
    }
}

fn verify_rsa(
    key: &SubjectPublicKeyInfoOwned,
    parameters: Option<&'static rsa::RsaParameters>,
    message: &[u8],
    signature: &[u8],
) -> Verdict {
    let (Some(parameters), true) = (parameters, [RSA_KEY, RSA_PSS].contains(&key.algorithm.oid)) else {
        return Verdict::UnknownAlgorithm;
    };
    let key = rsa::UnparsedPublicKey::new(parameters, key.subject_public_key.raw_bytes());
    match key.verify(message, signature) {
        Ok(()) => Verdict::Right,
        Err(ring::error::Unspecified) => Verdict::Wrong,
    }
}

/// The two ways of writing r and s.
#[derive(Clone, Copy)]
pub(crate) enum EcdsaForm {
    Der,
    /// One after the other (BSI TR-03111 §5.2.1), as active authentication has it.
    Plain,
}

/// Whether an ECDSA signature over a hash was made with the secret of `key`.
pub(crate) fn verify_ecdsa(
    key: &SubjectPublicKeyInfoOwned,
    digest: &[u8],
    form: EcdsaForm,
    signature: &[u8],
) -> Verdict {
    let point = key.subject_public_key.raw_bytes();
    match curve(key) {
        Some(NamedCurve::P256) => verify_on::<p256::NistP256>(point, digest, form, signature),
        Some(NamedCurve::P384) => verify_on::<p384::NistP384>(point, digest, form, signature),
        Some(NamedCurve::P521) => verify_on::<p521::NistP521>(point, digest, form, signature),
        Some(NamedCurve::Brainpool256) => verify_on::<bp256::BrainpoolP256r1>(point, digest, form, signature),
        Some(NamedCurve::Brainpool384) => verify_on::<bp384::BrainpoolP384r1>(point, digest, form, signature),
        None => Verdict::UnknownAlgorithm,
    }
}

fn verify_on<C>(point: &[u8], digest: &[u8], form: EcdsaForm, signature: &[u8]) -> Verdict
where
    C: EcdsaCurve + CurveArithmetic,
    C::AffinePoint: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
    ecdsa::der::MaxSize<C>: elliptic_curve::array::ArraySize,
    <FieldBytesSize<C> as std::ops::Add>::Output:
        std::ops::Add<ecdsa::der::MaxOverhead> + elliptic_curve::array::ArraySize,
{
    let signature = match form {
        EcdsaForm::Der => Signature::<C>::from_der(signature),
        EcdsaForm::Plain => Signature::<C>::from_slice(signature),
    };
    let (Ok(key), Ok(signature)) = (VerifyingKey::<C>::from_sec1_bytes(point), signature) else {
        return Verdict::Wrong;
    };
    // A hash that is longer than the order is cut (FIPS 186-5 §6.4.2); a short one counts as it is, which the library
    // wants filled up to half the field.
    let field_bytes = elliptic_curve::FieldBytes::<C>::default().len();
    let mut filled = vec![0; (field_bytes.div_ceil(2)).saturating_sub(digest.len())];
    filled.extend_from_slice(digest);
    match ecdsa::hazmat::verify_prehashed::<C>(&(*key.as_affine()).into(), &filled, &signature) {
        Ok(()) => Verdict::Right,
        Err(_) => Verdict::Wrong,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamedCurve {
    P256,
    P384,
    P521,
    Brainpool256,
    Brainpool384,
}

/// The curves by their name, and by their order, for keys that write the whole curve out, as Doc 9303-12 has it.
const CURVES: [(&str, &str, NamedCurve); 5] = [
    (
        "1.2.840.10045.3.1.7",
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        NamedCurve::P256,
    ),
    (
        "1.3.132.0.34",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
        NamedCurve::P384,
    ),
    (
        "1.3.132.0.35",
        "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
        NamedCurve::P521,
    ),
    (
        "1.3.36.3.3.2.8.1.1.7",
        "A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7",
        NamedCurve::Brainpool256,
    ),
    (
        "1.3.36.3.3.2.8.1.1.11",
        "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565",
        NamedCurve::Brainpool384,
    ),
];

/// The curve of a key. Parameters that are written out only choose among the curves known here: whatever else they say
/// is not used, so nobody can bring a curve or a base point of his own.
pub(crate) fn curve(key: &SubjectPublicKeyInfoOwned) -> Option<NamedCurve> {
    if key.algorithm.oid != CURVE_KEY {
        return None;
    }
    let parameters = key.algorithm.parameters.as_ref()?;
    if let Ok(name) = parameters.decode_as::<ObjectIdentifier>() {
        let name = name.to_string();
        return CURVES
            .iter()
            .find(|(own, _, _)| *own == name)
            .map(|(_, _, curve)| *curve);
    }
    // ECParameters (RFC 3279 §2.3.5): version, field, curve, base, order, cofactor.
    let written = parameters.to_der().ok()?;
    let fields = tlv::only(&written, 0x30).and_then(tlv::all).ok()?;
    let order = fields.get(4).filter(|order| order.tag == 2)?;
    let order: String = order
        .value
        .iter()
        .skip_while(|byte| **byte == 0)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    CURVES
        .iter()
        .find(|(_, own, _)| *own == order)
        .map(|(_, _, curve)| *curve)
}
