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
    /// The probability of a yes, as the trees say it: what [`FlatForest`] gives, more slowly.
    #[cfg(any(test, feature = "tools"))]
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

/// A forest laid out to be asked often: every tree filled up to the depth of the deepest, so that where a node's
/// children are is computed, and all rows take as many steps. The way through a tree has no branch to guess at, and
/// the processor goes through several trees at once.
#[derive(Clone, Debug)]
pub(crate) struct FlatForest {
    bias: f32,
    levels: u32,
    /// Threshold and feature of each inner node, level by level, tree by tree.
    inner: Vec<(f32, u32)>,
    /// Values of the leaves, from the left, tree by tree.
    leaves: Vec<f32>,
}

impl FlatForest {
    /// Lays a forest out.
    pub(crate) fn of(forest: &Forest) -> Self {
        let levels =
            forest.trees.iter().map(|tree| depth(tree, 0)).max().unwrap_or_default().max(1);
        let mut flat = Self { bias: forest.bias, levels, inner: Vec::new(), leaves: Vec::new() };
        for tree in &forest.trees {
            let mut level = vec![tree[0]];
            for _ in 0..levels {
                flat.inner.extend(level.iter().map(|node| match node.feature {
                    // A leaf above the last level is reached from its left alone.
                    Node::LEAF => (f32::INFINITY, 0),
                    feature => (node.value, u32::from(feature)),
                }));
                let below = level.iter().flat_map(|node| match node.feature {
                    Node::LEAF => [*node; 2],
                    _ => [tree[usize::from(node.left)], tree[usize::from(node.left) + 1]],
                });
                level = below.collect();
            }
            flat.leaves.extend(level.iter().map(|leaf| leaf.value));
        }
        flat
    }

    /// The probability of a yes.
    pub(crate) fn probability(&self, row: &[f32]) -> f32 {
        let leaves = 1_usize << self.levels;
        let trees = self.inner.chunks_exact(leaves - 1).zip(self.leaves.chunks_exact(leaves));
        let mut sum = self.bias;
        for (inner, values) in trees {
            let mut at = 0;
            for _ in 0..self.levels {
                let (threshold, feature) = inner[at];
                at = 2 * at + 1 + usize::from(row[feature as usize] > threshold);
            }
            sum += values[at - inner.len()];
        }
        1.0 / (1.0 + (-sum).exp())
    }
}

/// Steps from a node to its furthest leaf.
fn depth(tree: &[Node], at: usize) -> u32 {
    match tree[at].feature {
        Node::LEAF => 0,
        _ => {
            let left = usize::from(tree[at].left);
            1 + depth(tree, left).max(depth(tree, left + 1))
        }
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
    fn laid_out_it_says_the_same() {
        let leaf = |value| Node { feature: Node::LEAF, left: 0, value };
        let inner = |feature, left, value| Node { feature, left, value };
        let deep = vec![
            inner(0, 1, 0.5),
            leaf(-1.0),
            inner(1, 3, 0.25),
            inner(0, 5, 0.75),
            leaf(0.5),
            leaf(2.0),
            leaf(3.5),
        ];
        let forest = Forest { bias: 0.25, trees: vec![deep, vec![leaf(0.125)]] };
        let flat = FlatForest::of(&forest);
        for at in 0..100 {
            let row = [(at % 10) as f32 / 10.0, (at / 10) as f32 / 10.0];
            assert_eq!(flat.probability(&row), forest.probability(&row));
        }
    }

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
        for row in [[0.0, 0.4], [0.0, 0.6], [0.0, 0.5], [0.0, f32::NAN]] {
            assert_eq!(FlatForest::of(&forest).probability(&row), forest.probability(&row));
        }
        let looped =
            Forest { bias: 0.0, trees: vec![vec![Node { feature: 0, left: 0, value: 0.0 }]] };
        assert_eq!(Forest::from_bytes(&mut &looped.to_bytes()[..], 2), None);
    }
}
