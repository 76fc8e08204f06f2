//! Which bytes of a spec may hold secrets, so that no message quotes them: every scalar that the reader did not find harmless, the
//! text of templates around their expressions, and comments.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::toml_string::quote_length;

/// The ranges of `text` to mask. `visible` are tokens without secrets, `templates` tokens whose expressions may be shown. A string over several
/// lines is never shown: one quote too many makes one of whatever follows.
pub fn masked(text: &str, table: &DeTable<'_>, visible: &[Range<usize>], templates: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut tokens = Tokens::default();
    tokens.table(table);
    let sorted = |ranges: &[Range<usize>]| {
        let mut starts: Vec<usize> = ranges.iter().map(|range| range.start).collect();
        starts.sort_unstable();
        starts
    };
    let (visible, templates) = (sorted(visible), sorted(templates));
    let mut masked = Vec::new();
    for scalar in &tokens.scalars {
        if templates.binary_search(&scalar.start).is_ok() {
            template(text, &inside_quotes(text, scalar), &mut masked);
        } else if visible.binary_search(&scalar.start).is_err() || text.get(scalar.clone()).is_some_and(|token| token.contains('\n')) {
            masked.push(inside_quotes(text, scalar));
        }
    }
    tokens.all_in_order();
    comments(text, &tokens.scalars, &mut masked);
    masked
}

/// The ranges of a template file to mask: everything but its expressions.
pub fn mask_template(text: &str) -> Vec<Range<usize>> {
    let mut masked = Vec::new();
    template(text, &(0..text.len()), &mut masked);
    masked
}

/// Keys and scalars of a document. A dotted key's part may stand for several tables; spans repeat then.
#[derive(Default)]
struct Tokens {
    keys: Vec<Range<usize>>,
    scalars: Vec<Range<usize>>,
}

impl Tokens {
    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            self.keys.push(key.span());
            self.value(value);
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(array) => array.iter().for_each(|element| self.value(element)),
            _ => self.scalars.push(value.span()),
        }
    }

    fn all_in_order(&mut self) {
        self.scalars.append(&mut self.keys);
        self.scalars.sort_by_key(|range| range.start);
    }
}

/// The token without its quotes, so that a masked string still looks like one.
pub fn inside_quotes(text: &str, token: &Range<usize>) -> Range<usize> {
    let raw = text.get(token.clone()).unwrap_or_default();
    if raw.len() >= 2 && raw.starts_with(['"', '\'']) {
        let quotes = quote_length(raw);
        token.start + quotes..token.end - quotes
    } else {
        token.clone()
    }
}

/// A template: its text is masked, and the strings inside its expressions; names, filters and operators are not.
fn template(text: &str, inside: &Range<usize>, masked: &mut Vec<Range<usize>>) {
    let raw = text.get(inside.clone()).unwrap_or_default();
    let mut at = 0;
    while let Some(open) = next_open(raw, at) {
        masked.push(inside.start + at..inside.start + open);
        let close = if raw[open..].starts_with("{{") { "}}" } else { "%}" };
        let Some(length) = raw[open..].find(close) else {
            at = open + 2;
            break;
        };
        let end = open + length + close.len();
        strings(&raw[open..end], inside.start + open, masked);
        at = end;
    }
    masked.push(inside.start + at..inside.end);
}

fn next_open(raw: &str, at: usize) -> Option<usize> {
    let rest = raw.get(at..)?;
    // One after the other, and not the first of each: of a kind that does not occur there would be none up to the end, again and again.
    let starts = |open: &str| open.starts_with("{{") || open.starts_with("{%");
    let found = rest.match_indices('{').find(|(found, _)| rest.get(*found..).is_some_and(starts));
    found.map(|(found, _)| at + found)
}

fn strings(expression: &str, start: usize, masked: &mut Vec<Range<usize>>) {
    let mut open: Option<(usize, char)> = None;
    for (index, c) in expression.char_indices() {
        match open {
            None if c == '"' || c == '\'' => open = Some((index + 1, c)),
            Some((from, quote)) if c == quote => {
                masked.push(start + from..start + index);
                open = None;
            }
            _ => {}
        }
    }
    if let Some((from, _)) = open {
        masked.push(start + from..start + expression.len());
    }
}

/// What stands after a `#` outside of every token.
fn comments(text: &str, tokens: &[Range<usize>], masked: &mut Vec<Range<usize>>) {
    let mut at = 0;
    let ends = std::iter::once(text.len()..text.len());
    for token in tokens.iter().cloned().chain(ends) {
        while at < token.start {
            let Some(hash) = text.get(at..token.start).and_then(|gap| gap.find('#')) else { break };
            let from = at + hash + 1;
            let to = text[from..].find('\n').map_or(text.len(), |end| from + end);
            // Tools read directives such as `#:schema`.
            if !text[from..].starts_with(":schema ") {
                masked.push(from..to);
            }
            at = to;
        }
        at = at.max(token.end);
    }
}

#[cfg(test)]
mod tests {
    use super::mask_template;
    use crate::unit::support::assert_linear;

    #[test]
    fn expressions_of_one_kind_only_take_linear_time() {
        for piece in ["{{}}", "{%%}", "{"] {
            assert_linear(piece, 1 << 14, |size| assert!(!mask_template(&piece.repeat(size / piece.len())).is_empty()));
        }
        assert_eq!(mask_template("a{{ b }}c{% d %}"), [0..1, 8..9, 16..16]);
    }
}
