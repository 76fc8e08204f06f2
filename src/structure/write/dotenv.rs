//! Writes dotenv: as few quotes and escapes as the common readers agree on. The module
//! `structure::dotenv` says what they are.

use zeroize::Zeroizing;

use super::fault::{EncodeFault, EncodeFaultKind};
use crate::secret::bytes::SecretBytes;
use crate::structure::tree::Tree;

pub(super) fn write(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    let mut out = Zeroizing::new(String::new());
    for (key, value) in tree.entries() {
        let fault = |kind| EncodeFault::from(kind).at_key(key);
        let text = value.plain_text().map_err(|class| fault(EncodeFaultKind::NotString(class)))?;
        out.push_str(key);
        out.push('=');
        push_value(&mut out, text.expose_str().unwrap_or_default()).map_err(fault)?;
        out.push('\n');
    }
    Ok(SecretBytes::from(out.as_str()))
}

fn push_value(out: &mut String, text: &str) -> Result<(), EncodeFaultKind> {
    if is_plain(text) {
        out.push_str(text);
    } else if is_literal(text) {
        out.push('\'');
        out.push_str(text);
        out.push('\'');
    } else if text.ends_with('\\') {
        // python-dotenv takes the second of `\\"` for the escape of the quote.
        return Err(EncodeFaultKind::LastBackslash);
    } else {
        push_double_quoted(out, text);
    }
    Ok(())
}

/// What no reader, no shell either, takes for anything but itself.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:@%+,=-".contains(&byte))
}

/// What single quotes keep, for readers that interpolate in double quotes: a printable line without
/// `'` and backslash.
fn is_literal(text: &str) -> bool {
    !text.chars().any(|c| matches!(c, '\'' | '\\') || c.is_control())
}

fn push_double_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push('"');
}
