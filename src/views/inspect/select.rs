//! The one Secret that a person names: `NAME` or `NAMESPACE/NAME`, with or without its hash suffix.

use super::Inspected;
use crate::diag::phrases::{all_of, code, nearest};
use crate::diag::{Diagnostic, diagnostic};

const LISTED: usize = 10;

/// The Secret with this name.
///
/// # Errors
/// None or several have it.
pub(crate) fn select<'i>(
    wanted: &str,
    secrets: &'i [Inspected],
) -> Result<&'i Inspected, Diagnostic> {
    let matches = |inspected: &&Inspected| names(inspected).iter().any(|name| name == wanted);
    let found: Vec<&Inspected> = secrets.iter().filter(matches).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown(wanted, secrets)),
        several => {
            let ids = several.iter().map(|inspected| inspected.id.as_str());
            let same = several.iter().all(|inspected| {
                Some(inspected.id.as_str()) == several.first().map(|first| first.id.as_str())
            });
            let help = if same {
                "name one spec, of those that have it"
            } else {
                "name the namespace too: `NAMESPACE/NAME`"
            };
            let message = format!("{} Secrets are called {}", several.len(), code(wanted));
            Err(diagnostic!(USAGE, "{message}").note(format!("there are {}", list(ids))).help(help))
        }
    }
}

/// Everything that a Secret may be called.
fn names(inspected: &Inspected) -> Vec<String> {
    let base = inspected.id.rsplit('/').next().unwrap_or_default().to_owned();
    vec![inspected.id.clone(), base, inspected.secret.id(), inspected.secret.name.clone()]
}

fn unknown(wanted: &str, secrets: &[Inspected]) -> Diagnostic {
    let known: Vec<String> = secrets.iter().flat_map(names).collect();
    let diagnostic = diagnostic!(USAGE, "there is no Secret {}", code(wanted));
    if let Some(near) = nearest(wanted, known.iter().map(String::as_str)) {
        return diagnostic.help(format!("did you mean {}?", code(near)));
    }
    if secrets.is_empty() {
        return diagnostic.note("the spec gives no Secret at all");
    }
    diagnostic
        .note(format!("there are {}", list(secrets.iter().map(|inspected| inspected.id.as_str()))))
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.len().checked_sub(LISTED) {
        Some(more @ 1..) => {
            let first: Vec<String> = names.iter().take(LISTED).map(|name| code(name)).collect();
            format!("{} and {more} more", first.join(", "))
        }
        _ => all_of(names),
    }
}
