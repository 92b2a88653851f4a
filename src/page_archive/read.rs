//! Reads WARC files into pages: our own and other crawlers', plain or a gzip member per record.
//!
//! One page at a time; memory is bounded by the largest page wanted, larger ones are skipped with a warning. Of other
//! crawlers' files the raw message is the address alone; of ours it is the message that was fetched. A file that ends
//! within a record gives what is whole and then `Cut`, as a killed crawler leaves it; a malformed record ends the
//! reading.

use std::io::{self, BufRead, Read as _};
use std::time::Duration;

use flate2::bufread::MultiGzDecoder;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use crate::model::{Captured, RobotsVerdict, WebUrl};

/// Largest header block of a record, in bytes.
const MAX_HEADERS: usize = 64 << 10;

/// A page of an archive.
#[derive(Debug)]
pub struct Archived {
    /// The raw message that led to it, as JSON: for other crawlers' pages only the address.
    pub message: Vec<u8>,
    /// The page.
    pub page: Captured,
}

/// Why an archive cannot be read on.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file ends within a record, as a killed crawler leaves it.
    #[error("the archive is cut within its record {record}; the {pages} pages before it were read")]
    Cut {
        /// Number of the record, from 1.
        record: u64,
        /// Pages read.
        pages: u64,
    },
    /// The file is no WARC file, or damaged.
    #[error("record {record} of the archive: {what}")]
    Damaged {
        /// Number of the record, from 1.
        record: u64,
        /// What is wrong.
        what: String,
    },
    /// The file cannot be read.
    #[error("record {record} of the archive")]
    Read {
        /// Number of the record, from 1.
        record: u64,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
}

/// Reads pages one by one; memory is bounded by the largest page that is wanted.
pub struct ArchiveReader {
    input: Box<dyn BufRead + Send>,
    max_body: usize,
    record: u64,
    pages: u64,
    /// Of the metadata record before: the response it belongs to, and its JSON.
    about: Option<(String, About)>,
}

impl std::fmt::Debug for ArchiveReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArchiveReader").field("record", &self.record).finish_non_exhaustive()
    }
}

/// What [`super::write`] keeps beside a page.
#[derive(Debug, Deserialize)]
struct About {
    message: serde_json::Map<String, Value>,
    meta: Option<String>,
    fetch: AboutFetch,
}

#[derive(Debug, Deserialize)]
struct AboutFetch {
    hops: u32,
    robots: String,
    ms: u64,
}

/// Our own metadata of a page; `None` for another crawler's. Its id is the story's: where it cannot be read the page would
/// become a story of another key, so that is damage.
fn own_metadata(block: &[u8]) -> Result<Option<About>, Fault> {
    match serde_json::from_slice::<Value>(block) {
        Ok(value) if value["schema"] == super::SCHEMA => serde_json::from_value(value)
            .map(Some)
            .map_err(|error| Fault::Damaged(format!("metadata of a page: {error}"))),
        Ok(_) | Err(_) => Ok(None),
    }
}

/// Name and value of a record's headers, in order; names in lower case.
struct Headers(Vec<(String, String)>);

impl Headers {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the next record is.
enum Next {
    Page(Box<Archived>),
    NoPage,
    /// The file has none.
    End,
}

/// How a part of the file ended.
enum Fault {
    Cut,
    Damaged(String),
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Io(error),
        }
    }
}

impl ArchiveReader {
    /// Whether these first bytes of a file are those of an archive.
    #[must_use]
    pub fn is_archive(head: &[u8]) -> bool {
        head.starts_with(b"WARC/") || head.starts_with(&[0x1f, 0x8b])
    }

    /// Reads `input`, compressed or not. Bodies of more than `max_body` bytes are passed over, with a
    /// warning.
    ///
    /// # Errors
    /// When its first bytes cannot be read.
    pub fn new(mut input: impl BufRead + Send + 'static, max_body: usize) -> io::Result<Self> {
        let compressed = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn BufRead + Send> = if compressed {
            Box::new(io::BufReader::with_capacity(1 << 17, MultiGzDecoder::new(input)))
        } else {
            Box::new(input)
        };
        Ok(Self { input, max_body, record: 0, pages: 0, about: None })
    }

    /// The next page; `None` at the end.
    ///
    /// # Errors
    /// When the file ends within a record, is damaged, or cannot be read. Nothing comes after an error.
    pub fn next_page(&mut self) -> Result<Option<Archived>, ReadError> {
        loop {
            self.record += 1;
            match self.next_record() {
                Ok(Next::End) => return Ok(None),
                Ok(Next::NoPage) => {}
                Ok(Next::Page(page)) => {
                    self.pages += 1;
                    return Ok(Some(*page));
                }
                Err(fault) => return Err(self.error(fault)),
            }
        }
    }

    fn error(&self, fault: Fault) -> ReadError {
        let record = self.record;
        match fault {
            Fault::Cut => ReadError::Cut { record, pages: self.pages },
            Fault::Damaged(what) => ReadError::Damaged { record, what },
            Fault::Io(source) => ReadError::Read { record, source },
        }
    }

    fn next_record(&mut self) -> Result<Next, Fault> {
        let Some(headers) = self.headers()? else { return Ok(Next::End) };
        let length: u64 = headers
            .get("content-length")
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| Fault::Damaged("no Content-Length".to_owned()))?;
        let kind = headers.get("warc-type").unwrap_or_default();
        let wanted = match kind {
            "metadata" => headers.get("content-type") == Some("application/json"),
            "response" => {
                headers.get("content-type").is_some_and(|t| t.starts_with("application/http"))
            }
            _ => false,
        };
        let too_large = length > (self.max_body + MAX_HEADERS) as u64;
        if wanted && too_large {
            let url = headers.get("warc-target-uri").unwrap_or_default();
            tracing::warn!(
                event = "archive_page",
                url,
                bytes = length,
                "larger than a page may be; skipped"
            );
        }
        let block =
            if wanted && !too_large { Some(self.block(length)?) } else { self.skip(length)? };
        self.end_of_record()?;
        let Some(block) = block else { return Ok(Next::NoPage) };
        if kind == "metadata" {
            let to = headers.get("warc-concurrent-to").unwrap_or_default().to_owned();
            self.about = own_metadata(&block)?.map(|about| (to, about));
            return Ok(Next::NoPage);
        }
        let id = headers.get("warc-record-id").unwrap_or_default();
        let about = self.about.take().filter(|(to, _)| to == id).map(|(_, about)| about);
        Ok(archived(&headers, &block, about)
            .map_or(Next::NoPage, |page| Next::Page(Box::new(page))))
    }

    /// A record's headers; `None` at the end of the file.
    fn headers(&mut self) -> Result<Option<Headers>, Fault> {
        let Some(version) = self.line()? else { return Ok(None) };
        if !version.starts_with("WARC/") {
            return Err(Fault::Damaged(format!(
                "it begins with {:?}, not with WARC/",
                version.chars().take(20).collect::<String>()
            )));
        }
        let (mut headers, mut bytes) = (Vec::<(String, String)>::new(), 0);
        loop {
            let line = self.line()?.ok_or(Fault::Cut)?;
            bytes += line.len();
            if bytes > MAX_HEADERS {
                return Err(Fault::Damaged("headers of more than 64 KiB".to_owned()));
            }
            if line.is_empty() {
                return Ok(Some(Headers(headers)));
            }
            match (line.starts_with([' ', '\t']), headers.last_mut()) {
                // The rest of a folded value.
                (true, Some((_, value))) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                _ => {
                    let (name, value) = line.split_once(':').ok_or_else(|| {
                        Fault::Damaged(format!("a header without a colon: {line:?}"))
                    })?;
                    headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
    }

    /// A line without its end; `None` at the end of the file, a fault when that is within the line.
    fn line(&mut self) -> Result<Option<String>, Fault> {
        let mut line = Vec::new();
        self.input.by_ref().take(MAX_HEADERS as u64).read_until(b'\n', &mut line)?;
        match line.last() {
            None => Ok(None),
            Some(b'\n') => {
                line.truncate(line.len() - 1 - usize::from(line.ends_with(b"\r\n")));
                Ok(Some(String::from_utf8_lossy(&line).into_owned()))
            }
            Some(_) if line.len() >= MAX_HEADERS => {
                Err(Fault::Damaged("a line of more than 64 KiB".to_owned()))
            }
            Some(_) => Err(Fault::Cut),
        }
    }

    fn block(&mut self, length: u64) -> Result<Vec<u8>, Fault> {
        let mut block = Vec::new();
        let read = self.input.by_ref().take(length).read_to_end(&mut block)?;
        if read as u64 == length { Ok(block) } else { Err(Fault::Cut) }
    }

    fn skip(&mut self, length: u64) -> Result<Option<Vec<u8>>, Fault> {
        let skipped = io::copy(&mut self.input.by_ref().take(length), &mut io::sink())?;
        if skipped == length { Ok(None) } else { Err(Fault::Cut) }
    }

    fn end_of_record(&mut self) -> Result<(), Fault> {
        let mut end = [0; 4];
        self.input.read_exact(&mut end)?;
        if end == *b"\r\n\r\n" {
            Ok(())
        } else {
            Err(Fault::Damaged("its block is longer than Content-Length says".to_owned()))
        }
    }
}

/// The page of a `response` record; `None` when it is no answer to a request for a web page.
fn archived(headers: &Headers, block: &[u8], about: Option<About>) -> Option<Archived> {
    let url = headers.get("warc-target-uri")?.trim_matches(['<', '>']);
    let final_url = WebUrl::parse(url).ok()?;
    let (status, answer, body) = answer(block)?;
    if (300..400).contains(&status) {
        return None;
    }
    let stated =
        headers.get("warc-date").and_then(|date| OffsetDateTime::parse(date, &Rfc3339).ok());
    let servers = || {
        let date = answer.get(http::header::DATE)?.to_str().ok()?;
        OffsetDateTime::parse(date, &Rfc2822).ok()
    };
    let Some(fetched_at) = stated.or_else(servers) else {
        tracing::warn!(event = "archive_page", url, "no WARC-Date that can be read; skipped");
        return None;
    };
    let asked = about.as_ref().and_then(|about| about.message.get("url")).and_then(Value::as_str);
    let requested_url =
        asked.and_then(|url| WebUrl::parse(url).ok()).unwrap_or_else(|| final_url.clone());
    let fetch = about.as_ref().map(|about| &about.fetch);
    let page = Captured {
        hops: fetch.map_or(0, |fetch| fetch.hops),
        robots: match fetch.map(|fetch| fetch.robots.as_str()) {
            Some("ignored") => RobotsVerdict::Ignored,
            _ => RobotsVerdict::Allowed,
        },
        elapsed: Duration::from_millis(fetch.map_or(0, |fetch| fetch.ms)),
        requested_url,
        final_url,
        status,
        headers: answer,
        body,
        fetched_at,
    };
    Some(Archived { message: message(about, &page), page })
}

/// The raw message as JSON, `meta` put in as its text.
fn message(about: Option<About>, page: &Captured) -> Vec<u8> {
    let Some(About { message, meta, .. }) = about else {
        return serde_json::json!({"url": page.requested_url.as_str()}).to_string().into_bytes();
    };
    let mut text = Value::Object(message).to_string();
    if let Some(meta) = meta {
        text.truncate(text.len() - 1);
        text.push_str(&format!(",\"meta\":{meta}}}"));
    }
    text.into_bytes()
}

/// Status, headers and body of an HTTP answer.
fn answer(block: &[u8]) -> Option<(u16, HeaderMap, Vec<u8>)> {
    let end = memchr::memmem::find(block, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&block[..end]);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name.trim()), HeaderValue::from_str(value.trim()))
        {
            headers.append(name, value);
        }
    }
    Some((status, headers, block[end + 4..].to_vec()))
}
