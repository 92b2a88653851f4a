//! `completions` and `man`: what a shell and a reader of manuals want to know of the command line,
//! made from its one definition.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, Done, Exit, OrExit as _, say};

#[derive(Debug, clap::Args)]
pub(super) struct CompletionArgs {
    /// The shell.
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Writes a page for the program and one for each command to this directory, such as `news-ingest-run.1`.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionArgs) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "news-ingest", &mut script);
    say(String::from_utf8_lossy(&script).trim_end());
    Exit::Done
}

pub(super) fn man(args: &ManArgs) -> Done {
    match &args.dir {
        Some(dir) => std::fs::create_dir_all(dir)
            .and_then(|()| {
                clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), dir)
            })
            .with_context(|| format!("cannot write manual pages into {}", dir.display()))
            .or_exit(Exit::Failed)?,
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page).or_exit(Exit::Failed)?;
            say(String::from_utf8_lossy(&page).trim_end());
        }
    }
    Ok(Exit::Done)
}
