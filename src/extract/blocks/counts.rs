//! What is counted of a block's text.

use super::{Block, Shape};
use crate::extract::vocabulary::Topics;
use crate::scripts::is_unspaced;

pub(super) fn count_chars(text: &str) -> u32 {
    text.bytes().filter(|b| (b & 0xc0) != 0x80).count() as u32
}

/// What is counted of a character of ASCII; the rest is looked at as a whole.
const SPACE: u8 = 1;
const COMMA: u8 = 2;
const DIGIT: u8 = 4;
/// Behind it a sentence is over that has ended.
const CLOSES: u8 = 8;
/// Ends a sentence.
const ENDS: u8 = 16;
const OTHER: u8 = 32;

static SORTS: [u8; 256] = {
    let mut sorts = [0; 256];
    let mut byte = 0;
    while byte < sorts.len() {
        sorts[byte] = match byte as u8 {
            b' ' | b'\n' => SPACE | CLOSES,
            b',' | b';' => COMMA,
            b'0'..=b'9' => DIGIT,
            b'"' | b')' => CLOSES,
            b'.' | b'!' | b'?' => ENDS,
            0x80.. => OTHER,
            _ => 0,
        };
        byte += 1;
    }
    sorts
};

/// A block with the counts that the text alone gives.
pub(super) fn counted(text: &str) -> Block {
    let mut block = Block {
        start: 0,
        end: 0,
        frame: 0,
        shape: Shape::Loose,
        inline: Topics::default(),
        chars: 0,
        words: 0,
        link_chars: 0,
        links: 0,
        leading_link_chars: 0,
        bold_chars: 0,
        sentences: 0,
        commas: 0,
        digits: 0,
        capitals: 0,
        breaks: 0,
    };
    block.chars = count_chars(text);
    let bytes = text.as_bytes();
    let (mut ended, mut gap, mut unspaced) = (false, true, 0);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let sorts = SORTS[usize::from(byte)];
        // Nearly all letters inside words.
        if sorts == 0 && !gap {
            (ended, at) = (false, at + 1);
            continue;
        }
        let space = sorts & SPACE != 0;
        let opens_word = gap && !space;
        block.words += u32::from(opens_word);
        gap = space;
        if byte.is_ascii() {
            at += 1;
            block.capitals += u32::from(opens_word && byte.is_ascii_uppercase());
            block.commas += u32::from(sorts & COMMA != 0);
            block.digits += u32::from(sorts & DIGIT != 0);
            block.sentences += u32::from(ended && sorts & CLOSES != 0);
            ended = sorts & ENDS != 0;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        at += c.len_utf8();
        block.capitals += u32::from(opens_word && c.is_uppercase());
        match c {
            '،' | '、' | '，' => block.commas += 1,
            '。' | '！' | '？' | '।' | '؟' => block.sentences += 1,
            '”' | '“' | '»' => block.sentences += u32::from(ended),
            _ => unspaced += u32::from(is_unspaced(c)),
        }
        ended = c == '…';
    }
    block.sentences += u32::from(ended);
    // A word of Chinese or Japanese has about two characters.
    block.words += unspaced / 2;
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_script_are_counted() {
        let count = |text: &str| {
            let block = counted(text);
            [block.chars, block.words, block.sentences, block.commas, block.digits, block.capitals]
        };
        assert_eq!(count("The Bridge, “Öst”, opens. It cost 42; (yes!) Éa…"), [48, 9, 3, 3, 2, 4]);
        assert_eq!(count("大桥昨天关闭。是、否！"), [11, 5, 2, 1, 0, 0]);
        assert_eq!(count("3.5 v1.2\nWho? \"No.\" x"), [21, 5, 2, 0, 4, 1]);
        assert_eq!(count(""), [0; 6]);
    }
}
