//! The kiosk's own web: health and the office's figures on loopback, and with virtual devices the dock; and, on an address of
//! its own, counters, boards, managers and phones: over TLS where that leaves the box.
//!
//! Nothing personal is served in production. The dock exists only in builds with `virtual`.

pub mod centres;
#[cfg(feature = "virtual")]
pub mod dock;
pub mod figures;
pub mod hall;
pub mod pages;
pub mod tls;

use std::net::SocketAddr;

use axum::Json;
use axum::Router;
use axum::extract::connect_info::Connected;
use axum::routing::get;
use axum::serve::{IncomingStream, Listener};
use tokio::net::TcpListener;
use tokio::sync::watch;

use self::tls::TlsListener;
use crate::health::Health;

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Caller {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Caller {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Serves until the process ends. Who asks is known to those who count how often.
///
/// # Errors
/// The listener failed.
pub async fn serve<L>(listener: L, app: Router) -> std::io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
    Caller: for<'a> Connected<IncomingStream<'a, L>>,
{
    let app = app.into_make_service_with_connect_info::<Caller>();
    axum::serve(listener, app).await
}

/// `GET /health`: what works, as JSON.
pub fn health(health: watch::Receiver<Health>) -> Router {
    Router::new().route(
        "/health",
        get(move || {
            let health = health.borrow().clone();
            async move { Json(health) }
        }),
    )
}
