//! The labels of the sequence model: where a token stands in a name, and of what kind.

pub use crate::tag::names::NameKind;

/// Labels of the model: `O`, then begin, inside, end and single of persons, organisations and
/// places, then begin and inside of other names.
pub const LABELS: usize = 15;
/// `LABELS` padded to the width that rows of weights have.
pub const LANES: usize = 16;

/// Outside of any name.
pub const OUTSIDE: usize = 0;
const OTHER_BEGIN: usize = 13;
const OTHER_INSIDE: usize = 14;

/// A label's role in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Outside,
    Begin,
    Inside,
    End,
    Single,
}

fn role(label: usize) -> Role {
    match label {
        OUTSIDE => Role::Outside,
        OTHER_BEGIN => Role::Begin,
        OTHER_INSIDE => Role::Inside,
        _ => [Role::Begin, Role::Inside, Role::End, Role::Single][(label - 1) % 4],
    }
}

/// The kind of a label; `None` for `OUTSIDE`.
#[must_use]
pub fn kind(label: usize) -> Option<NameKind> {
    match label {
        OUTSIDE => None,
        _ => Some(NameKind::ALL[(label - 1) / 4]),
    }
}

/// The label of the token at `at` of `len` tokens of a name.
#[must_use]
pub fn label(kind: NameKind, at: usize, len: usize) -> usize {
    let base = 1 + 4 * kind as usize;
    match kind {
        NameKind::Other if at == 0 => OTHER_BEGIN,
        NameKind::Other => OTHER_INSIDE,
        _ if len == 1 => base + 3,
        _ if at == 0 => base,
        _ if at + 1 == len => base + 2,
        _ => base + 1,
    }
}

/// Whether `next` may follow `previous`; `None` stands for the sentence's edge on either side.
#[must_use]
pub fn may_follow(previous: Option<usize>, next: Option<usize>) -> bool {
    let open =
        previous.is_some_and(|l| l < OTHER_BEGIN && matches!(role(l), Role::Begin | Role::Inside));
    let Some(next) = next else { return !open };
    match role(next) {
        Role::Outside | Role::Begin | Role::Single if next != OTHER_INSIDE => !open,
        _ if next == OTHER_INSIDE => previous.is_some_and(|l| l >= OTHER_BEGIN),
        _ => open && previous.and_then(kind) == kind(next),
    }
}

/// The names that a sequence of allowed labels spells: kind, first token, one past the last.
pub fn names(labels: &[u8]) -> impl Iterator<Item = (NameKind, std::ops::Range<usize>)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(&label) = labels.get(at) {
            let start = at;
            at += 1;
            let Some(kind) = kind(label as usize) else { continue };
            while at < labels.len()
                && self::kind(labels[at] as usize) == Some(kind)
                && matches!(role(labels[at] as usize), Role::Inside | Role::End)
            {
                at += 1;
            }
            return Some((kind, start..at));
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_labels_follow_each_other_and_read_back() {
        for kind in NameKind::ALL {
            for len in 1..5 {
                let labels: Vec<u8> = (0..len).map(|at| label(kind, at, len) as u8).collect();
                assert!(may_follow(None, Some(labels[0] as usize)));
                assert!(
                    labels.windows(2).all(|w| may_follow(Some(w[0] as usize), Some(w[1] as usize)))
                );
                assert!(may_follow(Some(labels[len - 1] as usize), None));
                assert_eq!(names(&labels).collect::<Vec<_>>(), [(kind, 0..len)]);
            }
        }
    }

    #[test]
    fn name_cannot_change_kind_or_stay_open() {
        let begin = label(NameKind::Person, 0, 2);
        assert!(!may_follow(Some(begin), Some(label(NameKind::Place, 1, 2))));
        assert!(!may_follow(Some(begin), Some(OUTSIDE)));
        assert!(!may_follow(Some(begin), None));
        assert!(!may_follow(None, Some(label(NameKind::Other, 1, 2))));
    }
}
