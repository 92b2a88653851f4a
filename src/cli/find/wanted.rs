//! The story that `find` looks for, and whether a message or an outcome is of it.

use bytes::Bytes;
use serde_json::Value;

use crate::cli::{message_url, unescaped};
use crate::headers;
use crate::intake::{self, Headers, RawMessage};
use crate::model::{Identity, Key, Origin, Revision, StoryId, WebUrl};

/// What is looked for.
pub(super) struct Wanted {
    pub(super) key: Key,
    /// None where the key was given.
    pub(super) id: Option<String>,
    /// The id whose revisions are looked for, too: where no revision was named.
    pub(super) unrevised: Option<StoryId>,
    /// The address, normalised, where one was given.
    url: Option<String>,
}

impl Wanted {
    pub(super) fn new(text: &str, revision: Option<&str>) -> anyhow::Result<Self> {
        if let Some(key) = Key::parse(text) {
            return Ok(Self { key, id: None, unrevised: None, url: None });
        }
        let revision = revision.map(Revision::new).transpose()?;
        let url = text.contains("://").then(|| WebUrl::parse(text)).and_then(Result::ok);
        let id = match &url {
            Some(url) => StoryId::of_url(url),
            None => StoryId::new(text)?,
        };
        let id_text = if url.is_some() { text } else { id.as_str() }.to_owned();
        let unrevised = revision.is_none().then(|| id.clone());
        let key = Identity::new(id, revision).key();
        Ok(Self { key, id: Some(id_text), unrevised, url: url.map(|url| url.normalised()) })
    }

    /// Whether a raw message is of the story.
    pub(super) fn is_of(&self, message: RawMessage, settings: &intake::Settings) -> bool {
        let named = intake::identify(&message, settings);
        let url = match intake::decode(message, settings) {
            Ok(raw) if raw.identity.key() == self.key => return true,
            Ok(raw) => match raw.origin {
                Origin::Link { url, .. } => Some(url),
                Origin::Inline { url, .. } => url,
            },
            Err(_) => None,
        };
        named.key() == self.key
            || self.id.as_deref() == Some(named.id().as_str())
            || (self.url.is_some() && url.map(|url| url.normalised()) == self.url)
    }

    /// Whether an outcome is of another revision of the story, by its headers alone.
    pub(super) fn is_revision(&self, subject: &str, headers: &Headers) -> bool {
        let Some(id) = &self.unrevised else { return false };
        headers.get(headers::ID).is_some_and(|named| unescaped(named) == id.as_str())
            && subject.rsplit('.').next() != Some(self.key.as_str())
    }

    /// Whether an outcome is of the story.
    pub(super) fn is_outcome(&self, subject: &str, headers: &Headers, body: &Bytes) -> bool {
        if subject.rsplit('.').next() == Some(self.key.as_str()) {
            return true;
        }
        let Some(wanted) = &self.id else { return false };
        if headers.get(headers::ID).is_some_and(|id| unescaped(id) == *wanted) {
            return true;
        }
        let Some(url) = &self.url else { return false };
        addresses(headers, body).iter().any(|other| other == url)
    }
}

/// Addresses that an outcome names, normalised: those of a record, or of the message that a letter keeps.
pub(super) fn addresses(headers: &Headers, payload: &Bytes) -> Vec<String> {
    let body: Value = serde_json::from_slice(payload).unwrap_or_default();
    let of_body =
        ["/fetch/requestedUrl", "/fetch/finalUrl", "/fetch/canonicalUrl", "/item/uri", "/url"]
            .into_iter()
            .filter_map(|pointer| body.pointer(pointer)?.as_str());
    let of_headers = headers.get(headers::URL).into_iter();
    let of_letter = match body.get("item") {
        Some(_) => None,
        None => message_url::of_letter(headers, payload),
    };
    of_body
        .chain(of_headers)
        .chain(of_letter.as_deref())
        .filter_map(|url| WebUrl::parse(url).ok())
        .map(|url| url.normalised())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_id_and_key_name_the_same_story() {
        let by_url = Wanted::new("https://paper.example/a#top", None).unwrap();
        let id = StoryId::of_url(&WebUrl::parse("https://paper.example/a").unwrap());
        let by_id = Wanted::new(id.as_str(), None).unwrap();
        let by_key = Wanted::new(by_id.key.as_str(), None).unwrap();
        assert_eq!((by_url.key, by_key.key), (by_id.key, by_id.key));
        assert_ne!(Wanted::new(id.as_str(), Some("2")).unwrap().key, by_id.key);
        assert!(Wanted::new("two words", None).is_err());
    }

    #[test]
    fn outcome_is_found_by_record_or_message_address() {
        let wanted = Wanted::new("https://paper.example/a", None).unwrap();
        let none = Headers::default();
        let body = |text: &'static str| Bytes::from_static(text.as_bytes());
        let record = body(r#"{"fetch": {"finalUrl": "https://paper.example/a"}}"#);
        assert!(wanted.is_outcome("news.story.en.sport.X", &none, &record));
        let link = body(r#"{"url": "https://paper.example/a"}"#);
        assert!(wanted.is_outcome("news.dlq.a.b.X", &none, &link));
        let other = body(r#"{"url": "https://paper.example/b"}"#);
        assert!(!wanted.is_outcome("news.dlq.a.b.X", &none, &other));
        let mut named = Headers::default();
        named.push("News-Original-News-Url", "https://paper.example/a");
        assert!(wanted.is_outcome("news.dlq.a.b.X", &named, &body("<p>")));
    }
}
