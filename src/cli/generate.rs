//! `mintage generate`: makes the values that a spec declares and that are not there yet.

use std::fs;
use std::path::{Component, Path, PathBuf};

use clap::{Arg, Args};

use super::keys::{KeySession, PlainMessages, WriteOptions};
use super::{Exit, options::SpecOptions, session::Session};
use crate::age::messages::decrypt::{Encrypted, decrypt_fault};
use crate::age::messages::encrypt_fault;
use crate::compile::resolve::read_error;
use crate::diag::phrases::{code, nearest};
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::consent::Notice;
use crate::encrypted::declared::{Declarations, Declared, Wish, is_named};
use crate::encrypted::generate::described;
use crate::encrypted::making::{Changed, due, with_made};
use crate::encrypted::store::Former;
use crate::encrypted::{ReaderChange, Store, changed};
use crate::os::bounded_read::system_words;
use crate::os::encrypted_files::Write;
use crate::os::{random, texts::shown_name};
use crate::world::{ReadError, World as _};

/// Make the values that a spec declares with `generate` and that are missing
///
/// Makes each value once, from the system's random numbers, and encrypts it into its age file.
/// Prints no value. Values that exist are kept, unless --rotate makes them anew.
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", up_to_three),
    override_usage = "mintage generate [OPTIONS] [SPEC] [NAME [KEY]]",
    after_help = "Examples:
  mintage generate                              all values that are missing
  mintage generate --dry-run                    only list them
  mintage generate mysql                        those that one Secret uses
  mintage generate --rotate mysql ROOT_PASSWORD a new value for one data key"
)]
pub struct Generate {
    /// Make values anew that exist (needs NAME)
    #[arg(long)]
    rotate: bool,
    /// List what would be made; write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    spec: SpecOptions,
    #[command(flatten)]
    write: WriteOptions,
}

fn up_to_three(specs: Arg) -> Arg {
    specs.value_name("SPEC").num_args(0..=3).help(
        "[SPEC] is a spec [default: .]; NAME is the name of a Secret, or NAMESPACE/NAME; KEY is \
         one of its data keys",
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
    write: Write,
}

impl Generate {
    pub fn run(mut self) -> Exit {
        let wish = take_wish(&mut self.spec.specs);
        let mut session = Session::open(&self.spec);
        if self.rotate && wish.name.is_none() {
            let all = diagnostic!(USAGE, "`--rotate` needs the name of a Secret");
            return session.report(&[all.help("pass NAME, or NAME and KEY for one value")]);
        }
        let (declarations, problems) = session.declared();
        if !problems.is_empty() {
            return session.report(&problems);
        }
        let wished: Vec<&Declared> =
            declarations.values.iter().filter(|value| value.is_wished(&wish)).collect();
        if wished.is_empty() {
            return match nothing(&wish, &declarations) {
                Some(problem) => session.report(&[problem]),
                None => {
                    session.terminal.say("the spec declares no values to generate");
                    Exit::Fine
                }
            };
        }
        self.make(&wished, &declarations, &session)
    }

    fn make(&self, wished: &[&Declared], all: &Declarations, session: &Session) -> Exit {
        let messages = PlainMessages::of(&self.spec.access.messages);
        let mut keys = KeySession::new(&messages);
        let Some((root, world)) = session.only_spec() else { return Exit::Usage };
        let mut ready = Vec::new();
        let mut would = String::new();
        for job in jobs(wished, root) {
            let shown = shown_name(&job.path);
            let file = job.declared.first().map(|one| one.file.as_str()).unwrap_or_default();
            let old = match world.read(file, session.options.limits.file()) {
                Ok(bytes) => Some(bytes),
                Err(ReadError::NotFound { .. }) => None,
                Err(error) => return keys.fail(read_error(&error, file)),
            };
            let ask = |what: &str| world.passphrase(what);
            let plugins = session.options.plugins.clone();
            let store = Store {
                keyring: &all.keyring,
                plugins: &plugins,
                ask: &ask,
                anonymous: self.write.anonymous,
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
                would.push_str(&format!("would make {}: {what}\n", value.shown()));
            }
            if self.dry_run {
                continue;
            }
            if old.is_none() {
                let made = check_inside(root, file);
                if let Err(problem) = made.and_then(|()| keys.folders.make_for(&job.path)) {
                    return keys.fail(*problem);
                }
            }
            let Some(ruled) = keys.ruled(&job.path) else {
                return keys.stopped().unwrap_or(Exit::Usage);
            };
            let Some(audience) = ruled.audience() else { return Exit::Usage };
            let made = match random::with_system(|random| with_made(&due, before, random)) {
                Ok(made) => made,
                Err(problem) => return keys.fail(*problem),
            };
            let Changed { text, public } = match made {
                Ok(made) => made,
                Err(problem) => return keys.fail(problem),
            };
            let format = due.first().and_then(|value| value.slot.as_ref()).map(|key| key.format);
            let is_new = before.is_none_or(|before| changed::every_value(format, before, &text));
            let former = if is_new { Former::Forget } else { Former::Keep { forget: &[] } };
            let armored = opened.as_ref().is_some_and(|opened| opened.armored);
            let claim = opened.as_ref().map(|opened| &opened.claim);
            let sealed = match store.seal(&text, armored, claim, (audience, ruled.rules()), former)
            {
                Ok(sealed) => sealed,
                Err(fault) => return keys.fail(encrypt_fault(&fault)),
            };
            let before = old.map(|old| old.expose().to_vec());
            let write = Write { path: job.path, bytes: sealed.bytes, before };
            ready.push(Ready { shown, made: due, public, change: sealed.change, write });
        }
        if self.dry_run && !would.is_empty() {
            return session.print(&would);
        }
        self.store(ready, &keys)
    }

    fn store(&self, ready: Vec<Ready<'_>>, keys: &KeySession) -> Exit {
        if ready.is_empty() {
            keys.terminal.say("every generated value is there");
            return Exit::Fine;
        }
        let changes: Vec<(&str, &ReaderChange)> =
            ready.iter().map(|one| (one.shown.as_str(), &one.change)).collect();
        let notice = Notice::of(&changes);
        let mut said = Vec::new();
        for one in &ready {
            said.extend(one.made.iter().map(|value| format!("made {}", value.shown())));
            for (value, public) in &one.public {
                said.push(format!("public key of {}: {public}", value.shown()));
            }
        }
        let writes: Vec<Write> = ready.into_iter().map(|one| one.write).collect();
        if let Err(problem) = keys.write(&notice, &writes, &self.write) {
            return keys.fail(*problem);
        }
        said.iter().for_each(|line| keys.terminal.say(line));
        Exit::Fine
    }
}

/// Takes NAME and KEY off the paths. The first of them is a spec if such a file is there.
fn take_wish(specs: &mut Vec<PathBuf>) -> Wish {
    let is_spec = specs.first().is_some_and(|first| {
        first.is_file() || first.join("mintage.toml").is_file() || first.as_os_str() == "."
    });
    let mut names = specs.split_off(usize::from(is_spec).min(specs.len())).into_iter();
    let mut next = || names.next().map(|name| name.to_string_lossy().into_owned());
    Wish { name: next(), key: next() }
}

/// The files of the values, each once.
fn jobs<'d>(wished: &[&'d Declared], root: &Path) -> Vec<Job<'d>> {
    let mut jobs: Vec<Job<'d>> = Vec::new();
    for value in wished {
        let path = root.join(&value.file);
        match jobs.iter_mut().find(|job| job.path == path) {
            Some(job) => job.declared.push(*value),
            None => jobs.push(Job { path, declared: vec![*value] }),
        }
    }
    jobs
}

/// Why nothing fits what was asked for; nothing if that was all.
fn nothing(wish: &Wish, all: &Declarations) -> Option<Diagnostic> {
    let name = wish.name.as_ref()?;
    let ids = || all.secrets.iter().map(String::as_str);
    if !ids().any(|id| is_named(id, name)) {
        let near = nearest(name, ids().map(|id| id.rsplit_once('/').map_or(id, |(_, of)| of)));
        let help = near.map(|near| format!("did you mean {}?", code(near)));
        return Some(diagnostic!(USAGE, "the spec has no Secret {}", code(name)).maybe_help(help));
    }
    let what = match &wish.key {
        Some(key) => format!("the key {} of {}", code(key), code(name)),
        None => code(name),
    };
    Some(
        diagnostic!(USAGE, "the spec declares no generated value for {what}")
            .help("write `generate = { length = 32 }` beside `age`, or in a `[sources.NAME]`"),
    )
}

/// Whether a new file is inside of the spec's folder.
fn check_inside(root: &Path, file: &str) -> Result<(), Box<Diagnostic>> {
    let shown = code(file);
    let is_inside = |component| matches!(component, Component::Normal(_) | Component::CurDir);
    if !Path::new(file).components().all(is_inside) {
        return Err(Box::new(
            diagnostic!(FILE_OUTSIDE_ROOT, "{shown} is outside the spec's folder")
                .help("make the file with `mintage edit PATH` if it belongs there"),
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
