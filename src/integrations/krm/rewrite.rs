//! The list with the function's Secrets in it. kpt writes it back to the files that people wrote.
//! So where the items are a list in blocks, as kyaml writes it, the text is changed only where
//! something comes or goes, and comments stay. What came of that is read and compared; where it is
//! not what was meant, and for every other way to write a list, all of it is written anew.

use zeroize::Zeroizing;

use super::list::ResourceList;
use super::merge::Plan;
use crate::emit::yaml;
use crate::manifests::{JsonNode, JsonNodeKind, load};
use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;
use crate::source::FileId;
use crate::structure::{Format, Tree, write};

/// Writes the list as `plan` wants it, and with `results`, a list, if there are any. `None`: it has
/// a number that can't be written.
pub(crate) fn rewrite(
    list: &ResourceList<'_>,
    plan: &Plan,
    results: Option<Tree>,
) -> Option<SecretBytes> {
    let edited = edited(list, plan, results.as_ref());
    let wanted = wanted(list, plan, results)?;
    match edited {
        Some(text) if reads_as(list.file, &text, &wanted) => {
            Some(SecretBytes::from(text.as_bytes()))
        }
        _ if list.text.trim_start().starts_with('{') => write(Format::Json, &wanted).ok(),
        _ => write(Format::Yaml, &wanted).ok(),
    }
}

fn wanted(list: &ResourceList<'_>, plan: &Plan, results: Option<Tree>) -> Option<Tree> {
    let ours = |secret| {
        let document = yaml::documents_for_kustomize(std::slice::from_ref(secret));
        tree(&document, load(list.file, &document).ok()?.first()?)
    };
    let mut items = Vec::new();
    for (index, item) in list.items().iter().enumerate() {
        match plan.ours.get(&index) {
            Some(Some(secret)) => items.push(ours(secret)?),
            Some(None) => {}
            None => items.push(tree(list.text, item)?),
        }
    }
    for secret in &plan.appended {
        items.push(ours(secret)?);
    }
    let Tree::Table(mut fields) = tree(list.text, &list.root)? else { return None };
    let mut set = |name: &str, value| match fields.iter_mut().find(|(key, _)| key == name) {
        Some((_, old)) => *old = value,
        None => fields.push((name.to_owned(), value)),
    };
    set("items", Tree::Array(items));
    if let Some(results) = results {
        set("results", results);
    }
    Some(Tree::Table(fields))
}

/// The text, changed where items come or go. `None` where it is not a list in blocks.
fn edited(
    list: &ResourceList<'_>,
    plan: &Plan,
    results: Option<&Tree>,
) -> Option<Zeroizing<String>> {
    let text = list.text;
    let fields = list.root.members();
    let key = fields.iter().find(|member| member.key == "items")?.key_range.end;
    let line_of = |at: usize| Some(text.get(..at)?.rfind('\n')? + 1);
    let end = match fields.iter().map(|member| member.key_range.start).filter(|at| *at > key).min()
    {
        Some(next) => line_of(next)?,
        None => text.len(),
    };
    // All other lines of an item stand further right than its dash.
    let mut column = None;
    let mut starts = Vec::new();
    let mut at = key + text.get(key..)?.find('\n')? + 1;
    while at < end {
        let line = text.get(at..end)?.split_inclusive('\n').next()?;
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        if content.starts_with("- ") || content.trim_end() == "-" {
            if indent == *column.get_or_insert(indent) {
                starts.push(at);
            }
        } else if column.is_none() && !content.trim().is_empty() && !content.starts_with('#') {
            return None;
        }
        at += line.len();
    }
    let first = *starts.first()?;
    let column = column?;

    let ours: Vec<&Secret> = plan.ours.values().flatten().chain(&plan.appended).collect();
    let documents: usize = ours.iter().map(|secret| item(secret, column).len()).sum();
    // Room for all of it, so that no part is left behind where it grew.
    let mut out = Zeroizing::new(String::with_capacity(text.len() + documents + 2));
    out.push_str(text.get(..first)?);
    let ends = starts.iter().skip(1).copied().chain([end]);
    for (index, (start, end)) in starts.iter().copied().zip(ends).enumerate() {
        match plan.ours.get(&index) {
            Some(Some(secret)) => out.push_str(&item(secret, column)),
            Some(None) => {}
            None => out.push_str(text.get(start..end)?),
        }
    }
    end_line(&mut out);
    for secret in &plan.appended {
        out.push_str(&item(secret, column));
    }
    out.push_str(text.get(end..)?);
    if let Some(results) = results {
        let results = Tree::Table(vec![("results".to_owned(), results.clone())]);
        end_line(&mut out);
        // A text of the right size: one that grows leaves a copy behind.
        let grown = [out.as_str(), write(Format::Yaml, &results).ok()?.expose_str()?].concat();
        out = Zeroizing::new(grown);
    }
    Some(out)
}

fn end_line(out: &mut String) {
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

/// A Secret as an item of a block list whose dashes stand at this column.
fn item(secret: &Secret, column: usize) -> Zeroizing<String> {
    let document = yaml::documents_for_kustomize(std::slice::from_ref(secret));
    let room = document.len() + document.lines().count() * (column + 3);
    let mut out = Zeroizing::new(String::with_capacity(room));
    for (index, line) in document.lines().enumerate() {
        out.extend(std::iter::repeat_n(' ', column));
        out.push_str(if index == 0 { "- " } else { "  " });
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn reads_as(file: FileId, text: &str, wanted: &Tree) -> bool {
    let Ok(read) = load(file, text) else { return false };
    matches!(read.as_slice(), [root] if tree(text, root).as_ref() == Some(wanted))
}

/// A node of a text as data. `None` for a number that JSON does not have.
fn tree(text: &str, node: &JsonNode<'_>) -> Option<Tree> {
    Some(match &node.kind {
        JsonNodeKind::Null => Tree::Null,
        JsonNodeKind::Bool(value) => Tree::Bool(*value),
        JsonNodeKind::Number(Some(integer)) => Tree::Integer(i128::from(*integer)),
        JsonNodeKind::Number(None) => {
            let written = text.get(node.range.clone())?.trim();
            match written.parse() {
                Ok(integer) => Tree::Integer(integer),
                Err(_) => {
                    Tree::Float(written.parse().ok().filter(|float: &f64| float.is_finite())?)
                }
            }
        }
        JsonNodeKind::String(text) => Tree::string(text.as_ref()),
        JsonNodeKind::Array(items) => {
            Tree::Array(items.iter().map(|item| tree(text, item)).collect::<Option<_>>()?)
        }
        JsonNodeKind::Object(members) => {
            let mut fields: Vec<(String, Tree)> = Vec::new();
            // The last of two counts, and what was written here over what a merge key brings.
            for merged in [false, true] {
                for member in members.iter().rev().filter(|member| member.merged == merged) {
                    if !fields.iter().any(|(key, _)| *key == member.key) {
                        fields.push((member.key.to_string(), tree(text, &member.value)?));
                    }
                }
            }
            let place = |key: &str| members.iter().position(|member| member.key == key);
            fields.sort_by_key(|(key, _)| place(key));
            Tree::Table(fields)
        }
    })
}
