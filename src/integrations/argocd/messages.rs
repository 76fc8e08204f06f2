//! How it is said that an Application can't ask for something. Values are not quoted: whoever reads
//! the message has written them.

use super::request::{PARAMETERS, RequestFault, RequestFaultKind, RequestedBy, VARIABLES};
use crate::diag::phrases::{all_of, code, did_you_mean, number};
use crate::diag::{Diagnostic, diagnostic};

pub(crate) fn diagnostic(fault: &RequestFault) -> Diagnostic {
    let by = match &fault.by {
        RequestedBy::Parameter(name) => format!("the parameter {}", code(name)),
        RequestedBy::Variable(name) => code(name),
    };
    let found = |message: String| diagnostic!(USAGE, "{message}");
    match &fault.kind {
        RequestFaultKind::Unknown => unknown(&fault.by, &by),
        RequestFaultKind::NotJson => found(format!("{by} is not the JSON that Argo CD writes"))
            .help("it holds a list of objects with `name` and `string`, `array` or `map`"),
        RequestFaultKind::NotText => found(format!("{by} is not UTF-8")),
        RequestFaultKind::WrongKind(kind) => found(format!("{by} takes {kind}")),
        RequestFaultKind::Twice => {
            found(format!("{by} says something else than another place does"))
                .help("say it once, as a parameter or in `env`")
        }
        RequestFaultKind::TooLong(most) => {
            found(format!("{by} is too long: it may have at most {}", number(*most)))
        }
        RequestFaultKind::ControlCharacter => found(format!("{by} has a control character")),
        RequestFaultKind::LeavesFolder => found(format!(
            "{by} leads out of the Application's folder"
        ))
        .help(
            "write a path that starts at that folder, and let `source.path` of the Application say \
             where it is",
        ),
        RequestFaultKind::NotKeyValue => found(format!("{by} is not `KEY=VALUE`"))
            .help("the key is a path into `[vars]`, such as `db.host`, without a `=`"),
        RequestFaultKind::NeedsJson => found(format!("{by} has lost the spelling of its key"))
            .note("Argo CD gives the keys as they were written in `ARGOCD_APP_PARAMETERS`"),
    }
}

fn unknown(by: &RequestedBy, words: &str) -> Diagnostic {
    let found = diagnostic!(USAGE, "{words} is not known to mintage");
    match by {
        RequestedBy::Parameter(name) => found
            .maybe_help(did_you_mean(name, PARAMETERS))
            .help(format!("the parameters are {}", all_of(PARAMETERS))),
        RequestedBy::Variable(name) => {
            let name = name.strip_prefix("ARGOCD_ENV_").unwrap_or(name);
            found
                .maybe_help(did_you_mean(name, VARIABLES))
                .help(format!("an Application can set {}", all_of(VARIABLES)))
        }
    }
}
