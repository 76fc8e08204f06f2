//! The age identities that the person who runs the tool has: those named with `-i`, or those in the
//! usual places.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::bounded_read::{read_at_most, system_words};
use super::inputs::Inputs;
use crate::diag::phrases::{code, number};
use crate::diag::private_keys;
use crate::secret::bytes::SecretBytes;

/// Largest identity file, in bytes. The longest key of use, RSA with 16,384 bits, has 13,000.
pub(crate) const MAX_IDENTITY_BYTES: usize = 1024 * 1024;

/// Bytes that should hold identities. Nothing has looked into them yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundIdentity {
    /// What messages call it: a path as it was given, the name of a variable, or `standard input`.
    pub origin: String,
    pub bytes: SecretBytes,
    /// It is somebody's everyday ssh key: to be tried only on files that name an ssh recipient, and
    /// never a reason to ask for a passphrase otherwise.
    pub only_for_ssh: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GatheredIdentities {
    /// In the order to try them.
    pub identities: Vec<FoundIdentity>,
    /// Files in the usual places that are there but can't be read: worth a warning.
    pub skipped: Vec<IdentityFileFault>,
    /// All files that were looked at.
    pub inputs: Inputs,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdentityFileFault {
    /// Its path as it was given, or `standard input`.
    pub path: String,
    pub named_by: NamedBy,
    pub reason: IdentityFileReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamedBy {
    Flag,
    Variable(&'static str),
    /// Nobody: it is one of the usual places.
    Default,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IdentityFileReason {
    /// It is not a path but a key. The fault has it nowhere.
    KeyItself,
    Missing,
    Directory,
    /// It has more than [`MAX_IDENTITY_BYTES`].
    TooLarge,
    /// The system said no, in its own words.
    Io(String),
}

impl IdentityFileFault {
    pub(crate) fn message(&self) -> String {
        let why = match &self.reason {
            IdentityFileReason::KeyItself => "that is a key, not the path of a file".to_owned(),
            IdentityFileReason::Missing => "it does not exist".to_owned(),
            IdentityFileReason::Directory => "it is a directory".to_owned(),
            IdentityFileReason::TooLarge => {
                format!("it is larger than {} bytes", number(MAX_IDENTITY_BYTES))
            }
            IdentityFileReason::Io(words) => words.clone(),
        };
        let named_by = match self.named_by {
            NamedBy::Flag => String::new(),
            NamedBy::Variable(name) => format!(" that {} names", code(name)),
            NamedBy::Default => " in its usual place".to_owned(),
        };
        format!("can't read the identity file {}{named_by}: {why}", code(&self.path))
    }

    pub(crate) fn help(&self) -> Option<String> {
        match (&self.reason, self.named_by) {
            (IdentityFileReason::Missing, _) if self.path.starts_with("~/") => {
                let home = self.path.replacen('~', "$HOME", 1);
                Some(format!("nothing replaced the `~`, which only a shell does, at the start of a \
                    word: write \"{home}\""))
            }
            (IdentityFileReason::KeyItself, NamedBy::Variable("SOPS_AGE_KEY_FILE")) => {
                Some("put the key itself into the variable `SOPS_AGE_KEY`".to_owned())
            }
            (IdentityFileReason::KeyItself, NamedBy::Flag) => Some(
                "put the key itself into the variable `MINTAGE_IDENTITY`; arguments are visible to \
                 every user of the machine".to_owned(),
            ),
            (IdentityFileReason::KeyItself, _) => Some("put the key itself into the variable \
                `MINTAGE_IDENTITY`".to_owned()),
            (IdentityFileReason::Missing, NamedBy::Variable("SOPS_AGE_KEY_FILE")) => {
                Some(
                    "unset it, or name other identities with `-i`: then no variable is looked at"
                        .to_owned(),
                )
            }
            (IdentityFileReason::Directory, _) => Some("name the file in it that holds the key, \
                such as `keys.txt`".to_owned()),
            _ => None,
        }
    }
}

/// The identities to decrypt with. `flags` are the values of `-i`, where `-` is stdin; if there are
/// any, nothing else is looked at. Without them, all that exist of the usual variables and files.
/// `env` gives the value of a variable of the environment.
///
/// # Errors
/// Every file that somebody named and that can't be read.
pub(crate) fn gather(
    flags: &[String],
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Result<GatheredIdentities, Vec<IdentityFileFault>> {
    let mut search = Search::default();
    for flag in flags {
        search.named(Path::new(flag), NamedBy::Flag);
    }
    if flags.is_empty() {
        search.usual_places(&|name| env(name).filter(|value| !value.is_empty()));
    }
    if search.faults.is_empty() { Ok(search.found) } else { Err(search.faults) }
}

#[derive(Default)]
struct Search {
    found: GatheredIdentities,
    faults: Vec<IdentityFileFault>,
    /// What was looked at: one file can be named by several variables, and stdin can be read only
    /// once.
    seen: Vec<PathBuf>,
}

impl Search {
    fn usual_places(&mut self, env: &dyn Fn(&str) -> Option<OsString>) {
        self.text("MINTAGE_IDENTITY", env);
        self.file("MINTAGE_IDENTITY_FILE", env);
        self.text("SOPS_AGE_KEY", env);
        self.file("SOPS_AGE_KEY_FILE", env);
        let home = env(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from);
        // The XDG Base Directory Specification: a relative path is invalid and to be ignored.
        let xdg = env("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let config = xdg.clone().or_else(|| home.as_ref().map(|home| home.join(".config")));
        // sops asks Go's os.UserConfigDir where XDG_CONFIG_HOME is not set.
        let native = match () {
            () if xdg.is_some() => None,
            () if cfg!(target_os = "macos") => {
                home.as_ref().map(|home| home.join("Library/Application Support"))
            }
            () if cfg!(windows) => env("AppData").map(PathBuf::from),
            () => None,
        };
        if let Some(config) = config {
            self.maybe(&config.join("mintage/identities.txt"), false);
            self.maybe(&config.join("sops/age/keys.txt"), false);
        }
        if let Some(native) = native {
            self.maybe(&native.join("sops/age/keys.txt"), false);
        }
        if let Some(home) = home {
            self.maybe(&home.join(".ssh/id_ed25519"), true);
            self.maybe(&home.join(".ssh/id_rsa"), true);
        }
    }

    /// A variable that holds identities.
    fn text(&mut self, name: &str, env: &dyn Fn(&str) -> Option<OsString>) {
        if let Some(value) = env(name) {
            let bytes = SecretBytes::new(value.into_encoded_bytes());
            self.found.identities.push(FoundIdentity {
                origin: name.to_owned(),
                bytes,
                only_for_ssh: false,
            });
        }
    }

    fn file(&mut self, name: &'static str, env: &dyn Fn(&str) -> Option<OsString>) {
        if let Some(path) = env(name) {
            self.named(Path::new(&path), NamedBy::Variable(name));
        }
    }

    /// A file that somebody named. It may be a pipe, as of `-i <(pass show age)`.
    fn named(&mut self, path: &Path, named_by: NamedBy) {
        if !self.is_new(path) {
            return;
        }
        if is_key(path) {
            self.faults.push(IdentityFileFault {
                path: "…".to_owned(),
                named_by,
                reason: IdentityFileReason::KeyItself,
            });
            return;
        }
        let is_stdin = named_by == NamedBy::Flag && path == Path::new("-");
        let origin = if is_stdin {
            "standard input".to_owned()
        } else {
            path.to_string_lossy().into_owned()
        };
        match if is_stdin {
            read_stdin(&mut self.found.inputs)
        } else {
            read(path, &mut self.found.inputs)
        } {
            Ok(bytes) => {
                self.found.identities.push(FoundIdentity { origin, bytes, only_for_ssh: false })
            }
            Err(reason) => self.faults.push(IdentityFileFault { path: origin, named_by, reason }),
        }
    }

    /// A file that may be there. Whether it is can't be told where a directory on the way is closed
    /// to us, as with another user's `HOME`.
    fn maybe(&mut self, path: &Path, only_for_ssh: bool) {
        if !self.is_new(path) || !fs::metadata(path).is_ok_and(|found| found.is_file()) {
            return;
        }
        let origin = path.to_string_lossy().into_owned();
        match read(path, &mut self.found.inputs) {
            Ok(bytes) => self.found.identities.push(FoundIdentity { origin, bytes, only_for_ssh }),
            Err(IdentityFileReason::Missing) => {}
            Err(reason) => self.found.skipped.push(IdentityFileFault {
                path: origin,
                named_by: NamedBy::Default,
                reason,
            }),
        }
    }

    fn is_new(&mut self, path: &Path) -> bool {
        let new = !self.seen.iter().any(|seen| seen == path);
        if new {
            self.seen.push(path.to_owned());
        }
        new
    }
}

/// Whether somebody took the place of a path for that of a key, which messages would then show. A
/// file may have any name, if it is there.
fn is_key(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A directory may have a digest in its name. Only PEM holds slashes.
    let is_key =
        private_keys::is_in(&name) || (text.contains("PRIVATE KEY-") && private_keys::is_in(&text));
    is_key && (!path.exists() || text.contains("AGE-SECRET-KEY-"))
}

/// What a file that is read here is to whoever reads messages.
const READ_AS: &str = "an identity";

fn read(path: &Path, inputs: &mut Inputs) -> Result<SecretBytes, IdentityFileReason> {
    let found = fs::metadata(path).map_err(|error| reason(&error))?;
    // Also one that can't be opened: a run that passes over it must not destroy it.
    inputs.add(READ_AS, &path.to_string_lossy(), Some(path), &found);
    if found.is_dir() {
        return Err(IdentityFileReason::Directory);
    }
    if found.len() > MAX_IDENTITY_BYTES as u64 {
        return Err(IdentityFileReason::TooLarge);
    }
    let file = File::open(path).map_err(|error| reason(&error))?;
    read_limited(file, found.len())
}

/// Stdin without the library's buffer, which would keep a copy.
fn read_stdin(inputs: &mut Inputs) -> Result<SecretBytes, IdentityFileReason> {
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned();
    let stdin = File::from(stdin.map_err(|error| reason(&error))?);
    if let Ok(found) = stdin.metadata() {
        inputs.add(READ_AS, "standard input", None, &found);
    }
    read_limited(stdin, 0)
}

fn read_limited(reader: impl Read, expected: u64) -> Result<SecretBytes, IdentityFileReason> {
    read_at_most(reader, expected, MAX_IDENTITY_BYTES)
        .map_err(|error| reason(&error))?
        .ok_or(IdentityFileReason::TooLarge)
}

fn reason(error: &io::Error) -> IdentityFileReason {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => IdentityFileReason::Missing,
        _ => IdentityFileReason::Io(system_words(error)),
    }
}
