//! Decodes base64 as the API server does (Go's `base64.StdEncoding`), and says where it is wrong.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::secret::bytes::SecretBytes;

/// Go ignores bits behind the last byte, which a strict decoder refuses.
const GO: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// Why a text is not base64. Offsets count bytes from 0; the bytes themselves are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base64Fault {
    /// A blank or tab. Line breaks are allowed.
    Blank { offset: usize },
    /// `-` or `_`, which stand for `+` and `/` in the URL-safe alphabet.
    UrlSafe { offset: usize },
    /// Any other byte outside the alphabet.
    Foreign { offset: usize },
    /// Something follows the padding, or there is too much of it.
    AfterPadding { offset: usize },
    /// One or two `=` are missing at the end.
    MissingPadding { missing: usize },
    /// The text was cut: one character alone encodes nothing.
    Truncated,
}

/// Decodes the standard alphabet with padding. Line breaks count nowhere, a last one neither.
///
/// # Errors
/// The first place that is wrong.
pub(crate) fn decode(bytes: &[u8]) -> Result<SecretBytes, Base64Fault> {
    let mut symbols = Zeroizing::new(Vec::with_capacity(bytes.len()));
    let mut padding = 0;
    for (offset, byte) in bytes.iter().copied().enumerate() {
        match byte {
            b'\r' | b'\n' => continue,
            b'=' => {
                padding += 1;
                // `x===` and `==` have no group that they could fill.
                if symbols.len() % 4 < 2 || symbols.len() % 4 + padding > 4 {
                    return Err(Base64Fault::AfterPadding { offset });
                }
                continue;
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {
                symbols.push(byte)
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                return Err(Base64Fault::AfterPadding { offset });
            }
            b' ' | b'\t' => return Err(Base64Fault::Blank { offset }),
            b'-' | b'_' => return Err(Base64Fault::UrlSafe { offset }),
            _ => return Err(Base64Fault::Foreign { offset }),
        }
    }
    match (symbols.len() % 4, padding) {
        (1, _) => return Err(Base64Fault::Truncated),
        (2, 0 | 1) | (3, 0) => {
            return Err(Base64Fault::MissingPadding { missing: 4 - symbols.len() % 4 - padding });
        }
        _ => symbols.extend(std::iter::repeat_n(b'=', padding)),
    }
    GO.decode(&*symbols).map(SecretBytes::new).map_err(|_| Base64Fault::Truncated)
}

#[cfg(test)]
mod tests {
    use super::{Base64Fault, decode};

    #[test]
    fn decodes_as_go_does() {
        for (text, bytes) in [
            ("", ""),
            ("aA==", "h"),
            ("aGk=", "hi"),
            ("aGk=\n", "hi"),
            ("aGVs\r\nbG8=\r\n", "hello"),
            ("aA=\n=", "h"),
            // Bits behind the last byte.
            ("aB==", "h"),
            ("Pz8/", "???"),
        ] {
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
            ("aGk==", Base64Fault::AfterPadding { offset: 4 }),
            ("aGVs=", Base64Fault::AfterPadding { offset: 4 }),
            ("a===", Base64Fault::AfterPadding { offset: 1 }),
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
