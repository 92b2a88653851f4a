//! Content codings, undone as the bytes arrive, with the decoded bytes counted.
//!
//! The cap holds for what comes out, not for what comes in: a bomb of any coding is stopped when it
//! has produced the cap's worth of bytes, in constant memory. Two codings upon each other are undone, no more.

use std::io::{self, Write};

use flate2::write::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use thiserror::Error;
use zstd::stream::raw::{DParameter, Operation as _};

/// zstd's largest window for HTTP, 8 MiB (RFC 9659).
const ZSTD_WINDOW_LOG: u32 = 23;

/// First bytes of every gzip member.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The body of a file that is gzip itself, whatever its answer was coded as; any other as it is.
pub(super) fn gunzipped(body: Vec<u8>, limit: u64) -> Result<Vec<u8>, DecodeError> {
    if !body.starts_with(&GZIP_MAGIC) {
        return Ok(body);
    }
    undone(&body, Coding::Gzip, limit)
}

/// Size of the buffers between decoder and output, in bytes.
const BUFFER: usize = 32 * 1024;

/// Why a body could not be decoded.
#[derive(Debug, Error)]
pub(super) enum DecodeError {
    #[error("more than {limit} decoded bytes")]
    TooLarge { limit: u64 },
    #[error("the body is not valid {coding}")]
    Corrupt {
        coding: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("the {coding} body ends early")]
    Truncated { coding: &'static str },
}

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    /// The value of `Accept-Encoding`.
    pub(super) const ACCEPTED: &'static str = "gzip, br, zstd, deflate";

    /// Reads a word of `Content-Encoding`.
    fn parse(word: &str) -> Option<Self> {
        match word {
            "" | "identity" => Some(Self::Identity),
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// The codings of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Codings {
    /// The one to be undone first.
    pub outer: Coding,
    /// The one below it.
    pub inner: Option<Coding>,
    /// Whether there are words that are no coding: servers name charsets, media types or how they store.
    pub has_unknown: bool,
}

impl Codings {
    /// Reads the lines of `Content-Encoding`; `None` when one is a coding that we do not undo, or there
    /// are more than two.
    pub(super) fn parse<T: AsRef<str>>(lines: impl Iterator<Item = T>) -> Option<Self> {
        let mut found = Self { outer: Coding::Identity, inner: None, has_unknown: false };
        for line in lines {
            for word in line.as_ref().split(',') {
                let word = word.trim().to_ascii_lowercase();
                if OTHER_CODINGS.contains(&word.as_str()) {
                    return None;
                }
                match Coding::parse(&word) {
                    Some(Coding::Identity) => {}
                    Some(coding) if found.outer == Coding::Identity => found.outer = coding,
                    Some(coding) if found.inner.is_none() => {
                        // They are named in the order in which they were put on.
                        found.inner = Some(std::mem::replace(&mut found.outer, coding));
                    }
                    Some(_) => return None,
                    None => found.has_unknown = true,
                }
            }
        }
        Some(found)
    }
}

/// Codings that exist (IANA's list and what servers use beside it) and are not undone.
const OTHER_CODINGS: [&str; 11] = [
    "compress",
    "x-compress",
    "bzip2",
    "x-bzip2",
    "lzma",
    "xz",
    "dcb",
    "dcz",
    "sdch",
    "exi",
    "pack200-gzip",
];

/// A whole body without a coding.
pub(super) fn undone(body: &[u8], coding: Coding, limit: u64) -> Result<Vec<u8>, DecodeError> {
    let mut decoder = Decoder::new(coding, limit);
    decoder.push(body)?;
    decoder.finish()
}

/// Collects decoded bytes up to a limit.
#[derive(Debug, Default)]
struct Sink {
    bytes: Vec<u8>,
    limit: usize,
    full: bool,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.limit - self.bytes.len();
        self.bytes.extend_from_slice(&bytes[..room.min(bytes.len())]);
        if bytes.len() > room {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum State {
    /// No coding, or its end has come and what follows is padding.
    Plain(Sink),
    Ended(Sink),
    Gzip(Box<GzDecoder<Sink>>),
    /// A gzip member has ended: two bytes tell a further one from padding, which browsers ignore.
    AfterMember(Sink, Vec<u8>),
    /// `deflate` before its first two bytes: they tell zlib, which the standard means, from raw
    /// deflate, which some servers send.
    Undecided(Sink, Vec<u8>),
    Inflate(Decompress, Sink),
    Brotli(Box<brotli::DecompressorWriter<Sink>>),
    Zstd {
        raw: zstd::stream::raw::Decoder<'static>,
        sink: Sink,
        frame_ended: bool,
    },
}

impl State {
    fn sink(&mut self) -> &mut Sink {
        match self {
            Self::Plain(sink)
            | Self::Ended(sink)
            | Self::AfterMember(sink, _)
            | Self::Undecided(sink, _)
            | Self::Inflate(_, sink)
            | Self::Zstd { sink, .. } => sink,
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Brotli(decoder) => decoder.get_mut(),
        }
    }
}

/// Undoes one coding.
pub(super) struct Decoder {
    coding: Coding,
    limit: u64,
    /// Whether any input has come: a body of no bytes is an empty page in every coding.
    started: bool,
    /// Decoded bytes before the gzip member that is being read, where it is not the first.
    before_member: Option<usize>,
    state: State,
}

impl Decoder {
    /// A decoder that stops at `limit` decoded bytes.
    pub(super) fn new(coding: Coding, limit: u64) -> Self {
        let limit_usize = usize::try_from(limit).unwrap_or(usize::MAX);
        let sink = Sink { limit: limit_usize, ..Sink::default() };
        let state = match coding {
            Coding::Identity => State::Plain(sink),
            Coding::Gzip => State::Gzip(Box::new(GzDecoder::new(sink))),
            Coding::Deflate => State::Undecided(sink, Vec::new()),
            Coding::Brotli => {
                State::Brotli(Box::new(brotli::DecompressorWriter::new(sink, BUFFER)))
            }
            Coding::Zstd => {
                let mut raw = zstd::stream::raw::Decoder::new()
                    .expect("a zstd context without a dictionary is always made");
                raw.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG))
                    .expect("23 is a valid window log");
                State::Zstd { raw, sink, frame_ended: false }
            }
        };
        Self { coding, limit, started: false, before_member: None, state }
    }

    /// Decodes the next bytes. After an error only [`Decoder::into_partial`] makes sense.
    pub(super) fn push(&mut self, mut input: &[u8]) -> Result<(), DecodeError> {
        self.started |= !input.is_empty();
        while !input.is_empty() {
            match self.step(input) {
                Ok(taken) => input = &input[taken..],
                Err(_) if self.state.sink().full => {
                    return Err(DecodeError::TooLarge { limit: self.limit });
                }
                Err(_) if self.is_no_member() => {
                    self.state = State::Ended(std::mem::take(self.state.sink()));
                    return Ok(());
                }
                Err(error) => return Err(self.broken(error)),
            }
        }
        Ok(())
    }

    /// Whether what follows a whole gzip member begins like another and has given nothing: it is padding.
    fn is_no_member(&mut self) -> bool {
        let State::Gzip(decoder) = &mut self.state else { return false };
        // The decoder holds decoded bytes back until then. Of a damaged member this fails, and gives what there was.
        let _ = decoder.flush();
        self.before_member == Some(decoder.get_ref().bytes.len())
    }

    /// Decodes a part of `input` and says how many bytes that were.
    fn step(&mut self, input: &[u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Plain(sink) => sink.write(input),
            State::Ended(_) => Ok(input.len()),
            State::Gzip(decoder) => {
                let taken = decoder.write(input)?;
                if taken == 0 {
                    decoder.try_finish()?;
                    let sink = std::mem::take(decoder.get_mut());
                    self.state = State::AfterMember(sink, Vec::new());
                }
                Ok(taken)
            }
            State::AfterMember(sink, head) => {
                let taken = (2 - head.len()).min(input.len());
                head.extend_from_slice(&input[..taken]);
                if head.len() == 2 {
                    let sink = std::mem::take(sink);
                    if head[..] == GZIP_MAGIC {
                        self.before_member = Some(sink.bytes.len());
                        self.state = State::Gzip(Box::new(GzDecoder::new(sink)));
                        self.step(&GZIP_MAGIC)?;
                    } else {
                        self.state = State::Ended(sink);
                    }
                }
                Ok(taken)
            }
            State::Undecided(sink, head) => {
                let taken = (2 - head.len()).min(input.len());
                head.extend_from_slice(&input[..taken]);
                if let [cmf, flg] = head[..] {
                    let zlib = cmf & 0x0f == 8 && u16::from_be_bytes([cmf, flg]) % 31 == 0;
                    let (head, sink) = (std::mem::take(head), std::mem::take(sink));
                    self.state = State::Inflate(Decompress::new(zlib), sink);
                    self.step(&head)?;
                }
                Ok(taken)
            }
            State::Inflate(raw, sink) => {
                let mut buffer = vec![0; BUFFER];
                let (before_in, before_out) = (raw.total_in(), raw.total_out());
                let mut taken = 0;
                loop {
                    let out_start = raw.total_out();
                    let status =
                        raw.decompress(&input[taken..], &mut buffer, FlushDecompress::None)?;
                    taken = (raw.total_in() - before_in) as usize;
                    let given = (raw.total_out() - out_start) as usize;
                    sink.write_all(&buffer[..given])?;
                    if status == Status::StreamEnd {
                        self.state = State::Ended(std::mem::take(sink));
                        return Ok(taken);
                    }
                    // A full buffer may leave decoded bytes behind.
                    if given < buffer.len() {
                        if taken == 0 && raw.total_out() == before_out {
                            return Err(io::ErrorKind::InvalidData.into());
                        }
                        return Ok(taken);
                    }
                }
            }
            State::Brotli(decoder) => match decoder.write(input)? {
                // The end was reached before this input: it is padding.
                0 => Ok(input.len()),
                taken => Ok(taken),
            },
            State::Zstd { raw, sink, frame_ended } => {
                let mut buffer = vec![0; BUFFER];
                let mut taken = 0;
                loop {
                    let status = raw.run_on_buffers(&input[taken..], &mut buffer)?;
                    taken += status.bytes_read;
                    sink.write_all(&buffer[..status.bytes_written])?;
                    if status.bytes_read > 0 || status.bytes_written > 0 {
                        *frame_ended = status.remaining == 0;
                    }
                    // A full buffer may leave decoded bytes behind.
                    if taken == input.len() && status.bytes_written < buffer.len() {
                        return Ok(taken);
                    }
                }
            }
        }
    }

    /// The decoded bytes, when the input is complete.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, DecodeError> {
        if !self.started {
            return Ok(Vec::new());
        }
        let is_no_member = self.is_no_member();
        let ended = match &mut self.state {
            State::Gzip(_) if is_no_member => true,
            State::Plain(_) | State::Ended(_) | State::AfterMember(..) => true,
            State::Undecided(..) | State::Inflate(..) => false,
            State::Zstd { frame_ended, .. } => *frame_ended,
            // Both may still hold decoded bytes back.
            State::Brotli(decoder) => decoder.close().is_ok(),
            State::Gzip(decoder) => match decoder.try_finish() {
                Ok(()) => true,
                // A trailer that takes no more bytes is whole: its check sum is another text's.
                Err(error) if !decoder.get_ref().full && matches!(decoder.write(&[0]), Ok(0)) => {
                    return Err(self.broken(error));
                }
                Err(_) => false,
            },
        };
        if self.state.sink().full {
            return Err(DecodeError::TooLarge { limit: self.limit });
        }
        if ended {
            Ok(self.into_partial())
        } else {
            Err(DecodeError::Truncated { coding: self.coding.name() })
        }
    }

    /// What has been decoded so far.
    pub(super) fn into_partial(mut self) -> Vec<u8> {
        std::mem::take(&mut self.state.sink().bytes)
    }

    fn broken(&self, source: io::Error) -> DecodeError {
        let coding = self.coding.name();
        match source.kind() {
            io::ErrorKind::UnexpectedEof => DecodeError::Truncated { coding },
            _ => DecodeError::Corrupt { coding, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(coding: Coding, text: &[u8]) -> Vec<u8> {
        match coding {
            Coding::Identity => text.to_vec(),
            Coding::Gzip => {
                let mut w = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                w.write_all(text).unwrap();
                w.finish().unwrap()
            }
            Coding::Deflate => {
                let mut w =
                    flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
                w.write_all(text).unwrap();
                w.finish().unwrap()
            }
            Coding::Brotli => {
                let mut w = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
                w.write_all(text).unwrap();
                w.into_inner()
            }
            Coding::Zstd => zstd::encode_all(text, 3).unwrap(),
        }
    }

    const ALL: [Coding; 5] =
        [Coding::Identity, Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd];

    fn text() -> Vec<u8> {
        (0..40_000u32)
            .flat_map(|n| format!("line {n} of {}\n", n * 7919 % 1013).into_bytes())
            .collect()
    }

    fn decode(
        coding: Coding,
        body: &[u8],
        chunk: usize,
        limit: u64,
    ) -> Result<Vec<u8>, DecodeError> {
        let mut decoder = Decoder::new(coding, limit);
        for part in body.chunks(chunk) {
            decoder.push(part)?;
        }
        decoder.finish()
    }

    #[test]
    fn every_coding_restores_text_in_any_chunks() {
        let text = text();
        for coding in ALL {
            let body = encoded(coding, &text);
            for chunk in [1, 7, 1000, usize::MAX] {
                let back = decode(coding, &body, chunk, 1 << 30).unwrap();
                assert!(back == text, "{coding:?} in chunks of {chunk}");
            }
        }
    }

    #[test]
    fn limit_counts_decoded_bytes_exactly() {
        let text = text();
        for coding in ALL {
            let body = encoded(coding, &text);
            assert!(decode(coding, &body, 4096, text.len() as u64).is_ok(), "{coding:?}");
            let over = decode(coding, &body, 4096, text.len() as u64 - 1);
            assert!(matches!(over, Err(DecodeError::TooLarge { .. })), "{coding:?}: {over:?}");
        }
    }

    #[test]
    fn truncation_is_told_from_corruption() {
        let text = text();
        for coding in &ALL[1..] {
            let body = encoded(*coding, &text);
            for end in [1, 2, 11, body.len() / 2, body.len() - 1] {
                let cut = decode(*coding, &body[..end], 4096, 1 << 30);
                assert!(
                    matches!(cut, Err(DecodeError::Truncated { .. })),
                    "{coding:?} {end} {:?}",
                    cut.map(|b| b.len())
                );
            }
            let broken =
                decode(*coding, b"<!DOCTYPE html><html><body>not compressed", 4096, 1 << 30);
            let named =
                matches!(broken, Err(DecodeError::Corrupt { .. } | DecodeError::Truncated { .. }));
            assert!(named, "{coding:?} {broken:?}");
        }
    }

    #[test]
    fn padding_further_members_and_raw_deflate_are_taken() {
        let mut two = encoded(Coding::Gzip, b"one ");
        two.extend(encoded(Coding::Gzip, b"two"));
        two.extend(b"\0\0\0\0");
        assert_eq!(decode(Coding::Gzip, &two, 5, 100).unwrap(), b"one two");

        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        raw.write_all(b"raw text").unwrap();
        let raw = raw.finish().unwrap();
        for chunk in [1, 100] {
            assert_eq!(decode(Coding::Deflate, &raw, chunk, 100).unwrap(), b"raw text");
        }
    }

    #[test]
    fn every_member_is_read_whatever_its_size() {
        let text = b"The council opened the bridge. ".repeat(3000);
        for cut in [0, 1, 60, text.len() / 2, text.len() - 1, text.len()] {
            let (one, two) = text.split_at(cut);
            let body = [encoded(Coding::Gzip, one), encoded(Coding::Gzip, two)].concat();
            for chunk in [1, 97, 1 << 20] {
                let read = decode(Coding::Gzip, &body, chunk, 1 << 20).unwrap();
                assert!(read == text, "{cut} {chunk}: {} bytes", read.len());
            }
            let broken = decode(Coding::Gzip, &body[..body.len() - 9], 97, 1 << 20);
            let is_whole = matches!(&broken, Ok(read) if two.is_empty() && *read == one);
            assert!(is_whole || broken.is_err(), "{cut}");
        }
    }

    #[test]
    fn what_only_begins_like_a_member_is_padding() {
        for junk in [&b"\x1f\x8bjunkjunk"[..], b"\x1f\x8b", b"\x1f\x8b\x08\0\0", b"\x1f"] {
            let body = [&encoded(Coding::Gzip, b"one")[..], junk].concat();
            for chunk in [1, 5, 1000] {
                assert_eq!(decode(Coding::Gzip, &body, chunk, 100).unwrap(), b"one", "{junk:?}");
            }
        }
    }

    #[test]
    fn words_that_are_no_coding_are_ignored() {
        let parse = |lines: &[&str]| Codings::parse(lines.iter());
        let found = |outer, inner, has_unknown| Some(Codings { outer, inner, has_unknown });
        for (lines, right) in [
            (&[""][..], found(Coding::Identity, None, false)),
            (&["utf8"], found(Coding::Identity, None, true)),
            (&["GZIP, aws-chunked"], found(Coding::Gzip, None, true)),
            (&["gzip,"], found(Coding::Gzip, None, false)),
            (&["identity", "gzip"], found(Coding::Gzip, None, false)),
            (&["deflate, gzip"], found(Coding::Gzip, Some(Coding::Deflate), false)),
            (&["deflate", "gzip, br"], None),
            (&["compress"], None),
        ] {
            assert_eq!(parse(lines), right, "{lines:?}");
        }
    }

    #[test]
    fn every_coding_decodes_no_bytes_as_empty_page() {
        for coding in ALL {
            assert_eq!(decode(coding, b"", 1, 10).unwrap(), b"");
        }
    }
}
