//! The states of a story on its way through the pipeline, one type per state:
//!
//! ```text
//! RawArticle -> Page -> Article -> Story
//! (intake)     (fetch) (extract)  (tag)
//! ```
//!
//! A value that exists is valid: constructors check, stages take their input by value and return
//! the next type. There is no I/O here, no wire format, and nothing of our own is imported.

mod article;
mod attempt_outcome;
mod identity;
mod outcome_kind;
mod page;
mod provenance;
mod raw_place;
mod tags;
mod token;
mod web_url;

pub use article::{
    Article, ArticleKind, DateFrom, ExtractionMethod, ExtractionReport, Image, Precision,
    Published, Rights, TitleFrom,
};
pub use attempt_outcome::AttemptOutcome;
pub use identity::{Identity, IdentityError, Key, Revision, StoryId};
pub use outcome_kind::OutcomeKind;
pub use page::{
    Access, Captured, Content, FetchReport, Hints, JsonObject, Origin, Page, Publisher, RawArticle,
    RobotsVerdict, Validators,
};
pub use provenance::{Provenance, Timings};
pub use raw_place::RawPlace;
pub use tags::{
    Amount, Copy, DateMention, Entity, EntityKind, Field, GeoPoint, Keyword, Language,
    LanguageCode, Mention, Quote, Relation, Sentiment, Span, Speaker, Story, Tags, Topic,
    TopicCode,
};
pub use token::{MAX_TOKEN, is_token};
pub use web_url::{UrlError, WebUrl, without_www};
