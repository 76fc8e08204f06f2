//! `mintage edit`: an age file in the person's editor.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Args;

use super::Exit;
use super::editing::{self, Ended, Subject};
use super::keys::{IdentityOptions, KeySession, PlainMessages, WriteOptions};
use crate::age::messages::decrypt::{Encrypted, decrypt_fault};
use crate::age::messages::encrypt_fault;
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::encrypted::consent::Notice;
use crate::encrypted::store::Former;
use crate::encrypted::{Opened, Store, changed};
use crate::os::bounded_read::system_words;
use crate::os::encrypted_files::{self, Write};
use crate::os::rule_files::Ruled;
use crate::os::texts::shown_name;
use crate::secret::bytes::SecretBytes;
use crate::structure::Format;

/// Edit an age file in $VISUAL or $EDITOR
///
/// The plaintext is in a memory-backed folder that only you can read, and is removed when the
/// editor ends. The file is encrypted anew only if the text changed, for those whom the `[[encrypt]]`
/// rules name. A file that does not exist yet is started.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage edit secrets/prod/db.toml.age     a bundle
  EDITOR='code --wait' mintage edit secrets/prod/db.toml.age")]
pub struct Edit {
    /// An age file; one that does not exist is started
    #[arg(value_name = "PATH")]
    path: PathBuf,
    #[command(flatten)]
    identities: IdentityOptions,
    #[command(flatten)]
    write: WriteOptions,
    #[command(flatten)]
    messages: PlainMessages,
}

/// A file to edit, with what is known about it.
struct Target<'a> {
    path: &'a Path,
    shown: &'a str,
    format: Option<Format>,
    ruled: &'a Ruled,
    /// Its bytes, and what they hold.
    old: Option<(Vec<u8>, Opened)>,
}

impl Edit {
    pub fn run(&self) -> Exit {
        let mut session = KeySession::with_identities(&self.messages, &self.identities);
        let shown = shown_name(&self.path);
        let is_there = fs::symlink_metadata(&self.path).is_ok();
        if !is_there && let Err(problem) = prepare_new(&self.path, &shown) {
            session.problems.push(*problem);
        }
        if let Some(exit) = session.stopped() {
            return exit;
        }
        let Some(ruled) = session.ruled(&self.path) else {
            return session.stopped().unwrap_or(Exit::Usage);
        };
        let ask = |what: &str| session.passphrase(what);
        let store = session.store(&ask, &self.write);
        let old = if is_there { open(&self.path, &shown, &store).map(Some) } else { Ok(None) };
        let old = match old {
            Ok(old) => old,
            Err(problem) => return session.fail(*problem),
        };
        let format = Format::from_path(&shown);
        let target = Target { path: &self.path, shown: &shown, format, ruled: &ruled, old };
        self.edit(&target, &session, &store)
    }

    fn edit(&self, target: &Target<'_>, session: &KeySession, store: &Store<'_>) -> Exit {
        let subject = Subject {
            shown: target.shown,
            name: inner_name(target.path),
            format: target.format,
            before: target.old.as_ref().map(|(_, opened)| &opened.plain),
        };
        let mut save = |text: &SecretBytes| self.save(text, target, session, store);
        let shown = code(target.shown);
        match editing::edit(&subject, &session.terminal, &mut save) {
            Ok(Ended::Saved) => session.terminal.say(&format!("wrote {shown}")),
            Ok(Ended::Unchanged) if target.old.is_none() => {
                session.terminal.say(&format!("the text is empty: {shown} was not written"));
            }
            Ok(Ended::Unchanged) => session.terminal.say(&format!("{shown} is unchanged")),
            Ok(Ended::Discarded) => {
                session.terminal.say(&format!("discarded the edit of {shown}"));
                return Exit::No;
            }
            Err(problem) => return session.fail(*problem),
        }
        Exit::Fine
    }

    fn save(
        &self,
        text: &SecretBytes,
        target: &Target<'_>,
        session: &KeySession,
        store: &Store<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        let Some(audience) = target.ruled.audience() else {
            return Err(Box::new(diagnostic!(USAGE, "no rule is for {}", code(target.shown))));
        };
        let old = target.old.as_ref().map(|(_, opened)| opened);
        let former = match old {
            Some(old) if !changed::every_value(target.format, &old.plain, text) => {
                Former::Keep { forget: &[] }
            }
            _ => Former::Forget,
        };
        let armored = old.is_some_and(|old| old.armored);
        let claim = old.map(|old| &old.claim);
        let sealed = store
            .seal(text, armored, claim, (audience, target.ruled.rules()), former)
            .map_err(|fault| Box::new(encrypt_fault(&fault)))?;
        let notice = Notice::of(&[(target.shown, &sealed.change)]);
        let before = target.old.as_ref().map(|(bytes, _)| bytes.clone());
        let write = Write { path: target.path.to_owned(), bytes: sealed.bytes, before };
        session.write(&notice, &[write], &self.write)
    }
}

fn open(
    path: &Path,
    shown: &str,
    store: &Store<'_>,
) -> Result<(Vec<u8>, Opened), Box<Diagnostic>> {
    let bytes = encrypted_files::read(path)?;
    let opened = store
        .open(shown, bytes.expose())
        .map_err(|fault| Box::new(decrypt_fault(Encrypted::File(shown), &fault)))?;
    Ok((bytes.expose().to_vec(), opened))
}

/// A new file has a name that says that it is encrypted, and a folder.
fn prepare_new(path: &Path, shown: &str) -> Result<(), Box<Diagnostic>> {
    if path.extension() != Some(OsStr::new("age")) {
        return Err(Box::new(
            diagnostic!(CANNOT_READ, "{} does not exist", code(shown))
                .help("to start a new file, pass a path that ends in `.age`"),
        ));
    }
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    fs::create_dir_all(folder).map_err(|error: io::Error| {
        let folder = code(&shown_name(folder));
        let why = system_words(&error);
        Box::new(diagnostic!(CANNOT_WRITE, "the folder {folder} can't be made: {why}"))
    })
}

/// The name without `.age`, by which an editor knows the language.
fn inner_name(path: &Path) -> &str {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    match name.strip_suffix(".age").unwrap_or(name) {
        "" | "." | ".." => "secret",
        name => name,
    }
}
