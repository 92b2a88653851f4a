//! Numbers that say how much or how many: with a unit (`-16°C`, `$1.2 billion`, `25%`), with what
//! they count (`111 drones`, `three civilian injuries`), or as a range (`between 20 and 30`).
//!
//! Digits are read in every language; numbers in words, units, magnitudes, what is counted and the words
//! around it by the language's lists. A language without a list has no amounts of that kind.
//! Refuses numbers that name rather than measure: years, dates, times, ordinals, scores, flights,
//! telephone numbers, parts of names, and bare numbers. A change ("from 3% to 5%") is two amounts, not
//! a range. Words and signs of money that several countries share (`rupees`, `Sh`, `kr`) are those of the publisher's
//! country or of the one that the story tells of, where either has one; else the record has the word.

use std::ops::Range;

use super::Text;
use super::amount_words::AmountWords;
use super::dates;
use super::listed_names::{is_character, is_word};
use crate::model::{Amount, LanguageCode};
use crate::scripts::is_unspaced;
use crate::unicode;

mod decimal_words;
mod decimals;
mod magnitudes;
mod marks;
mod money;
mod numbers;
mod numerals;
mod objects;
mod prices;
mod ranges;
mod refusals;
#[cfg(test)]
mod tests;
mod units;

use decimals::{fraction_at, is_decimal_point};
use marks::Marks;
pub(super) use marks::land_of;
use money::{DOLLARS, POUNDS, money_of_nobody};
use numbers::{Number, number_parted, number_words, times, vulgar};
use numerals::{is_numeral, numeral};
use refusals::{is_dialled, last_word};
use units::{Unit, currency_before, is_currency, is_letter, is_sharpness, is_unsure_large, unit};

/// Distances that are run or swum, which `m` behind them means and not millions.
const RACES: &[f64] = &[50.0, 60.0, 100.0, 110.0, 200.0, 400.0, 800.0];

/// Words behind degrees that are looked at for what they are of.
const NEAR_DEGREES: usize = 5;

/// Countries whose papers part thousands with a blank in English: `12 500 people`.
const SPACED: &[&[u8; 2]] = &[b"ZA", b"NA"];

/// The amounts of a body, in order; `home` is the publisher's country, `subject` the one that the story tells of.
#[must_use]
pub fn amounts(
    text: &Text<'_>,
    language: LanguageCode,
    home: Option<[u8; 2]>,
    subject: Option<[u8; 2]>,
) -> Vec<Amount> {
    read(text, language, home, subject, false)
}

/// The same of a story on a site. Where that site's country is not known, a sign that the money of several countries of its
/// language has is none.
#[must_use]
pub fn amounts_on_site(
    text: &Text<'_>,
    language: LanguageCode,
    home: Option<[u8; 2]>,
    subject: Option<[u8; 2]>,
) -> Vec<Amount> {
    read(text, language, home, subject, home.is_none())
}

fn read(
    text: &Text<'_>,
    language: LanguageCode,
    home: Option<[u8; 2]>,
    subject: Option<[u8; 2]>,
    abroad: bool,
) -> Vec<Amount> {
    let language = language.or_english();
    let words = AmountWords::of(language);
    let reader = AmountReader {
        body: text.text,
        language,
        words,
        marks: Marks::of(language, home),
        home: home.or(words.home).or(subject.filter(|country| DOLLARS.contains(&country))),
        lands: [home, words.home, subject],
        abroad,
    };
    let mut found = Vec::new();
    let mut from = 0;
    for (at, token) in text.tokens.iter().enumerate() {
        if (token.start as usize) < from {
            continue;
        }
        if let Some(reading) = reader.at_token(text, at) {
            from = reading.bytes.end;
            found.push(reader.amount(text, reading));
        }
    }
    found
}

/// How many letters stand straight before the digits of a word, where they may be a currency's.
fn sign_length(word: &str) -> Option<usize> {
    const LONGEST: usize = 4;
    let sign = word.bytes().take(LONGEST + 1).take_while(u8::is_ascii_alphabetic).count();
    (sign <= LONGEST && word[sign..].starts_with(|c: char| c.is_ascii_digit())).then_some(sign)
}

/// A unit, how many of it make the whole that the record counts, and how many of that it is: pence are hundredths of a
/// pound, `Mkr` a million crowns.
fn parted(unit: &'static str) -> (Option<&'static str>, f64, f64) {
    let several = unit.split_once('*').and_then(|(one, factor)| Some((one, factor.parse().ok()?)));
    match (unit.strip_suffix("/100"), several) {
        (Some(whole), _) => (Some(whole), 100.0, 1.0),
        (None, Some((one, factor))) => (Some(one), 1.0, factor),
        (None, None) => (Some(unit), 1.0, 1.0),
    }
}

struct AmountReader<'a> {
    body: &'a str,
    language: LanguageCode,
    words: &'static AmountWords,
    /// How the publisher's country writes numbers.
    marks: Marks,
    home: Option<[u8; 2]>,
    /// Countries whose money a word that others share means, the likeliest first.
    lands: [Option<[u8; 2]>; 3],
    /// Whether the story is on a site whose country is not known.
    abroad: bool,
}

struct AmountReading {
    value: f64,
    upper: Option<f64>,
    unit: Option<&'static str>,
    object: Option<String>,
    bytes: Range<usize>,
}

impl AmountReading {
    fn multiply(&mut self, factor: f64) {
        self.value = times(self.value, factor);
        self.upper = self.upper.map(|upper| times(upper, factor));
    }
}

/// Whether what stands before a point and digits is a word, or a number even before a blank: `10 .4`.
fn is_number_or_word(before: &str) -> bool {
    before.ends_with(unicode::is_alphanumeric)
        || before.trim_end_matches(is_blank).ends_with(|c: char| c.is_ascii_digit())
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}')
}

impl AmountReader<'_> {
    /// The amount that begins with a token.
    fn at_token(&self, text: &Text<'_>, at: usize) -> Option<AmountReading> {
        let token = text.tokens[at];
        let (start, end) = (token.start as usize, token.end as usize);
        match self.body[start..].chars().next() {
            _ if token.plain => {
                let leads = self.words.may_lead_as_whole(text.lower(at));
                if leads { self.words(start..end) } else { None }
            }
            Some(c) if c.is_ascii_digit() || vulgar(c).is_some() => self.digits(start),
            // `Rs6,000`, `N4.5 billion`
            Some(c) if c.is_ascii_uppercase() && sign_length(text.word(at)).is_some() => {
                sign_length(text.word(at)).and_then(|sign| self.digits(start + sign))
            }
            Some(c) if is_unspaced(c) => self.characters(start),
            Some(c) if unicode::is_alphabetic(c) && self.words.may_lead(text.lower(at)) => {
                self.words(start..end)
            }
            // `و3.5`
            Some(c) if unicode::is_alphabetic(c) => self
                .words
                .prefix_before_digits(text.word(at))
                .and_then(|prefix| self.digits(start + prefix)),
            _ => None,
        }
    }

    /// What a record says of an amount.
    fn amount(&self, text: &Text<'_>, reading: AmountReading) -> Amount {
        let (shared, parts, factor) = reading.unit.map_or((None, 1.0, 1.0), parted);
        let unit = shared.and_then(|unit| self.at_home(unit)).or_else(|| {
            // Nobody weighs a million of them.
            shared.filter(|unit| *unit == POUNDS && reading.value >= 1e6).map(|_| "GBP")
        });
        let written = &self.body[reading.bytes.clone()];
        let unknown = reading.unit.filter(|_| unit.is_none());
        let unknown = unknown.and_then(|own| money_of_nobody(own, shared, written));
        Amount {
            value: times(reading.value / parts, factor),
            upper: reading.upper.map(|upper| times(upper / parts, factor)),
            unit: unit.map(str::to_owned),
            object: unknown.map(str::to_owned).or(reading.object),
            text: written.to_owned(),
            span: text.span(reading.bytes),
        }
    }

    /// An amount whose digits start at `at`.
    fn digits(&self, at: usize) -> Option<AmountReading> {
        let body = self.body;
        let point = self.words.point && is_decimal_point(&body[..at]);
        let at = at - usize::from(point);
        let before = &body[..at];
        // Characters are words of their own; two of them make ordinals.
        let names = |c: char| {
            unicode::is_alphanumeric(c) && !is_character(c) || matches!(c, '\u{7b2c}' | '\u{c81c}')
        };
        let currency = currency_before(before).or_else(|| self.words.unit_before(before));
        // `+3%`, but not `+44 20`
        let more = before.strip_suffix('+').is_some_and(|left| {
            left.is_empty() || left.ends_with(|c: char| c.is_whitespace() || c == '(')
        });
        if currency.is_none()
            && !self.words.ends_with_prefix(before)
            && (before.ends_with(|c: char| names(c) || matches!(c, '#' | '@' | '/' | '_' | '+'))
                || before.strip_suffix('.').is_some_and(is_number_or_word))
            && !more
        {
            return None;
        }
        if self.is_share(before) {
            return None;
        }
        if currency.is_some_and(|(sign, _)| self.is_unknown(sign)) {
            return None;
        }
        let Number { value, end } = self.number(before, at, point, currency.is_some())?;
        if self.is_last_group(before, end - at) {
            return None;
        }
        if is_dialled(&body[at..end]) {
            return None;
        }
        let unsigned = at - currency.map_or(0, |(_, length)| length);
        let start = self.signed(unsigned);
        let mut reading = AmountReading {
            value: if start < unsigned { -value } else { value },
            upper: None,
            unit: currency.map(|(code, _)| code).or_else(|| self.money_before(start, end)),
            object: None,
            bytes: start..end,
        };
        let change = self.is_change(start);
        let step = self.is_step(start);
        let between = self.between(start);
        if !change {
            self.read_range(between.is_some(), step, &mut reading);
        }
        self.finish(&mut reading)?;
        if more && !reading.unit.is_some_and(|unit| unit == "%" || unit.starts_with('°')) {
            return None;
        }
        // `.22 rifles`
        if point && reading.unit.is_none() && reading.value < 1.0 {
            return None;
        }
        if let Some((unit, _)) = currency
            && is_letter(before)
            && !self.is_money_of_letters(unit, before, &body[at..end], &reading)
        {
            return None;
        }
        if is_sharpness(&body[at..reading.bytes.end]) {
            return None;
        }
        if !change && reading.upper.is_none() {
            let large = reading.bytes.end > end;
            self.read_range_of_units(between.is_some(), step, large, &mut reading);
        }
        if reading.upper.is_none() {
            self.read_change(change, &mut reading);
        }
        if self.is_changed_behind(&reading) {
            return None;
        }
        let digits = at..end;
        if self.names_something(&digits, &reading)
            || self.is_score(end, &reading)
            || self.is_ordinal(&digits, &reading)
            || self.is_time_of_day(&digits, &reading)
            || Self::is_one_of_many(&reading)
            || self.is_side(before, &reading)
        {
            return None;
        }
        if reading.unit.is_some_and(|unit| unit.starts_with('°')) {
            self.read_below_zero(&mut reading)?;
        }
        reading.unit = reading.unit.map(|unit| self.speed(before, unit).unwrap_or(unit));
        if reading.object.is_some() && self.parts_thousands(&body[at..end]) {
            reading.multiply(1e3);
        }
        if reading.upper.is_some() && self.are_days(&reading) {
            return None;
        }
        if let Some(between) = between.filter(|_| reading.upper.is_some()) {
            reading.bytes.start = body[..start].trim_end().len() - between.len();
            // "between" makes a range an amount even where nothing says of what.
            return Some(reading);
        }
        (reading.unit.is_some() || reading.object.is_some()).then_some(reading)
    }

    /// The number whose digits start at `at`, or whose point does; `money` where a currency stands before it.
    fn number(&self, before: &str, at: usize, point: bool, money: bool) -> Option<Number> {
        let spaced = !self.words.point || self.is_spaced(before, money);
        let parted = || number_parted(self.body, at, self.marks, spaced);
        let number = if point {
            fraction_at(self.body, at)?
        } else {
            self.spaced_money(before, at, spaced).or_else(parted)?
        };
        Some(self.with_hundredths(self.with_fraction_in_words(number)))
    }

    /// Whether letters before digits are a currency's: `N4.5 billion` and `R20,000` are money, `N17` and `R2` roads, `the JD 1,200
    /// shops` none.
    fn is_money_of_letters(
        &self,
        unit: &str,
        before: &str,
        digits: &str,
        reading: &AmountReading,
    ) -> bool {
        let written = &self.body[reading.bytes.clone()];
        let large =
            reading.value >= 1e3 && (!written.ends_with(digits) || digits.contains([',', ' ']));
        let here = || self.is_of_land(unit) && reading.value >= 10.0;
        let counts =
            || before.ends_with(' ') && self.counted(&self.body[reading.bytes.end..]).is_some();
        (large && self.is_money(reading) || here()) && !counts()
    }

    /// Whether blanks part the thousands of a number here: in money, and where the country's papers write so; but not
    /// behind the name of a month.
    fn is_spaced(&self, before: &str, money: bool) -> bool {
        let mut lands = self.lands.into_iter().flatten();
        money || lands.any(|land| SPACED.contains(&&land)) && !self.follows_month(before)
    }

    /// Whether three digits may be the last of a larger number's, whose thousands a blank parts: `12 500`.
    fn is_last_group(&self, before: &str, digits: usize) -> bool {
        let Some(rest) = before.strip_suffix([' ', '\u{a0}']).filter(|_| digits == 3) else {
            return false;
        };
        let group = rest.bytes().rev().take_while(u8::is_ascii_digit).count();
        let left = &rest[..rest.len() - group];
        let free = !left.ends_with([',', '.', ':', '/', '-', '–']);
        let money = currency_before(left).is_some();
        let day = || self.follows_month(left);
        self.words.point && (1..=3).contains(&group) && free && !money && !day()
    }

    /// Whether the name of a month that leads its day stands before a number.
    fn follows_month(&self, before: &str) -> bool {
        dates::is_leading_month(self.language, last_word(before.trim_end()))
    }

    /// Whether a number that counts things has its thousands parted as other languages do: `1.000 lamps`.
    fn parts_thousands(&self, digits: &str) -> bool {
        self.marks.point && digits.len() <= 7 && digits.ends_with(".000")
    }

    /// Where a minus before a number or its currency begins, else where that does.
    fn signed(&self, start: usize) -> usize {
        let before = &self.body[..start];
        if let Some(left) = before.strip_suffix(['-', '−', '–']) {
            let free = left.is_empty()
                || left.ends_with([' ', '(', '\n', '\u{a0}'])
                || left.ends_with(is_unspaced);
            return if free { left.len() } else { start };
        }
        let word = |minus: &&str| {
            let left = before.strip_suffix(' ')?.strip_suffix(*minus)?;
            // `almeno`, `al menos`
            let last = left.trim_end().rsplit(|c: char| !unicode::is_alphabetic(c)).next()?;
            let least = self.words.not_minus.contains(&last.to_lowercase().as_str());
            (!least && !left.ends_with(unicode::is_alphanumeric)).then_some(left.len())
        };
        self.words.minus.iter().find_map(word).unwrap_or(start)
    }

    /// Turns degrees below zero, which a word behind them or before their number says: `12 Grad unter null`,
    /// `零下12摄氏度`; `None` where they are of an earthquake.
    fn read_below_zero(&self, reading: &mut AmountReading) -> Option<()> {
        if !self.words.no_degrees.is_empty() && self.is_no_temperature(reading) {
            return None;
        }
        let behind = &self.body[reading.bytes.end..];
        let blanks = behind.len() - behind.trim_start_matches(is_blank).len();
        if self.words.not_degrees_behind.iter().any(|word| is_word(&behind[blanks..], word)) {
            return None;
        }
        let length = |words: &&str| {
            let rest = behind[blanks..].strip_prefix(*words)?;
            (!rest.starts_with(unicode::is_alphanumeric)).then_some(blanks + words.len())
        };
        let before = self.body[..reading.bytes.start].trim_end_matches(is_blank);
        let led = |words: &&str| {
            let length = words.len();
            let written = before.get(before.len().checked_sub(length)?..)?;
            let alike = written == *words || written.to_lowercase() == words.to_lowercase();
            alike.then_some(before.len() - length)
        };
        if reading.value <= 0.0 {
            return Some(());
        }
        if let Some(length) = self.words.below_zero.iter().filter_map(length).max() {
            reading.bytes.end += length;
        } else if let Some(start) = self.words.below_zero_before.iter().find_map(led) {
            reading.bytes.start = start;
        } else {
            return Some(());
        }
        let (value, upper) = (-reading.value, reading.upper.map(|upper| -upper));
        // From the colder on.
        (reading.value, reading.upper) = upper.map_or((value, None), |upper| (upper, Some(value)));
        Some(())
    }

    /// Whether a clause tells of an earthquake or the like, whose degrees are of no temperature.
    fn is_no_temperature(&self, reading: &AmountReading) -> bool {
        let clause = |c: char| matches!(c, '.' | '\n' | ';');
        let before = self.body[..reading.bytes.start].rsplit(clause).next().unwrap_or_default();
        let behind = self.body[reading.bytes.end..].split(clause).next().unwrap_or_default();
        let words = before.split(' ').chain(behind.split(' ').take(NEAR_DEGREES));
        let bare =
            |word: &str| word.trim_matches(|c: char| !unicode::is_alphanumeric(c)).to_lowercase();
        words.map(bare).any(|word| self.words.no_degrees.contains(&word.as_str()))
    }

    /// Reads magnitude, unit and object behind the number; `None` when the number is no amount.
    fn finish(&self, reading: &mut AmountReading) -> Option<()> {
        let digits = reading.bytes.end;
        self.read_magnitude(reading);
        let large = reading.bytes.end > digits;
        if !large && reading.unit.is_some() && is_unsure_large(&self.body[digits..], self.words) {
            return None;
        }
        self.read_unit(reading)?;
        self.read_hundredths(reading);
        if self.is_rest_of_price(reading) {
            return None;
        }
        if reading.unit.is_none()
            && reading.object.is_none()
            && let Some((object, length)) = self
                .part_of(&self.body[reading.bytes.end..], reading.value)
                .or_else(|| self.counted(&self.body[reading.bytes.end..]))
        {
            reading.object = Some(object);
            reading.bytes.end += length;
        }
        Some(())
    }

    /// Reads what stands behind a unit in a smaller one: `5ft 11in`, `6-foot-4`.
    fn read_smaller_unit(&self, reading: &mut AmountReading) {
        let Some(name) = reading.unit.filter(|_| reading.upper.is_none()) else { return };
        let mut of_unit = self.words.smaller.iter().filter(|(unit, ..)| *unit == name).peekable();
        if of_unit.peek().is_none() {
            return;
        }
        let behind = &self.body[reading.bytes.end..];
        let hyphen = behind.starts_with('-');
        let Some(digits) = [", ", "-", " ", "\u{a0}"].iter().find_map(|s| behind.strip_prefix(*s))
        else {
            return;
        };
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let Ok(count) = digits[..length].parse::<u8>() else { return };
        let count = f64::from(count);
        let rest = &digits[length..];
        let word = rest.strip_prefix([' ', '\u{a0}', '-']).unwrap_or(rest);
        let smaller = |(_, factor, unit): &&(&str, f64, &'static str)| {
            let bare = *unit == "-" && hyphen && !rest.starts_with(unicode::goes_on);
            (count < *factor && (bare || is_word(word, unit))).then_some(())
        };
        let Some((_, factor, unit)) = of_unit.find(|row| smaller(row).is_some()) else { return };
        let end = if *unit == "-" { rest } else { &word[unit.len()..] };
        reading.value = (reading.value * factor + count) / factor;
        reading.bytes.end += behind.len() - end.len();
    }

    /// Reads the unit behind the number; `None` when the number is part of a word.
    fn read_unit(&self, reading: &mut AmountReading) -> Option<()> {
        // `一个半小时`
        let half = self.words.half_before(&self.body[reading.bytes.end..]);
        if let Some((length, unit)) = half.and_then(|length| {
            Some((length, unit(&self.body[reading.bytes.end + length..], self.words)?))
        }) {
            reading.value += 0.5;
            reading.unit = Some(unit.name);
            reading.bytes.end += length + unit.length;
            return Some(());
        }
        let behind = &self.body[reading.bytes.end..];
        let Some(Unit { name, length }) = unit(behind, self.words) else {
            // `10k people`, but `10k runners`
            let thousands = behind.strip_prefix(['k', 'K']).filter(|rest| self.are_many(rest));
            if let Some((object, taken)) = thousands.and_then(|rest| self.object(rest)) {
                reading.multiply(1e3);
                reading.object = Some(object);
                reading.bytes.end += 1 + taken;
                return Some(());
            }
            let word = behind.starts_with(unicode::is_alphanumeric);
            let joined = || self.listed(behind).is_some() || self.joint(behind, false).is_some();
            return (!word || joined()).then_some(());
        };
        if reading.unit.is_some() {
            return Some(());
        }
        let written = &behind[..length];
        // `21st`, but `11st`
        let digits = &self.body[..reading.bytes.end];
        if written == "st" && digits.ends_with('1') && !digits.ends_with("11") {
            return None;
        }
        // `at 1730 hrs`
        let four = digits.bytes().rev().take_while(u8::is_ascii_digit).count() == 4;
        if four && matches!(written.trim_start(), "hrs" | "hr") {
            return None;
        }
        let letter = written == "m";
        // `11m Danish kroner`
        let money = || unit(&behind[length..], self.words).filter(|unit| is_currency(unit.name));
        if letter
            && behind[length..].starts_with(is_blank)
            && let Some(money) = money()
        {
            reading.multiply(1e6);
            reading.unit = Some(money.name);
            reading.bytes.end += length + money.length;
            return Some(());
        }
        // `55m-year-old`, `50m years ago`
        let time = || unit(&behind[length..], self.words).filter(|unit| unit.name == "year");
        if letter && let Some(years) = time() {
            reading.multiply(1e6);
            reading.unit = Some(years.name);
            reading.bytes.end += length + years.length;
            return Some(());
        }
        if letter && self.words.no_metre_behind.iter().any(|word| is_word(&behind[length..], word))
        {
            return None;
        }
        let people =
            letter && (!RACES.contains(&reading.value) || self.are_many(&behind[length..]));
        if let Some((object, taken)) = people.then(|| self.object(&behind[length..])).flatten() {
            // "5m people"
            reading.multiply(1e6);
            reading.object = Some(object);
            reading.bytes.end += length + taken;
        } else if !self.words.is_no_unit(&behind[length..]) {
            if self.is_rate(name, &behind[length..]) {
                return None;
            }
            reading.unit = Some(name);
            reading.bytes.end += length;
            self.read_smaller_unit(reading);
            // `2 años y medio`
            if let Some(half) =
                self.words.half_behind(&behind[length..]).filter(|_| reading.upper.is_none())
            {
                reading.value += 0.5;
                reading.bytes.end += half;
            }
        }
        Some(())
    }

    /// Whether what follows a blank is what there may be thousands or millions of.
    fn are_many(&self, rest: &str) -> bool {
        let word = rest.strip_prefix(is_blank);
        word.is_some_and(|word| self.words.millions_of.iter().any(|many| is_word(word, many)))
    }

    /// An amount whose number is written in characters: `三百人`, `百分之三十`.
    fn characters(&self, at: usize) -> Option<AmountReading> {
        if !self.words.has_numerals || !self.body[at..].starts_with(is_numeral) {
            return None;
        }
        let before = &self.body[..at];
        let percent = self.words.unit_before(before);
        let stands =
            before.chars().next_back().is_none_or(|c| !is_numeral(c) && !c.is_ascii_digit());
        let roughly = self.words.numeral_after.iter().any(|word| before.ends_with(word));
        if !stands
            || percent.is_none() && roughly
            || self.words.ordinals_before.iter().any(|word| before.ends_with(word))
        {
            return None;
        }
        let numeral = numeral(&self.body[at..])?;
        let unsigned = at - percent.map_or(0, |(_, length)| length);
        let mut reading = AmountReading {
            value: numeral.value,
            upper: None,
            unit: percent.map(|(unit, _)| unit),
            object: None,
            bytes: unsigned..at + numeral.length,
        };
        if reading.unit.is_some() {
            return Some(reading);
        }
        self.finish(&mut reading)?;
        let written = &self.body[at + numeral.length..reading.bytes.end];
        // One character may be a part of any word.
        let sure = numeral.characters > 1
            || reading.unit.is_some() && written.chars().count() > 1
            || reading.object.is_some() && matches!(written, "人" | "名");
        let digits = at..at + numeral.length;
        let said = reading.unit.is_some() || reading.object.is_some();
        let ordinal = self.is_ordinal(&digits, &reading);
        (sure && said && reading.value > 1.0 && !ordinal).then_some(reading)
    }

    /// Whether a half belongs to a number before it that is not read: `en och en halv miljon`.
    fn is_second_half(&self, start: usize) -> bool {
        let before = self.body[..start].trim_end();
        self.words.and_a_half.iter().filter_map(|words| words.split_once(' ')).any(|(and, half)| {
            let joined = before.strip_suffix(and).is_some_and(|left| left.ends_with(' '));
            joined && self.body[start..].starts_with(half)
        })
    }

    /// An amount in words, such as "three civilian injuries".
    fn words(&self, first: Range<usize>) -> Option<AmountReading> {
        let (value, end, several) = number_words(self.body, first.clone(), self.words)?;
        if self.is_share(&self.body[..first.start])
            || self.is_second_half(first.start)
            || self.is_upper_end(first.start)
        {
            return None;
        }
        let start = first.start;
        let mut reading =
            AmountReading { value, upper: None, unit: None, object: None, bytes: start..end };
        self.read_range_of_words(&mut reading);
        let written = reading.bytes.end;
        self.finish(&mut reading)?;
        if self.is_name(&(start..reading.bytes.end), written) {
            return None;
        }
        if reading.unit.is_some_and(|unit| unit.starts_with('°')) {
            self.read_below_zero(&mut reading)?;
        }
        let mut in_words = self.body[start..end].split([' ', '-']);
        if in_words.any(|word| self.words.decimal_words.contains(&word))
            && !Self::is_measured_decimal(&reading)
        {
            return None;
        }
        let unsigned = reading.bytes.start;
        let signed = self.signed(unsigned);
        if signed < unsigned && reading.unit.is_some() && reading.upper.is_none() {
            reading.value = -reading.value;
            reading.bytes.start = signed;
        }
        let says_how_many = reading.unit.is_some() || reading.object.is_some();
        let several = several || value > 1.0 || reading.upper.is_some();
        (says_how_many && several).then_some(reading)
    }
}
