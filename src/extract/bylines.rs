//! Reads bylines: parts a line into the people it names, without "By", job titles, addresses and
//! affiliations.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashSet;
use memchr::memmem::Finder;

use super::byline_words::{BREAK, LIST, Word, byline_mark, told, words};
use super::date_parse::{self, ParsedDate};
use super::person_names::{
    clean, has_title_behind, is_behind, is_behind_first, is_organisation, looks_like_name,
    without_tail,
};
use super::text::{one_line, without_tags};
use super::word_lists;
use super::{date_labels, weekdays};
use crate::char_references::unescape;
use crate::scripts::{is_hangul, is_unspaced};

/// More names than this are a list of contributors, not a byline.
pub(super) const MAX_AUTHORS: usize = 20;

/// Parts what sources say into names.
pub(super) fn people(texts: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in texts {
        let line = one_line(&unescape(&without_tags(text)));
        let mut known = false;
        for part in own_parts(&parted_at_day(&line)).split([';', '|', '/', '／']) {
            for name in names_of(part, &mut known) {
                if !out.iter().any(|o| o.eq_ignore_ascii_case(&name)) && out.len() < MAX_AUTHORS {
                    out.push(name);
                }
            }
        }
    }
    // `All by Jo Poe` beside Jo Poe is a link to what else was written.
    if out.len() > 1 {
        let names = out.clone();
        out.retain(|name| !names.iter().any(|other| extends(name, other)));
    }
    out
}

/// Fewest words before a label that is none of a name.
const BEFORE_LABEL: usize = 2;

/// Most words between a label and the number of its date: `Published on Tuesday, 3 May`.
const TO_NUMBER: usize = 4;

/// A line parted where a date stands in it, without the label before the date: `Jo Poe Published 3 May`; or a day of
/// the week that the date behind it falls on: `Jo Poe Tuesday, 3 February 2026`. Some days are surnames.
fn parted_at_day(line: &str) -> Cow<'_, str> {
    if !line.contains(char::is_numeric) {
        return Cow::Borrowed(line);
    }
    let is_blank = |c: char| c == ' ' || c == BREAK;
    let mut out = String::new();
    let (mut taken, mut at) = (0, 0);
    for word in line.split_inclusive(is_blank) {
        let start = at;
        at += word.len();
        if start < taken {
            continue;
        }
        let bare = |word: &str| word.trim_end_matches([',', '.', ':', '،', ' ', BREAK]).to_owned();
        let falls_on = |day| {
            let date = date_parse::find(&line[start..], ParsedDate::default());
            date.is_some_and(|date| date.at.weekday() == day)
        };
        let before = &line[taken..start];
        let name = || byline_mark(before).unwrap_or(before).split_whitespace().count();
        let label = date_labels::opening(&line[start..]);
        let is_day = || weekdays::of(&bare(word)).is_some_and(falls_on);
        let numbered = |end: usize| {
            let behind = line[start + end..].split_inclusive(is_blank).take(TO_NUMBER + 1);
            let mut to = start + end;
            for word in behind {
                if word.starts_with(char::is_numeric) {
                    return Some(to);
                }
                if !stands_before_number(&bare(word)) {
                    return None;
                }
                to += word.len();
            }
            None
        };
        let sure = |end: usize| start == 0 || line[start..start + end].contains(' ');
        let says_when = label
            .filter(|end| sure(*end) || name() >= BEFORE_LABEL)
            .and_then(numbered)
            .or_else(|| (start > 0 && name() >= BEFORE_LABEL && is_day()).then_some(start));
        if let Some(end) = says_when {
            out.push_str(before);
            out.push('|');
            taken = end;
        }
    }
    if taken == 0 {
        return Cow::Borrowed(line);
    }
    out.push_str(&line[taken..]);
    Cow::Owned(out)
}

/// Whether a word may stand between a label and the number of its date: a small one, a day, a month.
fn stands_before_number(word: &str) -> bool {
    let is_small = match word.chars().any(|c| c.is_lowercase() || c.is_uppercase()) {
        true => !word.contains(char::is_uppercase),
        false => word.chars().count() <= SMALL,
    };
    is_small || weekdays::of(word).is_some() || date_parse::is_month(word)
}

/// Longest small word in scripts without capitals, in characters.
const SMALL: usize = 2;

/// Whether a name is another with two words or more before it.
fn extends(name: &str, other: &str) -> bool {
    let before = name.strip_suffix(other).filter(|_| other.contains(' '));
    before.is_some_and(|before| before.split_whitespace().count() >= 2)
}

/// What parts names.
const SEPARATORS: [&str; 12] =
    [",", "、", "，", "،", " • ", " · ", " + ", " – ", " — ", " - ", "\u{2022}", "\u{1f}"];

/// Whether a character is one of the marks in [`SEPARATORS`].
const fn is_separator(c: char) -> bool {
    matches!(c, ',' | '、' | '，' | '،' | '•' | '·' | '+' | '–' | '—' | '-' | BREAK)
}

/// Behind one of them and a whole name stands its place or paper: `Jo Poe — Lowmere Bay`.
const DASHES: [&str; 3] = [" – ", " — ", " - "];

/// The names in a part of a byline. Behind a whole name a single word is its place or paper, and so is what reads as
/// one or as a trade: `By Ann Ray and Bo Li, Lowmere`.
fn names_of<'p>(part: &'p str, known: &mut bool) -> Vec<String> {
    // `place=name`, as Korean papers have it.
    let named = part.rsplit_once('=').map(|(_, name)| name);
    let named = named.filter(|name| name.trim_start().starts_with(is_hangul));
    let mut pieces = vec![(named.unwrap_or(part), false)];
    if part.contains(is_separator) {
        let occurs = |separator: &&str| separator.chars().any(|c| c != ' ' && part.contains(c));
        for separator in SEPARATORS.iter().copied().filter(occurs) {
            let is_dash = DASHES.contains(&separator);
            let behind = |(n, p)| (p, n > 0 && is_dash);
            let split = |(p, dashed): (&'p str, bool)| {
                p.split(separator).enumerate().map(behind).map(move |(p, d)| (p, d || dashed))
            };
            pieces = pieces.into_iter().flat_map(split).collect();
        }
    }
    // Names in Hangul are parted by a point that stands within foreign names in Chinese.
    let is_of_hangul = |piece: &&str| {
        piece.chars().all(|c| is_hangul(c) || matches!(c, '·' | ' ')) && piece.contains('·')
    };
    let pieces = pieces.into_iter().flat_map(|(piece, dashed)| match is_of_hangul(&piece) {
        true => piece.split('·').map(|piece| (piece, dashed)).collect::<Vec<_>>(),
        false => vec![(piece, dashed)],
    });
    let mut out: Vec<String> = Vec::new();
    let is_whole = |name: &String| name.contains(' ');
    for (piece, dashed) in pieces {
        let was_known = *known;
        let pieces = and_apart(piece);
        let joined = pieces.len() > 1;
        let mut titled = false;
        for piece in pieces {
            let Some(name) = clean(piece) else { continue };
            let is_own = (is_whole(&name) && (joined || !(dashed || is_behind(&name))))
                || is_organisation(&name);
            // Behind a title stands where its holder is: `Jo Poe Corresponsal en Lowmere`.
            if (!was_known || is_own) && (!titled || is_whole(&name)) {
                out.push(name);
            }
            titled |= has_title_behind(piece);
        }
        *known |= out.iter().any(is_whole);
    }
    out
}

/// Words that join names, a space on either side.
static AND: LazyLock<Vec<String>> = LazyLock::new(|| {
    let words: Vec<&str> = word_lists::words(LIST, "and");
    words.into_iter().map(|word| format!(" {word} ")).collect()
});

/// The first word of each of them: most pieces have none.
static AND_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| AND.iter().filter_map(|words| words.split_whitespace().next()).collect());

/// Whether a line opens with a word that joins names.
pub(super) fn opens_with_and(line: &str) -> bool {
    line.split(' ').next().is_some_and(|word| AND_WORDS.contains(word))
}

/// Parts names at the words that join them.
fn and_apart(piece: &str) -> Vec<&str> {
    let mut parts = vec![piece];
    if !piece.split(' ').any(|word| AND_WORDS.contains(word)) {
        return parts;
    }
    for word in AND.iter() {
        let of_letter = word.chars().count() == 3;
        parts = parts.into_iter().flat_map(|p| apart_at(p, word, of_letter)).collect();
    }
    parts
}

/// Parts names at a word. One of a single letter stands within names too, where one word follows: `José Ortega y Gasset`.
fn apart_at<'a>(piece: &'a str, word: &str, of_letter: bool) -> Vec<&'a str> {
    let Some((before, after)) = piece.split_once(word).filter(|_| of_letter) else {
        return piece.split(word).collect();
    };
    let is_surname = !after.contains(' ')
        && after.starts_with(char::is_uppercase)
        && !is_organisation(after)
        && clean(after).is_some()
        && looks_like_name(before.rsplit([',', ':']).next().unwrap_or_default().trim());
    if is_surname { vec![piece] } else { piece.split(word).collect() }
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
        // A sentence that says who wrote it ends what others did: `Edited by A. By B`.
        let ends = || before == '.' && c == ' ' && byline_mark(&line[at..]).is_some();
        if matches!(c, ';' | '|' | '•' | '·' | BREAK) || (skips && ends()) {
            skips = false;
        }
        if !skips {
            out.push(c);
        }
        (at, before) = (at + c.len_utf8(), c);
    }
    out
}

/// What community software writes before who sent a story in.
static SUBMITTED: LazyLock<Vec<&str>> = LazyLock::new(|| word_lists::words(LIST, "submitted"));

/// The name in a line such as `Submitted by jane on 3 May`, whatever it looks like: what community
/// software writes under a story.
pub(super) fn submitted(text: &str) -> Option<&str> {
    let rest = SUBMITTED.iter().find_map(|mark| {
        let head = text.get(..mark.len())?;
        let rest = text[mark.len()..].strip_prefix(' ')?;
        head.to_lowercase().eq(mark).then_some(rest)
    })?;
    let name = without_tail(rest.trim());
    (1..=3).contains(&name.split(' ').count()).then_some(name)
}

/// Whether the words before a mark say with it that who follows did something else: `hosted by`.
fn is_others(before: &str, mark: &str) -> bool {
    let last = before.rsplit(' ').next().unwrap_or_default().to_lowercase();
    let said = format!("{last} {}", mark.trim());
    words(Word::Other, &said).any(|phrase| phrase == said)
}

/// Fewest words of a title of a book or a song, and of one whose words all have capitals.
const WORK: usize = 2;
const CAPITALS: usize = 3;

/// Whether the words before `by` are the title of something else that somebody made: `The Salt Road`, `Low Tide,`.
fn is_work(before: &str, is_heading: bool) -> bool {
    let words: Vec<&str> = before.split_whitespace().collect();
    let is_capital = |word: &&str| word.starts_with(char::is_uppercase);
    let small = words.iter().filter(|word| word.chars().all(char::is_lowercase)).count();
    let capitals = words.iter().filter(|word| is_capital(word)).count();
    let is_title = words.len() >= WORK
        && words.first().is_some_and(is_capital)
        && words.last().is_some_and(is_capital)
        && small + capitals == words.len();
    let opens = words.first().is_some_and(|word| is_behind_first(word));
    is_title
        && (is_heading
            || opens
            || before.ends_with([',', '”', '"', '’'])
            || words.len() >= CAPITALS)
}

/// What stands before who signed, inside a line of other things, in the order in which it is looked for.
static SIGNATURES: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    let words: Vec<&str> = word_lists::words(LIST, "signature");
    let labels: Vec<&str> = word_lists::words(LIST, "signature-label");
    let words = words.into_iter().map(|word| format!(" {word} "));
    let marks = words.chain(labels.into_iter().map(|label| format!("{label}: ")));
    marks.map(|mark| Finder::new(&mark).into_owned()).collect()
});

/// What stands behind such a name: words, and marks with a space on either side.
static SIGNATURE_ENDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let words: Vec<&str> = word_lists::words(LIST, "signature-end");
    words.into_iter().chain(["-", "/"]).map(|word| format!(" {word} ")).collect()
});

/// Most words before a signature in its line.
const BEFORE_SIGNATURE: usize = 9;

/// The name in a line such as `3 May 2024 | by Jane Doe | Comments`.
pub(super) fn signature(text: &str, is_heading: bool) -> Option<&str> {
    let lower = text.to_lowercase();
    // Offsets are of use only where lower case keeps lengths.
    (lower.len() == text.len()).then_some(())?;
    SIGNATURES.iter().find_map(|mark| {
        let found = mark.find(lower.as_bytes())?;
        // A sentence before it is not the date or the section.
        let before = text.get(..found)?;
        let is_sentence = before.ends_with(['.', '!', '?']) && before.contains(' ');
        (!is_sentence && before.split(' ').count() <= BEFORE_SIGNATURE).then_some(())?;
        let said = &lower[found..found + mark.needle().len()];
        (!is_others(before, said) && !is_work(before, is_heading)).then_some(())?;
        let start = found + mark.needle().len();
        let rest = text.get(start..)?;
        let lower = lower.get(start..)?;
        let marks = rest.find(['|', '•', '·', ',', '@', '(', '/', '–', '[']).unwrap_or(rest.len());
        let ends = SIGNATURE_ENDS.iter().filter_map(|end| lower.find(end.as_str()));
        let words = ends.min().unwrap_or(rest.len());
        let digit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        // The digit stays beside a month, which is no part of the name then.
        let to_digit = rest[digit..].chars().next().map_or(digit, |c| digit + c.len_utf8());
        let name = without_tail(rest[..marks.min(words).min(to_digit)].trim());
        looks_like_name(name).then_some(name)
    })
}

#[cfg(test)]
mod tests;
