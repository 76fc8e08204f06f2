//! What `set` and `unset` share: a spec with a look at all of its values, and files that are opened
//! and encrypted by the rules.

mod armor;
mod writing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Exit;
use super::options::SpecOptions;
use super::session::Session;
use crate::Input;
use crate::age::messages::decrypt_fault;
use crate::age::{self, DecryptFault, Keyring};
use crate::compile::resolve::read_error;
use crate::content::{Age, Content};
use crate::diag::{Diagnostic, phrases::code};
use crate::encrypted::held::{Elsewhere, Held};
use crate::encrypted::locate::Survey;
use crate::encrypted::look::{Look, look};
use crate::encrypted::messages;
use crate::encrypted::target::{self, Found};
use crate::encrypted::trial::Trial;
use crate::encrypted::{Opened, ReaderChange, Rules, Store};
use crate::os::sandbox::SpecPath;
use crate::os::texts::shown_name;
use crate::os::{lock::FolderLock, new_folders::NewFolders, rule_files::RuleFiles, world::OsWorld};
use crate::secret::bytes::SecretBytes;
use crate::source::FileId;
use crate::spec::value::How;
use crate::spec::{self, Spec};
use crate::structure::messages::{unknown_format_of, unreadable};
use crate::structure::{self, Tree};
use crate::world::{ReadError, World as _};
pub(crate) use writing::Old;

pub(crate) struct ValueRun {
    pub session: Session,
    pub world: OsWorld,
    /// The spec's file and its folder.
    pub path: PathBuf,
    pub root: PathBuf,
    pub text: String,
    pub spec: Spec,
    pub survey: Survey,
    /// What is wrong with Secrets of the spec, so that they are not in the survey.
    pub problems: Vec<Diagnostic>,
    keyring: Keyring,
    rules: RuleFiles,
    changes: Vec<(String, ReaderChange)>,
    folders: NewFolders,
    lock: Option<FolderLock>,
}

impl ValueRun {
    /// Reads the one spec and looks at its values. What keeps it from that is reported.
    pub(crate) fn open(options: &SpecOptions) -> Result<Self, Exit> {
        Self::of(Session::open(options))
    }

    /// The same in a run without a spec so far.
    pub(crate) fn open_in(mut session: Session, path: &Path) -> Result<Self, Exit> {
        session.add_spec(path);
        Self::of(session)
    }

    fn of(mut session: Session) -> Result<Self, Exit> {
        if !session.problems.is_empty() {
            let problems = std::mem::take(&mut session.problems);
            return Err(session.report(&problems));
        }
        let Some((file, _)) = session.first_spec() else { return Err(Exit::Usage) };
        let path = PathBuf::from(session.sources.name(file));
        Self::load(session, path, file)
    }

    /// The most bytes that a file can have.
    pub(crate) fn file_limit(&self) -> usize {
        self.session.options.limits.file
    }

    /// Keeps other runs from changing the spec and its files until the end of this one, and reads
    /// the spec again, which another run may have changed before.
    pub(crate) fn locked(mut self) -> Result<Self, Exit> {
        let lock = FolderLock::of(&self.root);
        let Some(file) = self.session.read(&self.path, "a spec") else {
            let problems = std::mem::take(&mut self.session.problems);
            return Err(self.session.report(&problems));
        };
        let run = Self::load(self.session, self.path, file)?;
        Ok(Self { lock, ..run })
    }

    fn load(mut session: Session, path: PathBuf, file: FileId) -> Result<Self, Exit> {
        let root = path.parent().unwrap_or(Path::new("")).to_owned();
        let world = match session.world(&root) {
            Ok(world) => world,
            Err(problem) => return Err(session.report(&[*problem])),
        };
        let limit = session.options.limits.file;
        let (spec, problems) = spec::parse(file, &mut session.sources, limit);
        let Some(spec) = spec else { return Err(session.report(&problems)) };
        let looked = look(&spec, &world, &session.options, &mut session.sources);
        let Look { survey, keyring, problems } =
            looked.map_err(|problem| session.report(&[*problem]))?;
        let text = session.sources.get(file).text.clone();
        let rules = RuleFiles::of_spec(Rules::of(&spec), &path);
        let (changes, folders, lock) = (Vec::new(), NewFolders::default(), None);
        Ok(Self {
            session,
            world,
            path,
            root,
            text,
            spec,
            survey,
            problems,
            keyring,
            rules,
            changes,
            folders,
            lock,
        })
    }

    pub(crate) fn fail(&self, problem: Diagnostic) -> Exit {
        self.session.report(&[problem])
    }

    pub(crate) fn say(&self, text: &str) {
        self.session.terminal.say(text);
    }

    /// Which value is meant.
    pub(crate) fn find(&self, name: &str, key: &str) -> Result<Found, Exit> {
        let open = |held: &Held| self.tree(held);
        let found = target::find(&self.survey, &self.spec.entries, (name, key), &open);
        let found = found.map_err(|problem| self.fail(*problem))?;
        if matches!(found.target, target::Target::NewSecret) && !self.problems.is_empty() {
            // It may be one of those that could not be made out.
            return Err(self.session.report(&self.problems));
        }
        Ok(found)
    }

    /// Why a value can't be changed by itself, with paths for commands.
    pub(crate) fn elsewhere(&self, what: &str, why: &Elsewhere) -> Exit {
        self.fail(messages::elsewhere(what, why, &|path| self.shown(path)))
    }

    /// What a changed text of the spec means: the spec, and its values.
    pub(crate) fn look_again(&mut self, text: &str) -> Result<(Spec, Survey), Exit> {
        let spec = self.parse(text)?;
        match look(&spec, &self.world, &self.session.options, &mut self.session.sources) {
            Ok(Look { survey, .. }) => Ok((spec, survey)),
            Err(problem) => Err(self.fail(*problem)),
        }
    }

    pub(crate) fn parse(&mut self, text: &str) -> Result<Spec, Exit> {
        let name = self.session.sources.name(self.spec.file).to_owned();
        let file = self.session.sources.add(name, text);
        let limit = self.file_limit();
        let (spec, problems) = spec::parse(file, &mut self.session.sources, limit);
        spec.ok_or_else(|| self.session.report(&problems))
    }

    fn tree(&self, held: &Held) -> Result<Tree, Box<Diagnostic>> {
        let Held::Keys { file, format } = held else { return Ok(Tree::Null) };
        let path = file.what.as_str();
        let is_armor = file.how == How::Armor;
        let name = if is_armor { "`armor`".to_owned() } else { code(&self.shown(path)) };
        let format = format.ok_or_else(|| Box::new(unknown_format_of(&name)))?;
        let bytes = match file.how {
            How::Armor => self.open_armor(file.span)?.plain,
            How::File => self.read(path)?,
            _ => self.decrypt(path, self.read(path)?.expose())?.plain,
        };
        structure::read(format, bytes.expose())
            .map_err(|fault| Box::new(unreadable(&name, format, &fault)))
    }

    /// The bytes of a file of the spec.
    pub(crate) fn read(&self, path: &str) -> Result<SecretBytes, Box<Diagnostic>> {
        self.world.read(path, self.file_limit()).map_err(|error| Box::new(read_error(&error, path)))
    }

    /// The bytes of a file that may not be there yet.
    pub(crate) fn read_if_there(&self, path: &str) -> Result<Option<SecretBytes>, Exit> {
        match self.world.read(path, self.file_limit()) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(ReadError::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.fail(read_error(&error, path))),
        }
    }

    pub(crate) fn on_disk(&self, path: &str) -> PathBuf {
        SpecPath::new(path).on_disk(&self.root)
    }

    /// A file of the spec by its path from the current folder, as commands take it.
    pub(crate) fn shown(&self, path: &str) -> String {
        shown_name(&self.on_disk(path))
    }

    /// The rules for the files of the spec.
    pub(crate) fn own_rules(&self) -> RuleFiles {
        RuleFiles::of_spec(Rules::of(&self.spec), &self.path)
    }

    /// Whether two paths of the spec are one file.
    pub(crate) fn is_same_file(&self, one: &str, other: &str) -> bool {
        one == other || self.world.file_id(one) == self.world.file_id(other)
    }

    /// What is wrong with these Secrets only after a change.
    pub(crate) fn findings(
        &mut self,
        trial: &Trial,
        text: &str,
        secrets: &BTreeSet<(Option<String>, String)>,
    ) -> Vec<Diagnostic> {
        let before = Input { file: self.spec.file, world: &self.world };
        let Session { options, sources, .. } = &mut self.session;
        trial.findings(before, text, secrets, options, sources)
    }

    fn store<'a>(&'a self, ask: age::AskPassphrase<'a>, anonymous: bool) -> Store<'a> {
        Store { keyring: &self.keyring, plugins: &self.session.options.plugins, ask, anonymous }
    }

    pub(crate) fn decrypt(&self, name: &str, bytes: &[u8]) -> Result<Opened, Box<Diagnostic>> {
        let ask = |what: &str| self.world.passphrase(what);
        let name = self.name_of(name);
        self.store(&ask, false)
            .open(&name, bytes)
            .map_err(|fault| Box::new(decrypt_fault(subject(&name), &fault)))
    }

    /// The same, or nothing where only the identity is missing.
    pub(crate) fn decrypt_if_possible(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<Option<Opened>, Exit> {
        let ask = |what: &str| self.world.passphrase(what);
        let name = self.name_of(name);
        match self.store(&ask, false).open(&name, bytes) {
            Ok(opened) => Ok(Some(opened)),
            Err(DecryptFault::NoIdentities { .. } | DecryptFault::NoMatch { .. }) => Ok(None),
            Err(fault) => Err(self.fail(decrypt_fault(subject(&name), &fault))),
        }
    }

    /// A file, or the armored text of a spec, as messages call it.
    fn name_of(&self, name: &str) -> String {
        if name == ARMOR { name.to_owned() } else { self.shown(name) }
    }
}

/// Stands for the path of an armored text.
const ARMOR: &str = "armor";

/// Whether an age file is armored.
pub(crate) fn is_armored(bytes: &[u8]) -> bool {
    matches!(Content::of(bytes), Content::Age(Age::Armored))
}

fn subject(name: &str) -> age::messages::Encrypted<'_> {
    match name {
        ARMOR => age::messages::Encrypted::Armor,
        _ => age::messages::Encrypted::File(name),
    }
}
