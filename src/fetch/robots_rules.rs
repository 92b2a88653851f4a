//! The rules of a robots.txt as they apply to us: whether an address may be asked for, how long to wait between
//! two requests, which sitemaps there are.
//!
//! The file is a stranger's: one with many rules is matched off the reactor, and what rules take in memory is
//! known to those who keep them.

use std::sync::Arc;
use std::time::Duration;

use robotxt::Robots;

use crate::model::WebUrl;
use crate::off_reactor;
use crate::state::Moment;

/// Longest Crawl-delay that is obeyed as given.
const LONGEST_DELAY: Duration = Duration::from_secs(24 * 3600);

/// What a rule and a sitemap take in memory beside their text, with what an allocator takes.
const BYTES_A_RULE: usize = size_of::<robotxt::Rule>() + 16;
const BYTES_A_SITEMAP: usize = size_of::<url::Url>() + 16;

/// Rules up to so many are matched in place; more on a blocking thread.
const RULES_IN_PLACE: usize = 1000;

/// An origin's rules as they apply to us.
#[derive(Clone, Debug)]
pub(super) enum Rules {
    /// The file, or its absence.
    Known(Arc<Robots>),
    /// Disallowed until then.
    Unreachable {
        until: Moment,
        /// Why it could not be had, where that is known.
        cause: Option<String>,
    },
}

impl Rules {
    /// Whether a URL may be fetched.
    pub(super) async fn allow(&self, url: &WebUrl) -> bool {
        match self {
            Self::Unreachable { .. } => false,
            Self::Known(robots) if robots.rules().len() <= RULES_IN_PLACE => {
                is_allowed(robots, url)
            }
            Self::Known(robots) => {
                let (robots, url) = (Arc::clone(robots), url.clone());
                off_reactor::blocking(move || is_allowed(&robots, &url)).await
            }
        }
    }

    /// The sitemaps that the file names.
    pub(super) fn sitemaps(&self) -> Vec<WebUrl> {
        match self {
            Self::Known(robots) => {
                let urls = robots.sitemaps().iter();
                urls.filter_map(|url| WebUrl::try_from(url.clone()).ok()).collect()
            }
            Self::Unreachable { .. } => Vec::new(),
        }
    }

    /// What the rules take in memory, in bytes: of a file that compresses well many times its size in
    /// the bucket.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Known(robots) => {
                let rules = robots.rules().iter();
                let rules = rules.map(|rule| BYTES_A_RULE + rule.pattern().len()).sum::<usize>();
                let sitemaps = robots.sitemaps().iter();
                let sitemaps = sitemaps.map(|url| BYTES_A_SITEMAP + url.as_str().len());
                rules + sitemaps.sum::<usize>()
            }
            Self::Unreachable { .. } => 0,
        }
    }

    /// The delay between requests that the file asks for.
    pub(super) fn crawl_delay(&self) -> Duration {
        match self {
            Self::Known(robots) => robots.crawl_delay().unwrap_or_default().min(LONGEST_DELAY),
            Self::Unreachable { .. } => Duration::ZERO,
        }
    }
}

/// Whether the rules allow a URL. A rule means a `*` or `$` in an address by `%2A` or `%24`
/// (RFC 9309, 2.2.3), and some files write a `$` inside a path as it is: either spelling fits.
fn is_allowed(robots: &Robots, url: &WebUrl) -> bool {
    let url = url.as_url();
    let mut path = url[url::Position::BeforePath..url::Position::AfterQuery].as_bytes().to_vec();
    let length = unescape(&mut path);
    path.truncate(length);
    // What is no UTF-8 was escaped before, and is still.
    let path = &*String::from_utf8_lossy(&path);
    if !path.contains(['*', '$']) {
        return robots.is_allowed(path);
    }
    let encoded = path.replace('*', "%2A").replace('$', "%24");
    // The rule that wins comes first.
    let mut rules = robots.rules().iter();
    let rule = rules.find(|rule| rule.is_match(path) || rule.is_match(&encoded));
    rule.is_none_or(robotxt::Rule::is_allow)
}

/// The file as it is parsed: agents by their token, rules in one spelling, groups whole.
pub(super) fn prepared(mut text: Vec<u8>) -> Vec<u8> {
    for line in text.split_mut(|b| matches!(b, b'\n' | b'\r')) {
        let Some(colon) = line.iter().position(|&b| b == b':') else { continue };
        let value = &mut line[colon + 1..];
        let start = value.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        // Addresses of sitemaps begin otherwise.
        if matches!(value.get(start), Some(b'/' | b'*')) {
            let end = value.iter().position(|&b| b == b'#').unwrap_or(value.len());
            let rule = &mut value[start..end];
            let length = unescape(rule);
            rule[length..].fill(b' ');
        }
    }
    whole_groups(&bare_tokens(text))
}

/// Undoes, in place, the escapes of printable ASCII that mean the same as what they stand for, as both sides
/// of a comparison are to be (RFC 9309, 2.2.2); gives the new length. Left are those of `%`, `*`, `$`, `#`,
/// of characters that URLs escape, and of what parts a path or a query.
fn unescape(text: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    let mut in_query = false;
    while from < text.len() {
        let digit = |at: usize| text.get(at).and_then(|b| char::from(*b).to_digit(16));
        let octet = match (text[from], digit(from + 1), digit(from + 2)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        let kept = if in_query { &b"&=+"[..] } else { &b"/?"[..] };
        let is_same =
            |b: &u8| b.is_ascii_graphic() && !b"%*$#\"<>`{}".contains(b) && !kept.contains(b);
        let (byte, length) = match octet.filter(is_same) {
            Some(octet) => (octet, 3),
            None => (text[from], 1),
        };
        in_query |= length == 1 && byte == b'?';
        text[to] = byte;
        (from, to) = (from + length, to + 1);
    }
    to
}

/// The file with every `Crawl-delay` that stands right between two `User-agent` lines put behind the second:
/// it is no rule, and ends no group (RFC 9309, 2.2.4). A blank line may: many files mean it so.
fn whole_groups(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 1);
    let (mut delays, mut in_agents): (Vec<&[u8]>, bool) = (Vec::new(), false);
    let mut rest = text;
    while !rest.is_empty() {
        let length = memchr::memchr2(b'\n', b'\r', rest)
            .map_or(rest.len(), |end| end + if rest[end..].starts_with(b"\r\n") { 2 } else { 1 });
        let (line, after) = rest.split_at(length);
        rest = after;
        let key = line.split(|&b| b == b':').next().unwrap_or_default();
        let key = key.strip_prefix(b"\xef\xbb\xbf").unwrap_or(key).trim_ascii();
        if in_agents && key.eq_ignore_ascii_case(b"crawl-delay") {
            delays.push(line);
            continue;
        }
        in_agents = key.eq_ignore_ascii_case(b"user-agent");
        if !in_agents {
            put(&mut out, &mut delays);
        }
        out.extend_from_slice(line);
    }
    put(&mut out, &mut delays);
    out
}

fn put(out: &mut Vec<u8>, lines: &mut Vec<&[u8]>) {
    for line in lines.drain(..) {
        if out.last().is_some_and(|b| !matches!(b, b'\n' | b'\r')) {
            out.push(b'\n');
        }
        out.extend_from_slice(line);
    }
}

/// The file with every `User-agent` cut to its product token, as robots of search engines read it:
/// who writes `news-ingest/1.0`, copied from a log, means us. What is cut becomes spaces, so that the
/// parser's limit falls where it did.
fn bare_tokens(mut text: Vec<u8>) -> Vec<u8> {
    const BOM: &[u8] = b"\xef\xbb\xbf";
    let token = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_');
    for line in text.split_mut(|b| matches!(b, b'\n' | b'\r')) {
        let Some(colon) = line.iter().position(|&b| b == b':') else { continue };
        let key = line[..colon].strip_prefix(BOM).unwrap_or(&line[..colon]).trim_ascii();
        if !key.eq_ignore_ascii_case(b"user-agent") {
            continue;
        }
        let value = &mut line[colon + 1..];
        let lead = value.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let length = value[lead..].iter().take_while(|b| token(b)).count();
        if length > 0 {
            value[lead + length..].fill(b' ');
        }
    }
    text
}

/// What `make fuzz` calls.
#[cfg(feature = "tools")]
pub(super) fn fuzz(file: &[u8]) {
    let robots = Robots::parse(&prepared(file.to_vec()), "news-ingest");
    for path in ["", "a/b?c=%2A", "%E4%BA%BA"] {
        let url = WebUrl::parse(&format!("https://www.example.org/{path}")).expect("a URL");
        let _ = is_allowed(&robots, &url);
    }
    let rules = Rules::Known(Arc::new(robots));
    let _ = (rules.crawl_delay(), rules.sitemaps(), rules.bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &[u8], path: &str) -> bool {
        let url = WebUrl::parse(&format!("https://ex.com{path}")).unwrap();
        is_allowed(&Robots::parse(&prepared(text.to_vec()), "news-ingest"), &url)
    }

    #[test]
    fn the_group_is_chosen_by_product_token() {
        for (agent, is_us) in [
            ("news-ingest", true),
            ("News-Ingest", true),
            ("news-ingest/1.0", true),
            ("  news-ingest/0.1.0 (+https://ex.com)", true),
            ("news-ingest # us", true),
            ("news", false),
            ("news-ingest-images", false),
            ("ingest", false),
            ("Mozilla/5.0 (compatible; news-ingest/1.0)", false),
            ("", false),
        ] {
            let text = format!("User-agent: {agent}\nDisallow: /\n");
            assert_eq!(!allowed(text.as_bytes(), "/a"), is_us, "{agent:?}");
        }
        // A group of our own replaces that of everybody; several of our own are one.
        let own = b"User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: news-ingest\n\
            Disallow: /a\n\nUser-agent: NEWS-INGEST\nDisallow: /b\n";
        assert_eq!(["/a", "/b", "/c"].map(|p| allowed(own, p)), [false, false, true]);
    }

    #[test]
    fn rules_are_matched_as_the_rfc_says() {
        let text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\nDisallow: /same\n\
            Allow: /same\nDisallow: /stra\u{df}e\nDisallow: /%7Ejoe\nDisallow: /q?x=\n";
        for (path, expected) in [
            ("/", true),
            ("/a", false),
            ("/a/c", false),
            ("/a/b/c", true),
            ("/x.pdf", false),
            ("/x.pdf?y", true),
            ("/same", true),
            ("/stra%C3%9Fe", false),
            ("/~joe/1", false),
            ("/q?x=1", false),
            ("/q?y=1", true),
            ("/A", true),
            ("/robots.txt", true),
        ] {
            assert_eq!(allowed(text.as_bytes(), path), expected, "{path}");
        }
    }

    #[test]
    fn percent_encoded_stars_and_dollars_match_literally() {
        let text =
            b"User-agent: *\nDisallow: /a%2Ab\nDisallow: /c%24\nDisallow: /d$e\nDisallow: /f$\n\
            Disallow: /g*h";
        let robots = Robots::parse(text, "news-ingest");
        for (path, expected) in [
            ("/a*b", false),
            ("/a%2ab", false),
            ("/axb", true),
            ("/c$", false),
            ("/c$d", false),
            ("/c", true),
            ("/d$e", false),
            ("/f", false),
            ("/f$", true),
            ("/g*h", false),
            ("/g**/h?*", false),
            ("/?q=*", true),
        ] {
            let url = WebUrl::parse(&format!("https://ex.com{path}")).unwrap();
            assert_eq!(is_allowed(&robots, &url), expected, "{path}");
        }
    }

    #[test]
    fn escapes_are_compared_by_what_they_stand_for() {
        for (rule, path, is_match) in [
            ("/foo/bar?baz=quz", "/foo/bar?baz=quz", true),
            ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", true),
            ("/foo/bar?baz=https%3a%2f%2ffoo.bar", "/foo/bar?baz=https://foo.bar", true),
            ("/foo/bar/\u{30c4}", "/foo/bar/%E3%83%84", true),
            ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", true),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz", true),
            ("/a|b", "/a%7Cb", true),
            ("/a%7cb # it", "/a|b", true),
            ("/a%2Fb", "/a/b", false),
            ("/a/b", "/a%2fb", false),
            ("/?a%26b", "/?a&b", false),
            ("/a%25b", "/a%25b", true),
        ] {
            let text = format!("User-agent: *\nDisallow: {rule}\n");
            assert_eq!(!allowed(text.as_bytes(), path), is_match, "{rule} {path}");
        }
    }

    #[test]
    fn a_crawl_delay_between_agents_ends_no_group() {
        for (text, is_allowed, delay) in [
            ("User-agent: news-ingest\nCrawl-delay: 3\nUser-agent: foo\nDisallow: /", false, 3),
            (
                "User-agent: news-ingest\r\nCrawl-delay: 3\r\nUser-agent: foo\r\nDisallow: /",
                false,
                3,
            ),
            ("User-agent: news-ingest\nCrawl-delay: 3\n\nUser-agent: foo\nDisallow: /", true, 3),
            ("User-agent: foo\nDisallow: /\nUser-agent: news-ingest\nCrawl-delay: 3", true, 3),
            (
                "User-agent: news-ingest\nDisallow: /\nCrawl-delay: 3\nUser-agent: foo\nAllow: /",
                false,
                3,
            ),
        ] {
            assert_eq!(allowed(text.as_bytes(), "/a"), is_allowed, "{text}");
            let robots = Robots::parse(&prepared(text.into()), "news-ingest");
            assert_eq!(robots.crawl_delay(), Some(Duration::from_secs(delay)), "{text}");
        }
    }

    #[test]
    fn rules_count_by_what_they_take_in_memory() {
        let text: String = (0..1000).map(|n| format!("Disallow: /{n}\n")).collect();
        let robots = Robots::parse(format!("User-agent: *\n{text}").as_bytes(), "news-ingest");
        let least = size_of_val(robots.rules());
        let rules = Rules::Known(Arc::new(robots));
        assert!(least > 16_000 && rules.bytes() >= least, "{least} {}", rules.bytes());
    }

    #[test]
    fn odd_files_are_read() {
        for text in [
            &b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /a\r\n"[..],
            b"\xef\xbb\xbfuser-agent: news-ingest/2\rdisallow: /a\r",
            b"USER-AGENT : *\nDISALLOW : /a # no\n",
            b"User-agent: *\nDisallow: /a\nDisallow: /caf\xe9\n\xff\xfe\n",
            b"# no final line end\nUser-agent: *\nDisallow: /a",
        ] {
            let shown = String::from_utf8_lossy(text);
            assert!(!allowed(text, "/a") && allowed(text, "/b"), "{shown:?}");
        }
        for text in [&b""[..], b"<!DOCTYPE html><p>Not found: /a</p>", b"Disallow: /a", b":\n:"] {
            assert!(allowed(text, "/a"), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn crawl_delays_are_seconds_and_nothing_else() {
        let hour = Duration::from_secs(3600);
        for (value, delay) in [
            ("10", Duration::from_secs(10)),
            ("0.5", Duration::from_millis(500)),
            ("-1", Duration::ZERO),
            ("nan", Duration::ZERO),
            ("inf", Duration::ZERO),
            ("1e300", Duration::ZERO),
            ("10s", Duration::ZERO),
            ("999999", 24 * hour),
        ] {
            let text = format!("User-agent: *\nCrawl-delay: {value}");
            let robots = Robots::parse(text.as_bytes(), "news-ingest");
            assert_eq!(Rules::Known(Arc::new(robots)).crawl_delay(), delay, "{value}");
        }
    }
}
