//! Whole stories as clean HTML.

use crate::extract::{Settings, extract_html};
use crate::model::WebUrl;

const FIRST: &str = "The harbour of Ostmark will close for three weeks in May, the council said on Monday, \
    because the wall on its eastern side has begun to lean towards the water.";
const SECOND: &str = "Ferries will sail from the old pier until then, and the fish market moves to the square in \
    front of the town hall, where it was held until the war.";
const THIRD: &str = "Nobody knows yet who will pay for the works, which are said to cost nine million crowns, \
    twice as much as was put aside for them in the budget of last year.";

const FOURTH: &str = "Masons from two towns have looked at the stones, and both found that the clay below them \
    moves every spring when the river brings more water than the sluice lets out.";
const FIFTH: &str = "Children of the school by the sea have drawn the wall as they want it to be, with stairs, \
    a slide and a lighthouse that is painted in red and white.";

fn settings() -> Settings {
    Settings { html: true, ..Settings::default() }
}

/// The HTML of a story of which a part is given; the paragraphs around it are not shown.
fn part(middle: &str) -> String {
    let html = format!(
        "<title>Harbour closes</title><base href='/news/'><body><article class=article-body>\
         <h1>Harbour closes</h1><p>{FIRST}</p>{middle}<p>{THIRD}</p></article>"
    );
    let url = WebUrl::parse("https://herald.example/a/harbour").unwrap();
    let found = extract_html(&html, Some(&url), &settings()).unwrap().html.unwrap();
    let (first, third) = (format!("<p>{FIRST}</p>\n"), format!("<p>{THIRD}</p>\n"));
    let rest = found.strip_prefix(&first).unwrap_or_else(|| panic!("{found}"));
    rest.strip_suffix(&third).unwrap_or_else(|| panic!("{found}")).to_owned()
}

#[test]
fn keeps_paragraphs_headings_and_inline_elements() {
    let middle = format!(
        "<h2 class=x id=y>What <i style='color:red'>now</i>?</h2>\
         <p onclick='go()'>{SECOND} <b>Read</b>, <span>the</span> <a href='../plan.html?a=1&b=2' target=_blank \
         onmouseover=x>plan</a> &amp; <a href='mailto:desk@herald.example'>write</a> 5 &lt; 6.<br>In May.</p>"
    );
    assert_eq!(
        part(&middle),
        format!(
            "<h2>What <i>now</i>?</h2>\n<p>{SECOND} <b>Read</b>, the \
             <a href=\"https://herald.example/plan.html?a=1&amp;b=2\">plan</a> &amp; \
             <a href=\"mailto:desk@herald.example\">write</a> 5 &lt; 6.<br>In May.</p>\n"
        )
    );
}

#[test]
fn keeps_lists_and_quotes() {
    let middle = format!(
        "<div class=text><ul><li>{FOURTH} Ferries first.<ol start=3><li>{SECOND}</li></ol></li>\
         <li><p>{FIFTH} Then the wall.</p></li></ul><blockquote><div>Nobody had expected so long a closure, and nobody asked the fishermen, who were never told of it. So it is.</div></blockquote></div>"
    );
    assert_eq!(
        part(&middle),
        format!(
            "<ul><li>{FOURTH} Ferries first.<ol start=\"3\"><li>{SECOND}</li></ol></li>\
             <li><p>{FIFTH} Then the wall.</p></li></ul>\n\
             <blockquote><p>Nobody had expected so long a closure, and nobody asked the fishermen, who were never told of it. So it is.</p></blockquote>\n"
        )
    );
}

#[test]
fn loose_lines_are_paragraphs() {
    assert_eq!(
        part(&format!("<div>{SECOND}<br><br>{FOURTH} Again.<div>{FIFTH} Really.</div></div>")),
        format!("<p>{SECOND}</p>\n<p>{FOURTH} Again.</p>\n<p>{FIFTH} Really.</p>\n")
    );
}

#[test]
fn a_link_around_paragraphs_is_in_each() {
    assert_eq!(
        part(&format!("<a href=/b><p>{SECOND}</p></a><p>{FIRST} Again.</p>")),
        format!(
            "<p><a href=\"https://herald.example/b\">{SECOND}</a></p>\n<p>{FIRST} Again.</p>\n"
        )
    );
}

#[test]
fn columns_of_tables_stay_under_each_other() {
    let row = |cells: &str| format!("<tr>{cells}</tr>");
    let table = format!(
        "<table><thead>{}</thead><tbody>{}{}</tbody></table>",
        row("<th>Pier and what is there</th><th colspan=2>Ships that land in a year</th>"),
        row("<td>The old pier of the town</td><td></td><td>1,204 ferries and boats</td>"),
        row("<td>The new pier of the town</td><td>87 freighters, all small</td><td> </td>"),
    );
    let found = part(&format!("<p>{SECOND}</p>{table}"));
    let rest = found.strip_prefix(&format!("<p>{SECOND}</p>\n")).unwrap();
    // The classifier decides which cells are text; whichever they are, no cell of a row is missing.
    for row in rest.split("<tr>").skip(1) {
        let row = row.split("</tr>").next().unwrap();
        let cells = row.matches("<td>").count();
        let heads = row.matches("<th").count();
        assert!(cells == 3 || heads == 2, "{row}");
    }
    let layout = format!("<table><tr><td>{SECOND}</td></tr></table>");
    assert_eq!(part(&layout), format!("<p>{SECOND}</p>\n"));
}

#[test]
fn figures_keep_picture_and_caption() {
    let middle = format!(
        "<p>{SECOND}</p><figure class=image><picture><source srcset=x.webp><img src='data:image/gif;base64,R0' \
         data-src='/img/wall.jpg' alt='A \"wall\"' width=800 height=600 onerror=x></picture>\
         <figcaption>The <em>wall</em> in April. <span class=credit>Photo: Jo Poe</span></figcaption></figure>\
         <aside class=related><figure><img src=/img/other.jpg></figure></aside>"
    );
    assert_eq!(
        part(&middle),
        format!(
            "<p>{SECOND}</p>\n<figure><img src=\"https://herald.example/img/wall.jpg\" \
             alt=\"A &quot;wall&quot;\" width=\"800\" height=\"600\"><figcaption>The <em>wall</em> in April. \
             Photo: Jo Poe</figcaption></figure>\n"
        )
    );
}

#[test]
fn nothing_that_acts_comes_through() {
    let attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>a</a>",
        "<a href=' java&#9;script:alert(1)'>a</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
        "<a href='vbscript:x'>a</a>",
        "<a href=\"https://x.example/'onload='x\">a</a>",
        "<a href='https://x.example/\"><script>alert(1)</script>'>a</a>",
        "<svg onload=alert(1)><circle/></svg>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<object data=x><embed src=x></object>",
        "<form action=x><input name=a value=b><button>b</button></form>",
        "<style>*{display:none}</style>",
        "<b style='background:url(javascript:alert(1))' onmouseover=alert(1)>b</b>",
        "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
        "<figure><img src='javascript:alert(1)'><figcaption>f</figcaption></figure>",
        "<figure><img src='https://x.example/a.jpg' alt='\"><script>alert(1)</script>'></figure>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<time datetime='\"><script>'>t</time>",
        "<p lang='\"><script>' dir='\" onload=x'>p</p>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    ];
    for attack in attacks {
        let html = format!(
            "<body><article class=article-body><h1>Harbour closes</h1><p>{FIRST}</p>\
             <p>{SECOND} {attack} So.</p>{attack}<p>{THIRD} {attack}</p></article>"
        );
        let url = WebUrl::parse("https://herald.example/a").unwrap();
        let found = extract_html(&html, Some(&url), &settings()).unwrap().html.unwrap();
        assert!(found.contains("harbour of Ostmark"), "{attack}: {found}");
        for tag in tags(&found) {
            let name = tag.trim_start_matches('/').split(' ').next().unwrap();
            let allowed =
                ["p", "a", "b", "br", "time", "figure", "img", "figcaption"].contains(&name);
            assert!(allowed, "{attack}: {tag}");
            for (attribute, value) in attributes(tag) {
                match attribute {
                    "href" | "src" => assert!(value.starts_with("https://"), "{attack}: {tag}"),
                    "alt" | "datetime" | "lang" | "dir" => {}
                    _ => panic!("{attack}: {tag}"),
                }
            }
        }
    }
}

/// What stands between `<` and `>`; neither stands in a text or a value.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).collect()
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
    let parts: Vec<&str> = rest.split('"').collect();
    let pairs = parts.chunks_exact(2);
    pairs.map(|pair| (pair[0].trim().trim_end_matches('='), pair[1])).collect()
}

#[test]
fn deep_pages_give_shallow_html() {
    for piece in ["<blockquote>", "<ul><li>", "<b><i><u>", "<div><ol><li><table><tr><td>"] {
        let html = format!(
            "<article class=article-body><h1>Harbour closes</h1><p>{FIRST}</p>{}<p>{SECOND}</p>",
            piece.repeat(400)
        );
        let found = extract_html(&html, None, &settings()).unwrap().html.unwrap();
        let mut depth = 0_i32;
        for tag in tags(&found) {
            let is_void = tag.starts_with("img") || tag == "br";
            depth += if tag.starts_with('/') { -1 } else { i32::from(!is_void) };
            assert!((0..=52).contains(&depth), "{piece}");
        }
        assert_eq!(depth, 0, "{piece}: every element is closed");
    }
}

#[test]
fn html_over_the_size_limit_is_left_out() {
    let html = format!("<article><h1>Harbour</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>");
    let small = Settings { html_max_bytes: 300, ..settings() };
    let found = extract_html(&html, None, &small).unwrap();
    assert!(found.html.is_none() && found.body.contains("fish market"));
    assert_eq!(
        extract_html(&html, None, &Settings::default()).unwrap().html,
        None,
        "not asked for"
    );
}

#[test]
fn plain_texts_have_a_paragraph_a_line() {
    assert_eq!(
        super::of_text("One & two.\n\n <b>Three</b>.", 1000).as_deref(),
        Some("<p>One &amp; two.</p>\n<p>&lt;b&gt;Three&lt;/b&gt;.</p>\n")
    );
}
