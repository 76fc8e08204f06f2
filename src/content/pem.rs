//! What a text in PEM is, by its first line. `crate::go::pem` reads it.

use super::placeholder::{self, EXPRESSION};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PemKind {
    PrivateKey,
    Certificate,
    Other,
}

const BEGIN: &str = "-----BEGIN ";
/// Fewest characters of base64 that a private key has.
const KEY_BODY: usize = 24;

pub(super) fn of(text: &str) -> Option<PemKind> {
    let first = text.lines().next().filter(|first| first.starts_with(BEGIN))?;
    Some(match first {
        first if first.contains("PRIVATE KEY") => PemKind::PrivateKey,
        first if first.starts_with("-----BEGIN CERTIFICATE-----") => PemKind::Certificate,
        _ => PemKind::Other,
    })
}

/// Whether a text starts as PEM whose body is no base64 but `...`, `<key>` and the like.
pub(super) fn is_placeholder(text: &str) -> bool {
    let body = text.strip_prefix(BEGIN).and_then(|rest| rest.split_once("-----"));
    let Some((_, body)) = body else { return false };
    let body = body.split_once("-----").map_or(body, |(body, _)| body);
    // Line breaks may be written out.
    let body = body.replace("\\n", "\n");
    let body = body.trim();
    ["...", "…"].iter().any(|dots| body.contains(dots)) || placeholder::is_placeholder(body)
}

/// PEM and PGP private keys, RFC 7468 and RFC 4880; not those under a passphrase, and not a bare
/// first line.
pub(crate) fn has_private_key(text: &str) -> bool {
    text.match_indices(BEGIN).any(|(at, begin)| {
        let rest = text.get(at + begin.len()..).unwrap_or_default();
        let Some((label, body)) = rest.split_once("-----") else { return false };
        let private = label.ends_with("PRIVATE KEY") || label.ends_with("PRIVATE KEY BLOCK");
        if !private || label.starts_with("ENCRYPTED") || label.contains('\n') {
            return false;
        }
        // No line of a key holds dashes in a row, so it ends at the next ones, wherever its own
        // `END` is.
        let body = body.split_once("-----").map_or(body, |(body, _)| body);
        let characters = body
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
            .take(KEY_BODY)
            .count();
        characters == KEY_BODY && !body.contains("ENCRYPTED") && !body.contains(EXPRESSION)
    })
}
