//! What SOPS encrypted.

/// How each encrypted value starts: `ENC[AES256_GCM,data:...,iv:...,tag:...,type:str]`.
const VALUE: &str = "ENC[AES256_GCM,data:";

/// Whether a text is, or holds, values that SOPS encrypted.
pub(crate) fn is_in(text: &str) -> bool {
    text.contains(VALUE)
}

/// Whether a text as a whole is one such value.
pub(crate) fn is_value(text: &str) -> bool {
    text.trim_start().starts_with("ENC[AES256_GCM,")
}
