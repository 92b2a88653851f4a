//! What each number in the classifier's rows is called, in their order: for people who look into the model, and
//! for programs that fit it.

use super::repetition::{ANNOUNCED, UNIT_PHRASES};
use crate::extract::blocks::Places;
use crate::extract::boilerplate_phrases::PhraseKind;
use crate::extract::vocabulary::Topics;

const TEXT: [&str; super::TEXT] = [
    "chars_log",
    "words",
    "link_share",
    "links",
    "leading_link_chars",
    "links_per_word",
    "sentences",
    "sentences_per_word",
    "commas_per_word",
    "digit_share",
    "capitals_per_word",
    "bold_share",
    "chars_per_word",
    "ends_sentence",
    "ends_colon",
    "ends_ellipsis",
    "starts_capital",
    "starts_quote_or_dash",
    "line_breaks",
    "shape",
    "words_in_title",
    "title_covered",
    "in_description",
    "in_stated_body",
    "stated_body_to_text_log",
];

const REPETITION: [&str; 8] = [
    "twins_most",
    "twins_most_level",
    "twins_of_parent",
    "prior",
    "apart_levels",
    "apart_depth",
    "apart_in_article",
    "outside_headline_article",
];

const UNIT: [&str; 7] = [
    "blocks",
    "link_share",
    "paragraphs",
    "linked_titles",
    "linked_title_share",
    "headings",
    "has_headline",
];

const FRAME: [&str; 4] = ["link_share", "blocks", "paragraph_share_of_page", "paragraph_share"];

const CONTAINER: [&str; crate::extract::readability_container::COUNT] =
    ["inside", "away", "climb", "parent_share", "grandparent_share", "score"];

const POSITION: [&str; 8] = [
    "like_share",
    "copies",
    "depth",
    "block",
    "chars_before",
    "paragraphs_before",
    "blocks_from_headline",
    "paragraphs_from_headline",
];

const NEIGHBOUR: [&str; 5] = ["chars_log", "link_share", "shape", "alike", "is_paragraph"];

const SECOND: [&str; super::SECOND] = [
    "p",
    "p_before_1",
    "p_after_1",
    "p_before_2",
    "p_after_2",
    "p_before_3",
    "p_after_3",
    "p_mean_before_6",
    "p_mean_after_6",
    "p_mean_frame_1",
    "p_share_frame_1",
    "p_mean_frame_2",
    "p_share_frame_2",
    "p_mean_frame_3",
    "p_share_frame_3",
    "p_share_like",
    "p_mean_like",
    "in_best_frame",
    "away_from_best_frame",
    "climb_from_best_frame",
    "blocks_from_first_sure",
    "blocks_to_last_sure",
    "p_share_before",
    "depth_below_best_frame",
];

/// The columns of the second round; the first round has those before `p`.
pub(in crate::extract) fn names() -> Vec<String> {
    let mut out: Vec<String> = TEXT.map(str::to_owned).to_vec();
    out.extend(Topics::NAMES.map(|name| format!("named.{name}")));
    out.extend(Places::NAMES.map(|name| format!("in.{name}")));
    out.extend(PhraseKind::ALL.map(|cue| format!("says.{}", cue.name())));
    out.extend(PhraseKind::ALL.map(|cue| format!("section_says.{}", cue.name())));
    out.extend(REPETITION.map(str::to_owned));
    out.extend(UNIT.map(|name| format!("unit.{name}")));
    out.extend(UNIT_PHRASES.map(|cue| format!("unit.says.{}", cue.name())));
    for cue in ANNOUNCED {
        out.push(format!("paragraphs_since.{}", cue.name()));
        out.push(format!("paragraphs_since_heading.{}", cue.name()));
    }
    for level in 0..4 {
        out.extend(FRAME.map(|name| format!("frame_{level}.{name}")));
    }
    out.extend(CONTAINER.map(|name| format!("container.{name}")));
    out.extend(POSITION.map(str::to_owned));
    for step in ["before_2", "before_1", "after_1", "after_2"] {
        out.extend(NEIGHBOUR.map(|name| format!("{step}.{name}")));
    }
    out.extend(SECOND.map(str::to_owned));
    out
}

#[cfg(test)]
mod tests {
    use super::super::{CONTEXT, LOCAL};
    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let names = names();
        assert_eq!(names.len(), CONTEXT);
        assert_eq!(names[LOCAL], "p");
        let distinct: std::collections::HashSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), CONTEXT);
    }

    #[test]
    fn column_list_beside_model_matches_the_code() {
        let list = include_str!("../blocks.columns.txt");
        let rows: Vec<&str> = crate::lang::entries(list).collect();
        assert_eq!(
            rows,
            names(),
            "src/extract/blocks.columns.txt: `fit-extract --columns` writes it"
        );
    }
}
