//! The server itself: its version, and its clock.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Info;
use serde::Deserialize;
use time::OffsetDateTime;

use super::findings::{Findings, Level};
use crate::broker::topology;

/// Clocks that differ by less are called equal: an answer of the server takes its time.
const SKEW: Duration = Duration::from_secs(2);

pub(super) fn server(context: &Context, findings: &mut Findings) {
    let version = context.client().server_info().version;
    let client = context.client();
    let update = || "update nats-server".to_owned();
    if !client.is_server_compatible(2, 10, 0) {
        let what = format!("the server is {version}, at least 2.10 is needed");
        findings.add(Level::Error, what, update());
        return;
    }
    if !topology::has_message_ttl(context) {
        let what = format!(
            "the server is {version}: skipped messages and dead letters stay as long as stories, 2.11 lets them expire"
        );
        findings.add(Level::Warning, what, update());
    }
    if !topology::has_schedules(context) {
        let what = format!(
            "the server is {version}: retries are handed back with a delay and hold the consumer's ack budget, 2.12 schedules them"
        );
        findings.add(Level::Warning, what, update());
    }
}

/// Whether the stream's server keeps a second outcome of a story out by itself.
pub(super) fn guard(info: &Info, findings: &mut Findings) {
    if topology::has_filter_guard(info) {
        return;
    }
    findings.add(
        Level::Warning,
        format!(
            "the server of stream {} lacks the guard over a subject filter that 2.11 has; instead a lookup in the \
             stream and, within its duplicate window, a message id keep a story from being published twice",
            info.config.name
        ),
        "update nats-server".to_owned(),
    );
}

/// The broker's clock against this machine's. Turns, retries and ages go by the broker's alone.
pub(super) async fn clock(
    context: &Context,
    stream: &str,
    findings: &mut Findings,
) -> Result<(), topology::Error> {
    /// The server stamps every answer; the client's own type leaves it out.
    #[derive(Deserialize)]
    struct Stamped {
        #[serde(default, with = "time::serde::rfc3339::option")]
        ts: Option<OffsetDateTime>,
    }
    let before = OffsetDateTime::now_utc();
    let asked = context.request(format!("STREAM.INFO.{stream}"), &serde_json::json!({})).await;
    let after = OffsetDateTime::now_utc();
    let Stamped { ts } = asked.map_err(|error| topology::Error::Broker {
        what: format!("stream {stream}"),
        reason: error.to_string(),
    })?;
    let Some(theirs) = ts else { return Ok(()) };
    if let Some(what) = skew(before, theirs, after) {
        findings.add(Level::Warning, what, "keep both on NTP".to_owned());
    }
    Ok(())
}

/// What is to be said of a server's time that was read between two times of ours.
fn skew(before: OffsetDateTime, theirs: OffsetDateTime, after: OffsetDateTime) -> Option<String> {
    let (skew, direction) = match (theirs - after, before - theirs) {
        (ahead, behind) if ahead > behind => (ahead, "ahead of"),
        (_, behind) => (behind, "behind"),
    };
    (skew > SKEW).then(|| {
        format!(
            "the server's clock is {:.0} s {direction} this machine's: times in records and logs are off by as much",
            skew.as_seconds_f64()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_within_what_an_answer_takes() {
        let at = |seconds| OffsetDateTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(skew(at(100), at(103), at(106)), None, "it was stamped on the way");
        assert_eq!(skew(at(100), at(101), at(100)), None);
        let ahead = skew(at(100), at(160), at(101)).unwrap();
        assert!(ahead.contains("59 s ahead of"), "{ahead}");
        let behind = skew(at(100), at(40), at(101)).unwrap();
        assert!(behind.contains("60 s behind"), "{behind}");
    }
}
