//! What of a spec may be quoted: its keys and punctuation, the scalars that the reader found
//! harmless, and of templates the expressions. Comments and all other scalars are not shown.
//!
//! Where a spec is not TOML, from the first mistake on only words of the language are shown: a
//! quote too few or too many makes keys of secrets.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};

use super::language::TopLevel;
use super::takes::Keys;
use super::toml_string::raw_ranges;
use crate::diag::mask::{Mask, inside_quotes};
use crate::secret::kind;
use crate::template::Engine;

/// As deep as `toml` itself goes.
const MAX_DEPTH: u32 = 80;
/// The longest key that is shown of what is not TOML, and the longest whose `=` follows at once, as
/// a base64 line's would.
const KEY_BYTES: usize = 64;
const TIGHT_KEY_BYTES: usize = 32;

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
    let engine = LazyCell::new(Engine::new);
    let (mut shown, scalars) = structure(text, true);
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
    Mask::showing(shown)
}

/// What may be shown of a text that is not TOML.
pub(crate) fn mask_broken(text: &str) -> Mask {
    Mask::showing(structure(text, false).0)
}

/// The strings of a document by where their tokens start, and the names of its keys.
#[derive(Default)]
struct Tree<'t> {
    names: HashSet<&'t str>,
    strings: HashMap<usize, &'t str>,
}

impl<'t> Tree<'t> {
    fn table(&mut self, table: &'t DeTable<'_>) {
        for (key, value) in table {
            self.names.insert(key.get_ref());
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

/// Up to the first mistake: keys, punctuation, blanks and quotes; and the scalars.
fn structure(text: &str, is_toml: bool) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let tokens = Source::new(text).lex().into_vec();
    let mut events: Vec<Event> = Vec::new();
    let mut errors: Vec<toml_parser::ParseError> = Vec::new();
    parse_document(&tokens, &mut RecursionGuard::new(&mut events, MAX_DEPTH), &mut errors);
    let spans = errors.iter().map(|error| error.unexpected().or(error.context()));
    let mut end = spans.map(|span| span.map_or(0, |span| span.start())).min().unwrap_or(usize::MAX);

    let (mut shown, mut scalars) = (Vec::new(), Vec::new());
    // Where a header, or a key before its `=`, starts.
    let mut head = None;
    for event in &events {
        let range = event.span().start()..event.span().end();
        if range.end > end {
            continue;
        }
        match event.kind() {
            EventKind::StdTableOpen
            | EventKind::ArrayTableOpen
            | EventKind::SimpleKey
            | EventKind::KeySep => {
                head.get_or_insert(range.start);
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                shown.push(head.take().unwrap_or(range.start)..range.end);
            }
            EventKind::KeyValSep => {
                let head = head.take().unwrap_or(range.start)..range.end;
                if is_toml || is_surely_key(text, &head) {
                    shown.push(head);
                }
            }
            EventKind::Scalar => {
                let inside = inside_quotes(text, &range);
                // Quotes after an `=` rather open a string: those that should have closed this one
                // are missing.
                let last = text.get(inside.clone()).and_then(|inside| inside.rsplit_once('\n'));
                if !is_toml && last.is_some_and(|(_, last)| last.trim_end().ends_with('=')) {
                    end = inside.start;
                }
                shown.push(range.start..inside.start);
                // What ends right before a mistake may be a part of the string.
                if range.end < end {
                    shown.push(inside.end..range.end);
                }
                scalars.push(range);
            }
            EventKind::Comment => {
                let comment = text.get(range.clone()).unwrap_or_default();
                // Tools read directives such as `#:schema`.
                let is_directive = comment.starts_with("#:schema ");
                shown.push(if is_directive { range } else { range.start..range.start + 1 });
            }
            EventKind::Whitespace if head.is_some() => {}
            EventKind::Whitespace
            | EventKind::Newline
            | EventKind::InlineTableOpen
            | EventKind::InlineTableClose
            | EventKind::ArrayOpen
            | EventKind::ArrayClose
            | EventKind::ValueSep => shown.push(range),
            EventKind::Error => {}
        }
    }
    if end < usize::MAX {
        words_of_the_language(text, end, &mut shown);
    }
    (shown, scalars)
}

/// How lines begin from that of a mistake on: `[[tls`, `name =`, `lint.allow =`.
fn words_of_the_language(text: &str, mistake: usize, shown: &mut Vec<Range<usize>>) {
    let is_list = |word| kind::ALL.iter().any(|kind| kind.list == word);
    let is_table = |word| is_list(word) || TopLevel::FIELDS.iter().any(|field| field.name == word);
    let is_key = |word| kind::ALL.iter().any(|kind| kind.table.field(word).is_some());
    let before = text.get(..mistake).unwrap_or_default();
    let mut at = before.rfind('\n').map_or(0, |line_break| line_break + 1);
    for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        let key = line.trim_start_matches([' ', '\t', '[']);
        let start = line.len() - key.len();
        let word = key.split(|c: char| !is_bare(c)).next().unwrap_or_default();
        let is_header = line.trim_start().starts_with('[');
        if is_header && is_table(word) {
            shown.push(at..at + start + word.len());
        }
        if let Some((key, value)) = key.split_once('=').filter(|_| !is_header)
            && key.trim_end().split('.').all(|word| is_key(word) || is_table(word))
        {
            let head = at..at + start + key.len() + 1;
            if is_surely_key(text, &head) {
                let blanks = value.len() - value.trim_start_matches(' ').len();
                shown.push(head.start..head.end + blanks);
            }
        }
        at += line.len();
    }
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Whether what stands before an `=`, and it, is no line of base64, which has upper case, and whose
/// `=` mostly ends it.
fn is_surely_key(text: &str, head: &Range<usize>) -> bool {
    let (Some(head), Some(rest)) = (text.get(head.clone()), text.get(head.end..)) else {
        return false;
    };
    let Some(key) = head.strip_suffix('=').filter(|_| !rest.starts_with('=')) else { return false };
    if key.ends_with([' ', '\t']) {
        return key.len() <= KEY_BYTES;
    }
    let plain = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '.');
    let ends = rest.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']);
    key.len() <= TIGHT_KEY_BYTES && key.chars().all(plain) && !ends && !rest.trim().is_empty()
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
    fn what_is_no_value_is_shown_up_to_the_mistake() {
        for (text, expected) in [
            ("[[tls]]\nname = \"web\"\n", "[[tls]]\nname = \"*\"\n"),
            ("[vars.\"x y\"] # c\r\n  port=8080\r\n", "[vars.\"x y\"] #*\r\n  port=*\r\n"),
            ("a = { age = 'x', \"k\".b = true }", "a = { age = '*', \"k\".b = * }"),
            ("a = [\n  'x', # c\n  [1, 2],\n]\nb = 1", "a = [\n  '*', #*\n  [*, *],\n]\nb = *"),
            (
                "x = \"\"\"\nhunter2 = 1\n\\\"\"\" a\n\"\"\"\ny = 1",
                "x = \"\"\"\n*\n*\n\"\"\"\ny = *",
            ),
            ("a = \"\"", "a = \"\""),
            ("password = hunter2\nb = 1", "password = *\nb = *"),
            ("password = \"hunter2", "password = \"*"),
            ("password = 'hunter2\nb = 1", "password = '*\nb = *"),
            ("password = \"hun\"ter2\"", "password = \"*"),
            ("password = \"hun\\\"ter2", "password = \"*"),
            ("pin = 12 34", "pin = *"),
            ("a = [ \"hunter2\", hunter3", "a = [ \"*\", *"),
            ("a = { password = \"hunter2 }", "a = { password = \"*"),
            ("x y\nhunter2 =", "*\n*"),
            ("password \"hunter2\"", "*"),
            ("password: hunter2", "*"),
            ("hunter2", "*"),
            ("a == hunter2", "*"),
            ("\"hunter2 = 'x", "*"),
            ("a = [ x y\n[\"hunter2\"]\n[[tls]]\nb = 1", "a = [ *\n*\n[[tls*\n*"),
            ("x y\nname = hunter2\nhunter2 = \"\ndata.A = 1", "*\nname = *\n*\n*"),
            ("a = \"\"\"\ns\"\"\"t\nhunter2 = 3\n\"\"\"", "a = \"\"\"\n*\n*\n*"),
            ("a = \"\"\"\ns\nb = \"\"\"\nhunter2 = x\n\"\"\"", "a = \"\"\"\n*\n*\n*\n*"),
            ("[[tls]\nname = 1", "[[tls*\nname = *"),
            ("[tls hunter2", "[tls*"),
            ("[hunter2", "*"),
            // Lines of base64, and of PEM.
            ("c2VjcmV0cw==", "*"),
            ("c2VjcmV0c3M=", "*"),
            ("c2VjcmV0c3M=\"\"\"\nx = 1", "*\"\"\"\n*"),
            ("key =\n-----BEGIN KEY-----\nc2U=\n", "key =\n*\n*\n"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn deep_and_long_texts_take_linear_time() {
        for piece in ["[\n", "a.", "'x',", "{a=", "a=1\n", "\"\"\"", "#"] {
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
