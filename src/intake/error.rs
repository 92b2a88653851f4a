//! Why a raw message was refused, with the field or header at fault named.
//!
//! Nearly all are the producer's to mend, so the message is dead-lettered at once; an object store or a ledger that does
//! not answer costs no attempt, and a bucket that refuses is tried again. Texts never hold the body; what they quote of
//! headers is cut.

use std::time::Duration;

use thiserror::Error;

use crate::disposition::{Classify, Disposition, Stage};
use crate::model::{IdentityError, UrlError};

/// When to ask again for what the broker does not say now.
const BROKER_AWAY: Duration = Duration::from_secs(10);

/// Why a raw message was refused. Messages name the field or header.
#[derive(Debug, Error)]
pub enum Error {
    /// The body is not UTF-8.
    #[error("{field} is not UTF-8 at byte {at}")]
    NotUtf8 {
        /// Body, or the header that should have named a charset.
        field: &'static str,
        /// Offset of the first bad byte.
        at: usize,
    },
    /// The body is not JSON.
    #[error("body is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// A field has the wrong type.
    #[error("field {path:?} has the wrong type")]
    WrongType {
        /// Path of the field, such as `publisher.name`.
        path: String,
        /// What was expected.
        #[source]
        source: serde_json::Error,
    },
    /// Neither `url`, `html` nor `text`.
    #[error("one of the fields url, html, text is required")]
    NoContent,
    /// The `id` or `revision` cannot be used.
    #[error("bad id")]
    BadId(#[source] IdentityError),
    /// The `url` cannot be used.
    #[error("field {field:?} is not a usable url")]
    BadUrl {
        /// Which field or header.
        field: &'static str,
        /// What is wrong with it.
        #[source]
        source: UrlError,
    },
    /// The `datePublished` cannot be read.
    #[error("field \"datePublished\" is not an ISO 8601 or RFC 2822 date: {0:?}")]
    BadDate(String),
    /// A content type that no decoder reads.
    #[error(
        "header Content-Type {0:?} is not one of application/json, application/cloudevents+json, text/html, text/plain, text/uri-list"
    )]
    ContentType(String),
    /// Bytes that are no text, such as a picture or an archive, under a content type of texts.
    #[error("header Content-Type is {0:?}, and the body is no text")]
    NotText(String),
    /// A charset that no decoder reads.
    #[error("charset {0:?} in header Content-Type is not known")]
    Charset(String),
    /// A content encoding that no decoder reads.
    #[error("header Content-Encoding {0:?} is not at most two of gzip, zstd, br")]
    ContentEncoding(String),
    /// The compressed body ends early or is damaged.
    #[error("body cannot be decompressed as {encoding}")]
    Decompress {
        /// The content encoding.
        encoding: &'static str,
        /// What the decoder says.
        #[source]
        source: std::io::Error,
    },
    /// Larger than the limit.
    #[error("{field} has more than {limit} bytes")]
    TooLarge {
        /// Body, `html` or `text`.
        field: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A URI list with more than one URL.
    #[error("the uri-list has {0} urls, send one message each")]
    ManyUrls(usize),
    /// A `CloudEvent` that breaks the specification.
    #[error("not a CloudEvents 1.0 event: {0}")]
    CloudEvent(String),
    /// The message's headers cannot be read.
    #[error("the message's headers cannot be read: {0}")]
    Header(String),
    /// The bucket is not one that messages may name.
    #[error("header News-Object {0:?} names a bucket that intake.object_buckets does not")]
    ObjectBucket(String),
    /// The object is a link to another.
    #[error("object {0:?} named in header News-Object is a link")]
    ObjectLink(String),
    /// The `News-Object` header cannot be read.
    #[error("header News-Object {0:?} is not <bucket>/<name>")]
    ObjectName(String),
    /// The object is not in its store.
    #[error("object {0:?} named in header News-Object is not there")]
    ObjectMissing(String),
    /// The broker is away or does not answer; nothing is known of the object.
    #[error("object {name:?} cannot be asked for now: {reason}")]
    ObjectStoreAway {
        /// Bucket and name.
        name: String,
        /// What the client says.
        reason: String,
    },
    /// The object store answers with an error.
    #[error("object {name:?} cannot be read now: {reason}")]
    ObjectUnavailable {
        /// Bucket and name.
        name: String,
        /// What the store says.
        reason: String,
    },
    /// The message was delivered too often without an ending: it may be what kills workers.
    #[error("{deliveries} earlier deliveries did not end: it may be what kills workers")]
    Poison {
        /// Earlier deliveries that did not end.
        deliveries: u64,
    },
    /// The message was delivered often, and the broker does not say how many of its deliveries were handed back.
    #[error("how often the message was handed back cannot be read now")]
    ReturnsUnknown,
    /// A bug.
    #[error("reading the message panicked")]
    Panicked,
}

impl Classify for Error {
    const STAGE: Stage = Stage::Intake;

    fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "not_utf8",
            Self::NotJson(_) => "not_json",
            Self::WrongType { .. } => "wrong_type",
            Self::NoContent => "no_content",
            Self::BadId(_) => "bad_id",
            Self::BadUrl { .. } => "bad_url",
            Self::BadDate(_) => "bad_date",
            Self::ContentType(_) | Self::NotText(_) => "content_type",
            Self::Charset(_) => "charset",
            Self::ContentEncoding(_) => "content_encoding",
            Self::Decompress { .. } => "decompress",
            Self::TooLarge { .. } => "too_large",
            Self::ManyUrls(_) => "many_urls",
            Self::CloudEvent(_) => "cloud_event",
            Self::Header(_) => "header",
            Self::ObjectBucket(_) => "object_bucket",
            Self::ObjectLink(_) => "object_link",
            Self::ObjectName(_) => "object_name",
            Self::ObjectMissing(_) => "object_missing",
            Self::ObjectStoreAway { .. } => "object_store_away",
            Self::ObjectUnavailable { .. } => "object_unavailable",
            Self::Poison { .. } => "poison",
            Self::ReturnsUnknown => "returns_unknown",
            Self::Panicked => "panic",
        }
    }

    fn disposition(&self) -> Disposition {
        match self {
            Self::NotUtf8 { .. }
            | Self::NotJson(_)
            | Self::WrongType { .. }
            | Self::NoContent
            | Self::BadId(_)
            | Self::BadUrl { .. }
            | Self::BadDate(_)
            | Self::ContentType(_)
            | Self::NotText(_)
            | Self::Charset(_)
            | Self::ContentEncoding(_)
            | Self::Decompress { .. }
            | Self::TooLarge { .. }
            | Self::ManyUrls(_)
            | Self::CloudEvent(_)
            | Self::Header(_)
            | Self::ObjectBucket(_)
            | Self::ObjectLink(_)
            | Self::ObjectName(_)
            | Self::ObjectMissing(_)
            | Self::Poison { .. }
            | Self::Panicked => Disposition::Reject,
            // No fault of the story's: it costs no attempt.
            Self::ObjectStoreAway { .. } | Self::ReturnsUnknown => {
                Disposition::Defer { after: BROKER_AWAY }
            }
            Self::ObjectUnavailable { .. } => Disposition::Retry { after: None },
        }
    }
}
