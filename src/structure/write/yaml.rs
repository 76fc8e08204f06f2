//! Writes YAML: blocks indented by two spaces, strings as `emit::scalar` writes them, so that YAML
//! 1.1 and 1.2 parsers agree.

use zeroize::Zeroizing;

use crate::emit::scalar::{push_key, push_scalar, push_text};
use crate::secret::bytes::SecretBytes;
use crate::structure::tree::Tree;

pub(super) fn write(tree: &Tree) -> SecretBytes {
    let mut out = Zeroizing::new(String::new());
    push(&mut out, tree, if is_block(tree) { 0 } else { 2 }, true);
    out.push('\n');
    SecretBytes::from(out.as_str())
}

fn is_block(tree: &Tree) -> bool {
    match tree {
        Tree::Array(items) => !items.is_empty(),
        Tree::Table(entries) => !entries.is_empty(),
        _ => false,
    }
}

/// A scalar, the lines of a string at this column; or entries or items, each at this column, the
/// first one on the line that is begun, if `inline`.
fn push(out: &mut String, tree: &Tree, indent: usize, inline: bool) {
    let begin = |out: &mut String, index: usize| {
        if index > 0 || !inline {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        }
    };
    match tree {
        Tree::Null => out.push_str("null"),
        Tree::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Tree::Integer(integer) => out.push_str(&integer.to_string()),
        Tree::Float(float) => push_float(out, *float),
        Tree::Datetime(text) => push_scalar(out, text),
        Tree::String(text) => push_text(out, text, indent),
        Tree::Array(items) if items.is_empty() => out.push_str("[]"),
        Tree::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                begin(out, index);
                out.push_str("- ");
                push(out, item, indent + 2, true);
            }
        }
        Tree::Table(entries) if entries.is_empty() => out.push_str("{}"),
        Tree::Table(entries) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                begin(out, index);
                push_key(out, key, indent);
                if !is_block(value) {
                    out.push(' ');
                }
                push(out, value, indent + 2, false);
            }
        }
    }
}

/// With a point and a signed exponent, without which YAML 1.1 reads a string.
fn push_float(out: &mut String, float: f64) {
    if !float.is_finite() {
        let infinity = if float < 0.0 { "-.inf" } else { ".inf" };
        return out.push_str(if float.is_nan() { ".nan" } else { infinity });
    }
    let text = format!("{float:?}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return out.push_str(&text) };
    out.push_str(mantissa);
    out.push_str(if mantissa.contains('.') { "e" } else { ".0e" });
    out.push_str(if exponent.starts_with('-') { "" } else { "+" });
    out.push_str(exponent);
}
