//! What a report keeps of the log lines that it has read: counts, sums and the largest few.
//!
//! Bounded whatever the log's length: hosts, codes and workers beyond a number are counted together. Lines that are no
//! line of ours are counted and passed over.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::disposition::is_refusal_code;
use crate::model::AttemptOutcome;

use super::incidents::Incidents;
use super::rows::{BrokenFeed, Code, Host, Refusal, SLOW_MS, by_count, row};
use super::time_line::TimeLine;

/// Stages as the worker times them, and the whole.
pub(super) const STAGES: [&str; 9] =
    ["intake", "fetch", "turn", "answer", "queue", "extract", "tag", "publish", "total"];
/// Subjects of a code's dead letters that are counted.
const MOST_SUBJECTS: usize = 100;

/// A figure that lines tell now and then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gauge {
    /// What the last line said; `None` where it did not.
    pub(super) last: Option<u64>,
    pub(super) most: Option<u64>,
}

impl Gauge {
    fn take(&mut self, value: Option<u64>) {
        self.last = value;
        self.most = self.most.max(value);
    }
}

/// Everything a report tells.
#[derive(Debug)]
pub struct Tally {
    pub(super) lines: u64,
    pub(super) bad: u64,
    pub(super) outcomes: [u64; AttemptOutcome::ALL.len()],
    pub(super) codes: BTreeMap<String, Code>,
    /// Feeds whose last poll failed.
    pub(super) broken_feeds: BTreeMap<String, BrokenFeed>,
    /// When a worker began that may fetch from loopback alone.
    pub(super) no_contact: Option<OffsetDateTime>,
    /// Hosts that were left alone because they refused.
    pub(super) refusing: BTreeMap<String, Refusal>,
    pub(super) hosts: BTreeMap<String, Host>,
    /// Outages, starts and ends.
    pub(super) incidents: Incidents,
    /// The file that is read at present.
    file: usize,
    /// Warnings and errors that are about no story, by event.
    pub(super) events: BTreeMap<String, u64>,
    /// Microseconds.
    pub(super) stages: [Histogram<u64>; STAGES.len()],
    pub(super) time_line: TimeLine,
    pub(super) first: Option<OffsetDateTime>,
    pub(super) last: Option<OffsetDateTime>,
    /// Deliveries that were not the first of their message, by the lines of stories and by those of totals, which know
    /// of deferrals too.
    redelivered: (u64, u64),
    pub(super) bytes: u64,
    pub(super) memory_mib: u64,
    /// Messages that wait.
    pub(super) backlog: Gauge,
    /// Stories that wait for a later time.
    pub(super) scheduled: Gauge,
}

impl Default for Tally {
    fn default() -> Self {
        let histogram = || {
            // 1 µs to 1 hour at 2 significant digits.
            Histogram::new_with_bounds(1, 3_600_000_000, 2).expect("the bounds are in order")
        };
        Self {
            lines: 0,
            bad: 0,
            outcomes: [0; AttemptOutcome::ALL.len()],
            codes: BTreeMap::new(),
            broken_feeds: BTreeMap::new(),
            no_contact: None,
            refusing: BTreeMap::new(),
            hosts: BTreeMap::new(),
            incidents: Incidents::default(),
            file: 0,
            events: BTreeMap::new(),
            stages: std::array::from_fn(|_| histogram()),
            time_line: TimeLine::default(),
            first: None,
            last: None,
            redelivered: (0, 0),
            bytes: 0,
            memory_mib: 0,
            backlog: Gauge::default(),
            scheduled: Gauge::default(),
        }
    }
}

impl Tally {
    /// The lines that follow are of another file, which is another worker's log.
    pub fn in_file(&mut self, file: usize) {
        self.file = file;
    }

    /// Takes in one line of a log; blank lines are nothing.
    pub fn read(&mut self, line: &[u8]) {
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        self.lines += 1;
        match serde_json::from_slice::<Value>(line).map(unwrapped) {
            Ok(line) if line.is_object() => self.take(&line),
            Ok(_) | Err(_) => self.bad += 1,
        }
    }

    /// Counts a line that could not be read at all, such as one that is too long.
    pub fn unreadable(&mut self) {
        self.lines += 1;
        self.bad += 1;
    }

    /// Whether there were lines, and none of them could be read.
    #[must_use]
    pub fn is_no_log(&self) -> bool {
        self.lines > 0 && self.bad == self.lines
    }

    /// Attempts that the lines report.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    /// Stories that came to their end: published, skipped or dead. Each ends once, after one attempt or several.
    #[must_use]
    pub fn settled(&self) -> u64 {
        self.outcomes[..3].iter().sum()
    }

    /// From the first line to the last, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.first.zip(self.last).map_or(0.0, |(first, last)| (last - first).as_seconds_f64())
    }

    /// Deliveries that were not the first of their message, as far as lines tell.
    pub(super) fn redelivered(&self) -> u64 {
        self.redelivered.0.max(self.redelivered.1)
    }

    /// Stories per second over the whole time; `None` below a second.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let seconds = self.seconds();
        (seconds >= 1.0).then(|| self.attempts() as f64 / seconds)
    }

    /// Codes, most frequent first.
    pub(super) fn codes(&self) -> Vec<(&str, &Code)> {
        let mut codes: Vec<_> =
            self.codes.iter().map(|(name, code)| (name.as_str(), code)).collect();
        codes.sort_by_key(|(_, code)| std::cmp::Reverse(code.count));
        codes
    }

    /// Hosts that failed: those with the most failures first, then the slowest.
    #[must_use]
    pub fn failing_hosts(&self) -> Vec<(&str, Host)> {
        let failing = self.hosts.iter().filter(|(_, host)| host.failures > 0);
        let mut hosts: Vec<_> = failing.map(|(name, host)| (name.as_str(), *host)).collect();
        hosts.sort_by(|(_, a), (_, b)| {
            b.failures.cmp(&a.failures).then(b.mean_ms().total_cmp(&a.mean_ms()))
        });
        hosts
    }

    /// Hosts that take longest to answer, by the mean; those that were asked for no page are left out.
    #[must_use]
    pub fn slowest_hosts(&self) -> Vec<(&str, Host)> {
        let asked = self.hosts.iter().filter(|(_, host)| host.fetches > 0);
        let mut hosts: Vec<_> = asked.map(|(name, host)| (name.as_str(), *host)).collect();
        hosts.sort_by(|(_, a), (_, b)| b.mean_ms().total_cmp(&a.mean_ms()));
        hosts
    }

    pub(super) fn events(&self) -> Vec<(&str, u64)> {
        by_count(&self.events)
    }

    fn take(&mut self, line: &Value) {
        let text = |key: &str| line[key].as_str();
        let at = text("timestamp").and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
        if let Some(at) = at {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
        match text("event") {
            Some("story") => self.story(line, at),
            Some("totals") => self.totals(line),
            Some("deferred") => self.deferred(line, at),
            event => {
                if event == Some("host_refuses")
                    && let Some(host) = text("host")
                {
                    let refusal = row(&mut self.refusing, host);
                    refusal.since = refusal.since.or(at);
                    refusal.until = None;
                    refusal.code = text("code").unwrap_or_default().chars().take(100).collect();
                }
                if event == Some("host_lets_in")
                    && let Some(refusal) = text("host").and_then(|host| self.refusing.get_mut(host))
                {
                    refusal.until = at;
                }
                match event {
                    Some("feed") => self.feed(line, at),
                    Some("no_contact") => self.no_contact = self.no_contact.or(at),
                    _ => {}
                }
                if let (Some(event), Some(at)) = (event, at) {
                    self.incidents.take(self.file, event, line, at);
                }
                if matches!(text("level"), Some("WARN" | "ERROR")) {
                    let name = event.or(text("target")).unwrap_or("unnamed");
                    *row(&mut self.events, name) += 1;
                }
            }
        }
    }

    /// What counts of a feed is its last poll.
    fn feed(&mut self, line: &Value, at: Option<OffsetDateTime>) {
        let text = |key: &str, most: usize| -> String {
            line[key].as_str().unwrap_or_default().chars().take(most).collect()
        };
        let feed = text("feed", 200);
        if line["level"] == "WARN" {
            let broken = row(&mut self.broken_feeds, &feed);
            broken.since = broken.since.or(at);
            (broken.code, broken.reason) = (text("code", 100), text("reason", 160));
        } else if line["outcome"] != "later" {
            self.broken_feeds.remove(&feed);
        }
    }

    fn story(&mut self, line: &Value, at: Option<OffsetDateTime>) {
        let outcome = match line["outcome"].as_str().unwrap_or_default() {
            // The word of logs before version 0.2.
            "parked" => "deferred",
            outcome => outcome,
        };
        let Some(outcome) = AttemptOutcome::of_token(outcome) else {
            self.bad += 1;
            return;
        };
        self.outcomes[outcome as usize] += 1;
        self.bytes += line["bytes"].as_u64().unwrap_or_default();
        self.redelivered.0 += u64::from(line["deliveries"].as_u64().is_some_and(|n| n > 1));
        let failed = is_failure(outcome, line["code"].as_str().unwrap_or_default());
        if let Some(at) = at {
            self.time_line.count(at.unix_timestamp(), outcome as usize, 1, failed);
        }
        self.code(line, outcome, at);
        for (stage, histogram) in STAGES.iter().zip(&mut self.stages) {
            // Zero means that the stage had nothing to do.
            if let Some(ms) = line[format!("{stage}_ms")].as_f64().filter(|ms| *ms > 0.0) {
                histogram.saturating_record((ms * 1e3).ceil() as u64);
            }
        }
        self.host(line, failed, at);
    }

    fn code(&mut self, line: &Value, outcome: AttemptOutcome, at: Option<OffsetDateTime>) {
        let Some(name) = line["code"].as_str() else { return };
        let code = row(&mut self.codes, name);
        code.note(1, at);
        if code.reason.is_empty() {
            let reason = line["reason"].as_str().unwrap_or_default();
            code.reason = reason.chars().take(160).collect();
        }
        if outcome == AttemptOutcome::DeadLetter {
            code.dead += 1;
            if let Some(subject) = line["raw_subject"].as_str()
                && (code.subjects.len() < MOST_SUBJECTS || code.subjects.contains_key(subject))
            {
                *code.subjects.entry(subject.chars().take(200).collect()).or_default() += 1;
            }
        }
    }

    fn host(&mut self, line: &Value, failed: bool, at: Option<OffsetDateTime>) {
        let code = line["code"].as_str().unwrap_or_default();
        if let Some(host) = line["host"].as_str() {
            // Logs before version 0.2 do not tell the wait for a turn from the answer.
            let fetch_ms = line["answer_ms"].as_f64().or(line["fetch_ms"].as_f64());
            let fetch_ms = fetch_ms.unwrap_or_default().max(0.0);
            let host = row(&mut self.hosts, host);
            host.attempts += 1;
            // What failed elsewhere, such as at a full stream, is not the host's.
            host.failures += u64::from(failed && is_of_host(code));
            if is_refusal_code(code) {
                host.refused += 1;
                host.refused_since = host.refused_since.or(at);
            }
            let timed_out = code.starts_with("fetch.timeout");
            host.timeouts += u64::from(timed_out);
            if fetch_ms >= SLOW_MS || timed_out {
                host.slow_answers += 1;
                host.slow_ms += fetch_ms;
                if let Some(at) = at {
                    let (first, last) = host.slow.unwrap_or((at, at));
                    host.slow = Some((first.min(at), last.max(at)));
                }
            }
            host.fetches += u64::from(fetch_ms > 0.0);
            host.fetch_ms += fetch_ms;
            host.slowest_ms = host.slowest_ms.max(fetch_ms);
        }
    }

    /// Attempts that ended with their stories waiting for a host, as one line sums them up.
    fn deferred(&mut self, line: &Value, at: Option<OffsetDateTime>) {
        const PARTS: u64 = 60;
        let attempts = line["deferred"].as_u64().unwrap_or_default();
        let code = line["code"].as_str().unwrap_or_default();
        self.outcomes[AttemptOutcome::Deferred as usize] += attempts;
        let failed = is_failure(AttemptOutcome::Deferred, code);
        if let Some(at) = at {
            // They are of the whole time since the lines before; logs before version 0.2 do not say how long.
            let seconds = line["seconds"].as_i64().unwrap_or(60).clamp(1, 3600);
            let parts = attempts.clamp(1, PARTS);
            for part in 0..parts {
                let of_part = attempts / parts + u64::from(part < attempts % parts);
                let before = seconds * i64::try_from(part).unwrap_or_default() / PARTS as i64;
                self.time_line.count(
                    at.unix_timestamp() - before,
                    AttemptOutcome::Deferred as usize,
                    of_part,
                    failed,
                );
            }
        }
        row(&mut self.codes, code).note(attempts, at);
        if let Some(host) = line["host"].as_str() {
            let host = row(&mut self.hosts, host);
            host.attempts += attempts;
            host.waits += attempts;
            host.failures += if failed { attempts } else { 0 };
        }
    }

    fn totals(&mut self, line: &Value) {
        self.memory_mib = self.memory_mib.max(line["memory_mib"].as_u64().unwrap_or_default());
        self.redelivered.1 += line["redelivered"].as_u64().unwrap_or_default();
        self.backlog.take(line["backlog"].as_u64());
        self.scheduled.take(line["scheduled"].as_u64());
    }
}

/// A line out of what Docker's json-file log wraps it in; nothing where it wraps none.
fn unwrapped(line: Value) -> Value {
    match &line["log"] {
        Value::String(inner) if line.get("event").or(line.get("level")).is_none() => {
            serde_json::from_str(inner.trim()).unwrap_or_default()
        }
        _ => line,
    }
}

/// Whether an attempt tells that something is wrong with the host: a page that it does not have, or that may not be
/// fetched, is no failure; a refusal is.
fn is_failure(outcome: AttemptOutcome, code: &str) -> bool {
    const SILENT: [&str; 5] = [
        "fetch.host_dead",
        "fetch.rate_limited",
        "fetch.unavailable",
        "fetch.robots_unreachable",
        "fetch.circuit_open",
    ];
    match outcome {
        AttemptOutcome::DeadLetter | AttemptOutcome::Retry | AttemptOutcome::Lost => true,
        AttemptOutcome::Skipped | AttemptOutcome::Deferred => {
            is_refusal_code(code) || SILENT.contains(&code)
        }
        AttemptOutcome::Story | AttemptOutcome::Repeat => false,
    }
}

/// Whether a code is of the stage in which a host is asked.
fn is_of_host(code: &str) -> bool {
    code.starts_with("fetch.")
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::rows::{MOST_ROWS, OTHERS};
    use super::*;

    #[test]
    fn lines_that_docker_wraps_are_read() {
        let mut tally = Tally::default();
        let wrapped = |log: &str| serde_json::json!({"log": log, "stream": "stderr", "time": "2026-11-27T18:00:00Z"});
        for log in [
            "{\"event\":\"story\",\"level\":\"INFO\",\"outcome\":\"story\"}\n",
            "starting\n",
            "7\n",
        ] {
            tally.read(wrapped(log).to_string().as_bytes());
        }
        assert_eq!((tally.attempts(), tally.lines, tally.bad), (1, 3, 2));
        // A field of ours of that name is one.
        tally.read(b"{\"event\":\"story\",\"outcome\":\"story\",\"log\":\"x\"}");
        assert_eq!((tally.attempts(), tally.bad), (2, 2));
    }

    fn counts(tally: &Tally) -> Vec<(&str, u64)> {
        tally.codes().into_iter().map(|(name, code)| (name, code.count)).collect()
    }

    pub(in super::super) fn sample() -> Tally {
        let mut tally = Tally::default();
        for n in 0..100 {
            let (outcome, code) = match n % 10 {
                0 => ("dlq", r#","code":"fetch.timeout""#),
                1 => ("skipped", r#","code":"fetch.gone""#),
                _ => ("story", ""),
            };
            tally.read(
                format!(
                    r#"{{"timestamp":"2026-11-23T06:14:{:02}.5Z","level":"INFO","event":"story","outcome":"{outcome}"{code},
                    "id":"{n}","host":"<b>h{}</b>","deliveries":{},"bytes":10,"fetch_ms":{},"extract_ms":0.0,"total_ms":{}}}"#,
                    n % 60, n % 3, 1 + n % 2, n + 1, n + 2
                )
                .replace('\n', "")
                .as_bytes(),
            );
        }
        tally
    }

    #[test]
    fn counts_outcomes_codes_hosts_and_times() {
        let tally = sample();
        assert_eq!((tally.lines, tally.bad, tally.attempts()), (100, 0, 100));
        assert_eq!(tally.outcomes, [80, 10, 10, 0, 0, 0, 0]);
        assert_eq!(counts(&tally), [("fetch.gone", 10), ("fetch.timeout", 10)]);
        assert_eq!((tally.redelivered(), tally.bytes), (50, 1000));
        let fetch = &tally.stages[1];
        assert!((fetch.value_at_quantile(0.5) as f64 / 50_000.0 - 1.0).abs() < 0.02);
        assert!(tally.stages[5].is_empty(), "a stage without work has no time");
        let worst = tally.failing_hosts();
        assert_eq!((worst.len(), worst[0].1.failures), (3, 4));
        assert_eq!(tally.seconds(), 59.0);
    }

    #[test]
    fn bad_lines_are_counted_and_harm_nothing() {
        let mut tally = sample();
        for bad in [
            &b"panicked at"[..],
            b"[1,2]",
            b"{\"event\":\"story\"}",
            b"\xff\xfe",
            b"{",
            b"null",
            b"{\"event\":\"story\",\"outcome\":\"new\"}",
        ] {
            tally.read(bad);
        }
        tally.read(b"  \n");
        assert_eq!((tally.lines, tally.bad, tally.attempts()), (107, 7, 100));
    }

    #[test]
    fn refusals_are_host_failures_but_gone_pages_not() {
        let mut tally = Tally::default();
        for (outcome, code) in [
            ("skipped", "fetch.refused"),
            ("skipped", "fetch.paywall"),
            ("deferred", "fetch.host_refuses"),
            ("deferred", "fetch.rate_limited"),
            ("skipped", "fetch.gone"),
            ("deferred", "fetch.host_turn"),
        ] {
            let line = serde_json::json!({"event": "story", "outcome": outcome, "code": code, "host": "h"});
            tally.read(line.to_string().as_bytes());
        }
        assert_eq!((tally.hosts["h"].attempts, tally.hosts["h"].failures), (6, 4));
        assert_eq!(tally.settled(), 3);
    }

    #[test]
    fn deferred_stories_are_counted_from_their_host_line() {
        let mut tally = Tally::default();
        for (code, deferred) in [("fetch.host_turn", 7), ("fetch.circuit_open", 2)] {
            let line = serde_json::json!({"timestamp": "2026-11-23T06:14:00Z", "level": "INFO",
                "event": "deferred", "host": "h", "code": code, "deferred": deferred});
            tally.read(line.to_string().as_bytes());
        }
        tally.read(br#"{"event":"totals","backlog":0,"scheduled":9}"#);
        assert_eq!((tally.outcomes[4], tally.attempts(), tally.settled()), (9, 9, 0));
        assert_eq!((tally.hosts["h"].attempts, tally.hosts["h"].failures), (9, 2));
        assert_eq!(counts(&tally), [("fetch.host_turn", 7), ("fetch.circuit_open", 2)]);
        assert_eq!(tally.scheduled, Gauge { last: Some(9), most: Some(9) });
        tally.read(br#"{"event":"totals","seconds":3.0}"#);
        assert_eq!(tally.scheduled, Gauge { last: None, most: Some(9) }, "a stop does not ask");
    }

    #[test]
    fn tables_are_bounded() {
        let mut tally = Tally::default();
        for n in 0..MOST_ROWS + 50 {
            let line = format!(r#"{{"event":"story","outcome":"story","host":"h{n}"}}"#);
            tally.read(line.as_bytes());
        }
        assert_eq!(tally.hosts.len(), MOST_ROWS + 1);
        assert_eq!(tally.hosts[OTHERS].attempts, 50);
    }
}
