//! The article itself: headline, by-line, and the body with its marks.

use maud::{Markup, html};
use serde_json::Value;

use super::names::Kind;
use super::spans::{self, Mark, Piece};
use super::value::{link, list, offset, text};

/// What a piece of the text is, by its place in the record's list of such things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Entity { index: usize, mention: usize, kind: Kind },
    Amount(usize),
    Date(usize),
    Quote(usize),
}

/// Headline, facts of publication, body.
pub(super) fn article(record: &Value, images: bool) -> Markup {
    let headline = |role: &str| {
        list(record, "/item/headlines").iter().find(|h| text(h, "/role") == Some(role))
    };
    let main = text(record, "/item/headlines/0/value");
    let sub = headline("sub").and_then(|h| text(h, "/value"));
    let body = text(record, "/item/bodies/0/value").unwrap_or_default();
    let summary = list(record, "/item/descriptions").iter().find_map(|d| text(d, "/value"));
    html! {
        article {
            h1 {
                @match main {
                    Some(main) => @for line in spans::lines(main, Vec::new(), names(record, "title")) {
                        @for piece in line { (write(record, piece)) }
                    },
                    None => "Story without a headline",
                }
            }
            @if let Some(sub) = sub { p.sub { (sub) } }
            (byline(record))
            (legend(record))
            (picture(record, images))
            @if let Some(summary) = summary.filter(|summary| !says(sub, summary)) { p.summary { span.label { "In short" } (summary) } }
            @for line in spans::lines(body, quotes(record), marks(record)) {
                p { @for piece in line { (write(record, piece)) } }
            }
        }
    }
}

/// Whether the standfirst says what the summary does: it is told once.
fn says(sub: Option<&str>, summary: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    sub.is_some_and(|sub| words(sub).contains(words(summary).trim_end_matches(['.', '…'])))
}

/// The lead picture, or where it is: a picture is loaded from its site only where that is asked for.
fn picture(record: &Value, images: bool) -> Markup {
    let address = text(record, "/item/renditions/0/href").and_then(link);
    html! {
        @if let Some(address) = address {
            figure.picture {
                @if images { img src=(address) alt="Lead picture" referrerpolicy="no-referrer"; }
                @else {
                    figcaption lang="en" dir="ltr" {
                        a href=(address) rel="noopener noreferrer nofollow" { "Lead picture" }
                        " (not loaded; " code { "--images" } " shows it)"
                    }
                }
            }
        }
    }
}

/// Switches for the marks: plain check boxes that the style sheet reads, so that no script is
/// needed.
fn legend(record: &Value) -> Markup {
    let count =
        |kind: Kind| list(record, "/tags/entities").iter().filter(|e| Kind::of(e) == kind).count();
    let rows = [
        ("person", "People", count(Kind::Person)),
        ("org", "Organisations", count(Kind::Organisation)),
        ("place", "Places", count(Kind::Place)),
        ("other", "Listed", count(Kind::Other)),
        ("quote", "Quotes", list(record, "/tags/quotes").len()),
        ("amount", "Amounts", list(record, "/tags/amounts").len()),
        ("date", "Dates", list(record, "/tags/dates").len()),
    ];
    html! {
        fieldset.legend lang="en" dir="ltr" {
            legend { "Marked in the text" }
            @for (id, name, count) in rows.into_iter().filter(|row| row.2 > 0) {
                label class=(id) {
                    input type="checkbox" id={ "show-" (id) } checked;
                    span.swatch { (name) } span.count { (count) }
                }
            }
        }
    }
}

fn byline(record: &Value) -> Markup {
    let source = list(record, "/item/infoSources").iter().find_map(|s| text(s, "/name"));
    let address = text(record, "/item/uri").and_then(link);
    let created = text(record, "/item/contentCreated");
    html! {
        p.byline lang="en" dir="ltr" {
            @if let Some(by) = text(record, "/item/by") { span.by { "By " (by) } }
            @if let Some(source) = source { span { (source) } }
            @if let Some(created) = created {
                time datetime=(created) { (super::facts::moment(created, text(record, "/extract/datePrecision"))) }
            }
            @if let Some(address) = address {
                a href=(address) rel="noopener noreferrer nofollow" { "Original page" }
            }
        }
    }
}

/// Mentions of entities in one field.
fn names(record: &Value, field: &str) -> Vec<Mark<What>> {
    let mut marks = Vec::new();
    for (index, entity) in list(record, "/tags/entities").iter().enumerate() {
        let kind = Kind::of(entity);
        for (mention, place) in list(entity, "/mentions").iter().enumerate() {
            if text(place, "/field") == Some(field) {
                marks.extend(mark(place, What::Entity { index, mention, kind }));
            }
        }
    }
    marks
}

fn marks(record: &Value) -> Vec<Mark<What>> {
    let mut marks = names(record, "body");
    let amounts = list(record, "/tags/amounts").iter().enumerate();
    marks.extend(amounts.filter_map(|(at, value)| mark(value, What::Amount(at))));
    let dates = list(record, "/tags/dates").iter().enumerate();
    marks.extend(dates.filter_map(|(at, value)| mark(value, What::Date(at))));
    marks
}

fn quotes(record: &Value) -> Vec<Mark<What>> {
    let quotes = list(record, "/tags/quotes").iter().enumerate();
    quotes.filter_map(|(at, value)| mark(value, What::Quote(at))).collect()
}

fn mark(value: &Value, what: What) -> Option<Mark<What>> {
    Some(Mark { start: offset(value, "/start")?, end: offset(value, "/end")?, what })
}

fn write(record: &Value, piece: Piece<'_, What>) -> Markup {
    let inner = match piece.mark {
        Some((what, first)) => marked(record, what, first, piece.text),
        None => html! { (piece.text) },
    };
    match piece.quote {
        Some((What::Quote(at), first)) => html! {
            span.quote id=[first.then(|| format!("quote-{at}"))] { (inner) }
        },
        _ => inner,
    }
}

fn marked(record: &Value, what: What, first: bool, words: &str) -> Markup {
    match what {
        What::Entity { index, mention, kind } => html! {
            a.m.(kind.class()) id=[first.then(|| format!("name-{index}-{mention}"))]
                href={ "#name-" (index) } title=[title(record, index, kind)] { (words) }
        },
        What::Amount(at) => html! {
            a.m.amount id=[first.then(|| format!("amount-{at}-in"))] href={ "#amount-" (at) } { (words) }
        },
        What::Date(at) => {
            let date = record.pointer(&format!("/tags/dates/{at}/date")).and_then(Value::as_str);
            html! {
                span.m.date id=[first.then(|| format!("date-{at}"))] title=[date] { (words) }
            }
        }
        What::Quote(_) => html! { (words) },
    }
}

fn title(record: &Value, index: usize, kind: Kind) -> Option<String> {
    let name = record.pointer(&format!("/tags/entities/{index}/name"))?.as_str()?;
    Some(format!("{}: {name}", kind.noun()))
}
