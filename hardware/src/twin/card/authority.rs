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
use const_oid::db::rfc5911;
use der::asn1::{Any, OctetString, SetOfVec, UtcTime};
use der::{DateTime, Encode, EncodePem, Tag};
use p256::ecdsa::{DerSignature, SigningKey};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

use self::profile::{Role, Subject};
pub use self::scheme::{Scheme, rsa_key};
use super::tlv;

mod profile;
mod scheme;

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
    name: String,
    scheme: Scheme,
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

    pub fn signer(&self, scheme: Scheme) -> Signer {
        self.signer_for(2 + scheme as u8, VALID_YEARS, scheme)
    }

    /// A signer whose certificate ended with 2021.
    pub fn expired_signer(&self, scheme: Scheme) -> Signer {
        self.signer_for(0x40 + scheme as u8, EXPIRED_YEARS, scheme)
    }

    fn new(name: &'static str) -> Self {
        let key = key_from(name);
        let subject = Subject {
            role: Role::Authority,
            name: distinguished(name),
            issuer: distinguished(name),
        };
        let certificate = certificate(subject, 1, VALID_YEARS, Scheme::EcdsaP256.public_key(name), &key);
        Self { name, key, certificate }
    }

    fn signer_for(&self, serial: u8, years: (u16, u16), scheme: Scheme) -> Signer {
        let name = format!("{}: signer {serial}", self.name);
        let subject = Subject {
            role: Role::DocumentSigner,
            name: distinguished(&format!("Sample document signer {serial}")),
            issuer: distinguished(self.name),
        };
        Signer {
            certificate: certificate(subject, serial, years, scheme.public_key(&name), &self.key),
            name,
            scheme,
        }
    }
}

impl Signer {
    /// EF.SOD over the data groups, each with its number.
    pub fn sign(&self, groups: &[(u8, &[u8])], alteration: Option<Alteration>) -> Vec<u8> {
        let content = self.security_object(groups);
        let attributes = self.signed_attributes(&content);
        let mut signature = self.scheme.sign(&self.name, &attributes.to_der().expect(FIXED));
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
            digest_alg: self.scheme.hash_algorithm(),
            signed_attrs: Some(attributes),
            signature_algorithm: self.scheme.signature_algorithm(),
            signature: OctetString::new(signature).expect(FIXED),
            unsigned_attrs: None,
        };
        let signed = SignedData {
            version: CmsVersion::V3,
            digest_algorithms: set(self.scheme.hash_algorithm()),
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

    /// LDSSecurityObject version 0.
    fn security_object(&self, groups: &[(u8, &[u8])]) -> Vec<u8> {
        let hashes: Vec<_> = groups
            .iter()
            .map(|(number, bytes)| {
                let hash = self.scheme.hash(bytes);
                tlv::nested(0x30, &[tlv::object(0x02, &[*number]), tlv::object(0x04, &hash)])
            })
            .collect();
        let algorithm = self.scheme.hash_algorithm().to_der().expect(FIXED);
        tlv::nested(0x30, &[tlv::object(0x02, &[0]), algorithm, tlv::nested(0x30, &hashes)])
    }

    fn signed_attributes(&self, content: &[u8]) -> SetOfVec<Attribute> {
        let digest = OctetString::new(self.scheme.hash(content)).expect(FIXED);
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
}

/// A key that is always the same for the same name.
pub fn key_from(name: &str) -> SigningKey {
    let secret = Sha256::digest(format!("kiosk sample key: {name}"));
    SigningKey::from_slice(&secret).expect("a hash is below the order of P-256 but for one in 2^32")
}

fn set<T: der::DerOrd>(element: T) -> SetOfVec<T> {
    let mut set = SetOfVec::new();
    set.insert(element).expect("one element is no double");
    set
}

fn distinguished(name: &str) -> Name {
    let escaped = name.replace(',', "\\,");
    Name::from_str(&format!("CN={escaped},O=Sample,C=VN")).expect(FIXED)
}

fn certificate(
    subject: Subject,
    serial: u8,
    years: (u16, u16),
    public: SubjectPublicKeyInfoOwned,
    issuer: &SigningKey,
) -> Certificate {
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
    fn the_same_groups_are_always_signed_with_the_same_bytes_and_an_alteration_is_one_bit() {
        for scheme in [
            Scheme::EcdsaP256,
            Scheme::EcdsaP384,
            Scheme::EcdsaBrainpoolP256r1,
            Scheme::RsaPkcs1,
            Scheme::RsaPss,
        ] {
            let signer = Authority::sample().signer(scheme);
            let sign = |alteration| signer.sign(&[(1, b"one"), (13, b"thirteen")], alteration);
            let sound = sign(None);
            assert_eq!(sound, sign(None), "{scheme:?}");
            for alteration in [Alteration::Content, Alteration::Signature] {
                let altered = sign(Some(alteration));
                let bits: u32 = sound.iter().zip(&altered).map(|(a, b)| (a ^ b).count_ones()).sum();
                assert_eq!((bits, altered.len()), (1, sound.len()), "{scheme:?} {alteration:?}");
            }
        }
    }
}
