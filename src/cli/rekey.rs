//! `mintage rekey`: encrypts again what is not encrypted as the rules say. All files of a run, or
//! none.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::identities::IdentityOptions;
use super::key_files::{Found, Whereabouts, gather};
use super::keys::{KeySession, PlainMessages, WriteOptions};
use crate::age::messages::encrypt_fault;
use crate::age::{Claim, RecipientHash};
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::consent::Notice;
use crate::encrypted::readers::{Standing, Trust};
use crate::encrypted::rules::unknown;
use crate::encrypted::store::Former;
use crate::encrypted::{ReaderChange, Rules, Store};
use crate::os::encrypted_files::{self, Write};
use crate::parallel::in_parallel;
use crate::source::FileId;
use crate::spec::edit::replace_armor;

/// Encrypt files again that are not encrypted as the rules say
///
/// Compares each encrypted file with the [[encrypt]] rules and encrypts those that differ again;
/// all others keep every byte. If one of them can't be decrypted, nothing is written. Someone who
/// is removed could read the file until now, and stays listed as a former reader.
#[derive(Debug, Args)]
#[allow(rustdoc::broken_intra_doc_links, reason = "`--help` prints these lines as they are")]
#[command(after_help = "Examples:
  mintage rekey --dry-run                what would be done below the current folder
  mintage rekey                          asks before anyone gets access to a file
  mintage rekey --yes secrets/prod       without asking
  mintage rekey --forget bob             bob knows no value of these files any more")]
pub struct Rekey {
    /// Encrypted files, specs, or folders to search recursively
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Print what would be done; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Drop this former reader from the files' lists; repeatable
    #[arg(long, value_name = "NAME")]
    forget: Vec<String>,
    /// Also encrypt files again that do not list their readers
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
    bytes: Vec<u8>,
    before: Vec<u8>,
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
                session.terminal.say(&format!("{name} is left as it is: no rule is for it"));
            }
        }
        let session_ref = &session;
        let results = in_parallel(&work, 4, |found| {
            let ask = |what: &str| session_ref.passphrase(what);
            self.rekeyed(found, &session_ref.store(&ask, &self.write))
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
        match self.finish(&session, &done, found.len()) {
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

    fn rekeyed(&self, found: &Found, store: &Store<'_>) -> Result<Rekeyed, Box<Diagnostic>> {
        let (Some(ruled), Some(audience)) = (&found.ruled, found.audience()) else {
            return Err(Box::new(diagnostic!(RECIPIENT, "no rule is for {}", code(&found.name))));
        };
        let before = match &found.whereabouts {
            Whereabouts::File(path) => encrypted_files::read(path)?.expose().to_vec(),
            Whereabouts::Spec { text, .. } => text.text.clone().into_bytes(),
        };
        let opened =
            store.open(&found.name, &before).map_err(|fault| Box::new(found.fault(&fault)))?;
        let former = opened.claim.readers().map(|list| list.former.as_slice());
        let forget = self.forgotten(ruled.rules(), former.unwrap_or_default());
        let to = (audience, ruled.rules());
        let former = Former::Keep { forget: &forget };
        let claim: Option<&Claim> = Some(&opened.claim);
        let sealed = store
            .seal(&opened.plain, opened.armored, claim, to, former)
            .map_err(|fault| Box::new(encrypt_fault(&fault)))?;
        Ok(Rekeyed { bytes: sealed.bytes, before, change: sealed.change })
    }

    fn finish(
        &self,
        session: &KeySession,
        done: &[(&Found, Rekeyed)],
        all: usize,
    ) -> Result<(), Box<Diagnostic>> {
        let changes: Vec<(&str, &ReaderChange)> =
            done.iter().map(|(found, rekeyed)| (found.name.as_str(), &rekeyed.change)).collect();
        let notice = Notice::of(&changes);
        let count = plural(done.len(), "file");
        let rest = all - done.len();
        if self.dry_run {
            for line in notice.lines.iter().chain(&notice.questions) {
                session.terminal.say(line);
            }
            for (found, _) in done {
                session.print(format!("{}\n", found.name).as_bytes(), &Default::default());
            }
            session.terminal.say(&format!("would re-encrypt {count}, and leave {rest} unchanged"));
            return Ok(());
        }
        if done.is_empty() {
            session.terminal.say(&format!(
                "{} as the rules say; nothing to do",
                match all {
                    1 => "1 file is encrypted".to_owned(),
                    all => format!("{} are encrypted", plural(all, "file")),
                }
            ));
            return Ok(());
        }
        session.write(&notice, &writes(session, done)?, &self.write)?;
        session.terminal.say(&format!("re-encrypted {count}, left {rest} unchanged"));
        Ok(())
    }
}

/// The new bytes of all files: age files, and specs with new armored texts.
fn writes(session: &KeySession, done: &[(&Found, Rekeyed)]) -> Result<Vec<Write>, Box<Diagnostic>> {
    let mut writes = Vec::new();
    let mut specs: BTreeMap<FileId, Vec<(&Found, &Rekeyed)>> = BTreeMap::new();
    for (found, rekeyed) in done {
        match &found.whereabouts {
            Whereabouts::File(path) => writes.push(Write {
                path: path.clone(),
                bytes: rekeyed.bytes.clone(),
                before: Some(rekeyed.before.clone()),
            }),
            Whereabouts::Spec { text, .. } => {
                specs.entry(text.span.file).or_default().push((found, rekeyed));
            }
        }
    }
    for (file, mut texts) in specs {
        let before = &session.sources.get(file).text;
        let mut after = before.clone();
        // From the last on, so that the places of the others stay.
        texts.reverse();
        let mut spec_path = PathBuf::new();
        for (found, rekeyed) in texts {
            let Whereabouts::Spec { path, text } = &found.whereabouts else { continue };
            let armored = String::from_utf8_lossy(&rekeyed.bytes);
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
