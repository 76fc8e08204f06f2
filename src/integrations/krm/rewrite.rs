//! The list with the function's Secrets in it. kpt writes it back to the files that people wrote,
//! so where the items are a list in blocks, as kyaml writes it, all other lines stay as they are.
//! What came of that is read and compared; every other list is written anew.

use zeroize::Zeroizing;

use super::{list::ResourceList, merge::Plan};
use crate::emit::yaml;
use crate::manifests::{JsonNode, JsonNodeKind, load};
use crate::secret::{Secret, bytes::SecretBytes};
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
    if let Some(text) = edited
        && let Ok([root]) = load(list.file, &text).as_deref()
        && tree(&text, root).as_ref() == Some(&wanted)
    {
        return Some(SecretBytes::from(text.as_bytes()));
    }
    let is_json = list.text.trim_start().starts_with('{');
    write(if is_json { Format::Json } else { Format::Yaml }, &wanted).ok()
}

/// The text, changed where items come or go. `None` where it is not a list in blocks.
fn edited(
    list: &ResourceList<'_>,
    plan: &Plan,
    results: Option<&Tree>,
) -> Option<Zeroizing<String>> {
    let text = list.text;
    let line_of = |at: usize| Some(text.get(..at)?.rfind('\n')? + 1);
    let mut starts = Vec::new();
    let mut indent = None;
    for item in list.items() {
        let dash = text.get(..item.range.start)?.trim_end().strip_suffix('-')?.len();
        let start = line_of(dash)?;
        let before = text.get(start..dash).filter(|before| before.trim().is_empty())?;
        if *indent.get_or_insert(before) != before {
            return None;
        }
        starts.push(start);
    }
    let column = indent?.len();
    let first = *starts.first()?;
    let fields = list.root.members().iter().map(|member| member.key_range.start);
    let end = fields.filter(|at| *at > first).min().map_or(Some(text.len()), line_of)?;
    let mut parts = vec![Zeroizing::new(text.get(..first)?.to_owned())];
    for (index, start) in starts.iter().enumerate() {
        match plan.ours.get(&index) {
            Some(Some(secret)) => parts.push(item(secret, column)),
            Some(None) => {}
            None => {
                let end = starts.get(index + 1).copied().unwrap_or(end);
                let line_break = if text.get(..end)?.ends_with('\n') { "" } else { "\n" };
                parts.push(Zeroizing::new(text.get(*start..end)?.to_owned() + line_break));
            }
        }
    }
    parts.extend(plan.appended.iter().map(|secret| item(secret, column)));
    parts.push(Zeroizing::new(text.get(end..)?.to_owned()));
    if let Some(results) = results {
        let results = Tree::Table(vec![("results".to_owned(), results.clone())]);
        parts.push(Zeroizing::new(write(Format::Yaml, &results).ok()?.expose_str()?.to_owned()));
    }
    // In one piece: a text that grows leaves copies behind.
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
    Some(Zeroizing::new(parts.concat()))
}

/// A Secret as an item of a block list whose dashes stand at this column.
fn item(secret: &Secret, column: usize) -> Zeroizing<String> {
    let document = yaml::documents_for_kustomize(std::slice::from_ref(secret));
    let room = document.len() + document.lines().count() * (column + 3);
    let mut out = Zeroizing::new(String::with_capacity(room));
    for (index, line) in document.lines().enumerate() {
        out.extend(std::iter::repeat_n(' ', column));
        out.extend([if index == 0 { "- " } else { "  " }, line, "\n"]);
    }
    out
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
