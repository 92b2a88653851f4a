//! Reading a record that may lack anything.

use serde_json::Value;

/// The text at a JSON pointer; an empty one counts as none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
}

/// The number at a JSON pointer.
pub(super) fn number(value: &Value, pointer: &str) -> Option<f64> {
    value.pointer(pointer)?.as_f64()
}

/// The list at a JSON pointer; none is empty.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// An offset of a span, in code points.
pub(super) fn offset(value: &Value, pointer: &str) -> Option<usize> {
    value.pointer(pointer)?.as_u64().and_then(|n| usize::try_from(n).ok())
}

/// An address that may stand in `href`: `http` and `https` only, so that no story can make a link
/// that runs something.
pub(super) fn link(address: &str) -> Option<&str> {
    let scheme = address.split_once("://")?.0;
    (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")).then_some(address)
}

/// A Wikidata item's page; `None` unless it is `Q` and digits.
pub(super) fn wikidata(item: &str) -> Option<String> {
    let digits = item.strip_prefix('Q')?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| format!("https://www.wikidata.org/wiki/{item}"))
}

/// A number for people: thousands parted by thin spaces, at most three decimals.
pub(super) fn decimal(number: f64) -> String {
    if !number.is_finite() || number.abs() >= 1e15 {
        return number.to_string();
    }
    let text = format!("{number:.3}");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("\u{2212}", digits),
        None => ("", whole),
    };
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 && digits.len() > 4 {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    let decimals = decimals.trim_end_matches('0');
    if !decimals.is_empty() {
        out.push('.');
        out.push_str(decimals);
    }
    out
}

/// Scheme, host and port of a web address, for a content security policy.
pub(super) fn origin(address: &str) -> Option<String> {
    let address = url::Url::parse(address).ok()?;
    Some(address.origin().ascii_serialization()).filter(|origin| origin != "null")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        assert!(link("https://ex.com/").is_some());
        assert!(link("HTTP://ex.com/").is_some());
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            " https://ex.com",
            "//ex.com",
            "javascript://x",
            "",
        ] {
            assert_eq!(link(bad), None, "{bad:?}");
        }
        assert_eq!(wikidata("Q1/../x"), None);
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(decimal(1_234_567.5), "1\u{202f}234\u{202f}567.5");
        assert_eq!(decimal(-16.0), "\u{2212}16");
        assert_eq!(decimal(2026.0), "2026");
    }
}
