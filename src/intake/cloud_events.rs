//! CloudEvents 1.0, structured and binary mode, as far as a raw message needs them.
//!
//! An event's identity is its source and its id together (CloudEvents 1.0, "id"), so both make
//! the story's id where the data brings none: two sources may count from 1. In binary mode both are percent-encoded
//! (CloudEvents' NATS and HTTP bindings, 3.1.3.2), and an event has one id in either mode.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Error, Headers};

/// What an event carries: read as a plain message.
pub(super) struct Data {
    pub(super) content_type: String,
    pub(super) body: Bytes,
}

pub(super) fn is_structured(headers: &Headers) -> bool {
    headers
        .get("Content-Type")
        .is_some_and(|value| value.to_ascii_lowercase().starts_with("application/cloudevents+json"))
}

pub(super) fn is_binary(headers: &Headers) -> bool {
    headers.get("ce-specversion").is_some()
}

/// The story id of a binary mode event, where source and id are there.
pub(super) fn binary_id(headers: &Headers) -> Option<String> {
    let attribute = |name: &str| headers.get(name).filter(|value| !value.is_empty());
    if !is_binary(headers) {
        return None;
    }
    Some(story_id(&decoded(attribute("ce-source")?), &decoded(attribute("ce-id")?)))
}

/// A header's value without its percent-encoding; as it is where that gives no text.
fn decoded(value: &str) -> Cow<'_, str> {
    percent_decode_str(value).decode_utf8().unwrap_or(Cow::Borrowed(value))
}

/// Whether a binary mode event has what every event must have.
pub(super) fn check_binary(headers: &Headers) -> Result<(), Error> {
    let attribute = |name: &str| {
        headers
            .get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Error::CloudEvent(format!("header {name} is missing")))
    };
    check_version(attribute("ce-specversion")?)?;
    for name in ["ce-source", "ce-id", "ce-type"] {
        attribute(name)?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Structured<'a> {
    specversion: Option<String>,
    id: Option<String>,
    source: Option<String>,
    datacontenttype: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    data_base64: Option<String>,
}

/// Opens a structured mode event: its story id, where source and id can be read, and what it carries.
pub(super) fn structured(body: &[u8]) -> (Option<String>, Result<Data, Error>) {
    let event: Structured<'_> = match serde_json::from_slice(body) {
        Ok(event) => event,
        Err(error) => return (salvaged_id(body), Err(Error::CloudEvent(error.to_string()))),
    };
    let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let id = match (given(&event.source), given(&event.id)) {
        (Some(source), Some(id)) => Some(story_id(&source, &id)),
        _ => None,
    };
    (id, data(event))
}

/// Source and id of an event whose other attributes are not what they should be.
fn salvaged_id(body: &[u8]) -> Option<String> {
    let event: serde_json::Value = serde_json::from_slice(body).ok()?;
    let attribute = |name: &str| event.get(name)?.as_str().filter(|value| !value.is_empty());
    Some(story_id(attribute("source")?, attribute("id")?))
}

fn data(event: Structured<'_>) -> Result<Data, Error> {
    let required = |name: &str, value: Option<String>| {
        value
            .filter(|v| !v.is_empty())
            .ok_or_else(|| Error::CloudEvent(format!("attribute {name} is missing")))
    };
    check_version(&required("specversion", event.specversion)?)?;
    required("source", event.source)?;
    required("id", event.id)?;
    let content_type = event.datacontenttype.unwrap_or_else(|| "application/json".to_owned());
    let body = match (event.data, event.data_base64) {
        (_, Some(base64)) => data_encoding::BASE64
            .decode(base64.as_bytes())
            .map_err(|error| Error::CloudEvent(format!("data_base64: {error}")))?
            .into(),
        // Data of another type than JSON travels as a JSON string.
        (Some(data), None) if !is_json(&content_type) => {
            let text: String = serde_json::from_str(data.get())
                .map_err(|_| Error::CloudEvent("data is not a string".to_owned()))?;
            text.into()
        }
        (Some(data), None) => Bytes::copy_from_slice(data.get().as_bytes()),
        (None, None) => return Err(Error::CloudEvent("attribute data is missing".to_owned())),
    };
    Ok(Data { content_type, body })
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json") || media_type.ends_with("+json")
}

fn check_version(version: &str) -> Result<(), Error> {
    if version == "1.0" {
        return Ok(());
    }
    Err(Error::CloudEvent(format!(
        "specversion {:?}",
        version.chars().take(10).collect::<String>()
    )))
}

/// Joined at the first `#`: one in the source is written otherwise, so that no two pairs give one id. What a story's id
/// cannot hold is percent-encoded, behind a `%` that tells such ids from others.
pub(super) fn story_id(source: &str, id: &str) -> String {
    let source = source.replace('%', "%25").replace('#', "%23");
    if !id.starts_with('%') && !id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return format!("{source}#{id}");
    }
    let mut escaped = String::with_capacity(2 * id.len());
    for c in id.chars() {
        if c == '%' || c.is_whitespace() || c.is_control() {
            escaped.extend(utf8_percent_encode(c.encode_utf8(&mut [0; 4]), NON_ALPHANUMERIC));
        } else {
            escaped.push(c);
        }
    }
    format!("{source}#%{escaped}")
}
