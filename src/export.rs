//! Records as files: zstd-compressed NDJSON, a file an hour, each record in exactly one finished file.
//!
//! A file is written under a name that ends in `.part` and gets its own name when it is complete and on
//! disk: `2026-11-25T14Z.0000000000000101-0000000000000250.ndjson.zst` has the records of one hour, from
//! one sequence of the stream to another. Those names are the only memory there is: a process that starts
//! goes on behind the highest sequence of the finished files and throws away what is half written, so that
//! a kill at any moment neither loses a record nor writes one into two finished files.
//!
//! Refused: a directory that another process is writing to, and one with files of another stream.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// Ending of a finished file.
const FINISHED: &str = ".ndjson.zst";
/// Ending of a file that is being written.
const PART: &str = ".part";
/// Names the stream whose records the directory has.
const LABEL: &str = "export.json";
/// Held locked by the process that writes to the directory.
const LOCK: &str = "export.lock";
/// Compression level of zstd: its default, about 400 MB/s on one core.
const LEVEL: i32 = 3;

/// Why records cannot be written to a directory.
#[derive(Debug, Error)]
pub enum Error {
    /// A file or the directory.
    #[error("{action} {path:?}")]
    File {
        /// What was tried, such as `cannot write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Another process has the lock.
    #[error("another export is writing to {path:?}")]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// The directory has files of another stream, or of one that was recreated since.
    #[error(
        "{path:?} has the records of the stream {found}; this is {wanted}: give each stream a directory of its own"
    )]
    OtherStream {
        /// The directory.
        path: PathBuf,
        /// The stream of the files.
        found: String,
        /// The stream that was to be exported.
        wanted: String,
    },
}

impl Error {
    fn at<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::File { action, path: path.to_owned(), source }
    }
}

/// The stream that is exported. A recreated stream counts from 1 again, so the name alone is not enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Version of this form; 1.
    pub version: u32,
    /// Name of the stream.
    pub stream: String,
    /// When it was created, in Unix nanoseconds.
    pub created: i128,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let created = OffsetDateTime::from_unix_timestamp_nanos(self.created)
            .map_or_else(|_| self.created.to_string(), |at| at.to_string());
        write!(f, "{} created at {created}", self.stream)
    }
}

/// When a file is finished before its hour is over.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of records, before compression.
    pub bytes: u64,
    /// Records.
    pub records: u64,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Where it is.
    pub path: PathBuf,
    /// Its records.
    pub records: u64,
    /// Bytes of its records, before compression.
    pub bytes: u64,
    /// Sequences of its first and last record.
    pub sequences: (u64, u64),
}

/// Writes records to a directory, in the order of their sequences.
#[derive(Debug)]
pub struct Exporter {
    directory: PathBuf,
    limits: Limits,
    next: u64,
    last_hour: Option<OffsetDateTime>,
    open: Option<Part>,
    /// Locked for as long as it is open.
    _lock: File,
}

/// A file that is being written.
struct Part {
    path: PathBuf,
    out: zstd::Encoder<'static, BufWriter<File>>,
    hour: OffsetDateTime,
    first: u64,
    last: u64,
    records: u64,
    bytes: u64,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part")
            .field("path", &self.path)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

impl Exporter {
    /// Opens a directory, made where it is missing; what is half written there is thrown away.
    ///
    /// # Errors
    /// When it cannot be used, is in use, or has the records of another stream.
    pub fn open(directory: &Path, source: &Source, limits: Limits) -> Result<Self, Error> {
        fs::create_dir_all(directory).map_err(Error::at("cannot make the directory", directory))?;
        let lock = lock(directory)?;
        label(directory, source)?;
        let (mut next, mut last_hour) = (1, None);
        for entry in fs::read_dir(directory).map_err(Error::at("cannot read", directory))? {
            let path = entry.map_err(Error::at("cannot read", directory))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.ends_with(PART) {
                fs::remove_file(&path).map_err(Error::at("cannot remove", &path))?;
            } else if let Some((_, last)) = sequences(name) {
                next = next.max(last + 1);
                last_hour = last_hour.max(hour_of(name));
            }
        }
        let directory = directory.to_owned();
        Ok(Self { directory, limits, next, last_hour, open: None, _lock: lock })
    }

    /// The sequence behind the last record that is in a finished file or in the open one; 1 when there is
    /// none.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// End of the hour of the last finished file that was there when it was opened.
    #[must_use]
    pub fn written_until(&self) -> Option<OffsetDateTime> {
        Some(self.last_hour? + time::Duration::hours(1))
    }

    /// Writes a record that was stored in the stream at a time. One that is already written is passed
    /// over. Gives the file that this finished, if it did.
    ///
    /// # Errors
    /// When a file cannot be written; the open one is as good as gone then.
    pub fn write(
        &mut self,
        sequence: u64,
        stored: OffsetDateTime,
        record: &[u8],
    ) -> Result<Option<Finished>, Error> {
        if sequence < self.next {
            return Ok(None);
        }
        let finished = match &self.open {
            Some(part) if part.hour != hour(stored) || part.is_full(self.limits) => {
                self.finish()?
            }
            _ => None,
        };
        let part = match &mut self.open {
            Some(part) => part,
            none => none.insert(Part::create(&self.directory, hour(stored), sequence)?),
        };
        part.write(sequence, record)?;
        self.next = sequence + 1;
        Ok(finished)
    }

    /// Finishes the open file when its hour is over.
    ///
    /// # Errors
    /// As [`Exporter::finish`].
    pub fn tick(&mut self, now: OffsetDateTime) -> Result<Option<Finished>, Error> {
        match &self.open {
            Some(part) if hour(now) > part.hour => self.finish(),
            _ => Ok(None),
        }
    }

    /// Finishes the open file: it is on disk under its own name when this returns.
    ///
    /// # Errors
    /// When it cannot be written to its end.
    pub fn finish(&mut self) -> Result<Option<Finished>, Error> {
        let Some(part) = self.open.take() else { return Ok(None) };
        part.finish(&self.directory).map(Some)
    }
}

impl Part {
    fn create(directory: &Path, hour: OffsetDateTime, first: u64) -> Result<Self, Error> {
        let path = directory.join(format!("{}.{first:016}{FINISHED}{PART}", hour_text(hour)));
        let create = || -> io::Result<_> {
            zstd::Encoder::new(BufWriter::with_capacity(1 << 18, File::create(&path)?), LEVEL)
        };
        let mut out = create().map_err(Error::at("cannot create", &path))?;
        out.include_checksum(true).map_err(Error::at("cannot write", &path))?;
        Ok(Self { path, out, hour, first, last: first, records: 0, bytes: 0 })
    }

    fn is_full(&self, limits: Limits) -> bool {
        self.bytes >= limits.bytes || self.records >= limits.records
    }

    fn write(&mut self, sequence: u64, record: &[u8]) -> Result<(), Error> {
        let mut put = || -> io::Result<()> {
            // A record is one line as workers write it; another program's may not be.
            for piece in record.split(|byte| matches!(byte, b'\n' | b'\r')) {
                self.out.write_all(piece)?;
            }
            self.out.write_all(b"\n")
        };
        put().map_err(Error::at("cannot write", &self.path))?;
        self.last = sequence;
        self.records += 1;
        self.bytes += record.len() as u64 + 1;
        Ok(())
    }

    fn finish(self, directory: &Path) -> Result<Finished, Error> {
        let name =
            format!("{}.{:016}-{:016}{FINISHED}", hour_text(self.hour), self.first, self.last);
        let path = directory.join(name);
        let close = || -> io::Result<()> {
            let file = self.out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            fs::rename(&self.path, &path)?;
            // The new name is on disk, too, before anything is written behind it.
            File::open(directory)?.sync_all()
        };
        close().map_err(Error::at("cannot finish", &path))?;
        Ok(Finished {
            path,
            records: self.records,
            bytes: self.bytes,
            sequences: (self.first, self.last),
        })
    }
}

fn lock(directory: &Path) -> Result<File, Error> {
    let path = directory.join(LOCK);
    let file = File::create(&path).map_err(Error::at("cannot create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Error::Locked { path: directory.to_owned() }),
        Err(fs::TryLockError::Error(source)) => Err(Error::at("cannot lock", &path)(source)),
    }
}

/// Compares the directory's label, or writes it where there is none.
fn label(directory: &Path, source: &Source) -> Result<(), Error> {
    let path = directory.join(LABEL);
    match fs::read(&path) {
        Ok(text) => {
            let found: Source = serde_json::from_slice(&text)
                .map_err(|error| Error::at("cannot read", &path)(error.into()))?;
            if found == *source {
                return Ok(());
            }
            Err(Error::OtherStream {
                path: directory.to_owned(),
                found: found.to_string(),
                wanted: source.to_string(),
            })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = serde_json::to_vec(source).expect("a struct of plain values");
            let new = directory.join(format!("{LABEL}{PART}"));
            let put = || -> io::Result<()> {
                let mut file = File::create(&new)?;
                file.write_all(&text)?;
                file.sync_all()?;
                fs::rename(&new, &path)
            };
            put().map_err(Error::at("cannot write", &path))
        }
        Err(error) => Err(Error::at("cannot read", &path)(error)),
    }
}

fn hour(at: OffsetDateTime) -> OffsetDateTime {
    let at = at.to_offset(time::UtcOffset::UTC);
    at.replace_time(time::Time::from_hms(at.hour(), 0, 0).expect("an hour of a day is a time"))
}

fn hour_text(hour: OffsetDateTime) -> String {
    hour.format(format_description!("[year]-[month]-[day]T[hour]Z")).expect("a year of four digits")
}

/// The hour of a file, by its name.
fn hour_of(name: &str) -> Option<OffsetDateTime> {
    let (hour, _) = name.split_once('.')?;
    let form = format_description!("[year]-[month]-[day]T[hour]Z[minute]");
    // The parser wants a minute.
    PrimitiveDateTime::parse(&format!("{hour}00"), form).ok().map(PrimitiveDateTime::assume_utc)
}

/// First and last sequence of a finished file, by its name.
fn sequences(name: &str) -> Option<(u64, u64)> {
    let (_, range) = name.strip_suffix(FINISHED)?.split_once('.')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const LIMITS: Limits = Limits { bytes: 1 << 20, records: 3 };

    fn source(created: i128) -> Source {
        Source { version: 1, stream: "NEWS_OUT".to_owned(), created }
    }

    fn lines(path: &Path) -> Vec<String> {
        let text = zstd::decode_all(File::open(path).unwrap()).unwrap();
        String::from_utf8(text).unwrap().lines().map(str::to_owned).collect()
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("ndjson"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_named_after_its_hour() {
        let hour = datetime!(2026-11-25 14:00 UTC);
        let name = format!("{}.1-2.ndjson.zst", hour_text(hour));
        assert_eq!(hour_of(&name), Some(hour));
        assert_eq!(hour_of("export.json"), None);
        let directory = tempfile::tempdir().unwrap();
        let opened = || Exporter::open(directory.path(), &source(1), LIMITS).unwrap();
        assert_eq!(opened().written_until(), None);
        fs::write(directory.path().join(name), "").unwrap();
        assert_eq!(opened().written_until(), Some(datetime!(2026-11-25 15:00 UTC)));
    }

    #[test]
    fn files_end_with_their_hour_and_when_full() {
        let directory = tempfile::tempdir().unwrap();
        let mut exporter = Exporter::open(directory.path(), &source(1), LIMITS).unwrap();
        let start = datetime!(2026-11-25 13:59:58 UTC);
        for sequence in 1..=6 {
            let at = start + time::Duration::seconds(i64::try_from(sequence).unwrap());
            exporter.write(sequence * 10, at, format!("{{\"n\":{sequence}}}").as_bytes()).unwrap();
        }
        exporter.finish().unwrap();
        assert_eq!(
            names(directory.path()),
            [
                "2026-11-25T13Z.0000000000000010-0000000000000010.ndjson.zst",
                "2026-11-25T14Z.0000000000000020-0000000000000040.ndjson.zst",
                "2026-11-25T14Z.0000000000000050-0000000000000060.ndjson.zst",
            ]
        );
        let second = directory.path().join(&names(directory.path())[1]);
        assert_eq!(lines(&second), ["{\"n\":2}", "{\"n\":3}", "{\"n\":4}"]);
    }

    #[test]
    fn half_written_records_are_rewritten_and_none_twice() {
        let directory = tempfile::tempdir().unwrap();
        let at = datetime!(2026-11-25 14:00 UTC);
        let mut first = Exporter::open(directory.path(), &source(1), LIMITS).unwrap();
        for sequence in 1..=5 {
            first.write(sequence, at, b"{}").unwrap();
        }
        // As a kill leaves it: three records finished, two in a part.
        drop(first);
        let mut again = Exporter::open(directory.path(), &source(1), LIMITS).unwrap();
        assert_eq!(again.next(), 4);
        for sequence in 2..=5 {
            again.write(sequence, at, b"{}").unwrap();
        }
        let finished = again.tick(at + time::Duration::HOUR).unwrap().unwrap();
        assert_eq!((finished.sequences, finished.records), ((4, 5), 2));
        assert_eq!(names(directory.path()).len(), 2);
    }

    #[test]
    fn a_directory_has_one_stream_and_one_writer() {
        let directory = tempfile::tempdir().unwrap();
        let first = Exporter::open(directory.path(), &source(1), LIMITS).unwrap();
        let busy = Exporter::open(directory.path(), &source(1), LIMITS).unwrap_err();
        assert!(matches!(busy, Error::Locked { .. }), "{busy}");
        drop(first);
        let other = Exporter::open(directory.path(), &source(2), LIMITS).unwrap_err();
        assert!(other.to_string().contains("NEWS_OUT created at"), "{other}");
    }

    #[test]
    fn record_is_one_line_whatever_its_white_space() {
        let directory = tempfile::tempdir().unwrap();
        let mut exporter = Exporter::open(directory.path(), &source(1), LIMITS).unwrap();
        exporter.write(1, datetime!(2026-11-25 14:00 UTC), b"{\r\n \"a\": 1\n}").unwrap();
        let finished = exporter.finish().unwrap().unwrap();
        assert_eq!(lines(&finished.path), ["{ \"a\": 1}"]);
    }
}
