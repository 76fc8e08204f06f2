//! What users offer as identities, read line by line; and what is wrong with it, without a byte of
//! it.

use std::sync::OnceLock;

use age::secrecy::SecretString;
use age::ssh::{EncryptedKey, Identity as SshIdentity};
use age::x25519;
use zeroize::Zeroizing;

use super::age_file::{AgeFile, FileFault};
use super::fault::{BadIdentity, BadIdentityReason, DecryptFault, LineProblem, PassphraseOf};
use super::header::Addressees;
use super::recipient::is_plugin_name;
use super::ssh::{SshKey, SshProblem, SshPublic, is_public_key, parse_private};
use super::{AskPassphrase, bech32_text, hybrid};
use crate::content::{Age, BYTE_ORDER_MARK, Content};
use crate::secret::bytes::SecretBytes;
use crate::world::MAX_FILE_BYTES;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdentitySource {
    /// The person who runs mintage named it, or keeps it where mintage looks.
    Person,
    /// It was only looked up because it is where ssh keeps its keys: tried for files that name an
    /// ssh recipient, never a reason for an error of its own.
    UsualSshKey,
    /// A spec named it. It runs no plugins: specs don't start programs.
    Spec,
}

pub(crate) enum HeldIdentity {
    Native(String, Box<x25519::Identity>),
    Hybrid(String, Box<hybrid::Identity>),
    Ssh(SshPublic, Box<SshIdentity>),
    Locked(Box<Locked>),
    Plugin(PluginKey),
    /// Of the plugin of this name, and a spec may not run it.
    SpecPlugin(String),
}

pub(crate) struct PluginKey {
    pub(super) name: String,
    pub(super) text: Zeroizing<String>,
}

pub(crate) struct Locked {
    pub(crate) lock: Lock,
    source: IdentitySource,
    opened: OnceLock<Result<Vec<HeldIdentity>, DecryptFault>>,
}

pub(crate) enum Lock {
    Ssh(SshPublic, EncryptedKey),
    File(SecretBytes),
}

impl HeldIdentity {
    fn locked(lock: Lock, source: IdentitySource) -> Self {
        HeldIdentity::Locked(Box::new(Locked { lock, source, opened: OnceLock::new() }))
    }

    pub(crate) fn is_ssh(&self) -> bool {
        match self {
            HeldIdentity::Ssh(..) => true,
            HeldIdentity::Locked(locked) => matches!(locked.lock, Lock::Ssh(..)),
            _ => false,
        }
    }
}

impl Lock {
    pub(crate) fn may_open(&self, addressees: &Addressees) -> bool {
        match self {
            Lock::Ssh(public, _) => addressees.names_ssh(public),
            // It holds no ssh keys.
            Lock::File(_) => addressees.has_more_than_ssh(),
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
                    Ok(plain) => read_lines(plain.expose(), self.source).map_err(bad),
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
pub(crate) fn read(
    given: &SecretBytes,
    source: IdentitySource,
) -> Result<Vec<HeldIdentity>, BadIdentityReason> {
    let bytes = given.expose();
    match Content::of(bytes) {
        Content::Age(Age::Binary | Age::Armored) => {
            // What can be checked before anybody is asked for the passphrase.
            let file = AgeFile::read(bytes).map_err(BadIdentityReason::File)?;
            if !file.header.is_passphrase() {
                return Err(BadIdentityReason::EncryptedForKeys);
            }
            file.check_work().map_err(BadIdentityReason::File)?;
            return Ok(vec![HeldIdentity::locked(Lock::File(given.clone()), source)]);
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
        return read_lines(bytes, source);
    }
    match parse_private(start).map_err(BadIdentityReason::Ssh)? {
        SshKey::Open(public, identity) => Ok(vec![HeldIdentity::Ssh(public, Box::new(identity))]),
        SshKey::Locked(public, key) => {
            Ok(vec![HeldIdentity::locked(Lock::Ssh(public, key), source)])
        }
    }
}

fn read_lines(
    bytes: &[u8],
    source: IdentitySource,
) -> Result<Vec<HeldIdentity>, BadIdentityReason> {
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
            held.push(read_line(text, source).map_err(problem)?);
        }
    }
    let refused = held.iter().map(|held| match held {
        HeldIdentity::SpecPlugin(name) => Some(name.clone()),
        _ => None,
    });
    match (refused.collect::<Option<Vec<_>>>().as_deref(), key_in_comment) {
        (None, _) => Ok(held),
        (Some([name, ..]), _) => Err(BadIdentityReason::SpecPlugin(name.clone())),
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

fn read_line(line: &str, source: IdentitySource) -> Result<HeldIdentity, LineProblem> {
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
        let identity = hybrid::Identity::parse(line).ok_or(LineProblem::MistypedHybrid)?;
        return Ok(HeldIdentity::Hybrid(identity.to_public().text(), Box::new(identity)));
    }
    if starts_with(NATIVE) {
        let identity: x25519::Identity = line.parse().map_err(|_| LineProblem::Mistyped)?;
        return Ok(HeldIdentity::Native(identity.to_public().to_string(), Box::new(identity)));
    }
    if starts_with(PLUGIN) && line.chars().all(is_word) {
        let name = plugin_name(line).ok_or(LineProblem::MistypedPlugin)?;
        return Ok(match source {
            IdentitySource::Spec => HeldIdentity::SpecPlugin(name),
            _ => {
                let text = Zeroizing::new(line.to_owned());
                HeldIdentity::Plugin(PluginKey { name, text })
            }
        });
    }
    Err(LineProblem::Other)
}

/// The name in AGE-PLUGIN-NAME-1DATA, if the line is whole.
fn plugin_name(line: &str) -> Option<String> {
    let human = bech32_text::human_part(line)?;
    let name = human.strip_prefix(&PLUGIN.to_ascii_lowercase())?.strip_suffix('-')?;
    is_plugin_name(name).then(|| name.to_owned())
}
