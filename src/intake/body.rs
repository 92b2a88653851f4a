//! Decompression of message bodies, bounded by decoded bytes: a bomb costs its limit, no more.

use std::io::Read;

use bytes::Bytes;

use super::Error;

/// Undoes a `Content-Encoding`; several, comma separated, are undone last to first.
///
/// # Errors
/// When an encoding is unknown, the data is damaged, or more than `limit` bytes come out.
pub(super) fn decompress(body: Bytes, encodings: &str, limit: usize) -> Result<Bytes, Error> {
    let mut body = body;
    for encoding in encodings.split(',').rev().map(str::trim).filter(|e| !e.is_empty()) {
        body = match encoding.to_ascii_lowercase().as_str() {
            "identity" => body,
            "gzip" | "x-gzip" => read("gzip", flate2::read::MultiGzDecoder::new(&body[..]), limit)?,
            "zstd" => {
                let decoder = zstd::stream::read::Decoder::new(&body[..])
                    .map_err(|source| Error::Decompress { encoding: "zstd", source })?;
                read("zstd", decoder, limit)?
            }
            "br" => read("br", brotli::Decompressor::new(&body[..], 16 << 10), limit)?,
            _ => return Err(Error::ContentEncoding(encoding.chars().take(40).collect())),
        };
    }
    if body.len() > limit {
        return Err(Error::TooLarge { field: "body", limit });
    }
    Ok(body)
}

fn read(encoding: &'static str, decoder: impl Read, limit: usize) -> Result<Bytes, Error> {
    let mut out = Vec::new();
    decoder
        .take(limit as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|source| Error::Decompress { encoding, source })?;
    if out.len() > limit {
        return Err(Error::TooLarge { field: "body", limit });
    }
    Ok(out.into())
}
