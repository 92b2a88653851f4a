//! Marks over a text: from code point offsets to pieces that can be written one after another.
//!
//! Two layers lie over the text: quotes beneath, and above them what is named (entities, amounts,
//! dates). Within a layer marks do not overlap: of two that do, the one listed first stays. Spans
//! that do not fit the text are left out: a record from elsewhere may be wrong, and a wrong span
//! must not cut a character in two.

/// A range of code points in the text, and what it means to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark<T> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) what: T,
}

/// A stretch of one line that is marked alike. The flags tell a mark's first piece from the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a, T> {
    pub(super) text: &'a str,
    pub(super) quote: Option<(T, bool)>,
    pub(super) mark: Option<(T, bool)>,
}

/// Cuts a text into lines, and each line into pieces; lines without text are left out.
pub(super) fn lines<T: Copy>(
    text: &str,
    quotes: Vec<Mark<T>>,
    marks: Vec<Mark<T>>,
) -> Vec<Vec<Piece<'_, T>>> {
    // Byte offset of each code point, and of the end.
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let quotes = apart(quotes, bytes.len() - 1);
    let marks = apart(marks, bytes.len() - 1);
    let mut cuts: Vec<usize> = quotes.iter().chain(&marks).flat_map(|m| [m.start, m.end]).collect();
    for (at, c) in text.chars().enumerate() {
        if c == '\n' {
            cuts.extend([at, at + 1]);
        }
    }
    cuts.extend([0, bytes.len() - 1]);
    cuts.sort_unstable();
    cuts.dedup();
    let mut lines = vec![Vec::new()];
    for pair in cuts.windows(2) {
        let piece = &text[bytes[pair[0]]..bytes[pair[1]]];
        if piece == "\n" {
            lines.push(Vec::new());
        } else if let Some(line) = lines.last_mut() {
            let over = |layer: &[Mark<T>]| {
                let at = layer.partition_point(|m| m.end <= pair[0]);
                layer.get(at).filter(|m| m.start <= pair[0]).map(|m| (m.what, m.start == pair[0]))
            };
            line.push(Piece { text: piece, quote: over(&quotes), mark: over(&marks) });
        }
    }
    lines.retain(|line| line.iter().any(|piece| !piece.text.trim().is_empty()));
    lines
}

/// Marks within the text that do not overlap, by position.
fn apart<T>(marks: Vec<Mark<T>>, length: usize) -> Vec<Mark<T>> {
    let mut kept: Vec<Mark<T>> = Vec::with_capacity(marks.len());
    for mark in marks {
        if mark.start >= mark.end || mark.end > length {
            continue;
        }
        let at = kept.partition_point(|m| m.start < mark.start);
        let clear_before = at == 0 || kept[at - 1].end <= mark.start;
        let clear_after = kept.get(at).is_none_or(|next| mark.end <= next.start);
        if clear_before && clear_after {
            kept.insert(at, mark);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(start: usize, end: usize, what: char) -> Mark<char> {
        Mark { start, end, what }
    }

    #[test]
    fn offsets_are_code_points_and_lines_part_marks() {
        let text = "Zoë 🌍 said\n\n“Yes” – Oslo";
        let lines = lines(text, vec![mark(12, 17, 'q')], vec![mark(0, 3, 'e'), mark(20, 24, 'o')]);
        let told: Vec<Vec<(&str, bool, bool)>> = lines
            .iter()
            .map(|l| l.iter().map(|p| (p.text, p.quote.is_some(), p.mark.is_some())).collect())
            .collect();
        assert_eq!(
            told,
            [
                vec![("Zoë", false, true), (" 🌍 said", false, false)],
                vec![("“Yes”", true, false), (" – ", false, false), ("Oslo", false, true)],
            ]
        );
    }

    #[test]
    fn wrong_spans_are_dropped_and_text_stays_whole() {
        let text = "a\u{301}bc\ndef";
        for spans in [
            vec![mark(5, 3, 'x'), mark(0, 900, 'y'), mark(usize::MAX, usize::MAX, 'z')],
            vec![mark(0, 3, 'x'), mark(1, 2, 'y'), mark(2, 6, 'z')],
            vec![mark(2, 7, 'x')],
        ] {
            let lines = lines(text, spans.clone(), spans);
            let joined: Vec<String> =
                lines.iter().map(|l| l.iter().map(|p| p.text).collect()).collect();
            assert_eq!(joined.join("\n"), text);
        }
        assert!(lines::<char>("", Vec::new(), Vec::new()).is_empty());
    }

    #[test]
    fn mark_crossing_a_quote_edge_begins_once() {
        let lines = lines("abcdef", vec![mark(0, 3, 'q')], vec![mark(2, 5, 'm')]);
        let begun: usize = lines[0].iter().filter(|p| matches!(p.mark, Some((_, true)))).count();
        assert_eq!((lines[0].len(), begun), (4, 1));
    }
}
