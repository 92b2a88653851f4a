//! How long a stream lasts: from what it holds and since when, when it will be full or begin to
//! forget; and for an expected rate, what each stream would need.
//!
//! The out stream is archive and guard at once. While it has room nothing is published twice; full,
//! it takes nothing more and everything waits. So it is told ahead.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, State};
use time::OffsetDateTime;

use super::topology::Settings;

/// What the server keeps in memory for each subject of a stream, in bytes: measured on 2.15.1 with
/// 300,000 keys of five tokens, 450 while they come in and 350 after a restart.
pub const BYTES_PER_KEY: u64 = 450;
/// What a story takes in the log of seen stories, on disk, in bytes.
pub const SEEN_BYTES: u64 = 250;
/// Size of a record with its headers where none has been measured, in bytes.
pub const RECORD_BYTES: u64 = 6_000;
/// A forecast from fewer messages, or a shorter time, would be a guess.
const LEAST_MESSAGES: u64 = 100;
const LEAST_SPAN: Duration = Duration::from_secs(600);

/// What becomes of a stream at the rate at which it was filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Share of its bytes that is taken, 0 to 1; 0 without a bound.
    pub taken: f64,
    /// Bytes of a message.
    pub message_bytes: u64,
    /// Messages a day.
    pub per_day: u64,
    /// When it will be full; `None` where it forgets the oldest before that.
    pub full_in: Option<Duration>,
    /// Messages that it holds in the end: at its age, or when it is full.
    pub most_messages: u64,
}

/// Looks ahead; `None` while there is too little to go by.
#[must_use]
pub fn forecast(state: &State, config: &Config, now: OffsetDateTime) -> Option<Forecast> {
    let span = Duration::try_from(now - state.first_timestamp).ok()?;
    if state.messages < LEAST_MESSAGES || span < LEAST_SPAN {
        return None;
    }
    let message_bytes = (state.bytes / state.messages).max(1);
    let per_second = state.messages as f64 / span.as_secs_f64();
    let at_age = per_second * config.max_age.as_secs_f64();
    let bound = u64::try_from(config.max_bytes).ok().filter(|bytes| *bytes > 0);
    let at_bound = bound.map(|bytes| bytes as f64 / message_bytes as f64);
    let forgets_first = !config.max_age.is_zero() && at_bound.is_none_or(|most| at_age <= most);
    let most = if forgets_first { at_age } else { at_bound.unwrap_or(f64::MAX) };
    let full_in = at_bound.filter(|_| !forgets_first).map(|most| {
        let left = (most - state.messages as f64).max(0.0);
        Duration::try_from_secs_f64(left / per_second).unwrap_or(Duration::MAX)
    });
    Some(Forecast {
        taken: bound.map_or(0.0, |bytes| state.bytes as f64 / bytes as f64),
        message_bytes,
        per_day: (per_second * 86_400.0) as u64,
        full_in,
        most_messages: most as u64,
    })
}

/// What an expected rate asks of the streams, a line each.
#[must_use]
pub fn plan(settings: &Settings, stories_per_day: u64, record_bytes: u64) -> Vec<String> {
    let record_bytes = record_bytes.max(1);
    let days = settings.out_max_age_hours as f64 / 24.0;
    // Of each out stream: keys spread evenly over partitions.
    let per_stream = stories_per_day.div_ceil(settings.partitions.max(1) as u64);
    let bytes = (per_stream as f64 * days * record_bytes as f64) as u64;
    let keys = (per_stream as f64 * days) as u64;
    let held = (settings.out_max_mib << 20) / record_bytes;
    let lasts = held as f64 / per_stream.max(1) as f64;
    let out_stream = match settings.out_streams().as_slice() {
        [first, _, ..] => format!("{first} and each other of {}", settings.partitions),
        _ => settings.out_stream.clone(),
    };
    let mut lines = Vec::new();
    if lasts < days {
        lines.push(format!(
            "stream {}: {held} outcomes of {record_bytes} bytes fill its {} MiB in {lasts:.1} days, and then it accepts \
             no more; {days:.0} days need streams.out_max_mib = {}, or set streams.out_max_age_hours = {} or less",
            out_stream,
            settings.out_max_mib,
            bytes.div_ceil(1 << 20),
            (lasts * 24.0 * 0.8) as u64,
        ));
    } else {
        lines.push(format!(
            "stream {}: {days:.0} days are {} of its {} MiB",
            out_stream,
            bytes.div_ceil(1 << 20),
            settings.out_max_mib
        ));
    }
    let most = keys.min(held.max(1));
    lines.push(format!(
        "memory of each server that has {}: about {} MiB for {most} keys",
        out_stream,
        (most * BYTES_PER_KEY).div_ceil(1 << 20)
    ));
    let window = settings.seen_window;
    let hours =
        (window.mib << 20) as f64 / SEEN_BYTES as f64 / stories_per_day.max(1) as f64 * 24.0;
    lines.push(if hours < window.hours as f64 {
        format!(
            "stream {}: publish.duplicate_window_mib = {} looks back {hours:.0} hours for copies; \
             publish.duplicate_window_hours = {} need {} MiB in each worker",
            settings.seen_stream,
            window.mib,
            window.hours,
            (stories_per_day * window.hours / 24 * SEEN_BYTES).div_ceil(1 << 20)
        )
    } else {
        format!(
            "stream {}: copies are looked for {} hours back",
            settings.seen_stream, window.hours
        )
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn state(messages: u64, bytes: u64, since: OffsetDateTime) -> State {
        serde_json::from_value(serde_json::json!({
            "messages": messages, "bytes": bytes, "first_seq": 1, "last_seq": messages,
            "first_ts": since.format(&time::format_description::well_known::Rfc3339).unwrap(),
            "last_ts": "2026-11-25T00:00:00Z", "consumer_count": 0,
        }))
        .unwrap()
    }

    fn config(max_bytes: i64, max_age: Duration) -> Config {
        Config { max_bytes, max_age, ..Config::default() }
    }

    #[test]
    fn tells_when_a_stream_will_be_full() {
        let now = OffsetDateTime::now_utc();
        // A day's 1,000 messages of 1,000 bytes, room for four days, kept for thirty.
        let state = state(1000, 1_000_000, now - DAY);
        let found = forecast(&state, &config(4_000_000, DAY * 30), now).unwrap();
        assert_eq!((found.message_bytes, found.per_day, found.most_messages), (1000, 1000, 4000));
        assert!((found.taken - 0.25).abs() < 1e-9);
        let days = found.full_in.unwrap().as_secs_f64() / DAY.as_secs_f64();
        assert!((days - 3.0).abs() < 1e-6, "{days}");
    }

    #[test]
    fn a_stream_that_forgets_in_time_is_never_full() {
        let now = OffsetDateTime::now_utc();
        let state = state(1000, 1_000_000, now - DAY);
        let found = forecast(&state, &config(40_000_000, DAY * 30), now).unwrap();
        assert_eq!((found.full_in, found.most_messages), (None, 30_000));
        let unbounded = forecast(&state, &config(-1, DAY * 30), now).unwrap();
        assert_eq!((unbounded.full_in, unbounded.taken), (None, 0.0));
    }

    #[test]
    fn little_is_nothing_to_go_by() {
        let now = OffsetDateTime::now_utc();
        let config = config(4_000_000, DAY);
        assert_eq!(forecast(&state(10, 10_000, now - DAY), &config, now), None);
        assert_eq!(
            forecast(&state(1000, 10_000, now - Duration::from_secs(5)), &config, now),
            None
        );
    }

    #[test]
    fn a_plan_names_what_to_set() {
        let settings = Settings::default();
        let small = plan(&settings, 10_000, 6_000).join("\n");
        assert!(small.contains("30 days are 1717 of its 16384 MiB"), "{small}");
        let large = plan(&settings, 1_000_000, 6_000).join("\n");
        for part in ["in 2.9 days", "streams.out_max_mib = 171662", "looks back 15 hours"] {
            assert!(large.contains(part), "{part:?} is not in {large}");
        }
        let four = Settings { partitions: 4, ..settings };
        let four = plan(&four, 1_000_000, 6_000).join("\n");
        assert!(
            four.contains("NEWS_OUT_4_0 and each other of 4") && four.contains("in 11.5 days"),
            "{four}"
        );
    }
}
