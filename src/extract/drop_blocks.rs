//! Takes out of a story what the classifier let in and what is plainly something else: hidden prompts, offers
//! of subscriptions, transcripts with time codes, slide shows of other stories, notes on where the text comes
//! from, links to other stories, and the headline, byline and date once more before the first paragraph.
//!
//! Refuses to take out most of a story: a page whose text is all hidden, or all behind the class `paywall`,
//! is one whose markup says so of its story. Each rule wants two signs, a place or a name and a text.

mod beside;

use std::sync::LazyLock;

use foldhash::HashSet;
use html5ever::local_name;

use super::authors::bracketed_name;
use super::blocks::{Block, Blocks, Places, Shape};
use super::boilerplate_phrases::{PhraseKind, phrase_kinds};
use super::byline_words::byline_mark;
use super::bylines::people;
use super::date_labels;
use super::date_parse::{self, ParsedDate};
use super::dom::{Attr, NodeId};
use super::enclosing_elements::{is_behind_picture, is_below_picture};
use super::parsed_page::ParsedPage;
use super::person_names::{ends_in_title, looks_like_name};
use super::text::letters;
use super::vocabulary::Topics;
use super::word_lists::READ_ALSO;
use crate::lang;
use crate::punctuation::ends_sentence;

/// Least share of a story's words that stays.
const KEPT: f32 = 0.4;

/// What of a story's blocks is something else.
type Rule<'a> = &'a dyn Fn(&[usize]) -> Vec<usize>;

/// The blocks of a story without those that are none of it.
pub(super) fn story_only(
    page: &ParsedPage,
    chosen: Vec<usize>,
    headline: Option<&str>,
) -> Vec<usize> {
    let blocks = &page.blocks;
    let rules: [Rule<'_>; 13] = [
        &|story| hidden(blocks, story),
        &|story| offers(blocks, story),
        &|story| transcript(blocks, story),
        &|story| beside::said(blocks, story),
        &|story| slides(blocks, story),
        &|story| beside::slides_of_texts(blocks, story),
        &|story| beside::comments_below(blocks, story),
        &|story| advertisements(blocks, story),
        &|story| interruptions(blocks, story),
        &|story| captions(page, story),
        &|story| polls(page, story),
        &|story| notes(blocks, story),
        &|story| opening(blocks, story, headline),
    ];
    // Endless pages may hold more of other stories than of their own.
    let next = beside::next_stories(blocks, &chosen, headline);
    let mut story = chosen;
    story.retain(|i| next.binary_search(i).is_err());
    let replies = beside::replied(blocks, &story);
    story.retain(|i| !replies.contains(i) && !is_enciphered(blocks.text(&blocks.blocks[*i])));
    for rule in rules {
        let others = rule(&story);
        let words = |of: &[usize]| of.iter().map(|i| blocks.blocks[*i].words).sum::<u32>() as f32;
        let few = words(&others) <= (1.0 - KEPT) * words(&story);
        if !others.is_empty() && (few || is_interlude(blocks, &story, &others)) {
            let others: HashSet<usize> = others.into_iter().collect();
            story.retain(|i| !others.contains(i));
        }
    }
    story
}

fn all(blocks: &Blocks, story: &[usize], is_other: impl Fn(&Block) -> bool) -> Vec<usize> {
    story.iter().copied().filter(|i| is_other(&blocks.blocks[*i])).collect()
}

/// Names of elements that are not the story where they are hidden.
const APART: Topics = Topics::POPUP
    .with(Topics::CONSENT)
    .with(Topics::MEDIA)
    .with(Topics::CAPTION)
    .with(Topics::RELATED);

/// Hidden text that asks for something, or is named as something else. Text that is hidden until a script shows
/// it may be the story.
fn hidden(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    all(blocks, story, |block| {
        let frame = blocks.frame(block);
        let offers = || phrase_kinds(blocks.text(block)).has(PhraseKind::Offers);
        let is_apart = || frame.places.has(Places::HIDDEN) && frame.near.has(APART);
        let is_hidden = frame.places.has(Places::HIDDEN) || frame.own.has(Topics::HIDDEN);
        is_apart() || (is_hidden && offers())
    })
}

/// Most words of a line above or below an advertisement.
const AD_WORDS: u32 = 6;

/// Lines that say that an advertisement follows and the text goes on below it.
fn advertisements(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    all(blocks, story, |block| {
        let said = || phrase_kinds(blocks.text(block));
        block.words <= AD_WORDS
            && block.sentences == 0
            && said().strength(PhraseKind::Advertising) == 2
            && said().has(PhraseKind::Elsewhere)
    })
}

/// Longest line that a list has whole, in words.
const LINE_WORDS: u32 = 40;

/// Lines inside a story that are none of it, of `src/lang/<code>/interruptions.txt`, in letters and digits.
static INTERRUPTIONS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lists = lang::languages_with("interruptions.txt");
    let lines = lists.filter_map(|code| lang::text(code, "interruptions.txt"));
    lines.flat_map(lang::entries).map(letters).collect()
});

/// Lines that a list has word for word, a number behind them aside: `Advertisement 2`.
fn interruptions(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    all(blocks, story, |block| {
        block.words <= LINE_WORDS && !matches!(block.shape, Shape::Heading(_)) && {
            let line = letters(blocks.text(block));
            INTERRUPTIONS.contains(line.trim_end_matches(|c: char| c.is_ascii_digit()))
        }
    })
}

/// Whether a text is kept from who does not subscribe, each of its letters another one.
fn is_enciphered(text: &str) -> bool {
    text.starts_with("kAm") && text.ends_with("k^Am")
}

/// Longest caption outside of a figure, in words, and most of a story's words that may be such.
const CAPTION_WORDS: u32 = 50;
const CAPTIONS: u32 = 4;

/// Captions that no figure holds: what is named as one and stands alone below a picture, in an element of both, or names
/// its photographer at the end.
fn captions(page: &ParsedPage, story: &[usize]) -> Vec<usize> {
    let blocks = &page.blocks;
    let found = all(blocks, story, |block| {
        let frame = blocks.frame(block);
        let text = blocks.text(block);
        block.words <= CAPTION_WORDS
            && frame.last - frame.first == 1
            && !matches!(block.shape, Shape::Heading(_))
            && !frame.places.has(Places::FIGURE)
            && ((frame.near.with(block.inline).has(Topics::CAPTION)
                && is_below_picture(&page.dom, frame.node))
                || (text.ends_with(['摄', '攝']) && is_behind_picture(&page.dom, frame.node)))
    });
    let words = |of: &[usize]| of.iter().map(|i| blocks.blocks[*i].words).sum::<u32>();
    if words(&found) * CAPTIONS > words(story) { Vec::new() } else { found }
}

/// Most words of a line in a poll, fewest answers to choose from, how far out the poll's element is from its line, how
/// many of its nodes are looked at, and its longest text in bytes.
const POLL_WORDS: u32 = 30;
const ANSWERS: usize = 2;
const POLL_LEVELS: usize = 3;
const POLL_NODES: usize = 60;
const POLL_BYTES: usize = 600;

/// Polls inside a story: what stands in an element with answers to choose from.
fn polls(page: &ParsedPage, story: &[usize]) -> Vec<usize> {
    let dom = &page.dom;
    let is_answer = |id: &NodeId| {
        dom.name(*id) == Some(&local_name!("input")) && dom.attr(*id, Attr::Type) == Some("radio")
    };
    let is_poll = |up: NodeId| {
        dom.subtree(up).take(POLL_NODES).filter(is_answer).count() >= ANSWERS
            && dom.text(up, 2 * POLL_BYTES).len() <= POLL_BYTES
    };
    all(&page.blocks, story, |block| {
        let node = page.blocks.frame(block).node;
        block.words <= POLL_WORDS
            && std::iter::once(node).chain(dom.ancestors(node)).take(POLL_LEVELS).any(is_poll)
    })
}

/// What is named as a paywall and speaks of subscriptions, and links to other stories that say so.
fn offers(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let is_named = |block: &Block| blocks.frame(block).near.with(block.inline).has(Topics::PAYWALL);
    // Where most of the story has the name, it is what stands behind the wall.
    let named = story.iter().filter(|i| is_named(&blocks.blocks[**i])).count();
    all(blocks, story, |block| {
        let text = blocks.text(block);
        let sells = named * 2 < story.len()
            && is_named(block)
            && phrase_kinds(text).has(PhraseKind::Offers);
        let leads = block.link_chars * 2 > block.chars && is_read_also(text);
        sells || leads
    })
}

/// Whether a text opens with words such as "Read also".
fn is_read_also(text: &str) -> bool {
    let opening: String = text.chars().take(40).flat_map(char::to_lowercase).collect();
    let opening = opening.trim_start_matches(|c: char| !c.is_alphanumeric());
    READ_ALSO.iter().any(|words| opening.starts_with(words))
}

/// Fewest lines with a time code that are a transcript, and most words of one of them.
const CODED_LINES: usize = 3;
const CODED_WORDS: u32 = 40;
/// Seconds between two lines of a transcript at most; entries of a running report are further apart when their
/// times are read as minutes and seconds, or go back.
const CODE_STEP: u32 = 90;

/// Lines of what is said in a film: each begins with a time that is a little later than the one before.
fn transcript(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let coded: Vec<(usize, u32)> = story
        .iter()
        .filter(|i| blocks.blocks[**i].words <= CODED_WORDS)
        .filter_map(|i| Some((*i, time_code(blocks.text(&blocks.blocks[*i]))?)))
        .collect();
    let rises = coded.windows(2).all(|w| w[1].1 > w[0].1 && w[1].1 - w[0].1 <= CODE_STEP);
    let unfinished = |i: &usize| !ends_sentence(blocks.text(&blocks.blocks[*i]));
    let open = coded.iter().filter(|(i, _)| unfinished(i)).count();
    if coded.len() < CODED_LINES || !rises || open * 2 < coded.len() {
        return Vec::new();
    }
    coded.into_iter().map(|(i, _)| i).collect()
}

/// The seconds that a line begins with: `00:04`, `[1:02:33]`.
fn time_code(text: &str) -> Option<u32> {
    let text = text.trim_start_matches(['[', '(']);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':')?;
    let parts: Vec<&str> = text[..end].split(':').collect();
    ((2..=3).contains(&parts.len()) && parts.iter().all(|p| (1..=2).contains(&p.len())))
        .then_some(())?;
    parts.iter().try_fold(0, |sum, part| Some(sum * 60 + part.parse::<u32>().ok()?))
}

/// Fewest words of running text before and after what may be longer than the story around it.
const AROUND_WORDS: u32 = 60;

/// Whether the story goes on after these blocks as it began before them, in paragraphs: a slide show that is longer
/// than the story is another one's. One that comes last is the story itself.
fn is_interlude(blocks: &Blocks, story: &[usize], others: &[usize]) -> bool {
    let (Some(first), Some(last)) = (others.first(), others.last()) else { return false };
    let words = |is_there: &dyn Fn(usize) -> bool| {
        let running = story.iter().filter(|i| is_there(**i)).map(|i| &blocks.blocks[*i]);
        running.filter(|block| block.sentences > 0).map(|block| block.words).sum::<u32>()
    };
    others.len() >= SLIDES
        && words(&|i| i < *first) >= AROUND_WORDS
        && words(&|i| i > *last) >= AROUND_WORDS
}

/// Fewest numbered captions of a slide show.
const SLIDES: usize = 3;

/// A slide show inside a story: what stands in the smallest element around captions numbered `1/6`, `2/6`.
fn slides(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let numbered: Vec<(usize, u32)> = blocks
        .blocks
        .iter()
        .enumerate()
        .filter_map(|(i, block)| Some((i, slide_of(blocks.text(block))?)))
        .collect();
    let Some((first, total)) = numbered.first().copied() else { return Vec::new() };
    let same: Vec<usize> =
        numbered.into_iter().filter(|(_, of)| *of == total).map(|(i, _)| i).collect();
    let Some(last) = same.last().copied().filter(|_| same.len() >= SLIDES) else {
        return Vec::new();
    };
    let around = blocks.outwards(blocks.blocks[first].frame).find(|at| {
        let frame = &blocks.frames[*at as usize];
        (frame.first as usize..frame.last as usize).contains(&last)
    });
    let Some(around) = around else { return Vec::new() };
    let frame = &blocks.frames[around as usize];
    let inside = frame.first as usize..frame.last as usize;
    story.iter().copied().filter(|i| inside.contains(i)).collect()
}

/// The second number of a caption that begins with `1/6` or `1 / 6`.
fn slide_of(text: &str) -> Option<u32> {
    let (first, rest) = text.split_once('/')?;
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| (1..=200).contains(n));
    let first = number(first.trim())?;
    let rest = rest.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    // A date has no fewer months than days, and a year behind it.
    let total = number(&rest[..end])?;
    (first <= total && !rest[end..].starts_with(['/', '.'])).then_some(total)
}

/// Longest note, in words, and how many blocks at either end of a story are looked at.
const NOTE_WORDS: u32 = 60;
const NOTES: usize = 3;

/// What a note begins with, and what it has in it.
static NOTE_ROWS: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    let lists = lang::languages_with("notes.txt");
    let rows = lists.filter_map(|code| lang::text(code, "notes.txt")).flat_map(lang::entries);
    rows.filter_map(|row| row.split_once('\t'))
        .map(|(opening, words)| (opening, words.split(',').collect()))
        .collect()
});

/// Notes on where a text comes from, who may print it and how to comment on it, at either end.
fn notes(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let ends = story.iter().take(NOTES - 1).chain(story.iter().rev().take(NOTES)).copied();
    ends.filter(|i| {
        let block = &blocks.blocks[*i];
        let text = blocks.text(block);
        if text.starts_with('©')
            && story.first() != Some(i)
            && phrase_kinds(text).has(PhraseKind::Rights)
        {
            return true;
        }
        if story.last() == Some(i) && bracketed_name(text.trim()).is_some() {
            return true;
        }
        let text = text.to_lowercase();
        let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
        block.words <= NOTE_WORDS
            && NOTE_ROWS.iter().any(|(opening, words)| {
                text.starts_with(opening) && words.iter().any(|w| text.contains(w))
            })
    })
    .collect()
}

/// Fewest words of a story's first sentence, and most of a line that says when or by whom.
const SENTENCE_WORDS: u32 = 12;
const FACT_WORDS: usize = 12;
const FACT_CHARS: usize = 80;

/// Headline, byline and date where they stand before the first sentence.
fn opening(blocks: &Blocks, story: &[usize], headline: Option<&str>) -> Vec<usize> {
    let headline = headline.map(letters).unwrap_or_default();
    let mut out = Vec::new();
    for &i in story {
        let block = &blocks.blocks[i];
        let text = blocks.text(block);
        // A heading is told from the text by readers of the record.
        let headline = if matches!(block.shape, Shape::Heading(_)) { "" } else { &headline };
        let is_byline = || is_fact(&text.replace('\n', " "), headline) || is_head(text, headline);
        if !text.lines().all(|line| is_fact(line, headline)) && !is_byline() {
            if block.words >= SENTENCE_WORDS && block.sentences > 0 {
                break;
            }
            continue;
        }
        out.push(i);
    }
    out
}

/// Whether a text is lines of facts with a bare name among them, or one line of two dates with their labels.
fn is_head(text: &str, headline: &str) -> bool {
    let parts = date_labels::parts(text);
    let labelled = || parts.len() > 1 && parts.iter().all(|(_, part)| is_fact(part, ""));
    let is_line = |line: &str| is_fact(line, headline) || looks_like_name(line.trim());
    let lined = || text.lines().count() > 1 && text.lines().all(is_line);
    (lined() && text.lines().any(|line| is_fact(line, headline))) || labelled()
}

/// Whether a line is the headline, a byline, a date or its label.
pub(super) fn is_fact(line: &str, headline: &str) -> bool {
    let own = letters(line);
    if own == headline && !headline.is_empty() {
        return true;
    }
    let words = line.split_whitespace().count();
    if words > FACT_WORDS || line.chars().count() > FACT_CHARS {
        return false;
    }
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let dated =
        digits >= 4 && words <= 9 && date_parse::find(line, ParsedDate::default()).is_some();
    let labels = words <= 3 && line.ends_with([':', '：']) && date_labels::of(line).is_some();
    let named = || {
        let names = people(&[line.to_owned()]);
        !names.is_empty() && names.iter().all(|name| looks_like_name(name))
    };
    let signed = || byline_mark(line).is_some() || ends_in_title(line);
    dated || labels || (signed() && named())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interruptions_of_many_languages_are_listed() {
        for line in [
            "ADVERTISEMENT",
            "Story continues below this advertisement",
            "Weiterlesen nach der Anzeige",
            "La suite après cette publicité",
            "Juttu jatkuu mainoksen jälkeen",
            "広告の後にも続きます",
            "РЕКЛАМА",
        ] {
            assert!(INTERRUPTIONS.contains(&letters(line)), "{line}");
        }
        assert!(!INTERRUPTIONS.contains(&letters("The advertisement was withdrawn")));
    }
}
