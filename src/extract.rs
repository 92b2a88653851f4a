//! Page to article: a pure function of the page's text and address.
//!
//! ```text
//! html --> markup (scripts set aside) --> parse (bounded) --> dom --> blocks --> features --> body
//!               |                                              |                              |
//!               +--> json_ld, state                            +--> facts --> title, dates, authors, about
//! ```
//!
//! Refuses pages without a story in them; never reads the network or the environment, so the same
//! page gives the same article everywhere. The clock is looked at for one thing: to give up on a
//! page that takes longer than its budget.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::disposition::{Classify, Disposition, Stage};
use crate::model::{
    Access, Article, ArticleKind, Content, DateFrom, ExtractionReport, Hints, Image, Page,
    Published, TitleFrom, WebUrl,
};

mod authors;
mod block_features;
mod blocks;
mod body;
mod boilerplate_phrases;
mod bylines;
mod class_words;
mod container;
mod date_parse;
mod dates;
mod dom;
mod embedded_json;
#[cfg(feature = "tools")]
pub mod fit;
mod forest;
mod json_ld;
mod kind;
mod markup;
mod page_facts;
mod page_metadata;
mod parse;
mod plain;
mod text;
mod title;
mod vocabulary;

/// Changes when the extractor's output may.
pub const VERSION: u32 = 2;

/// How articles are extracted.
#[derive(Clone, Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Shortest body, in characters, that counts as a story.
    pub min_body_chars: usize,
    /// Longest page read, in bytes; what comes after is left out.
    pub max_html_bytes: usize,
    /// Most nodes built from a page; what comes after is left out.
    pub max_nodes: usize,
    /// Most processor time spent on parsing a page, in milliseconds.
    pub time_budget_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_body_chars: 1,
            max_html_bytes: 16 * 1024 * 1024,
            max_nodes: 300_000,
            time_budget_ms: 5_000,
        }
    }
}

impl Settings {
    /// Checks the limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        for (key, value, least, most) in [
            ("max_html_bytes", self.max_html_bytes as u64, 1024, 1 << 30),
            ("max_nodes", self.max_nodes as u64, 100, 100_000_000),
            ("time_budget_ms", self.time_budget_ms, 1, 600_000),
        ] {
            if !(least..=most).contains(&value) {
                return Err(format!("extract.{key} is not in {least}..={most}"));
            }
        }
        Ok(())
    }
}

/// Why a page gave no article.
#[derive(Debug, Error)]
pub enum Error {
    /// No story text on the page.
    #[error("no article text found in the page")]
    NoText,
    /// The page took longer than `time_budget_ms`.
    #[error("page not parsed within {budget_ms} ms")]
    TooSlow {
        /// The budget.
        budget_ms: u64,
    },
}

impl Classify for Error {
    const STAGE: Stage = Stage::Extract;

    fn code(&self) -> &'static str {
        match self {
            Self::NoText => "no_text",
            Self::TooSlow { .. } => "too_slow",
        }
    }

    fn disposition(&self) -> Disposition {
        match self {
            Self::NoText => Disposition::Skip,
            Self::TooSlow { .. } => Disposition::Reject,
        }
    }
}

/// What a page's text gives, before it is joined with what the message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// See [`Article::canonical_url`].
    pub canonical_url: Option<WebUrl>,
    /// See [`Article::headline`], and where it came from.
    pub headline: Option<(String, TitleFrom)>,
    /// See [`Article::sub_headline`].
    pub sub_headline: Option<String>,
    /// See [`Article::body`].
    pub body: String,
    /// See [`Article::authors`].
    pub authors: Vec<String>,
    /// See [`Article::published`], and where it came from.
    pub published: Option<(Published, DateFrom)>,
    /// See [`Article::modified`].
    pub modified: Option<Published>,
    /// See [`Article::declared_language`].
    pub declared_language: Option<String>,
    /// See [`Article::site_name`].
    pub site_name: Option<String>,
    /// See [`Article::section`].
    pub section: Option<String>,
    /// See [`Article::keywords`].
    pub keywords: Vec<String>,
    /// See [`Article::image`].
    pub image: Option<Image>,
    /// See [`Article::access`].
    pub access: Access,
    /// See [`ExtractionReport::method`].
    pub method: &'static str,
    /// See [`ExtractionReport::kind`].
    pub kind: ArticleKind,
}

/// Finds the article of a page.
///
/// # Errors
/// When the page holds no story or takes too long; see [`Error`].
pub fn extract(page: Page, settings: &Settings) -> Result<Article, Error> {
    let found = match &page.content {
        Content::Html(html) => extract_html(html, page.url.as_ref(), settings)?,
        Content::Text(text) => {
            let parts = plain::part(text);
            Extracted {
                headline: parts.headline.map(|h| (h, TitleFrom::FirstLine)),
                sub_headline: parts.sub_headline,
                ..Extracted::of_text(parts.body)
            }
        }
        Content::TitledText { title, text } => Extracted {
            headline: title.clone().map(|t| (t, TitleFrom::Message)),
            ..Extracted::of_text(plain::line_ends(text))
        },
    };
    if found.body.trim().is_empty() || found.body.chars().count() < settings.min_body_chars {
        return Err(Error::NoText);
    }
    Ok(joined(page, found))
}

/// Puts together what the page says and, where it says nothing, what the message says.
fn joined(page: Page, found: Extracted) -> Article {
    let Page { identity, hints, url, content, fetch } = page;
    let Hints { title, date_published, in_language, byline, section, keywords, publisher, .. } =
        &hints;
    // An empty `title` beside a text says that there is none.
    let titled = matches!(content, Content::TitledText { .. });
    let headline = found.headline.or_else(|| {
        let title = title.as_deref().filter(|_| !titled).map(text::one_line)?;
        (!title.is_empty()).then_some((title, TitleFrom::Message))
    });
    let published = found.published.or_else(|| date_published.map(|p| (p, DateFrom::Message)));
    let authors = if found.authors.is_empty() {
        byline.as_deref().map(authors::of_byline).unwrap_or_default()
    } else {
        found.authors
    };
    let access = match (found.access, fetch.as_ref().map(|f| f.access)) {
        (Access::Free, Some(seen)) => seen,
        (declared, _) => declared,
    };
    let report = ExtractionReport {
        method: found.method,
        version: VERSION,
        kind: found.kind,
        title_from: headline.as_ref().map(|(_, from)| *from),
        date_from: published.map(|(_, from)| from),
    };
    Article {
        identity,
        url,
        canonical_url: found.canonical_url,
        headline: headline.map(|(text, _)| text),
        sub_headline: found.sub_headline,
        body: found.body,
        authors,
        published: published.map(|(at, _)| at),
        modified: found.modified,
        declared_language: found.declared_language.or_else(|| in_language.clone()),
        site_name: found.site_name.or_else(|| publisher.as_ref()?.name.clone()),
        section: found.section.or_else(|| section.clone()),
        keywords: if found.keywords.is_empty() { keywords.clone() } else { found.keywords },
        image: found.image,
        access,
        report,
        fetch,
        hints,
    }
}

impl Extracted {
    fn of_text(body: String) -> Self {
        Self {
            canonical_url: None,
            headline: None,
            sub_headline: None,
            body,
            authors: Vec::new(),
            published: None,
            modified: None,
            declared_language: None,
            site_name: None,
            section: None,
            keywords: Vec::new(),
            image: None,
            access: Access::Free,
            method: "text",
            kind: ArticleKind::Text,
        }
    }
}

/// A page, parsed and cut up.
struct Read {
    dom: dom::Dom,
    blocks: blocks::Blocks,
    facts: page_facts::Facts,
}

fn read(source: &markup::Source<'_>, settings: &Settings) -> Result<Read, Error> {
    let allowed = Duration::from_millis(settings.time_budget_ms);
    let budget = parse::Budget { max_nodes: settings.max_nodes, time: allowed };
    let dom = parse::parse(source.pieces.iter().copied(), budget)
        .map_err(|parse::TooSlow| Error::TooSlow { budget_ms: settings.time_budget_ms })?;
    let json_ld =
        json_ld::JsonLd::read(source.scripts.iter().filter(|s| s.is_json_ld()).map(|s| s.text));
    let facts = page_facts::Facts::collect(&dom, json_ld);
    let blocks = blocks::cut(&dom);
    Ok(Read { dom, blocks, facts })
}

/// Finds the article in a page's source. `url` is the address that relative links refer to.
///
/// A page without a story gives an empty body, not an error.
///
/// # Errors
/// [`Error::TooSlow`] only.
pub fn extract_html(
    html: &str,
    url: Option<&WebUrl>,
    settings: &Settings,
) -> Result<Extracted, Error> {
    let source = markup::read(head_of(html, settings.max_html_bytes));
    let page = read(&source, settings)?;
    let articles = articles(&page.facts);
    let article: Option<&Map<String, Value>> = articles.first().copied();
    let p = body::probabilities(&page.blocks, &page.facts);
    let Story { chosen, in_dom, data } = story(&page, &source, &p);
    let story = chosen.first().copied().zip(chosen.last().copied());
    let dates = dates::find(&page, url, story, &articles);
    // Beside a story in the data, a bare `<title>` is the application's name.
    let titled = data.as_ref().and_then(|d| d.title.as_deref()).map(text::one_line);
    let headline = match (title::find(&page, url, article), titled) {
        (None | Some((_, TitleFrom::TitleElement)), Some(title)) => Some((title, TitleFrom::State)),
        (Some((found, _)), Some(title))
            if title::letters(&found).starts_with(&title::letters(&title)) =>
        {
            Some((title, TitleFrom::State))
        }
        (found, _) => found,
    };
    let published = dates.published.or_else(|| {
        Some((
            date_parse::value(data.as_ref()?.date.as_deref()?, date_parse::Order::DayFirst)?,
            DateFrom::State,
        ))
    });
    let (body, method) = data.map_or((in_dom, "dom"), |d| (d.body, d.method));
    Ok(Extracted {
        canonical_url: page_metadata::canonical(&page, url),
        sub_headline: page_metadata::sub_headline(
            &page,
            story,
            headline.as_ref().map(|(t, _)| t.as_str()),
        ),
        authors: authors::find(&page, story, &articles),
        published,
        modified: dates.modified,
        declared_language: page_metadata::language(&page, article),
        site_name: page_metadata::site_name(&page, article),
        section: page_metadata::section(&page, article),
        keywords: page_metadata::keywords(&page, article),
        image: page_metadata::image(&page, url, article),
        access: page_metadata::access(&page, article),
        kind: kind::of(&page, &chosen, article),
        headline,
        body,
        method,
    })
}

/// The story of a page: in its elements, and in its data where that has clearly more.
struct Story {
    chosen: Vec<usize>,
    in_dom: String,
    data: Option<embedded_json::Found>,
}

fn story(page: &Read, source: &markup::Source<'_>, p: &[f32]) -> Story {
    let mut chosen = body::choose(&page.blocks, p);
    let mut in_dom = body::join(&page.blocks, &chosen);
    let data = embedded_json::better_than(&in_dom, page, source);
    if chosen.is_empty() && data.is_none() && kind::is_declared(&page.facts) {
        chosen = body::fallback(&page.blocks);
        in_dom = body::join(&page.blocks, &chosen);
    }
    Story { chosen, in_dom, data }
}

/// Text blocks of a page that are not in `body`, in the page's order: what extraction left out.
/// Hidden text is among them. For people who look into a page; empty for one that takes too long.
#[must_use]
pub fn left_out(html: &str, body: &str, settings: &Settings) -> Vec<String> {
    let source = markup::read(head_of(html, settings.max_html_bytes));
    let Ok(page) = read(&source, settings) else { return Vec::new() };
    let taken: std::collections::HashSet<&str> = body.lines().map(str::trim).collect();
    page.blocks
        .blocks
        .iter()
        .map(|block| page.blocks.text(block).trim())
        .filter(|text| !text.is_empty() && !taken.contains(text))
        .map(str::to_owned)
        .collect()
}

/// The page's schema.org articles; those that are called like the page first.
fn articles(facts: &page_facts::Facts) -> Vec<&Map<String, Value>> {
    let mut articles = facts.json_ld.articles();
    let names: Vec<&str> = facts
        .meta(&["og:title"])
        .into_iter()
        .chain(facts.title.as_deref())
        .chain(facts.headings.iter().map(|(_, h)| h.as_str()))
        .collect();
    articles.sort_by_key(|a| {
        let called =
            a.get("headline").or_else(|| a.get("name")).and_then(Value::as_str).unwrap_or_default();
        !names.iter().any(|name| title::likeness(called, name) > 0.5)
    });
    articles
}

/// The first `max` bytes, to a character's end.
fn head_of(html: &str, max: usize) -> &str {
    let mut end = html.len().min(max);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}
