//! When a story was published and last changed: every place that a page says so, ranked. A
//! copyright line or a neighbour's teaser is never asked.

use html5ever::local_name;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::Read;
use super::blocks::{Places, Shape};
use super::boilerplate_phrases::{Cue, cues};
use super::date_labels::{self as labels, Label};
use super::date_parse::{self, Reading};
use super::dom::{Data, Dom, NodeId};
use super::json_ld::types;
use super::text::one_line;
use super::vocabulary::{Topics, topics};
use crate::lang;
use crate::model::{DateFrom, Precision, Published, WebUrl};

const PUBLISHED: [&str; 38] = [
    "datepublished",
    "date_published",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publication-date",
    "publicationdate",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "dcterms.created",
    "dc.date.created",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "date.created",
    "article.published",
    "originalpublicationdate",
    "rnews:datepublished",
    "published",
    "published_time",
    "published_date",
    "published-date",
    "publish_time",
    "publishtime",
    "pub_date",
    "article:published_date",
    "article_date_original",
    "og:pubdate",
    "bt:pubdate",
    "displaydate",
    "shareaholic:article_published_time",
    "article:post_date",
    "date",
];

const MODIFIED: [&str; 10] = [
    "article:modified_time",
    "og:updated_time",
    "article:modified",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "revised",
    "parsely-modified-date",
];

/// Publication and last change.
pub(super) struct Dates {
    pub(super) published: Option<(Published, DateFrom)>,
    pub(super) modified: Option<Published>,
}

/// Finds both. `story` is the first and last block of the story, where known.
pub(super) fn find(
    read: &Read,
    url: Option<&WebUrl>,
    story: Option<(usize, usize)>,
    articles: &[&Map<String, Value>],
    order: Reading,
) -> Dates {
    let facts = &read.facts;
    let schema = |key: &str| {
        articles
            .iter()
            .filter_map(|a| a.get(key)?.as_str())
            .find_map(|t| date_parse::value(t, order))
    };
    let meta = |names: &[&str]| {
        names.iter().find_map(|n| facts.all_metas(n).find_map(|v| date_parse::value(v, order)))
    };
    let modified = schema("dateModified")
        .or_else(|| meta(&MODIFIED))
        .or_else(|| property(read, "dateModified", order));
    let url_date = url.and_then(|u| in_url(u.as_url().path()));
    let published = schema("datePublished")
        .map(|p| (p, DateFrom::SchemaOrg))
        .or_else(|| {
            Some((
                meta(&[
                    "article:published_time",
                    "og:published_time",
                    "og:article:published_time",
                    "article:published",
                ])?,
                DateFrom::OpenGraph,
            ))
        })
        .or_else(|| Some((property(read, "datePublished", order)?, DateFrom::SchemaOrg)))
        .or_else(|| Some((meta(&PUBLISHED)?, DateFrom::Meta)))
        .or_else(|| Some((of_web_page(read, order)?, DateFrom::SchemaOrg)))
        .or_else(|| {
            Some((
                property(read, "uploadDate", order).or_else(|| meta(&["uploaddate"]))?,
                DateFrom::SchemaOrg,
            ))
        })
        .map(|(p, from)| {
            let day = url.and_then(|u| day_folders(u.as_url().path()).or_else(|| day_first(u)));
            (at_midnight(localised(p, day, read, order), read), from)
        })
        .map(|(p, from)| {
            let named = url_date.is_some_and(|day| day.at.date() == p.at.date());
            let seen = if named { None } else { first_published(p, modified, read, order) };
            seen.map_or((p, from), |seen| (seen, DateFrom::TimeElement))
        })
        .or_else(|| {
            // What stands in the page may be another story's; a day in the address is this one's.
            let seen = time_element(read, order)
                .map(|p| (p, DateFrom::TimeElement))
                .or_else(|| {
                    Some((
                        schema("dateCreated").or_else(|| schema("uploadDate"))?,
                        DateFrom::SchemaOrg,
                    ))
                })
                .or_else(|| Some((in_text(read, story, order)?, DateFrom::Text)));
            match (seen, url_date) {
                (Some((p, _)), Some(url)) if (p.at - url.at).whole_days().abs() > 1 => {
                    Some((url, DateFrom::Url))
                }
                (Some(seen), _) => Some(seen),
                (None, url) => url.map(|url| (url, DateFrom::Url)),
            }
        })
        .or_else(|| modified.map(|p| (p, DateFrom::Meta)))
        .or_else(|| Some((last_change(read, order)?, DateFrom::Text)));
    Dates { published, modified }
}

/// How the page writes dates: `03/04/2024` is the third of April in nearly all languages but English, and there by
/// the country. Where neither says, slashes are American, or software that was never told where it is.
pub(super) fn reading(read: &Read, url: Option<&WebUrl>, latest: OffsetDateTime) -> Reading {
    let stated = read.facts.lang.as_deref().or_else(|| read.facts.meta(&["og:locale"]));
    let tag = stated.unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    let host = url.map(|u| u.host()).unwrap_or_default();
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let region = parts.rfind(|part| part.len() == 2).unwrap_or_default();
    let day_first = [
        ".uk", ".au", ".nz", ".ie", ".in", ".za", ".ca", ".eu", ".fr", ".es", ".it", ".br", ".pt",
        ".gr", ".ng", ".ke", ".pk", ".bd", ".lk", ".sg", ".my", ".hk", ".mt",
    ];
    let day_first = match language {
        "" | "en" => match region {
            "us" | "ph" => false,
            "gb" | "au" | "nz" | "ie" | "in" | "za" | "ng" | "ke" | "pk" | "sg" | "my" | "hk" => {
                true
            }
            _ => day_first.iter().any(|end| host.ends_with(end)),
        },
        // These write dates with dots, with dashes, or with the year first.
        "de" | "nl" | "sv" | "da" | "nb" | "nn" | "no" | "fi" | "et" | "hu" | "lt" | "zh"
        | "ja" | "ko" => false,
        _ => true,
    };
    let known = lang::languages_with("months.txt").find(|code| *code == language);
    Reading {
        month_first: !day_first,
        language: known.or_else(|| matches!(language, "nb" | "nn").then_some("no")),
        latest: Some(latest),
    }
}

/// Hours of UTC until which it is still yesterday in the Americas, and from which it is tomorrow in the east.
const STILL_YESTERDAY: u8 = 10;
const TOMORROW_ALREADY: u8 = 13;

/// A time in UTC beside an address that has the day before or after. Where the page states the same moment
/// in another offset, that is the publisher's; else the day is the address's and its time is not known
/// there: no offset is made up. Where no clock could have both, the time stays as it is stated.
fn localised(stated: Published, url: Option<Published>, read: &Read, order: Reading) -> Published {
    let Some(url) = url else { return stated };
    if stated.precision == Precision::Day || !stated.at.offset().is_utc() {
        return stated;
    }
    let days = (url.at.date() - stated.at.date()).whole_days();
    if days == 0 {
        return stated;
    }
    if let Some(same) = same_moment(stated, read, order) {
        return same;
    }
    let hour = stated.at.hour();
    let agrees = (days == -1 && hour < STILL_YESTERDAY) || (days == 1 && hour >= TOMORROW_ALREADY);
    if agrees { Published { precision: Precision::Day, ..url } } else { stated }
}

/// The same moment as a `time` element states it in an offset of its own.
fn same_moment(stated: Published, read: &Read, order: Reading) -> Option<Published> {
    let times = read.facts.times.iter().take(MAX_TIMES);
    times
        .filter_map(|id| date_parse::value(read.dom.attr(*id, &local_name!("datetime"))?, order))
        .find(|seen| !seen.at.offset().is_utc() && (seen.at - stated.at).whole_seconds().abs() < 60)
}

/// Zones whose midnight pages of a language state in UTC, by the language's primary tag: offsets in
/// hours, in winter and in summer. Languages that are spoken around the world have none.
const MIDNIGHTS: [(&str, [i8; 2]); 21] = [
    ("de", [1, 2]),
    ("fr", [1, 2]),
    ("it", [1, 2]),
    ("nl", [1, 2]),
    ("da", [1, 2]),
    ("sv", [1, 2]),
    ("nb", [1, 2]),
    ("nn", [1, 2]),
    ("no", [1, 2]),
    ("pl", [1, 2]),
    ("cs", [1, 2]),
    ("sk", [1, 2]),
    ("hu", [1, 2]),
    ("fi", [2, 3]),
    ("el", [2, 3]),
    ("ro", [2, 3]),
    ("uk", [2, 3]),
    ("tr", [3, 3]),
    ("ja", [9, 9]),
    ("ko", [9, 9]),
    ("zh", [8, 8]),
];

/// A time in UTC that is midnight to the second where the page's language is spoken is a day, as
/// forms for dates store it.
fn at_midnight(stated: Published, read: &Read) -> Published {
    let lang = read.facts.lang.as_deref().unwrap_or_default().to_ascii_lowercase();
    let primary = lang.split(['-', '_']).next().unwrap_or_default();
    let whole_hour = stated.at.minute() == 0 && stated.at.second() == 0;
    if stated.precision == Precision::Day || !stated.at.offset().is_utc() || !whole_hour {
        return stated;
    }
    let offsets = MIDNIGHTS.iter().find(|(tag, _)| *tag == primary).map(|(_, offsets)| offsets);
    let local = offsets.into_iter().flatten().find_map(|hours| {
        let at = stated.at.to_offset(time::UtcOffset::from_hms(*hours, 0, 0).ok()?);
        (at.hour() == 0).then_some(at)
    });
    match local {
        Some(at) if stated.at.hour() != 0 => {
            Published { at: at.date().midnight().assume_utc(), precision: Precision::Day }
        }
        _ => stated,
    }
}

/// The day that readers see beside the headline, where a page states its last change as its
/// publication: both at the same time, or the publication later.
fn first_published(
    stated: Published,
    modified: Option<Published>,
    read: &Read,
    order: Reading,
) -> Option<Published> {
    if stated.precision == Precision::Day || modified?.at > stated.at {
        return None;
    }
    let (score, seen) = best_time(read, order)?;
    (score >= SURE_TIME && seen.at.date() < stated.at.date()).then_some(seen)
}

/// Score from which a `time` element is beside the headline.
const SURE_TIME: i32 = 0;

fn node_date(dom: &Dom, id: NodeId, order: Reading) -> Option<Published> {
    let attribute =
        dom.attr(id, &local_name!("datetime")).or_else(|| dom.attr(id, &local_name!("content")));
    let exact = attribute.and_then(|v| date_parse::value(v, order));
    exact.or_else(|| date_parse::find(&dom.text(id, 200), order))
}

fn property(read: &Read, name: &str, order: Reading) -> Option<Published> {
    let named =
        read.facts.properties.iter().filter(|(_, p)| p.split_ascii_whitespace().any(|p| p == name));
    named.filter_map(|(id, _)| node_date(&read.dom, *id, order)).next()
}

/// A page that is no article by its own word may still be dated.
fn of_web_page(read: &Read, order: Reading) -> Option<Published> {
    let pages =
        read.facts.json_ld.objects().iter().filter(|o| types(o).any(|t| t.ends_with("Page")));
    pages.filter_map(|o| o.get("datePublished")?.as_str()).find_map(|t| date_parse::value(t, order))
}

/// "This page was last changed on", as wikis write below their pages.
fn last_change(read: &Read, order: Reading) -> Option<Published> {
    let blocks = &read.blocks;
    let said = [
        "last edited",
        "last modified",
        "last changed",
        "zuletzt",
        "letzte änderung",
        "dernière modification",
        "última modificación",
        "ultima modifica",
    ];
    blocks.blocks.iter().rev().take(60).filter(|b| b.chars < 300 && b.digits >= 4).find_map(
        |block| {
            let text = blocks.text(block).to_lowercase();
            said.iter().any(|s| text.contains(s)).then(|| date_parse::find(&text, order)).flatten()
        },
    )
}

/// The `time` element of the story itself: not inside a teaser, a comment or a sidebar, and best
/// one that says it is the publication.
fn time_element(read: &Read, order: Reading) -> Option<Published> {
    best_time(read, order).filter(|(score, _)| *score > -10).map(|(_, date)| date)
}

/// Most `time` elements looked at.
const MAX_TIMES: usize = 40;
/// Longest label before a date, in bytes.
const MAX_LABEL: usize = 60;

/// What stands before an element, or before an element around it, says of its date.
fn label(dom: &Dom, id: NodeId) -> Option<Label> {
    let mut at = id;
    for _ in 0..3 {
        let mut before = dom.prev_sibling(at);
        while let Some(sibling) = before {
            let text = match dom.data(sibling) {
                Data::Text(text) => one_line(text),
                Data::Element { .. } => dom.text(sibling, MAX_LABEL),
                Data::Document | Data::Other => String::new(),
            };
            if !text.is_empty() {
                return if text.len() <= MAX_LABEL { labels::of(&text) } else { None };
            }
            before = dom.prev_sibling(sibling);
        }
        at = dom.parent(at)?;
    }
    None
}

/// The publication in the text of a `time` element that is the last change, `3 May | Updated 5 May`. Where the
/// attribute and the text say the same change, they say which of day and month comes first.
fn beside_change(dom: &Dom, id: NodeId, order: Reading) -> Option<Published> {
    const SEPARATORS: [char; 4] = ['|', '•', '·', ';'];
    let text = dom.text(id, 200);
    let (changed, other): (Vec<&str>, Vec<&str>) =
        text.split(SEPARATORS).partition(|part| labels::of(part) == Some(Label::Changed));
    let stated = dom.attr(id, &local_name!("datetime")).and_then(|v| date_parse::value(v, order));
    let swapped = Reading { month_first: !order.month_first, ..order };
    let agrees = |order: Reading| {
        let seen = changed.iter().find_map(|part| date_parse::find(part, order));
        seen.zip(stated).is_some_and(|(seen, stated)| seen.at.date() == stated.at.date())
    };
    let order = if agrees(swapped) && !agrees(order) { swapped } else { order };
    if changed.is_empty() {
        return None;
    }
    other.iter().find_map(|part| date_parse::find(part, order))
}

/// The best `time` element and how good it is.
fn best_time(read: &Read, order: Reading) -> Option<(i32, Published)> {
    let dom = &read.dom;
    let mut best: Option<(i32, Published)> = None;
    for (i, id) in read.facts.times.iter().enumerate().take(MAX_TIMES) {
        let is_change = dom
            .attr(*id, &local_name!("itemprop"))
            .is_some_and(|p| p.split_ascii_whitespace().any(|p| p == "dateModified"));
        // Of an element that is the last change, its text may say the publication too.
        let first = is_change.then(|| beside_change(dom, *id, order)).flatten();
        let Some(date) = first.or_else(|| node_date(dom, *id, order)) else { continue };
        let mut score = -(i as i32).min(10);
        score -= if is_change && first.is_none() { 8 } else { 0 };
        score += match label(dom, *id) {
            Some(Label::Changed) => -9,
            Some(Label::Published) => 6,
            None => 0,
        };
        let mut said = topics(dom.class(*id));
        if dom.attrs(*id).iter().any(|a| &*a.name.local == "pubdate")
            || dom.class(*id).contains("publish")
        {
            score += 8;
        }
        if dom.class(*id).contains("update") || dom.class(*id).contains("modif") {
            score -= 5;
        }
        for (level, up) in dom.ancestors(*id).enumerate() {
            let Some(name) = dom.name(up) else { break };
            match *name {
                local_name!("body") => break,
                local_name!("aside") | local_name!("nav") | local_name!("footer") => score -= 12,
                local_name!("li") | local_name!("a") => score -= 6,
                local_name!("article") | local_name!("main") | local_name!("header") => score += 3,
                _ => {}
            }
            if level < 6 {
                said = said.with(topics(dom.class(up)));
            }
        }
        for (topic, weight) in [
            (Topics::RELATED, -10),
            (Topics::COMMENT, -12),
            (Topics::SIDEBAR, -6),
            (Topics::TEASER, -6),
            (Topics::DATE, 4),
            (Topics::AUTHOR, 2),
        ] {
            if said.has(topic) {
                score += weight;
            }
        }
        score += i32::from(date.precision != Precision::Day);
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, date));
        }
    }
    best
}

/// A date in a short line near the story: between a little before the headline and a little after
/// the story's end.
fn in_text(read: &Read, story: Option<(usize, usize)>, order: Reading) -> Option<Published> {
    let blocks = &read.blocks;
    let (first, last) = story?;
    let headline = (first.saturating_sub(40)..first)
        .find(|i| matches!(blocks.blocks[*i].shape, Shape::Heading(_)))
        .unwrap_or(first);
    let mut best: Option<(i32, Published)> = None;
    for i in headline.saturating_sub(8)..blocks.blocks.len().min(last + 8) {
        let block = &blocks.blocks[i];
        let frame = blocks.frame(block);
        let dated = frame.near.with(block.inline).has(Topics::DATE);
        let inside = i >= first && i <= last;
        // A paragraph counts only when it opens with the date, as dispatches do.
        let opens = i <= first + 3;
        if (block.chars > 400 && !opens)
            || block.digits < 4
            || frame.near.has(Topics::COMMENT)
            || frame.places.has(Places::ASIDE)
        {
            continue;
        }
        let text: String = if block.chars > 400 {
            blocks.text(block).chars().take(40).collect()
        } else {
            blocks.text(block).to_owned()
        };
        let lines = text
            .lines()
            .filter(|line| !line.contains('©') && !line.to_lowercase().contains("copyright"));
        let Some((line, date)) = lines
            .filter_map(|line| Some((line, date_parse::find(line, order)?)))
            .min_by_key(|(line, _)| std::cmp::Reverse(cues(line)[Cue::Times as usize]))
        else {
            continue;
        };
        let mut score = -((i as i32) - first as i32).abs().min(20);
        score += if dated { 14 } else { 0 } + if block.words <= 12 { 6 } else { 0 }
            - if inside { 8 } else { 0 };
        score += i32::from(cues(line)[Cue::Times as usize]) * 5;
        score -= if labels::of(line) == Some(Label::Changed) { 8 } else { 0 };
        score -= if frame.near.has(Topics::RELATED) || block.link_chars * 2 > block.chars {
            12
        } else {
            0
        };
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, date));
        }
    }
    best.filter(|(score, _)| *score > -16).map(|(_, date)| date)
}

/// `/2024/05/03/`: the day in the publisher's own time, as content management systems write it.
fn day_folders(path: &str) -> Option<Published> {
    let parts: Vec<&str> = path.split('/').collect();
    for window in parts.windows(3) {
        let [y, m, d] = window else { continue };
        if y.len() == 4
            && (1..=2).contains(&m.len())
            && (1..=2).contains(&d.len())
            && let Some(date) = date_parse::find(&format!("{y}-{m}-{d}"), Reading::default())
        {
            return Some(date);
        }
    }
    None
}

/// `-nid03052024`: eight digits at the address's end, day first.
fn day_first(url: &WebUrl) -> Option<Published> {
    let path = url.as_url().path().trim_end_matches('/');
    let name = path.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &path[name.len()..];
    (digits.len() == 8).then_some(())?;
    date_parse::find(
        &format!("{}-{}-{}", &digits[4..], &digits[2..4], &digits[..2]),
        Reading::default(),
    )
}

/// [`day_folders`], `/2024-05-03-` and `/20240503`: only whole days.
fn in_url(path: &str) -> Option<Published> {
    if let Some(date) = day_folders(path) {
        return Some(date);
    }
    let parts: Vec<&str> = path.split('/').collect();
    parts.iter().find_map(|part| {
        let starts = part.char_indices().filter(|(i, c)| {
            c.is_ascii_digit() && (*i == 0 || !part.as_bytes()[i - 1].is_ascii_digit())
        });
        starts.map(|(i, _)| &part[i..]).find_map(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            match digits {
                8 => date_parse::find(&rest[..8], Reading::default()),
                4 if rest.as_bytes().get(4) == Some(&b'-')
                    && rest.as_bytes().get(7) == Some(&b'-') =>
                {
                    date_parse::find(rest.get(..10)?, Reading::default())
                }
                _ => None,
            }
        })
    })
}
