//! The models compiled into the binary, and what they are called in records. What they were built
//! from, and under which licences, is told in `models/PROVENANCE.md`.

use std::collections::BTreeMap;

use crate::model::LanguageCode;

use super::{
    entities::{
        Recogniser,
        entity_base::EntityBase,
        entity_links::Known,
        languages::{self, Recognisers},
        story_entities::Finder,
    },
    lists::Lists,
    places::{
        countries::CountryNames, gazetteer::Gazetteer, items::Items,
        nationalities::NationalityNames,
    },
    unpack::unpack,
};

const WEIGHTS: &[u8] = include_bytes!("models/entities.weights.zst");
const CLASSES: &[u8] = include_bytes!("models/words.classes.zst");
const ENTITIES: &[u8] = include_bytes!("models/entities.base.zst");
const PLACES: &[u8] = include_bytes!("models/places.gazetteer.zst");
const ITEMS: &[u8] = include_bytes!("models/places.items.zst");

/// Name and version of the recogniser; the version changes with its weights.
pub const RECOGNISER: &str = "crf-en/4";
/// Name and version of the gazetteer.
pub const GAZETTEER: &str = "geonames-500/5";

/// The models that names are found with, and the user's lists. Unpacking is most of the program's
/// start; the parts are unpacked at once. `base` has the items of Wikidata to link names with in place
/// of those compiled in.
pub fn finder(lists: Lists, base: Option<EntityBase>, languages: &[LanguageCode]) -> Finder {
    std::thread::scope(|scope| {
        let gazetteer = scope.spawn(|| {
            unpack(PLACES)
                .and_then(Gazetteer::from_bytes)
                .expect("the gazetteer compiled in is whole")
        });
        let recogniser = scope.spawn(|| {
            let (weights, classes) = (unpack(WEIGHTS), unpack(CLASSES));
            weights
                .zip(classes)
                .and_then(|(weights, classes)| Recogniser::from_bytes(&weights, classes))
                .expect("the recogniser compiled in is whole")
        });
        let base = base.unwrap_or_else(|| {
            unpack(ENTITIES)
                .and_then(EntityBase::from_bytes)
                .expect("the base of entities compiled in is whole")
        });
        let items = unpack(ITEMS)
            .and_then(Items::from_bytes)
            .expect("the items of places compiled in are whole");
        Finder {
            recognisers: Recognisers::new(
                recogniser.join().expect("unpacking does not panic"),
                languages,
            ),
            gazetteer: gazetteer.join().expect("unpacking does not panic"),
            items,
            countries: CountryNames::default(),
            nationalities: NationalityNames::default(),
            lists,
            known: Known::new(),
            base,
        }
    })
}

/// What produced the entities of a record.
pub fn names(recognised: bool, language: LanguageCode) -> BTreeMap<&'static str, String> {
    let name = || match language {
        LanguageCode::EN => RECOGNISER.to_owned(),
        other => languages::name(other),
    };
    let recogniser = recognised.then(|| ("entities", name()));
    recogniser.into_iter().chain([("places", GAZETTEER.to_owned())]).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::model::{Entity, EntityKind, Field};
    use crate::tag::Document;

    static FINDER: LazyLock<Finder> = LazyLock::new(|| finder(Lists::default(), None, &[]));

    fn entities(title: &str, body: &str, language: LanguageCode) -> Vec<Entity> {
        FINDER.find(&Document::new(title, body), None, language, None).entities
    }

    fn names(entities: &[Entity], kind: &EntityKind) -> Vec<String> {
        let mut names: Vec<String> =
            entities.iter().filter(|e| e.kind == *kind).map(|e| e.name.clone()).collect();
        names.sort();
        names
    }

    const TITLE: &str = "Merkel Meets Tusk in Warsaw";
    const BODY: &str = "WARSAW, Poland - German Chancellor Angela Merkel met Polish Prime Minister Donald Tusk on Monday.\n\
        \"We agreed on the way ahead,\" Mr. Tusk told reporters. Merkel's visit was her first to Poland since the \
        European Union (EU) summit in Brussels.\nThe two will meet again in Berlin, the EU said.";

    #[test]
    fn one_entry_per_person_and_place_with_mentions() {
        let found = entities(TITLE, BODY, LanguageCode::EN);
        assert_eq!(names(&found, &EntityKind::Person), ["Angela Merkel", "Donald Tusk"]);
        assert_eq!(names(&found, &EntityKind::Place), ["Berlin", "Brussels", "Poland", "Warsaw"]);
        let merkel = found.iter().find(|e| e.name == "Angela Merkel").unwrap();
        assert_eq!(merkel.wikidata.as_deref(), Some("Q567"));
        let texts: Vec<&str> = merkel.mentions.iter().map(|m| m.text.as_str()).collect();
        assert!(texts.ends_with(&["Angela Merkel", "Merkel"]), "{texts:?}");
        let warsaw = found.iter().find(|e| e.name.eq_ignore_ascii_case("warsaw")).unwrap();
        assert_eq!((warsaw.geonames, warsaw.country), (Some(756_135), Some(*b"PL")));
    }

    /// The item of each place of a story, by name.
    fn items(body: &str) -> Vec<(String, Option<String>)> {
        let found = entities("", body, LanguageCode::EN).into_iter();
        let places = found.filter(|e| e.kind == EntityKind::Place);
        let mut items: Vec<_> = places.map(|e| (e.name, e.wikidata)).collect();
        items.sort();
        items
    }

    #[test]
    fn cities_states_and_seas_have_their_items() {
        let body = "It rained in London, in Aberdeen, all over Texas and on the North Sea.";
        let item = |name: &str, item: &str| (name.to_owned(), Some(item.to_owned()));
        assert_eq!(
            items(body),
            [
                item("Aberdeen", "Q36405"),
                item("London", "Q84"),
                item("North Sea", "Q1693"),
                item("Texas", "Q1439")
            ]
        );
    }

    #[test]
    fn parts_of_places_have_no_item() {
        let found = items("The flood hit South London. The flood hit East Leeds.");
        assert_eq!(found, [("East Leeds".to_owned(), None), ("South London".to_owned(), None)]);
    }

    #[test]
    fn what_is_around_a_city_has_no_item() {
        for body in [
            "It rained in Kabul, and the roads of Kunduz Province were shut.",
            "It rained in Kabul, and the roads of Kunduz district were shut.",
        ] {
            let found = items(body);
            assert!(found.contains(&("Kabul".into(), Some("Q5838".into()))), "{found:?}");
            let around = found.iter().filter(|(name, _)| name.starts_with("Kunduz"));
            assert_eq!(around.filter_map(|(_, item)| item.as_ref()).count(), 0, "{found:?}");
        }
    }

    #[test]
    fn villages_have_a_place_and_no_item() {
        let body = "A barn burned down in Lerwick. A farmer of Tobermory, Scotland, saw it.";
        let found = entities("", body, LanguageCode::EN);
        let item = |name: &str| {
            let place = found.iter().find(|e| e.name == name).unwrap();
            (place.wikidata.as_deref(), place.geonames.is_some())
        };
        assert_eq!((item("Lerwick"), item("Tobermory")), ((Some("Q213485"), true), (None, true)));
    }

    #[test]
    fn mentions_point_at_the_text_they_give() {
        for entity in entities(TITLE, BODY, LanguageCode::EN) {
            for mention in &entity.mentions {
                let field = if mention.field == Field::Title { TITLE } else { BODY };
                let (start, end) = (mention.span.start as usize, mention.span.end as usize);
                let cut: String = field.chars().skip(start).take(end - start).collect();
                assert_eq!(cut, mention.text);
            }
        }
    }

    #[test]
    fn acronym_and_long_form_are_one_organisation() {
        let found = entities(TITLE, BODY, LanguageCode::EN);
        let union = found.iter().find(|e| e.name == "European Union").unwrap();
        assert!(union.mentions.len() >= 3, "{union:?}");
        assert_eq!(union.wikidata.as_deref(), Some("Q458"));
    }

    #[test]
    fn most_salient_entity_is_first_with_salience_one() {
        let found = entities(TITLE, BODY, LanguageCode::EN);
        assert_eq!(found[0].salience, 1.0);
        assert!(found.windows(2).all(|w| w[0].salience >= w[1].salience));
    }

    #[test]
    fn nationalities_tell_their_country_and_are_no_places() {
        let found = entities(
            "",
            "Two Kenyan nurses and a Kenyan doctor were hurt, police said.",
            LanguageCode::EN,
        );
        assert!(names(&found, &EntityKind::Place).is_empty());
        let kenyan = found.iter().find(|e| e.name == "Kenyan").unwrap();
        assert_eq!(
            (kenyan.country, kenyan.mentions.len(), kenyan.geonames),
            (Some(*b"KE"), 2, Some(192_950))
        );
    }

    #[test]
    fn nationalities_of_other_languages_are_no_places() {
        let french = LanguageCode::parse("fr").unwrap();
        let led =
            entities("", "Les Norv\u{e9}giennes ont battu la s\u{e9}lection de Metz.", french);
        assert!(led.iter().all(|e| e.name != "Les Norv\u{e9}giennes"), "{led:?}");
        let body = "Les Japonais ont re\u{e7}u lundi la ministre allemande, en anglais.";
        let found = entities("", body, french);
        assert!(names(&found, &EntityKind::Place).is_empty());
        let peoples: Vec<_> =
            found.iter().map(|e| (e.name.as_str(), e.country, e.name_en.as_deref())).collect();
        assert_eq!(
            peoples,
            [
                ("Japonais", Some(*b"JP"), Some("Japanese")),
                ("allemande", Some(*b"DE"), Some("German"))
            ]
        );
    }

    #[test]
    fn language_without_recogniser_gets_places_but_no_people() {
        let estonian = LanguageCode::parse("et").unwrap();
        let found = entities("", "Mari Tamm sõitis esmaspäeval Helsinki poole.", estonian);
        assert!(names(&found, &EntityKind::Person).is_empty());
    }

    #[test]
    fn a_language_with_a_recogniser_gets_people_too() {
        let german = LanguageCode::parse("de").unwrap();
        let found =
            entities("", "Die Kanzlerin Angela Merkel reiste am Montag nach Warschau.", german);
        assert_eq!(names(&found, &EntityKind::Person), ["Angela Merkel"]);
        assert_eq!(names(&found, &EntityKind::Place), ["Warschau"]);
    }

    /// Ids of the places of a text in a language, sorted.
    fn ids(code: &str, body: &str) -> Vec<u32> {
        let language = LanguageCode::parse(code).unwrap();
        let document = Document::in_language("", body, language);
        let found = FINDER.find(&document, None, language, None).entities;
        let mut ids: Vec<u32> = found.iter().filter_map(|e| e.geonames).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn inflected_cities_and_continents_are_found_per_language() {
        let (europe, kazan, krakow, oulu) = (6_255_148, 551_487, 3_094_802, 643_492);
        for (code, body, id) in [
            (
                "de",
                "Er reiste im Sommer durch ganz Europa und kehrte erst im Herbst zurück.",
                europe,
            ),
            ("ru", "Министр приехал в Казани на встречу с рабочими завода.", kazan),
            ("pl", "Szpital w Krakowie otworzył w środę nowy oddział dla chorych.", krakow),
            ("fi", "Kokous pidettiin maanantaina Oulussa ja Turussa.", oulu),
        ] {
            assert!(ids(code, body).contains(&id), "{body}: {:?}", ids(code, body));
        }
    }

    /// Names of one kind, sorted.
    fn names_of(kind: &EntityKind, title: &str, body: &str) -> Vec<String> {
        let mut names: Vec<String> = entities(title, body, LanguageCode::EN)
            .into_iter()
            .filter(|e| e.kind == *kind)
            .map(|e| e.name)
            .collect();
        names.sort();
        names
    }

    #[test]
    fn capital_that_speaks_is_a_place() {
        let body = "Kyiv said on Tuesday that it would recall its ambassador.";
        assert_eq!(names_of(&EntityKind::Place, "", body), ["Kyiv"]);
        assert!(names_of(&EntityKind::Person, "", body).is_empty());
    }

    #[test]
    fn hyphenated_name_of_the_base_is_whole() {
        let body = "Tsai Ing-wen said on Monday that the talks had failed.";
        assert_eq!(names_of(&EntityKind::Person, "", body), ["Tsai Ing-wen"]);
    }

    #[test]
    fn small_town_alone_in_its_land_is_nowhere() {
        let home = Some(*b"GB");
        let body = "The council in Leeds said so. It rained in Moana.";
        let found = FINDER.find(&Document::new("", body), None, LanguageCode::EN, home).entities;
        let located: Vec<&str> =
            found.iter().filter(|e| e.geonames.is_some()).map(|e| e.name.as_str()).collect();
        assert_eq!(located, ["Leeds"]);
    }

    #[test]
    fn a_place_of_several_words_is_one() {
        let body = "Trinidad and Tobago saw its hottest day, and Port of Spain hit 36 degrees. \
            Floods hit New South Wales on Friday.";
        let places = names_of(&EntityKind::Place, "Heat in the tropics", body);
        assert_eq!(places, ["New South Wales", "Port of Spain", "Trinidad and Tobago"]);
    }

    #[test]
    fn towns_beside_towns_are_no_people() {
        let body = "Voters in Sierra Leone went to the polls in Freetown, Bo and Kenema. \
            Julius Maada Bio faces Samura Kamara.";
        let places = names_of(&EntityKind::Place, "Sierra Leone votes", body);
        assert_eq!(places, ["Bo", "Freetown", "Kenema", "Sierra Leone"]);
        let people = names_of(&EntityKind::Person, "Sierra Leone votes", body);
        assert_eq!(people, ["Julius Maada Bio", "Samura Kamara"]);
    }

    #[test]
    fn name_that_is_place_once_is_never_person() {
        let body = "The night ferry between Newcastle and Bergen will sail again from May. \
            Hotels on both coasts welcomed the news. In Bergen, bookings rose by 12%.";
        let title = "Night ferry to Bergen returns after eleven years";
        let found = entities(title, body, LanguageCode::EN);
        let bergen: Vec<_> = found.iter().filter(|e| e.name == "Bergen").collect();
        assert_eq!(bergen.len(), 1, "{bergen:?}");
        assert_eq!((&bergen[0].kind, bergen[0].mentions.len()), (&EntityKind::Place, 3));
    }

    #[test]
    fn people_named_like_towns_stay_people() {
        let body = "Paris Hilton opened a hotel on Monday. Hilton said that she was glad. \
            Mr. Houston, who built it, told reporters that it had cost too much.";
        assert_eq!(names_of(&EntityKind::Place, "Hilton opens hotel", body), [""; 0]);
    }

    #[test]
    fn texts_without_names_have_none() {
        for body in ["", "\n\n", "it rained all day.", "12 %"] {
            assert!(entities("", body, LanguageCode::EN).is_empty(), "{body:?}");
        }
    }

    /// The country and the latitude of a place, by name.
    fn place(found: &[Entity], name: &str) -> Option<(String, f64)> {
        let place = found.iter().find(|e| e.kind == EntityKind::Place && e.name == name)?;
        let country = String::from_utf8_lossy(&place.country?).into_owned();
        Some((country, place.point?.lat))
    }

    #[test]
    fn list_of_world_cities_resolves_to_world_cities() {
        let body = "Dancers from Athens, Lisbon, Hamburg and Melbourne came to the festival.";
        let found = entities("", body, LanguageCode::EN);
        for (name, country) in
            [("Athens", "GR"), ("Lisbon", "PT"), ("Hamburg", "DE"), ("Melbourne", "AU")]
        {
            let (got, _) = place(&found, name).unwrap_or_else(|| panic!("{name}: {found:?}"));
            assert_eq!(got, country, "{name}");
        }
    }

    #[test]
    fn a_local_story_keeps_its_own_towns() {
        let body = "Athens, Ga. - Police in Clarke County said that the road from Athens to Watkinsville was shut. \
            It will open again on Monday, the Georgia Department of Transportation said.";
        let (country, lat) = place(&entities("", body, LanguageCode::EN), "Athens").unwrap();
        assert_eq!(country, "US");
        assert!((lat - 33.96).abs() < 0.5, "{lat}");
    }

    #[test]
    fn organisation_is_not_located_by_word_in_name() {
        let body = "Dublin Road Furniture won the order, and the Lincoln Lamp Company lost it.";
        for entity in entities("", body, LanguageCode::EN) {
            assert!(
                entity.kind != EntityKind::Organisation || entity.point.is_none(),
                "{entity:?}"
            );
        }
    }

    #[test]
    fn storys_place_in_an_organisation_name_is_tagged() {
        let body =
            "A barn burned down in Fairbanks, Alaska. The Fairbanks Fire Department came at once.";
        let found = entities("", body, LanguageCode::EN);
        let kind = EntityKind::Other("PLACE_IN_NAME".into());
        assert_eq!(names(&found, &kind), ["Fairbanks"]);
    }

    #[test]
    fn rivers_and_lakes_are_places() {
        let found =
            entities("", "The Rhine, the Danube and Lake Constance froze.", LanguageCode::EN);
        assert_eq!(names(&found, &EntityKind::Place), ["Danube", "Lake Constance", "Rhine"]);
    }

    /// A story of the same people and places as the sample's, in words of its own.
    const TALKS: &str = "Zelensky Tells Putin To Come To Kyiv\n\n\
        Volodymyr Zelensky, the Ukrainian president, said on Friday that Vladimir Putin may come to Kyiv if he wants \
        to talk. A trip to Moscow was out of the question, Zelensky told reporters.\n\n\
        A Dispute Over The Place\n\n\
        Envoys of Ukraine, Russia and the United States were to meet in Abu Dhabi, but the tension between America \
        and Iran may put that off. \"The date is not certain,\" Zelensky said. Moscow did not answer.\n\n\
        Russian drones struck the Zaporizhzhia region overnight. Former US President Donald Trump had said that Putin \
        would hold his fire for a week; Trump's promise has not been kept, Ukraine's leader said.";

    /// The people of a story about the talks, and its places with their ids, must be these.
    fn assert_talks(text: &str) {
        let found = entities("", text, LanguageCode::EN);
        assert_eq!(
            names(&found, &EntityKind::Person),
            ["Donald Trump", "Vladimir Putin", "Volodymyr Zelensky"]
        );
        let mut places: Vec<(Option<u32>, Option<String>)> = found
            .iter()
            .filter(|e| e.kind == EntityKind::Place)
            .map(|e| (e.geonames, e.country.map(|c| String::from_utf8_lossy(&c).into_owned())))
            .collect();
        places.sort();
        let want = [
            (130_758, "IR"),
            (292_968, "AE"),
            (524_901, "RU"),
            (687_700, "UA"),
            (690_791, "UA"),
            (703_448, "UA"),
            (2_017_370, "RU"),
            (6_252_001, "US"),
        ];
        assert_eq!(places, want.map(|(id, country)| (Some(id), Some(country.to_owned()))));
    }

    #[test]
    fn story_of_talks_gives_its_people_and_places() {
        assert_talks(TALKS);
    }

    /// The sample stays where it is; without it the story above holds the same.
    #[test]
    fn the_kyiv_sample_gives_its_people_and_places() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/kyiv-talks.txt");
        if let Ok(text) = std::fs::read_to_string(path) {
            assert_talks(&text);
        }
    }

    #[test]
    fn quarters_homonyms_and_bearers_are_no_countries() {
        let of = |code, title: &str, body: &str| {
            entities(title, body, LanguageCode::parse(code).unwrap())
        };
        let body = "Vecinos del barrio La Paz, en Arequipa, celebraron ayer la decisión del juez.";
        let found = of("es", "Fiesta en la ciudad", body);
        assert!(found.iter().all(|e| e.country != Some(*b"BO")), "{found:?}");
        let body = "Mısır fiyatı bu yıl arttı. Çiftçiler ovada daha çok mısır ekti.";
        let found = of("tr", "Ovada hasat başladı", body);
        assert!(found.iter().all(|e| e.country != Some(*b"EG")), "{found:?}");
        let body = "郑美国28日在会上接受表彰。何日本、李建国等12人同时获奖。";
        let found = of("zh", "郑美国获奖", body);
        assert!(found.iter().all(|e| e.country.is_none()), "{found:?}");
    }
}
