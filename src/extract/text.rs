//! Text as browsers show it: white space, character references, tags left in values; and what of a text two wordings
//! of one thing share.

/// White space that HTML collapses, and the no-break and zero-width kinds that pages put in its
/// place.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
}

/// Appends text with runs of white space collapsed to one space, also across calls; leading space
/// is dropped.
pub(super) fn push_collapsed(out: &mut String, text: &str) {
    let mut space = out.is_empty() || out.ends_with([' ', '\n']);
    let mut rest = text;
    while !rest.is_empty() {
        // Runs without white space are copied whole; nearly all white space is ASCII.
        let end = rest.find(is_space).unwrap_or(rest.len());
        if end > 0 {
            out.push_str(&rest[..end]);
            space = false;
            rest = &rest[end..];
        }
        let mut chars = rest.chars();
        let mut seen = false;
        while let Some(c) = chars.clone().next().filter(|c| is_space(*c)) {
            // A soft hyphen or zero-width space joins; it is no gap between words.
            seen |= !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}');
            chars.next();
        }
        rest = chars.as_str();
        if seen && !space {
            out.push(' ');
            space = true;
        }
    }
}

/// One line: white space collapsed, ends trimmed.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_collapsed(&mut out, text);
    out.truncate(out.trim_end().len());
    out
}

/// Letters and digits in lower case: two wordings with the same are the same.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The character references that templates leave in JSON and attributes (`&amp;`, `&#039;`, `&uuml;`).
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest
            .find(';')
            .filter(|end| *end <= 10)
            .and_then(|end| Some((reference(&rest[1..end])?, end)));
        match known {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    // html5ever's own table, which has names with their semicolon.
    let key = format!("{name};");
    let (first, second) = *html5ever::data::NAMED_ENTITIES.get(key.as_str())?;
    (second == 0).then(|| char::from_u32(first)).flatten()
}

/// Tags out of a text that may be HTML; entities stay.
pub(super) fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        out.push(' ');
        match rest[open..].find('>') {
            Some(close) => rest = &rest[open + close + 1..],
            None => {
                rest = "";
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_what_templates_escaped_twice() {
        assert_eq!(unescape("T&uuml;r &amp; &#039;Tor&#x27; &nix; &"), "Tür & 'Tor' &nix; &");
    }
}
