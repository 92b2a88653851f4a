//! A text as names are looked for in it, and a name that was found: what the recognisers, the user's lists and the
//! places share. Of a text's names, which are in its order, which others a new one stands in the way of.

use std::ops::Range;

use super::Text;

#[cfg(test)]
pub(in crate::tag) mod samples;

/// What a name names, as far as the model tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// A human being.
    Person,
    /// An organisation.
    Organisation,
    /// A place.
    Place,
    /// Nationalities, events, works, products; told apart only to keep them out of the others.
    Other,
}

impl NameKind {
    /// Every kind, in the order of the model's labels.
    pub const ALL: [Self; 4] = [Self::Person, Self::Organisation, Self::Place, Self::Other];
}

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Of what.
    pub kind: NameKind,
    /// Its tokens.
    pub tokens: Range<usize>,
}

/// Which of a text's names have some of these tokens.
pub(in crate::tag) fn overlapping(names: &[Name], tokens: &Range<usize>) -> Range<usize> {
    let start = names.partition_point(|n| n.tokens.end <= tokens.start);
    let end = start + names[start..].iter().take_while(|n| n.tokens.start < tokens.end).count();
    start..end
}

/// Puts a name in the place of those that have some of its tokens.
pub(in crate::tag) fn put(names: &mut Vec<Name>, kind: NameKind, tokens: Range<usize>) {
    let over = overlapping(names, &tokens);
    names.splice(over, [Name { kind, tokens }]);
}

/// The same, unless one of those has other tokens, too.
pub(in crate::tag) fn claim(names: &mut Vec<Name>, kind: NameKind, tokens: Range<usize>) {
    let meets = |n: &Name| n.tokens.start < tokens.end && tokens.start < n.tokens.end;
    let inside = |n: &Name| tokens.start <= n.tokens.start && n.tokens.end <= tokens.end;
    if names.iter().all(|n| !meets(n) || inside(n)) {
        names.retain(|n| !meets(n));
        let at = names.partition_point(|n| n.tokens.end <= tokens.start);
        names.insert(at, Name { kind, tokens });
    }
}

/// A text with what is known of its tokens before names are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The text.
    pub text: &'a Text<'a>,
    /// Its tokens' keys.
    pub keys: &'a [u64],
    /// Its tokens' flags from the gazetteer.
    pub listed: &'a [u16],
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(tokens: &[Range<usize>]) -> Vec<Name> {
        let name = |tokens: &Range<usize>| Name { kind: NameKind::Place, tokens: tokens.clone() };
        tokens.iter().map(name).collect()
    }

    #[test]
    fn names_in_the_way_are_found() {
        let names = names(&[1..2, 4..6, 6..7, 9..10]);
        assert_eq!(overlapping(&names, &(5..7)), 1..3);
        assert_eq!(overlapping(&names, &(2..4)), 1..1);
        assert_eq!(overlapping(&names, &(10..12)), 4..4);
    }

    #[test]
    fn a_name_takes_the_place_of_others() {
        let mut found = names(&[1..2, 4..6, 6..7]);
        put(&mut found, NameKind::Place, 5..7);
        assert_eq!(found, names(&[1..2, 5..7]));
        claim(&mut found, NameKind::Place, 6..9);
        assert_eq!(found, names(&[1..2, 5..7]), "a part of another name");
        claim(&mut found, NameKind::Place, 1..3);
        claim(&mut found, NameKind::Place, 8..9);
        assert_eq!(found, names(&[1..3, 5..7, 8..9]));
    }
}
