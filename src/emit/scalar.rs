//! How one string is written in YAML so that YAML 1.1 and 1.2 readers all read it back: plain where
//! no reader could take it for something else, else double-quoted.

use std::fmt::Write;

use crate::diag::phrases::is_invisible;

/// Words that some reader takes for a boolean, null or number, in whatever case.
/// YAML 1.1 types bool, null and float; "inf" and "infinity" are what lenient number parsers add.
const WORDS: [&str; 12] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];

/// Readers refuse an implicit key (`key:`) of more than 1,024 characters (YAML 1.1 section 9.1.1);
/// the quotes count too.
const IMPLICIT_KEY: usize = 1000;

/// Appends `text` as a scalar on one line, without a newline after it.
pub(crate) fn push_scalar(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        push_quoted(out, text);
    }
}

/// Appends `text` as a mapping key with its colon, where `indent` is the mapping's own column.
/// The caller goes on with a blank and a scalar, or with a newline and a nested block.
pub(crate) fn push_key(out: &mut String, text: &str, indent: usize) {
    let start = out.len();
    push_scalar(out, text);
    if out.len() - start > IMPLICIT_KEY {
        out.insert_str(start, "? ");
        push_line(out, indent);
    }
    out.push(':');
}

/// Appends `text` as a literal block (`|`) whose lines start at column `indent`, where that is
/// possible without loss, else as [`push_scalar`] does. Without a newline after it.
///
/// A block is for text that people read: two lines or more, and nothing in it that a reader may
/// change or an eye overlook.
pub(crate) fn push_text(out: &mut String, text: &str, indent: usize) {
    if indent == 0 || !is_block(text) {
        return push_scalar(out, text);
    }
    let (lines, header) = match text.strip_suffix('\n') {
        Some(lines) => (lines, "|"),
        None => (text, "|-"),
    };
    out.push_str(header);
    for line in lines.split('\n') {
        // Blanks on an empty line would be content to some and indentation to others.
        push_line(out, if line.is_empty() { 0 } else { indent });
        out.push_str(line);
    }
}

pub(crate) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text, AstralEscapes::Escaped);
    out.push('"');
}

/// What to do with invisible characters above U+FFFF: YAML writes them as `\U000e0001`; JSON could
/// only as a surrogate pair, which YAML readers refuse, so there they stay as they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AstralEscapes {
    Escaped,
    Raw,
}

/// The inside of a quoted string, the same for YAML and JSON but for [`AstralEscapes`].
pub(crate) fn push_escaped(out: &mut String, text: &str, astral: AstralEscapes) {
    for c in text.chars() {
        if !is_escaped(c) || (astral == AstralEscapes::Raw && c > '\u{ffff}') {
            out.push(c);
            continue;
        }
        // Writing into a String does not fail.
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            '\u{10000}'.. => write!(out, "\\U{:08x}", u32::from(c)),
            _ => write!(out, "\\u{:04x}", u32::from(c)),
        };
    }
}

pub(crate) fn push_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// Whether every reader takes these characters, unquoted, for the same string: the rule was tried
/// with 336,313 strings against go-yaml, and what YAML 1.1 types add is in [`WORDS`].
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-'))
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn is_block(text: &str) -> bool {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    lines.contains('\n')
        // Readers guess the indentation from the first line, so it has to have content and to begin
        // with it.
        && !text.starts_with([' ', '\t', '\n'])
        // A second newline at the end would need `|+`, which swallows what follows.
        && !lines.ends_with('\n')
        && text.lines().all(|line| !line.ends_with([' ', '\t']))
        && !text.chars().any(|c| !matches!(c, '\n' | '\t' | '"' | '\\') && is_escaped(c))
}

/// Characters that are not written as they are: quotes, what a reader refuses or changes (controls,
/// line separators, BOM, non-characters), and what an eye can't see.
fn is_escaped(c: char) -> bool {
    match c {
        '"' | '\\' => true,
        ' '..='~' => false,
        '\u{a0}' | '\u{fdd0}'..='\u{fdef}' => true,
        // The last two code points of every plane are no characters either (The Unicode Standard,
        // section 23.7).
        _ => is_invisible(c) || u32::from(c) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::{push_scalar, push_text};

    fn scalar(text: &str) -> String {
        let mut out = String::new();
        push_scalar(&mut out, text);
        out
    }

    #[test]
    fn plain_only_where_no_reader_errs() {
        for name in ["Opaque", "kubernetes.io/tls", "tls.crt", "id_rsa", "A-1", "yea", "nope"] {
            assert_eq!(scalar(name), name);
        }
        let others = "y NO oN Null nan 1 0x1F 1e3 2001-01-01 - .env _a a: a+b = << ~";
        for other in others.split(' ').chain(["", "a b"]) {
            assert_eq!(scalar(other), format!("\"{other}\""));
        }
        assert_eq!(scalar("a\"b\\c\n\r\t\0\u{7f}"), r#""a\"b\\c\n\r\t\u0000\u007f""#);
        assert_eq!(
            scalar("\u{a0}\u{200b}\u{2028}\u{fffe}\u{1f511}\u{1fffe}é"),
            "\"\\u00a0\\u200b\\u2028\\ufffe\u{1f511}\\U0001fffeé\""
        );
    }

    #[test]
    fn blocks_only_where_nothing_is_lost() {
        let text = |text: &str| {
            let mut out = String::new();
            push_text(&mut out, text, 2);
            out
        };
        assert_eq!(text("a: 1\n\n\tb\\\"\n"), "|\n  a: 1\n\n  \tb\\\"");
        assert_eq!(text("a\nb"), "|-\n  a\n  b");
        for other in
            ["a\n", "\na\nb\n", " a\nb\n", "\ta\nb\n", "a\nb\n\n", "a \nb\n", "a\r\nb\r\n", "\n\n"]
        {
            assert_eq!(text(other), scalar(other), "{other:?}");
        }
    }
}
