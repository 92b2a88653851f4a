//! The recognisers of languages other than English: which sets each is trained on, and its size.
//!
//! Sets that people labelled weigh 1; those that a larger model labelled bring news text where the
//! others have none. A family's sets lend each other names at a small weight.

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context as _, Result};
use news_ingest::tag::{
    document::Splitting,
    entities::{classes::ClassTable, token_features::Lexicon},
    places::gazetteer::Gazetteer,
};

use crate::{corpus, crf, packed, roles, train, train_and_report};

/// A language's folder, the logarithm of its table's rows, its lean (what does best on held-out stories), and
/// its sets with their weights.
type Language = (&'static str, u32, f32, &'static [(&'static str, f32)]);

const LANGUAGES: &[Language] = &[
    ("de", 17, 0.0, &[("de-germeval", 1.0), ("de-teacher", 0.7)]),
    ("es", 17, 0.0, &[("es-teacher", 1.0), ("ca-teacher-elided", 0.3), ("pt-bosque", 0.3)]),
    ("fr", 17, 0.0, &[("fr-teacher-elided", 1.0), ("fr-silver", 0.5)]),
    ("it", 17, 0.0, &[("it-teacher-elided", 1.0), ("es-teacher", 0.3)]),
    ("pt", 17, 0.25, &[("pt-bosque", 1.0), ("es-teacher", 0.3)]),
    ("nl", 17, 0.0, &[("nl-teacher", 1.0), ("de-teacher", 0.3)]),
    ("pl", 17, 0.0, &[("pl-teacher", 1.0), ("cs-teacher", 0.3)]),
    ("ru", 17, 0.0, &[("ru-factrueval", 1.0), ("uk-teacher", 0.3), ("bg-teacher", 0.3)]),
    ("uk", 17, 0.25, &[("uk-teacher", 1.0), ("ru-factrueval", 0.4)]),
    ("sv", 17, 0.0, &[("sv-webbnyheter", 1.0), ("sv-talbanken", 0.5), ("nb-norne", 0.2)]),
    ("no", 17, 0.0, &[("nb-norne", 1.0), ("nn-norne", 1.0)]),
    ("da", 17, 0.25, &[("da-ddt", 1.0), ("nb-norne", 0.3)]),
    ("tr", 18, 0.5, &[("tr-wiki", 1.0)]),
    ("hr", 18, 0.0, &[("hr-set", 1.0), ("sr-set", 1.0), ("sr-teacher", 0.5)]),
    ("hu", 17, 0.0, &[("hu-nerkor", 1.0), ("hu-teacher", 0.5)]),
    ("fi", 17, 0.25, &[("fi-turku", 1.0)]),
    ("ro", 16, 0.0, &[("ro-ronec", 1.0), ("ro-ronec2", 1.0), ("ro-teacher", 0.5)]),
    ("cs", 16, 0.0, &[("cs-teacher", 1.0), ("sk-snk", 0.3)]),
    ("sk", 17, 0.0, &[("sk-snk", 1.0), ("cs-teacher", 0.7)]),
    ("el", 16, 0.0, &[("el-teacher", 1.0)]),
    ("bg", 16, 0.0, &[("bg-teacher", 1.0), ("ru-factrueval", 0.3)]),
    ("ca", 16, 0.0, &[("ca-teacher-elided", 1.0), ("es-teacher", 0.3)]),
    ("hi", 16, 0.0, &[("hi-hiner", 1.0)]),
    ("id", 16, 0.0, &[("id-teacher", 1.0)]),
    ("vi", 16, 0.0, &[("vi-teacher", 1.0)]),
    ("ar", 17, 0.0, &[("ar-teacher", 1.0)]),
    ("fa", 17, 0.0, &[("fa-teacher", 1.0)]),
    ("he", 17, 0.0, &[("he-teacher", 1.0)]),
    ("kk", 16, 0.5, &[("kk-kaznerd", 1.0), ("kk-kaznerd2", 1.0)]),
    ("zh", 17, 0.25, &[("zh-gsdsimp", 1.0)]),
    ("ja", 17, 0.25, &[("ja-stockmark", 1.0)]),
    ("ko", 17, 0.25, &[("ko-klue", 1.0)]),
];

/// Languages whose weights lose by the coarser steps that the others are stored in.
const FINER: &[&str] = &["de", "fi", "ja", "pt", "zh"];

/// From where to where.
pub struct Task<'a> {
    pub data: &'a Path,
    pub models: &'a Path,
    pub to: &'a Path,
    pub gazetteer: &'a Gazetteer,
    pub hold_out: bool,
}

impl Task<'_> {
    /// Trains the languages of some codes; all when there are none.
    pub fn run(&self, codes: &[String]) -> Result<()> {
        let classes = zstd::decode_all(fs::File::open(self.models.join("words.classes.zst"))?)?;
        let classes = Arc::new(ClassTable::from_bytes(classes).context("a class table")?);
        let roles = roles::build(&self.data.join("wikidata-entities.tsv.gz"))?;
        if !self.hold_out {
            fs::create_dir_all(self.to.join("mul"))?;
            let packed = zstd::encode_all(roles.as_slice(), 19)?;
            fs::write(self.to.join("mul/names.roles.zst"), packed)?;
        }
        let roles = Arc::new(ClassTable::from_bytes(roles).context("roles read back")?);
        let wanted = |l: &&Language| codes.is_empty() || codes.iter().any(|code| code == l.0);
        for language in LANGUAGES.iter().filter(wanted) {
            eprintln!("{}", language.0);
            self.language(language, &classes, &roles)?;
        }
        Ok(())
    }

    fn language(
        &self,
        (code, log2_rows, lean, sets): &Language,
        classes: &Arc<ClassTable>,
        roles: &Arc<ClassTable>,
    ) -> Result<()> {
        let splitting = Splitting::of(code);
        let lexicon = Lexicon {
            classes: Arc::clone(classes),
            roles: Some(Arc::clone(roles)),
            uncased: splitting.uncased,
        };
        let reader = corpus::Reader { lexicon: &lexicon, gazetteer: self.gazetteer, splitting };
        let mut stories = Vec::new();
        for (set, weight) in *sets {
            let path = self.data.join(format!("langs/ner-{set}.jsonl.gz"));
            stories.extend(corpus::cut(&corpus::read(&path)?, *weight));
        }
        let settings = crf::Settings {
            log2_rows: *log2_rows,
            lean: *lean,
            min_count: 2,
            blind: 0.3,
            steps: 2,
            stored_steps: if FINER.contains(code) { 4 } else { 8 },
            frequency: 0.3,
            ..crf::Settings::default()
        };
        if self.hold_out {
            train_and_report(&reader, stories, &settings);
            return Ok(());
        }
        let table = crf::table(&train(&reader, &stories, &settings), &settings);
        let folder = self.to.join(code);
        fs::create_dir_all(&folder)?;
        let packed = packed(&table)?;
        eprintln!("{} bytes", packed.len());
        fs::write(folder.join("entities.weights.zst"), packed)?;
        Ok(())
    }
}
