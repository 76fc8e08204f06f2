//! The tokens of a template, as minijinja's lexer tells them apart.

/// The marks that open something, for the lexer: `{{`, `{%` and `{#`.
pub(super) const OPENING_BYTES: usize = 2;

/// Where the next `{{`, `{%` or `{#` is.
pub(super) fn next_open(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let opens = |found: &usize| matches!(rest.as_bytes().get(found + 1), Some(b'{' | b'%' | b'#'));
    rest.match_indices('{').map(|(found, _)| found).find(opens).map(|found| at + found)
}

/// The length of the token at the start of `rest`; `None` if there is none.
pub(super) fn token_length(rest: &str, first: char) -> Option<usize> {
    let bytes_while =
        |fits: &dyn Fn(u8) -> bool| rest.bytes().take_while(|byte| fits(*byte)).count();
    match first {
        '"' | '\'' => string_length(rest, first),
        _ if first.is_ascii_whitespace() => Some(bytes_while(&|byte| byte.is_ascii_whitespace())),
        _ if first.is_ascii_alphanumeric() || first == '_' => {
            Some(bytes_while(&|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        }
        '+' | '-' | '*' | '/' | '%' | '.' | ',' | ':' | '~' | '|' | '=' | '!' | '>' | '<' | '('
        | ')' | '[' | ']' | '{' | '}' => Some(1),
        _ => None,
    }
}

/// The length of the string at the start of `rest`, with both quotes.
fn string_length(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(index + 1),
            _ => {}
        }
    }
    None
}

/// The length of a tag without arguments, from behind its `{%`, if `rest` starts with it. The lexer
/// knows those of raw blocks.
pub(super) fn plain_tag(rest: &str, name: &str, signed: bool) -> Option<usize> {
    let blank = |c: char| c.is_ascii_whitespace();
    let start = if signed { rest.strip_prefix(['-', '+']).unwrap_or(rest) } else { rest };
    let end = start.trim_start_matches(blank).strip_prefix(name)?.trim_start_matches(blank);
    let end = end.strip_prefix(['-', '+']).unwrap_or(end).strip_prefix("%}")?;
    Some(rest.len() - end.len())
}
