//! The address that a dead letter's message names, whatever form the message had.
//!
//! A letter keeps the message's body, and its headers under names of their own. A JSON body is looked into as it is;
//! any other, a list of addresses for one, is read as intake reads it. Refuses nothing: what cannot be read has no
//! address.

use bytes::Bytes;

use crate::headers;
use crate::intake::{self, Headers, RawMessage};
use crate::model::{Origin, WebUrl};

/// The address as it is shown to people: without user information, which may be a password.
pub(super) fn shown(url: &str) -> String {
    WebUrl::parse(url)
        .map_or_else(|_| url.to_owned(), |url| url.without_user_info().as_str().to_owned())
}

/// The address, from the headers and the body of a letter, as the message has it.
pub(super) fn of_letter(letter: &Headers, body: &Bytes) -> Option<String> {
    if let Some(url) = letter.get(headers::ORIGINAL_URL).filter(|url| !url.is_empty()) {
        return Some(url.to_owned());
    }
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(url) = json["url"].as_str() {
        return Some(url.to_owned());
    }
    let message = RawMessage { headers: own(letter), body: body.clone(), unreadable: None };
    match intake::decode(message, &intake::Settings::default()).ok()?.origin {
        Origin::Link { url, .. } => Some(url.as_str().to_owned()),
        Origin::Inline { url, .. } => url.map(|url| url.as_str().to_owned()),
    }
}

/// The message's own headers.
fn own(letter: &Headers) -> Headers {
    let mut own = Headers::default();
    for (name, value) in letter.iter() {
        if let Some(original) = name.strip_prefix(headers::ORIGINAL) {
            own.push(original, value);
        } else if headers::describes_body(name) {
            own.push(name, value);
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(headers: &[(&str, &str)], body: &'static str) -> Option<String> {
        let mut letter = Headers::default();
        for (name, value) in headers {
            letter.push(*name, *value);
        }
        of_letter(&letter, &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn user_information_is_not_shown() {
        assert_eq!(shown("https://desk:secret@paper.example/a"), "https://paper.example/a");
        assert_eq!(shown("no address"), "no address");
    }

    #[test]
    fn dead_letter_of_every_form_has_its_address() {
        let page = "https://paper.example/a";
        let list = [("Content-Type", "text/uri-list")];
        assert_eq!(url(&list, "# one\r\nhttps://paper.example/a\r\n").as_deref(), Some(page));
        assert_eq!(url(&[], r#"{"url": "https://paper.example/a"}"#).as_deref(), Some(page));
        let html = [("Content-Type", "text/html"), ("News-Original-News-Url", page)];
        assert_eq!(url(&html, "<p>").as_deref(), Some(page));
        assert_eq!(url(&list, "no address"), None);
        assert_eq!(url(&[], "{"), None);
    }
}
