//! What a format has no way to write.

use crate::structure::key_path::{KeyPath, Segment};
use crate::structure::tree::Tree;
use crate::structure::{dotenv::is_key, fault::MAX_DEPTH, format::Format};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EncodeFault {
    /// Where in the tree; empty for the tree itself.
    pub path: KeyPath,
    pub kind: EncodeFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncodeFaultKind {
    Null,
    NotFinite,
    /// An integer outside of the 64 bits that all parsers of the format keep.
    BigInteger,
    TooDeep,
    NotTable(&'static str),
    /// Text is a string, and the values of dotenv are strings, integers, booleans or dates.
    NotString(&'static str),
    /// dotenv: the key is not `[A-Za-z_][A-Za-z0-9_.-]*`.
    BadKey,
    /// dotenv: the value needs quotes and ends in a backslash, before which common parsers do not
    /// see the closing quote.
    LastBackslash,
}

impl From<EncodeFaultKind> for EncodeFault {
    fn from(kind: EncodeFaultKind) -> Self {
        Self { path: KeyPath::default(), kind }
    }
}

impl EncodeFault {
    pub(super) fn inside(self, segment: Segment) -> Self {
        Self { path: self.path.under(segment), kind: self.kind }
    }

    pub(super) fn at_key(self, key: &str) -> Self {
        self.inside(Segment::Key(key.to_owned()))
    }
}

/// Whether the format can hold the tree at this depth, apart from what only the writer itself sees.
pub(super) fn check(format: Format, tree: &Tree, depth: usize) -> Result<(), EncodeFault> {
    let class = tree.class();
    let is_collection = matches!(tree, Tree::Array(_) | Tree::Table(_));
    let last_integer = if format == Format::Toml { i64::MAX.into() } else { u64::MAX.into() };
    let fault = match (format, tree) {
        (Format::Text, Tree::String(_)) => return Ok(()),
        (Format::Text, _) => EncodeFaultKind::NotString(class),
        (Format::Toml | Format::Dotenv, _) if depth == 0 && !matches!(tree, Tree::Table(_)) => {
            EncodeFaultKind::NotTable(class)
        }
        (Format::Toml | Format::Dotenv, Tree::Null) => EncodeFaultKind::Null,
        (Format::Dotenv, Tree::Float(_)) => EncodeFaultKind::NotString(class),
        (Format::Dotenv, _) if is_collection && depth > 0 => EncodeFaultKind::NotString(class),
        (Format::Json, Tree::Float(float)) if !float.is_finite() => EncodeFaultKind::NotFinite,
        (Format::Toml | Format::Json | Format::Yaml, Tree::Integer(integer))
            if !(i64::MIN.into()..=last_integer).contains(integer) =>
        {
            EncodeFaultKind::BigInteger
        }
        _ if is_collection && depth == MAX_DEPTH => EncodeFaultKind::TooDeep,
        (_, Tree::Array(items)) => {
            return items.iter().enumerate().try_for_each(|(index, item)| {
                check(format, item, depth + 1).map_err(|fault| fault.inside(Segment::Index(index)))
            });
        }
        (_, Tree::Table(entries)) => {
            return entries.iter().try_for_each(|(key, value)| {
                let fits = if format == Format::Dotenv && !is_key(key) {
                    Err(EncodeFaultKind::BadKey.into())
                } else {
                    check(format, value, depth + 1)
                };
                fits.map_err(|fault: EncodeFault| fault.at_key(key))
            });
        }
        _ => return Ok(()),
    };
    Err(fault.into())
}
