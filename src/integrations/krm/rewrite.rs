//! The list with the function's Secrets in it. What was there stays as it was written, comments
//! included: the text is changed only where something comes or goes, and what came of that is read
//! and compared before anybody gets it.

use std::ops::Range;

use zeroize::Zeroizing;

use super::flow;
use super::list::ResourceList;
use super::merge::Plan;
use crate::emit::{json, yaml};
use crate::manifests::{JsonNode, JsonNodeKind, load};
use crate::secret::Secret;
use crate::structure::{Format, Tree, write, write_compact_json};

/// A list in a form that can't be changed without changing more of it, such as items behind
/// anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unchangeable;

type Edits = Vec<(Range<usize>, Zeroizing<String>)>;

/// Writes the list as `plan` wants it, and with `results`, a list, if there are any.
///
/// # Errors
/// The list has a form that this can't cope with. Nothing is lost: there is no output then.
pub(crate) fn rewrite(
    list: &ResourceList<'_>,
    plan: &Plan,
    results: Option<&Tree>,
) -> Result<Zeroizing<String>, Unchangeable> {
    let text = list.text;
    let mut edits = Edits::new();
    let items = list.root.get("items").map(|items| items.range.start);
    let flow_root = text.get(list.root.range.start..).is_some_and(|rest| rest.starts_with('{'));
    let flow_items =
        items.is_some_and(|at| text.get(at..).is_some_and(|rest| rest.starts_with('[')));
    if flow_root || (flow_items && !list.items().is_empty()) {
        flow_edits(list, plan, &mut edits).ok_or(Unchangeable)?;
    } else {
        block_edits(list, plan, &mut edits).ok_or(Unchangeable)?;
    }
    if let Some(results) = results {
        result_edits(list, flow_root, results, &mut edits).ok_or(Unchangeable)?;
    }
    let written = apply(text, edits).ok_or(Unchangeable)?;
    if is_as_planned(list, plan, &written) { Ok(written) } else { Err(Unchangeable) }
}

/// Items in brackets: objects of JSON, which YAML takes too.
fn flow_edits(list: &ResourceList<'_>, plan: &Plan, edits: &mut Edits) -> Option<()> {
    let text = list.text;
    let items = list.items();
    let end_of = |node: &JsonNode<'_>| match node.kind {
        JsonNodeKind::Array(_) | JsonNodeKind::Object(_) => flow::end(text, node.range.start),
        _ => Some(node.range.end),
    };
    for (index, secret) in &plan.replaced {
        let item = items.get(*index)?;
        edits.push((item.range.start..end_of(item)?, json::object_for_kustomize(secret)));
    }
    for index in &plan.removed {
        // With the comma behind it, or that before it where it is the last. Blanks and comments
        // between are nobody's.
        let item = items.get(*index)?;
        let range = match items.get(index + 1) {
            Some(next) => item.range.start..next.range.start,
            None => {
                let first = (0..=*index).rev().take_while(|at| plan.removed.contains(at)).last()?;
                let kept = first.checked_sub(1).and_then(|kept| items.get(kept));
                // Those that are removed before it go with it.
                edits.retain(|(range, _)| {
                    items.get(first).is_none_or(|first| range.start < first.range.start)
                });
                kept.map_or(items.get(first).map(|item| item.range.start), end_of)?..end_of(item)?
            }
        };
        edits.push((range, Zeroizing::default()));
    }
    if plan.appended.is_empty() {
        return Some(());
    }
    let mut added = Zeroizing::new(String::with_capacity(room(&plan.appended)));
    for (index, secret) in plan.appended.iter().enumerate() {
        added.push_str(if index == 0 { "" } else { ", " });
        added.push_str(&json::object_for_kustomize(secret));
    }
    let close = |start: usize| flow::end(text, start).map(|end| end - 1);
    let stay = items.len() > plan.removed.len();
    match list.root.get("items") {
        Some(JsonNode { kind: JsonNodeKind::Array(_), range, .. }) => {
            // Behind the last item, so that a comma that closes the list of YAML does not come
            // before ours.
            let at =
                match items.last().filter(|_| stay && !plan.removed.contains(&(items.len() - 1))) {
                    Some(last) => end_of(last)?,
                    None => close(range.start)?,
                };
            edits.push((at..at, framed(if stay { ", " } else { "" }, &added, "")));
        }
        Some(null) => edits.push((null.range.clone(), framed("[", &added, "]"))),
        None => {
            let at = close(list.root.range.start)?;
            edits.push((at..at, framed(", \"items\": [", &added, "]")));
        }
    }
    Some(())
}

fn framed(before: &str, text: &str, after: &str) -> Zeroizing<String> {
    let mut framed = Zeroizing::new(String::with_capacity(before.len() + text.len() + after.len()));
    framed.push_str(before);
    framed.push_str(text);
    framed.push_str(after);
    framed
}

/// Items on lines of their own, each behind a `- `.
fn block_edits(list: &ResourceList<'_>, plan: &Plan, edits: &mut Edits) -> Option<()> {
    let text = list.text;
    let items = list.items();
    if plan.replaced.is_empty() && plan.removed.is_empty() && plan.appended.is_empty() {
        return Some(());
    }
    let Some(first) = items.first() else {
        return append_to_nothing(list, plan, edits);
    };
    let line_of = |at: usize| {
        text.get(..at).map_or(0, |before| before.rfind('\n').map_or(0, |newline| newline + 1))
    };
    let column = column(text, list, first)?;
    let end = next_member(list, first.range.start).map_or(text.len(), line_of);
    let lines_of = |index: usize| {
        let start = dash(text, items.get(index)?, column)?;
        let end = match items.get(index + 1) {
            Some(next) => dash(text, next, column)?,
            None => end,
        };
        Some(start..end)
    };
    for (index, secret) in &plan.replaced {
        let range = lines_of(*index)?;
        edits.push((range, indented(std::slice::from_ref(secret), column)));
    }
    for index in &plan.removed {
        edits.push((lines_of(*index)?, Zeroizing::default()));
    }
    let gone = plan.removed.len() == items.len() && plan.appended.is_empty();
    if gone {
        // A list without items has to say so.
        let empty = format!("{:column$}[]\n", "", column = column.max(1));
        edits.push((end..end, Zeroizing::new(empty)));
    }
    let mut added = indented(&plan.appended, column);
    if !added.is_empty() && !text.get(..end)?.ends_with('\n') {
        added = framed("\n", &added, "");
    }
    edits.push((end..end, added));
    Some(())
}

/// The column of the list's dashes: that of the first line behind `items:` that is not a comment.
fn column(text: &str, list: &ResourceList<'_>, first: &JsonNode<'_>) -> Option<usize> {
    let key = list.root.members().iter().find(|member| member.key == "items")?;
    let between = text.get(key.key_range.end..first.range.end)?;
    let lines = between.split('\n').skip(1);
    let line = lines
        .map(|line| (line, line.trim_start()))
        .find(|(_, rest)| !rest.trim().is_empty() && !rest.starts_with('#'));
    line.filter(|(_, rest)| rest.starts_with('-')).map(|(line, rest)| line.len() - rest.len())
}

/// Where the line begins that has an item's dash: all else of an item stands further right.
fn dash(text: &str, item: &JsonNode<'_>, column: usize) -> Option<usize> {
    // The first field may stand behind the dash.
    let mut end = item.range.start;
    loop {
        let start = text.get(..end)?.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text.get(start..)?;
        if line.get(..column).is_some_and(|blanks| blanks.trim_matches(' ').is_empty())
            && line.get(column..)?.starts_with('-')
        {
            return Some(start);
        }
        end = start.checked_sub(1)?;
    }
}

/// There was nothing in `items`, or no `items` at all.
fn append_to_nothing(list: &ResourceList<'_>, plan: &Plan, edits: &mut Edits) -> Option<()> {
    if plan.appended.is_empty() {
        return Some(());
    }
    let added = indented(&plan.appended, 0);
    let text = list.text;
    let Some(member) = list.root.members().iter().find(|member| member.key == "items") else {
        let newline = if text.ends_with('\n') { "" } else { "\n" };
        edits.push((text.len()..text.len(), framed(&format!("{newline}items:\n"), &added, "")));
        return Some(());
    };
    // The rest of the line is `[]`, or a word for null.
    let rest = text.get(member.key_range.end..)?;
    let colon = member.key_range.end + rest.find(':')? + 1;
    let line = text.get(colon..)?.split('\n').next()?;
    let said = line.split(" #").next()?.trim();
    if !["", "null", "~", "Null", "NULL"].contains(&said) && !said.starts_with('[') {
        return None;
    }
    let end = if said.starts_with('[') {
        flow::end(text, colon + line.find('[')?)?
    } else {
        colon + line.find(said)? + said.len()
    };
    edits.push((colon..end, framed("\n", added.trim_end_matches('\n'), "")));
    Some(())
}

/// Where the name of the next field of the whole stands.
fn next_member(list: &ResourceList<'_>, behind: usize) -> Option<usize> {
    list.root
        .members()
        .iter()
        .map(|member| member.key_range.start)
        .filter(|start| *start > behind)
        .min()
}

/// Secrets as items of a block list whose dashes stand at this column.
fn indented(secrets: &[Secret], column: usize) -> Zeroizing<String> {
    let document = |secret| yaml::documents_for_kustomize(std::slice::from_ref(secret));
    let documents: Vec<Zeroizing<String>> = secrets.iter().map(document).collect();
    // Room for all of it, so that no part is left behind where it grew.
    let room = documents
        .iter()
        .map(|document| document.len() + document.lines().count() * (column + 3))
        .sum();
    let mut out = Zeroizing::new(String::with_capacity(room));
    for document in &documents {
        for (index, line) in document.lines().enumerate() {
            out.extend(std::iter::repeat_n(' ', column));
            out.push_str(if index == 0 { "- " } else { "  " });
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn room(secrets: &[Secret]) -> usize {
    secrets.iter().map(|secret| json::object_for_kustomize(secret).len() + 2).sum()
}

/// Results take the place of those of a function before, which the caller has seen.
fn result_edits(
    list: &ResourceList<'_>,
    flow_root: bool,
    results: &Tree,
    edits: &mut Edits,
) -> Option<()> {
    let text = list.text;
    let before = list.root.members().iter().find(|member| member.key == "results");
    if flow_root {
        if let Some(before) = before {
            let start = before.value.range.start;
            edits.push((start..flow::end(text, start)?, Zeroizing::new(compact(results)?)));
        } else {
            let at = flow::end(text, list.root.range.start)? - 1;
            edits.push((at..at, Zeroizing::new(format!(", \"results\": {}", compact(results)?))));
        }
        return Some(());
    }
    if let Some(before) = before {
        let end = next_member(list, before.key_range.start).unwrap_or(text.len());
        edits.push((before.key_range.start..end, Zeroizing::default()));
    }
    let written =
        write(Format::Yaml, &Tree::Table(vec![("results".to_owned(), results.clone())])).ok()?;
    // What was added at the end of a text without a last newline has brought it.
    let ends = edits.iter().any(|(range, added)| range.start == text.len() && !added.is_empty())
        || text.ends_with('\n');
    let newline = if ends { "" } else { "\n" };
    edits.push((
        text.len()..text.len(),
        Zeroizing::new(format!("{newline}{}", written.expose_str()?)),
    ));
    Some(())
}

fn compact(results: &Tree) -> Option<String> {
    Some(write_compact_json(results).ok()?.expose_str()?.to_owned())
}

/// The text with every edit made; `None` if two of them are about the same part.
fn apply(text: &str, mut edits: Edits) -> Option<Zeroizing<String>> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let added: usize = edits.iter().map(|(_, added)| added.len()).sum();
    let mut out = Zeroizing::new(String::with_capacity(text.len() + added));
    let mut at = 0;
    for (range, added) in &edits {
        out.push_str(text.get(at..range.start)?);
        out.push_str(added);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Reads what was written: the items that stay are equal and in order, ours are where they belong.
fn is_as_planned(list: &ResourceList<'_>, plan: &Plan, written: &str) -> bool {
    let Ok(read) = load(list.file, written) else { return false };
    let [root] = read.as_slice() else { return false };
    let items: &[JsonNode<'_>] = match root.get("items").map(|items| &items.kind) {
        Some(JsonNodeKind::Array(items)) => items,
        _ => &[],
    };
    let mut wanted: Vec<PlannedItem<'_, '_>> = Vec::new();
    for (index, item) in list.items().iter().enumerate() {
        match plan.replaced.get(&index) {
            Some(secret) => wanted.push(PlannedItem::Ours(secret)),
            None if plan.removed.contains(&index) => {}
            None => wanted.push(PlannedItem::Kept(item)),
        }
    }
    wanted.extend(plan.appended.iter().map(PlannedItem::Ours));
    wanted.len() == items.len()
        && wanted.iter().zip(items).all(|(want, item)| match want {
            PlannedItem::Kept(kept) => same(list.text, kept, written, item),
            PlannedItem::Ours(secret) => {
                let document = yaml::documents_for_kustomize(std::slice::from_ref(*secret));
                load(list.file, &document).is_ok_and(|meant| {
                    meant.first().is_some_and(|meant| same(&document, meant, written, item))
                })
            }
        })
        && list
            .root
            .members()
            .iter()
            .filter(|member| member.key != "items" && member.key != "results")
            .all(|member| {
                root.get(&member.key)
                    .is_some_and(|now| same(list.text, &member.value, written, now))
            })
}

/// What an item of the result has to be.
enum PlannedItem<'p, 't> {
    Kept(&'p JsonNode<'t>),
    Ours(&'p Secret),
}

/// Whether two nodes of two texts are equal as data. Numbers are equal as they are written.
fn same(text: &str, one: &JsonNode<'_>, other_text: &str, other: &JsonNode<'_>) -> bool {
    match (&one.kind, &other.kind) {
        (JsonNodeKind::Null, JsonNodeKind::Null) => true,
        (JsonNodeKind::Bool(one), JsonNodeKind::Bool(other)) => one == other,
        (JsonNodeKind::Number(Some(one)), JsonNodeKind::Number(Some(other))) => one == other,
        (JsonNodeKind::Number(None), JsonNodeKind::Number(None)) => {
            text.get(one.range.clone()) == other_text.get(other.range.clone())
        }
        (JsonNodeKind::String(one), JsonNodeKind::String(other)) => one == other,
        (JsonNodeKind::Array(ones), JsonNodeKind::Array(others)) => {
            ones.len() == others.len()
                && ones.iter().zip(others).all(|(one, other)| same(text, one, other_text, other))
        }
        (JsonNodeKind::Object(ones), JsonNodeKind::Object(others)) => {
            ones.len() == others.len()
                && ones.iter().zip(others).all(|(one, other)| {
                    one.key == other.key && same(text, &one.value, other_text, &other.value)
                })
        }
        _ => false,
    }
}
