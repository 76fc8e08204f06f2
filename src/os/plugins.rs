//! Runs age's plugins, the programs `age-plugin-NAME` on the `PATH`, by the age crate. What they
//! say goes to stderr, what they ask for is asked for at the terminal. They may take their time:
//! some wait for a touch. Ctrl-C ends them with mintage.

use std::collections::BTreeSet;
use std::env;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use age::plugin::{Identity, IdentityPluginV1, Recipient, RecipientPluginV1};
use age::secrecy::SecretString;
use age::{Callbacks, DecryptError, EncryptError, Identity as _, Recipient as _};
use age_core::format::{FileKey, Stanza};

use super::hidden_input::{self, Rest};
use super::turn;
use crate::age::{PluginFault, PluginReason, Plugins, RunPlugins, Wrapped};
use crate::diag::phrases::visible;
use crate::diag::private_keys::hidden;

/// Plugins may run.
pub(crate) fn run() -> Plugins {
    Plugins::Run(Arc::new(Runner::default()))
}

/// One at a time: they share the terminal, and often a device.
#[derive(Default)]
struct Runner {
    /// Those that a spec or a command named, and that were announced.
    announced: Mutex<BTreeSet<String>>,
}

impl Runner {
    /// Recipients come from repositories: nobody should be surprised by what runs for them.
    fn announce(&self, name: &str) {
        let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        if announced.insert(name.to_owned()) {
            let line = format!("mintage: running `age-plugin-{name}`, which a recipient needs");
            let _ = writeln!(std::io::stderr(), "{}", visible(&line));
        }
    }
}

/// A plugin is named by whoever wrote the recipient. If `PATH` had `.` or an empty part, they could
/// also provide the program: in the repository.
fn check_path(name: &str) -> Result<(), PluginFault> {
    let program = format!("age-plugin-{name}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    let is_relative = env::split_paths(&path)
        .any(|folder| folder.is_relative() && folder.join(&program).is_file());
    if is_relative { Err(fault(name, PluginReason::Relative)) } else { Ok(()) }
}

fn fault(name: &str, reason: PluginReason) -> PluginFault {
    PluginFault { name: name.to_owned(), reason }
}

/// What plugins said when they refused, on one line.
fn refusal(errors: &[impl ToString]) -> PluginReason {
    let says: Vec<String> =
        errors.iter().map(|error| words_of_plugin(&error.to_string())).collect();
    PluginReason::Refused(hidden(&says.join("; ")).into_owned())
}

/// What a plugin said, without the age crate's words around it: that sets off each part between two
/// marks, the plugin's words last.
fn words_of_plugin(error: &str) -> String {
    let is_mark = |c: char| matches!(c, '\u{2066}'..='\u{2069}');
    let words = error.trim_end().strip_suffix('\u{2069}').and_then(|it| it.rsplit_once('\u{2068}'));
    words.map_or(error, |(_, words)| words).replace(is_mark, "")
}

impl RunPlugins for Runner {
    fn wrap(
        &self,
        name: &str,
        recipients: &[String],
        file_key: &FileKey,
    ) -> Result<Wrapped, PluginFault> {
        let _turn = turn::take();
        check_path(name)?;
        let recipients: Vec<Recipient> =
            recipients.iter().filter_map(|text| text.parse().ok()).collect();
        let plugin =
            RecipientPluginV1::new(name, &recipients, &[], Terminal { plugin: name.into() })
                .map_err(|_| fault(name, PluginReason::Missing))?;
        self.announce(name);
        plugin.wrap_file_key(file_key).map_err(|error| {
            fault(
                name,
                match error {
                    EncryptError::Plugin(errors) => refusal(&errors),
                    _ => PluginReason::Failed,
                },
            )
        })
    }

    fn unwrap(
        &self,
        name: &str,
        identity: &str,
        stanzas: &[Stanza],
    ) -> Result<Option<FileKey>, PluginFault> {
        let _turn = turn::take();
        check_path(name)?;
        // The age crate takes them only in upper case.
        let identity: Identity =
            identity.to_ascii_uppercase().parse().map_err(|_| fault(name, PluginReason::Failed))?;
        let plugin = IdentityPluginV1::new(name, &[identity], Terminal { plugin: name.into() })
            .map_err(|_| fault(name, PluginReason::Missing))?;
        match plugin.unwrap_stanzas(stanzas) {
            None => Ok(None),
            Some(Ok(key)) => Ok(Some(key)),
            Some(Err(DecryptError::Plugin(errors))) => Err(fault(name, refusal(&errors))),
            Some(Err(_)) => Err(fault(name, PluginReason::Failed)),
        }
    }
}

/// The person at the terminal, as a plugin sees them.
#[derive(Clone)]
struct Terminal {
    plugin: String,
}

impl Terminal {
    /// A plugin's text, harmless and with its author.
    fn says(&self, text: &str) -> String {
        format!("age-plugin-{}: {}", self.plugin, visible(&hidden(text)))
    }

    fn ask(&self, prompt: &str) -> Option<String> {
        let prompt = format!("{} ", self.says(prompt));
        hidden_input::ask(&prompt, Rest::Refuse).ok()?.expose_str().map(str::to_owned)
    }
}

impl Callbacks for Terminal {
    fn display_message(&self, message: &str) {
        // Nobody reads it if it can't be written.
        let _ = writeln!(std::io::stderr(), "{}", self.says(message));
    }

    fn confirm(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        if !std::io::stdin().is_terminal() {
            return None;
        }
        let no = no.unwrap_or("no");
        let question = format!("{message} Enter 1 for \"{yes}\", anything else for \"{no}\":");
        Some(self.ask(&question)?.trim() == "1")
    }

    fn request_public_string(&self, description: &str) -> Option<String> {
        self.ask(&format!("{description}:"))
    }

    fn request_passphrase(&self, description: &str) -> Option<SecretString> {
        self.ask(&format!("{description}:")).map(SecretString::from)
    }
}
