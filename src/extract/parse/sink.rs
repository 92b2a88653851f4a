//! Builds a [`Dom`] from the calls of html5ever's tree builder.
//!
//! Keeps what extraction reads: elements, texts, some attributes; comments, instructions and quirks are nodes without
//! content or dropped. Values of attributes are stored once. Errors of the page are ignored: no reader of the story can
//! act on them.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use foldhash::HashMap;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, local_name};

use super::is_void;
use crate::extract::dom::{Attr, Attrs, Dom, NodeId, ValueId};

/// Receives the tree builder's orders.
pub(super) struct Sink {
    dom: RefCell<Dom>,
    /// Texts, which may still grow.
    texts: RefCell<Vec<(NodeId, StrTendril)>>,
    /// Which of them each node is; only texts have one.
    text_of: RefCell<HashMap<NodeId, usize>>,
    /// Values of attributes that the tree has: formatting is opened again and again with the same ones.
    values: RefCell<HashMap<StrTendril, ValueId>>,
    /// One per node; only elements have a meaningful one.
    names: RefCell<Vec<QualName>>,
    /// Where the next element probably goes: the last element that was put in and not yet closed.
    current: Cell<NodeId>,
}

impl Default for Sink {
    fn default() -> Self {
        let sink = Self {
            dom: RefCell::new(Dom::with_capacity(4096)),
            texts: RefCell::default(),
            text_of: RefCell::default(),
            values: RefCell::default(),
            names: RefCell::new(Vec::with_capacity(4096)),
            current: Cell::new(NodeId::ROOT),
        };
        sink.names.borrow_mut().push(no_name());
        sink
    }
}

fn no_name() -> QualName {
    QualName::new(None, html5ever::ns!(html), local_name!(""))
}

impl Sink {
    /// Nodes so far.
    pub(super) fn len(&self) -> usize {
        self.dom.borrow().len()
    }

    pub(super) fn depth(&self) -> u32 {
        self.dom.borrow().depth(self.current.get())
    }

    /// Follows an end tag: the nearest open element of that name and all in it are closed.
    pub(super) fn close(&self, name: &LocalName) {
        let dom = self.dom.borrow();
        let mut at = Some(self.current.get());
        while let Some(id) = at {
            at = dom.parent(id);
            if dom.name(id) == Some(name) {
                self.current.set(at.unwrap_or(NodeId::ROOT));
                return;
            }
        }
    }

    fn push_text(&self, text: StrTendril) -> NodeId {
        self.names.borrow_mut().push(no_name());
        let id = self.dom.borrow_mut().push_text("");
        let mut texts = self.texts.borrow_mut();
        self.text_of.borrow_mut().insert(id, texts.len());
        texts.push((id, text));
        id
    }

    fn push_other(&self) -> NodeId {
        self.names.borrow_mut().push(no_name());
        self.dom.borrow_mut().push_other()
    }

    /// Adds a text to that of a node.
    fn extend(&self, id: NodeId, text: &StrTendril) -> bool {
        let at = self.text_of.borrow().get(&id).copied();
        at.is_some_and(|at| {
            self.texts.borrow_mut()[at].1.push_tendril(text);
            true
        })
    }

    /// Puts those attributes into the tree that are read.
    fn kept(&self, attrs: Vec<Attribute>) -> Attrs {
        let (mut dom, mut values) = (self.dom.borrow_mut(), self.values.borrow_mut());
        let mut kept = dom.begin_attrs();
        for Attribute { name, value } in attrs {
            let Some(name) = Attr::named(&name.local) else { continue };
            if dom.value(kept, name).is_none() {
                let value = *values.entry(value).or_insert_with_key(|value| dom.add_value(value));
                dom.add_attr_at(&mut kept, name, value);
            }
        }
        kept
    }

    fn place(
        &self,
        child: NodeOrText<NodeId>,
        last: impl Fn(&Dom) -> Option<NodeId>,
        put: impl Fn(&mut Dom, NodeId),
    ) {
        match child {
            NodeOrText::AppendNode(id) => {
                let mut dom = self.dom.borrow_mut();
                if dom.parent(id).is_some() {
                    dom.detach(id);
                }
                put(&mut dom, id);
                if dom.name(id).is_some_and(|name| !is_void(name)) {
                    self.current.set(id);
                }
            }
            NodeOrText::AppendText(text) => {
                let last = last(&self.dom.borrow());
                if last.is_some_and(|id| self.extend(id, &text)) {
                    return;
                }
                let id = self.push_text(text);
                put(&mut self.dom.borrow_mut(), id);
            }
        }
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Dom;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Dom {
        let mut dom = self.dom.into_inner();
        for (id, text) in self.texts.into_inner() {
            dom.set_text(id, &text);
        }
        dom
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        NodeId::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        Ref::map(self.names.borrow(), |names| &names[target.index()])
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> NodeId {
        let attrs = self.kept(attrs);
        let id = self.dom.borrow_mut().push_element(name.local.clone(), attrs);
        self.names.borrow_mut().push(name);
        id
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        self.push_other()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.push_other()
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let parent = *parent;
        self.place(child, |dom| dom.last_child(parent), |dom, id| dom.append(parent, id));
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        prev: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = self.dom.borrow().parent(*element).is_some();
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// A template's content is inert; its children stay under it and extraction passes it by.
    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let sibling = *sibling;
        self.place(
            child,
            |dom| dom.prev_sibling(sibling),
            |dom, id| dom.insert_before(sibling, id),
        );
    }

    fn add_attrs_if_missing(&self, target: &NodeId, new: Vec<Attribute>) {
        let new = self.kept(new);
        self.dom.borrow_mut().add_missing_attrs(*target, new);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.dom.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut dom = self.dom.borrow_mut();
        while let Some(child) = dom.first_child(*node) {
            dom.detach(child);
            dom.append(*new_parent, child);
        }
    }
}
