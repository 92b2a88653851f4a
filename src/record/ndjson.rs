//! One record a line, in JSON that every reader takes.

use memchr::{memchr3_iter, memmem};

/// A JSON text without what some readers stumble over: U+2028, U+2029 and the controls behind ASCII escaped, U+0000
/// replaced.
///
/// JSON allows the separators raw inside strings, but Python's `splitlines`, JavaScript before 2019 and
/// several editors end a line there, and at U+0085; to a terminal U+009B begins a command. Outside strings they cannot occur, so replacing is safe. `PostgreSQL` and many
/// programs in C take no U+0000, which pages and producers may state as `\u0000`; as in HTML, U+FFFD stands for it, so
/// that a text keeps its length.
#[must_use]
pub fn portable_line(json: String) -> String {
    escape_line_separators(replace_nul(json))
}

/// A JSON text with `\ufffd` for each `\u0000`.
fn replace_nul(mut json: String) -> String {
    const NUL: &str = "\\u0000";
    let mut from = 0;
    while let Some(at) = memmem::find(&json.as_bytes()[from..], NUL.as_bytes()) {
        let at = at + from;
        // Behind an odd number of backslashes this one is escaped itself.
        let before = json[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        if before % 2 == 0 {
            json.replace_range(at..at + NUL.len(), "\\ufffd");
        }
        from = at + NUL.len();
    }
    json
}

fn escape_line_separators(json: String) -> String {
    let is_plain = |c: char| !matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}');
    // Nearly no line has one: their bytes are looked for before characters are.
    let bytes = json.as_bytes();
    let begins_other = |at: usize| match bytes[at] {
        0x7f => true,
        0xc2 => matches!(bytes.get(at + 1), Some(0x80..=0x9f)),
        0xe2 => matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])),
        _ => false,
    };
    if !memchr3_iter(0x7f, 0xc2, 0xe2, bytes).any(begins_other) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            c if is_plain(c) => out.push(c),
            c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_replaced_and_its_spelling_kept() {
        for text in ["a\0b", "\\u0000", "\\\0", "\0\0"] {
            let line = portable_line(serde_json::to_string(text).unwrap());
            let read = serde_json::from_str::<String>(&line).unwrap();
            assert_eq!(read, text.replace('\0', "\u{fffd}"), "{line}");
        }
    }

    #[test]
    fn separators_survive_a_round_trip_as_escapes() {
        let text = "a\u{85}b\u{2028}c\u{2029}d\u{9b}e\u{a0}";
        let line = portable_line(serde_json::to_string(text).unwrap());
        assert_eq!(line, "\"a\\u0085b\\u2028c\\u2029d\\u009be\u{a0}\"");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
