//! How output that fails or differs is worded.

use std::path::Path;

use super::changes::{Changes, LIST};
use super::{WriteFault, WriteReason};
use crate::diag::phrases::{code, number, plural, some_of};
use crate::diag::{Diagnostic, codes, diagnostic};

impl WriteFault {
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        use WriteReason::{
            Directory, Encrypted, Foreign, Input, NoParent, NoSpace, ParentNotDirectory,
            ParentReadOnly, Unreadable,
        };
        let why = &self.reason;
        let code_of = match why {
            Foreign | Unreadable(_) | Encrypted => &codes::FOREIGN_FILES,
            _ => &codes::CANNOT_WRITE,
        };
        let message = format!("can't write {}: {}", code(&self.target), why.words());
        let diagnostic = Diagnostic::new(code_of, message);
        match why {
            NoParent(_) => diagnostic.help("create it with `mkdir -p`"),
            Directory => diagnostic.help("pass the path of a file"),
            ParentReadOnly(_) => diagnostic.help(
                "mintage replaces the whole file, for which it must be able to write to the \
                 folder; choose another folder with `-o`",
            ),
            ParentNotDirectory(_) => diagnostic.help("choose another path with `-o`"),
            NoSpace => diagnostic.help("free some space, then run the command again"),
            Input(input) => diagnostic
                .note(format!(
                    "mintage read it as {}, by the path {}",
                    input.read_as,
                    code(&input.name)
                ))
                .help("write to another path: not even `--force` overwrites input files"),
            Foreign | Unreadable(_) => diagnostic
                .note(
                    "mintage replaces a file only if it is unchanged since mintage wrote it, so \
                     that no edits are lost",
                )
                .help("write to another path, or pass `--force` to overwrite the file"),
            Encrypted => diagnostic
                .note("its content would be lost and replaced by plaintext")
                .help("write to another path, or remove the file if it is not needed"),
            _ => diagnostic,
        }
    }
}

impl WriteReason {
    fn words(&self) -> String {
        match self {
            Self::BadPath => "that is not a path".to_owned(),
            Self::Directory => "it is a folder".to_owned(),
            Self::NoParent(directory) => {
                format!("the folder {} does not exist", shown(directory))
            }
            Self::ParentNotDirectory(parent) => {
                format!("{} is a file, not a folder", shown(parent))
            }
            Self::ParentReadOnly(directory) => {
                format!("the folder {} is not writable", shown(directory))
            }
            Self::Denied => "permission denied".to_owned(),
            Self::NoSpace => "no space left on the device".to_owned(),
            Self::Input(_) => "this run reads it as input".to_owned(),
            Self::Foreign => {
                "the file exists, and mintage did not write its current content".to_owned()
            }
            Self::Unreadable(why) => format!("the file exists and can't be read: {why}"),
            Self::Encrypted => "the file is encrypted with age".to_owned(),
            Self::Io(words) => words.clone(),
        }
    }
}

pub(crate) fn shown(path: &Path) -> String {
    code(&path.to_string_lossy())
}

/// A fault of a folder, in which all changes are made or none.
impl From<WriteFault> for Box<Diagnostic> {
    fn from(fault: WriteFault) -> Self {
        Self::new(fault.diagnostic().note(NOTHING_WRITTEN))
    }
}

/// The list of what is ours is not one that mintage wrote; `regular`: it is a regular file.
pub(super) fn foreign_list(path: &Path, regular: bool) -> Diagnostic {
    diagnostic!(FOREIGN_FILES, "mintage did not write {}", shown(path))
        .note("it lists the files that mintage may replace or remove")
        .note(NOTHING_WRITTEN)
        .help(if regular {
            "restore it, or pass `--force` to write a new list; files that are not on the list are \
             kept"
        } else {
            "move it, or choose another folder with `-o`"
        })
}

const NOTHING_WRITTEN: &str = "nothing was written";

pub(super) fn not_put_back(fault: &WriteFault, backups: &Path) -> Diagnostic {
    let mut diagnostic = fault.diagnostic();
    diagnostic.helps = vec![format!(
        "restore the old files from {}, then remove that folder: it contains plaintext Secrets",
        shown(backups)
    )];
    diagnostic.note("some files were already replaced, and the old ones could not be restored")
}

/// What is not as mintage wrote it and stands in the way, in a folder.
pub(super) fn foreign(folder: &Path, changes: &Changes) -> Diagnostic {
    let list = shown(&folder.join(LIST));
    let diagnostic = diagnostic!(
        FOREIGN_FILES,
        "mintage would overwrite files in {} that it did not write",
        shown(folder)
    )
    .note(format!("not written by mintage: {}", some_of(&changes.foreign)))
    .note(format!("mintage replaces only unmodified files that are listed in {list}"))
    .note(NOTHING_WRITTEN);
    diagnostic.help(if changes.stuck {
        "move them, or choose another folder with `-o`"
    } else {
        "move them, choose another folder with `-o`, or pass `--force` to overwrite them"
    })
}

pub(super) fn missing_file(path: &Path) -> Diagnostic {
    diagnostic!(OUTPUT_DIFFERS, "{} does not exist", shown(path)).help(WRITE_IT)
}

/// A file with other content; `ours`: which mintage wrote.
pub(super) fn file_differs(path: &Path, ours: bool) -> Diagnostic {
    let diagnostic = diagnostic!(OUTPUT_DIFFERS, "{} is out of date", shown(path));
    match ours {
        true => diagnostic.help(WRITE_IT),
        false => {
            diagnostic.note("mintage did not write it, or it was changed since then").help(FORCE_IT)
        }
    }
}

pub(super) fn folder_differs(folder: &Path, changes: &Changes) -> Diagnostic {
    let mut diagnostic = diagnostic!(OUTPUT_DIFFERS, "{} is out of date", shown(folder));
    for (what, paths) in [
        ("missing", &changes.created),
        ("changed", &changes.replaced),
        ("left over from an earlier build", &changes.removed),
        ("changed, and not written by mintage", &changes.foreign),
    ] {
        if !paths.is_empty() {
            diagnostic = diagnostic.note(format!("{what}: {}", some_of(paths)));
        }
    }
    diagnostic.help(match (changes.foreign.len(), changes.stuck) {
        (0, _) => WRITE_IT,
        (_, false) => FORCE_IT,
        _ => {
            "move the files that mintage did not write, then run the same command without `--check`"
        }
    })
}

const FORCE_IT: &str = "run the same command with `--force` and without `--check` to overwrite it";
const WRITE_IT: &str = "run the same command without `--check` to write it";

pub(crate) fn summary(folder: &Path, changes: &Changes) -> String {
    let written = plural(changes.created.len() + changes.replaced.len(), "file");
    let mut summary = format!("wrote {written} to {}", shown(folder));
    if !changes.removed.is_empty() {
        summary += &format!(", removed {}", number(changes.removed.len()));
    }
    if !changes.same.is_empty() {
        summary += &format!(", left {} unchanged", number(changes.same.len()));
    }
    summary
}

pub(crate) fn details(changes: &Changes) -> Vec<String> {
    [("new", &changes.created), ("changed", &changes.replaced), ("removed", &changes.removed)]
        .into_iter()
        .flat_map(|(verb, paths)| paths.iter().map(move |path| format!("{verb} {}", code(path))))
        .collect()
}
