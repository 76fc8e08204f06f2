//! Values of a spec, put, added or removed in its text. After each edit the text is read again: it
//! must hold the same as before but for what was meant.

use zeroize::Zeroizing;

use super::key_literal;
use crate::source::Span;
use crate::spec::{Entry, Spec};
use crate::structure::edit::splice::{Splice, apply, cut_lines, joined, line_break};
use crate::structure::edit::toml::{self, NewTables, layout::Layout};
use crate::structure::edit::{EditFault, EditFaultKind, flow, verify};
use crate::structure::{Format, KeyPath, Tree, read};

type Edited = Result<Zeroizing<String>, EditFault>;

/// Where an entry of a list stands, from the root of its spec.
pub(crate) fn entry_path(spec: &Spec, entry: &Entry) -> KeyPath {
    let list = entry.kind.list;
    let same_list = spec.entries.iter().filter(|other| other.kind.list == list);
    let index = same_list.take_while(|other| other.span < entry.span).count();
    KeyPath::default().child(list).item(index)
}

/// Where the value of a data key belongs in an entry: under the list's own key for it, or in
/// `data`.
pub(crate) fn value_path(entry: &KeyPath, field: Option<&str>, data_key: &str) -> KeyPath {
    match field {
        Some(field) => entry.child(field),
        None => entry.child("data").child(data_key),
    }
}

/// The path of what stands at a span: a value, or the header of a table.
pub(crate) fn path_at(text: &str, span: Span) -> Option<KeyPath> {
    Layout::of(text)?.path_at(span.start)
}

/// Puts a value, as TOML writes it, under a path, in place of what stands there.
pub(crate) fn set_value(text: &str, path: &KeyPath, value: &str) -> Edited {
    let before = tree(text)?;
    let document = joined(&["value = ", value, "\n"]);
    let value_tree = tree(&document)?.get("value").cloned().ok_or(EditFaultKind::Unsafe)?;
    let expected = verify::with_tree(&before, path, value_tree)?;
    let layout = layout(text)?;
    let out = match toml::set(&layout, path.segments(), value) {
        Ok(splices) => applied(text, splices)?,
        // A table with a header of its own, or with dotted keys.
        Err(EditFault { kind: EditFaultKind::Collection(_), .. }) => {
            let without = applied(text, toml::remove(&layout, path.segments())?)?;
            let splices = toml::set(&self::layout(&without)?, path.segments(), value)?;
            applied(&without, splices)?
        }
        Err(fault) => return Err(fault),
    };
    verified(out, &expected)
}

/// The keys of a table, with values as TOML writes them.
pub(crate) type Pairs = Vec<(&'static str, String)>;

/// Puts tables in place of the values at spans, which are not inside of each other. A value that is
/// a table under a header, or with dotted keys, stays one. Gives the spans at which no value can be
/// put, too.
pub(crate) fn set_tables(
    text: &str,
    values: &[(Span, Pairs)],
) -> Result<(Zeroizing<String>, Vec<Span>), EditFault> {
    let mut expected = tree(text)?;
    let layout = layout(text)?;
    let (places, tables) = (layout.places(), layout.tables());
    let (mut splices, mut spread, mut left) = (Vec::new(), NewTables::new(), Vec::new());
    for (span, pairs) in values {
        let lines: Vec<String> =
            pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let path = match (places.get(&span.start), tables.get(&span.start)) {
            (Some((path, range)), _) => {
                let table = joined(&["{ ", &lines.join(", "), " }"]);
                splices.push(Splice::new(range.clone(), table));
                path
            }
            (None, Some(path)) => {
                spread.insert(path.segments().to_vec(), pairs);
                path
            }
            (None, None) => {
                left.push(*span);
                continue;
            }
        };
        verify::put(&mut expected, path, tree(&lines.join("\n"))?)?;
    }
    splices.extend(toml::set_tables(&layout, &spread)?);
    Ok((verified(applied(text, splices)?, &expected)?, left))
}

/// Removes what stands under a path, and the header of its table if nothing else is there.
pub(crate) fn remove_value(text: &str, path: &KeyPath) -> Edited {
    let expected = verify::without_tree(&tree(text)?, path)?;
    let mut out = applied(text, toml::remove(&layout(text)?, path.segments())?)?;
    let parent = path.before(path.segments().len().saturating_sub(1));
    let layout_now = layout(&out)?;
    // An entry of a list stays, however empty.
    let header = layout_now
        .header(parent.segments())
        .filter(|_| parent.segments().last().is_some_and(|segment| segment.name().is_some()));
    if let Some(header) = header
        && layout_now.is_bare(header)
        && let Some(statement) = layout_now.statements.get(header)
    {
        out = applied(&out, vec![cut_lines(&out, statement.range.clone())])?;
    }
    verified(out, &expected)
}

/// What a new entry says.
pub(crate) struct NewEntry<'a> {
    pub list: &'a str,
    pub name: &'a str,
    pub namespace: Option<&'a str>,
    /// The list's own key for the value, or none for a key of `data`.
    pub field: Option<&'a str>,
    pub data_key: &'a str,
    /// As TOML writes it.
    pub value: &'a str,
}

/// Adds an entry at the end: a `[[list]]` block, or an inline table where the list has those.
pub(crate) fn add_entry(text: &str, new: &NewEntry<'_>) -> Edited {
    let before = tree(text)?;
    let key = match new.field {
        Some(field) => key_literal(field),
        None => format!("data.{}", key_literal(new.data_key)),
    };
    let name = format!("name = {}", super::string_literal(new.name));
    let namespace = new.namespace.map(|it| format!("namespace = {}", super::string_literal(it)));
    let value = joined(&[&key, " = ", new.value]);
    let mut pairs = vec![name.as_str()];
    pairs.extend(namespace.as_deref());
    pairs.push(&value);
    let expected = {
        let entry = tree(&joined(&[&pairs.join("\n"), "\n"]))?;
        let mut items = match before.get(new.list) {
            Some(Tree::Array(items)) => items.clone(),
            _ => Vec::new(),
        };
        items.push(entry);
        verify::with_tree(&before, &KeyPath::default().child(new.list), Tree::Array(items))?
    };
    let list = KeyPath::default().child(new.list);
    let ending = line_break(text);
    let layout = layout(text)?;
    let splice = match layout.pair(list.segments()) {
        Some((_, array)) => {
            let entry = format!("{{ {} }}", pairs.join(", "));
            flow::insert(text, &array.item_brackets(), &entry, "")
        }
        None => {
            let gap = match text {
                "" => "",
                _ if text.ends_with(['\n']) => ending,
                _ => &ending.repeat(2),
            };
            let block = format!("{gap}[[{}]]{ending}{}{ending}", new.list, pairs.join(ending));
            Splice::insert(text.len(), joined(&[&block]))
        }
    };
    verified(applied(text, vec![splice])?, &expected)
}

fn layout(text: &str) -> Result<Layout<'_>, EditFault> {
    Layout::of(text).ok_or_else(|| EditFaultKind::Unsafe.into())
}

fn tree(text: &str) -> Result<Tree, EditFault> {
    Ok(read(Format::Toml, text.as_bytes())?)
}

fn applied(text: &str, splices: Vec<Splice>) -> Edited {
    apply(text, splices).ok_or_else(|| EditFaultKind::Unsafe.into())
}

fn verified(text: Zeroizing<String>, expected: &Tree) -> Edited {
    if verify::same(&tree(&text)?, expected) { Ok(text) } else { Err(EditFaultKind::Unsafe.into()) }
}
