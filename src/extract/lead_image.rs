//! The picture that a page is shared with, what it shows and whose it is.
//!
//! Caption and credit are those of the same picture in the page's data or in a figure: matched by the name of its
//! file, never taken from the picture next to it.

use html5ever::local_name;
use serde_json::{Map, Value};

use super::dom::{Attr, Dom, NodeId};
use super::parsed_page::ParsedPage;
use super::rights::{name_of, text};
use super::text::one_line;
use super::vocabulary::{Topics, topics};
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

/// The lead image.
pub(super) fn image(
    page: &ParsedPage,
    url: Option<&WebUrl>,
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
    let stated = article.and_then(|a| stated(a.get("image")?, &resolve));
    let mut image = match (shared.and_then(resolve), &stated) {
        (Some(url), _) => Image {
            url,
            width: pixels("og:image:width"),
            height: pixels("og:image:height"),
            caption: None,
            credit: None,
        },
        (None, Some(stated)) => stated.clone(),
        (None, None) => return None,
    };
    if let Some(same) = stated.filter(|stated| is_same(&stated.url, &image.url)) {
        image.caption = same.caption;
        image.credit = same.credit;
        if image.width.is_none() && image.height.is_none() && same.url == image.url {
            (image.width, image.height) = (same.width, same.height);
        }
    }
    if image.caption.is_none() || image.credit.is_none() {
        let (caption, credit) = of_figure(&page.dom, &image.url);
        image.caption = image.caption.or(caption);
        image.credit = image.credit.or(credit);
    }
    Some(image)
}

/// A picture as schema.org states it.
fn stated(value: &Value, resolve: &impl Fn(&str) -> Option<WebUrl>) -> Option<Image> {
    let value = match value {
        Value::Array(items) => items.first()?,
        one => one,
    };
    let object = value.as_object();
    let address = value.as_str().or_else(|| object?.get("url")?.as_str())?;
    let side = |key| {
        let value = object?.get(key)?;
        let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
        number.or_else(|| value.as_str()?.parse().ok())
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

/// The name of a picture's file, without sizes behind `?`.
fn file_name(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?;
    path.rsplit('/').next().filter(|name| name.len() >= MIN_NAME && name.contains('.'))
}

fn is_same(a: &WebUrl, b: &WebUrl) -> bool {
    a == b || file_name(a.as_str()).is_some_and(|name| file_name(b.as_str()) == Some(name))
}

/// Caption and credit of the figure that shows the picture.
fn of_figure(dom: &Dom, url: &WebUrl) -> (Option<String>, Option<String>) {
    let Some(name) = file_name(url.as_str()) else { return (None, None) };
    let is_it = |id: &NodeId| {
        dom.attrs(*id).any(|(attr, value)| {
            matches!(attr, Attr::Src | Attr::DataSrc | Attr::Srcset | Attr::DataOriginal)
                && value.split_ascii_whitespace().any(|part| file_name(part) == Some(name))
        })
    };
    let pictures =
        dom.subtree(NodeId::ROOT).filter(|id| dom.name(*id) == Some(&local_name!("img")));
    let figures = pictures.take(MAX_PICTURES).filter(is_it).filter_map(|img| {
        dom.ancestors(img).take(LEVELS).find(|up| dom.name(*up) == Some(&local_name!("figure")))
    });
    figures.map(|figure| words_of(dom, figure)).next().unwrap_or_default()
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
            let said = ["credit", "copyright", "photographer", "nachweis", "source"];
            topics(&class).has(Topics::CAPTION) && said.iter().any(|word| class.contains(word))
        }
    };
    let credit = dom.subtree(figure).find(names_credit).map(|id| dom.text(id, 4 * MAX_CREDIT));
    let whole = one_line(&dom.text(caption, 4 * MAX_CAPTION));
    let bare = credit.as_deref().filter(|c| !c.is_empty()).and_then(|c| whole.strip_suffix(c));
    let shown = bare.map_or(whole.as_str(), str::trim).to_owned();
    (bounded(shown, MAX_CAPTION), credit.and_then(|credit| bounded(credit, MAX_CREDIT)))
}
