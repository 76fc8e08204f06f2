//! `mintage encrypt`: a file for those whom the rules name.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::identities::IdentityOptions;
use super::keys::{KeySession, WriteOptions};
use super::literals;
use super::options::{AccessOptions, MessageOptions, PlainMessages};
use super::session::Session;
use crate::age::messages::{RecipientOrigin, bad_recipient, encrypt_fault};
use crate::age::{Recipient, RecipientFault};
use crate::content::Content;
use crate::diag::phrases::{code, shell_word};
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::store::{Former, change};
use crate::encrypted::{Audience, Rules};
use crate::os::encrypted_files::{self, Write};
use crate::os::texts::{read_stdin_bytes, shown_name};
use crate::secret::bytes::SecretBytes;
use crate::spec;
use crate::world::MAX_FILE_BYTES;

/// Encrypt a file for the readers that the [[encrypt]] rules name
///
/// Writes PATH.age next to the file, and keeps the file: delete it when you no longer need it. The
/// rules are those for the spec that reads the new file; for a file that no spec reads, those of
/// the nearest mintage.toml in its folder or above.
#[derive(Debug, Args)]
#[allow(rustdoc::broken_intra_doc_links, reason = "`--help` prints these lines as they are")]
#[command(after_help = "Examples:
  mintage encrypt secrets/prod/db.toml           write secrets/prod/db.toml.age
  printf %s \"$TOKEN\" | mintage encrypt - -o secrets/prod/token.age
  mintage encrypt --literals --dry-run           show what would move out of ./mintage.toml
  mintage encrypt notes.txt -r age1...           encrypt for this recipient, and ignore the rules")]
pub struct Encrypt {
    /// File to encrypt; `-` for stdin; with --literals, a spec [default: .]
    #[arg(value_name = "PATH", required_unless_present = "literals")]
    path: Option<PathBuf>,
    /// Move the plaintext secrets of a spec into encrypted files
    #[arg(long, conflicts_with_all = ["output", "recipients", "armor", "force"])]
    literals: bool,
    /// With --literals, show what would move; write nothing
    #[arg(long, requires = "literals")]
    dry_run: bool,
    /// Write to this file [default: PATH.age]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Encrypt for this recipient, and ignore the rules; repeatable
    #[arg(short, long = "recipient", value_name = "KEY")]
    recipients: Vec<String>,
    /// Write text instead of binary data
    #[arg(long)]
    armor: bool,
    /// Replace an existing encrypted file
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    write: WriteOptions,
    #[command(flatten, next_help_heading = "Identity options")]
    identity: IdentityOptions,
    #[command(flatten)]
    messages: PlainMessages,
}

impl Encrypt {
    pub fn run(&self) -> Exit {
        if self.literals {
            let path = self.path.as_deref().unwrap_or(Path::new("."));
            return literals::run(self.spec_session(), path, self.dry_run, &self.write);
        }
        let mut session = match self.force {
            true => KeySession::with_identities(&self.messages, &self.identity),
            false => KeySession::without_identities(&self.messages, &self.identity),
        };
        let done = self.encrypt(&mut session);
        if let Some(exit) = session.stopped() {
            return exit;
        }
        match done {
            Ok(()) => Exit::Fine,
            Err(problem) => session.fail(*problem),
        }
    }

    /// A run that reads a spec.
    fn spec_session(&self) -> Session {
        let plain = self.messages.clone();
        let messages = MessageOptions { plain, ..MessageOptions::default() };
        let identity = self.identity.clone();
        let access = AccessOptions { identity, messages, ..AccessOptions::default() };
        Session::with_access(&access)
    }

    fn encrypt(&self, session: &mut KeySession) -> Result<(), Box<Diagnostic>> {
        let path = self.path.clone().unwrap_or_default();
        let is_stdin = path == Path::new("-");
        let target = match &self.output {
            Some(output) if output == Path::new("-") => return Err(Box::new(no_stdout())),
            Some(output) => output.clone(),
            None if is_stdin => return Err(Box::new(no_output())),
            None => {
                let mut name = path.clone().into_os_string();
                name.push(".age");
                PathBuf::from(name)
            }
        };
        if !is_stdin && path.is_dir() {
            return Err(Box::new(is_folder(&path)));
        }
        let name = shown_name(&target);
        let exists = encrypted_files::exists(&target)?;
        if exists && !self.force {
            return Err(Box::new(exists_already(&name)));
        }
        let before = match exists {
            true => Some(encrypted_files::read(&target)?),
            false => None,
        };
        if let Some(before) = &before
            && !matches!(Content::of(before.expose()), Content::Age(_))
        {
            return Err(Box::new(not_encrypted(&name)));
        }
        let plain = match is_stdin {
            true => read_stdin_bytes()?,
            false => encrypted_files::read(&path)?,
        };
        if is_stdin && plain.is_empty() {
            return Err(Box::new(empty_stdin()));
        }
        if matches!(Content::of(plain.expose()), Content::Age(_)) {
            return Err(Box::new(already_encrypted(&path)));
        }
        if self.output.is_none() && is_spec(&path, &plain, session) {
            return Err(Box::new(whole_spec(&shown_name(&path))));
        }
        if matches!(Content::of(plain.expose()), Content::Sops) {
            return Err(Box::new(encrypted_by_sops(&path)));
        }
        let own = self.own_recipients()?;
        let ruled = match &own {
            Some(_) => None,
            None => session.ruled(&target),
        };
        let nearest = own.as_ref().and_then(|_| session.nearest_rules(&target));
        let none = Rules::default();
        let (audience, rules) = match (&own, &ruled) {
            // The rules only say whose the keys are that can no longer read the file.
            (Some(own), _) => (own, nearest.as_ref().map_or(&none, |file| &file.rules)),
            (None, Some(ruled)) => (&*ruled.audience, ruled.rules()),
            // What is wrong is among the problems.
            (None, None) => return Ok(()),
        };
        let ask = |what: &str| session.passphrase(what);
        let store = session.store(&ask, &self.write);
        // Who could read the old file: only an identity that opens it can tell.
        let opened = before.as_ref().map(|bytes| store.open(&name, bytes.expose()));
        let claim = opened.map(|opened| opened.map(|opened| opened.claim).unwrap_or_default());
        let change = change(claim.as_ref(), audience, rules);
        session.confirm(&[(&name, &change)], &self.write)?;
        let former = Former::Keep { forget: &[] };
        let bytes = store
            .seal(&plain, self.armor, claim.as_ref(), audience, former)
            .map_err(|fault| Box::new(encrypt_fault(&fault)))?;
        let before = before.map(|bytes: SecretBytes| bytes.expose().to_vec());
        encrypted_files::write_all(&[Write { path: target, bytes, before }])?;
        if !is_stdin {
            let plain = code(&shown_name(&path));
            session.terminal.say(&format!(
                "wrote {}; {plain} is still there in plain text: delete it",
                code(&name)
            ));
        }
        Ok(())
    }

    fn own_recipients(&self) -> Result<Option<Audience>, Box<Diagnostic>> {
        if self.recipients.is_empty() {
            return Ok(None);
        }
        for text in &self.recipients {
            if let Err(fault) = Recipient::parse(text) {
                return Err(Box::new(bad_argument(text, &fault)));
            }
        }
        Ok(Some(Audience::of(&self.recipients)))
    }
}

/// Whether a file is a spec, which mintage can't read once it is encrypted.
fn is_spec(path: &Path, text: &SecretBytes, session: &mut KeySession) -> bool {
    if path.file_name() == Some(OsStr::new("mintage.toml")) {
        return true;
    }
    if path.extension() != Some(OsStr::new("toml")) {
        return false;
    }
    let Some(text) = text.expose_str() else { return false };
    let file = session.sources.add(shown_name(path), text);
    let spec = spec::parse(file, &mut session.sources, MAX_FILE_BYTES).0;
    spec.is_some_and(|spec| !spec.entries.is_empty())
}

fn whole_spec(name: &str) -> Diagnostic {
    let literals = format!("mintage encrypt --literals {}", shell_word(name));
    diagnostic!(USAGE, "{} is a spec, and mintage reads specs only in plain text", code(name))
        .help(format!("run {} to encrypt the secrets in it", code(&literals)))
        .help("pass `-o FILE.age` to encrypt the whole file anyway")
}

/// What is wrong with a recipient on the command line. Some pass the file that it is in.
fn bad_argument(text: &str, fault: &RecipientFault) -> Diagnostic {
    let mut problem = bad_recipient(RecipientOrigin::Flag, fault);
    if *fault != RecipientFault::Unknown || !Path::new(text).is_file() {
        return problem;
    }
    let file = shell_word(text);
    let print = match text.ends_with(".pub") {
        true => format!("cat {file}"),
        false => format!("mintage keygen -y {file}"),
    };
    problem.helps.clear();
    problem
        .note("it is the path of a file, not a key")
        .help(format!("pass the key: `-r \"$({print})\"`"))
}

fn is_folder(path: &Path) -> Diagnostic {
    diagnostic!(CANNOT_READ, "{} is a folder, not a file", code(&path.display().to_string()))
        .help("pass a file, or `--literals` to encrypt the secrets in a spec")
}

fn no_output() -> Diagnostic {
    diagnostic!(USAGE, "stdin has no name, so the name of the encrypted file is missing")
        .help("pass it with `-o FILE.age`")
}

fn empty_stdin() -> Diagnostic {
    diagnostic!(USAGE, "stdin is empty, so there is nothing to encrypt")
        .note("the command that should have written to stdin may have failed")
        .help("to encrypt an empty value, pass an empty file instead of `-`")
}

fn no_stdout() -> Diagnostic {
    diagnostic!(USAGE, "`encrypt` does not write to stdout")
        .note("which rule is for the encrypted file depends on its name")
        .help("write `-o FILE.age`, or `-o ./-` for a file called `-`")
}

fn exists_already(name: &str) -> Diagnostic {
    diagnostic!(FOREIGN_FILES, "{} already exists", code(name))
        .note("its content would be lost")
        .help("pass `--force` to replace it, or choose another file with `-o`")
}

fn not_encrypted(name: &str) -> Diagnostic {
    diagnostic!(FOREIGN_FILES, "{} already exists, and is not an age file", code(name))
        .note("`--force` replaces only encrypted files")
        .help("choose another file with `-o`, or remove this one")
}

fn encrypted_by_sops(path: &Path) -> Diagnostic {
    diagnostic!(USAGE, "{} is already encrypted with SOPS", code(&shown_name(path)))
        .note("mintage can't read SOPS files, so a spec could not use its values")
        .help("decrypt it first, such as `sops decrypt FILE | mintage encrypt - -o FILE.age`")
}

fn already_encrypted(path: &Path) -> Diagnostic {
    diagnostic!(USAGE, "{} is already encrypted with age", code(&shown_name(path)))
        .note("a file that is encrypted twice must be decrypted twice")
        .help("run `mintage rekey` to encrypt it again by the rules, or pass its plaintext")
}
