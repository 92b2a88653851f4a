//! The connection to the broker: one per process, kept for its life, reconnecting without end.
//!
//! Secrets are read at every connect, so that they can be rotated; the first read is at the start, so that a bad file
//! is an error and not a silent retry. Errors while the broker is away are logged once a minute with their number.
//! Addresses are logged without user info.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::{AuthError, Client, ConnectOptions, Event, jetstream};
use thiserror::Error;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use super::Settings;
use super::address::{addresses, redacted, url_login};
use super::dial::Dialler;
use super::secrets::{Secret, SecretError};
use crate::backoff::Backoff;
use crate::mutex::lock;

/// How often errors of the connection are told while they last.
const TOLD_AGAIN: Duration = Duration::from_secs(60);

/// Why there is no connection.
#[derive(Debug, Error)]
pub enum Error {
    /// A secret's file cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// An address is malformed.
    #[error("nats.url: {0}")]
    Address(String),
    /// A file that the settings name cannot be read.
    #[error("{key} = {path:?} cannot be read")]
    File {
        /// The key.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// The file of certificates has none: nothing would be trusted.
    #[error("nats.tls_ca_file = {0:?} has no certificate in PEM")]
    NoCertificate(PathBuf),
    /// No broker answers, or it refuses us.
    #[error("cannot connect to the broker at {url}")]
    Connect {
        /// Addresses, without user info.
        url: String,
        /// What went wrong.
        #[source]
        source: async_nats::ConnectError,
    },
}

/// A connection and the news of its life.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The client.
    pub client: Client,
    /// Counts connections made.
    pub connects: watch::Receiver<u64>,
    /// Opens further sockets to the same broker.
    pub dialler: Dialler,
    /// Where its JetStream API is asked, such as `$JS.API`.
    pub api: String,
}

impl Connection {
    /// JetStream, in the domain or under the prefix of the settings.
    #[must_use]
    pub fn jetstream(&self) -> jetstream::Context {
        jetstream::with_prefix(self.client.clone(), &self.api)
    }
}

/// Opens the connection as [`connect`] does, and tries again for `nats.connect_wait_secs` while the
/// broker cannot be reached or refuses: it may be about to come up, or a secret to be rotated.
///
/// # Errors
/// Returns the error of the last attempt; malformed addresses and unreadable secrets at once.
pub async fn connect_in_time(
    settings: &Settings,
    url: &str,
    name: &str,
) -> Result<Connection, Error> {
    let deadline = Instant::now() + settings.connect_wait_secs.duration();
    let mut waits = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
    loop {
        let wait = waits.next();
        let error = match connect(settings, url, name).await {
            Err(error @ Error::Connect { .. }) if Instant::now() + wait < deadline => error,
            done => return done,
        };
        tracing::debug!(%error, "not connected yet");
        tokio::time::sleep(wait).await;
    }
}

/// Opens the connection. Reconnects without end afterwards, with back-off.
///
/// # Errors
/// When a secret cannot be read, an address is malformed, or the first attempt fails.
pub async fn connect(settings: &Settings, url: &str, name: &str) -> Result<Connection, Error> {
    let (sender, connects) = watch::channel(0);
    let troubles = Arc::new(Troubles { url: redacted(url), told: Mutex::default() });
    let mut options = match Secret::of(settings) {
        Some(secret) => {
            // What cannot be read is said now, not at the first reconnect.
            secret.answer(b"")?;
            ConnectOptions::with_auth_callback(move |nonce| {
                let answer = secret.answer(&nonce).map_err(AuthError::new);
                async move { answer }
            })
        }
        None => match url_login(url) {
            Some(login) => ConnectOptions::with_auth_callback(move |_| {
                let login = login.clone();
                async move { Ok(login) }
            }),
            None => ConnectOptions::new(),
        },
    };
    check_files(settings)?;
    options = options
        .name(name)
        .connection_timeout(settings.connect_timeout_secs.duration())
        .request_timeout(Some(settings.request_timeout_secs.duration()))
        .ping_interval(Duration::from_secs(10))
        .max_reconnects(None)
        .event_callback(move |event| {
            let (sender, troubles) = (sender.clone(), Arc::clone(&troubles));
            async move { note(&event, &sender, &troubles) }
        });
    if let Some(prefix) = &settings.inbox_prefix {
        options = options.custom_inbox_prefix(prefix.clone());
    }
    if let Some(path) = &settings.tls_ca_file {
        options = options.add_root_certificates(path.clone());
    }
    if let (Some(cert), Some(key)) = (&settings.tls_cert_file, &settings.tls_key_file) {
        options = options.add_client_certificate(cert.clone(), key.clone());
    }
    if settings.tls_required {
        options = options.require_tls(true);
    }
    let addresses = addresses(url).map_err(Error::Address)?;
    let client = options
        .connect(addresses)
        .await
        .map_err(|source| Error::Connect { url: redacted(url), source })?;
    let dialler = Dialler::new(settings, url, name, client.clone());
    Ok(Connection { client, connects, dialler, api: settings.api() })
}

/// Says of a file that cannot be used which one it is; the client's own error names none.
fn check_files(settings: &Settings) -> Result<(), Error> {
    for (key, path) in settings.files() {
        std::fs::File::open(path).map_err(|source| Error::File {
            key,
            path: path.to_owned(),
            source,
        })?;
    }
    match &settings.tls_ca_file {
        Some(path) if !has_certificate(path) => Err(Error::NoCertificate(path.clone())),
        Some(_) | None => Ok(()),
    }
}

fn has_certificate(path: &Path) -> bool {
    let certificates = CertificateDer::pem_file_iter(path);
    certificates.is_ok_and(|mut found| found.any(|certificate| certificate.is_ok()))
}

/// Errors of a connection, of which many come while a broker is away.
struct Troubles {
    /// Addresses, without user info.
    url: String,
    /// When one was told last, and how many came since.
    told: Mutex<Option<(Instant, u64)>>,
}

impl Troubles {
    /// How many errors there were since one was told, this one among them; `None` when it is too soon to tell again.
    fn count(&self) -> Option<u64> {
        let mut told = lock(&self.told);
        let since = told.map_or(0, |(_, since)| since) + 1;
        if told.is_some_and(|(at, _)| at.elapsed() < TOLD_AGAIN) {
            *told = told.map(|(at, _)| (at, since));
            return None;
        }
        *told = Some((Instant::now(), 0));
        Some(since)
    }
}

fn note(event: &Event, connects: &watch::Sender<u64>, troubles: &Troubles) {
    let url = troubles.url.as_str();
    match event {
        Event::Connected => {
            connects.send_modify(|count| *count += 1);
            *lock(&troubles.told) = None;
            tracing::info!(event = "broker_connected", url, "connected to the broker at {url}");
        }
        Event::Disconnected => {
            tracing::warn!(
                event = "broker_disconnected",
                url,
                "lost the connection to the broker at {url}; reconnecting"
            );
        }
        Event::LameDuckMode => {
            tracing::warn!(event = "broker_lame_duck", "the broker is about to shut down");
        }
        Event::SlowConsumer(sid) => {
            tracing::warn!(
                event = "broker_slow_consumer",
                sid,
                "messages were dropped by the client"
            );
        }
        Event::Draining | Event::Closed => {
            tracing::debug!(event = "broker_closed", "connection closed");
        }
        Event::ServerError(error) => {
            tracing::warn!(event = "broker_error", %error, "error from the broker");
        }
        Event::ClientError(error) => {
            if let Some(errors) = troubles.count() {
                tracing::warn!(
                    event = "broker_client_error",
                    url,
                    %error,
                    errors,
                    "cannot reach the broker at {url}: {error}"
                );
            }
        }
        #[allow(unreachable_patterns, reason = "the client may grow events")]
        _ => {}
    }
}
