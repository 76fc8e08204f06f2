//! Recipients as `[recipients]` lists them: age's public keys and OpenSSH's.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD_NO_PAD};

use super::bech32::{Bech32Fault, human_part};
use super::ssh::{positive, string};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RecipientKind {
    /// `age1...`: a native key.
    X25519,
    /// `age1tag1...`: a key in hardware, by age's own tagged format.
    Tag,
    /// `age1tagpq1...`: the same, post-quantum.
    TagPq,
    /// `age1pq1...`: a native post-quantum key, of age 1.3 and later.
    PostQuantum,
    SshEd25519,
    SshRsa,
    /// `age1NAME1...`: a key of the plugin of this name.
    Plugin(String),
}

impl RecipientKind {}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BadRecipient {
    Empty,
    /// A secret key: whoever can read the spec has it now.
    SecretKey,
    Blanks,
    Several,
    /// An age recipient in upper case, or partly.
    Case,
    /// An age recipient with a character that none has.
    Character(char),
    /// An age recipient with a wrong or missing character.
    Mistyped,
    Ssh(SshRecipientProblem),
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SshRecipientProblem {
    /// A kind of key that age can't encrypt for.
    Kind(String),
    Damaged,
    /// An RSA key of fewer than 2048 bits.
    TooShort(usize),
    /// An RSA key of more than 4096 bits, the most the library takes.
    TooLong(usize),
}

/// Tells which kind of recipient `text` is, in the form age takes it: `age1...`, or a line of an
/// OpenSSH public key file. Kinds that are known but can't be encrypted for are not errors here.
pub(crate) fn check_recipient(text: &str) -> Result<RecipientKind, BadRecipient> {
    if text.to_ascii_uppercase().contains("AGE-SECRET-KEY-")
        || text.contains("PRIVATE KEY-----")
        || text.contains("AGE-PLUGIN-")
    {
        return Err(BadRecipient::SecretKey);
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(BadRecipient::Empty);
    }
    let is_start = |word: &str| word.starts_with("age1") || word.starts_with("ssh-");
    if trimmed.split([' ', ',', '\n', '\t', '\r']).filter(|word| is_start(word)).count() > 1 {
        return Err(BadRecipient::Several);
    }
    if trimmed.len() != text.len() {
        return Err(BadRecipient::Blanks);
    }
    if ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| text.starts_with(start)) {
        return ssh_recipient(text).map_err(BadRecipient::Ssh);
    }
    if !text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("age1")) {
        return Err(BadRecipient::Unknown);
    }
    age_recipient(text)
}

fn age_recipient(text: &str) -> Result<RecipientKind, BadRecipient> {
    let human = human_part(text).map_err(|fault| match fault {
        Bech32Fault::MixedCase => BadRecipient::Case,
        Bech32Fault::Character(c) => BadRecipient::Character(c),
        Bech32Fault::Checksum => BadRecipient::Mistyped,
    })?;
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(BadRecipient::Case);
    }
    let (kind, parses) = match human.as_str() {
        "age" => (RecipientKind::X25519, text.parse::<age::x25519::Recipient>().is_ok()),
        "age1tag" => (RecipientKind::Tag, text.parse::<age::tag::Recipient>().is_ok()),
        "age1tagpq" => (RecipientKind::TagPq, text.parse::<age::tagpq::Recipient>().is_ok()),
        "age1pq" => (RecipientKind::PostQuantum, true),
        other => match other.strip_prefix("age1") {
            Some(name) if !name.is_empty() => (RecipientKind::Plugin(name.to_owned()), true),
            _ => return Err(BadRecipient::Unknown),
        },
    };
    if parses { Ok(kind) } else { Err(BadRecipient::Mistyped) }
}

/// OpenSSH's files have padding; keys that were copied by hand often lost it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn ssh_recipient(text: &str) -> Result<RecipientKind, SshRecipientProblem> {
    let mut words = text.split_ascii_whitespace();
    let (kind, data) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let blob = BASE64.decode(data).map_err(|_| SshRecipientProblem::Damaged)?;
    let mut fields = blob.as_slice();
    if string(&mut fields) != Some(kind.as_bytes()) {
        return Err(SshRecipientProblem::Damaged);
    }
    let known = match kind {
        "ssh-ed25519" if fields.len() == 4 + 32 => RecipientKind::SshEd25519,
        "ssh-ed25519" => return Err(SshRecipientProblem::Damaged),
        "ssh-rsa" => {
            check_rsa(fields)?;
            RecipientKind::SshRsa
        }
        kind => return Err(SshRecipientProblem::Kind(kind.to_owned())),
    };
    // age's reader wants one space and no padding.
    let canonical = format!("{kind} {}", STANDARD_NO_PAD.encode(&blob));
    canonical
        .parse::<age::ssh::Recipient>()
        .map(|_| known)
        .map_err(|_| SshRecipientProblem::Damaged)
}

/// The numbers of an RSA key, before age's reader sees them: it panics on a number of zero bytes
/// only.
fn check_rsa(mut fields: &[u8]) -> Result<(), SshRecipientProblem> {
    let mut number = || string(&mut fields).and_then(positive).ok_or(SshRecipientProblem::Damaged);
    let (_exponent, modulus) = (number()?, number()?);
    let zeros = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    match modulus.len() * 8 - zeros {
        bits @ ..2048 => Err(SshRecipientProblem::TooShort(bits)),
        2048..=4096 => Ok(()),
        bits => Err(SshRecipientProblem::TooLong(bits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X25519: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";

    fn bad(text: &str) -> BadRecipient {
        check_recipient(text).unwrap_err()
    }

    #[test]
    fn age_keys() {
        assert_eq!(check_recipient(X25519), Ok(RecipientKind::X25519));
        assert_eq!(bad(&X25519.replace("ql3", "ql4")), BadRecipient::Mistyped);
        assert_eq!(bad(&X25519[..40]), BadRecipient::Mistyped);
        assert_eq!(bad(&X25519.replace("ql3", "qb3")), BadRecipient::Character('b'));
        assert_eq!(bad(&X25519.to_uppercase()), BadRecipient::Case);
        assert_eq!(bad(&format!("{X25519}\n")), BadRecipient::Blanks);
        assert_eq!(bad(&format!("{X25519}, {X25519}")), BadRecipient::Several);
        assert_eq!(bad("age1"), BadRecipient::Mistyped);
        assert_eq!(bad(""), BadRecipient::Empty);
        assert_eq!(bad("alice@example.com"), BadRecipient::Unknown);
        assert_eq!(bad("äge1"), BadRecipient::Unknown);
    }

    #[test]
    fn secret_keys() {
        assert_eq!(bad("AGE-SECRET-KEY-1QQQ"), BadRecipient::SecretKey);
        assert_eq!(bad("age-secret-key-1qqq"), BadRecipient::SecretKey);
        assert_eq!(bad("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA"), BadRecipient::SecretKey);
    }

    #[test]
    fn ssh_keys() {
        for text in
            [ED25519.to_owned(), format!("{ED25519} alice@example"), ED25519.replace(' ', "  ")]
        {
            assert_eq!(check_recipient(&text), Ok(RecipientKind::SshEd25519));
        }
        assert_eq!(bad(&ED25519[..60]), BadRecipient::Ssh(SshRecipientProblem::Damaged));
        assert_eq!(
            bad(&ED25519.replace("ssh-ed25519", "ssh-rsa")),
            BadRecipient::Ssh(SshRecipientProblem::Damaged)
        );
        assert_eq!(bad("ssh-ed25519"), BadRecipient::Ssh(SshRecipientProblem::Damaged));
    }

    #[test]
    fn an_rsa_key_of_zeros_is_no_panic() {
        for numbers in [[b"\0\0".as_slice(), b"\0"], [b"\x01\0\x01", b"\0\0"], [b"", b""]] {
            let mut blob = Vec::new();
            for text in [b"ssh-rsa".as_slice()].into_iter().chain(numbers) {
                blob.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
                blob.extend(text);
            }
            assert_eq!(
                bad(&format!("ssh-rsa {}", STANDARD_NO_PAD.encode(&blob))),
                BadRecipient::Ssh(SshRecipientProblem::Damaged)
            );
        }
    }
}
