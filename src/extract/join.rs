//! Joins what the page says with what the message says into an `Article`.
//!
//! The page wins wherever it says anything; the message fills what is missing. A date of the message counts only if it
//! is plausible at the time of the fetch.

use time::OffsetDateTime;

use super::extracted::Extracted;
use super::person_names::is_organisation;
use super::{AHEAD, VERSION, authors, date_parse, text};
use crate::model::{Access, Article, Content, DateFrom, ExtractionReport, Hints, Page, TitleFrom};

/// Puts together what the page says and, where it says nothing, what the message says.
pub(super) fn joined(page: Page, found: Extracted) -> Article {
    let Page { identity, hints, url, content, fetch } = page;
    let Hints { title, date_published, in_language, byline, section, keywords, publisher, .. } =
        &hints;
    // An empty `title` beside a text says that there is none.
    let titled = matches!(content, Content::TitledText { .. });
    let headline = found.headline.or_else(|| {
        let title = title.as_deref().filter(|_| !titled).map(text::one_line)?;
        (!title.is_empty()).then_some((title, TitleFrom::Message))
    });
    let seen = fetch.as_ref().map_or_else(OffsetDateTime::now_utc, |fetch| fetch.fetched_at);
    let told = date_published.filter(|told| date_parse::is_plausible(told, Some(seen + AHEAD)));
    let published = found.published.or_else(|| told.map(|p| (p, DateFrom::Message)));
    let authors = if found.authors.is_empty() {
        byline.as_deref().map(authors::of_byline).unwrap_or_default()
    } else {
        found.authors
    };
    let access = match (found.access, fetch.as_ref().map(|f| f.access)) {
        (Access::Free, Some(seen)) => seen,
        (declared, _) => declared,
    };
    let report = ExtractionReport {
        method: found.method,
        version: VERSION,
        kind: found.kind,
        title_from: headline.as_ref().map(|(_, from)| *from),
        date_from: published.map(|(_, from)| from),
    };
    Article {
        identity,
        url,
        canonical_url: found.canonical_url,
        headline: headline.map(|(text, _)| text),
        sub_headline: found.sub_headline,
        body: found.body,
        signing_organisations: authors
            .iter()
            .filter(|a| is_organisation(a) || found.signing_organisations.contains(a))
            .cloned()
            .collect(),
        authors,
        published: published.map(|(at, _)| at),
        modified: found.modified,
        declared_language: found.declared_language.or_else(|| in_language.clone()),
        site_name: found.site_name.or_else(|| publisher.as_ref()?.name.clone()),
        section: found.section.or_else(|| section.clone()),
        keywords: if found.keywords.is_empty() { keywords.clone() } else { found.keywords },
        image: found.image,
        html: found.html,
        standfirst: found.standfirst,
        rights: found.rights,
        genres: found.genres,
        access,
        report,
        fetch,
        hints,
    }
}
