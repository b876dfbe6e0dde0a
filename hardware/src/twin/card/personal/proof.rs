//! The key that proves that a chip is no copy: ICAO Doc 9303-11 clause 6.1.

use elliptic_curve::sec1::ToSec1Point;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey;
use rand::rngs::StdRng;
use rsa::hazmat::rsa_decrypt_and_check;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, RsaPrivateKey};
use sha2::{Digest, Sha256};

use super::super::authority::{key_from, rsa_key};
use super::super::people::{Person, Proof};
use super::super::tlv;
use super::info;

/// The head of a message of which a part can be recovered (ISO 9796-2 clause 8).
const HEAD: u8 = 0x6A;
/// The trailer of two bytes: SHA-256 by its number in ISO 10118-3, and the end.
const TRAILER: [u8; 2] = [0x34, 0xCC];
const HASH_BYTES: usize = 32;

pub enum ProofKey {
    Ecdsa(SigningKey),
    Rsa(Box<RsaPrivateKey>),
}

impl ProofKey {
    pub fn of(person: &Person) -> Self {
        match person.proof {
            Proof::EcdsaP256 => Self::Ecdsa(key_from(&format!("active authentication {}", person.sample))),
            Proof::Rsa2048 => Self::Rsa(Box::new(rsa_key())),
        }
    }

    /// DG15: the public key.
    pub fn dg15(&self, person: &Person) -> Vec<u8> {
        match self {
            Self::Ecdsa(key) => {
                let point = key.verifying_key().as_affine().to_sec1_point(false);
                info::dg15(&person.settings, point.as_bytes())
            }
            Self::Rsa(key) => {
                let key = key
                    .to_public_key()
                    .to_public_key_der()
                    .expect("a key of RSA has an encoding");
                tlv::object(0x6F, key.as_bytes())
            }
        }
    }

    /// Signs the terminal's challenge: ECDSA with SHA-256 as r and s, 32 bytes each (the plain form of
    /// BSI TR-03111 clause 5.2.1); RSA by scheme 1 of ISO 9796-2 with SHA-256, the chip's own random
    /// part recoverable.
    pub fn sign(&self, challenge: &[u8], random: &mut dyn FnMut(&mut [u8])) -> Vec<u8> {
        match self {
            Self::Ecdsa(key) => {
                let signature: Signature = key.sign(challenge);
                signature.to_bytes().to_vec()
            }
            Self::Rsa(key) => sign_with_recovery(key, challenge, random),
        }
    }
}

fn sign_with_recovery(key: &RsaPrivateKey, challenge: &[u8], random: &mut dyn FnMut(&mut [u8])) -> Vec<u8> {
    const OWN_KEY: &str = "the number is below the modulus, and the key is sound";
    let mut recoverable = vec![0; key.size() - 1 - HASH_BYTES - TRAILER.len()];
    random(&mut recoverable);
    let hash = Sha256::digest([recoverable.as_slice(), challenge].concat());
    let number = [&[HEAD], recoverable.as_slice(), &hash, &TRAILER].concat();
    let number = BoxedUint::from_be_slice(&number, key.n_bits_precision()).expect(OWN_KEY);
    // Not blinded: there is nothing to protect in a sample.
    let signature = rsa_decrypt_and_check(key, None::<&mut StdRng>, &number).expect(OWN_KEY);
    signature.to_be_bytes().to_vec()
}
