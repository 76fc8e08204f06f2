//! What is encrypted: age files, whole or mangled, and the keys to them; what SOPS encrypted. age
//! itself says the same of all that it can't read. Its format: <https://c2sp.org/age>.

use super::text;

/// An age file, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    Binary,
    Armored,
    /// The beginning of age's first line, and nothing else.
    Cut,
    NewerVersion,
    /// An age file that PowerShell's `>` or an editor wrote anew in another encoding.
    Reencoded {
        /// Whether it was armored: then nothing is lost.
        armored: bool,
    },
    TextBeforeArmor,
    /// A binary age file, in base64 without armor lines.
    Base64,
}

const INTRO: &[u8] = b"age-encryption.org/";
pub(crate) const ARMOR_BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
/// `INTRO` in base64, as far as its bits do not depend on what follows.
const INTRO_BASE64: &[u8] = b"YWdlLWVuY3J5cHRpb24ub3Jn";

/// What an age file is that starts with these bytes, in whatever encoding.
pub(super) fn by_start(bytes: &[u8]) -> Option<Age> {
    if let Some(version) = bytes.strip_prefix(INTRO) {
        return Some(version_form(version));
    }
    if !bytes.is_empty() && INTRO.starts_with(bytes) {
        return Some(Age::Cut);
    }
    let start = text::start_of_utf16(bytes, ARMOR_BEGIN.len());
    if start == ARMOR_BEGIN.as_bytes() {
        return Some(Age::Reencoded { armored: true });
    }
    let unmarked = text::without_mark(bytes);
    if start.starts_with(INTRO) || unmarked.starts_with(INTRO) {
        return Some(Age::Reencoded { armored: false });
    }
    let start = unmarked.trim_ascii_start();
    if start.starts_with(ARMOR_BEGIN.as_bytes()) {
        return Some(Age::Armored);
    }
    start.starts_with(INTRO_BASE64).then_some(Age::Base64)
}

fn version_form(version: &[u8]) -> Age {
    let line = version.split(|byte| *byte == b'\n').next().unwrap_or_default();
    match line.strip_suffix(b"\r").unwrap_or(line) {
        [] | b"v" => Age::Cut,
        [b'v', digits @ ..] if digits != b"1" && digits.iter().all(u8::is_ascii_digit) => {
            Age::NewerVersion
        }
        _ => Age::Binary,
    }
}

pub(super) fn is_identity(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("AGE-SECRET-KEY-"))
}

/// Whether a text starts with an age recipient or an OpenSSH public key.
pub(super) fn is_public_key(text: &str) -> bool {
    ["age1", "ssh-ed25519 AAAA", "ssh-rsa AAAA"].iter().any(|start| text.starts_with(start))
}

/// How each value that SOPS encrypted starts: `ENC[AES256_GCM,data:...,iv:...,tag:...,type:str]`.
const SOPS_VALUE: &str = "ENC[AES256_GCM,data:";

/// Whether a text is, or holds, values that SOPS encrypted.
pub(crate) fn holds_sops(text: &str) -> bool {
    text.contains(SOPS_VALUE)
}

pub(crate) fn is_sops_value(text: &str) -> bool {
    text.trim_start().starts_with("ENC[AES256_GCM,")
}
