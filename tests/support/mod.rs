//! What the tests of internals and those of the whole program share: folders, a stop for what
//! hangs, a test that runs itself again, and how properties are tried.
#![allow(dead_code, reason = "each test target compiles this module and uses its own part of it")]

pub mod planted_texts;
pub mod planting;

use std::fs;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use proptest::test_runner::{Config, FileFailurePersistence};

/// A folder that is gone after the test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// The folder itself for "", what is in it for any other relative path.
    pub fn path(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.0.path().to_owned() } else { self.0.path().join(path) }
    }

    /// Writes a file, and makes the folders above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// The same, to go on with.
    pub fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.write(path, bytes);
        self
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        let path = self.path(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    #[cfg(unix)]
    pub fn link(&self, at: &str, to: impl AsRef<Path>) {
        std::os::unix::fs::symlink(to, self.path(at)).expect("a link");
    }

    /// Copies a folder with all that is in it.
    pub fn copy_of(&self, from: &Path, to: &str) {
        let to = self.path(to);
        fs::create_dir_all(&to).expect("a folder");
        copy(from, &to);
    }
}

/// The names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(unix)]
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).expect("a file").permissions().mode() & 0o7777
}

#[cfg(unix)]
pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be set");
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("a directory entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// A stop for what hangs, far above what anything here takes on a machine that is busy. Nothing is
/// measured with it.
const HANGS: Duration = Duration::from_secs(30);

/// Does the work, and stops the test where it hangs.
///
/// # Panics
/// When the work panics, or hangs.
pub fn unless_it_hangs<T: Send + 'static>(
    what: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (done, wait) = channel();
    let worker = thread::spawn(move || {
        let result = work();
        // After a stop, no one waits any longer.
        let _ = done.send(());
        result
    });
    match wait.recv_timeout(HANGS) {
        Err(RecvTimeoutError::Timeout) => panic!("{what}: not done after {HANGS:?}"),
        // Disconnected: it panicked.
        Ok(()) | Err(RecvTimeoutError::Disconnected) => {
            worker.join().unwrap_or_else(|panic| resume_unwind(panic))
        }
    }
}

/// The work for eight times as much is about eight times as much, not 64 times. Work is the
/// processor time of this thread, to which other processes add nothing but colder caches: so it may
/// be tried three times. What takes a few milliseconds either way is fine.
///
/// # Panics
/// When the work grows faster.
#[cfg(unix)]
pub fn assert_linear(what: &str, size: usize, work: impl Fn(usize)) {
    use rustix::time::{ClockId, clock_gettime};
    let now = || {
        Duration::try_from(clock_gettime(ClockId::ThreadCPUTime))
            .expect("a time since the thread's start")
    };
    let cost = |size: usize| {
        let start = now();
        work(size);
        now() - start
    };
    let (mut one, mut eight) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        one = one.min(cost(size));
        eight = eight.min(cost(size * 8));
        if eight < one * 24 + Duration::from_millis(20) {
            return;
        }
    }
    panic!("{what}: {one:?} for {size}, and {eight:?} for eight times as much");
}

/// Elsewhere the work is only done.
#[cfg(not(unix))]
pub fn assert_linear(_: &str, size: usize, work: impl Fn(usize)) {
    work(size * 8);
}

/// How often something of chance is tried: a quarter as often on a person's machine as in CI.
pub fn fewer(rounds: u64) -> u64 {
    let is_ci = std::env::var("CI").as_deref() == Ok("true");
    if is_ci { rounds } else { rounds.div_ceil(4) }
}

/// Of many alike things one of `step` is tried, for `step_by`: all of them in CI.
pub fn thinned(step: usize) -> usize {
    let is_ci = std::env::var("CI").as_deref() == Ok("true");
    if is_ci { 1 } else { step }
}

/// Properties are tried so often, or as often as `PROPTEST_CASES` says. What failed once is written
/// to `tests/seeds`, from where it is tried first from then on; commit it.
pub fn tried(cases: u32, module: &str) -> Config {
    tried_with(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds"), cases, module)
}

/// The same with seeds in another folder.
pub fn tried_with(seeds: &Path, cases: u32, module: &str) -> Config {
    let module = module.split_once("::").map_or(module, |(_, module)| module).replace("::", ".");
    let file = seeds.join(format!("{module}.txt")).to_string_lossy().into_owned();
    // proptest wants a path that lives as long as the program.
    let file = FileFailurePersistence::Direct(Box::leak(file.into_boxed_str()));
    let cases = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default().cases,
        None => u32::try_from(fewer(cases.into())).expect("it is not more"),
    };
    Config { cases, failure_persistence: Some(Box::new(file)), ..Config::default() }
}

/// The arguments with which this program runs one test only: the test `name` of the module
/// `module_path!()`.
pub fn only(module: &str, name: &str) -> [String; 3] {
    // The harness leaves out the crate's name.
    let module = module.split_once("::").map_or("", |(_, module)| module);
    ["--exact".to_owned(), format!("{module}::{name}"), "--nocapture".to_owned()]
}

/// A test once more, in a process of its own. A variable has to tell it so.
pub fn again(module: &str, name: &str) -> Command {
    let mut command = Command::new(this_program());
    command.args(only(module, name));
    command
}

/// The program of the tests.
pub fn this_program() -> PathBuf {
    std::env::current_exe().expect("the tests' program")
}

/// A test that ran in a process of its own did run, and passed.
pub fn assert_passed(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{stdout}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
