//! A table of a spec after reading: its struct has a [`Given`] for every key. Walks over all keys
//! of a table, whichever it is, go through [`Record`].

use super::node::{Node, Text};
use super::value::{Value, WholeFile};
use crate::source::Span;

/// A key that a table may have.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    /// Where it is written, if it is.
    pub key: Option<Span>,
    /// What it holds; nothing if that is wrong, which was reported.
    pub value: Option<T>,
}

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self { key: None, value: None }
    }
}

impl<T> Given<T> {
    /// What it holds.
    pub(crate) fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }
}

impl<T> Given<Vec<T>> {
    /// The elements; none where the key is not given.
    pub(crate) fn list(&self) -> &[T] {
        self.value.as_deref().unwrap_or_default()
    }
}

/// A table that was read.
pub(crate) trait Record {
    /// Every key that holds something: its name, where it is written, and what it holds, in the
    /// order of the file.
    fn items(&self) -> Vec<(&'static str, Span, Item<'_>)>;
}

/// What a key holds.
pub(crate) enum Item<'s> {
    /// Something without strings of its own.
    Other,
    Text(&'s Text),
    Texts(&'s [Text]),
    TextMap(&'s [(Text, Text)]),
    /// Plain data.
    Data(&'s Node),
    Value(&'s Value),
    Values(&'s [(Text, Value)]),
    DataFrom(&'s [WholeFile]),
    /// One or several tables.
    Records(Vec<&'s dyn Record>),
}
