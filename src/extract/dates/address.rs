//! Days in addresses, as content management systems write them.

use crate::extract::date_parse::{self, ParsedDate};
use crate::model::{Published, WebUrl};

/// `/2024/05/03/`: the day in the publisher's own time, as content management systems write it.
pub(super) fn day_folders(path: &str) -> Option<Published> {
    let parts: Vec<&str> = path.split('/').collect();
    for window in parts.windows(3) {
        let [y, m, d] = window else { continue };
        if y.len() == 4
            && (1..=2).contains(&m.len())
            && (1..=2).contains(&d.len())
            && let Some(date) = date_parse::find(&format!("{y}-{m}-{d}"), ParsedDate::default())
        {
            return Some(date);
        }
    }
    None
}

/// `-nid03052024`: eight digits at the address's end, day first.
pub(super) fn day_first(url: &WebUrl) -> Option<Published> {
    let path = url.as_url().path().trim_end_matches('/');
    let name = path.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &path[name.len()..];
    (digits.len() == 8).then_some(())?;
    date_parse::find(
        &format!("{}-{}-{}", &digits[4..], &digits[2..4], &digits[..2]),
        ParsedDate::default(),
    )
}

/// [`day_folders`], `/2024-05-03-` and `/20240503`: only whole days.
pub(super) fn in_url(path: &str) -> Option<Published> {
    if let Some(date) = day_folders(path) {
        return Some(date);
    }
    let parts: Vec<&str> = path.split('/').collect();
    parts.iter().find_map(|part| {
        let starts = part.char_indices().filter(|(i, c)| {
            c.is_ascii_digit() && (*i == 0 || !part.as_bytes()[i - 1].is_ascii_digit())
        });
        starts.map(|(i, _)| &part[i..]).find_map(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            match digits {
                8 => date_parse::find(&rest[..8], ParsedDate::default()),
                4 if rest.as_bytes().get(4) == Some(&b'-')
                    && rest.as_bytes().get(7) == Some(&b'-') =>
                {
                    date_parse::find(rest.get(..10)?, ParsedDate::default())
                }
                _ => None,
            }
        })
    })
}
