//! `mintage install git`: `git diff` of age files shows keys and masks.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::Args;

use super::{fault, program};
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::os::bounded_read::system_words;
use crate::os::key_variables;
use crate::os::line_file::{self, Added};

/// The attribute of age files; the driver is what the config calls it.
const ATTRIBUTE: &str = "*.age diff=mintage";
pub const SETTING: &str = "diff.mintage.textconv";

/// Show the keys of age files in `git diff`, with a mask for each value
///
/// Sets diff.mintage.textconv in the config of this clone, and adds `*.age diff=mintage` to
/// .gitattributes at the root of the repository.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage install git            in each clone
  git diff HEAD~1 -- secrets/    keys, and which values changed
  git log -p -- secrets/")]
pub struct Git {
    /// The repository [default: that of the current folder]
    #[arg(long, value_name = "DIR", default_value = ".", hide_default_value = true)]
    dir: PathBuf,
}

impl Git {
    pub fn install(&self) -> Result<String, Box<Diagnostic>> {
        let root = PathBuf::from(self.git(&["rev-parse", "--show-toplevel"])?);
        let command = format!("{} textconv", shell_words::quote(&program()?.to_string_lossy()));
        let set = self.git(&["config", "--local", "--get", SETTING]).unwrap_or_default();
        if set != command {
            self.git(&["config", "--local", SETTING, &command])?;
        }
        let attributes = root.join(".gitattributes");
        let added = line_file::add(&attributes, &[ATTRIBUTE])
            .map_err(|error| Box::new(fault(&attributes, &system_words(&error))))?;
        let setting = format!("{SETTING} = {command}");
        let done = |changed: bool, word| if changed { word } else { "already there:" };
        Ok(format!(
            "{} {} in this clone's config
{} {} in {}

`git diff`, `git show` and `git log -p` now show the keys of age files, and a mask for each value.
The config is not committed: everyone runs `mintage install git` once in each clone. Commit the \
.gitattributes.
",
            done(set != command, "set"),
            code(&setting),
            done(added != Added::Nothing, "added"),
            code(ATTRIBUTE),
            code(&attributes.display().to_string()),
        ))
    }

    /// What Git prints, without its line break.
    fn git(&self, arguments: &[&str]) -> Result<String, Box<Diagnostic>> {
        let mut command = Command::new("git");
        let ran = key_variables::remove_from(&mut command)
            .arg("-C")
            .arg(&self.dir)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Box::new(no_git(&error)))?;
        if ran.status.success() {
            let text = String::from_utf8_lossy(&ran.stdout);
            return Ok(text.trim_end_matches(['\n', '\r']).to_owned());
        }
        let said = String::from_utf8_lossy(&ran.stderr);
        let why = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
        let diagnostic = diagnostic!(CANNOT_WRITE, "Git refuses: {}", code(why));
        Err(Box::new(diagnostic.help("run it inside a Git repository, or pass `--dir DIR`")))
    }
}

fn no_git(error: &io::Error) -> Diagnostic {
    diagnostic!(CANNOT_WRITE, "`git` can't be run: {}", system_words(error))
        .help("install Git, or add it to `PATH`")
}
