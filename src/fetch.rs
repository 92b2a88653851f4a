//! URL to page, politely, safely, and with every ending named.
//!
//! A fetch is a walk along redirects. Every hop passes the same gates in the same order:
//!
//! ```text
//! guard (URL) -> robots.txt -> turn at the host -> guard (address) -> request -> body -> turn back
//! ```
//!
//! Refused, each with a code: what the address guard forbids, what robots.txt disallows, answers over
//! their limits, what is no page, and what stands in a page's place (`interstitial`). Nothing is retried in
//! here: an error says what is to become of the message, and the worker does it.

use std::collections::HashSet;
use std::time::Duration;

use http::header::{CONTENT_TYPE, ETAG, LAST_MODIFIED, REFRESH};
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::char_references::unescape;
use crate::disposition::{Classify as _, Disposition};
use crate::model::{
    Captured, FetchReport, Hints, Identity, Key, Origin, Page, RawArticle, RobotsVerdict,
    Validators, WebUrl,
};
use crate::state::{
    Deferred, HostPermit, HostPolicy, Hosts, Observation, PermitReply, Requester, State,
};

mod classify_error;
mod classify_response;
mod client;
mod connection;
mod cookies;
mod decode;
mod error;
mod feed;
#[cfg(feature = "tools")]
pub mod fuzzing;
mod guard;
mod host_events;
mod interstitial;
mod page_scan;
mod page_text;
mod proxies;
mod resolve;
mod retry_after;
mod robots_cache;
mod robots_fetch;
mod robots_rules;
mod settings;
mod settings_error;
mod sites;
mod turn_wait;
mod web_archive;

use client::{BodyLimit, Client, Request, Response};
use cookies::Jar;
use page_scan::PageScan;
use robots_cache::RobotsCache;
use sites::Sites;
use web_archive::WebArchive;

pub use error::{Cause, Error, Phase};
pub use feed::{FeedAnswer, FeedDocument};
pub use guard::{Forbidden, Guard, is_public};
pub use interstitial::Wall;
pub use resolve::{Lookup, system_lookup};
pub use settings::Settings;
pub use settings_error::SettingsError;
pub use sites::SiteSettings;
pub use turn_wait::TurnWait;

/// Largest page that is taken for a mere redirect, in bytes, and the text it may hold.
const LARGEST_REFRESH: usize = 16 * 1024;
const REFRESH_TEXT: usize = 400;

/// Longest delay of a `Refresh` that is a redirect, in seconds; longer ones reload a page.
const LONGEST_REFRESH: f32 = 5.0;

/// How long the place of a worker that died at a host stays taken: longer than a broker of several servers needs for a
/// new leader.
const LEASE_RENEWED_FOR: Duration = Duration::from_secs(15);

/// Fetches pages. Made once, shared by all tasks.
pub struct Fetcher {
    client: Client,
    hosts: Hosts,
    robots: RobotsCache,
    obey: bool,
    sites: Sites,
    archive: Option<WebArchive>,
    policy: HostPolicy,
    limit: BodyLimit,
    total: Duration,
    max_redirects: u32,
    longest_hold: Duration,
}

/// What the redirect chain should return.
#[derive(Clone, Copy)]
struct Wanted {
    limit: BodyLimit,
    /// The `Accept` header, where it is no page.
    accept: Option<&'static str>,
}

/// Validators, and who gave them: they say nothing of what another answers.
#[derive(Clone, Copy)]
struct Conditions<'a> {
    validators: &'a Validators,
    of: Giver<'a>,
}

/// Who gave validators.
#[derive(Clone, Copy)]
enum Giver<'a> {
    /// A page of this one's site, with `www.` or without; which page is not known.
    SiteOf(&'a WebUrl),
    /// This address.
    Address(&'a WebUrl),
}

static NO_VALIDATORS: Validators = Validators { etag: None, last_modified: None };

impl<'a> Conditions<'a> {
    /// What a request of an address is made conditional with.
    fn at(&self, url: &WebUrl) -> &'a Validators {
        let holds = match self.of {
            Giver::SiteOf(page) => {
                page.host_without_www() == url.host_without_www()
                    && page.as_url().port() == url.as_url().port()
            }
            Giver::Address(address) => without_fragment(address) == without_fragment(url),
        };
        if holds { self.validators } else { &NO_VALIDATORS }
    }
}

/// Where a walk stands.
struct Walk {
    story: Key,
    at: WebUrl,
    hops: u32,
    /// Where the permanent redirects at its start have led.
    moved: Option<WebUrl>,
    cookies: Jar,
    wanted: Wanted,
    /// A slot that was kept for the story.
    deferred: Option<Deferred>,
    /// The waits for turns.
    waited: TurnWait,
    /// What is left of `total_timeout_ms`.
    budget: Duration,
    spent: Duration,
}

impl Fetcher {
    /// Makes a fetcher that resolves names by the platform.
    ///
    /// # Errors
    /// When a setting is bad; names the key.
    pub fn new(settings: &Settings, state: &State) -> Result<Self, SettingsError> {
        Self::with_lookup(settings, state, system_lookup())
    }

    /// Makes a fetcher that resolves names by `lookup`.
    ///
    /// # Errors
    /// When a setting is bad; names the key.
    pub fn with_lookup(
        settings: &Settings,
        state: &State,
        lookup: Lookup,
    ) -> Result<Self, SettingsError> {
        settings.check()?;
        let total = Duration::from_millis(settings.total_timeout_ms);
        let max_wait = Duration::from_millis(settings.max_turn_wait_ms);
        let robots = RobotsCache::new(
            state.robots().clone(),
            state.clock().clone(),
            settings.agent.clone(),
            Duration::from_secs(settings.robots_ttl_secs),
            Duration::from_secs(settings.robots_error_ttl_secs),
        );
        Ok(Self {
            client: Client::new(settings, lookup)?,
            hosts: state.hosts().clone(),
            robots,
            obey: settings.robots,
            sites: Sites::new(&settings.sites)?,
            archive: WebArchive::new(settings)?,
            policy: HostPolicy {
                interval: Duration::from_millis(settings.host_interval_ms),
                delay_factor: settings.delay_factor,
                concurrency: settings.host_concurrency,
                lease: total,
                renewed_for: LEASE_RENEWED_FOR,
                max_wait,
                max_reservation: Duration::from_secs(settings.max_turn_ahead_secs),
                circuit_failures: settings.circuit_failures,
                circuit_open: Duration::from_secs(settings.circuit_open_secs),
                dead_after: Duration::from_secs(settings.host_dead_after_secs),
                refusals: settings.refusals_before_pause,
                refusal_pause: Duration::from_secs(settings.refusal_pause_secs),
            },
            limit: BodyLimit {
                bytes: settings.max_body_bytes,
                cut: false,
                is_wanted: Some(page_text::may_be_page),
            },
            total,
            max_redirects: settings.max_redirects,
            longest_hold: Duration::from_secs(settings.max_retry_after_secs),
        })
    }

    /// The page of a raw article: at once when the message carries it, from its URL otherwise.
    /// Takes at most `max_turn_wait_ms` a hop and `total_timeout_ms`; may be dropped at any time.
    ///
    /// # Errors
    /// When there is no page; see [`Error`].
    pub async fn fetch(&self, raw: RawArticle) -> Result<Page, Error> {
        self.fetch_and_capture(raw, false, &TurnWait::default()).await.map(|(page, _)| page)
    }

    /// The same, and with `capture` the answer too that the page was read from, where one was fetched. `waited` takes
    /// the waits for turns.
    ///
    /// # Errors
    /// As [`Fetcher::fetch`].
    pub async fn fetch_and_capture(
        &self,
        raw: RawArticle,
        capture: bool,
        waited: &TurnWait,
    ) -> Result<(Page, Option<Captured>), Error> {
        let RawArticle { identity, origin, hints } = raw;
        match origin {
            Origin::Inline { url, content } => {
                Ok((Page { identity, hints, url, content, fetch: None }, None))
            }
            Origin::Link { url, validators, .. } => {
                let (captured, at) =
                    self.fetch_link(identity.key(), &url, &validators, waited).await?;
                let kept = capture.then(|| captured.clone());
                Ok((read(identity, hints, captured, at).await?, kept))
            }
        }
    }

    async fn fetch_link(
        &self,
        story: Key,
        url: &WebUrl,
        validators: &Validators,
        waited: &TurnWait,
    ) -> Result<(Captured, WebUrl), Error> {
        // An AMP cache is asked for nothing: the publisher has the page.
        let at = url.out_of_amp_cache().unwrap_or_else(|| url.clone());
        let wanted = Wanted { limit: self.limit, accept: None };
        let mut walk = self.walk(story, at.clone(), wanted).await?;
        walk.waited = waited.clone();
        let conditions = Conditions { validators, of: Giver::SiteOf(&at) };
        let (answer, robots) = match self.follow(&mut walk, conditions).await {
            Err(gone @ Error::Gone { .. }) => self.follow_copy(&mut walk, url, gone).await?,
            followed => followed?,
        };
        let is_copy = self.archive.as_ref().is_some_and(|archive| archive.holds(&walk.at));
        let at = if is_copy { url.clone() } else { walk.at.clone() };
        let captured = Captured {
            requested_url: url.clone(),
            final_url: walk.at,
            status: answer.status.as_u16(),
            headers: answer.headers,
            body: answer.body,
            hops: walk.hops,
            robots,
            fetched_at: OffsetDateTime::now_utc(),
            elapsed: walk.spent,
        };
        Ok((captured, at))
    }

    /// Walks to an archive's copy of a page that is gone. What the archive can't give is gone as before;
    /// where it asks for time or fails, the story comes again.
    async fn follow_copy(
        &self,
        walk: &mut Walk,
        url: &WebUrl,
        gone: Error,
    ) -> Result<(Response, RobotsVerdict), Error> {
        let archive = self.archive.as_ref().filter(|archive| !archive.holds(&walk.at));
        let Some(copy) = archive.and_then(|archive| archive.copy_of(url)) else { return Err(gone) };
        walk.at = copy;
        let conditions = Conditions { validators: &NO_VALIDATORS, of: Giver::SiteOf(url) };
        match self.follow(walk, conditions).await {
            Ok(found) => Ok(found),
            Err(error) => Err(match error.disposition() {
                Disposition::Retry { .. } | Disposition::Defer { .. } => error,
                Disposition::Reject | Disposition::Skip => gone,
            }),
        }
    }

    /// The start of a walk, or the place where it was deferred.
    async fn walk(&self, story: Key, at: WebUrl, wanted: Wanted) -> Result<Walk, Error> {
        let mut walk = Walk {
            story,
            at,
            hops: 0,
            moved: None,
            cookies: Jar::default(),
            wanted,
            deferred: None,
            waited: TurnWait::default(),
            budget: self.total,
            spent: Duration::ZERO,
        };
        let deferred = self.hosts.deferred(story).await?;
        if let Some((deferred, (hops, cookies, at))) =
            deferred.and_then(|p| resume_point(&p.resume).map(|point| (p, point)))
        {
            (walk.at, walk.hops, walk.cookies) = (at, hops, cookies);
            walk.deferred = Some(deferred);
        }
        Ok(walk)
    }

    /// Walks along redirects to an answer with a success status.
    async fn follow(
        &self,
        walk: &mut Walk,
        conditions: Conditions<'_>,
    ) -> Result<(Response, RobotsVerdict), Error> {
        let mut visited = HashSet::from([without_fragment(&walk.at)]);
        // Of a walk that was deferred half way, only the rest is known.
        let mut permanent = walk.hops == 0;
        loop {
            self.client.check(&walk.at)?;
            let (verdict, delay) = self.obey_robots(&walk.at).await?;
            let validators = conditions.at(&walk.at);
            let answer = self.exchange(walk, validators, delay).await?;
            let Some(target) = redirect_target(&answer, &walk.at)? else {
                return Ok((answer, verdict));
            };
            if walk.hops >= self.max_redirects {
                return Err(Error::TooManyRedirects { limit: self.max_redirects });
            }
            walk.hops += 1;
            permanent &= matches!(answer.status.as_u16(), 301 | 308);
            if permanent {
                walk.moved = Some(target.clone());
            }
            if walk.cookies.take(&walk.at, &answer.headers) {
                // With a new cookie the same address may answer differently.
                visited.clear();
            }
            if !visited.insert(without_fragment(&target)) {
                return Err(Error::RedirectLoop { hops: walk.hops });
            }
            walk.at = target;
        }
    }

    /// One request for the page, in its turn.
    async fn exchange(
        &self,
        walk: &mut Walk,
        validators: &Validators,
        crawl_delay: Duration,
    ) -> Result<Response, Error> {
        // Without its cookies the rest of a walk may lead back to its beginning. Workers built before cookies were kept
        // do not read a number that is followed by them, and begin there.
        let cookies = walk.cookies.word().map(|word| format!("+{word}")).unwrap_or_default();
        let resume = format!("{}{cookies} {}", walk.hops, walk.at);
        let requester =
            Requester { story: walk.story, deferred: walk.deferred.as_ref(), resume: &resume };
        let policy = self.sites.policy(walk.at.host(), &self.policy);
        let longer = (crawl_delay > policy.interval).then_some(crawl_delay);
        let policy = HostPolicy { interval: policy.interval.max(crawl_delay), ..policy };
        let asked = Instant::now();
        let permit = self.permit(walk.at.host(), Some(requester), &policy, longer).await;
        walk.waited.add(asked.elapsed());
        let permit = permit?;
        if walk.deferred.take().is_some() {
            self.hosts.undefer(walk.story).await?;
        }
        let start = Instant::now();
        let request = Request {
            url: &walk.at,
            validators,
            accept: walk.wanted.accept,
            cookies: walk.cookies.header(&walk.at),
            headers: self.sites.headers(&walk.at),
            limit: walk.wanted.limit,
            budget: walk.budget,
        };
        let answer = self.client.get(request).await;
        let elapsed = start.elapsed();
        walk.spent += elapsed;
        walk.budget = walk.budget.saturating_sub(elapsed);
        let (result, observation) = classify_response::judge(answer, self.longest_hold);
        self.release(permit, observation, &policy, result.as_ref().err()).await;
        match result {
            // The request was unconditional, so a 304 is an error: the story must not be lost over it.
            Err(Error::NotModified) if validators.is_empty() => Err(Error::Status { status: 304 }),
            result => result,
        }
    }

    /// Ends a turn, and tells what changed at the host by it. When that can't be written the lease expires by
    /// itself: no reason to lose a page.
    async fn release(
        &self,
        permit: HostPermit,
        observation: Observation,
        policy: &HostPolicy,
        ended: Option<&Error>,
    ) {
        let host = permit.host().to_owned();
        match self.hosts.release(permit, observation, policy).await {
            Ok(Some(news)) => host_events::log(&host, news, ended),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(event = "turn_kept", %error, "a turn could not be given back");
            }
        }
    }

    async fn permit(
        &self,
        host: &str,
        requester: Option<Requester<'_>>,
        policy: &HostPolicy,
        crawl_delay: Option<Duration>,
    ) -> Result<HostPermit, Error> {
        match self.hosts.acquire(host, requester, policy).await? {
            PermitReply::Go(permit) => Ok(permit),
            PermitReply::Later { after } => Err(Error::HostTurn { after, crawl_delay }),
            PermitReply::Open { after } => Err(Error::CircuitOpen { after }),
            PermitReply::Dead => Err(Error::HostDead),
            PermitReply::Refuses { refusals, after } => {
                Err(Error::HostRefuses { host: host.to_owned(), refusals, after })
            }
        }
    }
}

/// The page of an answer that was kept by an archive, read as it was when it came.
///
/// # Errors
/// When it is no page, or something stands in the page's place; see [`Error`].
pub async fn read_captured(
    identity: Identity,
    hints: Hints,
    captured: Captured,
) -> Result<Page, Error> {
    let at = captured.final_url.clone();
    let Captured { status, headers, body, .. } = &captured;
    let status =
        http::StatusCode::from_u16(*status).map_err(|_| Error::Status { status: *status })?;
    let answer = Response { status, headers: headers.clone(), body: body.clone(), cut: false };
    classify_response::judge(Ok(answer), Duration::ZERO).0?;
    read(identity, hints, captured, at).await
}

/// The page of an answer; `at` is the address that its relative links refer to.
async fn read(
    identity: Identity,
    hints: Hints,
    captured: Captured,
    at: WebUrl,
) -> Result<Page, Error> {
    let Captured { requested_url, final_url, status, headers, body, .. } = captured;
    let bytes = body.len() as u64;
    let status_code = http::StatusCode::from_u16(status).map_err(|_| Error::Status { status })?;
    let answer = Response { status: status_code, headers, body, cut: false };
    let content_type = answer.header(CONTENT_TYPE).map(str::to_owned);
    let validators = Validators {
        etag: answer.header(ETAG).map(str::to_owned),
        last_modified: answer.header(LAST_MODIFIED).map(str::to_owned),
    };
    let read = page_text::read(answer, content_type.as_deref(), &requested_url, &final_url).await?;
    let report = FetchReport {
        requested_url,
        final_url,
        status,
        hops: captured.hops,
        bytes,
        charset: read.charset,
        robots: captured.robots,
        access: read.access,
        fetched_at: captured.fetched_at,
        elapsed: captured.elapsed,
        validators,
    };
    Ok(Page { identity, hints, url: Some(at), content: read.content, fetch: Some(report) })
}

/// Reads what [`Fetcher::exchange`] kept with a slot: the hops made, the cookies, and where the walk stood.
fn resume_point(text: &str) -> Option<(u32, Jar, WebUrl)> {
    let (walked, url) = text.split_once(' ')?;
    let (hops, cookies) = match walked.split_once('+') {
        Some((hops, word)) => (hops, Jar::of_word(word)?),
        None => (walked, Jar::default()),
    };
    Some((hops.parse().ok()?, cookies, WebUrl::parse(url).ok()?))
}

/// Where an answer sends us on: by status, or as browsers are sent, by `Refresh` and its `<meta>` on
/// a page that holds nothing else.
fn redirect_target(answer: &Response, at: &WebUrl) -> Result<Option<WebUrl>, Error> {
    if answer.is_redirect() {
        let target = answer.location().ok_or(Error::RedirectTarget(None))?;
        return at.join(&target).map(Some).map_err(|e| Error::RedirectTarget(Some(e)));
    }
    if answer.body.len() > LARGEST_REFRESH {
        return Ok(None);
    }
    let html = String::from_utf8_lossy(&answer.body);
    let scan = PageScan::of(&html);
    if scan.paragraphs > 0 && scan.text > REFRESH_TEXT {
        return Ok(None);
    }
    let target = match answer.header(REFRESH) {
        Some(content) => refresh_url(content).and_then(|url| at.join(url).ok()),
        None => scan.refresh().and_then(|content| {
            let base = scan.base.and_then(|base| at.join(&unescape(base)).ok());
            let content = unescape(content);
            base.as_ref().unwrap_or(at).join(refresh_url(&content)?).ok()
        }),
    };
    Ok(target.filter(|target| without_fragment(target) != without_fragment(at)))
}

/// The address in a `Refresh` that comes at once, such as `0; url=/b`.
fn refresh_url(content: &str) -> Option<&str> {
    let (delay, rest) = content.split_once([';', ','])?;
    delay.trim().parse::<f32>().ok().filter(|secs| *secs <= LONGEST_REFRESH)?;
    let rest = rest.trim();
    let named = rest.get(..3).is_some_and(|p| p.eq_ignore_ascii_case("url"));
    let url = if named { rest[3..].trim_start().strip_prefix('=')? } else { rest };
    let url = url.trim();
    // A quoted address ends at its quote, whatever follows.
    let quoted =
        url.strip_prefix(['"', '\'']).and_then(|rest| rest.split(url.chars().next()?).next());
    Some(quoted.unwrap_or(url).trim()).filter(|url| !url.is_empty())
}

fn without_fragment(url: &WebUrl) -> String {
    let mut url = url.as_url().clone();
    url.set_fragment(None);
    url.into()
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("policy", &self.policy).finish_non_exhaustive()
    }
}
