//! What feeds write for people, as plain text: markup and references undone, white space collapsed,
//! length bounded.

use std::cell::RefCell;

use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult};

use super::markup::{Stop, mended_text, tokenize};

/// A text that may hold HTML.
pub(in crate::feeds) fn of_html(text: &str, longest: usize) -> Option<String> {
    if !text.contains(['&', '<']) {
        return plain(text, longest);
    }
    // A reading as short as this is not stopped.
    let read = tokenize(&mended_text(text), Characters::default(), &Stop::default()).ok()?;
    plain(&read.0.into_inner(), longest)
}

/// A text as it is, trimmed; `None` when nothing is left.
pub(super) fn plain(text: &str, longest: usize) -> Option<String> {
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > longest {
            let end = (0..=longest).rev().find(|at| out.is_char_boundary(*at));
            out.truncate(end.unwrap_or_default());
            break;
        }
    }
    (!out.is_empty()).then_some(out)
}

/// A text as HTML: a paragraph for what stands between blank lines.
pub(super) fn paragraphs(text: &str) -> String {
    let text = escaped(&text.replace("\r\n", "\n"));
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    blocks.map(|block| format!("<p>{}</p>", block.replace('\n', "<br>"))).collect()
}

/// A text as HTML writes it.
pub(in crate::feeds) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A BCP 47 tag, if the text looks like one; `en_US` is forgiven.
pub(super) fn language(text: &str) -> Option<String> {
    let tag = text.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let fits = (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts
            .all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    (fits && tag.len() <= 35).then_some(tag)
}

#[derive(Default)]
struct Characters(RefCell<String>);

impl TokenSink for Characters {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => self.0.borrow_mut().push_str(&text),
            // What stands between two elements is not one word.
            Token::TagToken(tag) if matches!(&*tag.name, "br" | "p" | "div" | "li") => {
                self.0.borrow_mut().push(' ');
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}
