//! What somebody is called whom a story names in other cases alone: `Orlanem Vardelskim` is Orlan Vardelski.
//!
//! A language's list (`name-cases.txt`) has given names and how the cases of given and of family names end. A form of a given
//! name tells the sex and the case, and the other words must have an ending of both; the longest ending that a word has counts.
//! Refuses to make a name up: where the words may be a name as they stand, where several names have them as a form, and where the
//! given name is not known, there is none.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use foldhash::{HashMap, HashSet};

use crate::{lang, tag::transliteration::in_two_letters};

/// Name of a language's list.
const LIST: &str = "name-cases.txt";
/// What stands for any consonant at the start of an ending, and is kept.
const CONSONANT: char = 'C';
/// Letters of cases; the first is the nominative's.
const CASES: &str = "ngdailx";
const NOMINATIVE: Cases = 1;
/// What stands for the nominative of endings that several names may have, and that none has.
const UNSURE: &str = "?";
const NO_NAME: &str = "-";
/// Words of a name.
const WORDS: std::ops::RangeInclusive<usize> = 2..=4;

/// Cases, as bits.
type Cases = u8;
/// Sexes, as bits.
type Sexes = u8;
const MEN: Sexes = 1;
const WOMEN: Sexes = 2;

/// Which words of a name have endings.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    /// All: `Orlanem Vardelskim`.
    All,
    /// The last, a family name, behind others as they stand: `Orla Vardesella`.
    FamilyName,
    /// The last, a given name, behind a family name as it stands: `Varde Orlánnak`.
    GivenName,
}

/// An ending in some cases.
#[derive(Debug)]
struct Form {
    sexes: Sexes,
    cases: Cases,
    ending: &'static str,
    /// What stands in its place in the nominative.
    base: &'static str,
    /// Which row of the list it is of.
    row: usize,
}

impl Form {
    /// How much of a word the ending tells: any consonant counts for half a letter.
    fn length(&self) -> usize {
        2 * self.ending.chars().count() - usize::from(self.ending.starts_with(CONSONANT))
    }
}

/// Endings of a language.
#[derive(Debug)]
struct Forms {
    consonants: &'static str,
    by_last_letter: HashMap<char, Vec<Form>>,
}

impl Forms {
    /// The endings of some kinds of a list, each of some sexes.
    fn read(code: &str, consonants: &'static str, kinds: [(&'static str, Sexes); 3]) -> Self {
        let rows = kinds.into_iter().flat_map(|(kind, sexes)| {
            let rows = lang::of_kind(code, LIST, kind);
            rows.filter_map(move |row| Some((sexes, row.split_once('\t')?)))
        });
        let mut by_last_letter: HashMap<char, Vec<Form>> = HashMap::default();
        let mut add = |form: Form| {
            let last = form.ending.chars().next_back().unwrap_or(CONSONANT);
            by_last_letter.entry(last).or_default().push(form);
        };
        for (row, (sexes, (base, forms))) in rows.enumerate() {
            let form = |cases, ending| Form { sexes, cases, ending, base, row };
            if !matches!(base, UNSURE | NO_NAME) {
                add(form(NOMINATIVE, base));
            }
            for (letters, endings) in forms.split(' ').filter_map(|part| part.split_once(':')) {
                let bits = letters.chars().filter_map(|c| Some(1 << CASES.find(c)?));
                let cases = bits.fold(0, |all, bit: Cases| all | bit);
                endings.split(',').for_each(|ending| add(form(cases, ending)));
            }
        }
        Self { consonants, by_last_letter }
    }

    /// The endings that a word has, with what stands before each.
    fn of<'s, 'w>(&'s self, word: &'w str) -> impl Iterator<Item = (&'s Form, &'w str)> {
        let last = word.chars().next_back().unwrap_or(CONSONANT);
        let forms = [last, CONSONANT].map(|letter| self.by_last_letter.get(&letter));
        let forms = forms.into_iter().flatten().flatten();
        forms.filter_map(move |form| Some((form, stem(self.consonants, word, form.ending)?)))
    }
}

/// What a word is in the nominative.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Name(String),
    /// Several names have the form.
    Unsure,
    Nothing,
}

/// A given name that a word may be a form of.
#[derive(Debug)]
struct Given {
    name: String,
    sex: Sexes,
    cases: Cases,
}

/// What is known of the cases of a language's names.
struct NameCases {
    order: Order,
    /// Given names of each sex, with the row of their endings.
    names: HashMap<(&'static str, Sexes), usize>,
    /// Given names of other languages, which nobody with a family name of this one has, and how these end: `Marka` of `Mark Varde`
    /// and `Marek Vardelski`.
    abroad: HashSet<&'static str>,
    own: Vec<&'static str>,
    /// Those of them that have no cases here, and how family names end in cases alone: `Anne Varde`, `Anne Vardovej`.
    standing: HashSet<&'static str>,
    oblique: Vec<&'static str>,
    given: Forms,
    family: Forms,
}

/// What is known of each language, read when its first story comes.
static LANGUAGES: LazyLock<BTreeMap<&'static str, OnceLock<Option<NameCases>>>> =
    LazyLock::new(|| lang::languages_with(LIST).map(|code| (code, OnceLock::new())).collect());

/// What is known of a language.
fn cases_of(folder: &str) -> Option<&'static NameCases> {
    let (code, cases) = LANGUAGES.get_key_value(folder)?;
    cases.get_or_init(|| NameCases::read(code)).as_ref()
}

/// Somebody's name in the nominative, of a name that is certainly in another case.
pub(super) fn nominative(folder: &str, name: &str) -> Option<String> {
    let cases = cases_of(folder)?;
    // Serbian that is read in Latin letters has one sign for what lists have two letters for.
    let name = in_two_letters(name);
    let words: Vec<&str> = name.split_whitespace().collect();
    if !WORDS.contains(&words.len()) {
        return None;
    }
    let found = match cases.order {
        Order::All => cases.of_all(&words),
        Order::FamilyName => cases.of_family_name(&words),
        Order::GivenName => cases.of_given_name(&words),
    };
    found.filter(|found| *found != name)
}

impl NameCases {
    fn read(code: &str) -> Option<Self> {
        let kind = |kind: &'static str| lang::of_kind(code, LIST, kind);
        let words = |of: &'static str| kind(of).flat_map(str::split_whitespace);
        let order = match kind("order").next() {
            Some("family-name") => Order::FamilyName,
            Some("given-name") => Order::GivenName,
            _ => Order::All,
        };
        let consonants = kind("consonants").next()?;
        let both = MEN | WOMEN;
        let read = |kinds| Forms::read(code, consonants, kinds);
        let given = read([("man-given", MEN), ("woman-given", WOMEN), ("person-given", both)]);
        let family = read([("man", MEN), ("woman", WOMEN), ("person", both)]);
        let mut names = HashMap::default();
        for (of, sexes) in [("men", MEN), ("men-abroad", MEN), ("women", WOMEN), ("people", both)] {
            for name in words(of) {
                let endings = given.of(name).map(|(form, _)| form);
                let own = endings.filter(|f| f.cases == NOMINATIVE && f.sexes & sexes != 0);
                if let Some(form) = own.max_by_key(|form| form.length()) {
                    names.insert((name, sexes), form.row);
                }
            }
        }
        Some(Self {
            order,
            names,
            abroad: words("men-abroad").chain(words("abroad")).collect(),
            own: words("own").collect(),
            standing: words("abroad").collect(),
            oblique: words("oblique").collect(),
            given,
            family,
        })
    }

    /// The given names that a word may be a form of.
    fn given_names(&self, word: &str) -> Vec<Given> {
        let mut found: Vec<Given> = Vec::new();
        for (form, stem) in self.given.of(word) {
            let name = joined(stem, form.base);
            for sex in [MEN, WOMEN, MEN | WOMEN] {
                if form.sexes & sex != 0 && self.names.get(&(name.as_str(), sex)) == Some(&form.row)
                {
                    found.push(Given { name: name.clone(), sex, cases: form.cases });
                }
            }
        }
        found
    }

    /// What a family name in some cases is in the nominative; each part of one with hyphens.
    fn family_name(&self, sex: Sexes, cases: Cases, word: &str) -> Found {
        let mut name = String::with_capacity(word.len());
        for part in word.split('-') {
            match self.family_name_part(sex, cases, part) {
                Found::Name(part) if name.is_empty() => name = part,
                Found::Name(part) => {
                    name.push('-');
                    name.push_str(&part);
                }
                other => return other,
            }
        }
        Found::Name(name)
    }

    fn family_name_part(&self, sex: Sexes, cases: Cases, word: &str) -> Found {
        let mut found = Found::Nothing;
        let mut longest = 0;
        for (form, stem) in self.family.of(word) {
            let whole =
                form.ending.starts_with(char::is_uppercase) && !form.ending.starts_with(CONSONANT);
            let fits = form.sexes & sex != 0
                && form.cases & cases != 0
                && form.length() >= longest
                && (!stem.is_empty() || whole);
            if !fits {
                continue;
            }
            let name = match form.base {
                UNSURE => Found::Unsure,
                NO_NAME => Found::Nothing,
                base => Found::Name(joined(stem, base)),
            };
            found = match form.length() > longest || found == name {
                true => name,
                false => Found::Unsure,
            };
            longest = form.length();
        }
        found
    }

    /// A name each word of which has an ending.
    fn of_all(&self, words: &[&str]) -> Option<String> {
        let (first, rest) = words.split_first()?;
        let last = rest.last()?;
        let given = self.given_names(first);
        let stands = self.standing.contains(first) || given.iter().any(|g| g.cases == NOMINATIVE);
        if stands && !ends(last, &self.oblique) && !self.is_of_two_lands(first, last) {
            return None;
        }
        let mut found: Option<String> = None;
        for Given { name, sex, cases } in given {
            let cases = cases & !NOMINATIVE;
            for case in (0..Cases::BITS).map(|bit| 1 << bit).filter(|case| cases & case != 0) {
                let whole = match self.behind(rest, sex, case) {
                    Found::Name(rest) if self.is_of_two_lands(&name, &rest) => continue,
                    Found::Name(rest) => format!("{name}{rest}"),
                    Found::Nothing => continue,
                    Found::Unsure => return None,
                };
                if found.as_ref().is_some_and(|found| *found != whole) {
                    return None;
                }
                found = Some(whole);
            }
        }
        found
    }

    /// Whether a given name is another language's and the family name is of this one.
    fn is_of_two_lands(&self, given: &str, family: &str) -> bool {
        self.abroad.contains(given) && ends(family, &self.own)
    }

    /// The words behind a given name in a case, each with a blank before it.
    fn behind(&self, words: &[&str], sex: Sexes, case: Cases) -> Found {
        let mut name = String::new();
        for (at, word) in words.iter().enumerate() {
            let is_initial = word.ends_with('.');
            let middle = || {
                let mut given = self.given_names(word).into_iter();
                given.find(|g| g.sex & sex != 0 && g.cases & case != 0).map(|g| g.name)
            };
            let known = if at + 1 < words.len() { middle() } else { None };
            let word = match known {
                _ if is_initial => (*word).to_owned(),
                Some(known) => known,
                None => match self.family_name(sex, case, word) {
                    Found::Name(name) => name,
                    other => return other,
                },
            };
            name.push(' ');
            name.push_str(&word);
        }
        Found::Name(name)
    }

    /// A name whose last word has an ending behind a given name.
    fn of_family_name(&self, words: &[&str]) -> Option<String> {
        let (last, others) = words.split_last()?;
        let is_given = self.given_names(others.first()?).iter().any(|g| g.cases == NOMINATIVE);
        match self.family_name(MEN | WOMEN, Cases::MAX, last) {
            Found::Name(name) if is_given => Some(format!("{} {name}", others.join(" "))),
            _ => None,
        }
    }

    /// A name whose last word is a given name with an ending.
    fn of_given_name(&self, words: &[&str]) -> Option<String> {
        let (last, others) = words.split_last()?;
        let given = self.given_names(last);
        let (first, more) = given.split_first()?;
        let is_one = more.iter().all(|g| g.name == first.name);
        let name = given.iter().all(|g| g.cases != NOMINATIVE) && is_one;
        name.then(|| format!("{} {}", others.join(" "), first.name))
    }
}

/// Whether a word has one of some endings.
fn ends(word: &str, endings: &[&str]) -> bool {
    endings.iter().any(|end| word.ends_with(end))
}

/// What stands before an ending, the consonant that it begins with included.
fn stem<'w>(consonants: &str, word: &'w str, ending: &str) -> Option<&'w str> {
    match ending.strip_prefix(CONSONANT) {
        Some(rest) => {
            word.strip_suffix(rest).filter(|stem| stem.ends_with(|c| consonants.contains(c)))
        }
        None => word.strip_suffix(ending),
    }
}

/// A stem with another ending.
fn joined(stem: &str, ending: &str) -> String {
    format!("{stem}{}", ending.trim_start_matches(CONSONANT))
}

#[cfg(test)]
mod tests;
