//! Security infos: what the chip can do, in EF.CardAccess, DG14 and DG15. ICAO Doc 9303-11 clause 9.2.

use super::super::chip::{KeyForm, Settings};
use super::super::cipher::Suite;
use super::super::curve::Curve;
use super::super::people::{Person, Proof};
use super::super::tlv;

/// id-PACE-ECDH-GM (0.4.0.127.0.7.2.2.4.2), to be followed by the number of the suite.
pub const PACE_ECDH_GM: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02];
/// id-CA-ECDH (0.4.0.127.0.7.2.2.3.2), to be followed by the number of the suite.
pub const CHIP_ECDH: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02];
/// The number of the only key of chip authentication.
pub const CHIP_KEY: u8 = 1;

/// id-PK-ECDH (0.4.0.127.0.7.2.2.1.2).
const PUBLIC_KEY_ECDH: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02];
/// id-icao-mrtd-security-aaProtocolObject (2.23.136.1.1.5).
const ACTIVE_AUTHENTICATION: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x05];
/// ecdsa-plain-SHA256 (0.4.0.127.0.7.1.1.4.1.3).
const PLAIN_ECDSA_SHA256: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x03];
/// id-ecPublicKey (1.2.840.10045.2.1).
const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// secp256r1 (1.2.840.10045.3.1.7).
const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

/// prime-field (1.2.840.10045.1.1).
const PRIME_FIELD: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01];
/// The prime of P-256; the coefficient a is three below it.
const P256_PRIME: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
];
/// The coefficient b.
const P256_B: [u8; 32] = [
    0x5A, 0xC6, 0x35, 0xD8, 0xAA, 0x3A, 0x93, 0xE7, 0xB3, 0xEB, 0xBD, 0x55, 0x76, 0x98, 0x86, 0xBC, 0x65, 0x1D, 0x06,
    0xB0, 0xCC, 0x53, 0xB0, 0xF6, 0x3B, 0xCE, 0x3C, 0x3E, 0x27, 0xD2, 0x60, 0x4B,
];
/// The order of the generator.
const P256_ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA,
    0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

/// The last number of the identifiers of PACE and of chip authentication.
pub fn suite_number(suite: Suite) -> u8 {
    match suite {
        Suite::Tdes => 1,
        Suite::Aes128 => 2,
        Suite::Aes192 => 3,
        Suite::Aes256 => 4,
    }
}

/// EF.CardAccess: PACE version 2 and its domain.
pub fn card_access(settings: &Settings) -> Vec<u8> {
    let protocol = [PACE_ECDH_GM, &[suite_number(settings.pace_suite)]].concat();
    set(vec![tlv::nested(
        0x30,
        &[oid(&protocol), number(2), number(settings.pace_curve.domain())],
    )])
}

/// DG14: chip authentication with its key, and the signature of active authentication with ECDSA.
pub fn dg14(person: &Person, chip_point: &[u8]) -> Vec<u8> {
    let settings = &person.settings;
    let protocol = [CHIP_ECDH, &[suite_number(settings.chip_suite)]].concat();
    let key = public_key(settings.key_form, chip_point);
    let mut infos = vec![
        tlv::nested(0x30, &[oid(&protocol), number(1), number(CHIP_KEY)]),
        tlv::nested(0x30, &[oid(PUBLIC_KEY_ECDH), key, number(CHIP_KEY)]),
    ];
    // With RSA the signature itself says its hash.
    if person.proof == Proof::EcdsaP256 {
        infos.push(tlv::nested(
            0x30,
            &[oid(ACTIVE_AUTHENTICATION), number(1), oid(PLAIN_ECDSA_SHA256)],
        ));
    }
    tlv::object(0x6E, &set(infos))
}

/// DG15: the key of active authentication.
pub fn dg15(settings: &Settings, point: &[u8]) -> Vec<u8> {
    tlv::object(0x6F, &public_key(settings.key_form, point))
}

/// SubjectPublicKeyInfo of a point of P-256 (RFC 5480; explicit parameters as in BSI TR-03111 clause 5.1.1).
fn public_key(form: KeyForm, point: &[u8]) -> Vec<u8> {
    let parameters = match form {
        KeyForm::Named => oid(P256),
        KeyForm::Explicit => explicit_p256(),
    };
    let algorithm = tlv::nested(0x30, &[oid(EC_PUBLIC_KEY), parameters]);
    tlv::nested(0x30, &[algorithm, tlv::object(0x03, &[&[0], point].concat())])
}

/// ECParameters: version, field, curve, generator, order, cofactor (FIPS 186-4 appendix D.1.2.3).
fn explicit_p256() -> Vec<u8> {
    let positive = |number: &[u8]| tlv::object(0x02, &[&[0], number].concat());
    let mut a = P256_PRIME;
    a[31] -= 3;
    let field = tlv::nested(0x30, &[oid(PRIME_FIELD), positive(&P256_PRIME)]);
    let curve = tlv::nested(0x30, &[tlv::object(0x04, &a), tlv::object(0x04, &P256_B)]);
    let generator = tlv::object(0x04, &Curve::P256.generator());
    tlv::nested(
        0x30,
        &[number(1), field, curve, generator, positive(&P256_ORDER), number(1)],
    )
}

/// DER wants the elements of a set in the order of their bytes.
fn set(mut infos: Vec<Vec<u8>>) -> Vec<u8> {
    infos.sort();
    tlv::nested(0x31, &infos)
}

fn oid(bytes: &[u8]) -> Vec<u8> {
    tlv::object(0x06, bytes)
}

fn number(value: u8) -> Vec<u8> {
    tlv::object(0x02, &[value])
}
