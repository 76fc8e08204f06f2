//! Recipients as `[recipients]` lists them: age's public keys, and OpenSSH's (in `ssh.rs`).

use bech32::primitives::decode::UncheckedHrpstring;
use bech32::{Bech32, Checksum};

use super::ssh::{self, SshProblem};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BadRecipient {
    SecretKey,
    Blanks,
    Several,
    /// An age recipient with a wrong, missing or upper-case character.
    Mistyped,
    Ssh(SshProblem),
    Unknown,
}

/// Checks a recipient in the form age takes it: `age1...`, or a line of an OpenSSH public key file.
/// Kinds that are known but can't be encrypted for are not errors here.
pub(crate) fn check_recipient(text: &str) -> Result<(), BadRecipient> {
    if text.to_ascii_uppercase().contains("AGE-SECRET-KEY-")
        || text.contains("PRIVATE KEY-----")
        || text.contains("AGE-PLUGIN-")
    {
        return Err(BadRecipient::SecretKey);
    }
    let trimmed = text.trim();
    let is_start = |word: &str| word.starts_with("age1") || word.starts_with("ssh-");
    if trimmed.split([' ', ',', '\n', '\t', '\r']).filter(|word| is_start(word)).count() > 1 {
        return Err(BadRecipient::Several);
    }
    if !trimmed.is_empty() && trimmed.len() != text.len() {
        return Err(BadRecipient::Blanks);
    }
    if ssh::is_public_key(text) {
        return ssh::check_recipient(text).map_err(BadRecipient::Ssh);
    }
    if !text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("age1")) {
        return Err(BadRecipient::Unknown);
    }
    let human = human_part(text).filter(|_| !text.contains(|c: char| c.is_ascii_uppercase()));
    let is_whole = match human.as_deref().ok_or(BadRecipient::Mistyped)? {
        "age" => text.parse::<age::x25519::Recipient>().is_ok(),
        // Keys in hardware.
        "age1tag" => text.parse::<age::tag::Recipient>().is_ok(),
        "age1tagpq" => text.parse::<age::tagpq::Recipient>().is_ok(),
        // Post-quantum keys, `age1pq1...`, of age 1.3 and later; and keys of plugins,
        // `age1NAME1...`.
        other => match other.strip_prefix("age1") {
            Some(name) if !name.is_empty() => true,
            _ => return Err(BadRecipient::Unknown),
        },
    };
    if is_whole { Ok(()) } else { Err(BadRecipient::Mistyped) }
}

/// Bech32 as age writes its keys: BIP 173 without its limit of 90 characters, since post-quantum
/// recipients have 1,959.
enum AgeBech32 {}

impl Checksum for AgeBech32 {
    type MidstateRepr = u32;
    const CODE_LENGTH: usize = usize::MAX;
    const CHECKSUM_LENGTH: usize = Bech32::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = Bech32::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = Bech32::TARGET_RESIDUE;
}

/// The human-readable part of a well-formed text, in lower case. Only for public keys.
pub(crate) fn human_part(text: &str) -> Option<String> {
    let unchecked = UncheckedHrpstring::new(text).ok()?;
    unchecked.validate_checksum::<AgeBech32>().ok()?;
    Some(unchecked.hrp().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use BadRecipient::{Mistyped, Ssh, Unknown};

    const X25519: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";

    #[test]
    fn recipients_and_what_is_none() {
        let damaged = || Err(Ssh(SshProblem::Damaged));
        for (text, expected) in [
            (X25519.to_owned(), Ok(())),
            (X25519[..40].to_owned(), Err(Mistyped)),
            (X25519.to_uppercase(), Err(Mistyped)),
            ("age1".to_owned(), Err(Mistyped)),
            (String::new(), Err(Unknown)),
            ("äge1".to_owned(), Err(Unknown)),
            (ED25519.to_owned(), Ok(())),
            (format!("{ED25519} alice@example"), Ok(())),
            (ED25519[..60].to_owned(), damaged()),
            (ED25519.replace("ssh-ed25519", "ssh-rsa"), damaged()),
            ("ssh-ed25519".to_owned(), damaged()),
            // RSA keys of zeros: age's reader would panic.
            ("ssh-rsa AAAAB3NzaC1yc2EAAAACAAAAAAABAA".to_owned(), damaged()),
            ("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAgAA".to_owned(), damaged()),
            ("ssh-rsa AAAAB3NzaC1yc2EAAAAAAAAAAA".to_owned(), damaged()),
        ] {
            assert_eq!(check_recipient(&text), expected, "{text}");
        }
    }

    #[test]
    fn the_examples_of_bip_173() {
        let valid = "A12UEL5L:a ?1ezyfcl:? abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw:abcdef \
            split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w:split";
        for (text, human) in valid.split(' ').filter_map(|pair| pair.split_once(':')) {
            assert_eq!(human_part(text).as_deref(), Some(human));
        }
        let invalid = "pzry9x0s0muk 1pzry9x0s0muk x1b4n0q5v li1dgmt3 A1G7SGD8 a12UEL5L 10a06t8";
        for text in invalid.split(' ') {
            assert_eq!(human_part(text), None, "{text}");
        }
    }
}
