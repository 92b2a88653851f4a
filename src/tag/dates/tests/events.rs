//! Days that events are called by.

use super::*;

/// The dates of a body, published on a Wednesday in June 2026.
fn in_june(code: &str, body: &str) -> Vec<String> {
    let published = datetime!(2026-06-10 10:00 UTC);
    let language = LanguageCode::parse(code).unwrap();
    let text = Text::split(body, Splitting::of(crate::lang::folder(code)));
    dates(&text, Some(published), language, None).into_iter().map(|date| date.date).collect()
}

#[test]
fn known_event_has_its_year() {
    for (code, body, date) in [
        ("en", "Orla Berg lost a brother in the Sept. 11 attacks.", "2001-09-11"),
        ("en", "The Jan. 6 committee heard Orla Berg.", "2021-01-06"),
        ("en", "The October 7 attack on Israel began at dawn.", "2023-10-07"),
        ("en", "Survivors of the 7 July bombings met in London.", "2005-07-07"),
        ("en", "Hostages taken on October 7 came home.", "2023-10-07"),
        ("de", "Seit den Anschl\u{e4}gen vom 11. September ist sie Witwe.", "2001-09-11"),
        ("fr", "Les attentats du 13 novembre \u{e0} Paris l'ont marqu\u{e9}e.", "2015-11-13"),
        ("es", "Los atentados del 11 de marzo en Madrid.", "2004-03-11"),
        ("it", "Gli attentati dell'11 settembre.", "2001-09-11"),
        // Of this year, and written out.
        ("en", "The June 2 attack in Varde killed a guard.", "2026-06-02"),
        ("en", "The October 7, 2024 attack in Varde killed a guard.", "2024-10-07"),
        ("en", "The fair opens on September 11.", "2026-09-11"),
        ("en", "He was arrested on Saturday, Jan. 3.", "2026-01-03"),
    ] {
        assert_eq!(in_june(code, body), [date], "{code}: {body}");
    }
}

#[test]
fn event_of_unknown_year_has_no_date() {
    for (code, body) in [
        ("en", "The port was hit on October 7."),
        ("en", "Orla Berg was a guard on September 11."),
        ("en", "The August 4 blast in Varde killed nine."),
        ("en", "Varde's November 13 massacre was told of again."),
        ("fr", "Les attentats du 9 novembre l'ont marqu\u{e9}e."),
    ] {
        assert_eq!(in_june(code, body), [""; 0], "{code}: {body}");
    }
}
