//! Lines that a CI system would take for commands. GitHub Actions obeys lines on stdout and stderr
//! that begin with `::`, blanks aside, and `##[...]` anywhere in a line; Azure Pipelines
//! `##vso[...]`, TeamCity `##teamcity[...]`.

/// The text with one character of each such command escaped, as TOML, YAML and JSON write it.
pub(crate) fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = line.len() - without_blanks(line).len();
        let (before, rest) = line.split_at(start);
        out.push_str(before);
        // `::: FILE` stands before further places, and names no command.
        match rest.strip_prefix("::").filter(|command| !command.starts_with(": ")) {
            Some(command) => {
                out.push_str("\\u003a:");
                out.push_str(&without_hashes(command));
            }
            None => out.push_str(&without_hashes(rest)),
        }
    }
    out
}

/// The same where lines that begin with `::` are meant.
pub(crate) fn without_hashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, hashes) in text.match_indices("##") {
        let behind = text.get(at + hashes.len()..).unwrap_or_default();
        let name = behind.trim_start_matches(|c: char| c == '#' || c.is_ascii_alphanumeric());
        if at >= done && name.starts_with('[') {
            out.push_str(text.get(done..=at).unwrap_or_default());
            out.push_str("\\u0023");
            done = at + hashes.len();
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// What follows blanks and colors at the start of a line.
fn without_blanks(line: &str) -> &str {
    let mut rest = line.trim_start();
    while let Some(color) = rest.strip_prefix("\u{1b}[") {
        let behind = color.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        rest = behind.strip_prefix('m').unwrap_or(behind).trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn commands_are_escaped() {
        for (text, expected) in [
            ("a::b\n  ::error::x\n", "a::b\n  \\u003a:error::x\n"),
            ("\u{1b}[1m \u{1b}[0m::x", "\u{1b}[1m \u{1b}[0m\\u003a:x"),
            ("   ::: a::error::x\n:::error::", "   ::: a::error::x\n\\u003a::error::"),
            ("see ##[error]x", "see #\\u0023[error]x"),
            ("###vso[a]", "#\\u0023#vso[a]"),
            ("##teamcity[x ##[y", "#\\u0023teamcity[x #\\u0023[y"),
            ("## Wrong\n### [x]\nstd::fmt", "## Wrong\n### [x]\nstd::fmt"),
        ] {
            assert_eq!(inert(text), expected, "{text}");
        }
    }
}
