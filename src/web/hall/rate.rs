//! How often strangers may ask: each address for itself, and all together, so that nobody's phone slows a counter.
//!
//! A bucket an address: it holds so many questions and fills up again over a minute. The table of addresses is bounded;
//! when it is full, who has asked nothing for a minute goes out of it, and if nobody has, newcomers share one bucket.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::{Centre, Refused};
use crate::web::Caller;

/// Addresses that are told apart at a time.
const ADDRESSES_MAX: usize = 4_096;
const MINUTE: Duration = Duration::from_secs(60);
/// Written by the proxy beside this kiosk: whoever spoke to it stands last.
const FORWARDED: &str = "x-forwarded-for";

/// So many questions a minute.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub each_per_minute_max: u32,
    pub all_per_minute_max: u32,
}

/// Phones ask every ten seconds. Twenty may share an address: a family's, or a telephone company's.
pub const PHONES: Limits = Limits {
    each_per_minute_max: 120,
    all_per_minute_max: 3_000,
};
/// Nobody pairs more browsers by hand.
pub const PAIRINGS: Limits = Limits {
    each_per_minute_max: 20,
    all_per_minute_max: 60,
};

#[derive(Debug)]
pub struct Rate {
    limits: Limits,
    buckets: Mutex<Buckets>,
}

#[derive(Debug)]
struct Buckets {
    all: Bucket,
    /// Of those who found no place in the table.
    others: Bucket,
    each: HashMap<IpAddr, Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn full(per_minute_max: u32, now: Instant) -> Self {
        let left = f64::from(per_minute_max);
        Self { left, at: now }
    }

    /// What there is now.
    fn fill(&mut self, per_minute_max: u32, now: Instant) {
        let max = f64::from(per_minute_max);
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + since * max / MINUTE.as_secs_f64()).min(max);
        self.at = now;
    }

    /// When one more may be asked, in whole seconds.
    fn secs_until_one(&self, per_minute_max: u32) -> u32 {
        let missing = (1.0 - self.left).max(0.0) * MINUTE.as_secs_f64() / f64::from(per_minute_max);
        (missing.ceil() as u32).max(1)
    }
}

impl Rate {
    pub fn new(limits: Limits) -> Self {
        let now = Instant::now();
        Self {
            limits,
            buckets: Mutex::new(Buckets {
                all: Bucket::full(limits.all_per_minute_max, now),
                others: Bucket::full(limits.each_per_minute_max, now),
                each: HashMap::new(),
            }),
        }
    }

    /// # Errors
    /// Too often, and how long to wait. Who is refused takes nothing from the others.
    pub fn ask(&self, who: IpAddr, now: Instant) -> Result<(), Refused> {
        let (each_max, all_max) = (self.limits.each_per_minute_max, self.limits.all_per_minute_max);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Buckets { all, others, each } = &mut *buckets;
        if each.len() >= ADDRESSES_MAX && !each.contains_key(&who) {
            each.retain(|_, bucket| now.saturating_duration_since(bucket.at) < MINUTE);
        }
        let mine = if each.len() < ADDRESSES_MAX || each.contains_key(&who) {
            each.entry(who).or_insert_with(|| Bucket::full(each_max, now))
        } else {
            others
        };
        mine.fill(each_max, now);
        all.fill(all_max, now);
        for (bucket, max) in [(&*mine, each_max), (&*all, all_max)] {
            if bucket.left < 1.0 {
                let secs = bucket.secs_until_one(max);
                return Err(Refused::TooOften { secs });
            }
        }
        mine.left -= 1.0;
        all.left -= 1.0;
        Ok(())
    }
}

/// Who asks: an address, or of the sixth version the network that a household has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker(pub IpAddr);

impl FromRequestParts<Centre> for Asker {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Centre) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<Caller>>().map(|peer| peer.0.0.ip());
        let told = parts.headers.get_all(FORWARDED).iter().next_back();
        Ok(Self(asker(peer, told.and_then(|value| value.to_str().ok()))))
    }
}

/// What a proxy on this machine says of who asked it is believed, and nobody else.
fn asker(peer: Option<IpAddr>, forwarded: Option<&str>) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical();
    let told = forwarded.filter(|_| peer.is_loopback());
    let told = told.and_then(|list| list.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    match told.unwrap_or(peer).to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(network.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Limits = Limits {
        each_per_minute_max: 6,
        all_per_minute_max: 10,
    };

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn who_asks_too_often_waits_and_the_others_do_not() {
        let (rate, mut now) = (Rate::new(FEW), Instant::now());
        for _ in 0..6 {
            assert_eq!(rate.ask(address(1), now), Ok(()));
        }
        for _ in 0..100 {
            assert_eq!(rate.ask(address(1), now), Err(Refused::TooOften { secs: 10 }));
        }
        assert_eq!(rate.ask(address(2), now), Ok(()));
        now += Duration::from_secs(10);
        assert_eq!(rate.ask(address(1), now), Ok(()), "one every ten seconds");
        assert!(rate.ask(address(1), now).is_err());
    }

    #[test]
    fn all_together_are_bounded_too() {
        let (rate, now) = (Rate::new(FEW), Instant::now());
        let asked = (0..40).filter(|last| rate.ask(address(*last), now).is_ok()).count();
        assert_eq!(asked, 10);
        let later = now + MINUTE;
        assert_eq!(rate.ask(address(1), later), Ok(()));
    }

    #[test]
    fn a_crowd_of_addresses_does_not_grow_the_table() {
        let loose = Limits {
            each_per_minute_max: 2,
            all_per_minute_max: u32::MAX,
        };
        let (rate, now) = (Rate::new(loose), Instant::now());
        for one in 0..2 * ADDRESSES_MAX as u32 {
            let _ = rate.ask(IpAddr::V4(one.into()), now);
        }
        assert_eq!(rate.buckets.lock().unwrap().each.len(), ADDRESSES_MAX);
        assert!(rate.ask(address(1), now).is_err(), "a newcomer shares");
        assert_eq!(rate.ask(IpAddr::V4(1.into()), now), Ok(()), "a known one does not");
        assert_eq!(rate.ask(address(1), now + MINUTE), Ok(()));
    }

    #[test]
    fn a_proxy_here_is_believed_and_a_stranger_is_not() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let (here, there) = (Some(ip("127.0.0.1")), Some(ip("192.0.2.9")));
        assert_eq!(asker(here, Some("1.2.3.4, 192.0.2.7")), ip("192.0.2.7"));
        assert_eq!(asker(there, Some("192.0.2.7")), ip("192.0.2.9"));
        assert_eq!(asker(here, Some("nobody")), ip("127.0.0.1"));
        assert_eq!(asker(there, None), ip("192.0.2.9"));
        assert_eq!(asker(Some(ip("::ffff:192.0.2.9")), None), ip("192.0.2.9"));
        assert_eq!(asker(Some(ip("2001:db8:1:2:3:4:5:6")), None), ip("2001:db8:1:2::"));
    }
}
