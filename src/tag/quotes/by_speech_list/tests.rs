use super::*;
use crate::lang;
use crate::model::{LanguageCode, Mention, Span};
use crate::tag::document::Splitting;

#[test]
fn every_row_is_of_a_known_kind() {
    for code in lang::languages_with("speech.txt") {
        for (kind, words) in lang::rows(code, "speech.txt").into_iter().flatten() {
            let known = matches!(
                kind,
                "title"
                    | "behind"
                    | "told-to"
                    | "told-to-ending"
                    | "told-to-both"
                    | "told-to-prefix"
                    | "told-to-behind"
                    | "beside"
                    | "pronoun"
                    | "pronoun-other"
                    | "whose"
                    | "whose-behind"
                    | "of-sign"
                    | "genitive"
                    | "genitive-ending"
                    | "genitive-both"
                    | "according"
                    | "according-behind"
                    | "in-view"
                    | "and"
            );
            assert!(known, "{code}/speech.txt: {kind} {words}");
        }
    }
}

/// The quotes of a text with their speakers; `people` are named in it.
fn found(code: &str, text: &str, people: &[&str]) -> Vec<(String, Option<String>)> {
    let quotes = told(code, text, people, &[]).into_iter();
    quotes.map(|quote| (quote.text, quote.speaker.map(|speaker| speaker.name))).collect()
}

/// The quotes of a text; people and organisations are named in it.
fn told(code: &str, text: &str, people: &[&str], organisations: &[&str]) -> Vec<Quote> {
    let entity = |(name, kind): (&&str, EntityKind)| {
        let at = text.find(*name)?;
        let start = text[..at].chars().count() as u32;
        let span = Span { start, end: start + name.chars().count() as u32 };
        let mention = Mention { field: Field::Body, span, text: (*name).to_owned() };
        Some(Entity {
            kind,
            name: (*name).to_owned(),
            name_en: None,
            salience: 1.0,
            wikidata: None,
            geonames: None,
            country: None,
            point: None,
            list_id: None,
            mentions: vec![mention],
        })
    };
    let people = people.iter().map(|name| (name, EntityKind::Person));
    let organisations = organisations.iter().map(|name| (name, EntityKind::Organisation));
    let entities: Vec<Entity> = people.chain(organisations).filter_map(entity).collect();
    let language = LanguageCode::parse(code).unwrap();
    let parsed = Text::split(text, Splitting::of(lang::folder(language.as_str())));
    quotes(&parsed, &entities, Speech::of(language).unwrap())
}

fn speaker(code: &str, text: &str, people: &[&str], organisations: &[&str]) -> Option<String> {
    let mut quotes = told(code, text, people, organisations);
    assert_eq!(quotes.len(), 1, "{text}");
    quotes.remove(0).speaker.map(|speaker| speaker.name)
}

#[test]
fn whom_it_is_told_to_is_no_speaker() {
    for (code, text, hearer) in [
        ("de", "„Der Damm hält“, sagte sie der Varder Presse.", "Varder Presse"),
        ("de", "„Der Damm hält“, sagte er vor Gästen der Orme.", "Orme"),
        ("fr", "« La digue tient », a-t-elle dit à l'Orme.", "Orme"),
        ("es", "«El dique aguanta», dijo ante la prensa en el Orme.", "Orme"),
        ("it", "«La diga tiene», ha detto all'Orme.", "Orme"),
        ("pt", "“O dique aguenta”, disse ele à Agência Orme.", "Agência Orme"),
        ("nl", "„De dijk houdt”, zei ze tegen de Orme.", "Orme"),
        ("pl", "„Wał wytrzyma”, powiedział w rozmowie z Orme.", "Orme"),
        ("ru", "«Дамба выдержит», — сказал он Орме.", "Орме"),
        ("sv", "”Vallen håller”, säger hon till Orme.", "Orme"),
        ("nb", "«Vollen holder», sier hun til Orme.", "Orme"),
        ("da", "»Diget holder,« siger han til Orme.", "Orme"),
        ("ro", "„Digul ține”, a declarat acesta după ședința de Orme.", "Orme"),
        ("vi", "\"Con đê đứng vững\", ông nói với Orme.", "Orme"),
    ] {
        assert_eq!(speaker(code, text, &[], &[hearer]), None, "{text}");
    }
}

#[test]
fn a_name_in_the_form_for_a_hearer_is_no_speakers() {
    for (code, text, hearer) in [
        ("hu", "„A gát tart” – mondta Orme Jánosnak.", "Orme Jánosnak"),
        ("cs", "„Hráz drží,“ řekla Janu Ormovi.", "Janu Ormovi"),
        ("hr", "„Nasip drži”, rekla je Ivanu Ormu.", "Ivanu Ormu"),
        ("tr", "\"Baraj sağlam duruyor\" dedi Ali Orme'ye.", "Ali Orme'ye"),
        ("ja", "彼女は織女三郎氏に「もっと時間が必要だ」と述べた。", "織女三郎"),
        ("zh", "她对欧姆说：“我们需要更多时间来完成工作。”", "欧姆"),
    ] {
        assert_eq!(speaker(code, text, &[hearer], &[]), None, "{text}");
    }
}

#[test]
fn who_has_the_office_speaks_not_the_organisation() {
    for (code, text, who) in [
        ("ru", "«Дамба выдержит», — заявил глава Орме Олег Лосев.", "Олег Лосев"),
        ("de", "„Der Damm hält“, sagte der Chef der Orme, Jana Oswald.", "Jana Oswald"),
        ("sv", "”Vallen håller”, säger Orme presschef Maja Lind.", "Maja Lind"),
        ("es", "«El dique aguanta», dijo el jefe de Orme, Inés Vidal.", "Inés Vidal"),
        ("pt", "“O dique aguenta”, disse a chefe da Orme, Rita Paiva.", "Rita Paiva"),
        ("fr", "« La digue tient », a déclaré le PDG d'Orme Luc Perrin.", "Luc Perrin"),
        ("pl", "„Wał wytrzyma”, powiedział prezes Orme Jan Lis.", "Jan Lis"),
    ] {
        let organisation = if code == "ru" { "Орме" } else { "Orme" };
        let named = speaker(code, text, &[who], &[organisation]);
        assert_eq!(named.as_deref(), Some(who), "{text}");
    }
    let nobody = "“O dique aguenta”, garantiu o chefe do Orme.";
    assert_eq!(speaker("pt", nobody, &[], &["Orme"]), None);
    let whose = "„Der Damm hält“, sagte die Mutter von Jana Oswald.";
    assert_eq!(speaker("de", whose, &["Jana Oswald"], &[]), None);
}

#[test]
fn pronoun_is_whoever_spoke_last_by_name() {
    let first = "”Vallen håller”, säger Maja Lind.";
    let second = "”Vi är glada nu”, säger hon till Orme.";
    let named = |between: &str, people: &[&str]| {
        let text = format!("{first} {between}\n{second}");
        let quotes = told("sv", &text, people, &["Orme"]);
        let speaker = quotes[1].speaker.clone();
        (quotes.len(), speaker.map(|speaker| (speaker.name, speaker.full_name)))
    };
    let maja = Some(("hon".to_owned(), Some("Maja Lind".to_owned())));
    assert_eq!(named("Det regnade.", &["Maja Lind"]), (2, maja));
    assert_eq!(named("Ulf Berg kom.", &["Maja Lind", "Ulf Berg"]), (2, None));
}

#[test]
fn organisations_speak_straight_beside_the_verb() {
    for (code, text) in [
        ("de", "„Der Damm hält“, teilte die Orme am Abend mit."),
        ("de", "Die Orme teilte mit: „Der Damm hält noch.“"),
        ("fr", "« La digue tient », a indiqué l'Orme."),
    ] {
        assert_eq!(speaker(code, text, &[], &["Orme"]).as_deref(), Some("Orme"), "{text}");
    }
}

#[test]
fn a_person_behind_an_unknown_verb_speaks() {
    let text = "« La digue a tenu toute la nuit », a bredouillé Luc Perrin.";
    assert_eq!(speaker("fr", text, &["Luc Perrin"], &[]).as_deref(), Some("Luc Perrin"));
    for text in [
        "« La digue », a bredouillé Luc Perrin.",
        "« La digue qui a tenu la nuit », un roman de Luc Perrin.",
        "« La digue qui a tenu la nuit », avec Luc Perrin.",
    ] {
        assert_eq!(told("fr", text, &["Luc Perrin"], &[]).len(), 0, "{text}");
    }
}

#[test]
fn speaker_between_the_marks_breaks_the_quote() {
    for (code, text, who) in [
        ("it", "«La diga tiene bene - ha detto Ugo Ferri - perché è nuova».", "Ugo Ferri"),
        ("es", "«El dique aguanta bien —dijo Inés Vidal—, es nuevo».", "Inés Vidal"),
        ("ru", "«Дамба новая, — сказал Олег Лосев. — Она выдержит».", "Олег Лосев"),
        ("fr", "« La digue tient bon, a dit Luc Perrin. Elle est neuve. »", "Luc Perrin"),
    ] {
        let quotes = told(code, text, &[who], &[]);
        assert_eq!(quotes.len(), 1, "{text}");
        assert_eq!(quotes[0].speaker.as_ref().unwrap().name, who, "{text}");
        assert_eq!(quotes[0].parts.len(), 2, "{text}");
    }
}

#[test]
fn language_verbs_and_marks_give_quote_and_speaker() {
    for (code, text, quote, who) in [
        ("de", "„Der Damm hält“, sagte Jana Oswald am Abend.", "Der Damm hält", "Jana Oswald"),
        ("de", "Jana Oswald sagte: „Der Damm hält noch.“", "Der Damm hält noch.", "Jana Oswald"),
        ("fr", "« La digue tient bon », a affirmé Luc Perrin.", "La digue tient bon", "Luc Perrin"),
        ("es", "“El dique aguanta”, afirmó Inés Vidal.", "El dique aguanta", "Inés Vidal"),
        ("it", "«La diga tiene», ha detto Ugo Ferri.", "La diga tiene", "Ugo Ferri"),
        ("pt", "“O dique aguenta”, afirmou Rita Paiva.", "O dique aguenta", "Rita Paiva"),
        ("nl", "‘De dijk houdt stand’, zei Joke Visser.", "De dijk houdt stand", "Joke Visser"),
        ("pl", "– Wał wytrzyma – zapewnił Jan Lis.", "Wał wytrzyma", "Jan Lis"),
        ("ru", "«Дамба выдержит», — сказал Олег Лосев.", "Дамба выдержит", "Олег Лосев"),
        ("uk", "«Дамба витримає», – сказав Олег Лось.", "Дамба витримає", "Олег Лось"),
        ("sv", "”Vallen håller”, säger Maja Lind.", "Vallen håller", "Maja Lind"),
        ("nb", "– Vollen holder, sier Kari Moe.", "Vollen holder", "Kari Moe"),
        ("pl", "Wał stoi. – On wytrzyma – mówi Jan Lis.", "On wytrzyma", "Jan Lis"),
        ("sv", "Det regnar. – Vallen håller, säger Maja Lind.", "Vallen håller", "Maja Lind"),
        ("da", "»Diget holder«, siger Bo Holm.", "Diget holder", "Bo Holm"),
        ("tr", "\"Set dayanıyor\" dedi Ali Demirel.", "Set dayanıyor", "Ali Demirel"),
        ("ja", "森田は「堤防は持ちこたえている」と語った。", "堤防は持ちこたえている", "森田"),
    ] {
        let want: Vec<_> = (!quote.is_empty())
            .then(|| (quote.to_owned(), Some(who.to_owned())))
            .into_iter()
            .collect();
        assert_eq!(found(code, text, &[who]), want, "{text}");
    }
}

#[test]
fn marked_words_without_verb_are_no_quotes() {
    assert_eq!(found("de", "Der Film „Der lange Deich“ läuft im Kino.", &[]), []);
    assert_eq!(found("fr", "Le roman « La digue » paraît en mai.", &[]), []);
}

#[test]
fn capitals_name_a_speaker_whom_nothing_else_knows() {
    let quote = found("de", "„Der Damm hält“, sagte Oswald am Abend.", &[]);
    assert_eq!(quote, [("Der Damm hält".to_owned(), Some("Oswald".to_owned()))]);
}

#[test]
fn title_is_kept_in_the_speakers_name() {
    let quote = found("fr", "« La digue tient », a dit M. Perrin.", &["Perrin"]);
    assert_eq!(quote, [("La digue tient".to_owned(), Some("M. Perrin".to_owned()))]);
}

#[test]
fn whose_lawyer_speaks_does_not() {
    for (code, text, owner) in [
        ("de", "„Er war nie hier“, sagte Jan Varns Anwalt am Abend.", "Jan Varns"),
        ("sv", "”Han var aldrig här”, säger Jan Varns advokat.", "Jan Varns"),
        ("nb", "«Vi savner henne veldig», sier Lise Varns mor.", "Lise Varns"),
        ("da", "»Han var her aldrig,« siger Jan Varns advokat.", "Jan Varns"),
        ("fi", "”Hän ei ollut täällä”, sanoo Jari Ormesen asianajaja.", "Jari Ormesen"),
        ("tr", "Ali Demirel'in avukatı, \"Hiç gelmedi\" dedi.", "Ali Demirel'in"),
        ("hu", "„Soha nem járt itt” – mondta Orma János ügyvédje.", "Orma János"),
        ("pl", "„Nigdy tu nie był” – powiedział adwokat Jana Lisa.", "Jana Lisa"),
        ("pl", "„Bardzo jej brakuje” – powiedziała matka Anny Lis.", "Anny Lis"),
        ("ru", "«Он здесь не был», — сказал адвокат Олега Лосева.", "Олега Лосева"),
        ("uk", "«Він тут не був», – сказав адвокат Олега Лося.", "Олега Лося"),
        ("cs", "„Nikdy tu nebyl,“ řekl advokát Jana Varného.", "Jana Varného"),
        ("hr", "„Nikad nije bio ovdje”, rekao je odvjetnik Ivana Orma.", "Ivana Orma"),
        ("id", "\"Dia tidak di sini,\" kata pengacara Budi Ormanto.", "Budi Ormanto"),
        ("zh", "“他从来没有来过这里”，王伟明的律师说。", "王伟明"),
        ("ja", "「彼はここにいなかった」と森田一郎の弁護士は述べた。", "森田一郎"),
        ("ko", "\"그는 여기 없었다\"고 김철수의 변호사가 말했다.", "김철수"),
    ] {
        assert_eq!(speaker(code, text, &[owner], &[]), None, "{text}");
    }
}

#[test]
fn spokesman_of_somebody_speaks_himself() {
    for (code, text, owner, who) in [
        ("de", "„Er war nie hier“, sagte Jan Varns Anwalt Otto Berg.", "Jan Varns", "Otto Berg"),
        ("sv", "”Han var aldrig här”, säger Jan Varns advokat Eva Lind.", "Jan Varns", "Eva Lind"),
        (
            "ru",
            "«Мы готовы ждать», — заявил представитель Олега Лосева Пётр Орлов.",
            "Олега Лосева",
            "Пётр Орлов",
        ),
        (
            "hu",
            "„Soha nem járt itt” – mondta Orma János ügyvédje, Nagy Pál.",
            "Orma János",
            "Nagy Pál",
        ),
        ("pl", "„Nie był tu” – powiedział adwokat Jana Lisa, Piotr Orm.", "Jana Lisa", "Piotr Orm"),
    ] {
        assert_eq!(speaker(code, text, &[owner, who], &[]).as_deref(), Some(who), "{text}");
    }
    // In the nominative, it is the lawyer's own name.
    for (code, text, who) in [
        ("pl", "„Nigdy tu nie był” – powiedział adwokat Jan Lis.", "Jan Lis"),
        ("pl", "„Nigdy tu nie był” – powiedziała rzeczniczka Anna Sroka.", "Anna Sroka"),
        ("ru", "«Он здесь не был», — сказал адвокат Олег Лосев.", "Олег Лосев"),
        ("ru", "«Он здесь не был», — сказала адвокат Анна Лосева.", "Анна Лосева"),
        ("cs", "„Nikdy tu nebyl,“ řekla mluvčí Jana Lišková.", "Jana Lišková"),
        ("de", "„Er war nie hier“, sagte Anwalt Otto Berg.", "Otto Berg"),
    ] {
        assert_eq!(speaker(code, text, &[who], &[]).as_deref(), Some(who), "{text}");
    }
}

#[test]
fn according_to_somebody_is_a_quote() {
    for (code, text, who) in [
        ("nl", "Volgens Joke Visser is het „een grote dag voor de stad”.", "Joke Visser"),
        ("sv", "Enligt Maja Lind är det ”en stor dag för staden”.", "Maja Lind"),
        ("nb", "Ifølge Kari Moe er det «en stor dag for byen».", "Kari Moe"),
        ("de", "Jana Oswald zufolge ist das „ein guter Tag für die Stadt“.", "Jana Oswald"),
        ("fr", "Pour Luc Perrin, maire de Varde, « c'est un grand jour ».", "Luc Perrin"),
        ("es", "Para Inés Vidal, \"es un gran día para la ciudad\".", "Inés Vidal"),
        ("es", "\"Es un gran día\", en palabras de Inés Vidal.", "Inés Vidal"),
        ("it", "Secondo Ugo Ferri «è un grande giorno per la città».", "Ugo Ferri"),
        ("pt", "De acordo com Rita Paiva, “é um grande dia para todos”.", "Rita Paiva"),
        ("pl", "Zdaniem Anny Lis „to wielki dzień dla miasta”.", "Anny Lis"),
        ("ru", "По словам Анны Лосевой, «это большой день для города».", "Анны Лосевой"),
        ("tr", "Ayşe Demirel'e göre \"şehir için büyük bir gün\".", "Ayşe Demirel'e"),
        ("hu", "Orma Anna szerint ez „nagy nap a városnak”.", "Orma Anna"),
        ("fi", "Anna Ormeen mukaan se on ”suuri päivä koko kaupungille”.", "Anna Ormeen"),
    ] {
        assert_eq!(speaker(code, text, &[who], &[]).as_deref(), Some(who), "{text}");
    }
    let text = "Enligt Maja Lind var det Bo Holm som talade om ”en stor dag för staden”.";
    assert_eq!(told("sv", text, &["Maja Lind", "Bo Holm"], &[]).len(), 0);
    // What is called so is none.
    assert_eq!(
        told("nl", "Volgens Joke Visser is „Het Grote Huis” dicht.", &["Joke Visser"], &[]).len(),
        0
    );
}

#[test]
fn verb_behind_and_keeps_its_subject() {
    let text = "Ana Vidal le acusó de \"regalar dinero a los ricos\" y pidió la dimisión de su socio Luis Prado.";
    assert_eq!(
        speaker("es", text, &["Ana Vidal", "Luis Prado"], &[]).as_deref(),
        Some("Ana Vidal")
    );
}
