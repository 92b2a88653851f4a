//! Reads bylines: parts a line into the people it names, without "By", job titles, addresses and
//! affiliations, and tells people from organisations.

use super::block_features::without_tags;
use super::date_parse;
use super::text::one_line;
use super::title::unescape;

/// More names than this are a list of contributors, not a byline.
pub(super) const MAX_AUTHORS: usize = 20;
/// Longest name, in characters.
const MAX_NAME: usize = 60;

/// Parts what sources say into names.
pub(super) fn people(texts: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in texts {
        let line = one_line(&unescape(&without_tags(text)));
        for part in split(&line) {
            if let Some(name) = clean(part)
                && !out.iter().any(|o| o.eq_ignore_ascii_case(&name))
                && out.len() < MAX_AUTHORS
            {
                out.push(name);
            }
        }
    }
    out
}

/// Parts a byline at its separators.
fn split(line: &str) -> Vec<&str> {
    let mut parts = vec![line];
    for separator in [
        ";", "|", " / ", "/", ",", " and ", " und ", " et ", " & ", " y ", " e ", " och ", " og ",
        " en ", " sowie ", " oraz ", " ve ", " with ", " mit ", " • ", " · ", " – ", " — ", " - ",
        "\u{2022}", " AND ", " And ", " UND ", " Und ",
    ] {
        parts = parts.into_iter().flat_map(|p| p.split(separator)).collect();
    }
    parts
}

/// Words that open a byline, lower case.
const MARKS: [&str; 52] = [
    "text von ",
    "texte von ",
    "text und fotos von ",
    "interview von ",
    "interview by ",
    "eine kolumne von ",
    "ein kommentar von ",
    "ein gastbeitrag von ",
    "ein artikel von ",
    "eine analyse von ",
    "propos recueillis par ",
    "texte de ",
    "testo di ",
    "texto de ",
    "by ",
    "by: ",
    "written by ",
    "words by ",
    "story by ",
    "reporting by ",
    "text by ",
    "von ",
    "von: ",
    "autor: ",
    "autorin: ",
    "text: ",
    "author: ",
    "par ",
    "por ",
    "di ",
    "door ",
    "av ",
    "af ",
    "tekst: ",
    "text ",
    "autor ",
    "auteur : ",
    "posted by ",
    "authors: ",
    "a cura di ",
    "auteur: ",
    "autore: ",
    "redaktion: ",
    "interview: ",
    "artikel von ",
    "verfasst von ",
    "geschrieben von ",
    "gespeichert von ",
    "published by ",
    "author ",
    "tekst ",
    "redactie: ",
];

/// The rest of a line that opens like a byline.
pub(super) fn byline_mark(text: &str) -> Option<&str> {
    let trimmed = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    MARKS.iter().find_map(|mark| {
        let head = trimmed.get(..mark.len())?;
        head.to_lowercase().eq(mark).then(|| &trimmed[mark.len()..])
    })
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

/// Two to four capitalised words.
pub(super) fn looks_like_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    (2..=4).contains(&words.len())
        && words[0].starts_with(char::is_uppercase)
        && words.iter().all(|w| {
            w.chars().next().is_some_and(char::is_uppercase)
                || matches!(
                    *w,
                    "de" | "van"
                        | "von"
                        | "der"
                        | "den"
                        | "da"
                        | "di"
                        | "del"
                        | "la"
                        | "le"
                        | "dos"
                        | "el"
                        | "al"
                        | "bin"
                        | "ter"
                        | "zu"
                )
        })
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
        part = part[..at].trim();
    }
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
        || (words == 1 && date_parse::is_month(&lower))
        || lower.contains('@')
        || ["by", "von", "par", "por", "av", "af"]
            .iter()
            .any(|w| lower.split(' ').next_back() == Some(w))
        || matches!(
            lower.as_str(),
            "admin"
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
