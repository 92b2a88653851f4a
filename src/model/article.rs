//! An article: the text that readers see and what the page says of it, between extraction and tagging.
//!
//! Times keep the precision and the offset that the page gave; one without an offset is taken as UTC. A fact that
//! neither the page nor the message states is `None` or empty. Says how each part was found (`ExtractionReport`),
//! because records tell their readers.

use time::OffsetDateTime;

use super::{Access, FetchReport, Hints, Identity, Span, WebUrl};

/// An article as extracted: the text that readers see, and the page's own facts.
#[derive(Clone, Debug)]
pub struct Article {
    /// Who it is.
    pub identity: Identity,
    /// What the producer says of it.
    pub hints: Hints,
    /// How the page was fetched.
    pub fetch: Option<FetchReport>,
    /// The page's address: where it was fetched from or said to be.
    pub url: Option<WebUrl>,
    /// The page's own name for itself, kept only when it stays on the publisher.
    pub canonical_url: Option<WebUrl>,
    /// Headline, one line.
    pub headline: Option<String>,
    /// Sub-headline, one line.
    pub sub_headline: Option<String>,
    /// The text, one LF between blocks (a `text` message's is as given).
    pub body: String,
    /// One entry per person (or agency that signs), in the page's order.
    pub authors: Vec<String>,
    /// Those of the authors that are agencies, desks or publications, not people.
    pub signing_organisations: Vec<String>,
    /// First publication.
    pub published: Option<Published>,
    /// Last change, as the page says.
    pub modified: Option<Published>,
    /// BCP 47 tag that the page or the producer declares; the tagger compares it with the text.
    pub declared_language: Option<String>,
    /// The publication's name.
    pub site_name: Option<String>,
    /// Section of the publication.
    pub section: Option<String>,
    /// The page's keywords.
    pub keywords: Vec<String>,
    /// The lead image.
    pub image: Option<Image>,
    /// The text as clean HTML, where that is asked for.
    pub html: Option<String>,
    /// Where the sub-headline stands in the body, where it is the first paragraph too.
    pub standfirst: Option<Span>,
    /// Whose it is, and on what terms.
    pub rights: Rights,
    /// What sort of journalism the page says it is.
    pub genres: Vec<String>,
    /// Whether readers get the whole of it.
    pub access: Access,
    /// How all this was found.
    pub report: ExtractionReport,
}

/// A publication time with the precision it was given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// In the publisher's own offset. A date without time is T00:00:00Z; a time without offset is
    /// taken as Z, the day unchanged.
    pub at: OffsetDateTime,
    /// What of `at` was given.
    pub precision: Precision,
}

/// What of a date-time was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// The date only.
    Day,
    /// Date, hour and minute.
    Minute,
    /// Down to the second.
    Second,
}

impl Precision {
    /// The token in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }
}

/// An image of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its address.
    pub url: WebUrl,
    /// Pixels, where the page says.
    pub width: Option<u32>,
    /// Pixels, where the page says.
    pub height: Option<u32>,
    /// What it shows, as the page says.
    pub caption: Option<String>,
    /// Whose it is, as the page says.
    pub credit: Option<String>,
}

/// Whose a story is and on what terms, as the page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Who holds the copyright.
    pub holder: Option<String>,
    /// The copyright notice.
    pub notice: Option<String>,
    /// Where the licence is.
    pub license: Option<WebUrl>,
    /// The terms in words.
    pub terms: Option<String>,
}

/// How an article was found on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtractionReport {
    /// The way that won.
    pub method: ExtractionMethod,
    /// Version of the extractor; changes when its output may.
    pub version: u32,
    /// What sort of page it is.
    pub kind: ArticleKind,
    /// Where the headline came from.
    pub title_from: Option<TitleFrom>,
    /// Where the publication time came from.
    pub date_from: Option<DateFrom>,
}

/// How the text of an article was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtractionMethod {
    /// In the page's elements, by the model.
    Dom,
    /// In the page's elements, by how much text they hold.
    Density,
    /// The page's description of a story that it does not show.
    Description,
    /// The `articleBody` of the page's JSON-LD.
    JsonLd,
    /// The data that the page's JavaScript application starts from.
    State,
    /// The message's own plain text.
    Text,
}

impl ExtractionMethod {
    /// The token in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dom => "dom",
            Self::Density => "density",
            Self::Description => "description",
            Self::JsonLd => "json_ld",
            Self::State => "state",
            Self::Text => "text",
        }
    }
}

/// What sort of page an article came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ArticleKind {
    /// One story.
    #[default]
    Article,
    /// A running report of dated entries.
    LiveBlog,
    /// Pictures with captions.
    Gallery,
    /// Several stories in full.
    MultiArticle,
    /// A list of links to stories: a front page, a section, results of a search.
    Index,
    /// A film and a few words about it.
    Video,
    /// A thread of a forum.
    Forum,
    /// A page about a person.
    Profile,
    /// A notice that there is no such page, given out as a page.
    ErrorPage,
    /// A plain text.
    Text,
}

impl ArticleKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Article,
        Self::LiveBlog,
        Self::Gallery,
        Self::MultiArticle,
        Self::Index,
        Self::Video,
        Self::Forum,
        Self::Profile,
        Self::ErrorPage,
        Self::Text,
    ];

    /// Whether a page of a kind has an author and a date of its own.
    #[must_use]
    pub const fn is_story(self) -> bool {
        match self {
            Self::Index | Self::ErrorPage => false,
            Self::Article
            | Self::LiveBlog
            | Self::Gallery
            | Self::MultiArticle
            | Self::Video
            | Self::Forum
            | Self::Profile
            | Self::Text => true,
        }
    }

    /// The token in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::LiveBlog => "live_blog",
            Self::Gallery => "gallery",
            Self::MultiArticle => "multi_article",
            Self::Index => "index",
            Self::Video => "video",
            Self::Forum => "forum",
            Self::Profile => "profile",
            Self::ErrorPage => "error_page",
            Self::Text => "text",
        }
    }
}

/// Where a headline came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TitleFrom {
    /// The raw message.
    Message,
    /// schema.org JSON-LD or microdata.
    SchemaOrg,
    /// `og:title` and its kin.
    OpenGraph,
    /// Another `<meta>`.
    Meta,
    /// A heading in the page.
    Heading,
    /// The `<title>` element.
    TitleElement,
    /// The text's first line.
    FirstLine,
    /// JSON embedded in the page.
    State,
}

impl TitleFrom {
    /// The token in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::SchemaOrg => "schema_org",
            Self::OpenGraph => "open_graph",
            Self::Meta => "meta",
            Self::Heading => "heading",
            Self::TitleElement => "title_element",
            Self::FirstLine => "first_line",
            Self::State => "state",
        }
    }
}

/// Where a publication time came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateFrom {
    /// The raw message.
    Message,
    /// schema.org JSON-LD or microdata.
    SchemaOrg,
    /// `article:published_time` and its kin.
    OpenGraph,
    /// Another `<meta>`.
    Meta,
    /// A `<time>` element.
    TimeElement,
    /// Text in the page that reads as a date.
    Text,
    /// The URL's path.
    Url,
    /// JSON embedded in the page.
    State,
}

impl DateFrom {
    /// The token in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::SchemaOrg => "schema_org",
            Self::OpenGraph => "open_graph",
            Self::Meta => "meta",
            Self::TimeElement => "time_element",
            Self::Text => "text",
            Self::Url => "url",
            Self::State => "state",
        }
    }
}
