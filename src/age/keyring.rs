//! All identities of a run, and how they open a file. Locked ones ask for their passphrase when a
//! file needs them, once, and remember the answer; commands run when a file needs them.

use std::fmt;
use std::sync::Arc;

use age::Identity;

use super::AskPassphrase;
use super::age_file::{AgeFile, FileFault};
use super::command::{Answer, IdentityCommand};
use super::fault::{BadIdentity, DecryptFault, IdentityInfo, PassphraseOf};
use super::given::{Given, Look};
use super::identity::{HeldIdentity, IdentitySource, Lock, Locked, PluginKey};
use super::input::IdentityInput;
use super::plugin::{PluginUse, Plugins};
use super::recipient::Recipient;
use crate::secret::bytes::SecretBytes;

#[derive(Default)]
pub(crate) struct Keyring {
    given: Vec<Given>,
    commands: Vec<Arc<IdentityCommand>>,
    /// For which a command may be asked.
    recipients: Vec<Recipient>,
    /// Variables of the environment that are set and empty.
    empty: Vec<&'static str>,
    plugins: Plugins,
}

impl Keyring {
    /// Reads the inputs, in the order in which they are to be tried. Nobody is asked for a
    /// passphrase here, and no command runs. Inputs without a usable identity come back with the
    /// reason, except those that were only looked up for ssh.
    pub(crate) fn load(inputs: Vec<IdentityInput>, plugins: Plugins) -> (Self, Vec<BadIdentity>) {
        let mut ring = Keyring { plugins, ..Keyring::default() };
        let mut bad = Vec::new();
        for input in inputs {
            let (origin, bytes, source) = match input {
                IdentityInput::Bytes { origin, bytes, source } => (origin, bytes, source),
                IdentityInput::Command(command) => {
                    ring.commands.push(command);
                    continue;
                }
                IdentityInput::Empty(variable) => {
                    ring.empty.push(variable);
                    continue;
                }
            };
            match Given::read(origin, &bytes, source) {
                Ok(given) => ring.given.push(given),
                Err(_) if source == IdentitySource::UsualSshKey => {}
                Err(fault) => bad.push(fault),
            }
        }
        (ring, bad)
    }

    pub(crate) fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Whether there is nothing to decrypt with, keys that were only looked up for ssh included.
    pub(crate) fn is_empty(&self) -> bool {
        !self.has_commands() && self.given.iter().all(|given| given.held.is_empty())
    }

    /// Tells commands for whom files may be encrypted. Texts that are not recipients are passed
    /// over.
    pub(crate) fn name_recipients<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        if self.commands.is_empty() {
            return;
        }
        for recipient in texts.into_iter().filter_map(|text| Recipient::parse(text).ok()) {
            if !self.recipients.contains(&recipient) {
                self.recipients.push(recipient);
            }
        }
    }

    /// Runs the commands without a recipient: for what is about the identities that there are.
    pub(crate) fn run_commands(&self) -> Result<(), BadIdentity> {
        for command in &self.commands {
            let answer = command.answer(0, &[None]);
            if let Some(Err(fault)) = answer.as_deref().map(|answer| answer.given.as_ref()) {
                return Err(fault.clone());
            }
        }
        Ok(())
    }

    /// What each identity is; keys that were only looked up for ssh are left out unless `ssh`.
    /// Identity files with a passphrase show what they hold once a file needed them, and commands
    /// what they printed so far.
    pub(crate) fn identities(&self, ssh: bool) -> Vec<IdentityInfo> {
        let is_asked = |given: &&Given| ssh || given.source != IdentitySource::UsualSshKey;
        let mut infos: Vec<IdentityInfo> =
            self.given.iter().filter(is_asked).flat_map(Given::infos).collect();
        for answer in self.commands.iter().flat_map(|command| command.answers()) {
            let Ok(given) = &answer.given else { continue };
            for info in given.infos() {
                // It may print the same for several recipients.
                if !infos.contains(&info) {
                    infos.push(info);
                }
            }
        }
        infos
    }

    /// The recipient of each identity, in their order; for one of a plugin, that plugin's name as
    /// an error. Passphrases of identity files are asked for.
    pub(crate) fn recipients(
        &self,
        ask: AskPassphrase<'_>,
    ) -> Result<Vec<Result<String, String>>, DecryptFault> {
        let mut recipients = Vec::new();
        for given in &self.given {
            recipients.extend(given.recipients(ask)?);
        }
        Ok(recipients)
    }

    /// The first result of what is asked of each identity whose key is at hand: those without a
    /// passphrase, then those for which it was given. With an SSH key comes the digest of its file.
    pub(super) fn find_open<T>(&self, look: &Look<'_, T>) -> Option<T> {
        let answers: Vec<Arc<Answer>> =
            self.commands.iter().flat_map(|command| command.answers()).collect();
        let printed = answers.iter().filter_map(|answer| answer.given.as_ref().ok());
        let all: Vec<&Given> = self.given.iter().chain(printed).collect();
        let find = |unlocked| all.iter().find_map(|given| given.find(unlocked, look));
        find(false).or_else(|| find(true))
    }

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

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.identities(true)).finish()
    }
}
