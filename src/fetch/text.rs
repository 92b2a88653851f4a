//! An answer's bytes to a page's text: media type, charset, walls. Work on large bodies is done off
//! the reactor.

use super::client::Response;
use super::error::Error;
use super::interstitial::{self, Evidence};
use crate::charset::{self, Decoded};
use crate::model::{Access, Content, WebUrl};

/// Bodies up to so many bytes are read in place; larger ones on a blocking thread.
pub(super) const IN_PLACE: usize = 16 * 1024;

/// A page as read.
pub(super) struct Reading {
    pub content: Content,
    pub charset: &'static str,
    pub access: Access,
}

/// Reads an answer with a success status.
pub(super) async fn read(
    answer: Response,
    content_type: Option<&str>,
    requested: &WebUrl,
    answered: &WebUrl,
) -> Result<Reading, Error> {
    let kind = Kind::of(content_type, &answer.body)?;
    if answer.body.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Empty { status: answer.status.as_u16() });
    }
    let label = content_type.and_then(charset::charset_parameter).map(str::to_owned);
    let (requested, answered) = (requested.clone(), answered.clone());
    let small = answer.body.len() <= IN_PLACE;
    let work = move || read_text(answer, kind, label.as_deref(), &requested, &answered);
    if small {
        return work();
    }
    tokio::task::spawn_blocking(work).await.expect("reading a page does not panic")
}

fn read_text(
    answer: Response,
    kind: Kind,
    label: Option<&str>,
    requested: &WebUrl,
    answered: &WebUrl,
) -> Result<Reading, Error> {
    let Response { headers, body, .. } = answer;
    let Decoded { text, encoding } =
        charset::decode(body, label, kind == Kind::Html, answered.host())
            .map_err(|label| Error::Charset { label })?;
    let charset = encoding.name();
    match kind {
        Kind::Text => Ok(Reading { content: Content::Text(text), charset, access: Access::Free }),
        Kind::Html => {
            let evidence = Evidence { html: &text, requested, answered };
            let access = interstitial::judge(&headers, &evidence).map_err(Error::Wall)?;
            Ok(Reading { content: Content::Html(text), charset, access })
        }
    }
}

/// What a body is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Html,
    Text,
}

impl Kind {
    /// Sound, pictures and events are neither page nor document, however they begin.
    fn refuse_stream(content_type: Option<&str>) -> Result<(), Error> {
        let essence = essence(content_type);
        let kind = essence.split('/').next().unwrap_or_default();
        // Some feeds are sent as a picture's cousin, SVG's type; it is XML.
        let is_stream = matches!(kind, "video" | "audio" | "font")
            || kind == "image" && !essence.ends_with("xml")
            || essence == "text/event-stream";
        if is_stream { Err(Error::ContentType(named(&essence))) } else { Ok(()) }
    }

    /// By the header, and by the first bytes where the header is missing or says only "XML" or
    /// "bytes".
    fn of(content_type: Option<&str>, body: &[u8]) -> Result<Self, Error> {
        let essence = essence(content_type);
        if let Some(binary) = binary(body) {
            return Err(Error::ContentType(format!("{} over {binary}", named(&essence))));
        }
        match essence.as_str() {
            "text/html" | "application/xhtml+xml" | "application/vnd.wap.xhtml+xml" => {
                // Feeds are sent as HTML often enough.
                if sniff(body) == Some(Sniffed::Feed) { Err(Error::Feed) } else { Ok(Self::Html) }
            }
            "application/rss+xml"
            | "application/atom+xml"
            | "application/rdf+xml"
            | "application/feed+json" => Err(Error::Feed),
            "text/xml"
            | "application/xml"
            | ""
            | "application/octet-stream"
            | "text/plain"
            | "application/x-unknown"
            | "unknown/unknown" => match sniff(body) {
                Some(Sniffed::Html) => Ok(Self::Html),
                Some(Sniffed::Feed) => Err(Error::Feed),
                None if essence == "text/plain" => Ok(Self::Text),
                None => Err(Error::ContentType(named(&essence))),
            },
            _ => Err(Error::ContentType(named(&essence))),
        }
    }
}

/// The first media type of a header, without its parameters: some say the same one twice.
fn essence(content_type: Option<&str>) -> String {
    let full = content_type.unwrap_or_default();
    full.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Refuses by the headers alone what can't be a page: a broadcast has no end to wait for.
pub(super) fn may_be_page(content_type: Option<&str>) -> Result<(), Error> {
    Kind::refuse_stream(content_type)?;
    let essence = essence(content_type);
    let is_page = matches!(
        essence.as_str(),
        "" | "application/octet-stream"
            | "application/x-unknown"
            | "unknown/unknown"
            | "text/plain"
            | "text/html"
    ) || essence.ends_with("xml");
    match essence.as_str() {
        "application/rss+xml"
        | "application/atom+xml"
        | "application/rdf+xml"
        | "application/feed+json" => Err(Error::Feed),
        _ if is_page => Ok(()),
        _ => Err(Error::ContentType(named(&essence))),
    }
}

/// Refuses by the headers alone what can't be a document.
pub(super) fn may_be_document(content_type: Option<&str>) -> Result<(), Error> {
    Kind::refuse_stream(content_type)
}

/// What a body is by its first bytes, where that is no text (WHATWG MIME Sniffing, 6 and 7).
fn binary(body: &[u8]) -> Option<&'static str> {
    let signatures: [(&[u8], &str); 17] = [
        (b"%PDF-", "pdf"),
        (b"%!PS-Adobe-", "postscript"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"Rar!\x1a\x07", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"OggS\0", "ogg"),
        (b"ID3", "mp3"),
        (b"\x1a\x45\xdf\xa3", "webm"),
        (b"wOF2", "font"),
        (b"wOFF", "font"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    ];
    let riff = |kind: &[u8]| body.starts_with(b"RIFF") && body.get(8..12) == Some(kind);
    if body.get(4..8) == Some(b"ftyp") {
        return Some("mp4");
    }
    if riff(b"WEBP") || riff(b"AVI ") || riff(b"WAVE") {
        return Some("riff");
    }
    signatures.into_iter().find(|(magic, _)| body.starts_with(magic)).map(|(_, name)| name)
}

/// A media type fit for a message.
fn named(essence: &str) -> String {
    if essence.is_empty() {
        return "(none)".to_owned();
    }
    essence.chars().filter(char::is_ascii_graphic).take(100).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sniffed {
    Html,
    Feed,
}

/// Looks at the first element, behind declarations and comments.
fn sniff(body: &[u8]) -> Option<Sniffed> {
    let head = &body[..body.len().min(2048)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!doctype html") {
            return Some(Sniffed::Html);
        } else if rest.starts_with("<!") {
            ">"
        } else {
            break;
        };
        rest = rest.find(end).map_or("", |at| &rest[at + end.len()..]).trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let name = name.split(|c: char| !c.is_ascii_alphanumeric() && c != ':').next()?;
    match name {
        "rss" | "feed" | "rdf:rdf" | "atom:feed" | "urlset" | "sitemapindex" | "opml" => {
            Some(Sniffed::Feed)
        }
        "html" | "head" | "body" | "title" | "meta" | "div" | "p" | "script" | "link" | "style"
        | "article" | "main" | "h1" | "table" => Some(Sniffed::Html),
        _ => None,
    }
}
