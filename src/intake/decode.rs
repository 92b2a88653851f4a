//! Message to [`RawArticle`], for every form that producers send. Pure.
//!
//! A message is taken out of its encodings and envelopes here; `body_text` reads bodies, `identity`
//! says who the message is, `article` what it carries.

mod article;
mod body_text;
mod date_published;
mod identity;

use bytes::Bytes;

use super::wire::RawArticleWire;
use super::{Error, RawMessage, Settings, body, cloud_events};
use crate::model::{Identity, RawArticle};
use crate::sniff;
use article::article;
use body_text::{
    json, keep_half_pairs, one_url, page, parse_content_type, text, without_half_pairs,
};
use identity::{ArticleFields, StatedIdentity};

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
pub fn decode_with_identity(message: RawMessage, settings: &Settings) -> Decoded {
    let mut stated = StatedIdentity::of_headers(&message.headers);
    let wire = unpack(&message, settings, &mut stated);
    let (fields, wire) = match wire {
        Ok(mut wire) => {
            for (field, header) in [
                (&mut wire.id, &stated.id),
                (&mut wire.revision, &stated.revision),
                (&mut wire.url, &stated.url),
            ] {
                if field.is_none() {
                    field.clone_from(header);
                }
            }
            if wire.id.is_none() {
                wire.id = stated.event.take();
            }
            (ArticleFields::of(wire), None)
        }
        Err(error) => {
            let id = stated.id.or(stated.event);
            let wire =
                RawArticleWire { id, revision: stated.revision, ..RawArticleWire::default() };
            (ArticleFields::of(wire), Some(error))
        }
    };
    let identity = fields.identity(&message);
    let article = match (message.unreadable, wire) {
        (Some(unreadable), _) => Err(Error::Header(unreadable.reason)),
        (None, Some(error)) => Err(error),
        (None, None) => article(fields, identity.clone(), settings),
    };
    Decoded { identity, article }
}

/// Decodes a message; see [`decode_with_identity`].
///
/// # Errors
/// Names the field or header that cannot be used.
pub fn decode(message: RawMessage, settings: &Settings) -> Result<RawArticle, Error> {
    decode_with_identity(message, settings).article
}

/// Decodes one JSON text, such as a line of NDJSON.
///
/// # Errors
/// As [`decode`].
pub fn decode_json(body: &[u8], settings: &Settings) -> Result<RawArticle, Error> {
    decode(RawMessage::json(Bytes::copy_from_slice(body)), settings)
}

/// Who a message is; see [`decode_with_identity`].
#[must_use]
pub fn identify(message: &RawMessage, settings: &Settings) -> Identity {
    decode_with_identity(message.clone(), settings).identity
}

/// Takes a message out of its encodings and envelopes. What it names on the way is noted in `stated`,
/// also when the rest cannot be read.
fn unpack(
    message: &RawMessage,
    settings: &Settings,
    stated: &mut StatedIdentity,
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
    let mut spelt = None;
    if cloud_events::is_structured(headers) {
        // The envelope speaks for what is in it; the message's own headers are those of its transport.
        let outer = std::mem::take(stated);
        let (body_read, body_spelt) = without_half_pairs(body);
        let (event, data) = cloud_events::structured(&body_read);
        stated.event = event;
        if let Some(body) = body_spelt {
            let (event, data) = cloud_events::structured(&body);
            (stated.event, spelt) = (event, data.ok().map(|data| data.body));
        }
        let data = match data {
            Ok(data) => data,
            Err(error) => {
                if stated.event.is_none() {
                    *stated = outer;
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
            let (body, own_spelt) = without_half_pairs(body);
            let spelt = own_spelt.or(spelt);
            let mut wire =
                json(&body).inspect_err(|_| stated.salvage(spelt.as_ref().unwrap_or(&body)))?;
            if let Some(spelt) = spelt.and_then(|spelt| json(&spelt).ok()) {
                keep_half_pairs(&mut wire, spelt);
            }
            Ok(wire)
        }
        "text/html" | "application/xhtml+xml" | "text/plain" if sniff::is_binary(&body) => {
            Err(Error::NotText(content_type.chars().take(100).collect()))
        }
        "text/html" | "application/xhtml+xml" => {
            let html = page(body, charset, stated.url.as_deref())?;
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

fn non_blank(text: Option<String>) -> Option<String> {
    text.filter(|t| !t.trim().is_empty())
}

#[cfg(test)]
mod tests;
