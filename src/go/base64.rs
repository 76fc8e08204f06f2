//! Decodes base64 as Go's `encoding/base64` does, and says where it is wrong.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use zeroize::Zeroizing;

use crate::secret::bytes::SecretBytes;

/// `base64.StdEncoding`. Go ignores bits behind the last byte, which a strict decoder refuses.
const PADDED: GeneralPurpose = engine(DecodePaddingMode::RequireCanonical);
/// `base64.RawStdEncoding`.
const UNPADDED: GeneralPurpose = engine(DecodePaddingMode::RequireNone);

const fn engine(padding: DecodePaddingMode) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(padding)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&STANDARD, config)
}

/// Why a text is not base64. Offsets count bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base64Fault {
    /// A space or tab.
    Blank { offset: usize },
    /// `-` or `_`, which stand for `+` and `/` in the URL-safe alphabet.
    UrlSafe { offset: usize },
    /// Any other byte outside the alphabet.
    Foreign { offset: usize },
    /// Data follows the padding, or there is too much of it.
    AfterPadding { offset: usize },
    /// One or two `=` are missing at the end.
    MissingPadding { missing: usize },
    /// The text was cut: one character alone encodes nothing.
    Truncated,
}

/// Decodes the standard alphabet with padding. Line breaks count nowhere, a last one neither. The
/// error is the first place that is wrong.
pub(crate) fn decode(bytes: &[u8]) -> Result<SecretBytes, Base64Fault> {
    decode_without(b"\r\n", bytes, &PADDED).map(SecretBytes::new).ok_or_else(|| fault(bytes))
}

pub(crate) fn decode_unpadded(bytes: &[u8]) -> Option<SecretBytes> {
    decode_without(b"\r\n", bytes, &UNPADDED).map(SecretBytes::new)
}

/// Decodes base64 between the lines of PEM, where blanks and line breaks count nowhere.
pub(crate) fn decode_pem(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    decode_without(b" \t\r\n", bytes, &PADDED).map(Zeroizing::new)
}

/// Decodes as strictly as OpenSSH: no line breaks, and bits after the last byte are zero.
pub(crate) fn decode_strict(bytes: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    general_purpose::STANDARD.decode(bytes).ok()
}

fn decode_without(skipped: &[u8], bytes: &[u8], engine: &GeneralPurpose) -> Option<Vec<u8>> {
    let mut symbols = Zeroizing::new(Vec::with_capacity(bytes.len()));
    symbols.extend(bytes.iter().filter(|byte| !skipped.contains(byte)));
    engine.decode(&*symbols).ok()
}

fn fault(bytes: &[u8]) -> Base64Fault {
    let (mut symbols, mut padding) = (0, 0);
    for (offset, byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' | b'\n' => {}
            b' ' | b'\t' => return Base64Fault::Blank { offset },
            b'-' | b'_' => return Base64Fault::UrlSafe { offset },
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => symbols += 1,
            // `x===` and `==` have no group that they could fill.
            b'=' if symbols % 4 >= 2 && symbols % 4 + padding < 4 => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => {
                return Base64Fault::AfterPadding { offset };
            }
            _ => return Base64Fault::Foreign { offset },
        }
    }
    match symbols % 4 {
        partial @ (2 | 3) if partial + padding < 4 => {
            Base64Fault::MissingPadding { missing: 4 - partial - padding }
        }
        _ => Base64Fault::Truncated,
    }
}

#[cfg(test)]
mod tests {
    use super::{Base64Fault, decode};

    #[test]
    fn decodes_as_go_does() {
        // The last has bits after its last byte.
        let texts = ["", "aA==", "aGk=\n", "aGVs\r\nbG8=\r\n", "aA=\n=", "Pz8/", "aB=="];
        let bytes = ["", "h", "hi", "hello", "h", "???", "h"];
        for (text, bytes) in texts.into_iter().zip(bytes) {
            assert_eq!(decode(text.as_bytes()).unwrap().expose(), bytes.as_bytes(), "{text:?}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, fault) in [
            ("aGk= ", Base64Fault::Blank { offset: 4 }),
            ("aG\tk=", Base64Fault::Blank { offset: 2 }),
            ("Pz8_", Base64Fault::UrlSafe { offset: 3 }),
            ("aG!k", Base64Fault::Foreign { offset: 2 }),
            ("aGk=aGk=", Base64Fault::AfterPadding { offset: 4 }),
            ("aGVs=", Base64Fault::AfterPadding { offset: 4 }),
            ("=", Base64Fault::AfterPadding { offset: 0 }),
            ("aGk", Base64Fault::MissingPadding { missing: 1 }),
            ("aA", Base64Fault::MissingPadding { missing: 2 }),
            ("aA=", Base64Fault::MissingPadding { missing: 1 }),
            ("aGVsb", Base64Fault::Truncated),
        ] {
            assert_eq!(decode(text.as_bytes()), Err(fault), "{text:?}");
        }
    }
}
