//! The IPTC Media Topics (CC BY 4.0): codes, English names, what is broader than what.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::TOPICS;
use crate::model::TopicCode;

struct Concept {
    broader: Option<u32>,
    name: &'static str,
}

static CONCEPTS: LazyLock<HashMap<u32, Concept>> = LazyLock::new(|| {
    include_str!("mediatopics.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut columns = line.split('\t');
            let mut next = || columns.next().expect("the embedded table has three columns");
            let code = next().parse().expect("a code is eight digits");
            let concept = Concept { broader: next().parse().ok(), name: next() };
            (code, concept)
        })
        .collect()
});

/// The English name of a topic; `None` when there is no such topic.
#[must_use]
pub fn name_of(code: TopicCode) -> Option<&'static str> {
    CONCEPTS.get(&code.0).map(|concept| concept.name)
}

/// The top level that a topic belongs to; itself when it is one.
fn broader_top(code: TopicCode) -> Option<TopicCode> {
    let mut at = code.0;
    loop {
        match CONCEPTS.get(&at)?.broader {
            Some(broader) => at = broader,
            None => return Some(TopicCode(at)),
        }
    }
}

/// The top level number `index` of 17, in the order of codes.
#[must_use]
pub fn top_level(index: usize) -> TopicCode {
    debug_assert!(index < TOPICS);
    TopicCode((index as u32 + 1) * 1_000_000)
}

/// The number of a topic's top level among the 17.
///
/// # Panics
/// When the topic is not one of the taxonomy.
#[must_use]
pub fn top_index(code: TopicCode) -> usize {
    let top = broader_top(code).expect("a topic of the taxonomy");
    (top.0 / 1_000_000) as usize - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_concept_has_one_of_17_tops() {
        for &code in CONCEPTS.keys() {
            let top = broader_top(TopicCode(code)).unwrap();
            assert_eq!(top, top_level(top_index(TopicCode(code))));
        }
        assert_eq!(CONCEPTS.values().filter(|c| c.broader.is_none()).count(), TOPICS);
    }
}
