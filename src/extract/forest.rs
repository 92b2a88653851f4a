//! Boosted decision trees: reading them, and their verdict on a row of numbers. Fitting is in the
//! `fit-extract` tool (Friedman, "Greedy function approximation: a gradient boosting machine", 2001).

use std::ops::Range;

use foldhash::HashMap;

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

/// Steps from the root of a laid out tree to any of its leaves.
const LEVELS: usize = 4;
/// Its leaves.
const LEAVES: usize = 1 << LEVELS;
/// Most questions of a forest.
const QUESTIONS: usize = 4096;
/// Rows that are judged together: one bit of an answer each.
const ROWS: usize = u64::BITS as usize;
/// Rows whose leaves are added up together.
const GROUP: usize = u8::BITS as usize;

/// The bits of each byte as bytes of their own, the lowest first.
static SPREAD: [u64; 256] = {
    let mut spread = [0; 256];
    let mut byte = 0;
    while byte < spread.len() {
        let mut bit = 0;
        while bit < GROUP {
            spread[byte] |= (byte as u64 >> bit & 1) << (8 * bit);
            bit += 1;
        }
        byte += 1;
    }
    spread
};

/// A forest laid out to be asked often, of many rows at once. Every tree is filled up to the same depth, and what its nodes ask,
/// which often several trees do, is asked once: whether a number is above a threshold. A tree then only goes by the
/// answers, a word of bits for all rows.
#[derive(Clone, Debug)]
pub(crate) struct FlatForest {
    bias: f32,
    features: Vec<Feature>,
    /// All thresholds: those of a feature in one row, the lowest first. A question is the number of one.
    thresholds: Vec<f32>,
    trees: Vec<FlatTree>,
}

/// A number of a row, and what is asked of it.
#[derive(Clone, Debug)]
struct Feature {
    number: u8,
    /// The lowest of its thresholds.
    lowest: f32,
    questions: Range<usize>,
}

/// Its root is number 1, and the children of `n` are `2n` and `2n + 1`; the leaves are those from [`LEAVES`] on.
#[derive(Clone, Debug)]
struct FlatTree {
    /// The numbers of the nodes' questions.
    questions: [u16; LEAVES],
    leaves: [f32; LEAVES],
}

impl FlatForest {
    /// Lays a forest out; `None` for one of deeper trees or longer rows than there is room for.
    pub(crate) fn of(forest: &Forest) -> Option<Self> {
        let inner = || forest.trees.iter().flatten().filter(|node| node.feature != Node::LEAF);
        let mut asked: Vec<(u8, f32)> = Vec::new();
        for node in inner() {
            asked.push((u8::try_from(node.feature).ok()?, node.value));
        }
        asked.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        asked.dedup_by_key(|(feature, threshold)| (*feature, threshold.to_bits()));
        if asked.len() > QUESTIONS {
            return None;
        }
        let mut start = 0;
        let features = asked.chunk_by(|a, b| a.0 == b.0).map(|of_one| {
            let questions = start..start + of_one.len();
            start = questions.end;
            Feature { number: of_one[0].0, lowest: of_one[0].1, questions }
        });
        let features = features.collect();
        let key = |(feature, threshold): &(u8, f32)| (*feature, threshold.to_bits());
        let numbers = asked.iter().map(key).zip(0..).collect();
        let trees = forest.trees.iter().map(|tree| FlatTree::of(tree, &numbers));
        Some(Self {
            bias: forest.bias,
            trees: trees.collect::<Option<_>>()?,
            thresholds: asked.iter().map(|(_, threshold)| *threshold).collect(),
            features,
        })
    }

    /// Marks, for each feature of a row, the last of the thresholds that it is above.
    fn mark(&self, row: &[f32], bit: u64, marks: &mut [u64; QUESTIONS]) {
        for Feature { number, lowest, questions } in &self.features {
            let value = row[usize::from(*number)];
            // Most numbers of most rows are above none.
            if value > *lowest {
                let thresholds = &self.thresholds[questions.clone()];
                let below = thresholds.partition_point(|threshold| value > *threshold);
                marks[questions.start + below - 1] |= bit;
            }
        }
    }

    /// Makes the answers of the marks: a number that is above a threshold is above those before it.
    fn answer(&self, marks: &mut [u64; QUESTIONS]) {
        for Feature { questions, .. } in &self.features {
            let mut above = 0;
            for mark in marks[questions.clone()].iter_mut().rev() {
                above |= *mark;
                *mark = above;
            }
        }
    }

    /// The probabilities of a yes of a group of rows, by the ways that all go through the trees.
    fn probabilities(&self, ways: &[[u64; LEVELS]], group: usize) -> [f32; GROUP] {
        let mut sums = [self.bias; GROUP];
        for (tree, ways) in self.trees.iter().zip(ways) {
            let of_group = |way: u64| SPREAD[usize::from((way >> (GROUP * group)) as u8)];
            let leaves = ways.iter().fold(0, |leaves, way| leaves << 1 | of_group(*way));
            for (row, sum) in sums.iter_mut().enumerate() {
                *sum += tree.leaves[(leaves >> (8 * row)) as usize % LEAVES];
            }
        }
        sums.map(|sum| 1.0 / (1.0 + (-sum).exp()))
    }
}

impl FlatTree {
    /// Lays a tree out; `numbers` are those of the questions, by feature and threshold.
    fn of(tree: &[Node], numbers: &HashMap<(u8, u32), u16>) -> Option<Self> {
        let mut flat = Self { questions: [0; LEAVES], leaves: [0.0; LEAVES] };
        let mut open = vec![(1, 0)];
        while let Some((place, at)) = open.pop() {
            let Node { feature, left, value } = *tree.get(at)?;
            let left = usize::from(left);
            match (place < LEAVES, feature) {
                // A leaf above the last level is found below its own place, on either way.
                (true, Node::LEAF) => open.extend([(2 * place, at), (2 * place + 1, at)]),
                (true, _) => {
                    let feature = u8::try_from(feature).ok()?;
                    flat.questions[place] = *numbers.get(&(feature, value.to_bits()))?;
                    open.extend([(2 * place, left), (2 * place + 1, left + 1)]);
                }
                (false, Node::LEAF) => flat.leaves[place - LEAVES] = value,
                (false, _) => return None,
            }
        }
        Some(flat)
    }

    /// The ways to the leaf that each row comes to, from the root down. The first answer leaves half of the nodes of each
    /// level below, the next half of these.
    #[inline]
    fn ways(&self, answers: &[u64; QUESTIONS]) -> [u64; LEVELS] {
        let ask = |node: usize| answers[usize::from(self.questions[node]) % QUESTIONS];
        let first = ask(1);
        let second = choose(first, ask(3), ask(2));
        let third = |node: usize| choose(second, ask(2 * node + 1), ask(2 * node));
        let third = choose(first, third(3), third(2));
        let fourth = |node: usize| choose(third, ask(2 * node + 1), ask(2 * node));
        let below = |node: usize| choose(second, fourth(2 * node + 1), fourth(2 * node));
        [first, second, third, choose(first, below(3), below(2))]
    }
}

/// Of each row the one answer or the other, by a third.
#[inline]
const fn choose(by: u64, yes: u64, no: u64) -> u64 {
    (yes ^ no) & by ^ no
}

/// Judges rows by a forest, as many at once as it takes.
pub(crate) struct Judge<'f> {
    forest: &'f FlatForest,
    /// Of each question, the rows that it is the last for which they say yes to.
    marks: Box<[u64; QUESTIONS]>,
    /// The ways through each tree.
    ways: Vec<[u64; LEVELS]>,
    /// What the rows that wait are of.
    waiting: Vec<usize>,
    probabilities: &'f mut [f32],
}

impl<'f> Judge<'f> {
    /// A judge that writes each row's probability of a yes under what it is of.
    pub(crate) fn new(forest: &'f FlatForest, probabilities: &'f mut [f32]) -> Self {
        Self {
            forest,
            marks: vec![0; QUESTIONS].try_into().expect("a mark for each question"),
            ways: Vec::with_capacity(forest.trees.len()),
            waiting: Vec::with_capacity(ROWS),
            probabilities,
        }
    }

    /// Takes a row; it is judged when there are enough, or at [`Judge::finish`].
    pub(crate) fn take(&mut self, of: usize, row: &[f32]) {
        self.forest.mark(row, 1 << self.waiting.len(), &mut self.marks);
        self.waiting.push(of);
        if self.waiting.len() == ROWS {
            self.finish();
        }
    }

    /// Judges the rows that wait.
    pub(crate) fn finish(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        self.forest.answer(&mut self.marks);
        self.ways.clear();
        self.ways.extend(self.forest.trees.iter().map(|tree| tree.ways(&self.marks)));
        for (group, of) in self.waiting.chunks(GROUP).enumerate() {
            let judged = self.forest.probabilities(&self.ways, group);
            for (of, probability) in of.iter().zip(judged) {
                self.probabilities[*of] = probability;
            }
        }
        self.waiting.clear();
        self.marks.fill(0);
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

    /// What a forest that is laid out says of rows.
    fn judged(forest: &Forest, rows: &[[f32; 2]]) -> Vec<f32> {
        let flat = FlatForest::of(forest).unwrap();
        let mut probabilities = vec![0.0; rows.len()];
        let mut judge = Judge::new(&flat, &mut probabilities);
        rows.iter().enumerate().for_each(|(at, row)| judge.take(at, row));
        judge.finish();
        probabilities
    }

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
        let rows: [[f32; 2]; 100] =
            std::array::from_fn(|at| [(at % 10) as f32 / 10.0, (at / 10) as f32 / 10.0]);
        assert_eq!(judged(&forest, &rows), rows.map(|row| forest.probability(&row)));
    }

    #[test]
    fn deep_trees_and_wide_rows_are_not_flattened() {
        let leaf = Node { feature: Node::LEAF, left: 0, value: 1.0 };
        // A chain of inner nodes: the left child of each is a leaf, the right one the next.
        let chain = |length: u16| {
            let inner = |at: u16| Node { feature: 0, left: 2 * at + 1, value: 0.5 };
            let mut tree = vec![inner(0)];
            (1..length).for_each(|at| tree.extend([leaf, inner(at)]));
            tree.extend([leaf, leaf]);
            Forest { bias: 0.0, trees: vec![tree] }
        };
        assert!(FlatForest::of(&chain(4)).is_some());
        assert!(FlatForest::of(&chain(5)).is_none());
        let wide = vec![Node { feature: 256, left: 1, value: 0.5 }, leaf, leaf];
        assert!(FlatForest::of(&Forest { bias: 0.0, trees: vec![wide] }).is_none());
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
        let rows = [[0.0, 0.4], [0.0, 0.6], [0.0, 0.5], [0.0, f32::NAN]];
        assert_eq!(judged(&forest, &rows), rows.map(|row| forest.probability(&row)));
        let looped =
            Forest { bias: 0.0, trees: vec![vec![Node { feature: 0, left: 0, value: 0.0 }]] };
        assert_eq!(Forest::from_bytes(&mut &looped.to_bytes()[..], 2), None);
    }
}
