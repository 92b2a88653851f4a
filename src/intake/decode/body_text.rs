//! A message's body to its text: JSON, a page, a plain text or a list of one URL, by its media type.
//!
//! A charset is the header's; without one text must be UTF-8, and a page is read as browsers do. Refuses lists of
//! several URLs, because each must be a message with an outcome of its own.

use bytes::Bytes;

use super::super::Error;
use super::super::wire::RawArticleWire;
use crate::model::WebUrl;

/// Media type in lower case, and the `charset` parameter.
pub(super) fn parse_content_type(value: &str) -> (String, Option<String>) {
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

/// A body whose JSON has halves of surrogate pairs in its escapes, with U+FFFD in their places. RFC 8259, 8.2 calls them
/// JSON, and JavaScript writes them for a text that is cut within a character; no string holds them. Where there are
/// any, also the body with each such escape as the six characters that it is written in, which tells them apart.
pub(super) fn without_half_pairs(body: Bytes) -> (Bytes, Option<Bytes>) {
    if !memchr::memmem::find_iter(&body, b"\\u")
        .any(|at| matches!(body.get(at + 2), Some(b'd' | b'D')))
    {
        return (body, None);
    }
    let unit = |at: usize| {
        let digits = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
        let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
        u16::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_hex)?, 16).ok()
    };
    let mut mended = body.to_vec();
    let (mut spelt, mut from) = (Vec::new(), 0);
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', body.get(at..).unwrap_or_default()) {
        at += found;
        at += match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended[at + 2..at + 6].copy_from_slice(b"fffd");
                spelt.extend_from_slice(&body[from..at]);
                spelt.push(b'\\');
                from = at;
                6
            }
            (Some(_), _) => 6,
            (None, _) => 2,
        };
    }
    if spelt.is_empty() {
        return (body, None);
    }
    spelt.extend_from_slice(&body[from..]);
    (mended.into(), Some(spelt.into()))
}

/// In text half a pair costs a character; in what a message is known by it must not make two messages one. No address
/// has one.
pub(super) fn keep_half_pairs(wire: &mut RawArticleWire, spelt: RawArticleWire) {
    if wire.url != spelt.url {
        wire.url = spelt.url.map(|url| format!("half a surrogate pair in {url}"));
    }
    (wire.id, wire.revision) = (spelt.id, spelt.revision);
}

pub(super) fn json(body: &[u8]) -> Result<RawArticleWire, Error> {
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
pub(super) fn text(body: &[u8], charset: Option<&str>) -> Result<String, Error> {
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
pub(super) fn page(body: Bytes, charset: Option<&str>, url: Option<&str>) -> Result<String, Error> {
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
pub(super) fn one_url(list: &str) -> Result<String, Error> {
    let mut urls = list.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let first = urls.next().ok_or(Error::NoContent)?;
    match urls.count() {
        0 => Ok(first.to_owned()),
        more => Err(Error::ManyUrls(more + 1)),
    }
}
