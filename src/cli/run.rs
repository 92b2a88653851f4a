//! `run`: the worker; it polls the feeds of its configuration and of `--feed` beside its work.

use anyhow::Context as _;
use futures_util::FutureExt as _;

use super::{Done, Exit, OrExit as _, service};
use crate::broker::embedded::Embedded;
use crate::broker::topology;
use crate::config::Config;
use crate::feeds::{Feed, Mode, Poller};
use crate::fetch::Fetcher;
use crate::page_archive::PageArchive;
use crate::pipeline::Pipeline;
use crate::state::{self, State};
use crate::tag::Tagger;
use crate::worker::WorkerStatus;
use crate::{http, log, worker};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Polls this feed in addition to those of the configuration, as `feeds` does: a URL, or a file that
    /// lists feeds (OPML, or one URL per line). Can be repeated.
    #[arg(long = "feed", value_name = "FEED")]
    feeds: Vec<String>,
    /// For a web page, polls the feeds that it names, as `feeds --discover` does.
    #[arg(long)]
    discover: bool,
}

/// What a worker polls beside its work.
struct Polling {
    list: Vec<Feed>,
    discover: bool,
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    // First of all: a worker that is stopped while it starts ends in good order too.
    let stop = service::stop_signal().or_exit(Exit::Failed)?;
    log::start(&config.log);
    let list = match &args.feeds[..] {
        [] => crate::feeds::configured(&config.feeds).or_exit(Exit::Config)?,
        named => super::feeds::list(&config, named, &[], None)?,
    };
    let polling = Polling { list, discover: args.discover };
    // Models and lists first: a bad list must not cost a broker its start.
    let tagger = Tagger::new(&config.tag).or_exit(Exit::Config)?;
    match config.nats.url.clone() {
        Some(url) => work(&config, &url, tagger, polling, false, stop).await,
        None => {
            let mut embedded =
                Embedded::start(&config.nats.embedded).await.or_exit(Exit::Broker)?;
            let url = embedded.url().to_owned();
            let done = tokio::select! {
                done = work(&config, &url, tagger, polling, true, stop) => done,
                never = embedded.keep_running() => match never {},
            };
            embedded.stop().await;
            done
        }
    }
}

async fn work(
    config: &Config,
    url: &str,
    tagger: Tagger,
    Polling { list, discover }: Polling,
    provision: bool,
    stop: impl Future<Output = ()>,
) -> Done {
    let status = WorkerStatus::default();
    let _alive = service::announce(status.clone());
    let _listener = http::start(&config.http, status.clone()).await.or_exit(Exit::Failed)?;
    let name = config.worker.worker_name();
    tokio::pin!(stop);
    let connection = tokio::select! {
        connection = super::broker::connect_in_time(config, url, &name) => connection?,
        () = &mut stop => return Ok(Exit::Done),
    };
    let context = connection.jetstream();
    if provision {
        let ack_wait = std::time::Duration::from_secs(config.intake.ack_wait_secs);
        let replicas = config.streams.replicas;
        topology::provision(&context, &config.streams, ack_wait, false)
            .await
            .or_exit(Exit::Broker)?;
        state::provision(&context, &config.state, replicas).await.or_exit(Exit::Broker)?;
    }
    let bind = async || {
        topology::bind(&context, &config.streams).await?;
        anyhow::Ok(State::bind(&context, &config.state).await?)
    };
    let state = tokio::select! {
        state = super::broker::provisioned(config, bind) => state?,
        () = &mut stop => return Ok(Exit::Done),
    };
    let fetcher = Fetcher::new(&config.fetch, &state).or_exit(Exit::Config)?;
    if config.fetch.contact.is_none() {
        tracing::warn!(
            event = "no_contact",
            "fetch.contact is not set: links to other hosts than loopback are dead-lettered as fetch.no_contact"
        );
    }
    let cores = config.worker.core_count();
    let archive = PageArchive::open(&config.archive).or_exit(Exit::Failed)?;
    let pipeline = Pipeline::new(Some(fetcher), config.extract.clone(), tagger, cores)
        .context("cannot start the threads of [worker] cores")
        .or_exit(Exit::Failed)?
        .with_tag_limit(config.worker.tag_max_bytes)
        .by_published_kinds()
        .with_archive(archive.clone());
    let _reloads =
        service::reload_on_hangup(config.clone(), Some(pipeline.clone())).or_exit(Exit::Failed)?;
    let stop = stop.inspect(|()| service::announce_stopping()).shared();
    // Before the worker starts: what is missing must not end it in the middle of its work.
    let poller = if list.is_empty() {
        None
    } else {
        let feeds =
            super::feeds::bind(config, &context, &state, name).await.or_exit(Exit::Broker)?;
        let poller = super::feeds::poller(config, connection.client.clone(), feeds, &state)?;
        Some(Poller { discover, ..poller })
    };
    let polling = async {
        let Some(poller) = poller else { return Ok(0) };
        Ok(super::feeds::poll(config, poller, list, Mode::Always, stop.clone()).await.unfinished)
    };
    let settings = config.for_worker();
    let working = async {
        let run =
            worker::run(&settings, connection.clone(), pipeline, &state, status, stop.clone());
        run.await.map(|summary| summary.unfinished).or_exit(Exit::Broker)
    };
    let done = tokio::try_join!(working, polling);
    let archived = archive.map_or(Ok(()), |archive| archive.finish()).or_exit(Exit::Failed);
    let (stories, polls) = done?;
    archived?;
    Ok(if stories + polls == 0 { Exit::Done } else { Exit::Failed })
}
