//! Findings that are the same, though the text that they are in was read several times.

use std::collections::HashMap;

use crate::diag::Diagnostic;
use crate::source::{FileId, SourceMap, Span};

/// What makes two findings the same: code, message, place and Secret.
pub(super) type Sameness = (&'static str, String, Option<Span>, Option<String>);

pub(super) struct Repeats<'s> {
    sources: &'s SourceMap,
    /// The first text of all that have the same name and say the same.
    first: HashMap<(&'s str, &'s str), FileId>,
    known: HashMap<FileId, FileId>,
}

impl<'s> Repeats<'s> {
    pub(super) fn new(sources: &'s SourceMap) -> Self {
        Self { sources, first: HashMap::new(), known: HashMap::new() }
    }

    pub(super) fn sameness(&mut self, found: &Diagnostic) -> Sameness {
        let place = found.primary.as_ref().map(|label| {
            let Span { file, start, end } = label.span;
            Span::new(self.first_of(file), start..end)
        });
        (found.code.name, found.message.clone(), place, found.secret.clone())
    }

    fn first_of(&mut self, file: FileId) -> FileId {
        if let Some(first) = self.known.get(&file) {
            return *first;
        }
        let source = self.sources.get(file);
        let first = *self.first.entry((&source.name, &source.text)).or_insert(file);
        self.known.insert(file, first);
        first
    }
}
