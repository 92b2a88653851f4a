//! `inspect`: one story as one HTML page.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::Value;
use time::OffsetDateTime;

use super::process::{Waits, looks_like_feed};
use super::{Done, Exit, OrExit as _, remark, whole_file};
use crate::broker::topology::{self, Outs};
use crate::config::Config;
use crate::disposition::Failure;
use crate::fetch::Fetcher;
use crate::inspect::{self, Inspection};
use crate::intake::{self, RawMessage};
use crate::model::{
    Content, Identity, Key, Origin, Page, Provenance, RawArticle, StoryId, Timings,
};
use crate::record::{self, Format};
use crate::state::State;
use crate::tag::Tagger;

/// A wait that is announced.
const WORTH_SAYING: Duration = Duration::from_secs(2);

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("story").required(true).multiple(false))]
pub(super) struct Args {
    /// A URL to fetch, or a file with a page, a plain text or records (the first is shown); `-` reads a
    /// record from standard input.
    #[arg(group = "story", value_name = "URL|FILE")]
    source: Option<String>,
    /// Shows the record with this key from the out stream.
    #[arg(long, group = "story", value_parser = key)]
    key: Option<Key>,
    /// Shows the record with this id (without a revision) from the out stream.
    #[arg(long, group = "story")]
    id: Option<String>,
    /// The URL of a page in a file; relative links are resolved against it, and its path may give the date.
    #[arg(long, conflicts_with_all = ["key", "id"])]
    url: Option<String>,
    /// Shows the lead picture, which the browser then loads from its site.
    #[arg(long)]
    images: bool,
    /// Writes the page to this file [default: standard output].
    #[arg(long, short)]
    out: Option<PathBuf>,
}

fn key(text: &str) -> Result<Key, String> {
    Key::parse(text).ok_or_else(|| "not a key: 26 characters of base32".to_owned())
}

/// A record and, where the story was worked on here, what only that tells.
struct Inspected {
    record: Value,
    timings: Vec<(&'static str, f64)>,
    cut: Vec<String>,
}

impl Inspected {
    fn record(record: Value) -> Self {
        Self { record, timings: Vec::new(), cut: Vec::new() }
    }
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    crate::log::start(&super::process::quiet(&config.log));
    let found = match (&args.source, args.key, &args.id) {
        (Some(source), _, _) => from_source(&config, source, args.url.as_deref()).await?,
        (None, Some(key), _) => from_stream(&config, key).await?,
        (None, None, Some(id)) => {
            let id = StoryId::new(id).or_exit(Exit::Usage)?;
            from_stream(&config, Identity::new(id, None).key()).await?
        }
        (None, None, None) => return Err((Exit::Usage, anyhow::anyhow!("name a story"))),
    };
    let page = inspect::page(&Inspection {
        images: args.images,
        record: &found.record,
        timings: &found.timings,
        cut: &found.cut,
    });
    match &args.out {
        Some(path) => std::fs::write(path, page)
            .with_context(|| format!("cannot write {}", path.display()))
            .or_exit(Exit::Failed)?,
        None if std::io::stdout().is_terminal() => {
            let problem = "HTML is not written to a terminal: give --out FILE, or use a pipe";
            return Err((Exit::Usage, anyhow::anyhow!(problem)));
        }
        None => super::say(page.trim_end()),
    }
    Ok(Exit::Done)
}

async fn from_source(
    config: &Config,
    source: &str,
    url: Option<&str>,
) -> Result<Inspected, (Exit, anyhow::Error)> {
    if source.starts_with("http://") || source.starts_with("https://") {
        return work(config, &serde_json::json!({"url": source})).await;
    }
    let text = read(source).or_exit(Exit::Failed)?;
    if let Some(record) = as_record(&text) {
        return Ok(Inspected::record(record));
    }
    if let Some(reason) = no_page(&text) {
        return Err((Exit::Failed, anyhow::anyhow!("{source} {reason}")));
    }
    let field = if is_html(Path::new(source), &text) { "html" } else { "text" };
    let mut message = serde_json::json!({field: text});
    if let Some(url) = url {
        message["url"] = url.into();
    }
    work(config, &message).await
}

fn read(source: &str) -> anyhow::Result<String> {
    let bytes = match source {
        "-" => whole_file::read_stdin()?,
        path => whole_file::read(Path::new(path))?,
    };
    let text = String::from_utf8(bytes).with_context(|| format!("{source} is not UTF-8"))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(bare) => bare.to_owned(),
        None => text,
    })
}

/// The first JSON value of a text, if it is a record.
fn as_record(text: &str) -> Option<Value> {
    let first = serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok()?;
    let schema = first["schema"].as_str()?;
    schema.starts_with("news-ingest/record/").then_some(first)
}

/// Why a text that is no record is no page and no plain text either.
fn no_page(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        return Some("is empty");
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines.all(|line| line.starts_with("http://") || line.starts_with("https://")) {
        return Some("is a list of URLs: `news-ingest inspect URL` shows one of them");
    }
    if looks_like_feed(text) {
        return Some("is a feed: `news-ingest feeds --once FEED` sends its entries to a worker");
    }
    match serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok()? {
        Value::Object(object)
            if ["url", "html", "text"].iter().any(|f| object.contains_key(*f)) =>
        {
            Some("is a raw message, not a record: `news-ingest process FILE` makes records of it")
        }
        Value::Object(_) | Value::Array(_) => Some("is JSON but not a record of news-ingest"),
        _ => None,
    }
}

fn is_html(path: &Path, text: &str) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "html" | "htm" | "xhtml")
        || (ending != "txt" && text.trim_start_matches('\u{feff}').trim_start().starts_with('<'))
}

/// Takes a message through the stages one by one, for the page in between is wanted too.
async fn work(config: &Config, message: &Value) -> Result<Inspected, (Exit, anyhow::Error)> {
    let tagger = Tagger::new(&config.tag).or_exit(Exit::Config)?;
    let mut timings = Timings::default();
    let started = Instant::now();
    let raw = intake::decode(RawMessage::json(message.to_string().into()), &config.intake)
        .or_exit(Exit::Failed)?;
    timings.intake = started.elapsed();
    let started = Instant::now();
    let page = fetch(config, raw).await?;
    timings.fetch = started.elapsed();
    let html = match &page.content {
        Content::Html(html) => Some(html.clone()),
        Content::Text(_) | Content::TitledText { .. } => None,
    };
    let started = Instant::now();
    let article = crate::extract::extract(page, &config.extract).or_exit(Exit::Failed)?;
    timings.extract = started.elapsed();
    let started = Instant::now();
    let story = tagger.tag(article);
    timings.tag = started.elapsed();
    let now = OffsetDateTime::now_utc();
    let json = record::to_json(Format::Record, &story, &Provenance::default(), &timings, now);
    let cut = html
        .map(|html| crate::extract::left_out(&html, &story.article.body, &config.extract))
        .unwrap_or_default();
    let Timings { intake, fetch, extract, tag, .. } = timings;
    let timings = [("intake", intake), ("fetch", fetch), ("extract", extract), ("tag", tag)]
        .map(|(stage, time)| (stage, crate::record::millis(time)))
        .to_vec();
    Ok(Inspected { record: serde_json::from_str(&json).or_exit(Exit::Failed)?, timings, cut })
}

async fn fetch(config: &Config, raw: RawArticle) -> Result<Page, (Exit, anyhow::Error)> {
    if let Origin::Inline { url, content } = raw.origin {
        return Ok(Page { identity: raw.identity, hints: raw.hints, url, content, fetch: None });
    }
    let state = State::in_process(&config.state);
    let fetcher = Fetcher::new(&config.fetch, &state).or_exit(Exit::Config)?;
    let mut waits = Waits::default();
    loop {
        let error = match fetcher.fetch(raw.clone()).await {
            Ok(page) => return Ok(page),
            Err(error) => error,
        };
        // There is no later here: what is soon over is waited for, and said.
        let Some(wait) = waits.next(&Failure::of(&error)) else {
            return Err((Exit::Failed, error.into()));
        };
        if wait >= WORTH_SAYING {
            remark(&format!("waiting {} s: {error}", wait.as_secs()));
        }
        tokio::time::sleep(wait).await;
    }
}

/// The last record of a key in the stream of outcomes.
async fn from_stream(config: &Config, key: Key) -> Result<Inspected, (Exit, anyhow::Error)> {
    let connection = super::broker::connect(config, "inspect").await?;
    let context = connection.jetstream();
    let outs = topology::bind_outs(&context, &config.streams).await.or_exit(Exit::Broker)?;
    let subject = format!("{}.story.*.*.{key}", config.streams.prefix);
    // A reader may be permitted to get stories and nothing else; that goes by the subject.
    let mut found = Err(anyhow::anyhow!("no out stream"));
    for stream in outs.holding(key.as_str()) {
        found = if stream.cached_info().config.allow_direct {
            stream.direct_get_last_for_subject(&subject).await.map_err(anyhow::Error::new)
        } else {
            stream.get_last_raw_message_by_subject(&subject).await.map_err(anyhow::Error::new)
        };
        if found.is_ok() {
            break;
        }
    }
    let message = match found {
        Ok(message) => message,
        Err(error) => return Err((Exit::Failed, no_story(&outs, config, key, error).await)),
    };
    let record = serde_json::from_slice(&message.payload)
        .context("the stored record is not JSON")
        .or_exit(Exit::Failed)?;
    Ok(Inspected::record(record))
}

/// Why there is no story of a key: what else became of it, where that can be told.
async fn no_story(outs: &Outs, config: &Config, key: Key, error: anyhow::Error) -> anyhow::Error {
    match super::find::last(outs, &config.streams.prefix, key).await {
        Ok(Some((_, message))) if message.subject.contains(".dlq.") => anyhow::anyhow!(
            "{key} is a dead letter, not a story: {}; `news-ingest dlq show {key}` has its message",
            super::find::reason(&message)
        ),
        Ok(Some((_, message))) => {
            anyhow::anyhow!(
                "{key} was skipped, there is no story: {}",
                super::find::reason(&message)
            )
        }
        Ok(None) => anyhow::anyhow!(
            "no story of {key} in {}; `news-ingest find {key}` looks for messages that wait",
            config.streams.out_streams().join(", ")
        ),
        // A reader may be permitted to get stories and nothing else.
        Err(_) => error.context(format!("no story of {key}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_records_pages_and_texts_apart() {
        assert!(as_record("{\"schema\":\"news-ingest/record/1\"}\n{\"x\":1}\n").is_some());
        for other in ["{\"schema\":\"x\"}", "{}", "Headline\n\nText", "", "[1]", "<p>"] {
            assert!(as_record(other).is_none(), "{other:?}");
        }
        for other in [" \n", "[1]", "{\"a\": 1}", "{\"url\": \"x\"}"] {
            assert!(no_page(other).is_some(), "{other:?}");
        }
        for other in
            ["https://a.example/1\n\nhttps://a.example/2\n", "<?xml version='1.0'?>\n<rss>"]
        {
            assert!(no_page(other).is_some(), "{other:?}");
        }
        for page in ["Headline\n\nText", "<p>", "12 people were hurt", "{{ template"] {
            assert_eq!(no_page(page), None, "{page:?}");
        }
        assert!(is_html(Path::new("-"), "\u{feff}\n<!doctype html>"));
        assert!(is_html(Path::new("a.HTM"), "x"));
        assert!(!is_html(Path::new("a.txt"), "<b>"));
    }
}
