//! Days and units of time that are not those nearest to the publication. It is of Saturday, 31 January 2026.

use super::*;

fn assert_dates(cases: &[(&str, &[&str])]) {
    for (body, dates) in cases {
        let found: Vec<String> = found(body).into_iter().map(|found| found.1).collect();
        assert_eq!(found, *dates, "{body}");
    }
}

#[test]
fn joined_days_are_of_one_clause() {
    assert_dates(&[
        ("Rain is expected on Monday and Tuesday, officials said.", &["2026-02-02", "2026-02-03"]),
        (
            "Orme will sing Monday, Tuesday and Friday, she said.",
            &["2026-02-02", "2026-02-03", "2026-02-06"],
        ),
        (
            "It will open at noon on Monday and 10am on Tuesday, the firm said.",
            &["2026-02-02", "2026-02-03"],
        ),
        (
            "It will open on Monday in Varde and on Tuesday in Tarsk, she said.",
            &["2026-02-02", "2026-02-03"],
        ),
        (
            "Talks will be held on 3 January and on 5 January, Orme said.",
            &["2027-01-03", "2027-01-05"],
        ),
        ("It rained on Monday and Tuesday, she said.", &["2026-01-26", "2026-01-27"]),
        ("The talks ended on Monday and on Friday they will meet.", &["2026-01-26", "2026-02-06"]),
        ("It will shut on Monday after Sunday's crash, she said.", &["2026-02-02", "2026-01-25"]),
    ]);
}

#[test]
fn days_that_come_again_are_no_dates() {
    for body in [
        "The shop is open Monday through Friday, 9 a.m. to 5 p.m.",
        "The shop is open from Monday to Friday.",
        "Hours: Tuesday-Saturday, 10-4.",
        "The library will be open Monday through Friday, 9 a.m. to 5 p.m.",
        "It airs on Monday mornings.",
        "He plays cards most Friday nights.",
        "It is a typical Sunday at the mine.",
        "The Sunday roast is sold out.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
    assert_dates(&[
        ("The talks will run from Monday to Friday, he said.", &["2026-02-02/2026-02-06"]),
        ("The talks ran from Monday to Friday.", &["2026-01-26/2026-01-30"]),
        ("He died on Monday morning.", &["2026-01-26"]),
    ]);
}

#[test]
fn days_of_a_tale_are_no_dates() {
    for body in [
        "The following Monday he died.",
        "One Monday, when he was ten, his father left.",
        "He left; that Monday he sold the farm.",
        "He used to go there on a Monday.",
        "They try it on a Monday evening.",
        "The Monday before the vote he was stabbed.",
        "He died the Thursday after.",
        "It snowed on the last Friday of the war.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
    assert_dates(&[
        ("He spoke in a Monday interview.", &["2026-01-26"]),
        ("She said that Monday was wet.", &["2026-01-26"]),
        ("It was a Monday in 1987 when it sank.", &["1987"]),
    ]);
}

#[test]
fn units_of_something_else_are_no_dates() {
    for body in [
        "He was ill in the last week of the trial.",
        "He was ill on the last night before the election.",
        "She won in the last year of her life.",
        "The next week he died.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
    assert_dates(&[
        ("It was shut last week.", &["2026-01-19/2026-01-25"]),
        ("It will be on the weekend of May 3.", &["2026-05-03"]),
    ]);
}

#[test]
fn offsets_count_from_their_day() {
    assert_dates(&[
        ("The vote will be held a week from Tuesday.", &["2026-02-10"]),
        ("The vote will be held two weeks from Monday.", &["2026-02-16"]),
        ("It will open a week tomorrow.", &["2026-02-08"]),
        ("It will open a week from today.", &["2026-02-07"]),
        ("His father died a year ago today.", &["2025-01-31"]),
        ("His father died 50 years ago this week.", &["1976"]),
        ("His father died two weeks ago Friday.", &[]),
        ("Sales were higher this week last year.", &["2025"]),
        ("It is her third win in three weeks on Monday.", &["2026-02-02"]),
        ("He left two or three years ago.", &[]),
        ("He left 10-15 years ago.", &[]),
        ("He left 3 1/2 years ago.", &[]),
    ]);
}

#[test]
fn that_year_is_the_one_told_before() {
    assert_dates(&[
        ("He won in 2016. In June that year he was fired.", &["2016", "2016-06"]),
        ("She joined in 2012 and left in June of the following year.", &["2012", "2013-06"]),
        ("The war began in 1967. On 5 June that year planes struck.", &["1967", "1967-06-05"]),
        ("On June 6 that year his father died.", &[]),
    ]);
}

#[test]
fn years_are_written_in_two_digits_too() {
    assert_dates(&[
        ("He was born on Jan. 13, '90, in Varde.", &["1990-01-13"]),
        ("He was born on 18 Sep 05 in Varde.", &["2005-09-18"]),
        ("The riot of May '68 was the worst.", &["1968-05"]),
        ("Profit rose in FY23/24.", &["2023/2024"]),
        ("Profit rose in 2023/4.", &["2023/2024"]),
        ("Profit rose in 2024-06.", &["2024-06"]),
        ("It was built in 2008 or 2009.", &["2008", "2009"]),
    ]);
}

#[test]
fn months_joined_by_a_dash_are_a_range() {
    assert_dates(&[
        ("Sales fell in January-March 2024.", &["2024-01/2024-03"]),
        ("Sales fell in Jan.-Mar. 2024.", &["2024-01/2024-03"]),
        ("Sales fell in the July-September quarter of 2024.", &["2024-07/2024-09"]),
        ("Sales fell in July-September.", &["2025-07/2025-09"]),
        ("It is worst in the monsoon season (July-September).", &[]),
    ]);
}

#[test]
fn numbers_beside_other_words_are_no_years() {
    for body in [
        "He was near the 1900 block of Vine Street.",
        "He sang in the 2000-seat hall.",
        "He ran the 1500 metres.",
        "He was on the 1942 to Varde.",
        "He liked the band The 1975.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
}

#[test]
fn what_is_due_on_a_day_comes() {
    assert_dates(&[
        ("The bonds, due in December, were quoted at 40 cents.", &["2026-12"]),
        ("They sold shares to repay notes maturing in November.", &["2026-11"]),
        ("The trial was stood down to January 9.", &["2027-01-09"]),
        ("The party announced a hartal for Monday.", &["2026-02-02"]),
        ("Orme meet Varde, led by Anna Berg, on Monday.", &["2026-02-02"]),
        ("Varde has a ball, scheduled for noon on December 1.", &["2026-12-01"]),
        ("“The 2009 levy was high.”", &["2009"]),
    ]);
}
