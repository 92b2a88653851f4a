//! What is counted of a block's text.

use super::{Block, Shape};
use crate::extract::vocabulary::Topics;
use crate::scripts::is_unspaced;

pub(super) fn count_chars(text: &str) -> u32 {
    text.bytes().filter(|b| (b & 0xc0) != 0x80).count() as u32
}

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
    let (mut last, mut gap, mut unspaced) = (' ', true, 0);
    for c in text.chars() {
        block.chars += 1;
        let space = matches!(c, ' ' | '\n');
        if gap && !space {
            block.words += 1;
            block.capitals += u32::from(c.is_uppercase());
        }
        let closes = match c {
            ',' | ';' => {
                block.commas += 1;
                false
            }
            '0'..='9' => {
                block.digits += 1;
                false
            }
            ' ' | '\n' | '"' | ')' => true,
            // Nearly all letters.
            '\0'..='\x7f' => false,
            '،' | '、' | '，' => {
                block.commas += 1;
                false
            }
            '。' | '！' | '？' | '।' | '؟' => {
                block.sentences += 1;
                false
            }
            _ => {
                unspaced += u32::from(is_unspaced(c));
                matches!(c, '”' | '“' | '»')
            }
        };
        block.sentences += u32::from(closes && matches!(last, '.' | '!' | '?' | '…'));
        (last, gap) = (c, space);
    }
    block.sentences += u32::from(matches!(last, '.' | '!' | '?' | '…'));
    // A word of Chinese or Japanese has about two characters.
    block.words += unspaced / 2;
    block
}
