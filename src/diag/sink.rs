//! Where findings go: collects them, applies levels, merges the same ones, puts them in order.

use std::collections::{HashMap, HashSet};

use super::lint_levels::{LintLevel, LintLevels, LintTable};
use super::{Diagnostic, Level};
use crate::source::Span;

/// The findings of one spec, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    /// Each with the level that its Secret's own `lint` asks for.
    found: Vec<(Diagnostic, Option<LintLevel>)>,
}

impl Sink {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push((diagnostic, None));
    }

    pub(crate) fn push_with(&mut self, diagnostic: Diagnostic, lint: &LintTable) {
        let near = lint.get(diagnostic.code);
        self.found.push((diagnostic, near));
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// How many errors there are so far, lints aside.
    pub(crate) fn errors(&self) -> usize {
        self.found.iter().filter(|(diagnostic, _)| diagnostic.level == Level::Error).count()
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
        let mut secrets = HashSet::new();
        for (mut diagnostic, near) in self.found {
            if diagnostic.is_lint() {
                match levels.level(diagnostic.code, near) {
                    Some(level) => diagnostic.level = level,
                    None => continue,
                }
            }
            let index = *index_of.entry(identity(&diagnostic)).or_insert(out.len());
            let secret = diagnostic.secret.clone();
            let new_secret = secret.is_some_and(|secret| secrets.insert((index, secret)));
            match out.get_mut(index) {
                Some(first) => {
                    first.level = first.level.max(diagnostic.level);
                    first.other_secrets += usize::from(new_secret && first.secret.is_some());
                }
                None => out.push(diagnostic),
            }
        }
        out.sort_by_key(position);
        out
    }
}

fn identity(diagnostic: &Diagnostic) -> (&'static str, Option<Span>, String, Option<String>) {
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
