//! Trains the recognisers of names from labelled sentences, bit for bit repeatable.
//!
//! usage: `train-entities [--held-out] DATA_DIR MODEL_DIR`: reads `ner-*.jsonl.gz` and
//! `word-clusters.tsv.gz` of the one, `places.gazetteer.zst` of the other, and writes
//! `entities.weights.zst` and `words.classes.zst` there. With `--held-out` it writes nothing, leaves
//! every tenth story out of the training and says how well these are read.
//!
//! usage: `train-entities --languages [--held-out] DATA_DIR MODEL_DIR LANG_DIR [CODE...]`: the same for the other
//! languages (`langs/ner-*.jsonl.gz`), or those named, into `LANG_DIR/<code>/entities.weights.zst`, and
//! what words do in known names (`wikidata-entities.tsv.gz`) into `LANG_DIR/mul/names.roles.zst`.
//!
//! usage: `train-entities --coarsen STEPS FILE...`: rounds the weights of packed files to multiples of some steps,
//! as a training does before it stores them.

#![allow(clippy::print_stderr)]

mod corpus;
mod crf;
mod held_out;
mod invent;
mod languages;
mod random;
mod roles;

use std::{env, fs, path::PathBuf, sync::Arc};

use anyhow::{Context as _, Result, bail};
use news_ingest::tag::{
    document::Splitting,
    entities::{Recogniser, classes::ClassTable, token_features::Lexicon, weights::table::Table},
    places::gazetteer::Gazetteer,
};

use corpus::Story;

/// Level of zstd at which tables are packed.
const PACKING: i32 = 22;

/// Every so many stories one is held out, if any.
const HELD_OUT: usize = 10;

fn main() -> Result<()> {
    let mut args: Vec<_> = env::args_os().skip(1).collect();
    let mut flag = |name: &str| {
        let given = args.first().is_some_and(|a| a == name);
        if given {
            args.remove(0);
        }
        given
    };
    if flag("--coarsen") {
        return coarsen(&args);
    }
    let (others, hold_out) = (flag("--languages"), flag("--held-out"));
    let usage =
        "usage: train-entities [--languages] [--held-out] DATA_DIR MODEL_DIR [LANG_DIR [CODE...]]";
    let [data, models, rest @ ..] = args.as_slice() else { bail!(usage) };
    let (data, models) = (PathBuf::from(data), PathBuf::from(models));
    let gazetteer = zstd::decode_all(fs::File::open(models.join("places.gazetteer.zst"))?)?;
    let gazetteer = Gazetteer::from_bytes(gazetteer).context("a gazetteer")?;
    if others {
        let [to, codes @ ..] = rest else { bail!(usage) };
        let codes: Vec<String> = codes.iter().map(|c| c.to_string_lossy().into_owned()).collect();
        let task = languages::Task {
            data: &data,
            models: &models,
            to: &PathBuf::from(to),
            gazetteer: &gazetteer,
            hold_out,
        };
        return task.run(&codes);
    }
    fs::create_dir_all(&models)?;
    let class_bytes = ClassTable::build(&corpus::classes(&data.join("word-clusters.tsv.gz"))?);
    let classes =
        ClassTable::from_bytes(class_bytes.clone()).context("a class table reads back")?;
    let lexicon = Lexicon { classes: Arc::new(classes), roles: None, uncased: false };
    let reader =
        corpus::Reader { lexicon: &lexicon, gazetteer: &gazetteer, splitting: Splitting::of("en") };
    let stories = corpus::stories(&data)?;
    let settings = crf::Settings::default();
    if hold_out {
        train_and_report(&reader, stories, &settings);
        return Ok(());
    }
    let table = crf::table(&train(&reader, &stories, &settings), &settings);
    fs::write(models.join("words.classes.zst"), zstd::encode_all(class_bytes.as_slice(), 19)?)?;
    fs::write(models.join("entities.weights.zst"), packed(&table)?)?;
    Ok(())
}

/// A table's streams, each a frame of its own.
fn packed(table: &Table) -> Result<Vec<u8>> {
    let mut frames = Vec::new();
    for stream in table.streams() {
        frames.extend(zstd::encode_all(stream.as_slice(), PACKING)?);
    }
    Ok(frames)
}

/// Rounds stored weights.
fn coarsen(args: &[std::ffi::OsString]) -> Result<()> {
    let [steps, files @ ..] = args else { bail!("usage: train-entities --coarsen STEPS FILE...") };
    let steps = steps.to_string_lossy().parse().context("STEPS is a number from 1 to 127")?;
    for file in files {
        let bytes = zstd::decode_all(fs::File::open(file)?)?;
        let mut table = Table::from_bytes(&bytes).context("a table of weights")?;
        table.coarsen(steps);
        fs::write(file, packed(&table)?)?;
    }
    Ok(())
}

/// Trains on nine stories of ten and says how well the tenth is read, by some leans. Stories that weigh less,
/// being another's or a model's, are not read.
fn train_and_report(reader: &corpus::Reader<'_>, stories: Vec<Story>, settings: &crf::Settings) {
    let (mut held, mut kept) = (Vec::new(), Vec::new());
    for (at, story) in stories.into_iter().enumerate() {
        if at % HELD_OUT == 0 && story.weight >= 1.0 { held.push(story) } else { kept.push(story) }
    }
    let model = train(reader, &kept, settings);
    for lean in [0.0, 0.25, 0.5, 0.75, 1.0, 1.25] {
        let table = crf::table(&model, &crf::Settings { lean, ..*settings });
        let recogniser = Recogniser::with(table.into(), reader.lexicon.clone());
        eprintln!("lean {lean}");
        held_out::print(&recogniser, reader, &held);
    }
}

/// A model of some stories.
fn train(reader: &corpus::Reader<'_>, stories: &[Story], settings: &crf::Settings) -> crf::Model {
    let stories = invent::vary(stories);
    // A model of each half reads the other half, so that hints are as wrong as they will be.
    let half = |odd: usize| {
        let half = stories.iter().enumerate().filter(|(at, _)| at % 2 == odd);
        let examples = reader.examples(half, |_, _| None);
        // Their names hardly depend on how coarsely a table is stored: a change of that changes no hints.
        let plain = crf::Settings { lean: 0.0, stored_steps: 2 * settings.steps, ..*settings };
        let table = crf::table(&crf::train(&examples, settings), &plain);
        Recogniser::with(table.into(), reader.lexicon.clone())
    };
    let halves = [half(1), half(0)];
    let examples = reader.examples(stories.iter().enumerate(), |at, reading| {
        Some(halves[at % 2].first_names(*reading))
    });
    let sentences: usize = examples.iter().map(|e| e.sentences.len()).sum();
    eprintln!("{sentences} sentences, {} stories", stories.len());
    crf::train(&examples, settings)
}
