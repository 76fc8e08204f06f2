//! Runs age's plugins, the programs `age-plugin-NAME` on the `PATH`. What they say goes to stderr,
//! what they ask for is asked for at the terminal. They may take their time: some wait for a touch.
//! Ctrl-C ends them with mintage.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use age_core::format::{FILE_KEY_BYTES, FileKey, Stanza};
use age_core::secrecy::ExposeSecret as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::plugin_process::{Answer, Conversation, find, labels};
use super::signals;
use crate::age::{PluginFault, PluginReason, Plugins, RunPlugins, Wrapped};
use crate::diag::phrases::visible;
use crate::diag::private_keys::hidden;

/// When a person is told what is waited for.
const SLOW: Duration = Duration::from_secs(10);

/// Plugins may run.
pub(crate) fn run() -> Plugins {
    Plugins::Run(Arc::new(Runner::default()))
}

/// One at a time: they share the terminal, and often a device.
#[derive(Default)]
struct Runner {
    busy: Mutex<()>,
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

impl RunPlugins for Runner {
    fn wrap(
        &self,
        name: &str,
        recipients: &[String],
        file_key: &FileKey,
    ) -> Result<Wrapped, PluginFault> {
        let _alone = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let wrapped = Talk::start(name, "recipient-v1", || self.announce(name))
            .and_then(|mut talk| talk.wrap(recipients, file_key));
        wrapped.map_err(|reason| PluginFault { name: name.to_owned(), reason })
    }

    fn unwrap(
        &self,
        name: &str,
        identity: &str,
        stanzas: &[Stanza],
    ) -> Result<Option<FileKey>, PluginFault> {
        let _alone = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let unwrapped = Talk::start(name, "identity-v1", || ())
            .and_then(|mut talk| talk.unwrap(identity, stanzas));
        unwrapped.map_err(|reason| PluginFault { name: name.to_owned(), reason })
    }
}

/// A conversation with a plugin, and the person whom it may ask.
struct Talk {
    plugin: Conversation,
    person: Terminal,
    /// What the plugin said when it refused.
    refusals: Vec<String>,
    /// Dropped when the talk is over.
    _slow: mpsc::Sender<()>,
}

impl Talk {
    fn start(name: &str, role: &str, announce: impl FnOnce()) -> Result<Self, PluginReason> {
        let program = find(name).ok_or(PluginReason::Missing)?;
        announce();
        let plugin = Conversation::start(&program, role).map_err(broken)?;
        let person = Terminal { plugin: name.to_owned() };
        Ok(Self { plugin, _slow: tell_if_slow(person.clone()), person, refusals: Vec::new() })
    }

    fn wrap(&mut self, recipients: &[String], file_key: &FileKey) -> Result<Wrapped, PluginReason> {
        for recipient in recipients {
            self.send("add-recipient", &[recipient], &[])?;
        }
        self.send("extension-labels", &[], &[])?;
        self.send("wrap-file-key", &[], file_key.expose_secret())?;
        self.send("done", &[], &[])?;
        let (mut stanzas, mut own_labels) = (Vec::new(), None);
        while let Some(mut said) = self.next()? {
            match said.tag.as_str() {
                // For the one file key that there is.
                "recipient-stanza" if said.args.len() >= 2 => {
                    if said.args.remove(0) != "0" {
                        return Err(PluginReason::Failed);
                    }
                    said.tag = said.args.remove(0);
                    stanzas.push(said);
                }
                "labels" if own_labels.is_none() => match labels(said) {
                    Some(labels) => own_labels = Some(labels),
                    None => return Err(PluginReason::Failed),
                },
                _ => return Err(PluginReason::Failed),
            }
            self.answer(Answer::Ok)?;
        }
        match (self.refused(), stanzas.is_empty()) {
            (Some(refused), _) => Err(refused),
            (None, true) => Err(PluginReason::Failed),
            (None, false) => Ok((stanzas, own_labels.unwrap_or_else(HashSet::new))),
        }
    }

    fn unwrap(
        &mut self,
        identity: &str,
        stanzas: &[Stanza],
    ) -> Result<Option<FileKey>, PluginReason> {
        // Plugins may take them only in upper case, as they print them.
        let identity = Zeroizing::new(identity.to_ascii_uppercase());
        self.send("add-identity", &[identity.as_str()], &[])?;
        for stanza in stanzas {
            let mut words = vec!["0", stanza.tag.as_str()];
            words.extend(stanza.args.iter().map(String::as_str));
            self.send("recipient-stanza", &words, &stanza.body)?;
        }
        self.send("done", &[], &[])?;
        let mut found = None;
        while let Some(said) = self.next()? {
            if said.tag != "file-key" || said.args != ["0"] || found.is_some() {
                return Err(PluginReason::Failed);
            }
            let body = Zeroizing::new(said.body);
            let key = <[u8; FILE_KEY_BYTES]>::try_from(body.as_slice());
            found = Some(FileKey::new(Box::new(key.map_err(|_| PluginReason::Failed)?)));
            self.answer(Answer::Ok)?;
        }
        match (found, self.refused()) {
            (None, Some(refused)) => Err(refused),
            (found, _) => Ok(found),
        }
    }

    fn send(&mut self, tag: &str, arguments: &[&str], body: &[u8]) -> Result<(), PluginReason> {
        self.plugin.send(tag, arguments, body).map_err(broken)
    }

    fn answer(&mut self, answer: Answer<'_>) -> Result<(), PluginReason> {
        self.plugin.answer(answer).map_err(broken)
    }

    /// The next result of the plugin. What it says and asks before that is dealt with here. `None`
    /// at the end.
    fn next(&mut self) -> Result<Option<Stanza>, PluginReason> {
        loop {
            let said = self.plugin.receive().map_err(broken)?;
            let text = String::from_utf8_lossy(&said.body).into_owned();
            match said.tag.as_str() {
                "done" => return Ok(None),
                "recipient-stanza" | "labels" | "file-key" => return Ok(Some(said)),
                "msg" => {
                    self.person.tell(&text);
                    self.answer(Answer::Ok)?;
                }
                "confirm" => {
                    let choice = choices(&said.args)
                        .ok_or(PluginReason::Failed)
                        .map(|(yes, no)| self.person.confirm(&text, &yes, no.as_deref()))?;
                    self.answer(match choice {
                        Some(true) => Answer::Word("yes"),
                        Some(false) => Answer::Word("no"),
                        None => Answer::Fail,
                    })?;
                }
                "request-public" | "request-secret" => {
                    let typed = self.person.ask(&format!("{text}:")).map(Zeroizing::new);
                    self.answer(Answer::Text(typed.as_ref().map(|typed| typed.as_str())))?;
                }
                "error" => {
                    self.refusals.push(text);
                    self.answer(Answer::Ok)?;
                }
                _ => self.answer(Answer::Unsupported)?,
            }
        }
    }

    /// What the plugin said when it refused, on one line.
    fn refused(&self) -> Option<PluginReason> {
        if self.refusals.is_empty() {
            return None;
        }
        Some(PluginReason::Refused(hidden(&self.refusals.join("; ")).into_owned()))
    }
}

fn broken(_: io::Error) -> PluginReason {
    PluginReason::Failed
}

/// The words for yes and no of a `confirm` stanza.
fn choices(arguments: &[String]) -> Option<(String, Option<String>)> {
    let text = |word: &String| {
        let bytes = STANDARD_NO_PAD.decode(word).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let yes = text(arguments.first()?)?;
    match arguments.get(1) {
        Some(no) => Some((yes, Some(text(no)?))),
        None => Some((yes, None)),
    }
}

/// Says what is waited for, unless what is given back is dropped before.
fn tell_if_slow(person: Terminal) -> mpsc::Sender<()> {
    let (talk, over) = mpsc::channel::<()>();
    thread::spawn(move || {
        if over.recv_timeout(SLOW) == Err(mpsc::RecvTimeoutError::Timeout) {
            person.tell("still waiting: it may need a touch or an answer");
        }
    });
    talk
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
        signals::after_interrupt(|| rpassword::prompt_password(prompt)).ok()
    }

    fn tell(&self, message: &str) {
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
}
