//! Units, currencies and magnitudes as newsrooms write them.

/// A unit and how many bytes of the text name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// As in records: SI symbols, ISO 4217 codes, `%`, or an English word in the singular.
    pub name: &'static str,
    pub length: usize,
}

/// Signs and codes that stand before a number, longest first.
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
    ("USD ", "USD"),
    ("EUR ", "EUR"),
    ("GBP ", "GBP"),
    ("CHF ", "CHF"),
    ("Rs ", "INR"),
    ("Rs. ", "INR"),
    ("Rs", "INR"),
    ("RM", "MYR"),
];

/// Names that stand behind a number; longer ones before their beginnings.
const AFTER: &[(&str, &str)] = &[
    ("percentage points", "percentage point"),
    ("percentage point", "percentage point"),
    ("basis points", "basis point"),
    ("per cent", "%"),
    ("percent", "%"),
    ("pct", "%"),
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
    ("degrees Celsius", "°C"),
    ("degrees celsius", "°C"),
    ("degrees C", "°C"),
    ("degree Celsius", "°C"),
    ("degrees Fahrenheit", "°F"),
    ("degrees F", "°F"),
    ("Grad Celsius", "°C"),
    ("°C", "°C"),
    ("° C", "°C"),
    ("ºC", "°C"),
    ("°F", "°F"),
    ("ºF", "°F"),
    ("℃", "°C"),
    ("degrees", "°"),
    ("°", "°"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("Euro", "EUR"),
    ("€", "EUR"),
    ("EUR", "EUR"),
    ("US dollars", "USD"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("Dollar", "USD"),
    ("USD", "USD"),
    ("dólares", "USD"),
    ("dollari", "USD"),
    ("$", "USD"),
    ("£", "GBP"),
    ("pounds sterling", "GBP"),
    ("yen", "JPY"),
    ("yuan", "CNY"),
    ("roubles", "RUB"),
    ("rubles", "RUB"),
    ("rupees", "INR"),
    ("hryvnias", "UAH"),
    ("hryvnia", "UAH"),
    ("Swiss francs", "CHF"),
    ("kronor", "SEK"),
    ("kroner", "NOK"),
    ("zloty", "PLN"),
    ("rand", "ZAR"),
    ("naira", "NGN"),
    ("lira", "TRY"),
    ("pesos", "peso"),
    ("shekels", "ILS"),
    ("won", "KRW"),
    ("рублей", "RUB"),
    ("kilometres per hour", "km/h"),
    ("kilometers per hour", "km/h"),
    ("km/h", "km/h"),
    ("kph", "km/h"),
    ("kmh", "km/h"),
    ("miles per hour", "mph"),
    ("mph", "mph"),
    ("square kilometres", "km²"),
    ("square kilometers", "km²"),
    ("sq km", "km²"),
    ("km²", "km²"),
    ("square miles", "square mile"),
    ("square metres", "m²"),
    ("square meters", "m²"),
    ("m²", "m²"),
    ("square feet", "square foot"),
    ("kilometres", "km"),
    ("kilometers", "km"),
    ("kilometre", "km"),
    ("kilometer", "km"),
    ("Kilometer", "km"),
    ("kilómetros", "km"),
    ("kilomètres", "km"),
    ("km", "km"),
    ("centimetres", "cm"),
    ("centimeters", "cm"),
    ("cm", "cm"),
    ("millimetres", "mm"),
    ("millimeters", "mm"),
    ("mm", "mm"),
    ("metres", "m"),
    ("meters", "m"),
    ("metre", "m"),
    ("meter", "m"),
    ("Meter", "m"),
    ("miles", "mile"),
    ("mile", "mile"),
    ("feet", "foot"),
    ("ft", "foot"),
    ("inches", "inch"),
    ("inch", "inch"),
    ("yards", "yard"),
    ("hectares", "ha"),
    ("hectare", "ha"),
    ("acres", "acre"),
    ("acre", "acre"),
    ("kilograms", "kg"),
    ("kilogrammes", "kg"),
    ("kilos", "kg"),
    ("kg", "kg"),
    ("grams", "g"),
    ("grammes", "g"),
    ("tonnes", "t"),
    ("tonne", "t"),
    ("tons", "ton"),
    ("ton", "ton"),
    ("Tonnen", "t"),
    ("litres", "l"),
    ("liters", "l"),
    ("gallons", "gallon"),
    ("barrels", "barrel"),
    ("megawatts", "MW"),
    ("gigawatts", "GW"),
    ("kilowatts", "kW"),
    ("MW", "MW"),
    ("GW", "GW"),
    ("TWh", "TWh"),
    ("GWh", "GWh"),
    ("MWh", "MWh"),
    ("kWh", "kWh"),
    ("GHz", "GHz"),
    ("MHz", "MHz"),
    ("gigabytes", "GB"),
    ("megabytes", "MB"),
    ("GB", "GB"),
    ("MB", "MB"),
    ("TB", "TB"),
    ("years", "year"),
    ("year", "year"),
    ("months", "month"),
    ("weeks", "week"),
    ("days", "day"),
    ("hours", "hour"),
    ("minutes", "minute"),
    ("seconds", "second"),
    ("Jahre", "year"),
    ("Jahren", "year"),
    ("m", "m"),
];

/// Factors behind a number; those of one letter only behind an amount of money.
const MAGNITUDES: &[(&str, f64, bool)] = &[
    ("million", 1e6, false),
    ("millions", 1e6, false),
    ("billion", 1e9, false),
    ("billions", 1e9, false),
    ("trillion", 1e12, false),
    ("thousand", 1e3, false),
    ("hundred", 1e2, false),
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
    let (sign, code) = BEFORE.iter().find(|(sign, _)| before.ends_with(sign))?;
    let left = &before[..before.len() - sign.len()];
    let word = sign.starts_with(|c: char| c.is_ascii_alphabetic());
    (!word || !left.ends_with(char::is_alphanumeric)).then_some((*code, sign.len()))
}

/// The factor behind a number, and its length in bytes, the blank before it included.
pub(super) fn magnitude(rest: &str, money: bool) -> Option<(f64, usize)> {
    let (blank, word) = word_after(rest)?;
    MAGNITUDES
        .iter()
        .filter(|(_, _, only_money)| !only_money || money && blank == 0)
        .find(|(name, ..)| is_word(word, name))
        .map(|(name, factor, _)| (*factor, blank + name.len()))
}

/// The unit behind a number.
pub(super) fn unit(rest: &str) -> Option<Unit> {
    let (blank, word) = word_after(rest)?;
    AFTER
        .iter()
        .find(|(name, _)| is_word(word, name) && (blank == 0 || *name != "m" && *name != "$"))
        .map(|(name, unit)| Unit { name: unit, length: blank + name.len() })
}

fn word_after(rest: &str) -> Option<(usize, &str)> {
    let blank = rest.chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-'));
    let blank = blank.map_or(0, char::len_utf8);
    Some((blank, &rest[blank..])).filter(|(_, word)| !word.is_empty())
}

/// Whether a text starts with a name that ends there.
fn is_word(text: &str, name: &str) -> bool {
    text.strip_prefix(name).is_some_and(|rest| {
        !name.ends_with(char::is_alphanumeric) || !rest.starts_with(char::is_alphanumeric)
    })
}
