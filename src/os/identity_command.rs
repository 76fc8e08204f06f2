//! Runs the commands that print identities, as `pass show age`: named by variables of the
//! environment, never by a spec.

use std::process::{Command, Stdio};
use std::sync::Arc;

use super::bounded_read::{read_at_most, system_words};
use super::{key_variables, turn};
use crate::age::messages::bad_identity;
use crate::age::{BadIdentity, BadIdentityReason, IdentityCommand, IdentityInput, RunCommand};
use crate::diag::Diagnostic;
use crate::diag::phrases::number;
use crate::secret::bytes::SecretBytes;

/// Tells the command the recipient whose identity is wanted.
///
/// Source: sops 3.13, `SopsAgeRecipientEnv` in `age/keysource.go`.
const RECIPIENT: &str = "SOPS_AGE_RECIPIENT";

/// A command in words.
struct Words {
    program: String,
    arguments: Vec<String>,
    /// The most bytes that it may print.
    limit: usize,
}

/// The command that `variable` holds. As in sops, it is split into words like in a shell, but no
/// shell runs it.
pub(crate) fn read(variable: &str, value: &str, limit: usize) -> Result<IdentityInput, Diagnostic> {
    let fault = |what: &str| {
        let reason = BadIdentityReason::Command(what.to_owned());
        bad_identity(&BadIdentity { origin: variable.to_owned(), reason })
    };
    let words = shell_words::split(value).map_err(|_| fault("has a quote without its end"))?;
    let mut words = words.into_iter();
    let program = words.next().ok_or_else(|| fault("is empty"))?;
    let runner = Words { program, arguments: words.collect(), limit };
    Ok(IdentityInput::Command(Arc::new(IdentityCommand::new(variable, Box::new(runner)))))
}

impl RunCommand for Words {
    /// It gets nothing on stdin, which may hold the data of the run, and no keys from the
    /// environment; its messages go to stderr. Nothing that it holds or prints is in an error.
    ///
    /// Source: sops 3.13, `getOutputFromCmd` in `age/keysource.go`.
    fn run(&self, recipient: Option<&str>) -> Result<SecretBytes, String> {
        let _turn = turn::take();
        let mut command = Command::new(&self.program);
        // Also not one that mintage was started with.
        command.env_remove(RECIPIENT);
        if let Some(recipient) = recipient {
            command.env(RECIPIENT, recipient);
        }
        let mut child = key_variables::remove_from(&mut command)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("can't be run: {}", system_words(&error)))?;
        let Some(stdout) = child.stdout.take() else { return Err("has no output".to_owned()) };
        let printed = read_at_most(stdout, 0, self.limit);
        if !matches!(printed, Ok(Some(_))) {
            // It may go on for ever.
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| system_words(&error))?;
        match printed {
            Err(error) => Err(format!("prints what can't be read: {}", system_words(&error))),
            Ok(None) => Err(format!("prints more than {} bytes", number(self.limit))),
            Ok(Some(_)) if !status.success() => Err(match status.code() {
                Some(code) => format!("failed with exit status {code}"),
                None => "was ended by a signal".to_owned(),
            }),
            Ok(Some(bytes)) => Ok(bytes),
        }
    }
}
