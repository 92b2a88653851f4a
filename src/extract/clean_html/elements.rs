//! The elements and attributes that clean HTML has.

use html5ever::{LocalName, local_name};

use super::addresses::Addresses;
use crate::extract::dom::{Attr, Dom, NodeId};

/// An element that holds others.
pub(super) fn container(name: &LocalName) -> Option<&'static str> {
    Some(match *name {
        local_name!("ul") => "ul",
        local_name!("ol") => "ol",
        local_name!("li") => "li",
        local_name!("dl") => "dl",
        local_name!("dt") => "dt",
        local_name!("dd") => "dd",
        local_name!("blockquote") => "blockquote",
        local_name!("table") => "table",
        local_name!("caption") => "caption",
        local_name!("thead") => "thead",
        local_name!("tbody") => "tbody",
        local_name!("tfoot") => "tfoot",
        local_name!("tr") => "tr",
        local_name!("td") => "td",
        local_name!("th") => "th",
        local_name!("figure") => "figure",
        local_name!("figcaption") => "figcaption",
        _ => return None,
    })
}

/// An element that holds text only.
pub(super) fn leaf(name: &LocalName) -> Option<&'static str> {
    Some(match *name {
        local_name!("p") => "p",
        local_name!("h1") => "h1",
        local_name!("h2") => "h2",
        local_name!("h3") => "h3",
        local_name!("h4") => "h4",
        local_name!("h5") => "h5",
        local_name!("h6") => "h6",
        local_name!("pre") => "pre",
        _ => return None,
    })
}

/// An element within a line.
pub(super) fn inline(name: &LocalName) -> Option<&'static str> {
    Some(match *name {
        local_name!("a") => "a",
        local_name!("abbr") => "abbr",
        local_name!("b") => "b",
        local_name!("bdi") => "bdi",
        local_name!("bdo") => "bdo",
        local_name!("cite") => "cite",
        local_name!("code") => "code",
        local_name!("del") => "del",
        local_name!("dfn") => "dfn",
        local_name!("em") => "em",
        local_name!("i") => "i",
        local_name!("ins") => "ins",
        local_name!("kbd") => "kbd",
        local_name!("mark") => "mark",
        local_name!("q") => "q",
        local_name!("rp") => "rp",
        local_name!("rt") => "rt",
        local_name!("ruby") => "ruby",
        local_name!("s") => "s",
        local_name!("samp") => "samp",
        local_name!("small") => "small",
        local_name!("strong") => "strong",
        local_name!("sub") => "sub",
        local_name!("sup") => "sup",
        local_name!("time") => "time",
        local_name!("u") => "u",
        local_name!("var") => "var",
        _ => return None,
    })
}

/// Whether an element holds other elements only, no text.
pub(super) fn is_frame(tag: &str) -> bool {
    matches!(tag, "ul" | "ol" | "dl" | "table" | "thead" | "tbody" | "tfoot" | "tr")
}

/// Whether text may stand in a container without a paragraph around it.
pub(super) fn holds_text(tag: &str) -> bool {
    matches!(tag, "li" | "dt" | "dd" | "td" | "th" | "caption" | "figcaption")
}

/// What an element must stand in; nothing for those that may stand anywhere.
pub(super) fn parents(tag: &str) -> &'static [&'static str] {
    match tag {
        "li" => &["ul", "ol"],
        "dt" | "dd" => &["dl"],
        "thead" | "tbody" | "tfoot" | "caption" => &["table"],
        "tr" => &["table", "thead", "tbody", "tfoot"],
        "td" | "th" => &["tr"],
        "figcaption" => &["figure"],
        _ => &[],
    }
}

/// Highest number of columns or rows that a cell spans.
const MAX_SPAN: u32 = 1000;

/// Writes the attributes that an element keeps.
pub(super) fn attributes(
    dom: &Dom,
    node: NodeId,
    tag: &str,
    addresses: &Addresses,
    out: &mut String,
) {
    let get = |name: Attr| dom.attr(node, name);
    let number = |name: Attr| get(name)?.trim().parse::<u32>().ok();
    match tag {
        "a" => {
            let href = get(Attr::Href).and_then(|href| addresses.link(href));
            put("href", href.as_deref(), out);
        }
        "td" | "th" => {
            for (name, value) in
                [("colspan", number(Attr::Colspan)), ("rowspan", number(Attr::Rowspan))]
            {
                let spans = value.filter(|n| (2..=MAX_SPAN).contains(n));
                put(name, spans.map(|n| n.to_string()).as_deref(), out);
            }
        }
        "ol" => put("start", number(Attr::Start).map(|n| n.to_string()).as_deref(), out),
        "time" => {
            let is_time = |v: &&str| v.len() <= 40 && v.bytes().all(is_time_byte);
            put("datetime", get(Attr::Datetime).map(str::trim).filter(is_time), out);
        }
        _ => {}
    }
    let is_tag = |v: &&str| {
        (2..=35).contains(&v.len()) && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    put("lang", get(Attr::Lang).filter(is_tag), out);
    let is_way = |v: &&str| matches!(*v, "ltr" | "rtl" | "auto");
    put("dir", get(Attr::Dir).filter(is_way), out);
}

const fn is_time_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b':' | b'+' | b'.' | b' ')
}

/// Writes an attribute that has a value.
pub(super) fn put(name: &str, value: Option<&str>, out: &mut String) {
    if let Some(value) = value {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        let mut escaped = String::with_capacity(value.len());
        escape(value, &mut escaped);
        out.push_str(&escaped.replace('"', "&quot;"));
        out.push('"');
    }
}

/// Writes text so that no character of it is markup.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}' => {}
            c => out.push(c),
        }
    }
}
