//! A record without the parts of its tags that take the most room, for a broker that does not take it whole: a story is
//! worth more than its places in the text.
//!
//! What was left out the record says itself, in `tags.leftOut`. All else stays as it was written, the user's `meta` to
//! the byte.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};

/// What is left out, one after another, until the record fits.
pub const PARTS: [&str; 4] = ["mentions", "amounts", "dates", "quotes"];

/// A record without one of [`PARTS`]: of mentions the first of each entity stays. `None` where it is no record.
#[must_use]
pub fn without(record: &[u8], part: &str) -> Option<String> {
    let mut fields: BTreeMap<&str, Box<RawValue>> = serde_json::from_slice(record).ok()?;
    let mut tags: Value = serde_json::from_str(fields.get("tags")?.get()).ok()?;
    if part == "mentions" {
        for entity in tags.get_mut("entities")?.as_array_mut()? {
            entity.get_mut("mentions")?.as_array_mut()?.truncate(1);
        }
    } else {
        tags.get_mut(part)?.as_array_mut()?.clear();
    }
    match tags.get_mut("leftOut").and_then(Value::as_array_mut) {
        Some(left_out) => left_out.push(json!(part)),
        None => tags["leftOut"] = json!([part]),
    }
    fields.insert("tags", RawValue::from_string(tags.to_string()).ok()?);
    Some(super::portable_line(serde_json::to_string(&fields).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_left_out_one_by_one() {
        let mention =
            |start: u32| json!({"field": "body", "start": start, "end": start + 4, "text": "Lund"});
        let tags = json!({
            "entities": [{"name": "Lund", "count": 2, "mentions": [mention(0), mention(9)]}],
            "amounts": [{"value": 1.0}], "dates": [], "quotes": [{"text": "No"}],
        });
        let meta = r#"{"n":1.10,"big":12345678901234567890123}"#;
        let mut record = format!(r#"{{"schema":"s","meta":{meta},"tags":{tags}}}"#);
        for part in PARTS {
            record = without(record.as_bytes(), part).unwrap();
        }
        let left: Value = serde_json::from_str(&record).unwrap();
        assert_eq!(left["tags"]["entities"][0]["mentions"], json!([mention(0)]));
        assert_eq!(left["tags"]["entities"][0]["count"], 2);
        assert_eq!(left["tags"]["amounts"], json!([]));
        assert_eq!(left["tags"]["leftOut"], json!(PARTS));
        assert!(record.contains(meta), "{record}");
        assert_eq!(without(b"[]", "dates"), None);
    }
}
