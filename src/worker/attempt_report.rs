//! The result of one attempt at a story, and its log line.
//!
//! The line is a promise: its fields and codes are those of `deploy/logs/README.md`, and each attempt has one.

use std::time::Duration;

use crate::disposition::Failure;
use crate::model::{AttemptOutcome, Identity, Timings};
use crate::publish;

/// What one attempt came to, for the log, the counts and the settling of its delivery.
pub(super) struct AttemptReport {
    pub(super) identity: Identity,
    pub(super) outcome: AttemptOutcome,
    pub(super) failure: Option<Failure>,
    /// Whether the message is scheduled for later.
    pub(super) is_scheduled: bool,
    /// Whether this was a failed attempt at the story that will be followed by another.
    pub(super) counts_as_attempt: bool,
    /// From the message's arrival in the raw stream to now, by the broker's clock, in milliseconds.
    pub(super) age_ms: Option<u64>,
    pub(super) timings: Timings,
    pub(super) bytes: usize,
    /// Where the outcome is stored.
    pub(super) subject: Option<String>,
    /// Subject that a message which failed was sent to: whose it is.
    pub(super) raw_subject: Option<String>,
    /// Host of the story's page.
    pub(super) host: Option<String>,
    /// Address of the story's page.
    pub(super) url: Option<String>,
}

impl AttemptReport {
    fn new(identity: Identity, outcome: AttemptOutcome) -> Self {
        Self {
            identity,
            outcome,
            failure: None,
            is_scheduled: false,
            counts_as_attempt: false,
            age_ms: None,
            timings: Timings::default(),
            bytes: 0,
            subject: None,
            raw_subject: None,
            host: None,
            url: None,
        }
    }

    /// The story is stored, and its routes are sent.
    pub(super) fn story(identity: Identity, subject: String) -> Self {
        Self { subject: Some(subject), ..Self::new(identity, AttemptOutcome::Story) }
    }

    /// The story is stored, and a route of it is not sent or its key not remembered: the delivery comes again and finds all.
    pub(super) fn unrouted(identity: Identity, subject: String, error: &publish::Error) -> Self {
        let failure = Some(Failure::of(error));
        Self { failure, subject: Some(subject), ..Self::new(identity, AttemptOutcome::Lost) }
    }

    /// The failure is stored, as a skipped message or a dead letter.
    pub(super) fn failed(
        identity: Identity,
        outcome: AttemptOutcome,
        failure: Failure,
        subject: String,
    ) -> Self {
        Self { failure: Some(failure), subject: Some(subject), ..Self::new(identity, outcome) }
    }

    /// Nothing is stored: the message is to come again.
    pub(super) fn again(identity: Identity, outcome: AttemptOutcome, failure: Failure) -> Self {
        Self { failure: Some(failure), ..Self::new(identity, outcome) }
    }

    /// The key was settled before, by the outcome at `subject` where that is known.
    pub(super) fn repeat(identity: Identity, subject: Option<String>) -> Self {
        Self { subject, ..Self::new(identity, AttemptOutcome::Repeat) }
    }

    /// The delivery was not worked on.
    pub(super) fn lost(identity: Identity) -> Self {
        Self::new(identity, AttemptOutcome::Lost)
    }

    /// Whether something that replaces the message is stored, so that it may be acknowledged.
    pub(super) fn is_replaced(&self) -> bool {
        match self.outcome {
            AttemptOutcome::Story
            | AttemptOutcome::Skipped
            | AttemptOutcome::DeadLetter
            | AttemptOutcome::Repeat => true,
            AttemptOutcome::Retry | AttemptOutcome::Deferred | AttemptOutcome::Lost => {
                self.is_scheduled
            }
        }
    }

    /// Whether the story is stored, and one of its routes was not sent.
    pub(super) fn is_unrouted(&self) -> bool {
        self.outcome == AttemptOutcome::Lost && self.subject.is_some()
    }

    /// Whether the story was skipped because its host does not let us in.
    pub(super) fn is_refused(&self) -> bool {
        let is_refusal = self.failure.as_ref().is_some_and(|failure| failure.host.is_refusal());
        self.outcome == AttemptOutcome::Skipped && is_refusal
    }

    /// `stage.code` of the failure.
    pub(super) fn code(&self) -> Option<String> {
        self.failure.as_ref().map(|failure| format!("{}.{}", failure.stage, failure.code))
    }
}

/// What is counted and logged of a delivery beside its report.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeliveryFacts {
    /// Sequence of the raw message.
    pub(super) raw_seq: u64,
    /// Number of the attempt at the story, from 1.
    pub(super) attempt: u64,
    /// Deliveries of the message, this one included.
    pub(super) deliveries: u64,
    /// From the pull to the settling.
    pub(super) total: Duration,
}

/// Logs the end of a delivery, in one line.
pub(super) fn log(report: &AttemptReport, delivery: DeliveryFacts) {
    let DeliveryFacts { raw_seq, attempt, deliveries, total } = delivery;
    let (identity, code) = (&report.identity, report.code());
    let Timings { intake, fetch, turn, queue, extract, tag, publish } = report.timings;
    let answer = fetch.saturating_sub(turn);
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                event = "story",
                outcome = report.outcome.as_str(),
                code,
                id = identity.id().as_str(),
                key = identity.key_str(),
                raw_seq,
                attempt,
                deliveries,
                subject = report.subject,
                raw_subject = report.raw_subject,
                host = report.host,
                url = report.url,
                bytes = report.bytes,
                intake_ms = ms(intake),
                fetch_ms = ms(fetch),
                turn_ms = ms(turn),
                answer_ms = ms(answer),
                queue_ms = ms(queue),
                extract_ms = ms(extract),
                tag_ms = ms(tag),
                publish_ms = ms(publish),
                total_ms = ms(total),
                age_ms = report.age_ms,
                reason = report.failure.as_ref().map(|f| f.message.as_str()),
                "{} {}",
                report.outcome.as_str(),
                identity.id()
            )
        };
    }
    match report.outcome {
        AttemptOutcome::Story | AttemptOutcome::Skipped | AttemptOutcome::Deferred => line!(info),
        AttemptOutcome::Repeat => tracing::info!(
            event = "story",
            outcome = "repeat",
            code = "intake.repeat",
            id = identity.id().as_str(),
            key = identity.key_str(),
            raw_seq,
            attempt,
            deliveries,
            subject = report.subject,
            total_ms = ms(total),
            "repeat {}",
            identity.id()
        ),
        AttemptOutcome::DeadLetter | AttemptOutcome::Retry | AttemptOutcome::Lost => line!(warn),
    }
}

/// Milliseconds for a log field, three decimals.
#[must_use]
pub fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
impl DeliveryFacts {
    /// Of the first attempt, in that many deliveries.
    pub(super) fn of(deliveries: u64) -> Self {
        Self { raw_seq: 1, attempt: 1, deliveries, total: Duration::from_millis(40) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::{Disposition, HostCondition, Stage};
    use crate::model::StoryId;

    fn identity() -> Identity {
        Identity::new(StoryId::new("a").unwrap(), None)
    }

    fn failure(host: HostCondition) -> Failure {
        let disposition = Disposition::Skip;
        Failure {
            stage: Stage::Fetch,
            code: "forbidden",
            disposition,
            host,
            message: String::new(),
        }
    }

    #[test]
    fn only_what_something_stored_replaces_is_acknowledged() {
        for outcome in AttemptOutcome::ALL {
            let mut report = AttemptReport::new(identity(), outcome);
            let comes_again = ["retry", "deferred", "lost"].contains(&outcome.as_str());
            assert_eq!(report.is_replaced(), !comes_again, "{outcome:?}");
            report.is_scheduled = true;
            assert!(report.is_replaced(), "{outcome:?} and scheduled");
        }
    }

    #[test]
    fn a_story_without_its_route_is_unrouted() {
        let error = publish::Error::NoStream("desk.urgent".to_owned());
        let unrouted =
            AttemptReport::unrouted(identity(), "news.story.en.none.k".to_owned(), &error);
        assert!(unrouted.is_unrouted() && !unrouted.is_replaced());
        assert_eq!(unrouted.code().as_deref(), Some("publish.no_stream"));
        assert!(!AttemptReport::lost(identity()).is_unrouted());
        let repeat = AttemptReport::repeat(identity(), Some("news.story.en.none.k".to_owned()));
        assert!(!repeat.is_unrouted() && repeat.subject.is_some());
        let story = AttemptReport::story(identity(), "news.story.en.none.k".to_owned());
        assert!(!story.is_unrouted() && story.subject.as_deref() == Some("news.story.en.none.k"));
    }

    #[test]
    fn only_a_skipped_story_counts_as_refused() {
        let (skipped, subject) = (AttemptOutcome::Skipped, String::new);
        let of =
            |outcome, host| AttemptReport::failed(identity(), outcome, failure(host), subject());
        assert!(of(skipped, HostCondition::Refuses).is_refused());
        assert!(!of(skipped, HostCondition::Unknown).is_refused());
        assert!(!of(AttemptOutcome::DeadLetter, HostCondition::Refuses).is_refused());
        let report = of(skipped, HostCondition::Refuses);
        assert_eq!(report.code().as_deref(), Some("fetch.forbidden"));
        assert!(report.subject.is_some());
        assert_eq!(AttemptReport::lost(identity()).code(), None);
    }

    #[test]
    fn log_fields_have_milliseconds_of_three_decimals() {
        assert_eq!(ms(Duration::from_nanos(1_234_567_800)), 1234.568);
        assert_eq!(ms(Duration::ZERO), 0.0);
    }
}
