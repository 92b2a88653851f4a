//! Raw messages in: the JetStream consumer, the lease on each delivery, and decoding.
//!
//! Refuses what cannot be read with a code that names the field; never fetches a page and never
//! publishes. A [`Delivery`] owns the acknowledgement: forgetting one means redelivery.

mod ack_wait;
mod body;
mod cloud_events;
mod decode;
mod delivery;
mod error;
mod header_block;
mod message;
mod object;
mod puller;
mod subscription;
mod wire;

pub use ack_wait::AckWait;
pub use decode::{Decoded, decode, decode_json, decode_with_identity, identify};
pub use delivery::{Delivery, SettleError};
pub use error::Error;
pub use message::{Headers, RawMessage, Unreadable};
pub use object::resolve as resolve_object;
pub use puller::{ByteBudget, Pull, PullError, Puller};
pub use wire::RawArticleWire;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name and version of the raw message's schema.
pub const SCHEMA: &str = "news-ingest/raw/1";

/// How raw messages are pulled and read.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Stories worked on at once by this worker; never more messages are pulled than there is room for.
    #[serde(alias = "slots")]
    pub max_in_flight: usize,
    /// How long the broker waits for a sign of life before it gives a message to another worker,
    /// in seconds; signs are sent every third of it.
    pub ack_wait_secs: u64,
    /// How long one pull request stays open at the broker, in seconds; at most half the ack wait.
    pub pull_expires_secs: u64,
    /// Idle heartbeat asked of the broker, in seconds; two missed ones start a new pull.
    pub heartbeat_secs: u64,
    /// Deliveries without an outcome after which a message is dead-lettered, because it may be killing workers. It is
    /// read for its identity and no more. One that was handed back in good order is not counted.
    pub poison_deliveries: u64,
    /// Largest message body after decompression, in bytes.
    pub max_body_bytes: usize,
    /// Largest `html` or `text`, in bytes of UTF-8.
    pub max_content_bytes: usize,
    /// Bytes of messages in hand at once, in MiB; at least one message is taken whatever its size.
    pub max_in_flight_mib: usize,
    /// Object stores that messages may name in `News-Object`; `*` stands for every one. The one of
    /// dead letters is always among them.
    pub object_buckets: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_in_flight: 64,
            ack_wait_secs: 30,
            pull_expires_secs: 20,
            heartbeat_secs: 5,
            poison_deliveries: 10,
            max_body_bytes: 16 << 20,
            max_content_bytes: 8 << 20,
            max_in_flight_mib: 64,
            object_buckets: vec!["*".to_owned()],
        }
    }
}

impl Settings {
    /// Checks the limits against each other.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=4096).contains(&self.max_in_flight) {
            return Err(format!(
                "intake.max_in_flight = {} is not in 1..=4096",
                self.max_in_flight
            ));
        }
        if !(3..=3600).contains(&self.ack_wait_secs) {
            return Err(format!(
                "intake.ack_wait_secs = {} is not in 3..=3600",
                self.ack_wait_secs
            ));
        }
        if self.heartbeat_secs == 0 || self.heartbeat_secs * 2 > self.pull_expires_secs {
            return Err(format!(
                "intake.heartbeat_secs = {} is not in 1..=pull_expires_secs/2 ({})",
                self.heartbeat_secs,
                self.pull_expires_secs / 2
            ));
        }
        if self.poison_deliveries < 2 {
            return Err("intake.poison_deliveries is less than 2".to_owned());
        }
        if !(1..=1 << 20).contains(&self.max_in_flight_mib) {
            return Err("intake.max_in_flight_mib is not in 1..=1048576".to_owned());
        }
        if self.max_content_bytes > self.max_body_bytes {
            return Err("intake.max_content_bytes is more than max_body_bytes".to_owned());
        }
        Ok(())
    }
}

/// The JSON Schema of a raw message.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(RawArticleWire).to_value();
    schema["title"] = SCHEMA.into();
    schema["$id"] = format!("urn:{}", SCHEMA.replace('/', ":")).into();
    schema["anyOf"] =
        serde_json::json!([{"required": ["url"]}, {"required": ["html"]}, {"required": ["text"]}]);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings_limits::{Row, try_each};

    #[test]
    fn settings_are_checked_at_their_limits() {
        let rows: &[Row<Settings>] = &[
            ("max_in_flight", |s, n| s.max_in_flight = n as usize, &[1, 4096], &[0, 4097]),
            ("ack_wait_secs", |s, n| s.ack_wait_secs = n, &[3, 3600], &[2, 3601]),
            // A pull of 20 seconds has room for two heartbeats of ten.
            ("heartbeat_secs", |s, n| s.heartbeat_secs = n, &[1, 10], &[0, 11]),
            ("poison_deliveries", |s, n| s.poison_deliveries = n, &[2, 1000], &[0, 1]),
            (
                "max_in_flight_mib",
                |s, n| s.max_in_flight_mib = n as usize,
                &[1, 1 << 20],
                &[0, (1 << 20) + 1],
            ),
            (
                "max_content_bytes",
                |s, n| s.max_content_bytes = n as usize,
                &[0, 16 << 20],
                &[(16 << 20) + 1],
            ),
        ];
        try_each("intake", rows, Settings::check);
    }

    #[test]
    fn the_schema_asks_for_a_page_or_text() {
        let schema = schema();
        assert_eq!(schema["title"], SCHEMA);
        assert_eq!(schema["anyOf"].as_array().map(Vec::len), Some(3));
        assert!(schema["properties"].get("url").is_some());
    }
}
