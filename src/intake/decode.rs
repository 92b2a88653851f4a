//! Message to [`RawArticle`], for every form that producers send. Pure.

use bytes::Bytes;

use super::wire::RawArticleWire;
use super::{Error, Headers, RawMessage, Settings, body, cloud_events};
use crate::headers;
use crate::model::{
    Content, Hints, Identity, JsonObject, Origin, Precision, Published, Publisher, RawArticle,
    Revision, StoryId, UrlError, Validators, WebUrl,
};

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

/// What a message names of itself outside of the fields of its article.
#[derive(Default)]
struct Named {
    id: Option<String>,
    revision: Option<String>,
    url: Option<String>,
    /// Source and id of an event.
    event: Option<String>,
}

impl Named {
    fn of_headers(headers: &Headers) -> Self {
        let header = |name: &str| headers.get(name).map(str::to_owned);
        Self {
            id: header(headers::ID),
            revision: header(headers::REVISION),
            url: header(headers::URL),
            event: cloud_events::binary_id(headers),
        }
    }

    /// What a JSON body names that is no article. A number counts by its digits: it is the text that a mended
    /// message will have. Any other revision counts by its JSON.
    fn salvage(&mut self, body: &[u8]) {
        #[derive(serde::Deserialize)]
        struct Fields {
            #[serde(default)]
            id: serde_json::Value,
            #[serde(default)]
            revision: serde_json::Value,
        }
        let Ok(fields) = serde_json::from_slice::<Fields>(body) else { return };
        use serde_json::Value;
        match fields.id {
            Value::String(id) => self.id = Some(id),
            Value::Number(id) => self.id = Some(id.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
        }
        match fields.revision {
            Value::Null => {}
            Value::String(revision) => self.revision = Some(revision),
            revision => self.revision = Some(revision.to_string()),
        }
    }
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

/// Headers that, beside object and body, tell a message from others where it names no id.
const WHOLE: [&str; 6] = [
    headers::HEADER_BLOCK,
    headers::ID,
    headers::REVISION,
    headers::URL,
    "Content-Type",
    "Content-Encoding",
];

/// The fields of an article as a message gives them, blank ones left out.
struct Given {
    wire: RawArticleWire,
    url: Option<Result<WebUrl, UrlError>>,
}

impl Given {
    fn of(mut wire: RawArticleWire) -> Self {
        wire.html = non_blank(wire.html);
        wire.text = non_blank(wire.text);
        let url = non_blank(wire.url.take()).map(|url| WebUrl::parse(url.trim()));
        Self { wire, url }
    }

    fn content(&self) -> Option<&str> {
        self.wire.html.as_deref().or(self.wire.text.as_deref())
    }

    /// An id or a revision that cannot be used never gives a story: nor does its message share the identity of one.
    fn identity(&self, message: &RawMessage) -> Identity {
        let header = |name| message.headers.get(name).unwrap_or_default();
        let whole = || {
            let mut parts: Vec<&[u8]> = vec![header(headers::OBJECT).as_bytes(), &message.body];
            // All that says what the message is: producers may send many without a body.
            for name in WHOLE {
                if let Some(value) = message.headers.get(name) {
                    parts.extend([name.as_bytes(), value.as_bytes()]);
                }
            }
            StoryId::of_message(&parts)
        };
        let is_hidden = message.unreadable.as_ref().is_some_and(|u| u.hides_identity);
        let id = match (&self.wire.id, &self.url, self.content()) {
            (Some(id), _, _) => StoryId::new(id).unwrap_or_else(|_| whole()),
            _ if is_hidden => whole(),
            (None, Some(Ok(url)), _) => StoryId::of_url(url),
            (None, _, Some(text)) => StoryId::of_body(text.as_bytes()),
            (None, _, None) => whole(),
        };
        let revision = match self.wire.revision.as_deref() {
            Some(revision) => {
                Some(Revision::new(revision).unwrap_or_else(|_| Revision::of_unusable(revision)))
            }
            None => is_hidden.then(|| Revision::of_unusable(header(headers::HEADER_BLOCK))),
        };
        Identity::new(id, revision)
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

fn article(given: Given, identity: Identity, settings: &Settings) -> Result<RawArticle, Error> {
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

fn non_blank(text: Option<String>) -> Option<String> {
    text.filter(|t| !t.trim().is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::{Classify as _, Disposition};

    fn message(headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> RawMessage {
        let mut all = Headers::default();
        for (name, value) in headers {
            all.push(*name, *value);
        }
        RawMessage { headers: all, body: Bytes::copy_from_slice(body.as_ref()), unreadable: None }
    }

    fn decoded(headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> RawArticle {
        decode(message(headers, body), &Settings::default()).unwrap()
    }

    fn refused(headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> (&'static str, String) {
        let error = decode(message(headers, body), &Settings::default()).unwrap_err();
        assert_eq!(error.disposition(), Disposition::Reject);
        let failure = crate::disposition::Failure::of(&error);
        (failure.code, failure.message)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn json_is_the_default_and_hints_are_kept() {
        let raw = decoded(
            &[],
            r#"{"id":"feed-812:abc","url":"https://ex.com/a","datePublished":"2026-09-20T10:00:00+02:00",
                "publisher":{"name":"Ex"},"meta":{"n":1.0,"big":12345678901234567890123},"new":[1]}"#,
        );
        assert_eq!(raw.identity.id().as_str(), "feed-812:abc");
        assert_eq!(raw.hints.meta.unwrap().as_str(), r#"{"n":1.0,"big":12345678901234567890123}"#);
        let at = raw.hints.date_published.unwrap();
        assert_eq!((at.at.hour(), at.at.offset().whole_hours()), (10, 2));
        assert!(matches!(raw.origin, Origin::Link { .. }));
    }

    #[test]
    fn a_fallback_is_for_a_link_alone_and_is_bounded() {
        let link = r#"{"url":"https://ex.com/a","fallbackHtml":"<p>Short."}"#;
        let Origin::Link { fallback, .. } = decoded(&[], link).origin else { panic!() };
        assert_eq!(fallback.as_deref(), Some("<p>Short."));
        let inline = r#"{"html":"<p>Whole.","fallbackHtml":"<p>Short."}"#;
        assert!(matches!(decoded(&[], inline).origin, Origin::Inline { .. }));
        let long =
            serde_json::json!({"url": "https://ex.com/a", "fallbackHtml": "a".repeat(10 << 20)});
        let (code, message) = refused(&[], long.to_string());
        assert_eq!(code, "too_large");
        assert!(message.contains("fallbackHtml"), "{message}");
    }

    #[test]
    fn title_beside_text_decides_how_the_text_is_read() {
        let origin = |body: &str| match decoded(&[], body).origin {
            Origin::Inline { content, .. } => content,
            Origin::Link { .. } => panic!("not inline"),
        };
        assert_eq!(
            origin(r#"{"text":"a\r\nb ","title":""}"#),
            Content::TitledText { title: None, text: "a\nb ".into() }
        );
        assert_eq!(origin(r#"{"text":"a","title":null}"#), Content::Text("a".into()));
    }

    #[test]
    fn bodies_with_headers_are_read() {
        let raw = decoded(
            &[
                ("content-type", "text/html; charset=windows-1252"),
                ("News-Url", "https://ex.com/a"),
            ],
            b"<p>caf\xe9",
        );
        let Origin::Inline { url, content: Content::Html(html) } = raw.origin else { panic!() };
        assert_eq!((url.unwrap().as_str(), html.as_str()), ("https://ex.com/a", "<p>café"));
        // A page names its own charset where the header does not.
        let meta = b"<meta charset=windows-1251><p>\xcc\xee\xf1\xf2";
        let raw = decoded(&[("Content-Type", "text/html")], meta);
        let Origin::Inline { content: Content::Html(html), .. } = raw.origin else { panic!() };
        assert!(html.ends_with("<p>\u{41c}\u{43e}\u{441}\u{442}"), "{html}");
        let raw = decoded(&[("Content-Type", "text/plain"), ("News-Id", "t-1")], "A headline");
        assert_eq!(raw.identity.id().as_str(), "t-1");
        let raw = decoded(&[("Content-Type", "text/uri-list")], "# one\r\nhttps://ex.com/a\r\n");
        assert!(
            matches!(raw.origin, Origin::Link { url, .. } if url.as_str() == "https://ex.com/a")
        );
    }

    #[test]
    fn cloud_events_are_read_in_both_modes() {
        let data = r#"{"url":"https://ex.com/a"}"#;
        let binary = decoded(
            &[
                ("ce-specversion", "1.0"),
                ("ce-id", "a%20b"),
                ("ce-source", "urn:s"),
                ("ce-type", "t"),
            ],
            data,
        );
        assert_eq!(binary.identity.id().as_str(), "urn:s#a%20b");
        let structured = decoded(
            &[("Content-Type", "application/cloudevents+json")],
            format!(
                r#"{{"specversion":"1.0","id":"7","source":"urn:s","type":"t","data":{data}}}"#
            ),
        );
        assert_eq!(structured.identity.id().as_str(), "urn:s#7");
        let text = decoded(
            &[("Content-Type", "application/cloudevents+json")],
            r#"{"specversion":"1.0","id":"7","source":"urn:s","type":"t","datacontenttype":"text/plain","data":"A story"}"#,
        );
        assert!(
            matches!(text.origin, Origin::Inline { content: Content::Text(t), .. } if t == "A story")
        );
    }

    #[test]
    fn compressed_bodies_are_read() {
        let body = br#"{"url":"https://ex.com/a"}"#;
        let mut brotli = Vec::new();
        brotli::BrotliCompress(
            &mut &body[..],
            &mut brotli,
            &brotli::enc::BrotliEncoderParams::default(),
        )
        .unwrap();
        for (encoding, bytes) in [
            ("gzip", gzip(body)),
            ("zstd", zstd::encode_all(&body[..], 1).unwrap()),
            ("br", brotli),
        ] {
            let raw = decoded(&[("Content-Encoding", encoding)], bytes);
            assert!(matches!(raw.origin, Origin::Link { .. }), "{encoding}");
        }
    }

    #[test]
    fn a_story_in_the_message_needs_no_usable_url() {
        let raw = decoded(&[], r#"{"html":"<p>a","url":"ark:/13960/x"}"#);
        assert!(matches!(raw.origin, Origin::Inline { url: None, .. }));
    }

    #[test]
    fn ids_fall_back_to_url_then_body_and_never_change_with_the_page() {
        let of = |body: &str| decoded(&[], body).identity.id().as_str().to_owned();
        assert_eq!(of(r#"{"url":"https://EX.com:443/a#x"}"#), of(r#"{"url":"https://ex.com/a"}"#));
        assert_ne!(of(r#"{"text":"a"}"#), of(r#"{"text":"b"}"#));
    }

    #[test]
    fn bad_messages_are_refused_with_the_field_named() {
        type Case<'a> = (&'a [(&'a str, &'a str)], Vec<u8>, &'a str, &'a str);
        let table: &[Case<'_>] = &[
            (&[], b"nonsense".into(), "not_json", "line 1 column"),
            (&[], b"{\"url\":\"https://ex.com/\"".into(), "not_json", "EOF"),
            (&[], b"[]".into(), "wrong_type", "message itself"),
            (&[], b"{\"url\":7}".into(), "wrong_type", "\"url\""),
            (
                &[],
                b"{\"publisher\":{\"name\":[]},\"text\":\"a\"}".into(),
                "wrong_type",
                "publisher.name",
            ),
            (&[], b"{\"text\":\"a\",\"meta\":[1]}".into(), "wrong_type", "meta"),
            (&[], b"{\"id\":\"a\"}".into(), "no_content", "url, html, text"),
            (&[], b"{\"html\":\" \"}".into(), "no_content", "url, html, text"),
            (&[], b"{\"id\":\"a b.c\",\"text\":\"a\"}".into(), "bad_id", "id has white space"),
            (&[], b"{\"url\":\"ftp://ex.com/\"}".into(), "bad_url", "\"url\""),
            (
                &[],
                format!("{{\"url\":\"https://ex.com/{}\"}}", "a".repeat(200_000)).into(),
                "bad_url",
                "bytes",
            ),
            (
                &[],
                b"{\"text\":\"a\",\"datePublished\":\"soon\"}".into(),
                "bad_date",
                "datePublished",
            ),
            (&[], b"{\"text\":\"\xff\"}".into(), "not_utf8", "byte 9"),
            (&[("Content-Type", "text/plain")], b"caf\xe9".into(), "not_utf8", "charset"),
            (
                &[("Content-Type", "text/html; charset=utf-8")],
                b"<p>caf\xe9".into(),
                "not_utf8",
                "byte 6",
            ),
            (
                &[("Content-Type", "text/html")],
                b"<meta charset=iso-2022-kr>\xe9".into(),
                "charset",
                "replacement",
            ),
            (&[("Content-Type", "image/png")], b"x".into(), "content_type", "image/png"),
            (&[("Content-Type", "text/plain; charset=klingon")], b"x".into(), "charset", "klingon"),
            (&[("Content-Encoding", "lzma")], b"x".into(), "content_encoding", "lzma"),
            (
                &[("Content-Encoding", "gzip")],
                gzip(b"{\"text\":\"hello hello\"}")[..20].into(),
                "decompress",
                "gzip",
            ),
            (&[("Content-Encoding", "gzip")], gzip(&vec![b' '; 17 << 20]), "too_large", "bytes"),
            (&[], format!("{{\"html\":\"{}\"}}", "a".repeat(10 << 20)).into(), "too_large", "html"),
            (
                &[("Content-Type", "text/uri-list")],
                b"https://a.com/\nhttps://b.com/".into(),
                "many_urls",
                "2 urls",
            ),
            (
                &[("ce-specversion", "1.0"), ("ce-id", "1")],
                b"{}".into(),
                "cloud_event",
                "ce-source",
            ),
            (
                &[("Content-Type", "application/cloudevents+json")],
                b"{\"id\":\"1\"}".into(),
                "cloud_event",
                "specversion",
            ),
        ];
        for (headers, body, code, names) in table {
            let (got, message) = refused(headers, body);
            assert_eq!(got, *code, "{message}");
            assert!(message.contains(names), "{code}: {message:?} does not name {names:?}");
        }
    }

    #[test]
    fn source_and_id_of_an_event_are_joined_so_that_no_two_pairs_give_one_id() {
        let id = |source: &str, id: &str| {
            let event = format!(
                r#"{{"specversion":"1.0","id":"{id}","source":"{source}","type":"t","data":{{"text":"a"}}}}"#
            );
            let structured = decoded(&[("Content-Type", "application/cloudevents+json")], event);
            let binary = decoded(
                &[
                    ("ce-specversion", "1.0"),
                    ("ce-id", id),
                    ("ce-source", source),
                    ("ce-type", "t"),
                ],
                r#"{"text":"a"}"#,
            );
            assert_eq!(structured.identity, binary.identity, "both modes give one id");
            structured.identity.id().as_str().to_owned()
        };
        assert_ne!(id("urn:wire", "7#1"), id("urn:wire#7", "1"));
        assert_ne!(id("urn:wire#7", "1"), id("urn:wire%237", "1"));
        assert_eq!(id("urn:wire", "7"), "urn:wire#7");
    }

    #[test]
    fn a_meta_that_readers_of_the_record_refuse_is_refused() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
        for meta in ["{\"n\":1e999}", "{\"s\":\"\\ud812\"}", deep.as_str()] {
            let (code, message) = refused(&[], format!("{{\"text\":\"a\",\"meta\":{meta}}}"));
            assert_eq!(code, "wrong_type", "{message}");
            assert!(message.contains("meta"), "{message}");
        }
    }

    #[test]
    fn more_than_two_codings_are_refused_before_any_is_undone() {
        let (code, message) = refused(&[("Content-Encoding", "gzip, gzip, gzip")], b"x");
        assert_eq!(code, "content_encoding", "{message}");
        let twice = gzip(&gzip(br#"{"text":"a"}"#));
        decoded(&[("Content-Encoding", "gzip, identity, gzip")], twice);
    }

    #[test]
    fn messages_without_a_body_differ_by_their_headers() {
        let settings = Settings::default();
        let of = |headers: &[(&str, &str)]| identify(&message(headers, ""), &settings);
        let all = [
            of(&[]),
            of(&[("News-Url", "https://ex.com/a")]),
            of(&[("News-Url", "https://ex.com/b")]),
            of(&[("Content-Type", "application/xml")]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all[..at].iter().all(|other| other != one));
        }
        assert_eq!(of(&[("X-Desk", "a")]), of(&[]));
    }

    #[test]
    fn what_names_no_id_and_is_no_article_shares_the_id_of_no_story() {
        let settings = Settings::default();
        let bad = identify(&message(&[], r#"{"url":"https://ex.com/a","id":"a b"}"#), &settings);
        let good = decoded(&[], r#"{"url":"https://ex.com/a"}"#).identity;
        assert_ne!(bad, good);
    }

    #[test]
    fn an_update_under_a_revision_that_cannot_be_used_is_another_message() {
        let settings = Settings::default();
        let of = |fields: &str| {
            let body = format!(r#"{{"id":"a","text":"A story"{fields}}}"#);
            let read = read(message(&[], body), &settings);
            (read.identity, read.article.is_ok())
        };
        let (plain, _) = of("");
        let long = format!(r#","revision":"{}""#, "r".repeat(1100));
        let bad = [
            r#","revision":"1 2""#,
            r#","revision":"""#,
            r#","revision":1.5"#,
            &long,
            r#","revision":5"#,
        ];
        for fields in bad {
            let (identity, is_story) = of(fields);
            assert_eq!((identity.id(), is_story), (plain.id(), false), "{fields}");
            assert_ne!(identity.key(), plain.key(), "{fields}");
        }
        // Mended, it is the message that it was.
        assert_eq!(of(r#","revision":5"#).0, of(r#","revision":"5""#).0);
        let number = identify(&message(&[], r#"{"id":7,"text":"A story"}"#), &settings);
        let text = identify(&message(&[], r#"{"id":"7","text":"A story"}"#), &settings);
        assert_eq!(number, text);
    }

    #[test]
    fn a_message_with_a_header_that_cannot_be_read_is_who_it_is_without_it() {
        use super::super::Unreadable;
        let settings = Settings::default();
        let spoilt = |headers: &[(&str, &str)], body: &str, hides_identity| {
            let unreadable = Some(Unreadable { reason: "line 2".to_owned(), hides_identity });
            let message = RawMessage { unreadable, ..message(headers, body) };
            let read = read(message, &settings);
            assert!(matches!(read.article, Err(Error::Header(_))));
            read.identity
        };
        let event =
            r#"{"specversion":"1.0","id":"1","source":"urn:s","type":"t","data":{"text":"a"}}"#;
        let structured = [("Content-Type", "application/cloudevents+json")];
        for (headers, body) in [
            (&structured[..], event),
            (&[], r#"{"url":"https://ex.com/a"}"#),
            (&[("Content-Type", "text/uri-list")], "https://ex.com/a"),
            (&[("News-Id", "t")], r#"{"text":"a"}"#),
        ] {
            assert_eq!(spoilt(headers, body, false), identify(&message(headers, body), &settings));
            assert_ne!(spoilt(headers, body, true), identify(&message(headers, body), &settings));
        }
    }

    mod identity {
        use super::*;
        use proptest::prelude::*;

        /// A way in which producers send a message.
        #[derive(Clone, Copy, Debug)]
        enum Form {
            Json,
            Gzip,
            Html,
            Plain,
            List,
            Structured,
            Binary,
        }

        #[derive(Clone, Debug)]
        struct Sent {
            form: Form,
            id: Option<String>,
            revision: Option<String>,
            url: Option<String>,
            text: String,
            source: String,
        }

        /// The message, and with `spoilt` one that differs in a field that is read late.
        fn build(sent: &Sent, spoilt: bool) -> RawMessage {
            let mut fields = serde_json::json!({"text": sent.text});
            for (name, value) in
                [("id", &sent.id), ("revision", &sent.revision), ("url", &sent.url)]
            {
                if let Some(value) = value {
                    fields[name] = value.as_str().into();
                }
            }
            if spoilt {
                fields["datePublished"] = "the day before".into();
            }
            let mut headers: Vec<(&str, &str)> = Vec::new();
            if matches!(sent.form, Form::Html | Form::Plain | Form::List) {
                for (name, value) in [
                    ("News-Id", &sent.id),
                    ("News-Revision", &sent.revision),
                    ("News-Url", &sent.url),
                ] {
                    headers.extend(value.as_deref().map(|value| (name, value)));
                }
            }
            let json = fields.to_string().into_bytes();
            match sent.form {
                Form::Json => message(&headers, json),
                Form::Gzip => message(&[("Content-Encoding", "gzip")], gzip(&json)),
                Form::Html => {
                    headers.push(("Content-Type", "text/html"));
                    message(&headers, format!("<p>{}</p>", sent.text))
                }
                Form::Plain => {
                    headers.push(("Content-Type", "text/plain"));
                    message(&headers, &sent.text)
                }
                Form::List => {
                    headers.push(("Content-Type", "text/uri-list"));
                    message(&headers, format!("https://lists.example/{}", sent.text.len()))
                }
                Form::Structured => {
                    let event = serde_json::json!({"specversion": "1.0", "id": "9",
                        "source": sent.source, "type": "t", "data": fields});
                    let headers = [("Content-Type", "application/cloudevents+json")];
                    message(&headers, event.to_string())
                }
                Form::Binary => message(
                    &[
                        ("ce-specversion", "1.0"),
                        ("ce-id", "9"),
                        ("ce-type", "t"),
                        ("ce-source", &sent.source),
                    ],
                    json,
                ),
            }
        }

        fn sent() -> impl Strategy<Value = Sent> {
            let form = prop::sample::select(vec![
                Form::Json,
                Form::Gzip,
                Form::Html,
                Form::Plain,
                Form::List,
                Form::Structured,
                Form::Binary,
            ]);
            let name = || prop::option::of("[a-z0-9:#%./-]{1,12}");
            let url = prop::option::of("https://[a-z]{1,8}\\.example/[a-z]{0,6}");
            (form, name(), name(), url, "[a-zA-Z .]{3,40}[a-z]", "urn:[a-z#%]{1,6}").prop_map(
                |(form, id, revision, url, text, source)| Sent {
                    form,
                    id,
                    revision,
                    url,
                    text,
                    source,
                },
            )
        }

        proptest! {
            #[test]
            fn a_message_that_fails_late_has_the_id_it_would_have_had(sent in sent()) {
                let settings = Settings::default();
                let message = build(&sent, false);
                let article = decode(message.clone(), &settings).unwrap();
                prop_assert_eq!(&identify(&message, &settings), &article.identity);
                let spoilt = read(build(&sent, true), &settings);
                prop_assert_eq!(&spoilt.identity, &article.identity);
                // A limit that the text breaks is found when all else is read.
                let small = Settings { max_content_bytes: 1, ..Settings::default() };
                prop_assert_eq!(&identify(&message, &small), &article.identity);
            }

            #[test]
            fn sources_and_ids_are_joined_one_to_one(
                a in ("[a#%2350]{1,5}", "[a#%2350]{1,5}"), b in ("[a#%2350]{1,5}", "[a#%2350]{1,5}"),
            ) {
                let joined = |(source, id): &(String, String)| cloud_events::story_id(source, id);
                prop_assert_eq!(a == b, joined(&a) == joined(&b));
            }
        }
    }
}
