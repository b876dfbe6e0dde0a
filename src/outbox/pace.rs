//! How long the outbox waits, and how it notices that the network is back.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

/// So many failures in a row, none of them a dossier's own, are a trouble of the line or the province.
pub(super) const TROUBLE_FAILURES_MIN: u32 = 4;

/// The outbox's pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// After the first failure; each further one doubles it.
    pub first_pause: Duration,
    pub pause_max: Duration,
    /// Between two looks whether an unreachable province answers, at most.
    pub probe_every_max: Duration,
    /// Between two tries of one dossier alone, when nothing gets through for any, at most.
    pub scout_every_max: Duration,
    /// Between two looks at the store with nothing to do. A clock that was set is noticed by then.
    pub look_again_max: Duration,
    /// Between two looks at the store, whatever it says.
    pub look_again_min: Duration,
}

impl Pace {
    /// For a kiosk: a second to five minutes, a look at the network at least every fifteen seconds. A month without it
    /// is 350,000 connections that are not made, and no commit; a month of a province that answers nonsense is
    /// 115,000 attempts, whatever is owed.
    pub const KIOSK: Self = Self {
        first_pause: Duration::from_secs(1),
        pause_max: Duration::from_secs(300),
        probe_every_max: Duration::from_secs(15),
        scout_every_max: Duration::from_secs(30),
        look_again_max: Duration::from_secs(60),
        look_again_min: Duration::from_millis(200),
    };

    /// The pause after so many failures in a row: doubled each time, and between half and all of it, so that the
    /// kiosks of a province do not come back in one moment.
    pub fn pause_after(&self, failures: u32) -> Duration {
        self.doubled(failures, self.pause_max)
    }

    fn doubled(&self, failures: u32, pause_max: Duration) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let whole = self.first_pause.saturating_mul(1 << doublings).min(pause_max);
        whole.mul_f64(rand::random_range(0.5..=1.0))
    }

    /// How long nobody goes after so many failures in a row of whatever dossiers, none of them its own fault.
    pub(super) fn scout_pause(&self, failures: u32) -> Duration {
        match failures.checked_sub(TROUBLE_FAILURES_MIN) {
            Some(beyond) => self.doubled(beyond.saturating_add(1), self.scout_every_max.min(self.pause_max)),
            None => Duration::ZERO,
        }
    }

    pub(super) fn probe_pause(&self) -> Duration {
        self.probe_every_max.mul_f64(rand::random_range(0.5..=0.9))
    }
}

/// Asks cheaply whether the province's address answers.
pub trait Probe: Send + Sync + 'static {
    fn answers(&self) -> impl Future<Output = bool> + Send;
}

/// Opens and closes a TCP connection. Sends nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpProbe {
    host: String,
    port: u16,
}

impl TcpProbe {
    /// How long a connection may take.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// The host and port of a base address such as `https://dichvucong.tinh.example/kiosk`; nothing if it has none.
    pub fn of(base: &str) -> Option<Self> {
        let url = reqwest::Url::parse(base).ok()?;
        // An IPv6 address stands in brackets in a URL and without them everywhere else.
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        Some(Self {
            host,
            port: url.port_or_known_default()?,
        })
    }
}

impl Probe for TcpProbe {
    async fn answers(&self) -> bool {
        let connecting = TcpStream::connect((self.host.as_str(), self.port));
        matches!(timeout(Self::PATIENCE, connecting).await, Ok(Ok(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_limit_and_are_never_all_the_same() {
        let pace = Pace::KIOSK;
        for (failures, seconds) in [
            (1, 1.0),
            (2, 2.0),
            (5, 16.0),
            (9, 256.0),
            (10, 300.0),
            (u32::MAX, 300.0),
        ] {
            let pauses: Vec<f64> = (0..50).map(|_| pace.pause_after(failures).as_secs_f64()).collect();
            assert!(
                pauses.iter().all(|pause| (seconds / 2.0..=seconds).contains(pause)),
                "{failures}: {pauses:?}"
            );
            assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        }
        assert!((0..50).all(|_| pace.probe_pause() <= Duration::from_secs(15)));
        assert_eq!(pace.scout_pause(TROUBLE_FAILURES_MIN - 1), Duration::ZERO);
        for failures in TROUBLE_FAILURES_MIN..80 {
            let pause = pace.scout_pause(failures);
            assert!(
                pause > Duration::ZERO && pause <= pace.scout_every_max,
                "{failures}: {pause:?}"
            );
        }
        let scouts: Vec<_> = (0..50).map(|_| pace.scout_pause(79)).collect();
        assert!(scouts.iter().any(|pause| *pause != scouts[0]), "{scouts:?}");
    }

    #[tokio::test]
    async fn the_probe_says_whether_somebody_listens() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let probe = TcpProbe::of(&format!("http://{}/kiosk", listener.local_addr().unwrap())).unwrap();
        assert!(probe.answers().await);
        drop(listener);
        assert!(!probe.answers().await);
    }

    #[test]
    fn a_base_address_gives_host_and_port() {
        let probe = |base| TcpProbe::of(base).map(|probe| (probe.host, probe.port));
        assert_eq!(
            probe("https://dichvucong.tinh.example/x"),
            Some(("dichvucong.tinh.example".to_owned(), 443))
        );
        assert_eq!(probe("http://[::1]:8081"), Some(("::1".to_owned(), 8081)));
        assert_eq!(probe("no address"), None);
    }
}
