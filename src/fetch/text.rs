//! An answer's bytes to a page's text: media type, charset, walls. Work on large bodies is done off
//! the reactor.

use super::charset::{self, Decoded};
use super::client::Response;
use super::error::Error;
use super::interstitial::{self, Evidence};
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
    /// By the header, and by the first bytes where the header is missing or says only "XML" or
    /// "bytes".
    fn of(content_type: Option<&str>, body: &[u8]) -> Result<Self, Error> {
        let full = content_type.unwrap_or_default();
        let essence = full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
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
