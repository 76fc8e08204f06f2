use std::{collections::BTreeMap, fs, path::Path};

use tempfile::tempdir;

use super::Swap;
use crate::os::output::WriteReason;

fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(
                tree(&path).into_iter().map(|(below, text)| (format!("{name}/{below}"), text)),
            );
            found.insert(format!("{name}/"), String::new());
        } else {
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    found
}

/// Changes of every kind, the second write of `list` among them.
fn prepare(folder: &Path) -> Swap {
    let mut swap = Swap::new(folder).unwrap();
    for (path, text) in
        [("list", "union"), ("changed", "new"), ("ns/added", "new"), ("list", "final")]
    {
        swap.write(&folder.join(path), text.as_bytes()).unwrap();
    }
    swap.remove(&folder.join("gone"));
    swap
}

#[test]
fn all_changes_or_none() {
    for (list, is_there) in [("old", true), ("", false)] {
        let dir = tempdir().unwrap();
        fs::write(dir.path().join("changed"), "old").unwrap();
        fs::write(dir.path().join("gone"), "old").unwrap();
        if is_there {
            fs::write(dir.path().join("list"), list).unwrap();
        }
        let before = tree(dir.path());

        drop(prepare(dir.path()));
        assert_eq!(tree(dir.path()), before, "prepared only");

        // Whichever step it is that fails.
        for broken in 0..5 {
            let mut swap = prepare(dir.path());
            swap.steps[broken].target = dir.path().join("none/none");
            let failure = swap.commit().unwrap_err();
            assert_eq!(
                (failure.fault.reason, failure.backups),
                (WriteReason::NoParent(dir.path().join("none")), None)
            );
            assert_eq!(tree(dir.path()), before, "step {broken} failed");
        }

        assert!(prepare(dir.path()).commit().is_ok());
        let after = [("changed", "new"), ("list", "final"), ("ns/", ""), ("ns/added", "new")];
        assert_eq!(
            tree(dir.path()),
            after.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
        );
    }
}

#[test]
fn what_can_not_be_put_back_is_kept() {
    let dir = tempdir().unwrap();
    fs::create_dir(dir.path().join("ns")).unwrap();
    fs::write(dir.path().join("ns/a"), "old").unwrap();
    fs::write(dir.path().join("b"), "old").unwrap();
    let mut swap = Swap::new(dir.path()).unwrap();
    swap.write(&dir.path().join("ns/a"), b"new").unwrap();
    swap.write(&dir.path().join("b"), b"new").unwrap();
    swap.steps[1].target = dir.path().join("none/none");
    // The way back of the first step is barred, its way forth is not.
    let elsewhere = swap.steps[0].backup.clone().unwrap();
    swap.steps[0].backup = Some(elsewhere.with_file_name("missing"));
    let failure = swap.commit().unwrap_err();
    let backups = failure.backups.unwrap();
    assert_eq!(fs::read_to_string(backups.join(elsewhere.file_name().unwrap())).unwrap(), "old");
    assert_eq!(fs::read_to_string(dir.path().join("b")).unwrap(), "old");
}
