//! `mintage guard`: files that are about to be committed.

use std::path::{Path, PathBuf};

use clap::{Args, ColorChoice};

use super::{Exit, terminal::Terminal};
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic, render::MessageFormat};
use crate::integrations::guard;
use crate::os::files::{self, Accept, ReadFault};
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
            files.retain(|(path, _)| !is_excepted(path, &except));
            for (path, accept) in &files {
                check_path(path, *accept, &mut sources, &mut diagnostics);
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

/// A file, or all below a folder. Of a link, what is committed is where it points; links to pipes
/// are those of `<(command)`.
fn collect(path: &Path, files: &mut Vec<(PathBuf, Accept)>, problems: &mut Vec<Diagnostic>) {
    let is_link = path.is_symlink();
    if path.is_dir() && !is_link {
        let keep = |name: &str, is_folder| !(is_folder && is_skipped_directory(name));
        let mut found = Vec::new();
        walk(path, keep, &mut found, problems);
        found.retain(|path| !path.is_symlink());
        files.extend(found.into_iter().map(|path| (path, Accept::RegularFiles)));
    } else if !is_link || leads_to_a_pipe(path) {
        files.push((path.to_owned(), Accept::Pipes));
    }
}

#[cfg(unix)]
fn leads_to_a_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

#[cfg(not(unix))]
fn leads_to_a_pipe(_path: &Path) -> bool {
    false
}

fn check_path(
    path: &Path,
    accept: Accept,
    sources: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let name = shown_name(path);
    match files::read(path, accept, MAX_FILE_BYTES) {
        Ok((bytes, _)) => {
            // A key may stand in a file that is no text as a whole.
            let text = String::from_utf8_lossy(bytes.expose()).into_owned();
            let file = sources.add(name, text);
            diagnostics.extend(guard::check_file(file, sources));
        }
        Err(ReadFault::TooLarge) => {
            let limit = plural(MAX_FILE_BYTES, "byte");
            diagnostics.push(diagnostic!(
                LEFT_OUT,
                "{} is larger than {limit} and was not checked",
                code(&name)
            ));
        }
        Err(ReadFault::Missing) => diagnostics.push(no_file(path)),
        Err(fault) => diagnostics.push(cannot_read("", Path::new(&name), &fault.into_io())),
    }
}
