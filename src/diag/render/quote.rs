//! Lines of a text as they may be shown: secrets masked, what a terminal would obey escaped, what
//! nobody would read left out.

use std::{collections::BTreeSet, ops::Range};

use crate::diag::private_keys::{self, MASK};
use crate::diag::{mask::Mask, phrases};
use crate::source::SourceFile;

/// What stands for the parts of a long line that are far from any span.
const CUT: &str = "…";
/// How much of a long line is kept on each side of a span's ends, in bytes. More than any terminal
/// shows.
const KEPT: usize = 1000;
/// A span or a quote over more lines is not shown as one.
pub(crate) const MAX_LINES: usize = 200;
/// Never shown as such: the text renderer finds its own marks by it. A noncharacter of Unicode.
pub(crate) const MARK: char = '\u{fdd0}';

/// A text for the terminal: as it is, but with everything escaped that a terminal would obey or
/// hide.
pub(crate) fn printable(text: &str) -> String {
    phrases::visible(text).replace(MARK, "\\u{fdd0}")
}

/// Neighbouring lines of a text, and where the places of the text went.
pub(crate) struct Quote {
    /// The lines, without the last line break. Lines that no renderer shows for these spans are
    /// empty.
    pub(crate) text: String,
    pub(crate) first_line: usize,
    /// What became of which part of the text, in order. Line breaks are in none; every quoted line
    /// begins one.
    pieces: Vec<Piece>,
}

struct Piece {
    source: Range<usize>,
    shown: Range<usize>,
    /// Shown as it stands, so that places inside correspond.
    verbatim: bool,
}

impl Quote {
    /// Quotes the lines of `spans`, which come from [`tidy`] and lie less than [`MAX_LINES`] apart.
    pub(crate) fn new(source: &SourceFile, spans: &[Range<usize>]) -> Self {
        let lines =
            |span: &Range<usize>| (source.line_index(span.start), source.line_index(span.end));
        let first = spans.iter().map(|span| lines(span).0).min().unwrap_or_default();
        let last = spans.iter().map(|span| lines(span).1).max().unwrap_or_default();
        // Of a span over many lines the first five and the last two are shown, and a line alone
        // between two shown ones.
        let shown = spans.iter().map(lines).flat_map(|(from, to)| {
            (from.saturating_sub(1)..=from + 5).chain(to.saturating_sub(2)..=to + 1)
        });
        let shown: BTreeSet<usize> = shown.collect();
        let mut ends: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
        ends.sort_unstable();
        let mut quote = Self { text: String::new(), first_line: first + 1, pieces: Vec::new() };
        for index in first..=last {
            if index > first {
                quote.text.push('\n');
            }
            let line = source.line(index);
            quote.push(line.start..line.start, "", false);
            if shown.contains(&index) {
                quote.push_line(source, line, &ends);
            }
        }
        // annotate-snippets knows no empty line after the last line break, and spans at the end of
        // the file lie there.
        if quote.text.is_empty() || quote.text.ends_with('\n') {
            quote.text.push(' ');
        }
        quote
    }

    /// Where a span of the text is in the quote. Inside something masked it is all that stands for
    /// it.
    pub(crate) fn locate(&self, span: &Range<usize>) -> Range<usize> {
        let before = |past: usize| past.checked_sub(1).and_then(|index| self.pieces.get(index));
        let start = before(self.pieces.partition_point(|piece| piece.source.start <= span.start));
        let (start, at_least) = match start {
            Some(piece) if span.start >= piece.source.end => (piece.shown.end, piece.shown.end),
            Some(piece) if piece.verbatim => {
                let start = piece.shown.start + (span.start - piece.source.start);
                (start, start)
            }
            Some(piece) => (piece.shown.start, piece.shown.end),
            None => (0, 0),
        };
        let end = match before(self.pieces.partition_point(|piece| piece.source.start < span.end)) {
            Some(piece) if piece.verbatim && span.end < piece.source.end => {
                piece.shown.start + (span.end - piece.source.start)
            }
            Some(piece) => piece.shown.end,
            None => 0,
        };
        start..end.max(at_least)
    }

    fn push(&mut self, source: Range<usize>, shown: &str, verbatim: bool) {
        if verbatim && source.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(shown);
        self.pieces.push(Piece { source, shown: start..self.text.len(), verbatim });
    }

    /// Adds one line. Costs as much as is kept of it, not as it is long.
    fn push_line(&mut self, source: &SourceFile, line: Range<usize>, ends: &[usize]) {
        let text = source.text.as_str();
        let all = source.shown();
        let mut at = line.start;
        for kept in kept(text, &line, ends) {
            if at < kept.start {
                self.push(at..kept.start, CUT, false);
            }
            at = kept.start;
            let shown = all.iter().skip(all.partition_point(|range| range.end <= at));
            let shown = shown.take_while(|range| range.start < kept.end);
            let clipped = |range: &Range<usize>| {
                // A character is hidden if any byte of it is.
                let end = range.end.min(kept.end);
                ceil(text, range.start.max(kept.start))..floor(text, end)
            };
            let mut mask = Mask::showing(shown.map(clipped).collect());
            mask.hide(private_keys_in(text, &line, &kept));
            for shown in mask.shown() {
                if at < shown.start {
                    self.push(at..shown.start, MASK, false);
                }
                self.push_shown(text, shown);
                at = shown.end;
            }
            if at < kept.end {
                self.push(at..kept.end, MASK, false);
            }
            at = kept.end;
        }
        if at < line.end {
            self.push(at..line.end, CUT, false);
        }
    }

    fn push_shown(&mut self, text: &str, shown: &Range<usize>) {
        let mut from = shown.start;
        for (index, c) in text.get(shown.clone()).unwrap_or_default().char_indices() {
            if c != '\t' && (phrases::is_invisible(c) || c == MARK) {
                let at = shown.start + index;
                self.push(from..at, text.get(from..at).unwrap_or_default(), true);
                from = at + c.len_utf8();
                self.push(at..from, &c.escape_unicode().to_string(), false);
            }
        }
        self.push(from..shown.end, text.get(from..shown.end).unwrap_or_default(), true);
    }
}

/// The parts of a line that are kept: all of it, or of a long one what is near to the ends of
/// spans, or its start.
fn kept(text: &str, line: &Range<usize>, ends: &[usize]) -> Vec<Range<usize>> {
    if line.len() <= 4 * KEPT {
        return vec![line.clone()];
    }
    let from = ends.partition_point(|end| *end < line.start);
    let mut kept: Vec<Range<usize>> = Vec::new();
    for end in ends.get(from..).unwrap_or_default().iter().take_while(|end| **end <= line.end) {
        let near = ceil(text, end.saturating_sub(KEPT).max(line.start))
            ..ceil(text, (end + KEPT).min(line.end));
        match kept.last_mut() {
            Some(last) if near.start <= last.end => last.end = last.end.max(near.end),
            _ => kept.push(near),
        }
    }
    if kept.is_empty() {
        kept.push(line.start..ceil(text, line.start + KEPT));
    }
    kept
}

/// What looks like a private key in a part of a line that is kept, and in what is near to it.
fn private_keys_in(text: &str, line: &Range<usize>, kept: &Range<usize>) -> Vec<Range<usize>> {
    let from = ceil(text, kept.start.saturating_sub(KEPT).max(line.start));
    let to = ceil(text, (kept.end + KEPT).min(line.end));
    let found = private_keys::ranges(text.get(from..to).unwrap_or_default());
    found.into_iter().map(|range| from + range.start..from + range.end).collect()
}

/// A span that can be shown: inside the text, between characters, not over its last line break, and
/// over many lines not at all but for the first.
pub(crate) fn tidy(source: &SourceFile, span: &Range<usize>) -> Range<usize> {
    let text = source.text.as_str();
    let start = floor(text, span.start);
    let mut end = ceil(text, span.end.min(text.len()).max(start));
    if source.line_index(end) - source.line_index(start) >= MAX_LINES {
        end = source.line(source.line_index(start)).end.max(start);
    }
    let shown = text.get(start..end).unwrap_or_default();
    let shown =
        shown.strip_suffix('\n').map_or(shown, |shown| shown.strip_suffix('\r').unwrap_or(shown));
    start..start + shown.len()
}

/// The last place between characters that is not after `offset`.
fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The first place between characters that is not before `offset`.
fn ceil(text: &str, offset: usize) -> usize {
    (offset..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "a list of masks is often one range")]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    /// The quote of `text` for one span, masked as asked, with the span's ends put in as `<` and
    /// `>`.
    fn quoted(text: &str, masks: &[Range<usize>], span: Range<usize>) -> String {
        let mut sources = SourceMap::new();
        let file = sources.add_shown("a", text, masks);
        let source = sources.get(file);
        let span = tidy(source, &span);
        let quote = Quote::new(source, std::slice::from_ref(&span));
        let shown = quote.locate(&span);
        let mut out = quote.text;
        out.insert(shown.end, '>');
        out.insert(shown.start, '<');
        format!("{}: {out}", quote.first_line)
    }

    #[test]
    fn places_move_with_the_mask() {
        let one = "a = \"secret\", b = 1 # c\n";
        let three = "x = [ 'one', 'two', 'three' ]";
        let wide = "ä€😀x";
        for (text, masks, span, expected) in [
            (one, &[5..11][..], 0..1, "1: <a> = \"***\", b = 1 # c"),
            (one, &[5..11], 14..15, "1: a = \"***\", <b> = 1 # c"),
            (one, &[5..11], 4..12, "1: a = <\"***\">, b = 1 # c"),
            // Inside a mask all of it is meant.
            (one, &[5..11], 7..8, "1: a = \"<***>\", b = 1 # c"),
            (one, &[5..11], 5..5, "1: a = \"<***>\", b = 1 # c"),
            (one, &[5..11], 11..11, "1: a = \"***<>\", b = 1 # c"),
            (one, &[5..11], 0..7, "1: <a = \"***>\", b = 1 # c"),
            (one, &[5..11], 7..12, "1: a = \"<***\">, b = 1 # c"),
            (three, &[7..10, 14..17, 21..26], 8..23, "1: x = [ '<***', '***', '***>' ]"),
            (three, &[7..15, 9..17], 0..1, "1: <x> = [ '***', 'three' ]"),
            // The mask ends with the line break, or starts with it; it never splits characters.
            ("ab\ncd\nef", &[1..3], 0..8, "1: <a***\ncd\nef>"),
            ("ab\ncd\nef", &[2..4], 0..8, "1: <ab\n***d\nef>"),
            ("ab\r\ncd", &[1..3], 0..6, "1: <a***\ncd>"),
            (wide, &[3..4], 0..1, "1: <ä>***😀x"),
            (wide, &[], 1..4, "1: <ä€>😀x"),
            ("a = '''\none\n\ntwo'''\nb\n", &[7..16], 4..19, "1: a = <'''\n***\n\n***'''>"),
            ("a = '''\r\none\r\n\r\ntwo'''", &[7..19], 17..18, "4: <***>'''"),
            // Ends of lines and of the file.
            ("a =\nb", &[], 3..4, "1: a =<>"),
            ("a =\r\nb", &[], 3..5, "1: a =<>"),
            ("a = 1\n", &[], 6..6, "2: <> "),
            ("a = 1", &[], 5..5, "1: a = 1<>"),
            ("", &[], 0..0, "1: <> "),
            ("a = 1\n\n\nb", &[], 6..6, "2: <> "),
            ("a", &[], 90..99, "1: a<>"),
            // Nothing steers a terminal.
            ("a\t\u{1b}[m\u{202e}b", &[], 5..8, "1: a\t\\u{1b}[m<\\u{202e}>b"),
            ("a\u{fdd0}b\rc", &[], 0..1, "1: <a>\\u{fdd0}b\\u{d}c"),
        ] {
            assert_eq!(quoted(text, masks, span.clone()), expected, "{text:?} {masks:?} {span:?}");
        }
    }

    #[test]
    fn what_is_long_is_cut_around_the_span() {
        let text = format!("{}ä = 'x'{}", "é".repeat(200_000), "z".repeat(400_000));
        let out = quoted(&text, &[], 400_000..400_002);
        let is_cut = out.starts_with("1: …é") && out.ends_with("z…");
        assert!(is_cut && out.contains("<ä> = 'x'z"), "{out}");
        let span = quoted(&text, &[], 300_000..500_000);
        assert!(out.len() < 3000 && span.len() < 6000 && span.matches('…').count() == 3);
        let text = "a = [\n".to_owned() + &"  1,\n".repeat(300) + "]\n";
        assert_eq!(quoted(&text, &[], 4..text.len() - 1), "1: a = <[>");
    }
}
