//! Log lines for people: one row each.
//!
//! A delivery is its time, how it ended, what it was, and where it went or why not; the other figures of its
//! line are for programs, and stand in the JSON form alone. Any other line is its time, its message and those of
//! its fields that add to it: of figures that are always there, zeros do not. Nothing that a page or a producer
//! wrote steers the terminal.

use std::fmt::{self, Debug, Write as _};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::terminal::{DIM, fitted, paint, printable};

/// Time of day in UTC, to the millisecond.
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[hour]:[minute]:[second].[subsecond digits:3]");

/// Columns of an ending or a level.
const WORD: usize = 8;

/// A value of so many bytes that stands in the message is not repeated.
const LEAST_SAID: usize = 8;

/// Colours of Select Graphic Rendition.
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

/// Writes a row for each event, coloured where wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    pub(super) colour: bool,
}

impl<S, N> FormatEvent<S, N> for Rows
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let now = OffsetDateTime::now_utc();
        writeln!(writer, "{}", self.row(now, *event.metadata().level(), &fields))
    }
}

impl Rows {
    fn row(self, now: OffsetDateTime, level: Level, fields: &Fields) -> String {
        let time = paint(self.colour, DIM, &now.format(TIME).unwrap_or_default());
        let rest = match fields.get("event") {
            Some("story") => self.delivery(fields),
            _ => self.other(level, fields),
        };
        format!("{time} {rest}")
    }

    /// A delivery that ended: `story     https://ex.com/a -> news.story.de.economy.<key>  312 ms`.
    fn delivery(self, fields: &Fields) -> String {
        let ended = fields.get("outcome").unwrap_or_default();
        let colour = match ended {
            "story" => GREEN,
            "dlq" | "lost" => RED,
            "retry" => YELLOW,
            _ => DIM,
        };
        let mut row = paint(self.colour, colour, &fitted(ended, WORD));
        let what = fields.get("url").or_else(|| fields.get("id")).unwrap_or_default();
        let _ = write!(row, "  {what}");
        for (mark, name) in [(" -> ", "subject"), ("  ", "code"), (": ", "reason")] {
            if let Some(value) = fields.get(name).filter(|value| !value.is_empty()) {
                let _ = write!(row, "{mark}{value}");
            }
        }
        if let Some(attempt) = fields.get("attempt").filter(|attempt| *attempt != "1") {
            let _ = write!(row, "  attempt {attempt}");
        }
        if let Some(took) = fields.get("total_ms").and_then(|ms| ms.parse::<f64>().ok()) {
            let _ = write!(row, "  {}", paint(self.colour, DIM, &span(took)));
        }
        row
    }

    fn other(self, level: Level, fields: &Fields) -> String {
        let (word, colour) = match level {
            Level::ERROR => ("error", RED),
            Level::WARN => ("warning", YELLOW),
            Level::INFO => ("info", DIM),
            Level::DEBUG => ("debug", DIM),
            Level::TRACE => ("trace", DIM),
        };
        let mut row = paint(self.colour, colour, &fitted(word, WORD));
        let message = fields.get("message").unwrap_or_default();
        let _ = write!(row, "  {message}");
        let counts = matches!(fields.get("event"), Some("totals" | "feed"));
        let adds = |name: &str, value: &str| {
            let is_zero = counts && matches!(value, "" | "0" | "0.0");
            let is_said = value.len() >= LEAST_SAID && message.contains(value);
            name != "message" && !is_zero && !is_said
        };
        for (name, value) in fields.0.iter().filter(|(name, value)| adds(name, value)) {
            let _ = write!(row, "  {}{value}", paint(self.colour, DIM, &format!("{name}=")));
        }
        row
    }
}

/// A time as people write it.
fn span(milliseconds: f64) -> String {
    if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", milliseconds / 1000.0)
    }
}

/// Fields of an event as one line of text each, in their order.
#[derive(Debug, Default)]
struct Fields(Vec<(&'static str, String)>);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), printable(value)));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), printable(&format!("{value:?}"))));
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn row(level: Level, fields: &[(&'static str, &str)]) -> String {
        let fields =
            Fields(fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect());
        Rows { colour: false }.row(datetime!(2026-05-01 06:07:08.25 UTC), level, &fields)
    }

    #[test]
    fn delivery_is_one_row_with_its_outcome() {
        let story = row(
            Level::INFO,
            &[
                ("message", "story u:1"),
                ("event", "story"),
                ("outcome", "story"),
                ("id", "u:1"),
                ("attempt", "1"),
                ("subject", "news.story.de.economy.k"),
                ("url", "https://ex.com/a"),
                ("intake_ms", "0.1"),
                ("total_ms", "312.4"),
            ],
        );
        assert_eq!(
            story,
            "06:07:08.250 story     https://ex.com/a -> news.story.de.economy.k  312 ms"
        );
        let dead = row(
            Level::WARN,
            &[
                ("event", "story"),
                ("outcome", "dlq"),
                ("code", "fetch.not_found"),
                ("id", "u:2"),
                ("attempt", "3"),
                ("total_ms", "1520"),
                ("reason", "404 Not Found"),
            ],
        );
        assert_eq!(
            dead,
            "06:07:08.250 dlq       u:2  fetch.not_found: 404 Not Found  attempt 3  1.5 s"
        );
    }

    #[test]
    fn any_other_line_shows_message_and_fields() {
        let fields = [("message", "pull failed"), ("event", "pull_failed"), ("stream", "NEWS_RAW")];
        assert_eq!(
            row(Level::WARN, &fields),
            "06:07:08.250 warning   pull failed  event=pull_failed  stream=NEWS_RAW"
        );
    }

    #[test]
    fn zero_figures_and_repeated_message_fields_are_omitted() {
        let fields = [
            ("message", "feed https://ex.com/rss"),
            ("event", "feed"),
            ("feed", "https://ex.com/rss"),
            ("outcome", "new"),
            ("published", "12"),
            ("left_out", "0"),
            ("via", ""),
        ];
        assert_eq!(
            row(Level::INFO, &fields),
            "06:07:08.250 info      feed https://ex.com/rss  event=feed  outcome=new  published=12"
        );
        let ready = [("message", "ready"), ("event", "ready"), ("waiting", "0")];
        assert_eq!(
            row(Level::INFO, &ready),
            "06:07:08.250 info      ready  event=ready  waiting=0"
        );
    }
}
