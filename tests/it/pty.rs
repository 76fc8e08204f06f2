//! A program under a terminal: what a person types and sees.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::case::{Case, MINTAGE};

/// Long enough for a busy machine; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// mintage with a terminal of its own, and an empty environment but for the case's.
pub struct Typed {
    child: Child,
    terminal: File,
    seen: Arc<Mutex<Vec<u8>>>,
    /// How much of it was waited for.
    read: usize,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    /// All that the terminal showed.
    pub shown: String,
    pub code: Option<i32>,
    pub signal: Option<i32>,
}

impl Typed {
    pub fn start(case: &Case, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let words: Vec<&str> = ["--ctty", MINTAGE].iter().chain(arguments).copied().collect();
        let mut command = case.tool(Path::new("/usr/bin/setsid"), words).command();
        command.envs(variables.iter().copied()).env("TERM", "dumb");
        Self::run(command)
    }

    /// A shell instead, in which `$0` is mintage. It goes on after Ctrl-C.
    pub fn shell(case: &Case, script: &str) -> Self {
        let script = format!("trap : INT; {script}");
        let words = vec!["--ctty", "/bin/sh", "-c", &script, MINTAGE];
        Self::run(case.tool(Path::new("/usr/bin/setsid"), words).command())
    }

    fn run(mut command: Command) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&terminal).expect("a terminal");
        unlockpt(&terminal).expect("a terminal");
        let name = ptsname(&terminal, Vec::new()).expect("a name").into_string().expect("UTF-8");
        let side = || File::options().read(true).write(true).open(&name).expect("the other side");
        let child = command
            .stdin(Stdio::from(OwnedFd::from(side())))
            .stdout(Stdio::from(OwnedFd::from(side())))
            .stderr(Stdio::from(OwnedFd::from(side())))
            .spawn()
            .expect("the program");
        drop(command);
        let terminal = File::from(terminal);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (mut input, all) = (terminal.try_clone().expect("a terminal"), Arc::clone(&seen));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // An error means that no program has the terminal any more.
            while let Ok(count @ 1..) = input.read(&mut bytes) {
                all.lock().expect("seen").extend_from_slice(&bytes[..count]);
            }
        });
        Self { child, terminal, seen, read: 0 }
    }

    /// Whether the terminal shows what is typed, and the like.
    pub fn modes(&self) -> LocalModes {
        tcgetattr(&self.terminal).expect("modes").local_modes
    }

    pub fn id(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a process id")
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().expect("seen")).into_owned()
    }

    /// Waits until the terminal shows this, after what was waited for before.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> &mut Self {
        let start = Instant::now();
        loop {
            let shown = self.shown();
            if let Some(at) = shown.get(self.read..).and_then(|rest| rest.find(text)) {
                self.read += at + text.len();
                return self;
            }
            assert!(start.elapsed() < PATIENCE, "no {text:?} in {shown}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types this: `\x03` is Ctrl-C.
    pub fn send(&mut self, text: &str) -> &mut Self {
        self.terminal.write_all(text.as_bytes()).expect("typed");
        self
    }

    pub fn send_bytes(&mut self, bytes: Vec<u8>) -> &mut Self {
        self.terminal.write_all(&bytes).expect("typed");
        self
    }

    #[track_caller]
    pub fn end(&mut self) -> Ended {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a status") {
                thread::sleep(Duration::from_millis(50));
                let (code, signal) = (status.code(), status.signal());
                return Ended { shown: self.shown(), code, signal };
            }
            if start.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!("it does not end: {}", self.shown());
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}
