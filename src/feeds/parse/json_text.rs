//! JSON as sites send it, read as far as it goes.
//!
//! Strings may hold raw line breaks, halves of surrogate pairs and escapes that are none; numbers may be
//! larger than any; lists may end in a comma. What breaks the rules further is a [`JsonFault`], which costs what it
//! is in. No recursion without a bound, and no more values are kept than are asked for.

use serde_json::{Map, Number, Value};

/// Deepest value that is kept; deeper ones are null.
const DEEPEST: usize = 16;

/// Most elements of a list, or fields of an object, that are kept.
const MOST_ELEMENTS: usize = 200;

/// Most values that one reading keeps.
const MOST_VALUES: usize = 5_000;

/// Longest text that is kept, in bytes.
const LONGEST: usize = 2 << 20;

/// What breaks the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JsonFault {
    /// The document ends.
    Truncated,
    /// Something that can't stand here.
    Malformed,
}

/// A place in a document.
#[derive(Debug)]
pub(super) struct JsonReader<'a> {
    text: &'a str,
    pub at: usize,
    /// Values that may still be kept.
    room: usize,
}

impl<'a> JsonReader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, room: MOST_VALUES }
    }

    /// The next byte that is no space.
    pub(super) fn peek(&mut self) -> Result<u8, JsonFault> {
        let rest = &self.text.as_bytes()[self.at..];
        let space = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        self.at += space;
        rest.get(space).copied().ok_or(JsonFault::Truncated)
    }

    /// Takes a byte, if it comes next.
    pub(super) fn take(&mut self, byte: u8) -> Result<bool, JsonFault> {
        let is_next = self.peek()? == byte;
        self.at += usize::from(is_next);
        Ok(is_next)
    }

    /// The name of the next field of an object, its colon taken; none at the object's end.
    pub(super) fn key(&mut self) -> Result<Option<String>, JsonFault> {
        while self.take(b',')? {}
        if self.take(b'}')? {
            return Ok(None);
        }
        if self.peek()? != b'"' {
            return Err(JsonFault::Malformed);
        }
        let key = self.string()?;
        if self.take(b':')? { Ok(Some(key)) } else { Err(JsonFault::Malformed) }
    }

    /// Whether a list or an object goes on behind a value.
    pub(super) fn goes_on(&mut self, end: u8) -> Result<bool, JsonFault> {
        match self.peek()? {
            b',' => {
                self.at += 1;
                Ok(self.peek()? != end || !self.take(end)?)
            }
            next if next == end => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(JsonFault::Malformed),
        }
    }

    /// Passes over a value by its brackets and strings alone, and gives its text.
    pub(super) fn passed_over(&mut self) -> Result<&'a str, JsonFault> {
        self.peek()?;
        let (start, mut depth) = (self.at, 0_usize);
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at).ok_or(JsonFault::Truncated)? {
                b'"' => self.pass_string()?,
                b'[' | b'{' => {
                    depth += 1;
                    self.at += 1;
                }
                b']' | b'}' if depth == 0 => break,
                b']' | b'}' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' if depth == 0 => break,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            if depth == 0 {
                break;
            }
        }
        if self.at == start { Err(JsonFault::Malformed) } else { Ok(&self.text[start..self.at]) }
    }

    fn pass_string(&mut self) -> Result<(), JsonFault> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        while let Some(found) =
            memchr::memchr2(b'"', b'\\', bytes.get(at..).ok_or(JsonFault::Truncated)?)
        {
            at += found;
            if bytes[at] == b'"' {
                self.at = at + 1;
                return Ok(());
            }
            at += 2;
        }
        self.at = bytes.len();
        Err(JsonFault::Truncated)
    }

    /// The value that comes next.
    pub(super) fn value(&mut self) -> Result<Value, JsonFault> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Result<Value, JsonFault> {
        let next = self.peek()?;
        if depth > DEEPEST || self.room == 0 {
            return self.passed_over().map(|_| Value::Null);
        }
        self.room -= 1;
        match next {
            b'"' => self.string().map(Value::String),
            b'[' => self.list(depth),
            b'{' => self.object(depth),
            _ => self.word(),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonFault> {
        self.at += 1;
        let mut list = Vec::new();
        if self.take(b']')? {
            return Ok(Value::Array(list));
        }
        loop {
            if list.len() < MOST_ELEMENTS {
                list.push(self.nested(depth + 1)?);
            } else {
                self.passed_over()?;
            }
            if !self.goes_on(b']')? {
                return Ok(Value::Array(list));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonFault> {
        self.at += 1;
        let mut object = Map::new();
        while let Some(key) = self.key()? {
            if object.len() < MOST_ELEMENTS {
                let value = self.nested(depth + 1)?;
                object.insert(key, value);
            } else {
                self.passed_over()?;
            }
            if !self.goes_on(b'}')? {
                break;
            }
        }
        Ok(Value::Object(object))
    }

    /// A number, or a word of the language; null for a number beyond all, and for other words.
    fn word(&mut self) -> Result<Value, JsonFault> {
        let rest = &self.text[self.at..];
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let length = rest.bytes().take_while(is_part).count();
        if length == 0 {
            return Err(JsonFault::Malformed);
        }
        self.at += length;
        let word = &rest[..length];
        Ok(match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => match (word.parse::<i64>(), word.parse::<u64>(), word.parse::<f64>()) {
                (Ok(number), ..) => Value::Number(number.into()),
                (_, Ok(number), _) => Value::Number(number.into()),
                (.., Ok(number)) => Number::from_f64(number).map_or(Value::Null, Value::Number),
                _ => Value::Null,
            },
        })
    }

    /// A string, its escapes undone; what is no escape stays as it is written.
    pub(super) fn string(&mut self) -> Result<String, JsonFault> {
        let start = self.at + 1;
        self.pass_string()?;
        let mut rest = &self.text[start..self.at - 1];
        let mut out = String::new();
        while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = match rest.as_bytes().get(1) {
                Some(b'u') => unicode(rest, &mut out),
                Some(escape) => simple(*escape).map(|c| {
                    out.push(c);
                    2
                }),
                None => None,
            };
            let length = length.unwrap_or_else(|| {
                out.push('\\');
                1
            });
            rest = &rest[length..];
            if out.len() > LONGEST {
                return Ok(out);
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

fn simple(escape: u8) -> Option<char> {
    Some(match escape {
        b'"' | b'\\' | b'/' => char::from(escape),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return None,
    })
}

/// Undoes `\uXXXX`, or two of them that are one character, and says how long they are. A half alone is
/// U+FFFD.
fn unicode(text: &str, out: &mut String) -> Option<usize> {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
    };
    let first = unit(text)?;
    let second = unit(&text[6..]).filter(|_| (0xd800..0xdc00).contains(&first));
    if let Some(second) = second
        && let Some(Ok(c)) = char::decode_utf16([first, second]).next()
    {
        out.push(c);
        return Some(12);
    }
    out.push(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(6)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Result<Value, JsonFault> {
        JsonReader::new(text).value()
    }

    #[test]
    fn valid_and_almost_valid_json_is_read() {
        for (text, right) in [
            (
                "{\"a\": [1, -2.5, true, null], \"b\": {}}",
                json!({"a": [1, -2.5, true, null], "b": {}}),
            ),
            ("[1, 2,]", json!([1, 2])),
            ("{\"a\": 1,}", json!({"a": 1})),
            ("{\"a\": 1e999, \"b\": NaN}", json!({"a": null, "b": null})),
            ("\"a\n\tb\"", json!("a\n\tb")),
            (
                r#""\ud83d x \ud83d\ude00 \u00e9 \x \/ \n""#,
                json!("\u{fffd} x \u{1f600} \u{e9} \\x / \n"),
            ),
            (r#""\u12""#, json!("\\u12")),
            ("18446744073709551615", json!(u64::MAX)),
            ("[]", json!([])),
        ] {
            assert_eq!(value(text), Ok(right), "{text}");
        }
    }

    #[test]
    fn what_breaks_the_rules_is_a_slip() {
        for text in
            ["", "{\"a\"", "{\"a\": ", "[1, 2", "\"a", "\"a\\", "\"a\\\"", "{", "[", "{\"a\": 1,"]
        {
            assert_eq!(value(text), Err(JsonFault::Truncated), "{text}");
        }
        for text in ["{\"a\" 1}", "{a: 1}", "[1 2]", "\u{e9}", "{\"a\": \"b\" c}", "]", "[,1]"] {
            assert_eq!(value(text), Err(JsonFault::Malformed), "{text}");
        }
    }

    #[test]
    fn neither_depth_nor_number_is_without_bound() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(value(&deep).is_ok());
        let Ok(Value::Array(list)) = value(&format!("[{}0]", "[1],".repeat(10_000))) else {
            panic!()
        };
        assert_eq!(list.len(), MOST_ELEMENTS);
    }
}
