//! Passive authentication (ICAO Doc 9303-11 §5.1): whether what the chip holds is what the issuer signed.
//!
//! EF.SOD is a CMS SignedData (RFC 5652) over the hashes of all data groups, made by a document signer whose certificate
//! an authority (CSCA) of the country has signed. What is not known is never called good, and what cannot be read is
//! never called forged: each has a state of its own.

use std::collections::BTreeMap;

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode, Encode};
use x509_cert::Certificate;

use self::chain::Chain;
pub use self::chain::{Anchors, BadAnchor};
use self::signature::{Hash, Verdict};
use super::tlv;

mod chain;
pub(crate) mod signature;

/// The template that holds the CMS (Doc 9303-10 §4.6.2).
const SOD: u32 = 0x77;
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// id-icao-mrtd-security-ldsSecurityObject (Doc 9303-10 §4.6.2.1).
const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// There are sixteen data groups.
const GROUPS_MAX: usize = 16;

/// What is known about where a card's data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authenticity {
    /// Every group that was read has its signed hash, the signature is right, and an anchor vouches for the signer.
    Genuine,
    /// Hashes and signature are right; nobody that is known here vouches for the signer.
    SignerUnknown,
    /// Like genuine, but the signer's certificate is not valid today.
    SignerExpired,
    /// Something is not what was signed.
    Altered(Altered),
    /// Nothing can be said.
    CannotTell(Doubt),
}

/// What is not as it was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Altered {
    /// A data group has another hash.
    Group(u8),
    /// A data group that was read is not among the signed ones.
    GroupNotSigned(u8),
    /// The list of hashes is not the one that was signed.
    Hashes,
    /// The signature is not the signer's.
    Signature,
    /// The signer's certificate names a known authority, which did not sign it.
    Chain,
    /// The two places that tell who the person is do not agree.
    Person,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The card gave no EF.SOD, or was not asked.
    NoSod,
    /// EF.SOD is not of the form of the standard.
    Unreadable,
    /// The certificate of who signed is not in it.
    NoSigner,
    /// Signed or hashed in a way that is not known here.
    UnknownAlgorithm,
}

/// Whether EF.SOD lists this group with this hash. The signature is not looked at: what comes of it is judged in the end.
pub(crate) fn lists(sod: &[u8], group: u8, file: &[u8]) -> bool {
    let signed = read(sod);
    let hashes = signed.as_ref().and_then(content).and_then(Hashes::read);
    hashes.is_some_and(|hashes| hashes.hold(&BTreeMap::from([(group, file)])).is_ok())
}

/// Whether EF.SOD lists this group at all: whether there is something to read.
pub(crate) fn names(sod: &[u8], group: u8) -> bool {
    let signed = read(sod);
    let hashes = signed.as_ref().and_then(content).and_then(Hashes::read);
    hashes.is_some_and(|hashes| hashes.groups.contains_key(&group))
}

/// What stands between a file and the verdict: nothing, or the verdict itself.
type Checked<T> = Result<T, Authenticity>;

fn doubt<E>(doubt: Doubt) -> impl FnOnce(E) -> Authenticity {
    move |_| Authenticity::CannotTell(doubt)
}

/// Judges the data groups that were read, `groups` by number, by the card's EF.SOD. `now_unix` is in seconds.
pub fn judge(sod: &[u8], groups: &BTreeMap<u8, &[u8]>, anchors: &Anchors, now_unix: i64) -> Authenticity {
    match checked(sod, groups, anchors, now_unix) {
        Ok(authenticity) | Err(authenticity) => authenticity,
    }
}

fn checked(sod: &[u8], groups: &BTreeMap<u8, &[u8]>, anchors: &Anchors, now_unix: i64) -> Checked<Authenticity> {
    let signed = read(sod).ok_or(Authenticity::CannotTell(Doubt::Unreadable))?;
    let content = content(&signed).ok_or(Authenticity::CannotTell(Doubt::Unreadable))?;
    let [signer] = signed.signer_infos.0.as_slice() else {
        return Err(Authenticity::CannotTell(Doubt::Unreadable));
    };
    let certificate = certificate(&signed, signer).ok_or(Authenticity::CannotTell(Doubt::NoSigner))?;

    let hashes = Hashes::read(content).ok_or(Authenticity::CannotTell(Doubt::Unreadable))?;
    signature_holds(signer, certificate, content)?;
    hashes.hold(groups)?;
    match anchors.vouch(certificate, now_unix) {
        Chain::Holds => Ok(Authenticity::Genuine),
        Chain::Expired => Ok(Authenticity::SignerExpired),
        Chain::Unknown => Ok(Authenticity::SignerUnknown),
        Chain::Broken => Err(Authenticity::Altered(Altered::Chain)),
        Chain::UnknownAlgorithm => Err(Authenticity::CannotTell(Doubt::UnknownAlgorithm)),
    }
}

fn read(sod: &[u8]) -> Option<SignedData> {
    let cms = tlv::only(sod, SOD).ok()?;
    let info = ContentInfo::from_der(cms).ok()?;
    (info.content_type == SIGNED_DATA)
        .then(|| info.content.decode_as().ok())
        .flatten()
}

/// The signed list of hashes, as bytes.
fn content(signed: &SignedData) -> Option<&[u8]> {
    let info = &signed.encap_content_info;
    if info.econtent_type != LDS_SECURITY_OBJECT {
        return None;
    }
    let content: &OctetStringRef = info.econtent.as_ref()?.decode_as().ok()?;
    Some(content.as_bytes())
}

fn certificate<'a>(signed: &'a SignedData, signer: &SignerInfo) -> Option<&'a Certificate> {
    let certificates = signed.certificates.as_ref()?.0.iter();
    let mut certificates = certificates.filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    });
    certificates.find(|certificate| {
        let told = certificate.tbs_certificate();
        match &signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(id) => {
                id.issuer == *told.issuer() && id.serial_number == *told.serial_number()
            }
            SignerIdentifier::SubjectKeyIdentifier(id) => {
                matches!(told.get_extension(), Ok(Some((_, ref own))) if id == own)
            }
        }
    })
}

/// Whether the signer signed `content` (RFC 5652 §5.4).
fn signature_holds(signer: &SignerInfo, certificate: &Certificate, content: &[u8]) -> Checked<()> {
    let unknown = Authenticity::CannotTell(Doubt::UnknownAlgorithm);
    let unreadable = Authenticity::CannotTell(Doubt::Unreadable);
    let hash = Hash::of(&signer.digest_alg.oid).ok_or(unknown)?;
    let message = match &signer.signed_attrs {
        None => content.to_vec(),
        Some(attributes) => {
            let one = |oid| {
                let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
                match (found.next(), found.next()) {
                    (Some(attribute), None) if attribute.values.len() == 1 => attribute.values.get(0),
                    (_, _) => None,
                }
            };
            let digest: &OctetStringRef = one(MESSAGE_DIGEST)
                .and_then(|value| value.decode_as().ok())
                .ok_or(unreadable)?;
            let content_type: ObjectIdentifier = one(CONTENT_TYPE)
                .and_then(|value| value.decode_as().ok())
                .ok_or(unreadable)?;
            if content_type != LDS_SECURITY_OBJECT || hash.digest(content) != digest.as_bytes() {
                return Err(Authenticity::Altered(Altered::Hashes));
            }
            attributes.to_der().map_err(doubt(Doubt::Unreadable))?
        }
    };
    let key = certificate.tbs_certificate().subject_public_key_info();
    match signature::verify(
        key,
        &signer.signature_algorithm,
        Some(hash),
        &message,
        signer.signature.as_bytes(),
    ) {
        Verdict::Right => Ok(()),
        Verdict::Wrong => Err(Authenticity::Altered(Altered::Signature)),
        Verdict::UnknownAlgorithm => Err(unknown),
    }
}

/// The LDS security object (Doc 9303-10 §4.6.2.3).
struct Hashes<'a> {
    hash: Option<Hash>,
    groups: BTreeMap<u8, &'a [u8]>,
}

impl<'a> Hashes<'a> {
    fn read(content: &'a [u8]) -> Option<Self> {
        let fields = tlv::only(content, 0x30).and_then(tlv::all).ok()?;
        let [version, algorithm, hashes, ..] = &fields[..] else {
            return None;
        };
        if (version.tag, algorithm.tag, hashes.tag) != (0x02, 0x30, 0x30) {
            return None;
        }
        let oid = tlv::first(algorithm.value).ok()?.0;
        let oid = ObjectIdentifier::from_der(oid.whole).ok()?;

        let mut groups = BTreeMap::new();
        for entry in tlv::all(hashes.value).ok()? {
            let fields = tlv::all(entry.value).ok()?;
            let [number, hash] = &fields[..] else {
                return None;
            };
            let [number] = number.value else {
                return None;
            };
            if groups.insert(*number, hash.value).is_some() || groups.len() > GROUPS_MAX {
                return None;
            }
        }
        Some(Self {
            hash: Hash::of(&oid),
            groups,
        })
    }

    fn hold(&self, read: &BTreeMap<u8, &[u8]>) -> Checked<()> {
        let hash = self.hash.ok_or(Authenticity::CannotTell(Doubt::UnknownAlgorithm))?;
        for (number, file) in read {
            let signed = self.groups.get(number);
            let signed = signed.ok_or(Authenticity::Altered(Altered::GroupNotSigned(*number)))?;
            if hash.digest(file) != **signed {
                return Err(Authenticity::Altered(Altered::Group(*number)));
            }
        }
        Ok(())
    }
}
