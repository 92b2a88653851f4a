//! The address table: both edges of every range that is refused, one step outside of each, the forms
//! that carry an IPv4 address within, and what `allow_addresses` opens.

use std::net::IpAddr;

use super::*;
use news_ingest::fetch::{Guard, is_public};
use news_ingest::model::WebUrl;

/// A range by its first and last address, with the public neighbours where there are any.
struct Range(&'static str, &'static str, Option<&'static str>, Option<&'static str>);

const RANGES: &[Range] = &[
    // IPv4 special-purpose registry.
    Range("0.0.0.0", "0.255.255.255", None, Some("1.0.0.0")),
    Range("10.0.0.0", "10.255.255.255", Some("9.255.255.255"), Some("11.0.0.0")),
    Range("100.64.0.0", "100.127.255.255", Some("100.63.255.255"), Some("100.128.0.0")),
    Range("127.0.0.0", "127.255.255.255", Some("126.255.255.255"), Some("128.0.0.0")),
    Range("169.254.0.0", "169.254.255.255", Some("169.253.255.255"), Some("169.255.0.0")),
    Range("172.16.0.0", "172.31.255.255", Some("172.15.255.255"), Some("172.32.0.0")),
    Range("192.0.0.0", "192.0.0.255", Some("191.255.255.255"), Some("192.0.1.0")),
    Range("192.0.2.0", "192.0.2.255", Some("192.0.1.255"), Some("192.0.3.0")),
    Range("192.31.196.0", "192.31.196.255", Some("192.31.195.255"), Some("192.31.197.0")),
    Range("192.52.193.0", "192.52.193.255", Some("192.52.192.255"), Some("192.52.194.0")),
    Range("192.88.99.0", "192.88.99.255", Some("192.88.98.255"), Some("192.88.100.0")),
    Range("192.168.0.0", "192.168.255.255", Some("192.167.255.255"), Some("192.169.0.0")),
    Range("192.175.48.0", "192.175.48.255", Some("192.175.47.255"), Some("192.175.49.0")),
    Range("198.18.0.0", "198.19.255.255", Some("198.17.255.255"), Some("198.20.0.0")),
    Range("198.51.100.0", "198.51.100.255", Some("198.51.99.255"), Some("198.51.101.0")),
    Range("203.0.113.0", "203.0.113.255", Some("203.0.112.255"), Some("203.0.114.0")),
    Range("224.0.0.0", "239.255.255.255", Some("223.255.255.255"), None),
    Range("240.0.0.0", "255.255.255.255", None, None),
    // IPv6: all outside global unicast, then what is carved from it.
    Range("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, Some("2000::")),
    Range("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
    Range(
        "2001::",
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        Some("2000:ffff::"),
        Some("2001:200::"),
    ),
    Range(
        "2001:db8::",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        Some("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff"),
        Some("2001:db9::"),
    ),
    Range(
        "2002::",
        "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        Some("2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        Some("2003::"),
    ),
    Range(
        "2620:4f:8000::",
        "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
        Some("2620:4f:7fff:ffff:ffff:ffff:ffff:ffff"),
        Some("2620:4f:8001::"),
    ),
    Range(
        "3ffe::",
        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        Some("3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        None,
    ),
    Range("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", None, Some("3fff:1000::")),
];

/// Single addresses that have bitten somebody, and forms of others.
const REFUSED: &[&str] = &[
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254", // metadata of most clouds
    "169.254.170.2",   // and of containers
    "100.100.100.200", // Alibaba
    "192.0.0.192",     // Oracle
    "255.255.255.255",
    "192.0.0.9",
    "192.0.0.170",
    "224.0.0.1",
    "239.255.255.250",
    "::1",
    "::127.0.0.1",        // IPv4-compatible
    "::ffff:0:127.0.0.1", // IPv4-translated
    "::ffff:127.0.0.1",   // mapped
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",     // mapped, even of a public one
    "64:ff9b::127.0.0.1", // NAT64
    "64:ff9b::10.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1", // local NAT64
    "64:ff9b:1:ffff::1",
    "2002:7f00:1::",     // 6to4 of 127.0.0.1
    "2002:a9fe:a9fe::1", // 6to4 of the metadata address
    "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", // Teredo
    "2001:2::1",                            // benchmarking
    "2001:3::1",                            // AMT
    "2001:4:112::1",                        // AS112
    "2001:10::1",                           // ORCHID
    "2001:20::1",                           // ORCHIDv2
    "2001:30::1",                           // drone ids
    "100::1",                               // discard
    "100:0:0:1::1",                         // dummy
    "5f00::1",                              // segment routing
    "fc00::1",
    "fd00:ec2::254", // metadata of AWS over IPv6
    "fdff:ffff::1",
    "fe80::1",
    "febf::1",
    "fec0::1", // site-local
    "ff02::1",
    "ff0e::1",
];

const ALLOWED: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "151.101.1.164",
    "192.0.66.2",
    "198.41.0.4",
    "203.0.112.1",
    "2001:4860:4860::8888",
    "2606:4700::1111",
    "2a00:1450:4001:82a::200e",
    "2c0f:fb50:4002::1",
];

#[test]
fn the_table_of_addresses_is_judged_right() {
    let parse = |text: &str| text.parse::<IpAddr>().ok();
    let mut cases: Vec<(IpAddr, bool)> = Vec::new();
    for Range(first, last, below, above) in RANGES {
        cases.extend([first, last].map(|a| (parse(a).unwrap(), false)));
        cases.extend([below, above].into_iter().flatten().map(|a| (parse(a).unwrap(), true)));
    }
    cases.extend(REFUSED.iter().filter_map(|a| parse(a)).map(|a| (a, false)));
    cases.extend(ALLOWED.iter().map(|a| (parse(a).unwrap(), true)));
    let distinct: std::collections::HashSet<_> = cases.iter().map(|(a, _)| a).collect();
    assert!(distinct.len() >= 120, "{} cases", distinct.len());
    let wrong: Vec<_> = cases.iter().filter(|(a, public)| is_public(*a) != *public).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn guard(allow: &[&str]) -> Guard {
    let allow_addresses = allow.iter().map(ToString::to_string).collect();
    let contact = Some("desk@ex.com".to_owned());
    Guard::new(&Settings { allow_addresses, contact, ..Settings::default() }).unwrap()
}

#[test]
fn opened_ranges_open_nothing_else() {
    let judge = |allow: &[&str], address: &str| {
        guard(allow).check_address(address.parse().unwrap()).is_ok()
    };
    for (allow, address, expected) in [
        (&["10.1.0.0/16"][..], "10.1.255.255", true),
        (&["10.1.0.0/16"], "10.2.0.0", false),
        (&["10.1.0.0/16"], "::ffff:10.1.0.1", false),
        (&["127.0.0.1"], "127.0.0.1", true),
        (&["127.0.0.1"], "127.0.0.2", false),
        (&["::1"], "::1", true),
        (&["fd00::/8"], "fd12::1", true),
        // A translator's range opens what is behind it only as far as that is open itself.
        (&["64:ff9b::/96"], "64:ff9b::8.8.8.8", true),
        (&["64:ff9b::/96"], "64:ff9b::127.0.0.1", false),
        (&["64:ff9b::/96", "10.0.0.0/8"], "64:ff9b::10.0.0.1", true),
        (&["2002::/16"], "2002:a9fe:a9fe::1", false),
        (&["2002::/16"], "2002:808:808::1", true),
        (&["2001::/32"], "2001:0:4136:e378:8000:63bf:80ff:fffe", false), // of 127.0.0.1
        (&["::/0"], "::ffff:192.168.0.1", false),
        (&["::/0"], "fe80::1", true),
        (&["::/0"], "::1", true),
        (&["::/0"], "::10.0.0.1", false),
        (&["::/0"], "::ffff:0:10.0.0.1", false),
        (&["64:ff9b:1::/48"], "64:ff9b:1::10.0.0.1", false),
        (&["64:ff9b:1::/48"], "64:ff9b:1::8.8.8.8", true),
        (&["0.0.0.0/0"], "169.254.169.254", true),
    ] {
        assert_eq!(judge(allow, address), expected, "{allow:?} {address}");
    }
    for bad in ["10.0.0.0/33", "ex.com", "10.0.0", ""] {
        let settings = Settings { allow_addresses: vec![bad.to_owned()], ..Settings::default() };
        assert!(Guard::new(&settings).is_err(), "{bad:?}");
    }
}

#[test]
fn literals_in_urls_are_judged_in_every_spelling() {
    let guard = guard(&[]);
    for url in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://017700000001/",
        "http://127.0.0.1./",
        "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
        "http://%31%32%37.0.0.1/",
        "http://[::1]/",
        "http://[0:0:0:0:0:ffff:7f00:1]/",
        "http://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "http://0/",
        "http://0x7f.1/",
        "http://127.0.0.1.:8080/",
        "http://[fe80::1%25eth0]/",
        "http://[::ffff:7f00:1%25lo]/",
        "http://[v1.x]/",
        "http://\u{2460}\u{2461}\u{2466}.0.0.1/",
        "http://169\u{3002}254\u{ff0e}169\u{ff61}254/",
        "http://0xa9.0376.43518/",
        "http://4294967296/",
        "http://1.2.3.4.5/",
        "http://[::127.0.0.1]/",
        "http://[2002:7f00:1::]/",
    ] {
        // What does not parse is refused before it comes here.
        let refused = WebUrl::parse(url).map_or(true, |url| guard.check_url(&url).is_err());
        assert!(refused, "{url}");
    }
    for url in ["http://ex.com/", "https://8.8.8.8/", "http://[2606:4700::1111]:8080/"] {
        assert!(guard.check_url(&WebUrl::parse(url).unwrap()).is_ok(), "{url}");
    }
}
