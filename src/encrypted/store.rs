//! Opens age files and writes them for whom the rules say. Nothing here touches the disk: bytes
//! come in and go out, with what changes about who can read them.

use super::readers::can_be_list;
use super::rules::{Audience, Rules};
use crate::age::age_file::AgeFile;
use crate::age::{
    self, AskPassphrase, Claim, DecryptFault, EncryptFault, Keyring, Plugins, Readers,
    RecipientHash,
};
use crate::content::{Age, Content};
use crate::secret::bytes::SecretBytes;
use crate::world::MAX_FILE_BYTES;

/// What files are opened with, and how they are written.
pub(crate) struct Store<'a> {
    pub keyring: &'a Keyring,
    pub plugins: &'a Plugins,
    pub ask: AskPassphrase<'a>,
    /// Leave out the list of readers.
    pub anonymous: bool,
}

/// An age file that an identity opened: all of its header is genuine.
#[derive(Debug)]
pub(crate) struct Opened {
    pub plain: SecretBytes,
    pub claim: Claim,
    pub armored: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReaderChange {
    pub gained: Gained,
    /// Who could read the file so far, and can't read the new one. Each knows every value that
    /// does not change.
    pub removed: Vec<String>,
}

/// Who can read a file from now on and could not before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Gained {
    #[default]
    Nobody,
    /// The file is new: all of its readers.
    NewFile(Vec<String>),
    /// These, by the genuine list of the file.
    These(Vec<String>),
    /// The file has no list of its readers, so that any of these may be new.
    Perhaps(Vec<String>),
}

/// What becomes of those who could read a file once.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Former<'a> {
    /// They stay on the list, but for these.
    Keep { forget: &'a [RecipientHash] },
    /// Every value of the file has changed: nobody on the list knows one.
    Forget,
}

impl Store<'_> {
    /// Opens a file; `name` is what a question for its passphrase calls it.
    pub(crate) fn open(&self, name: &str, bytes: &[u8]) -> Result<Opened, DecryptFault> {
        let file = AgeFile::read(bytes)?;
        let plain = self.keyring.open(name, &file, MAX_FILE_BYTES, self.ask)?;
        let armored = matches!(Content::of(bytes), Content::Age(Age::Armored));
        // A list that says more, or less, than the stanzas hides who is new.
        let claim = match file.header.claim.readers() {
            Some(readers) if !can_be_list(&file.header, readers) => Claim::Unreadable,
            _ => file.header.claim,
        };
        Ok(Opened { plain, claim, armored })
    }

    /// An age file of `plain` for an audience; `before` is the file that it replaces. Plugins run
    /// here: who is new has to be confirmed before, see [`change`].
    pub(crate) fn seal(
        &self,
        plain: &SecretBytes,
        armored: bool,
        before: Option<&Claim>,
        audience: &Audience,
        former: Former<'_>,
    ) -> Result<Vec<u8>, EncryptFault> {
        let list = list(before, audience, former);
        let readers = (!self.anonymous).then_some(&list);
        age::encrypt(plain, &audience.recipients, readers, armored, self.plugins)
    }
}

/// The list of readers that a file for this audience has.
pub(crate) fn list(before: Option<&Claim>, audience: &Audience, former: Former<'_>) -> Readers {
    let current = audience.hashes();
    let mut past: Vec<RecipientHash> = Vec::new();
    if let (Some(old), Former::Keep { forget }) = (before.and_then(Claim::readers), former) {
        for hash in old.former.iter().chain(&old.current) {
            if !current.contains(hash) && !forget.contains(hash) && !past.contains(hash) {
                past.push(*hash);
            }
        }
    }
    Readers { current, former: past }
}

/// What a file for this audience changes; `before` is the genuine claim of the old one. `rules`
/// give the names of keys.
pub(crate) fn change(before: Option<&Claim>, audience: &Audience, rules: &Rules) -> ReaderChange {
    let Some(claim) = before else {
        let gained = Gained::NewFile(audience.names.clone());
        return ReaderChange { gained, removed: Vec::new() };
    };
    let Some(old) = claim.readers() else {
        let gained = Gained::Perhaps(audience.names.clone());
        return ReaderChange { gained, removed: Vec::new() };
    };
    let wanted = audience.hashes();
    let mut removed: Vec<String> = Vec::new();
    for hash in old.current.iter().filter(|hash| !wanted.contains(hash)) {
        push_new(&mut removed, rules.name(hash));
    }
    let mut gained: Vec<String> = Vec::new();
    for hash in wanted.iter().filter(|hash| !old.current.contains(hash)) {
        push_new(&mut gained, audience.name(hash, rules));
    }
    let gained = if gained.is_empty() { Gained::Nobody } else { Gained::These(gained) };
    ReaderChange { gained, removed }
}

fn push_new(names: &mut Vec<String>, name: String) {
    if !names.contains(&name) {
        names.push(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::age::{
        IdentityInput, IdentitySource, NewIdentity, Recipient, encrypt, generate_identity,
    };

    /// Anyone can write a file with a list of their own.
    #[test]
    fn a_list_that_does_not_fit_hides_nobody() {
        let (alice, mallory) =
            (generate_identity(NewIdentity::X25519), generate_identity(NewIdentity::X25519));
        let identity = IdentityInput::new("alice", alice.secret.clone(), IdentitySource::Person);
        let (keyring, _) = Keyring::load(vec![identity], Plugins::Never);
        let ask = |_: &str| None;
        let store =
            Store { keyring: &keyring, plugins: &Plugins::Never, ask: &ask, anonymous: false };
        let rules = Rules::default();
        let both = Audience::of(&[alice.recipient.clone(), mallory.recipient]);
        let only = [Recipient::parse(&alice.recipient).unwrap()];
        let claim = |current: Vec<RecipientHash>, former: Vec<RecipientHash>| {
            let readers = Readers { current, former };
            let bytes = encrypt(&"x".into(), &only, Some(&readers), false, &Plugins::Never);
            store.open("a", &bytes.unwrap()).unwrap().claim
        };
        let (own, all) = (only[0].hash(), both.hashes());
        let honest = claim(vec![own], vec![all[1]]);
        let gained = change(Some(&honest), &both, &rules).gained;
        assert!(matches!(gained, Gained::These(names) if names.len() == 1));
        for current in [all.clone(), vec![], vec![own, own]] {
            let lie = claim(current, vec![]);
            let gained = change(Some(&lie), &both, &rules).gained;
            assert!(matches!(gained, Gained::Perhaps(names) if names.len() == 2));
        }
    }
}
