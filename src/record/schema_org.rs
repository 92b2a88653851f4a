//! A record as schema.org JSON-LD, for search engines and archives.

use serde_json::{Map, Value, json};

/// Builds a schema.org `NewsArticle` from a record. The result is a JSON-LD document; embedding it
/// in HTML needs the usual escaping of `<`.
pub(super) fn news_article(record: &Value) -> Value {
    let (item, tags, extract) = (&record["item"], &record["tags"], &record["extract"]);
    let role = |list: &str, role: &str| {
        let texts = item[list].as_array().into_iter().flatten();
        texts.filter(|text| text["role"] == role).map(|text| text["value"].clone()).next()
    };
    let mut out = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            out.insert(key.to_owned(), value);
        }
    };
    put("@context", Some("https://schema.org".into()));
    put("@type", Some("NewsArticle".into()));
    put("@id", Some(item["uri"].clone()));
    put("identifier", Some(record["id"].clone()));
    let is_address = item["uri"].as_str().is_some_and(|uri| uri.starts_with("http"));
    put("url", is_address.then(|| item["uri"].clone()));
    put("headline", role("headlines", "main"));
    put("alternativeHeadline", role("headlines", "sub"));
    put("articleBody", role("bodies", "main"));
    put("abstract", role("descriptions", "summary"));
    put("inLanguage", Some(item["language"].clone()));
    put("datePublished", Some(item["contentCreated"].clone()));
    put("dateModified", Some(extract["dateModified"].clone()));
    put("articleSection", Some(extract["section"].clone()));
    put("genre", list(each(&item["genres"]).map(|genre| genre["name"].clone())));
    let holder = item["copyrightHolder"].as_str();
    put("copyrightHolder", holder.map(|name| json!({"@type": "Organization", "name": name})));
    put("copyrightNotice", Some(item["copyrightNotice"].clone()));
    put("license", Some(item["rightsInfo"]["linkedRights"].clone()));
    put("isAccessibleForFree", Some((item["representationType"] == "full").into()));
    let names = item["by"].as_str().into_iter().flat_map(|by| by.split("; "));
    put("author", list(names.map(|name| json!({"@type": "Person", "name": name}))));
    let publisher = item["infoSources"][0]["name"].as_str();
    put("publisher", publisher.map(|name| json!({"@type": "Organization", "name": name})));
    let image = item["renditions"][0]["href"].as_str();
    put("image", image.map(|url| json!({"@type": "ImageObject", "url": url})));
    put("keywords", list(each(&tags["keywords"]).map(|keyword| keyword["term"].clone())));
    let things = each(&tags["entities"]).filter_map(thing);
    let topics = each(&tags["topics"]).map(|topic| {
        let number = topic["code"].as_str().unwrap_or_default().trim_start_matches("medtop:");
        json!({
            "@type": "DefinedTerm",
            "@id": format!("http://cv.iptc.org/newscodes/mediatopic/{number}"),
            "name": topic["name"],
        })
    });
    put("about", list(things.chain(topics)));
    Value::Object(out)
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A list, or nothing when it is empty.
fn list(values: impl Iterator<Item = Value>) -> Option<Value> {
    let values: Vec<Value> = values.collect();
    (!values.is_empty()).then_some(values.into())
}

fn thing(entity: &Value) -> Option<Value> {
    let kind = match entity["type"].as_str()? {
        "PERSON" => "Person",
        "ORG" => "Organization",
        "PLACE" => "Place",
        _ => return None,
    };
    let mut thing = json!({"@type": kind, "name": entity["name"]});
    if let Some(q) = entity["wikidata"].as_str() {
        thing["sameAs"] = format!("http://www.wikidata.org/entity/{q}").into();
    }
    if entity["lat"].is_number() && entity["lon"].is_number() {
        thing["geo"] = json!({
            "@type": "GeoCoordinates", "latitude": entity["lat"], "longitude": entity["lon"]
        });
    }
    Some(thing)
}
