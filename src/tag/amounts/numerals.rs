//! Numbers in Chinese characters: `三百`, `十二亿`, `两千三百万`.
//!
//! Refuses digits without their places (`一九九七`), which are years and numbers of things, and places without a
//! digit before them other than ten.

/// A number in characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Numeral {
    pub value: f64,
    /// Its bytes.
    pub length: usize,
    /// How many characters it has.
    pub characters: usize,
}

/// The value of a digit.
fn digit(c: char) -> Option<f64> {
    Some(match c {
        '一' => 1.0,
        '二' | '两' | '兩' => 2.0,
        '三' => 3.0,
        '四' => 4.0,
        '五' => 5.0,
        '六' => 6.0,
        '七' => 7.0,
        '八' => 8.0,
        '九' => 9.0,
        _ => return None,
    })
}

/// What a place below ten thousand is worth.
fn place(c: char) -> Option<f64> {
    Some(match c {
        '十' => 10.0,
        '百' => 100.0,
        '千' => 1e3,
        _ => return None,
    })
}

/// What a large part of a number is worth; digits may follow it: `2億3千万`.
pub(super) fn part_of_number(c: char) -> Option<f64> {
    Some(match c {
        '万' | '萬' | '만' => 1e4,
        '亿' | '億' | '억' => 1e8,
        '兆' | '조' => 1e12,
        _ => return None,
    })
}

/// Whether a character stands in numbers.
pub(super) fn is_numeral(c: char) -> bool {
    digit(c).is_some()
        || place(c).is_some()
        || part_of_number(c).is_some()
        || matches!(c, '零' | '〇')
}

/// The number that a text begins with.
pub(super) fn numeral(text: &str) -> Option<Numeral> {
    let (mut total, mut part, mut current) = (0.0, 0.0, None);
    let (mut least_place, mut least_part) = (f64::INFINITY, f64::INFINITY);
    let (mut length, mut characters) = (0, 0);
    for c in text.chars() {
        if let Some(value) = digit(c) {
            if current.replace(value).is_some() {
                return None;
            }
        } else if let Some(worth) = place(c) {
            // `十二` is twelve, `百人` nothing.
            let bare = worth == 10.0 && part == 0.0 && total == 0.0;
            let times = current.take().or(bare.then_some(1.0))?;
            if worth >= least_place {
                return None;
            }
            least_place = worth;
            part += times * worth;
        } else if let Some(worth) = part_of_number(c) {
            let times = part + current.take().unwrap_or_default();
            if times == 0.0 || worth >= least_part {
                return None;
            }
            total += times * worth;
            (part, least_place, least_part) = (0.0, f64::INFINITY, worth);
        } else if matches!(c, '零' | '〇') {
            if current.is_some() || characters == 0 {
                return None;
            }
        } else {
            break;
        }
        length += c.len_utf8();
        characters += 1;
    }
    let value = total + part + current.unwrap_or_default();
    (value > 0.0).then_some(Numeral { value, length, characters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_characters_have_places() {
        for (text, value) in [
            ("三百人", Some(300.0)),
            ("十二亿元", Some(12e8)),
            ("两千三百万", Some(23e6)),
            ("一百零五", Some(105.0)),
            ("二十", Some(20.0)),
            ("三万二千", Some(32e3)),
            ("一九九七年", None),
            ("百人", None),
            ("万元", None),
            ("三百二百", None),
            ("元", None),
        ] {
            assert_eq!(numeral(text).map(|n| n.value), value, "{text}");
        }
    }
}
