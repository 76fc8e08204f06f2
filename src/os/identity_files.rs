//! The age identities that the person who runs the tool has: those named with `-i`, or those in the
//! usual places.

use std::path::{Path, PathBuf};
use std::{ffi::OsString, fs, io};

use super::bounded_read::system_words;
use super::files::{self, Accept, ReadFault};
use super::{identity_command, identity_permissions, inputs::Inputs, texts};
use crate::age::IdentityInput;
use crate::age::IdentitySource::{self, Person, UsualSshKey};
use crate::content::Content;
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, codes, private_keys};
use crate::secret::bytes::SecretBytes;

/// Largest identity file, in bytes. The longest key of use, RSA with 16,384 bits, has 13,000.
pub(crate) const MAX_IDENTITY_BYTES: usize = 1024 * 1024;

#[derive(Debug, Default)]
pub(crate) struct GatheredIdentities {
    pub identities: Vec<IdentityInput>,
    /// What deserves a warning: files in the usual places that are there but can't be read, and
    /// files that others can read.
    pub notes: Vec<Diagnostic>,
    pub inputs: Inputs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum NamedBy {
    Flag,
    Variable(&'static str),
    Default,
}

enum Reason {
    Missing,
    /// Why, and what to do about it.
    Unreadable(String, Option<&'static str>),
}

/// `origin` is a path as it was given, or `standard input`.
fn unreadable(origin: &str, named_by: NamedBy, reason: Reason) -> Diagnostic {
    let (code_of, named) = match named_by {
        NamedBy::Flag => (&codes::BAD_IDENTITY, String::new()),
        NamedBy::Variable(name) => (&codes::BAD_IDENTITY, format!(" from {}", code(name))),
        NamedBy::Default => (&codes::LEFT_OUT, " in its usual place".to_owned()),
    };
    let (why, help) = match reason {
        Reason::Missing if origin.starts_with("~/") => (
            "it does not exist".to_owned(),
            Some("write \"$HOME/...\": the shell replaces `~` only at the start of a word"),
        ),
        Reason::Missing => (
            "it does not exist".to_owned(),
            Some(match named_by {
                NamedBy::Flag => "check the path",
                _ => "correct or unset the variable, or pass `-i FILE`, which ignores variables",
            }),
        ),
        Reason::Unreadable(why, help) => (why, help),
    };
    let message = format!("can't read the identity file {}{named}: {why}", code(origin));
    Diagnostic::new(code_of, message).maybe_help(help.map(str::to_owned))
}

/// The identities to decrypt with; commands that print them don't run yet. `flags` are the values
/// of `-i`, where `-` is stdin; if there are any, nothing else is looked at. Without them, all that
/// exist of the usual variables and files. `env` gives the value of a variable of the environment.
pub(crate) fn gather(
    flags: &[String],
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Result<GatheredIdentities, Vec<Diagnostic>> {
    let mut search = Search::default();
    for flag in flags {
        search.named(Path::new(flag), NamedBy::Flag);
    }
    if flags.is_empty() {
        search.usual_places(env);
    }
    if search.faults.is_empty() { Ok(search.found) } else { Err(search.faults) }
}

#[derive(Default)]
struct Search {
    found: GatheredIdentities,
    faults: Vec<Diagnostic>,
    /// What was looked at: one file can be named by several variables, and stdin can be read only
    /// once.
    seen: Vec<PathBuf>,
}

impl Search {
    fn usual_places(&mut self, env: &dyn Fn(&str) -> Option<OsString>) {
        for (holds, names, commands) in [
            ("MINTAGE_IDENTITY", "MINTAGE_IDENTITY_FILE", "MINTAGE_IDENTITY_CMD"),
            ("SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD"),
        ] {
            for name in [holds, names, commands] {
                if env(name).is_some_and(|value| value.is_empty()) {
                    self.found.identities.push(IdentityInput::Empty(name));
                }
            }
            let env = |name: &str| env(name).filter(|value| !value.is_empty());
            if let Some(value) = env(holds) {
                self.add(holds, SecretBytes::new(value.into_encoded_bytes()), Person);
            }
            if let Some(path) = env(names) {
                self.named(Path::new(&path), NamedBy::Variable(names));
            }
            if let Some(command) = env(commands) {
                let command = command.to_string_lossy();
                match identity_command::read(commands, &command, MAX_IDENTITY_BYTES) {
                    Ok(command) => self.found.identities.push(command),
                    Err(fault) => self.faults.push(fault),
                }
            }
        }
        let env = |name: &str| env(name).filter(|value| !value.is_empty());
        let home = env(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from);
        let below_home = |path: &str| home.as_ref().map(|home| home.join(path));
        // The XDG Base Directory Specification: a relative path is invalid and to be ignored.
        let xdg = env("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        // sops asks Go's os.UserConfigDir where XDG_CONFIG_HOME is not set.
        let native = match () {
            () if xdg.is_some() => None,
            () if cfg!(target_os = "macos") => below_home("Library/Application Support"),
            () if cfg!(windows) => env("AppData").map(PathBuf::from),
            () => None,
        };
        let config = xdg.or_else(|| below_home(".config"));
        for (folder, path) in [
            (&config, "mintage/identities.txt"),
            (&config, "sops/age/keys.txt"),
            (&native, "sops/age/keys.txt"),
        ] {
            if let Some(folder) = folder {
                self.maybe(&folder.join(path), Person);
            }
        }
        for path in [".ssh/id_ed25519", ".ssh/id_rsa"] {
            if let Some(path) = below_home(path) {
                self.maybe(&path, UsualSshKey);
            }
        }
    }

    fn add(&mut self, origin: &str, bytes: SecretBytes, source: IdentitySource) {
        self.found.identities.push(IdentityInput::new(origin, bytes, source));
    }

    /// A file that somebody named. It may be a pipe, as of `-i <(pass show age)`.
    fn named(&mut self, path: &Path, named_by: NamedBy) {
        if !self.is_new(path) {
            return;
        }
        let is_stdin = named_by == NamedBy::Flag && path == Path::new("-");
        let mut origin = path.to_string_lossy().into_owned();
        let read = if is_stdin {
            origin = "standard input".to_owned();
            read_stdin(&mut self.found.inputs)
        } else if is_key(path) {
            origin = "…".to_owned();
            Err(Reason::Unreadable(
                "it is a key, not the path of a file".to_owned(),
                Some(match named_by {
                    NamedBy::Variable("SOPS_AGE_KEY_FILE") => "set `SOPS_AGE_KEY` to the key",
                    NamedBy::Variable(_) => "set `MINTAGE_IDENTITY` to the key",
                    _ => KEY_ITSELF,
                }),
            ))
        } else if is_public_key(path) {
            Err(Reason::Unreadable(
                "it is a public key, not the path of a file".to_owned(),
                Some("pass the path of the identity, whose key starts with `AGE-SECRET-KEY-1`"),
            ))
        } else {
            self.read(path, Accept::Pipes)
        };
        match read {
            Ok(bytes) => self.add(&origin, bytes, Person),
            Err(reason) => self.faults.push(unreadable(&origin, named_by, reason)),
        }
    }

    /// A file that may be there. Whether it is can't be told where a directory on the way is closed
    /// to us, as with another user's `HOME`.
    fn maybe(&mut self, path: &Path, source: IdentitySource) {
        if !self.is_new(path) || !fs::metadata(path).is_ok_and(|found| found.is_file()) {
            return;
        }
        let origin = path.to_string_lossy().into_owned();
        match self.read(path, Accept::RegularFiles) {
            Ok(bytes) => self.add(&origin, bytes, source),
            Err(Reason::Missing) => {}
            Err(reason) => self.found.notes.push(unreadable(&origin, NamedBy::Default, reason)),
        }
    }

    fn read(&mut self, path: &Path, accept: Accept) -> Result<SecretBytes, Reason> {
        // Also one that can't be opened: a run that passes over it must not destroy it.
        if let Ok(found) = fs::metadata(path) {
            self.found.inputs.add(READ_AS, &path.to_string_lossy(), Some(path), &found);
        }
        let (bytes, found) = files::read(path, accept, MAX_IDENTITY_BYTES).map_err(reason)?;
        if Content::of(bytes.expose()) != Content::PublicKey {
            self.found.notes.extend(identity_permissions::warning(path, &found));
        }
        Ok(bytes)
    }

    fn is_new(&mut self, path: &Path) -> bool {
        let new = !self.seen.iter().any(|seen| seen == path);
        self.seen.push(path.to_owned());
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

/// Whether somebody passed a recipient. A file may have any name, if it is there.
fn is_public_key(path: &Path) -> bool {
    let is_key = Content::of(path.to_string_lossy().as_bytes()) == Content::PublicKey;
    is_key && !path.exists()
}

const KEY_ITSELF: &str = "set `MINTAGE_IDENTITY` to the key: other users of the machine can see \
    command-line arguments";

/// What a file that is read here is to whoever reads messages.
const READ_AS: &str = "an identity";

fn read_stdin(inputs: &mut Inputs) -> Result<SecretBytes, Reason> {
    let stdin = texts::stdin().map_err(|error| reason(ReadFault::Io(error)))?;
    if let Ok(found) = stdin.metadata() {
        inputs.add(READ_AS, "standard input", None, &found);
    }
    files::read_open(stdin, 0, MAX_IDENTITY_BYTES).map_err(reason)
}

fn reason(fault: ReadFault) -> Reason {
    match fault {
        ReadFault::Missing => Reason::Missing,
        ReadFault::Io(error) if error.kind() == io::ErrorKind::NotADirectory => Reason::Missing,
        ReadFault::Folder => {
            let help = "pass the file in it that contains the key, such as `keys.txt`";
            Reason::Unreadable("it is a folder".to_owned(), Some(help))
        }
        ReadFault::TooLarge => {
            let limit = number(MAX_IDENTITY_BYTES);
            Reason::Unreadable(format!("it is larger than {limit} bytes"), None)
        }
        fault => Reason::Unreadable(system_words(&fault.into_io()), None),
    }
}
