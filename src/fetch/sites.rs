//! What is agreed with single publishers: another pace, no robots.txt, headers of their own.
//!
//! A site is a domain and all below it. Its headers (a key for subscribers, a cookie, a name to be let
//! through by) go to its own hosts alone, over TLS alone, hop by hop: a redirect elsewhere does not
//! take them along.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::settings_error::SettingsError;
use crate::model::WebUrl;
use crate::state::HostPolicy;

/// Headers that are the client's own business.
const OURS: [HeaderName; 8] = [
    HOST,
    CONNECTION,
    UPGRADE,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    ACCEPT_ENCODING,
    IF_NONE_MATCH,
    IF_MODIFIED_SINCE,
];

/// The rules of one publisher, as configured.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// Domains, such as `example.com`; each stands for all below it too.
    pub domains: Vec<String>,
    /// In place of `host_interval_ms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_ms: Option<u64>,
    /// In place of `host_concurrency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// In place of `robots`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub robots: Option<bool>,
    /// A file of headers, one `Name: value` a line, that are sent to these domains over https only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers_file: Option<PathBuf>,
}

/// All publishers' rules.
#[derive(Debug, Default)]
pub(super) struct Sites(Vec<Site>);

#[derive(Debug)]
struct Site {
    domains: Vec<String>,
    interval: Option<Duration>,
    concurrency: Option<u32>,
    robots: Option<bool>,
    headers: HeaderMap,
}

impl Sites {
    /// Reads the rules and the files they name.
    ///
    /// # Errors
    /// Names the key and the domain or the line that is wrong.
    pub(super) fn new(settings: &[SiteSettings]) -> Result<Self, SettingsError> {
        settings.iter().map(Site::new).collect::<Result<_, _>>().map(Self)
    }

    /// The first rules that fit a host.
    fn of(&self, host: &str) -> Option<&Site> {
        let host = host.trim_end_matches('.');
        self.0.iter().find(|site| {
            site.domains.iter().any(|domain| {
                host.strip_suffix(domain.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
        })
    }

    /// The policy of a host.
    pub(super) fn policy(&self, host: &str, policy: &HostPolicy) -> HostPolicy {
        let site = self.of(host);
        HostPolicy {
            interval: site.and_then(|s| s.interval).unwrap_or(policy.interval),
            delay_factor: policy.delay_factor,
            concurrency: site.and_then(|s| s.concurrency).unwrap_or(policy.concurrency),
            ..*policy
        }
    }

    /// Whether robots.txt of a host is obeyed.
    pub(super) fn robots(&self, host: &str, otherwise: bool) -> bool {
        self.of(host).and_then(|s| s.robots).unwrap_or(otherwise)
    }

    /// Headers for a URL.
    pub(super) fn headers(&self, url: &WebUrl) -> HeaderMap {
        let secure = url.as_url().scheme() == "https";
        let site = self.of(url.host()).filter(|_| secure);
        site.map(|s| s.headers.clone()).unwrap_or_default()
    }
}

impl Site {
    fn new(settings: &SiteSettings) -> Result<Self, SettingsError> {
        let bad = |problem: String| SettingsError::value("sites", problem);
        if settings.domains.is_empty() {
            return Err(bad("an entry without domains".to_owned()));
        }
        if settings.concurrency == Some(0) {
            return Err(bad("concurrency must be at least 1".to_owned()));
        }
        let domain = |text: &String| match WebUrl::parse(&format!("https://{text}/")) {
            Ok(url) if url.as_url().path() == "/" && url.as_url().port().is_none() => {
                Ok(url.host().trim_end_matches('.').to_owned())
            }
            _ => Err(bad(format!("{text:?} is not a domain"))),
        };
        Ok(Self {
            domains: settings.domains.iter().map(domain).collect::<Result<_, _>>()?,
            interval: settings.interval_ms.map(Duration::from_millis),
            concurrency: settings.concurrency,
            robots: settings.robots,
            headers: settings.headers_file.as_deref().map(headers).transpose()?.unwrap_or_default(),
        })
    }
}

/// Reads a file of headers; never says what is in it.
fn headers(path: &Path) -> Result<HeaderMap, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|source| SettingsError::File {
        key: "sites.headers_file",
        path: path.to_owned(),
        source,
    })?;
    let mut headers = HeaderMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let header = line.split_once(':').and_then(|(name, value)| {
            let mut value = HeaderValue::from_str(value.trim()).ok()?;
            value.set_sensitive(true);
            let name = name.trim().parse::<HeaderName>().ok()?;
            (!OURS.contains(&name)).then_some((name, value))
        });
        let Some((name, value)) = header else {
            let place = format!("{}:{}", path.display(), number + 1);
            let problem = format!("{place}: not a header that can be set");
            return Err(SettingsError::value("sites.headers_file", problem));
        };
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(domains: &[&str]) -> SiteSettings {
        let domains = domains.iter().map(ToString::to_string).collect();
        SiteSettings { domains, ..SiteSettings::default() }
    }

    #[test]
    fn domain_covers_subdomains_and_first_entry_wins() {
        let settings = [
            SiteSettings { robots: Some(false), ..site(&["news.Ex.com", "b\u{fc}cher.example"]) },
            SiteSettings { robots: Some(true), ..site(&["ex.com"]) },
        ];
        let sites = Sites::new(&settings).unwrap();
        for (host, expected) in [
            ("news.ex.com", Some(false)),
            ("a.news.ex.com.", Some(false)),
            ("xn--bcher-kva.example", Some(false)),
            ("ex.com", Some(true)),
            ("www.ex.com", Some(true)),
            ("badex.com", None),
            ("com", None),
        ] {
            assert_eq!(sites.of(host).and_then(|s| s.robots), expected, "{host}");
        }
    }

    #[test]
    fn bad_rules_are_named_without_their_secrets() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let with = |text: &str| {
            std::fs::write(file.path(), text).unwrap();
            let headers_file = Some(file.path().to_owned());
            SiteSettings { headers_file, ..site(&["ex.com"]) }
        };
        assert!(Sites::new(&[with("X-Key: s3cret\n\nCookie: a=1\n")]).is_ok());
        for (bad, key) in [
            (site(&[]), "fetch.sites"),
            (site(&["ex.com/a"]), "fetch.sites"),
            (site(&["ex.com:8080"]), "fetch.sites"),
            (site(&[""]), "fetch.sites"),
            (SiteSettings { concurrency: Some(0), ..site(&["ex.com"]) }, "fetch.sites"),
            (with("X-Key: 1\nHost: s3cret"), "fetch.sites.headers_file"),
            (with("s3cret"), "fetch.sites.headers_file"),
        ] {
            let error = Sites::new(&[bad]).unwrap_err().to_string();
            assert!(error.starts_with(key) && !error.contains("s3cret"), "{error}");
        }
    }
}
