//! What can stand between two dots of a subject.

/// Longest token, in bytes.
pub const MAX_TOKEN: usize = 64;

/// Whether a text can stand as one token of a subject, or name a stream, a consumer or a bucket: 1 to
/// 64 of `[A-Za-z0-9_-]`.
#[must_use]
pub fn is_token(text: &str) -> bool {
    (1..=MAX_TOKEN).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_no_dots_spaces_or_wildcards() {
        let long = "a".repeat(MAX_TOKEN + 1);
        for bad in ["", "a.b", "a b", "*", ">", "é", &long] {
            assert!(!is_token(bad), "{bad:?}");
        }
        assert!(is_token("NEWS_RAW-2") && is_token(&long[1..]));
    }
}
