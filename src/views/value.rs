//! A value for eyes that may see it: text where a terminal shows all of it and obeys none of it,
//! else base64.

use zeroize::Zeroizing;

use crate::diag::phrases::is_invisible;
use crate::emit::encode::base64;
use crate::secret::bytes::SecretBytes;

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
    use super::*;

    #[test]
    fn text_only_where_a_terminal_is_safe() {
        let text = |value: &str| match shown(&value.into()) {
            DisplayedValue::Text(text) => text == value,
            DisplayedValue::Base64(_) => false,
        };
        assert!(text("a\n\tb ü\n") && text(""));
        assert!(!text("\u{1b}[31m") && !text("a\r\n") && !text("\u{202e}"));
        let bytes = vec![0xff, 0].into();
        assert!(matches!(shown(&bytes), DisplayedValue::Base64(base64) if *base64 == "/wA="));
    }

    #[test]
    fn classes() {
        for (value, expected) in [
            ("", "empty"),
            ("hunter2", "text"),
            ("-----BEGIN CERTIFICATE-----\n", "PEM"),
            ("a\0b", "binary"),
        ] {
            assert_eq!(class(&value.into()), expected);
        }
    }
}
