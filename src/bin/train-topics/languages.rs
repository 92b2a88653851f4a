//! The model of runs of letters for the languages other than English: a multinomial logistic regression by
//! AdaGrad over a fixed order, so that the same input gives the same bytes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result};
use news_ingest::tag::topics::other_languages::{BUCKETS, CLASSES, KNOWN, LetterModel, features};
use serde::Deserialize;

use crate::{Order, index};

const EPOCHS: usize = 8;
const RATE: f32 = 0.1;
/// What the squares of the slopes start at: the larger, the smaller the first steps.
const START: f32 = 1e-2;

#[derive(Deserialize)]
struct Sentence {
    text: String,
    topic: Option<String>,
    lang: String,
}

/// Features of a sentence, and its class.
type Row = (Vec<(u32, f32)>, usize);

/// Fits the model to some sentences and writes it, and the languages that it knows, into `to/mul`.
pub fn train(sentences: &Path, to: &Path) -> Result<()> {
    let file = File::open(sentences).with_context(|| format!("opening {}", sentences.display()))?;
    let mut rows = Vec::new();
    let mut languages = BTreeSet::new();
    for line in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
        let Sentence { text, topic, lang } = serde_json::from_str(&line?)?;
        let top = topic.as_deref().map(index).transpose()?;
        let known = top.and_then(|top| KNOWN.iter().position(|known| *known == top));
        rows.push((features("", &text), known.unwrap_or(CLASSES - 1)));
        match lang.as_str() {
            // English has a model of its own; its sentences help with names.
            "en" => {}
            "nb" | "nn" => drop(languages.insert("no".to_owned())),
            _ => drop(languages.insert(lang)),
        }
    }
    let model = fit(&rows);
    let folder = to.join("mul");
    fs::write(
        folder.join("topics.weights.zst"),
        zstd::encode_all(model.to_bytes().as_slice(), 19)?,
    )?;
    let list: Vec<String> = languages.into_iter().collect();
    let head = "# Languages that `topics.weights.zst` was fitted to, and speaks in.";
    fs::write(folder.join("topics.languages.txt"), format!("{head}\n{}\n", list.join("\n")))?;
    Ok(())
}

fn fit(rows: &[Row]) -> LetterModel {
    let mut weights = vec![[0.0_f32; CLASSES]; BUCKETS];
    let mut squares = vec![[START; CLASSES]; BUCKETS];
    let mut bias = [0.0_f32; CLASSES];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Order(23);
    for _ in 0..EPOCHS {
        random.shuffle(&mut order);
        for &at in &order {
            let (features, class) = &rows[at];
            let mut errors = bias;
            for (bucket, value) in features {
                for (score, weight) in errors.iter_mut().zip(&weights[*bucket as usize]) {
                    *score += value * weight;
                }
            }
            let most = errors.iter().copied().fold(f32::MIN, f32::max);
            errors = errors.map(|score| (score - most).exp());
            let sum: f32 = errors.iter().sum();
            errors = errors.map(|e| e / sum);
            errors[*class] -= 1.0;
            for (bias, error) in bias.iter_mut().zip(errors) {
                *bias -= 1e-3 * error;
            }
            for (bucket, value) in features {
                let at = *bucket as usize;
                for i in 0..CLASSES {
                    let slope = errors[i] * value;
                    squares[at][i] += slope * slope;
                    weights[at][i] -= RATE * slope / squares[at][i].sqrt();
                }
            }
        }
    }
    let largest = weights.iter().flatten().fold(0.0_f32, |most, w| most.max(w.abs()));
    let scale = (largest / 127.0).max(f32::MIN_POSITIVE);
    let weights = weights.iter().map(|row| row.map(|w| (w / scale).round() as i8)).collect();
    LetterModel { bias, weights, scale }
}
