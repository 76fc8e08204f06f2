//! An inline spec: the tree of a spec in YAML, written as the TOML that the compiler reads. Its
//! findings then show lines of TOML, as do the language's own pages.

use std::ops::Range;

use crate::manifests::{JsonNode, JsonNodeKind, Member};
use crate::structure::{Format, Tree, write};

/// Why a tree is no spec in TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InlineFault {
    /// The way to it, such as `spec.inline.opaque[0].name`.
    pub path: String,
    pub range: Range<usize>,
    pub kind: InlineFaultKind,
}

/// Why a tree is no spec in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InlineFaultKind {
    NotAnObject(&'static str),
    Null,
    /// A number that TOML can't hold.
    Number,
    /// A number that readers of YAML take for different ones.
    Ambiguous,
    Duplicate,
}

/// A tree as TOML; `text` is what it was read from.
pub(crate) fn toml(text: &str, node: &JsonNode<'_>) -> Result<String, InlineFault> {
    let fault =
        |kind| InlineFault { path: "spec.inline".to_owned(), range: node.range.clone(), kind };
    if !matches!(node.kind, JsonNodeKind::Object(_)) {
        return Err(fault(InlineFaultKind::NotAnObject(node.class())));
    }
    let tree = tree(text, node, "spec.inline")?;
    let written = write(Format::Toml, &tree).map_err(|_| fault(InlineFaultKind::Number))?;
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

fn tree(text: &str, node: &JsonNode<'_>, path: &str) -> Result<Tree, InlineFault> {
    let fault = |kind, range: &Range<usize>, path: &str| InlineFault {
        path: path.to_owned(),
        range: range.clone(),
        kind,
    };
    Ok(match &node.kind {
        JsonNodeKind::Null => return Err(fault(InlineFaultKind::Null, &node.range, path)),
        JsonNodeKind::Bool(value) => match text.get(node.range.clone()).map(str::trim) {
            // `n` and `yes` are booleans in YAML 1.1 alone; kustomize, which may have read and
            // written it before, takes them for text.
            Some(word)
                if node.plain
                    && !word.eq_ignore_ascii_case("true")
                    && !word.eq_ignore_ascii_case("false") =>
            {
                Tree::string(word)
            }
            _ => Tree::Bool(*value),
        },
        JsonNodeKind::Number(Some(integer)) => match text.get(node.range.clone()).map(str::trim) {
            // `012` is ten, `1_000` a thousand, and `1e3` a float, to some.
            Some(written)
                if written.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
                    && written != integer.to_string() =>
            {
                return Err(fault(InlineFaultKind::Ambiguous, &node.range, path));
            }
            // An alias.
            _ => Tree::Integer(i128::from(*integer)),
        },
        JsonNodeKind::Number(None) => {
            match text.get(node.range.clone()).and_then(|text| text.trim().parse::<f64>().ok()) {
                // Whole, and too large for an integer: rounded, it would be another one.
                Some(float) if float.is_finite() && float.fract() != 0.0 => Tree::Float(float),
                _ => return Err(fault(InlineFaultKind::Number, &node.range, path)),
            }
        }
        JsonNodeKind::String(text) => Tree::string(text.as_ref()),
        JsonNodeKind::Array(items) => {
            let items = items
                .iter()
                .enumerate()
                .map(|(index, item)| tree(text, item, &format!("{path}[{index}]")));
            Tree::Array(items.collect::<Result<_, _>>()?)
        }
        JsonNodeKind::Object(members) => {
            let mut entries: Vec<(String, Tree)> = Vec::new();
            // What was written here wins over what a merge key brings.
            for member in members
                .iter()
                .filter(|member| !member.merged)
                .chain(members.iter().rev().filter(|member| member.merged))
            {
                let name = written_key(text, member);
                let below = format!("{path}.{name}");
                if !entries.iter().any(|(key, _)| key == name) {
                    entries.push((name.to_owned(), tree(text, &member.value, &below)?));
                } else if !member.merged {
                    return Err(fault(InlineFaultKind::Duplicate, &member.key_range, &below));
                }
            }
            Tree::Table(entries)
        }
    })
}
