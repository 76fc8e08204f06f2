//! Texts with positions: files and flags, spans in them, and which parts of them may be quoted.

use std::{collections::BTreeSet, ops::Range, sync::OnceLock};

use crate::diag::{mask::Mask, private_keys, unnamed::Unnamed};

/// Which text of a [`SourceMap`] a span lies in. Sorts in the order in which the texts were added.
///
/// ```
/// let mut sources = mintage::SourceMap::new();
/// assert!(sources.add("base/mintage.toml", "") < sources.add("shop/mintage.toml", ""));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in one text.
///
/// ```
/// # use mintage::{Options, SourceMap, check_manifests};
/// let mut sources = SourceMap::new();
/// let file = sources.add("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: Web}\n");
/// let checked = check_manifests(&[file], &Options::default(), &mut sources);
/// assert_eq!(checked.diagnostics[0].primary.as_ref().unwrap().span.file, file);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    pub(crate) fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, start: range.start, end: range.end }
    }
}

/// A value that remembers where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// One text: a spec, a template file, or a flag of the command line (named by the flag, its text
/// the flag's value).
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// What messages call it: a path as the user would type it, or a flag.
    pub name: String,
    pub text: String,
    /// What messages may quote; nothing until somebody says what is harmless.
    mask: Option<Mask>,
    /// What positions need, made when the first is asked for: of thousands of files most have no
    /// finding.
    index: OnceLock<Index>,
}

/// Where lines and characters are.
#[derive(Debug)]
struct Index {
    /// Byte offset of the first byte of each line.
    lines: Vec<usize>,
    /// Characters that begin before each whole [`BLOCK`], so that a column in a line of megabytes
    /// is not counted from its start.
    chars: Vec<usize>,
}

/// Bytes between two entries of [`Index::chars`].
const BLOCK: usize = 4096;

/// Characters that begin in `bytes`: every byte but UTF-8's continuation bytes begins one.
fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

impl Index {
    fn new(text: &str) -> Self {
        let breaks = text.match_indices('\n').map(|(index, _)| index + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        let mut chars = vec![0];
        let mut total = 0;
        for block in text.as_bytes().chunks_exact(BLOCK) {
            total += count_chars(block);
            chars.push(total);
        }
        Self { lines, chars }
    }
}

impl SourceFile {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.text))
    }

    /// Byte ranges that may be quoted, sorted and apart from each other.
    pub(crate) fn shown(&self) -> &[Range<usize>] {
        self.mask.as_ref().map_or(&[], Mask::shown)
    }

    /// Line and column of a byte, both from 1; columns count characters.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.line_index(offset);
        (line + 1, self.chars_before(offset) - self.chars_before(self.line_start(line)) + 1)
    }

    /// Characters that begin before a byte that is at most the text's length.
    fn chars_before(&self, offset: usize) -> usize {
        let (before, _) = self.text.as_bytes().split_at(offset);
        let (blocks, rest) = before.split_at(offset / BLOCK * BLOCK);
        let in_blocks = self.index().chars.get(blocks.len() / BLOCK).copied();
        debug_assert!(in_blocks.is_some(), "every whole block is counted");
        in_blocks.unwrap_or_default() + count_chars(rest)
    }

    /// The line, from 0, that a byte lies in; past the end the last one.
    pub(crate) fn line_index(&self, offset: usize) -> usize {
        self.index().lines.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// First byte of a line, counted from 0; past the last line the end of the text.
    fn line_start(&self, index: usize) -> usize {
        self.index().lines.get(index).copied().unwrap_or(self.text.len())
    }

    /// Byte range of a line, counted from 0, without its line break (`\n` or `\r\n`).
    pub(crate) fn line(&self, index: usize) -> Range<usize> {
        let (start, end) = (self.line_start(index), self.line_start(index + 1));
        let (before, _) = self.text.split_at(end);
        let (_, line) = before.split_at(start);
        let line =
            line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        start..start + line.len()
    }
}

/// All texts of one run: specs and manifests, and what the compiler reads on the way. Findings are
/// placed in it, and it knows which parts of its texts must not be quoted.
///
/// ```
/// let mut sources = mintage::SourceMap::new();
/// let file = sources.add("secret.yaml", "kind: Secret\ntype: Opaque\n");
/// assert_eq!(sources.name(file), "secret.yaml");
/// assert_eq!(sources.position(file, 13), (2, 1));
/// ```
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    /// Texts that are in no file.
    flags: BTreeSet<FileId>,
    unnamed: Unnamed,
}

impl SourceMap {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text; `name` is what messages call it, usually its path.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        // A key in the place of a path must not be shown as the name of a file either.
        let name = private_keys::hidden(&name.into()).into_owned();
        let (text, index) = (text.into(), OnceLock::new());
        self.files.push(SourceFile { name, text, mask: None, index });
        FileId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files"))
    }

    /// What messages call a text. `file` has to come from this map.
    pub fn name(&self, file: FileId) -> &str {
        &self.get(file).name
    }

    /// Line and column of a byte of a text, both from 1; columns count characters. `file` has to
    /// come from this map; past the end of the text it is the last position.
    pub fn position(&self, file: FileId, offset: usize) -> (usize, usize) {
        self.get(file).position(offset)
    }

    /// Adds a text that is in no file, such as the value of a flag, named by where it comes from.
    pub(crate) fn add_flag(&mut self, name: impl Into<String>, value: impl Into<String>) -> FileId {
        let file = self.add(name, value);
        self.mask(file, Mask::everything(&self.get(file).text));
        self.flags.insert(file);
        file
    }

    pub(crate) fn is_flag(&self, file: FileId) -> bool {
        self.flags.contains(&file)
    }

    /// Whether a text is the value of a flag, or of a variable that stands for one.
    pub(crate) fn is_argument(&self, file: FileId) -> bool {
        let name = &self.get(file).name;
        self.is_flag(file) && (name.starts_with("--") || name.starts_with("MINTAGE_"))
    }

    /// Says what of a text may be quoted. What was said before still hides what it hid.
    pub(crate) fn mask(&mut self, file: FileId, mask: Mask) {
        mask.unnamed_keys().iter().for_each(|key| self.unnamed.add(key));
        match self.files[file.0 as usize].mask.as_mut() {
            Some(known) => known.hide_with(&mask),
            None => self.mask_anew(file, mask),
        }
    }

    /// Says it anew: what was said before no longer counts.
    pub(crate) fn mask_anew(&mut self, file: FileId, mask: Mask) {
        mask.unnamed_keys().iter().for_each(|key| self.unnamed.add(key));
        self.files[file.0 as usize].mask = Some(mask);
    }

    /// Keys that messages must not name.
    pub(crate) fn unnamed(&self) -> &Unnamed {
        &self.unnamed
    }

    /// Says of a key of a text that is not quoted, such as one that was decrypted, that it may be a
    /// value.
    pub(crate) fn unname(&mut self, key: &str) {
        self.unnamed.add(key);
    }

    /// Hides parts of a text that a mask shows.
    pub(crate) fn hide(&mut self, file: FileId, hidden: Vec<Range<usize>>) {
        if let Some(mask) = self.files[file.0 as usize].mask.as_mut() {
            mask.hide(hidden);
        }
    }

    /// A text that messages quote whole, but for these parts.
    #[cfg(test)]
    pub(crate) fn add_shown(&mut self, name: &str, text: &str, hidden: &[Range<usize>]) -> FileId {
        let file = self.add(name, text);
        self.mask(file, Mask::everything(text));
        self.hide(file, hidden.to_vec());
        file
    }

    pub(crate) fn get(&self, file: FileId) -> &SourceFile {
        &self.files[file.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::SourceMap;

    #[test]
    fn positions_count_characters_from_one() {
        let mut sources = SourceMap::new();
        let file = sources.add("a", "ä = 1\nb");
        let positions = [0, 3, 7, 99].map(|at| sources.position(file, at));
        assert_eq!(positions, [(1, 1), (1, 3), (2, 1), (2, 2)]);
        let text = format!("a = 1\n{}", "aä€😀".repeat(5000));
        let file = sources.add("a", text.as_str());
        for (column, (index, _)) in text.char_indices().skip(6).enumerate().step_by(97) {
            assert_eq!(sources.position(file, index), (2, column + 1));
        }
        assert_eq!(sources.position(file, text.len()), (2, 20_001));
    }

    #[test]
    fn lines_and_their_breaks() {
        let mut sources = SourceMap::new();
        let file = sources.add("a", "ab\r\n\nc\r\n");
        let source = sources.get(file);
        assert_eq!([0, 1, 2, 3, 4].map(|index| source.line(index)), [0..2, 4..4, 5..6, 8..8, 8..8]);
    }
}
