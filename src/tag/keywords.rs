//! Key terms by YAKE (Campos et al. 2020, "YAKE! Keyword extraction from single documents using
//! multiple local features"): case, place in the text, frequency, variety of neighbours and spread
//! over sentences, from the article alone; here the headline is its first sentence.
//!
//! Refuses languages without a list of function words and scripts without spaces: no terms are
//! better than terms cut at random.

use std::sync::{LazyLock, OnceLock};

use foldhash::{HashMap, HashMapExt as _, HashSet};

use super::document::{one_line, without_possessive};
use super::language::FunctionWords;
use super::word_set::WordSet;
use super::{Document, Text};
use crate::model::{Entity, Field, Keyword, LanguageCode};
use crate::{lang, tag::english, unicode};

/// Longest term, in words.
const MAX_WORDS: usize = 3;
/// Most terms given.
const MAX_TERMS: usize = 12;
/// Words of the body looked at: what a story is about is said early, and time is bounded.
const MAX_TOKENS: usize = 1500;
/// One occurrence of a word.
struct Occurrence {
    word: u32,
    /// A mark or a sentence's start stands before it.
    breaks: bool,
    /// Whether in the body, and which token there.
    token: (bool, usize),
}

#[derive(Default)]
struct WordStats {
    stop: bool,
    count: f32,
    capitals: f32,
    last_sentence: Option<u32>,
}

/// Words that stand together.
#[derive(Clone, Copy)]
struct Term {
    /// How often.
    count: f32,
    /// Their first occurrence.
    at: usize,
    /// How many they are.
    words: usize,
}

impl Term {
    fn of<'i>(&self, ids: &'i [u32]) -> &'i [u32] {
        &ids[self.at..self.at + self.words]
    }

    fn score(&self, ids: &[u32], scores: &[f32], words: &[WordStats]) -> f32 {
        let (mut product, mut sum) = (1.0, 0.0);
        for &word in self.of(ids) {
            // A function word inside a term is judged by its neighbours, not by itself.
            if !words[word as usize].stop {
                product *= scores[word as usize];
                sum += scores[word as usize];
            }
        }
        product / (self.count * (1.0 + sum))
    }
}

/// What each word stands with, word by word.
struct ByWord {
    /// Where the list of each word starts, and the last one ends.
    starts: Vec<usize>,
    others: Vec<u32>,
}

impl ByWord {
    /// Sorts pairs of a word and another number by the word; those of one stay in their order.
    fn of(pairs: &[(u32, u32)], words: usize) -> Self {
        let mut starts = vec![0; words + 1];
        for (word, _) in pairs {
            starts[*word as usize + 1] += 1;
        }
        for word in 0..words {
            starts[word + 1] += starts[word];
        }
        let mut next = starts.clone();
        let mut others = vec![0; pairs.len()];
        for (word, other) in pairs {
            let next = &mut next[*word as usize];
            others[*next] = *other;
            *next += 1;
        }
        Self { starts, others }
    }

    fn lists(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|ends| &self.others[ends[0]..ends[1]])
    }

    /// Of each word, how many of the others are different ones, from 0 to 1.
    fn variety(mut self) -> Vec<f32> {
        let share = |ends: &[usize]| {
            let own = &mut self.others[ends[0]..ends[1]];
            own.sort_unstable();
            own.chunk_by(|a, b| a == b).count() as f32 / own.len().max(1) as f32
        };
        self.starts.windows(2).map(share).collect()
    }
}

/// The words of an article, by number, and what is counted of them.
struct Words {
    stats: Vec<WordStats>,
    /// Each word that is none of grammar, with each sentence that it is in, and with the words before and behind it: lists of
    /// the words' own would be thousands of little ones.
    sentences: Vec<(u32, u32)>,
    left: Vec<(u32, u32)>,
    right: Vec<(u32, u32)>,
}

/// The key terms of an article, best first, at most twelve. A name is a term as a whole: none begins or ends within
/// one of `names`.
#[must_use]
pub fn keywords(document: &Document<'_>, language: LanguageCode, names: &[Entity]) -> Vec<Keyword> {
    let listed = FunctionWords::of(language).filter(|_| language != LanguageCode::UND);
    let Some(grammar) = listed else { return Vec::new() };
    let folder = lang::folder(language.as_str());
    let no_subjects = NO_SUBJECTS.get(folder).map(|of| of.get_or_init(|| no_subjects(folder)));
    let (occurrences, words) = read(document, grammar, no_subjects);
    let scores = words.scores();
    let words = words.stats;
    let whole = Names::of(document, names);
    let ids: Vec<u32> = occurrences.iter().map(|o| o.word).collect();
    let mut single: Vec<Option<Term>> = vec![None; words.len()];
    let mut phrases: HashMap<u128, Term> = HashMap::new();
    for at in 0..ids.len() {
        // No term begins with a word of grammar.
        if words[ids[at] as usize].stop {
            continue;
        }
        for n in 1..=MAX_WORDS {
            let Some(term) = ids.get(at..at + n) else { break };
            // Words that stand together once are chance, not a phrase.
            let chance = n > 1 && term.iter().any(|&word| words[word as usize].count < 2.0);
            if chance || n > 1 && occurrences[at + n - 1].breaks {
                break;
            }
            if whole.cuts(&occurrences[at], &occurrences[at + n - 1]) {
                continue;
            }
            if words[term[n - 1] as usize].stop {
                continue;
            }
            let new = Term { count: 0.0, at, words: n };
            let term = if let [word] = term {
                single[*word as usize].get_or_insert(new)
            } else {
                let key =
                    term.iter().fold(0, |key, &word| (key << u32::BITS) | (u128::from(word) + 1));
                phrases.entry(key).or_insert(new)
            };
            term.count += 1.0;
        }
    }
    phrases.retain(|_, term| term.count > 1.0);
    // A word that mostly stands in a phrase is named by the phrase.
    for phrase in phrases.values() {
        for word in phrase.of(&ids) {
            single[*word as usize].take_if(|single| phrase.count * 2.0 >= single.count);
        }
    }
    let mut ranked: Vec<(f32, usize, usize)> = single
        .into_iter()
        .flatten()
        .chain(phrases.into_values())
        .map(|term| (term.score(&ids, &scores, &words), term.at, term.words))
        .collect();
    ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(b.2.cmp(&a.2)));
    let mut chosen: Vec<(&[u32], Keyword)> = Vec::new();
    for (score, at, n) in ranked {
        let term = &ids[at..at + n];
        if chosen.iter().any(|(other, _)| overlaps(term, other)) {
            continue;
        }
        let text = surface(document, &occurrences[at..at + n]);
        chosen.push((term, Keyword { term: text, score: 1.0 / (1.0 + score) }));
        if chosen.len() == MAX_TERMS {
            break;
        }
    }
    chosen.into_iter().map(|(_, keyword)| keyword).collect()
}

/// Of each token of title and body, and of their ends, whether the place before it is within a name of several words.
struct Names([Vec<bool>; 2]);

impl Names {
    fn of(document: &Document<'_>, entities: &[Entity]) -> Self {
        let texts = [(&document.title, Field::Title), (&document.body, Field::Body)];
        Self(texts.map(|(text, field)| {
            let spans = entities.iter().flat_map(|entity| &entity.mentions);
            let mut names: Vec<_> = spans
                .filter(|mention| mention.field == field)
                .map(|mention| {
                    let at = |char| text.tokens.partition_point(|t| t.char_start < char);
                    at(mention.span.start)..at(mention.span.end)
                })
                .filter(|tokens| tokens.len() > 1)
                .collect();
            names.sort_by_key(|tokens| tokens.start);
            // Of the names that begin before a token, the last.
            let mut before = 0;
            let within = |token: usize| {
                before += names[before..].iter().take_while(|name| name.start < token).count();
                names[..before].last().is_some_and(|name| token < name.end)
            };
            (0..=text.tokens.len()).map(within).collect()
        }))
    }

    /// Whether a term from one word to another begins or ends within a name.
    fn cuts(&self, first: &Occurrence, last: &Occurrence) -> bool {
        let (in_body, from) = first.token;
        let (last_in_body, to) = last.token;
        let within = &self.0[usize::from(in_body)];
        in_body != last_in_body || within[from] || within[to + 1]
    }
}

/// Two terms that share half of the shorter's words say the same.
fn overlaps(a: &[u32], b: &[u32]) -> bool {
    let common = a.iter().filter(|w| b.contains(w)).count();
    2 * common >= a.len().min(b.len()) && common > 0
}

/// Words of other languages than English that a story is hardly ever about: verbs of its tense and of speaking, days of
/// the week, words that multiply a number, abbreviations. What numbers count is a subject all the same.
static NO_SUBJECTS: LazyLock<HashMap<&'static str, OnceLock<HashSet<&'static str>>>> =
    LazyLock::new(|| {
        let codes = lang::languages_with("function-words.txt").map(lang::folder);
        codes.filter(|code| *code != "en").map(|code| (code, OnceLock::new())).collect()
    });

fn no_subjects(code: &str) -> HashSet<&'static str> {
    let rows = |name| lang::rows(code, name).into_iter().flatten();
    let verbs = rows("tense.txt").filter(|(_, kind)| !kind.ends_with("-ending"));
    let names = rows("weekdays.txt").chain(rows("magnitudes.txt"));
    let short = rows("abbreviations.txt").filter(|(kind, _)| matches!(*kind, "leads" | "may-end"));
    let speaking = lang::text(code, "speech.txt").into_iter().flat_map(lang::entries);
    let speaking = speaking.filter(|row| !row.contains('\t')).flat_map(str::split_whitespace);
    let words = verbs.chain(names).map(|(word, _)| word.trim_end_matches('.'));
    let mut words: HashSet<&str> =
        words.chain(short.map(|(_, word)| word)).chain(speaking).collect();
    for counted in lang::of_kind(code, "amounts.txt", "counted").flat_map(str::split_whitespace) {
        words.remove(counted);
    }
    words
}

fn read(
    document: &Document<'_>,
    grammar: FunctionWords,
    no_subjects: Option<&HashSet<&'static str>>,
) -> (Vec<Occurrence>, Words) {
    let tokens = document.title.tokens.len() + document.body.tokens.len().min(MAX_TOKENS);
    let mut words = Words {
        stats: Vec::with_capacity(tokens / 2),
        sentences: Vec::with_capacity(tokens),
        left: Vec::with_capacity(tokens),
        right: Vec::with_capacity(tokens),
    };
    let mut ids: HashMap<&str, u32> = HashMap::with_capacity(tokens / 2);
    let mut occurrences: Vec<Occurrence> = Vec::with_capacity(tokens);
    let mut sentence = 0;
    for (in_body, text) in [(false, &document.title), (true, &document.body)] {
        for range in &text.sentences {
            if range.start >= MAX_TOKENS {
                break;
            }
            let mut breaks = true;
            let mut first = true;
            for token in range.clone() {
                let word = text.word(token);
                // `’re` and the like belong to the word before.
                let has_letters =
                    || word.chars().any(unicode::is_alphabetic) && !word.starts_with(['\'', '’']);
                if !text.tokens[token].plain && !has_letters() {
                    breaks = true;
                    continue;
                }
                let lower = plain(text.lower(token));
                let id = *ids.entry(lower).or_insert_with_key(|lower| {
                    words.stats.push(WordStats {
                        stop: grammar.contains(lower)
                            || english::COMMON_WORDS.contains(lower)
                            || no_subjects.is_some_and(|words| words.contains(lower))
                            || is_no_subject(
                                lower,
                                word,
                                text.tokens
                                    .get(token + 1)
                                    .is_some_and(|_| text.word(token + 1) == "."),
                            )
                            || lower.chars().nth(2).is_none(),
                        ..WordStats::default()
                    });
                    words.stats.len() as u32 - 1
                });
                let capital = !first && text.is_capital(token);
                let stats = &mut words.stats[id as usize];
                stats.count += 1.0;
                stats.capitals += if capital && in_body { 1.0 } else { 0.0 };
                let stop = stats.stop;
                if stats.last_sentence.replace(sentence) != Some(sentence) && !stop {
                    words.sentences.push((id, sentence));
                }
                if !breaks && let Some(previous) = occurrences.last().map(|o| o.word) {
                    if !stop {
                        words.left.push((id, previous));
                    }
                    if !words.stats[previous as usize].stop {
                        words.right.push((previous, id));
                    }
                }
                occurrences.push(Occurrence { word: id, breaks, token: (in_body, token) });
                (breaks, first) = (false, false);
            }
            sentence += 1;
        }
    }
    (occurrences, words)
}

/// Verbs that only verbs are (`fell`, `throws`), numbers (`38m`, `N50`) and abbreviations (`B.C.`, `Mass.`): what a story
/// is about is none of them.
fn is_no_subject(lower: &str, word: &str, stopped: bool) -> bool {
    let digits = lower.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let numbered = digits.starts_with(|c: char| c.is_ascii_digit())
        && lower.len() - digits.len() < 2
        && (lower.len() == digits.len()
            || digits.len() > 1 && word.starts_with(['N', 'R', 'P', 'K']));
    let abbreviated = word.contains('.') || stopped && english::ENDING.contains(word);
    numbered || abbreviated || VERBS.contains(lower)
}

/// Verbs of English in forms that are no nouns: what is past, and what somebody does who is named before it.
static VERBS: LazyLock<WordSet> = LazyLock::new(|| {
    let rows = lang::rows("en", "tense.txt").into_iter().flatten();
    rows.filter(|(_, kind)| *kind == "past")
        .map(|(word, _)| word)
        .chain(english::KEY_VERBS.iter().copied())
        .collect()
});

/// A word in lower case without a possessive ending.
fn plain(lower: &str) -> &str {
    without_possessive(lower).unwrap_or(lower)
}

impl Words {
    /// YAKE's S(w) of each: lower is better.
    fn scores(&self) -> Vec<f32> {
        let counted: Vec<f32> = self.stats.iter().filter(|w| !w.stop).map(|w| w.count).collect();
        let n = counted.len().max(1) as f32;
        let mean = counted.iter().sum::<f32>() / n;
        let deviation = (counted.iter().map(|c| (c - mean).powi(2)).sum::<f32>() / n).sqrt();
        let most = counted.iter().copied().fold(1.0, f32::max);
        let sentences =
            self.stats.iter().filter_map(|w| w.last_sentence).max().map_or(1, |s| s + 1);
        let of_word = |pairs: &[(u32, u32)]| ByWord::of(pairs, self.stats.len());
        let (left, right) = (of_word(&self.left).variety(), of_word(&self.right).variety());
        let own = of_word(&self.sentences);
        let each = own.lists().zip(&self.stats).zip(left.iter().zip(&right));
        each.map(|((own, w), (left, right))| {
            // Nobody asks for those of words of grammar.
            if w.stop {
                return 0.0;
            }
            let case = w.capitals / (1.0 + w.count.ln());
            let median = own[own.len() / 2] as f32;
            let position = (3.0 + median).ln().ln().max(0.05);
            let frequency = w.count / (mean + deviation).max(1.0);
            let related = 1.0 + (left + right) * w.count / most;
            let spread = own.len() as f32 / sentences as f32;
            related * position / (case + frequency / related + spread / related)
        })
        .collect()
    }
}

/// The words as in the text, from the first occurrence.
fn surface(document: &Document<'_>, term: &[Occurrence]) -> String {
    let (in_body, first) = term[0].token;
    let text: &Text<'_> = if in_body { &document.body } else { &document.title };
    let last = term[term.len() - 1].token.1;
    let (start, end) = (text.tokens[first].start as usize, text.tokens[last].end as usize);
    let mut surface = one_line(&text.text[start..end]);
    let cut = without_possessive(&surface).map(str::len);
    surface.truncate(cut.unwrap_or(surface.len()));
    surface
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntityKind, Mention, Span};

    const BODY: &str = "The European Central Bank raised interest rates on Thursday. \
        Inflation in the euro area stays high, the European Central Bank said. \
        Economists had expected that interest rates would rise again. \
        A cat sat somewhere.";

    #[test]
    fn variety_is_the_share_of_different_neighbours() {
        let pairs = [(2, 7), (0, 1), (2, 9), (2, 7), (0, 1)];
        let by_word = ByWord::of(&pairs, 3);
        assert_eq!(by_word.lists().collect::<Vec<_>>(), [&[1, 1][..], &[], &[7, 9, 7]]);
        assert_eq!(by_word.variety(), [0.5, 0.0, 2.0 / 3.0]);
    }

    #[test]
    fn verbs_numbers_and_abbreviations_are_no_terms() {
        let document = Document::new(
            "Miller throws party as rents halve",
            "VARDE, Mass., Nov 5 - A miller spent N50 million and 38m euros. He fell in B.C. and kicks a ball for the 11th time.",
        );
        let terms: Vec<String> =
            keywords(&document, LanguageCode::EN, &[]).into_iter().map(|k| k.term).collect();
        for no in [
            "throws", "N50", "38m", "B.C", "B.C.", "Mass", "Mass.", "fell", "spent", "kicks",
            "11th", "Nov",
        ] {
            assert!(terms.iter().all(|t| t != no), "{no}: {terms:?}");
        }
        assert!(terms.iter().any(|t| t == "rents"), "{terms:?}");
    }

    #[test]
    fn names_what_the_text_is_about() {
        let document = Document::new("Central bank raises rates", BODY);
        let terms: Vec<String> =
            keywords(&document, LanguageCode::EN, &[]).into_iter().map(|k| k.term).collect();
        let has = |t: &String| t.to_lowercase().contains("central bank");
        assert!(terms.iter().take(4).any(has), "{terms:?}");
        assert!(terms.iter().any(|t| t == "interest rates"), "{terms:?}");
        assert!(terms.iter().all(|t| !t.contains("said") && !t.starts_with("the ")));
    }

    #[test]
    fn terms_neither_begin_nor_end_within_names() {
        let body = "Orla Quendale opened the bridge. Orla Quendale spoke of the bridge, and Quendale\u{2019}s \
            friends\u{2019}re glad. The bridge is new, said Orla Quendale.";
        let document = Document::new("Orla Quendale opens bridge", body);
        let mention = |field, start: u32| Mention {
            field,
            span: Span { start, end: start + 13 },
            text: "Orla Quendale".to_owned(),
        };
        let starts = body.match_indices("Orla").map(|(at, _)| body[..at].chars().count() as u32);
        let mut mentions: Vec<_> = starts.map(|start| mention(Field::Body, start)).collect();
        mentions.push(mention(Field::Title, 0));
        let names = [Entity {
            kind: EntityKind::Person,
            name: "Orla Quendale".to_owned(),
            name_en: None,
            salience: 1.0,
            wikidata: None,
            geonames: None,
            country: None,
            point: None,
            list_id: None,
            mentions,
        }];
        let terms = keywords(&document, LanguageCode::EN, &names);
        let terms: Vec<&str> = terms.iter().map(|k| k.term.as_str()).collect();
        assert!(terms.contains(&"Orla Quendale"), "{terms:?}");
        assert!(!terms.contains(&"Orla") && !terms.iter().any(|t| t.contains("re")), "{terms:?}");
    }

    #[test]
    fn scores_fall_and_stay_within_bounds() {
        let document = Document::new("", BODY);
        let scores: Vec<f32> =
            keywords(&document, LanguageCode::EN, &[]).iter().map(|k| k.score).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b));
        assert!(scores.iter().all(|s| (0.0..=1.0).contains(s)));
    }

    #[test]
    fn verbs_and_abbreviations_of_other_languages_are_no_terms() {
        let body = "Der Damm ist verstärkt worden. Der Damm kostet 2,3 Mio. Euro. Am Montag sagte Oswald, \
                    der Damm sei 3 Mio. Euro wert. Oswald sagte das am Montag.";
        let german = LanguageCode::parse("de").unwrap();
        let document = Document::in_language("Damm", body, german);
        let terms: Vec<String> =
            keywords(&document, german, &[]).into_iter().map(|keyword| keyword.term).collect();
        assert!(terms.contains(&"Damm".to_owned()), "{terms:?}");
        for verb in ["worden", "Mio", "sagte", "Montag"] {
            assert!(!terms.contains(&verb.to_owned()), "{terms:?}");
        }
    }

    #[test]
    fn unknown_languages_give_no_terms() {
        let document = Document::new("", BODY);
        assert!(keywords(&document, LanguageCode::UND, &[]).is_empty());
        assert!(keywords(&Document::new("", ""), LanguageCode::EN, &[]).is_empty());
    }
}
