//! A report for the terminal: bars as wide as there is room, colour where it is wanted.

use std::fmt::Write as _;

use super::columns::{HOST_COLUMNS, HostColumn, QUANTILES, Value};
use super::findings::{Finding, findings};
use super::incidents::Incidents;
use super::rows::Host;
use super::tally::{STAGES, Tally};
use super::time_line::{Counts, FAILED, attempts};
use super::times::{clock, span, time_of_day};
use crate::model::AttemptOutcome;
use crate::terminal::{self, BOLD, DIM, counted, printable};

/// How a report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns; bars shrink to fit, and below 76 lines wrap.
    pub width: usize,
    /// ANSI colour.
    pub colour: bool,
    /// Rows of the tables of codes and hosts.
    pub rows: usize,
}

/// SGR colour of each of [`AttemptOutcome::ALL`].
const COLOURS: [&str; AttemptOutcome::ALL.len()] = ["32", "36", "31", "33", "34", "35", "91"];

impl Look {
    fn paint(self, sgr: &str, text: &str) -> String {
        terminal::paint(self.colour, sgr, text)
    }

    /// A bar of eighths, and spaces up to `width`.
    fn bar(self, sgr: &str, share: f64, width: usize) -> String {
        let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
        let mut bar = "█".repeat(eighths / 8);
        let rest = eighths % 8;
        if rest > 0 {
            bar.push(['▏', '▎', '▍', '▌', '▋', '▊', '▉'][rest - 1]);
        }
        let blank = " ".repeat(width.saturating_sub(bar.chars().count()));
        self.paint(sgr, &bar) + &blank
    }
}

/// Writes the report, without a last line end.
#[must_use]
pub fn text(tally: &Tally, look: Look) -> String {
    let mut out = String::new();
    head(&mut out, tally, look);
    if tally.attempts() == 0 {
        incidents(&mut out, tally, look);
        out.push_str("\nno story lines");
        return out;
    }
    found(&mut out, tally, look);
    outcomes(&mut out, tally, look);
    incidents(&mut out, tally, look);
    time_line(&mut out, tally, look);
    stages(&mut out, tally, look);
    codes(&mut out, tally, look);
    hosts(&mut out, tally, look);
    table(&mut out, "other warnings and errors", &tally.events(), look, "31");
    out.truncate(out.trim_end().len());
    out
}

fn head(out: &mut String, tally: &Tally, look: Look) {
    let mut facts = vec![
        counted(tally.attempts(), "attempt"),
        match tally.settled() {
            1 => "1 story settled".to_owned(),
            settled => format!("{settled} stories settled"),
        },
    ];
    facts.extend(tally.rate().map(|rate| format!("{rate:.1}/s over {}", span(tally.seconds()))));
    facts.push(format!("{:.1} MiB", tally.bytes as f64 / f64::from(1 << 20)));
    if tally.redelivered() > 0 {
        facts.push(format!("{} redelivered", tally.redelivered()));
    }
    for (name, gauge) in [("backlog", tally.backlog), ("scheduled", tally.scheduled)] {
        facts.extend(gauge.most.map(|most| match gauge.last {
            Some(last) => format!("{name} {last} (most {most})"),
            None => format!("{name} at most {most}"),
        }));
    }
    if tally.memory_mib > 0 {
        facts.push(format!("memory up to {} MiB", tally.memory_mib));
    }
    let mut column = 0;
    for (at, fact) in facts.iter().enumerate() {
        let wide = fact.chars().count();
        if at > 0 {
            let breaks = column + 3 + wide > look.width;
            out.push_str(if breaks { "\n" } else { "   " });
            column = if breaks { 0 } else { column + 3 };
        }
        column += wide;
        out.push_str(&if at == 0 { look.paint(BOLD, fact) } else { fact.clone() });
    }
    out.push('\n');
    let bad = format!("{} lines, {} not understood", tally.lines, tally.bad);
    let _ = writeln!(out, "{}", look.paint(if tally.bad > 0 { "33" } else { DIM }, &bad));
}

/// What went wrong, each with what to do next.
fn found(out: &mut String, tally: &Tally, look: Look) {
    let found = findings(tally);
    let title = if found.is_empty() { "findings: none" } else { "findings" };
    let _ = writeln!(out, "\n{}", look.paint(BOLD, title));
    for Finding { since, what, next } in found {
        let since = since.map_or_else(|| " ".repeat(9), |since| time_of_day(since) + " ");
        let width = look.width.saturating_sub(14).max(40);
        for (at, line) in wrapped(&printable(&what), width).iter().enumerate() {
            let before = if at == 0 { look.paint("31", &since) } else { " ".repeat(10) };
            let _ = writeln!(out, "  {before}{}{line}", if at == 0 { " " } else { "  " });
        }
        for (at, line) in wrapped(&next, width - 6).iter().enumerate() {
            let before = if at == 0 { "next: " } else { "      " };
            let _ =
                writeln!(out, "{}{}", " ".repeat(13), look.paint(DIM, &format!("{before}{line}")));
        }
    }
}

/// A text in lines of at most so many columns, parted at blanks.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line at least");
        if !line.is_empty() && terminal::columns(line) + 1 + terminal::columns(word) > width {
            lines.push(terminal::cut(word, width));
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&terminal::cut(word, width));
        }
    }
    lines
}

fn outcomes(out: &mut String, tally: &Tally, look: Look) {
    let _ = writeln!(out, "\n{}", look.paint(BOLD, "outcomes"));
    let all = tally.attempts() as f64;
    for ((outcome, count), colour) in
        AttemptOutcome::ALL.into_iter().zip(tally.outcomes).zip(COLOURS)
    {
        if count > 0 {
            let share = count as f64 / all;
            let bar = look.bar(colour, share, look.width.saturating_sub(30));
            let name = outcome.as_str();
            let _ =
                writeln!(out, "  {name:<8}{count:>9} {:>6.1} % {}", 100.0 * share, bar.trim_end());
        }
    }
}

/// Outages and restarts, the longest first.
fn incidents(out: &mut String, tally: &Tally, look: Look) {
    let all = &tally.incidents;
    let (mut spans, Some(last)) = (all.spans(), tally.last) else { return };
    if spans.is_empty() {
        return;
    }
    spans.sort_by(|a, b| b.seconds(last).total_cmp(&a.seconds(last)));
    let _ = writeln!(out, "\n{}", look.paint(BOLD, "outages"));
    for incident in spans.iter().take(look.rows) {
        let open = if incident.to.is_none() { " and on" } else { "" };
        let lasted = format!("{}{open}", span(incident.seconds(last)));
        let what = printable(&incident.what);
        let line = format!("  {}  {lasted:<16}{what}", clock(incident.from));
        let _ = writeln!(out, "{}", terminal::cut(&line, look.width));
        if !incident.reason.is_empty() {
            let reason = format!("    {}", printable(&incident.reason));
            let _ = writeln!(out, "{}", look.paint(DIM, &terminal::cut(&reason, look.width)));
        }
    }
    more(out, spans.len() + usize::try_from(all.more).unwrap_or_default(), look);
}

/// What is to be said of starts and ends; nothing where each start had its end.
pub(super) fn restarts(incidents: &Incidents) -> Vec<String> {
    let count = |n: u64, one: &str, many: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    let mut said = Vec::new();
    if incidents.crashes > 0 {
        said.push(format!(
            "{} without a stop before: killed or crashed",
            count(incidents.crashes, "restart", "restarts")
        ));
    }
    if incidents.crash_loops > 0 {
        said.push(format!(
            "{}: three or more starts within ten minutes of each other",
            count(incidents.crash_loops, "crash loop", "crash loops")
        ));
    }
    if incidents.unfinished_stops > 0 {
        said.push(format!(
            "{} before every story in hand was done",
            count(incidents.unfinished_stops, "stop", "stops")
        ));
    }
    said
}

fn time_line(out: &mut String, tally: &Tally, look: Look) {
    let (intervals, width) = tally.time_line.at_most(look.width.saturating_sub(12));
    if intervals.len() < 2 {
        return;
    }
    let title = format!("attempts over time, {} a column", span(width as f64));
    let _ = writeln!(out, "\n{}", look.paint(BOLD, &title));
    let most = intervals.iter().map(attempts).max().unwrap_or(1).max(1);
    for (name, is_failed, colour) in [("all", false, "32"), ("failed", true, "31")] {
        let value = |counts: &Counts| if is_failed { counts[FAILED] } else { attempts(counts) };
        let values: Vec<u64> = intervals.iter().map(value).collect();
        if values.iter().all(|&value| value == 0) {
            continue;
        }
        let line: String = values
            .iter()
            .map(|&value| match value * 8 / most {
                0 if value == 0 => ' ',
                level => {
                    ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'][(level as usize).saturating_sub(1)]
                }
            })
            .collect();
        let _ = writeln!(out, "  {}  {}", look.paint(colour, &line), look.paint(DIM, name));
    }
    if let (Some(first), Some(last)) = (tally.first, tally.last) {
        let (first, last) = (time_of_day(first), time_of_day(last));
        let between = intervals.len().saturating_sub(first.len() + last.len());
        if between > 0 {
            let axis = format!("{first}{}{last}", " ".repeat(between));
            let _ = writeln!(out, "  {}", look.paint(DIM, &axis));
        }
    }
}

/// Codes, with when they came first and last.
fn codes(out: &mut String, tally: &Tally, look: Look) {
    let rows = tally.codes();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", look.paint(BOLD, "codes"));
    for (name, code) in rows.iter().take(look.rows) {
        let times = match (code.first, code.last) {
            (Some(first), Some(last)) => format!("{} to {}", time_of_day(first), time_of_day(last)),
            _ => String::new(),
        };
        let line = format!(
            "  {}{:>9}  {times}  {}",
            fitted(name, 30),
            code.count,
            printable(&code.reason)
        );
        let _ = writeln!(out, "{}", terminal::cut(line.trim_end(), look.width));
    }
    more(out, rows.len(), look);
}

fn stages(out: &mut String, tally: &Tally, look: Look) {
    let _ = writeln!(out, "\n{}", look.paint(BOLD, "milliseconds per stage"));
    let headings = QUANTILES
        .iter()
        .fold(format!("  {:<10}{:>9}", "", "count"), |line, (_, name)| format!("{line}{name:>11}"));
    let _ = writeln!(out, "{}", look.paint(DIM, &headings));
    let slowest = tally.stages.iter().map(|h| h.value_at_quantile(0.95)).max().unwrap_or(1).max(1);
    for (stage, times) in STAGES.iter().zip(&tally.stages).filter(|(_, h)| !h.is_empty()) {
        let quantiles = QUANTILES.iter().fold(String::new(), |line, (quantile, _)| {
            format!("{line}{:>11.1}", times.value_at_quantile(*quantile) as f64 / 1e3)
        });
        let share = times.value_at_quantile(0.95) as f64 / slowest as f64;
        let bar = look.bar("36", share, look.width.saturating_sub(67));
        let stage = shown_stage(stage);
        let _ = writeln!(out, "  {stage:<10}{:>9}{quantiles}  {}", times.len(), bar.trim_end());
    }
}

/// A stage's name; those that are parts of `fetch` are set under it.
pub(super) fn shown_stage(stage: &str) -> String {
    if matches!(stage, "turn" | "answer") { format!("· {stage}") } else { stage.to_owned() }
}

fn table(out: &mut String, title: &str, rows: &[(&str, u64)], look: Look, colour: &str) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", look.paint(BOLD, title));
    let most = rows[0].1.max(1);
    for (name, count) in rows.iter().take(look.rows) {
        let bar = look.bar(colour, *count as f64 / most as f64, look.width.saturating_sub(44));
        let _ = writeln!(out, "  {}{count:>9}  {}", fitted(name, 30), bar.trim_end());
    }
    more(out, rows.len(), look);
}

fn hosts(out: &mut String, tally: &Tally, look: Look) {
    host_table(out, "hosts with failures", &tally.failing_hosts(), look);
    host_table(out, "hosts slowest to answer", &tally.slowest_hosts(), look);
}

fn host_table(out: &mut String, title: &str, hosts: &[(&str, Host)], look: Look) {
    if hosts.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", look.paint(BOLD, title));
    // Two blanks before each; the longest number below fits too.
    let width = |column: &HostColumn| column.heading.len().max(7) + 2;
    let headings = HOST_COLUMNS.iter().fold(" ".repeat(32), |line, column| {
        format!("{line}{:>width$}", column.heading, width = width(column))
    });
    let _ = writeln!(out, "{}", look.paint(DIM, &headings));
    for (name, host) in hosts.iter().take(look.rows) {
        let _ = write!(out, "  {}", fitted(name, 30));
        for column in &HOST_COLUMNS {
            let width = width(column);
            let _ = match (column.value)(host) {
                Value::Failures(count @ 1..) => {
                    write!(out, "{}", look.paint("31", &format!("{count:>width$}")))
                }
                Value::Count(count) | Value::Failures(count) => write!(out, "{count:>width$}"),
                Value::Millis(millis) => write!(out, "{millis:>width$.1}"),
            };
        }
        out.push('\n');
    }
    more(out, hosts.len(), look);
}

fn more(out: &mut String, rows: usize, look: Look) {
    if rows > look.rows {
        let _ = writeln!(out, "  {}", look.paint(DIM, &format!("and {} more", rows - look.rows)));
    }
}

/// A name from the log, in `width` columns with a blank at the end.
fn fitted(name: &str, width: usize) -> String {
    terminal::fitted(&terminal::cut(&printable(name), width - 1), width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tally::tests::sample;

    #[test]
    fn fits_width_and_has_no_escapes_without_colour() {
        for width in [80, 100, 160] {
            let text = text(&sample(), Look { width, colour: false, rows: 10 });
            assert!(!text.contains('\x1b'));
            let widest = text.lines().map(|l| l.chars().count()).max().unwrap();
            assert!(widest <= width, "{widest} > {width}\n{text}");
            for word in ["100 attempts", "fetch.timeout", "h0", "p95", "over time"] {
                assert!(text.contains(word), "{word} is not in\n{text}");
            }
        }
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        let mut tally = sample();
        tally.read(
            br#"{"event":"story","outcome":"dlq","code":"\u001b]0;x\u0007","host":"\u001b[2J"}"#,
        );
        let text = text(&tally, Look { width: 80, colour: false, rows: 99 });
        assert!(!text.contains(['\x1b', '\x07']));
    }
}
