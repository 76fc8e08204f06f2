//! The one door to the outside: files under the root, allowed variables, passphrases. `MemoryWorld`
//! opens it on nothing.

use std::collections::BTreeMap;

use crate::secret::bytes::SecretBytes;
use crate::spec::path_pattern::normal;

/// What the compiler may ask of the machine. Everything else it gets as arguments.
///
/// A world belongs to one spec: relative paths start at the directory that holds it, the root.
/// Whether a path may lead out of the root is for the world to say, which answers with
/// [`ReadError::OutsideRoot`] if not.
///
/// ```
/// use mintage::{EnvVarError, Listing, ReadError, SecretBytes, World};
///
/// /// Looks values up, in a vault for example.
/// struct Vault;
///
/// impl World for Vault {
///     fn read(&self, path: &str, _limit: usize) -> Result<SecretBytes, ReadError> {
///         match path {
///             "vault/db" => Ok(SecretBytes::from("hunter2")),
///             _ => Err(ReadError::NotFound { nearest: None }),
///         }
///     }
///     fn list(&self, _suffix: &str) -> Option<Listing> {
///         Some(Listing::default())
///     }
///     fn env_var(&self, _name: &str) -> Result<SecretBytes, EnvVarError> {
///         Err(EnvVarError::NotAllowed)
///     }
///     fn passphrase(&self, _what: &str) -> Option<SecretBytes> {
///         None
///     }
/// }
/// ```
pub trait World: Sync {
    /// The bytes of a file. `path` is as the spec says it, `/` between its parts. A file of more
    /// than `limit` bytes is [`ReadError::TooLarge`].
    fn read(&self, path: &str, limit: usize) -> Result<SecretBytes, ReadError>;

    /// What tells a file from others, whichever of its paths is asked for: a file with several
    /// paths is read and decrypted once. By default files with different paths are different.
    fn file_id(&self, path: &str) -> String {
        path.to_owned()
    }

    /// Where a path leads, from the root, without links and `..`, whether there is a file or not:
    /// two paths of one place are the same file. `None` where it leads out of the root. By default
    /// there are no links.
    fn place(&self, path: &str) -> Option<String> {
        normal(path)
    }

    /// The files below the root whose names end in `suffix`, for the lint of age files that no
    /// spec reads. `None` when there are too many to look at: more than 20,000. Links are not
    /// followed; `.git`, `node_modules`, `target` and directories with a `mintage.toml` of their
    /// own are left out.
    fn list(&self, suffix: &str) -> Option<Listing>;

    /// The specs in directories above the root, the nearest first, up to the repository's root: one
    /// of them may say who may read the files of a spec that does not say so itself. By default
    /// there are none.
    fn specs_above(&self) -> Vec<SpecAbove> {
        Vec::new()
    }

    /// An environment variable, if whoever runs the tool allowed this name.
    fn env_var(&self, name: &str) -> Result<SecretBytes, EnvVarError>;

    /// Asks for a passphrase; `what` says what for. `None` when it can't be asked for.
    fn passphrase(&self, what: &str) -> Option<SecretBytes>;
}

/// Largest file that is read unless a run allows more, in bytes. Sixteen times what a Secret can
/// hold.
pub(crate) const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// Most names that are looked at below a root.
pub(crate) const MAX_LISTED: usize = 20_000;

/// The files below a root.
///
/// ```
/// use mintage::{MemoryWorld, World};
/// let world = MemoryWorld::default().with_file("db/prod.age", "").with_file("notes.txt", "");
/// assert_eq!(world.list(".age").unwrap().files, ["db/prod.age"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// What tells this root from others.
    pub root: String,
    /// Paths from the root, `/` between their parts, sorted.
    pub files: Vec<String>,
    /// Links that stay inside of the root: the link's path, and that of what it leads to.
    pub links: Vec<(String, String)>,
}

/// A `mintage.toml` in a directory above a root.
///
/// ```
/// use mintage::{MemoryWorld, World};
/// assert!(MemoryWorld::default().specs_above().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpecAbove {
    /// What messages call it.
    pub name: String,
    pub text: String,
    /// What leads from its directory to the root, as `apps/shop/`.
    pub prefix: String,
}

/// Whether a directory of this name holds what programs made, and nothing of a spec.
pub(crate) fn is_skipped_directory(name: &str) -> bool {
    matches!(name, ".git" | "node_modules" | "target")
}

/// Why a file could not be read.
///
/// ```
/// use mintage::{MemoryWorld, ReadError, World};
/// let error = ReadError::NotFound { nearest: None };
/// assert_eq!(MemoryWorld::default().read("a.txt", 100), Err(error));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// There is no such file; a file of a similar name may be there.
    NotFound {
        /// The nearest name in the same directory, as a path from the root.
        nearest: Option<String>,
    },
    /// The path leads out of the root.
    OutsideRoot(Escape),
    Directory,
    /// It is a device, a pipe or a socket.
    NotAFile,
    /// It has more bytes than this.
    TooLarge(usize),
    /// The path itself can't be one: empty, or with a NUL.
    BadPath,
    /// The system said no, in its own words (which hold no file content).
    Io(String),
}

/// How a path leads out of the root.
///
/// ```
/// use mintage::{Escape, MemoryWorld, ReadError, World};
/// let error = ReadError::OutsideRoot(Escape::Parent);
/// assert_eq!(MemoryWorld::default().read("a/../../b", 100), Err(error));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    Absolute,
    /// It climbs with `..`.
    Parent,
    /// A symbolic link on the way points out.
    Symlink,
}

/// Why the value of an environment variable is not there.
///
/// ```
/// use mintage::{EnvVarError, MemoryWorld, World};
/// assert_eq!(MemoryWorld::default().env_var("HOME"), Err(EnvVarError::NotAllowed));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvVarError {
    /// Not among those allowed.
    NotAllowed,
    /// Allowed, and not set.
    NotSet,
}

/// A world of maps, for tests and for programs that compile without a file system.
///
/// ```
/// use mintage::{MemoryWorld, World};
/// let world = MemoryWorld::default().with_file("tls.crt", "-----BEGIN ...");
/// assert_eq!(world.read("./tls.crt", 100).unwrap().expose(), b"-----BEGIN ...");
/// ```
#[derive(Debug, Default)]
pub struct MemoryWorld {
    /// Files by path.
    pub files: BTreeMap<String, SecretBytes>,
    /// Allowed and set variables by name.
    pub env_vars: BTreeMap<String, SecretBytes>,
    /// What every question for a passphrase gets.
    pub passphrase: Option<SecretBytes>,
}

impl MemoryWorld {
    pub fn with_file(mut self, path: &str, bytes: impl Into<SecretBytes>) -> Self {
        self.files.insert(path.to_owned(), bytes.into());
        self
    }
}

impl World for MemoryWorld {
    fn read(&self, path: &str, limit: usize) -> Result<SecretBytes, ReadError> {
        if path.is_empty() || path.contains('\0') {
            return Err(ReadError::BadPath);
        }
        if path.starts_with('/') {
            return Err(ReadError::OutsideRoot(Escape::Absolute));
        }
        let path = normal(path).ok_or(ReadError::OutsideRoot(Escape::Parent))?;
        match self.files.get(&path) {
            Some(bytes) if bytes.len() > limit => Err(ReadError::TooLarge(limit)),
            Some(bytes) => Ok(bytes.clone()),
            None if self.files.keys().any(|file| file.starts_with(&format!("{path}/"))) => {
                Err(ReadError::Directory)
            }
            None => Err(ReadError::NotFound { nearest: None }),
        }
    }

    fn file_id(&self, path: &str) -> String {
        normal(path).unwrap_or_else(|| path.to_owned())
    }

    fn list(&self, suffix: &str) -> Option<Listing> {
        let is_inside = |path: &str| {
            path.match_indices('/').filter_map(|(at, _)| path.get(..at)).all(|directory| {
                !is_skipped_directory(directory.rsplit('/').next().unwrap_or_default())
                    && !self.files.contains_key(&format!("{directory}/mintage.toml"))
            })
        };
        let files = self.files.keys().filter(|path| path.ends_with(suffix) && is_inside(path));
        let files = files.cloned().collect();
        (self.files.len() <= MAX_LISTED).then(|| Listing { files, ..Listing::default() })
    }

    fn env_var(&self, name: &str) -> Result<SecretBytes, EnvVarError> {
        self.env_vars.get(name).cloned().ok_or(EnvVarError::NotAllowed)
    }

    fn passphrase(&self, _what: &str) -> Option<SecretBytes> {
        self.passphrase.clone()
    }
}
