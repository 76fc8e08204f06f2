//! Values made of random bytes. Where these come from is the caller's business.

use diceware_wordlists::EFF_LONG_WORDLIST;
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use ssh_key::{LineEnding, PrivateKey};
use zeroize::Zeroizing;

use crate::diag::phrases::plural;
use crate::go::x509::private_key::ed25519_public;
use crate::secret::bytes::SecretBytes;
use crate::spec::generate::{Alphabet, Recipe};

/// Fills a slice with random bytes.
pub(crate) type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

pub(crate) struct Made {
    pub(crate) value: SecretBytes,
    /// The public half of a key.
    pub(crate) public: Option<String>,
}

/// A new value; `None` for an SSH key that can't be written, which does not happen.
pub(crate) fn make(recipe: &Recipe, random: Random<'_>) -> Option<Made> {
    let value = match recipe {
        Recipe::Characters { length, alphabet } => characters(*length, alphabet, random),
        Recipe::Words(count) => words(*count, random),
        Recipe::Bytes(count) => bytes(*count, random),
        Recipe::Uuid => uuid(random),
        Recipe::SshKeyEd25519 => return ssh_key(random),
    };
    Some(Made { value, public: None })
}

/// What a recipe makes, for people.
pub(crate) fn described(recipe: &Recipe) -> String {
    match recipe {
        Recipe::Characters { length, .. } => plural(*length, "character"),
        Recipe::Words(count) => plural(*count, "word"),
        Recipe::Bytes(count) => plural(*count, "byte"),
        Recipe::Uuid => "a UUID".to_owned(),
        Recipe::SshKeyEd25519 => "an SSH key".to_owned(),
    }
}

/// `alphanumeric:32`, `hex`, `40`: a named alphabet, a length, or both.
pub(crate) fn parse(text: &str) -> Option<Recipe> {
    let (alphabet, length) = match text.split_once(':') {
        Some((alphabet, length)) => (alphabet, length),
        None if text.starts_with(|c: char| c.is_ascii_digit()) => ("alphanumeric", text),
        None => (text, "32"),
    };
    if !Alphabet::NAMES.contains(&alphabet) {
        return None;
    }
    let length = length.parse().ok().filter(|length| (1..=4096).contains(length))?;
    Some(Recipe::Characters { length, alphabet: Alphabet::of(alphabet)? })
}

/// A number below `bound`, each as likely as any other: numbers of the last, incomplete round are
/// drawn again.
fn below(bound: u32, random: Random<'_>) -> usize {
    let whole_rounds = u32::MAX - u32::MAX % bound;
    loop {
        let mut drawn = Zeroizing::new([0; 4]);
        random(drawn.as_mut_slice());
        let number = u32::from_le_bytes(*drawn);
        if number < whole_rounds {
            return (number % bound) as usize;
        }
    }
}

fn pick<'t, T>(items: &'t [T], random: Random<'_>) -> Option<&'t T> {
    let bound = u32::try_from(items.len()).ok().filter(|bound| *bound > 0)?;
    items.get(below(bound, random))
}

fn characters(length: usize, alphabet: &Alphabet, random: Random<'_>) -> SecretBytes {
    let alphabet = listed(alphabet);
    // UTF-8 has at most four bytes a character: no reallocation leaves a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(length * 4));
    for _ in 0..length {
        text.extend(pick(&alphabet, random));
    }
    SecretBytes::from(text.as_str())
}

fn listed(alphabet: &Alphabet) -> Vec<char> {
    let letters = || ('a'..='z').chain('A'..='Z').chain('0'..='9');
    match alphabet {
        Alphabet::Alphanumeric => letters().collect(),
        Alphabet::Hex => ('0'..='9').chain('a'..='f').collect(),
        Alphabet::Base64 => letters().chain(['+', '/']).collect(),
        Alphabet::Ascii => ('!'..='~').collect(),
        Alphabet::Custom(characters) => characters.clone(),
    }
}

fn words(count: usize, random: Random<'_>) -> SecretBytes {
    let mut text = Zeroizing::new(String::with_capacity(count * 10));
    for index in 0..count {
        if index > 0 {
            text.push('-');
        }
        text.push_str(pick(&EFF_LONG_WORDLIST, random).copied().unwrap_or_default());
    }
    SecretBytes::from(text.as_str())
}

fn bytes(count: usize, random: Random<'_>) -> SecretBytes {
    let mut bytes = vec![0; count];
    random(&mut bytes);
    SecretBytes::new(bytes)
}

/// RFC 9562 section 5.4.
fn uuid(random: Random<'_>) -> SecretBytes {
    let mut drawn = Zeroizing::new([0; 16]);
    random(drawn.as_mut_slice());
    let number = u128::from_be_bytes(*drawn);
    let version = number & !(0xf << 76) | (0x4 << 76);
    let variant = version & !(0x3 << 62) | (0x2 << 62);
    let hex = Zeroizing::new(format!("{variant:032x}"));
    let mut text = Zeroizing::new(String::with_capacity(36));
    for (index, digit) in hex.chars().enumerate() {
        if [8, 12, 16, 20].contains(&index) {
            text.push('-');
        }
        text.push(digit);
    }
    SecretBytes::from(text.as_str())
}

fn ssh_key(random: Random<'_>) -> Option<Made> {
    let mut seed = Zeroizing::new([0; 32]);
    random(seed.as_mut_slice());
    let public = Ed25519PublicKey(ed25519_public(seed.as_slice()));
    let private = Ed25519PrivateKey::from_bytes(&seed);
    let pair = KeypairData::Ed25519(Ed25519Keypair { public, private });
    let key = PrivateKey::new(pair, "").ok()?;
    let text = key.to_openssh(LineEnding::LF).ok()?;
    let public = key.public_key().to_openssh().ok()?;
    Some(Made { value: SecretBytes::from(text.as_str()), public: Some(public) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sha2::{Digest as _, Sha256};

    use super::*;

    /// Bytes of a counter: not random, but spread, and the same in each run.
    fn spread() -> impl FnMut(&mut [u8]) {
        let mut count = 0_u64;
        move |bytes: &mut [u8]| {
            for chunk in bytes.chunks_mut(32) {
                count += 1;
                let hash = Sha256::digest(count.to_le_bytes());
                chunk.copy_from_slice(&hash[..chunk.len()]);
            }
        }
    }

    fn text(recipe: &Recipe) -> String {
        let made = make(recipe, &mut spread()).unwrap();
        made.value.expose_str().unwrap().to_owned()
    }

    #[test]
    fn every_character_is_drawn_alike() {
        // 62 does not divide 2^32, and chi square of 61 degrees of freedom is above 110 once in
        // 10,000 times.
        let length = 62_000;
        let alphabet = Alphabet::Alphanumeric;
        let drawn = text(&Recipe::Characters { length, alphabet: alphabet.clone() });
        let all = listed(&alphabet);
        assert_eq!((all.len(), drawn.len()), (62, length));
        let expected = length as f64 / 62.0;
        let chi_square: f64 = all
            .iter()
            .map(|c| drawn.chars().filter(|drawn| drawn == c).count() as f64 - expected)
            .map(|difference| difference * difference / expected)
            .sum();
        assert!(chi_square < 110.0, "{chi_square}");
    }

    #[test]
    fn lengths_and_alphabets() {
        for (text, length) in [("alphanumeric", 32), ("hex:64", 64), ("7", 7), ("ascii:1", 1)] {
            let recipe = parse(text).unwrap();
            let value = make(&recipe, &mut spread()).unwrap().value;
            assert_eq!(value.len(), length, "{text}");
            assert!(value.expose().iter().all(u8::is_ascii_graphic));
        }
        for text in ["", "0", "hex:", "hex:5000", "abc", "hex:-1", "words:3"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_of_the_incomplete_round_are_drawn_again() {
        let mut drawn = [u32::MAX, u32::MAX - 1, 7].into_iter();
        let mut random =
            |bytes: &mut [u8]| bytes.copy_from_slice(&drawn.next().unwrap().to_le_bytes());
        // 2^32 - 1 is divisible by 5: the last number alone has no round of its own.
        assert_eq!(below(5, &mut random), (u32::MAX - 1) as usize % 5);
        assert_eq!(below(5, &mut random), 2);
    }

    #[test]
    fn alphabets() {
        let named = |alphabet| Recipe::Characters { length: 4000, alphabet };
        let distinct = |alphabet| text(&named(alphabet)).chars().collect::<BTreeSet<_>>();
        assert_eq!(distinct(Alphabet::Hex), "0123456789abcdef".chars().collect());
        assert_eq!(distinct(Alphabet::Ascii), ('!'..='~').collect());
        assert_eq!(distinct(Alphabet::Base64).len(), 64);
        assert_eq!(distinct(Alphabet::Custom(vec!['ä', '€'])), "ä€".chars().collect());
    }

    /// The list is EFF's: the hash is that of the second column of `eff_large_wordlist.txt`.
    #[test]
    fn words_are_of_effs_list() {
        let all = EFF_LONG_WORDLIST.map(|word| format!("{word}\n")).concat();
        let hash: String = Sha256::digest(all).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, "6d557f0693958fb5e650b68b5bee585eb82cf4da32965505c789e924743bc522");
        let drawn = text(&Recipe::Words(64));
        // `t-shirt`, `felt-tip`, `drop-down` and `yo-yo` have a hyphen of their own.
        assert!(drawn.split('-').count() >= 64, "{drawn}");
        assert!(EFF_LONG_WORDLIST.iter().all(|word| word.len() <= 9));
    }

    #[test]
    fn uuids_and_bytes() {
        let all = |byte: u8| move |bytes: &mut [u8]| bytes.fill(byte);
        let uuid = |byte| make(&Recipe::Uuid, &mut all(byte)).unwrap().value;
        assert_eq!(uuid(0xff).expose_str(), Some("ffffffff-ffff-4fff-bfff-ffffffffffff"));
        assert_eq!(uuid(0).expose_str(), Some("00000000-0000-4000-8000-000000000000"));
        let made = make(&Recipe::Bytes(3), &mut all(7)).unwrap();
        assert_eq!(made.value.expose(), [7, 7, 7]);
    }

    #[test]
    fn ssh_keys_belong_to_their_public_halves() {
        let made = make(&Recipe::SshKeyEd25519, &mut spread()).unwrap();
        let text = made.value.expose_str().unwrap();
        assert!(text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n") && text.ends_with("-\n"));
        // ssh-key checks that the halves belong together.
        let read = PrivateKey::from_openssh(text).unwrap();
        assert_eq!(Some(read.public_key().to_openssh().unwrap()), made.public);
    }
}
