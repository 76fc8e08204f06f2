//! `mintage textconv`: an age file as Git shows it in a diff.

use std::env;
use std::path::PathBuf;

use clap::Args;
use sha2::{Digest as _, Sha256};

use super::{Exit, terminal::Terminal};
use crate::age::mask::MaskKey;
use crate::age::messages::decrypt::encrypted_for;
use crate::age::{Keyring, Plugins, addressees};
use crate::os::inputs::Inputs;
use crate::os::passphrase::{self, Passphrase};
use crate::os::{encrypted_files, identity_files, texts};
use crate::secret::bytes::SecretBytes;
use crate::structure::Format;
use crate::views::masked::masked;
use crate::world::MAX_FILE_BYTES;

/// Show an age file to `git diff`: its keys, and a mask for each value
///
/// `mintage install git` sets it up. The masks come from your own identity: equal values have equal
/// masks, and no one without your identity can test a guess. Always exits with 0, so that `git
/// diff` shows the rest.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  git config diff.mintage.textconv 'mintage textconv'
  echo '*.age diff=mintage' >> .gitattributes
  git diff                                 shows keys and masks of age files")]
pub struct Textconv {
    /// The file, by the name that Git gives it
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Textconv {
    pub fn run(&self) -> Exit {
        Terminal::plain().print(&self.text())
    }

    fn text(&self) -> String {
        let name = texts::shown_name(&self.file);
        let Ok(bytes) = encrypted_files::read(&self.file) else {
            return "# can't be read\n".to_owned();
        };
        let format = Format::from_path(&name);
        let keys = Keys::of_person();
        let Some(addressees) = addressees(bytes.expose()) else {
            // No value of what should be encrypted is shown, and nothing to test a guess with.
            let key = keys.as_ref().ok().and_then(|keys| MaskKey::of(&keys.ring));
            let mask = |value: &[u8]| key.as_ref().map_or("***".to_owned(), |key| key.mask(value));
            return "# not an age file\n".to_owned() + &masked(&bytes, format, &mask);
        };
        let readers = encrypted_for(&addressees);
        let head = format!("# {}\n", readers.trim_start_matches("it is "));
        match keys.and_then(|keys| keys.open(&name, &bytes)) {
            Ok((key, plain)) => head + &masked(&plain, format, &|value| key.mask(value)),
            Err(why) => format!("{head}# {why}\n{}", fingerprint(&bytes)),
        }
    }
}

/// What the person has to open files. Nobody is asked for a passphrase: Git runs this once for each
/// file, perhaps below a pager.
struct Keys {
    ring: Keyring,
    passphrase: Option<Passphrase>,
}

impl Keys {
    fn of_person() -> Result<Self, String> {
        let gathered = identity_files::gather(&[], &|name| env::var_os(name))
            .map_err(|_| "your identities can't be read: run `mintage doctor`".to_owned())?;
        let (ring, _) = Keyring::load(gathered.identities, Plugins::Never);
        // The key of masks must be the same for all versions of a file, whoever could read them.
        let _ = ring.run_commands();
        let passphrase = passphrase::gather(None, &mut Inputs::default())
            .map_err(|_| "the passphrase can't be read: run `mintage doctor`".to_owned())?;
        Ok(Self { ring, passphrase })
    }

    /// The plaintext, and the key of its masks; or why there is none.
    fn open(&self, name: &str, bytes: &SecretBytes) -> Result<(MaskKey, SecretBytes), String> {
        let ask = |_: &str| self.passphrase.as_ref().map(|given| given.bytes.clone());
        let plain =
            self.ring.decrypt(name, bytes.expose(), MAX_FILE_BYTES, &ask).map_err(|_| {
                "not decrypted: none of your identities can, or its passphrase is missing"
                    .to_owned()
            })?;
        let key = MaskKey::of(&self.ring).ok_or_else(|| {
            "masks need an age identity, or an SSH key without a passphrase".to_owned()
        })?;
        Ok((key, plain))
    }
}

/// What tells two versions of an encrypted file apart that can't be opened.
fn fingerprint(bytes: &SecretBytes) -> String {
    let hash = Sha256::digest(bytes.expose());
    let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("# sha256 of the file: {hex}...\n")
}
