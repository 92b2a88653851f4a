//! What stands in texts of each language, and the dates that it is.

mod events;
mod numbered;
mod recurring;
mod tense;
mod weekdays;

use time::macros::datetime;

use super::*;
use crate::tag::document::Splitting;

mod yearless;

fn found_of(body: &str, home: Option<[u8; 2]>) -> Vec<(String, String)> {
    // A Saturday.
    let published = datetime!(2026-01-31 10:00 UTC);
    let dates = dates(&Text::new(body), Some(published), LanguageCode::EN, home);
    dates.into_iter().map(|d| (d.text, d.date)).collect()
}

fn found(body: &str) -> Vec<(String, String)> {
    found_of(body, None)
}

#[test]
fn yearless_day_uses_calendar_year_unless_past_tense() {
    for (body, date) in [
        ("The ferry line cut fares before the vote on October 8.", "2026-10-08"),
        ("The launch was put off to no earlier than October 1.", "2026-10-01"),
        ("Fans bought tickets for the concert on December 5.", "2026-12-05"),
        ("The council set a hearing for November 9.", "2026-11-09"),
        ("The mayor asked for a reply by 30 October.", "2026-10-30"),
        ("The dam burst on October 8.", "2025-10-08"),
        ("The trial was adjourned to January 14.", "2027-01-14"),
        ("The match has been rescheduled for January 9.", "2027-01-09"),
        ("The match was moved from January 14.", "2026-01-14"),
        ("He was arrested on Thursday, October 8.", "2025-10-08"),
        ("Fans bought tickets for the concert on February 5.", "2026-02-05"),
        ("The minister was sacked in January.", "2026-01"),
        ("The minister resigned in November.", "2025-11"),
        ("She ran the museum until February.", "2026-02"),
        ("The treaty takes effect in April.", "2027-04"),
        ("The play opens in December.", "2026-12"),
    ] {
        let published = datetime!(2026-09-16 10:00 UTC);
        let found = dates(&Text::new(body), Some(published), LanguageCode::EN, None);
        let found: Vec<String> = found.into_iter().map(|date| date.date).collect();
        assert_eq!(found, [date], "{body}");
    }
}

#[test]
fn publication_at_calendar_end_anchors_no_dates() {
    let body = Text::new("It will meet again next week, on Monday, in two weeks and this weekend.");
    for published in [datetime!(9999-12-31 10:00 UTC), datetime!(0000-01-01 10:00 UTC)] {
        assert!(dates(&body, Some(published), LanguageCode::EN, None).is_empty());
    }
}

#[test]
fn reads_ranges_parts_of_years_and_feasts() {
    for (body, date) in [
        ("It ran from 27 November to 2 December 2022.", "2022-11-27/2022-12-02"),
        ("It ran from March 2019 to June 2020.", "2019-03/2020-06"),
        ("It ran between 2010 and 2015.", "2010/2015"),
        ("It ran from December 30 to January 4, 2025.", "2024-12-30/2025-01-04"),
        ("It was built in the 1970s.", "1970/1979"),
        ("Sales rose in Q2 2021.", "2021-04/2021-06"),
        ("Sales rose in the first half of last year.", "2025-01/2025-06"),
        ("The financial year 2021/22 was good.", "2021/2022"),
        ("Sales in fiscal 2023 fell.", "2023"),
        // Published on a Saturday: the weekend that has begun.
        ("It opened over the weekend and closed.", "2026-01-31/2026-02-01"),
        ("It will open at the weekend.", "2026-01-31/2026-02-01"),
        ("He came last weekend.", "2026-01-24/2026-01-25"),
        ("He left the day before yesterday.", "2026-01-29"),
        ("She leaves the day after tomorrow.", "2026-02-02"),
        ("They met on Good Friday 2024.", "2024-03-29"),
        ("They met on Boxing Day.", "2025-12-26"),
        ("The song of the winter of '78 is back.", "1978"),
        ("The bridge will open in two weeks.", "2026-02-14"),
        ("It was mid-2004 when they met.", "2004"),
        ("She came on Monday, 26 January, they said.", "2026-01-26"),
        ("The house was built circa 1850.", "1850~"),
    ] {
        let dates: Vec<String> = found(body).into_iter().map(|d| d.1).collect();
        assert_eq!(dates, [date], "{body}");
    }
    assert_eq!(found("The bridge was built in two weeks."), []);
}

#[test]
fn reads_feasts_of_other_languages() {
    let published = datetime!(2026-01-31 10:00 UTC);
    for (code, body, date) in [
        ("de", "Sie kam an Heiligabend und blieb.", "2025-12-24"),
        ("de", "Der Laden bleibt am Karfreitag 2024 zu.", "2024-03-29"),
        ("fr", "Elle est venue le Vendredi saint 2024.", "2024-03-29"),
        ("es", "Llegaron en Nochebuena 2023.", "2023-12-24"),
        ("it", "Arrivarono a Ferragosto 2023.", "2023-08-15"),
        ("nl", "Zij kwamen op Koningsdag 2024.", "2024-04-27"),
        ("pl", "Przyjechali na Boże Narodzenie 2023.", "2023-12-25"),
        ("sv", "De kom på långfredagen 2024.", "2024-03-29"),
        ("nb", "De kom på skjærtorsdag 2024.", "2024-03-28"),
        ("da", "De kom anden pinsedag 2024.", "2024-05-20"),
        ("fi", "Laiva tuli jouluaattona.", "2025-12-24"),
        ("hu", "A haj\u{f3} nagyp\u{e9}nteken 2024 indult.", "2024-03-29"),
        ("ru", "Корабль пришёл на День Победы 2023.", "2023-05-09"),
    ] {
        let language = LanguageCode::parse(code).unwrap();
        let text = Text::new(body);
        let found = dates(&text, Some(published), language, None);
        let found: Vec<_> = found.iter().map(|d| d.date.as_str()).collect();
        assert_eq!(found, [date], "{code}: {body}");
    }
}

#[test]
fn slashed_dates_follow_the_publishers_country() {
    let date = |body: &str, home| found_of(body, home).pop().map(|d| d.1);
    let body = "The deed of 04/07/2019 was lost.";
    assert_eq!(date(body, Some(*b"GB")).as_deref(), Some("2019-07-04"));
    assert_eq!(date(body, Some(*b"US")).as_deref(), Some("2019-04-07"));
    assert_eq!(date(body, None).as_deref(), Some("2019-07-04"));
    let american = "It came on March 3. The deed of 04/07/2019 was lost.";
    assert_eq!(date(american, None).as_deref(), Some("2019-04-07"));
    assert_eq!(date("It is of 17/04/2019.", Some(*b"US")).as_deref(), Some("2019-04-17"));
}

#[test]
fn resolves_against_the_publication() {
    for (body, text, date) in [
        ("Talks are on February 1 in Abu Dhabi.", "February 1", "2026-02-01"),
        ("He left on December 30, he said.", "December 30", "2025-12-30"),
        ("They met on Tuesday.", "Tuesday", "2026-01-27"),
        ("They met on Saturday.", "Saturday", "2026-01-31"),
        ("They met last Monday.", "last Monday", "2026-01-26"),
        ("They meet next Monday.", "next Monday", "2026-02-02"),
        ("Sales fell last year.", "last year", "2025"),
        ("Sales fell last month.", "last month", "2025-12"),
        ("Sales fell last week.", "last week", "2026-01-19/2026-01-25"),
        ("It runs 1-5 May at the hall.", "1-5 May", "2026-05-01/2026-05-05"),
        ("It ran on May 1-5, 2024.", "May 1-5, 2024", "2024-05-01/2024-05-05"),
        ("It was on 3 March 2019.", "3 March 2019", "2019-03-03"),
        ("It was on the 3rd of March.", "3rd of March", "2025-03-03"),
        ("He came in February.", "February", "2025-02"),
        ("He comes in February.", "February", "2026-02"),
        ("He came in June 2014.", "June 2014", "2014-06"),
        ("He came in 2014.", "2014", "2014"),
        ("He came in March last year.", "March last year", "2025-03"),
        ("He came on 3 March of last year.", "3 March of last year", "2025-03-03"),
        ("He left three years ago.", "three years ago", "2023"),
        ("He left yesterday.", "yesterday", "2026-01-30"),
        ("Am 01.02.2026 war es so.", "01.02.2026", "2026-02-01"),
        ("Logged 2026-02-01 here.", "2026-02-01", "2026-02-01"),
    ] {
        assert_eq!(found(body), [(text.to_owned(), date.to_owned())], "{body}");
    }
}

/// The dates of a body in a language, published on a Saturday.
fn dates_in(code: &str, body: &str) -> Vec<String> {
    let language = LanguageCode::parse(code).unwrap();
    let published = datetime!(2026-01-31 10:00 UTC);
    let found = dates(
        &Text::split(body, Splitting::of(crate::lang::folder(code))),
        Some(published),
        language,
        None,
    );
    found.into_iter().map(|date| date.date).collect()
}

#[test]
fn what_is_asked_for_is_no_date() {
    for (code, body) in [
        ("nb", "Aktor hadde bedt om elleve år."),
        ("nb", "Saken handler om tre år."),
        ("sv", "Han ansökte om två år."),
        ("da", "Sagen handler om tre år."),
    ] {
        assert_eq!(dates_in(code, body), [""; 0], "{body}");
    }
    assert_eq!(dates_in("nb", "Broen åpner om tre år."), ["2029"]);
}

#[test]
fn streets_called_after_a_day_are_no_dates() {
    for (code, body) in [
        ("es", "El acto fue en la calle 9 de Julio."),
        ("pt", "A ponte 25 de Abril foi fechada."),
        ("it", "L'incidente in piazza 25 Aprile."),
        ("fr", "L'accident a eu lieu rue du 8 Mai 1945."),
        ("de", "Die Straße des 17. Juni ist gesperrt."),
        ("pl", "Wypadek na ulicy 3 Maja."),
        ("ru", "Авария на улице 8 Марта."),
        ("tr", "Kaza 19 Mayıs Caddesi'nde oldu."),
    ] {
        assert_eq!(dates_in(code, body), [""; 0], "{body}");
    }
    assert_eq!(dates_in("fr", "Elle est née le 8 mai 1945.").len(), 1);
}

#[test]
fn days_are_read_where_languages_put_them() {
    for (code, body, date) in [
        ("hu", "A hajó 1998. március 10-én indult.", "1998-03-10"),
        ("hu", "A választást február 12-én tartják.", "2026-02-12"),
        ("vi", "Vụ cháy xảy ra sáng 20/1.", "2026-01-20"),
        ("el", "Από την 1η Φεβρουαρίου αλλάζουν οι τιμές.", "2026-02-01"),
        ("cs", "Loď minulý týden zakotvila.", "2026-01-19/2026-01-25"),
        ("fi", "Laiva upposi viime vuonna.", "2025"),
    ] {
        assert_eq!(dates_in(code, body), [date], "{body}");
    }
    assert_eq!(dates_in("vi", "Tỷ số là 20/1."), [""; 0]);
}

#[test]
fn unread_counts_and_longer_words_give_no_date() {
    for (code, body) in [
        ("nl", "Twee miljoen jaar geleden was hier zee."),
        ("sv", "För två miljoner år sedan var här hav."),
        ("da", "For mange år siden var her hav."),
        ("nb", "For tusener av år siden var her hav."),
        ("tr", "Binlerce yıl önce burada deniz vardı."),
        ("pl", "Pół roku temu zatonął prom."),
        ("hi", "नाव को आज़ादी मिली।"),
        ("hi", "कप्तान ने आज्ञा दी।"),
    ] {
        assert_eq!(dates_in(code, body), [""; 0], "{body}");
    }
    assert_eq!(dates_in("pl", "Rok temu zatonął prom."), ["2025"]);
    assert_eq!(dates_in("tr", "Üç yıl önce feribot battı."), ["2023"]);
    assert_eq!(dates_in("ar", "غرقت العبارة في 17 أيلول من عام 1939."), ["1939-09-17"]);
}

#[test]
fn reads_dates_in_the_words_of_each_language() {
    for (code, body, expected) in [
        ("de", "Der Hafen war vom 28. Februar bis 3. März 2024 zu.", "2024-02-28/2024-03-03"),
        ("de", "Vom 1. bis 5. Mai 2024 ruhte die Fähre.", "2024-05-01/2024-05-05"),
        ("de", "Sie kam am Montag, dem 26. Januar 2026, an.", "2026-01-26"),
        ("de", "Die Fähre sank vorgestern.", "2026-01-29"),
        ("de", "Die Werft öffnet morgen wieder.", "2026-02-01"),
        ("de", "Im vergangenen Jahr sank die Fähre.", "2025"),
        ("de", "Im März vergangenen Jahres sank die Fähre.", "2025-03"),
        ("de", "Letzte Woche sank die Fähre.", "2026-01-19/2026-01-25"),
        ("de", "Die Fähre sank vor drei Wochen.", "2026-01-10"),
        ("de", "Der Umsatz stieg im dritten Quartal 2023.", "2023-07/2023-09"),
        ("de", "Die Brücke stammt aus den 1980er Jahren.", "1980/1989"),
        ("de", "Die Brücke stammt aus den 80er Jahren.", "1980/1989"),
        ("de", "Von 2010 bis 2015 war Ruhe.", "2010/2015"),
        ("de", "Am vergangenen Montag sank die Fähre.", "2026-01-26"),
        ("fr", "Le bac a coulé hier.", "2026-01-30"),
        ("fr", "Le bac a coulé la semaine dernière.", "2026-01-19/2026-01-25"),
        ("fr", "Le bac a coulé l’an dernier.", "2025"),
        ("fr", "Le bac a coulé il y a trois ans.", "2023"),
        ("fr", "Le port rouvrira dans deux semaines.", "2026-02-14"),
        ("fr", "Du 28 février au 3 mars 2024, le port dormait.", "2024-02-28/2024-03-03"),
        ("fr", "Le marché dure du 1er au 5 mai 2024.", "2024-05-01/2024-05-05"),
        ("fr", "Le pont date des années 1980.", "1980/1989"),
        ("fr", "Les ventes du premier trimestre 2022 sont bonnes.", "2022-01/2022-03"),
        ("fr", "Le bac a coulé en mars de l’année dernière.", "2025-03"),
        ("fr", "Le bac a coulé lundi dernier.", "2026-01-26"),
        ("fr", "Entre 2010 et 2015, rien.", "2010/2015"),
        ("es", "El barco zarpó ayer.", "2026-01-30"),
        ("es", "El barco zarpó la semana pasada.", "2026-01-19/2026-01-25"),
        ("es", "El barco zarpa pasado mañana.", "2026-02-02"),
        ("es", "El barco zarpó hace tres semanas.", "2026-01-10"),
        ("es", "El puente es de los años ochenta.", "1980/1989"),
        ("es", "Abre del 1 al 5 de mayo de 2024.", "2024-05-01/2024-05-05"),
        ("es", "El barco zarpó el lunes pasado.", "2026-01-26"),
        ("it", "La nave è partita ieri.", "2026-01-30"),
        ("it", "La nave è partita tre settimane fa.", "2026-01-10"),
        ("it", "La nave parte la settimana prossima.", "2026-02-02/2026-02-08"),
        ("it", "Il ponte è degli anni Ottanta.", "1980/1989"),
        ("it", "Dal 28 febbraio al 3 marzo 2024 dormiva.", "2024-02-28/2024-03-03"),
        ("pt", "O barco partiu ontem.", "2026-01-30"),
        ("pt", "O barco partiu há três semanas.", "2026-01-10"),
        ("pt", "O barco parte na próxima semana.", "2026-02-02/2026-02-08"),
        ("pt", "Abre de 1 a 5 de maio de 2024.", "2024-05-01/2024-05-05"),
        ("nl", "Het schip vertrok gisteren.", "2026-01-30"),
        ("nl", "Het schip vertrok drie weken geleden.", "2026-01-10"),
        ("nl", "Het schip vertrok vorige week.", "2026-01-19/2026-01-25"),
        ("nl", "De brug is uit de jaren tachtig.", "1980/1989"),
        ("nl", "De haven sliep van 28 februari tot 3 maart 2024.", "2024-02-28/2024-03-03"),
        ("pl", "Statek odpłynął wczoraj.", "2026-01-30"),
        ("pl", "Statek odpłynął trzy tygodnie temu.", "2026-01-10"),
        ("pl", "Statek odpłynął w zeszłym roku.", "2025"),
        ("pl", "Most zbudowano w 1994 roku.", "1994"),
        ("ru", "Судно ушло вчера.", "2026-01-30"),
        ("ru", "Судно ушло три года назад.", "2023"),
        ("ru", "Судно ушло на прошлой неделе.", "2026-01-19/2026-01-25"),
        ("ru", "Мост построили в 1994 году.", "1994"),
        ("ru", "Мост построили в мае 1994 года.", "1994-05"),
        ("uk", "Судно пішло вчора.", "2026-01-30"),
        ("uk", "Судно пішло минулого року.", "2025"),
        ("uk", "Міст збудували 1994 року.", "1994"),
        ("sv", "Båten gick i går.", "2026-01-30"),
        ("sv", "Båten gick i måndags.", "2026-01-26"),
        ("sv", "Båten går på måndag.", "2026-02-02"),
        ("sv", "Båten gick för tre veckor sedan.", "2026-01-10"),
        ("sv", "Bron byggdes på 1980-talet.", "1980/1989"),
        ("sv", "Hamnen var stängd från 28 februari till 3 mars 2024.", "2024-02-28/2024-03-03"),
        ("nb", "Båten gikk i forgårs.", "2026-01-29"),
        ("nb", "Båten sank 20. juli i fjor.", "2025-07-20"),
        ("nb", "Båten gikk for tre uker siden.", "2026-01-10"),
        ("da", "Båden sejlede i går.", "2026-01-30"),
        ("da", "Båden sejlede sidste år.", "2025"),
        ("ca", "El vaixell va salpar ahir.", "2026-01-30"),
        ("cs", "Loď odplula včera.", "2026-01-30"),
        ("fi", "Laiva lähti eilen.", "2026-01-30"),
        ("hu", "A hajó tegnap indult el.", "2026-01-30"),
        ("ro", "Nava a plecat ieri.", "2026-01-30"),
        ("tr", "Gemi dün gitti.", "2026-01-30"),
        ("tr", "Gemi geçen hafta gitti.", "2026-01-19/2026-01-25"),
        ("tr", "Gemi üç yıl önce battı.", "2023"),
        ("tr", "Köprü 1994'te yapıldı.", "1994"),
        ("tr", "Köprü 1994 yılında yapıldı.", "1994"),
    ] {
        assert_eq!(dates_in(code, body), [expected], "{code}: {body}");
    }
}

#[test]
fn tense_chooses_the_weekday_in_other_languages() {
    for (code, body, expected) in [
        ("de", "Die Fähre sank am Montagabend.", "2026-01-26"),
        ("de", "Die Fähre, die am Montag gebaut wurde, ist neu.", "2026-01-26"),
        ("de", "Der Rat will am Montag entscheiden.", "2026-02-02"),
        ("es", "El barco llegó el lunes.", "2026-01-26"),
        ("es", "El barco llegará el lunes.", "2026-02-02"),
        ("fr", "Le bateau a quitté le port lundi.", "2026-01-26"),
        ("fr", "Lundi, le conseil devra trancher.", "2026-02-02"),
        ("it", "La nave arriverà lunedì.", "2026-02-02"),
        ("pt", "O navio chegou na segunda-feira.", "2026-01-26"),
        ("pt", "O navio chegará na sexta-feira.", "2026-02-06"),
        ("pt", "A câmara aprovou na terça-feira o plano.", "2026-01-27"),
        ("it", "Il museo annunciò lunedì un piano.", "2026-01-26"),
        ("nl", "Het schip zal maandag vertrekken.", "2026-02-02"),
        ("pl", "Statek będzie w porcie w poniedziałek.", "2026-02-02"),
        ("ru", "Он сообщил об этом в понедельник.", "2026-01-26"),
        ("ru", "Суд состоится в понедельник.", "2026-02-02"),
        ("uk", "Він повідомив про це у понеділок.", "2026-01-26"),
        ("sv", "Båten hittades på måndagen.", "2026-01-26"),
        ("nb", "Båten på fredag var full.", "2026-01-30"),
        ("da", "Rådet skal mødes mandag.", "2026-02-02"),
        ("tr", "Gemi pazartesi günü başladı.", "2026-01-26"),
        ("tr", "Gemi pazartesi günü yola çıkacak.", "2026-02-02"),
        ("fi", "Laiva saapui maanantaina satamaan.", "2026-01-26"),
        ("hi", "जहाज सोमवार को डूब गया।", "2026-01-26"),
        ("hi", "जहाज सोमवार को आएगा।", "2026-02-02"),
        ("ar", "أعلن الميناء الاثنين عن خطة.", "2026-01-26"),
        ("ar", "سيغادر القارب يوم الاثنين.", "2026-02-02"),
        ("zh", "渡轮周一抵达港口。", "2026-01-26"),
        ("zh", "渡轮将于周一启航。", "2026-02-02"),
        ("zh", "渡轮上周二启航。", "2026-01-20"),
        ("ja", "船は月曜日に沈んだ。", "2026-01-26"),
        ("ja", "船は月曜日に出る予定だ。", "2026-02-02"),
        ("ja", "船は先週の火曜日に沈んだ。", "2026-01-20"),
        ("ko", "배는 월요일에 도착했다.", "2026-01-26"),
        ("ko", "배는 월요일에 떠날 예정이다.", "2026-02-02"),
        ("ko", "배는 지난주 화요일에 도착했다.", "2026-01-20"),
    ] {
        assert_eq!(dates_in(code, body), [expected], "{code}: {body}");
    }
}

#[test]
fn days_of_the_persian_calendar_are_ours() {
    for (body, date) in [
        ("پل در 15 فروردین 1403 باز شد.", "2024-04-03"),
        ("پل در 1 اسفند سال 1402 باز شد.", "2024-02-20"),
        ("پل در 22 بهمن باز شد.", "2026-02-11"),
    ] {
        assert_eq!(dates_in("fa", body), [date], "{body}");
    }
    assert_eq!(dates_in("fa", "2 تیر شلیک شد."), [""; 0]);
    assert_eq!(dates_in("nb", "Broen åpnet i mai i fjor, 2017."), ["2017-05"]);
}

#[test]
fn date_words_are_read_only_in_their_language() {
    for (code, body) in [
        // Words of another language, or of one that has no list.
        ("en", "The ship left gestern, hier and ayer."),
        ("de", "Das Schiff hieß Yesterday."),
        ("fr", "Le film Yesterday Monday est sorti."),
        ("lt", "Yesterday, last week, gestern ir hier."),
        // A word that means something else here.
        ("de", "Der Morgen war kalt."),
        ("es", "Llegó por la mañana."),
        // The last one or the next.
        ("de", "Die Fähre am Montag, eine volle."),
        // A century.
        ("sv", "Kyrkan byggdes under 1700-talet."),
        ("nb", "Båten på fredag, en full."),
        // Verbs that say two things, and one behind a comma.
        ("de", "Die Fähre, die am Montag geborgen werden konnte, sank."),
        ("de", "Sie hat angekündigt, am Montag zu streiken."),
        // No single day, or a name.
        ("de", "Sie war jeden Montag voll, wie die Welt am Sonntag berichtete."),
        ("es", "Los lunes cerró."),
        ("es", "Viernes Negro comenzó así."),
        ("pt", "Na segunda fase ele anunciou um plano."),
        ("tr", "Her cuma geldi."),
    ] {
        assert_eq!(dates_in(code, body), [""; 0], "{code}: {body}");
    }
}

#[test]
fn reads_dates_by_the_signs_behind_numbers() {
    // Published on 31 January 2026.
    for (code, body, date) in [
        ("ja", "橋は2008年8月3日に開通した。", "2008-08-03"),
        ("ja", "橋は２００８年８月に開通した。", "2008-08"),
        ("ja", "港は1994年から市のものだ。", "1994"),
        ("ja", "港は1980年代に栄えた。", "1980/1989"),
        ("ja", "祭りは2月8日から10日まで開かれる。", "2026-02-08/2026-02-10"),
        ("ja", "展示は2021年8月24日～9月5日。", "2021-08-24/2021-09-05"),
        ("ja", "展示は2021年12月24日～1月5日。", "2021-12-24/2022-01-05"),
        ("ja", "王朝（1644～1912年）の時代。", "1644/1912"),
        ("ja", "知事は30日、辞任した。", "2026-01-30"),
        ("ja", "知事は２日午前に会見する。", "2026-02-02"),
        ("ja", "知事は20日、辞任した。", "2026-01-20"),
        ("ja", "船は昨日沈んだ。", "2026-01-30"),
        ("ja", "船は昨年8月に沈んだ。", "2025-08"),
        ("ja", "工場は来年閉まる。", "2027"),
        ("ja", "工場は先月閉まった。", "2025-12"),
        ("ja", "雪は2月まで続く。", "2026-02"),
        ("zh", "大桥于 2008 年 8 月 3 日通车。", "2008-08-03"),
        ("zh", "大桥2008年8月3号通车。", "2008-08-03"),
        ("zh", "港口自1994年起归市政府所有。", "1994"),
        ("zh", "市长30日表示辞职。", "2026-01-30"),
        ("zh", "渡轮昨天沉没。", "2026-01-30"),
        ("zh", "渡轮去年8月沉没。", "2025-08"),
        ("zh", "工厂上周关闭。", "2026-01-19/2026-01-25"),
        ("ko", "다리는 2008년 8월 3일에 개통했다.", "2008-08-03"),
        ("ko", "시장은 30일 밝혔다.", "2026-01-30"),
        ("ko", "공장은 지난해 8월 문을 닫았다.", "2025-08"),
        ("hi", "पुल 1994 में खुला।", "1994"),
        ("ar", "افتتح الجسر عام 1994 في المدينة.", "1994"),
        ("ar", "غرقت العبارة أمس قرب الميناء.", "2026-01-30"),
        ("ar", "أغلق المصنع في العام الماضي.", "2025"),
        ("he", "הגשר נפתח בשנת 1994 בעיר.", "1994"),
        ("vi", "Cây cầu mở năm 1994 ở thành phố.", "1994"),
        ("fa", "پل در سال 1994 باز شد.", "1994"),
    ] {
        assert_eq!(dates_in(code, body), [date], "{body}");
    }
}

#[test]
fn counts_with_signs_of_dates_are_none() {
    for (code, body) in [
        ("ja", "会議は3日間続いた。"),
        ("ja", "橋は2000年前に造られた。"),
        ("ja", "夏は11月～2月だ。"),
        ("ja", "1日に百人が訪れる。"),
        ("ja", "今日の空の旅は安い。"),
        ("ja", "1800年代の港。"),
        ("ja", "8月の祭り。"),
        ("zh", "会议持续3日。"),
        ("zh", "如今年轻人不来。"),
        ("zh", "目前天气很好。"),
        ("zh", "他证明日本队更强。"),
        ("ko", "회의는 3일 동안 열렸다."),
        ("ar", "في 2000 مدرسة."),
    ] {
        assert!(dates_in(code, body).is_empty(), "{body}: {:?}", dates_in(code, body));
    }
}

#[test]
fn both_forms_of_norwegian_have_their_months() {
    for code in ["no", "nb", "nn"] {
        let language = LanguageCode::parse(code).unwrap();
        let text = Text::new("Brua ble åpnet 12. desember 1998.");
        let found: Vec<_> =
            dates(&text, None, language, None).into_iter().map(|d| d.date).collect();
        assert_eq!(found, ["1998-12-12"], "{code}");
    }
}

#[test]
fn names_and_numbers_are_no_dates() {
    // A word that leads a month or a year in stands before each, so that only the rule refuses it.
    for body in [
        "In may they rest.",
        "The house of Theresa May stood.",
        "He has 2014 cows.",
        "On 31.02.2026.",
        "He was of 1909 Juniper Drive.",
        "The Sunday Beacon wrote of it.",
        "The Mail on Sunday wrote of it.",
        "They wrote for Orland Today once.",
        "The first Monday was wet.",
        "He came there the second Friday.",
        "It will be the first profit in eight years.",
        "It would be the worst flood in 20 years.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
}

#[test]
fn years_are_told_by_what_stands_around_them() {
    for (body, expected) in [
        ("Output is at 2005 levels.", &["2005"][..]),
        ("2020 will be about ferries.", &["2020"]),
        ("Output rose in 2021 and 2022.", &["2021", "2022"]),
        ("They met over 2019, 2020 and 2021.", &["2019", "2020", "2021"]),
        ("It was built in the 1970s and 80s.", &["1970/1979", "1980/1989"]),
        ("It was built in the 1800s.", &["1800/1899"]),
        ("It was built in the 2000s.", &["2000/2009"]),
        ("The first bridge will open in eight years.", &["2034"]),
        ("They could have sold it in March.", &["2025-03"]),
        ("Sales of FY2020-22 fell.", &["2020/2022"]),
        ("He was of 1909 stock.", &["1909"]),
        ("He sold 2020 and 2900 boats.", &[]),
    ] {
        let dates: Vec<String> = found(body).into_iter().map(|d| d.1).collect();
        assert_eq!(dates, expected, "{body}");
    }
}

#[test]
fn keeps_day_and_month_of_unknown_year() {
    let dates = dates(&Text::new("On February 1, or yesterday."), None, LanguageCode::EN, None);
    assert_eq!(dates.len(), 1);
    assert_eq!(dates[0].date, "--02-01");
}

#[test]
fn fiscal_years_of_india_end_in_march() {
    let dates = |home| found_of("Sales in FY26 fell.", home).remove(0).1;
    assert_eq!(dates(Some(*b"IN")), "2025-04/2026-03");
    assert_eq!(dates(None), "2026");
}
