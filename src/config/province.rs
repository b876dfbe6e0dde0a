//! Which province, and in which tongue it is spoken to.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::procedure::ProcedureCode;
use crate::province::{Connection, HttpProvince, NATIONAL_PROCEDURES_MAX, NationalPeer, Patience};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProvinceConfig {
    /// `--province` goes before it.
    pub url: String,
    #[serde(default)]
    pub kind: ProvinceKind,
    /// PEM files of this kiosk's certificate and its key, for mutual TLS.
    pub client_identity: Option<PathBuf>,
    /// PEM file of the authority that signed the province's certificate, if it is not a public one.
    pub authority: Option<PathBuf>,
    /// Of kind `national`, and of no other.
    pub national: Option<NationalConfig>,
}

/// The tongue of the province.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProvinceKind {
    /// The open contract, `tests/province/openapi.yaml`.
    #[default]
    Open,
    /// The national exchange.
    National,
}

/// What the national exchange needs beside an address.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NationalConfig {
    /// After the address: where a session is had, and where everything is asked.
    pub login_path: String,
    pub services_path: String,
    /// The store in which the kiosk puts files, and from which the other side fetches them.
    pub files_url: String,
    /// madonvi.
    pub unit: String,
    pub user: String,
    pub password: PasswordConfig,
    /// Codes of the procedures that are offered.
    pub procedures: Vec<ProcedureCode>,
}

/// Where a password comes from; it does not stand in the configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PasswordConfig {
    /// A systemd credential of this name (`LoadCredentialEncrypted=`).
    Credential { name: String },
    /// A file whose first line it is.
    File { path: PathBuf },
}

impl ProvinceConfig {
    pub(super) fn check(&self) -> Result<(), String> {
        match (self.kind, &self.national) {
            (ProvinceKind::Open, None) => Ok(()),
            (ProvinceKind::Open, Some(_)) => Err("province.national: only of kind \"national\"".to_owned()),
            (ProvinceKind::National, None) => Err("province.national: is missing".to_owned()),
            (ProvinceKind::National, Some(national)) => national.check(),
        }
    }

    /// The way to the province. `credentials` is systemd's folder of them.
    ///
    /// # Errors
    /// An address, a certificate or the password cannot be had.
    pub fn client(&self, credentials: Option<&Path>) -> anyhow::Result<HttpProvince> {
        let connection = Connection {
            base: self.url.clone(),
            identity: self.client_identity.clone(),
            authorities: self.authority.clone(),
            patience: Patience::FIELD,
        };
        let client = match &self.national {
            None => HttpProvince::new(&connection),
            Some(national) => HttpProvince::national(&connection, national.peer(credentials)?),
        };
        client.context("Cannot speak to the province")
    }
}

impl NationalConfig {
    fn check(&self) -> Result<(), String> {
        let named = [
            ("login-path", &self.login_path),
            ("services-path", &self.services_path),
            ("files-url", &self.files_url),
            ("unit", &self.unit),
            ("user", &self.user),
        ];
        if let Some((name, _)) = named.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(format!("province.national.{name}: is empty"));
        }
        if self.procedures.is_empty() || self.procedures.len() > NATIONAL_PROCEDURES_MAX {
            return Err(format!(
                "province.national.procedures: from 1 to {NATIONAL_PROCEDURES_MAX}"
            ));
        }
        Ok(())
    }

    fn peer(&self, credentials: Option<&Path>) -> anyhow::Result<NationalPeer> {
        let path = match &self.password {
            PasswordConfig::Credential { name } => credentials
                .context("The province's password is a systemd credential, and systemd gave none")?
                .join(name),
            PasswordConfig::File { path } => path.clone(),
        };
        let text = std::fs::read_to_string(&path).map(Zeroizing::new);
        let text = text.with_context(|| format!("Cannot read the province's password in {}", path.display()))?;
        let password = text.lines().next().unwrap_or_default();
        anyhow::ensure!(!password.is_empty(), "{} holds no password", path.display());
        Ok(NationalPeer {
            login: self.login_path.clone(),
            services: self.services_path.clone(),
            files: self.files_url.clone(),
            unit: self.unit.clone(),
            user: self.user.clone(),
            password: Zeroizing::new(password.to_owned()),
            procedures: self.procedures.clone(),
        })
    }
}
