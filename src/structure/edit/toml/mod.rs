//! TOML: values are replaced where they stand, pairs added in the table that they belong to,
//! however it is written.

pub(crate) mod layout;
pub(crate) mod text;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::fault::{EditFault, EditFaultKind};
use super::flow;
use super::splice::{Splice, cut_lines, indentation, joined, line_break, line_end, line_start};
use crate::structure::key_path::{KeyPath, Segment};
use layout::{Layout, Pair, Shape, Statement, Value};
use text::{dotted, key_literal, value_literal};

/// A string under a path where there is none, or a single value.
pub(super) fn set_string(
    text: &str,
    path: &KeyPath,
    value: &str,
) -> Result<Vec<Splice>, EditFault> {
    let layout = Layout::of(text).ok_or(EditFaultKind::Unsafe)?;
    let old = find(&layout, path.segments()).map(|value| value.range.clone());
    let old = old.and_then(|range| text.get(range)).unwrap_or_default();
    set(&layout, path.segments(), &value_literal(value, old, line_break(text)))
}

pub(super) fn unset(text: &str, path: &KeyPath) -> Result<Vec<Splice>, EditFault> {
    let layout = Layout::of(text).ok_or(EditFaultKind::Unsafe)?;
    remove(&layout, path.segments())
}

/// What stands after the `=` of a key, wherever that is.
pub(crate) fn find<'l>(layout: &'l Layout<'_>, path: &[Segment]) -> Option<&'l Value> {
    if let Some((_, value)) = layout.pair(path) {
        return Some(value);
    }
    let (value, rest) = layout.around(path)?;
    match descend(value, rest) {
        Place::Value(value) => Some(value),
        _ => None,
    }
}

/// The changes that put `literal`, a TOML value as it is written, under a path. A table that is
/// written as a header or with dotted keys is not replaced.
pub(crate) fn set(
    layout: &Layout<'_>,
    path: &[Segment],
    literal: &str,
) -> Result<Vec<Splice>, EditFault> {
    let replaced = |range: &Range<usize>| vec![Splice::new(range.clone(), joined(&[literal]))];
    if let Some((_, value)) = layout.pair(path) {
        return Ok(replaced(&value.range));
    }
    if let Some((value, rest)) = layout.around(path) {
        return match descend(value, rest) {
            Place::Value(value) => Ok(replaced(&value.range)),
            Place::Table(table, prefix, rest) => {
                Ok(vec![in_brackets(layout.text, table, &[prefix, rest].concat(), literal)])
            }
            Place::Nowhere => Err(EditFaultKind::Unsafe.into()),
        };
    }
    if layout.inside(path).next().is_some() || layout.header(path).is_some() {
        return Err(EditFaultKind::Collection("a table").into());
    }
    Ok(vec![insert(layout, path, literal)?])
}

/// The changes that remove what stands under a path, however it is written.
pub(crate) fn remove(layout: &Layout<'_>, path: &[Segment]) -> Result<Vec<Splice>, EditFault> {
    let text = layout.text;
    if let Some((statement, _)) = layout.pair(path) {
        return Ok(vec![cut_lines(text, statement.range.clone())]);
    }
    if let Some((value, rest)) = layout.around(path) {
        return remove_in(text, value, rest);
    }
    let header = layout.header(path).and_then(|at| layout.statements.get(at));
    let inside = layout.inside(path);
    let cuts: Vec<Splice> =
        header.into_iter().chain(inside).map(|it| cut_lines(text, it.range.clone())).collect();
    if cuts.is_empty() { Err(EditFaultKind::Missing.into()) } else { Ok(cuts) }
}

/// Tables that are written as headers or with dotted keys, and what each holds from now on.
pub(crate) type NewTables<'v> = HashMap<Vec<Segment>, &'v [(&'static str, String)]>;

/// The changes that give tables other keys, with values as TOML writes them. Headers stay, and a
/// table with dotted keys keeps them.
pub(crate) fn set_tables(
    layout: &Layout<'_>,
    tables: &NewTables<'_>,
) -> Result<Vec<Splice>, EditFault> {
    let (text, mut splices, mut done) = (layout.text, Vec::new(), HashSet::new());
    for statement in &layout.statements {
        let above = (1..statement.path.len()).filter_map(|length| statement.path.get(..length));
        let Some((path, pairs)) = above.filter_map(|it| tables.get_key_value(it)).next() else {
            continue;
        };
        // A table inside of it.
        let Some(keys) = path.get(statement.under..).filter(|_| statement.value.is_some()) else {
            return Err(EditFaultKind::Unsafe.into());
        };
        if !done.insert(path) {
            splices.push(cut_lines(text, statement.range.clone()));
            continue;
        }
        let prefix = if keys.is_empty() { String::new() } else { dotted(keys) + "." };
        let pairs = pairs.iter().map(|(key, value)| format!("{prefix}{key} = {value}"));
        let gap = joined(&[line_break(text), indentation(text, statement.range.start)]);
        let pairs = pairs.collect::<Vec<_>>().join(&gap);
        splices.push(Splice::new(statement.range.clone(), joined(&[&pairs])));
    }
    Ok(splices)
}

enum Place<'l, 'p> {
    Value(&'l Value),
    /// An inline table that has to get a pair: keys of dotted keys that it has, and further ones.
    Table(&'l Value, &'p [Segment], &'p [Segment]),
    Nowhere,
}

fn descend<'l, 'p>(value: &'l Value, path: &'p [Segment]) -> Place<'l, 'p> {
    let Some((first, rest)) = path.split_first() else { return Place::Value(value) };
    match (&value.shape, first) {
        (Shape::Array(items), Segment::Index(number)) => match items.get(*number) {
            Some(item) => descend(item, rest),
            None => Place::Nowhere,
        },
        (Shape::Table(pairs), Segment::Key(_)) => {
            let inner = pairs.iter().find_map(|pair| Some((pair, path.strip_prefix(&*pair.path)?)));
            if let Some((pair, rest)) = inner {
                return descend(&pair.value, rest);
            }
            if pairs.iter().any(|pair| pair.path.starts_with(path)) {
                return Place::Nowhere;
            }
            Place::Table(value, &[], path)
        }
        _ => Place::Nowhere,
    }
}

fn remove_in(text: &str, value: &Value, path: &[Segment]) -> Result<Vec<Splice>, EditFault> {
    let missing = || EditFault::from(EditFaultKind::Missing);
    let (first, rest) = path.split_first().ok_or_else(missing)?;
    match (&value.shape, first) {
        (Shape::Array(items), Segment::Index(number)) => {
            remove_in(text, items.get(*number).ok_or_else(missing)?, rest)
        }
        (Shape::Table(pairs), Segment::Key(_)) => {
            let is_it = |pair: &Pair| path.starts_with(&pair.path);
            if let Some(index) = pairs.iter().position(|pair| pair.path == path) {
                return Ok(flow::remove(text, &value.brackets(), index));
            }
            let pair = pairs.iter().find(|pair| is_it(pair)).ok_or_else(missing)?;
            let rest = path.strip_prefix(&*pair.path).ok_or_else(missing)?;
            remove_in(text, &pair.value, rest)
        }
        _ => Err(missing()),
    }
}

fn in_brackets(text: &str, table: &Value, path: &[Segment], literal: &str) -> Splice {
    let is_tight = text.get(table.range.clone()).is_some_and(|token| {
        !table.pairs().is_empty() && !token.starts_with("{ ") && !token.contains('\n')
    });
    let entry = joined(&[&dotted(path), " = ", literal]);
    flow::insert(text, &table.brackets(), &entry, if is_tight { "" } else { " " })
}

fn insert(layout: &Layout<'_>, path: &[Segment], literal: &str) -> Result<Splice, EditFault> {
    // The innermost table that is there.
    for length in (0..path.len()).rev() {
        let (table, rest) = path.split_at(length);
        if rest.iter().any(|segment| matches!(segment, Segment::Index(_))) {
            let exists = layout.header(table).is_some() || layout.inside(table).next().is_some();
            match exists {
                true => return Err(EditFaultKind::NoItem(KeyPath::of(path)).into()),
                false => continue,
            }
        }
        if let Some(header) = layout.header(table) {
            let pair = joined(&[&dotted(rest), " = ", literal]);
            return Ok(at_end_of_body(layout, Some(header), &pair));
        }
        if length == 0 {
            return Ok(at_top(layout, rest, literal));
        }
        let Some(first) = layout.inside(table).next() else { continue };
        if matches!(first.path.get(length), Some(Segment::Index(_))) {
            return Err(EditFaultKind::Unsafe.into());
        }
        // Written with dotted keys, or only known from headers of tables inside.
        let dotted_pair = layout.inside(table).filter(|it| it.under < length).last();
        if let Some(last) = dotted_pair {
            let keys = path.get(last.under..).unwrap_or_default();
            let pair = joined(&[&dotted(keys), " = ", literal]);
            return Ok(after(layout.text, last, &pair));
        }
        return Ok(before_header(layout.text, first, table, rest, literal));
    }
    Err(EditFaultKind::Unsafe.into())
}

/// A pair on a line of its own behind another.
fn after(text: &str, statement: &Statement, pair: &str) -> Splice {
    let indent = indentation(text, statement.range.start);
    let at = line_end(text, statement.range.end);
    Splice::insert(at, joined(&[line_break(text), indent, pair]))
}

fn at_end_of_body(layout: &Layout<'_>, header: Option<usize>, pair: &str) -> Splice {
    let header_statement = header.and_then(|header| layout.statements.get(header));
    match layout.body(header).last().or(header_statement) {
        Some(last) => after(layout.text, last, pair),
        None => at_start(layout, pair),
    }
}

/// A pair before the first header, and before the comment that belongs to the header.
fn at_start(layout: &Layout<'_>, pair: &str) -> Splice {
    let text = layout.text;
    let ending = line_break(text);
    let Some(first) = layout.statements.first() else {
        let ended = text.is_empty() || text.ends_with('\n');
        return Splice::insert(
            text.len(),
            joined(&[if ended { "" } else { ending }, pair, ending]),
        );
    };
    let at = above_comments(text, first.range.start);
    Splice::insert(at, joined(&[pair, ending, ending]))
}

/// The start of the comment lines right above a line.
fn above_comments(text: &str, at: usize) -> usize {
    let mut start = line_start(text, at);
    while start > 0 {
        let above = line_start(text, start - 1);
        let line = text.get(above..start).unwrap_or_default().trim_start_matches([' ', '\t']);
        // Tools read `#:schema` at the top only.
        if !line.starts_with('#') || line.starts_with("#:") {
            break;
        }
        start = above;
    }
    start
}

/// A key of the root, or a table with a header of its own at the end.
fn at_top(layout: &Layout<'_>, path: &[Segment], literal: &str) -> Splice {
    let text = layout.text;
    let ending = line_break(text);
    let Some((key, tables @ [_, ..])) = path.split_last() else {
        let pair = joined(&[&dotted(path), " = ", literal]);
        return at_end_of_body(layout, None, &pair);
    };
    let name = key.name().map(key_literal).unwrap_or_default();
    let gap = match text {
        "" => "",
        _ if text.ends_with('\n') => ending,
        _ => &joined(&[ending, ending]),
    };
    let header = format!("[{}]", dotted(tables));
    Splice::insert(text.len(), joined(&[gap, &header, ending, &name, " = ", literal, ending]))
}

/// A header for a table that so far only exists as the parent of others.
fn before_header(
    text: &str,
    first: &Statement,
    table: &[Segment],
    rest: &[Segment],
    literal: &str,
) -> Splice {
    let ending = line_break(text);
    let indent = indentation(text, first.range.start);
    let header = format!("{indent}[{}]{ending}{indent}{} = ", dotted(table), dotted(rest));
    let at = above_comments(text, first.range.start);
    Splice::insert(at, joined(&[&header, literal, ending, ending]))
}
