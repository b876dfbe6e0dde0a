//! Reaching the servers, and again whenever the line was lost.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::context::ContextBuilder;
use async_nats::{ConnectOptions, Event as LineEvent};

use super::{ANSWER_MAX, Away, JetStream};

/// A line that is silent so long is asked whether it holds; the second time unanswered it is cut.
const PING_EVERY: Duration = Duration::from_secs(2);
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// Between two tries: the first at once, then longer each time up to this.
const AGAIN_MAX: Duration = Duration::from_secs(2);
const AGAIN_STEP: Duration = Duration::from_millis(100);

/// Where a centre's log is.
#[derive(Clone, Debug)]
pub struct Servers {
    /// `nats://host:port` or `tls://host:port`, any of them.
    pub urls: Vec<String>,
    /// The centre's name in subjects: letters, digits and `-`.
    pub centre: String,
    /// Servers that keep each event.
    pub replicas: usize,
    /// With TLS.
    pub credentials: Option<Credentials>,
}

/// Who the servers are, and who we are to them. Files of PEM.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub root_certificates: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl JetStream {
    /// Begins to connect and does not wait for it: a kiosk starts without its hall.
    ///
    /// # Errors
    /// The addresses or the certificates cannot be read.
    pub async fn connect(servers: &Servers, kiosk: &str) -> Result<Self, Away> {
        let mut options = ConnectOptions::new()
            .name(format!("kiosk {kiosk}"))
            .retry_on_initial_connect()
            .ping_interval(PING_EVERY)
            .connection_timeout(CONNECT_MAX)
            .request_timeout(Some(ANSWER_MAX))
            // What servers gossip of each other's addresses is not what this network can reach.
            .ignore_discovered_servers()
            .reconnect_delay_callback(|tries| AGAIN_MAX.min(AGAIN_STEP * u32::try_from(tries).unwrap_or(u32::MAX)))
            .event_callback(|event| async move { told(&event) });
        if let Some(credentials) = &servers.credentials {
            options = options
                .require_tls(true)
                .add_root_certificates(credentials.root_certificates.clone())
                .add_client_certificate(credentials.certificate.clone(), credentials.key.clone());
        }
        let client = options.connect(&servers.urls[..]).await.map_err(Away::because)?;
        let context = ContextBuilder::new()
            .timeout(ANSWER_MAX)
            .ack_timeout(ANSWER_MAX)
            .build(client);
        Ok(Self {
            context,
            centre: servers.centre.clone(),
            kiosk: kiosk.to_owned(),
            replicas: servers.replicas,
        })
    }
}

fn told(event: &LineEvent) {
    match event {
        LineEvent::Connected => tracing::info!("The hall's log is connected"),
        LineEvent::Disconnected => tracing::warn!("The line to the hall's log is cut"),
        LineEvent::ServerError(_) | LineEvent::SlowConsumer(_) => tracing::warn!(%event, "The hall's log has trouble"),
        // One for each try while the line is cut.
        LineEvent::ClientError(_) => tracing::debug!(%event, "The hall's log is not reached"),
        LineEvent::LameDuckMode | LineEvent::Draining | LineEvent::Closed => tracing::info!(%event, "The hall's log"),
    }
}
