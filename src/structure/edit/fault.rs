//! Why a key of a structured text was not changed: facts without any of its values.

use crate::structure::fault::StructureFault;
use crate::structure::key_path::KeyPath;
use crate::structure::write::EncodeFaultKind;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EditFault {
    /// Line and column, both from 1, the column in characters; none for the text as a whole.
    pub place: Option<(usize, usize)>,
    pub kind: EditFaultKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EditFaultKind {
    Unreadable(StructureFault),
    /// The format has no keys.
    NoKeys,
    /// The new value is not UTF-8.
    NotText,
    /// The format can't hold the new value under this key.
    Unwritable(EncodeFaultKind),
    /// What this path leads to is not a table or list, so it has nothing inside.
    Through(KeyPath, &'static str),
    /// A list has no item of this number.
    NoItem(KeyPath),
    /// The path ends at an item of a list, which can't be removed alone.
    Item,
    /// What stands under the key is a table or list, not a single value.
    Collection(&'static str),
    /// Nothing stands under the key.
    Missing,
    /// An anchor or an alias stands on the way: a change would show in other places too.
    Anchor,
    /// The change could not be made without a risk for the rest.
    Unsafe,
}

impl EditFault {
    pub(crate) fn at(text: &str, offset: usize, kind: EditFaultKind) -> Self {
        let place = StructureFault::at(text, offset, super::super::StructureFaultKind::Syntax);
        Self { place: Some((place.line, place.column)), kind }
    }
}

impl From<EditFaultKind> for EditFault {
    fn from(kind: EditFaultKind) -> Self {
        Self { place: None, kind }
    }
}

impl From<StructureFault> for EditFault {
    fn from(fault: StructureFault) -> Self {
        EditFaultKind::Unreadable(fault).into()
    }
}
