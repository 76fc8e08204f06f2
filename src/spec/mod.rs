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
mod shape_names;
pub(crate) mod toml_string;
pub(crate) mod value;

use crate::diag::lint_levels::LintTable;
use crate::secret::kind::Kind;
use crate::source::FileId;
use node::Text;
use record::Record;
use value::WholeFile;

pub(crate) use mask::{inside_quotes, mask_template};
pub(crate) use parse::{parse, read_vars, unknown_environment};

/// A spec of which everything outside of the lists of Secrets was read without mistakes.
#[derive(Debug)]
pub(crate) struct Spec {
    /// Its text.
    pub file: FileId,
    /// Its top-level keys, the lists of Secrets aside.
    pub record: Record,
    /// `[sources]`.
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
    /// Its keys.
    pub record: Record,
    /// Its own `lint`.
    pub lint: LintTable,
    /// Whether something in it is a mistake that was reported; the rest of it is still judged.
    pub broken: bool,
}
