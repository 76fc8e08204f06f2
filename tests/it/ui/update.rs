//! Writes into the Markdown files what the program says now, and leaves everything else in them as
//! it is.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;

use super::Ran;
use super::markdown::{Case, Content, is_plain, parse, root};

/// Writes the expected blocks of cases that differ.
pub(super) fn update(cases: &[Case], runs: &[Ran]) {
    let mut files: BTreeMap<&str, Vec<&Ran>> = BTreeMap::new();
    for (case, ran) in cases.iter().zip(runs) {
        files.entry(&case.code).or_default().push(ran);
    }
    for (code, runs) in files {
        let path = root().join(format!("{code}.md"));
        let text = fs::read_to_string(&path).expect("a file that was read before");
        let new = rewrite(code, &text, &runs);
        if new != text {
            fs::write(&path, new).expect("the files of tests/ui can be written to");
        }
    }
}

/// The text of a file that expects what these runs gave.
fn rewrite(code: &str, text: &str, runs: &[&Ran]) -> String {
    let mut text = text.to_owned();
    for (index, ran) in runs.iter().enumerate() {
        // One edit at a time, since each moves the lines below.
        for edit in [status, stdout, stderr] {
            let cases = parse(code, &text).expect("a text that was parsed before");
            if let Some((range, new)) = edit(&cases[index], ran) {
                let lines: Vec<&str> = text.split_inclusive('\n').collect();
                let (mut above, below) =
                    (lines[..range.start].concat(), lines[range.end..].concat());
                // What goes takes its blank line along.
                if new.is_empty() && above.ends_with("\n\n") {
                    above.pop();
                }
                // The file may end without a line break.
                let end = if above.ends_with('\n') { "" } else { "\n" };
                text = format!("{above}{end}{new}{below}");
            }
        }
    }
    text
}

/// New text for some lines.
type Edit = (Range<usize>, String);

fn stdout(case: &Case, ran: &Ran) -> Option<Edit> {
    output(case, "stdout", &ran.stdout)
}

fn stderr(case: &Case, ran: &Ran) -> Option<Edit> {
    output(case, "stderr", &ran.stderr)
}

fn output(case: &Case, name: &str, found: &[u8]) -> Option<Edit> {
    if case.bytes(name) == found {
        return None;
    }
    let piece = case.pieces.get(name);
    let new = match (
        std::str::from_utf8(found).ok().filter(|text| is_plain(text)),
        piece.map(|piece| &piece.content),
    ) {
        (Some(""), _) => String::new(),
        (Some(text), _) => block(name, text),
        // It has its file already.
        (None, Some(Content::Named(path))) => {
            fs::write(root().join(path), found).expect("the files of tests/ui can be written to");
            return None;
        }
        (None, _) => {
            let path = format!("files/{}/{}.{name}", case.code, slug(&case.name));
            let file = root().join(&path);
            fs::create_dir_all(file.parent().expect("a folder"))
                .expect("a folder in tests/ui/files can be made");
            fs::write(file, found).expect("the files of tests/ui can be written to");
            format!("- `{name}` is `{path}`\n")
        }
    };
    Some(match (piece, case.pieces.get("stderr")) {
        (Some(piece), _) => (piece.lines.clone(), new),
        (None, Some(stderr)) if name == "stdout" => {
            (stderr.lines.start..stderr.lines.start, format!("{new}\n"))
        }
        (None, _) => (case.end..case.end, format!("\n{new}")),
    })
}

fn status(case: &Case, ran: &Ran) -> Option<Edit> {
    let status = ran.status;
    if status == case.status {
        return None;
    }
    let line = if status == 1 { String::new() } else { format!("exit {status}\n") };
    let first = ["stdout", "stderr"]
        .iter()
        .filter_map(|name| Some(case.pieces.get(*name)?.lines.start))
        .min();
    Some(match (&case.console, first) {
        (Some(lines), _) if case.status == 1 => (lines.end..lines.end, line),
        (Some(lines), _) => (lines.end - 1..lines.end, line),
        (None, Some(first)) => {
            (first..first, format!("```console\n$ mintage build\n{line}```\n\n"))
        }
        (None, None) => (case.end..case.end, format!("\n```console\n$ mintage build\n{line}```\n")),
    })
}

fn block(name: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(3.max(longest + 1));
    let (hint, end) = if text.ends_with('\n') { ("", "") } else { (" (no final newline)", "\n") };
    let language = match text.as_bytes() {
        [b'{' | b'[', ..] if name == "stdout" => "json",
        _ if text.starts_with("apiVersion: ") => "yaml",
        _ => "text",
    };
    format!("`{name}`{hint}\n\n{fence}{language}\n{text}{end}{fence}\n")
}

/// The heading of a case as a file's name.
fn slug(name: &str) -> String {
    let heading = name.split_once(": ").map_or(name, |(_, heading)| heading).to_lowercase();
    heading
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(stdout: &str, stderr: &str, status: i32) -> Ran {
        Ran { stdout: stdout.into(), stderr: stderr.into(), status }
    }

    /// Whatever a run gives, the case expects it afterwards, and the case beside it is as it was.
    #[test]
    fn what_is_written_reads_back() {
        let texts = ["", "a\n", "a", "\n", "```\n", "`````", "a \t\n\n", "# a\n## b\n- `c`\n"];
        let neighbour = "## Next\n\n`a` (no final newline)\n\n```text\nb\n```\n";
        let old = [
            "## Case\n\n",
            "## Case\n\n```console\n$ A='b c' mintage check x\nexit 2\n```\n\n",
            "## Case\n\n`stdout`\n\n```text\nx\n```\n\n`stderr`\n\n````text\n```\n````\n\n",
            "## Case\n\n- `stderr` is empty\n\n",
        ];
        for case in old {
            for stdout in texts {
                for stderr in texts {
                    for status in [0, 1, 2] {
                        let text = format!("# a\n\n{case}{neighbour}");
                        let ran = ran(stdout, stderr, status);
                        let before = parse("a", &text).unwrap();
                        let other = Ran { stdout: Vec::new(), stderr: Vec::new(), status: 1 };
                        let new = rewrite("a", &text, &[&ran, &other]);
                        let after = parse("a", &new).unwrap();
                        assert_eq!(after[0].bytes("stdout"), ran.stdout, "{new}");
                        assert_eq!(after[0].bytes("stderr"), ran.stderr, "{new}");
                        assert_eq!(
                            (after[0].status, &after[0].env, &after[0].args),
                            (status, &before[0].env, &before[0].args),
                            "{new}"
                        );
                        assert_eq!(after[1].bytes("a"), b"b");
                        assert!(
                            new.ends_with(neighbour) && rewrite("a", &new, &[&ran, &other]) == new,
                            "{new}"
                        );
                    }
                }
            }
        }
    }
}
