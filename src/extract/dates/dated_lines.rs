//! Dates in the lines that readers see beside the story, where no element and no metadata state one.
//!
//! A label before a date says what it is of; without one it must stand near the story, in a line that says little else.
//! Refused are lines of teasers, comments, menus and boxes, days of what the story tells, and the day on which the page
//! was read.

use html5ever::local_name;

use super::not_published::{
    is_life, is_of_reading, is_of_something, says_other, stands_outside, without_issues,
};
use crate::extract::blocks::{Block, Blocks, Places, Shape};
use crate::extract::boilerplate_phrases::{PhraseKind, phrase_kinds};
use crate::extract::date_labels::{self as labels, Label};
use crate::extract::date_parse::{self, ParsedDate};
use crate::extract::date_signs::CHINESE;
use crate::extract::enclosing_elements::{
    is_below_picture, is_listed, is_of_next, is_own, names_beside, parted,
};
use crate::extract::parsed_page::ParsedPage;
use crate::extract::text::words;
use crate::extract::vocabulary::Topics;
use crate::model::Published;
use crate::punctuation::SENTENCE_ENDS;
use crate::scripts::{is_thai, is_unspaced};

/// A date in a short line near the story: between a little before the headline and a little after the story's end.
pub(super) fn in_text(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    order: ParsedDate,
) -> Option<Published> {
    /// Score from which on a line is believed.
    const SURE: i32 = -16;
    let (first, last) = story?;
    let lines = Lines::of(page, (first, last), order);
    let near = lines.headline.saturating_sub(NEAR)..page.blocks.blocks.len().min(last + NEAR);
    let mut best: Option<(i32, Published)> = None;
    for (score, date) in near.filter_map(|i| lines.dated(i)) {
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, date));
        }
    }
    best.filter(|(score, _)| *score > SURE).map(|(_, date)| date)
}

/// Blocks before the headline and behind the story whose lines are read.
const NEAR: usize = 8;
/// Blocks before the story among which its headline is looked for.
const BEFORE_STORY: usize = 40;
/// Blocks of the story that may open with its date, as dispatches do.
const OPENING: usize = 3;
/// Characters of a paragraph from which on it is text, and those of its beginning that are read.
const TEXT: u32 = 400;
const BEGINNING: usize = 40;

/// The lines around a story.
struct Lines<'a> {
    page: &'a ParsedPage,
    blocks: &'a Blocks,
    /// First and last block of the story.
    story: (usize, usize),
    /// The block of its headline, else its first.
    headline: usize,
    order: ParsedDate,
}

impl<'a> Lines<'a> {
    fn of(page: &'a ParsedPage, story: (usize, usize), order: ParsedDate) -> Self {
        let blocks = &page.blocks;
        let is_heading = |i: &usize| matches!(blocks.blocks[*i].shape, Shape::Heading(_));
        let headline = (story.0.saturating_sub(BEFORE_STORY)..story.0).find(is_heading);
        Self { page, blocks, story, headline: headline.unwrap_or(story.0), order }
    }

    /// The date of a block's line, and how much speaks for it.
    fn dated(&self, i: usize) -> Option<(i32, Published)> {
        let text = self.read(i)?;
        let lines = text
            .lines()
            .filter(|line| !line.contains('©') && !line.to_lowercase().contains("copyright"));
        let dates = lines.filter_map(|line| published_in(line, self.order));
        let (line, date) = dates.min_by_key(|(line, _)| {
            let is_change = labels::of(line) == Some(Label::Changed);
            (is_change, std::cmp::Reverse(phrase_kinds(line).strength(PhraseKind::Times)))
        })?;
        (!self.is_anothers(i, line, &date)).then(|| (self.score(i, line), date))
    }

    /// Whether a paragraph counts only where it opens with the date, or says when it was published.
    fn is_text(&self, i: usize) -> bool {
        let block = &self.blocks.blocks[i];
        block.chars > TEXT
            || (self.is_inside(i)
                && block.words > LINE_WORDS
                && !phrase_kinds(self.blocks.text(block)).has(PhraseKind::Times))
    }

    fn is_inside(&self, i: usize) -> bool {
        (self.story.0..=self.story.1).contains(&i)
    }

    fn is_dated(&self, block: &Block) -> bool {
        names_beside(self.blocks, block, self.story).has(Topics::DATE)
    }

    /// Whether a block has no day, or stands where none is the publication.
    fn refuses(&self, i: usize) -> bool {
        let (blocks, (first, _)) = (self.blocks, self.story);
        let block = &blocks.blocks[i];
        let frame = blocks.frame(block);
        let is_boxed = frame.places.has(Places::ASIDE);
        (block.digits < 4 && !has_day(blocks.text(block)))
            || names_beside(blocks, block, self.story).has(Topics::COMMENT)
            || block.shape == Shape::Caption
            || (self.is_inside(i) && frame.places.has(Places::QUOTE))
            || (i > first && is_value_of_other(self.page, i))
            || is_of_something(self.page, Some(self.story), frame.node)
            || self.is_of_other(i)
            || (leads_to_day(blocks.text(block)) && is_below_picture(&self.page.dom, frame.node))
            || is_sites(blocks, block, self.headline)
            || (is_boxed && !(self.is_dated(block) && is_facts(blocks, block, first)))
    }

    /// Whether a block or the one behind it says that its day is another thing's: when an event is, until when an offer
    /// holds, what the weather is. So does a name above a day and a text below it, under the story: a comment.
    fn is_of_other(&self, i: usize) -> bool {
        let (blocks, (_, last)) = (self.blocks, self.story);
        let text_at = |at: usize| blocks.blocks.get(at).map(|block| blocks.text(block));
        let text = blocks.text(&blocks.blocks[i]);
        if blocks.blocks[i].words > LINE_WORDS {
            return false;
        }
        if labels::of(text) == Some(Label::Published) || phrase_kinds(text).has(PhraseKind::Times) {
            return false;
        }
        let is_short = |block: &Block| block.words <= LINE_WORDS;
        let is_name = |at: usize| blocks.blocks.get(at).is_some_and(|b| b.words <= NAME_WORDS);
        let is_text = |at: usize| blocks.blocks.get(at).is_some_and(|b| b.sentences > 0);
        let is_apart = || {
            blocks.outwards(blocks.blocks[i].frame).take(2).any(|at| {
                let frame = &blocks.frames[at as usize];
                frame.first as usize == i - 1 && frame.last as usize >= i + 2
            })
        };
        let is_comment = || i > last + 1 && is_name(i - 1) && is_text(i + 1) && is_apart();
        says_other(text)
            || text.contains('°')
            || text_at(i + 1).is_some_and(|next| {
                is_short(&blocks.blocks[i + 1]) && next.contains(':') && says_other(next)
            })
            || is_comment()
    }

    /// What is read of a block: its beginning, its dateline, or its lines.
    fn read(&self, i: usize) -> Option<String> {
        let (block, opens) = (&self.blocks.blocks[i], i <= self.story.0 + OPENING);
        let (text, is_text) = (self.blocks.text(block), self.is_text(i));
        if (is_text && !opens) || self.refuses(i) {
            return None;
        }
        if is_text {
            return Some(text.chars().take(BEGINNING).collect());
        }
        if i > self.headline && i <= self.story.1 && is_sentence(block, text) {
            return dateline(text).filter(|_| opens).map(str::to_owned);
        }
        let parted = parted(self.page, block);
        let is_day = |line: &str| date_parse::find(line, self.order).is_some();
        Some(if parted.lines().any(is_day) { parted.into_owned() } else { text.to_owned() })
    }

    /// Whether a date is that of the reading, of what a heading names, or of another story.
    fn is_anothers(&self, i: usize, line: &str, date: &Published) -> bool {
        let (blocks, (first, last), headline) = (self.blocks, self.story, self.headline);
        let block = &blocks.blocks[i];
        if i < headline && is_of_reading(date, self.order) && stands_outside(blocks, i, headline) {
            return true;
        }
        // Below a heading at the story's end or behind it stands when what it names takes place.
        let is_headed =
            i >= last && i > first + 1 && matches!(blocks.blocks[i - 1].shape, Shape::Heading(_));
        if is_headed && labels::of(line).is_none() && !phrase_kinds(line).has(PhraseKind::Times) {
            return true;
        }
        let leads_on = block.link_chars * 2 > block.chars && block.words > LINKED_DATE_WORDS;
        (i > last && leads_on)
            || ((i < headline || i > last) && is_others(self.page, Some(self.story), block))
    }

    /// How much speaks for a line: its nearness, the names of the elements around it, and what it says.
    fn score(&self, i: usize, line: &str) -> i32 {
        let block = &self.blocks.blocks[i];
        let is_related = names_beside(self.blocks, block, self.story).has(Topics::RELATED)
            || block.link_chars * 2 > block.chars;
        let for_it = [
            (self.is_dated(block), 14),
            (block.words <= LINE_WORDS, 6),
            (self.is_inside(i), -8),
            (labels::of(line) == Some(Label::Changed), -8),
            (is_related, -12),
        ];
        // `Last modified` is no time of publication, however it is called.
        let times = match labels::of(line) {
            Some(Label::Changed) => 0,
            Some(Label::Published) | None => phrase_kinds(line).strength(PhraseKind::Times),
        };
        let distance = ((i as i32) - self.story.0 as i32).abs().min(20);
        i32::from(times) * 5 - distance
            + for_it.iter().filter(|(holds, _)| *holds).map(|(_, weight)| weight).sum::<i32>()
    }
}

/// Most words of a line that says when, and of nothing else.
const LINE_WORDS: u32 = 12;
/// Most words of a name above a comment.
const NAME_WORDS: u32 = 3;
/// Fewest words before the day in a heading of the story: lines of dates and names are headings on some pages.
const LEADING_WORDS: usize = 4;
/// Most words of a line that is no sentence, though it ends as one: `Tuesday, 3 February 2026.`
const SENTENCE_WORDS: u32 = 5;

/// Whether a text has the digits of a day: four of any script, or fewer where the year is an era's or cut short.
fn has_day(text: &str) -> bool {
    let digits = text.chars().filter(|c| c.is_numeric()).take(4).count();
    let has = |signs: &[char]| text.contains(signs);
    digits >= 4
        || (digits >= 2
            && (has(&CHINESE.years) || text.contains(['\'', '’']) || text.chars().any(is_thai)))
        || has(&CHINESE.years) && has(&CHINESE.months) && has(&CHINESE.days)
        || text.starts_with(['R', 'H']) && digits >= 3
}

/// A line's date: of several with labels, that of the publication.
fn published_in(line: &str, order: ParsedDate) -> Option<(&str, Published)> {
    if let Some(bare) = without_issues(line) {
        let date = date_parse::find(&bare, order)?;
        return (!is_life(&bare, &date, order)).then_some((line, date));
    }
    let parts = labels::parts(line);
    let published = parts.iter().filter(|(label, _)| parts.len() > 1 && *label == Label::Published);
    let mut dates = published.filter_map(|(_, part)| Some((*part, date_parse::find(part, order)?)));
    let found = dates.next().or_else(|| Some((line, date_parse::find(line, order)?)));
    found.filter(|(part, date)| !is_life(part, date, order))
}

/// Whether a block stands in the site's header or menu, which have the day on which the page was read: above the
/// headline, in an element that does not hold it.
fn is_sites(blocks: &Blocks, block: &Block, headline: usize) -> bool {
    let frames = Places::HEADER.with(Places::NAV);
    let is_frame = |at: &u32| blocks.frames[*at as usize].places.has(frames);
    let outer = blocks.outwards(block.frame).take_while(is_frame).last();
    outer.map(|at| &blocks.frames[at as usize]).is_some_and(|frame| {
        frame.last as usize <= headline && !frame.places.has(Places::ARTICLE.with(Places::MAIN))
    })
}

/// Most words of a link that is a date, as blogs link theirs to what came out on the same day.
const LINKED_DATE_WORDS: u32 = 5;

/// Whether a block outside the story stands in a teaser, a menu, a list of other stories or a comment.
fn is_others(page: &ParsedPage, story: Option<(usize, usize)>, block: &Block) -> bool {
    let node = page.blocks.frame(block).node;
    page.dom.name(node) == Some(&local_name!("nav"))
        || !is_own(page, story, node)
        || is_of_next(page, story, node)
        || is_listed(page, story, node, page.blocks.text(block).len())
}

/// Most blocks of an `aside` that holds facts about the story, and most words of one of them.
const FACTS: u32 = 10;
const FACT_WORDS: u32 = 6;

/// Whether a block stands in a short `aside` of facts at the story's beginning.
fn is_facts(blocks: &Blocks, block: &Block, first: usize) -> bool {
    let in_aside = |at: &u32| blocks.frames[*at as usize].places.has(Places::ASIDE);
    let aside = blocks.outwards(block.frame).take_while(in_aside).last();
    aside.map(|at| &blocks.frames[at as usize]).is_some_and(|aside| {
        block.words <= FACT_WORDS
            && aside.last - aside.first <= FACTS
            && aside.last as usize <= first
    })
}

/// Fewest words beside the day of a line that is a sentence.
const SENTENCE: usize = 2;

/// Words that are neither numbers nor months.
fn words_beside_day(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_other =
        |word: &&str| word.chars().all(char::is_alphabetic) && !date_parse::is_month(word);
    let unspaced = text.chars().filter(|c| is_unspaced(*c) && !CHINESE.is_of_date(*c));
    words.filter(is_other).count().max(unspaced.count() / 2)
}

/// Fewest words before the day in the caption of a picture.
const CAPTION_WORDS: usize = 3;

/// Whether words lead to the day of a line, other than the day's own.
fn leads_to_day(text: &str) -> bool {
    let before = text.find(char::is_numeric).map_or("", |at| &text[..at]);
    words_beside_day(before) >= CAPTION_WORDS
}

/// Whether a block is a value beside a label that says what it is, and not that it came out then: `Opened: 14 May 1987`.
fn is_value_of_other(page: &ParsedPage, i: usize) -> bool {
    let blocks = &page.blocks;
    let block = &blocks.blocks[i];
    let is_value = block.shape == Shape::Cell
        || page.dom.name(blocks.frame(block).node) == Some(&local_name!("dd"));
    let Some(label) = i.checked_sub(1).filter(|_| is_value).map(|at| &blocks.blocks[at]) else {
        return false;
    };
    let label = blocks.text(label);
    labels::of(label) != Some(Label::Published) && !phrase_kinds(label).has(PhraseKind::Times)
}

/// Longest dateline, in characters.
const DATELINE: usize = 60;

/// Whether a short line is a sentence or a heading of the story, and says nothing of when it came out.
fn is_sentence(block: &Block, text: &str) -> bool {
    let end = text.trim_end_matches(['"', '”', '»', '’', '」', ')']);
    // `3:05 p. m.` ends in no sentence.
    let is_letter = |word: &str| word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let is_short = end.ends_with('.') && end.rsplit([' ', '.']).nth(1).is_some_and(is_letter);
    let ends = !is_short && end.ends_with(SENTENCE_ENDS);
    let before = text.find(|c: char| c.is_numeric()).unwrap_or(text.len());
    let leads_to_day = text[..before].split_whitespace().count() >= LEADING_WORDS;
    let follows = text.rfind(|c: char| c.is_numeric()).map_or("", |at| &text[at..]);
    let is_small = |word: &&str| word.starts_with(char::is_lowercase);
    let leads_to_day = leads_to_day
        || follows.split_whitespace().skip(1).filter(is_small).count() >= LEADING_WORDS;
    (words(text) > SENTENCE_WORDS || (ends && words_beside_day(text) >= SENTENCE))
        && (ends || (matches!(block.shape, Shape::Heading(_)) && leads_to_day))
        && !phrase_kinds(text).has(PhraseKind::Times)
        && labels::of(text).is_none()
}

/// What stands before the story's first words: `OSLO, 3 February 2026 –`.
fn dateline(text: &str) -> Option<&str> {
    let (line, _) = text.split_once([':', '–', '—', '|', ')'])?;
    (line.chars().count() <= DATELINE).then_some(line)
}

/// "This page was last changed on", as wikis write below their pages.
pub(super) fn last_change(page: &ParsedPage, order: ParsedDate) -> Option<Published> {
    let blocks = &page.blocks;
    blocks.blocks.iter().rev().take(60).filter(|b| b.chars < 300 && b.digits >= 4).find_map(
        |block| {
            let text = blocks.text(block).to_lowercase();
            labels::says_last_change(&text).then(|| date_parse::find(&text, order)).flatten()
        },
    )
}
