//! What is wrong with a structured file, and where: facts without any of its values.

use super::tree::Class;

/// Why a structured file can't be read. Carries a place and a class, never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StructureFault {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    pub kind: StructureFaultKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StructureFaultKind {
    NotUtf8,
    /// UTF-16.
    Utf16,
    /// Not the format's syntax.
    Syntax,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The whole file is not a table.
    TopLevel(Class),
    /// A key that its table already has, with the key's name.
    DuplicateKey(String),
    /// A number that many readers round: an integer outside of 64 bits, or a JSON number of 2^53
    /// and more with a fraction or exponent.
    BigNumber,
    /// YAML: a second document.
    SeveralDocuments,
    /// YAML: a tag such as `!!binary`.
    Tag,
    /// YAML: a merge key `<<`.
    MergeKey,
    /// YAML: a key that is not a string, such as `1:` or `on:`.
    KeyNotText,
    /// YAML: an unquoted value that readers take for different things.
    Ambiguous(Ambiguity),
    /// YAML: an alias that expands to much more than the file, or leads nowhere.
    Alias,
    /// YAML: two readers that follow different versions of YAML read this place differently.
    ReadersDiffer,
    /// dotenv: a line that has no `=`.
    NoEquals,
    /// dotenv: a key of other characters than letters, digits, `_`, `.` and `-`, or that begins
    /// with a digit, `.` or `-`.
    BadKey,
    /// dotenv: a quote that is never closed.
    OpenQuote,
    /// dotenv: something other than a comment after a quoted value.
    AfterQuote,
    /// dotenv: a backslash that some readers take for an escape: in double quotes before another
    /// character than `n`, `r`, `t`, `"`, `\` and `$`; in single quotes before a quote or another
    /// backslash.
    Backslash,
    /// dotenv: an unquoted value that readers take for different things: it begins with `#` or a
    /// backtick, or has odd blanks.
    NeedsQuotes,
    /// dotenv: a carriage return without a line feed.
    LoneCarriageReturn,
}

/// Why readers of YAML disagree about an unquoted scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ambiguity {
    /// `yes`, `No`, `on`, `y`, ...: booleans in YAML 1.1, strings in YAML 1.2.
    BooleanWord,
    /// `True` or `NULL`: its plain text would be another one than what stands in the file.
    Spelling,
    /// `012`, `0x1F`, `1_000`, `+1`, `1:30`, `1e3`, ...: not the one way of writing a number that
    /// all readers share.
    Number,
    /// `2026-01-01`: a date in YAML 1.1, a string in YAML 1.2.
    Date,
    /// `=`: its own type in YAML 1.1.
    Special,
}

/// How deep tables and arrays may be nested. The libraries that read the formats stop between 80
/// and 128.
pub(crate) const MAX_DEPTH: usize = 64;

impl StructureFault {
    pub(crate) fn at(text: &str, offset: usize, kind: StructureFaultKind) -> Self {
        let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
        let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        // Every byte but UTF-8's continuation bytes begins a character.
        let characters = line.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        let breaks = before.iter().filter(|byte| **byte == b'\n').count();
        Self { line: breaks + 1, column: characters + 1, kind }
    }

    pub(crate) fn at_start(kind: StructureFaultKind) -> Self {
        Self { line: 1, column: 1, kind }
    }
}
