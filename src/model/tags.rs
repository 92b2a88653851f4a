//! What the tagger found in an article, as types that every stage behind it shares.
//!
//! An empty list means "nothing found"; `None` means "not known", as for tone in languages without a word list. Offsets
//! are half-open ranges of Unicode code points in the field named. Codes are parsed where they come in (`LanguageCode`,
//! `TopicCode`), so that a value that exists is valid. No serde here: records have types of their own in `record`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::{Article, Key};

/// A tagged article, ready to publish.
#[derive(Clone, Debug)]
pub struct Story {
    /// The article.
    pub article: Article,
    /// What was found in it.
    pub tags: Tags,
}

/// Everything the tagger says of an article; empty where nothing was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tags {
    /// The text's language.
    pub language: Language,
    /// The best top-level IPTC Media Topic.
    pub topic: Option<TopicCode>,
    /// IPTC Media Topics, best first.
    pub topics: Vec<Topic>,
    /// People, organisations, places and what users list: one per thing, most salient first.
    pub entities: Vec<Entity>,
    /// Direct quotes, in the text's order.
    pub quotes: Vec<Quote>,
    /// Numbers with their unit or object, in the text's order.
    pub amounts: Vec<Amount>,
    /// Dates, in the text's order.
    pub dates: Vec<DateMention>,
    /// Key terms, best first.
    pub keywords: Vec<Keyword>,
    /// The best one or two sentences of the body.
    pub summary: Option<String>,
    /// Tone of text and headline; `None` where nothing is known of it.
    pub sentiment: Option<Sentiment>,
    /// 64-bit `SimHash` of the text.
    pub fingerprint: u64,
    /// What later stories are compared with to find copies; not published.
    pub sketch: Vec<u8>,
    /// The story that this one repeats or updates.
    pub copy: Option<Copy>,
    /// Labels from the user's own lists, by list name.
    pub custom: BTreeMap<String, Vec<String>>,
    /// What produced each part: part name to model name and version.
    pub models: BTreeMap<&'static str, String>,
}

/// A BCP 47 primary language subtag in lower case, or `und`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LanguageCode([u8; 3]);

impl LanguageCode {
    /// Unknown.
    pub const UND: Self = Self(*b"und");
    /// English.
    pub const EN: Self = Self(*b"en\0");

    /// The language whose words are looked for: English where it is not known.
    #[must_use]
    pub fn or_english(self) -> Self {
        if self == Self::UND { Self::EN } else { self }
    }

    /// The primary subtag of a tag such as `en-GB` or `pt_BR`; `None` unless it is two or three
    /// ASCII letters.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_alphabetic()) {
            return None;
        }
        let mut code = [0; 3];
        for (to, from) in code.iter_mut().zip(primary.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        Some(Self(code))
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let len = self.0.iter().position(|&b| b == 0).unwrap_or(3);
        std::str::from_utf8(&self.0[..len]).expect("a language code is ASCII")
    }
}

impl Default for LanguageCode {
    fn default() -> Self {
        Self::UND
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LanguageCode({self})")
    }
}

/// A text's language.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Language {
    /// Its code.
    pub code: LanguageCode,
    /// 0 to 1.
    pub confidence: f32,
}

/// An IPTC Media Topic's number, such as 16000000; shown as `medtop:16000000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicCode(pub u32);

impl fmt::Display for TopicCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "medtop:{:08}", self.0)
    }
}

/// A Media Topic found in an article.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    /// Which.
    pub code: TopicCode,
    /// Its English name.
    pub name: String,
    /// Calibrated, 0 to 100.
    pub confidence: u8,
    /// The terms that speak for it, strongest first.
    pub why: Vec<String>,
}

/// What sort of thing an entity is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    /// A human being.
    Person,
    /// An organisation.
    Organisation,
    /// A place.
    Place,
    /// A type of the user's own lists: upper case letters, digits and `_`.
    Other(String),
}

impl EntityKind {
    /// The token in records.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Person => "PERSON",
            Self::Organisation => "ORG",
            Self::Place => "PLACE",
            Self::Other(name) => name,
        }
    }
}

/// A person, an organisation, a place or a listed thing, however often it is named.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// What sort of thing.
    pub kind: EntityKind,
    /// Its fullest name in the article, a person's in the nominative where that is certain, or its listed name.
    pub name: String,
    /// Its English name, where it is known and the article is in another language.
    pub name_en: Option<Cow<'static, str>>,
    /// 0 to 1, the most salient entity of the article has 1.
    pub salience: f32,
    /// Wikidata item, such as `Q212`; only when certain.
    pub wikidata: Option<String>,
    /// GeoNames id.
    pub geonames: Option<u32>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<[u8; 2]>,
    /// Where a place is.
    pub point: Option<GeoPoint>,
    /// The id that a user's list gives it.
    pub list_id: Option<String>,
    /// Where it is named, headline first, then in the text's order.
    pub mentions: Vec<Mention>,
}

/// WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoPoint {
    /// -90 to 90.
    pub lat: f64,
    /// -180 to 180.
    pub lon: f64,
}

/// The text that offsets refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The main headline.
    Title,
    /// The body.
    Body,
}

impl Field {
    /// The token in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
        }
    }
}

/// A half-open range of Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First code point.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// One naming of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// In which text.
    pub field: Field,
    /// Where.
    pub span: Span,
    /// The words.
    pub text: String,
}

/// A direct quote in the body.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// The body between the first mark and the last: words first and last, marks of breaks inside.
    pub text: String,
    /// Where that is.
    pub span: Span,
    /// The quoted pieces, marks left out; more than one where "he said" breaks in.
    pub parts: Vec<Span>,
    /// Who says it.
    pub speaker: Option<Speaker>,
    /// The verb that gives the speaker, such as `said`.
    pub cue: Option<String>,
}

/// Who says a quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The words of the text (`he`, `the minister`, `Mr. Berg`), in full where they are a part of a
    /// name.
    pub name: String,
    /// Who that is, where it could be told: the fullest name in the text.
    pub full_name: Option<String>,
    /// Index into [`Tags::entities`].
    pub entity: Option<usize>,
}

/// A number with its unit or object in the body.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    /// The number; the lower end of a range.
    pub value: f64,
    /// The upper end of a range.
    pub upper: Option<f64>,
    /// A unit, such as `USD`, `%`, `°C`, `km`.
    pub unit: Option<String>,
    /// What is counted, such as `drones`.
    pub object: Option<String>,
    /// The words.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A date in the body, resolved against the publication date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateMention {
    /// The words.
    pub text: String,
    /// Where.
    pub span: Span,
    /// ISO 8601 date or reduced date (`2026-02`), or interval (`2026-05-01/2026-05-05`); `2016~`
    /// where it is only roughly known, as in EDTF.
    pub date: String,
}

/// A key term.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// As in the text.
    pub term: String,
    /// 0 to 1, higher is better.
    pub score: f32,
}

/// Tone, each from -1 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sentiment {
    /// Of the body, or of the headline where no word of the body speaks of it; -1 to 1.
    pub score: f32,
    /// Of the headline, -1 to 1; `None` where no word of it speaks of it.
    pub title: Option<f32>,
}

/// An earlier story that this one is a copy or an update of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The earlier story.
    pub of: Key,
    /// How the two relate.
    pub relation: Relation,
}

/// How a story relates to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The same text elsewhere.
    Duplicate,
    /// The same page, changed, or the same id under a new revision.
    Update,
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Duplicate, Self::Update];

    /// The token in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Update => "update",
        }
    }
}
