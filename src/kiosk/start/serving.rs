//! What the kiosk serves: health, figures and the dock on an address of this machine; counters, boards, managers and phones on
//! one of their own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Config;
use crate::devices::open::Devices;
use crate::health::Health;
use crate::node::Node;
use crate::screen::ScreenHandle;
use crate::slip::link::Links;
use crate::store::thread::StoreHandle;
use crate::web;
use crate::web::hall::Pairing;
use crate::web::tls::{Certificate, TlsListener};

/// After the hall's address could not be had.
const LISTEN_AGAIN: Duration = Duration::from_secs(10);

/// What the web answers: health, and with virtual devices the dock.
pub(super) fn health_and_dock(
    health: watch::Receiver<Health>,
    screen: &ScreenHandle,
    devices: &Devices,
) -> axum::Router {
    let app = web::health(health);
    #[cfg(feature = "virtual")]
    let app = app.merge(web::dock::routes(web::dock::Dock {
        screen: screen.clone(),
        twins: devices.twins.clone(),
    }));
    #[cfg(not(feature = "virtual"))]
    let _: (&ScreenHandle, &Devices) = (screen, devices);
    app
}

/// With the office's figures; and what browsers of the centre reach, where the configuration has any, with the codes that
/// let them in.
pub(super) fn whole(
    app: axum::Router,
    config: &Arc<Config>,
    node: &Node,
    store: &StoreHandle,
    links: Option<Links>,
) -> (axum::Router, Option<web::hall::Centre>, Option<Pairing>) {
    let app = app.merge(web::figures::routes(store.clone()));
    let pairing = Pairing::default();
    match web::hall::Centre::new(config, node, store, &pairing, links) {
        Some(centre) => (app.merge(web::hall::code(pairing.clone())), Some(centre), Some(pairing)),
        None => (app, None, None),
    }
}

/// Counters and boards, where the configuration has any.
pub(super) async fn hall(centre: Option<web::hall::Centre>, credentials: Option<&Path>) -> anyhow::Result<()> {
    let Some(centre) = centre else {
        return std::future::pending().await;
    };
    loop {
        match listen_for_hall(&centre, credentials).await {
            Ok((listener, certificate)) => {
                let (address, app) = (centre.listen(), web::hall::routes(centre));
                tracing::info!(%address, tls = certificate.is_some(), "Counters and boards are served");
                match certificate {
                    Some(certificate) => web::serve(TlsListener::new(listener, certificate), app).await?,
                    None => web::serve(listener, app).await?,
                }
                return Ok(());
            }
            // Numbers are given out all the same.
            Err(error) => tracing::error!(error = format!("{error:#}"), "Counters and boards cannot be served"),
        }
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

async fn listen_for_hall(
    centre: &web::hall::Centre,
    credentials: Option<&Path>,
) -> anyhow::Result<(TcpListener, Option<Certificate>)> {
    let certificate = match centre.certificate() {
        Some(config) => {
            let (chain, key) = config.files(credentials)?;
            Some(Certificate::load(chain, key).context("No certificate for the hall")?)
        }
        None => None,
    };
    let (listener, _) = listen(centre.listen()).await?;
    Ok((listener, certificate))
}

pub(super) async fn listen(on: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let bound = TcpListener::bind(on).await;
    let listener = bound.with_context(|| format!("Cannot listen on {on}"))?;
    let address = listener.local_addr().context("No address")?;
    Ok((listener, address))
}
