//! Why a file is encrypted for nobody, in words.

use super::rules::RuleFault;
use crate::diag::phrases::{code, quoted};
use crate::diag::{Diagnostic, diagnostic};

/// `path` is the file as messages call it; `spec` the spec with the rules, and `inside` the path
/// of the file from its folder.
pub(crate) fn rule_fault(fault: RuleFault, path: &str, spec: &str, inside: &str) -> Diagnostic {
    let file = code(path);
    match fault {
        RuleFault::NoTables => diagnostic!(
            RECIPIENT,
            "no `mintage.toml` says who may read {file}"
        )
        .note(
            "mintage looks in the folder of the file and in those above it, up to the repository's \
             root",
        )
        .help(
            "add `[recipients]` and `[[encrypt]]` to a `mintage.toml` in one of these folders: \
             `recipients.NAME = \"age1...\"`, and `encrypt = [{ path = \"**\", to = [\"NAME\"] }]`",
        ),
        RuleFault::NoRules => {
            diagnostic!(RECIPIENT, "{} has no rule that says who may read {file}", code(spec)).help(
                "add one: `[[encrypt]]` with `path = \"**\"` and `to = [...]`, names from \
                 `[recipients]`",
            )
        }
        RuleFault::NoMatch => {
            diagnostic!(RECIPIENT, "no `[[encrypt]]` rule of {} is for {file}", code(spec))
                .note("`path` is a glob from the folder of the spec; `*` does not match `/`")
                .help(format!("add a rule: `[[encrypt]]` with `path = {}`", quoted(inside)))
        }
    }
}
