//! The answer to each line: a record, the routes that a story takes, or why there is neither.

use time::OffsetDateTime;

use super::hints::hint;
use super::input::Line;
use super::waits::Waits;
use crate::disposition::{Disposition, Failure};
use crate::intake::{self, RawMessage};
use crate::model::{Identity, Origin, Provenance, RawArticle, Story, Timings};
use crate::page_archive::Archived;
use crate::pipeline::{Outcome, Pipeline};
use crate::record::{self, Format};
use crate::route::Routes;

/// What is printed of a story.
pub(super) enum Print {
    Story(Format),
    Routes(Routes),
}

impl Print {
    fn line(&self, story: &Story, timings: &Timings) -> String {
        match self {
            Self::Story(format) => {
                let now = OffsetDateTime::now_utc();
                record::to_json(*format, story, &Provenance::default(), timings, now)
            }
            Self::Routes(routes) => {
                let taken: Vec<_> = routes
                    .matching(story)
                    .into_iter()
                    .map(|r| serde_json::json!({"name": r.name, "subject": r.subject, "format": r.format}))
                    .collect();
                let id = story.article.identity.id().as_str();
                serde_json::json!({"id": id, "routes": taken}).to_string()
            }
        }
    }
}

/// A line of output, and whether it is an error.
pub(super) struct Answer {
    pub(super) line: String,
    pub(super) failed: bool,
}

/// Answers lines.
pub(super) struct LineProcessor {
    pub(super) pipeline: Pipeline,
    pub(super) intake: intake::Settings,
    pub(super) print: Print,
}

impl LineProcessor {
    /// The line that answers a line.
    pub(super) async fn answer(&self, line: Line) -> Answer {
        let started = std::time::Instant::now();
        let settings = &self.intake;
        let (message, captured, _share) = match line {
            Line::Message(body, share) => (RawMessage::json(body), None, share),
            Line::Archived(archived, share) => {
                let Archived { message, page } = *archived;
                (RawMessage::json(message.into()), Some(page), share)
            }
            Line::TooLong => {
                let error =
                    intake::Error::TooLarge { field: "the line", limit: settings.max_body_bytes };
                return refusal(None, &Failure::of(&error));
            }
        };
        let raw = match intake::decode(message.clone(), settings) {
            Ok(raw) => raw,
            Err(error) => {
                let identity = intake::identify(&message, settings);
                let mut failure = Failure::of(&error);
                if let Some(hint) = hint(&message.body) {
                    failure.message.push_str("; ");
                    failure.message.push_str(hint);
                }
                return refusal(Some(&identity), &failure);
            }
        };
        drop(message);
        let identity = raw.identity.clone();
        let intake = started.elapsed();
        let outcome = match captured {
            Some(page) => self.pipeline.run_archived(raw, page).await,
            None => self.run_and_wait(raw).await,
        };
        match outcome.result {
            Ok(story) => {
                let timings = Timings { intake, ..outcome.timings };
                Answer { line: self.print.line(&story, &timings), failed: false }
            }
            Err(failure) => refusal(Some(&identity), &failure),
        }
    }

    /// There is no later here: a turn at a host, or a host that asks for a little time, is waited for. One that asks
    /// for more is the answer, so that the other lines get theirs.
    async fn run_and_wait(&self, mut raw: RawArticle) -> Outcome {
        let mut waits = Waits::default();
        loop {
            // Only a link is ever deferred; a page is not kept twice.
            let again = matches!(raw.origin, Origin::Link { .. }).then(|| raw.clone());
            let outcome = self.pipeline.run(raw).await;
            let wait = outcome.result.as_ref().err().and_then(|failure| waits.next(failure));
            match (wait, again) {
                (Some(wait), Some(link)) => {
                    tokio::time::sleep(wait).await;
                    raw = link;
                }
                _ => return outcome,
            }
        }
    }
}

fn refusal(identity: Option<&Identity>, failure: &Failure) -> Answer {
    let kind = match failure.disposition {
        Disposition::Skip => "skipped",
        Disposition::Reject | Disposition::Retry { .. } | Disposition::Defer { .. } => "error",
    };
    let line = serde_json::json!({
        "id": identity.map(|i| i.id().as_str()),
        kind: {
            "stage": failure.stage.as_str(),
            "code": failure.code,
            "message": failure.message,
        },
    });
    Answer { line: record::portable_line(line.to_string()), failed: kind == "error" }
}
