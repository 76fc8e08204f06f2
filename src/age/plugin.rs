//! Keys of plugins: programs `age-plugin-NAME` that hold what mintage can't. Who runs them is
//! somebody else's business.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::io;
use std::sync::Arc;

use age::{DecryptError, EncryptError};
use age_core::format::{FileKey, Stanza};

/// Whether plugins may run, and by whom.
#[derive(Clone, Default)]
pub(crate) enum Plugins {
    Run(Arc<dyn RunPlugins>),
    #[default]
    Never,
}

pub(crate) type Wrapped = (Vec<Stanza>, HashSet<String>);

pub(crate) trait RunPlugins: Send + Sync {
    /// Encrypts a file key for all of these recipients of a plugin.
    fn wrap(
        &self,
        name: &str,
        recipients: &[String],
        file_key: &FileKey,
    ) -> Result<Wrapped, PluginFault>;

    /// The file key in a header, if this identity of a plugin opens it.
    fn unwrap(
        &self,
        name: &str,
        identity: &str,
        stanzas: &[Stanza],
    ) -> Result<Option<FileKey>, PluginFault>;
}

/// What keeps a plugin from its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PluginFault {
    pub(crate) name: String,
    pub(crate) reason: PluginReason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PluginReason {
    NotAllowed,
    /// There is no such program.
    Missing,
    /// `PATH` has a relative folder, and the program is there: perhaps in somebody's repository.
    Relative,
    /// It refused, and what it said about it.
    Refused(String),
    /// It ended early, or said what no plugin says.
    Failed,
}

impl Plugins {
    fn runner(&self, name: &str) -> Result<&dyn RunPlugins, PluginFault> {
        match self {
            Plugins::Run(runner) => Ok(&**runner),
            Plugins::Never => {
                Err(PluginFault { name: name.to_owned(), reason: PluginReason::NotAllowed })
            }
        }
    }
}

impl fmt::Debug for Plugins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Plugins::Run(_) => "Run",
            Plugins::Never => "Never",
        })
    }
}

/// Recipients or an identity of a plugin in age's terms. age's errors have no room for what a
/// plugin says, so it is kept here.
pub(super) struct PluginUse<'a, T> {
    pub(super) plugins: &'a Plugins,
    pub(super) name: &'a str,
    pub(super) keys: T,
    pub(super) fault: RefCell<Option<PluginFault>>,
}

impl<'a, T> PluginUse<'a, T> {
    pub(super) fn new(plugins: &'a Plugins, name: &'a str, keys: T) -> Self {
        Self { plugins, name, keys, fault: RefCell::default() }
    }
}

impl age::Recipient for PluginUse<'_, Vec<String>> {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<Wrapped, EncryptError> {
        let runner = self.plugins.runner(self.name);
        runner.and_then(|runner| runner.wrap(self.name, &self.keys, file_key)).map_err(|fault| {
            self.fault.replace(Some(fault));
            EncryptError::Io(io::Error::other("a plugin failed"))
        })
    }
}

impl age::Identity for PluginUse<'_, &str> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        self.unwrap_stanzas(std::slice::from_ref(stanza))
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        let runner = self.plugins.runner(self.name);
        match runner.and_then(|runner| runner.unwrap(self.name, self.keys, stanzas)) {
            Ok(key) => key.map(Ok),
            Err(fault) => {
                self.fault.replace(Some(fault));
                None
            }
        }
    }
}
