//! `mintage edit` with editors that are scripts, under a terminal and without one, and what is left
//! on disks afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::case::{Case, MINTAGE, Run};
use crate::peers;
use crate::pty::Typed;
use crate::small_disk::SmallDisk;

const BUNDLE: &str = "# who\n[root]\npassword = \"hunter2\"\n";

/// A case with a spec, an identity, and a memory-backed folder of its own.
struct Desk {
    case: Case,
    memory: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let memory = tempfile::tempdir_in("/dev/shm").expect("a folder in memory");
        let desk = Self { case: Case::new(), memory };
        desk.case.args("init").succeeds();
        desk
    }

    /// With a bundle that holds [`BUNDLE`].
    fn with_bundle() -> Self {
        let desk = Self::new();
        desk.edit("printf '# who\\n[root]\\npassword = \"hunter2\"\\n' > \"$1\"").succeeds();
        desk
    }

    /// An editor that does this with `$1`, the file.
    fn editor(&self, script: &str) -> PathBuf {
        let path = self.case.outside("bin/editor");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("an editor");
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("an editor");
        path
    }

    fn edit(&self, script: &str) -> Run {
        let editor = self.editor(script);
        self.case
            .args("edit secrets/db.toml.age")
            .env("VISUAL", "")
            .env("EDITOR", editor)
            .env("XDG_RUNTIME_DIR", self.memory.path())
    }

    fn typed(&self, script: &str) -> Typed {
        let editor = self.editor(script);
        let memory = self.memory.path().to_str().expect("UTF-8").to_owned();
        let editor = editor.to_str().expect("UTF-8").to_owned();
        let variables = [("EDITOR", editor.as_str()), ("XDG_RUNTIME_DIR", memory.as_str())];
        Typed::start(&self.case, &["edit", "secrets/db.toml.age"], &variables)
    }

    /// The same without a terminal, while it runs.
    fn spawned(&self, script: &str) -> Child {
        let command = self.edit(script).command();
        // Without `--wait` setsid becomes the program, which then gets the signals.
        let mut direct = std::process::Command::new("/usr/bin/setsid");
        direct.args([MINTAGE, "edit", "secrets/db.toml.age"]).env_clear();
        for (name, value) in command.get_envs() {
            direct.envs(value.map(|value| (name, value)));
        }
        direct.current_dir(self.case.path(""));
        direct.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        direct.spawn().expect("mintage")
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.case.path("secrets/db.toml.age")).expect("the file")
    }

    fn plain(&self) -> String {
        self.case.args("decrypt secrets/db.toml.age").succeeds().text()
    }

    /// Private folders that are there now.
    fn folders(&self) -> usize {
        fs::read_dir(self.memory.path()).expect("the folder in memory").count()
    }

    fn wait_for_folder(&self) {
        let start = Instant::now();
        while self.folders() == 0 || !self.case.path("started").exists() {
            assert!(start.elapsed() < Duration::from_secs(60), "the editor does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        fs::remove_file(self.case.path("started")).expect("the editor's mark");
    }

    /// Nothing of the plaintext is anywhere.
    #[track_caller]
    fn is_clean(&self) {
        assert_eq!(self.folders(), 0);
        for folder in [self.case.path(""), self.case.home("")] {
            no_plaintext(&folder);
        }
    }
}

fn no_plaintext(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            no_plaintext(&path);
        } else {
            let bytes = fs::read(&path).expect("a file");
            let leaks = bytes.windows(6).any(|window| window == b"hunter");
            assert!(!leaks, "{}", path.display());
        }
    }
}

fn kill(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id()).expect("an id");
    kill_process(Pid::from_raw(id).expect("an id"), signal).expect("a signal");
}

#[test]
fn a_file_is_started_and_changed() {
    let Some(age) = peers::need("age") else { return };
    let desk = Desk::with_bundle();
    let identity = desk.case.home(".config/mintage/identities.txt");
    let open = || {
        let arguments = ["-d", "-i", identity.to_str().unwrap(), "secrets/db.toml.age"];
        desk.case.tool(&age, arguments).succeeds().text()
    };
    assert_eq!(open(), BUNDLE);
    let ran = desk.edit("stat -c '%a %n' \"$1\" \"$(dirname \"$1\")\"; sed -i s/2/3/ \"$1\"");
    let shown = ran.succeeds().stderr_contains("wrote `secrets/db.toml.age`").text();
    assert!(shown.contains("600 ") && shown.contains("/db.toml\n700 "), "{shown}");
    assert_eq!(open(), BUNDLE.replace('2', "3"));
    desk.is_clean();
}

#[test]
fn an_unchanged_text_leaves_the_file_alone() {
    let desk = Desk::with_bundle();
    let before = desk.bytes();
    desk.edit("true").succeeds().stderr_contains("is unchanged");
    assert_eq!(desk.bytes(), before);
    // As it is when nothing is written into a new file.
    let new = desk.case.args("edit secrets/new.age").env("EDITOR", "true");
    new.succeeds().stderr_contains("was not written");
    assert!(!desk.case.path("secrets/new.age").exists());
}

#[test]
fn a_value_alone_gets_no_line_break() {
    let desk = Desk::new();
    let editor = desk.editor("echo hunter2 > \"$1\"");
    let run = desk.case.args("edit secrets/password.age").env("EDITOR", editor);
    run.succeeds().stderr_contains("removed the line break");
    desk.case.args("decrypt secrets/password.age").succeeds().stdout_is("hunter2");
}

#[test]
fn what_goes_wrong_in_an_editor_leaves_the_old_file() {
    let desk = Desk::with_bundle();
    let before = desk.bytes();
    for (script, status, message) in [
        ("exit 3", 2, "failed with status 3"),
        (": > \"$1\"", 2, "is empty"),
        ("rm \"$1\"", 2, "left no text"),
        ("rm \"$1\"; ln -s /etc/passwd \"$1\"", 2, "left no text"),
        ("rm \"$1\"; mkdir \"$1\"", 2, "left no text"),
        ("rm -r \"$(dirname \"$1\")\"", 2, "left no text"),
        ("echo 'hunter3 = =' >> \"$1\"", 1, "syntax error"),
        ("kill -9 $$", 2, "killed by signal 9"),
    ] {
        desk.edit(script).exits(status).stderr_contains(message).never_says("hunter");
        assert_eq!(desk.bytes(), before, "{script}");
        desk.is_clean();
    }
    let missing = desk.edit("").env("EDITOR", "no-such-editor");
    missing.exits(2).stderr_contains("was not found").stderr_contains("set `EDITOR`");
    desk.is_clean();
}

#[test]
fn signals_remove_the_plaintext() {
    let desk = Desk::with_bundle();
    let before = desk.bytes();
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut child = desk.spawned("touch started; exec sleep 100");
        desk.wait_for_folder();
        kill(&child, signal);
        let status = child.wait().expect("a status");
        let by = std::os::unix::process::ExitStatusExt::signal(&status);
        assert_eq!(by, Some(signal.as_raw()));
        assert_eq!(desk.bytes(), before);
        desk.is_clean();
    }
}

#[test]
fn a_killed_edit_is_cleaned_up_by_the_next() {
    let desk = Desk::with_bundle();
    let mut child = desk.spawned("touch started; sleep 5");
    desk.wait_for_folder();
    kill(&child, Signal::KILL);
    child.wait().expect("a status");
    assert_eq!(desk.folders(), 1);
    desk.edit("true").succeeds();
    desk.is_clean();
}

#[test]
fn of_two_edits_at_once_the_second_writes_nothing() {
    let desk = Desk::with_bundle();
    let wait = "touch started; while ! [ -e go ]; do sleep 0.05; done; sed -i s/2/first/ \"$1\"";
    let mut first = desk.spawned(wait);
    desk.wait_for_folder();
    desk.edit("sed -i s/2/second/ \"$1\"").succeeds();
    let between = desk.bytes();
    desk.case.write("go", "");
    assert_eq!(first.wait().expect("a status").code(), Some(2));
    assert_eq!(desk.bytes(), between);
    assert_eq!(desk.plain(), BUNDLE.replace('2', "second"));
    desk.is_clean();
}

#[test]
fn a_mistake_can_be_corrected() {
    let desk = Desk::with_bundle();
    let script = "if grep -q '= =' \"$1\"; then sed -i 's/= =/=/' \"$1\"
        else echo 'more = = \"hunter4\"' > \"$1\"; fi";
    let mut typed = desk.typed(script);
    typed.expect("syntax error").expect("discard the edit?").send("e\n");
    let ended = typed.expect("wrote `secrets/db.toml.age`").end();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.shown.contains("hunter"), "{}", ended.shown);
    assert_eq!(desk.plain(), "more = \"hunter4\"\n");
    desk.is_clean();
}

#[test]
fn an_edit_can_be_given_up() {
    let desk = Desk::with_bundle();
    let before = desk.bytes();
    for answer in ["q\n", "x\nq\n", "\x04", "\x03"] {
        let mut typed = desk.typed("echo 'more = = 1' > \"$1\"");
        typed.expect("discard the edit?");
        // Between two rounds the text is nowhere but in the process.
        desk.is_clean();
        let ended = typed.send(answer).end();
        assert!(ended.code == Some(1) || ended.signal == Some(2), "{ended:?}");
        assert_eq!(desk.bytes(), before);
        desk.is_clean();
    }
}

#[test]
fn ctrl_c_is_for_the_editor() {
    let desk = Desk::with_bundle();
    let before = desk.bytes();
    // It dies of it, and mintage with it. (A shell may miss Ctrl-C while it starts a program.)
    let mut typed = desk.typed("echo here; exec sleep 100");
    let ended = typed.expect("here").send("\x03").end();
    assert_eq!(ended.signal, Some(2), "{ended:?}");
    assert_eq!(desk.bytes(), before);
    desk.is_clean();
    // It goes on, and so does mintage.
    let script = "trap 'echo caught' INT; echo here; while ! [ -e go ]; do sleep 0.05; done
        sed -i s/2/3/ \"$1\"";
    let mut typed = desk.typed(script);
    typed.expect("here").send("\x03").expect("caught");
    desk.case.write("go", "");
    assert_eq!(typed.expect("wrote").end().code, Some(0));
    assert_eq!(desk.plain(), BUNDLE.replace('2', "3"));
    // SIGTERM is for both.
    let mut typed = desk.typed("echo here; exec sleep 100");
    typed.expect("here");
    kill_process(Pid::from_raw(typed.id()).expect("an id"), Signal::TERM).expect("a signal");
    assert_eq!(typed.end().signal, Some(15));
    desk.is_clean();
}

#[test]
fn vim_keeps_no_copies() {
    let desk = Desk::with_bundle();
    let vim = desk.case.outside("bin/vim");
    let script = "case $1 in --version) echo 'VIM - Vi IMproved 9.1'; exit;; esac
        for word; do echo \"<$word>\"; done";
    fs::rename(desk.editor(script), &vim).expect("a file");
    let shown = desk.case.args("edit secrets/db.toml.age").env("EDITOR", "vim -u x").succeeds();
    let shown = shown.text();
    assert!(shown.starts_with("<-u>\n<x>\n<-n>\n<-i>\n<NONE>\n<-c>\n<silent! set"), "{shown}");
    assert!(shown.contains("noundofile") && shown.contains("viminfo="), "{shown}");
    assert!(shown.trim_end().ends_with("/db.toml>"), "{shown}");
    // Other editors get the path alone; a shell reads their options.
    let editor = desk.editor("for word; do echo \"<$word>\"; done");
    let quoted = format!("X=1 '{}' 'a b'", editor.display());
    let shown = desk.case.args("edit secrets/db.toml.age").env("EDITOR", quoted).succeeds();
    assert!(shown.text().starts_with("<a b>\n</"), "{}", shown.text());
}

#[test]
fn the_file_of_a_value_is_found() {
    let desk = Desk::with_bundle();
    let spec = desk.case.read("mintage.toml")
        + "[environments.prod]\nvars.stage = \"db\"\n[environments.dev]\nvars.stage = \"none\"\n\
           [[opaque]]\nname = \"mysql\"\n\
           data.ROOT = { age = \"secrets/{{ vars.stage }}.toml.age\", key = \"root.password\" }\n\
           data.PLAIN = \"hello world\"\n";
    desk.case.write("mintage.toml", spec);
    let editor = desk.editor("sed -i s/2/3/ \"$1\"");
    let run = |words: &str| desk.case.args(words).env("EDITOR", &editor);
    run("edit -e prod mysql ROOT").succeeds().stderr_contains("wrote `secrets/db.toml.age`");
    assert_eq!(desk.plain(), BUNDLE.replace('2', "3"));
    run("edit -e prod . mysql ROOT").succeeds();
    run("edit -e prod mysql PLAIN").exits(2).stderr_contains("no age file holds");
    run("edit -e prod mysql NONE").exits(2).stderr_contains("mintage set NAME KEY");
    run("edit -e prod mysql").exits(2).stderr_contains("ends in `.age`");
    desk.is_clean();
}

#[test]
fn a_value_outside_of_the_folder_is_not_edited() {
    let desk = Desk::new();
    let spec = desk.case.read("mintage.toml");
    let entry = "[[opaque]]\nname = \"a\"\ndata.A = { age = \"../other/a.age\" }\n";
    desk.case.write("mintage.toml", spec + entry);
    let editor = desk.editor("echo hunter2 > \"$1\"");
    let run = desk.case.args("edit a A").env("EDITOR", editor);
    run.fails().stderr_contains("error[file-outside-root]");
    assert!(!desk.case.outside("other").exists());
}

#[test]
fn a_new_file_that_is_not_written_leaves_no_folder() {
    let desk = Desk::new();
    desk.edit("true").succeeds().stderr_contains("was not written");
    desk.edit("echo 'hunter2 = [' > \"$1\"").fails();
    assert!(!desk.case.path("secrets").exists());
}

#[test]
fn a_new_file_that_is_not_written_is_not_called_unchanged() {
    let desk = Desk::new();
    for script in ["exit 3", "kill -9 $$", "rm \"$1\""] {
        let ran = desk.edit(script).exits(2).never_says("is unchanged");
        ran.stderr_contains("`secrets/db.toml.age` was not written");
    }
    desk.edit("true").succeeds().never_says("is unchanged").stderr_contains("was not written");
    assert!(!desk.case.path("secrets").exists());
}

#[test]
fn without_an_editor_and_a_terminal_none_is_started() {
    let desk = Desk::with_bundle();
    let before = desk.bytes();
    let vi = desk.case.outside("bin/vi");
    fs::write(&vi, "#!/bin/sh\necho started\n").unwrap();
    fs::set_permissions(&vi, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let ran = desk.edit("true").env("EDITOR", "").exits(2).no_output();
    ran.stderr_contains("no editor is set, and `vi` needs a terminal")
        .stderr_contains("set `VISUAL` or `EDITOR`");
    assert_eq!(desk.bytes(), before);
    let memory = desk.memory.path().to_str().unwrap();
    let variables = [("XDG_RUNTIME_DIR", memory)];
    let mut typed = Typed::start(&desk.case, &["edit", "secrets/db.toml.age"], &variables);
    assert!(typed.end().shown.contains("started"));
}

#[test]
fn a_folder_is_not_edited() {
    let desk = Desk::with_bundle();
    for path in ["secrets", "secrets/", ".", "/", "new.age/"] {
        let run = desk.case.args("edit").args([path]).env("EDITOR", "false");
        run.exits(2).stderr_contains("is a folder, not a file");
    }
    assert!(!desk.case.path("new.age").exists());
}

#[test]
fn a_full_folder_in_memory_is_passed_over() {
    let desk = Desk::with_bundle();
    let place = desk.case.outside("runtime");
    let Some(_disk) = SmallDisk::at(place.clone()) else { return };
    let fill = || fs::write(place.join("full"), vec![0; 64 * 1024]);
    assert!(fill().is_err() || place.join("full").exists());
    let editor = desk.editor("sed -i s/2/3/ \"$1\"");
    let run = desk.case.args("edit secrets/db.toml.age").env("EDITOR", editor);
    run.env("XDG_RUNTIME_DIR", &place).succeeds().stderr_contains("wrote");
    assert_eq!(desk.plain(), BUNDLE.replace('2', "3"));
    assert_eq!(fs::read_dir(&place).expect("the disk").count(), 1);
    desk.is_clean();
}
