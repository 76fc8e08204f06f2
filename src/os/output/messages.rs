//! How output that fails or differs is worded.

use std::path::Path;

use super::changes::{Changes, FolderFault, LIST};
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
            NoParent(directory) => {
                diagnostic.help(format!("create it: `mkdir -p {}`", shell_word(directory)))
            }
            Directory => diagnostic.help("name a file"),
            ParentReadOnly(_) => diagnostic.help(
                "the file is replaced as a whole, which takes the permission to write to its \
                 directory; choose another with `-o`",
            ),
            ParentNotDirectory(_) => diagnostic.help("choose another path with `-o`"),
            NoSpace => diagnostic.help("free some space; what was there before is unchanged"),
            Input(input) => diagnostic
                .note(format!("mintage read it as {}, {}", input.read_as, code(&input.name)))
                .help("write to another path; `--force` does not overwrite inputs either"),
            Foreign | Unreadable(_) => diagnostic
                .note(
                    "mintage replaces a file only if it is exactly as mintage wrote it, so that no \
                     edits, comments or other content are lost",
                )
                .help("pass `--force` to overwrite the file, or write to another path"),
            Encrypted => diagnostic
                .note("the plaintext in it would be lost, and plaintext would take its place")
                .help("write to another path, or remove the file first if it is not needed"),
            _ => diagnostic,
        }
    }
}

impl WriteReason {
    fn words(&self) -> String {
        match self {
            Self::BadPath => "that is not a path".to_owned(),
            Self::Directory => "it is a directory".to_owned(),
            Self::NoParent(directory) => {
                format!("the directory {} does not exist", shown(directory))
            }
            Self::ParentNotDirectory(parent) => format!("{} is not a directory", shown(parent)),
            Self::ParentReadOnly(directory) => {
                format!("the directory {} can't be written to", shown(directory))
            }
            Self::Denied => "permission denied".to_owned(),
            Self::NoSpace => "there is no space left".to_owned(),
            Self::Input(_) => "it is an input of this run".to_owned(),
            Self::Foreign => "the file exists and is not as mintage wrote it".to_owned(),
            Self::Unreadable(why) => format!("the file exists and can't be read: {why}"),
            Self::Encrypted => "the file is encrypted with age".to_owned(),
            Self::Io(words) => words.clone(),
        }
    }
}

fn shown(path: &Path) -> String {
    code(&path.to_string_lossy())
}

fn shell_word(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '@' | ',' | ':')
    };
    if text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

pub(super) fn folder_fault(fault: FolderFault) -> Diagnostic {
    match fault {
        FolderFault::Write(fault) => fault.diagnostic().note("nothing was changed"),
        FolderFault::Refused(diagnostic) => *diagnostic,
    }
}

/// The list of what is ours is not one that mintage wrote; `regular`: it is a regular file.
pub(super) fn foreign_list(path: &Path, regular: bool) -> Diagnostic {
    diagnostic!(FOREIGN_FILES, "{} is not a list that mintage wrote", shown(path))
        .note("it says which files of the folder may be replaced and removed; nothing was changed")
        .help(if regular {
            "restore it, or pass `--force` to write a new list: files that are not on it stay"
        } else {
            "move it away, or choose another folder with `-o`"
        })
}

/// A change failed, and so did its undoing.
pub(super) fn not_put_back(fault: &WriteFault, backups: &Path) -> Diagnostic {
    let mut diagnostic = fault.diagnostic();
    diagnostic.helps = vec![format!(
        "the old files are in {}; the next run that succeeds writes all files and removes them",
        shown(backups)
    )];
    diagnostic.note("some files had been replaced by then, and the old ones could not be put back")
}

/// What is not as mintage wrote it and stands in the way, in a folder.
pub(super) fn foreign(folder: &Path, changes: &Changes) -> Diagnostic {
    let list = shown(&folder.join(LIST));
    let diagnostic = diagnostic!(
        FOREIGN_FILES,
        "{} holds files that are not as mintage wrote them",
        shown(folder)
    )
    .note(format!("in the way: {}", some_of(&changes.foreign)))
    .note(format!(
        "mintage replaces only files that are listed in {list} and unchanged; nothing was changed"
    ));
    let away = "move them away, or choose another folder with `-o`";
    match changes.stuck {
        0 => diagnostic.help(format!("pass `--force` to overwrite them, {away}")),
        stuck if stuck == changes.foreign.len() => diagnostic.help(away),
        _ => diagnostic.help(away).help("`--force` overwrites regular files, nothing else"),
    }
}

pub(super) fn cannot_compare(fault: &WriteFault) -> Diagnostic {
    if let WriteReason::Input(_) | WriteReason::Encrypted = fault.reason {
        return fault.diagnostic();
    }
    diagnostic!(CANNOT_READ, "{} can't be compared: {}", code(&fault.target), fault.reason.words())
}

pub(super) fn cannot_compare_folder(fault: FolderFault) -> Diagnostic {
    match fault {
        FolderFault::Write(fault) => cannot_compare(&fault),
        FolderFault::Refused(diagnostic) => *diagnostic,
    }
}

pub(super) fn missing_file(path: &Path) -> Diagnostic {
    diagnostic!(OUTPUT_DIFFERS, "there is no file {}", shown(path)).help(WRITE_IT)
}

/// A file with other content; `ours`: which mintage wrote.
pub(super) fn file_differs(path: &Path, ours: bool) -> Diagnostic {
    let diagnostic = diagnostic!(OUTPUT_DIFFERS, "{} is not what would be written", shown(path));
    match ours {
        true => diagnostic.help(WRITE_IT),
        false => {
            diagnostic.note("it was not written by mintage, or was changed since").help(FORCE_IT)
        }
    }
}

pub(super) fn folder_differs(folder: &Path, changes: &Changes) -> Diagnostic {
    let mut diagnostic =
        diagnostic!(OUTPUT_DIFFERS, "{} is not what would be written", shown(folder));
    for (what, paths) in [
        ("missing", &changes.created),
        ("other content", &changes.replaced),
        ("left over from an earlier build", &changes.removed),
        ("other content, and not as mintage wrote it", &changes.foreign),
    ] {
        if !paths.is_empty() {
            diagnostic = diagnostic.note(format!("{what}: {}", some_of(paths)));
        }
    }
    diagnostic.help(match (changes.foreign.len(), changes.stuck) {
        (0, _) => WRITE_IT,
        (_, 0) => FORCE_IT,
        _ => "move away what mintage did not write, then run the same command without `--check`",
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
    if changes.same > 0 {
        summary += &format!(", left {} unchanged", number(changes.same));
    }
    summary
}

/// What became of each file that changed, a line each.
pub(crate) fn details(changes: &Changes) -> Vec<String> {
    [("new", &changes.created), ("changed", &changes.replaced), ("removed", &changes.removed)]
        .into_iter()
        .flat_map(|(verb, paths)| paths.iter().map(move |path| format!("{verb} {}", code(path))))
        .collect()
}
