//! An answer's bytes to a page's text: media type, charset, walls. Work on large bodies is done off
//! the reactor.

use super::client::Response;
use super::error::Error;
use super::interstitial::{self, Evidence};
use crate::charset::{self, Decoded};
use crate::model::{Access, Content, WebUrl};
use crate::off_reactor;
use crate::sniff::{self, Sniffed};

/// A page as read.
pub(super) struct PageText {
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
) -> Result<PageText, Error> {
    let kind = Kind::of(content_type, &answer.body)?;
    if answer.body.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Empty { status: answer.status.as_u16() });
    }
    let label = content_type.and_then(charset::charset_parameter).map(str::to_owned);
    let (requested, answered) = (requested.clone(), answered.clone());
    let bytes = answer.body.len();
    let read = move || read_text(answer, kind, label.as_deref(), &requested, &answered);
    off_reactor::run(bytes, read).await
}

fn read_text(
    answer: Response,
    kind: Kind,
    label: Option<&str>,
    requested: &WebUrl,
    answered: &WebUrl,
) -> Result<PageText, Error> {
    let Response { headers, body, .. } = answer;
    let Decoded { text, encoding } =
        charset::decode(body, label, kind == Kind::Html, answered.host())
            .map_err(|label| Error::Charset { label })?;
    let charset = encoding.name();
    match kind {
        Kind::Text => Ok(PageText { content: Content::Text(text), charset, access: Access::Free }),
        Kind::Html => {
            let evidence = Evidence { html: &text, requested, answered };
            let access = interstitial::judge(&headers, &evidence).map_err(Error::Wall)?;
            Ok(PageText { content: Content::Html(text), charset, access })
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
        if let Some(other) = sniff::other_than_text(body) {
            return Err(Error::ContentType(format!("{} over {other}", named(&essence))));
        }
        match essence.as_str() {
            "text/html" | "application/xhtml+xml" | "application/vnd.wap.xhtml+xml" => {
                // Feeds are sent as HTML often enough.
                if sniff::element(body) == Some(Sniffed::Feed) {
                    Err(Error::Feed)
                } else {
                    Ok(Self::Html)
                }
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
            | "application/unknown"
            | "unknown/unknown" => match sniff::element(body) {
                Some(Sniffed::Html) => Ok(Self::Html),
                Some(Sniffed::Feed) => Err(Error::Feed),
                None if essence == "text/plain" => Ok(Self::Text),
                None => Err(Error::ContentType(named(&essence))),
            },
            _ => Err(Error::ContentType(named(&essence))),
        }
    }
}

/// The first media type of a header, without its parameters: some say the same one twice, or forget what
/// stands between. Empty for what is none, which says nothing.
fn essence(content_type: Option<&str>) -> String {
    let full = content_type.unwrap_or_default().trim();
    let first = full.split([';', ',', ' ', '\t']).next().unwrap_or_default().to_ascii_lowercase();
    match first.split_once('/') {
        Some((kind, subtype)) if !kind.is_empty() && !subtype.is_empty() => {
            let is_type = kind != "*" && !subtype.contains('/');
            if is_type { first } else { String::new() }
        }
        _ => String::new(),
    }
}

/// Refuses by the headers alone what can't be a page: a broadcast has no end to wait for.
pub(super) fn may_be_page(content_type: Option<&str>) -> Result<(), Error> {
    Kind::refuse_stream(content_type)?;
    let essence = essence(content_type);
    let is_page = matches!(
        essence.as_str(),
        "" | "application/octet-stream"
            | "application/x-unknown"
            | "application/unknown"
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

/// A media type fit for a message.
fn named(essence: &str) -> String {
    if essence.is_empty() {
        return "(none)".to_owned();
    }
    essence.chars().filter(char::is_ascii_graphic).take(100).collect()
}
