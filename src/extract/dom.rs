//! A page as a tree: nodes in one vector, links as indices, so that dropping, walking and moving
//! never recurse on the depth of the input. Knows nothing of articles.

use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, local_name};

/// A node's place in its [`Dom`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) const ROOT: Self = Self(0);
    const NONE: Self = Self(u32::MAX);

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    fn some(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Data {
    Document,
    Element {
        name: LocalName,
        attrs: Vec<Attribute>,
    },
    Text(StrTendril),
    /// Comments, doctypes and processing instructions: kept as places, not as content.
    Other,
}

#[derive(Debug)]
struct Node {
    parent: NodeId,
    first: NodeId,
    last: NodeId,
    prev: NodeId,
    next: NodeId,
    depth: u32,
    data: Data,
}

/// The tree.
#[derive(Debug)]
pub(super) struct Dom {
    nodes: Vec<Node>,
}

/// A step of a walk in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Enter(NodeId),
    Leave(NodeId),
}

impl Dom {
    pub(super) fn with_capacity(nodes: usize) -> Self {
        let mut dom = Self { nodes: Vec::with_capacity(nodes) };
        dom.push(Data::Document);
        dom
    }

    pub(super) fn push(&mut self, data: Data) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).expect("the node budget is below 2^32"));
        let none = NodeId::NONE;
        let node =
            Node { parent: none, first: none, last: none, prev: none, next: none, depth: 0, data };
        self.nodes.push(node);
        id
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn at(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    fn at_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    pub(super) fn data(&self, id: NodeId) -> &Data {
        &self.at(id).data
    }

    pub(super) fn data_mut(&mut self, id: NodeId) -> &mut Data {
        &mut self.at_mut(id).data
    }

    /// Depth at the time of insertion; nodes that the parser moves later keep it.
    pub(super) fn depth(&self, id: NodeId) -> u32 {
        self.at(id).depth
    }

    pub(super) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.at(id).parent.some()
    }

    pub(super) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.at(id).first.some()
    }

    pub(super) fn last_child(&self, id: NodeId) -> Option<NodeId> {
        self.at(id).last.some()
    }

    pub(super) fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.at(id).next.some()
    }

    pub(super) fn prev_sibling(&self, id: NodeId) -> Option<NodeId> {
        self.at(id).prev.some()
    }

    /// An element's name; `None` for other nodes.
    pub(super) fn name(&self, id: NodeId) -> Option<&LocalName> {
        match &self.at(id).data {
            Data::Element { name, .. } => Some(name),
            Data::Document | Data::Text(_) | Data::Other => None,
        }
    }

    pub(super) fn attrs(&self, id: NodeId) -> &[Attribute] {
        match &self.at(id).data {
            Data::Element { attrs, .. } => attrs,
            Data::Document | Data::Text(_) | Data::Other => &[],
        }
    }

    /// An attribute's value.
    pub(super) fn attr(&self, id: NodeId, name: &LocalName) -> Option<&str> {
        self.attrs(id).iter().find(|a| a.name.local == *name).map(|a| &*a.value)
    }

    /// The `class` attribute, or nothing.
    pub(super) fn class(&self, id: NodeId) -> &str {
        self.attr(id, &local_name!("class")).unwrap_or_default()
    }

    pub(super) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// Everything below `root`, in document order, entered and left; `root` itself included.
    pub(super) fn walk(&self, root: NodeId) -> Walk<'_> {
        Walk { dom: self, root, next: Some(Step::Enter(root)) }
    }

    /// The nodes below `root` and `root`, in document order.
    pub(super) fn subtree(&self, root: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.walk(root).filter_map(|step| match step {
            Step::Enter(id) => Some(id),
            Step::Leave(_) => None,
        })
    }

    /// The text below a node, white space collapsed, cut after `max` bytes.
    pub(super) fn text(&self, root: NodeId, max: usize) -> String {
        let mut out = String::new();
        for id in self.subtree(root) {
            match &self.at(id).data {
                Data::Text(text) => super::text::push_collapsed(&mut out, text),
                Data::Element { name, .. } if *name == local_name!("br") => {
                    super::text::push_collapsed(&mut out, " ");
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
    pub(super) fn parted_text(&self, root: NodeId, max: usize, mark: char) -> String {
        let mut out = String::new();
        let mut pending = false;
        for step in self.walk(root) {
            let (Step::Enter(id) | Step::Leave(id)) = step;
            match &self.at(id).data {
                Data::Text(text) if matches!(step, Step::Enter(_)) => {
                    if pending && !text.trim().is_empty() {
                        let ends = out.ends_with(char::is_alphanumeric);
                        if ends && text.starts_with(char::is_alphanumeric) {
                            out.push(mark);
                        }
                        pending = false;
                    }
                    super::text::push_collapsed(&mut out, text);
                }
                Data::Element { name, .. } => {
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

    pub(super) fn append(&mut self, parent: NodeId, child: NodeId) {
        let last = self.at(parent).last;
        let depth = self.at(parent).depth + 1;
        let node = self.at_mut(child);
        (node.parent, node.prev, node.next, node.depth) = (parent, last, NodeId::NONE, depth);
        match last.some() {
            Some(last) => self.at_mut(last).next = child,
            None => self.at_mut(parent).first = child,
        }
        self.at_mut(parent).last = child;
    }

    pub(super) fn insert_before(&mut self, sibling: NodeId, child: NodeId) {
        let Node { parent, prev, depth, .. } = *self.at(sibling);
        let node = self.at_mut(child);
        (node.parent, node.prev, node.next, node.depth) = (parent, prev, sibling, depth);
        self.at_mut(sibling).prev = child;
        match prev.some() {
            Some(prev) => self.at_mut(prev).next = child,
            None => {
                if let Some(parent) = parent.some() {
                    self.at_mut(parent).first = child;
                }
            }
        }
    }

    pub(super) fn detach(&mut self, id: NodeId) {
        let Node { parent, prev, next, .. } = *self.at(id);
        match prev.some() {
            Some(prev) => self.at_mut(prev).next = next,
            None => {
                if let Some(parent) = parent.some() {
                    self.at_mut(parent).first = next;
                }
            }
        }
        match next.some() {
            Some(next) => self.at_mut(next).prev = prev,
            None => {
                if let Some(parent) = parent.some() {
                    self.at_mut(parent).last = prev;
                }
            }
        }
        let node = self.at_mut(id);
        (node.parent, node.prev, node.next) = (NodeId::NONE, NodeId::NONE, NodeId::NONE);
    }
}

/// An iterative walk.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    dom: &'a Dom,
    root: NodeId,
    next: Option<Step>,
}

impl Walk<'_> {
    /// Leaves the node just entered out of the rest of the walk: its children aren't visited. The
    /// `Leave` step still comes.
    pub(super) fn skip_children(&mut self, id: NodeId) {
        self.next = Some(Step::Leave(id));
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let step = self.next?;
        self.next = match step {
            Step::Enter(id) => match self.dom.first_child(id) {
                Some(child) => Some(Step::Enter(child)),
                None => Some(Step::Leave(id)),
            },
            Step::Leave(id) if id == self.root => None,
            Step::Leave(id) => match self.dom.next_sibling(id) {
                Some(next) => Some(Step::Enter(next)),
                None => self.dom.parent(id).map(Step::Leave),
            },
        };
        Some(step)
    }
}
