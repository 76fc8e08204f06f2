//! How output that fails or differs is worded.

use std::path::Path;

use super::folder::Changes;
use super::survey::FolderFault;
use super::{Difference, WriteFault, WriteReason, marker, shown};
use crate::diag::phrases::{code, number, plural, some_of};
use crate::diag::{Diagnostic, codes, diagnostic};

pub(crate) fn cannot_write(fault: &WriteFault) -> Diagnostic {
    let code = match &fault.reason {
        WriteReason::Foreign | WriteReason::Unknown(_) => &codes::FOREIGN_FILES,
        _ => &codes::CANNOT_WRITE,
    };
    let diagnostic = Diagnostic::new(code, fault.message());
    let diagnostic = match fault.note() {
        Some(note) => diagnostic.note(note),
        None => diagnostic,
    };
    diagnostic.maybe_help(fault.help())
}

pub(crate) fn folder_fault(fault: &FolderFault) -> Diagnostic {
    match fault {
        FolderFault::Write(fault) if matches!(fault.reason, WriteReason::Input(_)) => {
            cannot_write(fault).note("nothing was changed")
        }
        FolderFault::Write(fault) => {
            let diagnostic =
                Diagnostic::new(&codes::CANNOT_WRITE, fault.message()).note("nothing was changed");
            match &fault.reason {
                WriteReason::NoSpace => diagnostic.help("free some space"),
                WriteReason::ParentReadOnly(_) => {
                    diagnostic.help("change its permissions, or choose another folder with `-o`")
                }
                WriteReason::ParentNotDirectory(_) => {
                    diagnostic.help("choose another folder with `-o`")
                }
                _ => diagnostic,
            }
        }
        FolderFault::Foreign { folder, paths, stuck, edited } => {
            foreign(folder, paths, *stuck, edited)
        }
        FolderFault::Marker { path, regular } => {
            let diagnostic = diagnostic!(
                FOREIGN_FILES,
                "{} is not a list that mintage wrote",
                shown(path)
            )
            .note(
                "it says which files of the folder may be replaced and removed; nothing was \
                 changed",
            );
            if *regular {
                diagnostic.help(
                    "restore it, or pass `--force` to write a new list: files that are not on it \
                     stay",
                )
            } else {
                diagnostic.help("move it away, or choose another folder with `-o`")
            }
        }
        FolderFault::NotPutBack { fault, backups } => {
            Diagnostic::new(&codes::CANNOT_WRITE, fault.message())
                .note(
                    "some files had been replaced by then, and the old ones could not be put back",
                )
                .help(format!(
                    "the old files are in {}; the next run that succeeds writes all files anew and \
                     removes them",
                    shown(backups)
                ))
        }
    }
}

/// What is not as mintage wrote it and stands in the way, in a folder.
fn foreign(folder: &Path, paths: &[String], stuck: usize, edited: &[String]) -> Diagnostic {
    let place = shown(folder);
    let message = match (paths, edited) {
        ([one], []) => {
            format!("{} in {place} was not written by mintage, and stands in the way", code(one))
        }
        (_, []) => format!(
            "{} in {place} were not written by mintage, and stand in the way",
            plural(paths.len(), "file")
        ),
        ([], [one]) => format!("{} in {place} was changed after mintage wrote it", code(one)),
        ([], _) => format!(
            "{} in {place} were changed after mintage wrote them",
            plural(edited.len(), "file")
        ),
        _ => format!(
            "{} in {place} are not as mintage wrote them, and stand in the way",
            plural(paths.len() + edited.len(), "file")
        ),
    };
    let mut diagnostic = diagnostic!(FOREIGN_FILES, "{message}");
    if paths.len() + edited.len() > 1 {
        diagnostic = diagnostic.note(format!("they are {}", some_of(&[paths, edited].concat())));
    }
    let list = shown(&folder.join(marker::NAME));
    diagnostic = diagnostic.note(format!(
        "mintage replaces only files that are listed in {list} and unchanged; nothing was changed"
    ));
    let them = if paths.len() + edited.len() == 1 { "it" } else { "them" };
    if stuck == 0 {
        return diagnostic.help(format!(
            "pass `--force` to overwrite {them}, move {them} away, or choose another folder with \
             `-o`"
        ));
    }
    let diagnostic =
        diagnostic.help(format!("move {them} away, or choose another folder with `-o`"));
    if paths.len() + edited.len() == stuck {
        diagnostic
    } else {
        diagnostic.help("`--force` overwrites regular files, nothing else")
    }
}

/// Something that could not be compared with what would be written.
pub(crate) fn cannot_compare(fault: &WriteFault) -> Diagnostic {
    if let WriteReason::Input(_) = fault.reason {
        return cannot_write(fault);
    }
    diagnostic!(CANNOT_READ, "{} can't be compared: {}", code(&fault.target), fault.reason.words())
}

pub(crate) fn cannot_compare_folder(fault: &FolderFault) -> Diagnostic {
    match fault {
        FolderFault::Write(fault) => cannot_compare(fault),
        other => folder_fault(other),
    }
}

pub(crate) fn file_differs(path: &Path, difference: Difference) -> Diagnostic {
    let message = match difference {
        Difference::Missing => format!("there is no file {}", shown(path)),
        Difference::Content | Difference::Foreign => {
            format!("{} is not what would be written", shown(path))
        }
    };
    let diagnostic = diagnostic!(OUTPUT_DIFFERS, "{message}");
    match difference {
        Difference::Missing | Difference::Content => diagnostic.help(WRITE_IT),
        Difference::Foreign => {
            diagnostic.note("it was not written by mintage, or was changed since").help(FORCE_IT)
        }
    }
}

pub(crate) fn folder_differs(folder: &Path, changes: &Changes) -> Diagnostic {
    let message = format!("{} is not what would be written", shown(folder));
    let mut diagnostic = diagnostic!(OUTPUT_DIFFERS, "{message}");
    for (paths, one, many) in [
        (&changes.created, "is missing", "are missing"),
        (&changes.replaced, "has other content", "have other content"),
        (
            &changes.removed,
            "is left over from an earlier build",
            "are left over from an earlier build",
        ),
        (
            &changes.edited,
            "was changed after mintage wrote it",
            "were changed after mintage wrote them",
        ),
        (
            &changes.foreign,
            "has other content, and was not written by mintage",
            "have other content, and were not written by mintage",
        ),
    ] {
        match paths.len() {
            0 => {}
            1 => diagnostic = diagnostic.note(format!("{} {one}", some_of(paths))),
            _ => diagnostic = diagnostic.note(format!("{} {many}", some_of(paths))),
        }
    }
    if !changes.foreign.is_empty() {
        diagnostic.help(
            "move away what mintage did not write, then run the same command without `--check`",
        )
    } else if !changes.edited.is_empty() {
        diagnostic.help(FORCE_IT)
    } else {
        diagnostic.help(WRITE_IT)
    }
}

const FORCE_IT: &str = "run the same command with `--force` and without `--check` to overwrite it";
const WRITE_IT: &str = "run the same command without `--check` to write it";

pub(crate) fn summary(folder: &Path, changes: &Changes) -> String {
    let written = changes.created.len() + changes.replaced.len();
    let removed = if changes.removed.is_empty() {
        String::new()
    } else {
        format!(", removed {}", number(changes.removed.len()))
    };
    let same = match changes.same {
        0 => String::new(),
        1 => ", left 1 as it was".to_owned(),
        same => format!(", left {} as they were", number(same)),
    };
    format!("wrote {} to {}{removed}{same}", plural(written, "file"), shown(folder))
}

/// What became of each file that changed, a line each.
pub(crate) fn details(changes: &Changes) -> Vec<String> {
    let lines = |verb: &'static str, paths: &[String]| {
        paths.iter().map(|path| format!("{verb} {}", code(path))).collect::<Vec<_>>()
    };
    [
        lines("new", &changes.created),
        lines("changed", &changes.replaced),
        lines("removed", &changes.removed),
    ]
    .concat()
}
