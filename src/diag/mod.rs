//! Findings as data: what is wrong, where, why, and what to write instead. The renderers beside
//! this file print them.

pub(crate) mod codes;
pub(crate) mod key_names;
pub(crate) mod lint_levels;
pub(crate) mod mask;
pub(crate) mod phrases;
pub(crate) mod private_keys;
pub(crate) mod render;
mod shown;
pub(crate) mod sink;
pub(crate) mod unnamed;

use crate::source::Span;
pub(crate) use codes::Code;

/// A [`Diagnostic`] with a code of the table and a message as `format!` takes it:
/// `diagnostic!(NAME, "{name} is too long")`.
macro_rules! diagnostic {
    ($code:ident, $($message:tt)+) => {
        $crate::diag::Diagnostic::new(&$crate::diag::codes::$code, format!($($message)+))
    };
}
pub(crate) use diagnostic;

/// How much a finding weighs.
///
/// ```
/// use mintage::Level;
///
/// assert!(Level::Error > Level::Warning && Level::Warning > Level::Note);
/// assert_eq!(Level::Error.name(), "error");
/// ```
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
///
/// ```
/// # use mintage::{Options, SourceMap, check_manifests};
/// # let mut sources = SourceMap::new();
/// # let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: Web}\n";
/// # let file = sources.add("secret.yaml", text);
/// # let checked = check_manifests(&[file], &Options::default(), &mut sources);
/// let label = checked.diagnostics[0].primary.as_ref().unwrap();
/// let (line, column) = sources.position(label.span.file, label.span.start);
/// assert_eq!((sources.name(label.span.file), line, column), ("secret.yaml", 3, 18));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to say there; may be empty.
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cause {
    /// The path of the field, as in `metadata.name`.
    pub field: String,
    /// The server's reason, as in `FieldValueInvalid`.
    pub reason: &'static str,
}

/// A change of a text that puts a finding right, and is certain enough to be made by a program.
///
/// ```
/// # use mintage::{Options, SourceMap, check_manifests};
/// # let mut sources = SourceMap::new();
/// let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringdata: {a: b}\n";
/// let file = sources.add("secret.yaml", text);
/// let checked = check_manifests(&[file], &Options::default(), &mut sources);
/// let fix = &checked.diagnostics[0].fixes[0];
/// let mut fixed = text.to_owned();
/// fixed.replace_range(fix.span.start..fix.span.end, &fix.replacement);
/// assert!(fixed.ends_with("stringData: {a: b}\n"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a sentence that begins with a verb.
    pub title: String,
    /// The part of the text that goes away; empty where something is only added.
    pub span: Span,
    /// What comes in its place. Holds nothing secret.
    pub replacement: String,
}

/// One finding: what is wrong, where, why, and what to write instead. It never holds a secret
/// value.
///
/// ```
/// use mintage::{Level, Options, SourceMap, check_manifests};
///
/// let mut sources = SourceMap::new();
/// let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: Web}\n";
/// let file = sources.add("secret.yaml", text);
/// let checked = check_manifests(&[file], &Options::default(), &mut sources);
/// let found = &checked.diagnostics[0];
/// assert_eq!((found.code(), found.level), ("name", Level::Error));
/// assert!(found.message.contains("`Web`"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub(crate) code: &'static Code,
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
    /// Certain repairs, any one of which is enough.
    pub fixes: Vec<Fix>,
    /// What the API server would call it; empty where the server takes it, or can't even decode it.
    pub(crate) causes: Vec<Cause>,
    /// The Secret it is about, as `NAMESPACE/NAME`.
    pub secret: Option<String>,
    /// How many other Secrets have the very same finding at the same place; counted by
    /// [`sink::Sink`].
    pub(crate) other_secrets: usize,
}

impl Diagnostic {
    /// The check that made it, in kebab-case, as `[lint]`,
    /// [`Options::allow`](crate::Options::allow) and `mintage explain` name it. Stable once
    /// released.
    pub fn code(&self) -> &'static str {
        self.code.name
    }

    pub(crate) fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            level: code.level,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            fixes: Vec::new(),
            causes: Vec::new(),
            secret: None,
            other_secrets: 0,
        }
    }

    pub(crate) fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    pub(crate) fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    pub(crate) fn maybe_help(mut self, text: Option<String>) -> Self {
        self.helps.extend(text);
        self
    }

    pub(crate) fn fix(
        mut self,
        span: Span,
        replacement: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        self.fixes.push(Fix { title: title.into(), span, replacement: replacement.into() });
        self
    }

    /// All that there is to say, a line each, for formats without lines of source; `secret` says
    /// which Secret it is about.
    fn as_plain_lines(&self, secret: Option<String>) -> Vec<String> {
        let mut lines = vec![self.message.clone()];
        lines.extend(secret);
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        let fixes = self.fixes.iter().map(|fix| &fix.title);
        lines.extend(fixes.chain(&self.helps).map(|help| format!("help: {help}")));
        lines
    }

    /// Whether `[lint]` and `-A/-W/-D` may change its level: it is a warning by nature, or one in a
    /// finished manifest.
    pub(crate) fn is_lint(&self) -> bool {
        self.level == Level::Warning
    }

    pub(crate) fn about(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(phrases::first_line(&secret.into()).into_owned());
        self
    }
}
