//! What is wrong with identities, and why a file was not opened, as facts without a byte of a
//! secret.

use super::age_file::FileFault;
use super::header::Addressees;
use super::plugin::PluginFault;
use super::ssh::SshProblem;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadIdentity {
    pub origin: String,
    pub reason: BadIdentityReason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BadIdentityReason {
    Empty,
    Line {
        line: usize,
        problem: LineProblem,
    },
    /// Only identities of plugins, in a file of a spec: the name of one.
    SpecPlugin(String),
    Ssh(SshProblem),
    EncryptedForKeys,
    /// An age file that does not open, or what is no text.
    File(FileFault),
    /// What a command did instead of printing an identity, as `failed with exit status 1`; nothing
    /// that it printed.
    Command(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineProblem {
    Mistyped,
    /// The same of a post-quantum identity.
    MistypedHybrid,
    MistypedPlugin,
    /// An identity with other text on its line: quotes, a name, a comment.
    ExtraText,
    PublicKey,
    Other,
}

/// Why a file gives no plaintext. Holds public data only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DecryptFault {
    File(FileFault),
    NoIdentities {
        addressees: Addressees,
        /// Variables of the environment that are set and empty.
        empty: Vec<&'static str>,
    },
    NoMatch {
        addressees: Addressees,
        /// What there is, in the order in which it was tried.
        tried: Vec<IdentityInfo>,
        empty: Vec<&'static str>,
    },
    WrongPassphrase(PassphraseOf),
    /// A passphrase is needed, and there is no one to ask.
    NoPassphrase(PassphraseOf),
    /// A plugin whose identity might open it did not do its work.
    Plugin(PluginFault),
    /// An identity file that had to be opened for this file, or what a command printed for it,
    /// holds no identity.
    BadIdentity(BadIdentity),
}

impl From<FileFault> for DecryptFault {
    fn from(fault: FileFault) -> Self {
        DecryptFault::File(fault)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PassphraseOf {
    File,
    IdentityFile(String),
    SshKey(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdentityInfo {
    pub origin: String,
    pub kind: IdentityKind,
    /// Its public half: the recipient `age1...`, or the fingerprint `SHA256:...` of an ssh key.
    pub public: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IdentityKind {
    X25519,
    Ssh(&'static str),
    /// A post-quantum one.
    Hybrid,
    LockedFile,
    /// Of the plugin of this name.
    Plugin(String),
    /// Of the plugin of this name, which a spec may not run.
    SpecPlugin(String),
}
