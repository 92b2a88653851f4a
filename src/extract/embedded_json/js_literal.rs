//! The data that Nuxt 2 starts from, as plain JSON: a function that returns an object literal, called with the values
//! that occur in it more than once: `(function(a,b){return {title:a,text:"..."}}("...",null))`.
//!
//! Reads literals only: names that are no parameters, and what statements before `return` put together, are `null`.
//! Depth and number of values are bounded.

use serde_json::{Map, Value};

/// How deep literals are read, and how many values.
const MAX_DEPTH: usize = 40;
const MAX_VALUES: usize = 100_000;

/// What the function in a script returns for its arguments.
pub(super) fn of_function(script: &str) -> Option<Value> {
    let start = script.find("(function(").filter(|at| *at < 200)?;
    let (names, body) = script[start + "(function(".len()..].split_once(')')?;
    let (rest, called) = body.rsplit_once("}(")?;
    let returned = rest[rest.find("return")? + "return".len()..].trim_start();
    if !returned.starts_with(['{', '[']) {
        return None;
    }
    let mut reader = LiteralReader { text: called, at: 0, values: 0, names: Map::new() };
    let given = reader.list(')', 0)?;
    let names = names.split(',').map(|name| name.trim().to_owned());
    let mut reader =
        LiteralReader { text: returned, at: 0, values: 0, names: names.zip(given).collect() };
    reader.value(0)
}

struct LiteralReader<'a> {
    text: &'a str,
    at: usize,
    values: usize,
    /// The values of parameters.
    names: Map<String, Value>,
}

impl LiteralReader<'_> {
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn takes(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return None;
        }
        match self.peek()? {
            '{' => self.object(depth),
            '[' => {
                self.at += 1;
                Some(Value::Array(self.list(']', depth)?))
            }
            '"' | '\'' => self.string().map(Value::String),
            _ => Some(self.word()),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut fields = Map::new();
        while !self.takes('}') {
            let key = match self.peek()? {
                '"' | '\'' => self.string()?,
                _ => self.name().to_owned(),
            };
            if key.is_empty() || !self.takes(':') {
                return None;
            }
            fields.insert(key, self.value(depth + 1)?);
            if !self.takes(',') && self.peek() != Some('}') {
                return None;
            }
        }
        Some(Value::Object(fields))
    }

    /// Values up to a bracket, which is read too.
    fn list(&mut self, end: char, depth: usize) -> Option<Vec<Value>> {
        let mut out = Vec::new();
        while !self.takes(end) {
            out.push(self.value(depth + 1)?);
            if !self.takes(',') && self.peek() != Some(end) {
                return None;
            }
        }
        Some(out)
    }

    /// Letters, digits, `$`, `_` and the signs of numbers.
    fn name(&mut self) -> &str {
        let rest = &self.text[self.at..];
        let is_part =
            |c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | '.' | '-' | '+' | '!');
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// A number, a constant, a parameter; calls and what else there is are `null`.
    fn word(&mut self) -> Value {
        let name = self.name().to_owned();
        if matches!(name.as_str(), "void" | "new") {
            self.peek();
            self.name();
        }
        if self.takes('(') {
            self.skip_call();
            return Value::Null;
        }
        match name.as_str() {
            "true" | "!0" => Value::Bool(true),
            "false" | "!1" => Value::Bool(false),
            _ => match self.names.get(&name) {
                Some(value) => value.clone(),
                None => serde_json::from_str(&name).unwrap_or(Value::Null),
            },
        }
    }

    fn skip_call(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find(')').map_or(rest.len(), |at| at + 1);
    }

    fn string(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let quote = rest.chars().next()?;
        let mut chars = rest.char_indices().skip(1);
        let mut out = String::new();
        let mut high = None;
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.at += at + c.len_utf8();
                return Some(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            let (_, escaped) = chars.next()?;
            match escaped {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' | 'b' | 'f' | '\n' => {}
                'u' | 'x' => {
                    let digits = if escaped == 'u' { 4 } else { 2 };
                    let code: String = chars.by_ref().take(digits).map(|(_, c)| c).collect();
                    let code = u32::from_str_radix(&code, 16).ok()?;
                    // Characters beyond the first plane are written as two.
                    match (code, high) {
                        (0xd800..=0xdbff, _) => high = Some(code),
                        (0xdc00..=0xdfff, Some(first)) => {
                            let pair = 0x1_0000 + ((first - 0xd800) << 10) + (code - 0xdc00);
                            out.extend(char::from_u32(pair));
                        }
                        _ => out.extend(char::from_u32(code)),
                    }
                }
                other => out.push(other),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_put_in() {
        let script = r#"window.__NUXT__=(function(a,b,c){x.y=b;return {data:[{title:a,"by":{name:c},n:-1.5,at:void 0,
            ok:true,when:new Date(5),text:"\u003Cp>One \"two\"\x3C\u002Fp>",none:b}]}}("A ferry",null,'Jo \ud83d\ude00'));"#;
        let expected = serde_json::json!({"data": [{"title": "A ferry", "by": {"name": "Jo \u{1f600}"}, "n": -1.5,
            "at": null, "ok": true, "when": null, "text": "<p>One \"two\"</p>", "none": null}]});
        assert_eq!(of_function(script), Some(expected));
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        for script in [
            "(function(a){return b(a)}(1))",
            "(function(a){return {a",
            "(function(){return {a:[}}())",
            "",
        ] {
            assert_eq!(of_function(script), None, "{script}");
        }
        let deep = format!("(function(){{return {}}}())", "[".repeat(9_000));
        assert_eq!(of_function(&deep), None);
    }
}
