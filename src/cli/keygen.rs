//! `mintage keygen`: a new identity, or the recipients of one that is there.

use std::path::{Path, PathBuf};

use clap::Args;

use super::identities::IdentityOptions;
use super::keys::KeySession;
use super::options::PlainMessages;
use super::{Exit, terminal::Terminal};
use crate::age::messages::{Encrypted, decrypt_fault};
use crate::age::{NewIdentity, generate_identity};
use crate::diag::{diagnostic, phrases::all_of};
use crate::os::encrypted_files::create_private;
use crate::os::{inputs::Inputs, new_identity, output};

/// Create an age identity, and print its recipient
///
/// The identity is the private key that decrypts files. Keep it secret, and keep a backup: without
/// it, files that only it can open are lost. The recipient is the public key that files are
/// encrypted for.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage keygen -o ~/.config/mintage/identities.txt
                          create it where mintage looks for it; print its recipient
  mintage keygen --pq -o key.txt
                          create a post-quantum identity, for age 1.3 and later
  mintage keygen | gh secret set MINTAGE_IDENTITY
                          create one for CI; print the recipient on stderr
  mintage keygen -y ~/.ssh/id_ed25519
                          print the recipient of an identity that you have")]
pub struct Keygen {
    /// Write the identity to a new file (mode 0600); `-` for stdout [default: -]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Create a post-quantum identity
    #[arg(long)]
    pq: bool,
    /// Print the recipients of an existing identity file or SSH key (`-`: stdin)
    #[arg(short = 'y', long, value_name = "FILE", conflicts_with_all = ["output", "pq"])]
    recipient: Option<String>,
    /// Read the passphrase from this file descriptor
    #[arg(long, value_name = "N", hide_short_help = true, requires = "recipient")]
    passphrase_fd: Option<u32>,
    #[command(flatten)]
    messages: PlainMessages,
}

impl Keygen {
    pub fn run(&self) -> Exit {
        if let Some(file) = &self.recipient {
            return self.print_recipients(file);
        }
        let session = KeySession::new(&self.messages);
        let kind = if self.pq { NewIdentity::Hybrid } else { NewIdentity::X25519 };
        let made = generate_identity(kind);
        let text = made.file_text();
        let path = self.output.as_deref().filter(|path| *path != Path::new("-"));
        let Some(path) = path else {
            let exit =
                session.terminal.printed(output::write_stdout(text.expose(), &Inputs::default()));
            session.terminal.say(&format!("recipient: {}", made.recipient));
            return exit;
        };
        // Only the folder of the usual place is made: another one may be mistyped.
        let written = match new_identity::default_path().as_deref() == Some(path) {
            true => new_identity::write(path, &made),
            false => create_private(path, &text),
        };
        match written {
            Ok(()) => Terminal::plain().print(&format!("{}\n", made.recipient)),
            Err(problem) => session.fail(*problem),
        }
    }
    fn print_recipients(&self, file: &str) -> Exit {
        let options = IdentityOptions {
            identities: vec![file.to_owned()],
            passphrase_fd: self.passphrase_fd,
            no_plugins: true,
        };
        let mut session = KeySession::with_identities(&self.messages, &options);
        if let Some(exit) = session.stopped() {
            return exit;
        }
        let ask = |what: &str| session.passphrase(what);
        let recipients = match session.keyring.recipients(&ask) {
            Ok(recipients) => recipients,
            Err(fault) => {
                // Those are about a file that is to be decrypted.
                let mut problem = decrypt_fault(Encrypted::File(file), &fault);
                problem.notes.clear();
                problem.helps.truncate(1);
                return session.fail(problem);
            }
        };
        let (mut lines, mut plugins) = (String::new(), Vec::new());
        for recipient in recipients {
            match recipient {
                Ok(recipient) => lines.extend([recipient.as_str(), "\n"]),
                Err(plugin) => plugins.push(plugin),
            }
        }
        let exit = Terminal::plain().print(&lines);
        if plugins.is_empty() {
            return exit;
        }
        plugins.dedup();
        let names = all_of(plugins.iter().map(|name| format!("age-plugin-{name}")));
        session.fail(
            diagnostic!(BAD_IDENTITY, "only {names} can tell the recipients of its identities")
                .help("look for it in the comments of the file, which most plugins write"),
        )
    }
}
