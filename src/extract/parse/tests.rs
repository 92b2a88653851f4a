use std::time::{Duration, Instant};

use super::*;

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
