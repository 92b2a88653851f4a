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
use time::OffsetDateTime;

use crate::disposition::{Classify, Disposition, Stage};
use crate::model::{
    Access, Article, ArticleKind, Content, DateFrom, ExtractionReport, Hints, Image, Page,
    Published, Rights, Span, TitleFrom, WebUrl,
};

mod authors;
mod block_features;
mod blocks;
mod body;
mod boilerplate_phrases;
mod byline_words;
mod bylines;
mod calendars;
mod clean_html;
mod container;
mod date_labels;
mod date_parse;
mod dates;
mod dom;
mod embedded_json;
#[cfg(feature = "tools")]
pub mod fit;
mod forest;
mod gaps;
mod json_ld;
mod kind;
mod lead_image;
mod literal;
mod markup;
mod page_facts;
mod page_metadata;
mod parse;
mod payload;
mod person_names;
mod plain;
mod rights;
mod surroundings;
mod text;
mod title;
mod trim;
mod vocabulary;
mod word_hashes;
mod word_lists;

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
    /// Whether records carry the text as clean HTML beside the plain one.
    pub html: bool,
    /// Largest HTML of a story, in bytes; a larger one is left out.
    pub html_max_bytes: usize,
    /// Kinds of pages that become stories; those of other kinds are skipped with `kind_not_published`.
    pub publish_kinds: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_body_chars: 1,
            max_html_bytes: 16 * 1024 * 1024,
            max_nodes: 300_000,
            time_budget_ms: 5_000,
            html: false,
            html_max_bytes: 256 * 1024,
            publish_kinds: ArticleKind::ALL
                .into_iter()
                .filter(|kind| kind::is_story(*kind))
                .map(|kind| kind.as_str().to_owned())
                .collect(),
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
            ("html_max_bytes", self.html_max_bytes as u64, 1024, 16 << 20),
        ] {
            if !(least..=most).contains(&value) {
                return Err(format!("extract.{key} is not in {least}..={most}"));
            }
        }
        let unknown = |kind: &&String| ArticleKind::ALL.iter().all(|k| k.as_str() != kind.as_str());
        match self.publish_kinds.iter().find(unknown) {
            Some(kind) => Err(format!("extract.publish_kinds: there is no kind {kind:?} of pages")),
            None => Ok(()),
        }
    }

    /// The article, if pages of its kind become stories.
    ///
    /// # Errors
    /// [`Error::KindNotPublished`] where they don't.
    pub fn admit(&self, article: Article) -> Result<Article, Error> {
        let kind = article.report.kind;
        if self.publish_kinds.iter().any(|k| k == kind.as_str()) {
            return Ok(article);
        }
        Err(Error::KindNotPublished { kind: kind.as_str() })
    }
}

/// Why a page gave no article.
#[derive(Debug, Error)]
pub enum Error {
    /// No story text on the page.
    #[error("no article text found in the page")]
    NoText,
    /// The page is of a kind that `publish_kinds` leaves out.
    #[error("the page is of the kind {kind}, which extract.publish_kinds leaves out")]
    KindNotPublished {
        /// The kind.
        kind: &'static str,
    },
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
            Self::KindNotPublished { .. } => "kind_not_published",
            Self::TooSlow { .. } => "too_slow",
        }
    }

    fn disposition(&self) -> Disposition {
        match self {
            Self::NoText | Self::KindNotPublished { .. } => Disposition::Skip,
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
    /// See [`Article::html`].
    pub html: Option<String>,
    /// See [`Article::standfirst`].
    pub standfirst: Option<Span>,
    /// See [`Article::rights`].
    pub rights: Rights,
    /// See [`Article::genres`].
    pub genres: Vec<String>,
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
    let mut found = match &page.content {
        Content::Html(html) => {
            let seen = page.fetch.as_ref().map_or_else(OffsetDateTime::now_utc, |f| f.fetched_at);
            extract_html_at(html, page.url.as_ref(), settings, seen)?
        }
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
    if settings.html && !matches!(page.content, Content::Html(_)) {
        found.html = clean_html::of_text(&found.body, settings.html_max_bytes);
    }
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
        html: found.html,
        standfirst: found.standfirst,
        rights: found.rights,
        genres: found.genres,
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
            html: None,
            standfirst: None,
            rights: Rights::default(),
            genres: Vec::new(),
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
    extract_html_at(html, url, settings, OffsetDateTime::now_utc())
}

/// Longest time that clocks run ahead: a page read at `seen` is not believed to be of later than this.
const AHEAD: time::Duration = time::Duration::DAY;

/// [`extract_html`] of a page that was read at `seen`: no date that lies after it is a publication.
///
/// # Errors
/// [`Error::TooSlow`] only.
pub fn extract_html_at(
    html: &str,
    url: Option<&WebUrl>,
    settings: &Settings,
    seen: OffsetDateTime,
) -> Result<Extracted, Error> {
    judged(html, url, settings, seen, &body::chosen)
}

/// Tells which blocks of a page are its story.
type Choose<'a> = &'a dyn Fn(&blocks::Blocks, &page_facts::Facts) -> Vec<usize>;

fn judged(
    html: &str,
    url: Option<&WebUrl>,
    settings: &Settings,
    seen: OffsetDateTime,
    choose: Choose<'_>,
) -> Result<Extracted, Error> {
    let source = markup::read(head_of(html, settings.max_html_bytes));
    let mut page = read(&source, settings)?;
    let named = title::find(&page, url, articles(&page.facts).first().copied());
    let title = named.as_ref().map(|(text, _)| text.as_str());
    let Story { chosen, in_dom, data, method } = story(&mut page, &source, title, choose);
    let page = page;
    let articles = articles(&page.facts);
    let article: Option<&Map<String, Value>> = articles.first().copied();
    let story = chosen.first().copied().zip(chosen.last().copied());
    let words = data.as_ref().map_or(in_dom.as_str(), |d| d.body.as_str());
    let kind = if method == "description" {
        ArticleKind::Article
    } else {
        kind::of(&page, url, &chosen, article, words.split_whitespace().count())
    };
    let reading = dates::reading(&page, url, seen + AHEAD);
    let dates = dates::find(&page, url, story, &articles, reading);
    // Beside a story in the data, a bare `<title>` is the application's name.
    let titled = data.as_ref().and_then(|d| d.title.as_deref()).map(text::one_line);
    let headline = match (named, titled) {
        (None | Some((_, TitleFrom::TitleElement)), Some(title)) => Some((title, TitleFrom::State)),
        (Some((found, _)), Some(title))
            if text::letters(&found).starts_with(&text::letters(&title)) =>
        {
            Some((title, TitleFrom::State))
        }
        (found, _) => found,
    };
    let published = dates.published.or_else(|| {
        Some((date_parse::value(data.as_ref()?.date.as_deref()?, reading)?, DateFrom::State))
    });
    let mut authors = authors::find(&page, url, story, &articles);
    if authors.is_empty() {
        authors = data.as_ref().map(|d| authors::of_data(&d.authors)).unwrap_or_default();
    }
    let shows_blocks = data.is_none() && method != "description";
    let (body, method) = data.map_or((in_dom, method), |d| (d.body, d.method));
    let html = settings.html.then(|| match shows_blocks {
        true => clean_html::of_blocks(&page, url, &chosen, settings.html_max_bytes),
        false => clean_html::of_text(&body, settings.html_max_bytes),
    });
    let headline_text = headline.as_ref().map(|(text, _)| text.as_str());
    let sub_headline = page_metadata::sub_headline(&page, story, headline_text);
    let standfirst = sub_headline.as_deref().and_then(|line| standfirst(&body, line));
    // What stands in teasers is of the stories that they lead to.
    let own = kind::is_story(kind);
    Ok(Extracted {
        canonical_url: page_metadata::canonical(&page, url),
        sub_headline,
        authors: if own { authors } else { Vec::new() },
        published: published.filter(|_| own),
        modified: dates.modified.filter(|_| own),
        declared_language: page_metadata::language(&page, article),
        site_name: page_metadata::site_name(&page, article),
        section: page_metadata::section(&page, article),
        keywords: page_metadata::keywords(&page, article),
        image: lead_image::image(&page, url, article),
        html: html.flatten(),
        standfirst,
        rights: rights::rights(&page, url, article),
        genres: rights::genres(&page, article),
        access: page_metadata::access(&page, article),
        kind,
        headline,
        body,
        method,
    })
}

/// Lines of a body that its standfirst is among.
const STANDFIRST_WITHIN: usize = 4;

/// Where a sub-headline stands in the body.
fn standfirst(body: &str, sub_headline: &str) -> Option<Span> {
    let mut start = 0;
    for line in body.split('\n').take(STANDFIRST_WITHIN) {
        let chars = u32::try_from(line.chars().count()).ok()?;
        if line == sub_headline {
            return Some(Span { start, end: start + chars });
        }
        start += chars + 1;
    }
    None
}

/// The story of a page: in its elements, and in its data where that has clearly more.
struct Story {
    chosen: Vec<usize>,
    in_dom: String,
    data: Option<embedded_json::StoryInData>,
    /// How `in_dom` was found.
    method: &'static str,
}

/// Shortest description that stands for a story which is not on its page, in characters.
const STUB_CHARS: usize = 60;

/// The story of a page, its blocks chosen by `choose`.
fn story(
    page: &mut Read,
    source: &markup::Source<'_>,
    headline: Option<&str>,
    choose: Choose<'_>,
) -> Story {
    let choose = |blocks: &blocks::Blocks| choose(blocks, &page.facts);
    let mut chosen = choose(&page.blocks);
    let found = body::chars(&page.blocks, &chosen);
    if let Some(trusted) = blocks::trusted(&page.blocks, found) {
        let again = choose(&trusted);
        if body::chars(&trusted, &again) > found {
            (chosen, page.blocks) = (again, trusted);
        }
    }
    chosen = gaps::filled(&page.blocks, chosen, headline);
    chosen = trim::story_only(&page.blocks, chosen, headline);
    let mut in_dom = body::join(&page.blocks, &chosen);
    let data = embedded_json::better_than(&in_dom, page, source);
    let mut method = "dom";
    if chosen.is_empty() && data.is_none() {
        chosen = body::fallback(&page.blocks, kind::is_declared(&page.facts));
        in_dom = body::join(&page.blocks, &chosen);
        if !chosen.is_empty() {
            method = "density";
        } else if let Some(stub) = stub(&page.facts) {
            (in_dom, method) = (stub, "description");
        }
    }
    Story { chosen, in_dom, data, method }
}

/// What an article's page says of it where it shows nothing of it: enough to know that there is a story.
fn stub(facts: &page_facts::Facts) -> Option<String> {
    let articles = facts.json_ld.articles();
    let stated = articles.iter().filter_map(|a| a.get("description")?.as_str());
    let metas = ["og:description", "description", "twitter:description"];
    let texts = metas.into_iter().filter_map(|name| facts.meta(&[name])).chain(stated);
    let stub = texts
        .map(|t| text::one_line(&text::unescape(t)))
        .find(|t| word_hashes::width(t) >= STUB_CHARS);
    stub.filter(|_| kind::is_declared(facts))
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
    let called = |a: &Map<String, Value>| {
        let called =
            a.get("headline").or_else(|| a.get("name")).and_then(Value::as_str).unwrap_or_default();
        names.iter().any(|name| word_hashes::likeness(called, name) > 0.5)
    };
    // Many articles of which none is called like the page are those that it leads to.
    if articles.len() >= OTHERS && !articles.iter().any(|a| called(a)) {
        return Vec::new();
    }
    articles.sort_by_key(|a| !called(a));
    articles
}

/// Fewest articles in a page's data that are other pages'.
const OTHERS: usize = 4;

/// The first `max` bytes, to a character's end.
fn head_of(html: &str, max: usize) -> &str {
    let mut end = html.len().min(max);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}
