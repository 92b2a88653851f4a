//! Feeds over several polls: what is published of each.

use super::*;
use crate::feeds::parse::{Parsed, Stop, parse};
use crate::model::{Revision, WebUrl};
use crate::state::Hashes;

/// A feed that is polled, and what is known of it.
#[derive(Default)]
struct Polled {
    known: KnownFeed,
}

impl Polled {
    /// Polls a document; ids and revisions of what is published, the oldest first.
    fn poll(&mut self, text: &str) -> Vec<(String, Option<String>)> {
        let at = WebUrl::parse("https://www.ex.com/feed").unwrap();
        let Ok(Parsed::Feed(mut document)) = parse(text, &at, 100, &Stop::default()) else {
            panic!("{text}")
        };
        let ends = ends(&document);
        take_behind(&mut document, &self.known.ends.0);
        self.known.ends = Hashes(ends);
        let now = time::macros::datetime!(2026-11-28 00:00 UTC);
        let judged = judged(&document.entries, document.via, &self.known, now);
        self.known.earlier = Hashes(earlier(&self.known.earlier.0, &judged));
        let in_feed: Vec<KnownEntry> = judged.iter().rev().map(|judged| judged.known).collect();
        self.known.entries = remembered(&self.known.entries.0, &in_feed, 200);
        self.known.via = document.via.to_owned();
        self.known.marks = Hashes(document.entries.iter().flat_map(Entry::marks).collect());
        let published = judged.iter().rev().filter_map(|judged| judged.publish.as_ref());
        let revision = |identity: &Identity| Some(identity.revision()?.as_str().to_owned());
        published.map(|id| (id.id().as_str().to_owned(), revision(id))).collect()
    }

    /// How many are published of each of these documents.
    fn counts(texts: impl IntoIterator<Item = String>) -> Vec<usize> {
        let mut polled = Self::default();
        texts.into_iter().map(|text| polled.poll(&text).len()).collect()
    }
}

fn atom(entries: &[String]) -> String {
    format!("<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>", entries.concat())
}

/// An entry of a title and an update time of this hour and minute; none for the empty text.
fn entry(id: u8, title: &str, time: &str) -> String {
    let updated = format!("<updated>2026-11-27T{time}:00Z</updated>");
    let updated = if time.is_empty() { "" } else { &updated };
    format!(
        "<entry><id>tag:x:{id}</id><title>{title}</title><link href='/{id}'/>\
         <published>2026-11-26T0{id}:00:00Z</published>{updated}</entry>"
    )
}

fn rss(items: &str) -> String {
    format!("<rss version='2.0'><channel>{items}</channel></rss>")
}

#[test]
fn a_new_entry_has_no_revision() {
    let published = |text: &str| Polled::default().poll(text);
    let alone = atom(&[entry(1, "Bridge", "08:00"), entry(9, "Harbour", "")]);
    let among = atom(&[
        entry(1, "Bridge", "08:00"),
        entry(2, "Tunnel", "08:00"),
        entry(3, "Canal", "08:00"),
    ]);
    let of_rss = rss("<item><title>Bridge</title><link>/1</link><guid>tag:x:1</guid></item>");
    for text in [alone, among, of_rss] {
        assert!(published(&text).contains(&("tag:x:1".to_owned(), None)), "{text}");
    }
}

#[test]
fn another_format_revises_nothing() {
    let item = |id: u8| {
        format!(
            "<item><title>Bridge {id}</title><link>/{id}</link><guid>tag:x:{id}</guid>\
             <pubDate>Thu, 26 Nov 2026 0{id}:00:00 GMT</pubDate></item>"
        )
    };
    let old = || rss(&(1..=4).map(item).collect::<String>());
    let edited = |id: u8| entry(id, &format!("Bridge {id}"), &format!("08:{id}0"));
    let published = |entry: String| {
        let (before, rest) = entry.split_once("<published>").unwrap();
        format!("{before}{}", rest.split_once("</published>").unwrap().1)
    };
    let with = || atom(&(1..=4).map(edited).collect::<Vec<_>>());
    let without = || atom(&(1..=4).map(|id| published(edited(id))).collect::<Vec<_>>());
    assert_eq!(Polled::counts([old(), with(), with()]), [4, 0, 0]);
    assert_eq!(Polled::counts([old(), without(), without()]), [4, 0, 0]);
    // What a version before this one remembers says nothing of formats.
    let mut polled = Polled::default();
    polled.poll(&old());
    polled.known.via = String::new();
    assert_eq!(polled.poll(&without()), []);
    // An edit after that is one.
    let later = without().replace("T08:20", "T09:30").replace("Bridge 2", "Bridge shut");
    assert_eq!(polled.poll(&later).len(), 1);
}

#[test]
fn build_times_revise_nothing() {
    for count in 1..=6 {
        for has_notice in [false, true] {
            let polls = (0..4).map(|poll| {
                let time = format!("08:1{poll}");
                let mut entries: Vec<String> =
                    (1..=count).map(|id| entry(id, "Bridge", &time)).collect();
                if has_notice {
                    entries.push(entry(9, "Notice", ""));
                }
                atom(&entries)
            });
            let first = usize::from(count) + usize::from(has_notice);
            assert_eq!(Polled::counts(polls), [first, 0, 0, 0], "{count} {has_notice}");
        }
    }
}

#[test]
fn build_time_revises_once() {
    let polls = (0..5).map(|poll| {
        atom(&[entry(1, "Bridge", &format!("08:1{poll}")), entry(2, "Tunnel", "07:00")])
    });
    assert_eq!(Polled::counts(polls), [2, 1, 0, 0, 0]);
}

#[test]
fn build_time_of_new_entries_too_revises_nothing() {
    let polls = (1..5).map(|poll| {
        let entries: Vec<String> =
            (1..=poll).map(|id| entry(id, "Bridge", &format!("08:1{poll}"))).collect();
        atom(&entries)
    });
    assert_eq!(Polled::counts(polls), [1, 1, 1, 1]);
}

#[test]
fn update_of_one_entry_revises_it_alone() {
    let at = |time: &str, title: &str| {
        atom(&[entry(1, "Bridge", "07:00"), entry(2, title, time), entry(3, "Tunnel", "07:20")])
    };
    let mut polled = Polled::default();
    assert_eq!(polled.poll(&at("07:10", "Harbour")).len(), 3);
    let revised = |time: &str| vec![("tag:x:2".to_owned(), Some(format!("2026-11-27T{time}:00Z")))];
    assert_eq!(polled.poll(&at("09:00", "Harbour")), revised("09:00"), "its page may say more");
    assert_eq!(polled.poll(&at("09:00", "Harbour")), []);
    assert_eq!(polled.poll(&at("09:30", "Harbour opens")), revised("09:30"));
    assert_eq!(polled.poll(&at("09:00", "Harbour")), [], "an older copy");
}

/// An entry that was published at 07:00 of that day, with its update time in full.
fn at(id: u8, title: &str, updated: &str) -> String {
    let entry = entry(id, title, "07:00");
    let (before, rest) = entry.split_once("<published>").unwrap();
    let (_, rest) = rest.split_once("</updated>").unwrap();
    format!(
        "{before}<published>2026-11-27T07:0{id}:00Z</published><updated>{updated}</updated>{rest}"
    )
}

/// So many entries that were not touched since they came out.
fn untouched(ids: std::ops::RangeInclusive<u8>) -> Vec<String> {
    ids.map(|id| at(id, &format!("Bridge {id}"), &format!("2026-11-27T07:0{id}:00Z"))).collect()
}

fn made(entries: &[Vec<String>], at: &str) -> String {
    atom(&entries.concat()).replacen('>', &format!("><updated>{at}</updated>"), 1)
}

#[test]
fn corrections_beside_other_times_are_revisions() {
    let all = || atom(&untouched(1..=5));
    let corrected = |id: u8, time: &str| at(id, "Harbour", &format!("2026-11-27T{time}Z"));
    let new = |id: u8, time: &str| {
        let time = format!("2026-11-27T{time}Z");
        let entry = at(id, "Tunnel", &time);
        entry.replace(&format!("2026-11-27T07:0{id}:00Z"), &time)
    };
    // Beside a new entry, with the feed's own time; between two of them; beside one that was touched at once.
    let with_feed = made(
        &[vec![new(9, "12:00:00"), corrected(1, "12:00:03")], untouched(2..=5)],
        "2026-11-27T12:00:03Z",
    );
    assert_eq!(Polled::counts([all(), with_feed]), [5, 2]);
    let between = [new(8, "12:00:00"), new(9, "12:00:04"), corrected(1, "12:00:02")];
    assert_eq!(Polled::counts([all(), atom(&[&between[..], &untouched(2..=5)].concat())]), [5, 3]);
    let touched =
        new(9, "12:00:00").replace("<updated>2026-11-27T12:00:00", "<updated>2026-11-27T12:00:03");
    let beside = [vec![touched, corrected(1, "12:00:00")], untouched(2..=5)].concat();
    assert_eq!(Polled::counts([all(), atom(&beside)]), [5, 2]);
    // Two at once: the first corrections of each, and later ones, with the feed's time.
    let two = |first: &str, second: &str| {
        let two = vec![corrected(1, first), corrected(2, second).replace("Harbour", "Canal")];
        made(&[two, untouched(3..=5)], &format!("2026-11-27T{second}Z"))
    };
    assert_eq!(Polled::counts([all(), two("12:00:00", "12:00:04")]), [5, 2]);
    let later = two("13:00:00", "13:00:02").replace("Harbour", "Quay").replace("Canal", "Lock");
    assert_eq!(Polled::counts([all(), two("12:00:00", "12:30:00"), later]), [5, 2, 2]);
}

#[test]
fn time_that_all_share_makes_no_revision() {
    let feed = |minute: u8| {
        let entries = (1..=4).map(|id| {
            at(id, &format!("Seen {minute} times"), &format!("2026-11-27T12:{minute}:00Z"))
        });
        atom(&entries.collect::<Vec<_>>())
    };
    assert_eq!(Polled::counts([10, 20, 30].map(feed)), [4, 0, 0]);
}

#[test]
fn slips_of_a_clock_hide_no_correction() {
    let feed = |title: &str, updated: &str| {
        atom(&[vec![at(1, title, updated)], untouched(2..=5)].concat())
    };
    let polls = [
        feed("Bridge", "2026-11-27T07:01:00Z"),
        feed("Harbour", "2027-11-27T10:00:00Z"),
        feed("Canal", "2026-11-27T13:00:00Z"),
        feed("Lock", "2026-11-27T14:00:00Z"),
        // Its page may say more, once the time is seen to stay.
        feed("Lock", "2027-11-27T15:00:00Z"),
        feed("Lock", "2026-11-27T16:00:00Z"),
    ];
    assert_eq!(Polled::counts(polls)[..4], [5, 1, 1, 1]);
    let zone = [
        feed("Bridge", "2026-11-27T11:30:00Z"),
        feed("Harbour", "2026-11-27T11:00:00Z"),
        feed("Bridge", "2026-11-27T10:30:00Z"),
        feed("Canal", "2026-11-27T11:20:00Z"),
    ];
    assert_eq!(Polled::counts(zone), [5, 1, 0, 1], "the third is an older copy");
}

#[test]
fn changed_text_with_moved_time_is_a_revision() {
    let one = |time: &str, text: &str| {
        let content =
            format!("<content type='html'>&lt;p id='{time}'>{text}&lt;/p></content></entry>");
        atom(&[entry(1, "Bridge", time).replace("</entry>", &content)])
    };
    let polls = [("08:00", "It is long."), ("08:10", "It is long."), ("08:20", "It is short.")];
    assert_eq!(Polled::counts(polls.map(|(time, text)| one(time, text))), [1, 0, 1]);
}

#[test]
fn lone_move_is_a_revision_once_it_stays() {
    let with = |time: &str, others: u8| {
        let others = (2..2 + others).map(|id| entry(id, "Tunnel", ""));
        atom(&std::iter::once(entry(1, "Bridge", time)).chain(others).collect::<Vec<_>>())
    };
    let polls = [with("07:00", 0), with("08:00", 0), with("08:00", 0), with("08:00", 1)];
    assert_eq!(Polled::counts(polls), [1, 0, 0, 2], "the same document tells nothing");
}

#[test]
fn batch_time_is_no_revision() {
    let batch = || (1..=4).map(|id| entry(id, "Bridge", "08:00"));
    let own = entry(5, "New", "09:00");
    let all = atom(&batch().collect::<Vec<_>>());
    let more = atom(&std::iter::once(own.clone()).chain(batch()).collect::<Vec<_>>());
    let fewer = atom(&std::iter::once(own).chain(batch().take(2)).collect::<Vec<_>>());
    assert_eq!(Polled::counts([all, more, fewer]), [4, 1, 0]);
}

#[test]
fn batch_edit_beside_other_times_is_no_revision() {
    let old = |id: u8| entry(id, "Bridge", &format!("07:0{id}"));
    let before = atom(&(1..=5).map(old).collect::<Vec<_>>());
    let batch = (1..=4).map(|id| entry(id, "Bridge", "08:00"));
    let after = atom(&batch.chain([old(5)]).collect::<Vec<_>>());
    assert_eq!(Polled::counts([before, after.clone(), after]), [5, 0, 0]);
}

#[test]
fn times_of_two_servers_are_one() {
    let times = ["2026-11-27T07:00:00Z", "2026-11-27T07:00:00.500Z", "2026-11-27T08:00:01+01:00"];
    let polls = times
        .map(|time| atom(&[entry(1, "Bridge", "07:00").replace("2026-11-27T07:00:00Z", time)]));
    assert_eq!(Polled::counts(polls), [1, 0, 0]);
}

#[test]
fn changed_guid_at_one_address_is_one_entry() {
    let feed = |of: &dyn Fn(u8) -> String| {
        let items = (1..=3).map(|n| {
            format!(
                "<item><title>Story {n}</title><link>/s{n}?utm_source=rss</link><guid>{}</guid>\
                 <pubDate>Thu, 26 Nov 2026 0{n}:00:00 GMT</pubDate></item>",
                of(n)
            )
        });
        rss(&items.collect::<String>())
    };
    let build = (0..3).map(|poll| feed(&|n| format!("https://www.ex.com/s{n}#{poll}")));
    assert_eq!(Polled::counts(build), [3, 0, 0]);
    let random = (0..3).map(|poll| feed(&|n| format!("{n}-{poll}")));
    assert_eq!(Polled::counts(random), [3, 0, 0]);
    let begun = [feed(&|_| String::new()), feed(&|n| n.to_string())];
    assert_eq!(Polled::counts(begun), [3, 0], "guids that a feed begins to give");
}

#[test]
fn sessions_in_addresses_are_no_new_entries() {
    let items = |link: &dyn Fn(u8) -> String| {
        let item = |n: u8| {
            format!(
                "<item><title>Story {n}</title><link>{}</link>\
                 <pubDate>Thu, 26 Nov 2026 0{n}:00:00 GMT</pubDate></item>",
                link(n)
            )
        };
        rss(&(1..=4).map(item).collect::<String>())
    };
    let session = |poll: u8| items(&|n| format!("/s{n}?PHPSESSID=0f{n}{poll}"));
    let parameter = |poll: u8| items(&|n| format!("/s{n};jsessionid=0F{n}{poll}"));
    let token = |poll: u8| items(&|n| format!("/s{n}?rnd={poll}"));
    let slash = |poll: u8| items(&|n| format!("/s{n}{}", if poll == 1 { "/" } else { "" }));
    for poll in [&session as &dyn Fn(u8) -> String, &parameter, &token, &slash] {
        assert_eq!(Polled::counts((0..3).map(poll)), [4, 0, 0], "{}", poll(1));
    }
}

#[test]
fn other_stories_of_one_path_are_entries() {
    let item = |n: u8, title: &str, date: &str| {
        let date =
            if date.is_empty() { String::new() } else { format!("<pubDate>{date}</pubDate>") };
        format!("<item><title>{title}</title><link>/story?id={n}</link>{date}</item>")
    };
    let time = |n: u8| format!("Thu, 26 Nov 2026 0{n}:00:00 GMT");
    // Another title, another time, no time or a day only, the first still there.
    let titles = (1..4).map(|n| rss(&item(n, &format!("Weather {n}"), &time(1))));
    assert_eq!(Polled::counts(titles), [1, 1, 1]);
    let times = (1..4).map(|n| rss(&item(n, "Weather", &time(n))));
    assert_eq!(Polled::counts(times), [1, 1, 1]);
    for date in ["", "2026-11-26"] {
        assert_eq!(Polled::counts((1..4).map(|n| rss(&item(n, "Weather", date)))), [1, 1, 1]);
    }
    let both = |n: u8| item(n, "Weather", &time(1)) + &item(n + 1, "Weather", &time(1));
    assert_eq!(Polled::counts((1..4).map(|n| rss(&both(n)))), [2, 1, 1]);
}

#[test]
fn other_guids_at_one_address_are_entries() {
    let item = |n: u8| {
        format!("<item><title>News at {n}</title><link>/live</link><guid>{n}</guid></item>")
    };
    let polls = [rss(&item(1)), rss(&(item(2) + &item(1))), rss(&item(3))];
    assert_eq!(Polled::counts(polls), [1, 1, 1]);
    let content = |n: u8| {
        item(1).replace("</item>", &format!("<content:encoded>Text {n}</content:encoded></item>"))
    };
    let polls = (1..4).map(|n| rss(&content(n).replace(">1</guid>", &format!(">{n}</guid>"))));
    assert_eq!(Polled::counts(polls), [1, 1, 1], "the latest text of a live page");
    let same = |n: u8| item(n).replace(&format!("News at {n}"), "News");
    let polls = [rss(&same(1)), rss(&(same(2) + &same(1)))];
    assert_eq!(Polled::counts(polls), [1, 1], "the old one is still there");
}

#[test]
fn undated_entries_come_in_whichever_order() {
    let item = |n: usize| format!("<item><title>Story {n}</title><link>/s{n}</link></item>");
    let oldest_first = |n: usize| rss(&(0..n).map(item).collect::<String>());
    let newest_first = |n: usize| rss(&(0..n).rev().map(item).collect::<String>());
    // 100 are taken. What was left out at first stays so.
    let counts = [120, 125, 125, 130, 170].map(oldest_first);
    assert_eq!(Polled::counts(counts), [100, 5, 0, 5, 40]);
    let counts = [120, 125, 125, 130, 170].map(newest_first);
    assert_eq!(Polled::counts(counts), [100, 5, 0, 5, 40]);
    // It grows past what is taken.
    assert_eq!(Polled::counts([90, 110, 115].map(oldest_first)), [90, 20, 5]);
    assert_eq!(Polled::counts([90, 110, 115].map(newest_first)), [90, 20, 5]);
    // A feed of which the oldest part goes.
    let window = |from: usize| rss(&(from..from + 120).map(item).collect::<String>());
    assert_eq!(Polled::counts([0, 5, 10].map(window)), [100, 5, 10], "and five that were left out");
    assert_eq!(Polled::counts([3000, 3007].map(oldest_first)), [100, 7], "not all are kept");
    let mut polled = Polled::default();
    polled.poll(&oldest_first(120));
    let published: Vec<String> =
        polled.poll(&oldest_first(122)).into_iter().map(|(id, _)| id).collect();
    let id = |n: usize| {
        let url = WebUrl::parse(&format!("https://www.ex.com/s{n}")).unwrap();
        crate::model::StoryId::of_url(&url).as_str().to_owned()
    };
    assert_eq!(published, [id(120), id(121)], "in their order");
}

#[test]
fn second_address_is_no_new_story() {
    let item = |path: &str, title: &str| {
        format!(
            "<item><title>{title}</title><link>{path}</link>\
             <guid isPermaLink='false'>https://www.ex.com/?p=1</guid></item>"
        )
    };
    let (old, new) = (item("/old", "Bridge"), item("/new", "Bridge"));
    let polls = [rss(&old), rss(&(new.clone() + &old)), rss(&new)];
    assert_eq!(Polled::counts(polls), [1, 0, 0]);
    let tracked = |from: &str| item(&format!("/a?utm_source={from}"), from);
    let polls = [rss(&tracked("rss")), rss(&(tracked("top") + &tracked("rss")))];
    assert_eq!(Polled::counts(polls), [1, 0], "one page");
}

#[test]
fn shared_guid_hides_no_story() {
    let item = |path: &str| {
        format!("<item><title>Story {path}</title><link>{path}</link><guid>0</guid></item>")
    };
    let polls = [rss(&item("/a")), rss(&(item("/b") + &item("/a")))];
    assert_eq!(Polled::counts(polls), [1, 1]);
}

#[test]
fn move_to_https_and_www_is_known() {
    for guid in ["1", "SITE/s1", ""] {
        let polls = ["http://ex.com", "https://www.ex.com", "https://ex.com"].map(|site| {
            let guid = guid.replace("SITE", site);
            rss(&format!("<item><link>{site}/s1</link><guid>{guid}</guid></item>"))
        });
        assert_eq!(Polled::counts(polls), [1, 0, 0], "{guid:?}");
    }
}

#[test]
fn what_an_earlier_version_remembers_is_known() {
    let hash = |id: &str, revision: Option<&str>| {
        let id = crate::model::StoryId::new(id).unwrap();
        hash(Identity::new(id, revision.map(|text| Revision::new(text).unwrap())).key())
    };
    let seen = vec![hash("tag:x:1", Some("2026-11-27T07:00:00Z")), hash("tag:x:2", None)];
    let mut polled = Polled { known: KnownFeed { seen: Hashes(seen), ..KnownFeed::default() } };
    let feed = |one: &str| atom(&[entry(1, "Bridge", one), entry(2, "Tunnel", "")]);
    assert_eq!(polled.poll(&feed("07:00")), []);
    assert_eq!(polled.poll(&feed("07:00")), []);
}

#[test]
fn the_longest_gone_entries_are_forgotten_first() {
    let known = |id: u64| KnownEntry { id, updated: None, text: 0, update: UpdateTime::First };
    let all = |ids: &[u64]| ids.iter().map(|id| known(*id)).collect::<Vec<_>>();
    let ids = |before: &[u64], in_feed: &[u64], most| {
        let kept = remembered(&all(before), &all(in_feed), most);
        kept.0.iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[1, 2, 3, 4], &[2, 9], 4), [3, 4, 2, 9]);
    assert_eq!(ids(&[1, 2, 3, 4], &[], 3), [2, 3, 4]);
}
