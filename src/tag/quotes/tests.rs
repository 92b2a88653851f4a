use super::*;
use crate::model::EntityKind;

fn found(text: &str) -> Vec<(String, Option<String>, usize)> {
    quotes(&Text::new(text), &[], SpeechWords::of(LanguageCode::EN))
        .into_iter()
        .map(|q| (q.text, q.speaker.map(|s| s.name), q.parts.len()))
        .collect()
}

fn speaker_of(text: &str) -> Option<String> {
    let found = found(text);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].1.clone()
}

#[test]
fn finds_the_speaker_before_and_after_and_inverted() {
    for (text, expected) in [
        ("“We will not give up,” Anna Berg said on Monday.", "Anna Berg"),
        ("“We will not give up,” said Anna Berg, who leads the group.", "Anna Berg"),
        ("Anna Berg said: “We will not give up.”", "Anna Berg"),
        ("“We will not give up,” said the ruling.", "the ruling"),
        ("“We will not give up,” Mr. Berg told reporters.", "Mr. Berg"),
        ("Anna Berg walked away, adding: “We will not give up.”", "Anna Berg"),
        ("“We will not give up.” ― Orla Quendale", "Orla Quendale"),
        ("“We will not give up” was the answer from Orla Quendale.", "Orla Quendale"),
        ("“We give up” is all that Orla Quendale would say.", "Orla Quendale"),
        ("“We will not give up.” That is how Orla Quendale put it.", "Orla Quendale"),
        ("According to union leader Orla Quendale, “the yard will not close.”", "Orla Quendale"),
        ("In the words of Orla Quendale, “the yard will not close.”", "Orla Quendale"),
        ("Orla Quendale: “We will not give up.”", "Orla Quendale"),
        ("“We will not give up,” said the pilot, Orla Quendale.", "Orla Quendale"),
        ("“We will not give up,” according to Anna Berg.", "Anna Berg"),
        ("Anna Berg, asked about it, said: “1.5 degrees is not much.”", "Anna Berg"),
        ("Anna Berg kept bees. “They never give up,” she used to say.", "she"),
        (
            "Prof Anna Berg of Orland University’s Solma Institute said: “We give up.”",
            "Prof Anna Berg",
        ),
        ("“We will not,” said founder and chief executive Anna Berg, a diver.", "Anna Berg"),
        ("“We will not give up,” said Anna Berg of the Harbour Party.", "Anna Berg"),
        ("“We will not give up,” said a spokesman for the port, Anna Berg.", "Anna Berg"),
        ("“We will not give up,” a spokesman for Anna Berg said.", "a spokesman for Anna Berg"),
        ("Orla Quendale, 42, a lecturer in law, said: “We will not give up.”", "Orla Quendale"),
        ("Orla Quendale, 60, from Elmhaven, North Moor, said: “We give up.”", "Orla Quendale"),
        ("Anna Berg’s aunt, Orla Quendale, said: “We will not give up.”", "Orla Quendale"),
        ("His aunt said: “We will not give up.”", "His aunt"),
        ("“We will not give up,” comments Orla Quendale.", "Orla Quendale"),
        ("Anna Berg won. “We will not give up,” Orla Quendale posted.", "Orla Quendale"),
        ("Anna Berg won. “We will not give up,” Orla Quendale deadpanned.", "Orla Quendale"),
        ("“We will not give up,” read a post from Orla Quendale.", "Orla Quendale"),
        ("“It is dark,” the pilot, Orla Quendale, 41, told the inquest.", "Orla Quendale"),
        ("Anna Berg spoke of “talks” and told him: “We give up.”", "Anna Berg"),
        ("Quendale posted on Facebook Live: “We will not give up.”", "Quendale"),
        ("Lawyers for Anna Berg said: “She is at home.”", "Lawyers for Anna Berg"),
        ("A friend of Anna Berg, Orla Quendale, said: “She is at home.”", "Orla Quendale"),
        ("On Facebook Live she wrote: “We will not give up.”", "she"),
        ("A spokesman for Anna Berg said: “She is at home.”", "A spokesman for Anna Berg"),
        (
            "“We will not give up,” loudly backed by the crews, Orla Quendale warned.",
            "Orla Quendale",
        ),
    ] {
        assert_eq!(speaker_of(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn a_broken_quote_is_one_in_two_parts() {
    let found = found("“It is late,” he said. “We should go.”");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0.as_str(), found[0].2), ("It is late,” he said. “We should go.", 2));
}

#[test]
fn break_may_hold_titles_nicknames_and_abbreviation_stops() {
    for between in [
        "Berg, a minister, said on the radio’s “Night and Day.”",
        "Rep. Anna Berg (D-Mo.) said.",
        "Anna “Annie” Berg (D-Newport News), shouted.",
    ] {
        let text = format!("“It is very late now,” {between} “We should all go home.”");
        let found = found(&text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].2, 2, "{text}");
    }
}

#[test]
fn a_break_may_end_its_paragraph() {
    let found = found("“It is very late now,” he said.\n\n“We should all go home.”\n\nHe left.");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].2, 2);
}

#[test]
fn colon_ending_previous_paragraph_leaves_break_whole() {
    let found = found("Berg tells it well:\n\n“It is very late now,” she said. “We should go.”");
    assert_eq!(found.len(), 1);
}

#[test]
fn two_attributions_make_two_quotes() {
    for text in [
        "“It is very late now,” said Anna Berg. “We should all go home,” replied Orla Quendale.",
        "“It is very late now,” Anna Berg said. “We should all go home,” Orla Quendale said.",
        "“It is late,” said the cook, Anna Berg. “We should go,” said the pilot, Orla Quendale.",
        "Anna Berg scolded him: “It is very late now,” she said. “We should all go home.”",
        "Anna Berg met Paul Varn. “It is late,” she said. “We should go home,” he said.",
        "“Is it late?” asked Anna Berg. “It is late now,” she said.",
        "“It is very late now,” Anna Berg said, going on to ask for silence. “We should go home.”",
    ] {
        assert_eq!(found(text).len(), 2, "{text}");
    }
}

#[test]
fn only_long_parts_of_a_clause_are_quotes() {
    let long = "“wants to reach an agreement on a real end to the war and to hold a meeting that could \
                be productive.”";
    assert_eq!(found(&format!("Anna Berg left, saying the nation {long}")).len(), 1);
    assert_eq!(found("Anna Berg said the nation “wants to reach an agreement.”"), []);
    assert_eq!(found("Anna Berg said “the nation wants to reach an agreement”.").len(), 1);
    assert_eq!(found("Anna Berg said that under the law, “nobody can vote twice.”"), []);
}

#[test]
fn two_verbs_between_make_two_quotes() {
    let found = found("“It is late now,” Anna Berg said, adding later, “We should go home.”");
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].1.as_deref(), Some("Anna Berg"));
}

#[test]
fn pronouns_are_kept_and_resolve_to_the_person() {
    let text = Text::new("Anna Berg left early. “We will not give up,” she said.");
    let speaker = quotes(&text, &[], SpeechWords::of(LanguageCode::EN)).remove(0).speaker.unwrap();
    assert_eq!(speaker.name, "she");
    assert_eq!(speaker.full_name.as_deref(), Some("Anna Berg"));
}

/// An entity named once in a body.
fn entity(body: &str, name: &str, kind: EntityKind) -> Entity {
    let start = body.find(name).map_or(0, |at| body[..at].chars().count()) as u32;
    let span = crate::model::Span { start, end: start + name.len() as u32 };
    let field = crate::model::Field::Body;
    Entity {
        kind,
        name: name.to_owned(),
        name_en: None,
        salience: 1.0,
        wikidata: None,
        geonames: None,
        country: None,
        point: None,
        list_id: None,
        mentions: vec![crate::model::Mention { field, span, text: name.to_owned() }],
    }
}

#[test]
fn rank_before_a_name_is_nobody_else() {
    let body = "“We will not give up,” said Lt. Col. Anna Berg of the Harbour Guard.";
    let entities = [
        entity(body, "Anna Berg", EntityKind::Person),
        entity(body, "Harbour Guard", EntityKind::Organisation),
    ];
    let quote = in_language(&Text::new(body), &entities, LanguageCode::EN).remove(0);
    assert_eq!(quote.speaker.and_then(|speaker| speaker.entity), Some(0));
}

#[test]
fn half_a_title_is_in_nobodys_name() {
    for (body, name) in [
        ("“We will not give up,” Orland’s Prime Minister Anna Berg said.", "Anna Berg"),
        ("“We will not give up,” Vice President Anna Berg said.", "Anna Berg"),
        ("“We will not give up,” Minister Anna Berg said.", "Minister Anna Berg"),
    ] {
        let entities = [entity(body, "Anna Berg", EntityKind::Person)];
        let quote = in_language(&Text::new(body), &entities, LanguageCode::EN).remove(0);
        assert_eq!(quote.speaker.unwrap().name, name, "{body}");
    }
}

#[test]
fn they_are_no_one_person() {
    let text = Text::new("Anna Berg left early. “We will not give up,” they said.");
    let speaker = quotes(&text, &[], SpeechWords::of(LanguageCode::EN)).remove(0).speaker.unwrap();
    assert_eq!((speaker.name.as_str(), speaker.full_name), ("they", None));
}

#[test]
fn language_without_list_has_no_verb_of_speech() {
    let text = Text::new("Anna Berg said: “We will not give up, not now.”");
    let language = LanguageCode::parse("lt").unwrap();
    assert!(in_language(&text, &[], language).iter().all(|quote| quote.cue.is_none()));
}

#[test]
fn offices_resolve_to_their_holder() {
    let text = Text::new(
        "Prime Minister Anna Berg met the union. The minister stated: “We will not give up.”",
    );
    let speaker = quotes(&text, &[], SpeechWords::of(LanguageCode::EN)).remove(0).speaker.unwrap();
    assert_eq!(speaker.name, "The minister");
    assert!(speaker.full_name.unwrap().ends_with("Anna Berg"));
}

#[test]
fn scare_quotes_and_titles_are_no_quotes() {
    for text in [
        "The so-called “green wall” was finished.",
        "He read “War and Peace” in a week.",
        "They sang “American Skin” together.",
        "Anna Berg recalled him talking about “Collapse: How Societies Choose to Fail,” a book.",
        "A “serial liar” is what they saw.",
        "Their new play, “The Salt Road Home,” opens in May, said Anna Berg.",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn nobody_speaks_where_nobody_is_named() {
    assert_eq!(speaker_of("“We will not give up, not now.”"), None);
}

#[test]
fn offsets_are_of_the_words_between_the_marks() {
    let body = "Über uns: “Nous irons à Łódź,” he said.";
    let quote = quotes(&Text::new(body), &[], SpeechWords::of(LanguageCode::EN)).remove(0);
    let chars: Vec<char> = body.chars().collect();
    let slice =
        |s: crate::model::Span| chars[s.start as usize..s.end as usize].iter().collect::<String>();
    assert_eq!(slice(quote.parts[0]), "Nous irons à Łódź,");
    assert_eq!(slice(quote.span), quote.text);
}
