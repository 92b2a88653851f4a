//! Parses the command line, starts the runtime, maps the result to an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use news_ingest::cli::{Cli, Exit, execute};

fn main() -> ExitCode {
    let cli = Cli::parse();
    news_ingest::open_files::raise_limit();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Exit::Failed.report(&anyhow::Error::new(error)),
    };
    let done = runtime.block_on(execute(cli));
    news_ingest::log::stop();
    let code = match done {
        Ok(exit) => exit.into(),
        Err((exit, error)) => exit.report(&error),
    };
    // Blocking threads that still read standard input must not hold the process.
    runtime.shutdown_background();
    code
}
