//! Page to article: a pure function of the page's text and address.
//!
//! ```text
//! html --> markup (scripts set aside) --> parse (bounded) --> dom --> blocks --> features --> body
//!               |                                              |                              |
//!               +--> json_ld, embedded_json                    +--> facts --> title, dates, authors, page_metadata
//! ```
//!
//! Refuses pages without a story in them; never reads the network or the environment, so the same
//! page gives the same article everywhere. The clock is looked at for one thing: to give up on a
//! page that takes longer than its budget.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::model::{
    Article, ArticleKind, Content, DateFrom, ExtractionMethod, Page, Published, TitleFrom, WebUrl,
};

mod authors;
mod block_features;
mod blocks;
mod body;
mod boilerplate_phrases;
mod byline_words;
mod bylines;
mod calendars;
mod class_names;
mod clean_html;
mod date_labels;
mod date_parse;
mod date_signs;
mod dates;
mod dom;
mod drop_blocks;
mod embedded_json;
mod enclosing_elements;
mod error;
mod extracted;
#[cfg(feature = "tools")]
pub mod fit_blocks;
mod forest;
mod join;
mod json_ld;
mod kind;
mod lead_image;
mod markup;
mod page_articles;
mod page_facts;
mod page_metadata;
mod parse;
mod parsed_page;
mod person_names;
mod phrase_finder;
mod plain_text;
mod readability_container;
mod restore_blocks;
mod rich_text;
mod rights;
mod settings;
mod short_story;
mod story;
mod text;
mod title;
mod vocabulary;
mod weekdays;
mod word_lists;
mod word_overlap;

pub use error::Error;
pub use extracted::Extracted;
pub use settings::Settings;

use embedded_json::StoryInData;
use join::joined;
use page_articles::articles;
use page_metadata::standfirst;
use parsed_page::{head_of, read};
use story::{Choose, Story, story};

/// Changes when the extractor's output may.
pub const VERSION: u32 = 2;

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
            let parts = plain_text::part(text);
            Extracted {
                headline: parts.headline.map(|h| (h, TitleFrom::FirstLine)),
                sub_headline: parts.sub_headline,
                ..Extracted::of_text(parts.body)
            }
        }
        Content::TitledText { title, text } => Extracted {
            headline: title.clone().map(|t| (t, TitleFrom::Message)),
            ..Extracted::of_text(plain_text::line_ends(text))
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
    let Story { chosen, in_dom, data, method, is_brief } =
        story(&mut page, &source, url, title, choose);
    let page = page;
    let articles = articles(&page.facts);
    let article: Option<&Map<String, Value>> = articles.first().copied();
    let story = chosen.first().copied().zip(chosen.last().copied());
    let words = data.as_ref().map_or(in_dom.as_str(), |d| d.body.as_str());
    let kind = if method == ExtractionMethod::Description {
        ArticleKind::Article
    } else {
        kind::of(&page, url, &chosen, article, text::spaced_words(words), is_brief)
    };
    let reading = dates::reading(&page, url, seen + AHEAD);
    let dates = dates::find(&page, url, story, &articles, reading);
    let headline = headline_beside_data(named, data.as_ref());
    let published = dates.published.or_else(|| date_in_data(data.as_ref()?, reading));
    let mut authors = authors::find(&page, url, story, &articles);
    if let Some(data) = data.as_ref().filter(|_| authors.names.is_empty()) {
        authors.names = authors::of_data(&data.authors);
    }
    let shows_blocks = data.is_none() && method != ExtractionMethod::Description;
    let (body, method) = data.map_or((in_dom, method), |d| (d.body, d.method));
    let html = settings.html.then(|| match shows_blocks {
        true => clean_html::of_blocks(&page, url, &chosen, settings.html_max_bytes),
        false => clean_html::of_text(&body, settings.html_max_bytes),
    });
    let headline_text = headline.as_ref().map(|(text, _)| text.as_str());
    let sub_headline = page_metadata::sub_headline(&page, story, headline_text);
    let standfirst = sub_headline.as_deref().and_then(|line| standfirst(&body, line));
    // What stands in teasers is of the stories that they lead to.
    let own = kind.is_story();
    Ok(Extracted {
        canonical_url: page_metadata::canonical(&page, url),
        sub_headline,
        signing_organisations: authors.organisations,
        authors: if own { authors.names } else { Vec::new() },
        published: published.filter(|_| own),
        modified: dates.modified.filter(|_| own),
        declared_language: page_metadata::language(&page, article),
        site_name: page_metadata::site_name(&page, article),
        section: page_metadata::section(&page, article),
        keywords: page_metadata::keywords(&page, article),
        image: lead_image::image(&page, url, story, article),
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

/// The headline of a page, and what its data calls the story. Beside a story in the data a bare `<title>` is the
/// application's name, and what begins with the title is the title with something appended.
fn headline_beside_data(
    found: Option<(String, TitleFrom)>,
    data: Option<&StoryInData>,
) -> Option<(String, TitleFrom)> {
    let Some(title) = data.and_then(|data| data.title.as_deref()).map(text::one_line) else {
        return found;
    };
    match found {
        Some((text, from))
            if from != TitleFrom::TitleElement
                && !text::letters(&text).starts_with(&text::letters(&title)) =>
        {
            Some((text, from))
        }
        Some(_) | None => Some((title, TitleFrom::State)),
    }
}

/// The date of publication that the page's data states.
fn date_in_data(
    data: &StoryInData,
    reading: date_parse::ParsedDate,
) -> Option<(Published, DateFrom)> {
    Some((date_parse::value(data.date.as_deref()?, reading)?, DateFrom::State))
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
