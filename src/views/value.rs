//! A value for eyes that may see it: text where a terminal shows all of it and obeys none of it,
//! else base64.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::diag::{phrases::is_invisible, private_keys::hidden};
use crate::emit::{encode::base64, scalar::push_scalar};
use crate::secret::bytes::SecretBytes;

/// What stands for a value that is not shown. The same for all, so that neither length nor equality
/// of two values can be told.
pub(crate) const MASK: &str = "***";

pub(crate) enum DisplayedValue<'v> {
    /// Text: UTF-8, without characters that a terminal obeys or hides, line breaks and tabs aside.
    Text(&'v str),
    Base64(Zeroizing<String>),
}

pub(crate) fn shown(value: &SecretBytes) -> DisplayedValue<'_> {
    match value.expose_str().filter(|text| is_shown(text)) {
        Some(text) => DisplayedValue::Text(text),
        None => DisplayedValue::Base64(base64(value.expose())),
    }
}

pub(crate) fn one_line(value: &SecretBytes) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(6 * value.len() + 40));
    match shown(value) {
        DisplayedValue::Text(text) => push_scalar(&mut out, text),
        DisplayedValue::Base64(text) => out.extend(["base64 ", text.as_str()]),
    }
    out
}

pub(crate) fn revealed(value: &SecretBytes) -> Value {
    match shown(value) {
        DisplayedValue::Text(text) => json!({ "text": text }),
        DisplayedValue::Base64(text) => json!({ "base64": text.as_str() }),
    }
}

/// A public text as a scalar of YAML, unless it looks like a private key.
pub(crate) fn scalar(text: &str) -> String {
    let mut out = String::new();
    push_scalar(&mut out, &hidden(text));
    out
}

fn is_shown(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '\n' | '\t') || !is_invisible(c))
}

/// What kind of value it is, for those who may not see it: nothing that a guess could start from.
pub(crate) fn class(value: &SecretBytes) -> &'static str {
    match value.expose_str() {
        Some("") => "empty",
        Some(text) if text.starts_with("-----BEGIN ") => "PEM",
        Some(text) if is_shown(text) => "text",
        _ => "binary",
    }
}

#[cfg(test)]
mod tests {
    use super::{class, one_line};

    #[test]
    fn text_only_where_a_terminal_is_safe() {
        for (value, line, kind) in [
            ("hunter2", "hunter2", "text"),
            ("a\n\tb ü", r#""a\n\tb ü""#, "text"),
            ("", "\"\"", "empty"),
            ("\u{1b}[31m", "base64 G1szMW0=", "binary"),
            ("a\r\n", "base64 YQ0K", "binary"),
            ("\u{202e}", "base64 4oCu", "binary"),
            ("-----BEGIN X", "\"-----BEGIN X\"", "PEM"),
        ] {
            assert_eq!((one_line(&value.into()).as_str(), class(&value.into())), (line, kind));
        }
        assert_eq!(*one_line(&vec![0xff, 0].into()), "base64 /wA=");
    }
}
