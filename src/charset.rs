//! Bytes to text. Everything after this stage is UTF-8.
//!
//! The order is the browsers' (WHATWG "determining the character encoding"): byte order mark, header,
//! `<meta>` or XML declaration, then detection by content. Two lies are so common that they are
//! seen through: UTF-8 pages under a single-byte label (servers' defaults), and legacy pages
//! labelled UTF-8. Nor is UTF-8 taken for a charset of several bytes a character, whatever is said. ISO-2022-JP, which is ASCII by its bytes, is known by its escapes, whatever is said.
//!
//! Pages that were fetched and pages that messages carry are read alike.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_2022_JP, ISO_8859_2, ISO_8859_4, ISO_8859_10, ISO_8859_13, ISO_8859_16,
    REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257,
    WINDOWS_1258, X_USER_DEFINED,
};
use memchr::{memchr, memmem};

use crate::language_table;

/// Where a `<meta>` is looked for, in bytes. The standard says 1,024; pages are sloppier.
const PRESCAN: usize = 4096;

/// How much of a page the detector reads, in bytes.
const DETECT: usize = 256 * 1024;

/// Byte order marks of UTF-32, which no browser reads. One of them begins like that of UTF-16.
const UTF_32_MARKS: [[u8; 4]; 2] = [[0xff, 0xfe, 0, 0], [0, 0, 0xfe, 0xff]];

/// Fewer bytes beyond ASCII leave a guess between tables of Latin letters open.
const FEW: usize = 20;

/// Tables of Latin letters beside that of western Europe.
const OTHER_LATIN: [&Encoding; 9] = [
    WINDOWS_1250,
    WINDOWS_1254,
    WINDOWS_1257,
    WINDOWS_1258,
    ISO_8859_2,
    ISO_8859_4,
    ISO_8859_10,
    ISO_8859_13,
    ISO_8859_16,
];

/// A page's text and the charset it was in.
#[derive(Debug)]
pub(crate) struct Decoded {
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
pub(crate) fn decode(
    bytes: Vec<u8>,
    label: Option<&str>,
    html: bool,
    host: &str,
) -> Result<Decoded, &'static str> {
    if UTF_32_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        return Err("UTF-32");
    }
    if let Some((encoding, bom)) = Encoding::for_bom(&bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[bom..]);
        return Ok(Decoded { text: text.into_owned(), encoding });
    }
    if let Some(encoding) = utf_16(&bytes) {
        return Ok(decode_as(encoding, &bytes));
    }
    if is_iso_2022_jp(&bytes) {
        let (text, encoding, _) = ISO_2022_JP.decode(&bytes);
        return Ok(Decoded { text: text.into_owned(), encoding });
    }
    let declared = label
        .and_then(|l| Encoding::for_label(l.as_bytes()))
        .or_else(|| html.then(|| prescan(&bytes)).flatten());
    match declared {
        Some(encoding) if !encoding.is_single_byte() && is_rather_utf_8(encoding, &bytes, html) => {
            Ok(Decoded { text: String::from_utf8_lossy(&bytes).into_owned(), encoding: UTF_8 })
        }
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
                let encoding =
                    if is_utf_8_with_a_slip(&bytes) { UTF_8 } else { detect(&bytes, host) };
                Ok(decode_as(encoding, &bytes))
            }
        },
    }
}

/// Whether a text that is said to be in a charset of several bytes a character is UTF-8, as far as its bytes tell: no text of
/// two-byte characters is valid UTF-8 by accident. In UTF-16 every sign of markup has a zero byte; ISO-2022 and HZ, some of which
/// browsers do not read, have no byte beyond ASCII.
fn is_rather_utf_8(encoding: &Encoding, bytes: &[u8], html: bool) -> bool {
    /// A shorter text without markup may be valid by accident.
    const LONG: usize = 64;
    if std::str::from_utf8(bytes).is_err() {
        return false;
    }
    if encoding == UTF_16LE || encoding == UTF_16BE {
        (html || bytes.len() >= LONG) && memchr(0, bytes).is_none()
    } else if encoding == ISO_2022_JP || encoding == REPLACEMENT {
        !bytes.is_ascii()
    } else {
        true
    }
}

/// Whether a text is ISO-2022-JP: bytes of ASCII with an escape to two-byte characters, and no fault when it is
/// read so.
fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    let escapes = || memmem::find(bytes, b"\x1b$B").or_else(|| memmem::find(bytes, b"\x1b$@"));
    bytes.is_ascii() && escapes().is_some() && !ISO_2022_JP.decode(bytes).2
}

/// UTF-16 without a byte order mark, by the zeros that every other byte of its markup, digits and spaces is.
/// No text in another charset has so many.
pub(crate) fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    const LOOKED_AT: usize = 1024;
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let zeros = |start: usize| head.iter().skip(start).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let is_every_third = |zeros: usize| zeros >= 4 && zeros * 6 >= head.len();
    if is_every_third(odd) && even * 20 < odd {
        Some(UTF_16LE)
    } else if is_every_third(even) && odd * 20 < even {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The label of an XML document in UTF-16 without a byte order mark.
pub(crate) fn utf_16_xml(bytes: &[u8]) -> Option<&'static str> {
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
    let (broken, whole) = broken_and_whole(&bytes);
    if broken > whole { decode_as(detect(&bytes, host), &bytes) } else { decode_as(UTF_8, &bytes) }
}

/// Whether a text of no declared charset is UTF-8 but for a bad byte here or there, or for its cut end:
/// legacy charsets give whole characters of UTF-8 by accident, and broken ones much more often.
fn is_utf_8_with_a_slip(bytes: &[u8]) -> bool {
    let (broken, whole) = broken_and_whole(bytes);
    whole >= 2 && (broken == 1 || broken * 10 <= whole)
}

/// Sequences that are no character of UTF-8, and characters that are, without those of ASCII.
fn broken_and_whole(bytes: &[u8]) -> (usize, usize) {
    let (mut broken, mut whole) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        broken += usize::from(!chunk.invalid().is_empty());
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
    }
    (broken, whole)
}

/// The charset by content. UTF-8 is not considered: the caller has seen that it is not.
fn detect(bytes: &[u8], host: &str) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let part = &bytes[..bytes.len().min(DETECT)];
    detector.feed(part, part.len() == bytes.len());
    let tld = host.rsplit('.').next().filter(|t| t.bytes().all(|b| b.is_ascii_lowercase()));
    let guessed = detector.guess(tld.map(str::as_bytes), Utf8Detection::Deny);
    // A sign or two are too few to tell the tables of Latin letters apart; the page's language may.
    let few = || bytes.iter().filter(|byte| !byte.is_ascii()).count() < FEW;
    let is_western =
        || declared_language(bytes).is_some_and(|code| language_table::is_western(&code));
    if OTHER_LATIN.contains(&guessed) && few() && is_western() { WINDOWS_1252 } else { guessed }
}

/// The primary tag of the language that the `<html>` names.
fn declared_language(bytes: &[u8]) -> Option<String> {
    let head: String = bytes[..bytes.len().min(PRESCAN)]
        .iter()
        .map(|&b| char::from(b).to_ascii_lowercase())
        .collect();
    let (_, tag) = head.split_once("<html")?;
    let language = attribute(tag.split('>').next()?, "lang")?;
    language.split(['-', '_']).next().map(str::to_owned)
}

/// The charset that markup names near its start.
fn prescan(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN)];
    let head: String = head.iter().map(|&b| char::from(b).to_ascii_lowercase()).collect();
    let found = xml_declaration(&head).or_else(|| meta(&head))?;
    let encoding = Encoding::for_label(found.as_bytes())?;
    // A reader that can read the declaration as ASCII does not read UTF-16 (WHATWG says the same).
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
pub(crate) fn charset_parameter(media_type: &str) -> Option<&str> {
    let at = media_type.to_ascii_lowercase().find("charset")?;
    let value = media_type[at + "charset".len()..].trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_matches(|c: char| matches!(c, '"' | '\''));
    let value = value.split(|c: char| c == ';' || c == ',' || c.is_ascii_whitespace()).next()?;
    Some(value.trim_matches(|c: char| matches!(c, '"' | '\''))).filter(|v| !v.is_empty())
}

/// The value of an attribute in the inside of a tag, name and all.
pub(crate) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let space = |c: char| c.is_ascii_whitespace() || c == '/';
    let mut rest = &tag[tag.find(space)?..];
    loop {
        rest = rest.trim_start_matches(space);
        let end = rest.find(|c: char| space(c) || matches!(c, '=' | '>')).unwrap_or(rest.len());
        let (found, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
            // Without a value, or a stray character where a name should be.
            rest = if found.is_empty() { after.get(1..)? } else { after };
            continue;
        };
        let (value, after) = match value.as_bytes().first() {
            Some(&quote @ (b'"' | b'\'')) => {
                let value = &value[1..];
                let end = memchr(quote, value.as_bytes()).unwrap_or(value.len());
                (&value[..end], value.get(end + 1..).unwrap_or_default())
            }
            _ => {
                let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>');
                value.split_at(end.unwrap_or(value.len()))
            }
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value.trim());
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_in_every_spelling_outside_values() {
        let tag = "meta data-x name = \"a b\" CONTENT='x; charset=y' charset=utf-8 / title=''";
        assert_eq!(attribute(tag, "name"), Some("a b"));
        assert_eq!(attribute(tag, "content"), Some("x; charset=y"));
        assert_eq!(attribute(tag, "charset"), Some("utf-8"));
        assert_eq!(attribute(tag, "title"), Some(""));
        assert_eq!(attribute(tag, "data-x"), None);
        assert_eq!(attribute(tag, "meta"), None);
        for broken in ["meta", "meta ", "meta =", "meta = =x", "meta \u{e9}=\u{e9} >", "a name=\"x"]
        {
            assert!(attribute(broken, "content").is_none(), "{broken}");
        }
    }

    #[test]
    fn iso_2022_jp_escapes_override_the_declared_charset() {
        let text = "\u{6a4b}\u{306f}\u{79cb}\u{307e}\u{3067}\u{9589}\u{9396}";
        let (bytes, _, _) = ISO_2022_JP.encode(text);
        let page = [b"<p>The bridge: ", &*bytes, b"</p>"].concat();
        for label in [None, Some("utf-8"), Some("shift_jis"), Some("iso-2022-jp")] {
            let decoded = decode(page.clone(), label, true, "ex.jp").unwrap();
            assert!(decoded.text.contains(text), "{label:?}: {}", decoded.text);
            assert_eq!(decoded.encoding, ISO_2022_JP);
        }
        let ascii = decode(b"an escape \x1b[0m and $B".to_vec(), None, true, "ex.com").unwrap();
        assert_eq!(ascii.encoding, UTF_8);
    }

    #[test]
    fn utf_8_with_a_slip_stays_utf_8() {
        let title = "<h1>Sturm f\u{e4}llt B\u{e4}ume</h1>";
        let cut = format!("{title}<!-- \u{e9}");
        let bad = [title.as_bytes(), b"Mon\xa0day"].concat();
        for page in [&cut.as_bytes()[..cut.len() - 1], &bad] {
            let decoded = decode(page.to_vec(), None, true, "ex.com").unwrap();
            assert!(decoded.text.starts_with(title), "{}", decoded.text);
            assert_eq!(decoded.encoding, UTF_8);
        }
        for (encoding, text) in [
            (WINDOWS_1252, "Sturm f\u{e4}llt \u{fc}ber K\u{fc}ste \u{2013} schlimm"),
            (
                encoding_rs::WINDOWS_1251,
                "\u{428}\u{442}\u{43e}\u{440}\u{43c} \u{441}\u{43d}\u{435}\u{441} \u{43a}\u{440}\u{44b}\u{448}\u{438} \u{434}\u{43e}\u{43c}\u{43e}\u{432}",
            ),
            (
                encoding_rs::GBK,
                "\u{66b4}\u{98ce}\u{88ad}\u{51fb}\u{6d77}\u{5cb8}\u{9020}\u{6210}\u{505c}\u{7535}\u{591a}\u{4eba}\u{53d7}\u{4f24}",
            ),
        ] {
            let (bytes, ..) = encoding.encode(text);
            let decoded = decode(bytes.into_owned(), None, true, "ex.com").unwrap();
            assert_ne!(decoded.encoding, UTF_8, "{text}");
        }
    }

    #[test]
    fn utf_8_is_seen_through_false_labels() {
        let page = "<html><p>The caf\u{e9}\u{2019}s doors are open.</p></html>";
        for label in [
            "utf-16",
            "utf-16be",
            "unicode",
            "ucs-2",
            "iso-2022-jp",
            "iso-2022-kr",
            "hz-gb-2312",
            "gbk",
            "big5",
            "euc-kr",
            "shift_jis",
        ] {
            let decoded = decode(page.into(), Some(label), true, "ex.com").unwrap();
            assert_eq!((decoded.text.as_str(), decoded.encoding), (page, UTF_8), "{label}");
        }
        let shifted = decode(b"<p>\x1b$)C\x0e0!</p>".to_vec(), Some("iso-2022-kr"), true, "ex.com");
        assert_eq!(shifted.unwrap_err(), "replacement");
        let marked = decode(b"\xff\xfe\0\0<\0\0\0".to_vec(), None, true, "ex.com");
        assert_eq!(marked.unwrap_err(), "UTF-32");
        // Two-byte characters without a sign of markup are believed to be what is said of them.
        let little = [0x4e2d_u16, 0x6587].map(u16::to_le_bytes).concat();
        let decoded = decode(little, Some("utf-16"), false, "ex.com").unwrap();
        assert_eq!((decoded.text.as_str(), decoded.encoding), ("\u{4e2d}\u{6587}", UTF_16LE));
    }

    #[test]
    fn utf_16_is_known_without_a_mark() {
        let text = "<html><p>\u{428}\u{442}\u{43e}\u{440}\u{43c} 2026</p></html>";
        let units = || text.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for (bytes, right) in [(little, UTF_16LE), (big, UTF_16BE)] {
            let decoded = decode(bytes, None, true, "ex.com").unwrap();
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text, right));
        }
        assert_eq!(utf_16(b"<p>a\0b\0c</p> and a long text"), None);
    }

    #[test]
    fn single_sign_is_read_by_the_pages_language() {
        for (html, read) in [
            (&b"<html lang=en-GB><p>It cost \xa320m.</p>"[..], "\u{a3}20m"),
            (b"<html lang='da'><p>Troms\xf8 er lukket.</p>", "Troms\u{f8}"),
            // Polish letters are not of western Europe.
            (b"<html lang=pl><p>Ma\xb3y dom i \xb3\xb9ka, kt\xf3r\xb9 wida\xe6.</p>", "Ma\u{142}y"),
        ] {
            let decoded = decode(html.to_vec(), None, true, "ex.example").unwrap();
            assert!(decoded.text.contains(read), "{}: {}", decoded.encoding.name(), decoded.text);
        }
    }
}
