//! Reads `generate`.

use toml::de::{DeTable, DeValue};

use super::edit::string_literal;
use super::generate::{Alphabet, Generate, Recipe};
use super::node::Text;
use super::read::{SpecReader, TomlValue};
use super::shape::{Key, Shape, integer};
use super::takes::{Keys as _, PublicText, TableType as _, Takes, Walk, table, takes};
use crate::diag::diagnostic;
use crate::diag::phrases::{code, number, one_of};

table! {
    RecipeTable = "`generate`",
        "How a value is made that is missing in its age file: exactly one of its kinds." {
        length: Length = "length", "So many random characters.", Recipe;
        words: WordCount = "words", "A passphrase of so many words.", Recipe;
        bytes: ByteCount = "bytes", "So many random bytes.", Recipe;
        uuid: Uuid = "uuid", "A random UUID.", Recipe;
        ssh_key: SshKeyKind = "ssh-key", "An SSH private key in OpenSSH's format.", Recipe;
        alphabet: PublicText = "alphabet",
            "With `length`: `alphanumeric` (the default), `hex`, `base64`, `ascii`, or the \
             characters themselves.";
    }
}

takes! {
    Length -> i64, Shape::Integer(1, 4096);
    |reader, key, value| bounded(reader, key, value, 4096);
    WordCount -> i64, Shape::Integer(1, 64);
    |reader, key, value| bounded(reader, key, value, 64);
    ByteCount -> i64, Shape::Integer(1, 65536);
    |reader, key, value| bounded(reader, key, value, 65536);
    Uuid -> bool, Shape::True;
    |reader, key, value| {
        reader.visible.push(value.span());
        match value.get_ref() {
            DeValue::Boolean(true) => Some(true),
            DeValue::Boolean(false) => {
                let at = reader.span(value.span());
                reader.problems.push(
                    diagnostic!(INVALID_VALUE, "`uuid` can't be `false`")
                        .at(at, "")
                        .help("write `uuid = true`, or another kind such as `length = 32`"),
                );
                None
            }
            _ => reader.wrong_type(key, value),
        }
    };
    SshKeyKind -> Text, Shape::Word(&["ed25519"]);
    |reader, key, value| reader.word(key, &["ed25519"], value);
}

fn bounded(
    reader: &mut SpecReader,
    key: Key<'_>,
    value: &TomlValue<'_>,
    most: usize,
) -> Option<i64> {
    let DeValue::Integer(_) = value.get_ref() else { return reader.wrong_type(key, value) };
    reader.visible.push(value.span());
    let in_range =
        |count: &i64| *count >= 1 && usize::try_from(*count).is_ok_and(|count| count <= most);
    if let Some(count) = integer(value.get_ref()).filter(in_range) {
        return Some(count);
    }
    let at = reader.span(value.span());
    reader.problems.push(
        diagnostic!(INVALID_VALUE, "{} is out of range", code(key.name))
            .at(at, "")
            .help(format!("write a number from 1 to {}", number(most))),
    );
    None
}

/// `generate.root.password = ...` makes a key `root` with a table in it.
fn is_dotted_mistake(reader: &mut SpecReader, key: Key<'_>, toml: &DeTable<'_>) -> bool {
    let mut keys = toml.iter();
    let (Some((inner, value)), None) = (keys.next(), keys.next()) else { return false };
    let name = inner.get_ref().as_ref();
    if !value.get_ref().is_table() || RecipeTable::TABLE.field(name).is_some() {
        return false;
    }
    let whole = string_literal(&format!("{}.{name}", key.name));
    let at = reader.span(inner.span());
    reader.problems.push(
        diagnostic!(UNKNOWN_KEY, "`generate` has no key {}", code(name))
            .at(at, "")
            .note("in TOML, a dot in a key makes a table")
            .help(format!("quote the path of the key: `generate.{whole} = {{ ... }}`")),
    );
    true
}

impl Walk for Generate {}

impl Takes for Recipe {
    type Out = Generate;
    const SHAPE: Shape = Shape::Table(RecipeTable::TABLE);

    fn read(reader: &mut SpecReader, key: Key<'_>, value: &TomlValue<'_>) -> Option<Generate> {
        let toml = reader.table(key, value)?;
        let span = reader.span(value.span());
        if is_dotted_mistake(reader, key, toml) {
            return None;
        }
        let before = reader.problems.len();
        let mut table = RecipeTable::default();
        reader
            .keys(toml, key.at, RecipeTable::TABLE, &[], |reader, entry| table.read(reader, entry));
        if reader.problems.len() > before {
            return None;
        }
        let alphabet = match table.alphabet.get() {
            None => Alphabet::Alphanumeric,
            Some(text) if table.length.key.is_none() => {
                reader.problems.push(
                    diagnostic!(CONFLICTING_KEYS, "`alphabet` can be used only with `length`")
                        .at(text.span, "")
                        .help("remove `alphabet`, or write `length = 32`"),
                );
                return None;
            }
            Some(text) => match Alphabet::of(&text.value) {
                Some(alphabet) => alphabet,
                None => {
                    let names = Alphabet::NAMES.map(|name| format!("\"{name}\""));
                    reader.problems.push(
                        diagnostic!(INVALID_VALUE, "`alphabet` is not a set of characters")
                            .at(text.span, "")
                            .note("it needs at least two characters, each only once")
                            .help(format!("use {}, or list the characters", one_of(names))),
                    );
                    return None;
                }
            },
        };
        let count = |given: Option<i64>| given.and_then(|count| usize::try_from(count).ok());
        let recipe = count(table.length.value)
            .map(|length| Recipe::Characters { length, alphabet })
            .or(count(table.words.value).map(Recipe::Words))
            .or(count(table.bytes.value).map(Recipe::Bytes))
            .or(table.uuid.value.map(|_| Recipe::Uuid))
            .or(table.ssh_key.value.map(|_| Recipe::SshKeyEd25519))?;
        Some(Generate { key: None, recipe, span })
    }
}
