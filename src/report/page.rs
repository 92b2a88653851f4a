//! A report as one self-contained HTML page with SVG charts.

use maud::{Markup, html};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::columns::{HOST_COLUMNS, QUANTILES, Value};
use super::findings::findings;
use super::rows::Host;
use super::tally::{STAGES, Tally};
use super::terminal::{restarts, shown_stage};
use super::time_line::{Counts, attempts};
use super::times::{clock, span};
use crate::model::AttemptOutcome;
use crate::standalone;

const STYLE: &str = include_str!("style.css");
/// Rows shown of a table.
const ROWS: usize = 50;
/// Size of the timeline.
const CHART: (f64, f64) = (960.0, 220.0);

/// Writes the page.
#[must_use]
pub fn page(tally: &Tally) -> String {
    let body = html! {
        a.skip href="#report" { "Skip to the report" }
        main #report tabindex="-1" {
            header { div { p.brand { "news-ingest" } h1 { "Report" } } (times(tally)) }
            (found(tally))
            (figures(tally))
            (incidents(tally))
            @if tally.attempts() > 0 {
                (outcomes(tally))
                (time_line(tally))
                (stages(tally))
                div.two {
                    (counts("Codes", &tally.codes().iter().map(|(name, code)| (*name, code.count)).collect::<Vec<_>>()))
                    (counts("Other warnings and errors", &tally.events()))
                }
                (hosts("failures", "Hosts with failures", &tally.failing_hosts()))
                (hosts("slow", "Hosts slowest to answer", &tally.slowest_hosts()))
            } @else {
                p { "No story lines." }
            }
        }
    };
    standalone::document("Report", STYLE, None, &body)
}

fn times(tally: &Tally) -> Markup {
    let shown = |at: Option<OffsetDateTime>| {
        at.and_then(|at| at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).ok())
    };
    html! {
        @if let (Some(first), Some(last)) = (shown(tally.first), shown(tally.last)) {
            p.soft { time datetime=(first) { (first) } " to " time datetime=(last) { (last) } }
        }
    }
}

/// What went wrong, first of all.
fn found(tally: &Tally) -> Markup {
    let found = findings(tally);
    html! {
        section.card aria-labelledby="findings" {
            h2 #findings { "Findings" }
            @if found.is_empty() {
                p { "Nothing in these lines tells of trouble." }
            } @else {
                div.prose { table aria-labelledby="findings" {
                    thead { tr { th scope="col" { "Since (UTC)" } th scope="col" { "What" } th scope="col" { "Next" } } }
                    tbody { @for finding in &found {
                        tr {
                            td.n { @if let Some(since) = finding.since { (clock(since)) } }
                            th scope="row" { (finding.what) }
                            td { (finding.next) }
                        }
                    } }
                } }
            }
        }
    }
}

fn figures(tally: &Tally) -> Markup {
    let figure = |value: String, name: &str| html! { div { dd { (value) } " " dt { (name) } } };
    html! {
        dl.figures {
            (figure(grouped(tally.attempts()), "attempts"))
            (figure(grouped(tally.settled()), "stories settled"))
            (figure(grouped(tally.outcomes[0]), "of them published"))
            @if let Some(rate) = tally.rate() { (figure(format!("{rate:.1}"), "attempts a second")) }
            (figure(span(tally.seconds()), "from first to last"))
            (figure(format!("{:.1}", tally.bytes as f64 / f64::from(1 << 20)), "MiB of text"))
            (figure(grouped(tally.redelivered()), "redelivered"))
            @for (name, gauge) in [("backlog", tally.backlog), ("scheduled", tally.scheduled)] {
                @if let Some(most) = gauge.most {
                    @match gauge.last {
                        Some(last) => (figure(format!("{} / {}", grouped(last), grouped(most)), &format!("{name} last / most"))),
                        None => (figure(grouped(most), &format!("{name} at most"))),
                    }
                }
            }
            @if tally.memory_mib > 0 { (figure(format!("{} MiB", tally.memory_mib), "most memory")) }
            (figure(grouped(tally.bad), &format!("of {} lines not understood", grouped(tally.lines))))
        }
    }
}

/// Outages in the order of their beginnings, and what is to be said of restarts.
fn incidents(tally: &Tally) -> Markup {
    let (spans, restarts) = (tally.incidents.spans(), restarts(&tally.incidents));
    let last = tally.last.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    html! {
        @if !spans.is_empty() || !restarts.is_empty() {
            section.card aria-labelledby="outages" {
                h2 #outages { "Outages and restarts" }
                @for sentence in restarts { p.bad { (sentence) } }
                @if !spans.is_empty() {
                    div.prose { table aria-labelledby="outages" {
                        thead { tr { th scope="col" { "Began (UTC)" } th.n scope="col" { "Lasted" } th scope="col" { "What" } th scope="col" { "Reason" } } }
                        tbody { @for incident in spans.iter().take(ROWS) {
                            tr {
                                td.n { (clock(incident.from)) }
                                td.n { (span(incident.seconds(last))) @if incident.to.is_none() { " and on" } }
                                th scope="row" { (incident.what) } td { (incident.reason) }
                            }
                        } }
                    } }
                    @let more = spans.len().saturating_sub(ROWS) as u64 + tally.incidents.more;
                    @if more > 0 { p.soft { "and " (more) " more" } }
                }
            }
        }
    }
}

fn outcomes(tally: &Tally) -> Markup {
    let all = tally.attempts() as f64;
    let mut x = 0.0;
    let parts: Vec<(usize, f64, f64)> = tally
        .outcomes
        .iter()
        .enumerate()
        .map(|(at, count)| {
            let width = CHART.0 * *count as f64 / all;
            x += width;
            (at, x - width, width)
        })
        .collect();
    html! {
        section.card aria-labelledby="outcomes" {
            h2 #outcomes { "Outcomes" }
            svg.stack viewBox={ "0 0 " (CHART.0) " 20" } preserveAspectRatio="none" aria-hidden="true" {
                @for (at, x, width) in parts {
                    rect.(AttemptOutcome::ALL[at].as_str()) x=(near(x)) width=(near(width)) height="20" {}
                }
            }
            ul.key {
                @for (name, count) in names().into_iter().zip(tally.outcomes).filter(|row| row.1 > 0) {
                    li { (swatch(name)) (name) " " b { (grouped(count)) } span.soft { (format!(" {:.1} %", 100.0 * count as f64 / all)) } }
                }
            }
        }
    }
}

fn swatch(class: &str) -> Markup {
    html! { svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect.(class) width="10" height="10" rx="2" {} } }
}

/// Stacked columns per interval.
fn time_line(tally: &Tally) -> Markup {
    let intervals = tally.time_line.intervals();
    let width = tally.time_line.width();
    let most = intervals.iter().map(attempts).max().unwrap_or(1).max(1) as f64;
    let columns = intervals.len().max(12); // a few lines make no wall of colour
    let step = CHART.0 / columns as f64;
    let clock = |at: usize| {
        let unix = tally.time_line.start()? + width * i64::try_from(at).ok()?;
        let at = OffsetDateTime::from_unix_timestamp(unix).ok()?;
        at.format(&Rfc3339).ok().map(|text| text.replace('T', " ").trim_end_matches('Z').to_owned())
    };
    let one_day = width * i64::try_from(columns).unwrap_or(i64::MAX) < 86_400;
    let label = |at: usize| {
        let text = clock(at).unwrap_or_default();
        let from = if one_day { text.find(' ').map_or(0, |space| space + 1) } else { 0 };
        text[from..].to_owned()
    };
    html! {
        @if intervals.len() > 1 {
            section.card aria-labelledby="line" {
                h2 #line { "Attempts over time" span.soft { " · " (span(width as f64)) " a column, most " (most) } }
                svg.chart viewBox={ "0 -8 " (CHART.0) " " (CHART.1 + 30.0) } role="img" aria-label={ "attempts over time, at most " (most) " in " (span(width as f64)) } {
                    @for quarter in 0..=4u32 {
                        line.grid x1="0" x2=(CHART.0) y1=(CHART.1 * f64::from(quarter) / 4.0) y2=(CHART.1 * f64::from(quarter) / 4.0) {}
                    }
                    @for (from, to, what) in outages(tally, width, intervals.len()) {
                        rect.outage x=(near(from * step)) width=(near(((to - from) * step).max(2.0))) y="0" height=(CHART.1) { title { (what) } }
                    }
                    text x="0" y="-1" { (grouped(most as u64)) " attempts" }
                    @for (at, counts) in intervals.iter().enumerate() {
                        g {
                            title { (clock(at).unwrap_or_default()) " UTC: " (sentence(counts)) }
                            @for (outcome, y, height) in stacked(counts, most) {
                                rect.(outcome) x=(near(at as f64 * step)) width=(near((step - 0.6).max(0.6))) y=(near(y)) height=(near(height)) {}
                            }
                        }
                    }
                    @for (x, anchor, at) in [(0.0, "start", 0), (CHART.0 / 2.0, "middle", columns / 2), (CHART.0, "end", columns)] {
                        text x=(x) y=(CHART.1 + 18.0) text-anchor=(anchor) { (label(at)) }
                    }
                }
                p.soft { "Attempts by the time (UTC) at which they ended." @if !tally.incidents.spans().is_empty() { " Shaded: outages." } }
            }
        }
    }
}

/// Outages on the timeline: first and last column, and what they were.
fn outages(tally: &Tally, width: i64, columns: usize) -> Vec<(f64, f64, String)> {
    let (Some(start), Some(last)) = (tally.time_line.start(), tally.last) else {
        return Vec::new();
    };
    let column = |at: OffsetDateTime| {
        let seconds = at.unix_timestamp_nanos() as f64 / 1e9 - start as f64;
        (seconds / width as f64).clamp(0.0, columns as f64)
    };
    let spans = tally.incidents.spans().into_iter();
    spans
        .map(|span| (column(span.from), column(span.to.unwrap_or(last)), span.what.clone()))
        .collect()
}

/// Names of the ways an attempt ends, in the order of colours and columns.
fn names() -> [&'static str; AttemptOutcome::ALL.len()] {
    AttemptOutcome::ALL.map(AttemptOutcome::as_str)
}

fn sentence(counts: &Counts) -> String {
    let told: Vec<String> = names()
        .into_iter()
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    if told.is_empty() { "none".to_owned() } else { told.join(", ") }
}

/// Outcome, top and height of each part of a column, from the ground up.
fn stacked(counts: &Counts, most: f64) -> Vec<(&'static str, f64, f64)> {
    let mut top = CHART.1;
    let mut parts = Vec::new();
    for (name, count) in names().into_iter().zip(counts).filter(|(_, count)| **count > 0) {
        let height = CHART.1 * *count as f64 / most;
        top -= height;
        parts.push((name, top, height));
    }
    parts
}

/// A table with, for each stage, its percentiles on a logarithmic scale.
fn stages(tally: &Tally) -> Markup {
    let rows: Vec<_> =
        STAGES.iter().zip(&tally.stages).filter(|(_, times)| !times.is_empty()).collect();
    let longest = rows.iter().map(|(_, times)| times.max()).max().unwrap_or(1).max(10) as f64;
    // 10 µs to the longest.
    let x = |micros: u64| {
        300.0 * ((micros.max(10) as f64 / 10.0).ln() / (longest / 10.0).ln().max(0.1))
    };
    html! {
        section.card aria-labelledby="stages" {
            h2 #stages { "Time per stage" span.soft { " · milliseconds; the bar runs from p50 to p99 on a logarithmic scale, p95 is its mark" } span.soft.hint { " · the table scrolls sideways" } }
            div.scroll tabindex="0" role="region" aria-labelledby="stages" { table {
                thead { tr {
                    th scope="col" { "Stage" } th.n scope="col" { "Count" }
                    @for (_, name) in QUANTILES { th.n scope="col" { (name) } }
                    td.wide {}
                } }
                tbody { @for (stage, times) in rows {
                    @let (p50, p95, p99) = (times.value_at_quantile(0.5), times.value_at_quantile(0.95), times.value_at_quantile(0.99));
                    tr {
                        th scope="row" { (shown_stage(stage)) } td.n { (grouped(times.len())) }
                        @for (quantile, _) in QUANTILES {
                            td.n { (format!("{:.1}", times.value_at_quantile(quantile) as f64 / 1e3)) }
                        }
                        td.wide { svg.range viewBox="0 0 300 12" preserveAspectRatio="none" aria-hidden="true" {
                            rect.track width="300" y="5" height="2" {}
                            rect.fill x=(near(x(p50))) width=(near((x(p99) - x(p50)).max(2.0))) y="2" height="8" rx="2" {}
                            rect.mark x=(near(x(p95) - 1.0)) width="2" height="12" {}
                        } }
                    }
                } }
            } }
        }
    }
}

fn counts(title: &str, rows: &[(&str, u64)]) -> Markup {
    let most = rows.first().map_or(1, |row| row.1).max(1) as f64;
    html! {
        @if !rows.is_empty() {
            section.card {
                h2 { (title) }
                table { tbody { @for (name, count) in rows.iter().take(ROWS) {
                    tr {
                        th scope="row" { code { (name) } }
                        td.n { (grouped(*count)) }
                        td.wide { svg.range viewBox="0 0 300 12" preserveAspectRatio="none" aria-hidden="true" {
                            rect.fill width=(near(300.0 * *count as f64 / most)) y="2" height="8" {}
                        } }
                    }
                } } }
                @if rows.len() > ROWS { p.soft { "and " (rows.len() - ROWS) " more" } }
            }
        }
    }
}

fn hosts(id: &str, title: &str, hosts: &[(&str, Host)]) -> Markup {
    html! {
        @if !hosts.is_empty() {
            section.card aria-labelledby=(id) {
                h2 id=(id) { (title) span.soft.hint { " · the table scrolls sideways" } }
                div.scroll tabindex="0" role="region" aria-labelledby=(id) { table {
                    thead { tr {
                        th scope="col" { "Host" }
                        @for column in &HOST_COLUMNS { th.n scope="col" { (capitalised(column.heading)) } }
                    } }
                    tbody { @for (name, host) in hosts.iter().take(ROWS) {
                        tr {
                            th scope="row" { (name) }
                            @for column in &HOST_COLUMNS {
                                @match (column.value)(host) {
                                    Value::Count(count) => { td.n { (grouped(count)) } }
                                    Value::Failures(count) => { td.n.bad[count > 0] { (grouped(count)) } }
                                    Value::Millis(millis) => { td.n { (format!("{millis:.1}")) } }
                                }
                            }
                        }
                    } }
                } }
                @if hosts.len() > ROWS { p.soft { "and " (hosts.len() - ROWS) " more" } }
            }
        }
    }
}

fn capitalised(heading: &str) -> String {
    let (first, rest) = heading.split_at(1);
    first.to_uppercase() + rest
}

fn near(value: f64) -> String {
    format!("{value:.2}")
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tally::tests::sample;

    #[test]
    fn tells_all_and_lets_no_markup_through() {
        let page = page(&sample());
        for word in ["fetch.timeout", "&lt;b&gt;h0", "Attempts over time", "p95", "80.0 %"] {
            assert!(page.contains(word), "{word}");
        }
        assert!(!page.contains("<b>h0"));
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn an_empty_log_makes_a_page() {
        assert!(super::page(&Tally::default()).contains("No story lines"));
    }
}
