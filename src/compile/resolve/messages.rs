//! The words for what could not be read.

use super::fetch::{FetchFault, Wanted};
use crate::age;
use crate::age::messages::Encrypted;
use crate::compile::budget::Budget;
use crate::diag::phrases::{code, did_you_mean, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::spec::value::How;
use crate::world::{EnvVarError, Escape, MAX_FILE_BYTES, ReadError};

pub(crate) fn fetch_fault(fault: &FetchFault, (how, what): &Wanted, budget: &Budget) -> Diagnostic {
    match fault {
        FetchFault::Read(error) => read_error(error, what),
        FetchFault::EnvVar(error) => env_var(*error, what),
        FetchFault::Limit => budget.too_much_read(),
        FetchFault::Decrypt(fault) => {
            let subject = if *how == How::Armor { Encrypted::Armor } else { Encrypted::File(what) };
            age::messages::decrypt_fault(subject, fault)
        }
    }
}

pub(crate) fn read_error(error: &ReadError, path: &str) -> Diagnostic {
    let file = code(path);
    match error {
        ReadError::NotFound { nearest } => diagnostic!(FILE_NOT_FOUND, "there is no file {file}")
            .maybe_help(nearest.as_deref().and_then(|nearest| did_you_mean(nearest, [nearest])))
            .note("paths start at the directory of the spec"),
        ReadError::OutsideRoot(escape) => {
            diagnostic!(FILE_OUTSIDE_ROOT, "{file} leaves the directory of the spec")
                .note(match escape {
                    Escape::Absolute => "the path is absolute",
                    Escape::Parent => "it climbs out with `..`",
                    Escape::Symlink => "a symbolic link on its way points out",
                })
                .help(
                    "move the file below the spec; or, if you trust this spec, open the place with \
                     `--allow-path DIR`",
                )
        }
        ReadError::Directory => {
            diagnostic!(FILE_UNREADABLE, "{file} is a directory").help("name a file in it")
        }
        ReadError::NotAFile => diagnostic!(FILE_UNREADABLE, "{file} is not a regular file")
            .note("devices, pipes and sockets are not read"),
        ReadError::TooLarge => diagnostic!(TOO_LARGE, "{file} is too large").note(format!(
            "mintage reads files of up to {}; a whole Secret holds 1,048,576",
            plural(MAX_FILE_BYTES, "byte")
        )),
        ReadError::BadPath => diagnostic!(FILE_UNREADABLE, "{file} can't be a path")
            .note("a path is not empty and holds no NUL"),
        ReadError::Io(why) => {
            diagnostic!(FILE_UNREADABLE, "{file} can't be read").note(why.clone())
        }
    }
}

fn env_var(error: EnvVarError, name: &str) -> Diagnostic {
    match error {
        EnvVarError::NotAllowed => {
            diagnostic!(ENV_VAR, "the environment variable {} is not allowed", code(name))
                .note("a spec can't open the environment by itself")
                .help(format!("if this spec may read it, run with `--allow-env-var {name}`"))
        }
        EnvVarError::NotSet => {
            diagnostic!(ENV_VAR, "the environment variable {} is not set", code(name))
                .help("set it, or write `optional = true` if the data key may be left out")
        }
    }
}
