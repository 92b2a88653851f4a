//! Message to [`RawArticle`], for every form that producers send. Pure.

use bytes::Bytes;

use super::wire::RawArticleWire;
use super::{Error, RawMessage, Settings, body, cloud_events};
use crate::model::{
    Content, Hints, Identity, JsonObject, Origin, Precision, Published, Publisher, RawArticle,
    Revision, StoryId, Validators, WebUrl,
};

/// Decodes a message by its `Content-Type`; none means JSON.
///
/// An object reference (`News-Object`) is to be resolved before: the body is what is decoded.
///
/// # Errors
/// Names the field or header that cannot be used.
pub fn decode(message: RawMessage, settings: &Settings) -> Result<RawArticle, Error> {
    let RawMessage { mut headers, mut body } = message;
    if let Some(encodings) = headers.get("Content-Encoding") {
        body = body::decompress(body, encodings, settings.max_body_bytes)?;
    }
    if body.len() > settings.max_body_bytes {
        return Err(Error::TooLarge { field: "body", limit: settings.max_body_bytes });
    }
    let mut event_id = None;
    if cloud_events::is_structured(&headers) {
        let event = cloud_events::structured(&body)?;
        event_id = Some(event.id);
        headers = event.headers;
        body = event.data;
    } else if cloud_events::is_binary(&headers) {
        event_id = Some(cloud_events::binary_id(&headers)?);
    }
    let content_type = headers
        .get("Content-Type")
        .or_else(|| headers.get("ce-datacontenttype"))
        .unwrap_or("application/json");
    let (media_type, charset) = parse_content_type(content_type);
    let mut wire = match media_type.as_str() {
        "application/json" | "text/json" => json(&body)?,
        other if other.ends_with("+json") => json(&body)?,
        "text/html" | "application/xhtml+xml" => RawArticleWire {
            html: Some(text(&body, charset.as_deref())?),
            ..RawArticleWire::default()
        },
        "text/plain" => RawArticleWire {
            text: Some(text(&body, charset.as_deref())?),
            ..RawArticleWire::default()
        },
        "text/uri-list" => RawArticleWire {
            url: Some(one_url(&text(&body, charset.as_deref())?)?),
            ..RawArticleWire::default()
        },
        _ => return Err(Error::ContentType(content_type.chars().take(100).collect())),
    };
    for (field, header) in [
        (&mut wire.id, "News-Id"),
        (&mut wire.revision, "News-Revision"),
        (&mut wire.url, "News-Url"),
    ] {
        if field.is_none() {
            *field = headers.get(header).map(str::to_owned);
        }
    }
    if wire.id.is_none() {
        wire.id = event_id;
    }
    article(wire, settings)
}

/// Decodes one JSON text, such as a line of NDJSON.
///
/// # Errors
/// As [`decode`].
pub fn decode_json(body: &[u8], settings: &Settings) -> Result<RawArticle, Error> {
    decode(RawMessage::json(Bytes::copy_from_slice(body)), settings)
}

/// Who a message is that could not be decoded: dead letters need a key too.
///
/// The id that the message names, where that much of it can be read; else a hash of what it
/// carries.
#[must_use]
pub fn identify(message: &RawMessage) -> Identity {
    #[derive(Default, serde::Deserialize)]
    struct Named {
        #[serde(default)]
        id: serde_json::Value,
        #[serde(default)]
        revision: serde_json::Value,
    }
    let named: Named = serde_json::from_slice(&message.body).unwrap_or_default();
    let pick = |value: &serde_json::Value, header: &str| {
        value.as_str().or_else(|| message.headers.get(header)).map(str::to_owned)
    };
    let id =
        pick(&named.id, "News-Id").and_then(|id| StoryId::new(&id).ok()).unwrap_or_else(|| {
            let object = message.headers.get("News-Object").unwrap_or_default();
            StoryId::of_body(&[object.as_bytes(), &message.body].concat())
        });
    let revision = pick(&named.revision, "News-Revision").and_then(|r| Revision::new(&r).ok());
    Identity::new(id, revision)
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

/// The one URL of an RFC 2483 list; comment lines start with `#`.
fn one_url(list: &str) -> Result<String, Error> {
    let mut urls = list.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let first = urls.next().ok_or(Error::NoContent)?;
    match urls.count() {
        0 => Ok(first.to_owned()),
        more => Err(Error::ManyUrls(more + 1)),
    }
}

fn article(wire: RawArticleWire, settings: &Settings) -> Result<RawArticle, Error> {
    let (html, text) = (non_blank(wire.html), non_blank(wire.text));
    let url = match non_blank(wire.url).map(|url| WebUrl::parse(url.trim())) {
        None => None,
        Some(Ok(url)) => Some(url),
        // A message that carries its story needs no address: a useless one costs relative links.
        Some(Err(_)) if html.is_some() || text.is_some() => None,
        Some(Err(source)) => return Err(Error::BadUrl { field: "url", source }),
    };
    let id = match (&wire.id, &url, html.as_ref().or(text.as_ref())) {
        (Some(id), _, _) => StoryId::new(id).map_err(Error::BadId)?,
        (None, Some(url), _) => StoryId::of_url(url),
        (None, None, Some(body)) => StoryId::of_body(body.as_bytes()),
        (None, None, None) => return Err(Error::NoContent),
    };
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
    let revision = wire.revision.map(|r| Revision::new(&r)).transpose().map_err(Error::BadId)?;
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
        },
        (None, None) => return Err(Error::NoContent),
    };
    Ok(RawArticle { identity: Identity::new(id, revision), origin, hints })
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

fn meta(value: &serde_json::value::RawValue) -> Result<JsonObject, Error> {
    if value.get().starts_with('{') {
        return Ok(JsonObject::from_checked(value.get().to_owned()));
    }
    Err(Error::WrongType {
        path: "meta".to_owned(),
        source: serde::de::Error::custom("expected an object"),
    })
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
    use crate::intake::Headers;

    fn message(headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> RawMessage {
        let mut all = Headers::default();
        for (name, value) in headers {
            all.push(*name, *value);
        }
        RawMessage { headers: all, body: Bytes::copy_from_slice(body.as_ref()) }
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
}
