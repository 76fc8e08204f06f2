//! Texts that the command line names.

use std::io::Read as _;
use std::path::Path;
use std::{fs, io};

use crate::content::Content;
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::os::inputs::Inputs;
use crate::source::{FileId, SourceMap};
use crate::world::MAX_FILE_BYTES;

/// A file that the command line names is not there.
pub fn no_file(name: &str) -> Diagnostic {
    diagnostic!(CANNOT_READ, "there is no file {}", code(name))
}

/// A text in UTF-16.
pub fn utf16(name: &str) -> Diagnostic {
    diagnostic!(NOT_UTF8, "{name} is UTF-16, not UTF-8")
        .note("PowerShell before version 6 writes UTF-16 with `>`")
        .help("convert it: `iconv -f utf-16 -t utf-8 FILE > NEW_FILE`")
}

/// Reads a text for a command that writes no files; see [`read_input`].
pub fn read_text(
    path: &Path,
    what: &'static str,
    sources: &mut SourceMap,
    problems: &mut Vec<Diagnostic>,
) -> Option<FileId> {
    read_input(path, what, sources, problems, &mut Inputs::default())
}

/// Reads a text that the command line names; `what` says what it is, with its article. As in specs,
/// `./` in front is left out of its name.
pub fn read_input(
    path: &Path,
    what: &'static str,
    sources: &mut SourceMap,
    problems: &mut Vec<Diagnostic>,
    inputs: &mut Inputs,
) -> Option<FileId> {
    let name = path.strip_prefix("./").unwrap_or(path).display().to_string();
    let cannot = |why: String| diagnostic!(CANNOT_READ, "{} can't be read: {why}", code(&name));
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let diagnostic = no_file(&name);
            problems.push(if path.ends_with("mintage.toml") {
                diagnostic.help("name a spec or a directory that holds a `mintage.toml`")
            } else {
                diagnostic
            });
            return None;
        }
        Err(error) => {
            problems.push(cannot(error.kind().to_string()));
            return None;
        }
    };
    if metadata.len() > MAX_FILE_BYTES as u64 {
        let diagnostic = diagnostic!(TOO_LARGE, "{} is too large", code(&name));
        problems
            .push(diagnostic.note(format!("{what} may have {}", plural(MAX_FILE_BYTES, "byte"))));
        return None;
    }
    if metadata.is_dir() {
        problems.push(cannot("it is a directory".to_owned()));
        return None;
    }
    let read = || -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(path)?;
        inputs.add(what, &name, Some(path), &file.metadata()?);
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = match { read }() {
        Ok(bytes) => bytes,
        Err(error) => {
            problems.push(cannot(error.kind().to_string()));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add(name, text)),
        Err(error) if Content::of(error.as_bytes()) == Content::Utf16 => {
            problems.push(utf16(&code(&name)));
            None
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let line =
                error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
            problems.push(
                diagnostic!(NOT_UTF8, "{} is not UTF-8", code(&name))
                    .note(format!("line {line} holds the first byte that is not"))
                    .help(
                        "save it as UTF-8; bytes that are not text go into a file, or into `base64 \
                         = \"...\"`",
                    ),
            );
            None
        }
    }
}
