//! Spans of time in which something was wrong, and starts and ends of workers.
//!
//! A log tells when a trouble begins and when it is over. One file is one worker's log, so a beginning and an end
//! belong together within a file; a trouble that the log does not end lasted until that file's last line. Refuses to
//! guess beyond that: a file whose lines are of several workers has their spans mixed.

use std::collections::BTreeMap;

use serde_json::Value;
use time::OffsetDateTime;

/// Troubles by the events that begin and end them, what they are called, and the field that tells several apart.
const TROUBLES: [(&str, &str, &str, &str); 7] = [
    ("broker_disconnected", "broker_connected", "broker away", ""),
    ("out_blocked", "out_resumed", "outcomes could not be stored", "stream"),
    ("route_blocked", "route_resumed", "route took nothing", "route"),
    ("raw_blocked", "raw_resumed", "raw stream took nothing", ""),
    ("shared_state_away", "shared_state_back", "shared state of hosts away", ""),
    ("pull_failed", "pulling", "could not pull", "stream"),
    ("duplicates_unknown", "duplicates_known", "copies were not marked", ""),
];

/// Most spans that are kept; what comes after is counted.
const MOST: usize = 1000;

/// Starts within so many seconds, one after the other, make a crash loop.
const LOOP_SECONDS: f64 = 600.0;
/// Starts that make a crash loop.
const LOOP_STARTS: u32 = 3;

/// One trouble of one worker.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Incident {
    /// What it was, for people.
    pub(super) what: String,
    /// Why, in the words of its first line.
    pub(super) reason: String,
    pub(super) from: OffsetDateTime,
    /// `None` where the log does not tell its end.
    pub(super) to: Option<OffsetDateTime>,
    /// Whether it was over then; else its worker was.
    pub(super) is_over: bool,
    /// Most deliveries that waited for it, where lines tell.
    pub(super) waiting: u64,
}

impl Incident {
    /// How long it lasted, at least; in seconds.
    pub(super) fn seconds(&self, last: OffsetDateTime) -> f64 {
        (self.to.unwrap_or(last) - self.from).as_seconds_f64().max(0.0)
    }
}

/// What is open in one file.
#[derive(Debug, Default)]
struct Worker {
    open: BTreeMap<String, usize>,
    running: bool,
    last_start: Option<OffsetDateTime>,
    starts_in_a_row: u32,
}

/// Troubles, starts and ends.
#[derive(Debug, Default)]
pub(super) struct Incidents {
    spans: Vec<Incident>,
    /// Spans that there was no room for.
    pub(super) more: u64,
    workers: BTreeMap<usize, Worker>,
    /// Starts of workers.
    pub(super) starts: u64,
    /// Starts in a file in which a worker ran that had not said that it stopped: it was killed, or crashed.
    pub(super) crashes: u64,
    /// When they started again; the first thousand.
    pub(super) crash_times: Vec<OffsetDateTime>,
    /// Workers that started three times and more within ten minutes each without stopping.
    pub(super) crash_loops: u64,
    /// Ends at the deadline, with stories left in hand.
    pub(super) unfinished_stops: u64,
}

impl Incidents {
    /// Takes in a line of a file.
    pub(super) fn take(&mut self, file: usize, event: &str, line: &Value, at: OffsetDateTime) {
        match event {
            // The worker warns of what its broker lacks under the same event.
            "start" if line["worker"].is_string() => self.start(file, at),
            "stop" => {
                self.unfinished_stops += u64::from(line["unfinished"].as_u64() > Some(0));
                self.workers.entry(file).or_default().running = false;
                self.end_all(file, at);
            }
            _ => self.trouble(file, event, line, at),
        }
    }

    /// Spans in the order of their beginnings.
    pub(super) fn spans(&self) -> Vec<&Incident> {
        let mut spans: Vec<&Incident> = self.spans.iter().collect();
        spans.sort_by_key(|span| span.from);
        spans
    }

    fn start(&mut self, file: usize, at: OffsetDateTime) {
        self.starts += 1;
        let worker = self.workers.entry(file).or_default();
        let crashed = std::mem::replace(&mut worker.running, true);
        self.crashes += u64::from(crashed);
        if crashed && self.crash_times.len() < MOST {
            self.crash_times.push(at);
        }
        let soon =
            worker.last_start.is_some_and(|last| (at - last).as_seconds_f64() < LOOP_SECONDS);
        worker.starts_in_a_row = if crashed && soon { worker.starts_in_a_row + 1 } else { 1 };
        worker.last_start = Some(at);
        self.crash_loops += u64::from(worker.starts_in_a_row == LOOP_STARTS);
        self.end_all(file, at);
    }

    /// A worker that starts or has stopped has none of the old troubles.
    fn end_all(&mut self, file: usize, at: OffsetDateTime) {
        for span in std::mem::take(&mut self.workers.entry(file).or_default().open).into_values() {
            self.spans[span].to = Some(at);
        }
    }

    fn trouble(&mut self, file: usize, event: &str, line: &Value, at: OffsetDateTime) {
        let of = |field: &str| match field {
            "" => String::new(),
            field => line[field].as_str().unwrap_or_default().chars().take(100).collect(),
        };
        for (begins, ends, what, field) in TROUBLES {
            let name = match of(field) {
                name if name.is_empty() => what.to_owned(),
                name => format!("{what}: {name}"),
            };
            let worker = self.workers.entry(file).or_default();
            if event == ends {
                if let Some(span) = worker.open.remove(&name) {
                    (self.spans[span].to, self.spans[span].is_over) = (Some(at), true);
                }
            } else if event == begins
                && let Some(span) = worker.open.get(&name)
            {
                let waiting = line["waiting"].as_u64().unwrap_or_default();
                self.spans[*span].waiting = self.spans[*span].waiting.max(waiting);
            } else if event == begins {
                if self.spans.len() == MOST {
                    self.more += 1;
                    continue;
                }
                worker.open.insert(name.clone(), self.spans.len());
                let reason =
                    ["reason", "error", "message"].iter().find_map(|key| line[key].as_str());
                let reason = reason.unwrap_or_default().chars().take(200).collect();
                self.spans.push(Incident {
                    what: name,
                    reason,
                    from: at,
                    to: None,
                    is_over: false,
                    waiting: line["waiting"].as_u64().unwrap_or_default(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(second: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_790_000_000 + second).unwrap()
    }

    fn told(lines: &[(usize, i64, &str, Value)]) -> Incidents {
        let mut incidents = Incidents::default();
        for (file, second, event, line) in lines {
            incidents.take(*file, event, line, at(*second));
        }
        incidents
    }

    #[test]
    fn incident_lasts_from_first_line_to_end() {
        let full = json!({"error": "maximum bytes exceeded"});
        let incidents = told(&[
            (0, 0, "out_blocked", full.clone()),
            (1, 5, "out_blocked", full),
            (0, 20, "out_blocked", json!({"waiting": 64})),
            (0, 65, "out_resumed", json!({})),
            (0, 70, "pull_failed", json!({"stream": "NEWS_RAW", "reason": "gone"})),
            (0, 71, "pulling", json!({"stream": "OTHER"})),
        ]);
        let spans = incidents.spans();
        let shown: Vec<_> = spans.iter().map(|s| (s.what.as_str(), s.seconds(at(100)))).collect();
        assert_eq!(
            shown,
            [
                ("outcomes could not be stored", 65.0),
                ("outcomes could not be stored", 95.0),
                ("could not pull: NEWS_RAW", 30.0)
            ]
        );
        assert_eq!((spans[0].reason.as_str(), spans[0].waiting), ("maximum bytes exceeded", 64));
    }

    #[test]
    fn starts_without_a_stop_are_crashes() {
        let start = || json!({"worker": "w"});
        let incidents = told(&[
            (0, 0, "start", start()),
            (0, 10, "broker_disconnected", json!({})),
            (0, 30, "start", start()),
            (0, 31, "start", json!({"message": "no schedules"})),
            (0, 60, "start", start()),
            (1, 0, "start", start()),
            (1, 50, "stop", json!({"unfinished": 2})),
            (1, 60, "start", start()),
        ]);
        assert_eq!((incidents.starts, incidents.crashes, incidents.crash_loops), (5, 2, 1));
        assert_eq!(incidents.unfinished_stops, 1);
        assert_eq!(incidents.spans()[0].to, Some(at(30)));
    }

    #[test]
    fn spans_are_bounded() {
        let mut incidents = Incidents::default();
        for n in 0..MOST as i64 + 5 {
            incidents.take(0, "out_blocked", &json!({}), at(2 * n));
            incidents.take(0, "out_resumed", &json!({}), at(2 * n + 1));
        }
        assert_eq!((incidents.spans().len(), incidents.more), (MOST, 5));
    }
}
