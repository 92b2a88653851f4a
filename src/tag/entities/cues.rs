//! What the words beside a name say of its kind, where the recogniser took it for another: ages, trades and verbs of
//! speech for people (`Fern Lund, 33,`), nouns and shares of companies (`the pollster Orme`, `shares in Orme`), prepositions
//! before names of the gazetteer and nouns of settlements for places (`Varde, a village`), and ships, storms and rockets,
//! which are none of these and no entities.
//!
//! Nothing is concluded from a name's spelling alone but where it can be of no other kind: a person's name has no
//! digits. Names that the base of entities knows as something else keep their kind.

use std::{collections::HashSet, ops::Range};

use super::{
    Name,
    entity_base::{EntityBase, phrase},
    gazetteer_rules::NamedText,
    labels::NameKind::{self, Organisation, Person, Place},
    titles::is_title,
    trades,
};
use crate::tag::{
    Text, TokenKind, english,
    places::gazetteer::{Class, Gazetteer},
};

/// Least prior of an organisation that keeps a name from being a place's or a person's.
const KNOWN: f32 = 1.0;
/// The same of one that a name is which no place has.
const NO_PLACE: f32 = 0.5;
/// Words of a description behind a name in which its noun stands.
const NEAR: usize = 5;
/// The oldest that people are.
const OLDEST: u32 = 115;

/// Sets right the names of a story's texts by the words beside them.
pub(super) fn correct(base: &EntityBase, gazetteer: &Gazetteer, texts: &mut [NamedText<'_>]) {
    let parts: HashSet<u64> = texts.iter().flat_map(NamedText::parts_of_people).collect();
    let mut things: HashSet<u64> = HashSet::new();
    // Words alone that are an organisation's name once are so wherever they stand for nobody.
    let mut told: HashSet<u64> = HashSet::new();
    for found in texts.iter_mut() {
        for at in 0..found.names.len() {
            let sight = Sight::of(base, gazetteer, found, at, &parts);
            if let Some(kind) = sight.kind() {
                found.names[at].kind = kind;
                let tokens = &found.names[at].tokens;
                if kind == Organisation && tokens.len() == 1 {
                    told.insert(found.keys[tokens.start]);
                }
            }
        }
        things.extend(drop_things(found, &parts));
    }
    let shorts = short_forms(texts);
    for found in texts {
        let keys = found.keys;
        for name in found.names.iter_mut().filter(|n| n.kind == Person && n.tokens.len() == 1) {
            let key = keys[name.tokens.start];
            if (told.contains(&key) || shorts.contains(&key)) && !parts.contains(&key) {
                name.kind = Organisation;
            }
        }
        found.names.retain(|n| n.tokens.len() > 1 || !things.contains(&keys[n.tokens.start]));
    }
}

/// The words that may be short for organisations of the story: the first of `Orme Foods`, the last of `Orland Hornets`.
/// What is called in somebody's memory has the name of a person.
fn short_forms(texts: &[NamedText<'_>]) -> HashSet<u64> {
    let mut shorts = HashSet::new();
    for found in texts {
        for name in found.names.iter().filter(|n| n.kind == Organisation && n.tokens.len() > 1) {
            let last = name.tokens.end - 1;
            let lower = found.text.lower(last);
            let in_memory = english::ORGANISATION_NOUNS.contains(lower)
                || matches!(
                    lower,
                    "prize" | "trust" | "library" | "center" | "centre" | "museum" | "memorial"
                );
            if !in_memory {
                shorts.insert(found.keys[name.tokens.start]);
                shorts.extend(lower.ends_with('s').then(|| found.keys[last]));
            }
        }
    }
    shorts
}

/// A name with what stands around it.
struct Sight<'a> {
    found: &'a NamedText<'a>,
    at: usize,
    name: &'a Name,
    sentence: Range<usize>,
    /// The name's words that no person of the story bears.
    is_free: bool,
    /// Whether the gazetteer has a place of the name, and whether one of them is more than a settlement.
    is_place: bool,
    is_land: bool,
    organisation: f32,
    person: f32,
}

impl<'a> Sight<'a> {
    fn of(
        base: &EntityBase,
        gazetteer: &Gazetteer,
        found: &'a NamedText<'_>,
        at: usize,
        parts: &HashSet<u64>,
    ) -> Self {
        let name = &found.names[at];
        let keys = &found.keys[name.tokens.clone()];
        let sentences = &found.text.sentences;
        let sentence = sentences.partition_point(|s| s.end <= name.tokens.start);
        let first = found.matches.partition_point(|m| m.tokens.end <= name.tokens.start);
        let around =
            found.matches[first..].iter().take_while(|m| m.tokens.start <= name.tokens.start);
        // `Washington`, of what the gazetteer has as Washington state, is a place, too.
        let classes: Vec<Class> = around
            .filter(|m| m.tokens.end >= name.tokens.end)
            .flat_map(|m| m.places.iter().map(|p| gazetteer.place(*p).class))
            .filter(|class| *class != Class::Demonym)
            .collect();
        let (mut organisation, mut person) = (0.0_f32, 0.0_f32);
        for (item, _) in base.items(phrase(keys)) {
            let best = if item.kind == Person { &mut person } else { &mut organisation };
            *best = best.max(item.prior + 0.1);
        }
        Self {
            found,
            at,
            name,
            sentence: sentences.get(sentence).cloned().unwrap_or_default(),
            is_free: name.tokens.len() > 1 || !parts.contains(&keys[0]),
            is_place: !classes.is_empty(),
            is_land: classes.iter().any(|class| !matches!(class, Class::City | Class::County)),
            organisation,
            person,
        }
    }

    fn kind(&self) -> Option<NameKind> {
        if self.name.kind == NameKind::Other {
            return None;
        }
        let kind = self.name.kind;
        if kind != Person && self.is_person() {
            Some(Person)
        } else if kind != Organisation && self.is_organisation() {
            Some(Organisation)
        } else if kind != Place && self.is_where() {
            Some(Place)
        } else {
            None
        }
    }

    /// A word of the sentence so many before or behind the name, in small letters.
    fn word(&self, at: usize) -> &str {
        if self.sentence.contains(&at) { self.found.text.lower(at) } else { "" }
    }

    fn before(&self, back: usize) -> &str {
        self.name.tokens.start.checked_sub(back).map_or("", |at| self.word(at))
    }

    fn behind(&self, on: usize) -> &str {
        self.word(self.name.tokens.end + on)
    }

    fn is_capital(&self, at: usize) -> bool {
        self.sentence.contains(&at) && self.found.text.word(at).starts_with(char::is_uppercase)
    }

    /// Whether the name's last word is of organisations or of places.
    fn has_noun(&self) -> bool {
        let last = self.word(self.name.tokens.end - 1);
        let places =
            [&english::AFFIXES, &english::STREETS, &english::PLACE_ENDINGS, &english::DIVISIONS];
        self.has_noun_of_bodies() || places.into_iter().any(|list| list.contains(last))
    }

    /// Whether the name's last word is of organisations, or the name has small words.
    fn has_noun_of_bodies(&self) -> bool {
        let last = self.word(self.name.tokens.end - 1);
        let small = |i: usize| matches!(self.found.text.word(i), "of" | "and" | "&" | "the");
        [
            &english::ORGANISATION_NOUNS,
            &english::ORGANISATION_ENDINGS,
            &english::ORGANISATION_SORTS,
            &english::COMPANY_FORMS,
            &english::COMPANY_NOUNS,
        ]
        .into_iter()
        .any(|list| list.contains(last))
            || self.name.tokens.clone().any(small)
    }

    fn is_forename(&self) -> bool {
        let first = self.word(self.name.tokens.start);
        self.name.tokens.len() > 1
            && (english::MEN.contains(first) || english::WOMEN.contains(first))
    }

    /// The noun phrase in apposition behind the name: `, a retired teacher from`; its tokens.
    fn apposition(&self) -> Range<usize> {
        let start = self.name.tokens.end + 1;
        if self.behind(0) != ","
            || !matches!(self.behind(1), "a" | "an" | "the" | "his" | "her" | "its")
        {
            return start..start;
        }
        let ends = |at: &usize| {
            !matches!(
                self.word(*at),
                "" | ","
                    | "."
                    | ";"
                    | ":"
                    | "who"
                    | "which"
                    | "that"
                    | "whose"
                    | "at"
                    | "in"
                    | "of"
                    | "from"
                    | "for"
                    | "with"
                    | "on"
                    | "to"
                    | "by"
                    | "near"
                    | "and"
            )
        };
        start..start + (start..start + NEAR + 2).take_while(ends).count()
    }

    fn is_person(&self) -> bool {
        let tokens = &self.name.tokens;
        let addressed =
            matches!(self.before(1).trim_end_matches('.'), "mr" | "mrs" | "ms" | "miss")
                || self.before(1) == "." && matches!(self.before(2), "mr" | "mrs" | "ms");
        if addressed && tokens.len() == 1 && self.name.kind == Place || self.is_king() {
            return true;
        }
        let words = tokens.clone().filter(|&i| self.found.text.tokens[i].kind == TokenKind::Word);
        let several = (2..=4).contains(&words.clone().count())
            && words.clone().all(|i| {
                self.is_capital(i) || english::PARTICLES.contains(self.found.text.word(i))
            });
        if !several || self.is_place || self.organisation > 0.0 || self.has_noun_of_bodies() {
            return false;
        }
        let aged = self.behind(0) == ","
            && self.behind(1).parse::<u32>().is_ok_and(|age| (1..=OLDEST).contains(&age))
            && matches!(self.behind(2), "," | ".");
        let speaks = matches!(self.behind(0), "said" | "says" | "told" | "added" | "recalled");
        let quoted = speaks && matches!(self.before(1), "\"" | "\u{201d}");
        let head = self.apposition();
        let trade = !head.is_empty() && trades::is_trade(self.word(head.end - 1));
        let led =
            trades::is_trade(self.before(1)) && !self.is_capital(tokens.start.saturating_sub(1));
        // `Orland Hornets` is a team: a plural behind a first name needs a sign.
        let plural = self.word(tokens.end - 1).ends_with('s');
        let who = self.behind(0) == "," && self.behind(1) == "who";
        aged || trade
            || quoted && !self.has_noun()
            || self.is_forename() && (led || speaks || who || !plural && !self.has_noun())
            || self.name.kind == Place && led && !self.has_noun()
    }

    /// `King Odd VII`, `Justice Lund`.
    fn is_king(&self) -> bool {
        let tokens = &self.name.tokens;
        let first = self.word(tokens.start);
        let number = |i: usize| {
            let word = self.found.text.word(i);
            word.len() > 1 && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
        };
        let rules = matches!(first, "king" | "queen" | "pope" | "prince" | "emperor");
        tokens.len() > 2 && rules && tokens.clone().any(number) && !self.has_noun()
    }

    fn is_organisation(&self) -> bool {
        let tokens = &self.name.tokens;
        if self.is_place && self.name.kind == Place && !self.is_land && self.is_club() {
            return true;
        }
        if self.is_place && (self.is_land || self.name.kind == Place)
            || !self.is_free
            || self.is_forename()
        {
            return false;
        }
        let text = self.found.text;
        let lower = self.word(tokens.start);
        let nothing = english::NO_COMPANIES.contains(lower)
            || english::MEN.contains(lower)
            || english::WOMEN.contains(lower);
        if tokens.len() == 1 && nothing {
            return false;
        }
        if self.name.kind == Place && self.person == 0.0 && self.organisation >= NO_PLACE {
            return true;
        }
        // A pollster may be a person, too.
        let several = self.name.kind == Person && tokens.len() > 1;
        let noun = |word: &str| {
            english::COMPANY_NOUNS.contains(word) && !(several && word.ends_with(['r', 't']))
        };
        let head = self.apposition();
        let told = !head.is_empty() && noun(self.word(head.end - 1));
        let led = noun(self.before(1)) && !self.is_capital(tokens.start.saturating_sub(1));
        let shares = matches!(self.behind(0), "shares" | "shareholders" | "stock");
        let (first, second) = (self.before(1), self.before(2));
        let held = first == "in" && matches!(second, "shares" | "stake" | "stock");
        let works = matches!(first, "at" | "from" | "with")
            && matches!(
                second,
                "analyst"
                    | "analysts"
                    | "economist"
                    | "economists"
                    | "strategist"
                    | "strategists"
                    | "lawyer"
                    | "lawyers"
                    | "brokers"
                    | "traders"
                    | "consultants"
                    | "auditors"
                    | "engineers"
            );
        let poll = matches!(self.behind(0), "poll" | "survey")
            && matches!(self.before(1), "a" | "an" | "the" | "latest" | "recent");
        if told || led || shares || held || works || poll || self.has_executive() || self.is_club()
        {
            return true;
        }
        let one = tokens.len() == 1;
        let word = text.word(tokens.start);
        if self.name.kind != Person || self.person > 0.0 {
            return false;
        }
        let loud = text.slice(tokens.clone());
        let party = loud.contains('-')
            && loud.len() > 3
            && loud.chars().all(|c| c.is_uppercase() || c == '-');
        one && is_camel(word) || party || one && (self.is_team() || self.is_owner())
    }

    /// `Orme's former chief executive`.
    fn has_executive(&self) -> bool {
        let tokens = &self.name.tokens;
        let owns =
            self.found.text.tokens.get(tokens.end).is_some_and(|t| t.kind == TokenKind::Clitic);
        let start =
            if matches!(self.behind(1), "former" | "new" | "interim" | "outgoing") { 2 } else { 1 };
        let noun = self.behind(start);
        let chief = noun == "chief" && self.behind(start + 1) == "executive";
        tokens.len() < 3
            && owns
            && (chief
                || matches!(
                    noun,
                    "ceo" | "cfo" | "shareholders" | "subsidiary" | "flagship" | "customers"
                ))
    }

    /// `Orland's Odd Lund`: a town has nobody, its club has.
    fn is_owner(&self) -> bool {
        let end = self.name.tokens.end;
        let owns = self.found.text.tokens.get(end).is_some_and(|t| t.kind == TokenKind::Clitic);
        let next = self.found.names.get(self.at + 1);
        let whose = |n: &Name| n.kind == Person && n.tokens.start == end + 1 && n.tokens.len() > 1;
        self.is_place && owns && next.is_some_and(whose)
    }

    /// `beat the Ormes`.
    fn is_team(&self) -> bool {
        self.before(1) == "the"
            && self.word(self.name.tokens.start).ends_with('s')
            && matches!(
                self.before(2),
                "beat"
                    | "beats"
                    | "defeated"
                    | "against"
                    | "over"
                    | "to"
                    | "for"
                    | "lead"
                    | "joined"
                    | "host"
                    | "hosted"
            )
    }

    /// `Orland beat Varde 3-1`, `bids from Varde for the striker`, `the Orland Hornets`: a city's club.
    fn is_club(&self) -> bool {
        let tokens = &self.name.tokens;
        let (first, second) = (self.before(1), self.before(2));
        let plays = |word: &str| english::PLAY_VERBS.contains(word);
        let earlier = self.at.checked_sub(1).and_then(|at| self.found.names.get(at));
        let club = |n: &Name| n.kind == Organisation;
        let beside =
            first == "and" && earlier.is_some_and(|n| club(n) && n.tokens.end + 1 == tokens.start);
        let both = first == "and" && matches!(self.behind(0), "are" | "were" | "have" | "had")
            || self.behind(0) == "and"
                && self.is_capital(tokens.end + 1)
                && tokens.start == self.sentence.start;
        let subject = plays(self.behind(0)) || self.behind(0) == "," && self.behind(1) == "who";
        let object = plays(first)
            || matches!(first, "against" | "over" | "beating")
            || first == "to"
                && self
                    .found
                    .text
                    .word(tokens.start.saturating_sub(2))
                    .starts_with(|c: char| c.is_ascii_digit())
            || first == "from"
                && matches!(second, "bid" | "bids" | "offer" | "offers" | "loan" | "interest");
        // `Zenit Orland` is a longer name.
        let longer = tokens.start > self.sentence.start && self.is_capital(tokens.start - 1);
        !longer && (subject || object || beside || both) && self.is_of_sport()
    }

    /// Whether the sentence has a score, a league or somebody who plays.
    fn is_of_sport(&self) -> bool {
        let goals = |at: usize| {
            let word = self.word(at);
            word.len() < 3 && word.parse::<u32>().is_ok()
        };
        self.sentence.clone().any(|at| {
            let word = self.found.text.word(at);
            english::SPORT_SIGNS.contains(word)
                || goals(at) && matches!(self.word(at + 1), "-" | "\u{2013}") && goals(at + 2)
        })
    }

    fn is_where(&self) -> bool {
        let tokens = &self.name.tokens;
        let (first, second) = (self.before(1), self.before(2));
        let last = self.word(tokens.end - 1);
        if self.organisation >= KNOWN || self.person >= KNOWN || !self.is_free {
            return false;
        }
        let behind_place = matches!(first, "in" | "near" | "outside" | "around" | "at");
        let several = tokens.len() > 1 && self.is_capital(tokens.end - 1);
        let street = matches!(
            last,
            "avenue"
                | "county"
                | "road"
                | "highway"
                | "prefecture"
                | "peninsula"
                | "expressway"
                | "boulevard"
        );
        let small = matches!(
            last,
            "creek"
                | "market"
                | "hill"
                | "springs"
                | "falls"
                | "heights"
                | "bay"
                | "harbour"
                | "harbor"
                | "beach"
                | "canal"
        );
        let isle = matches!(self.word(tokens.start), "isle") && self.word(tokens.start + 1) == "of";
        if several && (street || isle || small && behind_place && !self.is_forename()) {
            return true;
        }
        let head = self.apposition();
        // `Varde, a village drowned in 1950`, but not `Anna Lund, a city official`
        let settled = head.clone().any(|at| {
            english::SETTLEMENTS.contains(self.word(at))
                && (at + 1 == head.end || self.word(at + 1).ends_with("ed"))
        });
        if settled && (self.name.kind != Person || tokens.len() == 1) {
            return true;
        }
        if self.has_noun() || self.is_forename() && !self.is_place {
            return false;
        }
        let seat = first == "for" && matches!(second, "mp" | "mla" | "mps" | "td")
            || matches!(first, "represents" | "represented")
                && matches!(self.behind(0), "in" | "at");
        if seat {
            return true;
        }
        let land = self.behind(0) == "," && self.is_land_at(tokens.end + 1);
        if land && (behind_place || matches!(first, "from" | "of" | "to")) {
            return true;
        }
        // `in Orland and Solma.`, a town that the gazetteer lacks
        let ends = matches!(self.behind(0), "." | "," | "" | ";" | "on" | "in" | "at" | "last");
        let beside = self.name.kind == Person && tokens.len() == 1 && ends && self.is_joined("in");
        beside || self.is_place && (behind_place || self.is_way() || self.is_seat())
    }

    /// Whether the gazetteer's name at a token is a country's or a part of one.
    fn is_land_at(&self, at: usize) -> bool {
        let next = self.at + 1;
        self.found.names.get(next).is_some_and(|n| n.tokens.start == at && n.kind == Place)
            && self.found.matches.iter().any(|m| m.tokens.start == at)
    }

    /// `between Orland and Varde`, `from Orland to Varde`.
    fn is_way(&self) -> bool {
        let place = |n: Option<&Name>| n.is_some_and(|n| n.kind == Place);
        let names = &self.found.names;
        let earlier = self.at.checked_sub(1).and_then(|at| names.get(at));
        self.is_joined("between")
            || self.is_joined("from")
            || self.is_joined("in")
            || matches!(self.before(1), "between")
                && self.behind(0) == "and"
                && place(names.get(self.at + 1))
            || self.before(1) == "," && place(earlier) && place(names.get(self.at + 1))
    }

    /// Whether `and`, or `to` behind `from`, joins the name to a place that a preposition stands before.
    fn is_joined(&self, preposition: &str) -> bool {
        let joint = if preposition == "from" { "to" } else { "and" };
        let earlier = self.at.checked_sub(1).and_then(|at| self.found.names.get(at));
        self.before(1) == joint
            && earlier.is_some_and(|n| {
                n.kind == Place
                    && n.tokens.end + 1 == self.name.tokens.start
                    && n.tokens.start > 0
                    && self.word(n.tokens.start - 1) == preposition
            })
    }

    /// `Mayor Anna Lund of Varde`, `the Varde refinery`.
    fn is_seat(&self) -> bool {
        let earlier = self.at.checked_sub(1).and_then(|at| self.found.names.get(at));
        let mayor = self.before(1) == "of"
            && earlier.is_some_and(|n| {
                n.kind == Person
                    && n.tokens.end + 1 == self.name.tokens.start
                    && n.tokens.start > 0
                    && is_title(self.found.text.word(n.tokens.start - 1))
            });
        let works = self.before(1) == "the"
            && matches!(
                self.behind(0),
                "refinery"
                    | "plant"
                    | "mine"
                    | "factory"
                    | "shipyard"
                    | "smelter"
                    | "steelworks"
                    | "dam"
                    | "airport"
            );
        mayor || works
    }
}

/// Small letters before a capital inside a word, and no prefix of surnames: `OrmeTech`.
fn is_camel(word: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "Mc", "Mac", "De", "Di", "La", "Le", "Du", "Van", "Von", "Fitz", "Al", "Da", "Del",
        "Della", "Ab",
    ];
    let Some(inner) = word.char_indices().skip(1).find(|(_, c)| c.is_uppercase()) else {
        return false;
    };
    let front = &word[..inner.0];
    front.chars().all(char::is_alphabetic)
        && front.ends_with(char::is_lowercase)
        && !PREFIXES.contains(&front)
}

/// Takes away ships, storms and rockets; gives the words that name storms and ships alone.
fn drop_things(found: &mut NamedText<'_>, parts: &HashSet<u64>) -> HashSet<u64> {
    let (text, keys) = (found.text, found.keys);
    let mut things = HashSet::new();
    let lower = |at: usize| text.lower(at);
    found.names.retain(|name| {
        let tokens = &name.tokens;
        if name.kind == NameKind::Other {
            // What the recogniser has as an event names the storm, too.
            if tokens.len() == 2 && is_storm(lower(tokens.start)) {
                things.insert(keys[tokens.end - 1]);
            }
            return true;
        }
        if name.kind == Place && is_short_or_part(text, tokens) {
            return false;
        }
        if name.kind == Person && is_dateline(text, tokens) {
            return false;
        }
        let digits = name.kind == Person
            && tokens.clone().any(|i| text.word(i).contains(|c: char| c.is_ascii_digit()));
        let starts = text.sentences.binary_search_by_key(&tokens.start, |s| s.start).is_ok();
        let before = || {
            let at = tokens.start - 1;
            let word = text.word(at);
            let thing = english::VESSELS.contains(lower(at))
                && (word.starts_with(char::is_lowercase) || is_storm(lower(at)));
            thing || english::SHIP_PREFIXES.contains(word)
        };
        let first = text.word(tokens.start);
        let within = tokens.len() > 1
            && (is_storm(lower(tokens.start)) && name.kind != Organisation
                || english::SHIP_PREFIXES.contains(first));
        let is_label = tokens.start == 0
            && tokens.len() == 1
            && text.tokens.len() > 1
            && text.word(1) == ":"
            && english::HEADLINE_LABELS.contains(lower(0));
        if is_label
            || name.kind == Place && is_called_after(text, tokens)
            || is_of_party(text, tokens)
        {
            return false;
        }
        let is_thing =
            !starts && tokens.start > 0 && name.kind != Organisation && before() || within;
        if is_thing {
            let key = keys[tokens.end - 1];
            let single = tokens.len() == 1 && !parts.contains(&key) || tokens.len() == 2 && within;
            if single {
                things.insert(key);
            }
        }
        !digits && !is_thing
    });
    things
}

/// `a Panama hat`: a thing that is called after a land or a town.
pub(super) fn is_called_after(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let Some(next) = text.tokens.get(tokens.end).map(|_| text.word(tokens.end)) else {
        return false;
    };
    if !next.starts_with(char::is_lowercase) {
        return false;
    }
    let phrase = format!("{} {}", text.slice(tokens.clone()).to_lowercase(), next);
    let one = phrase.strip_suffix('s').unwrap_or(&phrase);
    english::THINGS.contains(one) || english::THINGS.contains(phrase.as_str())
}

/// `ST. PAUL, Minn.`: a town's name after a saint in a dateline.
fn is_dateline(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let word = |back: usize| tokens.start.checked_sub(back).map_or("", |at| text.word(at));
    let loud = !text.slice(tokens.clone()).contains(char::is_lowercase);
    loud && tokens.len() == 1 && (word(1) == "ST." || word(1) == "." && word(2) == "ST")
}

/// A state's abbreviation without its full stop and without a town before it (`a funeral Mass`), and regions of the
/// compass (`the North East`).
fn is_short_or_part(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let word = |at: usize| text.tokens.get(at).map_or("", |_| text.word(at));
    let compass = |at: usize| english::PARTS.contains(text.lower(at));
    let short = tokens.len() == 1
        && english::ENDING.contains(word(tokens.start))
        && word(tokens.end) != "."
        && (tokens.start == 0 || word(tokens.start - 1) != ",");
    let region = tokens.len() == 2
        && tokens.clone().all(compass)
        && tokens.start > 0
        && word(tokens.start - 1).eq_ignore_ascii_case("the");
    short || region
}

/// `R-Varde`: a member's party and town.
fn is_of_party(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    tokens.len() > 2
        && tokens.start > 0
        && matches!(text.word(tokens.start), "D" | "R" | "I")
        && text.word(tokens.start + 1) == "-"
        && matches!(text.word(tokens.start - 1), "," | "(")
}

fn is_storm(lower: &str) -> bool {
    matches!(lower, "hurricane" | "cyclone" | "typhoon" | "storm")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::{
        entities::entity_base::{Item, Rarity, Row, build},
        places::gazetteer::{self, Place as Town},
        word_keys::keys,
    };

    /// The kinds that some names of a text get; Varde and Holm are towns, Quendale and Orme companies of the base.
    fn corrected(body: &str, names: &[(NameKind, &str)]) -> Vec<String> {
        let town = |geonames| Town {
            geonames,
            wikidata: 0,
            class: Class::City,
            country: *b"DK",
            division: 1,
            lat: 55.6,
            lon: 8.5,
            population: 900,
        };
        let bytes =
            gazetteer::build(&[town(1), town(2)], &[("Varde".into(), 0), ("Holm".into(), 1)], &[]);
        let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
        let row = |number, name: &str| Row {
            item: Item {
                number,
                kind: Organisation,
                country: [0; 2],
                prior: 2.0,
                rarity: Rarity::Usual,
                fields: 0,
            },
            names: vec![name.to_owned()],
        };
        let base =
            EntityBase::from_bytes(build(&[row(1, "Quendale"), row(2, "Orme Works")])).unwrap();
        let text = Text::new(body);
        let words = keys(&text);
        let matches = gazetteer.matches(&text, &words);
        let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
        let mut found: Vec<Name> = names
            .iter()
            .map(|(kind, name)| {
                let from = body.find(name).unwrap();
                Name { kind: *kind, tokens: token(from)..token(from + name.len()) }
            })
            .collect();
        let named = NamedText { text: &text, keys: &words, matches: &matches, names: &mut found };
        correct(&base, &gazetteer, &mut [named]);
        found.iter().map(|n| format!("{:?} {}", n.kind, text.slice(n.tokens.clone()))).collect()
    }

    #[test]
    fn ages_trades_and_quotes_tell_people() {
        for (body, kind, name) in [
            ("Tyra Fields, 33, of Varde, was held.", Organisation, "Tyra Fields"),
            ("\"It is cold,\" Solma Berpa said.", Organisation, "Solma Berpa"),
            ("Devin Parks, a program manager, left.", Place, "Devin Parks"),
            ("Dagny Fields, a nurse, agreed.", Place, "Dagny Fields"),
            ("The striker Solma Berpa scored.", Place, "Solma Berpa"),
            ("Diego Simeral refused to speak.", Organisation, "Diego Simeral"),
            ("It rose, said the economist Solma Berpa of Quendale.", Place, "Solma Berpa"),
            ("A medal came from King Odd XVI Gustav himself.", Organisation, "King Odd XVI Gustav"),
            ("Elena Berpa sang there.", Organisation, "Elena Berpa"),
            ("Solma Berpa, the goalkeeper, fell.", Organisation, "Solma Berpa"),
        ] {
            assert_eq!(corrected(body, &[(kind, name)]), [format!("Person {name}")], "{body}");
        }
        for (body, name) in [
            ("\"It is cold,\" Orme Works said.", "Orme Works"),
            ("\"It is cold,\" Solma Berpa International said.", "Solma Berpa International"),
            ("Solma Council, a nurse body, agreed.", "Solma Council"),
            ("Solma Berpa grew by a third.", "Solma Berpa"),
            ("They left Solma Berpa, a firm of brokers, at once.", "Solma Berpa"),
        ] {
            assert_eq!(corrected(body, &[(Organisation, name)]), [format!("Organisation {name}")]);
        }
    }

    #[test]
    fn company_words_tell_organisations() {
        for (body, kind, name) in [
            ("Solma, the kit supplier, pays.", Person, "Solma"),
            ("Analysts at Berpa agreed.", Person, "Berpa"),
            ("Shares in Berpa fell.", Place, "Berpa"),
            ("The ferry operator Berpa said so.", Person, "Berpa"),
            ("A Berpafolha poll gave him 41%.", Person, "Berpafolha"),
            ("It was sold by Berpa's former chief executive.", Person, "Berpa"),
            ("They fly with Quendale at noon.", Place, "Quendale"),
            ("BerTech said so.", Person, "BerTech"),
            ("The XQM-P called it deaf.", Person, "XQM-P"),
            ("Orland beat the Berpas.", Person, "Berpas"),
        ] {
            assert_eq!(
                corrected(body, &[(kind, name)]),
                [format!("Organisation {name}")],
                "{body}"
            );
        }
        for (body, name) in [
            ("McBerpa said so.", "McBerpa"),
            ("Anna Berpa, the supplier, pays.", "Anna Berpa"),
            ("They met Berpa at noon.", "Berpa"),
            ("The pollster Anna Berpa agreed.", "Anna Berpa"),
            ("Solma Berpa, a stall operator, agreed.", "Solma Berpa"),
            ("Solma Berpa, a city official, agreed.", "Solma Berpa"),
        ] {
            assert_eq!(corrected(body, &[(Person, name)]), [format!("Person {name}")], "{body}");
        }
    }

    #[test]
    fn what_is_an_organisation_once_is_one_elsewhere() {
        let body = "Carla Lund of Berpa agreed. Shares in Berpa fell.";
        let text = Text::new(body);
        let at: Vec<usize> = (0..text.tokens.len()).filter(|&i| text.word(i) == "Berpa").collect();
        assert_eq!(at.len(), 2);
        let words = keys(&text);
        let mut found: Vec<Name> =
            at.iter().map(|&at| Name { kind: Person, tokens: at..at + 1 }).collect();
        let gazetteer = Gazetteer::from_bytes(gazetteer::build(&[], &[], &[])).unwrap();
        let named = NamedText { text: &text, keys: &words, matches: &[], names: &mut found };
        correct(&EntityBase::default(), &gazetteer, &mut [named]);
        assert!(found.iter().all(|n| n.kind == Organisation), "{found:?}");
    }

    #[test]
    fn abbreviations_and_regions_of_the_compass_are_no_places() {
        let dropped = |body: &str, name: &str| corrected(body, &[(Place, name)]).is_empty();
        assert!(dropped("A funeral Mass was said.", "Mass"));
        assert!(dropped("The North East will love her.", "North East"));
        assert!(!dropped("It lies in Varde, Mass., he said.", "Mass"));
        assert!(!dropped("It lies in Varde now.", "Varde"));
        assert!(!dropped("The mayor of North East, Orland, resigned.", "North East"));
    }

    #[test]
    fn prepositions_and_nouns_tell_places() {
        for (body, kind, name) in [
            ("A mill at Varde burnt.", Organisation, "Varde"),
            ("It lies in Varde, he said.", Person, "Varde"),
            ("Solma, a village drowned in 1950, is seen.", Organisation, "Solma"),
            ("She is the MP for Solma.", Person, "Solma"),
            ("He represents Solma in the assembly.", Person, "Solma"),
            ("They will sell the Varde refinery.", Organisation, "Varde"),
            ("He lives on West Solma Avenue.", Person, "Solma Avenue"),
            ("They met at his Solma County home.", Organisation, "Solma County"),
            ("It is on the Isle of Solma.", Organisation, "Isle of Solma"),
            ("Traders in Solma Market left.", Person, "Solma Market"),
        ] {
            assert_eq!(corrected(body, &[(kind, name)]), [format!("Place {name}")], "{body}");
        }
        let body = "Mayor Anna Lund of Varde spoke.";
        assert_eq!(
            corrected(body, &[(Person, "Anna Lund"), (Organisation, "Varde")]),
            ["Person Anna Lund", "Place Varde"]
        );
        let body = "The road between Holm and Varde is shut.";
        assert_eq!(
            corrected(body, &[(Place, "Holm"), (Person, "Varde")]),
            ["Place Holm", "Place Varde"]
        );
        let kept = corrected("She works at Quendale now.", &[(Organisation, "Quendale")]);
        assert_eq!(kept, ["Organisation Quendale"]);
    }

    #[test]
    fn clubs_by_their_citys_name_are_no_places() {
        for body in [
            "Varde beat Solma 3-1 at home.",
            "They lost 1-0 to Varde on Monday.",
            "It had two bids from Varde for the winger.",
            "Varde, who drew 1-1 there, are third.",
            "Varde sign a midfielder from Solma.",
            "Solma thrashed Varde in the Bundesliga.",
            "Varde host the Ormes in the NHL tonight.",
            "Varde conceded two goals and lost 0-2.",
            "It was a 4-0 win over Varde.",
            "A late homer sank them against Varde in a 5-4 loss.",
        ] {
            assert_eq!(corrected(body, &[(Place, "Varde")]), ["Organisation Varde"], "{body}");
        }
        for body in [
            "They won 3-1 in Varde.",
            "Varde lost 400 jobs.",
            "He flew from Varde to see the striker.",
            "Varde beat the drought at last.",
            "Zenit Varde beat Solma 2-0.",
        ] {
            assert_eq!(corrected(body, &[(Place, "Varde")]), ["Place Varde"], "{body}");
        }
    }

    #[test]
    fn part_of_an_organisations_name_is_no_person() {
        let body = "Goldberp's analyst agreed with Goldberp Banks at last.";
        let names = [(Person, "Goldberp"), (Organisation, "Goldberp Banks")];
        assert_eq!(corrected(body, &names)[0], "Organisation Goldberp");
    }

    #[test]
    fn labels_things_and_party_marks_are_no_entities() {
        for (body, kind, name) in [
            ("Obituary: a life", Person, "Obituary"),
            ("He wore a Panama hat there.", Place, "Panama"),
            ("They ate Brazil nuts.", Place, "Brazil"),
            ("Anna Lund, R-Varde, left.", Person, "R-Varde"),
            ("ST. ANNA, Orl. - It rained.", Person, "ANNA"),
        ] {
            assert_eq!(corrected(body, &[(kind, name)]), Vec::<String>::new(), "{body}");
        }
        let kept = corrected("He went to Brazil twice.", &[(Place, "Brazil")]);
        assert_eq!(kept, ["Place Brazil"]);
    }

    #[test]
    fn ships_storms_and_rockets_are_no_entities() {
        for (body, kind, name) in [
            ("The ferry Glen Berpa left.", Person, "Glen Berpa"),
            ("The submarine Varde sank.", Place, "Varde"),
            ("The lifeboat Anna Lund was launched.", Person, "Anna Lund"),
            ("Cyclone Solma grew.", Person, "Cyclone Solma"),
            ("They launched Berpa 9 again.", Person, "Berpa 9"),
            ("The boat, the MV Santa Solma, sank.", Place, "MV Santa Solma"),
        ] {
            assert_eq!(corrected(body, &[(kind, name)]), Vec::<String>::new(), "{body}");
        }
        let body = "Hurricane Solma grew. Odd Lund saw that Berpa fled from it: Solma came.";
        let names = [(Person, "Solma"), (Person, "Odd Lund"), (Person, "Berpa")];
        assert_eq!(corrected(body, &names), ["Person Odd Lund", "Person Berpa"]);
        let body = "The captain of the ferry is Anna Lund.";
        assert_eq!(corrected(body, &[(Person, "Anna Lund")]), ["Person Anna Lund"]);
    }
}
