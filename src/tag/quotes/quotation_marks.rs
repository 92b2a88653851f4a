//! Pairs of quotation marks, in every style of the press.
//!
//! Curly marks tell their side, straight ones take it from the white space around them; guillemets
//! are read both ways round (French and German), and `”` opens as well as closes where a text has no
//! `“` (Swedish, Finnish). Single marks are read as quotes only in texts that have no double ones,
//! since most of them are apostrophes. Marks inside a quote belong to it, also those of its own
//! style where both are closed in its paragraph.
//! A quote that a paragraph leaves open goes on when the next paragraph opens with the same mark;
//! otherwise it ends with the paragraph, so that one lost mark cannot turn a text inside out.

use crate::unicode;
use std::ops::Range;

/// A stretch between marks, as bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// From the opening mark to the end of the closing one.
    pub outer: Range<usize>,
    /// What is between.
    pub inner: Range<usize>,
    /// Whether there is a closing mark.
    pub closed: bool,
}

/// How a text quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Straight,
    /// “ ”
    Curly,
    /// ” ”
    CurlySame,
    /// „ “ or „ ”
    Low,
    /// « »
    Guillemets,
    /// » «
    GuillemetsInward,
    /// 「 」
    Corner,
    /// 『 』
    WhiteCorner,
    /// ‘ ’
    SingleCurly,
    /// ' '
    SingleStraight,
}

impl Style {
    fn closes(self, mark: char) -> bool {
        match self {
            Self::Straight => mark == '"',
            Self::Curly | Self::CurlySame => mark == '”',
            Self::Low => matches!(mark, '“' | '”'),
            Self::Guillemets => mark == '»',
            Self::GuillemetsInward => mark == '«',
            Self::Corner => mark == '」',
            Self::WhiteCorner => mark == '』',
            Self::SingleCurly => mark == '’',
            Self::SingleStraight => mark == '\'',
        }
    }

    fn is_single(self) -> bool {
        matches!(self, Self::SingleCurly | Self::SingleStraight)
    }
}

/// What the whole text tells about its marks.
struct Habits {
    singles: bool,
    curly_same: bool,
    inward: bool,
}

impl Habits {
    fn of(text: &str) -> Self {
        let (mut doubles, mut opening, mut guillemet) = (false, false, None);
        let mut from = 0;
        while let Some((at, c)) = next_sign(text, from) {
            doubles |= matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「');
            opening |= matches!(c, '“' | '„');
            if matches!(c, '«' | '»') {
                guillemet.get_or_insert(c);
            }
            from = at + c.len_utf8();
        }
        Self { singles: !doubles, curly_same: !opening, inward: guillemet == Some('»') }
    }

    fn opens(&self, mark: char, before: Option<char>, after: Option<char>) -> Option<Style> {
        let starts = before
            .is_none_or(|c| !unicode::is_alphanumeric(c) && !matches!(c, '.' | ',' | '!' | '?'));
        let goes_on = after.is_some_and(|c| !c.is_whitespace());
        match mark {
            '"' => (starts && goes_on).then_some(Style::Straight),
            '“' => Some(Style::Curly),
            '”' => (self.curly_same && starts && goes_on).then_some(Style::CurlySame),
            '„' => Some(Style::Low),
            '«' => (!self.inward).then_some(Style::Guillemets),
            '»' => self.inward.then_some(Style::GuillemetsInward),
            '「' => Some(Style::Corner),
            '『' => Some(Style::WhiteCorner),
            '‘' => (self.singles && starts && goes_on).then_some(Style::SingleCurly),
            '\'' => (self.singles && starts && goes_on).then_some(Style::SingleStraight),
            _ => None,
        }
    }
}

struct Open {
    style: Style,
    /// Double marks of the other kind that were opened inside.
    nested: usize,
    /// Curly marks that were opened inside a curly one.
    inside: usize,
    outer: usize,
    inner: usize,
}

impl Open {
    /// Whether a double mark of the other kind closes: texts mix straight and curly ones. One that
    /// was opened inside is closed first.
    fn closes_mixed(&mut self, mark: char, before: Option<char>, after: Option<char>) -> bool {
        let opening = match (self.style, mark) {
            (Style::Straight, '“') => true,
            (Style::Straight, '”') => false,
            (Style::Curly, '"') => {
                before.is_none_or(char::is_whitespace) && after.is_some_and(|c| !c.is_whitespace())
            }
            _ => return false,
        };
        if opening {
            self.nested += 1;
            return false;
        }
        let inside = self.nested > 0;
        self.nested = self.nested.saturating_sub(1);
        !inside
    }
}

/// The outermost quoted stretches, in order.
pub(super) fn quoted(text: &str) -> Vec<Quoted> {
    let habits = Habits::of(text);
    let mut found: Vec<Quoted> = Vec::new();
    let mut open: Option<Open> = None;
    let mut before = None;
    let mut from = 0;
    while let Some((at, c)) = next_sign(text, from) {
        let end = at + c.len_utf8();
        let after = text[end..].chars().next();
        if at > from {
            before = text[from..at].chars().next_back();
        }
        from = end;
        if c == '\n' {
            if let Some(left) = open.take() {
                if let Some(next) = continuation(text, end, left.style) {
                    // The next paragraph's opening mark is skipped; the quote goes on behind it.
                    from = next;
                    before = Some(' ');
                    open = Some(left);
                    continue;
                }
                found.extend(unclosed(text, at, Some(left)));
            }
        } else if let Some(left) = &mut open {
            let closes =
                left.style.closes(c) && (!left.style.is_single() || ends_single(before, after));
            if closes && left.inside > 0 {
                left.inside -= 1;
            } else if left.style == Style::Curly && c == '“' && is_nested(&text[end..]) {
                left.inside += 1;
            } else if closes || left.closes_mixed(c, before, after) {
                let quoted = Quoted { outer: left.outer..end, inner: left.inner..at, closed: true };
                if left.inner < at {
                    found.push(quoted);
                }
                open = None;
            }
        } else if let Some(style) = habits.opens(c, before, after) {
            open = Some(Open { style, nested: 0, inside: 0, outer: at, inner: end });
        }
        before = Some(c);
    }
    found.extend(unclosed(text, text.len(), open));
    found
}

/// The next character from a place on that may be a mark, or ends a paragraph, with its place.
fn next_sign(text: &str, from: usize) -> Option<(usize, char)> {
    /// Bytes that are looked at together: machines compare so many at once.
    const STEP: usize = 16;
    let bytes = text.as_bytes();
    let may_be = |byte: &u8| matches!(byte, b'\n' | b'"' | b'\'' | 0xc2 | 0xe2 | 0xe3);
    let is_sign = |at: &usize| match (bytes[*at], bytes.get(at + 1)) {
        (b'\n' | b'"' | b'\'', _) => true,
        (0xc2, next) => matches!(next, Some(0xab | 0xbb)),
        (0xe2 | 0xe3, next) => next == Some(&0x80),
        _ => false,
    };
    let mut steps = (from..text.len()).step_by(STEP);
    let at = steps.find_map(|start| {
        let end = text.len().min(start + STEP);
        let any = bytes[start..end].iter().fold(false, |any, byte| any | may_be(byte));
        if any { (start..end).find(is_sign) } else { None }
    })?;
    Some((at, text[at..].chars().next()?))
}

/// Whether an opening mark within a quote of the same style is closed, and the quote after it, before
/// the paragraph ends; otherwise the outer quote only lacks its own closing mark.
fn is_nested(rest: &str) -> bool {
    /// Bounds the look ahead: a page of opening marks must not take a square of its length.
    const MAX_AHEAD: usize = 2000;
    let mut depth = 1;
    for c in rest.chars().take_while(|&c| c != '\n').take(MAX_AHEAD) {
        match c {
            '“' => depth += 1,
            '”' if depth == 0 => return true,
            '”' => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Where a quote that was left open goes on: behind the mark that opens the next paragraph.
fn continuation(text: &str, from: usize, style: Style) -> Option<usize> {
    let rest = &text[from..];
    let paragraph = rest.trim_start();
    let at = text.len() - paragraph.len();
    let mark = paragraph.chars().next()?;
    let same = match style {
        Style::Straight => mark == '"',
        Style::Curly => mark == '“',
        Style::CurlySame => mark == '”',
        Style::Low => mark == '„',
        Style::Guillemets | Style::GuillemetsInward => matches!(mark, '«' | '»'),
        Style::Corner => mark == '「',
        Style::WhiteCorner => mark == '『',
        Style::SingleCurly => mark == '‘',
        Style::SingleStraight => mark == '\'',
    };
    same.then(|| at + mark.len_utf8())
}

/// A quote without a closing mark, up to its paragraph's end: only where it looks like a sentence.
fn unclosed(text: &str, end: usize, open: Option<Open>) -> Option<Quoted> {
    let open = open?;
    let inner = text[open.inner..end].trim_end();
    let sentence = inner.starts_with(char::is_uppercase)
        && inner.ends_with(['.', '!', '?'])
        && !open.style.is_single();
    let end = open.inner + inner.len();
    sentence.then_some(Quoted { outer: open.outer..end, inner: open.inner..end, closed: false })
}

/// Whether a single mark closes: behind punctuation, or before it, and no apostrophe.
fn ends_single(before: Option<char>, after: Option<char>) -> bool {
    let apostrophe = after.is_some_and(unicode::is_alphanumeric);
    let punctuated = before.is_some_and(|c| matches!(c, '.' | ',' | '!' | '?' | '…'));
    let plural = before == Some('s') && after == Some(' ');
    !apostrophe && (punctuated || !plural)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(text: &str) -> Vec<&str> {
        quoted(text).into_iter().map(|q| &text[q.inner]).collect()
    }

    #[test]
    fn reads_every_style() {
        for (text, expected) in [
            ("He said: \"Go on.\" So be it.", "Go on."),
            ("He said: “Go on.” So be it.", "Go on."),
            ("Er sagte: „Mach weiter“, dann ging er.", "Mach weiter"),
            ("Il a dit : «Continuez.» Puis il est parti.", "Continuez."),
            ("Er sagte: »Mach weiter.« Dann ging er.", "Mach weiter."),
            ("Han sade: ”Fortsätt.” Sedan gick han.", "Fortsätt."),
            ("大臣は「続ける」と述べた。", "続ける"),
            ("The minister's aide said: ‘We don’t know.’ He left.", "We don’t know."),
            ("The ministers' aide said: 'We don't know.' He left.", "We don't know."),
        ] {
            assert_eq!(inner(text), [expected], "{text}");
        }
    }

    #[test]
    fn marks_inside_belong_to_the_quote() {
        assert_eq!(
            inner("\"She told me “go” and I went,\" he said."),
            ["She told me “go” and I went,"]
        );
        assert_eq!(inner("“He said 'no' to us,” she said."), ["He said 'no' to us,"]);
        assert_eq!(inner("“I call it “hell” here,” she said."), ["I call it “hell” here,"]);
        assert_eq!(inner("“We won, he said. “We won,” she said."), ["We won, he said. “We won,"]);
    }

    #[test]
    fn straight_and_curly_marks_may_be_mixed() {
        assert_eq!(inner("\"We won,” he said. “We won,\" she said."), ["We won,", "We won,"]);
    }

    #[test]
    fn goes_on_over_paragraphs() {
        let text = "“It was cold.\n\n“It was dark,” he said.\n\n“Really?” she asked.";
        assert_eq!(inner(text), ["It was cold.\n\n“It was dark,", "Really?"]);
    }

    #[test]
    fn a_lost_mark_harms_its_paragraph_only() {
        let text = "He called it \"odd.\nThe day went on.\n\"We won,\" she said.";
        assert_eq!(inner(text), ["We won,"]);
        assert_eq!(inner("\"We won.\nIt was late."), ["We won."]);
    }
}
