//! The one Secret that a person names: `NAME` or `NAMESPACE/NAME`, with or without its hash suffix.

use super::Inspected;
use crate::diag::phrases::{all_of, code, nearest};
use crate::diag::{Diagnostic, diagnostic};

/// How many ids a message lists.
const LISTED: usize = 10;

/// The Secret with this name.
///
/// # Errors
/// None or several have it.
pub(crate) fn select<'i>(
    wanted: &str,
    secrets: &'i [Inspected],
) -> Result<&'i Inspected, Diagnostic> {
    let is_wanted = |inspected: &&Inspected| names(inspected).iter().any(|name| name == wanted);
    let found: Vec<&Inspected> = secrets.iter().filter(is_wanted).collect();
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
            return Err(several.note(there_are(&found)).help(help));
        }
    }
    let none = diagnostic!(USAGE, "the Secret {} does not exist", code(wanted));
    let known: Vec<String> = secrets.iter().flat_map(names).collect();
    Err(match nearest(wanted, known.iter().map(String::as_str)) {
        Some(near) => none.help(format!("did you mean {}?", code(near))),
        None if secrets.is_empty() => none.note("the spec has no Secrets"),
        None => none.note(there_are(&secrets.iter().collect::<Vec<_>>())),
    })
}

/// Everything that a Secret may be called.
fn names(inspected: &Inspected) -> [String; 4] {
    let Inspected { id, secret, .. } = inspected;
    let base = id.rsplit('/').next().unwrap_or_default();
    [id.clone(), base.to_owned(), secret.id(), secret.name.clone()]
}

fn there_are(secrets: &[&Inspected]) -> String {
    let ids = secrets.iter().map(|inspected| inspected.id.as_str());
    match secrets.len().checked_sub(LISTED) {
        Some(more @ 1..) => {
            let first: Vec<String> = ids.take(LISTED).map(code).collect();
            format!("the spec has {} and {more} more", first.join(", "))
        }
        _ => format!("the spec has {}", all_of(ids)),
    }
}
