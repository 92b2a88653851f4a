//! Whether and when a story is tried again. Stores and settles nothing.

use std::time::Duration;

use time::OffsetDateTime;

use super::context::WorkerContext;
use crate::backoff;
use crate::disposition::{Disposition, Failure, Stage};
use crate::intake::Delivery;

/// Whether a failure is the broker's fault and not the story's: an outcome that it does not store, for whatever reason.
/// A dead letter would not be stored either, so that the story is tried again without end, and no attempt is counted.
/// Narrower is [`crate::publish::Error::is_back_pressure`]: the broker takes nothing at present, and waiting helps.
pub(super) fn is_brokers_fault(failure: &Failure) -> bool {
    failure.stage == Stage::Publish
}

/// A story that has been tried often or long enough is not tried again.
pub(super) async fn give_up_when_spent(
    shared: &WorkerContext,
    delivery: &Delivery,
    mut failure: Failure,
) -> Failure {
    let settings = &shared.settings.worker;
    let is_retry = matches!(failure.disposition, Disposition::Retry { .. });
    // No attempt is counted for a host that does not answer, but it must not hold a story for ever.
    let is_silent_host =
        failure.disposition != Disposition::Skip && failure.host.may_never_answer();
    if is_brokers_fault(&failure) || !(is_retry || is_silent_host) {
        return failure;
    }
    let attempts = delivery.attempts_before() + 1;
    let is_too_old = age(shared, delivery).await.as_secs() > settings.max_age_hours * 3600;
    if (is_retry && attempts >= settings.max_attempts) || is_too_old {
        failure.disposition = Disposition::Reject;
        failure.message = format!("{} (given up after {attempts} attempts)", failure.message);
    }
    failure
}

/// Makes a message wait whose object store does not answer: longer the older it is, and no longer than a story may
/// be tried. Its bucket may be one that nobody will ever lead, or that this worker may not ask for.
pub(super) async fn wait_for_object_store(
    shared: &WorkerContext,
    delivery: &Delivery,
    failure: &mut Failure,
) {
    let Disposition::Defer { after } = failure.disposition else { return };
    let age = age(shared, delivery).await;
    failure.disposition = match wait_at_age(&shared.settings.worker, after, age) {
        Some(wait) => Disposition::Defer { after: backoff::not_before(wait) },
        None => Disposition::Reject,
    };
}

/// Half of the message's age, never less than `after`; `None` once it is older than a story may be tried.
fn wait_at_age(settings: &super::Settings, after: Duration, age: Duration) -> Option<Duration> {
    if age.as_secs() > settings.max_age_hours * 3600 {
        return None;
    }
    let longest = Duration::from_secs(settings.retry_max_secs).max(after);
    Some((age / 2).clamp(after, longest))
}

/// The broker's time, which stamped the message and fires the schedule. A jump of this machine's clock
/// neither ages a story nor holds it back.
pub(super) async fn now(shared: &WorkerContext) -> OffsetDateTime {
    let moment = match shared.ledger.clock.now().await {
        Ok(moment) => moment,
        Err(_) => shared.ledger.clock.local_now(),
    };
    OffsetDateTime::UNIX_EPOCH + Duration::from_millis(moment.as_millis())
}

/// How long ago the message first entered a raw stream, by the broker's clock, to the second.
async fn age(shared: &WorkerContext, delivery: &Delivery) -> Duration {
    let seconds = now(shared).await.unix_timestamp() - delivery.since();
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

/// Doubles with every attempt, never less than the other side asked for, never more than the
/// longest wait; up to a quarter is added at random so that a herd spreads out.
pub(super) fn wait_before_retry(
    settings: &super::Settings,
    disposition: Disposition,
    attempts: u64,
) -> Duration {
    let least = match disposition {
        Disposition::Defer { after } => return after,
        Disposition::Retry { after } => after.unwrap_or_default(),
        Disposition::Reject | Disposition::Skip => Duration::ZERO,
    };
    let longest = Duration::from_secs(settings.retry_max_secs);
    let failures = u32::try_from(attempts.max(1) - 1).unwrap_or(u32::MAX);
    let wait = backoff::doubled(Duration::from_secs(settings.retry_min_secs), longest, failures);
    backoff::not_before(wait.max(least).min(longest))
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;
    use crate::publish;

    #[test]
    fn what_the_broker_does_not_store_is_never_the_storys_fault() {
        for (error, is_back_pressure) in [
            (publish::Error::Full("maximum bytes exceeded".to_owned()), true),
            (publish::Error::NoStream("news.story.en.none.k".to_owned()), true),
            (publish::Error::Refused { code: 10_000, description: String::new() }, false),
            (publish::Error::Occupied("news.retry.at.1".to_owned()), false),
        ] {
            assert!(is_brokers_fault(&Failure::of(&error)), "{error}");
            assert_eq!(error.is_back_pressure(), is_back_pressure, "{error}");
        }
        assert!(!is_brokers_fault(&Failure::of(&crate::extract::Error::NoText)));
    }

    #[test]
    fn waits_double_from_the_shortest_to_the_longest_and_are_never_below_what_is_asked_for() {
        let settings = Settings { retry_min_secs: 10, retry_max_secs: 600, ..Settings::default() };
        let retry =
            |after: Option<u64>| Disposition::Retry { after: after.map(Duration::from_secs) };
        for (disposition, attempts, least) in [
            (retry(None), 0, 10),
            (retry(None), 1, 10),
            (retry(None), 3, 40),
            (retry(None), 7, 600),
            (retry(None), u64::MAX, 600),
            (retry(Some(90)), 1, 90),
            (retry(Some(90)), 5, 160),
            (retry(Some(9000)), 1, 600),
        ] {
            let wait = wait_before_retry(&settings, disposition, attempts).as_secs_f64();
            let least = f64::from(least);
            assert!((least..=least * 1.25).contains(&wait), "{disposition:?} {attempts}: {wait}");
        }
        let after = Duration::from_secs(3);
        assert_eq!(wait_before_retry(&settings, Disposition::Defer { after }, 9), after);
    }
    #[test]
    fn waits_for_a_silent_object_store_grow_with_the_message_and_end() {
        let settings = Settings { retry_max_secs: 600, max_age_hours: 2, ..Settings::default() };
        for (age, wait) in [
            (0, Some(5)),
            (9, Some(5)),
            (60, Some(30)),
            (1000, Some(500)),
            (7200, Some(600)),
            (7201, None),
        ] {
            let waits = wait_at_age(&settings, Duration::from_secs(5), Duration::from_secs(age));
            assert_eq!(waits.map(|wait| wait.as_secs()), wait, "{age}");
        }
        // What is asked for is waited for, however long a retry may wait.
        let asked = Duration::from_secs(900);
        assert_eq!(wait_at_age(&settings, asked, Duration::ZERO), Some(asked));
    }
}
