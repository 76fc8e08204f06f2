//! A case: a folder with files, a run of the real program in it, and what that run has to give. A
//! test reads like a shell session:
//!
//! ```ignore
//! let case = Case::new().spec("[[opaque]]\nname = \"A\"\n").args("check -q");
//! case.fails().stderr_contains("error[name]");
//! ```

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize as _;
use serde_json::Value;

use crate::peers;
use crate::support::Folder;

/// The program.
pub const MINTAGE: &str = env!("CARGO_BIN_EXE_mintage");

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Words of a command line: a text without blanks inside its words, or a list.
pub trait Words {
    fn add_to(&self, command: &mut Command);
}

impl Words for &str {
    fn add_to(&self, command: &mut Command) {
        command.args(self.split_whitespace());
    }
}

impl<T: AsRef<OsStr>, const N: usize> Words for [T; N] {
    fn add_to(&self, command: &mut Command) {
        command.args(self);
    }
}

impl<T: AsRef<OsStr>> Words for &[T] {
    fn add_to(&self, command: &mut Command) {
        command.args(*self);
    }
}

impl<T: AsRef<OsStr>> Words for Vec<T> {
    fn add_to(&self, command: &mut Command) {
        command.args(self);
    }
}

/// A folder in which programs run, with an empty home beside it, and nothing else around them.
pub struct Case {
    folder: Folder,
    /// Where programs run.
    place: PathBuf,
}

impl Case {
    /// With an empty folder.
    pub fn new() -> Self {
        let folder = Folder::new();
        for name in ["app", "home", "bin"] {
            fs::create_dir(folder.path(name)).expect("a folder");
        }
        Self { place: folder.path("app"), folder }
    }

    /// With a copy of a folder of the repository.
    pub fn copy_of(path: &str) -> Self {
        let case = Self::new();
        case.folder.copy_of(&root().join(path), "app");
        case
    }

    /// In the repository itself, for what reads and does not write.
    pub fn repository() -> Self {
        Self { place: root().to_owned(), ..Self::new() }
    }

    /// With this `mintage.toml`.
    pub fn spec(self, text: &str) -> Self {
        self.file("mintage.toml", text)
    }

    /// With this file.
    pub fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.write(name, bytes);
        self
    }

    /// Writes a file between two runs.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = format!("app/{name}");
        self.folder.write(&path, bytes);
        // Identities are among them.
        #[cfg(unix)]
        fs::set_permissions(
            self.folder.path(&path),
            std::os::unix::fs::PermissionsExt::from_mode(0o600),
        )
        .expect("the mode can be set");
    }

    pub fn read(&self, name: &str) -> String {
        String::from_utf8(self.folder.read(&format!("app/{name}"))).expect("UTF-8")
    }

    /// The path of something in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.place.clone() } else { self.place.join(name) }
    }

    /// The path of something in the home.
    pub fn home(&self, name: &str) -> PathBuf {
        self.folder.path("home").join(name)
    }

    /// The path of something outside of the folder.
    pub fn outside(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    /// The program, under this name, on the PATH of all that runs here.
    #[cfg(unix)]
    pub fn on_the_path(self, name: &str) -> Self {
        self.folder.link(&format!("bin/{name}"), MINTAGE);
        self
    }

    /// A run of the program with these arguments.
    pub fn args(&self, words: impl Words) -> Run {
        // In a session of its own there is no terminal, so that nothing waits for a passphrase.
        let setsid = Path::new("/usr/bin/setsid");
        let run = if setsid.exists() {
            self.tool(setsid, ["--wait", MINTAGE])
        } else {
            self.tool(Path::new(MINTAGE), "")
        };
        run.args(words)
    }

    /// A run of another program in the same surroundings.
    pub fn tool(&self, program: &Path, words: impl Words) -> Run {
        let mut command = peers::command(program);
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.folder.path("bin").display());
        command
            .env_clear()
            .env("HOME", self.folder.path("home"))
            .env("PATH", path)
            .env("KUBECONFIG", "/dev/null");
        command.current_dir(&self.place);
        Run { command, stdin: Vec::new() }.args(words)
    }
}

/// A run that has not begun.
#[must_use = "it has not begun"]
pub struct Run {
    command: Command,
    stdin: Vec<u8>,
}

impl Run {
    /// More arguments.
    pub fn args(mut self, words: impl Words) -> Self {
        words.add_to(&mut self.command);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    /// In a folder below the case's, or anywhere.
    pub fn from(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// For what is not just run to its end.
    pub fn command(self) -> Command {
        self.command
    }

    /// Runs it, whatever comes of it.
    #[track_caller]
    pub fn run(mut self) -> Ran {
        let output = peers::run(&mut self.command, &self.stdin);
        Ran::new(format!("{:?}", self.command), output)
    }

    /// Runs it. It has to end with status 0.
    #[track_caller]
    pub fn succeeds(self) -> Ran {
        self.exits(0)
    }

    /// Runs it. It has to find something wrong with what it was given: status 1.
    #[track_caller]
    pub fn fails(self) -> Ran {
        self.exits(1)
    }

    /// Runs it. It has to end with this status.
    #[track_caller]
    pub fn exits(self, status: i32) -> Ran {
        let ran = self.run();
        ran.assert(ran.code == Some(status), &format!("it ends with status {status}"));
        ran
    }
}

/// What a run gave.
pub struct Ran {
    command: String,
    pub stdout: Vec<u8>,
    pub stderr: String,
    /// None after a signal.
    pub code: Option<i32>,
}

impl Ran {
    fn new(command: String, output: Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Self { command, stdout: output.stdout, stderr, code: output.status.code() }
    }

    #[track_caller]
    fn assert(&self, holds: bool, what: &str) {
        assert!(
            holds,
            "{}\nexpected: {what}\nstatus: {:?}\nstdout:\n{}\nstderr:\n{}",
            self.command,
            self.code,
            self.text(),
            self.stderr
        );
    }

    pub fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// stdout as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// All that was said.
    pub fn said(&self) -> String {
        self.text() + &self.stderr
    }

    /// stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", self.command, self.text()))
    }

    #[track_caller]
    pub fn stdout_is(self, expected: impl AsRef<[u8]>) -> Self {
        self.assert(
            self.stdout == expected.as_ref(),
            &format!("stdout is\n{}", String::from_utf8_lossy(expected.as_ref())),
        );
        self
    }

    #[track_caller]
    pub fn stdout_contains(self, text: &str) -> Self {
        self.assert(self.text().contains(text), &format!("stdout contains {text:?}"));
        self
    }

    #[track_caller]
    pub fn stderr_is(self, expected: &str) -> Self {
        self.assert(self.stderr == expected, &format!("stderr is\n{expected}"));
        self
    }

    #[track_caller]
    pub fn stderr_contains(self, text: &str) -> Self {
        self.assert(self.stderr.contains(text), &format!("stderr contains {text:?}"));
        self
    }

    /// Nothing on stderr.
    #[track_caller]
    pub fn quietly(self) -> Self {
        self.stderr_is("")
    }

    /// Nothing on stdout.
    #[track_caller]
    pub fn no_output(self) -> Self {
        self.stdout_is("")
    }

    /// This is nowhere in what was said.
    #[track_caller]
    pub fn never_says(self, text: &str) -> Self {
        self.assert(!self.said().contains(text), &format!("{text:?} is nowhere"));
        self
    }
}

/// The documents of a YAML text, without empty ones, read by another reader than mintage's own.
#[track_caller]
pub fn documents(yaml: &[u8]) -> Vec<Value> {
    let read = |document| {
        Value::deserialize(document)
            .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(yaml)))
    };
    serde_yaml::Deserializer::from_slice(yaml)
        .map(read)
        .filter(|document| !document.is_null())
        .collect()
}

/// The examples, as the arguments with which they are built.
pub fn examples() -> Vec<Vec<String>> {
    let mut all = vec![
        vec!["examples/shop".to_owned()],
        ["examples/shop", "--env", "prod"].map(str::to_owned).to_vec(),
    ];
    for entry in fs::read_dir(root().join("examples/types")).expect("examples") {
        let name = entry.expect("a directory entry").file_name().into_string().expect("UTF-8");
        if name.ends_with(".toml") {
            all.push(vec![format!("examples/types/{name}")]);
        }
    }
    all.sort();
    assert!(all.len() >= 11);
    all
}

/// What a build in the repository prints, without a word on stderr.
#[track_caller]
pub fn built(words: impl Words) -> Vec<u8> {
    Case::repository().args("build").args(words).succeeds().quietly().stdout
}

/// The items of the List that `--format json` prints.
#[track_caller]
pub fn items(list: &[u8]) -> Vec<Value> {
    let list: Value = serde_json::from_slice(list).expect("JSON");
    list["items"].as_array().expect("items").clone()
}
