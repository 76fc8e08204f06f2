//! A secret text in the person's editor, until it is good or given up. Between two rounds the text
//! is in this process alone.

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use super::{Exit, terminal::Terminal};
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::os::editor::{Editor, EditorFault};
use crate::os::prompt::{choose, has_terminal};
use crate::secret::bytes::SecretBytes;
use crate::source::SourceMap;
use crate::structure::{self, Format};

/// What is edited.
pub(crate) struct Subject<'a> {
    /// How messages call the file.
    pub shown: &'a str,
    /// The name in the editor: its extension chooses the colors.
    pub name: &'a str,
    pub format: Option<Format>,
    /// The text as it is; `None` for a new file.
    pub before: Option<&'a SecretBytes>,
    /// What to do instead of leaving nothing.
    pub empty_help: &'a str,
}

/// Why a text was not saved.
pub(crate) enum Unsaved {
    Problem(Box<Diagnostic>),
    /// That was said.
    Reported(Exit),
}

impl From<Box<Diagnostic>> for Unsaved {
    fn from(problem: Box<Diagnostic>) -> Self {
        Self::Problem(problem)
    }
}

impl From<Exit> for Unsaved {
    fn from(exit: Exit) -> Self {
        Self::Reported(exit)
    }
}

/// How an edit ended without a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Saved,
    Unchanged,
    /// What is wrong was shown, and the person gave up.
    Discarded,
}

/// An editor that is closed as fast as this may have left its window open.
const AT_ONCE: Duration = Duration::from_millis(500);

const QUESTION: &str = "Nothing was saved. [e]dit again, or [q]uit and discard the edit?";

/// Opens the text in an editor, again if the person wants to correct it, and hands the new one to
/// `save`, whose diagnostic is shown like a mistake in the text.
pub(crate) fn edit(
    subject: &Subject<'_>,
    terminal: &Terminal,
    save: &mut dyn FnMut(&SecretBytes) -> Result<(), Unsaved>,
) -> Result<Ended, Unsaved> {
    let editor = Editor::of_environment();
    let is_warned = Cell::new(false);
    let warn = |folder: &Path| {
        if !is_warned.replace(true) {
            let folder = code(&folder.display().to_string());
            terminal.say(&format!(
                "warning: there is no memory-backed folder, so the text is in {folder} until the \
                 editor ends"
            ));
        }
    };
    let nothing = SecretBytes::default();
    let before = subject.before.unwrap_or(&nothing);
    let mut text = before.clone();
    loop {
        let edited = editor
            .edit(subject.name, &text, &warn)
            .map_err(|fault| Box::new(editor_fault(&fault, &editor, subject)))?;
        let after = without_added_line_break(edited.text, subject, terminal);
        if after == *before {
            if edited.took < AT_ONCE && subject.before.is_some() {
                terminal.say(
                    "the editor returned at once: if it has a window, add its option to wait, as \
                     in `code --wait`",
                );
            }
            return Ok(Ended::Unchanged);
        }
        let saved = judge(&after, subject).map_err(Unsaved::from).and_then(|()| save(&after));
        let Err(unsaved) = saved else { return Ok(Ended::Saved) };
        if !has_terminal() {
            return Err(unsaved);
        }
        if let Unsaved::Problem(problem) = unsaved {
            terminal.report(&[*problem], &SourceMap::new());
        }
        if choose(QUESTION, &['e', 'q']) != Some('e') {
            return Ok(Ended::Discarded);
        }
        text = after;
    }
}

fn judge(text: &SecretBytes, subject: &Subject<'_>) -> Result<(), Box<Diagnostic>> {
    if text.expose().iter().all(u8::is_ascii_whitespace) {
        return Err(Box::new(
            diagnostic!(USAGE, "the text of {} is empty", code(subject.shown))
                .help(subject.empty_help),
        ));
    }
    let Some(format) = subject.format else { return Ok(()) };
    match structure::read(format, text.expose()) {
        Ok(_) => Ok(()),
        Err(fault) => {
            let what = format!("the text of {}", code(subject.shown));
            let mut problem = structure::messages::unreadable(&what, format, &fault);
            // Those help with the spec that reads a file.
            problem.helps.clear();
            Err(Box::new(problem.note("nothing was written")))
        }
    }
}

/// Editors end the last line, which makes a password another one. In a file that is one value, a
/// line break that was not there before goes again.
fn without_added_line_break(
    text: SecretBytes,
    subject: &Subject<'_>,
    terminal: &Terminal,
) -> SecretBytes {
    let had_one = subject.before.is_some_and(|before| before.expose().ends_with(b"\n"));
    if subject.format.is_some() || had_one {
        return text;
    }
    let bytes = text.expose();
    let without = bytes.strip_suffix(b"\r\n").or_else(|| bytes.strip_suffix(b"\n"));
    match without {
        Some(without) if Some(without) == subject.before.map(SecretBytes::expose) => {
            SecretBytes::from(without)
        }
        Some(without) if !without.contains(&b'\n') => {
            terminal.say("removed the line break at the end, which the editor added");
            SecretBytes::from(without)
        }
        _ => text,
    }
}

fn editor_fault(fault: &EditorFault, editor: &Editor, subject: &Subject<'_>) -> Diagnostic {
    let editor = code(editor.command());
    let unchanged = match subject.before {
        Some(_) => format!("{} is unchanged", code(subject.shown)),
        None => format!("{} was not written", code(subject.shown)),
    };
    let choose = "set `EDITOR` to an editor that is installed, such as `nano`";
    match fault {
        EditorFault::NoTerminal => {
            diagnostic!(USAGE, "no editor is set, and {editor} needs a terminal")
                .note(format!("stdin or stdout is not a terminal; {unchanged}"))
                .help("set `VISUAL` or `EDITOR`, or change one value with `mintage set NAME KEY`")
        }
        EditorFault::Folder(why) => {
            diagnostic!(CANNOT_WRITE, "the text can't be put where only you can read it: {why}")
                .help("set `TMPDIR` to a folder that you can write to")
        }
        EditorFault::NoFile(why) => {
            diagnostic!(CANNOT_READ, "the editor {editor} left no text: {why}").note(unchanged)
        }
        EditorFault::TooLarge => {
            let limit = plural(crate::world::MAX_FILE_BYTES, "byte");
            diagnostic!(TOO_LARGE, "the edited text is too large")
                .note(format!("the limit is {limit}; {unchanged}"))
        }
        EditorFault::NotStarted(why) => {
            diagnostic!(CANNOT_READ, "the editor {editor} can't be started: {why}").help(choose)
        }
        EditorFault::Status(127) => diagnostic!(CANNOT_READ, "the editor {editor} was not found")
            .note(unchanged)
            .help(choose),
        EditorFault::Status(status) => {
            diagnostic!(CANNOT_READ, "the editor {editor} failed with status {status}")
                .note(unchanged)
        }
        EditorFault::Killed(signal) => {
            diagnostic!(CANNOT_READ, "the editor {editor} was killed by signal {signal}")
                .note(unchanged)
        }
        EditorFault::Ended => {
            diagnostic!(CANNOT_READ, "the edit was ended by a signal").note(unchanged)
        }
    }
}
