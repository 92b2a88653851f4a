//! What elements and their attributes say of the text in them: whether it flows on, what it is, where it stands.

use html5ever::{LocalName, local_name};

use super::{Places, Shape};
use crate::hash::{SEED, step};

/// How an element takes part in the flow of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Block,
    Inline,
    Break,
    Skip,
}

pub(super) fn flow(name: &LocalName) -> Flow {
    match *name {
        local_name!("script")
        | local_name!("style")
        | local_name!("noscript")
        | local_name!("template")
        | local_name!("svg")
        | local_name!("math")
        | local_name!("iframe")
        | local_name!("object")
        | local_name!("embed")
        | local_name!("canvas")
        | local_name!("audio")
        | local_name!("video")
        | local_name!("button")
        | local_name!("select")
        | local_name!("option")
        | local_name!("textarea")
        | local_name!("input")
        | local_name!("head")
        | local_name!("meta")
        | local_name!("link")
        | local_name!("title")
        | local_name!("map")
        | local_name!("datalist")
        | local_name!("progress")
        | local_name!("meter") => Flow::Skip,
        local_name!("br") | local_name!("hr") => Flow::Break,
        local_name!("a")
        | local_name!("abbr")
        | local_name!("acronym")
        | local_name!("b")
        | local_name!("bdi")
        | local_name!("bdo")
        | local_name!("big")
        | local_name!("cite")
        | local_name!("code")
        | local_name!("data")
        | local_name!("del")
        | local_name!("dfn")
        | local_name!("em")
        | local_name!("font")
        | local_name!("i")
        | local_name!("img")
        | local_name!("ins")
        | local_name!("kbd")
        | local_name!("label")
        | local_name!("mark")
        | local_name!("nobr")
        | local_name!("q")
        | local_name!("rp")
        | local_name!("rt")
        | local_name!("ruby")
        | local_name!("s")
        | local_name!("samp")
        | local_name!("small")
        | local_name!("span")
        | local_name!("strike")
        | local_name!("strong")
        | local_name!("sub")
        | local_name!("sup")
        | local_name!("time")
        | local_name!("tt")
        | local_name!("u")
        | local_name!("var")
        | local_name!("wbr")
        | local_name!("source")
        | local_name!("picture")
        | local_name!("param")
        | local_name!("area") => Flow::Inline,
        _ => Flow::Block,
    }
}

pub(super) fn shape(name: Option<&LocalName>) -> Shape {
    let Some(name) = name else { return Shape::Loose };
    match *name {
        local_name!("p") => Shape::Paragraph,
        local_name!("h1") => Shape::Heading(1),
        local_name!("h2") => Shape::Heading(2),
        local_name!("h3") => Shape::Heading(3),
        local_name!("h4") => Shape::Heading(4),
        local_name!("h5") => Shape::Heading(5),
        local_name!("h6") => Shape::Heading(6),
        local_name!("li") | local_name!("dt") | local_name!("dd") => Shape::Item,
        local_name!("td") | local_name!("th") => Shape::Cell,
        local_name!("pre") => Shape::Pre,
        local_name!("figcaption") | local_name!("caption") => Shape::Caption,
        _ => Shape::Loose,
    }
}

pub(super) fn place(name: &LocalName) -> Places {
    match *name {
        local_name!("article") => Places::ARTICLE,
        local_name!("main") => Places::MAIN,
        local_name!("aside") => Places::ASIDE,
        local_name!("nav") => Places::NAV,
        local_name!("footer") => Places::FOOTER,
        local_name!("header") => Places::HEADER,
        local_name!("dialog") => Places::HIDDEN,
        local_name!("figure") | local_name!("figcaption") => Places::FIGURE,
        local_name!("form") | local_name!("fieldset") => Places::FORM,
        local_name!("table") => Places::TABLE,
        local_name!("ul") | local_name!("ol") | local_name!("dl") => Places::LIST,
        local_name!("blockquote") => Places::QUOTE,
        local_name!("address") => Places::ADDRESS,
        _ => Places::default(),
    }
}

pub(super) fn role(value: &str) -> Places {
    match value {
        "main" => Places::MAIN,
        "article" => Places::ARTICLE,
        "navigation" | "menu" | "menubar" | "search" | "tablist" => Places::NAV,
        "complementary" => Places::ASIDE,
        "contentinfo" => Places::FOOTER,
        "banner" => Places::HEADER,
        "dialog" | "alertdialog" => Places::HIDDEN,
        "form" => Places::FORM,
        "figure" => Places::FIGURE,
        _ => Places::default(),
    }
}

/// Whether a schema.org property states a fact about the story rather than a part of its text.
pub(super) fn is_fact(property: &str) -> bool {
    matches!(
        property.trim(),
        "author"
            | "publisher"
            | "datePublished"
            | "dateModified"
            | "dateCreated"
            | "keywords"
            | "url"
            | "logo"
            | "comment"
            | "commentCount"
            | "interactionStatistic"
            | "mainEntityOfPage"
            | "inLanguage"
            | "wordCount"
            | "copyrightHolder"
            | "copyrightYear"
            | "sameAs"
    )
}

pub(in crate::extract) fn hides(style: &str) -> bool {
    let squeezed: String = style.chars().filter(|c| !c.is_whitespace()).take(400).collect();
    squeezed.contains("display:none") || squeezed.contains("visibility:hidden")
}

pub(super) fn kind(name: &LocalName, class: &str) -> u64 {
    // Digits are left out, since ids are often part of a class.
    let bytes = name
        .bytes()
        .chain(std::iter::once(b'.'))
        .chain(class.bytes().filter(|b| !b.is_ascii_digit()));
    bytes.fold(SEED, |hash, byte| step(hash, u64::from(byte)))
}
