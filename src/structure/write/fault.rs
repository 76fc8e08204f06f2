//! What a format has no way to write.

use crate::structure::dotenv::is_key;
use crate::structure::fault::MAX_DEPTH;
use crate::structure::format::Format;
use crate::structure::key_path::{KeyPath, Segment};
use crate::structure::tree::{Class, Tree};

/// A value that can't be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EncodeFault {
    /// Where in the tree; empty for the tree itself.
    pub path: KeyPath,
    pub kind: EncodeFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncodeFaultKind {
    /// TOML and dotenv have no null.
    Null,
    /// JSON has no infinity and no NaN.
    NotFinite,
    /// An integer outside of the 64 bits that all readers of the format keep.
    BigInteger,
    TooDeep,
    /// The format needs a table at its top (TOML, dotenv) or a string (text).
    TopLevel(Class),
    /// dotenv holds plain texts only: no table, array or float.
    NotPlain(Class),
    /// dotenv: the key is not `[A-Za-z_][A-Za-z0-9_.-]*`.
    BadKey,
    /// dotenv: the value needs quotes and ends in a backslash, before which common readers do not
    /// see the closing quote.
    LastBackslash,
}

impl EncodeFault {
    pub(crate) fn at_top(kind: EncodeFaultKind) -> Self {
        Self { path: KeyPath::default(), kind }
    }

    fn inside(self, segment: Segment) -> Self {
        Self { path: self.path.under(segment), kind: self.kind }
    }

    pub(crate) fn at_key(key: &str, kind: EncodeFaultKind) -> Self {
        Self::at_top(kind).inside(Segment::Key(key.to_owned()))
    }
}

/// Whether the format can hold the whole tree, apart from what only the writer itself sees.
pub(super) fn check(format: Format, tree: &Tree) -> Result<(), EncodeFault> {
    let fits = match format {
        Format::Toml | Format::Dotenv => tree.class() == Class::Table,
        Format::Text => tree.class() == Class::String,
        Format::Json | Format::Yaml => true,
    };
    if fits {
        node(format, tree, 0)
    } else {
        Err(EncodeFault::at_top(EncodeFaultKind::TopLevel(tree.class())))
    }
}

fn node(format: Format, tree: &Tree, depth: usize) -> Result<(), EncodeFault> {
    let last_integer = if format == Format::Toml { i64::MAX.into() } else { u64::MAX.into() };
    let kind = match (tree, format) {
        (Tree::Null, Format::Toml | Format::Dotenv) => EncodeFaultKind::Null,
        (Tree::Float(_), Format::Dotenv) => EncodeFaultKind::NotPlain(Class::Float),
        (Tree::Float(float), Format::Json) if !float.is_finite() => EncodeFaultKind::NotFinite,
        (Tree::Integer(integer), _)
            if format != Format::Dotenv && !(i64::MIN.into()..=last_integer).contains(integer) =>
        {
            EncodeFaultKind::BigInteger
        }
        (Tree::Array(_) | Tree::Table(_), Format::Dotenv) if depth > 0 => {
            EncodeFaultKind::NotPlain(tree.class())
        }
        (Tree::Array(_) | Tree::Table(_), _) if depth == MAX_DEPTH => EncodeFaultKind::TooDeep,
        (Tree::Array(items), _) => {
            for (index, item) in items.iter().enumerate() {
                node(format, item, depth + 1)
                    .map_err(|fault| fault.inside(Segment::Index(index)))?;
            }
            return Ok(());
        }
        (Tree::Table(entries), _) => {
            for (key, value) in entries {
                if format == Format::Dotenv && !is_key(key) {
                    return Err(EncodeFault::at_key(key, EncodeFaultKind::BadKey));
                }
                node(format, value, depth + 1)
                    .map_err(|fault| fault.inside(Segment::Key(key.clone())))?;
            }
            return Ok(());
        }
        _ => return Ok(()),
    };
    Err(EncodeFault::at_top(kind))
}
