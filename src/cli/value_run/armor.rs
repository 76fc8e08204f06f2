//! Armored texts of a spec: what they hold, and new ones in the same lines.

use zeroize::Zeroizing;

use super::ValueRun;
use crate::age::dedent_armor;
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::encrypted::Opened;
use crate::source::Span;
use crate::spec::edit::replace_armor;
use crate::structure::edit::EditFault;
use crate::structure::{Format, read};

/// An armored text with what it is to hold.
pub(crate) type NewArmor<'a> = (Span, &'a str);

impl ValueRun {
    /// How messages call an armored text: `SPEC:LINE`.
    pub(crate) fn armor_name(&self, span: Span) -> String {
        let (line, _) = self.session.sources.position(span.file, span.start);
        format!("{}:{line}", self.session.sources.name(self.spec.file))
    }

    /// The armored text in a string of the spec, as a file would have it.
    pub(crate) fn armor(&self, span: Span) -> String {
        let token = self.text.get(span.start..span.end).unwrap_or_default();
        let tree = read(Format::Toml, format!("a = {token}\n").as_bytes()).ok();
        let armor = tree.and_then(|tree| tree.get("a")?.plain_text().ok()).unwrap_or_default();
        dedent_armor(armor.expose_str().unwrap_or_default())
    }

    pub(crate) fn open_armor(&self, span: Span) -> Result<Opened, Box<Diagnostic>> {
        let opened = self.decrypt("armor", self.armor(span).as_bytes());
        opened.map_err(|problem| Box::new(problem.at(span, "")))
    }

    /// The spec's text with other armored texts in these places.
    pub(crate) fn with_armor(
        &self,
        new: &[NewArmor<'_>],
    ) -> Result<Zeroizing<String>, Box<Diagnostic>> {
        let mut new = new.to_vec();
        // From the last on, so that the places of the others stay.
        new.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut text = Zeroizing::new(self.text.clone());
        for (span, armored) in new {
            text = replace_armor(&text, span.start..span.end, armored)
                .map_err(|kind| Box::new(self.unchangeable(&kind.into()).at(span, "")))?;
        }
        Ok(text)
    }

    /// An edit of the spec that can't be made.
    pub(crate) fn unchangeable(&self, fault: &EditFault) -> Diagnostic {
        let name = code(self.session.sources.name(self.spec.file));
        let problem = diagnostic!(USAGE, "can't change only this value in {name}");
        match fault.place {
            Some((line, column)) => problem.note(format!("see line {line}, column {column}")),
            None => problem,
        }
        .help("change the spec in an editor, and write `{ age = \"FILE.age\" }` for the value")
    }
}
