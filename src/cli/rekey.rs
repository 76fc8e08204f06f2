//! `mintage rekey`: encrypts again what is not encrypted as the rules say. All files of a run, or
//! none.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::identities::IdentityOptions;
use super::key_files::{Found, gather, lost, none_found};
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
use crate::os::can_write;
use crate::os::encrypted_files::{self, Write};
use crate::parallel::in_parallel;
use crate::source::{FileId, Span};
use crate::spec::edit::replace_armor;

/// Re-encrypt files whose readers differ from the rules
///
/// Compares each encrypted file with the [[encrypt]] rules and re-encrypts only those that differ.
/// If one of them can't be decrypted, nothing is written. A removed reader could read the file
/// until now, and stays listed as a former reader until a command replaces all values in it.
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

/// A file that is to be encrypted again, for whom, and by which rules.
#[derive(Clone, Copy)]
struct Due<'f> {
    found: &'f Found,
    audience: &'f Audience,
    rules: &'f Rules,
}

/// What it holds, and what changes about its readers.
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
        let found = gather(&self.paths, &mut session).found;
        if let Some(exit) = session.stopped() {
            return exit;
        }
        if let Some(problem) = self.unknown_names(&found) {
            return session.fail(problem);
        }
        let work: Vec<Due<'_>> = found.iter().filter_map(|found| self.due(found)).collect();
        for found in &found {
            if found.ruled.is_none() {
                let name = code(&found.name);
                session
                    .terminal
                    .say(&format!("left {name} unchanged: no `[[encrypt]]` rule matches it"));
            }
        }
        let session_ref = &session;
        let results = in_parallel(&work, 4, |due| {
            let ask = |what: &str| session_ref.passphrase(what);
            opened(due, &session_ref.store(&ask, &self.write))
        });
        let mut done = Vec::new();
        let mut problems = Vec::new();
        for (due, result) in work.iter().zip(results) {
            match result {
                Ok(rekeyed) => done.push((*due, rekeyed)),
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

    fn due<'f>(&self, found: &'f Found) -> Option<Due<'f>> {
        let ruled = found.ruled.as_ref()?;
        let (audience, rules) = (&*ruled.audience, ruled.rules());
        let audit = found.audit(false);
        let has_list = !matches!(audit.trust, Trust::NoList | Trust::Unreadable);
        let is_due = audit.differs()
            || (self.all && !has_list)
            || (has_list && (self.write.anonymous || self.forgets(found, rules)));
        is_due.then_some(Due { found, audience, rules })
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
        done: &[(Due<'_>, Rekeyed)],
    ) -> Result<Vec<Vec<u8>>, Box<Diagnostic>> {
        let sealed = in_parallel(done, 4, |(due, rekeyed)| {
            let ask = |what: &str| session.passphrase(what);
            let store = session.store(&ask, &self.write);
            let Opened { plain, claim, armored } = &rekeyed.opened;
            let former = claim.readers().map(|list| list.former.as_slice());
            let forget = self.forgotten(due.rules, former.unwrap_or_default());
            let former = Former::Keep { forget: &forget };
            store
                .seal(plain, *armored, Some(claim), due.audience, former)
                .map_err(|fault| Box::new(encrypt_fault(&fault)))
        });
        sealed.into_iter().collect()
    }

    fn finish(
        &self,
        session: &KeySession,
        done: &[(Due<'_>, Rekeyed)],
        (all, ruled): (usize, usize),
    ) -> Result<(), Box<Diagnostic>> {
        let changes: Vec<(&str, &ReaderChange)> =
            done.iter().map(|(due, rekeyed)| (due.found.name.as_str(), &rekeyed.change)).collect();
        let count = plural(done.len(), "file");
        let rest = all - done.len();
        for (due, _) in done {
            can_write::check_replaceable(&due.found.path)?;
        }
        let files = done.iter().map(|(due, _)| (due.found.name.as_str(), due.audience));
        if let Some(lost) = lost(session, files) {
            session.terminal.say(&lost);
        }
        if self.dry_run {
            let notice = Notice::of(&changes);
            session.terminal.notify(&[notice.lines, notice.questions].concat());
            for (due, _) in done {
                session.print(format!("{}\n", due.found.name).as_bytes(), &Default::default());
            }
            session.terminal.say(&format!("would re-encrypt {count}, and leave {rest} unchanged"));
            return Ok(());
        }
        if all == 0 {
            session.terminal.say(&none_found(&self.paths));
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

fn opened(due: &Due<'_>, store: &Store<'_>) -> Result<Rekeyed, Box<Diagnostic>> {
    let found = due.found;
    let before = match &found.armored {
        None => encrypted_files::read(&found.path)?.expose().to_vec(),
        Some(armored) => armored.text.clone().into_bytes(),
    };
    let opened = store.open(&found.name, &before).map_err(|fault| Box::new(found.fault(&fault)))?;
    let change = change(Some(&opened.claim), due.audience, due.rules);
    Ok(Rekeyed { before, opened, change })
}

/// New armored texts of a spec, and the strings in whose places they come.
type Texts = Vec<(Span, Vec<u8>)>;

/// The new bytes of all files: age files, and specs with new armored texts.
fn writes(
    session: &KeySession,
    done: &[(Due<'_>, Rekeyed)],
    sealed: Vec<Vec<u8>>,
) -> Result<Vec<Write>, Box<Diagnostic>> {
    let mut writes = Vec::new();
    let mut specs: BTreeMap<(FileId, &Path), Texts> = BTreeMap::new();
    for ((due, rekeyed), bytes) in done.iter().zip(sealed) {
        let path = &due.found.path;
        match &due.found.armored {
            None => {
                let before = Some(rekeyed.before.clone());
                writes.push(Write { path: path.clone(), bytes, before });
            }
            Some(armored) => {
                let span = armored.span;
                specs.entry((span.file, path)).or_default().push((span, bytes));
            }
        }
    }
    for ((file, path), mut texts) in specs {
        let before = &session.sources.get(file).text;
        let mut after = before.clone();
        // From the last on, so that the places of the others stay.
        texts.sort_by_key(|(span, _)| Reverse(span.start));
        for (span, bytes) in texts {
            let armored = String::from_utf8_lossy(&bytes);
            let edited = replace_armor(&after, span.start..span.end, &armored).map_err(|_| {
                Box::new(
                    diagnostic!(CANNOT_WRITE, "the armored text can't be replaced safely")
                        .at(span, "")
                        .help("write it as a string over several lines: `\"\"\"...\"\"\"`"),
                )
            })?;
            after = edited.to_string();
        }
        let (bytes, before) = (after.into_bytes(), Some(before.clone().into_bytes()));
        writes.push(Write { path: path.to_owned(), bytes, before });
    }
    Ok(writes)
}
