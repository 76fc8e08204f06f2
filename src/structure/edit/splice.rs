//! Changes of a text as replaced ranges, and what lines they stand in.

use std::ops::Range;

use zeroize::Zeroizing;

/// A range of a text and what stands there afterwards.
pub(crate) struct Splice {
    pub range: Range<usize>,
    pub text: Zeroizing<String>,
}

impl Splice {
    pub(crate) fn new(range: Range<usize>, text: Zeroizing<String>) -> Self {
        Self { range, text }
    }

    pub(crate) fn cut(range: Range<usize>) -> Self {
        Self { range, text: Zeroizing::default() }
    }

    pub(crate) fn insert(at: usize, text: Zeroizing<String>) -> Self {
        Self { range: at..at, text }
    }
}

/// The text with all of the changes. They don't overlap; where they do, or lie outside, `None`.
pub(crate) fn apply(text: &str, mut splices: Vec<Splice>) -> Option<Zeroizing<String>> {
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let added: usize = splices.iter().map(|splice| splice.text.len()).sum();
    // Large enough from the start: growing would leave a copy behind.
    let mut out = Zeroizing::new(String::with_capacity(text.len() + added));
    let mut at = 0;
    for splice in &splices {
        out.push_str(text.get(at..splice.range.start)?);
        out.push_str(&splice.text);
        at = splice.range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// One text out of several, without copies of secret parts left behind.
pub(crate) fn joined(parts: &[&str]) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        out.push_str(part);
    }
    out
}

/// What ends the lines of a text: as its first line does.
pub(crate) fn line_break(text: &str) -> &'static str {
    match text.split_once('\n') {
        Some((line, _)) if line.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The first byte of the line that `at` lies in.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |line_break| line_break + 1)
}

/// The end of the line that `at` lies in, before its line break.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// The start of the next line, or the end of the text.
pub(crate) fn next_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |line_break| at + line_break + 1)
}

/// Blanks at the start of the line that `at` lies in.
pub(crate) fn indentation(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let line = text.get(start..).unwrap_or_default();
    let (blanks, _) = line.split_at(line.len() - line.trim_start_matches([' ', '\t']).len());
    blanks
}

/// Whether only blanks stand before `at` in its line.
pub(crate) fn begins_line(text: &str, at: usize) -> bool {
    text.get(line_start(text, at)..at).is_some_and(|before| before.trim().is_empty())
}

/// Removes what stands alone in its line or lines, the last line break too. A comment behind it
/// stays, as a line of its own.
pub(crate) fn cut_lines(text: &str, range: Range<usize>) -> Splice {
    let end = line_end(text, range.end);
    let after = text.get(range.end..end).unwrap_or_default();
    let comment = after.trim_start_matches([' ', '\t']);
    if !comment.is_empty() {
        return Splice::cut(range.start..end - comment.len());
    }
    let start = if begins_line(text, range.start) {
        line_start(text, range.start)
    } else {
        return Splice::cut(range.start..end);
    };
    Splice::cut(start..next_line(text, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_applied_in_order() {
        let text = "abcdef";
        let splice = |range, with: &str| Splice::new(range, Zeroizing::new(with.to_owned()));
        let changed = apply(text, vec![splice(4..5, "E"), splice(1..1, "-"), splice(1..3, "")]);
        assert_eq!(changed.unwrap().as_str(), "a-dEf");
        assert!(apply(text, vec![splice(1..4, ""), splice(3..5, "")]).is_none());
        assert!(apply(text, vec![splice(1..9, "")]).is_none());
    }

    #[test]
    fn lines_are_cut_but_not_comments() {
        for (text, token, left) in [
            ("a\n  b\nc\n", "b", "a\nc\n"),
            ("a\r\nb  \r\nc", "b", "a\r\nc"),
            ("a\n  b # why\nc", "b", "a\n  # why\nc"),
            ("a\nb", "b", "a\n"),
            ("- b\n", "b", "- \n"),
        ] {
            let at = text.find(token).unwrap();
            let cut = apply(text, vec![cut_lines(text, at..at + 1)]).unwrap();
            assert_eq!(cut.as_str(), left, "{text:?}");
        }
    }
}
