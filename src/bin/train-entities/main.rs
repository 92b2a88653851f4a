//! Trains the recogniser of names from labelled sentences, bit for bit repeatable.
//!
//! usage: `train-entities DATA_DIR MODEL_DIR`: reads `ner-*.jsonl.gz` and `word-clusters.tsv.gz` of
//! the one, `places.gazetteer.zst` of the other, and writes `entities.weights.zst` and
//! `words.classes.zst` there.

#![allow(clippy::print_stderr)]

mod corpus;
mod crf;

use std::{env, fs, path::PathBuf};

use anyhow::{Context as _, Result};
use news_ingest::tag::{
    entities::{Recogniser, classes::ClassTable},
    places::gazetteer::Gazetteer,
};

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (data, out) =
        args.next().zip(args.next()).context("usage: train-entities DATA_DIR MODEL_DIR")?;
    fs::create_dir_all(&out)?;
    let class_bytes = ClassTable::build(&corpus::classes(&data.join("word-clusters.tsv.gz"))?);
    fs::write(out.join("words.classes.zst"), zstd::encode_all(class_bytes.as_slice(), 19)?)?;
    let classes = ClassTable::from_bytes(&class_bytes).context("a class table reads back")?;
    let gazetteer = zstd::decode_all(fs::File::open(out.join("places.gazetteer.zst"))?)?;
    let gazetteer = Gazetteer::from_bytes(&gazetteer).context("a gazetteer")?;
    let settings = crf::Settings::default();
    let stories = corpus::stories(&data)?;
    let reader = corpus::Reader { classes: &classes, gazetteer: &gazetteer };
    let plain = reader.examples(&stories, |_, _| None);
    eprintln!(
        "{} sentences, {} stories",
        plain.iter().map(|e| e.sentences.len()).sum::<usize>(),
        stories.len()
    );
    // A model of each half reads the other half, so that hints are as wrong as they will be.
    let half = |odd: usize| -> Result<Recogniser> {
        let short = crf::Settings { epochs: 4, ..settings };
        let examples: Vec<_> =
            plain.iter().enumerate().filter(|(i, _)| i % 2 == odd).map(|(_, e)| e).collect();
        let weights = crf::pack(&crf::train(&examples, &short), settings.log2_rows);
        Recogniser::from_bytes(&weights, &class_bytes).context("a model reads back")
    };
    let halves = [half(1)?, half(0)?];
    let examples =
        reader.examples(&stories, |at, reading| Some(halves[at % 2].first_names(*reading)));
    let model = crf::train(&examples.iter().collect::<Vec<_>>(), &settings);
    let weights = crf::pack(&model, settings.log2_rows);
    fs::write(out.join("entities.weights.zst"), zstd::encode_all(weights.as_slice(), 19)?)?;
    Ok(())
}
