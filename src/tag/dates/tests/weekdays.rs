//! Days of the week that the words beside them tell of more than the clause's verb. The publication is of Saturday, 31
//! January 2026.

use super::*;

fn assert_dates(cases: &[(&str, &str)]) {
    for (body, date) in cases {
        let dates: Vec<String> = found(body).into_iter().map(|found| found.1).collect();
        let wanted: Vec<&str> = Some(*date).filter(|date| !date.is_empty()).into_iter().collect();
        assert_eq!(dates, wanted, "{body}");
    }
}

#[test]
fn what_was_on_a_day_tells_that_it_is_over() {
    assert_dates(&[
        ("The inquiry will look into Sunday's crash.", "2026-01-25"),
        ("MPs will debate Monday's fatal fire.", "2026-01-26"),
        ("Orme will pay 40 pence a share, 31% above Wednesday's close.", "2026-01-28"),
        ("Orme will be sold at Wednesday's close.", "2026-02-04"),
        ("The deal, agreed on Monday, must be signed.", "2026-01-26"),
        ("The girl hurt on Monday is to leave hospital.", "2026-01-26"),
        ("Wednesday's vote was close.", "2026-01-28"),
        ("Wednesday's race ended in a draw.", "2026-01-28"),
        ("Wednesday's vote will be close.", "2026-02-04"),
        ("Wednesday's stage takes the riders to Varde.", "2026-02-04"),
    ]);
}

#[test]
fn what_is_set_for_a_day_comes() {
    assert_dates(&[
        ("The office issued a warning for Monday.", "2026-02-02"),
        ("Strikes were called for Monday.", "2026-02-02"),
        ("He booked a flight for Monday.", "2026-02-02"),
        ("The union named Monday as the day of the strike.", "2026-02-02"),
        ("They arranged to meet on Monday.", "2026-02-02"),
        ("Justice Orla Berg fixed 14 March for ruling.", "2026-03-14"),
        ("The board has picked 14 November as election day.", "2026-11-14"),
        ("He was charged for Monday's attack.", "2026-01-26"),
    ]);
}

#[test]
fn preview_lines_tell_what_comes() {
    assert_dates(&[
        ("UP NEXT\nOrme: Host Varde on Monday.", "2026-02-02"),
        ("UP NEXT\n\nOrme: Will host Varde on Monday.", "2026-02-02"),
        ("Up next\n\nOrme: At Varde on Monday.", "2026-02-02"),
        ("Orme lost at Varde on Monday.", "2026-01-26"),
    ]);
}

#[test]
fn days_that_are_names_are_no_dates() {
    assert_dates(&[
        ("She won on Super Tuesday, when nine states voted.", ""),
        ("The Bloody Sunday inquiry was long.", ""),
        ("The Good Friday Agreement held.", ""),
        ("Chief Sunday Orme was fined in Varde.", ""),
        ("Sunday Orme said the team was tired.", ""),
        ("Berg, of March Pen Road, was in his car.", ""),
        ("They sang on Remembrance Sunday.", "2025-11-09"),
        ("Sunday was wet.", "2026-01-25"),
    ]);
}

#[test]
fn weeks_are_counted_from_a_day() {
    assert_dates(&[
        ("They meet a week on Friday.", "2026-02-13"),
        ("They meet on Friday week.", "2026-02-13"),
        ("He died the Friday before last.", "2026-01-23"),
        ("He left a week ago on Monday.", "2026-01-19"),
        ("Work starts this coming Tuesday.", "2026-02-03"),
        ("It opens the Friday after next.", ""),
        ("They earned 300 a week on Friday.", "2026-01-30"),
    ]);
}
