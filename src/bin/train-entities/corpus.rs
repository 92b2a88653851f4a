//! Labelled sentences to examples: features and labels of tokens.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use flate2::read::GzDecoder;
use news_ingest::tag::{
    Text,
    document::Splitting,
    entities::{
        Evidence, Name, Reading, Recogniser,
        labels::{self, NameKind},
        second_pass::{self, Votes},
        titles,
        token_features::{Lexicon, MAX_FEATURES, Sentence},
    },
    places::{self, gazetteer::Gazetteer},
    word_keys::keys,
};
use serde::Deserialize;

/// Sentences in a row that are taken for one story: the corpora keep the order of their stories
/// but not the borders.
const STORY: usize = 12;

#[derive(Clone, Deserialize)]
pub struct Line {
    pub tokens: Vec<String>,
    pub entities: Vec<(usize, usize, String)>,
}

/// Sentences that stand together, with a weight.
#[derive(Clone)]
pub struct Story {
    pub lines: Vec<Line>,
    pub weight: f32,
}

/// Word and its classes.
pub fn classes(path: &Path) -> Result<Vec<(String, u8, u16)>> {
    let mut words = Vec::new();
    for line in BufReader::new(GzDecoder::new(File::open(path)?)).lines() {
        let line = line?;
        let mut cells = line.split('\t');
        let (Some(word), Some(coarse), Some(fine)) = (cells.next(), cells.next(), cells.next())
        else {
            bail!("{}: three cells expected: {line}", path.display());
        };
        // Classes hardly depend on case, so the lower-case form stands for all.
        let letters = word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '.');
        if letters && word.chars().count() <= 18 && !word.chars().any(char::is_uppercase) {
            words.push((word.to_owned(), coarse.parse()?, fine.parse()?));
        }
    }
    Ok(words)
}

pub fn read(path: &Path) -> Result<Vec<Line>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    BufReader::new(GzDecoder::new(file))
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect()
}

/// Labels for `ner-gmb.jsonl.gz`, voted as `silver.py` tells: a line per sentence, of
/// `first,lengthK` with K of P(erson), O(rganisation), L(ocation), M(isc).
const SILVER: &[u8] = include_bytes!("silver.txt.zst");

/// The sets trained on, with their weights: the silver labels for the news text, two sets of social
/// media for names in careless writing.
pub fn stories(data: &Path) -> Result<Vec<Story>> {
    let mut news = read(&data.join("ner-gmb.jsonl.gz"))?;
    relabel(&mut news, &String::from_utf8(zstd::decode_all(SILVER)?)?)?;
    let sets = [
        (news, 1.0),
        (read(&data.join("ner-wnut17.jsonl.gz"))?, 0.5),
        (read(&data.join("ner-btc.jsonl.gz"))?, 0.5),
    ];
    Ok(sets.into_iter().flat_map(|(lines, weight)| cut(&lines, weight)).collect())
}

/// Sentences as stories of one weight.
pub fn cut(lines: &[Line], weight: f32) -> Vec<Story> {
    lines.chunks(STORY).map(|lines| Story { lines: lines.to_vec(), weight }).collect()
}

/// Replaces the labels of sentences by those of the silver file.
fn relabel(lines: &mut [Line], silver: &str) -> Result<()> {
    let labels: Vec<&str> = silver.lines().collect();
    if labels.len() != lines.len() {
        bail!("{} sentences, but labels for {}", lines.len(), labels.len());
    }
    for (line, labels) in lines.iter_mut().zip(labels) {
        line.entities.clear();
        for label in labels.split_whitespace() {
            let (start, rest) =
                label.split_once(',').with_context(|| format!("bad label {label}"))?;
            let (len, kind) = rest.split_at(rest.len() - 1);
            let kind = match kind {
                "P" => "PERSON",
                "O" => "ORG",
                "L" => "PLACE",
                "M" => "MISC",
                _ => bail!("bad label {label}"),
            };
            let start: usize = start.parse()?;
            line.entities.push((start, start + len.parse::<usize>()?, kind.to_owned()));
        }
    }
    Ok(())
}

/// One sentence: per token its label and its features' hashes.
pub struct Example {
    pub labels: Vec<u8>,
    /// With how many of them, at the front, are of the word itself.
    pub features: Vec<(usize, Vec<u64>)>,
    /// Those of the second reading.
    pub hints: Vec<Vec<u64>>,
    pub weight: f32,
}

pub struct Examples {
    pub sentences: Vec<Example>,
}

fn kind(name: &str) -> Option<NameKind> {
    Some(match name {
        "PERSON" => NameKind::Person,
        "ORG" => NameKind::Organisation,
        "PLACE" => NameKind::Place,
        "MISC" => NameKind::Other,
        _ => return None,
    })
}

/// What stories are read with.
pub struct Reader<'a> {
    pub lexicon: &'a Lexicon,
    pub gazetteer: &'a Gazetteer,
    pub splitting: &'a Splitting,
}

/// The text of a story, with its labels.
fn text(lines: &[Line], splitting: &Splitting) -> (String, Vec<(usize, usize, NameKind)>) {
    let mut text = String::new();
    let mut spans = Vec::new();
    for line in lines {
        let mut edges = Vec::new();
        for token in &line.tokens {
            let start = text.len();
            text.push_str(token);
            edges.push((start, text.len()));
            // Characters stand close, with tokens for their blanks; so do elided articles.
            let elided = text.ends_with(['\'', '\u{2019}']) && splitting.parts(token);
            if !splitting.characters && !elided {
                text.push(' ');
            }
        }
        text.push('\n');
        for (from, to, name) in &line.entities {
            if let Some(kind) = kind(name) {
                spans.push((edges[*from].0, edges[*to - 1].1, kind));
            }
        }
    }
    (text, spans)
}

impl Reader<'_> {
    /// Reads stories as the recogniser would; `first` is a first reading of each story's names.
    pub fn examples<'s>(
        &self,
        stories: impl Iterator<Item = (usize, &'s Story)>,
        first: impl Fn(usize, &Reading<'_>) -> Option<Vec<Name>>,
    ) -> Vec<Examples> {
        let read = |(at, story): (usize, &Story)| Examples {
            sentences: self.story(story, |reading| first(at, reading)),
        };
        stories.map(read).collect()
    }

    /// The names of a story as labelled, and as a model finds them.
    pub fn names(&self, lines: &[Line], recogniser: &Recogniser) -> (Vec<Name>, Vec<Name>) {
        let (text, spans) = text(lines, self.splitting);
        let body = Text::split(&text, self.splitting);
        let keys = keys(&body);
        let listed =
            places::flags(self.gazetteer, &self.gazetteer.matches(&body, &keys), body.tokens.len());
        let reading = Reading { text: &body, keys: &keys, listed: &listed };
        let right = spans
            .into_iter()
            .filter_map(|(start, end, kind)| {
                let from = body.tokens.partition_point(|t| (t.end as usize) <= start);
                let to = body.tokens.partition_point(|t| (t.start as usize) < end);
                Some(Name { kind, tokens: titles::trim(&body, kind, from..to)? })
            })
            .collect();
        (right, recogniser.names(&[reading]).remove(0))
    }

    fn story(
        &self,
        story: &Story,
        first: impl Fn(&Reading<'_>) -> Option<Vec<Name>>,
    ) -> Vec<Example> {
        let (text, spans) = text(&story.lines, self.splitting);
        let body = Text::split(&text, self.splitting);
        let keys = keys(&body);
        let listed =
            places::flags(self.gazetteer, &self.gazetteer.matches(&body, &keys), body.tokens.len());
        let reading = Reading { text: &body, keys: &keys, listed: &listed };
        let evidence = Evidence::of(&[reading]);
        let mut all = vec![labels::OUTSIDE as u8; body.tokens.len()];
        for (start, end, kind) in spans {
            let from = body.tokens.partition_point(|t| (t.end as usize) <= start);
            let to = body.tokens.partition_point(|t| (t.start as usize) < end);
            let Some(tokens) = titles::trim(&body, kind, from..to) else { continue };
            for at in tokens.clone() {
                all[at] = labels::label(kind, at - tokens.start, tokens.len()) as u8;
            }
        }
        let first = first(&reading);
        let hints = match &first {
            Some(names) => {
                let mut votes = Votes::default();
                votes.add(&body, &keys, names);
                votes.hints(&body, &keys, names)
            }
            None => vec![0; body.tokens.len()],
        };
        let mut sentence = Sentence::default();
        let mut hashes = [0; MAX_FEATURES];
        let mut hint_hashes = [0; second_pass::MAX_FEATURES];
        let mut out = Vec::new();
        for tokens in &body.sentences {
            sentence.read(&reading, tokens.clone(), self.lexicon, &evidence);
            let labels = all[tokens.clone()].to_vec();
            // A name that a sentence border cuts makes labels that the scheme does not allow.
            let fits = labels::may_follow(None, Some(labels[0] as usize))
                && labels
                    .windows(2)
                    .all(|w| labels::may_follow(Some(w[0] as usize), Some(w[1] as usize)))
                && labels::may_follow(labels.last().map(|&l| l as usize), None);
            if !fits {
                continue;
            }
            let features = (0..sentence.len())
                .map(|token| {
                    let (lexical, count) = sentence.features(token, &mut hashes);
                    (lexical, hashes[..count].to_vec())
                })
                .collect();
            let hints = tokens
                .clone()
                .map(|at| {
                    let own = &sentence.tokens()[at - tokens.start];
                    let window = second_pass::window(&hints, at, tokens);
                    let count =
                        second_pass::features(own, window, at == tokens.start, &mut hint_hashes);
                    hint_hashes[..count].to_vec()
                })
                .collect();
            out.push(Example { labels, features, hints, weight: story.weight });
        }
        out
    }
}
