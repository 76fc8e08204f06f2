//! Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull
//! request.
//! The runner reads commands from stdout and stderr alike. Escaping as in
//! `packages/core/src/command.ts` of `actions/toolkit`. Columns count from 1; `endColumn` is the
//! last column, and both are left out over several lines, where the runner does not take them.

use super::{quote::printable, region, secret_note, summary};
use crate::diag::{Diagnostic, Label, Level};
use crate::source::SourceMap;

pub(crate) fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut out: String = diagnostics.iter().map(|one| command(one, sources)).collect();
    if let Some((level, text)) = summary(diagnostics) {
        out.push_str(&format!("{}: {text}\n", level.name()));
    }
    out
}

fn command(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let name = match diagnostic.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let place = diagnostic.primary.as_ref().map(|label| place(label, sources)).unwrap_or_default();
    let title = property(&format!("mintage[{}]", diagnostic.code.name));
    let lines = diagnostic.as_plain_lines(secret_note(diagnostic));
    let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
    format!("::{name} {place}title={title}::{}\n", data(&lines.join("\n")))
}

/// The properties that say where, with a comma behind; none for a flag, which is in no file.
fn place(label: &Label, sources: &SourceMap) -> String {
    if sources.is_flag(label.span.file) {
        return String::new();
    }
    let (file, [line, column, end_line, end_column]) = region(&label.span, sources);
    let file = property(&printable(file));
    let last = (end_column - 1).max(column);
    let columns = (line == end_line).then(|| format!("col={column},endColumn={last},"));
    let columns = columns.unwrap_or_default();
    format!("file={file},line={line},endLine={end_line},{columns}")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::{LEFT_OUT, NAME, USAGE};
    use crate::source::Span;

    #[test]
    fn commands_and_their_escapes() {
        let mut sources = SourceMap::new();
        let file = sources.add("a,b:c%.toml", "x = 1\nname = \"ä\"\ny\n");
        let flag = sources.add_flag("--set", "x");
        let found = [
            Diagnostic::new(&NAME, "100% bad: a,b")
                .at(Span::new(file, 13..17), "here")
                .about("prod/web")
                .note("why\r\n::error::x")
                .help("what")
                .fix(Span::new(file, 13..17), "\"a\"", "write `a`"),
            Diagnostic::new(&LEFT_OUT, "over lines").at(Span::new(file, 13..19), "").about("x"),
            Diagnostic::new(&USAGE, "a flag").at(Span::new(flag, 0..1), ""),
        ];
        let expected = "::error file=a%2Cb%3Ac%25.toml,line=2,endLine=2,col=8,endColumn=10,\
title=mintage[name]::100%25 bad: a,b%0Ain the Secret `prod/web`%0A\
note: why\\r\\n::error::x%0Ahelp: write `a`%0Ahelp: what
::notice file=a%2Cb%3Ac%25.toml,line=2,endLine=3,title=mintage[left-out]::over lines%0Ain the \
Secret `x`
::error title=mintage[usage]::a flag
error: 2 errors
";
        assert_eq!(render(&found, &sources), expected);
        assert_eq!(render(&[], &sources), "");
    }
}
