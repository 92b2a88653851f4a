//! What stands inside or below a story in elements of its own: the next story of a page that goes on, slides of other
//! stories, what is said in a film, comments.

use std::sync::LazyLock;

use foldhash::HashSet;

use super::is_fact;
use crate::extract::blocks::{Block, Blocks, Frame, Places, Shape, are_comments};
use crate::extract::boilerplate_phrases::{PhraseKind, phrase_kinds};
use crate::extract::text::letters;
use crate::extract::vocabulary::Topics;
use crate::lang;

/// Fewest words of a story in an `article` of its own, beside which other articles are other stories.
const OWN_WORDS: u32 = 60;
/// Among how many first blocks of another article its headline is, a heading of the same rank.
const HEADED: usize = 3;

/// Stories in `article` elements below the one that has the page's headline: what pages append that never end.
pub(super) fn next_stories(blocks: &Blocks, story: &[usize], headline: Option<&str>) -> Vec<usize> {
    let headline = headline.map(letters).unwrap_or_default();
    let is_article = |at: usize| {
        let frame = &blocks.frames[at];
        let parent = &blocks.frames[frame.parent as usize];
        frame.places.has(Places::ARTICLE) && !parent.places.has(Places::ARTICLE)
    };
    if headline.is_empty() {
        return Vec::new();
    }
    let articles: Vec<usize> = (0..blocks.frames.len()).filter(|at| is_article(*at)).collect();
    let (outer, ranks) = match articles.len() {
        0 | 1 => (like_the_own(blocks, &headline), 1),
        _ => (articles, 0),
    };
    let outer: Vec<&Frame> = outer.into_iter().map(|at| &blocks.frames[at]).collect();
    if outer.len() < 2 {
        return Vec::new();
    }
    let of = |frame: &Frame| &blocks.blocks[frame.first as usize..frame.last as usize];
    // Linked headlines are those of a list, in which the first story is no more than the others.
    let is_own = |block: &&Block| {
        matches!(block.shape, Shape::Heading(_))
            && block.link_chars * 2 <= block.chars
            && letters(blocks.text(block)) == headline
    };
    let headed = outer.iter().find_map(|f| Some((*f, of(f).iter().find(is_own)?.shape)));
    let Some((own, rank)) = headed else { return Vec::new() };
    let inside = |frame: &Frame, i: usize| (frame.first as usize..frame.last as usize).contains(&i);
    let told = story.iter().filter(|i| inside(own, **i)).map(|i| blocks.blocks[*i].words);
    if told.sum::<u32>() < OWN_WORDS {
        return Vec::new();
    }
    let is_rank = |shape: Shape| match (shape, rank) {
        (Shape::Heading(other), Shape::Heading(own)) => (own..=own + ranks).contains(&other),
        _ => false,
    };
    let next: Vec<&&Frame> = outer
        .iter()
        .filter(|f| f.first >= own.last && of(f).iter().take(HEADED).any(|b| is_rank(b.shape)))
        .collect();
    // They stand one behind the other.
    let is_of_next = |i: &usize| {
        let behind = next.partition_point(|frame| frame.first as usize <= *i);
        behind.checked_sub(1).is_some_and(|at| inside(next[at], *i))
    };
    story.iter().copied().filter(is_of_next).collect()
}

/// The element that holds the page's headline and a text, and its equals beside it with a heading and a text each: on pages
/// that never end and have no `article` elements.
fn like_the_own(blocks: &Blocks, headline: &str) -> Vec<usize> {
    let is_headline = |block: &Block| {
        matches!(block.shape, Shape::Heading(1..=2))
            && block.link_chars * 2 <= block.chars
            && letters(blocks.text(block)) == headline
    };
    let Some(at) = blocks.blocks.iter().position(is_headline) else { return Vec::new() };
    let words = |frame: &Frame| {
        let inside = &blocks.blocks[frame.first as usize..frame.last as usize];
        inside.iter().filter(|block| block.sentences > 0).map(|block| block.words).sum::<u32>()
    };
    let own = blocks
        .outwards(blocks.blocks[at].frame)
        .find(|up| words(&blocks.frames[*up as usize]) >= OWN_WORDS);
    let Some(own) = own.map(|up| &blocks.frames[up as usize]) else { return Vec::new() };
    // A passage of the story has a heading, too, but says nowhere by whom or when.
    let opens = |frame: &Frame| {
        let head = &blocks.blocks[frame.first as usize..frame.last as usize];
        let is_heading = |block: &Block| {
            matches!(block.shape, Shape::Heading(1..=3))
                && block.link_chars * 2 <= block.chars
                && block.words >= HEADLINE_WORDS
        };
        let heading = head.iter().take(HEADED).position(is_heading);
        heading.is_some_and(|at| {
            let mut below = head.iter().skip(at + 1).take(HEADED);
            below.any(|block| blocks.text(block).lines().all(|line| is_fact(line, "")))
        })
    };
    let is_alike = |frame: &Frame| {
        (frame.parent, frame.sort) == (own.parent, own.sort)
            && frame.last > frame.first
            && opens(frame)
            && words(frame) >= OWN_WORDS
    };
    (0..blocks.frames.len()).filter(|at| is_alike(&blocks.frames[*at])).collect()
}

/// Fewest words of another story's headline.
const HEADLINE_WORDS: u32 = 3;

/// Names of elements whose parts are shown one at a time.
const SHOWN_BY_TURNS: Topics = Topics::TEASER.with(Topics::MEDIA);
/// Fewest parts of such an element, how far out from a text it stands, and fewest words of the story on either side.
const SLIDES: usize = 3;
const LEVELS: usize = 5;
const AROUND_WORDS: u32 = 30;

/// Slides inside a story, each with a title and a text.
pub(super) fn slides_of_texts(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let mut words = vec![0_u32];
    for i in story {
        words.push(words[words.len() - 1] + blocks.blocks[*i].words);
    }
    let all = words[story.len()];
    let mut out = Vec::new();
    for (at, frame) in blocks.frames.iter().enumerate() {
        let long = (frame.last - frame.first) as usize;
        if !frame.own.has(SHOWN_BY_TURNS) || long < 2 * SLIDES {
            continue;
        }
        let (first, last) = (frame.first as usize, frame.last as usize);
        let inside = story.partition_point(|i| *i < first)..story.partition_point(|i| *i < last);
        if inside.is_empty()
            || words[inside.start] < AROUND_WORDS
            || all - words[inside.end] < AROUND_WORDS
            || !is_of_slides(blocks, at)
        {
            continue;
        }
        let is_text = |i: &usize| blocks.blocks[*i].shape != Shape::Caption;
        out.extend(story[inside].iter().copied().filter(is_text));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Whether an element holds several of one sort with a title and a text each.
fn is_of_slides(blocks: &Blocks, at: usize) -> bool {
    let is_below = |frame: &Frame| {
        let parent = frame.parent as usize;
        parent == at || blocks.frames[parent].parent as usize == at
    };
    let has_title = |frame: &&Frame| {
        let head = &blocks.blocks[frame.first as usize];
        frame.last - frame.first >= 2 && head.sentences == 0 && head.words > 1
    };
    let last = blocks.frames[at].last;
    let inside = blocks.frames[at + 1..].iter().take_while(|frame| frame.first < last);
    let below = inside.filter(|f| is_below(f) && f.last > f.first);
    let titled: Vec<&Frame> = below.filter(has_title).collect();
    titled.first().is_some_and(|one| {
        titled.iter().filter(|f| f.sort == one.sort && f.parent == one.parent).count() >= SLIDES
    })
}

/// Most words of the line that says that what follows is a transcript.
const LABEL_WORDS: u32 = 5;

/// Such lines, of `src/lang/<code>/transcripts.txt`, in letters and digits.
static TRANSCRIPTS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lists = lang::languages_with("transcripts.txt");
    let lines = lists.filter_map(|code| lang::text(code, "transcripts.txt"));
    lines.flat_map(lang::entries).map(letters).collect()
});

/// What is said in a film, in an element that begins with a line that says so.
pub(super) fn said(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let is_label = |block: &Block| {
        block.words <= LABEL_WORDS && TRANSCRIPTS.contains(&letters(blocks.text(block)))
    };
    let Some((first, last)) = story.first().zip(story.last()) else { return Vec::new() };
    let Some(label) = (*first..*last).find(|i| is_label(&blocks.blocks[*i])) else {
        return Vec::new();
    };
    let around = blocks.outwards(blocks.blocks[label].frame).take(LEVELS).find(|at| {
        let frame = &blocks.frames[*at as usize];
        frame.first as usize == label && frame.last as usize > label + 1
    });
    let Some(frame) = around.map(|at| &blocks.frames[at as usize]) else { return Vec::new() };
    let inside = label..frame.last as usize;
    story.iter().copied().filter(|i| inside.contains(i)).collect()
}

/// Most words of the line above comments.
const ABOVE_COMMENTS: u32 = 4;

/// Comments below a line that says so, which have the form of comments though not the name.
pub(super) fn comments_below(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let Some((first, last)) = story.first().zip(story.last()) else { return Vec::new() };
    let is_label = |i: &usize| {
        let block = &blocks.blocks[*i];
        block.words <= ABOVE_COMMENTS
            && block.sentences == 0
            && phrase_kinds(blocks.text(block)).has(PhraseKind::Comments)
    };
    let Some(label) = (*first..*last).rev().find(is_label) else { return Vec::new() };
    let below: Vec<usize> = story.iter().copied().filter(|i| *i > label).collect();
    let texts: Vec<usize> =
        below.iter().copied().filter(|i| blocks.blocks[*i].sentences > 0).collect();
    let comments = are_comments(blocks, &texts);
    if comments.len() * 2 > texts.len() { below } else { Vec::new() }
}

/// Fewest comments that can be replied to, and most words of the line that offers it.
const REPLIED: usize = 3;
const REPLY_WORDS: u32 = 4;

/// Words that offer to reply.
static REPLIES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lists = lang::languages_with("replies.txt");
    let lines = lists.filter_map(|code| lang::text(code, "replies.txt"));
    lines.flat_map(lang::entries).collect()
});

/// Comments that no name and no line tells: several elements of one sort, each with a text and a link to reply below it.
pub(super) fn replied(blocks: &Blocks, story: &[usize]) -> HashSet<usize> {
    let offers_reply = |i: u32| {
        let block = &blocks.blocks[i as usize];
        block.words <= REPLY_WORDS
            && block.sentences == 0
            && blocks
                .text(block)
                .split(' ')
                .next()
                .is_some_and(|word| REPLIES.contains(word.to_lowercase().as_str()))
    };
    let Some(last) = blocks.blocks.len().checked_sub(1) else { return HashSet::default() };
    let lines = (0..=last as u32).filter(|i| offers_reply(*i));
    let mut holders: Vec<u32> = Vec::new();
    for i in lines {
        // The smallest element that has something before the line.
        let around = blocks.outwards(blocks.blocks[i as usize].frame).take(LEVELS);
        holders.extend(around.into_iter().find(|at| blocks.frames[*at as usize].first < i));
    }
    let sort = |at: &u32| {
        let frame = &blocks.frames[*at as usize];
        (frame.parent, frame.sort)
    };
    let is_list =
        |at: &u32| holders.iter().filter(|other| sort(other) == sort(at)).count() >= REPLIED;
    if holders.len() < REPLIED {
        return HashSet::default();
    }
    let listed: Vec<u32> = holders.iter().copied().take(MAX_REPLIED).filter(is_list).collect();
    let inside = |i: &usize| {
        listed.iter().any(|at| {
            let frame = &blocks.frames[*at as usize];
            (frame.first as usize..frame.last as usize).contains(i)
        })
    };
    story.iter().copied().filter(inside).collect()
}

/// Most such elements that are looked at.
const MAX_REPLIED: usize = 200;
