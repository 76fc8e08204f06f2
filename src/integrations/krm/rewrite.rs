//! The list with the function's Secrets in it, written anew. kpt and kustomize copy the comments of
//! their files to what comes back (kyaml, `copyCommentsAndSyncOrder`).

use super::list::ResourceList;
use super::merge::Plan;
use crate::emit::yaml;
use crate::manifests::{JsonNode, JsonNodeKind, load};
use crate::secret::bytes::SecretBytes;
use crate::structure::{Format, Tree, write};

/// Writes the list as `plan` wants it, and with `results`, a list, if there are any. `None`: it has
/// a number that can't be written.
pub(crate) fn rewrite(
    list: &ResourceList<'_>,
    plan: &Plan,
    results: Option<Tree>,
) -> Option<SecretBytes> {
    let is_json = list.text.trim_start().starts_with('{');
    let format = if is_json { Format::Json } else { Format::Yaml };
    write(format, &wanted(list, plan, results)?).ok()
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
