//! What a delivery came to, and the log line that tells of it.

use std::time::Duration;

use crate::disposition::Failure;
use crate::model::{Identity, Timings};
use crate::publish;

/// How one attempt at a story ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttemptOutcome {
    /// Published.
    Story,
    /// Nothing to publish.
    Skipped,
    /// Dead-lettered.
    Dlq,
    /// Handed back for another attempt.
    Retry,
    /// Handed back without an attempt counted.
    Deferred,
    /// Its key was settled before.
    Repeat,
    /// Forgotten: the broker delivers it again.
    Lost,
}

impl AttemptOutcome {
    /// Every ending, in the order of the totals line.
    pub const ALL: [Self; 7] = [
        Self::Story,
        Self::Skipped,
        Self::Dlq,
        Self::Retry,
        Self::Deferred,
        Self::Repeat,
        Self::Lost,
    ];

    /// The token in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Skipped => "skipped",
            Self::Dlq => "dlq",
            Self::Retry => "retry",
            Self::Deferred => "deferred",
            Self::Repeat => "repeat",
            Self::Lost => "lost",
        }
    }
}

/// What is told of a delivery once it has ended.
pub(super) struct AttemptReport {
    pub(super) identity: Identity,
    pub(super) ended: AttemptOutcome,
    /// Whether something that replaces the message is stored, so that it may be acknowledged.
    pub(super) stored: bool,
    pub(super) failure: Option<Failure>,
    /// 1 when this was a failed attempt at the story that will be followed by another.
    pub(super) spent: u64,
    /// From the message's arrival in the raw stream to now, by the broker's clock, in milliseconds.
    pub(super) age_ms: Option<u64>,
    pub(super) timings: Timings,
    pub(super) bytes: usize,
    pub(super) subject: Option<String>,
    /// Subject that a message which failed was sent to: whose it is.
    pub(super) raw_subject: Option<String>,
    /// Host of the story's page.
    pub(super) host: Option<String>,
    /// Address of the story's page.
    pub(super) url: Option<String>,
}

impl AttemptReport {
    /// Whether the story is stored, and one of its routes was not sent.
    pub(super) fn is_unrouted(&self) -> bool {
        self.ended == AttemptOutcome::Lost && self.subject.is_some()
    }

    /// Whether the story was skipped because its host does not let us in.
    pub(super) fn is_refused(&self) -> bool {
        let is_refusal = self.failure.as_ref().is_some_and(|failure| failure.host.is_refusal());
        self.ended == AttemptOutcome::Skipped && is_refusal
    }
}

pub(super) fn report(
    identity: Identity,
    ended: AttemptOutcome,
    failure: Option<Failure>,
    subject: Option<String>,
) -> AttemptReport {
    let stored = match ended {
        AttemptOutcome::Story
        | AttemptOutcome::Skipped
        | AttemptOutcome::Dlq
        | AttemptOutcome::Repeat => true,
        AttemptOutcome::Retry | AttemptOutcome::Deferred | AttemptOutcome::Lost => false,
    };
    AttemptReport {
        identity,
        ended,
        stored,
        failure,
        spent: 0,
        age_ms: None,
        timings: Timings::default(),
        bytes: 0,
        subject,
        raw_subject: None,
        host: None,
        url: None,
    }
}

/// The end of a stored story, by what became of its routes.
pub(super) fn routed_story(
    identity: Identity,
    subject: String,
    routed: Result<(), publish::Error>,
) -> AttemptReport {
    match routed {
        Ok(()) => report(identity, AttemptOutcome::Story, None, Some(subject)),
        // The story is stored, its routes are not: the delivery comes again and finds both.
        Err(error) => {
            report(identity, AttemptOutcome::Lost, Some(Failure::of(&error)), Some(subject))
        }
    }
}

/// Logs the end of a delivery, in one line.
pub(super) fn log(
    report: &AttemptReport,
    code: Option<&str>,
    raw_seq: u64,
    attempt: u64,
    deliveries: u64,
    total: Duration,
) {
    let identity = &report.identity;
    let Timings { intake, fetch, turn, queue, extract, tag, publish } = report.timings;
    let answer = fetch.saturating_sub(turn);
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                event = "story",
                outcome = report.ended.as_str(),
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
                report.ended.as_str(),
                identity.id()
            )
        };
    }
    match report.ended {
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
        AttemptOutcome::Dlq | AttemptOutcome::Retry | AttemptOutcome::Lost => line!(warn),
    }
}

/// Milliseconds for a log field, three decimals.
#[must_use]
pub fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
