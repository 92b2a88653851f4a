//! Days beside a story that are not the day of its publication: the ends of a life, the day on which the page was read, an
//! event's.

use std::sync::LazyLock;

use foldhash::HashSet;

use crate::extract::blocks::{Blocks, Places};
use crate::extract::date_labels as labels;
use crate::extract::date_parse::{self, ParsedDate};
use crate::extract::dom::{Attr, NodeId};
use crate::extract::enclosing_elements::around;
use crate::extract::parsed_page::ParsedPage;
use crate::extract::word_lists;
use crate::model::Published;

/// Least days between the ends of a life, or of what lasted as long.
const LIFE: i64 = 366;

/// Whether a date begins a span of years: `4 March 1931 – 30 January 2026`.
pub(super) fn is_life(line: &str, from: &Published, order: ParsedDate) -> bool {
    let mut ends =
        [" – ", " - ", " — ", "–", "—"].into_iter().filter_map(|mark| line.split_once(mark));
    ends.any(|(first, second)| {
        let until = date_parse::find(second, order);
        first.contains(char::is_numeric)
            && labels::of(line).is_none()
            && until.is_some_and(|until| (until.at - from.at).whole_days() > LIFE)
    })
}

/// Whether a date is the day on which the page was read, give or take what zones and clocks make of it.
pub(super) fn is_of_reading(date: &Published, order: ParsedDate) -> bool {
    order
        .latest
        .is_some_and(|latest| (0..=2).contains(&(latest.date() - date.at.date()).whole_days()))
}

/// Whether a block above the headline stands outside of what holds headline and text: in the page's frame.
pub(super) fn stands_outside(blocks: &Blocks, i: usize, headline: usize) -> bool {
    blocks.outwards(blocks.blocks[headline].frame).any(|at| {
        let frame = &blocks.frames[at as usize];
        frame.places.has(Places::ARTICLE.with(Places::MAIN)) && frame.first as usize > i
    })
}

/// Names of elements whose dates say when something else is or was.
static OTHERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("dates-of-others"));

/// Properties of schema.org that are days of other things than publication.
const OTHER_DAYS: [&str; 5] = ["startDate", "endDate", "birthDate", "deathDate", "foundingDate"];

/// Whether an element states when something takes place or was made that the story has in it or beside it: an event, a film,
/// a message, a box of facts.
pub(super) fn is_of_something(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    id: NodeId,
) -> bool {
    let dom = &page.dom;
    let states = |id: NodeId| {
        let mut names = dom.attr(id, Attr::Itemprop).unwrap_or_default().split_ascii_whitespace();
        names.any(|name| OTHER_DAYS.contains(&name))
    };
    let is_named = |up: NodeId| {
        let mut words = dom.class(up).split(|c: char| !c.is_alphanumeric());
        words.any(|word| OTHERS.contains(word.to_ascii_lowercase().as_str()))
    };
    states(id)
        || std::iter::once(id).chain(around(page, story, id).take(OTHER_LEVELS)).any(is_named)
}

const LABELS: &str = "date-labels.txt";

/// What stands before the day of another thing: `Closing date`, `Version`, `Venue`.
static OTHER_LABELS: LazyLock<Vec<&str>> = LazyLock::new(|| word_lists::words(LABELS, "other"));

/// Words before the number of an issue: `Issue 12, May 2025`.
static ISSUES: LazyLock<HashSet<&str>> = LazyLock::new(|| word_lists::words(LABELS, "number"));

/// Whether a line says that its day is another thing's: in words anywhere, in one word at its beginning before a colon
/// or a number.
pub(super) fn says_other(line: &str) -> bool {
    let lower = line.to_lowercase();
    let is_parted = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let says = |label: &str| {
        if label.contains(' ') {
            return lower.match_indices(label).any(|(at, _)| {
                is_parted(lower[..at].chars().next_back())
                    && is_parted(lower[at + label.len()..].chars().next())
            });
        }
        lower.strip_prefix(label).is_some_and(|rest| {
            let value = rest.trim_start();
            value.starts_with(':')
                || (value.len() < rest.len() && value.starts_with(char::is_numeric))
        })
    };
    OTHER_LABELS.iter().any(|label| says(label))
}

/// A line without the numbers of issues and volumes in it; `None` where it has none.
pub(super) fn without_issues(line: &str) -> Option<String> {
    let bare = |word: &str| word.trim_end_matches(['.', ':']).to_lowercase();
    let mut before = String::new();
    let mut found = false;
    let mut kept = Vec::new();
    for word in line.split(' ') {
        if word.starts_with(char::is_numeric) && ISSUES.contains(before.as_str()) {
            found = true;
        } else {
            kept.push(word);
        }
        before = bare(word);
    }
    found.then(|| kept.join(" "))
}

/// How far out from a date the element of the other thing is looked for.
const OTHER_LEVELS: usize = 4;

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use crate::extract::{Settings, extract_html_at};

    const SEEN: &str = "27 November 2026";

    fn day(html: &str) -> Option<String> {
        let seen = OffsetDateTime::from_unix_timestamp(1_795_766_400).unwrap();
        let found = extract_html_at(html, None, &Settings::default(), seen).unwrap();
        found.published.map(|(published, _)| published.at.date().to_string())
    }

    #[test]
    fn readers_day_is_no_date() {
        let text = "<p>The ferry will sail at night from April, the council decided on Tuesday after three years.</p>"
            .repeat(4);
        let page = |above: &str, line: &str| {
            format!(
                "<body><div>{above}</div><article><h1>The ferry sails at night</h1><p>{line}</p>{text}</article>"
            )
        };
        assert_eq!(day(&page(SEEN, "By Jo Poe")), None);
        assert_eq!(day(&page("", SEEN)).as_deref(), Some("2026-11-27"));
        assert_eq!(day(&page("26 May 2026", "By Jo Poe")).as_deref(), Some("2026-05-26"));
        assert_eq!(day(&page(SEEN, "3 May 2026")).as_deref(), Some("2026-05-03"));
    }

    #[test]
    fn numbers_of_issues_are_no_days() {
        let bare = super::without_issues;
        assert_eq!(bare("Issue 12, May 2025").as_deref(), Some("Issue May 2025"));
        assert_eq!(bare("Vol. 8 No. 3 May 2025").as_deref(), Some("Vol. No. May 2025"));
        assert_eq!(bare("3 May 2025"), None);
    }

    #[test]
    fn labels_of_other_days_are_known() {
        for line in ["Closing date: 30 June 2025", "Prices correct as of 1 March", "Version 1.2"] {
            assert!(super::says_other(line), "{line}");
        }
        for line in ["Next of kin, 3 May", "Local news", "Born to run: 3 May"] {
            assert!(!super::says_other(line), "{line}");
        }
    }

    #[test]
    fn days_of_lives_and_events_are_no_dates() {
        let text = "<p>She taught three generations to read, and crossed the lake on every day of her life.</p>";
        let page = |line: &str, below: &str| {
            let text = text.repeat(4);
            format!("<article><h1>Edith Marlow of Lowmere</h1><p>{line}</p>{text}{below}</article>")
        };
        assert_eq!(day(&page("4 March 1931 – 30 January 2026", "")), None);
        assert_eq!(day(&page("3 May 2026 – 5 min read", "")).as_deref(), Some("2026-05-03"));
        assert_eq!(
            day(&page("", "<h4>When and where</h4><p>14 March 2026, 19:00, Town hall</p>")),
            None
        );
    }
}
