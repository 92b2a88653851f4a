//! The broker as a place: how to reach it, what it must hold, and the embedded default.
//!
//! [`address`] reads `nats.url`, [`connect`] opens the one connection of a process, [`topology`] names and provisions streams
//! and consumers, over several partitions where wanted, [`doctor`] says what is not as it should be, [`embedded`] keeps a `nats-server` child for those who have configured none.

pub mod address;
pub mod connect;
pub mod dial;
pub mod doctor;
pub mod embedded;
pub mod ordered_reader;
mod secrets;
pub mod sizing;
pub mod topology;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the broker is and who we are there.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Addresses, comma separated (`nats://host:4222`, `tls://…`). Empty: `run` starts its own
    /// server.
    pub url: Option<String>,
    /// User name, beside `password_file`.
    pub user: Option<String>,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// File that holds a token.
    pub token_file: Option<PathBuf>,
    /// File that holds an nkey seed.
    pub nkey_file: Option<PathBuf>,
    /// Credentials file (JWT and seed).
    pub creds_file: Option<PathBuf>,
    /// PEM file of root certificates to trust beside the system's.
    pub tls_ca_file: Option<PathBuf>,
    /// PEM file of the client certificate.
    pub tls_cert_file: Option<PathBuf>,
    /// PEM file of the client certificate's key.
    pub tls_key_file: Option<PathBuf>,
    /// Refuse connections without TLS.
    pub tls_required: bool,
    /// JetStream domain that holds the streams, where it is not the one of the server connected to (leaf nodes).
    pub domain: Option<String>,
    /// Prefix of the JetStream API instead of `$JS.API`, as of an account that imports it.
    pub api_prefix: Option<String>,
    /// Prefix of the subjects on which answers arrive, instead of `_INBOX`: for users who may subscribe to no other.
    pub inbox_prefix: Option<String>,
    /// Time limit of one connection attempt, in seconds.
    pub connect_timeout_secs: Seconds<5>,
    /// How long `run` tries to connect at its start before it exits with 69, in seconds; 0 tries
    /// once. A connection that was made is kept up without end.
    pub connect_wait_secs: Seconds<10>,
    /// Time limit of one request to the broker, in seconds.
    pub request_timeout_secs: Seconds<5>,
    /// The embedded default.
    pub embedded: embedded::Settings,
}

/// A number of seconds with a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Seconds<const DEFAULT: u64>(pub u64);

impl<const DEFAULT: u64> Default for Seconds<DEFAULT> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: u64> Seconds<DEFAULT> {
    /// As a duration.
    #[must_use]
    pub fn duration(self) -> std::time::Duration {
        std::time::Duration::from_secs(self.0)
    }
}

impl Settings {
    /// Where the JetStream API is asked: `$JS.API`, or as the domain or prefix says.
    #[must_use]
    pub fn api(&self) -> String {
        match (&self.domain, &self.api_prefix) {
            (Some(domain), _) => format!("$JS.{domain}.API"),
            (None, Some(prefix)) => prefix.clone(),
            (None, None) => "$JS.API".to_owned(),
        }
    }

    /// Checks the settings against each other.
    ///
    /// # Errors
    /// Names the keys that exclude or need each other.
    pub fn check(&self) -> Result<(), String> {
        let ways = [
            ("user", self.user.is_some()),
            ("token_file", self.token_file.is_some()),
            ("nkey_file", self.nkey_file.is_some()),
            ("creds_file", self.creds_file.is_some()),
        ];
        let chosen: Vec<&str> =
            ways.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
        if chosen.len() > 1 {
            return Err(format!("nats.{} exclude each other", chosen.join(" and nats.")));
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err("nats.user and nats.password_file need each other".to_owned());
        }
        if self.tls_cert_file.is_some() != self.tls_key_file.is_some() {
            return Err("nats.tls_cert_file and nats.tls_key_file need each other".to_owned());
        }
        if self.connect_timeout_secs.0 == 0 || self.request_timeout_secs.0 == 0 {
            return Err("nats.connect_timeout_secs and nats.request_timeout_secs must be above 0"
                .to_owned());
        }
        if self.domain.is_some() && self.api_prefix.is_some() {
            return Err("nats.domain and nats.api_prefix exclude each other".to_owned());
        }
        for (key, subject) in [
            ("domain", &self.domain),
            ("api_prefix", &self.api_prefix),
            ("inbox_prefix", &self.inbox_prefix),
        ] {
            let dots_fit =
                |subject: &str| key != "domain" && subject.split('.').all(|t| !t.is_empty());
            let fits = |subject: &str| {
                let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '*' | '>' | '.');
                subject.chars().all(|c| plain(c) || c == '.')
                    && (!subject.contains('.') || dots_fit(subject))
                    && !subject.is_empty()
            };
            if let Some(subject) = subject.as_deref().filter(|subject| !fits(subject)) {
                return Err(format!(
                    "nats.{key} = {subject:?} is no {}",
                    match key {
                        "domain" => "name of a JetStream domain",
                        _ => "subject without wildcards",
                    }
                ));
            }
        }
        if let Some(url) = &self.url {
            address::addresses(url).map_err(|error| format!("nats.url: {error}"))?;
        }
        self.embedded.check()
    }

    /// Every file that the settings name, with its key.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &std::path::Path)> {
        [
            ("nats.password_file", &self.password_file),
            ("nats.token_file", &self.token_file),
            ("nats.nkey_file", &self.nkey_file),
            ("nats.creds_file", &self.creds_file),
            ("nats.tls_ca_file", &self.tls_ca_file),
            ("nats.tls_cert_file", &self.tls_cert_file),
            ("nats.tls_key_file", &self.tls_key_file),
        ]
        .into_iter()
        .filter_map(|(key, path)| path.as_deref().map(|path| (key, path)))
    }
}
