//! Content codings: pages, bombs, and what is broken.

use super::*;

/// A gibibyte of zeros in a coding, in as few bytes as it takes.
fn bomb(coding: &str) -> Vec<u8> {
    use std::io::Write as _;
    const MIB: usize = 1 << 20;
    let zeros = vec![0; MIB];
    match coding {
        "gzip" | "deflate" | "raw deflate" => {
            // A mebibyte ended by a full flush can be repeated as it is.
            let mut one = Vec::with_capacity(MIB);
            let mut raw = flate2::Compress::new(flate2::Compression::best(), false);
            raw.compress_vec(&zeros, &mut one, flate2::FlushCompress::Full).unwrap();
            let mut body = match coding {
                "gzip" => vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255],
                "deflate" => vec![0x78, 0x9c],
                _ => Vec::new(),
            };
            for _ in 0..1024 {
                body.extend_from_slice(&one);
            }
            body
        }
        "br" => {
            let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 1, 22);
            for _ in 0..1024 {
                writer.write_all(&zeros).unwrap();
            }
            writer.into_inner()
        }
        "zstd" => {
            let mut writer = zstd::Encoder::new(Vec::new(), 1).unwrap();
            for _ in 0..1024 {
                writer.write_all(&zeros).unwrap();
            }
            writer.finish().unwrap()
        }
        other => panic!("{other}"),
    }
}

/// The most memory this process has held, in MiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test]
async fn decompression_bomb_of_every_coding_stops_at_limit() {
    for (coding, most) in [
        ("gzip", 1_200_000),
        ("deflate", 1_200_000),
        ("raw deflate", 1_200_000),
        ("br", 200_000),
        ("zstd", 100_000),
    ] {
        let body = bomb(coding);
        assert!(body.len() < most, "{coding}: {} bytes", body.len());
        let named = coding.trim_start_matches("raw ");
        let answer =
            reply(200, &[("Content-Type", "text/html"), ("Content-Encoding", named)], body);
        assert_eq!(
            ending(fetch_reply(&settings(), answer).await),
            ("too_large", Disposition::Reject),
            "{coding}"
        );
    }
    // All other tests of this program included, far from the gibibyte.
    assert!(peak_memory() < 400, "{} MiB", peak_memory());
}

fn gzipped(text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

fn all(mut from: impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn encoded_pages_are_decoded() {
    let text = story("Encoded");
    let headers = |coding| [("Content-Type", "text/html"), ("Content-Encoding", coding)];
    let mut brotlied = Vec::new();
    brotli::BrotliCompress(
        &mut text.as_bytes(),
        &mut brotlied,
        &brotli::enc::BrotliEncoderParams::default(),
    )
    .unwrap();
    let zlib = flate2::read::ZlibEncoder::new(text.as_bytes(), flate2::Compression::fast());
    let raw = flate2::read::DeflateEncoder::new(text.as_bytes(), flate2::Compression::fast());
    for (coding, body) in [
        ("gzip", gzipped(&text)),
        ("X-GZIP", gzipped(&text)),
        ("deflate", all(zlib)),
        ("deflate", all(raw)),
        ("br", brotlied),
        ("zstd", zstd::encode_all(text.as_bytes(), 3).unwrap()),
    ] {
        let page = fetch_reply(&settings(), reply(200, &headers(coding), body)).await.unwrap();
        assert_eq!(html_text(&page), text, "{coding}");
        assert_eq!(page.fetch.unwrap().bytes, text.len() as u64, "decoded bytes are reported");
    }
}

#[tokio::test]
async fn truncated_and_unknown_encodings_are_named() {
    let headers = |coding| [("Content-Type", "text/html"), ("Content-Encoding", coding)];
    let body = gzipped(&story("Cut"));
    let cut = reply(200, &headers("gzip"), &body[..body.len() / 2]);
    assert_eq!(ending(fetch_reply(&settings(), cut).await), ("truncated", RETRY));
    for (coding, body) in [
        ("gzip", &b"<html>not gzip"[..]),
        ("compress", &b"x"[..]),
        ("gzip, br, zstd", &b"x"[..]),
        ("gzip2", &body[..]),
    ] {
        let answer = reply(200, &headers(coding), body);
        let ended = ending(fetch_reply(&settings(), answer).await);
        assert_eq!(ended, ("encoding", Disposition::Reject), "{coding}");
    }
}

#[tokio::test]
async fn unknown_codings_and_two_codings_are_read() {
    let text = story("Coded");
    let plain = text.as_bytes().to_vec();
    let twice = zstd::encode_all(&gzipped(&text)[..], 3).unwrap();
    for (codings, body) in [
        (&["utf8"][..], plain.clone()),
        (&["iso-8859-1"][..], plain.clone()),
        (&["text/html"][..], plain.clone()),
        (&["null"][..], plain),
        (&["gzip,aws-chunked"][..], gzipped(&text)),
        (&["identity", "gzip"], gzipped(&text)),
        (&["gzip", "zstd"], twice),
    ] {
        let mut headers = vec![("Content-Type", "text/html")];
        headers.extend(codings.iter().map(|coding| ("Content-Encoding", *coding)));
        let page = fetch_reply(&settings(), reply(200, &headers, body)).await.unwrap();
        assert_eq!(html_text(&page), text, "{codings:?}");
    }
}
