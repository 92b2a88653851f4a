use std::time::{Duration, Instant};

use super::*;
use crate::extract::dom::Data;

fn tree(html: &str) -> Dom {
    let budget = Budget { max_nodes: 300_000, time: Duration::from_secs(20) };
    parse(std::iter::once(html), budget).expect("parsed in time")
}

fn text(html: &str) -> String {
    let dom = tree(html);
    let body = dom.subtree(NodeId::ROOT).find(|id| dom.name(*id) == Some(&local_name!("body")));
    dom.text(body.expect("every page gets a body"), usize::MAX)
}

/// Depth along the links, not as noted at insertion.
fn depth(dom: &Dom) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for step in dom.walk(NodeId::ROOT) {
        match step {
            super::super::dom::Step::Enter(_) => {
                now += 1;
                most = most.max(now);
            }
            super::super::dom::Step::Leave(_) => now -= 1,
        }
    }
    most
}

#[test]
fn builds_the_tree_that_browsers_build() {
    assert_eq!(text("<p>a<b>b<p>c</b>d<table><tr>e<td>f</table>g"), "abcdefg");
    let dom = tree("<ul><li>a<li>b</ul><p>c<div>d</div>");
    let names: Vec<&str> =
        dom.subtree(NodeId::ROOT).filter_map(|id| dom.name(id)).map(|n| &**n).collect();
    assert_eq!(names, ["html", "head", "body", "ul", "li", "li", "p", "div"]);
}

#[test]
fn nesting_is_flattened_and_no_text_is_lost() {
    for tag in ["div", "span", "b", "a", "table", "p", "ul><li", "section", "svg", "x-y"] {
        let name = tag.split('>').next_back().expect("a name");
        let html = format!("<{tag}>").repeat(20_000)
            + "deep"
            + &format!("</{name}>").repeat(20_000)
            + "after";
        let started = Instant::now();
        let dom = tree(&html);
        assert!(depth(&dom) < 1100, "{tag}: {}", depth(&dom));
        assert!(dom.text(NodeId::ROOT, usize::MAX).contains("deep"), "{tag}");
        assert!(dom.text(NodeId::ROOT, usize::MAX).contains("after"), "{tag}");
        assert!(started.elapsed() < Duration::from_secs(5), "{tag}: {:?}", started.elapsed());
    }
}

#[test]
fn unclosed_formatting_does_not_multiply() {
    let fonts: String = (0..5000).map(|n| format!("<font size={n}><p>x</p>")).collect();
    let started = Instant::now();
    let dom = tree(&fonts);
    assert!(dom.len() < 400_000);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn stops_when_its_time_is_spent() {
    let budget = Budget { max_nodes: 300_000, time: Duration::ZERO };
    let html = "<p>x".repeat(100_000);
    assert!(parse(std::iter::once(html.as_str()), budget).is_err());
}

const BUDGET: Budget = Budget { max_nodes: 300_000, time: Duration::from_secs(20) };

fn light(html: &str) -> Option<Dom> {
    light::build(std::iter::once(html), spent(), BUDGET).ok()
}

/// Whether the page was sound; if so, the two trees must be one.
fn same_if_sound(html: &str) -> bool {
    same_pieces_if_sound(&[html])
}

fn same_pieces_if_sound(pieces: &[&str]) -> bool {
    let Ok(light) = light::build(pieces.iter().copied(), spent(), BUDGET) else { return false };
    let full = full(pieces.iter().copied(), spent(), BUDGET).expect("parsed in time");
    let (light, full) = (nodes(&light), nodes(&full));
    let differ = light.iter().zip(&full).find(|(l, f)| l != f);
    assert!(differ.is_none() && light.len() == full.len(), "{pieces:?}\n{differ:#?}");
    true
}

/// One line a node: its links, its depth, what it is.
fn nodes(dom: &Dom) -> Vec<String> {
    let node = |id| {
        let links = [dom.parent(id), dom.first_child(id), dom.next_sibling(id)];
        let back = [dom.last_child(id), dom.prev_sibling(id)];
        let mut line = format!("{id:?} {links:?} {back:?} {}", dom.depth(id));
        match dom.data(id) {
            Data::Text(text) => line += text,
            Data::Element { name } => {
                line += name;
                dom.attrs(id).for_each(|(name, value)| line += &format!(" {name:?}={value:?}"));
            }
            Data::Document | Data::Other => line += "other",
        }
        line
    };
    (0..u32::try_from(dom.len()).expect("few nodes")).map(|n| node(NodeId(n))).collect()
}

#[test]
fn light_builder_gives_sound_pages_the_same_tree() {
    for html in [
        "",
        "x",
        "<!doctype html><title>a</title><p>b<p>c<ul><li>d<li>e</ul>",
        "<head><meta a=b></head><title>x</title> <body c=d><body c=e f=g><html lang=h>i</body> j",
        "<table><caption>a</caption><col><tr><td>b<td><b>c</td></tr><tbody><th>d</table>e",
        "<!doctype html><p>a<table><tr><td>b</table><p>c",
        "<p><b>a<p>c</b>d",
        "<a>b<a>c</a>",
        "<dl><dt>a<dd>b<dt>c</dl><h1>d<h2>e</h1></p></br>f",
        "<pre>\na</pre><textarea>\nb</textarea><iframe><p></iframe><noscript><p></noscript>",
        "<form><div></form>a</div><form>b",
        "<button>a<button>b</button><select><option>a<option>b<optgroup><option>c<hr></select>",
        "<table> <script>a</script><input type=hidden><form><tr> <td>b</table>",
        "<object><b>a</object>c<ruby>a<rb>b<rt>c<rp>d</ruby>",
        "ab</body>\n</html> \n<p>c",
        "<head><template>a<p>b</head></template></head><template></template>c<b>d<template>e<form><b>f\
         </body><template>g</template></template>h<table><template><table><td>i</template><td>j",
    ] {
        assert!(same_if_sound(html), "{html}");
    }
}

#[test]
fn unsound_pages_are_left_to_the_full_builder() {
    for html in [
        "<b><p>a</b>b",
        "<table>a<tr><td>b</table>",
        "<table><div>a</div></table>",
        "<template><td>a</template>",
        "<template><p>a",
        "<svg><p>a</svg>",
        "<frameset><frame></frameset>",
        "<plaintext>a",
        "<!doctype html public 'x'><p><table></table>",
        "a\0b",
        "<script><!-- <script></script></script>",
        "<p class='a>b",
    ] {
        assert!(light(html).is_none(), "{html}");
    }
}

#[test]
fn pages_of_the_cases_give_the_same_tree() {
    let (mut sound, mut all) = (0, 0);
    for case in std::fs::read_dir("tests/pages").expect("cases") {
        let Ok(page) = std::fs::read(case.expect("a case").path().join("source.html")) else {
            continue;
        };
        let page = String::from_utf8_lossy(&page);
        let source = super::super::markup::read(&page);
        sound += i32::from(same_if_sound(&source.pieces.concat()));
        sound += i32::from(same_if_sound(&page));
        all += 2;
    }
    assert!(all > 20 && sound * 2 > all, "{sound} of {all} sound");
}

/// Tags that pages are made of, more often those of lists, tables and formatting.
const TAGS: &str = "html head title meta link script style noscript body div div p p p span a a b i em \
    font nobr ul ol li li dl dt dd h1 h2 table table tr tr td td th tbody thead tfoot caption colgroup \
    col form input button select option optgroup br img hr image pre textarea iframe object marquee \
    address section article figure ruby rb rt rp rtc center x-y xmp noframes area param base template template";

const TEXTS: [&str; 18] = [
    "x",
    " y ",
    "\n&amp;",
    "&copy2",
    "&nbsp",
    "&#150;",
    "&#x41",
    "&#;",
    "&notit;",
    "&notin",
    "&am",
    "&x;",
    "a < b",
    "<>",
    "</>",
    "</ a>",
    "<?b>",
    "&NotEqualTilde;",
];
const ATTRIBUTES: [&str; 12] = [
    "",
    "a=b",
    "type=hidden",
    "A='x' a=y",
    "href=\"?a&copy=1&amp;b&lt&reg\"",
    "c = d/",
    "/",
    "e=f g",
    "h=''i=\"\r\n\"",
    "\"=k",
    "<",
    "l=&notin;m",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(3000))]

    #[test]
    fn made_up_pages_give_the_same_tree(
        doctype in 0..4_usize,
        cut in proptest::prelude::any::<u8>(),
        tokens in proptest::collection::vec((0..9_u8, proptest::prelude::any::<u16>()), 0..40),
    ) {
        let tags: Vec<&str> = TAGS.split_whitespace().collect();
        let mut html = String::from(["", "<!doctype html>", "<!DOCTYPE html PUBLIC 'a'>", " "][doctype]);
        let mut open = Vec::new();
        for (kind, at) in tokens {
            let tag = tags[usize::from(at) % tags.len()];
            match kind {
                0..4 => {
                    html += &format!("<{tag} {}>", ATTRIBUTES[usize::from(at) % ATTRIBUTES.len()]);
                    open.push(tag);
                }
                4 => html += &format!("</{tag}>"),
                5 | 6 => html += &open.pop().map(|tag| format!("</{tag}>")).unwrap_or_default(),
                7 => html += [" ", "\n", "<!-- -->", "\r\n"][usize::from(at) % 4],
                _ => html += TEXTS[usize::from(at) % TEXTS.len()],
            }
        }
        same_if_sound(&html);
        let cut = html.len() * usize::from(cut) / 256;
        if html.is_char_boundary(cut) {
            let (one, two) = html.split_at(cut);
            same_pieces_if_sound(&[one, two]);
        }
    }
}
