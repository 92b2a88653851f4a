//! Whose money it is: signs, codes and words of currencies, by the publisher's country and the story's.

use super::*;

/// The unit of the first amount in a sentence of a publisher's country, or of a story's.
fn unit_of(body: &str, home: Option<&[u8; 2]>, subject: Option<&[u8; 2]>) -> Option<String> {
    let text = Text::new(body);
    let found = amounts(&text, LanguageCode::EN, home.copied(), subject.copied());
    found.into_iter().next()?.unit
}

#[test]
fn letters_before_a_dollar_say_whose_it_is() {
    let units = |body| found(body).into_iter().map(|a| a.3).collect::<Vec<_>>();
    for (body, unit) in [
        ("A tin costs NT$35 now.", "TWD"),
        ("Repairs cost F$2.9 billion.", "FJD"),
        ("A seat costs J$4,500.", "JMD"),
        ("The fine was BDS$500.", "BBD"),
        ("It paid EC$12 million.", "XCD"),
        ("It paid $12 million.", "USD"),
    ] {
        assert_eq!(units(body), [unit], "{body}");
    }
    assert!(!units("It paid QQ$12 million.").contains(&"USD".to_owned()));
}

#[test]
fn sign_belongs_to_number_before_it() {
    assert_eq!(currency_before("30 € "), None);
    assert_eq!(currency_before("a R$ "), Some(("BRL", 3)));
    assert_eq!(currency_before("a R$"), Some(("BRL", 2)));
}

#[test]
fn dollar_follows_publisher_and_month_abbreviation_counts_nothing() {
    let unit = |body: &str, home: Option<[u8; 2]>| {
        let found = amounts(&Text::new(body), LanguageCode::EN, home, None);
        found.first().and_then(|amount| amount.unit.clone())
    };
    for (home, code) in [(None, "USD"), (Some(*b"US"), "USD"), (Some(*b"CA"), "CAD")] {
        assert_eq!(unit("The bridge costs $5 million.", home).as_deref(), Some(code));
        assert_eq!(unit("The bridge costs 5 million dollars.", home).as_deref(), Some(code));
        assert_eq!(unit("The bridge costs US$5 million.", home).as_deref(), Some("USD"));
    }
    for body in ["After the Oct. 7 attacks the bridge closed.", "The May 9 parades were held."] {
        assert!(amounts(&Text::new(body), LanguageCode::EN, None, None).is_empty(), "{body}");
    }
    assert_eq!(amounts(&Text::new("There were 7 attacks."), LanguageCode::EN, None, None).len(), 1);
}

#[test]
fn dollar_follows_story_country_without_known_publisher() {
    let text = Text::new("The bridge costs $5 million.");
    let unit = |home, subject| {
        amounts(&text, LanguageCode::EN, home, subject).remove(0).unit.unwrap_or_default()
    };
    assert_eq!(unit(None, Some(*b"CA")), "CAD");
    assert_eq!(unit(Some(*b"US"), Some(*b"CA")), "USD");
    assert_eq!(unit(None, Some(*b"MX")), "USD");
}

#[test]
fn a_publishers_country_tells_its_crown() {
    let text = Text::new("It costs 90 kr now.");
    let unit = |home| amounts(&text, LanguageCode::EN, home, None).remove(0).unit;
    assert_eq!(unit(Some(*b"DK")).as_deref(), Some("DKK"));
    assert_eq!(unit(None).as_deref(), Some("kr"));
}

#[test]
fn rupees_follow_publisher_country_or_story_country() {
    let unit = |home: Option<&[u8; 2]>, subject: Option<&[u8; 2]>| {
        let text = Text::new("The road costs Rs 9.4 billion, or 6 billion rupees less.");
        let found = amounts(&text, LanguageCode::EN, home.copied(), subject.copied());
        found.into_iter().map(|amount| amount.unit.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(unit(Some(b"PK"), None), ["PKR", "PKR"]);
    assert_eq!(unit(Some(b"GB"), Some(b"LK")), ["LKR", "LKR"]);
    assert_eq!(unit(Some(b"IN"), Some(b"NP")), ["INR", "INR"]);
    assert_eq!(unit(Some(b"GB"), None), ["INR", "INR"]);
}

#[test]
fn currencies_of_the_world_have_codes() {
    for (body, value, unit) in [
        ("The dam took N3.5 billion.", 3.5e9, "NGN"),
        ("A bag is N80,000 now.", 8e4, "NGN"),
        ("Bail was set at R15,000.", 15e3, "ZAR"),
        ("They stole R40m in notes.", 40e6, "ZAR"),
        ("The senate gave P75 million.", 75e6, "PHP"),
        ("Rice sells at ₱52 a kilo.", 52.0, "PHP"),
        ("The county owes Ksh3.2 billion.", 3.2e9, "KES"),
        ("A visa costs UGX 180,000.", 18e4, "UGX"),
        ("The fare is Tk 60.", 60.0, "BDT"),
        ("They lent Tk4 lakh to him.", 4e5, "BDT"),
        ("Cocoa fetched GH¢48,000 a tonne.", 48e3, "GHS"),
        ("Maize costs 9.5 cedis there.", 9.5, "GHS"),
        ("He paid RM2,400 for it.", 2400.0, "MYR"),
        ("They took Rs75,000 from him.", 75e3, "INR"),
        ("He won 3 million Danish crowns.", 3e6, "DKK"),
        ("Rent is 900 Swedish kronor.", 900.0, "SEK"),
        ("It cost 6 million Norwegian kroner.", 6e6, "NOK"),
        ("The toll is 700 Tanzanian shillings.", 700.0, "TZS"),
        ("It costs 80 Sri Lankan rupees.", 80.0, "LKR"),
        ("They owe 2 billion Central African CFA francs.", 2e9, "XAF"),
        ("He paid 70 Jordanian dinars.", 70.0, "JOD"),
        ("Stamps cost 85p now.", 0.85, "GBP"),
        ("Milk costs 65 pence.", 0.65, "GBP"),
        ("The loonie is at 73 cents U.S. now.", 0.73, "USD"),
        ("A call costs 4 euro cents.", 0.04, "EUR"),
    ] {
        let found = found(body);
        assert_eq!(found.len(), 1, "{body}: {found:?}");
        assert!((found[0].1 - value).abs() < 1e-9 * value, "{body}: {found:?}");
        assert_eq!(found[0].3, unit, "{body}");
    }
}

#[test]
fn shared_money_is_of_publisher_or_story() {
    for (body, country, unit) in [
        ("It printed 4 billion pesos.", b"AR", "ARS"),
        ("It will pay 3 billion pesos.", b"CO", "COP"),
        ("They paid 5 million shillings.", b"UG", "UGX"),
        ("They need Sh9 billion.", b"TZ", "TZS"),
        ("Bread is at 20 pounds.", b"EG", "EGP"),
        ("Fuel costs 900 francs.", b"SN", "XOF"),
        ("The state gave P20 million.", b"BW", "BWP"),
        ("The mine paid K40 million.", b"ZM", "ZMW"),
        ("It costs 30 kroner.", b"DK", "DKK"),
        ("It sold for 40 dinars.", b"RS", "RSD"),
    ] {
        assert_eq!(unit_of(body, Some(country), None).as_deref(), Some(unit), "{body}");
        assert_eq!(unit_of(body, None, Some(country)).as_deref(), Some(unit), "{body}");
    }
    assert_eq!(unit_of("It printed 4 billion pesos.", None, None).as_deref(), Some("peso"));
    assert_eq!(unit_of("The mine paid K40 million.", None, None), None);
    assert_eq!(unit_of("He lost 20 pounds.", Some(b"GB"), None), None);
}

#[test]
fn letters_before_small_numbers_are_no_money() {
    for body in [
        "The N17 is shut.",
        "He took the R2 south.",
        "See P40 of it.",
        "Room N3, he said.",
        "It ran in 1080p.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
}

#[test]
fn m_before_money_is_millions() {
    for (body, value, unit) in [
        ("The prize is 11m kronor.", 11e6, "SEK"),
        ("He paid 100m Danish kroner.", 1e8, "DKK"),
        ("It cost 5m euros.", 5e6, "EUR"),
        ("He ran 100m in 11 seconds.", 100.0, "m"),
    ] {
        let amount = found(body).remove(0);
        assert_eq!((amount.1, amount.3.as_str()), (value, unit), "{body}");
    }
}

#[test]
fn letter_or_blank_is_read_by_country() {
    let first = |body: &str, home: Option<[u8; 2]>| {
        let found = amounts(&Text::new(body), LanguageCode::EN, home, None);
        found.first().map(|amount| (amount.value, amount.unit.clone().or(amount.object.clone())))
    };
    let told = |value: f64, of: &str| Some((value, Some(of.to_owned())));
    assert_eq!(first("A litre costs N900 now.", Some(*b"NG")), told(900.0, "NGN"));
    assert_eq!(first("A litre costs N900 now.", None), None);
    assert_eq!(first("Some 12 500 people came.", Some(*b"ZA")), told(12_500.0, "people"));
    assert_eq!(first("Some 12 500 people came.", None), None);
    assert_eq!(first("On June 12 500 people came.", Some(*b"ZA")), told(500.0, "people"));
}

#[test]
fn sign_of_several_lands_needs_one() {
    let text = Text::new("La multa es de $ 15.000 millones.");
    let es = LanguageCode::parse("es").unwrap();
    let unit = |home| amounts_on_site(&text, es, home, None).first().and_then(|a| a.unit.clone());
    assert_eq!(unit(None), None);
    assert_eq!(unit(Some(*b"CL")).as_deref(), Some("CLP"));
    let text = Text::new("La multa es de US$ 15.000 millones.");
    assert_eq!(amounts_on_site(&text, es, None, None)[0].unit.as_deref(), Some("USD"));
}

#[test]
fn dollar_at_home_is_the_lands_own() {
    let unit = |home: &[u8; 2], subject: Option<&[u8; 2]>| {
        let text = Text::new("The road cost $42 million.");
        let found = amounts(&text, LanguageCode::EN, Some(*home), subject.copied());
        found.first().map(|amount| (amount.unit.clone(), amount.object.clone())).unwrap()
    };
    let money = |code: &str| (Some(code.to_owned()), None::<String>);
    assert_eq!(unit(b"JM", Some(b"JM")), money("JMD"));
    assert_eq!(unit(b"FJ", None), money("FJD"));
    assert_eq!(unit(b"SG", Some(b"SG")), money("SGD"));
    assert_eq!(unit(b"JM", Some(b"US")), money("USD"));
    assert_eq!(unit(b"JM", Some(b"TT")), (None, Some("dollars".to_owned())));
    assert_eq!(unit(b"GB", Some(b"JM")), money("USD"));
}

#[test]
fn short_forms_of_large_money_multiply() {
    for (body, text, value, unit) in [
        ("The mill cost Rs 3.5 Cr in May.", "Rs 3.5 Cr", 3.5e7, "INR"),
        ("The mill cost Rs. 12 cr. It closed.", "Rs. 12 cr", 12e7, "INR"),
        ("The mill cost Rs 2.5 lakh cr.", "Rs 2.5 lakh cr", 2.5e12, "INR"),
        ("The mill cost Rs 45 L.", "Rs 45 L", 45e5, "INR"),
        ("The mill cost ₹250cr.", "₹250cr", 250e7, "INR"),
        ("The mill cost Rs 3 lacs.", "Rs 3 lacs", 3e5, "INR"),
        ("The mill cost $3 m, Orme said.", "$3 m", 3e6, "USD"),
        ("The mill cost $3.2 B IPO money.", "$3.2 B", 3.2e9, "USD"),
        ("The mill cost RM3 mil.", "RM3 mil", 3e6, "MYR"),
        ("The mill cost ₦3 trn.", "₦3 trn", 3e12, "NGN"),
        ("The mill cost $2.1T.", "$2.1T", 2.1e12, "USD"),
        ("The mill cost 3 m roubles.", "3 m roubles", 3e6, "RUB"),
        ("The mill cost 3 bln roubles.", "3 bln roubles", 3e9, "RUB"),
        ("A seat costs $3 K-pop fans say.", "$3", 3.0, "USD"),
        ("A $10 T-shirt was sold.", "$10", 10.0, "USD"),
        ("He gave $3 million M Orme said.", "$3 million", 3e6, "USD"),
    ] {
        let all = found(body);
        assert_eq!(all, [(text.to_owned(), value, None, unit.to_owned())], "{body}");
    }
    for body in [
        "It cost $3 mill.",
        "A $10 T shirt was sold.",
        "They paid Rs 45 L. K. Orme.",
        "It is 3 m long.",
    ] {
        assert_eq!(found(body), [], "{body}");
    }
}

#[test]
fn short_signs_of_money_are_read() {
    for (body, home, unit) in [
        ("It cost NIS 42 million.", None, Some("ILS")),
        ("It cost $US62.", None, Some("USD")),
        ("It cost $A400 million.", None, Some("AUD")),
        ("It cost SR4.1 billion.", None, Some("SAR")),
        ("It cost SR 25.10.", Some(b"SA"), Some("SAR")),
        ("It cost KD3 million.", None, Some("KWD")),
        ("It cost LE 50 million.", Some(b"EG"), Some("EGP")),
        ("It cost E2 million.", Some(b"SZ"), Some("SZL")),
        ("It cost B$3 million.", Some(b"BS"), Some("BSD")),
        ("It cost B$3 million.", Some(b"BN"), Some("BND")),
        ("It cost Birr 2 million.", Some(b"ET"), Some("ETB")),
        ("It cost 10 000 dollars.", None, Some("USD")),
        ("It cost 18¢ then.", None, Some("USD")),
        ("It cost B$3 million.", None, None),
        ("It cost E2 million.", None, None),
        ("Police in Birr 3,000 strong met.", None, None),
        ("He drove on SR 99.", None, None),
        ("He flew on QR 500.", Some(b"QA"), None),
        ("The JD 1,200 shops are shut.", None, None),
        ("It cost NIS 200.", Some(b"IL"), Some("ILS")),
        ("It cost CFA250 million.", Some(b"SN"), Some("XOF")),
        ("The NIS 2 law and the CFA 2024 report came.", None, None),
    ] {
        assert_eq!(unit_of(body, home, None).as_deref(), unit, "{body}");
    }
    assert_eq!(found("It cost 10 000 dollars.")[0].1, 1e4);
    assert!(found("He has 20 100-dollar bills.").iter().all(|amount| amount.1 < 1e3));
    assert_eq!(found("Sales were +3% then.")[0].1, 3.0);
}

#[test]
fn large_money_is_of_its_language() {
    for (code, body, home, value, unit) in [
        ("id", "Biayanya Rp3 M.", b"ID", 3e9, "IDR"),
        ("id", "Biayanya Rp3M.", b"ID", 3e9, "IDR"),
        ("id", "Biayanya Rp3,5 T.", b"ID", 3.5e12, "IDR"),
        ("es", "Cuesta 3 mil mdp.", b"MX", 3e9, "MXN"),
        ("es", "Cuesta 30 mdd.", b"MX", 3e7, "USD"),
        ("en", "It costs Rp3M.", b"GB", 3e6, "IDR"),
    ] {
        let language = LanguageCode::parse(code).unwrap();
        let found = amounts(&Text::new(body), language, Some(*home), None);
        let first = found.first().map(|amount| (amount.value, amount.unit.as_deref()));
        assert_eq!(first, Some((value, Some(unit))), "{body}");
    }
}
