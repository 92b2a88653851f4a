//! Ranges of amounts: `20 to 30 km`, `$1.2bn to $1.4bn`, `between 20 and 30`. A change ("from 3% to 5%") is none:
//! its ends are two amounts.

use super::decimals::fraction_at;
use super::numbers::{Number, number_at, number_words, vulgar};
use super::refusals::is_dialled;
use super::units::{currency_before, is_currency, magnitude, unit};
use super::{AmountReader, AmountReading};
use crate::scripts::{is_hangul, is_unspaced};
use crate::tag::amount_words::letters;
use crate::unicode;

/// How many times what it rose by something is that it rose to: `rose $2 to $40`, but `rise 3% to 5%` is a range.
const LEVEL: f64 = 3.0;

impl AmountReader<'_> {
    /// Whether a word such as "from" before a number begins a change rather than a range.
    pub(super) fn is_change(&self, start: usize) -> bool {
        let Some((word, before)) = self.word_before(start) else { return false };
        if !self.words.change.contains(&word.to_lowercase().as_str()) {
            return false;
        }
        let mut words = before.split_whitespace().rev().take(4);
        let ranges = |word: &str| self.words.ranging.iter().any(|stem| word.starts_with(stem));
        before.ends_with(' ') && !words.any(ranges)
    }

    /// Whether a number is by how much something changed: `rose $2 to $40`, `raised the fare by $2 to $8`.
    pub(super) fn is_step(&self, start: usize) -> bool {
        let Some((word, before)) = self.word_before(start) else { return false };
        let lower = word.to_lowercase();
        let verb = |word: &str| self.words.change_verbs.contains(&word);
        before.ends_with(' ') && (verb(&lower) || self.words.change_by.contains(&lower.as_str()))
    }

    /// The word such as "between" that stands before a number.
    pub(super) fn between(&self, start: usize) -> Option<&'static str> {
        let lower = self.word_before(start)?.0.to_lowercase();
        self.words.between.iter().copied().find(|word| *word == lower)
    }

    /// The word that stands before a number, and what stands before it.
    fn word_before(&self, start: usize) -> Option<(&str, &str)> {
        let before = self.body[..start].trim_end();
        let word = before.rsplit(|c: char| !unicode::is_alphabetic(c)).next()?;
        Some((word, &before[..before.len() - word.len()]))
    }

    /// The bytes of what joins the ends of a range in a text's start; "and" does where `between` stands before.
    pub(super) fn joint(&self, rest: &str, between: bool) -> Option<usize> {
        if let Some(length) = self.hung_joint(rest) {
            return Some(length);
        }
        let marks = ["-", "–", "—", " - ", " – ", "~", "〜", "～", "∼", "－"];
        if let Some(mark) = marks.iter().find(|mark| rest.starts_with(**mark)) {
            return Some(mark.len());
        }
        let ands = self.words.ands.iter().filter(|_| between);
        let joints = self.words.joints.iter().chain(ands);
        let length = |joint: &&str| {
            // Scripts without blanks have none, a particle none before it (`5억에서 6억원`), a prefix none behind (`و75`).
            let joined = joint.starts_with(|c: char| is_unspaced(c) || is_hangul(c));
            let written = rest.strip_prefix([' ', '\u{a0}']).or(joined.then_some(rest))?;
            let behind = written.strip_prefix(*joint)?;
            let digit = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_digit());
            let behind = behind.strip_prefix(' ').or_else(|| Some(behind).filter(digit))?;
            Some(rest.len() - behind.len())
        };
        joints.filter_map(length).max()
    }

    /// The same of a joint with hyphens: `8- to 16-metre`, `3-to-4-foot`, but not of odds and votes: `3-to-1`.
    fn hung_joint(&self, rest: &str) -> Option<usize> {
        let hung = rest.strip_prefix('-').filter(|_| self.words.point)?;
        let hyphen = |c: char| matches!(c, '-' | ' ');
        let behind = |joint: &&str| {
            let word = hung.strip_prefix(hyphen).filter(|_| hung.starts_with(' '));
            let tied = word.is_none();
            let behind = word.unwrap_or(hung).strip_prefix(*joint)?;
            let behind = behind.strip_prefix(if tied { '-' } else { ' ' })?;
            let number = behind.find(hyphen).filter(|at| *at > 0);
            let noun = behind[number?..].strip_prefix('-')?.starts_with(unicode::is_alphabetic);
            noun.then_some(rest.len() - behind.len())
        };
        self.words.joints.iter().find_map(behind)
    }

    /// The bytes of a minus in a text's start.
    fn minus(&self, rest: &str) -> Option<usize> {
        if let Some(sign) = ["-", "−"].into_iter().find(|sign| rest.starts_with(sign)) {
            return Some(sign.len());
        }
        let mut words = self.words.minus.iter();
        words.find_map(|word| Some(rest.len() - rest.strip_prefix(word)?.strip_prefix(' ')?.len()))
    }

    /// The number behind the joint of a range at `at`, its sign read.
    fn upper(&self, at: usize, between: bool) -> Option<(Number, Option<&'static str>)> {
        let rest = &self.body[at..];
        let mut at = at + self.joint(rest, between)?;
        let mut sign = 1.0;
        if rest.starts_with(' ')
            && let Some(length) = self.minus(&self.body[at..])
        {
            at += length;
            sign = -1.0;
        }
        if self.words.point && self.body[at..].starts_with('.') {
            return Some((fraction_at(self.body, at)?, None));
        }
        let digit = |c: char| c.is_ascii_digit();
        let length = self.body[at..].chars().take(4).take_while(|c| !digit(*c)).map(char::len_utf8);
        let length: usize = length.sum();
        let mut currency = None;
        if length > 0 && vulgar(self.body[at..].chars().next()?).is_none() {
            let (code, taken) = currency_before(&self.body[..at + length])?;
            if taken != length {
                return None;
            }
            currency = Some(code);
            at += length;
        }
        let number = number_at(self.body, at, self.marks)?;
        let dialled = is_dialled(&self.body[at..number.end]);
        (!dialled && !self.body[number.end..].starts_with(['/']))
            .then_some((Number { value: sign * number.value, end: number.end }, currency))
    }

    /// Reads the upper end of a range whose ends share one unit behind them: `20 to 30 km`.
    pub(super) fn read_range(&self, between: bool, step: bool, reading: &mut AmountReading) {
        let Some((upper, currency)) = self.upper(reading.bytes.end, between) else { return };
        let goes_on = self.body[upper.end..]
            .strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if upper.value <= reading.value
            || step && upper.value >= LEVEL * reading.value
            || goes_on
            || currency.is_some_and(|c| reading.unit != Some(c))
        {
            return;
        }
        // "$1 to $1.4bn": the magnitude is the upper end's alone when each has a sign of its own.
        reading.upper = Some(upper.value);
        reading.bytes.end = upper.end;
    }

    /// Reads the upper end of a range whose ends have a unit each: `3% to 5%`, `$1.2bn to $1.4bn`; or a magnitude each, where
    /// the lower one, `large`, has one: `5 million to 6 million euros`.
    pub(super) fn read_range_of_units(
        &self,
        between: bool,
        step: bool,
        large: bool,
        reading: &mut AmountReading,
    ) {
        let Some(other) = self.upper_of_unit(between, large, reading) else { return };
        if step && other.value >= LEVEL * reading.value {
            return;
        }
        reading.upper = Some(other.value);
        reading.unit = other.unit;
        reading.object = other.object;
        reading.bytes.end = other.bytes.end;
    }

    /// Reads the upper end of a range in words: `five to six metres`, `zwischen fünf und sechs Millionen`.
    pub(super) fn read_range_of_words(&self, reading: &mut AmountReading) {
        let start = reading.bytes.start;
        if self.is_change(start) {
            return;
        }
        let between = self.between(start);
        let rest = &self.body[reading.bytes.end..];
        let hung = self.hung_joint(rest).is_some();
        let joint = self.joint(rest, between.is_some());
        let Some(length) = joint.filter(|_| hung || rest.starts_with(' ')) else {
            return;
        };
        let at = reading.bytes.end + length;
        let first = 0..letters(&self.body[at..]).len();
        if first.is_empty() {
            return;
        }
        let Some((upper, length, _)) = number_words(&self.body[at..], first, self.words) else {
            return;
        };
        let end = at + length;
        if upper <= reading.value {
            return;
        }
        let last = self.body[at..end].rsplit([' ', '-']).next().unwrap_or_default();
        let factor = self.words.large(&unicode::to_lowercase(last)).unwrap_or(1.0);
        if reading.value < upper / factor {
            reading.multiply(factor);
        }
        reading.upper = Some(upper);
        reading.bytes.end = end;
        if let Some(between) = between {
            reading.bytes.start = self.body[..start].trim_end().len() - between.len();
        }
    }

    /// Whether a magnitude of money, and nothing that is counted or measured, stands behind a number that ends at `end`.
    fn is_large_money(&self, end: usize) -> bool {
        let rest = &self.body[end..];
        let Some((_, length)) = magnitude(rest, true, self.words) else { return false };
        let behind = &rest[length..];
        unit(behind, self.words).is_none() && self.counted(behind).is_none()
    }

    /// The money of an amount in millions that `m` stands behind, where a number at `start` is another one of it: `from £5m to
    /// 10m`, `£5m or 10m`.
    pub(super) fn money_before(&self, start: usize, end: usize) -> Option<&'static str> {
        if !self.body[end..].starts_with('m') {
            return None;
        }
        let before = self.body[..start].trim_end_matches(' ');
        let joints = self.words.joints.iter().chain(&self.words.ands);
        let mut joints = joints.chain(&["-", "–"]);
        let left = joints.find_map(|joint| before.strip_suffix(*joint))?.trim_end();
        let word = left.rsplit(char::is_whitespace).next()?;
        let digits = left.len() - word.len() + word.find(|c: char| c.is_ascii_digit())?;
        let (unit, _) = currency_before(&left[..digits])?;
        (word.ends_with('m') && self.is_large_money(end)).then_some(unit)
    }

    /// Whether a number in words is the upper end of a range whose lower one was not read.
    pub(super) fn is_upper_end(&self, start: usize) -> bool {
        let before = &self.body[..start];
        let led = |joint: &&str| {
            let left = before.strip_suffix(' ')?.strip_suffix(*joint)?.strip_suffix(' ')?;
            let word = left.rsplit(char::is_whitespace).next()?;
            let lower = unicode::to_lowercase(word);
            // `a million or two dollars`
            let of_large = || {
                let behind = self.body[start..].split(|c: char| !unicode::is_alphabetic(c));
                let mut large = behind.take(2).map(|word| self.words.large(word).is_some());
                self.words.large(&lower).is_some() && !large.any(|large| large)
            };
            let number = self.words.small(&lower).is_some() || of_large();
            (number && !self.is_change(left.len() - word.len())).then_some(())
        };
        self.words.joints.iter().find_map(led).is_some()
    }

    /// Whether what stands behind two numbers makes a change from one to the other of them: `5万から6万円に`.
    pub(super) fn is_changed_behind(&self, reading: &AmountReading) -> bool {
        let written = &self.body[reading.bytes.clone()];
        let behind = &self.body[reading.bytes.end..];
        reading.upper.is_some()
            && self.words.change_behind.iter().any(|word| behind.starts_with(word))
            && self.words.joints.iter().any(|joint| written.contains(joint))
    }

    /// Gives the first of two amounts that something changed from and to what only the second says: `von 20 auf 30 Millionen
    /// Euro`. `leads` says whether a word such as "from" stands before it.
    pub(super) fn read_change(&self, leads: bool, reading: &mut AmountReading) {
        let body = self.body;
        let behind = &body[reading.bytes.end..];
        // `10- and 20-year bonds`
        let hung = behind.strip_prefix("- ");
        let Some(rest) = hung.or_else(|| behind.strip_prefix(' ')) else { return };
        let joins = |word: &&&str| leads || !self.words.joints.contains(*word);
        let behind = |word: &&'static str| rest.strip_prefix(*word)?.strip_prefix(' ');
        let found = match hung {
            Some(_) => self.words.ands.iter().chain(&self.words.joints).find_map(behind),
            None => self.words.changed.iter().filter(joins).find_map(behind),
        };
        let Some(behind) = found else { return };
        let at = body.len() - behind.len();
        let digits = at + behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let currency = currency_before(&body[..digits]);
        if currency.map_or(0, |(_, length)| length) != digits - at {
            return;
        }
        let Some(number) = number_at(body, digits, self.marks) else { return };
        let mut other = AmountReading {
            value: number.value,
            upper: None,
            unit: currency.map(|(code, _)| code),
            object: None,
            bytes: at..number.end,
        };
        let told = self.finish(&mut other).is_some();
        let bare =
            reading.object.is_none() && (reading.unit.is_none() || reading.unit == other.unit);
        // `900,000 to 1 million` has its thousands: it is not that many millions.
        let factor = other.value / number.value;
        let shares = reading.value < 1000.0 || factor <= 1.0;
        if !told || !bare || other.unit.is_none() && other.object.is_none() {
            return;
        }
        if shares
            && factor > 1.0
            && body[..reading.bytes.end].ends_with(|c: char| c.is_ascii_digit())
        {
            reading.multiply(factor);
        }
        reading.unit = other.unit;
        reading.object = other.object;
    }

    /// The upper end with the unit that the lower one has, if it is one.
    fn upper_of_unit(
        &self,
        between: bool,
        large: bool,
        reading: &AmountReading,
    ) -> Option<AmountReading> {
        let bare = reading.unit.is_none() && reading.object.is_none() && large;
        if reading.unit.is_none() && !bare {
            return None;
        }
        let (upper, currency) = self.upper(reading.bytes.end, between)?;
        // `£5m to 10m`
        let money = reading.unit.filter(|unit| currency.is_none() && is_currency(unit));
        let shared = money.filter(|_| self.is_large_money(upper.end));
        let mut other = AmountReading {
            value: upper.value,
            upper: None,
            unit: currency.or(shared),
            object: None,
            bytes: upper.end..upper.end,
        };
        self.finish(&mut other)?;
        let same = match reading.unit {
            Some(unit) => other.unit == Some(unit),
            None => other.unit.is_some() || other.object.is_some(),
        };
        (same && other.value > reading.value).then_some(other)
    }
}
