//! `Retry-After` (RFC 9110, 10.2.3): seconds or a date, cut to `fetch.max_retry_after_secs`, with up to a tenth added.
//!
//! A date is measured against the answer's own `Date`, so that neither machine's clock matters. What is neither is
//! ignored, not an error.

use std::time::{Duration, SystemTime};

use rand::Rng as _;

/// The wait that a header asks for, at most `longest`; `None` when it says nothing usable. A date
/// is measured against the answer's own `Date`, so that the two machines' clocks don't matter.
pub(super) fn parse(value: &str, date: Option<&str>, longest: Duration) -> Option<Duration> {
    let value = value.trim();
    let wait = if value.bytes().all(|b| b.is_ascii_digit()) {
        if value.is_empty() {
            return None;
        }
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(value).ok()?;
        let now =
            date.and_then(|d| httpdate::parse_http_date(d).ok()).unwrap_or_else(SystemTime::now);
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(longest))
}

/// The wait and up to a tenth more, so that those who wait do not all come back at once.
pub(super) fn with_jitter(wait: Duration) -> Duration {
    wait + wait.mul_f64(rand::rng().random_range(0.0..0.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn seconds_and_dates_are_read_and_clamped() {
        let date = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        let secs = |n| Some(Duration::from_secs(n));
        for (value, wait) in [
            ("120", secs(120)),
            (" 0 ", secs(0)),
            ("99999999999999999999999", secs(3600)),
            ("86400", secs(3600)),
            ("Wed, 21 Oct 2026 07:29:30 GMT", secs(90)),
            ("Wednesday, 21-Oct-26 07:29:30 GMT", secs(90)),
            ("Wed Oct 21 07:29:30 2026", secs(90)),
            ("Thu, 22 Oct 2026 07:28:00 GMT", secs(3600)),
            ("Wed, 21 Oct 2026 07:00:00 GMT", secs(0)),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
        ] {
            assert_eq!(parse(value, date, HOUR), wait, "{value:?}");
        }
    }

    #[test]
    fn jitter_only_lengthens() {
        for _ in 0..1000 {
            let wait = with_jitter(Duration::from_secs(10));
            assert!((10_000..11_000).contains(&wait.as_millis()));
        }
    }
}
