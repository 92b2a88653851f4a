//! Message to [`RawArticle`], for every form that producers send. Pure.
//!
//! A message is taken out of its encodings and envelopes here; `identity` says who it is, `article` what it carries.

mod article;
mod identity;

use bytes::Bytes;

use super::wire::RawArticleWire;
use super::{Error, RawMessage, Settings, body, cloud_events};
use crate::model::{Identity, RawArticle, WebUrl};
use article::article;
use identity::{Given, Named};

/// A message read as far as it can be: who it is, and what it carries or why that cannot be used.
#[derive(Debug)]
pub struct Decoded {
    /// Who the message is. Dead letters need a key too, and one message has one identity, however
    /// late it fails and whatever of it can be read.
    pub identity: Identity,
    /// What it carries.
    pub article: Result<RawArticle, Error>,
}

/// Reads a message by its `Content-Type`; none means JSON. The only place that derives an identity.
///
/// The identity is the id that the message names (in its body, its header, its event), else a hash of
/// its URL, else of its text; where no article could ever come of the message and it names no id, a
/// hash of the message as sent, which no story shares. A revision that cannot be used still parts its message
/// from others of the id. Of headers that cannot be read the others count: a replay, which leaves them out, is the
/// same message.
///
/// An object reference (`News-Object`) is to be resolved before: the body is what is decoded.
#[must_use]
pub fn read(message: RawMessage, settings: &Settings) -> Decoded {
    let mut named = Named::of_headers(&message.headers);
    let wire = unpack(&message, settings, &mut named);
    let (given, wire) = match wire {
        Ok(mut wire) => {
            for (field, header) in [
                (&mut wire.id, &named.id),
                (&mut wire.revision, &named.revision),
                (&mut wire.url, &named.url),
            ] {
                if field.is_none() {
                    field.clone_from(header);
                }
            }
            if wire.id.is_none() {
                wire.id = named.event.take();
            }
            (Given::of(wire), None)
        }
        Err(error) => {
            let id = named.id.or(named.event);
            let wire = RawArticleWire { id, revision: named.revision, ..RawArticleWire::default() };
            (Given::of(wire), Some(error))
        }
    };
    let identity = given.identity(&message);
    let article = match (message.unreadable, wire) {
        (Some(unreadable), _) => Err(Error::Header(unreadable.reason)),
        (None, Some(error)) => Err(error),
        (None, None) => article(given, identity.clone(), settings),
    };
    Decoded { identity, article }
}

/// Decodes a message; see [`read`].
///
/// # Errors
/// Names the field or header that cannot be used.
pub fn decode(message: RawMessage, settings: &Settings) -> Result<RawArticle, Error> {
    read(message, settings).article
}

/// Decodes one JSON text, such as a line of NDJSON.
///
/// # Errors
/// As [`decode`].
pub fn decode_json(body: &[u8], settings: &Settings) -> Result<RawArticle, Error> {
    decode(RawMessage::json(Bytes::copy_from_slice(body)), settings)
}

/// Who a message is; see [`read`].
#[must_use]
pub fn identify(message: &RawMessage, settings: &Settings) -> Identity {
    read(message.clone(), settings).identity
}

/// Takes a message out of its encodings and envelopes. What it names on the way is noted in `named`,
/// also when the rest cannot be read.
fn unpack(
    message: &RawMessage,
    settings: &Settings,
    named: &mut Named,
) -> Result<RawArticleWire, Error> {
    let headers = &message.headers;
    let mut body = message.body.clone();
    if let Some(encodings) = headers.get("Content-Encoding") {
        body = body::decompress(body, encodings, settings.max_body_bytes)?;
    }
    if body.len() > settings.max_body_bytes {
        return Err(Error::TooLarge { field: "body", limit: settings.max_body_bytes });
    }
    let mut content_type = headers.get("Content-Type").map(str::to_owned);
    if cloud_events::is_structured(headers) {
        // The envelope speaks for what is in it; the message's own headers are those of its transport.
        let outer = std::mem::take(named);
        let (event, data) = cloud_events::structured(&body);
        named.event = event;
        let data = match data {
            Ok(data) => data,
            Err(error) => {
                if named.event.is_none() {
                    *named = outer;
                }
                return Err(error);
            }
        };
        content_type = Some(data.content_type);
        body = data.body;
    } else if cloud_events::is_binary(headers) {
        cloud_events::check_binary(headers)?;
        content_type =
            content_type.or_else(|| headers.get("ce-datacontenttype").map(str::to_owned));
    }
    let content_type = content_type.as_deref().unwrap_or("application/json");
    let (media_type, charset) = parse_content_type(content_type);
    let charset = charset.as_deref();
    match media_type.as_str() {
        kind if matches!(kind, "application/json" | "text/json") || kind.ends_with("+json") => {
            json(&body).inspect_err(|_| named.salvage(&body))
        }
        "text/html" | "application/xhtml+xml" => {
            let html = page(body, charset, named.url.as_deref())?;
            Ok(RawArticleWire { html: Some(html), ..RawArticleWire::default() })
        }
        "text/plain" => {
            Ok(RawArticleWire { text: Some(text(&body, charset)?), ..RawArticleWire::default() })
        }
        "text/uri-list" => Ok(RawArticleWire {
            url: Some(one_url(&text(&body, charset)?)?),
            ..RawArticleWire::default()
        }),
        _ => Err(Error::ContentType(content_type.chars().take(100).collect())),
    }
}

/// Media type in lower case, and the `charset` parameter.
fn parse_content_type(value: &str) -> (String, Option<String>) {
    let mut parts = value.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"').to_owned())
    });
    (media_type, charset)
}

fn json(body: &[u8]) -> Result<RawArticleWire, Error> {
    let body = utf8("body", body)?;
    // serde would take an array for the fields in their order.
    if body.trim_start().starts_with('[') {
        return Err(Error::WrongType {
            path: "the message itself".to_owned(),
            source: serde::de::Error::custom("expected an object, found an array"),
        });
    }
    let mut reader = serde_json::Deserializer::from_str(body);
    let wire = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let source = error.into_inner();
        match source.classify() {
            serde_json::error::Category::Data if path == "." => {
                Error::WrongType { path: "the message itself".to_owned(), source }
            }
            serde_json::error::Category::Data => Error::WrongType { path, source },
            _ => Error::NotJson(source),
        }
    })?;
    reader.end().map_err(Error::NotJson)?;
    Ok(wire)
}

fn utf8<'a>(field: &'static str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Error::NotUtf8 { field, at: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Text in the charset that the `Content-Type` names; without one it must be UTF-8.
fn text(body: &[u8], charset: Option<&str>) -> Result<String, Error> {
    match charset {
        None => utf8("body (no charset in header Content-Type)", body).map(str::to_owned),
        Some(label) => {
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes())
                .ok_or_else(|| Error::Charset(label.chars().take(40).collect()))?;
            if encoding == encoding_rs::UTF_8 {
                return utf8("body", body).map(str::to_owned);
            }
            Ok(encoding.decode(body).0.into_owned())
        }
    }
}

/// A page in the charset that the `Content-Type` names; without one in that which the page itself names or shows,
/// as pages that are fetched.
fn page(body: Bytes, charset: Option<&str>, url: Option<&str>) -> Result<String, Error> {
    if charset.is_some() {
        return text(&body, charset);
    }
    let url = url.and_then(|url| WebUrl::parse(url).ok());
    let host = url.as_ref().map_or("", WebUrl::host);
    crate::charset::decode(body.into(), None, true, host)
        .map(|decoded| decoded.text)
        .map_err(|label| Error::Charset(label.to_owned()))
}

/// The one URL of an RFC 2483 list; comment lines start with `#`.
fn one_url(list: &str) -> Result<String, Error> {
    let mut urls = list.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let first = urls.next().ok_or(Error::NoContent)?;
    match urls.count() {
        0 => Ok(first.to_owned()),
        more => Err(Error::ManyUrls(more + 1)),
    }
}

fn non_blank(text: Option<String>) -> Option<String> {
    text.filter(|t| !t.trim().is_empty())
}

#[cfg(test)]
mod tests;
