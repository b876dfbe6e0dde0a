//! How a document signer signs: the algorithms of ICAO Doc 9303-12 clause 4.1.4 that are met on cards.
//!
//! Each signature is the same every time: ECDSA by RFC 6979, PKCS#1 v1.5 by nature, and PSS with a salt
//! from a fixed seed. That is safe for samples only.

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912;
use der::asn1::Any;
use p256::ecdsa::signature::{RandomizedSigner, SignatureEncoding, Signer};
use p256::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rsa::RsaPrivateKey;
use sha2::{Digest, Sha256, Sha384};
use x509_cert::spki::{AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfoOwned};

use super::{FIXED, key_from};

/// The key of everything with RSA; making one takes seconds.
const RSA_KEY: &[u8] = include_bytes!("rsa-2048.der");

/// The key, the signature and the hash of a document signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    EcdsaP256,
    /// With SHA-384, also for the data groups.
    EcdsaP384,
    EcdsaBrainpoolP256r1,
    RsaPkcs1,
    RsaPss,
}

impl Scheme {
    pub fn hash(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::EcdsaP384 => Sha384::digest(bytes).to_vec(),
            Self::EcdsaP256 | Self::EcdsaBrainpoolP256r1 | Self::RsaPkcs1 | Self::RsaPss => {
                Sha256::digest(bytes).to_vec()
            }
        }
    }

    pub fn hash_algorithm(self) -> AlgorithmIdentifierOwned {
        match self {
            Self::EcdsaP384 => algorithm(rfc5912::ID_SHA_384),
            Self::EcdsaP256 | Self::EcdsaBrainpoolP256r1 | Self::RsaPkcs1 | Self::RsaPss => {
                algorithm(rfc5912::ID_SHA_256)
            }
        }
    }

    pub fn signature_algorithm(self) -> AlgorithmIdentifierOwned {
        match self {
            Self::EcdsaP256 | Self::EcdsaBrainpoolP256r1 => algorithm(rfc5912::ECDSA_WITH_SHA_256),
            Self::EcdsaP384 => algorithm(rfc5912::ECDSA_WITH_SHA_384),
            Self::RsaPkcs1 => AlgorithmIdentifierOwned {
                oid: rfc5912::SHA_256_WITH_RSA_ENCRYPTION,
                parameters: Some(Any::null()),
            },
            Self::RsaPss => pss_key().signature_algorithm_identifier().expect(FIXED),
        }
    }

    /// The public key of the signer of this name.
    pub fn public_key(self, name: &str) -> SubjectPublicKeyInfoOwned {
        let written = match self {
            Self::EcdsaP256 => key_from(name).verifying_key().to_public_key_der(),
            Self::EcdsaP384 => p384_key(name).verifying_key().to_public_key_der(),
            Self::EcdsaBrainpoolP256r1 => brainpool_key(name).verifying_key().to_public_key_der(),
            Self::RsaPkcs1 | Self::RsaPss => rsa_key().to_public_key().to_public_key_der(),
        };
        let written = written.expect(FIXED);
        SubjectPublicKeyInfoOwned::try_from(written.as_bytes()).expect(FIXED)
    }

    pub fn sign(self, name: &str, message: &[u8]) -> Vec<u8> {
        match self {
            Self::EcdsaP256 => {
                let signature: p256::ecdsa::DerSignature = key_from(name).sign(message);
                signature.to_bytes().to_vec()
            }
            Self::EcdsaP384 => {
                let signature: p384::ecdsa::DerSignature = p384_key(name).sign(message);
                signature.to_bytes().to_vec()
            }
            Self::EcdsaBrainpoolP256r1 => {
                let signature: bp256::r1::ecdsa::DerSignature = brainpool_key(name).sign(message);
                signature.to_bytes().to_vec()
            }
            Self::RsaPkcs1 => rsa::pkcs1v15::SigningKey::<Sha256>::new(rsa_key())
                .sign(message)
                .to_vec(),
            Self::RsaPss => pss_key()
                .sign_with_rng(&mut StdRng::seed_from_u64(9303), message)
                .to_vec(),
        }
    }
}

fn p384_key(name: &str) -> p384::ecdsa::SigningKey {
    let secret = Sha384::digest(format!("kiosk sample key: {name}"));
    p384::ecdsa::SigningKey::from_slice(&secret).expect("a hash is below the order of P-384 but for one in 2^190")
}

fn brainpool_key(name: &str) -> ecdsa::SigningKey<bp256::BrainpoolP256r1> {
    /// One hash in three is above the order of the group.
    const DRAWS_MAX: u32 = 64;
    (0..DRAWS_MAX)
        .find_map(|draw| {
            let secret = Sha256::digest(format!("kiosk sample key: {name} {draw}"));
            ecdsa::SigningKey::from_slice(&secret).ok()
        })
        .expect("one hash in 64 is below the order of brainpoolP256r1")
}

fn pss_key() -> rsa::pss::SigningKey<Sha256> {
    rsa::pss::SigningKey::new(rsa_key())
}

/// The only key of RSA here, 2048 bits.
pub fn rsa_key() -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs8_der(RSA_KEY).expect("the key beside this file is PKCS#8")
}

fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid, parameters: None }
}
