//! Specs: the language, its reader, and what a spec says once it is read.

pub(crate) mod edit;
pub(crate) mod language;
pub(crate) mod mask;
pub(crate) mod node;
pub(crate) mod parse;
pub(crate) mod read;
pub(crate) mod read_value;
pub(crate) mod record;
pub(crate) mod schema;
pub(crate) mod shape;
pub(crate) mod takes;
pub(crate) mod toml_string;
pub(crate) mod value;

use crate::diag::lint_levels::LintTable;
use crate::secret::kind::{Kind, Own};
use crate::source::{FileId, Span};
use language::{Common, Names, TopLevel};
use node::Text;
use record::{Item, Record};
use value::{Value, WholeFile};

pub(crate) use parse::{parse, read_vars, unknown_environment};

/// A spec of which everything outside of the lists of Secrets was read without mistakes.
#[derive(Debug)]
pub(crate) struct Spec {
    /// Its text.
    pub file: FileId,
    /// Its top-level keys as they are written, the lists of Secrets aside.
    pub top: TopLevel,
    /// `[sources]`, and what each reads.
    pub sources: Vec<(Text, WholeFile)>,
    /// Every element of every list of Secrets, in the order of the file.
    pub entries: Vec<Entry>,
    /// `[lint]`.
    pub lint: LintTable,
}

/// An element of a list of Secrets.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Which list.
    pub kind: &'static Kind,
    /// Its header, or the whole inline table.
    pub span: Span,
    /// Its name and namespaces.
    pub names: Names,
    /// The keys that every list has.
    pub common: Common,
    /// The keys that only its list has.
    pub own: Own,
    /// Its own `lint`.
    pub lint: LintTable,
    /// Whether something in it is a mistake that was reported; the rest of it is still judged.
    pub broken: bool,
}

impl Spec {
    /// The names of the environments that it declares.
    pub(crate) fn environments(&self) -> Vec<&str> {
        self.top.environments.list().iter().map(|(name, _)| name.value.as_str()).collect()
    }
}

impl Record for Entry {
    fn items(&self) -> Vec<(&'static str, Span, Item<'_>)> {
        let mut items = self.names.items();
        items.extend(self.own.items());
        items.extend(self.common.items());
        items.sort_by_key(|(_, key, _)| *key);
        items
    }
}

impl Entry {
    /// The value that fills a data key, if the entry says it alone.
    pub(crate) fn value_of(&self, data_key: &str) -> Option<&Value> {
        if let Some(own) = self.own.values().iter().find(|own| own.data_key == data_key) {
            return Some(&own.value);
        }
        let data = self.common.data.list();
        data.iter().find(|(name, _)| name.value == data_key).map(|(_, value)| value)
    }
}
