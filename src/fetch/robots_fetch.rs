//! Obeys robots.txt: the verdict on each hop, and the request for the file when this worker holds the lease for it.
//!
//! The file takes a turn at its host like any page; five redirects are followed. Any 2xx is success, 4xx means no rules,
//! 429, 5xx, network faults and a part of the file mean "no" for a while (RFC 9309, 2.3.1). What is our own fault (guard,
//! proxy, broker) is not shared with the group.

use std::time::Duration;

use tokio::time::Instant;

use super::classify_response::{self, SHORTEST_HOLD};
use super::client::{BodyLimit, Request};
use super::robots_cache::{Lookup, RobotsAnswer};
use super::robots_rules::Rules;
use super::{Error, Fetcher, retry_after};
use crate::model::{RobotsVerdict, Validators, WebUrl};

/// Redirects of robots.txt that are followed (RFC 9309, 2.3.1.2).
const REDIRECTS: u32 = 5;

/// Why robots.txt could not be fetched.
enum Failure {
    /// The origin's fault: the group remembers it for a while.
    Share(Error),
    /// Not the origin's: the next one tries again.
    Keep(Error),
}

/// Whose fault it is that there is no file. Only that the first address may not be asked at all, or
/// that the proxy or the broker is away, says nothing of the origin; a file that can't be decoded, is
/// over its limits, or leads to a forbidden address is the origin's.
fn refused(error: Error, redirected: bool) -> Failure {
    match &error {
        Error::Forbidden(_) if redirected => Failure::Share(error),
        Error::Forbidden(_) | Error::Proxy(_) | Error::State(_) | Error::NoDescriptors => {
            Failure::Keep(error)
        }
        _ => Failure::Share(error),
    }
}

/// An error and what it comes from, in one line. No cause is said twice.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

impl Fetcher {
    /// The verdict of robots.txt on a URL, and the delay between requests that it asks for.
    pub(super) async fn obey_robots(
        &self,
        url: &WebUrl,
    ) -> Result<(RobotsVerdict, Duration), Error> {
        if !self.sites.robots(url.host(), self.obey) {
            return Ok((RobotsVerdict::Ignored, Duration::ZERO));
        }
        let rules = self.robots_rules(url).await?;
        match &rules {
            Rules::Unreachable { until, cause } => {
                let after = until.since(self.hosts.clock().now().await?);
                let (after, cause) = (retry_after::with_jitter(after), cause.clone());
                Err(Error::RobotsUnreachable { after, cause })
            }
            Rules::Known(_) if !rules.allow(url).await => Err(Error::RobotsDisallowed),
            Rules::Known(_) => Ok((RobotsVerdict::Allowed, rules.crawl_delay())),
        }
    }

    /// The sitemaps that the robots.txt of a URL's host names; none where it is not obeyed, and so not
    /// asked for.
    ///
    /// # Errors
    /// As [`Fetcher::fetch`], of robots.txt.
    pub async fn sitemaps(&self, url: &WebUrl) -> Result<Vec<WebUrl>, Error> {
        if !self.sites.robots(url.host(), self.obey) {
            return Ok(Vec::new());
        }
        Ok(self.robots_rules(url).await?.sitemaps())
    }

    /// What robots.txt says of a URL's host, for the group.
    async fn robots_rules(&self, url: &WebUrl) -> Result<Rules, Error> {
        let cache = &self.robots;
        // The file takes a turn for every hop, and its time.
        let lease = self.policy.max_wait * (REDIRECTS + 1) + self.total;
        Ok(match cache.step(url, self.policy.max_wait, lease).await? {
            Lookup::Use(rules) => rules,
            Lookup::Wait => {
                let after = self.policy.max_wait.max(SHORTEST_HOLD);
                return Err(Error::HostTurn { after, crawl_delay: None });
            }
            Lookup::Fetch(lease) => match self.fetch_robots(url).await {
                Ok(found) => cache.store(url, lease, found).await?,
                Err(Failure::Share(error)) => {
                    tracing::debug!(%error, host = url.host(), "robots.txt can't be had");
                    let (cause, after) = (with_causes(&error), None);
                    cache.store(url, lease, RobotsAnswer::Unreachable { cause, after }).await?
                }
                Err(Failure::Keep(error)) => {
                    cache.abandon(url, lease).await?;
                    return Err(error);
                }
            },
        })
    }

    async fn fetch_robots(&self, page: &WebUrl) -> Result<RobotsAnswer, Failure> {
        let mut at = page.join("/robots.txt").expect("an origin has a robots.txt address");
        let mut budget = self.total;
        for hop in 0..=REDIRECTS {
            let redirected = hop > 0;
            self.client.check(&at).map_err(|error| refused(error, redirected))?;
            let policy = self.sites.policy(at.host(), &self.policy);
            let permit =
                self.permit(at.host(), None, &policy, None).await.map_err(Failure::Keep)?;
            let request = Request {
                url: &at,
                validators: &Validators::default(),
                accept: None,
                cookies: None,
                headers: self.sites.headers(&at),
                limit: BodyLimit {
                    bytes: robotxt::BYTE_LIMIT as u64 + 1,
                    cut: true,
                    is_wanted: None,
                },
                budget,
            };
            let start = Instant::now();
            let answer = self.client.get(request).await;
            budget = budget.saturating_sub(start.elapsed());
            let status = answer.as_ref().map(|a| a.status.as_u16()).ok();
            let after = answer
                .as_ref()
                .ok()
                .and_then(|answer| classify_response::asked_wait(answer, self.longest_hold));
            // Of a success that no page has.
            let body = answer.as_ref().ok().filter(|a| matches!(a.status.as_u16(), 207..=299));
            let body = body.map(|answer| answer.body.clone());
            let (result, observation) = classify_response::judge(answer, self.longest_hold);
            self.release(permit, observation, &policy, result.as_ref().err()).await;
            match (result, status) {
                (Ok(answer), _) if answer.is_redirect() => {
                    match answer.location().and_then(|target| at.join(&target).ok()) {
                        Some(target) => at = target,
                        None => return Ok(RobotsAnswer::Nothing),
                    }
                }
                (Ok(answer), _) => return Ok(RobotsAnswer::File(answer.body)),
                (Err(_), Some(207..=299)) => {
                    return Ok(RobotsAnswer::File(body.unwrap_or_default()));
                }
                (Err(error), Some(206 | 429 | 500..=599)) => {
                    return Ok(RobotsAnswer::Unreachable { cause: with_causes(&error), after });
                }
                (Err(_), Some(_)) => return Ok(RobotsAnswer::Nothing),
                (Err(error), None) => return Err(refused(error, redirected)),
            }
        }
        // Redirects without end are as good as no file (RFC 9309, 2.3.1.2).
        Ok(RobotsAnswer::Nothing)
    }
}
