//! The sentences for types that are not what was meant.

use super::TypeFault;
use crate::check::subject::Origin;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::kind;

/// What the repair of a type does.
pub(crate) fn edit(right: &str) -> String {
    format!("write the type as Kubernetes does: {}", code(right))
}

/// The finding for a fault of a type with this name, without a place.
pub(crate) fn diagnostic(fault: TypeFault, name: &str, origin: Origin) -> Diagnostic {
    let misspelt = |message: String| {
        diagnostic!(TYPE_MISSPELT, "{message}").note(
            "Kubernetes accepts any type, and does not check the data of one that it does \
                not know",
        )
    };
    match fault {
        // In a manifest the repair says it all.
        TypeFault::Spelling(right) => {
            misspelt(format!("the type {} is not {}", code(name), code(right)))
                .maybe_help((origin == Origin::Spec).then(|| instead(right, origin)))
        }
        TypeFault::Near(right) => {
            let diagnostic = misspelt(format!("the type {} is not one of Kubernetes", code(name)));
            diagnostic.help(format!("did you mean {}?", code(right))).help(instead(right, origin))
        }
        TypeFault::Blank => {
            misspelt("the type is blank".to_owned()).help(instead(kind::OPAQUE, origin))
        }
        TypeFault::Data(right) => diagnostic!(
            TYPE_MISSPELT,
            "a Secret of type {} has exactly the data of {}",
            code(name),
            code(right)
        )
        .note(
            "Kubernetes does not check the data of a type that it does not know, and a program \
             that looks for the other type does not find it",
        )
        .help(instead(right, origin)),
        TypeFault::PullSecret(right) => {
            let key = if right == kind::DOCKER_CFG {
                kind::DOCKER_CFG_KEY
            } else {
                kind::DOCKER_CONFIG_JSON_KEY
            };
            diagnostic!(
                TYPE_MISSPELT,
                "{} in a Secret of type {} is not used as a pull secret",
                code(key),
                code(name)
            )
            .note("the kubelet goes by the type, and ignores this Secret without a message")
            .help(instead(right, origin))
        }
    }
}

fn instead(right: &str, origin: Origin) -> String {
    let list = kind::ALL.iter().find(|kind| kind.type_ == Some(right));
    match (origin, list) {
        (Origin::Spec, Some(kind)) => {
            format!("write the Secret as {}, which has the type {}", kind.table.name, code(right))
        }
        _ => format!("write `type: {right}`"),
    }
}
