//! Armored age texts in a spec: a new one in the lines of the old, indented as it was.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::structure::edit::EditFaultKind;
use crate::structure::edit::splice::{Splice, apply, begins_line, indentation, joined, line_break};

const BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const END: &str = "-----END AGE ENCRYPTED FILE-----";

/// A value with an armored text, to stand behind a `=`.
pub(crate) fn armor_value(text: &str, armored: &str) -> String {
    let ending = line_break(text);
    let lines: Vec<&str> = armored.trim_end().lines().collect();
    format!("{{ armor = \"\"\"{ending}{}{ending}\"\"\" }}", lines.join(ending))
}

/// The spec's text with another armored text in the string that `token` is, quotes included.
pub(crate) fn replace_armor(
    text: &str,
    token: Range<usize>,
    armored: &str,
) -> Result<Zeroizing<String>, EditFaultKind> {
    let old = text.get(token.clone()).ok_or(EditFaultKind::Unsafe)?;
    let begin = old.find(BEGIN).ok_or(EditFaultKind::Unsafe)?;
    let end = old.rfind(END).ok_or(EditFaultKind::Unsafe)? + END.len();
    let inside = old.get(begin..end).ok_or(EditFaultKind::Unsafe)?;
    let lines: Vec<&str> = armored.trim_end().lines().collect();
    let separator = match inside.find('\n') {
        // On one line, with escapes.
        None => "\\n".to_owned(),
        Some(first) => {
            let at = token.start + begin;
            // The first line may stand right behind the quotes.
            let at = if begins_line(text, at) { at } else { at + first + 1 };
            format!("{}{}", line_break(text), indentation(text, at))
        }
    };
    let range = token.start + begin..token.start + end;
    let changed = Splice::new(range, joined(&[&lines.join(&separator)]));
    apply(text, vec![changed]).ok_or(EditFaultKind::Unsafe)
}
