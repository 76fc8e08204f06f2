//! `mintage generate`: creates the missing values that a spec declares.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use clap::{Arg, Args};

use super::keys::{KeySession, WriteOptions};
use super::{Exit, options::SpecOptions, session::Session};
use crate::age::EncryptFault;
use crate::age::messages::decrypt::{Encrypted, decrypt_fault};
use crate::age::messages::encrypt_fault;
use crate::compile::resolve::read_error;
use crate::diag::phrases::{code, shell_word};
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::declared::{Declarations, Declared, Wish, is_named};
use crate::encrypted::generate::described;
use crate::encrypted::making::{Changed, due, with_made};
use crate::encrypted::messages::no_secret;
use crate::encrypted::store::{Former, change};
use crate::encrypted::{Opened, ReaderChange, Rules, Store, changed};
use crate::os::bounded_read::system_words;
use crate::os::can_write;
use crate::os::encrypted_files::{self, Write};
use crate::os::rule_files::{RuleFiles, Ruled};
use crate::os::sandbox::SpecPath;
use crate::os::{random, texts::shown_name};
use crate::secret::bytes::SecretBytes;
use crate::world::{ReadError, World as _};

/// Create the missing values that a spec declares with `generate`
///
/// Creates each value once, with the system's random generator, and encrypts it into its age file.
/// Prints no value. Existing values are kept, unless you pass --rotate.
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", up_to_three),
    override_usage = "mintage generate [OPTIONS] [SPEC] [NAME [KEY]]",
    after_help = "Examples:
  mintage generate                               create all missing values
  mintage generate --dry-run                     only list them
  mintage generate mysql                         those that one Secret uses
  mintage generate --rotate mysql ROOT_PASSWORD  replace one value"
)]
pub struct Generate {
    /// Replace existing values with new ones (needs NAME)
    #[arg(long)]
    rotate: bool,
    /// Show what would be created; write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    write: WriteOptions,
    #[command(flatten)]
    spec: SpecOptions,
}

fn up_to_three(specs: Arg) -> Arg {
    specs.value_name("SPEC").num_args(0..=3).help(
        "NAME is a Secret, or NAMESPACE/NAME; KEY is one of its data keys; a SPEC can come \
         first [default: .]",
    )
}

/// A file with values to make.
struct Job<'d> {
    path: PathBuf,
    declared: Vec<&'d Declared>,
}

/// A file that is ready to be written.
struct Ready<'d> {
    shown: String,
    made: Vec<&'d Declared>,
    public: Vec<(&'d Declared, String)>,
    change: ReaderChange,
    ruled: Ruled,
    text: SecretBytes,
    opened: Option<Opened>,
    path: PathBuf,
    before: Option<SecretBytes>,
}

impl Generate {
    pub fn run(mut self) -> Exit {
        let wish = take_wish(&mut self.spec.specs);
        let mut session = Session::open(&self.spec);
        if self.rotate && wish.name.is_none() {
            let all = diagnostic!(USAGE, "`--rotate` needs the name of a Secret");
            return session.report(&[all.help("pass NAME, or NAME and KEY for one value")]);
        }
        let (mut declarations, problems) = session.declared();
        if !problems.is_empty() {
            return session.report(&problems);
        }
        let rules = declarations.rules.take();
        let wish = declarations.whole(wish);
        let wished: Vec<&Declared> =
            declarations.values.iter().filter(|value| value.is_wished(&wish)).collect();
        if wished.is_empty() {
            return match nothing(&wish, &declarations, &mut session) {
                Some(problem) => session.report(&[problem]),
                None => {
                    session.terminal.say(
                        "the spec declares no values to generate: add `generate = { length = 32 }` \
                         next to `age` to declare one",
                    );
                    Exit::Fine
                }
            };
        }
        self.make(&wished, &declarations, rules, &session)
    }

    fn make(
        &self,
        wished: &[&Declared],
        all: &Declarations,
        rules: Option<Rules>,
        session: &Session,
    ) -> Exit {
        let messages = &self.spec.access.messages.plain;
        let mut keys = KeySession::new(messages);
        let Some((root, world)) = session.only_spec() else { return Exit::Usage };
        let Some((file, _)) = session.first_spec() else { return Exit::Usage };
        keys.rules = RuleFiles::of_spec(rules, Path::new(session.sources.name(file)));
        let ask = |what: &str| world.passphrase(what);
        let store = Store {
            keyring: &all.keyring,
            plugins: &session.options.plugins,
            ask: &ask,
            anonymous: self.write.anonymous,
        };
        let mut ready = Vec::new();
        let mut would = String::new();
        for job in jobs(wished, root) {
            let shown = shown_name(&job.path);
            let file = job.declared.first().map(|one| one.file.as_str()).unwrap_or_default();
            let old = match world.read(file, session.options.limits.file) {
                Ok(bytes) => Some(bytes),
                Err(ReadError::NotFound { .. }) => None,
                Err(error) => return keys.fail(read_error(&error, file)),
            };
            let opened = match old.as_ref().map(|old| store.open(&shown, old.expose())).transpose()
            {
                Ok(opened) => opened,
                Err(fault) => return keys.fail(decrypt_fault(Encrypted::File(&shown), &fault)),
            };
            let before = opened.as_ref().map(|opened| &opened.plain);
            let due = match due(&job.declared, before, self.rotate) {
                Ok(due) if due.is_empty() => continue,
                Ok(due) => due,
                Err(problem) => return keys.fail(problem),
            };
            for value in &due {
                let what = described(&value.recipe);
                would.push_str(&format!("would create {}: {what}\n", value.shown()));
            }
            if old.is_none()
                && let Err(problem) = check_inside(root, file)
            {
                return keys.fail(*problem);
            }
            let Some(ruled) = keys.ruled(&job.path) else {
                return keys.stopped().unwrap_or(Exit::Usage);
            };
            let writable = match old {
                Some(_) => can_write::check_replaceable(&job.path),
                None => can_write::check_new(&job.path),
            };
            if let Err(problem) = writable {
                return keys.fail(*problem);
            }
            if self.dry_run {
                continue;
            }
            if old.is_none()
                && let Err(problem) = keys.folders.make_for(&job.path)
            {
                return keys.fail(*problem);
            }
            let audience = &ruled.audience;
            let made = match random::with_system(|random| with_made(&due, before, random)) {
                Ok(made) => made,
                Err(problem) => return keys.fail(*problem),
            };
            let Changed { text, public } = match made {
                Ok(made) => made,
                Err(problem) => return keys.fail(problem),
            };
            let claim = opened.as_ref().map(|opened| &opened.claim);
            let change = change(claim, audience, ruled.rules());
            let (made, path, before) = (due, job.path, old);
            ready.push(Ready { shown, made, public, change, ruled, text, opened, path, before });
        }
        if self.dry_run && !would.is_empty() {
            return session.print(&would);
        }
        self.store(ready, &keys, &store)
    }

    fn store(&self, ready: Vec<Ready<'_>>, keys: &KeySession, store: &Store<'_>) -> Exit {
        if ready.is_empty() {
            keys.terminal.say("no generated value is missing");
            return Exit::Fine;
        }
        let changes: Vec<(&str, &ReaderChange)> =
            ready.iter().map(|one| (one.shown.as_str(), &one.change)).collect();
        if let Err(problem) = keys.confirm(&changes, &self.write) {
            return keys.fail(*problem);
        }
        let mut said = Vec::new();
        for one in &ready {
            // A file that is there may lack a key.
            let verb = if self.rotate && one.opened.is_some() { "replaced" } else { "created" };
            said.extend(one.made.iter().map(|value| format!("{verb} {}", value.shown())));
            for (value, public) in &one.public {
                said.push(format!("public key of {}: {public}", value.shown()));
            }
        }
        let writes: Result<Vec<Write>, _> = ready.iter().map(|one| one.sealed(store)).collect();
        let writes = match writes {
            Ok(writes) => writes,
            Err(fault) => return keys.fail(encrypt_fault(&fault)),
        };
        if let Err(problem) = encrypted_files::write_all(&writes) {
            return keys.fail(*problem);
        }
        said.iter().for_each(|line| keys.terminal.say(line));
        Exit::Fine
    }
}

impl Ready<'_> {
    fn sealed(&self, store: &Store<'_>) -> Result<Write, EncryptFault> {
        let audience = &self.ruled.audience;
        let format = self.made.first().and_then(|value| value.slot.as_ref()).map(|key| key.format);
        let old = self.opened.as_ref();
        let is_new = old.is_none_or(|old| changed::every_value(format, &old.plain, &self.text));
        let former = if is_new { Former::Forget } else { Former::Keep { forget: &[] } };
        let armored = old.is_some_and(|old| old.armored);
        let claim = old.map(|old| &old.claim);
        let bytes = store.seal(&self.text, armored, claim, audience, former)?;
        let before = self.before.as_ref().map(|before| before.expose().to_vec());
        Ok(Write { path: self.path.clone(), bytes, before })
    }
}

/// Takes NAME and KEY off the paths. The first of them is a spec if such a file is there.
fn take_wish(specs: &mut Vec<PathBuf>) -> Wish {
    let is_spec = specs.first().is_some_and(|first| {
        first.is_file() || first.join("mintage.toml").is_file() || first.as_os_str() == "."
    });
    let mut names = specs.split_off(usize::from(is_spec).min(specs.len())).into_iter();
    let mut next = || names.next().map(|name| name.to_string_lossy().into_owned());
    Wish { name: next(), key: next(), ..Wish::default() }
}

/// The files of the values, each once.
fn jobs<'d>(wished: &[&'d Declared], root: &Path) -> Vec<Job<'d>> {
    let mut jobs: Vec<Job<'d>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for value in wished {
        let at = *known.entry(&value.place).or_insert(jobs.len());
        match jobs.get_mut(at) {
            Some(job) => job.declared.push(*value),
            None => {
                let path = SpecPath::new(&value.file).on_disk(root);
                jobs.push(Job { path, declared: vec![*value] });
            }
        }
    }
    jobs
}

/// Why nothing fits what was asked for; nothing if that was all.
fn nothing(wish: &Wish, all: &Declarations, session: &mut Session) -> Option<Diagnostic> {
    let name = wish.name.as_ref()?;
    let ids = || all.secrets.iter().map(String::as_str);
    if !ids().any(|id| is_named(id, name)) {
        let elsewhere = session.in_other_environment(name);
        return Some(elsewhere.unwrap_or_else(|| no_secret(name, ids())));
    }
    let what = match &wish.key {
        Some(key) => format!("the key {} of {}", code(key), code(name)),
        None => code(name),
    };
    let key = wish.key.as_deref().unwrap_or("KEY");
    let set = format!("mintage set {} {} --generate", shell_word(name), shell_word(key));
    Some(
        diagnostic!(USAGE, "the spec has no `generate` for {what}")
            .help("write `generate = { length = 32 }` next to `age`, or in a `[sources.NAME]`")
            .help(format!("run {} to set a random value once", code(&set))),
    )
}

/// Whether a new file is inside of the spec's folder.
fn check_inside(root: &Path, file: &str) -> Result<(), Box<Diagnostic>> {
    let shown = code(file);
    let is_inside = |component| matches!(component, Component::Normal(_) | Component::CurDir);
    let file = SpecPath::new(file).text();
    if !Path::new(&file).components().all(is_inside) {
        return Err(Box::new(
            diagnostic!(FILE_OUTSIDE_ROOT, "{shown} is outside the spec's folder")
                .help("create the file with `mintage edit PATH` if it belongs there"),
        ));
    }
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let path = root.join(file);
    // A link on the way may lead anywhere.
    let there = path.ancestors().skip(1).find(|above| above.exists()).unwrap_or(root);
    let real = |path: &Path| {
        fs::canonicalize(path).map_err(|error| {
            let folder = code(&shown_name(path));
            let why = system_words(&error);
            Box::new(diagnostic!(CANNOT_READ, "{folder} can't be read: {why}"))
        })
    };
    if real(there)?.starts_with(real(root)?) {
        return Ok(());
    }
    Err(Box::new(
        diagnostic!(FILE_OUTSIDE_ROOT, "{shown} is outside the spec's folder, by a symbolic link")
            .help("replace the link with a folder"),
    ))
}
