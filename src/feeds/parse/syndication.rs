//! How often an RSS feed says that it changes: `updatePeriod` and `updateFrequency` of its channel
//! (the RSS module "Syndication"), which feed-rs leaves out.

use std::time::Duration;

use quick_xml::Reader;
use quick_xml::events::Event;

/// The period over the frequency; `None` where neither is given, or the feed can't be read so far.
pub(super) fn hint(text: &str) -> Option<Duration> {
    let mut reader = Reader::from_str(text);
    let (mut period, mut frequency) = (None, None);
    // Channels say it before or after their items.
    loop {
        let element = match reader.read_event() {
            Ok(Event::Start(element)) => element,
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => continue,
        };
        let name = element.local_name();
        match name.into_inner() {
            "item" | "entry" => {
                let end = element.to_end().into_owned();
                if reader.read_to_end(end.name()).is_err() {
                    break;
                }
            }
            "updatePeriod" => period = text_of(&mut reader).as_deref().and_then(seconds),
            "updateFrequency" => {
                frequency = text_of(&mut reader).and_then(|text| text.trim().parse::<u64>().ok());
            }
            _ => {}
        }
    }
    if period.is_none() && frequency.is_none() {
        return None;
    }
    // "If omitted a value of daily is assumed"; of one time a period.
    let secs = period.unwrap_or(24 * 3600) / frequency.unwrap_or(1).max(1);
    Some(Duration::from_secs(secs)).filter(|hint| !hint.is_zero())
}

fn text_of(reader: &mut Reader<&[u8]>) -> Option<String> {
    match reader.read_event() {
        Ok(Event::Text(text)) => Some(text.to_string()),
        Ok(Event::CData(text)) => Some(text.to_string()),
        _ => None,
    }
}

fn seconds(period: &str) -> Option<u64> {
    let day = 24 * 3600;
    match period.trim().to_ascii_lowercase().as_str() {
        "hourly" => Some(3600),
        "daily" => Some(day),
        "weekly" => Some(7 * day),
        "monthly" => Some(30 * day),
        "yearly" => Some(365 * day),
        _ => None,
    }
}
