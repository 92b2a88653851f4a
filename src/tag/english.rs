//! English word lists that are used for English stories only: names, places, tone, key terms.
//!
//! Each is a kind of rows in a list of `src/lang/en/`. What each holds is said in `src/lang/README.md`, and there alone. What
//! other languages have too is read where it is used. Articles, prepositions, conjunctions and pronouns of English stand in
//! the rules themselves, which run on English texts alone; a noun, a title, a verb or an ending is a row of a list.

use std::sync::LazyLock;

use foldhash::HashMap;

use super::word_set::WordSet;
use crate::lang;

/// Words, each once.
pub(in crate::tag) type Words = LazyLock<WordSet>;

/// Makes a list of each row's kind in a file, and what is read for the test that none is left unread.
macro_rules! lists {
    ($($file:literal { $($name:ident = $kind:literal,)* })*) => {
        $($(pub(in crate::tag) static $name: Words = LazyLock::new(|| words($file, $kind));)*)*

        /// The files.
        const FILES: &[&str] = &[$($file,)*];

        #[cfg(test)]
        const READ: &[(&str, &str)] = &[$($(($file, $kind),)*)*];
    };
}

lists! {
    "names.txt" {
        TITLES = "title",
        TITLES_OR_NAMES = "title-or-name",
        PERSON_TITLES = "person-title",
        MEMBER_LETTERS = "member-letters",
        LEADING_TITLES = "title-before-name",
        TRADES_OR_NAMES = "trade-or-name",
        NO_JUDGES = "justice-body",
        FAMILY_NAMES_FIRST = "family-name-first",
        NO_HALVES = "no-half",
        PERSON_VERBS = "person-verb",
        HUMAN_VERBS = "human-verb",
        SURNAME_WORDS = "surname-word",
        SURNAME_VERBS = "surname-verb",
        TOWN_FORENAMES = "town-forename",
        TITLES_OF_MEN = "title-of-men",
        TITLES_OF_WOMEN = "title-of-women",
        NO_ORGANISATIONS = "no-organisation",
        NO_ORGANISATION_ENDINGS = "no-organisation-ending",
        NOBODY_ENDINGS = "nobody-ending",
        OFFICE_WORDS = "office-word",
        ORGANISATION_ENDINGS = "organisation-ending",
        COMPANY_WORDS = "company-word",
        HONORIFICS = "honorific",
        HONORIFICS_OF_MEN = "honorific-of-men",
        HONORIFICS_OF_WOMEN = "honorific-of-women",
        COMPANY_FORMS = "company-form",
        KIN = "kin",
        ORGANISATION_NOUNS = "organisation-noun",
        GENERIC_ORGANISATIONS = "organisation-alone",
        RANKS = "rank",
        NUMBER_LED = "number-led",
        BEFORE_PLACES = "organisation-before-place",
        PAPER_ARTICLES = "paper-article",
        SHARED_ARTICLES = "paper-or-name-article",
        BEFORE_OFFICE = "before-office",
        BEFORE_OF = "organisation-before-of",
        FIELDS = "field-of-office",
        BEFORE_ON = "organisation-before-on",
        PARTICLES = "particle",
        HEADLINE_WORDS = "headline-word",
        HEADLINE_VERBS = "headline-verb",
        HEADLINE_VERBS_OF_SEVERAL = "headline-verb-of-several",
        HEADLINE_JOINTS = "headline-joint",
        STATESMEN = "statesman",
        PLAYER_VERBS = "player-verb",
        DRUGS = "drug",
        ORGANISATION_SORTS = "organisation-sort",
        SURE_PARTICLES = "sure-particle",
        ROLES = "role",
        BORN = "born",
        TEAM_NICKNAMES = "team-nickname",
        TEAM_COLOURS = "team-colour",
        NO_INITIALS = "no-initials",
        JOINING_PARTICLES = "joining-particle",
        INSIDE_NAMES = "inside-name",
        JOINTS = "joint",
        POSSESSIVES = "possessive",
        ARTICLES = "article",
        GENERATIONS = "generation",
        POST_NOMINALS = "post-nominal",
        POST_NOMINALS_BEHIND_COMMAS = "post-nominal-behind-comma",
        NAME_OPENINGS = "name-opening",
        FAMILY_OPENINGS = "family-opening",
        PARTICIPLES = "participle",
        PARTICIPLES_OF_PLACES = "participle-of-place",
        SPEAKING = "speaking",
        MASS_WORDS = "mass-word",
        THINGS_BEHIND = "thing-behind",
        CHIEF_OFFICES = "chief-office",
        PARTY_LETTERS = "party-letter",
        PARTIES = "party",
        MEMBERS = "party-member",
        DRAW_WORDS = "draw-word",
        BEFORE_MONTHS = "before-month",
        PORTFOLIOS = "portfolio",
        BEFORE_GENERAL = "before-general",
        STREETS_IN_NAMES = "street-in-name",
        STOPPED_FORMS = "stopped-form",
        CLUB_FORMS = "club-form",
        RELATIONS = "relation",
        FRONTING = "fronting",
        PRIVATE_TRADES = "trade-private",
        LOCAL_TRADES = "trade-local",
        PUBLIC_TRADES = "trade-public",
        SPORT_TRADES = "trade-sport",
        ARTS_TRADES = "trade-arts",
        SCIENCE_TRADES = "trade-science",
        BUSINESS_TRADES = "trade-business",
        SMALL_BUSINESSES = "small-business",
        ANIMALS = "animal",
        COMPANY_NOUNS = "company-noun",
        COMPANY_NOUNS_OR_TRADES = "company-noun-or-trade",
        ADVISERS = "adviser",
        OF_COMPANIES = "of-company",
        VESSELS = "vessel",
        SHIP_PREFIXES = "ship-prefix",
        PLAY_VERBS = "play-verb",
        SPORT_SIGNS = "sport-sign",
        MATCH_WORDS = "match-word",
        MATCH_STORIES = "match-story",
        MATCH_TITLES = "match-title",
        HEADLINE_LABELS = "headline-label",
        NATIONAL_BODIES = "national-body",
        LAND_BODIES = "land-body",
        LAND_BODIES_ALONE = "land-body-alone",
        LAND_PREFIXES = "land-prefix",
        PORTFOLIO_HEADS = "portfolio-head",
        MINISTERS = "minister",
        OFFICE_HEADS = "office-head",
        GENERALS = "general",
        SCORING = "scoring",
        TIMES = "times",
    }
    "name-context.txt" {
        HYPHEN_PREFIXES = "hyphen-prefix",
        OF_SCHOOLS = "of-school",
        WIDER_PEOPLES = "wider-people",
        HEADS = "head-of-body",
        LEADERS_OF_PLACES = "leader-of-place",
        COMING_FROM = "coming-from",
        PHYSICAL = "physical",
        AUXILIARIES = "auxiliary",
        DIVISIONS_ALONE = "division-alone",
        GRADES = "grade",
        OIL_WORDS = "oil-word",
        OF_PEOPLES = "of-people",
        PEOPLES_BEHIND = "people-behind",
        COMPANY_VERBS = "company-verb",
        BEFORE_TEAMS = "before-team",
        BIDS = "bid",
        OTHER_GAMES = "other-game",
        AGENCY_LETTERS = "agency-letters",
        PLAYERS = "player",
        AGAINST = "against",
        TABLE_UNITS = "table-unit",
        TABLE_RELATIONS = "table-relation",
        TABLE_LEADS = "table-lead",
        SHARE_NOUNS = "share-noun",
        SHARE_MOVES = "share-move",
        COMPETING = "competing",
        RIVALS = "rival",
        SHARES_HELD = "share-held",
        POLLS = "poll",
        BEFORE_POLLS = "before-poll",
        TENURES = "tenure",
        NAME_PREFIXES = "name-prefix",
        COURTESY_TITLES = "courtesy-title",
        TELLING = "telling",
        RULERS = "ruler",
        TITLES_OF_HOUSES = "title-of-house",
        STORMS = "storm",
        NEAR_PLACES = "near-place",
        BEFORE_TRUSTED = "before-trusted",
        SEAT_HOLDERS = "seat-holder",
        BEHIND_NOUNS = "behind-noun",
        BEHIND_APPOSITIONS = "behind-apposition",
        MEMORIALS = "memorial",
        SMALL_WORDS = "small-word",
        DETERMINERS = "determiner",
        COPULAS = "copula",
        BEFORE_EMPLOYERS = "before-employer",
        PLURAL_VERBS = "plural-verb",
        REPRESENTING = "representing",
        BEFORE_TOWNS = "before-town",
        BEHIND_TOWNS = "behind-town",
        PRONOUNS_OF_MEN = "pronoun-of-men",
        PRONOUNS_OF_WOMEN = "pronoun-of-women",
        PARTING = "parting",
        BEHIND_RELATIONS = "behind-relation",
        NAMING = "naming",
        NAMED_AS = "named-as",
        HUMANS = "human",
        JUDGED_TRADES = "judged-trade",
        HIRING = "hiring",
        SENTENCED = "sentenced",
        STRUCK = "struck",
        DONE_BY_PEOPLE = "done-by-person",
        CARDINALS = "cardinal",
        RUNNING = "running",
        FORMERLY = "formerly",
        BEFORE_COUNTRIES = "before-country",
        PLACE_LINKS = "place-link",
        CHIEFS = "chief",
        EXECUTIVES = "executive",
        OFFICERS = "officer",
        TRANSFERS = "transfer",
        TRANSFERRED = "transferred",
        VOTES = "vote",
        PERCENT = "percent",
        SUPPORTERS = "supporter",
        PAST_ENDINGS = "past-ending",
        ISLES = "isle",
        BEHIND_GRADES = "behind-grade",
        SAINT_FORMS = "saint-form",
        AMONG = "among",
        AMONG_AS = "among-as",
        BEHIND_TOLD = "behind-told",
        SCHOOL_ENDINGS = "school-ending",
        BODIES_BEFORE = "body-before-land",
        BODIES_BEHIND = "body-behind-land",
        CONTESTS = "contest-behind-land",
        PRISONS = "prison",
        PEOPLE_BEHIND_PLACE = "people-behind-place",
        SOMEBODY_BEHIND_PLACE = "somebody-behind-place",
        COLLEGES = "college-ending",
        FOR_SEATS = "for-seat",
        FOLK = "folk",
        BANDS = "band",
        TONGUE_VERBS = "tongue-verb",
        PEERS = "peer",
        PEERS_OFFICES = "office-of-lord",
        AIRLINES = "airline",
        AIRCRAFT = "aircraft",
        SITES_AFTER_PEOPLE = "site-after-people",
        LED_SITES_AFTER_PEOPLE = "led-site-after-people",
        OF_OFFICES = "of-office",
        LEAVING = "leaving",
        FLYING = "flying",
        AIRPORTS_AFTER_PEOPLE = "airport-after-people",
        WORKS_OF_ART = "work-of-art",
        CLUB_WORDS = "club-word",
        CALLED_AFTER_PEOPLE = "called-after-people",
        BEFORE_THINGS = "before-thing",
        FILMS = "film",
        MAKING_FILMS = "making-film",
        STARRING = "starring",
        MADE_FAMOUS = "made-famous",
        BEFORE_STORMS = "before-storm",
        STORM_NAMES = "storm-name",
        CAR_MAKES = "car-make",
        CAR_ADJECTIVES = "car-adjective",
    }
    "first-names.txt" {
        MEN = "he",
        WOMEN = "she",
    }
    "places.txt" {
        DIVISIONS = "division",
        PARTS = "part",
        PLACE_OPENINGS = "place-opening",
        PLACES = "places",
        TOWN_BEFORE_OF = "before-of",
        PLACE_ENDINGS = "place-ending",
        NAMED_THINGS = "named-thing",
        STREETS = "street",
        BESIDE_DIVISIONS = "beside-division",
        AROUND_CITIES = "around-city",
        AFFIXES = "affix",
        TOLD_TO_BE = "told-to-be",
        PEOPLE_OF = "people-of",
        CALLED = "called",
        PREPOSITIONS = "preposition",
        BEFORE_HOUSES = "before-house",
        THINGS = "thing",
        WORKS = "works",
        PLACE_ENDINGS_ALONE = "place-ending-alone",
        PLACE_OR_NAME_ENDINGS = "place-or-name-ending",
        NO_COMPANIES = "no-company",
        SETTLEMENTS = "settlement",
        STREETS_ALONE = "street-alone",
        COUNTIES = "county-plural",
        STATES = "state-behind",
        BODIES_OF_TOWNS = "body-of-town",
        TOWNS_OWN = "town-own",
        RIVERS = "river",
        RIVERS_OR_LANDS = "river-or-land",
        FLOWING = "flowing",
        WATER_WORDS = "water-word",
        SAINTS = "saint",
        QUARTERS = "quarter",
        NATURE = "nature",
        NATIONAL_LANDS = "national-land",
        WAYS = "way",
    }
    "abbreviations.txt" {
        LEADING = "leads",
        ENDING = "may-end",
        STARTERS = "starts",
        CLITICS = "clitic",
    }
    "tone.txt" {
        POSITIVE = "positive",
        NEGATIVE = "negative",
        NEGATIONS = "negation",
        EMPHASIS = "emphasis",
        LESSENING = "lessening",
        CLAUSE_JOINTS = "clause",
        CONTRASTS = "contrast",
    }
    "summary.txt" {
        NO_SUMMARIES = "opening",
    }
    "key-terms.txt" {
        COMMON_WORDS = "common",
        KEY_VERBS = "verb",
    }
}

/// The words of each kind of a file.
type Kinds = HashMap<&'static str, WordSet>;

/// Each file is read once for all of its kinds.
static KINDS: LazyLock<HashMap<&'static str, Kinds>> = LazyLock::new(|| {
    let read = |file| {
        let mut kinds = Kinds::default();
        for (kind, word) in lang::rows("en", file).into_iter().flatten() {
            kinds.entry(kind).or_default().insert(word);
        }
        (file, kinds)
    };
    FILES.iter().map(|file| read(*file)).collect()
});

fn words(file: &str, kind: &str) -> WordSet {
    KINDS.get(file).and_then(|kinds| kinds.get(kind)).cloned().unwrap_or_default()
}

/// Whether a word is a past participle by its ending.
pub(in crate::tag) fn is_participle(word: &str) -> bool {
    PAST_ENDINGS.iter().any(|ending| word.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_words_and_is_read() {
        for (file, kind) in READ {
            assert!(words(file, kind).iter().next().is_some(), "{file}: {kind}");
            for (row, word) in lang::rows("en", file).into_iter().flatten() {
                assert!(READ.contains(&(file, row)), "{file}: nothing reads {row}");
                assert_eq!(word.trim(), word, "{file}: {word:?}");
            }
        }
    }

    #[test]
    fn every_kind_is_described() {
        let readme = include_str!("../lang/README.md");
        let of_english = readme.split("## Of English alone").nth(1).unwrap_or_default();
        for (file, kind) in READ {
            let mut rows = of_english.lines().filter(|row| row.starts_with(&format!("| `{file}`")));
            assert!(rows.any(|row| row.contains(&format!("`{kind}`"))), "{file}: {kind}");
        }
    }

    #[test]
    fn no_word_is_good_and_bad() {
        assert!(!POSITIVE.iter().any(|word| NEGATIVE.contains(word)));
    }
}
