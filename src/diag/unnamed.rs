//! Keys that may be values, and that no message may name.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use super::key_names::{is_key, is_quoted_key};
use super::phrases::code;
use super::private_keys::masked;

/// Shorter ones say nothing.
const SHORTEST: usize = 4;

/// Keys as messages would quote them, by how they begin.
#[derive(Debug, Default)]
pub(crate) struct Unnamed(HashMap<[u8; SHORTEST], Vec<String>>);

impl Unnamed {
    pub(crate) fn add(&mut self, key: &str) {
        let quoted = code(key);
        let quoted = quoted.trim_matches('`').trim_end_matches('…');
        if let Some(head) = quoted.as_bytes().first_chunk() {
            let alike = self.0.entry(*head).or_default();
            if !alike.iter().any(|known| known == quoted) {
                alike.push(quoted.to_owned());
            }
        }
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        !self.found(text).is_empty()
    }

    /// Whether the text has one that is unlike a key, and that a repair would make a key of.
    pub(crate) fn is_changed_in(&self, text: &str) -> bool {
        self.found(text).iter().any(|range| !is_key(text.get(range.clone()).unwrap_or_default()))
    }

    /// The text with `***` in the place of each of them.
    pub(crate) fn hidden<'t>(&self, text: &'t str) -> Cow<'t, str> {
        masked(text, &self.found(text))
    }

    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        if self.0.is_empty() {
            return found;
        }
        let mut at = 0;
        while at < text.len() {
            let here = self.at(text, at);
            at = here.as_ref().map_or(at + 1, |range| range.end);
            found.extend(here);
        }
        found
    }

    /// The longest that begins at this byte.
    fn at(&self, text: &str, at: usize) -> Option<Range<usize>> {
        let (before, rest) = text.split_at_checked(at)?;
        let alike = self.0.get(rest.as_bytes().first_chunk::<SHORTEST>()?)?;
        let is_here = |key: &&String| {
            let Some(behind) = rest.strip_prefix(key.as_str()) else { return false };
            // A word such as `password` is one of every sentence.
            !is_quoted_key(key)
                || before.ends_with(['`', '.', '[', '"'])
                    && behind.starts_with(['`', '.', ']', '"', '…'])
        };
        let length = alike.iter().filter(is_here).map(String::len).max()?;
        Some(at..at + length)
    }
}

#[cfg(test)]
mod tests {
    use super::Unnamed;
    use crate::unit::support::assert_linear;

    #[test]
    fn names_are_hidden_and_words_stay() {
        let mut unnamed = Unnamed::default();
        for key in ["password", "c2VjcmV0aHVudGVyMg", "a\nb {x}", "abc"] {
            unnamed.add(key);
        }
        for (text, expected) in [
            ("the value of `password` is empty", "the value of `***` is empty"),
            ("`data.password` is a password", "`data.***` is a password"),
            ("see c2VjcmV0aHVudGVyMg=", "see ***="),
            ("`a\\nb {x}` and `abc`", "`a\\nb {x}` and `abc`"),
            ("`passwords`", "`passwords`"),
        ] {
            assert_eq!(unnamed.hidden(text), expected, "{text}");
        }
    }

    #[test]
    fn time_is_linear() {
        let mut unnamed = Unnamed::default();
        unnamed.add("aaaa-{}");
        assert_linear("aaaa", 1 << 14, |size| drop(unnamed.hidden(&"a".repeat(size))));
    }
}
