//! What kind of outcome a message has, as the subject of the outcome says.

/// The kinds of outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// A record of the story.
    Story,
    /// There was nothing to publish.
    Skipped,
    /// The message is bad, or its story could not be fetched.
    DeadLetter,
}

impl OutcomeKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Story, Self::Skipped, Self::DeadLetter];

    /// The second token of the outcome's subject.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Skipped => "skipped",
            Self::DeadLetter => "dlq",
        }
    }

    /// The kind that such a token names.
    #[must_use]
    pub fn of_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == token)
    }

    /// Whether it is no story: the outcome of a later message or of a replay may take its place.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        match self {
            Self::Story => false,
            Self::Skipped | Self::DeadLetter => true,
        }
    }
}
