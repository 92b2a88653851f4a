//! What tells a place: prepositions before names of the gazetteer, nouns of settlements and streets, seats of a house.

use std::ops::Range;

use super::{ITS, KNOWN, Name, NameInText, NamedText, OLDEST, Organisation, Person, Place};
use crate::{
    model::LanguageCode,
    punctuation::is_dash,
    tag::{
        Text,
        document::says_whose,
        english,
        entities::{name_bounds::is_told_as_person, titles::is_title},
        language::is_function_word,
        names::overlapping,
        places::gazetteer::{Class, Gazetteer},
    },
};

/// Fewest people of a town that is meant although somebody of the story is called so.
const OF_NAMESAKE: u32 = 10_000;
/// Fewest people of a city that stands for its country's government.
const OF_GOVERNMENT: u32 = 250_000;
/// The same of a city that a clause tells of whatever club is called so.
const OF_CLUB: u32 = 50_000;
/// The same of a town that a clause tells of.
const OF_CLAUSE: u32 = 5_000;
/// Words, or names, of a list before or behind a name that are looked at.
const LISTED: usize = 24;
/// Fewest letters of a noun for several counties.
const SHORTEST: usize = 8;
/// Most words of a county's name.
const MOST_WORDS: usize = 3;

/// Makes one town of the words in capitals before a dateline's dash, of which the gazetteer has all, or the first as a land or a
/// city: `NORTH VARDE \u{2014} It rained.`
pub(super) fn claim_dateline(gazetteer: &Gazetteer, found: &mut NamedText<'_>) {
    let text = found.text;
    let is_loud = |at: usize| {
        let word = text.word_or_empty(at);
        word.len() > 1 && word.chars().all(char::is_uppercase)
    };
    let end = (0..text.tokens.len().min(DATELINE)).take_while(|at| is_loud(*at)).count();
    if end < 2 || !is_dash(text.word_or_empty(end)) {
        return;
    }
    let first = found.matches.first().filter(|m| m.tokens.start == 0);
    let is_known = first.is_some_and(|m| {
        let places = m.places.iter().map(|place| gazetteer.place(*place));
        let mut known = places.filter(|place| match place.class {
            Class::City => place.population >= OF_GOVERNMENT,
            class => class == Class::Division,
        });
        m.tokens.end == end || !is_forename(text, 0) && known.next().is_some()
    });
    if is_known {
        found.names.retain(|n| n.tokens.start >= end);
        found.names.insert(0, Name { kind: Place, tokens: 0..end });
    }
}

/// Most words of a town in a dateline, with one more.
const DATELINE: usize = 5;

fn is_forename(text: &Text<'_>, at: usize) -> bool {
    english::MEN.contains(text.lower(at)) || english::WOMEN.contains(text.lower(at))
}

/// Makes places of the names before `counties`, found or not: `Orme, Varde and Holm counties`.
/// All of them must be known as places: there are Democratic and Republican counties.
pub(super) fn claim_counties(gazetteer: &Gazetteer, found: &mut NamedText<'_>) {
    let text = found.text;
    let is_known = |tokens: &Range<usize>| {
        let places = gazetteer.exact(text, found.keys, tokens.clone());
        let mut classes = places.iter().map(|place| gazetteer.place(*place).class);
        tokens.len() <= MOST_WORDS
            && (classes.any(|class| class != Class::Demonym)
                || !gazetteer.with_word(&found.keys[tokens.clone()], "county").is_empty())
    };
    for noun in 3..text.tokens.len() {
        // Few words are looked up.
        let word = text.word(noun);
        if !word.ends_with('s') || word.len() < SHORTEST || !english::COUNTIES.contains(word) {
            continue;
        }
        let start = text.sentence_of(noun).map_or(noun, |s| s.start);
        let joins = |at: usize| matches!(text.word(at), "," | "and" | "or");
        let capital = |at: usize| text.word(at).starts_with(char::is_uppercase);
        let goes_on = |at: &usize| capital(*at) || joins(*at);
        let mut from = noun - (start..noun).rev().take(LISTED).take_while(goes_on).count();
        // `Both Orme and Varde counties`
        while from < noun && (joins(from) || is_function_word(LanguageCode::EN, text.lower(from))) {
            from += 1;
        }
        let counties: Vec<Range<usize>> = (from..noun)
            .filter(|&at| capital(at) && (at == from || !capital(at - 1)))
            .map(|at| at..(at..noun).take_while(|&i| capital(i)).last().unwrap_or(at) + 1)
            .collect();
        let over = overlapping(found.names, &(from..noun));
        let inside = |n: &Name| from <= n.tokens.start && n.tokens.end <= noun;
        let whole = found.names[over.clone()].iter().all(inside);
        if counties.len() > 1 && whole && counties.iter().all(is_known) {
            let named = counties.into_iter().map(|tokens| Name { kind: Place, tokens });
            found.names.splice(over, named);
        }
    }
}

impl NameInText<'_> {
    pub(super) fn is_where(&self) -> bool {
        let tokens = &self.name.tokens;
        let (first, second) = (self.before(1), self.before(2));
        let last = self.word(tokens.end - 1);
        if self.is_town_of_namesake() || self.is_listed_place() || self.is_national_park() {
            return true;
        }
        if self.is_home_of_folk() || self.is_called_after_somebody() || self.is_home_of_band() {
            return true;
        }
        let nobody = self.name.kind == Person && self.person < KNOWN && self.is_free;
        if nobody && (self.speaks_as_capital() || self.ends_list_of_towns() || self.is_prison()) {
            return true;
        }
        // What is called as its club is.
        let unknown = self.own < KNOWN && self.people >= OF_CLUB;
        if self.person < KNOWN && self.is_free && unknown && self.is_told_of() {
            return true;
        }
        if self.organisation >= KNOWN || self.person >= KNOWN || !self.is_free {
            return false;
        }
        let behind_place = english::NEAR_PLACES.contains(first)
            // Somebody teaches at what has a person's name.
            || first == "at" && self.name.kind == Organisation;
        let several = tokens.len() > 1 && self.is_capital(tokens.end - 1);
        let street = english::PLACE_ENDINGS_ALONE.contains(last);
        let small = english::PLACE_OR_NAME_ENDINGS.contains(last);
        // `off Orme Point`, `the shops at Orme Moor`
        let behind_place = behind_place || small && matches!(first, "off" | "at");
        let river = self.word(tokens.start) == "river" && first == "the" && !last.ends_with('s');
        let isle = river
            || english::ISLES.contains(self.word(tokens.start))
                && self.word(tokens.start + 1) == "of";
        let listed = english::STREETS.contains(last) && self.is_beside_street();
        let road = listed || small && behind_place;
        // `Orla Nagar, 68, said`
        let somebody =
            || is_told_as_person(self.found.text, tokens) || self.is_forename() && !behind_place;
        let street = street && !somebody();
        if several && (street || isle || road && !self.is_forename()) || self.is_behind_building() {
            return true;
        }
        let head = self.apposition();
        // `Varde, a village drowned in 1950`, but not `Anna Lund, a city official`
        let settled = head.clone().any(|at| {
            english::SETTLEMENTS.contains(self.word(at))
                && (at + 1 == head.end || english::is_participle(self.word(at + 1)))
        });
        if settled && (self.name.kind != Person || tokens.len() == 1) {
            return true;
        }
        if self.has_noun() || self.is_forename() && !self.is_place {
            return false;
        }
        if self.is_governed() || self.is_home() || self.speaks_as_capital() {
            return true;
        }
        if self.is_told_of() || self.is_on_way() || self.is_home_of_somebody() {
            return true;
        }
        let member = second == "parliament" && self.before(3) == "of";
        let seat = first == "for" && (english::SEAT_HOLDERS.contains(second) || member)
            || self.is_seat_of_member()
            || english::REPRESENTING.contains(first) && matches!(self.behind(0), "in" | "at");
        if seat {
            return true;
        }
        let land = self.behind(0) == "," && self.is_land_at(tokens.end + 1);
        if land && (behind_place || english::BEFORE_TOWNS.contains(first)) {
            return true;
        }
        // `in Orland and Solma.`, a town that the gazetteer lacks
        let ends = matches!(self.behind(0), "." | "," | "" | ";")
            || english::BEHIND_TOWNS.contains(self.behind(0));
        let beside = self.name.kind == Person && tokens.len() == 1 && ends && self.is_joined("in");
        beside || self.is_place && (behind_place || self.is_way() || self.is_seat())
    }

    /// `the villages of Orme, Varde and Holm`: whatever else the words may be.
    fn is_listed_place(&self) -> bool {
        let tokens = &self.name.tokens;
        let joins = |at: usize| matches!(self.word(at), "," | "and" | "or");
        let goes_on = |at: &usize| joins(*at) || self.is_capital(*at);
        let from = tokens.start.saturating_sub(LISTED);
        let start = tokens.start - (from..tokens.start).rev().take_while(goes_on).count();
        let several = start < tokens.start || joins(tokens.end);
        several
            && start > 1
            && self.word(start - 1) == "of"
            && english::PLACES.contains(self.word(start - 2))
            && !self.is_forename()
    }

    /// `Orme Road, Varde Lane and Holm Way`: in a list with a street.
    fn is_beside_street(&self) -> bool {
        let names = &self.found.names;
        let tokens = &self.name.tokens;
        let street = |n: &&Name| {
            n.kind == Place
                && n.tokens.len() > 1
                && english::STREETS.contains(self.word(n.tokens.end - 1))
        };
        let joins = |at: usize| matches!(self.word(at), "," | "and" | "or");
        let earlier = self.at.checked_sub(1).and_then(|at| names.get(at)).filter(street);
        let later = names.get(self.at + 1).filter(street);
        earlier.is_some_and(|n| n.tokens.end + 1 == tokens.start && joins(n.tokens.end))
            || later.is_some_and(|n| n.tokens.start == tokens.end + 1 && joins(tokens.end))
    }

    /// `the Orme Cemetery, Varde.`: where a building is.
    fn is_behind_building(&self) -> bool {
        let earlier = self.at.checked_sub(1).and_then(|at| self.found.names.get(at));
        let building = |n: &Name| {
            let last = self.word(n.tokens.end - 1);
            n.kind != Person
                && n.tokens.len() > 1
                && n.tokens.end + 1 == self.name.tokens.start
                && (english::NAMED_THINGS.contains(last) || english::AFFIXES.contains(last))
        };
        let ends = matches!(self.behind(0), "." | "")
            || self.behind(0) == ","
                && (english::NEAR_PLACES.contains(self.behind(1))
                    || english::BEHIND_TOWNS.contains(self.behind(1)));
        self.before(1) == ","
            && self.name.tokens.len() < 3
            && ends
            && !self.is_forename()
            && !self.is_given()
            && earlier.is_some_and(building)
    }

    /// `in Orme, Varde and Holm.`: in a list of three and more whose first is a place.
    fn ends_list_of_towns(&self) -> bool {
        let names = &self.found.names;
        let joined = |n: &Name, m: &Name| {
            let between = n.tokens.end..m.tokens.start;
            (1..3).contains(&between.len()) && { between }
                .all(|at| matches!(self.word(at), "," | "and" | "or"))
        };
        let goes_on = |at: &usize| joined(&names[at - 1], &names[*at]);
        let first = (1..=self.at).rev().take(LISTED).take_while(goes_on).last();
        let last = (self.at + 1..names.len()).take(LISTED).take_while(goes_on);
        let (first, last) = (first.map_or(self.at, |at| at - 1), last.last().unwrap_or(self.at));
        let (head, end) = (&names[first], names[last].tokens.end);
        let ends = matches!(self.word(end), "." | "")
            || english::BEHIND_TOWNS.contains(self.word(end))
            || english::BEHIND_TOLD.contains(self.word(end))
                && head.tokens.start > self.sentence.start + 1;
        last > first + 1
            && first < self.at
            && self.name.tokens.len() == 1
            && head.kind == Place
            && head.tokens.start > self.sentence.start
            && english::NEAR_PLACES.contains(self.word(head.tokens.start - 1))
            && matches!(self.word(names[last].tokens.start - 1), "and" | "or")
            && ends
            && !self.is_given()
    }

    /// `in Orme Varde prison`.
    fn is_prison(&self) -> bool {
        matches!(self.before(1), "in" | "at")
            && english::PRISONS.contains(self.behind(0))
            && !self.is_forename()
    }

    /// `an Orme man told the court`, `Orme residents were angry`.
    fn is_home_of_somebody(&self) -> bool {
        let somebody = matches!(self.before(1), "a" | "an")
            && english::SOMEBODY_BEHIND_PLACE.contains(self.behind(0));
        let people =
            english::PEOPLE_BEHIND_PLACE.contains(self.behind(0)) && self.before(1) != "of";
        let place = self.is_place || self.name.kind == Person && self.name.tokens.len() == 1;
        (somebody || people) && place && !self.is_forename() && !self.is_given()
    }

    /// `the Varde four-piece`: a town's band, and not its club.
    fn is_home_of_band(&self) -> bool {
        let piece = english::CARDINALS.contains(self.behind(0))
            && self.behind(1) == "-"
            && self.behind(2) == "piece";
        self.name.kind == Organisation
            && self.is_place
            && matches!(self.before(1), "the" | "a")
            && (piece || english::BANDS.contains(self.behind(0)))
    }

    /// `at Orla Berg airport`, `residents of Orla Berg`, `Flights left Orla Berg`: what is called after somebody, and not the person.
    fn is_called_after_somebody(&self) -> bool {
        let Range { start, end } = self.name.tokens;
        if self.name.kind != Person || self.is_capital(end) {
            return false;
        }
        let titled = start > self.sentence.start && is_title(self.found.text.word(start - 1));
        let several = end - start > 1;
        let before = |back: usize| self.before(back + usize::from(titled));
        let noun = self.behind(0);
        let led = english::NEAR_PLACES.contains(before(1))
            || english::BEFORE_TOWNS.contains(before(1))
            || before(1) == "at";
        // `an Orla Berg district attorney`
        let site = english::SITES_AFTER_PEOPLE.contains(noun)
            || led && english::LED_SITES_AFTER_PEOPLE.contains(noun)
            || before(1) == "the" && noun == "district";
        let goes_on = english::OF_OFFICES.contains(self.behind(1));
        let home = self.before(1) == "of"
            && english::PEOPLE_BEHIND_PLACE.contains(self.before(2))
            && several
            && !says_whose(noun);
        let called = || self.found.text.slice(start..end).to_lowercase();
        let flown = (led || english::LEAVING.contains(before(1)))
            && !says_whose(noun)
            && english::AIRPORTS_AFTER_PEOPLE.contains(called().as_str())
            && self.sentence.clone().any(|at| english::FLYING.contains(self.word(at)));
        (several || titled) && site && !goes_on || home || flown
    }

    /// `Varde farmer Orla Berg`, `Varde councillors voted`: where the people of a small place are from, be it known or not.
    fn is_home_of_folk(&self) -> bool {
        let Range { start, end } = self.name.tokens;
        let noun = self.behind(0);
        let who = self.is_capital(end + 1)
            || noun.ends_with('s') && !english::JOINTS.contains(self.behind(1));
        self.name.kind == Person
            && end - start < 3
            && english::FOLK.contains(noun)
            && !self.is_capital(end)
            && who
            && self.is_free
            && (self.is_place || self.organisation == 0.0)
            && !self.is_forename()
            && !self.is_given()
            && !start.checked_sub(1).is_some_and(|at| self.is_capital(at))
    }

    /// `Orme National Park`, whatever is known of its administration.
    fn is_national_park(&self) -> bool {
        let Range { start, end } = self.name.tokens;
        end - start > 2
            && self.word(end - 2) == "national"
            && english::NATIONAL_LANDS.contains(self.word(end - 1))
            && (start..end).all(|at| self.is_capital(at))
    }

    /// `Residents said Orme had been without water`, of a story in which nobody else has the name.
    fn is_told_of(&self) -> bool {
        let that = usize::from(self.before(1) == "that");
        let (verb, who) = (self.before(1 + that), self.before(2 + that));
        let told = english::TELLING.contains(verb) && english::BEHIND_TOLD.contains(self.behind(0));
        let said = self.name.tokens.start.saturating_sub(2 + that);
        let somebody = self.found.names.iter().any(|n| n.tokens.contains(&said));
        let several = who.ends_with('s') || english::BODIES_OF_TOWNS.contains(who);
        let key = self.found.keys[self.name.tokens.start];
        let text = self.found.text;
        let capital = |at: usize| text.word_or_empty(at).starts_with(char::is_uppercase);
        // `Karl Orme`, which the recogniser may have missed
        let borne = || {
            (1..text.tokens.len())
                .any(|at| self.found.keys[at] == key && (capital(at - 1) || capital(at + 1)))
        };
        self.name.tokens.len() == 1
            && self.is_place
            && (self.is_land || self.people >= OF_CLAUSE)
            && told
            && several
            && !somebody
            && !self.is_given()
            && !borne()
    }

    /// `a ferry between Orme and Varde`, `flights to Orme`.
    fn is_on_way(&self) -> bool {
        let tokens = &self.name.tokens;
        let earlier = self.at.checked_sub(1).and_then(|at| self.found.names.get(at));
        let between = |start: usize| {
            start > 1
                && self.word(start - 1) == "between"
                && english::WAYS.contains(self.word(start - 2))
        };
        let second = self.before(1) == "and"
            && earlier.is_some_and(|n| n.tokens.end + 1 == tokens.start && between(n.tokens.start));
        let first = between(tokens.start) && self.behind(0) == "and";
        let end = matches!(self.before(1), "to" | "from") && english::WAYS.contains(self.before(2));
        (first || second || end && self.is_place) && !self.is_forename() && !self.is_given()
    }

    /// `the Orme MP Anna Lund`, a seat and no party that is known.
    fn is_seat_of_member(&self) -> bool {
        let title = self.behind(0).trim_end_matches('.');
        let loud = self.found.text.slice(self.name.tokens.clone());
        let small = loud.contains(char::is_lowercase);
        english::SEAT_HOLDERS.contains(title)
            && self.is_capital(self.name.tokens.end + 1)
            && small
            && !english::PARTIES.contains(self.found.text.word(self.name.tokens.start))
            && (self.is_place || self.organisation == 0.0 && self.name.tokens.len() < 3)
    }

    /// Whether the name is a first name alone.
    fn is_given(&self) -> bool {
        let first = self.word(self.name.tokens.start);
        self.name.tokens.len() == 1
            && (english::MEN.contains(first) || english::WOMEN.contains(first))
    }

    /// `born in Orland`, of a story whose people are called so, too: nobody is somewhere in a person.
    fn is_town_of_namesake(&self) -> bool {
        let town = self.is_place && !self.is_land && self.people >= OF_NAMESAKE;
        let there = self.before(1) == "in" && !english::BEFORE_TRUSTED.contains(self.before(2));
        let ends = !self.is_capital(self.name.tokens.end) && !says_whose(self.behind(0));
        self.name.tokens.len() == 1 && town && there && ends
    }

    /// `Orland said it would recall its ambassador`: a large city for its country's government.
    fn speaks_as_capital(&self) -> bool {
        let first = self.word(self.name.tokens.start);
        let given = english::MEN.contains(first) || english::WOMEN.contains(first);
        let city = self.is_place && !given && (self.is_land || self.people >= OF_GOVERNMENT);
        let its = (1..ITS).map(|on| self.behind(on));
        self.name.tokens.len() == 1 && city && english::TELLING.contains(self.behind(0)) && { its }
            .any(|word| matches!(word, "it" | "its"))
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

    /// `the Varde governor, Anna Lund`, `in Varde province`.
    fn is_governed(&self) -> bool {
        let one = self.name.tokens.len() == 1;
        let division = self.behind(0);
        let is_division = english::DIVISIONS.contains(division) && division != "of";
        one && (english::LEADERS_OF_PLACES.contains(division)
            || is_division && self.is_place
            || is_division && self.before(1) == "in" && self.name.kind != Person)
    }

    /// `Anna Lund of Varde`, `She is from Varde`.
    fn is_home(&self) -> bool {
        let earlier = self.at.checked_sub(1).and_then(|at| self.found.names.get(at));
        let whose = |n: &Name| {
            n.kind == Person && n.tokens.len() > 1 && n.tokens.end + 1 == self.name.tokens.start
        };
        let ends = !self.is_capital(self.name.tokens.end);
        let of = self.before(1) == "of" && ends && earlier.is_some_and(whose);
        let from = self.before(1) == "from" && english::COMING_FROM.contains(self.before(2));
        // `Anna Lund, 34, of Varde`, whatever the gazetteer has
        let aged = matches!(self.before(1), "of" | "from")
            && self.before(2) == ","
            && self.before(3).parse::<u32>().is_ok_and(|age| (1..=OLDEST).contains(&age))
            && self.before(4) == ","
            && earlier
                .is_some_and(|n| n.kind == Person && n.tokens.end + 4 == self.name.tokens.start);
        self.is_place && self.name.tokens.len() == 1 && (of || from) || aged && ends
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
        let works = self.before(1) == "the" && english::WORKS.contains(self.behind(0));
        mayor || works
    }
}
