//! `tail`: stories as they are published, one line each.
//!
//! Reads the out stream with a consumer of its own, so it does not affect other consumers: not from the
//! workers, whose durable consumers are on other streams, and not from other readers.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use rustix::event::{PollFd, PollFlags, Timespec};
use serde_json::Value;
use time::OffsetDateTime;

use super::out_reader::{Readers, Stored};
use super::{Done, Exit, OrExit as _};
use crate::broker::address;
use crate::config::Config;
use crate::record::TOPIC_SLUGS;
use crate::route::{Condition, Published};
use crate::tail::{self, Look};

/// Messages of the stream that `--last` looks at first, for each story wanted.
const FIRST_LOOK: u64 = 16;
/// How often a closed output is checked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only stories in these languages, such as `en` or `en,de`.
    #[arg(long, short, value_delimiter = ',', value_name = "CODE")]
    language: Vec<String>,
    /// Only stories with one of these topics: `sport`, or `medtop:20000822` for a narrower one.
    #[arg(long, short, value_delimiter = ',', value_name = "TOPIC")]
    topic: Vec<String>,
    /// Only stories with this name, Wikidata item or id from your lists; repeat it to match any of several.
    #[arg(long, short, value_name = "NAME")]
    entity: Vec<String>,
    /// Only stories with this place or country code; repeat it to match any of several.
    #[arg(long, short, value_name = "NAME")]
    place: Vec<String>,
    /// Only stories from this publisher, by name or host; repeat it to match any of several.
    #[arg(long, value_name = "NAME")]
    publisher: Vec<String>,
    /// Only stories with this label from your lists; repeat it to match any of several.
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,
    /// Only stories that meet a condition, as in routes: `country = UA and not access = paywall`.
    #[arg(long, value_name = "CONDITION")]
    when: Option<String>,
    /// Prints the records, one JSON object per line.
    #[arg(long)]
    json: bool,
    /// Starts with the last N matching stories.
    #[arg(long, short = 'n', value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    last: Option<u64>,
    /// Starts in the past: `90s`, `30m`, `6h` or `7d` ago, a date, or an RFC 3339 time.
    #[arg(long, value_name = "WHEN", conflicts_with = "last", value_parser = super::moment)]
    since: Option<OffsetDateTime>,
    /// Stops after N stories.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Stops after the stories that are already stored, instead of waiting for more.
    #[arg(long)]
    no_follow: bool,
}

impl Args {
    /// Every filter together: a story must pass each, by any of its values.
    fn condition(&self) -> anyhow::Result<Condition> {
        let mut all = vec![
            Condition::parse(self.when.as_deref().unwrap_or_default(), &TOPIC_SLUGS)
                .context("--when")?,
        ];
        for (field, values) in [
            ("language", &self.language),
            ("topic", &self.topic),
            ("entity", &self.entity),
            ("place", &self.place),
            ("publisher", &self.publisher),
            ("label", &self.label),
        ] {
            if !values.is_empty() {
                all.push(
                    Condition::one_of(field, values, &TOPIC_SLUGS)
                        .with_context(|| format!("--{field}"))?,
                );
            }
        }
        Ok(Condition::All(all))
    }

    /// The subjects that the broker is asked for; the rest is told by the record.
    fn subject(&self, prefix: &str) -> String {
        let language = match self.language.as_slice() {
            [one] if crate::model::is_token(one) => one.to_lowercase(),
            _ => "*".to_owned(),
        };
        format!("{prefix}.story.{language}.*.*")
    }
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    crate::log::start(&super::process::quiet(&config.log));
    let condition = args.condition().or_exit(Exit::Usage)?;
    let subject = args.subject(&config.streams.prefix);
    let url = super::broker::url_or_embedded(&config);
    let connection = super::broker::connect(&config, "tail").await?;
    let reader =
        Readers::open(&connection, &config.streams, &subject).await.or_exit(Exit::Broker)?;
    let terminal = std::io::stdout().is_terminal();
    let wanted = Wanted { condition, json: args.json, terminal };
    if terminal && std::io::stderr().is_terminal() && !args.no_follow {
        say_to_people(&format!("{subject} at {}; Ctrl-C stops it", address::redacted(&url)));
    }
    tokio::select! {
        done = follow(reader, &wanted, &args) => done.or_exit(Exit::Failed)?,
        () = stdout_closed() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(Exit::Done)
}

#[allow(clippy::print_stderr, reason = "standard output is for stories")]
fn say_to_people(text: &str) {
    eprintln!("{text}");
}

/// Which stories are shown, and how.
struct Wanted {
    condition: Condition,
    json: bool,
    terminal: bool,
}

impl Wanted {
    /// The line of a story, if it is wanted.
    fn line(&self, stored: &Stored) -> Option<String> {
        let record: Value = match serde_json::from_slice(&stored.body) {
            Ok(record) => record,
            Err(error) => {
                tracing::warn!(subject = stored.subject, %error, "not a record");
                return None;
            }
        };
        if !self.condition.holds(&Published(&record)) {
            return None;
        }
        if self.json {
            return Some(tail::json_line(&String::from_utf8_lossy(&stored.body)));
        }
        // Asked for every line: windows are resized.
        let width = self.terminal.then(super::terminal_width);
        let look = Look { width, colour: super::wants_colour(self.terminal) };
        Some(tail::line(&record, stored.at, &stored.subject, look))
    }
}

async fn follow(mut reader: Readers, wanted: &Wanted, args: &Args) -> anyhow::Result<()> {
    let mut left = args.count.unwrap_or(u64::MAX);
    if let Some(last) = args.last {
        for line in last_lines(&mut reader, wanted, last).await?.into_iter().take(clamped(left)) {
            if !print(&line)? {
                return Ok(());
            }
            left -= 1;
        }
    } else if let Some(since) = args.since {
        reader.begin_at(since);
    }
    while left > 0 {
        if args.no_follow && reader.caught_up().await? {
            return Ok(());
        }
        let stored = reader.next().await?;
        if let Some(line) = wanted.line(&stored) {
            if !print(&line)? {
                return Ok(());
            }
            left -= 1;
        }
    }
    Ok(())
}

/// Lines of the last `count` wanted stories. The stream can be read forwards only, so ever longer
/// ends of it are, until one holds enough.
async fn last_lines(
    reader: &mut Readers,
    wanted: &Wanted,
    count: u64,
) -> anyhow::Result<Vec<String>> {
    let mut back = count.saturating_mul(FIRST_LOOK);
    loop {
        let whole = reader.begin_back(back).await?;
        let mut lines = Vec::new();
        while !reader.caught_up().await? {
            let stored = reader.next().await?;
            if let Some(line) = wanted.line(&stored) {
                lines.push((stored.at, line));
                // Kept small: one stream's are in order already, those of several nearly.
                if lines.len() > clamped(count).saturating_mul(2).max(1024) {
                    keep_last(&mut lines, count);
                }
            }
        }
        keep_last(&mut lines, count);
        if whole || lines.len() == clamped(count) {
            return Ok(lines.into_iter().map(|(_, line)| line).collect());
        }
        back = back.saturating_mul(8);
    }
}

/// Leaves the latest ones, in the order of their storing.
fn keep_last(lines: &mut Vec<(OffsetDateTime, String)>, count: u64) {
    lines.sort_by_key(|(at, _)| *at);
    lines.drain(..lines.len().saturating_sub(clamped(count)));
}

fn clamped(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Prints a line; whether the output is still read.
fn print(line: &str) -> anyhow::Result<bool> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("cannot write to standard output"),
    }
}

/// Resolves when the reader of a pipe has gone, even while no story comes; never for a file.
async fn stdout_closed() {
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        look.tick().await;
        let out = std::io::stdout();
        // No event is asked for: that the output is closed is told in any case.
        let mut polled = [PollFd::new(&out, PollFlags::empty())];
        if rustix::event::poll(&mut polled, Some(&Timespec::default())).is_ok()
            && polled[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::moment;

    #[test]
    fn since_takes_spans_dates_and_times() {
        let now = OffsetDateTime::now_utc();
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("6h", 21_600), ("7d", 604_800)] {
            let ago = (now - moment(text).unwrap()).whole_seconds();
            assert!((seconds - 2..=seconds).contains(&ago), "{text}: {ago}");
        }
        assert_eq!(moment("2026-09-20").unwrap().unix_timestamp(), 1_789_862_400);
        assert_eq!(moment("2026-09-20T02:00:00+02:00").unwrap(), moment("2026-09-20").unwrap());
        for wrong in ["", "7", "d", "-1h", "7w", "7é", "yesterday", "99999999999d"] {
            assert!(moment(wrong).is_err(), "{wrong:?}");
        }
    }
}
