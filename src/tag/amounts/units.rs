//! Units, currencies and magnitudes as newsrooms write them: signs and codes that are the same
//! everywhere here, words in each language's `units.txt` and `magnitudes.txt`.

use super::words::Words;
use crate::scripts::{is_hangul, is_unspaced};

/// A unit and how many bytes of the text name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// As in records: SI symbols, ISO 4217 codes, `%`, or an English word in the singular.
    pub name: &'static str,
    pub length: usize,
}

/// Signs that stand before a number, longest first.
const BEFORE: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("HK$", "HKD"),
    ("NZ$", "NZD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("R$", "BRL"),
    ("S$", "SGD"),
    ("$", "USD"),
    ("£", "GBP"),
    ("€", "EUR"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("₦", "NGN"),
    ("Rs ", "INR"),
    ("Rs. ", "INR"),
    ("Rs", "INR"),
    ("RM", "MYR"),
    ("kr ", "kr"),
    ("kr. ", "kr"),
];

/// Codes of ISO 4217 that stand before or behind a number; those that are words or names too
/// (`CUP`, `ALL`, `TRY`, `COP`) are left out.
const CODES: &[&str] = &[
    "USD", "EUR", "GBP", "JPY", "CNY", "CHF", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "ISK",
    "PLN", "CZK", "HUF", "BGN", "RON", "RSD", "RUB", "UAH", "INR", "PKR", "BDT", "LKR", "NPR",
    "IDR", "MYR", "SGD", "THB", "VND", "KRW", "TWD", "HKD", "ZAR", "NGN", "KES", "GHS", "EGP",
    "ILS", "SAR", "AED", "QAR", "KWD", "BRL", "MXN", "CLP", "UYU",
];

/// Signs and symbols behind a number, and words of languages that have no list of their own.
const AFTER: &[(&str, &str)] = &[
    ("%", "%"),
    ("Prozent", "%"),
    ("pour cent", "%"),
    ("por ciento", "%"),
    ("por cento", "%"),
    ("per cento", "%"),
    ("procent", "%"),
    ("prosent", "%"),
    ("процентов", "%"),
    ("процента", "%"),
    ("Grad Celsius", "°C"),
    ("°C", "°C"),
    ("° C", "°C"),
    ("ºC", "°C"),
    ("°F", "°F"),
    ("ºF", "°F"),
    ("℃", "°C"),
    ("°", "°"),
    ("Euro", "EUR"),
    ("€", "EUR"),
    ("Dollar", "USD"),
    ("dólares", "USD"),
    ("dollari", "USD"),
    ("$", "USD"),
    ("£", "GBP"),
    ("рублей", "RUB"),
    ("km/h", "km/h"),
    ("km²", "km²"),
    ("m²", "m²"),
    ("Kilometer", "km"),
    ("kilómetros", "km"),
    ("kilomètres", "km"),
    ("km", "km"),
    ("cm", "cm"),
    ("mm", "mm"),
    ("Meter", "m"),
    ("kg", "kg"),
    ("Tonnen", "t"),
    ("MW", "MW"),
    ("GW", "GW"),
    ("TWh", "TWh"),
    ("GWh", "GWh"),
    ("MWh", "MWh"),
    ("kWh", "kWh"),
    ("GHz", "GHz"),
    ("MHz", "MHz"),
    ("GB", "GB"),
    ("MB", "MB"),
    ("TB", "TB"),
    ("Jahre", "year"),
    ("Jahren", "year"),
    ("m", "m"),
    ("kr", "kr"),
    ("kr.", "kr"),
    ("zł", "PLN"),
    ("zl", "PLN"),
    ("Ft", "HUF"),
    ("Kč", "CZK"),
    ("lei", "RON"),
    ("лв", "BGN"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₹", "INR"),
    ("₺", "TRY"),
    ("₪", "ILS"),
    ("¥", "JPY"),
    ("元", "CNY"),
    ("円", "JPY"),
    ("원", "KRW"),
];

/// Factors behind a number; those of one letter only behind an amount of money.
const MAGNITUDES: &[(&str, f64, bool)] = &[
    ("Millionen", 1e6, false),
    ("Million", 1e6, false),
    ("Milliarden", 1e9, false),
    ("Milliarde", 1e9, false),
    ("Mio.", 1e6, false),
    ("Mrd.", 1e9, false),
    ("millones", 1e6, false),
    ("millón", 1e6, false),
    ("milhões", 1e6, false),
    ("bilhões", 1e9, false),
    ("milioni", 1e6, false),
    ("miliardi", 1e9, false),
    ("milliards", 1e9, false),
    ("milliard", 1e9, false),
    ("mln", 1e6, false),
    ("mld", 1e9, false),
    ("mn", 1e6, false),
    ("bn", 1e9, false),
    ("tn", 1e12, false),
    ("млн", 1e6, false),
    ("млрд", 1e9, false),
    ("m", 1e6, true),
    ("M", 1e6, true),
    ("b", 1e9, true),
    ("B", 1e9, true),
    ("k", 1e3, true),
    ("K", 1e3, true),
];

/// The currency that stands straight before a number, and its length in bytes.
pub(super) fn currency_before(before: &str) -> Option<(&'static str, usize)> {
    let code = before.strip_suffix([' ', '\u{a0}']).unwrap_or(before);
    if let Some(code) = CODES.iter().find(|name| code.ends_with(**name)) {
        let blank = before.len() - before.trim_end_matches([' ', '\u{a0}']).len();
        let length = code.len() + blank;
        let left = &before[..before.len() - length];
        return (!left.ends_with(char::is_alphanumeric)).then_some((*code, length));
    }
    let (sign, code) = BEFORE.iter().find(|(sign, _)| before.ends_with(sign))?;
    let left = &before[..before.len() - sign.len()];
    let word = sign.starts_with(|c: char| c.is_ascii_alphabetic());
    (!word || !left.ends_with(char::is_alphanumeric)).then_some((*code, sign.len()))
}

/// The factor behind a number, and its length in bytes, the blank before it included.
pub(super) fn magnitude(rest: &str, money: bool, words: &Words) -> Option<(f64, usize)> {
    let (blank, word) = word_after(rest)?;
    let shared = MAGNITUDES
        .iter()
        .filter(|(_, _, only_money)| !only_money || money && blank == 0)
        .map(|(name, factor, _)| (*name, *factor));
    shared
        .chain(words.magnitudes.iter().copied())
        .filter(|(name, _)| is_word(word, name))
        .max_by_key(|(name, _)| name.len())
        .map(|(name, factor)| (factor, blank + name.len()))
}

/// The unit behind a number.
pub(super) fn unit(rest: &str, words: &Words) -> Option<Unit> {
    let (blank, word) = word_after(rest)?;
    // `5C`, `41F`: as British and American papers write temperatures.
    if blank == 0
        && let Some((letter, name)) =
            [("C", "°C"), ("F", "°F")].into_iter().find(|(letter, _)| is_word(word, letter))
    {
        return Some(Unit { name, length: letter.len() });
    }
    let codes = CODES.iter().map(|code| (*code, *code));
    AFTER
        .iter()
        .copied()
        .chain(words.units.iter().copied())
        .chain(codes)
        .filter(|(name, _)| is_word(word, name) && (blank == 0 || *name != "m" && *name != "$"))
        .max_by_key(|(name, _)| name.len())
        .map(|(name, unit)| Unit { name: unit, length: blank + name.len() })
}

fn word_after(rest: &str) -> Option<(usize, &str)> {
    let blank = rest.chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-'));
    let blank = blank.map_or(0, char::len_utf8);
    Some((blank, &rest[blank..])).filter(|(_, word)| !word.is_empty())
}

/// Whether a text starts with a name that ends there; one in characters ends wherever it does.
pub(super) fn is_word(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|rest| {
        !name.ends_with(|c: char| c.is_alphanumeric() && !is_character(c))
            || !rest.starts_with(char::is_alphanumeric)
    })
}

/// Whether a letter is of a script without blanks, or of Korean, whose endings follow without one.
pub(super) fn is_character(c: char) -> bool {
    is_unspaced(c) || is_hangul(c)
}
