//! Sitemaps (sitemaps.org) with Google's news extension, and indexes of them.
//!
//! Of a sitemap only what is marked as news is taken: the rest of a site is no story. Elements are known
//! by their place and local name, since the namespaces are declared wrongly as often as not.

use quick_xml::Reader;
use quick_xml::events::Event;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::entries::{
    LONGEST_NAME, LONGEST_TITLE, MOST_KEYWORDS, UnlinkedEntry, chosen, plausible,
};
use super::{Document, Entry, Error, Part, dates, text};
use crate::model::WebUrl;

/// Deepest element that is looked at; `urlset/url/news/publication/name`.
const DEEPEST: usize = 5;

/// What an `<url>` holds.
#[derive(Default)]
struct Url {
    location: String,
    last_modified: String,
    is_news: bool,
    name: String,
    language: String,
    date: String,
    title: String,
    keywords: String,
}

/// Reads a `urlset`.
pub(super) fn entries(xml: &str, at: &WebUrl, most: usize) -> Result<Document, Error> {
    let mut found = Vec::new();
    let (mut without_link, mut no_news) = (0, 0);
    let mut url = Url::default();
    walk(xml, |path, seen| match (path, seen) {
        ("url", Seen::Start) => url = Url::default(),
        ("url/news", Seen::Start) => url.is_news = true,
        ("url/loc", Seen::Text(text)) => url.location.push_str(text),
        ("url/lastmod", Seen::Text(text)) => url.last_modified.push_str(text),
        ("url/news/publication/name", Seen::Text(text)) => url.name.push_str(text),
        ("url/news/publication/language", Seen::Text(text)) => {
            url.language.push_str(text);
        }
        ("url/news/publication_date", Seen::Text(text)) => url.date.push_str(text),
        ("url/news/title", Seen::Text(text)) => url.title.push_str(text),
        ("url/news/keywords", Seen::Text(text)) => url.keywords.push_str(text),
        ("url", Seen::End) => {
            let url = std::mem::take(&mut url);
            match at.join(url.location.trim()) {
                _ if !url.is_news => no_news += 1,
                Ok(page) if !url.location.trim().is_empty() => found.push(url.into_entry(page)),
                Ok(_) | Err(_) => without_link += 1,
            }
        }
        _ => {}
    })?;
    let (entries, left_out) = chosen(found, most, None);
    Ok(Document {
        via: "sitemap",
        hint: None,
        entries,
        without_link,
        malformed: 0,
        is_cut: false,
        no_news,
        left_out,
    })
}

/// Reads a `sitemapindex`: its parts, those changed last first, those that do not say so in front.
pub(super) fn parts(xml: &str, at: &WebUrl) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    let (mut location, mut last_modified) = (String::new(), String::new());
    walk(xml, |path, seen| match (path, seen) {
        ("sitemap/loc", Seen::Text(text)) => location.push_str(text),
        ("sitemap/lastmod", Seen::Text(text)) => last_modified.push_str(text),
        ("sitemap", Seen::End) => {
            let location = std::mem::take(&mut location);
            let last_modified = std::mem::take(&mut last_modified).trim().to_owned();
            if let Ok(url) = at.join(location.trim())
                && !location.trim().is_empty()
            {
                let last_modified = Some(last_modified).filter(|text| !text.is_empty());
                parts.push(Part { url, last_modified });
            }
        }
        _ => {}
    })?;
    parts.sort_by_key(|part| {
        std::cmp::Reverse(match part.last_modified.as_deref() {
            None => (true, None),
            Some(text) => (false, moment(text)),
        })
    });
    Ok(parts)
}

impl Url {
    fn into_entry(self, page: WebUrl) -> UnlinkedEntry {
        let published = moment(&self.date).and_then(|at| Some((as_precise(&self.date, at)?, at)));
        let updated = moment(&self.last_modified);
        let keywords = self.keywords.split(',');
        let keywords = keywords.filter_map(|k| text::of_html(k, LONGEST_NAME)).take(MOST_KEYWORDS);
        UnlinkedEntry {
            guid: String::new(),
            updated,
            entry: Entry {
                identity: super::entries::unnamed(&page),
                twin: None,
                url: page,
                title: text::of_html(&self.title, LONGEST_TITLE),
                published,
                language: text::language(&self.language),
                byline: None,
                section: None,
                keywords: keywords.collect(),
                publisher: text::of_html(&self.name, LONGEST_NAME),
                content: None,
                media: Vec::new(),
            },
        }
    }
}

enum Seen<'a> {
    Start,
    Text(&'a str),
    End,
}

/// Goes through a document and tells what is seen, with the local names on the way to it, the root's
/// left out: `url/news/title`.
fn walk(xml: &str, mut tell: impl FnMut(&str, Seen<'_>)) -> Result<(), Error> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut path = String::new();
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| Error::Xml(error.into()))?;
        let known = depth <= DEEPEST;
        match event {
            Event::Start(element) => {
                depth += 1;
                if (2..=DEEPEST).contains(&depth) {
                    if depth > 2 {
                        path.push('/');
                    }
                    path.push_str(element.local_name().as_ref());
                    tell(&path, Seen::Start);
                }
            }
            Event::End(_) => {
                if (2..=DEEPEST).contains(&depth) {
                    tell(&path, Seen::End);
                    path.truncate(path.rfind('/').unwrap_or(0));
                }
                depth = depth.saturating_sub(1);
            }
            Event::Text(text) if known => tell(&path, Seen::Text(&text)),
            Event::CData(text) if known => tell(&path, Seen::Text(&text)),
            Event::GeneralRef(reference) if known => {
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                let named = quick_xml::escape::resolve_predefined_entity(&reference);
                if let Some(text) = character.as_deref().or(named) {
                    tell(&path, Seen::Text(text));
                }
            }
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err(Error::Xml("the document ends early".into())),
            _ => {}
        }
    }
}

/// A moment that a story can be of.
fn moment(text: &str) -> Option<OffsetDateTime> {
    dates::moment(text).and_then(plausible)
}

/// A date as the sitemap has it where that is ISO 8601, a day alone among it, else in that form.
fn as_precise(text: &str, at: OffsetDateTime) -> Option<String> {
    let text = text.trim();
    let is_iso = text.is_ascii()
        && (text.len() == 10 && text.bytes().filter(|b| *b == b'-').count() == 2
            || OffsetDateTime::parse(text, &Rfc3339).is_ok());
    if is_iso { Some(text.to_owned()) } else { at.format(&Rfc3339).ok() }
}
