//! Findings as data: what is wrong, where, why, and what to write instead. The renderers beside this file print them.

pub mod codes;
pub mod json;
pub mod lint_levels;
pub mod mask;
mod quote;
pub mod render;
pub mod short;
pub mod sink;
pub mod text;
pub mod words;

use crate::source::Span;
pub use codes::Code;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Information about the run, not about a mistake.
    Note,
    /// Nothing is refused, but somebody should look.
    Warning,
    /// Nothing is written.
    Error,
}

impl Level {
    /// The word that messages and JSON use.
    pub fn name(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// A place in a text, and what to say beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to say there; may be empty.
    pub text: String,
}

/// One finding. Built by whoever words it; values never go in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which check.
    pub code: &'static Code,
    /// How much it weighs after `[lint]` and the command line had their say.
    pub level: Level,
    /// What is wrong, in one line without a full stop.
    pub message: String,
    /// The place to look at first. Findings about the whole run have none.
    pub primary: Option<Label>,
    /// Other places that belong to it, such as the first of two duplicates.
    pub secondary: Vec<Label>,
    /// Why it is so, a sentence each.
    pub notes: Vec<String>,
    /// What to write or do instead, a sentence each.
    pub helps: Vec<String>,
    /// The Secret it is about, as `NAMESPACE/NAME`.
    pub secret: Option<String>,
    /// How many other Secrets have the very same finding at the same place; counted by [`sink::Sink`].
    pub other_secrets: usize,
}

impl Diagnostic {
    /// A finding of the code's own level, without a place yet.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            level: code.level,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            secret: None,
            other_secrets: 0,
        }
    }

    /// The place to look at first, with what to say there.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    /// Another place that belongs to it.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Why it is so.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// What to do about it.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    /// What to do about it, if there is something to say.
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.helps.extend(text);
        self
    }

    /// The Secret it is about.
    pub fn about(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }
}
