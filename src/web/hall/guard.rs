//! What keeps strangers out: where a request comes from, and how often somebody may be wrong.

use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Refused;

/// No form and no page of another site can send it without asking us first, and we never say yes.
const MARK: &str = "x-kiosk-page";
/// Wrong ones before the door is locked.
const WRONG_MAX: u32 = 5;
/// The first lock; each further one is twice as long.
const LOCK_SECS: u64 = 30;
const LOCK_SECS_MAX: u64 = 1_800;

/// Acts come from our own pages alone.
pub async fn from_our_pages(request: Request, next: Next) -> Response {
    if is_ours(request.headers()) {
        next.run(request).await
    } else {
        Refused::Foreign.into_response()
    }
}

fn is_ours(headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = said(header::HOST.as_str()).unwrap_or_default();
    // A browser says where a page is from; what is no browser need not.
    let same = said(header::ORIGIN.as_str()).is_none_or(|origin| {
        let origin = origin.strip_prefix("http://").or(origin.strip_prefix("https://"));
        origin == Some(host)
    });
    let json = said(header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("application/json"));
    same && json && said(MARK) == Some("1")
}

/// Counts wrong PINs or codes.
#[derive(Debug, Default)]
pub struct Lock {
    wrong: u32,
    until: Option<Instant>,
}

impl Lock {
    /// # Errors
    /// It is locked.
    pub fn open(&self, now: Instant) -> Result<(), Refused> {
        let left = self
            .until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        if left.is_zero() {
            return Ok(());
        }
        let secs = u32::try_from(left.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
        Err(Refused::Locked { secs })
    }

    pub fn wrong(&mut self, now: Instant) {
        self.wrong += 1;
        if self.wrong >= WRONG_MAX {
            let doublings = (self.wrong - WRONG_MAX).min(16);
            let secs = (LOCK_SECS << doublings).min(LOCK_SECS_MAX);
            self.until = Some(now + Duration::from_secs(secs));
        }
    }

    pub fn right(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_act() {
        let headers = |told: &[(&'static str, &'static str)]| {
            told.iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect::<HeaderMap>()
        };
        let json = ("content-type", "application/json");
        let mark = (MARK, "1");
        let host = ("host", "kiosk.lan:8090");
        assert!(is_ours(&headers(&[
            host,
            json,
            mark,
            ("origin", "http://kiosk.lan:8090")
        ])));
        assert!(is_ours(&headers(&[host, json, mark])), "no browser");
        for foreign in [
            vec![host, json, ("origin", "http://kiosk.lan:8090")],
            vec![host, mark, ("content-type", "text/plain")],
            vec![host, json, mark, ("origin", "http://evil.example")],
            vec![host, json, mark, ("origin", "null")],
            vec![host, json, mark, ("origin", "http://kiosk.lan")],
        ] {
            assert!(!is_ours(&headers(&foreign)), "{foreign:?}");
        }
    }

    #[test]
    fn who_is_wrong_too_often_waits_longer_each_time_and_not_for_ever() {
        let (mut lock, mut now) = (Lock::default(), Instant::now());
        for _ in 1..WRONG_MAX {
            lock.wrong(now);
        }
        assert_eq!(lock.open(now), Ok(()));
        let mut last = 0;
        for _ in 0..20 {
            lock.wrong(now);
            let Err(Refused::Locked { secs }) = lock.open(now) else {
                panic!("open after {last}");
            };
            assert!(
                secs >= last && u64::from(secs) <= LOCK_SECS_MAX + 1,
                "{secs} after {last}"
            );
            last = secs;
            now += Duration::from_secs(u64::from(secs));
            assert_eq!(lock.open(now), Ok(()));
        }
        lock.right();
        lock.wrong(now);
        assert_eq!(lock.open(now), Ok(()));
    }
}
