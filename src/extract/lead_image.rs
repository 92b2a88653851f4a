//! The picture that a page is shared with, what it shows and whose it is.
//!
//! Caption and credit are those of the same picture in the page's data or in a figure: matched by the name of its
//! file, never taken from the picture next to it.

use std::sync::LazyLock;

use foldhash::HashSet;
use html5ever::local_name;
use memchr::memmem::Finder;
use serde_json::{Map, Value};

use super::byline_words::told;
use super::dom::{Attr, Dom, NodeId};
use super::enclosing_elements::{is_below_picture, is_own};
use super::json_ld::JsonLd;
use super::parsed_page::ParsedPage;
use super::person_names::is_agency;
use super::rights::{name_of, text};
use super::text::one_line;
use super::vocabulary::{Topics, topics};
use super::word_lists;
use crate::model::{Image, WebUrl};

/// Pictures looked at for the one that is the lead.
const MAX_PICTURES: usize = 200;
/// How far up from a picture its figure stands.
const LEVELS: usize = 8;
/// Longest caption, in characters; longer is a story under a picture.
const MAX_CAPTION: usize = 1000;
const MAX_CREDIT: usize = 200;
/// Shortest name of a file that tells a picture from others, in bytes.
const MIN_NAME: usize = 5;

/// What is in classes of elements that say whose a picture is, inside its caption.
static CREDIT_CLASSES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("credit-class"));

/// The lead image.
pub(super) fn image(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    story: Option<(usize, usize)>,
    article: Option<&Map<String, Value>>,
) -> Option<Image> {
    let facts = &page.facts;
    let resolve =
        |text: &str| url.map_or_else(|| WebUrl::parse(text).ok(), |base| base.join(text).ok());
    let shared = facts.meta(&[
        "og:image:secure_url",
        "og:image",
        "og:image:url",
        "twitter:image",
        "twitter:image:src",
    ]);
    let pixels = |name| facts.meta(&[name]).and_then(|n| n.parse().ok());
    let stated = article.and_then(|a| stated(a.get("image")?, &facts.json_ld, &resolve));
    let mut image = match (shared.and_then(resolve), &stated) {
        (Some(url), _) => Image {
            url,
            width: pixels("og:image:width"),
            height: pixels("og:image:height"),
            caption: None,
            credit: None,
        },
        (None, Some(stated)) => stated.clone(),
        (None, None) => return of_story(page, story, &resolve),
    };
    if let Some(same) = stated.filter(|stated| is_same(&stated.url, &image.url)) {
        image.caption = same.caption;
        image.credit = same.credit;
        if image.width.is_none() && image.height.is_none() && same.url == image.url {
            (image.width, image.height) = (same.width, same.height);
        }
    }
    let sized = image.width.is_some() || image.height.is_some();
    if image.caption.is_none() || image.credit.is_none() || !sized {
        let shown = of_figure(page, &image.url);
        image.caption = image.caption.or(shown.caption);
        image.credit = image.credit.or(shown.credit);
        if !sized {
            (image.width, image.height) = (shown.width, shown.height);
        }
    }
    Some(image)
}

/// The first picture of a figure between the headline and the story's first paragraphs, where the page states none.
fn of_story(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    resolve: &impl Fn(&str) -> Option<WebUrl>,
) -> Option<Image> {
    let dom = &page.dom;
    let (first, _) = story?;
    let second = page.blocks.blocks.get(first + 1)?;
    let (from, _) = page.facts.headings.first()?;
    let to = page.blocks.frame(second).node;
    let is_figure = |id: &NodeId| dom.name(*id) == Some(&local_name!("figure"));
    let mut figures = dom.subtree(NodeId::ROOT).filter(|id| id > from && *id < to);
    let figure = figures.find(|id| is_figure(id) && is_own(page, story, *id))?;
    let is_picture = |id: &NodeId| dom.name(*id) == Some(&local_name!("img"));
    let picture = dom.subtree(figure).find(is_picture)?;
    let address = dom.attr(picture, Attr::DataSrc).or_else(|| dom.attr(picture, Attr::Src))?;
    let shown = Shown::of(dom, figure, picture);
    let is_small = shown.width.is_some_and(|width| width < LEAST_WIDTH);
    (!is_small && !address.starts_with("data:")).then_some(())?;
    Some(Image {
        url: resolve(address)?,
        width: shown.width,
        height: shown.height,
        caption: shown.caption,
        credit: shown.credit,
    })
}

/// Least width of a picture in the page that leads the story; icons are smaller.
const LEAST_WIDTH: u32 = 200;

/// A picture as schema.org states it.
fn stated(
    value: &Value,
    json_ld: &JsonLd,
    resolve: &impl Fn(&str) -> Option<WebUrl>,
) -> Option<Image> {
    let value = match value {
        Value::Array(items) => items.first()?,
        one => one,
    };
    let object = value.as_object();
    // Graphs name a picture by its id and describe it elsewhere.
    let named = object.filter(|o| !o.contains_key("url") && !o.contains_key("contentUrl"));
    let object = named.and_then(|o| json_ld.by_id(o.get("@id")?.as_str()?)).or(object);
    let stated_url = || object?.get("url").or_else(|| object?.get("contentUrl"))?.as_str();
    let address = value.as_str().or_else(stated_url)?;
    let side = |key| {
        let value = object?.get(key)?;
        let value = value.get("value").unwrap_or(value);
        let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
        number.or_else(|| pixels(value.as_str()?))
    };
    let words = |keys: &[&str]| keys.iter().find_map(|key| name_of(object?.get(*key)?));
    let credits = ["creditText", "creator", "author", "copyrightNotice", "copyrightHolder"];
    Some(Image {
        url: resolve(address)?,
        width: side("width"),
        height: side("height"),
        caption: words(&["caption", "description"]),
        credit: words(&credits),
    })
}

/// A number of pixels: `1600`, `1600px`.
fn pixels(text: &str) -> Option<u32> {
    text.trim().trim_end_matches("px").parse().ok()
}

/// The name of a picture's file, without sizes behind `?`.
fn file_name(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?;
    path.rsplit('/').next().filter(|name| name.len() >= MIN_NAME && name.contains('.'))
}

fn is_same(a: &WebUrl, b: &WebUrl) -> bool {
    a == b || file_name(a.as_str()).is_some_and(|name| file_name(b.as_str()) == Some(name))
}

/// What a figure says of its picture.
#[derive(Default)]
struct Shown {
    caption: Option<String>,
    credit: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
}

impl Shown {
    fn of(dom: &Dom, figure: NodeId, picture: NodeId) -> Self {
        let side = |attr| dom.attr(picture, attr).and_then(pixels).filter(|n| *n > 1);
        let (caption, credit) = words_of(dom, figure);
        Self { caption, credit, width: side(Attr::Width), height: side(Attr::Height) }
    }

    /// The words below a picture that no figure holds, in an element of both.
    fn below(dom: &Dom, picture: NodeId) -> Option<Self> {
        let holder =
            dom.ancestors(picture).take(CAPTION_LEVELS).find(|up| !dom.text(*up, 1).is_empty())?;
        let is_caption = |id: &NodeId| {
            dom.parent(*id) == Some(holder)
                && is_below_picture(dom, *id)
                && !dom.text(*id, 1).is_empty()
        };
        let caption = dom.subtree(holder).skip(1).take(CAPTION_NODES).find(is_caption)?;
        let whole = one_line(&dom.text(caption, MAX_CAPTION));
        let side = |attr| dom.attr(picture, attr).and_then(pixels).filter(|n| *n > 1);
        let (caption, credit) = match parted(&whole) {
            Some((shown, credit)) => (text(&shown), text(&credit)),
            None => (text(&whole), None),
        };
        Some(Self { caption, credit, width: side(Attr::Width), height: side(Attr::Height) })
    }
}

/// How far up from a picture what holds its caption too stands, and how many nodes of that are looked at.
const CAPTION_LEVELS: usize = 3;
const CAPTION_NODES: usize = 20;

/// Caption, credit and size of the picture in the figure that shows it.
fn of_figure(page: &ParsedPage, url: &WebUrl) -> Shown {
    let Some(name) = file_name(url.as_str()) else { return Shown::default() };
    let dom = &page.dom;
    let finder = Finder::new(name);
    let is_it = |id: &NodeId| {
        dom.attrs(*id).any(|(attr, value)| {
            matches!(attr, Attr::Src | Attr::DataSrc | Attr::Srcset | Attr::DataOriginal)
                && finder.find(value.as_bytes()).is_some()
                && value.split_ascii_whitespace().any(|part| file_name(part) == Some(name))
        })
    };
    let pictures = page.facts.pictures.iter().copied();
    let figures = pictures.take(MAX_PICTURES).filter(is_it).filter_map(|img| {
        let is_figure = |up: &NodeId| dom.name(*up) == Some(&local_name!("figure"));
        let figure = dom.ancestors(img).take(LEVELS).find(is_figure);
        figure.map(|figure| Shown::of(dom, figure, img)).or_else(|| Shown::below(dom, img))
    });
    figures.into_iter().next().unwrap_or_default()
}

/// Most words of a credit at a caption's end.
const CREDIT_WORDS: usize = 8;

/// A caption without the credit at its end, `… at dusk. Photo: Jo Poe`, `… at dusk. (Foto Jo Poe/dpa)`, and the credit.
fn parted(caption: &str) -> Option<(String, String)> {
    let marks = caption.match_indices([' ', '(', '|', '©']).filter(|(at, mark)| {
        let before = caption[..*at].trim_end();
        *mark != " " || before.ends_with(['.', '!', '?', '…', '”', '"', '|', '·', '–', '—'])
    });
    let ends = marks.map(|(at, mark)| match mark {
        "©" => (at, &caption[at..]),
        _ => (at, &caption[at + mark.len()..]),
    });
    let mut credits = ends.filter_map(|(at, rest)| {
        let rest = rest.trim().trim_start_matches(['/', ' ']).trim_end_matches(')');
        let credit = without_label(rest).or_else(|| of_agency(rest))?;
        (credit.split_whitespace().count() <= CREDIT_WORDS).then_some((at, credit))
    });
    let (at, credit) = credits.next()?;
    let shown = caption[..at].trim_end_matches([' ', '(', '|', '·', '–', '—']);
    (!shown.is_empty() && !credit.is_empty()).then(|| (shown.to_owned(), credit.to_owned()))
}

/// Whose a picture is, without the words that say so: `Photo: Jo Poe`, `© Jo Poe`.
fn without_label(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix(['©', 'ⓒ']) {
        return Some(rest.trim());
    }
    if let Some((false, end)) = told(text) {
        return Some(text[end..].trim());
    }
    // `Photo Jo Poe/AFP`
    let (label, rest) = text.split_once(' ')?;
    let label = format!("{label}:");
    matches!(told(&label), Some((false, _)))
        .then(|| rest.trim())
        .filter(|_| rest.starts_with(char::is_uppercase))
}

/// A credit that opens with an agency: `AP Photo/Jo Poe`, `REUTERS/Jo Poe`.
fn of_agency(text: &str) -> Option<&str> {
    let (agency, name) = text.split_once('/')?;
    let lower = agency.trim().to_lowercase();
    let agency = lower.strip_suffix(" photo").unwrap_or(&lower);
    (is_agency(agency) && name.trim_start().starts_with(char::is_uppercase)).then_some(text)
}

/// What a figure says of its picture, the credit apart.
fn words_of(dom: &Dom, figure: NodeId) -> (Option<String>, Option<String>) {
    let bounded = |words: String, most: usize| {
        let fits = !words.is_empty() && words.chars().count() <= most;
        if fits { text(&words) } else { None }
    };
    let is_caption = |id: &NodeId| dom.name(*id) == Some(&local_name!("figcaption"));
    let Some(caption) = dom.subtree(figure).find(is_caption) else { return (None, None) };
    let names_credit = |id: &NodeId| {
        *id != caption && {
            let class = dom.class(*id).to_ascii_lowercase();
            topics(&class).has(Topics::CAPTION)
                && CREDIT_CLASSES.iter().any(|word| class.contains(word))
        }
    };
    let credit = dom.subtree(figure).find(names_credit).map(|id| dom.text(id, 4 * MAX_CREDIT));
    let whole = one_line(&dom.text(caption, 4 * MAX_CAPTION));
    let bare = credit.as_deref().filter(|c| !c.is_empty()).and_then(|c| whole.strip_suffix(c));
    let shown = bare.map_or(whole.as_str(), str::trim).to_owned();
    let credit = credit.map(|credit| without_label(&credit).map_or(credit.clone(), str::to_owned));
    let (shown, credit) = match parted(&shown).filter(|_| credit.is_none()) {
        Some((shown, credit)) => (shown, Some(credit)),
        None => (shown, credit),
    };
    (bounded(shown, MAX_CAPTION), credit.and_then(|credit| bounded(credit, MAX_CREDIT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_at_the_end_of_captions_are_parted() {
        for (caption, shown, credit) in [
            ("The harbour at dusk. Photo: Jo Poe", "The harbour at dusk.", "Jo Poe"),
            ("Der Hafen am Abend. Foto: Jo Poe/dpa", "Der Hafen am Abend.", "Jo Poe/dpa"),
            ("Le port au crépuscule. (Photo Jo Poe/AFP)", "Le port au crépuscule.", "Jo Poe/AFP"),
            ("The harbour at dusk. © Jo Poe", "The harbour at dusk.", "Jo Poe"),
            ("The harbour at dusk.© Jo Poe", "The harbour at dusk.", "Jo Poe"),
            ("The harbour at dusk. Photograph: Jo Poe", "The harbour at dusk.", "Jo Poe"),
            ("The harbour at dusk. (AP Photo/Jo Poe)", "The harbour at dusk.", "AP Photo/Jo Poe"),
            ("El puerto. / FOTO: Jo Poe", "El puerto.", "Jo Poe"),
        ] {
            assert_eq!(parted(caption), Some((shown.to_owned(), credit.to_owned())), "{caption}");
        }
        assert_eq!(parted("The photo club meets at dusk. It has six members."), None);
        assert_eq!(without_label("Photo: Jo Poe"), Some("Jo Poe"));
        assert_eq!(pixels("1600px"), Some(1600));
    }
}
