//! Logs: how a worker is watched. One JSON object a line, or coloured lines for a terminal.

use std::io::IsTerminal as _;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::UtcTime;

/// What is logged, and how. Logs go to standard error; standard output is for data.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `json`, `pretty`, or `auto`: pretty on a terminal, else JSON.
    pub format: Format,
    /// Least level (`error`, `warn`, `info`, `debug`, `trace`), or directives such as
    /// `info,news_ingest::fetch=debug`.
    pub level: Level,
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
        EnvFilter::try_new(&self.level.0)
            .map(drop)
            .map_err(|error| format!("log.level = {:?}: {error}", self.level.0))
    }
}

/// Starts logging, once per process.
pub fn start(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.level.0).unwrap_or_else(|_| EnvFilter::new("info"));
    let terminal = std::io::stderr().is_terminal();
    let pretty = match settings.format {
        Format::Auto => terminal,
        Format::Json => false,
        Format::Pretty => true,
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_timer(UtcTime::rfc_3339());
    // A second start (a test) keeps the first.
    let _ = if pretty {
        builder.with_ansi(terminal).with_target(false).try_init().is_ok()
    } else {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .try_init()
            .is_ok()
    };
}
