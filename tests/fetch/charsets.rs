//! Every way to a page's charset.

use super::*;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table: each row is a way")]
async fn every_way_to_name_a_charset_is_read() {
    let russian = "Мост закрыли на ремонт до осени, сообщили в мэрии города. Жители недовольны.";
    let german = "Die Brücke bleibt bis zum Frühjahr für größere Fahrzeuge gesperrt.";
    let utf_16 = |text: &str| {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let utf_16_be = |text: &str| {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_be_bytes).collect::<Vec<u8>>()
    };
    let encode = |label: &str, text: &str| {
        encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
    };
    let page = |meta: &str, text: &str| format!("<html><head>{meta}</head><p>{text}</p></html>");
    let bom = |text: &str| [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat();
    let meta_1251 = "<meta charset=\"windows-1251\">";
    let old_meta = "<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>";
    let xml = "<?xml version='1.0' encoding='windows-1251'?>";
    let korean = "시장은 화요일에 다리가 가을까지 닫힌다고 밝혔다.";
    let padding = "<style>p{margin:0}</style>".repeat(100);
    let late = page(&format!("{padding}<meta charset='ks_c_5601-1987'>"), korean);
    let japanese = "橋は秋まで閉鎖されると市長が火曜日に発表した。住民は不満を述べている。";
    let cases: Vec<(&str, &str, Vec<u8>, &str, &str)> = vec![
        ("bom over header", "text/html; charset=windows-1251", bom(german), german, "UTF-8"),
        ("utf-16 bom", "text/html", utf_16(&page("", russian)), russian, "UTF-16LE"),
        ("utf-16 big endian bom", "text/html", utf_16_be(&page("", russian)), russian, "UTF-16BE"),
        (
            "utf-16 by header",
            "text/html; charset=utf-16le",
            utf_16(&page("", russian))[2..].to_vec(),
            russian,
            "UTF-16LE",
        ),
        ("meta late in the head", "text/html", encode("euc-kr", &late), korean, "EUC-KR"),
        (
            "meta in a comment",
            "text/html",
            encode("windows-1251", &page("<!-- <meta charset=koi8-r> -->", &russian.repeat(4))),
            russian,
            "windows-1251",
        ),
        (
            "header",
            "text/html; charset=windows-1251",
            encode("windows-1251", russian),
            russian,
            "windows-1251",
        ),
        (
            "quoted header",
            "text/html; Charset=\"koi8-r\"",
            encode("koi8-r", russian),
            russian,
            "KOI8-R",
        ),
        (
            "header over meta",
            "text/html; charset=koi8-r",
            encode("koi8-r", &page(meta_1251, russian)),
            russian,
            "KOI8-R",
        ),
        (
            "meta",
            "text/html",
            encode("windows-1251", &page(meta_1251, russian)),
            russian,
            "windows-1251",
        ),
        ("old meta", "text/html", encode("koi8-r", &page(old_meta, russian)), russian, "KOI8-R"),
        (
            "xml declaration",
            "application/xhtml+xml",
            encode("windows-1251", &(xml.to_owned() + &page("", russian))),
            russian,
            "windows-1251",
        ),
        (
            "unknown label",
            "text/html; charset=utf8mb4",
            page("", german).into_bytes(),
            german,
            "UTF-8",
        ),
        (
            "detected single-byte",
            "text/html",
            encode("windows-1251", &page("", &russian.repeat(4))),
            russian,
            "windows-1251",
        ),
        (
            "detected multi-byte",
            "text/html",
            encode("shift_jis", &page("", &japanese.repeat(3))),
            japanese,
            "Shift_JIS",
        ),
        (
            "iso-2022-jp that nobody names",
            "text/html; charset=utf-8",
            encode("iso-2022-jp", &page("", japanese)),
            japanese,
            "ISO-2022-JP",
        ),
        (
            "iso-2022-jp by meta",
            "text/html",
            encode("iso-2022-jp", &page("<meta charset=iso-2022-jp>", japanese)),
            japanese,
            "ISO-2022-JP",
        ),
        ("no label, utf-8", "text/html", page("", german).into_bytes(), german, "UTF-8"),
        (
            "a server's default label over utf-8",
            "text/html; charset=iso-8859-1",
            page("", german).into_bytes(),
            german,
            "UTF-8",
        ),
        (
            "latin text labelled utf-8",
            "text/html; charset=utf-8",
            encode("windows-1252", &page("", &german.repeat(4))),
            german,
            "windows-1252",
        ),
        (
            "meta that says utf-16 in ascii",
            "text/html",
            page("<meta charset=utf-16>", german).into_bytes(),
            german,
            "UTF-8",
        ),
        (
            "plain text",
            "text/plain; charset=windows-1252",
            encode("windows-1252", german),
            german,
            "windows-1252",
        ),
    ];
    for (name, kind, body, text, charset) in cases {
        let got =
            fetch_reply(&settings(), reply(200, &[("Content-Type", kind)], body)).await.unwrap();
        assert!(html_text(&got).contains(text), "{name}: {:?}", got.content);
        assert_eq!(got.fetch.unwrap().charset, charset, "{name}");
    }
}

#[tokio::test]
async fn one_broken_character_does_not_change_the_charset() {
    let mut body = story("Brücke für Fußgänger").into_bytes();
    body.extend(b"<p>\xff</p>");
    let page = fetch_reply(&settings(), html(body)).await.unwrap();
    assert!(html_text(&page).contains("Brücke für Fußgänger"));
    assert_eq!(page.fetch.unwrap().charset, "UTF-8");
}

#[tokio::test]
async fn charsets_that_browsers_refuse_are_refused() {
    let answer = reply(200, &[("Content-Type", "text/html; charset=iso-2022-kr")], "abc");
    assert_eq!(ending(fetch_reply(&settings(), answer).await), ("charset", Disposition::Reject));
}
