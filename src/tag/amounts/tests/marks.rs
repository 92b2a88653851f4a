//! Numbers as the countries of a language write them, and ranges of them.

use super::*;

type Given = (f64, Option<f64>, String);

fn read_at(code: &str, body: &str, home: Option<&[u8; 2]>) -> Vec<Given> {
    let text = Text::split(body, Splitting::of(crate::lang::folder(code)));
    let found = amounts(&text, LanguageCode::parse(code).unwrap(), home.copied(), None);
    found.into_iter().map(|a| (a.value, a.upper, a.unit.or(a.object).unwrap_or_default())).collect()
}

#[test]
fn marks_of_numbers_follow_the_publishers_land() {
    for (code, home, body, value, of) in [
        ("es", Some(b"MX"), "El faro costó 4,350 pesos.", 4350.0, "MXN"),
        ("es", Some(b"MX"), "El faro costó 4,350.5 millones de pesos.", 4_350_500_000.0, "MXN"),
        ("es", Some(b"PE"), "El faro costó 7.5 millones de soles.", 7.5e6, "PEN"),
        ("es", Some(b"PE"), "El faro costó 7,5 millones de soles.", 7.5e6, "PEN"),
        ("es", Some(b"ES"), "Pesa 4,350 kilos.", 4.35, "kg"),
        ("es", None, "Llegaron 4,350,000 personas.", 4.35e6, "personas"),
        ("de", Some(b"CH"), "Der Turm kostet 4'350 Franken.", 4350.0, "CHF"),
        ("de", Some(b"CH"), "Der Turm kostet 43.50 Franken.", 43.5, "CHF"),
        ("de", Some(b"CH"), "Der Turm kostet 43,5 Millionen Franken.", 43.5e6, "CHF"),
        ("de", None, "Der Turm kostet 43,- Euro.", 43.0, "EUR"),
        ("fr", Some(b"CA"), "Le phare coûte 4 350,50 $.", 4350.5, "CAD"),
        ("en", Some(b"ZA"), "The lamp costs R4 350,50.", 4350.5, "ZAR"),
        ("en", None, "The lamp costs Rs 4,35,000.", 435_000.0, "INR"),
        ("en", None, "Some 4,35,00,000 people came.", 4.35e7, "people"),
        ("ms", None, "Lampu itu RM4,350.", 4350.0, "MYR"),
        ("sv", None, "Lampan kostar 43:50 kronor.", 43.5, "SEK"),
    ] {
        assert_eq!(read_at(code, body, home), [(value, None, of.to_owned())], "{code}: {body}");
    }
    // Of a fraction in one land, of thousands in the other.
    for body in ["El faro costó 4,350 pesos.", "Costó 4.3.5 pesos."] {
        assert_eq!(read_at("es", body, None), [], "{body}");
    }
    assert_eq!(land_of("es-MX"), Some(*b"MX"));
    assert_eq!(land_of("es-ES"), None);
}

#[test]
fn ranges_have_both_ends_in_each_language() {
    for (code, body, value, upper, of) in [
        ("de", "Der Turm ist vier bis neun Meter hoch.", 4.0, 9.0, "m"),
        ("de", "Er kostet zwischen vier und neun Millionen Euro.", 4e6, 9e6, "EUR"),
        ("fr", "La tour a quatre à neuf mètres.", 4.0, 9.0, "m"),
        ("es", "La torre mide de cuatro a nueve metros.", 4.0, 9.0, "m"),
        ("it", "La torre è alta quattro o nove metri.", 4.0, 9.0, "m"),
        ("en", "The tower is four to nine metres high.", 4.0, 9.0, "m"),
        ("en", "It costs 4 million to 9 million euros.", 4e6, 9e6, "EUR"),
        ("nl", "De toren is 4 à 9 meter hoog.", 4.0, 9.0, "m"),
        ("cs", "Věž má pět až devět metrů.", 5.0, 9.0, "m"),
        ("tr", "Kule 4 ile 9 metre arasında.", 4.0, 9.0, "m"),
        ("vi", "Tháp cao 4 đến 9 mét.", 4.0, 9.0, "m"),
        ("he", "המגדל עולה 40 עד 90 מיליון שקל.", 40e6, 90e6, "ILS"),
        ("hi", "पुल 40 से 90 करोड़ रुपये का है।", 40e7, 90e7, "INR"),
        ("zh", "桥花了4000万至9000万美元。", 4e7, 9e7, "USD"),
        ("zh", "塔高4至9米。", 4.0, 9.0, "m"),
        ("ja", "橋は4億〜9億円かかる。", 4e8, 9e8, "JPY"),
        ("ja", "40〜90人が来た。", 40.0, 90.0, "人"),
        ("ko", "다리는 4억∼9억원이다.", 4e8, 9e8, "KRW"),
    ] {
        assert_eq!(
            read_at(code, body, None),
            [(value, Some(upper), of.to_owned())],
            "{code}: {body}"
        );
    }
    for (code, body) in [
        ("vi", "Mỏ đóng cửa vào tháng 3 năm 2021."),
        ("ar", "أغلق بين 4 و9 مايو."),
        ("es", "Cerró entre 4 y 9 de mayo."),
    ] {
        assert_eq!(read_at(code, body, None), [], "{code}: {body}");
    }
    // What became of the first is no end of a range.
    assert_eq!(read_at("ja", "4億から9億円に増えた。", None), [(9e8, None, "JPY".to_owned())]);
}

#[test]
fn money_of_several_lands_is_the_publishers() {
    for (code, home, body, of) in [
        ("zh", Some(b"TW"), "橋花了43億元。", "TWD"),
        ("zh", Some(b"HK"), "橋花了43億元。", "HKD"),
        ("zh", None, "橋花了43億元。", "元"),
        ("zh", None, "桥花了43亿元。", "CNY"),
        ("ar", Some(b"QA"), "دفع 43 ريال.", "QAR"),
        ("ar", Some(b"KW"), "دفع 43 دينار.", "KWD"),
        ("ar", Some(b"MA"), "دفع 43 درهم.", "MAD"),
        ("ru", Some(b"BY"), "Он заплатил 43 рубля.", "BYN"),
        ("ru", None, "Он заплатил 43 рубля.", "RUB"),
        ("ro", Some(b"MD"), "A plătit 43 de lei.", "MDL"),
        ("fr", Some(b"CA"), "Il a payé 43 dollars.", "CAD"),
        ("fr", Some(b"TN"), "Il a payé 43 dinars.", "TND"),
        ("nl", Some(b"SR"), "Hij betaalde 43 dollar.", "SRD"),
    ] {
        let found = read_at(code, body, home);
        assert_eq!(found.iter().map(|a| &*a.2).collect::<Vec<_>>(), [of], "{code}: {body}");
    }
}

#[test]
fn hours_of_the_day_are_no_durations() {
    for (code, body) in [
        ("fr", "Peu avant 20 heures, la tour brûlait."),
        ("nl", "Rond 20 uur brandde de toren."),
        ("cs", "Kolem 20 hodin hořela věž."),
        ("ca", "L'acte serà a les 20 hores."),
        ("hu", "A torony 20 óra körül égett."),
        ("hr", "Do 20 sati most je zatvoren."),
        ("fr", "Entre 10 et 12 heures, la tour est fermée."),
    ] {
        assert_eq!(read_at(code, body, None), [], "{code}: {body}");
    }
    assert_eq!(read_at("es", "La torre abrió a las 10.30 horas.", Some(b"MX")), []);
    assert_eq!(read_at("fr", "Il a dormi 20 heures.", None), [(20.0, None, "hour".to_owned())]);
}
