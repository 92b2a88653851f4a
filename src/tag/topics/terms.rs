//! Curated terms: reading the files of `config/topics`, and finding the terms in an article.
//!
//! The form is described in `config/topics/README.txt`. A mistake in a file stops the start and
//! names the file and the line, since a term that silently fails to match cannot be seen later.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::taxonomy::{name_of, top_index};
use super::topic_words::{TopicWords, Word, each_word};
use crate::hash::ByHash;
use crate::model::TopicCode;

/// The file that maps section names instead of terms.
const SECTIONS: &str = "sections.txt";
/// What a term of weight 1 to 5 is worth. Nearly even steps: measured, doubling steps let one
/// decisive term outvote a story.
const VALUES: [f32; 6] = [0.0, 0.3, 0.8, 1.5, 2.3, 3.0];
/// An occurrence in the headline counts as so many.
const TITLE_COUNT: f32 = 2.0;
/// Longest term, in words.
const MAX_WORDS: usize = 6;

/// Every file of `config/topics`, so that the binary needs none at run time.
const BUILT_IN: [(&str, &str); 18] = [
    ("01-arts.txt", include_str!("../../../config/topics/01-arts.txt")),
    ("02-crime.txt", include_str!("../../../config/topics/02-crime.txt")),
    ("03-disaster.txt", include_str!("../../../config/topics/03-disaster.txt")),
    ("04-economy.txt", include_str!("../../../config/topics/04-economy.txt")),
    ("05-education.txt", include_str!("../../../config/topics/05-education.txt")),
    ("06-environment.txt", include_str!("../../../config/topics/06-environment.txt")),
    ("07-health.txt", include_str!("../../../config/topics/07-health.txt")),
    ("08-human-interest.txt", include_str!("../../../config/topics/08-human-interest.txt")),
    ("09-labour.txt", include_str!("../../../config/topics/09-labour.txt")),
    ("10-lifestyle.txt", include_str!("../../../config/topics/10-lifestyle.txt")),
    ("11-politics.txt", include_str!("../../../config/topics/11-politics.txt")),
    ("12-religion.txt", include_str!("../../../config/topics/12-religion.txt")),
    ("13-science-technology.txt", include_str!("../../../config/topics/13-science-technology.txt")),
    ("14-society.txt", include_str!("../../../config/topics/14-society.txt")),
    ("15-sport.txt", include_str!("../../../config/topics/15-sport.txt")),
    ("16-conflict.txt", include_str!("../../../config/topics/16-conflict.txt")),
    ("17-weather.txt", include_str!("../../../config/topics/17-weather.txt")),
    (SECTIONS, include_str!("../../../config/topics/sections.txt")),
];

/// What is wrong with a topic file.
#[derive(Debug, thiserror::Error)]
pub enum TermError {
    /// The directory or a file cannot be read.
    #[error("{}: cannot be read", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line breaks the form.
    #[error("{file}:{line}: {message}")]
    Line {
        /// The file's name or path.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong, with what was found.
        message: String,
    },
}

/// The terms of all topics, ready to be found.
#[derive(Debug, Default)]
pub struct TopicTerms {
    terms: Vec<Term>,
    /// First word to the terms that begin with it: as written, and by stem.
    exact: Beginnings,
    stem: Beginnings,
    sections: HashMap<String, Vec<TopicCode>>,
}

/// Terms by the hash of their first word.
#[derive(Debug, Default)]
struct Beginnings {
    terms: ByHash<Vec<Beginning>>,
    /// A bit for each of the hashes that may be in the map: most words begin no term, and say so here.
    bits: Vec<u64>,
}

/// A term, with the hash of its second word where it has one: where another follows, it need not be looked at.
#[derive(Debug)]
struct Beginning {
    term: u32,
    second: Option<u64>,
}

impl Beginnings {
    /// Bits; a power of two.
    const BITS: u64 = 1 << 17;

    fn add(&mut self, words: &[u64], term: u32) {
        let word = words[0];
        self.bits.resize(Self::BITS as usize / 64, 0);
        let bit = word % Self::BITS;
        self.bits[bit as usize / 64] |= 1 << (bit % 64);
        let second = words.get(1).copied();
        self.terms.entry(word).or_default().push(Beginning { term, second });
    }

    /// The terms that begin with a word and go on with the next one, if they do.
    fn get(&self, word: u64, next: Option<u64>) -> impl Iterator<Item = u32> {
        let terms = self.beginning_with(word).iter();
        let fits = move |term: &&Beginning| term.second.is_none() || term.second == next;
        terms.filter(fits).map(|term| term.term)
    }

    fn beginning_with(&self, word: u64) -> &[Beginning] {
        let bit = word % Self::BITS;
        match self.bits.get(bit as usize / 64) {
            Some(bits) if bits >> (bit % 64) & 1 == 1 => {
                self.terms.get(&word).map(Vec::as_slice).unwrap_or_default()
            }
            _ => &[],
        }
    }
}

#[derive(Debug)]
struct Term {
    text: String,
    /// Hashes of the words after the first.
    rest: Vec<u64>,
    /// Number of the top level, and value.
    tops: Vec<(usize, f32)>,
    deeper: Vec<(TopicCode, f32)>,
}

/// A term found in an article.
#[derive(Debug)]
pub struct Hit<'a> {
    /// As the file has it.
    pub term: &'a str,
    /// Occurrences, those in the headline counted twice.
    pub count: f32,
    /// Whether the headline has it.
    pub in_title: bool,
    /// Top levels by number, and the term's value for each.
    pub tops: &'a [(usize, f32)],
    /// Deeper topics, and the term's value for each.
    pub deeper: &'a [(TopicCode, f32)],
}

impl TopicTerms {
    /// Reads the built-in files, replaced and extended by those of `dir`.
    ///
    /// # Errors
    /// Names the file and the line that is wrong.
    pub fn load(dir: Option<&Path>) -> Result<Self, TermError> {
        let mut files: Vec<(String, String)> =
            BUILT_IN.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
        if let Some(dir) = dir {
            for (path, text) in read_dir(dir)? {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.retain(|(built_in, _)| *built_in != name);
                files.push((path.display().to_string(), text));
            }
        }
        let mut reader = Reader::default();
        for (file, text) in &files {
            reader.read(file, text)?;
        }
        Ok(reader.terms)
    }

    /// The topics of a section's name, in any case.
    pub fn section(&self, name: &str) -> impl Iterator<Item = TopicCode> {
        let codes = self.sections.get(&name.trim().to_lowercase());
        codes.map(Vec::as_slice).unwrap_or_default().iter().copied()
    }

    /// The terms in a headline, a body and keywords, each once, in the order of their first
    /// occurrence.
    #[must_use]
    pub fn find(
        &self,
        title: &TopicWords,
        body: &TopicWords,
        keywords: &[TopicWords],
    ) -> Vec<Hit<'_>> {
        let mut counts: foldhash::HashMap<u32, (usize, f32, bool)> = foldhash::HashMap::default();
        let parts = [(title, TITLE_COUNT, true), (body, 1.0, false)];
        let keywords = keywords.iter().map(|keyword| (keyword, 1.0, false));
        for (words, weight, in_title) in parts.into_iter().chain(keywords) {
            let words = words.as_slice();
            for at in 0..words.len() {
                self.each_at(&words[at..], |term| {
                    let order = counts.len();
                    let count = counts.entry(term).or_insert((order, 0.0, false));
                    count.1 += weight;
                    count.2 |= in_title;
                });
            }
        }
        let mut found: Vec<(u32, (usize, f32, bool))> = counts.into_iter().collect();
        found.sort_unstable_by_key(|(_, (order, ..))| *order);
        found
            .into_iter()
            .map(|(term, (_, count, in_title))| {
                let Term { text, tops, deeper, .. } = &self.terms[term as usize];
                Hit { term: text, count, in_title, tops, deeper }
            })
            .collect()
    }

    /// Calls `each` with the terms that `words` begins with.
    fn each_at(&self, words: &[Word], mut each: impl FnMut(u32)) {
        let begins = |term: &Term, form: fn(&Word) -> u64| {
            term.rest.len() < words.len()
                && term.rest.iter().zip(&words[1..]).all(|(hash, word)| *hash == form(word))
        };
        let next = words.get(1);
        for id in self.exact.get(words[0].exact, next.map(|next| next.exact)) {
            if begins(&self.terms[id as usize], |word| word.exact) {
                each(id);
            }
        }
        for id in self.stem.get(words[0].stem, next.map(|next| next.stem)) {
            if begins(&self.terms[id as usize], |word| word.stem) {
                each(id);
            }
        }
    }
}

fn read_dir(dir: &Path) -> Result<Vec<(PathBuf, String)>, TermError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| TermError::Read { path, source }
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed(dir))? {
        let path = entry.map_err(failed(dir))?.path();
        let name = path.file_name().unwrap_or_default();
        if path.extension().is_some_and(|e| e == "txt") && name != "README.txt" {
            paths.push(path);
        }
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(failed(&path))?;
        files.push((path, text));
    }
    Ok(files)
}

/// Reads files one after the other into [`TopicTerms`].
#[derive(Default)]
struct Reader {
    terms: TopicTerms,
    ids: HashMap<(bool, Vec<u64>), u32>,
}

impl Reader {
    fn read(&mut self, file: &str, text: &str) -> Result<(), TermError> {
        let sections = Path::new(file).file_name().is_some_and(|name| name == SECTIONS);
        let mut topic = None;
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            let wrong = |message| TermError::Line { file: file.to_owned(), line: at + 1, message };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(header) = line.strip_prefix('[') {
                topic = Some(parse_header(header).map_err(wrong)?);
                continue;
            }
            let topic = topic.ok_or_else(|| wrong("terms before the first [topic]".to_owned()))?;
            let (weight, terms) = parse_terms(line).map_err(wrong)?;
            for term in terms {
                if sections {
                    self.terms.sections.entry(term.to_lowercase()).or_default().push(topic);
                } else {
                    self.add(topic, weight, term).map_err(wrong)?;
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, topic: TopicCode, weight: usize, text: &str) -> Result<(), String> {
        let as_written = text.chars().any(char::is_uppercase);
        let mut words = Vec::new();
        each_word(text, |word| words.push(if as_written { word.exact } else { word.stem }));
        if words.is_empty() || words.len() > MAX_WORDS {
            return Err(format!("term {text:?} has {} words, not 1 to {MAX_WORDS}", words.len()));
        }
        let terms = &mut self.terms;
        let id = *self.ids.entry((as_written, words)).or_insert_with_key(|(_, words)| {
            let id = terms.terms.len() as u32;
            let index = if as_written { &mut terms.exact } else { &mut terms.stem };
            index.add(words, id);
            terms.terms.push(Term {
                text: text.to_owned(),
                rest: words[1..].to_vec(),
                tops: Vec::new(),
                deeper: Vec::new(),
            });
            id
        });
        let (term, value) = (&mut terms.terms[id as usize], VALUES[weight]);
        let top = top_index(topic);
        match term.tops.iter_mut().find(|(i, _)| *i == top) {
            Some((_, most)) => *most = most.max(value),
            None => term.tops.push((top, value)),
        }
        let is_top = topic.0.is_multiple_of(1_000_000) && topic.0 < 20_000_000;
        if !is_top && !term.deeper.iter().any(|(code, _)| *code == topic) {
            term.deeper.push((topic, value));
        }
        Ok(())
    }
}

fn parse_header(header: &str) -> Result<TopicCode, String> {
    let header = header.strip_suffix(']').ok_or("a topic line ends in ]")?;
    let (code, name) = header.split_once(' ').ok_or("a topic line is [code name]")?;
    let number = code.parse().map_err(|_| format!("{code:?} is not a topic's eight digits"))?;
    let topic = TopicCode(number);
    match name_of(topic) {
        None => Err(format!("there is no media topic {code}")),
        Some(expected) if expected != name => {
            Err(format!("media topic {code} is {expected:?}, not {name:?}"))
        }
        Some(_) => Ok(topic),
    }
}

fn parse_terms(line: &str) -> Result<(usize, Vec<&str>), String> {
    let (weight, terms) =
        line.split_once(':').ok_or("a line of terms is a weight, a colon, terms")?;
    let weight: usize = weight
        .trim()
        .parse()
        .ok()
        .filter(|weight| (1..VALUES.len()).contains(weight))
        .ok_or_else(|| format!("weight {:?} is not 1 to 5", weight.trim()))?;
    let terms: Vec<&str> = terms.split(',').map(str::trim).collect();
    if terms.iter().any(|term| term.is_empty()) {
        return Err("an empty term between commas".to_owned());
    }
    Ok((weight, terms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(terms: &TopicTerms, title: &str, body: &str) -> Vec<(String, f32, bool)> {
        let hits = terms.find(&TopicWords::of(title), &TopicWords::of(body), &[]);
        hits.into_iter().map(|hit| (hit.term.to_owned(), hit.count, hit.in_title)).collect()
    }

    fn read(text: &str) -> Result<TopicTerms, TermError> {
        let mut reader = Reader::default();
        reader.read("mine.txt", text)?;
        Ok(reader.terms)
    }

    #[test]
    fn every_file_of_the_directory_is_built_in() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/topics");
        let files = read_dir(&dir).unwrap();
        assert_eq!(files.len(), BUILT_IN.len());
        for (path, text) in files {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(BUILT_IN.iter().any(|b| b.0 == name && b.1 == text), "{name}");
        }
    }

    #[test]
    fn capitals_match_as_written_lower_case_matches_any() {
        let terms = read("[15000000 sport]\n5: US Open, grand prix\n").unwrap();
        let names = |text| found(&terms, "", text).into_iter().map(|h| h.0).collect::<Vec<_>>();
        assert_eq!(names("at the US Open's end"), ["US Open"]);
        assert_eq!(names("let us open the Grand Prix"), ["grand prix"]);
    }

    #[test]
    fn headline_counts_twice() {
        let terms = read("[15000000 sport]\n5: goal\n").unwrap();
        let hits = found(&terms, "Goal", "Two goals");
        assert_eq!((hits[0].1, hits[0].2), (3.0, true));
    }

    #[test]
    fn mistakes_name_file_and_line() {
        for (text, expected) in [
            ("5: goal\n", "mine.txt:1: terms before the first [topic]"),
            (
                "# c\n[15000000 sports]\n",
                "mine.txt:2: media topic 15000000 is \"sport\", not \"sports\"",
            ),
            ("[99000000 x]\n", "mine.txt:1: there is no media topic 99000000"),
            ("[15000000 sport]\n9: goal\n", "mine.txt:2: weight \"9\" is not 1 to 5"),
            ("[15000000 sport]\n\n5: goal,, net\n", "mine.txt:3: an empty term between commas"),
            ("[15000000 sport]\n5: ---\n", "mine.txt:2: term \"---\" has 0 words, not 1 to 6"),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn own_directory_replaces_by_name_and_adds() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("15-sport.txt"), "[15000000 sport]\n5: zorbing\n").unwrap();
        std::fs::write(dir.path().join("mine.txt"), "[15000000 sport]\n4: bog snorkelling\n")
            .unwrap();
        let terms = TopicTerms::load(Some(dir.path())).unwrap();
        assert_eq!(found(&terms, "", "zorbing and bog snorkelling").len(), 2);
        assert!(found(&terms, "", "goalkeeper").is_empty());
        std::fs::write(dir.path().join("mine.txt"), "oops\n").unwrap();
        let error = TopicTerms::load(Some(dir.path())).unwrap_err().to_string();
        assert!(error.ends_with("mine.txt:1: terms before the first [topic]"), "{error}");
    }
}
