//! What users offer as identities, read line by line; and what is wrong with it, without a byte of
//! it.

use std::sync::OnceLock;

use age::secrecy::SecretString;
use age::ssh::{EncryptedKey, Identity as SshIdentity};
use age::x25519;

use super::AskPassphrase;
use super::age_file::{AgeFile, FileFault};
use super::header::Addressees;
use super::ssh::{SshKey, SshProblem, SshPublic, is_public_key, parse_private};
use crate::content::{Age, BYTE_ORDER_MARK, Content};
use crate::secret::bytes::SecretBytes;
use crate::world::MAX_FILE_BYTES;

#[derive(Clone, Debug)]
pub(crate) struct IdentityInput {
    /// What messages call it: `-i key.txt`, `MINTAGE_IDENTITY`, `~/.ssh/id_ed25519`.
    pub origin: String,
    pub bytes: SecretBytes,
    /// It was only looked up because it is where ssh keeps its keys: tried for files that name an
    /// ssh recipient, never a reason for an error of its own.
    pub only_for_ssh: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadIdentity {
    pub origin: String,
    pub reason: BadIdentityReason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BadIdentityReason {
    Empty,
    Line {
        line: usize,
        problem: LineProblem,
    },
    /// Only identities that need more than mintage has.
    Unusable(String),
    Ssh(SshProblem),
    EncryptedForKeys,
    /// An age file that does not open, or what is no text.
    File(FileFault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineProblem {
    Mistyped,
    /// An identity with other text on its line: quotes, a name, a comment.
    ExtraText,
    PublicKey,
    Other,
}

pub(crate) enum HeldIdentity {
    Native(String, Box<x25519::Identity>),
    Ssh(SshPublic, Box<SshIdentity>),
    Locked(Box<Locked>),
    /// Of a kind that mintage knows but can't use: which.
    Unusable(String),
}

pub(crate) struct Locked {
    pub(crate) lock: Lock,
    opened: OnceLock<Result<Vec<HeldIdentity>, DecryptFault>>,
}

pub(crate) enum Lock {
    Ssh(SshPublic, EncryptedKey),
    File(SecretBytes),
}

/// Why a file gives no plaintext. Holds public data only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DecryptFault {
    File(FileFault),
    NoIdentities {
        addressees: Addressees,
    },
    NoMatch {
        addressees: Addressees,
        /// What there is, in the order in which it was tried.
        tried: Vec<IdentityInfo>,
    },
    WrongPassphrase(PassphraseOf),
    /// A passphrase is needed, and there is no one to ask.
    NoPassphrase(PassphraseOf),
    /// An identity file that had to be opened for this file holds no identity.
    BadIdentity(BadIdentity),
}

impl From<FileFault> for DecryptFault {
    fn from(fault: FileFault) -> Self {
        DecryptFault::File(fault)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PassphraseOf {
    File,
    IdentityFile(String),
    SshKey(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdentityInfo {
    pub origin: String,
    pub kind: IdentityKind,
    /// Its public half: the recipient `age1...`, or the fingerprint `SHA256:...` of an ssh key.
    pub public: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IdentityKind {
    X25519,
    Ssh(&'static str),
    LockedFile,
    /// Of a kind that mintage can't use: which.
    Unusable(String),
}

impl HeldIdentity {
    fn locked(lock: Lock) -> Self {
        HeldIdentity::Locked(Box::new(Locked { lock, opened: OnceLock::new() }))
    }

    pub(crate) fn is_ssh(&self) -> bool {
        match self {
            HeldIdentity::Ssh(..) => true,
            HeldIdentity::Locked(locked) => matches!(locked.lock, Lock::Ssh(..)),
            HeldIdentity::Native(..) | HeldIdentity::Unusable(_) => false,
        }
    }
}

impl Lock {
    pub(crate) fn may_open(&self, addressees: &Addressees) -> bool {
        match self {
            Lock::Ssh(public, _) => addressees.names_ssh(public),
            Lock::File(_) => addressees.has_x25519(),
        }
    }
}

impl Locked {
    /// The identities; their passphrase is asked for once.
    pub(crate) fn unlock(
        &self,
        origin: &str,
        ask: AskPassphrase<'_>,
    ) -> Result<&[HeldIdentity], DecryptFault> {
        let opened = self.opened.get_or_init(|| self.open(origin.to_owned(), ask));
        opened.as_ref().map(Vec::as_slice).map_err(Clone::clone)
    }

    fn open(
        &self,
        origin: String,
        ask: AskPassphrase<'_>,
    ) -> Result<Vec<HeldIdentity>, DecryptFault> {
        let (what, of) = match self.lock {
            Lock::Ssh(..) => ("SSH key", PassphraseOf::SshKey(origin.clone())),
            Lock::File(_) => ("identity file", PassphraseOf::IdentityFile(origin.clone())),
        };
        let Some(passphrase) = ask(&format!("the {what} {origin}")) else {
            return Err(DecryptFault::NoPassphrase(of));
        };
        let bad = |reason| DecryptFault::BadIdentity(BadIdentity { origin, reason });
        match &self.lock {
            Lock::Ssh(public, key) => {
                let passphrase = passphrase.expose_str();
                let passphrase = passphrase.map(|text| SecretString::from(text.to_owned()));
                let key = passphrase.and_then(|passphrase| key.decrypt(passphrase).ok());
                let key = SshIdentity::from(key.ok_or(DecryptFault::WrongPassphrase(of))?);
                Ok(vec![HeldIdentity::Ssh(public.clone(), Box::new(key))])
            }
            Lock::File(bytes) => {
                let file = AgeFile::read(bytes.expose());
                match file.and_then(|file| file.open_with_passphrase(&passphrase, MAX_FILE_BYTES)) {
                    // It holds no ssh keys.
                    Ok(plain) => read_lines(plain.expose()).map_err(bad),
                    Err(FileFault::WrongPassphrase) => Err(DecryptFault::WrongPassphrase(of)),
                    Err(fault) => Err(bad(BadIdentityReason::File(fault))),
                }
            }
        }
    }

    pub(crate) fn unlocked(&self) -> Option<&[HeldIdentity]> {
        self.opened.get()?.as_ref().ok().map(Vec::as_slice)
    }
}

/// Reads what was given as an identity: lines, an ssh private key, or an age file.
pub(crate) fn read(input: &SecretBytes) -> Result<Vec<HeldIdentity>, BadIdentityReason> {
    let bytes = input.expose();
    match Content::of(bytes) {
        Content::Age(Age::Binary | Age::Armored) => {
            // What can be checked before anybody is asked for the passphrase.
            let file = AgeFile::read(bytes).map_err(BadIdentityReason::File)?;
            if !file.header.is_passphrase() {
                return Err(BadIdentityReason::EncryptedForKeys);
            }
            file.check_work().map_err(BadIdentityReason::File)?;
            return Ok(vec![HeldIdentity::locked(Lock::File(input.clone()))]);
        }
        content @ (Content::Age(
            Age::Cut | Age::NewerVersion | Age::Reencoded { .. } | Age::TextBeforeArmor,
        )
        | Content::Utf16
        | Content::Path) => return Err(BadIdentityReason::File(FileFault::NotAge(content))),
        _ => {}
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let start = text.trim_start_matches(BYTE_ORDER_MARK).trim_start();
    if start.starts_with("PuTTY-User-Key-File-") {
        return Err(BadIdentityReason::Ssh(SshProblem::Putty));
    }
    if !start.starts_with("-----BEGIN ") {
        return read_lines(bytes);
    }
    match parse_private(start).map_err(BadIdentityReason::Ssh)? {
        SshKey::Open(public, identity) => Ok(vec![HeldIdentity::Ssh(public, Box::new(identity))]),
        SshKey::Locked(public, key) => Ok(vec![HeldIdentity::locked(Lock::Ssh(public, key))]),
    }
}

fn read_lines(bytes: &[u8]) -> Result<Vec<HeldIdentity>, BadIdentityReason> {
    let not_text = BadIdentityReason::File(FileFault::NotAge(Content::Binary));
    let text = std::str::from_utf8(bytes).map_err(|_| not_text)?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut held = Vec::new();
    let mut key_in_comment = None;
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        if text.starts_with('#') {
            // Line breaks were lost on the way here.
            key_in_comment = key_in_comment.or(contains_key(text).then_some(line));
        } else if !text.is_empty() {
            let problem = |problem| BadIdentityReason::Line { line, problem };
            held.push(read_line(text).map_err(problem)?);
        }
    }
    let unusable = held.iter().map(|held| match held {
        HeldIdentity::Unusable(kind) => Some(kind.clone()),
        _ => None,
    });
    match (unusable.collect::<Option<Vec<_>>>().as_deref(), key_in_comment) {
        (None, _) => Ok(held),
        (Some([kind, ..]), _) => Err(BadIdentityReason::Unusable(kind.clone())),
        (Some([]), Some(line)) => {
            Err(BadIdentityReason::Line { line, problem: LineProblem::ExtraText })
        }
        (Some([]), None) => Err(BadIdentityReason::Empty),
    }
}

const NATIVE: &str = "AGE-SECRET-KEY-1";
const POST_QUANTUM: &str = "AGE-SECRET-KEY-PQ-1";
const PLUGIN: &str = "AGE-PLUGIN-";

fn contains_key(text: &str) -> bool {
    text.contains(NATIVE) || text.contains(POST_QUANTUM)
}

fn read_line(line: &str) -> Result<HeldIdentity, LineProblem> {
    // Bech32 may be in upper or lower case; identities are customarily in upper case.
    let starts_with = |prefix: &str| {
        line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_');
    if contains_key(line) && !line.chars().all(is_word) {
        return Err(LineProblem::ExtraText);
    }
    if is_public_key(line) || starts_with("age1") {
        return Err(LineProblem::PublicKey);
    }
    if starts_with(POST_QUANTUM) {
        return Ok(HeldIdentity::Unusable("a post-quantum identity".to_owned()));
    }
    if starts_with(NATIVE) {
        let identity: x25519::Identity = line.parse().map_err(|_| LineProblem::Mistyped)?;
        return Ok(HeldIdentity::Native(identity.to_public().to_string(), Box::new(identity)));
    }
    if starts_with(PLUGIN) && line.chars().all(is_word) {
        // AGE-PLUGIN-NAME-1DATA: the name ends with the last `-1`, as Bech32 data has no `1`.
        let name = line.get(PLUGIN.len()..).and_then(|rest| rest.rsplit_once("-1"));
        let name = name.map(|(name, _)| name.to_ascii_lowercase());
        let name = name.filter(|name| !name.is_empty()).ok_or(LineProblem::Mistyped)?;
        return Ok(HeldIdentity::Unusable(format!("an identity of `age-plugin-{name}`")));
    }
    Err(LineProblem::Other)
}
