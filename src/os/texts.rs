//! Texts that the command line names, and what is piped in.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::bounded_read::{UntilNul, read_at_most, system_words};
use super::files::{self, Accept, ReadFault};
use super::inputs::Inputs;
use crate::content::Content;
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::bytes::SecretBytes;
use crate::world::MAX_FILE_BYTES;

/// Most that is read of stdin, in bytes: a thousand times what a large cluster's manifests have.
const MAX_STDIN_BYTES: usize = 64 * 1024 * 1024;

/// What messages call a file: as in specs, without `./` in front.
pub(crate) fn shown_name(path: &Path) -> String {
    match path.strip_prefix("./") {
        Ok(inside) if !inside.as_os_str().is_empty() => inside.display().to_string(),
        Err(_) if !path.as_os_str().is_empty() => path.display().to_string(),
        _ => ".".to_owned(),
    }
}

pub(crate) fn no_file(path: &Path) -> Diagnostic {
    diagnostic!(CANNOT_READ, "{} does not exist", code(&shown_name(path)))
}

pub(crate) fn cannot_read(what: &str, path: &Path, error: &io::Error) -> Diagnostic {
    let name = code(&path.display().to_string());
    diagnostic!(CANNOT_READ, "{what}{name} can't be read: {}", system_words(error))
}

/// Reads a text of at most `limit` bytes; `what` says what it is, with its article.
pub(crate) fn read_file(
    path: &Path,
    what: &'static str,
    accept: Accept,
    limit: usize,
    inputs: &mut Inputs,
) -> Result<String, Box<Diagnostic>> {
    let name = shown_name(path);
    let read = files::open(path, accept).and_then(|(file, found)| {
        inputs.add(what, &name, Some(path), &found);
        files::read_open(UntilNul::new(file), found.len(), limit)
    });
    match read {
        Ok(bytes) => file_text(&bytes, &name),
        Err(ReadFault::Missing) => {
            let help = path.ends_with("mintage.toml").then(|| {
                "pass the path of a spec, or of a folder that contains a `mintage.toml`; \
                 `mintage init` starts a new one"
                    .to_owned()
            });
            Err(Box::new(no_file(path).maybe_help(help)))
        }
        Err(ReadFault::TooLarge) => Err(Box::new(
            diagnostic!(TOO_LARGE, "{} is too large", code(&name))
                .note(format!("the limit for {what} is {}", plural(limit, "byte")))
                .help("raise the limit with `--limit read=SIZE` if this is intended"),
        )),
        Err(fault) => Err(Box::new(cannot_read("", Path::new(&name), &fault.into_io()))),
    }
}

/// Stdin without the library's buffer, which would keep a copy.
pub(crate) fn stdin() -> io::Result<File> {
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned();
    stdin.map(File::from)
}

pub(crate) fn read_stdin() -> Result<String, Box<Diagnostic>> {
    let bytes = all_of(stdin().map(UntilNul::new), MAX_STDIN_BYTES)?;
    text(&bytes, "stdin", "save it as UTF-8")
}

/// All of stdin, whatever it is, as far as a file may have it.
pub(crate) fn read_stdin_bytes() -> Result<SecretBytes, Box<Diagnostic>> {
    all_of(stdin(), MAX_FILE_BYTES)
}

fn all_of(stdin: io::Result<impl Read>, limit: usize) -> Result<SecretBytes, Box<Diagnostic>> {
    match stdin.and_then(|stdin| read_at_most(stdin, 0, limit)) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Box::new(
            diagnostic!(TOO_LARGE, "the input on stdin is too large")
                .note(format!("the limit is {}", plural(limit, "byte"))),
        )),
        Err(error) => {
            Err(Box::new(diagnostic!(CANNOT_READ, "stdin can't be read: {}", system_words(&error))))
        }
    }
}

const SAVE_AS_UTF8: &str =
    "save it as UTF-8, and put binary data in a file or in `base64 = \"...\"`";

/// The text of a file by this name that was read.
pub(crate) fn file_text(bytes: &SecretBytes, name: &str) -> Result<String, Box<Diagnostic>> {
    text(bytes, &code(name), SAVE_AS_UTF8)
}

fn text(bytes: &SecretBytes, name: &str, help: &str) -> Result<String, Box<Diagnostic>> {
    if let Some(text) = bytes.expose_str() {
        return Ok(text.to_owned());
    }
    let bytes = bytes.expose();
    let diagnostic = if Content::of(bytes) == Content::Utf16 {
        diagnostic!(NOT_UTF8, "{name} is UTF-16, not UTF-8")
            .note("PowerShell before version 6 writes UTF-16 with `>`")
            .help("convert it: `iconv -f utf-16 -t utf-8 FILE > NEW_FILE`")
    } else {
        let valid = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
        let line = bytes.iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        diagnostic!(NOT_UTF8, "{name} is not UTF-8")
            .note(format!("the first invalid byte is in line {line}"))
            .help(help)
    };
    Err(Box::new(diagnostic))
}

/// Adds the files below a folder, sorted; `keep` is asked for each name, and whether it is a
/// folder's. Links to folders are not followed.
pub(crate) fn walk(
    folder: &Path,
    keep: fn(&str, bool) -> bool,
    files: &mut Vec<PathBuf>,
    problems: &mut Vec<Diagnostic>,
) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return problems.push(cannot_read("the folder ", folder, &error)),
    };
    let mut entries: Vec<fs::DirEntry> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Ok(kind) = entry.file_type() else { continue };
        if !keep(&entry.file_name().to_string_lossy(), kind.is_dir()) {
            continue;
        }
        if kind.is_dir() {
            walk(&entry.path(), keep, files, problems);
        } else if kind.is_file() || kind.is_symlink() {
            files.push(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_a_name() {
        for (path, name) in
            [(".", "."), ("./", "."), ("", "."), ("./a", "a"), ("./a/..", "a/.."), ("../a", "../a")]
        {
            assert_eq!(shown_name(Path::new(path)), name);
        }
    }
}
