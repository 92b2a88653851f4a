//! Why an outcome, or a raw message, could not be stored.
//!
//! Only what is too large is rejected: everything else is the broker's trouble, so the story is kept and tried again
//! without an attempt charged. `is_back_pressure` says which of these waiting alone can end. Made from the broker's
//! error codes in `request.rs`; the one text that is read there is named with its reason (`FULL_SUBJECT`).

use thiserror::Error;

use crate::disposition::{Classify, Disposition, Stage};

/// Why an outcome, or a raw message, could not be stored.
#[derive(Debug, Error)]
pub enum Error {
    /// The message is larger than the broker takes.
    #[error("the message has {bytes} bytes with its headers, the broker accepts {limit}")]
    TooLarge {
        /// Size of body and headers.
        bytes: usize,
        /// The broker's max payload.
        limit: usize,
    },
    /// The record is larger than its stream takes.
    #[error(
        "the record has {bytes} bytes with its headers, over max_msg_size of the stream of {subject:?}"
    )]
    OverMessageLimit {
        /// Size of body and headers.
        bytes: usize,
        /// Where it was to go.
        subject: String,
    },
    /// No answer after every repetition.
    #[error("the broker did not confirm it in {tries} tries")]
    NotConfirmed {
        /// Publishes sent.
        tries: u32,
    },
    /// No stream takes the subject.
    #[error("no stream takes subject {0:?}")]
    NoStream(String),
    /// The stream takes nothing at present: it is full, sealed or offline.
    #[error("the stream accepts nothing: {0}")]
    Full(String),
    /// Another answer of the broker.
    #[error("the broker refuses it: {description} (error {code})")]
    Refused {
        /// JetStream error code.
        code: u64,
        /// The broker's words.
        description: String,
    },
    /// Another message is scheduled under the subject.
    #[error("subject {0:?} holds the schedule of another message")]
    Occupied(String),
    /// The key of a story could not be looked up before the story is published, or not be remembered after it.
    #[error("its key cannot be looked up or remembered in {stream}: {source}")]
    Guard {
        /// The guard stream.
        stream: String,
        /// Why.
        source: Box<Error>,
    },
    /// A dead letter's body could not be put into the object store.
    #[error("the body of the dead letter cannot be put into object store {bucket}: {reason}")]
    NotPutAside {
        /// The store's bucket.
        bucket: String,
        /// What the client said.
        reason: String,
    },
    /// What is stored of a story is not what this version writes. A newer worker may read it.
    #[error("the stored {what} cannot be read: {source}")]
    Unreadable {
        /// What of it.
        what: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The publish could not be sent.
    #[error("cannot send to the broker: {0}")]
    Send(String),
}

impl Error {
    /// Whether the broker takes nothing at present, whatever the story: waiting helps.
    #[must_use]
    pub fn is_back_pressure(&self) -> bool {
        match self {
            Self::NotConfirmed { .. } | Self::NoStream(_) | Self::Full(_) | Self::Send(_) => true,
            Self::Guard { source, .. } => source.is_back_pressure(),
            Self::TooLarge { .. }
            | Self::OverMessageLimit { .. }
            | Self::Refused { .. }
            | Self::Occupied(_)
            | Self::NotPutAside { .. }
            | Self::Unreadable { .. } => false,
        }
    }

    /// The stream that the error is of, where that is not the one that the message was to go to.
    #[must_use]
    pub fn stream(&self) -> Option<&str> {
        if let Self::Guard { stream, .. } = self { Some(stream) } else { None }
    }

    /// Whether the message is larger than the broker or its stream takes.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.code() == "too_large"
    }
}

impl Classify for Error {
    const STAGE: Stage = Stage::Publish;

    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::OverMessageLimit { .. } => "too_large",
            Self::NotConfirmed { .. } => "not_confirmed",
            Self::NoStream(_) => "no_stream",
            Self::Full(_) => "full",
            Self::Refused { .. } => "refused",
            Self::Occupied(_) => "occupied",
            Self::NotPutAside { .. } => "not_put_aside",
            // A mark that is too large is no story that is.
            Self::Guard { source, .. } if source.is_too_large() => "refused",
            Self::Guard { source, .. } => source.code(),
            Self::Unreadable { .. } => "unreadable",
            Self::Send(_) => "send",
        }
    }

    fn disposition(&self) -> Disposition {
        match self {
            Self::TooLarge { .. } | Self::OverMessageLimit { .. } => Disposition::Reject,
            Self::NotConfirmed { .. }
            | Self::NoStream(_)
            | Self::Full(_)
            | Self::Refused { .. }
            | Self::Occupied(_)
            | Self::NotPutAside { .. }
            | Self::Guard { .. }
            | Self::Unreadable { .. }
            | Self::Send(_) => Disposition::Retry { after: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_large_is_rejected() {
        let (subject, text) = ("news.story.en.none.k".to_owned(), String::new);
        let (bytes, limit) = (9, 8);
        let guard =
            |source| Error::Guard { stream: "NEWS_KEYS".to_owned(), source: Box::new(source) };
        let source = serde_json::from_str::<u8>("").unwrap_err();
        for (error, code, is_too_large) in [
            (Error::TooLarge { bytes, limit }, "too_large", true),
            (Error::OverMessageLimit { bytes, subject: subject.clone() }, "too_large", true),
            (Error::NotConfirmed { tries: 4 }, "not_confirmed", false),
            (Error::NoStream(subject.clone()), "no_stream", false),
            (Error::Full(text()), "full", false),
            (Error::Refused { code: 1, description: text() }, "refused", false),
            (Error::Occupied(subject), "occupied", false),
            (Error::NotPutAside { bucket: text(), reason: text() }, "not_put_aside", false),
            (guard(Error::NotConfirmed { tries: 4 }), "not_confirmed", false),
            (guard(Error::TooLarge { bytes, limit }), "refused", false),
            (Error::Unreadable { what: "record", source }, "unreadable", false),
            (Error::Send(text()), "send", false),
        ] {
            assert_eq!((error.code(), error.is_too_large()), (code, is_too_large));
            assert_eq!(error.disposition() == Disposition::Reject, is_too_large, "{code}");
        }
    }

    #[test]
    fn guard_waits_and_names_stream_as_its_cause() {
        let guard =
            |source| Error::Guard { stream: "NEWS_KEYS".to_owned(), source: Box::new(source) };
        let full = guard(Error::Full(String::new()));
        assert!(full.is_back_pressure() && full.stream() == Some("NEWS_KEYS"));
        assert!(!guard(Error::Refused { code: 1, description: String::new() }).is_back_pressure());
    }
}
