//! Cards beside and below the article: topics, quotes, amounts, terms, origins, times.

use maud::{Markup, html};
use serde_json::Value;

use super::value::{decimal, link, list, number, text};

/// Topics with the terms that speak for them.
pub(super) fn topics(record: &Value) -> Markup {
    let topics = list(record, "/tags/topics");
    html! {
        section.card aria-labelledby="topics" {
            h2 #topics { "Topics" }
            @if topics.is_empty() {
                p.note { "No topic was found: nothing in the text speaks for one clearly enough." }
            } @else {
                ul.topics {
                    @for topic in topics {
                        @let confidence = number(topic, "/confidence").unwrap_or_default().clamp(0.0, 100.0);
                        li {
                            div.head {
                                @match text(topic, "/code").and_then(media_topic) {
                                    Some(address) => a href=(address) rel="noopener noreferrer" {
                                        (text(topic, "/name").unwrap_or("?"))
                                    },
                                    None => span { (text(topic, "/name").unwrap_or("?")) },
                                }
                                span.percent title="How sure the tagger is" { (confidence) " %" }
                            }
                            svg.bar.wide viewBox="0 0 200 5" preserveAspectRatio="none" aria-hidden="true" {
                                rect.track width="200" height="5" {}
                                rect.fill width=(2.0 * confidence) height="5" {}
                            }
                            @if !list(topic, "/why").is_empty() {
                                p.why { "because of " @for (at, term) in list(topic, "/why").iter().filter_map(Value::as_str).enumerate() {
                                    @if at > 0 { " " } span.chip { (term) }
                                } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The IPTC's page of `medtop:NNNNNNNN`.
fn media_topic(code: &str) -> Option<String> {
    let digits = code.strip_prefix("medtop:")?;
    (digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| format!("https://cv.iptc.org/newscodes/mediatopic/{digits}"))
}

/// Quotes with their speakers.
pub(super) fn quotes(record: &Value) -> Markup {
    let quotes = list(record, "/tags/quotes");
    html! {
        @if !quotes.is_empty() {
            section.card aria-labelledby="quotes" {
                h2 #quotes { "Quotes" }
                ul.quotes {
                    @for (at, quote) in quotes.iter().enumerate() {
                        li {
                            blockquote { a href={ "#quote-" (at) } { (spoken(quote)) } }
                            p.speaker { (speaker(quote)) }
                        }
                    }
                }
            }
        }
    }
}

/// What was said, an ellipsis in place of what stands between its parts: `said the mayor`.
fn spoken(quote: &Value) -> String {
    let whole = text(quote, "/text").unwrap_or_default();
    let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
    let start = quote.pointer("/start").and_then(number).unwrap_or_default();
    let parts = list(quote, "/parts").iter().filter_map(|part| {
        let (from, to) = (number(part.get(0)?)?, number(part.get(1)?)?);
        let (from, to) = (from.checked_sub(start)?, to.checked_sub(start)?);
        Some(whole.chars().skip(from).take(to.saturating_sub(from)).collect::<String>())
    });
    let parts: Vec<String> = parts.collect();
    if parts.len() < 2 { whole.to_owned() } else { parts.join(" … ") }
}

fn speaker(quote: &Value) -> Markup {
    let name = text(quote, "/speaker/fullName").or_else(|| text(quote, "/speaker/name"));
    let entity = quote.pointer("/speaker/entity").and_then(Value::as_u64);
    html! {
        @match (name, entity) {
            (Some(name), Some(entity)) => a href={ "#name-" (entity) } { (name) },
            (Some(name), None) => (name),
            (None, _) => span.thin { "speaker not told" },
        }
        @if let Some(cue) = text(quote, "/cue") { span.thin { " · " (cue) } }
    }
}

/// Amounts and what they count.
pub(super) fn amounts(record: &Value) -> Markup {
    let amounts = list(record, "/tags/amounts");
    html! {
        @if !amounts.is_empty() {
            section.card aria-labelledby="amounts" {
                h2 #amounts { "Amounts" }
                table {
                    thead { tr { th scope="col" { "Value" } th scope="col" { "Of" } th scope="col" { "In the text" } } }
                    tbody {
                        @for (at, amount) in amounts.iter().enumerate() {
                            tr id={ "amount-" (at) } tabindex="-1" {
                                td.number {
                                    @if let Some(value) = number(amount, "/value") { (decimal(value)) }
                                    @if let Some(upper) = number(amount, "/upper") { "–" (decimal(upper)) }
                                }
                                td { (text(amount, "/unit").unwrap_or_default()) " " (text(amount, "/object").unwrap_or_default()) }
                                td { a href={ "#amount-" (at) "-in" } { (text(amount, "/text").unwrap_or_default()) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Key terms, dates, tone and the user's labels.
pub(super) fn terms(record: &Value) -> Markup {
    let keywords = list(record, "/tags/keywords");
    let dates = list(record, "/tags/dates");
    let tone = [("Text", "/tags/sentiment/score"), ("Headline", "/tags/sentiment/title")];
    let custom = record.pointer("/tags/custom").and_then(Value::as_object);
    html! {
        @if !keywords.is_empty() {
            section.card aria-labelledby="terms" {
                h2 #terms { "Key terms" }
                p { @for term in keywords {
                    span.chip title=[number(term, "/score").map(|s| format!("{s:.2}"))] {
                        (text(term, "/term").unwrap_or_default())
                    } " "
                } }
            }
        }
        @if let Some(custom) = custom.filter(|c| !c.is_empty()) {
            section.card aria-labelledby="labels" {
                h2 #labels { "Your labels" }
                dl.pairs { @for (list, labels) in custom {
                    dt { (list) }
                    dd { @for label in labels.as_array().into_iter().flatten().filter_map(Value::as_str) {
                        span.chip { (label) } " "
                    } }
                } }
            }
        }
        @if !dates.is_empty() {
            section.card aria-labelledby="dates" {
                h2 #dates { "Dates" }
                dl.pairs { @for (at, date) in dates.iter().enumerate() {
                    dt { a href={ "#date-" (at) } { (text(date, "/text").unwrap_or_default()) } }
                    dd { (text(date, "/date").unwrap_or_default()) }
                } }
            }
        }
        @if tone.iter().any(|(_, pointer)| number(record, pointer).is_some()) {
            section.card aria-labelledby="tone" {
                h2 #tone { "Tone" span.thin { " · from −1, bad, to +1, good" } }
                dl.pairs {
                    @for (name, pointer) in tone {
                        @if let Some(score) = number(record, pointer) {
                            dt { (name) }
                            dd { (gauge(score)) (format!("{score:+.2}")) }
                        }
                    }
                }
            }
        }
    }
}

/// A scale from -1 to 1 with a needle.
fn gauge(score: f64) -> Markup {
    let x = 50.0 + 46.0 * score.clamp(-1.0, 1.0);
    html! {
        svg.gauge viewBox="0 0 100 10" aria-hidden="true" {
            rect.track x="2" y="4" width="96" height="3" rx="1.5" {}
            line.zero x1="50" x2="50" y1="1" y2="10" {}
            circle.fill cx=(format!("{x:.1}")) cy="5.5" r="4" {}
        }
    }
}

/// Each fact with where it came from.
pub(super) fn origins(record: &Value) -> Markup {
    let row = |name: &str, value: Option<String>, from: Option<String>| {
        html! {
            @if let Some(value) = value {
                tr {
                    th scope="row" { (name) }
                    td { (address_or_text(&value)) }
                    td.from { (from.unwrap_or_default()) }
                }
            }
        }
    };
    let own = |pointer: &str| text(record, pointer).map(str::to_owned);
    let whole = |pointer: &str| number(record, pointer).map(decimal);
    let confidence = number(record, "/tags/language/confidence")
        .map(|c| format!("told from the text, {:.0} % sure", 100.0 * c));
    let keywords: Vec<&str> =
        list(record, "/extract/keywords").iter().filter_map(Value::as_str).collect();
    let from = |pointer: &str| own(pointer).map(|from| from.replace('_', " "));
    let page = || Some("from the page".to_owned());
    let fetch = || Some("from the fetch".to_owned());
    let meta = record.pointer("/meta").filter(|m| m.as_object().is_some_and(|m| !m.is_empty()));
    let models = record.pointer("/tags/models").and_then(Value::as_object);
    let precision =
        own("/extract/datePrecision").map_or_else(String::new, |p| format!(", to the {p}"));
    html! {
        section.card aria-labelledby="origins" {
            h2 #origins { "Where it came from" }
            div.scroll tabindex="0" role="region" aria-labelledby="origins" {
                table.origins {
                    thead { tr { th scope="col" { "Fact" } th scope="col" { "Value" } th scope="col" { "From" } } }
                    tbody {
                        (row("Headline", own("/item/headlines/0/value"), from("/extract/titleFrom")))
                        (row("Published", own("/item/contentCreated"), from("/extract/dateFrom").map(|f| f + &precision)))
                        (row("Modified", own("/extract/dateModified"), page()))
                        (row("Authors", own("/item/by"), page()))
                        (row("Publisher", own("/item/infoSources/0/name"), None))
                        (row("Section", own("/extract/section"), page()))
                        (row("Keywords", (!keywords.is_empty()).then(|| keywords.join(", ")), page()))
                        (row("Lead picture", own("/item/renditions/0/href"), page()))
                        (row("Language", own("/tags/language/code"), confidence))
                        (row("Body", own("/extract/method"), own("/extract/kind").map(|k| format!("a page of the kind {}", k.replace('_', " ")))))
                        (row("Asked for", own("/fetch/requestedUrl"), fetch()))
                        (row("Answered by", own("/fetch/finalUrl"), whole("/fetch/hops").map(|h| format!("{h} redirects"))))
                        (row("Canonical", own("/fetch/canonicalUrl"), page()))
                        (row("Answer", whole("/fetch/status"), own("/fetch/fetchedAt")))
                        (row("Size", whole("/fetch/bytes").map(|b| b + " bytes"), own("/fetch/charset")))
                        (row("Access", own("/fetch/access"), own("/fetch/robots").map(|r| format!("robots.txt: {r}"))))
                        (row("Subject", own("/raw/subject"), own("/raw/stream").zip(whole("/raw/seq")).map(|(s, n)| format!("{s}, sequence {n}"))))
                        (row("Deliveries", whole("/raw/deliveries"), None))
                        (row("Id", own("/id"), own("/raw/revision").map(|r| format!("revision {r}"))))
                        (row("Key", own("/key"), Some("of id and revision".to_owned())))
                        (row("Fingerprint", own("/tags/fingerprint"), Some("SimHash of the text".to_owned())))
                        (row("Record", own("/schema"), own("/item/versionCreated").map(|at| moment(&at, None))))
                        @for (part, model) in models.into_iter().flatten() {
                            (row(&format!("Model: {part}"), model.as_str().map(str::to_owned), None))
                        }
                    }
                }
            }
            @if let Some(meta) = meta {
                details {
                    summary { "The producer's own object" }
                    pre tabindex="0" { code { (serde_json::to_string_pretty(meta).unwrap_or_default()) } }
                }
            }
        }
    }
}

fn address_or_text(value: &str) -> Markup {
    match link(value) {
        Some(address) => html! { a href=(address) rel="noopener noreferrer nofollow" { (value) } },
        None => html! { (value) },
    }
}

/// How long each stage took. A record read from elsewhere knows two of them.
pub(super) fn timings(record: &Value, measured: &[(&str, f64)]) -> Markup {
    let told = [("fetch", "/fetch/ms"), ("extract", "/extract/ms")];
    let known: Vec<(&str, f64)> = if measured.is_empty() {
        told.iter().filter_map(|(stage, at)| Some((*stage, number(record, at)?))).collect()
    } else {
        measured.to_vec()
    };
    let longest = known.iter().map(|(_, ms)| *ms).fold(1e-3, f64::max);
    html! {
        @if !known.is_empty() {
            section.card aria-labelledby="times" {
                h2 #times { "Time taken" }
                dl.times {
                    @for (stage, ms) in known {
                        dt { (stage) }
                        dd {
                            svg.bar viewBox="0 0 200 8" preserveAspectRatio="none" aria-hidden="true" {
                                rect.track width="200" height="8" {}
                                rect.fill width=(format!("{:.1}", 200.0 * ms / longest)) height="8" {}
                            }
                            span.number { (decimal(ms)) " ms" }
                        }
                    }
                }
            }
        }
    }
}

/// A time for people, no more precise than it was given; the text itself where it is not RFC 3339.
pub(super) fn moment(rfc3339: &str, precision: Option<&str>) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..16), rfc3339.get(19..)) {
        (Some(day), _, _) if precision == Some("day") => day.to_owned(),
        (Some(day), Some(minute), Some(rest)) => {
            let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
            let zone = if zone == "Z" { " UTC" } else { zone };
            format!("{day} {minute}{zone}")
        }
        _ => rfc3339.to_owned(),
    }
}
