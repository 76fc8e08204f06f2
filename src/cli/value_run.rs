//! What `set` and `unset` share: a spec with a look at all of its values, and files that are opened
//! and encrypted by the rules.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::Exit;
use super::keys::WriteOptions;
use super::options::SpecOptions;
use super::session::Session;
use crate::age::messages::{decrypt_fault, encrypt_fault};
use crate::age::{self, Claim, DecryptFault, Keyring};
use crate::compile::environment::{self, Choice};
use crate::compile::{budget::Budget, resolve::read_error, run::Run};
use crate::content::{Age, Content};
use crate::diag::{Diagnostic, diagnostic, phrases::code, sink::Sink};
use crate::encrypted::consent::{ARMORED_TEXT, Notice};
use crate::encrypted::held::{Held, Use};
use crate::encrypted::locate::{self, Survey};
use crate::encrypted::messages::rule_fault;
use crate::encrypted::store::{Former, Gained, change};
use crate::encrypted::target::{self, Found};
use crate::encrypted::{Opened, ReaderChange, Rules, Store};
use crate::os::encrypted_files::{self, Write};
use crate::os::sandbox::SpecPath;
use crate::os::texts::shown_name;
use crate::os::{lock::FolderLock, prompt::Tty, rule_files::RuleFiles, world::OsWorld};
use crate::secret::bytes::SecretBytes;
use crate::source::FileId;
use crate::spec::node::Text;
use crate::spec::value::How;
use crate::spec::{self, Spec};
use crate::structure::messages::{unknown_format_of, unreadable};
use crate::structure::{self, Tree};
use crate::template::Engine;
use crate::world::{ReadError, World as _};

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
    /// Folders that were made for new files.
    made: MadeFolders,
    lock: Option<FolderLock>,
}

/// Folders that are removed unless something is written into them.
#[derive(Default)]
pub(crate) struct MadeFolders(pub Vec<PathBuf>);

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
        self.session.options.limits.file()
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
        let limit = session.options.limits.file();
        let (spec, problems) = spec::parse(file, &mut session.sources, limit);
        let Some(spec) = spec else { return Err(session.report(&problems)) };
        let looked = look(&mut session, &spec, &world);
        let (survey, keyring, problems) = looked.map_err(|problem| session.report(&[*problem]))?;
        let text = session.sources.get(file).text.clone();
        let rules = RuleFiles::default();
        let (changes, made, lock) = (Vec::new(), MadeFolders::default(), None);
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
            made,
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

    /// What a changed text of the spec means: the spec, and its values.
    pub(crate) fn look_again(&mut self, text: &str) -> Result<(Spec, Survey), Exit> {
        let spec = self.parse(text)?;
        match look(&mut self.session, &spec, &self.world) {
            Ok((survey, ..)) => Ok((spec, survey)),
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
        let name = if file.0 == How::Armor { "`armor`".to_owned() } else { code(&file.1) };
        let format = format.ok_or_else(|| Box::new(unknown_format_of(&name)))?;
        let bytes = match file.0 {
            How::Armor => self.decrypt("armor", age::dedent_armor(&file.1).as_bytes())?.plain,
            How::File => self.read(&file.1)?,
            _ => self.decrypt(&file.1, self.read(&file.1)?.expose())?.plain,
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

    /// The rules of the spec, and of those above where it has none.
    pub(crate) fn own_rules(&self) -> RuleFiles {
        let name = self.session.sources.name(self.spec.file);
        RuleFiles::of_spec(Rules::of(&self.spec), name, &self.root)
    }

    /// Whether two paths of the spec are one file.
    pub(crate) fn is_same_file(&self, one: &str, other: &str) -> bool {
        one == other || self.world.file_id(one) == self.world.file_id(other)
    }

    /// A path as the spec's rules see it: from its folder, `/` between the parts.
    fn inside(&self, disk: &Path) -> Option<String> {
        let folder = |path: &Path| {
            let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
            fs::canonicalize(path).ok()
        };
        let real = folder(disk.parent()?)?.join(disk.file_name()?);
        let inside = real.strip_prefix(folder(&self.root)?).ok()?.to_str()?;
        Some(inside.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    fn store<'a>(&'a self, ask: age::AskPassphrase<'a>, anonymous: bool) -> Store<'a> {
        Store { keyring: &self.keyring, plugins: &self.session.options.plugins, ask, anonymous }
    }

    pub(crate) fn decrypt(&self, name: &str, bytes: &[u8]) -> Result<Opened, Box<Diagnostic>> {
        let ask = |what: &str| self.world.passphrase(what);
        self.store(&ask, false)
            .open(name, bytes)
            .map_err(|fault| Box::new(decrypt_fault(subject(name), &fault)))
    }

    /// The same, or nothing where only the identity is missing.
    pub(crate) fn decrypt_if_possible(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<Option<Opened>, Exit> {
        let ask = |what: &str| self.world.passphrase(what);
        match self.store(&ask, false).open(name, bytes) {
            Ok(opened) => Ok(Some(opened)),
            Err(DecryptFault::NoIdentities { .. } | DecryptFault::NoMatch { .. }) => Ok(None),
            Err(fault) => Err(self.fail(decrypt_fault(subject(name), &fault))),
        }
    }

    /// New bytes for a file at a path from the spec's folder, by the rules; `old` is what it holds.
    pub(crate) fn seal(
        &mut self,
        path: &str,
        plain: &SecretBytes,
        old: Option<Old<'_>>,
        write: &WriteOptions,
    ) -> Result<Vec<u8>, Exit> {
        let disk = self.on_disk(path);
        let made = make_folders(&disk);
        self.made.0.extend(made.map_err(|problem| self.fail(*problem))?);
        let armor = old.as_ref().is_some_and(|old| old.armored);
        self.sealed(&disk, plain, (old, armor), write)
    }

    /// An armored text for the spec itself; `old` is what the text that it replaces says of its
    /// readers.
    pub(crate) fn seal_armor(
        &mut self,
        plain: &SecretBytes,
        old: Option<&Claim>,
        write: &WriteOptions,
    ) -> Result<String, Exit> {
        let path = self.path.clone();
        let old = old.map(|claim| Old { claim, armored: true, all_new: true });
        let bytes = self.sealed(&path, plain, (old, true), write)?;
        String::from_utf8(bytes).map_err(|_| Exit::Usage)
    }

    fn sealed(
        &mut self,
        disk: &Path,
        plain: &SecretBytes,
        (old, armor): (Option<Old<'_>>, bool),
        write: &WriteOptions,
    ) -> Result<Vec<u8>, Exit> {
        // The spec's own rules, or those of the nearest one above.
        let own = Rules::of(&self.spec);
        let inside = self.inside(disk);
        let ruled;
        let (audience, rules) = match (&own, &inside) {
            (Some(rules), Some(inside)) => {
                let audience = rules.audience(inside).map_err(|fault| {
                    let spec = self.session.sources.name(self.spec.file);
                    self.fail(rule_fault(fault, &shown_name(disk), spec, inside))
                })?;
                (audience, rules)
            }
            _ => {
                let found = self.rules.audience(disk, &mut self.session.sources);
                ruled = found.map_err(|problems| self.session.report(&problems))?;
                let Some(audience) = ruled.audience() else { return Err(Exit::Usage) };
                (audience, ruled.rules())
            }
        };
        let ask = |what: &str| self.world.passphrase(what);
        let store = self.store(&ask, write.anonymous);
        // Who could read the file once knows nothing of it when all of it is new.
        let former = match &old {
            Some(Old { all_new: true, .. }) => Former::Forget,
            _ => Former::Keep { forget: &[] },
        };
        let claim = old.map(|old| old.claim);
        let name = shown_name(disk);
        let is_spec = *disk == self.path;
        let name = if is_spec { format!("{ARMORED_TEXT}{name}") } else { name };
        let mut change = change(claim, audience, rules);
        if audience.needs_plugins() {
            let notice = Notice { lines: Vec::new(), ..Notice::of(&[(&name, &change)]) };
            let confirmed = notice.confirm(write.yes, &Tty, &|line| self.say(line));
            confirmed.map_err(|problem| self.fail(*problem))?;
            if !notice.questions.is_empty() {
                change.gained = Gained::Nobody;
            }
        }
        let sealed = store.seal(plain, armor, claim, audience, former);
        let bytes = sealed.map_err(|fault| self.fail(encrypt_fault(&fault)))?;
        self.changes.push((name, change));
        Ok(bytes)
    }

    /// Says who can read what, asks about new readers, and writes all files in this order or none.
    pub(crate) fn write(&mut self, writes: &[Write], options: &WriteOptions) -> Result<(), Exit> {
        let changes: Vec<_> =
            self.changes.iter().map(|(path, change)| (path.as_str(), change)).collect();
        let confirmed = Notice::of(&changes).confirm(options.yes, &Tty, &|line| self.say(line));
        let written =
            confirmed.and_then(|()| encrypted_files::write_all_with(writes, self.lock.as_ref()));
        match written {
            Ok(()) => {
                self.made.0.clear();
                Ok(())
            }
            Err(problem) => Err(self.fail(*problem)),
        }
    }

    /// The change of the spec's own text.
    pub(crate) fn write_of_spec(&self, text: &str) -> Write {
        let before = Some(self.text.as_bytes().to_vec());
        Write { path: self.path.clone(), bytes: text.as_bytes().to_vec(), before }
    }

    /// Those that use what `use_` holds besides the Secret itself.
    pub(crate) fn others<'s>(survey: &'s Survey, use_: &Use) -> Vec<&'s Use> {
        // With all keys of a file there is the key itself.
        let is_it = |other: &Use| {
            let is_key = other.data_key == use_.data_key || other.data_key.is_none();
            other.secret == use_.secret && other.env == use_.env && is_key
        };
        let uses = survey.uses.iter();
        let mut others: Vec<&Use> =
            uses.filter(|other| !is_it(other) && use_.held.touches(&other.held)).collect();
        others.dedup_by_key(|other| other.name());
        others
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A file that is replaced: what it says of its readers, if that is genuine, and its form.
pub(crate) struct Old<'a> {
    pub claim: &'a Claim,
    pub armored: bool,
    /// Whether nothing of its plaintext stays.
    pub all_new: bool,
}

/// Whether an age file is armored.
pub(crate) fn is_armored(bytes: &[u8]) -> bool {
    matches!(Content::of(bytes), Content::Age(Age::Armored))
}

fn subject(name: &str) -> age::messages::Encrypted<'_> {
    match name {
        "armor" => age::messages::Encrypted::Armor,
        _ => age::messages::Encrypted::File(name),
    }
}

type Looked = (Survey, Keyring, Vec<Diagnostic>);

fn look(session: &mut Session, spec: &Spec, world: &OsWorld) -> Result<Looked, Box<Diagnostic>> {
    let engine = Engine::new();
    let budget = Budget::new(session.options.limits);
    let mut sink = Sink::new();
    let mut run = Run {
        spec,
        world,
        options: &session.options,
        engine: &engine,
        budget: &budget,
        sources: &mut session.sources,
        sink: &mut sink,
    };
    let survey = locate::survey(&mut run)?;
    let choice = match survey.chosen.first() {
        Some(Some(env)) => {
            let span = crate::source::Span::new(spec.file, 0..0);
            Choice::Named(Text { value: env.clone(), span })
        }
        _ => Choice::Default,
    };
    let settled = environment::settle(&choice, &run)?;
    // What a spec's own identities have to be warned about is for `check`.
    let mut unsaid = Sink::new();
    let (keyring, _) = environment::identities(&settled, &mut run.with_sink(&mut unsaid));
    let mut problems = sink.finish(&session.options.lints);
    problems.retain(|problem| problem.level == crate::diag::Level::Error);
    Ok((survey, keyring, problems))
}

/// Makes the folders of a file that are missing; gives those that were made.
pub(crate) fn make_folders(file: &Path) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .map(Path::to_owned)
        .collect();
    let made: io::Result<()> = fs::create_dir_all(folder)
        .or_else(|error| if folder.as_os_str().is_empty() { Ok(()) } else { Err(error) });
    made.map_err(|error| {
        let name = code(&shown_name(folder));
        let why = crate::os::bounded_read::system_words(&error);
        Box::new(diagnostic!(CANNOT_WRITE, "can't create the folder {name}: {why}"))
    })?;
    Ok(missing.into_iter().rev().collect())
}
