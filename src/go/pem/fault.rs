//! Why a text, or a part of it, is not read as PEM.

use std::ops::Range;

use super::{BEGIN, Block, DASHES, find, line};
use crate::content::{Container, Content};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PemFault {
    pub kind: PemFaultKind,
    /// Byte of the text at which the reading failed.
    pub offset: usize,
    /// The same as a line, from 1.
    pub line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PemFaultKind {
    Empty,
    NoPem,
    /// It looks like DER, the binary form.
    Der,
    /// It is PKCS#12, `.p12` or `.pfx`.
    Pkcs12,
    /// It is a Java keystore.
    JavaKeystore,
    /// It is PKCS#7, `.p7b`.
    Pkcs7,
    /// It is PEM once more in base64.
    Base64OfPem,
    Utf16,
    /// A byte order mark stands before the first `BEGIN`.
    ByteOrderMark,
    Indented,
    NotAtLineStart,
    /// The line breaks are written as `\n`, a backslash and a letter.
    EscapedLineBreaks,
    /// `BEGIN` and `END` stand on one line.
    LineBreaksLost,
    NoEnd,
    /// The `END` line names another label than the `BEGIN` line.
    OtherEnd,
    /// The dashes of a `BEGIN` or `END` line are not five, or something follows them.
    BadMarker,
    /// What is between the lines is not base64.
    BadBase64,
}

/// What is between a `BEGIN` and the next one. Anything that says `END` there is looked at,
/// wherever it stands in its line.
const END_ANYWHERE: &[u8] = b"-----END ";

/// One fault for each line with a `BEGIN` outside of `blocks`; one for the whole text if there is
/// no `BEGIN` at all. Linear.
pub(super) fn faults(text: &[u8], blocks: &[Block]) -> Vec<PemFault> {
    let mut faults = Vec::new();
    let mut any = false;
    let mut blocks = blocks.iter().map(|block| &block.range).peekable();
    let mut start = 0;
    let mut number = 0;
    let mut open: Option<Open> = None;
    // Each line is looked at once; a `BEGIN` stays open until the next, the end of the text or a
    // block that was read.
    while start < text.len() {
        let (_, next) = line(text, start);
        number += 1;
        while blocks.next_if(|range| range.end <= start).is_some() {}
        let read = blocks.peek().is_some_and(|range: &&Range<usize>| range.contains(&start));
        if let Some(column) = text.get(start..next).and_then(|line| find(line, BEGIN)) {
            any = true;
            faults.extend(open.take().map(|open| open.fault(text, start)));
            if !read {
                open = Some(Open { start, column, line: number });
            }
        }
        start = next;
    }
    faults.extend(open.map(|open| open.fault(text, text.len())));
    if !any {
        let offset = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        faults.push(PemFault { kind: without_begin(text), offset, line: 1 });
    }
    faults
}

/// A line with `BEGIN` that led to no block.
struct Open {
    /// First byte of the line.
    start: usize,
    column: usize,
    line: usize,
}

impl Open {
    /// `stop` is where the next `BEGIN` line starts.
    fn fault(&self, text: &[u8], stop: usize) -> PemFault {
        let text = text.get(self.start..stop).unwrap_or_default();
        let (before, begin) = text.split_at_checked(self.column).unwrap_or((text, b""));
        let kind = kind(before, begin.strip_prefix(BEGIN).unwrap_or(begin));
        PemFault { kind, offset: self.start + self.column, line: self.line }
    }
}

/// Why a `BEGIN` led to nothing: `before` stands before it in its line, `rest` behind it.
fn kind(before: &[u8], rest: &[u8]) -> PemFaultKind {
    let (label_line, next) = line(rest, 0);
    if find(label_line, b"-----\\n").or_else(|| find(label_line, b"-----\\r")).is_some() {
        return PemFaultKind::EscapedLineBreaks;
    }
    if find(label_line, END_ANYWHERE).is_some() {
        return PemFaultKind::LineBreaksLost;
    }
    match before {
        b"" => {}
        b"\xef\xbb\xbf" => return PemFaultKind::ByteOrderMark,
        _ if before.trim_ascii().is_empty() => return PemFaultKind::Indented,
        _ => return PemFaultKind::NotAtLineStart,
    }
    let Some(label) = label_line.strip_suffix(DASHES) else { return PemFaultKind::BadMarker };
    let (_, body) = rest.split_at(next);
    let Some(end) = find(body, END_ANYWHERE) else { return PemFaultKind::NoEnd };
    let (before, _) = body.split_at(end);
    let indent = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    if !indent.trim_ascii().is_empty() {
        return PemFaultKind::LineBreaksLost;
    }
    if !indent.is_empty() {
        return PemFaultKind::Indented;
    }
    let (end_line, _) = line(body, end + END_ANYWHERE.len());
    match end_line.strip_suffix(DASHES) {
        None => PemFaultKind::BadMarker,
        Some(other) if other != label => PemFaultKind::OtherEnd,
        Some(_) => PemFaultKind::BadBase64,
    }
}

/// What a text without any `BEGIN` is.
fn without_begin(text: &[u8]) -> PemFaultKind {
    match Content::of(text) {
        Content::Empty => PemFaultKind::Empty,
        Content::Utf16 => PemFaultKind::Utf16,
        Content::Base64OfPem => PemFaultKind::Base64OfPem,
        Content::Container(Container::Pkcs12) => PemFaultKind::Pkcs12,
        Content::Container(Container::JavaKeystore) => PemFaultKind::JavaKeystore,
        Content::Container(Container::Pkcs7) => PemFaultKind::Pkcs7,
        Content::Container(Container::Der) => PemFaultKind::Der,
        _ => PemFaultKind::NoPem,
    }
}
