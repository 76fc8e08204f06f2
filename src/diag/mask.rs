//! What of a text messages may quote: what is known to be harmless. All else shows as `***`.
//! Whoever reads a text says which of its parts are harmless: specs, manifests and templates from
//! their parsed nodes, flags whatever is no private key.

use std::{collections::BTreeSet, ops::Range};

use super::private_keys::{self, merged};

/// The parts of a text that may be shown; of a new one none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mask {
    /// Sorted, not empty, apart from each other.
    shown: Vec<Range<usize>>,
    /// Keys that may be values, as they are read. Messages must not name them either.
    unnamed: BTreeSet<String>,
}

impl Mask {
    pub(crate) fn showing(harmless: Vec<Range<usize>>) -> Self {
        Self { shown: merged(harmless), unnamed: BTreeSet::new() }
    }

    /// The same, and keys of the text that no message may name.
    pub(crate) fn unnamed(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.unnamed.extend(keys);
        self
    }

    pub(crate) fn unnamed_keys(&self) -> &BTreeSet<String> {
        &self.unnamed
    }

    /// Shows all that can't be a private key.
    pub(crate) fn everything(text: &str) -> Self {
        let mut mask = Self::showing(std::iter::once(0..text.len()).collect());
        mask.hide(private_keys::ranges(text));
        mask
    }

    pub(crate) fn shown(&self) -> &[Range<usize>] {
        &self.shown
    }

    pub(crate) fn hide(&mut self, hidden: Vec<Range<usize>>) {
        let hidden = merged(hidden);
        let mut next = 0;
        let mut left = Vec::with_capacity(self.shown.len());
        for shown in self.shown.drain(..) {
            let mut at = shown.start;
            while let Some(hidden) = hidden.get(next).filter(|hidden| hidden.start < shown.end) {
                if at < hidden.start {
                    left.push(at..hidden.start);
                }
                at = at.max(hidden.end);
                if hidden.end > shown.end {
                    break;
                }
                next += 1;
            }
            if at < shown.end {
                left.push(at..shown.end);
            }
        }
        self.shown = left;
    }

    /// Hides what another mask of the same text does not show.
    pub(crate) fn hide_with(&mut self, other: &Mask) {
        let mut hidden = Vec::with_capacity(other.shown.len() + 1);
        let mut at = 0;
        for shown in &other.shown {
            hidden.push(at..shown.start);
            at = shown.end;
        }
        hidden.push(at..usize::MAX);
        self.hide(hidden);
    }
}

/// A value without its quotes, so that a masked one still looks like a string. Of one that does not
/// end, what follows the opening quotes.
pub(crate) fn inside_quotes(text: &str, token: &Range<usize>) -> Range<usize> {
    let Some(value) = text.get(token.clone()) else { return token.clone() };
    for quotes in ["\"\"\"", "'''", "\"", "'"] {
        if let Some(inside) = value.strip_prefix(quotes) {
            let end = if inside.ends_with(quotes) { token.end - quotes.len() } else { token.end };
            return token.start + quotes.len()..end;
        }
    }
    token.clone()
}

/// The text as it would be quoted, each hidden part of a line as `*`.
#[cfg(test)]
pub(crate) fn as_shown(text: &str, mask: &Mask) -> String {
    let is_shown = |at: usize| mask.shown.iter().any(|shown| shown.contains(&at));
    let mut out = String::new();
    for (at, c) in text.char_indices() {
        if is_shown(at) || matches!(c, '\n' | '\r') {
            out.push(c);
        } else if at == 0 || is_shown(at - 1) || !out.ends_with('*') {
            out.push('*');
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "a list of masks is often one range")]
mod tests {
    use super::{Mask, inside_quotes};

    #[test]
    fn parts_are_merged_and_hidden() {
        let mut mask = Mask::showing(vec![4..6, 1..2, 5..8, 8..9, 3..3]);
        assert_eq!(mask.shown(), [1..2, 4..9]);
        mask.hide(vec![7..8, 0..1, 5..6]);
        assert_eq!(mask.shown(), [1..2, 4..5, 6..7, 8..9]);
        mask.hide_with(&Mask::showing(vec![0..5, 8..20]));
        assert_eq!(mask.shown(), [1..2, 4..5, 8..9]);
        mask.hide_with(&Mask::default());
        assert_eq!(mask, Mask::default());
    }

    #[test]
    fn quotes_stay() {
        let texts = ["'ab'", "'''ab'''", "\"\"", "\"ab", "ab", "'"];
        let inside = texts.map(|text| inside_quotes(text, &(0..text.len())));
        assert_eq!(inside, [1..3, 3..5, 1..1, 1..3, 0..2, 1..1]);
    }
}
