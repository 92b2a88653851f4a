//! The optional HTTP listener: `/livez`, `/readyz`, `/metrics`. Off unless `http.listen` is set.
//!
//! It listens before the worker connects and answers until the drain is over. It has no
//! other path, no method but GET, and reads nothing of a request but its path; so it needs no authentication
//! but belongs on an inside network.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::worker::WorkerStatus;

/// What [`WorkerStatus::metrics`] is written in.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Connections that are open at a time.
const CONNECTIONS: usize = 256;
/// How long a request may take to arrive, and a connection may be idle.
const REQUEST: Duration = Duration::from_secs(5);
/// Between two attempts to accept where the system gives no more sockets.
const PAUSE: Duration = Duration::from_millis(500);

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
    Ok(Some(Listener { task: tokio::spawn(serve(listener, app)) }))
}

/// Answers until it is dropped. No more than [`CONNECTIONS`] are open at a time, and one whose request is not there within
/// [`REQUEST`] is closed: half-sent requests must not keep a probe out.
async fn serve(listener: TcpListener, app: Router) {
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        if open.len() >= CONNECTIONS {
            open.join_next().await;
        }
        let socket = match listener.accept().await {
            Ok((socket, _)) => socket,
            Err(error) => {
                tracing::debug!(%error, "a connection is not accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(app.clone());
        open.spawn(async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(REQUEST);
            // A connection that breaks off is its client's affair.
            let _ = http.serve_connection(TokioIo::new(socket), service).await;
        });
    }
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
