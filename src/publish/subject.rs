//! Subjects of outcomes: `<prefix>.<kind>.<a>.<b>.<key>`, five tokens each, so that one filter (`<prefix>.*.*.*.<key>`)
//! covers every outcome of a key.
//!
//! The once-only guard rests on that filter: a subject of another shape would let a second story of a key in. Every
//! token is checked where it is made; nothing here escapes.

use crate::disposition::Failure;
use crate::model::{Key, LanguageCode, OutcomeKind, TopicCode, is_token};

/// Names subjects under one prefix token.
#[derive(Clone, Debug)]
pub struct Subjects {
    prefix: String,
    topics: &'static [(TopicCode, &'static str)],
}

impl Subjects {
    /// Subjects under `prefix`, one token, with the slugs of the top-level topics.
    #[must_use]
    pub fn new(prefix: &str, topics: &'static [(TopicCode, &'static str)]) -> Self {
        debug_assert!(is_token(prefix));
        Self { prefix: prefix.to_owned(), topics }
    }

    /// `<prefix>.story.<lang>.<topic>.<key>`
    #[must_use]
    pub fn story(&self, language: LanguageCode, topic: Option<TopicCode>, key: Key) -> String {
        let topic = topic
            .and_then(|code| self.topics.iter().find(|(c, _)| *c == code))
            .map_or("none", |(_, slug)| slug);
        format!("{}.{}.{language}.{topic}.{key}", self.prefix, OutcomeKind::Story.as_str())
    }

    /// `<prefix>.skipped.<stage>.<code>.<key>`, or of a dead letter `<prefix>.dlq.<stage>.<code>.<key>`
    #[must_use]
    pub fn failure(&self, kind: OutcomeKind, failure: &Failure, key: Key) -> String {
        debug_assert!(kind.is_failure());
        format!("{}.{}.{}.{}.{key}", self.prefix, kind.as_str(), failure.stage, failure.code)
    }

    /// The kind of an outcome by its subject; `None` where the subject is none of these.
    #[must_use]
    pub fn kind(&self, subject: &str) -> Option<OutcomeKind> {
        let rest = subject.strip_prefix(self.prefix.as_str())?.strip_prefix('.')?;
        OutcomeKind::of_token(rest.split('.').next()?)
    }

    /// The filter that matches every outcome of a key, and nothing else.
    #[must_use]
    pub fn outcome_filter(&self, key: Key) -> String {
        format!("{}.*.*.*.{key}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::{Disposition, HostCondition, Stage};
    use crate::model::{Identity, StoryId};

    #[test]
    fn outcome_subjects_have_five_tokens_ending_in_key() {
        let subjects = Subjects::new("news", &[(TopicCode(16_000_000), "conflict")]);
        let key = Identity::new(StoryId::new("a").unwrap(), None).key();
        let failure = Failure {
            stage: Stage::Fetch,
            code: "timeout",
            disposition: Disposition::Reject,
            host: HostCondition::Unknown,
            message: String::new(),
        };
        assert_eq!(
            subjects.story(LanguageCode::EN, Some(TopicCode(16_000_000)), key),
            format!("news.story.en.conflict.{key}")
        );
        for subject in [
            subjects.story(LanguageCode::UND, None, key),
            subjects.failure(OutcomeKind::Skipped, &failure, key),
            subjects.failure(OutcomeKind::DeadLetter, &failure, key),
            subjects.outcome_filter(key),
        ] {
            assert_eq!(subject.split('.').count(), 5, "{subject}");
            assert!(subject.ends_with(key.as_str()));
        }
        let kinds = [
            subjects.story(LanguageCode::UND, None, key),
            subjects.failure(OutcomeKind::Skipped, &failure, key),
            subjects.failure(OutcomeKind::DeadLetter, &failure, key),
        ]
        .map(|subject| subjects.kind(&subject));
        assert_eq!(kinds, OutcomeKind::ALL.map(Some));
        assert_eq!(subjects.kind("news.raw.desk.a.b"), None);
        assert_eq!(subjects.kind("wire.story.en.none.k"), None);
    }
}
