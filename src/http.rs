//! The optional HTTP listener: `/livez`, `/readyz`, `/metrics`. Off unless `http.listen` is set.
//!
//! It listens before the worker connects and answers until the drain is over. It has no
//! other path, no method but GET, and reads nothing of a request but its path; so it needs no authentication
//! but belongs on an inside network.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::worker::WorkerStatus;

/// What [`WorkerStatus::metrics`] is written in.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Where the worker answers over HTTP.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Address of `/livez`, `/readyz` and `/metrics`; without one nothing listens.
    pub listen: Option<SocketAddr>,
}

/// Why nothing listens.
#[derive(Debug, Error)]
#[error("cannot listen on {listen} (http.listen)")]
pub struct Error {
    /// The address.
    listen: SocketAddr,
    /// What went wrong.
    #[source]
    source: std::io::Error,
}

/// A listener that answers until it is dropped.
#[derive(Debug)]
pub struct Listener {
    task: JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts to answer for a worker; `None` where no address is set.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn start(settings: &Settings, status: WorkerStatus) -> Result<Option<Listener>, Error> {
    let Some(listen) = settings.listen else { return Ok(None) };
    let bound = async {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    let (listener, address) = bound.await.map_err(|source| Error { listen, source })?;
    tracing::info!(event = "http", %address, "answering /livez, /readyz and /metrics");
    let app = Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(status);
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(event = "http", %error, "the HTTP listener has stopped");
        }
    });
    Ok(Some(Listener { task }))
}

async fn ready(State(status): State<WorkerStatus>) -> impl IntoResponse {
    let reasons = status.not_ready();
    if reasons.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", reasons.join("\n")))
}

async fn metrics(State(status): State<WorkerStatus>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, METRICS_TYPE)], status.metrics().await)
}
