//! robots.txt by RFC 9309: fetched once per origin for the whole group, kept for at most a day.
//!
//! The first worker that needs an origin's rules marks the entry as being fetched; the others wait
//! for what it finds, in each process one task for all. No file (4xx) allows everything; an unreachable
//! one (5xx, 429, network) means no for a while, as the RFC asks. Only the first 500 KiB are read. The
//! fetch takes a turn at the host like any other request.
//!
//! The file is a stranger's: large ones are parsed off the reactor, and what a process keeps parsed is
//! bounded in bytes.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use robotxt::{BYTE_LIMIT, Robots};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, timeout_at};

use crate::model::WebUrl;
use crate::state::{Bucket, Clock, Error as StateError, Moment, Revision, bucket_token};

/// How often another worker's fetch is looked at.
const POLL: Duration = Duration::from_millis(100);

/// Longest Crawl-delay that is obeyed as given.
const LONGEST_DELAY: Duration = Duration::from_secs(24 * 3600);

/// What a process keeps parsed: bytes of rules in memory, and for each origin, rule and sitemap so many
/// beside its text (with what an allocator takes).
const KEPT_BYTES: usize = 32 << 20;
const BYTES_BESIDE: usize = 512;
const BYTES_A_RULE: usize = size_of::<robotxt::Rule>() + 16;
const BYTES_A_SITEMAP: usize = size_of::<url::Url>() + 16;

/// Files up to so many bytes are parsed in place, and rules up to so many matched; more on a blocking
/// thread.
const IN_PLACE: usize = 16 * 1024;
const RULES_IN_PLACE: usize = 1000;

/// An origin's rules as they apply to us.
#[derive(Clone, Debug)]
pub(super) enum Rules {
    /// The file, or its absence.
    Known(Arc<Robots>),
    /// Disallowed until then.
    Unreachable { until: Moment },
}

impl Rules {
    /// Whether a URL may be fetched.
    pub(super) async fn allow(&self, url: &WebUrl) -> bool {
        match self {
            Self::Unreachable { .. } => false,
            Self::Known(robots) if robots.rules().len() <= RULES_IN_PLACE => {
                is_allowed(robots, url)
            }
            Self::Known(robots) => {
                let (robots, url) = (Arc::clone(robots), url.clone());
                let matching = tokio::task::spawn_blocking(move || is_allowed(&robots, &url));
                matching.await.expect("matching rules does not panic")
            }
        }
    }

    /// The sitemaps that the file names.
    pub(super) fn sitemaps(&self) -> Vec<WebUrl> {
        match self {
            Self::Known(robots) => {
                let urls = robots.sitemaps().iter();
                urls.filter_map(|url| WebUrl::try_from(url.clone()).ok()).collect()
            }
            Self::Unreachable { .. } => Vec::new(),
        }
    }

    /// What the rules take in memory, in bytes: of a file that compresses well many times its size in
    /// the bucket.
    fn bytes(&self) -> usize {
        match self {
            Self::Known(robots) => {
                let rules = robots.rules().iter();
                let rules = rules.map(|rule| BYTES_A_RULE + rule.pattern().len()).sum::<usize>();
                let sitemaps = robots.sitemaps().iter();
                let sitemaps = sitemaps.map(|url| BYTES_A_SITEMAP + url.as_str().len());
                rules + sitemaps.sum::<usize>()
            }
            Self::Unreachable { .. } => 0,
        }
    }

    /// The delay between requests that the file asks for.
    pub(super) fn crawl_delay(&self) -> Duration {
        match self {
            Self::Known(robots) => robots.crawl_delay().unwrap_or_default().min(LONGEST_DELAY),
            Self::Unreachable { .. } => Duration::ZERO,
        }
    }
}

/// What a fetch of robots.txt found.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// A file.
    File(Vec<u8>),
    /// None: everything is allowed.
    Nothing,
    /// It could not be told.
    Unreachable,
}

/// What is to be done for an origin's rules.
pub(super) enum Lookup {
    /// Nothing.
    Use(Rules),
    /// Fetch the file, then [`RobotsCache::store`] or [`RobotsCache::abandon`].
    Fetch(FetchLease),
    /// Another worker is still at it.
    Wait,
}

/// The right to fetch an origin's robots.txt. This process's other tasks wait until it is gone.
pub(super) struct FetchLease {
    revision: Revision,
    _flight: OwnedMutexGuard<()>,
}

/// An entry of the bucket: a line of JSON, then the file, compressed.
#[derive(Serialize, Deserialize)]
struct Head {
    state: State,
    /// Good until, in milliseconds since the epoch.
    until: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Fetching,
    File,
    Nothing,
    Unreachable,
}

/// The group's robots rules.
pub(super) struct RobotsCache {
    bucket: Bucket,
    clock: Clock,
    agent: String,
    ttl: Duration,
    error_ttl: Duration,
    parsed: Mutex<Parsed>,
    /// Held for an origin by the task that looks at the bucket for all others.
    flights: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// What this process knows.
#[derive(Default)]
struct Parsed {
    origins: HashMap<String, Known>,
    bytes: usize,
}

struct Known {
    rules: Rules,
    until: Moment,
    bytes: usize,
}

impl RobotsCache {
    pub(super) fn new(
        bucket: Bucket,
        clock: Clock,
        agent: String,
        ttl: Duration,
        error_ttl: Duration,
    ) -> Self {
        Self {
            bucket,
            clock,
            agent,
            ttl,
            error_ttl,
            parsed: Mutex::default(),
            flights: Mutex::default(),
        }
    }

    /// What is known of an origin. Waits up to `max_wait` for another worker's fetch, and takes
    /// the fetch on itself when nobody has it; it then must be done within `lease`.
    pub(super) async fn step(
        &self,
        url: &WebUrl,
        max_wait: Duration,
        lease: Duration,
    ) -> Result<Lookup, StateError> {
        let key = key(url);
        let give_up = Instant::now() + max_wait;
        if let Some(rules) = self.parsed(&key, self.clock.now().await?) {
            return Ok(Lookup::Use(rules));
        }
        let Ok(flight) = timeout_at(give_up, self.flight(&key).lock_owned()).await else {
            return Ok(Lookup::Wait);
        };
        loop {
            let now = self.clock.now().await?;
            if let Some(rules) = self.parsed(&key, now) {
                return Ok(Lookup::Use(rules));
            }
            let entry = self.bucket.get(&key).await?;
            let revision = entry.as_ref().map(|e| e.revision);
            let content = entry.as_ref().and_then(|e| split(&e.value));
            if let Some((head, body)) = content.filter(|(head, _)| head.until > now.as_millis()) {
                if let Some(rules) = self.rules(&head, body).await {
                    let until = Moment::from_millis(head.until);
                    self.remember(key, rules.clone(), until);
                    return Ok(Lookup::Use(rules));
                }
                if Instant::now() >= give_up {
                    return Ok(Lookup::Wait);
                }
                tokio::time::sleep(POLL).await;
                continue;
            }
            let until = now.plus(lease).as_millis();
            let mark = joined(&Head { state: State::Fetching, until }, b"");
            if let Some(revision) = self.bucket.replace(&key, mark, revision).await? {
                return Ok(Lookup::Fetch(FetchLease { revision, _flight: flight }));
            }
        }
    }

    /// Shares what a fetch found.
    pub(super) async fn store(
        &self,
        url: &WebUrl,
        mark: FetchLease,
        found: Found,
    ) -> Result<Rules, StateError> {
        let key = key(url);
        let now = self.clock.now().await?;
        let (state, ttl, body) = match found {
            Found::File(body) => (State::File, self.ttl, body),
            Found::Nothing => (State::Nothing, self.ttl, Vec::new()),
            Found::Unreachable => (State::Unreachable, self.error_ttl, Vec::new()),
        };
        let body = zstd::encode_all(&body[..], 0).expect("writing to memory does not fail");
        let until = now.plus(ttl);
        let head = Head { state, until: until.as_millis() };
        // If the mark has expired, another worker's finding stands; ours is as good for this story.
        self.bucket.update(&key, joined(&head, &body), mark.revision).await?;
        let rules = self.rules(&head, &body).await.unwrap_or(Rules::Unreachable { until });
        self.remember(key, rules.clone(), until);
        Ok(rules)
    }

    /// Leaves the fetch to somebody else.
    pub(super) async fn abandon(&self, url: &WebUrl, mark: FetchLease) -> Result<(), StateError> {
        self.bucket.delete(&key(url), mark.revision).await.map(|_| ())
    }

    async fn rules(&self, head: &Head, body: &[u8]) -> Option<Rules> {
        match head.state {
            State::Fetching => None,
            State::Nothing => Some(Rules::Known(Arc::new(Robots::allow_all()))),
            State::Unreachable => {
                Some(Rules::Unreachable { until: Moment::from_millis(head.until) })
            }
            State::File => {
                let text = inflate(body).ok()?;
                let agent = self.agent.clone();
                let small = text.len() <= IN_PLACE;
                let work = move || Robots::parse(&bare_tokens(text), agent.as_str());
                let robots = if small {
                    work()
                } else {
                    let parsing = tokio::task::spawn_blocking(work);
                    parsing.await.expect("parsing robots.txt does not panic")
                };
                Some(Rules::Known(Arc::new(robots)))
            }
        }
    }

    fn flight(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever is on its way holds a clone.
        flights.retain(|_, flight| Arc::strong_count(flight) > 1);
        Arc::clone(flights.entry(key.to_owned()).or_default())
    }

    fn parsed(&self, key: &str, now: Moment) -> Option<Rules> {
        let parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.origins.get(key).filter(|known| known.until > now).map(|known| known.rules.clone())
    }

    fn remember(&self, key: String, rules: Rules, until: Moment) {
        let bytes = BYTES_BESIDE + key.len() + rules.bytes();
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.forget(&key);
        while parsed.bytes + bytes > KEPT_BYTES {
            // Any will do: the bucket still has it.
            let Some(some) = parsed.origins.keys().next().cloned() else { break };
            parsed.forget(&some);
        }
        parsed.bytes += bytes;
        parsed.origins.insert(key, Known { rules, until, bytes });
    }
}

impl Parsed {
    fn forget(&mut self, key: &str) {
        self.bytes -= self.origins.remove(key).map_or(0, |known| known.bytes);
    }
}

/// Whether the rules allow a URL. A rule means a `*` or `$` in an address by `%2A` or `%24`
/// (RFC 9309, 2.2.3), and some files write a `$` inside a path as it is: either spelling fits.
/// What `make fuzz` calls.
#[cfg(feature = "tools")]
pub(super) fn fuzz(file: &[u8]) {
    let robots = Robots::parse(&bare_tokens(file.to_vec()), "news-ingest");
    for path in ["", "a/b?c=%2A", "%E4%BA%BA"] {
        let url = WebUrl::parse(&format!("https://www.example.org/{path}")).expect("a URL");
        let _ = is_allowed(&robots, &url);
    }
    let rules = Rules::Known(Arc::new(robots));
    let _ = (rules.crawl_delay(), rules.sitemaps(), rules.bytes());
}

fn is_allowed(robots: &Robots, url: &WebUrl) -> bool {
    let url = url.as_url();
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    if !path.contains(['*', '$']) {
        return robots.is_url_allowed(url);
    }
    let encoded = path.replace('*', "%2A").replace('$', "%24");
    // The rule that wins comes first.
    let mut rules = robots.rules().iter();
    let rule = rules.find(|rule| rule.is_match(path) || rule.is_match(&encoded));
    rule.is_none_or(robotxt::Rule::is_allow)
}

/// The file with every `User-agent` cut to its product token, as robots of search engines read it:
/// who writes `news-ingest/1.0`, copied from a log, means us. What is cut becomes spaces, so that the
/// parser's limit falls where it did.
fn bare_tokens(mut text: Vec<u8>) -> Vec<u8> {
    const BOM: &[u8] = b"\xef\xbb\xbf";
    let token = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_');
    for line in text.split_mut(|b| matches!(b, b'\n' | b'\r')) {
        let Some(colon) = line.iter().position(|&b| b == b':') else { continue };
        let key = line[..colon].strip_prefix(BOM).unwrap_or(&line[..colon]).trim_ascii();
        if !key.eq_ignore_ascii_case(b"user-agent") {
            continue;
        }
        let value = &mut line[colon + 1..];
        let lead = value.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let length = value[lead..].iter().take_while(|b| token(b)).count();
        if length > 0 {
            value[lead + length..].fill(b' ');
        }
    }
    text
}

fn key(url: &WebUrl) -> String {
    let url = url.as_url();
    let port = url.port_or_known_default().unwrap_or_default();
    let host = bucket_token(url.host_str().unwrap_or_default());
    format!("{}.{host}.{port}", url.scheme())
}

fn joined(head: &Head, body: &[u8]) -> Bytes {
    let mut value = serde_json::to_vec(head).expect("an enum and a number are JSON");
    value.push(b'\n');
    value.extend_from_slice(body);
    value.into()
}

fn split(value: &[u8]) -> Option<(Head, &[u8])> {
    let end = memchr::memchr(b'\n', value)?;
    Some((serde_json::from_slice(&value[..end]).ok()?, &value[end + 1..]))
}

/// Undoes the compression; never more than what is read of a file.
fn inflate(body: &[u8]) -> io::Result<Vec<u8>> {
    use io::Read as _;
    let mut text = Vec::new();
    let limit = BYTE_LIMIT as u64 + 1;
    zstd::Decoder::new(body)?.take(limit).read_to_end(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &[u8], path: &str) -> bool {
        Robots::parse(&bare_tokens(text.to_vec()), "news-ingest").is_allowed(path)
    }

    #[test]
    fn the_group_is_chosen_by_product_token() {
        for (agent, is_us) in [
            ("news-ingest", true),
            ("News-Ingest", true),
            ("news-ingest/1.0", true),
            ("  news-ingest/0.1.0 (+https://ex.com)", true),
            ("news-ingest # us", true),
            ("news", false),
            ("news-ingest-images", false),
            ("ingest", false),
            ("Mozilla/5.0 (compatible; news-ingest/1.0)", false),
            ("", false),
        ] {
            let text = format!("User-agent: {agent}\nDisallow: /\n");
            assert_eq!(!allowed(text.as_bytes(), "/a"), is_us, "{agent:?}");
        }
        // A group of our own replaces that of everybody; several of our own are one.
        let own = b"User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: news-ingest\n\
            Disallow: /a\n\nUser-agent: NEWS-INGEST\nDisallow: /b\n";
        assert_eq!(["/a", "/b", "/c"].map(|p| allowed(own, p)), [false, false, true]);
    }

    #[test]
    fn rules_are_matched_as_the_rfc_says() {
        let text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\nDisallow: /same\n\
            Allow: /same\nDisallow: /stra\u{df}e\nDisallow: /%7Ejoe\nDisallow: /q?x=\n";
        for (path, expected) in [
            ("/", true),
            ("/a", false),
            ("/a/c", false),
            ("/a/b/c", true),
            ("/x.pdf", false),
            ("/x.pdf?y", true),
            ("/same", true),
            ("/stra%C3%9Fe", false),
            ("/~joe/1", false),
            ("/q?x=1", false),
            ("/q?y=1", true),
            ("/A", true),
            ("/robots.txt", true),
        ] {
            assert_eq!(allowed(text.as_bytes(), path), expected, "{path}");
        }
    }

    #[test]
    fn stars_and_dollars_in_addresses_are_named_by_their_octets() {
        let text =
            b"User-agent: *\nDisallow: /a%2Ab\nDisallow: /c%24\nDisallow: /d$e\nDisallow: /f$\n\
            Disallow: /g*h";
        let robots = Robots::parse(text, "news-ingest");
        for (path, expected) in [
            ("/a*b", false),
            ("/a%2ab", false),
            ("/axb", true),
            ("/c$", false),
            ("/c$d", false),
            ("/c", true),
            ("/d$e", false),
            ("/f", false),
            ("/f$", true),
            ("/g*h", false),
            ("/g**/h?*", false),
            ("/?q=*", true),
        ] {
            let url = WebUrl::parse(&format!("https://ex.com{path}")).unwrap();
            assert_eq!(is_allowed(&robots, &url), expected, "{path}");
        }
    }

    #[test]
    fn rules_count_by_what_they_take_in_memory() {
        let text: String = (0..1000).map(|n| format!("Disallow: /{n}\n")).collect();
        let robots = Robots::parse(format!("User-agent: *\n{text}").as_bytes(), "news-ingest");
        let least = size_of_val(robots.rules());
        let rules = Rules::Known(Arc::new(robots));
        assert!(least > 16_000 && rules.bytes() >= least, "{least} {}", rules.bytes());
    }

    #[test]
    fn odd_files_are_read() {
        for text in [
            &b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /a\r\n"[..],
            b"\xef\xbb\xbfuser-agent: news-ingest/2\rdisallow: /a\r",
            b"USER-AGENT : *\nDISALLOW : /a # no\n",
            b"User-agent: *\nDisallow: /a\nDisallow: /caf\xe9\n\xff\xfe\n",
            b"# no final line end\nUser-agent: *\nDisallow: /a",
        ] {
            let shown = String::from_utf8_lossy(text);
            assert!(!allowed(text, "/a") && allowed(text, "/b"), "{shown:?}");
        }
        for text in [&b""[..], b"<!DOCTYPE html><p>Not found: /a</p>", b"Disallow: /a", b":\n:"] {
            assert!(allowed(text, "/a"), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn crawl_delays_are_seconds_and_nothing_else() {
        let hour = Duration::from_secs(3600);
        for (value, delay) in [
            ("10", Duration::from_secs(10)),
            ("0.5", Duration::from_millis(500)),
            ("-1", Duration::ZERO),
            ("nan", Duration::ZERO),
            ("inf", Duration::ZERO),
            ("1e300", Duration::ZERO),
            ("10s", Duration::ZERO),
            ("999999", 24 * hour),
        ] {
            let text = format!("User-agent: *\nCrawl-delay: {value}");
            let robots = Robots::parse(text.as_bytes(), "news-ingest");
            assert_eq!(Rules::Known(Arc::new(robots)).crawl_delay(), delay, "{value}");
        }
    }
}
