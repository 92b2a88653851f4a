//! Days that do not say their year or their week, in other languages than English: the clause does.

use super::*;

/// The dates of a body in a language, published on a Thursday late in the year.
fn in_november(code: &str, body: &str) -> Vec<String> {
    published(code, body, datetime!(2026-11-26 10:00 UTC))
}

fn published(code: &str, body: &str, published: OffsetDateTime) -> Vec<String> {
    let text = Text::split(body, Splitting::of(crate::lang::folder(code)));
    let found = dates(&text, Some(published), LanguageCode::parse(code).unwrap(), None);
    found.into_iter().map(|date| date.date).collect()
}

#[test]
fn past_verb_tells_the_last_year() {
    for (code, body) in [
        ("de", "Die Brücke brach am 4. Februar in Varde."),
        ("de", "Sie war am Mittwoch, 4. Februar, verhaftet worden."),
        ("fr", "Le pont avait été fermé le 4 février."),
        ("fr", "Le bal a eu lieu le 4 février."),
        ("cs", "Trhlina se objevila 4. února."),
        ("uk", "Вона повідомила про це 4 лютого."),
        ("es", "El puente cayó el 4 de febrero."),
        ("it", "Il ponte era stato chiuso il 4 febbraio."),
        ("pt", "A ponte caiu em 4 de fevereiro."),
        ("nl", "De brug werd op 4 februari gesloten, zei ze."),
        ("pl", "Most został zamknięty 4 lutego."),
        ("ru", "Мост закрыли 4 февраля."),
        ("uk", "Міст закрили 4 лютого."),
        ("sv", "Bron stängdes natten till den 4 februari."),
        ("nb", "Broen ble stengt 4. februar."),
        ("da", "Broen blev lukket den 4. februar."),
        ("tr", "Köprü 4 Şubat'ta kapatıldı."),
        ("cs", "Most byl uzavřen 4. února."),
        ("hr", "Most je pao 4. veljače."),
        ("zh", "桥在2月4日关闭了。"),
        ("ja", "橋は2月4日に閉鎖された。"),
        ("ko", "다리는 2월 4일에 무너졌다."),
    ] {
        assert_eq!(in_november(code, body), ["2026-02-04"], "{body}");
    }
}

#[test]
fn future_verb_tells_the_next_year() {
    for (code, body) in [
        ("de", "Die Brücke soll am 15. Dezember öffnen."),
        ("fr", "Le pont ouvrira le 15 décembre."),
        ("es", "El puente abrirá el 15 de diciembre."),
        ("it", "Il ponte aprirà il 15 dicembre."),
        ("pl", "Most zostanie otwarty 15 grudnia."),
        ("ru", "Мост будет открыт 15 декабря."),
        ("sv", "Bron ska öppnas den 15 december."),
        ("zh", "大桥将于12月15日开放。"),
    ] {
        let found = published(code, body, datetime!(2026-03-12 10:00 UTC));
        assert_eq!(found, ["2026-12-15"], "{body}");
    }
}

#[test]
fn distant_day_that_nothing_tells_has_no_year() {
    assert_eq!(in_november("fr", "Concert : 4 février, 20 heures."), ["--02-04"]);
    assert_eq!(in_november("fr", "Concert : 4 janvier, 20 heures."), ["2027-01-04"]);
    assert_eq!(in_november("vi", "Cầu sập ngày 4/2 tại Varde."), ["--02-04"]);
    assert_eq!(in_november("de", "Das Konzert beginnt am 4. Februar."), ["2027-02-04"]);
}

#[test]
fn since_a_day_is_since_the_last_one() {
    for (code, body) in [
        ("de", "Die Brücke ist seit dem 4. Februar zu."),
        ("fr", "Le pont est interdit depuis le 4 février."),
        ("nl", "De brug is sinds 4 februari dicht."),
        ("sv", "Bron är stängd sedan den 4 februari."),
        ("es", "El puente sigue cerrado desde el 4 de febrero."),
        ("it", "Ugo Ferri è in carcere dal 4 febbraio."),
        ("pl", "Jan Lis siedzi w areszcie od 4 lutego."),
        ("ru", "Лосев находится под арестом с 4 февраля."),
        ("fi", "Silta on ollut kiinni 4. helmikuuta lähtien."),
        ("hu", "A híd február 4-e óta zárva."),
    ] {
        assert_eq!(in_november(code, body), ["2026-02-04"], "{body}");
    }
    // What begins on a day may come.
    assert_ne!(in_november("it", "Nuovi orari dal 4 febbraio."), ["2026-02-04"]);
}

#[test]
fn past_verb_says_nothing_of_until() {
    for (code, body) in [
        ("de", "Der Richter gab ihr bis Freitag Zeit."),
        ("fr", "Le juge lui a donné jusqu'à vendredi."),
        ("es", "La jueza le dio plazo hasta el viernes."),
        ("it", "Il giudice le ha dato tempo fino a venerdì."),
        ("pt", "O juiz deu-lhe prazo até sexta-feira."),
        ("nl", "De rechter gaf haar tot vrijdag de tijd."),
        ("pl", "Sąd dał jej czas do piątku."),
        ("ru", "Суд дал ей время до пятницы."),
        ("sv", "Domstolen gav henne tid till fredag."),
        ("tr", "Mahkeme ona cuma gününe kadar süre verdi."),
        ("fr", "Le bal, qui devait s'achever vendredi, s'est bien passé."),
        ("es", "La obra iba a terminar el viernes."),
    ] {
        assert_eq!(in_november(code, body), [""; 0], "{body}");
    }
    assert_eq!(in_november("tr", "Duruşma 4 Şubat'a ertelendi."), ["2027-02-04"]);
    assert_eq!(in_november("fr", "Bal jusqu'au 4 février."), ["2027-02-04"]);
    assert_eq!(in_november("de", "Die Messe lief bis Mittwoch."), ["2026-11-25"]);
    assert_eq!(in_november("de", "Bis Freitag soll es regnen."), ["2026-11-27"]);
}

#[test]
fn appointments_for_a_day_come() {
    for (code, body) in [
        ("de", "Die Sitzung wurde für Freitag anberaumt."),
        ("es", "La reunión fue fijada para el viernes."),
        ("it", "La riunione è stata fissata per venerdì."),
        ("pt", "A reunião foi marcada para sexta-feira."),
        ("nl", "De zitting werd gepland voor vrijdag."),
        ("pl", "Posiedzenie zaplanowano na piątek."),
        ("ru", "Заседание назначили на пятницу."),
        ("sv", "Mötet har satts till fredag."),
    ] {
        assert_eq!(in_november(code, body), ["2026-11-27"], "{body}");
    }
}

#[test]
fn day_between_commas_is_of_its_clause() {
    for (code, body, date) in [
        ("fr", "La cour a acquitté, mercredi soir, Luc Perrin.", "2026-11-25"),
        ("fr", "Varde a battu Orme, dimanche, grâce à un but.", "2026-11-22"),
        ("de", "Die Brücke wurde am Sonntag, 4. Oktober, gesperrt.", "2026-10-04"),
    ] {
        assert_eq!(in_november(code, body), [date], "{body}");
    }
}

#[test]
fn reads_ranges_of_days_in_more_languages() {
    for (code, body) in [
        ("da", "Messen holdes fra den 3. til den 5. marts."),
        ("cs", "Trh se koná od 3. do 5. března."),
        ("hr", "Sajam se održava od 3. do 5. ožujka."),
        ("ro", "Târgul va avea loc între 3 și 5 martie."),
        ("bg", "Панаирът ще бъде от 3 до 5 март."),
        ("el", "Η έκθεση θα γίνει από 3 έως 5 Μαρτίου."),
    ] {
        let found = published(code, body, datetime!(2026-01-31 10:00 UTC));
        assert_eq!(found, ["2026-03-03/2026-03-05"], "{body}");
    }
    assert_eq!(in_november("de", "Messe vom 3. bis 5. März."), ["2027-03-03/2027-03-05"]);
    // Two days that `and` joins are no range.
    let found = dates_in("ro", "Pe 3 și 7 februarie vor fi concerte.");
    assert!(!found.iter().any(|date| date.contains('/')), "{found:?}");
}
