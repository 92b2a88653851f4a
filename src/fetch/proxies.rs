//! Which proxy a host is asked by way of.
//!
//! Several share the hosts between them. A host always goes by the same one, so that what it sees of
//! us (cookies, rate, address) stays one visitor's; hosts are dealt out by rendezvous hashing, so that
//! a proxy more or less moves few of them. One that cannot be reached is left out for a while, and its
//! hosts go by their second choice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::settings::Settings;
use super::settings_error::SettingsError;
use crate::hash::hash64;

/// How long a proxy that failed is left out.
const LEFT_OUT: Duration = Duration::from_secs(60);
/// What a proxy may speak. With `socks5` names are resolved here, under the address guard; with the
/// others the proxy resolves them.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// The proxies, in the order given. Cheap to clone.
#[derive(Clone)]
pub(super) struct Proxies(Arc<Inner>);

struct Inner {
    exits: Vec<Exit>,
    since: Instant,
}

struct Exit {
    /// With credentials, where there are any.
    url: Url,
    host: String,
    /// Until when it is left out, in milliseconds since the start; 0 for not at all.
    out_until: AtomicU64,
}

impl Proxies {
    /// Those of the settings; `None` where there are none.
    ///
    /// # Errors
    /// When a URL or the file of credentials is bad.
    pub(super) fn new(settings: &Settings) -> Result<Option<Self>, SettingsError> {
        let credentials = credentials(settings)?;
        let one = settings.proxy.iter().map(|url| ("proxy", url));
        let exits = one
            .chain(settings.proxies.iter().map(|url| ("proxies", url)))
            .map(|(key, url)| Exit::new(key, url, credentials.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        let some = !exits.is_empty();
        Ok(some.then(|| Self(Arc::new(Inner { exits, since: Instant::now() }))))
    }

    /// What the client asks for each URL.
    pub(super) fn for_client(&self) -> reqwest::Proxy {
        let proxies = self.clone();
        reqwest::Proxy::custom(move |url| {
            Some(proxies.of(url.host_str().unwrap_or_default()).url.clone())
        })
    }

    /// Names of the proxies' own hosts: chosen by the operator, so connected to unjudged.
    pub(super) fn hosts(&self) -> Vec<String> {
        self.0.exits.iter().map(|exit| exit.host.clone()).collect()
    }

    /// Takes note that a host could not be asked because of its proxy.
    pub(super) fn failed(&self, host: &str) {
        let until = self.0.since.elapsed() + LEFT_OUT;
        let until = u64::try_from(until.as_millis()).unwrap_or(u64::MAX);
        self.of(host).out_until.store(until, Ordering::Relaxed);
    }

    /// The one that a host goes by now: where all have failed, its first choice.
    fn of(&self, host: &str) -> &Exit {
        let now = u64::try_from(self.0.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let rank = |exit: &&Exit| {
            let is_in = exit.out_until.load(Ordering::Relaxed) <= now;
            (is_in, exit.weight(host))
        };
        self.0.exits.iter().max_by_key(rank).expect("there is a proxy at least")
    }
}

impl Exit {
    /// What a host's choice goes by: the highest is its first.
    fn weight(&self, host: &str) -> u64 {
        let port = self.url.port().unwrap_or_default();
        hash64(format!("{}:{port} {host}", self.host).as_bytes())
    }

    fn new(
        key: &'static str,
        url: &str,
        credentials: Option<&(String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut url =
            Url::parse(url).map_err(|e| SettingsError::value(key, format!("not a url: {e}")))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if !SCHEMES.contains(&url.scheme()) || host.is_empty() {
            let problem = format!("not a url of {}", SCHEMES.join(", "));
            return Err(SettingsError::value(key, problem));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let problem = "must not carry credentials; put them into fetch.proxy_auth_file";
            return Err(SettingsError::value(key, problem));
        }
        if let Some((user, password)) = credentials {
            let set = url.set_username(user).and_then(|()| url.set_password(Some(password)));
            set.map_err(|()| SettingsError::value(key, "can't carry credentials"))?;
        }
        Ok(Self { url, host, out_until: AtomicU64::new(0) })
    }
}

/// User and password, the same for all proxies.
fn credentials(settings: &Settings) -> Result<Option<(String, String)>, SettingsError> {
    let Some(path) = &settings.proxy_auth_file else { return Ok(None) };
    let text = std::fs::read_to_string(path).map_err(|source| SettingsError::File {
        key: "proxy_auth_file",
        path: path.clone(),
        source,
    })?;
    let Some((user, password)) = text.trim_end().split_once(':') else {
        return Err(SettingsError::value("proxy_auth_file", "must hold user:password"));
    };
    Ok(Some((user.to_owned(), password.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(count: usize) -> Proxies {
        let proxies = (0..count).map(|n| format!("http://proxy{n}.example:3128")).collect();
        let settings = Settings { proxies, ..Settings::default() };
        Proxies::new(&settings).unwrap().unwrap()
    }

    fn by(proxies: &Proxies) -> Vec<&str> {
        (0..300).map(|n| proxies.of(&format!("site{n}.example")).host.as_str()).collect()
    }

    #[test]
    fn hosts_are_spread_over_proxies_and_stay_put() {
        let (three, four) = (proxies(3), proxies(4));
        let (before, after) = (by(&three), by(&four));
        for n in 0..3 {
            let host = format!("proxy{n}.example");
            assert!(before.iter().filter(|h| **h == host).count() > 60, "{host}");
        }
        let moved = before.iter().zip(&after).filter(|(a, b)| a != b);
        assert!(moved.clone().count() < 120 && moved.clone().all(|(_, b)| *b == "proxy3.example"));
    }

    #[tokio::test(start_paused = true)]
    async fn failed_proxy_is_left_out_for_a_while() {
        let two = proxies(2);
        let first = two.of("site.example").host.clone();
        two.failed("site.example");
        let second = two.of("site.example").host.clone();
        assert_ne!(first, second);
        // With both out the first choice is as good as any.
        two.failed("site.example");
        assert_eq!(two.of("site.example").host, first);
        tokio::time::advance(LEFT_OUT + Duration::from_millis(2)).await;
        assert_eq!(two.of("site.example").host, first);
    }

    #[test]
    fn a_host_keeps_its_proxy_in_every_release() {
        let three = proxies(3);
        let by = |host| three.of(host).host.as_str();
        assert_eq!(
            ["a.example", "b.example", "c.example"].map(by),
            ["proxy1.example", "proxy1.example", "proxy2.example"]
        );
    }

    #[test]
    fn bad_ones_are_named() {
        let refused = |url: &str| {
            let settings = Settings { proxies: vec![url.to_owned()], ..Settings::default() };
            Proxies::new(&settings).err().map(|e| e.to_string()).unwrap_or_default()
        };
        assert!(refused("ftp://proxy.example").contains("fetch.proxies: not a url of"));
        assert!(refused("proxy.example").contains("fetch.proxies: not a url"));
        assert!(refused("socks5://me:secret@proxy.example").contains("proxy_auth_file"));
        assert_eq!(refused("socks5h://proxy.example:1080"), "");
    }
}
