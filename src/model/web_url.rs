//! A URL that a page can have: http or https, with a host, of bounded length.
//!
//! Refuses every other scheme and what no server is asked for, so that nothing behind intake has to. Whether two
//! addresses are one page is decided here alone: by spelling (`normalised`), publisher and canonical link.

use std::fmt;

use thiserror::Error;
use url::Url;

/// Longest URL accepted, in bytes.
const MAX_LEN: usize = 8192;

/// Why a URL was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum UrlError {
    /// Not a URL by the WHATWG rules.
    #[error("not a url: {}", syntax(*.0))]
    Syntax(#[from] url::ParseError),
    /// A scheme that has no pages.
    #[error("scheme {0:?} is not http or https")]
    Scheme(String),
    /// No host, or an empty one.
    #[error("no host")]
    NoHost,
    /// Longer than 8,192 bytes.
    #[error("{bytes} bytes, more than {MAX_LEN}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

/// What is wrong, in the words of who types addresses.
fn syntax(error: url::ParseError) -> String {
    match error {
        url::ParseError::RelativeUrlWithoutBase => {
            "it must begin with https:// or http://".to_owned()
        }
        error => error.to_string(),
    }
}

/// An absolute http(s) URL with a host, at most 8,192 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WebUrl(Url);

impl WebUrl {
    /// Parses an absolute URL; surrounding white space is dropped.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > MAX_LEN {
            return Err(UrlError::TooLong { bytes: text.len() });
        }
        Self::try_from(Url::parse(text)?)
    }

    /// Resolves a reference against this URL.
    ///
    /// # Errors
    /// As [`WebUrl::parse`].
    pub fn join(&self, reference: &str) -> Result<Self, UrlError> {
        if reference.len() > MAX_LEN {
            return Err(UrlError::TooLong { bytes: reference.len() });
        }
        Self::try_from(self.0.join(reference)?)
    }

    /// The host, lower case, IDN in its ASCII form.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().expect("a web url has a host")
    }

    /// The host without `www.` before it.
    #[must_use]
    pub fn host_without_www(&self) -> &str {
        without_www(self.host())
    }

    /// The URL as given, after WHATWG parsing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The parsed URL.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// One spelling for all URLs that name the same page: no fragment, no tracking parameters, no
    /// needless percent-encoding, no dot after the host. Scheme, host (IDN in its ASCII form),
    /// default port and dot segments are normalised by parsing already. What can change the page
    /// is kept: scheme, `www.`, trailing slashes, and the order of parameters.
    #[must_use]
    pub fn normalised(&self) -> String {
        let mut url = self.0.clone();
        url.set_fragment(None);
        let host = url.host_str().filter(|h| h.ends_with('.')).map(str::to_owned);
        if let Some(host) = host {
            // A host that stays a host when final dots are dropped is always accepted.
            let _ = url.set_host(Some(host.trim_end_matches('.')));
        }
        let path = unescaped(url.path());
        url.set_path(&path);
        let query = url.query().map(|query| {
            let query = unescaped(query);
            let kept = query.split('&').filter(|p| !p.is_empty() && !is_tracking(p));
            kept.collect::<Vec<_>>().join("&")
        });
        url.set_query(query.as_deref().filter(|q| !q.is_empty()));
        url.into()
    }

    /// The URL without a user's name and password, which are nobody else's to know.
    #[must_use]
    pub fn without_user_info(mut self) -> Self {
        // Only an address that cannot have a host refuses either.
        let _ = self.0.set_username("").and_then(|()| self.0.set_password(None));
        self
    }

    /// Whether two URLs are of one publisher: the same registrable domain by the public suffix
    /// list, or the same host where there is none (IP addresses).
    #[must_use]
    pub fn same_publisher(&self, other: &Self) -> bool {
        let (ours, theirs) =
            (self.host().trim_end_matches('.'), other.host().trim_end_matches('.'));
        if ours == theirs {
            return true;
        }
        let registrable = |url: &Self, host: &'_ str| match url.0.host() {
            Some(url::Host::Domain(_)) => psl::domain_str(host).map(str::to_owned),
            _ => None,
        };
        registrable(self, ours).is_some_and(|d| Some(d) == registrable(other, theirs))
    }

    /// The page that a page names as its canonical address, if that stays on the publisher and is
    /// no worse than what is known: a link to the bare home page is a template's mistake.
    #[must_use]
    pub fn canonical(&self, link: &str) -> Option<Self> {
        let link = self.join(link.trim()).ok()?.without_user_info();
        let own = self.out_of_amp_cache().unwrap_or_else(|| self.clone());
        let is_home = |url: &Self| url.0.path() == "/" && url.0.query().is_none();
        (own.same_publisher(&link) && (is_home(&own) || !is_home(&link))).then_some(link)
    }

    /// Whether this is a directory above a page of the same host: `/news/` of `/news/a.html`.
    #[must_use]
    pub fn is_directory_above(&self, page: &Self) -> bool {
        let (above, below) = (self.0.path().trim_end_matches('/'), page.0.path());
        self.host_without_www() == page.host_without_www()
            && self.0.query().is_none()
            && below.strip_prefix(above).is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
    }

    /// The publisher's own address of a page in an AMP cache (Google's viewer, ampproject.org);
    /// `None` for every other URL.
    #[must_use]
    pub fn out_of_amp_cache(&self) -> Option<Self> {
        let path = self.0.path();
        let inner = if self.host().ends_with(".cdn.ampproject.org") {
            // /c/ is a page, /v/ one in a viewer; s/ means https.
            path.strip_prefix("/c/").or_else(|| path.strip_prefix("/v/"))?
        } else if self.host_without_www().starts_with("google.") {
            path.strip_prefix("/amp/")?
        } else {
            return None;
        };
        let (scheme, rest) = match inner.strip_prefix("s/") {
            Some(rest) => ("https", rest),
            None => ("http", inner),
        };
        let query = self.0.query().map(|q| format!("?{q}")).unwrap_or_default();
        Self::parse(&format!("{scheme}://{rest}{query}")).ok().filter(|u| u.host().contains('.'))
    }
}

/// Parameters that say where a reader came from and nothing about the page. Names that some site
/// uses for its content (`ref`, `source`, `id`) are not among them.
const TRACKING: &[&str] = &[
    "__twitter_impression",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "_openstat",
    "at_campaign",
    "at_custom1",
    "at_custom2",
    "at_custom3",
    "at_custom4",
    "at_medium",
    "cmpid",
    "dclid",
    "fb_action_ids",
    "fb_action_types",
    "fb_ref",
    "fb_source",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "icid",
    "igsh",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ncid",
    "ns_campaign",
    "ns_fee",
    "ns_linkname",
    "ns_mchannel",
    "ns_source",
    "ocid",
    "oly_anon_id",
    "oly_enc_id",
    "s_cid",
    "smid",
    "srsltid",
    "taid",
    "twclid",
    "vero_id",
    "wbraid",
    "wt.mc_id",
    "wt_mc",
    "xtor",
    "yclid",
    "ysclid",
];

fn is_tracking(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_")
        || name.starts_with("pk_")
        || name.starts_with("mtm_")
        || TRACKING.binary_search(&name.as_str()).is_ok()
}

/// Percent-encoding in one spelling (RFC 3986, 6.2.2): unreserved characters plain, hexadecimal
/// digits in upper case.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let byte = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        // `from_str_radix` takes a sign.
        let byte = byte.filter(|_| rest.as_bytes()[at + 1].is_ascii_hexdigit());
        match byte {
            Some(b) if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => out.push(b.into()),
            Some(b) => out.push_str(&format!("%{b:02X}")),
            None => out.push('%'),
        }
        rest = &rest[at + if byte.is_some() { 3 } else { 1 }..];
    }
    out.push_str(rest);
    out
}

impl TryFrom<Url> for WebUrl {
    type Error = UrlError;

    fn try_from(url: Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(UrlError::NoHost);
        }
        if url.as_str().len() > MAX_LEN {
            return Err(UrlError::TooLong { bytes: url.as_str().len() });
        }
        Ok(Self(url))
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A host without `www.` before it.
#[must_use]
pub fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> WebUrl {
        WebUrl::parse(text).unwrap()
    }

    proptest! {
        #[test]
        fn a_normalised_url_stays_as_it_is(
            host in "[a-z0-9.-]{1,20}",
            rest in "[/?&=#%a-zA-Z0-9.~+;:@ \u{e4}\u{4e2d}\\\\-]{0,60}",
        ) {
            if let Ok(url) = WebUrl::parse(&format!("https://{host}/{rest}")) {
                let once = url.normalised();
                let again = WebUrl::parse(&once).map(|url| url.normalised());
                prop_assert_eq!(again.ok(), Some(once));
            }
        }

        #[test]
        fn any_text_is_a_url_or_an_error(text in any::<String>()) {
            if let Ok(url) = WebUrl::parse(&text) {
                prop_assert!(!url.host().is_empty());
            }
        }
    }

    #[test]
    fn tracking_names_are_sorted_for_the_search() {
        assert!(TRACKING.is_sorted());
    }

    #[test]
    fn spellings_of_one_page_become_one() {
        for (given, normalised) in [
            ("HTTP://EX.com:80/A/../b#c", "http://ex.com/b"),
            ("https://ex.com:443", "https://ex.com/"),
            ("https://ex.com./a", "https://ex.com/a"),
            (
                "https://b\u{fc}cher.example/stra\u{df}e",
                "https://xn--bcher-kva.example/stra%C3%9Fe",
            ),
            ("https://ex.com/%7euser/%41%2fb%c3%9f", "https://ex.com/~user/A%2Fb%C3%9F"),
            ("https://ex.com/100%", "https://ex.com/100%"),
            ("https://ex.com/%zz%+1%4", "https://ex.com/%zz%+1%4"),
            ("https://ex.com/a?utm_source=x&b=2&a=1&fbclid=y#z", "https://ex.com/a?b=2&a=1"),
            ("https://ex.com/a?UTM_Source=x&gclid=1", "https://ex.com/a"),
            ("https://ex.com/a?%75tm_source=x&%66bclid=y", "https://ex.com/a"),
            ("https://ex.com../a", "https://ex.com/a"),
            ("https://ex.com/a?", "https://ex.com/a"),
            ("https://ex.com/a?id=1&&ref=rss", "https://ex.com/a?id=1&ref=rss"),
            ("https://ex.com/a?q=%61%26%2b", "https://ex.com/a?q=a%26%2B"),
            ("https://ex.com/a/", "https://ex.com/a/"),
            ("https://www.ex.com//a", "https://www.ex.com//a"),
            ("http://0x7f.1/", "http://127.0.0.1/"),
            ("http://[2001:DB8:0:0::1]/", "http://[2001:db8::1]/"),
        ] {
            let once = url(given).normalised();
            assert_eq!(once, normalised, "{given}");
            assert_eq!(url(&once).normalised(), once, "{given} is stable");
        }
    }

    #[test]
    fn a_publisher_is_a_registrable_domain() {
        for (a, b, same) in [
            ("https://www.ex.co.uk/a", "https://amp.ex.co.uk/b", true),
            ("https://a.co.uk/", "https://b.co.uk/", false),
            ("https://a.blogspot.com/", "https://b.blogspot.com/", false),
            ("https://ex.com/", "http://ex.com.:8080/", true),
            ("http://127.0.0.1/", "http://127.0.0.2/", false),
            ("http://[::1]/", "http://[::1]:81/", true),
        ] {
            assert_eq!(url(a).same_publisher(&url(b)), same, "{a} {b}");
        }
    }

    #[test]
    fn canonical_links_stay_on_the_publisher() {
        let at = url("https://amp.ex.com/2026/a/amp/?x=1");
        let canonical = |link: &str| at.canonical(link).map(|u| u.as_str().to_owned());
        assert_eq!(
            canonical("https://www.ex.com/2026/a/").as_deref(),
            Some("https://www.ex.com/2026/a/")
        );
        assert_eq!(canonical(" /2026/a ").as_deref(), Some("https://amp.ex.com/2026/a"));
        assert_eq!(canonical("https://other.com/2026/a"), None);
        assert_eq!(canonical("https://ex.com/"), None);
        assert_eq!(canonical("javascript:void(0)"), None);
        let cached = url("https://ex-com.cdn.ampproject.org/c/s/www.ex.com/a.amp");
        assert_eq!(
            cached.canonical("https://www.ex.com/a").unwrap().as_str(),
            "https://www.ex.com/a"
        );
    }

    #[test]
    fn directories_above_a_page_are_told() {
        let page = url("https://www.ex.com/news/2026/a.html?x=1");
        for (other, above) in [
            ("https://www.ex.com/news/2026/", true),
            ("https://ex.com/news", true),
            ("https://ex.com/", true),
            ("https://www.ex.com/news/2026/a.html", false),
            ("https://www.ex.com/new", false),
            ("https://www.ex.com/news/?p=1", false),
            ("https://other.com/news/", false),
        ] {
            assert_eq!(url(other).is_directory_above(&page), above, "{other}");
        }
    }

    #[test]
    fn amp_caches_give_the_publishers_address() {
        for (cached, own) in [
            (
                "https://www.google.com/amp/s/www.ex.com/a/amp/?b=1",
                Some("https://www.ex.com/a/amp/?b=1"),
            ),
            ("https://www.google.de/amp/ex.com/a", Some("http://ex.com/a")),
            (
                "https://www-ex-com.cdn.ampproject.org/v/s/www.ex.com/a",
                Some("https://www.ex.com/a"),
            ),
            ("https://www.google.com/search?q=amp", None),
            ("https://ex.com/amp/s/ex.com/a", None),
            ("https://www.google.com/amp/s/localhost/a", None),
        ] {
            assert_eq!(
                url(cached).out_of_amp_cache().as_ref().map(WebUrl::as_str),
                own,
                "{cached}"
            );
        }
    }
}
