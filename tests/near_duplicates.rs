//! Copies of real stories are found and unrelated stories are not, through the keys by which the
//! group looks copies up.
//!
//! The stories are the gold bodies of the page sets, read where they are (`NEWS_INGEST_PAGES`, else
//! beside the repository); without them the test says so and passes. Each story is cut, re-headed,
//! signed by an agency, edited, and all of it together; every other story of the sets is unrelated to it.

#![allow(clippy::print_stderr, clippy::unwrap_used)] // a test says what it measured

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use news_ingest::tag::fingerprint::{Likeness, Sketch};

/// Stories shorter than this are cut to nothing that could be told.
const MIN_WORDS: usize = 120;

fn stories() -> Vec<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/eval/pages");
    let dir =
        std::env::var_os("NEWS_INGEST_PAGES").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "gz"));
    paths.sort();
    let mut stories = Vec::new();
    for path in paths {
        let file = std::fs::File::open(path).unwrap();
        for line in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
            let row: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            if let Some(body) = row["gold"]["body"].as_str()
                && body.split_whitespace().count() >= MIN_WORDS
            {
                stories.push(body.to_owned());
            }
        }
    }
    stories
}

fn part(body: &str, from: f64, to: f64) -> String {
    let words: Vec<&str> = body.split_whitespace().collect();
    let at = |share: f64| (words.len() as f64 * share) as usize;
    words[at(from)..at(to)].join(" ")
}

/// Every `step`-th word replaced, as an editor's hand would.
fn edited(body: &str, step: usize) -> String {
    let words = body.split_whitespace().enumerate();
    words
        .map(|(i, w)| if i % step == step - 1 { "edited" } else { w })
        .collect::<Vec<_>>()
        .join(" ")
}

fn copies(body: &str) -> Vec<(&'static str, String)> {
    let agency = "LONDON, Jan 31 (Agency) - ";
    let credit =
        "\nReporting by our correspondents; editing by the desk. Sign up for our newsletter.";
    vec![
        ("first half", part(body, 0.0, 0.5)),
        ("first two thirds", part(body, 0.0, 0.67)),
        ("middle", part(body, 0.25, 0.75)),
        ("without its lead", part(body, 0.2, 1.0)),
        ("signed by an agency", format!("{agency}{body}{credit}")),
        (
            "another headline and lead",
            format!("Another headline. A lead of its own.\n{}", part(body, 0.1, 1.0)),
        ),
        ("edited", edited(body, 20)),
        (
            "cut, signed and edited",
            format!("{agency}{}{credit}", edited(&part(body, 0.0, 0.7), 25)),
        ),
    ]
}

#[test]
fn finds_copies_and_no_others() {
    let stories = stories();
    if stories.is_empty() {
        eprintln!("skipped: no page sets");
        return;
    }
    let mut index: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut kept: Vec<Sketch> = Vec::new();
    let mut bodies: Vec<&String> = Vec::new();
    let find = |index: &HashMap<u32, Vec<usize>>, kept: &[Sketch], sketch: &Sketch| {
        let mut near: Vec<usize> = sketch
            .anchors()
            .iter()
            .flat_map(|anchor| index.get(anchor).into_iter().flatten().copied())
            .filter(|&i| kept[i].likeness(sketch) != Likeness::Different)
            .collect();
        near.sort_unstable();
        near.dedup();
        near
    };
    for body in &stories {
        let (sketch, _) = Sketch::of(body);
        // The sets themselves hold some stories twice; those are true copies.
        if find(&index, &kept, &sketch).is_empty() {
            for anchor in sketch.anchors() {
                index.entry(*anchor).or_default().push(kept.len());
            }
            kept.push(sketch);
            bodies.push(body);
        }
    }
    let (mut found, mut missed, mut wrong) = (0u32, 0u32, 0u32);
    let mut by_kind: HashMap<&str, (u32, u32)> = HashMap::new();
    for (i, body) in bodies.iter().enumerate() {
        for (kind, copy) in copies(body) {
            let near = find(&index, &kept, &Sketch::of(&copy).0);
            let hit = near.contains(&i);
            wrong += near.iter().filter(|&&other| other != i).count() as u32;
            let counts = by_kind.entry(kind).or_default();
            counts.0 += u32::from(hit);
            counts.1 += 1;
            if hit { found += 1 } else { missed += 1 }
        }
    }
    let precision = f64::from(found) / f64::from(found + wrong);
    let recall = f64::from(found) / f64::from(found + missed);
    eprintln!(
        "{} stories of {}, precision {precision:.4}, recall {recall:.4}",
        bodies.len(),
        stories.len()
    );
    eprintln!("{by_kind:?}");
    assert!(precision >= 0.99 && recall >= 0.99, "precision {precision}, recall {recall}");
}
