//! An inline spec: the tree of a spec in YAML, written as the TOML that the compiler reads. Its
//! findings then show lines of TOML, as do the language's own pages.

use std::ops::Range;

use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::manifests::{JsonNode, JsonNodeKind, Member};
use crate::source::{FileId, Span};
use crate::structure::{Format, Tree, write};

/// Reads a tree as TOML; `text` is what it was read from.
pub(crate) fn toml(file: FileId, text: &str, node: &JsonNode<'_>) -> Result<String, Diagnostic> {
    let reader = InlineReader { file, text };
    if !matches!(node.kind, JsonNodeKind::Object(_)) {
        let what = format!("must be an object with the spec, not {}", node.class());
        let help = "write `inline: {opaque: [...]}`, as a spec in TOML has it";
        return Err(reader.refuse("spec.inline", &node.range, &what, help));
    }
    let tree = reader.tree(node, "spec.inline")?;
    let written =
        write(Format::Toml, &tree).map_err(|_| reader.no_number("spec.inline", &node.range))?;
    Ok(written.expose_str().unwrap_or_default().to_owned())
}

/// The name of a field as it is written: YAML 1.1 would make `true` of `y`, and `7` of `07`.
pub(crate) fn written_key<'m>(text: &'m str, member: &'m Member<'_>) -> &'m str {
    let written = text
        .get(member.key_range.clone())
        .map(str::trim)
        .filter(|written| member.renamed && !written.is_empty());
    written.unwrap_or(&member.key)
}

struct InlineReader<'t> {
    file: FileId,
    text: &'t str,
}

impl InlineReader<'_> {
    fn refuse(&self, path: &str, range: &Range<usize>, what: &str, help: &str) -> Diagnostic {
        diagnostic!(FUNCTION_CONFIG, "{} {what}", code(path))
            .at(Span::new(self.file, range.clone()), "")
            .help(help)
    }

    fn no_number(&self, path: &str, range: &Range<usize>) -> Diagnostic {
        self.refuse(path, range, "is a number that TOML can't represent", "put it in quotes")
    }

    fn tree(&self, node: &JsonNode<'_>, path: &str) -> Result<Tree, Diagnostic> {
        let written = self.text.get(node.range.clone()).unwrap_or_default().trim();
        Ok(match &node.kind {
            JsonNodeKind::Null => {
                let help = "remove it; for an empty string, write `\"\"`";
                let what = "is null, which a spec can't contain";
                return Err(self.refuse(path, &node.range, what, help));
            }
            // `n` and `yes` are booleans in YAML 1.1 alone; kustomize, which may have read and
            // written it before, takes them for text.
            JsonNodeKind::Bool(_)
                if node.plain
                    && !["true", "false"].iter().any(|word| written.eq_ignore_ascii_case(word)) =>
            {
                Tree::string(written)
            }
            JsonNodeKind::Bool(value) => Tree::Bool(*value),
            // `012` is ten, `1_000` a thousand, and `1e3` a float, to some. An alias is neither.
            JsonNodeKind::Number(Some(integer))
                if written.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
                    && written != integer.to_string() =>
            {
                let what = "is a number that YAML parsers read differently";
                let help = "write it in decimal without leading zeros, or put it in quotes";
                return Err(self.refuse(path, &node.range, what, help));
            }
            JsonNodeKind::Number(Some(integer)) => Tree::Integer(i128::from(*integer)),
            JsonNodeKind::Number(None) => match written.parse::<f64>() {
                // Whole, and too large for an integer: rounded, it would be another one.
                Ok(float) if float.is_finite() && float.fract() != 0.0 => Tree::Float(float),
                _ => return Err(self.no_number(path, &node.range)),
            },
            JsonNodeKind::String(text) => Tree::string(text.as_ref()),
            JsonNodeKind::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.tree(item, &format!("{path}[{index}]")));
                Tree::Array(items.collect::<Result<_, _>>()?)
            }
            JsonNodeKind::Object(members) => {
                let mut entries: Vec<(String, Tree)> = Vec::new();
                // What was written here wins over what a merge key brings.
                let (merged, own): (Vec<_>, Vec<_>) =
                    members.iter().partition(|member| member.merged);
                for member in own.into_iter().chain(merged.into_iter().rev()) {
                    let name = written_key(self.text, member);
                    let below = format!("{path}.{name}");
                    if !entries.iter().any(|(key, _)| key == name) {
                        entries.push((name.to_owned(), self.tree(&member.value, &below)?));
                    } else if !member.merged {
                        let range = &member.key_range;
                        return Err(self.refuse(&below, range, "is set twice", "remove one"));
                    }
                }
                Tree::Table(entries)
            }
        })
    }
}
