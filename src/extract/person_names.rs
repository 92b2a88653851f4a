//! Names in bylines: what of a piece of text is a name, without titles, roles, places and dates around it, and
//! whether it is a person's or an organisation's. The words are those of `src/lang/<code>/bylines.txt`.

use std::sync::LazyLock;

use foldhash::HashSet;
use unicode_normalization::char::is_combining_mark;

use super::byline_words::{LIST, Word, byline_mark, opens, told, words};
use super::{date_labels, date_parse, weekdays, word_lists};
use crate::scripts::{is_hangul, is_kana, is_unspaced};

/// Longest name, in characters.
const MAX_NAME: usize = 60;

/// Fewest and most characters of a name that is written without spaces, in Chinese characters or Hangul.
const UNSPACED: std::ops::RangeInclusive<usize> = 2..=5;

/// Whether a word is as long as a name is in scripts that don't part its words, and has no word in it that no
/// name has.
fn is_unspaced_name(word: &str) -> bool {
    UNSPACED.contains(&word.chars().count())
        && (word.chars().all(is_hangul)
            || (word.chars().all(is_unspaced) && !word.chars().all(is_kana)))
        && !WORDS.not_in_names.iter().any(|part| word.contains(part))
}

/// Two to four words that begin with capitals, or in scripts that have none; one word where names are not parted.
pub(super) fn looks_like_name(name: &str) -> bool {
    if is_unspaced_name(name) {
        return true;
    }
    let is_capital = |word: &str| {
        let first = word.trim_start_matches(['(', '“', '"', '‘', '\'', '«']).chars().next();
        first.is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()))
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    (2..=4).contains(&words.len())
        && is_capital(words[0])
        && words.iter().all(|w| is_capital(w) || WORDS.particles.contains(w))
        && !name.chars().any(|c| c.is_ascii_digit())
}

/// Words of the lists that tell names from what stands beside them; in lower case but for `titles_after`.
struct NameWords {
    /// Words that make a part a title or a note.
    notes: HashSet<&'static str>,
    /// Words that open what isn't the name any more: where, for whom, when, who made the pictures.
    tails: HashSet<&'static str>,
    /// The same, but parts of names too, unless a date or nothing follows.
    tails_or_names: HashSet<&'static str>,
    /// Small words inside names.
    particles: HashSet<&'static str>,
    /// What templates write where they have no name.
    placeholders: HashSet<&'static str>,
    /// What is in no name, where words are not parted.
    not_in_names: Vec<&'static str>,
    /// What people are called after their names, in languages that put it there.
    titles_after: Vec<&'static str>,
    /// Words before a name, in which none ends.
    not_last: HashSet<&'static str>,
    /// Words in the names of agencies, desks, publications and offices.
    organisations: HashSet<&'static str>,
    /// How the names of associations end.
    organisation_endings: Vec<&'static str>,
    agencies: HashSet<&'static str>,
    /// Trades, which behind a whole name are nobody's.
    behind: HashSet<&'static str>,
    /// How places and papers begin and end, which stand there too.
    behind_first: HashSet<&'static str>,
    behind_last: HashSet<&'static str>,
    /// What is in no name and in no paper's, where words are not parted: `台北報導`.
    notes_unspaced: Vec<&'static str>,
    /// Titles before names, in languages that don't part words.
    titles_before: Vec<&'static str>,
    /// Titles behind a whole name that what else stands there begins with.
    titles_behind: HashSet<&'static str>,
}

static WORDS: LazyLock<NameWords> = LazyLock::new(|| NameWords {
    notes: word_lists::words(LIST, "not-name"),
    tails: word_lists::words(LIST, "tail"),
    tails_or_names: word_lists::words(LIST, "tail-or-name"),
    particles: word_lists::words(LIST, "particle"),
    placeholders: word_lists::words(LIST, "placeholder"),
    not_in_names: word_lists::words(LIST, "not-in-name"),
    titles_after: word_lists::words(LIST, "title-after"),
    not_last: word_lists::words(LIST, "not-last"),
    organisations: word_lists::words(LIST, "organisation"),
    organisation_endings: word_lists::words(LIST, "organisation-ending"),
    agencies: word_lists::words(LIST, "agency"),
    behind: word_lists::words(LIST, "behind"),
    behind_first: word_lists::words(LIST, "behind-first"),
    behind_last: word_lists::words(LIST, "behind-last"),
    notes_unspaced: word_lists::words(LIST, "note-unspaced"),
    titles_before: word_lists::words(LIST, "title-before"),
    titles_behind: word_lists::words(LIST, "title-behind"),
});

/// A name up to the words that tell when and where it stands.
pub(super) fn without_tail(part: &str) -> &str {
    let mut words = part.split(' ').peekable();
    let mut end = 0;
    let mut first = true;
    while let Some(word) = words.next() {
        let lower = word.to_lowercase();
        let dated = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
        let bare = lower.trim_end_matches([':', '.']);
        let opens = WORDS.tails.contains(bare)
            || (WORDS.tails_or_names.contains(bare)
                && (bare != lower || words.peek().is_none_or(|w| dated(w))));
        let is_month = date_parse::is_month(bare) && words.peek().is_some_and(|w| dated(w));
        if !first && (dated(word) || opens || is_month) {
            break;
        }
        end += word.len() + usize::from(!first);
        first = false;
    }
    let name = part[..end.min(part.len())].trim_end();
    // `Jo Poe of The Example`.
    let before = if name.len() < part.len() { name.strip_suffix(" of") } else { None };
    before.unwrap_or(name)
}

/// Shortest name that a month may be glued to, in bytes: `LeMay` is one word.
const LEAST_NAME: usize = 3;

/// A name without the digits or the month that the next element's text begins with: `Jo Poe3`, `Jo PoeFeb`.
fn without_glued(part: &str) -> &str {
    let Some((_, last)) = part.rsplit_once(' ') else { return part };
    let bare = last.trim_end_matches(|c: char| c.is_ascii_digit());
    if bare.len() < last.len()
        && last.len() - bare.len() <= 2
        && bare.chars().count() > 1
        && bare.chars().all(char::is_alphabetic)
    {
        return &part[..part.len() - (last.len() - bare.len())];
    }
    let mut starts = last.char_indices().skip(1).zip(last.chars());
    let glued = starts.find(|((at, c), before)| {
        *at >= LEAST_NAME
            && c.is_uppercase()
            && before.is_lowercase()
            && date_parse::is_month(&last[*at..])
    });
    glued.map_or(part, |((at, _), _)| &part[..part.len() - (last.len() - at)])
}

/// A person's name without the agency behind it: `JO POE Associated Press`.
fn without_agency(part: &str) -> &str {
    let before = part.match_indices(' ').find(|(at, _)| {
        let (name, agency) = (&part[..*at], part[at + 1..].to_lowercase());
        WORDS.agencies.contains(agency.as_str()) && looks_like_name(name)
    });
    before.map_or(part, |(at, _)| &part[..at])
}

/// A name without the role before it: `Maritime correspondent Jo Poe`.
fn without_role(part: &str) -> &str {
    let lower =
        |word: &str| words(Word::Role, word).any(|role| opens(word, role) == Some(word.len()));
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

/// Whether what stands behind a whole name is its person's trade, place or paper: `Head of Investigations`,
/// `The Conversation`, `New York`.
pub(super) fn is_behind(piece: &str) -> bool {
    let lower = piece.to_lowercase();
    let mut words = lower.split(' ');
    let is_small =
        |word: &str| word.starts_with(char::is_lowercase) && !WORDS.particles.contains(word);
    piece.split(' ').any(is_small)
        || words.clone().any(|word| WORDS.behind.contains(word))
        || words.next().is_some_and(|first| WORDS.behind_first.contains(first))
        || words.next_back().is_some_and(|last| WORDS.behind_last.contains(last))
}

/// Whether a word begins the names of places and papers.
pub(super) fn is_behind_first(word: &str) -> bool {
    WORDS.behind_first.contains(word.to_lowercase().as_str())
}

/// Whether one of a piece's words is a title that what else stands behind a name begins with.
pub(super) fn has_title_behind(piece: &str) -> bool {
    piece.split(' ').any(|word| WORDS.titles_behind.contains(word.to_lowercase().as_str()))
}

/// A whole name without the trade behind it: `Jo Poe Staff Reporter`. Of one word only where a byline's word stood
/// before the name or where titles lead what they are of: `Foreign Affairs Editor` is nobody.
fn without_trade(part: &str, is_marked: bool) -> &str {
    let is_noted = |word: &str| WORDS.notes.contains(word) || WORDS.behind.contains(word);
    let lower: Vec<String> =
        part.split(' ').map(|word| word.trim_end_matches([':', '.', ',']).to_lowercase()).collect();
    let mut end = 0;
    for (n, word) in part.split(' ').enumerate() {
        let rest = &lower[n..];
        let head = || part[..end].trim_end();
        let is_name = || {
            looks_like_name(head())
                && !is_behind(head())
                && !lower[..n].iter().any(|word| is_noted(word))
        };
        let of_titles = || {
            (rest.len() >= 2 || is_marked)
                && rest
                    .iter()
                    .all(|word| is_noted(word) || WORDS.behind_first.contains(word.as_str()))
        };
        if n >= 2 && (WORDS.titles_behind.contains(rest[0].as_str()) || of_titles()) && is_name() {
            return head();
        }
        end += word.len() + 1;
    }
    part
}

/// Whether a line ends in what people are called after their names: a byline where nothing stands before them.
/// Only of names in scripts where a title says that they are no other words: `City Hall Reporter` is none.
pub(super) fn ends_in_title(line: &str) -> bool {
    let name = |title: &&str| line.strip_suffix(*title).map(str::trim).filter(|n| !n.is_empty());
    WORDS.titles_after.iter().find_map(name).is_some_and(is_unspaced_name)
}

/// Whether brackets behind a name say that its person did something else: `Jo Poe (Photos)`.
fn says_other(part: &str) -> bool {
    let inside = part.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    inside.is_some_and(|(_, words)| matches!(told(&format!("{words}:")), Some((false, _))))
}

/// A name behind a date, a time or a count: `18:42 (GMT+7) Jo Poe`, `Views: 1203 Jo Poe`, `3 min by Jo Poe`.
fn behind_numbers(part: &str) -> &str {
    let is_number = |word: &str| {
        let digits = word.chars().filter(|c| c.is_numeric()).count();
        digits >= YEAR || (digits > 0 && word.contains([':', '.', '/', '+']))
    };
    let (mut at, mut before) = (0, "");
    for word in part.split(' ') {
        let rest = &part[at..];
        let marked = if part[..at].contains(char::is_numeric) { byline_mark(rest) } else { None };
        if marked.is_some() || is_number(before) {
            let name = marked.unwrap_or(rest).trim();
            let is_behind = |word: &str| word.contains('@') || WORDS.titles_after.contains(&word);
            let end =
                name.split(' ').take_while(|word| !is_behind(word)).map(|w| w.len() + 1).sum();
            let name = name[..name.len().min(end)].trim_end();
            let is_zone = !name.chars().any(|c| c.is_lowercase() || !c.is_ascii());
            if looks_like_name(name) && !(is_zone && marked.is_none()) {
                return name;
            }
        }
        at += word.len() + 1;
        before = word;
    }
    part
}

/// Digits of a year.
const YEAR: usize = 4;

/// Whether a piece of a byline says when, or in which paper: a label of a date, a day of the week, and words that
/// open in small letters before a capital.
fn is_no_name(piece: &str) -> bool {
    let opening = piece.split(' ').next().unwrap_or_default();
    let has_role = || {
        piece
            .split(' ')
            .any(|word| words(Word::Role, word).any(|role| opens(word, role) == Some(word.len())))
    };
    let is_small = opening.starts_with(char::is_lowercase)
        && opening.chars().all(|c| c.is_lowercase() || c.is_numeric())
        && !WORDS.particles.contains(opening)
        && piece.split(' ').any(|word| word.starts_with(char::is_uppercase))
        && !is_organisation(piece)
        && !has_role();
    // `Do UOL`: from a paper.
    let of_paper = || {
        piece.split_once(' ').is_some_and(|(first, paper)| {
            WORDS.particles.contains(first.to_lowercase().as_str()) && is_capitals(paper)
        })
    };
    let is_note =
        || piece.chars().all(is_unspaced) && WORDS.notes_unspaced.iter().any(|n| piece.contains(n));
    is_small
        || date_labels::is_bare(piece)
        || weekdays::of(piece).is_some()
        || WORDS.titles_before.contains(&piece)
        || of_paper()
        || is_note()
}

/// A name without what stands around it.
pub(super) fn clean(part: &str) -> Option<String> {
    let mut part = part.trim();
    let mut is_marked = false;
    while let Some(rest) = byline_mark(part) {
        part = rest.trim();
        is_marked = true;
    }
    let unspaced = |title: &&str| part.strip_prefix(*title).map(str::trim_start);
    let named = |name: &&str| is_unspaced_name(name.split(' ').next().unwrap_or_default());
    if let Some(name) = WORDS.titles_before.iter().find_map(unspaced).filter(named) {
        part = name;
    }
    part = behind_numbers(part);
    if is_no_name(part) {
        return None;
    }
    // A handle stands behind its name.
    part = part.split(" @").next().unwrap_or_default();
    // A part that only says where or for whom: `, in Brussels`.
    let opening = part.split(' ').next().unwrap_or_default();
    if part.contains(' ')
        && opening.chars().all(char::is_lowercase)
        && WORDS.tails.contains(opening)
    {
        return None;
    }
    // What has an address in it is the name before that.
    let is_address = |word: &&str| word.contains('@') && word.contains('.');
    if let Some(at) = part.split(' ').find(is_address).and_then(|word| part.find(word)) {
        part = part[..at].trim_end();
    }
    // `Jo Poe@jopoe`, and the paper before its reporter: `[Herald] Jo Poe`.
    if let Some((name, _)) =
        part.split_once('@').filter(|(name, rest)| name.contains(' ') && !rest.contains('.'))
    {
        part = name.trim_end();
    }
    if let Some((_, rest)) = part.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        part = rest.trim_start().trim_end_matches(['=', ' ']);
    }
    if says_other(part) {
        return None;
    }
    part = without_agency(without_glued(without_tail(part)));
    let bare = |title: &&str| part.strip_suffix(*title)?.strip_suffix(' ');
    if let Some(name) = WORDS.titles_after.iter().find_map(bare) {
        part = name;
    }
    if let Some(at) = part.find(['(', '[', '<', '（']) {
        // Initials in brackets stand within a name: `Richard (R. J.) Poe`.
        let rest = part[at..].split_once([')', ']', '>', '）']).map_or("", |(_, rest)| rest);
        if !rest.contains(char::is_alphabetic) {
            part = part[..at].trim();
        }
    }
    part = without_trade(without_role(part), is_marked);
    // A vowel sign or a tone mark is no letter, and the end of many names.
    let is_of_name =
        |c: char| c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '.' | '’' | '\'');
    let part = part.trim_matches(|c: char| !is_of_name(c)).trim();
    // A full stop ends a line, but for initials and `Jr.`.
    let is_sentence = |name: &&str| {
        name.rsplit(' ').next().is_some_and(|last| last.chars().count() >= 3 && !last.contains('.'))
    };
    let part = part.strip_suffix('.').filter(is_sentence).unwrap_or(part);
    let lower = part.to_lowercase();
    let words = part.split_whitespace().count();
    let digits = part.chars().filter(|c| c.is_numeric()).count();
    let noted =
        lower.split(|c: char| !c.is_alphanumeric() && c != '@').any(|w| WORDS.notes.contains(w));
    let refused = part.chars().count() < 2
        || !part.contains(char::is_alphabetic)
        || part.chars().count() > MAX_NAME
        || words > 6
        || (digits > 2 && (words > 1 || part.starts_with(char::is_numeric)))
        || noted
        || (words > 1 && part.starts_with(char::is_numeric))
        || ((words == 1 || digits > 0) && lower.split(' ').any(date_parse::is_month))
        || ["@", "[at]", "(at)", "{at}"].iter().any(|at| lower.contains(at))
        || lower.split(' ').next_back().is_some_and(|last| WORDS.not_last.contains(last))
        || WORDS.placeholders.contains(lower.as_str());
    (!refused).then(|| part.to_owned())
}

/// Ends of addresses that publications are called by.
const DOMAINS: [&str; 6] = [".com", ".de", ".net", ".org", ".at", ".ch"];

fn is_capitals(name: &str) -> bool {
    name.len() <= 5 && name.len() > 1 && name.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether a name in lower case is a news agency's.
pub(super) fn is_agency(name: &str) -> bool {
    WORDS.agencies.contains(name)
}

/// Whether a name is an agency's, a desk's or a publication's.
pub(super) fn is_organisation(name: &str) -> bool {
    let lower = name.to_lowercase();
    // A few capitals are an agency or a desk, seldom a person's initials.
    is_capitals(name)
        || WORDS.agencies.contains(lower.as_str())
        || WORDS.organisation_endings.iter().chain(&DOMAINS).any(|end| lower.ends_with(end))
        || lower.split(|c: char| !c.is_alphanumeric()).any(|w| WORDS.organisations.contains(w))
}
