//! The hall in browsers of the centre's network: counters that call, boards that show, managers who look at the day; and
//! one number on its holder's phone.
//!
//! ```text
//!  kiosk: staff ask for a code ─▶ six digits ─▶ typed once into a browser ─▶ that browser is paired (its cookie)
//!  paired browser ── PIN, counter ─▶ signed in (a cookie of the session) ── acts ─▶ the hall's log ─▶ all who look
//! ```
//! A browser that is not paired sees the page that asks for the code, and nothing of the hall. Acts need a session and a
//! header that no form and no foreign page can send; cookies are for this site alone and no script can read them. Wrong
//! codes and PINs are counted and lock.

mod act;
mod announcement;
mod door;
mod guard;
mod look;
mod manager;
mod phone;
mod rate;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::json;
use tokio::sync::Semaphore;

use self::door::Sessions;
pub use self::door::{CODE_SECS_MAX, Pairing};
use self::guard::Lock;
use self::rate::Rate;
use crate::config::hall::{CertificateConfig, HallConfig};
use crate::config::staff::Purpose;
use crate::config::{Config, SeriesConfig};
use crate::hall::day::DayBook;
use crate::node::Node;
use crate::slip::link::Links;
use crate::store::thread::StoreHandle;
use crate::ticket::SeriesLetter;
use crate::voice::Clips;
use crate::web::pages::{CSS, HTML, SCRIPT, closed, common, page};

/// Longer requests are refused, in bytes.
const REQUEST_BYTES_MAX: usize = 4 << 10;
/// Browsers that look at the same time.
const LOOKERS_MAX: usize = 64;
/// For a year a browser that came over TLS comes in no other way.
const ONLY_TLS: &str = "max-age=31536000";

/// What browsers reach.
#[derive(Clone)]
pub struct Centre(Arc<Inner>);

struct Inner {
    config: Arc<Config>,
    hall_config: HallConfig,
    node: Node,
    store: StoreHandle,
    pairing: Pairing,
    sessions: Mutex<Sessions>,
    /// Of wrong PINs, whoever typed them. Held while one is checked: many at once would all be tried before the first
    /// counts.
    pins: tokio::sync::Mutex<Lock>,
    lookers: Arc<Semaphore>,
    /// Without it, boards only chime.
    clips: Option<Clips>,
    /// Without it, phones have no page.
    links: Option<Links>,
    phone_rate: Rate,
    phones: Semaphore,
    pair_rate: Rate,
    /// Today in figures, as far as somebody has looked.
    day_book: tokio::sync::Mutex<Option<DayBook>>,
}

impl Centre {
    /// Nothing, if the configuration has no hall.
    pub fn new(
        config: &Arc<Config>,
        node: &Node,
        store: &StoreHandle,
        pairing: &Pairing,
        links: Option<Links>,
    ) -> Option<Self> {
        let hall_config = config.hall.clone()?;
        Some(Self(Arc::new(Inner {
            config: Arc::clone(config),
            hall_config,
            node: node.clone(),
            store: store.clone(),
            pairing: pairing.clone(),
            sessions: Mutex::default(),
            pins: tokio::sync::Mutex::default(),
            lookers: Arc::new(Semaphore::new(LOOKERS_MAX)),
            clips: Clips::new(&config.voice),
            links,
            phone_rate: Rate::new(rate::PHONES),
            phones: Semaphore::new(phone::PHONES_AT_ONCE_MAX),
            pair_rate: Rate::new(rate::PAIRINGS),
            day_book: tokio::sync::Mutex::default(),
        })))
    }

    pub fn listen(&self) -> SocketAddr {
        self.0.hall_config.listen
    }

    /// Nothing, where it does not leave the box.
    pub fn certificate(&self) -> Option<&CertificateConfig> {
        self.0.hall_config.certificate.as_ref()
    }

    fn series(&self, letter: SeriesLetter) -> Option<&SeriesConfig> {
        self.0.config.series.iter().find(|series| series.letter == letter)
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, Sessions> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `POST /hall/code` → `{"code","secs"}`: a new pairing code, for whoever works on this machine (`kiosk pair`).
pub fn code(pairing: Pairing) -> Router {
    Router::new().route(
        "/hall/code",
        post(|| async move {
            let code = pairing.begin(std::time::Instant::now());
            Json(json!({ "code": code, "secs": CODE_SECS_MAX }))
        }),
    )
}

/// All that a browser of the centre's network can ask for.
pub fn routes(centre: Centre) -> Router {
    let acts = Router::new()
        .route("/api/pair", post(door::pair))
        .route("/api/sign-in", post(door::sign_in))
        .route("/api/sign-out", post(door::sign_out))
        .route("/api/act", post(act::act))
        .route_layer(middleware::from_fn(guard::from_our_pages))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX));
    Router::new()
        .route("/counter", get(|| page(HTML, COUNTER)))
        .route("/board", get(|| page(HTML, BOARD)))
        .merge(common())
        .route("/counter.js", get(|| page(SCRIPT, COUNTER_SCRIPT)))
        .route("/board.js", get(|| page(SCRIPT, BOARD_SCRIPT)))
        .route("/manager", get(|| page(HTML, MANAGER)))
        .route("/manager.js", get(|| page(SCRIPT, MANAGER_SCRIPT)))
        .route("/api/manager", get(manager::day))
        .route("/api/manager.csv", get(manager::csv))
        .route("/phone.js", get(|| page(SCRIPT, PHONE_SCRIPT)))
        .route("/phone.css", get(|| page(CSS, PHONE_STYLE)))
        .route("/p/{slip}", get(phone::page))
        .route("/api/p/{slip}", get(phone::number))
        .route("/api/who", get(door::who))
        .route("/api/counter", get(look::counter))
        .route("/api/board", get(look::board))
        .route("/api/announcement", get(announcement::announcement))
        .merge(acts)
        .layer(middleware::map_response_with_state(centre.clone(), guarded))
        .with_state(centre)
}

const COUNTER: &str = include_str!("../../ui/web/counter/index.html");
const COUNTER_SCRIPT: &str = include_str!("../../ui/web/counter/counter.js");
const BOARD: &str = include_str!("../../ui/web/board/index.html");
const BOARD_SCRIPT: &str = include_str!("../../ui/web/board/board.js");
const MANAGER: &str = include_str!("../../ui/web/manager/index.html");
const MANAGER_SCRIPT: &str = include_str!("../../ui/web/manager/manager.js");
const PHONE_SCRIPT: &str = include_str!("../../ui/web/phone/phone.js");
const PHONE_STYLE: &str = include_str!("../../ui/web/phone/phone.css");

async fn guarded(State(centre): State<Centre>, response: Response) -> Response {
    let mut response = closed(response);
    if centre.certificate().is_some() {
        let headers = response.headers_mut();
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_TLS));
    }
    response
}

/// Why a browser does not get what it asked for: a word for its script, which has the sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not sent by one of our pages.
    Foreign,
    NotPaired,
    NotSignedIn,
    WrongCode,
    WrongPin,
    /// Too many wrong ones.
    Locked {
        secs: u32,
    },
    /// The PIN is right, and not for this: what it was for.
    NotTheirs(Purpose),
    /// Not of the configuration.
    NoSuchCounter,
    /// Of a link that is none of ours today, whatever is wrong with it.
    NoSuchNumber,
    /// Calls cannot be spoken.
    NoVoice,
    /// The store has nothing of it.
    NoSuchDay,
    TooOften {
        secs: u32,
    },
    TooMany,
    /// The hall does not allow it, and why.
    NotNow(&'static str),
    /// The log could not be written: nothing was done.
    Failed,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, word, secs) = match self {
            Self::Foreign => (StatusCode::FORBIDDEN, "foreign", None),
            Self::NotPaired => (StatusCode::UNAUTHORIZED, "not-paired", None),
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "not-signed-in", None),
            Self::WrongCode => (StatusCode::FORBIDDEN, "wrong-code", None),
            Self::WrongPin => (StatusCode::FORBIDDEN, "wrong-pin", None),
            Self::Locked { secs } => (StatusCode::TOO_MANY_REQUESTS, "locked", Some(secs)),
            Self::NotTheirs(Purpose::Day) => (StatusCode::FORBIDDEN, "not-a-manager", None),
            Self::NotTheirs(Purpose::Counter | Purpose::Kiosk) => (StatusCode::FORBIDDEN, "not-a-clerk", None),
            Self::NoSuchNumber => (StatusCode::NOT_FOUND, "no-such-number", None),
            Self::NoVoice => (StatusCode::SERVICE_UNAVAILABLE, "no-voice", None),
            Self::NoSuchDay => (StatusCode::NOT_FOUND, "no-such-day", None),
            Self::TooOften { secs } => (StatusCode::TOO_MANY_REQUESTS, "too-often", Some(secs)),
            Self::NoSuchCounter => (StatusCode::NOT_FOUND, "no-such-counter", None),
            Self::TooMany => (StatusCode::SERVICE_UNAVAILABLE, "too-many", None),
            Self::NotNow(why) => (StatusCode::CONFLICT, why, None),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "failed", None),
        };
        let mut response = (status, Json(json!({ "error": word, "secs": secs }))).into_response();
        if let Some(secs) = secs {
            response.headers_mut().insert(header::RETRY_AFTER, secs.into());
        }
        response
    }
}
