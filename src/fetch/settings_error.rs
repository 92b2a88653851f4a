//! What of the configuration of fetching cannot be used.

use std::path::PathBuf;

use thiserror::Error;

/// Why a fetcher could not be made.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A value out of its range.
    #[error("fetch.{key}: {problem}")]
    Value {
        /// The key under `[fetch]`.
        key: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A file that can't be read.
    #[error("fetch.{key}: can't read {}", path.display())]
    File {
        /// The key under `[fetch]`.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The HTTP client refuses the certificates, the proxy or the platform's roots.
    #[error("fetch: the http client can't be made")]
    Client(#[source] reqwest::Error),
}

impl SettingsError {
    pub(super) fn value(key: &'static str, problem: impl Into<String>) -> Self {
        Self::Value { key, problem: problem.into() }
    }
}
