//! A signing authority for sample cards: a CSCA, its document signers, and EF.SOD.
//!
//! Made from fixed names, so that every build has the same keys and the same anchor, which stands
//! beside this file as `authority.pem`. The keys are public: nothing that it signs proves anything.
//! ICAO Doc 9303-12 clause 7 (certificates) and 9303-10 clause 4.6.2 (EF.SOD).

use std::str::FromStr;
use std::time::Duration;

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos};
use const_oid::ObjectIdentifier;
use const_oid::db::{rfc5911, rfc5912};
use der::asn1::{Any, OctetString, SetOfVec, UtcTime};
use der::{DateTime, Encode, EncodePem, Tag};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::EncodePublicKey;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfo};
use x509_cert::time::{Time, Validity};

use self::profile::{Role, Subject};
use super::tlv;

mod profile;

/// id-icao-mrtd-security-ldsSecurityObject.
const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");

/// What all that is built here rests on.
const FIXED: &str = "fixed names, keys and dates always encode";

/// Years of what is valid: from the first day of one to the first day of the other.
const VALID_YEARS: (u16, u16) = (2020, 2040);
const EXPIRED_YEARS: (u16, u16) = (2020, 2022);

/// A bit of EF.SOD that is flipped after signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// In the hash of the last data group.
    Content,
    Signature,
}

/// A country signing authority (CSCA).
pub struct Authority {
    name: &'static str,
    key: SigningKey,
    certificate: Certificate,
}

/// A document signer with its certificate.
pub struct Signer {
    key: SigningKey,
    certificate: Certificate,
}

impl Authority {
    /// The one whose certificate is the anchor of the samples.
    pub fn sample() -> Self {
        Self::new("Sample CSCA of the kiosk, worth nothing")
    }

    /// One that nobody is told of.
    pub fn stranger() -> Self {
        Self::new("Another sample CSCA, known to nobody")
    }

    /// The anchor as a kiosk's configuration takes it.
    pub fn certificate_pem(&self) -> String {
        self.certificate.to_pem(der::pem::LineEnding::LF).expect(FIXED)
    }

    pub fn certificate_der(&self) -> Vec<u8> {
        self.certificate.to_der().expect(FIXED)
    }

    pub fn signer(&self) -> Signer {
        self.signer_for(2, VALID_YEARS)
    }

    /// A signer whose certificate ended with 2021.
    pub fn expired_signer(&self) -> Signer {
        self.signer_for(3, EXPIRED_YEARS)
    }

    fn new(name: &'static str) -> Self {
        let key = key_from(name);
        let subject = Subject {
            role: Role::Authority,
            name: distinguished(name),
            issuer: distinguished(name),
        };
        let certificate = certificate(subject, 1, VALID_YEARS, &key, &key);
        Self { name, key, certificate }
    }

    fn signer_for(&self, serial: u8, years: (u16, u16)) -> Signer {
        let key = key_from(&format!("{}: signer {serial}", self.name));
        let subject = Subject {
            role: Role::DocumentSigner,
            name: distinguished(&format!("Sample document signer {serial}")),
            issuer: distinguished(self.name),
        };
        Signer {
            certificate: certificate(subject, serial, years, &key, &self.key),
            key,
        }
    }
}

impl Signer {
    /// EF.SOD over the hashes (SHA-256) of data groups, by their number.
    pub fn sign(&self, hashes: &[(u8, [u8; 32])], alteration: Option<Alteration>) -> Vec<u8> {
        let content = security_object(hashes);
        let attributes = signed_attributes(&content);
        let signature: DerSignature = self.key.sign(&attributes.to_der().expect(FIXED));
        let mut signature = signature.to_bytes().to_vec();
        if alteration == Some(Alteration::Signature)
            && let Some(last) = signature.last_mut()
        {
            *last ^= 1;
        }
        let mut content = content;
        if alteration == Some(Alteration::Content)
            && let Some(last) = content.last_mut()
        {
            *last ^= 1;
        }

        let issuer_and_serial = IssuerAndSerialNumber {
            issuer: self.certificate.tbs_certificate().issuer().clone(),
            serial_number: self.certificate.tbs_certificate().serial_number().clone(),
        };
        let info = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(issuer_and_serial),
            digest_alg: sha256(),
            signed_attrs: Some(attributes),
            signature_algorithm: AlgorithmIdentifierOwned {
                oid: rfc5912::ECDSA_WITH_SHA_256,
                parameters: None,
            },
            signature: OctetString::new(signature).expect(FIXED),
            unsigned_attrs: None,
        };
        let signed = SignedData {
            version: CmsVersion::V3,
            digest_algorithms: set(sha256()),
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: LDS_SECURITY_OBJECT,
                econtent: Some(Any::new(Tag::OctetString, content).expect(FIXED)),
            },
            certificates: Some(set(CertificateChoices::Certificate(self.certificate.clone())).into()),
            crls: None,
            signer_infos: SignerInfos(set(info)),
        };
        let content_info = ContentInfo {
            content_type: rfc5911::ID_SIGNED_DATA,
            content: Any::encode_from(&signed).expect(FIXED),
        };
        tlv::object(0x77, &content_info.to_der().expect(FIXED))
    }
}

/// A key that is always the same for the same name.
pub fn key_from(name: &str) -> SigningKey {
    let secret = Sha256::digest(format!("kiosk sample key: {name}"));
    SigningKey::from_slice(&secret).expect("a hash is below the order of P-256 but for one in 2^32")
}

/// LDSSecurityObject version 0.
fn security_object(hashes: &[(u8, [u8; 32])]) -> Vec<u8> {
    let hashes: Vec<_> = hashes
        .iter()
        .map(|(number, hash)| tlv::nested(0x30, &[tlv::object(0x02, &[*number]), tlv::object(0x04, hash)]))
        .collect();
    let algorithm = sha256().to_der().expect(FIXED);
    tlv::nested(0x30, &[tlv::object(0x02, &[0]), algorithm, tlv::nested(0x30, &hashes)])
}

fn signed_attributes(content: &[u8]) -> SetOfVec<Attribute> {
    let digest = OctetString::new(Sha256::digest(content).to_vec()).expect(FIXED);
    let attributes = [
        Attribute {
            oid: rfc5911::ID_CONTENT_TYPE,
            values: set(Any::encode_from(&LDS_SECURITY_OBJECT).expect(FIXED)),
        },
        Attribute {
            oid: rfc5911::ID_MESSAGE_DIGEST,
            values: set(Any::encode_from(&digest).expect(FIXED)),
        },
    ];
    SetOfVec::try_from(attributes.to_vec()).expect(FIXED)
}

fn set<T: der::DerOrd>(element: T) -> SetOfVec<T> {
    let mut set = SetOfVec::new();
    set.insert(element).expect("one element is no double");
    set
}

fn sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: rfc5912::ID_SHA_256,
        parameters: None,
    }
}

fn distinguished(name: &str) -> Name {
    let escaped = name.replace(',', "\\,");
    Name::from_str(&format!("CN={escaped},O=Sample,C=VN")).expect(FIXED)
}

fn certificate(subject: Subject, serial: u8, years: (u16, u16), key: &SigningKey, issuer: &SigningKey) -> Certificate {
    let public = key.verifying_key().to_public_key_der().expect(FIXED);
    let public = SubjectPublicKeyInfo::try_from(public.as_bytes()).expect(FIXED);
    let serial = SerialNumber::new(&[serial]).expect(FIXED);
    let validity = Validity::new(new_year(years.0), new_year(years.1));
    let builder = CertificateBuilder::new(subject, serial, validity, public).expect(FIXED);
    builder.build::<_, DerSignature>(issuer).expect(FIXED)
}

fn new_year(year: u16) -> Time {
    let date = DateTime::new(year, 1, 1, 0, 0, 0).expect(FIXED);
    let since_1970: Duration = date.unix_duration();
    Time::UtcTime(UtcTime::from_unix_duration(since_1970).expect(FIXED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_anchor_beside_this_file_is_what_the_code_makes() {
        assert_eq!(Authority::sample().certificate_pem(), include_str!("authority.pem"));
    }

    #[test]
    fn the_same_hashes_are_always_signed_with_the_same_bytes_and_an_alteration_is_one_bit() {
        let sign = |alteration| {
            Authority::sample()
                .signer()
                .sign(&[(1, [7; 32]), (13, [9; 32])], alteration)
        };
        let sound = sign(None);
        assert_eq!(sound, sign(None));
        for alteration in [Alteration::Content, Alteration::Signature] {
            let altered = sign(Some(alteration));
            let bits: u32 = sound.iter().zip(&altered).map(|(a, b)| (a ^ b).count_ones()).sum();
            assert_eq!((bits, altered.len()), (1, sound.len()), "{alteration:?}");
        }
    }
}
