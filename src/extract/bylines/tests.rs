//! Bylines, line by line.

use super::*;

#[test]
fn parts_bylines_into_people() {
    let read = |text: &str| people(&[text.to_owned()]);
    assert_eq!(read("By Jane Doe and John O’Neill, Senior Editor"), ["Jane Doe", "John O’Neill"]);
    assert_eq!(read("Von Anna-Lena Müller und Max Weiß (dpa)"), ["Anna-Lena Müller", "Max Weiß"]);
    assert_eq!(read("Jane Doe; Jane Doe; jd@example.org"), ["Jane Doe"]);
    assert_eq!(read("Updated 3 May 2024"), Vec::<String>::new());
    assert_eq!(read("Par <a href='x'>Zoé Ruiz</a>"), ["Zoé Ruiz"]);
    assert_eq!(read("VON MARTA BAUM am 21. April 2020"), ["MARTA BAUM"]);
    assert_eq!(read("Text von Ann Ray   Illustration von Bo Li"), ["Ann Ray"]);
    assert_eq!(read("Jo Poe for the Example in Berlin"), ["Jo Poe"]);
    assert_eq!(
        read("Ludwig van den Berg, John Le Carré"),
        ["Ludwig van den Berg", "John Le Carré"]
    );
    assert_eq!(read("김민지 기자"), ["김민지"]);
    assert_eq!(read("Collected by"), Vec::<String>::new());
    assert_eq!(read("Dezember 10"), Vec::<String>::new());
    assert_eq!(read("writer77"), ["writer77"], "a login");
    assert_eq!(read("Von Nora Lind | 12. März 2026"), ["Nora Lind"]);
    assert_eq!(read("By Jo Poe December 28, 2016"), ["Jo Poe"]);
    assert_eq!(read("someone[at]example.org"), Vec::<String>::new());
    assert_eq!(read("Nachrichten"), Vec::<String>::new(), "a section");
}

#[test]
fn text_around_names_is_dropped_in_many_languages() {
    let read = |text: &str| people(&[text.to_owned()]);
    for (text, names) in [
        ("Por Jo Poe y Bo Li | Madrid", vec!["Jo Poe", "Bo Li"]),
        ("Por José Ortega y Gasset", vec!["José Ortega y Gasset"]),
        ("Por Jo Poe y Efe", vec!["Jo Poe", "Efe"]),
        ("Jo Poe / Corresponsal en Madrid", vec!["Jo Poe"]),
        ("Words by Jo Poe. Photographs by Bo Li", vec!["Jo Poe"]),
        ("Jo Poe avec AFP", vec!["Jo Poe"]),
        ("Ein Bericht von Jo Poe", vec!["Jo Poe"]),
        ("Kirjoittanut Jo Poe", vec!["Jo Poe"]),
        ("Scris de Jo Poe și Bo Li", vec!["Jo Poe", "Bo Li"]),
        ("Per Holm", vec!["Per Holm"]),
        ("Von Jo Poe (Text) und Bo Li (Fotos)", vec!["Jo Poe"]),
        ("Jo Poe@jopoe", vec!["Jo Poe"]),
        ("홍길동·김철수 기자", vec!["홍길동", "김철수"]),
        ("[계곡일보] 홍길동 기자 =", vec!["홍길동"]),
        ("Autorzy: Jo Poe i Bo Li", vec!["Jo Poe", "Bo Li"]),
        ("Autorius: Jo Poe", vec!["Jo Poe"]),
        ("ავტორი: ნინო ბერიძე", vec!["ნინო ბერიძე"]),
        ("Mwandishi: Jo Poe", vec!["Jo Poe"]),
        ("Jo PoeFeb", vec!["Jo Poe"]),
        ("Jo Poe3", vec!["Jo Poe"]),
        ("Jo LeMay", vec!["Jo LeMay"]),
        ("By Jo Poe jo.poe@example.org", vec!["Jo Poe"]),
        ("Press release", vec![]),
        ("Von Jo Poe Dienstag, 3. Februar 2026", vec!["Jo Poe"]),
        ("Av Jo Poe Publicerad 3 februari 2026", vec!["Jo Poe"]),
        ("Jo Poe / Special to the Example", vec!["Jo Poe"]),
        ("By José Luis Domingo, 4 May 2026", vec!["José Luis Domingo"]),
        ("Jo Poe skrifar", vec!["Jo Poe"]),
        ("Jo Poe + Bo Li", vec!["Jo Poe", "Bo Li"]),
        ("하르나=마은별 기자", vec!["마은별"]),
        ("丸井智子（編集委員）", vec!["丸井智子"]),
        ("নিজস্ব প্রতিবেদক", vec![]),
        ("بقلم: عمر بريسان الثلاثاء، 3 فبراير 2026", vec!["عمر بريسان"]),
        ("بقلم: عمر بريسان، تالا مرشد", vec!["عمر بريسان", "تالا مرشد"]),
        ("Von Jo Poe | Alles von Jo Poe", vec!["Jo Poe"]),
        ("Text: Jo Poe Übersetzung Bo Li", vec!["Jo Poe"]),
    ] {
        assert_eq!(read(text), names, "{text}");
    }
}

#[test]
fn labels_and_days_beside_a_name_are_nobody() {
    let read = |text: &str| people(&[text.to_owned()]);
    for (text, names) in [
        ("Par Zoé Ruiz Publié le 6 mai 2025 à 18h42, mis à jour le 7 mai 2025", vec!["Zoé Ruiz"]),
        ("Veröffentlicht am 06.05.2025 | Lesedauer: 3 Minuten Von Jo Poe", vec!["Jo Poe"]),
        ("기자명 김도현 기자 승인 2025.05.06 18:42 댓글 0", vec!["김도현"]),
        ("등록 2025-05-06 오후 6:42:10 김도현 기자 dh@example.org", vec!["김도현"]),
        (
            "Giriş Tarihi: 6.5.2025 18:42 Son Güncelleme: 7.5.2025 09:05 Jo Poe / İSTANBUL",
            vec!["Jo Poe"],
        ),
        ("06.05.2025 в 18:42, просмотров: 1203 Олег Стрижов", vec!["Олег Стрижов"]),
        ("ياسر مرشد - وادي النخيل تاريخ النشر: 6/5/2025 | آخر تحديث: 7/5/2025", vec!["ياسر مرشد"]),
        ("By Jo Poe Last updated: 6 May 2025", vec!["Jo Poe"]),
        ("Thứ ba, 6/5/2025, 18:42 (GMT+7) Nguyễn Minh Khôi", vec!["Nguyễn Minh Khôi"]),
        ("By Jo Poe May 6, 2025 / 10:00 AM EDT", vec!["Jo Poe"]),
    ] {
        assert_eq!(read(text), names, "{text}");
    }
}

#[test]
fn places_papers_and_trades_behind_a_name_are_nobody() {
    let read = |text: &str| people(&[text.to_owned()]);
    for (text, names) in [
        ("By Jo Poe, New York", vec!["Jo Poe"]),
        ("By Jo Poe, Lowmere Star", vec!["Jo Poe"]),
        ("By Jo Poe • Lowmere Bay", vec!["Jo Poe"]),
        ("Jo Poe, The Example", vec!["Jo Poe"]),
        ("Jo Poe\u{1f}Head of Investigations", vec!["Jo Poe"]),
        ("Jo Poe\u{1f}Podcast host", vec!["Jo Poe"]),
        ("Jo Poe, Leiter Lokalredaktion", vec!["Jo Poe"]),
        ("Par Jo Poe, à Lowmere", vec!["Jo Poe"]),
        ("Por Jo Poe, g1 Lowmere — Lowmere Nova", vec!["Jo Poe"]),
        ("Nuria Poe Corresponsal en Bruselas", vec!["Nuria Poe"]),
        ("Jo Poe Staff Reporter", vec!["Jo Poe"]),
        ("By Jo Poe Email the author", vec!["Jo Poe"]),
        ("Jo Poe Seguir", vec!["Jo Poe"]),
        ("By Jo Poe of The Example", vec!["Jo Poe"]),
        ("Foreign Affairs Editor", vec![]),
        ("Do UOL, em São Paulo", vec![]),
        ("By Jo Poe, Ann Ray and Bo North", vec!["Jo Poe", "Ann Ray", "Bo North"]),
    ] {
        assert_eq!(read(text), names, "{text}");
    }
}

#[test]
fn openings_of_many_languages_are_cut() {
    let read = |text: &str| people(&[text.to_owned()]);
    for (text, names) in [
        ("Von unserem Redaktionsmitglied Jo Poe", vec!["Jo Poe"]),
        ("dal nostro inviato Jo Poe", vec!["Jo Poe"]),
        ("Gastkommentar von Jo Poe", vec!["Jo Poe"]),
        ("Aus Lowmere berichtet Jo Poe", vec!["Jo Poe"]),
        ("Tribune par Jo Poe", vec!["Jo Poe"]),
        ("Une enquête de Jo Poe", vec!["Jo Poe"]),
        ("Curated By: Jo Poe", vec!["Jo Poe"]),
        ("記者林若溪／台北報導", vec!["林若溪"]),
        ("Fact checked by Bo Li. By Jo Poe", vec!["Jo Poe"]),
        ("By Jo Poe with reporting by Bo Li", vec!["Jo Poe"]),
    ] {
        assert_eq!(read(text), names, "{text}");
    }
}

#[test]
fn every_separator_has_a_mark_that_reveals_it() {
    assert!(SEPARATORS.iter().all(|separator| separator.contains(is_separator)));
    assert!(AND.iter().all(|words| words.split(' ').any(|word| AND_WORDS.contains(word))));
}

#[test]
fn trailing_combining_sign_belongs_to_the_name() {
    for name in ["அருண் சங்கர்", "สมชาย ใจดี", "అరుణ్ కుమార్"]
    {
        assert_eq!(people(&[name.to_owned()]), [name]);
    }
}

#[test]
fn leaves_out_who_did_something_else() {
    let read = |text: &str| people(&[text.to_owned()]);
    assert_eq!(read("Reporting by Jo Poe and Bo Li; Editing by Ann Ray"), ["Jo Poe", "Bo Li"]);
    assert_eq!(read("Text: Jo Poe, Fotos: Bo Li"), ["Jo Poe"]);
    assert_eq!(read("记者：陈明 编辑：刘洋"), ["陈明"]);
    assert_eq!(read("Автор: Анна Рей | Фото: Бо Ли"), ["Анна Рей"]);
    assert_eq!(read("بقلم: سامي نور"), ["سامي نور"]);
    assert_eq!(read("Jo Poe · The Example · Posted: May 3, 2024 6:40 AM"), ["Jo Poe"], "the paper");
}

#[test]
fn parts_names_from_roles_places_and_placeholders() {
    let read = |text: &str| people(&[text.to_owned()]);
    assert_eq!(read("Chief science correspondent Jo Poe"), ["Jo Poe"]);
    assert_eq!(read("By Jo Poe and Ann Ray, Lowmere"), ["Jo Poe", "Ann Ray"]);
    assert_eq!(read("Richard (R. J.) Poe"), ["Richard (R. J.) Poe"]);
    assert_eq!(read("Jo Poe (Lowmere)"), ["Jo Poe"]);
    assert_eq!(read("By by JO POE"), ["JO POE"]);
    assert_eq!(read("By Jo Poe, 3 May 2024"), ["Jo Poe"]);
    assert_eq!(read("Jo Poe, May 3"), ["Jo Poe"]);
    assert_eq!(read("By\u{1f}Jo Poe\u{1f}May 3, 2024"), ["Jo Poe"]);
    assert_eq!(read("name, someone@example.org"), Vec::<String>::new());
    assert_eq!(read("By JO POE Associated Press"), ["JO POE"]);
    assert_eq!(read("By Jo Poe Follow @jopoe"), ["Jo Poe"]);
    assert_eq!(read("By Jo Poe, Political Editor, in Lowmere"), ["Jo Poe"]);
    assert_eq!(read("Story: Jo Poe Photos: Bo Li"), ["Jo Poe"]);
    assert_eq!(read("Text und Fotos: Jo Poe"), ["Jo Poe"]);
    assert_eq!(read("By Staff"), Vec::<String>::new());
}

#[test]
fn signatures_stand_in_short_lines() {
    assert_eq!(signature("3 May 2024 | by Jane Doe | Comments", false), Some("Jane Doe"));
    assert_eq!(signature("3 May by Jane Doe June 2, 2024", false), Some("Jane Doe"));
    assert_eq!(signature("Politik von Jane Doe um zwei", false), Some("Jane Doe"));
    assert_eq!(signature("3 mei door Jane Doe", false), Some("Jane Doe"));
    assert_eq!(signature("Autor: Jane Doe / Oslo", false), Some("Jane Doe"));
    assert_eq!(signature("You agree to our terms. By Ostmark Herald", false), None);
    assert_eq!(signature("Our podcast, hosted by Jane Doe", false), None);
    assert_eq!(signature("The Salt Road by Jane Doe", false), None, "a book");
    assert_eq!(signature("Low Tide, by Jane Doe", false), None, "a song");
    assert_eq!(signature("Tide Tables by Jane Doe", true), None, "a newsletter");
    assert_eq!(signature("Statement by Jane Doe", false), None);
}

#[test]
fn names_of_scripts_without_spaces_are_short() {
    for name in ["高橋美咲", "林晓梅", "박서연"] {
        assert!(looks_like_name(name), "{name}");
    }
    for name in ["メール", "記事一覧", "漢", "一覧", "기사", "港の渡し船は運航再開"]
    {
        assert!(!looks_like_name(name), "{name}");
    }
}

#[test]
fn tells_organisations_from_people() {
    for name in [
        "dpa",
        "DPA",
        "Redacción",
        "La rédaction",
        "Da redação",
        "Редакция",
        "The Editorial Board",
        "Herald Staff",
        "Bund der Beispiele e.V.",
        "Example News Service",
        "Haber merkezi",
        "กองบรรณาธิการ",
        "編集部",
    ] {
        assert!(is_organisation(name), "{name}");
    }
    for name in ["Ann Clubb", "Bo Officer", "Jo Servais"] {
        assert!(!is_organisation(name), "{name}");
    }
}
