//! A command's connection to the broker, and what to do next where there is none.
//!
//! That no broker listens, that JetStream is off, and that nothing was provisioned each have one message, whatever the
//! command: the first is said here, the others by [`crate::broker::topology::Error`]. What a broker lacks at the start of
//! a service is waited for. Refuses to guess: where the
//! broker answers and turns us away, its own words are all that is said.

use std::time::Duration;

use async_nats::ConnectErrorKind;
use tokio::time::Instant;

use super::Exit;
use crate::broker::{
    connect::{self, Connection},
    topology,
};
use crate::config::Config;
use crate::error_chain::find;

/// Connects once, under a name that the broker shows.
pub(super) async fn connect(
    config: &Config,
    name: &str,
) -> Result<Connection, (Exit, anyhow::Error)> {
    let url = url_or_embedded(config);
    connect::connect(&config.nats, &url, name).await.map_err(|error| no_connection(config, error))
}

/// The same, tried for as long as `nats.connect_wait_secs`.
pub(super) async fn connect_in_time(
    config: &Config,
    url: &str,
    name: &str,
) -> Result<Connection, (Exit, anyhow::Error)> {
    let connected = connect::connect_in_time(&config.nats, url, name).await;
    connected.map_err(|error| no_connection(config, error))
}

/// Binds what was provisioned, tried for as long as `nats.connect_wait_secs`: a command that was started beside this one
/// may be about to create what is missing, and a broker that was restarted may still be reading its streams.
pub(super) async fn provisioned<T>(
    config: &Config,
    bind: impl AsyncFn() -> anyhow::Result<T>,
) -> Result<T, (Exit, anyhow::Error)> {
    let wait = config.nats.connect_wait_secs.duration();
    let deadline = Instant::now() + wait;
    let mut told = false;
    loop {
        let error = match bind().await {
            Ok(bound) => return Ok(bound),
            Err(error) if Instant::now() >= deadline || is_final(&error) => {
                return Err((Exit::Broker, error));
            }
            Err(error) => error,
        };
        if !std::mem::replace(&mut told, true) {
            let wait_secs = wait.as_secs();
            tracing::warn!(
                event = "not_provisioned",
                %error,
                wait_secs,
                "{error}; waiting for it, {wait_secs} s at most"
            );
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Whether provisioning cannot help.
fn is_final(error: &anyhow::Error) -> bool {
    let of_stream = error.downcast_ref::<topology::Error>();
    matches!(of_stream, Some(topology::Error::NoJetStream))
}

/// The configured address, else where the embedded server listens.
pub(super) fn url_or_embedded(config: &Config) -> String {
    config.nats.url.clone().unwrap_or_else(|| format!("nats://{}", config.nats.embedded.listen))
}

/// Says what to do where no broker listens.
fn no_connection(config: &Config, error: connect::Error) -> (Exit, anyhow::Error) {
    let is_unreachable = match &error {
        // A broker whose certificate, or ours, does not do has answered.
        connect::Error::Connect { source, .. } => {
            let unreachable = matches!(
                source.kind(),
                ConnectErrorKind::Io | ConnectErrorKind::TimedOut | ConnectErrorKind::Dns
            );
            unreachable && find::<rustls::Error>(source).is_none()
        }
        connect::Error::Secret(_)
        | connect::Error::Address(_)
        | connect::Error::File { .. }
        | connect::Error::NoCertificate(_) => false,
    };
    let error = anyhow::Error::new(error);
    let said = match (is_unreachable, &config.nats.url) {
        (false, _) => error,
        (true, None) => error.context("no broker yet: start `news-ingest run`, or set nats.url"),
        (true, Some(_)) => error.context("no broker answers: start it, or correct nats.url"),
    };
    (Exit::Broker, said)
}
