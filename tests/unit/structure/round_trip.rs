//! What is written reads back as the same tree.

use proptest::prelude::proptest;
use proptest::test_runner::TestCaseError;

use super::cases::trees;
use crate::structure::{Format, Tree, read, write};

fn round_trip(format: Format, tree: &Tree) -> Result<(), TestCaseError> {
    let written = write(format, tree).map_err(|fault| TestCaseError::fail(format!("{fault:?}")))?;
    let read = read(format, written.expose()).map_err(|fault| {
        TestCaseError::fail(format!("{fault:?} in\n{}", written.expose_str().unwrap_or("?")))
    })?;
    // TOML puts tables after the values beside them.
    if sorted(&read) == sorted(tree) && (format == Format::Toml || read == *tree) {
        return Ok(());
    }
    Err(TestCaseError::fail(format!(
        "{read:?} instead of {tree:?} from\n{}",
        written.expose_str().unwrap_or("?")
    )))
}

fn sorted(tree: &Tree) -> Tree {
    match tree {
        Tree::Table(entries) => {
            let mut entries: Vec<_> =
                entries.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Tree::Table(entries)
        }
        Tree::Array(items) => Tree::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(crate::unit::support::tried(256, module_path!()))]
    #[test]
    fn json(tree in trees(Format::Json)) { round_trip(Format::Json, &tree)?; }
    #[test]
    fn yaml(tree in trees(Format::Yaml)) { round_trip(Format::Yaml, &tree)?; }
    #[test]
    fn toml(tree in trees(Format::Toml)) { round_trip(Format::Toml, &tree)?; }
    #[test]
    fn dotenv(tree in trees(Format::Dotenv)) { round_trip(Format::Dotenv, &tree)?; }
}

#[test]
fn dates_stay_dates_in_toml() {
    let tree = Tree::Table(vec![
        ("d".into(), Tree::Datetime("1979-05-27T07:32:00.5-07:00".into())),
        ("t".into(), Tree::Datetime("07:32:00".into())),
    ]);
    round_trip(Format::Toml, &tree).unwrap();
}

#[test]
fn text_is_itself() {
    let tree = Tree::string("\u{feff}a\r\n");
    assert_eq!(write(Format::Text, &tree).unwrap().expose(), "\u{feff}a\r\n".as_bytes());
    assert_eq!(read(Format::Text, "\u{feff}a\r\n".as_bytes()).unwrap(), tree);
}
