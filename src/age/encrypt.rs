//! Plaintext in, age files out.

use std::collections::HashSet;
use std::io::{self, Write};

use age::armor::{ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{EncryptError, Encryptor};
use age_core::format::{FileKey, Stanza};

use super::MAX_STANZAS;
use super::plugin::{PluginFault, Plugins};
use super::readers::Readers;
use super::recipient::{Recipient, RecipientKey, RecipientKind};
use crate::secret::bytes::SecretBytes;

/// The work factor that age and typage write. rage measures its machine instead.
const WORK_FACTOR: u8 = 18;

/// Why nothing was encrypted. Holds public data only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EncryptFault {
    NoRecipients,
    /// More than the readers of age files accept: how many.
    TooMany(usize),
    /// Post-quantum recipients next to others, which would undo what they are for: those of either
    /// sort.
    Mixed {
        post_quantum: Vec<String>,
        others: Vec<String>,
    },
    /// A plugin says that its recipients stand only next to others of their sort.
    Labels,
    PassphraseNotAlone,
    Plugin(PluginFault),
    Failed,
}

/// An age file with `plaintext` for all of `recipients`. `readers` is written beside recipients
/// with keys, never beside a passphrase.
pub(crate) fn encrypt(
    plaintext: &SecretBytes,
    recipients: &[Recipient],
    readers: Option<&Readers>,
    armor: bool,
    plugins: Plugins<'_>,
) -> Result<Vec<u8>, EncryptFault> {
    check(recipients)?;
    let (keys, has_passphrase) = keys(recipients, plugins)?;
    let readers = readers.filter(|_| !has_passphrase);
    let stanza = readers.map(|readers| readers.stanza().ok_or(EncryptFault::Failed)).transpose()?;
    // The last recipient brings the stanza, so that it has the labels that all of them have.
    let last = keys.len().saturating_sub(1);
    let mut with_readers = WithReaders { key: None, stanza };
    let mut list: Vec<&dyn age::Recipient> = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        if at == last {
            with_readers.key = Some(&**key);
        } else {
            list.push(&**key);
        }
    }
    list.push(&with_readers);
    let encryptor = Encryptor::with_recipients(list.into_iter()).map_err(fault)?;
    write(encryptor, plaintext, armor).map_err(|_| EncryptFault::Failed)
}

fn check(recipients: &[Recipient]) -> Result<(), EncryptFault> {
    let is_passphrase = |one: &Recipient| *one.kind() == RecipientKind::Passphrase;
    match recipients {
        [] => return Err(EncryptFault::NoRecipients),
        [_] => {}
        several if several.iter().any(is_passphrase) => {
            return Err(EncryptFault::PassphraseNotAlone);
        }
        // One stanza is for the readers.
        several if several.len() >= MAX_STANZAS => {
            return Err(EncryptFault::TooMany(several.len()));
        }
        _ => {}
    }
    // What a plugin makes is known when it has run.
    let is_known = |one: &&Recipient| !matches!(one.kind(), RecipientKind::Plugin(_));
    let (post_quantum, others): (Vec<&Recipient>, Vec<&Recipient>) =
        recipients.iter().filter(is_known).partition(|one| one.kind().is_post_quantum());
    if post_quantum.is_empty() || others.is_empty() {
        return Ok(());
    }
    let texts = |some: Vec<&Recipient>| some.into_iter().map(Recipient::to_string).collect();
    Err(EncryptFault::Mixed { post_quantum: texts(post_quantum), others: texts(others) })
}

type Keys<'a> = Vec<Box<dyn age::Recipient + 'a>>;

/// What age encrypts for, and whether that is a passphrase. All recipients of a plugin are one, so
/// that it runs once.
fn keys<'a>(
    recipients: &'a [Recipient],
    plugins: Plugins<'_>,
) -> Result<(Keys<'a>, bool), EncryptFault> {
    let mut keys: Keys<'a> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut has_passphrase = false;
    for recipient in recipients {
        match (&recipient.key, recipient.kind()) {
            (RecipientKey::Key(key), _) => keys.push(Box::new(Borrowed(&**key))),
            (RecipientKey::Passphrase(passphrase), _) => {
                let passphrase = passphrase.expose_str().ok_or(EncryptFault::Failed)?;
                let passphrase = SecretString::from(passphrase.to_owned());
                let mut key = age::scrypt::Recipient::new(passphrase);
                key.set_work_factor(WORK_FACTOR);
                keys.push(Box::new(key));
                has_passphrase = true;
            }
            (RecipientKey::Plugin, RecipientKind::Plugin(name))
                if !seen.contains(&name.as_str()) =>
            {
                seen.push(name);
                let of_it = recipients.iter().filter(|other| other.kind() == recipient.kind());
                let texts: Vec<String> = of_it.map(Recipient::to_string).collect();
                let key = plugins.recipients(name, &texts).map_err(EncryptFault::Plugin)?;
                keys.push(key);
            }
            (RecipientKey::Plugin, _) => {}
        }
    }
    Ok((keys, has_passphrase))
}

type Wrapped = Result<(Vec<Stanza>, HashSet<String>), EncryptError>;

struct Borrowed<'a>(&'a (dyn age::Recipient + Send + Sync));

impl age::Recipient for Borrowed<'_> {
    fn wrap_file_key(&self, file_key: &FileKey) -> Wrapped {
        self.0.wrap_file_key(file_key)
    }
}

struct WithReaders<'a> {
    key: Option<&'a dyn age::Recipient>,
    stanza: Option<Stanza>,
}

impl age::Recipient for WithReaders<'_> {
    fn wrap_file_key(&self, file_key: &FileKey) -> Wrapped {
        let key = self.key.ok_or(EncryptError::MissingRecipients)?;
        let (mut stanzas, labels) = key.wrap_file_key(file_key)?;
        if let Some(Stanza { tag, args, body }) = &self.stanza {
            stanzas.push(Stanza { tag: tag.clone(), args: args.clone(), body: body.clone() });
        }
        Ok((stanzas, labels))
    }
}

fn fault(error: EncryptError) -> EncryptFault {
    match error {
        EncryptError::IncompatibleRecipients { .. } => EncryptFault::Labels,
        _ => EncryptFault::Failed,
    }
}

fn write(encryptor: Encryptor, plaintext: &SecretBytes, armor: bool) -> io::Result<Vec<u8>> {
    let format = if armor { Format::AsciiArmor } else { Format::Binary };
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(&mut file, format)?)?;
    writer.write_all(plaintext.expose())?;
    writer.finish()?.finish()?;
    Ok(file)
}
