//! `feeds`: feeds to raw messages.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::Context;

use super::{Done, Exit, OrExit as _, broker, remark, say};
use crate::broker::topology;
use crate::config::Config;
use crate::feeds::{self, Feed, Mode, Poller, Summary};
use crate::fetch::Fetcher;
use crate::log;
use crate::publish::RawPublisher;
use crate::state::{self, State};
use crate::terminal::counted;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Feeds in addition to those of the configuration: URLs, or files that list them (OPML, or one URL
    /// per line).
    feeds: Vec<String>,
    /// An OPML file that lists feeds.
    #[arg(long, value_name = "FILE")]
    opml: Vec<PathBuf>,
    /// Last tokens of the subject, under <prefix>.raw, for the feeds named here [default: from each host].
    #[arg(long)]
    source: Option<String>,
    /// Polls each feed that is due once, then exits: with 0 if no poll failed.
    #[arg(long)]
    once: bool,
    /// With --once: also polls feeds that are not due, or that answered 410.
    #[arg(long, requires = "once")]
    now: bool,
    /// For a web page, polls the feeds that it links to; if there are none, a feed at a well-known path,
    /// else the sitemaps in its robots.txt.
    #[arg(long)]
    discover: bool,
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    log::start(&config.log);
    let stop = super::service::stop_signal().or_exit(Exit::Failed)?;
    let list = list(&config, &args.feeds, &args.opml, args.source.as_deref())?;
    let mode = if args.once { Mode::Once } else { Mode::Always };
    tokio::pin!(stop);
    let poller = tokio::select! {
        poller = start(&config) => Poller {
            once: args.once,
            now: args.now,
            discover: args.discover,
            ..poller?
        },
        () = &mut stop => return Ok(Exit::Done),
    };
    let _alive = super::service::announce_ready();
    // Without a handler the signal would end it in the middle of its polls.
    let _reloads = super::service::reload_on_hangup(config.clone(), None).or_exit(Exit::Failed)?;
    let summary = poll(&config, poller, list, mode, stop).await;
    if mode == Mode::Once {
        let Summary { feeds, polled, failed, not_due, published, .. } = summary;
        say(&format!(
            "{}: {polled} polled, {failed} failed, {not_due} not due; {} published",
            counted(feeds as u64, "feed"),
            counted(published as u64, "message"),
        ));
        if not_due > 0 && !args.now {
            remark("--now polls those that are not due, too");
        }
    }
    let well = summary.unfinished == 0 && (mode == Mode::Always || summary.failed == 0);
    Ok(if well { Exit::Done } else { Exit::Failed })
}

/// The feeds of the configuration and those that are named on the command line.
pub(super) fn list(
    config: &Config,
    names: &[String],
    files: &[PathBuf],
    source: Option<&str>,
) -> Result<Vec<Feed>, (Exit, anyhow::Error)> {
    let mut list = feeds::configured(&config.feeds).or_exit(Exit::Config)?;
    list.extend(feeds::named(names, files, source).or_exit(Exit::Usage)?);
    let list = feeds::joined(list).or_exit(Exit::Usage)?;
    if list.is_empty() {
        let problem = "no feeds: name some here, or under [feeds] in the configuration";
        return Err((Exit::Usage, anyhow::anyhow!(problem)));
    }
    Ok(list)
}

/// Connects, and binds what the group shares.
async fn start(config: &Config) -> Result<Poller, (Exit, anyhow::Error)> {
    let url = broker::url_or_embedded(config);
    let name = config.worker.worker_name();
    let connection = broker::connect_in_time(config, &url, &name).await?;
    let context = connection.jetstream();
    let bind = async || {
        for stream in config.streams.raw_streams() {
            topology::bind_stream(&context, &stream).await?;
        }
        let state = State::bind(&context, &config.state).await?;
        let feeds = bind(config, &context, &state, name.clone()).await?;
        anyhow::Ok((state, feeds))
    };
    let (state, feeds) = broker::provisioned(config, bind).await?;
    poller(config, connection.client, feeds, &state)
}

/// Binds what the group knows of its feeds.
pub(super) async fn bind(
    config: &Config,
    context: &Context,
    state: &State,
    name: String,
) -> Result<state::Feeds, state::Error> {
    let life = Duration::from_secs(config.feeds.claim_secs);
    let (clock, deployment) = (state.clock().clone(), &config.streams.prefix);
    state::Feeds::bind(context, &config.state, clock, life, name, deployment).await
}

pub(super) fn poller(
    config: &Config,
    client: async_nats::Client,
    feeds: state::Feeds,
    state: &State,
) -> Result<Poller, (Exit, anyhow::Error)> {
    Ok(Poller {
        fetcher: Fetcher::new(&config.fetch, state).or_exit(Exit::Config)?,
        feeds,
        publisher: RawPublisher::new(client, config.nats.request_timeout_secs.duration()),
        places: config.streams.raw_places(),
        settings: config.feeds.clone(),
        once: false,
        now: false,
        discover: false,
    })
}

/// Polls to the end, which it logs.
pub(super) async fn poll(
    config: &Config,
    poller: Poller,
    list: Vec<Feed>,
    mode: Mode,
    stop: impl Future<Output = ()>,
) -> Summary {
    tracing::info!(event = "feeds_start", feeds = list.len(), "polling feeds");
    let deadline = Duration::from_secs(config.worker.shutdown_deadline_secs);
    let summary = feeds::run(poller, list, mode, deadline, stop).await;
    let Summary { unfinished, published, .. } = summary;
    if unfinished > 0 {
        tracing::error!(
            event = "feeds_stop",
            unfinished,
            published,
            "deadline reached; the rest will be polled again"
        );
    } else {
        tracing::info!(event = "feeds_stop", unfinished, published, "no more feeds are polled");
    }
    summary
}
