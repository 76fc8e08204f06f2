//! What a text in PEM is, by its first line. `crate::go::pem` reads it.

use super::placeholder;

/// What PEM holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PemKind {
    /// A private key, of whatever form.
    PrivateKey,
    /// A certificate.
    Certificate,
    /// Something else.
    Other,
}

const BEGIN: &str = "-----BEGIN ";

/// Whether a text starts as PEM.
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
