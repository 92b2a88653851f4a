//! What a page's text gives, before it is joined with what the message says.

use crate::model::{
    Access, ArticleKind, DateFrom, ExtractionMethod, Image, Published, Rights, Span, TitleFrom,
    WebUrl,
};

/// What a page's text gives, before it is joined with what the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// See [`Article::canonical_url`](crate::model::Article::canonical_url).
    pub canonical_url: Option<WebUrl>,
    /// See [`Article::headline`](crate::model::Article::headline), and where it came from.
    pub headline: Option<(String, TitleFrom)>,
    /// See [`Article::sub_headline`](crate::model::Article::sub_headline).
    pub sub_headline: Option<String>,
    /// See [`Article::body`](crate::model::Article::body).
    pub body: String,
    /// See [`Article::authors`](crate::model::Article::authors).
    pub authors: Vec<String>,
    /// See [`Article::signing_organisations`](crate::model::Article::signing_organisations): those that the page itself
    /// tells from people.
    pub signing_organisations: Vec<String>,
    /// See [`Article::published`](crate::model::Article::published), and where it came from.
    pub published: Option<(Published, DateFrom)>,
    /// See [`Article::modified`](crate::model::Article::modified).
    pub modified: Option<Published>,
    /// See [`Article::declared_language`](crate::model::Article::declared_language).
    pub declared_language: Option<String>,
    /// See [`Article::site_name`](crate::model::Article::site_name).
    pub site_name: Option<String>,
    /// See [`Article::section`](crate::model::Article::section).
    pub section: Option<String>,
    /// See [`Article::keywords`](crate::model::Article::keywords).
    pub keywords: Vec<String>,
    /// See [`Article::image`](crate::model::Article::image).
    pub image: Option<Image>,
    /// See [`Article::html`](crate::model::Article::html).
    pub html: Option<String>,
    /// See [`Article::standfirst`](crate::model::Article::standfirst).
    pub standfirst: Option<Span>,
    /// See [`Article::rights`](crate::model::Article::rights).
    pub rights: Rights,
    /// See [`Article::genres`](crate::model::Article::genres).
    pub genres: Vec<String>,
    /// See [`Article::access`](crate::model::Article::access).
    pub access: Access,
    /// See [`ExtractionReport::method`](crate::model::ExtractionReport::method).
    pub method: ExtractionMethod,
    /// See [`ExtractionReport::kind`](crate::model::ExtractionReport::kind).
    pub kind: ArticleKind,
}

impl Extracted {
    pub(super) fn of_text(body: String) -> Self {
        Self {
            canonical_url: None,
            headline: None,
            sub_headline: None,
            body,
            authors: Vec::new(),
            signing_organisations: Vec::new(),
            published: None,
            modified: None,
            declared_language: None,
            site_name: None,
            section: None,
            keywords: Vec::new(),
            image: None,
            html: None,
            standfirst: None,
            rights: Rights::default(),
            genres: Vec::new(),
            access: Access::Free,
            method: ExtractionMethod::Text,
            kind: ArticleKind::Text,
        }
    }
}
