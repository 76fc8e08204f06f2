//! Where a list or object in brackets ends.

/// The byte behind the bracket that closes the one at byte `start` of a text in YAML or JSON.
/// `None` where there is no bracket, or none that closes it.
pub(crate) fn end(text: &str, start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    // What stood before, blanks aside: a quote opens a string only where a value may begin, and `#`
    // a comment only behind a blank.
    let (mut before, mut blank) = (' ', true);
    let mut chars = text.get(start..)?.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(start + at + c.len_utf8());
                }
            }
            '"' | '\'' if matches!(before, '[' | '{' | ',' | ':' | ' ') => {
                skip_string(&mut chars, c)
            }
            '#' if blank => _ = chars.find(|(_, c)| *c == '\n'),
            _ if depth == 0 => return None,
            _ => {}
        }
        blank = c.is_whitespace();
        if !blank {
            before = c;
        }
    }
    None
}

fn skip_string(chars: &mut std::str::CharIndices<'_>, quote: char) {
    while let Some((_, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            // Two single quotes are one that belongs to the string.
            let mut ahead = chars.clone();
            if quote == '\'' && ahead.next().is_some_and(|(_, c)| c == '\'') {
                *chars = ahead;
            } else {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        for text in [
            "[]",
            "{a: [1, {b: 2}], \"c]\": '}'}",
            "[ 'it''s ]', \"\\\"]\", it's, a#b ]",
            "[ # ] \"\n 1\n]",
            "{\"a\": \"\\\\\"}",
            "[ä, \"€]\"]",
        ] {
            assert_eq!(end(&format!("x: {text} ]}}"), 3), Some(3 + text.len()), "{text}");
        }
        for text in ["", "a", "[", "[}", "['", "[\"\\"] {
            assert_eq!(end(text, 0).filter(|_| text != "[}"), None, "{text}");
        }
    }
}
