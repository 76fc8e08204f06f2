//! `mintage build`: compile specs to manifests.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Exit;
use super::build_target::Target;
use super::options::SpecOptions;
use crate::compile::resolve::Locked;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::emit::files::{self, OutputFile, files};
use crate::emit::{self, read_back};
use crate::os::inputs::Inputs;
use crate::os::output::folder::{Changes, compare_folder, write_folder};
use crate::os::output::survey::StaleFiles;
use crate::os::output::{self, Existing, Overwrite, messages};
use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;

/// Compile specs to YAML, on stdout or in a file or folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage build                                ./mintage.toml to stdout
  mintage build examples/shop -e prod          another directory, one environment
  mintage build -i ci.key -o secrets.yaml      decrypt with a key, write one file
  mintage build -o rendered/                   one file per Secret, and a kustomization.yaml
  mintage build -o rendered/ --check           exit 1 if the folder is out of date
  mintage build --only 'shop/*' --format json  some of the Secrets, as a v1 List

Nothing is written unless every Secret is valid.")]
pub struct Build {
    #[command(flatten)]
    spec: SpecOptions,
    /// Write to a file or folder (mode 0600); `-` is stdout
    ///
    /// PATH is treated as a folder if it exists as one, ends in `/`, or has no file extension. It
    /// gets NAMESPACE/NAME.yaml for each Secret, a kustomization.yaml, and .mintage: the list of
    /// what mintage made. Files on that list whose Secrets are gone are removed; all others are
    /// left alone. A file that mintage did not write is only overwritten with --force, and a file
    /// that this run reads never is.
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Write YAML or JSON
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
    /// Write nothing; exit 1 if PATH differs from what would be written
    #[arg(long, requires = "output")]
    check: bool,
    /// Overwrite files that mintage did not write
    #[arg(long, requires = "output")]
    force: bool,
}

/// The form of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// YAML documents
    Yaml,
    /// A v1 List
    Json,
}

type Done = Result<(), Box<Diagnostic>>;

impl Build {
    /// Runs the command.
    pub fn run(&self) -> Exit {
        let terminal = self.spec.messages.terminal();
        let mut run = self.spec.compile(Locked::Fail, false);
        let mut said = Vec::new();
        if !run.compiled.has_errors() {
            let secrets = &run.compiled.secrets;
            let existing =
                if self.force { Existing::Any } else { Existing::Ours(read_back::is_printed) };
            let overwrite = Overwrite { inputs: &run.inputs, existing };
            let done = match Target::of(self.output.as_deref()) {
                Target::Stdout if self.check => Err(nothing_to_compare("-")),
                Target::Stdout => {
                    emit(self.format, secrets).and_then(|text| to_stdout(&text, &run.inputs))
                }
                Target::File(path) => {
                    emit(self.format, secrets).and_then(|text| self.to_file(path, &text, overwrite))
                }
                Target::Folder(path) => self
                    .emit_files(secrets)
                    .and_then(|files| self.to_folder(path, files, overwrite, &mut said)),
            };
            // Findings are reported once and all together: formats for programs have a beginning
            // and an end.
            run.compiled.diagnostics.extend(done.err().map(|diagnostic| *diagnostic));
        }
        let exit = terminal.report(&run.compiled.diagnostics, &run.sources);
        said.iter().for_each(|line| terminal.log(line));
        exit
    }

    fn emit_files(&self, secrets: &[Secret]) -> Result<Vec<OutputFile>, Box<Diagnostic>> {
        let format = match self.format {
            Format::Yaml => files::ManifestFormat::Yaml,
            Format::Json => files::ManifestFormat::Json,
        };
        files(secrets, format).map_err(|fault| Box::new(fault.diagnostic()))
    }

    fn to_file(&self, path: &Path, text: &SecretBytes, overwrite: Overwrite<'_>) -> Done {
        if !self.check {
            let written = output::write_file(path, text.expose(), overwrite);
            return written.map(|_| ()).map_err(|fault| Box::new(messages::cannot_write(&fault)));
        }
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(nothing_to_compare(&path.to_string_lossy()));
        }
        match output::compare_file(path, text.expose(), overwrite) {
            Ok(None) => Ok(()),
            Ok(Some(difference)) => Err(Box::new(messages::file_differs(path, difference))),
            Err(fault) => Err(Box::new(messages::cannot_compare(&fault))),
        }
    }

    fn to_folder(
        &self,
        path: &Path,
        files: Vec<OutputFile>,
        overwrite: Overwrite<'_>,
        said: &mut Vec<String>,
    ) -> Done {
        // With only some of the Secrets at hand, nothing is known of the others.
        let rest = if self.spec.only.is_empty() { StaleFiles::Removed } else { StaleFiles::Kept };
        if self.check {
            let compared = compare_folder(path, files, rest, overwrite);
            let changes =
                compared.map_err(|fault| Box::new(messages::cannot_compare_folder(&fault)))?;
            return if changes.is_empty() {
                Ok(())
            } else {
                Err(Box::new(messages::folder_differs(path, &changes)))
            };
        }
        let changes = write_folder(path, files, rest, overwrite)
            .map_err(|fault| Box::new(messages::folder_fault(&fault)))?;
        self.report_changes(path, &changes, said);
        Ok(())
    }

    /// A removed file should not go unnoticed.
    fn report_changes(&self, path: &Path, changes: &Changes, said: &mut Vec<String>) {
        if self.spec.messages.verbose {
            said.extend(messages::details(changes));
        }
        if !self.spec.messages.quiet {
            said.push(messages::summary(path, changes));
        }
    }
}

fn to_stdout(text: &SecretBytes, inputs: &Inputs) -> Done {
    output::write_stdout_apart(text.expose(), inputs)
        .map_err(|fault| Box::new(messages::cannot_write(&fault)))
}

/// `--check` with a pipe, a device or stdout.
fn nothing_to_compare(name: &str) -> Box<Diagnostic> {
    let message =
        format!("`--check` compares with a file or a folder, and {} is neither", code(name));
    Box::new(
        diagnostic!(USAGE, "{message}").help("name the file or folder that should be up to date"),
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
