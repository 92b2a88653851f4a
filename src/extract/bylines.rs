//! Reads bylines: parts a line into the people it names, without "By", job titles, addresses and
//! affiliations, and tells people from organisations.

use std::sync::LazyLock;

use super::block_features::without_tags;
use super::class_words::is_unspaced;
use super::date_parse;
use super::text::one_line;
use super::title::unescape;
use crate::lang;

/// More names than this are a list of contributors, not a byline.
pub(super) const MAX_AUTHORS: usize = 20;
/// Longest name, in characters.
const MAX_NAME: usize = 60;

/// What stands between neighbouring elements in texts that are read off the page for names.
pub(super) const BREAK: char = '\u{1f}';

/// Parts what sources say into names.
pub(super) fn people(texts: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in texts {
        let line = one_line(&unescape(&without_tags(text)));
        for part in own_parts(&line).split([';', '|', '/', '／']) {
            for name in names_of(part) {
                if !out.iter().any(|o| o.eq_ignore_ascii_case(&name)) && out.len() < MAX_AUTHORS {
                    out.push(name);
                }
            }
        }
    }
    out
}

/// The names in a part of a byline. A single word behind a whole name is its place or paper: `By Ann Ray and
/// Bo Li, Lowmere`.
fn names_of(part: &str) -> Vec<String> {
    let mut pieces = vec![part];
    for separator in [",", "、", "，", " • ", " · ", " – ", " — ", " - ", "\u{2022}", "\u{1f}"]
    {
        pieces = pieces.into_iter().flat_map(|p| p.split(separator)).collect();
    }
    let mut out: Vec<String> = Vec::new();
    let is_whole = |name: &String| name.contains(' ');
    for piece in pieces {
        let known = out.iter().any(is_whole);
        let names = and_apart(piece).into_iter().filter_map(clean);
        out.extend(names.filter(|name| !known || is_whole(name) || is_organisation(name)));
    }
    out
}

/// Parts names at the words that join them.
fn and_apart(piece: &str) -> Vec<&str> {
    let mut parts = vec![piece];
    for word in [
        " and ", " und ", " et ", " & ", " y ", " e ", " och ", " og ", " en ", " sowie ",
        " oraz ", " ve ", " with ", " mit ", " и ", " та ", " και ", " dan ", " và ", " AND ",
        " And ", " UND ", " Und ", " ET ", " Y ", " E ",
    ] {
        parts = parts.into_iter().flat_map(|p| p.split(word)).collect();
    }
    parts
}

/// The words of bylines of `src/lang/<code>/bylines.txt`, the longest first.
struct Words {
    /// Before who wrote it.
    by: Vec<&'static str>,
    /// The same, before a colon.
    label: Vec<&'static str>,
    /// Before who did something else.
    other: Vec<&'static str>,
    /// The same, before a colon.
    other_label: Vec<&'static str>,
    /// What people are called.
    role: Vec<&'static str>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let lists = lang::languages_with("bylines.txt");
    let rows: Vec<(&str, &str)> = lists
        .filter_map(|code| lang::text(code, "bylines.txt"))
        .flat_map(lang::entries)
        .filter_map(|row| row.split_once('\t'))
        .collect();
    let of = |kind: &str| {
        let mut words: Vec<&'static str> =
            rows.iter().filter(|(k, _)| *k == kind).map(|(_, word)| *word).collect();
        words.sort_unstable_by_key(|word| (std::cmp::Reverse(word.len()), *word));
        words.dedup();
        words
    };
    Words {
        by: of("by"),
        label: of("label"),
        other: of("other"),
        other_label: of("other-label"),
        role: of("role"),
    }
});

/// The length of a phrase that a text opens with, letter case aside.
fn opens(text: &str, phrase: &str) -> Option<usize> {
    let mut rest = text.char_indices();
    for wanted in phrase.chars() {
        let (_, c) = rest.next()?;
        if c.to_lowercase().next() != Some(wanted) {
            return None;
        }
    }
    Some(rest.next().map_or(text.len(), |(at, _)| at))
}

/// The length of white space and a colon that a text opens with.
fn colon(text: &str) -> Option<usize> {
    let rest = text.trim_start();
    rest.starts_with([':', '：']).then(|| {
        let end = rest.trim_start_matches([':', '：']).trim_start();
        text.len() - end.len()
    })
}

/// Length of the longest of some words that a text opens with, a colon behind it.
fn labelled(text: &str, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| {
        let end = opens(text, word)?;
        Some(end + colon(&text[end..])?)
    })
}

/// Length of the longest of some words that a text opens with, another word behind it.
fn worded(text: &str, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| {
        let end = opens(text, word)?;
        let rest = &text[end..];
        let parted = rest.starts_with([':', '：', ' ', BREAK]);
        parted.then(|| text.len() - rest.trim_start_matches([':', '：', ' ', BREAK]).len())
    })
}

/// Whether who follows wrote the story or did something else, and how long the words are that say so.
fn told(text: &str) -> Option<(bool, usize)> {
    let words = &*WORDS;
    if let Some(end) = labelled(text, &words.other_label).or_else(|| worded(text, &words.other)) {
        return Some((false, end));
    }
    let many = |end: &usize| text[..*end].trim_end().contains(' ');
    let own = labelled(text, &words.label).or_else(|| worded(text, &words.by).filter(many));
    own.map(|end| (true, end))
}

/// A byline without those who did something else: `Reporting by A; Editing by B`, `作者：A 编辑：B`.
fn own_parts(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let (mut at, mut before, mut skips) = (0, ' ', false);
    while let Some(c) = line[at..].chars().next() {
        let opens_word = !before.is_alphanumeric() || is_unspaced(c);
        if opens_word && let Some((own, end)) = told(&line[at..]) {
            (skips, before) = (!own, ' ');
            at += end.max(c.len_utf8());
            out.push('|');
            continue;
        }
        if matches!(c, ';' | '|' | '•' | '·' | BREAK) {
            skips = false;
        }
        if !skips {
            out.push(c);
        }
        (at, before) = (at + c.len_utf8(), c);
    }
    out
}

/// The rest of a line that opens like a byline.
pub(super) fn byline_mark(text: &str) -> Option<&str> {
    let trimmed = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let words = &*WORDS;
    let end = labelled(trimmed, &words.label).or_else(|| worded(trimmed, &words.by))?;
    Some(&trimmed[end..])
}

/// The name in a line such as `Submitted by jane on 3 May`, whatever it looks like: what community
/// software writes under a story.
pub(super) fn submitted(text: &str) -> Option<&str> {
    const MARKS: [&str; 6] = [
        "submitted by ",
        "posted by ",
        "gespeichert von ",
        "eingereicht von ",
        "publicado por ",
        "soumis par ",
    ];
    let rest = MARKS.iter().find_map(|mark| {
        let head = text.get(..mark.len())?;
        head.to_lowercase().eq(mark).then(|| &text[mark.len()..])
    })?;
    let name = without_tail(rest.trim());
    (1..=3).contains(&name.split(' ').count()).then_some(name)
}

/// The name in a line such as `3 May 2024 | by Jane Doe | Comments`.
pub(super) fn signature(text: &str) -> Option<&str> {
    let lower = text.to_lowercase();
    // Offsets are of use only where lower case keeps lengths.
    (lower.len() == text.len()).then_some(())?;
    [" von ", " by ", " par ", " por ", " door ", " av ", " af ", "von: ", "autor: "]
        .iter()
        .find_map(|mark| {
            let start = lower.find(mark)? + mark.len();
            let rest = text.get(start..)?;
            let lower = lower.get(start..)?;
            let marks =
                rest.find(['|', '•', '·', ',', '@', '(', '/', '–', '[']).unwrap_or(rest.len());
            let words = [" am ", " on ", " um ", " in ", " at ", " le ", " - ", " / "]
                .iter()
                .filter_map(|w| lower.find(w))
                .min()
                .unwrap_or(rest.len());
            let digit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let name = rest[..marks.min(words).min(digit)].trim();
            looks_like_name(name).then_some(name)
        })
}

/// Two to four words that begin with capitals, or in scripts that have none.
pub(super) fn looks_like_name(name: &str) -> bool {
    const PARTICLES: [&str; 20] = [
        "de", "van", "von", "der", "den", "da", "di", "del", "la", "le", "dos", "el", "al", "bin",
        "ter", "zu", "ibn", "y", "af", "do",
    ];
    let is_capital = |word: &str| {
        let first = word.trim_start_matches(['(', '“', '"', '‘', '\'', '«']).chars().next();
        first.is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()))
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    (2..=4).contains(&words.len())
        && is_capital(words[0])
        && words.iter().all(|w| is_capital(w) || PARTICLES.contains(w))
        && !name.chars().any(|c| c.is_ascii_digit())
}

/// Words that make a part a title or a note, not a name; lower case.
const NOT_NAMES: [&str; 78] = [
    "autoreninfo",
    "getty",
    "gettyimages",
    "shutterstock",
    "istock",
    "istockphoto",
    "picture",
    "imago",
    "editor",
    "reporter",
    "correspondent",
    "writer",
    "journalist",
    "contributor",
    "columnist",
    "producer",
    "analyst",
    "senior",
    "chief",
    "bureau",
    "director",
    "manager",
    "fellow",
    "professor",
    "photographer",
    "redakteur",
    "redakteurin",
    "korrespondent",
    "korrespondentin",
    "volontär",
    "volontärin",
    "journaliste",
    "rédacteur",
    "redactor",
    "redactora",
    "periodista",
    "giornalista",
    "redacteur",
    "verslaggever",
    "updated",
    "published",
    "posted",
    "aktualisiert",
    "uhr",
    "min",
    "read",
    "zur",
    "artikelübersicht",
    "hinterlasse",
    "uncategorized",
    "organization",
    "phd",
    "text",
    "comments",
    "kommentare",
    "http",
    "www",
    "@",
    "twitter",
    "facebook",
    "follow",
    "email",
    "e-mail",
    "photo",
    "foto",
    "view",
    "profile",
    "more",
    "all",
    "articles",
    "posts",
    "about",
    "autor",
    "author",
    "today",
    "yesterday",
    "ago",
    "copyright",
];

/// Words that open what isn't the name any more: where, for whom, when, who made the pictures.
const TAILS: [&str; 36] = [
    "für",
    "for",
    "in",
    "from",
    "aus",
    "am",
    "on",
    "um",
    "at",
    "le",
    "el",
    "il",
    "op",
    "den",
    "vom",
    "the",
    "illustration",
    "illustrationen",
    "illustrations",
    "foto",
    "fotos",
    "photo",
    "photos",
    "bild",
    "bilder",
    "photography",
    "published",
    "updated",
    "posted",
    "veröffentlicht",
    "aktualisiert",
    "publié",
    "publicado",
    "mis",
    "gepubliceerd",
    "uploaded",
];
/// Those of them that are parts of names too, unless a date or nothing follows.
const PARTICLES: [&str; 6] = ["le", "el", "il", "op", "den", "mis"];

/// What people are called after their names, in languages that put it there.
const TITLES_AFTER: [&str; 4] = [" 기자", " 특파원", " 記者", " 记者"];

/// A name up to the words that tell when and where it stands.
fn without_tail(part: &str) -> &str {
    let mut words = part.split(' ').peekable();
    let mut end = 0;
    let mut first = true;
    while let Some(word) = words.next() {
        let lower = word.to_lowercase();
        let dated = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
        let opens = TAILS.contains(&lower.trim_end_matches([':', '.']))
            && (!PARTICLES.contains(&lower.as_str()) || words.peek().is_none_or(|w| dated(w)));
        if !first && (dated(word) || opens) {
            break;
        }
        end += word.len() + usize::from(!first);
        first = false;
    }
    part[..end.min(part.len())].trim_end()
}

/// A name without the role before it: `Maritime correspondent Jo Poe`.
fn without_role(part: &str) -> &str {
    let lower = |word: &str| WORDS.role.iter().any(|role| opens(word, role) == Some(word.len()));
    let Some((at, word)) = part
        .split(' ')
        .scan(0, |at, word| {
            let start = *at;
            *at += word.len() + 1;
            Some((start, word))
        })
        .filter(|(_, word)| lower(word))
        .last()
    else {
        return part;
    };
    let rest = part[at + word.len()..].trim();
    if looks_like_name(rest) { rest } else { part }
}

/// A name without what stands around it.
fn clean(part: &str) -> Option<String> {
    let mut part = part.trim();
    while let Some(rest) = byline_mark(part) {
        part = rest.trim();
    }
    part = without_tail(part);
    if let Some(name) = TITLES_AFTER.iter().find_map(|title| part.strip_suffix(title)) {
        part = name;
    }
    if let Some(at) = part.find(['(', '[', '<']) {
        // Initials in brackets stand within a name: `Richard (R. J.) Poe`.
        let rest = part[at..].split_once([')', ']', '>']).map_or("", |(_, rest)| rest);
        if !rest.contains(char::is_alphabetic) {
            part = part[..at].trim();
        }
    }
    part = without_role(part);
    let part =
        part.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '’' | '\''))).trim();
    let lower = part.to_lowercase();
    let words = part.split_whitespace().count();
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let noted =
        lower.split(|c: char| !c.is_alphanumeric() && c != '@').any(|w| NOT_NAMES.contains(&w));
    let refused = part.chars().count() < 2
        || part.chars().count() > MAX_NAME
        || words > 6
        || (digits > 2 && (words > 1 || part.starts_with(|c: char| c.is_ascii_digit())))
        || noted
        || (words > 1 && part.starts_with(|c: char| c.is_ascii_digit()))
        || ((words == 1 || digits > 0) && lower.split(' ').any(date_parse::is_month))
        || lower.contains('@')
        || ["by", "von", "par", "por", "av", "af"]
            .iter()
            .any(|w| lower.split(' ').next_back() == Some(w))
        || matches!(
            lower.as_str(),
            "admin"
                | "name"
                | "names"
                | "your name"
                | "first name"
                | "last name"
                | "full name"
                | "last"
                | "by"
                | "date"
                | "login"
                | "log in"
                | "sign in"
                | "share"
                | "newsletter"
                | "subscribe"
                | "advertisement"
                | "administrator"
                | "unknown"
                | "null"
                | "undefined"
                | "none"
                | "root"
                | "user"
                | "guest"
                | "anonymous"
                | "author name"
                | "webmaster"
                | "online"
                | "redaktion online"
        );
    (!refused).then(|| part.to_owned())
}

/// Whether a name is an agency's, a desk's or a publication's.
pub(super) fn is_organisation(name: &str) -> bool {
    const WORDS: [&str; 63] = [
        "nachrichten",
        "staff",
        "reports",
        "service",
        "services",
        "wire",
        "editors",
        "contributors",
        "correspondents",
        "company",
        "group",
        "association",
        "council",
        "foundation",
        "institute",
        "university",
        "department",
        "ministry",
        "office",
        "institut",
        "universität",
        "stiftung",
        "ministerium",
        "verein",
        "verband",
        "bund",
        "gesellschaft",
        "pressestelle",
        "presse",
        "agencia",
        "agenzia",
        "club",
        "ev",
        "redaktion",
        "redaction",
        "rédaction",
        "redacción",
        "redazione",
        "redactie",
        "redakcja",
        "news",
        "desk",
        "team",
        "press",
        "agency",
        "agence",
        "agentur",
        "zeitung",
        "magazin",
        "magazine",
        "online",
        "media",
        "newsroom",
        "editorial",
        "gmbh",
        "inc",
        "ltd",
        "verlag",
        "tv",
        "radio",
        "post",
        "times",
        "network",
    ];
    const AGENCIES: [&str; 14] = [
        "afp",
        "dpa",
        "reuters",
        "ap",
        "associated press",
        "pa media",
        "ansa",
        "efe",
        "apa",
        "sda",
        "tt",
        "ntb",
        "ritzau",
        "xinhua",
    ];
    let lower = name.to_lowercase();
    // A few capitals are an agency or a desk, seldom a person's initials.
    let capitals =
        name.len() <= 5 && name.len() > 1 && name.bytes().all(|b| b.is_ascii_uppercase());
    capitals
        || AGENCIES.contains(&lower.as_str())
        || lower.ends_with("e.v.")
        || lower.ends_with("e.v")
        || [".com", ".de", ".net", ".org", ".at", ".ch"].iter().any(|end| lower.ends_with(end))
        || lower.split(|c: char| !c.is_alphanumeric()).any(|w| WORDS.contains(&w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_bylines_into_people() {
        let read = |text: &str| people(&[text.to_owned()]);
        assert_eq!(
            read("By Jane Doe and John O’Neill, Senior Editor"),
            ["Jane Doe", "John O’Neill"]
        );
        assert_eq!(
            read("Von Anna-Lena Müller und Max Weiß (dpa)"),
            ["Anna-Lena Müller", "Max Weiß"]
        );
        assert_eq!(read("Jane Doe; Jane Doe; jd@example.org"), ["Jane Doe"]);
        assert_eq!(read("Updated 3 May 2024"), Vec::<String>::new());
        assert_eq!(read("Par <a href='x'>Zoé Ruiz</a>"), ["Zoé Ruiz"]);
        assert_eq!(read("VON MARTA BAUM am 21. April 2020"), ["MARTA BAUM"]);
        assert_eq!(read("Text von Ann Ray   Illustration von Bo Li"), ["Ann Ray"]);
        assert_eq!(read("Jo Poe for the Example in Berlin"), ["Jo Poe"]);
        assert_eq!(
            read("Ludwig van den Berg, John Le Carré"),
            ["Ludwig van den Berg", "John Le Carré"]
        );
        assert_eq!(read("김민지 기자"), ["김민지"]);
        assert_eq!(read("Collected by"), Vec::<String>::new());
        assert_eq!(read("Dezember 10"), Vec::<String>::new());
        assert_eq!(read("writer77"), ["writer77"], "a login");
    }

    #[test]
    fn leaves_out_who_did_something_else() {
        let read = |text: &str| people(&[text.to_owned()]);
        assert_eq!(read("Reporting by Jo Poe and Bo Li; Editing by Ann Ray"), ["Jo Poe", "Bo Li"]);
        assert_eq!(read("Text: Jo Poe, Fotos: Bo Li"), ["Jo Poe"]);
        assert_eq!(read("记者：陈明 编辑：刘洋"), ["陈明"]);
        assert_eq!(read("Автор: Анна Рей | Фото: Бо Ли"), ["Анна Рей"]);
        assert_eq!(read("بقلم: سامي نور"), ["سامي نور"]);
        assert_eq!(
            read("Jo Poe · The Example · Posted: May 3, 2024 6:40 AM"),
            ["Jo Poe", "The Example"]
        );
    }

    #[test]
    fn parts_names_from_roles_places_and_placeholders() {
        let read = |text: &str| people(&[text.to_owned()]);
        assert_eq!(read("Chief science correspondent Jo Poe"), ["Jo Poe"]);
        assert_eq!(read("By Jo Poe and Ann Ray, Lowmere"), ["Jo Poe", "Ann Ray"]);
        assert_eq!(read("Richard (R. J.) Poe"), ["Richard (R. J.) Poe"]);
        assert_eq!(read("Jo Poe (Lowmere)"), ["Jo Poe"]);
        assert_eq!(read("By by JO POE"), ["JO POE"]);
        assert_eq!(read("By Jo Poe, 3 May 2024"), ["Jo Poe"]);
        assert_eq!(read("Jo Poe, May 3"), ["Jo Poe"]);
        assert_eq!(read("By\u{1f}Jo Poe\u{1f}May 3, 2024"), ["Jo Poe"]);
        assert_eq!(read("name, someone@example.org"), Vec::<String>::new());
    }

    #[test]
    fn tells_organisations_from_people() {
        for name in
            ["dpa", "DPA", "Herald Staff", "Bund der Beispiele e.V.", "Example News Service"]
        {
            assert!(is_organisation(name), "{name}");
        }
        for name in ["Ann Clubb", "Bo Officer", "Jo Servais"] {
            assert!(!is_organisation(name), "{name}");
        }
    }
}
