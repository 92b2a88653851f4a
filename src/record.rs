//! The wire forms of a finished story: the record, its ninjs item, and schema.org JSON-LD.
//!
//! The record is a promise, named by [`SCHEMA`]: fields are added, never changed or taken away,
//! under one name. What ninjs 3.1 has no place for sits beside the item, not in it, because its
//! root refuses unknown properties.

pub mod left_out;
mod ndjson;
mod ninjs;
mod schema_org;
mod wire;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::model::{Provenance, Story, Timings};

pub use ndjson::portable_line;
pub use ninjs::TOPIC_SLUGS;
pub use wire::Record;

/// Name and version of the record's schema.
pub const SCHEMA: &str = "news-ingest/record/1";

/// A wire form of a story.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    ValueEnum,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The whole record.
    #[default]
    Record,
    /// The IPTC ninjs 3.1 item alone.
    Ninjs,
    /// A schema.org NewsArticle as JSON-LD.
    SchemaOrg,
    /// The record without the item's bodies.
    NoBodies,
}

/// Serialises a story.
///
/// The result is one line of JSON that is safe as a line of NDJSON: U+0085, U+2028 and U+2029
/// are escaped.
#[must_use]
pub fn to_json(
    format: Format,
    story: &Story,
    provenance: &Provenance,
    timings: &Timings,
    now: OffsetDateTime,
) -> String {
    let record = wire::record(story, provenance, timings, now);
    const PLAIN: &str = "wire structs have string keys and finite numbers";
    if format == Format::Record {
        return portable_line(serde_json::to_string(&record).expect(PLAIN));
    }
    reformat(&serde_json::to_value(&record).expect(PLAIN), format)
}

/// Another form of a record, as one line of JSON.
#[must_use]
pub fn reformat(record: &serde_json::Value, format: Format) -> String {
    let json = match format {
        Format::Record => record.to_string(),
        Format::Ninjs => record["item"].to_string(),
        Format::SchemaOrg => schema_org::news_article(record).to_string(),
        Format::NoBodies => {
            let mut record = record.clone();
            if let Some(item) = record["item"].as_object_mut() {
                item.remove("bodies");
            }
            record.to_string()
        }
    };
    portable_line(json)
}

/// The JSON Schema of the record; its `item` is checked against ninjs 3.1 on top.
#[must_use]
pub fn schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Record<'static>>().to_value();
    schema["title"] = SCHEMA.into();
    schema["$id"] = format!("urn:{}", SCHEMA.replace('/', ":")).into();
    schema
}

/// Milliseconds with a precision of microseconds.
pub(crate) fn millis(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

fn raw_json(text: &str) -> Option<Box<RawValue>> {
    RawValue::from_string(text.to_owned()).ok()
}
