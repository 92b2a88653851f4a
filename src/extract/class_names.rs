//! What the classes of a page's elements say, each name judged once: most stand on many elements, and several parts
//! of extraction ask for them.

use foldhash::HashMap;

use super::dom::{Dom, NodeId};
use super::vocabulary::{Topics, said};

/// What a name says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Said {
    topics: Topics,
    authors: bool,
}

impl Said {
    fn of(name: &str) -> Self {
        let said = said(name);
        Self { topics: said.topics, authors: said.topics.has(Topics::AUTHOR) || said.is_signed }
    }
}

/// Whether a name of elements says that they hold authors.
pub(super) fn says_authors(name: &str) -> bool {
    Said::of(name).authors
}

/// What the class of each node of a page says.
#[derive(Clone, Debug, Default)]
pub(super) struct ClassNames {
    by_node: Vec<Said>,
}

impl ClassNames {
    pub(super) fn of(dom: &Dom) -> Self {
        let mut judged: HashMap<&str, Said> = HashMap::default();
        let said = |id| match dom.class(id) {
            "" => Said::default(),
            class => *judged.entry(class).or_insert_with(|| Said::of(class)),
        };
        Self { by_node: dom.ids().map(said).collect() }
    }

    /// The topics that a node's class names.
    pub(super) fn topics(&self, id: NodeId) -> Topics {
        self.by_node[id.index()].topics
    }

    /// Whether it says that the node holds authors.
    pub(super) fn say_authors(&self, id: NodeId) -> bool {
        self.by_node[id.index()].authors
    }
}

#[cfg(test)]
mod tests {
    use html5ever::local_name;

    use super::super::dom::Attr;
    use super::*;

    #[test]
    fn a_node_says_what_its_class_says() {
        let mut dom = Dom::with_capacity(8);
        let mut node = |class: Option<&str>| {
            let mut attrs = dom.begin_attrs();
            if let Some(class) = class {
                dom.add_attr(&mut attrs, Attr::Class, class);
            }
            dom.push_element(local_name!("div"), attrs)
        };
        let [byline, bare, again, menu] =
            [Some("byline"), None, Some("byline"), Some("nav")].map(&mut node);
        let names = ClassNames::of(&dom);
        assert!(names.topics(byline).has(Topics::AUTHOR) && names.say_authors(again));
        assert_eq!(names.topics(bare), Topics::default());
        assert!(names.topics(menu).has(Topics::NAV) && !names.say_authors(menu));
    }
}
