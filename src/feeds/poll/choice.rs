//! Which parts of a sitemap index a poll looks at, where there are more than it may.
//!
//! The newest are, and of those that do not say when they were changed some, in turn, so that each comes to be read.
//! Among these, parts that gave news, or whose address says that they are of news, come first. A date in the future
//! says nothing.

use std::cmp::Reverse;

use time::{Duration, OffsetDateTime};

use crate::feeds::parse::Part;

/// How far ahead of us a publisher's clock, and its zone, may be.
const AHEAD: Duration = Duration::hours(24);

/// The parts of a poll.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    /// The newest first, then those without a date.
    pub parts: Vec<&'a Part>,
    /// Those without a date that have to wait for their turn.
    pub undated_left: usize,
}

/// Chooses `most` parts. `turn` counts the polls; `gave` says of a part whether news came from it.
pub(super) fn chosen(
    parts: &[Part],
    most: usize,
    now: OffsetDateTime,
    turn: u64,
    gave: impl Fn(&Part) -> bool,
) -> Choice<'_> {
    let changed = |part: &Part| part.last_modified.as_ref().map(|last| last.at);
    let (mut dated, undated): (Vec<&Part>, Vec<&Part>) =
        parts.iter().partition(|part| changed(part).is_some_and(|at| at <= now + AHEAD));
    dated.sort_by_key(|part| Reverse(changed(part)));
    let for_undated = undated.len().min(most.saturating_sub(dated.len()).max(most / 2));
    dated.truncate(most - for_undated);
    let undated_left = undated.len() - for_undated;
    let (likely, others): (Vec<&Part>, Vec<&Part>) =
        undated.into_iter().partition(|part| gave(part) || is_named_news(part));
    // Half of the places are for those of which nothing is known, one at least.
    let for_others = others.len().min((for_undated / 2).max(1));
    let places = if for_undated > 1 { for_undated - for_others } else { for_undated };
    let likely = in_turn(&likely, places, turn);
    let others = in_turn(&others, for_undated - likely.len(), turn);
    Choice { parts: [dated, likely, others].concat(), undated_left }
}

/// Those whose turn it is.
fn in_turn<'a>(parts: &[&'a Part], most: usize, turn: u64) -> Vec<&'a Part> {
    let count = most.min(parts.len());
    let start = turn.wrapping_sub(1).wrapping_mul(count as u64).checked_rem(parts.len() as u64);
    let start = start.and_then(|start| usize::try_from(start).ok()).unwrap_or_default();
    parts.iter().cycle().skip(start).take(count).copied().collect()
}

/// Whether an address says that it is of news, as that of most news sitemaps does.
fn is_named_news(part: &Part) -> bool {
    part.url.as_url().path().to_ascii_lowercase().contains("news")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::parse::LastModified;
    use crate::model::WebUrl;

    fn part(path: &str, day: Option<i64>) -> Part {
        let last_modified = day.map(|day| {
            let at = now() + Duration::days(day);
            LastModified { text: String::new(), at, until: at }
        });
        Part { url: WebUrl::parse("https://ex.com").unwrap().join(path).unwrap(), last_modified }
    }

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap()
    }

    fn paths(parts: &[Part], most: usize, turn: u64) -> Vec<&str> {
        let choice = chosen(parts, most, now(), turn, |part| part.url.as_str().ends_with("gave"));
        assert_eq!(choice.parts.len(), most.min(parts.len()));
        choice.parts.iter().map(|part| part.url.as_url().path()).collect()
    }

    fn many(count: usize, day: Option<i64>) -> Vec<Part> {
        (0..count).map(|n| part(&format!("/{n}"), day)).collect()
    }

    #[test]
    fn newest_part_is_read_beside_undated_ones() {
        let mut parts = many(10, None);
        parts.push(part("/latest", Some(-1)));
        assert_eq!(paths(&parts, 10, 1)[0], "/latest");
        let mut parts = many(10, Some(-1));
        parts.push(part("/silent", None));
        assert!(paths(&parts, 10, 1).contains(&"/silent"));
        let mut parts = many(10, Some(90));
        parts.push(part("/latest", Some(0)));
        assert_eq!(paths(&parts, 10, 1)[0], "/latest", "a date far ahead says nothing");
    }

    #[test]
    fn undated_parts_are_read_in_turn() {
        let parts = many(23, None);
        let mut read: Vec<&str> = (1..=3).flat_map(|turn| paths(&parts, 10, turn)).collect();
        read.sort_unstable();
        read.dedup();
        assert_eq!(read.len(), 23);
    }

    #[test]
    fn parts_of_news_leave_room_for_others() {
        let mut parts = many(20, None);
        parts.extend((0..10).map(|n| part(&format!("/{n}/gave"), None)));
        let mut read: Vec<&str> = (1..=4).flat_map(|turn| paths(&parts, 10, turn)).collect();
        read.sort_unstable();
        read.dedup();
        assert_eq!(read.len(), 30);
    }

    #[test]
    fn parts_of_news_are_read_in_every_poll() {
        let mut parts = many(30, None);
        parts.extend([part("/gave", None), part("/sitemap-news.xml", None)]);
        for turn in 1..5 {
            let read = paths(&parts, 4, turn);
            assert!(read.contains(&"/gave") && read.contains(&"/sitemap-news.xml"), "{read:?}");
        }
    }

    #[test]
    fn all_parts_are_read_where_they_may() {
        let mut parts = many(3, None);
        parts.extend(many(3, Some(-2)));
        assert_eq!(paths(&parts, 6, 7).len(), 6);
        assert!(chosen(&[], 6, now(), 1, |_| true).parts.is_empty());
    }
}
