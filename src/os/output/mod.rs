//! Results leave the program here: to stdout, to a file that is written whole or not at all, or to
//! a folder of such files.

pub(crate) mod changes;
pub(crate) mod folder;
pub(crate) mod messages;
pub(crate) mod overwrite;
pub(crate) mod survey;
pub(crate) mod swap;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::bounded_read::system_words;
use super::files::{self, Accept};
use super::inputs::{InputFile, Inputs};
use super::paths::folder_of;
use super::reserved::{file_in, remove_leftovers};
use super::signals;
use crate::diag::Diagnostic;
pub(crate) use overwrite::{Existing, Overwrite};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    New,
    /// It held these very bytes and was left alone.
    Unchanged,
    /// It is a pipe or a device, which the bytes went into.
    Passed,
}

/// A result that could not be written. Nothing of it has been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteFault {
    pub target: String,
    pub reason: WriteReason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteReason {
    /// The path is empty or has a NUL in it.
    BadPath,
    Directory,
    NoParent(PathBuf),
    ParentNotDirectory(PathBuf),
    /// No files can be made in this directory: its permissions, or a file system that is read-only.
    ParentReadOnly(PathBuf),
    /// The file itself must not be written or changed.
    Denied,
    /// The disk is full, or what one may use of it.
    NoSpace,
    Input(InputFile),
    Foreign,
    /// Whether mintage wrote it can't be told, in the system's words.
    Unreadable(String),
    /// age encrypted it, so that `--force` does not overwrite it either.
    Encrypted,
    Io(String),
}

impl WriteReason {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::NoSpace,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Denied,
            io::ErrorKind::IsADirectory => Self::Directory,
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => Self::BadPath,
            _ => Self::Io(system_words(error)),
        }
    }

    fn of_parent(error: &io::Error, parent: &Path) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NoParent(parent.to_owned()),
            io::ErrorKind::NotADirectory => Self::ParentNotDirectory(parent.to_owned()),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ParentReadOnly(parent.to_owned())
            }
            _ => Self::of(error),
        }
    }

    fn at(self, target: &Path) -> WriteFault {
        WriteFault { target: target.to_string_lossy().into_owned(), reason: self }
    }
}

/// Writes `bytes` to stdout, unless that goes to a file that the run has read, as in `mintage build
/// >> mintage.toml`. A reader that has gone away, such as `head`, had enough: that is no fault.
pub(crate) fn write_stdout(bytes: &[u8], inputs: &Inputs) -> Result<(), WriteFault> {
    let written =
        unbuffered_stdout().map_err(|error| WriteReason::of(&error)).and_then(|mut stdout| {
            if let Some(input) = stdout.metadata().ok().and_then(|found| inputs.find_file(&found)) {
                return Err(WriteReason::Input(input.clone()));
            }
            match stdout.write_all(bytes) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    Err(WriteReason::of(&error))
                }
                _ => Ok(()),
            }
        });
    written.map_err(|reason| reason.at(Path::new("stdout")))
}

/// Stdout without the library's buffer, which would keep a copy.
fn unbuffered_stdout() -> io::Result<File> {
    // Whatever else was printed comes before.
    io::stdout().flush()?;
    #[cfg(unix)]
    let file = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?.into();
    #[cfg(windows)]
    let file =
        std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?.into();
    Ok(file)
}

/// Makes `bytes` the content of the file at `path`, with mode 0600: all of them or, if anything
/// fails or a signal ends the process, none.
///
/// A link stays and the file that it points to is replaced, if `overwrite` lets it. A file that
/// holds the very bytes keeps its time. Pipes and devices just get the bytes. What a killed
/// run left beside the file is removed.
pub(crate) fn write_file(
    path: &Path,
    bytes: &[u8],
    overwrite: Overwrite<'_>,
) -> Result<Written, WriteFault> {
    // Opened by this name, a file that stdout goes to would be written from its start.
    if ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name)) {
        return write_stdout(bytes, overwrite.inputs).map(|()| Written::Passed);
    }
    let written = match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(WriteReason::Directory),
        Ok(found) if !found.is_file() => pass(path, bytes),
        Ok(found) => replace(path, &found, bytes, overwrite),
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(path, bytes, overwrite),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(WriteReason::ParentNotDirectory(folder_of(path).to_owned()))
        }
        Err(error) => Err(WriteReason::of(&error)),
    };
    written.map_err(|reason| reason.at(path))
}

/// Says what [`write_file`] would change about the file's content. Writes nothing.
pub(crate) fn compare_file(
    path: &Path,
    bytes: &[u8],
    overwrite: Overwrite<'_>,
) -> Result<(), Diagnostic> {
    let cannot = |reason: WriteReason| reason.at(path).diagnostic();
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(messages::missing_file(path));
        }
        found => found.map_err(|error| cannot(WriteReason::of(&error)))?,
    };
    overwrite.refuse_input(path).map_err(cannot)?;
    if holds(path, &found, bytes) {
        return Ok(());
    }
    match overwrite.judge_content(path, &found) {
        Err(WriteReason::Encrypted) => Err(cannot(WriteReason::Encrypted)),
        judged => Err(messages::file_differs(path, judged.is_ok())),
    }
}

/// Into a pipe or a device. Opening a pipe waits for its reader, as with any tool.
fn pass(path: &Path, bytes: &[u8]) -> Result<Written, WriteReason> {
    match OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(bytes)) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(WriteReason::of(&error)),
        _ => Ok(Written::Passed),
    }
}

fn replace(
    path: &Path,
    found: &fs::Metadata,
    bytes: &[u8],
    overwrite: Overwrite<'_>,
) -> Result<Written, WriteReason> {
    let target = fs::canonicalize(path).map_err(|error| WriteReason::of(&error))?;
    overwrite.refuse_input(&target)?;
    remove_leftovers(folder_of(&target));
    // Somebody else's file with the right bytes but a lax mode is replaced by one of ours.
    if holds(&target, found, bytes) && make_private(&target, found).is_ok() {
        return Ok(Written::Unchanged);
    }
    put(&target, bytes, overwrite).map(|()| Written::New)
}

fn create(path: &Path, bytes: &[u8], overwrite: Overwrite<'_>) -> Result<Written, WriteReason> {
    if path.as_os_str().is_empty() {
        return Err(WriteReason::BadPath);
    }
    // A link to a file that is not there yet is followed, as `cat > link` would.
    let mut target = path.to_owned();
    for _ in 0..40 {
        match fs::read_link(&target) {
            Ok(next) => target = folder_of(&target).join(next),
            Err(_) => {
                remove_leftovers(folder_of(&target));
                return put(&target, bytes, overwrite).map(|()| Written::New);
            }
        }
    }
    Err(WriteReason::Io("too many symbolic links, one after another".to_owned()))
}

/// Whether the file holds these very bytes. One that can't be read doesn't.
fn holds(target: &Path, found: &fs::Metadata, bytes: &[u8]) -> bool {
    found.len() == bytes.len() as u64
        && files::read(target, Accept::RegularFiles, bytes.len())
            .is_ok_and(|(held, _)| held.expose() == bytes)
}

#[cfg(unix)]
fn make_private(target: &Path, found: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if found.permissions().mode() & 0o7777 == 0o600 {
        Ok(())
    } else {
        fs::set_permissions(target, fs::Permissions::from_mode(0o600))
    }
}

#[cfg(not(unix))]
fn make_private(_target: &Path, _found: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// The bytes go to a file beside the target, which then takes its name: a reader sees the old or
/// the new, never a part.
fn put(target: &Path, bytes: &[u8], overwrite: Overwrite<'_>) -> Result<(), WriteReason> {
    let parent = folder_of(target);
    overwrite.judge(target)?;
    signals::after(|| {
        // Removed when dropped, also by a panic.
        let mut file = file_in(parent).map_err(|error| WriteReason::of_parent(&error, parent))?;
        fill(file.as_file_mut(), bytes)
            .and_then(|()| file.as_file().sync_all())
            .map_err(|error| WriteReason::of(&error))?;
        // Somebody may have written the target meanwhile. What remains is the instant between this
        // look and the rename: no system has a rename that first compares.
        overwrite.judge(target)?;
        file.persist(target).map_err(|error| WriteReason::of(&error.error))?;
        files::sync_names(parent);
        Ok(())
    })
}

fn fill(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    // The umask had its say when the file was made.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}
