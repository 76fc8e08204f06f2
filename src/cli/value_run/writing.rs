//! New bytes for files and armored texts of a spec, by the rules, and how they are written.

use std::path::Path;

use super::ValueRun;
use crate::age::Claim;
use crate::age::messages::encrypt_fault;
use crate::cli::Exit;
use crate::cli::keys::WriteOptions;
use crate::diag::Diagnostic;
use crate::encrypted::consent::{ARMORED_TEXT, Notice};
use crate::encrypted::store::{Former, Gained, change};
use crate::os::can_write;
use crate::os::encrypted_files::{self, Write};
use crate::os::{prompt::Tty, rule_files::Ruled, texts::shown_name};
use crate::secret::bytes::SecretBytes;
use crate::world::World as _;

/// A file that is replaced: what it says of its readers, if that is genuine, and its form.
pub(crate) struct Old<'a> {
    pub claim: &'a Claim,
    pub armored: bool,
    /// Whether nothing of its plaintext stays.
    pub all_new: bool,
}

impl ValueRun {
    /// New bytes for a file at a path from the spec's folder, by the rules; `old` is what it holds.
    pub(crate) fn seal(
        &mut self,
        path: &str,
        plain: &SecretBytes,
        old: Option<Old<'_>>,
        write: &WriteOptions,
    ) -> Result<Vec<u8>, Exit> {
        let disk = self.on_disk(path);
        // No folder is made where no file may be.
        self.ruled(&disk)?;
        self.folders.make_for(&disk).map_err(|problem| self.fail(*problem))?;
        let armor = old.as_ref().is_some_and(|old| old.armored);
        self.sealed(&disk, plain, (old, armor), write)
    }

    /// An armored text for the spec itself; `old` is the one that it replaces.
    pub(crate) fn seal_armor(
        &mut self,
        plain: &SecretBytes,
        old: Option<Old<'_>>,
        write: &WriteOptions,
    ) -> Result<String, Exit> {
        let path = self.path.clone();
        let bytes = self.sealed(&path, plain, (old, true), write)?;
        String::from_utf8(bytes).map_err(|_| Exit::Usage)
    }

    fn sealed(
        &mut self,
        disk: &Path,
        plain: &SecretBytes,
        (old, armor): (Option<Old<'_>>, bool),
        write: &WriteOptions,
    ) -> Result<Vec<u8>, Exit> {
        let ruled = self.ruled(disk)?;
        let audience = &ruled.audience;
        let ask = |what: &str| self.world.passphrase(what);
        let store = self.store(&ask, write.anonymous);
        // Who could read the file once knows nothing of it when all of it is new.
        let former = match &old {
            Some(Old { all_new: true, .. }) => Former::Forget,
            _ => Former::Keep { forget: &[] },
        };
        let claim = old.map(|old| old.claim);
        let name = shown_name(disk);
        let is_spec = *disk == self.path;
        let name = if is_spec { format!("{ARMORED_TEXT}{name}") } else { name };
        let mut change = change(claim, audience, ruled.rules());
        if audience.needs_plugins() {
            let notice = Notice { lines: Vec::new(), ..Notice::of(&[(&name, &change)]) };
            let confirmed = notice.confirm(write.yes, &Tty, &|lines| self.notify(lines));
            confirmed.map_err(|problem| self.fail(*problem))?;
            if !notice.questions.is_empty() {
                change.gained = Gained::Nobody;
            }
        }
        let sealed = store.seal(plain, armor, claim, audience, former);
        let bytes = sealed.map_err(|fault| self.fail(encrypt_fault(&fault)))?;
        self.changes.push((name, change));
        Ok(bytes)
    }

    /// Says who can read what, asks about new readers, and writes all files in this order or none.
    pub(crate) fn write(&mut self, writes: &[Write], options: &WriteOptions) -> Result<(), Exit> {
        self.written(writes, options).map_err(|problem| self.fail(*problem))
    }

    fn written(&mut self, writes: &[Write], options: &WriteOptions) -> Result<(), Box<Diagnostic>> {
        // A second try starts anew.
        let changes = std::mem::take(&mut self.changes);
        let changes: Vec<_> =
            changes.iter().map(|(path, change)| (path.as_str(), change)).collect();
        let confirmed =
            Notice::of(&changes).confirm(options.yes, &Tty, &|lines| self.notify(lines));
        confirmed.and_then(|()| encrypted_files::write_all_with(writes, self.lock.as_ref()))
    }

    /// Whom the rules name for a file of the spec.
    fn ruled(&mut self, disk: &Path) -> Result<Ruled, Exit> {
        let sources = &mut self.session.sources;
        let found = match *disk == self.path {
            true => self.rules.audience_of_text(disk, sources),
            false => self.rules.audience(disk, sources),
        };
        found.map_err(|problems| self.session.report(&problems))
    }

    /// Whether a new file could be encrypted by the rules and written: otherwise what `seal` or
    /// `write` says is said. No plugin runs.
    pub(crate) fn could_seal(&mut self, path: &str) -> Result<(), Exit> {
        let disk = self.on_disk(path);
        let ruled = self.ruled(&disk)?;
        can_write::check_new(&disk).map_err(|problem| self.fail(*problem))?;
        let audience = &ruled.audience;
        if audience.needs_plugins() {
            return Ok(());
        }
        let store = self.store(&|_| None, false);
        let sealed = store.seal(&SecretBytes::default(), false, None, audience, Former::Forget);
        sealed.map(|_| ()).map_err(|fault| self.fail(encrypt_fault(&fault)))
    }

    pub(crate) fn could_write_spec(&self) -> Result<(), Exit> {
        can_write::check_replaceable(&self.path).map_err(|problem| self.fail(*problem))
    }

    fn notify(&self, lines: &[String]) {
        self.session.terminal.notify(lines);
    }

    /// The change of the spec's own text.
    pub(crate) fn write_of_spec(&self, text: &str) -> Write {
        let before = Some(self.text.as_bytes().to_vec());
        Write { path: self.path.clone(), bytes: text.as_bytes().to_vec(), before }
    }
}
