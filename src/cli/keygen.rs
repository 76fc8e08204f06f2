//! `mintage keygen`: a new identity.

use std::path::{Path, PathBuf};

use clap::Args;

use super::keys::KeySession;
use super::options::PlainMessages;
use super::{Exit, terminal::Terminal};
use crate::age::{NewIdentity, generate_identity};
use crate::os::{encrypted_files::create_private, inputs::Inputs, output};

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
                          create one for CI; print the recipient on stderr")]
pub struct Keygen {
    /// Write the identity to a new file (mode 0600); `-` for stdout [default: -]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Create a post-quantum identity
    #[arg(long)]
    pq: bool,
    #[command(flatten)]
    messages: PlainMessages,
}

impl Keygen {
    pub fn run(&self) -> Exit {
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
        match create_private(path, &text) {
            Ok(()) => Terminal::plain().print(&format!("{}\n", made.recipient)),
            Err(problem) => session.fail(*problem),
        }
    }
}
