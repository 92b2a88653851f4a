//! What tells a person: an age, a trade, a verb of speech behind a quote, a forename, a throne.

use super::{NameInText, OLDEST, Place};
use crate::tag::{TokenKind, english, entities::trades};

impl NameInText<'_> {
    pub(super) fn is_person(&self) -> bool {
        let tokens = &self.name.tokens;
        let addressed = english::COURTESY_TITLES.contains(self.before(1).trim_end_matches('.'))
            || self.before(1) == "." && english::COURTESY_TITLES.contains(self.before(2));
        let free = self.name.kind == Place || self.organisation == 0.0 && !self.is_loud();
        if addressed && tokens.len() == 1 && free || self.is_king() || self.is_kin() {
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
            || (self.name.kind == Place && led || self.is_player()) && !self.has_noun()
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

    /// `his son Orland`, `her mother, Orland,`, `their sons Orland and Holm`: a first name, whichever town has it, too.
    fn is_kin(&self) -> bool {
        let tokens = &self.name.tokens;
        if tokens.len() != 1 || self.is_capital(tokens.end) || !self.is_capital(tokens.start) {
            return false;
        }
        let kin = |back: usize| {
            let whose = self.before(back + 1);
            let capital = tokens.start.checked_sub(back).is_none_or(|at| self.is_capital(at));
            english::KIN.contains(self.before(back))
                && !capital
                && (english::POSSESSIVES.contains(whose)
                    || matches!(whose, "'s" | "\u{2019}s" | "whose" | "and"))
        };
        let ends = matches!(self.behind(0), "," | "." | "and");
        let both = self.before(1) == "and"
            && kin(3)
            && tokens.start > 1
            && self.is_capital(tokens.start - 2);
        kin(1) || self.before(1) == "," && kin(2) && ends || both
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
