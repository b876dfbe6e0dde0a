//! The hall in the configuration: where its browsers reach this kiosk, which counters there are, and what is fair.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::{KeyConfig, SeriesConfig};
use crate::hall::jetstream::{Credentials, Servers};
use crate::hall::{Counter, LEASE_NUMBERS_MAX, Rules};
use crate::procedure::Language;
use crate::slip::link::URL_CHARS_MAX;
use crate::ticket::SeriesLetter;

/// Counters of one centre.
const COUNTERS_MAX: usize = 60;
/// NATS servers of one centre.
const SERVERS_MAX: usize = 9;
const CENTRE_CHARS_MAX: usize = 32;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HallConfig {
    /// Where counters and boards reach this kiosk. Without a certificate loopback only: a PIN goes over it.
    pub listen: SocketAddr,
    /// With it, everything there goes over TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateConfig>,
    /// Where citizens' phones reach the pages of their numbers: `https://` and a host, of the same proxy. Without it slips
    /// have no link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_url: Option<String>,
    /// What the links on slips are made with, the same on all kiosks of a centre: then each opens the links of all. Without it
    /// a link opens at the kiosk that printed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_key: Option<KeyConfig>,
    #[serde(default)]
    pub rules: Rules,
    /// How numbers are called aloud.
    #[serde(default)]
    pub calls: CallsConfig,
    /// The log that all kiosks of the centre share. Without it this kiosk is the whole hall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jetstream: Option<JetStreamConfig>,
    pub counters: Vec<CounterConfig>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CallsConfig {
    /// In English, too, after the Vietnamese.
    pub english: bool,
    /// Through this kiosk's own loudspeaker, beside the boards'.
    pub loudspeaker: bool,
}

impl Default for CallsConfig {
    fn default() -> Self {
        Self {
            english: true,
            loudspeaker: false,
        }
    }
}

impl CallsConfig {
    pub const fn languages(self) -> &'static [Language] {
        if self.english {
            &[Language::Vietnamese, Language::English]
        } else {
            &[Language::Vietnamese]
        }
    }
}

/// Two PEM files: the certificate with those between it and its authority, and its key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CertificateConfig {
    /// systemd credentials of these names (`LoadCredential=`). A renewed one is had at the next start.
    Credential { chain: String, key: String },
    /// Looked at once a minute: a renewed one is taken without a start. The key is for its owner and group alone.
    File { chain: PathBuf, key: PathBuf },
}

impl CertificateConfig {
    /// Where the two files are, the chain first. `credentials` is systemd's folder of them.
    ///
    /// # Errors
    /// They are credentials, and systemd gave none.
    pub fn files(&self, credentials: Option<&Path>) -> Result<(PathBuf, PathBuf), NoCredentials> {
        match self {
            Self::Credential { chain, key } => {
                let folder = credentials.ok_or(NoCredentials)?;
                Ok((folder.join(chain), folder.join(key)))
            }
            Self::File { chain, key } => Ok((chain.clone(), key.clone())),
        }
    }
}

/// systemd did not start this kiosk, or its unit names no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The hall's certificate is a systemd credential, and systemd gave none")]
pub struct NoCredentials;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CounterConfig {
    pub name: Counter,
    /// The series that it calls unless its clerk chooses others, the one it prefers first.
    pub serves: Vec<SeriesLetter>,
}

/// The NATS servers of the centre.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct JetStreamConfig {
    /// `tls://host:port`; without TLS only on this machine.
    pub servers: Vec<String>,
    /// The centre's name in the log: lower-case letters, digits and `-`. All its kiosks say the same.
    pub centre: String,
    /// Servers that keep each event: 1 or 3, as there are.
    #[serde(default = "one")]
    pub replicas: usize,
    /// Numbers of each series that this kiosk may give while it cannot reach the log.
    #[serde(default = "lease_numbers")]
    pub lease_numbers: u32,
    /// Files of PEM: who the servers are, and who this kiosk is to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<JetStreamTls>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct JetStreamTls {
    pub root_certificates: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl JetStreamTls {
    /// What the log's own module needs.
    pub fn credentials(&self) -> Credentials {
        Credentials {
            root_certificates: self.root_certificates.clone(),
            certificate: self.certificate.clone(),
            key: self.key.clone(),
        }
    }
}

pub(super) const fn one() -> usize {
    1
}

const fn lease_numbers() -> u32 {
    30
}

impl JetStreamConfig {
    /// What the log's own module needs.
    pub fn servers(&self) -> Servers {
        Servers {
            urls: self.servers.clone(),
            centre: self.centre.clone(),
            replicas: self.replicas,
            credentials: self.tls.as_ref().map(JetStreamTls::credentials),
        }
    }

    fn check(&self) -> Result<(), String> {
        check_servers(&self.servers, self.tls.as_ref()).map_err(|why| format!("hall.jetstream.{why}"))?;
        check_centre(&self.centre).map_err(|why| format!("hall.jetstream.centre: {why}"))?;
        if !matches!(self.replicas, 1 | 3) {
            return Err("hall.jetstream.replicas: 1 or 3".into());
        }
        if !(1..=LEASE_NUMBERS_MAX).contains(&self.lease_numbers) {
            return Err(format!("hall.jetstream.lease-numbers: 1 to {LEASE_NUMBERS_MAX}"));
        }
        Ok(())
    }
}

/// Addresses of NATS servers: what leaves this machine goes over TLS.
pub(super) fn check_servers(servers: &[String], tls: Option<&JetStreamTls>) -> Result<(), String> {
    if servers.is_empty() || servers.len() > SERVERS_MAX {
        return Err(format!("servers: 1 to {SERVERS_MAX}"));
    }
    for server in servers {
        let host = server.strip_prefix("nats://").or(server.strip_prefix("tls://"));
        let Some(host) = host.and_then(|host| host.rsplit_once(':')).map(|(host, _)| host) else {
            return Err(format!("servers: {server} is not tls://host:port"));
        };
        let loopback = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if tls.is_none() && !loopback {
            return Err(format!("servers: {server} leaves this machine, so it needs tls"));
        }
    }
    Ok(())
}

/// A word that names a centre to NATS.
pub(super) fn check_centre(word: &str) -> Result<(), String> {
    let allowed = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    if (1..=CENTRE_CHARS_MAX).contains(&word.len()) && word.chars().all(allowed) {
        Ok(())
    } else {
        Err(format!(
            "{word:?}: 1 to {CENTRE_CHARS_MAX} lower-case letters, digits and -"
        ))
    }
}

impl HallConfig {
    pub fn check(&self, series: &[SeriesConfig]) -> Result<(), String> {
        if !self.listen.ip().is_loopback() && self.certificate.is_none() {
            return Err("hall.listen: without hall.certificate only a loopback address".into());
        }
        if let Some(jetstream) = &self.jetstream {
            jetstream.check()?;
        }
        if matches!(self.phone_key, Some(KeyConfig::DataFolder {})) {
            return Err("hall.phone-key: a credential or a file, the same on all kiosks".into());
        }
        if let Some(url) = &self.phone_url {
            check_phone_url(url).map_err(|why| format!("hall.phone-url: {why}"))?;
        }
        if self.counters.is_empty() || self.counters.len() > COUNTERS_MAX {
            return Err(format!("hall.counters: 1 to {COUNTERS_MAX}"));
        }
        for (index, counter) in self.counters.iter().enumerate() {
            let name = &counter.name;
            if self.counters[..index].iter().any(|other| other.name == *name) {
                return Err(format!("hall.counters: {name} stands there twice"));
            }
            if counter.serves.is_empty() {
                return Err(format!("hall.counters, {name}: serves at least one series"));
            }
            let unknown = |letter: &&SeriesLetter| !series.iter().any(|series| series.letter == **letter);
            if let Some(unknown) = counter.serves.iter().find(unknown) {
                return Err(format!("hall.counters, {name}: there is no series {unknown}"));
            }
        }
        Ok(())
    }
}

/// An address that stands on paper for a day cannot be mended: nothing but a host and a path is taken.
fn check_phone_url(url: &str) -> Result<(), String> {
    let parsed = reqwest::Url::parse(url).map_err(|error| error.to_string())?;
    let here = parsed
        .host_str()
        .is_some_and(|host| ["127.0.0.1", "localhost", "[::1]"].contains(&host));
    if parsed.scheme() != "https" && !(parsed.scheme() == "http" && here) {
        return Err("https only, but on this machine itself".into());
    }
    if parsed.host_str().is_none() || !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("a host, and no name or password".into());
    }
    if url.contains(['?', '#']) {
        return Err("no ? and no #: the number stands behind it".into());
    }
    if url.len() > URL_CHARS_MAX {
        return Err(format!(
            "at most {URL_CHARS_MAX} characters: it stands in a small code on paper"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_a_phone_can_trust_is_printed() {
        for right in [
            "https://so.example.vn",
            "https://so.example.vn:8443/mot-cua/",
            "http://127.0.0.1:8090",
        ] {
            assert_eq!(check_phone_url(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "so.example.vn",
            "http://so.example.vn",
            "https://me:pw@so.example.vn",
            "https://so.example.vn/?a",
            "https://so.example.vn/#a",
            "https://so.example.vn/a-path-that-is-much-too-long-for-a-slip-of-paper",
        ] {
            assert!(check_phone_url(wrong).is_err(), "{wrong}");
        }
    }
}
