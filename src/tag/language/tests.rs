use super::*;

fn code(title: &str, body: &str, declared: Option<&str>) -> String {
    detect(title, body, declared, None).code.as_str().to_owned()
}

#[test]
fn name_words_have_known_kinds() {
    let mut kinds: Vec<&str> =
        lang::rows("mul", "names.txt").into_iter().flatten().map(|(kind, _)| kind).collect();
    kinds.dedup();
    assert_eq!(kinds, ["particle", "patronymic", "surname-ending", "surname-particle"]);
    assert!(PARTICLES.contains("von") && PARTICLES.iter().count() == 25);
}

#[test]
fn every_script_is_one_that_is_detected() {
    for facts in language_table::all() {
        let known = facts.scripts.iter().all(|name| name.parse::<whatlang::Script>().is_ok());
        assert!(known, "{}: {:?}", facts.code, facts.scripts);
    }
    let owners = Lang::all().iter().filter(|l| HAS_SCRIPT_OF_ITS_OWN.contains(&code_of(**l)));
    assert_eq!(owners.count(), HAS_SCRIPT_OF_ITS_OWN.len());
    assert_eq!(code_of(Lang::Aka).as_str(), "ak");
}

#[test]
fn tells_languages_of_single_sentences() {
    for (expected, text) in [
        ("en", "The minister said on Monday that talks would go on."),
        ("de", "Die Ministerin sagte am Montag, dass die Gespräche weitergehen sollen."),
        ("fr", "La ministre a déclaré lundi que les pourparlers allaient se poursuivre."),
        ("es", "La ministra dijo el lunes que las conversaciones van a continuar."),
        ("pt", "A ministra disse na segunda-feira que as conversas não vão parar."),
        ("it", "La ministra ha detto lunedì che i colloqui andranno avanti."),
        ("nl", "De minister zei maandag dat de gesprekken worden voortgezet."),
        ("sv", "Ministern sade på måndagen att samtalen ska fortsätta."),
        ("nb", "Statsråden sa mandag at samtalene skal fortsette og ikke stanses."),
        ("da", "Ministeren sagde mandag, at samtalerne skal fortsætte efter mødet."),
        ("pl", "Minister powiedziała w poniedziałek, że rozmowy będą trwać."),
        (
            "tr",
            "Bakan pazartesi günü görüşmelerin devam edeceğini ve bunun için çalıştıklarını söyledi.",
        ),
        ("ru", "Министр сказала в понедельник, что переговоры будут продолжаться."),
        ("uk", "Міністерка сказала в понеділок, що переговори триватимуть і надалі."),
        (
            "sw",
            "Waziri alisema kwamba mazungumzo hayo ya amani yataendelea kwa siku tatu katika mji wa Nairobi.",
        ),
        (
            "is",
            "Ráðherrann sagði á mánudag að viðræðurnar yrðu ekki stöðvaðar og að þeim yrði haldið áfram.",
        ),
        ("ja", "大臣は月曜日、協議を続けると述べた。"),
        ("zh", "部长周一表示，会谈将继续进行。"),
        ("ar", "قالت الوزيرة يوم الاثنين إن المحادثات سوف تستمر في هذه المدينة"),
        ("el", "Η υπουργός είπε τη Δευτέρα ότι οι συνομιλίες θα συνεχιστούν."),
    ] {
        assert_eq!(code("", text, None), expected, "{text}");
    }
}

#[test]
fn english_verbs_tell_the_language_of_a_headline() {
    for text in [
        "Oil prices rose sharply.",
        "Minister denies claims.",
        "Lund visits Orland.",
        "Orland wins cup again.",
        "Court jails banker.",
        "Police found wreck.",
        "Storm kills nine.",
        "Mother wept.",
    ] {
        assert_eq!(code("", text, None), "en", "{text}");
    }
    for (expected, text) in [
        ("de", "Der Minister weist die Vorwürfe zurück."),
        ("fr", "Le ministre rejette les accusations."),
        ("nl", "Minister ontkent beschuldigingen."),
        ("sv", "Ministern nekar till anklagelserna."),
    ] {
        assert_eq!(code("", text, None), expected, "{text}");
    }
}

#[test]
fn text_outweighs_a_wrong_declaration() {
    let text = "Die Regierung hat am Montag beschlossen, dass die Steuern nicht erhöht werden \
                sollen. Das sagte ein Sprecher in Berlin nach der Sitzung des Kabinetts.";
    assert_eq!(code("", text, Some("en-US")), "de");
}

#[test]
fn declared_language_unknown_to_trigrams_beats_its_neighbour() {
    let text = "Министр дүйсенбі күні келіссөздер жалғасады деп мәлімдеді, ал оппозиция бұл шешімге \
                қарсы екенін айтты. Үкімет жаңа заң жобасын парламентке осы аптада жібереді, оны \
                депутаттар келесі айда талқылайды деп күтілуде.";
    assert_eq!(code("", text, Some("kk")), "kk");
    let russian = "Министр сказала в понедельник, что переговоры будут продолжаться, но оппозиция \
                   против этого решения. Правительство внесёт новый закон в парламент на этой неделе.";
    assert_eq!(code("", russian, Some("kk")), "ru");
}

#[test]
fn declaration_speaks_where_the_text_is_silent() {
    assert_eq!(code("", "Tottenham 2-1 Arsenal", Some("en-GB")), "en");
    assert_eq!(code("", "", None), "und");
    assert_eq!(code("", "1234 5678", None), "und");
    assert_eq!(code("", "Kort nyt", None), "und");
    assert_eq!(code("В Твери", "Выпал снег, движение на трассе затруднено.", None), "ru");
}

#[test]
fn producer_language_wins_on_short_text_in_script() {
    let names = "Jan van der Meer and Pilar de la Vega met Ana dos Reis.";
    let told = |text, tag| detect("", text, None, Some(tag)).code.as_str().to_owned();
    assert_eq!(told(names, "en-GB"), "en");
    assert_eq!(told("Министр сказала, что переговоры будут.", "en"), "ru");
    let long = "Die Regierung hat am Montag beschlossen, dass die Steuern nicht erhöht werden \
                sollen. Das sagte ein Sprecher in Berlin nach der Sitzung des Kabinetts. Er war \
                nach eigenen Worten sehr zufrieden mit der Arbeit in dieser Woche.";
    assert_eq!(told(long, "en"), "de");
}

#[test]
fn trigrams_agree_where_they_are_not_asked() {
    let mut clear = Vec::new();
    for text in [
        "The minister said on Monday that the talks would go on, but that there was no hope of an end to it. ",
        "Die Ministerin sagte am Montag, dass die Gespräche weitergehen sollen, aber dass sie keine Hoffnung hat. ",
        "La ministre a déclaré lundi que les pourparlers allaient se poursuivre, mais que la fin n'est pas pour demain. ",
        "La ministra dijo el lunes que las conversaciones van a continuar, pero que no hay un final a la vista para los dos. ",
    ] {
        let sample = sample("", &text.repeat(12));
        let Some(code) = function_word_shares(&sample).beyond_doubt() else { continue };
        clear.push(code);
        let info = whatlang::detect(&sample).unwrap();
        assert_eq!((code_of(info.lang()), info.confidence()), (code, 1.0), "{text}");
    }
    assert!(clear.contains(&LanguageCode::EN), "{clear:?}");
    let short = sample("", "The minister said that it would go on.");
    assert_eq!(function_word_shares(&short).beyond_doubt(), None);
}

#[test]
fn names_do_not_vote() {
    let names = "The mayor met Jan van der Meer, Pilar de la Vega and Ana dos Reis in the town.";
    assert_eq!(code("", names, None), "en");
}

#[test]
fn longer_texts_are_surer() {
    let line = "The minister said on Monday that talks would go on in the city. ";
    let short = detect("", "The minister said so", None, None);
    let long = detect("", &line.repeat(8), None, None);
    assert!(long.confidence > 0.8 && long.confidence > short.confidence);
}

#[test]
fn function_word_languages_are_known_and_have_bits() {
    assert!(FUNCTION_WORDS.len() <= 64);
    for (code, words) in FUNCTION_WORDS.iter() {
        assert!(LanguageCode::parse(code).is_some(), "{code}");
        assert!(words.len() >= 10, "{code}");
        assert!(words.iter().all(|word| word.to_lowercase() == *word), "{code}");
    }
}
