//! `mintage build`: compile specs to manifests.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::diag::words::code;
use crate::diag::{Diagnostic, codes};
use crate::emit::{self, read_back};
use crate::manifest::Secret;
use crate::output;
use crate::resolve::Locked;
use crate::secret_bytes::SecretBytes;

use super::Exit;
use super::options::SpecOptions;
use super::terminal::write_diagnostic;

/// Compile specs to YAML on stdout, or into a file
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage build                                  ./mintage.toml to stdout
  mintage build examples/shop -e prod            another directory, one environment
  mintage build -i ci.key -o secrets.yaml        an identity file, and a file of mode 0600
  mintage build --only 'shop/*' --format json    some of the Secrets, as a v1 List

Nothing is written unless every Secret is valid.")]
pub struct Build {
    #[command(flatten)]
    spec: SpecOptions,
    /// A file to write, atomically and with mode 0600, instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// YAML documents, or JSON: a v1 List
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Yaml,
    Json,
}

impl Build {
    /// Runs the command.
    pub fn run(&self) -> Exit {
        let terminal = self.spec.messages.terminal();
        let mut run = self.spec.compile(Locked::Fail, false);
        if !run.compiled.has_errors() {
            let written = self.emit(&run.compiled.secrets).and_then(|text| self.write(text.expose()));
            // Findings are reported once and all together: formats for programs have a beginning and an end.
            run.compiled.diagnostics.extend(written.err().map(|diagnostic| *diagnostic));
        }
        terminal.report(&run.compiled.diagnostics, &run.sources)
    }

    /// The text, read back and compared before anybody gets to see it.
    fn emit(&self, secrets: &[Secret]) -> Result<SecretBytes, Box<Diagnostic>> {
        let (text, read) = match self.format {
            Format::Yaml => {
                let text = emit::yaml::documents(secrets);
                let read = read_back::yaml(&text, secrets);
                (text, read)
            }
            Format::Json => {
                let text = emit::json::list(secrets);
                let read = read_back::json(&text, secrets);
                (text, read)
            }
        };
        match read {
            Ok(()) => Ok(SecretBytes::from(text.as_bytes())),
            Err(fault) => Err(Box::new(read_back_diagnostic(&fault))),
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Box<Diagnostic>> {
        let written = match &self.output {
            None => output::write_stdout(bytes),
            Some(path) => output::write_file(path, bytes).map(|_| ()),
        };
        written.map_err(|fault| Box::new(write_diagnostic(&fault)))
    }
}

/// The finding that what was to be written is not what was meant.
pub fn read_back_diagnostic(fault: &read_back::Mismatch) -> Diagnostic {
    Diagnostic::new(&codes::READ_BACK, "what was about to be written does not read back as what was meant")
        .note(where_it_is(fault))
        .note("nothing was written")
        .help("this is a mistake in mintage: please report it, with the Secret's names but without its values")
}

fn where_it_is(fault: &read_back::Mismatch) -> String {
    let field = fault.field.join(".");
    match &fault.secret {
        Some(secret) => format!("in the Secret {}, field {}", code(secret), code(&field)),
        None => "in the text as a whole".to_owned(),
    }
}
