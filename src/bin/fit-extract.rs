//! Fits the block classifier of the extractor on pages with known stories.
//!
//! usage: fit-extract [--trees N] [--depth N] [--rate R] [--features SHARE] [--least H] [--random]
//!                    [--out MODEL] [--cross PARTS --seed N --records FILE] SET.jsonl.gz...
//!        fit-extract --columns
//!
//! A line of a set is a raw message with `html`, `url` and `gold` (`body`, or `with` and
//! `without`). With `--cross`, pages are parted by host, each part is extracted by a model
//! fitted on the others, with thresholds chosen on the others, and the records are written for
//! scoring, headline, date and authors among them; another `--seed` parts them otherwise. The rules
//! for headline, date and authors are not fitted: of them only what depends on the story's blocks is
//! held out.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use news_ingest::extract::Extracted;
use news_ingest::extract::fit_blocks::{Gold, Growth, LabelledPage, columns, fit_model, part};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

/// What scorers read of a record.
fn record(found: &Extracted) -> Value {
    let headline = found.headline.as_ref().map(|(text, _)| text.as_str());
    let date = found.published.and_then(|(published, _)| published.at.format(&Rfc3339).ok());
    json!({"item": {
        "bodies": [{"role": "main", "contentType": "text/plain", "value": found.body}],
        "headlines": [{"role": "main", "value": headline}],
        "contentCreated": date,
        "by": found.authors.join("; "),
    }})
}

/// What the command line asks for.
#[derive(Default)]
struct Options {
    out: Option<String>,
    /// How many parts the pages are cut into, each extracted by a model of the others.
    cross: Option<u64>,
    seed: u64,
    records: Option<String>,
    /// A directory for what the model saw in each page.
    explain: Option<String>,
    sets: Vec<String>,
    first: Growth,
    second: Growth,
    columns: bool,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self::default();
        while let Some(arg) = args.next() {
            let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
            match arg.as_str() {
                "--out" => options.out = Some(value()?),
                "--cross" => options.cross = Some(value()?.parse()?),
                "--records" => options.records = Some(value()?),
                "--explain" => options.explain = Some(value()?),
                "--seed" => options.seed = value()?.parse()?,
                "--columns" => options.columns = true,
                "--random" => options.grow(|growth| growth.random = true),
                "--trees" => {
                    let trees = value()?.parse()?;
                    options.grow(|growth| growth.trees = trees);
                }
                "--depth" => {
                    let depth = value()?.parse()?;
                    options.grow(|growth| growth.depth = depth);
                }
                "--rate" => {
                    let rate = value()?.parse()?;
                    options.grow(|growth| growth.rate = rate);
                }
                "--features" => {
                    let features = value()?.parse()?;
                    options.grow(|growth| growth.features = features);
                }
                "--least" => {
                    let least = value()?.parse()?;
                    options.grow(|growth| growth.least = least);
                }
                _ => options.sets.push(arg),
            }
        }
        Ok(options)
    }

    /// Sets how both parts of the model are grown.
    fn grow(&mut self, set: impl Fn(&mut Growth)) {
        set(&mut self.first);
        set(&mut self.second);
    }
}

/// Reads the pages of a set; `index` is that of the first among those of all sets.
fn read_set(path: &str, index: usize) -> Result<Vec<LabelledPage>> {
    let file = std::fs::File::open(path).with_context(|| path.to_owned())?;
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    let page = |(at, line): (usize, std::io::Result<String>)| -> Result<LabelledPage> {
        let row: Value = serde_json::from_str(&line?)?;
        let gold = &row["gold"];
        let list = |key: &str| {
            let texts = gold[key].as_array().into_iter().flatten();
            texts.filter_map(Value::as_str).collect()
        };
        let gold = match gold["body"].as_str() {
            Some(body) => Gold::Body(body),
            None => Gold::Snippets { with: list("with"), without: list("without") },
        };
        let [html, url] = ["html", "url"].map(|key| row[key].as_str().unwrap_or_default());
        LabelledPage::new(html, url, index + at, &gold).context("a page can't be read")
    };
    lines.enumerate().map(page).collect()
}

/// Extracts each part of the pages by a model of the others, and writes the records of each set.
fn cross(options: &Options, parts: u64, sets: &[Vec<LabelledPage>]) -> Result<()> {
    let all: Vec<&LabelledPage> = sets.iter().flatten().collect();
    let folds: Vec<_> = std::thread::scope(|scope| {
        let all = &all;
        let fit = |fold| {
            move || {
                let is_held = |p: &&LabelledPage| part(&p.host, parts, options.seed) == fold;
                let (test, train): (Vec<_>, Vec<_>) = all.iter().copied().partition(is_held);
                (test, fit_model(&train, (options.first, options.second)))
            }
        };
        let jobs: Vec<_> = (0..parts).map(|fold| scope.spawn(fit(fold))).collect();
        jobs.into_iter().map(|job| job.join().expect("a fit doesn't panic")).collect()
    });
    let mut found = vec![(Value::Null, String::new()); all.len()];
    for (test, model) in folds {
        println!("{}", model.limits());
        for page in test {
            let extracted = model.extract(page).context("a page takes too long")?;
            found[page.index] = (record(&extracted), page.explain(&model.probabilities(page)));
        }
    }
    let mut found = found.into_iter();
    for (path, pages) in options.sets.iter().zip(sets) {
        let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
        let name = name.replace(".jsonl.gz", "");
        let records = options.records.as_deref().unwrap_or("records");
        let mut file = std::fs::File::create(format!("{records}.{name}"))?;
        for (at, (record, explained)) in found.by_ref().take(pages.len()).enumerate() {
            writeln!(file, "{record}")?;
            if let Some(dir) = &options.explain {
                std::fs::write(format!("{dir}/{name}.{at}"), explained)?;
            }
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let options = Options::parse(std::env::args().skip(1))?;
    if options.columns {
        for name in &columns() {
            println!("{name}");
        }
        return Ok(());
    }
    let mut sets: Vec<Vec<LabelledPage>> = Vec::new();
    for path in &options.sets {
        let index = sets.iter().map(Vec::len).sum();
        sets.push(read_set(path, index)?);
    }
    if let Some(parts) = options.cross {
        cross(&options, parts, &sets)?;
    }
    if let Some(out) = &options.out {
        let all: Vec<&LabelledPage> = sets.iter().flatten().collect();
        let model = fit_model(&all, (options.first, options.second));
        println!("{}", model.limits());
        std::fs::write(out, model.to_bytes())?;
    }
    Ok(())
}
