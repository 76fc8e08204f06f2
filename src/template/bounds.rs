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
/// What a template needs for making values, or for doing something more than once.
const MAKERS: [&str; 8] = ["for", "set", "macro", "call", "filter", "with", "namespace", "range"];

/// How much work a template may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A few variables, conditions and filters with strings: linear in its values.
    Plain,
    /// Anything: loops, new values, numbers.
    Full,
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
    let mut scan = Scan { text, tokens: 0, elifs: 0, shape: Shape::Plain };
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
    tokens: usize,
    elifs: usize,
    shape: Shape,
}

impl Scan<'_> {
    fn exceeds(&self) -> bool {
        self.tokens > MAX_TOKENS || self.elifs > MAX_ELIFS
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
            self.tokens += 1;
            self.elifs += usize::from(rest.get(..length) == Some("elif"));
            let is_plain = first.is_alphabetic() || "_.|(),\"'=!<>".contains(first);
            let makes = rest.get(..length).is_some_and(|word| MAKERS.contains(&word));
            if !is_plain || makes || self.tokens > MAX_PLAIN_TOKENS {
                self.shape = Shape::Full;
            }
            if tokens > MAX_TAG_TOKENS {
                self.tokens = usize::MAX;
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
