//! Cookies within one walk along redirects.
//!
//! Some publishers set a cookie and redirect to the same address to see whether it comes back; without
//! it the walk is a loop. What a walk was given ends with it: nothing is kept between stories, so no
//! session, meter or identity builds up. A walk that is deferred between two hops takes them along, in the words that are
//! kept with its place at the host.

use data_encoding::BASE64URL_NOPAD;
use http::HeaderMap;
use http::header::SET_COOKIE;
use serde::{Deserialize, Serialize};

use crate::model::WebUrl;

/// Most cookies that a walk carries.
const MOST: usize = 50;

/// Longest cookie, name and value, in bytes (RFC 6265, 6.1).
const LONGEST: usize = 4096;

/// Longest `Cookie` header, in bytes; what does not fit is left out. Servers refuse longer ones.
const LONGEST_HEADER: usize = 8192;

/// The cookies of a walk.
#[derive(Debug, Default)]
pub(super) struct Jar(Vec<Cookie>);

#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Cookie {
    name: String,
    value: String,
    /// The host, and whether its subdomains get the cookie too.
    domain: String,
    subdomains: bool,
    secure: bool,
    /// Where on the host it is for; empty for all of it, as of workers built before paths were kept.
    #[serde(default)]
    path: String,
}

impl Jar {
    /// Takes what an answer sets; says whether anything has changed.
    pub(super) fn take(&mut self, url: &WebUrl, headers: &HeaderMap) -> bool {
        let mut changed = false;
        for value in headers.get_all(SET_COOKIE) {
            // Bytes go back as they came, whatever charset they are in: each is a character here.
            let text: String = value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
            let Some((cookie, expired)) = parse(&text, url) else {
                continue;
            };
            if self.0.contains(&cookie) && !expired {
                continue;
            }
            let same = |c: &Cookie| {
                (&c.name, &c.domain, &c.path) == (&cookie.name, &cookie.domain, &cookie.path)
            };
            let before = self.0.len();
            self.0.retain(|c| !same(c));
            changed |= self.0.len() < before;
            if !expired && self.0.len() < MOST {
                self.0.push(cookie);
                changed = true;
            }
        }
        changed
    }

    /// The cookies in one word, as many as a request may carry; `None` where there are none.
    pub(super) fn word(&self) -> Option<String> {
        let mut room = LONGEST_HEADER;
        let fits = |cookie: &&Cookie| {
            let Cookie { name, value, domain, path, .. } = cookie;
            let length = name.len() + value.len() + domain.len() + path.len();
            let fits = length <= room;
            room -= if fits { length } else { 0 };
            fits
        };
        let kept: Vec<&Cookie> = self.0.iter().filter(fits).collect();
        let json = serde_json::to_vec(&kept).expect("strings and flags are JSON");
        (!kept.is_empty()).then(|| BASE64URL_NOPAD.encode(&json))
    }

    /// Reads what [`Jar::word`] gave.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let json = BASE64URL_NOPAD.decode(word.as_bytes()).ok()?;
        serde_json::from_slice(&json).ok().map(Self)
    }

    /// The `Cookie` header for a URL, a character for each of its bytes.
    pub(super) fn header(&self, url: &WebUrl) -> Option<String> {
        let host = url.host();
        let secure = url.as_url().scheme() == "https";
        let fits = |c: &&Cookie| {
            let below = || host.strip_suffix(c.domain.as_str()).is_some_and(|h| h.ends_with('.'));
            (host == c.domain || (c.subdomains && below()))
                && (secure || !c.secure)
                && is_below(url.as_url().path(), &c.path)
        };
        let mut header = String::new();
        for cookie in self.0.iter().filter(fits) {
            let (name, value) = (&cookie.name, &cookie.value);
            if header.len() + name.len() + value.len() + 3 > LONGEST_HEADER {
                continue;
            }
            let separator = if header.is_empty() { "" } else { "; " };
            let equals = if name.is_empty() { "" } else { "=" };
            header.extend([separator, name, equals, value]);
        }
        (!header.is_empty()).then_some(header)
    }
}

/// A cookie as set by an answer of `url`, and whether that deletes it. `None` when it is malformed, or
/// for a domain that is not the publisher's own.
fn parse(text: &str, url: &WebUrl) -> Option<(Cookie, bool)> {
    let mut parts = text.split(';');
    // Without a name it is a value alone, as browsers have it.
    let first = parts.next()?;
    let (name, value) = first.split_once('=').unwrap_or(("", first));
    let (name, value) = (name.trim(), value.trim());
    if name.len() + value.len() > LONGEST || (name.is_empty() && value.is_empty()) {
        return None;
    }
    let host = url.host();
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.to_owned(),
        domain: host.to_owned(),
        subdomains: false,
        secure: false,
        path: directory(url.as_url().path()).to_owned(),
    };
    // `Max-Age` stands before `Expires` (RFC 6265, 5.3).
    let (mut by_age, mut by_date) = (None, None);
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "secure" => cookie.secure = true,
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "max-age" => by_age = value.parse::<i64>().ok().map(|age| age <= 0).or(by_age),
            "expires" => by_date = is_past(value).or(by_date),
            "domain" => {
                let domain = value.trim_start_matches('.').to_ascii_lowercase();
                let own = WebUrl::parse(&format!("https://{domain}/")).ok()?;
                let above = host.strip_suffix(&domain).is_some_and(|h| h.ends_with('.'));
                if domain != host && !(above && own.same_publisher(url)) {
                    return None;
                }
                (cookie.domain, cookie.subdomains) = (domain, true);
            }
            _ => {}
        }
    }
    Some((cookie, by_age.or(by_date).unwrap_or(false)))
}

/// The path of a cookie that names none: that of the address which set it, up to its last slash (RFC 6265, 5.1.4).
fn directory(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(end) => &path[..end],
    }
}

/// Whether a path is a cookie's or below it (RFC 6265, 5.1.4).
fn is_below(path: &str, of: &str) -> bool {
    path.strip_prefix(of).is_some_and(|rest| {
        rest.is_empty() || of.ends_with('/') || of.is_empty() || rest.starts_with('/')
    })
}

/// Whether a date is over; `01-Jan-1970` is read as `01 Jan 1970`.
fn is_past(date: &str) -> Option<bool> {
    let (weekday, rest) = date.split_once(' ').unwrap_or(("", date));
    let plain = format!("{} {}", weekday, rest.replacen('-', " ", 2));
    let at = httpdate::parse_http_date(date).or_else(|_| httpdate::parse_http_date(&plain)).ok()?;
    Some(at <= std::time::SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> WebUrl {
        WebUrl::parse(text).unwrap()
    }

    fn jar(from: &str, cookies: &[&str]) -> Jar {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie.parse().unwrap());
        }
        let mut jar = Jar::default();
        jar.take(&url(from), &headers);
        jar
    }

    #[test]
    fn cookies_go_back_to_where_they_came_from() {
        let jar =
            jar("https://www.ex.com/", &["a=1; Path=/", "b=2; Domain=.ex.com; Secure", "c=\"3\""]);
        assert_eq!(jar.header(&url("https://www.ex.com/x")).as_deref(), Some("a=1; b=2; c=\"3\""));
        assert_eq!(jar.header(&url("http://www.ex.com/x")).as_deref(), Some("a=1; c=\"3\""));
        assert_eq!(jar.header(&url("https://news.ex.com/")).as_deref(), Some("b=2"));
        assert_eq!(jar.header(&url("https://badex.com/")), None);
        assert_eq!(jar.header(&url("https://ex.org/")), None);
    }

    #[test]
    fn cookies_go_to_their_paths_alone() {
        let jar = jar(
            "https://ex.com/sport/tennis/a",
            &[
                "a=1; Path=/zzz",
                "b=2; Path=/sport",
                "c=3",
                "d=4; Path=/",
                "b=5; Path=/",
                "e=6; Path=x",
            ],
        );
        let sent = |path: &str| jar.header(&url(&format!("https://ex.com{path}")));
        assert_eq!(sent("/zzz/").as_deref(), Some("a=1; d=4; b=5"));
        assert_eq!(sent("/sport").as_deref(), Some("b=2; d=4; b=5"));
        assert_eq!(sent("/sports").as_deref(), Some("d=4; b=5"));
        assert_eq!(sent("/sport/tennis/b").as_deref(), Some("b=2; c=3; d=4; b=5; e=6"));
        // Kept by a worker that knew no paths.
        let kept =
            r#"[{"name":"a","value":"1","domain":"ex.com","subdomains":false,"secure":false}]"#;
        let kept = Jar::of_word(&BASE64URL_NOPAD.encode(kept.as_bytes())).unwrap();
        assert_eq!(kept.header(&url("https://ex.com/b")).as_deref(), Some("a=1"));
    }

    #[test]
    fn cookies_for_others_and_malformed_ones_are_dropped() {
        let others = ["a=1; Domain=other.com", "b=2; Domain=com", "c=3; Domain=co.uk", "", "="];
        assert_eq!(jar("https://www.ex.com/", &others).header(&url("https://www.ex.com/")), None);
        let suffix = jar("https://a.co.uk/", &["c=3; Domain=co.uk"]);
        assert_eq!(suffix.header(&url("https://b.co.uk/")), None);
        for deletion in [
            "a=; Max-Age=0",
            "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "a=; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/",
        ] {
            let gone = jar("https://ex.com/", &["a=1", deletion]);
            assert_eq!(gone.header(&url("https://ex.com/")), None, "{deletion}");
        }
        let kept =
            jar("https://ex.com/", &["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]);
        assert_eq!(kept.header(&url("https://ex.com/")).as_deref(), Some("a=1"));
    }

    #[test]
    fn cookies_go_back_byte_for_byte() {
        let mut headers = HeaderMap::new();
        for bytes in [&b"s=\xe9t\xe9; Path=/"[..], "u=\u{e9}".as_bytes(), b"alone; Path=/", b"=e"] {
            headers.append(SET_COOKIE, http::HeaderValue::from_bytes(bytes).unwrap());
        }
        let mut jar = Jar::default();
        jar.take(&url("https://ex.com/"), &headers);
        // The last one without a name replaces the other.
        let sent = jar.header(&url("https://ex.com/")).unwrap();
        assert_eq!(sent, "s=\u{e9}t\u{e9}; u=\u{c3}\u{a9}; e");
    }

    #[test]
    fn a_jar_comes_back_from_its_word() {
        let kept =
            jar("https://www.ex.com/", &["a=1", "b=\u{e9} 2; Domain=ex.com; Secure", "alone"]);
        let word = kept.word().unwrap();
        assert!(
            word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')),
            "{word}"
        );
        assert_eq!(Jar::of_word(&word).unwrap().0, kept.0);
        assert_eq!(Jar::default().word(), None);
        assert!(Jar::of_word("bm9uZQ").is_none());
        let many: Vec<String> = (0..50).map(|n| format!("c{n}={}", "x".repeat(1000))).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let word = jar("https://ex.com/", &many).word().unwrap();
        assert!(word.len() < 2 * LONGEST_HEADER, "{}", word.len());
    }

    #[test]
    fn a_bomb_of_cookies_is_not_carried_on() {
        let bomb: Vec<String> = (0..200).map(|n| format!("c{n}={}", "x".repeat(1000))).collect();
        let bomb: Vec<&str> = bomb.iter().map(String::as_str).collect();
        let header = jar("https://ex.com/", &bomb).header(&url("https://ex.com/")).unwrap();
        assert!((7000..=LONGEST_HEADER).contains(&header.len()), "{}", header.len());
        let long = format!("c={}", "x".repeat(LONGEST));
        assert_eq!(jar("https://ex.com/", &[&long]).header(&url("https://ex.com/")), None);
    }
}
