//! `schema`: the contracts.

use super::{Done, Exit, OrExit as _, say};
use crate::config::Config;
use crate::{intake, record};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which contract.
    contract: Contract,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Contract {
    /// The raw message in JSON.
    Raw,
    /// The published record.
    Record,
    /// The configuration file.
    Config,
}

pub(super) fn run(args: &Args) -> Done {
    let schema = match args.contract {
        Contract::Raw => intake::schema(),
        Contract::Record => record::schema(),
        Contract::Config => schemars::schema_for!(Config).to_value(),
    };
    say(&serde_json::to_string_pretty(&schema).or_exit(Exit::Failed)?);
    Ok(Exit::Done)
}
