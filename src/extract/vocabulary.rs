//! What the names in `class` and `id` say: the vocabularies of content management systems and
//! front ends, in the languages of the European and American press, by topic.
//!
//! A name is evidence for the classifier, never a verdict. Terms are looked for in lower case;
//! those marked whole must stand between separators (`ad` is not in `header`).

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// A set of topics, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Topics(pub(super) u32);

impl Topics {
    pub(super) const BODY: Self = Self(1 << 0);
    pub(super) const ARTICLE: Self = Self(1 << 1);
    pub(super) const LEAD: Self = Self(1 << 2);
    pub(super) const TITLE: Self = Self(1 << 3);
    pub(super) const NAV: Self = Self(1 << 4);
    pub(super) const RELATED: Self = Self(1 << 5);
    pub(super) const COMMENT: Self = Self(1 << 6);
    pub(super) const SHARE: Self = Self(1 << 7);
    pub(super) const AD: Self = Self(1 << 8);
    pub(super) const PROMO: Self = Self(1 << 9);
    pub(super) const AUTHOR: Self = Self(1 << 10);
    pub(super) const CAPTION: Self = Self(1 << 11);
    pub(super) const FRAME: Self = Self(1 << 12);
    pub(super) const SIDEBAR: Self = Self(1 << 13);
    pub(super) const DATE: Self = Self(1 << 14);
    pub(super) const CONSENT: Self = Self(1 << 15);
    pub(super) const PAYWALL: Self = Self(1 << 16);
    pub(super) const HIDDEN: Self = Self(1 << 17);
    pub(super) const TAGS: Self = Self(1 << 18);
    pub(super) const TEASER: Self = Self(1 << 19);
    pub(super) const MEDIA: Self = Self(1 << 20);
    pub(super) const QUOTE: Self = Self(1 << 21);
    pub(super) const BOX: Self = Self(1 << 22);
    pub(super) const LIVE: Self = Self(1 << 23);
    pub(super) const LIST: Self = Self(1 << 24);
    pub(super) const POPUP: Self = Self(1 << 25);
    pub(super) const EMBED: Self = Self(1 << 26);
    pub(super) const KICKER: Self = Self(1 << 27);
    pub(super) const COUNT: usize = 28;

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// (topic, terms within a name, terms that stand alone).
const TERMS: [(Topics, &[&str], &[&str]); Topics::COUNT] = [
    (
        Topics::BODY,
        &[
            "articlebody",
            "article-body",
            "article__body",
            "article_body",
            "articletext",
            "article-text",
            "article__text",
            "article_text",
            "articlecontent",
            "article-content",
            "article__content",
            "article_content",
            "story-body",
            "storybody",
            "story__body",
            "story_body",
            "story-content",
            "storycontent",
            "story-text",
            "storytext",
            "entry-content",
            "entry__content",
            "entrycontent",
            "post-content",
            "postcontent",
            "post__content",
            "post_content",
            "post-body",
            "postbody",
            "post__body",
            "post-text",
            "single-content",
            "content-body",
            "contentbody",
            "body-content",
            "content__body",
            "body-copy",
            "bodycopy",
            "body-text",
            "bodytext",
            "text-body",
            "richtext",
            "rich-text",
            "wysiwyg",
            "page-content",
            "main-content",
            "maincontent",
            "news-body",
            "news-text",
            "newstext",
            "news-content",
            "detail-text",
            "paragraph",
            "fliesstext",
            "cuerpo",
            "texto-noticia",
            "article-fulltext",
            "article-main",
            "artikeltext",
            "artikel-text",
            "artikel-inhalt",
            "article-inner",
            "articlepage",
            "td-post-content",
            "texte",
            "corps",
            "corpo",
            "testo",
            "brodtext",
            "broedtekst",
            "brodtekst",
            "tresc",
            "clanek",
            "article-paragraph",
            "text-long",
            "textblock",
            "text-block",
            "article-section",
            "sp-body",
            "prose",
            "singlecontent",
            "blog-content",
            "field-name-body",
            "field--name-body",
        ],
        &["body", "text", "content", "prose", "copy"],
    ),
    (
        Topics::ARTICLE,
        &[
            "article",
            "artikel",
            "articulo",
            "articolo",
            "artigo",
            "artykul",
            "noticia",
            "story",
            "entry",
            "single-post",
        ],
        &["post", "news", "blog", "hentry"],
    ),
    (
        Topics::LEAD,
        &[
            "standfirst",
            "subtitle",
            "sub-title",
            "subheadline",
            "sub-headline",
            "subhead",
            "article-intro",
            "article__intro",
            "article-lead",
            "article__lead",
            "articlelead",
            "leadtext",
            "lead-text",
            "article-summary",
            "article__summary",
            "article-description",
            "article-excerpt",
            "chapo",
            "chapeau",
            "bajada",
            "copete",
            "entradilla",
            "sottotitolo",
            "occhiello",
            "vorspann",
            "anriss",
            "article-dek",
            "headline__sub",
            "ingress",
            "perex",
            "zajawka",
            "preamble",
            "abstract",
        ],
        &[
            "lead",
            "lede",
            "dek",
            "deck",
            "intro",
            "summary",
            "excerpt",
            "manchet",
            "leadin",
            "kurzfassung",
        ],
    ),
    (
        Topics::TITLE,
        &["headline", "title", "titel", "titulo", "titre", "titolo", "heading", "rubrik"],
        &["h1", "hed"],
    ),
    (
        Topics::NAV,
        &[
            "navigation",
            "navbar",
            "breadcrumb",
            "menu",
            "pagination",
            "pager",
            "sitemap",
            "skip-link",
            "skiplink",
            "toolbar",
            "sub-nav",
            "navi-",
            "wayfinding",
        ],
        &["nav", "tabs", "toc", "navi", "paging", "crumb", "crumbs"],
    ),
    (
        Topics::RELATED,
        &[
            "related",
            "recommend",
            "more-stories",
            "more-news",
            "morestories",
            "readmore",
            "read-more",
            "read_more",
            "read-also",
            "readalso",
            "see-also",
            "also-read",
            "most-read",
            "mostread",
            "most-popular",
            "mostpopular",
            "trending",
            "popular",
            "outbrain",
            "taboola",
            "similar",
            "suggest",
            "up-next",
            "upnext",
            "next-post",
            "nextpost",
            "prev-next",
            "post-nav",
            "weiterlesen",
            "weitere",
            "verwandt",
            "mehr-zum",
            "meistgelesen",
            "lire-aussi",
            "aussi",
            "relacionad",
            "mas-leid",
            "correlat",
            "leggi-anche",
            "lees-ook",
            "leesook",
            "powiazane",
            "czytaj",
            "souvisej",
            "zobacz",
            "latest",
            "further",
            "crosslink",
            "internal-link",
            "mehr-",
            "empfehl",
            "lasmer",
            "les-ogsa",
            "lue-myos",
            "more-from",
            "morefrom",
            "inline-link",
            "linkbox",
            "teaserlist",
            "article-list",
        ],
        &["more", "next", "mehr", "onward", "archive", "feed"],
    ),
    (
        Topics::COMMENT,
        &[
            "comment",
            "disqus",
            "kommentar",
            "commentaire",
            "comentari",
            "discussion",
            "livefyre",
            "leserbrief",
            "lesermeinung",
            "reactie",
            "forum",
        ],
        &["reply", "respond", "replies", "community", "debat"],
    ),
    (
        Topics::SHARE,
        &[
            "share",
            "sharing",
            "social",
            "facebook",
            "twitter",
            "whatsapp",
            "teilen",
            "partage",
            "compart",
            "addthis",
            "sharedaddy",
            "follow",
            "google-news",
        ],
        &["like", "likes", "sns", "tools", "print", "bookmark", "reactions"],
    ),
    (
        Topics::AD,
        &[
            "advert",
            "sponsor",
            "banner",
            "dfp",
            "adslot",
            "ad-slot",
            "adunit",
            "anzeige",
            "werbung",
            "publicit",
            "google-ad",
            "adsense",
            "affiliate",
            "commercial",
            "reklam",
            "pubblicita",
            "leaderboard",
            "ad-container",
            "adwrapper",
            "native-ad",
        ],
        &["ad", "ads", "adv", "pub", "gpt", "iqd", "mpu", "billboard"],
    ),
    (
        Topics::PROMO,
        &[
            "newsletter",
            "promo",
            "subscri",
            "signup",
            "sign-up",
            "abonn",
            "subscrib",
            "cta",
            "call-to-action",
            "donat",
            "membership",
            "register",
            "inscription",
            "mailing",
            "shop",
            "product",
            "deal",
            "coupon",
            "offer",
            "app-download",
            "appstore",
            "podcast",
            "lead-magnet",
            "optin",
            "opt-in",
            "marketing",
            "campaign",
        ],
        &["abo", "plus", "join", "login", "account", "email", "mailchimp"],
    ),
    (
        Topics::AUTHOR,
        &[
            "author",
            "byline",
            "by-line",
            "autor",
            "auteur",
            "autore",
            "contributor",
            "journalist",
            "writer",
            "verfasser",
            "biography",
            "skribent",
            "redakteur",
            "reporter",
            "toimittaja",
        ],
        &["bio", "vcard", "by", "profile", "person", "about"],
    ),
    (
        Topics::CAPTION,
        &[
            "caption",
            "credit",
            "copyright",
            "bildunterschrift",
            "legende",
            "figcaption",
            "bildtext",
            "photographer",
            "bildnachweis",
            "pie-foto",
            "didascalia",
            "image-source",
            "img-desc",
        ],
        &["cap", "source", "rights", "legend", "foto", "photo-credit"],
    ),
    (
        Topics::FRAME,
        &[
            "footer",
            "masthead",
            "site-header",
            "siteheader",
            "colophon",
            "topbar",
            "top-bar",
            "page-header",
            "impressum",
            "bottom-bar",
        ],
        &["header", "foot", "head", "bottom", "logo"],
    ),
    (
        Topics::SIDEBAR,
        &[
            "sidebar",
            "side-bar",
            "side-col",
            "sidecol",
            "right-rail",
            "rightrail",
            "right-col",
            "rightcol",
            "aside",
            "secondary",
            "complementary",
            "widget",
        ],
        &["side", "rail", "module", "right", "block"],
    ),
    (
        Topics::DATE,
        &[
            "published",
            "pubdate",
            "publish-date",
            "post-date",
            "timestamp",
            "dateline",
            "date-",
            "-date",
            "datum",
            "fecha",
            "updated",
            "article-info",
            "article-meta",
            "entry-meta",
            "post-meta",
            "metadata",
            "posted-on",
            "reading-time",
            "readtime",
            "read-time",
            "lesezeit",
        ],
        &["date", "time", "meta", "info", "data", "infos"],
    ),
    (
        Topics::CONSENT,
        &[
            "cookie",
            "consent",
            "gdpr",
            "privacy",
            "dsgvo",
            "onetrust",
            "didomi",
            "disclaimer",
            "legal",
        ],
        &["cmp", "terms", "notice"],
    ),
    (
        Topics::PAYWALL,
        &[
            "paywall",
            "pay-wall",
            "premium",
            "paid-content",
            "regwall",
            "piano",
            "subscriber-only",
            "meter",
            "restricted",
            "locked",
            "bezahl",
        ],
        &["gate", "plus"],
    ),
    (
        Topics::HIDDEN,
        &[
            "hidden",
            "invisible",
            "visually-hidden",
            "screen-reader",
            "screenreader",
            "sr-only",
            "visuallyhidden",
            "offscreen",
            "d-none",
            "display-none",
            "no-print",
            "noprint",
            "print-only",
            "a11y",
        ],
        &["hide", "sronly", "none"],
    ),
    (
        Topics::TAGS,
        &[
            "tag-list",
            "taglist",
            "tags-",
            "post-tags",
            "entry-tags",
            "article-tags",
            "keywords",
            "hashtag",
            "topics",
            "stichwort",
            "schlagwort",
            "categories",
            "mots-cles",
            "etiquetas",
            "category",
            "themen",
        ],
        &["tags", "tag", "topic", "cat", "labels", "keyword", "tema", "section"],
    ),
    (
        Topics::TEASER,
        &[
            "teaser",
            "card",
            "tile",
            "listing",
            "grid",
            "carousel",
            "slider",
            "slick",
            "swiper",
            "thumb",
            "headlines",
            "stream",
            "river",
            "post-item",
            "list-item",
            "collection",
            "overview",
        ],
        &["item", "items", "summary-item", "preview", "loop"],
    ),
    (
        Topics::MEDIA,
        &[
            "gallery",
            "slideshow",
            "image",
            "photo",
            "picture",
            "video",
            "player",
            "galerie",
            "media",
            "figure",
            "lightbox",
            "audio",
            "bild",
        ],
        &["img", "pic", "pics", "foto", "fotos", "youtube", "vimeo"],
    ),
    (Topics::QUOTE, &["quote", "zitat", "citat", "citation", "pullquote"], &["cite", "q"]),
    (
        Topics::BOX,
        &[
            "infobox",
            "info-box",
            "factbox",
            "fact-box",
            "sidebox",
            "faktaruta",
            "fakta",
            "infokasten",
            "callout",
            "highlight",
            "key-points",
            "keypoints",
            "keyfacts",
            "key-takeaways",
            "glossary",
            "explainer",
            "encadre",
            "despiece",
            "accordion",
            "table-of-contents",
            "inhaltsverzeichnis",
        ],
        &["box", "panel", "facts", "aside", "note", "alert"],
    ),
    (
        Topics::LIVE,
        &[
            "liveblog",
            "live-blog",
            "liveticker",
            "live-ticker",
            "ticker",
            "livefeed",
            "live-feed",
            "timeline",
        ],
        &["live"],
    ),
    (Topics::LIST, &["list", "liste", "lista"], &["ul", "ol"]),
    (
        Topics::POPUP,
        &[
            "modal",
            "popup",
            "pop-up",
            "overlay",
            "dialog",
            "toast",
            "tooltip",
            "lightbox",
            "dropdown",
            "offcanvas",
            "drawer",
            "flyout",
        ],
        &["sticky"],
    ),
    (
        Topics::EMBED,
        &[
            "embed",
            "tweet",
            "instagram",
            "tiktok",
            "social-post",
            "opinary",
            "datawrapper",
            "poll",
            "quiz",
            "umfrage",
            "oembed",
        ],
        &["iframe", "blockquote"],
    ),
    (
        Topics::KICKER,
        &[
            "kicker",
            "overline",
            "dachzeile",
            "spitzmarke",
            "eyebrow",
            "topline",
            "supertitle",
            "pretitle",
            "antetitulo",
            "surtitre",
            "label",
            "badge",
            "ressort",
            "rubric",
            "ortsmarke",
        ],
        &["flag", "section-name", "roofline"],
    ),
];

#[derive(Clone, Copy)]
struct Term {
    topic: Topics,
    whole: bool,
}

struct Vocabulary {
    finder: AhoCorasick,
    terms: Vec<Term>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut terms = Vec::new();
    for (topic, inside, alone) in TERMS {
        for (list, whole) in [(inside, false), (alone, true)] {
            for term in list {
                patterns.push(*term);
                terms.push(Term { topic, whole });
            }
        }
    }
    let finder = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(true)
        .build(patterns)
        .expect("the vocabulary is a list of short literals");
    Vocabulary { finder, terms }
});

/// The topics that a `class` or `id` value names.
pub(super) fn topics(names: &str) -> Topics {
    let mut found = Topics::default();
    let bytes = names.as_bytes();
    for hit in VOCABULARY.finder.find_overlapping_iter(names) {
        let Term { topic, whole } = VOCABULARY.terms[hit.pattern().as_usize()];
        if (!whole || stands_alone(bytes, hit.start(), hit.end()))
            && !(topic == Topics::COMMENT && is_state(names, hit.start(), hit.end()))
        {
            found = found.with(topic);
        }
    }
    found
}

/// Whether a name says that an element has comments or may be commented on, not that it is one:
/// `has-comments`, `comments-open`, `commentable`, `kommentierbar`, `commentOnSelection`.
fn is_state(names: &str, start: usize, end: usize) -> bool {
    const BEFORE: [&str; 12] = [
        "has", "with", "no", "without", "allow", "allows", "enable", "disable", "show", "hide",
        "is", "can",
    ];
    const AFTER: [&str; 14] = [
        "open", "opened", "closed", "enabled", "disabled", "allowed", "on", "off", "able", "bar",
        "active", "visible", "possible", "count",
    ];
    let token_start = names[..start].rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let token_end = names[end..].find(char::is_whitespace).map_or(names.len(), |at| end + at);
    let word = |text: &str, last: bool| -> String {
        let mut parts = text.split(['-', '_']).filter(|p| !p.is_empty());
        let part = if last { parts.next_back() } else { parts.next() };
        part.unwrap_or_default().to_ascii_lowercase()
    };
    let before = word(&names[token_start..start], true);
    let rest =
        names[end..token_end].strip_prefix(['s', 'S', 'i', 'e']).unwrap_or(&names[end..token_end]);
    let after = word(rest, false);
    let after = after.strip_prefix("er").unwrap_or(&after);
    BEFORE.contains(&before.as_str())
        || AFTER.contains(&after)
        || after.starts_with("able")
        || rest.starts_with("On")
}

/// Whether a match is a word of its own: `article-ad`, `adBox`, `ad_1`.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let starts = start == 0
        || !bytes[start - 1].is_ascii_alphanumeric()
        || (bytes[start].is_ascii_uppercase() && !bytes[start - 1].is_ascii_uppercase());
    let ends = end == bytes.len()
        || !bytes[end].is_ascii_alphabetic()
        || (bytes[end].is_ascii_uppercase() && !bytes[end - 1].is_ascii_uppercase());
    starts && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_terms_must_stand_alone() {
        assert!(topics("article-ad").has(Topics::AD));
        assert!(topics("adBox").has(Topics::AD));
        assert!(!topics("shadow header").has(Topics::AD));
        assert!(topics("td-post-content").has(Topics::BODY));
        assert!(topics("Newsletter_Teaser").has(Topics::PROMO));
        assert_eq!(topics(""), Topics::default());
    }

    #[test]
    fn what_an_element_has_is_not_what_it_is() {
        for names in [
            "article-body has-comments",
            "post comments-open",
            "commentable",
            "kommentierbar",
            "commentOnSelection",
            "with-comments",
            "comment-closed",
        ] {
            assert!(!topics(names).has(Topics::COMMENT), "{names}");
        }
        for names in ["comments", "comment-list", "article-comments", "kommentare", "comment-body"]
        {
            assert!(topics(names).has(Topics::COMMENT), "{names}");
        }
    }
}
