//! Every way in which a poll ends without what it was for, and what then becomes of the feed.
//!
//! Three rules decide. A feed that was not asked at all, because its host's turn is far or the broker is
//! away, is asked later, and nothing is held against it. A feed that answered 410 is asked no more. All
//! other endings are failures: the feed is asked again after longer and longer waits.

use std::time::Duration;

use thiserror::Error;

use crate::disposition::{Classify as _, Disposition};
use crate::model::WebUrl;
use crate::{fetch, publish, state};

/// How long a feed is left alone while the broker is away.
const BROKER_AWAY: Duration = Duration::from_secs(15);

/// How long a feed is left alone that our own guard or configuration refuses.
const OURS_TO_MEND: Duration = Duration::from_secs(300);

/// Why a poll did not come to its end.
#[derive(Debug, Error)]
pub enum Error {
    /// There is no document.
    #[error(transparent)]
    Fetch(#[from] fetch::Error),
    /// The document is a web page.
    #[error("a web page, not a feed; {}", named(.feeds))]
    Html {
        /// Feeds and sitemaps that it and its robots.txt name.
        feeds: Vec<WebUrl>,
    },
    /// The document is something else.
    #[error("{0} is not a feed")]
    NotFeed(String),
    /// XML that is not well-formed.
    #[error("broken xml")]
    Xml(#[source] fetch::Cause),
    /// JSON that is broken, or no JSON Feed.
    #[error("broken json")]
    Json(#[source] fetch::Cause),
    /// A JSON Feed of a version that is not known.
    #[error("json feed version {0:?} is not known")]
    Version(String),
    /// A document that is too much for a parser.
    #[error("malformed feed")]
    Malformed(#[source] fetch::Cause),
    /// A document that takes too long to read.
    #[error("not read within {} s", limit.as_secs())]
    TooSlow {
        /// The time that there was.
        limit: Duration,
    },
    /// Entries are there, and none of them has an address or can be read.
    #[error("none of {entries} entries can be read")]
    Unreadable {
        /// How many.
        entries: usize,
    },
    /// Sitemap indexes within sitemap indexes, too deep.
    #[error("sitemap indexes are nested too deep")]
    NestedIndex,
    /// No part of a sitemap index could be read; this is why the last one could not.
    #[error("no part of the sitemap index can be read")]
    Parts(#[source] Box<Error>),
    /// The broker does not take a message.
    #[error(transparent)]
    Publish(#[from] publish::Error),
    /// What the group knows is out of reach.
    #[error(transparent)]
    State(#[from] state::Error),
    /// The claim has run out, and another worker polls the feed.
    #[error("another worker has taken the feed over")]
    Lost,
    /// The process is stopping.
    #[error("stopping")]
    Stopping,
}

/// Feeds of a page, for people.
fn named(feeds: &[WebUrl]) -> String {
    /// How many are named.
    const MOST: usize = 3;
    if feeds.is_empty() {
        return "no feed is named by it or found beside it".to_owned();
    }
    let shown: Vec<&str> = feeds.iter().take(MOST).map(WebUrl::as_str).collect();
    let more = feeds.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("with --discover its feeds are polled: {}{more}", shown.join(", "))
}

/// What becomes of a feed after a poll that did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is not asked again.
    Stop,
    /// It has failed: it is asked again later and later, and no sooner than it asks for.
    BackOff {
        /// The least wait.
        after: Option<Duration>,
    },
    /// It was not asked. It is asked soon, and has not failed.
    Later {
        /// How soon.
        after: Duration,
    },
    /// It is another worker's.
    Leave,
}

impl Next {
    /// The outcome of such a poll, as logged.
    #[must_use]
    pub const fn outcome(self) -> &'static str {
        match self {
            Self::Stop => "gone",
            Self::BackOff { .. } => "failed",
            Self::Later { .. } => "later",
            Self::Leave => "lost",
        }
    }
}

impl Error {
    /// A token `[a-z0-9_]+` from a bounded set.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fetch(fetch::Error::Gone { status: 404 }) => "not_found",
            Self::Fetch(error) => error.code(),
            Self::Html { .. } => "html",
            Self::NotFeed(_) => "not_a_feed",
            Self::Xml(_) => "xml",
            Self::Json(_) => "json",
            Self::Version(_) => "version",
            Self::Malformed(_) => "malformed",
            Self::TooSlow { .. } => "too_slow",
            Self::Unreadable { .. } => "unreadable",
            Self::NestedIndex => "nested_index",
            Self::Parts(_) => "parts",
            Self::Publish(error) => error.code(),
            Self::State(_) => "state",
            Self::Lost => "lost",
            Self::Stopping => "stopping",
        }
    }

    /// Whether our own configuration refused, which the operator can change.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        matches!(self, Self::Fetch(fetch::Error::Forbidden(_)))
    }

    /// What becomes of the feed.
    #[must_use]
    pub fn next(&self) -> Next {
        match self {
            Self::Fetch(fetch::Error::Gone { status: 410 }) => Next::Stop,
            // Our own refusal is ours to change: nothing is held against the feed.
            Self::Fetch(fetch::Error::Forbidden(_)) => Next::Later { after: OURS_TO_MEND },
            // A feed that asks for time has been asked.
            Self::Fetch(
                fetch::Error::RateLimited { after }
                | fetch::Error::Unavailable { after: Some(after) }
                | fetch::Error::RobotsUnreachable { after, .. },
            ) => Next::BackOff { after: Some(*after) },
            Self::Fetch(error) => match error.disposition() {
                Disposition::Defer { after } => Next::Later { after },
                Disposition::Retry { after } => Next::BackOff { after },
                Disposition::Reject | Disposition::Skip => Next::BackOff { after: None },
            },
            Self::Html { .. }
            | Self::NotFeed(_)
            | Self::Xml(_)
            | Self::Json(_)
            | Self::Version(_)
            | Self::Malformed(_)
            | Self::TooSlow { .. }
            | Self::Unreadable { .. }
            | Self::NestedIndex
            | Self::Publish(
                publish::Error::Refused { .. }
                | publish::Error::NotPutAside { .. }
                | publish::Error::Guard { .. }
                | publish::Error::TooLarge { .. }
                | publish::Error::OverMessageLimit { .. }
                | publish::Error::Unreadable { .. }
                | publish::Error::Occupied(_),
            ) => Next::BackOff { after: None },
            // One part that is gone says nothing of the index.
            Self::Parts(last) => match last.next() {
                Next::Stop => Next::BackOff { after: None },
                next @ (Next::BackOff { .. } | Next::Later { .. } | Next::Leave) => next,
            },
            Self::Publish(
                publish::Error::NotConfirmed { .. }
                | publish::Error::NoStream(_)
                | publish::Error::Full(_)
                | publish::Error::Send(_),
            )
            | Self::State(_) => Next::Later { after: BROKER_AWAY },
            // Due at once, for the next process.
            Self::Stopping => Next::Later { after: Duration::ZERO },
            Self::Lost => Next::Leave,
        }
    }
}
