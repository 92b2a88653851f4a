//! The names in a story: people, organisations, places and what users list.

use maud::{Markup, html};
use serde_json::Value;

use super::value::{list, number, text, wikidata};

/// What sort of thing an entity is, as far as the page tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    Organisation,
    Place,
    Other,
}

impl Kind {
    pub(super) fn of(entity: &Value) -> Self {
        match text(entity, "/type") {
            Some("PERSON") => Self::Person,
            Some("ORG") => Self::Organisation,
            Some("PLACE") => Self::Place,
            _ => Self::Other,
        }
    }

    /// Class in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "org",
            Self::Place => "place",
            Self::Other => "other",
        }
    }

    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Organisation => "Organisation",
            Self::Place => "Place",
            Self::Other => "Listed",
        }
    }
}

/// The card of all names, by kind.
pub(super) fn entities(record: &Value) -> Markup {
    let entities = list(record, "/tags/entities");
    let groups = [
        (Kind::Person, "People"),
        (Kind::Organisation, "Organisations"),
        (Kind::Place, "Places"),
        (Kind::Other, "From your lists"),
    ];
    html! {
        @if !entities.is_empty() {
            section.card aria-labelledby="names" {
                h2 #names { "Names" }
                @for (kind, heading) in groups {
                    @if entities.iter().any(|e| Kind::of(e) == kind) {
                        h3 { (heading) }
                        ul.names {
                            @for (index, entity) in entities.iter().enumerate().filter(|(_, e)| Kind::of(e) == kind) {
                                (row(index, entity, kind))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(index: usize, entity: &Value, kind: Kind) -> Markup {
    let mentions = list(entity, "/mentions").len();
    let salience = number(entity, "/salience").unwrap_or_default().clamp(0.0, 1.0);
    let item = text(entity, "/wikidata").and_then(|item| Some((item, wikidata(item)?)));
    let geonames = entity.pointer("/geonames").and_then(Value::as_u64);
    html! {
        li id={ "name-" (index) } class=(kind.class()) tabindex="-1" {
            div.head {
                span.name { (text(entity, "/name").unwrap_or("?")) }
                svg.bar viewBox="0 0 60 6" role="img" aria-label={ "salience " (format!("{salience:.2}")) } {
                    rect.track width="60" height="6" rx="3" {}
                    rect.fill width=(format!("{:.1}", 60.0 * salience)) height="6" rx="3" {}
                }
            }
            div.more {
                @if kind == Kind::Other { span { (text(entity, "/type").unwrap_or("?")) } }
                @if let Some(id) = text(entity, "/id") { span { "id " (id) } }
                @if let Some(country) = text(entity, "/country") { span { (country) } }
                @if let (Some(lat), Some(lon)) = (number(entity, "/lat"), number(entity, "/lon")) {
                    span { (format!("{lat:.2}, {lon:.2}")) }
                }
                @if let Some((item, address)) = item {
                    a href=(address) rel="noopener noreferrer" { "Wikidata " (item) }
                }
                @if let Some(id) = geonames {
                    a href={ "https://www.geonames.org/" (id) } rel="noopener noreferrer" { "GeoNames" }
                }
                @if mentions > 0 {
                    span.at {
                        "in the text: "
                        @for mention in 0..mentions.min(12) {
                            a href={ "#name-" (index) "-" (mention) }
                                aria-label={ "mention " (mention + 1) } { (mention + 1) } " "
                        }
                        @if mentions > 12 { "… " (mentions) }
                    }
                }
            }
        }
    }
}
