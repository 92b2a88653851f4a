//! Names of a list, to be found at the start of a text: by its first byte, since of hundreds of names few begin as it does.

use foldhash::HashMap;

use crate::scripts::{is_hangul, is_unspaced};
use crate::unicode;

/// Names, each with what it stands for.
#[derive(Clone, Debug)]
pub(super) struct ListedNames<V = ()>(HashMap<u8, Vec<(&'static str, V)>>);

impl<V> Default for ListedNames<V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<V: Copy> ListedNames<V> {
    /// Those that a text begins with and that end there, in the order of their list.
    pub(super) fn starting<'t>(
        &self,
        text: &'t str,
    ) -> impl Iterator<Item = (&'static str, V)> + use<'_, 't, V> {
        let first = text.as_bytes().first();
        let listed = first.and_then(|first| self.0.get(first)).map_or(&[][..], Vec::as_slice);
        listed.iter().filter(move |(name, _)| is_word(text, name)).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All names, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, V)> {
        self.0.values().flatten().copied()
    }
}

impl<V> Extend<(&'static str, V)> for ListedNames<V> {
    fn extend<I: IntoIterator<Item = (&'static str, V)>>(&mut self, names: I) {
        for (name, value) in names {
            let Some(first) = name.bytes().next() else { continue };
            self.0.entry(first).or_default().push((name, value));
        }
    }
}

impl<V> FromIterator<(&'static str, V)> for ListedNames<V> {
    fn from_iter<I: IntoIterator<Item = (&'static str, V)>>(names: I) -> Self {
        let mut listed = Self::default();
        listed.extend(names);
        listed
    }
}

/// Whether a text starts with a name that ends there; one in characters ends wherever it does.
pub(super) fn is_word(text: &str, name: &str) -> bool {
    // Of the names that are tried, most differ at once.
    let (text_bytes, name_bytes) = (text.as_bytes(), name.as_bytes());
    if text_bytes.first() != name_bytes.first()
        || name_bytes.len() > 1 && text_bytes.get(1) != name_bytes.get(1)
    {
        return false;
    }
    text.strip_prefix(name).is_some_and(|rest| {
        !name.ends_with(|c: char| unicode::is_alphanumeric(c) && !is_character(c))
            || !rest.starts_with(|c: char| unicode::goes_on(c) && !is_character(c))
    })
}

/// Whether a letter is of a script without blanks, or of Korean, whose endings follow without one.
pub(super) fn is_character(c: char) -> bool {
    is_unspaced(c) || is_hangul(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_begins_a_text_in_list_order() {
        let names: ListedNames<u8> =
            [("km", 1), ("k", 2), ("km/h", 3), ("\u{20ac}", 4), ("km", 5)].into_iter().collect();
        assert_eq!(
            names.starting("km/h.").collect::<Vec<_>>(),
            [("km", 1), ("km/h", 3), ("km", 5)]
        );
        assert_eq!(names.starting("\u{20ac} 5").collect::<Vec<_>>(), [("\u{20ac}", 4)]);
        assert_eq!(names.starting("kmx").count() + names.starting("").count(), 0);
    }
}
