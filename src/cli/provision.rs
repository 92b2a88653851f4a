//! `provision`: what the broker must hold.

use std::time::Duration;

use super::{Done, Exit, OrExit as _, say};
use crate::broker::{sizing, topology};
use crate::config::Config;
use crate::model::OutcomeKind;
use crate::state;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Copies of each stream in a cluster: 1, 3 or 5; overrides streams.replicas.
    #[arg(long)]
    replicas: Option<usize>,
    /// Says what would be changed, and changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Says which stream limits, disk and memory this many stories per day need.
    #[arg(long, value_name = "N")]
    stories_per_day: Option<u64>,
    /// Size of a record with its headers, in bytes, for `--stories-per-day` [default: the average in the
    /// out stream].
    #[arg(long, value_name = "BYTES", requires = "stories_per_day")]
    record_bytes: Option<u64>,
}

pub(super) async fn run(mut config: Config, args: Args) -> Done {
    if let Some(replicas) = args.replicas {
        config.streams.replicas = replicas;
        config.check().or_exit(Exit::Usage)?;
    }
    let connection = super::broker::connect(&config, "provision").await?;
    let context = connection.jetstream();
    let ack_wait = Duration::from_secs(config.intake.ack_wait_secs);
    let changes = topology::provision(&context, &config.streams, ack_wait, args.dry_run).await;
    let changes = changes.map_err(|error| {
        let is_ours =
            matches!(error, topology::Error::Another { .. } | topology::Error::Taken { .. });
        (if is_ours { Exit::Config } else { Exit::Broker }, anyhow::Error::from(error))
    })?;
    for change in changes {
        let would = if args.dry_run && change.how != "unchanged" { "would be " } else { "" };
        say(&format!("{}: {would}{}", change.what, change.how));
    }
    if let Some(stories) = args.stories_per_day {
        let bytes = match args.record_bytes {
            Some(bytes) => bytes,
            None => measured(&context, &config.streams).await,
        };
        for line in
            sizing::plan(&config.streams, config.publish.ttl(OutcomeKind::Story), stories, bytes)
        {
            say(&line);
        }
    }
    if !args.dry_run {
        state::provision(&context, &config.state, config.streams.replicas)
            .await
            .or_exit(Exit::Broker)?;
    }
    Ok(Exit::Done)
}

/// Bytes of an outcome on the out streams; the usual size where it holds none.
async fn measured(context: &async_nats::jetstream::Context, streams: &topology::Settings) -> u64 {
    let Ok(outs) = topology::bind_outs(context, streams).await else {
        return sizing::RECORD_BYTES;
    };
    let (bytes, messages) = outs.all().fold((0, 0), |(bytes, messages), out| {
        let state = &out.cached_info().state;
        (bytes + state.bytes, messages + state.messages)
    });
    bytes.checked_div(messages).unwrap_or(sizing::RECORD_BYTES)
}
