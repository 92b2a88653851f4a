//! How long a stream lasts: from what it holds and since when, when it will be full or begin to
//! forget; and for an expected rate, what each stream would need.
//!
//! A full out stream discards its oldest outcomes, or takes nothing more and everything waits; a guard stream that is
//! full forgets keys, whose stories are then published again if they are sent again. So it is told ahead.

use std::time::Duration;

use async_nats::jetstream::stream::{Config, State};
use time::OffsetDateTime;

use super::topology::{Discard, Settings};

/// What the server keeps in memory for each subject of a stream, in bytes: measured on 2.15.1 with
/// 300,000 keys of five tokens, 450 while they come in and 350 after a restart.
pub const BYTES_PER_KEY: u64 = 450;
/// What the server keeps in memory for each key of the guard stream, in bytes: measured likewise.
pub const BYTES_PER_CLAIM: u64 = 410;
/// What a key takes in the guard stream, on disk, in bytes.
pub const CLAIM_BYTES: u64 = 190;
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

impl Forecast {
    /// How long a message is kept where the oldest make room for the newest; `None` where age alone decides.
    #[must_use]
    pub fn keeps(&self) -> Option<Duration> {
        self.full_in?;
        Duration::try_from_secs_f64(
            self.most_messages as f64 / self.per_day.max(1) as f64 * 86_400.0,
        )
        .ok()
    }
}

/// Looks ahead, where most messages are kept for `kept`, or for as long as the stream keeps any; `None` while there is
/// too little to go by.
#[must_use]
pub fn forecast(
    state: &State,
    config: &Config,
    kept: Option<Duration>,
    now: OffsetDateTime,
) -> Option<Forecast> {
    let kept = kept.filter(|kept| config.max_age.is_zero() || *kept < config.max_age);
    let max_age = kept.unwrap_or(config.max_age);
    let span = Duration::try_from(now - state.first_timestamp).ok()?;
    // A few older messages, such as dead letters, say nothing of the rate.
    let span = kept.map_or(span, |kept| span.min(kept));
    if state.messages < LEAST_MESSAGES || span < LEAST_SPAN {
        return None;
    }
    let message_bytes = (state.bytes / state.messages).max(1);
    let per_second = state.messages as f64 / span.as_secs_f64();
    let at_age = per_second * max_age.as_secs_f64();
    let bound = u64::try_from(config.max_bytes).ok().filter(|bytes| *bytes > 0);
    let at_bound = bound.map(|bytes| bytes as f64 / message_bytes as f64);
    let forgets_first = !max_age.is_zero() && at_bound.is_none_or(|most| at_age <= most);
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
pub fn plan(
    settings: &Settings,
    story_ttl: Option<Duration>,
    stories_per_day: u64,
    record_bytes: u64,
) -> Vec<String> {
    let mut lines = out_plan(settings, story_ttl, stories_per_day, record_bytes.max(1));
    lines.extend(guard_plan(settings, stories_per_day));
    lines.push(copies_plan(settings, stories_per_day));
    lines
}

/// What an expected rate asks of each out stream, over which keys spread evenly: room, memory.
fn out_plan(
    settings: &Settings,
    story_ttl: Option<Duration>,
    stories_per_day: u64,
    record_bytes: u64,
) -> Vec<String> {
    let most = Duration::from_secs(settings.out_max_age_hours * 3600);
    let days = story_ttl.map_or(most, |ttl| ttl.min(most)).as_secs_f64() / 86_400.0;
    let per_stream = stories_per_day.div_ceil(settings.partitions.max(1) as u64);
    let bytes = (per_stream as f64 * days * record_bytes as f64) as u64;
    let keys = (per_stream as f64 * days) as u64;
    let held = (settings.out_max_mib << 20) / record_bytes;
    let lasts = held as f64 / per_stream.max(1) as f64;
    let stream = match settings.out_streams().as_slice() {
        [first, _, ..] => format!("{first} and each other of {}", settings.partitions),
        _ => settings.out_stream.clone(),
    };
    let (needed, room) = (bytes.div_ceil(1 << 20), settings.out_max_mib);
    let (wanted, got) = (time(days), time(lasts));
    let fills = format!("{held} outcomes of {record_bytes} bytes fill its {room} MiB");
    let line = if lasts >= days {
        format!("{wanted} are {needed} of its {room} MiB")
    } else if settings.out_discard == Discard::Old {
        format!("{fills}, so it keeps the last {got}; {wanted} need streams.out_max_mib = {needed}")
    } else {
        let hours = (lasts * 24.0 * 0.8) as u64;
        let shorter = match hours {
            // 0 keeps stories for as long as their stream does.
            0 => String::new(),
            hours => format!(", or set publish.story_ttl_hours = {hours} or less"),
        };
        format!(
            "{fills} in {got}, and then it accepts no more; {wanted} need streams.out_max_mib = {needed}{shorter}"
        )
    };
    let most = keys.min(held.max(1));
    let memory = (most * BYTES_PER_KEY).div_ceil(1 << 20);
    vec![
        format!("stream {stream}: {line}"),
        format!("memory of each server that has {stream}: about {memory} MiB for {most} keys"),
    ]
}

/// How far back an expected rate lets the log of seen stories look for copies.
fn copies_plan(settings: &Settings, stories_per_day: u64) -> String {
    let window = settings.seen_window;
    let days = (window.mib << 20) as f64 / SEEN_BYTES as f64 / stories_per_day.max(1) as f64;
    let stream = &settings.seen_stream;
    if days * 24.0 >= window.hours as f64 {
        return format!("stream {stream}: copies are looked for {} hours back", window.hours);
    }
    let needed = (stories_per_day * window.hours / 24 * SEEN_BYTES).div_ceil(1 << 20);
    format!(
        "stream {stream}: publish.duplicate_window_mib = {} looks back {} for copies; publish.duplicate_window_hours = {} \
         need {needed} MiB in each worker",
        window.mib,
        time(days),
        window.hours,
    )
}

/// A number of days in the largest unit of which there is at least one, with a tenth where there are few.
fn time(days: f64) -> String {
    let (number, unit) = match days {
        days if days >= 1.0 => (days, "day"),
        days if days * 24.0 >= 1.0 => (days * 24.0, "hour"),
        _ => (days * 1440.0, "minute"),
    };
    let rounded = if number < 10.0 { (number * 10.0).round() / 10.0 } else { number.round() };
    let ending = if rounded == 1.0 { "" } else { "s" };
    format!("{rounded} {unit}{ending}")
}

/// What an expected rate asks of the guard stream, if there is one: disk, how far back that reaches, memory.
fn guard_plan(settings: &Settings, stories_per_day: u64) -> Vec<String> {
    let Some(name) = settings.guard_stream() else { return Vec::new() };
    let days = settings.guard_hours() as f64 / 24.0;
    let keys = (stories_per_day as f64 * days) as u64;
    let bytes = keys * CLAIM_BYTES;
    let bound = settings.guard_max_mib << 20;
    let (held, disk) = if bound > 0 && bytes > bound {
        let held = bound / CLAIM_BYTES;
        let lasts = held as f64 / stories_per_day.max(1) as f64;
        let mib = bytes.div_ceil(1 << 20);
        (
            held,
            format!(
                "remembers keys for {}; {} need streams.guard_max_mib = {mib}",
                time(lasts),
                time(days),
            ),
        )
    } else {
        (keys, format!("keys of {} are {} MiB on disk", time(days), bytes.div_ceil(1 << 20)))
    };
    let memory = (held * BYTES_PER_CLAIM).div_ceil(1 << 20);
    vec![
        format!("stream {name}: {disk}"),
        format!("memory of each server that has {name}: about {memory} MiB for {held} keys"),
    ]
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
        let found = forecast(&state, &config(4_000_000, DAY * 30), None, now).unwrap();
        assert_eq!((found.message_bytes, found.per_day, found.most_messages), (1000, 1000, 4000));
        assert!((found.taken - 0.25).abs() < 1e-9);
        let days = found.full_in.unwrap().as_secs_f64() / DAY.as_secs_f64();
        assert!((days - 3.0).abs() < 1e-6, "{days}");
    }

    #[test]
    fn stream_expiring_in_time_is_never_full() {
        let now = OffsetDateTime::now_utc();
        let state = state(1000, 1_000_000, now - DAY);
        let found = forecast(&state, &config(40_000_000, DAY * 30), None, now).unwrap();
        assert_eq!((found.full_in, found.most_messages), (None, 30_000));
        let unbounded = forecast(&state, &config(-1, DAY * 30), None, now).unwrap();
        assert_eq!((unbounded.full_in, unbounded.taken), (None, 0.0));
    }

    #[test]
    fn little_is_nothing_to_go_by() {
        let now = OffsetDateTime::now_utc();
        let config = config(4_000_000, DAY);
        assert_eq!(forecast(&state(10, 10_000, now - DAY), &config, None, now), None);
        assert_eq!(
            forecast(&state(1000, 10_000, now - Duration::from_secs(5)), &config, None, now),
            None
        );
    }

    #[test]
    fn times_have_unit_that_fits() {
        let said = [30.0, 2.93, 1.0, 0.5, 0.041_667, 0.001].map(time);
        assert_eq!(said, ["30 days", "2.9 days", "1 day", "12 hours", "1 hour", "1.4 minutes"]);
    }

    #[test]
    fn a_plan_names_what_to_set() {
        let settings = Settings::default();
        let usual = plan(&settings, Some(DAY * 2), 1_000_000, 6_000).join("\n");
        assert!(usual.contains("2 days are 11445 of its 16384 MiB"), "{usual}");
        let settings = Settings { out_discard: Discard::Old, ..settings };
        let large = plan(&settings, None, 1_000_000, 6_000).join("\n");
        for part in [
            "keeps the last 2.9 days",
            "streams.out_max_mib = 171662",
            "NEWS_OUT_GUARD: keys of 30 days are 5436 MiB on disk",
            "11731 MiB for 30000000 keys",
            "looks back 15 hours",
        ] {
            assert!(large.contains(part), "{part:?} is not in {large}");
        }
        let bounded = Settings { guard_max_mib: 1024, ..settings.clone() };
        let bounded = plan(&bounded, None, 1_000_000, 6_000).join("\n");
        let told = "remembers keys for 5.7 days; 30 days need streams.guard_max_mib = 5436";
        assert!(bounded.contains(told), "{bounded}");
        let waits = Settings {
            out_discard: Discard::New,
            guard_max_age_hours: 0,
            partitions: 4,
            ..settings
        };
        let waits = plan(&waits, None, 1_000_000, 6_000).join("\n");
        for part in ["NEWS_OUT_4_0 and each other of 4", "in 11 days", "it accepts no more"] {
            assert!(waits.contains(part), "{part:?} is not in {waits}");
        }
        assert!(!waits.contains("GUARD"), "{waits}");
    }

    #[test]
    fn old_dead_letters_say_nothing_of_the_rate() {
        let now = OffsetDateTime::now_utc();
        // A day's stories of 1,000 bytes, kept for a day, beside a dead letter of a month ago.
        let state = state(1000, 1_000_000, now - DAY * 30);
        let found = forecast(&state, &config(4_000_000, DAY * 30), Some(DAY), now).unwrap();
        assert_eq!((found.per_day, found.full_in, found.most_messages), (1000, None, 1000));
    }

    #[test]
    fn a_forecast_says_how_long_messages_are_kept() {
        let now = OffsetDateTime::now_utc();
        let state = state(1000, 1_000_000, now - DAY);
        let found = forecast(&state, &config(4_000_000, DAY * 30), None, now).unwrap();
        assert_eq!(found.keeps(), Some(DAY * 4));
        let by_age = forecast(&state, &config(40_000_000, DAY * 30), None, now).unwrap();
        assert_eq!(by_age.keeps(), None);
    }
}
