//! What tells an organisation: nouns and shares of companies, polls, executives, matches.

use super::{COMPANY, HOUSEHOLD, NO_PLACE, Name, NameInText, Organisation, Person, Place, TOWN};
use crate::tag::{TokenKind, english};

impl NameInText<'_> {
    pub(super) fn is_organisation(&self) -> bool {
        let tokens = &self.name.tokens;
        if self.is_place && self.name.kind == Place && !self.is_land && self.is_club() {
            return true;
        }
        if self.is_company_by_name() {
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
        // `the Gulf` and `B.C.` are what the gazetteer lacks.
        let led = tokens.len() == 1 && self.before(1) == "the";
        let unknown = !led && !text.slice(tokens.clone()).contains('.');
        if self.name.kind == Place && unknown && self.person == 0.0 && self.organisation >= NO_PLACE
        {
            return true;
        }
        // A pollster may be a person, too.
        let several = self.name.kind == Person && tokens.len() > 1;
        let noun = |word: &str| {
            english::COMPANY_NOUNS.contains(word) && !(several && word.ends_with(['r', 't']))
        };
        let head = self.apposition();
        let told = !head.is_empty() && noun(self.word(head.end - 1));
        let introduced = noun(self.before(1)) && !self.is_capital(tokens.start.saturating_sub(1));
        let shares = english::SHARE_NOUNS.contains(self.behind(0));
        let (first, second) = (self.before(1), self.before(2));
        let held = first == "in" && english::SHARES_HELD.contains(second);
        let works = english::BEFORE_EMPLOYERS.contains(first) && english::ADVISERS.contains(second);
        let poll = english::POLLS.contains(self.behind(0))
            && english::BEFORE_POLLS.contains(self.before(1));
        if told
            || introduced
            || shares
            || held
            || works
            || poll
            || self.has_executive()
            || self.is_club()
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
        let unsaid = one && !self.found.is_addressed(tokens);
        one && is_camel(word)
            || party
            || one && (self.is_team() || self.is_owner())
            || unsaid && (self.is_headed() || self.is_employer())
    }

    /// `Orland cut its forecast`, a well known company and a small town; `Orland recalled cars`, the same and a river.
    fn is_company_by_name(&self) -> bool {
        let tokens = &self.name.tokens;
        let (before, behind) = (self.before(1), self.behind(0));
        if self.name.kind != Place || tokens.len() > 1 || !self.is_place || before == "the" {
            return false;
        }
        let owns =
            self.found.text.tokens.get(tokens.end).is_some_and(|t| t.kind == TokenKind::Clitic);
        let verb = if english::AUXILIARIES.contains(behind) { self.behind(1) } else { behind };
        let subject = english::COMPANY_VERBS.contains(verb)
            || owns && english::SHARE_NOUNS.contains(self.behind(1));
        let small = !self.is_land && self.people < TOWN && self.own >= COMPANY;
        subject && (small || self.organisation >= HOUSEHOLD) && self.is_free
    }

    /// `Orme chief executive Anna Berg`, `Orme analyst Anna Berg`: a surname alone stands before nobody's office.
    fn is_headed(&self) -> bool {
        let start = usize::from(english::TENURES.contains(self.behind(0)));
        let chief = self.behind(start) == "chief" && self.behind(start + 1) == "executive";
        let end = self.name.tokens.end + start + if chief { 2 } else { 1 };
        let whose = |n: &Name| n.kind == Person && n.tokens.start == end && n.tokens.len() > 1;
        (chief || english::HEADS.contains(self.behind(start)))
            && self.found.names.get(self.at + 1).is_some_and(whose)
    }

    /// `Orme's Anna Berg said`: whom one person has is hardly named so.
    fn is_employer(&self) -> bool {
        let end = self.name.tokens.end;
        let owns = self.found.text.tokens.get(end).is_some_and(|t| t.kind == TokenKind::Clitic);
        let said = |n: &Name| {
            n.kind == Person
                && n.tokens.start == end + 1
                && n.tokens.len() > 1
                && (english::TELLING.contains(self.word(n.tokens.end))
                    || self.word(end.wrapping_sub(2)) == "said")
        };
        owns && self.found.names.get(self.at + 1).is_some_and(said)
    }

    /// `Orme's former chief executive`.
    fn has_executive(&self) -> bool {
        let tokens = &self.name.tokens;
        let owns =
            self.found.text.tokens.get(tokens.end).is_some_and(|t| t.kind == TokenKind::Clitic);
        let start = if english::TENURES.contains(self.behind(1)) { 2 } else { 1 };
        let noun = self.behind(start);
        let chief = noun == "chief" && self.behind(start + 1) == "executive";
        tokens.len() < 3 && owns && (chief || english::OF_COMPANIES.contains(noun))
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
            && english::BEFORE_TEAMS.contains(self.before(2))
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
        let both = first == "and" && english::PLURAL_VERBS.contains(self.behind(0))
            || self.behind(0) == "and"
                && self.is_capital(tokens.end + 1)
                && tokens.start == self.sentence.start;
        let subject = plays(self.behind(0)) || self.behind(0) == "," && self.behind(1) == "who";
        let object = plays(first)
            || english::AGAINST.contains(first)
            || first == "to"
                && self
                    .found
                    .text
                    .word(tokens.start.saturating_sub(2))
                    .starts_with(|c: char| c.is_ascii_digit())
            || first == "from" && english::BIDS.contains(second);
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
}

/// Small letters before a capital inside a word, and no prefix of surnames: `OrmeTech`.
fn is_camel(word: &str) -> bool {
    let Some(inner) = word.char_indices().skip(1).find(|(_, c)| c.is_uppercase()) else {
        return false;
    };
    let front = &word[..inner.0];
    front.chars().all(char::is_alphabetic)
        && front.ends_with(char::is_lowercase)
        && !english::NAME_PREFIXES.contains(front)
}
