//! What went wrong on a connection, told by the types in an error's chain of sources, never by its
//! message.

use std::io;
use std::time::Duration;

use rustix::io::Errno;

use super::error::{Error, Phase};
use super::guard::Forbidden;
use super::resolve::Unresolved;
use crate::error_chain::find;

/// Reads the HTTP client's errors.
pub(super) struct Classifier {
    pub behind_proxy: bool,
    /// `connect_timeout_ms`.
    pub connect: Duration,
    pub max_header_bytes: usize,
}

impl Classifier {
    /// What an error of the client means that came while waiting for headers or for the body.
    pub(super) fn classify(&self, phase: Phase, error: reqwest::Error) -> Error {
        let error = error.without_url();
        if let Some(forbidden) = find::<Forbidden>(&error) {
            return Error::Forbidden(forbidden.clone());
        }
        if find::<io::Error>(&error).is_some_and(is_out_of_descriptors) {
            return Error::NoDescriptors;
        }
        if find::<rustls::Error>(&error).is_some() {
            return Error::Tls(error.into());
        }
        let unresolved = find::<Unresolved>(&error).is_some();
        // The only name resolved behind a proxy is the proxy's, and who is connected to is the
        // proxy. That it refuses a tunnel may be the host's fault, but its answer's status is lost.
        if self.behind_proxy && (unresolved || error.is_connect()) {
            return Error::Proxy(error.into());
        }
        if unresolved {
            return Error::Dns(error.into());
        }
        if error.is_timeout() && error.is_connect() {
            return Error::Timeout { phase: Phase::Connect, limit: self.connect };
        }
        if error.is_connect() {
            return Error::Connect(error.into());
        }
        match find::<h2::Error>(&error) {
            // Far over the limit: the client leaves the connection. Headers not far over are measured when they are
            // there.
            Some(h2)
                if h2.is_library()
                    && phase == Phase::FirstByte
                    && h2.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM) =>
            {
                return Error::HeadersTooLarge { limit: self.max_header_bytes };
            }
            // The client has caught the server breaking the protocol.
            Some(h2) if h2.is_library() => return Error::Protocol(error.into()),
            // The server breaks off, and says that what it speaks is not this.
            Some(h2)
                if matches!(
                    h2.reason(),
                    Some(h2::Reason::PROTOCOL_ERROR | h2::Reason::HTTP_1_1_REQUIRED)
                ) =>
            {
                return Error::Protocol(error.into());
            }
            Some(_) | None => {}
        }
        if let Some(hyper) = find::<hyper::Error>(&error) {
            if hyper.is_parse_too_large() {
                return Error::HeadersTooLarge { limit: self.max_header_bytes };
            }
            if hyper.is_parse() {
                return Error::Protocol(error.into());
            }
        }
        Error::Truncated(error.into())
    }
}

/// Whether this process, or this machine, may open no more files.
fn is_out_of_descriptors(error: &io::Error) -> bool {
    let known = [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|code| known.contains(&code))
}
