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

use anyhow::{Context as _, Result};
use news_ingest::extract::Extracted;
use news_ingest::extract::fit::{Gold, Growth, LabelledPage, columns, fit_model, part};
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

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let (mut out, mut cross, mut records, mut sets, mut explain) =
        (None, None, None, Vec::new(), None);
    let (mut one, mut two) = (Growth::default(), Growth::default());
    let mut seed = 0;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--out" => out = args.next(),
            "--cross" => cross = args.next().map(|n| n.parse::<u64>()).transpose()?,
            "--records" => records = args.next(),
            "--explain" => explain = args.next(),
            "--trees" => {
                let n = args.next().context("--trees needs a number")?.parse()?;
                (one.trees, two.trees) = (n, n);
            }
            "--depth" => {
                let n = args.next().context("--depth needs a number")?.parse()?;
                (one.depth, two.depth) = (n, n);
            }
            "--rate" => {
                let n = args.next().context("--rate needs a number")?.parse()?;
                (one.rate, two.rate) = (n, n);
            }
            "--features" => {
                let n = args.next().context("--features needs a number")?.parse()?;
                (one.features, two.features) = (n, n);
            }
            "--least" => {
                let n = args.next().context("--least needs a number")?.parse()?;
                (one.least, two.least) = (n, n);
            }
            "--columns" => {
                columns().iter().for_each(|name| println!("{name}"));
                return Ok(());
            }
            "--random" => (one.random, two.random) = (true, true),
            "--seed" => seed = args.next().context("--seed needs a number")?.parse()?,
            _ => sets.push(arg),
        }
    }
    let mut pages = Vec::new();
    let mut lengths = Vec::new();
    for set in &sets {
        let file = std::fs::File::open(set).with_context(|| set.clone())?;
        let before = pages.len();
        for line in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
            let row: Value = serde_json::from_str(&line?)?;
            let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
            let gold = &row["gold"];
            let list = |key: &str| {
                gold[key]
                    .as_array()
                    .map(|a| a.iter().filter_map(Value::as_str).collect())
                    .unwrap_or_default()
            };
            let gold = match gold["body"].as_str() {
                Some(body) => Gold::Body(body),
                None => Gold::Snippets { with: list("with"), without: list("without") },
            };
            pages.push(
                LabelledPage::new(
                    row["html"].as_str().unwrap_or_default(),
                    &text(&row["url"]),
                    pages.len(),
                    &gold,
                )
                .context("a page can't be read")?,
            );
        }
        lengths.push(pages.len() - before);
    }
    let all: Vec<&LabelledPage> = pages.iter().collect();
    if let Some(parts) = cross {
        let mut found = vec![Value::Null; pages.len()];
        let mut explained = vec![String::new(); pages.len()];
        let folds: Vec<_> = std::thread::scope(|scope| {
            let all = &all;
            let jobs: Vec<_> = (0..parts)
                .map(|fold| {
                    scope.spawn(move || {
                        let is_held = |p: &&LabelledPage| part(&p.host, parts, seed) == fold;
                        let (test, train): (Vec<_>, Vec<_>) =
                            all.iter().copied().partition(is_held);
                        (test, fit_model(&train, (one, two)))
                    })
                })
                .collect();
            jobs.into_iter().map(|job| job.join().expect("a fit doesn't panic")).collect()
        });
        for (test, model) in folds {
            println!("{}", model.limits());
            for page in test {
                let extracted = model.extract(page).context("a page takes too long")?;
                found[page.index] = record(&extracted);
                explained[page.index] = page.explain(&model.probabilities(page));
            }
        }
        let mut start = 0;
        for (set, length) in sets.iter().zip(lengths) {
            let name = std::path::Path::new(set)
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .replace(".jsonl.gz", "");
            let mut file = std::fs::File::create(format!(
                "{}.{name}",
                records.as_deref().unwrap_or("/tmp/records")
            ))?;
            for i in start..start + length {
                writeln!(file, "{}", found[i])?;
                if let Some(dir) = &explain {
                    std::fs::write(format!("{dir}/{name}.{}", i - start), &explained[i])?;
                }
            }
            start += length;
        }
    }
    if let Some(out) = out {
        let model = fit_model(&all, (one, two));
        println!("{}", model.limits());
        std::fs::write(out, model.to_bytes())?;
    }
    Ok(())
}
