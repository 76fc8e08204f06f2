//! The words that all messages share: lists, plurals, "did you mean", quoting of names.

use std::borrow::Cow;

use super::private_keys;

/// `a`, `a or b`, `a, b or c`: alternatives, in code quotes.
pub(crate) fn one_of<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    list(items, "or")
}

/// `a`, `a and b`, `a, b and c`: things that are all meant, in code quotes.
pub(crate) fn all_of<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    list(items, "and")
}

/// As [`all_of`]; of very many the first few, and how many more: `a`, `b` and 12 more.
pub(crate) fn some_of<S: AsRef<str>>(items: &[S]) -> String {
    first_few(items.iter().map(|item| code(item.as_ref())).collect())
}

fn list<S: AsRef<str>>(items: impl IntoIterator<Item = S>, last: &str) -> String {
    joined(&items.into_iter().map(|item| code(item.as_ref())).collect::<Vec<_>>(), last)
}

fn joined(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [firsts @ .., end] => format!("{} {last} {end}", firsts.join(", ")),
    }
}

const LISTED: usize = 8;

/// Items in words; of very many the first few, and how many more.
pub(crate) fn first_few(mut items: Vec<String>) -> String {
    if items.len() > LISTED {
        let more = format!("{} more", number(items.len() - LISTED));
        items.truncate(LISTED);
        items.push(more);
    }
    joined(&items, "and")
}

/// `1 file`, `2 files`, with thousands apart as in `1,048,576 bytes`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {noun}{s}", number(count))
}

/// Things that go by their numbers: `line 2`, `lines 2, 3 and 5`; of very many the first few, and
/// how many more.
pub(crate) fn numbered(noun: &str, numbers: &[usize]) -> String {
    let s = if numbers.len() == 1 { "" } else { "s" };
    format!("{noun}{s} {}", first_few(numbers.iter().map(|n| number(*n)).collect()))
}

/// A number with its thousands apart: `1,048,576`.
pub(crate) fn number(count: usize) -> String {
    let digits = count.to_string();
    let (first, rest) = digits.as_bytes().split_at(digits.len() % 3);
    let groups = std::iter::once(first).filter(|first| !first.is_empty()).chain(rest.chunks(3));
    groups.map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
}

/// The longest name that messages quote whole, in characters.
const QUOTED_CHARS: usize = 80;
/// Of a longer public key of age, which is too short to be taken for a part of a private one.
const RECIPIENT_CHARS: usize = 18;

/// A name in backticks: control, bidirectional and other invisible characters escaped, long ones
/// cut, private keys masked. Not for secret values.
pub(crate) fn code(name: &str) -> String {
    // Before it is cut: of the rest of a key nobody could tell that it is one.
    let name = private_keys::hidden(name);
    let name = first_line(&name);
    let is_long = name.chars().count() > QUOTED_CHARS;
    let most = if is_long && is_recipient(&name) { RECIPIENT_CHARS } else { QUOTED_CHARS };
    let cut: String = name.chars().take(most).collect();
    let more = if cut.len() < name.len() { "…" } else { "" };
    format!("`{}{more}`", visible(&cut))
}

/// Whether a name is a public key of age, of which nothing needs to be hidden.
fn is_recipient(name: &str) -> bool {
    name.starts_with("age1") && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A name up to its first line break: what follows in a file where a quote or an indent went wrong
/// is no name, and may be a secret. The break stays, so that it is found wrong.
pub(crate) fn first_line(name: &str) -> Cow<'_, str> {
    match name.trim_end().find(['\n', '\r']).and_then(|end| name.get(..end)) {
        Some(first) => Cow::Owned(format!("{first}\n…")),
        None => Cow::Borrowed(name),
    }
}

/// A text for a message line: as it is, but with everything escaped that a terminal would obey or
/// hide; as files of TOML and YAML have it, and JSON but for the rarest.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{10000}'.. if is_invisible(c) => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            _ if is_invisible(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}

/// The same for results: without private keys, which findings lose when they are rendered.
pub(crate) fn printable(text: &str) -> String {
    visible(&private_keys::hidden(text))
}

/// A path as one word of a command to paste into a shell.
pub(crate) fn shell_word(path: &str) -> String {
    let dashed = if path.starts_with('-') { format!("./{path}") } else { path.to_owned() };
    printable(&shell_words::quote(&dashed))
}

/// A text in double quotes, as TOML, YAML, JSON and templates write it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(&text.replace('\\', r"\\").replace('"', "\\\"")))
}

/// Characters that a terminal obeys, hides or lets change the direction of text.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// The known name that is most probably meant by `typed`, if one is near enough.
pub(crate) fn nearest<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Comparing is quadratic in the length, and nobody mistypes a name of that length.
    if typed.chars().count() > QUOTED_CHARS {
        return None;
    }
    let folded = fold(typed);
    let allowed = (folded.chars().count() / 3).max(1);
    known
        .into_iter()
        .filter(|name| name.len() <= 4 * QUOTED_CHARS)
        .map(|name| (strsim::osa_distance(&folded, &fold(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Case and the choice between `_`, `-` and camelCase are what people get wrong first.
fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

pub(crate) fn did_you_mean<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(typed, known).map(|name| format!("did you mean {}?", code(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(all_of(["a", "b"]), "`a` and `b`");
        assert_eq!(some_of(&["a"; 8]), "`a`, `a`, `a`, `a`, `a`, `a`, `a` and `a`");
        assert_eq!(some_of(&["a"; 9]), "`a`, `a`, `a`, `a`, `a`, `a`, `a`, `a` and 1 more");
    }

    #[test]
    fn numbers_and_plurals() {
        assert_eq!(plural(1, "file"), "1 file");
        assert_eq!(plural(1_048_576, "byte"), "1,048,576 bytes");
        assert_eq!(number(999), "999");
        assert_eq!(numbered("line", &[1_200]), "line 1,200");
        let many: Vec<_> = (1..=20).collect();
        assert_eq!(numbered("line", &many), "lines 1, 2, 3, 4, 5, 6, 7, 8 and 12 more");
    }

    #[test]
    fn paths_are_words_of_a_shell() {
        assert_eq!(shell_word("secrets/a.age"), "secrets/a.age");
        assert_eq!(shell_word("my key's.age"), r"'my key'\''s.age'");
        assert_eq!(shell_word("-x"), "./-x");
        assert_eq!(shell_word("a\n"), r"'a\n'");
    }

    #[test]
    fn names_cannot_steer_a_terminal() {
        let steering = "a\u{1b}[31m\u{202e}b\t\u{e0001}\n";
        assert_eq!(code(steering), r"`a\u001b[31m\u202eb\t\U000e0001\n`");
        assert_eq!(code("web\npassword = 1"), "`web\\n…`");
        assert_eq!(quoted("a \"b\"\\\n"), r#""a \"b\"\\\n""#);
    }
}
