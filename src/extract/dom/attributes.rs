//! The attributes that extraction reads, of all elements in one place. The others, which are most, are not kept.

use super::part::Part;

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
    DataTime,
    DataTimestamp,
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
    Title,
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
            b"data-time" => Self::DataTime,
            b"data-timestamp" => Self::DataTimestamp,
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
            b"title" => Self::Title,
            b"type" => Self::Type,
            b"width" => Self::Width,
            _ => return None,
        })
    }
}

/// A value of an attribute.
#[derive(Clone, Copy, Debug)]
pub(in crate::extract) struct ValueId(Part);

/// The attributes of an element, or of a tag that may become one.
#[derive(Clone, Copy, Debug)]
pub(in crate::extract) struct Attrs(Part);

impl Attrs {
    pub(in crate::extract) const NONE: Self = Self(Part::NONE);

    pub(in crate::extract) fn len(self) -> usize {
        self.0.range().len()
    }
}

/// All attributes of a tree.
#[derive(Debug)]
pub(super) struct Attributes {
    /// Names, and where in `values` their values are.
    list: Vec<(Attr, Part)>,
    values: String,
}

impl Attributes {
    pub(super) fn with_capacity(elements: usize) -> Self {
        Self { list: Vec::with_capacity(elements), values: String::with_capacity(16 * elements) }
    }

    /// None, to which those are added that are put in next.
    pub(super) fn begin(&self) -> Attrs {
        Attrs(Part::of(self.list.len(), self.list.len()))
    }

    pub(super) fn add_value(&mut self, value: &str) -> ValueId {
        let start = self.values.len();
        self.values.push_str(value);
        ValueId(Part::of(start, self.values.len()))
    }

    /// Adds an attribute to those put in last.
    pub(super) fn add(&mut self, to: &mut Attrs, name: Attr, value: ValueId) {
        self.list.push((name, value.0));
        to.0.extend_to(self.list.len());
    }

    pub(super) fn iter(&self, attrs: Attrs) -> impl Iterator<Item = (Attr, &str)> {
        let attrs = self.list[attrs.0.range()].iter();
        attrs.map(|(name, value)| (*name, &self.values[value.range()]))
    }

    pub(super) fn value(&self, attrs: Attrs, name: Attr) -> Option<&str> {
        let (_, value) = self.list[attrs.0.range()].iter().find(|(own, _)| *own == name)?;
        Some(&self.values[value.range()])
    }

    /// Some attributes, and those of others that they lack.
    pub(super) fn joined(&mut self, own: Attrs, others: Attrs) -> Attrs {
        let lacks = |(name, _): &(Attr, Part)| self.value(own, *name).is_none();
        let missing: Vec<_> = self.list[others.0.range()].iter().copied().filter(lacks).collect();
        if missing.is_empty() {
            return own;
        }
        let start = self.list.len();
        self.list.extend_from_within(own.0.range());
        self.list.extend(missing);
        Attrs(Part::of(start, self.list.len()))
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
