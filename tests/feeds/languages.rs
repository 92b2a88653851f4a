//! A feed in each of ten languages, from the feed to the story to the page of `inspect`: language, topic, places, quote
//! with speaker and amount as an English story has them.

use serde_json::Value;

use super::feed;
use super::support::broker::Broker;
use super::support::site::{Reply, Request, Site, html, reply};
use super::support::worker::{Worker, program};

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

/// `/<language>/feed.xml`, of one story, and `/<language>/story`.
fn courier(request: &Request) -> Reply {
    let (language, what) = request.path[1..].split_once('/').unwrap_or_default();
    let story = STORIES.iter().find(|story| story.language == language);
    match (story, what) {
        (Some(story), "feed.xml") => feed(format!(
            "<rss version='2.0'><channel><title>Courier</title><language>{language}</language><item>\
             <title>{}</title><link>/{language}/story</link></item></channel></rss>",
            story.title
        )),
        (Some(story), "story") => html(page(story)),
        _ => reply(404, &[], ""),
    }
}

fn page(story: &Expected) -> String {
    let Expected { language, title, paragraphs, .. } = story;
    let body: String = paragraphs.iter().map(|p| format!("<p>{p}</p>")).collect();
    format!(
        "<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><article><h1>{title}</h1>{body}</article></body></html>"
    )
}

fn check(story: &Expected, record: &Value) {
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
}

#[tokio::test]
async fn feeds_of_ten_languages_are_tagged_like_english() {
    let site = Site::start(courier).await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let urls: Vec<String> =
        STORIES.iter().map(|story| site.url(&format!("/{}/feed.xml", story.language))).collect();
    let args: Vec<&str> = ["--once"].into_iter().chain(urls.iter().map(String::as_str)).collect();
    let mut feeds = Worker::feeds(broker.url(), &args, &[]);
    assert!(feeds.ended().await.success(), "{}", feeds.text());
    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, STORIES.len()).await;
    let dir = tempfile::tempdir().unwrap();
    for story in STORIES {
        let subject = format!("news.story.{}.", story.language);
        let outcome = outcomes.iter().find(|outcome| outcome.subject.starts_with(&subject));
        let outcome = outcome.unwrap_or_else(|| panic!("no {subject}: {}", worker.text()));
        check(story, &outcome.json());
        let file = dir.path().join(format!("{}.json", story.language));
        std::fs::write(&file, outcome.json().to_string()).unwrap();
        let page = program().arg("inspect").arg(&file).output().await.unwrap();
        let page = String::from_utf8(page.stdout).unwrap();
        assert!(page.contains(story.title) && page.contains(story.quote), "{}", story.language);
    }
    assert!(worker.stop().await.success());
}
