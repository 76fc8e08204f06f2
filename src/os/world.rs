//! The world of a real machine: files under a root, allowed variables of the environment,
//! passphrases.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{collections::BTreeMap, fs::File};
use std::{env, fs, io};

use super::bounded_read::{read_at_most, system_words};
use super::hidden_input::{self, Rest};
use super::inputs::Inputs;
use super::paths::{inside, with_slashes};
use super::rule_files::specs_above;
use super::sandbox::{PathFault, Sandbox, SpecPath};
use super::turn;
use crate::diag::phrases::{code, nearest, visible};
use crate::diag::{Diagnostic, diagnostic, private_keys::hidden};
use crate::secret::bytes::SecretBytes;
use crate::world::{
    EnvVarError, Escape, Listing, MAX_LISTED, ReadError, SpecAbove, World, is_skipped_directory,
};

/// Most names of a directory that a suggestion is looked for among.
const MAX_SUGGESTED_FROM: usize = 10_000;

/// The machine as one spec may see it.
pub(crate) struct OsWorld {
    sandbox: Sandbox,
    env_vars: Vec<String>,
    /// Of all that ask for one, where there is no terminal.
    passphrase: Option<SecretBytes>,
    /// What was answered. The lock is held while asking, so that two threads never ask at once.
    passphrases: Mutex<BTreeMap<String, Option<SecretBytes>>>,
    inputs: Mutex<Inputs>,
}

impl OsWorld {
    /// The world of the spec in the directory `root`. It also sees what lies in the directories
    /// `allow_paths`, and the environment variables `allow_env_vars`. Relative paths given here
    /// start at the current directory.
    pub(crate) fn new(
        root: &Path,
        allow_paths: &[PathBuf],
        allow_env_vars: &[String],
    ) -> Result<Self, Box<Diagnostic>> {
        let allowed: Result<Vec<PathBuf>, _> =
            allow_paths.iter().map(|path| directory(path)).collect();
        Ok(Self {
            sandbox: Sandbox::new(directory(root)?, allowed?),
            env_vars: allow_env_vars.to_vec(),
            passphrase: None,
            passphrases: Mutex::default(),
            inputs: Mutex::default(),
        })
    }

    /// With a passphrase for all that ask for one.
    pub(crate) fn with_passphrase(self, passphrase: Option<SecretBytes>) -> Self {
        Self { passphrase, ..self }
    }

    pub(crate) fn inputs(&self) -> Inputs {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The path that may have been meant, by following the nearest name wherever one is missing.
    fn suggestion(
        &self,
        mut typed: SpecPath,
        mut directory: PathBuf,
        mut index: Option<usize>,
    ) -> Option<String> {
        // Every turn mends a later name than the one before.
        for _ in 0..typed.names.len() {
            let name = typed.names.get_mut(index?)?;
            *name = nearest_entry(&directory, name.to_str()?)?.into();
            match self.sandbox.locate(&typed) {
                Ok(path) => return path.is_file().then(|| typed.text()),
                Err(PathFault::Missing { directory: next, index: place }) => {
                    (directory, index) = (next, place)
                }
                Err(_) => return None,
            }
        }
        None
    }
}

/// The canonical path of a directory that must be one. An empty path is the current directory, as
/// the parent of `mintage.toml` is.
fn directory(path: &Path) -> Result<PathBuf, Box<Diagnostic>> {
    let given = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let why = match fs::canonicalize(given) {
        Ok(canonical) if canonical.is_dir() => return Ok(canonical),
        Ok(_) => "it is not a folder".to_owned(),
        Err(error) => system_words(&error),
    };
    let name = code(&path.to_string_lossy());
    Err(Box::new(diagnostic!(CANNOT_READ, "can't use the folder {name}: {why}")))
}

/// The name in a directory that `name` most probably means: with or without `.age`, or mistyped.
fn nearest_entry(directory: &Path, name: &str) -> Option<String> {
    let entries = fs::read_dir(directory).ok()?.take(MAX_SUGGESTED_FROM).flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let encrypted = format!("{name}.age");
    let plain = name.strip_suffix(".age");
    let exact = names.iter().find(|known| **known == encrypted || Some(known.as_str()) == plain);
    exact.cloned().or_else(|| nearest(name, names.iter().map(String::as_str)).map(str::to_owned))
}

impl World for OsWorld {
    fn read(&self, path: &str, limit: usize) -> Result<SecretBytes, ReadError> {
        if path.is_empty() || path.contains('\0') {
            return Err(ReadError::BadPath);
        }
        let typed = SpecPath::new(path);
        let place = match self.sandbox.locate(&typed) {
            Ok(place) => place,
            Err(PathFault::Outside(escape)) => return Err(ReadError::OutsideRoot(escape)),
            Err(PathFault::Missing { directory, index }) => {
                return Err(ReadError::NotFound {
                    nearest: self.suggestion(typed, directory, index),
                });
            }
            Err(PathFault::Io(error)) => return Err(ReadError::Io(system_words(&error))),
        };
        let (bytes, found) = read_regular(self.sandbox.open(&place), limit)?;
        let mut inputs = self.inputs.lock().unwrap_or_else(PoisonError::into_inner);
        inputs.add("a file of the spec", path, Some(&place), &found);
        Ok(bytes)
    }

    fn file_id(&self, path: &str) -> String {
        let place = self.sandbox.locate(&SpecPath::new(path)).ok();
        place.and_then(|place| file_id(&place)).unwrap_or_else(|| path.to_owned())
    }

    fn place(&self, path: &str) -> Option<String> {
        let typed = SpecPath::new(path);
        let place = match self.sandbox.locate(&typed) {
            Ok(place) => place,
            Err(PathFault::Missing { directory, index: Some(index) }) => {
                typed.names.iter().skip(index).fold(directory, |place, name| place.join(name))
            }
            Err(_) => return None,
        };
        inside(self.sandbox.root(), &place)
    }

    fn list(&self, suffix: &str) -> Option<Listing> {
        list(self.sandbox.root(), suffix)
    }

    fn specs_above(&self) -> Vec<SpecAbove> {
        specs_above(self.sandbox.root())
    }

    fn env_var(&self, name: &str) -> Result<SecretBytes, EnvVarError> {
        if !self.env_vars.iter().any(|allowed| allowed == name) {
            return Err(EnvVarError::NotAllowed);
        }
        env::var_os(name)
            .map(|value| SecretBytes::new(value.into_encoded_bytes()))
            .ok_or(EnvVarError::NotSet)
    }

    fn passphrase(&self, what: &str) -> Option<SecretBytes> {
        if self.passphrase.is_some() {
            return self.passphrase.clone();
        }
        let mut answers = self.passphrases.lock().unwrap_or_else(PoisonError::into_inner);
        answers.entry(what.to_owned()).or_insert_with(|| ask_passphrase(what)).clone()
    }
}

/// Asks for a passphrase without showing what is typed. `what` says what it opens. The terminal
/// itself is asked (`/dev/tty`), so that stdin and stdout stay free for data. `None`: there is no
/// terminal, or nothing was typed.
fn ask_passphrase(what: &str) -> Option<SecretBytes> {
    let _turn = turn::take();
    let first = format!("Passphrase for {}: ", visible(&hidden(what)));
    let mut prompt = first.clone();
    loop {
        match hidden_input::ask(&prompt, Rest::Refuse) {
            Ok(typed) => return Some(typed).filter(|typed| !typed.is_empty()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                prompt = format!("What was typed {error}. {first}");
            }
            Err(_) => return None,
        }
    }
}

/// A file's bytes, and what it is.
fn read_regular(
    file: io::Result<File>,
    limit: usize,
) -> Result<(SecretBytes, fs::Metadata), ReadError> {
    let io = |error: io::Error| ReadError::Io(system_words(&error));
    let file = match file {
        Ok(file) => file,
        // It was looked at before, and is something else now.
        Err(error) if is_swapped(&error) => return Err(ReadError::OutsideRoot(Escape::Symlink)),
        Err(error) if is_socket(&error) => return Err(ReadError::NotAFile),
        Err(error) => return Err(io(error)),
    };
    let found = file.metadata().map_err(io)?;
    if found.is_dir() {
        return Err(ReadError::Directory);
    }
    if !found.is_file() {
        return Err(ReadError::NotAFile);
    }
    if found.len() > limit as u64 {
        return Err(ReadError::TooLarge(limit));
    }
    let bytes = read_at_most(file, found.len(), limit).map_err(io)?;
    Ok((bytes.ok_or(ReadError::TooLarge(limit))?, found))
}

/// What tells the file at a canonical path from others. A path starts with `/`, a number does not.
#[cfg(unix)]
fn file_id(place: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let found = fs::symlink_metadata(place).ok()?;
    Some(format!("{}:{}", found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn file_id(place: &Path) -> Option<String> {
    place.to_str().map(str::to_owned)
}

/// Whether a link is where a file or a directory was.
fn is_swapped(error: &io::Error) -> bool {
    #[cfg(unix)]
    let is_link = error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    #[cfg(not(unix))]
    let is_link = false;
    is_link || error.kind() == io::ErrorKind::NotADirectory
}

/// Sockets can't be opened at all.
fn is_socket(error: &io::Error) -> bool {
    #[cfg(unix)]
    let is_socket = error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error());
    #[cfg(not(unix))]
    let is_socket = false;
    is_socket
}

/// Files below a canonical directory whose names end in `suffix`; `None` when there is too much to
/// look at, or the system says no.
pub(crate) fn list(root: &Path, suffix: &str) -> Option<Listing> {
    let mut listing = Listing { root: with_slashes(root)?, ..Listing::default() };
    let mut directories: Vec<(PathBuf, String)> = vec![(root.to_owned(), String::new())];
    let mut entries = 0;
    while let Some((directory, prefix)) = directories.pop() {
        for entry in fs::read_dir(&directory).ok()? {
            let entry = entry.ok()?;
            entries += 1;
            if entries > MAX_LISTED {
                return None;
            }
            // What is not UTF-8 can't be named in a spec.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let kind = entry.file_type().ok()?;
            let path = format!("{prefix}{name}");
            if kind.is_symlink() {
                listing.links.extend(target(root, &entry.path()).map(|target| (path, target)));
            } else if kind.is_dir() {
                let below = entry.path();
                if !is_skipped_directory(&name) && !below.join("mintage.toml").exists() {
                    directories.push((below, format!("{path}/")));
                }
            } else if name.ends_with(suffix) {
                listing.files.push(path);
            }
        }
    }
    listing.files.sort_unstable();
    listing.links.sort_unstable();
    Some(listing)
}

/// Where a link leads, as a path from the root, if it stays inside.
fn target(root: &Path, link: &Path) -> Option<String> {
    inside(root, &fs::canonicalize(link).ok()?)
}
