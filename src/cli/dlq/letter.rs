//! A dead letter or skipped message as it is in an out stream.

use async_nats::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use time::OffsetDateTime;

use crate::cli::message_url;
use crate::headers;
use crate::intake;
use crate::model::OutcomeKind;

/// What a command is about.
pub(super) fn kind(skipped: bool) -> OutcomeKind {
    if skipped { OutcomeKind::Skipped } else { OutcomeKind::DeadLetter }
}

/// A letter as it lies in the out stream.
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) sequence: u64,
    pub(super) stored: OffsetDateTime,
    pub(super) headers: HeaderMap,
    pub(super) body: bytes::Bytes,
}

impl Letter {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", async_nats::HeaderValue::as_str)
    }

    pub(super) fn key(&self) -> &str {
        self.subject.rsplit('.').next().unwrap_or_default()
    }

    pub(super) fn is_skipped(&self) -> bool {
        self.subject.split('.').nth(1) == Some(OutcomeKind::Skipped.as_str())
    }

    /// `stage.code`
    pub(super) fn code(&self) -> String {
        self.subject.split('.').skip(2).take(2).collect::<Vec<_>>().join(".")
    }

    /// The object that holds the body, put aside by a worker or named by the producer; `""` for none.
    pub(super) fn object(&self) -> &str {
        match self.header(headers::OBJECT) {
            "" => self.header(headers::ORIGINAL_OBJECT),
            object => object,
        }
    }

    /// The address that its message names, where that can be read.
    pub(super) fn url(&self) -> Option<String> {
        message_url::of_letter(&intake::Headers::from(&self.headers), &self.body)
    }

    pub(super) fn replays(&self) -> u64 {
        let original = format!("{}{}", headers::ORIGINAL, headers::REPLAYS);
        self.header(&original).parse().unwrap_or_default()
    }
}

impl From<StreamMessage> for Letter {
    fn from(message: StreamMessage) -> Self {
        Self {
            subject: message.subject.to_string(),
            sequence: message.sequence,
            stored: message.time,
            headers: message.headers,
            body: message.payload,
        }
    }
}
