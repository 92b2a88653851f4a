//! What stands below a node, as text.

use html5ever::local_name;

use super::{Data, Dom, NodeId, Step};
use crate::extract::text::push_collapsed;

impl Dom {
    /// The text below a node, white space collapsed, cut after `max` bytes.
    pub(in crate::extract) fn text(&self, root: NodeId, max: usize) -> String {
        let mut out = String::new();
        for id in self.subtree(root) {
            match self.data(id) {
                Data::Text(text) => push_collapsed(&mut out, text),
                Data::Element { name } if *name == local_name!("br") => {
                    push_collapsed(&mut out, " ");
                }
                Data::Document | Data::Element { .. } | Data::Other => {}
            }
            if out.len() > max {
                break;
            }
        }
        out.truncate(out.trim_end().len());
        out
    }

    /// The text below a node like [`Dom::text`], with `mark` where elements meet that a reader sees apart:
    /// blocks, links, and inline elements that nothing else parts.
    pub(in crate::extract) fn parted_text(&self, root: NodeId, max: usize, mark: char) -> String {
        let mut out = String::new();
        let mut pending = false;
        for step in self.walk(root) {
            let (Step::Enter(id) | Step::Leave(id)) = step;
            match self.data(id) {
                Data::Text(text) if matches!(step, Step::Enter(_)) => {
                    if pending && !text.trim().is_empty() {
                        let ends = out.ends_with(char::is_alphanumeric);
                        if ends && text.starts_with(char::is_alphanumeric) {
                            out.push(mark);
                        }
                        pending = false;
                    }
                    push_collapsed(&mut out, text);
                }
                Data::Element { name } => {
                    let is_block = !matches!(
                        *name,
                        local_name!("a")
                            | local_name!("span")
                            | local_name!("b")
                            | local_name!("strong")
                            | local_name!("i")
                            | local_name!("em")
                            | local_name!("u")
                            | local_name!("small")
                            | local_name!("font")
                            | local_name!("cite")
                            | local_name!("abbr")
                            | local_name!("sup")
                    );
                    if is_block && !out.is_empty() && !out.ends_with(mark) && id != root {
                        out.push(mark);
                    }
                    pending = true;
                }
                Data::Text(_) | Data::Document | Data::Other => {}
            }
            if out.len() > max {
                break;
            }
        }
        out.trim_matches(|c: char| c == mark || c.is_whitespace()).to_owned()
    }
}
