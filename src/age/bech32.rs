//! Bech32 as age writes its keys (BIP 173, without its limit of 90 characters): only whether a text
//! is well formed, so that a typing error can be told from an unknown kind. Only for public keys.

/// What is wrong with a text that should be Bech32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bech32Fault {
    /// Upper and lower case mixed.
    MixedCase,
    /// A character outside the alphabet.
    Character(char),
    /// The checksum does not fit, or there is nothing it could fit to: mistyped or cut off.
    Checksum,
}

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The human-readable part of a well-formed text, in lower case.
pub(crate) fn human_part(text: &str) -> Result<String, Bech32Fault> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
    {
        return Err(Bech32Fault::MixedCase);
    }
    let lower = text.to_ascii_lowercase();
    let (human, data) = lower.rsplit_once('1').ok_or(Bech32Fault::Checksum)?;
    let values = || {
        human.bytes().map(|byte| byte >> 5).chain([0]).chain(human.bytes().map(|byte| byte & 31))
    };
    let mut checksum = values().fold(1, step);
    for c in data.chars() {
        let value = ALPHABET
            .iter()
            .zip(0u8..)
            .find(|(letter, _)| char::from(**letter) == c)
            .map(|(_, value)| value);
        checksum = step(checksum, value.ok_or(Bech32Fault::Character(c))?);
    }
    if human.is_empty() || data.len() < 6 || checksum != 1 {
        return Err(Bech32Fault::Checksum);
    }
    Ok(human.to_owned())
}

/// One step of the checksum: a remainder of polynomials over GF(32).
fn step(checksum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = checksum >> 25;
    let next = ((checksum & 0x01ff_ffff) << 5) ^ u32::from(value);
    GENERATOR
        .iter()
        .zip(0..)
        .filter(|(_, bit)| (top >> bit) & 1 == 1)
        .fold(next, |next, (term, _)| next ^ term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_bip_173() {
        assert_eq!(human_part("A12UEL5L"), Ok("a".to_owned()));
        assert_eq!(human_part("?1ezyfcl"), Ok("?".to_owned()));
        assert_eq!(
            human_part("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"),
            Ok("abcdef".to_owned())
        );
        assert_eq!(
            human_part("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"),
            Ok("split".to_owned())
        );
        assert_eq!(human_part("pzry9x0s0muk"), Err(Bech32Fault::Checksum));
        assert_eq!(human_part("1pzry9x0s0muk"), Err(Bech32Fault::Checksum));
        assert_eq!(human_part("x1b4n0q5v"), Err(Bech32Fault::Character('b')));
        assert_eq!(human_part("li1dgmt3"), Err(Bech32Fault::Checksum));
        assert_eq!(human_part("A1G7SGD8"), Err(Bech32Fault::Checksum));
        assert_eq!(human_part("a12UEL5L"), Err(Bech32Fault::MixedCase));
        assert_eq!(human_part("10a06t8"), Err(Bech32Fault::Checksum));
    }
}
