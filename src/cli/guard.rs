//! `mintage guard`: files that are about to be committed.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::terminal::{Color, Terminal};
use crate::diag::phrases::{code, plural};
use crate::diag::render::MessageFormat;
use crate::diag::{Diagnostic, diagnostic};
use crate::integrations::guard;
use crate::os::texts::{cannot_read, no_file, shown_name};
use crate::source::SourceMap;
use crate::world::{MAX_FILE_BYTES, is_skipped_directory};

/// Find plaintext Secrets and private keys before they are committed
///
/// Finds Secret manifests (YAML, JSON, Lists) whose values are neither encrypted nor placeholders,
/// and age identities, private keys and tokens of known services in any file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  git diff --cached --name-only --diff-filter=d -z | xargs -0r mintage guard
  mintage guard deploy/                          all files below a folder
  mintage guard --except 'examples/**' --except '**/testdata/**' .
                                                 test keys that open nothing")]
pub struct Guard {
    /// Files, or folders with everything below them
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Skip files whose path matches this glob (`**` for folders); repeatable
    #[arg(long, value_name = "GLOB")]
    except: Vec<String>,
    /// Print messages in this format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    message_format: MessageFormat,
    /// Colour messages
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
    /// Print errors only
    #[arg(short, long)]
    quiet: bool,
}

impl Guard {
    pub fn run(&self) -> Exit {
        let mut sources = SourceMap::new();
        let mut diagnostics = Vec::new();
        let except = self.globs(&mut diagnostics);
        if diagnostics.is_empty() {
            let mut files = Vec::new();
            self.files.iter().for_each(|path| collect(path, &mut files, &mut diagnostics));
            files.retain(|path| !is_excepted(path, &except));
            files.iter().for_each(|path| check_path(path, &mut sources, &mut diagnostics));
        }
        Terminal::new(self.color, self.message_format, self.quiet).report(&diagnostics, &sources)
    }

    fn globs(&self, problems: &mut Vec<Diagnostic>) -> Vec<glob::Pattern> {
        let mut patterns = Vec::new();
        for text in &self.except {
            match glob::Pattern::new(text) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => problems.push(diagnostic!(
                    USAGE,
                    "`--except` does not take {}: {}",
                    code(text),
                    error.msg
                )),
            }
        }
        patterns
    }
}

fn is_excepted(path: &Path, except: &[glob::Pattern]) -> bool {
    let options =
        glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
    let path = path.strip_prefix("./").unwrap_or(path);
    except.iter().any(|pattern| pattern.matches_path_with(path, options))
}

/// Links are not followed: what is committed of them is where they point.
fn collect(path: &Path, files: &mut Vec<PathBuf>, problems: &mut Vec<Diagnostic>) {
    if path.is_symlink() {
        return;
    }
    if !path.is_dir() {
        return files.push(path.to_owned());
    }
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return problems.push(cannot_read("the folder ", path, &error)),
    };
    let mut entries: Vec<fs::DirEntry> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_file() {
            files.push(entry.path());
        } else if kind.is_dir() && !is_skipped_directory(&entry.file_name().to_string_lossy()) {
            collect(&entry.path(), files, problems);
        }
    }
}

fn check_path(path: &Path, sources: &mut SourceMap, diagnostics: &mut Vec<Diagnostic>) {
    let name = shown_name(path);
    if fs::metadata(path).is_ok_and(|found| found.len() > MAX_FILE_BYTES as u64) {
        let limit = plural(MAX_FILE_BYTES, "byte");
        return diagnostics.push(diagnostic!(
            LEFT_OUT,
            "{} has more than {limit} and was not looked at",
            code(&name)
        ));
    }
    match fs::read(path) {
        Ok(bytes) => {
            // A key may stand in a file that is no text as a whole.
            let text = String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            let file = sources.add(name, text);
            diagnostics.extend(guard::check_file(file, sources));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            diagnostics.push(no_file(path))
        }
        Err(error) => diagnostics.push(cannot_read("", Path::new(&name), &error)),
    }
}
