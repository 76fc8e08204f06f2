//! Reading PEM (RFC 7468, RFC 1421) exactly as far as Go's `encoding/pem` does, because that is
//! what the API server, kubectl and most consumers of a Secret read it with. Strict readers refuse
//! texts that Go takes, and the reverse; [`Leniencies`] says where.

pub(crate) mod block;
pub(crate) mod fault;
use super::base64;
pub(crate) use block::{Block, BlockKind, Headers, Leniencies};
pub(crate) use fault::{PemFault, PemFaultKind};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";

#[derive(Debug)]
pub(crate) struct Pem {
    pub blocks: Vec<Block>,
    /// Why the rest is not read: one for each `BEGIN` line that led to no block, or one for a text
    /// without any.
    pub faults: Vec<PemFault>,
}

impl Pem {
    /// Reads a text: every block that Go's `pem.Decode`, called until it finds no more, would give.
    /// Takes linear time.
    pub(crate) fn read(text: &[u8]) -> Self {
        let mut blocks = Vec::new();
        let mut at = 0;
        while let Some((block, next)) = next_block(text, at) {
            blocks.push(block);
            at = next;
        }
        let faults = fault::faults(text, &blocks);
        Self { blocks, faults }
    }
}

/// The first block from `start` on, and where to look for the one after it.
///
/// Every round of the loop finds an `END` line and the last `BEGIN` before it, as Go 1.25.2 and
/// later do. If that is not a block, Go looks on after the `END` line.
fn next_block(text: &[u8], start: usize) -> Option<(Block, usize)> {
    let mut next = start;
    loop {
        let at = next;
        let end = at + find(text.get(at..)?, END)?;
        next = end + END.len();
        let Some(offset) = text.get(at..end).and_then(|before| rfind(before, BEGIN)) else {
            continue;
        };
        let begin = at + offset;
        if offset > 0 && text.get(begin - 1) != Some(&b'\n') {
            continue;
        }
        let (label_line, mut body) = line(text, begin + BEGIN.len());
        let Some(label) = label_line.strip_suffix(DASHES) else { continue };
        let mut headers = Headers::default();
        loop {
            if body >= text.len() {
                // Go gives up.
                return None;
            }
            let (header, after) = line(text, body);
            let Some(colon) = header.iter().position(|byte| *byte == b':') else { break };
            headers.add(header, colon);
            body = after;
        }
        if headers.any && body > end {
            // The headers ran past the `END` line.
            if body > next {
                return None;
            }
            continue;
        }
        let after_label = text
            .get(next..)
            .and_then(|rest| rest.strip_prefix(label))
            .and_then(|rest| rest.strip_prefix(DASHES));
        let Some(after_label) = after_label else { continue };
        if !line(after_label, 0).0.is_empty() {
            continue;
        }
        // Without a body, the line break before `END` is the one that ends the `BEGIN` line: `body`
        // is then past `end`.
        let encoded = text.get(body..end).unwrap_or_default();
        let Some(contents) = base64::decode_pem(encoded) else { continue };
        let range = begin..text.len() - after_label.len();
        let leniencies = Leniencies::of(text, range.clone(), encoded);
        let kind = BlockKind::of(label);
        return Some((Block { kind, contents, range, headers, leniencies }, line(text, next).1));
    }
}

/// The line at `start` without its end and trailing blanks, and where the next one starts.
fn line(text: &[u8], start: usize) -> (&[u8], usize) {
    let rest = text.get(start..).unwrap_or_default();
    let (mut line, next) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(length) => {
            let (line, _) = rest.split_at(length);
            (line.strip_suffix(b"\r").unwrap_or(line), start + length + 1)
        }
        None => (rest, text.len()),
    };
    while let [before @ .., b' ' | b'\t'] = line {
        line = before;
    }
    (line, next)
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

fn rfind(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).rposition(|window| window == pattern)
}

#[cfg(test)]
mod tests {
    use super::Pem;

    #[test]
    fn the_nearest_begin_counts_and_an_empty_block_is_a_block() {
        let pem = Pem::read(b"-----BEGIN X-----\n-----BEGIN X-----\naGk=\n-----END X-----\n");
        assert_eq!((pem.blocks.len(), pem.faults.len()), (1, 1));
        let pem = Pem::read(b"-----BEGIN X-----\n-----END X-----\n");
        assert!(pem.blocks.first().is_some_and(|block| block.contents.is_empty()));
    }
}
