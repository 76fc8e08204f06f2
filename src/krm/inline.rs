//! An inline spec: the tree of a spec in YAML, written as the TOML that the compiler reads. Its findings then show lines of TOML, as do
//! the language's own pages.

use std::ops::Range;

use crate::manifest_file::{Node, NodeKind};
use crate::structure::{Format, Tree, write};

/// Why a tree is no spec in TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineFault {
    /// The way to it, such as `spec.inline.opaque[0].name`.
    pub path: String,
    /// Where.
    pub range: Range<usize>,
    /// Why.
    pub kind: InlineFaultKind,
}

/// Why a tree is no spec in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineFaultKind {
    /// The whole of it is something else than an object.
    NotAnObject(&'static str),
    /// `null`.
    Null,
    /// A number that TOML can't hold.
    Number,
    /// A field that stands there twice.
    Duplicate,
}

/// A tree as TOML; `text` is what it was read from.
pub(super) fn toml(text: &str, node: &Node<'_>) -> Result<String, InlineFault> {
    let fault = |kind| InlineFault { path: "spec.inline".to_owned(), range: node.range.clone(), kind };
    if !matches!(node.kind, NodeKind::Object(_)) {
        return Err(fault(InlineFaultKind::NotAnObject(node.class())));
    }
    let tree = tree(text, node, "spec.inline")?;
    let written = write(Format::Toml, &tree).map_err(|_| fault(InlineFaultKind::Number))?;
    Ok(written.expose_str().unwrap_or_default().to_owned())
}

fn tree(text: &str, node: &Node<'_>, path: &str) -> Result<Tree, InlineFault> {
    let fault = |kind, range: &Range<usize>, path: &str| InlineFault { path: path.to_owned(), range: range.clone(), kind };
    Ok(match &node.kind {
        NodeKind::Null => return Err(fault(InlineFaultKind::Null, &node.range, path)),
        NodeKind::Bool(value) => Tree::Bool(*value),
        NodeKind::Number(Some(integer)) => Tree::Integer(i128::from(*integer)),
        NodeKind::Number(None) => match text.get(node.range.clone()).and_then(|text| text.trim().parse::<f64>().ok()) {
            // Whole, and too large for an integer: rounded, it would be another one.
            Some(float) if float.is_finite() && float.fract() != 0.0 => Tree::Float(float),
            _ => return Err(fault(InlineFaultKind::Number, &node.range, path)),
        },
        NodeKind::String(text) => Tree::string(text.as_ref()),
        NodeKind::Array(items) => {
            let items = items.iter().enumerate().map(|(index, item)| tree(text, item, &format!("{path}[{index}]")));
            Tree::Array(items.collect::<Result<_, _>>()?)
        }
        NodeKind::Object(members) => {
            let mut entries: Vec<(String, Tree)> = Vec::new();
            // What was written here wins over what a merge key brings.
            for member in members.iter().filter(|member| !member.merged).chain(members.iter().rev().filter(|member| member.merged)) {
                let below = format!("{path}.{}", member.key);
                if !entries.iter().any(|(key, _)| *key == member.key) {
                    entries.push((member.key.to_string(), tree(text, &member.value, &below)?));
                } else if !member.merged {
                    return Err(fault(InlineFaultKind::Duplicate, &member.key_range, &below));
                }
            }
            Tree::Table(entries)
        }
    })
}
