//! Certain repairs as changes of a manifest's text.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::diag::Fix;
use crate::emit::scalar::push_scalar;
use crate::go::base64;
use crate::source::{FileId, Span};

/// Puts another text where a scalar or key says just `old`, plain or in quotes without escapes.
/// `new` must not be secret.
pub(crate) fn replace(
    file: FileId,
    text: &str,
    range: &Range<usize>,
    old: &str,
    new: &str,
    title: &str,
) -> Option<Fix> {
    let token = text.get(range.clone())?;
    let replacement = if token == old && !old.is_empty() {
        let mut plain = String::new();
        push_scalar(&mut plain, new);
        plain
    } else if inner(token) == Some(old) {
        quoted(new)?
    } else {
        return None;
    };
    Some(Fix { title: title.to_owned(), span: Span::new(file, range.clone()), replacement })
}

/// Puts quotes around a plain scalar, which makes a string of it. Not around an anchor or a tag
/// before it.
pub(crate) fn quote(file: FileId, text: &str, range: &Range<usize>, title: &str) -> Option<Fix> {
    let replacement = quoted(
        text.get(range.clone())
            .filter(|token| !token.is_empty() && !token.starts_with(['&', '*', '!']))?,
    )?;
    Some(Fix { title: title.to_owned(), span: Span::new(file, range.clone()), replacement })
}

/// Adds the padding of a base64 scalar that lacks `missing` characters. Where it then is no text,
/// it may well not be base64 at all, as most words are not, and nothing is certain.
pub(crate) fn pad(file: FileId, text: &str, range: &Range<usize>, missing: usize) -> Option<Fix> {
    let token = text.get(range.clone())?;
    let quotes = usize::from(inner(token).is_some());
    // In a block the end of the scalar is not that of its text.
    let ends = token.trim_end().len() == token.len()
        && !token.contains('\n')
        && !token.starts_with(['|', '>']);
    let at = range.end - quotes;
    let title = "add the padding".to_owned();
    let padded =
        Zeroizing::new(format!("{}{}", inner(token).unwrap_or(token), "=".repeat(missing)));
    let is_text = base64::decode(padded.as_bytes()).is_ok_and(|bytes| bytes.expose_str().is_some());
    (ends && is_text).then(|| Fix {
        title,
        span: Span::new(file, at..at),
        replacement: "=".repeat(missing),
    })
}

/// What stands between quotes, if no escape does.
fn inner(token: &str) -> Option<&str> {
    let double = token
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inner| !inner.contains(['\\', '"']));
    double.or_else(|| {
        token
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
            .filter(|inner| !inner.contains('\''))
    })
}

/// In double quotes, where that needs no escape.
fn quoted(text: &str) -> Option<String> {
    let simple = text.chars().all(|c| !c.is_control() && !matches!(c, '"' | '\\'));
    simple.then(|| format!("\"{text}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn only_plain_scalars_are_quoted() {
        let file = SourceMap::new().add("a.yaml", "");
        let quoted =
            |text: &str| quote(file, text, &(0..text.len()), "").map(|fix| fix.replacement);
        assert_eq!(quoted("yes"), Some("\"yes\"".to_owned()));
        for token in ["", "&anchor yes", "!!int 12", "*anchor", "\"12\""] {
            assert_eq!(quoted(token), None, "{token}");
        }
    }

    #[test]
    fn padding_is_certain_where_it_makes_a_text() {
        let file = SourceMap::new().add("a.yaml", "");
        let padded = |text: &str, missing| {
            pad(file, text, &(0..text.len()), missing).map(|fix| (fix.span.start, fix.replacement))
        };
        assert_eq!(padded("aHVudGVyMg", 2), Some((10, "==".to_owned())));
        assert_eq!(padded("'aHVudGVyMg'", 2), Some((11, "==".to_owned())));
        assert_eq!(padded("hunter2", 1), None, "a word");
        assert_eq!(padded("|\n  aHVudGVyMg\n", 2), None);
    }
}
