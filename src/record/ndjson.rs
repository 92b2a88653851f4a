//! One record a line, whatever the reader takes for a line end.

/// Escapes U+0085, U+2028 and U+2029 in a JSON text.
///
/// JSON allows them raw inside strings, but Python's `splitlines`, JavaScript before 2019 and
/// several editors end a line there. Outside strings they cannot occur, so replacing is safe.
#[must_use]
pub fn escape_line_separators(json: String) -> String {
    if !json.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            '\u{85}' => out.push_str("\\u0085"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_survive_a_round_trip_as_escapes() {
        let text = "a\u{85}b\u{2028}c\u{2029}d";
        let line = escape_line_separators(serde_json::to_string(text).unwrap());
        assert_eq!(line, r#""a\u0085b\u2028c\u2029d""#);
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
