//! The attributes that extraction reads. The others, which are most, are not kept in the tree.

/// An attribute by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::extract) enum Attr {
    Alt,
    AriaHidden,
    AriaLabel,
    AriaLabelledby,
    Class,
    Colspan,
    Content,
    DataComponent,
    DataComponentName,
    DataLazySrc,
    DataModule,
    DataName,
    DataOriginal,
    DataQa,
    DataRole,
    DataSrc,
    DataSrcset,
    DataTestId,
    DataTestid,
    DataType,
    Datetime,
    Dir,
    Height,
    Hidden,
    Href,
    HttpEquiv,
    Id,
    Itemprop,
    Lang,
    Name,
    Property,
    Pubdate,
    Rel,
    Role,
    Rowspan,
    Shadowrootmode,
    Src,
    Srcset,
    Start,
    Style,
    Type,
    Width,
}

impl Attr {
    /// The attribute of a name in small letters.
    pub(in crate::extract) const fn named(name: &str) -> Option<Self> {
        // Names as bytes are told apart by their length first.
        Some(match name.as_bytes() {
            b"alt" => Self::Alt,
            b"aria-hidden" => Self::AriaHidden,
            b"aria-label" => Self::AriaLabel,
            b"aria-labelledby" => Self::AriaLabelledby,
            b"class" => Self::Class,
            b"colspan" => Self::Colspan,
            b"content" => Self::Content,
            b"data-component" => Self::DataComponent,
            b"data-component-name" => Self::DataComponentName,
            b"data-lazy-src" => Self::DataLazySrc,
            b"data-module" => Self::DataModule,
            b"data-name" => Self::DataName,
            b"data-original" => Self::DataOriginal,
            b"data-qa" => Self::DataQa,
            b"data-role" => Self::DataRole,
            b"data-src" => Self::DataSrc,
            b"data-srcset" => Self::DataSrcset,
            b"data-test-id" => Self::DataTestId,
            b"data-testid" => Self::DataTestid,
            b"data-type" => Self::DataType,
            b"datetime" => Self::Datetime,
            b"dir" => Self::Dir,
            b"height" => Self::Height,
            b"hidden" => Self::Hidden,
            b"href" => Self::Href,
            b"http-equiv" => Self::HttpEquiv,
            b"id" => Self::Id,
            b"itemprop" => Self::Itemprop,
            b"lang" => Self::Lang,
            b"name" => Self::Name,
            b"property" => Self::Property,
            b"pubdate" => Self::Pubdate,
            b"rel" => Self::Rel,
            b"role" => Self::Role,
            b"rowspan" => Self::Rowspan,
            b"shadowrootmode" => Self::Shadowrootmode,
            b"src" => Self::Src,
            b"srcset" => Self::Srcset,
            b"start" => Self::Start,
            b"style" => Self::Style,
            b"type" => Self::Type,
            b"width" => Self::Width,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_has_a_name() {
        assert_eq!(Attr::named("class"), Some(Attr::Class));
        assert_eq!(Attr::named("aria-labelledby"), Some(Attr::AriaLabelledby));
        assert_eq!(Attr::named("onclick"), None);
        assert_eq!(Attr::named("Class"), None);
    }
}
