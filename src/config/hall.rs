//! The hall in the configuration: where its browsers reach this kiosk, which counters there are, and what is fair.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::config::SeriesConfig;
use crate::hall::{Counter, Rules};
use crate::ticket::SeriesLetter;

/// Counters of one centre.
const COUNTERS_MAX: usize = 60;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HallConfig {
    /// Where counters and boards reach this kiosk. Loopback only: what leaves the box goes through a proxy with TLS.
    pub listen: SocketAddr,
    #[serde(default)]
    pub rules: Rules,
    pub counters: Vec<CounterConfig>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CounterConfig {
    pub name: Counter,
    /// The series that it calls unless its clerk chooses others, the one it prefers first.
    pub serves: Vec<SeriesLetter>,
}

impl HallConfig {
    pub fn check(&self, series: &[SeriesConfig]) -> Result<(), String> {
        if !self.listen.ip().is_loopback() {
            return Err("hall.listen: only a loopback address; a proxy beside the kiosk has the certificate".into());
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
