//! Pages into WARC files: a record of each answer as it came, beside it the raw message that led to it.
//!
//! A file that is being written ends in `.open` and counts as whole only without it, so a killed process leaves no file
//! that looks whole and is not. A page that cannot be stored is an error of its story, which waits.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::{SCHEMA, Settings};
use crate::disposition::{Classify, Disposition, Stage};
use crate::model::{Captured, Hints, Identity, Precision, Published};
use crate::mutex::lock;
use crate::off_reactor;

/// Ending of a finished file, and what is behind it while it grows.
const FINISHED: &str = ".warc.gz";
const OPEN: &str = ".open";
/// How long a story waits when its page could not be kept.
const DISK_AWAY: Duration = Duration::from_secs(30);

/// Why a page could not be kept.
#[derive(Debug, Error)]
#[error("cannot write {path:?}")]
pub struct WriteError {
    /// The file or directory.
    pub path: PathBuf,
    /// What went wrong.
    #[source]
    pub source: io::Error,
}

impl Classify for WriteError {
    const STAGE: Stage = Stage::Fetch;

    fn code(&self) -> &'static str {
        "archive_write"
    }

    /// A full disk is the operator's to mend, not the story's fault.
    fn disposition(&self) -> Disposition {
        Disposition::Defer { after: DISK_AWAY }
    }
}

/// Keeps pages. Cheap to clone; clones write to the same file.
#[derive(Clone, Debug)]
pub struct PageArchive(Arc<Mutex<Files>>);

#[derive(Debug)]
struct Files {
    directory: PathBuf,
    max_bytes: u64,
    /// Files begun by this process.
    begun: u32,
    open: Option<Growing>,
}

#[derive(Debug)]
struct Growing {
    path: PathBuf,
    /// Locked for as long as it is open.
    file: File,
    /// Bytes of whole pages.
    bytes: u64,
}

impl PageArchive {
    /// Opens the directory of `settings`, made where it is missing; `None` where none is named. Files that a
    /// killed process left open are finished.
    ///
    /// # Errors
    /// When the directory cannot be used.
    pub fn open(settings: &Settings) -> Result<Option<Self>, WriteError> {
        let Some(directory) = settings.warc_dir.clone() else { return Ok(None) };
        let at = |source| WriteError { path: directory.clone(), source };
        fs::create_dir_all(&directory).map_err(at)?;
        for entry in fs::read_dir(&directory).map_err(at)? {
            let path = entry.map_err(at)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(finished) = name.strip_suffix(OPEN).filter(|name| name.ends_with(FINISHED))
            {
                adopt(&path, &directory.join(finished))?;
            }
        }
        let max_bytes = settings.warc_max_mib << 20;
        let files = Files { directory, max_bytes, begun: 0, open: None };
        Ok(Some(Self(Arc::new(Mutex::new(files)))))
    }

    /// Keeps a page: it is with the operating system when this returns, and on disk when its file is finished.
    ///
    /// # Errors
    /// When it cannot be written; the file is as it was before.
    pub async fn keep(
        &self,
        identity: &Identity,
        hints: &Hints,
        page: Captured,
    ) -> Result<(), WriteError> {
        let files = Arc::clone(&self.0);
        let about = metadata(identity, hints, &page);
        let work = move || {
            let members = members(&about, &page)
                .map_err(|source| WriteError { path: PathBuf::from("a page in memory"), source })?;
            lock(&files).append(&members)
        };
        off_reactor::blocking(work).await
    }

    /// Gives the file that is open its own name, whatever else holds the archive: at the end of a program, whose
    /// tasks may outlive their use.
    ///
    /// # Errors
    /// When it cannot be written to the end; the next start finishes it.
    pub fn finish(&self) -> Result<(), WriteError> {
        lock(&self.0).finish()
    }
}

impl Files {
    fn append(&mut self, members: &[u8]) -> Result<(), WriteError> {
        if self.open.as_ref().is_some_and(|open| open.bytes >= self.max_bytes) {
            self.finish()?;
        }
        let open = match &mut self.open {
            Some(open) => open,
            none => {
                self.begun += 1;
                none.insert(Growing::create(&self.directory, self.begun)?)
            }
        };
        open.append(members)
    }

    fn finish(&mut self) -> Result<(), WriteError> {
        self.open.take().map_or(Ok(()), Growing::finish)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            tracing::warn!(event = "archive_left_open", %error, "the next start finishes the file");
        }
    }
}

impl Growing {
    fn create(directory: &Path, number: u32) -> Result<Self, WriteError> {
        let now = OffsetDateTime::now_utc()
            .format(format_description!("[year][month][day]T[hour][minute][second]Z"))
            .expect("a year of four digits");
        let name = format!("news-ingest-{now}-{}-{number:05}{FINISHED}{OPEN}", std::process::id());
        let path = directory.join(name);
        let create = || -> io::Result<File> {
            let file = File::options().write(true).create_new(true).open(&path)?;
            file.try_lock().map_err(io::Error::from)?;
            Ok(file)
        };
        let file = create().map_err(|source| WriteError { path: path.clone(), source })?;
        let mut growing = Self { path, file, bytes: 0 };
        let info = gzip(&record(
            "warcinfo",
            &record_id(),
            &Rfc3339Date(OffsetDateTime::now_utc()).to_string(),
            &[("Content-Type", "application/warc-fields")],
            format!(
                "software: news-ingest/{}\r\nformat: WARC File Format 1.1\r\n",
                env!("CARGO_PKG_VERSION")
            )
            .as_bytes(),
        ));
        growing
            .append(&info.map_err(|source| WriteError { path: growing.path.clone(), source })?)?;
        Ok(growing)
    }

    /// Writes whole members, or nothing.
    fn append(&mut self, members: &[u8]) -> Result<(), WriteError> {
        let written = self.file.write_all(members);
        written.map_err(|source| {
            // What a full disk took of it is taken back, so that the next page begins where this one did.
            let back = self.file.set_len(self.bytes).and_then(|()| {
                io::Seek::seek(&mut self.file, io::SeekFrom::Start(self.bytes)).map(drop)
            });
            if let Err(error) = back {
                tracing::warn!(event = "archive_torn", path = %self.path.display(), %error, "a page is cut in its archive");
            }
            WriteError { path: self.path.clone(), source }
        })?;
        self.bytes += members.len() as u64;
        Ok(())
    }

    fn finish(self) -> Result<(), WriteError> {
        let finished = self.path.with_extension("");
        let close = || -> io::Result<()> {
            self.file.sync_all()?;
            fs::rename(&self.path, &finished)
        };
        close().map_err(|source| WriteError { path: self.path.clone(), source })
    }
}

/// Finishes a file that is not locked any more.
fn adopt(path: &Path, finished: &Path) -> Result<(), WriteError> {
    let at = |source| WriteError { path: path.to_owned(), source };
    let file = File::open(path).map_err(at)?;
    match file.try_lock() {
        Ok(()) => fs::rename(path, finished).map_err(at),
        // Another worker is still writing to it.
        Err(fs::TryLockError::WouldBlock) => Ok(()),
        Err(fs::TryLockError::Error(source)) => Err(at(source)),
    }
}

/// The raw message again, and what the fetch was.
fn metadata(identity: &Identity, hints: &Hints, page: &Captured) -> Value {
    let published = hints.date_published.map(published_text);
    let mut message = json!({
        "id": identity.id().as_str(),
        "url": page.requested_url.as_str(),
        "title": hints.title,
        "datePublished": published,
        "inLanguage": hints.in_language,
        "byline": hints.byline,
        "section": hints.section,
        "keywords": hints.keywords,
    });
    if let Some(revision) = identity.revision() {
        message["revision"] = revision.as_str().into();
    }
    if let Some(publisher) = &hints.publisher {
        message["publisher"] = json!({"name": publisher.name, "domain": publisher.domain});
    }
    json!({
        "schema": SCHEMA,
        "message": message,
        "meta": hints.meta.as_ref().map(crate::model::JsonObject::as_str),
        "fetch": {
            "finalUrl": page.final_url.as_str(),
            "hops": page.hops,
            "robots": page.robots.as_str(),
            "ms": u64::try_from(page.elapsed.as_millis()).unwrap_or(u64::MAX),
        },
    })
}

fn published_text(published: Published) -> String {
    let text = match published.precision {
        Precision::Day => published.at.format(format_description!("[year]-[month]-[day]")),
        Precision::Minute => published.at.format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute][offset_hour sign:mandatory]:[offset_minute]"
        )),
        Precision::Second => published.at.format(&Rfc3339),
    };
    text.expect("a year of four digits")
}

/// A page's two records, each compressed by itself.
fn members(about: &Value, page: &Captured) -> io::Result<Vec<u8>> {
    let date = Rfc3339Date(page.fetched_at).to_string();
    let (about_id, response_id) = (record_id(), record_id());
    let about = RawValue::from_string(about.to_string())?;
    let about = record(
        "metadata",
        &about_id,
        &date,
        &[
            ("WARC-Target-URI", page.final_url.as_str()),
            ("WARC-Concurrent-To", &response_id),
            ("Content-Type", "application/json"),
        ],
        about.get().as_bytes(),
    );
    let response = record(
        "response",
        &response_id,
        &date,
        &[
            ("WARC-Target-URI", page.final_url.as_str()),
            ("WARC-Concurrent-To", &about_id),
            ("Content-Type", "application/http;msgtype=response"),
        ],
        &http(page),
    );
    let mut members = gzip(&about)?;
    members.extend(gzip(&response)?);
    Ok(members)
}

/// The answer as HTTP/1.1 has it, whatever version it came in, with the body's length as it is here.
fn http(page: &Captured) -> Vec<u8> {
    let reason = http::StatusCode::from_u16(page.status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let mut out = format!("HTTP/1.1 {} {reason}\r\n", page.status).into_bytes();
    for (name, value) in &page.headers {
        let undone = ["content-encoding", "transfer-encoding", "content-length", "connection"];
        if !undone.contains(&name.as_str()) {
            out.extend(name.as_str().as_bytes());
            out.extend(b": ");
            out.extend(value.as_bytes());
            out.extend(b"\r\n");
        }
    }
    out.extend(format!("content-length: {}\r\n\r\n", page.body.len()).as_bytes());
    out.extend(&page.body);
    out
}

fn record(kind: &str, id: &str, date: &str, headers: &[(&str, &str)], block: &[u8]) -> Vec<u8> {
    let mut out =
        format!("WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {date}\r\n");
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str(&format!("Content-Length: {}\r\n\r\n", block.len()));
    let mut out = out.into_bytes();
    out.extend(block);
    out.extend(b"\r\n\r\n");
    out
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::default());
    out.write_all(bytes)?;
    out.finish()
}

/// A version 4 UUID as a URN in angle brackets, as WARC wants its ids.
fn record_id() -> String {
    let mut bytes: [u8; 16] = rand::random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("<urn:uuid:{}>", parts.join("-"))
}

/// A time in UTC as WARC-Date has it.
struct Rfc3339Date(OffsetDateTime);

impl std::fmt::Display for Rfc3339Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let utc = self.0.to_offset(time::UtcOffset::UTC);
        f.write_str(&utc.format(&Rfc3339).expect("a year of four digits"))
    }
}
