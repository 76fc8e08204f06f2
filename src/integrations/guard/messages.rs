//! How `committed-secret` is said.

use crate::diag::phrases::code;
use crate::diag::{Diagnostic, codes};

/// A Secret whose values anybody can read.
pub fn secret(id: &str) -> Diagnostic {
    let which = if id.is_empty() { "a Secret".to_owned() } else { format!("the Secret {}", code(id)) };
    Diagnostic::new(&codes::COMMITTED_SECRET, format!("{which} is about to be committed in plain text"))
        .note("base64 is an encoding and hides nothing")
        .help("keep the values in age files and let mintage build the Secret, or seal it: SOPS, SealedSecret")
        .help(UNLESS)
}

/// Something with the shape of a secret; `kind` has its article.
pub fn shape(kind: &str) -> Diagnostic {
    Diagnostic::new(&codes::COMMITTED_SECRET, format!("{kind} is about to be committed"))
        .help(if kind == "an age identity" {
            "move it out of the repository, and name it with `-i` or `MINTAGE_IDENTITY_FILE`"
        } else {
            "encrypt it: `age -r RECIPIENT -o secrets/NAME.age FILE`, and remove the file"
        })
        .help(UNLESS)
}

const UNLESS: &str = "if it opens nothing of value, pass `--except GLOB`; if it was ever pushed, change the secret itself";

/// A document that could not be looked into.
pub fn unread(name: &str) -> Diagnostic {
    Diagnostic::new(&codes::LEFT_OUT, format!("a Secret of {} can't be read as YAML, so its values were not looked at", code(name)))
}
