//! The `[fetch]` table: every key with its unit, default and limits.
//!
//! There is no unlimited default: each wait, size and count has a bound, and `check` names the key that is out of
//! range. Without `contact` only loopback is fetched, since publishers must be able to reach who fetches.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::settings_error::SettingsError;
use super::sites::SiteSettings;

/// How pages are fetched.
#[derive(Clone, Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Product token: opens the `User-Agent` header and chooses the group in robots.txt.
    /// `[A-Za-z_-]+`.
    pub agent: String,
    /// Where publishers reach the operator: an e-mail address or a URL. Part of the `User-Agent`;
    /// without it nothing but loopback addresses is fetched.
    pub contact: Option<String>,

    /// From the start of a connection to its end, name resolution and TLS included.
    pub connect_timeout_ms: u64,
    /// From the request to the answer's headers, connecting included.
    pub first_byte_timeout_ms: u64,
    /// Between two reads of a body.
    pub read_timeout_ms: u64,
    /// For all exchanges of a story together, waits for a host's turn left out.
    pub total_timeout_ms: u64,

    /// Largest body, decoded, in bytes.
    pub max_body_bytes: u64,
    /// Largest header section of an answer, in bytes.
    pub max_header_bytes: usize,
    /// Redirects followed per story.
    pub max_redirects: u32,

    /// Address ranges (`10.1.0.0/16`, `::1`) to fetch from although they are not public.
    pub allow_addresses: Vec<String>,
    /// Ports to fetch from; an empty list allows every port.
    pub allow_ports: Vec<u16>,
    /// PEM files with root certificates to trust beside the platform's.
    pub extra_roots: Vec<PathBuf>,
    /// A proxy for all requests: `http://`, `https://`, `socks5://` or `socks5h://`. The address guard
    /// then checks what this machine resolves; what the proxy connects to is the proxy's to guard. With
    /// `socks5` the proxy is given the address that was checked, with the others the name.
    pub proxy: Option<String>,
    /// Further proxies: each host goes by one of all, always the same, and by another one for a minute
    /// when that cannot be reached.
    pub proxies: Vec<String>,
    /// A file with `user:password` for the proxies.
    pub proxy_auth_file: Option<PathBuf>,

    /// Least time between two requests to a host, by the whole group.
    pub host_interval_ms: u64,
    /// A slow host is asked less often: its requests start so many times as far apart as it took to answer
    /// the last ones, a minute at most, where that is longer than the interval; 0 to mind no slowness.
    pub delay_factor: f64,
    /// Most requests under way at a host, by the whole group.
    pub host_concurrency: u32,
    /// Longest wait for a host's turn that is waited out; a longer one defers the story.
    pub max_turn_wait_ms: u64,
    /// Furthest turn that is reserved; stories beyond it come back to ask again.
    pub max_turn_ahead_secs: u64,
    /// Longest `Retry-After` that is obeyed as given; longer ones are cut to it.
    pub max_retry_after_secs: u64,
    /// Failures in a row that open a host's circuit.
    pub circuit_failures: u32,
    /// How long an open circuit keeps requests from a host at first; doubles with each further
    /// failure up to an hour.
    pub circuit_open_secs: u64,
    /// A host that has failed for so long is dead: its stories are skipped.
    pub host_dead_after_secs: u64,
    /// Refusals in a row (401, 402, 403, 407, 451) after which a host is left alone for a while.
    pub refusals_before_pause: u32,
    /// For how long, in seconds. Its stories wait; where it refuses as often again afterwards they are skipped.
    pub refusal_pause_secs: u64,

    /// Whether robots.txt is obeyed.
    pub robots: bool,
    /// How long robots rules are kept, in seconds; RFC 9309 allows at most a day.
    pub robots_ttl_secs: u64,
    /// How long a host whose robots.txt can't be had is taken as disallowed, in seconds, where its answer has no
    /// `Retry-After`.
    pub robots_error_ttl_secs: u64,

    /// Where an archive has copies of pages that are gone (404, 410), with `{url}` for the page's address;
    /// unset, none is asked. The record's `fetch.finalUrl` then names the copy.
    pub archive: Option<String>,
    /// Rules of single publishers; the first entry that fits a host holds.
    pub sites: Vec<SiteSettings>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            agent: env!("CARGO_PKG_NAME").to_owned(),
            contact: None,
            connect_timeout_ms: 10_000,
            first_byte_timeout_ms: 20_000,
            read_timeout_ms: 15_000,
            total_timeout_ms: 60_000,
            max_body_bytes: 8 * 1024 * 1024,
            max_header_bytes: 64 * 1024,
            max_redirects: 10,
            allow_addresses: Vec::new(),
            allow_ports: vec![80, 443, 8080, 8443],
            extra_roots: Vec::new(),
            proxy: None,
            proxies: Vec::new(),
            proxy_auth_file: None,
            host_interval_ms: 1000,
            delay_factor: 0.0,
            archive: None,
            host_concurrency: 2,
            max_turn_wait_ms: 5000,
            max_turn_ahead_secs: 3600,
            max_retry_after_secs: 3600,
            circuit_failures: 5,
            circuit_open_secs: 30,
            host_dead_after_secs: 6 * 3600,
            refusals_before_pause: 5,
            refusal_pause_secs: 900,
            robots: true,
            robots_ttl_secs: 24 * 3600,
            robots_error_ttl_secs: 600,
            sites: Vec::new(),
        }
    }
}

impl Settings {
    /// Checks what types can't.
    ///
    /// # Errors
    /// Names the first key whose value is out of range.
    pub fn check(&self) -> Result<(), SettingsError> {
        let token = |b: u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_');
        if self.agent.is_empty() || !self.agent.bytes().all(token) {
            return Err(SettingsError::value("agent", "must be of letters, \"-\" and \"_\""));
        }
        if let Some(contact) = &self.contact {
            let fits = |c: char| c.is_ascii_graphic() && !matches!(c, '(' | ')' | '\\');
            if !contact.chars().all(fits) || !(contact.contains('@') || contact.contains("://")) {
                return Err(SettingsError::value("contact", "must be an e-mail address or a URL"));
            }
        }
        let day = 24 * 3600;
        let ranges: [(&'static str, u64, u64, u64); 17] = [
            ("connect_timeout_ms", self.connect_timeout_ms, 1, day * 1000),
            ("first_byte_timeout_ms", self.first_byte_timeout_ms, 1, day * 1000),
            ("read_timeout_ms", self.read_timeout_ms, 1, day * 1000),
            ("total_timeout_ms", self.total_timeout_ms, 1, day * 1000),
            ("max_body_bytes", self.max_body_bytes, 1, 1 << 30),
            ("max_header_bytes", self.max_header_bytes as u64, 256, 1 << 20),
            ("max_redirects", self.max_redirects.into(), 0, 100),
            ("host_interval_ms", self.host_interval_ms, 0, day * 1000),
            ("host_concurrency", self.host_concurrency.into(), 1, 1000),
            ("max_turn_wait_ms", self.max_turn_wait_ms, 0, 600_000),
            ("max_turn_ahead_secs", self.max_turn_ahead_secs, 1, day),
            ("max_retry_after_secs", self.max_retry_after_secs, 1, day),
            ("circuit_failures", self.circuit_failures.into(), 1, 1000),
            ("refusals_before_pause", self.refusals_before_pause.into(), 1, 1_000_000),
            ("refusal_pause_secs", self.refusal_pause_secs, 1, day),
            ("robots_ttl_secs", self.robots_ttl_secs, 1, day),
            ("robots_error_ttl_secs", self.robots_error_ttl_secs, 1, day),
        ];
        if !(0.0..=1000.0).contains(&self.delay_factor) {
            let problem = format!("{} is not between 0 and 1000", self.delay_factor);
            return Err(SettingsError::value("delay_factor", problem));
        }
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                let problem = format!("{value} is not between {least} and {most}");
                return Err(SettingsError::value(key, problem));
            }
        }
        Ok(())
    }

    /// The `User-Agent` header's value.
    #[must_use]
    pub fn user_agent(&self) -> String {
        let product = format!("{}/{}", self.agent, env!("CARGO_PKG_VERSION"));
        match &self.contact {
            Some(contact) => format!("{product} (+{contact})"),
            None => product,
        }
    }
}
