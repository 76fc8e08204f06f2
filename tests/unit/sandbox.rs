//! What a spec can reach on a real file system, and what it can learn about the rest.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::os::world::OsWorld;
use crate::unit::peers;
use crate::unit::support::{Folder, again, assert_passed, only, this_program};
use crate::world::{EnvVarError, Escape, MAX_FILE_BYTES, ReadError, World};

/// `root/` is the repository, `open/` the directory that is allowed, `closed/` everything else.
fn place() -> Folder {
    let folder = Folder::new();
    fs::set_permissions(folder.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    folder
        .file("root/a.txt", "a")
        .file("root/secrets/db.toml.age", "db")
        .file("root/secrets/deep/er.txt", "er")
        .file("open/shared.txt", "shared")
        .file("open/sub/x.txt", "x")
        .file("open-too/y.txt", "y")
        .file("closed/shadow", "shadow")
}

impl Folder {
    fn world(&self) -> OsWorld {
        OsWorld::new(&self.path("root"), &[], &[]).unwrap()
    }

    fn open_world(&self, allowed: &str) -> OsWorld {
        OsWorld::new(&self.path("root"), &[self.path(allowed)], &[]).unwrap()
    }
}

/// The text of a file, or why not.
fn read(world: &OsWorld, path: impl AsRef<Path>) -> Result<String, ReadError> {
    world
        .read(path.as_ref().to_str().unwrap(), MAX_FILE_BYTES)
        .map(|bytes| bytes.expose_str().unwrap().to_owned())
}

fn text(text: &str) -> Result<String, ReadError> {
    Ok(text.to_owned())
}

fn outside(escape: Escape) -> Result<String, ReadError> {
    Err(ReadError::OutsideRoot(escape))
}

fn not_found(nearest: Option<&str>) -> Result<String, ReadError> {
    Err(ReadError::NotFound { nearest: nearest.map(str::to_owned) })
}

/// All paths of a file are one; other files are others.
#[test]
fn links_and_detours_are_the_same_file() {
    use std::os::unix::fs::symlink;
    let folder = place();
    symlink("a.txt", folder.path("root/link")).unwrap();
    symlink("secrets", folder.path("root/s")).unwrap();
    fs::hard_link(folder.path("root/a.txt"), folder.path("root/hard")).unwrap();
    let world = folder.world();
    for path in ["./a.txt", "s/../a.txt", "link", "hard"] {
        assert_eq!(world.file_id(path), world.file_id("a.txt"), "{path}");
    }
    assert_eq!(world.file_id("s/db.toml.age"), world.file_id("secrets/db.toml.age"));
    for path in ["secrets/db.toml.age", "s", "missing", "../closed/shadow"] {
        assert_ne!(world.file_id(path), world.file_id("a.txt"), "{path}");
    }
}

#[test]
fn paths_inside() {
    let place = place();
    let world = place.world();
    for path in [
        "a.txt",
        "./a.txt",
        "secrets/../a.txt",
        "secrets/deep/../../a.txt",
        "secrets//..//a.txt",
        "nowhere/../a.txt",
    ] {
        assert_eq!(read(&world, path), text("a"), "{path}");
    }
}

#[test]
fn paths_that_leave() {
    let place = place();
    let world = place.world();
    let closed = place.path("closed");
    for path in [
        "../closed/shadow",
        "../closed/none",
        "..",
        "secrets/../../closed/shadow",
        "../../../../../../etc/passwd",
        "../root/a.txt",
    ] {
        assert_eq!(read(&world, path), outside(Escape::Parent), "{path}");
    }
    let none = closed.join("none");
    for path in [
        closed.join("shadow"),
        none.clone(),
        none.join("none"),
        "/".into(),
        "//etc/passwd".into(),
        place.path("root/a.txt"),
    ] {
        assert_eq!(read(&world, &path), outside(Escape::Absolute), "{path:?}");
    }
}

#[test]
fn links_inside() {
    let place = place();
    place.link("root/relative", "secrets/deep/er.txt");
    place.link("root/secrets/up", "../a.txt");
    place.link("root/absolute", place.path("root/a.txt"));
    place.link("root/directory", "secrets/deep");
    place.link("root/chain", "directory/../up");
    place.link("root/round", "../root/secrets/../a.txt");
    let world = place.world();
    for (path, want) in [
        ("relative", "er"),
        ("secrets/up", "a"),
        ("absolute", "a"),
        ("directory/er.txt", "er"),
        ("chain", "a"),
        ("round", "a"),
    ] {
        assert_eq!(
            fs::read_to_string(place.path("root").join(path)).unwrap(),
            want,
            "the system's own opinion of {path}"
        );
        assert_eq!(read(&world, path), text(want), "{path}");
    }
    // In the spec as written: through the link it would be `secrets/a.txt`.
    assert_eq!(read(&world, "directory/../a.txt"), text("a"));
}

#[test]
fn links_that_leave_tell_nothing() {
    let place = place();
    let closed = place.path("closed");
    place.link("root/file", closed.join("shadow"));
    place.link("root/none", closed.join("none"));
    place.link("root/none-deep", closed.join("none/none"));
    place.link("root/through-file", closed.join("shadow/none"));
    place.link("root/directory", &closed);
    place.link("root/relative", "../closed/shadow");
    place.link("root/secrets/hop", "../relative");
    place.link("closed/loop", "loop");
    place.link("root/loop-outside", closed.join("loop"));
    place.link("root/slash", "/");
    // These would come back inside if what they pass exists.
    place.link("root/probe", "../closed/../root/a.txt");
    place.link("root/probe-none", "../none/../root/a.txt");
    let world = place.world();
    for path in [
        "file",
        "none",
        "none-deep",
        "through-file",
        "directory",
        "directory/shadow",
        "directory/none",
        "relative",
        "secrets/hop",
        "loop-outside",
        "slash",
        "slash/etc/passwd",
        "slash/none",
        "probe",
        "probe-none",
    ] {
        assert_eq!(read(&world, path), outside(Escape::Symlink), "{path}");
    }
}

#[test]
fn links_that_lead_nowhere_inside() {
    let place = place();
    place.link("root/dangling", "a.tx");
    place.link("root/loop", "loop");
    let world = place.world();
    assert_eq!(read(&world, "dangling"), not_found(None));
    assert_eq!(
        read(&world, "loop"),
        Err(ReadError::Io("too many symbolic links, one after another".to_owned()))
    );
}

#[test]
fn allowed_directories() {
    let place = place();
    place.link("alias", "open");
    place.link("root/link", "../open/shared.txt");
    place.link("root/alias", place.path("alias"));
    place.link("open/out", "../closed/shadow");
    place.link("open/home", "../root/a.txt");
    // Allowed by its own name or by a link to it: what counts is where it really is.
    for allowed in ["open", "alias", "open/../open", "closed/../alias/."] {
        let world = place.open_world(allowed);
        for (path, want) in [
            ("../open/shared.txt", "shared"),
            ("../open/sub/../shared.txt", "shared"),
            ("../alias/shared.txt", "shared"),
            ("link", "shared"),
            ("alias/sub/x.txt", "x"),
            ("a.txt", "a"),
        ] {
            assert_eq!(read(&world, path), text(want), "{path} with {allowed}");
        }
        for path in ["open/sub/x.txt", "alias/sub/x.txt"] {
            assert_eq!(read(&world, place.path(path)), text("x"), "{path} with {allowed}");
        }
        assert_eq!(read(&world, "../closed/shadow"), outside(Escape::Parent));
        assert_eq!(
            read(&world, "../open-too/y.txt"),
            outside(Escape::Parent),
            "a name that only starts the same"
        );
        assert_eq!(read(&world, place.path("closed/shadow")), outside(Escape::Absolute));
        assert_eq!(read(&world, "../open/out"), outside(Escape::Symlink));
        assert_eq!(read(&world, "../open/home"), outside(Escape::Symlink));
        // Inside it, missing files are told.
        assert_eq!(read(&world, "../open/shard.txt"), not_found(Some("../open/shared.txt")));
        assert_eq!(
            read(&world, place.path("open/shard.txt")),
            not_found(place.path("open/shared.txt").to_str())
        );
        assert_eq!(read(&world, "../open/zzz"), not_found(None));
    }
    let everything = place.open_world("root/..");
    assert_eq!(read(&everything, "../root/a.txt"), text("a"));
    assert_eq!(read(&everything, place.path("closed/shadow")), text("shadow"));
}

#[test]
fn directories_that_cannot_be_used() {
    let place = place();
    for (root, allowed, words) in [
        ("none", "open", "no such file or directory"),
        ("root", "none", "no such file or directory"),
        ("root/a.txt", "open", "it is not a folder"),
        ("root", "root/a.txt", "it is not a folder"),
    ] {
        let fault = OsWorld::new(&place.path(root), &[place.path(allowed)], &[]).err().unwrap();
        assert!(fault.message.ends_with(words), "{}", fault.message);
    }
}

#[test]
fn root_behind_a_link() {
    let place = place();
    fs::create_dir(place.path("elsewhere")).unwrap();
    place.link("elsewhere/link", place.path("root"));
    place.link("root/absolute", place.path("elsewhere/link/a.txt"));
    let world = OsWorld::new(&place.path("elsewhere/link"), &[place.path("open")], &[]).unwrap();
    assert_eq!(read(&world, "a.txt"), text("a"));
    assert_eq!(read(&world, "absolute"), text("a"));
    assert_eq!(read(&world, "../open/shared.txt"), text("shared"), "`..` is the real directory's");
}

#[test]
fn missing_files_and_what_was_meant() {
    let place = place();
    place.link("root/away", place.path("closed"));
    let world = place.world();
    for (path, nearest) in [
        ("b.txt", Some("a.txt")),
        ("A.TXT", Some("a.txt")),
        ("./secrets/../b.txt", Some("a.txt")),
        ("secrets/db.toml", Some("secrets/db.toml.age")),
        ("a.txt.age", Some("a.txt")),
        ("secret/db.tml.age", Some("secrets/db.toml.age")),
        ("secrets/deeper/er.txt", Some("secrets/deep/er.txt")),
        ("secret", None),
        ("awav/shadow", None),
        ("awav/shado", None),
        ("entirely-different", None),
        ("a.txt/b", None),
    ] {
        assert_eq!(read(&world, path), not_found(nearest), "{path}");
    }
}

#[test]
fn what_is_not_a_file() {
    let place = place();
    assert!(Command::new("mkfifo").arg(place.path("root/pipe")).status().unwrap().success());
    let _socket = UnixListener::bind(place.path("root/socket")).unwrap();
    let world =
        OsWorld::new(&place.path("root"), &[place.path("open"), PathBuf::from("/dev")], &[])
            .unwrap();
    for path in ["secrets", "secrets/", ".", "secrets/..", "../open"] {
        assert_eq!(read(&world, path), Err(ReadError::Directory), "{path}");
    }
    for path in ["pipe", "socket", "/dev/null", "/dev/zero", "/dev/tty"] {
        assert_eq!(read(&world, path), Err(ReadError::NotAFile), "{path}");
    }
    for path in ["", "\0", "a.txt\0", "../closed\0"] {
        assert_eq!(read(&world, path), Err(ReadError::BadPath), "{path:?}");
    }
    assert!(matches!(read(&world, "x".repeat(5000)), Err(ReadError::Io(_))));
    assert_eq!(read(&world, format!("../{}", "x".repeat(5000))), outside(Escape::Parent));
}

#[test]
fn sizes() {
    let place = place();
    let limit = MAX_FILE_BYTES as u64;
    for (name, size) in [("empty", 0), ("full", limit), ("over", limit + 1), ("huge", 1 << 40)] {
        File::create(place.path("root").join(name)).unwrap().set_len(size).unwrap();
    }
    let world = place.world();
    assert_eq!(world.read("empty", MAX_FILE_BYTES).unwrap().len(), 0);
    assert_eq!(world.read("full", MAX_FILE_BYTES).unwrap().len(), MAX_FILE_BYTES);
    assert_eq!(world.read("over", MAX_FILE_BYTES), Err(ReadError::TooLarge(MAX_FILE_BYTES)));
    assert_eq!(world.read("huge", MAX_FILE_BYTES), Err(ReadError::TooLarge(MAX_FILE_BYTES)));
}

/// Files of /proc say that they are empty and aren't.
#[cfg(target_os = "linux")]
#[test]
fn sizes_that_are_wrong() {
    let place = place();
    let world = OsWorld::new(&place.path("root"), &["/proc/sys/kernel".into()], &[]).unwrap();
    let want = fs::read_to_string("/proc/sys/kernel/ostype").unwrap();
    assert_eq!(read(&world, "/proc/sys/kernel/ostype"), Ok(want));
}

#[test]
fn bytes_are_not_touched() {
    let place = place();
    let bytes: Vec<u8> = (0..=255).cycle().take(70_001).collect();
    fs::write(place.path("root/bytes"), &bytes).unwrap();
    assert_eq!(place.world().read("bytes", MAX_FILE_BYTES).unwrap().expose(), bytes);
}

#[test]
fn names_in_any_script() {
    let place = place();
    let names = [
        "ключ.age",
        "e\u{301}.txt",
        "\u{e9}.txt",
        "秘密 файл",
        "emoji-🔑",
        "\u{202e}txt.age",
        "new\nline",
        "back\\slash",
        "~",
        "-i",
        "*",
    ];
    for name in names {
        fs::write(place.path("root").join(name), name).unwrap();
    }
    let world = place.world();
    for name in names {
        assert_eq!(read(&world, name), text(name));
    }
    assert_eq!(read(&world, "ключь.age"), not_found(Some("ключ.age")));
}

#[test]
fn many_threads_read_at_once() {
    let place = place();
    let world = &place.world();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(move || {
                (0..50).for_each(|_| assert_eq!(read(world, "secrets/deep/er.txt"), text("er")))
            });
        }
    });
}

/// Runs the test `name` of this file in a process of its own, with variables.
fn child(name: &str, variables: &[(&str, &OsStr)]) {
    let mut command = again(module_path!(), name);
    assert_passed(
        &command.env("SANDBOX_TEST_CHILD", name).envs(variables.iter().copied()).output().unwrap(),
    );
}

fn is_child(name: &str) -> bool {
    std::env::var_os("SANDBOX_TEST_CHILD").is_some_and(|child| child == name)
}

#[test]
fn environment_variables() {
    if !is_child("environment_variables") {
        let bytes = OsStr::from_bytes(b"a\xff\n");
        child(
            "environment_variables",
            &[
                ("MINT_BYTES", bytes),
                ("MINT_EMPTY", OsStr::new("")),
                ("MINT_CLOSED", OsStr::new("no")),
            ],
        );
        return;
    }
    let place = place();
    let allowed: Vec<String> =
        ["MINT_BYTES", "MINT_EMPTY", "MINT_UNSET", "", "A=B"].map(str::to_owned).to_vec();
    let world = OsWorld::new(&place.path("root"), &[], &allowed).unwrap();
    assert_eq!(world.env_var("MINT_BYTES").unwrap().expose(), b"a\xff\n");
    assert_eq!(world.env_var("MINT_EMPTY").unwrap().expose(), b"");
    for name in ["MINT_UNSET", "", "A=B"] {
        assert_eq!(world.env_var(name), Err(EnvVarError::NotSet));
    }
    for name in ["MINT_CLOSED", "PATH", "mint_bytes", "MINT_*"] {
        assert_eq!(world.env_var(name), Err(EnvVarError::NotAllowed));
    }
}

#[test]
fn a_passphrase_that_is_given_is_not_asked_for() {
    let world = place().world().with_passphrase(Some("correct horse ".into()));
    assert_eq!(world.passphrase("x").unwrap().expose(), b"correct horse ");
}

#[cfg(target_os = "linux")]
#[test]
fn no_passphrase_without_a_terminal() {
    if !is_child("no_passphrase_without_a_terminal") {
        let mut command = Command::new("setsid");
        command
            .arg("--wait")
            .arg(this_program())
            .args(only(module_path!(), "no_passphrase_without_a_terminal"));
        command
            .env("SANDBOX_TEST_CHILD", "no_passphrase_without_a_terminal")
            .env("MINTAGE_PASSPHRASE", "");
        return assert_passed(&command.output().unwrap());
    }
    assert!(place().world().passphrase("x").is_none());
}

/// A terminal of `script(1)`: one question for each thing, however many threads ask, and the answer
/// is not shown.
#[cfg(target_os = "linux")]
#[test]
fn passphrase_of_a_terminal() {
    if !is_child("passphrase_of_a_terminal") {
        let Some(script) = peers::need("script") else { return };
        let mut command = Command::new(script);
        let arguments = only(module_path!(), "passphrase_of_a_terminal").join(" ");
        command
            .arg("-qec")
            .arg(format!("stty -echo; exec '{}' {arguments}", this_program().display()))
            .arg("/dev/null");
        command
            .env("SANDBOX_TEST_CHILD", "passphrase_of_a_terminal")
            .env_remove("MINTAGE_PASSPHRASE");
        let mut running = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The terminal starts with echo on. Type when the question is there.
        let mut shown = Vec::new();
        let mut stdin = running.stdin.take().unwrap();
        let mut stdout = running.stdout.take().unwrap();
        for (question, answer) in [
            ("Passphrase for a\\u202e.age: ", "correct ho\u{7f}horse\n"),
            ("Passphrase for b: ", "\n"),
        ] {
            while !String::from_utf8_lossy(&shown).contains(question) {
                let mut byte = [0];
                assert_eq!(
                    stdout.read(&mut byte).unwrap(),
                    1,
                    "{}",
                    String::from_utf8_lossy(&shown)
                );
                shown.extend(byte);
            }
            stdin.write_all(answer.as_bytes()).unwrap();
        }
        stdout.read_to_end(&mut shown).unwrap();
        let shown = String::from_utf8_lossy(&shown);
        assert!(running.wait().unwrap().success() && shown.contains("1 passed"), "{shown}");
        assert_eq!(shown.matches("Passphrase for").count(), 2, "{shown}");
        assert!(!shown.contains("horse"), "{shown}");
        return;
    }
    let place = place();
    let world = &place.world();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || {
                assert_eq!(world.passphrase("a\u{202e}.age").unwrap().expose(), b"correct hhorse")
            });
        }
    });
    assert_eq!(world.passphrase("a\u{202e}.age").unwrap().expose(), b"correct hhorse");
    // Nothing typed is nobody there, and is not asked again.
    assert!(world.passphrase("b").is_none());
    assert!(world.passphrase("b").is_none());
}

/// Root may read everything, so as root this runs again as nobody.
#[test]
fn permissions() {
    let Some(base) = std::env::var_os("SANDBOX_TEST_PLACE") else {
        let place = place();
        fs::create_dir(place.path("root/locked")).unwrap();
        fs::write(place.path("root/locked/in.txt"), "in").unwrap();
        place.link("root/to-closed", place.path("closed/shadow"));
        place.link("root/to-none", place.path("closed/none"));
        let mode = |mode| {
            let locked = ["root/a.txt", "root/locked", "closed"].map(|path| place.path(path));
            locked.iter().for_each(|path| {
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap()
            });
        };
        let mut command = again(module_path!(), "permissions");
        command.env("SANDBOX_TEST_PLACE", place.path(""));
        if fs::metadata(place.path("")).unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        mode(0o000);
        let output = command.output();
        mode(0o700);
        return assert_passed(&output.unwrap());
    };
    let world = OsWorld::new(&Path::new(&base).join("root"), &[], &[]).unwrap();
    let denied = || Err(ReadError::Io("permission denied".to_owned()));
    assert_eq!(read(&world, "a.txt"), denied());
    assert_eq!(read(&world, "locked/in.txt"), denied());
    assert_eq!(read(&world, "locked/none.txt"), denied());
    assert_eq!(read(&world, "to-closed"), outside(Escape::Symlink));
    assert_eq!(read(&world, "to-none"), outside(Escape::Symlink));
    assert_eq!(read(&world, "secrets/deep/er.txt"), text("er"));
}

/// A link that changes between the look at a path and the opening of it. `MINTAGE_RACES` sets how
/// many reads race.
#[test]
fn a_swapped_link_leads_nowhere() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let folder = place();
    let folder = folder.file("root/dir/v.txt", "inside").file("closed/dir/v.txt", "outside");
    let root = folder.path("root");
    std::os::unix::fs::symlink("a.txt", root.join("file-link")).unwrap();
    let races: usize = std::env::var("MINTAGE_RACES").map_or(3_000, |count| count.parse().unwrap());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let links = [
                (root.join("dir"), folder.path("closed/dir"), Some(root.join("dir-aside"))),
                (root.join("a.txt"), folder.path("closed/shadow"), Some(root.join("a-aside"))),
            ];
            while !done.load(Ordering::Relaxed) {
                for (inside, outside, aside) in &links {
                    let aside = aside.as_ref().unwrap();
                    let spare = root.join("spare");
                    std::os::unix::fs::symlink(outside, &spare).unwrap();
                    fs::rename(inside, aside).unwrap();
                    fs::rename(&spare, inside).unwrap();
                    fs::remove_file(inside).unwrap();
                    fs::rename(aside, inside).unwrap();
                }
            }
        });
        let world = folder.world();
        let mut escapes = 0;
        for _ in 0..races {
            for path in ["dir/v.txt", "a.txt", "file-link"] {
                let found = read(&world, path);
                escapes += usize::from(found.is_ok_and(|text| !["inside", "a"].contains(&&*text)));
            }
        }
        done.store(true, Ordering::Relaxed);
        assert_eq!(escapes, 0, "of {races} reads of each path");
    });
}
