//! How large a template may be before it is parsed. minijinja's parser, compiler and drop recurse
//! along chains such as `a.b.c`, `- - x`, `x | f | g` and `elif`, and its lexer counts lines and
//! columns in 16 bits.

use super::lexer::{OPENING_BYTES, next_open, plain_tag, token_length};
use super::{TemplateFault, TemplateFaultKind};

/// Tokens between `{{` and `}}` or `{%` and `%}`.
pub(crate) const MAX_TAG_TOKENS: usize = 10_000;
/// Tokens of a whole template.
pub(crate) const MAX_TOKENS: usize = 200_000;
pub(crate) const MAX_ELIFS: usize = 1_000;
/// Lines of a template, and bytes of one line.
pub(crate) const MAX_LINES: usize = 65_535;
/// Tokens of a template that is rendered in place.
const MAX_PLAIN_TOKENS: usize = 256;
/// What a template needs for making values, for doing something more than once, or for comparing
/// the items of lists.
const MAKERS: [&str; 19] = [
    "for",
    "set",
    "macro",
    "call",
    "filter",
    "with",
    "namespace",
    "range",
    "map",
    "sort",
    "unique",
    "dictsort",
    "groupby",
    "min",
    "max",
    "select",
    "selectattr",
    "reject",
    "rejectattr",
];

/// How much work a template may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// A few variables, conditions and filters with strings: linear in its values. Everything else
    /// has loops, new values or numbers.
    pub is_plain: bool,
    pub tokens: usize,
    /// Comparisons and tests, of which minijinja does not count the bytes.
    pub comparisons: usize,
}

/// Looks at the tokens of a template; an error names the bound that it exceeds.
pub(crate) fn shape(text: &str) -> Result<Shape, TemplateFault> {
    let fault = |range, why| TemplateFault { range, why };
    let mut lines = 0;
    for line in text.split('\n') {
        lines += 1;
        if line.len() > MAX_LINES || lines > MAX_LINES {
            return Err(fault(None, TemplateFaultKind::Lines));
        }
    }
    let shape = Shape { is_plain: true, tokens: 0, comparisons: 0 };
    let mut scan = Scan { text, elifs: 0, shape };
    let mut at = 0;
    while let Some(open) = next_open(text, at) {
        match scan.tag(open) {
            Some(end) => at = end,
            None => break,
        }
        if scan.exceeds() {
            break;
        }
    }
    if scan.exceeds() {
        return Err(fault(None, TemplateFaultKind::Tokens));
    }
    Ok(scan.shape)
}

struct Scan<'t> {
    text: &'t str,
    elifs: usize,
    shape: Shape,
}

impl Scan<'_> {
    fn exceeds(&self) -> bool {
        self.shape.tokens > MAX_TOKENS || self.elifs > MAX_ELIFS
    }

    /// Counts a tag that begins at a byte, and gives where it ends; `None` where the lexer stops.
    fn tag(&mut self, open: usize) -> Option<usize> {
        let sign = usize::from(self.text.get(open + OPENING_BYTES..)?.starts_with(['-', '+']));
        let inside = open + OPENING_BYTES + sign;
        let rest = self.text.get(inside..)?;
        let close = match self.text.as_bytes().get(open + 1)? {
            b'#' => return Some(inside + rest.find("#}")? + "#}".len()),
            b'%' => {
                if let Some(length) = plain_tag(rest, "raw", false) {
                    return self.raw_block(inside + length);
                }
                "%}"
            }
            _ => "}}",
        };
        let mut at = inside;
        let mut tokens = 0;
        let mut brackets = 0_usize;
        loop {
            let rest = self.text.get(at..)?;
            let first = rest.chars().next()?;
            let sign = usize::from(first == '-' || first == '+');
            if brackets == 0 && rest.get(sign..)?.starts_with(close) {
                return Some(at + sign + close.len());
            }
            // What the lexer does not know ends the template.
            let length = token_length(rest, first)?;
            at += length;
            if first.is_whitespace() {
                continue;
            }
            match first {
                '(' | '[' | '{' => brackets += 1,
                ')' | ']' | '}' => brackets = brackets.saturating_sub(1),
                _ => {}
            }
            tokens += 1;
            self.shape.tokens += 1;
            let word = rest.get(..length).unwrap_or_default();
            self.elifs += usize::from(word == "elif");
            let is_plain = first.is_alphabetic() || "_.|(),\"'=!<>".contains(first);
            let compares = "=!<>".contains(first) || matches!(word, "in" | "is");
            self.shape.comparisons += usize::from(compares);
            let makes = MAKERS.contains(&word);
            if !is_plain || makes || self.shape.tokens > MAX_PLAIN_TOKENS {
                self.shape.is_plain = false;
            }
            if tokens > MAX_TAG_TOKENS {
                self.shape.tokens = usize::MAX;
                return None;
            }
        }
    }

    fn raw_block(&self, mut at: usize) -> Option<usize> {
        loop {
            at += self.text.get(at..)?.find("{%")? + OPENING_BYTES;
            if let Some(length) = plain_tag(self.text.get(at..)?, "endraw", true) {
                return Some(at + length);
            }
        }
    }
}
