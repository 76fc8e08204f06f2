//! `mintage guard`: files that are about to be committed.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ColorChoice};

use super::{Exit, terminal::Terminal};
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic, render::MessageFormat};
use crate::integrations::guard;
use crate::os::texts::{cannot_read, no_file, shown_name, walk};
use crate::source::SourceMap;
use crate::world::{MAX_FILE_BYTES, is_skipped_directory};

/// Find plaintext Secrets and private keys before they are committed
///
/// Finds Secret manifests (YAML, JSON, Lists) with plaintext values. Also finds age identities,
/// private keys and tokens of known services in any file. Encrypted values and placeholders are
/// fine.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  git diff --cached --name-only --diff-filter=d -z | xargs -0r mintage guard --
  mintage guard deploy/                          all files below a folder
  mintage guard --except 'examples/**' --except '**/testdata/**' .
                                                 test keys that protect nothing")]
pub struct Guard {
    /// Files, or folders to search recursively
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Skip files whose path matches this glob (`**` for folders); repeatable
    #[arg(long, value_name = "GLOB")]
    except: Vec<String>,
    /// Print messages in this format
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    message_format: MessageFormat,
    /// Color messages
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    color: ColorChoice,
    /// Print errors only
    #[arg(short, long)]
    quiet: bool,
}

impl Guard {
    pub fn run(&self) -> Exit {
        let mut sources = SourceMap::new();
        let mut diagnostics = Vec::new();
        let mut except = Vec::new();
        for text in &self.except {
            match glob::Pattern::new(text) {
                Ok(pattern) => except.push(pattern),
                Err(error) => {
                    let (text, why) = (code(text), error.msg);
                    diagnostics.push(diagnostic!(USAGE, "`--except` can't be {text}: {why}"));
                }
            }
        }
        if diagnostics.is_empty() {
            let mut files = Vec::new();
            for path in &self.files {
                collect(path, &mut files, &mut diagnostics);
            }
            files.retain(|path| !path.is_symlink() && !is_excepted(path, &except));
            for path in &files {
                check_path(path, &mut sources, &mut diagnostics);
            }
        }
        Terminal::new(self.color, self.message_format, self.quiet).report(&diagnostics, &sources)
    }
}

fn is_excepted(path: &Path, except: &[glob::Pattern]) -> bool {
    let options =
        glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
    let path = path.strip_prefix("./").unwrap_or(path);
    except.iter().any(|pattern| pattern.matches_path_with(path, options))
}

/// A file, or all below a folder. Of a link, what is committed is where it points.
fn collect(path: &Path, files: &mut Vec<PathBuf>, problems: &mut Vec<Diagnostic>) {
    if path.is_dir() && !path.is_symlink() {
        let keep = |name: &str, is_folder| !(is_folder && is_skipped_directory(name));
        walk(path, keep, files, problems);
    } else {
        files.push(path.to_owned());
    }
}

fn check_path(path: &Path, sources: &mut SourceMap, diagnostics: &mut Vec<Diagnostic>) {
    let name = shown_name(path);
    if fs::metadata(path).is_ok_and(|found| found.len() > MAX_FILE_BYTES as u64) {
        let limit = plural(MAX_FILE_BYTES, "byte");
        return diagnostics.push(diagnostic!(
            LEFT_OUT,
            "{} is larger than {limit} and was not checked",
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
