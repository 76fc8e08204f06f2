//! The cases of `tests/ui`: a Markdown file a code, `tests/ui/CODE.md`, with a case under each
//! heading.
//!
//! ````text
//! # wrong-type
//!
//! ## A number for text
//!
//! `mintage.toml`
//!
//! ```toml
//! [[opaque]] name = 1
//! ```
//!
//! - `tls.crt` is `files/tls/leaf.crt`
//!
//! ```console
//! $ mintage check -D warnings exit 2
//! ```
//!
//! `stderr`
//!
//! ```text
//! error[wrong-type]: ...
//! ```
//! ````
//!
//! - A name in backticks on a line of its own, then a fenced block: a file of the case, byte for
//!   byte. With `(no final newline)` after the name, the last line break is not part of it.
//!   `stdin`, `stdout` and `stderr` are no files but what these words say; a missing one is empty.
//! - A list item for a file that can't be pasted: `` - `NAME` is `files/PATH` `` (a file below
//!   `tests/ui`, for keys, certificates, age files and everything that is not plain text), `is
//!   empty`, `is 1000 zeros`, ``links to `TARGET` ``, and `is executable` for a file that is there
//!   already. `../NAME` stands beside the case's folder.
//! - A `console` block: the command as in a shell, perhaps with variables before it, and `exit N`
//!   unless the status is 1. Without the block the command is `mintage build`.
//! - `###` under `##`: the cases are those under `###`, and each has the files of its `##` too.
//! - All other lines are for people, as long as they do not start with a backtick.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The file of runs without a finding of ours: they end well, or clap answers.
pub(super) const NO_CODE: &str = "no-code";

/// A case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The name of the Markdown file: a code, or [`NO_CODE`].
    pub code: String,
    /// `tests/ui/CODE.md:LINE: HEADING`, where an editor finds it.
    pub name: String,
    /// Variables of the environment. `$PWD` in their values is the case's folder.
    pub env: Vec<(String, String)>,
    /// The arguments, the command first.
    pub args: Vec<String>,
    /// The exit code that is expected.
    pub status: i32,
    /// The names of files that may be executed.
    executable: BTreeSet<String>,
    /// Files, and what is piped in and out, by name.
    pub pieces: BTreeMap<String, Piece>,
    /// The lines of the `console` block, between its fences.
    pub console: Option<Range<usize>>,
    /// The line behind the last one that is not blank.
    pub end: usize,
}

/// A block or a list item.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub content: Content,
    /// Its lines in the file, counted from 0, with the name and the fences.
    pub lines: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// What the block holds.
    Pasted(Vec<u8>),
    /// A file by its path from `tests/ui`.
    Named(String),
    /// A file of zeros that is too large to be checked in.
    Zeros(u64),
    /// A symbolic link to this path.
    Link(String),
}

/// The folder of the Markdown files.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui")
}

/// Every case, by file and line.
pub(super) fn all() -> Vec<Case> {
    let entries = fs::read_dir(root()).unwrap_or_else(|error| panic!("tests/ui: {error}"));
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a directory entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        match parse(&code, &text) {
            Ok(found) => cases.extend(found),
            Err(error) => panic!("{error}"),
        }
    }
    assert!(!cases.is_empty(), "no cases in tests/ui");
    cases
}

impl Case {
    /// The bytes of a piece; empty when it is missing or not a file of its own.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        match self.pieces.get(name).map(|piece| &piece.content) {
            Some(Content::Pasted(bytes)) => bytes.clone(),
            Some(Content::Named(path)) => fs::read(root().join(path))
                .unwrap_or_else(|error| panic!("{}: {path}: {error}", self.name)),
            Some(Content::Zeros(_) | Content::Link(_)) | None => Vec::new(),
        }
    }

    /// Writes the files of the case into a folder.
    pub(crate) fn unpack(&self, folder: &Path) {
        for (name, piece) in self.pieces.iter().filter(|(name, _)| !is_stream(name)) {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a path in a folder"))
                .expect("a folder can be made");
            match &piece.content {
                Content::Zeros(bytes) => {
                    let file = fs::File::create(&path).expect("a file can be made");
                    file.set_len(*bytes).expect("a sparse file can be made");
                }
                Content::Link(target) => link(target, &path),
                Content::Pasted(_) | Content::Named(_) => {
                    fs::write(&path, self.bytes(name)).expect("a file can be written");
                    // Identities are among them.
                    set_mode(&path, 0o600);
                }
            }
            if self.executable.contains(name) {
                set_mode(&path, 0o755);
            }
        }
    }

    /// The value of a flag that asks for a format of messages, if there is one.
    pub(crate) fn asks_for_a_format(&self) -> bool {
        self.args.iter().any(|argument| argument.starts_with("--message-format"))
    }
}

#[cfg(unix)]
fn link(target: &str, path: &Path) {
    std::os::unix::fs::symlink(target, path).expect("a link can be made");
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be set");
}

/// Whether a piece of this name is no file.
fn is_stream(name: &str) -> bool {
    ["stdin", "stdout", "stderr"].contains(&name)
}

/// Whether a text can stand in a block and come out again as it went in. What an editor or Git may
/// change without a word can't.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains('\u{feff}') && !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
}

/// What stands under one heading.
struct Section {
    level: usize,
    heading: String,
    line: usize,
    case: Case,
}

/// A name on a line of its own, which waits for its block.
struct Pending {
    name: String,
    line: usize,
    final_newline: bool,
}

/// The cases of a file. An error starts with file and line.
pub(super) fn parse(code: &str, text: &str) -> Result<Vec<Case>, String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let fail =
        |line: usize, message: &str| Err(format!("tests/ui/{code}.md:{}: {message}", line + 1));
    if lines.first().is_none_or(|line| line.trim_end() != format!("# {code}")) {
        return fail(0, &format!("the first line is not `# {code}`"));
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut pending: Option<Pending> = None;
    let mut next = 1;
    while let Some(line) = lines.get(next) {
        let start = next;
        let line = line.trim_end();
        next += 1;
        if line.is_empty() {
            continue;
        }
        let fence = line.len() - line.trim_start_matches('`').len();
        if let Some(waiting) = pending.as_ref().filter(|_| fence < 3) {
            return fail(
                waiting.line,
                "a name in backticks on a line of its own wants a block below it",
            );
        }
        if let Some(heading) = ["## ", "### "].iter().find_map(|mark| line.strip_prefix(mark)) {
            sections.push(Section {
                level: line.len() - line.trim_start_matches('#').len(),
                heading: heading.to_owned(),
                line: start,
                case: Case {
                    code: code.to_owned(),
                    name: String::new(),
                    env: Vec::new(),
                    args: vec!["build".to_owned()],
                    status: 1,
                    executable: BTreeSet::new(),
                    pieces: BTreeMap::new(),
                    console: None,
                    end: next,
                },
            });
            continue;
        }
        let Some(section) = sections.last_mut() else {
            if line.starts_with(['`', '-']) {
                return fail(start, "this stands above the first heading of a case");
            }
            continue;
        };
        section.case.end = next;
        if fence >= 3 {
            let marks = &line[..fence];
            let Some(length) = lines[next..].iter().position(|line| line.trim_end() == marks)
            else {
                return fail(start, "this block has no end");
            };
            let body = next..next + length;
            next += length + 1;
            section.case.end = next;
            let mut content = lines[body.clone()].concat();
            match pending.take() {
                Some(waiting) => {
                    if !waiting.final_newline {
                        content.pop();
                    }
                    let piece = Piece {
                        content: Content::Pasted(content.into_bytes()),
                        lines: waiting.line..next,
                    };
                    section.case.pieces.insert(waiting.name, piece);
                }
                None if &line[fence..] == "console" => {
                    if let Err(message) = section.case.read_console(&content) {
                        return fail(start, &message);
                    }
                    section.case.console = Some(body);
                }
                None => {
                    return fail(
                        start,
                        "this block has no name: write it in backticks on a line above",
                    );
                }
            }
        } else if line.starts_with('`') {
            let (name, final_newline) = match line.strip_suffix(" (no final newline)") {
                Some(name) => (name, false),
                None => (line, true),
            };
            match name
                .strip_prefix('`')
                .and_then(|name| name.strip_suffix('`'))
                .filter(|name| !name.contains('`'))
            {
                Some(name) => {
                    pending = Some(Pending { name: name.to_owned(), line: start, final_newline })
                }
                None => {
                    return fail(
                        start,
                        "a line that starts with a backtick is a file's name and nothing else",
                    );
                }
            }
        } else if let Some(item) = line.strip_prefix("- `")
            && section.case.read_item(item, start).is_none()
        {
            return fail(
                start,
                "write: is `files/PATH`, is empty, is N zeros, links to `TARGET`, or is executable",
            );
        }
    }
    if let Some(waiting) = pending {
        return fail(
            waiting.line,
            "a name in backticks on a line of its own wants a block below it",
        );
    }
    cases(code, sections)
}

/// The sections that are cases, with the files of the section above those on the lower level.
fn cases(code: &str, sections: Vec<Section>) -> Result<Vec<Case>, String> {
    let levels: Vec<usize> = sections.iter().map(|section| section.level).chain([2]).collect();
    let mut group: Option<Section> = None;
    let mut cases = Vec::new();
    for (index, mut section) in sections.into_iter().enumerate() {
        section.case.name = format!("tests/ui/{code}.md:{}: {}", section.line + 1, section.heading);
        if section.level == 2 && levels[index + 1] == 3 {
            if section.case.console.is_some()
                || section.case.pieces.keys().any(|name| is_stream(name))
            {
                return Err(format!(
                    "{}: there are cases below this heading, so it may have nothing but files",
                    section.case.name
                ));
            }
            group = Some(section);
            continue;
        }
        match &group {
            Some(group) if section.level == 3 => {
                for (name, piece) in &group.case.pieces {
                    section.case.pieces.entry(name.clone()).or_insert_with(|| piece.clone());
                }
                section.case.executable.extend(group.case.executable.iter().cloned());
            }
            None if section.level == 3 => {
                return Err(format!("{}: there is no `##` above this", section.case.name));
            }
            _ => group = None,
        }
        cases.push(section.case);
    }
    Ok(cases)
}

impl Case {
    /// Reads what a `console` block holds.
    fn read_console(&mut self, content: &str) -> Result<(), String> {
        let (command, status) = match content.trim_end().rsplit_once('\n') {
            Some((command, last)) if last.starts_with("exit ") => {
                (command, last["exit ".len()..].parse().ok())
            }
            _ => (content, Some(1)),
        };
        self.status = status.ok_or("the last line is not `exit N`")?;
        let command = command.strip_prefix("$ ").ok_or("a command starts with `$ `")?;
        let mut words = shell_words::split(command).map_err(|error| error.to_string())?.into_iter();
        self.env.clear();
        for word in words.by_ref() {
            match word.split_once('=') {
                Some((name, value)) => self.env.push((name.to_owned(), value.to_owned())),
                None if word == "mintage" => break,
                None => return Err("the command is not `mintage`".to_owned()),
            }
        }
        self.args = words.collect();
        if self.args.is_empty() {
            return Err("the command is not `mintage` with arguments".to_owned());
        }
        Ok(())
    }

    /// Reads a list item behind its first backtick.
    fn read_item(&mut self, item: &str, line: usize) -> Option<()> {
        let (name, what) = item.split_once("` ")?;
        let quoted = |text: &str| text.strip_prefix('`')?.strip_suffix('`').map(str::to_owned);
        let content = if what == "is executable" {
            self.executable.insert(name.to_owned());
            return Some(());
        } else if what == "is empty" {
            Content::Pasted(Vec::new())
        } else if let Some(target) = what.strip_prefix("links to ") {
            Content::Link(quoted(target)?)
        } else if let Some(number) =
            what.strip_prefix("is ").and_then(|what| what.strip_suffix(" zeros"))
        {
            Content::Zeros(number.parse().ok()?)
        } else {
            Content::Named(quoted(what.strip_prefix("is ")?)?)
        };
        self.pieces.insert(name.to_owned(), Piece { content, lines: line..line + 1 });
        Some(())
    }
}
