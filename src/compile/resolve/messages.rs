//! The words for what could not be read.

use super::fetch::{FetchFault, Wanted, display};
use crate::age;
use crate::age::messages::Encrypted;
use crate::compile::budget::Budget;
use crate::diag::phrases::{code, did_you_mean, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::spec::value::How;
use crate::world::{EnvVarError, Escape, ReadError};

pub(crate) fn fetch_fault(fault: &FetchFault, wanted: &Wanted, budget: &Budget) -> Diagnostic {
    let (how, what) = wanted;
    match fault {
        FetchFault::Read(error) => read_error(error, what),
        FetchFault::EnvVar(error) => env_var(*error, what),
        FetchFault::Limit => budget.too_much_read(),
        FetchFault::Work { required, most } => {
            age::messages::too_much_work(&display(wanted), *required, *most)
        }
        FetchFault::Scrypt => budget.too_much_scrypt(),
        FetchFault::Decrypt(fault) => {
            let subject = if *how == How::Armor { Encrypted::Armor } else { Encrypted::File(what) };
            age::messages::decrypt_fault(subject, fault)
        }
    }
}

pub(crate) const GENERATE: &str = "run `mintage generate` to create the missing values";

pub(crate) fn read_error(error: &ReadError, path: &str) -> Diagnostic {
    let file = code(path);
    match error {
        ReadError::NotFound { nearest } => diagnostic!(FILE_NOT_FOUND, "{file} does not exist")
            .maybe_help(nearest.as_deref().and_then(|nearest| did_you_mean(nearest, [nearest])))
            .note("paths are relative to the spec's folder"),
        ReadError::OutsideRoot(escape) => {
            diagnostic!(FILE_OUTSIDE_ROOT, "{file} is outside the spec's folder")
                .note(match escape {
                    Escape::Absolute => "the path is absolute",
                    Escape::Parent => "the path leads out with `..`",
                    Escape::Symlink => "a symbolic link in the path leads out",
                })
                .help(
                    "move the file into the spec's folder, or allow its folder with `--allow-path \
                     DIR` if you trust this spec",
                )
        }
        ReadError::Directory => diagnostic!(FILE_UNREADABLE, "{file} is a folder, not a file")
            .help("use the path of a file in it"),
        ReadError::NotAFile => diagnostic!(FILE_UNREADABLE, "{file} is not a regular file")
            .note("mintage does not read devices, pipes and sockets"),
        ReadError::TooLarge(limit) => diagnostic!(TOO_LARGE, "{file} is too large")
            .note(format!(
                "the limit is {} for a file, and 1,048,576 for a Secret",
                plural(*limit, "byte")
            ))
            .help("raise the limit with `--limit read=SIZE` if many Secrets share this file"),
        ReadError::BadPath => diagnostic!(FILE_UNREADABLE, "{file} can't be a path")
            .note("a path must not be empty or contain a NUL byte"),
        ReadError::Io(why) => {
            diagnostic!(FILE_UNREADABLE, "{file} can't be read").note(why.clone())
        }
    }
}

fn env_var(error: EnvVarError, name: &str) -> Diagnostic {
    match error {
        EnvVarError::NotAllowed => {
            diagnostic!(ENV_VAR, "the environment variable {} is not allowed", code(name))
                .note("a spec can read only environment variables that the command line allows")
                .help(format!("pass `--allow-env-var {name}` to let this spec read it"))
        }
        EnvVarError::NotSet => {
            diagnostic!(ENV_VAR, "the environment variable {} is not set", code(name)).help(
                "set it, or add `optional = true` to leave the data key out when it is not set",
            )
        }
    }
}
