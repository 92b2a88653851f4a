//! What goes with an entry: pictures, sound, films, files. Told by `enclosure`, Media RSS, Atom links and
//! the attachments of a JSON Feed.

use html5ever::tokenizer::Tag;
use serde_json::Value;

use super::tags::attribute;
use crate::model::WebUrl;

/// Most of an entry that are kept.
const MOST: usize = 20;

/// Longest media type, in bytes.
const LONGEST_TYPE: usize = 100;

/// Endings of pictures' names.
const PICTURES: [&str; 13] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "avif", "svg", "bmp", "tif", "tiff", "heic",
];

/// Something that goes with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::feeds) struct Media {
    pub url: WebUrl,
    /// Lower case, as the feed says.
    pub media_type: Option<String>,
    pub is_image: bool,
}

impl Media {
    /// What stands at an address; `medium` is Media RSS's word for its kind.
    pub(super) fn new(url: WebUrl, media_type: Option<String>, medium: Option<&str>) -> Self {
        let media_type = media_type.map(|kind| kind.trim().to_ascii_lowercase());
        let media_type = media_type.filter(|kind| (1..=LONGEST_TYPE).contains(&kind.len()));
        let is_image = match (media_type.as_deref(), medium) {
            (Some(kind), _) if kind.starts_with("image") => true,
            (_, Some(medium)) => medium.trim().eq_ignore_ascii_case("image"),
            (None | Some("application/octet-stream" | "binary/octet-stream"), None) => {
                is_picture(&url)
            }
            (Some(_), None) => false,
        };
        Self { url, media_type, is_image }
    }
}

/// Whether an address is that of a picture, by its ending.
fn is_picture(url: &WebUrl) -> bool {
    let name = url.as_url().path().rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| PICTURES.contains(&ending.as_str()))
}

/// What an element says, where it is one of these.
pub(super) fn of_tag(tag: &Tag, name: &str, base: &WebUrl) -> Option<Media> {
    let medium = match name {
        "enclosure" => None,
        "media:content" => attribute(tag, "medium"),
        "media:thumbnail" => Some("image".to_owned()),
        _ => return None,
    };
    let url = attribute(tag, "url").filter(|url| !url.trim().is_empty())?;
    let url = base.join(url.trim()).ok()?;
    Some(Media::new(url, attribute(tag, "type"), medium.as_deref()))
}

/// Those of an item of a JSON Feed.
pub(super) fn of_json(item: &Value, at: &WebUrl) -> Vec<Media> {
    let text = |value: &Value, key: &str| value.get(key)?.as_str().map(str::to_owned);
    let url = |value: &Value, key: &str| at.join(text(value, key)?.trim()).ok();
    let attachments = item.get("attachments").and_then(Value::as_array).into_iter().flatten();
    let attachments = attachments.filter_map(|attached| {
        Some(Media::new(url(attached, "url")?, text(attached, "mime_type"), None))
    });
    let image = url(item, "image").map(|url| Media::new(url, None, Some("image")));
    image.into_iter().chain(attachments).collect()
}

/// Each once, and not too many.
pub(super) fn bounded(media: Vec<Media>) -> Vec<Media> {
    let mut kept: Vec<Media> = Vec::new();
    for one in media {
        if kept.len() < MOST && kept.iter().all(|other| other.url != one.url) {
            kept.push(one);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_is_known_by_type_medium_or_address() {
        let is_image = |path: &str, media_type: Option<&str>, medium: Option<&str>| {
            let url = WebUrl::parse("https://ex.com").unwrap().join(path).unwrap();
            Media::new(url, media_type.map(str::to_owned), medium).is_image
        };
        assert!(is_image("/i.JPG?w=3", None, None) && is_image("/i.webp", Some(""), None));
        assert!(is_image("/i", Some("image/png"), None) && is_image("/i", None, Some("Image")));
        assert!(is_image("/i.png", Some("application/octet-stream"), None));
        assert!(!is_image("/talk.mp3", None, None) && !is_image("/i.jpg", None, Some("video")));
        assert!(!is_image("/file.jpg", Some("application/pdf"), None));
    }
}
