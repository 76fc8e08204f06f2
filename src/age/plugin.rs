//! Keys of plugins: programs `age-plugin-NAME` that hold what mintage can't. Who runs them is
//! somebody else's business.

/// Whether plugins may run, and by whom.
#[derive(Clone, Copy)]
pub(crate) enum Plugins<'a> {
    Run(&'a dyn RunPlugins),
    Never,
}

pub(crate) trait RunPlugins: Send + Sync {
    /// The plugin's way to encrypt for all of its recipients at once.
    fn recipients(
        &self,
        name: &str,
        texts: &[String],
    ) -> Result<Box<dyn age::Recipient>, PluginFault>;

    /// The plugin's way to open what it encrypted.
    fn identity(&self, name: &str, text: &str) -> Result<Box<dyn age::Identity>, PluginFault>;
}

/// What keeps a plugin from its work; each with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PluginFault {
    NotAllowed(String),
    /// There is no such program.
    Missing(String),
    /// It refused or failed, and what it said about it.
    Failed {
        name: String,
        says: String,
    },
}

impl Plugins<'_> {
    pub(super) fn recipients(
        self,
        name: &str,
        texts: &[String],
    ) -> Result<Box<dyn age::Recipient>, PluginFault> {
        match self {
            Plugins::Run(runner) => runner.recipients(name, texts),
            Plugins::Never => Err(PluginFault::NotAllowed(name.to_owned())),
        }
    }

    pub(super) fn identity(
        self,
        name: &str,
        text: &str,
    ) -> Result<Box<dyn age::Identity>, PluginFault> {
        match self {
            Plugins::Run(runner) => runner.identity(name, text),
            Plugins::Never => Err(PluginFault::NotAllowed(name.to_owned())),
        }
    }
}
