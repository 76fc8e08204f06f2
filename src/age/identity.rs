//! What users offer as identities, read line by line; and what is wrong with it, without a byte of
//! it.

use std::sync::OnceLock;

use age::secrecy::SecretString;
use age::ssh::{EncryptedKey, Identity as SshIdentity};
use age::x25519;

use super::age_file::{AgeFile, OpenFault, ReadFault};
use super::ssh::{SshKey, SshProblem, SshPublic, parse_private};
use super::{AskPassphrase, Damage};
use crate::content::{Age, Content};
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
    /// Which, as in [`IdentityInput::origin`].
    pub origin: String,
    pub reason: BadIdentityReason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BadIdentityReason {
    Empty,
    NoIdentities,
    /// Only comments, but one of them holds an identity: line breaks were lost.
    KeyInComment {
        /// Its line, from 1.
        line: usize,
    },
    Line {
        /// Which, from 1.
        line: usize,
        problem: LineProblem,
    },
    NotText,
    /// Only identities of this plugin, and mintage runs no plugins.
    Plugin(String),
    /// Only post-quantum identities, which the age library does not know yet.
    PostQuantum,
    Ssh(SshProblem),
    /// An age file that is encrypted for keys, not with a passphrase.
    EncryptedForKeys,
    /// An age file that asks for more work than is done: the exponent of scrypt's N.
    WorkFactor(u8),
    Damaged(Damage),
    /// An age file of a later version, or one in another encoding.
    Unreadable(Content),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineProblem {
    /// A native identity with a wrong or missing character.
    Mistyped,
    /// An identity with other text on its line: quotes, a name, a comment.
    ExtraText,
    Recipient,
    SshPublicKey,
    Other,
}

pub(crate) enum HeldIdentity {
    /// A native key, with its recipient.
    Native(String, Box<x25519::Identity>),
    Ssh(SshPublic, Box<SshIdentity>),
    LockedSsh(Box<LockedSsh>),
    LockedFile(Box<LockedFile>),
    /// An identity that needs more than mintage has.
    Unusable(Unusable),
}

/// An identity of a kind that mintage knows but can't use.
pub(crate) enum Unusable {
    Plugin(String),
    /// `AGE-SECRET-KEY-PQ-1...`
    PostQuantum,
}

/// Why something locked stays locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UnlockFault {
    Wrong,
    Nobody,
    /// What the passphrase opens is no identity.
    Bad(BadIdentityReason),
}

pub(crate) struct LockedSsh {
    pub(crate) public: SshPublic,
    key: EncryptedKey,
    opened: OnceLock<Result<SshIdentity, UnlockFault>>,
}

pub(crate) struct LockedFile {
    bytes: SecretBytes,
    opened: OnceLock<Result<Vec<HeldIdentity>, UnlockFault>>,
}

impl HeldIdentity {
    pub(crate) fn locked_ssh(public: SshPublic, key: EncryptedKey) -> Self {
        HeldIdentity::LockedSsh(Box::new(LockedSsh { public, key, opened: OnceLock::new() }))
    }
}

impl LockedSsh {
    /// The key, once its passphrase was asked for.
    pub(crate) fn unlock(
        &self,
        origin: &str,
        ask: AskPassphrase<'_>,
    ) -> Result<&SshIdentity, UnlockFault> {
        let opened = self.opened.get_or_init(|| {
            let passphrase = ask(&format!("the ssh key {origin}")).ok_or(UnlockFault::Nobody)?;
            let passphrase = passphrase.expose_str().ok_or(UnlockFault::Wrong)?;
            self.key
                .decrypt(SecretString::from(passphrase.to_owned()))
                .map(SshIdentity::from)
                .map_err(|_| UnlockFault::Wrong)
        });
        opened.as_ref().map_err(Clone::clone)
    }
}

impl LockedFile {
    pub(crate) fn new(bytes: SecretBytes) -> Self {
        Self { bytes, opened: OnceLock::new() }
    }

    /// The identities in the file, once its passphrase was asked for.
    pub(crate) fn unlock(
        &self,
        origin: &str,
        ask: AskPassphrase<'_>,
    ) -> Result<&[HeldIdentity], UnlockFault> {
        let opened = self.opened.get_or_init(|| {
            let file = AgeFile::read(self.bytes.expose()).map_err(|fault| {
                UnlockFault::Bad(match fault {
                    ReadFault::NotAge(looks) => BadIdentityReason::Unreadable(looks),
                    ReadFault::Damaged(damage) => BadIdentityReason::Damaged(damage),
                })
            })?;
            let passphrase =
                ask(&format!("the identity file {origin}")).ok_or(UnlockFault::Nobody)?;
            let plain = file.open_with_passphrase(&passphrase, MAX_FILE_BYTES).map_err(
                |fault| match fault {
                    OpenFault::WrongPassphrase => UnlockFault::Wrong,
                    OpenFault::WorkFactor(required) => {
                        UnlockFault::Bad(BadIdentityReason::WorkFactor(required))
                    }
                    OpenFault::Damaged(damage) => {
                        UnlockFault::Bad(BadIdentityReason::Damaged(damage))
                    }
                    OpenFault::NoMatch => {
                        UnlockFault::Bad(BadIdentityReason::Damaged(Damage::Header))
                    }
                    OpenFault::TooLarge => {
                        UnlockFault::Bad(BadIdentityReason::Unreadable(Content::Binary))
                    }
                },
            )?;
            read_decrypted(&plain).map_err(UnlockFault::Bad)
        });
        opened.as_ref().map(Vec::as_slice).map_err(Clone::clone)
    }

    /// The identities in the file, if somebody unlocked it already.
    pub(crate) fn unlocked(&self) -> Option<&[HeldIdentity]> {
        self.opened.get()?.as_ref().ok().map(Vec::as_slice)
    }
}

pub(crate) fn read(input: &IdentityInput) -> Result<Vec<HeldIdentity>, BadIdentityReason> {
    let bytes = input.bytes.expose();
    match Content::of(bytes) {
        Content::Age(Age::Binary | Age::Armored) => {
            return locked_file(&input.bytes)
                .map(|file| vec![HeldIdentity::LockedFile(Box::new(file))]);
        }
        Content::Empty => return Err(BadIdentityReason::Empty),
        content @ (Content::Age(
            Age::Cut | Age::NewerVersion | Age::Reencoded { .. } | Age::TextBeforeArmor,
        )
        | Content::Utf16) => return Err(BadIdentityReason::Unreadable(content)),
        _ => {}
    }
    let text = std::str::from_utf8(bytes).map_err(|_| BadIdentityReason::NotText)?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("PuTTY-User-Key-File-") {
        return Err(BadIdentityReason::Ssh(SshProblem::Putty));
    }
    if !text.starts_with("-----BEGIN ") {
        return read_lines(text_lines(input.bytes.expose()));
    }
    match parse_private(text) {
        Ok(SshKey::Open(public, identity)) => {
            Ok(vec![HeldIdentity::Ssh(public, Box::new(identity))])
        }
        Ok(SshKey::Locked(public, key)) => Ok(vec![HeldIdentity::locked_ssh(public, key)]),
        Err(problem) => Err(BadIdentityReason::Ssh(problem)),
    }
}

/// Checks what can be checked of an encrypted identity file before anybody is asked for its
/// passphrase.
fn locked_file(bytes: &SecretBytes) -> Result<LockedFile, BadIdentityReason> {
    let file = AgeFile::read(bytes.expose()).map_err(|fault| match fault {
        ReadFault::NotAge(looks) => BadIdentityReason::Unreadable(looks),
        ReadFault::Damaged(damage) => BadIdentityReason::Damaged(damage),
    })?;
    if !file.header.is_passphrase() {
        return Err(BadIdentityReason::EncryptedForKeys);
    }
    match file.check_work() {
        Ok(()) => Ok(LockedFile::new(bytes.clone())),
        Err(OpenFault::WorkFactor(required)) => Err(BadIdentityReason::WorkFactor(required)),
        Err(_) => Err(BadIdentityReason::Damaged(Damage::Header)),
    }
}

/// The identities of a decrypted identity file, which holds no ssh keys.
pub(crate) fn read_decrypted(bytes: &SecretBytes) -> Result<Vec<HeldIdentity>, BadIdentityReason> {
    if bytes.expose().trim_ascii().is_empty() {
        return Err(BadIdentityReason::Empty);
    }
    if bytes.expose_str().is_none() {
        return Err(BadIdentityReason::NotText);
    }
    read_lines(text_lines(bytes.expose()))
}

fn text_lines(bytes: &[u8]) -> impl Iterator<Item = &str> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.strip_prefix('\u{feff}').unwrap_or(text).lines().map(str::trim)
}

fn read_lines<'a>(
    lines: impl Iterator<Item = &'a str>,
) -> Result<Vec<HeldIdentity>, BadIdentityReason> {
    let mut held = Vec::new();
    let mut key_in_comment = None;
    for (line, text) in (1..).zip(lines) {
        if text.starts_with('#') {
            if contains_key(text) {
                key_in_comment = key_in_comment.or(Some(line));
            }
        } else if !text.is_empty() {
            held.push(
                read_line(text).map_err(|problem| BadIdentityReason::Line { line, problem })?,
            );
        }
    }
    match held.first() {
        None => Err(key_in_comment.map_or(BadIdentityReason::NoIdentities, |line| {
            BadIdentityReason::KeyInComment { line }
        })),
        Some(HeldIdentity::Unusable(kind))
            if held.iter().all(|held| matches!(held, HeldIdentity::Unusable(_))) =>
        {
            Err(match kind {
                Unusable::Plugin(name) => BadIdentityReason::Plugin(name.clone()),
                Unusable::PostQuantum => BadIdentityReason::PostQuantum,
            })
        }
        Some(_) => Ok(held),
    }
}

const NATIVE: &str = "AGE-SECRET-KEY-1";
const POST_QUANTUM: &str = "AGE-SECRET-KEY-PQ-1";
const PLUGIN: &str = "AGE-PLUGIN-";

/// Bech32 may be in upper or lower case; identities are customarily in upper case.
fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn contains_key(text: &str) -> bool {
    text.contains(NATIVE) || text.contains(POST_QUANTUM)
}

fn read_line(line: &str) -> Result<HeldIdentity, LineProblem> {
    if !line
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'_'))
    {
        return Err(match line {
            _ if contains_key(line) => LineProblem::ExtraText,
            _ if ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]
                .iter()
                .any(|kind| line.starts_with(kind)) =>
            {
                LineProblem::SshPublicKey
            }
            _ => LineProblem::Other,
        });
    }
    if starts_with(line, POST_QUANTUM) {
        return Ok(HeldIdentity::Unusable(Unusable::PostQuantum));
    }
    if starts_with(line, NATIVE) {
        let identity: x25519::Identity = line.parse().map_err(|_| LineProblem::Mistyped)?;
        return Ok(HeldIdentity::Native(identity.to_public().to_string(), Box::new(identity)));
    }
    if starts_with(line, PLUGIN) {
        // AGE-PLUGIN-NAME-1DATA: the name ends with the last `-1`, as Bech32 data has no `1`.
        let name = line
            .get(PLUGIN.len()..)
            .and_then(|rest| rest.rsplit_once("-1"))
            .map(|(name, _)| name.to_ascii_lowercase());
        return name
            .filter(|name| !name.is_empty())
            .map(|name| HeldIdentity::Unusable(Unusable::Plugin(name)))
            .ok_or(LineProblem::Mistyped);
    }
    Err(if starts_with(line, "age1") { LineProblem::Recipient } else { LineProblem::Other })
}
