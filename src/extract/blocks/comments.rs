//! Comments told by their form: several elements of one sort side by side, each a name and then a text. Names of
//! elements are not asked, since they stand on stories too.

use foldhash::{HashMap, HashMapExt as _, HashSet};

use super::{Blocks, Shape};

/// Fewest comments of one sort, and most words of the line that signs one.
const SORT: usize = 3;
const SIGNATURE_WORDS: u32 = 6;
/// Fewest digits of a day beside the name.
const DAY_DIGITS: u32 = 4;
/// How far out from its text a comment's element is.
const LEVELS: usize = 4;

/// Those of some texts that are comments.
pub(in crate::extract) fn are_comments(blocks: &Blocks, texts: &[usize]) -> HashSet<usize> {
    let mut sorts: HashMap<(u32, u64), Vec<(u32, usize)>> = HashMap::new();
    for &i in texts {
        let block = &blocks.blocks[i];
        // The smallest element that has something before the text.
        let holder = blocks.outwards(block.frame).take(LEVELS).find(|at| {
            let frame = &blocks.frames[*at as usize];
            (frame.first as usize) < i
        });
        let Some(holder) = holder else { continue };
        let frame = &blocks.frames[holder as usize];
        let head = &blocks.blocks[frame.first as usize];
        // A day with full stops looks like sentences.
        let signs = head.words <= SIGNATURE_WORDS
            && (head.sentences == 0 || head.digits >= DAY_DIGITS)
            && !matches!(head.shape, Shape::Heading(_));
        if signs && frame.parent != holder {
            sorts.entry((frame.parent, frame.sort)).or_default().push((holder, i));
        }
    }
    let is_list = |found: &&Vec<(u32, usize)>| {
        let mut holders: Vec<u32> = found.iter().map(|(holder, _)| *holder).collect();
        holders.dedup();
        holders.len() >= SORT
    };
    sorts.values().filter(is_list).flatten().map(|(_, i)| *i).collect()
}
