//! What an operator is told of a host: that it refuses, for how long it is left alone, what brings its stories
//! back, and that it lets us in again. Each once for the whole group, by the worker whose request showed it.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::error::{Error, bring_back};
use crate::disposition::Classify as _;
use crate::mutex::lock;
use crate::state::HostNews;

/// Says, once a minute at most, that requests fail for want of open files.
pub(super) fn log_no_descriptors() {
    const EVERY: Duration = Duration::from_secs(60);
    static LOGGED: Mutex<Option<Instant>> = Mutex::new(None);
    let mut logged = lock(&LOGGED);
    if logged.is_none_or(|at| at.elapsed() >= EVERY) {
        *logged = Some(Instant::now());
        tracing::error!(
            event = "no_descriptors",
            "this process may open no more files: its stories wait; raise the limit (ulimit -n, LimitNOFILE), or lower \
             intake.max_in_flight"
        );
    }
}

/// Logs what changed at a host. `ended` is how the request that showed it did.
pub(super) fn log(host: &str, news: HostNews, ended: Option<&Error>) {
    match news {
        HostNews::Refuses { refusals, pause, is_first } => {
            let code = ended.map(|error| format!("{}.{}", Error::STAGE, error.code()));
            let stories = if is_first { "its stories wait" } else { "its stories are skipped" };
            tracing::warn!(
                event = "host_refuses",
                host,
                code,
                refusals,
                pause_secs = pause.as_secs(),
                "{host} refused {refusals} requests in a row and gets no requests for {} s: {stories}. When it accepts requests, {}",
                pause.as_secs(),
                bring_back(host)
            );
        }
        HostNews::LetsIn { refusals } => {
            tracing::info!(
                event = "host_lets_in",
                host,
                refusals,
                "{host} answers again, after {refusals} refusals in a row; {}",
                bring_back(host)
            );
        }
    }
}
