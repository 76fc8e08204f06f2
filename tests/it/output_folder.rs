//! An output folder changes as a whole or not at all, holds what `build` prints, and keeps what
//! others have put into it.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::fs::{File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::case::{Case, MINTAGE, Words, root};
use crate::peers;
use crate::small_disk::SmallDisk;

/// A run of `build` that has not begun.
fn command(case: &Case, words: impl Words) -> Command {
    case.args("build -A warnings").args(words).command()
}

/// The exit code and what was said. Nothing goes to stdout.
#[track_caller]
fn build(case: &Case, words: impl Words) -> (i32, String) {
    let ran = case.args("build -A warnings").args(words).run().no_output();
    (ran.code.unwrap_or(-1), ran.stderr)
}

/// A spec of Secrets with these `NAMESPACE/NAME` or names, all with this value.
fn spec(ids: &[&str], value: &str) -> String {
    let secret = |id: &&str| {
        let (namespace, name) = id
            .split_once('/')
            .map_or((String::new(), *id), |(ns, name)| (format!("namespace = \"{ns}\"\n"), name));
        format!("[[opaque]]\nname = \"{name}\"\n{namespace}data.KEY = \"{value}\"\n\n")
    };
    format!("version = 1\n{}", ids.iter().map(secret).collect::<String>())
}

/// Every file and folder below, with its bytes, inode and times.
fn tree(folder: &Path) -> BTreeMap<String, (Vec<u8>, u64, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let (inode, time) = (metadata.ino(), metadata.modified().unwrap());
        if metadata.is_dir() {
            found.extend(
                tree(&path).into_iter().map(|(below, state)| (format!("{name}/{below}"), state)),
            );
            found.insert(format!("{name}/"), (Vec::new(), inode, SystemTime::UNIX_EPOCH));
        } else {
            found.insert(name, (fs::read(&path).unwrap_or_default(), inode, time));
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    tree(folder).into_keys().collect()
}

#[test]
fn one_file_a_secret_and_private() {
    let case = Case::new().spec(&spec(&["shop/db", "plain", "kustomization", "con/aux"], "a"));
    assert_eq!(build(&case, "-o new/out"), (0, "mintage: wrote 5 files to `new/out`\n".to_owned()));
    let out = case.path("new/out");
    let expected = [
        ".mintage",
        "con_/",
        "con_/aux_.yaml",
        "kustomization.yaml",
        "kustomization_.yaml",
        "plain.yaml",
        "shop/",
        "shop/db.yaml",
    ];
    assert_eq!(names(&out), expected);
    for name in expected {
        let mode = fs::metadata(out.join(name)).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, if name.ends_with('/') { 0o700 } else { 0o600 }, "{name}");
    }
    // The files are the documents that `build` prints.
    let printed = command(&case, "").output().unwrap().stdout;
    let files = ["shop/db.yaml", "plain.yaml", "kustomization_.yaml", "con_/aux_.yaml"]
        .map(|path| fs::read(out.join(path)).unwrap());
    assert_eq!(
        String::from_utf8(printed).unwrap(),
        String::from_utf8(files.join(&b"---\n"[..])).unwrap()
    );
}

#[test]
fn only_what_changes_is_touched() {
    let case = Case::new().spec(&spec(&["shop/db", "shop/old", "gone/gone", "kept/gone"], "a"));
    assert_eq!(build(&case, "-o out -q"), (0, String::new()));
    let out = case.path("out");
    fs::write(out.join("kept/notes.txt"), "mine").unwrap();
    fs::write(out.join("README.yaml"), "mine").unwrap();
    fs::set_permissions(out.join("shop/db.yaml"), Permissions::from_mode(0o644)).unwrap();
    let before = tree(&out);
    assert_eq!(
        build(&case, "-o out"),
        (0, "mintage: wrote 0 files to `out`, left 5 unchanged\n".to_owned())
    );
    assert_eq!(tree(&out), before);
    assert_eq!(fs::metadata(out.join("shop/db.yaml")).unwrap().permissions().mode() & 0o777, 0o600);

    case.write("mintage.toml", spec(&["shop/db", "shop/new"], "a"));
    let (status, stderr) = build(&case, "-o out -v");
    let lines: Vec<&str> = stderr.lines().skip_while(|line| !line.contains("new `")).collect();
    let expected = [
        "mintage: new `shop/new.yaml`",
        "mintage: changed `kustomization.yaml`",
        "mintage: removed `shop/old.yaml`",
        "mintage: removed `gone/gone.yaml`",
        "mintage: removed `kept/gone.yaml`",
        "mintage: wrote 2 files to `out`, removed 3, left 1 unchanged",
    ];
    assert_eq!((status, lines), (0, expected.to_vec()));
    let after = tree(&out);
    let left = [
        ".mintage",
        "README.yaml",
        "kept/",
        "kept/notes.txt",
        "kustomization.yaml",
        "shop/",
        "shop/db.yaml",
        "shop/new.yaml",
    ];
    assert_eq!(after.keys().collect::<Vec<_>>(), left.iter().collect::<Vec<_>>());
    for same in ["README.yaml", "kept/notes.txt", "shop/db.yaml"] {
        assert_eq!(after[same], before[same], "{same}");
    }
}

#[test]
fn only_some_secrets_leave_the_others() {
    let case = Case::new().spec(&spec(&["shop/db", "shop/web", "tools/ci"], "a"));
    build(&case, "-o out");
    case.write("mintage.toml", spec(&["shop/db", "shop/web", "tools/new"], "b"));
    assert_eq!(build(&case, "-o out --only tools/*").0, 0);
    let read = |path: &str| fs::read_to_string(case.path("out").join(path)).unwrap();
    let list = "- shop/db.yaml\n- shop/web.yaml\n- tools/ci.yaml\n- tools/new.yaml\n";
    assert!(
        read("kustomization.yaml").ends_with(list) && read("shop/db.yaml").contains("\"YQ==\"")
    );
    // In another format a Secret must not be there twice.
    assert_eq!(build(&case, "-o out --only shop/db --format json").0, 0);
    assert!(
        read("kustomization.yaml")
            .ends_with("- shop/web.yaml\n- tools/ci.yaml\n- tools/new.yaml\n- shop/db.json\n")
    );
    assert!(!case.path("out/shop/db.yaml").exists());
    build(&case, "-o out");
    assert!(!case.path("out/tools/ci.yaml").exists() && !case.path("out/shop/db.json").exists());
}

#[test]
fn nothing_of_others_is_replaced_or_removed() {
    type Damage = fn(&Path);
    let cases: [(&str, Damage); 7] = [
        ("not written by mintage: `shop/web.yaml`\n", |out| {
            fs::write(out.join("shop/web.yaml"), "mine").unwrap()
        }),
        ("not written by mintage: `shop/db.yaml`\n", |out| {
            fs::remove_file(out.join("shop/db.yaml")).unwrap();
            symlink("/etc/passwd", out.join("shop/db.yaml")).unwrap();
        }),
        ("not written by mintage: `shop`\n", |out| {
            fs::rename(out.join("shop"), out.join("elsewhere")).unwrap();
            symlink("elsewhere", out.join("shop")).unwrap();
        }),
        ("not written by mintage: `tools`\n", |out| fs::write(out.join("tools"), "mine").unwrap()),
        ("not written by mintage: `Kustomization`\n", |out| {
            fs::write(out.join("Kustomization"), "").unwrap()
        }),
        ("`kustomization.yaml` and `shop/web.yaml`", |out| {
            // The list is gone, and with it the right to replace; only what would not change is
            // taken over.
            fs::remove_file(out.join(".mintage")).unwrap();
            fs::write(out.join("shop/web.yaml"), "mine").unwrap();
        }),
        ("mintage did not write `out/.mintage`", |out| {
            fs::write(out.join(".mintage"), "shop/../../precious.yaml\n").unwrap()
        }),
    ];
    for (words, damage) in cases {
        let case = Case::new().spec(&spec(&["shop/db"], "a"));
        build(&case, "-o out");
        fs::write(case.path("precious.yaml"), "precious").unwrap();
        damage(&case.path("out"));
        let before = tree(&case.path(""));
        case.write("mintage.toml", spec(&["shop/db", "shop/web", "tools/ci"], "a"));
        let spec_file = |mut tree: BTreeMap<String, _>| {
            tree.remove("mintage.toml");
            tree
        };
        let (status, stderr) = build(&case, "-o out");
        let flat = stderr.replace("\n         ", " ");
        assert!(status == 2 && flat.contains("error[foreign-files]"), "{words}\n{stderr}");
        // Several are in one sentence, in the order of the files.
        let all = words.split(" and ").all(|part| flat.contains(part.trim_matches('`')));
        assert!(all, "{words}\n{stderr}");
        assert_eq!(spec_file(tree(&case.path(""))), spec_file(before), "{words}");
    }
}

#[test]
fn a_stale_name_that_is_no_file_of_ours_any_more_stays() {
    let case = Case::new().spec(&spec(&["shop/db", "shop/old", "gone/old"], "a"));
    build(&case, "-o out");
    fs::remove_file(case.path("out/shop/old.yaml")).unwrap();
    fs::create_dir(case.path("out/shop/old.yaml")).unwrap();
    fs::rename(case.path("out/gone"), case.path("moved")).unwrap();
    symlink("../moved", case.path("out/gone")).unwrap();
    case.write("mintage.toml", spec(&["shop/db"], "a"));
    assert_eq!(build(&case, "-o out").0, 0);
    assert!(case.path("out/shop/old.yaml").is_dir() && case.path("moved/old.yaml").exists());
}

#[test]
fn check_writes_nothing_and_says_what_differs() {
    let case = Case::new().spec(&spec(&["shop/db"], "a"));
    for (target, differs) in
        [("out", "`out` is out of date"), ("out.yaml", "`out.yaml` does not exist")]
    {
        let (status, stderr) = build(&case, ["-o", target, "--check"]);
        assert!(
            status == 1 && stderr.contains(&format!("error[output-differs]: {differs}")),
            "{stderr}"
        );
        assert!(!case.path(target).exists());
        build(&case, ["-o", target, "-q"]);
        let said = format!("mintage: `{target}` is up to date\n");
        assert_eq!(build(&case, ["-o", target, "--check"]), (0, said));
    }
    case.write("mintage.toml", spec(&["shop/db"], "b"));
    let before = tree(&case.path("out"));
    let (status, stderr) = build(&case, "-o out --check");
    assert!(status == 1 && stderr.contains("= note: changed: `shop/db.yaml`\n"), "{stderr}");
    assert_eq!(build(&case, "-o out.yaml --check").0, 1);
    assert_eq!(tree(&case.path("out")), before);
    fs::remove_file(case.path("out/.mintage")).unwrap();
    case.write("mintage.toml", spec(&["shop/db"], "a"));
    let (status, stderr) = build(&case, "-o out --check");
    assert!(status == 1 && stderr.contains("= note: missing: `.mintage`\n"), "{stderr}");
}

/// A child that can't make files larger than a few kilobytes, which stands for a disk that fills up
/// in the middle.
#[test]
fn a_full_disk_changes_nothing() {
    let case = Case::new().spec(&spec(&["a/one", "b/two"], "a"));
    build(&case, "-o out");
    let before = tree(&case.path("out"));
    // The first file fits, the second does not.
    let large = format!(
        "{}[[opaque]]\nname = \"large\"\nnamespace = \"c\"\ndata.KEY = \"{}\"\n",
        spec(&["a/one"], "b"),
        "x".repeat(50_000)
    );
    case.write("mintage.toml", large);
    for target in ["out", "new/out"] {
        let limited =
            ["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh", MINTAGE, "build", "-o", target];
        let ran = case.tool(Path::new("/bin/sh"), limited).exits(2).no_output();
        ran.stderr_contains(&format!(
            "can't write `{target}/c/large.yaml`: no space left on the device"
        ));
        assert_eq!(tree(&case.path("out")), before);
        assert!(!case.path("new").exists());
    }
}

#[test]
fn a_disk_that_is_really_full_or_read_only() {
    let case = Case::new().spec(&spec(&["a/one", "b/two"], "a"));
    let Some(disk) = SmallDisk::at(case.path("disk")) else { return };
    assert_eq!(build(&case, "-o disk -q"), (0, String::new()));
    let before = tree(&case.path("disk"));
    let ids: Vec<String> = (0..40).map(|number| format!("a/s-{number}")).collect();
    case.write("mintage.toml", spec(&ids.iter().map(String::as_str).collect::<Vec<_>>(), "b"));
    let (status, stderr) = build(&case, "-o disk");
    assert!(
        status == 2
            && stderr.contains("no space left on the device")
            && stderr.contains("nothing was written"),
        "{stderr}"
    );
    assert_eq!(tree(&case.path("disk")), before);

    disk.make_read_only();
    case.write("mintage.toml", spec(&["a/one", "b/two"], "b"));
    let (status, stderr) = build(&case, "-o disk");
    assert!(
        status == 2 && stderr.contains("can't write `disk`: the folder `disk` is not writable"),
        "{stderr}"
    );
    assert_eq!(build(&case, "-o disk --check").0, 1);
    // Nothing to write is nothing to complain about.
    case.write("mintage.toml", spec(&["a/one", "b/two"], "a"));
    assert_eq!(build(&case, "-o disk").0, 0);
    assert_eq!(tree(&case.path("disk")), before);
}

/// Two specs, of which each build takes a while; each value is long enough for a part to show.
fn two_versions(case: &Case) -> [Vec<String>; 2] {
    ["a", "b"].map(|version| {
        let ids: Vec<String> = (0..100)
            .map(|number| format!("ns-{}/{version}-{number}", number % 7))
            .chain(["ns-0/same".to_owned()])
            .collect();
        let text = spec(&ids.iter().map(String::as_str).collect::<Vec<_>>(), &version.repeat(3000));
        fs::write(case.path(&format!("{version}.toml")), text).unwrap();
        let mut files: Vec<String> = ids.iter().map(|id| format!("{id}.yaml")).collect();
        files.sort();
        files
    })
}

/// The files that the folder's `kustomization.yaml` lists, sorted.
fn listed(out: &Path) -> Vec<String> {
    let text = fs::read_to_string(out.join("kustomization.yaml")).unwrap();
    let mut files: Vec<String> =
        text.lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect();
    files.sort();
    files
}

fn is_whole(text: &str) -> bool {
    text.starts_with("apiVersion: v1\n")
        && text.ends_with("\"\n")
        && [3000, 4000].contains(&text.split('"').nth(1).map_or(0, str::len))
}

#[test]
fn readers_find_whole_files_and_all_that_is_listed() {
    let case = Case::new().spec("version = 1\n");
    let versions = two_versions(&case);
    let out = case.path("out");
    build(&case, "a.toml -o out");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut rounds = 0;
            while !done.load(Ordering::Relaxed) {
                let files = listed(&out);
                assert!(versions.contains(&files), "{} files are listed", files.len());
                // The one file that both versions have is always there, and whole.
                assert!(is_whole(&fs::read_to_string(out.join("ns-0/same.yaml")).unwrap()));
                // What is listed and still listed afterwards was there.
                let read: Vec<_> =
                    files.iter().map(|file| fs::read_to_string(out.join(file))).collect();
                let stayed = listed(&out) == files;
                for text in read {
                    assert!(text.map_or(!stayed, |text| is_whole(&text)));
                }
                rounds += 1;
            }
            rounds
        });
        for round in 0..10 {
            let version = ["b.toml", "a.toml"][round % 2];
            assert_eq!(build(&case, [version, "-o", "out", "-q"]), (0, String::new()));
        }
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
}

/// Whichever moment the signal hits, the folder is the old or the new one, or was not made; nothing
/// else is left.
#[test]
fn signals_leave_the_old_or_the_new() {
    let case = Case::new().spec("version = 1\n");
    let versions = two_versions(&case);
    let mut moment = 0x2545_f491_u64;
    let mut interrupted = 0;
    for round in 0..24 {
        let (signal, number) = [("TERM", 15), ("INT", 2), ("HUP", 1)][round % 3];
        let version = ["a.toml", "b.toml"][round % 2];
        let mut running =
            command(&case, [version, "-o", "out"]).stderr(Stdio::null()).spawn().unwrap();
        moment =
            moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_micros((moment >> 33) % 150_000));
        let _ = Command::new("kill").args(["-s", signal, &running.id().to_string()]).status();
        let status = running.wait().unwrap();
        assert!(status.signal() == Some(number) || status.success(), "{status}");
        interrupted += usize::from(!status.success());
        if !case.path("out").exists() {
            continue;
        }
        let found: Vec<String> =
            names(&case.path("out")).into_iter().filter(|name| !name.ends_with('/')).collect();
        if found.is_empty() {
            continue;
        }
        let is_version = versions.iter().any(|files| {
            let mut expected: Vec<String> = files
                .iter()
                .cloned()
                .chain([".mintage", "kustomization.yaml"].map(str::to_owned))
                .collect();
            expected.sort();
            expected == found
        });
        assert!(is_version, "after {signal}: {found:?}");
        assert!(
            listed(&case.path("out"))
                .iter()
                .all(|file| is_whole(&fs::read_to_string(case.path("out").join(file)).unwrap()))
        );
    }
    assert!(interrupted > 0);
}

/// Nothing can be done about SIGKILL while it happens; the next run does.
#[test]
fn what_a_killed_run_left_is_cleaned_up() {
    let case = Case::new().spec(&spec(&["shop/db"], "a"));
    build(&case, "-o out");
    // Killed between its renames: the list has the new file's name, the file may be there, and what
    // was written aside is.
    let list = fs::read_to_string(case.path("out/.mintage")).unwrap();
    fs::write(case.path("out/.mintage"), format!("{list}shop/half.yaml\n")).unwrap();
    fs::copy(case.path("out/shop/db.yaml"), case.path("out/shop/half.yaml")).unwrap();
    fs::create_dir(case.path("out/.mintage-abc123.tmp")).unwrap();
    fs::write(case.path("out/.mintage-abc123.tmp/1"), "hunter2").unwrap();
    assert_eq!(build(&case, "-o out").0, 0);
    assert_eq!(
        names(&case.path("out")),
        [".mintage", "kustomization.yaml", "shop/", "shop/db.yaml"]
    );
}

/// A folder of such a name with anything else in it is somebody's.
#[test]
fn what_looks_like_a_leftover_stays() {
    let case = Case::new().spec(&spec(&["db"], "a"));
    for file in [".mintage-mine.tmp/notes.txt", ".mintage-b.tmp/1/2", ".mintage-c.tmp/keep/notes"] {
        let path = case.path("out").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        assert_eq!(build(&case, "-o out").0, 0);
        assert_eq!(build(&case, "-o out --force").0, 0);
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine", "{file}");
    }
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let case = Case::new().spec("version = 1\n");
    let versions = two_versions(&case);
    for _ in 0..4 {
        let start = |version| command(&case, [version, "-o", "out", "-q"]).spawn().unwrap();
        let mut running = [start("a.toml"), start("b.toml"), start("a.toml")];
        assert!(running.iter_mut().all(|child| child.wait().unwrap().success()));
        let files: Vec<String> = names(&case.path("out"))
            .into_iter()
            .filter(|name| name.ends_with(".yaml") && name.contains('/'))
            .collect();
        assert!(versions.contains(&files) && listed(&case.path("out")) == files);
    }
}

#[test]
fn nobody_reads_what_is_said() {
    let case = Case::new().spec(&spec(&["shop/db"], "a"));
    let mut running =
        command(&case, "-o out -v").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((running.stdout.take(), running.stderr.take()));
    assert!(running.wait().unwrap().success());
    assert!(case.path("out/shop/db.yaml").exists());
}

/// kustomize's own reader as the judge; it sorts what it renders.
#[test]
fn kustomize_renders_the_folder_as_build_prints_it() {
    let (Some(kubectl), Some(python)) = (peers::need("kubectl"), peers::need("python")) else {
        return;
    };
    let case = Case::new().spec("version = 1\n");
    // Names that something could take for a number, a repository or a list of its own.
    let ids = [
        "shop/db",
        "kustomization",
        "github.com",
        "shop/kustomization",
        "1e3",
        "con/nul",
        "b.yaml",
        "b/a",
        "null",
        "y",
        "on.yaml",
    ];
    let long = format!("shop/{}", "a.".repeat(125) + "a");
    let odd = spec(&ids.into_iter().chain([long.as_str()]).collect::<Vec<_>>(), "a");
    fs::write(case.path("odd.toml"), odd).unwrap();
    for source in [case.path("odd.toml"), root().join("examples/shop")] {
        for format in ["yaml", "json"] {
            let out = case.path(format);
            let _ = fs::remove_dir_all(&out);
            let source = source.to_str().unwrap();
            assert_eq!(
                build(&case, [source, "-q", "--format", format, "-o", format]),
                (0, String::new())
            );
            let rendered = peers::stdout(peers::command(&kubectl).arg("kustomize").arg(&out), b"");
            let printed = command(&case, [source, "-q"]).output().unwrap().stdout;
            let [rendered, printed] = [rendered, printed].map(|text| {
                let program = "import sys,yaml,json; [print(json.dumps(d,sort_keys=True)) for d in \
                    yaml.safe_load_all(sys.stdin)]";
                let lines = String::from_utf8(peers::stdout(
                    peers::command(&python).args(["-c", program]),
                    &text,
                ))
                .unwrap();
                let mut lines: Vec<String> = lines.lines().map(str::to_owned).collect();
                lines.sort();
                lines
            });
            assert!(printed.len() >= 10, "{source}");
            assert_eq!(rendered, printed, "{source} {format}");
        }
    }
}

#[test]
fn what_is_no_folder() {
    let case = Case::new().spec(&spec(&["shop/db"], "a"));
    fs::write(case.path("file"), "x").unwrap();
    File::create(case.path("empty.yaml")).unwrap();
    let (status, stderr) = build(&case, "-o file/out");
    assert!(
        status == 2 && stderr.contains("can't write `file/out`: `file` is a file, not a folder"),
        "{stderr}"
    );
    let (status, stderr) = build(&case, "-o /dev/null --check");
    assert!(status == 2 && stderr.contains("is neither"), "{stderr}");
    assert_eq!(build(&case, "--check").0, 2);
}

#[test]
fn force_overwrites_files_and_nothing_else() {
    let case = Case::new().spec(&spec(&["shop/db", "shop/old"], "a"));
    build(&case, "-o out");
    let out = case.path("out");
    case.write("mintage.toml", spec(&["shop/db", "shop/web"], "b"));
    for path in
        ["shop/db.yaml", "shop/web.yaml", "shop/old.yaml", "kustomization.yaml", "notes.yaml"]
    {
        fs::write(out.join(path), "mine").unwrap();
    }
    let before = tree(&out);
    let (status, stderr) = build(&case, "-o out");
    let flat = stderr.replace("\n         ", " ");
    let named = "`shop/db.yaml`, `shop/web.yaml`, `kustomization.yaml` and `shop/old.yaml`";
    assert!(
        status == 2
            && flat.contains("not written by mintage: ")
            && flat.contains(named)
            && flat.contains("--force"),
        "{stderr}"
    );
    let (status, stderr) = build(&case, "-o out --check");
    assert!(status == 1 && stderr.contains("error[output-differs]"), "{stderr}");
    assert_eq!(tree(&out), before);
    assert_eq!(
        build(&case, "-o out --force"),
        (0, "mintage: wrote 3 files to `out`, removed 1\n".to_owned())
    );
    assert_eq!(
        names(&out),
        [".mintage", "kustomization.yaml", "notes.yaml", "shop/", "shop/db.yaml", "shop/web.yaml"]
    );
    assert_eq!(build(&case, "-o out --check").0, 0);
    // A list that is not ours names nothing that could be removed.
    fs::write(out.join(".mintage"), "../mintage.toml\nnotes.yaml\n").unwrap();
    let (status, stderr) = build(&case, "-o out");
    assert!(status == 2 && stderr.contains("--force"), "{stderr}");
    assert_eq!(build(&case, "-o out --force").0, 0);
    assert!(case.path("mintage.toml").exists() && out.join("notes.yaml").exists());
    // What is no regular file stays.
    fs::remove_file(out.join("shop/db.yaml")).unwrap();
    symlink("/etc/hostname", out.join("shop/db.yaml")).unwrap();
    fs::write(out.join("Kustomization"), "mine").unwrap();
    let before = tree(&out);
    let (status, stderr) = build(&case, "-o out --force");
    assert!(status == 2 && stderr.contains("move them") && !stderr.contains("--force"), "{stderr}");
    assert_eq!(tree(&out), before);
}

#[test]
fn an_input_in_the_folder_is_neither_replaced_nor_removed() {
    let value = "[[opaque]]\nname = \"value\"\ndata.A = { file = \"db.yaml\" }\n";
    let cases = [
        // The spec has the name of a Secret's file; is on the list of files to remove; is the list.
        ("db.yaml", spec(&["db"], "a"), ".mintage", "db.yaml\n"),
        ("db.yaml", spec(&["web"], "a"), ".mintage", "db.yaml\n"),
        (".mintage", spec(&["web"], "a"), "notes", ""),
        // So has a file that the spec reads.
        ("mintage.toml", value.to_owned(), "db.yaml", "a"),
        (
            "mintage.toml",
            format!("{value}[[opaque]]\nname = \"db\"\ndata.A = \"a\"\n"),
            "db.yaml",
            "a",
        ),
        (".mintage-a.tmp/mintage.toml", spec(&["web"], "a"), "notes", ""),
    ];
    for (number, (file, text, other, content)) in cases.into_iter().enumerate() {
        let case = Case::new();
        fs::create_dir(case.path(".mintage-a.tmp")).unwrap();
        fs::write(case.path(file), &text).unwrap();
        fs::write(case.path(other), content).unwrap();
        if number == 3 {
            fs::write(case.path(".mintage"), "db.yaml\n").unwrap();
        }
        let before = tree(&case.path("."));
        for more in [&[][..], &["--check"], &["--force"]] {
            let (status, stderr) = build(&case, [&[file, "-o", "."], more].concat());
            if number == 5 {
                // Killed runs leave folders of such names; this is none of them.
                assert!(case.path(file).exists(), "{stderr}");
                continue;
            }
            assert!(
                status == 2 && stderr.contains("this run reads it as input"),
                "{number} {more:?}: {stderr}"
            );
            assert_eq!(tree(&case.path(".")), before, "{number} {more:?}");
        }
    }
}
