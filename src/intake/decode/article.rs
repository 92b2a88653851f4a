//! The fields of a message to an article: each is checked, and refused by its name. Pure.

use super::super::{Error, Settings};
use super::identity::Given;
use super::non_blank;
use crate::model::{
    Content, Hints, Identity, JsonObject, Origin, Precision, Published, Publisher, RawArticle,
    Revision, StoryId, Validators,
};

pub(super) fn article(
    given: Given,
    identity: Identity,
    settings: &Settings,
) -> Result<RawArticle, Error> {
    let Given { wire, url } = given;
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
    if html.is_none() && text.is_none() && url.is_none() {
        return Err(Error::NoContent);
    }
    let content = match (html, text) {
        (Some(html), _) => Some(Content::Html(bounded("html", html, settings)?)),
        (None, Some(text)) => {
            let text = bounded("text", text, settings)?.replace("\r\n", "\n");
            Some(match &wire.title {
                Some(title) => Content::TitledText {
                    title: Some(title.trim().to_owned()).filter(|t| !t.is_empty()),
                    text,
                },
                None => Content::Text(text),
            })
        }
        (None, None) => None,
    };
    let hints = Hints {
        title: non_blank(wire.title),
        date_published: non_blank(wire.date_published).map(published).transpose()?,
        in_language: non_blank(wire.in_language),
        byline: non_blank(wire.byline),
        section: non_blank(wire.section),
        keywords: wire.keywords.unwrap_or_default(),
        publisher: wire
            .publisher
            .map(|p| Publisher { name: non_blank(p.name), domain: non_blank(p.domain) }),
        meta: wire.meta.as_deref().map(meta).transpose()?,
    };
    let origin = match (content, url) {
        (Some(content), url) => Origin::Inline { url, content },
        (None, Some(url)) => Origin::Link {
            url,
            validators: Validators {
                etag: non_blank(wire.etag),
                last_modified: non_blank(wire.last_modified),
            },
            fallback: non_blank(wire.fallback_html)
                .map(|html| bounded("fallbackHtml", html, settings))
                .transpose()?,
        },
        (None, None) => return Err(Error::NoContent),
    };
    Ok(RawArticle { identity, origin, hints })
}

fn bounded(field: &'static str, text: String, settings: &Settings) -> Result<String, Error> {
    if text.len() > settings.max_content_bytes {
        return Err(Error::TooLarge { field, limit: settings.max_content_bytes });
    }
    Ok(text)
}

/// Passed through as it is, so it must be such that the record can be read again: JSON allows numbers
/// that no double holds, halves of surrogate pairs, and any depth, which readers refuse.
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

/// Reads the date forms that producers use: RFC 3339 with or without seconds and offset, a space
/// for the `T`, a date alone, RFC 2822.
fn published(text: String) -> Result<Published, Error> {
    use time::format_description::well_known::{Rfc2822, Rfc3339};
    use time::macros::format_description as format;
    use time::{Date, OffsetDateTime, PrimitiveDateTime};

    let value = text.trim();
    let second = |at| Some(Published { at, precision: Precision::Second });
    let minute = |at| Some(Published { at, precision: Precision::Minute });
    let iso = if value.as_bytes().get(10) == Some(&b' ') {
        value.replacen(' ', "T", 1)
    } else {
        value.to_owned()
    };
    let parsed = OffsetDateTime::parse(&iso, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(value, &Rfc2822))
        .or_else(|_| {
            let basic = format!(
                "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory][offset_minute]"
            );
            OffsetDateTime::parse(&iso, basic)
        })
        .map_or(None, second)
        .or_else(|| {
            let minutes = format!(
                "[year]-[month]-[day]T[hour]:[minute][offset_hour sign:mandatory]:[offset_minute]"
            );
            OffsetDateTime::parse(&iso, minutes).map_or(None, minute)
        })
        .or_else(|| {
            let local = iso.trim_end_matches('Z');
            let seconds = format!(
                "[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]"
            );
            PrimitiveDateTime::parse(local, seconds).map_or(None, |t| second(t.assume_utc()))
        })
        .or_else(|| {
            let minutes = format!("[year]-[month]-[day]T[hour]:[minute]");
            PrimitiveDateTime::parse(iso.trim_end_matches('Z'), minutes)
                .map_or(None, |t| minute(t.assume_utc()))
        })
        .or_else(|| {
            Date::parse(value, format!("[year]-[month]-[day]")).map_or(None, |date| {
                Some(Published { at: date.midnight().assume_utc(), precision: Precision::Day })
            })
        });
    parsed.ok_or_else(|| Error::BadDate(value.chars().take(60).collect()))
}
