//! Units, currencies and magnitudes as newsrooms write them: signs and codes that are the same everywhere here; words
//! in each language's `units.txt` and `magnitudes.txt`, and in those of `mul` what is no one language's.

use std::sync::LazyLock;

use foldhash::HashMap;

use crate::lang;
use crate::tag::amount_words::AmountWords;
use crate::tag::listed_names::{ListedNames, is_word};
use crate::unicode;

/// A unit and how many bytes of the text name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// As in records: SI symbols, ISO 4217 codes, `%`, or an English word in the singular.
    pub name: &'static str,
    pub length: usize,
}

/// Signs that stand before a number, longest first.
const BEFORE: &[(&str, &str)] = &[
    ("BDS$", "BBD"),
    ("Bds$", "BBD"),
    ("US$", "USD"),
    ("$US", "USD"),
    ("$A", "AUD"),
    ("$NZ", "NZD"),
    ("$HK", "HKD"),
    ("Can$", "CAD"),
    ("CAN$", "CAD"),
    ("Cdn$", "CAD"),
    ("CDN$", "CAD"),
    ("HK$", "HKD"),
    ("NZ$", "NZD"),
    ("NT$", "TWD"),
    ("TT$", "TTD"),
    ("EC$", "XCD"),
    ("AU$", "AUD"),
    ("CA$", "CAD"),
    ("MX$", "MXN"),
    ("FJ$", "FJD"),
    ("SI$", "SBD"),
    ("WS$", "WST"),
    ("F$", "FJD"),
    ("J$", "JMD"),
    ("G$", "GYD"),
    ("N$", "NAD"),
    // Of Brunei or of the Bahamas.
    ("B$", "B$"),
    ("L$", "LRD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("RD$", "DOP"),
    ("BZ$", "BZD"),
    ("CI$", "KYD"),
    ("R$", "BRL"),
    ("S$", "SGD"),
    // Whose dollar, peso or rupee it is, the publisher's country says, or that of the story.
    ("$", "$"),
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
    ("₱", "PHP"),
    ("GH¢", "GHS"),
    ("GH₵", "GHS"),
    ("₵", "GHS"),
    ("৳", "BDT"),
    ("₫", "VND"),
    ("฿", "THB"),
    ("₸", "KZT"),
    ("₾", "GEL"),
    ("₮", "MNT"),
    ("₼", "AZN"),
    ("₡", "CRC"),
    ("₲", "PYG"),
    ("Rs ", "rupee"),
    ("Rs. ", "rupee"),
    ("Rs.", "rupee"),
    ("Rs", "rupee"),
    ("RM ", "MYR"),
    ("RM", "MYR"),
    ("KSh ", "KES"),
    ("KSh", "KES"),
    ("Ksh ", "KES"),
    ("Ksh. ", "KES"),
    ("Ksh", "KES"),
    ("Kshs ", "KES"),
    ("USh ", "UGX"),
    ("USh", "UGX"),
    ("Ush", "UGX"),
    ("TSh ", "TZS"),
    ("TSh", "TZS"),
    ("Tsh", "TZS"),
    ("Shs ", "shilling"),
    ("Shs", "shilling"),
    ("Sh ", "shilling"),
    ("Sh", "shilling"),
    ("Tk ", "BDT"),
    ("Tk. ", "BDT"),
    ("Tk", "BDT"),
    ("Rp ", "IDR"),
    ("Rp", "IDR"),
    ("S/", "PEN"),
    ("Kz ", "AOA"),
    ("ZiG ", "ZWG"),
    ("ZiG", "ZWG"),
    ("RMB ", "CNY"),
    ("RMB", "CNY"),
    ("Php ", "PHP"),
    ("Php", "PHP"),
    ("PhP", "PHP"),
    ("SFr ", "CHF"),
    ("SFr", "CHF"),
    ("Sfr ", "CHF"),
    ("Sfr", "CHF"),
    ("FCFA ", "CFA franc"),
    ("FCFA", "CFA franc"),
    ("Rwf ", "RWF"),
    ("Rwf", "RWF"),
    ("Frw ", "RWF"),
    ("Frw", "RWF"),
    ("UShs ", "UGX"),
    ("UShs", "UGX"),
    ("Ushs ", "UGX"),
    ("Ushs", "UGX"),
    ("TShs ", "TZS"),
    ("TShs", "TZS"),
    ("Dh", "dirham"),
    ("Dhs ", "dirham"),
    ("Dhs", "dirham"),
    ("kr ", "kr"),
    ("kr. ", "kr"),
];

/// Letters that stand for a currency straight before a large number, and for many other things else.
const LETTERS: &[(&str, &str)] = &[
    ("N", "NGN"),
    ("R", "ZAR"),
    ("P", "P"),
    ("K", "K"),
    // `NIS 2` is a law of the EU, `MOP 7` a meeting.
    ("NIS", "NIS"),
    ("NIS ", "NIS"),
    ("CFA", "CFA franc"),
    ("CFA ", "CFA franc"),
    ("MOP", "MOP"),
    ("MOP ", "MOP"),
    ("SR", "SR"),
    ("SR ", "SR"),
    ("QR", "QR"),
    ("QR ", "QR"),
    ("KD", "KD"),
    ("KD ", "KD"),
    ("BD", "BD"),
    ("BD ", "BD"),
    ("RO", "RO"),
    ("RO ", "RO at home"),
    ("JD", "JD"),
    ("JD ", "JD"),
    ("LE", "LE"),
    ("LE ", "LE at home"),
    ("TL", "TL"),
    ("TL ", "TL"),
    ("Birr ", "Birr at home"),
    ("Le", "Le"),
    ("Nu", "Nu"),
    ("Nu ", "Nu"),
    ("Rf", "Rf"),
    ("Rf ", "Rf"),
    ("Ks", "Ks"),
    ("Ks ", "Ks"),
    ("D", "D"),
    ("E", "E"),
    ("M", "M"),
];

/// Codes of ISO 4217 that stand before or behind a number; those that are words or names too
/// (`CUP`, `ALL`, `TRY`, `COP`) are left out.
const CODES: &[&str] = &[
    "USD", "EUR", "GBP", "JPY", "CNY", "CHF", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "ISK",
    "PLN", "CZK", "HUF", "BGN", "RON", "RSD", "RUB", "UAH", "INR", "PKR", "BDT", "LKR", "NPR",
    "IDR", "MYR", "SGD", "THB", "VND", "KRW", "TWD", "HKD", "ZAR", "NGN", "KES", "GHS", "EGP",
    "ILS", "SAR", "AED", "QAR", "KWD", "BRL", "MXN", "CLP", "UYU", "ARS", "PHP", "UGX", "TZS",
    "ZMW", "BWP", "MWK", "RWF", "ETB", "MUR", "NAD", "XOF", "XAF", "MAD", "TND", "DZD", "JOD",
    "BHD", "OMR", "IQD", "LBP", "IRR", "KZT", "UZS", "AZN", "GEL", "MMK", "KHR", "MNT", "AFN",
    "PEN", "BOB", "PYG", "CRC", "GTQ", "HNL", "DOP", "JMD", "TTD", "FJD", "PGK", "ZWG", "MVR",
    "BTN", "GMD", "MZN", "LSL", "SZL", "XCD",
];

/// Signs and symbols behind a number, the same in every language.
const AFTER: &[(&str, &str)] = &[
    ("%", "%"),
    ("°C", "°C"),
    ("° C", "°C"),
    ("ºC", "°C"),
    ("°F", "°F"),
    ("ºF", "°F"),
    ("℃", "°C"),
    ("°", "°"),
    ("€", "EUR"),
    ("$", "$"),
    ("£", "GBP"),
    ("¢", "cent/100"),
    ("km/h", "km/h"),
    ("km/s", "km/s"),
    ("m/s", "m/s"),
    ("km²", "km²"),
    ("m²", "m²"),
    ("km2", "km²"),
    ("m2", "m²"),
    ("km", "km"),
    ("cm", "cm"),
    ("mm", "mm"),
    ("kg", "kg"),
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
    ("m", "m"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₹", "INR"),
    ("₺", "TRY"),
    ("₪", "ILS"),
    ("¥", "JPY"),
];

static SIGNS_BEHIND: LazyLock<ListedNames<&'static str>> =
    LazyLock::new(|| AFTER.iter().copied().collect());
static CODES_BEHIND: LazyLock<ListedNames<&'static str>> =
    LazyLock::new(|| CODES.iter().map(|code| (*code, *code)).collect());

/// Factors of one letter, straight behind an amount of money.
const MAGNITUDES: &[(&str, f64)] =
    &[("m", 1e6), ("M", 1e6), ("b", 1e9), ("B", 1e9), ("k", 1e3), ("K", 1e3)];

/// The currency that stands straight before a number, and its length in bytes.
pub(super) fn currency_before(before: &str) -> Option<(&'static str, usize)> {
    let code = before.strip_suffix([' ', '\u{a0}']).unwrap_or(before);
    let is_code = code.ends_with(|c: char| c.is_ascii_uppercase());
    if let Some(code) = CODES.iter().filter(|_| is_code).find(|name| code.ends_with(**name)) {
        let blank = before.len() - before.trim_end_matches([' ', '\u{a0}']).len();
        let length = code.len() + blank;
        let left = &before[..before.len() - length];
        return (!left.ends_with(unicode::is_alphanumeric)).then_some((*code, length));
    }
    if let Some(found) = sign_before(before) {
        return Some(found);
    }
    // `€ 45`, `R$ 45`; but `30 € 45` is of the first number.
    let bare = before.strip_suffix([' ', '\u{a0}', '\u{202f}'])?;
    if bare.ends_with(|c: char| unicode::is_alphanumeric(c) || c.is_whitespace()) {
        return None;
    }
    let (code, length) = sign_before(bare)?;
    let left = bare[..bare.len() - length].trim_end();
    (!left.ends_with(|c: char| c.is_ascii_digit()))
        .then_some((code, length + before.len() - bare.len()))
}

/// Signs and letters before a number, by their last byte that is no blank.
static SIGNS: LazyLock<HashMap<u8, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut signs: HashMap<u8, Vec<_>> = HashMap::default();
    for (sign, code) in BEFORE.iter().chain(LETTERS) {
        let last = last_byte(sign).expect("a sign has a letter or a mark");
        signs.entry(last).or_default().push((*sign, *code));
    }
    signs
});

/// The last byte of a text that is no blank.
fn last_byte(text: &str) -> Option<u8> {
    text.trim_end_matches(' ').bytes().next_back()
}

/// The same of a sign, which ends where the text does.
fn sign_before(before: &str) -> Option<(&'static str, usize)> {
    let signs = SIGNS.get(&last_byte(before)?)?.iter();
    let fits = signs.filter(|(sign, _)| before.ends_with(sign));
    let (sign, code) = fits.max_by_key(|(sign, _)| sign.len())?;
    let left = &before[..before.len() - sign.len()];
    // Letters straight before a sign are of it: another land's dollar is not this one's.
    if *sign == "$" && left.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let word = sign.starts_with(|c: char| c.is_ascii_alphabetic());
    (!word || !left.ends_with(|c: char| unicode::is_alphanumeric(c) || matches!(c, '-' | '.')))
        .then_some((*code, sign.len()))
}

/// Whether a currency's sign is one of the letters that only a large number, or their country, makes one.
pub(super) fn is_letter(before: &str) -> bool {
    if !before.trim_end_matches(' ').ends_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let stands = |letters: &str| {
        before.strip_suffix(letters).is_some_and(|left| !left.ends_with(unicode::is_alphanumeric))
    };
    LETTERS.iter().any(|(letters, _)| stands(letters))
}

/// Currencies whose words and signs several countries share, by these and the country.
static SHARED: LazyLock<HashMap<(&str, [u8; 2]), &str>> = LazyLock::new(|| {
    let rows = lang::rows("mul", "currencies.txt").into_iter().flatten();
    rows.filter_map(|(word, row)| {
        let (country, code) = row.split_once(' ')?;
        Some(((word, country.as_bytes().try_into().ok()?), code))
    })
    .collect()
});

/// The currency of a country that a shared word or sign stands for.
pub(super) fn currency_of(word: &str, country: [u8; 2]) -> Option<&'static str> {
    SHARED.get(&(word, country)).copied()
}

/// Whether a unit is money: a code of ISO 4217, or what several countries' money is called.
pub(super) fn is_currency(unit: &str) -> bool {
    unit == "$"
        || unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase())
        || SHARED.keys().any(|(word, _)| *word == unit)
}

/// Numbers that `p` behind them makes the sharpness of a film and no price.
const LINES: &[&str] = &["144p", "240p", "360p", "480p", "576p", "720p", "1080p", "1440p", "2160p"];

/// Whether digits with a unit are how sharp a film is: `1080p`.
pub(super) fn is_sharpness(written: &str) -> bool {
    LINES.contains(&written)
}

/// The factor behind a number, and its length in bytes, the blank before it included.
pub(super) fn magnitude(rest: &str, money: bool, words: &AmountWords) -> Option<(f64, usize)> {
    let (blank, word) = word_after(rest)?;
    let letters = MAGNITUDES.iter().copied().filter(|_| money && blank == 0);
    let found = letters
        .filter(|(name, _)| is_word(word, name))
        .chain(AmountWords::shared().magnitudes.starting(word))
        .chain(words.magnitudes.starting(word))
        .max_by_key(|(name, _)| name.len())
        .map(|(name, factor)| (factor, blank + name.len()));
    // `Rp3M` is three thousand million.
    let own = large_of_money(rest, money, words);
    own.filter(|own| found.is_none_or(|found| found.1 <= own.1)).or(found)
}

/// The same of a short form that only money has: `Rs 3.5 cr`, `$3 m`, `3 m roubles`.
fn large_of_money(rest: &str, money: bool, words: &AmountWords) -> Option<(f64, usize)> {
    let (blank, word) = word_after(rest)?;
    let forms = words.large_of_money.starting(word);
    let (name, factor) = forms.max_by_key(|(name, _)| name.len())?;
    let behind = &word[name.len()..];
    // `the 5k won by Orme`, `the 200 m crowns`
    let of_money = || {
        blank > 0
            && behind.starts_with([' ', '\u{a0}'])
            && unit(behind, words)
                .is_some_and(|unit| is_currency(unit.name) && !matches!(unit.name, "won" | "crown"))
    };
    let unsure = blank > 0 && (words.unsure_large.contains(&name) || is_another_word(name, behind));
    (!unsure && (money || of_money())).then_some((factor, blank + name.len()))
}

/// Whether what stands behind money and a blank may make it larger than is known, so that there is no amount: `$3 mill`,
/// `Rs 45 L Rao`.
pub(super) fn is_unsure_large(rest: &str, words: &AmountWords) -> bool {
    let Some((1.., word)) = word_after(rest) else { return false };
    let listed = words.unsure_large.iter().any(|name| is_form(word, name));
    let mut letters = words.large_of_money.starting(word);
    listed || letters.any(|(name, _)| is_form(word, name))
}

/// Whether a text begins with a short form that no hyphen joins to more.
fn is_form(text: &str, name: &str) -> bool {
    is_word(text, name) && !text[name.len()..].starts_with(['-', '&', '\'', '’', '/'])
}

/// Whether a letter with a blank before it is a word's or a name's: `$3 K-pop`, `$45 B. L. Rao`, `$3 M Orme`.
fn is_another_word(name: &str, behind: &str) -> bool {
    if name.len() > 1 {
        return false;
    }
    let stop = behind.strip_prefix('.');
    let word = stop.unwrap_or(behind);
    let word = word.strip_prefix([' ', '\u{a0}']).unwrap_or(word);
    let mut chars = word.chars();
    let capital = chars.next().is_some_and(char::is_uppercase);
    let next = chars.next();
    let named = match stop {
        // An initial is followed by another one.
        Some(_) => next == Some('.'),
        None => word.len() < behind.len() && next.is_some_and(char::is_lowercase),
    };
    behind.starts_with(['-', '&', '\'', '’', '/']) || capital && named
}

/// The unit behind a number.
pub(super) fn unit(rest: &str, words: &AmountWords) -> Option<Unit> {
    let (blank, word) = word_after(rest)?;
    // `5C`, `41F`: as British and American papers write temperatures.
    if blank == 0
        && let Some((letter, name)) =
            [("C", "°C"), ("F", "°F")].into_iter().find(|(letter, _)| is_word(word, letter))
    {
        return Some(Unit { name, length: letter.len() });
    }
    SIGNS_BEHIND
        .starting(word)
        .chain(AmountWords::shared().units.starting(word))
        .chain(words.units.starting(word))
        .chain(CODES_BEHIND.starting(word))
        .filter(|(name, _)| blank == 0 || !matches!(*name, "m" | "p" | "st"))
        // `5 $10 bills`
        .filter(|(name, _)| *name != "$" || blank == 0 || !words.point && !is_before_digit(word))
        .max_by_key(|(name, _)| name.len())
        .map(|(name, unit)| Unit { name: unit, length: blank + name.len() })
}

/// Whether a digit stands behind the sign that a text begins with.
fn is_before_digit(text: &str) -> bool {
    text.trim_start_matches(['$', ' ']).starts_with(|c: char| c.is_ascii_digit())
}

fn word_after(rest: &str) -> Option<(usize, &str)> {
    let blank = rest.chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-'));
    let blank = blank.map_or(0, char::len_utf8);
    Some((blank, &rest[blank..])).filter(|(_, word)| !word.is_empty())
}
