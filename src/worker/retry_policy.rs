//! Whether and when a story is tried again. Stores and settles nothing.
//!
//! A story is given up by its attempts or by the time since it was first tried, whichever is first: a backlog that no
//! worker was there for is not old. Waits grow from attempt to attempt, and what a site or the broker asks for is longer
//! than any of them.

use std::time::Duration;

use time::OffsetDateTime;

use super::context::BrokerHandles;
use super::settings::Settings;
use crate::backoff;
use crate::disposition::{Disposition, Failure, Stage};
use crate::intake::Delivery;
use crate::state::Clock;

/// Whether a failure is the broker's fault and not the story's: an outcome that it does not store, for whatever reason.
/// A dead letter would not be stored either, so that the story is tried again without end, and no attempt is counted.
/// Narrower is [`crate::publish::Error::is_back_pressure`]: the broker takes nothing at present, and waiting helps.
pub(super) fn is_brokers_fault(failure: &Failure) -> bool {
    failure.stage == Stage::Publish
}

/// A story that has been tried often or long enough is not tried again.
pub(super) async fn give_up_when_spent(
    settings: &Settings,
    broker: &BrokerHandles,
    delivery: &Delivery,
    mut failure: Failure,
) -> Failure {
    if is_given_up(settings, broker, delivery, &failure).await {
        let attempts = delivery.attempts_before() + 1;
        failure.disposition = Disposition::Reject;
        failure.message = format!("{} (given up after {attempts} attempts)", failure.message);
    }
    failure
}

/// Whether a story that failed so, and would be tried again, has been tried often or long enough.
pub(super) async fn is_given_up(
    settings: &Settings,
    broker: &BrokerHandles,
    delivery: &Delivery,
    failure: &Failure,
) -> bool {
    is_bounded(failure) && {
        let attempts = delivery.attempts_before() + 1;
        is_spent(settings, failure.disposition, attempts, tried_for(broker, delivery).await)
    }
}

/// Whether a story that failed so is given up in the end. What waits for its turn at a host that answers is not: turns
/// come. A host that does not answer counts no attempt, and must not hold a story for ever.
fn is_bounded(failure: &Failure) -> bool {
    let waits_in_vain = failure.disposition != Disposition::Skip && failure.host.may_never_answer();
    !is_brokers_fault(failure) && (is_retry(failure.disposition) || waits_in_vain)
}

fn is_retry(disposition: Disposition) -> bool {
    matches!(disposition, Disposition::Retry { .. })
}

/// Whether attempts or time are used up; attempts count where the failure was one.
fn is_spent(
    settings: &Settings,
    disposition: Disposition,
    attempts: u64,
    tried_for: Duration,
) -> bool {
    (is_retry(disposition) && attempts >= settings.max_attempts) || is_too_long(settings, tried_for)
}

fn is_too_long(settings: &Settings, tried_for: Duration) -> bool {
    tried_for.as_secs() > settings.max_age_hours * 3600
}

/// Makes a message wait whose object store does not answer. Its bucket may never get a leader, or be one
/// that this worker may not ask for.
pub(super) async fn wait_for_object_store(
    settings: &Settings,
    broker: &BrokerHandles,
    delivery: &Delivery,
    failure: &mut Failure,
) {
    if let Disposition::Defer { after } = failure.disposition {
        let tried_for = tried_for(broker, delivery).await;
        failure.disposition = object_store_wait(settings, after, tried_for);
    }
}

/// Longer the longer the message was tried, and no longer than a story may be tried.
fn object_store_wait(settings: &Settings, after: Duration, tried_for: Duration) -> Disposition {
    if is_too_long(settings, tried_for) {
        return Disposition::Reject;
    }
    let longest = Duration::from_secs(settings.retry_max_secs);
    let after = after.max(tried_for / 2).min(longest.max(after));
    Disposition::Defer { after: backoff::not_before(after) }
}

/// The broker's time, which stamped the message and fires the schedule. A jump of this machine's clock
/// neither ages a story nor holds it back.
pub(super) async fn now(clock: &Clock) -> OffsetDateTime {
    let moment = match clock.now().await {
        Ok(moment) => moment,
        Err(_) => clock.local_now(),
    };
    OffsetDateTime::UNIX_EPOCH + Duration::from_millis(moment.as_millis())
}

/// When the story was first tried, in Unix seconds by the broker's clock: not before it was delivered, however long it
/// had waited for that. Where it is not known, when the message first entered a raw stream.
pub(super) async fn first_try(broker: &BrokerHandles, delivery: &Delivery) -> i64 {
    if let Some(tried) = delivery.tried() {
        return tried;
    }
    let is_handed_back = delivery.handed_back().is_some_and(|(deliveries, _)| deliveries > 0);
    if !is_handed_back && delivery.attempts_before() == 0 {
        return now(&broker.clock).await.unix_timestamp();
    }
    match broker.nak_ledger.tried(delivery.place_in_stream()).await {
        Ok(Some(tried)) => tried,
        Ok(None) | Err(_) => delivery.since(),
    }
}

/// How long ago the story was first tried, by the broker's clock, to the second.
async fn tried_for(broker: &BrokerHandles, delivery: &Delivery) -> Duration {
    let seconds = now(&broker.clock).await.unix_timestamp() - first_try(broker, delivery).await;
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}

/// Doubles with every attempt, never less than the other side asked for, never more than the
/// longest wait; up to a quarter is added at random so that a herd spreads out.
pub(super) fn wait_before_retry(
    settings: &Settings,
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
    use super::*;
    use crate::disposition::HostCondition;
    use crate::publish;

    #[test]
    fn broker_storage_failure_is_never_the_storys_fault() {
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

    fn failure(disposition: Disposition, host: HostCondition) -> Failure {
        let stage = Stage::Fetch;
        Failure { stage, code: "dns", disposition, host, message: String::new() }
    }

    const RETRY: Disposition = Disposition::Retry { after: None };
    const DEFER: Disposition = Disposition::Defer { after: Duration::from_secs(9) };

    #[test]
    fn conditions_that_may_never_end_are_given_up() {
        for (disposition, host, is_given_up) in [
            (RETRY, HostCondition::Unknown, true),
            (DEFER, HostCondition::Turn, false),
            (DEFER, HostCondition::Unknown, false),
            (DEFER, HostCondition::Failing, true),
            (DEFER, HostCondition::OutOfReach, true),
            (Disposition::Skip, HostCondition::RefusesAndLeftAlone, false),
            (Disposition::Reject, HostCondition::Unknown, false),
        ] {
            assert_eq!(
                is_bounded(&failure(disposition, host)),
                is_given_up,
                "{disposition:?} {host:?}"
            );
        }
        let full = Failure::of(&publish::Error::Full(String::new()));
        assert!(!is_bounded(&full), "a dead letter would not be stored either");
    }

    #[test]
    fn attempts_and_time_are_exhausted_at_limits() {
        let settings = Settings { max_attempts: 8, max_age_hours: 48, ..Settings::default() };
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        for (disposition, attempts, age, is_over) in [
            (RETRY, 7, hours(48), false),
            (RETRY, 8, hours(0), true),
            (RETRY, 1, hours(48) + Duration::from_secs(1), true),
            // Not an attempt: only the time counts.
            (DEFER, 100, hours(48), false),
            (DEFER, 1, hours(49), true),
        ] {
            assert_eq!(
                is_spent(&settings, disposition, attempts, age),
                is_over,
                "{attempts} {age:?}"
            );
        }
    }

    #[test]
    fn older_messages_wait_longer_for_object_store() {
        let settings = Settings { retry_max_secs: 3600, max_age_hours: 48, ..Settings::default() };
        let seconds = Duration::from_secs;
        for (age, least) in [(0, 10), (100, 50), (100_000, 3600)] {
            let wait = object_store_wait(&settings, seconds(10), seconds(age));
            let Disposition::Defer { after } = wait else { panic!("{wait:?}") };
            assert!(after >= seconds(least) && after <= seconds(least).mul_f64(1.25), "{after:?}");
        }
        let too_old = object_store_wait(&settings, seconds(10), seconds(48 * 3600 + 1));
        assert_eq!(too_old, Disposition::Reject);
    }

    #[test]
    fn waits_double_within_limits_and_respect_retry_after() {
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
}
