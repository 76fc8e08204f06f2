//! Where findings go: collects them, applies levels, merges the same ones, puts them in order.

use std::collections::HashMap;

use super::lint_levels::{LintLevel, LintLevels, LintTable};
use super::{Diagnostic, Level};
use crate::source::Span;

/// The findings of one spec, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    found: Vec<Found>,
    /// Where the same finding is. Thousands of Secrets of one `for-each` have the same.
    index_of: HashMap<Identity, usize>,
    pushed: usize,
    errors: usize,
}

type Identity = (&'static str, Option<Span>, String, Option<String>);

#[derive(Debug)]
struct Found {
    diagnostic: Diagnostic,
    /// The level that its Secret's own `lint` asks for.
    near: Option<LintLevel>,
    /// The Secret that had it last.
    last_secret: Option<String>,
}

impl Sink {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.add(diagnostic, None);
    }

    pub(crate) fn push_with(&mut self, diagnostic: Diagnostic, lint: &LintTable) {
        let near = lint.get(diagnostic.code);
        self.add(diagnostic, near);
    }

    fn add(&mut self, diagnostic: Diagnostic, near: Option<LintLevel>) {
        self.pushed += 1;
        self.errors += usize::from(diagnostic.level == Level::Error);
        let index = *self.index_of.entry(identity(&diagnostic)).or_insert(self.found.len());
        match self.found.get_mut(index) {
            Some(first) if first.near == near && first.diagnostic.level == diagnostic.level => {
                let is_new = diagnostic.secret.is_some() && diagnostic.secret != first.last_secret;
                let counts = is_new && first.diagnostic.secret.is_some();
                first.diagnostic.other_secrets += usize::from(counts);
                first.last_secret = diagnostic.secret;
            }
            _ => {
                let last_secret = diagnostic.secret.clone();
                self.found.push(Found { diagnostic, near, last_secret });
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.pushed
    }

    /// How many errors there are so far, lints aside.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether there is an error already, lints aside: their level is only known in the end.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// The findings as they are shown: with their levels, without those allowed, the same one once,
    /// by position (files in the order in which they were read, then offsets), those without a
    /// place after that, notes last.
    ///
    /// The same are those with one code, place and message; without a place, also one Secret. Of
    /// these the first stays, with the highest level of all and the number of other Secrets.
    pub(crate) fn finish(self, levels: &LintLevels) -> Vec<Diagnostic> {
        let mut out: Vec<Diagnostic> = Vec::with_capacity(self.found.len());
        let mut index_of = HashMap::with_capacity(self.found.len());
        for Found { mut diagnostic, near, .. } in self.found {
            if diagnostic.is_lint() {
                match levels.level(diagnostic.code, near) {
                    Some(level) => diagnostic.level = level,
                    None => continue,
                }
            }
            let index = *index_of.entry(identity(&diagnostic)).or_insert(out.len());
            match out.get_mut(index) {
                Some(first) => {
                    first.level = first.level.max(diagnostic.level);
                    let is_new = diagnostic.secret.is_some() && diagnostic.secret != first.secret;
                    let counts = is_new && first.secret.is_some();
                    first.other_secrets += diagnostic.other_secrets + usize::from(counts);
                }
                None => out.push(diagnostic),
            }
        }
        out.sort_by_key(position);
        out
    }
}

fn identity(diagnostic: &Diagnostic) -> Identity {
    let place = diagnostic.primary.as_ref().map(|label| label.span);
    let secret = if place.is_none() { diagnostic.secret.clone() } else { None };
    (diagnostic.code.name, place, diagnostic.message.clone(), secret)
}

fn position(diagnostic: &Diagnostic) -> (bool, bool, Option<Span>) {
    let place = diagnostic.primary.as_ref().map(|label| label.span);
    (diagnostic.level == Level::Note, place.is_none(), place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::{COMMITTED_IDENTITY, LEFT_OUT, NAME};
    use crate::source::SourceMap;

    fn messages(sink: Sink, levels: &LintLevels) -> Vec<String> {
        sink.finish(levels).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn sorted_by_place_with_notes_last() {
        let mut sources = SourceMap::new();
        let (first, second) =
            (sources.add("first", "0123456789"), sources.add("second", "0123456789"));
        let mut sink = Sink::new();
        sink.push(Diagnostic::new(&LEFT_OUT, "note").at(Span::new(first, 0..1), ""));
        sink.push(Diagnostic::new(&NAME, "nowhere"));
        sink.push(Diagnostic::new(&NAME, "second 1").at(Span::new(second, 1..2), ""));
        sink.push(Diagnostic::new(&NAME, "first 5").at(Span::new(first, 5..6), ""));
        sink.push(Diagnostic::new(&COMMITTED_IDENTITY, "first 2").at(Span::new(first, 2..3), ""));
        sink.push(Diagnostic::new(&NAME, "second 1 again").at(Span::new(second, 1..2), ""));
        let expected = ["first 2", "first 5", "second 1", "second 1 again", "nowhere", "note"];
        assert_eq!(messages(sink, &LintLevels::default()), expected);
    }

    #[test]
    fn the_same_finding_of_many_secrets_is_shown_once() {
        let mut sources = SourceMap::new();
        let file = sources.add("a", "0123456789");
        let mut sink = Sink::new();
        for index in 0..40 {
            let diagnostic = Diagnostic::new(&NAME, "bad")
                .at(Span::new(file, 1..2), "")
                .about(format!("prod/t{index}"));
            sink.push(diagnostic.clone());
            sink.push(diagnostic);
        }
        sink.push(Diagnostic::new(&NAME, "bad").at(Span::new(file, 1..3), ""));
        sink.push(Diagnostic::new(&NAME, "worse").at(Span::new(file, 1..2), ""));
        let out = sink.finish(&LintLevels::default());
        let shown =
            out.iter().map(|one| (one.message.as_str(), one.secret.as_deref(), one.other_secrets));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [("bad", Some("prod/t0"), 39), ("worse", None, 0), ("bad", None, 0)]
        );
    }

    #[test]
    fn without_a_place_every_secret_is_named() {
        let mut sink = Sink::new();
        for secret in ["a/x", "a/y", "a/x"] {
            sink.push(Diagnostic::new(&NAME, "bad").about(secret));
        }
        let found = sink.finish(&LintLevels::default()).into_iter();
        assert_eq!(found.filter_map(|one| one.secret).collect::<Vec<_>>(), ["a/x", "a/y"]);
    }
}
