//! What words do in the names of known people and organisations: given name, family name, part of an
//! organisation's name, and how often; in every script that Wikidata's labels are in.

use std::{collections::HashMap, fs::File, io::BufRead as _, io::BufReader, path::Path};

use anyhow::{Context as _, Result};
use flate2::read::GzDecoder;
use news_ingest::tag::{
    Text, TokenKind, document::Splitting, entities::classes::ClassTable, word_keys::key,
};

/// How often a word begins a person's name, stands elsewhere in one, or is in an organisation's.
#[derive(Clone, Copy, Default)]
struct Counts {
    given: u32,
    family: u32,
    organisation: u32,
}

/// The table as bytes.
pub fn build(path: &Path) -> Result<Vec<u8>> {
    let mut counts: HashMap<String, Counts> = HashMap::new();
    let file = File::open(path).with_context(|| path.display().to_string())?;
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line?;
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, name, kind, .., aliases] = cells[..] else { continue };
        let person = match kind {
            "PERSON" => true,
            "ORG" => false,
            _ => continue,
        };
        let aliases = aliases.split(";;").filter_map(|a| a.split_once(':')).map(|(_, name)| name);
        let mut names: Vec<&str> = std::iter::once(name).chain(aliases).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            add(&mut counts, name, person);
        }
    }
    let mut words: Vec<(String, u8, u16)> =
        counts.into_iter().map(|(word, counts)| (word, counts.role(), 0)).collect();
    words.sort();
    // What is asked for is a key, and words of one key are one word: the first stays.
    let mut seen = std::collections::HashSet::new();
    let mut buffer = Vec::new();
    words.retain(|(word, ..)| seen.insert(key(word, TokenKind::Word, &mut buffer)));
    Ok(ClassTable::build(&words))
}

fn add(counts: &mut HashMap<String, Counts>, name: &str, person: bool) {
    // Korean is read by syllables; the other scripts without blanks are parted anyway.
    let korean = name.chars().any(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c));
    let text = Text::split(name, Splitting::of(if korean { "ko" } else { "de" }));
    let words: Vec<usize> =
        (0..text.tokens.len()).filter(|&i| text.tokens[i].kind == TokenKind::Word).collect();
    for (at, i) in words.iter().enumerate() {
        let counts = counts.entry(text.word(*i).to_lowercase()).or_default();
        match (person, at) {
            (true, 0) if words.len() > 1 => counts.given += 1,
            (true, _) => counts.family += 1,
            (false, _) => counts.organisation += 1,
        }
    }
}

impl Counts {
    /// The leading use, whether it is the only one, and the logarithm of how often.
    fn role(self) -> u8 {
        let uses = [self.given, self.family, self.organisation];
        let total: u32 = uses.iter().sum();
        let (leading, most) =
            uses.iter().enumerate().max_by_key(|(at, n)| (**n, 3 - at)).expect("three uses");
        let second = (0..3).filter(|at| *at != leading).max_by_key(|at| uses[*at]).expect("two");
        let mixed = most * 5 < total * 4;
        let often = match total {
            1 => 0,
            2 | 3 => 1,
            4..=15 => 2,
            _ => 3,
        };
        let sort = if mixed {
            3 + leading * 2 + usize::from((leading + 1) % 3 == second)
        } else {
            leading
        };
        (sort * 4 + often) as u8
    }
}
