//! Trains the recogniser of names from labelled sentences, bit for bit repeatable.
//!
//! usage: `train-entities [--held-out] DATA_DIR MODEL_DIR`: reads `ner-*.jsonl.gz` and
//! `word-clusters.tsv.gz` of the one, `places.gazetteer.zst` of the other, and writes
//! `entities.weights.zst` and `words.classes.zst` there. With `--held-out` it writes nothing, leaves
//! every tenth story out of the training and says how well these are read.

#![allow(clippy::print_stderr)]

mod corpus;
mod crf;
mod held_out;
mod invent;
mod random;

use std::{env, fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use news_ingest::tag::{
    entities::{Recogniser, classes::ClassTable},
    places::gazetteer::Gazetteer,
};

use corpus::Story;

/// Every so many stories one is held out, if any.
const HELD_OUT: usize = 10;

fn main() -> Result<()> {
    let mut args: Vec<_> = env::args_os().skip(1).collect();
    let hold_out = args.first().is_some_and(|a| a == "--held-out");
    if hold_out {
        args.remove(0);
    }
    let [data, out] = args.as_slice() else {
        bail!("usage: train-entities [--held-out] DATA_DIR MODEL_DIR");
    };
    let (data, out) = (PathBuf::from(data), PathBuf::from(out));
    fs::create_dir_all(&out)?;
    let class_bytes = ClassTable::build(&corpus::classes(&data.join("word-clusters.tsv.gz"))?);
    let classes = ClassTable::from_bytes(&class_bytes).context("a class table reads back")?;
    let gazetteer = zstd::decode_all(fs::File::open(out.join("places.gazetteer.zst"))?)?;
    let gazetteer = Gazetteer::from_bytes(&gazetteer).context("a gazetteer")?;
    let reader = corpus::Reader { classes: &classes, gazetteer: &gazetteer };
    let stories = corpus::stories(&data)?;
    if !hold_out {
        let weights = train(&reader, &stories, &class_bytes)?;
        fs::write(out.join("words.classes.zst"), zstd::encode_all(class_bytes.as_slice(), 19)?)?;
        fs::write(out.join("entities.weights.zst"), zstd::encode_all(weights.as_slice(), 19)?)?;
        return Ok(());
    }
    let (mut held, mut kept) = (Vec::new(), Vec::new());
    for (at, story) in stories.into_iter().enumerate() {
        if at % HELD_OUT == 0 { held.push(story) } else { kept.push(story) }
    }
    let weights = train(&reader, &kept, &class_bytes)?;
    let recogniser =
        Recogniser::from_bytes(&weights, &class_bytes).context("a model reads back")?;
    held_out::print(&recogniser, &reader, &held);
    Ok(())
}

/// The packed weights of a model of some stories.
fn train(reader: &corpus::Reader<'_>, stories: &[Story], classes: &[u8]) -> Result<Vec<u8>> {
    let settings = crf::Settings::default();
    let stories = invent::vary(stories);
    // A model of each half reads the other half, so that hints are as wrong as they will be.
    let half = |odd: usize| -> Result<Recogniser> {
        let half = stories.iter().enumerate().filter(|(at, _)| at % 2 == odd);
        let examples = reader.examples(half, |_, _| None);
        let weights = crf::pack(&crf::train(&examples, &settings), settings.log2_rows);
        Recogniser::from_bytes(&weights, classes).context("a model reads back")
    };
    let halves = [half(1)?, half(0)?];
    let examples = reader.examples(stories.iter().enumerate(), |at, reading| {
        Some(halves[at % 2].first_names(*reading))
    });
    let sentences: usize = examples.iter().map(|e| e.sentences.len()).sum();
    eprintln!("{sentences} sentences, {} stories", stories.len());
    Ok(crf::pack(&crf::train(&examples, &settings), settings.log2_rows))
}
