//! What a body is by its bytes, whatever its answer says: a page, a feed, or something that is no text for
//! readers at all.
//!
//! Formats with a signature are known by it. Everything else that is binary is known by the bytes that no
//! text has (WHATWG MIME Sniffing, 7.1), where no element of HTML stands among them. Data and programs (JSON, CSS,
//! scripts, tables, playlists, keys) are text, and no story: they are told by how they begin or what they
//! are made of, and only where no page follows.

use crate::charset;

/// How much of a body is looked at, in bytes.
const HEAD: usize = 4096;

/// What a body begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sniffed {
    Html,
    Feed,
}

/// What a body is that is no text for readers.
pub(crate) fn other_than_text(body: &[u8]) -> Option<&'static str> {
    if let Some(signed) = signed(body) {
        return Some(signed);
    }
    if is_binary(body) {
        return Some("bytes");
    }
    let head = head(body);
    if head.starts_with('<') || has_elements(&head) {
        return None;
    }
    data(&head, body)
}

/// Whether the bytes are no text, and no page.
pub(crate) fn is_binary(body: &[u8]) -> bool {
    // Of a hundred bytes one may be a slip.
    const SLIPS: usize = 100;
    let head = &body[..body.len().min(HEAD)];
    let is_odd = |b: &&u8| matches!(b, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    signed(body).is_some()
        || head.iter().filter(is_odd).count() > head.len() / SLIPS
            && encoding_rs::Encoding::for_bom(body).is_none()
            && charset::utf_16(body).is_none()
            && !has_elements(&self::head(body))
}

/// What a body is by its signature.
fn signed(body: &[u8]) -> Option<&'static str> {
    let signatures: [(&[u8], &str); 15] = [
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
    // Readers of these look behind what stands before them.
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let lines: [(&[u8], &str); 7] = [
        (b"%PDF-", "pdf"),
        (b"%!PS-Adobe-", "postscript"),
        (b"{\\rtf", "rtf"),
        (b"#EXTM3U", "m3u8"),
        (b"WEBVTT", "vtt"),
        (b"-----BEGIN ", "pem"),
        (b"BEGIN:VC", "calendar"),
    ];
    let found = signatures.into_iter().find(|(magic, _)| body.starts_with(magic));
    let found = found.or_else(|| lines.into_iter().find(|(magic, _)| text.starts_with(magic)));
    found.map(|(_, name)| name)
}

/// The beginning in lower case, without what may stand before a document.
fn head(body: &[u8]) -> String {
    let head = String::from_utf8_lossy(&body[..body.len().min(HEAD)]).to_ascii_lowercase();
    head.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).to_owned()
}

/// Whether there is an element that only a page has.
fn has_elements(head: &str) -> bool {
    ["<!doctype html", "<html", "<head>", "<body", "<p>", "<p ", "<div", "<meta ", "<title>", "<h1"]
        .iter()
        .any(|element| head.contains(element))
}

/// What a text is that no reader reads.
fn data(head: &str, body: &[u8]) -> Option<&'static str> {
    if is_json(head, body) {
        Some("json")
    } else if is_program(head) {
        Some("a program")
    } else if is_table(head) {
        Some("a table")
    } else {
        None
    }
}

/// An object with a field, or a list that is all JSON.
fn is_json(head: &str, body: &[u8]) -> bool {
    let field = || {
        let inside = head.strip_prefix('{')?.trim_start();
        let name = inside.strip_prefix('"')?;
        let end = name.find('"')?;
        Some(name[end + 1..].trim_start().starts_with(':'))
    };
    let whole = || {
        let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
    };
    field().unwrap_or_default() || head.starts_with(['{', '[']) && whole()
}

/// Style sheets and scripts: a text that is full of brackets and semicolons.
fn is_program(head: &str) -> bool {
    /// Share of such characters; prose has one of a hundred at most.
    const SHARE: usize = 25;
    let signs = head.chars().filter(|c| matches!(c, '{' | '}' | ';' | '=' | '(' | ')')).count();
    let has_blocks = head.matches('{').count() >= 2 && head.contains(['}', ';']);
    has_blocks && signs * SHARE >= head.chars().count()
}

/// Lines that are parted alike, by signs without a blank behind them, as prose has it.
fn is_table(head: &str) -> bool {
    const LEAST_LINES: usize = 5;
    let mut lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).collect();
    // It may be cut.
    lines.pop();
    [',', ';', '\t'].iter().any(|sign| {
        let parts = |line: &&str| line.matches(*sign).count();
        let columns = lines.first().map(parts).unwrap_or_default();
        let alike = lines.iter().filter(|line| parts(line) == columns).count();
        let pairs = head.split(*sign).skip(1);
        let open = pairs.clone().filter(|part| part.starts_with([' ', '\n'])).count();
        let is_prose = open * 10 > pairs.count();
        !is_prose && columns >= 2 && lines.len() >= LEAST_LINES && alike * 10 >= lines.len() * 9
    })
}

/// Looks at the first element, behind declarations and comments.
pub(crate) fn element(body: &[u8]) -> Option<Sniffed> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_without_readable_text_is_sniffed_by_bytes() {
        let noise: Vec<u8> =
            (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let with = |head: &[u8]| [head, &noise].concat();
        let object = format!("{{\"body\": \"{}\"}}", "The storm cut power to homes. ".repeat(50));
        let script =
            "!function(a,b){var c=a.d;if(c){b('<i>'+c+'</i>');}}(window,document);".repeat(9);
        for body in [
            noise.clone(),
            with(b"\0\x01\0\0"),
            with(b"MZ\x90\0\x03"),
            b"\xef\xbb\xbf%PDF-1.4\nstream".to_vec(),
            b"\r\n\r\n%PDF-1.4\nstream".to_vec(),
            b"{\\rtf1\\ansi A storm".to_vec(),
            object.into_bytes(),
            b"{\"status\":404,\"error\":\"Not Found\"}".to_vec(),
            b"[1, 2, {\"a\": \"b\"}]".to_vec(),
            script.into_bytes(),
            b"body{color:red;font:12px/1.5 Arial}\n.a:hover{margin:0 auto}\n".repeat(9),
            b"name,town,born\nAnn,Oslo,1980\n".repeat(9),
            b"#EXTM3U\n#EXT-X-VERSION:3\nhttps://ex.com/a.ts".to_vec(),
            b"WEBVTT\n\n00:01.000 --> 00:04.000\nA storm".to_vec(),
            b"-----BEGIN CERTIFICATE-----\nMIIB".to_vec(),
        ] {
            assert!(other_than_text(&body).is_some(), "{:?}", &body[..body.len().min(40)]);
        }
    }

    #[test]
    fn pages_and_plain_texts_stay_what_they_are() {
        let (koi8, ..) =
            encoding_rs::KOI8_R.encode("\u{428}\u{442}\u{43e}\u{440}\u{43c}, 12; (13) \u{2014} 14");
        let (sjis, ..) =
            encoding_rs::SHIFT_JIS.encode("\u{66b4}\u{98a8}\u{96e8}\u{3067}\u{505c}\u{96fb}");
        let utf_16: Vec<u8> = "<p>A storm</p>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for body in [
            b"<html><p>A storm\0 cut power".to_vec(),
            b"<p>\x01\x02\x03\x04\x05\x06\x07</p>".to_vec(),
            b"A storm (the third; so far) cut power, on Monday, to homes = 40,000.\n\n".repeat(20),
            b"[Update] A storm cut power".to_vec(),
            b"A storm\0 cut power to homes on Monday night, and crews worked through the night to restore it. It will last.".to_vec(),
            b"Set {a; b; c} and {d; e} and so on, which is what a long story on sets would say at length, \
              and then much more of it, all in words, for many lines to come, until the end of it.".to_vec(),
            koi8.repeat(20),
            sjis.repeat(20),
            utf_16,
            b"{\"a\":1}<html><body><p>A page".to_vec(),
            b"".to_vec(),
        ] {
            assert_eq!(other_than_text(&body), None, "{:?}", &body[..body.len().min(40)]);
        }
    }
}
