//! What of a story a condition may ask for.

/// A field with texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // as in FIELDS
pub enum Field {
    Language,
    TopicName,
    Entity,
    Person,
    Organisation,
    Place,
    Publisher,
    Label,
    Access,
    Kind,
    Section,
    Keyword,
    Author,
    Title,
    Relation,
}

/// A field with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Words of the body.
    Words,
    /// Tone of the body, -1 to 1.
    Sentiment,
    /// Confidence of the best topic, 0 to 100.
    Confidence,
}
