//! Certain repairs as rustc shows them: a help of their own with the line before and after. Masked
//! like every other quote, but for what comes in, which holds nothing secret.

use annotate_snippets::{Group, Level as Title, Patch, Snippet};

use super::quote::{Quote, printable, tidy};
use super::wrap::wrap;
use crate::diag::{Diagnostic, Fix};
use crate::source::SourceMap;

/// The repairs of a finding: those that are shown as lines, and the titles of the others.
pub(crate) fn suggestions<'d>(
    diagnostic: &'d Diagnostic,
    sources: &SourceMap,
    width: usize,
) -> (Vec<Group<'static>>, Vec<&'d str>) {
    let mut groups = Vec::new();
    let mut titles = Vec::new();
    for fix in &diagnostic.fixes {
        // The library needs no place where it is that of the finding.
        let near =
            diagnostic.primary.as_ref().is_some_and(|label| label.span.file == fix.span.file);
        match group(fix, sources, width).filter(|_| near) {
            Some(group) => groups.push(group),
            None => titles.push(fix.title.as_str()),
        }
    }
    (groups, titles)
}

pub(crate) fn last_line(fix: &Fix, sources: &SourceMap) -> usize {
    sources.get(fix.span.file).line_index(fix.span.end) + 1
}

/// The lines before and after; `None` where they are wider than the terminal, since the library
/// trims lines of repairs nowhere.
fn group(fix: &Fix, sources: &SourceMap, width: usize) -> Option<Group<'static>> {
    let source = sources.get(fix.span.file);
    let span = tidy(source, &(fix.span.start..fix.span.end));
    let quote = Quote::new(source, std::slice::from_ref(&span));
    let replacement = fix.replacement.split('\n').map(printable).collect::<Vec<_>>().join("\n");
    let frame =
        last_line(fix, sources).checked_ilog10().map_or(0, |log| log as usize + 1) + "   ".len();
    let widest = quote.text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
        + replacement.chars().count();
    if frame + widest > width + span.len() {
        return None;
    }
    let patch = Patch::new(quote.locate(&span), replacement);
    let snippet = Snippet::source(quote.text).line_start(quote.first_line).patch(patch);
    let title = wrap(&printable(&fix.title), width - "help: ".len());
    Some(Title::HELP.secondary_title(title).element(snippet))
}
