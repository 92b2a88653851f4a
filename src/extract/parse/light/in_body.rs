//! The insertion mode "in body" (HTML standard, 13.2.6.4.7): most of a page.
//!
//! Frequent tags first. Refuses framesets, foreign content and `plaintext` with `Unsound`, for which the full builder
//! takes over.

use html5ever::tokenizer::TagKind;
use html5ever::tokenizer::states::RawKind;
use html5ever::{LocalName, local_name};

use super::names::{self, Sets};
use super::stack::Active;
use super::{Builder, Flow, Mode, Step, Tag, Unsound};
use crate::extract::dom::Attrs;
use crate::extract::parse::is_formatting;

impl Builder {
    pub(super) fn in_body(&mut self, tag: &mut Tag) -> Step {
        match tag.kind {
            TagKind::StartTag => self.start_in_body(tag),
            TagKind::EndTag => self.end_in_body(tag),
        }
    }

    fn start_in_body(&mut self, tag: &mut Tag) -> Step {
        if names::opens_block(&tag.name) || tag.name == local_name!("p") {
            self.close_p();
            self.insert(tag)?;
            return Ok(Flow::Done);
        }
        if is_formatting(&tag.name) || tag.name == local_name!("a") {
            self.start_formatting(tag)?;
            return Ok(Flow::Done);
        }
        match tag.name {
            local_name!("span") => {
                self.reconstruct()?;
                self.insert(tag)?;
                Ok(Flow::Done)
            }
            local_name!("li") | local_name!("dd") | local_name!("dt") => {
                self.close_item(&tag.name);
                self.close_p();
                self.insert(tag)?;
                Ok(Flow::Done)
            }
            local_name!("area")
            | local_name!("br")
            | local_name!("embed")
            | local_name!("img")
            | local_name!("keygen")
            | local_name!("wbr") => {
                self.reconstruct()?;
                self.insert_void(tag)?;
                Ok(Flow::Done)
            }
            local_name!("param") | local_name!("source") | local_name!("track") => {
                self.insert_void(tag)?;
                Ok(Flow::Done)
            }
            _ if names::is_metadata(&tag.name) => self.metadata(tag),
            local_name!("head") | local_name!("frame") => Ok(Flow::Done),
            _ if names::is_table_part(&tag.name) => Ok(Flow::Done),
            _ if Sets::of(&tag.name).meets(Sets::HEADING) => {
                self.close_p();
                if self.current_in(Sets::HEADING) {
                    self.pop();
                }
                self.insert(tag)?;
                Ok(Flow::Done)
            }
            _ => self.start_rare(tag),
        }
    }

    fn start_formatting(&mut self, tag: &mut Tag) -> Result<(), Unsound> {
        if tag.name == local_name!("a") {
            self.end_open_link()?;
        }
        self.reconstruct()?;
        if tag.name == local_name!("nobr") && self.has_in_scope(Sets::SCOPE, &tag.name) {
            return Err(Unsound);
        }
        self.insert_formatting(tag)
    }

    fn start_rare(&mut self, tag: &mut Tag) -> Step {
        match tag.name {
            local_name!("html") | local_name!("body") => self.start_again(tag),
            local_name!("frameset")
            | local_name!("plaintext")
            | local_name!("math")
            | local_name!("svg") => return Err(Unsound),
            local_name!("pre") | local_name!("listing") => {
                self.close_p();
                self.insert(tag)?;
                self.ignore_line_feed = true;
            }
            local_name!("form") if self.form.is_some() && self.templates.is_empty() => {}
            local_name!("form") => {
                self.close_p();
                let form = self.insert(tag)?;
                if self.templates.is_empty() {
                    self.form = Some(form);
                }
            }
            local_name!("applet") | local_name!("marquee") | local_name!("object") => {
                self.reconstruct()?;
                self.insert(tag)?;
                self.formatting.push(Active::Marker);
            }
            local_name!("table") => {
                if self.p_in_button_scope() && !self.quirks.ok_or(Unsound)? {
                    self.close_p();
                }
                self.insert(tag)?;
                self.mode = Mode::InTable;
            }
            local_name!("image") => {
                tag.name = local_name!("img");
                return self.start_in_body(tag);
            }
            local_name!("textarea") => {
                self.ignore_line_feed = true;
                return self.raw(tag, RawKind::Rcdata);
            }
            local_name!("xmp") => {
                self.close_p();
                self.reconstruct()?;
                return self.raw(tag, RawKind::Rawtext);
            }
            local_name!("iframe") | local_name!("noembed") | local_name!("noscript") => {
                return self.raw(tag, RawKind::Rawtext);
            }
            local_name!("rb") | local_name!("rtc") | local_name!("rp") | local_name!("rt") => {
                self.start_ruby(tag)?;
            }
            _ => self.start_control(tag)?,
        }
        Ok(Flow::Done)
    }

    /// `html` and `body` were opened before: these get what attributes they lack.
    fn start_again(&mut self, tag: &mut Tag) {
        let at = usize::from(tag.name == local_name!("body"));
        if let Some(open) = self.stack.get(at)
            && self.templates.is_empty()
            && open.name == tag.name
        {
            self.dom.add_missing_attrs(open.id, tag.attrs);
        }
    }

    fn start_ruby(&mut self, tag: &mut Tag) -> Result<(), Unsound> {
        if self.has_in_scope(Sets::SCOPE, &local_name!("ruby")) {
            if matches!(tag.name, local_name!("rb") | local_name!("rtc")) {
                self.pop_implied();
            } else {
                self.pop_implied_except(&local_name!("rtc"));
            }
        }
        self.insert(tag)?;
        Ok(())
    }

    /// Buttons, lists to select from, and elements without rules of their own.
    fn start_control(&mut self, tag: &mut Tag) -> Result<(), Unsound> {
        let select = local_name!("select");
        match tag.name {
            local_name!("hr") => {
                self.close_p();
                if self.has_in_scope(Sets::SCOPE, &select) {
                    self.pop_implied();
                }
                self.insert_void(tag)?;
                return Ok(());
            }
            local_name!("input") => {
                if self.has_in_scope(Sets::SCOPE, &select) {
                    self.pop_through_named(&select);
                }
                self.reconstruct()?;
                self.insert_void(tag)?;
                return Ok(());
            }
            local_name!("button") if self.has_in_scope(Sets::SCOPE, &tag.name) => {
                self.pop_through_named(&tag.name);
            }
            local_name!("select") if self.has_in_scope(Sets::SCOPE, &select) => {
                self.pop_through_named(&select);
                return Ok(());
            }
            local_name!("option") if self.has_in_scope(Sets::SCOPE, &select) => {
                self.pop_implied_except(&local_name!("optgroup"));
            }
            local_name!("optgroup") if self.has_in_scope(Sets::SCOPE, &select) => {
                self.pop_implied();
            }
            local_name!("option") | local_name!("optgroup")
                if self.current_is(&local_name!("option")) =>
            {
                self.pop();
            }
            _ => {}
        }
        self.reconstruct()?;
        self.insert(tag)?;
        Ok(())
    }

    /// Closes the item before, unless a list within it is open.
    fn close_item(&mut self, name: &LocalName) {
        let list = *name == local_name!("li");
        let closes = |other: &LocalName| match *other {
            local_name!("li") => list,
            local_name!("dd") | local_name!("dt") => !list,
            _ => false,
        };
        let passed_by = |other: &LocalName| {
            matches!(*other, local_name!("address") | local_name!("div") | local_name!("p"))
        };
        let stops = self.stack.iter().rposition(|open| {
            closes(&open.name) || open.sets.meets(Sets::SPECIAL) && !passed_by(&open.name)
        });
        if let Some(at) = stops
            && closes(&self.stack[at].name)
        {
            let name = self.stack[at].name.clone();
            self.pop_through_named(&name);
        }
    }

    fn end_in_body(&mut self, tag: &mut Tag) -> Step {
        let name = &tag.name;
        if names::ends_block(name) {
            if self.has_in_scope(Sets::SCOPE, name) {
                self.pop_through_named(name);
            }
            return Ok(Flow::Done);
        }
        if is_formatting(name) || *name == local_name!("a") {
            self.end_formatting(name)?;
            return Ok(Flow::Done);
        }
        match *name {
            local_name!("p") => {
                if !self.p_in_button_scope() {
                    self.insert_phantom(local_name!("p"))?;
                }
                self.close_p();
            }
            local_name!("li") | local_name!("dd") | local_name!("dt") => {
                let list = *name == local_name!("li");
                let ends = if list { Sets::SCOPE.with(Sets::LIST) } else { Sets::SCOPE };
                if self.has_in_scope(ends, name) {
                    self.pop_through_named(name);
                }
            }
            local_name!("body") | local_name!("html") => return Ok(self.end_of_body(name)),
            local_name!("form") if self.templates.is_empty() => self.end_form(),
            local_name!("form") => return Err(Unsound),
            local_name!("applet") | local_name!("marquee") | local_name!("object") => {
                if self.has_in_scope(Sets::SCOPE, name) {
                    self.pop_through_named(name);
                    self.clear_to_marker();
                }
            }
            local_name!("br") => {
                tag.kind = TagKind::StartTag;
                tag.attrs = Attrs::NONE;
                return self.start_in_body(tag);
            }
            local_name!("template") => return self.end_template(),
            _ if Sets::of(name).meets(Sets::HEADING) => {
                let heading = |open: &super::Open| open.sets.meets(Sets::HEADING);
                if self.in_scope(Sets::SCOPE, heading) {
                    self.pop_through(heading);
                }
            }
            _ => self.end_other(name),
        }
        Ok(Flow::Done)
    }

    fn end_of_body(&mut self, name: &LocalName) -> Flow {
        if !self.has_in_scope(Sets::SCOPE, &local_name!("body")) {
            return Flow::Done;
        }
        self.mode = Mode::AfterBody;
        if *name == local_name!("html") { Flow::Again } else { Flow::Done }
    }

    fn end_form(&mut self) {
        if let Some(form) = self.form.take()
            && self.in_scope(Sets::SCOPE, |open| open.id == form)
        {
            self.pop_implied();
            self.remove_open(form);
        }
    }
}
