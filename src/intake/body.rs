//! Undoes the `Content-Encoding` of a message's body: gzip, zstd, br, two at most.
//!
//! Bounded by decoded bytes: a bomb costs its limit, no more. Refuses a third encoding, an unknown one and a damaged
//! body. Not shared with `fetch/decode.rs`: a message is whole in memory and its producer can be told, while a site's
//! bytes arrive in pieces and its faults are forgiven.

use std::io::Read;

use bytes::Bytes;

use super::Error;

/// Encodings of one body that are undone. Each costs up to the limit again, and a third is of no use.
const MAX_ENCODINGS: usize = 2;

/// Undoes a `Content-Encoding`; two, comma separated, are undone last to first.
///
/// # Errors
/// When there are more, an encoding is unknown, the data is damaged, or more than `limit` bytes come
/// out.
pub(super) fn decompress(body: Bytes, encodings: &str, limit: usize) -> Result<Bytes, Error> {
    let mut body = body;
    let undone: Vec<&str> = encodings
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
        .collect();
    if undone.len() > MAX_ENCODINGS {
        return Err(Error::ContentEncoding(format!("{} encodings", undone.len())));
    }
    for encoding in undone.into_iter().rev() {
        body = match encoding.to_ascii_lowercase().as_str() {
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
