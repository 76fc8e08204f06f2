//! `mintage decrypt`: the plaintext of an age file, on stdout.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::identities::IdentityOptions;
use super::keys::{KeySession, WriteOptions};
use super::options::PlainMessages;
use crate::age::messages::{Encrypted, decrypt_fault};
use crate::content::{Age, Content};
use crate::os::encrypted_files;
use crate::os::inputs::Inputs;
use crate::os::texts::{read_stdin_bytes, shown_name};

/// Decrypt an age file to stdout
///
/// Reads binary and armored files. There is no option for an output file, so that plaintext does
/// not end up next to encrypted files by accident: to change a file, use `mintage edit` or `mintage
/// set`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage decrypt secrets/prod/db.toml.age
  mintage decrypt - < backup.age | tar -x")]
pub struct Decrypt {
    /// The age file; `-` for stdin
    #[arg(value_name = "PATH")]
    path: PathBuf,
    #[command(flatten, next_help_heading = "Identity options")]
    identity: IdentityOptions,
    #[command(flatten)]
    messages: PlainMessages,
}

impl Decrypt {
    pub fn run(&self) -> Exit {
        let mut session = KeySession::with_identities(&self.messages, &self.identity);
        if let Some(exit) = session.stopped() {
            return exit;
        }
        let is_stdin = self.path == Path::new("-");
        let read = match is_stdin {
            true => read_stdin_bytes(),
            false => encrypted_files::read(&self.path),
        };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(_) if !is_stdin && !self.path.exists() => {
                return session.fail(encrypted_files::no_encrypted_file(&self.path));
            }
            Err(problem) => return session.fail(*problem),
        };
        let name = if is_stdin { "stdin".to_owned() } else { shown_name(&self.path) };
        session.name_recipients_for(&self.path);
        let ask = |what: &str| session.passphrase(what);
        match session.store(&ask, &WriteOptions::default()).open(&name, bytes.expose()) {
            Ok(opened) => session.print(opened.plain.expose(), &Inputs::default()),
            Err(fault) => {
                let mut problem = decrypt_fault(Encrypted::Argument(&name), &fault);
                if self.is_spec(bytes.expose()) {
                    // It is not to be encrypted, and its other lines are not to be removed.
                    problem.helps.clear();
                    problem =
                        problem.help("run `mintage show NAME --key KEY` for a value of a spec");
                }
                session.fail(problem)
            }
        }
    }

    fn is_spec(&self, bytes: &[u8]) -> bool {
        let is_toml = self.path.extension() == Some(OsStr::new("toml"));
        let is_named_so = self.path.file_name() == Some(OsStr::new("mintage.toml"));
        is_named_so || (is_toml && has_armor_in_it(bytes))
    }
}

fn has_armor_in_it(bytes: &[u8]) -> bool {
    matches!(Content::of(bytes), Content::Age(Age::TextBeforeArmor))
}
