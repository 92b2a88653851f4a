//! What the HTML standard says of elements by their name: sets of names as bits, so that a look at an
//! open element is a mask and no comparison of names.

use html5ever::{LocalName, local_name};

/// The sets that a name is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sets(u16);

impl Sets {
    pub(super) const NONE: Self = Self(0);
    /// "Special": no end tag of another name reaches beyond it.
    pub(super) const SPECIAL: Self = Self(1);
    /// Ends the default scope.
    pub(super) const SCOPE: Self = Self(1 << 1);
    /// Ends the list item scope, beside [`Self::SCOPE`].
    pub(super) const LIST: Self = Self(1 << 2);
    /// Ends the button scope, beside [`Self::SCOPE`].
    pub(super) const BUTTON: Self = Self(1 << 3);
    /// Ends the table scope.
    pub(super) const TABLE_SCOPE: Self = Self(1 << 4);
    /// Its end tag may be left out.
    pub(super) const IMPLIED: Self = Self(1 << 5);
    pub(super) const HEADING: Self = Self(1 << 6);
    /// A row's or a table body's frame.
    pub(super) const BODY_CONTEXT: Self = Self(1 << 7);
    pub(super) const ROW_CONTEXT: Self = Self(1 << 8);
    /// `td` and `th`.
    pub(super) const CELL: Self = Self(1 << 9);
    /// Text right in it would be moved out of the table.
    pub(super) const TABLE_FRAME: Self = Self(1 << 10);

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The sets of an HTML element.
    pub(super) fn of(name: &LocalName) -> Self {
        let special = Self::SPECIAL;
        match *name {
            local_name!("p") | local_name!("li") | local_name!("dd") | local_name!("dt") => {
                special.with(Self::IMPLIED)
            }
            local_name!("option")
            | local_name!("optgroup")
            | local_name!("rb")
            | local_name!("rp")
            | local_name!("rt")
            | local_name!("rtc") => Self::IMPLIED,
            local_name!("h1")
            | local_name!("h2")
            | local_name!("h3")
            | local_name!("h4")
            | local_name!("h5")
            | local_name!("h6") => special.with(Self::HEADING),
            local_name!("ol") | local_name!("ul") => special.with(Self::LIST),
            local_name!("button") => special.with(Self::BUTTON),
            local_name!("html") | local_name!("template") => special
                .with(Self::SCOPE)
                .with(Self::TABLE_SCOPE)
                .with(Self::BODY_CONTEXT)
                .with(Self::ROW_CONTEXT),
            local_name!("table") => {
                special.with(Self::SCOPE).with(Self::TABLE_SCOPE).with(Self::TABLE_FRAME)
            }
            local_name!("td") | local_name!("th") => special.with(Self::SCOPE).with(Self::CELL),
            local_name!("tbody") | local_name!("tfoot") | local_name!("thead") => {
                special.with(Self::BODY_CONTEXT).with(Self::TABLE_FRAME)
            }
            local_name!("tr") => special.with(Self::ROW_CONTEXT).with(Self::TABLE_FRAME),
            local_name!("applet")
            | local_name!("caption")
            | local_name!("marquee")
            | local_name!("object")
            | local_name!("select") => special.with(Self::SCOPE),
            _ if is_other_special(name) => special,
            _ => Self::NONE,
        }
    }
}

/// The special elements that are in no other set.
fn is_other_special(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("address")
            | local_name!("area")
            | local_name!("article")
            | local_name!("aside")
            | local_name!("base")
            | local_name!("basefont")
            | local_name!("bgsound")
            | local_name!("blockquote")
            | local_name!("body")
            | local_name!("br")
            | local_name!("center")
            | local_name!("col")
            | local_name!("colgroup")
            | local_name!("details")
            | local_name!("dir")
            | local_name!("div")
            | local_name!("dl")
            | local_name!("embed")
            | local_name!("fieldset")
            | local_name!("figcaption")
            | local_name!("figure")
            | local_name!("footer")
            | local_name!("form")
            | local_name!("frame")
            | local_name!("frameset")
            | local_name!("head")
            | local_name!("header")
            | local_name!("hgroup")
            | local_name!("hr")
            | local_name!("iframe")
            | local_name!("img")
            | local_name!("input")
            | local_name!("isindex")
            | local_name!("link")
            | local_name!("listing")
            | local_name!("main")
            | local_name!("menu")
            | local_name!("meta")
            | local_name!("nav")
            | local_name!("noembed")
            | local_name!("noframes")
            | local_name!("noscript")
            | local_name!("param")
            | local_name!("plaintext")
            | local_name!("pre")
            | local_name!("script")
            | local_name!("section")
            | local_name!("source")
            | local_name!("style")
            | local_name!("summary")
            | local_name!("textarea")
            | local_name!("title")
            | local_name!("track")
            | local_name!("wbr")
            | local_name!("xmp")
    )
}

/// What an end tag closes by its own name, once it is in scope.
pub(super) fn ends_block(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("button") | local_name!("listing") | local_name!("pre") | local_name!("select")
    ) || opens_block(name)
}

/// Block elements of plain rules: a start tag closes an open `p`.
pub(super) fn opens_block(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("address")
            | local_name!("article")
            | local_name!("aside")
            | local_name!("blockquote")
            | local_name!("center")
            | local_name!("details")
            | local_name!("dialog")
            | local_name!("dir")
            | local_name!("div")
            | local_name!("dl")
            | local_name!("fieldset")
            | local_name!("figcaption")
            | local_name!("figure")
            | local_name!("footer")
            | local_name!("header")
            | local_name!("hgroup")
            | local_name!("main")
            | local_name!("menu")
            | local_name!("nav")
            | local_name!("ol")
            | local_name!("search")
            | local_name!("section")
            | local_name!("summary")
            | local_name!("ul")
    )
}

/// What may stand in a table only; elsewhere its start tag is ignored.
pub(super) fn is_table_part(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("caption")
            | local_name!("col")
            | local_name!("colgroup")
            | local_name!("tbody")
            | local_name!("td")
            | local_name!("tfoot")
            | local_name!("th")
            | local_name!("thead")
            | local_name!("tr")
    )
}

/// `tbody`, `tfoot` and `thead`.
pub(super) fn is_table_body(name: &LocalName) -> bool {
    matches!(*name, local_name!("tbody") | local_name!("tfoot") | local_name!("thead"))
}

/// What the rules of the head are for, in the body and behind the head too.
pub(super) fn is_metadata(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("base")
            | local_name!("basefont")
            | local_name!("bgsound")
            | local_name!("link")
            | local_name!("meta")
            | local_name!("noframes")
            | local_name!("script")
            | local_name!("style")
            | local_name!("template")
            | local_name!("title")
    )
}
