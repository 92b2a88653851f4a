//! What a producer sent ([`RawArticle`]) and what there is to extract from ([`Page`]): one type before the fetch, one
//! after it.
//!
//! Text is UTF-8 from here on; charsets end where the bytes came in. A link and a story in the message are two variants
//! of `Origin`, so that no later stage asks whether there was a fetch. What the producer says of the story is a hint:
//! the page is believed first.

use std::time::Duration;

use time::OffsetDateTime;

use super::{Identity, WebUrl};

/// A raw message, decoded and checked.
#[derive(Clone, Debug)]
pub struct RawArticle {
    /// Who it is.
    pub identity: Identity,
    /// Where the story is.
    pub origin: Origin,
    /// What the producer says of it.
    pub hints: Hints,
}

/// Where the story of a message is: behind a URL, or in the message.
#[derive(Clone, Debug)]
pub enum Origin {
    /// To be fetched.
    Link {
        /// The page's address.
        url: WebUrl,
        /// For a conditional request.
        validators: Validators,
        /// A text of the story from elsewhere, such as its feed, as HTML: for a page that can't be had, or
        /// that has less.
        fallback: Option<String>,
    },
    /// The message carries it; nothing is fetched.
    Inline {
        /// The page's address, where the producer named one.
        url: Option<WebUrl>,
        /// The story.
        content: Content,
    },
}

/// A story's text before extraction. Always UTF-8; charsets end where the bytes came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A web page.
    Html(String),
    /// A text whose first lines hold the headline.
    Text(String),
    /// A text that is the body and nothing else, as the producer's `title` key says; `title` is
    /// `None` when that key is empty.
    TitledText {
        /// The headline.
        title: Option<String>,
        /// The body, to be passed through unchanged but for CRLF.
        text: String,
    },
}

/// The producer's own knowledge of the story; evidence for the stages, never trusted over the page
/// without comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// Headline.
    pub title: Option<String>,
    /// Publication time.
    pub date_published: Option<super::Published>,
    /// BCP 47 language tag.
    pub in_language: Option<String>,
    /// Authors as printed.
    pub byline: Option<String>,
    /// Section of the publication.
    pub section: Option<String>,
    /// The publisher's keywords.
    pub keywords: Vec<String>,
    /// Who publishes it.
    pub publisher: Option<Publisher>,
    /// Passed through to the record untouched.
    pub meta: Option<JsonObject>,
}

/// Who publishes a story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publisher {
    /// Display name.
    pub name: Option<String>,
    /// Host name, such as `ex.com`.
    pub domain: Option<String>,
}

/// The text of a JSON object, kept as the producer wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonObject(String);

impl JsonObject {
    /// Wraps the text of one JSON object; the caller has parsed it.
    #[must_use]
    pub fn from_checked(text: String) -> Self {
        debug_assert!(text.trim_start().starts_with('{'));
        Self(text)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an earlier fetch of the page left for a conditional request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether there is nothing to make a request conditional.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// A story's content at hand, and how it was come by.
#[derive(Clone, Debug)]
pub struct Page {
    /// Who it is.
    pub identity: Identity,
    /// What the producer says of it.
    pub hints: Hints,
    /// The address that relative links refer to.
    pub url: Option<WebUrl>,
    /// The text.
    pub content: Content,
    /// How it was fetched; `None` when the message carried it.
    pub fetch: Option<FetchReport>,
}

impl Page {
    /// The same story with another text.
    #[must_use]
    pub fn with_html(&self, html: String) -> Self {
        let Self { identity, hints, url, content: _, fetch } = self;
        Self {
            identity: identity.clone(),
            hints: hints.clone(),
            url: url.clone(),
            content: Content::Html(html),
            fetch: fetch.clone(),
        }
    }
}

/// How a page was fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchReport {
    /// The address asked for.
    pub requested_url: WebUrl,
    /// The address that answered, after redirects.
    pub final_url: WebUrl,
    /// HTTP status of the answer.
    pub status: u16,
    /// Redirects followed.
    pub hops: u32,
    /// Decoded bytes of the body.
    pub bytes: u64,
    /// WHATWG name of the charset the page was decoded from, such as `windows-1252`.
    pub charset: &'static str,
    /// What robots.txt said.
    pub robots: RobotsVerdict,
    /// What the answer's status, headers and markup say of the page's freedom.
    pub access: Access,
    /// When the answer was complete, UTC.
    pub fetched_at: OffsetDateTime,
    /// From first connection to the last byte, waits for the host's turn left out.
    pub elapsed: Duration,
    /// Validators of this answer.
    pub validators: Validators,
}

/// An answer with a page as the site gave it, and how it was come by: what an archive keeps.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The address asked for.
    pub requested_url: WebUrl,
    /// The address that answered, after redirects.
    pub final_url: WebUrl,
    /// HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: http::HeaderMap,
    /// The body, its content coding undone.
    pub body: Vec<u8>,
    /// Redirects followed.
    pub hops: u32,
    /// What robots.txt said.
    pub robots: RobotsVerdict,
    /// When the answer was complete, UTC.
    pub fetched_at: OffsetDateTime,
    /// From first connection to the last byte, waits for the host's turn left out.
    pub elapsed: Duration,
}

/// What robots.txt said of a fetch that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RobotsVerdict {
    /// A rule or the absence of one allows it.
    Allowed,
    /// Robots rules are switched off by configuration.
    Ignored,
}

impl RobotsVerdict {
    /// The verdict's token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Ignored => "ignored",
        }
    }
}

/// Whether readers get the story freely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Access {
    /// The whole story is there.
    #[default]
    Free,
    /// Part of it, the rest for subscribers.
    Paywall,
    /// A consent form stands in for it.
    Consent,
    /// A test for robots stands in for it.
    Challenge,
}

impl Access {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Free, Self::Paywall, Self::Consent, Self::Challenge];

    /// The token in records and conditions.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Paywall => "paywall",
            Self::Consent => "consent",
            Self::Challenge => "challenge",
        }
    }
}
