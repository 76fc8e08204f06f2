//! The cases of `tests/ui`: a folder each, `tests/ui/<code>/<case>/`, with a spec, the files it names, and what the program says to it.
//!
//! | file | holds | when it is missing |
//! |---|---|---|
//! | `args` | the arguments, one a line | `build` |
//! | `env` | variables, `NAME=VALUE` a line | none |
//! | `stdin` | what is piped in | nothing |
//! | `sparse` | files of zeros that are too large to be checked in, `NAME BYTES` a line | none |
//! | `stdout`, `stderr` | what is expected | empty |
//! | `status` | the exit code that is expected | 1 |

use std::fs;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The folder for runs without a finding of ours: they end well, or clap answers.
pub const NO_CODE: &str = "no-code";

/// A case.
pub struct Case {
    /// The folder above: a code, or [`NO_CODE`].
    pub code: String,
    /// `CODE/CASE`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// What a run gave.
pub struct Ran {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub status: i32,
}

/// Every case, sorted by name.
pub fn all() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut cases = Vec::new();
    for code in folders(&root) {
        for folder in folders(&code) {
            let [code, case] = [&code, &folder].map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            cases.push(Case { name: format!("{code}/{case}"), code, folder });
        }
    }
    assert!(!cases.is_empty(), "no cases in {}", root.display());
    cases
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("a directory entry").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

impl Case {
    /// A file of the case; empty when it is missing.
    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap_or_default()
    }

    /// The lines of a file of the case.
    pub fn lines(&self, name: &str) -> Vec<String> {
        String::from_utf8(self.file(name)).expect("UTF-8").lines().map(str::to_owned).collect()
    }

    /// The exit code that is expected.
    pub fn status(&self) -> i32 {
        match self.lines("status").first() {
            Some(line) => line.trim().parse().unwrap_or_else(|_| panic!("{}/status is not a number", self.name)),
            None => 1,
        }
    }

    /// Every file of the case that is input, by its path from the folder.
    pub fn inputs(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        walk(&self.folder, "", &mut found);
        for name in ["args", "env", "stdin", "sparse", "stdout", "stderr", "status"] {
            found.remove(name);
        }
        found
    }

    /// Runs the program in the case's folder, in an environment that holds nothing but an empty `HOME` and the case's variables. `more` goes
    /// behind the command's name.
    pub fn run(&self, more: &[&str]) -> Ran {
        let home = tempfile::tempdir().expect("a temporary folder");
        let copy = self.with_sparse_files();
        let folder = copy.as_ref().map_or(self.folder.as_path(), tempfile::TempDir::path);
        let mut arguments = self.lines("args");
        if arguments.is_empty() {
            arguments.push("build".to_owned());
        }
        let program = env!("CARGO_BIN_EXE_mintage");
        // In a session of its own there is no terminal, so that nothing waits for a passphrase.
        let mut command = if Path::new("/usr/bin/setsid").exists() {
            let mut command = Command::new("/usr/bin/setsid");
            command.args(["--wait", program]);
            command
        } else {
            Command::new(program)
        };
        command.args(&arguments[..1]).args(more).args(&arguments[1..]).current_dir(folder).env_clear().env("HOME", home.path());
        for line in self.lines("env") {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{}/env: no `=` in {line}", self.name));
            command.env(name, value);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.name));
        // A program that does not read its stdin closes it early.
        let _ = child.stdin.take().expect("piped").write_all(&self.file("stdin"));
        let output = child.wait_with_output().unwrap_or_else(|error| panic!("{}: {error}", self.name));
        Ran { stdout: output.stdout, stderr: output.stderr, status: output.status.code().unwrap_or(-1) }
    }

    /// A copy of the folder with the files of `sparse`, if there are any.
    fn with_sparse_files(&self) -> Option<tempfile::TempDir> {
        let sparse = self.lines("sparse");
        if sparse.is_empty() {
            return None;
        }
        let copy = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in self.inputs() {
            let path = copy.path().join(name);
            fs::create_dir_all(path.parent().expect("a path in the copy")).expect("a folder in the copy");
            fs::write(path, bytes).expect("a file in the copy");
        }
        for line in sparse {
            let (name, bytes) = line.split_once(' ').unwrap_or_else(|| panic!("{}/sparse: {line}", self.name));
            let file = fs::File::create(copy.path().join(name)).expect("a file in the copy");
            file.set_len(bytes.parse().expect("a number of bytes")).expect("a sparse file");
        }
        Some(copy)
    }
}

fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder of a case") {
        let path = entry.expect("a directory entry").path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        // Not where links lead to.
        if path.is_symlink() {
        } else if path.is_dir() {
            walk(&path, &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read(&path).expect("a file of a case"));
        }
    }
}

/// Does `work` for every case on all cores, and gives what came of it in the order of the cases.
pub fn each<T: Send>(cases: &[Case], work: impl Fn(&Case) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(cases.len()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from) * 2;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { break };
                    let result = work(case);
                    done.lock().expect("no thread panics").push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread panics");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
