//! A result is written whole or not at all, whatever comes between.
#![cfg(unix)]

use std::fs;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use tempfile::{TempDir, tempdir};

use crate::os::inputs::Inputs;
use crate::os::output::{Existing, Overwrite, WriteFault, WriteReason, Written, write_stdout};
use crate::os::signals;
use crate::unit::support::{again, mode, names, only, set_mode, this_program};

/// Whatever was there before.
fn write_file(path: &Path, bytes: &[u8]) -> Result<Written, WriteFault> {
    crate::os::output::write_file(
        path,
        bytes,
        Overwrite { inputs: &Inputs::default(), existing: Existing::Any },
    )
}

fn reason(path: &Path) -> WriteReason {
    write_file(path, b"new").unwrap_err().reason
}

#[test]
fn a_new_file_is_private() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("out.yaml");
    assert_eq!(write_file(&path, b"kind: Secret\n"), Ok(Written::New));
    assert_eq!(fs::read(&path).unwrap(), b"kind: Secret\n");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(write_file(&dir.path().join("empty"), b""), Ok(Written::New));
    assert_eq!(names(dir.path()), ["empty", "out.yaml"]);
}

#[test]
fn an_old_file_becomes_private() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("out.yaml");
    for (old, before) in [("old", 0o644), ("an older and longer text", 0o400), ("", 0o4777)] {
        fs::write(&path, old).unwrap();
        set_mode(&path, before);
        assert_eq!(write_file(&path, b"new"), Ok(Written::New));
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (b"new".as_slice(), 0o600));
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn equal_bytes_are_left_alone() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("out.yaml");
    fs::write(&path, "same").unwrap();
    set_mode(&path, 0o644);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::open(&path).unwrap().set_modified(long_ago).unwrap();
    let inode = fs::metadata(&path).unwrap().ino();
    assert_eq!(write_file(&path, b"same"), Ok(Written::Unchanged));
    let after = fs::metadata(&path).unwrap();
    assert_eq!((after.modified().unwrap(), after.ino(), mode(&path)), (long_ago, inode, 0o600));
    assert_eq!(write_file(&path, b"Same"), Ok(Written::New));
}

#[test]
fn links_stay() {
    let dir = tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("real")).unwrap();
    fs::write(at("real/out.yaml"), "old").unwrap();
    symlink("real/out.yaml", at("link")).unwrap();
    symlink(at("link"), at("link-to-link")).unwrap();
    assert_eq!(write_file(&at("link-to-link"), b"new"), Ok(Written::New));
    assert_eq!(fs::read(at("real/out.yaml")).unwrap(), b"new");
    // To a file that is not there yet.
    symlink("real/later.yaml", at("dangling")).unwrap();
    assert_eq!(write_file(&at("dangling"), b"new"), Ok(Written::New));
    assert_eq!(fs::read(at("real/later.yaml")).unwrap(), b"new");
    for link in ["link", "link-to-link", "dangling"] {
        assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink());
    }
    assert_eq!(names(dir.path()), ["dangling", "link", "link-to-link", "real"]);
    assert_eq!(names(&at("real")), ["later.yaml", "out.yaml"]);
}

#[test]
fn what_can_not_be_written() {
    let dir = tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("file"), "").unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink("none/out", at("dangling")).unwrap();
    assert_eq!(reason(dir.path()), WriteReason::Directory);
    assert_eq!(reason(&at("none/out")), WriteReason::NoParent(at("none")));
    assert_eq!(reason(&at("dangling")), WriteReason::NoParent(at("none")));
    assert_eq!(reason(&at("file/out")), WriteReason::ParentNotDirectory(at("file")));
    assert_eq!(reason(Path::new("")), WriteReason::BadPath);
    assert_eq!(reason(Path::new("a\0b")), WriteReason::BadPath);
    assert_eq!(reason(&at(&"x".repeat(300))), WriteReason::BadPath);
    assert!(matches!(reason(&at("loop")), WriteReason::Io(_)));
    assert_eq!(names(dir.path()), ["dangling", "file", "loop"]);
}

#[test]
fn pipes_and_devices_get_the_bytes() {
    let dir = tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let bytes = vec![b'x'; 200_000];
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    assert_eq!(write_file(&pipe, &bytes), Ok(Written::Passed));
    assert!(reader.join().unwrap() == bytes);
    // A reader that goes away had enough.
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || File::open(pipe).unwrap().read(&mut [0; 10]).unwrap()
    });
    assert_eq!(write_file(&pipe, &bytes), Ok(Written::Passed));
    reader.join().unwrap();
    assert_eq!(write_file(Path::new("/dev/null"), &bytes), Ok(Written::Passed));
    assert_eq!(names(dir.path()), ["pipe"]);
}

/// A child that can't make files larger than a few kilobytes, which stands for a disk that fills up
/// in the middle.
fn with_small_files(task: &str, path: &Path) -> Command {
    // SIGXFSZ would kill; ignored, the write fails.
    through_shell("trap '' XFSZ; ulimit -f 8", task, path)
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device() {
    assert_eq!(reason(Path::new("/dev/full")), WriteReason::NoSpace);
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("out.yaml");
    fs::write(&path, "old").unwrap();
    let output = with_small_files("once", &path).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("can't write `{}`: no space left on the device\n", path.display())
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(dir.path()), ["out.yaml"]);
}

#[test]
fn a_full_disk_behind_stdout_is_told() {
    let file = tempfile::tempfile().unwrap();
    let output = with_small_files("stdout", Path::new("")).stdout(file).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "can't write `stdout`: no space left on the device\n"
    );
}

#[test]
fn a_reader_never_sees_a_part() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("out.yaml");
    write_file(&path, &content(0)).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = 0;
            while !done.load(Ordering::Relaxed) {
                assert!(is_complete(&fs::read(&path).unwrap()));
                seen += 1;
            }
            seen
        });
        (1..=50)
            .for_each(|number| assert_eq!(write_file(&path, &content(number)), Ok(Written::New)));
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
    assert_eq!(names(dir.path()), ["out.yaml"]);
}

/// 300,000 bytes that are all alike, so that a part or a mixture shows.
fn content(number: u8) -> Vec<u8> {
    vec![b'a' + number % 26; 300_000]
}

fn is_complete(bytes: &[u8]) -> bool {
    bytes.len() == 300_000 && bytes.iter().all(|byte| Some(byte) == bytes.first())
}

/// This test's program once more, to do the `task` of `children`.
fn child(task: &str, path: &Path) -> Command {
    let mut command = again(module_path!(), "children");
    command.arg("--quiet").env("OUTPUT_TEST_CHILD", task).env("OUTPUT_TEST_PATH", path);
    command
}

/// The same, with a shell's settings.
fn through_shell(settings: &str, task: &str, path: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{settings}; exec \"$@\""), "sh"])
        .arg(this_program())
        .args(only(module_path!(), "children"))
        .arg("--quiet");
    command.env("OUTPUT_TEST_CHILD", task).env("OUTPUT_TEST_PATH", path);
    command
}

/// Not a test: what `child` runs.
#[test]
fn children() {
    let Some(task) = std::env::var_os("OUTPUT_TEST_CHILD") else { return };
    let path = PathBuf::from(std::env::var_os("OUTPUT_TEST_PATH").unwrap());
    let fault = match task.to_str().unwrap() {
        "once" => write_file(&path, &content(1)).err(),
        "forever" => {
            // Not for longer than any test takes: a parent that is killed must not leave it behind.
            let end = Instant::now() + Duration::from_secs(60);
            while Instant::now() < end {
                (0..26).for_each(|number| _ = write_file(&path, &content(number)).unwrap());
            }
            None
        }
        "two-threads-forever" => std::thread::scope(|scope| {
            for path in [path.join("a"), path.join("b")] {
                scope.spawn(move || {
                    let end = Instant::now() + Duration::from_secs(60);
                    while Instant::now() < end {
                        (0..26).for_each(|number| _ = write_file(&path, &content(number)).unwrap());
                    }
                });
            }
            None
        }),
        "between" => {
            write_file(&path, &content(0)).unwrap();
            fs::write(path.with_extension("ready"), "").unwrap();
            std::thread::sleep(Duration::from_secs(60));
            None
        }
        "panic" => {
            let caught = std::panic::catch_unwind(|| {
                signals::after(|| {
                    let _temporary = tempfile::NamedTempFile::new_in(&path).unwrap();
                    signal_hook::low_level::raise(signal_hook::consts::SIGTERM).unwrap();
                    panic!("in the middle");
                })
            });
            panic!("SIGTERM came and nothing ended: {caught:?}");
        }
        "stdout" => write_stdout(&content(0), &Inputs::default()).err(),
        task => panic!("{task}"),
    };
    if let Some(fault) = fault {
        eprintln!("{}", fault.diagnostic().message);
    }
    std::process::exit(7);
}

fn kill(signal: &str, id: u32) {
    assert!(Command::new("kill").args(["-s", signal, &id.to_string()]).status().unwrap().success());
}

/// Whichever moment the signal hits, afterwards there is one complete file and nothing else, and
/// the parent is told the signal.
#[test]
fn signals_leave_no_part_and_no_temporary_file() {
    let dir = tempdir().unwrap();
    let mut moment = 0x2545_f491_u64;
    for round in 0..30 {
        let (signal, number) = [("TERM", 15), ("INT", 2), ("HUP", 1), ("QUIT", 3)][round % 4];
        let two = round % 3 == 0;
        let place = TempDir::new_in(dir.path()).unwrap();
        let mut running = match two {
            true => child("two-threads-forever", place.path()),
            false => child("forever", &place.path().join("a")),
        };
        let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let first = place.path().join(if two { "b" } else { "a" });
        while !first.exists() {
            std::thread::sleep(Duration::from_millis(1));
        }
        moment =
            moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_micros(moment >> 50));
        kill(signal, running.id());
        let status = running.wait().unwrap();
        assert_eq!(status.signal(), Some(number), "{status}");
        let left = names(place.path());
        assert!(left.iter().all(|name| name == "a" || name == "b"), "after {signal}: {left:?}");
        for name in left {
            assert!(is_complete(&fs::read(place.path().join(name)).unwrap()), "after {signal}");
        }
    }
}

#[test]
fn a_signal_between_writes_ends_at_once() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("out.yaml");
    let mut running = child("between", &path).stdout(Stdio::null()).spawn().unwrap();
    while !path.with_extension("ready").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    kill("TERM", running.id());
    assert_eq!(running.wait().unwrap().signal(), Some(15));
}

#[test]
fn a_panic_cleans_up_before_the_signal_ends_it() {
    let dir = tempdir().unwrap();
    let output = child("panic", dir.path()).output().unwrap();
    assert_eq!(output.status.signal(), Some(15), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(names(dir.path()), [""; 0]);
}

/// As under `nohup`: who had a signal ignored meant it.
#[cfg(target_os = "linux")]
#[test]
fn ignored_signals_stay_ignored() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("out.yaml");
    let mut running =
        through_shell("trap '' HUP INT", "forever", &path).stdout(Stdio::null()).spawn().unwrap();
    while !path.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    kill("HUP", running.id());
    kill("INT", running.id());
    std::thread::sleep(Duration::from_millis(100));
    assert!(running.try_wait().unwrap().is_none());
    kill("TERM", running.id());
    assert_eq!(running.wait().unwrap().signal(), Some(15));
    assert_eq!(names(dir.path()), ["out.yaml"]);
}

#[test]
fn stdout_gets_every_byte() {
    // The test harness prints a line of its own before.
    let output = child("stdout", Path::new("")).output().unwrap();
    assert!(output.stdout.ends_with(&content(0)));
    assert_eq!((output.status.code(), output.stderr.len()), (Some(7), 0));
}

#[test]
fn a_broken_pipe_is_quiet() {
    let mut running = child("stdout", Path::new(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The harness prints first. The rest does not fit into the pipe, so the child is still writing
    // when nobody reads any more.
    running.stdout.take().unwrap().read_exact(&mut [0; 1000]).unwrap();
    let output: Output = running.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()),
        (Some(7), "")
    );
}

/// `-o /dev/stdout` with stdout appended to a file must not replace the file.
#[test]
fn stdout_by_its_name() {
    let dir = tempdir().unwrap();
    let log = dir.path().join("log");
    fs::write(&log, "before\n").unwrap();
    let output = child("once", Path::new("/dev/stdout"))
        .stdout(File::options().append(true).open(&log).unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7));
    let log = fs::read(&log).unwrap();
    assert!(log.starts_with(b"before\n") && log.ends_with(&content(1)));
}

/// Root may write everywhere, so as root the child runs as nobody.
#[test]
fn a_directory_that_can_not_be_written_to() {
    let dir = tempdir().unwrap();
    let closed = dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("old"), "old").unwrap();
    set_mode(dir.path(), 0o755);
    set_mode(&closed.join("old"), 0o666);
    for (directory_mode, file, words) in [
        (0o555, "new", format!("the folder `{}` is not writable", closed.display())),
        (0o555, "old", format!("the folder `{}` is not writable", closed.display())),
        (0o000, "old", "permission denied".to_owned()),
    ] {
        set_mode(&closed, directory_mode);
        let mut command = child("once", &closed.join(file));
        if fs::metadata(dir.path()).unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        let output = command.output();
        set_mode(&closed, 0o755);
        let shown = String::from_utf8(output.unwrap().stderr).unwrap();
        assert_eq!(shown, format!("can't write `{}`: {words}\n", closed.join(file).display()));
        assert_eq!(names(&closed), ["old"]);
        assert_eq!(fs::read(closed.join("old")).unwrap(), b"old");
    }
}
