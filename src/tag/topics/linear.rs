//! The fitted part: a multinomial logistic regression over hashed words, and the calibration of
//! the joined evidence. `src/bin/train-topics/main.rs` fits both and writes the embedded file.

use super::topic_words::TopicWords;

/// Top levels.
pub const TOPICS: usize = 17;
/// Word buckets; a power of two.
pub const BUCKETS: usize = 1 << 15;
/// Words of a body looked at.
const MAX_WORDS: usize = 1000;
/// An occurrence in the headline counts as so many.
const TITLE_COUNT: f32 = 2.0;
const MAGIC: [u8; 4] = *b"NTM1";

/// Weights of words for top levels, and the calibration.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearModel {
    /// Score of a topic without words.
    pub bias: [f32; TOPICS],
    /// `BUCKETS` rows of a weight for each topic, in units of `scale`.
    pub weights: Vec<[i8; TOPICS]>,
    /// What one step of a weight is worth.
    pub scale: f32,
    /// Of [`LinearModel::confidences`].
    pub calibration: Calibration,
}

/// A logistic curve over a topic's score and its lead over the best other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calibration {
    /// Log odds of a topic whose score and lead are 0.
    pub intercept: f32,
    /// Log odds for each unit of score; above 0.
    pub score: f32,
    /// Log odds for each unit of lead; above 0.
    pub lead: f32,
}

impl LinearModel {
    /// The model in the binary.
    #[must_use]
    pub fn embedded() -> Self {
        Self::from_bytes(include_bytes!("../models/topics-headlines.bin"))
            .expect("the embedded model was written by `to_bytes`")
    }

    /// Log odds of each top level, less their mean; the words are those of a body's [`beginning`].
    #[must_use]
    pub fn scores(&self, title: &TopicWords, body: &TopicWords) -> [f32; TOPICS] {
        let mut scores = self.bias;
        for (bucket, value) in features(title, body) {
            let value = value * self.scale;
            for (score, &weight) in scores.iter_mut().zip(&self.weights[bucket as usize]) {
                *score += value * f32::from(weight);
            }
        }
        let mean = scores.iter().sum::<f32>() / TOPICS as f32;
        scores.map(|score| score - mean)
    }

    /// The chance of each topic that an editor would give it, from joined scores. Keeps the scores'
    /// order.
    #[must_use]
    pub fn confidences(&self, scores: &[f32; TOPICS]) -> [f32; TOPICS] {
        let Calibration { intercept, score, lead } = self.calibration;
        let leads = leads(scores);
        std::array::from_fn(|i| {
            1.0 / (1.0 + (-(intercept + score * scores[i] + lead * leads[i])).exp())
        })
    }

    /// Little endian: magic, scale, biases, calibration, weights.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Calibration { intercept, score, lead } = self.calibration;
        let head = [self.scale].into_iter().chain(self.bias).chain([intercept, score, lead]);
        let mut bytes = MAGIC.to_vec();
        bytes.extend(head.flat_map(f32::to_le_bytes));
        bytes.extend(self.weights.iter().flatten().map(|w| w.cast_unsigned()));
        bytes
    }

    /// Reads what [`LinearModel::to_bytes`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(&MAGIC)?;
        let (head, weights) = bytes.split_at_checked(4 * (1 + TOPICS + 3))?;
        let mut floats = head.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
        let mut next = || floats.next().expect("the head's length was checked");
        let scale = next();
        let bias = std::array::from_fn(|_| next());
        let calibration = Calibration { intercept: next(), score: next(), lead: next() };
        let (rows, rest) = weights.as_chunks::<TOPICS>();
        let weights: Vec<_> = rows.iter().map(|row| row.map(u8::cast_signed)).collect();
        (rest.is_empty() && weights.len() == BUCKETS).then_some(Self {
            bias,
            weights,
            scale,
            calibration,
        })
    }
}

/// How far each score lies over the best other.
#[must_use]
pub fn leads(scores: &[f32; TOPICS]) -> [f32; TOPICS] {
    let (mut best, mut second) = (f32::MIN, f32::MIN);
    for &score in scores {
        if score > best {
            second = best;
            best = score;
        } else if score > second {
            second = score;
        }
    }
    scores.map(|score| if score == best { score - second } else { score - best })
}

/// What the model looks at of a body.
#[must_use]
pub fn beginning(body: &str) -> &str {
    if body.len() <= MAX_WORDS * 8 {
        return body;
    }
    let end = body.char_indices().nth(MAX_WORDS * 8).map_or(body.len(), |(at, _)| at);
    &body[..end]
}

/// Buckets of an article's words with their values: 1 + ln(count), the whole of length 1; in the
/// order of buckets.
#[must_use]
pub fn features(title: &TopicWords, body: &TopicWords) -> Vec<(u32, f32)> {
    let bucket = |stem: u64| (stem % BUCKETS as u64) as u32;
    let all = title.as_slice().iter().chain(body.as_slice());
    let mut words: Vec<u32> = all.map(|word| bucket(word.stem)).collect();
    let titled = words[..title.as_slice().len()].to_vec();
    words.sort_unstable();
    let mut buckets: Vec<(u32, f32)> = Vec::with_capacity(words.len());
    for word in words.chunk_by(|a, b| a == b) {
        buckets.push((word[0], word.len() as f32));
    }
    for word in titled {
        if let Ok(at) = buckets.binary_search_by_key(&word, |(bucket, _)| *bucket) {
            buckets[at].1 += TITLE_COUNT - 1.0;
        }
    }
    for (_, count) in &mut buckets {
        *count = 1.0 + count.ln();
    }
    let length = buckets.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-6);
    for (_, value) in &mut buckets {
        *value /= length;
    }
    buckets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_a_round_trip_and_refuses_other_bytes() {
        let model = LinearModel::embedded();
        let bytes = model.to_bytes();
        assert_eq!(LinearModel::from_bytes(&bytes), Some(model));
        assert_eq!(LinearModel::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(LinearModel::from_bytes(b"NTM1"), None);
    }

    #[test]
    fn confidence_keeps_the_order_of_scores() {
        let model = LinearModel::embedded();
        let scores = std::array::from_fn(|i| i as f32 * 0.4 - 2.0);
        assert!(model.confidences(&scores).is_sorted());
        assert!(model.calibration.score > 0.0 && model.calibration.lead > 0.0);
    }

    #[test]
    fn words_lean_the_way_of_their_headlines() {
        let scores = LinearModel::embedded()
            .scores(&TopicWords::of(""), &TopicWords::of("the president and the senate vote"));
        let best = (0..TOPICS).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        assert_eq!(best, Some(10), "politics");
    }
}
