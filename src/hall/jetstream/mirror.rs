//! A centre's log as the province has it: a mirror, fetched through the line of the centre's leaf node.
//!
//! A mirror has each event where and when the centre has it. A stream with the centre as its source would count anew and give
//! each event the time at which it came: after a day without a line nobody would have waited (measured with NATS 2.15.1).

use std::time::Duration;

use async_nats::jetstream::context::{Context, ContextBuilder};
use async_nats::jetstream::stream::{Config as StreamConfig, External, Info, Source, StorageType};

use super::{ANSWER_MAX, About, Away, JetStream, KEPT};
use crate::hall::Sequence;

/// With a mirror: when the log was made of which it is one. A centre that lost its log makes another, which counts anew.
const MADE: &str = "log-made";

/// How a mirror stands to its centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirrored {
    /// Names the log of which it is a mirror: one that the centre begins after it lost the first is another.
    pub log: String,
    /// The centre was not heard for so long; nothing, if it was not since the province's server started. While the line holds
    /// it is heard every few seconds.
    pub silent: Option<Duration>,
    /// How far it goes.
    pub last: Sequence,
}

impl JetStream {
    /// The log of another centre on the same servers.
    #[must_use]
    pub fn of(&self, centre: &str) -> Self {
        let mut other = self.clone();
        centre.clone_into(&mut other.centre);
        other
    }

    /// On the province's servers: makes a mirror of the centre's log, if there is none yet, or only one of a log that the
    /// centre has lost. The centre's servers are reached through their leaf node, by their JetStream domain; as long as they
    /// do not answer nothing is made.
    ///
    /// # Errors
    /// The province's servers do not answer, or refuse.
    pub async fn begin_mirror(&self, domain: &str) -> Result<(), Away> {
        let mirror: Option<Info> = self.info(&self.context).await?;
        let Some((made, _)) = self.at_centre(domain).await else {
            return Ok(());
        };
        if let Some(mirror) = mirror {
            if mirror.config.metadata.get(MADE) == Some(&made) {
                return Ok(());
            }
            tracing::warn!(
                centre = self.centre,
                "The centre has lost its log and begun another: it is read anew"
            );
            let name = self.stream_name();
            self.context.delete_stream(name).await.map_err(Away::because)?;
        }
        let config = StreamConfig {
            name: self.stream_name(),
            storage: StorageType::File,
            num_replicas: self.replicas,
            max_age: KEPT,
            allow_direct: true,
            metadata: [(MADE.to_owned(), made)].into(),
            mirror: Some(Source {
                name: self.stream_name(),
                // `domain` of a source is refused by NATS 2.15.1.
                external: Some(External {
                    api_prefix: format!("$JS.{domain}.API"),
                    delivery_prefix: None,
                }),
                ..Source::default()
            }),
            ..StreamConfig::default()
        };
        self.context.create_stream(config).await.map_err(Away::because)?;
        Ok(())
    }

    /// How far the centre's own log goes now, and which it is; nothing, if the centre cannot be asked. What a mirror knows of
    /// that is old: after a start of the province's server it takes itself for whole (measured with NATS 2.15.1).
    pub async fn at_centre(&self, domain: &str) -> Option<(String, Sequence)> {
        let about: Option<About> = self.info(&self.there(domain)).await.ok()?;
        about.map(|about| (about.made.to_string(), about.state.last))
    }

    fn there(&self, domain: &str) -> Context {
        let builder = ContextBuilder::new().timeout(ANSWER_MAX).domain(domain);
        builder.build(self.context.client())
    }

    /// How a mirror stands to its centre; nothing, if there is none yet.
    ///
    /// # Errors
    /// The province's servers do not answer.
    pub async fn mirrored(&self) -> Result<Option<Mirrored>, Away> {
        let info: Option<Info> = self.info(&self.context).await?;
        Ok(info.and_then(|info| {
            let mirror = info.mirror?;
            Some(Mirrored {
                log: info.config.metadata.get(MADE).cloned().unwrap_or_default(),
                silent: mirror.active,
                last: Sequence(info.state.last_sequence),
            })
        }))
    }
}
