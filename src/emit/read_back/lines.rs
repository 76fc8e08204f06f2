//! A written document line by line: its values under `data` are compared here and cut out, for the
//! YAML reader's buffers are not zeroized; and every unquoted token has to be a string.

use super::expected::is_base64_of;
use super::is_plain_string;
use crate::secret::Secret;

/// Appends the document to `skeleton`, with `""` for every value under `data`.
///
/// # Errors
/// The first key whose value is not the base64 that was meant, or which is not a string itself or
/// has an unquoted value that is none (the booleans of `immutable` may be); `None` if the line does
/// not even begin with a key of this Secret.
pub(crate) fn cut(
    document: &str,
    meant: &Secret,
    skeleton: &mut String,
) -> Result<(), Option<String>> {
    let mut values = meant.data.values();
    let mut in_data = false;
    for line in document.lines() {
        let entry = line.trim_start_matches(' ');
        let nested = entry.len() < line.len();
        if !nested {
            in_data = entry == "data:";
        }
        let (key, value) = split(entry);
        let is_value = in_data && nested && !value.is_empty();
        let right = if is_value {
            let base64 = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            base64
                .zip(values.next())
                .is_some_and(|(base64, meant)| is_base64_of(base64, meant.expose()))
        } else {
            // Quoted text is what it is; whether it is what was meant, the YAML reader tells.
            value.is_empty()
                || value.starts_with('"')
                || is_plain_string(value)
                || is_immutable(line)
        };
        if !right || !(is_plain_string(key) || entry.starts_with(": ")) {
            return Err(known(key, meant));
        }
        skeleton.push_str(line.strip_suffix(value).filter(|_| is_value).unwrap_or(line));
        skeleton.push_str(if is_value { "\"\"\n" } else { "\n" });
    }
    if values.next().is_some() { Err(Some("data".to_owned())) } else { Ok(()) }
}

/// The key, if it is one that was meant: a line that went wrong may begin with anything.
fn known(written: &str, meant: &Secret) -> Option<String> {
    let key = written.trim_matches('"');
    let field = matches!(key, "apiVersion" | "kind" | "name" | "namespace" | "immutable" | "type");
    let meant = meant.labels.contains_key(key)
        || meant.annotations.contains_key(key)
        || meant.data.contains_key(key);
    (field || meant).then(|| key.to_owned())
}

fn is_immutable(line: &str) -> bool {
    line == "immutable: true" || line == "immutable: false"
}

/// The key and the value of `key: value`, still as written, with nothing for the one that is not on
/// this line: a long key has a line of its own, `? key`, and then its value has, `: value`.
fn split(entry: &str) -> (&str, &str) {
    if let Some(key) = entry.strip_prefix("? ") {
        return (key, "");
    }
    let mut escaped = false;
    let mut quoted = false;
    let colon = entry.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b':' => return !quoted,
            _ => {}
        }
        false
    });
    let (key, value) = colon.and_then(|colon| entry.split_at_checked(colon)).unwrap_or((entry, ""));
    (key, value.trim_start_matches([':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::cut;
    use crate::secret::Secret;

    fn checked(document: &str, values: &[(&str, &str)]) -> Result<String, Option<String>> {
        let data = values.iter().map(|(key, value)| (key.to_string(), (*value).into())).collect();
        let mut skeleton = String::new();
        cut(document, &Secret { data, ..Secret::default() }, &mut skeleton).map(|()| skeleton)
    }

    #[test]
    fn values_are_cut_and_nothing_else() {
        let text = "a: b\nimmutable: true\nmetadata:\n  \"x\\\": y\": \"1\"\n  ? \"a: b\"\n  \
            : \"1\"\ndata:\n  k: \"@\"\n  \"1\": \"\"\ntype: a\n";
        assert_eq!(
            checked(&text.replace('@', "MTIz"), &[("k", "123"), ("l", "")]),
            Ok(text.replace('@', ""))
        );
        let explicit = "data:\n  ? key\n  : \"@\"\n";
        assert_eq!(
            checked(&explicit.replace('@', "MTIz"), &[("key", "123")]),
            Ok(explicit.replace('@', ""))
        );
    }

    #[test]
    fn tokens_that_are_no_strings() {
        for (bad, key) in [
            ("type: y", Some("type")),
            ("type: b\n1: a", None),
            ("metadata:\n  \"name\": 1", Some("name")),
            ("immutable: no", Some("immutable")),
            ("metadata:\n  immutable: true", Some("immutable")),
            ("kind: b: c", Some("kind")),
            ("? 12\n: \"a\"", None),
            ("2VzYW1l\"", None),
        ] {
            assert_eq!(checked(bad, &[]), Err(key.map(str::to_owned)), "{bad}");
        }
    }

    #[test]
    fn values_that_were_not_meant() {
        for bad in [
            "MTIz",
            "\"MTIz",
            "\"MTI0\"",
            "\"MTIzNA==\"",
            "\"\"",
            "\"MTI\\u007a\"",
            "'MTIz'",
            "\"MTIz\" #",
        ] {
            assert_eq!(
                checked(&format!("data:\n  k: {bad}\n"), &[("k", "123")]),
                Err(Some("k".to_owned())),
                "{bad}"
            );
        }
        assert_eq!(checked("data:\n  k: \"\"\n", &[]), Err(None));
        assert_eq!(
            checked("data:\n  k: \"\"\n", &[("k", ""), ("l", "")]),
            Err(Some("data".to_owned()))
        );
    }
}
