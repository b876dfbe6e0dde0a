//! Security infos: what the chip can do, in EF.CardAccess, DG14 and DG15. ICAO Doc 9303-11 clause 9.2.

use p256::ecdsa::VerifyingKey;
use p256::pkcs8::EncodePublicKey;

use super::super::chip::Settings;
use super::super::cipher::Suite;
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

/// DG14: chip authentication with its key, and the signature of active authentication.
pub fn dg14(settings: &Settings, chip_point: &[u8]) -> Vec<u8> {
    let protocol = [CHIP_ECDH, &[suite_number(settings.chip_suite)]].concat();
    let algorithm = tlv::nested(0x30, &[oid(EC_PUBLIC_KEY), oid(P256)]);
    let point = tlv::object(0x03, &[&[0], chip_point].concat());
    let key = tlv::nested(0x30, &[algorithm, point]);
    let infos = set(vec![
        tlv::nested(0x30, &[oid(&protocol), number(1), number(CHIP_KEY)]),
        tlv::nested(0x30, &[oid(PUBLIC_KEY_ECDH), key, number(CHIP_KEY)]),
        tlv::nested(0x30, &[oid(ACTIVE_AUTHENTICATION), number(1), oid(PLAIN_ECDSA_SHA256)]),
    ]);
    tlv::object(0x6E, &infos)
}

/// DG15: the key of active authentication.
pub fn dg15(key: &VerifyingKey) -> Vec<u8> {
    let key = key.to_public_key_der().expect("a key of P-256 has an encoding");
    tlv::object(0x6F, key.as_bytes())
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
