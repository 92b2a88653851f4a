//! Fits the linear part of the topics and writes `src/tag/models/topics-headlines.bin`.
//!
//!     train-topics topics-headlines.jsonl.gz iptc-mediatopics.json topics-headlines.bin
//!
//! Or the model of the other languages, from `{"text", "topic", "lang"}` lines, `topic` null for "none of the
//! classes":
//!
//!     train-topics --languages topics-sib-train.jsonl.gz src/lang
//!
//! The headlines are `{"text", "topic"}` lines; the Media Topics' own names and definitions are
//! added, so that all 17 top levels have examples. The weights are those of a multinomial logistic
//! regression, by AdaGrad over a fixed order; the same input gives the same bytes. The calibration
//! is fitted to made-up stories of one to eight headlines of one topic or two, with weights fitted
//! to the other half of the headlines. Prints the accuracy and the calibration error on such
//! stories.

mod languages;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use news_ingest::model::TopicCode;
use news_ingest::tag::topics::{
    BUCKETS, Calibration, LinearModel, TOPICS, TopicWords, Topics, beginning, features, leads,
    top_index,
};
use serde::Deserialize;

const EPOCHS: usize = 12;
const RATE: f32 = 0.25;
/// Shrinks a weight at each step on it.
const DECAY: f32 = 1e-5;

#[derive(Deserialize)]
struct Headline {
    text: String,
    topic: String,
}

#[derive(Deserialize)]
struct Concept {
    code: String,
    name: String,
    definition: Option<String>,
}

struct Example {
    text: String,
    topic: usize,
}

/// A deterministic generator (SplitMix64): shuffles must not differ between runs.
struct Order(u64);

impl Order {
    fn below(&mut self, n: usize) -> usize {
        (news_ingest::hash::next_random(&mut self.0) % n as u64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing_subscriber::fmt::init();
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, sentences, to] = args.as_slice()
        && flag == "--languages"
    {
        return languages::train(sentences.as_ref(), to.as_ref());
    }
    let [headlines, concepts, out] = args.as_slice() else {
        bail!("usage: train-topics HEADLINES.jsonl.gz MEDIATOPICS.json OUT.bin");
    };
    let headlines = read_headlines(headlines)?;
    let concepts = read_concepts(concepts)?;
    let topics = Topics::new(None)?;
    let mut samples = Vec::new();
    for half in 0..2 {
        let (mut train, mut test) = (Vec::new(), Vec::new());
        for (i, example) in headlines.iter().enumerate() {
            if i % 2 == half { train.push(example) } else { test.push(example) }
        }
        train.extend(&concepts);
        let model = fit(&train);
        samples.extend(stories(&test).into_iter().map(|(body, present)| {
            let scores = topics.scores(&model, "", &body);
            (scores, leads(&scores), present)
        }));
    }
    let calibration = calibrate(&samples);
    let all: Vec<&Example> = headlines.iter().chain(&concepts).collect();
    let model = LinearModel { calibration, ..fit(&all) };
    report(&model, &samples);
    std::fs::write(out, model.to_bytes()).with_context(|| format!("writing {out}"))
}

fn read_headlines(path: &str) -> Result<Vec<Example>> {
    let file = File::open(path).with_context(|| format!("opening {path}"))?;
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    lines
        .map(|line| {
            let Headline { text, topic } = serde_json::from_str(&line?)?;
            Ok(Example { text, topic: index(&topic)? })
        })
        .collect()
}

fn read_concepts(path: &str) -> Result<Vec<Example>> {
    let file = File::open(path).with_context(|| format!("opening {path}"))?;
    let concepts: Vec<Concept> = serde_json::from_reader(BufReader::new(file))?;
    concepts
        .into_iter()
        .map(|Concept { code, name, definition }| {
            let text = format!("{name}. {}", definition.unwrap_or_default());
            Ok(Example { text, topic: index(&code)? })
        })
        .collect()
}

fn index(code: &str) -> Result<usize> {
    let number = code.strip_prefix("medtop:").and_then(|code| code.parse().ok());
    Ok(top_index(TopicCode(number.with_context(|| format!("topic {code:?}"))?)))
}

/// Weights by AdaGrad (Duchi et al. 2011); rare topics count as much as frequent ones.
fn fit(examples: &[&Example]) -> LinearModel {
    let mut counts = [0.0f32; TOPICS];
    for example in examples {
        counts[example.topic] += 1.0;
    }
    let mean = examples.len() as f32 / TOPICS as f32;
    let importance = counts.map(|n| (mean / n.max(1.0)).sqrt());
    let words = |text: &str| features(&TopicWords::of(""), &TopicWords::of(beginning(text)));
    let rows: Vec<_> = examples.iter().map(|e| (words(&e.text), e.topic)).collect();
    let mut weights = vec![[0.0f32; TOPICS]; BUCKETS];
    let mut squares = vec![[1e-3f32; TOPICS]; BUCKETS];
    let mut bias = [0.0f32; TOPICS];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Order(17);
    for _ in 0..EPOCHS {
        random.shuffle(&mut order);
        for &at in &order {
            let (features, topic) = &rows[at];
            let mut scores = bias;
            for (bucket, value) in features {
                for (score, weight) in scores.iter_mut().zip(&weights[*bucket as usize]) {
                    *score += value * weight;
                }
            }
            let mut errors = softmax(&scores);
            errors[*topic] -= 1.0;
            errors = errors.map(|error| error * importance[*topic]);
            for (bias, error) in bias.iter_mut().zip(errors) {
                *bias -= 0.002 * error;
            }
            for (bucket, value) in features {
                let (weights, squares) =
                    (&mut weights[*bucket as usize], &mut squares[*bucket as usize]);
                for i in 0..TOPICS {
                    let slope = errors[i] * value + DECAY * weights[i];
                    squares[i] += slope * slope;
                    weights[i] -= RATE * slope / squares[i].sqrt();
                }
            }
        }
    }
    let largest = weights.iter().flatten().fold(0.0f32, |most, w| most.max(w.abs()));
    let scale = largest / 127.0;
    let weights = weights.iter().map(|row| row.map(|w| (w / scale).round() as i8)).collect();
    LinearModel { bias, weights, scale, calibration: Calibration::default() }
}

fn softmax(scores: &[f32; TOPICS]) -> [f32; TOPICS] {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let exp = scores.map(|score| (score - most).exp());
    let sum: f32 = exp.iter().sum();
    exp.map(|e| e / sum)
}

/// Made-up stories with the topics that are in them.
fn stories(headlines: &[&Example]) -> Vec<(String, Vec<usize>)> {
    let mut of: [Vec<&str>; TOPICS] = Default::default();
    for headline in headlines {
        of[headline.topic].push(&headline.text);
    }
    let known: Vec<usize> = (0..TOPICS).filter(|&i| !of[i].is_empty()).collect();
    let mut random = Order(4);
    (0..8000)
        .map(|_| {
            let mut present = vec![known[random.below(known.len())]];
            let other = known[random.below(known.len())];
            if random.below(4) == 0 && other != present[0] {
                present.push(other);
            }
            let mut story = String::new();
            for topic in &present {
                for _ in 0..=random.below(8) {
                    story.push_str(of[*topic][random.below(of[*topic].len())]);
                    story.push_str(".\n");
                }
            }
            (story, present)
        })
        .collect()
}

type Sample = ([f32; TOPICS], [f32; TOPICS], Vec<usize>);

/// A logistic regression of presence on score and lead, by gradient descent on all samples. Only
/// topics with some evidence take part: the others are never published.
fn calibrate(samples: &[Sample]) -> Calibration {
    let mut w = [0.0f64, 1.0, 1.0];
    for step in 0..600 {
        let (mut gradient, mut n) = ([0.0f64; 3], 0.0f64);
        for (x, present) in candidates(samples) {
            let p = 1.0 / (1.0 + (-(w[0] + w[1] * x[0] + w[2] * x[1])).exp());
            let error = p - f64::from(u8::from(present));
            gradient =
                [gradient[0] + error, gradient[1] + error * x[0], gradient[2] + error * x[1]];
            n += 1.0;
        }
        let rate = 1.5 / (1.0 + f64::from(step) / 200.0);
        for (w, g) in w.iter_mut().zip(gradient) {
            *w -= rate * g / n;
        }
        // The order of scores is to be kept.
        w[1] = w[1].max(0.1);
        w[2] = w[2].max(0.1);
    }
    Calibration { intercept: w[0] as f32, score: w[1] as f32, lead: w[2] as f32 }
}

fn candidates(samples: &[Sample]) -> impl Iterator<Item = ([f64; 2], bool)> {
    samples.iter().flat_map(|(scores, leads, present)| {
        (0..TOPICS)
            .filter(|&i| scores[i] > 1.0)
            .map(move |i| ([scores[i].into(), leads[i].into()], present.contains(&i)))
    })
}

#[allow(clippy::print_stdout)] // the report is this program's output
fn report(model: &LinearModel, samples: &[Sample]) {
    let right = samples.iter().filter(|(scores, _, present)| {
        let best = (0..TOPICS).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        best.is_some_and(|best| present.contains(&best))
    });
    println!(
        "made-up stories: best topic right {:.4}",
        right.count() as f64 / samples.len() as f64
    );
    let mut bins = [[0.0f64; 3]; 10];
    for (scores, _, present) in samples {
        let confidences = model.confidences(scores);
        for i in (0..TOPICS).filter(|&i| scores[i] > 1.0) {
            let bin = &mut bins[((confidences[i] * 10.0) as usize).min(9)];
            bin[0] += 1.0;
            bin[1] += f64::from(confidences[i]);
            bin[2] += f64::from(u8::from(present.contains(&i)));
        }
    }
    let total: f64 = bins.iter().map(|b| b[0]).sum();
    let error: f64 = bins.iter().map(|b| (b[1] - b[2]).abs()).sum::<f64>() / total;
    println!("calibration error {error:.4}: {:?}", model.calibration);
    for [n, sum, present] in bins.iter().filter(|b| b[0] > 0.0) {
        println!("  said {:.2} was {:.2} of {n}", sum / n, present / n);
    }
}
