//! How identities open a file. Locked ones ask for their passphrase when a file needs them, once,
//! and remember the answer; commands run when a file needs them.

use age::Identity;

use super::AskPassphrase;
use super::age_file::{AgeFile, FileFault};
use super::fault::{DecryptFault, PassphraseOf};
use super::given::Given;
use super::identity::{HeldIdentity, Lock, Locked, PluginKey};
use super::keyring::Keyring;
use super::plugin::PluginUse;
use super::recipient::Recipient;
use crate::secret::bytes::SecretBytes;

impl Keyring {
    /// The plaintext of an age file, binary or armored, if it has at most `limit` bytes.
    pub(crate) fn decrypt(
        &self,
        name: &str,
        bytes: &[u8],
        limit: usize,
        ask: AskPassphrase<'_>,
    ) -> Result<SecretBytes, DecryptFault> {
        self.open(name, &AgeFile::read(bytes)?, limit, ask)
    }

    /// The plaintext of an age file, if it has at most `limit` bytes. Then the file's whole header
    /// is genuine, [`Header::claim`](super::header::Header) included.
    ///
    /// `name` is what a question for the file's passphrase calls it. People are asked as late as
    /// can be: for the file's own passphrase when it has one; for an ssh key's when the file names
    /// that key; by plugins when no other key opens the file; for an identity file's passphrase
    /// when nothing else opens the file and it may have recipients of which the file holds
    /// identities. Those of identities are asked for once per keyring, right or wrong. Commands run
    /// before people are asked, if none of the keys at hand opens the file.
    pub(crate) fn open(
        &self,
        name: &str,
        file: &AgeFile<'_>,
        limit: usize,
        ask: AskPassphrase<'_>,
    ) -> Result<SecretBytes, DecryptFault> {
        if file.header.is_passphrase() {
            file.check_work()?;
            let passphrase = ask(name).ok_or(DecryptFault::NoPassphrase(PassphraseOf::File))?;
            return Ok(file.open_with_passphrase(&passphrase, limit)?);
        }
        if let Some(plain) = open(file, self.given.iter().flat_map(|given| &given.held), limit)? {
            return Ok(plain);
        }
        let mut problem = None;
        if let Some(plain) = self.open_by_commands(file, limit, ask, &mut problem)? {
            return Ok(plain);
        }
        let all: Vec<&Given> = self.given.iter().collect();
        if let Some(plain) = self.open_by_asking(file, &all, limit, ask, &mut problem)? {
            return Ok(plain);
        }
        let addressees = file.header.addressees.clone();
        Err(match (problem, self.identities(addressees.has_ssh())) {
            (Some(problem), _) => problem,
            (None, tried) if tried.is_empty() => {
                DecryptFault::NoIdentities { addressees, empty: self.empty.clone() }
            }
            (None, tried) => DecryptFault::NoMatch { addressees, tried, empty: self.empty.clone() },
        })
    }

    /// With what commands print: for each recipient that the file may have, until one opens it;
    /// for none by name if no recipient is known.
    fn open_by_commands(
        &self,
        file: &AgeFile<'_>,
        limit: usize,
        ask: AskPassphrase<'_>,
        problem: &mut Option<DecryptFault>,
    ) -> Result<Option<SecretBytes>, DecryptFault> {
        let known = self.recipients.iter().filter(|one| file.header.may_be_for(one));
        let known: Vec<String> = known.map(Recipient::to_string).collect();
        let mut wanted: Vec<Option<&str>> = known.iter().map(|one| Some(one.as_str())).collect();
        if wanted.is_empty() {
            wanted.push(None);
        }
        for command in &self.commands {
            let mut failed = None;
            let mut has_answered = false;
            for number in 0.. {
                let Some(answer) = command.answer(number, &wanted) else { break };
                match &answer.given {
                    _ if answer.is_repeated => {}
                    Err(fault) => failed = failed.or(Some(fault.clone())),
                    Ok(given) => {
                        has_answered = true;
                        if let Some(plain) = open(file, given.held.iter(), limit)? {
                            return Ok(Some(plain));
                        }
                        let opened = self.open_by_asking(file, &[given], limit, ask, problem)?;
                        if opened.is_some() {
                            return Ok(opened);
                        }
                    }
                }
            }
            // One that has no identity for a recipient may fail, as with a key that is missing.
            if !has_answered && problem.is_none() {
                *problem = failed.map(DecryptFault::BadIdentity);
            }
        }
        Ok(None)
    }

    /// With keys that may ask somebody. What keeps one from its work is a problem if none opens the
    /// file.
    fn open_by_asking(
        &self,
        file: &AgeFile<'_>,
        all: &[&Given],
        limit: usize,
        ask: AskPassphrase<'_>,
        problem: &mut Option<DecryptFault>,
    ) -> Result<Option<SecretBytes>, DecryptFault> {
        let is_ssh = |lock: &Lock| matches!(lock, Lock::Ssh(..));
        for step in [Step::LockedSsh, Step::Plugins, Step::LockedFiles] {
            for (origin, held) in all.iter().flat_map(|given| given.with_origin()) {
                let opened = match (step, held) {
                    (Step::LockedSsh, HeldIdentity::Locked(one)) if is_ssh(&one.lock) => {
                        self.open_locked(file, origin, one, limit, ask)
                    }
                    (Step::LockedFiles, HeldIdentity::Locked(one)) if !is_ssh(&one.lock) => {
                        self.open_locked(file, origin, one, limit, ask)
                    }
                    (Step::Plugins, HeldIdentity::Plugin(key)) => {
                        self.open_by_plugin(file, key, limit)
                    }
                    _ => continue,
                };
                match opened {
                    Ok(Some(plain)) => return Ok(Some(plain)),
                    Ok(None) => {}
                    Err(DecryptFault::File(fault)) => return Err(fault.into()),
                    Err(fault) if problem.is_none() => *problem = Some(fault),
                    Err(_) => {}
                }
            }
        }
        Ok(None)
    }

    fn open_locked(
        &self,
        file: &AgeFile<'_>,
        origin: &str,
        locked: &Locked,
        limit: usize,
        ask: AskPassphrase<'_>,
    ) -> Result<Option<SecretBytes>, DecryptFault> {
        if !locked.lock.may_open(&file.header.addressees) {
            return Ok(None);
        }
        let held = locked.unlock(origin, ask)?;
        if let Some(plain) = open(file, held.iter(), limit)? {
            return Ok(Some(plain));
        }
        for held in held {
            if let HeldIdentity::Plugin(key) = held
                && let Some(plain) = self.open_by_plugin(file, key, limit)?
            {
                return Ok(Some(plain));
            }
        }
        Ok(None)
    }

    fn open_by_plugin(
        &self,
        file: &AgeFile<'_>,
        key: &PluginKey,
        limit: usize,
    ) -> Result<Option<SecretBytes>, DecryptFault> {
        let plugin = PluginUse::new(&self.plugins, &key.name, key.text.as_str());
        let opened = file.open(std::iter::once(&plugin as &dyn Identity), limit)?;
        match plugin.fault.take() {
            Some(fault) => Err(DecryptFault::Plugin(fault)),
            None => Ok(opened),
        }
    }
}

/// The order in which keys that may ask somebody are tried.
#[derive(Clone, Copy)]
enum Step {
    LockedSsh,
    Plugins,
    LockedFiles,
}

/// Opens a file with those of the identities that need no passphrase; `None` when none matches.
fn open<'k>(
    file: &AgeFile<'_>,
    held: impl Iterator<Item = &'k HeldIdentity>,
    limit: usize,
) -> Result<Option<SecretBytes>, FileFault> {
    let addressees = &file.header.addressees;
    let keys = held.filter_map(|held| match held {
        HeldIdentity::Native(_, key) if addressees.has_x25519() => Some(&**key as &dyn Identity),
        HeldIdentity::Hybrid(_, key) if addressees.has_post_quantum() => Some(&**key),
        HeldIdentity::Ssh(public, key) if addressees.names_ssh(public) => Some(&**key),
        _ => None,
    });
    file.open(keys, limit)
}
