//! Every way in which a link ends without a page, and what then becomes of its story.
//!
//! Four rules decide. What may pass by itself is tried again (`Retry`): the network, a busy or
//! broken server. Where the host was not asked at all, or says itself when to come back, the story waits
//! for its turn (`Defer`). What is the page's own state is an outcome without a story (`Skip`): it is
//! gone, it is not modified, a wall stands before it. What will never give a story, or should not have
//! been asked for, goes to the dead letters (`Reject`): an internal address, a PDF, a bomb.

use std::time::Duration;

use thiserror::Error;

use super::decode::DecodeError;
use super::guard::Forbidden;
use super::interstitial::Wall;
use crate::disposition::{Classify, Disposition, HostCondition, Stage};
use crate::model::UrlError;
use crate::state;

/// Most header lines of an answer over HTTP/1; `max_header_bytes` bounds their size.
pub(super) const MOST_HEADERS: usize = 512;
/// How long a story stays away while shared state is out of reach.
const STATE_AWAY: Duration = Duration::from_secs(5);
/// How long a story waits while no more files may be opened.
const DESCRIPTORS_BACK: Duration = Duration::from_secs(60);

/// Why a link gave no page.
#[derive(Debug, Error)]
pub enum Error {
    /// The address guard refused the URL or what its name resolves to.
    #[error("refused to connect")]
    Forbidden(#[source] Forbidden),
    /// A redirect without a target, or to something that is no page.
    #[error("redirected {}", match .0 { Some(_) => "to something that is not a page", None => "without saying where to" })]
    RedirectTarget(#[source] Option<UrlError>),
    /// A redirect to an address already visited.
    #[error("redirect loop after {hops} redirects")]
    RedirectLoop {
        /// Redirects followed.
        hops: u32,
    },
    /// More redirects than `max_redirects`.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// The limit.
        limit: u32,
    },

    /// The host name does not resolve.
    #[error("name resolution failed")]
    Dns(#[source] Cause),
    /// No connection.
    #[error("no connection")]
    Connect(#[source] Cause),
    /// No connection to the configured proxy, or it gives none on. The host is not to blame.
    #[error("no connection through the proxy")]
    Proxy(#[source] Cause),
    /// The TLS handshake failed, or the certificate is not trusted.
    #[error("no secure connection")]
    Tls(#[source] Cause),
    /// A deadline passed.
    #[error("no answer within {} ms", limit.as_millis())]
    Timeout {
        /// Which one.
        phase: Phase,
        /// The deadline.
        limit: Duration,
    },
    /// The connection broke before the answer was complete, or was shorter than announced.
    #[error("the answer ended early")]
    Truncated(#[source] Cause),
    /// What came was not HTTP.
    #[error("the answer is not valid http")]
    Protocol(#[source] Cause),

    /// More body than `max_body_bytes`.
    #[error("more than {limit} decoded bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// More headers than `max_header_bytes`.
    #[error("more than {limit} bytes or {MOST_HEADERS} lines of headers")]
    HeadersTooLarge {
        /// The limit.
        limit: usize,
    },
    /// A content coding that is unknown or stacked, or a body that breaks its rules.
    #[error("the body can't be decoded")]
    Encoding(#[source] Cause),
    /// A charset that no page can be in.
    #[error("charset {label} can't be decoded")]
    Charset {
        /// Its WHATWG name.
        label: &'static str,
    },
    /// Not HTML, XHTML or plain text.
    #[error("content type {0} is not a page")]
    ContentType(String),
    /// RSS or Atom: a list of stories, not a story.
    #[error("a feed, not a page; `news-ingest feeds URL` polls it")]
    Feed,
    /// Success without a body, or with a part of one.
    #[error("status {status} {}", if *status == 206 { "with a part of the page" } else { "without a body" })]
    Empty {
        /// The status.
        status: u16,
    },

    /// 304: the page is as the producer knows it.
    #[error("not modified")]
    NotModified,
    /// 404 or 410.
    #[error("status {status}: no such page")]
    Gone {
        /// The status.
        status: u16,
    },
    /// 451.
    #[error("status 451: withheld for legal reasons")]
    Legal,
    /// 403 without a sign of why, or 407 from a site.
    #[error("status {status}: refused")]
    Refused {
        /// The status.
        status: u16,
    },
    /// 429: slow down.
    #[error("status 429: too many requests")]
    RateLimited {
        /// What the host asked for, clamped.
        after: Duration,
    },
    /// 503 with a wait.
    #[error("status 503: unavailable")]
    Unavailable {
        /// What the host asked for, clamped.
        after: Option<Duration>,
    },
    /// Another status that may pass.
    #[error("status {status}")]
    ServerError {
        /// The status.
        status: u16,
    },
    /// A status that means nothing good and will not pass.
    #[error("unexpected status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The answer is not the story but something that stands in its way.
    #[error("{0}")]
    Wall(Wall),

    /// This process may open no more files, sockets among them: the host was not asked.
    #[error("this process may open no more files (ulimit -n)")]
    NoDescriptors,

    /// robots.txt says no.
    #[error("robots.txt disallows it")]
    RobotsDisallowed,
    /// robots.txt could not be had, which means no for a while (RFC 9309).
    #[error("robots.txt cannot be fetched{}", cause.as_deref().map_or_else(String::new, |c| format!(": {c}")))]
    RobotsUnreachable {
        /// Until it is tried again.
        after: Duration,
        /// Why, where that is known.
        cause: Option<String>,
    },
    /// The host's turn is too far off to wait for.
    #[error("waits {:.1} s for its turn at the host{}", after.as_secs_f64(), asked_delay(*crawl_delay))]
    HostTurn {
        /// How far.
        after: Duration,
        /// What the host's robots.txt asks for, where it does.
        crawl_delay: Option<Duration>,
    },
    /// The host has failed too often of late.
    #[error("the host's circuit is open for {} ms", after.as_millis())]
    CircuitOpen {
        /// Until it may be tried again.
        after: Duration,
    },
    /// The host has refused so many requests in a row that it is left alone for a while. Its stories wait, and
    /// where it refuses again after that they are skipped.
    #[error("{}", said_of_refusals(host, *refusals, *after))]
    HostRefuses {
        /// The host.
        host: String,
        /// So many.
        refusals: u32,
        /// Until it is asked again; `None` when it has refused again after a wait.
        after: Option<Duration>,
    },
    /// The host has failed for too long.
    #[error("the host is dead")]
    HostDead,
    /// What the group shares is out of reach.
    #[error("shared state is out of reach")]
    State(#[from] state::Error),
    /// The message has only a URL, and pages are not fetched.
    #[error("the message has only a url and fetching is switched off")]
    NotFetched,
    /// The time for the story was up while it was fetched, or waited for its host.
    #[error("not done in worker.story_timeout_secs ({limit_secs}): it was being fetched")]
    StoryTimeout {
        /// `worker.story_timeout_secs`.
        limit_secs: u64,
    },
}

/// An error of the client, stripped of its URL (which is known, and may hold secrets).
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Which wait ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// `connect_timeout_ms`.
    Connect,
    /// `first_byte_timeout_ms`.
    FirstByte,
    /// `read_timeout_ms`.
    Read,
    /// `total_timeout_ms`.
    Total,
}

impl Error {
    /// Whether a failure without an answer is the host's, and counts against it.
    #[must_use]
    pub(super) const fn blames_host(&self) -> bool {
        match self {
            Self::Dns(_)
            | Self::Connect(_)
            | Self::Tls(_)
            | Self::Timeout { .. }
            | Self::Truncated(_)
            | Self::Protocol(_) => true,
            Self::Forbidden(_)
            | Self::RedirectTarget(_)
            | Self::RedirectLoop { .. }
            | Self::TooManyRedirects { .. }
            | Self::Proxy(_)
            | Self::TooLarge { .. }
            | Self::HeadersTooLarge { .. }
            | Self::Encoding(_)
            | Self::Charset { .. }
            | Self::ContentType(_)
            | Self::Feed
            | Self::Empty { .. }
            | Self::NotModified
            | Self::Gone { .. }
            | Self::Legal
            | Self::Refused { .. }
            | Self::RateLimited { .. }
            | Self::Unavailable { .. }
            | Self::ServerError { .. }
            | Self::Status { .. }
            | Self::Wall(_)
            | Self::RobotsDisallowed
            | Self::NoDescriptors
            | Self::RobotsUnreachable { .. }
            | Self::HostTurn { .. }
            | Self::CircuitOpen { .. }
            | Self::HostRefuses { .. }
            | Self::HostDead
            | Self::State(_)
            | Self::NotFetched
            | Self::StoryTimeout { .. } => false,
        }
    }

    /// Whether what is known of the story from elsewhere may stand for the page: not where the site says that
    /// there is no such story, or that it is as it was, nor while the page may still be had.
    #[must_use]
    pub fn allows_fallback(&self) -> bool {
        match self {
            Self::NotModified | Self::Gone { .. } | Self::Legal | Self::Wall(Wall::Soft404) => {
                false
            }
            _ => matches!(self.disposition(), Disposition::Skip | Disposition::Reject),
        }
    }
}

impl Classify for Error {
    const STAGE: Stage = Stage::Fetch;

    fn code(&self) -> &'static str {
        match self {
            Self::Forbidden(Forbidden::Address { .. }) => "address_forbidden",
            Self::Forbidden(Forbidden::Port { .. }) => "port_forbidden",
            Self::Forbidden(Forbidden::UserInfo) => "user_info",
            Self::Forbidden(Forbidden::NoContact) => "no_contact",
            Self::RedirectTarget(_) => "redirect_target",
            Self::RedirectLoop { .. } => "redirect_loop",
            Self::TooManyRedirects { .. } => "too_many_redirects",
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Proxy(_) => "proxy",
            Self::Tls(_) => "tls",
            Self::Timeout { phase: Phase::Connect, .. } => "timeout_connect",
            Self::Timeout { phase: Phase::FirstByte, .. } => "timeout_first_byte",
            Self::Timeout { phase: Phase::Read, .. } => "timeout_read",
            Self::Timeout { phase: Phase::Total, .. } => "timeout_total",
            Self::Truncated(_) => "truncated",
            Self::Protocol(_) => "protocol",
            Self::TooLarge { .. } => "too_large",
            Self::HeadersTooLarge { .. } => "headers_too_large",
            Self::Encoding(_) => "encoding",
            Self::Charset { .. } => "charset",
            Self::ContentType(_) => "content_type",
            Self::Feed => "feed",
            Self::Empty { .. } => "empty",
            Self::NotModified => "not_modified",
            Self::Gone { .. } => "gone",
            Self::Legal => "legal",
            Self::Refused { .. } => "refused",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable { .. } => "unavailable",
            Self::ServerError { .. } => "server_error",
            Self::Status { .. } => "status",
            Self::Wall(wall) => wall.code(),
            Self::RobotsDisallowed => "robots_disallowed",
            Self::RobotsUnreachable { .. } => "robots_unreachable",
            Self::NoDescriptors => "no_descriptors",
            Self::HostTurn { .. } => "host_turn",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::HostRefuses { .. } => "host_refuses",
            Self::HostDead => "host_dead",
            Self::State(_) => "state",
            Self::NotFetched => "no_fetch",
            Self::StoryTimeout { .. } => "story_timeout",
        }
    }

    fn disposition(&self) -> Disposition {
        match self {
            Self::Dns(_)
            | Self::Connect(_)
            | Self::Proxy(_)
            | Self::Tls(_)
            | Self::Timeout { .. }
            | Self::Truncated(_)
            | Self::Protocol(_)
            | Self::ServerError { .. }
            | Self::StoryTimeout { .. }
            | Self::Wall(Wall::Unavailable)
            | Self::Unavailable { after: None } => Disposition::Retry { after: None },
            // The host's own wish, or what holds for all of it: it costs the story no attempt.
            Self::Unavailable { after: Some(after) }
            | Self::RateLimited { after }
            | Self::RobotsUnreachable { after, .. }
            | Self::HostTurn { after, .. }
            | Self::CircuitOpen { after } => Disposition::Defer { after: *after },
            Self::HostRefuses { after: Some(after), .. } => Disposition::Defer { after: *after },
            Self::HostRefuses { after: None, .. } => Disposition::Skip,
            // The broker's trouble: it costs the story no attempt.
            Self::State(_) => Disposition::Defer { after: STATE_AWAY },
            // Ours as well: what is open is closed meanwhile.
            Self::NoDescriptors => Disposition::Defer { after: DESCRIPTORS_BACK },
            Self::NotModified
            | Self::Gone { .. }
            | Self::Legal
            | Self::Refused { .. }
            | Self::Empty { .. }
            | Self::Wall(
                Wall::Paywall
                | Wall::Consent
                | Wall::Challenge
                | Wall::Soft404
                | Wall::Login
                | Wall::ScriptShell
                | Wall::Notice,
            )
            | Self::RobotsDisallowed
            | Self::HostDead
            | Self::NotFetched => Disposition::Skip,
            Self::Forbidden(_)
            | Self::RedirectTarget(_)
            | Self::RedirectLoop { .. }
            | Self::TooManyRedirects { .. }
            | Self::TooLarge { .. }
            | Self::HeadersTooLarge { .. }
            | Self::Encoding(_)
            | Self::Charset { .. }
            | Self::ContentType(_)
            | Self::Feed
            | Self::Status { .. } => Disposition::Reject,
        }
    }

    fn host_condition(&self) -> HostCondition {
        match self {
            Self::HostTurn { .. } => HostCondition::Turn,
            Self::NoDescriptors => HostCondition::Unknown,
            Self::Timeout { .. } => HostCondition::TooLate,
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Wall(Wall::Unavailable) => {
                HostCondition::Busy
            }
            Self::RobotsUnreachable { .. } => HostCondition::WithoutRobots,
            Self::CircuitOpen { .. } | Self::HostDead => HostCondition::Failing,
            Self::Refused { .. }
            | Self::Legal
            | Self::Wall(Wall::Paywall | Wall::Login | Wall::Challenge) => HostCondition::Refuses,
            Self::HostRefuses { .. } => HostCondition::RefusesAndLeftAlone,
            Self::State(_) => HostCondition::OutOfReach,
            Self::Wall(Wall::Consent | Wall::Soft404 | Wall::ScriptShell | Wall::Notice)
            | Self::NotFetched
            | Self::StoryTimeout { .. }
            | Self::Forbidden(_)
            | Self::RedirectTarget(_)
            | Self::RedirectLoop { .. }
            | Self::TooManyRedirects { .. }
            | Self::Dns(_)
            | Self::Connect(_)
            | Self::Proxy(_)
            | Self::Tls(_)
            | Self::Truncated(_)
            | Self::Protocol(_)
            | Self::TooLarge { .. }
            | Self::HeadersTooLarge { .. }
            | Self::Encoding(_)
            | Self::Charset { .. }
            | Self::ContentType(_)
            | Self::Feed
            | Self::Empty { .. }
            | Self::NotModified
            | Self::Gone { .. }
            | Self::ServerError { .. }
            | Self::Status { .. }
            | Self::RobotsDisallowed => HostCondition::Unknown,
        }
    }
}

/// What is needed to bring back the stories of a host that refused.
pub(super) fn bring_back(host: &str) -> String {
    format!("`news-ingest dlq replay --skipped --host {host}` brings its stories back")
}

fn said_of_refusals(host: &str, refusals: u32, after: Option<Duration>) -> String {
    match after {
        Some(after) => format!(
            "{host} refused {refusals} requests in a row and gets no requests for {:.0} s",
            after.as_secs_f64()
        ),
        None => format!("{host} refused {refusals} requests in a row; {}", bring_back(host)),
    }
}

/// The part of a message that names a Crawl-delay.
fn asked_delay(crawl_delay: Option<Duration>) -> String {
    crawl_delay.map_or_else(String::new, |delay| {
        format!(
            ", whose robots.txt asks for {:.0} s between two pages (Crawl-delay)",
            delay.as_secs_f64()
        )
    })
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooLarge { limit } => Self::TooLarge { limit },
            DecodeError::Truncated { .. } => Self::Truncated(error.into()),
            DecodeError::Corrupt { .. } => Self::Encoding(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::is_refusal_code;

    #[test]
    fn refusals_agree_by_variant_and_by_code() {
        let wait = Duration::from_secs(9);
        let refuses =
            |after| Error::HostRefuses { host: "a.example".to_owned(), refusals: 3, after };
        for error in [
            Error::Refused { status: 403 },
            Error::Legal,
            Error::Wall(Wall::Paywall),
            Error::Wall(Wall::Login),
            Error::Wall(Wall::Challenge),
            refuses(Some(wait)),
            refuses(None),
            Error::Wall(Wall::Consent),
            Error::Wall(Wall::Soft404),
            Error::Wall(Wall::ScriptShell),
            Error::Wall(Wall::Notice),
            Error::Wall(Wall::Unavailable),
            Error::Gone { status: 404 },
            Error::RobotsDisallowed,
            Error::HostDead,
            Error::RateLimited { after: wait },
            Error::CircuitOpen { after: wait },
            Error::HostTurn { after: wait, crawl_delay: None },
            Error::RobotsUnreachable { after: wait, cause: None },
            Error::Unavailable { after: None },
        ] {
            let code = format!("{}.{}", Error::STAGE, error.code());
            assert_eq!(error.host_condition().is_refusal(), is_refusal_code(&code), "{code}");
        }
    }

    #[test]
    fn host_waits_are_distinguished_from_answers() {
        let wait = Duration::from_secs(9);
        let told = |error: Error| {
            let host = error.host_condition();
            (host.holds_all_stories(), host.may_never_answer())
        };
        assert_eq!(told(Error::HostTurn { after: wait, crawl_delay: None }), (true, false));
        assert_eq!(told(Error::CircuitOpen { after: wait }), (true, true));
        assert_eq!(told(Error::RobotsUnreachable { after: wait, cause: None }), (true, true));
        assert_eq!(told(Error::RateLimited { after: wait }), (false, true));
        assert_eq!(told(Error::Gone { status: 404 }), (false, false));
    }
}
