//! Random values.

use rand::Rng as _;
use rand::rngs::OsRng;

use crate::secret::bytes::SecretBytes;
use crate::spec::generate::Alphabet;

const ALPHANUMERIC: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// So many characters, each drawn alike from the alphabet.
pub(crate) fn characters(length: usize, alphabet: &Alphabet) -> SecretBytes {
    let all: Vec<char> = match alphabet {
        Alphabet::Alphanumeric => ALPHANUMERIC.chars().collect(),
        Alphabet::Hex => "0123456789abcdef".chars().collect(),
        Alphabet::Base64 => ALPHANUMERIC.chars().chain(['+', '/']).collect(),
        Alphabet::Ascii => ('!'..='~').collect(),
        Alphabet::Custom(all) => all.clone(),
    };
    // Growing would leave a copy behind.
    let mut bytes = Vec::with_capacity(length * 4);
    let mut buffer = [0; 4];
    for _ in 0..length {
        if let Some(c) = all.get(OsRng.gen_range(0..all.len())) {
            bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        }
    }
    SecretBytes::new(bytes)
}

/// `alphanumeric:32`, `hex`, `40`: an alphabet, a length, or both.
pub(crate) fn parse(text: &str) -> Option<(usize, Alphabet)> {
    let (alphabet, length) = match text.split_once(':') {
        Some((alphabet, length)) => (alphabet, length),
        None if text.starts_with(|c: char| c.is_ascii_digit()) => ("alphanumeric", text),
        None => (text, "32"),
    };
    let known = Alphabet::NAMES.contains(&alphabet);
    let length = length.parse().ok().filter(|length| (1..=4096).contains(length))?;
    Some((length, Alphabet::of(alphabet).filter(|_| known)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_alphabets() {
        for (text, length) in [("alphanumeric", 32), ("hex:64", 64), ("7", 7), ("ascii:1", 1)] {
            let (found, alphabet) = parse(text).unwrap();
            assert_eq!(found, length, "{text}");
            let value = characters(length, &alphabet);
            assert_eq!(value.len(), length, "{text}");
            assert!(value.expose().iter().all(u8::is_ascii_graphic));
        }
        for text in ["", "0", "hex:", "hex:5000", "abc", "hex:-1", "words:3"] {
            assert!(parse(text).is_none(), "{text}");
        }
        assert_ne!(characters(32, &Alphabet::Hex), characters(32, &Alphabet::Hex));
    }
}
