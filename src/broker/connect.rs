//! The connection: one per process, kept for its life.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::{Auth, AuthError, Client, ConnectOptions, Event, ServerAddr};
use thiserror::Error;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Settings;
use super::dial::Dialler;
use super::secrets::Secret;

/// Why there is no connection.
#[derive(Debug, Error)]
pub enum Error {
    /// A secret's file cannot be read.
    #[error("cannot read {name} {path:?}")]
    Secret {
        /// The key of the configuration.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// An address is malformed.
    #[error("nats.url: {0}")]
    Address(String),
    /// Nobody answers, or we are refused.
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
}

/// Parses a comma separated list of addresses.
///
/// # Errors
/// Says which one is malformed.
pub fn addresses(url: &str) -> Result<Vec<ServerAddr>, String> {
    let addresses: Result<Vec<ServerAddr>, String> = url
        .split(',')
        .map(str::trim)
        .filter(|address| !address.is_empty())
        .map(|address| address.parse().map_err(|error| format!("{}: {error}", redacted(address))))
        .collect();
    let addresses = addresses?;
    if addresses.is_empty() {
        return Err("no address".to_owned());
    }
    Ok(addresses)
}

/// User and password, or the token, that the first address with user info has.
pub(super) fn url_login(url: &str) -> Option<Auth> {
    let login = addresses(url).ok()?.into_iter().find_map(|address| {
        let user = address.username()?.to_owned();
        Some((user, address.password().map(str::to_owned)))
    });
    let plain =
        |text: String| percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
    let (user, password) = login?;
    let mut auth = Auth::new();
    match password {
        Some(password) => {
            auth.username = Some(plain(user));
            auth.password = Some(plain(password));
        }
        None => auth.token = Some(plain(user)),
    }
    Some(auth)
}

/// An address list without user info, for messages and logs.
#[must_use]
pub fn redacted(url: &str) -> String {
    url.split(',')
        .map(|address| match (address.find("://"), address.rfind('@')) {
            (Some(scheme), Some(at)) if at > scheme => {
                format!("{}{}", &address[..scheme + 3], &address[at + 1..])
            }
            (None, Some(at)) => address[at + 1..].to_owned(),
            _ => address.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(",")
}

/// Opens the connection as [`connect`] does, and tries again for `nats.connect_wait_secs` while the
/// broker cannot be reached or refuses: it may be about to come up, or a secret to be rotated.
///
/// # Errors
/// Those of the last attempt; malformed addresses and unreadable secrets at once.
pub async fn connect_in_time(
    settings: &Settings,
    url: &str,
    name: &str,
) -> Result<Connection, Error> {
    let deadline = Instant::now() + settings.connect_wait_secs.duration();
    let mut wait = Duration::from_millis(100);
    loop {
        let error = match connect(settings, url, name).await {
            Err(error @ Error::Connect { .. }) if Instant::now() + wait < deadline => error,
            done => return done,
        };
        tracing::debug!(%error, "not connected yet");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(Duration::from_secs(2));
    }
}

/// Opens the connection. Reconnects without end afterwards, with back-off.
///
/// # Errors
/// When a secret cannot be read, an address is malformed, or the first attempt fails.
pub async fn connect(settings: &Settings, url: &str, name: &str) -> Result<Connection, Error> {
    let (sender, connects) = watch::channel(0);
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
    options = options
        .name(name)
        .connection_timeout(settings.connect_timeout_secs.duration())
        .request_timeout(Some(settings.request_timeout_secs.duration()))
        .ping_interval(Duration::from_secs(10))
        .max_reconnects(None)
        .event_callback(move |event| {
            let sender = sender.clone();
            async move { note(&event, &sender) }
        });
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
    Ok(Connection { client, connects, dialler })
}

fn note(event: &Event, connects: &watch::Sender<u64>) {
    match event {
        Event::Connected => {
            connects.send_modify(|count| *count += 1);
            tracing::info!(event = "broker_connected", "connected to the broker");
        }
        Event::Disconnected => {
            tracing::warn!(event = "broker_disconnected", "connection to the broker lost");
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
            tracing::warn!(event = "broker_client_error", %error, "error of the broker connection");
        }
        #[allow(unreachable_patterns, reason = "the client may grow events")]
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_info_of_an_address_is_a_login_or_a_token() {
        let login = url_login("nats://a:4222,nats://anna:p%40ss@b:4222").unwrap();
        assert_eq!(
            (login.username.as_deref(), login.password.as_deref()),
            (Some("anna"), Some("p@ss"))
        );
        assert_eq!(url_login("nats://s3cr3t@a:4222").unwrap().token.as_deref(), Some("s3cr3t"));
        assert!(url_login("nats://a:4222").is_none());
    }

    #[test]
    fn addresses_are_shown_without_user_info() {
        assert_eq!(redacted("nats://u:p@a:4222,tls://b"), "nats://a:4222,tls://b");
        assert_eq!(redacted("u:p@a:4222"), "a:4222");
        let error = addresses("nats://u:secret@[bad").unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }
}
