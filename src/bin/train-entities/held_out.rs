//! How well a model does on stories that it was not trained on: as they are, in headline style and
//! in capitals. What it is measured against are the corpora's labels, voted ones included.

use news_ingest::tag::entities::{Name, Recogniser, labels::NameKind};

use crate::{
    corpus::{Line, Reader, Story},
    invent,
};

/// How a sentence is set.
type CaseStyle = fn(&mut Line);

/// Prints F1 of persons, organisations and places for every setting of the stories.
pub fn print(recogniser: &Recogniser, reader: &Reader<'_>, stories: &[Story]) {
    let settings: [(&str, CaseStyle); 3] =
        [("as written", |_| {}), ("headline style", invent::title), ("capitals", invent::capitals)];
    for (name, set) in settings {
        let mut counts = [[0_usize; 3]; 4];
        for story in stories {
            let mut lines = story.lines.clone();
            lines.iter_mut().for_each(set);
            let (right, found) = reader.names(&lines, recogniser);
            for (kind, counts) in NameKind::ALL.into_iter().zip(&mut counts) {
                let of = |names: &[Name]| -> Vec<Name> {
                    names.iter().filter(|n| n.kind == kind).cloned().collect()
                };
                let (right, found) = (of(&right), of(&found));
                let hits = found.iter().filter(|n| right.contains(n)).count();
                *counts = [counts[0] + hits, counts[1] + found.len(), counts[2] + right.len()];
            }
        }
        let f1 =
            |[hits, found, right]: [usize; 3]| 200.0 * hits as f64 / (found + right).max(1) as f64;
        let all = counts[..3].iter().fold([0; 3], |sum, c| [0, 1, 2].map(|i| sum[i] + c[i]));
        let [person, organisation, place, _] = counts.map(f1);
        eprintln!(
            "{name}: F1 {:.2}, persons {person:.2}, organisations {organisation:.2}, places {place:.2}",
            f1(all)
        );
    }
}
