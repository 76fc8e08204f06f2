//! Findings one a line, `file:line:column: error[code]: message`, as editors and `grep` read them.

use super::quote::printable;
use crate::diag::Diagnostic;
use crate::source::SourceMap;

/// One line a finding; without a place `error[code]: message`.
pub(crate) fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    diagnostics.iter().map(|diagnostic| line(diagnostic, sources)).collect()
}

fn line(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place = diagnostic.primary.as_ref().map_or_else(String::new, |label| {
        let source = sources.get(label.span.file);
        let (line, column) = source.position(label.span.start);
        format!("{}:{line}:{column}: ", printable(&source.name))
    });
    format!(
        "{place}{}[{}]: {}\n",
        diagnostic.level.name(),
        diagnostic.code.name,
        printable(&diagnostic.message)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::{LEFT_OUT, NAME};
    use crate::source::Span;

    #[test]
    fn one_line_a_finding() {
        let mut sources = SourceMap::new();
        let file = sources.add("a\u{1b}.toml", "x = 1\nname = \"ä\"\n");
        let found = [
            Diagnostic::new(&NAME, "two\nlines")
                .at(Span::new(file, 13..17), "here")
                .also(Span::new(file, 0..1), "there"),
            Diagnostic::new(&LEFT_OUT, "nowhere").note("why").help("what"),
        ];
        assert_eq!(
            render(&found, &sources),
            "a\\u001b.toml:2:8: error[name]: two\\nlines\nnote[left-out]: nowhere\n"
        );
    }
}
