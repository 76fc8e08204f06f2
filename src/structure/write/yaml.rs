//! Writes YAML: blocks indented by two blanks, strings as `emit::scalar` writes them, so that YAML
//! 1.1 and 1.2 readers agree.

use zeroize::Zeroizing;

use crate::emit::scalar::{push_key, push_scalar, push_text};
use crate::secret::bytes::SecretBytes;
use crate::structure::tree::Tree;

pub(super) fn write(tree: &Tree) -> SecretBytes {
    let mut out = Zeroizing::new(String::new());
    if is_block(tree) {
        push_block(&mut out, tree, 0, true);
    } else {
        push_flat(&mut out, tree, 2);
    }
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

/// The entries or items, each at this column; the first one on the line that is begun, if `inline`.
fn push_block(out: &mut String, tree: &Tree, indent: usize, inline: bool) {
    let begin = |out: &mut String, index: usize| {
        if index > 0 || !inline {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        }
    };
    if let Tree::Array(items) = tree {
        for (index, item) in items.iter().enumerate() {
            begin(out, index);
            out.push_str("- ");
            if is_block(item) {
                push_block(out, item, indent + 2, true);
            } else {
                push_flat(out, item, indent + 2);
            }
        }
    }
    for (index, (key, value)) in tree.entries().iter().enumerate() {
        begin(out, index);
        push_key(out, key, indent);
        if is_block(value) {
            push_block(out, value, indent + 2, false);
        } else {
            out.push(' ');
            push_flat(out, value, indent + 2);
        }
    }
}

/// A scalar, or an empty table or array; the lines of a text at this column.
fn push_flat(out: &mut String, tree: &Tree, indent: usize) {
    match tree {
        Tree::Null => out.push_str("null"),
        Tree::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Tree::Integer(integer) => out.push_str(&integer.to_string()),
        Tree::Float(float) => push_float(out, *float),
        Tree::Datetime(text) => push_scalar(out, text),
        Tree::String(text) => push_text(out, text, indent),
        Tree::Array(_) => out.push_str("[]"),
        Tree::Table(_) => out.push_str("{}"),
    }
}

/// With a point and a signed exponent, without which YAML 1.1 reads a string.
fn push_float(out: &mut String, float: f64) {
    if !float.is_finite() {
        let sign = if float < 0.0 { "-" } else { "" };
        out.push_str(sign);
        out.push_str(if float.is_nan() { ".nan" } else { ".inf" });
        return;
    }
    let text = format!("{float:?}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return out.push_str(&text) };
    out.push_str(mantissa);
    out.push_str(if mantissa.contains('.') { "e" } else { ".0e" });
    out.push_str(if exponent.starts_with('-') { "" } else { "+" });
    out.push_str(exponent);
}
