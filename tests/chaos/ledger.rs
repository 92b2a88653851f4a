//! What must be on the out stream, and what is.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use futures_util::StreamExt as _;
use news_ingest::model::{Identity, StoryId};
use serde_json::Value;

use super::group::SETTINGS;
use super::routes;
use super::stories::Input;
use super::support::broker::Stored;
use super::support::worker;

/// How a story must end, by a calm run: `process`, which needs no broker.
struct Due {
    /// `story`, or kind, stage and code.
    ending: String,
    /// The record's item, what was the hour left out; a dead letter's body.
    item: Option<Value>,
    body: Vec<u8>,
    found: usize,
    routed: usize,
}

pub struct Ledger(HashMap<String, Due>);

/// The ledger held against the stream.
#[derive(Debug, Default)]
pub struct Report {
    due: usize,
    endings: BTreeMap<String, usize>,
    lost: Vec<String>,
    doubled: Vec<String>,
    unknown: Vec<String>,
    differing: Vec<String>,
    routed: usize,
    misrouted: Vec<String>,
}

impl Ledger {
    /// Runs the messages in calm.
    pub async fn open(inputs: &[Input]) -> Self {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for input in inputs {
            use std::io::Write as _;
            file.write_all(&input.line).unwrap();
            file.write_all(b"\n").unwrap();
        }
        let mut command = worker::program();
        command
            .arg("process")
            .arg(file.path())
            .current_dir(std::env::temp_dir())
            .env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")
            .env("NEWS_INGEST__FETCH__ALLOW_PORTS", "[]")
            .env("NEWS_INGEST__FETCH__HOST_INTERVAL_MS", "0");
        for (name, value) in SETTINGS {
            command.env(format!("NEWS_INGEST__{name}"), value);
        }
        // Answers come in order: a slow page must not hold up the lines behind it.
        command.env("NEWS_INGEST__INTAKE__SLOTS", "2048");
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let answers: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(answers.len(), inputs.len(), "every line has an answer");
        let due: HashMap<String, Due> = inputs
            .iter()
            .zip(answers)
            .map(|(input, answer)| {
                let id = StoryId::new(answer["id"].as_str().unwrap()).unwrap();
                let key = Identity::new(id, None).key().as_str().to_owned();
                let ending = match (input.ending, answer.get("skipped"), answer.get("error")) {
                    (Some(ending), ..) => ending.to_owned(),
                    (None, Some(why), _) => ended("skipped", why),
                    (None, None, Some(why)) => ended("dlq", why),
                    (None, None, None) => "story".to_owned(),
                };
                let item = answer.get("item").filter(|_| ending == "story");
                let item = item.cloned().map(timeless);
                (key, Due { ending, item, body: input.body.clone(), found: 0, routed: 0 })
            })
            .collect();
        assert_eq!(due.len(), inputs.len(), "every story has a key of its own");
        Self(due)
    }

    /// Holds what is due against the out stream and the route's.
    pub fn close(mut self, stored: &[Stored], routed: &[Stored]) -> Report {
        let mut report = Report { due: self.0.len(), routed: routed.len(), ..Report::default() };
        for message in routed {
            match self.0.get_mut(message.key()) {
                Some(due) => due.routed += 1,
                None => report.misrouted.push(message.subject.clone()),
            }
        }
        for outcome in stored {
            let Some(due) = self.0.get_mut(outcome.key()) else {
                report.unknown.push(outcome.subject.clone());
                continue;
            };
            due.found += 1;
            let tokens: Vec<&str> = outcome.subject.split('.').collect();
            let ending = match tokens[1] {
                "story" => "story".to_owned(),
                kind => format!("{kind} {}.{}", tokens[2], tokens[3]),
            };
            *report.endings.entry(ending.clone()).or_default() += 1;
            let same = ending == due.ending
                && match tokens[1] {
                    "story" => outcome.json().get("item").cloned().map(timeless) == due.item,
                    "dlq" => outcome.body == due.body,
                    _ => true,
                };
            if !same {
                let why = outcome.header("News-Message").unwrap_or("the record is another");
                report.differing.push(format!("{} for {}: {why}", outcome.subject, due.ending));
            }
            if due.found == 2 {
                report.doubled.push(outcome.subject.clone());
            }
        }
        for (key, due) in &self.0 {
            let to_be_routed = usize::from(due.item.as_ref().is_some_and(routes::takes));
            if due.routed != to_be_routed {
                report.misrouted.push(format!("{key} {} times for {to_be_routed}", due.routed));
            }
            if due.found == 0 {
                report.lost.push(format!("{key}: {}", String::from_utf8_lossy(&due.body)));
            }
        }
        report
    }
}

fn ended(kind: &str, why: &Value) -> String {
    format!("{kind} {}.{}", why["stage"].as_str().unwrap(), why["code"].as_str().unwrap())
}

/// An item without the time of its making.
fn timeless(mut item: Value) -> Value {
    item.as_object_mut().unwrap().remove("versionCreated").unwrap();
    item
}

/// Everything on a stream.
pub async fn read_all(context: &Context, stream: &str) -> Vec<Stored> {
    let stream = context.get_stream(stream).await.unwrap();
    let state = &stream.cached_info().state;
    let all: Vec<Stored> = futures_util::stream::iter(state.first_sequence..=state.last_sequence)
        .map(|sequence| stream.get_raw_message(sequence))
        .buffered(64)
        // What `provision` sent through a stream that it closed is taken out again.
        .filter_map(async |message| match message {
            Ok(message) => Some(Stored::from(message)),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => None,
            Err(error) => panic!("{error}"),
        })
        .collect()
        .await;
    assert_eq!(all.len() as u64, state.messages, "the stream was read as a whole");
    all
}

impl Report {
    pub fn assert_balanced(&self) {
        for (what, which) in [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("unknown", &self.unknown),
            ("differing from a calm run", &self.differing),
            ("not on their route, or not once", &self.misrouted),
        ] {
            let first = &which[..which.len().min(5)];
            assert!(which.is_empty(), "{} stories are {what}, such as {first:#?}", which.len());
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<32}{:>8}", "stories in", self.due)?;
        for (ending, count) in &self.endings {
            writeln!(f, "{ending:<32}{count:>8}")?;
        }
        writeln!(f, "{:<32}{:>8}", "on the route", self.routed)?;
        for (what, which) in [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("unknown", &self.unknown),
            ("differing from a calm run", &self.differing),
            ("not on their route, or not once", &self.misrouted),
        ] {
            writeln!(f, "{what:<32}{:>8}", which.len())?;
        }
        Ok(())
    }
}
