//! Whatever the cases of `tests/ui` hold that is secret bears a mark, so that one can look for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const MARK: &str = "hunter2";

/// The mark in plain, in hex, and in base64 at each of the three alignments.
fn disguises() -> Vec<String> {
    let hex: String = MARK.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut disguises = vec![MARK.to_owned(), hex];
    for shift in 0..3 {
        let encoded = STANDARD.encode([vec![b' '; shift], MARK.as_bytes().to_vec()].concat());
        // Without the characters that depend on what stands before and after.
        disguises.push(encoded.trim_end_matches('=').chars().skip(shift + 1).take(7).collect());
    }
    disguises
}

/// The first secret that a text shows.
pub(crate) fn leak(text: &str) -> Option<String> {
    // Messages may name the kind of line; a key has more behind it.
    let key = text.match_indices("AGE-SECRET-KEY-1").any(|(at, start)| {
        text[at + start.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
    });
    if key {
        return Some("a secret key".to_owned());
    }
    disguises().into_iter().find(|disguise| text.contains(disguise.as_str()))
}
