//! Stories in languages other than English, by the built program: what they give beside the names themselves.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_news-ingest"));
    command.env_remove("NEWS_INGEST_CONFIG");
    command
}

/// The tags of a text.
fn tags(language: &str, text: &str) -> Value {
    let message = json!({"id": language, "text": text, "title": "", "inLanguage": language});
    let mut child = program()
        .args(["process", "--no-fetch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{message}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    record["tags"].clone()
}

/// Names with their English names in the record of a story.
fn english_names(language: &str, text: &str) -> Vec<(String, String)> {
    let tags = tags(language, text);
    let entities = tags["entities"].as_array().unwrap();
    let text = |e: &Value, key: &str| e[key].as_str().map(str::to_owned);
    entities.iter().filter_map(|e| Some((text(e, "name")?, text(e, "nameEn")?))).collect()
}

#[test]
fn known_entity_has_english_name_beside_storys_name() {
    let german = "Angela Merkel sprach in Köln mit Ministern. Dann fuhr sie nach Dänemark. \
                  Die Europäische Kommission dankte der Kanzlerin und ihrem Freund Jens Orlander.";
    let found = english_names("de", german);
    for (name, english) in [
        ("Angela Merkel", "Angela Merkel"),
        ("Köln", "Cologne"),
        ("Dänemark", "Denmark"),
        ("Europäische Kommission", "European Commission"),
    ] {
        assert!(found.contains(&(name.to_owned(), english.to_owned())), "{name}: {found:?}");
    }
    assert!(found.iter().all(|(name, _)| name != "Jens Orlander"), "{found:?}");
    let russian = "Ангела Меркель приехала в Екатеринбург и встретилась с коллегами.";
    let found = english_names("ru", russian);
    let moved = ("Екатеринбург".to_owned(), "Yekaterinburg".to_owned());
    let person = ("Ангела Меркель".to_owned(), "Angela Merkel".to_owned());
    assert!(found.contains(&moved) && found.contains(&person), "{found:?}");
    let english = english_names("en", "Angela Merkel spoke in Cologne on Monday, her office said.");
    assert_eq!(english, []);
}

#[test]
fn currency_country_is_no_place_of_story() {
    let found = english_names(
        "de",
        "Der Konzern zahlte 30 Millionen Hongkong-Dollar an Firmen in Dänemark.",
    );
    assert!(found.iter().all(|(name, _)| name != "Hongkong"), "{found:?}");
}

#[test]
fn digits_of_other_scripts_are_numbers() {
    for (language, text, value, unit, written) in [
        ("fa", "این پارک ۲۰٫۵ هکتار وسعت دارد.", 20.5, "ha", "۲۰٫۵ هکتار"),
        ("ar", "يبلغ طول الطريق ٤٠ كيلومترا.", 40.0, "km", "٤٠ كيلومترا"),
        ("hi", "इमारत ३० मीटर ऊंची है।", 30.0, "m", "३० मीटर"),
        ("ja", "道の長さは３０マイルだ。", 30.0, "mile", "３０マイル"),
    ] {
        let amount = &tags(language, text)["amounts"][0];
        assert_eq!(amount["value"].as_f64(), Some(value), "{language}: {amount}");
        assert_eq!((&amount["unit"], &amount["text"]), (&json!(unit), &json!(written)));
    }
    let date = &tags("hi", "पुल ५ मार्च २०२४ को बंद हुआ।")["dates"][0];
    assert_eq!((&date["date"], &date["text"]), (&json!("2024-03-05"), &json!("५ मार्च २०२४")));
}

/// Names, kinds and GeoNames ids of a text's entities.
fn located(language: &str, text: &str) -> Vec<(String, String, Option<u64>)> {
    let tags = tags(language, text);
    let entities = tags["entities"].as_array().unwrap();
    let word = |e: &Value, key: &str| e[key].as_str().unwrap_or_default().to_owned();
    entities.iter().map(|e| (word(e, "name"), word(e, "type"), e["geonames"].as_u64())).collect()
}

#[test]
fn towns_have_their_ids_however_written() {
    for (language, text, id) in [
        ("uk", "У Києві вчора відкрили новий міст.", 703_448),
        ("ru", "Вчера в Перми открыли новый мост.", 511_196),
        ("cs", "V Liberci včera otevřeli nový most.", 3_071_961),
        ("pl", "Wczoraj w Łodzi otwarto nowy most.", 3_093_133),
        ("zh", "新桥昨天在北京开通。", 1_816_670),
        ("ja", "東京で昨日、新しい橋が開通した。", 1_850_147),
        ("ko", "서울에서 어제 새 다리가 개통됐다.", 1_835_848),
        ("he", "הגשר החדש נפתח אתמול בחיפה.", 294_801),
        ("ar", "افتتح الجسر الجديد أمس في غزة.", 281_133),
        ("sr", "Нови мост је јуче отворен у Београду.", 792_680),
    ] {
        let found = located(language, text);
        assert!(found.iter().any(|(_, _, place)| *place == Some(id)), "{language}: {found:?}");
    }
}

#[test]
fn serbian_in_cyrillic_keeps_its_script() {
    let text = "Министар Марко Вардић је јуче у Београду разговарао са новинарима.";
    let found = located("sr", text);
    let has = |name: &str, kind: &str| found.iter().any(|(n, k, _)| n == name && k == kind);
    assert!(has("Марко Вардић", "PERSON") && has("Београду", "PLACE"), "{found:?}");
}

#[test]
fn names_end_where_other_words_begin() {
    for (language, text, name, kind) in [
        ("de", "UBV baut Stellen ab.", "UBV", "ORG"),
        ("uk", "Адвокатка Соломія Вардишин прийшла до суду.", "Соломія Вардишин", "PERSON"),
        ("cs", "Poslanec Jan Vardal včera mlčel.", "Jan Vardal", "PERSON"),
        ("uk", "Мер Києва Остап Вардович відкрив міст.", "Остап Вардович", "PERSON"),
        ("es", "El alcalde de Barcelona Jaime Vardol habló ayer.", "Jaime Vardol", "PERSON"),
        ("it", "Crollo in provincia di Napoli, due feriti.", "Napoli", "PLACE"),
        ("sv", "Greta Vardes bok kom ut. Greta Varde är glad.", "Greta Varde", "PERSON"),
    ] {
        let found = located(language, text);
        assert!(found.iter().any(|(n, k, _)| n == name && k == kind), "{language}: {found:?}");
    }
    assert_eq!(located("fr", "La France insoumise a voté contre le texte."), []);
}

#[test]
fn party_of_two_letters_is_no_agency() {
    let tags = tags("nb", "Statsminister Orla Vardø (Ap) la onsdag fram en plan.");
    let entities = tags["entities"].as_array().unwrap();
    assert!(entities.iter().all(|e| e["wikidata"].is_null()), "{entities:?}");
}

/// The tags of several texts, by one run.
fn tags_of(stories: &[(&str, &str)]) -> Vec<Value> {
    let messages = stories.iter().enumerate().map(|(id, (language, text))| {
        let message =
            json!({"id": id.to_string(), "text": text, "title": "", "inLanguage": language});
        format!("{message}\n")
    });
    let messages: String = messages.collect();
    let mut child = program()
        .args(["process", "--no-fetch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(messages.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let lines = std::str::from_utf8(&output.stdout).unwrap().lines();
    let records = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.map(|record| record["tags"].clone()).collect()
}

/// The entities of a type with what a field of theirs says.
fn entities(tags: &Value, kind: &str, field: &str) -> Vec<(String, String)> {
    let all = tags["entities"].as_array().unwrap().iter().filter(|e| e["type"] == kind);
    let text = |e: &Value, key: &str| e[key].as_str().unwrap_or_default().to_owned();
    all.map(|e| (text(e, "name"), text(e, field))).collect()
}

/// Checks the countries of the places of stories: which are among them, and with a hyphen which are not.
fn assert_lands(stories: &[(&str, &str, &str)]) {
    let texts: Vec<_> = stories.iter().map(|(language, text, _)| (*language, *text)).collect();
    for (tags, (_, text, wanted)) in tags_of(&texts).iter().zip(stories) {
        let found = entities(tags, "PLACE", "country");
        for land in wanted.split_whitespace() {
            let told = |land: &str| found.iter().any(|(_, country)| country == land);
            let fits = land.strip_prefix('-').map_or_else(|| told(land), |land| !told(land));
            assert!(fits, "{land}: {text}: {found:?}");
        }
    }
}

/// Checks the types of names: none where it is `-`.
fn assert_types(stories: &[(&str, &str, &str, &str)]) {
    let texts: Vec<_> = stories.iter().map(|(language, text, ..)| (*language, *text)).collect();
    for (tags, (_, text, name, kind)) in tags_of(&texts).iter().zip(stories) {
        let all = tags["entities"].as_array().unwrap();
        let found: Vec<_> = all.iter().filter(|e| e["name"] == *name).map(|e| &e["type"]).collect();
        let fits = if *kind == "-" { found.is_empty() } else { found == [*kind] };
        assert!(fits, "{name}: {text}: {all:?}");
    }
}

#[test]
fn common_words_and_people_are_no_countries() {
    assert_lands(&[
        ("ru", "Того же мнения держится мельник Орлов.", "-TG"),
        ("ru", "Делегация вылетела в Мали утром. Мали закрыла границу.", "ML"),
        ("uk", "Того вечора міст у селі закрили.", "-TG"),
        ("ar", "ناقشت البلدة الدعم المالي للجسر.", "-ML"),
        ("ar", "وصل الوفد إلى قطر ومصر أمس.", "QA EG"),
        ("vi", "Theo anh Đức, cây cầu bị sập lúc nửa đêm.", "-DE"),
        ("vi", "Bà Nga nói nước sông lên nhanh.", "-RU"),
        ("vi", "Người đàn ông Đức bị lạc ở rừng.", "DE"),
        ("vi", "Bị cáo kêu oan trước tòa.", "-BE"),
        ("vi", "Nhà máy ở Bỉ và Nga đóng cửa.", "BE RU"),
        ("vi", "Siêu thị Đức và đồng minh Mỹ phản đối.", "DE US"),
        ("vi", "Cầu ở huyện Đông Anh bị ngập.", "-GB"),
        ("tr", "Mısır fiyatı bu yıl arttı.", "-EG"),
        ("tr", "Heyet dün Mısır'a gitti. Mısır sınırı kapattı.", "EG"),
        ("he", "הגשר בבקעת הירדן נסגר.", "-JO"),
        ("ko", "버스가 인도로 밀려 올라갔다.", "-IN"),
        ("zh", "新桥由金英国际公司承建。", "-GB"),
        ("ja", "川でタイの養殖が始まった。", "-TH"),
    ]);
}

#[test]
fn parties_papers_and_races_give_no_land() {
    assert_lands(&[
        ("fr", "Le maire a parlé du pont à France 2 hier.", "-FR"),
        ("fr", "Le Tour de France passera sur le pont.", "-FR"),
        ("de", "Das Bündnis Deutschland will die Brücke erhalten.", "-DE"),
        ("pl", "Posłowie Polski 2050 obejrzeli most.", "-PL"),
        ("pt", "O União Brasil quer uma ponte nova.", "-BR"),
        ("ru", "Гостиница «Москва» у моста закрыта.", "-RU"),
        ("ru", "Делегация прибыла в Москву утром.", "RU"),
        ("zh", "北京国安昨天在桥边训练。", "-CN"),
    ]);
    assert_types(&[("uk", "«Полтава» перемогла «Рух» у неділю.", "Полтава", "ORG")]);
}

#[test]
fn bodies_of_a_country_are_organisations() {
    assert_types(&[
        ("sv", "Riksdagen röstade om bron i tisdags.", "Riksdagen", "ORG"),
        ("da", "Folketinget stemte om broen tirsdag.", "Folketinget", "ORG"),
        ("nl", "De Tweede Kamer stemde dinsdag over de brug.", "Tweede Kamer", "ORG"),
        (
            "de",
            "Das Bundesverfassungsgericht urteilte über die Brücke.",
            "Bundesverfassungsgericht",
            "ORG",
        ),
        ("ru", "Центробанк промолчал о мосте.", "Центробанк", "ORG"),
        ("ru", "Верховный суд решил судьбу моста.", "Верховный суд", "ORG"),
        ("pl", "Sejm przyjął ustawę o moście.", "Sejm", "ORG"),
        ("it", "La Camera dei deputati ha votato sul ponte.", "Camera dei deputati", "ORG"),
        ("it", "Consulta la mappa del ponte.", "Consulta", "-"),
        ("tr", "Yargıtay köprü kararını bozdu.", "Yargıtay", "ORG"),
        ("fi", "Eduskunta äänesti sillasta.", "Eduskunta", "ORG"),
    ]);
}

#[test]
fn other_towns_of_a_story_tell_its_land() {
    assert_lands(&[
        ("es", "En Guadalajara, Toledo y Cuenca se cerraron los puentes.", "ES -MX -EC"),
        ("es", "En Guadalajara y Monterrey se cerraron los puentes.", "MX -ES"),
        ("es", "En Londres y en Toledo se cerraron los puentes.", "GB"),
        ("fr", "Un pont de Birmingham (Canada) est fermé.", "CA -GB"),
        ("de", "Der Sturm traf Manchester (Frankreich) am Abend.", "FR -GB"),
        ("es", "Un puente de Lima, Alemania, quedó cerrado.", "DE"),
        ("fr", "Il a vécu à Londres, au Canada et en Italie.", "GB CA IT"),
        ("da", "Broen til Rømø blev lukket.", "-IT"),
        ("da", "Toget til Rom blev aflyst.", "IT"),
    ]);
}

#[test]
fn private_people_are_nobody_known() {
    let stories = [
        ("it", "L'operaio Giuseppe Conte è caduto dal ponte."),
        ("fr", "Le maire, Paul Martin, a fermé le pont."),
        ("pl", "Rolnik Andrzej Duda sprzedał most."),
        ("cs", "Petr Fiala, farmář, prodal most."),
    ];
    for (tags, (_, text)) in tags_of(&stories).iter().zip(&stories) {
        let people = entities(tags, "PERSON", "wikidata");
        assert!(people.iter().all(|(_, item)| item.is_empty()), "{text}: {people:?}");
    }
}

#[test]
fn common_nouns_and_companies_are_nobody() {
    assert_types(&[
        ("it", "Per Anna Ferrini il ponte resta chiuso.", "Anna Ferrini", "PERSON"),
        ("pl", "Rzecznik prezydenta Rosji Dmitrij Orlow zaprzeczył.", "Dmitrij Orlow", "PERSON"),
        ("ja", "橋の会社の純利益が減った。", "純利益", "-"),
        ("hi", "किसान ने पुल के मुआवजे की मांग की।", "किसान", "-"),
        ("es", "Iberdrola sube precios. En Iberdrola hay huelga.", "Iberdrola", "ORG"),
    ]);
}
