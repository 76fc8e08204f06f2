//! What a format has no way to write.

use crate::secret::bytes::SecretBytes;
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

/// Why a value can't be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncodeFaultKind {
    /// TOML and dotenv have no null.
    Null,
    /// JSON has no infinity and no NaN.
    NotFinite,
    /// An integer outside of the 64 bits that all readers of the format keep.
    BigInteger,
    /// Nested deeper than the readers go.
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
pub(crate) fn check(format: Format, tree: &Tree) -> Result<(), EncodeFault> {
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
    let no = |kind| Err(EncodeFault::at_top(kind));
    match tree {
        Tree::Null if matches!(format, Format::Toml | Format::Dotenv) => no(EncodeFaultKind::Null),
        Tree::Float(_) if format == Format::Dotenv => no(EncodeFaultKind::NotPlain(Class::Float)),
        Tree::Float(float) if format == Format::Json && !float.is_finite() => {
            no(EncodeFaultKind::NotFinite)
        }
        Tree::Integer(integer) if format != Format::Dotenv && !range(format).contains(integer) => {
            no(EncodeFaultKind::BigInteger)
        }
        Tree::Array(_) | Tree::Table(_) if format == Format::Dotenv && depth > 0 => {
            no(EncodeFaultKind::NotPlain(tree.class()))
        }
        Tree::Array(_) | Tree::Table(_) if depth == MAX_DEPTH => no(EncodeFaultKind::TooDeep),
        Tree::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            node(format, item, depth + 1).map_err(|fault| fault.inside(Segment::Index(index)))
        }),
        Tree::Table(entries) => entries.iter().try_for_each(|(key, value)| {
            if format == Format::Dotenv && !is_key(key) {
                return Err(EncodeFault::at_key(key, EncodeFaultKind::BadKey));
            }
            node(format, value, depth + 1).map_err(|fault| fault.inside(Segment::Key(key.clone())))
        }),
        _ => Ok(()),
    }
}

/// Which integers every reader of the format keeps.
fn range(format: Format) -> std::ops::RangeInclusive<i128> {
    let last = if format == Format::Toml { i64::MAX.into() } else { u64::MAX.into() };
    i64::MIN.into()..=last
}

pub(crate) fn text(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    tree.plain_text().map_err(|not| EncodeFault::at_top(EncodeFaultKind::TopLevel(not.class)))
}
