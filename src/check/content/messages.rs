//! The sentences for values that are not what they stand for. Nothing here knows a value.

use crate::check::subject::Origin;
use crate::diag::phrases::code;
use crate::diag::{Code, Diagnostic, codes, diagnostic};

/// Why a placeholder is no value.
pub(crate) const NOT_REPLACED: &str =
    "the value is a placeholder that was not replaced with the real one";

/// Why ciphertext is no value.
pub(crate) const NOT_DECRYPTED: &str =
    "Kubernetes does not decrypt it, so programs get the ciphertext instead of the secret";

/// How to say that ciphertext is meant.
pub(crate) fn unless_decrypted(lint: &'static Code, origin: Origin) -> String {
    format!("if something in the cluster decrypts it, {}", origin.allow(lint))
}

/// A value that is an age file.
pub(crate) fn age(key: &str, origin: Origin) -> Diagnostic {
    diagnostic!(AGE_ENCRYPTED, "{} is encrypted with age", code(key))
        .note(NOT_DECRYPTED)
        .help("decrypt it first: `age -d -i IDENTITY FILE`; in a spec, write `age = \"FILE\"`")
        .help(unless_decrypted(&codes::AGE_ENCRYPTED, origin))
}

/// A value that SOPS encrypted.
pub(crate) fn sops(key: &str, origin: Origin) -> Diagnostic {
    diagnostic!(SOPS_ENCRYPTED, "{} is encrypted with SOPS", code(key))
        .note(NOT_DECRYPTED)
        .help("decrypt the file first: `sops decrypt FILE`")
        .help(unless_decrypted(&codes::SOPS_ENCRYPTED, origin))
}

/// A value that is a placeholder; `who` is what messages call it.
pub(crate) fn placeholder(who: &str, origin: Origin) -> Diagnostic {
    diagnostic!(PLACEHOLDER, "{who} is a placeholder")
        .note(NOT_REPLACED)
        .help(match origin {
            Origin::Spec => "write the real value, for example from an age file: `age = \"FILE\"`",
            Origin::Manifest => {
                "check the manifest after the tool that replaces placeholders, or write the real \
                 value"
            }
        })
        .help(format!("if the value is meant, {}", origin.allow(&codes::PLACEHOLDER)))
}

/// A value in UTF-16.
pub(crate) fn utf16(key: &str, origin: Origin) -> Diagnostic {
    diagnostic!(TEXT_ENCODING, "{} is a text in UTF-16", code(key))
        .note("most programs read UTF-8, and see a zero byte after every character")
        .help("convert its source: `iconv -f utf-16 -t utf-8 FILE > NEW_FILE`")
        .help(unless_read(origin))
}

/// A value with a byte order mark.
pub(crate) fn byte_order_mark(key: &str, origin: Origin) -> Diagnostic {
    diagnostic!(TEXT_ENCODING, "{} starts with a byte order mark", code(key))
        .note("most programs take its three bytes for a part of the value")
        .help("save its source as UTF-8 without BOM")
        .help(unless_read(origin))
}

fn unless_read(origin: Origin) -> String {
    format!("if a program expects it, {}", origin.allow(&codes::TEXT_ENCODING))
}
