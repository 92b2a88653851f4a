//! A page as a tree: nodes in one vector, links as indices, texts and attributes in one place each, so that building,
//! dropping, walking and moving cost little and never recurse on the depth of the input. Knows nothing of articles.

mod attributes;

use std::ops::Range;

use html5ever::{LocalName, local_name};

pub(super) use attributes::Attr;

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
#[derive(Clone, Copy, Debug)]
pub(super) enum Data<'a> {
    Document,
    Element {
        name: &'a LocalName,
    },
    Text(&'a str),
    /// Comments, doctypes and processing instructions: kept as places, not as content.
    Other,
}

/// Some of a list that belongs to the tree.
#[derive(Clone, Copy, Debug)]
struct Part {
    start: u32,
    end: u32,
}

impl Part {
    const NONE: Self = Self { start: 0, end: 0 };

    fn of(start: usize, end: usize) -> Self {
        let place =
            |at| u32::try_from(at).expect("the page and what is made of it are below 4 GiB");
        Self { start: place(start), end: place(end) }
    }

    const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value of an attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct ValueId(Part);

/// The attributes of an element, or of a tag that may become one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attrs(Part);

impl Attrs {
    pub(super) const NONE: Self = Self(Part::NONE);

    pub(super) const fn len(self) -> usize {
        (self.0.end - self.0.start) as usize
    }
}

#[derive(Debug)]
enum Stored {
    Document,
    Element(LocalName, Attrs),
    Text(Part),
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
    stored: Stored,
}

/// The tree.
#[derive(Debug)]
pub(super) struct Dom {
    nodes: Vec<Node>,
    /// All texts.
    text: String,
    /// All attributes with their places in `values`.
    attrs: Vec<(Attr, Part)>,
    values: String,
}

/// A step of a walk in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Enter(NodeId),
    Leave(NodeId),
}

impl Dom {
    pub(super) fn with_capacity(nodes: usize) -> Self {
        let mut dom = Self {
            nodes: Vec::with_capacity(nodes),
            text: String::with_capacity(8 * nodes),
            attrs: Vec::with_capacity(nodes),
            values: String::with_capacity(16 * nodes),
        };
        dom.push(Stored::Document);
        dom
    }

    fn push(&mut self, stored: Stored) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).expect("the node budget is below 2^32"));
        let none = NodeId::NONE;
        let node = Node {
            parent: none,
            first: none,
            last: none,
            prev: none,
            next: none,
            depth: 0,
            stored,
        };
        self.nodes.push(node);
        id
    }

    pub(super) fn push_element(&mut self, name: LocalName, attrs: Attrs) -> NodeId {
        self.push(Stored::Element(name, attrs))
    }

    pub(super) fn push_text(&mut self, text: &str) -> NodeId {
        let part = self.add_text(text);
        self.push(Stored::Text(part))
    }

    pub(super) fn push_other(&mut self) -> NodeId {
        self.push(Stored::Other)
    }

    fn add_text(&mut self, text: &str) -> Part {
        let start = self.text.len();
        self.text.push_str(text);
        Part::of(start, self.text.len())
    }

    /// Gives a node another text.
    pub(super) fn set_text(&mut self, id: NodeId, text: &str) {
        let part = self.add_text(text);
        self.at_mut(id).stored = Stored::Text(part);
    }

    /// Adds to a node's text, if that is the last that was put in: no text is ever moved.
    pub(super) fn extend_last_text(&mut self, id: NodeId, text: &str) -> bool {
        let Stored::Text(mut part) = self.at(id).stored else { return false };
        let is_last = part.end as usize == self.text.len();
        if is_last {
            part.end = self.add_text(text).end;
            self.at_mut(id).stored = Stored::Text(part);
        }
        is_last
    }

    pub(super) fn is_text(&self, id: NodeId) -> bool {
        matches!(self.at(id).stored, Stored::Text(_))
    }

    /// Where the attributes begin that are put in next.
    pub(super) fn begin_attrs(&self) -> Attrs {
        Attrs(Part::of(self.attrs.len(), self.attrs.len()))
    }

    /// Adds an attribute to those put in last, unless they have it: the first of a name counts.
    pub(super) fn add_attr(&mut self, to: &mut Attrs, name: Attr, value: &str) {
        if self.value(*to, name).is_none() {
            let value = self.add_value(value);
            self.add_attr_at(to, name, value);
        }
    }

    /// The same, of a value that the tree has.
    pub(super) fn add_attr_at(&mut self, to: &mut Attrs, name: Attr, value: ValueId) {
        self.attrs.push((name, value.0));
        to.0.end = Part::of(0, self.attrs.len()).end;
    }

    pub(super) fn add_value(&mut self, value: &str) -> ValueId {
        let start = self.values.len();
        self.values.push_str(value);
        ValueId(Part::of(start, self.values.len()))
    }

    /// Gives an element those attributes that it lacks.
    pub(super) fn add_missing_attrs(&mut self, id: NodeId, new: Attrs) {
        let Stored::Element(_, mut own) = self.at(id).stored else { return };
        let lacks = |(name, _): &(Attr, Part)| self.value(own, *name).is_none();
        let missing: Vec<(Attr, Part)> =
            self.attrs[new.0.range()].iter().copied().filter(lacks).collect();
        if missing.is_empty() {
            return;
        }
        let start = self.attrs.len();
        self.attrs.extend_from_within(own.0.range());
        self.attrs.extend(missing);
        own = Attrs(Part::of(start, self.attrs.len()));
        if let Stored::Element(_, attrs) = &mut self.at_mut(id).stored {
            *attrs = own;
        }
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

    pub(super) fn data(&self, id: NodeId) -> Data<'_> {
        match &self.at(id).stored {
            Stored::Document => Data::Document,
            Stored::Element(name, _) => Data::Element { name },
            Stored::Text(part) => Data::Text(&self.text[part.range()]),
            Stored::Other => Data::Other,
        }
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
        match &self.at(id).stored {
            Stored::Element(name, _) => Some(name),
            Stored::Document | Stored::Text(_) | Stored::Other => None,
        }
    }

    /// An element's attributes as a whole.
    pub(super) fn attrs_of(&self, id: NodeId) -> Attrs {
        match &self.at(id).stored {
            Stored::Element(_, attrs) => *attrs,
            Stored::Document | Stored::Text(_) | Stored::Other => Attrs::NONE,
        }
    }

    /// An element's attributes with their values.
    pub(super) fn attrs(&self, id: NodeId) -> impl Iterator<Item = (Attr, &str)> {
        let attrs = &self.attrs[self.attrs_of(id).0.range()];
        attrs.iter().map(|(name, value)| (*name, &self.values[value.range()]))
    }

    /// The value of one of some attributes.
    pub(super) fn value(&self, attrs: Attrs, name: Attr) -> Option<&str> {
        let (_, value) = self.attrs[attrs.0.range()].iter().find(|(own, _)| *own == name)?;
        Some(&self.values[value.range()])
    }

    /// An attribute's value.
    pub(super) fn attr(&self, id: NodeId, name: Attr) -> Option<&str> {
        self.value(self.attrs_of(id), name)
    }

    /// The `class` attribute, or nothing.
    pub(super) fn class(&self, id: NodeId) -> &str {
        self.attr(id, Attr::Class).unwrap_or_default()
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
            match self.data(id) {
                Data::Text(text) => super::text::push_collapsed(&mut out, text),
                Data::Element { name } if *name == local_name!("br") => {
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
            match self.data(id) {
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
