use super::*;
use crate::disposition::{Classify as _, Disposition};
use crate::intake::Headers;
use crate::model::{Content, Origin};

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
fn fallback_is_bounded_and_only_for_links() {
    let link = r#"{"url":"https://ex.com/a","fallbackHtml":"<p>Short."}"#;
    let Origin::Link { fallback, .. } = decoded(&[], link).origin else { panic!() };
    assert_eq!(fallback.as_deref(), Some("<p>Short."));
    let inline = r#"{"html":"<p>Whole.","fallbackHtml":"<p>Short."}"#;
    assert!(matches!(decoded(&[], inline).origin, Origin::Inline { .. }));
    let long = serde_json::json!({"url": "https://ex.com/a", "fallbackHtml": "a".repeat(10 << 20)});
    let (code, message) = refused(&[], long.to_string());
    assert_eq!(code, "too_large");
    assert!(message.contains("fallbackHtml"), "{message}");
}

#[test]
fn title_beside_text_decides_how_text_is_read() {
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
        &[("content-type", "text/html; charset=windows-1252"), ("News-Url", "https://ex.com/a")],
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
    assert!(matches!(raw.origin, Origin::Link { url, .. } if url.as_str() == "https://ex.com/a"));
}

#[test]
fn cloud_events_are_read_in_both_modes() {
    let data = r#"{"url":"https://ex.com/a"}"#;
    let binary = decoded(
        &[("ce-specversion", "1.0"), ("ce-id", "a%20b"), ("ce-source", "urn:s"), ("ce-type", "t")],
        data,
    );
    assert_eq!(binary.identity.id().as_str(), "urn:s#%a%20b");
    let structured = decoded(
        &[("Content-Type", "application/cloudevents+json")],
        format!(r#"{{"specversion":"1.0","id":"7","source":"urn:s","type":"t","data":{data}}}"#),
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
    for (encoding, bytes) in
        [("gzip", gzip(body)), ("zstd", zstd::encode_all(&body[..], 1).unwrap()), ("br", brotli)]
    {
        let raw = decoded(&[("Content-Encoding", encoding)], bytes);
        assert!(matches!(raw.origin, Origin::Link { .. }), "{encoding}");
    }
}

#[test]
fn bodies_may_be_as_large_as_their_limit() {
    let settings = Settings { max_body_bytes: 40, max_content_bytes: 10, ..Settings::default() };
    let is_read = |headers: &[(&str, &str)], body: &[u8]| {
        let read = decode(message(headers, body), &settings);
        assert!(matches!(read, Ok(_) | Err(Error::TooLarge { .. })), "{read:?}");
        read.is_ok()
    };
    let json = |spaces: usize| format!(r#"{{"text":"A story"}}{}"#, " ".repeat(spaces));
    let room = 40 - json(0).len();
    let lines = [("News-Id", "a"), ("Content-Encoding", "gzip")];
    for (spaces, fits) in [(room, true), (room + 1, false), (room + 9, false)] {
        let body = json(spaces);
        assert_eq!(is_read(&lines[..1], body.as_bytes()), fits, "{spaces}");
        assert_eq!(is_read(&lines, &gzip(body.as_bytes())), fits, "{spaces}, compressed");
        let unchanged = [lines[0], ("Content-Encoding", "identity")];
        assert_eq!(is_read(&unchanged, body.as_bytes()), fits, "{spaces}, as it is");
    }
    for (text, fits) in [("ten bytes.", true), ("ten bytes..", false)] {
        assert_eq!(is_read(&[("Content-Type", "text/plain")], text.as_bytes()), fits, "{text}");
    }
}

#[test]
fn a_message_of_another_kind_is_named_whole() {
    for body in [r#""A story""#, "7", r#"["a"]"#] {
        let (code, message) = refused(&[], body);
        assert_eq!(code, "wrong_type", "{body}");
        assert!(message.contains("the message itself"), "{body}: {message}");
    }
}

#[test]
fn an_event_of_wrong_attributes_keeps_its_id() {
    let settings = Settings::default();
    let of = |event: &str| {
        let headers = [("Content-Type", "application/cloudevents+json")];
        identify(&message(&headers, event), &settings)
    };
    let id = |event| of(event).id().as_str().to_owned();
    assert_eq!(id(r#"{"specversion":1,"id":"7","source":"urn:s","data":{"text":"a"}}"#), "urn:s#7");
    // Without both there is no id to salvage: the whole message tells it from others.
    for event in [
        r#"{"specversion":1,"id":"","source":"urn:s"}"#,
        r#"{"specversion":1,"id":7,"source":"urn:s"}"#,
        r#"{"specversion":1,"id":"7"}"#,
    ] {
        assert!(!id(event).contains("urn:s") && id(event) != "7", "{event}");
    }
    let (code, message) = refused(
        &[("Content-Type", "application/cloudevents+json")],
        r#"{"specversion":"0.3","id":"7","source":"urn:s","data":{"text":"a"}}"#,
    );
    assert_eq!(code, "cloud_event");
    assert!(message.contains(r#"specversion "0.3""#), "{message}");
}

#[test]
fn a_hidden_identity_is_no_page() {
    use crate::intake::Unreadable;
    let settings = Settings::default();
    let of = |hides_identity| {
        let unreadable =
            Some(Unreadable { reason: "line 2: not UTF-8".to_owned(), hides_identity });
        let sent = message(&[], r#"{"url":"https://ex.com/a"}"#);
        identify(&RawMessage { unreadable, ..sent }, &settings)
    };
    let page = decoded(&[], r#"{"url":"https://ex.com/a"}"#).identity;
    assert_eq!(of(false), page);
    assert_ne!(of(true).id(), page.id());
}

#[test]
fn story_in_message_needs_no_usable_url() {
    let raw = decoded(&[], r#"{"html":"<p>a","url":"ark:/13960/x"}"#);
    assert!(matches!(raw.origin, Origin::Inline { url: None, .. }));
}

#[test]
fn ids_fall_back_to_url_then_body() {
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
        (&[], b"{\"text\":\"a\",\"datePublished\":\"soon\"}".into(), "bad_date", "datePublished"),
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
        (&[("Content-Type", "text/html")], b"\x1f\x8b\x08\0\0".into(), "content_type", "no text"),
        (&[("Content-Type", "text/plain")], b"%PDF-1.7\n".into(), "content_type", "no text"),
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
        (&[("ce-specversion", "1.0"), ("ce-id", "1")], b"{}".into(), "cloud_event", "ce-source"),
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
fn no_two_events_share_an_id() {
    let id = |source: &str, id: &str| {
        let event = format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"{source}","type":"t","data":{{"text":"a"}}}}"#
        );
        let structured = decoded(&[("Content-Type", "application/cloudevents+json")], event);
        let encoded =
            |value: &str| value.replace('%', "%25").replace(' ', "%20").replace('é', "%C3%A9");
        let (encoded_id, source) = (encoded(id), encoded(source));
        let binary = decoded(
            &[
                ("ce-specversion", "1.0"),
                ("ce-id", encoded_id.as_str()),
                ("ce-source", source.as_str()),
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
    assert_eq!(id("urn:wire", "café"), "urn:wire#café");
    assert_eq!(id("urn:wire", "50%"), "urn:wire#50%");
    assert_ne!(id("urn:wire", "a b"), id("urn:wire", "a%20b"));
    assert_ne!(id("urn:wire", "a b"), id("urn:wire", "%a%20b"));
}

#[test]
fn half_a_surrogate_pair_costs_one_character() {
    let title = |escaped: &str| {
        let raw = decoded(&[], format!(r#"{{"id":"a","title":"{escaped}","text":"A story."}}"#));
        raw.hints.title.unwrap()
    };
    assert_eq!(title(r"Tram \ud83d"), "Tram \u{fffd}");
    assert_eq!(title(r"\uDE80\ud83d\ud83d\ude80 x"), "\u{fffd}\u{fffd}\u{1f680} x");
    assert_eq!(title(r"a \\ud83d b"), "a \\ud83d b", "an escaped backslash");
    assert_eq!(title(r"caf\u00e9 \ud83dx\n"), "caf\u{e9} \u{fffd}x\n");
    let event = r#"{"specversion":"1.0","id":"7\ud83d","source":"urn:s","type":"t","data":{"text":"A \ud83d"}}"#;
    let raw = decoded(&[("Content-Type", "application/cloudevents+json")], event);
    assert_eq!(raw.identity.id().as_str(), r"urn:s#7\ud83d");
    let meta = decoded(&[], r#"{"text":"a","meta":{"s":"\ud812"}}"#);
    assert!(meta.hints.meta.is_some());
    // A page sent as it is may have such escapes in its scripts.
    let html = decoded(&[("Content-Type", "text/html")], r"<p>A \ud83d</p>");
    assert!(
        matches!(html.origin, Origin::Inline { content: Content::Html(h), .. } if h.contains(r"\ud83d"))
    );
}

#[test]
fn half_surrogates_tell_ids_apart() {
    let key = |fields: &str| {
        decoded(&[], format!(r#"{{{fields},"text":"A story."}}"#)).identity.key().to_string()
    };
    let keys: Vec<String> = [r"\ud83d", r"\ud83e", r"\udc00", r"\ufffd"]
        .map(|half| key(&format!(r#""id":"a{half}""#)))
        .into();
    let distinct: std::collections::HashSet<&String> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len(), "{keys:?}");
    assert_ne!(key(r#""id":"a","revision":"\ud83d""#), key(r#""id":"a","revision":"\ud83e""#));
    let event = |half: &str| {
        let event = format!(
            r#"{{"specversion":"1.0","id":"7","source":"urn:s","type":"t","data":{{"id":"b{half}","text":"A {half}"}}}}"#
        );
        decoded(&[("Content-Type", "application/cloudevents+json")], event)
    };
    assert_ne!(event(r"\ud83d").identity.key(), event(r"\ud83e").identity.key());
    let Origin::Inline { content: Content::Text(text), .. } = event(r"\ud83d").origin else {
        panic!()
    };
    assert_eq!(text, "A \u{fffd}");
    // No address has half a character: a message that has its text needs none, another one is refused.
    let told = decoded(&[], r#"{"url":"https://ex.com/a\ud83d","text":"A story."}"#);
    assert!(matches!(told.origin, Origin::Inline { url: None, .. }));
    assert_eq!(refused(&[], r#"{"url":"https://ex.com/a\ud83d"}"#).0, "bad_url");
}

#[test]
fn meta_that_record_readers_refuse_is_refused() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    for meta in ["{\"n\":1e999}", deep.as_str()] {
        let (code, message) = refused(&[], format!("{{\"text\":\"a\",\"meta\":{meta}}}"));
        assert_eq!(code, "wrong_type", "{message}");
        assert!(message.contains("meta"), "{message}");
    }
}

#[test]
fn more_than_two_codings_are_refused_before_decoding() {
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
fn useless_messages_share_no_storys_id() {
    let settings = Settings::default();
    let bad = identify(&message(&[], r#"{"url":"https://ex.com/a","id":"a b"}"#), &settings);
    let good = decoded(&[], r#"{"url":"https://ex.com/a"}"#).identity;
    assert_ne!(bad, good);
}

#[test]
fn update_with_unusable_revision_is_another_message() {
    let settings = Settings::default();
    let of = |fields: &str| {
        let body = format!(r#"{{"id":"a","text":"A story"{fields}}}"#);
        let read = decode_with_identity(message(&[], body), &settings);
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
fn unreadable_headers_change_no_identity() {
    use crate::intake::Unreadable;
    let settings = Settings::default();
    let spoilt = |headers: &[(&str, &str)], body: &str, hides_identity| {
        let unreadable = Some(Unreadable { reason: "line 2".to_owned(), hides_identity });
        let message = RawMessage { unreadable, ..message(headers, body) };
        let read = decode_with_identity(message, &settings);
        assert!(matches!(read.article, Err(Error::Header(_))));
        read.identity
    };
    let event = r#"{"specversion":"1.0","id":"1","source":"urn:s","type":"t","data":{"text":"a"}}"#;
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
        for (name, value) in [("id", &sent.id), ("revision", &sent.revision), ("url", &sent.url)] {
            if let Some(value) = value {
                fields[name] = value.as_str().into();
            }
        }
        if spoilt {
            fields["datePublished"] = "the day before".into();
        }
        let mut headers: Vec<(&str, &str)> = Vec::new();
        if matches!(sent.form, Form::Html | Form::Plain | Form::List) {
            for (name, value) in
                [("News-Id", &sent.id), ("News-Revision", &sent.revision), ("News-Url", &sent.url)]
            {
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
        fn message_failing_late_has_the_same_id(sent in sent()) {
            let settings = Settings::default();
            let message = build(&sent, false);
            let article = decode(message.clone(), &settings).unwrap();
            prop_assert_eq!(&identify(&message, &settings), &article.identity);
            let spoilt = decode_with_identity(build(&sent, true), &settings);
            prop_assert_eq!(&spoilt.identity, &article.identity);
            // A limit that the text breaks is found when all else is read.
            let small = Settings { max_content_bytes: 1, ..Settings::default() };
            prop_assert_eq!(&identify(&message, &small), &article.identity);
        }

        #[test]
        fn sources_and_ids_are_joined_one_to_one(
            a in ("[a#%2350]{1,5}", "[a#%250 ]{1,5}"), b in ("[a#%2350]{1,5}", "[a#%250 ]{1,5}"),
        ) {
            let joined = |(source, id): &(String, String)| cloud_events::story_id(source, id);
            prop_assert_eq!(a == b, joined(&a) == joined(&b));
        }
    }
}
