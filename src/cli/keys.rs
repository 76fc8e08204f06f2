//! What the commands for keys and encrypted files share: their flags, and a run that has
//! identities, rules and the texts that findings point into.

use std::mem;
use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::identities::IdentityOptions;
use super::{Exit, options::PlainMessages, terminal::Terminal};
use crate::age::{self, AskPassphrase, Keyring, Plugins};
use crate::diag::lint_levels::LintLevels;
use crate::diag::{Diagnostic, sink::Sink};
use crate::encrypted::consent::Notice;
use crate::encrypted::{ReaderChange, Store};
use crate::os::new_folders::NewFolders;
use crate::os::passphrase::Passphrase;
use crate::os::prompt::Tty;
use crate::os::rule_files::{RuleFile, RuleFiles, Ruled};
use crate::os::{inputs::Inputs, world::OsWorld};
use crate::secret::bytes::SecretBytes;
use crate::source::SourceMap;
use crate::world::World as _;

/// How files are written.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Encryption options")]
pub struct WriteOptions {
    /// Don't ask before new readers get access
    #[arg(short, long)]
    pub yes: bool,
    /// Leave out the list of who can read the file
    #[arg(long)]
    pub anonymous: bool,
}

/// A run of one of these commands.
pub struct KeySession {
    pub(crate) terminal: Terminal,
    pub(crate) sources: SourceMap,
    pub(crate) rules: RuleFiles,
    pub(crate) keyring: Keyring,
    pub(crate) plugins: Plugins,
    pub(crate) problems: Vec<Diagnostic>,
    pub(crate) folders: NewFolders,
    passphrase: Option<Passphrase>,
    world: Option<OsWorld>,
}

impl KeySession {
    /// A run that opens nothing.
    pub fn new(messages: &PlainMessages) -> Self {
        Self {
            terminal: messages.terminal(),
            sources: SourceMap::new(),
            rules: RuleFiles::default(),
            keyring: Keyring::default(),
            plugins: Plugins::Never,
            problems: Vec::new(),
            folders: NewFolders::default(),
            passphrase: None,
            world: None,
        }
    }

    /// A run with the identities of the person who runs it. What is wrong with them is among the
    /// problems.
    pub fn with_identities(messages: &PlainMessages, options: &IdentityOptions) -> Self {
        let mut session = Self::new(messages);
        let gathered = options.gather(&|text| {
            if messages.verbose {
                session.terminal.log(text);
            }
        });
        session.problems.extend(gathered.problems);
        session.passphrase = gathered.passphrase;
        session.plugins = gathered.plugins;
        match OsWorld::new(Path::new("."), &[], &[]) {
            Ok(world) => {
                let given = session.passphrase.as_ref().map(|given| given.bytes.clone());
                session.world = Some(world.with_passphrase(given));
            }
            Err(problem) => session.problems.push(*problem),
        }
        if !gathered.notes.is_empty() {
            let mut sink = Sink::new();
            gathered.notes.into_iter().for_each(|note| sink.push(note));
            let notes = sink.finish(&LintLevels::default());
            session.terminal.report(&notes, &session.sources);
        }
        let (keyring, bad) = Keyring::load(gathered.identities, session.plugins.clone());
        session.keyring = keyring;
        session.problems.extend(bad.iter().map(age::messages::bad_identity));
        session
    }

    /// A run that encrypts only: identities are not looked for.
    pub fn without_identities(messages: &PlainMessages, options: &IdentityOptions) -> Self {
        Self { plugins: options.plugins(), ..Self::new(messages) }
    }

    /// Asks for a passphrase on the terminal, or takes it from where it was given.
    pub(crate) fn passphrase(&self, what: &str) -> Option<SecretBytes> {
        self.world.as_ref().and_then(|world| world.passphrase(what))
    }

    pub(crate) fn store<'a>(&'a self, ask: AskPassphrase<'a>, write: &WriteOptions) -> Store<'a> {
        Store { keyring: &self.keyring, plugins: &self.plugins, ask, anonymous: write.anonymous }
    }

    /// Who the file at a path is to be encrypted for.
    pub(crate) fn ruled(&mut self, path: &Path) -> Option<Ruled> {
        match self.rules.audience(path, &mut self.sources) {
            Ok(ruled) => {
                self.keyring.name_recipients(ruled.rules().recipients());
                Some(ruled)
            }
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    /// The spec with the rules for a file, if there is one. What is wrong with the rules does not
    /// matter here.
    pub(crate) fn nearest_rules(&mut self, path: &Path) -> Option<Arc<RuleFile>> {
        let mut rules = RuleFiles::default();
        rules.of(path, &[], &mut self.sources).ok().flatten()
    }

    /// Tells identity commands whom the rules for a file name, if there are any.
    pub(crate) fn name_recipients_for(&mut self, path: &Path) {
        if !self.keyring.has_commands() {
            return;
        }
        if let Some(file) = self.nearest_rules(path) {
            self.keyring.name_recipients(file.rules.recipients());
        }
    }

    /// Says who can read what, and asks about new readers. No plugin runs for them before.
    pub(crate) fn confirm(
        &self,
        changes: &[(&str, &ReaderChange)],
        options: &WriteOptions,
    ) -> Result<(), Box<Diagnostic>> {
        Notice::of(changes).confirm(options.yes, &Tty, &|lines| self.terminal.notify(lines))
    }

    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.is_empty() || !self.rules.problems.is_empty()
    }

    /// Reports the problems, if there are any.
    pub(crate) fn stopped(&mut self) -> Option<Exit> {
        // A spec may have been read for its rules, and for what is in it.
        for problem in self.rules.problems.drain(..) {
            let is_known = |known: &Diagnostic| known.message == problem.message;
            if !self.problems.iter().any(is_known) {
                self.problems.push(problem);
            }
        }
        if self.problems.is_empty() {
            return None;
        }
        let problems = mem::take(&mut self.problems);
        Some(self.report(problems))
    }

    pub(crate) fn fail(&self, problem: Diagnostic) -> Exit {
        self.report(vec![problem])
    }

    fn report(&self, mut problems: Vec<Diagnostic>) -> Exit {
        if let Some(passphrase) = &self.passphrase {
            passphrase.explain(&mut problems);
        }
        self.terminal.report(&problems, &self.sources)
    }

    pub(crate) fn print(&self, bytes: &[u8], inputs: &Inputs) -> Exit {
        self.terminal.printed(crate::os::output::write_stdout(bytes, inputs))
    }
}
