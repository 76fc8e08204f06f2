//! The header of an age file, as far as it can be read without a key: for whom the file is.
//! The format: <https://c2sp.org/age>.

use std::collections::BTreeMap;

use super::readers::{self, Claim};
use super::recipient::{Recipient, RecipientKind};
use super::ssh::{SshPublic, parse_recipient};
use super::{Damage, MAX_STANZAS};

/// Largest header that is read, in bytes: that of age 1.3.2.
const MAX_HEADER_BYTES: usize = 2 * 1024 * 1024;

/// The characters in a full line of a stanza's body.
const BODY_LINE_BYTES: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Addressee {
    /// A native age key, `age1...`. The header does not say which.
    X25519,
    Ssh {
        kind: &'static str,
        /// The first four bytes of the public key's SHA-256, in base64 without padding.
        tag: String,
    },
    Passphrase,
    /// A post-quantum key, `age1pq1...`, of age 1.3 or later.
    PostQuantum,
    /// What a plugin made, or a kind of recipient that is younger than mintage: its name in the
    /// header.
    Other(String),
}

impl Addressee {
    /// As what a header names a recipient; `None` where a plugin decides.
    pub(crate) fn of(recipient: &Recipient) -> Option<Self> {
        Some(match recipient.kind() {
            RecipientKind::X25519 => Self::X25519,
            RecipientKind::Hybrid => Self::PostQuantum,
            // The types of stanzas: <https://c2sp.org/age#the-p256tag-recipient-type>.
            RecipientKind::Tag => Self::Other("p256tag".to_owned()),
            RecipientKind::TagPq => Self::Other("mlkem768p256tag".to_owned()),
            RecipientKind::Ssh(kind) => {
                let ssh = parse_recipient(&recipient.to_string()).ok()?;
                Self::Ssh { kind, tag: ssh.public.tag() }
            }
            RecipientKind::Plugin(_) => return None,
        })
    }

    /// What messages call a kind of recipient.
    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::X25519 => "age",
            Self::Ssh { .. } => "ssh",
            Self::Passphrase => "passphrase",
            Self::PostQuantum => "age-pq",
            Self::Other(name) => name,
        }
    }
}

/// The addressees of a file, each with how many times it occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Addressees(pub BTreeMap<Addressee, usize>);

impl Addressees {
    pub(crate) fn has_x25519(&self) -> bool {
        self.0.contains_key(&Addressee::X25519)
    }

    pub(crate) fn has_ssh(&self) -> bool {
        self.0.keys().any(|addressee| matches!(addressee, Addressee::Ssh { .. }))
    }

    pub(crate) fn has_post_quantum(&self) -> bool {
        self.0.contains_key(&Addressee::PostQuantum)
    }

    pub(crate) fn has_more_than_ssh(&self) -> bool {
        self.0.keys().any(|addressee| !matches!(addressee, Addressee::Ssh { .. }))
    }

    /// How many there are, of whatever kind.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.0.values().sum()
    }

    pub(crate) fn names_ssh(&self, key: &SshPublic) -> bool {
        self.0.contains_key(&Addressee::Ssh { kind: key.kind, tag: key.tag() })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) addressees: Addressees,
    /// For a passphrase file, how much work it takes: the exponent of scrypt's N.
    pub(crate) work_factor: Option<u8>,
    /// Genuine for those who can open the file.
    pub(crate) claim: Claim,
    /// Length in bytes, the MAC's line included.
    pub(crate) len: usize,
}

impl Header {
    /// Reads the header at the start of `binary`. Time and memory are linear; the stanzas' bodies
    /// are left to age.
    pub(crate) fn read(binary: &[u8]) -> Result<Self, Damage> {
        let mut header = Header {
            addressees: Addressees::default(),
            work_factor: None,
            claim: Claim::None,
            len: 0,
        };
        let mut stanzas = 0;
        // The last line of a stanza's body is shorter than the others, if only by being empty.
        let mut is_body_whole = true;
        // The arguments and the body of the readers' stanza, while it is read.
        let mut readers: Option<(&str, Vec<u8>)> = None;
        for line in binary.split_inclusive(|byte| *byte == b'\n') {
            header.len += line.len();
            let line = line.strip_suffix(b"\n").ok_or(Damage::Altered)?;
            if line.ends_with(b"\r") {
                return Err(Damage::LineBreaks);
            }
            stanzas += usize::from(line.starts_with(b"-> "));
            if header.len > MAX_HEADER_BYTES || stanzas > MAX_STANZAS {
                return Err(Damage::HeaderTooLong);
            }
            if !line.starts_with(b"-") {
                is_body_whole = line.len() < BODY_LINE_BYTES;
                if let Some((_, body)) = &mut readers {
                    body.extend_from_slice(line);
                }
                continue;
            }
            if !is_body_whole {
                return Err(Damage::Altered);
            }
            if let Some((arguments, body)) = readers.take() {
                header.claim.add(arguments, &body);
            }
            if line.starts_with(b"---") {
                return Ok(header);
            }
            if let Some(stanza) = line.strip_prefix(b"-> ") {
                is_body_whole = false;
                let stanza = std::str::from_utf8(stanza).map_err(|_| Damage::Altered)?;
                match stanza.split_once(' ').unwrap_or((stanza, "")) {
                    (readers::TYPE, arguments) => readers = Some((arguments, Vec::new())),
                    _ => header.stanza(stanza),
                }
            }
        }
        Err(Damage::Altered)
    }

    /// Whether the file may be for a recipient: its list of readers says so, or where it has none,
    /// its stanzas, as far as they tell.
    pub(crate) fn may_be_for(&self, recipient: &Recipient) -> bool {
        if let Some(readers) = self.claim.readers() {
            return readers.current.contains(&recipient.hash());
        }
        match Addressee::of(recipient) {
            Some(addressee) => self.addressees.0.contains_key(&addressee),
            None => self.addressees.0.keys().any(|found| matches!(found, Addressee::Other(_))),
        }
    }

    /// Whether a passphrase opens the file. age accepts no other addressee beside it.
    pub(crate) fn is_passphrase(&self) -> bool {
        self.addressees.0.contains_key(&Addressee::Passphrase)
    }

    fn stanza(&mut self, line: &str) {
        let mut words = line.split(' ');
        let kind = words.next().unwrap_or_default();
        let mut argument = || words.next().unwrap_or_default();
        let addressee = match kind {
            "X25519" => Addressee::X25519,
            "ssh-ed25519" => Addressee::Ssh { kind: "ssh-ed25519", tag: argument().to_owned() },
            "ssh-rsa" => Addressee::Ssh { kind: "ssh-rsa", tag: argument().to_owned() },
            "scrypt" => {
                let _salt = argument();
                self.work_factor = argument().parse().ok();
                Addressee::Passphrase
            }
            "mlkem768x25519" => Addressee::PostQuantum,
            // A meaningless stanza that writers add so that readers stay used to unknown ones.
            grease if grease.ends_with("-grease") => return,
            other => Addressee::Other(other.to_owned()),
        };
        *self.addressees.0.entry(addressee).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD_NO_PAD;

    use super::*;
    use crate::age::readers::Readers;

    #[test]
    fn addressees_are_counted() {
        let text = "age-encryption.org/v1\n-> X25519 a\nbody\n-> ssh-rsa tAg\nbody\n-> X25519 \
            b\nbody\n-> q-grease x\n\n-> piv-p256 a b\n\n--- mac\npayload\n--- x\n";
        let header = Header::read(text.as_bytes()).unwrap();
        assert_eq!(header.len, text.find("payload").unwrap());
        assert_eq!(header.addressees.0.get(&Addressee::X25519), Some(&2));
        let ssh = Addressee::Ssh { kind: "ssh-rsa", tag: "tAg".to_owned() };
        assert_eq!(header.addressees.0.get(&ssh), Some(&1));
        assert_eq!(header.addressees.0.len(), 3);
        assert_eq!(header.addressees.count(), 4);
        assert_eq!(header.claim, Claim::None);
    }

    #[test]
    fn readers_are_no_addressees() {
        let hash = [7; 8];
        let readers = Readers { current: vec![hash; 3], former: vec![[9; 8]; 5] };
        let body = STANDARD_NO_PAD.encode(readers.stanza().unwrap().body);
        let (first, rest) = body.split_at(64);
        let stanza = format!("-> mintage.dev/readers v1\n{first}\n{rest}\n");
        let header = |stanzas: &str| {
            let text = format!("age-encryption.org/v1\n-> X25519 a\nbody\n{stanzas}--- mac\n");
            Header::read(text.as_bytes())
        };
        let once = header(&stanza).unwrap();
        assert_eq!(once.claim.readers(), Some(&readers));
        assert_eq!(once.addressees.count(), 1);
        assert_eq!(header(&stanza.repeat(2)).unwrap().claim, Claim::Unreadable);
        let later = header(&stanza.replace("v1", "v2")).unwrap();
        assert_eq!((later.claim, later.addressees.count()), (Claim::Unreadable, 1));
        assert_eq!(header("-> mintage.dev/readers\n\n").unwrap().claim, Claim::Unreadable);
        let other = header("-> mintage.dev/readersx v1\n\n").unwrap();
        assert_eq!((other.claim, other.addressees.count()), (Claim::None, 2));
        assert_eq!(header(&format!("-> mintage.dev/readers v1\n{first}\n")), Err(Damage::Altered));
    }
}
