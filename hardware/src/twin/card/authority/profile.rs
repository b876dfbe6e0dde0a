//! What stands in the two kinds of certificate: ICAO Doc 9303-12 clause 7.1, table 6.

use x509_cert::TbsCertificate;
use x509_cert::builder::Result;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoRef;

pub enum Role {
    /// Signs certificates and lists, with no authority below it.
    Authority,
    /// Signs documents and nothing else.
    DocumentSigner,
}

pub struct Subject {
    pub role: Role,
    pub name: Name,
    pub issuer: Name,
}

impl BuilderProfile for Subject {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.name.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        _tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let mut extensions = vec![];
        let mut add = |extension: Extension| extensions.push(extension);
        add(AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(&self.name, &[])?);
        add(SubjectKeyIdentifier::try_from(key)?.to_extension(&self.name, &[])?);
        match self.role {
            Role::Authority => {
                let constraints = BasicConstraints {
                    ca: true,
                    path_len_constraint: Some(0),
                };
                add(constraints.to_extension(&self.name, &[])?);
                add(KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign).to_extension(&self.name, &[])?);
            }
            Role::DocumentSigner => {
                add(KeyUsage(KeyUsages::DigitalSignature.into()).to_extension(&self.name, &[])?);
            }
        }
        Ok(extensions)
    }
}
