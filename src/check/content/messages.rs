//! The sentences for values that are not what they stand for. Nothing here knows a value.

use crate::check::subject::Origin;
use crate::diag::{Code, Diagnostic, codes, diagnostic, phrases::code};

pub(crate) const NOT_REPLACED: &str = "the value is still a placeholder";
pub(crate) const NOT_DECRYPTED: &str =
    "Kubernetes does not decrypt it, so programs get the ciphertext instead of the secret";

pub(crate) fn unless_decrypted(lint: &'static Code, origin: Origin) -> String {
    format!("{} if something in the cluster decrypts it", origin.allow(lint))
}

pub(crate) fn age(key: &str, origin: Origin) -> Diagnostic {
    diagnostic!(AGE_ENCRYPTED, "{} is encrypted with age", code(key))
        .note(NOT_DECRYPTED)
        .help("decrypt it first: `mintage decrypt FILE`")
        .help(unless_decrypted(&codes::AGE_ENCRYPTED, origin))
}

pub(crate) fn sops(key: &str, origin: Origin) -> Diagnostic {
    diagnostic!(SOPS_ENCRYPTED, "{} is encrypted with SOPS", code(key))
        .note(NOT_DECRYPTED)
        .help("decrypt the file first: `sops decrypt FILE`")
        .help(unless_decrypted(&codes::SOPS_ENCRYPTED, origin))
}

pub(crate) fn placeholder(who: &str, origin: Origin) -> Diagnostic {
    diagnostic!(PLACEHOLDER, "{who} is a placeholder")
        .help(match origin {
            Origin::Spec => "use the real value, such as from an age file: `age = \"FILE.age\"`",
            Origin::Manifest => {
                "run the check after the tool that replaces placeholders, or use the real value"
            }
        })
        .help(format!("{} if the value is intended", origin.allow(&codes::PLACEHOLDER)))
}

pub(crate) fn utf16(key: &str, origin: Origin) -> Diagnostic {
    diagnostic!(TEXT_ENCODING, "{} is UTF-16 text", code(key))
        .note("most programs expect UTF-8, and see zero bytes between the characters")
        .help("convert its source: `iconv -f utf-16 -t utf-8 FILE > NEW_FILE`")
        .help(unless_read(origin))
}

pub(crate) fn byte_order_mark(key: &str, origin: Origin) -> Diagnostic {
    diagnostic!(TEXT_ENCODING, "{} starts with a byte order mark", code(key))
        .note("most programs treat its three bytes as part of the value")
        .help("save its source as UTF-8 without a byte order mark")
        .help(unless_read(origin))
}

fn unless_read(origin: Origin) -> String {
    format!("{} if the program expects it", origin.allow(&codes::TEXT_ENCODING))
}
