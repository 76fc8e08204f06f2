//! Specs: the language, its reader, and what a spec says once it is read.

pub(crate) mod edit;
pub(crate) mod generate;
pub(crate) mod language;
pub(crate) mod mask;
pub(crate) mod node;
pub(crate) mod parse;
pub(crate) mod path_pattern;
pub(crate) mod read;
pub(crate) mod read_generate;
pub(crate) mod read_value;
pub(crate) mod recipients;
pub(crate) mod schema;
pub(crate) mod shape;
pub(crate) mod takes;
pub(crate) mod toml_string;
pub(crate) mod value;

use toml::de::DeTable;

use crate::diag::lint_levels::LintTable;
use crate::secret::kind::{self, Kind, Own};
use crate::source::{FileId, Span};
use language::{Common, Names, TopLevel};
use takes::{Part, Visit, Walk};
use value::Value;

pub(crate) use parse::{parse, read_vars, unknown_environment};

/// A spec of which everything outside of the lists of Secrets was read without mistakes.
#[derive(Debug)]
pub(crate) struct Spec {
    pub file: FileId,
    /// Its top-level keys, the lists of Secrets aside.
    pub top: TopLevel,
    /// Every element of every list of Secrets, in the order of the file.
    pub entries: Vec<Entry>,
    pub lint: LintTable,
}

/// Whether a text is a spec with lists of Secrets, or may become one when its mistakes are
/// corrected; not one that only says who may read.
pub(crate) fn lists_secrets(text: &str) -> bool {
    match DeTable::parse(text) {
        Ok(table) => kind::ALL.iter().any(|kind| table.get_ref().contains_key(kind.list)),
        Err(_) => true,
    }
}

/// Whether a text is a spec that says who may read.
pub(crate) fn names_readers(text: &str) -> bool {
    DeTable::parse(text).is_ok_and(|table| {
        ["recipients", "encrypt"].iter().any(|key| table.get_ref().contains_key(*key))
    })
}

/// An element of a list of Secrets.
#[derive(Debug)]
pub(crate) struct Entry {
    pub kind: &'static Kind,
    /// Its header, or the whole inline table.
    pub span: Span,
    pub names: Names,
    pub common: Common,
    pub own: Own,
    pub lint: LintTable,
    /// Whether something in it is a mistake that was reported; the rest of it is still judged.
    pub broken: bool,
}

impl Spec {
    pub(crate) fn environments(&self) -> Vec<&str> {
        self.top.environments.list().iter().map(|(name, _)| name.value.as_str()).collect()
    }

    pub(crate) fn sources(&self) -> &[(node::Text, Value)] {
        self.top.sources.list()
    }
}

impl Walk for Entry {
    fn walk<'s>(&'s self, key: &'s str, visit: Visit<'_, 's>) {
        self.names.walk(key, visit);
        self.own.walk(key, visit);
        self.common.walk(key, visit);
    }
}

impl Entry {
    /// Calls `visit` for every value with the key that it stands under: parts of `concat`,
    /// credentials of registries and elements of `data-from` included.
    pub(crate) fn each_value<'s>(&'s self, visit: &mut dyn FnMut(&'s str, &'s Value)) {
        self.walk("", &mut |key, part| {
            if let Part::Value(value) = part {
                value.each_part(&mut |value| visit(key, value));
            }
        });
    }

    /// The value that fills a data key, if the entry says it alone.
    pub(crate) fn value_of(&self, data_key: &str) -> Option<&Value> {
        if let Some(own) = self.own.values.iter().find(|own| own.data_key == data_key) {
            return Some(&own.value);
        }
        let data = self.common.data.list();
        data.iter().find(|(name, _)| name.value == data_key).map(|(_, value)| value)
    }
}
