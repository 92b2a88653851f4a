//! `check`: validates the configuration and everything it names, and prints what is in force; with
//! `--connect` it is the doctor of the broker's side, and an exec probe.

use std::time::Duration;

use super::{Done, Exit, OrExit as _, remark, say};
use crate::broker::{address, doctor};
use crate::config::Config;
use crate::feeds;
use crate::fetch::Fetcher;
use crate::model::OutcomeKind;
use crate::route::RouteSettings;
use crate::state::State;
use crate::tag::Tagger;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only validates it; with --connect, prints only findings that lose stories or stop workers.
    #[arg(long)]
    quiet: bool,
    /// Examines streams, consumers, buckets and server instead of printing the configuration; each
    /// finding says what to change. Exits with 1 if stories would be lost or workers stop, and with 69
    /// if the broker cannot be reached.
    #[arg(long)]
    connect: bool,
}

pub(super) async fn run(config: &Config, args: &Args) -> Done {
    Tagger::new(&config.tag).or_exit(Exit::Config)?;
    // Reads what [fetch] names: certificates, the proxy's password.
    Fetcher::new(&config.fetch, &State::in_process(&config.state)).or_exit(Exit::Config)?;
    feeds::configured(&config.feeds).or_exit(Exit::Config)?;
    for (key, path) in config.nats.files() {
        std::fs::metadata(path)
            .map_err(|error| anyhow::anyhow!("{key} = {path:?}: {error}"))
            .or_exit(Exit::Config)?;
    }
    if args.connect {
        return examine(config, args.quiet).await;
    }
    if !args.quiet {
        say(config.to_redacted_toml().trim_end());
        if config.fetch.contact.is_none() {
            remark(
                "fetch.contact is not set: nothing but loopback is fetched, links are dead-lettered",
            );
        }
    }
    Ok(Exit::Done)
}

async fn examine(config: &Config, quiet: bool) -> Done {
    let url = super::broker::url_or_embedded(config);
    let connection = super::broker::connect(config, "check").await?;
    let context = connection.jetstream();
    let terms = doctor::DoctorSettings {
        ack_wait: Duration::from_secs(config.intake.ack_wait_secs),
        max_in_flight: config.intake.max_in_flight,
        request_timeout: config.nats.request_timeout_secs.duration(),
        story_ttl: config.publish.ttl(OutcomeKind::Story),
        buckets: config.state.buckets(),
        routes: config.routes.iter().map(RouteSettings::subject_filter).collect(),
    };
    let findings =
        doctor::examine(&context, &config.streams, &terms).await.or_exit(Exit::Broker)?;
    let unusable = findings.iter().any(|finding| finding.level == doctor::Level::Error);
    for finding in findings {
        if !quiet || finding.level == doctor::Level::Error {
            say(&format!("{}: {}", finding.level.as_str(), finding.what));
            say(&format!("  change: {}", finding.change));
        }
    }
    if unusable {
        return Ok(Exit::Failed);
    }
    if !quiet {
        say(&format!("usable: {}", address::redacted(&url)));
    }
    Ok(Exit::Done)
}
