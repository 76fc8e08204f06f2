//! The one Secret that a person names: `NAME` or `NAMESPACE/NAME`, with or without its hash suffix.

use super::Inspected;
use crate::diag::phrases::{code, nearest, some_of};
use crate::diag::{Diagnostic, diagnostic};

pub(crate) fn select<'i>(
    wanted: &str,
    secrets: &'i [Inspected],
) -> Result<&'i Inspected, Diagnostic> {
    let is_wanted = |inspected: &&Inspected| names(inspected).iter().any(|name| name == wanted);
    let mut found: Vec<&Inspected> = secrets.iter().filter(is_wanted).collect();
    // `NAME` alone is how a Secret without a namespace is called.
    if found.iter().any(|inspected| inspected.id == wanted) {
        found.retain(|inspected| inspected.id == wanted);
    }
    match found.as_slice() {
        [one] => return Ok(one),
        [] => {}
        [first, rest @ ..] => {
            let help = if rest.iter().all(|other| other.id == first.id) {
                "pass only one of the specs that have it"
            } else {
                "write `NAMESPACE/NAME`"
            };
            let several = diagnostic!(USAGE, "{} Secrets are named {}", found.len(), code(wanted));
            return Err(several.note(there_are(found.iter().copied())).help(help));
        }
    }
    let none = diagnostic!(USAGE, "the Secret {} does not exist", code(wanted));
    let known: Vec<String> = secrets.iter().flat_map(names).collect();
    Err(match nearest(wanted, known.iter().map(String::as_str)) {
        Some(near) => none.help(format!("did you mean {}?", code(near))),
        None if secrets.is_empty() => none.note("the spec has no Secrets"),
        None => none.note(there_are(secrets.iter())),
    })
}

/// Everything that a Secret may be called.
fn names(inspected: &Inspected) -> [String; 4] {
    let Inspected { id, secret, .. } = inspected;
    let base = id.rsplit('/').next().unwrap_or_default();
    [id.clone(), base.to_owned(), secret.id(), secret.name.clone()]
}

fn there_are<'i>(secrets: impl Iterator<Item = &'i Inspected>) -> String {
    let ids: Vec<String> = secrets.map(|inspected| inspected.id.clone()).collect();
    format!("the spec has {}", some_of(&ids))
}
