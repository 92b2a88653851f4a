//! What tells an organisation: nouns and shares of companies, polls, executives, matches.

use std::{ops::Range, sync::LazyLock};

use foldhash::HashSet;

use super::{
    COMPANY, HOUSEHOLD, ITS, KNOWN, NO_PLACE, Name, NameInText, NamedText, Organisation, Person,
    Place, TOWN,
};
use crate::{
    lang,
    tag::{TokenKind, english, entities::titles::is_title, word_set::WordSet},
};

/// Most words of a name that only a noun before it tells.
const MOST: usize = 3;

/// Names what a noun of companies introduces and the recogniser left out: `the newspaper Orme`.
pub(super) fn claim_introduced(found: &mut NamedText<'_>) {
    let text = found.text;
    let bytes = text.text.as_bytes();
    let first = |at: usize| bytes[text.tokens[at].start as usize];
    let is_capital = |at: usize| {
        text.tokens[at].kind == TokenKind::Word && text.word(at).starts_with(char::is_uppercase)
    };
    let mut at = 2;
    while at < text.tokens.len() {
        let start = at;
        at += 1;
        let noun = start - 1;
        if !first(noun).is_ascii_lowercase()
            || first(start).is_ascii_lowercase()
            || !first(noun - 1).is_ascii_lowercase()
            || !is_capital(start)
            || !english::COMPANY_NOUNS.contains(text.word(noun))
        {
            continue;
        }
        let Some(limit) = text.sentence_of(noun).map(|s| s.end) else { continue };
        let end = (start..limit).take_while(|&i| is_capital(i)).last().map_or(start, |i| i + 1);
        let is_word = |i: usize| {
            let lower = text.lower(i);
            is_title(text.word(i))
                || english::NO_ORGANISATIONS.contains(lower)
                || TIMES.contains(lower)
        };
        let next = found.names.partition_point(|n| n.tokens.end <= start);
        // `L'Avenir` of which the apostrophe stands apart
        let long = end > start + 1 || text.word(start).chars().count() > 1;
        let free = long && found.names.get(next).is_none_or(|n| n.tokens.start >= end);
        if start < limit && end - start <= MOST && free && !(start..end).any(is_word) {
            let name = Name { kind: Organisation, tokens: start..end };
            found.names.insert(next, name);
            at = end;
        }
    }
}

/// Days of the week and months.
pub(in crate::tag::entities) static TIMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let days = lang::rows("en", "weekdays.txt").into_iter().flatten().map(|(day, _)| day);
    let months = lang::rows("en", "months.txt")
        .into_iter()
        .flatten()
        .flat_map(|(_, names)| names.split(','));
    days.chain(months).collect()
});

impl NameInText<'_> {
    pub(super) fn is_organisation(&self) -> bool {
        let tokens = &self.name.tokens;
        if self.is_place && self.name.kind == Place && !self.is_land && self.is_club() {
            return true;
        }
        if self.is_company_by_name() || self.is_paper() || self.is_airline() {
            return true;
        }
        let lone = self.name.kind == Person && tokens.len() == 1 && !self.is_land;
        if lone && self.organisation >= COMPANY && self.moves_as_shares() {
            return true;
        }
        if self.is_place && (self.is_land || self.name.kind == Place) || !self.is_free {
            return false;
        }
        if self.name.kind == Person && self.is_known_company() {
            return true;
        }
        if self.is_forename() {
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
            english::COMPANY_NOUNS.contains(word)
                && !(several && english::COMPANY_NOUNS_OR_TRADES.contains(word))
        };
        let tells = |head: Range<usize>| !head.is_empty() && noun(self.word(head.end - 1));
        // `Orme was their supplier` may be of somebody.
        let copula = self.copula();
        let one = || !english::COMPANY_NOUNS_OR_TRADES.contains(self.word(copula.end - 1));
        let told = tells(self.apposition()) || tells(copula.clone()) && one();
        let quoted = usize::from(matches!(self.before(1), "\"" | "\u{201c}"));
        // `the start-up Orme`
        let hyphened =
            self.before(2) == "-" && noun(&format!("{}-{}", self.before(3), self.before(1)));
        let introduced = (hyphened || noun(self.before(1 + quoted)))
            && !self.is_capital(tokens.start.saturating_sub(1 + quoted));
        let shares = english::SHARE_NOUNS.contains(self.behind(0));
        let (first, second) = (self.before(1), self.before(2));
        let held = first == "in" && english::SHARES_HELD.contains(second);
        let works = english::BEFORE_EMPLOYERS.contains(first) && english::ADVISERS.contains(second);
        let poll = english::POLLS.contains(self.behind(0))
            && english::BEFORE_POLLS.contains(self.before(1));
        if told
            || introduced
            || self.is_led()
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
            || unsaid && self.has_moved()
            || party
            || one && (self.is_team() || self.is_owner())
            || unsaid && (self.is_headed() || self.is_employer())
            || one
                && !self.is_place
                && !is_title(self.before(1).trim_end_matches('.'))
                && self.tells_of_itself()
            || unsaid && self.competes()
    }

    /// `Orme said on Tuesday that it had cut 90 jobs`: what companies alone do, of what nothing knows.
    fn tells_of_itself(&self) -> bool {
        let does = |on: usize| {
            self.behind(on) == "it"
                && english::AUXILIARIES.contains(self.behind(on + 1))
                && english::COMPANY_VERBS.contains(self.behind(on + 2))
        };
        english::TELLING.contains(self.behind(0)) && (1..ITS).any(does)
    }

    /// `A Delta jet`, `Delta said the flight had landed`: an airline that a town is called as, too.
    fn is_airline(&self) -> bool {
        let name = self.word(self.name.tokens.start);
        if self.name.tokens.len() > 1 || !english::AIRLINES.contains(name) {
            return false;
        }
        let next = self.behind(0);
        let craft = english::AIRCRAFT.contains(next);
        let flies = || self.sentence.clone().any(|at| english::FLYING.contains(self.word(at)));
        let acts = english::TELLING.contains(next) || self.behind(1) == "its";
        craft || acts && flies()
    }

    /// `Orme competes with Berpa Works`.
    fn competes(&self) -> bool {
        let end = self.name.tokens.end + 2;
        let rival = |n: &Name| n.kind == Organisation && n.tokens.start == end;
        english::COMPETING.contains(self.behind(0))
            && matches!(self.behind(1), "with" | "against")
            && self.found.names.get(self.at + 1).is_some_and(rival)
    }

    /// What the base knows as an organisation by this very name and as nobody, where it does what companies do, or is well known.
    fn is_known_company(&self) -> bool {
        let tokens = &self.name.tokens;
        let first = self.word(tokens.start);
        let given =
            tokens.len() == 1 && (english::MEN.contains(first) || english::WOMEN.contains(first));
        let titled = is_title(self.before(1)) || self.before(1) == "." && is_title(self.before(2));
        if self.person > 0.0 || given || titled {
            return false;
        }
        self.own >= COMPANY || self.own >= KNOWN && self.acts_as_company()
    }

    /// `Orme said it would`, `Orme cut its forecast`, `shares in Orme`, `Orme shares`.
    fn acts_as_company(&self) -> bool {
        let verb = if english::AUXILIARIES.contains(self.behind(0)) {
            self.behind(1)
        } else {
            self.behind(0)
        };
        let ends = |word: &str| matches!(word, "" | "." | ";" | "\"" | "\u{201c}");
        let its = (1..ITS).map(|on| self.behind(on)).take_while(|word| !ends(word));
        let speaks =
            english::TELLING.contains(verb) && { its }.any(|word| matches!(word, "it" | "its"));
        speaks
            || english::COMPANY_VERBS.contains(verb)
            || self.is_traded()
            || self.before(1) == "of" && english::OF_COMPANIES.contains(self.before(2))
    }

    /// `Orme rose 12%`, `shares in Orme`: a company's, whoever of the story is called so.
    fn moves_as_shares(&self) -> bool {
        self.has_moved() || self.is_traded()
    }

    /// `shares in Orme`, `Orme's shares`.
    fn is_traded(&self) -> bool {
        let owner = usize::from(self.owns());
        english::SHARE_NOUNS.contains(self.behind(owner))
            || self.before(1) == "in" && english::SHARES_HELD.contains(self.before(2))
    }

    /// Whether the name is whose something is.
    fn owns(&self) -> bool {
        let next = self.found.text.tokens.get(self.name.tokens.end);
        next.is_some_and(|token| token.kind == TokenKind::Clitic)
    }

    /// Whether an organisation of so many words at most stands beside the name in a list of such: `Orme, Varde and Holm Foods`.
    fn is_among_companies(&self, most: usize) -> bool {
        let names = &self.found.names;
        let joins = |from: usize, to: usize| {
            let between = from..to;
            !between.is_empty()
                && between.len() < 3
                && between.clone().all(|at| matches!(self.word(at), "," | "and" | "or"))
        };
        let tokens = &self.name.tokens;
        let earlier = self.at.checked_sub(1).and_then(|at| names.get(at));
        let body = |n: &&Name| n.kind == Organisation && n.tokens.len() <= most;
        earlier.filter(body).is_some_and(|n| joins(n.tokens.end, tokens.start))
            || names
                .get(self.at + 1)
                .filter(body)
                .is_some_and(|n| joins(tokens.end, n.tokens.start))
    }

    /// `Orland cut its forecast`, a well known company and a small town; `Orland recalled cars`, the same and a river.
    fn is_company_by_name(&self) -> bool {
        let tokens = &self.name.tokens;
        if self.name.kind != Place || tokens.len() > 1 || !self.is_place || self.before(1) == "the"
        {
            return false;
        }
        let small = !self.is_land && self.people < TOWN;
        let company = small && self.own >= COMPANY || self.organisation >= HOUSEHOLD;
        // Shares in a large city are those that are traded there.
        let shares = self.before(1) == "of" && self.before(2) == "shares";
        let traded = small && (shares || self.is_traded());
        // Of a university a list has the town: `Orme College, Orland, and Varde College`.
        let known = small && self.organisation >= KNOWN || self.own >= COMPANY;
        let listed = small && self.is_such_company()
            || known && self.is_among_companies(usize::MAX)
            || self.organisation >= HOUSEHOLD && self.is_among_companies(1);
        (company && self.acts_as_company() || traded || listed) && self.is_free
    }

    /// `the editor of The Orland`: a paper that is called as an ocean is.
    fn is_paper(&self) -> bool {
        let start = self.name.tokens.start;
        self.name.kind == Place
            && self.is_land
            && self.people == 0
            && self.organisation >= KNOWN
            && start > self.sentence.start + 1
            && self.found.text.word(start - 1) == "The"
    }

    /// `rivals such as Orland and Orme`.
    fn is_such_company(&self) -> bool {
        let noun = self.before(3);
        let one = noun.strip_suffix('s').unwrap_or(noun);
        self.before(1) == "as"
            && self.before(2) == "such"
            && (english::COMPANY_NOUNS.contains(one) || english::RIVALS.contains(noun))
    }

    /// `Orme jumped 13.4%`, but no candidate who gained 13 percent of the vote.
    fn has_moved(&self) -> bool {
        let percent = (1..=4).find(|&on| english::PERCENT.contains(self.behind(on)));
        english::SHARE_MOVES.contains(self.behind(0))
            && percent.is_some_and(|on| self.behind(on + 1) != "of")
            && !self.sentence_has(&english::VOTES)
    }

    /// `chief executive of Orme`, `a subsidiary of Orme`.
    fn is_led(&self) -> bool {
        let officer = usize::from(english::OFFICERS.contains(self.before(2)));
        let chief = is_chief_executive(self.before(3 + officer), self.before(2 + officer));
        self.before(1) == "of" && (chief || english::OF_COMPANIES.contains(self.before(2)))
    }

    /// `Orme chief executive Anna Berg`, `Orme analyst Anna Berg`: a surname alone stands before nobody's office.
    fn is_headed(&self) -> bool {
        let start = usize::from(english::TENURES.contains(self.behind(0)));
        let chief = is_chief_executive(self.behind(start), self.behind(start + 1));
        let end = self.name.tokens.end + start + if chief { 2 } else { 1 };
        let whose = |n: &Name| n.kind == Person && n.tokens.start == end && n.tokens.len() > 1;
        (chief || english::HEADS.contains(self.behind(start)))
            && self.found.names.get(self.at + 1).is_some_and(whose)
    }

    /// `Orme's Anna Berg said`: whom one person has is hardly named so.
    fn is_employer(&self) -> bool {
        let end = self.name.tokens.end;
        let owns = self.owns();
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
        let owns = self.owns();
        let start = if english::TENURES.contains(self.behind(1)) { 2 } else { 1 };
        let noun = self.behind(start);
        let chief = is_chief_executive(noun, self.behind(start + 1));
        tokens.len() < 3 && owns && (chief || english::OF_COMPANIES.contains(noun))
    }

    /// `Orland's Odd Lund`: a town has nobody, its club has.
    fn is_owner(&self) -> bool {
        let end = self.name.tokens.end;
        let owns = self.owns();
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
        // `Zenit Orland` is a longer name.
        if tokens.start > self.sentence.start && self.is_capital(tokens.start - 1) {
            return false;
        }
        // `Solma Berg` beat somebody; `Orland Hornets` is a team.
        let plural = self.word(tokens.end - 1).ends_with('s');
        if self.name.kind == Person && tokens.len() > 1 && self.organisation == 0.0 && !plural {
            return false;
        }
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
        // `joined Orland from Varde on loan`
        let moves = |word: &str| {
            english::TRANSFERRED.contains(word)
                || word == "from" && self.sentence_has(&english::TRANSFERS)
        };
        let object = plays(first)
            || moves(first)
            || english::AGAINST.contains(first)
            || first == "to"
                && self
                    .found
                    .text
                    .word(tokens.start.saturating_sub(2))
                    .starts_with(|c: char| c.is_ascii_digit())
            || first == "from" && english::BIDS.contains(second);
        (subject || object || beside || both) && self.is_of_sport()
            || self.has_player()
            || self.is_in_table()
            || self.plays_known()
    }

    /// `three points behind Orland`, `two clear of Orland`, `a place above Orland`.
    fn is_in_table(&self) -> bool {
        let (first, second, third) = (self.before(1), self.before(2), self.before(3));
        let counted = |word: &str| english::TABLE_UNITS.contains(word);
        // `two points clear of Orland and five behind Varde`
        let number =
            || english::CARDINALS.contains(second) && self.sentence_has(&english::TABLE_UNITS);
        english::TABLE_RELATIONS.contains(first) && (counted(second) || number())
            || first == "of" && english::TABLE_LEADS.contains(second) && counted(third)
    }

    /// Whether the sentence has one of some words in small letters.
    fn sentence_has(&self, words: &WordSet) -> bool {
        self.sentence.clone().any(|at| words.contains(self.word(at)))
    }

    /// `Orland striker Odd Lund`, `Orland's goalkeeper`.
    fn has_player(&self) -> bool {
        let end = self.name.tokens.end;
        let owns = self.owns();
        let noun = usize::from(owns);
        let (who, before) = (self.behind(noun), self.before(1));
        let player = english::PLAYERS.contains(who) && (owns || self.is_capital(end + 1));
        (player || owns && english::SUPPORTERS.contains(who)) && before != "in"
    }

    /// `Orland host Varde City`: who plays against a club in a story of sport.
    fn plays_known(&self) -> bool {
        let tokens = &self.name.tokens;
        let plays = |word: &str| english::PLAY_VERBS.contains(word);
        let near = |n: &Name, from: usize, to: usize| n.kind == Organisation && to <= from + 1;
        let next = self.found.names.get(self.at + 1);
        let last = self.at.checked_sub(1).and_then(|at| self.found.names.get(at));
        let against = plays(self.behind(0))
            && next.is_some_and(|n| near(n, tokens.end, n.tokens.start))
            || plays(self.before(1)) && last.is_some_and(|n| near(n, n.tokens.end, tokens.start));
        against && *self.sport.get_or_init(|| self.is_text_of_sport())
    }

    fn is_text_of_sport(&self) -> bool {
        let text = self.found.text;
        (0..text.tokens.len()).any(|at| english::SPORT_SIGNS.contains(text.lower(at)))
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

/// Whether two words are those of a company's head: `chief executive`.
fn is_chief_executive(first: &str, second: &str) -> bool {
    english::CHIEFS.contains(first) && english::EXECUTIVES.contains(second)
}
