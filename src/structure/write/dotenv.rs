//! Writes dotenv: as few quotes and escapes as the common parsers agree on. The module
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
        out.extend([key, "="]);
        push_value(&mut out, text.expose_str().unwrap_or_default()).map_err(fault)?;
        out.push('\n');
    }
    Ok(SecretBytes::from(out.as_str()))
}

/// A value in the quotes that it needs.
pub(crate) fn dotenv_value(text: &str) -> Result<Zeroizing<String>, EncodeFaultKind> {
    // An escape takes two bytes for one.
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 2 + 2));
    push_value(&mut out, text)?;
    Ok(out)
}

fn push_value(out: &mut String, text: &str) -> Result<(), EncodeFaultKind> {
    // What all parsers and shells read as it is.
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./:@%+,=-".contains(&byte)) {
        out.push_str(text);
        return Ok(());
    }
    // Single quotes, for parsers that interpolate in double quotes.
    if !text.chars().any(|c| matches!(c, '\'' | '\\') || c.is_control()) {
        out.extend(["'", text, "'"]);
        return Ok(());
    }
    // python-dotenv reads the second character of `\\"` as the escape of the quote.
    if text.ends_with('\\') {
        return Err(EncodeFaultKind::LastBackslash);
    }
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
    Ok(())
}
