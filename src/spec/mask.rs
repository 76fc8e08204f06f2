//! What of a spec may be quoted: its keys and punctuation, the scalars that the reader found
//! harmless, and of templates the expressions. Comments and all other scalars are not shown.
//!
//! Where a spec is not TOML, only headers and keys that begin with a word of the language are
//! shown: a quote too few or too many makes keys of secrets.

use std::collections::{HashMap, HashSet};
use std::{cell::LazyCell, ops::Range};

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};

use super::{language::TopLevel, takes::Keys, toml_string::raw_ranges};
use crate::diag::key_names::{is_key, is_quoted_key};
use crate::diag::mask::{Mask, inside_quotes};
use crate::secret::kind;
use crate::template::Engine;

/// As deep as `toml` itself goes.
const MAX_DEPTH: u32 = 80;

/// What may be shown of a text that is TOML. `visible` are tokens without secrets, `templates`
/// tokens whose expressions may be shown. Of a template that does not parse no more is shown
/// elsewhere either: nothing tells its text from the text of another. A string over several lines
/// is never shown: one quote too many makes one of whatever follows.
pub(crate) fn mask(
    text: &str,
    table: &DeTable<'_>,
    visible: &[Range<usize>],
    templates: &[Range<usize>],
) -> Mask {
    let starts = |ranges: &[Range<usize>]| -> HashSet<usize> {
        ranges.iter().map(|range| range.start).collect()
    };
    let (visible, templates) = (starts(visible), starts(templates));
    let mut tree = Tree::default();
    tree.table(table);
    let is_empty = |value: &DeValue<'_>| value.as_table().is_some_and(DeTable::is_empty);
    let empty = table.iter().filter(|(_, value)| is_empty(value.get_ref()));
    let empty = empty.map(|(key, _)| key.get_ref().as_ref());
    tree.unnamed.extend(empty.filter(|key| !is_word(key)));
    let engine = LazyCell::new(Engine::new);
    let (mut shown, scalars) = structure(text, &tree.unnamed);
    for range in scalars {
        let token = text.get(range.clone()).unwrap_or_default();
        let value = tree.strings.get(&range.start).copied().unwrap_or_default();
        let is_visible = visible.contains(&range.start);
        let is_template = Engine::is_template(value);
        if templates.contains(&range.start) || is_visible && is_template && !engine.parses(value) {
            // Keys of the spec are shown where they stand, so they may be shown here too.
            let known = |name: &str| tree.names.contains(name);
            let harmless = if is_template { engine.shown(value, &known) } else { Vec::new() };
            let harmless = raw_ranges(token, value, &harmless).unwrap_or_default();
            shown.extend(
                harmless.into_iter().map(|part| range.start + part.start..range.start + part.end),
            );
        } else if is_visible && !token.contains('\n') {
            shown.push(range);
        }
    }
    Mask::showing(shown).unnamed(tree.unnamed.into_iter().map(str::to_owned))
}

/// The strings of a document by where their tokens start, and the names of its keys.
#[derive(Default)]
struct Tree<'t> {
    names: HashSet<&'t str>,
    /// Those that may be values. `["hunter2"]` in a line of its own names a table, which is empty.
    unnamed: HashSet<&'t str>,
    strings: HashMap<usize, &'t str>,
}

impl<'t> Tree<'t> {
    fn table(&mut self, table: &'t DeTable<'_>) {
        for (key, value) in table {
            self.names.insert(key.get_ref());
            if !is_quoted_key(key.get_ref()) {
                self.unnamed.insert(key.get_ref());
            }
            self.value(value);
        }
    }

    fn value(&mut self, value: &'t Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(array) => array.iter().for_each(|element| self.value(element)),
            DeValue::String(text) => {
                self.strings.insert(value.span().start, text);
            }
            _ => {}
        }
    }
}

/// What is shown of every document, keys, punctuation and blanks, and its scalars.
fn structure(text: &str, unnamed: &HashSet<&str>) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let tokens = Source::new(text).lex().into_vec();
    let mut events: Vec<Event> = Vec::new();
    parse_document(&tokens, &mut RecursionGuard::new(&mut events, MAX_DEPTH), &mut ());
    let (mut shown, mut scalars) = (Vec::new(), Vec::new());
    for event in &events {
        let range = event.span().start()..event.span().end();
        match event.kind() {
            EventKind::Scalar => {
                let inside = inside_quotes(text, &range);
                shown.extend([range.start..inside.start, inside.end..range.end]);
                scalars.push(range);
            }
            EventKind::Comment => {
                let comment = text.get(range.clone()).unwrap_or_default();
                // Tools read directives such as `#:schema`.
                let is_directive = comment.starts_with("#:schema ");
                shown.push(if is_directive { range } else { range.start..range.start + 1 });
            }
            EventKind::SimpleKey => {
                let inside = inside_quotes(text, &range);
                let key = text.get(inside.clone()).unwrap_or_default();
                if is_quoted_key(key) && !unnamed.contains(key) {
                    shown.push(range);
                } else {
                    shown.extend([range.start..inside.start, inside.end..range.end]);
                }
            }
            EventKind::Error => {}
            _ => shown.push(range),
        }
    }
    (shown, scalars)
}

/// What may be shown of a text that is not TOML: `[[tls]]`, `name =`, `data.PASSWORD =`.
pub(crate) fn mask_broken(text: &str) -> Mask {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let (mut shown, mut at) = (Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        let path = line.trim_start_matches([' ', '\t', '[']);
        let start = line.len() - path.len();
        let path = path.split(|c| !is_bare(c) && c != '.').next().unwrap_or_default();
        let (head, rest) = line.split_at(start + path.len());
        let after = rest.trim_start_matches([' ', '\t']);
        let is_header = head.trim_start().starts_with('[');
        let closed = match after.trim_end() {
            "]" | "]]" if is_header => after.trim_end().len(),
            _ if after.starts_with("==") => 0,
            _ => after
                .strip_prefix('=')
                .map_or(0, |value| after.len() - value.trim_start_matches(' ').len()),
        };
        let is_shown = is_word(path.split('.').next().unwrap_or_default()) && is_key(path);
        if is_shown && (is_header || closed > 0) {
            shown.push(at..at + line.len() - after.len() + closed);
        }
        at += line.len();
    }
    Mask::showing(shown)
}

fn is_word(word: &str) -> bool {
    TopLevel::FIELDS.iter().any(|field| field.name == word)
        || kind::ALL.iter().any(|kind| kind.list == word || kind.table.field(word).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop, proptest};

    use super::mask_broken;
    use crate::diag::mask::as_shown;
    use crate::unit::support::assert_linear;

    fn shown(text: &str) -> String {
        as_shown(text, &mask_broken(text))
    }

    #[test]
    fn long_texts_take_linear_time() {
        for piece in ["[\n", "a.", "a=1\n", " "] {
            assert_linear(piece, 1 << 13, |size| {
                mask_broken(&format!("a = [{}", piece.repeat(size / piece.len())));
            });
        }
    }

    proptest! {
        #![proptest_config(crate::unit::support::tried(256, module_path!()))]
        #[test]
        fn every_text_is_scanned(text in r#"([a-zA= \n"'\[\]{},.#\\é\r]|"""|''')*"#) {
            mask_broken(&text);
        }

        /// Up to three slips of the finger in a good spec never show four bytes of a secret.
        #[test]
        fn no_slip_shows_a_secret(slips in prop::collection::vec(slip(), 1..4)) {
            let mut text = GOOD.to_owned();
            for (at, insert) in slips {
                let at = at % text.len();
                match insert {
                    Some(insert) => text.insert_str(at, insert),
                    None => drop(text.remove(at)),
                }
            }
            let out = shown(&text);
            for secret in SECRETS {
                for part in secret.as_bytes().windows(4) {
                    let part = std::str::from_utf8(part).unwrap();
                    assert!(!out.contains(part), "{part} in:\n{out}\nof:\n{text}");
                }
            }
        }
    }

    fn slip() -> impl Strategy<Value = (usize, Option<&'static str>)> {
        const MARKS: &[&str] =
            &["\"", "'", "\"\"\"", "'''", "=", "[", "]", "{", "}", ",", "#", "\\", "\n", ".", "x"];
        (0..10_000usize, prop::option::of(prop::sample::select(MARKS)))
    }

    const SECRETS: [&str; 6] =
        ["HUNTERONE1", "HUNTERTWO2", "THREE3PW33", "FOUR4PASS4", "5FIVEWORD5", "SIXSIXSIX6"];
    const GOOD: &str = r#"
[[opaque]]
name = "a"
data.A = "HUNTERONE1"
data.B = { value = 'HUNTERTWO2', trim = true }
data.C = """
THREE3PW33
c2FOUR4PASS4==
"""
[vars]
list = [ "5FIVEWORD5", "SIXSIXSIX6" ]
long = [
  "HUNTERONE1",
  ["HUNTERTWO2"],
]
[[tls]]
name = 'b'
key = '''
-----BEGIN KEY-----
5FIVEWORD5
SIXSIXSIX6=
-----END KEY-----'''
"#;
}
