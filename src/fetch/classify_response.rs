//! What an answer means for the story and for its host: a page, a redirect, or an error; and the observation that the
//! host's record takes.
//!
//! By status, headers and signatures of walls alone: the text of a page is judged in `interstitial`. A refusal is the
//! host's even where the story is merely skipped, since refusals in a row pause the host.

use std::time::Duration;

use http::header::{CONTENT_RANGE, DATE, RETRY_AFTER};

use super::client::Response;
use super::error::Error;
use super::interstitial::{self, Wall};
use super::retry_after;
use crate::state::Observation;

/// How long a host is left alone when it says 429 without saying how long.
const DEFAULT_HOLD: Duration = Duration::from_secs(30);

/// Shortest time that a host is left alone when it asks for it at all.
pub(super) const SHORTEST_HOLD: Duration = Duration::from_secs(1);

/// Judges an exchange. Of answers, only pages and redirects are left.
pub(super) fn judge(
    answer: Result<Response, Error>,
    longest_hold: Duration,
) -> (Result<Response, Error>, Observation) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let observation = match &error {
                Error::Forbidden(_) | Error::Proxy(_) | Error::NoDescriptors => {
                    Observation::NotAsked
                }
                error if error.blames_host() => Observation::Failed,
                _ => Observation::Well,
            };
            return (Err(error), observation);
        }
    };
    let status = answer.status.as_u16();
    // A test for robots may come with any status; it is no failure of the host.
    if let Some(wall) = interstitial::of_refusal(status, &answer.headers, &answer.body) {
        let observation = if refuses(status) { Observation::Refused } else { Observation::Well };
        return (Err(Error::Wall(wall)), observation);
    }
    let asked = asked_wait(&answer, longest_hold);
    let (error, observation) = match status {
        200..=203 => return (Ok(answer), Observation::Well),
        301 | 302 | 303 | 307 | 308 => return (Ok(answer), Observation::Redirected),
        206 if is_whole(&answer) => return (Ok(answer), Observation::Well),
        204..=206 => (Error::Empty { status }, Observation::Well),
        304 => (Error::NotModified, Observation::Well),
        401 => (Error::Wall(Wall::Login), Observation::Refused),
        402 => (Error::Wall(Wall::Paywall), Observation::Refused),
        403 | 407 => (Error::Refused { status }, Observation::Refused),
        404 | 410 => (Error::Gone { status }, Observation::Well),
        451 => (Error::Legal, Observation::Refused),
        429 => {
            let after = asked.unwrap_or_else(|| retry_after::with_jitter(DEFAULT_HOLD));
            (Error::RateLimited { after }, Observation::Held(after))
        }
        503 => {
            let observation = asked.map_or(Observation::Failed, Observation::FailedAndHeld);
            (Error::Unavailable { after: asked }, observation)
        }
        408 | 425 | 500..=599 => (Error::ServerError { status }, Observation::Failed),
        _ => (Error::Status { status }, Observation::Well),
    };
    (Err(error), observation)
}

/// Whether the part that a 206 has is all there is.
pub(super) fn is_whole(answer: &Response) -> bool {
    let range = answer.header(CONTENT_RANGE).and_then(|range| range.trim().strip_prefix("bytes "));
    let Some((range, size)) = range.and_then(|range| range.split_once('/')) else { return false };
    let last = range.trim().strip_prefix("0-").and_then(|last| last.parse::<u64>().ok());
    last.and_then(|last| last.checked_add(1)).is_some_and(|end| size.trim().parse() == Ok(end))
}

/// How long an answer asks to wait, up to `longest_hold`, with a little at random; `None` where it does not say.
pub(super) fn asked_wait(answer: &Response, longest_hold: Duration) -> Option<Duration> {
    let value = answer.header(RETRY_AFTER)?;
    let wait = retry_after::parse(value, answer.header(DATE), longest_hold)?;
    Some(retry_after::with_jitter(wait.max(SHORTEST_HOLD)))
}

/// Whether a status says that we are not let in.
fn refuses(status: u16) -> bool {
    matches!(status, 401 | 402 | 403 | 407 | 451)
}
