//! Bech32 as age writes its keys (BIP 173, without its limit of 90 characters): only whether a text
//! is well formed, so that a typing error can be told from an unknown kind. Only for public keys.

use bech32::primitives::decode::{CharError, UncheckedHrpstring, UncheckedHrpstringError};
use bech32::{Bech32, Checksum};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bech32Fault {
    MixedCase,
    Character(char),
    /// The checksum does not fit, or there is nothing it could fit to: mistyped or cut off.
    Checksum,
}

/// Bech32 without a limit of its length: post-quantum recipients have 1,959 characters.
enum AgeBech32 {}

impl Checksum for AgeBech32 {
    type MidstateRepr = u32;
    const CODE_LENGTH: usize = usize::MAX;
    const CHECKSUM_LENGTH: usize = Bech32::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = Bech32::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = Bech32::TARGET_RESIDUE;
}

/// The human-readable part of a well-formed text, in lower case.
pub(crate) fn human_part(text: &str) -> Result<String, Bech32Fault> {
    let unchecked = UncheckedHrpstring::new(text).map_err(|error| match error {
        UncheckedHrpstringError::Char(CharError::InvalidChar(c)) => {
            Bech32Fault::Character(c.to_ascii_lowercase())
        }
        UncheckedHrpstringError::Char(CharError::MixedCase) => Bech32Fault::MixedCase,
        _ => Bech32Fault::Checksum,
    })?;
    let checked = unchecked.validate_checksum::<AgeBech32>();
    checked.map_err(|_| Bech32Fault::Checksum)?;
    Ok(unchecked.hrp().to_lowercase())
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
