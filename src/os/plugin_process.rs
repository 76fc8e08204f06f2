//! A plugin's process, and the stanzas that go to it and come from it.
//!
//! Format: <https://c2sp.org/age-plugin>. The age crate speaks it too, but starts plugins with all
//! of the environment, and so with keys that are in it.

use std::collections::HashSet;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use age_core::format::Stanza;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::key_variables;

/// Characters of a whole line of base64.
const COLUMNS: usize = 64;
/// The most that a plugin may say in one stanza.
const MAX_STANZA: u64 = 1024 * 1024;
/// How long a plugin may take to end after the conversation.
const PATIENCE: Duration = Duration::from_secs(1);

/// What one plugin says and hears.
pub(super) struct Conversation {
    child: Child,
    /// `None` once it is over.
    pipes: Option<(BufReader<ChildStdout>, ChildStdin)>,
    /// Its working directory: it has no business in ours.
    _folder: tempfile::TempDir,
}

impl Conversation {
    /// Starts the program in its role. With `AGEDEBUG=plugin` its stderr is shown, as by age.
    pub(super) fn start(program: &Path, role: &str) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let is_debugged = env::var_os("AGEDEBUG").is_some_and(|value| value == "plugin");
        let mut command = Command::new(program);
        let mut child = key_variables::remove_from(&mut command)
            .arg(format!("--age-plugin={role}"))
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if is_debugged { Stdio::inherit() } else { Stdio::null() })
            .spawn()?;
        let pipes = child.stdout.take().map(BufReader::new).zip(child.stdin.take());
        Ok(Self { child, pipes, _folder: folder })
    }

    pub(super) fn send(&mut self, tag: &str, arguments: &[&str], body: &[u8]) -> io::Result<()> {
        let mut text = Zeroizing::new(String::with_capacity(body.len() * 2 + 1024));
        text.extend(["-> ", tag]);
        arguments.iter().for_each(|argument| text.extend([" ", argument]));
        text.push('\n');
        let body = Zeroizing::new(STANDARD_NO_PAD.encode(body));
        let mut rest = body.as_str();
        // The last line is shorter than the others, if need be empty.
        while let Some((line, after)) = rest.split_at_checked(COLUMNS) {
            text.extend([line, "\n"]);
            rest = after;
        }
        text.extend([rest, "\n"]);
        let Some((_, output)) = &mut self.pipes else { return Err(broken()) };
        output.write_all(text.as_bytes())?;
        output.flush()
    }

    pub(super) fn receive(&mut self) -> io::Result<Stanza> {
        let Some((input, _)) = &mut self.pipes else { return Err(broken()) };
        let mut input = input.take(MAX_STANZA);
        let mut line = || {
            let mut line = Zeroizing::new(String::new());
            input.read_line(&mut line)?;
            let whole = line.strip_suffix('\n').map(str::to_owned);
            whole.map(Zeroizing::new).ok_or_else(broken)
        };
        let head = line()?;
        let mut words = head.strip_prefix("-> ").ok_or_else(broken)?.split(' ');
        let is_word =
            |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
        let tag = words.next().filter(is_word).ok_or_else(broken)?.to_owned();
        let mut args = Vec::new();
        for word in words {
            args.push(Some(word).filter(is_word).ok_or_else(broken)?.to_owned());
        }
        let mut body = Zeroizing::new(String::new());
        loop {
            let more = line()?;
            if more.len() > COLUMNS {
                return Err(broken());
            }
            body.push_str(&more);
            if more.len() < COLUMNS {
                break;
            }
        }
        let body = STANDARD_NO_PAD.decode(body.as_bytes()).map_err(|_| broken())?;
        Ok(Stanza { tag, args, body })
    }

    /// Answers to what was received.
    pub(super) fn answer(&mut self, answer: Answer<'_>) -> io::Result<()> {
        match answer {
            Answer::Ok => self.send("ok", &[], &[]),
            Answer::Word(word) => self.send("ok", &[word], &[]),
            Answer::Text(Some(text)) => self.send("ok", &[], text.as_bytes()),
            Answer::Text(None) | Answer::Fail => self.send("fail", &[], &[]),
            Answer::Unsupported => self.send("unsupported", &[], &[]),
        }
    }
}

pub(super) enum Answer<'a> {
    Ok,
    Word(&'a str),
    /// What was typed, if anything was.
    Text(Option<&'a str>),
    Fail,
    Unsupported,
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.pipes = None;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// It ended early, or says what no plugin says.
fn broken() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

/// The program of a plugin on the `PATH`. In WSL it may be one of Windows.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let names =
        [format!("age-plugin-{name}{}", env::consts::EXE_SUFFIX), format!("age-plugin-{name}.exe")];
    let mut folders =
        names.iter().flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)));
    // It runs in another folder.
    folders.find(|file| is_executable(file)).and_then(|file| std::path::absolute(file).ok())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file())
}

/// The labels of a `labels` stanza, each once.
pub(super) fn labels(stanza: Stanza) -> Option<HashSet<String>> {
    let count = stanza.args.len();
    let labels: HashSet<String> = stanza.args.into_iter().collect();
    (labels.len() == count).then_some(labels)
}
