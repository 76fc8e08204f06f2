//! Which bytes of a spec may hold secrets, so that no message quotes them: every scalar that the
//! reader did not find harmless, the text of templates around their expressions, and comments.

use std::cell::LazyCell;
use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::toml_string::{quote_length, raw_ranges};
use crate::template::Engine;

/// The ranges of `text` to mask. `visible` are tokens without secrets, `templates` tokens whose
/// expressions may be shown. Of a template that does not parse no more is shown elsewhere either:
/// nothing tells its text from the text of another. A string over several lines is never shown: one
/// quote too many makes one of whatever follows.
pub(crate) fn masked(
    text: &str,
    table: &DeTable<'_>,
    visible: &[Range<usize>],
    templates: &[Range<usize>],
) -> Vec<Range<usize>> {
    let mut tokens = Tokens::default();
    tokens.table(table);
    let sorted = |ranges: &[Range<usize>]| {
        let mut starts: Vec<usize> = ranges.iter().map(|range| range.start).collect();
        starts.sort_unstable();
        starts
    };
    let (visible, templates) = (sorted(visible), sorted(templates));
    let engine = LazyCell::new(Engine::new);
    let mut masked = Vec::new();
    for scalar in &tokens.scalars {
        let (range, inside) = (&scalar.range, inside_quotes(text, &scalar.range));
        let Some(token) = text.get(range.clone()) else {
            debug_assert!(false, "a token outside of the text");
            masked.push(inside);
            continue;
        };
        let is_visible = visible.binary_search(&range.start).is_ok();
        let is_template = Engine::is_template(scalar.text);
        if templates.binary_search(&range.start).is_ok()
            || (is_visible && is_template && !engine.parses(scalar.text))
        {
            // Keys of the spec are shown where they stand, so they may be shown here too.
            let known = |name: &str| tokens.names.contains(name);
            let shown = if is_template { engine.shown(scalar.text, &known) } else { Vec::new() };
            let shown = raw_ranges(token, scalar.text, &shown).unwrap_or_default();
            all_but(
                inside,
                shown.into_iter().map(|shown| range.start + shown.start..range.start + shown.end),
                &mut masked,
            );
        } else if !is_visible || token.contains('\n') {
            masked.push(inside);
        }
    }
    comments(text, &tokens.in_order(), &mut masked);
    masked
}

/// The ranges of a template file to mask: everything but its expressions. `known` says which names
/// are shown even if it does not parse.
pub(crate) fn mask_template(
    text: &str,
    engine: &Engine,
    known: &dyn Fn(&str) -> bool,
) -> Vec<Range<usize>> {
    let mut masked = Vec::new();
    all_but(0..text.len(), engine.shown(text, known).into_iter(), &mut masked);
    masked
}

/// What is left of `whole` without the parts that are shown, which are in order.
fn all_but(
    whole: Range<usize>,
    shown: impl Iterator<Item = Range<usize>>,
    masked: &mut Vec<Range<usize>>,
) {
    let mut at = whole.start;
    for shown in shown {
        masked.push(at..shown.start.max(at));
        at = shown.end.max(at);
    }
    masked.push(at..whole.end.max(at));
}

/// Keys and scalars of a document. A dotted key's part may stand for several tables; spans repeat
/// then.
#[derive(Default)]
struct Tokens<'t> {
    keys: Vec<Range<usize>>,
    names: HashSet<&'t str>,
    scalars: Vec<Scalar<'t>>,
}

/// A scalar's token, and what it says if it is a string.
struct Scalar<'t> {
    range: Range<usize>,
    text: &'t str,
}

impl<'t> Tokens<'t> {
    fn table(&mut self, table: &'t DeTable<'_>) {
        for (key, value) in table {
            self.keys.push(key.span());
            self.names.insert(key.get_ref());
            self.value(value);
        }
    }

    fn value(&mut self, value: &'t Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(array) => array.iter().for_each(|element| self.value(element)),
            other => self
                .scalars
                .push(Scalar { range: value.span(), text: other.as_str().unwrap_or_default() }),
        }
    }

    fn in_order(self) -> Vec<Range<usize>> {
        let mut tokens = self.keys;
        tokens.extend(self.scalars.into_iter().map(|scalar| scalar.range));
        tokens.sort_by_key(|range| range.start);
        tokens
    }
}

/// The token without its quotes, so that a masked string still looks like one.
pub(crate) fn inside_quotes(text: &str, token: &Range<usize>) -> Range<usize> {
    let raw = text.get(token.clone()).unwrap_or_default();
    if raw.len() >= 2 && raw.starts_with(['"', '\'']) {
        let quotes = quote_length(raw);
        token.start + quotes..token.end - quotes
    } else {
        token.clone()
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
            let comment = text.get(from..).and_then(|rest| rest.split('\n').next());
            let to = from + comment.map_or(0, str::len);
            // Tools read directives such as `#:schema`.
            if !comment.is_some_and(|comment| comment.starts_with(":schema ")) {
                masked.push(from..to);
            }
            at = to;
        }
        at = at.max(token.end);
    }
}

#[cfg(test)]
mod tests {
    use super::{Engine, mask_template};
    use crate::unit::support::assert_linear;

    #[test]
    fn template_files() {
        let masked = |text: &str| mask_template(text, &Engine::new(), &|_| false);
        assert_eq!(masked("a{{ b }}c{% if d %}{% endif %}"), [0..1, 8..9, 30..30]);
        assert_eq!(masked("a{{ vars.b }c{{ d }}"), [0..1, 9..10, 11..20]);
    }

    #[test]
    fn expressions_of_one_kind_only_take_linear_time() {
        let engine = Engine::new();
        for piece in ["{{}}", "{%%}", "{"] {
            assert_linear(piece, 1 << 14, |size| {
                assert!(
                    !mask_template(&piece.repeat(size / piece.len()), &engine, &|_| false)
                        .is_empty()
                );
            });
        }
    }
}
