//! The hall's log on NATS JetStream: a stream a centre, a subject a day, and an order that all its kiosks share.
//!
//! An event is taken only from someone who has seen the day's last one (`Nats-Expected-Last-Subject-Sequence`), and once
//! (`Nats-Msg-Id`). An event's time is the server's, so all folds are equal whatever their kiosks' clocks say.
//! Whether what got no answer was taken is known by reading on: each event tells who wrote it, and by what id.
//!
//! Servers keep the log in files and must sync each write: `sync_interval: always` (`systemd/nats/`).

mod connect;
mod mirror;

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use async_nats::jetstream::context::{Context, PublishError, PublishErrorKind};
use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{
    Config as StreamConfig, LastRawMessageErrorKind, StorageType, Stream as JetStreamStream,
};
use async_nats::jetstream::{Error as ServerError, ErrorCode};
use futures_util::{Stream, StreamExt};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

pub use self::connect::{Credentials, Servers};
pub use self::mirror::Mirrored;
use crate::hall::log::Message;
use crate::hall::{Event, Sequence};
use crate::ticket::Day;

/// How long a server may take for one answer before it counts as away. A fail-over takes 5 to 6 s.
const ANSWER_MAX: Duration = Duration::from_secs(3);
/// An id is remembered by the servers so long; later, reading tells whether it was taken.
const DUPLICATES_KNOWN: Duration = Duration::from_mins(10);
/// Events are kept so long: what the province and the managers look back on.
const KEPT: Duration = Duration::from_hours(24 * 40);
/// What several writers at once get from a stream with replicas, beside "wrong last sequence": nothing was written either.
const NOT_NOW: ErrorCode = ErrorCode(10_164);
/// Of `Nats-Msg-Id`.
const ID: &str = "Nats-Msg-Id";
/// The kiosk that wrote an event.
const KIOSK: &str = "Kiosk";
/// Of an event that a kiosk has written again from its copy, since the servers had lost it: its time in ms, and its sequence.
const AGAIN_AT: &str = "Again-At";
const AGAIN_SEQUENCE: &str = "Again-Sequence";

/// The log of one centre. Cheap to clone; all clones share one connection, which mends itself.
#[derive(Clone)]
pub struct JetStream {
    context: Context,
    centre: String,
    kiosk: String,
    replicas: usize,
}

/// What its servers say of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct About {
    /// When they made it: a log that was lost and made anew is another.
    #[serde(rename = "created")]
    pub made: Timestamp,
    /// Their time.
    #[serde(rename = "ts")]
    pub now: Timestamp,
    pub state: Extent,
}

/// How far a log goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Extent {
    #[serde(rename = "last_seq")]
    pub last: Sequence,
}

/// Why an event was not taken, as far as one knows.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// Somebody was first: read on and decide again. Nothing was written.
    #[error("the log has gone on, or cannot take it at this moment")]
    Conflict,
    /// Nobody answered. It may have been taken, or be taken later.
    #[error("the hall's log does not answer")]
    Unclear(#[source] Away),
}

/// The servers cannot be reached, or cannot agree who leads.
#[derive(Debug, thiserror::Error)]
#[error("NATS: {0}")]
pub struct Away(String);

impl Away {
    /// What stands in its way.
    pub fn because(error: impl std::fmt::Display) -> Self {
        Self(format!("{error:#}"))
    }
}

impl JetStream {
    fn stream_name(&self) -> String {
        format!("HALL-{}", self.centre)
    }

    fn subject(&self, day: Day) -> String {
        format!("hall.{}.{day}", self.centre)
    }

    async fn stream(&self) -> Result<JetStreamStream<()>, Away> {
        let stream = self.context.get_stream_no_info(self.stream_name()).await;
        stream.map_err(Away::because)
    }

    /// Makes the centre's stream, if no kiosk has yet.
    ///
    /// # Errors
    /// The servers do not answer, or refuse.
    pub async fn begin(&self) -> Result<(), Away> {
        let config = StreamConfig {
            name: self.stream_name(),
            subjects: vec![format!("hall.{}.*", self.centre)],
            storage: StorageType::File,
            num_replicas: self.replicas,
            duplicate_window: DUPLICATES_KNOWN,
            max_age: KEPT,
            deny_delete: true,
            deny_purge: true,
            allow_direct: true,
            ..StreamConfig::default()
        };
        self.context.get_or_create_stream(config).await.map_err(Away::because)?;
        Ok(())
    }

    /// Adds `event` to `day` if `expected` is still the day's last. When this returns, most servers have it on their disks.
    ///
    /// # Errors
    /// It was not taken, or nobody knows.
    pub async fn append(&self, day: Day, event: &Event, expected: Sequence, id: &str) -> Result<Sequence, NotTaken> {
        let message = self.message(event, id)?.expected_last_subject_sequence(expected.0);
        self.publish(day, message).await
    }

    /// Adds an event of the copy, which the servers have lost, as it was.
    ///
    /// # Errors
    /// It was not taken, or nobody knows.
    pub async fn append_again(&self, day: Day, lost: &Message, expected: Sequence) -> Result<Sequence, NotTaken> {
        let message = PublishMessage::build()
            .payload(lost.body.clone().into())
            .message_id(format!("again-{day}-{}", lost.sequence.0))
            .header(KIOSK, lost.kiosk.as_str())
            .header(AGAIN_AT, lost.at.as_millisecond().to_string())
            .header(AGAIN_SEQUENCE, lost.sequence.0.to_string())
            .expected_last_subject_sequence(expected.0);
        self.publish(day, message).await
    }

    /// The day's last event: where it stands, and where it stood before the servers lost it and a kiosk wrote it again.
    ///
    /// # Errors
    /// There is no leader, or it does not answer.
    pub async fn last(&self, day: Day) -> Result<Option<(Sequence, Option<Sequence>)>, Away> {
        let stream = self.stream().await?;
        match stream.get_last_raw_message_by_subject(&self.subject(day)).await {
            Ok(message) => {
                let before = message.headers.get(AGAIN_SEQUENCE);
                let before = before.and_then(|before| before.as_str().parse().ok());
                Ok(Some((Sequence(message.sequence), before.map(Sequence))))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(Away::because(error)),
        }
    }

    /// What the servers say of the log; nothing, if they have none.
    ///
    /// # Errors
    /// There is no leader, or it does not answer.
    pub async fn about(&self) -> Result<Option<About>, Away> {
        self.info(&self.context).await
    }

    /// What the servers behind `context` say of the centre's stream; nothing, if they have none.
    async fn info<T: DeserializeOwned>(&self, context: &Context) -> Result<Option<T>, Away> {
        let subject = format!("STREAM.INFO.{}", self.stream_name());
        match context.request(subject, &()).await.map_err(Away::because)? {
            Response::Ok(info) => Ok(Some(info)),
            Response::Err { error } if error.error_code() == ErrorCode::STREAM_NOT_FOUND => Ok(None),
            Response::Err { error } => Err(Away::because(error)),
        }
    }

    fn message(&self, event: &Event, id: &str) -> Result<PublishMessage, NotTaken> {
        let body = serde_json::to_vec(event).map_err(|error| NotTaken::Unclear(Away::because(error)))?;
        Ok(PublishMessage::build()
            .payload(body.into())
            .message_id(id)
            .header(KIOSK, self.kiosk.as_str()))
    }

    async fn publish(&self, day: Day, message: PublishMessage) -> Result<Sequence, NotTaken> {
        let sent = self.context.send_publish(self.subject(day), message).await;
        let taken = match sent {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        match taken {
            Ok(ack) => Ok(Sequence(ack.sequence)),
            Err(error) if is_conflict(&error) => Err(NotTaken::Conflict),
            Err(error) => Err(NotTaken::Unclear(Away::because(error))),
        }
    }

    /// The first event of `day` after `after`, as the leader has it; nothing, if there is none.
    ///
    /// # Errors
    /// There is no leader, or it does not answer.
    pub async fn next(&self, day: Day, after: Sequence) -> Result<Option<Message>, Away> {
        let from = after.0.saturating_add(1);
        let stream = self.stream().await?;
        match stream.get_first_raw_message_by_subject(self.subject(day), from).await {
            Ok(message) => Ok(Some(read(&message)?)),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(Away::because(error)),
        }
    }

    /// All events of `day` after `after` that the log has at this moment.
    ///
    /// # Errors
    /// There is no leader, or it does not answer.
    pub async fn since(&self, day: Day, after: Sequence) -> Result<Vec<Message>, Away> {
        let mut messages = vec![];
        let Some((last, _)) = self.last(day).await?.filter(|(last, _)| *last > after) else {
            return Ok(messages);
        };
        let mut coming = std::pin::pin!(self.follow(day, after).await?);
        loop {
            let message = tokio::time::timeout(ANSWER_MAX, coming.next()).await;
            let message = message
                .map_err(Away::because)?
                .ok_or_else(|| Away::because("it ends early"))??;
            let done = message.sequence >= last;
            messages.push(message);
            if done {
                return Ok(messages);
            }
        }
    }

    /// All events of `day` after `after`, and then each as it comes.
    ///
    /// # Errors
    /// The servers do not answer.
    pub async fn follow(
        &self,
        day: Day,
        after: Sequence,
    ) -> Result<impl Stream<Item = Result<Message, Away>> + use<>, Away> {
        let config = OrderedConfig {
            filter_subject: self.subject(day),
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: after.0.saturating_add(1),
            },
            ..OrderedConfig::default()
        };
        let consumer = self
            .stream()
            .await?
            .create_consumer(config)
            .await
            .map_err(Away::because)?;
        let messages: Ordered = consumer.messages().await.map_err(Away::because)?;
        Ok(messages.map(|message| {
            let message = message.map_err(Away::because)?;
            let info = message.info().map_err(Away::because)?;
            let headers = message.headers.clone().unwrap_or_default();
            let at = info.published.unix_timestamp_nanos();
            told(info.stream_sequence, at, &headers, &message.payload)
        }))
    }
}

fn is_conflict(error: &PublishError) -> bool {
    error.kind() == PublishErrorKind::WrongLastSequence
        || std::error::Error::source(error)
            .and_then(|source| source.downcast_ref::<ServerError>())
            .is_some_and(|source| source.error_code() == NOT_NOW)
}

fn read(message: &StreamMessage) -> Result<Message, Away> {
    let at = message.time.unix_timestamp_nanos();
    told(message.sequence, at, &message.headers, &message.payload)
}

fn told(sequence: u64, at_ns: i128, headers: &HeaderMap, body: &[u8]) -> Result<Message, Away> {
    let header = |name| headers.get(name).map(|value| value.to_string()).unwrap_or_default();
    let at = Timestamp::from_nanosecond(at_ns).map_err(Away::because)?;
    // As its copy in a kiosk's store will be read again.
    let at = Timestamp::from_millisecond(at.as_millisecond()).map_err(Away::because)?;
    let again = headers.get(AGAIN_AT).and_then(|at| at.as_str().parse().ok());
    Ok(Message {
        sequence: Sequence(sequence),
        at: again.and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or(at),
        id: header(ID),
        kiosk: header(KIOSK),
        body: String::from_utf8_lossy(body).into_owned(),
    })
}
