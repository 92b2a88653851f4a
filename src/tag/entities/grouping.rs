//! Names to things: one entry per person, organisation and place of a story, however it is called.

use std::collections::HashMap;

use super::{Name, Reading, hash, labels::NameKind};
use crate::tag::{places::keys::HYPHEN, places::story_places::Located};

/// A name with its text.
#[derive(Clone, Copy, Debug)]
pub struct Mention<'a> {
    /// Which of the story's texts.
    pub text: usize,
    /// The name.
    pub name: &'a Name,
    /// Where it is, for places and organisations named after one.
    pub located: Option<Located>,
}

/// What one thing is called in a story.
#[derive(Debug)]
pub struct Group<'a> {
    /// What sort of thing.
    pub kind: NameKind,
    /// Its names, in the story's order.
    pub mentions: Vec<Mention<'a>>,
    /// The mention with its fullest name.
    pub fullest: usize,
}

/// Words at the end of a company's name that don't tell it from another.
pub(super) const COMPANY_FORMS: &[&str] = &[
    "inc",
    "corp",
    "co",
    "ltd",
    "llc",
    "plc",
    "limited",
    "corporation",
    "company",
    "ag",
    "sa",
    "gmbh",
    "group",
    "holdings",
];

/// Groups the names of persons, organisations and places, in order of their first mention.
#[must_use]
pub fn group<'a>(texts: &[Reading<'_>], mentions: Vec<Mention<'a>>) -> Vec<Group<'a>> {
    let spelled: Vec<Vec<u64>> = mentions.iter().map(|m| words(texts, m)).collect();
    let mut groups = Groups::default();
    // Long names first, so that short ones find them wherever they stand.
    let mut order: Vec<usize> = (0..mentions.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(spelled[i].len()), i));
    for i in order {
        let (mention, words) = (&mentions[i], &spelled[i]);
        let group = match mention.name.kind {
            NameKind::Person => groups.person(words, i, sentence(texts, mention)),
            NameKind::Organisation => groups.organisation(words, &initials(texts, mention)),
            NameKind::Place => groups.place(words, mention.located),
            NameKind::Other => continue,
        };
        groups.members[group].push(i);
    }
    let mut out: Vec<Group<'a>> = groups
        .members
        .into_iter()
        .map(|mut members| {
            members.sort_unstable();
            let fullest = (0..members.len())
                .max_by_key(|&m| (spelled[members[m]].len(), std::cmp::Reverse(m)))
                .unwrap_or_default();
            let mentions: Vec<_> = members.iter().map(|&i| mentions[i]).collect();
            Group { kind: mentions[fullest].name.kind, mentions, fullest }
        })
        .collect();
    out.sort_by_key(|g| (g.mentions[0].text, g.mentions[0].name.tokens.start));
    out
}

/// The keys of a name's words; hyphens left out.
fn words(texts: &[Reading<'_>], mention: &Mention<'_>) -> Vec<u64> {
    let reading = &texts[mention.text];
    let tokens = mention.name.tokens.clone();
    let mut keys: Vec<u64> =
        tokens.clone().filter(|&i| reading.keys[i] != HYPHEN).map(|i| reading.keys[i]).collect();
    if mention.name.kind == NameKind::Organisation {
        let last = || reading.text.word(tokens.end - 1).trim_end_matches('.').to_lowercase();
        if keys.len() > 1 && COMPANY_FORMS.contains(&last().as_str()) {
            keys.pop();
        }
    }
    keys
}

/// The text and the sentence of a name.
fn sentence(texts: &[Reading<'_>], mention: &Mention<'_>) -> (usize, usize) {
    let start = mention.name.tokens.start;
    let sentences = &texts[mention.text].text.sentences;
    (mention.text, sentences.partition_point(|s| s.end <= start))
}

/// Capitals that start the words of a name.
fn initials(texts: &[Reading<'_>], mention: &Mention<'_>) -> String {
    let text = texts[mention.text].text;
    let tokens = mention.name.tokens.clone();
    tokens.filter_map(|i| text.word(i).chars().next().filter(|c| c.is_uppercase())).collect()
}

/// The number of a mention and its sentence: the text, and the sentence there.
type Named = (usize, (usize, usize));

#[derive(Default)]
struct Groups {
    members: Vec<Vec<usize>>,
    exact: HashMap<(NameKind, Vec<u64>), usize>,
    /// Groups of persons by the last, and by any other word of their name.
    surnames: HashMap<u64, Vec<usize>>,
    forenames: HashMap<u64, Vec<usize>>,
    /// The words of a person's name, by group.
    people: HashMap<usize, Vec<u64>>,
    /// Where persons are named by more than one word: the mention's number and its sentence.
    named: HashMap<usize, Vec<Named>>,
    acronyms: HashMap<u64, usize>,
    places: HashMap<u32, usize>,
}

impl Groups {
    fn new_group(&mut self, kind: NameKind, words: &[u64]) -> usize {
        self.members.push(Vec::new());
        let group = self.members.len() - 1;
        self.exact.insert((kind, words.to_vec()), group);
        group
    }

    fn known(&self, kind: NameKind, words: &[u64]) -> Option<usize> {
        self.exact.get(&(kind, words.to_vec())).copied()
    }

    /// The group of a person's name: the mention `at`, in a sentence of a text.
    fn person(&mut self, words: &[u64], at: usize, sentence: (usize, usize)) -> usize {
        let group = self.person_group(words, at, sentence);
        if words.len() > 1 {
            self.named.entry(group).or_default().push((at, sentence));
        }
        group
    }

    fn person_group(&mut self, words: &[u64], at: usize, sentence: (usize, usize)) -> usize {
        if let [one] = words {
            let bearers = self.surnames.get(one).or_else(|| self.forenames.get(one));
            if let Some(group) = bearers.and_then(|groups| self.last_named(groups, at)) {
                return group;
            }
        }
        if let Some(group) = self.known(NameKind::Person, words) {
            return group;
        }
        if let [_, .., last] = words {
            // Who is named twice and differently in one sentence is two: a father and a son.
            let beside = |g: &usize| {
                self.named.get(g).is_some_and(|n| n.iter().any(|(_, other)| *other == sentence))
            };
            let joined = self.surnames.get(last).and_then(|groups| {
                let mut fitting =
                    groups.iter().copied().filter(|g| is_subsequence(words, &self.people[g]));
                fitting.next().filter(|g| !beside(g) && fitting.next().is_none())
            });
            if let Some(group) = joined {
                self.exact.insert((NameKind::Person, words.to_vec()), group);
                return group;
            }
        }
        let group = self.new_group(NameKind::Person, words);
        self.people.insert(group, words.to_vec());
        if let [first @ .., last] = words {
            self.surnames.entry(*last).or_default().push(group);
            for word in first {
                self.forenames.entry(*word).or_default().push(group);
            }
        }
        group
    }

    /// Of several people of one name, the one whose full name stood last before a mention, else the one
    /// whose stands first after it.
    fn last_named(&self, groups: &[usize], at: usize) -> Option<usize> {
        let named = || {
            groups
                .iter()
                .flat_map(|g| self.named.get(g).into_iter().flatten().map(|(at, _)| (*at, *g)))
        };
        named()
            .filter(|(other, _)| *other < at)
            .max()
            .or_else(|| named().min())
            .map(|(_, group)| group)
            .or_else(|| groups.first().copied())
    }

    fn organisation(&mut self, words: &[u64], initials: &str) -> usize {
        if let Some(group) = self.known(NameKind::Organisation, words) {
            return group;
        }
        if let [one] = words
            && let Some(group) = self.acronyms.get(one)
        {
            return *group;
        }
        let group = self.new_group(NameKind::Organisation, words);
        if words.len() > 1 && initials.len() > 1 {
            let key = hash::bytes(initials.to_lowercase().as_bytes());
            self.acronyms.entry(key).or_insert(group);
        }
        group
    }

    fn place(&mut self, words: &[u64], located: Option<Located>) -> usize {
        if let Some(Located { place, .. }) = located {
            if let Some(group) = self.places.get(&place) {
                return *group;
            }
            self.members.push(Vec::new());
            let group = self.members.len() - 1;
            self.places.insert(place, group);
            return group;
        }
        self.known(NameKind::Place, words).unwrap_or_else(|| self.new_group(NameKind::Place, words))
    }
}

fn is_subsequence(short: &[u64], long: &[u64]) -> bool {
    let mut long = long.iter();
    short.iter().all(|word| long.any(|other| other == word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::{Text, places::keys::keys};

    /// Groups of some names, given one per line with their kind before a colon.
    fn grouped(lines: &str) -> Vec<Vec<String>> {
        let kinds = [
            ("per", NameKind::Person),
            ("org", NameKind::Organisation),
            ("place", NameKind::Place),
        ];
        let text = Text::new(lines);
        let names: Vec<Name> = text
            .lines
            .iter()
            .map(|line| {
                let kind = kinds.iter().find(|(k, _)| *k == text.word(line.start)).unwrap().1;
                Name { kind, tokens: line.start + 2..line.end }
            })
            .collect();
        let keys = keys(&text);
        let listed = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &listed };
        let mentions = names.iter().map(|name| Mention { text: 0, name, located: None }).collect();
        let words = |m: &Mention<'_>| text.slice(m.name.tokens.clone()).to_owned();
        group(&[reading], mentions).iter().map(|g| g.mentions.iter().map(words).collect()).collect()
    }

    #[test]
    fn a_surname_joins_the_full_name_wherever_it_stands() {
        assert_eq!(
            grouped("per: Zelensky\nper: Volodymyr Zelensky\nper: Putin\nper: Zelensky"),
            [vec!["Zelensky", "Volodymyr Zelensky", "Zelensky"], vec!["Putin"]]
        );
    }

    #[test]
    fn two_people_of_one_surname_stay_two() {
        assert_eq!(grouped("per: Bill Clinton\nper: Hillary Clinton").len(), 2);
    }

    /// Groups of persons' names that stand in a running text.
    fn grouped_in(body: &str, names: &[&str]) -> Vec<Vec<String>> {
        let text = Text::new(body);
        let mut from = 0;
        let names: Vec<Name> = names
            .iter()
            .map(|words| {
                let at = from + body[from..].find(words).unwrap();
                from = at + words.len();
                let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
                Name { kind: NameKind::Person, tokens: token(at)..token(from) }
            })
            .collect();
        let keys = keys(&text);
        let listed = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &listed };
        let mentions = names.iter().map(|name| Mention { text: 0, name, located: None }).collect();
        let words = |m: &Mention<'_>| text.slice(m.name.tokens.clone()).to_owned();
        group(&[reading], mentions).iter().map(|g| g.mentions.iter().map(words).collect()).collect()
    }

    #[test]
    fn a_surname_of_two_is_of_the_one_named_last() {
        assert_eq!(
            grouped_in(
                "Arne Lund came. Lund sat. Berit Lund came too. Lund spoke.",
                &["Arne Lund", "Lund", "Berit Lund", "Lund"]
            ),
            [vec!["Arne Lund", "Lund"], vec!["Berit Lund", "Lund"]]
        );
    }

    #[test]
    fn a_father_and_his_son_in_one_sentence_are_two() {
        assert_eq!(
            grouped_in("Arne Lund and his son Arne P. Lund came.", &["Arne Lund", "Arne P. Lund"])
                .len(),
            2
        );
        assert_eq!(
            grouped_in("Arne P. Lund came. Arne Lund spoke.", &["Arne P. Lund", "Arne Lund"]).len(),
            1
        );
    }

    #[test]
    fn an_acronym_joins_its_long_form_and_a_company_form_is_no_other_company() {
        assert_eq!(
            grouped("org: World Health Organization\norg: WHO\norg: Acme Corp\norg: Acme"),
            [vec!["World Health Organization", "WHO"], vec!["Acme Corp", "Acme"]]
        );
    }

    #[test]
    fn a_person_and_an_organisation_of_one_name_stay_two() {
        assert_eq!(grouped("per: Ford\norg: Ford").len(), 2);
    }
}
