//! Who a message is: by the id that it names, else by its URL, else by its text. Pure.
//!
//! One message has one identity, however late it fails and whatever of it can be read. What cannot be used is not
//! left out: a message under a bad id or a bad revision must not pass for another one.

use super::super::wire::RawArticleWire;
use super::super::{Headers, RawMessage, cloud_events};
use super::non_blank;
use crate::headers;
use crate::model::{Identity, Revision, StoryId, UrlError, WebUrl};

/// What a message names of itself outside of the fields of its article.
#[derive(Default)]
pub(super) struct StatedIdentity {
    pub(super) id: Option<String>,
    pub(super) revision: Option<String>,
    pub(super) url: Option<String>,
    /// Source and id of an event.
    pub(super) event: Option<String>,
}

impl StatedIdentity {
    pub(super) fn of_headers(headers: &Headers) -> Self {
        let header = |name: &str| headers.get(name).map(str::to_owned);
        Self {
            id: header(headers::ID),
            revision: header(headers::REVISION),
            url: header(headers::URL),
            event: cloud_events::binary_id(headers),
        }
    }

    /// What a JSON body names that is no article. A number counts by its digits: it is the text that a mended
    /// message will have. Any other revision counts by its JSON.
    pub(super) fn salvage(&mut self, body: &[u8]) {
        #[derive(serde::Deserialize)]
        struct Fields {
            #[serde(default)]
            id: serde_json::Value,
            #[serde(default)]
            revision: serde_json::Value,
        }
        let Ok(fields) = serde_json::from_slice::<Fields>(body) else { return };
        use serde_json::Value;
        match fields.id {
            Value::String(id) => self.id = Some(id),
            Value::Number(id) => self.id = Some(id.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
        }
        match fields.revision {
            Value::Null => {}
            Value::String(revision) => self.revision = Some(revision),
            revision => self.revision = Some(revision.to_string()),
        }
    }
}

/// Headers that, beside object and body, tell a message from others where it names no id.
const IDENTIFYING_HEADERS: [&str; 6] = [
    headers::HEADER_BLOCK,
    headers::ID,
    headers::REVISION,
    headers::URL,
    "Content-Type",
    "Content-Encoding",
];

/// The fields of an article as a message gives them, blank ones left out.
pub(super) struct ArticleFields {
    pub(super) wire: RawArticleWire,
    pub(super) url: Option<Result<WebUrl, UrlError>>,
}

impl ArticleFields {
    pub(super) fn of(mut wire: RawArticleWire) -> Self {
        wire.html = non_blank(wire.html);
        wire.text = non_blank(wire.text);
        let url = non_blank(wire.url.take()).map(|url| WebUrl::parse(url.trim()));
        Self { wire, url }
    }

    fn content(&self) -> Option<&str> {
        self.wire.html.as_deref().or(self.wire.text.as_deref())
    }

    /// An id or a revision that cannot be used never gives a story: nor does its message share the identity of one.
    pub(super) fn identity(&self, message: &RawMessage) -> Identity {
        let header = |name| message.headers.get(name).unwrap_or_default();
        let whole = || {
            let mut parts: Vec<&[u8]> = vec![header(headers::OBJECT).as_bytes(), &message.body];
            // All that says what the message is: producers may send many without a body.
            for name in IDENTIFYING_HEADERS {
                if let Some(value) = message.headers.get(name) {
                    parts.extend([name.as_bytes(), value.as_bytes()]);
                }
            }
            StoryId::of_message(&parts)
        };
        let is_hidden = message.unreadable.as_ref().is_some_and(|u| u.hides_identity);
        let id = match (&self.wire.id, &self.url, self.content()) {
            (Some(id), _, _) => StoryId::new(id).unwrap_or_else(|_| whole()),
            _ if is_hidden => whole(),
            (None, Some(Ok(url)), _) => StoryId::of_url(url),
            (None, _, Some(text)) => StoryId::of_body(text.as_bytes()),
            (None, _, None) => whole(),
        };
        let revision = match self.wire.revision.as_deref() {
            Some(revision) => {
                Some(Revision::new(revision).unwrap_or_else(|_| Revision::of_unusable(revision)))
            }
            None => is_hidden.then(|| Revision::of_unusable(header(headers::HEADER_BLOCK))),
        };
        Identity::new(id, revision)
    }
}
