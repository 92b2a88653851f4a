//! Who wrote a story: people as separate names, without "By", titles, addresses; an organisation
//! only when it signs alone.

mod seen;
mod stated;

pub(super) use seen::bracketed_name;

use serde_json::{Map, Value};

use super::byline_words::{BREAK, LIST, opens};
use super::bylines::people;
use super::parsed_page::ParsedPage;
use super::person_names::{is_organisation, looks_like_name};
use super::text::letters;
use super::title;
use crate::lang;
use crate::model::WebUrl;

/// Who signed a story.
#[derive(Default)]
pub(super) struct Authors {
    /// All of them, in the page's order.
    pub(super) names: Vec<String>,
    /// Those of them that the page calls organisations, or itself.
    pub(super) organisations: Vec<String>,
}

/// The authors. `articles` are the page's schema.org statements, the most telling first.
pub(super) fn find(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    story: Option<(usize, usize)>,
    articles: &[&Map<String, Value>],
) -> Authors {
    let site = Site::of(page, url);
    let names = names(page, story, articles, &site);
    let typed: Vec<String> = articles.iter().flat_map(|a| stated::typed_organisations(a)).collect();
    let is_no_person = |name: &&String| site.is_called(name) || typed.contains(name);
    Authors { organisations: names.iter().filter(is_no_person).cloned().collect(), names }
}

fn names(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    articles: &[&Map<String, Value>],
    site: &Site,
) -> Vec<String> {
    let stated_by = &page.facts.json_ld;
    let stated = articles
        .iter()
        .map(|a| people(&stated::schema(a, stated_by)))
        .find(|names| !names.is_empty())
        .unwrap_or_default();
    // The first people found, unless they are login names or the like, and the first organisations.
    let (mut weak, mut organisations) = (Vec::new(), Vec::new());
    // A stated list is kept as it stands but for the publication's own name beside people.
    let typed: Vec<String> = articles.iter().flat_map(|a| stated::typed_organisations(a)).collect();
    let is_person = |n: &String| !is_organisation(n) && !site.is_named(n) && !typed.contains(n);
    if stated.iter().any(is_person) {
        let names: Vec<String> = stated.into_iter().filter(|n| !site.is_named(n)).collect();
        if !names.iter().all(|n| is_partial(n)) {
            return seen_beside(page, story, names);
        }
        weak = names;
    } else {
        organisations = stated;
    }
    let own = OwnWords::of(page);
    let sources: [(&dyn Fn() -> Vec<String>, bool); 7] = [
        (&|| stated::metas(page, &is_person), false),
        (&|| stated::properties(page, story), false),
        (&|| seen::links(page, story), true),
        (&|| seen::elements(page, story), true),
        (&|| seen::profiles(page, story), true),
        (&|| seen::bylines(page, story), true),
        (&|| seen::signed(page, story), true),
    ];
    // Many names that the story's own byline has none of are those of a list of who writes for the site.
    let are_staff = |names: &[String]| {
        let line = || people(&own.without(seen::bylines(page, story)));
        let is_other =
            |name: &String| is_person(name) && looks_like_name(name) && !names.contains(name);
        names.len() >= STAFF
            && Some(line()).is_some_and(|line| !line.is_empty() && line.iter().all(is_other))
    };
    for (source, must_look) in sources {
        let texts = if must_look { own.without(source()) } else { source() };
        let (none, some): (Vec<String>, Vec<String>) =
            people(&texts).into_iter().partition(|n| is_organisation(n) || site.is_named(n));
        if must_look && are_staff(&some) {
            continue;
        }
        let full = some.iter().all(|n| looks_like_name(n));
        if !some.is_empty() {
            let completes = weak.is_empty() || (full && some.iter().any(|n| completes(n, &weak)));
            let alike = full || !must_look || organisations.is_empty();
            if completes && alike {
                if !some.iter().all(|n| is_partial(n)) {
                    return if must_look { some } else { seen_beside(page, story, some) };
                }
                weak = some;
            }
        }
        if organisations.is_empty() {
            organisations = none;
        }
    }
    if weak.is_empty() { organisations } else { weak }
}

/// More names than this in a page's data may be everyone who had a part in it.
const MANY: usize = 5;

/// Fewest names of a list of everyone who writes for a site.
const STAFF: usize = 3;

/// Most names in links that a byline is made of.
const SIGNED: usize = 4;

/// The names that a page states, or those in its byline's links: where these name one that is stated and others
/// beside, and where these are some of many that are stated.
fn seen_beside(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    stated: Vec<String>,
) -> Vec<String> {
    if (2..=MANY).contains(&stated.len()) {
        return stated;
    }
    let is_stated = |name: &String| stated.iter().any(|s| letters(s) == letters(name));
    for texts in [seen::links(page, story), seen::profiles(page, story)] {
        let names = people(&texts);
        // `All by Jo Poe` is a link to what else the author wrote.
        let extends = |n: &String| {
            stated.iter().any(|s| letters(s) != letters(n) && letters(n).contains(&letters(s)))
        };
        let whole = names.iter().all(|n| looks_like_name(n) && !is_organisation(n) && !extends(n));
        let told = match stated.len() {
            1 => (2..=SIGNED).contains(&names.len()) && names.iter().any(is_stated),
            _ => !names.is_empty() && names.len() < stated.len() && names.iter().all(is_stated),
        };
        if whole && told {
            return names;
        }
    }
    stated
}

/// Words before who wrote a story that are such words on pages in one language alone: elsewhere names begin so.
struct OwnWords(Vec<&'static str>);

impl OwnWords {
    fn of(page: &ParsedPage) -> Self {
        let tag = page.facts.lang.as_deref().unwrap_or_default().to_ascii_lowercase();
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self(lang::of_kind(lang::own_folder(language), LIST, "own-by").collect())
    }

    /// Texts without such a word before a whole name.
    fn without(&self, texts: Vec<String>) -> Vec<String> {
        if self.0.is_empty() {
            return texts;
        }
        texts.into_iter().map(|text| self.cut(&text).map_or(text.clone(), str::to_owned)).collect()
    }

    fn cut<'a>(&self, text: &'a str) -> Option<&'a str> {
        let end = self.0.iter().find_map(|word| opens(text, word))?;
        let rest = text.get(end..)?.strip_prefix([' ', BREAK, ':'])?.trim_start();
        let names = people(&[rest.to_owned()]);
        names.first().is_some_and(|name| looks_like_name(name)).then_some(rest)
    }
}

/// Whether a name may be less than a person's whole name: a login, a first name.
fn is_partial(name: &str) -> bool {
    !name.contains(' ') && name.is_ascii()
}

/// Whether a person's whole name may stand in place of partial ones: it has them in it, or they are
/// logins, which say nothing.
fn completes(name: &str, partial: &[String]) -> bool {
    partial.iter().any(|p| {
        !p.chars().any(char::is_uppercase)
            || p.chars().any(|c| c.is_ascii_digit())
            || name.split_whitespace().any(|word| word.eq_ignore_ascii_case(p))
    })
}

/// The authors that the page's data names.
pub(super) fn of_data(names: &[String]) -> Vec<String> {
    people(names)
}

/// The producer's byline, parted into names.
pub(super) fn of_byline(text: &str) -> Vec<String> {
    people(&[text.to_owned()])
}

/// What the publication and its owner are called, in letters and digits.
struct Site {
    names: Vec<String>,
    /// The lines that say whose the rights are.
    rights: Vec<String>,
}

/// Shortest name of an owner, in letters.
const MIN_OWNER: usize = 5;

impl Site {
    fn of(page: &ParsedPage, url: Option<&WebUrl>) -> Self {
        let said = page.facts.all_metas("copyright").chain(page.facts.all_metas("dc.rights"));
        Self {
            names: title::site_names(page, url).all(),
            rights: said.map(letters).chain(page.facts.json_ld.owners().map(letters)).collect(),
        }
    }

    /// Whether a name is the publication's and nobody's beside.
    fn is_called(&self, name: &str) -> bool {
        let name = letters(name);
        let is_most = |site: &String| site.starts_with(&name) && name.len() * 10 >= site.len() * 5;
        name.len() > 3 && self.names.iter().any(|site| *site == name || is_most(site))
    }

    /// Whether a name is the publication's, its owner's, or its staff's ("Herald Staff").
    fn is_named(&self, name: &str) -> bool {
        let name = letters(name);
        let is_site = self.names.iter().any(|site| {
            *site == name
                || (name.len() > 3 && site.contains(&name))
                || (site.len() > 5 && name.contains(site.as_str()))
        });
        let owns = || self.rights.iter().any(|line| line.contains(&name));
        is_site || (name.len() >= MIN_OWNER && owns())
    }
}
