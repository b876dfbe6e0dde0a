//! The configuration of the province's page of its centres: a file of its own, on the machine of the province's NATS server.

use std::net::SocketAddr;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::hall::{JetStreamTls, check_centre, check_servers, one};
use super::{ConfigError, parsed, read};
use crate::hall::Series;
use crate::hall::centres::Centre;
use crate::hall::jetstream::Servers;
use crate::ticket::SeriesLetter;

/// A province has some hundred communes, and a centre in each.
const CENTRES_MAX: usize = 400;
/// As the province's server knows this program.
const NAME: &str = "province";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CentresConfig {
    /// Where the page answers. Loopback only: who may see it is asked by the province's own gateway in front of it.
    pub listen: SocketAddr,
    /// The province's NATS servers: `tls://host:port`; without TLS only on this machine.
    pub servers: Vec<String>,
    /// Servers that keep each mirror: 1 or 3, as there are.
    #[serde(default = "one")]
    pub replicas: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<JetStreamTls>,
    #[serde(rename = "centre")]
    pub centres: Vec<CentreConfig>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CentreConfig {
    /// As `hall.jetstream.centre` of its kiosks.
    pub id: String,
    /// For people.
    pub name: String,
    /// `HALL_DOMAIN` of its NATS servers; without it as `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// What its series are called: a letter that is not here is shown as a letter.
    #[serde(default)]
    pub series: Vec<CentreSeries>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CentreSeries {
    pub letter: SeriesLetter,
    /// The field (lĩnh vực), in Vietnamese.
    pub name: String,
}

impl CentresConfig {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// It cannot be read, has unknown or missing keys, or says what cannot be.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let config: Self = parsed(&read(path)?, path)?;
        config.check().map_err(|what| ConfigError::Impossible {
            path: path.to_owned(),
            what,
        })?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if !self.listen.ip().is_loopback() {
            return Err("listen: a loopback address, for the page asks nobody who they are".into());
        }
        check_servers(&self.servers, self.tls.as_ref())?;
        if !matches!(self.replicas, 1 | 3) {
            return Err("replicas: 1 or 3".into());
        }
        if self.centres.is_empty() || self.centres.len() > CENTRES_MAX {
            return Err(format!("centre: 1 to {CENTRES_MAX}"));
        }
        for (index, centre) in self.centres.iter().enumerate() {
            check_centre(&centre.id).map_err(|why| format!("centre.id: {why}"))?;
            check_centre(centre.domain()).map_err(|why| format!("centre.domain: {why}"))?;
            let before = &self.centres[..index];
            if before
                .iter()
                .any(|other| other.id == centre.id || other.domain() == centre.domain())
            {
                return Err(format!("centre: {} stands there twice, or its domain", centre.id));
            }
            if centre.name.trim().is_empty() {
                return Err(format!("centre, {}: a name for people", centre.id));
            }
        }
        Ok(())
    }

    /// What the log's own module needs.
    pub fn servers(&self) -> Servers {
        Servers {
            urls: self.servers.clone(),
            centre: NAME.into(),
            replicas: self.replicas,
            credentials: self.tls.as_ref().map(JetStreamTls::credentials),
        }
    }

    pub fn centres(&self) -> Vec<Centre> {
        self.centres.iter().map(CentreConfig::centre).collect()
    }
}

impl CentreConfig {
    fn domain(&self) -> &str {
        self.domain.as_deref().unwrap_or(&self.id)
    }

    fn centre(&self) -> Centre {
        let named = |one: &CentreSeries| Series {
            letter: one.letter,
            name: one.name.clone(),
            counters: String::new(),
            first_number: 1,
            per_day_max: None,
        };
        Centre {
            id: self.id.clone(),
            name: self.name.clone(),
            domain: self.domain().to_owned(),
            series: self.series.iter().map(named).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = r#"
        listen = "127.0.0.1:8090"
        servers = ["nats://127.0.0.1:4222"]
        [[centre]]
        id = "binh-minh"
        name = "Trung tâm Bình Minh"
        series = [{ letter = "A", name = "Hộ tịch" }]
        [[centre]]
        id = "hoa-son"
        name = "Trung tâm Hòa Sơn"
    "#;

    fn checked(text: &str) -> Result<CentresConfig, String> {
        let config: CentresConfig = parsed(text, Path::new("centres.toml")).map_err(|error| error.to_string())?;
        config.check().map(|()| config)
    }

    #[test]
    fn a_file_says_which_centres_there_are() {
        let config = checked(RIGHT).unwrap();
        let centres = config.centres();
        assert_eq!(centres[1].domain, "hoa-son");
        assert_eq!(centres[0].series[0].name, "Hộ tịch");
    }

    #[test]
    fn the_file_that_we_ship_is_right() {
        checked(include_str!("../../systemd/centres.toml")).unwrap();
    }

    #[test]
    fn what_would_show_figures_to_strangers_or_mix_two_centres_is_refused() {
        for (right, wrong, why) in [
            ("127.0.0.1:8090", "0.0.0.0:8090", "loopback"),
            ("127.0.0.1:4222", "10.1.0.1:4222", "needs tls"),
            ("hoa-son", "binh-minh", "twice"),
            ("hoa-son", "Hòa Sơn", "lower-case"),
            ("Trung tâm Hòa Sơn", " ", "a name"),
            ("listen", "lissen", "lissen"),
        ] {
            let told = checked(&RIGHT.replace(right, wrong)).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }
}
