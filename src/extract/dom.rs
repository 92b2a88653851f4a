//! A page as a tree: nodes in one vector, links as indices, texts and attributes in one place each, so that building,
//! dropping, walking and moving cost little and never recurse on the depth of the input. Knows nothing of articles.

mod attributes;
mod part;
mod reading;

use html5ever::LocalName;

use attributes::Attributes;
use part::Part;

pub(super) use attributes::{Attr, Attrs, ValueId};

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
    attributes: Attributes,
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
            attributes: Attributes::with_capacity(nodes),
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
        let Stored::Text(part) = &mut self.nodes[id.index()].stored else { return false };
        let is_last = part.range().end == self.text.len();
        if is_last {
            self.text.push_str(text);
            part.extend_to(self.text.len());
        }
        is_last
    }

    pub(super) fn is_text(&self, id: NodeId) -> bool {
        matches!(self.at(id).stored, Stored::Text(_))
    }

    /// Where the attributes begin that are put in next.
    pub(super) fn begin_attrs(&self) -> Attrs {
        self.attributes.begin()
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
        self.attributes.add(to, name, value);
    }

    pub(super) fn add_value(&mut self, value: &str) -> ValueId {
        self.attributes.add_value(value)
    }

    /// Gives an element those attributes that it lacks.
    pub(super) fn add_missing_attrs(&mut self, id: NodeId, new: Attrs) {
        if let Stored::Element(_, own) = &mut self.nodes[id.index()].stored {
            *own = self.attributes.joined(*own, new);
        }
    }

    /// All nodes, in the order in which they were put in.
    pub(super) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
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
        self.attributes.iter(self.attrs_of(id))
    }

    /// The value of one of some attributes.
    pub(super) fn value(&self, attrs: Attrs, name: Attr) -> Option<&str> {
        self.attributes.value(attrs, name)
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

#[cfg(test)]
mod tests {
    use html5ever::local_name;

    use super::*;

    #[test]
    fn only_the_last_text_inserted_can_grow() {
        let mut dom = Dom::with_capacity(4);
        let first = dom.push_text("a");
        assert!(dom.extend_last_text(first, "b"));
        let second = dom.push_text("c");
        assert!(!dom.extend_last_text(first, "d"));
        assert!(dom.extend_last_text(second, "e"));
        let texts = [first, second].map(|id| match dom.data(id) {
            Data::Text(text) => text,
            other => panic!("{other:?}"),
        });
        assert_eq!(texts, ["ab", "ce"]);
        assert!(!dom.extend_last_text(NodeId::ROOT, "f"));
    }

    #[test]
    fn elements_keep_first_attributes_and_gain_missing_ones() {
        let mut dom = Dom::with_capacity(4);
        let mut attrs = dom.begin_attrs();
        dom.add_attr(&mut attrs, Attr::Class, "a");
        dom.add_attr(&mut attrs, Attr::Class, "b");
        let id = dom.push_element(local_name!("body"), attrs);
        let mut more = dom.begin_attrs();
        dom.add_attr(&mut more, Attr::Lang, "da");
        dom.add_attr(&mut more, Attr::Class, "c");
        dom.add_missing_attrs(id, more);
        assert_eq!(dom.attrs(id).collect::<Vec<_>>(), [(Attr::Class, "a"), (Attr::Lang, "da")]);
        assert_eq!(dom.attr(id, Attr::Id), None);
        assert_eq!(dom.attr(NodeId::ROOT, Attr::Class), None);
    }
}
