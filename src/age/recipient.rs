//! Recipients: age's public keys, and OpenSSH's (read in `ssh.rs`).

use std::fmt;

use sha2::{Digest, Sha256};

use super::bech32_text::{self, Correction};
use super::hybrid;
use super::ssh::{self, SshProblem, SshRecipient};

/// Whom a file is encrypted for.
pub(crate) struct Recipient {
    kind: RecipientKind,
    text: String,
    /// What the age crate encrypts for by itself; none where a plugin does.
    pub(super) key: Option<Box<dyn age::Recipient + Send + Sync>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RecipientKind {
    X25519,
    /// A post-quantum key, `age1pq1...`.
    Hybrid,
    /// A P-256 key in hardware, `age1tag1...`.
    Tag,
    /// A post-quantum key in hardware, `age1tagpq1...`.
    TagPq,
    Ssh(&'static str),
    /// A key of the plugin of this name.
    Plugin(String),
}

impl RecipientKind {
    pub(crate) fn is_post_quantum(&self) -> bool {
        matches!(self, RecipientKind::Hybrid | RecipientKind::TagPq)
    }
}

/// The first bytes of a hash of a recipient, by which a file can name it briefly.
pub(crate) type RecipientHash = [u8; 8];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RecipientFault {
    SecretKey,
    Blanks,
    Several,
    /// It is in upper case, or partly so: the first such character, counted from 1.
    UpperCase(usize),
    /// A character that occurs in no age recipient, and its place.
    Character {
        position: usize,
        found: char,
    },
    /// Keys of its kind have another number of characters.
    Length {
        found: usize,
        wanted: usize,
    },
    /// One character was mistyped: all that it may have been. Never empty.
    Mistyped(Vec<Correction>),
    /// Several characters are wrong, or some are missing.
    Damaged,
    Ssh(SshProblem),
    Unknown,
}

/// A kind of age recipient: how it begins, and how many characters it has.
struct Native {
    prefix: &'static str,
    length: usize,
    kind: RecipientKind,
}

const NATIVE: [Native; 4] = [
    Native { prefix: "age1pq1", length: 1959, kind: RecipientKind::Hybrid },
    Native { prefix: "age1tag1", length: 67, kind: RecipientKind::Tag },
    Native { prefix: "age1tagpq1", length: 2015, kind: RecipientKind::TagPq },
    Native { prefix: "age1", length: 62, kind: RecipientKind::X25519 },
];

impl Recipient {
    /// Reads a recipient in the form age takes it: `age1...`, or a line of an OpenSSH public key
    /// file.
    pub(crate) fn parse(text: &str) -> Result<Self, RecipientFault> {
        if text.to_ascii_uppercase().contains("AGE-SECRET-KEY-")
            || text.contains("PRIVATE KEY-----")
            || text.to_ascii_uppercase().contains("AGE-PLUGIN-")
        {
            return Err(RecipientFault::SecretKey);
        }
        let trimmed = text.trim();
        let is_start = |word: &str| word.starts_with("age1") || word.starts_with("ssh-");
        if trimmed.split([' ', ',', '\n', '\t', '\r']).filter(|word| is_start(word)).count() > 1 {
            return Err(RecipientFault::Several);
        }
        if !trimmed.is_empty() && trimmed.len() != text.len() {
            return Err(RecipientFault::Blanks);
        }
        if ssh::is_public_key(text) {
            let SshRecipient { public, key } =
                ssh::parse_recipient(text).map_err(RecipientFault::Ssh)?;
            let key: Option<Box<dyn age::Recipient + Send + Sync>> = Some(Box::new(key));
            return Ok(Recipient {
                kind: RecipientKind::Ssh(public.kind),
                text: public.line(),
                key,
            });
        }
        if !text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("age1")) {
            return Err(RecipientFault::Unknown);
        }
        if let Some(upper) = text.chars().position(|c| c.is_ascii_uppercase()) {
            return Err(RecipientFault::UpperCase(upper + 1));
        }
        match parse_native(text) {
            Some(recipient) => Ok(recipient),
            None => Err(what_is_wrong(text)),
        }
    }

    pub(crate) fn kind(&self) -> &RecipientKind {
        &self.kind
    }

    /// As messages name it: an SSH key by its fingerprint, because such keys begin alike.
    pub(crate) fn shown(&self) -> String {
        match ssh::parse_recipient(&self.text) {
            Ok(SshRecipient { public, .. }) => format!("{} {}", public.kind, public.fingerprint()),
            Err(_) => self.text.clone(),
        }
    }

    /// What a file may call the recipient. The same for every way to write it, with or without a
    /// comment.
    pub(crate) fn hash(&self) -> RecipientHash {
        let hash = Sha256::new().chain_update(b"mintage.dev/readers v1\0");
        let hash: [u8; 32] = hash.chain_update(&self.text).finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = hash;
        [a, b, c, d, e, f, g, h]
    }
}

/// As age and ssh-keygen write it, without a comment.
impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({})", self.text)
    }
}

impl PartialEq for Recipient {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.text == other.text
    }
}

fn parse_native(text: &str) -> Option<Recipient> {
    let human = bech32_text::human_part(text)?;
    // Also that no bits are set that belong to no byte.
    bech32_text::decode(&human, text)?;
    let key: Box<dyn age::Recipient + Send + Sync> = match human.as_str() {
        "age" => Box::new(text.parse::<age::x25519::Recipient>().ok()?),
        "age1pq" => Box::new(hybrid::Recipient::parse(text)?),
        "age1tag" => Box::new(text.parse::<age::tag::Recipient>().ok()?),
        "age1tagpq" => Box::new(text.parse::<age::tagpq::Recipient>().ok()?),
        plugin => {
            let name = plugin.strip_prefix("age1").filter(|name| is_plugin_name(name))?;
            let kind = RecipientKind::Plugin(name.to_owned());
            return Some(Recipient { kind, text: text.to_owned(), key: None });
        }
    };
    let kind = NATIVE.into_iter().find(|native| native.prefix == format!("{human}1"))?.kind;
    Some(Recipient { kind, text: text.to_owned(), key: Some(key) })
}

/// Plugins are found by their names, which must not lead anywhere else.
pub(super) fn is_plugin_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
    !name.is_empty() && name.chars().all(is_allowed)
}

/// Why a text that begins with `age1` is no recipient.
fn what_is_wrong(text: &str) -> RecipientFault {
    let native = NATIVE.into_iter().find(|native| text.starts_with(native.prefix));
    // `1` ends the name of a plugin; it may also be a mistake in a native key.
    let plugin = text.get(4..).and_then(|rest| rest.rfind('1')).map(|at| at + 5);
    let length = text.chars().count();
    let (data, wanted) = match (native, plugin) {
        (Some(native), Some(data)) if native.prefix == "age1" && length != native.length => {
            (data, None)
        }
        (Some(native), _) => (native.prefix.len(), Some(native.length)),
        (None, _) => return RecipientFault::Unknown,
    };
    if wanted.is_none_or(|wanted| wanted == length) {
        let corrections = bech32_text::corrections(text, data);
        if !corrections.is_empty() {
            return RecipientFault::Mistyped(corrections);
        }
    }
    if let Some((position, found)) = bech32_text::foreign_character(text, data) {
        return RecipientFault::Character { position, found };
    }
    match wanted {
        Some(wanted) if wanted != length => RecipientFault::Length { found: length, wanted },
        _ => RecipientFault::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RecipientFault::{Length, Mistyped, Ssh, Unknown, UpperCase};

    const X25519: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";

    #[test]
    fn recipients_and_what_is_none() {
        let damaged = || Err(Ssh(SshProblem::Damaged));
        for (text, expected) in [
            (X25519.to_owned(), Ok(())),
            (X25519[..40].to_owned(), Err(Length { found: 40, wanted: 62 })),
            (X25519.to_uppercase(), Err(UpperCase(1))),
            (X25519.replace("mcac", "mCac"), Err(UpperCase(58))),
            (
                X25519.replace("mcac", "mbac"),
                Err(Mistyped(vec![Correction { position: 58, found: 'b', right: 'c' }])),
            ),
            (X25519.replace("mcac", "mqcc"), Err(RecipientFault::Damaged)),
            ("age1".to_owned(), Err(Length { found: 4, wanted: 62 })),
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
            assert_eq!(Recipient::parse(&text).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn names_are_short_and_differ() {
        use crate::age::{NewIdentity, generate_identity};
        use crate::diag::phrases::{code, printable};
        let shown = |text: &str| {
            // As the terminal prints it: nothing is hidden.
            printable(&code(&Recipient::parse(text).unwrap().shown()))
        };
        assert_eq!(shown(X25519), format!("`{X25519}`"));
        assert_eq!(
            shown(&format!("{ED25519} alice@example")),
            "`ssh-ed25519 SHA256:PYX4o9UfGwCwG76hFcLAEkmMS0PtIBtV9MNmVgW16Oc`"
        );
        let long = generate_identity(NewIdentity::Hybrid).recipient;
        assert_eq!(shown(&long), format!("`{}…`", &long[..18]));
    }

    #[test]
    fn a_comment_makes_no_difference() {
        let hash = |text: &str| Recipient::parse(text).unwrap().hash();
        assert_eq!(hash(ED25519), hash(&format!("{ED25519} alice@example")));
        assert_ne!(hash(ED25519), hash(X25519));
    }
}
