//! What people do, as a story says beside their names, and whether an item of Wikidata does the same.
//!
//! Many people have the name of a known one. A trade that nobody is known by (`Anna Lund, a plumber`), an age with a
//! town (`Anna Lund, 43, of Orland`) and an animal's name are none of a known person; a trade of another field than the
//! item's is a namesake's. Where the story says nothing, nothing is concluded.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::LazyLock,
};

use super::Reading;
use crate::{
    lang,
    tag::{document::says_whose, english},
};

/// Fields of trades, as bits.
pub type Fields = u8;
/// Public life: politics, courts, churches, armies.
pub const PUBLIC: Fields = 1;
/// Sport.
pub(super) const SPORT: Fields = 2;
/// The arts and entertainment.
const ARTS: Fields = 4;
/// Learning.
const SCIENCE: Fields = 8;
/// Business.
pub(super) const BUSINESS: Fields = 16;

/// Most words of a description behind a name.
const MOST: usize = 8;
/// How well a person must be known to be called by a trade that the item's description does not tell of.
const KNOWN: f32 = 8.0;
/// The same for scholars in public life.
const KNOWN_SCHOLAR: f32 = 3.0;
/// From which age people of public life are told of with their town.
const GROWN: u32 = 35;

/// The fields of a word or two, in small letters.
fn fields(words: &str) -> Fields {
    let lists = [
        (&english::PUBLIC_TRADES, PUBLIC),
        (&english::SPORT_TRADES, SPORT),
        (&english::ARTS_TRADES, ARTS),
        (&english::SCIENCE_TRADES, SCIENCE),
        (&english::BUSINESS_TRADES, BUSINESS),
    ];
    lists.into_iter().filter(|(list, _)| list.contains(words)).map(|(_, field)| field).sum()
}

/// Whether a word in small letters is what people do.
pub(super) fn is_trade(word: &str) -> bool {
    fields(word) != 0 || english::PRIVATE_TRADES.contains(word)
}

/// The fields that the description of an item tells of.
#[must_use]
pub fn described(description: &str) -> Fields {
    let lower = description.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty())
        .collect();
    let pairs = words.windows(2).map(|pair| fields(&pair.join(" ")));
    words.iter().map(|word| fields(word)).chain(pairs).fold(0, |all, one| all | one)
}

/// What a story says that somebody does.
#[derive(Clone, Copy, Debug, Default)]
struct StatedTrade {
    fields: Fields,
    /// Whether what is told is of nobody known.
    private: bool,
    /// The age that is told with a town.
    age: Option<u32>,
    /// Whether the sentence tells of what happens to people who are told of so: an accident, a crime, a court.
    struck: bool,
}

/// The fields of what is told beside a name.
pub(super) fn fields_beside(reading: &Reading<'_>, tokens: &Range<usize>) -> Fields {
    told(reading, tokens).fields
}

/// Whether what stands beside somebody's names tells that an item is not meant: its fields, and how well known it is.
/// One name's private trade is enough; of fields, none of all names' is the item's.
pub(super) fn contradict<'a>(
    names: impl Iterator<Item = (&'a Reading<'a>, &'a Range<usize>)>,
    item: Fields,
    prior: f32,
) -> bool {
    let mut fields = 0;
    for (reading, tokens) in names {
        let told = told(reading, tokens);
        let is_young = |age| item & PUBLIC == 0 || age < GROWN;
        let resident = told.fields == 0 && told.age.is_some_and(|age| told.struck || is_young(age));
        if told.private || resident {
            return true;
        }
        fields |= told.fields;
    }
    let other = fields != 0 && item != 0 && fields & item == 0;
    let close = |one, other| {
        fields & one != 0 && item & other != 0 || fields & other != 0 && item & one != 0
    };
    let least = match () {
        () if close(PUBLIC, BUSINESS) => 0.0,
        () if close(PUBLIC, SCIENCE) => KNOWN_SCHOLAR,
        () => KNOWN,
    };
    other && prior < least
}

/// Name of a language's list of trades that nobody is known by, and its kinds.
const LIST: &str = "trades.txt";
const PRIVATE: &str = "private";
const LOCAL: &str = "local";
/// Most words of a description behind a comma that its noun is among: `, un boulanger`.
const DESCRIBED: usize = 2;

/// Trades of another language that nobody is known by, or nobody abroad.
#[derive(Debug, Default)]
pub struct OtherTrades {
    private: HashSet<&'static str>,
    local: HashSet<&'static str>,
}

static OTHERS: LazyLock<BTreeMap<&'static str, OtherTrades>> = LazyLock::new(|| {
    let read = |code| {
        let of_kind = |kind| lang::of_kind(code, LIST, kind).collect();
        (code, OtherTrades { private: of_kind(PRIVATE), local: of_kind(LOCAL) })
    };
    lang::languages_with(LIST).map(read).collect()
});

impl OtherTrades {
    /// Of a language by its folder.
    #[must_use]
    pub fn of(folder: &str) -> Option<&'static Self> {
        OTHERS.get(folder)
    }

    /// Whether such a trade stands beside a name; `abroad` where the known person's country is not told of.
    pub(super) fn tell(&self, reading: &Reading<'_>, tokens: &Range<usize>, abroad: bool) -> bool {
        let text = reading.text;
        let Some(sentence) = text.sentence_of(tokens.start) else { return false };
        let lower = |at: usize| if sentence.contains(&at) { text.lower(at) } else { "" };
        let is_trade =
            |word: &str| self.private.contains(word) || abroad && self.local.contains(word);
        let before = tokens.start.wrapping_sub(1);
        let before = if lower(before) == "," { before.wrapping_sub(1) } else { before };
        let behind = tokens.end + 1..tokens.end + 1 + DESCRIBED;
        is_trade(lower(before))
            || lower(tokens.end) == "," && behind.into_iter().any(|at| is_trade(lower(at)))
    }
}

fn told(reading: &Reading<'_>, tokens: &Range<usize>) -> StatedTrade {
    let text = reading.text;
    let Some(sentence) = text.sentence_of(tokens.start).cloned() else {
        return StatedTrade::default();
    };
    let lower = |at: usize| {
        if sentence.contains(&at) { text.lower(at) } else { "" }
    };
    let mut told = StatedTrade::default();
    // `bus driver Anna Lund`, `a goat named Anna Lund`, `their dog, Anna Lund,`
    let mut before = tokens.start.wrapping_sub(1);
    if lower(before) == "," || english::NAMING.contains(lower(before)) {
        before = before.wrapping_sub(1);
        before = if lower(before) == "," { before.wrapping_sub(1) } else { before };
        told.private |= english::ANIMALS.contains(lower(before));
    } else {
        let is_old =
            (0..3).any(|back| english::FORMERLY.contains(lower(before.wrapping_sub(back))));
        let word = |back: usize| lower(before.wrapping_sub(back)).trim_end_matches('.');
        told.add([word(2), word(1), word(0)], is_old);
    }
    // `jailed driver Anna Lund for a year`, no driver of races
    told.private |= english::JUDGED_TRADES.contains(lower(tokens.start.wrapping_sub(1)))
        && sentence.clone().any(|at| english::SENTENCED.contains(lower(at)));
    // `The victim was named as Anna Lund`
    let owns = text.word_or_empty(tokens.end);
    told.private |= lower(tokens.start.wrapping_sub(1)) == "as"
        && english::NAMED_AS.contains(lower(tokens.start.wrapping_sub(2)))
        && !says_whose(owns);
    told.private |= is_hired(&lower, tokens);
    let mut at = tokens.end;
    if english::SCORING.contains(lower(at)) && is_count(lower(at + 1)) {
        told.fields |= SPORT;
    }
    if lower(at) != "," {
        return told;
    }
    at += 1;
    if let Ok(age) = lower(at).parse::<u32>() {
        at += 1;
        let town = text.tokens.get(at + 2).is_some_and(|_| {
            matches!(lower(at + 1), "of" | "from")
                && text.word(at + 2).starts_with(char::is_uppercase)
        });
        told.age = (lower(at) == "," && town).then_some(age);
        told.struck =
            told.age.is_some() && sentence.clone().any(|at| english::STRUCK.contains(lower(at)));
        at += usize::from(lower(at) == ",");
    }
    // `Anna Lund, of Orme Street, Varde`
    if matches!(lower(at), "of" | "from") {
        let street = (at + 2..at + 5).find(|&i| {
            !text.word_or_empty(i - 1).starts_with(char::is_uppercase)
                || english::STREETS.contains(lower(i))
        });
        told.private |= street.is_some_and(|i| {
            english::STREETS.contains(lower(i)) && text.word(i - 1).starts_with(char::is_uppercase)
        });
    }
    if lower(at) == "who" {
        let runs = english::RUNNING.contains(lower(at + 1));
        let small = (at + 3..at + 6).any(|i| english::SMALL_BUSINESSES.contains(lower(i)));
        told.private |= runs && english::DETERMINERS.contains(lower(at + 2)) && small;
        // `Anna Lund, who worked at the bakery`
        told.private |=
            lower(at + 1) == "worked" && lower(at + 2) == "at" && lower(at + 3) == "the";
        return told;
    }
    let ends = |word: &str| {
        matches!(word, "" | "," | "." | ";" | ":" | ")") || english::BEHIND_NOUNS.contains(word)
    };
    let Some(end) = (at..=at + MOST).find(|&i| ends(lower(i))) else { return told };
    let is_old = (at..end).any(|i| english::FORMERLY.contains(lower(i)));
    for i in at..end {
        let word = |back: usize| if i >= at + back { lower(i - back) } else { "" };
        if i + 1 == end {
            // `a father of two`
            told.private |= english::KIN.contains(lower(i))
                && lower(end) == "of"
                && (english::CARDINALS.contains(lower(end + 1))
                    || lower(end + 1).parse::<u32>().is_ok());
            // `a student of history`
            told.add([word(2), word(1), lower(i)], is_old || lower(end) == "of");
        } else {
            told.fields |= fields(lower(i));
        }
    }
    told
}

/// `12`, `twice`: how many points or goals.
fn is_count(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || english::TIMES.contains(word)
}

/// `hired Anna Lund as principal`, `Anna Lund was appointed as principal`: whom a school or a town takes on.
fn is_hired<'a>(lower: &impl Fn(usize) -> &'a str, tokens: &Range<usize>) -> bool {
    let hires = |at: usize| english::HIRING.contains(lower(at));
    let passive = tokens.end + 1;
    let as_ = match () {
        () if hires(tokens.start.wrapping_sub(1)) => tokens.end,
        () if hires(passive) || hires(passive + 1) => passive + 1 + usize::from(!hires(passive)),
        () => return false,
    };
    let is_local = |words: &str| {
        english::LOCAL_TRADES.contains(words) || english::PRIVATE_TRADES.contains(words)
    };
    lower(as_) == "as"
        && (as_ + 1..as_ + 4)
            .any(|at| is_local(lower(at)) || is_local(&format!("{} {}", lower(at), lower(at + 1))))
}

impl StatedTrade {
    /// Notes the last word of a description and the two before it.
    fn add(&mut self, [first, before, last]: [&str; 3], is_old: bool) {
        let pair = format!("{before} {last}");
        let three = format!("{first} {pair}");
        let is_private = |words: &str| english::PRIVATE_TRADES.contains(words);
        let is_local = |words: &str| english::LOCAL_TRADES.contains(words);
        let known = fields(last) | fields(&pair);
        self.fields |= known;
        self.private |= known == 0 && !is_old && (is_private(last) || is_private(&pair));
        self.private |= !is_old && [last, &pair, &three].into_iter().any(is_local);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::{Text, word_keys::keys};

    /// Whether a sentence tells that Anna Lund is not an item of some fields.
    fn is_other(body: &str, item: Fields) -> bool {
        let text = Text::new(body);
        let keys = keys(&text);
        let listed = vec![0; keys.len()];
        let at = (0..keys.len()).find(|&i| text.word(i) == "Anna").unwrap();
        let reading = Reading { text: &text, keys: &keys, listed: &listed };
        contradict(std::iter::once((&reading, &(at..at + 2))), item, 4.0)
    }

    #[test]
    fn private_trade_is_no_known_person() {
        for body in [
            "Anna Lund, a plumber from Varde, was fined.",
            "Anna Lund, 19, a student, drowned.",
            "A court heard that lorry driver Anna Lund was asleep.",
            "They named her as Anna Lund, 43, of Varde.",
            "It jumped the road, said Anna Lund, who runs a small café near Varde.",
            "A goat named Anna Lund was taken.",
            "Her dog, Anna Lund, barked.",
            "The parrot, called Anna Lund, sang.",
            "Shopkeeper Anna Lund was robbed.",
            "Anna Lund, 51, a dairy farmer in Varde, agreed.",
            "Burglar Anna Lund was jailed.",
            "The victim was named as Anna Lund.",
            "Anna Lund, of Orme Street, Varde, admitted theft.",
            "Anna Lund, a mother of two, fell.",
            "The court jailed driver Anna Lund for a year.",
            "They mourned Anna Lund, who worked at the bakery.",
            "Fire Chief Anna Lund said so.",
            "Det. Sgt. Anna Lund looked into it.",
            "Councilwoman Anna Lund voted no.",
            "School board member Anna Lund voted no.",
            "Public Works Director Anna Lund told the council so.",
            "The board voted to hire Anna Lund as principal.",
            "Anna Lund was appointed as the new headteacher.",
            "Anna Lund, a city councillor, objected.",
        ] {
            assert!(is_other(body, ARTS), "{body}");
        }
    }

    #[test]
    fn another_field_is_a_namesake() {
        assert!(is_other("Anna Lund, an economist at Orme Works, said so.", ARTS));
        assert!(is_other("Dr Anna Lund, a cardiologist in Varde, treated her.", ARTS | BUSINESS));
        assert!(is_other("Senator Anna Lund spoke.", SPORT));
        assert!(is_other("The striker Anna Lund scored.", PUBLIC));
        assert!(is_other("Then Anna Lund scored 2-4 for Varde.", PUBLIC));
        assert!(is_other("Anna Lund, the campaigner portrayed on stage, was there.", ARTS));
    }

    #[test]
    fn same_field_or_none_contradicts_nothing() {
        for body in [
            "Anna Lund, an actress and singer, came.",
            "Anna Lund, 43, came.",
            "Anna Lund spoke in Varde.",
            "Anna Lund, a former teacher who became a singer, came.",
            "Singer Anna Lund, of Varde, came.",
            "Her dog barked at Anna Lund.",
            "It was named as Anna Lund's home.",
            "Anna Lund, of Orme Records, came.",
            "They cheered driver Anna Lund.",
            "The studio hired Anna Lund as narrator.",
            "They saw Anna Lund as a principal of theirs.",
            "Anna Lund, a former police chief who sings, came.",
        ] {
            assert!(!is_other(body, ARTS), "{body}");
        }
        assert!(!is_other("Anna Lund, 78, of Varde, voted no.", PUBLIC));
        assert!(is_other("Anna Lund, 78, of Varde, died when a bus overturned.", PUBLIC));
        assert!(is_other("Deputy public prosecutor Anna Lund asked for bail.", PUBLIC));
        assert!(is_other("Boda boda rider Anna Lund fled.", PUBLIC));
        assert!(is_other("Village head Anna Lund said so.", PUBLIC));
        assert!(!is_other("The businesswoman Anna Lund spoke.", PUBLIC));
    }

    #[test]
    fn one_field_of_several_is_enough() {
        let text = Text::new("The leader Anna Lund spoke. It was Anna Lund, a singer by trade.");
        let keys = keys(&text);
        let listed = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &listed };
        let at = (0..keys.len()).filter(|&i| text.word(i) == "Anna").map(|i| i..i + 2);
        let names: Vec<Range<usize>> = at.collect();
        let other = |item| contradict(names.iter().map(|name| (&reading, name)), item, 1.5);
        assert!(!other(PUBLIC) && !other(ARTS));
        assert!(other(SPORT));
    }

    #[test]
    fn descriptions_have_fields() {
        assert_eq!(described("American rapper, entrepreneur, and actor"), ARTS | BUSINESS);
        assert_eq!(described("Member of the Orlandish Parliament"), PUBLIC);
        assert_eq!(described("tennis player"), SPORT);
        assert_eq!(described(""), 0);
    }
}
