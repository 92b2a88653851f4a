//! `dlq list`: a line per letter, and how many there are of each code.

use std::collections::BTreeMap;

use time::format_description::well_known::Rfc3339;

use super::filter::Filter;
use super::letter::Letter;
use super::read::letters;
use crate::broker::topology::Outs;
use crate::cli::{Exit, message_url, remark, say, unescaped};
use crate::headers;
use crate::terminal::printable;

pub(super) async fn list(
    outs: &Outs,
    prefix: &str,
    filter: &Filter,
    json: bool,
) -> anyhow::Result<Exit> {
    let mut counts = BTreeMap::<String, u64>::new();
    letters(outs, prefix, filter, async |letter| {
        *counts.entry(letter.code()).or_default() += 1;
        say(&if json { json_line(&letter) } else { line(&letter) });
        Ok(())
    })
    .await?;
    if counts.is_empty() && !filter.is_everything() {
        return no_match(outs, prefix, filter).await;
    }
    say_counts(&counts, filter.what());
    Ok(Exit::Done)
}

/// Says that nothing passes the filter, and what there is without it: a misspelt code is no good news.
pub(super) async fn no_match(outs: &Outs, prefix: &str, filter: &Filter) -> anyhow::Result<Exit> {
    let mut counts = BTreeMap::<String, u64>::new();
    let all = Filter { skipped: filter.skipped, ..Filter::default() };
    letters(outs, prefix, &all, async |letter| {
        *counts.entry(letter.code()).or_default() += 1;
        Ok(())
    })
    .await?;
    if counts.is_empty() {
        say_counts(&counts, filter.what());
    } else {
        remark(&format!("no {} matches; there are these:", filter.what()));
        say_counts(&counts, filter.what());
    }
    Ok(Exit::Done)
}

/// A letter on one line, for people.
fn line(letter: &Letter) -> String {
    let stored = letter.stored.replace_nanosecond(0).unwrap_or(letter.stored);
    let text = format!(
        "{} {} {:24} {} {} {}",
        stored.format(&Rfc3339).unwrap_or_default(),
        letter.key(),
        letter.code(),
        unescaped(letter.header(headers::ID)),
        letter.url().as_deref().map_or_else(|| "-".to_owned(), message_url::shown),
        unescaped(letter.header(headers::MESSAGE)),
    );
    printable(&text)
}

fn json_line(letter: &Letter) -> String {
    serde_json::json!({
        "stored": letter.stored.format(&Rfc3339).unwrap_or_default(),
        "key": letter.key(),
        "code": letter.code(),
        "id": unescaped(letter.header(headers::ID)),
        "url": letter.url().as_deref().map(message_url::shown),
        "reason": unescaped(letter.header(headers::MESSAGE)),
        "sequence": letter.sequence,
        "replays": letter.replays(),
    })
    .to_string()
}

/// How many there are of each code, the most frequent first, on standard error: the list stays a list.
#[allow(clippy::print_stderr, reason = "a summary beside the data")]
fn say_counts(counts: &BTreeMap<String, u64>, what: &str) {
    let total: u64 = counts.values().sum();
    let mut by_count: Vec<_> = counts.iter().collect();
    by_count.sort_by_key(|(code, count)| (std::cmp::Reverse(**count), code.as_str()));
    let codes: Vec<_> = by_count.iter().map(|(code, count)| format!("{count} {code}")).collect();
    match total {
        0 => eprintln!("no {what}s"),
        1 => eprintln!("1 {what}: {}", codes.join(", ")),
        _ => eprintln!("{total} {what}s: {}", codes.join(", ")),
    }
}
