//! Sentences broken into lines that fit a terminal.

/// Breaks a text at spaces so that no line has more than `width` characters. What stands between
/// backticks is to be copied, so it stays in one piece, even where it is longer than a line.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / width.max(1));
    let mut used = 0;
    for (index, word) in words(text).enumerate() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            out.push('\n');
            used = 0;
        } else if index > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}

/// The parts of a text between the spaces at which it may be broken: those outside of backticks.
/// After a backtick that is never closed every space counts.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut ticks = text.matches('`').count();
    text.split(move |c| {
        if c == '`' {
            ticks -= 1;
            quoted = !quoted && ticks > 0;
        }
        c == ' ' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    #[test]
    fn lines_break_at_spaces_outside_of_backticks() {
        for (text, width, expected) in [
            ("a  b", 10, "a  b"),
            ("one two three", 7, "one two\nthree"),
            ("one two three", 6, "one\ntwo\nthree"),
            ("ä€ ö€ ü€", 5, "ä€ ö€\nü€"),
            ("write `a = 1` here", 8, "write\n`a = 1`\nhere"),
            ("write `name = \"x y\"`, or", 8, "write\n`name = \"x y\"`,\nor"),
            ("one ` two three", 5, "one `\ntwo\nthree"),
        ] {
            assert_eq!(wrap(text, width), expected);
        }
    }

    proptest! {
        #![proptest_config(crate::unit::support::tried(256, module_path!()))]
        #[test]
        fn only_spaces_become_line_breaks(text in "[a-c` ]{0,60}", width in any::<u8>()) {
            let wrapped = wrap(&text, width.into());
            assert_eq!(wrapped.replace('\n', " "), text);
            for line in wrapped.split('\n') {
                let words = words(line).filter(|word| !word.is_empty()).count();
                assert!(line.chars().count() <= width.into() || words <= 1, "{wrapped:?}");
            }
        }
    }
}
