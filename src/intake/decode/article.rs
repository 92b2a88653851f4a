//! The fields of a raw message to a `RawArticle`; pure.
//!
//! Each field is checked and refused by its name: ids, dates, sizes, depth and numbers of `meta`. A useless address is
//! refused only where the message does not carry its story itself. Blank fields count as absent.

use super::super::{Error, Settings};
use super::date_published::date_published;
use super::identity::ArticleFields;
use super::non_blank;
use crate::model::{
    Content, Hints, Identity, JsonObject, Origin, Publisher, RawArticle, Revision, StoryId,
    Validators,
};

pub(super) fn article(
    fields: ArticleFields,
    identity: Identity,
    settings: &Settings,
) -> Result<RawArticle, Error> {
    let ArticleFields { wire, url } = fields;
    let (html, text) = (wire.html, wire.text);
    let url = match url {
        None => None,
        Some(Ok(url)) => Some(url),
        // A message that carries its story needs no address: a useless one costs relative links.
        Some(Err(_)) if html.is_some() || text.is_some() => None,
        Some(Err(source)) => return Err(Error::BadUrl { field: "url", source }),
    };
    if let Some(id) = &wire.id {
        StoryId::new(id).map_err(Error::BadId)?;
    }
    if let Some(revision) = &wire.revision {
        Revision::new(revision).map_err(Error::BadId)?;
    }
    let (validators, fallback) = (
        Validators { etag: non_blank(wire.etag), last_modified: non_blank(wire.last_modified) },
        non_blank(wire.fallback_html),
    );
    let origin = match (content(html, text, wire.title.as_deref(), settings)?, url) {
        (Some(content), url) => Origin::Inline { url, content },
        (None, Some(url)) => {
            let fallback = fallback.map(|html| bounded("fallbackHtml", html, settings));
            Origin::Link { url, validators, fallback: fallback.transpose()? }
        }
        (None, None) => return Err(Error::NoContent),
    };
    let hints = Hints {
        title: non_blank(wire.title),
        date_published: non_blank(wire.date_published)
            .map(|text| date_published(&text))
            .transpose()?,
        in_language: non_blank(wire.in_language),
        byline: non_blank(wire.byline),
        section: non_blank(wire.section),
        keywords: wire.keywords.unwrap_or_default(),
        publisher: wire
            .publisher
            .map(|p| Publisher { name: non_blank(p.name), domain: non_blank(p.domain) }),
        meta: wire.meta.as_deref().map(meta).transpose()?,
    };
    Ok(RawArticle { identity, origin, hints })
}

/// The story that a message carries itself. A title beside a text, an empty one too, says that the text has none of
/// its own.
fn content(
    html: Option<String>,
    text: Option<String>,
    title: Option<&str>,
    settings: &Settings,
) -> Result<Option<Content>, Error> {
    if let Some(html) = html {
        return Ok(Some(Content::Html(bounded("html", html, settings)?)));
    }
    let Some(text) = text else { return Ok(None) };
    let text = bounded("text", text, settings)?.replace("\r\n", "\n");
    Ok(Some(match title.map(str::trim) {
        Some(title) => {
            let title = Some(title.to_owned()).filter(|title| !title.is_empty());
            Content::TitledText { title, text }
        }
        None => Content::Text(text),
    }))
}

fn bounded(field: &'static str, text: String, settings: &Settings) -> Result<String, Error> {
    if text.len() > settings.max_content_bytes {
        return Err(Error::TooLarge { field, limit: settings.max_content_bytes });
    }
    Ok(text)
}

/// Passed through as it is, so it must be such that the record can be read again: JSON allows numbers
/// that no double holds, and any depth, which readers refuse.
fn meta(value: &serde_json::value::RawValue) -> Result<JsonObject, Error> {
    let wrong = |source| Error::WrongType { path: "meta".to_owned(), source };
    if !value.get().starts_with('{') {
        return Err(wrong(serde::de::Error::custom("expected an object")));
    }
    // In a record, and in what wraps records, it stands a few levels deeper.
    const LEVELS: usize = 8;
    let wrapped = format!("{}{}{}", "[".repeat(LEVELS), value.get(), "]".repeat(LEVELS));
    serde_json::from_str::<serde_json::Value>(&wrapped).map_err(wrong)?;
    Ok(JsonObject::from_checked(value.get().to_owned()))
}
