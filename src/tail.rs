//! One story, one line: for people who watch a stream of them go by.
//!
//! On a terminal as much as its width holds, in colour; elsewhere whole, its fields parted by tabs.
//! The record is read as JSON: those of older versions lack fields, and a line with a gap beats none.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::terminal::{BOLD, DIM, columns, cut, fitted, paint, printable, steers};

/// Entities named in a line.
const ENTITIES: usize = 4;
/// Columns of the longest topic token, `human-interest`.
const TOPIC: usize = 14;
/// Below this many columns a line has neither the day nor the whole topic.
const NARROW: usize = 90;
/// From so many columns on the headline shares them.
const ROOMY: usize = 70;

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal; `None` for whole lines with tabs.
    pub width: Option<usize>,
    /// ANSI colour.
    pub colour: bool,
}

/// The line of a record that was stored at a time under `<prefix>.story.<lang>.<topic>.<key>`.
#[must_use]
pub fn line(record: &Value, stored: OffsetDateTime, subject: &str, look: Look) -> String {
    let mut tokens = subject.split('.').skip(2).map(printable);
    let (language, topic) = (tokens.next().unwrap_or_default(), tokens.next().unwrap_or_default());
    let headline = headline(record);
    let publisher = text(&record["item"]["infoSources"][0]["name"]);
    let entities = entities(record);
    match look.width {
        None => {
            let names: Vec<&str> = entities.iter().map(|e| e.name.as_str()).collect();
            let at = stored.replace_nanosecond(0).unwrap_or(stored);
            let at = at.format(&Rfc3339).unwrap_or_default();
            [at, language, topic, headline, publisher, names.join(", ")].join("\t")
        }
        Some(width) => {
            let narrow = width < NARROW;
            let at = if narrow {
                stored.format(format_description!("[hour]:[minute]"))
            } else {
                stored.format(format_description!("[month]-[day] [hour]:[minute]:[second]"))
            };
            let head = [
                (DIM, at.unwrap_or_default()),
                ("36", fitted(&language, 2)),
                ("33", fitted(&topic, if narrow { 8 } else { TOPIC })),
            ];
            // Nothing sets copies apart in a line otherwise.
            let headline = match record["tags"]["duplicateOf"].as_str() {
                Some(_) => format!("copy: {headline}"),
                None => headline,
            };
            let taken: usize = head.iter().map(|(_, text)| columns(text) + 2).sum();
            let mut out = String::new();
            for (sgr, text) in head {
                out.push_str(&paint(look.colour, sgr, &text));
                out.push_str("  ");
            }
            rest(&mut out, width.saturating_sub(taken), look, &headline, &publisher, &entities);
            out.truncate(out.trim_end().len());
            out
        }
    }
}

/// Headline, publisher and entities in `room` columns. Where there is little, the headline comes
/// first; else it is cut at three fifths if the others need the rest.
fn rest(
    out: &mut String,
    room: usize,
    look: Look,
    headline: &str,
    publisher: &str,
    entities: &[Named],
) {
    let gap = |text: &str| if text.is_empty() { 0 } else { columns(text) + 2 };
    let names: usize = entities.iter().map(|e| columns(&e.name) + 2).sum();
    let share = if room < ROOMY { 0 } else { room * 2 / 5 };
    let beside = (gap(publisher) + names).min(share);
    let shown = cut(headline, room.saturating_sub(beside));
    let mut left = room.saturating_sub(columns(&shown));
    out.push_str(&paint(look.colour, BOLD, &shown));
    let mut put = |text: &str, sgr: &str, before: &str| {
        // A name of which less than this is left says nothing.
        let least = columns(text).min(8);
        if text.is_empty() || left < columns(before) + least {
            return false;
        }
        let shown = cut(text, left - columns(before));
        left -= columns(before) + columns(&shown);
        out.push_str(before);
        out.push_str(&paint(look.colour, sgr, &shown));
        true
    };
    put(publisher, DIM, "  ");
    for (at, entity) in entities.iter().enumerate() {
        if !put(&entity.name, entity.sgr, if at == 0 { "  " } else { ", " }) {
            break;
        }
    }
}

/// An entity as shown.
struct Named {
    name: String,
    sgr: &'static str,
}

/// The most salient ones; records have them in that order.
fn entities(record: &Value) -> Vec<Named> {
    let all = record["tags"]["entities"].as_array().into_iter().flatten();
    all.filter_map(|entity| {
        let sgr = match entity["type"].as_str()? {
            "PERSON" => "32",
            "ORG" => "35",
            "PLACE" => "34",
            _ => "33",
        };
        Some(Named { name: printable(entity["name"].as_str()?), sgr })
    })
    .filter(|entity| !entity.name.is_empty())
    .take(ENTITIES)
    .collect()
}

/// The headline, else how the body begins.
fn headline(record: &Value) -> String {
    let item = &record["item"];
    let main = |values: &Value| {
        let values = values.as_array().into_iter().flatten();
        values.clone().find(|v| v["role"] == "main").map(|v| text(&v["value"])).unwrap_or_default()
    };
    let headline = main(&item["headlines"]);
    if headline.is_empty() { cut(&main(&item["bodies"]), 100) } else { headline }
}

fn text(value: &Value) -> String {
    printable(value.as_str().unwrap_or_default().trim())
}

/// A valid JSON text as one line of NDJSON, the same value, that does not steer a terminal.
#[must_use]
pub fn json_line(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.trim().chars() {
        match c {
            // Raw control characters stand between JSON's tokens only, as white space.
            '\n' | '\r' | '\t' => out.push(' '),
            c if steers(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-11-25 07:08:09 UTC);
    const SUBJECT: &str = "news.story.en.human-interest.AAAA";

    fn record(headline: &str) -> Value {
        let entity = |kind: &str, name: &str| json!({"type": kind, "name": name});
        json!({
            "item": {
                "headlines": [{"role": "sub", "value": "Not this"}, {"role": "main", "value": headline}],
                "bodies": [{"role": "main", "value": "The new bridge opened.\nIt is long."}],
                "infoSources": [{"name": "The Courier"}],
            },
            "tags": {"entities": [
                entity("PERSON", "Peter Lund"), entity("PLACE", "Oslo"), entity("ORG", "City Council"),
                entity("desk", "Bridges"), entity("PLACE", "Fifth"),
            ]},
        })
    }

    fn shown(headline: &str, width: usize) -> String {
        line(&record(headline), AT, SUBJECT, Look { width: Some(width), colour: false })
    }

    #[test]
    fn a_line_has_what_there_is_room_for() {
        assert_eq!(
            shown("Bridge to open", 140),
            "11-25 07:08:09  en  human-interest  Bridge to open  The Courier  Peter Lund, Oslo, \
             City Council, Bridges"
        );
        assert_eq!(
            shown("The new bridge over the river will open in June, says the mayor", 80),
            "07:08  en  human-i…  The new bridge over the river will open in June, says the…"
        );
        assert_eq!(
            shown("Bridge to open", 60),
            "07:08  en  human-i…  Bridge to open  The Courier  Peter Lund"
        );
        let line = shown("The new bridge over the river", 59);
        assert_eq!(
            line, "07:08  en  human-i…  The new bridge over the river",
            "no name without the first"
        );
        assert_eq!(shown("", 60), "07:08  en  human-i…  The new bridge opened. It is long.");
    }

    #[test]
    fn a_copy_is_marked_on_a_terminal() {
        let mut copy = record("Bridge to open");
        copy["tags"]["duplicateOf"] = json!("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        let look = |width| Look { width, colour: false };
        assert!(line(&copy, AT, SUBJECT, look(Some(140))).contains("  copy: Bridge to open"));
        assert!(!line(&copy, AT, SUBJECT, look(None)).contains("copy:"));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for headline in [
            "橋が六月に開く、市長が月曜日に語った",
            "Short",
            "",
            "Long words and more of them, on and on",
        ] {
            for width in 24..200 {
                let line = shown(headline, width);
                assert!(columns(&line) <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn elsewhere_a_line_is_whole_and_has_tabs() {
        let headline = "Bridge\tto\nopen";
        let line = line(&record(headline), AT, SUBJECT, Look { width: None, colour: false });
        assert_eq!(
            line.split('\t').collect::<Vec<_>>(),
            [
                "2026-11-25T07:08:09Z",
                "en",
                "human-interest",
                "Bridge to open",
                "The Courier",
                "Peter Lund, Oslo, City Council, Bridges",
            ]
        );
    }

    #[test]
    fn colour_adds_nothing_but_its_own_codes() {
        let look = Look { width: Some(120), colour: true };
        let painted = line(&record("\x1b[2J\u{9b}2J\u{202e}x"), AT, SUBJECT, look);
        let codes = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
        let bare = codes.replace_all(&painted, "");
        assert!(!bare.contains(steers) && painted.contains('\x1b'), "{painted:?}");
        assert_eq!(bare, shown("\x1b[2J\u{9b}2J\u{202e}x", 120));
    }

    #[test]
    fn a_record_that_lacks_everything_is_a_line() {
        let line = line(&json!([]), AT, "x", Look { width: Some(100), colour: false });
        assert_eq!(line, "11-25 07:08:09");
    }

    #[test]
    fn json_is_one_line_of_the_same_value() {
        let value = json!({"a": "\u{9b}31m\u{202e}\u{2028}\u{7f}é\n", "b": [1.5, null]});
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let line = json_line(&pretty);
        assert!(!line.contains(steers), "{line:?}");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }
}
