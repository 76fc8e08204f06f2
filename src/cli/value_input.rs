//! Where a new value comes from: the terminal, stdin, a file, or chance. Never an argument, which
//! every process of the machine may read.

use std::io::{IsTerminal as _, stdin};
use std::path::PathBuf;

use clap::Args;

use super::terminal::Terminal;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::generate;
use crate::os::texts::read_stdin_bytes;
use crate::os::{encrypted_files, prompt, random};
use crate::secret::bytes::SecretBytes;

#[derive(Debug, Default, Args)]
pub(super) struct ValueOptions {
    /// Read the value from a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["generate", "raw"])]
    from_file: Option<PathBuf>,
    /// Use a random value [default: alphanumeric:32]
    ///
    /// KIND is alphanumeric, hex, base64 or ascii; LENGTH is a number of characters. Either
    /// can be given alone.
    #[arg(long, value_name = "KIND:LENGTH", num_args = 0..=1, require_equals = true,
        default_missing_value = "alphanumeric:32", conflicts_with = "raw")]
    generate: Option<String>,
    /// Keep the final line break of stdin
    #[arg(long)]
    raw: bool,
}

impl ValueOptions {
    /// Whether the terminal is asked.
    pub(super) fn prompts(&self) -> bool {
        self.from_file.is_none() && self.generate.is_none() && stdin().is_terminal()
    }

    pub(super) fn is_random(&self) -> bool {
        self.generate.is_some()
    }

    /// Whether stdin is read.
    pub(super) fn reads_stdin(&self) -> bool {
        self.from_file.is_none() && self.generate.is_none() && !stdin().is_terminal()
    }

    /// `what` says what it is for, in a prompt.
    pub(crate) fn read(
        &self,
        what: &str,
        terminal: &Terminal,
    ) -> Result<SecretBytes, Box<Diagnostic>> {
        if let Some(path) = &self.from_file {
            return encrypted_files::read(path);
        }
        if let Some(spec) = &self.generate {
            let recipe = generate::parse(spec).ok_or_else(|| {
                Box::new(diagnostic!(USAGE, "`--generate` does not accept {}", code(spec)).help(
                    "write `alphanumeric`, `hex`, `base64` or `ascii`, and a length after a \
                         colon, such as `hex:64`",
                ))
            })?;
            let made = random::with_system(|random| generate::make(&recipe, random))?;
            return Ok(made.map(|made| made.value).unwrap_or_default());
        }
        if self.prompts() {
            return prompt::new_value(what);
        }
        let bytes = read_stdin_bytes()?;
        if self.raw {
            return Ok(bytes);
        }
        let kept = match bytes.expose() {
            [kept @ .., b'\r', b'\n'] | [kept @ .., b'\n'] => SecretBytes::from(kept),
            _ => bytes.clone(),
        };
        if kept.is_empty() {
            return Err(Box::new(
                diagnostic!(USAGE, "stdin is empty, so there is no value")
                    .help("pass `--raw` if the value is meant to be empty"),
            ));
        }
        if kept.len() < bytes.len() {
            terminal.say("removed the final line break of stdin; `--raw` keeps it");
        }
        Ok(kept)
    }
}
