//! What tells a person: an age, a trade, a verb of speech behind a quote, a forename, a throne.

use super::{OLDEST, Place, Sight};
use crate::tag::{TokenKind, english, entities::trades};

impl Sight<'_> {
    pub(super) fn is_person(&self) -> bool {
        let tokens = &self.name.tokens;
        let addressed = english::COURTESY_TITLES.contains(self.before(1).trim_end_matches('.'))
            || self.before(1) == "." && english::COURTESY_TITLES.contains(self.before(2));
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
        let rules = english::RULERS.contains(first);
        tokens.len() > 2 && rules && tokens.clone().any(number) && !self.has_noun()
    }
}
