//! Boosted decision trees: reading them, and their verdict on a row of numbers. Fitting is in the
//! `fit-extract` tool (Friedman, "Greedy function approximation: a gradient boosting machine", 2001).

/// One node: an inner one sends a row left when its feature is at most the threshold; a leaf has
/// a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Node {
    /// Index of the feature, or [`Node::LEAF`].
    pub(crate) feature: u16,
    /// The left child; the right one follows it.
    pub(crate) left: u16,
    /// Threshold, or a leaf's value in log-odds.
    pub(crate) value: f32,
}

impl Node {
    pub(crate) const LEAF: u16 = u16::MAX;
}

/// A sum of trees; its value is the log-odds of a yes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Forest {
    pub(crate) bias: f32,
    pub(crate) trees: Vec<Vec<Node>>,
}

impl Forest {
    /// The probability of a yes.
    pub(crate) fn probability(&self, row: &[f32]) -> f32 {
        let mut sum = self.bias;
        for tree in &self.trees {
            let mut at = 0;
            loop {
                let Node { feature, left, value } = tree[at];
                if feature == Node::LEAF {
                    sum += value;
                    break;
                }
                at = usize::from(left) + usize::from(row[usize::from(feature)] > value);
            }
        }
        1.0 / (1.0 + (-sum).exp())
    }

    /// Little-endian: bias, number of trees (u32), then each tree's number of nodes (u32) and its
    /// nodes (feature u16, left u16, value f32).
    #[cfg(any(test, feature = "tools"))]
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(self.bias.to_le_bytes());
        out.extend((self.trees.len() as u32).to_le_bytes());
        for tree in &self.trees {
            out.extend((tree.len() as u32).to_le_bytes());
            for node in tree {
                out.extend(node.feature.to_le_bytes());
                out.extend(node.left.to_le_bytes());
                out.extend(node.value.to_le_bytes());
            }
        }
        out
    }

    /// Reads what [`Forest::to_bytes`] wrote and leaves the rest; `None` when it is anything else.
    /// `width` is the length of the rows it will see: a forest read can't index out of them, nor
    /// walk for ever.
    pub(crate) fn from_bytes(bytes: &mut &[u8], width: usize) -> Option<Self> {
        let bias = f32::from_le_bytes(take(bytes)?);
        let count = u32::from_le_bytes(take(bytes)?);
        let mut trees = Vec::new();
        for _ in 0..count {
            let nodes = u32::from_le_bytes(take(bytes)?) as usize;
            let mut tree = Vec::new();
            for at in 0..nodes {
                let feature = u16::from_le_bytes(take(bytes)?);
                let left = u16::from_le_bytes(take(bytes)?);
                let value = f32::from_le_bytes(take(bytes)?);
                let inner = feature != Node::LEAF;
                let forward = usize::from(left) > at && usize::from(left) + 1 < nodes;
                if inner && (usize::from(feature) >= width || !forward) {
                    return None;
                }
                tree.push(Node { feature, left, value });
            }
            if tree.is_empty() {
                return None;
            }
            trees.push(tree);
        }
        Some(Self { bias, trees })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_wrote_and_refuses_loops() {
        let leaf = |value| Node { feature: Node::LEAF, left: 0, value };
        let tree = vec![Node { feature: 1, left: 1, value: 0.5 }, leaf(-2.0), leaf(2.0)];
        let forest = Forest { bias: 0.0, trees: vec![tree] };
        let bytes = forest.to_bytes();
        assert_eq!(Forest::from_bytes(&mut &bytes[..], 2), Some(forest.clone()));
        assert!(forest.probability(&[0.0, 0.4]) < 0.2);
        assert!(forest.probability(&[0.0, 0.6]) > 0.8);
        assert_eq!(Forest::from_bytes(&mut &bytes[..], 1), None, "feature out of the row");
        let looped =
            Forest { bias: 0.0, trees: vec![vec![Node { feature: 0, left: 0, value: 0.0 }]] };
        assert_eq!(Forest::from_bytes(&mut &looped.to_bytes()[..], 2), None);
    }
}
