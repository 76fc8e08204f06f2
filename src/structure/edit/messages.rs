//! What messages say about edits. `what` is how they call the file.

use super::fault::{EditFault, EditFaultKind};
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, diagnostic};
use crate::structure::write::{EncodeFault, EncodeFaultKind};
use crate::structure::{Format, KeyPath, messages};

pub(crate) fn unchanged(
    what: &str,
    format: Format,
    path: &KeyPath,
    fault: &EditFault,
) -> Diagnostic {
    let key = code(&path.to_string());
    let place = match fault.place {
        Some((line, column)) => format!(" (line {}, column {})", number(line), number(column)),
        None => String::new(),
    };
    let edit = "change the file in an editor: `mintage edit PATH`";
    match &fault.kind {
        EditFaultKind::Unreadable(fault) => messages::unreadable(what, format, fault),
        EditFaultKind::NoKeys => {
            diagnostic!(UNKNOWN_FORMAT, "{what} is text, which has no key {key}")
                .help("set `format` to the file's format if it has keys")
        }
        EditFaultKind::NotText => {
            diagnostic!(NOT_UTF8, "the value for {key} in {what} is not UTF-8")
                .note(format!("{} holds only text", format.title()))
                .help("give the value an age file of its own")
        }
        EditFaultKind::Unwritable(kind) => {
            let fault = EncodeFault { path: path.clone(), kind: *kind };
            let mut diagnostic = messages::unwritable(format, &fault);
            if *kind == EncodeFaultKind::LastBackslash {
                diagnostic.helps.clear();
                diagnostic = diagnostic.help("give the value an age file of its own");
            }
            diagnostic
        }
        EditFaultKind::Through(inner, class) => diagnostic!(
            NO_SUCH_KEY,
            "{what} can't hold {key}: {} is {class}",
            code(&inner.to_string())
        )
        .help("choose another key, or remove the one that is in the way"),
        EditFaultKind::NoItem(inner) => {
            diagnostic!(NO_SUCH_KEY, "{what} has no item {}", code(&inner.to_string()))
                .note("only keys of tables can be added, not items of lists")
                .help(edit)
        }
        EditFaultKind::Item => diagnostic!(NOT_A_SCALAR, "{key} in {what} is an item of a list")
            .note("removing it would renumber the items after it")
            .help(edit),
        EditFaultKind::Collection(class) => {
            diagnostic!(NOT_A_SCALAR, "{key} in {what} is {class}, not a single value")
                .help("choose a key inside of it")
        }
        EditFaultKind::Missing => diagnostic!(NO_SUCH_KEY, "{what} has no key {key}")
            .help("list the keys that the spec uses: `mintage list --json`"),
        EditFaultKind::Anchor => {
            diagnostic!(BAD_STRUCTURE, "{key} in {what} has a YAML anchor or alias{place}")
                .note("changing it would change other keys too")
                .help(edit)
        }
        EditFaultKind::Unsafe => diagnostic!(BAD_STRUCTURE, "can't change only {key} in {what}")
            .note("the file is written in a way that this command can't edit without risk")
            .help(edit),
    }
}
