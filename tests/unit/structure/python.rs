//! Python's readers find the same trees: in what is written, and in whatever is accepted.

use std::path::Path;

use serde_json::{Value, json};

use super::cases::{sample, texts, trees};
use crate::structure::{Format, Tree, read, write};
use crate::unit::{peers, support::thinned};

/// What Python reads in each text, in the notation of `read.py`.
pub(super) fn python(python: &Path, texts: &[(Format, String)]) -> Vec<Value> {
    let input: Vec<_> = texts.iter().map(|(format, text)| json!([format.name(), text])).collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/structure/read.py");
    let output =
        peers::stdout(peers::command(python).arg(script), json!(input).to_string().as_bytes());
    let output = String::from_utf8(output).expect("JSON is UTF-8");
    let found: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(found.len(), texts.len());
    found
}

/// Whether a tree is what Python found, in the notation of `read.py`. Floats are compared as
/// numbers, dates only as such.
pub(super) fn same(tree: &Tree, found: &Value) -> bool {
    match tree {
        Tree::Null => found.is_null(),
        Tree::Bool(value) => found.as_bool() == Some(*value),
        Tree::Integer(integer) => {
            found.as_number().is_some_and(|number| number.to_string() == integer.to_string())
        }
        Tree::Float(float) => found
            .get("float")
            .and_then(Value::as_str)
            .and_then(|text| text.parse::<f64>().ok())
            .is_some_and(|other| other == *float || other.is_nan() && float.is_nan()),
        Tree::Datetime(_) => found.get("date").is_some(),
        Tree::String(text) => found.as_str() == Some(text.as_str()),
        Tree::Array(items) => found.as_array().is_some_and(|found| {
            found.len() == items.len()
                && items.iter().zip(found).all(|(item, found)| same(item, found))
        }),
        Tree::Table(entries) => found.get("table").and_then(Value::as_array).is_some_and(|found| {
            found.len() == entries.len()
                && entries.iter().all(|(key, value)| {
                    found.iter().any(|pair| {
                        pair.get(0).and_then(Value::as_str) == Some(key) && same(value, &pair[1])
                    })
                })
        }),
    }
}

/// Texts that Python and mintage both take, and that mean the same to both; gives how many.
fn agree(program: &Path, texts: Vec<(Format, String)>, must_take: bool) -> usize {
    let accepted: Vec<_> = texts
        .into_iter()
        .filter_map(|(format, text)| Some((read(format, text.as_bytes()).ok()?, (format, text))))
        .collect();
    let (trees, texts): (Vec<_>, Vec<_>) = accepted.into_iter().unzip();
    let mut agreed = 0;
    let mut wrong = Vec::new();
    for ((tree, (format, text)), found) in trees.iter().zip(&texts).zip(python(program, &texts)) {
        if found.get("error").is_some() && !must_take {
            continue;
        }
        if same(tree, &found) {
            agreed += 1;
        } else {
            wrong.push(format!(
                "{}: {text:?}\n  mintage: {tree:?}\n  python: {found}",
                format.name()
            ));
        }
    }
    let first: Vec<&str> = wrong.iter().take(10).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), first.join("\n"));
    agreed
}

#[test]
fn python_reads_what_is_written() {
    let Some(program) = peers::need("python") else { return };
    for format in [Format::Json, Format::Toml, Format::Yaml, Format::Dotenv] {
        let written = sample(&trees(format), 400).into_iter().map(|tree| {
            let bytes = write(format, &tree).expect("the format can hold it");
            (format, bytes.expose_str().expect("UTF-8").to_owned())
        });
        assert_eq!(agree(&program, written.collect(), true), 400);
    }
}

#[test]
fn python_reads_what_is_accepted() {
    let Some(program) = peers::need("python") else { return };
    for (format, count, least) in [
        (Format::Json, 20_000, 100),
        (Format::Toml, 40_000, 100),
        (Format::Yaml, 40_000, 1000),
        (Format::Dotenv, 40_000, 1000),
    ] {
        let (count, least) = (count / thinned(4), least / thinned(4));
        let tried = sample(&texts(format), count).into_iter().map(|text| (format, text)).collect();
        let agreed = agree(&program, tried, false);
        eprintln!("{}: {agreed}", format.name());
        assert!(agreed >= least, "{}: only {agreed} texts were compared", format.name());
    }
}
