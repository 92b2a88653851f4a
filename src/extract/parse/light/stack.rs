//! The stack of open elements and the list of active formatting elements, with the HTML standard's algorithms on them
//! (13.2.4.2 and 13.2.4.3).
//!
//! Gives up with `Unsound` where the standard would move nodes (adoption, text out of tables): the full builder then
//! reads the page. Never builds a tree that differs from the full builder's.

use html5ever::{LocalName, local_name};

use super::names::Sets;
use super::{Builder, MAX_DEPTH, Tag, Unsound};
use crate::extract::dom::{Attrs, NodeId};

/// An open element.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) id: NodeId,
    pub(super) name: LocalName,
    pub(super) sets: Sets,
}

/// An entry of the list of active formatting elements.
#[derive(Debug)]
pub(super) enum Active {
    Marker,
    Element(NodeId, LocalName),
}

impl Builder {
    pub(super) fn current(&self) -> NodeId {
        self.stack.last().map_or(NodeId::ROOT, |open| open.id)
    }

    pub(super) fn current_is(&self, name: &LocalName) -> bool {
        self.stack.last().is_some_and(|open| open.name == *name)
    }

    pub(super) fn current_in(&self, sets: Sets) -> bool {
        self.stack.last().is_some_and(|open| open.sets.meets(sets))
    }

    pub(super) fn pop(&mut self) {
        let popped = self.stack.pop();
        self.open_p -= usize::from(popped.is_some_and(|open| open.name == local_name!("p")));
    }

    fn truncate(&mut self, len: usize) {
        while self.stack.len() > len {
            self.pop();
        }
    }

    pub(super) fn remove_open(&mut self, id: NodeId) {
        if let Some(at) = self.stack.iter().rposition(|open| open.id == id) {
            let removed = self.stack.remove(at);
            self.open_p -= usize::from(removed.name == local_name!("p"));
        }
    }

    /// Appends an element to `parent` without opening it.
    pub(super) fn append(
        &mut self,
        parent: NodeId,
        name: LocalName,
        attrs: Attrs,
    ) -> Result<NodeId, Unsound> {
        let id = self.dom.push_element(name, attrs);
        self.dom.append(parent, id);
        // Before the gate of the full builder could drop anything.
        if self.dom.depth(id) >= MAX_DEPTH { Err(Unsound) } else { Ok(id) }
    }

    pub(super) fn open(&mut self, id: NodeId, name: LocalName) {
        self.open_p += usize::from(name == local_name!("p"));
        let sets = Sets::of(&name);
        self.stack.push(Open { id, name, sets });
    }

    fn insert_named(&mut self, name: LocalName, attrs: Attrs) -> Result<NodeId, Unsound> {
        let id = self.append(self.current(), name.clone(), attrs)?;
        self.open(id, name);
        Ok(id)
    }

    pub(super) fn insert(&mut self, tag: &mut Tag) -> Result<NodeId, Unsound> {
        self.insert_named(tag.name.clone(), tag.attrs)
    }

    /// An element that the page has no tag for.
    pub(super) fn insert_phantom(&mut self, name: LocalName) -> Result<NodeId, Unsound> {
        self.insert_named(name, Attrs::NONE)
    }

    /// An element that has no content.
    pub(super) fn insert_void(&mut self, tag: &mut Tag) -> Result<NodeId, Unsound> {
        self.append(self.current(), tag.name.clone(), tag.attrs)
    }

    /// Gives up where the text would go on one that others were put in after: that is moved once and again.
    pub(super) fn append_text(&mut self, text: &str) -> Result<(), Unsound> {
        let parent = self.current();
        if let Some(last) = self.dom.last_child(parent).filter(|last| self.dom.is_text(*last)) {
            return if self.dom.extend_last_text(last, text) { Ok(()) } else { Err(Unsound) };
        }
        let id = self.dom.push_text(text);
        self.dom.append(parent, id);
        Ok(())
    }

    /// Whether an open element that `is` accepts comes before one that ends the scope.
    pub(super) fn in_scope(&self, ends: Sets, is: impl Fn(&Open) -> bool) -> bool {
        self.stack.iter().rev().find(|open| is(open) || open.sets.meets(ends)).is_some_and(is)
    }

    pub(super) fn has_in_scope(&self, ends: Sets, name: &LocalName) -> bool {
        self.in_scope(ends, |open| open.name == *name)
    }

    pub(super) fn pop_implied(&mut self) {
        while self.current_in(Sets::IMPLIED) {
            self.pop();
        }
    }

    pub(super) fn pop_implied_except(&mut self, name: &LocalName) {
        while self.current_in(Sets::IMPLIED) && !self.current_is(name) {
            self.pop();
        }
    }

    /// Pops up to the nearest element that `is` accepts, and that as well.
    pub(super) fn pop_through(&mut self, is: impl Fn(&Open) -> bool) {
        let at = self.stack.iter().rposition(is);
        self.truncate(at.unwrap_or(0));
    }

    pub(super) fn pop_through_named(&mut self, name: &LocalName) {
        self.pop_through(|open| open.name == *name);
    }

    pub(super) fn pop_to(&mut self, sets: Sets) {
        while !self.stack.is_empty() && !self.current_in(sets) {
            self.pop();
        }
    }

    pub(super) fn close_p(&mut self) {
        if self.p_in_button_scope() {
            self.pop_through_named(&local_name!("p"));
        }
    }

    pub(super) fn p_in_button_scope(&self) -> bool {
        self.open_p > 0 && self.has_in_scope(Sets::SCOPE.with(Sets::BUTTON), &local_name!("p"))
    }

    /// An end tag without rules of its own.
    pub(super) fn end_other(&mut self, name: &LocalName) {
        let at = self.stack.iter().rposition(|o| o.name == *name || o.sets.meets(Sets::SPECIAL));
        if let Some(at) = at
            && self.stack[at].name == *name
        {
            self.truncate(at);
        }
    }

    /// Entries after the last marker, the newest first, with their place.
    fn active(&self) -> impl Iterator<Item = (usize, NodeId, &LocalName)> {
        self.formatting.iter().enumerate().rev().map_while(|(at, entry)| match entry {
            Active::Element(id, name) => Some((at, *id, name)),
            Active::Marker => None,
        })
    }

    pub(super) fn clear_to_marker(&mut self) {
        while let Some(Active::Element(..)) = self.formatting.pop() {}
    }

    fn is_open(&self, id: NodeId) -> bool {
        self.stack.iter().rev().any(|open| open.id == id)
    }

    /// Opens again what formatting a block has cut off.
    pub(super) fn reconstruct(&mut self) -> Result<(), Unsound> {
        let closed = self.active().take_while(|(_, id, _)| !self.is_open(*id)).count();
        for at in self.formatting.len() - closed..self.formatting.len() {
            let Active::Element(id, name) = &self.formatting[at] else { continue };
            let (name, attrs) = (name.clone(), self.dom.attrs_of(*id));
            let id = self.insert_named(name.clone(), attrs)?;
            self.formatting[at] = Active::Element(id, name);
        }
        Ok(())
    }

    /// A formatting element. The fourth of the same kind would push the first out of the list.
    pub(super) fn insert_formatting(&mut self, tag: &mut Tag) -> Result<(), Unsound> {
        let alike = self.active().filter(|(_, id, name)| {
            **name == tag.name && self.dom.attrs_of(*id).len() == tag.attrs.len()
        });
        if alike.count() >= 3 {
            return Err(Unsound);
        }
        let name = tag.name.clone();
        let id = self.insert(tag)?;
        self.formatting.push(Active::Element(id, name));
        Ok(())
    }

    /// The adoption agency algorithm, where nothing is to be adopted.
    pub(super) fn end_formatting(&mut self, name: &LocalName) -> Result<(), Unsound> {
        let top = self.current();
        if self.current_is(name)
            && !self.formatting.iter().any(|e| matches!(e, Active::Element(id, _) if *id == top))
        {
            self.pop();
            return Ok(());
        }
        let Some((at, id)) = self.active().find(|(_, _, n)| *n == name).map(|(at, id, _)| (at, id))
        else {
            self.end_other(name);
            return Ok(());
        };
        let Some(open) = self.stack.iter().rposition(|open| open.id == id) else {
            self.formatting.remove(at);
            return Ok(());
        };
        let inside = &self.stack[open + 1..];
        if inside.iter().any(|o| o.sets.meets(Sets::SCOPE)) {
            return Ok(());
        }
        if inside.iter().any(|o| o.sets.meets(Sets::SPECIAL)) {
            return Err(Unsound);
        }
        self.truncate(open);
        self.formatting.remove(at);
        Ok(())
    }

    /// A link in a link ends the outer one.
    pub(super) fn end_open_link(&mut self) -> Result<(), Unsound> {
        let link = local_name!("a");
        let Some(id) = self.active().find(|(_, _, n)| **n == link).map(|(_, id, _)| id) else {
            return Ok(());
        };
        self.end_formatting(&link)?;
        self.formatting.retain(|e| !matches!(e, Active::Element(other, _) if *other == id));
        self.remove_open(id);
        Ok(())
    }
}
