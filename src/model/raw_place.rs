//! Where a message first entered a raw stream: what tells two messages of one id apart.
//!
//! A sequence alone does not: every raw stream counts from 1, and one that is recreated starts at 1.

use std::fmt;

/// A message's first place: the raw stream, when that was created, the sequence there, and when the
/// message was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawPlace {
    /// The raw stream.
    pub stream: String,
    /// When the stream was created, Unix milliseconds; 0 where that is not known.
    pub created: i64,
    /// Sequence in the stream.
    pub sequence: u64,
    /// When the message was stored there, Unix seconds.
    pub since: i64,
}

impl RawPlace {
    /// Reads the form that [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let mut next = || parts.next();
        let place = Self {
            stream: next()?.to_owned(),
            created: next()?.parse().ok()?,
            sequence: next()?.parse().ok()?,
            since: next()?.parse().ok()?,
        };
        (parts.next().is_none() && !place.stream.is_empty()).then_some(place)
    }

    /// Whether both are places in one stream, as far as is known.
    fn shares_stream(&self, other: &Self) -> bool {
        let known = self.created != 0 && other.created != 0;
        self.stream == other.stream && (!known || self.created == other.created)
    }

    /// Whether both are the place of one message.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.shares_stream(other) && self.sequence == other.sequence
    }

    /// Whether this message was sent after the other one: by sequence in one stream, by time in two.
    #[must_use]
    pub fn is_after(&self, other: &Self) -> bool {
        if self.shares_stream(other) {
            return self.sequence > other.sequence;
        }
        self.since > other.since
    }

    /// The place as tokens of a subject: stream, creation, sequence.
    #[must_use]
    pub fn subject_tokens(&self) -> String {
        format!("{}.{}.{}", self.stream, self.created, self.sequence)
    }
}

impl fmt::Display for RawPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stream, created, sequence, since } = self;
        write!(f, "{stream} {created} {sequence} {since}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(stream: &str, created: i64, sequence: u64, since: i64) -> RawPlace {
        RawPlace { stream: stream.to_owned(), created, sequence, since }
    }

    #[test]
    fn a_stream_made_anew_is_another_stream() {
        let before = place("NEWS_RAW", 1000, 7, 10);
        assert_eq!(RawPlace::parse(&before.to_string()).as_ref(), Some(&before));
        assert!(before.is_same(&before));
        let after = place("NEWS_RAW", 2000, 7, 20);
        assert!(!after.is_same(&before) && after.is_after(&before) && !before.is_after(&after));
        assert_ne!(before.subject_tokens(), after.subject_tokens());
        assert!(!place("OTHER", 1000, 7, 10).is_same(&before));
        assert!(place("NEWS_RAW", 1000, 8, 10).is_after(&before));
        assert!(place("NEWS_RAW", 0, 7, 10).is_same(&before), "an older version did not say when");
    }
}
