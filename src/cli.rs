//! The command line: one file per subcommand, thin.

mod broker;
mod check;
mod completions;
mod demo;
mod dlq;
mod export;
mod feeds;
mod find;
mod inspect;
mod message_url;
mod out_reader;
mod process;
mod provision;
mod publish;
mod report;
mod run;
mod schema;
mod service;
mod tail;
mod whole_file;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::{Parser, Subcommand};

use crate::config::{self, Config};

/// What `--version` says: the program's version, the commit it was built from, and what made its records.
fn long_version() -> &'static str {
    static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let commit = option_env!("NEWS_INGEST_COMMIT").filter(|commit| !commit.is_empty());
        format!(
            "{}\ncommit {}\nrecord {}, extractor {}, recogniser {}, gazetteer {}",
            env!("CARGO_PKG_VERSION"),
            commit.unwrap_or("not known (built outside a release)"),
            crate::record::SCHEMA,
            crate::extract::VERSION,
            crate::tag::models::RECOGNISER,
            crate::tag::models::GAZETTEER,
        )
    });
    &TEXT
}

/// What the help and the manual page say at their end.
const NOTES: &str = "Exit codes: 0 done, 1 failed, 2 usage, 64 bad configuration, 69 broker unreachable.

Every option of the configuration file can be set in the environment too: NEWS_INGEST__NATS__URL sets nats.url. \
config/news-ingest.toml documents them all.";

/// Turns news articles into structured, tagged records on NATS JetStream.
#[derive(Debug, Parser)]
#[command(name = "news-ingest", version, long_version = long_version(), propagate_version = true, after_long_help = NOTES)]
pub struct Cli {
    /// Configuration file [default: config/news-ingest.toml, if it exists].
    #[arg(long, short, global = true, env = "NEWS_INGEST_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a worker until it is stopped. Without nats.url it starts its own nats-server.
    Run(run::Args),
    /// Runs the pipeline without a broker: raw messages as NDJSON in, one line out for each.
    ///
    /// Exits with 1 if every line fails; if only some do, it says how many and exits with 0.
    Process(process::Args),
    /// Creates or updates streams, consumers and buckets. Idempotent.
    Provision(provision::Args),
    /// Publishes raw messages from NDJSON, URL lists, HTML or text files.
    Publish(publish::Args),
    /// Polls RSS, Atom and JSON feeds and news sitemaps into raw messages.
    Feeds(feeds::Args),
    /// Shows one story as an HTML page: what was found in it, where, and why.
    Inspect(inspect::Args),
    /// Shows stories as they are published, one line each.
    Tail(tail::Args),
    /// Writes stories to hourly files, each record once, and resumes where it stopped.
    Export(export::Args),
    /// Summarises workers' JSON logs: findings, totals, rates, percentiles, hosts, codes, a timeline.
    Report(report::Args),
    /// Says what became of a story, by its address, id or key.
    Find(find::Args),
    /// Checks the configuration and prints it without secrets, or examines the broker.
    Check(check::Args),
    /// Lists, shows and replays dead letters.
    Dlq(dlq::Args),
    /// Runs a broker, a news site and two workers on this machine and accounts for every message.
    Demo(demo::Args),
    /// Prints a contract: a JSON Schema, or an AsyncAPI document with the configured names.
    Schema(schema::Args),
    /// Prints completions for a shell.
    Completions(completions::CompletionArgs),
    /// Prints the manual page, or writes one per command into a directory.
    Man(completions::ManArgs),
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong use of the command line (clap's own code).
    Usage = 2,
    /// Bad configuration.
    Config = 64,
    /// The broker cannot be reached or used.
    Broker = 69,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// Prints an error with its causes to standard error and gives the exit code.
    #[allow(clippy::print_stderr, reason = "how a failed command tells its user why")]
    #[must_use]
    pub fn report(self, error: &anyhow::Error) -> ExitCode {
        let mut text = error.to_string();
        for cause in error.chain().skip(1) {
            let cause = cause.to_string();
            if !text.contains(&cause) {
                text.push_str(": ");
                text.push_str(&cause);
            }
        }
        eprintln!("news-ingest: {text}");
        self.into()
    }
}

/// What a subcommand gives back: an exit code, or one with the error to report.
type Done = Result<Exit, (Exit, anyhow::Error)>;

/// Pairs an error with its exit code.
trait OrExit<T> {
    fn or_exit(self, exit: Exit) -> Result<T, (Exit, anyhow::Error)>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for Result<T, E> {
    fn or_exit(self, exit: Exit) -> Result<T, (Exit, anyhow::Error)> {
        self.map_err(|error| (exit, error.into()))
    }
}

/// Runs a command to its end.
///
/// # Errors
/// The exit code and what to tell the user.
pub async fn execute(cli: Cli) -> Done {
    let load = || -> Result<Config, (Exit, anyhow::Error)> {
        let variables = config::variables().or_exit(Exit::Config)?;
        let config =
            config::load(cli.config.as_deref(), variables.into_iter()).or_exit(Exit::Config)?;
        warn_of_old_names(&config);
        Ok(config)
    };
    if matches!(cli.command, Command::Run(_) | Command::Feeds(_)) {
        service::survive_hangups().or_exit(Exit::Failed)?;
    }
    let done = match cli.command {
        Command::Run(args) => run::run(load()?, args).await,
        Command::Process(args) => process::run(load()?, args).await,
        Command::Provision(args) => provision::run(load()?, args).await,
        Command::Publish(args) => publish::run(load()?, args).await,
        Command::Feeds(args) => feeds::run(load()?, args).await,
        Command::Inspect(args) => inspect::run(load()?, args).await,
        Command::Tail(args) => tail::run(load()?, args).await,
        Command::Export(args) => export::run(load()?, args).await,
        Command::Report(args) => report::run(args).await,
        Command::Find(args) => find::run(load()?, args).await,
        Command::Check(args) => check::run(&load()?, &args).await,
        Command::Dlq(args) => dlq::run(load()?, args).await,
        Command::Demo(args) => demo::run(load()?, args).await,
        Command::Schema(args) => schema::run(&args, load),
        Command::Completions(args) => Ok(completions::completions(&args)),
        Command::Man(args) => completions::man(&args),
    };
    match (done, UNWRITTEN.get()) {
        (Ok(_), Some(error)) => Err((
            Exit::Failed,
            anyhow::anyhow!("standard output could not be written whole: {error}"),
        )),
        (done, _) => done,
    }
}

/// The first failure to write to standard output, by [`say`].
static UNWRITTEN: OnceLock<String> = OnceLock::new();

/// Keys that still go by the name of an earlier version, on standard error.
#[allow(clippy::print_stderr, reason = "logging has not started, and some commands do not log")]
fn warn_of_old_names(config: &Config) {
    for (old, new) in &config.renamed {
        eprintln!(
            "news-ingest: the key {old} is now called {new}; the old name will not be read for long"
        );
    }
}

/// A header's text without its percent-encoding.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let digits = (*first == b'%').then(|| more.get(..2)).flatten();
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &more[2..] } else { more };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Prints one line to standard output. A closed pipe is no error; any other fault fails the command at its end.
fn say(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush())
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        UNWRITTEN.get_or_init(|| error.to_string());
    }
}

/// Prints one line to standard error, beside the data that a command gives.
#[allow(clippy::print_stderr, reason = "what is no data must not stand among it")]
fn remark(line: &str) {
    eprintln!("news-ingest: {line}");
}

/// A time of the past as people write it: `90s`, `30m`, `6h`, `7d` ago, a date, or an RFC 3339 time.
fn moment(text: &str) -> Result<time::OffsetDateTime, String> {
    let wrong = || "not like 90s, 30m, 6h, 7d, 2026-09-20 or 2026-09-20T10:00:00Z".to_owned();
    if let Ok(at) =
        time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
    {
        return Ok(at);
    }
    let day = time::macros::format_description!("[year]-[month]-[day]");
    if let Ok(date) = time::Date::parse(text, day) {
        return Ok(date.midnight().assume_utc());
    }
    let (number, unit) = text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let ago = number.parse::<u32>().map_err(|_| wrong())?;
    time::OffsetDateTime::now_utc()
        .checked_sub(time::Duration::seconds(i64::from(ago) * seconds))
        .ok_or_else(wrong)
}

/// A counter on standard error, on terminals only.
fn progress(what: &str) -> indicatif::ProgressBar {
    use std::io::IsTerminal as _;
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let template = format!("{{spinner}} {{human_pos}} {what}, {{per_sec}}, {{elapsed}}");
    let style =
        indicatif::ProgressStyle::with_template(&template).expect("names of things have no braces");
    indicatif::ProgressBar::no_length().with_style(style)
}

/// Columns of the terminal at standard output.
fn terminal_width() -> usize {
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col > 0 => usize::from(size.ws_col),
        _ => 100,
    }
}

/// Colour goes to terminals only, and not where `NO_COLOR` is set (no-color.org).
fn wants_colour(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
