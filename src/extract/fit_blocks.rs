//! Fits the block classifier: boosted trees on the logistic loss, grown by histograms. Only for
//! the `fit-extract` tool.

use time::OffsetDateTime;

use super::Extracted;
use super::blocks::Blocks;
use super::body::{LIMITS, Limits, choose};
use super::forest::{Forest, Node};
use super::page_facts::Facts;
use crate::hash::{SEED, absorb, finish};
use crate::model::WebUrl;

/// Rows with their labels and weights.
#[derive(Default)]
pub struct Samples {
    /// Numbers in a row.
    pub width: usize,
    /// Rows, one after the other.
    pub values: Vec<f32>,
    /// Whether each row is part of a story.
    pub labels: Vec<bool>,
    /// What an error on it costs.
    pub weights: Vec<f32>,
}

/// How trees are grown.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// Number of trees.
    pub trees: usize,
    /// Levels below the root.
    pub depth: usize,
    /// Step of each tree.
    pub rate: f32,
    /// Ridge on leaf values.
    pub ridge: f32,
    /// Least sum of second derivatives in a leaf.
    pub least: f32,
    /// Share of the features that a tree sees.
    pub features: f32,
    /// Share of the rows that a tree sees.
    pub rows: f32,
    /// Whether a split tries one threshold of each feature, drawn at random, instead of all
    /// (Geurts, Ernst and Wehenkel, "Extremely randomized trees", 2006): worse on the pages that it
    /// is fitted on, better on others.
    pub random: bool,
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            trees: 100,
            depth: 4,
            rate: 0.12,
            ridge: 2.0,
            least: 1.0,
            features: 0.35,
            rows: 0.7,
            random: false,
        }
    }
}

const BINS: usize = 48;

/// A small generator (xorshift), so that a fit can be repeated.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }
}

/// Fits a forest.
pub(super) fn fit(samples: &Samples, growth: Growth) -> Forest {
    let n = samples.labels.len();
    let edges: Vec<Vec<f32>> = (0..samples.width).map(|f| edges(samples, f)).collect();
    // Column by column, for the histograms.
    let bins: Vec<Vec<u8>> = (0..samples.width)
        .map(|f| {
            (0..n)
                .map(|i| {
                    edges[f].partition_point(|e| *e < samples.values[i * samples.width + f]) as u8
                })
                .collect()
        })
        .collect();
    let total: f32 = samples.weights.iter().sum();
    let yes: f32 =
        samples.labels.iter().zip(&samples.weights).filter(|(l, _)| **l).map(|(_, w)| w).sum();
    let rate = (yes / total).clamp(0.001, 0.999);
    let mut forest = Forest { bias: (rate / (1.0 - rate)).ln(), trees: Vec::new() };
    let mut scores = vec![forest.bias; n];
    let mut chance = Chance(crate::hash::GOLDEN);
    let mut gradients = vec![(0.0_f32, 0.0_f32); n];
    for _ in 0..growth.trees {
        for i in 0..n {
            let p = 1.0 / (1.0 + (-scores[i]).exp());
            let w = samples.weights[i];
            gradients[i] =
                (w * (p - f32::from(u8::from(samples.labels[i]))), w * (p * (1.0 - p)).max(1e-4));
        }
        let rows: Vec<u32> = (0..n as u32).filter(|_| chance.next() < growth.rows).collect();
        let features: Vec<usize> =
            (0..samples.width).filter(|_| chance.next() < growth.features).collect();
        let table = Table { bins: &bins, edges: &edges, gradients: &gradients };
        let tree = grow(table, rows, &features, growth, &mut chance);
        for (i, score) in scores.iter_mut().enumerate() {
            let row = &samples.values[i * samples.width..(i + 1) * samples.width];
            *score += value(&tree, row);
        }
        forest.trees.push(tree);
    }
    forest
}

fn value(tree: &[Node], row: &[f32]) -> f32 {
    let mut at = 0;
    loop {
        let node = tree[at];
        if node.feature == Node::LEAF {
            return node.value;
        }
        at = usize::from(node.left) + usize::from(row[usize::from(node.feature)] > node.value);
    }
}

fn edges(samples: &Samples, feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> =
        samples.values.iter().skip(feature).step_by(samples.width).copied().collect();
    values.sort_by(f32::total_cmp);
    let mut distinct = values.clone();
    distinct.dedup();
    if distinct.len() <= BINS {
        return distinct.windows(2).map(|w| f32::midpoint(w[0], w[1])).collect();
    }
    let mut edges: Vec<f32> = (1..BINS).map(|k| values[k * values.len() / BINS]).collect();
    edges.dedup();
    edges
}

struct Split {
    gain: f32,
    feature: usize,
    bin: usize,
}

/// What trees are grown from: each feature's bins, row by row, and their edges; each row's first
/// and second derivative.
#[derive(Clone, Copy)]
struct Table<'a> {
    bins: &'a [Vec<u8>],
    edges: &'a [Vec<f32>],
    gradients: &'a [(f32, f32)],
}

fn grow(
    table: Table<'_>,
    rows: Vec<u32>,
    features: &[usize],
    growth: Growth,
    chance: &mut Chance,
) -> Vec<Node> {
    let Table { bins, edges, gradients } = table;
    let mut tree = vec![Node { feature: Node::LEAF, left: 0, value: 0.0 }];
    let mut open = vec![(0_usize, 0_usize, rows)];
    while let Some((at, depth, rows)) = open.pop() {
        let (g, h) = rows.iter().fold((0.0, 0.0), |(g, h), i| {
            let (dg, dh) = gradients[*i as usize];
            (g + dg, h + dh)
        });
        let leaf = -growth.rate * g / (h + growth.ridge);
        let split = if depth < growth.depth {
            best_split(table, &rows, features, (g, h), growth, chance)
        } else {
            None
        };
        let Some(Split { feature, bin, .. }) = split else {
            tree[at] = Node { feature: Node::LEAF, left: 0, value: leaf };
            continue;
        };
        let left = tree.len();
        tree.push(tree[at]);
        tree.push(tree[at]);
        tree[at] = Node { feature: feature as u16, left: left as u16, value: edges[feature][bin] };
        let (low, high): (Vec<u32>, Vec<u32>) =
            rows.into_iter().partition(|i| usize::from(bins[feature][*i as usize]) <= bin);
        open.push((left, depth + 1, low));
        open.push((left + 1, depth + 1, high));
    }
    tree
}

fn best_split(
    table: Table<'_>,
    rows: &[u32],
    features: &[usize],
    (g, h): (f32, f32),
    growth: Growth,
    chance: &mut Chance,
) -> Option<Split> {
    let Table { bins, edges, gradients } = table;
    let score = |g: f32, h: f32| g * g / (h + growth.ridge);
    let whole = score(g, h);
    let mut best: Option<Split> = None;
    for &feature in features {
        let drawn = (chance.next() * edges[feature].len() as f32) as usize;
        let mut histogram = [(0.0_f32, 0.0_f32); BINS + 1];
        for &i in rows {
            let (dg, dh) = gradients[i as usize];
            let cell = &mut histogram[usize::from(bins[feature][i as usize])];
            cell.0 += dg;
            cell.1 += dh;
        }
        let (mut lg, mut lh) = (0.0, 0.0);
        for (bin, (gradient, hessian)) in histogram.iter().enumerate().take(edges[feature].len()) {
            lg += gradient;
            lh += hessian;
            let (rg, rh) = (g - lg, h - lh);
            let passed_by = growth.random && bin != drawn;
            if passed_by || lh < growth.least || rh < growth.least {
                continue;
            }
            let gain = score(lg, lh) + score(rg, rh) - whole;
            if gain > 1e-4 && best.as_ref().is_none_or(|b| gain > b.gain) {
                best = Some(Split { gain, feature, bin });
            }
        }
    }
    best
}

/// A page with what is known of its blocks.
pub struct LabelledPage {
    /// The page's host, by which pages are kept together.
    pub host: String,
    /// The page's place in the input.
    pub index: usize,
    html: String,
    url: Option<WebUrl>,
    blocks: super::blocks::Blocks,
    rows: super::block_features::Rows,
    /// Blocks with a label, and its weight.
    labels: Vec<(usize, bool, f32)>,
}

/// What is known of a page's text.
pub enum Gold<'a> {
    /// All of the story.
    Body(&'a str),
    /// Pieces that are in it, and pieces that are not.
    Snippets {
        /// In the story.
        with: Vec<&'a str>,
        /// Not in the story.
        without: Vec<&'a str>,
    },
}

/// What a page weighs in the fit.
const PAGE_WEIGHT: f32 = 100.0;
/// What a snippet weighs.
const SNIPPET_WEIGHT: f32 = 8.0;

impl LabelledPage {
    /// Cuts a page and labels its blocks.
    pub fn new(html: &str, url: &str, index: usize, gold: &Gold<'_>) -> Option<Self> {
        let read =
            super::parsed_page::read(&super::markup::read(html), &super::Settings::default())
                .ok()?;
        let rows = super::block_features::local(&read.blocks, &read.facts);
        let labels = labels(&read.blocks, gold);
        let url = WebUrl::parse(url).ok();
        let host = url.as_ref().map(WebUrl::host_without_www).unwrap_or_default().to_owned();
        Some(Self { host, index, html: html.to_owned(), url, blocks: read.blocks, rows, labels })
    }

    /// The first round's probability of a block.
    fn first(&self, forest: &Forest, block: usize) -> f32 {
        self.rows.row(block).map_or(0.0, |row| forest.probability(row))
    }

    /// A line per labelled block for people to look at.
    pub fn explain(&self, p: &[f32]) -> String {
        use std::fmt::Write as _;
        let mut out = String::new();
        for (i, block) in self.blocks.blocks.iter().enumerate() {
            let label = self
                .labels
                .iter()
                .find(|(j, ..)| *j == i)
                .map_or("  ", |(_, l, _)| if *l { "++" } else { "--" });
            let text: String = self.blocks.text(block).chars().take(110).collect();
            let _ =
                writeln!(out, "{label} {:.2} {:?} {}", p[i], block.shape, text.replace('\n', "|"));
        }
        out
    }
}

fn labels(blocks: &super::blocks::Blocks, gold: &Gold<'_>) -> Vec<(usize, bool, f32)> {
    use super::word_overlap::{runs, words};
    let mut buffer = Vec::new();
    match gold {
        Gold::Body(body) => {
            let mut lines: crate::hash::Hashes = crate::hash::Hashes::default();
            for line in body.lines() {
                words(line, &mut buffer);
                lines.extend(runs(&buffer, buffer.len().max(1)));
            }
            words(body, &mut buffer);
            let total = buffer.len().max(50) as f32;
            let grams: Vec<crate::hash::Hashes> =
                (3..=4).map(|n| runs(&buffer, n).collect()).collect();
            let mut seen = crate::hash::Hashes::default();
            let mut out = Vec::new();
            for (i, block) in blocks.blocks.iter().enumerate() {
                words(blocks.text(block), &mut buffer);
                if buffer.is_empty() {
                    continue;
                }
                let whole = runs(&buffer, buffer.len()).next().unwrap_or_default();
                let label = match buffer.len() {
                    1 | 2 => lines.contains(&whole),
                    3 => grams[0].contains(&whole),
                    n => {
                        let hits = runs(&buffer, 4).filter(|r| grams[1].contains(r)).count();
                        hits * 2 > n - 3
                    }
                };
                // A repeated block can be taken once only.
                if label && buffer.len() > 3 && !seen.insert(whole) {
                    continue;
                }
                let weight = PAGE_WEIGHT * (buffer.len().max(2) as f32 / total).min(1.0);
                out.push((i, label, weight));
            }
            out
        }
        Gold::Snippets { with, without } => {
            let squeeze = |s: &str| super::text::one_line(s);
            let with: Vec<String> = with.iter().map(|s| squeeze(s)).collect();
            let without: Vec<String> = without.iter().map(|s| squeeze(s)).collect();
            let mut out = Vec::new();
            for (i, block) in blocks.blocks.iter().enumerate() {
                let text = squeeze(blocks.text(block));
                let (yes, no) = (
                    with.iter().any(|s| text.contains(s.as_str())),
                    without.iter().any(|s| text.contains(s.as_str())),
                );
                if yes != no {
                    out.push((i, yes, SNIPPET_WEIGHT));
                }
            }
            out
        }
    }
}

/// The columns of the classifier's rows, in their order.
pub fn columns() -> Vec<String> {
    super::block_features::columns::names()
}

/// Both rounds of the classifier.
pub struct Model {
    local: Forest,
    context: Forest,
    limits: Limits,
}

impl Model {
    /// The bytes that the extractor reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.local.to_bytes();
        out.extend(self.context.to_bytes());
        out
    }

    /// The probability of each block of a page.
    pub fn probabilities(&self, page: &LabelledPage) -> Vec<f32> {
        let n = page.blocks.blocks.len();
        let first: Vec<f32> = (0..n).map(|i| page.first(&self.local, i)).collect();
        second(page, &first, &self.context)
    }

    /// The thresholds that were chosen on the pages of the fit, for people to read.
    pub fn limits(&self) -> String {
        format!("{:?}; the extractor has {LIMITS:?}", self.limits)
    }

    /// What is found on a page where this model says which blocks are the story.
    pub fn extract(&self, page: &LabelledPage) -> Option<Extracted> {
        let choose = |blocks: &Blocks, facts: &Facts| {
            let rows = super::block_features::local(blocks, facts);
            let judge = |i| rows.row(i).map_or(0.0, |row| self.local.probability(row));
            let first: Vec<f32> = (0..blocks.blocks.len()).map(judge).collect();
            let mut p = first.clone();
            super::block_features::context(blocks, &rows, &first, |i, row| {
                p[i] = self.context.probability(row);
            });
            choose(blocks, rows.words(), &p, &self.limits)
        };
        let (settings, now) = (super::Settings::default(), OffsetDateTime::now_utc());
        super::judged(&page.html, page.url.as_ref(), &settings, now, &choose).ok()
    }
}

/// The second round's probabilities from the first's.
fn second(page: &LabelledPage, first: &[f32], context: &Forest) -> Vec<f32> {
    let mut p = first.to_vec();
    super::block_features::context(&page.blocks, &page.rows, first, |i, row| {
        p[i] = context.probability(row);
    });
    p
}

/// How well thresholds do on pages: the mean, over pages, of precision and recall in words of labelled blocks.
fn quality(pages: &[&LabelledPage], p: &[Vec<f32>], limits: &Limits) -> f64 {
    let of = |page: &LabelledPage, p: &[f32]| {
        let chosen = choose(&page.blocks, page.rows.words(), p, limits);
        let (mut right, mut extra, mut missing) = (0.0, 0.0, 0.0);
        for (i, label, weight) in &page.labels {
            match (chosen.binary_search(i).is_ok(), label) {
                (true, true) => right += f64::from(*weight),
                (true, false) => extra += f64::from(*weight),
                (false, true) => missing += f64::from(*weight),
                (false, false) => {}
            }
        }
        let all = 2.0 * right + extra + missing;
        if all > 0.0 { 2.0 * right / all } else { 1.0 }
    };
    pages.iter().zip(p).map(|(page, p)| of(page, p)).sum::<f64>() / pages.len().max(1) as f64
}

/// The thresholds that do best on pages, each in turn; equals stay as the extractor has them.
fn best_limits(pages: &[&LabelledPage], p: &[Vec<f32>]) -> Limits {
    let mut best = LIMITS;
    let mut score = quality(pages, p, &best);
    let mut keep = |best: &mut Limits, limits: Limits| {
        let found = quality(pages, p, &limits);
        if found > score + 1e-6 {
            (*best, score) = (limits, found);
        }
    };
    for no_story in [0.3, 0.35, 0.4, 0.5, 0.55, 0.6] {
        let limits = Limits { no_story, ..best };
        keep(&mut best, limits);
    }
    for repeated in [0.7, 0.8, 0.85, 0.95, 1.0] {
        let limits = Limits { repeated, ..best };
        keep(&mut best, limits);
    }
    for leading in [0.5, 0.6, 0.7, 0.8, 0.9, 1.0] {
        let limits = Limits { leading, ..best };
        keep(&mut best, limits);
    }
    best
}

fn local_samples(pages: &[&LabelledPage]) -> Samples {
    let mut out = Samples { width: super::block_features::LOCAL, ..Samples::default() };
    for page in pages {
        for (i, label, weight) in &page.labels {
            let Some(row) = page.rows.row(*i) else { continue };
            out.values.extend_from_slice(row);
            out.labels.push(*label);
            out.weights.push(*weight);
        }
    }
    out
}

fn context_samples(pages: &[&LabelledPage], held: &[Vec<f32>]) -> Samples {
    let mut out = Samples { width: super::block_features::CONTEXT, ..Samples::default() };
    for (page, p) in pages.iter().zip(held) {
        let mut labels = page.labels.iter().peekable();
        super::block_features::context(&page.blocks, &page.rows, p, |i, row| {
            while labels.peek().is_some_and(|(j, ..)| *j < i) {
                labels.next();
            }
            if let Some((_, label, weight)) = labels.next_if(|(j, ..)| *j == i) {
                out.values.extend_from_slice(row);
                out.labels.push(*label);
                out.weights.push(*weight);
            }
        });
    }
    out
}

/// A part for a host, of `parts`; another seed parts them otherwise.
pub fn part(host: &str, parts: u64, seed: u64) -> u64 {
    finish(absorb(SEED, host.as_bytes()) ^ finish(seed)) % parts
}

/// Fits both rounds. The second sees the first's probabilities as they come out for pages that the
/// first was not fitted on.
pub fn fit_model(pages: &[&LabelledPage], growth: (Growth, Growth)) -> Model {
    const PARTS: u64 = 4;
    const INNER: u64 = 0x5eed;
    let mut held: Vec<Vec<f32>> = vec![Vec::new(); pages.len()];
    std::thread::scope(|scope| {
        let mut jobs = Vec::new();
        for fold in 0..PARTS {
            jobs.push((
                fold,
                scope.spawn(move || {
                    let rest: Vec<&LabelledPage> = pages
                        .iter()
                        .copied()
                        .filter(|p| part(&p.host, PARTS, INNER) != fold)
                        .collect();
                    fit(&local_samples(&rest), growth.0)
                }),
            ));
        }
        for (fold, job) in jobs {
            let forest = job.join().expect("a fit doesn't panic");
            for (k, page) in pages.iter().enumerate() {
                if part(&page.host, PARTS, INNER) == fold {
                    held[k] =
                        (0..page.blocks.blocks.len()).map(|i| page.first(&forest, i)).collect();
                }
            }
        }
    });
    let local = fit(&local_samples(pages), growth.0);
    let context = fit(&context_samples(pages, &held), growth.1);
    let p: Vec<Vec<f32>> =
        pages.iter().zip(&held).map(|(page, first)| second(page, first, &context)).collect();
    Model { local, context, limits: best_limits(pages, &p) }
}
