//! Logs: how a worker is watched. One JSON object a line, or a row for people (see `rows`).
//!
//! Lines are written by a thread of their own: a reader that does not read its end of the pipe must not stop the
//! work. Where it never does, lines are left out once more than a hundred thousand wait; how many is told.

mod rows;
pub mod traces;

use std::io::IsTerminal as _;
use std::sync::{Mutex, OnceLock};

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::format_description::well_known::Iso8601;
use time::format_description::well_known::iso8601::{Config as Iso, EncodedConfig, TimePrecision};
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, WorkerGuard};
use tracing_subscriber::fmt::time::UtcTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, reload};

use crate::mutex::lock;

/// Times of log lines: RFC 3339 to the millisecond.
const MILLISECONDS: EncodedConfig = Iso::DEFAULT
    .set_time_precision(TimePrecision::Second { decimal_digits: std::num::NonZeroU8::new(3) })
    .encode();

/// Levels, and `off`.
const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

/// What is logged, and how. Logs go to standard error; standard output is for data.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `json`, `pretty`, or `auto`: pretty on a terminal, else JSON.
    pub format: Format,
    /// Least level (`error`, `warn`, `info`, `debug`, `trace`), or directives such as
    /// `info,news_ingest::fetch=debug`.
    pub level: Level,
    /// Where spans are sent by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; needs a build
    /// with the feature `otlp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<String>,
}

/// Form of a log line.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Pretty on a terminal, else JSON.
    #[default]
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
}

/// Filter directives; `info` by default.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Level(pub String);

impl Default for Level {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl Settings {
    /// Checks the filter.
    ///
    /// # Errors
    /// Names the key.
    pub fn check(&self) -> Result<(), String> {
        traces::check(self)?;
        if self.level.0.trim().is_empty() {
            return Err("log.level is empty".to_owned());
        }
        for directive in self.level.0.split(',').map(str::trim).filter(|d| !d.is_empty()) {
            check_directive(directive)?;
        }
        EnvFilter::try_new(&self.level.0)
            .map(drop)
            .map_err(|error| format!("log.level = {:?}: {error}", self.level.0))
    }
}

/// The filter of a process whose logging has started.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// The thread that writes lines, until [`stop`].
static WRITER: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// Counts lines that were left out.
static LEFT_OUT: OnceLock<ErrorCounter> = OnceLock::new();

/// Lines that were left out because the output was not read.
#[must_use]
pub fn left_out() -> usize {
    LEFT_OUT.get().map_or(0, ErrorCounter::dropped_lines)
}

/// Writes and sends what is waiting, lines for a second at most. To be called before the process ends.
pub fn stop() {
    traces::stop();
    lock(&WRITER).take();
}

/// Logs at another level from now on.
///
/// # Errors
/// When logging has not started, or the directives cannot be read.
pub fn set_level(level: &Level) -> Result<(), String> {
    Settings { level: level.clone(), ..Settings::default() }.check()?;
    let filter = filter(&level.0).map_err(|error| format!("log.level: {error}"))?;
    let handle = FILTER.get().ok_or("logging has not started")?;
    handle.reload(filter).map_err(|error| error.to_string())
}

/// Refuses a directive whose level is none. The filter itself takes a lone unknown word for the name of a
/// module, and so logs nothing.
fn check_directive(directive: &str) -> Result<(), String> {
    let level = match directive.rsplit_once('=') {
        Some((_, level)) => level,
        None if directive.contains(['[', ':']) => return Ok(()),
        None => directive,
    };
    let lower = level.to_ascii_lowercase();
    if LEVELS.contains(&lower.as_str()) || directive.contains('[') {
        return Ok(());
    }
    let hint = match lower.as_str() {
        "warning" | "warnings" => "; did you mean `warn`?".to_owned(),
        "err" | "critical" | "fatal" | "panic" => "; did you mean `error`?".to_owned(),
        "information" | "notice" | "default" => "; did you mean `info`?".to_owned(),
        "verbose" => "; did you mean `debug`?".to_owned(),
        "none" | "quiet" | "silent" => "; did you mean `off`?".to_owned(),
        _ if directive == level => format!("; for a module write `{directive}=debug`"),
        _ => String::new(),
    };
    Err(format!("log.level: {level:?} is not one of {}{hint}", LEVELS.join(", ")))
}

/// The filter of some directives. At `info` the broker client's own lines are left out: each says in other words what
/// one of ours does.
///
/// Below `info` the client's connector logs the password that it connects with, so it has a level of its own whatever is
/// configured; at `info` its errors repeat, 25 a minute, what `broker_client_error` says once.
fn filter(level: &str) -> Result<EnvFilter, tracing_subscriber::filter::ParseError> {
    /// The target of the client's lines.
    const CLIENT: &str = "async_nats";
    let is_clients = |directive: &&str| directive.trim_start().starts_with(CLIENT);
    let own: Vec<&str> = level.split(',').filter(|directive| !is_clients(directive)).collect();
    let clients: Vec<&str> = level.split(',').filter(is_clients).filter(|d| !reveals(d)).collect();
    let is_plain = level.trim().eq_ignore_ascii_case("info");
    let bound = if is_plain {
        format!("{CLIENT}=warn,{CLIENT}::connector=off")
    } else if own.iter().any(|directive| reveals(directive)) {
        format!("{CLIENT}=info")
    } else {
        String::new()
    };
    EnvFilter::try_new([&own[..], &[&bound], &clients].concat().join(","))
}

/// Whether a directive asks for lines below `info`.
fn reveals(directive: &str) -> bool {
    let level = directive.rsplit(['=', ']']).next().unwrap_or_default().trim();
    !["off", "error", "warn", "info", "0", "1", "2", "3"]
        .contains(&level.to_ascii_lowercase().as_str())
}

/// Starts logging, once per process.
pub fn start(settings: &Settings) {
    let filter = filter(&settings.level.0).unwrap_or_else(|_| EnvFilter::new("info"));
    let (filter, handle) = reload::Layer::new(filter);
    let terminal = std::io::stderr().is_terminal();
    let pretty = match settings.format {
        Format::Auto => terminal,
        Format::Json => false,
        Format::Pretty => true,
    };
    let (writer, guard) = NonBlocking::new(std::io::stderr());
    let left_out = writer.error_counter();
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let registry = tracing_subscriber::registry().with(filter).with(traces::layer(settings));
    let started = if pretty {
        registry.with(lines.event_format(rows::Rows { colour: terminal })).try_init()
    } else {
        let lines = lines
            .with_timer(UtcTime::new(Iso8601::<MILLISECONDS>))
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false);
        registry.with(lines).try_init()
    };
    // A second start (a test) keeps the first.
    if started.is_ok() {
        let _ = FILTER.set(handle);
        let _ = LEFT_OUT.set(left_out);
        *lock(&WRITER) = Some(guard);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_debug_lines_are_never_on() {
        for level in [
            "debug",
            "trace",
            "info,async_nats=debug",
            "debug,async_nats::connector=trace",
            "async_nats",
        ] {
            let registry = tracing_subscriber::registry().with(filter(level).unwrap());
            tracing::subscriber::with_default(registry, || {
                let is_on =
                    tracing::enabled!(target: "async_nats::connector", tracing::Level::DEBUG);
                assert!(!is_on, "{level}");
            });
        }
        let registry = tracing_subscriber::registry().with(filter("debug").unwrap());
        tracing::subscriber::with_default(registry, || {
            assert!(tracing::enabled!(target: "news_ingest::fetch", tracing::Level::DEBUG));
            assert!(tracing::enabled!(target: "async_nats", tracing::Level::INFO));
        });
    }

    #[test]
    fn levels_that_are_none_are_refused_by_name() {
        let check = |level: &str| {
            Settings { level: Level(level.to_owned()), ..Settings::default() }.check()
        };
        for good in
            ["info", "WARN", "off", "info,news_ingest::fetch=debug", "news_ingest[story]=debug"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, hint) in [
            ("warning", "`warn`"),
            ("info,news_ingest::fetch=verbose", "`debug`"),
            ("news_ingest", "`news_ingest=debug`"),
            ("critical", "`error`"),
            (" ", "empty"),
        ] {
            let error = check(bad).unwrap_err();
            assert!(error.contains("log.level") && error.contains(hint), "{error}");
        }
    }
}
