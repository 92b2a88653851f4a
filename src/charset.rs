//! Bytes to text. Everything after this stage is UTF-8.
//!
//! The order is the browsers' (WHATWG "determining the character encoding"): byte order mark, header,
//! `<meta>` or XML declaration, then detection by content. Two lies are so common that they are
//! seen through: UTF-8 pages under a single-byte label (servers' defaults), and legacy pages
//! labelled UTF-8.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED,
};

use super::page_scan::attribute;

/// Where a `<meta>` is looked for, in bytes. The standard says 1,024; pages are sloppier.
const PRESCAN: usize = 4096;

/// How much of a page the detector reads, in bytes.
const DETECT: usize = 256 * 1024;

/// A page's text and the charset it was in.
#[derive(Debug)]
pub(super) struct Decoded {
    pub text: String,
    pub encoding: &'static Encoding,
}

/// Decodes a page.
///
/// `label` is the charset of the `Content-Type` header, `html` whether markup may name one, `host`
/// helps the detector (its top-level domain).
///
/// # Errors
/// With the encoding's name, when it is one that browsers refuse to decode.
pub(super) fn decode(
    bytes: Vec<u8>,
    label: Option<&str>,
    html: bool,
    host: &str,
) -> Result<Decoded, &'static str> {
    if let Some((encoding, bom)) = Encoding::for_bom(&bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[bom..]);
        return Ok(Decoded { text: text.into_owned(), encoding });
    }
    let declared = label
        .and_then(|l| Encoding::for_label(l.as_bytes()))
        .or_else(|| html.then(|| prescan(&bytes)).flatten());
    match declared {
        Some(encoding) if encoding == REPLACEMENT => Err(encoding.name()),
        Some(encoding) if encoding == UTF_8 => Ok(utf_8(bytes, host)),
        // A server's default says less than what the page says of itself.
        Some(encoding)
            if encoding == WINDOWS_1252
                && html
                && std::str::from_utf8(&bytes).is_err()
                && prescan(&bytes).is_some_and(|own| own != encoding && own.is_single_byte()) =>
        {
            let own = prescan(&bytes).unwrap_or(encoding);
            Ok(decode_as(own, &bytes))
        }
        // No text of two-byte characters is valid UTF-8 by accident.
        Some(encoding)
            if !encoding.is_single_byte()
                && encoding != UTF_16LE
                && encoding != UTF_16BE
                && encoding != ISO_2022_JP
                && std::str::from_utf8(&bytes).is_ok() =>
        {
            Ok(Decoded { text: String::from_utf8_lossy(&bytes).into_owned(), encoding: UTF_8 })
        }
        Some(encoding) if encoding.is_single_byte() => match String::from_utf8(bytes) {
            // Legacy text is not valid UTF-8 by accident.
            Ok(text) if !text.is_ascii() => Ok(Decoded { text, encoding: UTF_8 }),
            Ok(text) => Ok(Decoded { text, encoding }),
            Err(not_utf_8) => Ok(decode_as(encoding, not_utf_8.as_bytes())),
        },
        Some(encoding) => Ok(decode_as(encoding, &bytes)),
        None => match String::from_utf8(bytes) {
            Ok(text) => Ok(Decoded { text, encoding: UTF_8 }),
            Err(error) => {
                let bytes = error.into_bytes();
                Ok(decode_as(detect(&bytes, host), &bytes))
            }
        },
    }
}

/// The label of an XML document in UTF-16 without a byte order mark.
pub(super) fn utf_16_xml(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"<\0?\0") || bytes.starts_with(b"<\0r\0") {
        Some("utf-16le")
    } else if bytes.starts_with(b"\0<\0?") || bytes.starts_with(b"\0<\0r") {
        Some("utf-16be")
    } else {
        None
    }
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), encoding }
}

/// Text that is said to be UTF-8. A few broken characters are a cut or a slip; more broken than
/// whole ones are another charset.
fn utf_8(bytes: Vec<u8>, host: &str) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Decoded { text, encoding: UTF_8 },
        Err(error) => error.into_bytes(),
    };
    let (mut broken, mut whole) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        broken += usize::from(!chunk.invalid().is_empty());
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
    }
    if broken > whole { decode_as(detect(&bytes, host), &bytes) } else { decode_as(UTF_8, &bytes) }
}

/// The charset by content. UTF-8 is not considered: whoever calls has seen that it is not.
fn detect(bytes: &[u8], host: &str) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let part = &bytes[..bytes.len().min(DETECT)];
    detector.feed(part, part.len() == bytes.len());
    let tld = host.rsplit('.').next().filter(|t| t.bytes().all(|b| b.is_ascii_lowercase()));
    detector.guess(tld.map(str::as_bytes), Utf8Detection::Deny)
}

/// The charset that markup names near its start.
fn prescan(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN)];
    let head: String = head.iter().map(|&b| char::from(b).to_ascii_lowercase()).collect();
    let found = xml_declaration(&head).or_else(|| meta(&head))?;
    let encoding = Encoding::for_label(found.as_bytes())?;
    // Whoever can read the declaration as ASCII does not read UTF-16 (WHATWG says the same).
    Some(if encoding == UTF_16BE || encoding == UTF_16LE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    })
}

fn xml_declaration(head: &str) -> Option<&str> {
    let declaration = head.trim_start().strip_prefix("<?")?.split("?>").next()?;
    if declaration.starts_with("xml") { attribute(declaration, "encoding") } else { None }
}

fn meta(head: &str) -> Option<&str> {
    let mut rest = head;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end..]);
        } else if rest.starts_with("<meta") {
            let (tag, after) = rest[1..].split_at(rest.find('>').unwrap_or(rest.len()) - 1);
            if let Some(found) = meta_charset(tag) {
                return Some(found);
            }
            rest = after;
        } else {
            rest = &rest[1..];
        }
    }
    None
}

fn meta_charset(tag: &str) -> Option<&str> {
    if let Some(charset) = attribute(tag, "charset") {
        return Some(charset);
    }
    if attribute(tag, "http-equiv") != Some("content-type") {
        return None;
    }
    charset_parameter(attribute(tag, "content")?)
}

/// The `charset` parameter of a media type, in a header or a `<meta>`.
pub(super) fn charset_parameter(media_type: &str) -> Option<&str> {
    let at = media_type.to_ascii_lowercase().find("charset")?;
    let value = media_type[at + "charset".len()..].trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_matches(|c: char| matches!(c, '"' | '\''));
    let value = value.split(|c: char| c == ';' || c == ',' || c.is_ascii_whitespace()).next()?;
    Some(value.trim_matches(|c: char| matches!(c, '"' | '\''))).filter(|v| !v.is_empty())
}
