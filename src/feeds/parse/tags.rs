//! What a tag says, as feeds write it.

use html5ever::tokenizer::Tag;

/// The value of an attribute, in any case of letters.
pub(super) fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs
        .iter()
        .find(|attribute| (*attribute.name.local).eq_ignore_ascii_case(name))
        .map(|attribute| attribute.value.to_string())
}

/// A link's relation: IANA's IRI is the same as the word (RFC 4287, 4.2.7.2).
pub(super) fn rel(tag: &Tag) -> String {
    let rel = attribute(tag, "rel").unwrap_or_default().trim().to_ascii_lowercase();
    let word = rel.rsplit_once("/relation/").map_or(rel.as_str(), |(_, word)| word);
    let word = word.rsplit_once("link-relations/").map_or(word, |(_, word)| word);
    if word.is_empty() { "alternate".to_owned() } else { word.to_owned() }
}

/// A start tag as markup.
pub(super) fn shown(tag: &Tag) -> String {
    let mut shown = format!("<{}", tag.name);
    for attribute in &tag.attrs {
        let value = attribute.value.replace('&', "&amp;").replace('"', "&quot;");
        shown.push_str(&format!(" {}=\"{value}\"", attribute.name.local));
    }
    shown.push('>');
    shown
}
