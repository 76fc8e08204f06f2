//! `mintage recipients`: who can read which encrypted file, against what the rules say.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::identities::IdentityOptions;
use super::key_files::{Found, Gathered, gather, none_found};
use super::keys::KeySession;
use super::options::PlainMessages;
use crate::age::age_file::AgeFile;
use crate::age::{Claim, DecryptFault, Keyring, PassphraseOf};
use crate::diag::phrases::plural;
use crate::diag::render::json::pretty;
use crate::diag::{Diagnostic, diagnostic};
use crate::os::encrypted_files;
use crate::os::inputs::Inputs;
use crate::parallel::in_parallel;
use crate::views::readers::{Audited, json, summary, table};
use crate::world::MAX_FILE_BYTES;

/// Show who can read encrypted files, compared with the rules
///
/// Reads the headers of age files, and the armored texts in specs; no identity is needed. Files
/// that mintage wrote list their readers. The list is a claim until an identity opens the file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage recipients                     all encrypted files below the current folder
  mintage recipients secrets/prod shop/mintage.toml
  mintage recipients --json | jq -r '.[] | select(.differs) | .file'

READERS: names from [recipients]. MISSING: can't read the file, but should. NOT IN RULES: can read
it, but should not. UNKNOWN KEY: can read it, but is not in [recipients]. former: could read an
earlier version, and may still know some of its values. Files without a list of readers: the number
of recipients of each kind.
RULES:   ok, differs, possible (the number and kinds of recipients fit the rules), no rule.
LIST:    verified (an identity opened the file), claimed, contradicted (it does not fit the
recipients), unreadable, none.

Exit codes: 0 no difference, 1 a file differs from the rules, 2 usage error or I/O error.")]
pub struct Recipients {
    /// Encrypted files, specs, or folders to search recursively
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Print JSON: an array of objects
    #[arg(long)]
    json: bool,
    /// Verify with this identity or SSH key (`-`: stdin); repeatable
    #[arg(short, long = "identity", value_name = "FILE")]
    identities: Vec<String>,
    #[command(flatten)]
    messages: PlainMessages,
}

impl Recipients {
    pub fn run(&self) -> Exit {
        // Plugins may want a finger on a key, for each of the files.
        let identities = self.identities.clone();
        let options = IdentityOptions { identities, no_plugins: true, passphrase_fd: None };
        let mut session = KeySession::with_identities(&self.messages, &options);
        if let Some(exit) = session.stopped() {
            return exit;
        }
        let Gathered { found, mut left_out } = gather(&self.paths, &mut session);
        let keyring = &session.keyring;
        let is_keyless = keyring.is_empty();
        let opened = in_parallel(&found, 8, |found| match is_keyless {
            true => Ok(false),
            false => opens(found, keyring),
        });
        let mut audited = Vec::new();
        for (found, opened) in found.iter().zip(opened) {
            let opened = match opened {
                Ok(opened) => opened,
                Err(fault) => {
                    session.problems.push(found.fault(&fault));
                    left_out += 1;
                    continue;
                }
            };
            let rules = found.rules.as_ref().map(|file| {
                (file.name.clone(), found.audience().map(|audience| audience.names.clone()))
            });
            audited.push(Audited { name: found.name.clone(), audit: found.audit(opened), rules });
        }
        // Why files are not listed is said before the list, with all other errors.
        let failed = match session.has_problems() {
            true => {
                session.problems.extend(stale(&audited));
                session.stopped().filter(|exit| *exit != Exit::Fine)
            }
            false => None,
        };
        let printed = match self.json {
            true => session.print(pretty(&json(&audited)).as_bytes(), &Inputs::default()),
            false if audited.is_empty() => Exit::Fine,
            false => session.print(table(&audited).as_bytes(), &Inputs::default()),
        };
        if failed.is_none() || !audited.is_empty() {
            session.terminal.say(&match audited.is_empty() {
                true => none_found(&self.paths),
                false => summary(&audited),
            });
        }
        let Some(exit) = failed else {
            session.problems.extend(stale(&audited));
            return session.stopped().unwrap_or(printed);
        };
        if left_out > 0 {
            let files = plural(left_out, "file");
            session.terminal.say(&format!("because of the errors, {files} could not be compared"));
        }
        exit
    }
}

/// That files are encrypted for others than the rules say.
fn stale(audited: &[Audited]) -> Option<Diagnostic> {
    let differ = audited.iter().filter(|one| one.audit.differs()).count();
    let (are, them) = match differ {
        0 => return None,
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    let files = plural(differ, "file");
    let found = diagnostic!(STALE_READERS, "{files} {are} not encrypted as the rules say");
    Some(found.help(format!("run `mintage rekey` with an identity that can decrypt {them}")))
}

/// Whether an identity opens it without asking anybody, which proves its header genuine. An error
/// if the file turns out to be damaged.
fn opens(found: &Found, keyring: &Keyring) -> Result<bool, DecryptFault> {
    if !matches!(found.header.claim, Claim::Readers(_)) {
        return Ok(false);
    }
    let nobody = |_: &str| None;
    let open = |bytes: &[u8]| match AgeFile::read(bytes) {
        Ok(file) => keyring.open(&found.name, &file, MAX_FILE_BYTES, &nobody).map(|_| ()),
        Err(fault) => Err(fault.into()),
    };
    let opened = match &found.armored {
        Some(armored) => open(armored.text.as_bytes()),
        None => match encrypted_files::read(&found.path) {
            Ok(bytes) => open(bytes.expose()),
            // It may be large: its header was read.
            Err(_) => Err(DecryptFault::NoPassphrase(PassphraseOf::File)),
        },
    };
    match opened {
        Ok(()) => Ok(true),
        Err(fault @ DecryptFault::File(_)) => Err(fault),
        Err(_) => Ok(false),
    }
}
