//! Takes out of a story what the classifier let in and what is plainly something else: hidden prompts, offers
//! of subscriptions, transcripts with time codes, slide shows of other stories, notes on where the text comes
//! from, links to other stories, and the headline, byline and date once more before the first paragraph.
//!
//! Refuses to take out most of a story: a page whose text is all hidden, or all behind the class `paywall`,
//! is one whose markup says so of its story. Each rule wants two signs, a place or a name and a text.

mod beside;

use std::sync::LazyLock;

use foldhash::HashSet;

use super::blocks::{Block, Blocks, Places, Shape};
use super::boilerplate_phrases::{PhraseKind, phrase_kinds};
use super::byline_words::byline_mark;
use super::bylines::people;
use super::date_labels;
use super::date_parse::{self, ParsedDate};
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
    blocks: &Blocks,
    chosen: Vec<usize>,
    headline: Option<&str>,
) -> Vec<usize> {
    let rules: [Rule<'_>; 10] = [
        &|story| hidden(blocks, story),
        &|story| offers(blocks, story),
        &|story| transcript(blocks, story),
        &|story| beside::said(blocks, story),
        &|story| slides(blocks, story),
        &|story| beside::slides_of_texts(blocks, story),
        &|story| beside::comments_below(blocks, story),
        &|story| advertisements(blocks, story),
        &|story| notes(blocks, story),
        &|story| opening(blocks, story, headline),
    ];
    // Endless pages may hold more of other stories than of their own.
    let next = beside::next_stories(blocks, &chosen, headline);
    let mut story = chosen;
    story.retain(|i| next.binary_search(i).is_err());
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
        if !text.lines().all(|line| is_fact(line, headline)) {
            if block.words >= SENTENCE_WORDS && block.sentences > 0 {
                break;
            }
            continue;
        }
        out.push(i);
    }
    out
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
