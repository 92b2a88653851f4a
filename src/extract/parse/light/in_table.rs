//! The rules within tables. What stands in a table outside its cells is left to the full builder.

use html5ever::local_name;
use html5ever::tokenizer::TagKind;

use super::names::{self, Sets};
use super::stack::Active;
use super::{Builder, Flow, Mode, Step, Tag, Unsound};
use crate::extract::dom::Attr;

impl Builder {
    pub(super) fn in_table(&mut self, tag: &mut Tag) -> Step {
        match tag.kind {
            TagKind::StartTag => self.start_in_table(tag),
            TagKind::EndTag => self.end_in_table(tag),
        }
    }

    fn start_in_table(&mut self, tag: &mut Tag) -> Step {
        match tag.name {
            local_name!("caption") => {
                self.pop_to(Sets::TABLE_SCOPE);
                self.formatting.push(Active::Marker);
                self.insert(tag)?;
                self.mode = Mode::InCaption;
            }
            local_name!("colgroup") => {
                self.pop_to(Sets::TABLE_SCOPE);
                self.insert(tag)?;
                self.mode = Mode::InColumnGroup;
            }
            local_name!("col") => {
                self.pop_to(Sets::TABLE_SCOPE);
                self.insert_phantom(local_name!("colgroup"))?;
                self.mode = Mode::InColumnGroup;
                return Ok(Flow::Again);
            }
            _ if names::is_table_body(&tag.name) => {
                self.pop_to(Sets::TABLE_SCOPE);
                self.insert(tag)?;
                self.mode = Mode::InTableBody;
            }
            local_name!("td") | local_name!("th") | local_name!("tr") => {
                self.pop_to(Sets::TABLE_SCOPE);
                self.insert_phantom(local_name!("tbody"))?;
                self.mode = Mode::InTableBody;
                return Ok(Flow::Again);
            }
            local_name!("table") => {
                if self.has_in_scope(Sets::TABLE_SCOPE, &tag.name) {
                    self.pop_through_named(&tag.name);
                    self.reset_mode()?;
                    return Ok(Flow::Again);
                }
            }
            local_name!("style") | local_name!("script") | local_name!("template") => {
                return self.metadata(tag);
            }
            local_name!("input") if self.is_hidden(tag) => {
                self.insert_void(tag)?;
            }
            local_name!("form") if !self.templates.is_empty() => return Err(Unsound),
            local_name!("form") => {
                if self.form.is_none() {
                    self.form = Some(self.insert_void(tag)?);
                }
            }
            _ => return Err(Unsound),
        }
        Ok(Flow::Done)
    }

    fn is_hidden(&self, tag: &Tag) -> bool {
        let kind = self.dom.value(tag.attrs, Attr::Type);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"))
    }

    fn end_in_table(&mut self, tag: &Tag) -> Step {
        match tag.name {
            local_name!("table") => {
                if self.has_in_scope(Sets::TABLE_SCOPE, &tag.name) {
                    self.pop_through_named(&tag.name);
                    self.reset_mode()?;
                }
                Ok(Flow::Done)
            }
            local_name!("template") => self.end_template(),
            local_name!("body") | local_name!("html") => Ok(Flow::Done),
            _ if names::is_table_part(&tag.name) => Ok(Flow::Done),
            _ => Err(Unsound),
        }
    }

    /// "Reset the insertion mode appropriately".
    pub(super) fn reset_mode(&mut self) -> Result<(), Unsound> {
        let mode = self.stack.iter().rev().find_map(|open| match open.name {
            local_name!("td") | local_name!("th") => Some(Mode::InCell),
            local_name!("tr") => Some(Mode::InRow),
            local_name!("tbody") | local_name!("thead") | local_name!("tfoot") => {
                Some(Mode::InTableBody)
            }
            local_name!("caption") => Some(Mode::InCaption),
            local_name!("colgroup") => Some(Mode::InColumnGroup),
            local_name!("table") => Some(Mode::InTable),
            local_name!("template") => self.templates.last().copied(),
            local_name!("head") => Some(Mode::InHead),
            local_name!("body") => Some(Mode::InBody),
            local_name!("html") => Some(Mode::AfterHead),
            _ => None,
        });
        self.mode = mode.ok_or(Unsound)?;
        Ok(())
    }

    pub(super) fn in_caption(&mut self, tag: &mut Tag) -> Step {
        let start = tag.kind == TagKind::StartTag;
        let ends = match tag.name {
            local_name!("table") | local_name!("caption") if !start => true,
            _ => start && names::is_table_part(&tag.name),
        };
        if ends {
            let caption = local_name!("caption");
            if !self.has_in_scope(Sets::TABLE_SCOPE, &caption) {
                return Ok(Flow::Done);
            }
            self.pop_through_named(&caption);
            self.clear_to_marker();
            self.mode = Mode::InTable;
            let over = !start && tag.name == caption;
            return Ok(if over { Flow::Done } else { Flow::Again });
        }
        if !start && is_outer_end(tag) {
            return Ok(Flow::Done);
        }
        self.in_body(tag)
    }

    pub(super) fn in_column_group(&mut self, tag: &mut Tag) -> Step {
        let start = tag.kind == TagKind::StartTag;
        match tag.name {
            local_name!("html") if start => return self.in_body(tag),
            local_name!("template") if start => return Err(Unsound),
            local_name!("template") => return self.end_template(),
            local_name!("col") => {
                if start {
                    self.insert_void(tag)?;
                }
                return Ok(Flow::Done);
            }
            _ => {}
        }
        if !self.current_is(&local_name!("colgroup")) {
            return Ok(Flow::Done);
        }
        self.pop();
        self.mode = Mode::InTable;
        let over = !start && tag.name == local_name!("colgroup");
        Ok(if over { Flow::Done } else { Flow::Again })
    }

    pub(super) fn in_table_body(&mut self, tag: &mut Tag) -> Step {
        let start = tag.kind == TagKind::StartTag;
        match tag.name {
            local_name!("tr") if start => {
                self.pop_to(Sets::BODY_CONTEXT);
                self.insert(tag)?;
                self.mode = Mode::InRow;
            }
            local_name!("th") | local_name!("td") if start => {
                self.pop_to(Sets::BODY_CONTEXT);
                self.insert_phantom(local_name!("tr"))?;
                self.mode = Mode::InRow;
                return Ok(Flow::Again);
            }
            _ if !start && names::is_table_body(&tag.name) => {
                if self.has_in_scope(Sets::TABLE_SCOPE, &tag.name) {
                    self.pop_to(Sets::BODY_CONTEXT);
                    self.pop();
                    self.mode = Mode::InTable;
                }
            }
            local_name!("table") if !start => return Ok(self.leave_table_body()),
            _ if start && names::is_table_part(&tag.name) => return Ok(self.leave_table_body()),
            _ if !start && is_outer_end(tag) => {}
            _ => return self.in_table(tag),
        }
        Ok(Flow::Done)
    }

    fn leave_table_body(&mut self) -> Flow {
        let outer = |open: &super::Open| {
            matches!(open.name, local_name!("table") | local_name!("tbody") | local_name!("tfoot"))
        };
        if !self.in_scope(Sets::TABLE_SCOPE, outer) {
            return Flow::Done;
        }
        self.pop_to(Sets::BODY_CONTEXT);
        self.pop();
        self.mode = Mode::InTable;
        Flow::Again
    }

    pub(super) fn in_row(&mut self, tag: &mut Tag) -> Step {
        let start = tag.kind == TagKind::StartTag;
        match tag.name {
            local_name!("th") | local_name!("td") if start => {
                self.pop_to(Sets::ROW_CONTEXT);
                self.insert(tag)?;
                self.mode = Mode::InCell;
                self.formatting.push(Active::Marker);
                Ok(Flow::Done)
            }
            local_name!("tr") if !start => {
                self.leave_row();
                Ok(Flow::Done)
            }
            local_name!("table") if !start => Ok(self.leave_row()),
            _ if start && names::is_table_part(&tag.name) => Ok(self.leave_row()),
            _ if !start && names::is_table_body(&tag.name) => {
                if self.has_in_scope(Sets::TABLE_SCOPE, &tag.name) {
                    return Ok(self.leave_row());
                }
                Ok(Flow::Done)
            }
            _ if !start && is_outer_end(tag) => Ok(Flow::Done),
            _ => self.in_table(tag),
        }
    }

    fn leave_row(&mut self) -> Flow {
        if !self.has_in_scope(Sets::TABLE_SCOPE, &local_name!("tr")) {
            return Flow::Done;
        }
        self.pop_to(Sets::ROW_CONTEXT);
        self.pop();
        self.mode = Mode::InTableBody;
        Flow::Again
    }

    pub(super) fn in_cell(&mut self, tag: &mut Tag) -> Step {
        let start = tag.kind == TagKind::StartTag;
        match tag.name {
            local_name!("td") | local_name!("th") if !start => {
                if self.has_in_scope(Sets::TABLE_SCOPE, &tag.name) {
                    self.pop_through_named(&tag.name);
                    self.clear_to_marker();
                    self.mode = Mode::InRow;
                }
                Ok(Flow::Done)
            }
            _ if start && names::is_table_part(&tag.name) => self.leave_cell(),
            local_name!("body")
            | local_name!("caption")
            | local_name!("col")
            | local_name!("colgroup")
            | local_name!("html")
                if !start =>
            {
                Ok(Flow::Done)
            }
            local_name!("table")
            | local_name!("tbody")
            | local_name!("tfoot")
            | local_name!("thead")
            | local_name!("tr")
                if !start =>
            {
                if self.has_in_scope(Sets::TABLE_SCOPE, &tag.name) {
                    return self.leave_cell();
                }
                Ok(Flow::Done)
            }
            _ => self.in_body(tag),
        }
    }

    fn leave_cell(&mut self) -> Step {
        let cell = |open: &super::Open| open.sets.meets(Sets::CELL);
        if !self.in_scope(Sets::TABLE_SCOPE, cell) {
            return Err(Unsound);
        }
        self.pop_implied();
        self.pop_through(cell);
        self.clear_to_marker();
        self.mode = Mode::InRow;
        Ok(Flow::Again)
    }
}

/// End tags of what a table part stands in, ignored there, and of parts that can't be open.
fn is_outer_end(tag: &Tag) -> bool {
    matches!(tag.name, local_name!("body") | local_name!("html")) || names::is_table_part(&tag.name)
}
