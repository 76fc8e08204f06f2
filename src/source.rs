//! Texts with positions: files and flags, spans in them, and which parts of them may be quoted.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use crate::diag::private_keys;

/// Which text of a [`SourceMap`] a span lies in. Sorts in the order in which the texts were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes `range` of `file`.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, start: range.start, end: range.end }
    }
}

/// A value that remembers where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// One text: a spec, a template file, or a flag of the command line (named by the flag, its text
/// the flag's value).
#[derive(Debug)]
pub struct SourceFile {
    /// What messages call it: a path as the user would type it, or a flag.
    pub name: String,
    /// The text.
    pub text: String,
    /// Byte ranges that may hold a secret and are never quoted; sorted, apart from each other.
    masked: Vec<Range<usize>>,
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

/// Bytes between two entries of [`SourceFile::chars`].
const BLOCK: usize = 4096;

/// Characters that begin in `bytes`: every byte but UTF-8's continuation bytes begins one.
fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

impl Index {
    fn new(text: &str) -> Self {
        let mut lines = vec![0];
        lines.extend(
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1),
        );
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
    fn new(name: String, text: String) -> Self {
        // A key in the place of a path must not be shown as the name of a file either.
        let name = private_keys::hidden(&name).into_owned();
        Self { name, text, masked: Vec::new(), index: OnceLock::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.text))
    }

    /// Byte ranges that are never quoted, sorted.
    pub fn masked(&self) -> &[Range<usize>] {
        &self.masked
    }

    /// Line and column of a byte, both from 1; columns count characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.line_index(offset);
        (line + 1, self.chars_before(offset) - self.chars_before(self.line_start(line)) + 1)
    }

    /// Characters that begin before a byte that is at most the text's length.
    fn chars_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let rest = self.text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        self.index().chars.get(block).copied().unwrap_or_default() + count_chars(rest)
    }

    /// The line, from 0, that a byte lies in; past the end the last one.
    pub fn line_index(&self, offset: usize) -> usize {
        self.index().lines.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// First byte of a line, counted from 0; past the last line the end of the text.
    fn line_start(&self, index: usize) -> usize {
        self.index().lines.get(index).copied().unwrap_or(self.text.len())
    }

    /// Byte range of a line, counted from 0, without its line break (`\n` or `\r\n`).
    pub fn line(&self, index: usize) -> Range<usize> {
        let (start, end) = (self.line_start(index), self.line_start(index + 1));
        let line = self.text.get(start..end).unwrap_or_default();
        let line =
            line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        start..start + line.len()
    }

    /// Byte range of the whole lines, ends included, that `range` touches, and the number of the
    /// first.
    pub fn lines_around(&self, range: &Range<usize>) -> (usize, Range<usize>) {
        let start = range.start.min(self.text.len());
        // An empty range, or one that ends with its line, does not reach into the next line.
        let end = range.end.saturating_sub(1).min(self.text.len()).max(start);
        let first = self.line_index(start);
        (first + 1, self.line_start(first)..self.line_start(self.line_index(end) + 1))
    }
}

/// All texts of one run.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    /// Texts that are in no file.
    flags: BTreeSet<FileId>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and gives its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push(SourceFile::new(name.into(), text.into()));
        FileId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files"))
    }

    /// Adds a text that is in no file, such as the value of a flag, named by where it comes from.
    pub fn add_flag(&mut self, name: impl Into<String>, value: impl Into<String>) -> FileId {
        let file = self.add(name, value);
        self.mask(file, private_keys::ranges(&self.get(file).text));
        self.flags.insert(file);
        file
    }

    /// Whether a text is in no file.
    pub fn is_flag(&self, file: FileId) -> bool {
        self.flags.contains(&file)
    }

    /// Whether a text is the value of a flag, or of a variable that stands for one.
    pub fn is_argument(&self, file: FileId) -> bool {
        let name = &self.get(file).name;
        self.is_flag(file) && (name.starts_with("--") || name.starts_with("MINTAGE_"))
    }

    /// Says which ranges of a text may hold secrets; later quotes of the text leave them out. Best
    /// given all at once: every call sorts all of them.
    pub fn mask(&mut self, file: FileId, mut ranges: Vec<Range<usize>>) {
        let masked = &mut self.files[file.0 as usize].masked;
        masked.append(&mut ranges);
        masked.retain(|range| range.start < range.end);
        masked.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(masked.len());
        for range in masked.drain(..) {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        *masked = merged;
    }

    /// Says it anew: what was said before no longer counts.
    pub fn mask_anew(&mut self, file: FileId, ranges: Vec<Range<usize>>) {
        self.files[file.0 as usize].masked.clear();
        self.mask(file, ranges);
    }

    /// The text with this id.
    pub fn get(&self, file: FileId) -> &SourceFile {
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
        let source = sources.get(file);
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(3), (1, 3));
        assert_eq!(source.position(7), (2, 1));
        assert_eq!(source.position(99), (2, 2));
    }

    #[test]
    fn columns_in_long_lines() {
        let mut sources = SourceMap::new();
        let text = format!("a = 1\n{}", "aä€😀".repeat(5000));
        let file = sources.add("a", text.clone());
        let source = sources.get(file);
        for (column, (index, _)) in text.char_indices().skip(6).enumerate().step_by(97) {
            assert_eq!(source.position(index), (2, column + 1));
        }
        assert_eq!(source.position(text.len()), (2, 20_001));
    }

    #[test]
    fn lines_and_their_breaks() {
        let mut sources = SourceMap::new();
        let file = sources.add("a", "ab\r\n\nc\r\n");
        let source = sources.get(file);
        assert_eq!([0, 1, 2, 3, 4].map(|index| source.line(index)), [0..2, 4..4, 5..6, 8..8, 8..8]);
        assert_eq!(source.lines_around(&(0..4)), (1, 0..4));
        assert_eq!(source.lines_around(&(4..6)), (2, 4..8));
        assert_eq!(source.lines_around(&(99..120)), (4, 8..8));
    }

    #[test]
    fn masks_are_merged() {
        let mut sources = SourceMap::new();
        let file = sources.add("a", "0123456789");
        sources.mask(file, vec![4..6, 1..2, 5..8, 9..9]);
        assert_eq!(sources.get(file).masked(), [1..2, 4..8]);
    }
}
