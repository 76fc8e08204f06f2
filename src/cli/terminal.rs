//! All that a person gets to see goes through here. Its manners: results on stdout and nothing else
//! there; findings on stderr, coloured only for a terminal that wants it (`--color`, `NO_COLOR`),
//! no wider than the terminal; a reader that closes the pipe is no mistake.

use std::borrow::Cow;
use std::io::Write as _;
use std::panic::set_hook;

use anstream::ColorChoice;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use clap::error::{ContextKind, ErrorKind};

use super::Exit;
use crate::diag::phrases::{is_invisible, printable, visible};
use crate::diag::render::{self, MessageFormat, inert::inert};
use crate::diag::{Diagnostic, Level, codes, private_keys};
use crate::os::inputs::Inputs;
use crate::os::output::{self, WriteFault};
use crate::source::SourceMap;
use crate::template::worker::THREAD_NAME;

impl ValueEnum for MessageFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Text, Self::Short, Self::Json, Self::Sarif, Self::Github]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Text => ("text", "With the source lines, for people"),
            Self::Short => ("short", "One line each"),
            Self::Json => ("json", "One JSON object per line"),
            Self::Sarif => ("sarif", "SARIF 2.1.0, for code scanning"),
            Self::Github => ("github", "Workflow commands, for GitHub Actions"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

#[derive(Clone, Debug)]
pub struct Terminal {
    color: clap::ColorChoice,
    format: MessageFormat,
    quiet: bool,
}

/// Width of messages where the terminal does not say: in CI logs.
const DEFAULT_WIDTH: usize = 100;

impl Terminal {
    pub fn new(color: clap::ColorChoice, format: MessageFormat, quiet: bool) -> Self {
        Self { color, format, quiet }
    }

    /// For commands without message options.
    pub fn plain() -> Self {
        Self::new(clap::ColorChoice::Auto, MessageFormat::Text, false)
    }

    /// Prints findings, and says how the command ends because of them.
    pub fn report(&self, diagnostics: &[Diagnostic], sources: &SourceMap) -> Exit {
        self.report_counted(diagnostics, sources, &[])
    }

    /// The same, with further numbers for the summary of JSON messages.
    pub fn report_counted(
        &self,
        diagnostics: &[Diagnostic],
        sources: &SourceMap,
        counted: &[(&str, usize)],
    ) -> Exit {
        let shown: Vec<Diagnostic> = diagnostics
            .iter()
            .filter(|diagnostic| !self.quiet || diagnostic.level == Level::Error)
            .cloned()
            .collect();
        self.render(&shown, sources, counted);
        verdict(diagnostics, sources)
    }

    fn render(&self, shown: &[Diagnostic], sources: &SourceMap, counted: &[(&str, usize)]) {
        // Tests look at all formats of the same findings.
        #[cfg(test)]
        crate::unit::formats::record(shown, sources, counted);
        let choice = self.choice(anstream::AutoStream::choice(&std::io::stderr()));
        let color = !matches!(choice, ColorChoice::Never);
        let options = render::RenderOptions { format: self.format, color, width: width() };
        let text = render::render_counted(shown, sources, &options, counted);
        // With stderr closed there is nobody left to tell.
        let _ = anstream::AutoStream::new(std::io::stderr(), choice).write_all(text.as_bytes());
    }

    pub fn colors_stdout(&self) -> bool {
        !matches!(self.choice(anstream::AutoStream::choice(&std::io::stdout())), ColorChoice::Never)
    }

    fn choice(&self, auto: ColorChoice) -> ColorChoice {
        match self.color {
            clap::ColorChoice::Auto => auto,
            clap::ColorChoice::Always => ColorChoice::Always,
            clap::ColorChoice::Never => ColorChoice::Never,
        }
    }

    /// What a command did, on stderr; nothing with `-q`.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            self.log(text);
        }
    }

    /// Who gets to read secrets. That is said with `-q` too, and in every format.
    pub fn notify(&self, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        if matches!(self.format, MessageFormat::Text | MessageFormat::Short) {
            return lines.iter().for_each(|line| self.log(line));
        }
        let note = |line: &String| {
            let mut note = Diagnostic::new(&codes::NEW_READERS, line.clone());
            note.level = Level::Note;
            note
        };
        let notes: Vec<Diagnostic> = lines.iter().map(note).collect();
        self.render(&notes, &SourceMap::new(), &[]);
    }

    /// A line on stderr, for a person only.
    pub fn log(&self, text: &str) {
        if matches!(self.format, MessageFormat::Text | MessageFormat::Short) {
            let _ = writeln!(std::io::stderr(), "mintage: {}", inert(&printable(text)));
        }
    }

    /// Prints what clap has to say: help and version, or what is wrong with the arguments, which it
    /// quotes.
    pub fn print_clap_error(mut error: clap::Error) {
        // The tip `to pass '-d' as a value, use '-- -d'`: it was meant as a flag.
        if error.kind() == ErrorKind::UnknownArgument {
            error.remove(ContextKind::Suggested);
        }
        let text = error.to_string();
        let hidden = private_keys::hidden(&text);
        let is_plain = |c: char| c == '\n' || !is_invisible(c);
        if !error.use_stderr()
            || *hidden == *text && inert(&text) == text && text.chars().all(is_plain)
        {
            // A closed pipe is no reason to complain.
            let _ = error.print();
            return;
        }
        let lines = hidden.trim_end().split('\n').map(visible).collect::<Vec<_>>().join("\n");
        let tip = match hidden {
            Cow::Owned(_) => format!("\n  tip: {}\n", private_keys::HELP),
            Cow::Borrowed(_) => String::new(),
        };
        let _ = write!(std::io::stderr(), "{}\n{tip}", inert(&lines));
    }

    /// Prints a result for people, no line of which is a command for a CI system.
    pub fn print_view(&self, text: &str) -> Exit {
        self.print(&inert(text))
    }

    pub fn print(&self, text: &str) -> Exit {
        self.printed(output::write_stdout(text.as_bytes(), &Inputs::default()))
    }

    /// Says it if a result could not be written.
    pub fn printed(&self, written: Result<(), WriteFault>) -> Exit {
        match written {
            Ok(()) => Exit::Fine,
            Err(fault) => self.fail(fault.diagnostic()),
        }
    }

    /// Prints the one finding that ends a command, which points into no text.
    pub fn fail(&self, diagnostic: Diagnostic) -> Exit {
        self.report(&[diagnostic], &SourceMap::new())
    }
}

fn width() -> usize {
    terminal_size::terminal_size_of(std::io::stderr())
        .map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0))
}

/// Has every panic from now on reported by its place, and never by its message, which may be
/// secret.
pub fn hide_panic_messages() {
    set_hook(Box::new(|panic| {
        // A template that the engine can't process is reported as such.
        if std::thread::current().name() == Some(THREAD_NAME) {
            return;
        }
        let place = panic.location().map_or("an unknown place".to_owned(), ToString::to_string);
        let _ = writeln!(
            std::io::stderr(),
            "mintage: internal error at {place}\nThis is a bug in mintage, not in your files. \
             Please report it with the line above."
        );
    }));
}

/// With errors of the spec the run ends with no; when the surroundings alone are at fault, a change
/// of the spec would not help.
pub fn verdict(diagnostics: &[Diagnostic], sources: &SourceMap) -> Exit {
    // An environment or check that only the command line names.
    let is_about_arguments = |diagnostic: &Diagnostic| {
        [&codes::UNKNOWN_ENVIRONMENT, &codes::UNKNOWN_CODE].contains(&diagnostic.code)
            && diagnostic.primary.as_ref().is_none_or(|label| sources.is_argument(label.span.file))
    };
    let mut errors =
        diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).peekable();
    if errors.peek().is_none() {
        Exit::Fine
    } else if errors.all(|diagnostic| diagnostic.code.of_run || is_about_arguments(diagnostic)) {
        Exit::Usage
    } else {
        Exit::No
    }
}
