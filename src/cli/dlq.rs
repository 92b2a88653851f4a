//! `dlq`: dead letters listed, shown, and put back to work; with `--skipped` the skipped messages.
//!
//! A skipped message holds no body of its own: what is replayed is its URL, under the same id, so that a
//! story that a site's block kept back can be had when the block is lifted.
//!
//! A replay sends a letter's message to the raw stream again, as it was, and names the letter: its
//! outcome takes the letter's place as the key's last one. A letter whose key has a later outcome
//! is history and left alone.

mod filter;
mod letter;
mod list;
mod read;
mod replay;
mod show;

use super::{Done, Exit, OrExit as _};
use crate::broker::topology;
use crate::config::Config;
use filter::Filter;
use list::list;
use replay::{Pace, replay};
use show::show;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Prints one line per letter, oldest first, and counts by code on standard error.
    List {
        #[command(flatten)]
        filter: Filter,
        /// Prints one JSON object per letter.
        #[arg(long)]
        json: bool,
    },
    /// Prints one letter: headers, then body.
    Show {
        /// The story's key.
        key: String,
        /// Shows a skipped message instead of a dead letter.
        #[arg(long)]
        skipped: bool,
    },
    /// Sends the messages of dead letters to the raw stream again.
    Replay {
        #[command(flatten)]
        filter: Filter,
        /// Says what would be replayed, and replays nothing.
        #[arg(long)]
        dry_run: bool,
        /// At most this many letters per second.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        rate: u32,
        /// Also replays letters that failed again after three replays.
        #[arg(long)]
        force: bool,
    },
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    let connection = super::broker::connect(&config, "dlq").await?;
    let context = connection.jetstream();
    let outs = topology::bind_outs(&context, &config.streams).await.or_exit(Exit::Broker)?;
    match args.command {
        Command::List { filter, json } => list(&outs, &config.streams.prefix, &filter, json).await,
        Command::Show { key, skipped } => show(&context, &config, &outs, &key, skipped).await,
        Command::Replay { filter, dry_run, rate, force } => {
            if filter.is_everything() && !dry_run && !replay::confirmed() {
                return Err((Exit::Usage, anyhow::anyhow!("nothing was replayed")));
            }
            let pace = Pace { dry_run, rate, force };
            replay(&context, &outs, &config, &filter, &pace).await
        }
    }
    .or_exit(Exit::Failed)
}
