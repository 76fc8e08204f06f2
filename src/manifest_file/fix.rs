//! Certain repairs as changes of a manifest's text.

use std::ops::Range;

use crate::diag::Fix;
use crate::emit::scalar::push_scalar;
use crate::source::{FileId, Span};

/// Puts another text where a scalar or key says just `old`, plain or in quotes without escapes. `new` must not be secret.
pub(super) fn replace(file: FileId, text: &str, range: &Range<usize>, old: &str, new: &str, title: &str) -> Option<Fix> {
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

/// Puts quotes around a plain scalar, which makes a string of it.
pub(super) fn quote(file: FileId, text: &str, range: &Range<usize>) -> Option<Fix> {
    let replacement = quoted(text.get(range.clone()).filter(|token| !token.is_empty())?)?;
    Some(Fix { title: "put it into double quotes".to_owned(), span: Span::new(file, range.clone()), replacement })
}

/// Adds the padding of a base64 scalar that lacks `missing` characters.
pub(super) fn pad(file: FileId, text: &str, range: &Range<usize>, missing: usize) -> Option<Fix> {
    let token = text.get(range.clone())?;
    let quotes = usize::from(inner(token).is_some());
    // In a block the end of the scalar is not that of its text.
    let ends = token.trim_end().len() == token.len() && !token.contains('\n') && !token.starts_with(['|', '>']);
    let at = range.end - quotes;
    let title = "add the padding".to_owned();
    ends.then(|| Fix { title, span: Span::new(file, at..at), replacement: "=".repeat(missing) })
}

/// What stands between quotes, if no escape does.
fn inner(token: &str) -> Option<&str> {
    let double = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inner| !inner.contains(['\\', '"']));
    double.or_else(|| token.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|inner| !inner.contains('\'')))
}

/// In double quotes, where that needs no escape.
fn quoted(text: &str) -> Option<String> {
    let simple = text.chars().all(|c| !c.is_control() && !matches!(c, '"' | '\\'));
    simple.then(|| format!("\"{text}\""))
}
