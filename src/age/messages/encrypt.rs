//! Why nothing was encrypted, in words.

use crate::age::{EncryptFault, PluginFault, PluginReason};
use crate::diag::phrases::{code, first_few, plural, visible};
use crate::diag::{Code, Diagnostic, codes, diagnostic};

pub(crate) fn encrypt_fault(fault: &EncryptFault) -> Diagnostic {
    match fault {
        EncryptFault::NoRecipients => {
            diagnostic!(RECIPIENT, "there is no recipient to encrypt for")
                .help("name at least one recipient")
        }
        EncryptFault::TooMany(count) => {
            diagnostic!(RECIPIENT, "a file can't be encrypted for {}", plural(*count, "recipient"))
                .note(
                    "programs that read age files accept at most 1,024 entries in a header, and \
                     one of them is the list of readers",
                )
                .help("let a group of people share one key")
        }
        EncryptFault::Mixed { post_quantum, others } => {
            let list = |some: &[String]| first_few(some.iter().map(|one| code(one)).collect());
            diagnostic!(RECIPIENT, "post-quantum recipients can't be mixed with others")
                .note(format!("post-quantum: {}", list(post_quantum)))
                .note(format!("others: {}", list(others)))
                .note(
                    "if a quantum computer can break the key of one recipient, it can read the \
                     whole file",
                )
                .help("use only recipients that start with `age1pq1` or `age1tagpq1`, or none")
        }
        EncryptFault::Labels => {
            diagnostic!(RECIPIENT, "a plugin does not allow these recipients in one file")
                .help("use only recipients of the same plugin")
        }
        EncryptFault::Plugin(fault) => plugin_fault(&codes::RECIPIENT, fault),
        EncryptFault::Failed => diagnostic!(RECIPIENT, "age can't encrypt for these recipients")
            .help("use fewer recipients, and a passphrase of text"),
    }
}

/// `kind` is what can't be used without the plugin.
pub(super) fn plugin_fault(kind: &'static Code, fault: &PluginFault) -> Diagnostic {
    let (what, help) = match &fault.reason {
        PluginReason::NotAllowed => (
            "is needed, but plugins are turned off".to_owned(),
            "run mintage without `--no-plugins`",
        ),
        PluginReason::Missing => (
            "is needed, but is not installed".to_owned(),
            "install the plugin in a folder of `PATH`",
        ),
        PluginReason::Relative => (
            "is needed, and was not run: it is in a relative folder of `PATH`".to_owned(),
            "use absolute paths in `PATH`, without `.` and empty parts, and install the plugin in \
             one of them",
        ),
        PluginReason::Refused(says) => (
            format!("refused: {}", visible(says)),
            "follow the plugin's message, and run mintage again",
        ),
        PluginReason::Failed => (
            "ended without an answer".to_owned(),
            "set `AGEDEBUG=plugin` to see what the plugin says, and run mintage again",
        ),
    };
    let plugin = code(&format!("age-plugin-{}", fault.name));
    Diagnostic::new(kind, format!("{plugin} {what}")).help(help)
}
