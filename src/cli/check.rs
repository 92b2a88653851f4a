//! `check`: validates the configuration and everything it names, and prints what is in force.

use super::{Done, Exit, OrExit as _, say};
use crate::config::Config;
use crate::tag::Tagger;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Says only whether it is good.
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(config: &Config, args: &Args) -> Done {
    Tagger::new(&config.tag).or_exit(Exit::Config)?;
    for (key, path) in config.nats.files() {
        std::fs::metadata(path)
            .map_err(|error| anyhow::anyhow!("{key} = {path:?}: {error}"))
            .or_exit(Exit::Config)?;
    }
    if !args.quiet {
        say(config.to_redacted_toml().trim_end());
    }
    Ok(Exit::Done)
}
