//! Lints about a spec as a whole: secrets in plain text, parts that nothing uses, the same secret
//! in two files.

pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod plaintext;
pub(crate) mod readers;
pub(crate) mod repeated;
pub(crate) mod settings;
pub(crate) mod strings;
pub(crate) mod unused;
pub(crate) mod unused_files;
pub(crate) mod usage;

use super::{resolve::Evidence, run::Run};
use crate::diag::mask::inside_quotes;
use crate::source::Span;
use crate::spec::{Entry, Spec};
use usage::Usage;

pub(crate) use unused_files::UnusedFiles;

/// Reports every lint about a spec as a whole, files that nothing reads aside: those are known
/// after the last spec of a run, see [`UnusedFiles`].
///
/// `sound` if the spec has no errors. Of one that could not be read whole, what it uses is not
/// known; and a misspelt name is one cause of two findings: what was written is not there, and what
/// was meant is not used.
pub(crate) fn lint(sound: bool, evidence: &Evidence, run: &mut Run<'_>) {
    let spec = run.spec;
    let plain = plaintext::in_spec(spec);
    // Metadata, paths and `[vars]` are quoted as they are, unless they hold a secret; values never
    // are.
    let text = &run.sources.get(spec.file).text;
    let quoted = plain.iter().filter(|found| found.role.is_quoted());
    let masks = quoted.map(|found| inside_quotes(text, &(found.span.start..found.span.end)));
    let masks = masks.collect();
    run.sources.hide(spec.file, masks);
    for found in plain {
        run.report(messages::in_spec(&found), found.entry);
    }
    for (path, used, kind) in plaintext::in_files(evidence) {
        run.report(messages::in_file(path, used, kind), entry_at(spec, used.entry));
    }
    for found in repeated::repeated(spec, evidence) {
        run.report(messages::repeated(&found), entry_at(spec, found.entry));
    }
    if run.options.check_readers {
        readers::lint(evidence, run);
    }
    // A spec without Secrets has an error of its own; and where it has nothing that could be
    // unused, its templates are not looked into.
    if sound && !spec.entries.is_empty() {
        let top = &spec.top;
        let declares = [top.vars.key, top.sources.key, top.environments.key];
        let usage = match declares {
            [None, None, None] => Usage::default(),
            _ => Usage::of(&evidence.fetched, run),
        };
        let mut listed = || readers::listed(evidence, run);
        for found in unused::unused(spec, &usage, &mut listed) {
            run.report(found, None);
        }
    }
}

/// The folder of a spec with a last `/`, and its name there, as messages call both.
fn folder_and_name(spec: &str) -> (&str, &str) {
    let slash = spec.rfind(['/', std::path::MAIN_SEPARATOR]);
    spec.split_at(slash.map_or(0, |slash| slash + 1))
}

fn entry_at(spec: &Spec, span: Span) -> Option<&Entry> {
    let index = spec.entries.binary_search_by_key(&span, |entry| entry.span).ok()?;
    spec.entries.get(index)
}
