//! `schema`: the contracts.

use super::{Done, Exit, OrExit as _, say};
use crate::config::Config;
use crate::{asyncapi, intake, record};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The contract to print.
    contract: Contract,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Contract {
    /// JSON Schema of raw messages.
    Raw,
    /// JSON Schema of published records.
    Record,
    /// JSON Schema of the configuration file.
    Config,
    /// AsyncAPI 3.0 document of subjects and messages, with the configured names.
    Asyncapi,
}

/// Prints a contract. The configuration is loaded where names of it are printed.
pub(super) fn run(
    args: &Args,
    load: impl FnOnce() -> Result<Config, (Exit, anyhow::Error)>,
) -> Done {
    let schema = match args.contract {
        Contract::Raw => intake::schema(),
        Contract::Record => record::schema(),
        Contract::Config => schemars::schema_for!(Config).to_value(),
        Contract::Asyncapi => {
            let config = load()?;
            let url = super::broker::url_or_embedded(&config);
            asyncapi::document(&url, &config.streams, &config.routes)
        }
    };
    say(&serde_json::to_string_pretty(&schema).or_exit(Exit::Failed)?);
    Ok(Exit::Done)
}
