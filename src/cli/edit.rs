//! `mintage edit`: an age file, or an armored text of a spec, in the person's editor.

mod armored;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::{Arg, Args};

use super::Exit;
use super::editing::{self, Ended, Subject, Unsaved};
use super::keys::{KeySession, WriteOptions};
use super::options::SpecOptions;
use super::terminal::Terminal;
use super::value_run::ValueRun;
use crate::age::messages::decrypt::{Encrypted, decrypt_fault};
use crate::age::messages::encrypt_fault;
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::encrypted::held::{Held, Read};
use crate::encrypted::store::{Former, change};
use crate::encrypted::target::{self, Target};
use crate::encrypted::{Opened, Store, changed};
use crate::os::encrypted_files::{self, Write};
use crate::os::rule_files::{RuleFiles, Ruled};
use crate::os::texts::shown_name;
use crate::secret::bytes::SecretBytes;
use crate::source::{SourceMap, Span};
use crate::spec::value::How;
use crate::structure::Format;

/// Edit an age file or an armored text in $VISUAL or $EDITOR
///
/// The plaintext is in a folder that only you can read, in memory if possible, and is removed when
/// the editor ends. If the text changed, the file is encrypted again for the readers that the
/// `[[encrypt]]` rules name. If the file does not exist, it is created.
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", path_or_name),
    override_usage = "mintage edit [OPTIONS] <PATH>\n       \
        mintage edit [OPTIONS] [SPEC] <NAME> <KEY>",
    after_help = "Examples:
  mintage edit secrets/prod/db.toml.age        an age file
  mintage edit -e prod mysql MYSQL_PASSWORD    the file or text that holds this value
  EDITOR='code --wait' mintage edit secrets/prod/db.toml.age"
)]
pub struct Edit {
    #[command(flatten)]
    write: WriteOptions,
    #[command(flatten)]
    spec: SpecOptions,
}

fn path_or_name(specs: Arg) -> Arg {
    specs.value_name("PATH").num_args(1..).required(true).help(
        "PATH is an age file, created if it does not exist; or NAME is a Secret, and KEY one of \
         its data keys",
    )
}

/// What holds a value.
enum Holder {
    File(PathBuf, Option<Format>, RuleFiles),
    Armor(Box<ValueRun>, Span, Option<Format>),
}

/// A file to edit, with what is known about it.
struct Editing<'a> {
    path: &'a Path,
    shown: &'a str,
    format: Option<Format>,
    ruled: &'a Ruled,
    /// Its bytes, and what they hold.
    old: Option<(Vec<u8>, Opened)>,
}

impl Edit {
    pub fn run(mut self) -> Exit {
        let place = match self.spec.specs.len() {
            1 => {
                let path = self.spec.take_last_path();
                let format = Format::from_path(&path.to_string_lossy());
                Ok(Holder::File(path, format, RuleFiles::default()))
            }
            _ => self.holder(),
        };
        match place {
            Ok(Holder::File(path, format, rules)) => self.edit_file(&path, format, rules),
            Ok(Holder::Armor(run, span, format)) => {
                armored::edit(*run, (span, format), &self.write)
            }
            Err(exit) => exit,
        }
    }

    /// The age file or armored text that holds a value, and its format.
    fn holder(&mut self) -> Result<Holder, Exit> {
        let (name, key) = self.spec.take_name_and_key("edit")?;
        let run = ValueRun::open(&self.spec)?;
        let what = format!("{} of {}", code(&key), code(&name));
        let found = run.find(&name, &key)?;
        let Target::Held(found) = found.target else {
            let is_new_key = matches!(found.target, Target::NewKey(_));
            let problem = target::nothing(&run.survey, &found, &name);
            return Err(run.fail(match is_new_key {
                true => problem.help("add a key with `mintage set NAME KEY`"),
                false => problem,
            }));
        };
        let (file, format) = match &found.held {
            Held::File(file) => (file, Format::from_path(file)),
            Held::Key { file: Read { how: How::Age, what, .. }, format, .. }
            | Held::Keys { file: Read { how: How::Age, what, .. }, format } => {
                (what, format.or_else(|| Format::from_path(what)))
            }
            Held::Armor(span) => return Ok(Holder::Armor(Box::new(run), *span, None)),
            Held::Key { file: Read { how: How::Armor, span, .. }, format, .. }
            | Held::Keys { file: Read { how: How::Armor, span, .. }, format } => {
                return Ok(Holder::Armor(Box::new(run), *span, *format));
            }
            Held::Elsewhere(why) => return Err(run.elsewhere(&what, why)),
            _ => {
                let problem = diagnostic!(USAGE, "no age file holds {what}");
                return Err(run.fail(problem.help("change it with `mintage set NAME KEY`")));
            }
        };
        // Only what the spec may read.
        run.read_if_there(file)?;
        Ok(Holder::File(run.on_disk(file), format, run.own_rules()))
    }

    fn edit_file(&self, path: &Path, format: Option<Format>, rules: RuleFiles) -> Exit {
        let access = &self.spec.access;
        let messages = &access.messages.plain;
        let mut session = KeySession::with_identities(messages, &access.identity);
        session.rules = rules;
        let shown = shown_name(path);
        let is_folder = path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if is_folder {
            let problem = diagnostic!(CANNOT_READ, "{} is a folder, not a file", code(&shown));
            return session.fail(problem.help("pass the path of an age file in it"));
        }
        let is_there = match encrypted_files::exists(path) {
            Ok(is_there) => is_there,
            Err(problem) => return session.fail(*problem),
        };
        if is_there && path.file_name() == Some(OsStr::new("mintage.toml")) {
            return session.fail(is_spec(&shown));
        }
        if !is_there && path.extension() != Some(OsStr::new("age")) {
            session.problems.push(no_ending(path));
        }
        if let Some(exit) = session.stopped() {
            return exit;
        }
        let Some(ruled) = session.ruled(path) else {
            return session.stopped().unwrap_or(Exit::Usage);
        };
        if !is_there && let Err(problem) = session.folders.make_for(path) {
            return session.fail(*problem);
        }
        let ask = |what: &str| session.passphrase(what);
        let store = session.store(&ask, &self.write);
        let old = if is_there { open(path, &shown, &store).map(Some) } else { Ok(None) };
        let old = match old {
            Ok(old) => old,
            Err(problem) => return session.fail(*problem),
        };
        let target = Editing { path, shown: &shown, format, ruled: &ruled, old };
        self.edit(&target, &session, &store)
    }

    fn edit(&self, target: &Editing<'_>, session: &KeySession, store: &Store<'_>) -> Exit {
        let subject = Subject {
            shown: target.shown,
            name: inner_name(target.path),
            format: target.format,
            before: target.old.as_ref().map(|(_, opened)| &opened.plain),
            empty_help: "remove the file with `rm` if it is not needed any more",
        };
        let mut save = |text: &SecretBytes| Ok(self.save(text, target, session, store)?);
        match editing::edit(&subject, &session.terminal, &mut save) {
            Err(Unsaved::Problem(problem)) => session.fail(*problem),
            ended => said(ended, &subject, &session.terminal),
        }
    }

    fn save(
        &self,
        text: &SecretBytes,
        target: &Editing<'_>,
        session: &KeySession,
        store: &Store<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        let audience = &target.ruled.audience;
        let old = target.old.as_ref().map(|(_, opened)| opened);
        let former = match old {
            Some(old) if !changed::every_value(target.format, &old.plain, text) => {
                Former::Keep { forget: &[] }
            }
            _ => Former::Forget,
        };
        let armored = old.is_some_and(|old| old.armored);
        let claim = old.map(|old| &old.claim);
        let change = change(claim, audience, target.ruled.rules());
        session.confirm(&[(target.shown, &change)], &self.write)?;
        let bytes = store
            .seal(text, armored, claim, audience, former)
            .map_err(|fault| Box::new(encrypt_fault(&fault)))?;
        let before = target.old.as_ref().map(|(bytes, _)| bytes.clone());
        encrypted_files::write_all(&[Write { path: target.path.to_owned(), bytes, before }])
    }
}

/// Says how an edit ended.
fn said(ended: Result<Ended, Unsaved>, subject: &Subject<'_>, terminal: &Terminal) -> Exit {
    let shown = code(subject.shown);
    match ended {
        Ok(Ended::Saved) => terminal.say(&format!("wrote {shown}")),
        Ok(Ended::Unchanged) if subject.before.is_none() => {
            terminal.say(&format!("the text is empty: {shown} was not written"));
        }
        Ok(Ended::Unchanged) => terminal.say(&format!("{shown} is unchanged")),
        Ok(Ended::Discarded) => {
            terminal.say(&format!("discarded the edit of {shown}"));
            return Exit::No;
        }
        Err(Unsaved::Reported(exit)) => return exit,
        Err(Unsaved::Problem(problem)) => {
            return terminal.report(&[*problem], &SourceMap::new());
        }
    }
    Exit::Fine
}

fn open(path: &Path, shown: &str, store: &Store<'_>) -> Result<(Vec<u8>, Opened), Box<Diagnostic>> {
    let bytes = encrypted_files::read(path)?;
    let opened = store
        .open(shown, bytes.expose())
        .map_err(|fault| Box::new(decrypt_fault(Encrypted::Argument(shown), &fault)))?;
    Ok((bytes.expose().to_vec(), opened))
}

fn is_spec(shown: &str) -> Diagnostic {
    diagnostic!(USAGE, "{} is a spec, which is not encrypted", code(shown))
        .help("open it with your editor instead")
        .help("pass NAME and KEY to edit one encrypted value: `mintage edit NAME KEY`")
}

/// A new file has a name that says that it is encrypted.
fn no_ending(path: &Path) -> Diagnostic {
    encrypted_files::no_encrypted_file(path)
        .help("pass a path that ends in `.age` to start a new file")
        .help("pass NAME and KEY to edit one value of a spec: `mintage edit NAME KEY`")
}

/// The name without `.age`, by which an editor knows the language.
fn inner_name(path: &Path) -> &str {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    match name.strip_suffix(".age").unwrap_or(name) {
        "" | "." | ".." => "secret",
        name => name,
    }
}
