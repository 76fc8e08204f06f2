//! All identities of a run. `open.rs` has how they open a file.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::AskPassphrase;
use super::command::{Answer, IdentityCommand};
use super::fault::{BadIdentity, DecryptFault, IdentityInfo};
use super::given::{Given, Look};
use super::identity::IdentitySource;
use super::input::IdentityInput;
use super::plugin::Plugins;
use super::recipient::{Recipient, RecipientHash};

#[derive(Default)]
pub(crate) struct Keyring {
    pub(super) given: Vec<Given>,
    pub(super) commands: Vec<Arc<IdentityCommand>>,
    /// For which a command may be asked.
    pub(super) recipients: Vec<Recipient>,
    known: BTreeSet<RecipientHash>,
    /// Variables of the environment that are set and empty.
    pub(super) empty: Vec<&'static str>,
    pub(super) plugins: Plugins,
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
            if self.known.insert(recipient.hash()) {
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
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.identities(true)).finish()
    }
}
