//! Texts with positions: files and flags, spans in them, and which parts of them may be quoted.

use std::ops::Range;

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
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

/// One text: a spec, a template file, or a flag of the command line (named by the flag, its text the flag's value).
#[derive(Debug)]
pub struct SourceFile {
    /// What messages call it: a path as the user would type it, or a flag.
    pub name: String,
    /// The text.
    pub text: String,
    /// Byte ranges that may hold a secret and are never quoted; sorted, apart from each other.
    masked: Vec<Range<usize>>,
    /// Byte offset of the first byte of each line.
    lines: Vec<usize>,
}

impl SourceFile {
    /// Byte ranges that are never quoted, sorted.
    pub fn masked(&self) -> &[Range<usize>] {
        &self.masked
    }

    /// Line and column of a byte, both from 1; columns count characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|&start| start <= offset) - 1;
        let before = &self.text.as_bytes()[self.lines[line]..offset];
        // Every byte but UTF-8's continuation bytes begins a character.
        let column = before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        (line + 1, column + 1)
    }

    /// Byte range of the whole lines, ends included, that `range` touches, and the number of the first.
    pub fn lines_around(&self, range: &Range<usize>) -> (usize, Range<usize>) {
        let line_of = |offset: usize| self.lines.partition_point(|&start| start <= offset) - 1;
        let first = line_of(range.start.min(self.text.len()));
        // An empty range, or one that ends with its line, does not reach into the next line.
        let last = line_of(range.end.saturating_sub(1).clamp(range.start, self.text.len()));
        let end = self.lines.get(last + 1).copied().unwrap_or(self.text.len());
        (first + 1, self.lines[first]..end)
    }
}

/// All texts of one run.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and gives its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let mut lines = vec![0];
        lines.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1));
        self.files.push(SourceFile { name: name.into(), text, masked: Vec::new(), lines });
        FileId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files"))
    }

    /// Says which ranges of a text may hold secrets; later quotes of the text leave them out.
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
    fn masks_are_merged() {
        let mut sources = SourceMap::new();
        let file = sources.add("a", "0123456789");
        sources.mask(file, vec![4..6, 1..2, 5..8, 9..9]);
        assert_eq!(sources.get(file).masked(), [1..2, 4..8]);
    }
}
