//! What tells a place: prepositions before names of the gazetteer, nouns of settlements and streets, seats of a house.

use super::{ITS, KNOWN, Name, NameInText, OLDEST, Organisation, Person, Place};
use crate::tag::{document::says_whose, english, entities::titles::is_title};

/// Fewest people of a town that is meant although somebody of the story is called so.
const OF_NAMESAKE: u32 = 10_000;
/// Fewest people of a city that stands for its country's government.
const OF_GOVERNMENT: u32 = 250_000;

impl NameInText<'_> {
    pub(super) fn is_where(&self) -> bool {
        let tokens = &self.name.tokens;
        let (first, second) = (self.before(1), self.before(2));
        let last = self.word(tokens.end - 1);
        if self.is_town_of_namesake() {
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
        let isle =
            english::ISLES.contains(self.word(tokens.start)) && self.word(tokens.start + 1) == "of";
        if several && (street || isle || small && behind_place && !self.is_forename()) {
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
        let seat = first == "for" && english::SEAT_HOLDERS.contains(second)
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
