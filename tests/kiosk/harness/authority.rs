//! The authority of one centre: certificates for its servers and its kiosks, as files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

pub struct Authority {
    folder: TempDir,
}

impl Authority {
    /// With a certificate for a server that is reached by these names, and one for kiosks.
    pub fn new(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut own = CertificateParams::new(vec![]).unwrap();
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(own, KeyPair::generate().unwrap()).unwrap();
        let authority = Self { folder };
        authority.write("authority.pem", &issuer.pem());
        let kiosk = ["kiosk.example"];
        for (who, names) in [("server", names), ("kiosk", &kiosk[..])] {
            let key = KeyPair::generate().unwrap();
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let signed = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
            authority.write(&format!("{who}.pem"), &signed.pem());
            authority.write(&format!("{who}.key"), &key.serialize_pem());
        }
        authority
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).unwrap();
        fs::set_permissions(self.file(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
