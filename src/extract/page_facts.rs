//! What a page says of itself outside its text: `<meta>`, `<link>`, `<title>`, JSON-LD, microdata.
//! Collected in one walk, judged elsewhere.

use html5ever::local_name;

use super::dom::{Attr, Data, Dom, NodeId};
use super::json_ld::JsonLd;
use super::text::one_line;

/// A page's own statements.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// `name`, `property` or `itemprop` in lower case, and the content, in the page's order.
    pub(super) metas: Vec<(String, String)>,
    /// The first `<title>`.
    pub(super) title: Option<String>,
    /// `lang` of the root element.
    pub(super) lang: Option<String>,
    /// `class` of `body`, in lower case.
    pub(super) body_class: String,
    /// `link rel=canonical`.
    pub(super) canonical: Option<String>,
    /// Where the licence is, by `rel=license`.
    pub(super) license: Option<String>,
    /// `base href`.
    pub(super) base: Option<String>,
    /// schema.org statements.
    pub(super) json_ld: JsonLd,
    /// Headings of the first rank, in order, with their texts.
    pub(super) headings: Vec<(NodeId, String)>,
    /// `time` elements, in order.
    pub(super) times: Vec<NodeId>,
    /// Elements with `itemprop`, in order.
    pub(super) properties: Vec<(NodeId, String)>,
    /// Links to front pages: the host, empty for this page's own, and what the link says.
    pub(super) home_links: Vec<(String, String)>,
    /// All pictures, in order.
    pub(super) pictures: Vec<NodeId>,
    /// All links, in order.
    pub(super) links: Vec<NodeId>,
    /// Elements with `rel=author`, in order.
    pub(super) author_links: Vec<NodeId>,
}

/// Names of `<meta>` elements that describe a page.
const DESCRIPTIONS: [&str; 3] = ["og:description", "description", "twitter:description"];

/// Links to front pages that are kept, and the longest name of a site, in characters.
const MAX_HOME_LINKS: usize = 6;
const MAX_SITE_NAME: usize = 40;

/// The host that a link to a front page names, and the words or the picture's name in it.
fn home_link(dom: &Dom, id: NodeId) -> Option<(String, String)> {
    let href = dom.attr(id, Attr::Href)?.trim();
    let host = match href {
        "/" | "./" | "/index.html" | "/index.php" => String::new(),
        _ => {
            let rest = href.split_once("//").filter(|(scheme, _)| scheme.len() <= 6)?.1;
            let host = rest.strip_suffix('/').unwrap_or(rest);
            (!host.is_empty() && !host.contains(['/', '?', '#'])).then(|| host.to_lowercase())?
        }
    };
    let mut pictures =
        dom.subtree(id).filter(|inner| dom.name(*inner) == Some(&local_name!("img")));
    let named = || pictures.find_map(|img| dom.attr(img, Attr::Alt)).map(one_line);
    let text = Some(dom.text(id, 200)).filter(|t| !t.is_empty()).or_else(named)?;
    (text.chars().count() <= MAX_SITE_NAME).then_some((host, text))
}

/// Longest text that a moment is shown as, in bytes: `3 hours ago`.
const MAX_MOMENT: usize = 40;

/// Whether a value is a moment in seconds or milliseconds of the Unix epoch.
fn is_moment(value: &str) -> bool {
    matches!(value.len(), 10 | 13) && value.bytes().all(|b| b.is_ascii_digit())
}

fn is_license(rel: &str) -> bool {
    rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case("license"))
}

/// The licence that a link names; one in a figure is the picture's.
fn license(dom: &Dom, id: NodeId) -> Option<String> {
    let is_figure = |up: NodeId| dom.name(up) == Some(&local_name!("figure"));
    let is_pictures = dom.ancestors(id).take(8).any(is_figure);
    let href = dom.attr(id, Attr::Href)?.trim();
    (!is_pictures && !href.is_empty()).then(|| href.to_owned())
}

/// Properties of a work that are works of others.
const OTHER_WORKS: [&str; 8] =
    ["citation", "comment", "isbasedon", "ispartof", "itemreviewed", "mentions", "review", "video"];

/// Whether an element states something of a work that the story cites or that is about the story.
fn is_of_other_work(dom: &Dom, id: NodeId) -> bool {
    dom.ancestors(id).take(8).any(|up| {
        let names = dom.attr(up, Attr::Itemprop).unwrap_or_default();
        let mut names = names.split_ascii_whitespace();
        names.any(|name| OTHER_WORKS.iter().any(|other| name.eq_ignore_ascii_case(other)))
    })
}

impl Facts {
    /// The first non-empty content of the first name that has one.
    pub(super) fn meta<'a>(&'a self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.all_metas(name).next())
    }

    /// All non-empty contents of a name.
    pub(super) fn all_metas<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.metas.iter().filter(move |(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// Descriptions of the page, the most trusted name first.
    pub(super) fn descriptions(&self) -> impl Iterator<Item = &str> {
        DESCRIPTIONS.iter().filter_map(|name| self.meta(&[*name]))
    }

    /// Reads them off the tree.
    pub(super) fn collect(dom: &Dom, json_ld: JsonLd) -> Self {
        let mut facts = Self { json_ld, ..Self::default() };
        for id in dom.subtree(NodeId::ROOT) {
            let Data::Element { name } = dom.data(id) else { continue };
            match *name {
                local_name!("meta") => {
                    let get = |wanted| dom.attr(id, wanted);
                    let key = get(Attr::Property)
                        .or_else(|| get(Attr::Name))
                        .or_else(|| get(Attr::Itemprop).filter(|_| !is_of_other_work(dom, id)))
                        .or_else(|| get(Attr::HttpEquiv));
                    if let (Some(key), Some(content)) = (key, get(Attr::Content)) {
                        facts
                            .metas
                            .push((key.trim().to_ascii_lowercase(), content.trim().to_owned()));
                    }
                }
                local_name!("html") if facts.lang.is_none() => {
                    facts.lang = dom.attr(id, Attr::Lang).map(str::to_owned);
                }
                local_name!("a") => {
                    facts.links.push(id);
                    if facts.home_links.len() < MAX_HOME_LINKS {
                        facts.home_links.extend(home_link(dom, id));
                    }
                }
                local_name!("body") if facts.body_class.is_empty() => {
                    facts.body_class = dom.class(id).to_ascii_lowercase();
                }
                local_name!("title") if facts.title.is_none() => {
                    facts.title = Some(dom.text(id, 1000)).filter(|t| !t.is_empty());
                }
                local_name!("base") if facts.base.is_none() => {
                    facts.base = dom.attr(id, Attr::Href).map(str::to_owned);
                }
                local_name!("link") => {
                    if facts.canonical.is_none()
                        && dom
                            .attr(id, Attr::Rel)
                            .is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"))
                    {
                        facts.canonical = dom.attr(id, Attr::Href).map(|h| h.trim().to_owned());
                    }
                }
                local_name!("h1") => {
                    let text = dom.text(id, 1000);
                    if !text.is_empty() {
                        facts.headings.push((id, text));
                    }
                }
                local_name!("time") => facts.times.push(id),
                local_name!("img") => facts.pictures.push(id),
                // As the hAtom format states it.
                local_name!("abbr")
                    if dom.attr(id, Attr::Title).is_some()
                        && dom.class(id).split_ascii_whitespace().any(|c| c == "published") =>
                {
                    facts.times.push(id);
                }
                _ => {}
            }
            for (attr, value) in dom.attrs(id) {
                match attr {
                    Attr::Rel if facts.license.is_none() && is_license(value) => {
                        facts.license = license(dom, id);
                    }
                    Attr::Itemprop if !is_of_other_work(dom, id) => {
                        facts.properties.push((id, value.to_owned()));
                    }
                    Attr::DataTime | Attr::DataTimestamp
                        if is_moment(value)
                            && *name != local_name!("time")
                            && (1..=MAX_MOMENT).contains(&dom.text(id, 2 * MAX_MOMENT).len()) =>
                    {
                        facts.times.push(id);
                    }
                    Attr::Rel if value.split_ascii_whitespace().any(|r| r == "author") => {
                        facts.author_links.push(id);
                    }
                    _ => {}
                }
            }
        }
        facts
    }

    /// What the page calls itself, best guess first; for comparing, not for publishing.
    pub(super) fn titles(&self) -> impl Iterator<Item = String> + '_ {
        let article = self
            .json_ld
            .articles()
            .first()
            .and_then(|a| a.get("headline").and_then(|h| h.as_str()).map(one_line));
        self.meta(&["og:title", "twitter:title", "title"])
            .map(one_line)
            .into_iter()
            .chain(article)
            .chain(self.title.clone())
    }
}
