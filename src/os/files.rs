//! One way to open and read a file: to a limit, and without waiting for what has no end. And how
//! private files and folders are made.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::path::Path;
use std::{io, io::Read};

use super::bounded_read::read_at_most;
use crate::secret::bytes::SecretBytes;

/// What a path may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accept {
    /// For what was found in a folder, or is named in a file.
    RegularFiles,
    /// For what a person names: also pipes, as of `<(command)`, and `/dev/null`.
    Pipes,
}

#[derive(Debug)]
pub(crate) enum ReadFault {
    Missing,
    Folder,
    /// What it is instead, with its article: `a device`.
    NotAFile(&'static str),
    TooLarge,
    Io(io::Error),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Regular,
    Folder,
    Pipe,
    Null,
    Other(&'static str),
}

/// All of a file, if that is at most `limit` bytes, and what it is.
pub(crate) fn read(
    path: &Path,
    accept: Accept,
    limit: usize,
) -> Result<(SecretBytes, Metadata), ReadFault> {
    let (file, found) = open(path, accept)?;
    if found.is_file() && found.len() > limit as u64 {
        return Err(ReadFault::TooLarge);
    }
    read_open(file, found.len(), limit).map(|bytes| (bytes, found))
}

/// All that an open file or pipe has.
pub(crate) fn read_open(
    reader: impl Read,
    expected: u64,
    limit: usize,
) -> Result<SecretBytes, ReadFault> {
    read_at_most(reader, expected, limit).map_err(ReadFault::of)?.ok_or(ReadFault::TooLarge)
}

/// Opens a file for reading. Only the opening of a pipe waits, for its writer.
pub(crate) fn open(path: &Path, accept: Accept) -> Result<(File, Metadata), ReadFault> {
    // Opening a device can have effects, so it is looked at first.
    let kind = Kind::of(path, &fs::metadata(path).map_err(ReadFault::of)?);
    kind.judge(accept)?;
    let file = match kind {
        Kind::Pipe => File::open(path),
        _ => open_at_once(path),
    };
    let file = file.map_err(ReadFault::of)?;
    let found = file.metadata().map_err(ReadFault::of)?;
    if Kind::of(path, &found) != kind {
        return Err(ReadFault::Io(io::Error::other("another program replaces it")));
    }
    Ok((file, found))
}

/// A pipe without a writer would be waited for.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Makes a new file that only its owner may read or write.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a new folder that only its owner may look into.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// New names in a folder should survive a power cut too. Not every file system can sync a folder.
pub(crate) fn sync_names(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

impl Kind {
    fn of(path: &Path, found: &Metadata) -> Self {
        let kind = found.file_type();
        if kind.is_file() {
            return Self::Regular;
        }
        if kind.is_dir() {
            return Self::Folder;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt;
            if kind.is_fifo() {
                return Self::Pipe;
            }
            if kind.is_socket() {
                return Self::Other("a socket");
            }
        }
        match fs::canonicalize(path) {
            Ok(path) if path == Path::new("/dev/null") => Self::Null,
            _ => Self::Other("a device"),
        }
    }

    fn judge(self, accept: Accept) -> Result<(), ReadFault> {
        match self {
            Self::Regular => Ok(()),
            Self::Pipe | Self::Null if accept == Accept::Pipes => Ok(()),
            Self::Folder => Err(ReadFault::Folder),
            Self::Pipe => Err(ReadFault::NotAFile("a pipe")),
            Self::Null => Err(ReadFault::NotAFile("a device")),
            Self::Other(what) => Err(ReadFault::NotAFile(what)),
        }
    }
}

impl ReadFault {
    pub(crate) fn of(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }

    /// For code that has only one answer to all of them.
    pub(crate) fn into_io(self) -> io::Error {
        match self {
            Self::Missing => io::ErrorKind::NotFound.into(),
            Self::Folder => io::Error::other("it is a folder"),
            Self::NotAFile(what) => io::Error::other(format!("it is {what}, not a file")),
            Self::TooLarge => io::Error::other("it is too large"),
            Self::Io(error) => error,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    /// None of these may be waited for; the name of the thread that hangs would be this test's.
    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        let _socket = UnixListener::bind(path("socket")).unwrap();
        for (link, target) in [("zero", "/dev/zero"), ("to-pipe", "pipe"), ("null", "/dev/null")] {
            std::os::unix::fs::symlink(target, path(link)).unwrap();
        }
        let words = |name: &str, accept| match read(&path(name), accept, 10) {
            Ok((bytes, _)) => format!("{} bytes", bytes.len()),
            Err(fault) => fault.into_io().to_string(),
        };
        for (name, expected) in [
            ("pipe", "it is a pipe, not a file"),
            ("to-pipe", "it is a pipe, not a file"),
            ("zero", "it is a device, not a file"),
            ("null", "it is a device, not a file"),
            ("socket", "it is a socket, not a file"),
            (".", "it is a folder"),
        ] {
            assert_eq!(words(name, Accept::RegularFiles), expected, "{name}");
            if !["pipe", "to-pipe", "null"].contains(&name) {
                assert_eq!(words(name, Accept::Pipes), expected, "{name}");
            }
        }
        assert_eq!(words("null", Accept::Pipes), "0 bytes");
        for (size, expected) in [(10, "10 bytes"), (11, "it is too large")] {
            fs::write(path("file"), vec![b'x'; size]).unwrap();
            assert_eq!(words("file", Accept::RegularFiles), expected);
        }
        // A file of unknown size.
        assert_eq!(
            read(Path::new("/proc/self/status"), Accept::RegularFiles, 10)
                .map(|_| ())
                .unwrap_err()
                .into_io()
                .to_string(),
            "it is too large"
        );
    }
}
