//! What tells a person: an age, a trade, a verb of speech behind a quote, a forename, a throne.

use std::ops::Range;

use super::{KNOWN, Name, NameInText, OLDEST, Organisation, Place};
use crate::{
    model::LanguageCode,
    tag::{
        TokenKind,
        document::is_possessive,
        english,
        entities::{name_bounds::is_initials, trades},
        language::is_function_word,
    },
};

/// Most words between whose relative somebody is and what relative: `her late husband`, `their two-year-old son`.
const ADJECTIVES: usize = 3;
/// Most tokens between what relatives are and one of their names in a list.
const LIST: usize = 14;

impl NameInText<'_> {
    pub(super) fn is_person(&self) -> bool {
        let tokens = &self.name.tokens;
        let addressed = english::COURTESY_TITLES.contains(self.before(1).trim_end_matches('.'))
            || self.before(1) == "." && english::COURTESY_TITLES.contains(self.before(2));
        let free = self.name.kind == Place || self.organisation == 0.0 && !self.is_loud();
        if addressed && tokens.len() == 1 && free
            || self.has_initials()
            || self.has_family_name_first()
            || self.is_surname()
            || self.is_king()
            || self.is_kin()
            || self.is_aged_alone()
            || self.is_called_as_a_building()
        {
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
        let speaks = english::TELLING.contains(self.behind(0));
        let near = english::NEAR_PLACES.contains(self.before(1))
            || matches!(self.before(1), "from" | "to" | "at" | "of" | "the");
        // `Referee: Orla Berg.`
        let labelled = self.before(1) == ":" && trades::is_trade(self.before(2));
        if self.name.kind == Place && self.person > 0.0 && !near
            || labelled
            || self.is_among_people()
        {
            return true;
        }
        let quoted = speaks && matches!(self.before(1), "\"" | "\u{201d}");
        let head = self.apposition();
        let trade = !head.is_empty() && trades::is_trade(self.word(head.end - 1));
        let led =
            trades::is_trade(self.before(1)) && !self.is_capital(tokens.start.saturating_sub(1));
        // `Orland Hornets` is a team: a plural behind a first name needs a sign.
        let plural = self.name.kind != Place && self.word(tokens.end - 1).ends_with('s');
        // `Paris Berg`, but not `Washington Post Berg`
        let town = tokens.len() == 2 && english::TOWN_FORENAMES.contains(self.word(tokens.start));
        // `Varde's Orla Mary Berg said`
        let acts = english::PERSON_VERBS.contains(self.behind(0))
            || english::is_participle(self.behind(0));
        let given = town || self.is_forename();
        let owned = (speaks || given && acts && !plural)
            && is_possessive(self.before(1))
            && !self.has_noun();
        // `Charlotte Berg of Varde`
        let lives = given
            && !plural
            && !self.has_noun()
            && self.behind(0) == "of"
            && self
                .found
                .names
                .get(self.at + 1)
                .is_some_and(|n| n.kind == Place && n.tokens.start == tokens.end + 1);
        // `Orla Berg hit his 31st homer`
        let verb = self.behind(0);
        let his = self.behind(1) == "his"
            && !verb.ends_with("ing")
            && !english::FRONTING.contains(verb)
            && !is_function_word(LanguageCode::EN, verb)
            && !plural
            && !self.has_noun();
        let who = self.behind(0) == "," && self.behind(1) == "who";
        let does = self.before(1) == "by" && english::DONE_BY_PEOPLE.contains(self.before(2));
        aged || trade
            || owned
            || lives
            || his
            || town && (speaks || who) && !plural && !self.has_noun()
            // `She studied with Raleigh Berg`
            || town && self.name.kind == Place && self.before(1) == "with" && !self.has_noun()
            || does && !self.has_noun()
            || quoted && !self.has_noun()
            || self.is_forename() && (led || speaks || who || !plural && !self.has_noun())
            || (self.name.kind == Place && led || self.is_player()) && !self.has_noun()
    }

    /// `KL Berg said`, `KL Berg` whom the base knows: initials before one name or two, which the recogniser takes for a body.
    fn has_initials(&self) -> bool {
        let Range { start, end } = self.name.tokens;
        let text = self.found.text;
        let surname = |at: usize| {
            self.is_capital(at) && text.word(at).contains(char::is_lowercase)
                || english::PARTICLES.contains(text.word(at))
        };
        (2..=4).contains(&(end - start))
            && is_initials(text.word(start))
            && (start + 1..end).all(surname)
            && self.is_capital(end - 1)
            && !self.has_noun()
            && !self.is_place
            && self.organisation == 0.0
            && (self.person > 0.0 || english::TELLING.contains(self.behind(0)))
    }

    /// `Choi Orl Mok told the court`, `founder Choi Orl Mok`: a family name and two given ones, beside what people do.
    fn has_family_name_first(&self) -> bool {
        let Range { start, end } = self.name.tokens;
        let led = self.before(1 + usize::from(self.before(1) == ","));
        self.name.kind == Organisation
            && end - start == 3
            && english::FAMILY_NAMES_FIRST.contains(self.word(start))
            && (start..end).all(|at| {
                self.is_capital(at) && self.found.text.word(at).contains(char::is_lowercase)
            })
            && !self.has_noun()
            && self.organisation == 0.0
            && (english::TELLING.contains(self.behind(0)) || trades::is_trade(led))
    }

    /// `Odd Lund, Solma Park and Ada Berg`: a name of two words between those of people.
    fn is_among_people(&self) -> bool {
        let names = &self.found.names;
        let joins = |from: usize, to: usize| {
            let mut between = from..to;
            !between.is_empty()
                && between.len() < 3
                && between.all(|at| matches!(self.word(at), "," | "and"))
        };
        let whole = |n: &Name| n.kind == super::Person && n.tokens.len() > 1;
        let tokens = &self.name.tokens;
        let before = self.at.checked_sub(1).and_then(|at| names.get(at)).filter(|n| whole(n));
        let behind = names.get(self.at + 1).filter(|n| whole(n));
        // `Orme Works` may stand there, too.
        let first = self.word(tokens.start);
        let may = self.name.kind == Place
            || self.is_forename()
            || english::TOWN_FORENAMES.contains(first);
        // Localities stand in lists, too, and are taken for people.
        let named = |n: &Name| {
            let first = self.word(n.tokens.start);
            english::MEN.contains(first) || english::WOMEN.contains(first)
        };
        tokens.len() == 2
            && may
            && (before.is_some_and(named) || behind.is_some_and(named))
            && before.is_some_and(|n| joins(n.tokens.end, tokens.start))
            && behind.is_some_and(|n| joins(tokens.end, n.tokens.start))
    }

    /// `Lund said`, of a story whose Anna Lund it names: an organisation that nothing knows.
    fn is_surname(&self) -> bool {
        let speaks = english::TELLING.contains(self.behind(0));
        self.name.kind == Organisation
            && self.name.tokens.len() == 1
            && !self.is_free
            && self.organisation < KNOWN
            && !self.is_place
            && !self.is_loud()
            && speaks
    }

    /// `the winger Odd Lund`.
    fn is_player(&self) -> bool {
        let start = self.name.tokens.start;
        english::PLAYERS.contains(self.before(1)) && !self.is_capital(start.saturating_sub(1))
    }

    /// Whether the name has no small letter.
    fn is_loud(&self) -> bool {
        !self.found.text.slice(self.name.tokens.clone()).contains(char::is_lowercase)
    }

    /// `his son Orland`, `her mother, Orland,`, `their sons Orland and Holm`, `a wife, Orland,`, `their newborn son, Orland,`:
    /// a first name, whichever town has it, too.
    fn is_kin(&self) -> bool {
        let tokens = &self.name.tokens;
        if tokens.len() != 1 || self.is_capital(tokens.end) || !self.is_capital(tokens.start) {
            return false;
        }
        let kin = |back: usize, apart: bool| {
            let capital = tokens.start.checked_sub(back).is_none_or(|at| self.is_capital(at));
            let whose = (1..=ADJECTIVES + 1).map(|more| self.before(back + more));
            let whose = whose.take_while(|word| !matches!(*word, "" | "," | "."));
            let is_owner = |word: &str| {
                english::POSSESSIVES.contains(word) || is_possessive(word) || word == "whose"
            };
            let near = self.before(back + 1);
            english::KIN.contains(self.before(back))
                && !capital
                && (near == "and"
                    || { whose }.any(is_owner)
                    || apart && matches!(near, "a" | "the"))
        };
        let ends = matches!(self.behind(0), "," | "." | "and" | "");
        let both = self.before(1) == "and"
            && kin(3, false)
            && tokens.start > 1
            && self.is_capital(tokens.start - 2);
        // `Orland was a lovely girl`, but `Orland is a partner`
        let copula = self.copula();
        let told = !copula.is_empty() && english::HUMANS.contains(self.word(copula.end - 1));
        // `a cat called Orland`
        let called = english::NAMING.contains(self.before(1))
            && (english::KIN.contains(self.before(2)) || english::ANIMALS.contains(self.before(2)));
        told || called
            || kin(1, false)
            || self.before(1) == "," && kin(2, self.behind(0) == ",") && ends
            || both
            || (ends || self.behind(0) == "(") && self.is_among_kin()
            || self.is_known_as()
    }

    /// `seven grandchildren, including Anna, Orland and Odd`, `three children: Anna, Odd and Orland`, `two girls, Anna
    /// and Orland`: names and what parts them, back to what they are.
    fn is_among_kin(&self) -> bool {
        let start = self.name.tokens.start;
        let parts = |word: &str| matches!(word, "," | "and" | "&" | "(" | ")" | "including" | ":");
        if !parts(self.before(1)) || self.before(1) == "(" {
            return false;
        }
        let first = self.sentence.start.max(start.saturating_sub(LIST));
        let of_list = |at: &usize| parts(self.word(*at)) || self.is_capital(*at);
        let Some(noun) = (first..start).rev().find(|at| !of_list(at)) else { return false };
        if !english::KIN.contains(self.word(noun)) || !parts(self.word(noun + 1)) {
            return false;
        }
        let leads = |at: usize| matches!(self.word(at), "including" | ":");
        let whose = (1..=ADJECTIVES).map(|back| self.word(noun.wrapping_sub(back)));
        leads(noun + 1)
            || leads(noun + 2)
            || whose.take_while(|word| !matches!(*word, "" | "," | ".")).any(|word| {
                english::POSSESSIVES.contains(word)
                    || english::CARDINALS.contains(word)
                    || is_possessive(word)
            })
    }

    /// `Anna Lund, 48, known as Orland,`.
    fn is_known_as(&self) -> bool {
        let earlier = self.at.checked_sub(1).and_then(|at| self.found.names.get(at));
        let near = self.name.tokens.start.saturating_sub(ADJECTIVES + 3);
        self.before(1) == "as"
            && self.before(2) == "known"
            && earlier.is_some_and(|n| n.kind == super::Person && n.tokens.end >= near)
    }

    /// `Orland, 6, and her brother`: an age and somebody's relatives, at the start of a sentence or of a list.
    fn is_aged_alone(&self) -> bool {
        let tokens = &self.name.tokens;
        let aged = self.behind(0) == ","
            && self.behind(1).parse::<u32>().is_ok_and(|age| (1..=OLDEST).contains(&age))
            && self.behind(2) == ",";
        let begins = tokens.start == self.sentence.start || self.before(1) == "and";
        let of_person = |at: usize| {
            let word = self.word(at);
            english::PRONOUNS_OF_MEN.contains(word) || english::PRONOUNS_OF_WOMEN.contains(word)
        };
        tokens.len() == 1 && aged && begins && (tokens.end..self.sentence.end).any(of_person)
    }

    /// `Anna Church sang`: a first name, a surname that buildings are called by, and what people alone do.
    fn is_called_as_a_building(&self) -> bool {
        let Range { start, end } = self.name.tokens;
        let given = self.is_forename() || english::TOWN_FORENAMES.contains(self.word(start));
        given
            && end - start == 2
            && self.organisation == 0.0
            && english::SURNAME_WORDS.contains(self.word(end - 1))
            && english::HUMAN_VERBS.contains(self.behind(0))
    }

    /// `King Odd VII`, `Justice Lund`.
    fn is_king(&self) -> bool {
        let tokens = &self.name.tokens;
        let first = self.word(tokens.start);
        let number = |i: usize| {
            let word = self.found.text.word(i);
            word.len() > 1 && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
        };
        let rules = english::RULERS.contains(first);
        tokens.len() > 2 && rules && tokens.clone().any(number) && !self.has_noun()
    }
}
