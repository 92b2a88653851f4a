//! A rule of thumb for a block, which the fitted trees start from.

use super::sums::ratio;
use crate::extract::blocks::{Block, Frame, Places, Shape};
use crate::extract::vocabulary::Topics;

/// A judgement by rule of thumb, in the spirit of Readability's scores: what the trees start from.
pub(super) fn prior(block: &Block, frame: &Frame) -> f32 {
    let mut z = match block.shape {
        Shape::Paragraph => 1.0,
        Shape::Heading(1) => -3.6,
        Shape::Heading(_) => -0.3,
        Shape::Item => -0.6,
        Shape::Cell => -0.9,
        Shape::Pre => -0.1,
        Shape::Caption => -4.6,
        Shape::Loose => -1.0,
    };
    z += (block.chars as f32 / 60.0).min(3.0) * 0.8 - 0.4;
    z += (block.sentences as f32).min(3.0) * 0.4;
    z -= ratio(block.link_chars, block.chars) * 3.5;
    let near = frame.near.with(block.inline);
    for (topic, here, out) in PRIOR_TOPICS {
        if near.has(topic) {
            z += here;
        }
        if frame.far.has(topic) {
            z += out;
        }
    }
    for (place, weight) in PRIOR_PLACES {
        if frame.places.has(place) {
            z += weight;
        }
    }
    z
}

/// Topic, weight when named near, weight when named further out.
const PRIOR_TOPICS: [(Topics, f32, f32); 19] = [
    (Topics::BODY, 1.2, 0.5),
    (Topics::ARTICLE, 0.3, 0.2),
    (Topics::LEAD, 1.0, 0.0),
    (Topics::NAV, -2.0, -0.5),
    (Topics::RELATED, -2.0, -0.8),
    (Topics::COMMENT, -3.0, -2.0),
    (Topics::SHARE, -1.5, -0.5),
    (Topics::AD, -1.0, -0.1),
    (Topics::PROMO, -2.0, -1.0),
    (Topics::AUTHOR, -1.5, -0.3),
    (Topics::CAPTION, -2.5, -0.5),
    (Topics::FRAME, -0.8, -0.2),
    (Topics::SIDEBAR, -1.0, -0.5),
    (Topics::DATE, -1.0, 0.0),
    (Topics::CONSENT, -3.0, -1.5),
    (Topics::HIDDEN, -1.0, -0.3),
    (Topics::TEASER, -1.0, -0.3),
    (Topics::MEDIA, -0.8, 0.0),
    (Topics::POPUP, -2.0, -1.0),
];

const PRIOR_PLACES: [(Places, f32); 14] = [
    (Places::ARTICLE, 0.8),
    (Places::MAIN, 0.3),
    (Places::ASIDE, -2.5),
    (Places::NAV, -4.0),
    (Places::FOOTER, -3.0),
    (Places::HEADER, -0.5),
    (Places::FIGURE, -3.0),
    (Places::LINK, -3.0),
    (Places::HIDDEN, -1.5),
    (Places::FORM, -1.0),
    (Places::BODY_PROPERTY, 2.0),
    (Places::NESTED_ARTICLE, -1.0),
    (Places::ADDRESS, -1.5),
    (Places::LIST, -0.5),
];
