//! A linear-chain conditional random field, trained with AdaGrad on the exact gradient of the log
//! likelihood (Lafferty, McCallum and Pereira 2001; Duchi, Hazan and Singer 2011), one sentence at
//! a time in an order drawn from a fixed seed.

#![allow(clippy::needless_range_loop)] // lanes and labels are indices of several arrays at once

use std::collections::HashMap;

use news_ingest::tag::entities::{
    labels::{LABELS, LANES, OUTSIDE, may_follow},
    weights::table::Table,
};

use crate::{
    corpus::{Example, Examples},
    random::Random,
};

type Row = [f32; LANES];

#[derive(Clone, Copy)]
pub struct Settings {
    pub epochs: usize,
    /// Share of words whose own features are hidden, so that context has to do.
    pub blind: f32,
    pub rate: f32,
    pub decay: f32,
    pub min_count: u32,
    pub log2_rows: u32,
    /// Weights are kept as multiples of so many steps: the coarser, the smaller the model.
    pub steps: i8,
    /// To multiples of which they are rounded once more when they are stored.
    pub stored_steps: i8,
    /// Log-odds by which a word is the rather in a name than the likelihood says: a model of few examples finds
    /// too few names, and F1 counts those as much as wrong ones.
    pub lean: f32,
    /// Power of how often a feature is seen in its claim to a place in the table: at 0 only its weights count, and of one
    /// that is seen twice they are as heavy as any.
    pub frequency: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            epochs: 4,
            blind: 0.5,
            rate: 0.1,
            decay: 1e-3,
            min_count: 3,
            log2_rows: 19,
            steps: 1,
            stored_steps: 2,
            lean: 0.0,
            frequency: 0.0,
        }
    }
}

pub struct Model {
    pub hashes: Vec<u64>,
    pub rows: Vec<Row>,
    /// How often each feature is seen.
    counts: Vec<u32>,
    /// Row `LABELS` is the start.
    pub transitions: [Row; LABELS + 1],
}

struct Sentence {
    labels: Vec<u8>,
    /// Features of token `t`: of the word, of the context, of the second reading, end where
    /// `bounds[t]` says; they start where those of the token before end.
    bounds: Vec<[u32; 3]>,
    features: Vec<u32>,
    weight: f32,
}

pub fn train(examples: &[Examples], settings: &Settings) -> Model {
    let (hashes, mut sentences) = index(examples, settings.min_count);
    eprintln!("{} features", hashes.len());
    let mut rows = vec![[0.0; LANES]; hashes.len()];
    let mut squares = vec![[1e-6; LANES]; hashes.len()];
    let mut transitions = [[0.0; LANES]; LABELS + 1];
    let mut transition_squares = [[1e-6; LANES]; LABELS + 1];
    let mut random = Random(0x1234_5678_9abc_def0);
    let mut chain = Chain::default();
    let mut seen = Vec::new();
    for epoch in 0..settings.epochs {
        random.shuffle(&mut sentences);
        let mut loss = 0.0;
        // The last epochs go with smaller steps.
        let rate = settings.rate * (1.0 - epoch as f32 / settings.epochs as f32 * 0.8);
        for sentence in &sentences {
            chain.emissions.clear();
            // Half of the time the sentence is seen as by the first reading.
            let hints = random.number() & 1 == 0;
            seen.clear();
            seen.extend(sentence.labels.iter().map(|_| random.unit() >= settings.blind));
            for t in 0..sentence.labels.len() {
                let mut row = [0.0; LANES];
                for &f in sentence.features(t, seen[t], hints) {
                    for lane in 0..LANES {
                        row[lane] += rows[f as usize][lane];
                    }
                }
                chain.emissions.push(row);
            }
            loss += f64::from(chain.run(&transitions, &sentence.labels) * sentence.weight);
            for t in 0..sentence.labels.len() {
                let mut gradient = chain.marginals[t];
                gradient[sentence.labels[t] as usize] -= 1.0;
                for lane in 0..LANES {
                    gradient[lane] *= sentence.weight;
                }
                for &f in sentence.features(t, seen[t], hints) {
                    step(
                        &mut rows[f as usize],
                        &mut squares[f as usize],
                        &gradient,
                        rate,
                        settings.decay,
                    );
                }
            }
            for previous in 0..=LABELS {
                for lane in 0..LANES {
                    chain.steps[previous][lane] *= sentence.weight;
                }
                step(
                    &mut transitions[previous],
                    &mut transition_squares[previous],
                    &chain.steps[previous],
                    rate,
                    settings.decay,
                );
            }
        }
        eprintln!("epoch {epoch}: loss {loss:.0}");
    }
    let mut counts = vec![0; hashes.len()];
    for feature in sentences.iter().flat_map(|sentence| &sentence.features) {
        counts[*feature as usize] += 1;
    }
    Model { hashes, rows, counts, transitions }
}

fn step(row: &mut Row, squares: &mut Row, gradient: &Row, rate: f32, decay: f32) {
    for lane in 0..LANES {
        let g = gradient[lane] + decay * row[lane];
        squares[lane] += g * g;
        row[lane] -= rate * g / squares[lane].sqrt();
    }
}

impl Sentence {
    /// A token's features, without those of the word or of the second reading where not wanted.
    fn features(&self, token: usize, word: bool, hints: bool) -> &[u32] {
        let start = token.checked_sub(1).map_or(0, |before| self.bounds[before][2]);
        let [word_end, context_end, end] = self.bounds[token];
        let from = if word { start } else { word_end };
        &self.features[from as usize..(if hints { end } else { context_end }) as usize]
    }
}

/// Numbers the features that are frequent enough, in order of first appearance.
fn index(examples: &[Examples], min_count: u32) -> (Vec<u64>, Vec<Sentence>) {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    let sentences = || examples.iter().flat_map(|e| &e.sentences);
    let all = |s: &'_ Example| -> Vec<u64> {
        s.features.iter().flat_map(|(_, f)| f).chain(s.hints.iter().flatten()).copied().collect()
    };
    for hash in sentences().flat_map(all) {
        *counts.entry(hash).or_default() += 1;
    }
    let mut numbers: HashMap<u64, u32> = HashMap::new();
    let mut hashes = Vec::new();
    let mut out = Vec::new();
    for example in sentences() {
        let (mut bounds, mut features) = (Vec::new(), Vec::new());
        for ((lexical, token), hints) in example.features.iter().zip(&example.hints) {
            let (word, context) = token.split_at(*lexical);
            let ends = [word, context, hints].map(|group| {
                for hash in group.iter().filter(|hash| counts[hash] >= min_count) {
                    features.push(*numbers.entry(*hash).or_insert_with(|| {
                        hashes.push(*hash);
                        hashes.len() as u32 - 1
                    }));
                }
                features.len() as u32
            });
            bounds.push(ends);
        }
        out.push(Sentence {
            labels: example.labels.clone(),
            bounds,
            features,
            weight: example.weight,
        });
    }
    (hashes, out)
}

/// Forward and backward in probabilities, each step scaled to sum to 1.
#[derive(Default)]
struct Chain {
    emissions: Vec<Row>,
    marginals: Vec<Row>,
    steps: Vec<Row>,
    forward: Vec<Row>,
}

impl Chain {
    /// Fills `marginals` (probabilities) and `steps` (expected minus true transitions); returns
    /// minus the log likelihood of the labels.
    fn run(&mut self, transitions: &[Row; LABELS + 1], labels: &[u8]) -> f32 {
        let len = labels.len();
        let mut factors = [[0.0_f32; LANES]; LABELS + 1];
        let mut ends = [0.0_f32; LANES];
        for next in 0..LABELS {
            for previous in 0..LABELS {
                if may_follow(Some(previous), Some(next)) {
                    factors[previous][next] = transitions[previous][next].exp();
                }
            }
            if may_follow(None, Some(next)) {
                factors[LABELS][next] = transitions[LABELS][next].exp();
            }
            ends[next] = f32::from(u8::from(may_follow(Some(next), None)));
        }
        let mut log_z = 0.0;
        let mut gold = 0.0;
        self.forward.clear();
        let mut potentials = Vec::with_capacity(len);
        for t in 0..len {
            let emission = &self.emissions[t];
            let max = emission[..LABELS].iter().fold(f32::MIN, |a, b| a.max(*b));
            let mut potential = [0.0; LANES];
            for lane in 0..LABELS {
                potential[lane] = (emission[lane] - max).exp();
            }
            let mut row = [0.0; LANES];
            if t == 0 {
                row = factors[LABELS];
            } else {
                let before = self.forward[t - 1];
                for previous in 0..LABELS {
                    for lane in 0..LANES {
                        row[lane] += before[previous] * factors[previous][lane];
                    }
                }
            }
            let mut sum = 0.0;
            for lane in 0..LANES {
                row[lane] *= potential[lane];
                if t + 1 == len {
                    row[lane] *= ends[lane];
                }
                sum += row[lane];
            }
            for lane in 0..LANES {
                row[lane] /= sum;
            }
            log_z += sum.ln() + max;
            self.forward.push(row);
            potentials.push((potential, sum));
            let label = labels[t] as usize;
            let previous = if t == 0 { LABELS } else { labels[t - 1] as usize };
            gold += emission[label] + transitions[previous][label];
        }
        self.steps.clear();
        self.steps.resize(LABELS + 1, [0.0; LANES]);
        self.marginals.clear();
        self.marginals.resize(len, [0.0; LANES]);
        let mut backward = [1.0_f32; LANES];
        for t in (0..len).rev() {
            for lane in 0..LANES {
                self.marginals[t][lane] = self.forward[t][lane] * backward[lane];
            }
            let (potential, sum) = potentials[t];
            let mut message = [0.0; LANES];
            for lane in 0..LANES {
                message[lane] = backward[lane] * potential[lane] / sum;
                if t + 1 == len {
                    message[lane] *= ends[lane];
                }
            }
            let mut before = [0.0; LANES];
            if t == 0 {
                for lane in 0..LANES {
                    self.steps[LABELS][lane] += factors[LABELS][lane] * message[lane];
                }
            } else {
                let forward = self.forward[t - 1];
                for previous in 0..LABELS {
                    for lane in 0..LANES {
                        let joint = factors[previous][lane] * message[lane];
                        before[previous] += joint;
                        self.steps[previous][lane] += forward[previous] * joint;
                    }
                }
            }
            let previous = if t == 0 { LABELS } else { labels[t - 1] as usize };
            self.steps[previous][labels[t] as usize] -= 1.0;
            backward = before;
        }
        log_z - gold
    }
}

/// Quantises a model, the most useful features first.
pub fn table(model: &Model, settings: &Settings) -> Table {
    let use_of = |at: usize| {
        let spread = model.rows[at][..LABELS].iter().map(|w| w * w).sum::<f32>();
        spread * (model.counts[at] as f32).powf(settings.frequency)
    };
    let uses: Vec<f32> = (0..model.hashes.len()).map(use_of).collect();
    let mut order: Vec<usize> = (0..model.hashes.len()).collect();
    order.sort_by(|a, b| {
        uses[*b].total_cmp(&uses[*a]).then(model.hashes[*a].cmp(&model.hashes[*b]))
    });
    let feature = |at: usize| {
        let mut kept = [0.0; LABELS];
        kept.copy_from_slice(&model.rows[at][..LABELS]);
        (model.hashes[at], kept)
    };
    let features: Vec<_> = order.into_iter().map(feature).collect();
    let mut transitions = model.transitions;
    for row in &mut transitions {
        row[OUTSIDE] -= settings.lean;
    }
    let (mut table, dropped) =
        Table::build(&features, &transitions, settings.log2_rows, settings.steps);
    table.coarsen(settings.stored_steps);
    eprintln!("{} features, {dropped} without a slot", features.len());
    table
}
