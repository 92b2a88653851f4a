//! Sitemaps (sitemaps.org) with Google's news extension, and indexes of them.
//!
//! Of a sitemap only what is marked as news is taken: the rest of a site is no story. Elements are known
//! by their place and local name, since the namespaces are declared wrongly as often as not. They are read
//! as tolerantly as feeds: an element ends where it, or one around it, ends, or where the next one begins, and
//! a document that is cut gives the entries that came whole.

use std::cell::RefCell;
use std::cmp::Reverse;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::dates::{self, FeedDate};
use super::entries::{
    Chosen, Kept, LONGEST_NAME, LONGEST_TITLE, MOST_KEYWORDS, UnlinkedEntry, chosen, plausible,
};
use super::markup::{Stop, tokenize};
use super::{Document, Entry, Error, LastModified, Parsed, Part, plain_text};
use crate::model::WebUrl;

/// Longest text that is kept of an element, in bytes; an address may have half of it.
const LONGEST_TEXT: usize = 16 * 1024;

/// Parts of an index from which on only the newest half is kept; sitemaps.org allows 50,000.
const MOST_PARTS: usize = 60_000;

/// From midnight in UTC to when a day is over in the last zone.
const DAY_ANYWHERE: Duration = Duration::hours(24 + 12);

/// What an `<url>`, or the `<sitemap>` of an index, holds.
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
pub(super) fn entries(xml: &str, at: &WebUrl, most: usize, stop: &Stop) -> Result<Document, Error> {
    let mut kept = Kept::new(most);
    let (mut without_link, mut no_news) = (0, 0);
    let is_cut = walk(xml, stop, |url| match at.join(url.location.trim()) {
        _ if !url.is_news => no_news += 1,
        Ok(page) if !url.location.trim().is_empty() => kept.push(url.into_entry(page)),
        Ok(_) | Err(_) => without_link += 1,
    })?;
    if is_cut && kept.is_empty() {
        return Err(Error::Xml("the document ends early".into()));
    }
    let Chosen { entries, last, left_out } = chosen(kept, None);
    Ok(Document {
        via: "sitemap",
        hint: None,
        entries,
        last,
        without_link,
        malformed: 0,
        is_cut,
        no_news,
        left_out,
    })
}

/// Reads a `sitemapindex`: its parts, in its order.
pub(super) fn parts(xml: &str, at: &WebUrl, stop: &Stop) -> Result<Parsed, Error> {
    let mut parts = Vec::new();
    let is_cut = walk(xml, stop, |url| {
        if let Ok(part) = at.join(url.location.trim())
            && !url.location.trim().is_empty()
        {
            parts.push(Part { url: part, last_modified: last_modified(url.last_modified.trim()) });
            if parts.len() >= MOST_PARTS {
                sort(&mut parts);
                parts.truncate(MOST_PARTS / 2);
            }
        }
    })?;
    if is_cut && parts.is_empty() {
        return Err(Error::Xml("the document ends early".into()));
    }
    Ok(Parsed::Index { parts, is_cut })
}

/// Those changed last first, behind them those that do not say so.
fn sort(parts: &mut [Part]) {
    parts.sort_by_cached_key(|part| Reverse(part.last_modified.as_ref().map(|last| last.at)));
}

fn last_modified(text: &str) -> Option<LastModified> {
    let FeedDate { at, is_day } = dates::read(text)?;
    let at = plausible(at)?;
    let until = at + if is_day { DAY_ANYWHERE } else { Duration::minutes(1) };
    Some(LastModified { text: text.to_owned(), at, until })
}

impl Url {
    fn into_entry(self, page: WebUrl) -> UnlinkedEntry {
        let published = dates::read(&self.date).filter(|date| plausible(date.at).is_some());
        let published = published.and_then(|date| Some((as_precise(&self.date, date)?, date.at)));
        let updated = moment(&self.last_modified);
        let keywords = self.keywords.split(',');
        let keywords =
            keywords.filter_map(|k| plain_text::of_html(k, LONGEST_NAME)).take(MOST_KEYWORDS);
        UnlinkedEntry {
            guid: String::new(),
            updated,
            entry: Entry {
                title: plain_text::of_html(&self.title, LONGEST_TITLE),
                published,
                language: plain_text::language(&self.language),
                keywords: keywords.collect(),
                publisher: plain_text::of_html(&self.name, LONGEST_NAME),
                ..super::entries::bare(page)
            },
        }
    }
}

/// Goes through a document and hands over what each `<url>` or `<sitemap>` holds; says whether the document
/// ends early.
fn walk(xml: &str, stop: &Stop, tell: impl FnMut(Url)) -> Result<bool, Error> {
    let reading =
        SitemapReading { tell, url: None, place: OpenElement::Url, field: None, has_ended: false };
    let reading = tokenize(xml, SitemapSink(RefCell::new(reading)), stop)?.0.into_inner();
    Ok(!reading.has_ended)
}

/// Which element of an `<url>` is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenElement {
    /// None.
    Url,
    News,
    Publication,
    /// A picture or a film, with an address and a title of its own.
    Other,
}

/// An element that holds a text.
#[derive(Clone, Copy)]
enum Field {
    Location,
    LastModified,
    Name,
    Language,
    Date,
    Title,
    Keywords,
}

struct SitemapReading<F> {
    tell: F,
    url: Option<Url>,
    place: OpenElement,
    field: Option<Field>,
    has_ended: bool,
}

impl<F: FnMut(Url)> SitemapReading<F> {
    fn start(&mut self, tag: &Tag) {
        let name = local(tag);
        if matches!(name, "url" | "sitemap") {
            self.finish();
            self.url = Some(Url::default());
            return;
        }
        let Some(url) = &mut self.url else { return };
        let next = match (name, self.place) {
            ("news", _) => {
                url.is_news = true;
                Some(OpenElement::News)
            }
            ("image" | "video", _) => Some(OpenElement::Other),
            ("publication", OpenElement::News | OpenElement::Publication) => {
                Some(OpenElement::Publication)
            }
            _ => None,
        };
        if let Some(next) = next {
            self.field = None;
            if !tag.self_closing {
                self.place = next;
            }
            return;
        }
        let field = match (name, self.place) {
            (_, OpenElement::Other) => None,
            ("loc", _) => Some(Field::Location),
            ("lastmod", _) => Some(Field::LastModified),
            (_, OpenElement::Url) => None,
            ("name", OpenElement::Publication) => Some(Field::Name),
            ("language", OpenElement::Publication) => Some(Field::Language),
            ("publication_date", _) => Some(Field::Date),
            ("title", _) => Some(Field::Title),
            ("keywords", _) => Some(Field::Keywords),
            _ => None,
        };
        match field {
            // Said once: what comes again is another's.
            Some(field) => {
                let is_new = url.field(field).is_empty() && !tag.self_closing;
                self.field = is_new.then_some(field);
            }
            None if name == "br" => self.characters(" "),
            None => {}
        }
    }

    fn end(&mut self, tag: &Tag) {
        match local(tag) {
            "url" | "sitemap" => self.finish(),
            "urlset" | "sitemapindex" => {
                self.finish();
                self.has_ended = true;
            }
            "news" | "image" | "video" => (self.place, self.field) = (OpenElement::Url, None),
            "publication" if self.place == OpenElement::Publication => {
                (self.place, self.field) = (OpenElement::News, None);
            }
            "loc" | "lastmod" | "name" | "language" | "publication_date" | "title" | "keywords" => {
                self.field = None;
            }
            _ => {}
        }
    }

    fn finish(&mut self) {
        (self.place, self.field) = (OpenElement::Url, None);
        if let Some(url) = self.url.take() {
            (self.tell)(url);
        }
    }

    fn characters(&mut self, text: &str) {
        if let (Some(url), Some(field)) = (&mut self.url, self.field) {
            let to = url.field(field);
            if to.len() + text.len() <= LONGEST_TEXT {
                to.push_str(text);
            }
        }
    }
}

impl Url {
    fn field(&mut self, field: Field) -> &mut String {
        match field {
            Field::Location => &mut self.location,
            Field::LastModified => &mut self.last_modified,
            Field::Name => &mut self.name,
            Field::Language => &mut self.language,
            Field::Date => &mut self.date,
            Field::Title => &mut self.title,
            Field::Keywords => &mut self.keywords,
        }
    }
}

fn local(tag: &Tag) -> &str {
    tag.name.rsplit(':').next().unwrap_or_default()
}

struct SitemapSink<F>(RefCell<SitemapReading<F>>);

impl<F: FnMut(Url)> TokenSink for SitemapSink<F> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reading = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => reading.start(&tag),
            Token::TagToken(tag) => reading.end(&tag),
            Token::CharacterTokens(text) => reading.characters(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        // So that CDATA sections are read.
        true
    }
}

/// A moment that a story can be of.
fn moment(text: &str) -> Option<OffsetDateTime> {
    dates::moment(text).and_then(plausible)
}

/// A date as the sitemap has it where that is RFC 3339, else in that form, or as a day.
fn as_precise(text: &str, date: FeedDate) -> Option<String> {
    let text = text.trim();
    let is_exact = OffsetDateTime::parse(text, &Rfc3339).is_ok();
    if is_exact { Some(text.to_owned()) } else { date.text() }
}
