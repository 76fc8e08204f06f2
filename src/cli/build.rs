//! `mintage build`: compile specs to manifests.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Exit, build_target::Target, options::SpecOptions, session::Session};
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::emit::files::{self, files};
use crate::emit::{self, read_back};
use crate::os::output::changes::{OutputFolder, StaleFiles};
use crate::os::output::messages::{details, shown, summary};
use crate::os::output::{self, Existing, Overwrite, Written};
use crate::secret::{Secret, bytes::SecretBytes};

/// Compile specs to YAML and write it to stdout, a file or a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage build                                ./mintage.toml to stdout
  mintage build examples/shop -e prod          another folder, one environment
  mintage build -i ci.key -o secrets.yaml      decrypt with a key, write one file
  mintage build -o rendered/                   one file per Secret, and a kustomization.yaml
  mintage build -o rendered/ --check           exit 1 if the folder is out of date
  mintage build --only 'shop/*' --format json  some of the Secrets, as a v1 List

Nothing is written unless every Secret is valid.")]
pub struct Build {
    /// Write to a file or folder (mode 0600) [default: `-`, stdout]
    ///
    /// PATH is treated as a folder if it exists as one, ends in `/`, or has no file extension. In a
    /// folder, mintage writes NAMESPACE/NAME.yaml for each Secret, a kustomization.yaml, and
    /// .mintage, the list of files that mintage wrote. It removes listed files whose Secrets no
    /// longer exist, and no other files. A file that mintage did not write is overwritten only with
    /// --force. A file that this run reads or that is encrypted with age is never overwritten.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Write YAML or JSON
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
    /// Write nothing; exit with 1 if PATH is out of date (needs -o)
    #[arg(long, requires = "output")]
    check: bool,
    /// Overwrite files that mintage did not write
    #[arg(long, requires = "output")]
    force: bool,
    #[command(flatten)]
    spec: SpecOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// YAML documents
    Yaml,
    /// A v1 List; in a folder, one object per file
    Json,
}

impl Build {
    pub fn run(&self) -> Exit {
        let mut session = Session::open(&self.spec);
        let mut compiled = session.compile();
        let mut said = Vec::new();
        if !compiled.has_errors() {
            match self.write(&compiled.secrets, &session) {
                Ok(lines) => said = lines,
                // Findings are reported once and all together: formats for programs have a
                // beginning and an end.
                Err(diagnostic) => compiled.diagnostics.push(*diagnostic),
            }
        }
        let exit = session.report(&compiled.diagnostics);
        for line in &said {
            session.terminal.say(line);
        }
        exit
    }

    /// Writes or compares the result. Gives what to say of it.
    fn write(&self, secrets: &[Secret], session: &Session) -> Result<Vec<String>, Box<Diagnostic>> {
        let existing =
            if self.force { Existing::Any } else { Existing::Ours(read_back::is_printed) };
        let overwrite = Overwrite { inputs: &session.inputs, existing };
        match Target::of(self.output.as_deref()) {
            Target::Folder(path) => return self.write_folder(path, secrets, overwrite),
            Target::Stdout if self.check => return Err(nothing_to_compare("-")),
            Target::Stdout => {
                session.write_stdout(emit(self.format, secrets)?.expose()).map(|()| Vec::new())
            }
            Target::File(path) if self.check && is_a_device(path) => {
                return Err(nothing_to_compare(&path.to_string_lossy()));
            }
            Target::File(path) if self.check => {
                output::compare_file(path, emit(self.format, secrets)?.expose(), overwrite)?;
                Ok(vec![up_to_date(path)])
            }
            Target::File(path) => {
                let text = emit(self.format, secrets)?;
                let (secrets, file) = (plural(secrets.len(), "Secret"), shown(path));
                output::write_file(path, text.expose(), overwrite).map(|written| match written {
                    Written::Unchanged => vec![up_to_date(path)],
                    Written::Passed => Vec::new(),
                    _ => vec![format!("wrote {secrets} to {file}")],
                })
            }
        }
        .map_err(|fault| Box::new(fault.diagnostic()))
    }

    fn write_folder(
        &self,
        path: &Path,
        secrets: &[Secret],
        overwrite: Overwrite<'_>,
    ) -> Result<Vec<String>, Box<Diagnostic>> {
        let format = match self.format {
            Format::Yaml => files::ManifestFormat::Yaml,
            Format::Json => files::ManifestFormat::Json,
        };
        let files = files(secrets, format).map_err(|fault| fault.diagnostic())?;
        // With only some of the Secrets at hand, nothing is known of the others.
        let stale = if self.spec.only.is_empty() { StaleFiles::Removed } else { StaleFiles::Kept };
        let folder = OutputFolder { path, stale, overwrite };
        if self.check {
            folder.compare(files)?;
            return Ok(vec![up_to_date(path)]);
        }
        let changes = folder.write(files)?;
        let verbose = self.spec.access.messages.plain.verbose;
        let mut said = if verbose { details(&changes) } else { Vec::new() };
        said.push(summary(path, &changes));
        Ok(said)
    }
}

fn up_to_date(path: &Path) -> String {
    format!("{} is up to date", shown(path))
}

/// A pipe or a device, which keeps nothing.
fn is_a_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file())
}

/// `--check` with a pipe, a device or stdout.
fn nothing_to_compare(name: &str) -> Box<Diagnostic> {
    Box::new(
        diagnostic!(
            USAGE,
            "`--check` compares with a file or a folder, and {} is neither",
            code(name)
        )
        .help("pass the file or folder to compare with"),
    )
}

/// The text, read back and compared before anybody gets to see it.
pub fn emit(format: Format, secrets: &[Secret]) -> Result<SecretBytes, Box<Diagnostic>> {
    let text = match format {
        Format::Yaml => emit::yaml::documents(secrets),
        Format::Json => emit::json::list(secrets),
    };
    match read_back::check(&text, secrets) {
        Ok(()) => Ok(SecretBytes::from(text.as_bytes())),
        Err(fault) => Err(Box::new(fault.diagnostic())),
    }
}
