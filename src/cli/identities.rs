//! Who runs a command: the flags for identities and passphrases, and what they and the environment
//! give.

use std::env;

use clap::Args;

use crate::age::{IdentityInput, Plugins};
use crate::diag::Diagnostic;
use crate::os::passphrase::{self, Passphrase};
use crate::os::{identity_files, inputs::Inputs, plugins};

#[derive(Clone, Debug, Default, Args)]
pub struct IdentityOptions {
    /// Decrypt with this identity or SSH key (`-`: stdin); repeatable
    ///
    /// Without it, mintage uses all of these that exist: MINTAGE_IDENTITY (the key itself),
    /// MINTAGE_IDENTITY_FILE (a path), MINTAGE_IDENTITY_CMD (a command that prints the key), the
    /// same of sops (SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD),
    /// $XDG_CONFIG_HOME/mintage/identities.txt, $XDG_CONFIG_HOME/sops/age/keys.txt,
    /// and for files with SSH recipients ~/.ssh/id_ed25519 and ~/.ssh/id_rsa.
    #[arg(short, long = "identity", value_name = "FILE")]
    pub identities: Vec<String>,
    /// Read the passphrase from this file descriptor
    ///
    /// One final line break is not part of the passphrase. Without this option, mintage uses the
    /// first of these that is set: MINTAGE_PASSPHRASE_FILE (the path of a file), MINTAGE_PASSPHRASE
    /// (the passphrase itself). Without any, it asks on the terminal.
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub passphrase_fd: Option<u32>,
    /// Run no age plugins (`age-plugin-*`)
    #[arg(long, hide_short_help = true)]
    pub no_plugins: bool,
}

/// What was given, each file read once.
pub(crate) struct Gathered {
    pub identities: Vec<IdentityInput>,
    pub passphrase: Option<Passphrase>,
    pub plugins: Plugins,
    /// The files that were read.
    pub inputs: Inputs,
    /// What deserves a look.
    pub notes: Vec<Diagnostic>,
    pub problems: Vec<Diagnostic>,
}

impl IdentityOptions {
    /// Stdin and pipes among the identity files can be read only once: here. `log` is told what is
    /// used.
    pub(crate) fn gather(&self, log: &dyn Fn(&str)) -> Gathered {
        let mut gathered = Gathered {
            identities: Vec::new(),
            passphrase: None,
            plugins: self.plugins(),
            inputs: Inputs::default(),
            notes: Vec::new(),
            problems: Vec::new(),
        };
        match identity_files::gather(&self.identities, &|name| env::var_os(name)) {
            Ok(found) => {
                for identity in &found.identities {
                    log(&format!("identity {}", identity.description()));
                }
                gathered.identities = found.identities;
                gathered.inputs = found.inputs;
                gathered.notes = found.notes;
            }
            Err(faults) => gathered.problems.extend(faults),
        }
        match passphrase::gather(self.passphrase_fd, &mut gathered.inputs) {
            Ok(passphrase) => gathered.passphrase = passphrase,
            Err(fault) => gathered.problems.push(fault),
        }
        if let Some(passphrase) = &gathered.passphrase {
            log(&format!("passphrase from {}", passphrase.origin));
        }
        gathered
    }

    pub(crate) fn plugins(&self) -> Plugins {
        if self.no_plugins { Plugins::Never } else { plugins::run() }
    }
}
