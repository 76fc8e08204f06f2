//! Whether a token, as it is written, is a string to a reader of YAML 1.1.
//!
//! Written from the other side than `emit::scalar`: that knows what is certainly a string, this what is not
//! (<https://yaml.org/type/>: bool, null, int, float, timestamp, merge, value; YAML 1.1 section 5.3: indicators).

/// Whether this token, as it is written, is a string.
pub(crate) fn is_string(token: &str) -> bool {
    if let Some(inside) = token.strip_prefix('"') {
        return inside.ends_with('"');
    }
    !is_word(token) && !is_numeric(token) && !has_indicator(token)
}

/// bool, null, merge, value.
fn is_word(token: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    WORDS.iter().any(|word| token.eq_ignore_ascii_case(word)) || matches!(token, "" | "~" | "<<" | "=")
}

/// Anything that int, float (with `.inf` and `.nan`) or timestamp could match: it starts with a digit, after a sign and a point.
fn is_numeric(token: &str) -> bool {
    let unsigned = token.strip_prefix(['+', '-']).unwrap_or(token);
    let digits = unsigned.strip_prefix('.').unwrap_or(unsigned);
    digits.starts_with(|c: char| c.is_ascii_digit())
        || (digits.len() < unsigned.len() && ["inf", "nan"].iter().any(|word| digits.eq_ignore_ascii_case(word)))
}

fn has_indicator(token: &str) -> bool {
    token.starts_with(|c| "-?:,[]{}#&*!|>'\"%@` \t".contains(c))
        || token.ends_with([':', ' ', '\t'])
        || token.contains(": ")
        || token.contains(" #")
        || token.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::is_string;

    #[test]
    fn yaml_1_1_has_many_words() {
        let others = "y No ~ null 0x1F 0b11 1_000 +1 -.5 .inf -.NaN 1:30 2001-01-01 << = -x a:";
        for other in others.split(' ').chain(["", "- a", "a: b", "a #b"]) {
            assert!(!is_string(other), "{other}");
        }
        for string in "a Opaque x1 tls.crt \"1\" nope a:b a#b .env _1".split(' ') {
            assert!(is_string(string), "{string}");
        }
    }
}
