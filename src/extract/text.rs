//! White space as browsers see it.

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
