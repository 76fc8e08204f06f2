//! Plaintext in, age files out.

use std::io::{self, Write};

use age::armor::{ArmoredWriter, Format};
use age::{EncryptError, Encryptor};
use age_core::format::{FileKey, Stanza};

use super::MAX_STANZAS;
use super::plugin::{PluginFault, PluginUse, Plugins, Wrapped};
use super::readers::Readers;
use super::recipient::{Recipient, RecipientKind};
use crate::secret::bytes::SecretBytes;

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
    Plugin(PluginFault),
    Failed,
}

/// An age file with `plaintext` for all of `recipients`. `readers` is written beside them.
pub(crate) fn encrypt(
    plaintext: &SecretBytes,
    recipients: &[Recipient],
    readers: Option<&Readers>,
    armor: bool,
    plugins: &Plugins,
) -> Result<Vec<u8>, EncryptFault> {
    check(recipients)?;
    let of_plugins = plugin_uses(recipients, plugins);
    let mut keys: Vec<&dyn age::Recipient> = Vec::new();
    for recipient in recipients {
        if let Some(key) = &recipient.key {
            keys.push(&**key);
        }
    }
    keys.extend(of_plugins.iter().map(|one| one as &dyn age::Recipient));
    let stanza = readers.map(|readers| readers.stanza().ok_or(EncryptFault::Failed)).transpose()?;
    // The last recipient brings the stanza, so that it has the labels that all of them have.
    let key = keys.pop().ok_or(EncryptFault::NoRecipients)?;
    let last = WithReaders { key, stanza };
    keys.push(&last);
    let encryptor = Encryptor::with_recipients(keys.into_iter()).map_err(|error| {
        let of_plugin = of_plugins.iter().find_map(|one| one.fault.take());
        of_plugin.map_or_else(|| fault(&error), EncryptFault::Plugin)
    })?;
    write(encryptor, plaintext, armor).map_err(|_| EncryptFault::Failed)
}

fn check(recipients: &[Recipient]) -> Result<(), EncryptFault> {
    match recipients {
        [] => return Err(EncryptFault::NoRecipients),
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
    let texts = |some: Vec<&Recipient>| some.into_iter().map(Recipient::shown).collect();
    Err(EncryptFault::Mixed { post_quantum: texts(post_quantum), others: texts(others) })
}

/// All recipients of a plugin are one, so that it runs once.
fn plugin_uses<'a>(
    recipients: &'a [Recipient],
    plugins: &'a Plugins,
) -> Vec<PluginUse<'a, Vec<String>>> {
    let mut uses: Vec<PluginUse<'a, Vec<String>>> = Vec::new();
    for recipient in recipients {
        let RecipientKind::Plugin(name) = recipient.kind() else { continue };
        match uses.iter_mut().find(|one| one.name == name) {
            Some(one) => one.keys.push(recipient.to_string()),
            None => uses.push(PluginUse::new(plugins, name, vec![recipient.to_string()])),
        }
    }
    uses
}

struct WithReaders<'a> {
    key: &'a dyn age::Recipient,
    stanza: Option<Stanza>,
}

impl age::Recipient for WithReaders<'_> {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<Wrapped, EncryptError> {
        let (mut stanzas, labels) = self.key.wrap_file_key(file_key)?;
        if let Some(Stanza { tag, args, body }) = &self.stanza {
            stanzas.push(Stanza { tag: tag.clone(), args: args.clone(), body: body.clone() });
        }
        Ok((stanzas, labels))
    }
}

fn fault(error: &EncryptError) -> EncryptFault {
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
