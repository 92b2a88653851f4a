//! CloudEvents 1.0, structured and binary mode, as far as a raw message needs them.
//!
//! An event's identity is its source and its id together (CloudEvents 1.0, "id"), so both make
//! the story's id where the data brings none: two sources may count from 1.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Error, Headers};

/// An event taken apart: what remains is read as a plain message.
pub(super) struct Event {
    pub(super) id: String,
    pub(super) headers: Headers,
    pub(super) data: Bytes,
}

pub(super) fn is_structured(headers: &Headers) -> bool {
    headers
        .get("Content-Type")
        .is_some_and(|value| value.to_ascii_lowercase().starts_with("application/cloudevents+json"))
}

pub(super) fn is_binary(headers: &Headers) -> bool {
    headers.get("ce-specversion").is_some()
}

/// The story id of a binary mode event.
pub(super) fn binary_id(headers: &Headers) -> Result<String, Error> {
    let attribute = |name: &str| {
        headers
            .get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Error::CloudEvent(format!("header {name} is missing")))
    };
    check_version(attribute("ce-specversion")?)?;
    let id = story_id(attribute("ce-source")?, attribute("ce-id")?);
    attribute("ce-type")?;
    Ok(id)
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

/// Opens a structured mode event.
pub(super) fn structured(body: &[u8]) -> Result<Event, Error> {
    let event: Structured<'_> =
        serde_json::from_slice(body).map_err(|error| Error::CloudEvent(error.to_string()))?;
    let required = |name: &str, value: Option<String>| {
        value
            .filter(|v| !v.is_empty())
            .ok_or_else(|| Error::CloudEvent(format!("attribute {name} is missing")))
    };
    check_version(&required("specversion", event.specversion)?)?;
    let id = story_id(&required("source", event.source)?, &required("id", event.id)?);
    let content_type = event.datacontenttype.unwrap_or_else(|| "application/json".to_owned());
    let data = match (event.data, event.data_base64) {
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
    let mut headers = Headers::default();
    headers.push("Content-Type", content_type);
    Ok(Event { id, headers, data })
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

fn story_id(source: &str, id: &str) -> String {
    format!("{source}#{id}")
}
