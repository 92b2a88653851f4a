//! Character references of HTML (`&amp;`, `&#039;`) in texts that no parser has read.

/// The character references that templates leave in JSON and attributes (`&amp;`, `&#039;`, `&uuml;`).
#[must_use]
pub fn unescape(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_what_templates_escaped_twice() {
        assert_eq!(unescape("T&uuml;r &amp; &#039;Tor&#x27; &nix; &"), "Tür & 'Tor' &nix; &");
    }
}
