//! Days of the week with the day's number or their week beside them, and what only looks like a day or a decade.

use super::*;

fn on(code: &str, body: &str, published: OffsetDateTime) -> Vec<String> {
    let text = Text::split(body, Splitting::of(crate::lang::folder(code)));
    let found = dates(&text, Some(published), LanguageCode::parse(code).unwrap(), None);
    found.into_iter().map(|date| date.date).collect()
}

#[test]
fn number_behind_a_weekday_is_its_day() {
    // A Monday.
    let published = datetime!(2026-10-05 10:00 UTC);
    for (code, body) in [
        ("it", "La mostra aprirà martedì 13 a Orland."),
        ("es", "La mina cerrará el martes 13."),
        ("fr", "La mine fermera mardi 13 à Orland."),
        ("pt", "A mina vai fechar na terça-feira, 13, em Orland."),
        ("de", "Die Mine wird am Dienstag, dem 13., schließen."),
        ("nl", "De mijn zal dinsdag de 13e sluiten."),
        ("sv", "Gruvan ska stänga tisdag den 13."),
        ("da", "Minen vil lukke tirsdag den 13."),
        ("ru", "Шахта закроется во вторник, 13-го."),
        ("en", "The mine will close on Tuesday the 13th."),
        ("fr", "La mine fermera mardi 13 à 9 heures."),
        ("it", "La mostra aprirà martedì 13 alle 9."),
    ] {
        assert_eq!(on(code, body, published), ["2026-10-13"], "{code}: {body}");
    }
    // A score.
    assert_eq!(on("it", "Varde ha vinto martedì 13 a 1.", published), [""; 0]);
    // No day of that number is on that day of the week.
    assert_eq!(on("fr", "La mine fermera mardi 14 à Orland.", published), [""; 0]);
    // What is counted, and times.
    for body in ["Mardi 13 personnes sont venues.", "La mine a fermé mardi 13 h 30."] {
        assert_eq!(on("fr", body, published), ["2026-09-29"], "{body}");
    }
}

#[test]
fn weekday_of_a_named_week_is_that_weeks() {
    // A Thursday.
    let published = datetime!(2026-11-26 10:00 UTC);
    for (code, body) in [
        ("it", "La mina chiuse lunedì della scorsa settimana."),
        ("es", "La mina cerró el lunes de la semana pasada."),
        ("fr", "La mine a fermé lundi de la semaine dernière."),
        ("pt", "A mina fechou na segunda-feira da semana passada."),
        ("pl", "Kopalnia została zamknięta w poniedziałek w zeszłym tygodniu."),
        ("ru", "Шахту закрыли в понедельник на прошлой неделе."),
        ("nb", "Gruven ble stengt mandag i forrige uke."),
        ("da", "Minen blev lukket mandag i sidste uge."),
        ("sv", "Gruvan stängdes i måndags förra veckan."),
        ("tr", "Maden geçen hafta pazartesi kapatıldı."),
        ("cs", "Důl byl minulý týden v pondělí uzavřen."),
        ("en", "The mine closed last week on Monday."),
    ] {
        assert_eq!(on(code, body, published), ["2026-11-16"], "{code}: {body}");
    }
    for (code, body) in [
        ("fr", "La mine fermera vendredi en huit."),
        ("de", "Die Mine wurde am vorletzten Montag geschlossen."),
        ("es", "La mina cerró el lunes anterior."),
    ] {
        assert_eq!(on(code, body, published), [""; 0], "{code}: {body}");
    }
}

#[test]
fn ages_and_round_numbers_are_no_decades() {
    let published = datetime!(2026-11-26 10:00 UTC);
    for (code, body) in [
        ("nb", "En mann i 40-årene er savnet."),
        ("da", "En kvinde i 40'erne er savnet."),
        ("sv", "Ett 40-tal personer väntar."),
    ] {
        assert_eq!(on(code, body, published), [""; 0], "{code}: {body}");
    }
    for (code, body) in [
        ("nb", "Slik var det på 40-tallet."),
        ("da", "Sådan var det i 1940'erne."),
        ("sv", "Så var det på 40-talet."),
    ] {
        assert_eq!(on(code, body, published), ["1940/1949"], "{code}: {body}");
    }
}

#[test]
fn environment_is_no_wednesday() {
    let published = datetime!(2026-11-26 10:00 UTC);
    for body in ["Министр окружающей среды ушёл.", "Он загрязнил окружающую среду."]
    {
        assert_eq!(on("ru", body, published), [""; 0], "{body}");
    }
}
