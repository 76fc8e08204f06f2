//! A decrypted file for a diff: every key with a mask in place of its value.

use crate::diag::private_keys::hidden;
use crate::secret::bytes::SecretBytes;
use crate::spec::edit::key_literal;
use crate::structure::{self, Format, Tree};

/// A line for each value of a structured file; one line for any other, or for one that its format
/// can't read. `mask` gives what stands for a value.
pub(crate) fn masked(
    plain: &SecretBytes,
    format: Option<Format>,
    mask: &dyn Fn(&[u8]) -> String,
) -> String {
    let format = format.filter(|format| *format != Format::Text);
    let Some(format) = format else {
        return format!("{}\n", mask(plain.expose()));
    };
    match structure::read(format, plain.expose()) {
        Ok(tree) => {
            let mut out = String::new();
            push(&mut out, String::new(), &tree, mask);
            out
        }
        Err(_) => format!("{}\n# not valid {}\n", mask(plain.expose()), format.title()),
    }
}

fn push(out: &mut String, path: String, tree: &Tree, mask: &dyn Fn(&[u8]) -> String) {
    match tree {
        Tree::Table(entries) if !entries.is_empty() => {
            for (name, value) in entries {
                let name = hidden(&key_literal(name)).into_owned();
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                push(out, path, value, mask);
            }
        }
        Tree::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                push(out, format!("{path}[{index}]"), value, mask);
            }
        }
        value => {
            let shown = match value {
                Tree::Table(_) => "{}".to_owned(),
                Tree::Array(_) => "[]".to_owned(),
                Tree::Null => "null".to_owned(),
                Tree::Float(float) => mask(float.to_string().as_bytes()),
                value => value.plain_text().map(|text| mask(text.expose())).unwrap_or_default(),
            };
            out.push_str(&format!("{path} = {shown}\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(format: Option<Format>, text: &str) -> String {
        masked(&text.into(), format, &|bytes| format!("<{}>", bytes.len()))
    }

    #[test]
    fn every_key_and_no_value() {
        let toml =
            "[root]\npassword = 'hunter2'\n\"a b\" = 5\nnone = {}\nlist = ['x', { y = 1.5 }]\n";
        let expected = "root.password = <7>\nroot.\"a b\" = <1>\nroot.none = {}\n\
            root.list[0] = <1>\nroot.list[1].y = <3>\n";
        assert_eq!(shown(Some(Format::Toml), toml), expected);
        assert_eq!(shown(Some(Format::Dotenv), "A=hunter2\n"), "A = <7>\n");
    }

    #[test]
    fn what_has_no_keys_is_one_value() {
        assert_eq!(shown(None, "hunter2"), "<7>\n");
        assert_eq!(shown(Some(Format::Text), "hunter2"), "<7>\n");
        assert_eq!(shown(Some(Format::Json), "{hunter2"), "<8>\n# not valid JSON\n");
    }
}
