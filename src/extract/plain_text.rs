//! Plain texts: where the headline ends and the body begins.

/// A text, parted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) headline: Option<String>,
    pub(super) sub_headline: Option<String>,
    pub(super) body: String,
}

/// CRLF and lone CR to LF; nothing else is touched.
pub(super) fn line_ends(text: &str) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    }
}

/// Parts a text whose first line is the headline; where the second line stands alone before a
/// blank line, that is the sub-headline. Short lines further on are headings and stay in the
/// body. A text of one line is a headline and its own body.
pub(super) fn part(text: &str) -> Parts {
    let text = line_ends(text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines: Vec<&str> = text.lines().collect();
    let blank = |at: usize| lines.get(at).is_none_or(|line| line.trim().is_empty());
    let Some(first) = (0..lines.len()).find(|at| !blank(*at)) else {
        return Parts { headline: None, sub_headline: None, body: String::new() };
    };
    let headline = lines[first].trim().to_owned();
    let rest_from = |at: usize| {
        lines.get(at..).unwrap_or_default().join("\n").trim_matches('\n').trim_end().to_owned()
    };
    let second = first + 1;
    // A sub-headline needs something to stand above.
    let alone =
        !blank(second) && blank(second + 1) && (second + 1..lines.len()).any(|at| !blank(at));
    let (sub_headline, body) = if alone {
        (Some(lines[second].trim().to_owned()), rest_from(second + 1))
    } else {
        (None, rest_from(second))
    };
    let body = if body.is_empty() { headline.clone() } else { body };
    Parts { headline: Some(headline), sub_headline, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_headline_sub_headline_and_body() {
        let parts = part(
            "A headline\r\nA second line\r\n\r\nFirst paragraph.\r\n\r\nA heading\r\n\r\nMore.\r\n",
        );
        assert_eq!(parts.headline.as_deref(), Some("A headline"));
        assert_eq!(parts.sub_headline.as_deref(), Some("A second line"));
        assert_eq!(parts.body, "First paragraph.\n\nA heading\n\nMore.");
    }

    #[test]
    fn a_second_line_that_goes_on_is_body() {
        let parts = part("Headline\nFirst line of\na paragraph.\n");
        assert_eq!(parts.sub_headline, None);
        assert_eq!(parts.body, "First line of\na paragraph.");
        assert_eq!(part("Headline\n\nBody.").body, "Body.");
        assert_eq!(part("Headline\nOnly this.").body, "Only this.");
        assert_eq!(part("One line").body, "One line");
        assert_eq!(part(" \n\n").headline, None);
    }
}
