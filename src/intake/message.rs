//! A message as it came: subject, headers, body; nothing read into it yet.

use bytes::Bytes;

/// A raw message before decoding.
#[derive(Clone, Debug, Default)]
pub struct RawMessage {
    /// Its headers, in the order sent.
    pub headers: Headers,
    /// Its body, as sent.
    pub body: Bytes,
    /// What of its headers cannot be read, where something cannot.
    pub unreadable: Option<Unreadable>,
}

/// A header line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which line, and why.
    pub reason: String,
    /// Whether who the message is, or how its body is to be read, may stand in what is lost.
    pub hides_identity: bool,
}

impl RawMessage {
    /// A JSON message without headers, as `process` reads them.
    #[must_use]
    pub fn json(body: Bytes) -> Self {
        Self { body, ..Self::default() }
    }
}

/// Message headers; names are compared without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a header, trimmed.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim())
    }

    /// All headers.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// Sets a header in place of all of its name.
    pub fn set(&mut self, name: &str, value: String) {
        self.remove(name);
        self.push(name, value);
    }

    /// Takes away all headers of a name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }

    /// Adds a header.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
}

impl From<&async_nats::HeaderMap> for Headers {
    fn from(map: &async_nats::HeaderMap) -> Self {
        let mut headers = Self::default();
        for (name, values) in map.iter() {
            for value in values {
                headers.push(name.to_string(), value.as_str());
            }
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_set_in_place_of_all() {
        let mut headers = Headers::default();
        for (name, value) in [("X-Desk", "a"), ("traceparent", "1"), ("TraceParent", "2")] {
            headers.push(name, value);
        }
        headers.set("traceparent", "3".to_owned());
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("X-Desk", "a"), ("traceparent", "3")]);
    }
}
