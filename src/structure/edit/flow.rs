//! Entries of collections in brackets: JSON objects, flow mappings of YAML, inline tables of TOML.

use std::ops::Range;

use zeroize::Zeroizing;

use super::splice::{Splice, begins_line, indentation, joined, line_break, line_end};
use super::splice::{line_start, next_line};

/// A collection in brackets, and its entries from the first byte of the key to the last of the
/// value.
pub(crate) struct Brackets {
    pub range: Range<usize>,
    pub entries: Vec<Range<usize>>,
    /// A comma, and a blank where the document has one there.
    pub comma: &'static str,
}

/// Adds an entry at the end, on a line of its own where the last one has one. `padding` goes
/// between a bracket and the only entry.
pub(crate) fn insert(text: &str, brackets: &Brackets, entry: &str, padding: &str) -> Splice {
    let Some(last) = brackets.entries.last() else {
        let inside = text.get(brackets.range.start + 1..brackets.range.end - 1).unwrap_or_default();
        // A comment may stand in it.
        if !inside.trim().is_empty() {
            let at = brackets.range.start + 1;
            return Splice::insert(at, joined(&[padding, entry]));
        }
        let range = brackets.range.start + 1..brackets.range.end - 1;
        return Splice::new(range, joined(&[padding, entry, padding]));
    };
    let own_line = begins_line(text, last.start) && last.start > brackets.range.start + 1;
    if own_line {
        let indent = indentation(text, last.start);
        return Splice::insert(last.end, joined(&[",", line_break(text), indent, entry]));
    }
    Splice::insert(last.end, joined(&[brackets.comma, entry]))
}

/// Removes an entry with its comma, and the line if nothing else stands in it. Comments stay.
pub(crate) fn remove(text: &str, brackets: &Brackets, index: usize) -> Vec<Splice> {
    let Some(entry) = brackets.entries.get(index) else { return Vec::new() };
    let next = brackets.entries.get(index + 1);
    let previous = index.checked_sub(1).and_then(|index| brackets.entries.get(index));
    let is_plain = |range: Range<usize>| !text.get(range).unwrap_or("#").contains('#');
    match (previous, next) {
        (None, None) => {
            let inside = brackets.range.start + 1..brackets.range.end - 1;
            if is_plain(inside.start..entry.start) && is_plain(entry.end..inside.end) {
                return vec![Splice::cut(inside)];
            }
            let end = comma(text, entry.end).map_or(entry.end, |comma| comma + 1);
            vec![tidy(text, entry.start..end)]
        }
        (_, Some(next)) if is_plain(entry.end..next.start) => {
            vec![Splice::cut(entry.start..next.start)]
        }
        (_, Some(_)) => {
            let end = comma(text, entry.end).map_or(entry.end, |comma| comma + 1);
            vec![tidy(text, entry.start..end)]
        }
        (Some(previous), None) if is_plain(previous.end..entry.start) => {
            vec![Splice::cut(previous.end..entry.end)]
        }
        (Some(previous), None) => {
            let mut cuts = vec![tidy(text, entry.clone())];
            cuts.extend(comma(text, previous.end).map(|comma| Splice::cut(comma..comma + 1)));
            cuts
        }
    }
}

/// Where the comma after a value is, past blanks and comments.
fn comma(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        let blanks = rest.len() - rest.trim_start().len();
        at += blanks;
        match text.as_bytes().get(at)? {
            b',' => return Some(at),
            b'#' => at = next_line(text, at),
            _ => return None,
        }
    }
}

/// Cuts the whole line if nothing else stands in it, else the blanks behind as well.
fn tidy(text: &str, range: Range<usize>) -> Splice {
    let after = text.get(range.end..line_end(text, range.end)).unwrap_or_default();
    let rest = after.trim_start_matches([' ', '\t']);
    if rest.is_empty() && begins_line(text, range.start) {
        return Splice::cut(line_start(text, range.start)..next_line(text, range.end));
    }
    // YAML wants a blank before a comment.
    let blanks = if rest.starts_with('#') { 0 } else { after.len() - rest.len() };
    Splice::cut(range.start..range.end + blanks)
}

/// An empty text or `{ key: value }` of nested tables: the names of tables around one entry.
pub(crate) fn nested(
    keys: &[String],
    value: &str,
    separator: &str,
    pad: &str,
) -> Zeroizing<String> {
    let Some((last, outer)) = keys.split_last() else { return joined(&[value]) };
    let open: String = outer.iter().map(|key| format!("{key}{separator}{{{pad}")).collect();
    let close = format!("{pad}}}").repeat(outer.len());
    joined(&[&open, last, separator, value, &close])
}
