//! Which file a path of a spec means, and whether the spec may see it.
//!
//! A spec may come from a repository that the machine does not trust. It sees the files under its
//! root, and those under directories that the person who runs the tool allows. What lies elsewhere
//! it can't read, and it can't learn whether it exists either: so links are followed here one by
//! one, and whatever goes wrong outside has one answer.

use std::path::{Component, Path, PathBuf};
use std::{ffi::OsString, fs::File};
use std::{fs, io};

use crate::world::Escape;

/// Most symbolic links on one way, as in Linux's `path_resolution(7)`.
const MAX_LINKS: usize = 40;

/// Directories that a spec may read from. All are canonical.
pub(crate) struct Sandbox {
    root: PathBuf,
    /// The root, then the allowed ones.
    trees: Vec<PathBuf>,
}

/// Why a path leads to nothing that may be read.
#[derive(Debug)]
pub(crate) enum PathFault {
    Outside(Escape),
    Missing {
        /// The directory that lacks it.
        directory: PathBuf,
        /// Which name of the path it is, if it is one and not a part of a link's text.
        index: Option<usize>,
    },
    /// The system said no, somewhere inside.
    Io(io::Error),
}

/// A path as the spec says it, without `.` and `..` inside.
#[derive(Clone, Debug)]
pub(crate) struct SpecPath {
    base: Option<PathBuf>,
    ups: usize,
    pub names: Vec<OsString>,
}

impl SpecPath {
    /// `..` takes back the name before it, whatever that is on the disk: `a/../b` is `b`, as
    /// kustomize has it and as a reader expects.
    pub(crate) fn new(path: &str) -> Self {
        let mut typed = Self { base: None, ups: 0, names: Vec::new() };
        for component in Path::new(path).components() {
            match component {
                Component::Prefix(_) | Component::RootDir => {
                    typed.base.get_or_insert_default().push(component)
                }
                Component::CurDir => {}
                Component::ParentDir => {
                    if typed.names.pop().is_none() && typed.base.is_none() {
                        typed.ups += 1;
                    }
                }
                Component::Normal(name) => typed.names.push(name.to_owned()),
            }
        }
        typed
    }

    /// The path again, with `/` between its parts.
    pub(crate) fn text(&self) -> String {
        let base =
            self.base.as_ref().map(|base| base.to_string_lossy().into_owned()).unwrap_or_default();
        let parts = std::iter::repeat_n("..".into(), self.ups)
            .chain(self.names.iter().map(|name| name.to_string_lossy()));
        base + &parts.collect::<Vec<_>>().join("/")
    }

    /// Where it is on the disk, from the folder of the spec. `a/../b` is `b` here too, even if `a`
    /// is a link to elsewhere.
    pub(crate) fn on_disk(&self, root: &Path) -> PathBuf {
        root.join(self.text())
    }

    fn escape(&self) -> Option<Escape> {
        match self {
            Self { base: Some(_), .. } => Some(Escape::Absolute),
            Self { ups: 1.., .. } => Some(Escape::Parent),
            _ => None,
        }
    }
}

/// One thing still to do on the way.
struct Step {
    kind: StepKind,
    /// The name's place in the path, if it is from there.
    index: Option<usize>,
    /// The repository chose it: it is from the spec, or from a link inside.
    chosen_inside: bool,
}

enum StepKind {
    Up,
    Down(OsString),
}

impl Sandbox {
    /// `root` and `allowed` must exist and be canonical.
    pub(crate) fn new(root: PathBuf, allowed: impl IntoIterator<Item = PathBuf>) -> Self {
        let trees = std::iter::once(root.clone()).chain(allowed).collect();
        Self { root, trees }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The canonical path of what `typed` means. It exists and may be read, whatever it is.
    pub(crate) fn locate(&self, typed: &SpecPath) -> Result<PathBuf, PathFault> {
        // A path that names a place outside may only lead to an allowed directory. Back into the
        // root it would work on this machine alone.
        let trees = match typed.escape() {
            None => self.trees.as_slice(),
            Some(_) => self.trees.get(1..).unwrap_or_default(),
        };
        let mut start = typed.base.clone().unwrap_or_else(|| self.root.clone());
        (0..typed.ups).for_each(|_| _ = start.pop());
        let named_place = typed.names.iter().fold(start.clone(), |path, name| path.join(name));
        let escape =
            typed.escape().filter(|_| !within(trees, &named_place)).unwrap_or(Escape::Symlink);

        let steps = typed.names.iter().enumerate().rev();
        let steps = steps.map(|(index, name)| Step {
            kind: StepKind::Down(name.clone()),
            index: Some(index),
            chosen_inside: true,
        });
        let place = walk(start, steps.collect(), trees).map_err(|stop| match stop {
            Stop::Outside => PathFault::Outside(escape),
            Stop::Inside(stray) => stray,
        })?;
        // A second opinion, which also knows about a file system's own equalities, such as case and
        // short names.
        match fs::canonicalize(place) {
            Ok(place) if within(trees, &place) => Ok(place),
            Ok(_) => Err(PathFault::Outside(escape)),
            Err(error) => Err(PathFault::Io(error)),
        }
    }

    /// Opens a place that [`Sandbox::locate`] gave, for reading, and never waits for it.
    ///
    /// Every part of the path is opened beneath the one before it and without following links, so
    /// that a link that was put there since is an error: there is no way out of the tree.
    #[cfg(unix)]
    pub(crate) fn open(&self, place: &Path) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, open, openat};

        let tree = self.trees.iter().find(|tree| place.starts_with(tree));
        let outside = || io::Error::from(io::ErrorKind::PermissionDenied);
        let tree = tree.ok_or_else(outside)?;
        let names = place.strip_prefix(tree).map_err(|_| outside())?;
        // A directory that may only be passed through can't be opened for reading.
        let pass = if cfg!(target_os = "linux") { OFlags::PATH } else { OFlags::RDONLY };
        let pass = pass | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let read = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let mut directory = open(tree, pass, Mode::empty())?;
        let mut names = names.iter().peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                return Ok(openat(&directory, name, read | OFlags::NOFOLLOW, Mode::empty())?.into());
            }
            directory = openat(&directory, name, pass | OFlags::NOFOLLOW, Mode::empty())?;
        }
        Ok(open(tree, read, Mode::empty())?.into())
    }

    #[cfg(not(unix))]
    pub(crate) fn open(&self, place: &Path) -> io::Result<File> {
        File::open(place)
    }
}

enum Stop {
    Outside,
    Inside(PathFault),
}

fn within(trees: &[PathBuf], path: &Path) -> bool {
    trees.iter().any(|tree| path.starts_with(tree))
}

/// Goes `steps` (the last one first) from the directory `place`, through links.
fn walk(mut place: PathBuf, mut steps: Vec<Step>, trees: &[PathBuf]) -> Result<PathBuf, Stop> {
    if trees.is_empty() {
        return Err(Stop::Outside);
    }
    let mut links = 0;
    while let Some(step) = steps.pop() {
        let name = match step.kind {
            StepKind::Down(name) => name,
            StepKind::Up => {
                // `../../etc/shadow/../../srv/repo/x` would tell by its success that /etc/shadow
                // exists.
                if step.chosen_inside
                    && !within(trees, &place)
                    && !trees.iter().any(|tree| tree.starts_with(&place))
                {
                    return Err(Stop::Outside);
                }
                place.pop();
                continue;
            }
        };
        let next = place.join(name);
        let link = fs::symlink_metadata(&next)
            .and_then(|found| found.is_symlink().then(|| fs::read_link(&next)).transpose());
        match link {
            Ok(None) => place = next,
            Ok(Some(_)) if links == MAX_LINKS && within(trees, &place) => {
                let looping = io::Error::other("too many symbolic links, one after another");
                return Err(Stop::Inside(PathFault::Io(looping)));
            }
            Ok(Some(_)) if links == MAX_LINKS => return Err(Stop::Outside),
            Ok(Some(target)) => {
                links += 1;
                follow(&target, &mut place, &mut steps, within(trees, &next));
            }
            Err(_) if !within(trees, &place) => return Err(Stop::Outside),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                let missing = PathFault::Missing { directory: place, index: step.index };
                return Err(Stop::Inside(missing));
            }
            Err(error) => return Err(Stop::Inside(PathFault::Io(error))),
        }
    }
    if within(trees, &place) { Ok(place) } else { Err(Stop::Outside) }
}

/// Puts a link's text before the other steps.
fn follow(target: &Path, place: &mut PathBuf, steps: &mut Vec<Step>, chosen_inside: bool) {
    let mut base: Option<PathBuf> = None;
    let mut first = Vec::new();
    for component in target.components() {
        let kind = match component {
            Component::Prefix(_) | Component::RootDir => {
                base.get_or_insert_default().push(component);
                continue;
            }
            Component::CurDir => continue,
            Component::ParentDir => StepKind::Up,
            Component::Normal(name) => StepKind::Down(name.to_owned()),
        };
        first.push(Step { kind, index: None, chosen_inside });
    }
    if let Some(base) = base {
        *place = base;
    }
    steps.extend(first.into_iter().rev());
}
