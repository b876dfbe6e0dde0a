//! Who is let in: a browser by a code that staff read from the kiosk, a clerk by their PIN.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use rand::{Rng, RngExt};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::rate::Asker;
use super::{Centre, Refused};
use crate::config::staff::{Known, Purpose};
use crate::hall::Counter;
use crate::store::browsers::BrowserKind;

/// How long a code can be typed.
pub const CODE_SECS_MAX: u64 = 600;
const CODE_DIGITS: usize = 6;
/// Wrong tries after which a code is gone.
const CODE_WRONG_MAX: u32 = 5;
/// Whoever does nothing for so long signs in anew.
const IDLE_MAX: Duration = Duration::from_hours(4);
/// A session is never longer than a working day.
const SESSION_MAX: Duration = Duration::from_hours(14);
/// Browsers forget the pairing after a year.
const PAIRED_SECS: u64 = 365 * 24 * 3_600;
const BROWSER: &str = "mck-browser";
const SESSION: &str = "mck-session";
const TOKEN_BYTES: usize = 32;

/// The code that lets one browser in. Clones are handles to the same.
#[derive(Clone, Default)]
pub struct Pairing(Arc<Mutex<Option<Code>>>);

struct Code {
    digits: String,
    until: Instant,
    wrong: u32,
}

impl Pairing {
    /// A new code, instead of the one before.
    pub fn begin(&self, now: Instant) -> String {
        let number = rand::rng().random_range(0..1_000_000_u32);
        let digits = format!("{number:0CODE_DIGITS$}");
        *self.code() = Some(Code {
            digits: digits.clone(),
            until: now + Duration::from_secs(CODE_SECS_MAX),
            wrong: 0,
        });
        digits
    }

    /// The code that can be typed now, and for how long still.
    pub fn shown(&self, now: Instant) -> Option<(String, Duration)> {
        let code = self.code();
        let known = code.as_ref().filter(|known| now < known.until)?;
        Some((known.digits.clone(), known.until - now))
    }

    /// Whether it is this code; if so, it is used up. Nothing, while there is none to try.
    fn take(&self, typed: &str, now: Instant) -> Option<bool> {
        let mut code = self.code();
        let Some(known) = code.as_mut().filter(|known| now < known.until) else {
            *code = None;
            return None;
        };
        let right = known.digits == typed;
        known.wrong += u32::from(!right);
        if right || known.wrong >= CODE_WRONG_MAX {
            *code = None;
        }
        Some(right)
    }

    fn code(&self) -> std::sync::MutexGuard<'_, Option<Code>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Clerks at their counters, and managers.
#[derive(Default)]
pub struct Sessions(Vec<Session>);

#[derive(Clone, Debug)]
pub struct Session {
    token: [u8; 32],
    browser: i64,
    pub who: Arc<str>,
    pub seat: Seat,
    began: Instant,
    seen: Instant,
}

/// Where somebody has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seat {
    Counter(Counter),
    /// Looks at the day.
    Manager,
}

impl Seat {
    pub const fn counter(&self) -> Option<&Counter> {
        match self {
            Self::Counter(counter) => Some(counter),
            Self::Manager => None,
        }
    }
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counter(counter) => write!(f, "counter {counter}"),
            Self::Manager => f.write_str("the day of the hall"),
        }
    }
}

impl Sessions {
    /// `acts`: somebody does something, and has not gone away.
    fn find(&mut self, token: [u8; 32], browser: i64, acts: bool, now: Instant) -> Option<Session> {
        self.0
            .retain(|session| now - session.seen < IDLE_MAX && now - session.began < SESSION_MAX);
        let mine = |session: &&mut Session| session.token == token && session.browser == browser;
        let session = self.0.iter_mut().find(mine)?;
        if acts {
            session.seen = now;
        }
        Some(session.clone())
    }

    /// Whoever was at that counter, or in that browser, before is there no more. Managers may be several.
    fn begin(&mut self, session: Session) {
        let same = |other: &Session| session.seat != Seat::Manager && other.seat == session.seat;
        self.0.retain(|other| !same(other) && other.browser != session.browser);
        self.0.push(session);
    }

    fn end(&mut self, token: [u8; 32]) {
        self.0.retain(|session| session.token != token);
    }
}

/// A paired browser.
#[derive(Clone, Copy, Debug)]
pub struct Browser {
    id: i64,
    pub kind: BrowserKind,
}

impl Centre {
    /// # Errors
    /// It is not paired.
    pub async fn browser(&self, headers: &HeaderMap) -> Result<Browser, Refused> {
        let token = cookie(headers, BROWSER).ok_or(Refused::NotPaired)?;
        let hash = hash(token);
        let now = Timestamp::now();
        let found = self.0.store.call(move |store| store.browser(hash, now)).await;
        match found.map_err(|_| Refused::Failed)? {
            Ok(Some((id, kind))) => Ok(Browser { id, kind }),
            Ok(None) => Err(Refused::NotPaired),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Paired browsers cannot be read");
                Err(Refused::Failed)
            }
        }
    }

    /// # Errors
    /// Nobody has signed in there, or too long ago.
    pub async fn session(&self, headers: &HeaderMap) -> Result<Session, Refused> {
        self.find_session(headers, true).await
    }

    /// As [`Centre::session`]; that a page looks on does not keep it.
    pub async fn session_unseen(&self, headers: &HeaderMap) -> Result<Session, Refused> {
        self.find_session(headers, false).await
    }

    /// For this site alone, for no script, and where there is TLS, over nothing else. Without an age it goes with the
    /// browser's window.
    fn with_cookie(&self, name: &str, value: &str, age_secs: Option<u64>) -> Response {
        let age = age_secs.map(|secs| format!("; Max-Age={secs}")).unwrap_or_default();
        let secure = self.certificate().map(|_| "; Secure").unwrap_or_default();
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}");
        (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
    }

    /// # Errors
    /// As [`Centre::session`]; nor is a manager at a counter.
    pub async fn clerk(&self, headers: &HeaderMap) -> Result<(Session, Counter), Refused> {
        let session = self.session(headers).await?;
        let counter = session.seat.counter().cloned().ok_or(Refused::NotSignedIn)?;
        Ok((session, counter))
    }

    async fn find_session(&self, headers: &HeaderMap, acts: bool) -> Result<Session, Refused> {
        let browser = self.browser(headers).await?;
        let token = cookie(headers, SESSION).ok_or(Refused::NotSignedIn)?;
        let found = self.sessions().find(hash(token), browser.id, acts, Instant::now());
        found.ok_or(Refused::NotSignedIn)
    }

    pub(super) async fn audit(&self, what: String) {
        let now = Timestamp::now();
        match self.0.store.call(move |store| store.audit(now, &what)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = format!("{error:#}"), "Audit line could not be written"),
            Err(error) => tracing::warn!(%error, "Audit line could not be written"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairCall {
    code: String,
    kind: BrowserKind,
}

pub async fn pair(State(centre): State<Centre>, asker: Asker, Json(call): Json<PairCall>) -> Result<Response, Refused> {
    centre.0.pair_rate.ask(asker.0, Instant::now())?;
    match centre.0.pairing.take(call.code.trim(), Instant::now()) {
        Some(true) => {}
        Some(false) => {
            centre.audit("wrong pairing code".into()).await;
            return Err(Refused::WrongCode);
        }
        // Not written down: a stranger could push all else out of the audit.
        None => return Err(Refused::WrongCode),
    }
    let token = token();
    let (hash, kind, now) = (hash(&token), call.kind, Timestamp::now());
    let kept = centre
        .0
        .store
        .call(move |store| store.pair_browser(hash, kind, now))
        .await;
    match kept {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(error = format!("{error:#}"), "Browser could not be paired");
            return Err(Refused::Failed);
        }
        Err(_) => return Err(Refused::Failed),
    }
    centre.audit(format!("paired a {}", kind.word())).await;
    Ok(centre.with_cookie(BROWSER, &token, Some(PAIRED_SECS)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInCall {
    pin: String,
    /// Managers have none.
    #[serde(default)]
    counter: Option<Counter>,
}

pub async fn sign_in(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Json(call): Json<SignInCall>,
) -> Result<Response, Refused> {
    let browser = centre.browser(&headers).await?;
    let seat = match (browser.kind, call.counter) {
        (BrowserKind::Counter, Some(counter)) => Seat::Counter(counter),
        (BrowserKind::Counter, None) => return Err(Refused::NoSuchCounter),
        (BrowserKind::Manager, _) => Seat::Manager,
        (BrowserKind::Board, _) => return Err(Refused::NotPaired),
    };
    if let Some(wanted) = seat.counter() {
        let known = centre.0.hall_config.counters.iter().any(|one| one.name == *wanted);
        known.then_some(()).ok_or(Refused::NoSuchCounter)?;
    }
    let who = centre.check_pin(call.pin, &seat).await?;
    let (token, now) = (token(), Instant::now());
    centre.sessions().begin(Session {
        token: hash(&token),
        browser: browser.id,
        who: Arc::clone(&who),
        seat: seat.clone(),
        began: now,
        seen: now,
    });
    centre.audit(format!("{who} signed in at {seat}")).await;
    Ok(centre.with_cookie(SESSION, &token, None))
}

impl Centre {
    /// Whose PIN it is, if they may sit there.
    async fn check_pin(&self, pin: String, seat: &Seat) -> Result<Arc<str>, Refused> {
        let purpose = match seat {
            Seat::Counter(_) => Purpose::Counter,
            Seat::Manager => Purpose::Day,
        };
        let mut pins = self.0.pins.lock().await;
        pins.open(Instant::now())?;
        let config = Arc::clone(&self.0.config);
        let known = tokio::task::spawn_blocking(move || match config.staff.known(&pin, purpose) {
            Known::Nobody => None,
            Known::NotTheirs(name) => Some((Arc::<str>::from(name), false)),
            Known::May(name) => Some((Arc::from(name), true)),
        });
        match known.await.map_err(|_| Refused::Failed)? {
            None => {
                pins.wrong(Instant::now());
                self.audit(format!("wrong PIN at {seat}")).await;
                Err(Refused::WrongPin)
            }
            // Neither wrong nor right: with a PIN of their own nobody tries others' without end.
            Some((who, false)) => {
                self.audit(format!("{who} may not sign in at {seat}")).await;
                Err(Refused::NotTheirs(purpose))
            }
            Some((who, true)) => {
                pins.right();
                Ok(who)
            }
        }
    }
}

pub async fn sign_out(State(centre): State<Centre>, headers: HeaderMap) -> Result<Response, Refused> {
    let session = centre.session(&headers).await?;
    centre.sessions().end(session.token);
    let Session { who, seat, .. } = session;
    centre.audit(format!("{who} signed out at {seat}")).await;
    Ok(centre.with_cookie(SESSION, "", Some(0)))
}

/// What this browser is, so that its page knows what to ask for: `{"paired","who","counter","counters":[…]}`.
pub async fn who(State(centre): State<Centre>, headers: HeaderMap) -> Result<Json<Value>, Refused> {
    let paired = match centre.browser(&headers).await {
        Ok(browser) => Some(browser.kind),
        Err(Refused::NotPaired) => None,
        Err(refused) => return Err(refused),
    };
    let session = match centre.session(&headers).await {
        Ok(session) => Some(session),
        Err(Refused::NotPaired | Refused::NotSignedIn) => None,
        Err(refused) => return Err(refused),
    };
    // Nothing of the centre for a stranger.
    let counters = paired.map(|_| &centre.0.hall_config.counters);
    Ok(Json(json!({
        "paired": paired,
        "who": session.as_ref().map(|session| session.who.to_string()),
        "counter": session.as_ref().and_then(|session| session.seat.counter()),
        "counters": counters,
    })))
}

fn token() -> String {
    let mut bytes = [0; TOKEN_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    BASE64URL_NOPAD.encode(&bytes)
}

/// What is kept of a token: who reads the database cannot come in with it.
fn hash(token: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter();
    let pairs = all
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let mut named = pairs.filter_map(|pair| pair.trim().split_once('='));
    named.find(|(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_shown_while_it_can_be_typed_and_no_longer() {
        let (pairing, now) = (Pairing::default(), Instant::now());
        assert_eq!(pairing.shown(now), None);
        let digits = pairing.begin(now);
        let half = Duration::from_secs(CODE_SECS_MAX / 2);
        assert_eq!(pairing.shown(now + half), Some((digits.clone(), half)));
        assert_eq!(pairing.shown(now + half * 2), None, "too late");
        assert_eq!(pairing.take(&digits, now + half), Some(true));
        assert_eq!(pairing.shown(now + half), None, "it was used");
    }
}
