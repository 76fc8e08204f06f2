//! Identities that a command prints, as `pass show age`: named by a variable of the environment,
//! never by a spec.

use std::process::{Command, Stdio};

use super::bounded_read::{read_at_most, system_words};
use super::key_variables;
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::bytes::SecretBytes;

/// Runs the command that `variable` holds, and gives what it prints. As in sops, it is split into
/// words like in a shell, but no shell runs it. It gets nothing on stdin, which may hold the data
/// of the run, and no keys from the environment; its messages go to stderr. Nothing that it holds
/// or prints is in an error.
///
/// sops also tells it a recipient, in `SOPS_AGE_RECIPIENT`. An age file does not name its native
/// recipients, so that is left out here.
///
/// Source: sops 3.13, `getOutputFromCmd` in `age/keysource.go`.
pub(crate) fn run(variable: &str, value: &str, limit: usize) -> Result<SecretBytes, Diagnostic> {
    let fault = |why: &str| {
        diagnostic!(BAD_IDENTITY, "the command in {} {why}", code(variable))
            .help("correct or unset the variable, or pass `-i FILE`, which ignores variables")
    };
    let words = shell_words::split(value).map_err(|_| fault("has a quote without its end"))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(fault("is empty"));
    };
    let mut command = Command::new(program);
    let mut child = key_variables::remove_from(&mut command)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| fault(&format!("can't be run: {}", system_words(&error))))?;
    let Some(stdout) = child.stdout.take() else { return Err(fault("has no output")) };
    let printed = read_at_most(stdout, 0, limit);
    if !matches!(printed, Ok(Some(_))) {
        // It may go on for ever.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| fault(&system_words(&error)))?;
    match printed {
        Err(error) => Err(fault(&format!("prints what can't be read: {}", system_words(&error)))),
        Ok(None) => Err(fault(&format!("prints more than {} bytes", number(limit)))),
        Ok(Some(_)) if !status.success() => Err(match status.code() {
            Some(code) => fault(&format!("failed with exit status {code}")),
            None => fault("was ended by a signal"),
        }),
        Ok(Some(bytes)) => Ok(bytes),
    }
}
