//! What the long-running commands are to a service manager: ready, alive, stopping, and reloaded by SIGHUP.
//!
//! Speaks systemd's notification protocol where a service manager asks for it, and is silent elsewhere. A reload takes
//! up what can change under way, the user's lists, the topic files and the log level, and drains nothing; secrets
//! need none, they are read anew at each connect. A configuration that cannot be used is refused, and the old one stays.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;

use super::Exit;
use crate::config::{self, Config};
use crate::pipeline::Pipeline;
use crate::tag::Tagger;
use crate::worker::WorkerStatus;

/// How often it is looked whether the worker is ready for the first time.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Tells the service manager when the worker is ready, and that it is alive as often as the manager wants to
/// hear it, until the answer is dropped.
pub(super) fn announce(status: WorkerStatus) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        while !status.not_ready().is_empty() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        tell(&[NotifyState::Ready]);
        keep_alive().await;
    }))
}

/// The same for a command that is ready when it begins.
pub(super) fn announce_ready() -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async {
        tell(&[NotifyState::Ready]);
        keep_alive().await;
    }))
}

/// Tells the service manager that what is in hand is being finished.
pub(super) fn announce_stopping() {
    tell(&[NotifyState::Stopping]);
}

/// A sign of life twice in the time after which the manager would end the process. It comes from the runtime that the
/// work is on: when that hangs, so does this.
async fn keep_alive() {
    let Some(every) = sd_notify::watchdog_enabled() else { return };
    let mut signs = tokio::time::interval(every / 2);
    loop {
        signs.tick().await;
        tell(&[NotifyState::Watchdog]);
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the service manager is not told");
    }
}

/// Keeps SIGHUP from ending the process, from before it has anything to reload: the runtime's handler stays once it is there.
///
/// # Errors
/// When the system gives no handler for the signal.
pub(super) fn survive_hangups() -> std::io::Result<()> {
    signal(SignalKind::hangup()).map(drop)
}

/// Reloads at every SIGHUP, until the answer is dropped: the log level, and with a pipeline lists and topic files.
///
/// # Errors
/// When the system gives no handler for the signal.
pub(super) fn reload_on_hangup(
    config: Config,
    pipeline: Option<Pipeline>,
) -> std::io::Result<AbortOnDropHandle<()>> {
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(AbortOnDropHandle::new(tokio::spawn(async move {
        let mut current = config;
        while hangups.recv().await.is_some() {
            let since = NotifyState::monotonic_usec_now();
            tell(&[NotifyState::Reloading, since.unwrap_or(NotifyState::Status("reloading"))]);
            match reload(&current, pipeline.as_ref()).await {
                Ok(new) => {
                    tracing::info!(
                        event = "reloaded",
                        log_level = new.log.level.0,
                        "lists and log level read again"
                    );
                    current = new;
                }
                Err(reason) => {
                    tracing::error!(
                        event = "reload_failed",
                        reason,
                        "the configuration stays as it was"
                    );
                }
            }
            tell(&[NotifyState::Ready]);
        }
    })))
}

/// Reads the configuration again and takes up what can change; the configuration that holds now.
async fn reload(current: &Config, pipeline: Option<&Pipeline>) -> Result<Config, String> {
    let path = current.source.clone();
    let new = config::variables()
        .and_then(|variables| config::load(path.as_deref(), variables.into_iter()))
        .map_err(|error| error.to_string())?;
    let settings = new.tag.clone();
    // Large lists take a while to read.
    let tagger = tokio::task::spawn_blocking(move || Tagger::new(&settings));
    let tagger =
        tagger.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    crate::log::set_level(&new.log.level)?;
    if let Some(pipeline) = pipeline {
        pipeline.replace_tagger(tagger);
    }
    if !same_but_for_reloadable(current, &new) {
        tracing::warn!(
            event = "reload_needs_restart",
            "keys other than [tag] and log.level have changed too: they take effect after a restart"
        );
    }
    Ok(Config { tag: new.tag, log: new.log, ..current.clone() })
}

fn same_but_for_reloadable(a: &Config, b: &Config) -> bool {
    let rest = |config: &Config| {
        let mut config = config.clone();
        (config.tag, config.log) = Default::default();
        config.to_redacted_toml()
    };
    rest(a) == rest(b)
}

/// Listens for SIGTERM and SIGINT from now on; the future resolves at the first one. A second one
/// ends the process at once.
///
/// To be called before anything is started: a signal without a handler would kill the worker
/// and leave its broker an orphan.
pub(super) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        let name = tokio::select! {
            _ = term.recv() => "SIGTERM",
            _ = int.recv() => "SIGINT",
        };
        tracing::info!(event = "signal", name, "stopping; a second signal quits at once");
        tokio::spawn(async move {
            let name = tokio::select! {
                _ = term.recv() => "SIGTERM",
                _ = int.recv() => "SIGINT",
            };
            tracing::error!(
                event = "signal",
                name,
                "second signal, quitting; stories in hand will be delivered again"
            );
            crate::broker::embedded::terminate_started();
            crate::log::stop();
            std::process::exit(Exit::Failed as i32);
        });
    })
}
