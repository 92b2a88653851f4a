//! What the classifier sees of a block: its text, its element, where it stands, what stands around
//! it, and how it compares with what the page says of itself.

use std::collections::HashMap;

use super::blocks::{Block, Blocks, Places, Shape};
use super::boilerplate_phrases::{self, cues};
use super::class_words::{HashSetOf, coverage, mix, runs, words};
use super::container::{self, Container};
use super::page_facts::Facts;
use super::vocabulary::Topics;

/// Numbers for one block in the first round.
pub(crate) const LOCAL: usize =
    TEXT + Topics::COUNT + Places::COUNT + boilerplate_phrases::COUNT + AROUND;
/// Numbers for one block in the second round: those of the first, and what the first found.
pub(crate) const CONTEXT: usize = LOCAL + SECOND;
const TEXT: usize = 25;
const AROUND: usize = 44 + 8 + boilerplate_phrases::COUNT + UNIT + SINCE + container::COUNT;
/// Of the unit that a block belongs to.
const UNIT: usize = 7 + UNIT_CUES.len();
/// Since a short line announced something.
const SINCE: usize = 2 * ANNOUNCED.len();
const SECOND: usize = 24;

/// Shortest block that counts as a paragraph of running text, in characters.
const PARAGRAPH_CHARS: u32 = 80;

/// A row of numbers for every block that may be part of a story.
#[derive(Default)]
pub(crate) struct Rows {
    values: Vec<f32>,
    /// Where each block's row starts.
    starts: Vec<Option<usize>>,
}

impl Rows {
    /// A block's numbers; `None` for one that can't be part of a story, whatever stands around it.
    pub(crate) fn row(&self, i: usize) -> Option<&[f32]> {
        self.starts[i].map(|start| &self.values[start..start + LOCAL])
    }
}

fn ratio(a: u32, b: u32) -> f32 {
    a as f32 / b.max(1) as f32
}

fn is_paragraph(block: &Block) -> bool {
    block.chars >= PARAGRAPH_CHARS && block.link_chars * 3 < block.chars
}

fn shape_number(shape: Shape) -> f32 {
    match shape {
        Shape::Paragraph => 9.0,
        Shape::Pre => 8.0,
        Shape::Loose => 7.0,
        Shape::Heading(rank) => f32::from(rank),
        Shape::Item => 0.0,
        Shape::Cell => -1.0,
        Shape::Caption => -2.0,
    }
}

/// Running sums over the blocks, for sums below any frame.
struct Sums {
    chars: Vec<u32>,
    link_chars: Vec<u32>,
    paragraph_chars: Vec<u32>,
    paragraphs: Vec<u32>,
}

impl Sums {
    fn of(blocks: &Blocks) -> Self {
        let n = blocks.blocks.len() + 1;
        let mut sums = Self {
            chars: Vec::with_capacity(n),
            link_chars: Vec::with_capacity(n),
            paragraph_chars: Vec::with_capacity(n),
            paragraphs: Vec::with_capacity(n),
        };
        let mut now = [0_u32; 4];
        let mut add = |now: [u32; 4]| {
            sums.chars.push(now[0]);
            sums.link_chars.push(now[1]);
            sums.paragraph_chars.push(now[2]);
            sums.paragraphs.push(now[3]);
        };
        add(now);
        for block in &blocks.blocks {
            let paragraph = is_paragraph(block);
            now[0] += block.chars;
            now[1] += block.link_chars;
            now[2] += if paragraph { block.chars } else { 0 };
            now[3] += u32::from(paragraph);
            add(now);
        }
        sums
    }
}

fn between(sums: &[u32], first: u32, last: u32) -> u32 {
    sums[last as usize] - sums[first as usize]
}

fn trigrams(texts: impl Iterator<Item = String>) -> (HashSetOf, usize) {
    let mut set = HashSetOf::default();
    let mut buffer = Vec::new();
    let mut longest = 0;
    for text in texts {
        words(&text, &mut buffer);
        longest = longest.max(buffer.len());
        set.extend(runs(&buffer, 3));
    }
    (set, longest)
}

/// What the page says of itself, as word sets.
struct Claims {
    body: HashSetOf,
    body_words: usize,
    description: HashSetOf,
    title: HashSetOf,
    title_words: usize,
}

impl Claims {
    fn of(facts: &Facts) -> Self {
        let text = |key: &'static str| {
            facts
                .json_ld
                .articles()
                .into_iter()
                .filter_map(move |a| a.get(key)?.as_str().map(without_tags))
                .collect::<Vec<_>>()
        };
        let (body, body_words) = trigrams(text("articleBody").into_iter());
        let metas = ["og:description", "description", "twitter:description"]
            .into_iter()
            .filter_map(|n| facts.meta(&[n]).map(str::to_owned));
        let (description, _) = trigrams(metas.chain(text("description")));
        let mut title = HashSetOf::default();
        let mut buffer = Vec::new();
        let mut title_words = 0;
        for text in facts.titles().take(1) {
            words(&text, &mut buffer);
            title_words = buffer.len();
            title.extend(buffer.iter().copied());
        }
        Self { body, body_words, description, title, title_words }
    }
}

/// Tags out of a text that may be HTML; entities stay.
pub(super) fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        out.push(' ');
        match rest[open..].find('>') {
            Some(close) => rest = &rest[open + close + 1..],
            None => {
                rest = "";
            }
        }
    }
    out.push_str(rest);
    out
}

/// The rows of the first round.
pub(crate) fn local(blocks: &Blocks, facts: &Facts) -> Rows {
    let n = blocks.blocks.len();
    let sums = Sums::of(blocks);
    let claims = Claims::of(facts);
    let total_paragraph_chars = sums.paragraph_chars[n].max(1);
    let total_chars = sums.chars[n].max(1);
    let mut signature_chars: HashMap<u64, u32> = HashMap::new();
    let signatures: Vec<u64> = blocks.blocks.iter().map(|b| signature(blocks, b)).collect();
    let mut copies: HashMap<u64, u32> = HashMap::new();
    let hashes: Vec<u64> = blocks.blocks.iter().map(|b| text_hash(blocks.text(b))).collect();
    for (i, block) in blocks.blocks.iter().enumerate() {
        *copies.entry(hashes[i]).or_default() += 1;
        if is_paragraph(block) {
            *signature_chars.entry(signatures[i]).or_default() += block.chars;
        }
    }
    let headline = headline_index(blocks, facts, &claims);
    let aparts = aparts(blocks, headline);
    let facts_for_machines = facts_for_machines(blocks, &sums);
    let twins = twins(blocks);
    let said: Vec<[u8; boilerplate_phrases::COUNT]> =
        blocks.blocks.iter().map(|b| cues(blocks.text(b))).collect();
    let units = Units::of(blocks, &said);
    let container = Container::of(blocks, &sums.chars, &sums.link_chars);
    let mut announced = Announced::default();
    let mut section = Section::default();
    let mut buffer = Vec::new();
    let mut rows = Rows::default();
    for (i, block) in blocks.blocks.iter().enumerate() {
        let text = blocks.text(block);
        let frame = blocks.frame(block);
        let apart = &aparts[block.frame as usize];
        let said = said[i];
        let inside = section.frame.is_some_and(|f| i < blocks.frames[f as usize].last as usize);
        if !inside {
            section = Section { since: section.since, ..Section::default() };
        }
        section.since = section.since.saturating_add(1);
        let opened = section;
        if matches!(block.shape, Shape::Heading(2..))
            || (block.words <= 6 && block.bold_chars * 2 > block.chars)
        {
            section = Section { frame: Some(frame.parent), said, since: 0 };
        }
        let heard = announced;
        announced.hear(block, said, sums.paragraphs[i]);
        let is_fact = facts_for_machines[block.frame as usize] || is_address(text);
        if is_menu(block) || is_fact || is_comment(block, apart, headline) {
            rows.starts.push(None);
            continue;
        }
        let out = &mut rows.values;
        let before = out.len();
        rows.starts.push(Some(before));
        words(text, &mut buffer);
        let last = text
            .trim_end_matches(['"', '”', '»', '’', '\'', ')', '“'])
            .chars()
            .next_back()
            .unwrap_or(' ');
        let first = text.chars().next().unwrap_or(' ');
        let in_title = buffer.iter().filter(|w| claims.title.contains(w)).count();
        out.extend([
            (block.chars as f32).ln_1p(),
            block.words as f32,
            ratio(block.link_chars, block.chars),
            block.links as f32,
            block.leading_link_chars as f32,
            ratio(block.links, block.words),
            block.sentences as f32,
            ratio(block.sentences, block.words),
            ratio(block.commas, block.words),
            ratio(block.digits, block.chars),
            ratio(block.capitals, block.words),
            ratio(block.bold_chars, block.chars),
            ratio(block.chars, block.words),
            f32::from(u8::from(matches!(last, '.' | '!' | '?' | '。' | '।'))),
            f32::from(u8::from(last == ':')),
            f32::from(u8::from(last == '…' || text.ends_with("..."))),
            f32::from(u8::from(first.is_uppercase())),
            f32::from(u8::from(matches!(
                first,
                '"' | '“' | '„' | '«' | '»' | '‘' | '—' | '–' | '-'
            ))),
            block.breaks as f32,
            shape_number(block.shape),
            ratio(in_title as u32, buffer.len() as u32),
            ratio(in_title as u32, claims.title_words as u32),
            coverage(&buffer, &claims.description).unwrap_or(-1.0),
            if claims.body_words < 30 {
                -2.0
            } else {
                coverage(&buffer, &claims.body).unwrap_or(-1.0)
            },
            (claims.body_words as f32).ln_1p() - (total_paragraph_chars as f32 / 6.0).ln_1p(),
        ]);
        for topic in 0..Topics::COUNT {
            let topic = Topics(1 << topic);
            out.push(if block.inline.has(topic) {
                4.0
            } else if frame.own.has(topic) {
                3.0
            } else if apart.near.has(topic) {
                2.0
            } else if apart.far.has(topic) {
                1.0
            } else if frame.near.has(topic) || frame.far.has(topic) {
                0.5
            } else {
                0.0
            });
        }
        for place in 0..Places::COUNT {
            out.push(f32::from(u8::from(frame.places.has(Places(1 << place)))));
        }
        out.extend(said.map(f32::from));
        // The section that the last heading opens.
        out.extend(opened.said.map(f32::from));
        // Repetition: alike elements side by side are lists of teasers, comments, entries.
        let (mut most, mut nearest, mut level) = (0, 0, 0.0);
        let mut unit = None;
        for (k, at) in blocks.outwards(block.frame).enumerate().take(7) {
            let n = twins[at as usize];
            if n > most.max(1) {
                unit = Some(at);
            }
            if k > 0 && n > most {
                (most, level) = (n, k as f32);
            }
            if k == 1 {
                nearest = n;
            }
        }
        out.extend([most as f32, level, nearest as f32, prior(block, frame)]);
        let beside = headline.map_or(-1.0, |h| {
            blocks.frame(&blocks.blocks[h]).depth.saturating_sub(apart.depth) as f32
        });
        let headline_in_article =
            headline.is_some_and(|h| blocks.frame(&blocks.blocks[h]).places.has(Places::ARTICLE));
        out.extend([
            apart.levels as f32,
            beside,
            f32::from(u8::from(apart.in_article)),
            f32::from(u8::from(headline_in_article && !frame.places.has(Places::ARTICLE))),
        ]);
        units.describe(unit.map(|u| &blocks.frames[u as usize]), &sums, headline, out);
        heard.describe(sums.paragraphs[i], out);
        // Around: the frames outwards.
        let mut at = block.frame;
        for _ in 0..4 {
            let f = &blocks.frames[at as usize];
            let chars = between(&sums.chars, f.first, f.last);
            let paragraph_chars = between(&sums.paragraph_chars, f.first, f.last);
            out.extend([
                ratio(between(&sums.link_chars, f.first, f.last), chars),
                (f.last - f.first) as f32,
                ratio(paragraph_chars, total_paragraph_chars),
                ratio(paragraph_chars, chars),
            ]);
            at = f.parent;
        }
        out.extend(container.describe(blocks, block.frame, i));
        let share = signature_chars.get(&signatures[i]).copied().unwrap_or(0);
        out.extend([
            ratio(share, total_paragraph_chars),
            copies[&hashes[i]] as f32,
            frame.depth as f32,
            i as f32 / n as f32,
            sums.chars[i] as f32 / total_chars as f32,
            sums.paragraph_chars[i] as f32 / total_paragraph_chars as f32,
            headline.map_or(-100.0, |h| i as f32 - h as f32),
            headline.map_or(-1.0, |h| {
                let (a, b) = (h.min(i), h.max(i));
                (sums.paragraph_chars[b] - sums.paragraph_chars[a]) as f32
                    / total_paragraph_chars as f32
            }),
        ]);
        for step in [-2_i64, -1, 1, 2] {
            let near = usize::try_from(i as i64 + step)
                .ok()
                .and_then(|j| blocks.blocks.get(j).map(|b| (j, b)));
            match near {
                Some((j, b)) => out.extend([
                    (b.chars as f32).ln_1p(),
                    ratio(b.link_chars, b.chars),
                    shape_number(b.shape),
                    f32::from(u8::from(signatures[j] == signatures[i]))
                        + f32::from(u8::from(blocks.frame(b).parent == frame.parent)),
                    f32::from(u8::from(is_paragraph(b) && b.sentences > 0)),
                ]),
                None => out.extend([-1.0; 5]),
            }
        }
        debug_assert_eq!(out.len() - before, LOCAL);
    }
    rows
}

/// Kinds of phrases that tell what sort of unit a block belongs to: an entry in a list of stories,
/// a comment with its time and "reply".
const UNIT_CUES: [usize; 4] = [0, 4, 5, 6];
/// Kinds of phrases that announce what follows: other stories, newsletters, comments.
const ANNOUNCED: [usize; 4] = [0, 1, 5, 10];
/// Most words of a line that announces something.
const ANNOUNCEMENT_WORDS: u32 = 6;

/// Running sums over the blocks, for what a unit holds. A unit is the element around a block that
/// has the most elements like it beside it: a teaser in a list, a comment among comments, or a
/// paragraph among paragraphs.
struct Units {
    cues: [Vec<u32>; UNIT_CUES.len()],
    linked_headings: Vec<u32>,
    headings: Vec<u32>,
}

impl Units {
    fn of(blocks: &Blocks, said: &[[u8; boilerplate_phrases::COUNT]]) -> Self {
        let running = |holds: &dyn Fn(usize, &Block) -> bool| {
            let mut now = 0;
            let each = blocks.blocks.iter().enumerate().map(|(i, block)| {
                now += u32::from(holds(i, block));
                now
            });
            std::iter::once(0).chain(each).collect::<Vec<u32>>()
        };
        let is_heading = |block: &Block| matches!(block.shape, Shape::Heading(_));
        let is_linked = |block: &Block| block.link_chars * 10 >= block.chars * 6;
        Self {
            cues: UNIT_CUES.map(|kind| running(&|i, block| said[i][kind] > 0 && block.words <= 12)),
            // A title that leads elsewhere, whatever element it is.
            linked_headings: running(&|_, block| {
                is_linked(block) && block.words >= 3 && (is_heading(block) || block.words >= 5)
            }),
            headings: running(&|_, block| is_heading(block)),
        }
    }

    fn describe(
        &self,
        unit: Option<&super::blocks::Frame>,
        sums: &Sums,
        headline: Option<usize>,
        out: &mut Vec<f32>,
    ) {
        let Some(unit) = unit else {
            out.extend([-1.0; UNIT]);
            return;
        };
        let within = |sums: &[u32]| between(sums, unit.first, unit.last);
        let blocks = (unit.last - unit.first) as f32;
        let has_headline =
            headline.is_some_and(|h| (unit.first as usize..unit.last as usize).contains(&h));
        out.extend([
            blocks,
            ratio(within(&sums.link_chars), within(&sums.chars)),
            within(&sums.paragraphs) as f32,
            within(&self.linked_headings) as f32,
            within(&self.linked_headings) as f32 / blocks,
            within(&self.headings) as f32,
            f32::from(u8::from(has_headline)),
        ]);
        out.extend(self.cues.each_ref().map(|cue| within(cue) as f32 / blocks));
    }
}

/// Short lines such as "Comments" or "More stories": how long ago, in paragraphs; wherever in the
/// page's structure they stand.
#[derive(Clone, Copy, Default)]
struct Announced {
    /// Paragraphs before the last such line, and before the last such heading.
    at: [[Option<u32>; 2]; ANNOUNCED.len()],
}

impl Announced {
    fn hear(&mut self, block: &Block, said: [u8; boilerplate_phrases::COUNT], paragraphs: u32) {
        if block.words > ANNOUNCEMENT_WORDS {
            return;
        }
        for (at, kind) in self.at.iter_mut().zip(ANNOUNCED) {
            if said[kind] > 0 {
                at[0] = Some(paragraphs);
                if matches!(block.shape, Shape::Heading(_)) {
                    at[1] = Some(paragraphs);
                }
            }
        }
    }

    fn describe(&self, paragraphs: u32, out: &mut Vec<f32>) {
        let since = |at: Option<u32>| at.map_or(-1.0, |at| (paragraphs - at) as f32);
        out.extend(self.at.as_flattened().iter().map(|at| since(*at)));
    }
}

/// A few linked words: half of a page's blocks, and none of a story.
fn is_menu(block: &Block) -> bool {
    block.words <= 8 && block.sentences == 0 && block.link_chars * 10 >= block.chars * 9
}

/// An address alone.
fn is_address(text: &str) -> bool {
    text.starts_with("http") && text.contains("://") && !text.contains(' ')
}

/// For each frame, whether it is a fact for machines: in an element with a schema.org property such
/// as `keywords`, unless the page put such a property around most of its text.
fn facts_for_machines(blocks: &Blocks, sums: &Sums) -> Vec<bool> {
    let total = sums.paragraph_chars[blocks.blocks.len()];
    let mut out: Vec<bool> = Vec::with_capacity(blocks.frames.len());
    for (i, frame) in blocks.frames.iter().enumerate() {
        let inside = between(&sums.paragraph_chars, frame.first, frame.last);
        let own = frame.places.has(Places::FACT_PROPERTY) && inside * 2 <= total;
        out.push(own || (frame.parent as usize != i && out[frame.parent as usize]));
    }
    out
}

/// What stands under a name such as `comments` that the headline does not stand under.
fn is_comment(block: &Block, apart: &Apart, headline: Option<usize>) -> bool {
    headline.is_some() && block.inline.with(apart.far).has(Topics::COMMENT)
}

/// What the last heading said, as long as the element around it lasts.
#[derive(Clone, Copy, Default)]
struct Section {
    frame: Option<u32>,
    said: [u8; boilerplate_phrases::COUNT],
    since: u32,
}

/// What is said of a frame by the frames around it that don't hold the headline too: `comments` on
/// the list of comments tells something, on the whole page nothing.
#[derive(Clone, Copy, Default)]
struct Apart {
    /// Names of it and its two nearest frames.
    near: Topics,
    /// Names of all of them.
    far: Topics,
    /// Frames from here to the first that holds the headline.
    levels: u32,
    /// Depth of that one.
    depth: u32,
    /// Whether one of them is an article or the like.
    in_article: bool,
}

fn aparts(blocks: &Blocks, headline: Option<usize>) -> Vec<Apart> {
    let mut out: Vec<Apart> = Vec::with_capacity(blocks.frames.len());
    for (i, frame) in blocks.frames.iter().enumerate() {
        let holds =
            headline.is_some_and(|h| (frame.first as usize..frame.last as usize).contains(&h));
        let outer = (frame.parent as usize != i).then(|| out[frame.parent as usize]);
        out.push(match outer {
            _ if holds => Apart { depth: frame.depth, ..Apart::default() },
            None => Apart::default(),
            Some(outer) => {
                let grand = &blocks.frames[blocks.frames[frame.parent as usize].parent as usize];
                let parent = &blocks.frames[frame.parent as usize];
                let mut near = frame.own;
                for (level, names) in [(1, parent.own), (2, grand.own)] {
                    if outer.levels >= level {
                        near = near.with(names);
                    }
                }
                Apart {
                    near,
                    far: outer.far.with(frame.own),
                    levels: outer.levels + 1,
                    depth: outer.depth,
                    in_article: outer.in_article
                        || frame.places.has(Places::ARTICLE) && !parent.places.has(Places::ARTICLE),
                }
            }
        });
    }
    out
}

/// For each frame, how many frames in the same parent are of its kind.
fn twins(blocks: &Blocks) -> Vec<u32> {
    let mut counts: HashMap<(u32, u64), u32> = HashMap::new();
    for frame in &blocks.frames {
        if frame.last > frame.first {
            *counts.entry((frame.parent, frame.kind)).or_default() += 1;
        }
    }
    blocks.frames.iter().map(|f| counts.get(&(f.parent, f.kind)).copied().unwrap_or(0)).collect()
}

/// A judgement by rule of thumb, in the spirit of Readability's scores: what the trees start from.
fn prior(block: &Block, frame: &super::blocks::Frame) -> f32 {
    let mut z = match block.shape {
        Shape::Paragraph => 1.0,
        Shape::Heading(1) => -3.6,
        Shape::Heading(_) => -0.3,
        Shape::Item => -0.6,
        Shape::Cell => -0.9,
        Shape::Pre => -0.1,
        Shape::Caption => -4.6,
        Shape::Loose => -1.0,
    };
    z += (block.chars as f32 / 60.0).min(3.0) * 0.8 - 0.4;
    z += (block.sentences as f32).min(3.0) * 0.4;
    z -= ratio(block.link_chars, block.chars) * 3.5;
    let near = frame.near.with(block.inline);
    for (topic, here, out) in PRIOR_TOPICS {
        if near.has(topic) {
            z += here;
        }
        if frame.far.has(topic) {
            z += out;
        }
    }
    for (place, weight) in PRIOR_PLACES {
        if frame.places.has(place) {
            z += weight;
        }
    }
    z
}

/// Topic, weight when named near, weight when named further out.
const PRIOR_TOPICS: [(Topics, f32, f32); 19] = [
    (Topics::BODY, 1.2, 0.5),
    (Topics::ARTICLE, 0.3, 0.2),
    (Topics::LEAD, 1.0, 0.0),
    (Topics::NAV, -2.0, -0.5),
    (Topics::RELATED, -2.0, -0.8),
    (Topics::COMMENT, -3.0, -2.0),
    (Topics::SHARE, -1.5, -0.5),
    (Topics::AD, -1.0, -0.1),
    (Topics::PROMO, -2.0, -1.0),
    (Topics::AUTHOR, -1.5, -0.3),
    (Topics::CAPTION, -2.5, -0.5),
    (Topics::FRAME, -0.8, -0.2),
    (Topics::SIDEBAR, -1.0, -0.5),
    (Topics::DATE, -1.0, 0.0),
    (Topics::CONSENT, -3.0, -1.5),
    (Topics::HIDDEN, -1.0, -0.3),
    (Topics::TEASER, -1.0, -0.3),
    (Topics::MEDIA, -0.8, 0.0),
    (Topics::POPUP, -2.0, -1.0),
];

const PRIOR_PLACES: [(Places, f32); 14] = [
    (Places::ARTICLE, 0.8),
    (Places::MAIN, 0.3),
    (Places::ASIDE, -2.5),
    (Places::NAV, -4.0),
    (Places::FOOTER, -3.0),
    (Places::HEADER, -0.5),
    (Places::FIGURE, -3.0),
    (Places::LINK, -3.0),
    (Places::HIDDEN, -1.5),
    (Places::FORM, -1.0),
    (Places::BODY_PROPERTY, 2.0),
    (Places::NESTED_ARTICLE, -1.0),
    (Places::ADDRESS, -1.5),
    (Places::LIST, -0.5),
];

fn signature(blocks: &Blocks, block: &Block) -> u64 {
    let frame = blocks.frame(block);
    let parent = &blocks.frames[frame.parent as usize];
    mix(frame.kind).wrapping_add(mix(parent.kind.rotate_left(17)))
}

fn text_hash(text: &str) -> u64 {
    mix(text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
}

/// The block of the page's headline: the heading most like what the page calls itself.
fn headline_index(blocks: &Blocks, _facts: &Facts, claims: &Claims) -> Option<usize> {
    let mut buffer = Vec::new();
    let mut best: Option<(f32, usize)> = None;
    for (i, block) in blocks.blocks.iter().enumerate() {
        let Shape::Heading(rank) = block.shape else { continue };
        words(blocks.text(block), &mut buffer);
        let common = buffer.iter().filter(|w| claims.title.contains(w)).count() as f32;
        let alike = 2.0 * common / (buffer.len() + claims.title_words).max(1) as f32;
        let score = alike + if rank == 1 { 0.35 } else { 0.0 };
        if score > 0.3 && best.is_none_or(|(b, _)| score > b) {
            best = Some((score, i));
        }
    }
    best.map(|(_, i)| i)
}

/// Blocks that the first round gives less than this stay what they are.
const HOPELESS: f32 = 0.015;

/// The rows of the second round, from the first round's rows and probabilities, one at a time;
/// hopeless blocks are passed by.
pub(crate) fn context(
    blocks: &Blocks,
    first: &Rows,
    p: &[f32],
    mut judge: impl FnMut(usize, &[f32]),
) {
    let n = blocks.blocks.len();
    let weight = |i: usize| (blocks.blocks[i].words as f32).clamp(3.0, 80.0);
    let mut mass = vec![0.0_f32; n + 1];
    let mut gain = vec![0.0_f32; n + 1];
    let mut weights = vec![0.0_f32; n + 1];
    let mut by_signature: HashMap<u64, (f32, f32)> = HashMap::new();
    let signatures: Vec<u64> = blocks.blocks.iter().map(|b| signature(blocks, b)).collect();
    for i in 0..n {
        let w = weight(i);
        mass[i + 1] = mass[i] + p[i] * w;
        gain[i + 1] = gain[i] + (p[i] - 0.5) * w;
        weights[i + 1] = weights[i] + w;
        let entry = by_signature.entry(signatures[i]).or_default();
        entry.0 += p[i] * w;
        entry.1 += w;
    }
    let total = mass[n].max(1.0);
    let best = best_frame(blocks, &gain);
    // How far each frame on the way from the best frame outwards is from it.
    let outwards = best.into_iter().flat_map(|b| blocks.outwards(b)).enumerate();
    let path: HashMap<u32, usize> = outwards.map(|(i, frame)| (frame, i)).collect();
    let best_frame = best.map(|b| &blocks.frames[b as usize]);
    let strong = |i: &usize| p[*i] > 0.7 && blocks.blocks[*i].words >= 12;
    let first_strong = (0..n).find(strong);
    let last_strong = (0..n).rev().find(strong);
    let mut row = Vec::with_capacity(CONTEXT);
    for i in 0..n {
        let Some(local) = first.row(i).filter(|_| p[i] >= HOPELESS) else { continue };
        row.clear();
        let out = &mut row;
        out.extend_from_slice(local);
        let at = |step: i64| {
            usize::try_from(i as i64 + step).ok().and_then(|j| p.get(j)).copied().unwrap_or(-1.0)
        };
        out.extend([p[i], at(-1), at(1), at(-2), at(2), at(-3), at(3)]);
        let window = |from: usize, to: usize| {
            let w = weights[to] - weights[from];
            if w > 0.0 { (mass[to] - mass[from]) / w } else { -1.0 }
        };
        out.extend([window(i.saturating_sub(6), i), window((i + 1).min(n), (i + 7).min(n))]);
        let frame = blocks.frame(&blocks.blocks[i]);
        let mut up = blocks.blocks[i].frame;
        for _ in 0..3 {
            up = blocks.frames[up as usize].parent;
            let f = &blocks.frames[up as usize];
            out.extend([
                window(f.first as usize, f.last as usize),
                (mass[f.last as usize] - mass[f.first as usize]) / total,
            ]);
        }
        let (s, w) = by_signature[&signatures[i]];
        out.extend([s / total, if w > 0.0 { s / w } else { 0.0 }]);
        let inside = best_frame.is_some_and(|f| (f.first as usize..f.last as usize).contains(&i));
        let (away, climb) = blocks
            .outwards(blocks.blocks[i].frame)
            .enumerate()
            .find_map(|(away, f)| Some((away, *path.get(&f)?)))
            .unwrap_or((99, 99));
        out.extend([f32::from(u8::from(inside)), away as f32, climb as f32]);
        out.extend([
            first_strong.map_or(-999.0, |f| i as f32 - f as f32),
            last_strong.map_or(999.0, |l| l as f32 - i as f32),
            mass[i] / total,
            frame.depth as f32 - best_frame.map_or(0.0, |f| f.depth as f32),
        ]);
        debug_assert_eq!(out.len(), CONTEXT);
        judge(i, &row);
    }
}

/// The frame with the greatest gain; of equals the innermost.
fn best_frame(blocks: &Blocks, gain: &[f32]) -> Option<u32> {
    let mut best: Option<(f32, u32)> = None;
    for (i, frame) in blocks.frames.iter().enumerate() {
        let sum = gain[frame.last as usize] - gain[frame.first as usize];
        if best.is_none_or(|(b, _)| sum >= b) {
            best = Some((sum, i as u32));
        }
    }
    best.map(|(_, i)| i)
}
