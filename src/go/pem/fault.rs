//! Why a text, or a part of it, is not read as PEM.

use super::{BEGIN, Block, DASHES, find, line};
use crate::content::{Container, Content};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PemFault {
    pub kind: PemFaultKind,
    pub offset: usize,
    pub line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PemFaultKind {
    Empty,
    NoPem,
    Der,
    Pkcs12,
    JavaKeystore,
    Pkcs7,
    Base64OfPem,
    Utf16,
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
    BadBase64,
}

/// What is between a `BEGIN` and the next one. Anything that says `END` there is looked at,
/// wherever it stands in its line.
const END_ANYWHERE: &[u8] = b"-----END ";

/// One fault for each line with a `BEGIN` outside of `blocks`; one for the whole text if there is
/// no `BEGIN` at all. Linear.
pub(super) fn faults(text: &[u8], blocks: &[Block]) -> Vec<PemFault> {
    // Number and first byte of each line with a `BEGIN`, and the column of that.
    let mut begins = Vec::new();
    let mut start = 0;
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        begins.extend(find(line, BEGIN).map(|column| (index + 1, start, column)));
        start += line.len();
    }
    if begins.is_empty() {
        let offset = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        return vec![PemFault { kind: without_begin(text), offset, line: 1 }];
    }
    let stops = begins.iter().skip(1).map(|(_, start, _)| *start).chain([text.len()]);
    let mut faults = Vec::new();
    for (&(line, start, column), stop) in begins.iter().zip(stops) {
        let block = blocks.get(blocks.partition_point(|block| block.range.end <= start));
        if block.is_none_or(|block| !block.range.contains(&start)) {
            let part = text.get(start..stop).unwrap_or_default();
            let (before, begin) = part.split_at_checked(column).unwrap_or((part, b""));
            let kind = kind(before, begin.strip_prefix(BEGIN).unwrap_or(begin));
            faults.push(PemFault { kind, offset: start + column, line });
        }
    }
    faults
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
