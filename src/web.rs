//! The kiosk's own web: health and the office's figures on loopback, and with virtual devices the dock; and, on an address of
//! its own, counters and boards: over TLS where that leaves the box.
//!
//! Nothing personal is served in production. The dock exists only in builds with `virtual`.

#[cfg(feature = "virtual")]
pub mod dock;
pub mod figures;
pub mod hall;
pub mod tls;

use axum::Json;
use axum::Router;
use axum::routing::get;
use axum::serve::Listener;
use tokio::sync::watch;

use crate::health::Health;

/// Serves until the process ends.
///
/// # Errors
/// The listener failed.
pub async fn serve(listener: impl Listener<Addr: std::fmt::Debug>, app: Router) -> std::io::Result<()> {
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
