//! A page in each of ten languages, by the built program: language, topic, places, quote with speaker and
//! amount as an English story has them, and the page of `inspect`.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// A story and what its record says.
struct Expected {
    language: &'static str,
    title: &'static str,
    paragraphs: [&'static str; 3],
    topic: &'static str,
    speaker: Option<&'static str>,
    country: &'static str,
    quote: &'static str,
    amount: (f64, &'static str),
}

const STORIES: &[Expected] = &[
    Expected {
        language: "de",
        title: "Stadtrat beschließt neue Brücke",
        paragraphs: [
            "Der Stadtrat von Leipzig hat am Montag den Bau einer neuen Brücke beschlossen; die Opposition stimmte gegen das Gesetz der Regierung.",
            "„Die alte Brücke trägt keine Busse mehr“, sagte Bürgermeisterin Jana Oswald nach der Wahl der Abgeordneten im Parlament.",
            "Der Bau kostet 2,5 Millionen Euro. Firmen aus Österreich und Polen haben sich beworben.",
        ],
        topic: "medtop:11000000",
        speaker: Some("Jana Oswald"),
        country: "AT",
        quote: "Die alte Brücke trägt keine Busse mehr",
        amount: (2_500_000.0, "EUR"),
    },
    Expected {
        language: "fr",
        title: "La grève des bus continue",
        paragraphs: [
            "Les chauffeurs de bus de Nantes sont en grève depuis lundi, et le syndicat refuse la baisse des salaires.",
            "« Nous voulons un salaire juste », a déclaré Luc Perrin, délégué du syndicat des salariés.",
            "La société a perdu 1,5 million d’euros. Des salariés sont venus d’Italie et de Suisse.",
        ],
        topic: "medtop:09000000",
        speaker: Some("Luc Perrin"),
        country: "IT",
        quote: "Nous voulons un salaire juste",
        amount: (1_500_000.0, "EUR"),
    },
    Expected {
        language: "es",
        title: "El equipo gana la final de la copa",
        paragraphs: [
            "El equipo de Sevilla ganó el domingo la final de la copa tras un partido con dos goles en la segunda parte.",
            "«Los jugadores han luchado hasta el final», dijo el entrenador Pablo Vidal.",
            "El club recibirá 3 millones de euros y jugará en Francia y en Portugal.",
        ],
        topic: "medtop:15000000",
        speaker: Some("Pablo Vidal"),
        country: "FR",
        quote: "Los jugadores han luchado hasta el final",
        amount: (3_000_000.0, "EUR"),
    },
    Expected {
        language: "it",
        title: "Incendio in una fabbrica, evacuate cento persone",
        paragraphs: [
            "Un incendio ha distrutto martedì una fabbrica vicino a Bologna; i soccorsi hanno portato i feriti in ospedale dopo una esplosione.",
            "«Le fiamme erano altissime», ha detto Marta Ferri, che abita accanto.",
            "I danni sono di 4 milioni di euro. Squadre sono arrivate dalla Svizzera e dalla Francia.",
        ],
        topic: "medtop:03000000",
        speaker: Some("Marta Ferri"),
        country: "CH",
        quote: "Le fiamme erano altissime",
        amount: (4_000_000.0, "EUR"),
    },
    Expected {
        language: "pt",
        title: "Polícia detém suspeitos de fraude",
        paragraphs: [
            "A polícia deteve na terça-feira dois suspeitos de fraude em Coimbra; o tribunal decretou prisão preventiva e o juiz ouve as testemunhas.",
            "“A investigação vai continuar”, afirmou Rita Paiva, que dirige a operação.",
            "Os acusados levaram 2 milhões de euros para Espanha e para Angola.",
        ],
        topic: "medtop:02000000",
        speaker: Some("Rita Paiva"),
        country: "ES",
        quote: "A investigação vai continuar",
        amount: (2_000_000.0, "EUR"),
    },
    Expected {
        language: "nl",
        title: "Rente omhoog, beurs daalt",
        paragraphs: [
            "De bank heeft dinsdag de rente verhoogd; op de beurs in Amsterdam daalden de aandelen en de winst van bedrijven, en de inflatie stijgt.",
            "“De prijzen stijgen te snel”, zei Joke Visser namens de bank.",
            "Beleggers verloren 6 miljard euro. Ook in Duitsland en België daalde de beurs.",
        ],
        topic: "medtop:04000000",
        speaker: Some("Joke Visser"),
        country: "DE",
        quote: "De prijzen stijgen te snel",
        amount: (6_000_000_000.0, "EUR"),
    },
    Expected {
        language: "pl",
        title: "Szpital otwiera nowy oddział",
        paragraphs: [
            "Szpital w Krakowie otworzył w środę nowy oddział dla chorych na raka; lekarze i pielęgniarki leczą tam pacjentów nowym lekiem.",
            "„Pacjenci czekali na to dziesięć lat” – powiedziała lekarka Ewa Lisowska.",
            "Budowa kosztowała 3,5 mln zł. Sprzęt przyjechał z Niemiec i ze Szwecji.",
        ],
        topic: "medtop:07000000",
        speaker: Some("Ewa Lisowska"),
        country: "DE",
        quote: "Pacjenci czekali na to dziesięć lat",
        amount: (3_500_000.0, "PLN"),
    },
    Expected {
        language: "ru",
        title: "Учёные открыли новую планету",
        paragraphs: [
            "Астрономы из Казани открыли новую планету с помощью космического телескопа; исследование физиков опубликовано в среду.",
            "«Планета похожа на Землю», — заявил учёный Олег Лосев.",
            "Телескоп стоил 5 млн долларов. В работе участвовали исследователи из Германии и Китая.",
        ],
        topic: "medtop:13000000",
        speaker: Some("Олег Лосев"),
        country: "DE",
        quote: "Планета похожа на Землю",
        amount: (5_000_000.0, "USD"),
    },
    Expected {
        language: "tr",
        title: "Yeni film festivalde ödül aldı",
        paragraphs: [
            "Yönetmen Ali Demirel, yeni filmiyle Antalya film festivalinde ödül aldı; oyuncular sinema salonunda alkışlandı.",
            "\"Bu ödül bütün oyuncuların\" dedi Ali Demirel.",
            "Film 3 milyon liraya çekildi ve Almanya ile Fransa sinemalarında gösterilecek.",
        ],
        topic: "medtop:01000000",
        speaker: Some("Ali Demirel"),
        country: "DE",
        quote: "Bu ödül bütün oyuncuların",
        amount: (3_000_000.0, "TRY"),
    },
    Expected {
        language: "ja",
        title: "中央銀行が金利を引き上げ、株価は下落",
        paragraphs: [
            "中央銀行は水曜日、金利を引き上げると発表した。円安と物価の上昇で、企業の利益と輸出は減っている。",
            "総裁は「物価の上昇を抑える必要がある」と述べた。",
            "市場では25億円が失われ、ドイツやフランスの銀行にも影響が出た。",
        ],
        topic: "medtop:04000000",
        speaker: None,
        country: "DE",
        quote: "物価の上昇を抑える必要がある",
        amount: (2_500_000_000.0, "JPY"),
    },
];

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_news-ingest"));
    command.env_remove("NEWS_INGEST_CONFIG");
    command
}

fn message(story: &Expected) -> Value {
    let Expected { language, title, paragraphs, .. } = story;
    let body: String = paragraphs.iter().map(|p| format!("<p>{p}</p>")).collect();
    let html = format!(
        "<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><article><h1>{title}</h1>{body}</article></body></html>"
    );
    json!({"id": language, "url": format!("https://courier.example/{language}/story"), "html": html})
}

/// The records of all stories, in order.
fn records() -> Vec<Value> {
    let mut child = program()
        .args(["process", "--no-fetch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let messages: String = STORIES.iter().map(|story| format!("{}\n", message(story))).collect();
    child.stdin.take().unwrap().write_all(messages.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn stories_of_ten_languages_are_tagged_like_english() {
    let records = records();
    assert_eq!(records.len(), STORIES.len());
    let dir = tempfile::tempdir().unwrap();
    for (story, record) in STORIES.iter().zip(&records) {
        let tags = &record["tags"];
        let language = story.language;
        assert_eq!(tags["language"]["code"], language, "{record}");
        assert_eq!(tags["topic"], story.topic, "{language}");
        let entities = tags["entities"].as_array().unwrap();
        assert!(
            entities.iter().any(|e| e["type"] == "PLACE" && e["country"] == story.country),
            "{language}: {entities:?}"
        );
        let quotes = tags["quotes"].as_array().unwrap();
        assert_eq!(quotes.len(), 1, "{language}: {quotes:?}");
        assert_eq!(quotes[0]["text"], story.quote, "{language}");
        if let Some(speaker) = story.speaker {
            assert_eq!(quotes[0]["speaker"]["name"], speaker, "{language}");
        }
        let (value, unit) = story.amount;
        let amounts = tags["amounts"].as_array().unwrap();
        assert!(
            amounts.iter().any(|a| a["value"].as_f64() == Some(value) && a["unit"] == unit),
            "{language}: {amounts:?}"
        );
        let file = dir.path().join(format!("{language}.json"));
        std::fs::write(&file, record.to_string()).unwrap();
        let page = program().arg("inspect").arg(&file).output().unwrap();
        let page = String::from_utf8(page.stdout).unwrap();
        assert!(page.contains(story.title) && page.contains(story.quote), "{language}");
    }
}

/// Names with their English names in the record of a story.
fn english_names(language: &str, text: &str) -> Vec<(String, String)> {
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
    let entities = record["tags"]["entities"].as_array().unwrap();
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
