//! What went wrong, since when, what it cost, and what to do next: the first thing that a report says.
//!
//! Each finding is drawn from lines that tell it for certain. Refuses to guess at causes that no line names: a worker
//! that was killed says nothing, and the finding says where to look.

use time::OffsetDateTime;

use super::incidents::Incident;
use super::rows::{Code, Host, SLOW_MS};
use super::tally::Tally;
use super::times::{clock, span};
use crate::terminal::counted;

/// Hosts and codes that are named in one finding.
const NAMED: usize = 5;
/// So many slow answers are no accident, however many quick ones there were before and after.
const SLOW_ANSWERS: u64 = 3;
/// A pull that fails so soon after the connection was lost fails by that.
const SAME_CAUSE_SECONDS: f64 = 30.0;

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    /// When it began, where a line tells.
    pub(super) since: Option<OffsetDateTime>,
    /// What, and what it cost.
    pub(super) what: String,
    /// What to do.
    pub(super) next: String,
}

/// What the lines say went wrong, the gravest first.
pub(super) fn findings(tally: &Tally) -> Vec<Finding> {
    let Some(last) = tally.last else { return Vec::new() };
    let mut found = troubles(tally, last);
    found.extend(restarts(tally));
    found.extend(dead_letters(tally));
    found.extend(broken_feeds(tally));
    found.extend(refusing_hosts(tally));
    found.extend(slow_hosts(tally));
    found.extend(no_contact(tally));
    if tally.incidents.unfinished_stops > 0 {
        found.push(Finding {
            since: None,
            what: format!(
                "{} before every story in hand was done; the broker delivers them again",
                counted(tally.incidents.unfinished_stops, "stop")
            ),
            next: "see above what kept them; else raise worker.shutdown_deadline_secs".to_owned(),
        });
    }
    found
}

/// Spans of trouble, those of one kind together.
fn troubles(tally: &Tally, last: OffsetDateTime) -> Vec<Finding> {
    let spans = tally.incidents.spans();
    let away: Vec<OffsetDateTime> =
        spans.iter().filter(|span| span.what.starts_with("broker away")).map(|s| s.from).collect();
    let is_same_cause = |span: &Incident| {
        span.what.starts_with("could not pull")
            && away.iter().any(|at| (span.from - *at).as_seconds_f64().abs() < SAME_CAUSE_SECONDS)
    };
    let mut kinds: Vec<(&str, Vec<&Incident>)> = Vec::new();
    for incident in spans.into_iter().filter(|span| !is_same_cause(span)) {
        match kinds.iter_mut().find(|(what, _)| *what == incident.what) {
            Some((_, all)) => all.push(incident),
            None => kinds.push((&incident.what, vec![incident])),
        }
    }
    kinds.iter().map(|(what, all)| trouble(tally, what, all, last)).collect()
}

fn trouble(tally: &Tally, what: &str, all: &[&Incident], last: OffsetDateTime) -> Finding {
    let seconds: f64 = all.iter().map(|incident| incident.seconds(last)).sum();
    let times = if all.len() == 1 { String::new() } else { format!("{} times, ", all.len()) };
    let open = all.iter().any(|incident| !incident.is_over);
    let stopped = open && all.iter().all(|incident| incident.to.is_some());
    let lasted = match (open, stopped) {
        (_, true) => format!("{times}{}, until the worker stopped", span(seconds)),
        (true, false) => format!("{times}{}, and still so at the end of the log", span(seconds)),
        (false, _) => format!("{times}{} in all, over by {}", span(seconds), clock(end(all, last))),
    };
    let reason = all.first().map_or("", |incident| incident.reason.as_str());
    let next = advice(what, reason);
    let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
    let waiting = match (open, tally.backlog.last) {
        (true, Some(waiting)) if waiting > 0 => format!("; {waiting} messages were waiting"),
        _ => match all.iter().map(|incident| incident.waiting).max() {
            Some(most @ 1..) => format!("; up to {most} in hand waited for it"),
            _ => String::new(),
        },
    };
    Finding {
        since: all.first().map(|incident| incident.from),
        what: format!("{what}{reason}: {lasted}{waiting}"),
        next: next.to_owned(),
    }
}

fn end(all: &[&Incident], last: OffsetDateTime) -> OffsetDateTime {
    all.iter().filter_map(|incident| incident.to).max().unwrap_or(last)
}

/// What to do about a trouble of [`super::incidents`].
fn advice(what: &str, reason: &str) -> &'static str {
    match what.split(':').next().unwrap_or_default() {
        "broker away" => {
            "see the broker's own log; nothing that it had accepted is lost, but publishers could not send either: ask them"
        }
        "outcomes could not be stored" => {
            "`news-ingest check --connect` names the stream and the bound to raise; stories wait, none is lost"
        }
        "route took nothing" if reason.contains("no stream takes subject") => {
            "create a stream with the route's subject (`news-ingest check --connect` names it), or take the route out; \
             its stories wait, none is lost"
        }
        "route took nothing" => "make room in that route's stream; its stories wait, none is lost",
        "copies were not marked" => {
            "stories were published without a mark meanwhile, none is lost; see what kept the broker from answering"
        }
        "raw stream took nothing" => {
            "make room in the raw stream, or start more workers; entries wait"
        }
        "shared state of hosts away" => {
            "`news-ingest provision` creates what is missing; links wait"
        }
        _ => "`news-ingest check --connect` says what is missing",
    }
}

fn restarts(tally: &Tally) -> Option<Finding> {
    let incidents = &tally.incidents;
    let crashes = &incidents.crash_times;
    let (first, last) = (crashes.first()?, crashes.last()?);
    let seconds = (*last - *first).as_seconds_f64();
    let pace = match crashes.len() {
        1 => String::new(),
        n => format!(
            " until {}, one every {} on average",
            clock(*last),
            span(seconds / (n as f64 - 1.0))
        ),
    };
    let kind = if incidents.crash_loops > 0 { "in a loop " } else { "" };
    Some(Finding {
        since: Some(*first),
        what: format!(
            "a worker started again {kind}without having stopped, {}{pace}: it was killed or crashed; {}",
            match incidents.crashes { 1 => "once".to_owned(), n => format!("{n} times") },
            match tally.redelivered() {
                0 => "no story had to be delivered again".to_owned(),
                1 => "one story was delivered again".to_owned(),
                n => format!("{n} stories were delivered again"),
            }
        ),
        next: match poison(tally) {
            0 => "a crash would have left a line `panic`; without one look at memory limits, probes and the supervisor \
                  (`dmesg`, `journalctl`)",
            _ => "a message may be what kills it: `news-ingest dlq list --code poison` has those that were in hand each time; \
                  do not replay them before that is understood",
        }
        .to_owned(),
    })
}

/// Dead letters of messages that were in hand when workers died.
fn poison(tally: &Tally) -> u64 {
    tally.codes.get("intake.poison").map_or(0, |code| code.dead)
}

/// "and 3 more", where not all of so many are named.
fn more(all: usize) -> String {
    match all.saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}

/// Dead letters, by code, with whose messages they were.
fn dead_letters(tally: &Tally) -> Option<Finding> {
    let mut codes: Vec<(&str, &Code)> = tally
        .codes
        .iter()
        .filter(|(_, code)| code.dead > 0)
        .map(|(name, code)| (name.as_str(), code))
        .collect();
    codes.sort_by_key(|(_, code)| std::cmp::Reverse(code.dead));
    let all: u64 = codes.iter().map(|(_, code)| code.dead).sum();
    let (_, most) = codes.first()?;
    let named: Vec<String> =
        codes.iter().take(NAMED).map(|(name, code)| format!("{} {name}", code.dead)).collect();
    let mut subjects: Vec<(&str, u64)> = Vec::new();
    for (subject, count) in codes.iter().flat_map(|(_, code)| &code.subjects) {
        match subjects.iter_mut().find(|(known, _)| known == subject) {
            Some((_, sum)) => *sum += count,
            None => subjects.push((subject, *count)),
        }
    }
    subjects.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let sources: Vec<String> = subjects
        .iter()
        .take(NAMED)
        .map(|(subject, count)| format!("{count} sent to {subject}"))
        .collect();
    let sources =
        if sources.is_empty() { String::new() } else { format!("; {}", sources.join(", ")) };
    let example =
        if most.reason.is_empty() { String::new() } else { format!("; e.g. {}", most.reason) };
    Some(Finding {
        since: codes.iter().filter_map(|(_, code)| code.first).min(),
        what: format!(
            "{}: {}{}{sources}{example}",
            counted(all, "dead letter"),
            named.join(", "),
            match codes.iter().skip(NAMED).map(|(_, code)| code.dead).sum::<u64>() {
                0 => String::new(),
                rest => format!(", {rest} of {}", counted((codes.len() - NAMED) as u64, "other code")),
            }
        ),
        next: match poison(tally) {
            0 if codes.iter().all(|(name, _)| name.starts_with("intake.")) => {
                "`news-ingest dlq list` and `dlq show KEY`; have the producer correct and send them again, a replay fails as before"
            }
            0 => "`news-ingest dlq list` and `dlq show KEY`; once the cause is fixed, `dlq replay --code CODE`",
            _ => "`news-ingest dlq list` and `dlq show KEY`; once the cause is fixed, `dlq replay --code CODE`, those with \
                  intake.poison last and one at a time: each was in hand when workers died",
        }
        .to_owned(),
    })
}

fn no_contact(tally: &Tally) -> Option<Finding> {
    let links = tally.codes.get("fetch.no_contact").map_or(0, |code| code.dead);
    let feeds = tally.broken_feeds.values().filter(|feed| feed.code == "no_contact").count();
    if links == 0 && feeds == 0 {
        return None;
    }
    Some(Finding {
        since: tally.no_contact,
        what: format!(
            "fetch.contact is not set: {} to other hosts than loopback became dead letters, {} not polled",
            counted(links, "link"),
            match feeds { 1 => "1 feed was".to_owned(), n => format!("{n} feeds were") }
        ),
        next: "set it (NEWS_INGEST__FETCH__CONTACT), restart, then `news-ingest dlq replay --code no_contact`"
            .to_owned(),
    })
}

fn broken_feeds(tally: &Tally) -> Option<Finding> {
    let feeds = &tally.broken_feeds;
    let first = feeds.keys().next()?;
    let named: Vec<String> = feeds
        .iter()
        .take(NAMED)
        .map(|(feed, broken)| format!("{feed} ({}: {})", broken.code, broken.reason))
        .collect();
    let more = more(feeds.len());
    Some(Finding {
        since: feeds.values().filter_map(|broken| broken.since).min(),
        what: format!(
            "{} could not be polled at last: {}{more}",
            counted(feeds.len() as u64, "feed"),
            named.join(", ")
        ),
        next: format!(
            "mend what the reason names; `news-ingest feeds --once --now {first}` polls it at once"
        ),
    })
}

fn refusing_hosts(tally: &Tally) -> Option<Finding> {
    let mut hosts: Vec<_> = tally.refusing.iter().collect();
    hosts.sort_by_key(|(_, refusal)| refusal.since);
    let (first, _) = hosts.first()?;
    let named: Vec<String> = hosts
        .iter()
        .take(NAMED)
        .map(|(name, refusal)| {
            let of = tally.hosts.get(*name).copied().unwrap_or_default();
            let until =
                refusal.until.map_or(String::new(), |until| format!(", until {}", clock(until)));
            let (code, refused, waits) = (&refusal.code, of.refused, of.waits);
            format!("{name} ({code}{until}; {refused} skipped, {waits} put off)")
        })
        .collect();
    let is_over = hosts.iter().all(|(_, refusal)| refusal.until.is_some());
    let since = hosts.iter().filter_map(|(name, refusal)| {
        let first = tally.hosts.get(*name).and_then(|host| host.refused_since);
        first.into_iter().chain(refusal.since).min()
    });
    let (verb, next) = match (is_over, hosts.len()) {
        (true, _) => ("refused", "it is over; "),
        (false, 1) => ("refuses", "ask the site, check fetch.contact; then "),
        (false, _) => ("refuse", "ask the sites, check fetch.contact; then "),
    };
    Some(Finding {
        since: since.min(),
        what: format!(
            "{} {verb} us: {}{}",
            counted(hosts.len() as u64, "host"),
            named.join(", "),
            more(hosts.len())
        ),
        next: format!(
            "{next}`news-ingest dlq replay --skipped --host {first}` brings back what was skipped"
        ),
    })
}

fn slow_hosts(tally: &Tally) -> Option<Finding> {
    let is_slow = |host: &Host| {
        host.slow_answers >= SLOW_ANSWERS || host.slow_answers > 0 && host.mean_ms() >= SLOW_MS
    };
    let mut hosts: Vec<(&String, &Host)> =
        tally.hosts.iter().filter(|(_, host)| is_slow(host)).collect();
    hosts.sort_by(|(_, a), (_, b)| b.slow_ms.total_cmp(&a.slow_ms));
    let first = hosts.iter().filter_map(|(_, host)| host.slow).map(|(first, _)| first).min()?;
    let last = hosts.iter().filter_map(|(_, host)| host.slow).map(|(_, last)| last).max()?;
    let named: Vec<String> = hosts
        .iter()
        .take(NAMED)
        .map(|(name, host)| {
            format!(
                "{name} ({} of {} answers slow, {:.1} s each, {} not in time, {} put aside)",
                host.slow_answers,
                host.fetches,
                host.slow_ms / 1000.0 / host.slow_answers.max(1) as f64,
                host.timeouts,
                host.waits
            )
        })
        .collect();
    let more = more(hosts.len());
    Some(Finding {
        since: Some(first),
        what: format!(
            "{} until {}: {}{more}",
            counted(hosts.len() as u64, "slow host"),
            clock(last),
            named.join(", ")
        ),
        next: "nothing here is broken: its stories wait for it and others go on; tell the site, or lower fetch.first_byte_timeout_ms".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[&str]) -> Vec<Finding> {
        let mut tally = Tally::default();
        for line in lines {
            tally.read(line.as_bytes());
        }
        assert_eq!(tally.bad, 0);
        findings(&tally)
    }

    #[test]
    fn a_healthy_log_has_no_findings() {
        let found = told(&[
            r#"{"timestamp":"2026-11-26T07:00:00Z","event":"start","worker":"w"}"#,
            r#"{"timestamp":"2026-11-26T07:00:01Z","event":"story","outcome":"story","host":"a.example","answer_ms":90.0}"#,
            r#"{"timestamp":"2026-11-26T07:00:02Z","event":"story","outcome":"skipped","code":"fetch.gone","host":"a.example","answer_ms":9.0}"#,
        ]);
        assert_eq!(found, []);
    }

    #[test]
    fn pull_failing_with_the_connection_is_one_finding() {
        let found = told(&[
            r#"{"timestamp":"2026-11-26T07:00:00Z","event":"broker_disconnected","message":"connection lost"}"#,
            r#"{"timestamp":"2026-11-26T07:00:01Z","event":"pull_failed","stream":"NEWS_RAW","reason":"refused"}"#,
            r#"{"timestamp":"2026-11-26T07:01:30Z","event":"broker_connected"}"#,
            r#"{"timestamp":"2026-11-26T07:01:31Z","event":"pulling","stream":"NEWS_RAW"}"#,
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.contains("1 min 30 s in all"), "{found:?}");
    }

    #[test]
    fn unresolved_full_stream_says_how_many_messages_wait() {
        let found = told(&[
            r#"{"timestamp":"2026-11-26T07:00:00Z","event":"out_blocked","error":"maximum bytes exceeded"}"#,
            r#"{"timestamp":"2026-11-26T07:02:00Z","event":"totals","backlog":351}"#,
        ]);
        assert!(
            found[0].what.contains("still so at the end of the log; 351 messages"),
            "{found:?}"
        );
        assert!(found[0].next.contains("check --connect"), "{found:?}");
    }

    #[test]
    fn dead_letters_name_codes_and_raw_subjects() {
        let line = |code: &str| {
            format!(
                r#"{{"timestamp":"2026-11-26T07:00:00Z","event":"story","outcome":"dlq","code":"{code}","raw_subject":"news.raw.desk","reason":"not JSON"}}"#
            )
        };
        let lines = [line("intake.header"), line("intake.not_json"), line("intake.not_json")];
        let found = told(&lines.each_ref().map(String::as_str));
        let said = &found[0].what;
        for part in
            ["3 dead letters: 2 intake.not_json, 1 intake.header", "3 sent to news.raw.desk"]
        {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn feed_failing_last_and_missing_contact_are_findings() {
        let feed = |second: u32, level: &str, url: &str, outcome: &str, code: &str| {
            format!(
                r#"{{"timestamp":"2026-11-26T07:00:{second:02}Z","level":"{level}","event":"feed","feed":"{url}","outcome":"{outcome}","code":"{code}","reason":"why"}}"#
            )
        };
        let (a, b) = ("https://a.example/rss", "https://b.example/rss");
        let contact = r#"{"timestamp":"2026-11-26T07:00:00Z","level":"WARN","event":"no_contact"}"#;
        let lines = [
            contact.to_owned(),
            feed(1, "WARN", a, "failed", "not_found"),
            feed(2, "WARN", b, "later", "port_forbidden"),
            feed(3, "INFO", a, "new", "new"),
            r#"{"timestamp":"2026-11-26T07:00:04Z","event":"story","outcome":"dlq","code":"fetch.no_contact"}"#.to_owned(),
        ];
        let found = told(&lines.each_ref().map(String::as_str));
        assert_eq!(found.len(), 3, "{found:?}");
        let said =
            "1 feed could not be polled at last: https://b.example/rss (port_forbidden: why)";
        assert_eq!(found[1].what, said);
        assert!(found[2].what.contains("1 link to other hosts"), "{found:?}");
        assert!(found[2].next.contains("NEWS_INGEST__FETCH__CONTACT"), "{found:?}");
        assert_eq!(told(&[contact]), [], "it was needed for nothing");
    }

    #[test]
    fn a_route_that_no_stream_takes_needs_one() {
        let found = told(&[
            r#"{"timestamp":"2026-11-26T07:00:00Z","event":"route_blocked","route":"desk","error":"no stream takes subject \"desk.en.K\""}"#,
        ]);
        assert!(found[0].next.starts_with("create a stream"), "{found:?}");
    }

    #[test]
    fn hosts_that_refuse_or_are_slow_are_named() {
        let found = told(&[
            r#"{"timestamp":"2026-11-26T07:00:00Z","event":"host_refuses","host":"shut.example","code":"fetch.refused","refusals":5}"#,
            r#"{"timestamp":"2026-11-26T07:00:01Z","event":"story","outcome":"skipped","code":"fetch.refused","host":"shut.example","answer_ms":5.0}"#,
            r#"{"timestamp":"2026-11-26T07:00:02Z","event":"story","outcome":"story","host":"late.example","answer_ms":21000.0}"#,
            r#"{"timestamp":"2026-11-26T07:00:03Z","event":"deferred","code":"fetch.host_turn","host":"late.example","deferred":7}"#,
        ]);
        assert!(
            found[0].what.starts_with("1 host refuses us: shut.example (fetch.refused; 1 skipped")
        );
        assert!(
            found[1].what.contains(
                "late.example (1 of 1 answers slow, 21.0 s each, 0 not in time, 7 put aside)"
            ),
            "{found:?}"
        );
    }

    #[test]
    fn host_that_lets_in_again_shows_refusal_span() {
        let found = told(&[
            r#"{"timestamp":"2026-11-26T07:00:00Z","event":"story","outcome":"skipped","code":"fetch.refused","host":"shut.example"}"#,
            r#"{"timestamp":"2026-11-26T07:00:20Z","event":"host_refuses","host":"shut.example","code":"fetch.refused","refusals":5}"#,
            r#"{"timestamp":"2026-11-26T07:01:00Z","event":"host_lets_in","host":"shut.example","refusals":5}"#,
        ]);
        assert!(
            found[0].what.starts_with(
                "1 host refused us: shut.example (fetch.refused, until 2026-11-26 07:01:00Z;"
            ),
            "{found:?}"
        );
        assert!(found[0].next.starts_with("it is over; "), "{found:?}");
        assert_eq!(found[0].since.map(time::OffsetDateTime::second), Some(0));
    }

    #[test]
    fn slow_host_minute_is_found_in_long_log() {
        let answer = |n: u32, ms: u32| {
            format!(
                r#"{{"timestamp":"2026-11-26T07:{:02}:{:02}Z","event":"story","outcome":"story","host":"late.example","answer_ms":{ms}.0}}"#,
                n / 60,
                n % 60
            )
        };
        let lines: Vec<String> =
            (0..200).map(|n| answer(n, if (60..64).contains(&n) { 9000 } else { 80 })).collect();
        let found = told(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(
            found[0]
                .what
                .starts_with("1 slow host until 2026-11-26 07:01:03Z: late.example (4 of 200"),
            "{found:?}"
        );
    }

    #[test]
    fn restarts_by_poison_message_point_at_it() {
        let start = |second: u32| {
            format!(
                r#"{{"timestamp":"2026-11-26T07:00:{second:02}Z","event":"start","worker":"w"}}"#
            )
        };
        let poison = r#"{"timestamp":"2026-11-26T07:00:31Z","event":"story","outcome":"dlq","code":"intake.poison","deliveries":5}"#;
        let lines = [start(0), start(10), start(20), start(30), poison.to_owned()];
        let found = told(&lines.each_ref().map(String::as_str));
        assert!(found[0].what.ends_with("one story was delivered again"), "{found:?}");
        assert!(found[0].next.contains("dlq list --code poison"), "{found:?}");
        assert!(found[1].next.contains("one at a time"), "{found:?}");
    }

    #[test]
    fn codes_that_are_not_named_are_counted() {
        let lines: Vec<String> = (0..8)
            .map(|n| {
                format!(
                    r#"{{"timestamp":"2026-11-26T07:00:00Z","event":"story","outcome":"dlq","code":"fetch.c{}"}}"#,
                    n.min(6)
                )
            })
            .collect();
        let found = told(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(found[0].what.contains(", 2 of 2 other codes"), "{found:?}");
    }

    #[test]
    fn restarts_have_their_pace() {
        let starts: Vec<String> = (0..4)
            .map(|n| {
                format!(
                    r#"{{"timestamp":"2026-11-26T07:00:{:02}Z","event":"start","worker":"w"}}"#,
                    n * 19
                )
            })
            .collect();
        let found = told(&starts.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(found[0].what.contains("in a loop without having stopped, 3 times"), "{found:?}");
        assert!(found[0].what.contains("one every 19 s"), "{found:?}");
    }
}
