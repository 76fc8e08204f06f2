//! A folder for plaintext that an editor works on: in memory where the system has a place for it,
//! closed to other users, and removed whatever happens.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::bounded_read::read_at_most;
use super::files::{create_private, create_private_folder};
#[cfg(unix)]
use super::lock::{Lock, try_lock};
use super::reserved::ATTEMPTS;
use crate::secret::bytes::SecretBytes;

/// How the folders are called, with random characters behind it.
const PREFIX: &str = "mintage-edit-";
/// The same, before the folder is locked.
const UNLOCKED_PREFIX: &str = ".mintage-new-";
const RANDOM: usize = 12;

/// Removed with all that is in it when dropped.
pub(crate) struct PrivateFolder {
    path: PathBuf,
    in_memory: bool,
    /// Holds the lock that tells other runs that this folder has an owner.
    _lock: Option<File>,
}

/// A folder that can hold private folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) in_memory: bool,
}

/// Where private folders can be, the best first. `runtime` is `$XDG_RUNTIME_DIR`, `temporary` the
/// folder for temporary files, on whatever disk that is.
pub(crate) fn places(runtime: Option<PathBuf>, temporary: PathBuf) -> Vec<Place> {
    let runtime = runtime.filter(|folder| folder.is_absolute());
    let mut places: Vec<Place> = runtime
        .into_iter()
        .chain([PathBuf::from("/dev/shm")])
        .filter(|folder| is_memory(folder))
        .map(|folder| Place { folder, in_memory: true })
        .collect();
    let in_memory = is_memory(&temporary);
    places.push(Place { folder: temporary, in_memory });
    places
}

impl PrivateFolder {
    /// A new folder in the first place that takes one. What runs that were killed left in any of
    /// the places is removed.
    pub(crate) fn new(places: &[Place]) -> io::Result<Self> {
        places.iter().for_each(|place| remove_leftovers(&place.folder));
        let mut first_error = None;
        for place in places {
            match Self::in_place(place) {
                Ok(folder) => return Ok(folder),
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        Err(first_error.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
    }

    fn in_place(place: &Place) -> io::Result<Self> {
        let mut lost = None;
        for _ in 0..ATTEMPTS {
            let new = tempfile::Builder::new()
                .prefix(UNLOCKED_PREFIX)
                .rand_bytes(RANDOM)
                .make_in(&place.folder, create_private_folder)?
                .into_temp_path();
            let made = Self::locked(&new, place);
            // tempfile removes files only.
            let new = new.keep().map_err(|kept| kept.error)?;
            let Err(error) = made else { return made };
            let _ = fs::remove_dir(new);
            match error.kind() {
                // Another run took it for a leftover.
                io::ErrorKind::NotFound | io::ErrorKind::WouldBlock => lost = Some(error),
                _ => return Err(error),
            }
        }
        Err(lost.unwrap_or_else(|| io::ErrorKind::WouldBlock.into()))
    }

    /// Locks a new folder, and gives it its name: without a lock, another run removes it only while
    /// nothing can be in it.
    fn locked(new: &Path, place: &Place) -> io::Result<Self> {
        let lock = lock(new)?;
        let name = new.file_name().unwrap_or_default().to_string_lossy();
        let random = name.strip_prefix(UNLOCKED_PREFIX).unwrap_or_default();
        let path = place.folder.join(format!("{PREFIX}{random}"));
        fs::rename(new, &path)?;
        Ok(Self { path, in_memory: place.in_memory, _lock: lock })
    }

    pub(crate) fn is_in_memory(&self) -> bool {
        self.in_memory
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a new file, for the user alone.
    pub(crate) fn write(&self, name: &str, bytes: &SecretBytes) -> io::Result<PathBuf> {
        let path = self.path.join(name);
        create_private(&path)?.write_all(bytes.expose())?;
        Ok(path)
    }

    /// What an editor left at a path in here: `None` if it is more than `limit` bytes. A link that
    /// it put there is not followed.
    pub(crate) fn read(&self, path: &Path, limit: usize) -> io::Result<Option<SecretBytes>> {
        let found = fs::symlink_metadata(path)?;
        if !found.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        read_at_most(File::open(path)?, found.len(), limit)
    }

    /// Removes the folder now, and says if it can't be.
    pub(crate) fn remove(&mut self) -> io::Result<()> {
        match fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        // A program that still writes into it can make the first attempt fail.
        for _ in 0..3 {
            if self.remove().is_ok() {
                return;
            }
        }
    }
}

/// Removes the private folders whose owners are dead: the system frees their locks.
fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let (is_named, is_new) = (name.starts_with(PREFIX), is_new(&name));
        if !(is_named || is_new) || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let path = entry.path();
        if let Ok(_lock @ Some(_)) = lock(&path) {
            let _ = if is_new { fs::remove_dir(&path) } else { fs::remove_dir_all(&path) };
        }
    }
}

/// Whether a folder has the name that one has before it is locked, and while it is empty.
fn is_new(name: &str) -> bool {
    name.strip_prefix(UNLOCKED_PREFIX).is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Locks a folder of this user; an error if another run holds it. Some systems have no such lock.
#[cfg(unix)]
fn lock(folder: &Path) -> io::Result<Option<File>> {
    use rustix::fs::{Mode, OFlags, fstat, open};
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(open(folder, flags, Mode::empty())?);
    if fstat(&file)?.st_uid != rustix::process::geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    match try_lock(&file) {
        Lock::Ours => Ok(Some(file)),
        Lock::Taken => Err(io::ErrorKind::WouldBlock.into()),
        Lock::Unsupported => Ok(None),
    }
}

#[cfg(not(unix))]
fn lock(_folder: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(target_os = "linux")]
fn is_memory(folder: &Path) -> bool {
    /// `TMPFS_MAGIC` and `RAMFS_MAGIC` of Linux's statfs(2).
    const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];
    // The type of the field differs between architectures, and has a sign on some.
    let kind = |found: rustix::fs::StatFs| u64::from(found.f_type as u32);
    rustix::fs::statfs(folder).is_ok_and(|found| IN_MEMORY.contains(&kind(found)))
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_folder: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path) -> [Place; 1] {
        [Place { folder: folder.to_owned(), in_memory: false }]
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_folder_is_private_and_gone_afterwards() {
        let base = tempfile::tempdir().unwrap();
        let folder = PrivateFolder::new(&place(base.path())).unwrap();
        let file = folder.write("db.toml", &SecretBytes::from("hunter2")).unwrap();
        assert_eq!(folder.read(&file, 100).unwrap(), Some(SecretBytes::from("hunter2")));
        assert_eq!(folder.read(&file, 6).unwrap(), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt as _, symlink};
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(folder.path()), mode(&file)), (0o700, 0o600));
            symlink("/etc/passwd", folder.path().join("link")).unwrap();
            assert!(folder.read(&folder.path().join("link"), 100).is_err());
        }
        fs::create_dir(folder.path().join("undo")).unwrap();
        fs::write(folder.path().join("undo/.db.toml.swp"), "hunter2").unwrap();
        drop(folder);
        assert_eq!(names(base.path()), [""; 0]);
    }

    #[test]
    #[cfg(unix)]
    fn leftovers_of_the_dead_are_removed_and_nothing_else() {
        let base = tempfile::tempdir().unwrap();
        let alive = PrivateFolder::new(&place(base.path())).unwrap();
        let dead = base.path().join("mintage-edit-dead");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join("db.toml"), "hunter2").unwrap();
        let new = [".mintage-new-aaaaaaaaaaaa", ".mintage-new-bbbbbbbbbbbb", ".mintage-new-notes"];
        new.iter().for_each(|name| fs::create_dir(base.path().join(name)).unwrap());
        // Not by a run of ours, which fills it under its other name only.
        fs::write(base.path().join(new[1]).join("notes"), "").unwrap();
        fs::create_dir(base.path().join("other")).unwrap();
        fs::write(base.path().join("mintage-edit-file"), "").unwrap();
        let next = PrivateFolder::new(&place(base.path())).unwrap();
        assert!(!dead.exists());
        assert!(alive.path().exists() && next.path().exists());
        drop((alive, next));
        let mut rest = names(base.path());
        rest.sort_unstable();
        assert_eq!(rest, [new[1], new[2], "mintage-edit-file", "other"]);
    }

    /// A run that cleans up may see a folder of another one before that can lock it.
    #[test]
    #[cfg(unix)]
    fn runs_that_start_together_all_get_a_folder() {
        let base = tempfile::tempdir().unwrap();
        let place = place(base.path());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let folder = PrivateFolder::new(&place).unwrap();
                        folder.write("db.toml", &SecretBytes::from("hunter2")).unwrap();
                        assert!(folder.path().join("db.toml").exists());
                    }
                });
            }
        });
        assert_eq!(names(base.path()), [""; 0]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_comes_first() {
        let disk = PathBuf::from("/proc");
        let all = places(Some(PathBuf::from("relative")), disk.clone());
        assert_eq!(all.last(), Some(&Place { folder: disk.clone(), in_memory: false }));
        assert!(all.iter().all(|place| place.in_memory || place.folder == disk));
        assert!(all.iter().all(|place| place.folder.is_absolute()));
    }
}
