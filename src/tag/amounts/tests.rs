//! Amounts in sentences, by language.

use super::*;
use crate::tag::document::Splitting;

mod marks;
mod money;

fn found(body: &str) -> Vec<(String, f64, Option<f64>, String)> {
    amounts(&Text::new(body), LanguageCode::EN, None, None)
        .into_iter()
        .map(|a| {
            let of = a.unit.or(a.object).unwrap_or_default();
            (a.text, a.value, a.upper, of)
        })
        .collect()
}

#[test]
fn reads_units_objects_and_ranges() {
    for (body, text, value, upper, of) in [
        ("Russia launched 111 drones and a missile.", "111 drones", 111.0, None, "drones"),
        (
            "It left three civilian injuries.",
            "three civilian injuries",
            3.0,
            None,
            "civilian injuries",
        ),
        ("It fell below -16°C at night.", "-16°C", -16.0, None, "°C"),
        ("It cost $1.2 billion in all.", "$1.2 billion", 1.2e9, None, "USD"),
        ("It cost £86m, he said.", "£86m", 86e6, None, "GBP"),
        ("Sales rose 25% in May.", "25%", 25.0, None, "%"),
        ("Sales rose by 2.5 per cent.", "2.5 per cent", 2.5, None, "%"),
        ("There were between 20 and 30 there.", "between 20 and 30", 20.0, Some(30.0), ""),
        ("He ran 42 kilometres.", "42 kilometres", 42.0, None, "km"),
        (
            "About 1,500 Russian soldiers left.",
            "1,500 Russian soldiers",
            1500.0,
            None,
            "Russian soldiers",
        ),
        ("Two dozen people came.", "Two dozen people", 24.0, None, "people"),
        ("Some 20-30 people came.", "20-30 people", 20.0, Some(30.0), "people"),
        ("A sum of 5 million euros.", "5 million euros", 5e6, None, "EUR"),
        ("Winds of 90mph were felt.", "90mph", 90.0, None, "mph"),
        ("It is a nine-kilometre walk.", "nine-kilometre", 9.0, None, "km"),
        ("Half a million people came.", "Half a million people", 5e5, None, "people"),
        ("A dozen people came.", "A dozen people", 12.0, None, "people"),
        ("He got two ten-year terms.", "two ten-year terms", 2.0, None, "ten-year terms"),
        ("It costs 5 billion Hong Kong dollars.", "5 billion Hong Kong dollars", 5e9, None, "HKD"),
        ("It holds 40 metric tons.", "40 metric tons", 40.0, None, "t"),
        ("There were 1.000 lamps.", "1.000 lamps", 1000.0, None, "lamps"),
        ("It is worth €5m now.", "€5m", 5e6, None, "EUR"),
        ("A 25-year-old was held.", "25-year", 25.0, None, "year"),
        ("Three of seven towers fell.", "Three of seven towers", 3.0, None, "towers"),
        ("It sold at $9.94½ a tin.", "$9.94½", 9.945, None, "USD"),
        ("It is right by plus or minus 2%.", "2%", 2.0, None, "%"),
        ("The farm has 660 sq m of glass.", "660 sq m", 660.0, None, "m²"),
        ("The farm has 1,200 sq. ft. of glass.", "1,200 sq. ft", 1200.0, None, "square foot"),
        ("The farm has 301,338 km2 of land.", "301,338 km2", 301_338.0, None, "km²"),
        ("The farm has 500ha of land.", "500ha", 500.0, None, "ha"),
        ("It weighs 7lb 4oz now.", "7lb 4oz", 7.25, None, "lb"),
        ("It has 500 hp now.", "500 hp", 500.0, None, "horsepower"),
        ("The air has 300ppm of it.", "300ppm", 300.0, None, "ppm"),
        ("It pumps 500,000 bpd of oil.", "500,000 bpd", 5e5, None, "barrel per day"),
        ("Rates rose 25bp in May.", "25bp", 25.0, None, "basis point"),
        ("A 3-percentage-point lead held.", "3-percentage-point", 3.0, None, "percentage point"),
        ("They raised R1 250 000 there.", "R1 250 000", 1.25e6, None, "ZAR"),
    ] {
        assert_eq!(found(body), [(text.to_owned(), value, upper, of.to_owned())], "{body}");
    }
}

#[test]
fn magnitudes_give_the_number_that_is_written() {
    for (body, value) in [
        ("It costs $4.1 billion.", 4_100_000_000.0),
        ("It costs £8.2bn.", 8_200_000_000.0),
        ("It costs $1.005 billion.", 1_005_000_000.0),
        ("It costs $64.1 million.", 64_100_000.0),
        ("It raised Rs 4.35 crore.", 43_500_000.0),
    ] {
        let found = found(body);
        assert_eq!(found.len(), 1, "{body}");
        assert!(found[0].1.to_bits() == f64::to_bits(value), "{body}: {}", found[0].1);
    }
}

#[test]
fn rest_behind_magnitude_is_of_the_number() {
    for (code, body, value) in [
        ("tr", "Fiyat 9 bin 200 liraya çıktı.", 9_200.0),
        ("tr", "Toplam 1 milyon 200 bin lira ödendi.", 1_200_000.0),
        ("es", "Cuesta 3 mil 500 pesos.", 3_500.0),
        ("ru", "В городе живут 1 миллион 200 тысяч человек.", 1_200_000.0),
        ("uk", "Штраф становив 9 тисяч 200 гривень.", 9_200.0),
        ("pl", "Kara wyniosła 9 tys. 200 złotych.", 9_200.0),
        ("es", "Gastó 5 millones 10 años después.", 10.0),
    ] {
        let language = LanguageCode::parse(code).unwrap();
        let found = amounts(&Text::new(body), language, None, None);
        assert_eq!(found.len(), 1, "{body}: {found:?}");
        assert!(found[0].value.to_bits() == f64::to_bits(value), "{body}: {found:?}");
    }
}

#[test]
fn change_and_level_behind_it_are_no_range() {
    for body in [
        "The maker lost $11 to $842.",
        "It raised the fare by €5 to €20.",
        "Joblessness fell 0.2% to 4.1%.",
        "Sales climbed $3 million to $45 million.",
        "The council cut its bid by $5 million to $90 million.",
    ] {
        assert!(found(body).iter().all(|amount| amount.2.is_none()), "{body}: {:?}", found(body));
    }
    assert_eq!(found("It will cost $11 to $842.")[0].2, Some(842.0));
    assert_eq!(found("Sales should rise 3% to 5%.")[0].2, Some(5.0));
}

#[test]
fn old_value_of_change_takes_new_values_unit() {
    let both = |body: &str| -> Vec<_> {
        found(body).into_iter().map(|(text, value, _, of)| (text, value, of)).collect()
    };
    let of = |text: &str, value, of: &str| (text.to_owned(), value, of.to_owned());
    assert_eq!(
        both("Sales rose from 20 to 30 million euros."),
        [of("20", 20e6, "EUR"), of("30 million euros", 30e6, "EUR")]
    );
    assert_eq!(
        both("Sales fell from $30 to $20 million."),
        [of("$30", 30e6, "USD"), of("$20 million", 20e6, "USD")]
    );
    assert_eq!(
        both("It rose from 900,000 to 1 million euros."),
        [of("900,000", 900_000.0, "EUR"), of("1 million euros", 1e6, "EUR")]
    );
    assert_eq!(both("It rose from 3 to 5%."), [of("3", 3.0, "%"), of("5%", 5.0, "%")]);
    assert_eq!(both("It rose from 3 to nothing at all."), []);
    let german = |body: &str| -> Vec<_> {
        amounts(&Text::new(body), LanguageCode::parse("de").unwrap(), None, None)
            .into_iter()
            .map(|a| (a.text, a.value, a.upper))
            .collect()
    };
    assert_eq!(
        german("Sie stieg von 20 auf 30 Millionen Euro."),
        [("20".to_owned(), 20e6, None), ("30 Millionen Euro".to_owned(), 30e6, None)]
    );
}

/// What each body has that only differs in the words around its number.
fn counts(body: &str) -> Vec<String> {
    found(body).into_iter().map(|amount| amount.0).collect()
}

#[test]
fn numbers_that_name_are_no_amounts() {
    // Each beside a sentence whose number counts the same thing.
    for (names, counts_it, amount) in [
        ("In 2016 boats were sold.", "In all 216 boats were sold.", "216 boats"),
        ("On February 1 boats sail.", "On Sunday 12 boats sail.", "12 boats"),
        ("At 3:30 boats met.", "At 30 boats met.", "30 boats"),
        ("United won 2-1 wins on paper.", "United won 21 wins on paper.", "21 wins"),
        ("The G20 boats came.", "The 20 boats came.", "20 boats"),
        ("The MP3 players broke.", "The 3 players broke.", "3 players"),
        ("The 19th boats came.", "The 19 boats came.", "19 boats"),
        ("No one boats, and one left boats.", "No two boats left.", "two boats"),
        ("Route 66 boats are long.", "Those 66 boats are long.", "66 boats"),
        ("One in five people did.", "Some five people did.", "five people"),
        ("Nine out of ten people did.", "Full ten people did.", "ten people"),
        ("About 3 in 10 people did.", "About 10 people did.", "10 people"),
        ("It said “one in 10 people did.", "It said “10 people did.", "10 people"),
        ("Two thirds of voters did.", "Two parties of voters did.", "Two parties"),
        ("Three-quarters of voters did.", "Three quarters passed.", "Three quarters"),
    ] {
        assert_eq!(counts(names), [""; 0], "{names}");
        assert_eq!(counts(counts_it), [amount], "{counts_it}");
    }
}

#[test]
fn reads_every_writing_of_ranges_fractions_and_currencies() {
    for (body, text, value, upper, of) in [
        ("It costs between 4% and 6% now.", "between 4% and 6%", 4.0, Some(6.0), "%"),
        ("It was 6C to 11C at noon.", "6C to 11C", 6.0, Some(11.0), "°C"),
        ("It was -3C to 2C at noon.", "-3C to 2C", -3.0, Some(2.0), "°C"),
        ("It costs $2bn to $3bn now.", "$2bn to $3bn", 2e9, Some(3e9), "USD"),
        ("It is 2½ miles away.", "2½ miles", 2.5, None, "mile"),
        ("It is a 4½-year plan.", "4½-year", 4.5, None, "year"),
        ("They paid Rs 7 crore for it.", "Rs 7 crore", 7e7, None, "INR"),
        ("They paid 3 lakh rupees for it.", "3 lakh rupees", 3e5, None, "INR"),
        ("They paid NOK 450 for it.", "NOK 450", 450.0, None, "NOK"),
        ("They paid 60 zł for it.", "60 zł", 60.0, None, "PLN"),
        ("They paid 90 kr for it.", "90 kr", 90.0, None, "kr"),
        ("They paid 900 Ft for it.", "900 Ft", 900.0, None, "HUF"),
        ("Half a dozen boats sank.", "Half a dozen boats", 6.0, None, "boats"),
        ("Some 30-odd boats sank.", "30-odd boats", 30.0, None, "boats"),
        ("About 5m people left.", "5m people", 5e6, None, "people"),
        (
            "A quarter of a million people left.",
            "A quarter of a million people",
            25e4,
            None,
            "people",
        ),
    ] {
        assert_eq!(found(body), [(text.to_owned(), value, upper, of.to_owned())], "{body}");
    }
    let change = found("Rates rose from 3% to 5% in May.");
    assert_eq!(change.iter().map(|a| (a.1, a.2)).collect::<Vec<_>>(), [(3.0, None), (5.0, None)]);
}

#[test]
fn scores_flights_and_telephone_numbers_are_no_amounts() {
    for (names, counts_it, amount) in [
        ("2-3 defeats came.", "23 defeats came.", "23 defeats"),
        ("Flight 370 passengers waited.", "There 370 passengers waited.", "370 passengers"),
        ("Call 0800 tickets now.", "Take 800 tickets now.", "800 tickets"),
        ("Ring +44 tickets.", "Take 44 tickets.", "44 tickets"),
        ("Dial 1-800-555-0199 tickets.", "Take 199 tickets.", "199 tickets"),
        ("Some 911 calls came.", "Some 91 calls came.", "91 calls"),
        ("It was seen on Nine News boats.", "It was seen on nine boats.", "nine boats"),
        ("The Fortune 100 brands came.", "The 100 brands came.", "100 brands"),
        ("Lund 3 got updates.", "Lund got 3 updates.", "3 updates"),
        ("The 2,000 Guineas horses ran.", "The 2,000 horses ran.", "2,000 horses"),
        ("It counted 96 451 boats.", "It counted 451 boats.", "451 boats"),
        ("World CUP 2026 boats come.", "World cups and 226 boats come.", "226 boats"),
    ] {
        assert_eq!(counts(names), [""; 0], "{names}");
        assert_eq!(counts(counts_it), [amount], "{counts_it}");
    }
}

#[test]
fn reads_numbers_and_ranges_in_each_language() {
    let found = |code: &str, body: &str| {
        let language = LanguageCode::parse(code).unwrap();
        let found = amounts(
            &Text::split(body, Splitting::of(crate::lang::folder(code))),
            language,
            None,
            None,
        );
        let of = |a: Amount| (a.value, a.upper, a.unit.or(a.object).unwrap_or_default());
        found.into_iter().map(of).collect::<Vec<_>>()
    };
    for (code, body, value, upper, of) in [
        ("de", "Es kamen zwischen 20 und 30 Menschen.", 20.0, Some(30.0), "Menschen"),
        ("de", "Es kamen 20 bis 30 Menschen.", 20.0, Some(30.0), "Menschen"),
        ("de", "Es kostet eine halbe Million Euro.", 5e5, None, "EUR"),
        ("de", "Es kostet zwei Millionen Euro.", 2e6, None, "EUR"),
        ("de", "Drei Tote wurden geborgen.", 3.0, None, "Tote"),
        ("fr", "Entre 20 et 30 personnes dorment.", 20.0, Some(30.0), "personnes"),
        ("fr", "Le pont coûte un demi-million d’euros.", 5e5, None, "EUR"),
        ("fr", "Deux millions de personnes dorment.", 2e6, None, "personnes"),
        ("fr", "Trois personnes dorment.", 3.0, None, "personnes"),
        ("es", "Cuesta medio millón de euros.", 5e5, None, "EUR"),
        ("es", "Entre 20 y 30 personas duermen.", 20.0, Some(30.0), "personas"),
        ("it", "Costa mezzo milione di euro.", 5e5, None, "EUR"),
        ("it", "Tra 20 e 30 persone dormono.", 20.0, Some(30.0), "persone"),
        ("pt", "Entre 20 e 30 pessoas dormem.", 20.0, Some(30.0), "pessoas"),
        ("nl", "Het kost een half miljoen euro.", 5e5, None, "EUR"),
        ("nl", "Tussen 20 en 30 mensen slapen.", 20.0, Some(30.0), "mensen"),
        ("pl", "Zginęło pięć osób.", 5.0, None, "osób"),
        ("pl", "Kosztuje pół miliona euro.", 5e5, None, "EUR"),
        ("ru", "Погибли пять человек.", 5.0, None, "человек"),
        ("uk", "Загинули сім осіб.", 7.0, None, "осіб"),
        ("sv", "Mellan 20 och 30 personer sover.", 20.0, Some(30.0), "personer"),
        ("sv", "Det kostar 90 kr.", 90.0, None, "SEK"),
        ("nb", "Mellom 20 og 30 personer sover.", 20.0, Some(30.0), "personer"),
        ("da", "Mellem 20 og 30 personer sover.", 20.0, Some(30.0), "personer"),
        ("tr", "Yarım milyon kişi geldi.", 5e5, None, "kişi"),
        ("tr", "Fiyatlar yüzde 8,7 arttı.", 8.7, None, "%"),
        ("tr", "Fiyatlar %8,7 arttı.", 8.7, None, "%"),
        ("tr", "Firma 45 milyon Avustralya doları verdi.", 45e6, None, "AUD"),
        ("ru", "Это стоит 30 миллионов долларов Гонконга.", 3e7, None, "HKD"),
        ("es", "Pagó 3 millones de dólares de Hong Kong.", 3e6, None, "HKD"),
        ("pt", "A ponte custou R$ 45 milhões.", 45e6, None, "BRL"),
        ("pt", "A ponte custou US$ 45 milhões.", 45e6, None, "USD"),
        ("nl", "De brug kostte € 45 miljoen.", 45e6, None, "EUR"),
        ("hi", "पुल ₹ 2,500 का है।", 2500.0, None, "INR"),
        ("es", "Murieron al menos 12 personas.", 12.0, None, "personas"),
        ("es", "Dura al menos 6 meses.", 6.0, None, "month"),
        ("es", "Estaba a menos 6 grados.", -6.0, None, "°C"),
        ("fr", "Il dure au moins 6 mois.", 6.0, None, "month"),
        ("it", "Dura almeno 6 mesi.", 6.0, None, "month"),
        ("pt", "Dura pelo menos 6 meses.", 6.0, None, "month"),
        ("hi", "उसने $45 मिलियन दिए।", 45e6, None, "USD"),
        ("ar", "دفع 45 مليون دولار أسترالي.", 45e6, None, "AUD"),
        ("zh", "船以160 千米每小时航行。", 160.0, None, "km/h"),
        ("sv", "Båten gick i 160 km/t.", 160.0, None, "km/h"),
        ("ro", "Vasul mergea cu 160 km/oră.", 160.0, None, "km/h"),
    ] {
        assert_eq!(found(code, body), [(value, upper, of.to_owned())], "{code}: {body}");
    }
    let change = found("sv", "Räntan steg från 3 till 5 procent.");
    assert_eq!(change.last().map(|amount| amount.1), Some(None));
    // English joins a range by none of these, nor they by English words.
    assert_eq!(found("en", "There were 20 bis 30 people."), [(30.0, None, "people".to_owned())]);
    assert_eq!(found("de", "Es kamen 20 to 30 Menschen."), [(30.0, None, "Menschen".to_owned())]);
}

#[test]
fn degrees_below_zero_are_negative_and_quakes_have_none() {
    let found = |code: &str, body: &str| {
        let text = Text::split(body, Splitting::of(crate::lang::folder(code)));
        let found = amounts(&text, LanguageCode::parse(code).unwrap(), None, None);
        found.into_iter().map(|a| (a.value, a.unit.unwrap_or_default())).collect::<Vec<_>>()
    };
    for (code, body) in [
        ("en", "It was 12 degrees C below zero."),
        ("de", "Es sank auf 12 Grad unter null."),
        ("es", "Bajó a 12 grados bajo cero."),
        ("fr", "Il a fait 12 degrés sous zéro."),
        ("it", "La notte è scesa a 12 gradi sotto zero."),
        ("pt", "Os termômetros marcaram 12 graus negativos."),
        ("pl", "Było 12 stopni mrozu."),
        ("ru", "Было 12 градусов мороза."),
        ("zh", "气温降至零下12摄氏度。"),
        ("ko", "기온이 영하 12도까지 떨어졌다."),
        ("ja", "気温は氷点下12度Cだった。"),
        ("hu", "Mínusz 12 fok volt."),
        ("hu", "12 fokos fagy volt."),
        ("tr", "Eksi 12 derece ölçüldü."),
        ("he", "נמדדו 12 מעלות מתחת לאפס."),
        ("vi", "Nhiệt độ xuống âm 12 độ C."),
        ("ru", "Ударили морозы до 12 градусов."),
    ] {
        assert_eq!(found(code, body), [(-12.0, "°C".to_owned())], "{code}: {body}");
    }
    for (code, body) in [
        ("es", "Un sismo de 6,1 grados sacudió la costa."),
        ("it", "Una scossa di 6,1 gradi della scala Richter."),
    ] {
        assert_eq!(found(code, body), [], "{code}: {body}");
    }
    assert_eq!(found("es", "Hizo 31 grados."), [(31.0, "°C".to_owned())]);
    assert_eq!(
        found("sv", "Det kostar en och en halv miljon kronor."),
        [(1_500_000.0, "SEK".to_owned())]
    );
}

#[test]
fn money_and_shares_in_forms_of_each_language() {
    let found = |code: &str, body: &str| {
        let text = Text::split(body, Splitting::of(crate::lang::folder(code)));
        let found = amounts(&text, LanguageCode::parse(code).unwrap(), None, None);
        let of = |a: Amount| (a.value, a.unit.or(a.object).unwrap_or_default());
        found.into_iter().map(of).collect::<Vec<_>>()
    };
    for (code, body, value, of) in [
        ("pt", "O porto custa R$ 12 mi por ano.", 12e6, "BRL"),
        ("ro", "Portul costă 100 de milioane de euro.", 1e8, "EUR"),
        ("bg", "Пристанището струва 120 млн. евро.", 1.2e8, "EUR"),
        ("fi", "Satama maksaa 1,2 miljardin euron verran.", 1.2e9, "EUR"),
        ("hu", "A kikötő 3,5 millió forinttal drágult.", 3.5e6, "HUF"),
        ("pl", "Port kosztuje półtora miliona złotych.", 1.5e6, "PLN"),
        ("nl", "De haven kost anderhalf miljoen euro.", 1.5e6, "EUR"),
        ("de", "Der Satz stieg um 3 Prozentpunkte.", 3.0, "percentage point"),
        ("sv", "Räntan höjs med 3 procentenheter.", 3.0, "percentage point"),
    ] {
        assert_eq!(found(code, body), [(value, of.to_owned())], "{code}: {body}");
    }
}

#[test]
fn pounds_and_medals_are_not_always_money() {
    let found = |code: &str, body: &str, home: Option<[u8; 2]>| {
        let text = Text::split(body, Splitting::of(crate::lang::folder(code)));
        let found = amounts(&text, LanguageCode::parse(code).unwrap(), home, None);
        let of = |a: Amount| (a.value, a.unit.or(a.object).unwrap_or_default());
        found.into_iter().map(of).collect::<Vec<_>>()
    };
    for (code, body, home, value, of) in [
        ("es", "El paquete pesa 5 libras.", None, 5.0, "libras"),
        ("es", "El paquete cuesta 5 libras.", Some(*b"GB"), 5.0, "GBP"),
        ("es", "Pagó 40 millones de libras.", None, 4e7, "GBP"),
        ("es", "Pagó 5 libras esterlinas.", None, 5.0, "GBP"),
        ("de", "Der Fisch wiegt zehn Pfund.", None, 10.0, "Pfund"),
        ("fr", "Elle a lu 12 livres.", None, 12.0, "livres"),
        ("pl", "Kosztuje 5 złotych i 50 groszy.", None, 5.0, "PLN"),
    ] {
        assert_eq!(found(code, body, home), [(value, of.to_owned())], "{code}: {body}");
    }
    for body in ["Zdobyła dwóch złotych medali.", "Mają 3 złote i dwa srebrne medale."] {
        assert_eq!(found("pl", body, None), [], "{body}");
    }
}

#[test]
fn numbers_in_parts_halves_and_characters_are_whole() {
    let found = |code: &str, body: &str| {
        let text = Text::split(body, Splitting::of(code));
        let found = amounts(&text, LanguageCode::parse(code).unwrap(), None, None);
        let of = |a: Amount| (a.value, a.unit.or(a.object).unwrap_or_default());
        found.into_iter().map(of).collect::<Vec<_>>()
    };
    for (code, body, value, of) in [
        ("ja", "橋は2億3千万円かかった。", 23e7, "JPY"),
        ("ja", "3万5000人が来た。", 35e3, "人"),
        ("ja", "会議は1時間半続いた。", 1.5, "hour"),
        ("ko", "다리는 2억 3천만 원이다.", 23e7, "KRW"),
        ("ko", "거리는 12km였다.", 12.0, "km"),
        ("zh", "桥花了三亿两千万元。", 32e7, "CNY"),
        ("zh", "三百人来了。", 300.0, "人"),
        ("zh", "价格下降百分之三十。", 30.0, "%"),
        ("zh", "会议开了一个半小时。", 1.5, "hour"),
        ("es", "Duró 3 horas y media.", 3.5, "hour"),
        ("ar", "ارتفع و٣٫٥ في المئة.", 3.5, "%"),
        ("sk", "Cesta trvala 3 hodiny.", 3.0, "hour"),
        ("bn", "সেতুটি ৫ কোটি টাকার।", 5e7, "BDT"),
    ] {
        let body = crate::tag::plain_digits::plain(body).unwrap_or(body.to_owned());
        assert_eq!(found(code, &body), [(value, of.to_owned())], "{code}: {body}");
    }
    for (code, body) in [
        ("zh", "数十人来了。"),
        ("zh", "他生于一九九七年。"),
        ("zh", "七十周年庆典。"),
        ("zh", "五台山很高。"),
        ("zh", "十分满意。"),
        ("ko", "70주년 행사."),
        ("es", "Pagó medio y 3."),
    ] {
        assert_eq!(found(code, body), [], "{code}: {body}");
    }
}

#[test]
fn halves_and_lone_large_numbers_are_whole() {
    let found = |code: &str, body: &str| {
        let text = Text::split(body, Splitting::of(code));
        let found = amounts(&text, LanguageCode::parse(code).unwrap(), None, None);
        let of = |a: Amount| (a.value, a.unit.or(a.object).unwrap_or_default());
        found.into_iter().map(of).collect::<Vec<_>>()
    };
    for (code, body, value, of) in [
        ("fr", "Le pont coûte un million et demi d'euros.", 15e5, "EUR"),
        ("es", "El puente cuesta dos millones y medio de euros.", 25e5, "EUR"),
        ("es", "El puente cuesta 4 mil 500 millones de euros.", 45e8, "EUR"),
        ("es", "El puente cuesta 4.500 M€.", 45e8, "EUR"),
        ("it", "Il ponte costa un milione e mezzo di euro.", 15e5, "EUR"),
        ("pt", "A ponte custa R$ 1 milhão e 200 mil.", 12e5, "BRL"),
        ("pt", "A ponte custa R$ 2 tri.", 2e12, "BRL"),
        ("nl", "De brug kost €40 mrd.", 4e10, "EUR"),
        ("nl", "De brug kost tweeënhalf miljoen euro.", 25e5, "EUR"),
        ("pl", "Most kosztuje dwa i pół miliona złotych.", 25e5, "PLN"),
        ("pl", "Most kosztuje milion złotych.", 1e6, "PLN"),
        ("ru", "Мост стоит два с половиной миллиона рублей.", 25e5, "RUB"),
        ("ru", "Мост стоит полмиллиарда рублей.", 5e8, "RUB"),
        ("sv", "Bron kostar 4,5 mkr.", 45e5, "SEK"),
        ("sv", "Bron kostar en och en halv miljon kronor.", 15e5, "SEK"),
        ("da", "Broen koster to en halv million kroner.", 25e5, "DKK"),
        ("nb", "Prisen var 12 øre.", 0.12, "NOK"),
        ("tr", "Köprü 2 buçuk milyon lira.", 25e5, "TRY"),
        ("cs", "Most stojí dva a půl milionu korun.", 25e5, "CZK"),
        ("hr", "Most stoji milijun i pol eura.", 15e5, "EUR"),
    ] {
        assert_eq!(found(code, body), [(value, of.to_owned())], "{body}");
    }
}

#[test]
fn inflected_units_and_numbers_are_read() {
    let read = |code: &str, body: &str| {
        let language = LanguageCode::parse(code).unwrap();
        let found = amounts(&Text::new(body), language, None, None);
        found.into_iter().map(|a| (a.value, a.unit.unwrap_or_default())).collect::<Vec<_>>()
    };
    for (code, body, value, unit) in [
        ("fi", "Tie on 40 kilometrin mittainen.", 40.0, "km"),
        ("fi", "Hän odotti kolme viikkoa.", 3.0, "week"),
        ("ar", "يبلغ طول الطريق 40 كيلومتراً.", 40.0, "km"),
        ("hi", "सड़क पांच मीटर चौड़ी है।", 5.0, "m"),
        ("hi", "इमारत 30 फीट ऊंची है।", 30.0, "foot"),
        ("cs", "Čekal pět týdnů.", 5.0, "week"),
        ("sk", "Pole má 20 hektárov.", 20.0, "ha"),
        ("hu", "A torony 30 méteres.", 30.0, "m"),
        ("ro", "Câmpul are 20 de hectare.", 20.0, "ha"),
        ("hr", "Čekao je pet minuta.", 5.0, "minute"),
        ("bg", "Чакаха три седмици.", 3.0, "week"),
        ("el", "Το πάρκο έχει 20 τετραγωνικά χιλιόμετρα.", 20.0, "km²"),
        ("ca", "Va esperar tres setmanes.", 3.0, "week"),
        ("id", "Luasnya 20 kilometer persegi.", 20.0, "km²"),
        ("he", "הדרך באורך 40 ק\"מ.", 40.0, "km"),
        ("fa", "پارک 20 هکتار است.", 20.0, "ha"),
        ("ja", "道は時速60キロだった。", 60.0, "km/h"),
        ("ja", "川の長さは30マイルだ。", 30.0, "mile"),
        ("zh", "这块地有20英亩。", 20.0, "acre"),
        ("ko", "시속 60킬로미터로 달렸다.", 60.0, "km/h"),
        ("tr", "Kule 30 metrelik.", 30.0, "m"),
        ("de", "Das Feld hat 20 Hektar.", 20.0, "ha"),
        ("ru", "Скорость была 40 миль в час.", 40.0, "mph"),
        ("ro", "Erau trei persoane.", 3.0, ""),
        ("cs", "Hrálo pět hráčů.", 5.0, ""),
        ("ja", "船が3隻沈んだ。", 3.0, ""),
        ("zh", "3艘船沉没了。", 3.0, ""),
    ] {
        assert_eq!(read(code, body), [(value, unit.to_owned())], "{code}: {body}");
    }
    for (code, body) in [
        ("cs", "Začne v 18 hodin."),
        ("cs", "Stalo se to v 5 hodin ráno."),
        ("hr", "Počinje u 18 sati."),
        ("vi", "Bắt đầu lúc 18 giờ."),
        ("zh", "这是第 3 场比赛。"),
        ("ja", "彼は5人目の選手だ。"),
        ("ja", "彼は選手の1人だ。"),
        ("ko", "제3차 경기가 열렸다."),
    ] {
        assert_eq!(read(code, body), [], "{code}: {body}");
    }
}

#[test]
fn unit_words_are_read_only_in_their_language() {
    let unit = |code: &str, body| {
        let language = LanguageCode::parse(code).unwrap();
        let found = amounts(&Text::new(body), language, None, None);
        found.into_iter().next().and_then(|amount| amount.unit)
    };
    assert_eq!(unit("de", "Es waren 5 Prozent.").as_deref(), Some("%"));
    assert_eq!(unit("en", "It took 5 Prozent there."), None);
    // Currencies that any press writes, and short magnitudes.
    assert_eq!(unit("de", "Es kostet 90 zł.").as_deref(), Some("PLN"));
    assert_eq!(unit("lt", "Tai 5 mln. €.").as_deref(), Some("EUR"));
    assert_eq!(unit("lt", "Tai 5 mln €.").as_deref(), Some("EUR"));
}

#[test]
fn reads_decimal_commas_in_other_languages() {
    let de = LanguageCode::parse("de").unwrap();
    let found = amounts(&Text::new("Es kostet 1.234,50 € und 3,5 Prozent mehr."), de, None, None);
    assert_eq!(found[0].value, 1234.5);
    assert_eq!((found[1].value, found[1].unit.as_deref()), (3.5, Some("%")));
}

#[test]
fn offsets_cover_the_words() {
    let body = "À Łódź, 25% of it.";
    let amount = amounts(&Text::new(body), LanguageCode::EN, None, None).remove(0);
    let chars: Vec<char> = body.chars().collect();
    let slice: String =
        chars[amount.span.start as usize..amount.span.end as usize].iter().collect();
    assert_eq!(slice, amount.text);
}

#[test]
fn number_of_a_name_counts_nothing() {
    for body in [
        "The rights of Channel Five holds until May.",
        "They launched a Falcon 7 rockets fleet.",
        "Formula 2 drivers met.",
        "He wrote to Radio 3 listeners.",
        "The Council of Nine leaders met.",
        "Winds of Category 5 storms rose.",
        "The Xbox 720 owners wrote.",
        "A film, Lund's Twelve opens today.",
        "She met the Rat Pack Four singers.",
        "Hundreds of Year 6 pupils met.",
        "A Group of 20 leaders meeting ended.",
        "It told Nikkei 225 members.",
        "He met S&P 500 managers.",
        "He sold Office 365 licences.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
    for body in [
        "Seven Sisters Road is shut.",
        "Six Men's was hit worst.",
        "Nine Inch Nails sang.",
        "Three Mile Island is shut.",
        "Twelve Angry Men actors met.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
    for body in [
        "Two Democrats left.",
        "Three Iranians left.",
        "Four Orme Labour members left.",
        "Twenty-four-year-old Lars Orme left.",
    ] {
        assert_eq!(found(body).len(), 1, "{body}");
    }
    assert_eq!(found("Seven leaders met.")[0].1, 7.0);
    assert_eq!(found("Last year 6 pupils met.")[0].1, 6.0);
    assert_eq!(found("They saw a group of 20 leaders.")[0].1, 20.0);
}

#[test]
fn parts_of_units_and_hyphened_nouns_are_amounts() {
    let first = |body| found(body).first().map(|(_, value, _, of)| (*value, of.clone()));
    assert_eq!(
        first("It cut rates by a quarter of a percentage point."),
        Some((0.25, "percentage point".to_owned()))
    );
    assert_eq!(first("It is half a mile away."), Some((0.5, "mile".to_owned())));
    for (body, value, of) in [
        ("It grew by half of 1 percent.", 0.5, "%"),
        ("It grew by one-half percent.", 0.5, "%"),
        ("It is a quarter mile away.", 0.25, "mile"),
        ("A half million people came.", 5e5, "people"),
        ("It has 10k followers.", 1e4, "followers"),
    ] {
        assert_eq!(first(body), Some((value, of.to_owned())), "{body}");
    }
    for body in ["It grew by two-tenths of 1 percent.", "The 10k runners met."] {
        assert_eq!(first(body), None, "{body}");
    }
    assert_eq!(first("The 900-seat hall is shut."), Some((900.0, "seats".to_owned())));
}

#[test]
fn range_with_one_unit_has_both_ends() {
    for (body, value, upper, of) in [
        ("Sales will be between 2.1 billion and 2.2 billion euros.", 2.1e9, Some(2.2e9), "EUR"),
        ("Sales will be 2.1bn to 2.2bn euros.", 2.1e9, Some(2.2e9), "EUR"),
        ("It will cost 3 million to 4 million lamps.", 3e6, Some(4e6), "lamps"),
        ("Sales rose 2 million to 22 million euros.", 22e6, None, "EUR"),
    ] {
        let last = found(body).pop().map(|(_, value, upper, of)| (value, upper, of));
        assert_eq!(last, Some((value, upper, of.to_owned())), "{body}");
    }
}

#[test]
fn m_behind_a_number_may_be_millions() {
    for (body, value, of) in [
        ("A 55m-year-old shell was found.", 55e6, "year"),
        ("It split off about 50m years ago.", 50e6, "year"),
        ("The plan would add 50m homes.", 50e6, "homes"),
        ("The pool is 50m long.", 50.0, "m"),
        ("She won the 100m hurdles.", 100.0, "m"),
    ] {
        let first = found(body).first().map(|(_, value, _, of)| (*value, of.clone()));
        assert_eq!(first, Some((value, of.to_owned())), "{body}");
    }
    assert_eq!(found("Its 20m-strong choir sang."), []);
}

#[test]
fn smaller_unit_behind_a_unit_counts() {
    for (body, text, value, of) in [
        ("He is about 5ft 6in.", "5ft 6in", 5.5, "foot"),
        ("She is 6 feet, 3 inches, they said.", "6 feet, 3 inches", 6.25, "foot"),
        ("The 6-foot-9 guard left.", "6-foot-9", 6.75, "foot"),
        ("He weighs 9 stone 7 pounds.", "9 stone 7 pounds", 9.5, "stone"),
        ("He weighs 11st 7lb.", "11st 7lb", 11.5, "stone"),
        ("The wall is 5 feet high.", "5 feet", 5.0, "foot"),
        ("It is 5 feet, 200 yards from Orme.", "5 feet", 5.0, "foot"),
    ] {
        let first =
            found(body).first().map(|(text, value, _, of)| (text.clone(), *value, of.clone()));
        assert_eq!(first, Some((text.to_owned(), value, of.to_owned())), "{body}");
    }
}

#[test]
fn part_of_a_whole_is_what_is_told() {
    for (body, text, value, of) in [
        ("Orme cut 1,200 of its 4,500 jobs.", "1,200 of its 4,500 jobs", 1200.0, "jobs"),
        ("Orme shut three of 17 schools.", "three of 17 schools", 3.0, "schools"),
        ("Orme freed 20 of the 48 divers.", "20 of the 48 divers", 20.0, "divers"),
    ] {
        assert_eq!(found(body), [(text.to_owned(), value, None, of.to_owned())], "{body}");
    }
}

#[test]
fn range_in_words_has_both_ends() {
    let first =
        |body| found(body).first().map(|(_, value, upper, of)| (*value, *upper, of.clone()));
    let range = Some((5.0, Some(7.0), "%".to_owned()));
    assert_eq!(first("It expects five to seven per cent."), range);
    assert_eq!(first("It fell from five to seven per cent.").and_then(|found| found.1), None);
    let millions = Some((2e6, Some(3e6), "divers".to_owned()));
    assert_eq!(first("Two to three million divers came."), millions);
}

#[test]
fn point_before_digits_begins_a_fraction() {
    for (body, text, value, of) in [
        ("Prices rose .7 percent in May.", ".7 percent", 0.7, "%"),
        ("It was (.08 percent) then.", ".08 percent", 0.08, "%"),
        ("It grew by .5 million people.", ".5 million people", 5e5, "people"),
        ("Fares rise by $.50 in May.", "$.50", 0.5, "USD"),
        ("It ended. 7 percent were for it.", "7 percent", 7.0, "%"),
    ] {
        assert_eq!(found(body), [(text.to_owned(), value, None, of.to_owned())], "{body}");
    }
    assert_eq!(found("Prices rose .3 to .5 percent.")[0].2, Some(0.5));
    for body in [
        "It was 10 .4 percent then.",
        "He had .22 rifles.",
        "It holds .50-calibre guns.",
        "Version 2.7.5 users wrote.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
}

#[test]
fn fractions_in_words_are_of_their_number() {
    for (body, value, of) in [
        ("It was one point two billion dollars.", 1.2e9, "USD"),
        ("It was nought point five percent.", 0.5, "%"),
        ("It was point five percent.", 0.5, "%"),
        ("It was two point seven million people.", 2.7e6, "people"),
        ("It was minus two point five percent.", -2.5, "%"),
        ("It was 3 point 5 million pounds.", 3.5e6, "pounds"),
        ("At one point five million people fled.", 5e6, "people"),
        ("At this point five percent were in.", 5.0, "%"),
    ] {
        let all: Vec<_> = found(body).into_iter().map(|a| (a.1, a.3)).collect();
        assert_eq!(all, [(value, of.to_owned())], "{body}");
    }
    assert_eq!(found("Orme led by one point five minutes from the end.")[0].1, 5.0);
}

#[test]
fn speeds_and_rates_are_no_distances() {
    for (body, value, of) in [
        ("It went at 188 miles an hour.", 188.0, "mph"),
        ("It went at 90km an hour.", 90.0, "km/h"),
        ("A 90-mile-an-hour wind blew.", 90.0, "mph"),
        ("It went at 12 km/s then.", 12.0, "km/s"),
        ("It went at 30 metres per second.", 30.0, "m/s"),
        ("It does 40 miles to the gallon.", 40.0, "mpg"),
        ("It walks 3 miles a day.", 3.0, "mile"),
        ("It is 12 km/7 miles long.", 12.0, "km"),
    ] {
        let first = found(body).first().map(|(_, value, _, of)| (*value, of.clone()));
        assert_eq!(first, Some((value, of.to_owned())), "{body}");
    }
    assert_eq!(found("It ends at 1730 hrs.").len() + found("It took 24 hrs.").len(), 1);
    for body in
        ["It fell 20 feet per minute.", "It gave 3 tonnes per hectare.", "It weighs 42 kg/m3."]
    {
        assert_eq!(found(body), [], "{body}");
    }
}

#[test]
fn hung_ends_of_ranges_are_of_them() {
    for (body, value, upper, of) in [
        ("They dug an 8- to 16-metre hole.", 8.0, Some(16.0), "m"),
        ("They dug a 3-to-4-foot hole.", 3.0, Some(4.0), "foot"),
        ("It is a three- to five-year plan.", 3.0, Some(5.0), "year"),
        ("It is a five-to-seven-day trip.", 5.0, Some(7.0), "day"),
        ("It is a $3- to $5-million plan.", 3e6, Some(5e6), "USD"),
        ("It raised £5m to 10m in May.", 5e6, Some(1e7), "GBP"),
        ("It raised £5m-10m.", 5e6, Some(1e7), "GBP"),
        ("It raised between £5m and 10m.", 5e6, Some(1e7), "GBP"),
        ("It bought 10- and 20-year bonds.", 10.0, None, "year"),
    ] {
        let first = found(body).into_iter().next().map(|a| (a.1, a.2, a.3));
        assert_eq!(first, Some((value, upper, of.to_owned())), "{body}");
    }
    let values = |body| found(body).into_iter().map(|a| (a.1, a.3)).collect::<Vec<_>>();
    let gbp = |value| (value, "GBP".to_owned());
    assert_eq!(values("It rose from £5m to 10m."), [gbp(5e6), gbp(1e7)]);
    assert_eq!(values("It costs a million or two dollars."), []);
    assert_eq!(values("It rose from a million to two million pounds.").last().unwrap().0, 2e6);
    assert_eq!(values("Orme is the 3-to-1 favourite."), []);
}

#[test]
fn base_of_a_rate_is_no_amount() {
    let cases: [(&str, &[&str]); 6] = [
        ("The rate was 3 per 100,000 people.", &[]),
        ("There were 12 deaths per 1,000 live births.", &["12 deaths"]),
        ("It was a 1-in-100-year flood.", &[]),
        ("It was a one-in-500-year flood.", &[]),
        ("There are 40 for every 100 men.", &[]),
        ("It costs $3 per 1,000 litres.", &["$3"]),
    ];
    for (body, texts) in cases {
        assert_eq!(counts(body), texts, "{body}");
    }
    for (code, body) in [
        ("de", "Es waren 3 Fälle pro 100.000 Menschen."),
        ("sv", "Det var 3 per 100 000 personer."),
        ("da", "Det var 3 pr. 100.000 personer."),
        ("es", "Hubo 3 por cada 100.000 personas."),
    ] {
        let found = amounts(&Text::new(body), LanguageCode::parse(code).unwrap(), None, None);
        assert!(found.iter().all(|amount| amount.value < 1e3), "{body}");
    }
}

#[test]
fn parts_of_prices_and_large_numbers_are_added() {
    for (body, text, value, of) in [
        ("It costs $20 and 43 cents.", "$20 and 43 cents", 20.43, "USD"),
        ("It costs three euros and fifty cents.", "three euros and fifty cents", 3.5, "EUR"),
        ("It costs 5 pounds and 20 pence.", "5 pounds and 20 pence", 5.2, "GBP"),
        ("It costs 10 rupees 50 paise.", "10 rupees 50 paise", 10.5, "INR"),
        (
            "Two million, three hundred thousand people came.",
            "Two million, three hundred thousand people",
            2.3e6,
            "people",
        ),
        ("1 million, 200 thousand people came.", "1 million, 200 thousand people", 1.2e6, "people"),
        ("It was ten degrees below zero.", "ten degrees below zero", -10.0, "°"),
    ] {
        assert_eq!(found(body), [(text.to_owned(), value, None, of.to_owned())], "{body}");
    }
    for body in [
        "It costs a dollar and 42 cents.",
        "It costs a pound and 20 pence.",
        "It was 10 degrees below freezing.",
        "It was 5C below freezing.",
        "She wore a 34C bra.",
        "It was 3 x 5 metres.",
        "It was 12 by 14 feet.",
        "A two thirds majority is needed.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
    for body in ["It rose in 2024 by 5 metres.", "It rose in Q2 by 5 metres."] {
        assert_eq!(found(body).len(), 1, "{body}");
    }
    assert_eq!(found("It costs between $1 and 50 cents.")[0].1, 1.0);
}
