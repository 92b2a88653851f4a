//! What becomes of a story that a stage could not pass on, and the names such endings go by.
//!
//! Every stage error says three things about itself: the stage, a code from a bounded set, and a
//! [`Disposition`]. Nothing else decides whether a message is tried again, so a new failure cannot
//! be classified by accident: [`Classify`] is implemented by matches without a wildcard arm.

use std::fmt;
use std::time::Duration;

/// Codes of the failures of which [`HostCondition::is_refusal`] is true, as `stage.code`: for who reads codes back from
/// logs. A test of `fetch` holds the two together.
const REFUSALS: [&str; 6] = [
    "fetch.refused",
    "fetch.login",
    "fetch.paywall",
    "fetch.legal",
    "fetch.challenge",
    "fetch.host_refuses",
];

/// Whether a code from a log, `stage.code`, is a host's refusal.
#[must_use]
pub fn is_refusal_code(code: &str) -> bool {
    REFUSALS.contains(&code)
}

/// What happens to a message that yields no story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Try again later; counts as an attempt. `after` is the least wait that the other side asked
    /// for, when it asked; the worker adds its own back-off and clamps both.
    Retry {
        /// Least wait before the next attempt.
        after: Option<Duration>,
    },
    /// Not tried yet: it waits for its turn at a host (politeness, an open circuit) or for the state
    /// that the group shares. No attempt is counted.
    Defer {
        /// How long until the turn comes.
        after: Duration,
    },
    /// The message is bad or its story cannot be had; it goes to the dead letters.
    Reject,
    /// There is no story to publish and nothing went wrong (not modified, a consent wall).
    Skip,
}

/// What a failure tells of the host that a story's page is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostCondition {
    /// Nothing: the failure is the page's, the message's or our own.
    Unknown,
    /// It is well, and the story's turn there is yet to come.
    Turn,
    /// It gave no answer in time.
    TooLate,
    /// It asked for time.
    Busy,
    /// It fails so often that it is sent no request for a while.
    Failing,
    /// Its robots.txt cannot be had, so that no page of it may be asked for.
    WithoutRobots,
    /// It does not let us in.
    Refuses,
    /// It has refused so often that it is sent no request for a while.
    RefusesAndLeftAlone,
    /// What the group shares about hosts is out of reach, and so it was not asked.
    OutOfReach,
}

impl HostCondition {
    /// Whether the host does not let us in: nothing is wrong with the story, and it can be had when it does.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        match self {
            Self::Refuses | Self::RefusesAndLeftAlone => true,
            Self::Unknown
            | Self::Turn
            | Self::TooLate
            | Self::Busy
            | Self::Failing
            | Self::WithoutRobots
            | Self::OutOfReach => false,
        }
    }

    /// Whether every story of the host waits, without its page having been asked for.
    #[must_use]
    pub const fn holds_all_stories(self) -> bool {
        self.why_stories_wait().is_some()
    }

    /// What every story of the host waits for, in words for people; `None` where they do not wait for it.
    #[must_use]
    pub const fn why_stories_wait(self) -> Option<&'static str> {
        match self {
            Self::Turn => Some("the host's turn for them has not come"),
            Self::Failing => Some("it has failed several times in a row"),
            Self::WithoutRobots => Some("its robots.txt cannot be fetched"),
            Self::RefusesAndLeftAlone => Some("it has refused several times in a row"),
            Self::Unknown | Self::TooLate | Self::Busy | Self::Refuses | Self::OutOfReach => None,
        }
    }

    /// Whether an answer may never come, however long a story waits. Turns at a slow host do come.
    #[must_use]
    pub const fn may_never_answer(self) -> bool {
        match self {
            Self::Busy
            | Self::Failing
            | Self::WithoutRobots
            | Self::RefusesAndLeftAlone
            | Self::OutOfReach => true,
            Self::Unknown | Self::Turn | Self::TooLate | Self::Refuses => false,
        }
    }
}

/// A stage of the pipeline, as named in subjects, records and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Reading and decoding the raw message.
    Intake,
    /// Getting the page.
    Fetch,
    /// Page to article.
    Extract,
    /// Article to story.
    Tag,
    /// Story to the broker.
    Publish,
}

impl Stage {
    /// Every stage, in the order of the data.
    pub const ALL: [Self; 5] = [Self::Intake, Self::Fetch, Self::Extract, Self::Tag, Self::Publish];

    /// The stage's token, `[a-z]+`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Fetch => "fetch",
            Self::Extract => "extract",
            Self::Tag => "tag",
            Self::Publish => "publish",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Implemented by each stage's error enum.
pub trait Classify: std::error::Error {
    /// The stage whose errors these are.
    const STAGE: Stage;

    /// A token `[a-z0-9_]+` from a bounded set; with the stage it is the failure's full name
    /// (`fetch.timeout`).
    fn code(&self) -> &'static str;

    /// What is to become of the message.
    fn disposition(&self) -> Disposition;

    /// What it tells of the page's host; nothing in the stages that ask none.
    fn host_condition(&self) -> HostCondition {
        HostCondition::Unknown
    }
}

/// A stage error stripped to what the rest of the program may know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where it happened.
    pub stage: Stage,
    /// What happened, from the stage's bounded set.
    pub code: &'static str,
    /// What is to become of the message.
    pub disposition: Disposition,
    /// What it tells of the page's host.
    pub host: HostCondition,
    /// For people: names the field or the place, at most [`Failure::MAX_MESSAGE`] characters,
    /// never the page's body.
    pub message: String,
}

impl Failure {
    /// Longest message kept, in characters.
    pub const MAX_MESSAGE: usize = 500;

    /// Takes what is to be known from a stage's error, its sources included.
    pub fn of<E: Classify>(error: &E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        let message = message
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(Self::MAX_MESSAGE)
            .collect();
        Self {
            stage: E::STAGE,
            code: error.code(),
            disposition: error.disposition(),
            host: error.host_condition(),
            message,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}: {}", self.stage, self.code, self.message)
    }
}

impl std::error::Error for Failure {}
