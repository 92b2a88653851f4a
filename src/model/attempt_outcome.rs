//! How an attempt at a story ended: three ways with an outcome stored ([`OutcomeKind`]), four without.
//!
//! The tokens are a promise: logs, metrics and totals have them, and `report` reads them again.

use super::OutcomeKind;

/// How one attempt at a story ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttemptOutcome {
    /// Published.
    Story,
    /// Nothing to publish.
    Skipped,
    /// Dead-lettered.
    DeadLetter,
    /// Handed back for another attempt.
    Retry,
    /// Handed back without an attempt counted.
    Deferred,
    /// Its key was settled before.
    Repeat,
    /// Forgotten: the broker delivers it again.
    Lost,
}

impl AttemptOutcome {
    /// Every ending, in the order of the totals line.
    pub const ALL: [Self; 7] = [
        Self::Story,
        Self::Skipped,
        Self::DeadLetter,
        Self::Retry,
        Self::Deferred,
        Self::Repeat,
        Self::Lost,
    ];

    /// The token in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Story => OutcomeKind::Story.as_str(),
            Self::Skipped => OutcomeKind::Skipped.as_str(),
            Self::DeadLetter => OutcomeKind::DeadLetter.as_str(),
            Self::Retry => "retry",
            Self::Deferred => "deferred",
            Self::Repeat => "repeat",
            Self::Lost => "lost",
        }
    }

    /// The outcome that such a token names.
    #[must_use]
    pub fn of_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == token)
    }
}
