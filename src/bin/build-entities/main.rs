//! Builds the base of persons and organisations that names are linked with.
//!
//! usage: `build-entities [--most N] [--names FILE] IN OUT`. IN is a table with a heading (`.tsv`, or `.csv`: `qid`,
//! `name`, `type` PERSON or ORG, `country` as a code or a name, `description`, `prior`, `aliases` as `en:Name` between
//! `;;`), or a dump of Wikidata (`.json`: an entity a line), each also with `.gz`; it is read once,
//! from front to back. OUT is for `tag.entity_base`. `--names` adds names to items: an item (`Q7747`), a tab, `de:Name` between
//! `;;` a line. With `--most`, the N of the highest prior are
//! kept, and of all others only the names that they share with these, so that a name of two people
//! stays a name of two. Wars, decorations, feasts and other things that tables call organisations are left out.

#![allow(clippy::print_stderr)]

mod rarity;

use std::{
    collections::{HashMap, HashSet},
    env,
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use news_ingest::tag::{
    Text,
    entities::{
        entity_base::{self, Item, Rarity, Row, name_hashes},
        labels::NameKind,
        trades,
    },
    lists::Lists,
    models,
    places::gazetteer::{Class, Gazetteer},
    word_keys::keys,
};
use serde_json::Value;

/// Country codes by Wikidata item.
const COUNTRIES: &str = include_str!("../build-gazetteer/countries.txt");
/// Classes of Wikidata whose members are organisations; those below them are named as well, for a dump
/// read from front to back has no tree.
const ORGANISATIONS: &[&str] = &[
    "Q43229",
    "Q4830453",
    "Q783794",
    "Q6881511",
    "Q891723",
    "Q7278",
    "Q476028",
    "Q847017",
    "Q3918",
    "Q875538",
    "Q902104",
    "Q11032",
    "Q1110794",
    "Q163740",
    "Q327333",
    "Q79913",
    "Q22687",
    "Q46970",
    "Q245065",
    "Q484652",
    "Q192350",
    "Q1616075",
    "Q14350",
    "Q215380",
    "Q13393265",
    "Q12973014",
    "Q20639856",
    "Q2085381",
    "Q2659904",
    "Q31855",
    "Q16917",
    "Q33506",
    "Q48204",
    "Q431289",
    "Q17149090",
];
/// Languages whose names are kept: those in which names are found, as dumps and tables call them.
const LANGUAGES: &[&str] = &[
    "", "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "ru", "uk", "ar", "bg", "ca", "cs",
    "da", "el", "fa", "fi", "he", "hi", "hr", "hu", "id", "ja", "kk", "ko", "nb", "nn", "no", "ro",
    "sh", "sk", "sr", "tr", "vi", "zh", "zh-hans", "zh-hant", "zh-tw", "zh_hans", "zh_hant",
];
/// Sitelinks that make one step of the prior.
const SITELINKS: f32 = 8.0;
const HIGHEST_PRIOR: f32 = 25.0;

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).collect::<Vec<_>>();
    let mut most = usize::MAX;
    let mut names = None;
    while let Some(option) = args.first().and_then(|a| a.to_str()).filter(|a| a.starts_with("--")) {
        let value = args.get(1).and_then(|value| value.to_str());
        match option {
            "--most" => {
                most = value.and_then(|n| n.parse().ok()).context("--most wants a number")?;
            }
            "--names" => names = Some(PathBuf::from(value.context("--names wants a file")?)),
            other => bail!("unknown option {other}"),
        }
        args.drain(..2);
    }
    let [input, output] = &args[..] else {
        bail!("usage: build-entities [--most N] [--names FILE] IN OUT");
    };
    let mut rows = read(&PathBuf::from(input))?;
    if let Some(names) = names {
        let list = fs::read_to_string(&names).with_context(|| names.display().to_string())?;
        add_names(&mut rows, &list).with_context(|| names.display().to_string())?;
    }
    rarity::set(&mut rows);
    let rows = cut(rows, most);
    let bytes = entity_base::build(&rows);
    let packed = zstd::encode_all(bytes.as_slice(), 19)?;
    eprintln!("{} items, {} bytes, {} packed", rows.len(), bytes.len(), packed.len());
    fs::write(output, packed).with_context(|| output.display().to_string())
}

fn read(path: &Path) -> Result<Vec<Row>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let name = path.to_string_lossy().into_owned();
    let (plain, reader): (&str, Box<dyn Read>) = match name.strip_suffix(".gz") {
        Some(plain) => (plain, Box::new(flate2::read::MultiGzDecoder::new(file))),
        None => (&name, Box::new(file)),
    };
    match Path::new(plain).extension().and_then(|e| e.to_str()) {
        Some("tsv") => table(reader, b'\t'),
        Some("csv") => table(reader, b','),
        Some("json" | "ndjson") => dump(BufReader::new(reader)),
        _ => bail!("{name}: .tsv, .csv or .json expected"),
    }
}

/// Adds names of a list to the items that they are of.
fn add_names(rows: &mut [Row], list: &str) -> Result<()> {
    let mut numbers: HashMap<u32, usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        numbers.insert(row.item.number, at);
    }
    for (line, entry) in list.lines().enumerate().filter(|(_, entry)| !entry.starts_with('#')) {
        let (item, names) =
            entry.split_once('\t').with_context(|| format!("line {}: no tab", line + 1))?;
        let number = item.strip_prefix('Q').and_then(|n| n.parse().ok());
        let number: u32 = number.with_context(|| format!("line {}: no item: {item}", line + 1))?;
        let at = numbers
            .get(&number)
            .with_context(|| format!("line {}: not in the table: {item}", line + 1))?;
        for name in names.split(";;") {
            let (_, name) = name
                .split_once(':')
                .with_context(|| format!("line {}: no language: {name}", line + 1))?;
            let known = &mut rows[*at].names;
            if !known.iter().any(|other| other == name) {
                known.push(name.to_owned());
            }
        }
    }
    Ok(())
}

/// Reads a table with a heading.
fn table(reader: impl Read, delimiter: u8) -> Result<Vec<Row>> {
    let gazetteer = models::finder(Lists::default(), None, &[]).gazetteer;
    let mut countries: HashMap<String, [u8; 2]> = HashMap::new();
    let mut table = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(delimiter == b',')
        .flexible(true)
        .from_reader(reader);
    let heading = table.headers()?.clone();
    let column =
        |name: &str| heading.iter().position(|cell| cell.trim_start_matches('#').starts_with(name));
    let need = |name: &str| column(name).with_context(|| format!("no column {name}"));
    let [qid, name, kind] = [need("qid")?, need("name")?, need("type")?];
    let [country, description, prior, sources, aliases] =
        ["country", "description", "prior", "sources", "aliases"].map(column);
    let mut rows = Vec::new();
    for record in table.records() {
        let record = record?;
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let Some(number) = cell(Some(qid)).strip_prefix('Q').and_then(|n| n.parse().ok()) else {
            continue;
        };
        let kind = match cell(Some(kind)) {
            "PERSON" => NameKind::Person,
            "ORG" => NameKind::Organisation,
            _ => continue,
        };
        if kind == NameKind::Organisation && is_thing(cell(Some(name)), cell(description)) {
            continue;
        }
        let is_everywhere =
            kind == NameKind::Organisation && is_international(cell(Some(name)), cell(description));
        let land = if is_market(cell(sources)) || is_everywhere { "" } else { cell(country) };
        let country = *countries.entry(land.to_owned()).or_insert_with(|| code(&gazetteer, land));
        let prior = cell(prior).parse().unwrap_or(1.0_f32).clamp(0.0, HIGHEST_PRIOR);
        let others = cell(aliases).split(";;").filter_map(|alias| {
            let (language, alias) = match alias.split_once(':') {
                Some((l, a)) if l.len() <= 12 && !l.contains(' ') => (l, a),
                _ => ("", alias),
            };
            LANGUAGES.contains(&language).then(|| alias.to_owned())
        });
        let names: Vec<String> =
            std::iter::once(cell(Some(name)).to_owned()).chain(others).collect();
        let country = match has_markets(cell(sources)) {
            true => home_in_names(&gazetteer, &names).unwrap_or(country),
            false => country,
        };
        let fields = match kind {
            NameKind::Person => {
                let office = if holds_office(cell(sources)) { trades::PUBLIC } else { 0 };
                office | trades::described(cell(description))
            }
            _ => 0,
        };
        let country = match country {
            [0, 0] if !is_everywhere => land_in(&gazetteer, cell(description)),
            _ => country,
        };
        let item = Item { number, kind, country, prior, rarity: Rarity::Usual, fields };
        rows.push(Row { item, names });
    }
    Ok(rows)
}

/// Whether a row is of registers of members of parliaments.
fn holds_office(sources: &str) -> bool {
    sources.split(',').any(|source| matches!(source, "eps" | "ep2015" | "congress" | "openstates"))
}

/// The one country that a description tells of by its name or its people's: `Norwegian singer`, `central bank of Norway`;
/// zeros where it tells of none or of several, and of names that parts of other countries have as well.
fn land_in(gazetteer: &Gazetteer, description: &str) -> [u8; 2] {
    // Sports, not peoples.
    let description = description.replace("American football", "").replace("Canadian football", "");
    let text = Text::new(&description);
    let keys = keys(&text);
    let mut lands: Vec<[u8; 2]> = Vec::new();
    for one in gazetteer.matches(&text, &keys) {
        let places = || one.places.iter().map(|place| gazetteer.place(*place));
        let is_land = |class| matches!(class, Class::Country | Class::Demonym);
        // `French-language paper` is of many countries.
        let hyphen = usize::from(text.word_or_empty(one.tokens.end) == "-");
        if text.word_or_empty(one.tokens.end + hyphen) == "language" {
            continue;
        }
        if places().all(|place| is_land(place.class) || place.class == Class::City)
            && places().any(|place| is_land(place.class))
        {
            lands.extend(places().filter(|p| is_land(p.class)).map(|p| p.country));
        }
    }
    let home = |word: &&str| HOME_NATIONS.contains(word);
    lands.extend(description.split(|c: char| !c.is_alphabetic()).filter(home).map(|_| *b"GB"));
    lands.sort_unstable();
    lands.dedup();
    match lands[..] {
        [land] => land,
        _ => [0; 2],
    }
}

/// Nations of the United Kingdom and their peoples, which have no code of their own.
const HOME_NATIONS: &[&str] = &["England", "English", "Scotland", "Scottish", "Wales", "Welsh"];

/// Sources whose country is where an organisation is, not where it has shops.
const HOMES: &[&str] = &["ror", "reep", "proto-commons", "eps", "ep2015", "congress"];

/// Whether a row's country is only where a brand has shops.
fn is_market(sources: &str) -> bool {
    has_markets(sources) && !sources.split(',').any(|source| HOMES.contains(&source))
}

/// Whether a row's country may be where a brand has shops.
fn has_markets(sources: &str) -> bool {
    sources.split(',').any(|source| matches!(source, "nsi" | "atp"))
}

/// The country that registers write behind an organisation's name (`Acme (Austria)`); `None` where they write none, or
/// several.
fn home_in_names(gazetteer: &Gazetteer, names: &[String]) -> Option<[u8; 2]> {
    let mut homes: Vec<[u8; 2]> = names
        .iter()
        .filter_map(|name| name.strip_suffix(')')?.rsplit_once(" (").map(|(_, land)| land))
        .map(|land| code(gazetteer, land))
        .filter(|home| *home != [0; 2])
        .collect();
    homes.sort_unstable();
    homes.dedup();
    match homes[..] {
        [home] => Some(home),
        _ => None,
    }
}

/// Whether what a table calls an organisation is a war, a decoration, a feast, a people, a field of study or the like: by
/// what its description calls it first, or by a name such as Hundred Years' War.
fn is_thing(name: &str, description: &str) -> bool {
    const THINGS: [&str; 38] = [
        "mast",
        "war",
        "wars",
        "conflict",
        "conflicts",
        "battle",
        "invasion",
        "theatre",
        "revolution",
        "uprising",
        "massacre",
        "decoration",
        "medal",
        "award",
        "awards",
        "merit",
        "chivalry",
        "holiday",
        "feast",
        "day",
        "song",
        "album",
        "drama",
        "novel",
        "language",
        "people",
        "citizens",
        "ideology",
        "religion",
        "concept",
        "discipline",
        "science",
        "art",
        "genre",
        "term",
        "neighborhood",
        "neighborhoods",
        "state",
    ];
    const ENDS: [&str; 24] = [
        "in",
        "between",
        "for",
        "on",
        "from",
        "to",
        "that",
        "which",
        "awarded",
        "given",
        "by",
        "during",
        "when",
        "celebrating",
        "commemorating",
        "fought",
        "among",
        "at",
        "with",
        "whose",
        "established",
        "issued",
        "centered",
        "and",
    ];
    let is_war = name.ends_with(" War")
        || [" War I", " War II", " Wars"].iter().any(|end| name.ends_with(end))
        || ["War of ", "Battle of ", "First War "].iter().any(|start| name.starts_with(start));
    // All small letters: `video game industry`.
    let is_noun = name.contains(' ') && name.bytes().all(|b| b.is_ascii_lowercase() || b == b' ');
    let description = description.to_lowercase();
    let first = description.split(['(', ',', ';', ':']).next().unwrap_or_default();
    let mut head = "";
    for word in first.split_whitespace().take_while(|word| !ENDS.contains(word)) {
        // `military order of merit`, `series of wars`, but `museum of art`.
        if word == "of" && !matches!(head, "series" | "order" | "orders" | "kind") {
            break;
        }
        head = word;
    }
    is_war || is_noun || THINGS.contains(&head)
}

/// Whether an organisation is of many countries: that of its seat is not its own. By what its description says, else
/// by a name such as International Criminal Court.
fn is_international(name: &str, description: &str) -> bool {
    const KINDS: [&str; 10] = [
        "intergovernmental",
        "inter-governmental",
        "supranational",
        "international organi",
        "international economic organi",
        "international financial institution",
        "international tribunal",
        "international court",
        "agency of the united nations",
        "united nations agency",
    ];
    const BODIES: [&str; 9] = [
        "Organization",
        "Organisation",
        "Court",
        "Fund",
        "Federation",
        "Union",
        "Council",
        "Agency",
        "Programme",
    ];
    let description = description.to_lowercase();
    let words = name.split_whitespace();
    let first = words.clone().next().unwrap_or_default();
    let is_named_so = name.starts_with("United Nations")
        || matches!(first, "International" | "World")
            && words.last().is_some_and(|last| BODIES.contains(&last));
    is_named_so || KINDS.iter().any(|kind| description.contains(kind))
}

/// A country's code by its code or its name; zeros where there is none.
fn code(gazetteer: &Gazetteer, country: &str) -> [u8; 2] {
    if let [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] = country.as_bytes() {
        return [*a, *b];
    }
    if matches!(country, "England" | "Scotland" | "Wales" | "Northern Ireland") {
        return *b"GB";
    }
    let text = Text::new(country);
    let keys = keys(&text);
    if keys.is_empty() {
        return [0; 2];
    }
    gazetteer
        .exact(&text, &keys, 0..keys.len())
        .into_iter()
        .map(|place| gazetteer.place(place))
        .find(|place| place.class == Class::Country)
        .map_or([0; 2], |place| place.country)
}

/// Reads a dump of Wikidata: an array of entities, each on a line of its own.
fn dump(reader: impl BufRead) -> Result<Vec<Row>> {
    let countries: HashMap<&str, [u8; 2]> = COUNTRIES
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('|');
            let iso = cells.next()?.as_bytes();
            Some((cells.next()?, [*iso.first()?, *iso.get(1)?]))
        })
        .collect();
    let mut rows = Vec::new();
    for (at, line) in reader.lines().enumerate() {
        let line = line?;
        let line = line.trim().trim_end_matches(',');
        if line.starts_with('{') {
            let entity: Value =
                serde_json::from_str(line).with_context(|| format!("line {}", at + 1))?;
            rows.extend(row(&entity, &countries));
        }
    }
    Ok(rows)
}

/// A person or an organisation that some Wikipedia has a page on.
fn row(entity: &Value, countries: &HashMap<&str, [u8; 2]>) -> Option<Row> {
    let number = entity["id"].as_str()?.strip_prefix('Q')?.parse().ok()?;
    let values = |property: &str| {
        entity["claims"][property]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|claim| claim["mainsnak"]["datavalue"]["value"]["id"].as_str())
            .collect::<Vec<_>>()
    };
    let classes = values("P31");
    let kind = if classes.contains(&"Q5") {
        NameKind::Person
    } else if classes.iter().any(|class| ORGANISATIONS.contains(class)) {
        NameKind::Organisation
    } else {
        return None;
    };
    let sitelinks = entity["sitelinks"].as_object().map_or(0, serde_json::Map::len);
    if sitelinks == 0 {
        return None;
    }
    let lands = [values("P17"), values("P27")].concat();
    let country = lands.iter().find_map(|land| countries.get(land)).copied().unwrap_or_default();
    let label = |language: &str| entity["labels"][language]["value"].as_str();
    let main = label("en").or_else(|| label("mul"))?;
    let mut names = vec![main.to_owned()];
    for language in LANGUAGES {
        names.extend(label(language).map(str::to_owned));
        let aliases = entity["aliases"][*language].as_array().into_iter().flatten();
        names.extend(aliases.filter_map(|a| a["value"].as_str()).map(str::to_owned));
    }
    let prior = (sitelinks as f32 / SITELINKS).min(HIGHEST_PRIOR);
    let fields = match kind {
        NameKind::Person => {
            trades::described(entity["descriptions"]["en"]["value"].as_str().unwrap_or_default())
        }
        _ => 0,
    };
    let item = Item { number, kind, country, prior, rarity: Rarity::Usual, fields };
    Some(Row { item, names })
}

/// The rows of the highest prior, and of the others what shares a name with them.
fn cut(mut rows: Vec<Row>, most: usize) -> Vec<Row> {
    rows.sort_by(|a, b| {
        b.item.prior.total_cmp(&a.item.prior).then(a.item.number.cmp(&b.item.number))
    });
    let rest = rows.split_off(most.min(rows.len()));
    let hashes = |row: &Row, name: &str| {
        name_hashes(row.item.kind, name).into_iter().map(|(hash, _)| hash).collect::<Vec<_>>()
    };
    let kept: HashSet<u64> = rows
        .iter()
        .flat_map(|row| row.names.iter().flat_map(|name| hashes(row, name)).collect::<Vec<_>>())
        .collect();
    for mut rival in rest {
        let mut main = true;
        let names = std::mem::take(&mut rival.names);
        for (at, name) in names.into_iter().enumerate() {
            if hashes(&rival, &name).iter().any(|hash| kept.contains(hash)) {
                rival.names.push(name);
            } else if at == 0 {
                main = false;
            }
        }
        if !rival.names.is_empty() {
            if !main {
                rival.names.insert(0, String::new());
            }
            rows.push(rival);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dump_gives_people_and_organisations_with_country() {
        let dump_lines = r#"[
{"id":"Q901","labels":{"en":{"value":"Odd Fjellvik"}},"aliases":{"en":[{"value":"O. Fjellvik"}]},"claims":{"P31":[{"mainsnak":{"datavalue":{"value":{"id":"Q5"}}}}],"P27":[{"mainsnak":{"datavalue":{"value":{"id":"Q40"}}}}]},"sitelinks":{"enwiki":{},"dewiki":{}}},
{"id":"Q902","labels":{"en":{"value":"A hill"}},"claims":{"P31":[{"mainsnak":{"datavalue":{"value":{"id":"Q54050"}}}}]},"sitelinks":{"enwiki":{}}}
]"#;
        let rows = dump(dump_lines.as_bytes()).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].item.number, rows[0].item.country), (901, *b"AT"));
        assert_eq!(rows[0].names, ["Odd Fjellvik", "Odd Fjellvik", "O. Fjellvik"]);
    }

    #[test]
    fn brand_country_comes_from_names_not_shops() {
        let table_lines = "qid\tname\ttype\tcountry\tdescription\tprior\tlicence\tsources\taliases\n\
            Q1\tGullgas\tORG\tNZ\tcompany\t1\tCC0\tatp,nsi,ror\tGullgas 2go;;en:Gullgas (Austria)\n\
            Q2\tSaltbank\tORG\tNZ\tbank\t1\tCC0\tnsi,ror\tSaltbank (Norway);;Saltbank (Chile)\n\
            Q3\tFjordmart\tORG\tNZ\tshops\t1\tCC0\tnsi\tFjordmart Express\n";
        let rows = table(table_lines.as_bytes(), b'\t').unwrap();
        let countries: Vec<[u8; 2]> = rows.iter().map(|row| row.item.country).collect();
        assert_eq!(countries, [*b"AT", *b"NZ", [0; 2]]);
    }

    #[test]
    fn wars_and_decorations_are_no_organisations() {
        assert!(is_thing("Salt War", "1631–1634 conflict in the north"));
        assert!(is_thing("Order of the Gull", "military order of merit of Orland"));
        assert!(is_thing("salt industry", "sector of the economy"));
        assert!(!is_thing("Salt Army", "army formed after the outbreak of a war"));
        assert!(!is_thing("Gull Museum", "museum of art in Orland"));
        assert!(!is_thing("easyship", "company"));
    }

    #[test]
    fn country_comes_from_the_description() {
        let gazetteer = models::finder(Lists::default(), None, &[]).gazetteer;
        let land = |description| land_in(&gazetteer, description);
        assert_eq!(land("Norwegian singer (1901-1980)"), *b"NO");
        assert_eq!(land("legislature of the United States"), *b"US");
        assert_eq!(land("English association football club"), *b"GB");
        for none in [
            "football club",
            "Norwegian-Chilean poet",
            "American football player",
            "French-language paper",
        ] {
            assert_eq!(land(none), [0; 2], "{none}");
        }
    }

    #[test]
    fn names_of_a_list_are_added_to_their_items() {
        let item = Item {
            number: 7,
            kind: NameKind::Person,
            country: [0; 2],
            prior: 3.0,
            rarity: Rarity::Usual,
            fields: 0,
        };
        let mut rows = vec![Row { item, names: vec!["Kari Myhre".to_owned()] }];
        add_names(&mut rows, "# a list\nQ7\tde:Kari Mühre;;sv:Kari Myhre").unwrap();
        assert_eq!(rows[0].names, ["Kari Myhre", "Kari M\u{fc}hre"]);
        let error = |list| format!("{:#}", add_names(&mut [], list).unwrap_err());
        assert_eq!(error("Q8\tde:A"), "line 1: not in the table: Q8");
        assert_eq!(error("# \nKari\tde:A"), "line 2: no item: Kari");
    }

    #[test]
    fn a_cut_keeps_the_rivals_of_its_names() {
        let row = |number, prior, name: &str| Row {
            item: Item {
                number,
                kind: NameKind::Person,
                country: [0; 2],
                prior,
                rarity: Rarity::Usual,
                fields: 0,
            },
            names: vec![name.to_owned()],
        };
        let rows =
            vec![row(1, 3.0, "Kari Myhre"), row(2, 1.0, "Kari Myhre"), row(3, 1.0, "Per Ukjent")];
        let kept: Vec<u32> = cut(rows, 1).iter().map(|r| r.item.number).collect();
        assert_eq!(kept, [1, 2]);
    }
}
