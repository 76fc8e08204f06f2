//! `mintage rekey`: encrypts again what is not encrypted as the rules say. All files of a run, or
//! none.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::identities::IdentityOptions;
use super::key_files::{Found, Whereabouts, gather};
use super::keys::{KeySession, WriteOptions};
use super::options::PlainMessages;
use crate::age::RecipientHash;
use crate::age::messages::encrypt_fault;
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::consent::Notice;
use crate::encrypted::readers::{Standing, Trust};
use crate::encrypted::rules::unknown;
use crate::encrypted::store::{Former, change};
use crate::encrypted::{Audience, Opened, ReaderChange, Rules, Store};
use crate::os::encrypted_files::{self, Write};
use crate::os::rule_files::Ruled;
use crate::parallel::in_parallel;
use crate::source::FileId;
use crate::spec::edit::replace_armor;
use crate::views::readers::NO_FILES;

/// Re-encrypt files whose readers differ from the rules
///
/// Compares each encrypted file with the [[encrypt]] rules and re-encrypts only those that differ.
/// If one of them can't be decrypted, nothing is written. A removed reader could read the file
/// until now, and stays listed as a former reader.
#[derive(Debug, Args)]
#[allow(rustdoc::broken_intra_doc_links, reason = "`--help` prints these lines as they are")]
#[command(after_help = "Examples:
  mintage rekey --dry-run                show what would change below the current folder
  mintage rekey                          ask before anyone gets access to a file
  mintage rekey --yes secrets/prod       don't ask
  mintage rekey --forget bob             when all values that bob knew have changed")]
pub struct Rekey {
    /// Encrypted files, specs, or folders to search recursively
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Show what would change; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Drop this former reader from all lists; repeatable
    #[arg(long, value_name = "NAME")]
    forget: Vec<String>,
    /// Also re-encrypt files without a list of readers
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    write: WriteOptions,
    #[command(flatten, next_help_heading = "Identity options")]
    identity: IdentityOptions,
    #[command(flatten)]
    messages: PlainMessages,
}

/// A file that is encrypted again.
struct Rekeyed {
    before: Vec<u8>,
    opened: Opened,
    change: ReaderChange,
}

impl Rekey {
    pub fn run(&self) -> Exit {
        let mut session = KeySession::with_identities(&self.messages, &self.identity);
        if let Some(exit) = session.stopped() {
            return exit;
        }
        let found = gather(&self.paths, &mut session);
        if let Some(exit) = session.stopped() {
            return exit;
        }
        if let Some(problem) = self.unknown_names(&found) {
            return session.fail(problem);
        }
        let work: Vec<&Found> = found.iter().filter(|found| self.is_due(found)).collect();
        for found in &found {
            if found.ruled.is_none() {
                let name = code(&found.name);
                session
                    .terminal
                    .say(&format!("left {name} unchanged: no `[[encrypt]]` rule matches it"));
            }
        }
        let session_ref = &session;
        let results = in_parallel(&work, 4, |found| {
            let ask = |what: &str| session_ref.passphrase(what);
            opened(found, &session_ref.store(&ask, &self.write))
        });
        let mut done = Vec::new();
        let mut problems = Vec::new();
        for (found, result) in work.iter().zip(results) {
            match result {
                Ok(rekeyed) => done.push((*found, rekeyed)),
                Err(problem) => problems.push(*problem),
            }
        }
        if !problems.is_empty() {
            session.problems = problems;
            if work.len() > 1 {
                session.terminal.say("nothing was written");
            }
            return session.stopped().unwrap_or(Exit::Usage);
        }
        let ruled = found.iter().filter(|found| found.ruled.is_some()).count();
        match self.finish(&session, &done, (found.len(), ruled)) {
            Ok(()) => Exit::Fine,
            Err(problem) => session.fail(*problem),
        }
    }

    /// Whether a file is to be encrypted again.
    fn is_due(&self, found: &Found) -> bool {
        if found.ruled.is_none() {
            return false;
        }
        let audit = found.audit(false);
        let has_list = !matches!(audit.trust, Trust::NoList | Trust::Unreadable);
        let rules = found.rules.as_ref().map(|file| &file.rules);
        audit.differs()
            || (self.all && !has_list)
            || (self.write.anonymous && has_list)
            || (has_list && rules.is_some_and(|rules| self.forgets(found, rules)))
    }

    fn forgets(&self, found: &Found, rules: &Rules) -> bool {
        let Some(list) = found.header.claim.readers() else { return false };
        let forget = self.forgotten(rules, &list.former);
        list.former.iter().any(|hash| forget.contains(hash))
    }

    /// Those of `former` that are to be forgotten.
    fn forgotten(&self, rules: &Rules, former: &[RecipientHash]) -> Vec<RecipientHash> {
        let is_named = |hash: &&RecipientHash| {
            let unknown = unknown(hash);
            self.forget.iter().any(|name| {
                *name == rules.name(hash) || unknown.strip_prefix("unknown key ") == Some(name)
            })
        };
        former.iter().filter(is_named).copied().collect()
    }

    /// A name of `--forget` that is no file's former reader is a mistake.
    fn unknown_names(&self, found: &[Found]) -> Option<Diagnostic> {
        let mut known = Vec::new();
        for found in found {
            let audit = found.audit(false);
            known.extend(audit.named(Standing::Former).into_iter().map(str::to_owned));
        }
        let is_known = |name: &str| {
            known.iter().any(|known| {
                known.strip_prefix("unknown key ").unwrap_or(known) == name || known == name
            })
        };
        let wrong = self.forget.iter().find(|name| !is_known(name))?;
        let message = format!("no file lists {} as a former reader", code(wrong));
        Some(
            diagnostic!(USAGE, "{message}")
                .help("run `mintage recipients` to see who is listed as `former`"),
        )
    }

    /// The new bytes of all files, in their order.
    fn sealed(
        &self,
        session: &KeySession,
        done: &[(&Found, Rekeyed)],
    ) -> Result<Vec<Vec<u8>>, Box<Diagnostic>> {
        let sealed = in_parallel(done, 4, |(found, rekeyed)| {
            let ask = |what: &str| session.passphrase(what);
            let store = session.store(&ask, &self.write);
            let Opened { plain, claim, armored } = &rekeyed.opened;
            let (ruled, audience) = wanted(found)?;
            let former = claim.readers().map(|list| list.former.as_slice());
            let forget = self.forgotten(ruled.rules(), former.unwrap_or_default());
            let former = Former::Keep { forget: &forget };
            store
                .seal(plain, *armored, Some(claim), audience, former)
                .map_err(|fault| Box::new(encrypt_fault(&fault)))
        });
        sealed.into_iter().collect()
    }

    fn finish(
        &self,
        session: &KeySession,
        done: &[(&Found, Rekeyed)],
        (all, ruled): (usize, usize),
    ) -> Result<(), Box<Diagnostic>> {
        let changes: Vec<(&str, &ReaderChange)> =
            done.iter().map(|(found, rekeyed)| (found.name.as_str(), &rekeyed.change)).collect();
        let count = plural(done.len(), "file");
        let rest = all - done.len();
        if self.dry_run {
            let notice = Notice::of(&changes);
            session.terminal.notify(&[notice.lines, notice.questions].concat());
            for (found, _) in done {
                session.print(format!("{}\n", found.name).as_bytes(), &Default::default());
            }
            session.terminal.say(&format!("would re-encrypt {count}, and leave {rest} unchanged"));
            return Ok(());
        }
        if all == 0 {
            session.terminal.say(NO_FILES);
            return Ok(());
        }
        if done.is_empty() {
            session.terminal.say(&match ruled {
                0 => "nothing to do".to_owned(),
                1 => "1 file is encrypted as the rules say; nothing to do".to_owned(),
                ruled => {
                    format!(
                        "{} are encrypted as the rules say; nothing to do",
                        plural(ruled, "file")
                    )
                }
            });
            return Ok(());
        }
        session.confirm(&changes, &self.write)?;
        let sealed = self.sealed(session, done)?;
        encrypted_files::write_all(&writes(session, done, sealed)?)?;
        session.terminal.say(&format!("re-encrypted {count}, left {rest} unchanged"));
        Ok(())
    }
}

fn wanted(found: &Found) -> Result<(&Ruled, &Audience), Box<Diagnostic>> {
    match (&found.ruled, found.audience()) {
        (Some(ruled), Some(audience)) => Ok((ruled, audience)),
        _ => Err(Box::new(diagnostic!(RECIPIENT, "no rule is for {}", code(&found.name)))),
    }
}

/// A file with what it holds, and what changes about its readers.
fn opened(found: &Found, store: &Store<'_>) -> Result<Rekeyed, Box<Diagnostic>> {
    let (ruled, audience) = wanted(found)?;
    let before = match &found.whereabouts {
        Whereabouts::File(path) => encrypted_files::read(path)?.expose().to_vec(),
        Whereabouts::Spec { text, .. } => text.text.clone().into_bytes(),
    };
    let opened = store.open(&found.name, &before).map_err(|fault| Box::new(found.fault(&fault)))?;
    let change = change(Some(&opened.claim), audience, ruled.rules());
    Ok(Rekeyed { before, opened, change })
}

/// The new bytes of all files: age files, and specs with new armored texts.
fn writes(
    session: &KeySession,
    done: &[(&Found, Rekeyed)],
    sealed: Vec<Vec<u8>>,
) -> Result<Vec<Write>, Box<Diagnostic>> {
    let mut writes = Vec::new();
    let mut specs: BTreeMap<FileId, Vec<(&Found, Vec<u8>)>> = BTreeMap::new();
    for ((found, rekeyed), bytes) in done.iter().zip(sealed) {
        match &found.whereabouts {
            Whereabouts::File(path) => writes.push(Write {
                path: path.clone(),
                bytes,
                before: Some(rekeyed.before.clone()),
            }),
            Whereabouts::Spec { text, .. } => {
                specs.entry(text.span.file).or_default().push((found, bytes));
            }
        }
    }
    for (file, mut texts) in specs {
        let before = &session.sources.get(file).text;
        let mut after = before.clone();
        // From the last on, so that the places of the others stay.
        texts.reverse();
        let mut spec_path = PathBuf::new();
        for (found, bytes) in texts {
            let Whereabouts::Spec { path, text } = &found.whereabouts else { continue };
            let armored = String::from_utf8_lossy(&bytes);
            let range = text.span.start..text.span.end;
            let edited = replace_armor(&after, range, &armored).map_err(|_| {
                Box::new(
                    diagnostic!(CANNOT_WRITE, "the armored text can't be replaced safely")
                        .at(text.span, "")
                        .help("write it as a string over several lines: `\"\"\"...\"\"\"`"),
                )
            })?;
            after = edited.to_string();
            spec_path.clone_from(path);
        }
        let (bytes, before) = (after.into_bytes(), Some(before.clone().into_bytes()));
        writes.push(Write { path: spec_path, bytes, before });
    }
    Ok(writes)
}
