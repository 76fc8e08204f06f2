//! What is wrong with a structured file, and where: facts without any of its values.

/// Why a structured file can't be read. Never carries a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StructureFault {
    /// From 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    pub kind: StructureFaultKind,
}

/// `messages::unreadable` has the words for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StructureFaultKind {
    NotUtf8,
    Utf16,
    Syntax,
    /// Git could not merge two versions of it.
    Conflict,
    TooDeep,
    /// It has more than [`MAX_VALUES`].
    TooManyValues,
    /// The whole file is this, and not a table.
    TopLevel(&'static str),
    /// A key that its table already has, with the key's name.
    DuplicateKey(String),
    /// An integer outside of 64 bits, or a JSON number of 2^53 and more with a fraction or
    /// exponent.
    BigNumber,
    // YAML:
    SeveralDocuments,
    Tag,
    MergeKey,
    KeyNotText,
    Ambiguous,
    Alias,
    /// A place that parsers of YAML 1.1 and YAML 1.2 read differently.
    ParsersDiffer,
    // dotenv:
    NoEquals,
    BadKey,
    OpenQuote,
    AfterQuote,
    Backslash,
    NeedsQuotes,
    LoneCarriageReturn,
}

/// How many values a file can have, lists and tables too: in memory each takes much more than the
/// two bytes of `1,`.
pub(crate) const MAX_VALUES: usize = 1_000_000;

/// How deep tables and lists may be nested. The libraries that read the formats stop between 80 and
/// 128.
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
}
