//! The person's editor on a secret text: on a file in a private folder that is gone again when this
//! returns, or when a signal ends the process.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs::File, thread};

use super::private_folder::{Place, PrivateFolder, places};
use super::{bounded_read::system_words, key_variables, signals};
use crate::secret::bytes::SecretBytes;
use crate::world::MAX_FILE_BYTES;

/// What the variables of the environment say, or `vi`, as Git has it.
const DEFAULT: &str = "vi";

/// How often the editor is looked at, and how long it may take to end when it is asked to.
const GLANCE: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EditorFault {
    /// Nothing names an editor, and there is no terminal for the usual one.
    NoTerminal,
    /// No private folder could be made, or its file not written or read: why.
    Folder(String),
    /// The file is gone, or is something else now.
    NoFile(String),
    TooLarge,
    NotStarted(String),
    Status(i32),
    Killed(i32),
    /// A signal asked mintage to end.
    Ended,
}

pub(crate) struct Editor {
    /// For a shell, as Git reads it.
    command: String,
    /// Whether the environment names it.
    is_named: bool,
    places: Vec<Place>,
}

pub(crate) struct Edited {
    pub(crate) text: SecretBytes,
    /// How long the editor was open: one that came back at once may not have waited for its window.
    pub(crate) took: Duration,
}

impl Editor {
    /// The editor that the environment names.
    pub(crate) fn of_environment() -> Self {
        let variable = |name: &str| env::var(name).ok().filter(|text| !text.trim().is_empty());
        let named = variable("VISUAL").or_else(|| variable("EDITOR"));
        let is_named = named.is_some();
        let command = named.unwrap_or_else(|| DEFAULT.to_owned());
        let runtime = env::var_os("XDG_RUNTIME_DIR").map(Into::into);
        Self { command, is_named, places: places(runtime, env::temp_dir()) }
    }

    pub(crate) fn command(&self) -> &str {
        &self.command
    }

    /// Opens a text under this name, and gives what it is when the editor has ended. `warn` is told
    /// the folder if that is on a disk.
    pub(crate) fn edit(
        &self,
        name: &str,
        text: &SecretBytes,
        warn: &dyn Fn(&Path),
    ) -> Result<Edited, EditorFault> {
        let has_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        if !self.is_named && !has_terminal {
            return Err(EditorFault::NoTerminal);
        }
        let folder_fault = |error: io::Error| EditorFault::Folder(system_words(&error));
        signals::after(|| {
            let (folder, path) = self.stored(name, text).map_err(folder_fault)?;
            if !folder.is_in_memory() {
                warn(folder.path());
            }
            let started = Instant::now();
            let child = self.start(&path);
            let child = child.map_err(|error| EditorFault::NotStarted(system_words(&error)))?;
            let status = wait(child)?;
            verdict(status)?;
            // Ctrl-C in the editor was for the editor.
            signals::forget_keys();
            let text = folder.read(&path, MAX_FILE_BYTES);
            let text = text.map_err(|error| EditorFault::NoFile(system_words(&error)))?;
            Ok(Edited { text: text.ok_or(EditorFault::TooLarge)?, took: started.elapsed() })
        })
    }

    /// Puts the text into the first place that takes it: one may be full.
    fn stored(&self, name: &str, text: &SecretBytes) -> io::Result<(PrivateFolder, PathBuf)> {
        let mut first = None;
        let mut places = self.places.as_slice();
        while !places.is_empty() {
            let folder = PrivateFolder::new(places);
            let stored = folder.and_then(|folder| Ok((folder.write(name, text)?, folder)));
            match stored {
                Ok((path, folder)) => return Ok((folder, path)),
                Err(error) => first = first.or(Some(error)),
            }
            places = places.get(1..).unwrap_or_default();
        }
        Err(first.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
    }

    fn start(&self, path: &Path) -> io::Result<Child> {
        if !cfg!(unix) {
            let mut words = self.command.split_whitespace();
            let mut command = Command::new(words.next().unwrap_or(DEFAULT));
            return key_variables::remove_from(&mut command).args(words).arg(path).spawn();
        }
        let program = plain_program(&self.command);
        // Without a shell between us, a signal reaches the editor.
        let exec = if program.is_some() { "exec " } else { "" };
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(format!("{exec}{} \"$@\"", self.command)).arg(&self.command);
        if program.is_some_and(is_vim) {
            command.args(VIM_KEEPS_NOTHING);
        }
        // An editor runs plugins of its own, which have no use for keys.
        key_variables::remove_from(&mut command).arg(path).spawn()
    }
}

/// No swap file, no undo file, no backup, and no registers in viminfo or shada: those would be
/// copies outside of the private folder. `-c` comes after the person's own vimrc.
const VIM_KEEPS_NOTHING: [&str; 5] = [
    "-n",
    "-i",
    "NONE",
    "-c",
    "silent! set noswapfile | silent! set noundofile | silent! set nobackup | silent! set \
     nowritebackup | silent! set viminfo=",
];

/// The program of a command that has nothing in it that a shell changes.
fn plain_program(command: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " /._+-".contains(c);
    if !command.chars().all(is_plain) { None } else { command.split_whitespace().next() }
}

/// Whether the program is Vim or Neovim, also by the name of `vi`: it is asked.
fn is_vim(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or_default();
    if !["vi", "nvi", "gvi", "ex"].iter().any(|start| name.starts_with(start)) {
        return false;
    }
    let mut command = Command::new(program);
    key_variables::remove_from(&mut command).arg("--version").stdin(Stdio::null());
    let asked = command.output();
    asked.is_ok_and(|answer| {
        let text = String::from_utf8_lossy(&answer.stdout);
        text.starts_with("VIM - Vi IMproved") || text.starts_with("NVIM ")
    })
}

/// Waits for the editor. Ctrl-C and Ctrl-\ on a terminal are for the editor; any other request to
/// end is passed on to it.
fn wait(mut child: Child) -> Result<ExitStatus, EditorFault> {
    let lost = |error: io::Error| EditorFault::NotStarted(system_words(&error));
    let has_terminal = io::stdin().is_terminal() || File::open("/dev/tty").is_ok();
    let mut asked: Option<Instant> = None;
    loop {
        if let Some(status) = child.try_wait().map_err(lost)? {
            return if asked.is_some() { Err(EditorFault::Ended) } else { Ok(status) };
        }
        let is_asked = if has_terminal { signals::pending_end() } else { signals::pending() };
        match asked {
            None if is_asked => {
                terminate(&mut child);
                asked = Some(Instant::now());
            }
            Some(since) if since.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(EditorFault::Ended);
            }
            _ => {}
        }
        thread::sleep(GLANCE);
    }
}

fn terminate(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};
        if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
    }
    #[cfg(not(unix))]
    let _ = child.kill();
}

fn verdict(status: ExitStatus) -> Result<(), EditorFault> {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Err(EditorFault::Killed(signal));
    }
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(EditorFault::Status(code)),
        None => Err(EditorFault::Status(-1)),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Editor, Place, plain_program};

    #[test]
    #[cfg(unix)]
    fn a_folder_on_a_disk_is_warned_about() {
        for in_memory in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let missing = Place { folder: folder.path().join("none"), in_memory: true };
            let place = Place { folder: folder.path().to_owned(), in_memory };
            let command = "echo more >>".to_owned();
            let editor = Editor { command, is_named: true, places: vec![missing, place] };
            let warned = Cell::new(false);
            let edited = editor.edit("a", &"hunter2\n".into(), &|_| warned.set(true)).unwrap();
            assert_eq!(edited.text, "hunter2\nmore\n".into());
            assert_eq!(warned.get(), !in_memory);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn what_a_shell_has_to_read() {
        for (command, program) in [
            ("vim", Some("vim")),
            ("/usr/bin/vim -u NONE", Some("/usr/bin/vim")),
            ("code --wait", Some("code")),
            ("FOO=1 vim", None),
            ("'/a b/vim'", None),
            ("vim; true", None),
            ("~/bin/edit", None),
        ] {
            assert_eq!(plain_program(command), program, "{command}");
        }
    }
}
