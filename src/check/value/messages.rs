//! The sentences for white space and other slips in names and passwords. Nothing here knows a
//! value.

use super::{Holder, ValueFault};
use crate::check::subject::Origin;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};

/// The finding for a fault, without a place.
pub(crate) fn diagnostic(fault: ValueFault, holder: &Holder, origin: Origin) -> Diagnostic {
    let who = match holder {
        Holder::Key(key) => code(key),
        Holder::User(registry) => format!("the user name for {registry}"),
        Holder::Password(registry) | Holder::Auth(registry) => {
            format!("the password for {registry}")
        }
    };
    match fault {
        ValueFault::Empty => diagnostic!(EMPTY_VALUE, "{who} is empty").help(match holder {
            Holder::Key(_) => {
                "give it a value, or leave the key out; if empty is meant, write `\"\"`"
            }
            _ => "give it a value, or leave the registry out",
        }),
        ValueFault::Blank => diagnostic!(TRAILING_LINE_BREAK, "{who} holds only white space")
            .help("check what its source holds"),
        ValueFault::LineBreak => diagnostic!(TRAILING_LINE_BREAK, "{who} ends in a line break")
            .note("it is sent as part of the value, and the other side refuses that")
            .maybe_help(without_line_break(holder, origin).map(str::to_owned)),
        ValueFault::Space { before, after } => {
            let place = match (before, after) {
                (true, true) => "starts and ends with",
                (true, false) => "starts with",
                _ => "ends with",
            };
            diagnostic!(TRAILING_LINE_BREAK, "{who} {place} white space")
                .note("it counts as part of the value")
                .help(
                    "remove it where the value comes from, or allow `trailing-line-break` if it is \
                     meant",
                )
        }
    }
}

/// How to say `trim = true`.
pub(crate) const TRIM: &str =
    "add `trim = true` to the value, as in `{ file = \"...\", trim = true }`";

/// In a spec the finding's edit says it.
fn without_line_break(holder: &Holder, origin: Origin) -> Option<&'static str> {
    match (holder, origin) {
        (Holder::Auth(_), _) => {
            Some("make `auth` without it: `printf %s USERNAME:PASSWORD | base64`, not `echo`")
        }
        (_, Origin::Spec) => None,
        (_, Origin::Manifest) => {
            Some("encode the value without it: `printf %s VALUE | base64`, not `echo`")
        }
    }
}
